"""A service of a few routes and reactions, on which the mechanisms are tried: in tests, in processes to be killed.

It reacts to PersonErased by emitting PersonChanged about the same person, so that the effect of every event can be
counted in its outbox.
"""

import uuid
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from mentoring_common import audit_proof, migrations
from mentoring_common.auth import Allow, Principal, Public
from mentoring_common.databases import Urls, provision
from mentoring_common.db import now, tenant_of
from mentoring_common.deadlines import schedule
from mentoring_common.ids import new_id
from mentoring_common.migrations import create_common_tables, protect
from mentoring_common.outbox import emit
from mentoring_common.pagination import Limit
from mentoring_common.roles import grant, require_right
from mentoring_common.runner import Design
from mentoring_common.tables import deadlines
from mentoring_common.testing import toy_things
from mentoring_common.unit_of_work import Db, PublicDb, Route
from mentoring_contracts.applications import ApplicationsAuditAnchored, PersonChanged, PersonErased
from mentoring_contracts.days import Moment
from mentoring_contracts.matching import MatchEnded

router = APIRouter(route_class=Route)
Writer = Annotated[Principal, Depends(Allow("toy:write"))]
REACTED: list[uuid.UUID] = []
POISON: set[uuid.UUID] = set()
TROUBLE: dict[uuid.UUID, list[str]] = {}  # person → SQLSTATEs that the next attempts end with
FIRED: list[uuid.UUID] = []


class Body(BaseModel):
    person_id: uuid.UUID
    times: int = Field(1, ge=1, le=50)


@router.post("/changes", status_code=201)
async def change(body: Body, _: Writer, db: Db) -> dict[str, int]:
    for _i in range(body.times):
        emit(db, PersonChanged(person_id=body.person_id))
    return {"times": body.times}


@router.post("/changes/last", status_code=201)
async def change_last(_: Writer, db: Db) -> dict[str, int]:
    """An act that takes no body."""
    emit(db, PersonChanged(person_id=new_id()))
    return {"times": 1}


@router.get("/changes")
async def count_changes(_: Writer, limit: Limit = 50) -> dict[str, int]:
    return {"limit": limit}


@router.post("/broken")
async def broken(body: Body, _: Writer, db: Db) -> None:
    emit(db, PersonChanged(person_id=body.person_id))
    raise RuntimeError(f"secret of {body.person_id}")


@router.post("/later")
async def later(body: Body, _: Writer, db: Db) -> None:
    await schedule(db, "toy", body.person_id, now(db))


class Kept(BaseModel):
    due_at: Moment
    attempts: int


@router.post("/kept")
async def kept(body: Kept, _: Writer, db: Db) -> None:
    await db.execute(
        sa.insert(deadlines).values(tenant_id=tenant_of(db), kind="kept", subject_id=new_id(), **dict(body))
    )


@router.post("/guarded")
async def guarded(body: Body, by: Writer, db: Db) -> None:
    await require_right(db, by, body.person_id, "run_activities")


@router.post("/granted")
async def granted(body: Body, by: Writer, db: Db) -> None:
    await grant(db, new_id(), body.person_id, by.person_id, "coordinator", None)


@router.post("/public/{tenant_id}/changes", dependencies=[Depends(Public("a test"))])
async def change_in_public(body: Body, db: PublicDb) -> dict[str, str]:
    emit(db, PersonChanged(person_id=body.person_id))
    return {"ok": "yes"}


async def on_erased(db: AsyncSession, event: PersonErased) -> None:
    if event.person_id in POISON:
        raise ValueError("poison")
    if TROUBLE.get(event.person_id):
        sqlstate = TROUBLE[event.person_id].pop()
        await db.execute(sa.text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$"))
    REACTED.append(event.person_id)
    emit(db, PersonChanged(person_id=event.person_id))


async def on_ended(db: AsyncSession, event: MatchEnded) -> None:
    return None


async def fire(db: AsyncSession, subject_id: uuid.UUID) -> None:
    FIRED.append(subject_id)


DESIGN = Design(
    name="toy", title="Toy", description="A service for tests of the mechanisms.",
    routers=[router, toy_things.router, audit_proof.router], anchors=ApplicationsAuditAnchored,
    reactions={PersonErased: on_erased, MatchEnded: on_ended}, deadlines={"toy": fire},
)  # fmt: skip


async def make_database(superuser_url: str, name: str | None = None) -> Urls:
    """A database with the common tables and the toy's own, protected as migrations protect them."""
    urls = await provision(superuser_url, "toy", database=name or f"mentoring_toy_{uuid.uuid4().hex[:8]}")
    engine = create_async_engine(urls.owner)
    async with engine.begin() as connection:
        await connection.run_sync(_create_tables)
    await engine.dispose()
    return urls


def _create_tables(connection: sa.Connection) -> None:
    op = _Op(connection)
    create_common_tables(op, "toy")
    toy_things.Base.metadata.create_all(connection)
    protect(op, "toy", ["things"])
    migrations.count_changes(op, "things")


class _Op:
    """The two operations of Alembic that `create_common_tables` needs."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get_bind(self) -> sa.Connection:
        return self._connection

    def execute(self, statement: str) -> None:
        self._connection.execute(sa.text(statement))
