"""Raise a concern, reach somebody at once, and answer it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.faults import fault
from mentoring_common.outbox import emit
from mentoring_contracts.blueprint.concerns import Concerns
from mentoring_contracts.sessions import ConcernAlerted, ConcernRaised, ConcernResolved, ConcernTaken
from mentoring_sessions.concerns import queries
from mentoring_sessions.concerns.models import CaseNote, Concern
from mentoring_sessions.concerns.schemas import SEVERITIES, ConcernChange, NewCaseNote, NewConcern, Severity
from mentoring_sessions.errors import OwnerNotOnDuty
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.models import Relationship
from mentoring_sessions.relationships.parts import CONCERNS, MANAGES, Access
from mentoring_sessions.relationships.sealed import seal

UNTAKEN = "concern_untaken"  # a deadline: nobody has taken the concern
MOST_ESCALATIONS = 20  # after so many nobody is there who reads letters


async def raise_concern(db: AsyncSession, mine: Access, new: NewConcern) -> Concern:
    """Tell the programme team something in confidence, also when the relationship is over; somebody is told at once."""
    person_id = mine.present_or_past()
    return await open_concern(db, mine.relationship, person_id, new.text, new.severity, safeguarding=new.safeguarding)


async def open_concern(
    db: AsyncSession,
    pair: Relationship,
    person_id: UUID,
    text: str | None,
    severity: Severity,
    *,
    safeguarding: bool = False,
    source: Literal["raised", "check_in"] = "raised",
) -> Concern:
    """Keep a concern of somebody in the relationship, and alert whoever is on duty."""
    terms = await _terms(db, pair.programme_id)
    concern = Concern(
        relationship_id=pair.id, programme_id=pair.programme_id, raised_by=person_id, raised_at=now(db),
        source=source, severity=severity, safeguarding=safeguarding, text_sealed=await seal(db, person_id, text),
        due_at=now(db) + timedelta(hours=getattr(terms.hours, severity)),
    )  # fmt: skip
    db.add(concern)
    await db.flush()
    assert concern.due_at is not None
    ids = {"concern_id": concern.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}
    emit(db, ConcernRaised.model_validate(ids | {"severity": severity, "due_at": concern.due_at}))
    _alert(db, concern, pair.cohort_id, await _on_duty(db, concern, terms.duty), "raised")
    await schedule(db, UNTAKEN, concern.id, concern.due_at)
    return concern


async def escalate_untaken(db: AsyncSession, concern_id: UUID) -> None:
    """Nobody has taken a concern in time: tell those who answer for it, and again after as long a time; a deadline."""
    concern = await queries.concern_locked(db, concern_id)
    if concern is None or concern.state != "raised" or concern.escalations >= MOST_ESCALATIONS:
        return
    pair, terms = await relationships.relationship(db, concern.relationship_id), await _terms(db, concern.programme_id)
    concern.escalations += 1
    people = await _on_duty(db, concern, terms.duty) | await _on_duty(db, concern, terms.escalation)
    people |= await _others(db, concern, await queries.holders(db, concern.programme_id, MANAGES))
    _alert(db, concern, pair.cohort_id, people, "waits")
    await db.flush()
    await schedule(db, UNTAKEN, concern.id, now(db) + timedelta(hours=getattr(terms.hours, concern.severity)))


async def change_concern(
    db: AsyncSession, by: Principal, mine: Access, concern: Concern, change: ConcernChange
) -> Concern:
    """The programme team takes a concern, gives it to somebody or back, weighs it anew or settles it. OwnerNotOnDuty.

    Weighed anew, it is told to whoever reads it now; who had it and reads it no more has it no more.
    """
    mine.require_other_team()
    pressing = await _weigh(db, concern, change)
    await _give(db, by, mine, concern, change)
    if change.state == "resolved" and concern.state != "resolved":
        ids = {"programme_id": concern.programme_id, "cohort_id": mine.relationship.cohort_id}
        emit(db, ConcernResolved(concern_id=concern.id, **ids))
    if change.state == "acknowledged" and concern.state == "raised":
        ids = {"programme_id": concern.programme_id, "cohort_id": mine.relationship.cohort_id}
        emit(db, ConcernTaken(concern_id=concern.id, **ids))
    if change.state in ("acknowledged", "resolved"):
        concern.state = change.state
        concern.resolved_at = now(db) if change.state == "resolved" else None
        await cancel(db, UNTAKEN, concern.id)
    back = change.state == "raised" and concern.state != "raised"
    if back or (pressing and not await _owned(db, concern)):
        await _give_back(db, concern, mine.relationship.cohort_id, but=by.person)
    elif pressing and concern.state != "resolved" and concern.owner_id not in (None, by.person):
        _alert(db, concern, mine.relationship.cohort_id, [concern.owner_id], "assigned", number=concern.version)
    audit(db, by.subject, f"concern_{change.state or 'changed'}", "concern", concern.id)
    await db.flush()
    return concern


async def _weigh(db: AsyncSession, concern: Concern, change: ConcernChange) -> bool:
    """Weigh it anew; whether somebody has to hear of that, because others read it now or it has become more urgent."""
    severity, before = change.severity or concern.severity, (concern.severity, concern.safeguarding)
    if severity != concern.severity:
        terms = await _terms(db, concern.programme_id)
        concern.due_at = concern.raised_at + timedelta(hours=getattr(terms.hours, severity))
        if concern.state == "raised":
            await schedule(db, UNTAKEN, concern.id, max(concern.due_at, now(db)))
    concern.severity = severity
    if change.safeguarding is not None:
        concern.safeguarding = change.safeguarding
    return concern.safeguarding != before[1] or SEVERITIES.index(severity) > SEVERITIES.index(before[0])


async def _owned(db: AsyncSession, concern: Concern) -> bool:
    """Whether nobody has to take the concern: it is settled, or who has it may read it."""
    if concern.state == "resolved":
        return True
    return concern.state == "acknowledged" and concern.owner_id in await _on_duty(db, concern, None)


async def follow_readers(db: AsyncSession, programme_id: UUID) -> None:
    """Others take a programme's concerns now: what somebody has who reads it no more is given back, and of one about
    safety that nobody has taken those learn who read it now."""
    for concern in await queries.open_concerns_locked(db, programme_id):
        if concern.state == "acknowledged" and not await _owned(db, concern):
            await _give_back(db, concern, (await relationships.relationship(db, concern.relationship_id)).cohort_id)
        elif concern.state == "raised" and concern.safeguarding:
            pair = await relationships.relationship(db, concern.relationship_id)
            _alert(db, concern, pair.cohort_id, await _on_duty(db, concern, None), "raised", number=0)
    await db.flush()


async def _give_back(db: AsyncSession, concern: Concern, cohort_id: UUID, but: UUID | None = None) -> None:
    """Nobody has the concern; whoever is on duty, `but` who gave it back, is told at once, and its time runs anew."""
    terms = await _terms(db, concern.programme_id)
    concern.state, concern.owner_id, concern.taken_at, concern.resolved_at = "raised", None, None, None
    concern.due_at = now(db) + timedelta(hours=getattr(terms.hours, concern.severity))
    people = await _on_duty(db, concern, terms.duty) - {but}
    _alert(db, concern, cohort_id, people, "raised", number=concern.version)
    await schedule(db, UNTAKEN, concern.id, concern.due_at)


async def _give(db: AsyncSession, by: Principal, mine: Access, concern: Concern, change: ConcernChange) -> None:
    """To whom it is given; who takes one that is nobody's has it."""
    taking = change.state in ("acknowledged", "resolved")
    owner = change.owner_id or (concern.owner_id or by.person if taking else concern.owner_id)
    if owner is None or owner == concern.owner_id:
        return
    if change.owner_id is not None and owner not in await _on_duty(db, concern, None):
        said = "may not read it, or is of the pair"
        raise OwnerNotOnDuty(errors=[fault("person_not_on_duty", said, "body", "owner_id")])
    concern.owner_id, concern.taken_at = owner, now(db)
    if concern.state == "raised":
        concern.state = "acknowledged"
        await cancel(db, UNTAKEN, concern.id)
    if owner != by.person:
        _alert(db, concern, mine.relationship.cohort_id, [owner], "assigned", number=concern.version)


async def note_case(db: AsyncSession, person_id: UUID, concern: Concern, new: NewCaseNote) -> CaseNote:
    """Keep what was done about a concern, for those who read it for the programme team."""
    text = await vault.seal(db, person_id, new.text)
    note = CaseNote(concern_id=concern.id, written_by=person_id, written_at=now(db), text_sealed=text)
    db.add(note)
    await db.flush()
    audit(db, str(person_id), "note_case", "concern", concern.id)
    return note


async def _terms(db: AsyncSession, programme_id: UUID) -> Concerns:
    return Concerns.model_validate(await queries.terms(db, programme_id))


async def _on_duty(db: AsyncSession, concern: Concern, role: str | None) -> set[UUID]:
    """Who reads the concern: who holds the role, else who else does; at last who manages the programme."""
    programme_id = concern.programme_id
    right = await queries.guarding(db, programme_id) if concern.safeguarding else CONCERNS
    asked = None if concern.safeguarding else role
    for found in (
        await queries.holders(db, programme_id, right, asked),
        await queries.holders(db, programme_id, right),
        await queries.holders(db, programme_id, MANAGES),
    ):
        if people := await _others(db, concern, found):
            return people
    return set()


async def _others(db: AsyncSession, concern: Concern, people: Collection[UUID]) -> set[UUID]:
    """Those of the people who neither are nor were of the pair."""
    return set(people) - await queries.people_of(db, concern.relationship_id)


def _alert(
    db: AsyncSession,
    concern: Concern,
    cohort_id: UUID,
    people: Collection[UUID],
    why: Literal["raised", "waits", "assigned"],
    number: int | None = None,
) -> None:
    ids = {"concern_id": concern.id, "programme_id": concern.programme_id, "cohort_id": cohort_id}
    times = concern.escalations or 0 if number is None else number
    for person_id in sorted(people):
        emit(db, ConcernAlerted(**ids, person_id=person_id, why=why, number=times))
