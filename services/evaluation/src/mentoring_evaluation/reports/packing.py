"""Files in one ZIP, the same bytes for the same files: no entry says when it was packed."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

MOST = 200_000_000  # bytes in all that are read out of an archive


class NotAnArchive(ValueError):
    """What was given is no ZIP and no folder of files, or too large; the text says which in one line."""


def packed(files: Mapping[str, bytes], *, at: datetime) -> bytes:
    """The ZIP of files by their path in it, in this order, all as of one time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def unpacked(archive: bytes) -> dict[str, bytes]:
    """The files of a ZIP by their path in it. NotAnArchive."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > MOST:
                raise NotAnArchive(f"holds more than {MOST // 1_000_000} MB")
            return {entry.filename: opened.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        raise NotAnArchive("is no ZIP file that can be read") from None


def files_at(place: Path) -> dict[str, bytes]:
    """The files of a folder, or of a ZIP, by their path in it. NotAnArchive, OSError."""
    if place.is_dir():
        return {str(one.relative_to(place).as_posix()): one.read_bytes() for one in place.rglob("*") if one.is_file()}
    return unpacked(place.read_bytes())
