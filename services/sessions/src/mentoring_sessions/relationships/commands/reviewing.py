"""When the reviews of a relationship are due, by its own time. A break, or another end, moves them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.deadlines import schedule, schedule_all
from mentoring_contracts.blueprint.formats import kinds_of
from mentoring_contracts.blueprint.reviews import Reviews
from mentoring_sessions.lifecycle import months_later
from mentoring_sessions.relationships import queries
from mentoring_sessions.relationships.models import Programme, Relationship

ReviewKind = Literal["fit_check", "mid_term", "end"]
OPENS: Final[Mapping[ReviewKind, str]] = {
    "fit_check": "fit_check_opens",
    "mid_term": "mid_term_review_opens",
    "end": "end_review_opens",
}
"""The deadline of each kind; its subject is the relationship."""


def terms_of(programme: Programme) -> Reviews:
    """Which reviews the programme holds, and when."""
    return Reviews.model_validate(programme.reviews)


def mid_term_due(terms: Reviews, started_at: datetime, paused_days: int = 0) -> datetime | None:
    """So many months after the start, and later by every break."""
    if terms.mid_term_months is None:
        return None
    return months_later(started_at, terms.mid_term_months) + timedelta(days=paused_days)


def end_due(terms: Reviews, ends_at: datetime | None) -> datetime | None:
    """So many days before the end; None where there is none."""
    return ends_at - timedelta(days=terms.end_days) if terms.end_days is not None and ends_at is not None else None


async def due(db: AsyncSession, kind: ReviewKind, pair: Relationship, terms: Reviews) -> datetime | None:
    """When the review is due, as the relationship stands now; None where none is held."""
    if pair.started_at is None:
        return None
    if kind == "mid_term":
        return mid_term_due(terms, pair.started_at, pair.paused_days)
    if kind == "end":
        return end_due(terms, pair.ends_at)
    met_at = await queries.first_met_at(db, pair.id) if terms.fit_check_days is not None else None
    return met_at + timedelta(days=terms.fit_check_days or 0) if met_at is not None else None


class Running(NamedTuple):
    """What is to be known of a relationship that goes on."""

    id: UUID
    kind: str
    started_at: datetime
    paused_days: int
    ends_at: datetime | None


async def plan_reviews(db: AsyncSession, programme: Programme, pairs: Iterable[Running]) -> None:
    """Plan the reviews of relationships that have just started, or whose programme holds others now.

    Of what was due before is held what there is still time to answer: a mid-term review until its time to answer would
    be over, an end review until the end.
    """
    terms = terms_of(programme)
    if terms.mid_term_months is None and terms.end_days is None:
        return
    mains = {kind.id for kind in kinds_of({"formats": programme.formats}).values() if kind.main}
    mine = [pair for pair in pairs if pair.kind in mains]
    mid_term = {pair.id: mid_term_due(terms, pair.started_at, pair.paused_days) for pair in mine}
    end = {pair.id: end_due(terms, pair.ends_at) for pair in mine}
    oldest = now(db) - timedelta(days=terms.answer_days)
    await schedule_all(
        db, OPENS["mid_term"], {id_: at for id_, at in mid_term.items() if at is not None and at > oldest}
    )
    ahead = {pair.id for pair in mine if pair.ends_at is not None and pair.ends_at > now(db)}
    await schedule_all(db, OPENS["end"], {id_: at for id_, at in end.items() if at is not None and id_ in ahead})


async def watch_reviews(db: AsyncSession, pair: Relationship, *kinds: ReviewKind) -> None:
    """Plan reviews anew: the relationship went on after a break, has another end, or met for the first time."""
    terms = terms_of(await queries.programme(db, pair.programme_id))
    for kind in kinds:
        due_at = await due(db, kind, pair, terms)
        if due_at is not None:
            await schedule(db, OPENS[kind], pair.id, due_at)
