"""Tell those in a relationship what another of them did."""

from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.outbox import emit
from mentoring_contracts.sessions import RelationshipNoticeDue
from mentoring_sessions.relationships import queries
from mentoring_sessions.relationships.models import Relationship

What = Literal[
    "break_begun",
    "break_over",
    "agreement_to_sign",
    "signature_withdrawn",
    "meeting_to_confirm",
    "meeting_corrected",
    "meeting_withdrawn",
    "lead_changed",
    "notes_opened",
    "relationship_closed",
]


async def tell_others(
    db: AsyncSession, pair: Relationship, by: UUID | None, what: What, number: int, meeting_id: UUID | None = None
) -> None:
    """Tell everybody in the relationship but who did it; the `number`th time that it is told."""
    ids = {"match_id": pair.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}
    said = {"what": what, "number": number, "mentoring_session_id": meeting_id}
    for member in (await queries.members(db, [pair.id]))[pair.id]:
        if member.person_id != by:
            emit(db, RelationshipNoticeDue.model_validate(ids | said | {"person_id": member.person_id}))
