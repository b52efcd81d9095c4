"""Concerns as answers: the reading of another's is audited."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.concerns.models import CaseNote, Concern
from mentoring_sessions.concerns.schemas import (
    CaseNoteStateView,
    CaseNoteView,
    ConcernMember,
    ConcernStateView,
    ConcernView,
)
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.models import Member
from mentoring_sessions.relationships.sealed import unseal_many
from mentoring_sessions.relationships.views import audit_reading


async def concerns(db: AsyncSession, by: Principal, rows: Sequence[Concern]) -> list[ConcernView]:
    """Concerns that the caller may read."""
    texts = await unseal_many(db, [(row.raised_by, row.text_sealed) for row in rows])
    # Who reads it for the team need not read relationships: they learn here whom it is about.
    others = {row.relationship_id for row in rows if row.raised_by != by.person}
    members = await relationships.members(db, others, also_past=True) if others else {}
    return [
        _concern(db, by, row, text, members.get(row.relationship_id) if row.raised_by != by.person else None)
        for row, text in zip(rows, texts, strict=True)
    ]


def _concern(
    db: AsyncSession, by: Principal, row: Concern, text: str | None, members: Sequence[Member] | None
) -> ConcernView:
    audit_reading(db, by, row.raised_by, "concern", row.id)
    state = ConcernStateView.model_validate(row)
    shown = None if members is None else [ConcernMember.model_validate(member) for member in members]
    return ConcernView.model_validate(
        state.model_dump(by_alias=False) | {"relationship_id": state.match_id, "text": text, "members": shown}
    )


async def case_notes(db: AsyncSession, by: Principal, rows: Sequence[CaseNote]) -> list[CaseNoteView]:
    """Notes on a concern that the caller may read."""
    texts = await unseal_many(db, [(row.written_by, row.text_sealed) for row in rows])
    for row in rows:
        audit_reading(db, by, row.written_by, "case_note", row.id)
    return [
        CaseNoteView(**CaseNoteStateView.model_validate(row).model_dump(), text=text)
        for row, text in zip(rows, texts, strict=True)
    ]
