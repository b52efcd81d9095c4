"""What the REST API gives of programmes, blueprints and rounds, and what bodies of all capabilities have in common.

Answers to writes carry ids and states and no personal data: the answer is stored with its Idempotency-Key.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mentoring_common.documented import DocumentedAs
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.applications import Milestone
from mentoring_contracts.rights import Right
from mentoring_contracts.words import EMAIL, one_line

Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]
Email = Annotated[str, Field(pattern=EMAIL, max_length=254, examples=["ada.byron@example.org"])]
Why = Annotated[str, Field(min_length=1, max_length=1000)]


class BlueprintSummary(BaseModel):
    name: str
    id: str
    title: str
    direction: str


class BlueprintList(BaseModel):
    items: list[BlueprintSummary]
    next_cursor: str | None = None


class AnyBlueprint(BaseModel):
    """A blueprint: docs/blueprints.md describes every member, the contracts hold its JSON Schema."""

    model_config = ConfigDict(extra="allow")
    id: str = Field(description="the blueprint's name")
    title: str = Field(description="what people call the programme")
    direction: str = Field(description="who mentors whom")


# Checked by its own command, whose error names every place that is wrong.
WholeBlueprint = Annotated[dict[str, Any], DocumentedAs(AnyBlueprint)]


class BlueprintFault(BaseModel):
    """One thing that is wrong with a blueprint, or half done (`warning`); values are never repeated."""

    pointer: str = Field(description="JSON Pointer (RFC 6901) into the blueprint")
    section: str = Field(description="the member of the blueprint it stands in; blank for the whole")
    code: str = Field(description="stable")
    detail: str = Field(description="what was expected, for people")
    level: Literal["error", "warning"] = Field(description="a warning does not keep a programme from being made")
    line: int | None = Field(None, description="from 1; of a YAML text")
    column: int | None = Field(None, description="from 1; of a YAML text")


class BlueprintVerdict(BaseModel):
    """Whether a programme could be made from the blueprint, and everything that is wrong with it."""

    usable: bool = Field(description="whether a programme could be made from it")
    title: str | None = Field(description="what the programme would be called; null where it cannot be used")
    faults: list[BlueprintFault] = Field(description="everything that is wrong or half done, in the order of the text")


class CriterionView(View):
    id: str
    title: str


class RoleKind(BaseModel):
    """A role that is given in the programme; `note` is what is asked to be noted of who holds it."""

    id: str
    title: str
    rights: list[Right]
    note: str | None


class ProgrammeView(VersionedView):
    MADE_AT: ClassVar = "/programmes/{id}"
    id: UUID
    title: str
    direction: str
    blueprint_name: str
    criteria: list[CriterionView]
    role_kinds: list[RoleKind]
    created_at: datetime
    closed_at: datetime | None = Field(description="when it was closed; null while it goes on")


class FormView(BaseModel):
    """What a front end needs to show the form: fields of the blueprint, and the notices to agree to."""

    programme_id: UUID
    version: str
    criteria: list[CriterionView]
    steps: list[dict[str, Any]]
    positive_action: dict[str, Any] | None
    fields: list[dict[str, Any]]
    equality_monitoring: dict[str, Any] | None
    privacy_notices: list[dict[str, Any]]


class CohortView(View, VersionedView):
    MADE_AT: ClassVar = "/cohorts/{id}"
    ALONE = True
    id: UUID
    programme_id: UUID
    number: int
    places: int = Field(description="how many mentees may be accepted, and how many pairs be matched")
    places_first_planned: int
    places_taken: int = Field(description="accepted and matched mentees; one with two mentors is one")
    milestones: list[Milestone]
    closed_at: datetime | None


class CohortList(BaseModel):
    items: list[CohortView]
    next_cursor: str | None = None
