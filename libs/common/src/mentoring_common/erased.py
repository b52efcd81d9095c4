"""People who were erased stay erased, whatever comes later and in whatever order.

A service knows whom it has erased from the destroyed keys. In every event that names one of them its reaction finds a
stand-in instead, a fresh id that is nobody's: what is counted still adds up, and nothing leads to the person.
"""

import os
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.tables import subject_keys
from mentoring_contracts import Event

_NOBODY = 8  # the UUID version that RFC 9562 leaves to applications; people have others


def nobody() -> UUID:
    """A fresh id that is no person's."""
    value = int.from_bytes(os.urandom(16), "big")
    value = (value & ~(0xF << 76)) | (_NOBODY << 76)
    return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))


def is_nobody(person_id: UUID) -> bool:
    """Whether the id stands for somebody who was erased."""
    return person_id.version == _NOBODY


_HOLD = sa.text("""
    SELECT CASE WHEN alone THEN pg_advisory_xact_lock(key)::text ELSE pg_advisory_xact_lock_shared(key)::text END
    FROM unnest(:keys, :alone) AS lock (key, alone)
""").bindparams(
    sa.bindparam("keys", type_=sa.ARRAY(sa.BigInteger())), sa.bindparam("alone", type_=sa.ARRAY(sa.Boolean()))
)


async def erased_among(db: AsyncSession, people: Collection[UUID], *, erasing: Collection[UUID] = ()) -> set[UUID]:
    """Those of these people who are erased; none of the others is, until the commit.

    Whoever writes of people waits for whoever is `erasing` them, and the other way round.
    """
    named = sorted({*people, *erasing})
    if not named:
        return set()
    alone = [person in erasing for person in named]
    await db.execute(_HOLD, {"keys": [_lock(person) for person in named], "alone": alone})
    c = subject_keys.c
    gone = sa.select(c.subject_id).where(c.tenant_id == tenant_of(db), c.destroyed)
    return set((await db.scalars(gone.where(c.subject_id == sa.any_(sa.cast(named, sa.ARRAY(sa.Uuid())))))).all())


async def erased_in(db: AsyncSession, events: Collection[Event]) -> set[UUID]:
    """The people whom these events name and who are erased; see `erased_among`."""
    named = {person for event in events for person in event.people()}
    erasing = {person for event in events if event.erases for person in event.people()}
    return await erased_among(db, named, erasing=erasing)


def without(event: Event, erased: Collection[UUID]) -> Event:
    """The event with nobody in the place of people who are erased; what erases them names them."""
    if event.erases or event.people().isdisjoint(erased):
        return event
    gone = [name for name in event.people_fields() if getattr(event, name) in erased]
    return event.model_copy(update={name: nobody() for name in gone})


def _lock(person_id: UUID) -> int:
    return int.from_bytes(person_id.bytes[8:], "big", signed=True)
