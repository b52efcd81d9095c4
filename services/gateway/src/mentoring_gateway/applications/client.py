"""Applications, as the applications service answers."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, Role, body


@dataclass
class ApplicationRecord:
    id: UUID
    programme_id: UUID
    role: Role
    state: str
    capacity: int
    submitted_at: datetime
    updated_at: datetime
    version: int
    priority: bool = False
    cohort_id: UUID | None = None
    first_cohort_id: UUID | None = None
    person_id: UUID | None = None
    decided_at: datetime | None = None
    place_until: datetime | None = None
    ignored: list[str] | None = None  # said of an application that was just made, to the person themselves


@dataclass
class DraftRecord:
    id: UUID
    programme_id: UUID
    role: Role
    saved_at: datetime
    version: int
    cohort_id: UUID | None = None
    closes_at: datetime | None = None


@strawberry.type(description="Somebody is asked to assess an application: open, scored or conflict; not what they said")
class AssessmentRecord:
    id: UUID
    application_id: UUID
    state: str
    asked_at: datetime
    version: int
    assessor_id: UUID | None = None
    scored_at: datetime | None = None


@dataclass
class AssessorsAsked:
    items: list[AssessmentRecord]


@strawberry.type(description="What one assessor said: points by criterion, and words")
class AssessmentScores:
    assessment_id: UUID
    scores: JSON
    note: str


@strawberry.type(description="What one is asked to assess; scores are one's own, and everybody's once all have scored")
class AssessmentDetail(AssessmentRecord):
    criteria: JSON | None = None
    ranked: list[str] = field(default_factory=list)
    free_text: str = ""
    attributes: JSON | None = None
    scores: list[AssessmentScores] = field(default_factory=list)


@strawberry.type(description="What follows from the scores of an application")
class Moderation:
    recommendation: str
    by: str
    at: datetime


@strawberry.type(description="One criterion over all assessors")
class AssessedCriterion:
    id: str
    mean: float
    least: int
    most: int


@strawberry.type(description="The scores of an application together; null before everybody has scored")
class AssessmentSummary:
    wanted: int
    assessments: list[AssessmentRecord]
    complete: bool
    moderation_needed: bool
    criteria: list[AssessedCriterion] | None = None
    total: float | None = None
    moderation: Moderation | None = None
    scores: list[AssessmentScores] | None = None


@strawberry.type(description="What is known of an answer: said by HR, in the profile, or on an earlier application")
class KnownAnswer:
    field: str
    answer: JSON
    source: str
    said_at: datetime | None = None


@dataclass
class _Known:
    answer: JSON
    source: str
    said_at: datetime | None = None


@dataclass
class _KnownAnswers:
    answers: dict[str, _Known]


@strawberry.type(description="What would be refused of a draft if it were submitted now, and where")
class DraftFault:
    pointer: str
    code: str
    detail: str


@strawberry.type(description="What is written in a draft so far")
class DraftContent:
    answers: JSON
    consents: JSON
    faults: list[DraftFault]
    capacity: int | None = None
    equality: JSON | None = None


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


@strawberry.type(description="An eligibility rule that was set aside, by whom and why")
class SetAside:
    rule: str
    by: str
    at: datetime
    reason: str | None = None


@strawberry.type(description="Where somebody stands on the waiting list, from 1, and how many wait")
class WaitingPlace:
    position: int
    waiting: int


@dataclass
class DecidedRecord:
    index: int
    application_id: UUID
    state: str | None = None
    version: int | None = None
    problem: JSON | None = None


@dataclass
class DecidedRecords:
    items: list[DecidedRecord]


@dataclass
class Told:
    told: int


@dataclass
class PlacesOffered:
    application_ids: list[UUID]


@strawberry.type(
    description="An application with its answers; the unmet rules, and those set aside, are for the programme team only"
)
class ApplicationForm:
    answers: Answers | None = None
    unmet_rules: list[str] | None = None
    overrides: list[SetAside] | None = None
    consents: list[Consent] = field(default_factory=list)
    proxy: ApplicationProxy | None = None
    waiting: WaitingPlace | None = None


@dataclass(kw_only=True)
class WrittenForm(ApplicationForm):
    id: UUID  # of the application


@dataclass
class WrittenForms:
    items: list[WrittenForm]


_application = TypeAdapter(ApplicationRecord)
_applications = TypeAdapter(Page[ApplicationRecord])
_assessment = TypeAdapter(AssessmentRecord)
_assessments = TypeAdapter(Page[AssessmentRecord])
_asked = TypeAdapter(AssessorsAsked)
_assessment_detail = TypeAdapter(AssessmentDetail)
_summary = TypeAdapter(AssessmentSummary)
_moderation = TypeAdapter(Moderation)
_known = TypeAdapter(_KnownAnswers)
_draft = TypeAdapter(DraftRecord)
_drafts = TypeAdapter(Page[DraftRecord])
_draft_content = TypeAdapter(DraftContent)
_decided = TypeAdapter(DecidedRecords)
_told = TypeAdapter(Told)
_places = TypeAdapter(PlacesOffered)
_form = TypeAdapter(WrittenForm)
_forms = TypeAdapter(WrittenForms)


@dataclass(frozen=True)
class ApplicationsApi:
    """Applications, for one caller."""

    api: Upstream

    async def applications(self, wanted: PageRequest, **which: object) -> Page[ApplicationRecord]:
        """Applications by programme_id, cohort_id, role, state, person_id, people, updated_since, in an order."""
        return await self.api.page("/applications", _applications, which, wanted)

    async def every_application(self, **which: object) -> list[ApplicationRecord]:
        """All applications of a selection."""
        return await self.api.every("/applications", _applications, which)

    async def application(self, application_id: UUID) -> ApplicationRecord:
        """One application."""
        return await self.api.get(f"/applications/{application_id}", _application)

    async def form(self, application_id: UUID) -> WrittenForm:
        """What was written on an application."""
        return await self.api.get(f"/applications/{application_id}", _form)

    async def forms(self, application_ids: list[UUID]) -> list[WrittenForm]:
        """What was written on those of up to 200 applications that the caller may see."""
        return (await self.api.get("/application-details", _forms, {"ids": application_ids})).items

    async def submit_application(self, programme_id: UUID, **application: object) -> ApplicationRecord:
        """Ask to join a programme; without `cohort_id` for any later cohort."""
        content = {"cohort_id": None} | body(**application)
        return await self.api.send("POST", f"/programmes/{programme_id}/applications", _application, content)

    async def known_answers(self, programme_id: UUID, role: Role) -> list[KnownAnswer]:
        """What a form may be filled in with beforehand for the caller."""
        found = await self.api.get(f"/programmes/{programme_id}/form/answers", _known, {"role": role.value})
        return [KnownAnswer(field=name, **vars(known)) for name, known in found.answers.items()]

    async def ask_assessors(self, application_id: UUID, person_ids: list[UUID]) -> list[AssessmentRecord]:
        """Ask people to assess an application."""
        content = body(person_ids=person_ids)
        return (await self.api.send("POST", f"/applications/{application_id}/assessors", _asked, content)).items

    async def assessments(self) -> list[AssessmentRecord]:
        """What the caller was asked to assess."""
        return await self.api.every("/assessments", _assessments, {})

    async def assessment(self, assessment_id: UUID) -> AssessmentDetail:
        """One of those."""
        return await self.api.get(f"/assessments/{assessment_id}", _assessment_detail)

    async def score(self, assessment_id: UUID, **given: object) -> AssessmentRecord:
        """Score an application."""
        return await self.api.send("PUT", f"/assessments/{assessment_id}", _assessment, body(**given))

    async def declare_conflict(self, assessment_id: UUID, reason: str) -> AssessmentRecord:
        """Say that one cannot assess a person."""
        return await self.api.send("POST", f"/assessments/{assessment_id}/conflict", _assessment, body(reason=reason))

    async def assessment_summary(self, application_id: UUID) -> AssessmentSummary:
        """The scores of an application together."""
        return await self.api.get(f"/applications/{application_id}/assessment", _summary)

    async def moderate(self, application_id: UUID, **given: object) -> Moderation:
        """Say what follows from the scores."""
        return await self.api.send("POST", f"/applications/{application_id}/moderation", _moderation, body(**given))

    async def drafts(self) -> list[DraftRecord]:
        """The caller's drafts."""
        return await self.api.every("/drafts", _drafts, {})

    async def draft(self, draft_id: UUID) -> DraftRecord:
        """One of the caller's drafts."""
        return await self.api.get(f"/drafts/{draft_id}", _draft)

    async def draft_content(self, draft_id: UUID) -> DraftContent:
        """What is written in it."""
        return await self.api.get(f"/drafts/{draft_id}", _draft_content)

    async def save_draft(self, programme_id: UUID, **draft: object) -> DraftRecord:
        """Begin a draft."""
        content = {"cohort_id": None} | body(**draft)
        return await self.api.send("POST", f"/programmes/{programme_id}/drafts", _draft, content)

    async def change_draft(self, draft_id: UUID, **content: object) -> DraftRecord:
        """Write a draft anew, whole."""
        return await self.api.send("PUT", f"/drafts/{draft_id}", _draft, body(**content))

    async def submit_draft(self, draft_id: UUID, **asked: object) -> ApplicationRecord:
        """Make an application of it; `nominator` is who is asked to stand behind it."""
        return await self.api.send("POST", f"/drafts/{draft_id}/submit", _application, body(**asked))

    async def delete_draft(self, draft_id: UUID) -> None:
        """Throw it away."""
        await self.api.send("DELETE", f"/drafts/{draft_id}", NOTHING)

    async def change_answers(self, application_id: UUID, **content: object) -> ApplicationRecord:
        """Change one's answers after submitting, whole."""
        return await self.api.send("PUT", f"/applications/{application_id}/answers", _application, body(**content))

    async def decide_applications(self, programme_id: UUID, decisions: list[dict[str, object]]) -> list[DecidedRecord]:
        """Decide many applications; each has its own answer."""
        content = {"decisions": decisions}
        return (await self.api.send("POST", f"/programmes/{programme_id}/decisions", _decided, content)).items

    async def tell_decisions(self, programme_id: UUID, cohort_id: UUID | None) -> int:
        """Tell what was decided and kept back; how many people."""
        content = body(cohort_id=cohort_id)
        return (await self.api.send("POST", f"/programmes/{programme_id}/tell-decisions", _told, content)).told

    async def offer_places(self, cohort_id: UUID) -> list[UUID]:
        """Offer free places to who waits; their applications."""
        return (await self.api.send("POST", f"/cohorts/{cohort_id}/offer-places", _places)).application_ids

    async def act_on_application(self, application_id: UUID, act: str, **content: object) -> ApplicationRecord:
        """`act` is decision, undo-decision, accept-place, decline-place, withdraw, move or carry-over."""
        return await self.api.send("POST", f"/applications/{application_id}/{act}", _application, body(**content))
