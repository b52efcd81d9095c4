"""Who may take part: rules on answers and attributes."""

from typing import Annotated

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.dates import Date
from mentoring_contracts.blueprint.roles import KnownRole
from mentoring_contracts.blueprint.scalars import Flag, Id, Value, Whole, wrong
from mentoring_contracts.blueprint.section import Section, read_by
from mentoring_contracts.blueprint.text import Text


class MonthsAfter(Section):
    """A date so many months after a milestone of the cohort begins, such as funding that lasts."""

    milestone: Annotated[Id, Field(description="the kind of the milestone")]
    months: Annotated[Whole, Field(ge=0, le=240, description="how many months after it")]


class Condition(Section):
    """One test of one field: `is` (equal), `in` (one of), `at_least`, `at_most`."""

    field: Annotated[Id, Field(description="a field of the form, or an attribute that HR systems send")]
    is_: Annotated[Value | None, Field(alias="is", description="the answer")] = None
    in_: Annotated[list[Value] | None, Field(alias="in", min_length=1, description="one of these answers")] = None
    at_least: Annotated[Whole | None, Field(description="the least number")] = None
    at_most: Annotated[Whole | None, Field(description="the largest number")] = None
    not_before: Annotated[
        MonthsAfter | None, Field(description="of a date: so many months after a milestone, or later")
    ] = None

    @model_validator(mode="after")
    def _says_something(self) -> "Condition":
        if (
            self.is_ is None
            and self.in_ is None
            and self.at_least is None
            and self.at_most is None
            and self.not_before is None
        ):
            raise wrong("condition", "a condition needs one of is, in, at_least, at_most, not_before")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise wrong("never", "at_least is above at_most: nobody could meet it")
        return self


class Rule(Section):
    """A named rule and the words for it. It holds when one of `any` holds and every one of `all`."""

    id: Annotated[Id, Field(description="its name in decisions and letters")]
    text: Annotated[Text, Field(description="what it asks, as it is told to people"), read_by("applications")]
    any_: Annotated[
        list[Condition] | None, Field(alias="any", min_length=1, max_length=50, description="one of these holds")
    ] = None
    all_: Annotated[
        list[Condition] | None, Field(alias="all", min_length=1, max_length=50, description="each of these holds")
    ] = None

    @model_validator(mode="after")
    def _has_conditions(self) -> "Rule":
        if self.any_ is None and self.all_ is None:
            raise wrong("condition", "a rule needs any or all")
        return self


class OverridePolicy(Section):
    """Whether somebody may be accepted against a rule; it is recorded with a reason, always."""

    allowed: Annotated[Flag, Field(description="whether it may be done")] = False
    by: Annotated[list[KnownRole], Field(min_length=1, description="which roles may do it")] = ["programme_manager"]


class PositiveAction(Section):
    """Why a protected characteristic may decide who takes part: shown to applicants with the form."""

    ground: Annotated[Text, Field(description="the disadvantage, the need or the low participation, and its evidence")]
    law: Annotated[Text, Field(description="what allows it, such as the section of the act")]
    reviewed: Annotated[Date | None, Field(description="the day on which it is looked at again")] = None


class Eligibility(Section):
    """Every rule of a role must hold."""

    override: Annotated[OverridePolicy, Field(description="acceptance against a rule")] = OverridePolicy()
    positive_action: Annotated[
        PositiveAction | None, Field(description="the ground on which rules may read a protected characteristic")
    ] = None
    mentee: Annotated[
        list[Rule], Field(max_length=100, description="rules for mentees"), read_by("applications", "evaluation")
    ] = []
    mentor: Annotated[
        list[Rule], Field(max_length=100, description="rules for mentors"), read_by("applications", "evaluation")
    ] = []

    def of(self, role: str) -> list[Rule]:
        """The rules of a role."""
        return self.mentor if role == "mentor" else self.mentee
