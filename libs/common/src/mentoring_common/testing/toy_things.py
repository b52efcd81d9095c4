"""What the toy service keeps: things that are changed in turns, and work in phases that can be held up or fail."""

import asyncio
import uuid
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from mentoring_common.auth import Allow, Principal
from mentoring_common.db import Base as CommonBase
from mentoring_common.db import TenantRow
from mentoring_common.errors import NotFound, OutcomeUnknown
from mentoring_common.tables import NAMING
from mentoring_common.unit_of_work import Db, Phases, Route
from mentoring_common.versions import IfMatch, IfMatchRequired, Versioned, VersionedView

router = APIRouter(route_class=Route)
Writer = Annotated[Principal, Depends(Allow("toy:write"))]
GATE = asyncio.Event()  # work in phases waits for it
GATE.set()
ENTERED = asyncio.Event()  # and says that it came there
FAILURES: list[type[Exception]] = []  # what the next works in phases end with, before their effect


class Base(CommonBase):
    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)


class Thing(TenantRow, Versioned, Base):
    """A name that people change in turns."""

    __tablename__ = "things"
    name: Mapped[str]


class Name(BaseModel):
    name: str


class ThingView(VersionedView):
    ALONE = True
    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    name: str


async def _thing(db: AsyncSession, thing_id: uuid.UUID) -> Thing:
    found = await db.scalar(sa.select(Thing).where(Thing.id == thing_id))
    if found is None:
        raise NotFound()
    return found


@router.post("/things", status_code=201)
async def make_thing(new: Name, _: Writer, db: Db) -> ThingView:
    thing = Thing(name=new.name)
    db.add(thing)
    await db.flush()
    return ThingView.model_validate(thing)


@router.get("/things/{thing_id}")
async def read_thing(thing_id: uuid.UUID, _: Writer, db: Db) -> ThingView:
    return ThingView.model_validate(await _thing(db, thing_id))


@router.patch("/things/{thing_id}")
async def change_thing(thing_id: uuid.UUID, new: Name, _: Writer, db: Db, expected: IfMatchRequired) -> ThingView:
    thing = await _thing(db, thing_id)
    await expected.hold(db, thing)
    thing.name = new.name
    await db.flush()
    return ThingView.model_validate(thing)


@router.post("/things/{thing_id}/shout")
async def shout(thing_id: uuid.UUID, _: Writer, db: Db, expected: IfMatch) -> ThingView:
    """Changes by a statement that says nothing of versions."""
    thing = await _thing(db, thing_id)
    await expected.hold(db, thing)
    await db.execute(sa.update(Thing).where(Thing.id == thing_id).values(name=sa.func.upper(Thing.name)))
    await db.refresh(thing)
    return ThingView.model_validate(thing)


@router.post("/things/{thing_id}/forgetful")
async def forget_to_look(thing_id: uuid.UUID, _: Writer, db: Db, expected: IfMatch) -> ThingView:
    return ThingView.model_validate(await _thing(db, thing_id))


@router.delete("/things/{thing_id}", status_code=204)
async def remove_thing(thing_id: uuid.UUID, _: Writer, db: Db, expected: IfMatch) -> None:
    thing = await _thing(db, thing_id)
    await expected.hold(db, thing)
    await db.delete(thing)


@router.post("/things/slowly", status_code=201)
async def make_thing_slowly(new: Name, _: Writer, work: Phases) -> ThingView:
    async with work.transaction() as db:
        before = await db.scalar(sa.select(sa.func.count()).select_from(Thing))
    ENTERED.set()
    await GATE.wait()
    if FAILURES and (error := FAILURES.pop()):
        raise error()
    db = await work.final()
    thing = Thing(name=f"{new.name} after {before}")
    db.add(thing)
    await db.flush()
    return ThingView.model_validate(thing)


@router.post("/things/counted")
async def count_things(_: Writer, work: Phases) -> dict[str, int | None]:
    async with work.transaction() as db:
        return {"things": await db.scalar(sa.select(sa.func.count()).select_from(Thing))}


@router.post("/things/interrupted")
async def count_badly(_: Writer, work: Phases) -> dict[str, int]:
    work.do_not_keep()
    FAILURES.append(OutcomeUnknown)
    return {"interrupted": len(FAILURES)}
