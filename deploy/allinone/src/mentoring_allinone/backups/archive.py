"""What a backup consists of: a folder with an encrypted dump of each database, and a manifest that says of when.

Dumps are pg_dump's custom format, encrypted by age (https://age-encryption.org) to the public halves of keys: whoever
makes backups cannot read them. `age -d -i KEY applications.dump.age | pg_restore …` reads one without this command.
"""

import contextlib
import hashlib
import os
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

import pyrage
from pydantic import BaseModel, ValidationError
from pyrage.x25519 import Identity, Recipient
from sqlalchemy.engine import URL

from mentoring_allinone.backups.errors import BackupFailed
from mentoring_allinone.backups.servers import SERVICES, program

MANIFEST = "manifest.json"


class Dump(BaseModel, frozen=True):
    """One database in a backup."""

    file: str
    bytes: int
    sha256: str
    revision: str  # the newest migration of its tables


class Manifest(BaseModel, frozen=True):
    """What a backup says of itself."""

    format: Literal[1] = 1
    moment: datetime
    held_ms: int  # for how long writers waited for it
    dumps: dict[str, Dump]


def new_key(path: Path) -> str:
    """Write a new key to a file that only this account may read; its public half."""
    identity = Identity.generate()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    except OSError as error:
        raise BackupFailed(f"{path} cannot be written: {error.strerror}") from None
    return str(identity.to_public())


def recipient(said: str) -> Recipient:
    """The public half of a key, as text."""
    try:
        return Recipient.from_str(said.strip())
    except pyrage.RecipientError:
        raise BackupFailed("--to takes the public half of a key, as age1…: `mentoring backup-key` makes one") from None


def identities(path: Path) -> list[Identity]:
    """The keys in a file, a line each, as `mentoring backup-key` and age-keygen write them."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        found = [Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except OSError as error:
        raise BackupFailed(f"the key {path} cannot be read: {error.strerror}") from None
    except (pyrage.IdentityError, UnicodeDecodeError):
        found = []
    if not found:
        raise BackupFailed(f"{path} holds no key of age (AGE-SECRET-KEY-…)")
    return found


class _Hashed:
    """A file that is written, with the hash and length of what it holds."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self.length = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.length += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def dump(url: URL, snapshot: str, path: Path, to: Sequence[Recipient], revision: str) -> Dump:
    """Write a database as of a snapshot to a file, encrypted on the way; blocking."""
    options = ("--format=custom", f"--snapshot={snapshot}")
    with path.open("xb") as file, program("pg_dump", url, *options, stdout=subprocess.PIPE) as process:
        hashed = _Hashed(file)
        pyrage.encrypt_io(process.stdout, hashed, to)
        file.flush()
        os.fsync(file.fileno())
    return Dump(file=path.name, bytes=hashed.length, sha256=hashed.sha256, revision=revision)


def load(path: Path, url: URL, keys: Sequence[Identity]) -> None:
    """Fill an empty database from a file of `dump`; blocking. Nothing of it is on a disk in the clear."""
    options = ("--exit-on-error", f"--dbname={url.database}")
    with path.open("rb") as file, program("pg_restore", url, *options, stdin=subprocess.PIPE) as process:
        try:
            pyrage.decrypt_io(file, process.stdin, keys)
        except pyrage.DecryptError:
            raise BackupFailed(f"{path.name} does not open with this key, or was changed") from None
        except BrokenPipeError:
            pass  # pg_restore has ended, and says why
        finally:
            assert process.stdin is not None
            _close(process.stdin)


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):
        pipe.close()


def read_manifest(folder: Path) -> Manifest:
    """What a backup says of itself, once all its files are there as they were written; blocking."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        raise BackupFailed(f"{folder} is no backup: it has no {MANIFEST} that can be read") from None
    lacking = sorted(set(SERVICES) - manifest.dumps.keys())
    if lacking:
        raise BackupFailed(f"{folder} holds nothing of {', '.join(lacking)}")
    for found in manifest.dumps.values():
        if not _is_whole(folder / Path(found.file).name, found):
            raise BackupFailed(f"{found.file} is not as it was written: take another backup")
    return manifest


def _is_whole(path: Path, expected: Dump) -> bool:
    if not path.is_file() or path.stat().st_size != expected.bytes:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == expected.sha256
