"""Goals, themes and the texts that people find them in."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.pagination import Cursor, Limit, Page, Place, page, page_of
from mentoring_common.roles import require_right
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired, touch
from mentoring_evaluation.errors import GoalExists
from mentoring_evaluation.interviews import queries as interviews
from mentoring_evaluation.interviews.models import InterviewText
from mentoring_evaluation.interviews.schemas import WordingApproval
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import (
    APPROVERS,
    READERS,
    TEAM,
    Reader,
    Writer,
    require_own_right,
    require_team,
)
from mentoring_evaluation.surveys import queries_answers
from mentoring_evaluation.surveys.models import Comment
from mentoring_evaluation.themes import queries
from mentoring_evaluation.themes.commands import themes
from mentoring_evaluation.themes.models import Goal, Theme
from mentoring_evaluation.themes.priority import RULE
from mentoring_evaluation.themes.schemas import (
    GoalView,
    NewCodings,
    NewGoal,
    NewTheme,
    SuggestionsView,
    TextView,
    ThemeChange,
    ThemesView,
    ThemeView,
)

router = APIRouter(route_class=Route, tags=["themes"])
STATEMENT = "Ordered by likeness of the words alone. Whether a text has the theme is for a person to say."


@router.get("/programmes/{programme_id}/goals")
async def list_goals(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[GoalView]:
    """Aims of the programme and goals of the organisation. For the programme team and the steering group."""
    await programmes.programme(db, programme_id)
    await require_right(db, by, programme_id, *READERS)
    shown, following = await page(db, queries.goals(programme_id), Goal.id, cursor, limit)
    return page_of(shown, following, GoalView.model_validate)


@router.post("/programmes/{programme_id}/goals", status_code=201)
async def add_goal(programme_id: UUID, new: NewGoal, by: Writer, db: Db) -> GoalView:
    """Record a goal that themes can be aligned to. For the programme team."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    goal_id = await themes.add_goal(db, programme_id, new.title, new.of)
    if goal_id is None:
        raise GoalExists()
    return GoalView(id=goal_id, title=new.title, of=new.of)


@router.get("/programmes/{programme_id}/themes")
async def list_themes(programme_id: UUID, by: Reader, db: Db) -> ThemesView:
    """The themes, the first to act on first, with the rule. For the programme team."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    return ThemesView(rule=RULE, items=await themes.theme_views(db, await queries.themes(db, programme_id)))


@router.post("/programmes/{programme_id}/themes", status_code=201)
async def name_theme(programme_id: UUID, new: NewTheme, by: Writer, db: Db) -> ThemeView:
    """Name a theme. For the programme team."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    return (await themes.theme_views(db, [await themes.name_theme(db, programme_id, new, by)]))[0]


@router.get("/themes/{theme_id}")
async def read_theme(theme_id: UUID, by: Reader, db: Db) -> ThemeView:
    """One theme. For the programme team."""
    return (await themes.theme_views(db, [await _mine(db, theme_id, by)]))[0]


@router.patch("/themes/{theme_id}")
async def change_theme(theme_id: UUID, change: ThemeChange, by: Writer, db: Db, expected: IfMatchRequired) -> ThemeView:
    """Rename a theme, judge its impact and effort, align it to goals. For the programme team."""
    theme = await _mine(db, theme_id, by)
    await expected.hold(db, theme)
    return (await themes.theme_views(db, [await themes.change_theme(db, theme, change, by)]))[0]


@router.post("/themes/{theme_id}/approve")
async def approve_theme(theme_id: UUID, approval: WordingApproval, by: Writer, db: Db, expected: IfMatch) -> ThemeView:
    """Let the wording and goals that one has read stand in public and network reports; a change of them lapses it. For
    the programme manager."""
    theme = await queries.theme(db, theme_id)
    await require_right(db, by, theme.programme_id, *APPROVERS)
    await expected.hold(db, theme)
    return (await themes.theme_views(db, [await themes.approve_theme(db, theme, approval.read, by)]))[0]


@router.get("/programmes/{programme_id}/texts")
async def list_texts(
    programme_id: UUID, by: Reader, db: Db, kind: Annotated[Literal["quote", "comment"], Query()],
    cursor: Cursor = None, limit: Limit = 50,
) -> Page[TextView]:  # fmt: skip
    """Approved quotes, or free texts of closed waves, with the themes found in them; audited. Programme team only."""
    await programmes.programme(db, programme_id)
    await require_own_right(db, by, programme_id, *TEAM)
    of_kind = {
        "quote": (interviews.quotes, InterviewText.id),
        "comment": (queries_answers.comments_of_programme, Comment.id),
    }
    select, id_ = of_kind[kind]
    place = Place.of(cursor)
    found = (await db.execute(place.rows(select(programme_id), id_, limit))).all()
    shown, following = place.cut(found, limit, lambda row: row[0].id)
    return Page(items=await themes.read_texts(db, shown, by, programme_id), next_cursor=following)


@router.post("/themes/{theme_id}/codings")
async def code_texts(theme_id: UUID, new: NewCodings, by: Writer, db: Db, expected: IfMatch) -> ThemeView:
    """Say that texts have the theme; what was said before stays. For the programme team only."""
    theme = await _own(db, theme_id, by)
    await expected.hold(db, theme)
    await themes.code_texts(db, theme, new.texts, by)
    await touch(db, theme)
    return (await themes.theme_views(db, [theme]))[0]


@router.delete("/themes/{theme_id}/codings/{text_id}")
async def uncode_text(theme_id: UUID, text_id: UUID, by: Writer, db: Db, expected: IfMatch) -> ThemeView:
    """Say that a text has not got the theme after all. For the programme team only."""
    theme = await _own(db, theme_id, by)
    await expected.hold(db, theme)
    await themes.uncode_text(db, theme, text_id, by)
    await touch(db, theme)
    return (await themes.theme_views(db, [theme]))[0]


@router.get("/themes/{theme_id}/suggestions")
async def suggest_texts(theme_id: UUID, by: Reader, db: Db, limit: Limit = 20) -> SuggestionsView:
    """Texts that may have the theme; nothing is coded by it. Audited. For the programme team only."""
    theme = await _own(db, theme_id, by)
    return SuggestionsView(statement=STATEMENT, items=await themes.suggestions(db, theme, limit, by))


async def _mine(db: AsyncSession, theme_id: UUID, by: Principal) -> Theme:
    theme = await queries.theme(db, theme_id)
    await require_team(db, by, theme.programme_id)
    return theme


async def _own(db: AsyncSession, theme_id: UUID, by: Principal) -> Theme:
    """A theme of a programme that the caller runs: administrators of the organisation do not read texts."""
    theme = await queries.theme(db, theme_id)
    await require_own_right(db, by, theme.programme_id, *TEAM)
    return theme
