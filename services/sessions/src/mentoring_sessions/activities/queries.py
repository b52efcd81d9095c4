"""Every SELECT of activities."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now, tenant_of
from mentoring_common.tables import scoped_roles
from mentoring_sessions.activities.models import Activity, ActivityReminder, Certificate, Registration
from mentoring_sessions.errors import RelationshipNotFound
from mentoring_sessions.lifecycle import State
from mentoring_sessions.relationships.models import (
    Attendance,
    Cohort,
    Correction,
    Member,
    MentoringSession,
    Participant,
    Programme,
    Relationship,
)
from mentoring_sessions.relationships.queries import corrections, people_of_programme, programmes_of, unknown_members

NEXT_ACTIVITIES = 10


def activities(
    programme_id: UUID, cohort_id: UUID | None, kind: str | None, *, of_groups: bool, person_id: UUID | None
) -> sa.Select[Activity]:
    """The activities of a programme, of one cohort (and those for all cohorts), of one kind, or all.

    Of those of one group all (`of_groups`), or those of the person's own groups.
    """
    rows = sa.select(Activity).where(Activity.programme_id == programme_id)
    if not of_groups:
        rows = rows.where(_is_open_to(person_id))
    if cohort_id is not None:
        rows = rows.where(sa.or_(Activity.cohort_id == cohort_id, Activity.cohort_id.is_(None)))
    return rows if kind is None else rows.where(Activity.kind == kind)


def _is_open_to(person_id: UUID | None) -> sa.ColumnElement[bool]:
    """Whether an activity is for the whole programme or cohort, or of a group that the person is in."""
    group = sa.select(Member.relationship_id).where(Member.person_id == person_id, Member.left_at.is_(None))
    return sa.or_(Activity.relationship_id.is_(None), Activity.relationship_id.in_(group))


async def is_open_to(db: AsyncSession, activity_id: UUID, person_id: UUID | None) -> bool:
    """Whether an activity is for the person: not of a group, or of one that they are in."""
    open_one = sa.select(Activity.id).where(Activity.id == activity_id, _is_open_to(person_id))
    return await db.scalar(open_one) is not None


async def series(db: AsyncSession, series_id: UUID) -> Sequence[Activity]:
    """The activities of a series, in order."""
    rows = sa.select(Activity).where(Activity.series_id == series_id)
    return (await db.scalars(rows.order_by(Activity.occurrence))).all()


async def following(db: AsyncSession, activity: Activity) -> Sequence[Activity]:
    """What is to come of a series after one of its activities, in order."""
    rows = sa.select(Activity).where(Activity.series_id == activity.series_id)
    to_come = (Activity.held_at.is_(None), Activity.cancelled_at.is_(None), Activity.occurrence > activity.occurrence)
    return (await db.scalars(rows.where(*to_come).order_by(Activity.occurrence))).all()


async def not_begun(db: AsyncSession, programme_id: UUID) -> Sequence[Activity]:
    """What a programme puts on that lies ahead, in the order of their ids."""
    ahead = (Activity.held_at.is_(None), Activity.cancelled_at.is_(None), Activity.starts_at > now(db))
    rows = sa.select(Activity).where(Activity.programme_id == programme_id, *ahead)
    return (await db.scalars(rows.order_by(Activity.id))).all()


async def group_of_programme(db: AsyncSession, programme_id: UUID, relationship_id: UUID) -> Relationship:
    """A relationship of the programme; RelationshipNotFound."""
    mine = sa.select(Relationship).where(Relationship.id == relationship_id, Relationship.programme_id == programme_id)
    found = await db.scalar(mine)
    if found is None:
        raise RelationshipNotFound()
    return found


async def people_of_activity(db: AsyncSession, activity: Activity, people: Collection[UUID]) -> set[UUID]:
    """Those of the people whom the activity is for: in its group, or where it has none with a part in the programme."""
    if activity.relationship_id is not None:
        return set(people) - await unknown_members(db, activity.relationship_id, people)
    here = await people_of_programme(db, activity.programme_id, people)
    if activity.invited:
        here &= set(activity.invited)
    return here & await _of_sides(db, activity, here) if activity.sides else here


async def _of_sides(db: AsyncSession, activity: Activity, people: Collection[UUID]) -> set[UUID]:
    """Those of the people who were accepted on one of the sides that an activity is for, or are on it in a pair."""
    accepted = sa.select(Participant.person_id).where(
        Participant.programme_id == activity.programme_id,
        Participant.person_id.in_(people),
        Participant.side.in_(activity.sides),
    )
    side = sa.case((Member.leads, "mentor"), else_="mentee")
    here = sa.select(Relationship.id).where(Relationship.programme_id == activity.programme_id)
    matched = sa.select(Member.person_id).where(
        Member.person_id.in_(people), side.in_(activity.sides), Member.relationship_id.in_(here)
    )
    return set((await db.scalars(accepted.union(matched))).all())


async def is_of_cohort(db: AsyncSession, activity: Activity, person_id: UUID) -> bool:
    """Whether an activity of a cohort is for the person: accepted for the cohort, matched in it, or with a role.

    Of who was accepted before cohorts were kept, and for a later round, none is known: it is for them.
    """
    p, r, held = Participant, Relationship, scoped_roles.c
    accepted = sa.select(p.id).where(p.programme_id == activity.programme_id, p.person_id == person_id)
    accepted = accepted.where(sa.or_(p.cohort_id.is_(None), p.cohort_id == activity.cohort_id))
    matched = sa.select(r.id).join(Member, sa.and_(Member.tenant_id == r.tenant_id, Member.relationship_id == r.id))
    matched = matched.where(Member.person_id == person_id, r.cohort_id == activity.cohort_id)
    in_role = sa.select(held.grant_id).where(
        held.tenant_id == tenant_of(db), held.scope_id == activity.programme_id, held.subject_id == person_id
    )
    return bool(await db.scalar(sa.select(sa.or_(*(sa.exists(rows) for rows in (accepted, matched, in_role))))))


async def registration(db: AsyncSession, activity_id: UUID, person_id: UUID) -> Registration | None:
    """The place of a person at an activity, or in the line for one."""
    mine = sa.select(Registration).where(Registration.activity_id == activity_id, Registration.person_id == person_id)
    return await db.scalar(mine)


def registrations(activity_id: UUID) -> sa.Select[Registration]:
    """Who has a place at an activity or waits for one."""
    return sa.select(Registration).where(Registration.activity_id == activity_id)


def first_waiting(activity_id: UUID, number: int) -> sa.Select[Registration]:
    """Who waits longest for a place."""
    rows = sa.select(Registration).where(Registration.activity_id == activity_id, Registration.waits)
    return rows.order_by(Registration.registered_at, Registration.id).limit(number)


async def position(db: AsyncSession, mine: Registration) -> int:
    """The place in the line of somebody who waits, from 1."""
    r = Registration
    before = sa.tuple_(r.registered_at, r.id) <= sa.tuple_(sa.literal(mine.registered_at), sa.literal(mine.id))
    rows = sa.select(sa.func.count(r.id)).where(r.activity_id == mine.activity_id, r.waits, before)
    return await db.scalar(rows) or 1


async def people_registered(db: AsyncSession, activity_id: UUID) -> dict[UUID, bool]:
    """Everybody who has a place at an activity, or waits for one (True)."""
    here = sa.select(Registration.person_id, Registration.waits).where(Registration.activity_id == activity_id)
    return dict((await db.execute(here)).all())


async def has_attended(db: AsyncSession, programme_id: UUID, kind: str, person_id: UUID) -> bool:
    """Whether somebody attended an activity of a kind in the programme."""
    a = Attendance
    mine = sa.select(a.id).where(a.programme_id == programme_id, a.kind == kind, a.person_id == person_id)
    return await db.scalar(mine.limit(1)) is not None


_ATTENDED = (Activity.id, Activity.programme_id, Activity.kind, Activity.title, Activity.starts_at, Activity.minutes)


async def activities_to_tell(db: AsyncSession, ids: Collection[UUID]) -> Sequence[Activity]:
    """Activities by id, of whatever programme."""
    return (await db.scalars(sa.select(Activity).where(Activity.id.in_(ids)))).all()


async def attended(db: AsyncSession, person_id: UUID, limit: int, kind: str | None = None) -> Sequence[Any]:
    """The activities that somebody attended, of one kind or all, the last first."""
    rows = sa.select(*_ATTENDED).join(Attendance, Attendance.activity_id == Activity.id)
    rows = rows if kind is None else rows.where(Attendance.kind == kind)
    rows = rows.where(Attendance.person_id == person_id).order_by(Activity.starts_at.desc(), Activity.id)
    return (await db.execute(rows.limit(limit))).all()


def participants(programme_id: UUID, person_id: UUID | None = None) -> sa.Select[Participant]:
    """Who was accepted for a programme, on each side; everybody or one person."""
    rows = sa.select(Participant).where(Participant.programme_id == programme_id)
    return rows if person_id is None else rows.where(Participant.person_id == person_id)


async def participants_locked(db: AsyncSession, programme_id: UUID, person_id: UUID) -> Sequence[Participant]:
    """A person's places in a programme, held until the commit by who issues or withdraws their certificates."""
    return (await db.scalars(participants(programme_id, person_id).order_by(Participant.id).with_for_update())).all()


async def certificates(db: AsyncSession, person_id: UUID, limit: int) -> Sequence[Certificate]:
    """A person's certificates, the last first."""
    rows = sa.select(Certificate).where(Certificate.person_id == person_id)
    return (await db.scalars(rows.order_by(Certificate.issued_at.desc(), Certificate.id).limit(limit))).all()


async def valid_certificate(db: AsyncSession, application_id: UUID) -> Certificate | None:
    """The certificate that stands for an application."""
    c = Certificate
    return await db.scalar(sa.select(c).where(c.application_id == application_id, c.withdrawn_at.is_(None)))


async def certificate_numbered(db: AsyncSession, number: str) -> Certificate | None:
    """The certificate of a number, whosever it is."""
    return await db.scalar(sa.select(Certificate).where(Certificate.number == number))


async def attended_by_kind(
    db: AsyncSession, programme_id: UUID, people: Collection[UUID]
) -> dict[tuple[UUID, str], tuple[int, int]]:
    """How many activities of a programme that are over people attended, how many minutes, by person and kind."""
    a = Attendance
    rows = sa.select(a.person_id, a.kind, sa.func.count(a.id), sa.func.sum(Activity.minutes))
    rows = rows.join(Activity, Activity.id == a.activity_id).group_by(a.person_id, a.kind)
    found = await db.execute(rows.where(a.programme_id == programme_id, a.person_id.in_(people), _is_over(db)))
    return {(person_id, kind): (number, minutes) for person_id, kind, number, minutes in found}


def _is_over(db: AsyncSession) -> sa.ColumnElement[bool]:
    """Whether an activity was said to have been held, or its time is over: an hour counts once it has passed."""
    lasting = sa.func.make_interval(0, 0, 0, 0, 0, Activity.minutes)
    return sa.or_(Activity.held_at.is_not(None), Activity.starts_at + lasting <= now(db))


async def hours(db: AsyncSession, programme_id: UUID, kind: str | None) -> Sequence[Any]:
    """(person_id, activities, minutes) of everybody who attended activities of the programme that are over, of one kind
    or all."""
    a = Attendance
    total = (sa.func.count(a.id).label("activities"), sa.func.sum(Activity.minutes).label("minutes"))
    rows = sa.select(a.person_id, *total).join(Activity, Activity.id == a.activity_id)
    rows = rows.where(a.programme_id == programme_id, _is_over(db))
    rows = rows if kind is None else rows.where(a.kind == kind)
    return (await db.execute(rows.group_by(a.person_id).order_by(a.person_id))).all()


async def activity_locked(db: AsyncSession, activity_id: UUID) -> Activity:
    """The activity, held until the commit by who changes its attendance, and read after it was had."""
    row = sa.select(Activity).where(Activity.id == activity_id).with_for_update(key_share=True)
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def is_registered(db: AsyncSession, activity_id: UUID, person_id: UUID) -> bool:
    """Whether the person has a place at the activity."""
    mine = sa.select(Registration.id).where(Registration.activity_id == activity_id)
    return await db.scalar(mine.where(Registration.person_id == person_id)) is not None


async def was_taken_back(db: AsyncSession, activity_id: UUID, person_id: UUID) -> bool:
    """Whether somebody took back that the person attended, and nobody has recorded it since."""
    of_person = Correction.before["person_id"].astext == str(person_id)
    taken_back = corrections("attendance", activity_id).where(of_person, Correction.after.is_(None)).exists()
    there = sa.exists().where(Attendance.activity_id == activity_id, Attendance.person_id == person_id)
    return bool(await db.scalar(sa.select(sa.and_(taken_back, sa.not_(there)))))


def attendances(activity_id: UUID) -> sa.Select[Attendance]:
    """Who was at an activity."""
    return sa.select(Attendance).where(Attendance.activity_id == activity_id)


async def number_attended(db: AsyncSession, activity_id: UUID) -> int:
    """How many people were at an activity."""
    return await db.scalar(sa.select(sa.func.count(Attendance.id)).where(Attendance.activity_id == activity_id)) or 0


async def next_activities(db: AsyncSession, person_id: UUID) -> Sequence[Activity]:
    """The next activities of the programmes that the person takes part in, soonest first."""
    coming = (Activity.held_at.is_(None), Activity.cancelled_at.is_(None), Activity.starts_at >= now(db))
    rows = sa.select(Activity).where(Activity.programme_id.in_(programmes_of(person_id)), *coming)
    rows = rows.where(_is_open_to(person_id))
    return (await db.scalars(rows.order_by(Activity.starts_at, Activity.id).limit(NEXT_ACTIVITIES))).all()


async def registered_among(db: AsyncSession, person_id: UUID, activity_ids: Collection[UUID]) -> set[UUID]:
    """The activities, of those given, at which the person has a place."""
    mine = sa.select(Registration.activity_id).where(Registration.person_id == person_id, Registration.waits.is_(False))
    return set((await db.scalars(mine.where(Registration.activity_id.in_(activity_ids)))).all())


async def calendar(db: AsyncSession, person_id: UUID) -> Sequence[Activity]:
    """Every activity at which the person has a place, in order of time."""
    mine = sa.select(Registration.activity_id).where(Registration.person_id == person_id, Registration.waits.is_(False))
    return (
        await db.scalars(
            sa.select(Activity)
            .where(Activity.id.in_(mine), Activity.cancelled_at.is_(None))
            .order_by(Activity.starts_at)
        )
    ).all()


def due(db: AsyncSession, programme: Programme, dates: Mapping[UUID, Mapping[str, str]], mains: Collection[str],
        person_id: UUID | None = None) -> sa.Subquery | None:  # fmt: skip
    """(id, person_id, cohort_id, requirement, due_at, remind_at, in_peace) of what participants have not met of what
    has a date (`id` is that of the application); None where nothing has one.

    `dates` are those of the programme's cohorts, `mains` the kinds of relationship that people applied for. Who has
    several pairs goes by the earliest date. Nobody whose pairs all have a break, or are in a quiet phase, is reminded.
    """
    asked = [one for one in programme.completion if one.get("due")]
    if not asked:
        return None
    clocks = _clocks(db, programme.id, mains, person_id)
    return sa.union_all(*(_due(db, programme.id, one, dates, clocks, person_id) for one in asked)).subquery("due")


def _clocks(db: AsyncSession, programme_id: UUID, mains: Collection[str], person_id: UUID | None) -> sa.Subquery:
    """(person_id, side, match_id, started_at, paused_for, in_peace) of the pairs of a programme that go on, by who is
    in them."""
    r, m = Relationship, Member
    running_break = sa.func.coalesce(sa.literal(now(db)) - r.paused_at, timedelta())
    rows = sa.select(
        m.person_id,
        sa.case((m.leads, "mentor"), else_="mentee").label("side"),
        r.id.label("match_id"),
        r.started_at,
        (sa.func.make_interval(0, 0, 0, r.paused_days) + running_break).label("paused_for"),
        sa.or_(r.paused_at.is_not(None), r.quiet_phase).label("in_peace"),
    ).join(m, sa.and_(m.tenant_id == r.tenant_id, m.relationship_id == r.id, m.left_at.is_(None)))
    rows = rows.where(r.programme_id == programme_id, r.state == State.ACTIVE, r.kind.in_(mains))
    return (rows if person_id is None else rows.where(m.person_id == person_id)).subquery("clocks")


def _due(
    db: AsyncSession, programme_id: UUID, asked: Mapping[str, Any], dates: Mapping[UUID, Mapping[str, str]],
    clocks: sa.Subquery, person_id: UUID | None,
) -> sa.Select[Any]:  # fmt: skip
    p, when = Participant, asked["due"]
    mine = sa.and_(clocks.c.person_id == p.person_id, sa.or_(p.side.is_(None), clocks.c.side == p.side))
    in_peace = sa.select(sa.func.bool_and(clocks.c.in_peace)).where(mine).correlate(p).scalar_subquery()
    due_at = _due_at(when, dates, clocks, mine)
    rows = sa.select(
        p.id,
        p.person_id,
        p.cohort_id,
        sa.literal(asked["id"]).label("requirement"),
        due_at.label("due_at"),
        (due_at - timedelta(days=when["remind_days"])).label("remind_at"),
        sa.func.coalesce(in_peace, False).label("in_peace"),
    ).where(p.programme_id == programme_id, sa.or_(p.side.is_(None), p.side.in_(asked["sides"])))
    rows = rows.where(due_at.is_not(None), sa.not_(_meets(db, programme_id, asked)))
    return rows if person_id is None else rows.where(p.person_id == person_id)


def _due_at(
    when: Mapping[str, Any], dates: Mapping[UUID, Mapping[str, str]], clocks: sa.Subquery, mine: sa.ColumnElement[bool]
) -> sa.ColumnElement[Any]:
    """By when a participant is to have met something; null where that is not known yet."""
    p, at = Participant, sa.DateTime(timezone=True)
    if when["milestone"] is not None:
        known = {id_: said[when["milestone"]] for id_, said in dates.items() if when["milestone"] in said}
        each = [(p.cohort_id == id_, sa.literal(datetime.fromisoformat(on), at)) for id_, on in known.items()]
        return sa.case(*each, else_=sa.null()) if each else sa.cast(sa.null(), at)
    if when["months"] is not None:
        own = clocks.c.started_at + sa.func.make_interval(0, when["months"]) + clocks.c.paused_for
        return sa.select(sa.func.min(own, type_=at)).where(mine).correlate(p).scalar_subquery()
    held = MentoringSession
    met = sa.select(held.held_at).where(held.relationship_id == clocks.c.match_id, held.withdrawn_at.is_(None))
    last = met.order_by(held.held_at, held.id).offset(when["meetings"] - 1).limit(1).correlate(clocks).scalar_subquery()
    after = sa.select(sa.func.min(last + timedelta(days=when["days"]), type_=at))
    return after.select_from(clocks).where(mine).correlate(p).scalar_subquery()


def _meets(db: AsyncSession, programme_id: UUID, asked: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    """Whether a participant attended what is asked for: as `attended_by_kind` counts."""
    a = Attendance
    number, minutes = sa.func.count(a.id), sa.func.coalesce(sa.func.sum(Activity.minutes), 0)
    enough = sa.and_(number >= (asked["attend"] or 0), minutes >= (asked["minutes"] or 0))
    rows = sa.select(enough).join(Activity, Activity.id == a.activity_id)
    rows = rows.where(a.programme_id == programme_id, a.person_id == Participant.person_id, a.kind.in_(asked["kinds"]))
    return rows.where(_is_over(db)).correlate(Participant).scalar_subquery()


async def to_remind(db: AsyncSession, due: sa.Subquery, most: int) -> Sequence[Any]:
    """What is due of whom that was not told them yet, and is to be now; the first so many."""
    told = sa.exists().where(
        ActivityReminder.application_id == due.c.id, ActivityReminder.requirement == due.c.requirement
    )
    rows = sa.select(due).where(due.c.remind_at <= now(db), sa.not_(due.c.in_peace), sa.not_(told))
    return (await db.execute(rows.order_by(due.c.id, due.c.requirement).limit(most))).all()


def among_due(rows: sa.Select[Participant], due: sa.Subquery | None, until: datetime) -> sa.Select[Participant]:
    """Those of the participants who have not met something that is due by then."""
    if due is None:
        return rows.where(sa.false())
    return rows.where(Participant.id.in_(sa.select(due.c.id).where(due.c.due_at <= until)))


async def due_dates(
    db: AsyncSession, due: sa.Subquery | None, applications: Collection[UUID]
) -> dict[tuple[UUID, str], datetime]:
    """By when what applications have not met is to be met, by application and requirement."""
    if due is None:
        return {}
    rows = sa.select(due.c.id, due.c.requirement, due.c.due_at).where(due.c.id.in_(applications))
    return {(row.id, row.requirement): row.due_at for row in await db.execute(rows)}


async def dates_of_cohorts(db: AsyncSession, programme_id: UUID) -> dict[UUID, dict[str, str]]:
    """When each step of each cohort of a programme begins, by the cohort's id."""
    rows = sa.select(Cohort.id, Cohort.milestones).where(Cohort.programme_id == programme_id)
    return {row.id: row.milestones for row in await db.execute(rows)}


async def programmes_with_due(db: AsyncSession, person_id: UUID) -> Sequence[Programme]:
    """The programmes for which somebody was accepted, that go on and say by when something is attended."""
    mine = sa.select(Participant.programme_id).where(Participant.person_id == person_id)
    has_due = Programme.completion.contains([{"due": {}}])
    rows = sa.select(Programme).where(Programme.id.in_(mine), Programme.closed_at.is_(None), has_due)
    return (await db.scalars(rows.order_by(Programme.id))).all()
