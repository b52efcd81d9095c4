"""Rows of a CSV or XLSX file, as text by column name; which column means what."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

MOST_BYTES = 200 * 1024 * 1024
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TITLE_LINES = 10  # above which the headings are looked for
# Names of columns in the wild, the first of each list as a heading of ours; a column matches when its name equals one.
NAMES: Mapping[str, tuple[str, ...]] = {
    "email": ("email address", "email", "e-mail", "e-mail address", "mail", "id", "person id"),
    "first_name": ("first name", "forename", "given name"),
    "last_name": ("last name", "surname", "family name"),
    "name": ("name", "full name"),
    "role": ("role", "mentor or mentee", "type"),
    "employer": ("organisation", "organization", "employer", "company", "department", "institution"),
    "job_title": ("job title", "position"),
    "grade": ("grade", "level", "band", "seniority"),
    "profession": ("profession", "discipline", "field"),
    "topics": ("topics", "criteria", "goals", "objectives", "skills", "areas"),
    "text": ("biography", "bio", "about", "free text", "about you", "personal statement"),
    "capacity": ("capacity", "places", "number of mentees", "mentees wanted"),
    "priority": ("priority", "priority group"),
    "languages": ("languages", "language"),
    "line_manager": ("line manager", "line manager email", "manager", "manager email"),
    "preferred": ("preferred people", "preferences", "preferred"),
    "conflicts": ("conflicts of interest", "conflicts", "declared conflicts", "not with"),
    "matched_before": ("matched before", "previous partners", "earlier matches"),
    "characteristics": ("characteristics", "identity"),
    "wants_identity": ("match with similar identity",),
    "identity_to_match": ("identity to match",),
    "both": ("both mentor and mentee",),
}


class UnreadableFile(Exception):
    """A file that is no table; the text names it and says what is wrong."""


@dataclass(frozen=True)
class Row:
    """One row: where it stands (file or sheet, number as a spreadsheet counts) and its cells by meaning.

    Columns whose meaning is not known keep their own name, so that a policy can speak of them.
    """

    place: str
    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The rows of a file or sheet, the heading behind each meaning, and the row that the headings stand in."""

    place: str
    headings: Mapping[str, str]
    rows: Sequence[Row]
    head: int = 1


def read_tables(path: Path, mapping: Mapping[str, str]) -> list[Table]:
    """The tables of a file: one of a CSV, one for each sheet that is not empty of a workbook. UnreadableFile."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFile(f"{path}: is larger than {MOST_BYTES // 2**20} MB")
        sheets = _workbook(path) if path.suffix.lower() in WORKBOOKS else [("", _lines(path))]
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror})") from None
    tables = [
        _table(f"{path.name}{f' [{name}]' if name else ''}", lines, mapping)
        for name, lines in sheets
        if any(map(any, lines))
    ]
    if not tables:
        raise UnreadableFile(f"{path}: holds no rows")
    return tables


def _workbook(path: Path) -> list[tuple[str, Sequence[Sequence[str]]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        return [(name, _sheet(book.get_sheet_by_name(name))) for name in book.sheet_names]
    except CalamineError:
        raise UnreadableFile(f"{path}: is not a workbook") from None


def _sheet(sheet: "CalamineSheet") -> list[list[str]]:
    """The lines of a sheet; the reader leaves out the empty ones above, which count for the number of a row."""
    above = sheet.start[0] if sheet.start else 0
    return [*([[]] * above), *map(_texts, sheet.to_python())]


def _texts(line: Iterable[object]) -> list[str]:
    return [str(int(v)) if isinstance(v, float) and v.is_integer() else str(v).strip() for v in line]


def _lines(path: Path) -> list[list[str]]:
    # Old Macintosh line ends are still written by some spreadsheets.
    text = _decoded(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    said = re.match(r"sep=(.)\n", text, re.IGNORECASE)
    lines = (re.sub('"[^"]*"', "", line) for line in text.split("\n"))
    heading = next((line for line in lines if re.search("[,;\t]", line)), "")
    delimiter = said[1] if said else max(",;\t", key=heading.count)
    csv.field_size_limit(MOST_BYTES)
    try:
        _check_quotes(text, delimiter)
        found = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except (csv.Error, TypeError) as error:
        raise UnreadableFile(f"{path}: is not a table ({error})") from None
    return [[], *found[1:]] if said else found


def _decoded(data: bytes) -> str:
    """UTF-8, UTF-16 (what spreadsheets call Unicode text), else the usual Windows code page."""
    odd, even = data[1:200:2].count(0), data[:200:2].count(0)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if odd + even > min(len(data), 200) / 4:
        return data.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _check_quotes(text: str, delimiter: str) -> None:
    """csv.Error for a quotation mark that nothing closes: it would swallow every row after it without a word."""
    try:
        for _ in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise csv.Error("a quotation mark is not closed") from None


def _table(place: str, lines: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> Table:
    head = _head(lines, mapping)
    meanings = _meanings(lines[head], mapping)
    headings = {meaning: heading for meaning, heading in zip(meanings, lines[head], strict=True) if meaning}
    rows = [
        Row(place, number, {meaning: cell for meaning, cell in zip(meanings, line, strict=False) if meaning})
        for number, line in enumerate(lines[head + 1 :], start=head + 2)
        if any(line)
    ]
    return Table(place, headings, rows, head + 1)


def _head(lines: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> int:
    """Where the headings stand: a title may come before them."""
    filled = [place for place, line in enumerate(lines) if any(line)][:TITLE_LINES]
    return next((place for place in filled if "email" in _meanings(lines[place], mapping)), filled[0])


def _meanings(headings: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    """What each column means: as mapped by the user, as guessed from its name, else the name itself in snake case.

    Where several columns could mean the same, the one that is named best does; the others keep their own names.
    """
    plain = [_plain(heading) for heading in headings]
    found: dict[int, str] = {}
    for meaning in sorted(NAMES, key=lambda meaning: meaning not in mapping):
        own = (*NAMES[meaning], meaning.replace("_", " "))
        wanted = [_plain(mapping[meaning])] if meaning in mapping else [name for name in own if name in plain]
        if wanted and wanted[0] in plain:
            found.setdefault(plain.index(wanted[0]), meaning)
    rest = [name.replace(" ", "_") for name in plain]
    return [found.get(place, "" if name in NAMES else name) for place, name in enumerate(rest)]


def _plain(heading: str) -> str:
    return " ".join(re.sub(r"[_\s]+", " ", heading).lower().split())
