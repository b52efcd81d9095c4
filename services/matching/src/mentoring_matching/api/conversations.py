"""The REST API of the matching service: conversations before the final run."""

import asyncio
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.db import tenant_of
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Phases, Route
from mentoring_common.vault import unseal
from mentoring_common.versions import IfMatch
from mentoring_matching import queries
from mentoring_matching.access import open_cohort, require_part
from mentoring_matching.api.callers import Reader, Writer
from mentoring_matching.commands import conversations as commands
from mentoring_matching.errors import ConversationsNotPlanned
from mentoring_matching.models import Conversation
from mentoring_matching.pairs import check_size
from mentoring_matching.proposals import conversations
from mentoring_matching.questions import question_now
from mentoring_matching.schemas import ConversationsView, ConversationView, Rating

router = APIRouter(route_class=Route, tags=["conversations"])


@router.post("/cohorts/{cohort_id}/conversations", status_code=201)
async def propose_conversations(cohort_id: UUID, by: Writer, work: Phases) -> ConversationsView:
    """Propose to every mentee as many first conversations as the policy says; asked again, those who lack some."""
    async with work.transaction() as db:
        await open_cohort(db, by, cohort_id)
        question = await question_now(db, cohort_id)
        had = {(str(c.mentor_id), str(c.mentee_id)) for c in await queries.all_conversations(db, cohort_id)}
    planned = question.terms.conversations
    if planned is None:
        raise ConversationsNotPlanned()
    check_size(question)
    pairs = await asyncio.to_thread(conversations, question, planned.per_mentee, had)
    db = await work.final()
    cohort = await open_cohort(db, by, cohort_id)
    made = await commands.propose_conversations(db, cohort, pairs, planned.days, by)
    talking = {mentee for _, mentee in had} | {pair.mentee_id for pair in pairs}
    without = sum(c.role == "mentee" and str(c.person_id) not in talking for c in question.candidates)
    return ConversationsView(proposed=len(made), mentees_without=without)


@router.get("/conversations")
async def list_conversations(
    by: Reader, db: Db, cohort_id: UUID | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[ConversationView]:
    """Your own conversations, or those of cohorts whose team you belong to."""
    rows = queries.visible_conversations(by, tenant_of(db))
    mine = queries.conversations_of(by)
    if cohort_id is not None:
        rows, mine = (found.where(Conversation.cohort_id == cohort_id) for found in (rows, mine))
    await require_part(db, by, mine, None, cohort_id, narrowed=cohort_id is not None)
    shown, following = await page(db, rows, Conversation.id, cursor, limit)
    return Page(items=[await _view(db, row, by) for row in shown], next_cursor=following)


@router.post("/conversations/{conversation_id}/rating")
async def rate_conversation(
    conversation_id: UUID, rating: Rating, by: Writer, db: Db, expected: IfMatch
) -> ConversationView:
    """Say how it went, 1 (not at all) to 5; nobody but you reads the comment, and never the other what you gave."""
    found = await queries.visible_conversation(db, by, conversation_id)
    await expected.hold(db, found)
    return await _view(db, await commands.rate_conversation(db, found, by, rating.rating, rating.comment), by)


async def _view(db: AsyncSession, row: Conversation, by: Principal) -> ConversationView:
    """One's own rating and comment for the two, also where one of them belongs to the team; both ratings for others."""
    view = ConversationView.model_validate(row)
    for side in ("mentor", "mentee"):
        if by.subject == str(getattr(row, f"{side}_id")):
            sealed = getattr(row, f"{side}_comment")
            comment = await unseal(db, by.person_id, sealed) if sealed else None
            own = {"my_rating": getattr(row, f"{side}_rating"), "my_comment": comment}
            return view.model_copy(update=own | {"mentor_rating": None, "mentee_rating": None})
    return view
