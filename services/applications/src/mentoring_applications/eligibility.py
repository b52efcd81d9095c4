"""Eligibility rules as data, evaluated on a person's attributes and answers.

Every rule of a role must hold; a rule holds when its `any` or `all` of conditions holds. A condition on something that
is not known does not hold.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Condition(BaseModel):
    """One test of one field: `is` (equal), `in` (one of), `at_least`, `at_most`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    field: str
    is_: bool | int | str | None = Field(None, alias="is")
    in_: list[bool | int | str] | None = Field(None, alias="in")
    at_least: int | None = None
    at_most: int | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Condition":
        if self.is_ is None and self.in_ is None and self.at_least is None and self.at_most is None:
            raise ValueError("a condition needs one of is, in, at_least, at_most")
        return self

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether every test of the condition holds of the facts."""
        value = facts.get(self.field)
        if value is None:
            return False
        if self.is_ is not None and not _same(value, self.is_):
            return False
        if self.in_ is not None and not any(_same(value, option) for option in self.in_):
            return False
        if self.at_least is None and self.at_most is None:
            return True
        return _is_number(value) and _between(value, self.at_least, self.at_most)


class Rule(BaseModel):
    """A named rule and the words for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    id: str
    text: str
    any_: list[Condition] | None = Field(None, alias="any", min_length=1)
    all_: list[Condition] | None = Field(None, alias="all", min_length=1)

    @model_validator(mode="after")
    def _has_conditions(self) -> "Rule":
        if self.any_ is None and self.all_ is None:
            raise ValueError("a rule needs any or all")
        return self

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether the rule holds of the facts."""
        some = self.any_ is None or any(condition.holds(facts) for condition in self.any_)
        return some and all(condition.holds(facts) for condition in self.all_ or ())


def unmet(rules: Sequence[Rule], facts: Mapping[str, Any]) -> list[str]:
    """The ids of the rules that do not hold, in their order."""
    return [rule.id for rule in rules if not rule.holds(facts)]


def _same(value: Any, wanted: bool | int | str) -> bool:
    # In Python True == 1; an answer of 1 is no yes.
    return type(value) is type(wanted) and value == wanted


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _between(value: float, least: int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)
