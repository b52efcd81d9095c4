"""Files in one ZIP, the same bytes for the same files: no entry says when it was packed."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

SUMS = "SHA256SUMS"
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


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files and a list of them with their hashes, as `sha256sum -c` reads it."""
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return {**files, SUMS: sums.encode()}


def changed(files: Mapping[str, bytes]) -> list[str]:
    """The files that are not as they were packed. NotAnArchive where their list, or one of them, is not there."""
    at = next((name for name in files if name.rpartition("/")[2] == SUMS), None)
    if at is None:
        raise NotAnArchive(f"holds no list of its files ({SUMS})")
    folder = at.removesuffix(SUMS)
    try:
        listed = [line.split("  ", 1) for line in files[at].decode().splitlines()]
        known = {name: sum_ for sum_, name in listed}
    except ValueError:
        raise NotAnArchive(f"has a list of its files that cannot be read ({SUMS})") from None
    missing = [name for name in known if folder + name not in files]
    if missing:
        raise NotAnArchive(f"lacks {missing[0]}" + (f" and {len(missing) - 1} more files" if missing[1:] else ""))
    return [name for name, sum_ in known.items() if hashlib.sha256(files[folder + name]).hexdigest() != sum_]


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
