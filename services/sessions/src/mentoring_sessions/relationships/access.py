"""Who may do what here, beyond the scopes of the token (which the routes check): the caller's part is looked up."""

from collections.abc import Sequence
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles
from mentoring_common.auth import Allow, Principal
from mentoring_common.errors import NotFound
from mentoring_common.faults import fault
from mentoring_common.roles import RoleNeeded, rights_of, roles_of
from mentoring_contracts.rights import Right
from mentoring_sessions.errors import (
    MentoringSessionNotFound,
    PeopleNotOfProgramme,
    ProgrammeNotFound,
    RelationshipNotFound,
)
from mentoring_sessions.relationships import queries
from mentoring_sessions.relationships.models import MentoringSession, Relationship
from mentoring_sessions.relationships.parts import READS, Access, ProgrammeAccess, reads_confidences

Reader = Annotated[Principal, Depends(Allow("sessions:read", "sessions:write"))]
Writer = Annotated[Principal, Depends(Allow("sessions:write"))]


class OfRelationship(Protocol):
    """A row of what a relationship keeps."""

    @property
    def relationship_id(self) -> UUID:
        """Of which relationship it is."""


Kept = TypeVar("Kept", bound=OfRelationship)


async def to_programme(db: AsyncSession, by: Principal, programme_id: UUID) -> ProgrammeAccess:
    """The caller's part in the programme; ProgrammeNotFound if it is not known or the caller has no part in it."""
    programme = await queries.known_programme(db, programme_id)
    held = await roles_of(db, by, programme_id)
    if programme is None or not (by.is_admin or held or await queries.takes_part(db, by.person, programme_id)):
        raise ProgrammeNotFound()
    return ProgrammeAccess(programme, await rights_of(db, by, programme_id), by.is_admin, reads_confidences(by))


async def require_team(db: AsyncSession, by: Principal, programme_id: UUID) -> None:
    """RoleNeeded for other roles of the programme; ProgrammeNotFound for strangers, to whom nothing is there."""
    (await to_programme(db, by, programme_id)).require(READS)


async def require_people(db: AsyncSession, programme_id: UUID, people: Sequence[UUID]) -> None:
    """PeopleNotOfProgramme where some of the people who are `invited` to something have no part in the programme."""
    known = await queries.people_of_programme(db, programme_id, people) if people else set()
    errors = [
        fault("person_not_of_programme", "has no part in the programme", "body", "invited", place)
        for place, person_id in enumerate(people)
        if person_id not in known
    ]
    if errors:
        raise PeopleNotOfProgramme(errors=errors)


async def to_relationship(db: AsyncSession, by: Principal, relationship_id: UUID, right: Right = READS) -> Access:
    """The caller's part in the relationship, of the team by the right; RelationshipNotFound for who has none."""
    relationship = await queries.found(db, Relationship, relationship_id)
    if relationship is None:
        raise RelationshipNotFound()
    in_team = right in await rights_of(db, by, relationship.programme_id)
    mine = await queries.places(db, relationship_id, by.person)
    if not mine and not in_team and not by.is_admin:
        raise RelationshipNotFound()
    return Access(
        relationship,
        by.person,
        right,
        in_team,
        by.is_admin,
        reads_confidences(by),
        private=(await queries.kind(db, relationship)).private,
        member=next((member for member in mine if member.left_at is None), None),
        was_member=bool(mine),
    )


async def require_part(
    db: AsyncSession, by: Principal, *, person_id: UUID | None, programme_id: UUID | None, cohort_id: UUID | None
) -> None:
    """RoleNeeded for a list of others' relationships from somebody with no part in it, and for a machine's own."""
    me, asked = by.person, {"programme_id": programme_id, "cohort_id": cohort_id}
    if by.is_admin or (me is not None and person_id == me):
        return
    narrowed = {name: value for name, value in asked.items() if value is not None}
    if not narrowed and person_id is None:
        if me is None:
            raise RoleNeeded(needed=[READS])
        return
    if programme_id is None and cohort_id is not None:
        # Of a cohort that is not known nobody holds a role.
        programme_id = await queries.programme_of_cohort(db, cohort_id) or cohort_id
    await roles.require_part(db, by, programme_id, [READS], queries.shared(me, person_id, narrowed))


async def mentoring_session(db: AsyncSession, by: Principal, id_: UUID) -> tuple[MentoringSession, Access]:
    """A mentoring session and the caller's part in its relationship; MentoringSessionNotFound for who has none."""
    return await with_part(db, by, await queries.found(db, MentoringSession, id_), MentoringSessionNotFound)


async def with_part(
    db: AsyncSession, by: Principal, row: Kept | None, unknown: type[NotFound], right: Right = READS
) -> tuple[Kept, Access]:
    """What a relationship keeps, and the caller's part in that; `unknown` for who has none."""
    if row is None:
        raise unknown()
    try:
        return row, await to_relationship(db, by, row.relationship_id, right)
    except RelationshipNotFound:
        raise unknown() from None
