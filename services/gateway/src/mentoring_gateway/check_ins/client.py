"""Check-ins, as the sessions service answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import body


@strawberry.type(description="How a pair goes, said by one side; `comment` is null where the caller may not read it")
class CheckIn:
    id: UUID
    person_id: UUID
    side: str
    recorded_at: datetime
    going_well: int
    needs_help: bool
    comment: str | None = None


@strawberry.type(
    description="Whether those in a relationship say differently how it goes: `differ`, `agree` or `waiting`"
)
class ComparedCheckIns:
    answers: str
    compared_at: datetime | None = None


@dataclass
class ComparedRelationshipRecord:
    id: UUID
    match_id: UUID
    differs: bool
    compared_at: datetime


_check_in = TypeAdapter(CheckIn)
_check_ins = TypeAdapter(Page[CheckIn])
_comparison = TypeAdapter(ComparedCheckIns)
_compared = TypeAdapter(Page[ComparedRelationshipRecord])


@dataclass(frozen=True)
class CheckInsApi:
    """Check-ins, for one caller."""

    api: Upstream

    async def check_ins(self, match_id: UUID, wanted: PageRequest) -> Page[CheckIn]:
        """The check-ins of a relationship that the caller may see."""
        return await self.api.page(f"/relationships/{match_id}/check-ins", _check_ins, {}, wanted)

    async def check_in(self, match_id: UUID, **answers: object) -> CheckIn:
        """Say how it goes."""
        return await self.api.send("POST", f"/relationships/{match_id}/check-ins", _check_in, body(**answers))

    async def comparison(self, match_id: UUID) -> ComparedCheckIns:
        """Whether those in a relationship differ."""
        return await self.api.get(f"/relationships/{match_id}/check-ins/compared", _comparison)

    async def compared(
        self, programme_id: UUID, wanted: PageRequest, **which: bool | None
    ) -> Page[ComparedRelationshipRecord]:
        """Which relationships of a programme differ."""
        return await self.api.page(f"/programmes/{programme_id}/check-ins/compared", _compared, which, wanted)
