"""The REST API of the matching service: buddy pairs and balanced groups."""

import asyncio
from uuid import UUID

from fastapi import APIRouter

from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Phases, Route, Work
from mentoring_matching import profiles, queries
from mentoring_matching.access import check_cohort, open_cohort
from mentoring_matching.api.callers import Reader, Writer
from mentoring_matching.arrangement_schemas import BuddiesView, BuddyPair, GroupsView, NewBuddies, NewGroups
from mentoring_matching.commands.arrangements import keep_arrangement
from mentoring_matching.engine.buddies import buddies
from mentoring_matching.engine.groups import balanced_groups
from mentoring_matching.errors import PolicyInvalid, PoolTooLarge
from mentoring_matching.models import Arrangement
from mentoring_matching.policies import is_protected
from mentoring_matching.questions import as_read, question_now

router = APIRouter(route_class=Route, tags=["groups and buddies"])
MOST_BUDDIES, MOST_IN_GROUPS = 400, 2000


@router.post("/cohorts/{cohort_id}/buddies", status_code=201)
async def pair_buddies(cohort_id: UUID, asked: NewBuddies, by: Writer, work: Phases) -> BuddiesView:
    """Pair people of one side as buddies: as many pairs as possible, then the best fit by the policy."""
    async with work.transaction() as db:
        cohort = await open_cohort(db, by, cohort_id)
        terms = (await question_now(db, cohort_id)).terms
        people = await queries.staying_members(db, cohort_id, asked.role)
        people = as_read(people, terms, cohort.starts_on or now(db).date())
    _check_number(len(people), MOST_BUDDIES)
    found = await asyncio.to_thread(buddies, [profiles.mentor(c) for c in people], terms.engine, seed=asked.seed)
    pairs = [{"one_id": one, "other_id": other, "score": score} for one, other, score in found.pairs]
    result = {"pairs": pairs, "alone": list(found.alone), "optimal": found.optimal}
    return _buddies(await _keep(work, by, cohort_id, "buddies", asked.model_dump(), result))


@router.post("/cohorts/{cohort_id}/groups", status_code=201)
async def form_groups(cohort_id: UUID, asked: NewGroups, by: Writer, work: Phases) -> GroupsView:
    """Form the fewest groups of at most `size` people, balanced over attributes of their profiles."""
    for place, attribute in enumerate(asked.balance_over):
        if is_protected(attribute):
            said = "is a protected characteristic"
            wrong = fault("unusable", said, "body", "balance_over", place)
            raise PolicyInvalid(errors=[wrong], where="groups", field=attribute, reason=said)
    async with work.transaction() as db:
        await open_cohort(db, by, cohort_id)
        people = await queries.staying_members(db, cohort_id, asked.role)
    _check_number(len(people), MOST_IN_GROUPS)
    engine_people = [profiles.mentor(c) for c in people]
    found = await asyncio.to_thread(balanced_groups, engine_people, asked.size, asked.balance_over, seed=asked.seed)
    result = {"groups": [list(group) for group in found.groups], "imbalance": found.imbalance}
    return _groups(await _keep(work, by, cohort_id, "groups", asked.model_dump(), result))


def _check_number(people: int, most: int) -> None:
    if people > most:
        raise PoolTooLarge(most_people=most)


async def _keep(
    work: Work, by: Principal, cohort_id: UUID, kind: str, asked: dict[str, object], result: dict[str, object]
) -> Arrangement:
    db = await work.final()
    await check_cohort(db, by, cohort_id)
    return await keep_arrangement(db, cohort_id, kind, asked, result, by)


@router.get("/cohorts/{cohort_id}/buddies")
async def list_buddies(
    cohort_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[BuddiesView]:
    """The buddy pairs that were made for a cohort."""
    await check_cohort(db, by, cohort_id)
    rows = queries.arrangements(cohort_id, "buddies")
    return page_of(*await page(db, rows, Arrangement.id, cursor, limit), _buddies)


@router.get("/cohorts/{cohort_id}/groups")
async def list_groups(
    cohort_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[GroupsView]:
    """The groups that were formed for a cohort."""
    await check_cohort(db, by, cohort_id)
    rows = queries.arrangements(cohort_id, "groups")
    return page_of(*await page(db, rows, Arrangement.id, cursor, limit), _groups)


def _buddies(row: Arrangement) -> BuddiesView:
    own = {"id": row.id, "made_at": row.made_at, "role": row.asked["role"]}
    return BuddiesView(**own, **(row.result | {"pairs": [BuddyPair(**pair) for pair in row.result["pairs"]]}))


def _groups(row: Arrangement) -> GroupsView:
    return GroupsView(id=row.id, made_at=row.made_at, **row.asked, **row.result)
