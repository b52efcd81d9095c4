"""Workbooks (XLSX): written so that no cell is computed, read so that none unpacks to more than memory takes."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any, Final

MAGIC: Final = b"PK\x03\x04"
OLD_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and workbooks under a password
MOST_UNPACKED: Final = 200_000_000
_MOST_PARTS: Final = 1_000
_PIECE: Final = 1 << 16


class WorkbookUnreadable(Exception):
    """The bytes are no workbook, or one that unpacks to too much."""


def write(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A workbook of one sheet, in which texts are texts, whatever they begin with. Blocking: use a thread."""
    import xlsxwriter  # where a workbook is asked for, and not at every start

    out = io.BytesIO()
    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, texts | {"constant_memory": True}) as book:
        sheet = book.add_worksheet("list")
        sheet.freeze_panes(1, 0)
        for number, row in enumerate((columns, *rows)):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines of the first sheet that has any, with their numbers as a spreadsheet shows them. WorkbookUnreadable."""
    from python_calamine import CalamineError, CalamineWorkbook

    _check_size(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.start is not None:
                first = sheet.start[0] + 1  # empty lines and columns before the first cell are left out
                yield from ((n, [text_of(cell) for cell in row]) for n, row in enumerate(sheet.iter_rows(), first))
                return
    except (CalamineError, ValueError):
        raise WorkbookUnreadable() from None


def text_of(value: object) -> str:
    """A cell of a workbook as it would be typed: whole numbers without a point, days and times in ISO 8601."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def _check_size(content: bytes) -> None:
    """Unpack it once, in pieces that are dropped: what a file says of its own size is not believed."""
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise WorkbookUnreadable()
            for part in parts:
                with archive.open(part) as stream:
                    while piece := stream.read(_PIECE):
                        unpacked += len(piece)
                        if unpacked > MOST_UNPACKED:
                            raise WorkbookUnreadable()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise WorkbookUnreadable() from None
