"""Agreements as answers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_sessions.agreements import queries
from mentoring_sessions.agreements.models import Agreement
from mentoring_sessions.agreements.schemas import AgreementStateView, AgreementView
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.models import Member, Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import unseal


def signatures(row: Relationship, agreement: Agreement | None, members: Sequence[Member]) -> dict[str, Any]:
    """Who signed the agreement as it stands, and the two of a pair under their names."""
    signed = [m for m in members if agreement is not None and m.signed_version == agreement.version]
    when = {member.person_id: member.signed_at for member in signed}
    return {
        "mentor_signed_at": when.get(row.mentor_id) if row.mentor_id else None,
        "mentee_signed_at": when.get(row.mentee_id) if row.mentee_id else None,
        "signatures": [{"person_id": m.person_id, "signed_at": m.signed_at} for m in signed],
        "signed_by_all": bool(signed) and len(signed) == len(members),
    }


async def agreement_state(db: AsyncSession, row: Agreement, pair: Relationship) -> AgreementStateView:
    """The agreement without its terms."""
    members = (await relationships.members(db, [pair.id]))[pair.id]
    names = ("version", "revision", "proposed_by", "proposed_at")
    return AgreementStateView(**{name: getattr(row, name) for name in names}, **signatures(pair, row, members))


async def agreement(db: AsyncSession, mine: Access) -> AgreementView:
    """The agreement with its terms; NotForYou for who may not read them."""
    mine.require_shared()
    row = await queries.agreement(db, mine.relationship.id)
    terms = await unseal(db, row.proposed_by, row.terms_sealed)
    state = await agreement_state(db, row, mine.relationship)
    return AgreementView(**state.model_dump(), terms=terms)
