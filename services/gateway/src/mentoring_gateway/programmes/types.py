"""Programmes and their cohorts, as the schema shows them."""

from typing import Annotated
from uuid import UUID

import strawberry

from mentoring_gateway.activities.client import Activity, ActivityKind, Completion
from mentoring_gateway.applications.client import KnownAnswer
from mentoring_gateway.applications.inputs import ApplicationFilter, ApplicationOrder
from mentoring_gateway.applications.types import Application
from mentoring_gateway.applications.types import filtered as applications_wanted
from mentoring_gateway.blueprints.client import BlueprintInUse
from mentoring_gateway.check_ins.types import ComparedRelationship
from mentoring_gateway.concerns.inputs import Severity
from mentoring_gateway.concerns.types import Concern, concerns
from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.figures.client import Figures
from mentoring_gateway.figures.inputs import Audience
from mentoring_gateway.habits.client import HabitFigures
from mentoring_gateway.identity import Node, OwnId
from mentoring_gateway.matching import arrangements, reviews
from mentoring_gateway.matching.types import (
    Buddies,
    Groups,
    Match,
    MatchRun,
    PoolMember,
    buddies_of,
    groups_of,
    matches,
)
from mentoring_gateway.matching.what_ifs import Conversation, conversations
from mentoring_gateway.meetings.client import MeetingTopic
from mentoring_gateway.networks.client import ProgrammeOrigin
from mentoring_gateway.nominations.client import Nomination, nominations
from mentoring_gateway.notifications.client import LetterCount
from mentoring_gateway.notifications.types import Letter
from mentoring_gateway.paging import After, Connection, First, connection, wanted
from mentoring_gateway.pair_reviews.client import FutureMentor
from mentoring_gateway.people.types import Person, person_of
from mentoring_gateway.programmes.client import (
    Closing,
    CohortRecord,
    EqualityTotals,
    FormCounts,
    Ledger,
    LedgerRow,
    Oversubscription,
    ProgrammeForm,
    ProgrammeRecord,
    RoleRecord,
    TeamHandover,
)
from mentoring_gateway.programmes.dashboard import Dashboard, dashboard_of
from mentoring_gateway.programmes.evaluation import ProgrammeEvaluation
from mentoring_gateway.relationships.client import RelationshipCounts
from mentoring_gateway.relationships.inputs import RelationshipFilter, RelationshipOrder
from mentoring_gateway.relationships.types import QuietPair, Relationship, filtered, relationships
from mentoring_gateway.reports.client import SharedReport
from mentoring_gateway.resources.types import Resource, resource_of
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.surveys.types import Wave, waves_of
from mentoring_gateway.values import Role, same

_IN_FILTER = strawberry.argument(deprecation_reason="say it in `filter`")


@strawberry.type(description="A role that somebody holds in a programme")
class GrantedRole(RoleRecord):
    @derived("Who holds it")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


@strawberry.type(description="One round of a programme")
class Cohort(CohortRecord, Node):
    id: OwnId

    @fetched("Applications to this cohort: all, or those that are wanted, in an order")
    async def applications(
        self,
        info: Info,
        role: Annotated[Role | None, _IN_FILTER] = None,
        state: Annotated[str | None, _IN_FILTER] = None,
        filter: ApplicationFilter | None = None,
        order_by: ApplicationOrder | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Application] | None:
        which = {"role": _value(role), "state": state}
        return await applications_wanted(info, filter, order_by, first, after, **which, cohort_id=self.id)

    @fetched("Matches of this cohort")
    async def matches(
        self, info: Info, state: str | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Match] | None:
        return await matches(info, first, after, cohort_id=self.id, state=state)

    @fetched("Relationships of this cohort")
    async def relationships(
        self, info: Info, state: str | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Relationship] | None:
        return await relationships(info, first, after, cohort_id=self.id, state=state)

    @fetched("Its matching runs")
    async def match_runs(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[MatchRun] | None:
        page = await info.context.services.matching.runs(self.id, wanted(first, after))
        return connection(page, lambda record: MatchRun(**vars(record)))

    @fetched("The people who can be matched, and their capacity")
    async def pool(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[PoolMember] | None:
        page = await reviews.pool(info.context.services.matching.api, self.id, wanted(first, after))
        return connection(page, lambda record: PoolMember(**vars(record)))

    @fetched("First conversations of this cohort that the caller may see")
    async def conversations(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Conversation] | None:
        page = await conversations(info.context.services.matching.api, self.id, wanted(first, after))
        return connection(page, same)

    @fetched("How people answered the questions that are counted, such as how they heard of it; for the programme team")
    async def form_counts(self, info: Info) -> FormCounts | None:
        return await info.context.services.programmes.form_counts(self.id)

    @fetched("Answers to equality monitoring, as totals, once it is closed; for the programme team")
    async def equality_totals(self, info: Info) -> EqualityTotals | None:
        return await info.context.services.programmes.equality_totals(self.id)

    @derived("Where every application to this cohort went, by role")
    async def ledger(self, info: Info) -> list[LedgerRow] | None:
        ledger = await info.context.loaders.ledger.load(self.programme_id)
        return [row for row in ledger.items if row.cohort_id == self.id]

    @derived("The survey waves of this cohort")
    async def waves(self, info: Info) -> list[Wave] | None:
        return await waves_of(info, self.programme_id, self.id)

    @fetched("The buddy pairs that were made, each time")
    async def buddies(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[Buddies] | None:
        page = await arrangements.buddies(info.context.services.matching.api, self.id, wanted(first, after))
        return connection(page, buddies_of)

    @fetched("The groups that were formed, each time")
    async def groups(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[Groups] | None:
        page = await arrangements.groups(info.context.services.matching.api, self.id, wanted(first, after))
        return connection(page, groups_of)

    @fetched("The numbers of this cohort on one screen")
    async def dashboard(self, info: Info) -> Dashboard | None:
        return await dashboard_of(info, self.programme_id, self.id)


@strawberry.type(description="What an organisation runs, made from a blueprint")
class Programme(ProgrammeRecord, Node):
    id: OwnId

    @derived("Its cohorts, by number")
    async def cohorts(self, info: Info) -> list[Cohort] | None:
        found = await info.context.loaders.cohorts.load(self.id)
        return [Cohort(**vars(cohort)) for cohort in sorted(found, key=lambda cohort: cohort.number)]

    @fetched("What its form may be filled in with beforehand for me, and where each answer comes from")
    async def known_answers(self, info: Info, role: Role) -> list[KnownAnswer] | None:
        return await info.context.services.applications.known_answers(self.id, role)

    @fetched("What applicants fill in, in the `language` asked for or those of Accept-Language")
    async def form(
        self, info: Info, language: str | None = None, easy_read: bool | None = None
    ) -> ProgrammeForm | None:
        words = {"language": language, "easy_read": easy_read}
        return await info.context.services.programmes.programme_form(self.id, **words)

    @fetched("Who holds which role in it; for the programme team")
    async def roles(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[GrantedRole] | None:
        page = await info.context.services.programmes.roles(self.id, wanted(first, after))
        return connection(page, lambda record: GrantedRole(**vars(record)))

    @fetched("When its team was handed over, by whom, from whom and to whom; for the programme team")
    async def team_handovers(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[TeamHandover] | None:
        return connection(await info.context.services.programmes.team_handovers(self.id, wanted(first, after)), same)

    @fetched("The blueprint that it runs by, for who manages it")
    async def blueprint(self, info: Info) -> BlueprintInUse | None:
        return await info.context.services.blueprints.in_use(self.id)

    @fetched("What closing it would end, and once it is closed by whom and why; for who plans its cohorts")
    async def closing(self, info: Info) -> Closing | None:
        return await info.context.services.programmes.closing(self.id)

    @fetched("What of a network's it was made from, and what a newer version would change; for who manages it")
    async def origin(self, info: Info) -> ProgrammeOrigin | None:
        return await info.context.services.networks.origin(self.id)

    @fetched("What of it was handed over to networks, figure by figure; for the programme team")
    async def shared_reports(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[SharedReport] | None:
        return connection(await info.context.services.reports.shared(self.id, wanted(first, after)), same)

    @fetched("Nominations for it, as far as the caller may see them")
    async def nominations(
        self, info: Info, state: str | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Nomination] | None:
        api = info.context.services.applications.api
        return connection(await nominations(api, wanted(first, after), programme_id=self.id, state=state), same)

    @fetched("What it puts on, of a cohort or a kind")
    async def activities(
        self,
        info: Info,
        cohort_id: UUID | None = None,
        kind: str | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Activity] | None:
        which = {"cohort_id": cohort_id, "kind": kind}
        page = await info.context.services.activities.activities(self.id, wanted(first, after), **which)
        return connection(page, same)

    @fetched("The kinds of activities that it puts on; none where it takes any")
    async def activity_kinds(self, info: Info) -> list[ActivityKind] | None:
        return await info.context.services.activities.activity_kinds(self.id)

    @fetched("What its library has for me, in my language; of one phase, or all. All of it for who runs activities")
    async def resources(
        self,
        info: Info,
        phase: str | None = None,
        easy_read: bool = False,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Resource] | None:
        which = {"phase": phase, "easy_read": easy_read}
        page = await info.context.services.resources.resources(self.id, wanted(first, after), **which)
        return connection(page, resource_of)

    @fetched("What meetings may be about; none where it does not ask that")
    async def meeting_topics(self, info: Info) -> list[MeetingTopic] | None:
        return await info.context.services.meetings.topics(self.id)

    @fetched("Its relationships: all, or those that want something of the programme team, in an order")
    async def relationships(
        self,
        info: Info,
        filter: RelationshipFilter | None = None,
        order_by: RelationshipOrder | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Relationship] | None:
        return await filtered(info, self.id, filter, order_by, first, after)

    @fetched("How many of its relationships want something of the programme team; of all cohorts, or of one")
    async def relationship_counts(
        self,
        info: Info,
        cohort_id: UUID | None = None,
        quiet_days: int | None = None,
        ends_within_days: int | None = None,
    ) -> RelationshipCounts | None:
        asked = {"cohort_id": cohort_id, "quiet_days": quiet_days, "ends_within_days": ends_within_days}
        return await info.context.services.relationships.relationship_counts(self.id, **asked)

    @fetched(
        "How far everybody is with what they attend to complete it, or those who have not met what is due within so "
        "many days (0: overdue); for who runs activities"
    )
    async def completions(
        self, info: Info, due_within_days: int | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Completion] | None:
        api = info.context.services.activities
        page = await api.completions(self.id, wanted(first, after), due_within_days=due_within_days)
        return connection(page, same)

    @fetched("How far I am with what I attend to complete it, on each side on which I take part")
    async def my_completion(self, info: Info) -> list[Completion] | None:
        return await info.context.services.activities.own_completion(self.id)

    @fetched("Who said that they would be a mentor next time; with `isMentor` those who are by now, or are not")
    async def future_mentors(
        self, info: Info, is_mentor: bool | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[FutureMentor] | None:
        api = info.context.services.pair_reviews
        return connection(await api.future_mentors(self.id, wanted(first, after), is_mentor=is_mentor), same)

    @fetched("Its concerns, all or those that nobody took in time (`overdue`); for those who take them")
    async def concerns(
        self,
        info: Info,
        state: str | None = None,
        severity: Severity | None = None,
        owner_id: UUID | None = None,
        overdue: bool | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Concern] | None:
        which = {"state": state, "severity": severity and severity.value, "owner_id": owner_id, "overdue": overdue}
        return await concerns(info, f"/programmes/{self.id}", first, after, **which)

    @fetched("What may be known of its people's habits; for the team")
    async def habit_figures(self, info: Info) -> HabitFigures | None:
        return await info.context.services.habits.habit_figures(self.id)

    @fetched(
        "Its relationships in which several have said how it goes, and whether they differ; for the programme team"
    )
    async def compared(
        self, info: Info, differs: bool | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[ComparedRelationship] | None:
        page = await info.context.services.check_ins.compared(self.id, wanted(first, after), differs=differs)
        return connection(page, lambda record: ComparedRelationship(**vars(record)))

    @fetched("Its pairs that went quiet: they met no more for as long as the programme says; for the programme team")
    async def nudges(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[QuietPair] | None:
        return connection(
            await info.context.services.relationships.quiet_pairs(self.id, wanted(first, after)),
            lambda record: QuietPair(**vars(record)),
        )

    @fetched("Whom it wrote to about what, and whether it was sent, came back or was read; for the programme team")
    async def letters(
        self,
        info: Info,
        person_id: UUID | None = None,
        state: str | None = None,
        topic: str | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Letter] | None:
        which = {"person_id": person_id, "state": state, "topic": topic}
        return connection(
            await info.context.services.notifications.letters(self.id, wanted(first, after), **which),
            lambda record: Letter(**vars(record)),
        )

    @fetched("How many letters it wrote, by topic and state; for the programme team")
    async def letter_counts(self, info: Info) -> list[LetterCount] | None:
        return await info.context.services.notifications.letter_counts(self.id)

    @fetched("Its applications: all, or those that are wanted, in an order")
    async def applications(
        self,
        info: Info,
        role: Annotated[Role | None, _IN_FILTER] = None,
        state: Annotated[str | None, _IN_FILTER] = None,
        filter: ApplicationFilter | None = None,
        order_by: ApplicationOrder | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Application] | None:
        which = {"programme_id": self.id, "role": _value(role), "state": state}
        return await applications_wanted(info, filter, order_by, first, after, **which)

    @fetched("Its matches")
    async def matches(
        self, info: Info, state: str | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Match] | None:
        return await matches(info, first, after, programme_id=self.id, state=state)

    @derived("Where every application went, by cohort and role")
    async def ledger(self, info: Info) -> list[LedgerRow] | None:
        return (await self._ledger(info)).items

    @derived("Eligible applications against the places first planned, by role")
    async def oversubscription(self, info: Info) -> list[Oversubscription] | None:
        return (await self._ledger(info)).oversubscription

    @fetched("Its matching policy in force")
    async def matching_policy(self, info: Info) -> reviews.MatchingPolicy | None:
        return await reviews.policy(info.context.services.matching.api, self.id)

    @fetched("When its cohorts are matched by themselves, and what comes next; for its team")
    async def recurring_runs(self, info: Info) -> reviews.RecurringRuns | None:
        return await reviews.recurring_runs(info.context.services.matching.api, self.id)

    @fetched("Its figures with their evidence, for one audience")
    async def figures(self, info: Info, view: Audience = Audience.PUBLIC) -> Figures | None:
        return await info.context.services.figures.figures(self.id, view.value)

    @derived("What came of it: surveys, interviews, themes, outcomes, reports")
    def evaluation(self) -> ProgrammeEvaluation:
        return ProgrammeEvaluation(programme_id=self.id)

    @fetched("The numbers of the programme on one screen")
    async def dashboard(self, info: Info) -> Dashboard | None:
        return await dashboard_of(info, self.id)

    async def _ledger(self, info: Info) -> Ledger:
        return await info.context.loaders.ledger.load(self.id)


async def cohort_of(info: Info, programme_id: UUID, cohort_id: UUID | None) -> Cohort | None:
    """A cohort that another object names."""
    cohorts = await info.context.loaders.cohorts.load(programme_id) if cohort_id else []
    return next((Cohort(**vars(cohort)) for cohort in cohorts if cohort.id == cohort_id), None)


def _value(role: Role | None) -> str | None:
    return role.value if role else None
