"""What came of a programme: surveys, figures, interviews, themes, outcomes, reports."""

from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.figures.client import Comparison, Evidence
from mentoring_gateway.figures.inputs import FigureGroup, members
from mentoring_gateway.interviews import groups as focus_groups
from mentoring_gateway.interviews.types import (
    CaseStudy,
    FocusGroup,
    Interview,
    case_study_of,
    focus_group_of,
    interview_of,
)
from mentoring_gateway.outcomes.client import EvidencePack, HrOutcome, IndicatorValue, Intentions
from mentoring_gateway.outcomes.types import Assessment, ProgrammeModel, programme_model
from mentoring_gateway.paging import After, Connection, First, connection, wanted
from mentoring_gateway.reports.types import ReportSummary
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.surveys.client import Instrument, Respondent
from mentoring_gateway.surveys.types import Wave
from mentoring_gateway.themes.client import AlignedGoal, CodedText
from mentoring_gateway.themes.inputs import TextKind
from mentoring_gateway.themes.types import (
    CommitteeDecision,
    Recommendation,
    Theme,
    Themes,
    decision_of,
    recommendation_of,
)
from mentoring_gateway.values import same


@strawberry.type(description="What came of a programme; every field is answered by the evaluation service")
class ProgrammeEvaluation:
    programme_id: UUID

    # ------------------------------------------------------------------------------------------------------- surveys
    @fetched("Every version of every survey; for the programme team")
    async def instruments(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Instrument] | None:
        page = await info.context.services.surveys.instruments(self.programme_id, wanted(first, after))
        return connection(page, same, lambda one: one.version_id)

    @derived("The waves of all cohorts, or of one; for the programme team")
    async def waves(self, info: Info, cohort_id: UUID | None = None) -> list[Wave] | None:
        waves = await info.context.loaders.waves.load(self.programme_id)
        return [Wave(**vars(wave)) for wave in waves if cohort_id in (None, wave.cohort_id)]

    @fetched("Whom surveys ask beyond the pairs: all of them for the programme team, one's own for a member")
    async def respondents(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Respondent] | None:
        return connection(
            await info.context.services.surveys.respondents(self.programme_id, wanted(first, after)), same
        )

    # ------------------------------------------------------------------------------------------------------- figures
    @fetched("The counts by answer behind a figure, and the figure counted again; for the programme team")
    async def evidence(
        self, info: Info, name: str, group: FigureGroup | None = None, option: str | None = None
    ) -> Evidence | None:
        named = members(group or FigureGroup()) | {"option": option}
        return await info.context.services.figures.evidence(self.programme_id, name, **named)

    @fetched("One share against another of the same name; for the programme team")
    async def comparison(
        self, info: Info, name: str, first: FigureGroup, second: FigureGroup, option: str | None = None
    ) -> Comparison | None:
        named = {f"first_{key}": value for key, value in members(first).items()}
        named |= {f"second_{key}": value for key, value in members(second).items()} | {"option": option}
        return await info.context.services.figures.comparison(self.programme_id, name, **named)

    # ---------------------------------------------------------------------------------------------------- interviews
    @fetched("Its interviews for the programme team and interviewers; one's own for everybody else")
    async def interviews(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Interview] | None:
        page = await info.context.services.interviews.interviews(self.programme_id, wanted(first, after))
        return connection(page, interview_of)

    @fetched("Its focus groups for the programme team and interviewers; for others those they take part in")
    async def focus_groups(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[FocusGroup] | None:
        api = info.context.services.interviews.api
        return connection(await focus_groups.focus_groups(api, self.programme_id, wanted(first, after)), focus_group_of)

    @fetched("Its case studies for the programme team and interviewers; one's own for everybody else")
    async def case_studies(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[CaseStudy] | None:
        page = await info.context.services.interviews.case_studies(self.programme_id, wanted(first, after))
        return connection(page, case_study_of)

    # -------------------------------------------------------------------------------------------------------- themes
    @fetched("What themes can be aligned to; for the programme team and the steering group")
    async def goals(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[AlignedGoal] | None:
        return connection(await info.context.services.themes.goals(self.programme_id, wanted(first, after)), same)

    @fetched("Its themes, the first to act on first; for the programme team")
    async def themes(self, info: Info) -> Themes | None:
        found = await info.context.services.themes.themes(self.programme_id)
        return Themes(rule=found.rule, items=[Theme(**vars(theme)) for theme in found.items])

    @fetched("Texts with the themes found in them; for the programme team, and reading them is audited")
    async def texts(
        self, info: Info, kind: TextKind, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[CodedText] | None:
        page = await info.context.services.themes.texts(self.programme_id, kind.value, wanted(first, after))
        return connection(page, same)

    @fetched("Its recommendations for the programme team and the steering group; one's own for everybody else")
    async def recommendations(
        self, info: Info, overdue: bool | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Recommendation] | None:
        page = await info.context.services.themes.recommendations(self.programme_id, overdue, wanted(first, after))
        return connection(page, recommendation_of)

    @fetched("What its committees decided; for the programme team and who reads its reports")
    async def committee_decisions(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[CommitteeDecision] | None:
        page = await info.context.services.themes.decisions(self.programme_id, wanted(first, after))
        return connection(page, decision_of)

    # ------------------------------------------------------------------------------------------------------ outcomes
    @fetched("Its evaluation model with the latest values; for the programme team and the steering group")
    async def model(self, info: Info) -> ProgrammeModel | None:
        return programme_model(await info.context.services.outcomes.model(self.programme_id))

    @fetched("Every value of an indicator; for the programme team and the steering group")
    async def indicator_values(
        self, info: Info, indicator: str, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[IndicatorValue] | None:
        page = await info.context.services.outcomes.values(self.programme_id, indicator, wanted(first, after))
        return connection(page, same)

    @fetched("Outcomes from HR data; for the programme team")
    async def hr_outcomes(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[HrOutcome] | None:
        page = await info.context.services.outcomes.hr_outcomes(self.programme_id, wanted(first, after))
        return connection(page, same)

    @fetched("What people meant to do, and did later; for the programme team")
    async def intentions(self, info: Info) -> Intentions | None:
        return await info.context.services.outcomes.intentions(self.programme_id)

    @fetched("Evidence for the six standards; for the programme team and the steering group")
    async def evidence_pack(self, info: Info) -> EvidencePack | None:
        return await info.context.services.outcomes.evidence_pack(self.programme_id)

    @fetched("Every judgement of a criterion; for the programme team and the steering group")
    async def assessments(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Assessment] | None:
        page = await info.context.services.outcomes.assessments(self.programme_id, wanted(first, after))
        return connection(page, lambda record: Assessment(**vars(record)))

    # ------------------------------------------------------------------------------------------------------- reports
    @fetched("Its reports; for the programme team")
    async def reports(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[ReportSummary] | None:
        page = await info.context.services.reports.reports(self.programme_id, wanted(first, after))
        return connection(page, lambda record: ReportSummary(**vars(record)))
