"""What one operation reads more than once, or for many parents: each asked for once, many in one call."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from mentoring_gateway.apis import Services
from mentoring_gateway.applications.client import ApplicationRecord
from mentoring_gateway.errors import ServiceProblem
from mentoring_gateway.interviews.client import (
    CaseStudyRecord,
    CaseStudyWithSections,
    InterviewRecord,
    InterviewWithTexts,
)
from mentoring_gateway.matching.client import MatchRecord
from mentoring_gateway.people.client import PersonRecord
from mentoring_gateway.programmes.client import CohortRecord, Ledger, ProgrammeRecord
from mentoring_gateway.reports.client import ReportRecord
from mentoring_gateway.sessions.client import RelationshipRecord
from mentoring_gateway.settings import MAX_PAGE
from mentoring_gateway.surveys.client import WaveRecord
from mentoring_gateway.themes.client import RecommendationWithFollowUps

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class InCohort(NamedTuple):
    """A thing and the cohort whose list it is in."""

    cohort_id: UUID
    id: UUID


class Loaders:
    """The loaders of one operation, each made when first asked; made afresh after a mutation changed what they hold."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @cached_property
    def person(self) -> DataLoader[UUID, PersonRecord | None]:
        return DataLoader(self._people, max_batch_size=MAX_PAGE)

    @cached_property
    def programme(self) -> DataLoader[UUID, ProgrammeRecord]:
        return _each(self._services.programmes.programme)

    @cached_property
    def cohorts(self) -> DataLoader[UUID, list[CohortRecord]]:
        return _each(self._services.programmes.cohorts)

    @cached_property
    def ledger(self) -> DataLoader[UUID, Ledger]:
        return _each(self._services.programmes.programme_ledger)

    @cached_property
    def applications(self) -> DataLoader[UUID, list[ApplicationRecord]]:
        return _each(lambda programme_id: self._services.applications.every_application(programme_id=programme_id))

    @cached_property
    def waves(self) -> DataLoader[UUID, list[WaveRecord]]:
        return _each(self._services.surveys.waves)

    @cached_property
    def report(self) -> DataLoader[UUID, ReportRecord]:
        return _each(self._services.reports.report)

    @cached_property
    def interview(self) -> DataLoader[UUID, InterviewWithTexts]:
        return _each(self._services.interviews.interview)

    @cached_property
    def interviews(self) -> DataLoader[UUID, list[InterviewRecord]]:
        return _each(lambda programme_id: _or_nothing(self._services.interviews.every_interview(programme_id)))

    @cached_property
    def case_study(self) -> DataLoader[UUID, CaseStudyWithSections]:
        return _each(self._services.interviews.case_study)

    @cached_property
    def case_studies(self) -> DataLoader[UUID, list[CaseStudyRecord]]:
        return _each(lambda programme_id: _or_nothing(self._services.interviews.every_case_study(programme_id)))

    @cached_property
    def recommendation(self) -> DataLoader[UUID, RecommendationWithFollowUps]:
        return _each(self._services.themes.recommendation)

    @cached_property
    def matches_of(self) -> DataLoader[UUID, list[MatchRecord]]:
        return _each(lambda person_id: self._services.matching.every_match(person_id=person_id))

    @cached_property
    def matches(self) -> DataLoader[UUID, list[MatchRecord]]:
        return _each(lambda cohort_id: self._services.matching.every_match(cohort_id=cohort_id))

    @cached_property
    def relationships(self) -> DataLoader[UUID, list[RelationshipRecord]]:
        return _each(lambda cohort_id: self._services.sessions.every_relationship(cohort_id=cohort_id))

    @cached_property
    def relationship(self) -> DataLoader[InCohort, RelationshipRecord | None]:
        return DataLoader(self._relationships)

    @cached_property
    def match(self) -> DataLoader[InCohort, MatchRecord | None]:
        return DataLoader(self._matches)

    async def _people(self, person_ids: list[UUID]) -> list[PersonRecord | None]:
        """People by id; None for those whom the caller may not see."""
        if len(person_ids) == 1:
            return [await _or_none(self._services.people.person(person_ids[0]))]
        found = {person.id: person for person in await self._services.people.people(person_ids)}
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
