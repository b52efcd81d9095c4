"""The SELECTs of what became of pairs."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory.access import Reach
from mentoring_applications.directory.models import Pairing, Person
from mentoring_applications.pairs.models import PairCourse


def courses(reach: Reach, programme_id: UUID | None, updated_since: datetime | None) -> sa.Select[PairCourse]:
    """Pairs with somebody in them whom the caller manages; of the programme, and changed since then."""
    rows = sa.select(PairCourse).where(PairCourse.id.in_(sa.select(_theirs(reach).c.id)))
    rows = rows if programme_id is None else rows.where(PairCourse.programme_id == programme_id)
    return rows if updated_since is None else rows.where(PairCourse.updated_at >= updated_since)


async def people(db: AsyncSession, reach: Reach, pairs: Collection[UUID]) -> Mapping[UUID, list[tuple[UUID, str]]]:
    """Whom the caller manages in each of the pairs, and as what."""
    theirs = _theirs(reach)
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for row in await db.execute(sa.select(theirs).where(theirs.c.id.in_(pairs)).order_by(theirs.c.role)):
        found.setdefault(row.id, []).append((row.person_id, row.role))
    return found


def _theirs(reach: Reach) -> sa.CTE:
    sides = []
    for role, column in (("mentor", Pairing.mentor_id), ("mentee", Pairing.mentee_id)):
        rows = sa.select(Pairing.id, column.label("person_id"), sa.literal(role).label("role"))
        rows = rows.join(Person, sa.and_(Person.tenant_id == Pairing.tenant_id, Person.id == column))
        sides.append(rows if reach.everybody else rows.where(Person.employer_id == reach.employer_id))
    return sa.union_all(*sides).cte("theirs")
