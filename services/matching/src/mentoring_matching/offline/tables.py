"""Rows of a CSV or XLSX file, as text by column name; which column means what."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 200 * 1024 * 1024
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
    """The rows of a file or sheet, and the heading behind each meaning."""

    place: str
    headings: Mapping[str, str]
    rows: Sequence[Row]


def read_tables(path: Path, mapping: Mapping[str, str]) -> list[Table]:
    """The tables of a file: one of a CSV, one for each sheet that is not empty of a workbook. UnreadableFile."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFile(f"{path}: is larger than {MOST_BYTES // 2**20} MB")
        if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"):
            sheets = _workbook(path)
        else:
            sheets = [("", _lines(path.read_bytes()))]
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror})") from None
    tables = [_table(f"{path.name}{f' [{name}]' if name else ''}", lines, mapping) for name, lines in sheets if lines]
    if not tables:
        raise UnreadableFile(f"{path}: holds no rows")
    return tables


def _workbook(path: Path) -> list[tuple[str, list[list[str]]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        return [
            (name, [_texts(line) for line in book.get_sheet_by_name(name).to_python()]) for name in book.sheet_names
        ]
    except CalamineError:
        raise UnreadableFile(f"{path}: is not a workbook") from None


def _texts(line: Iterable[object]) -> list[str]:
    return [str(int(v)) if isinstance(v, float) and v.is_integer() else str(v).strip() for v in line]


def _lines(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    return [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text), delimiter=delimiter)]


def _table(place: str, lines: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> Table:
    meanings = [_meaning(heading, mapping) for heading in lines[0]]
    headings = {meaning: heading for meaning, heading in zip(meanings, lines[0], strict=True) if meaning}
    rows = [
        Row(place, number, {meaning: cell for meaning, cell in zip(meanings, line, strict=False) if meaning})
        for number, line in enumerate(lines[1:], start=2)
        if any(line)
    ]
    return Table(place, headings, rows)


def _meaning(heading: str, mapping: Mapping[str, str]) -> str:
    """What a column means: as mapped by the user, as guessed from its name, else the name itself in snake case."""
    plain = " ".join(re.sub(r"[_\s]+", " ", heading).lower().split())
    for meaning, own in mapping.items():
        if plain == own.lower().strip():
            return meaning
    guessed = next((meaning for meaning, names in NAMES.items() if plain in names and meaning not in mapping), None)
    return guessed or plain.replace(" ", "_")
