"""Every SELECT of reviews, answers and last words."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.roles import gives
from mentoring_common.tables import scoped_roles
from mentoring_sessions.relationships.models import Member, MentoringSession, Participant, Relationship
from mentoring_sessions.relationships.parts import STEERS
from mentoring_sessions.reviews.models import Farewell, Review, ReviewAnswer


def reviews(match_id: UUID) -> sa.Select[Review]:
    """The reviews of a relationship."""
    return sa.select(Review).where(Review.relationship_id == match_id, has_reason())


async def review_locked(db: AsyncSession, review_id: UUID) -> Review:
    """The review, held until the commit and read after it was had."""
    row = sa.select(Review).where(Review.id == review_id).with_for_update(key_share=True)
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def answers(db: AsyncSession, review_ids: Sequence[UUID]) -> Sequence[ReviewAnswer]:
    """What was said in reviews, by person."""
    rows = sa.select(ReviewAnswer).where(ReviewAnswer.review_id.in_(review_ids)).order_by(ReviewAnswer.id)
    return (await db.scalars(rows)).all()


def awaits_team(moment: datetime) -> sa.ColumnElement[bool]:
    """Whether a review waits for the programme team: all answered, a rematch is wished, or the time is over."""
    over = sa.or_(Review.answered >= Review.asked, Review.rematch_wished, Review.answer_until <= moment)
    return sa.and_(Review.outcome.is_(None), over)


def has_review_due(moment: datetime) -> sa.ColumnElement[bool]:
    """Whether a relationship that goes on has a review that waits for the programme team."""
    this = (Review.tenant_id == Relationship.tenant_id, Review.relationship_id == Relationship.id)
    return sa.and_(Relationship.state == "active", sa.exists().where(*this, awaits_team(moment), has_reason()))


def has_reason() -> sa.ColumnElement[bool]:
    """A fit check is about a first meeting: where the meeting never was and nobody answered, there is none."""
    met = sa.exists().where(
        MentoringSession.tenant_id == Review.tenant_id,
        MentoringSession.relationship_id == Review.relationship_id,
        MentoringSession.withdrawn_at.is_(None),
    )
    return sa.or_(Review.kind != "fit_check", Review.answered > 0, Review.outcome.is_not(None), met)


async def steerers(db: AsyncSession, pair: Relationship) -> Sequence[UUID]:
    """Who makes matches in the programme, and neither is nor was in the relationship."""
    c = scoped_roles.c
    inside = sa.select(Member.person_id).where(Member.relationship_id == pair.id)
    here = (c.tenant_id == tenant_of(db), c.scope_id == pair.programme_id, gives(STEERS))
    rows = sa.select(c.subject_id).distinct().where(*here, c.subject_id.not_in(inside))
    return (await db.scalars(rows)).all()


async def farewells(db: AsyncSession, match_id: UUID) -> Sequence[Farewell]:
    """What was left at the end of a relationship, first one first."""
    rows = sa.select(Farewell).where(Farewell.relationship_id == match_id).order_by(Farewell.id)
    return (await db.scalars(rows)).all()


async def farewell_locked(db: AsyncSession, match_id: UUID, person_id: UUID) -> Farewell:
    """What somebody left, held until the commit; it is there."""
    row = sa.select(Farewell).where(Farewell.relationship_id == match_id, Farewell.person_id == person_id)
    held = row.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await db.scalars(held)).one()


def future_mentors(programme_id: UUID, is_mentor: bool | None) -> sa.Select[Farewell]:
    """Who would be a mentor of the programme next time: all, or those who are by now, or are not."""
    rows = sa.select(Farewell).where(Farewell.programme_id == programme_id, Farewell.mentor_next_time)
    return rows if is_mentor is None else rows.where(_became_mentor() == is_mentor)


async def mentors_among(db: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the farewells whose people were accepted as a mentor since."""
    return set((await db.scalars(sa.select(Farewell.id).where(Farewell.id.in_(ids), _became_mentor()))).all())


def _became_mentor() -> sa.ColumnElement[bool]:
    theirs = (Participant.tenant_id == Farewell.tenant_id, Participant.person_id == Farewell.person_id)
    later = (Participant.programme_id == Farewell.programme_id, Participant.side == "mentor")
    # Ids are in order of time: of who was a mentor before, the application is older than the relationship.
    return sa.exists().where(*theirs, *later, Participant.id > Farewell.relationship_id)
