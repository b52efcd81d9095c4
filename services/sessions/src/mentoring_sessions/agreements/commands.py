"""Propose and sign the agreement of a relationship."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import schedule
from mentoring_common.errors import PreconditionRequired
from mentoring_common.faults import fault
from mentoring_common.outbox import emit
from mentoring_common.versions import Precondition, touch
from mentoring_contracts.sessions import (
    AgreementRanOut,
    AgreementRenewalDue,
    AgreementSignatureWithdrawn,
    AgreementSigned,
)
from mentoring_sessions.agreements import queries
from mentoring_sessions.agreements.models import AgreedVersion, Agreement
from mentoring_sessions.agreements.renewal import runs_out_at
from mentoring_sessions.agreements.schemas import NewAgreement, NewAnswer
from mentoring_sessions.errors import (
    AgreementAnswersInvalid,
    AgreementChanged,
    AgreementNeeded,
    AgreementNotFound,
    AgreementNotMade,
    AlreadySigned,
    NotSigned,
)
from mentoring_sessions.lifecycle import OVER, months_later
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.commands.notices import tell_others
from mentoring_sessions.relationships.commands.relationships import SYSTEM
from mentoring_sessions.relationships.models import Member, Programme, Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import seal, unseal

RENEWS = "agreement_renewal"  # a deadline of a relationship: its agreement is looked at
REMIND_DAYS = 14  # of a programme whose blueprint came before it said so
HOW_LONG = ("runs_out_at", "paused_days", "reminded_at")


async def propose_agreement(
    db: AsyncSession, by: Principal, mine: Access, new: NewAgreement, expected: Precondition
) -> Agreement:
    """Propose terms, or other ones. What everybody signed before stands until they have signed these.

    Whoever replaces a proposal says which (PreconditionRequired). AgreementNotMade in kinds that make none;
    AgreementAnswersInvalid unless the programme's questions are answered, each once.
    """
    person_id, _ = mine.one_of_the_pair()
    mine.require_open()
    if not (await relationships.kind(db, mine.relationship)).agreement:
        raise AgreementNotMade()
    _require_answers(await relationships.programme(db, mine.relationship.programme_id), new)
    answers = json.dumps({one.question: one.answer for one in new.answers}) if new.answers else None
    values: dict[str, Any] = {
        "proposed_by": person_id,
        "proposed_at": now(db),
        "terms_sealed": await seal(db, person_id, new.terms),
        "answers_sealed": await seal(db, person_id, answers),
    }
    proposal = insert(Agreement).values(id=mine.relationship.id, version=1, **values)
    before = await queries.proposed_agreement(db, mine.relationship.id)
    if before is None:
        await _propose_first(db, proposal, expected)
    else:
        expected.require()
        await expected.hold(db, before)
        before = await queries.agreement_locked(db, before.id)
        again = sa.update(Agreement).where(Agreement.id == before.id)
        await db.execute(again.values(values | {"version": Agreement.version + 1}))
    await touch(db, mine.relationship)
    audit(db, by.subject, "propose_agreement", "relationship", mine.relationship.id)
    proposed = await queries.agreement(db, mine.relationship.id)
    await tell_others(db, mine.relationship, person_id, "agreement_to_sign", proposed.version)
    return proposed


def _require_answers(programme: Programme, new: NewAgreement) -> None:
    asked = [one["id"] for one in programme.agreement.get("questions", ())]
    given = [one.question for one in new.answers]
    errors = [
        fault("unknown_question", "the programme asks this not, or once", "body", "answers", place, "question")
        for place, question in enumerate(given)
        if question not in asked or question in given[:place]
    ]
    missing = [question for question in asked if question not in given]
    if errors or missing:
        raise AgreementAnswersInvalid(errors=errors, missing=missing)


async def require_agreement(db: AsyncSession, pair: Relationship) -> None:
    """AgreementNeeded where the programme wants one before the first meeting, and none stands."""
    programme = await relationships.programme(db, pair.programme_id)
    if not programme.agreement.get("before_first_meeting") or not (await relationships.kind(db, pair)).agreement:
        return
    if await queries.standing(db, pair.id) is None:
        proposed = await queries.proposed_agreement(db, pair.id)
        before_kept = not await queries.agreed_versions(db, pair.id)  # signed by all before versions were kept
        if proposed is None or not before_kept or not await whole(db, proposed):
            raise AgreementNeeded()


async def withdraw_signature(db: AsyncSession, by: Principal, mine: Access) -> Agreement:
    """Take the caller's signature back: what stands does so no more, and the others are told. NotSigned."""
    person_id, _ = mine.one_of_the_pair()
    mine.require_open()
    agreement = await queries.agreement_locked(db, mine.relationship.id)
    place = (Member.relationship_id == agreement.id, Member.person_id == person_id, Member.left_at.is_(None))
    signed = sa.update(Member).where(*place, Member.signed_version.is_not(None))
    back = signed.values(signed_version=None, signed_at=None).returning(Member.id)
    if await db.scalar(back, execution_options={"synchronize_session": False}) is None:
        raise NotSigned()
    await _end_standing(db, agreement.id)
    await touch(db, agreement)
    await touch(db, mine.relationship)
    pair = mine.relationship
    emit(db, AgreementSignatureWithdrawn(match_id=pair.id, programme_id=pair.programme_id, cohort_id=pair.cohort_id))
    await tell_others(db, pair, person_id, "signature_withdrawn", agreement.revision)
    audit(db, by.subject, "withdraw_signature", "relationship", pair.id)
    return agreement


async def _end_standing(db: AsyncSession, relationship_id: UUID, but: int = 0) -> None:
    v = AgreedVersion
    standing = sa.update(v).where(v.relationship_id == relationship_id, v.ended_at.is_(None), v.version != but)
    await db.execute(standing.values(ended_at=now(db)), execution_options={"synchronize_session": False})


async def whole(db: AsyncSession, agreement: Agreement) -> bool:
    """Whether everybody who is in the relationship signed the agreement as it stands."""
    here = (await relationships.members(db, [agreement.id]))[agreement.id]
    return bool(here) and all(member.signed_version == agreement.version for member in here)


async def _propose_first(db: AsyncSession, proposal: Insert, expected: Precondition) -> None:
    expected.compare(0)
    first = proposal.on_conflict_do_nothing().returning(Agreement.id)
    if (await db.execute(first)).first() is None:  # somebody else was faster
        raise PreconditionRequired()


async def sign_agreement(db: AsyncSession, by: Principal, mine: Access, version: int | None) -> Agreement:
    """Sign for oneself; the last signature makes the agreement. AgreementChanged if `version` is an old one."""
    person_id, _ = mine.one_of_the_pair()
    mine.require_open()
    agreement = await queries.agreement_locked(db, mine.relationship.id)
    if version not in (None, agreement.version):
        raise AgreementChanged()
    place = (Member.relationship_id == agreement.id, Member.person_id == person_id, Member.left_at.is_(None))
    unsigned = sa.update(Member).where(*place, Member.signed_version.is_distinct_from(agreement.version))
    signed = unsigned.values(signed_version=agreement.version, signed_at=now(db)).returning(Member.id)
    if await db.scalar(signed, execution_options={"synchronize_session": False}) is None:
        raise AlreadySigned()
    await touch(db, agreement)
    await touch(db, mine.relationship)
    audit(db, by.subject, "sign_agreement", "relationship", mine.relationship.id)
    await _announce_whole(db, mine.relationship, agreement)
    return agreement


async def agree_without(db: AsyncSession, left: Member) -> None:
    """Somebody left the group: the agreement may be whole without them."""
    agreement = await queries.proposed_agreement(db, left.relationship_id)
    if agreement is not None and left.signed_version != agreement.version:
        await _announce_whole(db, await relationships.relationship(db, left.relationship_id), agreement)


async def _announce_whole(db: AsyncSession, pair: Relationship, agreement: Agreement) -> None:
    """Say that everybody has signed, if they have."""
    if await whole(db, agreement):
        await _end_standing(db, pair.id, agreement.version)
        names = ("version", "proposed_by", "terms_sealed", "answers_sealed")
        agreed = {name: getattr(agreement, name) for name in names} | {"agreed_at": now(db), "ended_at": None}
        agreed |= await _how_long(db, pair)
        row = insert(AgreedVersion).values(relationship_id=pair.id, **agreed)
        # One that was signed, taken back and signed begins anew; one that stands has stood since it did.
        since = sa.case((AgreedVersion.ended_at.is_(None), AgreedVersion.agreed_at), else_=row.excluded.agreed_at)
        again = {"agreed_at": since, "ended_at": None} | {name: row.excluded[name] for name in HOW_LONG}
        await db.execute(
            row.on_conflict_do_update(index_elements=["tenant_id", "relationship_id", "version"], set_=again)
        )
        emit(db, AgreementSigned(match_id=pair.id, programme_id=pair.programme_id, cohort_id=pair.cohort_id))
        await mind_renewal(db, pair.id)


async def _how_long(db: AsyncSession, pair: Relationship) -> dict[str, Any]:
    """For how long an agreement stands that everybody has signed now, as the programme says today."""
    months = (await relationships.programme(db, pair.programme_id)).agreement.get("lasts_months")
    runs_out = months_later(now(db), months) if months is not None else None
    return dict(zip(HOW_LONG, (runs_out, pair.paused_days, None), strict=True))


async def mind_renewal(db: AsyncSession, relationship_id: UUID) -> None:
    """Deadline: tell everybody once that what they agreed on runs out soon, and let it run out in time.

    Nobody is told in a break or a quiet phase, and nothing runs out in one: it is looked at again a day later.
    """
    pair = await relationships.relationship_locked(db, relationship_id)
    standing = await queries.standing(db, pair.id)
    ends = runs_out_at(standing, pair.paused_days) if standing is not None else None
    if standing is None or ends is None or pair.state in OVER:
        return
    if pair.paused_at is not None or pair.quiet_phase:
        await schedule(db, RENEWS, pair.id, now(db) + timedelta(days=1))
        return
    if ends <= now(db):
        await _run_out(db, pair, standing)
        return
    days = (await relationships.programme(db, pair.programme_id)).agreement.get("remind_days", REMIND_DAYS)
    told_at = ends - timedelta(days=days)
    if told_at <= now(db) and standing.reminded_at is None:
        standing.reminded_at = now(db)
        await db.flush()
        ids = {"match_id": pair.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}
        for member in (await relationships.members(db, [pair.id]))[pair.id]:
            emit(db, AgreementRenewalDue(**ids, person_id=member.person_id, number=standing.version))
    await schedule(db, RENEWS, pair.id, ends if standing.reminded_at is not None else told_at)


async def _run_out(db: AsyncSession, pair: Relationship, standing: AgreedVersion) -> None:
    standing.ended_at = now(db)
    await db.flush()
    await touch(db, pair)
    emit(db, AgreementRanOut(match_id=pair.id, programme_id=pair.programme_id, cohort_id=pair.cohort_id))
    audit(db, SYSTEM, "agreement_ran_out", "relationship", pair.id)


async def renew_agreement(db: AsyncSession, by: Principal, mine: Access, expected: Precondition) -> Agreement:
    """Propose what everybody signed last once more, in the same words, and sign it for oneself; the others sign.

    AgreementNotFound where nothing was signed by all, or its words went with who wrote them; and what
    `propose_agreement` refuses.
    """
    mine.one_of_the_pair()
    last = next(iter(await queries.agreed_versions(db, mine.relationship.id)), None)
    if last is None:
        raise AgreementNotFound()
    terms = await unseal(db, last.proposed_by, last.terms_sealed)
    answers = json.loads(await unseal(db, last.proposed_by, last.answers_sealed) or "{}")
    if terms is None and not answers:
        raise AgreementNotFound()
    said = [NewAnswer(question=question, answer=answer) for question, answer in answers.items()]
    proposed = await propose_agreement(db, by, mine, NewAgreement(terms=terms, answers=said), expected)
    return await sign_agreement(db, by, mine, proposed.version)
