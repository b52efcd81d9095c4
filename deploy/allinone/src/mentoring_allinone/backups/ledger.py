"""The ledger of erasures: a file outside of all databases and of Kafka, only ever added to, that holds ids alone."""

import fcntl
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL

from mentoring_allinone.backups.errors import BackupFailed
from mentoring_allinone.backups.moment import connect
from mentoring_common.erasures import Erasure, LedgerUnreadable, read_ledger

# Whoever was erased has left a key that was destroyed, in every service that knew them.
_ERASED = "SELECT tenant_id, subject_id FROM subject_keys WHERE destroyed ORDER BY tenant_id, subject_id"


async def erased_in(url: URL) -> list[Erasure]:
    """Everybody whom a database knows to be erased."""
    connection = await connect(url)
    try:
        rows = await connection.fetch(_ERASED)
    except asyncpg.UndefinedTableError:  # of a server that was made anew
        return []
    except asyncpg.PostgresError as error:
        raise BackupFailed(f"{url.database} does not say who was erased ({type(error).__name__})") from None
    finally:
        await connection.close()
    return [Erasure(tenant_id=row["tenant_id"], person_id=row["subject_id"]) for row in rows]


async def erased_in_all(databases: Mapping[str, URL]) -> list[Erasure]:
    """Everybody whom any of the databases knows to be erased."""
    found = [one for url in databases.values() for one in await erased_in(url)]
    return list(dict.fromkeys(found))


def read(path: Path) -> list[Erasure]:
    """Everybody in a ledger; BackupFailed where it is none."""
    try:
        with path.open() as lines:
            return read_ledger(lines)
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "no text"
        raise BackupFailed(f"the ledger {path} cannot be read: {said}") from None
    except LedgerUnreadable as error:
        raise BackupFailed(f"the ledger {path} is none: {error}") from None


def write_down(path: Path, erased: Iterable[Erasure]) -> int:
    """Add whom a ledger does not have, on the disk when this returns; how many. Two at once take turns."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            known = set(read_ledger(file))
            new = [one for one in dict.fromkeys(erased) if one not in known]
            file.writelines(f"{one.model_dump_json()}\n" for one in new)
            file.flush()
            os.fsync(file.fileno())
            return len(new)
    except OSError as error:
        raise BackupFailed(f"the ledger {path} cannot be written: {error.strerror}") from None
    except LedgerUnreadable as error:
        raise BackupFailed(f"the ledger {path} is none: {error}") from None
