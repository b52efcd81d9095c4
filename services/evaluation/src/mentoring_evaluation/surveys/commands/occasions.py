"""Asking after a meeting or an activity, or in a pair's own time: a wave of its own for who took part, its answers
gathered with the others'.

Each is a deadline that is due at once, so it is asked once on however many replicas, and tried again while the
programme or the pair is not known yet.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.deadlines import schedule, schedule_all
from mentoring_common.errors import Unavailable
from mentoring_common.ids import new_id
from mentoring_contracts.blueprint.surveys import PlannedWave
from mentoring_contracts.blueprint.waves import of_pairs, pair_waves
from mentoring_contracts.words import Side
from mentoring_evaluation.disclosure.floor import least_asked
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import Programme
from mentoring_evaluation.surveys import queries, queries_occasions
from mentoring_evaluation.surveys.commands.waves import CLOSE, ask_people
from mentoring_evaluation.surveys.models import Wave
from mentoring_evaluation.surveys.occasions import MOST_OPEN_DAYS, After, Trigger

AFTER_SESSION, AFTER_ACTIVITY, PAIRS_TIME = "ask_after_session", "ask_after_activity", "ask_pair"  # kinds of deadlines


async def plan_asking(db: AsyncSession, programme_id: UUID, kind: str, subject_id: UUID) -> None:
    """Have who took part asked soon, unless the programme is known and asks nobody."""
    programme = await programmes.known_programme(db, programme_id)
    if programme is None or programme.asks_after:
        await schedule(db, kind, subject_id, now(db))


async def ask_after_session(db: AsyncSession, session_id: UUID) -> None:
    """Ask the two people of the pair that met, or everybody in the group."""
    held = await queries_occasions.mentoring_session(db, session_id)
    if held is None:  # it never was
        return
    programme, rules = await _rules(db, held.programme_id, "mentoring_session")
    if not rules:
        return
    pair = await queries_occasions.known_match(db, held.match_id)
    people: Mapping[UUID, Side] = (
        {pair.mentor_id: "mentor", pair.mentee_id: "mentee"}
        if pair is not None
        else await programmes.people_of_group(db, held.match_id)
    )
    if not people:
        raise Unavailable("the people who met are not known yet")
    for rule in rules:
        await _ask(db, programme, held.cohort_id, rule, session_id, people)


async def ask_after_activity(db: AsyncSession, activity_id: UUID) -> None:
    """Ask those who attended and have not been asked about it: mentors and mentees, each in their cohort."""
    held = await queries_occasions.known_activity(db, activity_id)
    if held is None:  # somebody attended; that it was held is announced later
        return
    programme, rules = await _rules(db, held.programme_id, "activity")
    rules = [rule for rule in rules if rule.follows(held.kind)]
    attended = await queries_occasions.attended(db, held) if rules else {}
    for rule in rules:
        for cohort_id, people in sorted(attended.items()):
            await _ask(db, programme, cohort_id, rule, activity_id, people)


async def plan_pairs_time(db: AsyncSession, programme_id: UUID, match_ids: Collection[UUID]) -> None:
    """Have pairs asked what their own time has come for, unless the programme is known and asks nothing then."""
    programme = await programmes.known_programme(db, programme_id)
    if programme is None or any(of_pairs(wave) for wave in _waves(programme)):
        await schedule_all(db, PAIRS_TIME, dict.fromkeys(match_ids, now(db)))


async def ask_pair(db: AsyncSession, match_id: UUID) -> None:
    """Ask a standing pair what its time has come for, each once, and come again at its next time.

    A break is not its time: nothing is asked in it, and what comes after is later by its days.
    """
    pair = await queries_occasions.known_match(db, match_id)
    clock = await queries_occasions.pair_clock(db, match_id)
    if pair is None or pair.state != "standing" or (clock is not None and clock.paused):
        return
    programme = await programmes.known_programme(db, pair.programme_id)
    cohort = await programmes.known_cohort(db, pair.cohort_id)
    if programme is None or cohort is None:
        raise Unavailable("the programme is not known yet")
    people: dict[UUID, Side] = {pair.mentor_id: "mentor", pair.mentee_id: "mentee"}
    started, coming = pair.starts_on or pair.confirmed_at.date(), []
    started += timedelta(days=clock.paused_days if clock else 0)
    for wave in pair_waves(_waves(programme), cohort.number):
        opens_at, closes_at = wave.times(started, programme.zone)
        if opens_at > now(db):
            coming.append(opens_at)
        elif closes_at > now(db):
            days = max(1, min(MOST_OPEN_DAYS, (closes_at - now(db)).days))
            rule = After(instrument=wave.instrument, trigger="pairs_time", roles=wave.roles, open_days=days)
            await _ask(db, programme, cohort.id, rule, uuid5(match_id, wave.name), people)
    if coming:
        await schedule(db, PAIRS_TIME, match_id, min(coming))


def _waves(programme: Programme) -> list[PlannedWave]:
    return [PlannedWave.model_validate(one) for one in programme.waves]


async def _rules(db: AsyncSession, programme_id: UUID, trigger: Trigger) -> tuple[Programme, list[After]]:
    programme = await programmes.known_programme(db, programme_id)
    if programme is None:
        raise Unavailable("the programme is not known yet")
    rules = [After.model_validate(one) for one in programme.asks_after]
    return programme, [rule for rule in rules if rule.trigger == trigger]


async def _ask(
    db: AsyncSession, programme: Programme, cohort_id: UUID, rule: After, after_id: UUID, people: Mapping[UUID, Side]
) -> None:
    before = await queries_occasions.people_asked_after(db, after_id, rule.instrument)
    asked = {person: role for person, role in people.items() if role in rule.roles and person not in before}
    gathering = await _gathering(db, programme, cohort_id, rule) if asked else None
    if gathering is None:
        return
    id_ = new_id()
    wave = Wave(
        id=id_, programme_id=programme.id, cohort_id=cohort_id, instrument=rule.instrument, occasion=str(id_),
        instrument_used=gathering.instrument_used, roles=rule.roles, state="open", after_id=after_id,
        gathered_in=gathering.id, opens_at=now(db), closes_at=now(db) + rule.open_for,
        remind_days=programme.remind_days, **_numbers(asked),
    )  # fmt: skip
    db.add(wave)
    await db.flush()
    await ask_people(db, wave, asked)
    more = {name: getattr(Wave, name) + number for name, number in _numbers(asked).items()}
    most = await queries_occasions.most_asked(db, gathering.id)
    more["most_asked"] = sa.func.greatest(Wave.most_asked, most)  # an erased person's invitations are gone
    await db.execute(sa.update(Wave).where(Wave.id == gathering.id).values(more))


def _numbers(asked: Mapping[UUID, Side]) -> dict[str, int]:
    roles = list(asked.values())
    return {"asked_mentors": roles.count("mentor"), "asked_mentees": roles.count("mentee")}


async def _gathering(db: AsyncSession, programme: Programme, cohort_id: UUID, rule: After) -> Wave | None:
    """The cohort's wave that gathers now, held until this transaction ends; None for a survey that is not anonymous."""
    until = now(db) + rule.open_for
    found = await queries_occasions.gathering_wave(db, cohort_id, rule.instrument, until)
    if found is not None:
        return found
    used = await queries.present_instrument(db, programme.id, rule.instrument, hold=True)
    if used is None or used.mode != "anonymous":
        return None
    number = await queries_occasions.number_of_waves(db, cohort_id, rule.instrument) + 1
    values = {
        "id": new_id(), "programme_id": programme.id, "cohort_id": cohort_id, "instrument": rule.instrument,
        "occasion": "" if number == 1 else str(number), "roles": rule.roles, "gathers": True, "state": "open",
        "least_asked": least_asked(programme.public_minimum),
        "instrument_used": used.model_dump(mode="json", by_alias=True), "planned_at": now(db),
        "opens_at": now(db), "closes_at": now(db) + rule.gathers_for, "asked_mentors": 0, "asked_mentees": 0,
    }  # fmt: skip
    made: Wave | None = await db.scalar(insert(Wave).values(values).on_conflict_do_nothing().returning(Wave))
    if made is not None:
        await schedule(db, CLOSE, made.id, made.closes_at)
        return made
    found = await queries_occasions.gathering_wave(db, cohort_id, rule.instrument, until)
    if found is None:  # a wave that the team planned has taken its name meanwhile
        raise Unavailable("the wave that gathers is not there yet")
    return found
