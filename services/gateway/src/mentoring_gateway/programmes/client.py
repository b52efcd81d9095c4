"""Programmes, their cohorts and ledger, as the applications service answers."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.fields import derived
from mentoring_gateway.questions import FormField, FormStep, PrivacyNotice, form_field, members
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, Role, body


@strawberry.type(description="A topic that people rank as important")
class Criterion:
    id: str
    title: str


@strawberry.type(description="A role that is given in a programme; `note` is what is asked of each who holds it")
class RoleKind:
    id: str
    title: str
    rights: list[str]
    note: str | None = None


@dataclass
class ProgrammeRecord:
    id: UUID
    title: str
    direction: str
    blueprint_name: str
    criteria: list[Criterion]
    created_at: datetime
    version: int
    role_kinds: list[RoleKind] = field(default_factory=list)
    closed_at: datetime | None = None


@strawberry.type(description="Applications that end unmatched when the programme is closed, by their state")
class OpenApplications:
    awaiting_endorsement: int
    submitted: int
    waitlisted: int
    place_offered: int
    accepted: int


@strawberry.type(description="What closing a programme ends, and once it is closed by whom and why")
class Closing:
    programme_id: UUID
    version: int
    cohorts: int
    applications: OpenApplications
    drafts: int
    pairs: int
    closed_at: datetime | None = None
    closed_by: UUID | None = None
    reason: str | None = None
    note: str | None = None


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


@strawberry.type(description="What an applicant fills in: fields by id, and what must be agreed to")
class ProgrammeForm:
    version: str
    criteria: list[Criterion]
    steps: JSON
    fields: JSON
    privacy_notices: JSON
    equality_monitoring: JSON | None = None
    positive_action: JSON | None = None

    @derived("Its questions in their order: what `fields` says as data")
    def questions(self) -> list[FormField]:
        return [form_field(data) for data in members(self.fields)]

    @derived("Its pages in their order, as types: none where all stands on one")
    def pages(self) -> list[FormStep]:
        return [FormStep(**step) for step in members(self.steps)]

    @derived("What has to be agreed to: what `privacyNotices` says as data")
    def notices(self) -> list[PrivacyNotice]:
        return [PrivacyNotice(**notice) for notice in members(self.privacy_notices)]


@strawberry.type(description="A programme as data that ships, to be made a programme of")
class Blueprint:
    id: str
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
    rights: list[str]
    until: datetime | None = None
    note: str | None = None


@strawberry.type(description="A role that was given or taken with a handover")
class HandedRole:
    person_id: UUID
    role: str


@strawberry.type(description="The team of a programme was handed over; who was erased is not among those named")
class TeamHandover:
    id: UUID
    programme_id: UUID
    made_at: datetime
    taken: list[HandedRole]
    given: list[HandedRole]
    made_by: UUID | None = None
    note: str | None = None


@strawberry.type(
    description="How often each counted answer of the form was given, by role, as totals rounded or hidden"
)
class FormCounts:
    hidden_under: int
    rounded_to: int
    counts: JSON


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
    submitted: int
    accepted: int
    waitlisted: int
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


_programme = TypeAdapter(ProgrammeRecord)
_programmes = TypeAdapter(Page[ProgrammeRecord])
_closing = TypeAdapter(Closing)
_cohort = TypeAdapter(CohortRecord)
_cohorts = TypeAdapter(Page[CohortRecord])
_programme_form = TypeAdapter(ProgrammeForm)
_blueprints = TypeAdapter(Blueprints)
_role = TypeAdapter(RoleRecord)
_roles = TypeAdapter(Page[RoleRecord])
_handover = TypeAdapter(TeamHandover)
_handovers = TypeAdapter(Page[TeamHandover])
_counts = TypeAdapter(FormCounts)
_equality = TypeAdapter(EqualityTotals)
_ledger = TypeAdapter(Ledger)


@dataclass(frozen=True)
class ProgrammesApi:
    """Programmes and their cohorts, for one caller."""

    api: Upstream

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

    async def closing(self, programme_id: UUID) -> Closing:
        """What closing a programme ends, and the record of it."""
        return await self.api.get(f"/programmes/{programme_id}/closing", _closing)

    async def close_programme(self, programme_id: UUID, **closing: object) -> ProgrammeRecord:
        """Close a programme with all of its cohorts."""
        return await self.api.send("POST", f"/programmes/{programme_id}/close", _programme, body(**closing))

    async def programme_form(self, programme_id: UUID, **words: object) -> ProgrammeForm:
        """What applicants fill in, in the words asked for."""
        return await self.api.get(f"/programmes/{programme_id}/form", _programme_form, words)

    async def roles(self, programme_id: UUID, wanted: PageRequest) -> Page[RoleRecord]:
        """Who holds which role in a programme."""
        return await self.api.page(f"/programmes/{programme_id}/roles", _roles, {}, wanted)

    async def grant_role(self, programme_id: UUID, **role: object) -> RoleRecord:
        """Give a person a role in a programme."""
        return await self.api.send("POST", f"/programmes/{programme_id}/roles", _role, body(**role))

    async def revoke_role(self, role_id: UUID) -> None:
        """Take a role back."""
        await self.api.send("DELETE", f"/roles/{role_id}", NOTHING)

    async def hand_over_team(self, programme_id: UUID, **handover: object) -> TeamHandover:
        """Let another team run a programme."""
        path = f"/programmes/{programme_id}/team-handovers"
        return await self.api.send("POST", path, _handover, body(**handover))

    async def team_handovers(self, programme_id: UUID, wanted: PageRequest) -> Page[TeamHandover]:
        """When a programme's team was handed over."""
        return await self.api.page(f"/programmes/{programme_id}/team-handovers", _handovers, {}, wanted)

    async def add_cohort(self, programme_id: UUID, **cohort: object) -> CohortRecord:
        """Add a cohort to a programme."""
        return await self.api.send("POST", f"/programmes/{programme_id}/cohorts", _cohort, body(**cohort))

    async def plan_cohorts(self, programme_id: UUID) -> None:
        """Make the cohorts that the blueprint plans."""
        await self.api.send("POST", f"/programmes/{programme_id}/cohorts/from-blueprint", NOTHING)

    async def change_cohort(self, cohort_id: UUID, **change: object) -> CohortRecord:
        """Change places or milestones of a cohort."""
        return await self.api.send("PATCH", f"/cohorts/{cohort_id}", _cohort, body(**change))

    async def close_cohort(self, cohort_id: UUID) -> CohortRecord:
        """Close a cohort: what is still open ends."""
        return await self.api.send("POST", f"/cohorts/{cohort_id}/close", _cohort)

    async def form_counts(self, cohort_id: UUID) -> FormCounts:
        """How often each counted answer was given."""
        return await self.api.get(f"/cohorts/{cohort_id}/form-counts", _counts)

    async def equality_totals(self, cohort_id: UUID) -> EqualityTotals:
        """Answers to equality monitoring of a closed cohort."""
        return await self.api.get(f"/cohorts/{cohort_id}/equality-totals", _equality)

    async def cohorts(self, programme_id: UUID) -> list[CohortRecord]:
        """All cohorts of a programme; the service gives them at once."""
        return (await self.api.get(f"/programmes/{programme_id}/cohorts", _cohorts)).items

    async def cohort(self, cohort_id: UUID) -> CohortRecord:
        """One cohort."""
        return await self.api.get(f"/cohorts/{cohort_id}", _cohort)

    async def programme_ledger(self, programme_id: UUID) -> Ledger:
        """The ledger of a programme, a row per cohort and role."""
        return await self.api.get(f"/programmes/{programme_id}/ledger", _ledger)
