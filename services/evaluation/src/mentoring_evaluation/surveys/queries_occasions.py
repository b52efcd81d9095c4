"""The SELECTs behind surveys that follow a meeting or an activity."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.words import Side
from mentoring_evaluation.programmes.models import (
    Activity,
    Application,
    Attendance,
    Cohort,
    Match,
    MentoringSession,
    PairClock,
)
from mentoring_evaluation.surveys.models import Invitation, Wave


async def mentoring_session(db: AsyncSession, session_id: UUID) -> MentoringSession | None:
    """A mentoring session that was recorded, None once it was withdrawn."""
    return await db.scalar(sa.select(MentoringSession).where(MentoringSession.id == session_id))


async def known_match(db: AsyncSession, match_id: UUID) -> Match | None:
    """The pair, None while its MatchConfirmed has not come."""
    return await db.scalar(sa.select(Match).where(Match.id == match_id))


async def pair_clock(db: AsyncSession, match_id: UUID) -> PairClock | None:
    """The breaks of a pair, None if it never had one."""
    return await db.scalar(sa.select(PairClock).where(PairClock.id == match_id))


async def known_activity(db: AsyncSession, activity_id: UUID) -> Activity | None:
    """The activity, None while its ActivityHeld has not come."""
    return await db.scalar(sa.select(Activity).where(Activity.id == activity_id))


async def attended(db: AsyncSession, activity: Activity) -> Mapping[UUID, Mapping[UUID, Side]]:
    """Cohort to the people who attended, each once with their role: as in the latest of their standing pairs, else as
    in their accepted application. All of them in the activity's cohort where it has one."""
    here = sa.select(Attendance.person_id).where(Attendance.activity_id == activity.id)
    pairs, applied = (Match.programme_id == activity.programme_id, Match.state == "standing"), Application
    places = sa.union_all(
        sa.select(Match.mentor_id.label("person"), sa.literal("mentor").label("role"), Match.cohort_id, sa.literal(0))
        .where(*pairs, Match.mentor_id.in_(here)),
        sa.select(Match.mentee_id, sa.literal("mentee"), Match.cohort_id, sa.literal(0))
        .where(*pairs, Match.mentee_id.in_(here)),
        sa.select(applied.person_id, applied.role, applied.cohort_id, sa.literal(1)).where(
            applied.programme_id == activity.programme_id, applied.state == "accepted", applied.person_id.in_(here)
        ),
    ).subquery("places")  # fmt: skip
    person, role, cohort_id, rank = places.c
    rows = sa.select(person, role, cohort_id).outerjoin(Cohort, Cohort.id == cohort_id)
    found: dict[UUID, dict[UUID, Side]] = defaultdict(dict)
    known: set[UUID] = set()
    for who, what, where in await db.execute(rows.order_by(person, rank, Cohort.number.desc().nulls_last(), role)):
        cohort = activity.cohort_id or where
        if who not in known and cohort is not None:
            known.add(who)
            found[cohort][who] = what
    return found


async def people_asked_after(db: AsyncSession, after_id: UUID, instrument: str) -> set[UUID]:
    """Who has been asked about a meeting or an activity with a survey."""
    rows = sa.select(Invitation.person_id).join(Wave, Wave.id == Invitation.wave_id)
    return set(await db.scalars(rows.where(Wave.after_id == after_id, Wave.instrument == instrument)))


async def gathering_wave(db: AsyncSession, cohort_id: UUID, instrument: str, until: datetime) -> Wave | None:
    """The cohort's wave of a survey that gathers at least until then, held until this transaction ends."""
    this = (Wave.cohort_id == cohort_id, Wave.instrument == instrument, Wave.gathers)
    rows = sa.select(Wave).where(*this, Wave.state == "open", Wave.closes_at >= until)
    return await db.scalar(rows.order_by(Wave.closes_at).limit(1).with_for_update())


async def number_of_waves(db: AsyncSession, cohort_id: UUID, instrument: str) -> int:
    """How many waves of a survey a cohort has, those of single occasions left out."""
    rows = sa.select(sa.func.count()).select_from(Wave)
    mine = (Wave.cohort_id == cohort_id, Wave.instrument == instrument, Wave.gathered_in.is_(None))
    return await db.scalar(rows.where(*mine)) or 0


async def most_asked(db: AsyncSession, gathering_id: UUID) -> int:
    """How often the person was asked whom the occasions gathered in a wave asked most often."""
    each = _gathered(sa.select(sa.func.count().label("times")), gathering_id).group_by(Invitation.person_id)
    return await db.scalar(sa.select(sa.func.max(each.subquery().c.times))) or 1


async def people_asked(db: AsyncSession, gathering_ids: Sequence[UUID]) -> dict[UUID, Mapping[str, int]]:
    """How many different people the occasions gathered in each of these waves asked, by role."""
    found: dict[UUID, dict[str, int]] = {id_: {"mentor": 0, "mentee": 0} for id_ in gathering_ids}
    if not found:
        return {}
    people = sa.select(Wave.gathered_in, Invitation.role, sa.func.count(sa.distinct(Invitation.person_id)))
    people = people.join(Wave, Wave.id == Invitation.wave_id).where(Wave.gathered_in.in_(gathering_ids))
    counted: Any = await db.execute(people.group_by(Wave.gathered_in, Invitation.role))
    for wave_id, role, number in counted:
        found[wave_id][role] = number
    return dict(found)


def _gathered(rows: sa.Select[int], gathering_id: UUID) -> sa.Select[int]:
    rows = rows.select_from(Invitation).join(Wave, Wave.id == Invitation.wave_id)
    return rows.where(Wave.gathered_in == gathering_id)
