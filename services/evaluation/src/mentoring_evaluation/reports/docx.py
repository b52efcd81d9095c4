"""A report as DOCX, for who works on with it in a word processor: the same data as the PDF, set in Word's own styles.

Headings, lists, tables with repeated heads and pictures with a text for screen readers; the same report gives the same
file. Texts are set as text, never read as fields or markup.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mentoring_evaluation.reports.changes import Issue
from mentoring_evaluation.reports.charts import png_of
from mentoring_evaluation.reports.document import Document, Words
from mentoring_evaluation.reports.packing import packed, unpacked
from mentoring_evaluation.reports.pdf import report_data

if TYPE_CHECKING:
    from docx.document import Document as Docx

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SMALL = 8  # points, in tables
_WIDTH = 16  # centimetres between the margins


def report_docx(document: Document, words: Words, issue: Issue) -> bytes:
    """The DOCX of a report with people's words in it. Blocking (charts are drawn): run it in a thread."""
    import docx  # heavy, like what draws the charts
    from docx.shared import Cm

    data, made = report_data(document, words, issue), docx.Document()
    page, about = made.sections[0], made.core_properties
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2.5)
    about.title, about.author, about.comments, about.language = plain(data["title"]), "", "", "en"
    about.created = about.modified = document.as_of.replace(tzinfo=None)
    _cover(made, data)
    _first(made, data["first"])
    for section in data["narrative"]:
        _titled(made, 1, section["title"], section["paragraphs"])
    _changes(made, data)
    for view in data["views"]:
        _titled(made, 1, view["title"], [view["statement"]])
        for block in view["blocks"]:
            _block(made, block)
    _ledger(made, data["ledger"])
    _findings(made, data["findings"])
    for chapter in data["chapters"]:
        _titled(made, 1, chapter["title"])
        for entry in chapter["entries"]:
            _entry(made, entry)
    _quotes(made, data["quotes"])
    out = io.BytesIO()
    made.save(out)
    return packed(unpacked(out.getvalue()), at=document.as_of)


def plain(text: object) -> str:
    """Text without the control characters that XML does not take."""
    return _NOT_XML.sub("", str(text))


def _titled(made: "Docx", level: int, title: str, paragraphs: Iterable[str] = ()) -> None:
    if title.strip():
        made.add_heading(plain(title), level)
    for paragraph in paragraphs:
        made.add_paragraph(plain(paragraph))


def _listed(made: "Docx", points: Iterable[str], style: str = "List Bullet") -> None:
    for point in points:
        made.add_paragraph(plain(point), style=style)


def _cover(made: "Docx", data: Mapping[str, Any]) -> None:
    day = "{year}-{month:02}-{day:02}".format(**data["as_of"])
    made.add_heading(plain(data["title"]), 0)
    edition = (
        f"Edition {data['edition']}, first published {data['published']}." if data["edition"] else "Not published."
    )
    made.add_paragraph(plain(f"{data['kind']}, version {data['version']}. Records as of {day}. {edition}"))
    _listed(made, data["notes"])


def _first(made: "Docx", first: Mapping[str, Any] | None) -> None:
    if first is None:
        return
    made.add_heading("In short", 1)
    _listed(made, (f"{one['said']} {one['rests_on']}".strip() for one in first["findings"]), "List Number")
    made.add_heading("What is not known", 2)
    _listed(made, first["not_known"])


def _changes(made: "Docx", data: Mapping[str, Any]) -> None:
    if not (data["changes"] or data["changed_items"] or data["previous_notes"]):
        return
    said = [f"Since its first edition: {note}" for note in data["previous_notes"]]
    _titled(made, 1, f"What changed since version {data['previous']}", said)
    heads = ("What", "Before", "Now")
    _table(made, "Figures that changed, came or went", heads, data["changes"])
    _table(made, "Themes, recommendations and case studies that changed", heads, data["changed_items"])


def _block(made: "Docx", block: Mapping[str, Any]) -> None:
    _titled(made, 2, block["title"], [block["note"]] if block["note"] else [])
    if block["chart"]:
        _picture(made, block["chart"], f"Bar chart: {block['title']}. The table holds the same numbers.")
    _table(made, block["title"], ["Figure", *block["columns"]], block["rows"])
    if block["hidden"]:
        made.add_paragraph(plain(block["hidden"]))
    if block["caveats"]:
        made.add_paragraph("To be careful about:")
        _listed(made, block["caveats"])


def _picture(made: "Docx", svg: str, says: str) -> None:
    from docx.shared import Cm

    picture = made.add_picture(io.BytesIO(png_of(svg)), width=Cm(_WIDTH))
    picture._inline.docPr.set("descr", plain(says))  # python-docx has no name for the text in place of a picture


def _ledger(made: "Docx", ledger: Mapping[str, Any]) -> None:
    if ledger["rows"]:
        rule = (
            "In every line: applied + moved in − moved out = matched + carried over + withdrawn + ineligible + "
            "unmatched + open."
        )
        _titled(made, 1, "The ledger of applications", [rule])
        caption = "What became of the applications of each cohort and role"
        _table(made, caption, ["Cohort and role", *ledger["columns"]], ledger["rows"])


def _findings(made: "Docx", findings: Sequence[Mapping[str, Any]]) -> None:
    if findings:
        made.add_heading("What figures published elsewhere cannot bear out", 1)
        said = (
            f"{one['rule'].replace('_', ' ')} ({one['confidence']}), at {one['where']}: {one['why']} {one['resolve']}"
            for one in findings
        )
        _listed(made, said, "List Number")


def _entry(made: "Docx", entry: Mapping[str, Any]) -> None:
    _titled(made, 2, entry["title"], entry["paragraphs"])
    _listed(made, entry["points"])
    if entry["table"]:
        _table(made, entry["table"]["caption"], entry["table"]["columns"], entry["table"]["rows"])
    if entry["caveats"]:
        made.add_paragraph("To be careful about:")
        _listed(made, entry["caveats"])
    for title, paragraphs in entry["sections"]:
        _titled(made, 3, title, paragraphs)


def _quotes(made: "Docx", quotes: Sequence[Mapping[str, Any]]) -> None:
    if quotes:
        made.add_heading("In their own words", 1)
    for one in quotes:
        cohort = f" of cohort {one['cohort']}" if one["cohort"] else ""
        made.add_paragraph(plain(one["text"]), style="Quote")
        made.add_paragraph(plain(f"A {one['role']}{cohort}"))


def _table(made: "Docx", caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table under its caption whose head is said again on every page; none without a row."""
    if not rows:
        return
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    made.add_paragraph(plain(caption), style="Caption")
    table = made.add_table(rows=0, cols=len(heads), style="Table Grid")
    for number, cells in enumerate([heads, *rows]):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            run = cell.paragraphs[0].add_run(plain(text))
            run.font.size, run.font.bold = Pt(_SMALL), number == 0
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    made.add_paragraph()
