"""Taking a backup while everything is served."""

import asyncio
import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from pyrage.x25519 import Recipient
from sqlalchemy.engine import URL

from mentoring_allinone.backups import archive, ledger
from mentoring_allinone.backups.errors import BackupFailed
from mentoring_allinone.backups.moment import connect, one_moment
from mentoring_allinone.backups.servers import SERVICES, database

NAMED = "%Y%m%dT%H%M%SZ"
LEDGER = "erasures.jsonl"


async def take(url: str, folder: Path, to: Sequence[Recipient], ledger_path: Path) -> tuple[Path, archive.Manifest]:
    """Write all databases to a new folder in `folder`, named by the moment they are of, and the ledger beside it."""
    databases = {service: database(url, service) for service in SERVICES}
    unfinished = _made(folder)
    try:
        ledger.write_down(ledger_path, await ledger.erased_in_all(databases))
        revisions = {service: await _revision(at) for service, at in databases.items()}
        async with one_moment(databases) as moment:
            dumping = [
                asyncio.to_thread(
                    archive.dump,
                    at,
                    moment.snapshots[service],
                    unfinished / f"{service}.dump.age",
                    to,
                    revisions[service],
                )
                for service, at in databases.items()
            ]
            dumps = await asyncio.gather(*dumping)
        held_ms = round(moment.held_s * 1000)
        manifest = archive.Manifest(moment=moment.at, held_ms=held_ms, dumps=dict(zip(databases, dumps, strict=True)))
        (unfinished / archive.MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n")
        finished = folder / moment.at.strftime(NAMED)
        unfinished.rename(finished)
        _settle(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return finished, manifest


def forget(folder: Path, keep_days: int) -> list[Path]:
    """Remove the backups that are older than so many days: who was erased since is in them still."""
    oldest = datetime.now(UTC) - timedelta(days=keep_days)
    old = [path for path in sorted(folder.iterdir()) if (of := _moment_of(path)) is not None and of < oldest]
    for path in old:
        shutil.rmtree(path)
    return old


def _moment_of(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name, NAMED).replace(tzinfo=UTC) if path.is_dir() else None
    except ValueError:
        return None


def _made(folder: Path) -> Path:
    unfinished = folder / f".unfinished-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir(mode=0o700)
    except OSError as error:
        raise BackupFailed(f"{folder} cannot be written: {error.strerror}") from None
    return unfinished


def _settle(folder: Path) -> None:
    """Have the new name on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _revision(at: URL) -> str:
    connection = await connect(at)
    try:
        return str(await connection.fetchval("SELECT version_num FROM alembic_version"))
    except asyncpg.PostgresError as error:
        raise BackupFailed(f"{at.database} is not migrated, or not for this role ({type(error).__name__})") from None
    finally:
        await connection.close()
