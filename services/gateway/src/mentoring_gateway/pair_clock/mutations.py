"""Pauses, a moved end, reminders and phases."""

from datetime import date
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.pair_clock.client import PairTime, Phases, PlannedPhase


@strawberry.type
class PairClock:
    @command(
        "Take a break, until a day or until somebody says so: nobody is reminded, and the end is later by its days"
    )
    async def pause_relationship(
        self,
        info: Info,
        match_id: UUID,
        until: date | None = None,
        reason: str | None = None,
        expected_version: int | None = None,
    ) -> PairTime:
        api = info.context.commands(info, expected_version).pair_clock
        return await api.pause(match_id, until=until, reason=reason)

    @command("Go on after a break")
    async def resume_relationship(self, info: Info, match_id: UUID, expected_version: int | None = None) -> PairTime:
        return await info.context.commands(info, expected_version).pair_clock.resume(match_id)

    @command("Extend a relationship, or let it end earlier; for the programme team")
    async def move_end(
        self, info: Info, match_id: UUID, ends_on: date, reason: str, expected_version: int | None = None
    ) -> PairTime:
        api = info.context.commands(info, expected_version).pair_clock
        return await api.move_end(match_id, ends_on=ends_on, reason=reason)

    @command("Whether, and from which day on, a pair is written to when it has not met")
    async def set_reminders(
        self,
        info: Info,
        match_id: UUID,
        stopped: bool = False,
        not_before: date | None = None,
        expected_version: int | None = None,
    ) -> PairTime:
        api = info.context.commands(info, expected_version).pair_clock
        return await api.set_reminders(match_id, stopped=stopped, not_before=not_before)

    @command("Say when a phase of the programme begins for a pair; without a day it begins now")
    async def plan_phase(self, info: Info, match_id: UUID, phase: str, begins_on: date | None = None) -> PlannedPhase:
        return await info.context.commands(info).pair_clock.plan_phase(match_id, phase=phase, begins_on=begins_on)

    @command("A phase that was planned does not come")
    async def give_up_phase(
        self, info: Info, match_id: UUID, phase_id: UUID, expected_version: int | None = None
    ) -> UUID:
        await info.context.commands(info, expected_version).pair_clock.give_up_phase(match_id, phase_id)
        return phase_id

    @command("Say that a step of a phase's checklist is done, or not")
    async def tick_step(self, info: Info, match_id: UUID, phase: str, step: str, done: bool = True) -> Phases:
        return await info.context.commands(info).pair_clock.tick_step(match_id, phase, step, done)
