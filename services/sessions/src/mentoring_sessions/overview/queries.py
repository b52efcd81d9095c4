"""The SELECTs by which a programme team finds the relationships that want something of it.

What is expected of a relationship, and since when it is quiet, is worked out here alone: for what is shown as for what
is asked for.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.reading import Reading, among
from mentoring_sessions.agreements.models import Agreement
from mentoring_sessions.appointments.models import Appointment
from mentoring_sessions.concerns.queries import has_open_concern
from mentoring_sessions.handovers.models import Handover
from mentoring_sessions.lifecycle import OVER, Appointed, State
from mentoring_sessions.overview.models import RelationshipCount
from mentoring_sessions.relationships.models import Member, MentoringSession, Relationship
from mentoring_sessions.relationships.queries import has_member
from mentoring_sessions.reviews.models import Review, ReviewAnswer
from mentoring_sessions.reviews.queries import has_reason, has_review_due

DAY_S, MONTH_S = 86_400, 365.2425 / 12 * 86_400
_NEVER, _EVER = datetime(9000, 1, 1, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC)
_r = Relationship
Moment = datetime | sa.ColumnElement[datetime]


class Order(StrEnum):
    """What comes first: who lacks most hours, has not met for longest, ends soonest, or met longest ago."""

    BEHIND = "behind"
    QUIET = "quiet"
    ENDS = "ends"
    LAST_MET = "last_met"


@dataclass(frozen=True)
class Wanted:
    """Which relationships are wanted; what is None does not matter. `paths` are those of concerns that are read."""

    kind: str | None = None
    people: Collection[UUID] | None = None
    behind: bool | None = None
    quiet_days: int | None = None
    open_concern: bool | None = None
    review_due: bool | None = None
    paused: bool | None = None
    ends_within_days: int | None = None
    reader_id: UUID | None = None
    paths: Sequence[bool] = ()

    def of(self, rows: sa.Select[Relationship], moment: datetime) -> sa.Select[Relationship]:
        """Those of the rows, as they stand at the moment."""
        # Made when they are asked for: to put them together takes longer than to read the rows.
        yes_or_no: list[tuple[Callable[[], sa.ColumnElement[bool]], bool | None]] = [
            (lambda: is_behind(moment), self.behind),
            (lambda: has_open_concern(self.reader_id, self.paths), self.open_concern),
            (lambda: has_review_due(moment), self.review_due),
            (lambda: _r.paused_at.is_not(None), self.paused),
        ]
        rows = rows.where(*(holds() if yes else sa.not_(holds()) for holds, yes in yes_or_no if yes is not None))
        if self.kind is not None:
            rows = rows.where(_r.kind == self.kind)
        if self.people is not None:
            rows = rows.where(has_member(self.people))
        if self.quiet_days is not None:
            rows = rows.where(is_quiet(moment, self.quiet_days))
        if self.ends_within_days is not None:
            rows = rows.where(ends_soon(moment, self.ends_within_days))
        return rows


def order_key(order: Order, moment: datetime) -> sa.ColumnElement[Any]:
    """By what relationships stand in this order: never null."""
    at = sa.DateTime(timezone=True)
    keys: dict[Order, sa.ColumnElement[Any]] = {
        Order.BEHIND: sa.func.coalesce(_r.total_minutes - _expected(moment), 0.0, type_=sa.Float()),
        Order.QUIET: sa.func.coalesce(_quiet_since(), _NEVER, type_=at),
        Order.ENDS: sa.func.coalesce(sa.case((_r.state.not_in(OVER), _r.ends_at)), _NEVER, type_=at),
        Order.LAST_MET: sa.func.coalesce(_r.last_held_at, _EVER, type_=at),
    }
    return keys[order]


async def rhythms(db: AsyncSession, ids: Collection[UUID], moment: datetime) -> dict[UUID, Any]:
    """By relationship: the minutes `expected` by now, whether it is `behind`, and since when it is `quiet_since`."""
    return {row.id: row for row in await _rhythms().all(db, ids=list(ids), moment=moment)}


@cache
def _rhythms() -> Reading:
    moment = sa.bindparam("moment", type_=sa.DateTime(timezone=True))
    shown: dict[str, sa.ColumnElement[Any]] = {
        "expected": _expected(moment),
        "behind": is_behind(moment),
        "quiet_since": _quiet_since(),
    }
    return Reading(sa.select(_r.id, *(how.label(name) for name, how in shown.items())).where(among(_r.id)))


async def waiting_for(db: AsyncSession, person_id: UUID, most: int) -> Sequence[sa.Row[Any]]:
    """(what, id, match_id, since) of what waits for somebody in relationships that are not over, the oldest first."""
    m, a, g, v = MentoringSession, Appointment, Agreement, Review
    mine = sa.select(Member).where(Member.person_id == person_id, Member.left_at.is_(None)).subquery("mine")
    of = sa.select(_r, mine.c.signed_version).join(mine, mine.c.relationship_id == _r.id)
    r = of.where(_r.state.not_in(OVER)).subquery("r")

    def asked(what: str, id_: Any, since: Any, *more: sa.ColumnElement[bool], of: Any = None) -> sa.Select[Any]:
        row = sa.select(sa.literal(what).label("what"), id_.label("id"), r.c.id.label("match_id"), since.label("since"))
        rows = row.select_from(r) if of is None else row.select_from(r).join(of, more[0])
        return rows.where(*more)

    said_by = sa.func.coalesce(m.corrected_by, m.recorded_by)
    unconfirmed = (m.confirmed_at.is_(None), m.withdrawn_at.is_(None), r.c.mentee_id.is_not(None), said_by != person_id)
    answered = sa.exists().where(ReviewAnswer.tenant_id == v.tenant_id, ReviewAnswer.review_id == v.id,
                                 ReviewAnswer.person_id == person_id)  # fmt: skip
    decided = sa.exists().where(Handover.tenant_id == r.c.tenant_id, Handover.id == r.c.id)
    rows = sa.union_all(
        asked("meeting", m.id, m.held_at, m.relationship_id == r.c.id, *unconfirmed, of=m),
        asked("appointment", a.id, sa.func.coalesce(a.starts_at, a.times[1]), a.relationship_id == r.c.id,
              a.state == Appointed.PROPOSED, a.proposed_by != person_id, of=a),
        asked("agreement", r.c.id, g.proposed_at, g.id == r.c.id, g.version.is_distinct_from(r.c.signed_version), of=g),
        asked("review", v.id, v.opened_at, v.relationship_id == r.c.id, v.outcome.is_(None), sa.not_(answered),
              has_reason(), of=v),
        asked("handover", r.c.id, r.c.confirmed_at, r.c.continues.is_not(None), r.c.mentee_id == person_id,
              sa.not_(decided)),
    ).subquery()  # fmt: skip
    return (await db.execute(sa.select(rows).order_by(rows.c.since, rows.c.id).limit(most))).all()


async def counts(
    db: AsyncSession, programme_id: UUID, wanted: Wanted, cohort_id: UUID | None, moment: datetime
) -> dict[str, int]:
    """How many relationships of a programme, or of one cohort, there are of each sort: all of them are looked at."""
    assert wanted.quiet_days is not None
    assert wanted.ends_within_days is not None
    sorts = {
        "waiting": _r.state == State.WAITING,
        "active": _r.state == State.ACTIVE,
        "paused": _r.paused_at.is_not(None),
        "behind": is_behind(moment),
        "quiet": is_quiet(moment, wanted.quiet_days),
        "ending": ends_soon(moment, wanted.ends_within_days),
        "over": _r.state.in_(OVER),
    }
    how_many = [sa.func.count().filter(holds).label(name) for name, holds in sorts.items()]
    sums = {"mentoring_sessions": _r.mentoring_sessions, "total_minutes": _r.total_minutes}
    together = [sa.func.coalesce(sa.func.sum(column), 0).label(name) for name, column in sums.items()]
    asked = sa.select(sa.func.count().label("relationships"), *how_many, *together)
    row = (await db.execute(asked.where(*_of(programme_id, cohort_id)))).one()
    return dict(row._mapping)


def _of(programme_id: UUID, cohort_id: UUID | None) -> list[sa.ColumnElement[bool]]:
    return [_r.programme_id == programme_id, *([] if cohort_id is None else [_r.cohort_id == cohort_id])]


async def counts_of_few(
    db: AsyncSession, programme_id: UUID, wanted: Wanted, cohort_id: UUID | None, moment: datetime
) -> dict[str, int]:
    """How many have an open concern or a review that waits: found by these, of which there are few.

    Beside the others they would be looked up for every relationship.
    """
    of = _of(programme_id, cohort_id)
    open_concern = sa.select(sa.func.count()).where(*of, has_open_concern(wanted.reader_id, wanted.paths))
    review_due = sa.select(sa.func.count()).where(*of, has_review_due(moment))
    return {"open_concern": await db.scalar(open_concern) or 0, "review_due": await db.scalar(review_due) or 0}


def counted(programme_id: UUID, wanted: Wanted, cohort_id: UUID | None) -> sa.Select[RelationshipCount]:
    """What was counted before of what is asked for."""
    c = RelationshipCount
    asked = (c.quiet_days == wanted.quiet_days, c.ends_within_days == wanted.ends_within_days)
    return sa.select(c).where(c.programme_id == programme_id, c.cohort_id.is_not_distinct_from(cohort_id), *asked)


def is_behind(moment: Moment) -> sa.ColumnElement[bool]:
    """Whether it goes on and lacks as much as is expected in a month, or more."""
    lacks = _expected(moment) - _r.total_minutes
    return sa.and_(_r.state == State.ACTIVE, sa.func.coalesce(lacks >= sa.func.coalesce(_r.month_minutes, 1), False))


def is_quiet(moment: datetime, days: int) -> sa.ColumnElement[bool]:
    """Whether it has not met for so many days, and somebody minds."""
    return sa.func.coalesce(_quiet_since() <= moment - timedelta(days=days), False)


def ends_soon(moment: datetime, days: int) -> sa.ColumnElement[bool]:
    """Whether it goes on and ends within so many days."""
    within = sa.func.coalesce(_r.ends_at <= moment + timedelta(days=days), False)
    return sa.and_(_r.state.not_in(OVER), _r.paused_at.is_(None), within)


def _expected(moment: Moment) -> sa.ColumnElement[float]:
    """The minutes it would have met by the moment: of its budget by the part of its own time that is over, or of its
    months where it has no end. A break is no part of its time."""
    until = sa.func.least(moment, _r.paused_at, _r.over_at)
    lived = sa.func.greatest(0.0, _seconds(until - _r.started_at) - _r.paused_days * DAY_S)
    whole = _seconds(_r.ends_at - _r.started_at) - _r.paused_days * DAY_S
    by_budget = _r.budget_minutes * sa.func.least(1.0, lived / sa.func.greatest(whole, 1.0))
    has_budget = sa.and_(_r.budget_minutes.is_not(None), _r.ends_at.is_not(None))
    return sa.case(
        (_r.started_at.is_(None), sa.null()), (has_budget, by_budget), else_=_r.month_minutes * lived / MONTH_S
    )


def _quiet_since() -> sa.ColumnElement[datetime | None]:
    """As `silent_since`, and null where nobody minds."""
    minded = sa.and_(_r.state == State.ACTIVE, _r.paused_at.is_(None), sa.not_(_r.quiet_phase))
    return sa.case((minded, sa.func.greatest(_r.started_at, _r.last_held_at, _r.resumed_at)))


def _seconds(span: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    return sa.cast(sa.extract("epoch", span), sa.Float)
