"""Propose and sign the agreement of a relationship."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.errors import PreconditionRequired
from mentoring_common.outbox import emit
from mentoring_common.versions import Precondition, touch
from mentoring_contracts.sessions import AgreementSigned
from mentoring_sessions.agreements import queries
from mentoring_sessions.agreements.models import Agreement
from mentoring_sessions.agreements.schemas import NewAgreement
from mentoring_sessions.errors import AgreementChanged, AgreementNotMade, AgreementStands, AlreadySigned
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.commands.notices import tell_others
from mentoring_sessions.relationships.models import Member, Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import seal


async def propose_agreement(
    db: AsyncSession, by: Principal, mine: Access, new: NewAgreement, expected: Precondition
) -> Agreement:
    """Propose terms, or other ones: signatures fall away. AgreementStands once everybody has signed.

    Whoever replaces a proposal says which (PreconditionRequired). AgreementNotMade in kinds that make none.
    """
    person_id, _ = mine.one_of_the_pair()
    mine.require_open()
    if not (await relationships.kind(db, mine.relationship)).agreement:
        raise AgreementNotMade()
    values: dict[str, Any] = {
        "proposed_by": person_id,
        "proposed_at": now(db),
        "terms_sealed": await seal(db, person_id, new.terms),
    }
    proposal = insert(Agreement).values(id=mine.relationship.id, version=1, **values)
    before = await queries.proposed_agreement(db, mine.relationship.id)
    if before is None:
        await _propose_first(db, proposal, expected)
    else:
        expected.require()
        await expected.hold(db, before)
        before = await queries.agreement_locked(db, before.id)
        if await whole(db, before):
            raise AgreementStands()
        again = sa.update(Agreement).where(Agreement.id == before.id)
        await db.execute(again.values(values | {"version": Agreement.version + 1}))
    await touch(db, mine.relationship)
    audit(db, by.subject, "propose_agreement", "relationship", mine.relationship.id)
    proposed = await queries.agreement(db, mine.relationship.id)
    await tell_others(db, mine.relationship, person_id, "agreement_to_sign", proposed.version)
    return proposed


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
        emit(db, AgreementSigned(match_id=pair.id, programme_id=pair.programme_id, cohort_id=pair.cohort_id))
