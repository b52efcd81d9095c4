"""People."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from mentoring_applications import queries
from mentoring_applications.access import partners_of, person_of, reach_of, visible_person
from mentoring_applications.api.callers import Reader, Writer
from mentoring_applications.commands import erasure
from mentoring_applications.commands import people as commands
from mentoring_applications.models import Pairing, Person
from mentoring_applications.schemas import (
    BatchResult,
    Email,
    HeldRole,
    Ids,
    Me,
    NewPerson,
    PeopleBatch,
    PersonChanges,
    PersonMade,
    PersonView,
)
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(route_class=Route, tags=["people"])


@router.post("/people", status_code=201)
async def register_person(new: NewPerson, by: Writer, db: Db) -> PersonMade:
    """Make a person known to the organisation."""
    return PersonMade(id=await commands.register_person(db, new, by))


@router.post("/people/batch")
async def register_people(batch: PeopleBatch, by: Writer, db: Db) -> BatchResult:
    """Make up to 200 people known; each row has its own answer."""
    return BatchResult(items=await commands.register_people(db, batch.people, by))


@router.get("/people")
async def list_people(
    by: Reader,
    db: Db,
    email: Annotated[Email | None, Query()] = None,
    ids: Annotated[Ids | None, Query(description="up to 200, separated by commas")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PersonView]:
    """The people whom the caller may see, in order of creation; by address or by ids."""
    rows, reach, partners = queries.people(email, ids or ()), await reach_of(db, by), await partners_of(db, by)
    if not reach.everybody:
        rows = queries.people_within(rows, reach.employer_id, person_of(by), list(partners))
    shown, following = await page(db, rows, Person.id, cursor, limit)

    def view(person: Person) -> PersonView:
        managed = person.id == person_of(by) or reach.covers(person.employer_id)
        return PersonView.model_validate(person) if managed else _for_partner(person, partners[person.id])

    return page_of(shown, following, view)


@router.get("/me")
async def read_me(by: Reader, db: Db) -> Me:
    """The caller, if a person, with the roles they hold."""
    person = await queries.person(db, by.person_id)
    roles = [HeldRole.model_validate(role) for role in await queries.roles_of_person(db, person.id)]
    return Me(**PersonView.model_validate(person).model_dump(), roles=roles)


@router.get("/people/{person_id}")
async def read_person(person_id: UUID, by: Reader, db: Db) -> PersonView:
    """One person whom the caller manages or is; of somebody offered as a match, what a partner may see."""
    person, pairing = await visible_person(db, person_id, by)
    return PersonView.model_validate(person) if pairing is None else _for_partner(person, pairing)


@router.patch("/people/{person_id}")
async def change_person(person_id: UUID, changes: PersonChanges, by: Writer, db: Db) -> PersonMade:
    """Change what is given."""
    return PersonMade.model_validate(await commands.change_person(db, person_id, changes, by))


@router.delete("/people/{person_id}", status_code=204)
async def erase_person(person_id: UUID, by: Writer, db: Db) -> None:
    """Erase a person here and have every service erase what it holds of them."""
    await erasure.erase_person(db, person_id, by)


def _for_partner(person: Person, pairing: Pairing) -> PersonView:
    """No line manager, and an address only while the match is confirmed or ran its course."""
    view = PersonView.model_validate(person)
    return view.model_copy(update={"line_manager_id": None, "email": person.email if pairing.confirmed else None})
