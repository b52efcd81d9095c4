"""What a programme holds beside the pairs' own meetings."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.scalars import Flag, Id, Whole, Words, wrong
from mentoring_contracts.blueprint.section import Section, read_by
from mentoring_contracts.blueprint.text import Text
from mentoring_contracts.words import Side

BUILT_IN = ("orientation", "cpd")
"""The kinds of activities that every programme has."""
ActivityKindId = Annotated[Words, Field(pattern=r"^[a-z][a-z_]{0,39}$")]


class Orientation(Section):
    """The activity that people attend first."""

    READ_BY = ("sessions",)
    compulsory: Annotated[Flag, Field(description="whether a pair starts only after it")] = False
    roles: Annotated[list[Side], Field(min_length=1, description="who has to attend before the pair starts")] = [
        "mentor",
        "mentee",
    ]


class ActivityKind(Section):
    """A kind of activity."""

    READ_BY = ("sessions",)
    id: Annotated[
        ActivityKindId,
        Field(description="its name, in small letters and _"),
        read_by("sessions", "evaluation"),
    ]
    title: Annotated[Text, Field(description="what people call it")]
    figure: Annotated[
        Literal["cpd_sessions"] | None,
        Field(description="the figure that counts it"),
        read_by("evaluation"),
    ] = None


class Due(Section):
    """By when something is attended: a date of the cohort, or one of the pair's own time."""

    READ_BY = ("sessions",)
    milestone: Annotated[Id | None, Field(description="by the first day of this milestone of the cohort")] = None
    months: Annotated[
        Whole | None, Field(ge=1, le=120, description="so many months after the pair has started, breaks not counted")
    ] = None
    meetings: Annotated[Whole | None, Field(ge=1, le=100, description="once the pair has met so often")] = None
    days: Annotated[Whole, Field(ge=0, le=365, description="with meetings: how many days after the last of them")] = 14
    remind_days: Annotated[
        Whole, Field(ge=0, le=180, description="how many days before a person is told who has not met it yet, once")
    ] = 14

    @model_validator(mode="after")
    def _says_when_once(self) -> "Due":
        if sum(said is not None for said in (self.milestone, self.months, self.meetings)) != 1:
            raise wrong("when", "one of milestone, months and meetings says when it is due")
        return self


class Requirement(Section):
    """What people attend to complete the programme: so many activities of some kinds, so many minutes, or both."""

    READ_BY = ("sessions",)
    id: Annotated[ActivityKindId, Field(description="its name, in small letters and _")]
    title: Annotated[Text, Field(description="what people call it")]
    kinds: Annotated[
        list[ActivityKindId], Field(min_length=1, max_length=100, description="the kinds of activities that count")
    ]
    sides: Annotated[list[Side], Field(min_length=1, description="who has to")] = ["mentor", "mentee"]
    attend: Annotated[Whole | None, Field(ge=1, le=1000, description="how many of these activities, each once")] = None
    minutes: Annotated[Whole | None, Field(ge=1, le=1_000_000, description="how many minutes in all")] = None

    due: Annotated[Due | None, Field(description="by when; without it there is no hurry")] = None

    @model_validator(mode="after")
    def _asks_for_something(self) -> "Requirement":
        if self.attend is None and self.minutes is None:
            raise wrong("asks_nothing", "how many activities (attend) or minutes are wanted")
        return self


class Activities(Section):
    """Orientation, the kinds of activities, and what people attend to complete the programme."""

    READ_BY = ("sessions",)
    orientation: Annotated[Orientation, Field(description="the activity that comes first")] = Orientation()
    kinds: Annotated[
        list[ActivityKind],
        Field(max_length=100, description="the kinds beside orientation and cpd, which are always there"),
        read_by("sessions", "evaluation"),
    ] = []
    completion: Annotated[
        list[Requirement], Field(max_length=50, description="what people attend to complete the programme, all of it")
    ] = []

    @model_validator(mode="after")
    def _named_once(self) -> "Activities":
        for what, ids in (("kinds", [k.id for k in self.kinds]), ("requirements", [r.id for r in self.completion])):
            if len(ids) > len(set(ids)):
                raise wrong("twice", f"two {what} have one id")
        return self

    @model_validator(mode="after")
    def _of_known_kinds(self) -> "Activities":
        known = {*BUILT_IN, *(kind.id for kind in self.kinds)}
        if unknown := sorted({kind for one in self.completion for kind in one.kinds} - known):
            raise wrong("unknown_kind", f"completion counts activities of no kind that there is: {', '.join(unknown)}")
        return self


class Nudges(Section):
    """Reminders to a pair that has gone quiet."""

    READ_BY = ("sessions",)
    quiet_after_weeks: Annotated[
        Whole, Field(ge=1, le=520, description="weeks without a meeting after which a pair is quiet")
    ] = 8
    write_after_days: Annotated[
        list[Annotated[Whole, Field(ge=1, le=3650)]],
        Field(max_length=10, description="days without a meeting after which the pair itself is written to, each once"),
    ] = []

    @model_validator(mode="after")
    def _in_order(self) -> "Nudges":
        if list(self.write_after_days) != sorted(set(self.write_after_days)):
            raise wrong("order", "days are wanted in order, each once, such as [7, 14, 21, 28]")
        return self
