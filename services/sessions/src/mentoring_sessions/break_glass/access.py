"""Who may open the notes of a relationship: who takes concerns about safeguarding, and is not of the pair."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.break_glass.models import GlassBreak
from mentoring_sessions.concerns.queries import guarding
from mentoring_sessions.errors import GlassBreakNotFound, NotForYou, RelationshipNotFound
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import to_relationship, with_part
from mentoring_sessions.relationships.models import Relationship
from mentoring_sessions.relationships.parts import Access


async def relationship(db: AsyncSession, by: Principal, match_id: UUID) -> Access:
    """The caller's part in a relationship, of the team by the right to take concerns about safeguarding."""
    pair = await relationships.found(db, Relationship, match_id)
    if pair is None:
        raise RelationshipNotFound()
    return await to_relationship(db, by, match_id, await guarding(db, pair.programme_id))


def require_guard(mine: Access) -> UUID:
    """The caller as somebody who may open notes; RoleNeeded or NotForYou for anybody else, and for a machine."""
    mine.require_other_team()
    if mine.person_id is None or not mine.reads_for_team:
        raise NotForYou()
    return mine.person_id


async def glass_break(db: AsyncSession, by: Principal, id_: UUID) -> tuple[GlassBreak, Access]:
    """One that was asked for, and the caller's part in the relationship; GlassBreakNotFound for who has none."""
    found = await relationships.found(db, GlassBreak, id_)
    pair = await relationships.found(db, Relationship, found.relationship_id) if found else None
    if found is None or pair is None:
        raise GlassBreakNotFound()
    row, mine = await with_part(db, by, found, GlassBreakNotFound, await guarding(db, pair.programme_id))
    return row, mine
