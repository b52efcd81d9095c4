"""The cells of a CSV file or of each sheet of a workbook, as text."""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mentoring_common.csv_text import separator_of
from mentoring_common.workbooks import text_of

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

MOST_BYTES = 200 * 1024 * 1024
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")

Lines = Sequence[Sequence[str]]
Merged = tuple[int, int, int, int]
"""First line and column, last line and column."""


class UnreadableFile(Exception):
    """A file that is no table; the text names it and says what is wrong."""


@dataclass(frozen=True)
class Sheet:
    """Cells by line and column. `place` is how lines of text name it, `name` the sheet's own ("" of a CSV file).

    `merged` are the cells that a workbook shows as one: each of them holds the text.
    """

    place: str
    name: str
    lines: Lines
    merged: Sequence[Merged] = ()


def read_sheets(path: Path) -> list[Sheet]:
    """The sheets of a file that are not empty, in order; UnreadableFile."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFile(f"{path}: is larger than {MOST_BYTES // 2**20} MB")
        book = path.suffix.lower() in WORKBOOKS
        sheets = _workbook(path) if book else [Sheet(path.name, "", _of_text(path))]
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror})") from None
    filled = [sheet for sheet in sheets if any(map(any, sheet.lines))]
    if not filled:
        raise UnreadableFile(f"{path}: holds no rows")
    return filled


def _workbook(path: Path) -> list[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        return [_sheet(f"{path.name} [{name}]", name, book.get_sheet_by_name(name)) for name in book.sheet_names]
    except (CalamineError, ValueError):
        raise UnreadableFile(f"{path}: is not a workbook") from None


def _sheet(place: str, name: str, sheet: "CalamineSheet") -> Sheet:
    """The lines of a sheet; the reader leaves out empty lines and columns before the first cell."""
    above, before = sheet.start or (0, 0)
    lines: list[list[str]] = [[] for _ in range(above)]
    lines += [list(map(text_of, line)) for line in sheet.to_python()]
    merged = [
        (top, left - before, bottom, right - before)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        if top < len(lines) and left >= before
    ]
    for top, left, bottom, right in merged:
        _spread(lines, top, left, bottom, right)
    return Sheet(place, name, lines, merged)


def _spread(lines: list[list[str]], top: int, left: int, bottom: int, right: int) -> None:
    text = lines[top][left] if left < len(lines[top]) else ""
    for line in lines[top : bottom + 1]:
        line[left : right + 1] = [text] * len(line[left : right + 1])


def _of_text(path: Path) -> list[list[str]]:
    # Old Macintosh line ends are still written by some spreadsheets.
    text = decoded(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    said = re.match(r"sep=(.)\n", text, re.IGNORECASE)
    usual = csv.field_size_limit(MOST_BYTES)
    try:
        delimiter = said[1] if said else separator_of(text) or ","
        _check_quotes(text, delimiter)
        found = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except (csv.Error, TypeError, ValueError) as error:
        raise UnreadableFile(f"{path}: is not a table ({error})") from None
    finally:
        csv.field_size_limit(usual)  # it is the whole process's
    return [[], *found[1:]] if said else found


def decoded(data: bytes) -> str:
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
