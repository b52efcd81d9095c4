"""Every SELECT of the applications service."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.errors import PersonNotFound
from mentoring_applications.models import Person


async def person(db: AsyncSession, person_id: UUID) -> Person:
    """The person; PersonNotFound, also for another organisation's."""
    found = await db.scalar(sa.select(Person).where(Person.id == person_id))
    if found is None:
        raise PersonNotFound()
    return found


async def email_is_taken(db: AsyncSession, email: str) -> bool:
    """Whether somebody has the address."""
    return await db.scalar(sa.select(Person.id).where(Person.email == email)) is not None


def people() -> sa.Select[Person]:
    """Everybody."""
    return sa.select(Person)
