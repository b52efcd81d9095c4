"""What the REST API takes and gives.

Answers to writes carry ids and states and no personal data: the answer is stored with its Idempotency-Key.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, model_validator

from mentoring_applications.blueprint import Blueprint
from mentoring_common.documented import DocumentedAs
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.applications import Milestone, ProgrammeRole, Role


class Body(BaseModel):
    """A request body: unknown members are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


Name = Annotated[str, Field(min_length=1, max_length=200)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9](-?[a-z0-9])*$", max_length=63)]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
Ids = Annotated[
    list[UUID],
    BeforeValidator(lambda values: [part for value in values for part in str(value).split(",")]),
    Field(max_length=200),
]
Languages = Annotated[list[Language], Field(max_length=50)]
AttributeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Attribute = Annotated[str, Field(max_length=500)] | bool | int | float | None
Attributes = Annotated[dict[AttributeName, Attribute], Field(max_length=50)]
Why = Annotated[str, Field(min_length=1, max_length=1000)]
Places = Annotated[int, Field(ge=0, le=1_000_000)]


class NewOrganisation(Body):
    name: Name
    slug: Slug


class OrganisationView(View):
    id: UUID
    name: str
    slug: str


class NewEmployer(Body):
    name: Name


class EmployerView(View):
    id: UUID
    name: str


class NewPerson(Body):
    """`programme_id` invites the person to a programme; a team that has several must name it."""

    programme_id: UUID | None = None
    name: Name
    email: Email
    employer_id: UUID | None = None
    line_manager_id: UUID | None = None
    languages: Languages = []
    attributes: Attributes = {}


class PersonChanges(Body):
    """Members that are left out stay as they are; `attributes` are merged, null removes one.

    `email` that people change for themselves takes effect when they confirm it at the new address.
    """

    name: Name | None = None
    email: Email | None = None
    employer_id: UUID | None = None
    line_manager_id: UUID | None = None
    languages: Languages | None = None
    attributes: Attributes | None = None


class PersonMade(View):
    id: UUID


class EmailConfirmation(Body):
    """The token of the letter that came to the new address."""

    token: Annotated[str, Field(min_length=1, max_length=100)]


class EmailConfirmationView(BaseModel):
    """Where letters go once it is confirmed, by whoever has the token."""

    new_email: str
    expires_at: datetime


class EmailConfirmed(BaseModel):
    person_id: UUID


class PersonChanged(PersonMade, VersionedView):
    pass


class PersonView(View, VersionedView):
    """A person; `email` is null for a partner until both accepted, and after the match ended early.

    `sources` says of employer, line_manager, languages and attributes by name whether HR said so (`hr`) or the person
    (`self`). Of somebody who is only invited a team sees name and address as it wrote them.
    """

    id: UUID
    name: str
    email: str | None
    employer_id: UUID | None
    line_manager_id: UUID | None
    languages: list[str]
    attributes: dict[str, Any]
    sources: dict[str, str]


class HeldRole(View):
    programme_id: UUID
    role: str


class Me(PersonView):
    roles: list[HeldRole]


class PeopleBatch(BaseModel):
    """Each is checked on its own, so that one bad row does not keep the others out."""

    model_config = ConfigDict(extra="forbid")
    people: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=200)]


class BatchItem(BaseModel):
    """What became of the row at `index`: the person's id, or the problem."""

    index: int
    id: UUID | None = None
    problem: dict[str, Any] | None = None


class BatchResult(BaseModel):
    items: list[BatchItem]


class BlueprintSummary(BaseModel):
    name: str
    id: str
    title: str
    direction: str


class BlueprintList(BaseModel):
    items: list[BlueprintSummary]
    next_cursor: str | None = None


# Checked by its own command, whose error names every field that is wrong.
WholeBlueprint = Annotated[dict[str, Any], DocumentedAs(Blueprint)]


class NewProgramme(Body):
    blueprint: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")] | WholeBlueprint
    title: Name | None = None


class CriterionView(View):
    id: str
    title: str


class ProgrammeView(BaseModel):
    id: UUID
    title: str
    direction: str
    blueprint_name: str
    criteria: list[CriterionView]
    created_at: datetime


class FormView(BaseModel):
    """What a front end needs to show the form: fields of the blueprint, and the notices to agree to."""

    programme_id: UUID
    version: str
    criteria: list[CriterionView]
    fields: list[dict[str, Any]]
    equality_monitoring: dict[str, Any] | None
    privacy_notices: list[dict[str, Any]]


class NewRole(Body):
    person_id: UUID
    role: ProgrammeRole


class RoleView(View):
    id: UUID
    programme_id: UUID
    person_id: UUID
    role: str


class NewMilestone(Body):
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "NewMilestone":
        if self.ends_at is not None and self.ends_at < self.starts_at:
            raise ValueError("ends_at is before starts_at")
        return self


Milestones = Annotated[list[NewMilestone], Field(max_length=100)]


class NewCohort(Body):
    number: Annotated[int, Field(ge=1, le=10_000)]
    places: Places
    milestones: Milestones = []


class CohortChanges(Body):
    places: Places | None = None
    milestones: Milestones | None = None


class CohortView(View, VersionedView):
    ALONE = True
    id: UUID
    programme_id: UUID
    number: int
    places: int
    places_first_planned: int
    places_taken: int
    milestones: list[Milestone]
    closed_at: datetime | None


class CohortList(BaseModel):
    items: list[CohortView]
    next_cursor: str | None = None


class Proxy(Body):
    """Why somebody else gives a person's consent, such as "signed on paper"; on record, and shown to the person."""

    reason: Why


class NewApplication(Body):
    """For oneself, or by a team for somebody (`person_id`) with `proxy`; equality answers are the person's own."""

    person_id: UUID | None = None
    proxy: Proxy | None = None
    role: Role
    cohort_id: UUID | None
    capacity: Annotated[int, Field(ge=1, le=100)] | None = None
    answers: Annotated[dict[str, Any], Field(max_length=200)]
    consents: Annotated[dict[str, str], Field(max_length=20)] = {}
    equality: Annotated[dict[str, Any], Field(max_length=50)] | None = None


class ApplicationView(View, VersionedView):
    """An application without what was written on it."""

    id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    first_cohort_id: UUID | None
    person_id: UUID
    role: Role
    state: str
    capacity: int
    priority: bool
    submitted_at: datetime
    decided_at: datetime | None


class AnswersView(BaseModel):
    """What was written on the form; people named there as they were written, by id or by address."""

    criteria: list[str]
    free_text: str
    attributes: dict[str, Any]
    preferred: list[str]
    conflicts: list[str]


class ConsentView(View):
    """`given_as` is `self` or `proxy`; `given_by` and `given_as` are null where they were not recorded yet."""

    document: str
    version: str
    given_at: datetime
    given_by: str | None
    given_as: str | None
    proxy_reason: str | None


class OverrideView(View):
    rule: str
    reason: str | None
    by: str
    at: datetime


class ProxyView(View):
    by: str
    reason: str
    at: datetime


class ApplicationDetail(ApplicationView):
    """With the answers; `unmet_rules` and `overrides` are for the programme team only.

    `proxy` says who applied in the person's name, and why.
    """

    proxy: ProxyView | None

    answers: AnswersView | None
    consents: list[ConsentView]
    unmet_rules: list[str] | None
    overrides: list[OverrideView] | None


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


class Withdrawal(Body):
    reason: Why | None = None


class CarryOver(Body):
    reason: Why


class CohortMove(Body):
    cohort_id: UUID
    reason: Why


class LedgerRow(BaseModel):
    cohort_id: UUID | None
    cohort_number: int | None
    role: str
    applied: int
    moved_in: int
    moved_out: int
    matched: int
    carried_over: int
    withdrawn: int
    ineligible: int
    unmatched: int
    open: int
    balanced: bool


class Oversubscription(BaseModel):
    """Eligible applications over the places first planned, in per cent, rounded half up; null without places."""

    role: str
    places_first_planned: int
    places: int
    eligible: int
    percent: int | None


class LedgerView(BaseModel):
    items: list[LedgerRow]
    oversubscription: list[Oversubscription]


class EqualityTotals(BaseModel):
    """Answers by field and option; null where a group is too small to be shown, `hidden_under` says how small."""

    hidden_under: int
    rounded_to: int
    totals: dict[str, dict[str, int | None]]
