"""What can be asked for."""

from uuid import UUID

import strawberry

from mentoring_gateway.clients.applications import Blueprint
from mentoring_gateway.clients.evaluation import Preset, Survey
from mentoring_gateway.clients.outcomes import EvaluationModel
from mentoring_gateway.clients.sessions import Attendance, WithdrawnAttendance
from mentoring_gateway.clients.values import same
from mentoring_gateway.context import Info
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.types.evaluation import Wave
from mentoring_gateway.types.fields import derived, fetched
from mentoring_gateway.types.interviews import CaseStudy, Interview, case_study_of, interview_of
from mentoring_gateway.types.matches import Match, MatchRun, Relationship
from mentoring_gateway.types.me import Me
from mentoring_gateway.types.paging import After, Connection, First, connection, wanted
from mentoring_gateway.types.people import Person
from mentoring_gateway.types.programmes import Application, Cohort, Programme
from mentoring_gateway.types.reports import Report, report_of
from mentoring_gateway.types.themes import Recommendation, recommendation_of


@strawberry.type
class Query:
    @derived("The person who calls")
    def me(self, info: Info) -> Me:
        return Me(id=info.context.person_id)

    @fetched("The organisation's programmes")
    async def programmes(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Programme] | None:
        page = await info.context.services.applications.programmes(wanted(first, after))
        return connection(page, lambda record: Programme(**vars(record)))

    @fetched("One programme")
    async def programme(self, info: Info, id: UUID) -> Programme | None:
        return Programme(**vars(await info.context.services.applications.programme(id)))

    @fetched("The blueprints that ship")
    async def blueprints(self, info: Info) -> list[Blueprint] | None:
        return await info.context.services.applications.blueprints()

    @fetched("One cohort")
    async def cohort(self, info: Info, id: UUID) -> Cohort | None:
        return Cohort(**vars(await info.context.services.applications.cohort(id)))

    @fetched("One person")
    async def person(self, info: Info, id: UUID) -> Person | None:
        return Person(**vars(await info.context.services.applications.person(id)))

    @fetched("One application")
    async def application(self, info: Info, id: UUID) -> Application | None:
        return Application(**vars(await info.context.services.applications.application(id)))

    @fetched("Who attended an activity; for the programme team and trainers")
    async def attendance(
        self, info: Info, activity_id: UUID, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Attendance] | None:
        page = await info.context.services.sessions.attendance(activity_id, wanted(first, after))
        return connection(page, same)

    @fetched("Whose attendance of an activity was taken back, by whom and why; for the programme team and trainers")
    async def withdrawn_attendance(
        self, info: Info, activity_id: UUID, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[WithdrawnAttendance] | None:
        page = await info.context.services.sessions.withdrawn_attendance(activity_id, wanted(first, after))
        return connection(page, same)

    @fetched("One match")
    async def match(self, info: Info, id: UUID) -> Match | None:
        return Match(**vars(await info.context.services.matching.match(id)))

    @fetched("The relationship of a match")
    async def relationship(self, info: Info, match_id: UUID) -> Relationship | None:
        return Relationship(**vars(await info.context.services.sessions.relationship(match_id)))

    @fetched("One matching run")
    async def match_run(self, info: Info, id: UUID) -> MatchRun | None:
        return MatchRun(**vars(await info.context.services.matching.run(id)))

    @fetched("One survey wave")
    async def wave(self, info: Info, id: UUID) -> Wave | None:
        return Wave(**vars(await info.context.services.evaluation.wave(id)))

    @fetched("One report")
    async def report(self, info: Info, id: UUID) -> Report | None:
        return await report_of(info, id)

    @fetched("One interview; of a person or of those who hold interviews, whose reading is audited")
    async def interview(self, info: Info, id: UUID) -> Interview | None:
        return interview_of(await info.context.loaders.interview.load(id))

    @fetched("One case study; of its two people or of those who hold interviews, whose reading is audited")
    async def case_study(self, info: Info, id: UUID) -> CaseStudy | None:
        return case_study_of(await info.context.loaders.case_study.load(id))

    @fetched("One recommendation")
    async def recommendation(self, info: Info, id: UUID) -> Recommendation | None:
        return recommendation_of(await info.context.loaders.recommendation.load(id))

    @fetched("The surveys that ship, to be taken into a programme")
    async def instrument_presets(self, info: Info) -> list[Preset] | None:
        return await info.context.services.evaluation.presets()

    @fetched("The evaluation models that ship")
    async def evaluation_models(self, info: Info) -> list[EvaluationModel] | None:
        return await info.context.services.outcomes.models()

    @fetched("The survey of an invitation, in the words asked for; its token is all that is needed")
    async def survey(
        self, info: Info, organisation_id: UUID, token: str, language: str | None = None, easy_read: bool | None = None
    ) -> Survey | None:
        words = {"language": language, "easy_read": easy_read}
        return await info.context.services.evaluation.survey(organisation_id, token, **words)
