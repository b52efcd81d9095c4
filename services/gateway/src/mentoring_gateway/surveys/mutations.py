"""Surveys, their waves, and answers."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.surveys.client import Instrument, RespondentState
from mentoring_gateway.surveys.inputs import NewWave, WaveTime
from mentoring_gateway.surveys.types import Wave


@strawberry.type
class Surveys:
    @command("Make the next version of a survey, of a preset or of a survey of one's own")
    async def add_instrument_version(
        self, info: Info, programme_id: UUID, name: str, preset: str | None = None, survey: JSON | None = None
    ) -> Instrument:
        api = info.context.commands(info).surveys
        return await api.add_version(programme_id, name, preset=preset, survey=survey)

    @command("Write the newest version of a survey anew, until a wave opens with it; expected is its `revision`")
    async def replace_instrument_version(
        self,
        info: Info,
        programme_id: UUID,
        name: str,
        version: int,
        expected_version: int,
        preset: str | None = None,
        survey: JSON | None = None,
    ) -> Instrument:
        api = info.context.commands(info, expected_version).surveys
        return await api.replace_version(programme_id, name, version, preset=preset, survey=survey)

    @command("Plan a wave that the cohort's milestones do not have; it opens and closes by itself")
    async def plan_wave(self, info: Info, cohort_id: UUID, wave: NewWave) -> Wave:
        return Wave(**vars(await info.context.commands(info).surveys.plan_wave(cohort_id, **planned(wave))))

    @command("Plan a wave for every cohort of a programme, all of them or none")
    async def plan_waves(self, info: Info, programme_id: UUID, wave: NewWave) -> list[Wave]:
        made = await info.context.commands(info).surveys.plan_waves(programme_id, **planned(wave))
        return [Wave(**vars(record)) for record in made]

    @command("Let a wave close later, with a reason; one that closed is frozen")
    async def extend_wave(
        self, info: Info, wave_id: UUID, expected_version: int, closes_at: WaveTime, reason: str
    ) -> Wave:
        api = info.context.commands(info, expected_version).surveys
        return Wave(**vars(await api.extend_wave(wave_id, closes_at=given(closes_at), reason=reason)))

    @command("Call off a wave, or take back one that was brought in, with a reason; its answers are deleted")
    async def cancel_wave(self, info: Info, wave_id: UUID, reason: str, expected_version: int | None = None) -> Wave:
        api = info.context.commands(info, expected_version).surveys
        return Wave(**vars(await api.cancel_wave(wave_id, reason=reason)))

    @command("Name somebody whom surveys ask by link: of the programme, or of a member, who names or agrees")
    async def name_respondent(
        self,
        info: Info,
        programme_id: UUID,
        kind: str,
        name: str,
        email: str,
        member_id: UUID | None = None,
        cohort_id: UUID | None = None,
    ) -> RespondentState:
        named = {"kind": kind, "name": name, "email": email, "member_id": member_id, "cohort_id": cohort_id}
        return await info.context.commands(info).surveys.name_respondent(programme_id, **named)

    @command("Agree that somebody whom the team named is asked about me")
    async def agree_to_respondent(self, info: Info, respondent_id: UUID) -> RespondentState:
        return await info.context.commands(info).surveys.agree_to_respondent(respondent_id)

    @command("Have somebody asked no more, and name and address forgotten; gives the id")
    async def forget_respondent(self, info: Info, respondent_id: UUID) -> UUID:
        await info.context.commands(info).surveys.forget_respondent(respondent_id)
        return respondent_id

    @command("Answer a survey, once; gives the id of its wave")
    async def answer_survey(self, info: Info, organisation_id: UUID, token: str, answers: JSON) -> UUID:
        return await info.context.commands(info).surveys.answer_survey(organisation_id, token, answers)


def given(time: WaveTime) -> datetime | dict[str, str | None]:
    """The time as the service takes it, which refuses what is neither a moment nor a local time with its zone."""
    return time.at if time.at is not None else {"local": time.local, "zone": time.zone}


def planned(wave: NewWave) -> dict[str, object]:
    """The wave as the service takes it."""
    return vars(wave) | {"opens_at": given(wave.opens_at), "closes_at": given(wave.closes_at)}
