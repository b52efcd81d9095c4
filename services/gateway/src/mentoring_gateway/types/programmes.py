"""Programmes, their cohorts and applications, and the dashboard of a programme team."""

from uuid import UUID

import strawberry

from mentoring_gateway.clients import arrangements, match_reviews
from mentoring_gateway.clients.applications import (
    ApplicationForm,
    ApplicationRecord,
    CohortRecord,
    Ledger,
    LedgerRow,
    Oversubscription,
    ProgrammeRecord,
)
from mentoring_gateway.clients.evaluation import Figures
from mentoring_gateway.clients.values import Role, same
from mentoring_gateway.clients.what_ifs import Conversation, conversations
from mentoring_gateway.context import Info
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.types.arrangements import Buddies, Groups, buddies_of, groups_of
from mentoring_gateway.types.dashboard import Dashboard, dashboard_of
from mentoring_gateway.types.evaluation import Wave
from mentoring_gateway.types.fields import derived, fetched
from mentoring_gateway.types.inputs import Audience
from mentoring_gateway.types.matches import Match, MatchRun, PoolMember, Relationship, waves_of
from mentoring_gateway.types.paging import After, Connection, First, connection, wanted
from mentoring_gateway.types.people import Person, person_of


@strawberry.type(description="An expression of interest of a person in a programme")
class Application(ApplicationRecord):
    @derived("Who applied")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id) if self.person_id else None

    @derived("The cohort; null for any later one")
    async def cohort(self, info: Info) -> "Cohort | None":
        return await cohort_of(info, self.programme_id, self.cohort_id)

    @fetched("What was written on the form, as far as the caller may read it")
    async def form(self, info: Info) -> ApplicationForm | None:
        return await info.context.services.applications.form(self.id)


@strawberry.type(description="One round of a programme")
class Cohort(CohortRecord):
    @fetched("Applications to this cohort")
    async def applications(
        self,
        info: Info,
        role: Role | None = None,
        state: str | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Application] | None:
        return await applications(info, first, after, cohort_id=self.id, role=_value(role), state=state)

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

    @derived("Where every application to this cohort went, by role")
    async def ledger(self, info: Info) -> list[LedgerRow] | None:
        ledger = await info.context.loaders.ledger.load(self.programme_id)
        return [row for row in ledger.items if row.cohort_id == self.id]

    @derived("The survey waves of this cohort")
    async def waves(self, info: Info) -> list[Wave] | None:
        return await waves_of(info, self.programme_id, self.id)

    @fetched("Its matching runs")
    async def match_runs(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[MatchRun] | None:
        page = await info.context.services.matching.runs(self.id, wanted(first, after))
        return connection(page, lambda record: MatchRun(**vars(record)))

    @fetched("The people who can be matched, and their capacity")
    async def pool(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[PoolMember] | None:
        page = await match_reviews.pool(info.context.services.matching.api, self.id, wanted(first, after))
        return connection(page, lambda record: PoolMember(**vars(record)))

    @fetched("First conversations of this cohort that the caller may see")
    async def conversations(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Conversation] | None:
        page = await conversations(info.context.services.matching.api, self.id, wanted(first, after))
        return connection(page, same)

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
class Programme(ProgrammeRecord):
    @derived("Its cohorts, by number")
    async def cohorts(self, info: Info) -> list[Cohort] | None:
        found = await info.context.loaders.cohorts.load(self.id)
        return [Cohort(**vars(cohort)) for cohort in sorted(found, key=lambda cohort: cohort.number)]

    @fetched("Its applications")
    async def applications(
        self,
        info: Info,
        role: Role | None = None,
        state: str | None = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Application] | None:
        return await applications(info, first, after, programme_id=self.id, role=_value(role), state=state)

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
    async def matching_policy(self, info: Info) -> match_reviews.MatchingPolicy | None:
        return await match_reviews.policy(info.context.services.matching.api, self.id)

    @fetched("Its figures with their evidence, for one audience")
    async def figures(self, info: Info, view: Audience = Audience.PUBLIC) -> Figures | None:
        return await info.context.services.evaluation.figures(self.id, view.value)

    @fetched("The numbers of the programme on one screen")
    async def dashboard(self, info: Info) -> Dashboard | None:
        return await dashboard_of(info, self.id)

    async def _ledger(self, info: Info) -> Ledger:
        return await info.context.loaders.ledger.load(self.id)


async def cohort_of(info: Info, programme_id: UUID, cohort_id: UUID | None) -> Cohort | None:
    """A cohort that another object names."""
    cohorts = await info.context.loaders.cohorts.load(programme_id) if cohort_id else []
    return next((Cohort(**vars(cohort)) for cohort in cohorts if cohort.id == cohort_id), None)


async def applications(
    info: Info, first: int, after: str | None, **which: UUID | str | None
) -> Connection[Application]:
    """A page of applications."""
    page = await info.context.services.applications.applications(wanted(first, after), **which)
    return connection(page, lambda record: Application(**vars(record)))


async def matches(info: Info, first: int, after: str | None, **which: UUID | str | None) -> Connection[Match]:
    """A page of matches."""
    page = await info.context.services.matching.matches(wanted(first, after), **which)
    return connection(page, lambda record: Match(**vars(record)))


async def relationships(
    info: Info, first: int, after: str | None, **which: UUID | str | None
) -> Connection[Relationship]:
    """A page of relationships."""
    page = await info.context.services.sessions.relationships(wanted(first, after), **which)
    return connection(page, lambda record: Relationship(**vars(record)))


def _value(role: Role | None) -> str | None:
    return role.value if role else None
