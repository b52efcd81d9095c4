"""What the REST API gives of totals."""

from pydantic import BaseModel


class FormCounts(BaseModel):
    """Answers by role, field and option; null where a group is too small to be shown."""

    hidden_under: int
    rounded_to: int
    counts: dict[str, dict[str, dict[str, int | None]]]


class EqualityTotals(BaseModel):
    """Answers by field and option; null where a group is too small to be shown, `hidden_under` says how small."""

    hidden_under: int
    rounded_to: int
    totals: dict[str, dict[str, int | None]]
