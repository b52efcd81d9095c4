"""What a file of a table holds, line by line, however it was written: text of any usual kind, or a workbook.

A workbook is known by its content, not by its name. Text is UTF-8 unless the request names another charset or the file
begins with a mark of UTF-16. What separates its columns is what its first line says (`sep=;`), else what separates most
in the header.
"""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from mentoring_common import workbooks
from mentoring_integrations.errors import CharsetUnknown, FileNotUtf8, MultipartUnreadable, WorkbookUnreadable

Cells = list[str] | csv.Error
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CHARSETS: Final = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "iso-8859-1": "cp1252", "latin-1": "cp1252",
    "latin1": "cp1252", "windows-1252": "cp1252", "cp1252": "cp1252", "iso-8859-15": "iso-8859-15", "utf-16": "utf-16",
    "windows-1250": "cp1250", "iso-8859-2": "iso-8859-2",
}  # fmt: skip
"""Names of charsets and how they are read: what calls itself Latin-1 is read as browsers do."""
DELIMITERS: Final = ",;\t|"
_SAID = re.compile(r"sep=(.)\r?\n?$", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_LOOKED_AT = 100_000  # bytes in which the delimiter is looked for
_PART_NAME = re.compile(rb'name="([^"\r\n]{1,100})"')


@dataclass(frozen=True)
class TableFile:
    """A file that came, and how it is read."""

    kind: Literal["csv", "xlsx"]
    content: bytes = field(repr=False)
    charset: str | None = None
    delimiter: str | None = None
    said: bool = False  # the delimiter, in a line of its own before the header

    def records(self) -> Iterator[tuple[int, Cells]]:
        """Records with the line each starts on; an error in place of one that cannot be read. WorkbookUnreadable."""
        if self.kind == "xlsx":
            return self._of_workbook()
        return self._of_text()

    def _of_workbook(self) -> Iterator[tuple[int, Cells]]:
        width: int | None = None
        try:
            for line, cells in workbooks.lines(self.content):
                if not any(cells):
                    continue
                width = width or max(n for n, cell in enumerate(cells, 1) if cell)
                # A sheet is as wide as its widest line: what is empty beyond the header is not there.
                yield line, cells[:width] if not any(cells[width:]) else cells
        except workbooks.WorkbookUnreadable:
            raise WorkbookUnreadable() from None

    def _of_text(self) -> Iterator[tuple[int, Cells]]:
        text = _text(self.content, self.charset or "utf-8")
        if self.said:
            next(text, None)
        reader = csv.reader(text, strict=True, delimiter=self.delimiter or ",")
        before = int(self.said)
        while True:
            line = reader.line_num + 1 + before
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, error


def of(content: bytes, charset: str | None) -> TableFile:
    """The file as it is to be read. CharsetUnknown, FileNotUtf8, WorkbookUnreadable."""
    if content.startswith(workbooks.OLD_MAGIC):
        raise WorkbookUnreadable()
    if content.startswith(workbooks.MAGIC):
        return TableFile("xlsx", content)
    if content.startswith(_WIDE_MARKS):
        raise FileNotUtf8()
    encoding = _encoding(content, charset)
    first = "".join(itertools.islice(_text(content, encoding), 1))
    if said := _SAID.match(first):
        return TableFile("csv", content, encoding, said[1], said=True)
    return TableFile("csv", content, encoding, _delimiter(content, encoding))


def unpacked(content: bytes, content_type: str) -> tuple[bytes, str | None]:
    """The file of a request, and the charset that is said of it; of a form it is the part `file`.

    MultipartUnreadable where a form has none, or more than one.
    """
    if not content_type.lower().startswith("multipart/form-data"):
        return content, _charset(content_type)
    boundary = re.search(r'boundary="?([^";,\s]{1,200})"?', content_type, re.IGNORECASE)
    if boundary is None:
        raise MultipartUnreadable()
    pieces = (b"\r\n" + content).split(b"\r\n--" + boundary[1].encode())
    found = [part for piece in pieces[1:-1] if (part := _part(piece)) is not None]
    if len(found) != 1 or not pieces[-1].startswith(b"--"):
        raise MultipartUnreadable()
    return found[0]


def _part(piece: bytes) -> tuple[bytes, str | None] | None:
    head, _, body = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    fields = {n.strip().lower(): v for n, _, v in (line.partition(b":") for line in head.split(b"\r\n"))}
    name = _PART_NAME.search(fields.get(b"content-disposition", b""))
    if name is None or name[1] != b"file":
        return None
    return body, _charset(fields.get(b"content-type", b"").decode("latin-1"))


def _charset(content_type: str) -> str | None:
    said = re.search(r'charset="?([A-Za-z0-9_.:-]{1,40})"?', content_type, re.IGNORECASE)
    return said[1] if said else None


def _encoding(content: bytes, charset: str | None) -> str:
    if content.startswith(_UTF_16):
        return "utf-16"
    if content.startswith(codecs.BOM_UTF8) or charset is None:
        return "utf-8"
    if charset.lower() not in CHARSETS:
        raise CharsetUnknown(known=sorted(CHARSETS))
    return CHARSETS[charset.lower()]


def _text(content: bytes, encoding: str) -> Iterator[str]:
    # Bytes that are not of the charset become surrogates: their rows are refused, the others go in.
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    plain = content.removeprefix(codecs.BOM_UTF8)
    return iter(io.TextIOWrapper(io.BytesIO(plain), encoding=encoding, errors=errors, newline=""))


def _delimiter(content: bytes, encoding: str) -> str:
    """What separates most in the first line that is separated at all; marks inside quotation marks do not count."""
    text = _QUOTED.sub("", "".join(_text(content[:_LOOKED_AT], encoding)))
    heading = next((line for line in re.split(r"[\r\n]", text) if re.search("[,;\t|]", line)), "")
    return max(DELIMITERS, key=heading.count)
