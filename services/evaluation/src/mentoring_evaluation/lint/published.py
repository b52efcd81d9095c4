"""How a programme describes the report it published, so that the linter can check it (`docs/lint-report.md`).

Every section is a list and may be left out. Every item may carry `at`, the place in the original document; without it
a finding points into this description itself (an RFC 9535 JSON path).
"""

from collections.abc import Callable, Sequence
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


def _at_most(decimals: int) -> Callable[[Decimal], Decimal]:
    def check(printed: Decimal) -> Decimal:
        exponent = printed.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -decimals:
            raise ValueError(f"print at most {decimals} decimals")
        return printed

    return check


Percent = Annotated[Decimal, Field(ge=-1_000_000, le=1_000_000), AfterValidator(_at_most(2))]
Number = Annotated[Decimal, Field(ge=-1_000_000_000, le=1_000_000_000), AfterValidator(_at_most(4))]
Point = Annotated[int, Field(ge=-1000, le=1000)]


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


class Answers(Item):
    """One answer of a distribution: how many gave it, the share they are of those who answered, or both."""

    label: Text
    count: Count | None = None
    percent: Percent | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.count is None and self.percent is None:
            raise ValueError("give a count, a percent or both")
        return self


class Distribution(Item):
    """The answers to one question. `several`: one person could give several of them. `complete`: no answer is left out.

    Without `several`, answers of a known scale (agreement, satisfaction, frequency, 1 to 5, yes and no) are taken to
    exclude each other, and of others it is possible.
    """

    name: Text
    cohort: Text | None = None
    role: Text | None = None
    wave: Text | None = None
    n: Count | None = None
    n_is: Literal["answered", "at_most"] = "answered"
    answers: Annotated[list[Answers], Field(max_length=1000)]
    several: bool | None = None
    complete: bool | None = None


class Mean(Item):
    """What is printed of answers on a scale of whole numbers: the mean, and perhaps the SD and the median.

    `minimum` and `maximum` are the ends of the scale. `items` is the number of questions a score is the mean of.
    `counts` are the answers at each point from `minimum` to `maximum`. `loose` where it is only taken that answers are
    whole numbers.
    """

    name: Text
    mean: Number
    sd: Annotated[Decimal, Field(ge=0, le=1_000_000_000), AfterValidator(_at_most(4))] | None = None
    median: Number | None = None
    n: Count | None = None
    n_is: Literal["answered", "at_most"] = "answered"
    minimum: Point | None = None
    maximum: Point | None = None
    items: Annotated[int, Field(ge=1, le=1000)] = 1
    counts: Annotated[list[Count], Field(max_length=2001)] | None = None
    loose: bool = False
    cohort: Text | None = None
    role: Text | None = None
    wave: Text | None = None

    @model_validator(mode="after")
    def _of_one_scale(self) -> Self:
        if None not in (self.minimum, self.maximum) and (self.minimum or 0) >= (self.maximum or 0):
            raise ValueError("minimum is not below maximum")
        if self.counts is not None:
            if self.minimum is None or self.maximum is None:
                raise ValueError("counts need the minimum and the maximum of the scale")
            if len(self.counts) != self.maximum - self.minimum + 1:
                raise ValueError("give one count for each point of the scale")
        return self


class Change(Item):
    """A change in percent of what was before: 40 to 46 is 15 %. `counted`: before and after are whole, not rounded."""

    label: Text
    before: Number
    after: Number
    percent: Percent
    counted: bool = False


class NetPromoter(Item):
    """A net promoter score, promoters less detractors in points, with what is printed of its parts in percent."""

    name: Text
    score: Percent
    promoters: Percent | None = None
    passives: Percent | None = None
    detractors: Percent | None = None
    n: Count | None = None
    n_is: Literal["answered", "at_most"] = "answered"
    cohort: Text | None = None
    role: Text | None = None
    wave: Text | None = None


class Part(BaseModel):
    """One addend of a total."""

    model_config = ConfigDict(extra="forbid")

    label: Text
    value: Count


class Total(Item):
    """A printed total and the printed parts it should be the sum of.

    Totals of one label that say `partition` are one total, parted in several ways. `loose` where it is only taken that
    these are its parts: others may be left out, or overlap.
    """

    label: Text
    partition: Text | None = None
    loose: bool = False
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
    """The lines of all cohorts and roles, and how many applicants moved between cohorts in all.

    `complete` where no cohort is left out.
    """

    lines: list[LedgerLine]
    moved: Count | None = None
    complete: bool | None = None


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
    distributions: list[Distribution] = []
    means: list[Mean] = []
    net_promoter: list[NetPromoter] = []
    changes: list[Change] = []
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
        for distribution in self.distributions:
            _number(distribution.answers, f"{distribution.at}.answers")
        return self


def _number(items: Sequence[Item], path: str) -> None:
    for number, item in enumerate(items):
        item.at = item.at or f"{path}[{number}]"
