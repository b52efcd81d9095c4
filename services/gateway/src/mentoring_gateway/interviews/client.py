"""The evaluation service: interviews and paired case studies, which belong to the people they tell of."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import Role, body


@strawberry.type(description="How the count of an interview's pages was corrected, by somebody of which role, and why")
class PagesCorrection:
    pages_before: int
    pages: int
    reason: str
    corrected_at: datetime
    role: str


@dataclass
class InterviewRecord:
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    match_id: UUID
    person_id: UUID
    role: Role
    state: str
    version: int
    scheduled_at: datetime
    consented_at: datetime | None = None
    approved_at: datetime | None = None
    withdrawn_at: datetime | None = None
    pages: int | None = None
    corrections: list[PagesCorrection] = field(default_factory=list)


@strawberry.type(description="What an interview says: its summary, null before it is handed in, and its quotes")
class InterviewTexts:
    summary: str | None = None
    quotes: list[str] = field(default_factory=list)


@dataclass
class InterviewWithTexts(InterviewRecord):
    summary: str | None = None
    quotes: list[str] = field(default_factory=list)


@dataclass
class CaseStudyRecord:
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    match_id: UUID
    state: str
    version: int
    revision: int
    mentor_approved_at: datetime | None = None
    mentee_approved_at: datetime | None = None
    withdrawn_at: datetime | None = None


@strawberry.type(description="A titled piece of a case study")
class CaseStudySection:
    title: str
    text: str


@dataclass
class CaseStudyWithSections(CaseStudyRecord):
    sections: list[CaseStudySection] = field(default_factory=list)


_interview = TypeAdapter(InterviewRecord)
_with_texts = TypeAdapter(InterviewWithTexts)
_interviews = TypeAdapter(Page[InterviewRecord])
_case_study = TypeAdapter(CaseStudyRecord)
_with_sections = TypeAdapter(CaseStudyWithSections)
_case_studies = TypeAdapter(Page[CaseStudyRecord])


@dataclass(frozen=True)
class InterviewsApi:
    """Interviews and case studies of the evaluation API for one caller."""

    api: Upstream

    async def interview(self, interview_id: UUID) -> InterviewWithTexts:
        """One interview with its texts."""
        return await self.api.get(f"/interviews/{interview_id}", _with_texts)

    async def interviews(self, programme_id: UUID, wanted: PageRequest) -> Page[InterviewRecord]:
        """The interviews of a programme that the caller may see."""
        return await self.api.page(f"/programmes/{programme_id}/interviews", _interviews, {}, wanted)

    async def every_interview(self, programme_id: UUID) -> list[InterviewRecord]:
        """All interviews of a programme that the caller may see."""
        return await self.api.every(f"/programmes/{programme_id}/interviews", _interviews, {})

    async def schedule(self, match_id: UUID, **plan: object) -> InterviewRecord:
        """Plan an interview with one of a pair."""
        return await self.api.send("POST", f"/matches/{match_id}/interviews", _interview, body(**plan))

    async def act(self, interview_id: UUID, act: str, **content: object) -> InterviewRecord:
        """`act` is consent, transcript, amend, approve or withdraw."""
        path = f"/interviews/{interview_id}/{act}"
        return await self.api.send("POST", path, _interview, body(**content) or None)

    async def correct_pages(self, interview_id: UUID, **change: object) -> InterviewRecord:
        """Correct how many pages a transcript has, with a reason."""
        return await self.api.send("PATCH", f"/interviews/{interview_id}", _interview, body(**change))

    async def case_study(self, case_study_id: UUID) -> CaseStudyWithSections:
        """One case study with its text."""
        return await self.api.get(f"/case-studies/{case_study_id}", _with_sections)

    async def case_studies(self, programme_id: UUID, wanted: PageRequest) -> Page[CaseStudyRecord]:
        """The case studies of a programme that the caller may see."""
        return await self.api.page(f"/programmes/{programme_id}/case-studies", _case_studies, {}, wanted)

    async def every_case_study(self, programme_id: UUID) -> list[CaseStudyRecord]:
        """All case studies of a programme that the caller may see."""
        return await self.api.every(f"/programmes/{programme_id}/case-studies", _case_studies, {})

    async def write_case_study(self, match_id: UUID, sections: dict[str, str]) -> CaseStudyRecord:
        """Write the case study of a pair, text by title."""
        return await self.api.send("POST", f"/matches/{match_id}/case-study", _case_study, body(sections=sections))

    async def act_on_case_study(self, case_study_id: UUID, act: str, **content: object) -> CaseStudyRecord:
        """`act` is amend, approve or withdraw."""
        path = f"/case-studies/{case_study_id}/{act}"
        return await self.api.send("POST", path, _case_study, body(**content) or None)
