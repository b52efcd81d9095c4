"""Who may be paired with whom, what makes a good pair, and how offers are made."""

from datetime import time
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from mentoring_contracts.blueprint.scalars import Flag, Id, Number, Value, Whole, Words, as_text, wrong
from mentoring_contracts.blueprint.section import Section, read_by
from mentoring_contracts.blueprint.text import Text
from mentoring_contracts.words import Side

RuleKind = Literal[
    "must_differ", "must_match", "gap", "common_value", "overlap_hours", "not_matched_before", "no_declared_conflict",
    "no_conflict", "no_line_management", "barred_pair",
]  # fmt: skip
CriterionKind = Literal[
    "topics", "topics_back", "text", "mentee_preference", "mentor_preference", "conversation", "same", "other", "wish",
    "near", "new",
]  # fmt: skip
Weight = Literal[
    "topics", "topics_back", "text", "preferences", "mentee_preference", "mentor_preference", "other_discipline",
    "discipline_wish", "conversations", "same_discipline", "near", "new_pairs",
]  # fmt: skip
SAFE: Final = ("no_line_management", "no_declared_conflict", "not_matched_before")
NEED_ATTRIBUTE: Final = frozenset({"must_differ", "must_match", "gap", "common_value", "overlap_hours"})
WEIGHED_ATTRIBUTES: Final = {
    "other_discipline": ("discipline",),
    "discipline_wish": ("discipline", "discipline_wish"),
    "same_discipline": ("discipline",),
    "near": ("country", "region", "town"),
}
"""The attributes that a weight reads."""
PROTECTED: Final = frozenset({
    "age", "age_group", "date_of_birth", "disability", "ethnicity", "gender", "gender_reassignment",
    "marital_status", "maternity", "pregnancy", "race", "religion", "sex", "sexual_orientation",
})  # fmt: skip
"""Protected characteristics (Equality Act 2010, s. 4): they never decide who meets whom."""
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _as_day(value: Any) -> Any:
    """A day of the week by its name, or of a month by its number."""
    said = str(value).strip().lower()
    if said not in WEEKDAYS and not (said.isdecimal() and 1 <= int(said) <= 31):
        raise wrong("day", "a day of the week, such as monday, or of the month, such as 15, is wanted")
    return said


DayOf = Annotated[
    str,
    BeforeValidator(_as_day),
    WithJsonSchema({"anyOf": [{"enum": list(WEEKDAYS)}, {"type": "integer", "minimum": 1, "maximum": 31}]}),
]
Clock = Annotated[str, BeforeValidator(as_text), StringConstraints(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$")]
Share = Annotated[Number, Field(ge=0, le=1_000_000)]


class HardRule(Section):
    """A pair that breaks it is never proposed."""

    READ_BY = ("matching",)
    id: Annotated[Id, Field(description="its name in explanations")]
    kind: Annotated[RuleKind, Field(description="what it compares")]
    text: Annotated[Text | None, Field(description="what it asks, as explanations say it")] = None
    attribute: Annotated[Id | None, Field(description="the field or attribute it reads of both")] = None
    mentor_attribute: Annotated[Id | None, Field(description="the mentor's, where it has another name")] = None
    least: Annotated[
        Number | None,
        Field(description="the least gap (mentor minus mentee; reverse: the other way), or common values, or hours"),
    ] = None
    most: Annotated[Number | None, Field(description="the largest gap")] = None
    pairs: Annotated[
        list[list[Words]] | None, Field(max_length=10_000, description="of barred_pair: [mentor id, mentee id]")
    ] = None
    missing: Annotated[
        Literal["allow", "forbid"] | None, Field(description="what holds where one of the two gave no answer")
    ] = None
    private: Annotated[Flag | None, Field(description="never named in what others read")] = None

    @model_validator(mode="after")
    def _is_whole(self) -> "HardRule":
        if self.kind in NEED_ATTRIBUTE and not self.attribute:
            raise wrong("attribute", "a rule of this kind needs attribute")
        if self.kind == "gap" and self.least is None and self.most is None:
            raise wrong("gap", "a gap needs least, most or both")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise wrong("never", "least is above most: no pair could meet it")
        if any(len(pair) != 2 for pair in self.pairs or ()):
            raise wrong("pairs", "each pair is [mentor id, mentee id]")
        return self


class Weighted(Section):
    """One thing that makes a pair good, in the engine's own words."""

    READ_BY = ("matching",)
    name: Annotated[Id, Field(description="its name in explanations")]
    kind: Annotated[CriterionKind, Field(description="what it compares")]
    weight: Annotated[Number, Field(gt=0, le=1_000_000, description="its weight beside the others")] = 1.0
    attribute: Annotated[Id | None, Field(description="the field or attribute it reads")] = None
    wish_attribute: Annotated[Id | None, Field(description="the field in which mentees say what they wish")] = None
    levels: Annotated[list[Id] | None, Field(min_length=1, description="of near: from the widest to the nearest")] = (
        None
    )
    private: Annotated[Flag | None, Field(description="never named in what others read")] = None


class Limit(Section):
    """At most and at least so many pairs whose mentor or mentee has a value."""

    READ_BY = ("matching",)
    name: Annotated[Id, Field(description="its name in explanations")]
    attribute: Annotated[Id, Field(description="the field or attribute it reads")]
    side: Annotated[Side, Field(description="whose")]
    value: Annotated[Value | None, Field(description="the value; left out, each value that occurs")] = None
    most: Annotated[Whole | None, Field(ge=0, description="at most so many pairs")] = None
    least: Annotated[Whole | None, Field(ge=0, description="at least so many pairs")] = None

    @model_validator(mode="after")
    def _is_whole(self) -> "Limit":
        if self.most is None and self.least is None:
            raise wrong("limit", "a limit needs most, least or both")
        if self.most is not None and self.least is not None and self.least > self.most:
            raise wrong("never", "least is above most: no result could meet it")
        return self


class Load(Section):
    """How mentees are spread over the mentors of a cohort."""

    READ_BY = ("matching",)
    most: Annotated[Whole | None, Field(ge=1, le=1000, description="the most mentees of any mentor")] = None
    even: Annotated[
        Flag | Share | None,
        Field(
            description="true: as few mentees of the busiest mentor as lose no match; a number: one more for the "
            "busiest has to bring more than so much total score"
        ),
    ] = None


class Capacity(Section):
    """How many mentees a mentor takes."""

    READ_BY = ("applications",)
    default: Annotated[Whole, Field(ge=1, le=100, description="who does not say it")] = 1
    max: Annotated[Whole | None, Field(ge=1, le=100, description="the most that anybody may take")] = None


class Offers(Section):
    """How people are asked whether they accept."""

    READ_BY = ("matching",)
    limit_days: Annotated[Whole, Field(ge=1, le=365, description="days to answer")] = 14
    pass_on: Annotated[Flag, Field(description="whether a declined or lapsed offer goes on to the next choice")] = False
    decline_reason_required: Annotated[Flag, Field(description="whether people say why they decline")] = False


class Recurring(Section):
    """Rolling intake: what waits in the pool is matched by itself, every week or every month."""

    READ_BY = ("matching",)
    every: Annotated[Literal["week", "month"], Field(description="how often")]
    day: Annotated[
        DayOf,
        Field(
            description="the day of the week, such as monday, of a month its first such day; or of a month its day, "
            "such as 15, the last where it has fewer"
        ),
    ]
    at: Annotated[Clock, Field(description="the time, by the clocks of the programme's zone")] = "06:00"
    offers: Annotated[
        Literal["after_approval", "at_once"],
        Field(description="whether the team approves what comes out before it is offered"),
    ] = "after_approval"

    @model_validator(mode="after")
    def _is_whole(self) -> "Recurring":
        if self.every == "week" and self.weekday is None:
            raise wrong("day", "every week needs a day of the week, such as monday")
        return self

    @property
    def weekday(self) -> int | None:
        """The number of its day of the week, Monday being 0; None where it is a day of the month."""
        return WEEKDAYS.index(self.day) if self.day in WEEKDAYS else None

    @property
    def clock_time(self) -> time:
        """`at` as a time."""
        return time.fromisoformat(self.at.zfill(5))


class Conversations(Section):
    """A first stage: each mentee talks to some mentors, and both rate it."""

    READ_BY = ("matching",)
    per_mentee: Annotated[Whole, Field(ge=1, le=10, description="mentors that each mentee talks to")] = 3
    days: Annotated[Whole, Field(ge=1, le=365, description="days to talk and to rate it")] = 21


class Matching(Section):
    """The matching policy. Three rules hold unless `rules_off` names them: no_line_management, no_declared_conflict,
    not_matched_before."""

    READ_BY = ("matching",)
    hard_rules: Annotated[
        list[HardRule],
        Field(max_length=200, description="what no pair may break"),
        read_by("matching", "evaluation"),
    ] = []
    rules_off: Annotated[
        list[Literal["no_line_management", "no_declared_conflict", "not_matched_before"]],
        Field(description="rules that hold by themselves and are not wanted here"),
    ] = []
    weights: Annotated[
        dict[Weight, Share] | None,
        Field(
            min_length=1,
            description="what makes a good pair and how much: topics: 0.6, text: 0.2, preferences: 0.2; text at most a "
            "quarter of all. same_discipline, other_discipline and discipline_wish read fields of these names, near "
            "those of country, region and town that are asked",
        ),
    ] = None
    criteria: Annotated[
        list[Weighted] | None,
        Field(min_length=1, max_length=200, description="the same in the engine's own words; instead of weights"),
    ] = None
    limits: Annotated[
        list[Limit], Field(max_length=200, description="at most or at least so many pairs of a kind")
    ] = []
    values: Annotated[
        dict[Id, list[Words | list[Words]]] | None,
        Field(
            min_length=1,
            description="all values there are of an attribute, lowest first; equal ones in a list of their own",
        ),
    ] = None
    floor: Annotated[Number, Field(ge=0, le=1, description="pairs with a lower score are not proposed")] = 0.0
    max_load: Annotated[
        Whole | None, Field(ge=1, le=1000, description="the most partners of a mentor over all programmes")
    ] = None
    mentors_each: Annotated[
        Whole,
        Field(
            ge=1,
            le=5,
            description="mentors each may have at once, each taking a place; all have one before anybody has two",
        ),
    ] = 1
    load: Annotated[Load | None, Field(description="how mentees are spread over the mentors of a cohort")] = None
    unmatched_first: Annotated[
        Flag,
        Field(
            description="whether mentees whom an earlier run left without a mentor go before others, after those "
            "with priority"
        ),
    ] = False
    mutual: Annotated[
        Literal["never", "allowed"], Field(description="whether two people may be each other's mentor at once")
    ] = "never"
    capacity: Annotated[Capacity, Field(description="mentees of a mentor"), read_by("applications")] = Capacity()
    offers: Annotated[Offers, Field(description="offers and their time limit")] = Offers()
    conversations: Annotated[Conversations | None, Field(description="a first stage of conversations")] = None
    recurring: Annotated[
        Recurring | None, Field(description="rolling intake: matched by itself every week or month")
    ] = None
    confirmation: Annotated[Literal["both_accept"], Field(description="both accept; nothing else is known")] = (
        "both_accept"
    )

    @model_validator(mode="after")
    def _is_whole(self) -> "Matching":
        ids = [rule.id for rule in self.hard_rules]
        if len(ids) > len(set(ids)):
            raise wrong("twice", "two hard rules have one id")
        kinds = {"no_declared_conflict" if rule.kind == "no_conflict" else rule.kind for rule in self.hard_rules}
        if kinds & set(self.rules_off):
            raise wrong("rules_off", "names a rule that stands among hard_rules")
        if self.weights is not None and not any(self.weights.values()) and self.criteria is None:
            raise wrong("never", "every weight is 0: nothing would make a pair")
        return self
