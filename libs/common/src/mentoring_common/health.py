"""What a service says of itself: what it waits for, which loop does not get on, what was put aside.

`/readyz` is 503 where this process should get no requests: it is starting or ending, its database is away, its master
key is not the one that was sealed under, or a loop has ended or gets nothing through. A broker that is away is named
and no more: requests are served, the outbox keeps what they announce, and taking every replica out would turn a quiet
broker into an outage. `/livez` is 503 where only a new process can help: a loop hangs. It asks nobody, so that no
process is replaced for a database that is away.
"""

import asyncio
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import sqlalchemy as sa
from aiokafka.errors import KafkaError, KafkaTimeoutError, KafkaUnavailableError
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncEngine

from mentoring_common.progress import STUCK_AFTER_S
from mentoring_common.relay import Relay
from mentoring_common.supervision import Loop
from mentoring_common.tables import parked_events, unreadable_records

FAILING_AFTER = 3  # failures in a row that are worth a word
COUNTED_TO = 1000  # what was put aside is counted no further
DATABASE_TIMEOUT_S = 2.0


async def version() -> JSONResponse:
    """Which version runs: that of the packages, which all have the same."""
    return JSONResponse({"version": metadata.version("mentoring-common")})


class Health:
    """Reads what the loops keep of themselves; one short SELECT for `/readyz`, none for `/livez`."""

    def __init__(self, looking: AsyncEngine, service: str) -> None:
        self._looking = looking
        self._put_aside = _put_aside(service)
        self.loops: list[Loop] = []
        self.wrong_topics: Sequence[str] = ()
        self.relay: Relay | None = None
        self.wrong_key = False  # what is sealed opens with no master key that this process was told of
        self.met_broker = True  # false until the topics are known to be there

    def livez(self) -> JSONResponse:
        """Whether this process should go on."""
        trouble = self._trouble()
        return _answer("stuck" if "hung" in trouble else "ok", "hung" not in trouble, trouble)

    async def readyz(self, *, started: bool) -> JSONResponse:
        """Whether requests should be sent here."""
        trouble, put_aside = self._trouble(), await self._count()
        if put_aside is None:
            trouble.setdefault("waiting", []).insert(0, "database")
        ready = started and put_aside is not None and not trouble.keys() & {"ended", "stuck", "hung", "wrong"}
        named = trouble | (put_aside or {})
        if not started:
            return _answer("starting", False, named)
        return _answer("degraded" if ready and named else "ok" if ready else "unavailable", ready, named)

    def _trouble(self) -> dict[str, Any]:
        """Which loops do not fare well, by what is wrong with them; empty where all do."""
        waiting = [x for x in self.loops if waits_for_broker(x.progress.error)]
        steady = [x for x in self.loops if x.steady and x not in waiting]
        age = self.relay.oldest_age_s if self.relay else 0.0
        found = {
            "waiting": ["kafka"] if waiting or not self.met_broker else [],
            "ended": {x.name: x.restarts for x in self.loops if not x.running},
            "hung": [x.name for x in steady if x.progress.hung],
            "stuck": [x.name for x in steady if x.progress.stuck],
            "failing": {x.name: type(x.progress.error).__name__ for x in self.loops if _fails(x)},
            "oldest_unpublished_s": round(age, 1) if age > STUCK_AFTER_S else 0,
            "topics": list(self.wrong_topics),
            "wrong": ["master_key"] if self.wrong_key else [],
        }
        return {name: value for name, value in found.items() if value}

    async def _count(self) -> dict[str, int] | None:
        """How many events and records were put aside, where there are any; None when the database does not answer."""
        try:
            async with asyncio.timeout(DATABASE_TIMEOUT_S), self._looking.connect() as connection:
                row = (await connection.execute(self._put_aside)).one()
        except Exception:
            return None
        return {name: number for name, number in row._mapping.items() if number}


def waits_for_broker(error: Exception | None) -> bool:
    """Whether a failure goes when the broker comes back."""
    return isinstance(error, KafkaError) and (
        error.retriable or isinstance(error, KafkaTimeoutError | KafkaUnavailableError)
    )


def _fails(loop: Loop) -> bool:
    return loop.progress.failures >= FAILING_AFTER


def _put_aside(service: str) -> sa.Select[int, int]:
    parked = sa.select(parked_events.c.id).where(
        parked_events.c.consumer == service, parked_events.c.replayed_at.is_(None)
    )
    unreadable = sa.select(unreadable_records.c.id).where(unreadable_records.c.consumer == service)
    counts = {"parked": parked, "unreadable": unreadable}
    return sa.select(
        *(
            sa.select(sa.func.count()).select_from(rows.limit(COUNTED_TO).subquery()).scalar_subquery().label(name)
            for name, rows in counts.items()
        )
    )


def _answer(status: str, good: bool, named: dict[str, Any]) -> JSONResponse:
    return JSONResponse({"status": status} | named, 200 if good else 503)
