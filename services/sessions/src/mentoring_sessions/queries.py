"""Every SELECT of the sessions service."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.errors import NotFound
from mentoring_common.roles import RoleNeeded, roles_of
from mentoring_common.tables import scoped_roles
from mentoring_sessions.access import TEAM, Access, ProgrammeAccess, person_of, reads_confidences
from mentoring_sessions.errors import (
    ActionNotFound,
    ActivityNotFound,
    AgreementNotFound,
    CohortNotFound,
    ConcernNotFound,
    GoalNotFound,
    MentoringSessionNotFound,
    NoteNotFound,
    ProgrammeNotFound,
    RelationshipNotFound,
)
from mentoring_sessions.models import (
    Action,
    Activity,
    Agreement,
    Attendance,
    CheckIn,
    Cohort,
    Concern,
    Correction,
    Goal,
    MentoringSession,
    Note,
    Nudge,
    Participant,
    Programme,
    Registration,
    Relationship,
)

NEXT_ACTIVITIES = 10
SAME_START = timedelta(minutes=15)
"""Who of the two looked at the clock when: meetings that begin so near to each other are one."""
_PAIR = (Relationship.mentor_id, Relationship.mentee_id)


# ----------------------------------------------------------------------------------------------------------- programmes
async def programme_access(db: AsyncSession, by: Principal, programme_id: UUID) -> ProgrammeAccess:
    """The caller's part in the programme; ProgrammeNotFound if it is not known or the caller has no part in it."""
    known = sa.select(Programme).where(Programme.id == programme_id, Programme.orientation_compulsory.is_not(None))
    programme = await db.scalar(known)
    roles = await roles_of(db, by, programme_id)
    if programme is None or not (by.is_admin or roles or await takes_part(db, person_of(by), programme_id)):
        raise ProgrammeNotFound()
    return ProgrammeAccess(programme, roles, by.is_admin, reads_confidences(by))


async def takes_part(db: AsyncSession, person_id: UUID | None, programme_id: UUID) -> bool:
    """Whether the person was accepted for the programme or is matched in it."""
    mine = sa.select(sa.literal(True)).where(sa.literal(programme_id).in_(_programmes_of(person_id)))
    return bool(person_id and await db.scalar(mine))


async def people_of_programme(db: AsyncSession, programme_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Those of the people who have a part in the programme: accepted for it, matched in it, or with a role."""
    c = scoped_roles.c
    roles = sa.select(c.subject_id).where(c.tenant_id == tenant_of(db), c.scope_id == programme_id)
    accepted = sa.select(Participant.person_id).where(Participant.programme_id == programme_id)
    pairs = [sa.select(one).where(Relationship.programme_id == programme_id, one.in_(people)) for one in _PAIR]
    found = sa.union(roles.where(c.subject_id.in_(people)), accepted.where(Participant.person_id.in_(people)), *pairs)
    return set((await db.scalars(found)).all())


def _programmes_of(person_id: UUID | None) -> sa.CompoundSelect[UUID]:
    accepted = sa.select(Participant.programme_id).where(Participant.person_id == person_id)
    pair = sa.or_(Relationship.mentor_id == person_id, Relationship.mentee_id == person_id)
    return accepted.union(sa.select(Relationship.programme_id).where(pair))


async def programme_locked(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme's row, locked until the commit and read after the lock was had; it exists already."""
    row = sa.select(Programme).where(Programme.id == programme_id).with_for_update()
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def quiet_after_weeks(db: AsyncSession, programme_id: UUID) -> int:
    """Weeks without a mentoring session after which a pair of the programme is quiet."""
    return (await db.scalars(sa.select(Programme.quiet_after_weeks).where(Programme.id == programme_id))).one() or 0


async def require_cohort(db: AsyncSession, programme_id: UUID, cohort_id: UUID) -> None:
    """CohortNotFound unless the cohort is one of the programme."""
    mine = sa.select(Cohort.id).where(Cohort.id == cohort_id, Cohort.programme_id == programme_id)
    if await db.scalar(mine) is None:
        raise CohortNotFound()


# -------------------------------------------------------------------------------------------------------- relationships
async def access(db: AsyncSession, by: Principal, relationship_id: UUID) -> Access:
    """The caller's part in the relationship; RelationshipNotFound for who has none."""
    relationship = await db.scalar(sa.select(Relationship).where(Relationship.id == relationship_id))
    if relationship is None:
        raise RelationshipNotFound()
    in_team = bool(await roles_of(db, by, relationship.programme_id) & TEAM)
    found = Access(relationship, person_of(by), in_team, by.is_admin, reads_confidences(by))
    if found.side is None and not in_team and not by.is_admin:
        raise RelationshipNotFound()
    return found


async def relationship_locked(db: AsyncSession, relationship_id: UUID) -> Relationship:
    """The relationship, held until the commit by who changes its meetings, and read after it was had."""
    row = sa.select(Relationship).where(Relationship.id == relationship_id).with_for_update(key_share=True)
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def relationship(db: AsyncSession, relationship_id: UUID) -> Relationship:
    """The relationship as it stands in the database now, for the service's own work."""
    row = sa.select(Relationship).where(Relationship.id == relationship_id)
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


def relationships(
    db: AsyncSession,
    by: Principal,
    *,
    person_id: UUID | None = None,
    programme_id: UUID | None = None,
    cohort_id: UUID | None = None,
    state: str | None = None,
) -> sa.Select[Relationship]:
    """The relationships that the caller has a part in, narrowed by what is given."""
    rows = sa.select(Relationship)
    if not by.is_admin:
        mine = _is_of_pair(person_of(by))
        rows = rows.where(sa.or_(mine, Relationship.programme_id.in_(_programmes_led(db, by))))
    if person_id is not None:
        rows = rows.where(_is_of_pair(person_id))
    given = {"programme_id": programme_id, "cohort_id": cohort_id, "state": state}
    return rows.filter_by(**{name: value for name, value in given.items() if value is not None})


async def require_part(
    db: AsyncSession, by: Principal, *, person_id: UUID | None, programme_id: UUID | None, cohort_id: UUID | None
) -> None:
    """RoleNeeded for a list of others' relationships from somebody with no part in it, and for a machine's own."""
    me, asked = person_of(by), {"programme_id": programme_id, "cohort_id": cohort_id}
    if by.is_admin or (me is not None and person_id == me):
        return
    narrowed = {name: value for name, value in asked.items() if value is not None}
    if not narrowed and person_id is None:
        if me is None:
            raise RoleNeeded(needed=sorted(TEAM))
        return
    own = sa.select(Relationship).where(_is_of_pair(me)).filter_by(**narrowed)
    own = own.where(_is_of_pair(person_id)) if person_id is not None else own
    if programme_id is None and cohort_id is not None:
        found = await db.scalar(sa.select(Cohort.programme_id).where(Cohort.id == cohort_id))
        programme_id = found or cohort_id  # of a cohort that is not known nobody holds a role
    await roles.require_part(db, by, programme_id, TEAM, own)


def _is_of_pair(person_id: UUID | None) -> sa.ColumnElement[bool]:
    return sa.or_(Relationship.mentor_id == person_id, Relationship.mentee_id == person_id)


def _programmes_led(db: AsyncSession, by: Principal) -> sa.Select[UUID]:
    c = scoped_roles.c
    mine = (c.tenant_id == tenant_of(db), c.subject_id == person_of(by), c.role.in_(TEAM))
    return sa.select(c.scope_id).where(*mine)


async def relationships_of(db: AsyncSession, person_id: UUID) -> Sequence[Relationship]:
    """Every relationship that the person is or was in, oldest first."""
    rows = sa.select(Relationship).where(_is_of_pair(person_id)).order_by(Relationship.id)
    return (await db.scalars(rows)).all()


async def agreements(db: AsyncSession, relationship_ids: Collection[UUID]) -> dict[UUID, Agreement]:
    """The agreements of relationships, by the relationship's id."""
    rows = await db.scalars(sa.select(Agreement).where(Agreement.id.in_(relationship_ids)))
    return {row.id: row for row in rows}


async def proposed_agreement(db: AsyncSession, relationship_id: UUID) -> Agreement | None:
    """The agreement as it stands in the database now; None before the first proposal."""
    row = sa.select(Agreement).where(Agreement.id == relationship_id)
    return await db.scalar(row.execution_options(populate_existing=True))


async def agreement(db: AsyncSession, relationship_id: UUID) -> Agreement:
    """The agreement as it stands in the database now; AgreementNotFound before the first proposal."""
    found = await proposed_agreement(db, relationship_id)
    if found is None:
        raise AgreementNotFound()
    return found


# -------------------------------------------------------------------------------------------------- what a pair keeps
def goals(relationship_id: UUID) -> sa.Select[Goal]:
    """The goals of a pair."""
    return sa.select(Goal).where(Goal.relationship_id == relationship_id)


async def actions(db: AsyncSession, goal_ids: Collection[UUID]) -> Sequence[Action]:
    """The actions of goals, oldest first."""
    return (await db.scalars(sa.select(Action).where(Action.goal_id.in_(goal_ids)).order_by(Action.id))).all()


async def goal(db: AsyncSession, by: Principal, goal_id: UUID) -> tuple[Goal, Access]:
    """A goal and the caller's part in its relationship; GoalNotFound for who has none."""
    return await _with_access(db, by, sa.select(Goal).where(Goal.id == goal_id), GoalNotFound)


async def action(db: AsyncSession, by: Principal, action_id: UUID) -> tuple[Action, Access]:
    """An action and the caller's part in its relationship; ActionNotFound for who has none."""
    found = await db.scalar(sa.select(Action).where(Action.id == action_id))
    if found is None:
        raise ActionNotFound()
    _, mine = await _with_access(db, by, sa.select(Goal).where(Goal.id == found.goal_id), ActionNotFound)
    return found, mine


def mentoring_sessions(relationship_id: UUID, *, withdrawn: bool = False) -> sa.Select[MentoringSession]:
    """The mentoring sessions of a pair that count, or those that were withdrawn."""
    rows = sa.select(MentoringSession).where(MentoringSession.relationship_id == relationship_id)
    counts = MentoringSession.withdrawn_at.is_(None)
    return rows.where(sa.not_(counts) if withdrawn else counts)


async def same_meeting(
    db: AsyncSession, relationship_id: UUID, held_at: datetime, minutes: int, *, beside: UUID | None = None
) -> MentoringSession | None:
    """The pair's meeting that is the same as one of this time: they overlap, or begin within SAME_START of each other.

    Of several the one that begins nearest; never the one `beside` which it is looked for.
    """
    start, begin = MentoringSession.held_at, sa.literal(held_at)
    end = start + sa.func.make_interval(0, 0, 0, 0, 0, MentoringSession.minutes)
    overlap = sa.and_(start < begin + timedelta(minutes=minutes), end > begin)
    near = start.between(begin - SAME_START, begin + SAME_START)
    rows = mentoring_sessions(relationship_id).where(
        sa.or_(overlap, near), MentoringSession.id.is_distinct_from(beside)
    )
    nearest = sa.func.abs(sa.func.extract("epoch", start - begin))
    return await db.scalar(rows.order_by(nearest, MentoringSession.id).limit(1))


def corrections(kind: str, subject_id: UUID) -> sa.Select[Correction]:
    """The trace of what was corrected or withdrawn of a mentoring session, or of an activity's attendance."""
    return sa.select(Correction).where(Correction.kind == kind, Correction.subject_id == subject_id)


async def mentoring_session(db: AsyncSession, by: Principal, id_: UUID) -> tuple[MentoringSession, Access]:
    """A mentoring session and the caller's part in its relationship; MentoringSessionNotFound for who has none."""
    row = sa.select(MentoringSession).where(MentoringSession.id == id_)
    return await _with_access(db, by, row, MentoringSessionNotFound)


async def _with_access(
    db: AsyncSession, by: Principal, row: sa.Select[Any], error: type[NotFound]
) -> tuple[Any, Access]:
    found = await db.scalar(row)
    if found is None:
        raise error()
    try:
        return found, await access(db, by, found.relationship_id)
    except RelationshipNotFound:
        raise error() from None


async def notes(db: AsyncSession, mine: Access, session_ids: Collection[UUID]) -> Sequence[Note]:
    """The notes about mentoring sessions that the caller may read, oldest first."""
    may = Note.written_by == mine.person_id
    if mine.side is not None and mine.reads_confidences:
        may = sa.or_(may, Note.visibility.in_(["pair", "programme_team"]))
    if mine.reads_for_team:
        may = sa.or_(may, Note.visibility == "programme_team")
    rows = sa.select(Note).where(Note.mentoring_session_id.in_(session_ids), may)
    return (await db.scalars(rows.order_by(Note.id))).all()


async def own_note(db: AsyncSession, by: Principal, note_id: UUID) -> Note:
    """A note of the caller's own; NoteNotFound for another's."""
    found = await db.scalar(sa.select(Note).where(Note.id == note_id, Note.written_by == person_of(by)))
    if found is None:
        raise NoteNotFound()
    return found


def check_ins(mine: Access) -> sa.Select[CheckIn]:
    """The check-ins of a relationship that the caller may see: one's own, or all for a programme team and admins."""
    rows = sa.select(CheckIn).where(CheckIn.relationship_id == mine.relationship.id)
    return rows if mine.side is None else rows.where(CheckIn.person_id == mine.person_id)


def concerns(mine: Access) -> sa.Select[Concern]:
    """The concerns of a relationship that the caller may read: one's own, or all for the programme team."""
    rows = sa.select(Concern).where(Concern.relationship_id == mine.relationship.id)
    return rows if mine.reads_for_team else rows.where(Concern.raised_by == mine.person_id)


def concerns_of_programme(programme_id: UUID, reader_id: UUID | None, state: str | None) -> sa.Select[Concern]:
    """The concerns of a programme's relationships but the reader's own ones, in one state or all."""
    rows = sa.select(Concern).join(Relationship, Relationship.id == Concern.relationship_id)
    rows = rows.where(Relationship.programme_id == programme_id, sa.not_(_is_of_pair(reader_id)))
    return rows if state is None else rows.where(Concern.state == state)


async def concern(db: AsyncSession, by: Principal, concern_id: UUID) -> tuple[Concern, Access]:
    """A concern and the caller's part in its relationship; ConcernNotFound for who has none."""
    return await _with_access(db, by, sa.select(Concern).where(Concern.id == concern_id), ConcernNotFound)


async def readable_concern(db: AsyncSession, by: Principal, concern_id: UUID) -> Concern:
    """A concern that the caller may read; ConcernNotFound for another."""
    _, mine = await concern(db, by, concern_id)
    mine.require_confidence()
    found = await db.scalar(concerns(mine).where(Concern.id == concern_id))
    if found is None:
        raise ConcernNotFound()
    return found


async def nudged_since(db: AsyncSession, relationship_id: UUID, quiet_since: datetime) -> bool:
    """Whether it was said already that the pair is quiet since then."""
    known = sa.select(Nudge.id).where(Nudge.relationship_id == relationship_id, Nudge.quiet_since == quiet_since)
    return await db.scalar(known) is not None


def nudges(programme_id: UUID) -> sa.Select[Nudge]:
    """The nudges of a programme's pairs."""
    rows = sa.select(Nudge).join(Relationship, Relationship.id == Nudge.relationship_id)
    return rows.where(Relationship.programme_id == programme_id)


# ----------------------------------------------------------------------------------------------------------- activities
def activities(programme_id: UUID, cohort_id: UUID | None, kind: str | None) -> sa.Select[Activity]:
    """The activities of a programme, of one cohort (and those for all cohorts), of one kind, or all."""
    rows = sa.select(Activity).where(Activity.programme_id == programme_id)
    if cohort_id is not None:
        rows = rows.where(sa.or_(Activity.cohort_id == cohort_id, Activity.cohort_id.is_(None)))
    return rows if kind is None else rows.where(Activity.kind == kind)


async def activity(db: AsyncSession, by: Principal, activity_id: UUID) -> tuple[Activity, ProgrammeAccess]:
    """An activity and the caller's part in its programme; ActivityNotFound for who has none."""
    found = await db.scalar(sa.select(Activity).where(Activity.id == activity_id))
    if found is None:
        raise ActivityNotFound()
    try:
        return found, await programme_access(db, by, found.programme_id)
    except ProgrammeNotFound:
        raise ActivityNotFound() from None


async def activity_locked(db: AsyncSession, activity_id: UUID) -> Activity:
    """The activity, held until the commit by who changes its attendance, and read after it was had."""
    row = sa.select(Activity).where(Activity.id == activity_id).with_for_update(key_share=True)
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def is_registered(db: AsyncSession, activity_id: UUID, person_id: UUID) -> bool:
    """Whether the person has a place at the activity."""
    mine = sa.select(Registration.id).where(Registration.activity_id == activity_id)
    return await db.scalar(mine.where(Registration.person_id == person_id)) is not None


def attendances(activity_id: UUID) -> sa.Select[Attendance]:
    """Who was at an activity."""
    return sa.select(Attendance).where(Attendance.activity_id == activity_id)


async def number_attended(db: AsyncSession, activity_id: UUID) -> int:
    """How many people were at an activity."""
    return await db.scalar(sa.select(sa.func.count(Attendance.id)).where(Attendance.activity_id == activity_id)) or 0


async def next_activities(db: AsyncSession, person_id: UUID) -> Sequence[Activity]:
    """The next activities of the programmes that the person takes part in, soonest first."""
    coming = (Activity.held_at.is_(None), Activity.starts_at >= now(db))
    rows = sa.select(Activity).where(Activity.programme_id.in_(_programmes_of(person_id)), *coming)
    return (await db.scalars(rows.order_by(Activity.starts_at, Activity.id).limit(NEXT_ACTIVITIES))).all()


async def registered_among(db: AsyncSession, person_id: UUID, activity_ids: Collection[UUID]) -> set[UUID]:
    """The activities, of those given, at which the person has a place."""
    mine = sa.select(Registration.activity_id).where(Registration.person_id == person_id)
    return set((await db.scalars(mine.where(Registration.activity_id.in_(activity_ids)))).all())


async def calendar(db: AsyncSession, person_id: UUID) -> Sequence[Activity]:
    """Every activity at which the person has a place, in order of time."""
    mine = sa.select(Registration.activity_id).where(Registration.person_id == person_id)
    return (await db.scalars(sa.select(Activity).where(Activity.id.in_(mine)).order_by(Activity.starts_at))).all()
