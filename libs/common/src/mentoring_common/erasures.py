"""The ledger of erasures, applied after a restore: who was erased after the backup was made is erased again.

The ledger is what the topic says; where Kafka is lost too, the file that `erasures` printed before. It holds ids alone.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from mentoring_common.db import Database
from mentoring_common.records import Received, read
from mentoring_common.settings import Settings
from mentoring_common.tables import audit_heads, subject_keys
from mentoring_common.topics import read_topic
from mentoring_common.vault import destroy_key
from mentoring_contracts import Event


class LedgerUnreadable(ValueError):
    """A line of the file is none of a ledger; the text says which."""


class Erasure(BaseModel, frozen=True):
    """Somebody was erased."""

    tenant_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class Erasing:
    """How a service that owns people erases one: the event that says so, whether it knows them, and the command."""

    event: type[Event]
    knows: Callable[[AsyncSession, UUID], Awaitable[bool]]
    erase: Callable[[AsyncSession, UUID, str], Awaitable[None]]


async def announced(settings: Settings, event: type[Event]) -> list[Erasure]:
    """Every erasure that the topic holds, in its order."""
    found = [read(record, {event}) for record in await read_topic(settings, event.topic())]
    said = [(one.envelope.tenantid, one.event) for one in found if isinstance(one, Received) and one.event is not None]
    return [Erasure(tenant_id=tenant, person_id=person) for tenant, event in said for person in event.people()]


def read_ledger(lines: Iterable[str]) -> list[Erasure]:
    """The erasures of a file with a JSON object a line; LedgerUnreadable."""
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(Erasure.model_validate_json(line))
            except ValidationError:
                raise LedgerUnreadable(f"line {number} has no tenant_id and person_id") from None
    return found


async def ledger(system: AsyncEngine, database: Database) -> AsyncIterator[Erasure]:
    """Everybody whom this database knows to be erased."""
    async with system.connect() as connection:
        tenants = list((await connection.scalars(sa.select(audit_heads.c.tenant_id))).all())
    c = subject_keys.c
    for tenant in tenants:
        gone = sa.select(c.subject_id).where(c.tenant_id == tenant, c.destroyed).order_by(c.subject_id)
        async with database.transaction(tenant) as db:
            people = list((await db.scalars(gone)).all())
        for person_id in people:
            yield Erasure(tenant_id=tenant, person_id=person_id)


async def erase_again(database: Database, erasing: Erasing, erasures: Iterable[Erasure]) -> int:
    """Erase everybody in the ledger who is not erased here, each in a transaction; how many were."""
    again = 0
    for one in dict.fromkeys(erasures):
        async with database.transaction(one.tenant_id) as db:
            again += await _erase(db, erasing, one.person_id)
    return again


async def _erase(db: AsyncSession, erasing: Erasing, person_id: UUID) -> bool:
    if await erasing.knows(db, person_id):
        await erasing.erase(db, person_id, "restore")
        return True
    await destroy_key(db, person_id)  # whoever comes late with them finds nobody
    return False
