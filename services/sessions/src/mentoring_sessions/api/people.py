"""What concerns one person."""

from uuid import UUID

from fastapi import APIRouter, Response

from mentoring_common.auth import Principal
from mentoring_common.unit_of_work import Db, Route
from mentoring_sessions import calendars, queries, views
from mentoring_sessions.access import person_of
from mentoring_sessions.api.callers import Reader
from mentoring_sessions.errors import PersonNotFound
from mentoring_sessions.schemas import HomeView

router = APIRouter(route_class=Route, tags=["people"])


def _require_self(by: Principal, person_id: UUID) -> None:
    if person_of(by) != person_id:
        raise PersonNotFound()


@router.get("/people/{person_id}/home")
async def read_home(person_id: UUID, by: Reader, db: Db) -> HomeView:
    """Your relationships and the next activities of your programmes."""
    _require_self(by, person_id)
    return await views.home(db, person_id)


@router.get("/people/{person_id}/calendar.ics", response_class=Response, responses=calendars.ANSWER)
async def read_calendar(person_id: UUID, by: Reader, db: Db) -> Response:
    """The activities at which you have a place, as iCalendar (RFC 5545)."""
    _require_self(by, person_id)
    feed = calendars.feed(await queries.calendar(db, person_id))
    return Response(feed, media_type=calendars.MEDIA_TYPE)
