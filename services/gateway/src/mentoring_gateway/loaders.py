"""What one operation reads more than once, or for many parents: each asked for once, many in one call."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import cached_property
from typing import Protocol, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from mentoring_gateway.apis import Services
from mentoring_gateway.applications.client import ApplicationRecord, WrittenForm
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
from mentoring_gateway.relationships.client import RelationshipRecord
from mentoring_gateway.reports.client import ReportRecord
from mentoring_gateway.settings import MAX_PAGE
from mentoring_gateway.surveys.client import WaveRecord
from mentoring_gateway.themes.client import RecommendationWithFollowUps

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Known(Protocol):
    """What is known by an id."""

    @property
    def id(self) -> UUID: ...


R = TypeVar("R", bound=Known)


class Loaders:
    """The loaders of one operation, each made when first asked; made afresh after a mutation changed what they hold."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @cached_property
    def person(self) -> DataLoader[UUID, PersonRecord | None]:
        people = self._services.people
        return _by_id(people.person, people.people)

    @cached_property
    def application(self) -> DataLoader[UUID, ApplicationRecord | None]:
        applications = self._services.applications
        return _by_id(applications.application, lambda ids: applications.every_application(ids=ids))

    @cached_property
    def form(self) -> DataLoader[UUID, WrittenForm | None]:
        applications = self._services.applications
        return _by_id(applications.form, applications.forms)

    @cached_property
    def match(self) -> DataLoader[UUID, MatchRecord | None]:
        matching = self._services.matching
        return _by_id(matching.match, lambda ids: matching.every_match(ids=ids))

    @cached_property
    def relationship(self) -> DataLoader[UUID, RelationshipRecord | None]:
        relationships = self._services.relationships
        return _by_id(relationships.relationship, lambda ids: relationships.every_relationship(ids=ids))

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


def _by_id(
    one: Callable[[UUID], Awaitable[R]], many: Callable[[list[UUID]], Awaitable[list[R]]]
) -> DataLoader[UUID, R | None]:
    """A loader that reads a single thing by its id and several in one call; None for what the caller may not see."""

    async def load(ids: list[UUID]) -> Sequence[R | None]:
        if len(ids) == 1:
            return [await or_none(one(ids[0]))]
        found = {record.id: record for record in await many(ids)}
        return [found.get(id_) for id_ in ids]

    return DataLoader(load, max_batch_size=MAX_PAGE)


async def or_none(awaited: Awaitable[T]) -> T | None:
    """None where the service knows no such thing (yet): the services hear of each other by events."""
    try:
        return await awaited
    except ServiceProblem as problem:
        if problem.status == 404:
            return None
        raise


async def _or_nothing(awaited: Awaitable[list[T]]) -> list[T]:
    """An empty list where the service knows no such thing (yet)."""
    return await or_none(awaited) or []


def _each(one: Callable[[K], Awaitable[T]]) -> DataLoader[K, T]:
    """A loader that reads every key once, side by side; a failure is that key's alone."""

    async def load(keys: list[K]) -> Sequence[T | BaseException]:
        return await asyncio.gather(*(one(key) for key in keys), return_exceptions=True)

    return DataLoader(load)
