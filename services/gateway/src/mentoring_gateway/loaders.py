"""What one operation reads more than once, or for many parents: each asked for once, many in one call."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from mentoring_gateway.clients import Services
from mentoring_gateway.clients.applications import (
    ApplicationRecord,
    CohortRecord,
    Ledger,
    PersonRecord,
    ProgrammeRecord,
)
from mentoring_gateway.clients.evaluation import WaveRecord
from mentoring_gateway.clients.interviews import (
    CaseStudyRecord,
    CaseStudyWithSections,
    InterviewRecord,
    InterviewWithTexts,
)
from mentoring_gateway.clients.matching import MatchRecord
from mentoring_gateway.clients.reports import ReportRecord
from mentoring_gateway.clients.sessions import RelationshipRecord
from mentoring_gateway.clients.themes import RecommendationWithFollowUps
from mentoring_gateway.errors import ServiceProblem
from mentoring_gateway.settings import MAX_PAGE

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class InCohort(NamedTuple):
    """A thing and the cohort whose list it is in."""

    cohort_id: UUID
    id: UUID


class Loaders:
    """The loaders of one operation; made afresh after a mutation has changed what they would remember."""

    def __init__(self, services: Services) -> None:
        applications, matching, sessions = services.applications, services.matching, services.sessions
        self._services = services
        self.person: DataLoader[UUID, PersonRecord | None] = DataLoader(self._people, max_batch_size=MAX_PAGE)
        self.programme: DataLoader[UUID, ProgrammeRecord] = _each(applications.programme)
        self.cohorts: DataLoader[UUID, list[CohortRecord]] = _each(applications.cohorts)
        self.ledger: DataLoader[UUID, Ledger] = _each(applications.programme_ledger)
        self.applications: DataLoader[UUID, list[ApplicationRecord]] = _each(
            lambda programme_id: applications.every_application(programme_id=programme_id)
        )
        self.waves: DataLoader[UUID, list[WaveRecord]] = _each(services.evaluation.waves)
        self.report: DataLoader[UUID, ReportRecord] = _each(services.reports.report)
        self.interview: DataLoader[UUID, InterviewWithTexts] = _each(services.interviews.interview)
        self.interviews: DataLoader[UUID, list[InterviewRecord]] = _each(
            lambda programme_id: _or_nothing(services.interviews.every_interview(programme_id))
        )
        self.case_study: DataLoader[UUID, CaseStudyWithSections] = _each(services.interviews.case_study)
        self.case_studies: DataLoader[UUID, list[CaseStudyRecord]] = _each(
            lambda programme_id: _or_nothing(services.interviews.every_case_study(programme_id))
        )
        self.recommendation: DataLoader[UUID, RecommendationWithFollowUps] = _each(services.themes.recommendation)
        self.matches_of: DataLoader[UUID, list[MatchRecord]] = _each(
            lambda person_id: matching.every_match(person_id=person_id)
        )
        self.matches: DataLoader[UUID, list[MatchRecord]] = _each(
            lambda cohort_id: matching.every_match(cohort_id=cohort_id)
        )
        self.relationships: DataLoader[UUID, list[RelationshipRecord]] = _each(
            lambda cohort_id: sessions.every_relationship(cohort_id=cohort_id)
        )
        self.relationship: DataLoader[InCohort, RelationshipRecord | None] = DataLoader(self._relationships)
        self.match: DataLoader[InCohort, MatchRecord | None] = DataLoader(self._matches)

    async def _people(self, person_ids: list[UUID]) -> list[PersonRecord | None]:
        """People by id; None for those whom the caller may not see."""
        if len(person_ids) == 1:
            return [await _or_none(self._services.applications.person(person_ids[0]))]
        found = {person.id: person for person in await self._services.applications.people(person_ids)}
        return [found.get(person_id) for person_id in person_ids]

    async def _relationships(self, keys: list[InCohort]) -> Sequence[RelationshipRecord | None]:
        return await _by_cohort(
            keys, self.relationships, self._services.sessions.relationship, lambda record: record.match_id
        )

    async def _matches(self, keys: list[InCohort]) -> Sequence[MatchRecord | None]:
        return await _by_cohort(keys, self.matches, self._services.matching.match, lambda record: record.id)


async def _by_cohort(
    keys: list[InCohort],
    lists: DataLoader[UUID, list[T]],
    one: Callable[[UUID], Awaitable[T]],
    id_of: Callable[[T], UUID],
) -> list[T | None]:
    """Several of one cohort are read as the cohort's list, a single one by its id."""
    found: dict[UUID, T | None] = {}

    async def read(cohort_id: UUID, wanted: list[UUID]) -> None:
        if len(wanted) == 1:
            found[wanted[0]] = await _or_none(one(wanted[0]))
        else:
            found.update({id_of(record): record for record in await lists.load(cohort_id)})

    groups: dict[UUID, list[UUID]] = {}
    for key in keys:
        groups.setdefault(key.cohort_id, []).append(key.id)
    await asyncio.gather(*(read(cohort_id, wanted) for cohort_id, wanted in groups.items()))
    return [found.get(key.id) for key in keys]


async def _or_none(awaited: Awaitable[T]) -> T | None:
    """None where the service knows no such thing (yet): the services hear of each other by events."""
    try:
        return await awaited
    except ServiceProblem as problem:
        if problem.status == 404:
            return None
        raise


async def _or_nothing(awaited: Awaitable[list[T]]) -> list[T]:
    """An empty list where the service knows no such thing (yet)."""
    return await _or_none(awaited) or []


def _each(one: Callable[[K], Awaitable[T]]) -> DataLoader[K, T]:
    """A loader that reads every key once, side by side; a failure is that key's alone."""

    async def load(keys: list[K]) -> Sequence[T | BaseException]:
        return await asyncio.gather(*(one(key) for key in keys), return_exceptions=True)

    return DataLoader(load)
