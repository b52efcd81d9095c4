"""What can be followed."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final, TypeVar
from uuid import UUID

import strawberry

from mentoring_common.auth import InvalidToken
from mentoring_common.errors import NotFound, Unauthenticated, Unavailable
from mentoring_gateway.context import Info
from mentoring_gateway.errors import ServiceProblem
from mentoring_gateway.fields import fetched, followed
from mentoring_gateway.identity import Node, parted
from mentoring_gateway.live import Live
from mentoring_gateway.matching.client import RunRecord
from mentoring_gateway.matching.types import MatchRun
from mentoring_gateway.nodes import node, nodes
from mentoring_gateway.reports.client import ReportRecord
from mentoring_gateway.reports.types import Report

UNDER_WAY = frozenset({"queued", "running"})
POLL_S = 0.5
AGAIN_S = 1.0  # after a service did not answer
LOOK_AGAIN_S: Final = 15 * 60  # at what a follower may read, though nothing happened to them
T = TypeVar("T")
Things = dict[UUID, list[strawberry.ID]]
Record = TypeVar("Record", RunRecord, ReportRecord)


class NothingToFollow(NotFound):
    """You find nothing by these ids."""


@strawberry.type(description="Something happened to a thing that is followed, or to a part of it")
class Change:
    id: UUID = strawberry.field(description="of the event; `after` takes the last one that was seen")
    of: strawberry.ID = strawberry.field(description="the thing, as it was asked for")
    at: datetime = strawberry.field(description="when it happened")

    @fetched("The thing as it is now, for who may read it")
    async def node(self, info: Info) -> Node | None:
        return await node(info, self.of)


@strawberry.type
class Subscription:
    @followed(
        "Whenever something happens to one of the things, or to a part of it: a programme's applications, what a pair "
        "does. What it was the thing itself says: read it again"
    )
    async def changes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="global ids, at most 200")],
        after: Annotated[
            UUID | None,
            strawberry.argument(
                description="the event that was seen last: what happened since is told first. Where it is not "
                "known any more, everything that is followed is told of as changed"
            ),
        ] = None,
    ) -> AsyncGenerator[Change, None]:
        live = _live(info)
        caller = info.context.caller
        if caller is None or caller.tenant is None:
            raise Unauthenticated()
        things: Things = defaultdict(list)  # a match and its relationship have one UUID
        for given in ids:
            things[parted(given)[1]].append(given)
        with live.follow(caller.tenant, things, person=caller.person, after=after) as follower:
            looked_at = time.monotonic()
            follower.doubtful = False
            things = await _readable(info, things)
            if not things:
                raise NothingToFollow()
            while True:
                told = await follower.take()
                if live.over:
                    return
                if caller.expires_at <= time.time():
                    raise InvalidToken()
                info.context.renew()
                if follower.doubtful or time.monotonic() - looked_at > LOOK_AGAIN_S:
                    looked_at, follower.doubtful = time.monotonic(), False
                    things = await _readable(info, things)
                for thing, happened in told:
                    for given in things.get(thing, ()):
                        yield Change(id=happened.id, of=given, at=happened.at)

    @followed("A matching run whenever it has got further, until it is over")
    async def match_run(self, info: Info, id: UUID) -> AsyncGenerator[MatchRun, None]:
        async for run in _followed(info, lambda: info.context.services.matching.run(id)):
            yield MatchRun(**vars(run))

    @followed("A report when it is queued, and once it is built")
    async def report(self, info: Info, id: UUID) -> AsyncGenerator[Report, None]:
        async for report in _followed(info, lambda: info.context.services.reports.report(id)):
            yield Report(**vars(report))


def _live(info: Info) -> Live:
    live = info.context.live
    if live is None:
        raise Unavailable("this gateway reads no events: its operator gives it the brokers of Kafka")
    return live


async def _readable(info: Info, things: Things) -> Things:
    """Those of the things that the caller may read now, as their owners say."""
    ids = [given for of_thing in things.values() for given in of_thing]

    async def found() -> list[Node | Exception | None]:
        answers = await nodes(info, [*ids])
        failed = [one for one in answers if isinstance(one, Exception)]
        if failed:
            raise failed[0]
        return answers

    readable = {given for given, answer in zip(ids, await _insisted(info, found), strict=True) if answer is not None}
    left = {thing: [given for given in of_thing if given in readable] for thing, of_thing in things.items()}
    return {thing: of_thing for thing, of_thing in left.items() if of_thing}


async def _insisted(info: Info, read: Callable[[], Awaitable[T]]) -> T:
    """What is read, as soon as the services answer: who follows something is not sent away for a moment's failure."""
    while True:
        info.context.renew()
        try:
            return await read()
        except (Unavailable, ServiceProblem) as error:
            if isinstance(error, ServiceProblem) and error.status < 500 and error.status != 429:
                raise
            await asyncio.sleep(AGAIN_S)


async def _followed(info: Info, read: Callable[[], Awaitable[Record]]) -> AsyncGenerator[Record, None]:
    """What is read, whenever its state or progress is another one, until it is no longer under way.

    How far it has come is no event: whoever follows it waits for it, and asks.
    """
    seen: tuple[str, float] | None = None
    while True:
        record = await _insisted(info, read)
        stands = record.state, getattr(record, "progress", 0.0)
        if stands != seen:
            seen = stands
            yield record
        if record.state not in UNDER_WAY:
            return
        await asyncio.sleep(POLL_S)
