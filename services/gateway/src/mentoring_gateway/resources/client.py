"""Resources, as the sessions service answers."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import body


@dataclass
class ResourceFileRecord:
    id: UUID
    name: str
    media_type: str
    size: int


@strawberry.type(description="How many people read a resource; nobody is named")
class Readings:
    read: int
    read_newest: int


@dataclass
class ResourceRecord:
    id: UUID
    version: int
    programme_id: UUID
    number: int
    language: str
    languages: list[str]
    title: str
    published_at: datetime
    text: str | None = None
    link: str | None = None
    file: ResourceFileRecord | None = None
    roles: list[str] = field(default_factory=list)
    cohort_id: UUID | None = None
    phase: str | None = None
    withdrawn_at: datetime | None = None
    blueprint_id: str | None = None
    read_at: datetime | None = None
    read_number: int | None = None
    invited: list[UUID] | None = None
    readings: Readings | None = None


@strawberry.type(description="A resource in one language")
class ResourceWording:
    language: str
    title: str
    text: str | None = None
    link: str | None = None
    file_id: UUID | None = None


@strawberry.type(description="A version of a resource in every language that it has")
class ResourceVersion:
    number: int
    published_at: datetime
    wordings: list[ResourceWording]
    note: str | None = None


_resource = TypeAdapter(ResourceRecord)
_resources = TypeAdapter(Page[ResourceRecord])
_versions = TypeAdapter(list[ResourceVersion])


@dataclass(frozen=True)
class ResourcesApi:
    """The library of a programme, for one caller."""

    api: Upstream

    async def resources(self, programme_id: UUID, wanted: PageRequest, **which: object) -> Page[ResourceRecord]:
        """What a library has for the caller, by phase and easy_read."""
        return await self.api.page(f"/programmes/{programme_id}/resources", _resources, which, wanted)

    async def resource(self, resource_id: UUID, *, easy_read: bool = False) -> ResourceRecord:
        """One resource."""
        return await self.api.get(f"/resources/{resource_id}", _resource, {"easy_read": easy_read})

    async def versions(self, resource_id: UUID) -> list[ResourceVersion]:
        """The versions of a resource."""
        return await self.api.get(f"/resources/{resource_id}/versions", _versions)

    async def give(self, programme_id: UUID, **resource: object) -> ResourceRecord:
        """Put something into a library."""
        return await self.api.send("POST", f"/programmes/{programme_id}/resources", _resource, body(**resource))

    async def publish(self, resource_id: UUID, **version: object) -> ResourceRecord:
        """Put a new version in place of the one that stands."""
        return await self.api.send("POST", f"/resources/{resource_id}/versions", _resource, body(**version))

    async def change(self, resource_id: UUID, **for_whom: object) -> ResourceRecord:
        """Say for whom a resource is."""
        return await self.api.send("PATCH", f"/resources/{resource_id}", _resource, body(**for_whom))

    async def withdraw(self, resource_id: UUID) -> ResourceRecord:
        """Take a resource out of a library."""
        return await self.api.send("POST", f"/resources/{resource_id}/withdraw", _resource)

    async def mark_read(self, resource_id: UUID) -> ResourceRecord:
        """Say that one has read a resource."""
        return await self.api.send("POST", f"/resources/{resource_id}/read", _resource)
