"""Relationships, with all that is shown of them."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from mentoring_common.db import now
from mentoring_common.pagination import ByIds, Cursor, Limit, Page, page, page_by, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, UpdatedSince
from mentoring_sessions.appointments.commands import call_off
from mentoring_sessions.concerns.access import paths_read
from mentoring_sessions.lifecycle import State
from mentoring_sessions.overview import commands as counting
from mentoring_sessions.overview import views
from mentoring_sessions.overview.access import require_course_run, with_concerns
from mentoring_sessions.overview.queries import Order, Wanted, order_key
from mentoring_sessions.overview.schemas import CountsView, NudgeView, RelationshipView
from mentoring_sessions.relationships import queries
from mentoring_sessions.relationships.access import Reader, Writer, require_part, to_programme, to_relationship
from mentoring_sessions.relationships.commands import relationships as commands
from mentoring_sessions.relationships.models import Nudge, Relationship
from mentoring_sessions.relationships.parts import READS

router = APIRouter(route_class=Route, tags=["relationships"])


@dataclass
class Filters:
    """What a list of relationships is narrowed by."""

    kind: Annotated[str | None, Query(max_length=100, description="mentoring, or another kind of the programme")] = None
    people: Annotated[list[UUID] | None, Query(max_length=200, description="those that one of these people is in")] = (
        None
    )
    behind: Annotated[
        bool | None, Query(description="whether they lack as much as they are expected to meet in a month, or more")
    ] = None
    quiet_days: Annotated[int | None, Query(ge=1, le=3660, description="those that have not met for so many days")] = (
        None
    )
    open_concern: Annotated[
        bool | None, Query(description="whether somebody raised a concern that is not settled, with `programme_id`")
    ] = None
    review_due: Annotated[bool | None, Query(description="whether a review waits for the programme team")] = None
    paused: Annotated[bool | None, Query(description="whether they have a break")] = None
    ends_within_days: Annotated[int | None, Query(ge=0, le=3660, description="those that end within so many days")] = (
        None
    )


FilteredBy = Annotated[Filters, Depends()]
OrderBy = Annotated[
    Order | None,
    Query(description="what comes first: most hours lacking, longest quiet, soonest end, longest since a meeting"),
]


@router.get("/relationships")
async def list_relationships(
    by: Reader,
    db: Db,
    filters: FilteredBy,
    person_id: UUID | None = None,
    programme_id: UUID | None = None,
    cohort_id: UUID | None = None,
    state: State | None = None,
    ids: ByIds = None,
    updated_since: UpdatedSince = None,
    order_by: OrderBy = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RelationshipView]:
    """Your own relationships, and those of programmes whose team you are in; those that want something of you."""
    await require_part(db, by, person_id=person_id, programme_id=programme_id, cohort_id=cohort_id)
    rows = await queries.relationships(
        db, by, person_id=person_id, programme_id=programme_id, cohort_id=cohort_id, state=state
    )
    rows = rows if ids is None else rows.where(Relationship.id.in_(ids))
    rows = rows if updated_since is None else rows.where(Relationship.updated_at >= updated_since)
    wanted = await with_concerns(db, by, programme_id, Wanted(**vars(filters), reader_id=by.person))
    rows = wanted.of(rows, now(db))
    if order_by is None:
        shown, following = await page(db, rows, Relationship.id, cursor, limit)
    else:
        shown, following = await page_by(db, rows, order_key(order_by, now(db)), Relationship.id, cursor, limit)
    return Page(items=await views.relationships(db, [row.id for row in shown]), next_cursor=following)


@router.get("/programmes/{programme_id}/relationships/counts")
async def count_relationships(
    programme_id: UUID,
    by: Reader,
    db: Db,
    cohort_id: UUID | None = None,
    quiet_days: Annotated[int, Query(ge=1, le=3660, description="what counts as quiet")] = 28,
    ends_within_days: Annotated[int, Query(ge=0, le=3660, description="what counts as ending soon")] = 30,
) -> CountsView:
    """How many relationships of the programme want something of its team."""
    (await to_programme(db, by, programme_id)).require(READS)
    paths = await paths_read(db, by, programme_id)
    asked = Wanted(quiet_days=quiet_days, ends_within_days=ends_within_days, reader_id=by.person, paths=paths)
    return views.counted(
        await counting.count_relationships(db, programme_id, asked, cohort_id), with_concerns=bool(paths)
    )


@router.get("/programmes/{programme_id}/nudges")
async def list_nudges(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[NudgeView]:
    """Pairs of the programme that went quiet, for its team."""
    (await to_programme(db, by, programme_id)).require(READS)
    shown, following = await page(db, queries.nudges(programme_id), Nudge.id, cursor, limit)
    return page_of(shown, following, NudgeView.model_validate)


@router.get("/relationships/{match_id}")
async def read_relationship(match_id: UUID, by: Reader, db: Db) -> RelationshipView:
    """One relationship."""
    await to_relationship(db, by, match_id)
    return await views.relationship(db, match_id)


@router.post("/relationships/{match_id}/close")
async def close_relationship(match_id: UUID, by: Writer, db: Db, expected: IfMatch) -> RelationshipView:
    """The relationship ran its course: says the team, or who is in it once their goals are reached or its time is over.

    To end it early, end the match, with a reason.
    """
    mine = await to_relationship(db, by, match_id, "match_people")
    await expected.hold(db, mine.relationship)
    await require_course_run(db, mine)
    await commands.close_relationship(db, by, mine)
    await call_off(db, match_id)
    return await views.relationship(db, match_id)
