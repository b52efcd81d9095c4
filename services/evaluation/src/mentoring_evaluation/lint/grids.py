"""The cells of a table somebody published, as they are printed: CSV, XLSX, HTML, or pasted from any of them.

A percentage keeps the decimals it is printed with: 84.0 claims more than 84. A workbook keeps 0.84 and how it is
shown, so its number formats are read too.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from html.parser import HTMLParser
from xml.etree import ElementTree

from mentoring_common.csv_text import separator_of
from mentoring_evaluation.lint.nodes import ReportUnreadable

MOST_CELLS = 200_000
_MOST_UNPACKED = 100_000_000
_MOST_SPAN = 1000


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: `name` is how the document calls it ("" where it holds one alone), `rows` its cells as text, `separator`
    what stood between these ("" where that was no mark)."""

    name: str
    rows: list[list[str]]
    separator: str = ""

    def place(self, row: int, column: int) -> str:
        """Where a cell is, as spreadsheets name it: `B7`, with the table's name before it where it has one."""
        cell = f"{letters(column)}{row + 1}"
        return f"{self.name}!{cell}" if self.name else cell


def letters(column: int) -> str:
    """The name of a column: A, B, …, Z, AA."""
    said = ""
    while column >= 0:
        column, last = column // 26 - 1, column % 26
        said = chr(ord("A") + last) + said
    return said


def grids_of(content: bytes) -> list[Grid]:
    """The tables of a document that hold something. Raises ReportUnreadable."""
    found = _of_workbook(content) if content[:2] == b"PK" else _of_text(_decoded(content))
    filled = [grid for grid in found if any(map(any, grid.rows))]
    if not filled:
        raise ReportUnreadable("no table is in it")
    if sum(len(row) for grid in filled for row in grid.rows) > MOST_CELLS:
        raise ReportUnreadable(f"it has more than {MOST_CELLS:,} cells")
    return filled


def _decoded(content: bytes) -> str:
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        if wide or b"\0" in content:
            raise ReportUnreadable("it is neither text nor a workbook (XLSX)") from None
        return content.decode("cp1252", errors="replace")  # what spreadsheets on Windows still write


def _of_text(text: str) -> list[Grid]:
    if "\0" in text:
        raise ReportUnreadable("it is neither text nor a workbook (XLSX)")
    if re.search(r"<t(able|r|d|h)\b", text, re.IGNORECASE):
        return _of_page(text)
    lines = _lines(text).split("\n")
    if sum(line.lstrip().startswith("|") for line in lines) > 1:
        return [Grid("", [_of_bars(line) for line in lines])]
    # What begins with a quotation mark was not pasted: where none closes it, that is said.
    return [separated(text, separator_of(text) or ("," if text.lstrip().startswith('"') else None))]


def separated(text: str, mark: str | None) -> Grid:
    """A table in CSV, between whose cells a mark stands; None: pasted, with blanks between. ReportUnreadable."""
    if "\0" in text:
        raise ReportUnreadable("it is no text")
    return Grid("", _of_separated(_lines(text), mark), mark or "")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _of_bars(line: str) -> list[str]:
    """A row of a table drawn with bars, as Markdown has them; the line under the heads is empty."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    return [] if all(re.fullmatch(r":?-*:?", cell) for cell in cells) else cells


def _of_separated(text: str, mark: str | None) -> list[list[str]]:
    if mark is None:  # pasted, with blanks between columns
        return [[cell.strip() for cell in re.split(r"\s{2,}", line.strip())] for line in text.split("\n")]
    try:
        read = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
        rows: list[list[str]] = []
        for row in read:
            # A cell may hold several lines: rows keep the number of the line they end on.
            rows += [[] for _ in range(read.line_num - 1 - len(rows))]
            rows.append([" ".join(cell.split()) for cell in row])
    except csv.Error as error:
        raise ReportUnreadable(f"it is no table: {error}") from None
    return rows


class _Page(HTMLParser):
    """Collects the cells of every table of a page; what spans several is in each of them."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []
        self._spans: list[dict[int, tuple[int, str]]] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" or (tag == "tr" and not self._open):
            self.tables.append([])
            self._open.append(self.tables[-1])
            self._spans.append({})
        if tag == "tr":
            self._end_cell()
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            if not self._open[-1]:
                self._open[-1].append([])
            said = dict(attrs)
            self._span = _span(said.get("rowspan")), _span(said.get("colspan"))
            self._cell = []
        elif tag in ("script", "style", "sup"):  # a raised mark is a note, not a digit
            self._silent += 1
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table" and self._open:
            self._open.pop()
            self._spans.pop()
        elif tag in ("script", "style", "sup"):
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None or not self._open:
            return
        text, row, spans = " ".join("".join(self._cell).split()), self._open[-1][-1], self._spans[-1]
        self._cell = None
        down, across = self._span
        self._carry(row, spans)
        for _ in range(across):
            if down > 1:
                spans[len(row)] = (down - 1, text)
            row.append(text)
        self._carry(row, spans)

    @staticmethod
    def _carry(row: list[str], spans: dict[int, tuple[int, str]]) -> None:
        while (column := len(row)) in spans:
            left, text = spans.pop(column)
            row.append(text)
            if left > 1:
                spans[column] = (left - 1, text)


def _span(said: str | None) -> int:
    return min(_MOST_SPAN, int(said)) if said is not None and said.isdecimal() and int(said) > 0 else 1


def _of_page(text: str) -> list[Grid]:
    page = _Page()
    page.feed(text)
    page.close()
    filled = [rows for rows in page.tables if any(map(any, rows))]
    return [Grid(f"table {number}" if len(filled) > 1 else "", rows) for number, rows in enumerate(filled, start=1)]


# --- workbooks ------------------------------------------------------------------------------------------------------

_SHOWN_AS = {9: "0%", 10: "0.00%", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00"}  # of ECMA-376, part 1, 18.8.30


def _of_workbook(content: bytes) -> list[Grid]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            if sum(part.file_size for part in book.infolist()) > _MOST_UNPACKED:
                raise ReportUnreadable(f"unpacked it is larger than {_MOST_UNPACKED // 1_000_000} MB")
            return list(_sheets(book))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, ValueError, IndexError, InvalidOperation) as error:
        if isinstance(error, ReportUnreadable):
            raise
        raise ReportUnreadable("it is not a workbook (XLSX)") from None


def _sheets(book: zipfile.ZipFile) -> Iterator[Grid]:
    texts = ["".join(part.text or "" for part in item.iter(_tag("t"))) for item in _part(book, "sharedStrings.xml")]
    shown = _formats(_part(book, "styles.xml"))
    relations = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - expat refuses bombs
    targets = {one.get("Id"): (one.get("Target") or "").removeprefix("/xl/") for one in relations}
    sheets = _part(book, "workbook.xml").findall(f"{_tag('sheets')}/{_tag('sheet')}")
    for sheet in sheets:
        target = next(value for key, value in sheet.items() if key.endswith("}id"))
        rows = list(_rows(_part(book, targets[target]), texts, shown))
        yield Grid(sheet.get("name") or "" if len(sheets) > 1 else "", rows)


def _tag(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/spreadsheetml/2006/main}}{name}"


def _part(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    path = f"xl/{name}"
    if path not in book.namelist() and name in ("sharedStrings.xml", "styles.xml"):
        return ElementTree.Element("none")
    return ElementTree.fromstring(book.read(path))  # noqa: S314 - expat refuses bombs, and the size is bounded


def _formats(styles: ElementTree.Element) -> list[str]:
    """How the cells of each style are shown."""
    own = {int(one.get("numFmtId") or 0): one.get("formatCode") or "" for one in styles.iter(_tag("numFmt"))}
    used = styles.find(_tag("cellXfs"))
    ids = [int(one.get("numFmtId") or 0) for one in used] if used is not None else []
    return [own.get(number) or _SHOWN_AS.get(number, "General") for number in ids]


def _rows(sheet: ElementTree.Element, texts: list[str], shown: list[str]) -> Iterator[list[str]]:
    number = 0
    for row in sheet.iter(_tag("row")):
        wanted = int(row.get("r") or number + 1)
        if wanted > MOST_CELLS:
            raise ReportUnreadable(f"it has more than {MOST_CELLS:,} cells")
        yield from ([] for _ in range(wanted - number - 1))
        number = wanted
        cells: dict[int, str] = {}
        for cell in row:
            column = _column(cell.get("r")) if cell.get("r") else len(cells)
            cells[column] = _cell(cell, texts, shown)
        width = max(cells, default=-1) + 1
        if width > _MOST_SPAN * 20:
            raise ReportUnreadable(f"it has more than {MOST_CELLS:,} cells")
        yield [cells.get(column, "") for column in range(width)]


def _column(reference: str | None) -> int:
    column = 0
    for letter in re.sub(r"[^A-Z]", "", reference or ""):
        column = 26 * column + ord(letter) - ord("A") + 1
    return column - 1


def _cell(cell: ElementTree.Element, texts: list[str], shown: list[str]) -> str:
    kind, value = cell.get("t") or "n", cell.findtext(_tag("v")) or ""
    if kind == "s":
        return " ".join(texts[int(value)].split())
    if kind == "inlineStr":
        return " ".join("".join(part.text or "" for part in cell.iter(_tag("t"))).split())
    if kind != "n" or not value:
        return value
    style = int(cell.get("s") or 0)
    return _shown(Decimal(value), shown[style] if style < len(shown) else "General")


def _shown(value: Decimal, code: str) -> str:
    """A number as a workbook shows it, as far as percent and decimals go."""
    code = code.split(";")[0]
    if "%" in code:
        value *= 100
    decimals = re.search(r"[0#]\.(0+)", code)
    if decimals or re.fullmatch(r"[#,0]*0%?", code):
        value = value.quantize(Decimal(1).scaleb(-len(decimals[1]) if decimals else 0), rounding=ROUND_HALF_UP)
        said = f"{value:f}"
    else:
        said = f"{value.normalize():f}" if abs(value) < 10**15 else str(value)
    return f"{said}%" if "%" in code else said
