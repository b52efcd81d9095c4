"""The own time of a relationship as the REST API takes and gives it."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Day
from mentoring_sessions.fields import Why

Name = Annotated[str, Field(min_length=1, max_length=100)]


class NewPause(Body):
    until: Day | None = Field(None, description="the day on which it goes on by itself; without one somebody says so")
    reason: Why | None = Field(None, description="for the pair and the programme team")


class NewEnd(Body):
    ends_on: Day = Field(description="the last day, by the clocks of the programme's zone")
    reason: Why


class Reminders(Body):
    stopped: bool = Field(False, description="whether the pair is not written to at all; left out: it is")
    not_before: Day | None = Field(None, description="the day, ahead, before which it is not written to")


class PlannedPhase(Body):
    phase: Name = Field(description="a phase of the programme's blueprint")
    begins_on: Day | None = Field(None, description="the day it begins; without one, or if it is past, it begins now")


class Tick(Body):
    done: bool = Field(description="whether it is done")


class PairTimeView(VersionedView):
    MADE_AT: ClassVar = "/relationships/{match_id}/time"
    match_id: UUID
    started_at: datetime | None
    ends_at: datetime | None = Field(description="when it is closed by itself; later by every pause that is over")
    paused_at: datetime | None
    paused_until: date | None = Field(description="the day on which it goes on by itself")
    paused_days: int = Field(description="of the pauses that are over")
    phase: str | None = Field(description="which of the programme's phases it is in, where it has some")
    reminders_stopped: bool = Field(description="whether the pair is not written to when it has not met")
    reminders_after: datetime | None = Field(description="until when the pair asked not to be written to")


class PauseView(View):
    id: UUID
    begun_by: UUID | None = Field(description="null: the organisation's own system")
    begun_at: datetime = Field(description="since when the pair had a break")
    until: date | None = Field(description="the day that was said beforehand")
    ended_at: datetime | None = Field(description="when it went on; null: not yet")
    reason: str | None = Field(description="null where none was given, the caller may not read it, or it was erased")


class StepView(View):
    id: str = Field(description="its name in the blueprint")
    text: str = Field(description="what is to be done")
    ticked_at: datetime | None = Field(description="when it was done; null: it is open")
    ticked_by: UUID | None = Field(description="who said so")


class PhaseView(View):
    phase: str = Field(description="its name in the blueprint")
    title: str = Field(description="what people call it")
    quiet: bool = Field(description="whether nobody reminds the pair in it")
    current: bool = Field(description="whether the pair is in it")
    checklist: list[StepView] = Field(description="its steps, in order")


class PlannedPhaseView(View):
    MADE_AT: ClassVar = "/relationships/{match_id}/phases"
    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    phase: str = Field(description="its name in the blueprint")
    begins_at: datetime = Field(description="when it is to begin, or was")
    begun_at: datetime | None = Field(description="when it began; null: it is ahead")


class PhasesView(View):
    phases: list[PhaseView] = Field(description="those of the programme, in order")
    planned: list[PlannedPhaseView] = Field(description="when each began or is to begin, in order of time")
