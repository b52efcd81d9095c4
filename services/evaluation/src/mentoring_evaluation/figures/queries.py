"""The SELECTs that a programme's evidence is read with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import reading
from mentoring_common.db import now
from mentoring_evaluation.figures.evidence import (
    Applicants,
    CohortRecord,
    Evidence,
    Extension,
    GroupRecord,
    HabitCounts,
    InterviewRecord,
    PairRecord,
    QuoteRecord,
    WaveRecord,
)
from mentoring_evaluation.figures.models import PublicSnapshot
from mentoring_evaluation.interviews import queries as interviews
from mentoring_evaluation.interviews.models import Interview
from mentoring_evaluation.lifecycle import HELD
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import (
    Activity,
    Application,
    Attendance,
    Cohort,
    GroupMember,
    HabitResult,
    Match,
    MentoringSession,
    Programme,
)
from mentoring_evaluation.surveys import queries as surveys
from mentoring_evaluation.surveys import queries_answers
from mentoring_evaluation.surveys.agreements import Sides
from mentoring_evaluation.surveys.instruments import Instrument
from mentoring_evaluation.surveys.models import Wave
from mentoring_evaluation.surveys.queries_answers import agreements_of


async def latest_snapshot(db: AsyncSession, programme_id: UUID) -> PublicSnapshot | None:
    """The frozen table of backgrounds that the public view shows now; None before the first."""
    rows = sa.select(PublicSnapshot).where(PublicSnapshot.programme_id == programme_id)
    return await db.scalar(rows.order_by(PublicSnapshot.number.desc()).limit(1))


async def evidence_of(db: AsyncSession, programme: Programme) -> Evidence:
    """All that the programme's figures are counted from, but what the applications service holds."""
    numbers = await programmes.cohort_numbers(db, programme.id)
    held, people = await _cpd(db, programme)
    return Evidence(
        programme_id=programme.id,
        title=programme.title,
        decimals=programme.decimals,
        public_minimum=programme.public_minimum,
        as_of=now(db),
        cohorts=await _cohorts(db, programme.id),
        applicants=await _applicants(db, programme.id, numbers),
        pairs=await _pairs(db, programme.id, numbers),
        groups=await _groups(db, programme.id, numbers),
        waves=await _waves(db, programme.id, numbers),
        cpd_held=held,
        cpd_people=people,
        habits=await _habits(db, programme.id),
        meetings=await _meetings(db, programme.id, numbers),
        interviews=await _interviews(db, programme.id, numbers),
        quotes=await _quotes(db, programme.id, numbers),
        public_backgrounds=await _public_backgrounds(db, programme.id),
        numbers=numbers,
    )


async def _public_backgrounds(db: AsyncSession, programme_id: UUID) -> dict[str, dict[str, int | None]]:
    latest = await latest_snapshot(db, programme_id)
    return {} if latest is None else latest.shown


async def _cohorts(db: AsyncSession, programme_id: UUID) -> tuple[CohortRecord, ...]:
    rows = sa.select(Cohort.number, Cohort.places_first_planned).where(Cohort.programme_id == programme_id)
    return tuple(CohortRecord(*row) for row in await db.execute(rows.order_by(Cohort.number)))


async def _applicants(db: AsyncSession, programme_id: UUID, numbers: dict[UUID, int]) -> tuple[Applicants, ...]:
    a = Application
    moved = sa.func.count().filter(a.moves > 0)
    rows = sa.select(a.first_cohort_id, a.role, a.state, sa.func.count(), moved).where(a.programme_id == programme_id)
    grouped = await db.execute(rows.group_by(a.first_cohort_id, a.role, a.state))
    return tuple(
        Applicants(numbers.get(cohort_id), role, state, people, moved)  # type: ignore[arg-type]
        for cohort_id, role, state, people, moved in grouped
    )


_MATCHES = reading.of(Match, Match.programme_id == sa.bindparam("programme"))
_MEMBERS = reading.of(
    GroupMember,
    GroupMember.programme_id == sa.bindparam("programme"),
    GroupMember.state == "present",
    in_order_of=[GroupMember.group_id],
)


async def _pairs(db: AsyncSession, programme_id: UUID, numbers: dict[UUID, int]) -> tuple[PairRecord, ...]:
    return tuple(
        PairRecord(
            numbers[m.cohort_id],
            m.mentor_id,
            m.mentee_id,
            m.state == "standing",
            m.rematch_of is not None and not m.handover,
            m.group_id,
            m.handover,
        )
        for m in await _MATCHES.all(db, programme=programme_id)
        if m.cohort_id in numbers
    )


async def _groups(db: AsyncSession, programme_id: UUID, numbers: dict[UUID, int]) -> tuple[GroupRecord, ...]:
    people: dict[tuple[UUID, UUID, str], set[UUID]] = {}
    for member in await _MEMBERS.all(db, programme=programme_id):
        people.setdefault((member.group_id, member.cohort_id, member.kind), set()).add(member.person_id)
    return tuple(
        GroupRecord(numbers[cohort_id], kind, frozenset(ids))
        for (_, cohort_id, kind), ids in people.items()
        if cohort_id in numbers
    )


async def _waves(db: AsyncSession, programme_id: UUID, numbers: dict[UUID, int]) -> tuple[WaveRecord, ...]:
    rows = surveys.waves(programme_id, None).where(Wave.state != "cancelled")
    waves = [wave for wave in await db.scalars(rows) if wave.cohort_id in numbers]
    responses = await queries_answers.responses_by_role(db, waves)
    tallies = await queries_answers.counts_by_answer(db, [wave.id for wave in waves])
    sides = {wave.id: await _sides(db, wave) for wave in waves if wave.state == "closed"}
    return tuple(
        _wave_record(wave, numbers[wave.cohort_id], responses[wave.id], tallies, sides.get(wave.id, {}))
        for wave in waves
    )


async def _sides(db: AsyncSession, wave: Wave) -> Sides:
    """As they were kept when the wave closed; a wave that closed before they were kept is counted now. None where one
    side is hidden."""
    if wave.hidden_roles:
        return {}
    return (await agreements_of(db, wave) if wave.agreements is None else wave.agreements) or {}


def _wave_record(
    wave: Wave, cohort: int, responses: Mapping[str, int | None], tallies: queries_answers.Tallies, sides: Sides
) -> WaveRecord:
    asked = wave.asked_by_role
    return WaveRecord(
        id=wave.id,
        cohort=cohort,
        instrument=wave.instrument,
        used=Instrument.model_validate(wave.instrument_used) if wave.instrument_used else None,
        closed_at=wave.closed_at,
        asked={role: 0 if responses[role] is None else asked[role] for role in asked},
        responses={role: responses[role] or 0 for role in asked},
        hidden=frozenset(role for role in asked if responses[role] is None),
        answers=tallies.get(wave.id, {}),
        sides=sides,
        occasion=wave.occasion,
        most_asked=wave.most_asked,
        extensions=tuple(_extension(one) for one in wave.extensions),
        planned_at=wave.planned_at,
        asked_with=wave.asked_with,
        ended_at=wave.ended_at,
    )


def _extension(kept: Mapping[str, Any]) -> Extension:
    before, after = (datetime.fromisoformat(kept[name]) for name in ("closes_at_before", "closes_at"))
    return Extension(before, after, kept["reason"], kept["role"])


async def _cpd(db: AsyncSession, programme: Programme) -> tuple[dict[str, int], dict[str, int]]:
    of_held = (Activity.programme_id == programme.id, Activity.kind.in_(programme.cpd_kinds))
    held = sa.select(Activity.mode, sa.func.count()).where(*of_held).group_by(Activity.mode)
    of_people = (Attendance.programme_id == programme.id, Attendance.kind.in_(programme.cpd_kinds))
    different = sa.func.count(sa.distinct(Attendance.person_id))
    people = sa.select(Attendance.mode, different).where(*of_people).group_by(Attendance.mode)
    return dict((await db.execute(held)).all()), dict((await db.execute(people)).all())


async def _habits(db: AsyncSession, programme_id: UUID) -> HabitCounts:
    h, number = HabitResult, sa.func.count()
    asked = {"manager": h.seen_by_manager, "peer": h.seen_by_peer}
    said = [
        count for seen in asked.values() for count in (number.filter(seen.is_(True)), number.filter(seen.is_not(None)))
    ]
    rows = sa.select(number.filter(h.first), number.filter(h.embedded), *said).where(h.programme_id == programme_id)
    people, embedded, *counts = (await db.execute(rows)).one()
    return HabitCounts(people, embedded, dict(zip(asked, zip(counts[::2], counts[1::2], strict=True), strict=True)))


async def _meetings(db: AsyncSession, programme_id: UUID, numbers: dict[UUID, int]) -> dict[int, tuple[int, int]]:
    s = MentoringSession
    rows = sa.select(s.cohort_id, sa.func.count(), sa.func.sum(s.minutes)).where(s.programme_id == programme_id)
    grouped = await db.execute(rows.group_by(s.cohort_id))
    return {
        numbers[cohort_id]: (number, int(minutes)) for cohort_id, number, minutes in grouped if cohort_id in numbers
    }


async def _interviews(db: AsyncSession, programme_id: UUID, numbers: dict[UUID, int]) -> tuple[InterviewRecord, ...]:
    rows = sa.select(Interview.cohort_id, Interview.match_id, Interview.pages).where(interviews.OF_PAIRS)
    held = await db.execute(rows.where(Interview.programme_id == programme_id, Interview.state.in_(HELD)))
    return tuple(InterviewRecord(numbers[c], m, pages or 0) for c, m, pages in held if c in numbers and m)


async def _quotes(db: AsyncSession, programme_id: UUID, numbers: dict[UUID, int]) -> tuple[QuoteRecord, ...]:
    return tuple(
        QuoteRecord(interview_id, position, numbers.get(cohort_id) if cohort_id else None, role)
        for interview_id, position, cohort_id, role in await interviews.quotable(db, programme_id)
    )
