"""The nudges of a programme: pairs that went quiet. Relationships themselves are shown by `overview`."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_sessions.relationships import access, queries
from mentoring_sessions.relationships.access import Reader
from mentoring_sessions.relationships.models import Nudge
from mentoring_sessions.relationships.parts import READS
from mentoring_sessions.relationships.schemas import NudgeView

router = APIRouter(route_class=Route, tags=["records"])


@router.get("/programmes/{programme_id}/nudges")
async def list_nudges(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[NudgeView]:
    """Pairs of the programme that went quiet, for its team."""
    (await access.to_programme(db, by, programme_id)).require(READS)
    shown, following = await page(db, queries.nudges(programme_id), Nudge.id, cursor, limit)
    return page_of(shown, following, NudgeView.model_validate)
