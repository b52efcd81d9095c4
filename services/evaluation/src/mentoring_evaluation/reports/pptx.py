"""A report as PPTX, for who tells of it: one finding on a slide with its number and chart, the evidence in its notes.

Slides are of the view that the report speaks of, as its first page is. The same report gives the same file; texts are
set as text, never read as markup.
"""

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mentoring_evaluation.reports.blocks import Block
from mentoring_evaluation.reports.changes import Issue
from mentoring_evaluation.reports.charts import png_of
from mentoring_evaluation.reports.document import Document, Words
from mentoring_evaluation.reports.docx import plain
from mentoring_evaluation.reports.packing import packed, unpacked
from mentoring_evaluation.reports.page import ShownView, chart_of, first_page, views_of
from mentoring_evaluation.reports.summary import Finding, Summary

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_WIDE, _HIGH = 33.87, 19.05  # centimetres: 16 to 9
_MARGIN = 1.5
_TITLE_LAYOUT, _ONLY_TITLE = 0, 5  # of the library's own template
_LONGEST = 180  # characters of a heading; the whole stands in the notes


def report_pptx(document: Document, words: Words, issue: Issue) -> bytes:
    """The PPTX of a report. Blocking (charts are drawn): run it in a thread. No word of anybody is on a slide."""
    from pptx import Presentation as new  # heavy, like what draws the charts
    from pptx.util import Cm

    made, about = new(), document.as_of.replace(tzinfo=None)
    made.slide_width, made.slide_height = Cm(_WIDE), Cm(_HIGH)
    known = made.core_properties
    known.title, known.author, known.language, known.last_modified_by = plain(document.title), "", "en", ""
    known.created = known.modified = about
    _cover(made, document, issue)
    first, view = first_page(document), next(iter(views_of(document)), None)
    if first is not None and view is not None:
        for finding in first.findings:
            _finding(made, finding, view)
        _not_known(made, first)
        for block in view.blocks:
            if block.chart is not None:
                _block(made, block, view)
    out = io.BytesIO()
    made.save(out)
    return packed(unpacked(out.getvalue()), at=document.as_of)


def _cover(made: "Presentation", document: Document, issue: Issue) -> None:
    from pptx.util import Cm

    slide = made.slides.add_slide(made.slide_layouts[_TITLE_LAYOUT])
    edition = f"edition {issue.edition}" if issue.edition else "not published"
    said = f"{document.kind}, version {issue.version}, {edition}. Records as of {document.as_of.date()}."
    for place, text, top in zip(slide.placeholders, (document.title, said), (5, 11), strict=False):
        place.left, place.top, place.width, place.height = Cm(_MARGIN), Cm(top), Cm(_WIDE - 2 * _MARGIN), Cm(5)
        place.text_frame.text = plain(text)
    _noted(slide, [note.text for note in issue.notes])


def _finding(made: "Presentation", finding: Finding, view: ShownView) -> None:
    slide = _titled(made, finding.said)
    if finding.number:
        _text(slide, finding.number, left=_MARGIN, top=6, width=9, size=54, bold=True)
    _text(slide, finding.rests_on, left=_MARGIN, top=9.5, width=9, size=14)
    chart = chart_of(finding.figures)
    if chart is not None:
        _picture(slide, chart, f"Bar chart: {finding.said}", left=11.5, width=_WIDE - 11.5 - _MARGIN)
    caveats = dict.fromkeys(caveat for figure in finding.figures for caveat in figure.caveats)
    _noted(slide, [finding.said, finding.rests_on, *caveats, view.statement])


def _not_known(made: "Presentation", first: Summary) -> None:
    slide = _titled(made, "What is not known")
    _text(slide, "\n".join(first.not_known), left=_MARGIN, top=5, width=_WIDE - 2 * _MARGIN, size=20)


def _block(made: "Presentation", block: Block, view: ShownView) -> None:
    slide = _titled(made, block.title)
    says = f"Bar chart: {block.title}. The notes hold the same numbers."
    _picture(slide, str(block.chart), says, left=_MARGIN, width=_WIDE - 2 * _MARGIN)
    rows = [f"{row}: {'; '.join(_cells(block.columns, cells))}" for row, cells in block.rows]
    _noted(slide, [block.note, *rows, block.hidden, *block.caveats, view.statement])


def _cells(columns: Sequence[str], cells: Sequence[str]) -> list[str]:
    return [f"{column} {cell}" for column, cell in zip(columns, cells, strict=True) if cell]


def _titled(made: "Presentation", title: str) -> "Slide":
    from pptx.util import Cm, Pt

    slide: Slide = made.slides.add_slide(made.slide_layouts[_ONLY_TITLE])
    place = slide.shapes.title
    assert place is not None  # the layout has one
    place.left, place.top, place.width, place.height = Cm(_MARGIN), Cm(0.8), Cm(_WIDE - 2 * _MARGIN), Cm(3.6)
    short = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"
    place.text_frame.text = plain(short)
    place.text_frame.word_wrap = True
    place.text_frame.paragraphs[0].font.size = Pt(26)
    return slide


def _text(slide: "Slide", text: str, *, left: float, top: float, width: float, size: int, bold: bool = False) -> None:
    from pptx.util import Cm, Pt

    frame = slide.shapes.add_textbox(Cm(left), Cm(top), Cm(width), Cm(_HIGH - top - _MARGIN)).text_frame
    frame.word_wrap = True
    for number, line in enumerate(plain(text).split("\n")):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.text, paragraph.space_after = line, Pt(8)
        paragraph.font.size, paragraph.font.bold = Pt(size), bold


def _picture(slide: "Slide", svg: str, says: str, *, left: float, width: float) -> None:
    """The chart below the title, as large as there is room for it."""
    from pptx.util import Cm, Emu

    picture = slide.shapes.add_picture(io.BytesIO(png_of(svg)), Cm(left), Cm(4.8))
    scale = min(Cm(width) / picture.width, Cm(_HIGH - 4.8 - _MARGIN) / picture.height)
    picture.width, picture.height = (Emu(round(side * scale)) for side in (picture.width, picture.height))
    element: Any = picture._element
    element.nvPicPr.cNvPr.set("descr", plain(says))  # the library has no name for the text in its place


def _noted(slide: "Slide", lines: Iterable[str]) -> None:
    """The notes of whoever speaks; none without a line."""
    said = [plain(line) for line in lines if line]
    frame = slide.notes_slide.notes_text_frame if said else None
    if frame is not None:
        frame.text = "\n".join(said)
