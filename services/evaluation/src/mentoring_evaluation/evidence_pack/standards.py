"""The standards and criteria as data (standards.yaml)."""

from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from mentoring_common import yaml_text

Level = Literal["gold", "silver", "bronze"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(_Part):
    """One thing to show; `fact` names what it is counted from, None where a person judges."""

    id: str
    title: str
    closes: str
    fact: str | None = None


class Standard(_Part):
    id: str
    title: str
    criteria: list[Criterion]


class Threshold(_Part):
    """What a level needs, in percent: overall, and in each standard."""

    overall: int
    each: int


class Scheme(_Part):
    """Thresholds from the highest level down, and the six standards."""

    thresholds: dict[Level, Threshold]
    standards: list[Standard]

    def judged(self, criterion_id: str) -> Criterion | None:
        """The criterion of this id that a person judges."""
        criteria = (criterion for standard in self.standards for criterion in standard.criteria)
        return next((c for c in criteria if c.id == criterion_id and c.fact is None), None)


@cache
def scheme() -> Scheme:
    """The shipped scheme."""
    return Scheme.model_validate(yaml_text.ours((files(__package__) / "standards.yaml").read_text("utf-8")))
