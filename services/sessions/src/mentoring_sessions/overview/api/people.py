"""What concerns one person."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal, Public
from mentoring_common.db import now
from mentoring_common.languages import InLanguage, languages_of
from mentoring_common.pagination import Limit
from mentoring_common.unit_of_work import Db, PublicDb, Route
from mentoring_sessions.activities import queries as activities
from mentoring_sessions.appointments import queries as appointments
from mentoring_sessions.appointments.commands import digest
from mentoring_sessions.errors import FeedNotFound, PersonNotFound
from mentoring_sessions.overview import calendars, queries, views
from mentoring_sessions.overview.schemas import HomeView, WaitingView
from mentoring_sessions.relationships.access import Reader

router = APIRouter(route_class=Route, tags=["people"])
ByToken = Depends(Public("the secret address of a calendar is the authorisation"))
Token = Annotated[str, Path(max_length=100, description="the secret of the address")]


def _require_self(by: Principal, person_id: UUID) -> None:
    if by.person != person_id:
        raise PersonNotFound()


@router.get("/people/{person_id}/home")
async def read_home(person_id: UUID, by: Reader, db: Db, read: InLanguage = None) -> HomeView:
    """Your relationships, the next activities of your programmes, and what you are to attend by when."""
    _require_self(by, person_id)
    return await views.home(db, person_id, languages_of(read))


@router.get("/people/{person_id}/waiting")
async def list_waiting(person_id: UUID, by: Reader, db: Db, limit: Limit = 50) -> list[WaitingView]:
    """What waits for you, the oldest first.

    Meetings to confirm, times to accept, agreements to sign, reviews to answer, what a new mentor takes over.
    """
    _require_self(by, person_id)
    return [WaitingView.model_validate(row) for row in await queries.waiting_for(db, person_id, limit)]


@router.get("/people/{person_id}/calendar.ics", response_class=Response, responses=calendars.ANSWER)
async def read_calendar(person_id: UUID, by: Reader, db: Db) -> Response:
    """The activities at which you have a place, and your appointments, as iCalendar (RFC 5545)."""
    _require_self(by, person_id)
    return await _feed(db, person_id)


@router.get(
    "/public/{tenant_id}/calendars/{token}",
    dependencies=[ByToken],
    response_class=Response,
    responses=calendars.ANSWER,
)
async def read_feed(token: Token, db: PublicDb) -> Response:
    """A person's activities and appointments as iCalendar, for calendar programs that hold the secret address."""
    person_id = await appointments.person_of_feed(db, digest(token))
    if person_id is None:
        raise FeedNotFound()
    return await _feed(db, person_id)


async def _feed(db: AsyncSession, person_id: UUID) -> Response:
    meetings = await appointments.agreed_of(db, person_id)
    feed = calendars.feed(await activities.calendar(db, person_id), meetings, now(db))
    return Response(feed, media_type=calendars.MEDIA_TYPE)
