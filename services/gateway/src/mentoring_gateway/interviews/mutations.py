"""Interviews and case studies: what teams plan, and what belongs to the person alone."""

from datetime import datetime
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.errors import SectionNamedTwice
from mentoring_gateway.fields import command
from mentoring_gateway.interviews import groups
from mentoring_gateway.interviews.client import InterviewRecord
from mentoring_gateway.interviews.inputs import FocusGroupOccasion, TitledText
from mentoring_gateway.interviews.types import (
    CaseStudy,
    FocusGroup,
    FocusGroupParticipant,
    Interview,
    case_study_of,
    focus_group_of,
    interview_of,
    participant_of,
)


@strawberry.type
class Interviews:
    @command("Plan an interview with one of a pair")
    async def schedule_interview(
        self, info: Info, match_id: UUID, person_id: UUID, scheduled_at: datetime
    ) -> Interview:
        api = info.context.commands(info).interviews
        return interview_of(await api.schedule(match_id, person_id=person_id, scheduled_at=scheduled_at))

    @command("Agree to be recorded and quoted; the person only")
    async def consent_to_interview(
        self, info: Info, interview_id: UUID, expected_version: int | None = None
    ) -> Interview:
        return await _acted(info, interview_id, expected_version, "consent")

    @command("Hand in the transcript's page count, the summary and quotes; after consent")
    async def transcribe_interview(
        self,
        info: Info,
        interview_id: UUID,
        pages: int,
        summary: str,
        quotes: list[str] | None = None,
        expected_version: int | None = None,
    ) -> Interview:
        return await _acted(
            info, interview_id, expected_version, "transcript", pages=pages, summary=summary, quotes=quotes
        )

    @command("Correct how many pages the transcript has; figures follow, and the interview says why")
    async def correct_interview_pages(
        self, info: Info, interview_id: UUID, expected_version: int, pages: int, reason: str
    ) -> Interview:
        api = info.context.commands(info, expected_version).interviews
        return interview_of(await api.correct_pages(interview_id, pages=pages, reason=reason))

    @command("Put the summary, and the quotes if they are given, in one's own words; the person only")
    async def amend_interview(
        self,
        info: Info,
        interview_id: UUID,
        summary: str,
        quotes: list[str] | None = None,
        expected_version: int | None = None,
    ) -> Interview:
        return await _acted(info, interview_id, expected_version, "amend", summary=summary, quotes=quotes)

    @command("Let the summary and quotes be used; the person only")
    async def approve_interview(self, info: Info, interview_id: UUID, expected_version: int | None = None) -> Interview:
        return await _acted(info, interview_id, expected_version, "approve")

    @command("Take everything back, at any time; the person only. Reports are issued again without the quotes")
    async def withdraw_interview(
        self, info: Info, interview_id: UUID, expected_version: int | None = None
    ) -> Interview:
        return await _acted(info, interview_id, expected_version, "withdraw")

    @command("Plan a focus group with people of the programme, before it begins, during it or after it")
    async def plan_focus_group(
        self,
        info: Info,
        programme_id: UUID,
        title: str,
        occasion: FocusGroupOccasion,
        scheduled_at: datetime,
        person_ids: list[UUID],
        guide: list[str] | None = None,
        cohort_id: UUID | None = None,
    ) -> FocusGroup:
        new = {"title": title, "occasion": occasion.value, "scheduled_at": scheduled_at, "person_ids": person_ids}
        api = info.context.commands(info).interviews.api
        return focus_group_of(await groups.plan(api, programme_id, **new, guide=guide, cohort_id=cohort_id))

    @command("Change title, time or guide of a focus group before it is held")
    async def change_focus_group(
        self,
        info: Info,
        focus_group_id: UUID,
        expected_version: int,
        title: str | None = None,
        scheduled_at: datetime | None = None,
        guide: list[str] | None = None,
    ) -> FocusGroup:
        api = info.context.commands(info, expected_version).interviews.api
        changes = {"title": title, "scheduled_at": scheduled_at, "guide": guide}
        return focus_group_of(await groups.change(api, focus_group_id, **changes))

    @command("Ask more people to take part in a focus group")
    async def invite_to_focus_group(
        self, info: Info, focus_group_id: UUID, person_ids: list[UUID], expected_version: int | None = None
    ) -> FocusGroup:
        api = info.context.commands(info, expected_version).interviews.api
        return focus_group_of(await groups.invite(api, focus_group_id, person_ids))

    @command("Say that a focus group took place; then what those who agreed said can be recorded")
    async def hold_focus_group(
        self, info: Info, focus_group_id: UUID, expected_version: int | None = None
    ) -> FocusGroup:
        api = info.context.commands(info, expected_version).interviews.api
        return focus_group_of(await groups.hold(api, focus_group_id))

    @command("Call a focus group off")
    async def cancel_focus_group(
        self, info: Info, focus_group_id: UUID, expected_version: int | None = None
    ) -> FocusGroup:
        api = info.context.commands(info, expected_version).interviews.api
        return focus_group_of(await groups.cancel(api, focus_group_id))

    @command("Hand in what one person said in a focus group, who agreed to it")
    async def record_contribution(
        self, info: Info, focus_group_id: UUID, person_id: UUID, summary: str, quotes: list[str] | None = None
    ) -> FocusGroupParticipant:
        api = info.context.commands(info).interviews.api
        return participant_of(await groups.record(api, focus_group_id, person_id, summary=summary, quotes=quotes))

    @command("Agree to be recorded and quoted in a focus group; each person for themselves")
    async def consent_to_focus_group(
        self, info: Info, focus_group_id: UUID, expected_version: int | None = None
    ) -> FocusGroupParticipant:
        api = info.context.commands(info, expected_version).interviews.api
        return participant_of(await groups.consent(api, focus_group_id))

    @command("Put what one said in a focus group in one's own words")
    async def amend_contribution(
        self,
        info: Info,
        focus_group_id: UUID,
        summary: str,
        quotes: list[str] | None = None,
        expected_version: int | None = None,
    ) -> FocusGroupParticipant:
        api = info.context.commands(info, expected_version).interviews.api
        return participant_of(await groups.amend(api, focus_group_id, summary=summary, quotes=quotes))

    @command("Let what one said in a focus group be used")
    async def approve_contribution(
        self, info: Info, focus_group_id: UUID, expected_version: int | None = None
    ) -> FocusGroupParticipant:
        api = info.context.commands(info, expected_version).interviews.api
        return participant_of(await groups.approve(api, focus_group_id))

    @command("Take back what one said in a focus group, at any time. Reports are issued again without the quotes")
    async def withdraw_from_focus_group(
        self, info: Info, focus_group_id: UUID, expected_version: int | None = None
    ) -> FocusGroupParticipant:
        api = info.context.commands(info, expected_version).interviews.api
        return participant_of(await groups.withdraw(api, focus_group_id))

    @command("Write the case study of a pair whose two interviews are approved")
    async def write_case_study(self, info: Info, match_id: UUID, sections: list[TitledText]) -> CaseStudy:
        api = info.context.commands(info).interviews
        return case_study_of(await api.write_case_study(match_id, by_title(sections)))

    @command("Put sections in one's own words; either of the two. `version` is the one that was read")
    async def amend_case_study(
        self,
        info: Info,
        case_study_id: UUID,
        version: int,
        sections: list[TitledText],
        expected_version: int | None = None,
    ) -> CaseStudy:
        api = info.context.commands(info, expected_version).interviews
        changed = {"version": version, "sections": by_title(sections)}
        return case_study_of(await api.act_on_case_study(case_study_id, "amend", **changed))

    @command("Let the version that was read be used; it is approved once both have")
    async def approve_case_study(
        self, info: Info, case_study_id: UUID, version: int, expected_version: int | None = None
    ) -> CaseStudy:
        api = info.context.commands(info, expected_version).interviews
        return case_study_of(await api.act_on_case_study(case_study_id, "approve", version=version))

    @command("Take the case study back, at any time; either of the two")
    async def withdraw_case_study(
        self, info: Info, case_study_id: UUID, expected_version: int | None = None
    ) -> CaseStudy:
        api = info.context.commands(info, expected_version).interviews
        return case_study_of(await api.act_on_case_study(case_study_id, "withdraw"))


async def _acted(
    info: Info, interview_id: UUID, expected_version: int | None, act: str, **content: object
) -> Interview:
    api = info.context.commands(info, expected_version).interviews
    record: InterviewRecord = await api.act(interview_id, act, **content)
    return interview_of(record)


def by_title(sections: list[TitledText]) -> dict[str, str]:
    """Text by title, as the service takes it; SectionNamedTwice rather than one text that is lost."""
    texts = {section.title: section.text for section in sections}
    if len(texts) < len(sections):
        raise SectionNamedTwice()
    return texts
