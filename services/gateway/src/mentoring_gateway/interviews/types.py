"""Interviews and paired case studies, which belong to the people they tell of."""

from enum import Enum
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.identity import Node, OwnId
from mentoring_gateway.interviews import groups
from mentoring_gateway.interviews.client import CaseStudyRecord, CaseStudySection, InterviewRecord, InterviewTexts
from mentoring_gateway.matching.types import Match
from mentoring_gateway.people.types import Person, person_of


@strawberry.enum(description="What an interview waits for from its person")
class WaitsFor(Enum):
    CONSENT = "consent"
    APPROVAL = "approval"


_WAITS = {"scheduled": WaitsFor.CONSENT, "transcribed": WaitsFor.APPROVAL}


@strawberry.type(
    description="A conversation with one of a pair: scheduled, consented, transcribed, approved, withdrawn"
)
class Interview(InterviewRecord, Node):
    id: OwnId

    @derived("What it waits for from its person; null for nothing")
    def waits_for(self) -> WaitsFor | None:
        return _WAITS.get(self.state)

    @derived("Who is interviewed")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)

    @derived("The match that it is about")
    async def match(self, info: Info) -> Match | None:
        return await match_of(info, self)

    @fetched("Its summary and quotes; for the person, the programme team and interviewers, whose reading is audited")
    async def texts(self, info: Info) -> InterviewTexts | None:
        found = await info.context.loaders.interview.load(self.id)
        return InterviewTexts(summary=found.summary, quotes=found.quotes)


@strawberry.type(description="A person's part in a focus group: scheduled, consented, transcribed, approved, withdrawn")
class FocusGroupParticipant(groups.FocusGroupParticipantRecord):
    @derived("Who takes part")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


@strawberry.type(description="Several people who are heard at once: planned, held, cancelled")
class FocusGroup(groups.FocusGroupRecord):
    participants: list[FocusGroupParticipant]  # type: ignore[assignment]

    @fetched("What one person said; for that person, the programme team and interviewers, whose reading is audited")
    async def contribution(self, info: Info, person_id: UUID) -> groups.Contribution | None:
        return await groups.contribution(info.context.services.interviews.api, self.id, person_id)


def focus_group_of(record: groups.FocusGroupRecord) -> FocusGroup:
    """The focus group with who takes part in it."""
    return FocusGroup(**{**vars(record), "participants": [participant_of(one) for one in record.participants]})


def participant_of(record: groups.FocusGroupParticipantRecord) -> FocusGroupParticipant:
    """The person's part, whatever the record holds."""
    names = groups.FocusGroupParticipantRecord.__dataclass_fields__
    return FocusGroupParticipant(**{name: getattr(record, name) for name in names})


@strawberry.type(description="What a pair's two interviews tell together: draft, approved, withdrawn")
class CaseStudy(CaseStudyRecord, Node):
    id: OwnId

    @derived("The match that it is about")
    async def match(self, info: Info) -> Match | None:
        return await match_of(info, self)

    @fetched("Its text; for the two people, the programme team and interviewers, whose reading is audited")
    async def sections(self, info: Info) -> list[CaseStudySection] | None:
        return (await info.context.loaders.case_study.load(self.id)).sections


def interview_of(record: InterviewRecord) -> Interview:
    """The interview without its texts, whatever the record holds."""
    return Interview(**{name: getattr(record, name) for name in InterviewRecord.__dataclass_fields__})


def case_study_of(record: CaseStudyRecord) -> CaseStudy:
    """The case study without its text, whatever the record holds."""
    return CaseStudy(**{name: getattr(record, name) for name in CaseStudyRecord.__dataclass_fields__})


async def match_of(info: Info, about: InterviewRecord | CaseStudyRecord) -> Match | None:
    """The match that an interview or a case study is about."""
    found = await info.context.loaders.match.load(about.match_id)
    return Match(**vars(found)) if found else None
