"""The applications service: people, programmes, cohorts, applications, the ledger."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.clients.upstream import PageRequest, Upstream
from mentoring_gateway.clients.values import NOTHING, Role, body


@dataclass
class PersonRecord:
    id: UUID
    name: str | None = None
    email: str | None = None
    employer_id: UUID | None = None
    line_manager_id: UUID | None = None
    languages: list[str] = field(default_factory=list)
    attributes: JSON | None = None
    sources: JSON | None = None
    version: int | None = None


@strawberry.type(description="A role that a person holds in a programme")
class HeldRole:
    programme_id: UUID
    role: str


@dataclass
class MeRecord(PersonRecord):
    roles: list[HeldRole] = field(default_factory=list)


@dataclass
class Made:
    id: UUID


@strawberry.type(description="A topic that people rank as important")
class Criterion:
    id: str
    title: str


@dataclass
class ProgrammeRecord:
    id: UUID
    title: str
    direction: str
    blueprint_name: str
    criteria: list[Criterion]
    created_at: datetime


@strawberry.type(description="A point or a span of a cohort's calendar; its kind is data of the blueprint")
class Milestone:
    kind: str
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass
class CohortRecord:
    id: UUID
    programme_id: UUID
    number: int
    places: int
    places_first_planned: int
    places_taken: int
    version: int
    milestones: list[Milestone]
    closed_at: datetime | None = None


@dataclass
class ApplicationRecord:
    id: UUID
    programme_id: UUID
    role: Role
    state: str
    capacity: int
    submitted_at: datetime
    version: int
    cohort_id: UUID | None = None
    first_cohort_id: UUID | None = None
    person_id: UUID | None = None
    decided_at: datetime | None = None


@strawberry.type(
    description="What was written on the form: criteria in rank order, free text, people by id or address as written"
)
class Answers:
    criteria: list[str]
    free_text: str
    preferred: list[str]
    conflicts: list[str]
    attributes: JSON


@strawberry.type(description="Who applied in the person's name, and why")
class ApplicationProxy:
    by: str
    reason: str
    at: datetime


@strawberry.type(description="What was agreed to: by the person (`self`) or by somebody in their name (`proxy`)")
class Consent:
    document: str
    version: str
    given_at: datetime
    given_by: str | None = None
    given_as: str | None = None
    proxy_reason: str | None = None


@strawberry.type(description="An application with its answers; the unmet rules are for the programme team only")
class ApplicationForm:
    answers: Answers | None = None
    unmet_rules: list[str] | None = None
    consents: list[Consent] = field(default_factory=list)
    proxy: ApplicationProxy | None = None


@strawberry.type(description="What an applicant fills in: fields by id, and what must be agreed to")
class ProgrammeForm:
    version: str
    criteria: list[Criterion]
    fields: JSON
    privacy_notices: JSON
    equality_monitoring: JSON | None = None


@strawberry.type(description="A programme as data that ships, to be made a programme of")
class Blueprint:
    name: str
    title: str
    direction: str


@dataclass
class Blueprints:
    items: list[Blueprint]


@dataclass
class RoleRecord:
    id: UUID
    programme_id: UUID
    person_id: UUID
    role: str


@strawberry.type(description="Answers to equality monitoring of a closed cohort, as totals that are rounded or hidden")
class EqualityTotals:
    hidden_under: int
    rounded_to: int
    totals: JSON


@strawberry.type(
    description="applied + moved in − moved out = matched + carried over + withdrawn + ineligible + unmatched + open"
)
class LedgerRow:
    role: Role
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
    cohort_id: UUID | None = None
    cohort_number: int | None = None


@strawberry.type(description="Eligible applications against the places first planned")
class Oversubscription:
    role: Role
    places_first_planned: int
    places: int
    eligible: int
    percent: float | None


@strawberry.type(description="Where every application went")
class Ledger:
    items: list[LedgerRow]
    oversubscription: list[Oversubscription] = field(default_factory=list)


_person = TypeAdapter(PersonRecord)
_people = TypeAdapter(Page[PersonRecord])
_programme = TypeAdapter(ProgrammeRecord)
_programmes = TypeAdapter(Page[ProgrammeRecord])
_cohort = TypeAdapter(CohortRecord)
_cohorts = TypeAdapter(Page[CohortRecord])
_application = TypeAdapter(ApplicationRecord)
_applications = TypeAdapter(Page[ApplicationRecord])
_form = TypeAdapter(ApplicationForm)
_made = TypeAdapter(Made)
_programme_form = TypeAdapter(ProgrammeForm)
_blueprints = TypeAdapter(Blueprints)
_role = TypeAdapter(RoleRecord)
_roles = TypeAdapter(Page[RoleRecord])
_equality = TypeAdapter(EqualityTotals)
_me = TypeAdapter(MeRecord)
_ledger = TypeAdapter(Ledger)


@dataclass(frozen=True)
class Applications:
    """The applications API for one caller."""

    api: Upstream

    async def me(self) -> MeRecord:
        """The caller's own person, with the roles held."""
        return await self.api.get("/me", _me)

    async def person(self, person_id: UUID) -> PersonRecord:
        """One person."""
        return await self.api.get(f"/people/{person_id}", _person)

    async def people(self, person_ids: list[UUID]) -> list[PersonRecord]:
        """Those of up to 200 people whom the caller may see."""
        return (await self.api.get("/people", _people, {"ids": person_ids, "limit": len(person_ids)})).items

    async def programmes(self, wanted: PageRequest) -> Page[ProgrammeRecord]:
        """The organisation's programmes."""
        return await self.api.page("/programmes", _programmes, {}, wanted)

    async def programme(self, programme_id: UUID) -> ProgrammeRecord:
        """One programme."""
        return await self.api.get(f"/programmes/{programme_id}", _programme)

    async def blueprints(self) -> list[Blueprint]:
        """The blueprints that ship."""
        return (await self.api.get("/blueprints", _blueprints)).items

    async def create_programme(self, **programme: object) -> ProgrammeRecord:
        """Make a programme of a blueprint, by its name or given as data."""
        return await self.api.send("POST", "/programmes", _programme, body(**programme))

    async def programme_form(self, programme_id: UUID) -> ProgrammeForm:
        """What applicants fill in."""
        return await self.api.get(f"/programmes/{programme_id}/form", _programme_form)

    async def roles(self, programme_id: UUID, wanted: PageRequest) -> Page[RoleRecord]:
        """Who holds which role in a programme."""
        return await self.api.page(f"/programmes/{programme_id}/roles", _roles, {}, wanted)

    async def grant_role(self, programme_id: UUID, **role: object) -> RoleRecord:
        """Give a person a role in a programme."""
        return await self.api.send("POST", f"/programmes/{programme_id}/roles", _role, body(**role))

    async def revoke_role(self, role_id: UUID) -> None:
        """Take a role back."""
        await self.api.send("DELETE", f"/roles/{role_id}", NOTHING)

    async def add_cohort(self, programme_id: UUID, **cohort: object) -> CohortRecord:
        """Add a cohort to a programme."""
        return await self.api.send("POST", f"/programmes/{programme_id}/cohorts", _cohort, body(**cohort))

    async def change_cohort(self, cohort_id: UUID, **change: object) -> CohortRecord:
        """Change places or milestones of a cohort."""
        return await self.api.send("PATCH", f"/cohorts/{cohort_id}", _cohort, body(**change))

    async def close_cohort(self, cohort_id: UUID) -> CohortRecord:
        """Close a cohort: what is still open ends."""
        return await self.api.send("POST", f"/cohorts/{cohort_id}/close", _cohort)

    async def equality_totals(self, cohort_id: UUID) -> EqualityTotals:
        """Answers to equality monitoring of a closed cohort."""
        return await self.api.get(f"/cohorts/{cohort_id}/equality-totals", _equality)

    async def cohorts(self, programme_id: UUID) -> list[CohortRecord]:
        """All cohorts of a programme; the service gives them at once."""
        return (await self.api.get(f"/programmes/{programme_id}/cohorts", _cohorts)).items

    async def cohort(self, cohort_id: UUID) -> CohortRecord:
        """One cohort."""
        return await self.api.get(f"/cohorts/{cohort_id}", _cohort)

    async def applications(self, wanted: PageRequest, **which: UUID | str | None) -> Page[ApplicationRecord]:
        """Applications by programme_id, cohort_id, role, state, person_id."""
        return await self.api.page("/applications", _applications, which, wanted)

    async def every_application(self, **which: UUID | str | None) -> list[ApplicationRecord]:
        """All applications of a selection."""
        return await self.api.every("/applications", _applications, which)

    async def application(self, application_id: UUID) -> ApplicationRecord:
        """One application."""
        return await self.api.get(f"/applications/{application_id}", _application)

    async def programme_ledger(self, programme_id: UUID) -> Ledger:
        """The ledger of a programme, a row per cohort and role."""
        return await self.api.get(f"/programmes/{programme_id}/ledger", _ledger)

    async def cohort_ledger(self, cohort_id: UUID) -> Ledger:
        """The ledger of a cohort, a row per role."""
        return await self.api.get(f"/cohorts/{cohort_id}/ledger", _ledger)

    async def form(self, application_id: UUID) -> ApplicationForm:
        """What was written on an application."""
        return await self.api.get(f"/applications/{application_id}", _form)

    async def register_person(self, **person: object) -> UUID:
        """Make a person known to the organisation; the id."""
        return (await self.api.send("POST", "/people", _made, body(**person))).id

    async def change_person(self, person_id: UUID, **changes: object) -> None:
        """Change what is given of a person."""
        await self.api.send("PATCH", f"/people/{person_id}", _made, body(**changes))

    async def submit_application(self, programme_id: UUID, **application: object) -> ApplicationRecord:
        """Ask to join a programme; without `cohort_id` for any later cohort."""
        content = {"cohort_id": None} | body(**application)
        return await self.api.send("POST", f"/programmes/{programme_id}/applications", _application, content)

    async def act_on_application(self, application_id: UUID, act: str, **content: object) -> ApplicationRecord:
        """`act` is decision, withdraw, move or carry-over."""
        return await self.api.send("POST", f"/applications/{application_id}/{act}", _application, body(**content))
