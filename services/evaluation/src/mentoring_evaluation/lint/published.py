"""How a programme describes the report it published, so that the linter can check it (`docs/lint-report.md`).

Every section is a list and may be left out. Every item may carry `at`, the place in the original document; without it
a finding points into this description itself (an RFC 9535 JSON path).
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

SCHEMA = "mentoring-report/1"

Count = Annotated[int, Field(ge=0, le=100_000_000)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]


def _real_day(text: str) -> str:
    date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    return text


Day = Annotated[str, StringConstraints(pattern=r"^(19|20|21)[0-9]{2}-[0-9]{2}(-[0-9]{2})?$"), AfterValidator(_real_day)]


def _few_decimals(percent: Decimal) -> Decimal:
    exponent = percent.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2:
        raise ValueError("print at most 2 decimals")
    return percent


Percent = Annotated[Decimal, Field(ge=-1_000_000, le=1_000_000), AfterValidator(_few_decimals)]


class Item(BaseModel):
    """What every described thing has: the place it was printed at."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    at: Text = ""


class Percentage(Item):
    """A printed share of people, in percent, with as many decimals as were printed.

    `n` is who answered this very question (`n_is` answered) or only how many took part, so that fewer may have
    answered it (`at_most`). No cohort means overall. `rule` says how an overall was made, where the report says it.
    """

    name: Text
    percent: Percent
    cohort: Text | None = None
    role: Text | None = None
    wave: Text | None = None
    numerator: Count | None = None
    n: Count | None = None
    n_is: Literal["answered", "at_most"] = "answered"
    rule: Literal["pooled", "mean_of_cohorts"] | None = None


class Part(BaseModel):
    """One addend of a total."""

    model_config = ConfigDict(extra="forbid")

    label: Text
    value: Count


class Total(Item):
    """A printed total and the printed parts it should be the sum of."""

    label: Text
    parts: list[Part]
    stated: Count


class Oversubscription(Item):
    """Applicants beyond the places, in percent of the places; `later_places` where the places changed afterwards."""

    role: Text | None = None
    demand: Count
    places: Annotated[int, Field(gt=0, le=100_000_000)]
    percent: Percent
    later_places: Annotated[int, Field(gt=0, le=100_000_000)] | None = None


class LedgerLine(Item):
    """What became of one cohort's applicants in one role; what is not printed is left out."""

    cohort: Text
    role: Text | None = None
    applied: Count
    matched: Count | None = None
    places: Count | None = None
    moved_in: Count | None = None
    moved_out: Count | None = None
    carried_over: Count | None = None
    withdrawn: Count | None = None
    ineligible: Count | None = None
    unmatched: Count | None = None
    still_open: Count | None = None


class Ledger(Item):
    """The lines of all cohorts and roles, and how many applicants moved between cohorts in all."""

    lines: list[LedgerLine]
    moved: Count | None = None


class Matches(Item):
    """Matched pairs of a cohort and the people in them (one mentor and one mentee a pair)."""

    cohort: Text | None = None
    pairs: Count
    mentors: Count
    mentees: Count


class CountRange(Item):
    """A total made of units that each lie in a printed range, such as transcript pages per interview.

    Give `units` where the report prints how many there were; otherwise `groups` (matched pairs) and how many units a
    group may have had. The first of `units_per_group` is what the report's words say.
    """

    label: Text
    unit: Text = "pages"
    total: Count
    minimum: Count
    maximum: Count
    units: Count | None = None
    groups: Count | None = None
    units_per_group: list[Annotated[int, Field(ge=1, le=100)]] = [1]


class DatedEvent(Item):
    """When something happened (a month or a day), as one place of the report says it."""

    event: Text
    date: Day
    cohort: Text | None = None


class Order(Item):
    """`earlier` may not come after `later`; `usual` where only the other cohorts suggest it."""

    earlier: Text
    later: Text
    kind: Literal["must", "usual"] = "must"


class Gap(Item):
    """The months from one event to another that the text promises."""

    earlier: Text
    later: Text
    months_min: Annotated[int, Field(ge=0, le=600)]
    months_max: Annotated[int, Field(ge=0, le=600)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.months_min > self.months_max:
            raise ValueError("months_min is above months_max")
        return self


class PublishedReport(Item):
    """A report as published. Cohorts, roles, waves and events are matched by name across the sections."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    schema_: Literal["mentoring-report/1"] = Field(default="mentoring-report/1", alias="schema")
    title: Text = "untitled report"
    percentages: list[Percentage] = []
    totals: list[Total] = []
    oversubscription: list[Oversubscription] = []
    ledgers: list[Ledger] = []
    matches: list[Matches] = []
    ranges: list[CountRange] = []
    dates: list[DatedEvent] = []
    orders: list[Order] = []
    gaps: list[Gap] = []

    @model_validator(mode="after")
    def _say_where(self) -> Self:
        for section in type(self).model_fields:
            items = getattr(self, section)
            _number(items if isinstance(items, list) else [], f"$.{section}")
        for ledger in self.ledgers:
            _number(ledger.lines, f"{ledger.at}.lines")
        return self


def _number(items: Sequence[Item], path: str) -> None:
    for number, item in enumerate(items):
        item.at = item.at or f"{path}[{number}]"
