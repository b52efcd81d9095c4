"""Milestones of a cohort and the application window among them.

A blueprint dates the beginning and the end of a step apart (`window_opens`, `window_closes`); outside they are one
milestone with `starts_at` and `ends_at`. A day begins at 00:00:00 and ends at 23:59:59 UTC.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from datetime import date as Day
from typing import Final

from pydantic import BaseModel, ConfigDict, model_validator

from mentoring_contracts.applications import Milestone

APPLICATION_WINDOW: Final = "expression_of_interest"
_BEGINNINGS: Final = ("_opens", "_start")
_ENDS: Final = ("_closes", "_end")
_NAMES: Final = {"window": APPLICATION_WINDOW}


class PlannedMilestone(BaseModel):
    """One dated line of a blueprint: `date`, or `starts` and `ends`; `planned` is the month first planned."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str
    date: Day | None = None
    starts: Day | None = None
    ends: Day | None = None
    planned: str | None = None

    @model_validator(mode="after")
    def _is_dated(self) -> "PlannedMilestone":
        if (self.date is None) == (self.starts is None):
            raise ValueError("a milestone needs either date or starts")
        if self.ends is not None and (self.starts is None or self.ends < self.starts):
            raise ValueError("ends needs an earlier starts")
        return self


@dataclass(frozen=True, slots=True)
class Window:
    """When applications for a cohort are taken: from `opens_at` up to and including `closes_at`, None without end."""

    opens_at: datetime
    closes_at: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Whether applications are taken at the moment."""
        return self.opens_at <= moment and (self.closes_at is None or moment <= self.closes_at)


def joined(planned: Sequence[PlannedMilestone]) -> list[Milestone]:
    """The milestones with beginnings and ends joined, in the order of their beginnings in the blueprint.

    ValueError for an end without a beginning or before it.
    """
    ends = {_stem(line.kind, _ENDS): line for line in planned if line.kind.endswith(_ENDS)}
    made = [_milestone(line, ends) for line in planned if not line.kind.endswith(_ENDS)]
    if ends:
        raise ValueError(f"{next(iter(ends.values())).kind} has no beginning")
    return made


def _milestone(line: PlannedMilestone, ends: dict[str, PlannedMilestone]) -> Milestone:
    """Takes the end that belongs to the line out of `ends`."""
    if line.starts is not None:
        return Milestone(kind=line.kind, starts_at=_begin(line.starts), ends_at=_finish(line.ends))
    assert line.date is not None
    if not line.kind.endswith(_BEGINNINGS):
        return Milestone(kind=line.kind, starts_at=_begin(line.date))
    stem = _stem(line.kind, _BEGINNINGS)
    end = ends.pop(stem, None)
    if end is not None and (end.date is None or end.date < line.date):
        raise ValueError(f"{end.kind} is before {line.kind}")
    kind = _NAMES.get(stem, stem)
    return Milestone(kind=kind, starts_at=_begin(line.date), ends_at=_finish(end.date if end else None))


def application_window(milestones: Iterable[Milestone]) -> Window | None:
    """The application window among the milestones; None if there is none."""
    found = next((m for m in milestones if m.kind == APPLICATION_WINDOW), None)
    return Window(found.starts_at, found.ends_at) if found else None


def _stem(kind: str, endings: tuple[str, ...]) -> str:
    return next(kind.removesuffix(ending) for ending in endings if kind.endswith(ending))


def _begin(day: Day) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _finish(day: Day | None) -> datetime | None:
    return datetime.combine(day, time(23, 59, 59), UTC) if day else None
