"""People."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.models import Pairing, Person
from mentoring_applications.people.access import (
    Part,
    Sight,
    Whole,
    ids_seen,
    managed_person,
    people_seen,
    sights,
    visible_person,
)
from mentoring_applications.people.api import views
from mentoring_applications.people.commands import email_changes, provisioning
from mentoring_applications.people.commands import people as commands
from mentoring_applications.people.models import Invitation
from mentoring_applications.people.schemas import (
    EmailConfirmation,
    EmailConfirmationView,
    EmailConfirmed,
    ExternalId,
    Me,
    NewPerson,
    PeopleFound,
    PeopleNamed,
    PersonChanged,
    PersonChanges,
    PersonMade,
    PersonNamed,
    PersonProvisioned,
    PersonView,
    ProvisionedPerson,
)
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import Reader, Writer
from mentoring_applications.programmes.schemas import Email
from mentoring_common.auth import Public
from mentoring_common.pagination import ByIds, Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, PublicDb, Route
from mentoring_common.versions import IfMatch, IfMatchRequired, UpdatedSince

ByToken = Depends(Public("the one-time token that came to the new address is the authorisation"))
router = APIRouter(route_class=Route, tags=["people"])


@router.post("/people", status_code=201)
async def register_person(new: NewPerson, by: Writer, db: Db) -> PersonMade:
    """Make a person known to the organisation; a programme's team invites them to it.

    A team gets an id and no other answer for an address that is known elsewhere in the organisation.
    """
    return PersonMade(id=await commands.register_person(db, new, by))


@router.put(
    "/people/by-external-id/{external_id}",
    status_code=201,
    responses={200: {"model": PersonProvisioned, "description": "Known before, and brought up to date"}},
)
async def provision_person(
    external_id: Annotated[ExternalId, Path()],
    said: ProvisionedPerson,
    by: Writer,
    db: Db,
    expected: IfMatch,
    response: Response,
    employer_id: Annotated[UUID | None, Query(description="left out: that of the HR client, or none")] = None,
) -> PersonProvisioned:
    """Make known, or bring up to date, whom the employer calls so: for HR systems, as often as they like.

    201 for somebody new, 200 for who was known: by this external id, or by the address without one. The id stays.
    """
    done = await provisioning.provision_person(db, external_id, said, employer_id, by, expected)
    response.status_code = 201 if done.outcome == "created" else 200
    return PersonProvisioned(id=done.id, version=done.version)


@router.get("/people")
async def list_people(
    by: Reader,
    db: Db,
    email: Annotated[Email | None, Query()] = None,
    ids: ByIds = None,
    external_id: Annotated[ExternalId | None, Query()] = None,
    name: Annotated[str | None, Query(min_length=2, max_length=100, description="a part of the name")] = None,
    updated_since: UpdatedSince = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PersonView]:
    """The people whom the caller may see, in a steady order; by address, ids, external id, name, or what changed."""
    rows = await people_seen(
        db, by, email=email, ids=ids or (), external_id=external_id, name=name, updated_since=updated_since
    )
    shown, following = await page(db, rows, Person.id, cursor, limit)
    seen = await sights(db, shown, by)
    return page_of(shown, following, lambda person: _view(person, seen[person.id]))


@router.post("/people/lookup")
async def look_people_up(named: PeopleNamed, by: Reader, db: Db) -> PeopleFound:
    """Who is named by addresses and external ids: for a file about many people who are known."""
    found = [PersonNamed(email=one, ids=await ids_seen(db, by, email=one)) for one in named.emails]
    numbers = [PersonNamed(external_id=one, ids=await ids_seen(db, by, external_id=one)) for one in named.external_ids]
    return PeopleFound(items=found + numbers)


@router.get("/me")
async def read_me(by: Reader, db: Db) -> Me:
    """The caller, if a person, with the roles they hold."""
    person = await directory.person_row(db, by.person_id)
    roles = await views.held_roles(db, await programmes.role_rows(db, person.id))
    pending = await email_changes.is_waiting(db, person.id)
    return Me(**PersonView.model_validate(person).model_dump(), roles=roles, email_pending=pending)


@router.get("/people/{person_id}")
async def read_person(person_id: UUID, by: Reader, db: Db) -> PersonView:
    """One person whom the caller manages, is or has in a programme; partners and invited people as far as they may."""
    return _view(*await visible_person(db, person_id, by))


@router.patch("/people/{person_id}")
async def change_person(
    person_id: UUID, changes: PersonChanges, by: Writer, db: Db, expected: IfMatchRequired
) -> PersonChanged:
    """Change what is given; people themselves change an address by confirming it (`email_pending` until then), and
    nothing that HR said."""
    if changes.line_manager_id is not None:
        await directory.hold_line_managers(db)
    await expected.hold(db, await managed_person(db, person_id, by))
    changed = await commands.change_person(db, person_id, changes, by)
    await db.flush()
    pending = await email_changes.is_waiting(db, person_id)
    return PersonChanged(id=changed.id, version=changed.version, email_pending=pending)


@router.get("/public/{tenant_id}/email-confirmations/{token}", dependencies=[ByToken])
async def read_email_confirmation(token: Annotated[str, Path(max_length=100)], db: PublicDb) -> EmailConfirmationView:
    """What a letter asks to confirm; looking changes nothing."""
    change = await email_changes.waiting(db, token)
    return EmailConfirmationView(new_email=change.new_email, expires_at=change.expires_at)


@router.post("/public/{tenant_id}/email-confirmations", dependencies=[ByToken])
async def confirm_email(given: EmailConfirmation, db: PublicDb) -> EmailConfirmed:
    """Make the address that a letter came to one's own, with the token of the letter, once and within a day."""
    return EmailConfirmed(person_id=await email_changes.confirm_email(db, given.token))


def _view(person: Person, sight: Sight) -> PersonView:
    view = PersonView.model_validate(person)
    if sight is Whole.TAKING_PART:
        return view.model_copy(update=_OF_THE_EMPLOYER)
    if isinstance(sight, Pairing):
        return view.model_copy(update=_HIDDEN | {"email": person.email if sight.confirmed else None})
    if sight is Part.NAME:
        return view.model_copy(update=_NOTHING | {"email": None})
    if isinstance(sight, Invitation):
        # Always the same version: another would tell that the person was known before.
        said = {"name": sight.name, "email": sight.email, "updated_at": sight.invited_at}
        return PersonView(id=person.id, version=1, **said, **_NOTHING)
    return view


# No line manager, and an address only while the match is confirmed or ran its course.
_OF_THE_EMPLOYER: dict[str, Any] = {"external_id": None, "last_day": None}
_HIDDEN: dict[str, Any] = {"line_manager_id": None, "sources": {}, **_OF_THE_EMPLOYER}
_NOTHING: dict[str, Any] = {"employer_id": None, "languages": [], "attributes": {}, **_HIDDEN}
