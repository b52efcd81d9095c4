"""Respondents beyond the pair: named, agreed to, forgotten."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import Reader, Writer, is_team
from mentoring_evaluation.surveys import queries
from mentoring_evaluation.surveys.commands import respondents as commands
from mentoring_evaluation.surveys.models import Respondent
from mentoring_evaluation.surveys.schemas import NewRespondent, RespondentStateView, RespondentView

router = APIRouter(route_class=Route, tags=["respondents"])
_state = RespondentStateView.model_validate


@router.post("/programmes/{programme_id}/respondents", status_code=201)
async def name_respondent(programme_id: UUID, new: NewRespondent, by: Writer, db: Db) -> RespondentStateView:
    """Name somebody whom surveys ask, by link. A member names their own; the team those of the programme, and of
    members, who agree before anybody is asked."""
    programme = await programmes.programme(db, programme_id)
    return _state(await commands.name_respondent(db, programme, new, by))


@router.get("/programmes/{programme_id}/respondents")
async def list_respondents(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[RespondentView]:
    """Who is asked beyond the pairs: all of them for the programme team, one's own for a member."""
    await programmes.programme(db, programme_id)
    team = await is_team(db, by, programme_id)
    rows = queries.respondents(programme_id, None if team else by.person_id)
    shown, following = await page(db, rows, Respondent.id, cursor, limit)
    return Page(items=await _views(db, shown), next_cursor=following)


@router.post("/respondents/{respondent_id}/agree")
async def agree_to_respondent(respondent_id: UUID, by: Writer, db: Db) -> RespondentStateView:
    """Agree that somebody whom the team named is asked about oneself."""
    return _state(await commands.agree(db, await queries.respondent(db, respondent_id), by))


@router.delete("/respondents/{respondent_id}", status_code=204)
async def forget_respondent(respondent_id: UUID, by: Writer, db: Db) -> None:
    """Nobody asks them any more, and name and address are gone; by the member, or the team."""
    await commands.forget_respondent(db, await queries.respondent(db, respondent_id), by)


async def _views(db: AsyncSession, rows: Sequence[Respondent]) -> list[RespondentView]:
    known = await commands.contacts(db, [row.id for row in rows])
    return [
        RespondentView(**_state(row).model_dump(), name=known[row.id].name, email=known[row.id].email) for row in rows
    ]
