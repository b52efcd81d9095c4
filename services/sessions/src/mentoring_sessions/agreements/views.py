"""Agreements as answers."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.blueprint.text import in_language
from mentoring_sessions.agreements import queries
from mentoring_sessions.agreements.models import AgreedVersion, Agreement
from mentoring_sessions.agreements.renewal import runs_out_at
from mentoring_sessions.agreements.schemas import (
    AgreedVersionView,
    AgreementAnswerView,
    AgreementQuestionView,
    AgreementStateView,
    AgreementView,
)
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.models import Member, Programme, Relationship
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
    said = signatures(pair, row, members)
    standing = await queries.standing(db, pair.id)
    version = standing.version if standing is not None else None
    if version is None and said["signed_by_all"] and not await queries.agreed_versions(db, pair.id):
        version = row.version  # signed by all before versions were kept
    runs_out = runs_out_at(standing, pair.paused_days) if standing is not None else None
    known = {name: getattr(row, name) for name in names}
    return AgreementStateView(**known, **said, standing_version=version, runs_out_at=runs_out)


def questions(programme: Programme, wanted: Sequence[str]) -> list[AgreementQuestionView]:
    """What agreements of a programme answer, in these languages."""
    return [
        AgreementQuestionView(id=one["id"], text=in_language(one["text"], wanted, programme.languages))
        for one in programme.agreement.get("questions", ())
    ]


async def _answers(
    db: AsyncSession, row: Agreement | AgreedVersion, asked: Sequence[AgreementQuestionView]
) -> list[AgreementAnswerView]:
    """The answers of an agreement in the programme's order, then those to what it asks no more."""
    said: dict[str, str] = json.loads(await unseal(db, row.proposed_by, row.answers_sealed) or "{}")
    texts = {one.id: one.text for one in asked}
    order = [*(id_ for id_ in texts if id_ in said), *(id_ for id_ in said if id_ not in texts)]
    return [AgreementAnswerView(question=id_, text=texts.get(id_, id_), answer=said[id_]) for id_ in order]


async def agreed_versions(db: AsyncSession, mine: Access, wanted: Sequence[str]) -> list[AgreedVersionView]:
    """The versions that everybody signed; NotForYou for who may not read them."""
    mine.require_shared()
    asked = questions(await relationships.programme(db, mine.relationship.programme_id), wanted)
    names = ("version", "proposed_by", "agreed_at", "ended_at")
    return [
        AgreedVersionView(
            **{name: getattr(row, name) for name in names},
            terms=await unseal(db, row.proposed_by, row.terms_sealed),
            answers=await _answers(db, row, asked),
        )
        for row in await queries.agreed_versions(db, mine.relationship.id)
    ]


async def agreement(db: AsyncSession, mine: Access, wanted: Sequence[str]) -> AgreementView:
    """The agreement with its terms and answers; NotForYou for who may not read them."""
    mine.require_shared()
    row = await queries.agreement(db, mine.relationship.id)
    terms = await unseal(db, row.proposed_by, row.terms_sealed)
    state = await agreement_state(db, row, mine.relationship)
    asked = questions(await relationships.programme(db, mine.relationship.programme_id), wanted)
    return AgreementView(**state.model_dump(), terms=terms, answers=await _answers(db, row, asked))
