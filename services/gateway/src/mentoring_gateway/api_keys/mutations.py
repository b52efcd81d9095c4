"""API keys: made, rotated, revoked."""

from datetime import datetime
from uuid import UUID

import strawberry

from mentoring_gateway.api_keys.client import ApiKey, MadeApiKey
from mentoring_gateway.api_keys.inputs import KeyScope
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command


@strawberry.type
class ApiKeys:
    @command("Make a key for a system that speaks no OAuth; for the organisation's admin. Only this answer shows it")
    async def make_api_key(
        self,
        info: Info,
        name: str,
        scopes: list[KeyScope],
        employer_id: UUID | None = None,
        expires_at: datetime | None = None,
    ) -> MadeApiKey:
        return await info.context.commands(info).api_keys.make(
            name=name, scopes=scopes, employer_id=employer_id, expires_at=expires_at
        )

    @command("Give a key another secret; for `overlapHours` (24) the one before counts beside it")
    async def rotate_api_key(
        self, info: Info, api_key_id: UUID, overlap_hours: int | None = None, expected_version: int | None = None
    ) -> MadeApiKey:
        api = info.context.commands(info, expected_version).api_keys
        return await api.rotate(api_key_id, overlap_hours=overlap_hours)

    @command("Have a key count no more, within half a minute; it stays in the list")
    async def revoke_api_key(self, info: Info, api_key_id: UUID, expected_version: int | None = None) -> ApiKey:
        await info.context.commands(info, expected_version).api_keys.revoke(api_key_id)
        return await info.context.services.api_keys.key(api_key_id)
