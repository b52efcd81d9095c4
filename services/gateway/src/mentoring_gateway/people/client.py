"""People, as the applications service answers."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream, segment
from mentoring_gateway.values import NOTHING, body


@dataclass
class PersonRecord:
    id: UUID
    name: str | None = None
    email: str | None = None
    external_id: str | None = None
    employer_id: UUID | None = None
    line_manager_id: UUID | None = None
    languages: list[str] = field(default_factory=list)
    attributes: JSON | None = None
    sources: JSON | None = None
    last_day: date | None = None
    version: int | None = None
    updated_at: datetime | None = None
    email_pending: bool | None = None  # said to the person themselves, and by a change


@strawberry.type(description="A role that a person holds in a programme")
class HeldRole:
    programme_id: UUID
    role: str
    title: str
    rights: list[str]
    until: datetime | None = None
    note: str | None = None


@dataclass
class MeRecord(PersonRecord):
    roles: list[HeldRole] = field(default_factory=list)


@strawberry.type(description="Whether somebody leaves their employer; all but the id is null of who stays")
class Leaving:
    id: UUID
    version: int
    last_day: date | None = None
    leaving_reason: str | None = None
    left_at: datetime | None = None


@dataclass
class Made:
    id: UUID


@dataclass
class AskedEmail:
    new_email: str


@dataclass
class ChangedPerson:
    email_pending: bool


_person = TypeAdapter(PersonRecord)
_people = TypeAdapter(Page[PersonRecord])
_made = TypeAdapter(Made)
_changed = TypeAdapter(ChangedPerson)
_asked = TypeAdapter(AskedEmail)
_me = TypeAdapter(MeRecord)
_leaving = TypeAdapter(Leaving)


@dataclass(frozen=True)
class PeopleApi:
    """People of the organisation, for one caller."""

    api: Upstream

    async def me(self) -> MeRecord:
        """The caller's own person, with the roles held."""
        return await self.api.get("/me", _me)

    async def person(self, person_id: UUID) -> PersonRecord:
        """One person."""
        return await self.api.get(f"/people/{person_id}", _person)

    async def people(self, person_ids: list[UUID]) -> list[PersonRecord]:
        """Those of up to 200 people whom the caller may see."""
        return (await self.api.get("/people", _people, {"ids": person_ids, "limit": len(person_ids)})).items

    async def called(self, name: str, most: int) -> list[UUID]:
        """At most so many people with this in their name, of those whom the caller may see."""
        page = await self.api.get("/people", _people, {"name": name, "limit": most})
        return [person.id for person in page.items]

    async def found(self, name: str | None, wanted: PageRequest) -> Page[PersonRecord]:
        """Those whom the caller may see, all or with this in their name."""
        return await self.api.page("/people", _people, {"name": name}, wanted)

    async def asked_email(self, organisation_id: UUID, token: str) -> AskedEmail:
        """The address that a letter's token confirms."""
        return await self.api.get(f"/public/{organisation_id}/email-confirmations/{segment(token)}", _asked)

    async def confirm_email(self, organisation_id: UUID, token: str) -> None:
        """Make the address that a letter came to the person's own."""
        path = f"/public/{organisation_id}/email-confirmations"
        await self.api.send("POST", path, NOTHING, {"token": token})

    async def register_person(self, **person: object) -> UUID:
        """Make a person known to the organisation; the id."""
        return (await self.api.send("POST", "/people", _made, body(**person))).id

    async def provision_person(self, external_id: str, employer_id: UUID | None, **said: object) -> UUID:
        """Make known, or bring up to date, whom the employer calls so; the id."""
        named = "" if employer_id is None else f"?employer_id={employer_id}"
        path = f"/people/by-external-id/{segment(external_id)}{named}"
        return (await self.api.send("PUT", path, _made, body(**said))).id

    async def record_leaving(self, person_id: UUID, **said: object) -> Leaving:
        """Say when a person leaves, and why."""
        return await self.api.send("PUT", f"/people/{person_id}/leaving", _leaving, body(**said))

    async def take_back_leaving(self, person_id: UUID) -> None:
        """A person stays, or is back."""
        await self.api.send("DELETE", f"/people/{person_id}/leaving", NOTHING)

    async def change_person(self, person_id: UUID, **changes: object) -> bool:
        """Change what is given of a person; whether a new address waits for its confirmation."""
        changed = await self.api.send("PATCH", f"/people/{person_id}", _changed, body(**changes))
        return changed.email_pending
