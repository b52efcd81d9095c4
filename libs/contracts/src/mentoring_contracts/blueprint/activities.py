"""What a programme holds beside the pairs' own meetings."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.scalars import Flag, Whole, Words, wrong
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


class Activities(Section):
    """Orientation and the kinds of activities."""

    READ_BY = ("sessions",)
    orientation: Annotated[Orientation, Field(description="the activity that comes first")] = Orientation()
    kinds: Annotated[
        list[ActivityKind],
        Field(max_length=100, description="the kinds beside orientation and cpd, which are always there"),
        read_by("sessions", "evaluation"),
    ] = []

    @model_validator(mode="after")
    def _named_once(self) -> "Activities":
        ids = [kind.id for kind in self.kinds]
        if len(ids) > len(set(ids)):
            raise wrong("twice", "two kinds have one id")
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
