"""The first stage: short conversations, rated by both sides."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.ids import new_id
from mentoring_common.vault import seal
from mentoring_matching.engine import Pair
from mentoring_matching.errors import ConversationOver, NotYourConversation
from mentoring_matching.models import Cohort, Conversation


async def propose_conversations(
    db: AsyncSession, cohort: Cohort, pairs: Iterable[Pair], days: int, by: Principal
) -> list[Conversation]:
    """Keep the conversations, to be held and rated within so many days; those that exist stay as they are."""
    audit(db, by.subject, "propose_conversations", "cohort", cohort.id)
    at = now(db)
    shared = {
        "tenant_id": tenant_of(db), "programme_id": cohort.programme_id, "cohort_id": cohort.id, "proposed_at": at,
        "due_at": at + timedelta(days=days),
    }  # fmt: skip
    rows = [
        shared | {"id": new_id(), "mentor_id": UUID(p.mentor_id), "mentee_id": UUID(p.mentee_id), "score": p.score}
        for p in pairs
    ]
    if not rows:
        return []
    made = insert(Conversation).on_conflict_do_nothing().returning(Conversation)
    return list((await db.scalars(made, rows)).all())


async def rate_conversation(
    db: AsyncSession, conversation: Conversation, by: Principal, rating: int, comment: str | None
) -> Conversation:
    """Keep the caller's rating (1..5) and sealed comment; NotYourConversation, or ConversationOver once it is due."""
    if by.subject not in (str(conversation.mentor_id), str(conversation.mentee_id)):
        raise NotYourConversation()
    side = "mentor" if by.subject == str(conversation.mentor_id) else "mentee"
    sealed = await seal(db, by.person_id, comment) if comment else None
    open_ = (Conversation.id == conversation.id, Conversation.due_at > now(db))
    rated = sa.update(Conversation).where(*open_).values({f"{side}_rating": rating, f"{side}_comment": sealed})
    found: Conversation | None = await db.scalar(
        rated.returning(Conversation), execution_options={"populate_existing": True}
    )
    if found is None:
        raise ConversationOver(due_at=conversation.due_at.isoformat())
    return found
