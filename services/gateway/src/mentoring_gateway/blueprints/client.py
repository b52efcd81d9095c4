"""Blueprints of programmes: checked, and changed while a programme runs, as the applications service answers."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_gateway.upstream import File, Upstream

_YAML = "application/yaml"


@strawberry.type(
    description="One thing that is wrong with a blueprint, or half done (`level: warning`): where by JSON Pointer, and "
    "by line and column of the text"
)
@dataclass
class BlueprintFault:
    pointer: str
    section: str
    code: str
    detail: str
    level: str
    line: int | None = None
    column: int | None = None


@strawberry.type(description="Whether a programme could be made from a blueprint, and all that is wrong with it")
@dataclass
class BlueprintVerdict:
    usable: bool
    faults: list[BlueprintFault]
    title: str | None = None


@strawberry.type(description="The blueprint that a programme runs by, whole; `version` is the programme's")
@dataclass
class BlueprintInUse:
    programme_id: UUID
    version: int
    blueprint: JSON


@strawberry.type(
    description="One member of a blueprint that changes: what it touches, which services take it, and why it cannot be "
    "(`refused`; null where it can)"
)
@dataclass
class BlueprintChange:
    pointer: str
    section: str
    touches: str
    services: list[str]
    refused: str | None = None


@strawberry.type(description="What another blueprint changes; `possible` if nothing of it would rewrite the past")
@dataclass
class Amendment:
    programme_id: UUID
    version: int
    possible: bool
    changes: list[BlueprintChange]


_verdict = TypeAdapter(BlueprintVerdict)
_in_use = TypeAdapter(BlueprintInUse)
_amendment = TypeAdapter(Amendment)
_schema: TypeAdapter[Any] = TypeAdapter(Any)


@dataclass(frozen=True)
class BlueprintsApi:
    """Blueprints, for one caller."""

    api: Upstream

    async def schema(self) -> JSON:
        """What a member of a blueprint may hold."""
        return await self.api.get("/blueprint-schema", _schema)

    async def check(self, text: str) -> BlueprintVerdict:
        """Whether a programme could be made of a text in YAML or JSON."""
        return await self.api.send_file("/blueprints/check", _verdict, File(text.encode(), _YAML))

    async def in_use(self, programme_id: UUID) -> BlueprintInUse:
        """What a programme runs by."""
        return await self.api.get(f"/programmes/{programme_id}/blueprint", _in_use)

    async def preview(self, programme_id: UUID, text: str) -> Amendment:
        """What another blueprint would change."""
        path = f"/programmes/{programme_id}/blueprint/preview"
        return await self.api.send("POST", path, _amendment, {"blueprint": text})

    async def amend(self, programme_id: UUID, text: str) -> Amendment:
        """Run by another blueprint from now on."""
        return await self.api.send("PUT", f"/programmes/{programme_id}/blueprint", _amendment, {"blueprint": text})
