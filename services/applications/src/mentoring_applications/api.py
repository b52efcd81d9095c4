"""The REST API of the applications service."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from mentoring_applications import commands, queries
from mentoring_applications.models import Person
from mentoring_applications.schemas import NewPerson, PersonView
from mentoring_common.auth import Allow, Principal
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(route_class=Route)
Reader = Annotated[Principal, Depends(Allow("applications:read", "applications:write"))]
Writer = Annotated[Principal, Depends(Allow("applications:write"))]


@router.post("/people", status_code=201)
async def register_person(new: NewPerson, by: Writer, db: Db) -> PersonView:
    """Make a person known to the organisation."""
    return PersonView.model_validate(await commands.register_person(db, new, by))


@router.get("/people")
async def list_people(_: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[PersonView]:
    """The organisation's people, in order of creation."""
    shown, following = await page(db, queries.people(), Person.id, cursor, limit)
    return page_of(shown, following, PersonView.model_validate)


@router.get("/people/{person_id}")
async def read_person(person_id: UUID, _: Reader, db: Db) -> PersonView:
    """One person."""
    return PersonView.model_validate(await queries.person(db, person_id))
