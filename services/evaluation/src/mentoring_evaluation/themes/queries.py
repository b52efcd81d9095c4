"""The SELECTs of goals, themes, codings and recommendations."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.words import Side
from mentoring_evaluation.errors import CodingNotFound, DecisionNotFound, RecommendationNotFound, ThemeNotFound
from mentoring_evaluation.interviews.models import Interview, InterviewText
from mentoring_evaluation.interviews.queries import quotes
from mentoring_evaluation.programmes.models import Application
from mentoring_evaluation.surveys import queries_answers
from mentoring_evaluation.themes.models import (
    Coding,
    Decision,
    DecisionAttendee,
    FollowUp,
    Goal,
    Recommendation,
    Theme,
    ThemeGoal,
)


def goals(programme_id: UUID) -> sa.Select[Goal]:
    """The goals of a programme."""
    return sa.select(Goal).where(Goal.programme_id == programme_id)


async def goals_of_themes(db: AsyncSession, theme_ids: Sequence[UUID]) -> dict[UUID, list[Goal]]:
    """The goals each theme bears on."""
    rows = sa.select(ThemeGoal.theme_id, Goal).join(Goal, ThemeGoal.goal_id == Goal.id)
    found: dict[UUID, list[Goal]] = defaultdict(list)
    for theme_id, goal in await db.execute(rows.where(ThemeGoal.theme_id.in_(theme_ids)).order_by(Goal.id)):
        found[theme_id].append(goal)
    return found


async def theme(db: AsyncSession, theme_id: UUID) -> Theme:
    """The theme; ThemeNotFound."""
    found = await db.scalar(sa.select(Theme).where(Theme.id == theme_id))
    if found is None:
        raise ThemeNotFound()
    return found


async def is_title_taken(db: AsyncSession, theme: Theme, title: str) -> bool:
    """Whether another theme of the programme has the title."""
    same = sa.select(Theme.id).where(Theme.programme_id == theme.programme_id, Theme.title == title)
    return await db.scalar(same.where(Theme.id != theme.id)) is not None


async def themes(db: AsyncSession, programme_id: UUID) -> Sequence[Theme]:
    """All themes of a programme."""
    return (await db.scalars(sa.select(Theme).where(Theme.programme_id == programme_id).order_by(Theme.id))).all()


async def texts_of_themes(db: AsyncSession, theme_ids: Sequence[UUID]) -> dict[tuple[UUID, str], int]:
    """In how many texts people found each theme, by the role of who said it."""
    comments = queries_answers.readable_comments()
    comment = comments.c
    role = sa.func.coalesce(Interview.role, comment.role)
    counted = sa.select(Coding.theme_id, role, sa.func.count()).where(Coding.theme_id.in_(theme_ids))
    counted = counted.outerjoin(InterviewText, Coding.quote_id == InterviewText.id)
    counted = counted.outerjoin(Interview, InterviewText.interview_id == Interview.id)
    counted = counted.outerjoin(comments, Coding.comment_id == comment.id).where(role.is_not(None))
    rows = await db.execute(counted.group_by(Coding.theme_id, role))
    return {(theme_id, role): number for theme_id, role, number in rows}


# Side of who said it, the interview or wave it is of, the question (None: a quote), and how many texts.
TextCount = tuple[Side, UUID, str | None, int]


async def coded_texts(db: AsyncSession, theme_ids: Sequence[UUID]) -> dict[UUID, list[TextCount]]:
    """The texts in which people found each theme, counted by what they are of."""
    comments = queries_answers.readable_comments()
    comment = comments.c
    of = (sa.func.coalesce(Interview.role, comment.role), sa.func.coalesce(Interview.id, comment.wave_id))
    counted = sa.select(Coding.theme_id, *of, comment.question, sa.func.count()).where(Coding.theme_id.in_(theme_ids))
    counted = counted.outerjoin(InterviewText, Coding.quote_id == InterviewText.id)
    counted = counted.outerjoin(Interview, InterviewText.interview_id == Interview.id)
    counted = counted.outerjoin(comments, Coding.comment_id == comment.id).where(of[0].is_not(None))
    found: dict[UUID, list[TextCount]] = defaultdict(list)
    for theme_id, *count in await db.execute(counted.group_by(Coding.theme_id, *of, comment.question)):
        found[theme_id].append(tuple(count))
    return found


async def open_to_coding(db: AsyncSession, programme_id: UUID) -> list[TextCount]:
    """All texts that people may find themes in, counted the same way."""
    of_quotes = (Interview.role, Interview.id)
    said = quotes(programme_id).with_only_columns(*of_quotes, sa.null(), sa.func.count()).group_by(*of_quotes)
    in_quotes = await db.execute(said)
    in_comments = await db.execute(queries_answers.comment_counts(programme_id))
    return [tuple(row) for row in (*in_quotes, *in_comments)]


async def themes_of_texts(db: AsyncSession, text_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The themes people found in each quote or comment."""
    text = sa.func.coalesce(Coding.quote_id, Coding.comment_id)
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for text_id, theme_id in await db.execute(
        sa.select(text, Coding.theme_id).where(text.in_(text_ids)).order_by(Coding.theme_id)
    ):
        found[text_id].append(theme_id)
    return found


async def coding(db: AsyncSession, theme_id: UUID, text_id: UUID) -> Coding:
    """The theme's coding of a text; CodingNotFound."""
    of_text = sa.func.coalesce(Coding.quote_id, Coding.comment_id) == text_id
    found = await db.scalar(sa.select(Coding).where(Coding.theme_id == theme_id, of_text))
    if found is None:
        raise CodingNotFound()
    return found


async def recommendation(db: AsyncSession, recommendation_id: UUID) -> Recommendation:
    """The recommendation; RecommendationNotFound."""
    found = await db.scalar(sa.select(Recommendation).where(Recommendation.id == recommendation_id))
    if found is None:
        raise RecommendationNotFound()
    return found


def recommendations(programme_id: UUID, owner_id: UUID | None, overdue: bool | None) -> sa.Select[Recommendation]:
    """The recommendations of a programme, of one owner, overdue or not."""
    rows = sa.select(Recommendation).where(Recommendation.programme_id == programme_id)
    rows = rows.where(Recommendation.owner_id == owner_id) if owner_id else rows
    return rows if overdue is None else rows.where(Recommendation.overdue.is_(overdue))


async def decision(db: AsyncSession, decision_id: UUID) -> Decision:
    """The decision; DecisionNotFound."""
    found = await db.scalar(sa.select(Decision).where(Decision.id == decision_id))
    if found is None:
        raise DecisionNotFound()
    return found


def decisions(programme_id: UUID) -> sa.Select[Decision]:
    """The decisions of a programme's committees."""
    return sa.select(Decision).where(Decision.programme_id == programme_id)


async def attendees(db: AsyncSession, decision_ids: Sequence[UUID]) -> dict[UUID, list[DecisionAttendee]]:
    """Who attended when each was decided, in order."""
    found: dict[UUID, list[DecisionAttendee]] = defaultdict(list)
    rows = sa.select(DecisionAttendee).where(DecisionAttendee.decision_id.in_(decision_ids))
    for row in await db.scalars(rows.order_by(DecisionAttendee.id)):
        found[row.decision_id].append(row)
    return found


async def is_of_programme(db: AsyncSession, programme_id: UUID, about: str, about_id: UUID) -> bool:
    """Whether a theme, recommendation or application is one of the programme's."""
    tables: dict[str, type[Theme] | type[Recommendation] | type[Application]]
    tables = {"theme": Theme, "recommendation": Recommendation, "application": Application}
    table = tables[about]
    row = sa.select(table.id).where(table.id == about_id, table.programme_id == programme_id)
    return await db.scalar(row) is not None


async def follow_ups(db: AsyncSession, recommendation_id: UUID) -> Sequence[FollowUp]:
    """What was reported of a recommendation, in order."""
    rows = sa.select(FollowUp).where(FollowUp.recommendation_id == recommendation_id)
    return (await db.scalars(rows.order_by(FollowUp.id))).all()


async def follow_ups_of(db: AsyncSession, recommendation_ids: Sequence[UUID]) -> dict[UUID, list[FollowUp]]:
    """What was reported of each recommendation, in order."""
    found: dict[UUID, list[FollowUp]] = defaultdict(list)
    rows = sa.select(FollowUp).where(FollowUp.recommendation_id.in_(recommendation_ids))
    for row in await db.scalars(rows.order_by(FollowUp.id)):
        found[row.recommendation_id].append(row)
    return found
