"""The application window among the milestones of a cohort."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mentoring_contracts.applications import Milestone
from mentoring_contracts.blueprint.calendar import APPLICATION_WINDOW


@dataclass(frozen=True, slots=True)
class Window:
    """When applications for a cohort are taken: from `opens_at` up to and including `closes_at`, None without end."""

    opens_at: datetime
    closes_at: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Whether applications are taken at the moment."""
        return self.opens_at <= moment and (self.closes_at is None or moment <= self.closes_at)


def application_window(milestones: Iterable[Milestone]) -> Window | None:
    """The application window among the milestones; None if there is none."""
    found = next((m for m in milestones if m.kind == APPLICATION_WINDOW), None)
    return Window(found.starts_at, found.ends_at) if found else None
