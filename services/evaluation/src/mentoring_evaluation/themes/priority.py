"""Which theme first: a stated rule on two judgements that people make, impact and effort, each from 1 to 5."""

from dataclasses import dataclass
from typing import Literal

Band = Literal["now", "plan", "if_time_allows", "leave", "not_judged"]

RULE = (
    "Impact and effort are judged by people, each from 1 (very small) to 5 (very large). Impact is high from 4, effort "
    "is low up to 2. High impact at low effort: now. High impact at more effort: plan. Less impact at low effort: if "
    "time allows. The rest: leave. Inside a band more impact comes first, then less effort, then more different texts."
)
_ORDER: tuple[Band, ...] = ("now", "plan", "if_time_allows", "leave", "not_judged")


@dataclass(frozen=True, slots=True)
class Judged:
    """A theme as the rule sees it; None while nobody has judged it."""

    title: str
    impact: int | None
    effort: int | None
    texts: int


def band(impact: int | None, effort: int | None) -> Band:
    """The band of a theme. ValueError outside 1 to 5."""
    if impact is None or effort is None:
        return "not_judged"
    if not (1 <= impact <= 5 and 1 <= effort <= 5):
        raise ValueError("impact and effort are from 1 to 5")
    if impact >= 4:
        return "now" if effort <= 2 else "plan"
    return "if_time_allows" if effort <= 2 else "leave"


def order(theme: Judged) -> tuple[int, int, int, int, str]:
    """A sort key: the smallest comes first."""
    place = _ORDER.index(band(theme.impact, theme.effort))
    return place, -(theme.impact or 0), theme.effort or 0, -theme.texts, theme.title
