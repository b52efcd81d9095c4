"""What became of the pairs of an employer's people."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from mentoring_applications.directory.access import MANAGING, reach_of
from mentoring_applications.errors import NotYourPeople
from mentoring_applications.pairs import queries
from mentoring_applications.pairs.models import PairCourse
from mentoring_applications.pairs.schemas import PairCourseView, PairMember
from mentoring_applications.programmes.access import Reader
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import UpdatedSince

router = APIRouter(route_class=Route, tags=["people"])


@router.get("/pairs")
async def list_pairs(
    by: Reader,
    db: Db,
    programme_id: Annotated[UUID | None, Query(description="only pairs of this programme")] = None,
    updated_since: UpdatedSince = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PairCourseView]:
    """Pairs with one's own people in them: whether they go on, when they ended, how long they met."""
    reach = await reach_of(db, by)
    if not reach.everybody and reach.employer_id is None:
        raise NotYourPeople(needed=list(MANAGING))
    shown, following = await page(db, queries.courses(reach, programme_id, updated_since), PairCourse.id, cursor, limit)
    people = await queries.people(db, reach, [row.id for row in shown])
    return page_of(shown, following, lambda row: _view(row, people.get(row.id, [])))


def _view(row: PairCourse, people: list[tuple[UUID, str]]) -> PairCourseView:
    state = "completed" if row.completed else "ended" if row.ended_at else "matched"
    members = [PairMember.model_validate({"person_id": id_, "role": role}) for id_, role in people]
    return PairCourseView.model_validate(
        {
            "id": row.id, "programme_id": row.programme_id, "cohort_id": row.cohort_id, "people": members,
            "state": state, "confirmed_at": row.confirmed_at, "ended_at": row.ended_at, "minutes": row.minutes,
            "updated_at": row.updated_at,
        }
    )  # fmt: skip
