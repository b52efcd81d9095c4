"""Who may read and answer a concern: who takes concerns, and those about safeguarding who is there for them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.roles import RoleNeeded, rights_of
from mentoring_sessions.concerns import queries
from mentoring_sessions.concerns.models import Concern
from mentoring_sessions.errors import ConcernNotFound, NotForYou, RelationshipNotFound
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import to_programme, to_relationship, with_part
from mentoring_sessions.relationships.models import Relationship
from mentoring_sessions.relationships.parts import CONCERNS, Access, reads_confidences


@dataclass(frozen=True)
class Reading:
    """The caller's part in a relationship, and which concerns they read for the team: plain ones (False), those about
    safeguarding (True), or both."""

    mine: Access
    paths: list[bool]


async def concern(db: AsyncSession, by: Principal, concern_id: UUID) -> tuple[Concern, Access]:
    """A concern and the caller's part in its relationship, by the right of its path; ConcernNotFound for none."""
    found = await relationships.found(db, Concern, concern_id)
    guarded = found is not None and found.safeguarding
    right = await queries.guarding(db, found.programme_id) if found is not None and guarded else CONCERNS
    return await with_part(db, by, found, ConcernNotFound, right)


async def readable_concern(db: AsyncSession, by: Principal, concern_id: UUID) -> Concern:
    """A concern that the caller may read; ConcernNotFound for another."""
    _, mine = await concern(db, by, concern_id)
    mine.require_confidence()
    found = await queries.concern_among(db, mine, concern_id)
    if found is None:
        raise ConcernNotFound()
    return found


async def concern_of_team(db: AsyncSession, by: Principal, concern_id: UUID) -> tuple[Concern, Access]:
    """A concern that the caller reads for the programme team; NotForYou for who is of the pair."""
    found, mine = await concern(db, by, concern_id)
    mine.require_other_team()
    mine.require_confidence()
    return found, mine


async def to_concerns(db: AsyncSession, by: Principal, match_id: UUID) -> Reading:
    """What the caller may read of a relationship's concerns; RelationshipNotFound for who has no part in it."""
    pair = await relationships.found(db, Relationship, match_id)
    if pair is None:
        raise RelationshipNotFound()
    paths = await _paths(db, by, pair.programme_id)
    right = CONCERNS if False in paths or not paths else await queries.guarding(db, pair.programme_id)
    return Reading(await to_relationship(db, by, match_id, right), paths)


async def to_programmes_concerns(db: AsyncSession, by: Principal, programme_id: UUID) -> list[bool]:
    """Which paths of a programme's concerns the caller reads; ProgrammeNotFound for strangers.

    RoleNeeded for none; NotForYou for a token that shows no confidences.
    """
    mine = await to_programme(db, by, programme_id)
    paths = await _paths(db, by, programme_id)
    if not mine.reads_confidences:
        raise NotForYou()
    if not paths:
        raise RoleNeeded(needed=[CONCERNS])
    return paths


async def paths_read(db: AsyncSession, by: Principal, programme_id: UUID) -> list[bool]:
    """As `to_programmes_concerns`, none for who reads none."""
    return await _paths(db, by, programme_id) if reads_confidences(by) else []


async def _paths(db: AsyncSession, by: Principal, programme_id: UUID) -> list[bool]:
    rights = await rights_of(db, by, programme_id)
    plain = [False] if CONCERNS in rights else []
    return plain + ([True] if await queries.guarding(db, programme_id) in rights else [])
