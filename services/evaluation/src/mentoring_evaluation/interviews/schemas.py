"""What the REST API takes and gives for interviews and case studies."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mentoring_common.bodies import Body
from mentoring_common.versions import RevisedView, VersionedView
from mentoring_contracts.days import Moment
from mentoring_evaluation.lifecycle import (
    CaseStudyState,
    FocusGroupState,
    InterviewState,
)
from mentoring_evaluation.programmes.schemas import ActingRole, LongText, Reason

Pages = Annotated[int, Field(ge=1, le=1000)]
Quote = Annotated[str, Field(min_length=1, max_length=2_000)]


class NewInterview(Body):
    person_id: UUID
    scheduled_at: Moment


class NewTranscript(Body):
    pages: Pages
    summary: LongText
    quotes: Annotated[list[Quote], Field(max_length=50)] = []


class Amendment(Body):
    summary: LongText
    quotes: Annotated[list[Quote], Field(max_length=50)] | None = Field(None, description="absent: left as they are")


class PagesCorrection(Body):
    pages: Pages
    reason: Annotated[Reason, Field(description="those who hold interviews read it: it names nobody")]


class CorrectionView(BaseModel):
    pages_before: int
    pages: int
    reason: str
    corrected_at: datetime
    role: ActingRole = Field(description="of whoever corrected it; the person is in the audit log")


class InterviewView(VersionedView):
    MADE_AT: ClassVar = "/interviews/{id}"
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    match_id: UUID
    person_id: UUID
    role: str
    state: InterviewState
    scheduled_at: datetime
    consented_at: datetime | None
    approved_at: datetime | None
    withdrawn_at: datetime | None
    pages: int | None
    corrections: list[CorrectionView] = Field(description="how the count of its pages was corrected, in order")


class InterviewWithTexts(InterviewView):
    summary: str | None = None
    quotes: list[str] = []


Occasion = Literal["before", "during", "after"]
Question = Annotated[str, Field(min_length=1, max_length=1_000)]
Guide = Annotated[list[Question], Field(max_length=50, description="what is asked, in order")]
People = Annotated[list[UUID], Field(min_length=1, max_length=50, description="people of the programme")]


class NewFocusGroup(Body):
    """Several people are to be heard at once: who has applied to the programme or holds a role in it."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    occasion: Annotated[Occasion, Field(description="before the programme begins, during it or after it")]
    scheduled_at: Moment
    guide: Guide = []
    cohort_id: UUID | None = None
    person_ids: People


class FocusGroupChange(Body):
    """What changes before it is held; a member that is left out stays as it is."""

    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    scheduled_at: Moment | None = None
    guide: Guide | None = None


class MoreParticipants(Body):
    person_ids: People


class Contribution(Body):
    """What one person said."""

    summary: LongText
    quotes: Annotated[list[Quote], Field(max_length=50)] = []


class ParticipantView(BaseModel):
    """A person's part in a focus group; nothing of it is kept before they agree."""

    model_config = ConfigDict(from_attributes=True)
    person_id: UUID
    role: str = Field(description="as what they speak: their side, or their role in the programme")
    state: InterviewState
    consented_at: datetime | None
    approved_at: datetime | None
    withdrawn_at: datetime | None


class ParticipantWithTexts(ParticipantView):
    summary: str | None = None
    quotes: list[str] = []


class FocusGroupView(VersionedView):
    """A focus group; who takes part reads only of themselves among `participants`."""

    MADE_AT: ClassVar = "/focus-groups/{id}"
    id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    title: str
    occasion: Occasion
    guide: list[str]
    state: FocusGroupState
    scheduled_at: datetime
    held_at: datetime | None
    people: int = Field(description="how many take part and have not withdrawn")
    participants: list[ParticipantView] = Field(description="who was asked, with their part in it")


Title = Annotated[str, Field(min_length=1, max_length=200)]
SectionText = Annotated[str, Field(min_length=1, max_length=10_000)]
Sections = Annotated[dict[Title, SectionText], Field(min_length=1, max_length=30)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="the version that was read")]


class NewCaseStudy(Body):
    sections: Annotated[Sections, Field(description="text by title; exactly the sections that the programme names")]


class CaseStudyAmendment(Body):
    version: Version
    sections: Annotated[Sections, Field(description="the sections that change")]


class Approval(Body):
    version: Version


class WordingApproval(Body):
    """Which wording one has read: its `wording_version`, which is not the `version` of the whole."""

    wording_version: Version | None = Field(None, description="`wording_version` of what was read")
    version: Version | None = Field(None, description="the same under its former name; give one of the two")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.wording_version is None) == (self.version is None):
            raise ValueError("give wording_version")
        return self

    @property
    def read(self) -> int:
        """The version of the wording that was read."""
        return self.wording_version or self.version or 0


class Section(BaseModel):
    title: str
    text: str


class CaseStudyView(RevisedView):
    MADE_AT: ClassVar = "/case-studies/{id}"
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    match_id: UUID
    state: CaseStudyState
    version: int
    mentor_approved_at: datetime | None
    mentee_approved_at: datetime | None
    withdrawn_at: datetime | None


class CaseStudyWithSections(CaseStudyView):
    sections: list[Section] = []
