"""What a blueprint says about relationships; a part that a blueprint leaves out has a default here."""

from typing import Any

from pydantic import BaseModel, Field

QUIET_AFTER_WEEKS = 8


class _Orientation(BaseModel):
    compulsory: bool = False


class _Activities(BaseModel):
    orientation: _Orientation = _Orientation()


class _Nudges(BaseModel):
    quiet_after_weeks: int = Field(default=QUIET_AFTER_WEEKS, ge=1)


class Terms(BaseModel):
    """The terms of a programme's relationships. `hours_budget` are the hours of a pair over the whole duration."""

    hours_budget: float | None = Field(None, gt=0)
    duration_months: int | None = Field(None, ge=1)
    activities: _Activities = _Activities()
    nudges: _Nudges = _Nudges()

    @property
    def budget_minutes(self) -> int | None:
        """The hours budget in minutes; None without one."""
        return None if self.hours_budget is None else round(self.hours_budget * 60)


def terms_of(blueprint: dict[str, Any]) -> Terms:
    """Read the terms from a blueprint; pydantic's ValidationError if they are no terms."""
    return Terms.model_validate({name: value for name, value in blueprint.items() if value is not None})
