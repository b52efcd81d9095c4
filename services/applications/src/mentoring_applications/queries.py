"""Every SELECT of the applications service."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from mentoring_applications.errors import (
    ApplicationNotFound,
    CohortNotFound,
    PersonNotFound,
    ProgrammeNotFound,
    RoleNotFound,
)
from mentoring_applications.ledger import Counts
from mentoring_applications.lifecycle import Act, State, sources
from mentoring_applications.models import (
    Application,
    ApplicationAnswers,
    Cohort,
    Consent,
    EligibilityOverride,
    EmailChange,
    Employer,
    EqualityAnswers,
    Invitation,
    Mention,
    Move,
    Pairing,
    Person,
    Programme,
    ProgrammeRole,
    Reason,
)
from mentoring_common import reading
from mentoring_common.errors import NotFound

Row = TypeVar("Row", Application, Cohort, Person, Programme, ProgrammeRole)
PROXY = "proxy"  # the act of a reason for applying in somebody's name
TEAM = ("programme_manager", "coordinator")


async def _one(
    db: AsyncSession, rows: sa.Select[Row], missing: type[NotFound], *, lock: Literal["none", "shared", "own"] = "none"
) -> Row:
    """The row as it is now; `missing` is raised for one that is not there, also for another organisation's."""
    if lock != "none":
        rows = rows.with_for_update(read=lock == "shared")
    found: Row | None = await db.scalar(rows.execution_options(populate_existing=True))
    if found is None:
        raise missing()
    return found


async def person(db: AsyncSession, person_id: UUID, *, locked: bool = False) -> Person:
    """The person; PersonNotFound. `locked` until the end of the transaction."""
    rows = sa.select(Person).where(Person.id == person_id)
    return await _one(db, rows, PersonNotFound, lock="own" if locked else "none")


_PERSON = reading.by_id(Person)
EVERYBODY = reading.page_of(Person)


async def person_row(db: AsyncSession, person_id: UUID) -> Any:
    """What is known of the person, to be read only; PersonNotFound."""
    found = await _PERSON.first(db, id=person_id)
    if found is None:
        raise PersonNotFound()
    return found


async def programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme; ProgrammeNotFound."""
    return await _one(db, sa.select(Programme).where(Programme.id == programme_id), ProgrammeNotFound)


async def cohort(db: AsyncSession, cohort_id: UUID, *, shared: bool = False) -> Cohort:
    """The cohort; CohortNotFound. `shared` keeps others from changing it until the end of the transaction."""
    rows = sa.select(Cohort).where(Cohort.id == cohort_id)
    return await _one(db, rows, CohortNotFound, lock="shared" if shared else "none")


async def application(db: AsyncSession, application_id: UUID) -> Application:
    """The application; ApplicationNotFound."""
    return await _one(db, sa.select(Application).where(Application.id == application_id), ApplicationNotFound)


async def role(db: AsyncSession, role_id: UUID) -> ProgrammeRole:
    """The role of a person in a programme; RoleNotFound."""
    return await _one(db, sa.select(ProgrammeRole).where(ProgrammeRole.id == role_id), RoleNotFound)


async def email_is_taken(db: AsyncSession, email: str) -> bool:
    """Whether somebody has the address."""
    return await db.scalar(sa.select(Person.id).where(Person.email == email)) is not None


async def person_exists(db: AsyncSession, person_id: UUID) -> bool:
    """Whether there is such a person."""
    return await db.scalar(sa.select(Person.id).where(Person.id == person_id)) is not None


async def employer_name(db: AsyncSession, employer_id: UUID | None) -> str | None:
    """The name of an employer; None without one."""
    if employer_id is None:
        return None
    return await db.scalar(sa.select(Employer.name).where(Employer.id == employer_id))


async def employer_by_key(db: AsyncSession, name_key: str) -> Employer | None:
    """The employer whose name compares equal."""
    return await db.scalar(sa.select(Employer).where(Employer.name_key == name_key))


async def employer_exists(db: AsyncSession, employer_id: UUID) -> bool:
    """Whether there is such an employer."""
    return await db.scalar(sa.select(Employer.id).where(Employer.id == employer_id)) is not None


def employers() -> sa.Select[Employer]:
    """Every employer."""
    return sa.select(Employer)


def people(ids: Collection[UUID] = ()) -> sa.Select[Person]:
    """Everybody, or who is among the ids."""
    rows = sa.select(Person)
    return rows.where(Person.id.in_(ids)) if ids else rows


async def person_by_email(db: AsyncSession, email: str) -> Person | None:
    """Who has the address."""
    return await db.scalar(sa.select(Person).where(Person.email == email))


def taking_part(programmes: Collection[UUID]) -> sa.ColumnElement[bool]:
    """People who applied to one of the programmes themselves, or whom others than its team put into it.

    What a team does with those whom it invited (it applies for them, gives them a role) opens nothing of what others
    know of them.
    """
    by_proxy = sa.exists().where(Reason.application_id == Application.id, Reason.act == PROXY)
    themselves = sa.select(Application.person_id).where(Application.programme_id.in_(programmes), ~by_proxy)
    invited = sa.select(Invitation.person_id).where(Invitation.programme_id.in_(programmes))
    return sa.or_(Person.id.in_(themselves), sa.and_(_is_in(Person.id, programmes), Person.id.not_in(invited)))


def _is_in(person_id: Any, programmes: Collection[UUID]) -> sa.ColumnElement[bool]:
    applied = sa.select(Application.person_id).where(Application.programme_id.in_(programmes))
    holding = sa.select(ProgrammeRole.person_id).where(ProgrammeRole.programme_id.in_(programmes))
    return sa.or_(person_id.in_(applied), person_id.in_(holding))


def ids_taking_part(ids: Collection[UUID], programmes: Collection[UUID]) -> sa.Select[UUID]:
    """Which of these people take part in one of the programmes."""
    return sa.select(Person.id).where(Person.id.in_(ids), taking_part(programmes))


def invitations(programmes: Collection[UUID], since: datetime) -> sa.Select[Invitation]:
    """The invitations of the programmes that still stand: the late ones, and those of whom the programme has by now."""
    standing = sa.or_(Invitation.invited_at > since, _is_in(Invitation.person_id, programmes))
    return sa.select(Invitation).where(Invitation.programme_id.in_(programmes), standing)


def people_within(
    rows: sa.Select[Person],
    email: str | None,
    *,
    me: UUID | None,
    employer_id: UUID | None,
    partners: Mapping[UUID, Pairing],
    programmes: Collection[UUID],
    since: datetime,
) -> sa.Select[Person]:
    """Oneself, people of the employer, one's partners, who takes part in the programmes and whom they invited.

    An address finds only those whose address the caller may see, and invited people by the address that was written.
    """
    # Without an employer's reach nobody is theirs: not those who have no employer either.
    whole = [Person.id == me, *([Person.employer_id == employer_id] if employer_id else []), taking_part(programmes)]
    invited = invitations(programmes, since).with_only_columns(Invitation.person_id)
    if email is None:
        return rows.where(sa.or_(*whole, Person.id.in_(partners), Person.id.in_(invited)))
    addressed = [id_ for id_, pairing in partners.items() if pairing.confirmed]
    seen = sa.and_(Person.email == email, sa.or_(*whole, Person.id.in_(addressed)))
    return rows.where(sa.or_(seen, Person.id.in_(invited.where(Invitation.email == email))))


async def invited_as(db: AsyncSession, programme_id: UUID, email: str, since: datetime) -> UUID | None:
    """Whom the programme invited under this address."""
    rows = invitations([programme_id], since).with_only_columns(Invitation.person_id)
    return await db.scalar(rows.where(Invitation.email == email))


async def email_change(db: AsyncSession, token_digest: bytes) -> EmailChange | None:
    """The change that a token confirms, locked until the end of the transaction."""
    rows = sa.select(EmailChange).where(EmailChange.token_digest == token_digest)
    return await db.scalar(rows.with_for_update())


async def email_changes(db: AsyncSession, ids: Collection[UUID]) -> Sequence[sa.Row[EmailChange, str, bool]]:
    """Changes of address with the person's name, and whether somebody has the new address by now."""
    other = sa.alias(Person.__table__)
    taken = sa.exists().where(other.c.tenant_id == EmailChange.tenant_id, other.c.email == EmailChange.new_email)
    rows = sa.select(EmailChange, Person.name, taken).join(Person, Person.id == EmailChange.person_id)
    return (await db.execute(rows.where(EmailChange.id.in_(ids)))).all()


async def email_changes_since(db: AsyncSession, person_id: UUID, moment: datetime) -> int:
    """How often a person asked for another address since then."""
    rows = sa.select(sa.func.count()).where(EmailChange.person_id == person_id, EmailChange.asked_at > moment)
    return await db.scalar(rows) or 0


async def pairings_of(db: AsyncSession, me: UUID) -> Mapping[UUID, Pairing]:
    """Whom a person was offered, by id; a confirmed match before others."""
    rows = sa.select(Pairing).where(sa.or_(Pairing.mentor_id == me, Pairing.mentee_id == me))
    found = await db.scalars(rows.order_by(Pairing.confirmed, Pairing.id))
    return {pairing.mentee_id if pairing.mentor_id == me else pairing.mentor_id: pairing for pairing in found}


def programmes() -> sa.Select[Programme]:
    """Every programme."""
    return sa.select(Programme)


def programme_roles(programme_id: UUID) -> sa.Select[ProgrammeRole]:
    """The roles held in a programme."""
    return sa.select(ProgrammeRole).where(ProgrammeRole.programme_id == programme_id)


async def roles_of_person(db: AsyncSession, person_id: UUID) -> Sequence[ProgrammeRole]:
    """The roles a person holds."""
    return (await db.scalars(sa.select(ProgrammeRole).where(ProgrammeRole.person_id == person_id))).all()


_TEAM_PROGRAMMES = reading.Reading(
    sa.select(ProgrammeRole.programme_id)
    .where(ProgrammeRole.person_id == sa.bindparam("person"), sa.or_(*(ProgrammeRole.role == r for r in TEAM)))
    .distinct()
)


async def team_programmes(db: AsyncSession, person_id: UUID) -> Sequence[UUID]:
    """The programmes in whose team the person is."""
    return [row.programme_id for row in await _TEAM_PROGRAMMES.all(db, person=person_id)]


async def cohorts(db: AsyncSession, programme_id: UUID) -> Sequence[Cohort]:
    """The cohorts of a programme by number."""
    return (
        await db.scalars(sa.select(Cohort).where(Cohort.programme_id == programme_id).order_by(Cohort.number))
    ).all()


def applications(**filters: Any) -> sa.Select[Application]:
    """Applications of people who are not erased, with these values, None meaning any."""
    given = {name: value for name, value in filters.items() if value is not None}
    return sa.select(Application).where(Application.person_id.is_not(None)).filter_by(**given)


def visible(
    rows: sa.Select[Application], me: UUID | None, programmes: Collection[UUID], employer_id: UUID | None
) -> sa.Select[Application]:
    """Those of one's own, of the programmes and of the employer's people."""
    seen = [Application.person_id == me, Application.programme_id.in_(programmes)]
    if employer_id is not None:
        seen.append(Application.person_id.in_(sa.select(Person.id).where(Person.employer_id == employer_id)))
    return rows.where(sa.or_(*seen))


async def is_employed(db: AsyncSession, person_id: UUID, employer_id: UUID) -> bool:
    """Whether the person works for the employer."""
    rows = sa.select(Person.id).where(Person.id == person_id, Person.employer_id == employer_id)
    return await db.scalar(rows) is not None


async def programme_of_cohort(db: AsyncSession, cohort_id: UUID) -> UUID | None:
    """The programme that plans the cohort; None if there is no such cohort."""
    return await db.scalar(sa.select(Cohort.programme_id).where(Cohort.id == cohort_id))


async def has_applied(db: AsyncSession, programme_id: UUID, cohort_id: UUID | None, person_id: UUID, role: str) -> bool:
    """Whether the person stands in this cohort, or is open anywhere in the programme, in this role."""
    elsewhere = Application.state.in_([State.SUBMITTED, State.WAITLISTED, State.ACCEPTED])
    here = sa.and_(Application.cohort_id.is_not_distinct_from(cohort_id), Application.state != State.WITHDRAWN)
    rows = sa.select(Application.id).filter_by(programme_id=programme_id, person_id=person_id, role=role)
    return await db.scalar(rows.where(sa.or_(elsewhere, here)).limit(1)) is not None


async def stands_in_cohort(db: AsyncSession, cohort_id: UUID, person_id: UUID, role: str) -> bool:
    """Whether the person has an application in the cohort that was not withdrawn."""
    rows = sa.select(Application.id).filter_by(cohort_id=cohort_id, person_id=person_id, role=role)
    return await db.scalar(rows.where(Application.state != State.WITHDRAWN).limit(1)) is not None


async def application_to_match(
    db: AsyncSession, programme_id: UUID, cohort_id: UUID, person_id: UUID, role: str
) -> Application | None:
    """The application that a confirmed match settles: that of the match's cohort, else one that moved on from there.

    None if that of the cohort is matched already: a mentor's second mentee or a rematch settles nothing more, also
    where the person asked to join another round.
    """
    here = Application.cohort_id == cohort_id
    settled = sa.and_(here, Application.state == State.MATCHED)
    rows = sa.select(Application).filter_by(programme_id=programme_id, person_id=person_id, role=role)
    rows = rows.where(sa.or_(settled, Application.state.in_(sources(Act.MATCH))))
    rows = rows.order_by(sa.case((here, 0), else_=1), Application.id).limit(1)
    found = await db.scalar(rows.execution_options(populate_existing=True))
    return None if found is None or found.state == State.MATCHED else found


async def open_applications_of(db: AsyncSession, person_id: UUID) -> Sequence[Application]:
    """The applications of a person that have not come to an end."""
    rows = sa.select(Application).where(Application.person_id == person_id, Application.state.in_(sources(Act.CLOSE)))
    return (await db.scalars(rows.order_by(Application.id).execution_options(populate_existing=True))).all()


async def open_applications_in(db: AsyncSession, cohort_id: UUID) -> Sequence[Application]:
    """The applications of a cohort that have not come to an end, locked until the end of the transaction."""
    rows = sa.select(Application).where(Application.cohort_id == cohort_id, Application.state.in_(sources(Act.CLOSE)))
    options = {"populate_existing": True}
    return (await db.scalars(rows.order_by(Application.id).with_for_update().execution_options(**options))).all()


async def application_ids_of(db: AsyncSession, person_id: UUID) -> Sequence[UUID]:
    """Every application of a person."""
    return (await db.scalars(sa.select(Application.id).where(Application.person_id == person_id))).all()


async def answers(db: AsyncSession, application_id: UUID) -> ApplicationAnswers | None:
    """What was written on the form; None once it is erased."""
    return await db.scalar(sa.select(ApplicationAnswers).where(ApplicationAnswers.id == application_id))


async def clear_texts(db: AsyncSession, limit: int) -> Sequence[sa.Row[ApplicationAnswers, Application, Programme]]:
    """Answers whose texts are not sealed yet, locked, with their applications and programmes."""
    rows = (
        sa.select(ApplicationAnswers, Application, Programme)
        .join(Application, Application.id == ApplicationAnswers.id)
        .join(Programme, Programme.id == Application.programme_id)
        .where(ApplicationAnswers.sealed.is_(None), Application.person_id.is_not(None))
        .limit(limit)
    )
    return (await db.execute(rows.with_for_update(of=ApplicationAnswers, skip_locked=True))).all()


async def tenants_with_clear_texts(connection: AsyncConnection) -> Sequence[UUID]:
    """Organisations with answers whose texts are not sealed yet; asked under the system role."""
    c = ApplicationAnswers.__table__.c
    return (await connection.scalars(sa.select(c.tenant_id).where(c.sealed.is_(None)).distinct())).all()


async def proxy(db: AsyncSession, application_id: UUID) -> Reason | None:
    """Who applied in the person's name, and why."""
    return await db.scalar(sa.select(Reason).where(Reason.application_id == application_id, Reason.act == PROXY))


async def consents(db: AsyncSession, application_id: UUID) -> Sequence[Consent]:
    """What the applicant agreed to with this application."""
    return (await db.scalars(sa.select(Consent).where(Consent.application_id == application_id))).all()


async def overrides(db: AsyncSession, application_id: UUID) -> Sequence[EligibilityOverride]:
    """The eligibility rules that were overridden for this application."""
    rows = sa.select(EligibilityOverride).where(EligibilityOverride.application_id == application_id)
    return (await db.scalars(rows.order_by(EligibilityOverride.at, EligibilityOverride.id))).all()


async def profiles(db: AsyncSession, person_ids: Collection[UUID]) -> Sequence[sa.Row[Person, UUID | None]]:
    """People and their line manager's id, also of one who is known by address only."""
    rows = sa.select(Person, _line_manager_id()).where(Person.id.in_(person_ids)).order_by(Person.id)
    return (await db.execute(rows)).all()


async def pooled_applications(
    db: AsyncSession, application_ids: Collection[UUID]
) -> Sequence[sa.Row[Application, ApplicationAnswers, Person, UUID | None]]:
    """Applications with their answers, their people and the people's line managers; erased ones are not there."""
    rows = (
        sa.select(Application, ApplicationAnswers, Person, _line_manager_id())
        .join(ApplicationAnswers, ApplicationAnswers.id == Application.id)
        .join(Person, Person.id == Application.person_id)
        .where(Application.id.in_(application_ids))
        .order_by(Application.id)
    )
    return (await db.execute(rows)).all()


def _line_manager_id() -> sa.ColumnElement[UUID | None]:
    manager = sa.alias(Person.__table__)
    by_email = sa.select(manager.c.id).where(
        manager.c.tenant_id == Person.tenant_id, manager.c.email == Person.line_manager_email
    )
    return sa.func.coalesce(Person.line_manager_id, by_email.scalar_subquery())


async def mentions(db: AsyncSession, application_ids: Collection[UUID]) -> Mapping[tuple[UUID, str], list[UUID]]:
    """Whom applicants named, in order, by (application, kind): those who are known by now."""
    named = sa.func.coalesce(Mention.person_id, Mention.known_id, Person.id)
    rows = (
        sa.select(Mention.application_id, Mention.kind, named)
        .outerjoin(Person, Person.email == Mention.email)
        .where(Mention.application_id.in_(application_ids), named.is_not(None))
        .order_by(Mention.application_id, Mention.kind, Mention.position)
    )
    found: dict[tuple[UUID, str], list[UUID]] = {}
    for application_id, kind, person_id in await db.execute(rows):
        found.setdefault((application_id, kind), []).append(person_id)
    return found


async def named(db: AsyncSession, application_id: UUID) -> Mapping[str, list[str]]:
    """Whom the applicant named, as it was written, in order, by kind: also those who are not known."""
    rows = sa.select(Mention).where(Mention.application_id == application_id).order_by(Mention.position)
    found: dict[str, list[str]] = {}
    for mention in await db.scalars(rows):
        found.setdefault(mention.kind, []).append(mention.email or str(mention.person_id))
    return found


async def ledger_counts(db: AsyncSession, programme_id: UUID) -> Counts:
    """The three counts that a programme's ledger is made of."""
    here = Application.programme_id == programme_id
    applied = await _counts(db, [Application.first_cohort_id, Application.role], here)
    standing = await _counts(db, [Application.cohort_id, Application.role, Application.state], here)
    moves = await _counts(db, [Move.from_cohort_id, Move.to_cohort_id, Move.role], Move.programme_id == programme_id)
    return Counts(applied, standing, moves)


async def eligible_counts(db: AsyncSession, programme_id: UUID) -> Mapping[tuple[UUID | None, str], int]:
    """Applications that were not refused, by (cohort first applied for, role)."""
    where = (Application.programme_id == programme_id, Application.state != State.REFUSED)
    return await _counts(db, [Application.first_cohort_id, Application.role], *where)


async def moved_count(db: AsyncSession, programme_id: UUID) -> int:
    """How many applications moved between cohorts."""
    moved = sa.select(sa.func.count(Move.application_id.distinct())).where(Move.programme_id == programme_id)
    return await db.scalar(moved) or 0


async def matched_people(
    db: AsyncSession, programme_id: UUID
) -> Sequence[sa.Row[Application, ApplicationAnswers | None, Person]]:
    """The matched applications of a programme with their answers and people."""
    rows = (
        sa.select(Application, ApplicationAnswers, Person)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(ApplicationAnswers, ApplicationAnswers.id == Application.id)
        .where(Application.programme_id == programme_id, Application.state == State.MATCHED)
        .order_by(Application.id)
    )
    return (await db.execute(rows)).all()


async def sealed_equality(db: AsyncSession, cohort_id: UUID) -> Sequence[EqualityAnswers]:
    """The sealed equality answers of the applications in a cohort."""
    rows = sa.select(EqualityAnswers).join(Application, Application.id == EqualityAnswers.id)
    return (await db.scalars(rows.where(Application.cohort_id == cohort_id))).all()


async def _counts(
    db: AsyncSession, columns: Iterable[InstrumentedAttribute[Any]], *where: sa.ColumnElement[bool]
) -> Counter[Any]:
    columns = list(columns)
    rows = sa.select(*columns, sa.func.count()).where(*where).group_by(*columns)
    return Counter({tuple(row[:-1]): row[-1] for row in await db.execute(rows)})
