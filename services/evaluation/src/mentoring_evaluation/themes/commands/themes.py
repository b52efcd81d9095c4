"""Themes: named by people, found in texts by people, aligned to goals; likeness only suggests where to look."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.ids import new_id
from mentoring_evaluation.errors import GoalUnknown, TextUnknown, ThemeExists, WordingChanged
from mentoring_evaluation.interviews import queries as interviews
from mentoring_evaluation.interviews.models import InterviewText
from mentoring_evaluation.programmes.schemas import ByRole
from mentoring_evaluation.surveys.models import Comment
from mentoring_evaluation.surveys.queries_answers import comments_of_programme
from mentoring_evaluation.themes import priority, queries
from mentoring_evaluation.themes.models import Coding, Goal, Theme, ThemeGoal
from mentoring_evaluation.themes.schemas import (
    GoalView,
    NewTheme,
    SuggestedText,
    TextRef,
    TextView,
    ThemeChange,
    ThemeView,
)
from mentoring_evaluation.themes.similarity import nearest
from mentoring_evaluation.themes.wording import require_no_address

TextRow = sa.Row[Any, UUID, str]  # a quote or comment, whom its seal belongs to, the role of who said it
MOST_COMPARED = 2000
LEAST_ALIKE = 0.05


async def name_theme(db: AsyncSession, programme_id: UUID, new: NewTheme, by: Principal) -> Theme:
    """Keep a theme. ThemeExists."""
    values = {"id": new_id(), "programme_id": programme_id, "title": new.title, "description": new.description}
    added = await db.scalar(insert(Theme).values(values).on_conflict_do_nothing().returning(Theme.id))
    if added is None:
        raise ThemeExists()
    audit(db, by.subject, "name_theme", "theme", added)
    return await queries.theme(db, added)


async def change_theme(db: AsyncSession, theme: Theme, change: ThemeChange, by: Principal) -> Theme:
    """Rename, judge or align a theme. ThemeExists, GoalUnknown."""
    given = change.model_dump(exclude_none=True, exclude={"goal_ids"})
    if "title" in given and await queries.is_title_taken(db, theme, given["title"]):
        raise ThemeExists()
    if {"title", "description"} & set(given) or change.goal_ids is not None:
        await db.refresh(theme, with_for_update=True)
        theme.wording_version, theme.wording_approved_at = theme.wording_version + 1, None
    for name, value in given.items():
        setattr(theme, name, value)
    if change.goal_ids is not None:
        await _align(db, theme, change.goal_ids)
    await db.flush()
    audit(db, by.subject, "change_theme", "theme", theme.id)
    return theme


async def approve_theme(db: AsyncSession, theme: Theme, version: int, by: Principal) -> Theme:
    """Let title, description and goals, as they were read, stand in reports that leave the organisation.

    WordingChanged, WordingHasAddress.
    """
    goals = (await queries.goals_of_themes(db, [theme.id])).get(theme.id, [])
    require_no_address(theme.title, theme.description, *(goal.title for goal in goals))
    read = sa.update(Theme).where(Theme.id == theme.id, Theme.wording_version == version)
    approved: Theme | None = await db.scalar(
        read.values(wording_approved_at=now(db)).returning(Theme), execution_options={"populate_existing": True}
    )
    if approved is None:
        raise WordingChanged(
            f"it is at wording_version {theme.wording_version}: that member counts, not `version`",
            version=theme.wording_version, wording_version=theme.wording_version,
        )  # fmt: skip
    audit(db, by.subject, "approve_wording", "theme", theme.id)
    return approved


async def code_texts(db: AsyncSession, theme: Theme, texts: Sequence[TextRef], by: Principal) -> None:
    """A person found the theme in these texts; once each. TextUnknown."""
    quotes = {ref.quote_id for ref in texts if ref.quote_id}
    comments = {ref.comment_id for ref in texts if ref.comment_id}
    known = await _known(db, theme.programme_id, quotes, comments)
    if known != quotes | comments:
        raise TextUnknown()
    rows = [
        {"tenant_id": tenant_of(db), "id": new_id(), "theme_id": theme.id, "coded_at": now(db),
         "quote_id": ref.quote_id, "comment_id": ref.comment_id}
        for ref in texts
    ]  # fmt: skip
    await db.execute(insert(Coding).values(rows).on_conflict_do_nothing())
    audit(db, by.subject, "code_texts", "theme", theme.id)


async def uncode_text(db: AsyncSession, theme: Theme, text_id: UUID, by: Principal) -> None:
    """The theme is not in this text after all. CodingNotFound."""
    await db.delete(await queries.coding(db, theme.id, text_id))
    audit(db, by.subject, "uncode_text", "theme", theme.id)


async def theme_views(db: AsyncSession, themes: Sequence[Theme]) -> list[ThemeView]:
    """Themes with their goals and counts, the first to act on first."""
    ids = [theme.id for theme in themes]
    goals, counted = await queries.goals_of_themes(db, ids), await queries.texts_of_themes(db, ids)
    views = [_view(theme, goals.get(theme.id, []), counted) for theme in themes]
    return sorted(views, key=lambda v: priority.order(_judged(v)))


async def read_texts(db: AsyncSession, rows: Sequence[TextRow], by: Principal, programme_id: UUID) -> list[TextView]:
    """Quotes or comments in clear with their themes; reading them is audited."""
    audit(db, by.subject, "read_texts", "programme", programme_id)
    themes = await queries.themes_of_texts(db, [row[0].id for row in rows])
    return [_text(row, await vault.unseal(db, row[1], row[0].sealed), themes.get(row[0].id, [])) for row in rows]


async def suggestions(db: AsyncSession, theme: Theme, limit: int, by: Principal) -> list[SuggestedText]:
    """The texts without the theme that are most like those with it, or like its title and description."""
    texts = await _all_texts(db, theme.programme_id, by)
    coded = [text for text in texts if theme.id in text.theme_ids]
    others = [text for text in texts if theme.id not in text.theme_ids]
    examples = [f"{theme.title}. {theme.description}", *(text.text for text in coded)]
    if not others:
        return []
    scores, like = await asyncio.to_thread(nearest, examples, [text.text for text in others])
    best = [int(index) for index in (-scores).argsort(kind="stable")[:limit] if scores[index] >= LEAST_ALIKE]
    return [
        SuggestedText(text=others[i], similarity=round(float(scores[i]), 3), like=examples[int(like[i])]) for i in best
    ]


async def _all_texts(db: AsyncSession, programme_id: UUID, by: Principal) -> list[TextView]:
    quotes = (await db.execute(interviews.quotes(programme_id).limit(MOST_COMPARED))).all()
    comments = (await db.execute(comments_of_programme(programme_id).limit(MOST_COMPARED))).all()
    return await read_texts(db, [*quotes, *comments], by, programme_id)


async def _known(db: AsyncSession, programme_id: UUID, quotes: set[UUID], comments: set[UUID]) -> set[UUID]:
    found = await db.execute(interviews.quotes(programme_id).where(InterviewText.id.in_(quotes)))
    more = await db.execute(comments_of_programme(programme_id).where(Comment.id.in_(comments)))
    return {row[0].id for row in (*found, *more)}


async def _align(db: AsyncSession, theme: Theme, goal_ids: Sequence[UUID]) -> None:
    wanted = set(goal_ids)
    known = set((await db.scalars(queries.goals(theme.programme_id).where(Goal.id.in_(wanted)))).all())
    if len(known) < len(wanted):
        raise GoalUnknown()
    await db.execute(sa.delete(ThemeGoal).where(ThemeGoal.theme_id == theme.id))
    db.add_all([ThemeGoal(theme_id=theme.id, goal_id=goal_id) for goal_id in sorted(wanted)])


def _text(row: TextRow, text: str, theme_ids: list[UUID]) -> TextView:
    kept, _, role = row
    is_quote = isinstance(kept, InterviewText)
    return TextView(
        quote_id=kept.id if is_quote else None,
        comment_id=None if is_quote else kept.id,
        role=role,
        question=None if is_quote else kept.question,
        text=text,
        theme_ids=theme_ids,
    )


def _view(theme: Theme, goals: Sequence[Goal], counted: dict[tuple[UUID, str], int]) -> ThemeView:
    return ThemeView(
        id=theme.id,
        version=theme.version,
        programme_id=theme.programme_id,
        title=theme.title,
        description=theme.description,
        impact=theme.impact,
        effort=theme.effort,
        wording_version=theme.wording_version,
        wording_approved_at=theme.wording_approved_at,
        priority=priority.band(theme.impact, theme.effort),
        goals=[GoalView.model_validate(goal) for goal in goals],
        texts=ByRole(mentor=counted.get((theme.id, "mentor"), 0), mentee=counted.get((theme.id, "mentee"), 0)),
    )


def _judged(view: ThemeView) -> priority.Judged:
    return priority.Judged(view.title, view.impact, view.effort, view.texts.mentor + view.texts.mentee)


async def add_goal(db: AsyncSession, programme_id: UUID, title: str, of: str) -> UUID | None:
    """Keep a goal; None if the programme has it already."""
    values = {"id": new_id(), "programme_id": programme_id, "title": title, "of": of}
    added: UUID | None = await db.scalar(insert(Goal).values(values).on_conflict_do_nothing().returning(Goal.id))
    return added
