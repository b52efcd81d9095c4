"""The own time of a relationship: pauses, its end, reminders, phases."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from mentoring_common.languages import InLanguage, languages_of
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch
from mentoring_sessions.pair_clock import commands, queries, views
from mentoring_sessions.pair_clock.models import Pause
from mentoring_sessions.pair_clock.schemas import (
    NewEnd,
    NewPause,
    PairTimeView,
    PauseView,
    PhasesView,
    PlannedPhase,
    PlannedPhaseView,
    Reminders,
    Tick,
)
from mentoring_sessions.relationships.access import Reader, Writer, to_relationship
from mentoring_sessions.relationships.parts import STEERS

PhaseName = Annotated[str, Path(description="the phase's name in the blueprint", max_length=100)]
StepName = Annotated[str, Path(description="the step's name in the checklist", max_length=100)]

router = APIRouter(route_class=Route, tags=["relationships"])


@router.get("/relationships/{match_id}/time")
async def read_pair_time(match_id: UUID, by: Reader, db: Db) -> PairTimeView:
    """When the relationship began and ends, its break, its phase, and whether it is reminded."""
    return views.time((await to_relationship(db, by, match_id)).relationship)


@router.post("/relationships/{match_id}/pause")
async def pause_relationship(match_id: UUID, new: NewPause, by: Writer, db: Db, expected: IfMatch) -> PairTimeView:
    """Take a break (one of the pair, who leads a group, or who makes matches): no reminders, and the time stands still.

    Why is for the pair and the programme team. When it goes on, its end is later by as many days.
    """
    mine = await to_relationship(db, by, match_id, STEERS)
    return views.time(await commands.pause(db, by, mine, new, expected))


@router.post("/relationships/{match_id}/resume")
async def resume_relationship(match_id: UUID, by: Writer, db: Db, expected: IfMatch) -> PairTimeView:
    """Go on after a break (as who may pause)."""
    mine = await to_relationship(db, by, match_id, STEERS)
    return views.time(await commands.resume(db, by, mine, expected))


@router.get("/relationships/{match_id}/pauses")
async def list_pauses(match_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[PauseView]:
    """The breaks of a relationship; why, for the pair and the programme team."""
    mine = await to_relationship(db, by, match_id)
    shown, following = await page(db, queries.pauses(match_id), Pause.id, cursor, limit)
    return Page(items=await views.pauses(db, mine, shown), next_cursor=following)


@router.post("/relationships/{match_id}/end")
async def move_end(match_id: UUID, new: NewEnd, by: Writer, db: Db, expected: IfMatch) -> PairTimeView:
    """Extend the relationship, or let it end earlier than planned (who makes matches); to end it now, close it."""
    mine = await to_relationship(db, by, match_id, STEERS)
    return views.time(await commands.move_end(db, by, mine, new, expected))


@router.post("/relationships/{match_id}/reminders")
async def set_reminders(match_id: UUID, wanted: Reminders, by: Writer, db: Db, expected: IfMatch) -> PairTimeView:
    """Whether, and from which day on, the pair is written to when it has not met (as who may pause)."""
    mine = await to_relationship(db, by, match_id, STEERS)
    return views.time(await commands.set_reminders(db, by, mine, wanted, expected))


@router.post("/relationships/{match_id}/phases", status_code=201)
async def plan_phase(match_id: UUID, new: PlannedPhase, by: Writer, db: Db) -> PlannedPhaseView:
    """Say when a phase of the programme begins for this pair, or that it begins now (as who may pause)."""
    mine = await to_relationship(db, by, match_id, STEERS)
    return PlannedPhaseView.model_validate(await commands.plan_phase(db, by, mine, new))


@router.get("/relationships/{match_id}/phases")
async def list_phases(match_id: UUID, by: Reader, db: Db, read: InLanguage = None) -> PhasesView:
    """The phases of the programme with their checklists, and when the pair is in which."""
    return await views.phases(db, (await to_relationship(db, by, match_id)).relationship, languages_of(read))


@router.delete("/relationships/{match_id}/phases/{phase_id}", status_code=204)
async def give_up_phase(match_id: UUID, phase_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """A phase that was planned does not come (as who may pause)."""
    mine = await to_relationship(db, by, match_id, STEERS)
    mine.require_steering()
    planned = await queries.planned_phase(db, match_id, phase_id)
    await expected.hold(db, mine.relationship)
    await commands.give_up_phase(db, by, mine, planned)


@router.post("/relationships/{match_id}/phases/{phase}/steps/{step}")
async def tick_step(
    match_id: UUID, phase: PhaseName, step: StepName, tick: Tick, by: Writer, db: Db, read: InLanguage = None
) -> PhasesView:
    """Say that a step of a checklist is done, or not (one of the relationship)."""
    mine = await to_relationship(db, by, match_id)
    await commands.tick_step(db, mine, phase, step, tick.done)
    return await views.phases(db, mine.relationship, languages_of(read))
