"""API keys of systems that speak no OAuth, as the applications service answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, body


@strawberry.type(description="A key of one employer's system, or of the whole organisation's; its secret is not in it")
@dataclass
class ApiKey:
    id: UUID
    version: int
    name: str
    scopes: list[str]
    made_at: datetime
    expires_at: datetime
    employer_id: UUID | None = None
    previous_until: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass
class MadeKeyRecord(ApiKey):
    key: str = ""


@strawberry.type(description="A key, this once with its secret: it is not shown again")
@dataclass
class MadeApiKey:
    api_key: ApiKey
    secret: str


_key = TypeAdapter(ApiKey)
_keys = TypeAdapter(Page[ApiKey])
_made = TypeAdapter(MadeKeyRecord)


@dataclass(frozen=True)
class ApiKeysApi:
    """The organisation's API keys, for one caller."""

    api: Upstream

    async def keys(self, wanted: PageRequest) -> Page[ApiKey]:
        """All of them, also those that are over."""
        return await self.api.page("/api-keys", _keys, {}, wanted)

    async def key(self, key_id: UUID) -> ApiKey:
        """One of them."""
        return await self.api.get(f"/api-keys/{key_id}", _key)

    async def make(self, **new: object) -> MadeApiKey:
        """Make a key."""
        return _shown(await self.api.send("POST", "/api-keys", _made, body(**new)))

    async def rotate(self, key_id: UUID, **said: object) -> MadeApiKey:
        """Give it another secret."""
        return _shown(await self.api.send("POST", f"/api-keys/{key_id}/rotate", _made, body(**said)))

    async def revoke(self, key_id: UUID) -> None:
        """Have it count no more."""
        await self.api.send("DELETE", f"/api-keys/{key_id}", NOTHING)


def _shown(record: MadeKeyRecord) -> MadeApiKey:
    members = vars(record) | {}
    secret = members.pop("key")
    return MadeApiKey(ApiKey(**members), secret)
