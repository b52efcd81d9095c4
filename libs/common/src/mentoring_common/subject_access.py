"""What a service holds of a person, given to that person: the right of access (GDPR, article 15).

A service lists its tables (`Held`). What is sealed is opened where the person's own key opens it, and for the person
alone: whoever administers the organisation reads no sealed word through this either. What somebody else said of the
person under their own key stays theirs.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Allow, Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.errors import NotFound
from mentoring_common.unit_of_work import Db, Route

WITHHELD: Final = "(sealed: read by who wrote it)"
_SIDES: Final = {"mentor_": "mentee_id", "mentee_": "mentor_id"}


class NothingHeld(NotFound):
    """There is no such person, or you may not read what is held of them."""


@dataclass(frozen=True, slots=True)
class Held:
    """Rows of a table that are a person's: `by` are the columns that name the person, or, with `of`, the `key` of a row
    of that table which is theirs. `without` are columns that tell of others or of nothing."""

    table: str
    by: tuple[str, ...] = ("person_id",)
    of: str | None = None
    key: str = "id"
    without: frozenset[str] = frozenset()


class HeldOfPerson(BaseModel):
    """Everything that one service holds of a person: rows by table."""

    service: str
    person_id: UUID
    read_at: datetime
    held: dict[str, list[dict[str, Any]]]


def router_for(service: str, metadata: sa.MetaData, held: Sequence[Held]) -> APIRouter:
    """The route by which a person reads what the service holds of them."""
    router = APIRouter(route_class=Route, tags=["subject access"])
    reader = Depends(Allow(f"{service}:read", f"{service}:write"))

    @router.get("/people/{person_id}/held")
    async def read_what_is_held(person_id: UUID, by: Annotated[Principal, reader], db: Db) -> HeldOfPerson:
        """Everything that this service holds of a person, for the person or who administers the organisation."""
        if by.person != person_id and not by.is_admin:
            raise NothingHeld()
        rows = await held_of(db, metadata, held, person_id, open_sealed=by.person == person_id)
        audit(db, by.subject, "subject_access", "person", person_id)
        return HeldOfPerson(service=service, person_id=person_id, read_at=now(db), held=rows)

    return router


async def held_of(
    db: AsyncSession, metadata: sa.MetaData, held: Iterable[Held], person_id: UUID, *, open_sealed: bool
) -> dict[str, list[dict[str, Any]]]:
    """The rows of a person, by table; tables come after those that they belong to."""
    found: dict[str, list[dict[str, Any]]] = {}
    theirs: dict[str, dict[UUID, dict[str, Any]]] = {}
    for one in held:
        table = metadata.tables[one.table]
        wanted = [person_id] if one.of is None else [row[one.key] for row in theirs.get(one.of, {}).values()]
        mine = sa.or_(*(table.c[column].in_(wanted) for column in one.by))
        rows = await db.execute(sa.select(table).where(table.c.tenant_id == tenant_of(db), mine).order_by(table.c.id))
        known = theirs.setdefault(one.table, {})
        plain = {row["id"]: dict(row) for row in rows.mappings() if row["id"] not in known}
        known |= plain
        shown = [await _shown(db, row, one, person_id, open_sealed=open_sealed) for row in plain.values()]
        if shown:
            found.setdefault(one.table, []).extend(shown)
    return found


async def _shown(
    db: AsyncSession, row: Mapping[str, Any], of: Held, person_id: UUID, *, open_sealed: bool
) -> dict[str, Any]:
    left_out = {"tenant_id", *of.without, *_of_the_other_side(row, person_id)}
    kept = {name: value for name, value in row.items() if name not in left_out and value is not None}
    opened = {
        name: await _opened(db, value, person_id) if open_sealed else WITHHELD
        for name, value in kept.items()
        if isinstance(value, bytes)
    }
    return kept | opened


def _of_the_other_side(row: Mapping[str, Any], person_id: UUID) -> list[str]:
    """What the other of two people said in a row of both."""
    others = [side for side, other in _SIDES.items() if other in row and row[other] == person_id]
    return [name for name in row for side in others if name.startswith(side) and not name.endswith("_id")]


async def _opened(db: AsyncSession, sealed: bytes, person_id: UUID) -> Any:
    try:
        data = await vault.unseal_bytes(db, person_id, sealed)
    except vault.Erased:
        return WITHHELD
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return f"({len(data)} bytes, sent as a file)"
    try:
        return json.loads(text)
    except ValueError:
        return text
