"""Who may do what here, beyond the scopes of the token (which the routes check)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import queries
from mentoring_applications.errors import ApplicationNotFound, NotYourPeople, PersonNotFound
from mentoring_applications.models import Application, Pairing, Person
from mentoring_applications.queries import TEAM
from mentoring_common.auth import Principal
from mentoring_common.roles import require_role, roles_of


def person_of(by: Principal) -> UUID | None:
    """The caller's id if it is a person's."""
    try:
        return UUID(by.subject)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose people a caller may manage: everybody's, those of one employer, or nobody's."""

    everybody: bool
    employer_id: UUID | None = None

    def covers(self, employer_id: UUID | None) -> bool:
        """Whether people of the employer are within reach."""
        return self.everybody or (self.employer_id is not None and self.employer_id == employer_id)


async def reach_of(db: AsyncSession, by: Principal) -> Reach:
    """An organisation's admin and every programme team reach everybody, an HR client its own employer's people."""
    me = person_of(by)
    if by.is_admin or (me is not None and await queries.team_programmes(db, me)):
        return Reach(everybody=True)
    return Reach(everybody=False, employer_id=by.employer if "hr:provision" in by.scopes else None)


async def require_reach(db: AsyncSession, by: Principal, employer_id: UUID | None) -> None:
    """NotYourPeople unless the caller manages people of the employer."""
    if not (await reach_of(db, by)).covers(employer_id):
        raise NotYourPeople()


async def managed_person(db: AsyncSession, person_id: UUID, by: Principal, *, locked: bool = False) -> Person:
    """A person whom the caller manages, or is; PersonNotFound for anybody else."""
    person = await queries.person(db, person_id, locked=locked)
    if person.id != person_of(by) and not (await reach_of(db, by)).covers(person.employer_id):
        raise PersonNotFound()
    return person


async def visible_person(db: AsyncSession, person_id: UUID, by: Principal) -> tuple[Person, Pairing | None]:
    """A person whom the caller manages or is, or, with their pairing, was offered as a match; else PersonNotFound."""
    try:
        return await managed_person(db, person_id, by), None
    except PersonNotFound:
        pairing = (await partners_of(db, by)).get(person_id)
        if pairing is None:
            raise
        return await queries.person(db, person_id), pairing


async def partners_of(db: AsyncSession, by: Principal) -> Mapping[UUID, Pairing]:
    """Whom the caller was offered as a match, by id; nobody for a machine."""
    me = person_of(by)
    return await queries.pairings_of(db, me) if me is not None else {}


async def require_team(db: AsyncSession, by: Principal, programme_id: UUID) -> None:
    """RoleNeeded unless the caller is of the programme's team or administers the organisation."""
    await require_role(db, by, programme_id, *TEAM)


async def is_team(db: AsyncSession, by: Principal, programme_id: UUID) -> bool:
    """Whether the caller is of the programme's team or administers the organisation."""
    return by.is_admin or bool(await roles_of(db, by, programme_id) & frozenset(TEAM))


async def visible_application(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """One's own application, or one of a programme in whose team one is; ApplicationNotFound otherwise."""
    application = await queries.application(db, application_id)
    if application.person_id is None:  # erased: nothing but a count
        raise ApplicationNotFound()
    if application.person_id != person_of(by) and not await is_team(db, by, application.programme_id):
        raise ApplicationNotFound()
    return application


async def team_application(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """An application that the caller decides on; ApplicationNotFound for a stranger's, RoleNeeded for one's own."""
    application = await visible_application(db, application_id, by)
    await require_team(db, by, application.programme_id)
    return application


async def visible_programmes(db: AsyncSession, by: Principal) -> Collection[UUID]:
    """The programmes in whose team the caller is."""
    me = person_of(by)
    return await queries.team_programmes(db, me) if me is not None else ()
