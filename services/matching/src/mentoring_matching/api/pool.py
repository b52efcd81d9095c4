"""The REST API of the matching service: the pool of a cohort, and what the rules leave of it."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter

from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Phases, Route
from mentoring_matching import queries, questions
from mentoring_matching.access import check_cohort
from mentoring_matching.api.callers import Reader, Writer
from mentoring_matching.models import PoolMember
from mentoring_matching.pairs import check_size
from mentoring_matching.proposals import Question, rule_effects, unread
from mentoring_matching.schemas import DryRunView, MemberView, PolicyTrial, RuleEffectView

router = APIRouter(route_class=Route, tags=["runs"])


@router.get("/cohorts/{cohort_id}/pool")
async def list_pool(cohort_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[MemberView]:
    """The pool of a cohort."""
    cohort = await check_cohort(db, by, cohort_id)
    shown, following = await page(db, queries.pool(cohort_id), PoolMember.id, cursor, limit)
    without = await questions.unread(db, cohort, shown)
    loads = await queries.loads(db, [member.person_id for member in shown if member.role == "mentor"])
    return page_of(shown, following, lambda m: _member(m, loads, without.get(m.id, {})))


def _member(member: PoolMember, loads: Mapping[UUID, int], without: Mapping[str, str]) -> MemberView:
    load = loads.get(member.person_id, 0) if member.role == "mentor" else 0
    return MemberView.model_validate(member).model_copy(update={"load": load, "unread": without})


@router.post("/cohorts/{cohort_id}/dry-run")
async def try_policy(
    cohort_id: UUID,
    by: Writer,
    work: Phases,
    trial: PolicyTrial | None = None,
) -> DryRunView:
    """How many pairs of the pool each rule removes, with or without changes of the policy, or by another one."""
    trial = trial or PolicyTrial()
    async with work.transaction() as db:
        await check_cohort(db, by, cohort_id)
        question = await questions.question_now(
            db, cohort_id, trial.policy, changes=trial.policy_changes, at=("body", "policy")
        )
    return await _dry_run(question)


async def _dry_run(question: Question) -> DryRunView:
    mentors, mentees = check_size(question)
    found = await asyncio.to_thread(rule_effects, question)
    texts = question.terms.texts
    rules = [
        RuleEffectView(text=texts.get(e.name, e.name), rule=e.name, removes=e.removes, removes_alone=e.removes_alone,
                       strands=e.strands)
        for e in found.rules
    ]  # fmt: skip
    return DryRunView(
        mentors=mentors, mentees=mentees, pairs=found.pairs, permitted=found.permitted, stranded=found.stranded,
        rules=rules, rules_off=list(question.terms.rules_off), unread=unread(question),
    )  # fmt: skip
