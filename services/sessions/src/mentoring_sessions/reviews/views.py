"""Reviews and last words as answers: the reading of what another wrote is audited."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import unseal
from mentoring_sessions.relationships.views import audit_reading
from mentoring_sessions.reviews import queries
from mentoring_sessions.reviews.models import Farewell, Review, ReviewAnswer
from mentoring_sessions.reviews.schemas import (
    FarewellStateView,
    FarewellsView,
    FarewellView,
    ForTeamView,
    FutureMentorView,
    LastWordsView,
    ReviewAnswerView,
    ReviewStateView,
    ReviewView,
)


async def reviews(db: AsyncSession, by: Principal, mine: Access, rows: Sequence[Review]) -> list[ReviewView]:
    """Reviews as the caller may read them."""
    said = await queries.answers(db, [row.id for row in rows])
    return [await _review(db, by, mine, row, [one for one in said if one.review_id == row.id]) for row in rows]


async def _review(
    db: AsyncSession, by: Principal, mine: Access, row: Review, said: Sequence[ReviewAnswer]
) -> ReviewView:
    team, own = mine.reads_of_pair, next((one for one in said if one.person_id == mine.person_id), None)
    waits = row.outcome is None and (row.answered >= row.asked or row.rematch_wished or row.answer_until <= now(db))
    # Where it is about whether they fit, an answer unlike one's own would say what the other wished.
    compared = "waiting" if row.differs is None else "differ" if row.differs else "agree"
    readable = row.plan_by is not None and (mine.side is not None or team)
    return ReviewView.model_validate(
        ReviewStateView.model_validate(row).model_dump()
        | {
            "relationship_id": row.relationship_id,
            "answers": compared if team or row.kind != "fit_check" else None,
            "rematch_wished": row.rematch_wished if team else None,
            "awaits_team": waits if team else None,
            "mine": await _own(db, own) if own is not None else None,
            "for_team": await _for_team(db, by, said) if team else None,
            "plan": await unseal(db, row.plan_by, row.plan_sealed) if readable and row.plan_by else None,
        }
    )


async def _own(db: AsyncSession, row: ReviewAnswer) -> ReviewAnswerView:
    for_team = await unseal(db, row.person_id, row.for_team_sealed)
    return ReviewAnswerView.model_validate(vars(row) | {"for_team": for_team})


async def _for_team(db: AsyncSession, by: Principal, said: Sequence[ReviewAnswer]) -> list[ForTeamView]:
    shown = []
    for row in said:
        if row.for_team_sealed is not None:
            audit_reading(db, by, row.person_id, "review_answer", row.id)
            shown.append(
                ForTeamView(person_id=row.person_id, text=await unseal(db, row.person_id, row.for_team_sealed))
            )
    return shown


async def farewells(db: AsyncSession, mine: Access) -> FarewellsView:
    """What was left at the end, for those who are or were in the relationship."""
    person_id = mine.present_or_past()
    rows = await queries.farewells(db, mine.relationship.id)
    own = next((row for row in rows if row.person_id == person_id), None)
    others = [
        LastWordsView(person_id=row.person_id, said_at=row.said_at, words=await _words(db, row))
        for row in rows
        if row is not own and row.times_told
    ]
    going_on = len(rows) > 1 and all(row.goes_on for row in rows)
    return FarewellsView(mine=await _farewell(db, own) if own is not None else None, others=others, going_on=going_on)


async def _farewell(db: AsyncSession, row: Farewell) -> FarewellView:
    state = FarewellStateView.model_validate(row).model_dump()
    return FarewellView.model_validate(state | {"relationship_id": row.relationship_id, "words": await _words(db, row)})


async def _words(db: AsyncSession, row: Farewell) -> str | None:
    return await unseal(db, row.person_id, row.words_sealed)


async def future_mentors(db: AsyncSession, rows: Sequence[Farewell]) -> list[FutureMentorView]:
    """Who would be a mentor, and whether they are by now."""
    mentors = await queries.mentors_among(db, [row.id for row in rows])
    return [FutureMentorView.model_validate(vars(row) | {"is_mentor": row.id in mentors}) for row in rows]
