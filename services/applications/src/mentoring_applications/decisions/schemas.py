"""What the REST API takes and gives of decisions."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from mentoring_applications.programmes.schemas import Why
from mentoring_common.bodies import Body
from mentoring_common.documented import DocumentedAs
from mentoring_common.versions import MOST


class RuleOverride(Body):
    rule: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Why


# One may also stand alone, which the document leaves out: not every generator knows a thing or a list of it.
OneOrMore = Annotated[
    RuleOverride | Annotated[list[RuleOverride], Field(min_length=1, max_length=20)],
    DocumentedAs(TypeAdapter(list[RuleOverride])),
]


class Decision(Body):
    """`override` lets somebody in who does not meet the named rules; `reason` is for refusing somebody who does."""

    decision: Literal["accept", "waitlist", "refuse"]
    override: OneOrMore | None = None
    reason: Why | None = None

    @property
    def overrides(self) -> list[RuleOverride]:
        """The overrides, however they were given."""
        if self.override is None:
            return []
        return self.override if isinstance(self.override, list) else [self.override]


class BulkDecision(Decision):
    """As one decision; with `version` only if the application was not changed since."""

    application_id: UUID
    version: Annotated[int, Field(ge=1, le=MOST)] | None = None


class Decisions(Body):
    """Many decisions at once."""

    decisions: Annotated[list[BulkDecision], Field(min_length=1, max_length=200)]


class DecidedItem(BaseModel):
    """What became of the decision at `index`: the application's state and version, or the problem."""

    index: int
    application_id: UUID
    state: str | None = None
    version: int | None = None
    problem: dict[str, Any] | None = None


class DecidedItems(BaseModel):
    items: list[DecidedItem]


class Undoing(Body):
    reason: Why


class Telling(Body):
    """Of one cohort; null: of all, and of a later round."""

    cohort_id: UUID | None = None


class Told(BaseModel):
    """How many people are told."""

    told: int
