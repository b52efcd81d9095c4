"""Finding things again by their global ids."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from mentoring_gateway.applications.types import Application, Draft
from mentoring_gateway.context import Info
from mentoring_gateway.errors import InvalidPageSize, ServiceProblem
from mentoring_gateway.identity import InvalidGlobalId, Node, parted
from mentoring_gateway.interviews.types import case_study_of, interview_of
from mentoring_gateway.matching import groups
from mentoring_gateway.matching.types import Match, MatchRun, group_of
from mentoring_gateway.people.types import Person
from mentoring_gateway.programmes.types import Cohort, Programme
from mentoring_gateway.relationships.types import known_relationship
from mentoring_gateway.reports.types import report_of
from mentoring_gateway.settings import MAX_PAGE
from mentoring_gateway.surveys.types import Wave
from mentoring_gateway.themes.types import recommendation_of

_NOT_FOUND = (403, 404)  # there is none, or it is for others
Find = Callable[[Info, UUID], Awaitable[Node | None]]


async def node(info: Info, global_id: str) -> Node | None:
    """The thing, None where the caller finds none; InvalidGlobalId for a type that has no such ids."""
    kind, id_ = parted(global_id)
    if kind not in KINDS:
        raise InvalidGlobalId()
    try:
        return await KINDS[kind](info, id_)
    except ServiceProblem as problem:
        if problem.status in _NOT_FOUND:
            return None
        raise


async def nodes(info: Info, global_ids: list[str]) -> list[Node | Exception | None]:
    """The things in the order of their ids, as `node` finds each; an exception is the error of its place alone."""
    if len(global_ids) > MAX_PAGE:
        raise InvalidPageSize(most=MAX_PAGE)
    return list(await asyncio.gather(*(_or_error(info, global_id) for global_id in global_ids)))


async def _or_error(info: Info, global_id: str) -> Node | Exception | None:
    try:
        return await node(info, global_id)
    except Exception as error:
        return error


async def _person(info: Info, id_: UUID) -> Node | None:
    found = await info.context.loaders.person.load(id_)
    return Person(**vars(found)) if found else None


async def _programme(info: Info, id_: UUID) -> Node:
    return Programme(**vars(await info.context.loaders.programme.load(id_)))


async def _cohort(info: Info, id_: UUID) -> Node:
    return Cohort(**vars(await info.context.services.programmes.cohort(id_)))


async def _application(info: Info, id_: UUID) -> Node | None:
    found = await info.context.loaders.application.load(id_)
    return Application(**vars(found)) if found else None


async def _draft(info: Info, id_: UUID) -> Node:
    return Draft(**vars(await info.context.services.applications.draft(id_)))


async def _match(info: Info, id_: UUID) -> Node | None:
    found = await info.context.loaders.match.load(id_)
    return Match(**vars(found)) if found else None


async def _run(info: Info, id_: UUID) -> Node:
    return MatchRun(**vars(await info.context.services.matching.run(id_)))


async def _group(info: Info, id_: UUID) -> Node:
    return group_of(await groups.group(info.context.services.matching.api, id_))


async def _relationship(info: Info, id_: UUID) -> Node | None:
    return await known_relationship(info, id_)


async def _wave(info: Info, id_: UUID) -> Node:
    return Wave(**vars(await info.context.services.surveys.wave(id_)))


async def _interview(info: Info, id_: UUID) -> Node:
    return interview_of(await info.context.loaders.interview.load(id_))


async def _case_study(info: Info, id_: UUID) -> Node:
    return case_study_of(await info.context.loaders.case_study.load(id_))


async def _recommendation(info: Info, id_: UUID) -> Node:
    return recommendation_of(await info.context.loaders.recommendation.load(id_))


# By the name of the type: how it is found. A test holds it against the types of the schema.
KINDS: Mapping[str, Find] = {
    "Application": _application,
    "CaseStudy": _case_study,
    "Cohort": _cohort,
    "Draft": _draft,
    "Interview": _interview,
    "Match": _match,
    "MatchRun": _run,
    "Person": _person,
    "Programme": _programme,
    "Recommendation": _recommendation,
    "Relationship": _relationship,
    "RelationshipGroup": _group,
    "Report": report_of,
    "Wave": _wave,
}
