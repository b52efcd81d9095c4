"""The sessions service: the own time of a relationship."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, body


@strawberry.type(description="When a relationship began and ends, its break, its phase, and whether it is reminded")
class PairTime:
    match_id: UUID
    version: int
    paused_days: int
    reminders_stopped: bool
    started_at: datetime | None = None
    ends_at: datetime | None = None
    paused_at: datetime | None = None
    paused_until: date | None = None
    phase: str | None = None
    reminders_after: datetime | None = None


@strawberry.type(description="A break of a relationship; `reason` is null where the caller may not read it")
class Pause:
    id: UUID
    begun_at: datetime
    begun_by: UUID | None = None
    until: date | None = None
    ended_at: datetime | None = None
    reason: str | None = None


@strawberry.type(description="A step of a phase's checklist")
class Step:
    id: str
    text: str
    ticked_at: datetime | None = None
    ticked_by: UUID | None = None


@strawberry.type(description="A phase of the programme; in a `quiet` one nobody reminds the pair")
class Phase:
    phase: str
    title: str
    quiet: bool
    current: bool
    checklist: list[Step]


@strawberry.type(description="When a phase of a relationship began, or is to begin")
class PlannedPhase:
    id: UUID
    match_id: UUID
    phase: str
    begins_at: datetime
    begun_at: datetime | None = None


@strawberry.type(description="The phases of the programme, and when the relationship is in which")
class Phases:
    phases: list[Phase]
    planned: list[PlannedPhase]


_time = TypeAdapter(PairTime)
_pauses = TypeAdapter(Page[Pause])
_phases = TypeAdapter(Phases)
_planned = TypeAdapter(PlannedPhase)


@dataclass(frozen=True)
class PairClockApi:
    """The own time of relationships for one caller."""

    api: Upstream

    async def time(self, match_id: UUID) -> PairTime:
        """When a relationship began and ends."""
        return await self.api.get(f"/relationships/{match_id}/time", _time)

    async def pauses(self, match_id: UUID, wanted: PageRequest) -> Page[Pause]:
        """The breaks of a relationship."""
        return await self.api.page(f"/relationships/{match_id}/pauses", _pauses, {}, wanted)

    async def phases(self, match_id: UUID) -> Phases:
        """The phases of a relationship."""
        return await self.api.get(f"/relationships/{match_id}/phases", _phases)

    async def pause(self, match_id: UUID, **pause: object) -> PairTime:
        """Take a break."""
        return await self.api.send("POST", f"/relationships/{match_id}/pause", _time, body(**pause))

    async def resume(self, match_id: UUID) -> PairTime:
        """Go on after a break."""
        return await self.api.send("POST", f"/relationships/{match_id}/resume", _time)

    async def move_end(self, match_id: UUID, **end: object) -> PairTime:
        """Extend a relationship, or let it end earlier."""
        return await self.api.send("POST", f"/relationships/{match_id}/end", _time, body(**end))

    async def set_reminders(self, match_id: UUID, **wanted: object) -> PairTime:
        """Whether and from when on a pair is written to."""
        return await self.api.send("POST", f"/relationships/{match_id}/reminders", _time, body(**wanted))

    async def plan_phase(self, match_id: UUID, **phase: object) -> PlannedPhase:
        """Say when a phase begins."""
        return await self.api.send("POST", f"/relationships/{match_id}/phases", _planned, body(**phase))

    async def give_up_phase(self, match_id: UUID, phase_id: UUID) -> None:
        """A phase that was planned does not come."""
        await self.api.send("DELETE", f"/relationships/{match_id}/phases/{phase_id}", NOTHING)

    async def tick_step(self, match_id: UUID, phase: str, step: str, done: bool) -> Phases:
        """Say that a step is done, or not."""
        path = f"/relationships/{match_id}/phases/{phase}/steps/{step}"
        return await self.api.send("POST", path, _phases, body(done=done))
