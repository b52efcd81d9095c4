"""One import as it runs: rows are sent, and every few moments what became of them is kept.

It runs in the request that began it, or in the background of the same process with the caller's token, which is kept
nowhere. A process that ends takes its imports along: they are `interrupted`, and resumed by who has the file.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
import structlog

from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.runner import Service
from mentoring_integrations.imports.csv_table import Problem
from mentoring_integrations.imports.models import Import, RefusedRow
from mentoring_integrations.imports.sending import BATCH, LARGE_BATCH, OUTCOMES, Sending
from mentoring_integrations.imports.service_client import ServiceClient

SAVE_EVERY_S: Final = 2.0
log = structlog.get_logger()


class _Ended(Exception):
    """Somebody cancelled it."""


@dataclass(frozen=True)
class Before:
    """What became of lines before an import was interrupted: those accepted by outcome, and those refused."""

    lines: Mapping[str, Collection[int]]
    refused: Collection[int]


NOTHING_BEFORE: Final = Before({}, ())


@dataclass
class Run:
    """An import that runs."""

    service: Service
    by: Principal
    client: ServiceClient
    started: Import
    problems: Sequence[Problem]  # of reading the file
    send: Callable[[Sending], Awaitable[None]]
    sending: Sending = field(init=False)
    _kept: set[Problem] = field(default_factory=set)
    _refused: frozenset[int] = frozenset()
    _saved_at: float = field(default_factory=time.monotonic)

    def begin(self, digest: bytes, before: Before, *, large: bool) -> None:
        """Set out, from where it was."""
        batch = LARGE_BATCH if large else BATCH
        dry_run = self.started.dry_run
        self.sending = Sending(
            self.client, self.started.id, digest, dry_run=dry_run, progressed=self.progressed, batch=batch
        )
        self.sending.passed |= set(before.refused)
        self._refused = frozenset(before.refused)
        for outcome, lines in before.lines.items():
            self.sending.lines[outcome] |= set(lines)

    async def progressed(self) -> None:
        """Keep what became of rows, if that was some moments ago. _Ended where somebody cancelled the import."""
        if time.monotonic() - self._saved_at >= SAVE_EVERY_S:
            await self.save("running")

    async def save(self, state: str) -> None:
        """Keep what became of the rows so far. _Ended, after that, where somebody cancelled the import."""
        done = self.sending
        lines = {outcome: sorted(done.lines[outcome]) for outcome in OUTCOMES}
        found = {one for one in (*self.problems, *done.problems) if one.row not in self._refused} - self._kept
        async with self.service.database.transaction(self.started.tenant_id) as db:
            own = sa.update(Import).where(Import.id == self.started.id, Import.state.in_(("running", "cancelled")))
            running = Import.state == "running"
            ends = {"finished_at": sa.case((running, now(db)), else_=Import.finished_at)} if state != "running" else {}
            values = own.values(
                state=sa.case((running, state), else_=Import.state), accepted=len(done.accepted),
                progressed_at=sa.func.clock_timestamp(), **lines, **ends,
            )  # fmt: skip
            now_in = await db.scalar(values.returning(Import.state))
            db.add_all(RefusedRow(import_id=self.started.id, **vars(one)) for one in sorted(found, key=_place))
        self._kept |= found
        self._saved_at = time.monotonic()
        if now_in != state:
            raise _Ended()


async def carry_through(run: Run) -> None:
    """Send what is to be sent, and keep the end of it; where it was cancelled meanwhile, no more is sent."""
    try:
        await run.send(run.sending)
        await run.save("finished")
    except _Ended:
        return


async def carry_on(run: Run) -> None:
    """As `carry_through`, in the background: where applications does not answer, it is left interrupted."""
    try:
        await run.save("running")
        await run.send(run.sending)
        if run.sending.interrupted:
            run.sending.problems = [one for one in run.sending.problems if one.code != "unavailable"]
        await run.save("running" if run.sending.interrupted else "finished")
    except _Ended:
        return
    except Exception:
        log.exception("import_failed", import_id=str(run.started.id))


def take_along(service: Service, work: Coroutine[Any, Any, None]) -> None:
    """Do it beside the requests, in this process."""
    tasks: set[asyncio.Task[None]] = service.app.state.imports
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def _place(problem: Problem) -> tuple[int, str, str]:
    return problem.row, problem.column or "", problem.code
