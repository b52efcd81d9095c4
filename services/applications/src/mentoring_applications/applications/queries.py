"""The SELECTs of applications."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from mentoring_applications.applications.ledger import Counts
from mentoring_applications.applications.models import (
    Application,
    ApplicationAnswers,
    Consent,
    EligibilityOverride,
    Mention,
    Move,
    Reason,
)
from mentoring_applications.directory.models import Person
from mentoring_applications.directory.queries import line_manager_id
from mentoring_applications.errors import ApplicationNotFound
from mentoring_applications.lifecycle import Act, State, sources
from mentoring_applications.programmes.models import Programme
from mentoring_applications.tables import one
from mentoring_common import reading

PROXY = "proxy"  # the act of a reason for applying in somebody's name


async def application(db: AsyncSession, application_id: UUID) -> Application:
    """The application; ApplicationNotFound."""
    return await one(db, sa.select(Application).where(Application.id == application_id), ApplicationNotFound)


def applications(
    ids: Collection[UUID] | None = None, people: Collection[UUID] | None = None, **filters: Any
) -> sa.Select[Application]:
    """Applications of people who are not erased, among the ids, of the people, with these values, None meaning any."""
    given = {name: value for name, value in filters.items() if value is not None}
    rows = sa.select(Application).where(Application.person_id.is_not(None)).filter_by(**given)
    for column, among in ((Application.id, ids), (Application.person_id, people)):
        rows = rows if among is None else rows.where(column.in_(among))
    return rows


class Order(StrEnum):
    """What comes first: what was submitted first, or what was changed longest ago."""

    SUBMITTED = "submitted"
    CHANGED = "changed"


ORDER_KEYS: Final[Mapping[Order, InstrumentedAttribute[datetime]]] = {
    Order.SUBMITTED: Application.submitted_at,
    Order.CHANGED: Application.updated_at,
}


def visible(
    rows: sa.Select[Application], me: UUID | None, programmes: Collection[UUID], employer_id: UUID | None
) -> sa.Select[Application]:
    """Those of one's own, of the programmes and of the employer's people."""
    seen = [Application.person_id == me, Application.programme_id.in_(programmes)]
    if employer_id is not None:
        seen.append(Application.person_id.in_(sa.select(Person.id).where(Person.employer_id == employer_id)))
    return rows.where(sa.or_(*seen))


def in_state(
    rows: sa.Select[Application], state: State | None, programmes: Collection[UUID] | None = None
) -> sa.Select[Application]:
    """Those in the state: of other programmes than these, in the state that the person knows."""
    if state is None:
        return rows
    if programmes is None:
        return rows.where(Application.state == state)
    known = sa.func.coalesce(Application.told_state, Application.state)
    shown = sa.case((Application.programme_id.in_(programmes), Application.state), else_=known)
    return rows.where(shown == state)


def changed_since(rows: sa.Select[Application], moment: datetime | None) -> sa.Select[Application]:
    """Those that were made or changed at the moment or later; all without one."""
    return rows if moment is None else rows.where(Application.updated_at >= moment)


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


async def open_to_match(db: AsyncSession, application_id: UUID) -> Application | None:
    """The application, if a match may still settle it."""
    rows = sa.select(Application).where(Application.id == application_id, Application.state.in_(sources(Act.MATCH)))
    return await db.scalar(rows.execution_options(populate_existing=True))


async def application_if_there(db: AsyncSession, application_id: UUID) -> Application | None:
    """The application; None once it is erased."""
    rows = sa.select(Application).where(Application.id == application_id, Application.person_id.is_not(None))
    return await db.scalar(rows.execution_options(populate_existing=True))


_WAITING = (Application.state == State.WAITLISTED, Application.person_id.is_not(None))
_LINE = (
    Application.passed_over,
    Application.priority.desc(),
    sa.func.coalesce(Application.waits_since, Application.decided_at, Application.submitted_at),
    Application.id,
)


async def places_in_line(db: AsyncSession, waiting: Collection[Application]) -> Mapping[UUID, tuple[int, int]]:
    """Where each stands in the line of its cohort and role, from 1 in the order of offers, and how long the line is."""
    if not waiting:
        return {}
    line = (Application.programme_id, Application.cohort_id, Application.role)
    position = sa.func.row_number().over(partition_by=line, order_by=_LINE).label("position")
    length = sa.func.count().over(partition_by=line).label("length")
    here = Application.programme_id.in_({one.programme_id for one in waiting})
    lines = sa.select(Application.id, position, length).where(*_WAITING, here).subquery()
    rows = sa.select(lines).where(lines.c.id.in_([one.id for one in waiting]))
    return {id_: (position, length) for id_, position, length in await db.execute(rows)}


async def next_waiting(db: AsyncSession, cohort_id: UUID, *, locked: bool = False) -> Application | None:
    """The mentee who is offered the next place, unless they did not take one before."""
    rows = sa.select(Application).where(*_WAITING, Application.cohort_id == cohort_id, Application.role == "mentee")
    rows = rows.where(~Application.passed_over).order_by(*_LINE).limit(1)
    rows = rows.with_for_update() if locked else rows
    return await db.scalar(rows.execution_options(populate_existing=True))


async def open_applications_of(db: AsyncSession, person_id: UUID) -> Sequence[Application]:
    """The applications of a person that have not come to an end."""
    rows = sa.select(Application).where(Application.person_id == person_id, Application.state.in_(sources(Act.CLOSE)))
    return (await db.scalars(rows.order_by(Application.id).execution_options(populate_existing=True))).all()


async def matched_of(db: AsyncSession, person_id: UUID) -> Sequence[Application]:
    """The matched applications of a person."""
    rows = sa.select(Application).where(Application.person_id == person_id, Application.state == State.MATCHED)
    return (await db.scalars(rows.order_by(Application.id).execution_options(populate_existing=True))).all()


async def open_applications_in(db: AsyncSession, programme_id: UUID, cohort_id: UUID | None) -> Sequence[Application]:
    """The applications of a cohort (None: for a later round) that have not come to an end, locked until the end of the
    transaction."""
    here = (Application.programme_id == programme_id, Application.cohort_id == cohort_id)
    rows = sa.select(Application).where(*here, Application.state.in_(sources(Act.CLOSE)))
    options = {"populate_existing": True}
    return (await db.scalars(rows.order_by(Application.id).with_for_update().execution_options(**options))).all()


async def application_ids_of(db: AsyncSession, person_id: UUID) -> Sequence[UUID]:
    """Every application of a person."""
    return (await db.scalars(sa.select(Application.id).where(Application.person_id == person_id))).all()


_ANSWERS = reading.by_ids(ApplicationAnswers)


async def answers(db: AsyncSession, application_ids: Collection[UUID]) -> Mapping[UUID, ApplicationAnswers]:
    """What was written on the forms, by application, to be read only; without those that are erased."""
    return {row.id: row for row in await _ANSWERS.all(db, ids=list(application_ids))}


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


async def hold_application(db: AsyncSession, application_id: UUID) -> Application:
    """The application, which nobody else changes until the end of the transaction; ApplicationNotFound."""
    rows = sa.select(Application).where(Application.id == application_id, Application.person_id.is_not(None))
    return await one(db, rows, ApplicationNotFound, lock="own")


_PROXIES = reading.of(Reason, reading.among(Reason.application_id), Reason.act == PROXY)
_CONSENTS = reading.of(Consent, reading.among(Consent.application_id))
_OVERRIDES = reading.of(
    EligibilityOverride,
    reading.among(EligibilityOverride.application_id),
    in_order_of=[EligibilityOverride.at, EligibilityOverride.id],
)
_MENTIONS = reading.of(Mention, reading.among(Mention.application_id), in_order_of=[Mention.position])


async def proxies(db: AsyncSession, application_ids: Collection[UUID]) -> Mapping[UUID, Reason]:
    """Who applied in somebody's name, and why, by application; to be read only."""
    return {row.application_id: row for row in await _PROXIES.all(db, ids=list(application_ids))}


async def consents(db: AsyncSession, application_ids: Collection[UUID]) -> defaultdict[UUID, list[Consent]]:
    """What applicants agreed to, by application, to be read only."""
    return _by_application(await _CONSENTS.all(db, ids=list(application_ids)))


async def overrides(
    db: AsyncSession, application_ids: Collection[UUID]
) -> defaultdict[UUID, list[EligibilityOverride]]:
    """The eligibility rules that were overridden, by application, in the order in which they were; to be read only."""
    return _by_application(await _OVERRIDES.all(db, ids=list(application_ids)) if application_ids else [])


def _by_application(rows: Iterable[Any]) -> defaultdict[UUID, list[Any]]:
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.application_id].append(row)
    return found


async def pooled_applications(
    db: AsyncSession, application_ids: Collection[UUID]
) -> Sequence[sa.Row[Application, ApplicationAnswers, Person, UUID | None]]:
    """Applications with their answers, their people and the people's line managers; erased ones are not there."""
    rows = (
        sa.select(Application, ApplicationAnswers, Person, line_manager_id())
        .join(ApplicationAnswers, ApplicationAnswers.id == Application.id)
        .join(Person, Person.id == Application.person_id)
        .where(Application.id.in_(application_ids))
        .order_by(Application.id)
    )
    return (await db.execute(rows)).all()


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


async def named(db: AsyncSession, application_ids: Collection[UUID]) -> Mapping[tuple[UUID, str], list[str]]:
    """Whom applicants named, as it was written, in order, by (application, kind): also those who are not known."""
    found: dict[tuple[UUID, str], list[str]] = {}
    for mention in await _MENTIONS.all(db, ids=list(application_ids)):
        key = mention.application_id, mention.kind
        found.setdefault(key, []).append(mention.email or str(mention.person_id))
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


Applied: TypeAlias = "sa.Row[Application, ApplicationAnswers | None, Person]"


async def matched_people(db: AsyncSession, programme_id: UUID) -> Sequence[Applied]:
    """The matched applications of a programme with their answers and people."""
    return await _applied(db, programme_id, Application.state == State.MATCHED)


async def applied_people(db: AsyncSession, programme_id: UUID) -> Sequence[Applied]:
    """The applications of a programme that were sent and not withdrawn, with their answers and people."""
    return await _applied(db, programme_id, Application.state != State.WITHDRAWN)


async def _applied(db: AsyncSession, programme_id: UUID, state: sa.ColumnElement[bool]) -> Sequence[Applied]:
    rows = (
        sa.select(Application, ApplicationAnswers, Person)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(ApplicationAnswers, ApplicationAnswers.id == Application.id)
        .where(Application.programme_id == programme_id, state)
        .order_by(Application.id)
    )
    return (await db.execute(rows)).all()


async def _counts(
    db: AsyncSession, columns: Iterable[InstrumentedAttribute[Any]], *where: sa.ColumnElement[bool]
) -> Counter[Any]:
    columns = list(columns)
    rows = sa.select(*columns, sa.func.count()).where(*where).group_by(*columns)
    return Counter({tuple(row[:-1]): row[-1] for row in await db.execute(rows)})
