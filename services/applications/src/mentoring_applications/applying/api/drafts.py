"""Drafts of one's own applications; nobody else sees them."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.access import own_application
from mentoring_applications.applications.schemas import ApplicationView
from mentoring_applications.applying import queries
from mentoring_applications.applying.api import views
from mentoring_applications.applying.commands import drafts as commands
from mentoring_applications.applying.commands import submission
from mentoring_applications.applying.known import known_answers
from mentoring_applications.applying.models import Draft
from mentoring_applications.applying.schemas import (
    AnswersEdit,
    DraftContent,
    DraftSaved,
    DraftView,
    KnownAnswers,
    NewDraft,
    SubmittedDraft,
    SubmittedView,
)
from mentoring_applications.directory import queries as directory
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import Reader, Writer
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_contracts.words import Side

router = APIRouter(route_class=Route, tags=["drafts"])


@router.post("/programmes/{programme_id}/drafts", status_code=201)
async def save_draft(programme_id: UUID, new: NewDraft, by: Writer, db: Db) -> DraftSaved:
    """Begin one's application, as far as one has come; one draft for each round and role."""
    return await _saved(db, await commands.save_draft(db, programme_id, new, by))


@router.get("/programmes/{programme_id}/form/answers")
async def read_known_answers(programme_id: UUID, role: Side, by: Reader, db: Db) -> KnownAnswers:
    """What the form may be filled in with beforehand for the caller, and where each answer comes from."""
    plan = blueprint.plan_of(await programmes.programme(db, programme_id))
    known = await known_answers(db, plan, role, await directory.person(db, by.person_id))
    return KnownAnswers(answers=known)


@router.get("/drafts")
async def list_drafts(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[DraftSaved]:
    """One's own drafts, without what was written."""
    shown, following = await page(db, queries.drafts_of(by.person), Draft.id, cursor, limit)
    return page_of(shown, following, DraftSaved.model_validate)


@router.get("/drafts/{draft_id}")
async def read_draft(draft_id: UUID, by: Reader, db: Db) -> DraftView:
    """One's own draft, and what is still wrong or missing in it."""
    draft = await commands.own_draft(db, draft_id, by)
    content = await commands.opened(db, draft)
    written = content.model_dump() | {"faults": await commands.faults(db, draft, content)}
    return DraftView(**(await _saved(db, draft)).model_dump(), **written)


@router.put("/drafts/{draft_id}")
async def change_draft(
    draft_id: UUID, content: DraftContent, by: Writer, db: Db, expected: IfMatchRequired
) -> DraftSaved:
    """Write it anew, whole, until the window closes."""
    draft = await commands.own_draft(db, draft_id, by)
    await expected.hold(db, draft)
    return await _saved(db, await commands.change_draft(db, draft, content, by))


@router.post("/drafts/{draft_id}/submit", status_code=201)
async def submit_draft(
    draft_id: UUID, by: Writer, db: Db, expected: IfMatch, asked: SubmittedDraft | None = None
) -> SubmittedView:
    """Make the application of it; the draft is gone then. A body names who is asked to stand behind it."""
    draft = await commands.own_draft(db, draft_id, by)
    await expected.hold(db, draft)
    return views.submitted(await commands.submit_draft(db, draft, asked.nominator if asked else None, by))


@router.delete("/drafts/{draft_id}", status_code=204)
async def delete_draft(draft_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """Throw it away."""
    draft = await commands.own_draft(db, draft_id, by)
    await expected.hold(db, draft)
    await commands.delete_draft(db, draft, by)


@router.put("/applications/{application_id}/answers")
async def change_answers(
    application_id: UUID, edit: AnswersEdit, by: Writer, db: Db, expected: IfMatchRequired
) -> ApplicationView:
    """Change one's answers after submitting, whole, until the window closes, where the programme allows it."""
    application = await own_application(db, application_id, by)
    expected.compare(application.version)
    return ApplicationView.model_validate(await submission.change_answers(db, application, edit, by))


async def _saved(db: AsyncSession, draft: Draft) -> DraftSaved:
    plan = blueprint.plan_of(await programmes.programme(db, draft.programme_id))
    closes_at = await commands.closing(db, draft, plan)
    return DraftSaved.model_validate(draft).model_copy(update={"closes_at": closes_at})
