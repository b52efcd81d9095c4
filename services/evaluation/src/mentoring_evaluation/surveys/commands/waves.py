"""Waves: planned from milestones or by the team, opened and closed by the clock, answered once per invitation."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.errors import Unavailable
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.evaluation import SurveyClosed, SurveyOpened, SurveyReminderDue
from mentoring_contracts.words import Side
from mentoring_evaluation.disclosure.floor import hidden_roles, least_asked
from mentoring_evaluation.disclosure.rule import SMALLEST
from mentoring_evaluation.errors import (
    InstrumentUnknown,
    LocalTimeInvalid,
    WaveCancelled,
    WaveClosed,
    WaveExists,
    WaveTimesInvalid,
)
from mentoring_evaluation.lifecycle import WAVE
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import Cohort
from mentoring_evaluation.programmes.schemas import ActingRole
from mentoring_evaluation.surveys import queries, queries_answers, tokens
from mentoring_evaluation.surveys.commands import respondents
from mentoring_evaluation.surveys.local_time import LocalTime, instant, next_reminder
from mentoring_evaluation.surveys.models import Invitation, Wave, WaveKey
from mentoring_evaluation.surveys.schemas import LATE, NewWave, WaveExtension
from mentoring_evaluation.tables import Base

OPEN, REMIND, CLOSE = "open_wave", "remind_wave", "close_wave"  # kinds of deadlines
SNAPSHOT = "take_snapshot"  # a deadline that is due at once; figures/snapshots.py looks for it


async def plan_wave(db: AsyncSession, cohort: Cohort, new: NewWave, by: Principal) -> Wave:
    """Plan a wave of a cohort; it opens by itself.

    InstrumentUnknown, WaveTimesInvalid, LocalTimeInvalid, WaveExists.
    """
    survey = await queries.present_instrument(db, cohort.programme_id, new.instrument)
    if survey is None:
        raise InstrumentUnknown()
    if new.respondents:
        await respondents.check_kinds(db, cohort.programme_id, survey, new.respondents)
    opens_at, closes_at = moment(new.opens_at, latest=False), moment(new.closes_at, latest=True)
    if closes_at <= max(opens_at, now(db)):
        raise WaveTimesInvalid("a wave closes after it opens, and later than now")
    _check_days(new, opens_at, closes_at, now(db))
    zone = new.closes_at.zone if isinstance(new.closes_at, LocalTime) else None
    days = None if new.remind_days_before is None else sorted(new.remind_days_before, reverse=True)
    wave_id = await add_wave(
        db, cohort.programme_id, cohort.id, new.instrument, opens_at, closes_at, occasion=new.occasion, zone=zone,
        remind=days, roles=[] if new.respondents and new.roles is None else new.roles, kinds=new.respondents,
    )  # fmt: skip
    if wave_id is None:
        raise WaveExists()
    audit(db, by.subject, "plan_wave", "wave", wave_id)
    return await queries.wave(db, wave_id)


def _check_days(new: NewWave, opens_at: datetime, closes_at: datetime, at: datetime) -> None:
    """WaveTimesInvalid for a wave that would have opened long ago, and for a reminder before it opens."""
    if at - opens_at > LATE and not new.opened_late:
        raise WaveTimesInvalid("opens_at lies more than a day back; say opened_late where it is to open at once")
    early = [days for days in new.remind_days_before or [] if closes_at - timedelta(days=days) <= max(opens_at, at)]
    if early:
        raise WaveTimesInvalid(f"{early[0]} days before it closes the wave is not open yet: nobody can be reminded")


async def add_wave(
    db: AsyncSession, programme_id: UUID, cohort_id: UUID, instrument: str, opens_at: datetime, closes_at: datetime,
    *, occasion: str = "", zone: str | None = None, remind: Sequence[int] | None = None,
    roles: Sequence[Side] | None = None, kinds: Sequence[str] = (),
) -> UUID | None:  # fmt: skip
    """Keep a planned wave and its opening; None if the cohort has one of this instrument and occasion already.

    `remind` is days before closing; None: as the programme does. No `roles`: both are asked.
    """
    values = {
        "id": new_id(),
        "programme_id": programme_id,
        "cohort_id": cohort_id,
        "instrument": instrument,
        "occasion": occasion,
        "roles": None if roles is None else list(roles),
        "state": "planned",
        "planned_at": now(db),
        "opens_at": opens_at,
        "closes_at": closes_at,
        "zone": zone,
        "remind_days": None if remind is None else list(remind),
        "asked_mentors": 0,
        "asked_mentees": 0,
        "kinds": list(kinds),
    }
    wave_id = await db.scalar(insert(Wave).values(values).on_conflict_do_nothing().returning(Wave.id))
    if wave_id is not None:
        await schedule(db, OPEN, wave_id, opens_at)
    return wave_id


async def move_wave(
    db: AsyncSession, cohort_id: UUID, instrument: str, occasion: str, opens_at: datetime, closes_at: datetime
) -> None:
    """Change when a wave opens and closes, as long as it is planned."""
    this = (Wave.cohort_id == cohort_id, Wave.instrument == instrument, Wave.occasion == occasion)
    moved = (
        sa.update(Wave)
        .where(*this, Wave.state == "planned")
        .values(opens_at=opens_at, closes_at=closes_at)
        .returning(Wave.id)
    )
    wave_id = await db.scalar(moved)
    if wave_id is not None:
        await schedule(db, OPEN, wave_id, opens_at)


async def extend_wave(db: AsyncSession, wave: Wave, change: WaveExtension, by: Principal, role: ActingRole) -> Wave:
    """Let a wave close later, for a reason that it keeps; what closed stays closed. WaveClosed, WaveCancelled,
    WaveTimesInvalid."""
    if wave.state == "cancelled":
        raise WaveCancelled()
    closes_at = moment(change.closes_at, latest=True)
    if closes_at <= max(wave.closes_at, now(db)):
        raise WaveTimesInvalid("an extension is later than the present closing time and later than now")
    zone = change.closes_at.zone if isinstance(change.closes_at, LocalTime) else wave.zone
    running = (Wave.id == wave.id, Wave.state.in_(["planned", "open"]), Wave.closes_at > now(db))
    more = sa.func.jsonb_build_object(
        "closes_at_before", Wave.closes_at, "closes_at", closes_at, "reason", change.reason, "extended_at", now(db),
        "role", role,
    )  # fmt: skip
    values = {"closes_at": closes_at, "zone": zone, "extensions": Wave.extensions.op("||")(more)}
    extended = sa.update(Wave).where(*running).values(values).returning(Wave)
    found = await db.scalar(extended, execution_options={"populate_existing": True})
    if found is None:
        raise WaveClosed(closed_at=(wave.closed_at or wave.closes_at).isoformat())
    if found.state == "open":
        await schedule(db, CLOSE, wave.id, found.closes_at)
        await _schedule_reminder(db, found)
    audit(db, by.subject, "extend_wave", "wave", wave.id, reason=change.reason)
    return found


async def open_wave(db: AsyncSession, wave_id: UUID) -> None:
    """Ask both people of every pair that stands now, each person once; nothing if the wave is open already."""
    wave = await _take(db, wave_id, "open")
    if wave is None:
        return
    programme = await programmes.known_programme(db, wave.programme_id)
    if programme is None:  # its ProgrammeCreated is still on its way: the deadline is tried again
        raise Unavailable("the programme is not known yet")
    used = await queries.present_instrument(db, programme.id, wave.instrument, hold=True)
    asked = await queries.people_to_ask(db, wave)
    roles = list(asked.values())
    changes = {
        "instrument_used": used.model_dump(mode="json", by_alias=True) if used else None,
        "least_asked": least_asked(programme.public_minimum),
        "asked_mentors": roles.count("mentor"),
        "asked_mentees": roles.count("mentee"),
        "asked_kinds": {kind: roles.count(kind) for kind in wave.kinds},
        "remind_days": programme.remind_days if wave.remind_days is None else wave.remind_days,
    }
    wave = (await db.scalars(sa.update(Wave).where(Wave.id == wave_id).values(changes).returning(Wave))).one()
    await ask_people(db, wave, asked)


async def ask_people(db: AsyncSession, wave: Wave, asked: Mapping[UUID, str]) -> None:
    """Invite people to a wave that is open, announce it, and see to its reminders and its end."""
    key = tokens.new_key()
    db.add(WaveKey(id=wave.id, sealed=await vault.seal(db, wave.id, key)))
    await _invite(db, wave.id, key, asked)
    await schedule(db, CLOSE, wave.id, wave.closes_at)
    await _schedule_reminder(db, wave)
    emit(db, SurveyOpened(
        **_event(wave), closes_at=wave.closes_at, asked=len(asked), gathered_in=wave.gathered_in
    ))  # fmt: skip


async def remind_wave(db: AsyncSession, wave_id: UUID) -> None:
    """Announce that those who have not answered may be reminded, once for every reminder of a wave that is open."""
    running = sa.update(Wave).where(Wave.id == wave_id, Wave.state == "open", Wave.closes_at > now(db))
    wave: Wave | None = await db.scalar(
        running.values(reminders=Wave.reminders + 1).returning(Wave), execution_options={"populate_existing": True}
    )
    if wave is None:
        return
    waiting = await queries.unanswered(db, wave_id)
    if waiting:
        number = wave.reminders
        emit(db, SurveyReminderDue(**_event(wave), closes_at=wave.closes_at, number=number, unanswered=waiting))
    await _schedule_reminder(db, wave)


async def _schedule_reminder(db: AsyncSession, wave: Wave) -> None:
    due = next_reminder(wave.closes_at, wave.remind_days or [], wave.zone, max(now(db), wave.opens_at))
    if due is not None:
        await schedule(db, REMIND, wave.id, due)
    elif wave.remind_days:
        await cancel(db, REMIND, wave.id)


def moment(given: datetime | LocalTime, *, latest: bool) -> datetime:
    """The moment of a time with its offset or of a local time. LocalTimeInvalid."""
    if isinstance(given, datetime):
        return given
    try:
        return instant(given, latest=latest)
    except ValueError as error:
        raise LocalTimeInvalid(str(error)) from None


async def close_wave(db: AsyncSession, wave_id: UUID) -> None:
    """Freeze the responses and announce it; nothing if the wave is closed already.

    A wave that is gathered in another ends quietly: its answers are frozen, and announced, with the others there.
    """
    wave = await _take(db, wave_id, "close", closed_at=now(db))
    if wave is None:
        return
    if wave.gathered_in is not None:
        await queries.wave_held(db, wave.gathered_in)
    responses = await _unlink(db, wave)
    if wave.gathered_in is None:
        await freeze_wave(db, wave, responses)


async def freeze_wave(db: AsyncSession, wave: Wave, responses: Mapping[str, int]) -> None:
    """Keep what figures need and what may change later, and of whom nothing is shown; have the public table of
    backgrounds frozen with it."""
    people = (await queries_answers.people_asked(db, [wave]))[wave.id]
    hidden = hidden_roles(wave.mode, people, wave.least_asked or SMALLEST)
    wave.hidden_roles = list(hidden)
    wave.withheld = bool(hidden) and {role for role, number in people.items() if number} <= set(hidden)
    wave.agreements = await queries_answers.agreements_of(db, wave)
    counted = sum(responses.get(role, 0) for role in people if role not in hidden)
    emit(
        db,
        SurveyClosed(
            **_event(wave), asked=sum(wave.asked_by_role.values()), responses=counted, hidden_roles=list(hidden)
        ),
    )
    await schedule(db, SNAPSHOT, wave.id, now(db))


async def _take(db: AsyncSession, wave_id: UUID, act: str, **more: Any) -> Wave | None:
    """Move the wave to its next state; None if somebody else has, or if its time has not come."""
    before, after = WAVE[act]
    due = Wave.opens_at if act == "open" else Wave.closes_at
    step = sa.update(Wave).where(Wave.id == wave_id, Wave.state.in_(before), due <= now(db))
    taken = step.values(state=after, **more).returning(Wave)
    return await db.scalar(taken, execution_options={"populate_existing": True})


def _event(wave: Wave) -> dict[str, Any]:
    return {
        "wave_id": wave.id,
        "programme_id": wave.programme_id,
        "cohort_id": wave.cohort_id,
        "instrument": wave.instrument,
    }


async def _invite(db: AsyncSession, wave_id: UUID, key: str, asked: Mapping[UUID, str]) -> None:
    # In the order of the people's ids: the order of pairs would say who belongs to whom.
    rows = [
        {
            "tenant_id": tenant_of(db),
            "id": new_id(),
            "wave_id": wave_id,
            "person_id": person_id,
            "role": asked[person_id],
            "token_digest": tokens.digest(tokens.token(key, wave_id, person_id)),
            "answered": False,
        }
        for person_id in sorted(asked)
    ]
    if rows:
        await db.execute(sa.insert(Invitation), rows)


async def _unlink(db: AsyncSession, wave: Wave) -> dict[str, int]:
    """Write responses, comments and invitations of a closed wave anew, in random order and in one transaction; how many
    responses there are where they are kept, by role.

    An answer and the mark on its invitation were written by one transaction: its number and the rows' places on disk
    would still lead a reader of the raw tables from one to the other.
    """
    tenant, kept_in = tenant_of(db), wave.gathered_in or wave.id
    responses, comments = (_anew(name, tenant, kept_in) for name in ("responses", "comments"))
    waves, invitations = Base.metadata.tables["waves"].c, Base.metadata.tables["invitations"]
    these = sa.select(waves.id).where(
        waves.tenant_id == tenant, sa.or_(waves.id == wave.id, waves.gathered_in == wave.id)
    )
    asked = sa.update(invitations).where(invitations.c.tenant_id == tenant, invitations.c.wave_id.in_(these))
    marks = asked.values(answered=invitations.c.answered).cte("marks")
    # One statement, because many waves may close at the same moment.
    counted = sa.select(responses.c.role, sa.func.count()).group_by(responses.c.role).add_cte(comments, marks)
    return dict((await db.execute(counted)).all())


def _anew(name: str, tenant: UUID, kept_in: UUID) -> sa.CTE:
    table = Base.metadata.tables[name]
    c = table.c
    gone = sa.delete(table).where(c.tenant_id == tenant, c.wave_id == kept_in).returning(*c).cte(f"{name}_gone")
    kept = [column.name for column in c if column.name != "id"]
    rows = sa.select(sa.func.gen_random_uuid(), *(gone.c[name] for name in kept)).order_by(sa.func.random())
    return sa.insert(table).from_select(["id", *kept], rows).returning(c.role).cte(f"{name}_anew")
