"""What the REST API and the internal API take and give of applications, their lists and ledgers."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_applications.programmes.schemas import Why
from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.words import Side


class ApplicationView(View, VersionedView):
    """An application without what was written on it."""

    MADE_AT: ClassVar = "/applications/{id}"
    id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    first_cohort_id: UUID | None
    person_id: UUID
    role: Side
    state: str
    capacity: int
    priority: bool
    submitted_at: datetime
    decided_at: datetime | None
    updated_at: datetime
    place_until: datetime | None = Field(None, description="until when a place that is offered is kept")


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


class WaitingPlace(BaseModel):
    """Where somebody stands on the waiting list, from 1, and how many wait."""

    position: int
    waiting: int


class ApplicationDetail(ApplicationView):
    """With the answers; `unmet_rules` and `overrides` are for the programme team only, which also sees what was decided
    before the person is told.

    `proxy` says who applied in the person's name, and why.
    """

    proxy: ProxyView | None

    waiting: WaitingPlace | None = None
    answers: AnswersView | None
    consents: list[ConsentView]
    unmet_rules: list[str] | None
    overrides: list[OverrideView] | None


class ApplicationDetails(BaseModel):
    """Applications with their answers, in order of creation."""

    items: list[ApplicationDetail]


class PlacesOffered(BaseModel):
    """The applications that are offered a place now."""

    application_ids: list[UUID]


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
    submitted: int = Field(description="of those that are open: how many wait for a decision")
    accepted: int = Field(description="of those that are open: how many were accepted")
    waitlisted: int = Field(description="of those that are open: how many are on the waiting list")
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


class ApplicationIds(Body):
    application_ids: Annotated[list[UUID], Field(max_length=500)]


class PooledApplication(BaseModel):
    """What matching needs to know of an application.

    `attributes` are what HR said, then the form's, then the profile's; `sources` names those of HR and of the person.
    """

    application_id: UUID
    person_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    role: Side
    capacity: int
    priority: bool
    criteria: list[str]
    free_text: str
    preferred: list[UUID]
    conflicts: list[UUID]
    employer_id: UUID | None
    line_manager_id: UUID | None
    languages: list[str]
    attributes: dict[str, Any]
    sources: dict[str, str]


class PooledApplications(BaseModel):
    items: list[PooledApplication]


class CohortPlaces(View):
    id: UUID
    number: int
    places: int
    places_first_planned: int


class EligibleCount(BaseModel):
    cohort_id: UUID | None
    role: str
    count: int


class BackgroundCount(BaseModel):
    cohort_id: UUID | None
    role: str
    professional_background: str
    other: str | None
    people: int


class BreakdownCount(BaseModel):
    cohort_id: UUID | None
    role: str
    field: str
    answer: str
    applied: int
    matched: int


class Statistics(BaseModel):
    """Counts from the records of one programme; `eligible` goes by the cohort first applied for."""

    cohorts: list[CohortPlaces]
    eligible: list[EligibleCount]
    moved: int
    backgrounds: list[BackgroundCount]
    breakdowns: list[BreakdownCount]
    ledger: list[LedgerRow]
