"""People."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query

from mentoring_applications import queries
from mentoring_applications.access import Sight, erasable_person, managed_person, people_seen, sights, visible_person
from mentoring_applications.api.callers import ByToken, Reader, Writer
from mentoring_applications.commands import email_changes, erasure
from mentoring_applications.commands import people as commands
from mentoring_applications.models import Invitation, Pairing, Person
from mentoring_applications.schemas import (
    BatchResult,
    Email,
    EmailConfirmation,
    EmailConfirmationView,
    EmailConfirmed,
    HeldRole,
    Ids,
    Me,
    NewPerson,
    PeopleBatch,
    PersonChanged,
    PersonChanges,
    PersonMade,
    PersonView,
)
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, PublicDb, Route
from mentoring_common.versions import IfMatch, IfMatchRequired

router = APIRouter(route_class=Route, tags=["people"])


@router.post("/people", status_code=201)
async def register_person(new: NewPerson, by: Writer, db: Db) -> PersonMade:
    """Make a person known to the organisation; a programme's team invites them to it.

    A team gets an id and no other answer for an address that is known elsewhere in the organisation.
    """
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
    rows = await people_seen(db, by, email, ids or ())
    shown, following = await page(db, rows, Person.id, cursor, limit)
    seen = await sights(db, shown, by)
    return page_of(shown, following, lambda person: _view(person, seen[person.id]))


@router.get("/me")
async def read_me(by: Reader, db: Db) -> Me:
    """The caller, if a person, with the roles they hold."""
    person = await queries.person(db, by.person_id)
    roles = [HeldRole.model_validate(role) for role in await queries.roles_of_person(db, person.id)]
    return Me(**PersonView.model_validate(person).model_dump(), roles=roles)


@router.get("/people/{person_id}")
async def read_person(person_id: UUID, by: Reader, db: Db) -> PersonView:
    """One person whom the caller manages, is or has in a programme; partners and invited people as far as they may."""
    return _view(*await visible_person(db, person_id, by))


@router.patch("/people/{person_id}")
async def change_person(
    person_id: UUID, changes: PersonChanges, by: Writer, db: Db, expected: IfMatchRequired
) -> PersonChanged:
    """Change what is given; people themselves change an address by confirming it, and nothing that HR said."""
    await expected.hold(db, await managed_person(db, person_id, by))
    changed = await commands.change_person(db, person_id, changes, by)
    await db.flush()
    return PersonChanged.model_validate(changed)


@router.get("/public/{tenant_id}/email-confirmations/{token}", dependencies=[ByToken])
async def read_email_confirmation(token: Annotated[str, Path(max_length=100)], db: PublicDb) -> EmailConfirmationView:
    """What a letter asks to confirm; looking changes nothing."""
    change = await email_changes.waiting(db, token)
    return EmailConfirmationView(new_email=change.new_email, expires_at=change.expires_at)


@router.post("/public/{tenant_id}/email-confirmations", dependencies=[ByToken])
async def confirm_email(given: EmailConfirmation, db: PublicDb) -> EmailConfirmed:
    """Make the address that a letter came to one's own, with the token of the letter, once and within a day."""
    return EmailConfirmed(person_id=await email_changes.confirm_email(db, given.token))


@router.delete("/people/{person_id}", status_code=204)
async def erase_person(person_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """Erase a person here and have every service erase what it holds of them."""
    await expected.hold(db, await erasable_person(db, person_id, by))
    await erasure.erase_person(db, person_id, by)


def _view(person: Person, sight: Sight) -> PersonView:
    view = PersonView.model_validate(person)
    if isinstance(sight, Pairing):
        return view.model_copy(update=_HIDDEN | {"email": person.email if sight.confirmed else None})
    if isinstance(sight, Invitation):
        # Always the same version: another would tell that the person was known before.
        return PersonView(id=person.id, version=1, name=sight.name, email=sight.email, **_NOTHING)
    return view


# No line manager, and an address only while the match is confirmed or ran its course.
_HIDDEN: dict[str, Any] = {"line_manager_id": None, "sources": {}}
_NOTHING: dict[str, Any] = {"employer_id": None, "languages": [], "attributes": {}, **_HIDDEN}
