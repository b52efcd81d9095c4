"""Cohorts and their milestones: a plan that every cohort follows, and what one cohort has of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Final

from pydantic import Field, model_validator

from mentoring_contracts.applications import Milestone
from mentoring_contracts.blueprint.dates import Date, begins_at, ends_at, resolver
from mentoring_contracts.blueprint.scalars import Id, Whole, wrong
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Text

KINDS: Final = (
    "window_opens", "window_closes", "orientation", "match_confirmed", "cpd", "check_in",
    "interim_evaluation_opens", "interim_evaluation_closes", "interim_report", "relationships_close",
    "summative_evaluation_opens", "summative_evaluation_closes", "interviews_start", "interviews_end", "final_report",
    "follow_up_evaluation_opens", "follow_up_evaluation_closes",
    "expression_of_interest", "interim_evaluation", "summative_evaluation", "follow_up_evaluation", "interviews",
)  # fmt: skip
"""The kinds of milestones that need no title. `…_opens` with `…_closes` (`…_start`, `…_end`) is one step outside."""
BEGINNINGS: Final = ("_opens", "_start")
ENDS: Final = ("_closes", "_end")
APPLICATION_WINDOW: Final = "expression_of_interest"
NAMES: Final = {"window": APPLICATION_WINDOW}
"""What a step is called outside, where not by its stem."""


class PlannedMilestone(Section):
    """A dated step of a cohort: a `date`, or `starts` and `ends`."""

    kind: Annotated[Id, Field(description="what happens; `…_opens` and `…_closes` (`…_start`, `…_end`) are one step")]
    title: Annotated[Text | None, Field(description="what people call it; a kind of the programme's own needs one")] = (
        None
    )
    date: Annotated[Date | None, Field(description="the day, or how far it is from another milestone or the start")] = (
        None
    )
    starts: Annotated[Date | None, Field(description="the first day of a step that has two, in one line")] = None
    ends: Annotated[Date | None, Field(description="its last day")] = None

    @model_validator(mode="after")
    def _is_dated(self) -> "PlannedMilestone":
        if (self.date is None) == (self.starts is None):
            raise wrong("date", "a milestone has either date, or starts and ends")
        if self.ends is not None and self.starts is None:
            raise wrong("date", "ends needs starts")
        return self


class PlannedCohort(Section):
    """One round: its number, its places, and the dates that are its own."""

    number: Annotated[Whole, Field(ge=1, le=10_000, description="1, 2, 3 …; each once")]
    places: Annotated[Whole, Field(ge=0, le=1_000_000, description="how many pairs there is room for")]
    starts: Annotated[Date | None, Field(description="the day that `start` means in the plan's dates")] = None
    milestones: Annotated[
        list[PlannedMilestone],
        Field(max_length=200, description="this cohort's own; one takes the place of the plan's of the same kind"),
    ] = []


@dataclass(frozen=True, slots=True)
class Line:
    """A milestone of a cohort's calendar; `own` where it is the cohort's, not the plan's, and its `place` there."""

    milestone: PlannedMilestone
    own: bool
    place: int

    def dates(self) -> Iterator[tuple[str, str]]:
        """The names that dates may stand to, with the dates: the kind; of a step in one line its two ends."""
        one = self.milestone
        if one.date is not None:
            yield one.kind, one.date
        if one.starts is not None:
            yield one.kind, one.starts
            yield f"{one.kind}_opens", one.starts
            yield f"{one.kind}_closes", one.ends or one.starts


def laid_over(plan: Sequence[PlannedMilestone], own: Sequence[PlannedMilestone]) -> list[Line]:
    """The plan's milestones with a cohort's own in their places; further ones of its own behind."""
    lines = [Line(one, True, place) for place, one in enumerate(own)]
    planned = [Line(one, False, place) for place, one in enumerate(plan)]
    kinds = {line.milestone.kind for line in lines}
    laid: list[Line] = []
    for line in planned:
        kind = line.milestone.kind
        if kind not in kinds:
            laid.append(line)
        elif not any(one.own and one.milestone.kind == kind for one in laid):
            laid += [one for one in lines if one.milestone.kind == kind]
    return [*laid, *(line for line in lines if line not in laid)]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Works out the dates of one cohort: `starts` is its first day, where it has one."""

    lines: Sequence[Line]
    starts: date | None = None
    zone: str | None = None

    def resolve(self, written: str) -> tuple[date, time | None]:
        """The day and the time of a date. Unresolved, OverflowError."""
        dates = {name: day for line in reversed(self.lines) for name, day in line.dates()}
        return resolver(dates, self.starts)(written)

    def milestones(self) -> list[Milestone]:
        """The milestones with beginnings and ends joined, in the order of their beginnings.

        Unresolved, OverflowError; ValueError for an end without a beginning or before it.
        """
        ends = {stem(one.kind): one for line in self.lines if (one := line.milestone).kind.endswith(ENDS)}
        made = [self._milestone(line.milestone, ends) for line in self.lines if not line.milestone.kind.endswith(ENDS)]
        if ends:
            raise ValueError(f"{next(iter(ends.values())).kind} has no beginning")
        return sorted(made, key=lambda milestone: milestone.starts_at)

    def _milestone(self, one: PlannedMilestone, ends: dict[str, PlannedMilestone]) -> Milestone:
        """Takes the end that belongs to the line out of `ends`."""
        begins = one.kind.endswith(BEGINNINGS)
        end = ends.pop(stem(one.kind), None) if begins else None
        last = one.ends if one.starts is not None else end.date if end else None
        starts_at = begins_at(*self.resolve(one.starts or one.date or ""), self.zone)
        closes_at = ends_at(*self.resolve(last), self.zone) if last is not None else None
        if closes_at is not None and closes_at < starts_at:
            raise ValueError(f"{end.kind if end else one.kind} is before {one.kind}")
        kind = NAMES.get(stem(one.kind), stem(one.kind)) if begins else one.kind
        return Milestone(kind=kind, starts_at=starts_at, ends_at=closes_at)


def stem(kind: str) -> str:
    """The kind of a step without the mark of its beginning or end."""
    return next((kind.removesuffix(mark) for mark in (*BEGINNINGS, *ENDS) if kind.endswith(mark)), kind)
