"""Restoring all databases to the moment of a backup, with everybody erased who was erased since.

Each database is filled under another name first, erasures are made again there, and only then do all of them take the
place of what was: a restore that is cut short has changed nothing, and nobody who was erased is ever served.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Container, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from aiokafka.errors import CommitFailedError, KafkaError
from pyrage.x25519 import Identity
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_allinone.backups import archive, ledger
from mentoring_allinone.backups.errors import BackupFailed
from mentoring_allinone.backups.moment import connect
from mentoring_allinone.backups.servers import SERVICES, database, text
from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common import broker, migrations
from mentoring_common.databases import roles
from mentoring_common.embedded.patience import Patience
from mentoring_common.erasures import Erasure, announced, erase_again
from mentoring_common.outbox import outgrow_readers
from mentoring_common.relay import publish_all_again
from mentoring_common.settings import Settings

OWNER = "applications"  # whose people they are
BACKUP_ROLE = "mentoring_backup"
LEFT_S = 60.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What became of a restore: how many were erased again, and the databases that were put aside."""

    erased_again: int
    put_aside: Sequence[str]


async def restore(
    url: str, folder: Path, keys: Sequence[Identity], ledger_path: Path, settings: Settings, say: Say
) -> Restored:
    """Bring all databases to the moment of a backup; the services are stopped meanwhile. BackupFailed says why not."""
    manifest = await asyncio.to_thread(archive.read_manifest, folder)
    _of_this_release(manifest)
    databases = {service: database(url, service) for service in SERVICES}
    async with _servers(databases) as servers:
        await _nobody_works(servers, databases)
        erased = await _erased(servers, databases, ledger_path, settings)
        say(f"{len(erased)} erasures are known")
        filling = {service: at.set(database=f"{at.database}_restoring") for service, at in databases.items()}
        for service, server in servers.items():
            await _make(server, service, filling[service])
        await asyncio.gather(
            *(
                asyncio.to_thread(archive.load, folder / Path(manifest.dumps[service].file).name, at, keys)
                for service, at in filling.items()
            )
        )
        say(f"the databases are filled as of {manifest.moment:%Y-%m-%d %H:%M:%S} UTC")
        for at in filling.values():
            await _made_known(at)
        again = await _erase(settings, filling[OWNER], erased)
        say(f"{again} people are erased again")
        await _begin_at_end(settings, filling)
        return Restored(again, await _swap(servers, databases, filling))


def _of_this_release(manifest: archive.Manifest) -> None:
    for service, found in manifest.dumps.items():
        if found.revision != (newest := migrations.newest(service)):
            said = f"{service} is at revision {found.revision} in this backup, and at {newest} in this release"
            raise BackupFailed(f"{said}: restore with the release that made it, then upgrade")


@asynccontextmanager
async def _servers(databases: Mapping[str, URL]) -> AsyncIterator[dict[str, asyncpg.Connection]]:
    """A connection to the server of each database that is to be; they may all be one."""
    async with AsyncExitStack() as opened:
        servers = {}
        for service, at in databases.items():
            servers[service] = await connect(at.set(database="postgres"))
            opened.push_async_callback(servers[service].close)
        yield servers


async def _nobody_works(servers: Mapping[str, asyncpg.Connection], databases: Mapping[str, URL]) -> None:
    working = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
    busy = [
        service for service, server in servers.items() if await server.fetchval(working, databases[service].database)
    ]
    if busy:
        raise BackupFailed(f"somebody is connected to the databases of {', '.join(busy)}: stop all services first")


async def _erased(
    servers: Mapping[str, asyncpg.Connection], databases: Mapping[str, URL], path: Path, settings: Settings
) -> list[Erasure]:
    """Everybody who was erased, by all that is left: the ledger, the databases that are still there, and Kafka."""
    found = ledger.read(path) if path.exists() else []
    for service, server in servers.items():
        if await server.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", databases[service].database):
            found += await ledger.erased_in(databases[service])
    design = WITH_DATABASE[OWNER](settings).design
    assert design.erasing is not None
    try:
        await broker.ensure_topics(settings, [design.erasing.event.topic()])
        found += await announced(settings, design.erasing.event)
    except (KafkaError, OSError) as error:
        said = f"no Kafka answers ({type(error).__name__}): start one, an empty one where it was lost"
        raise BackupFailed(said) from None
    ledger.write_down(path, found)
    return list(dict.fromkeys(found))


async def _make(server: asyncpg.Connection, service: str, at: URL) -> None:
    """An empty database as deploy/postgres/init.sql makes it; the roles have to be there."""
    owner, app, system = roles(service)
    try:
        await server.execute(f'DROP DATABASE IF EXISTS "{at.database}" WITH (FORCE)')
        await server.execute(f'CREATE DATABASE "{at.database}" OWNER "{owner}" TEMPLATE template0')
        await server.execute(f'REVOKE ALL ON DATABASE "{at.database}" FROM PUBLIC')
        holders = ", ".join(f'"{role}"' for role in (app, system, *await _backing_up(server)))
        await server.execute(f'GRANT CONNECT ON DATABASE "{at.database}" TO {holders}')
    except asyncpg.UndefinedObjectError:
        raise BackupFailed(f"the roles of {service} are not there: run deploy/postgres/init.sql first") from None
    except asyncpg.InsufficientPrivilegeError:
        raise BackupFailed("MENTORING_RESTORE_URL names a role that may make no databases") from None


async def _backing_up(server: asyncpg.Connection) -> list[str]:
    known = await server.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", BACKUP_ROLE)
    return [BACKUP_ROLE] if known else []


async def _made_known(at: URL) -> None:
    """Versions go on above all that were announced since, and all that was announced is published once more."""
    engine = create_async_engine(text(at))
    try:
        await outgrow_readers(engine)
        await publish_all_again(engine)
    finally:
        await engine.dispose()


async def _erase(settings: Settings, at: URL, erased: Sequence[Erasure]) -> int:
    """Erase again, as the service whose people they are; the key is tried before."""
    told = {"database_url": text(at), "system_database_url": text(at)}
    service = WITH_DATABASE[OWNER](settings.model_copy(update=told))
    try:
        opens = await service.opens()
        if opens is False or (opens is None and not await _kept_under(service.database.masters.audits, at)):
            said = f"MENTORING_MASTER_KEY is not the one of {OWNER} at that time"
            raise BackupFailed(f"{said}: set that one (those before it go into MENTORING_OTHER_MASTER_KEYS)")
        assert service.design.erasing is not None
        return await erase_again(service.database, service.design.erasing, erased)
    finally:
        await service.stop()


# The newest entries of the audit log of some organisations: where nothing is sealed, one of them tells the key. Others
# may be from before a change of the key.
_KEPT_UNDER = """
    SELECT key_id FROM audit_heads JOIN audit_log USING (tenant_id, position) WHERE key_id IS NOT NULL
    ORDER BY at DESC LIMIT 100
"""


async def _kept_under(keys: Container[str], at: URL) -> bool:
    connection = await connect(at)
    try:
        known = await connection.fetch(_KEPT_UNDER)
        return not known or any(row["key_id"] in keys for row in known)
    finally:
        await connection.close()


async def _begin_at_end(settings: Settings, services: Iterable[str]) -> None:
    """Have every service pass over what is on the topics: it is of databases that are no more, and comes again."""
    for name in services:
        service = WITH_DATABASE[name](settings)
        grouped = settings.model_copy(update={"kafka_group": settings.kafka_group or f"mentoring-{name}"})
        try:
            await _passed_over(grouped, service.design.topics)
        except (KafkaError, OSError) as error:
            said = f"the group of {name} cannot be moved at Kafka ({type(error).__name__})"
            raise BackupFailed(f"{said}: stop all services, and look at the ACLs") from None
        finally:
            await service.stop()


async def _passed_over(settings: Settings, topics: Sequence[str]) -> None:
    """Who was killed, or stopped a moment ago, is in the group until the brokers miss it: they are asked again."""
    patience = Patience(LEFT_S)
    while True:
        try:
            return await broker.begin_at_end(settings, topics)
        except CommitFailedError:
            if patience.is_over:
                raise
            await asyncio.sleep(1.0)


async def _swap(
    servers: Mapping[str, asyncpg.Connection], databases: Mapping[str, URL], filled: Mapping[str, URL]
) -> list[str]:
    """Put what is there aside and the new in its place; what was put aside."""
    aside = []
    for service, server in servers.items():
        name, new = databases[service].database, filled[service].database
        before = f"{name}_until_{datetime.now(UTC):%Y%m%d%H%M%S}"
        if await server.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await server.execute(f'ALTER DATABASE "{name}" RENAME TO "{before}"')
            aside.append(before)
        await server.execute(f'ALTER DATABASE "{new}" RENAME TO "{name}"')
    return aside
