"""What the internal API takes and gives."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_applications.schemas import Body, LedgerRow
from mentoring_common.views import View
from mentoring_contracts.applications import Role


class PersonIds(Body):
    person_ids: Annotated[list[UUID], Field(max_length=500)]


class ApplicationIds(Body):
    application_ids: Annotated[list[UUID], Field(max_length=500)]


class Profile(BaseModel):
    person_id: UUID
    name: str
    email: str
    employer_id: UUID | None
    line_manager_id: UUID | None
    languages: list[str]
    attributes: dict[str, Any]


class Profiles(BaseModel):
    items: list[Profile]


class EmailChangeIds(Body):
    change_ids: Annotated[list[UUID], Field(max_length=500)]


class EmailChangeToTell(BaseModel):
    """A change of address that waits: the letter with the token goes to `new_email`, the notice to `old_email`.

    `token` is null where there is nothing to confirm: somebody has the new address.
    """

    change_id: UUID
    name: str
    old_email: str
    new_email: str
    token: str | None
    expires_at: datetime


class EmailChangesToTell(BaseModel):
    items: list[EmailChangeToTell]


class PooledApplication(BaseModel):
    """What matching needs to know of an application.

    `attributes` are what HR said, then the form's, then the profile's; `sources` names those of HR and of the person.
    """

    application_id: UUID
    person_id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    role: Role
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


class Statistics(BaseModel):
    """Counts from the records of one programme; `eligible` goes by the cohort first applied for."""

    cohorts: list[CohortPlaces]
    eligible: list[EligibleCount]
    moved: int
    backgrounds: list[BackgroundCount]
    ledger: list[LedgerRow]
