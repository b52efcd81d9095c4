"""The REST API of the matching service: policies, pools and runs."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Allow, Principal
from mentoring_common.db import Database
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.roles import RoleNeeded, require_role, roles_of
from mentoring_common.unit_of_work import Db, Phases, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_matching import policies, queries, questions
from mentoring_matching.commands import policy as policy_commands
from mentoring_matching.commands import runs as run_commands
from mentoring_matching.errors import (
    CohortNotFound,
    PairsInvalid,
    PolicyChanged,
    PoolChanged,
    PoolTooLarge,
    ProgrammeNotFound,
    RunNotCompleted,
    RunNotFound,
)
from mentoring_matching.models import Cohort, MatchRun, PolicyVersion, PoolMember, ProposedPair, Unmatched
from mentoring_matching.proposals import Question, floor_curve_of, hours_unread, rule_effects, why_not_these
from mentoring_matching.schemas import (
    Approval,
    Approved,
    Change,
    Comparison,
    DryRunView,
    FloorCurveView,
    FloorPointView,
    MatchView,
    MemberView,
    NewRun,
    PairView,
    PolicyDocument,
    PolicyTrial,
    PolicyView,
    RuleEffectView,
    RunView,
    UnmatchedView,
    WhyNotView,
)

router = APIRouter(route_class=Route, tags=["runs"])
Reader = Annotated[Principal, Depends(Allow("matching:read", "matching:write"))]
Writer = Annotated[Principal, Depends(Allow("matching:write"))]
MOST_PAIRS_AT_ONCE = 4_000_000


async def require_team(db: AsyncSession, by: Principal, programme_id: UUID, unknown: type[Exception]) -> None:
    """RoleNeeded for other roles of the programme; `unknown` for strangers, to whom nothing is there."""
    try:
        await require_role(db, by, programme_id, *queries.TEAM)
    except RoleNeeded:
        if await roles_of(db, by, programme_id):
            raise
        raise unknown() from None


async def run_of_team(db: AsyncSession, by: Principal, run_id: UUID) -> MatchRun:
    """The run, if the caller belongs to its programme's team."""
    run = await queries.run(db, run_id)
    await require_team(db, by, run.programme_id, RunNotFound)
    return run


async def check_cohort(db: AsyncSession, by: Principal, cohort_id: UUID) -> Cohort:
    """The cohort, if the caller belongs to its programme's team."""
    cohort = await queries.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id, CohortNotFound)
    return cohort


@router.get("/programmes/{programme_id}/policy")
async def read_policy(programme_id: UUID, by: Reader, db: Db) -> PolicyView:
    """The policy in force."""
    await require_team(db, by, programme_id, ProgrammeNotFound)
    return _policy_view(await queries.policy(db, programme_id))


def _policy_view(version: PolicyVersion) -> PolicyView:
    off = [] if version.problem else policies.rules_off(version.document)
    return PolicyView.model_validate(version).model_copy(update={"rules_off": off})


@router.put("/programmes/{programme_id}/policy")
async def change_policy(
    programme_id: UUID, document: PolicyDocument, by: Writer, db: Db, expected: IfMatchRequired
) -> PolicyView:
    """Make a new version of the policy: `hard_rules`, `weights` or `criteria`, `floor`, `offers`, `max_load`, …

    Line management, conflicts of interest and earlier matches keep people apart unless `rules_off` names the rule.
    """
    await require_team(db, by, programme_id, ProgrammeNotFound)
    expected.compare((await queries.policy(db, programme_id)).version)
    try:
        return _policy_view(await policy_commands.change_policy(db, programme_id, document.root, by))
    except PolicyChanged:
        expected.compare((await queries.policy(db, programme_id)).version)
        raise


@router.get("/cohorts/{cohort_id}/pool")
async def list_pool(cohort_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[MemberView]:
    """The pool of a cohort."""
    cohort = await check_cohort(db, by, cohort_id)
    shown, following = await page(db, queries.pool(cohort_id), PoolMember.id, cursor, limit)
    unread = await questions.unread_hours(db, cohort, shown)
    loads = await queries.loads(db, [member.person_id for member in shown if member.role == "mentor"])
    return page_of(shown, following, lambda m: _member(m, loads, unread.get(m.id, {})))


def _member(member: PoolMember, loads: Mapping[UUID, int], unread: Mapping[str, str]) -> MemberView:
    load = loads.get(member.person_id, 0) if member.role == "mentor" else 0
    return MemberView.model_validate(member).model_copy(update={"load": load, "unread": unread})


@router.post("/cohorts/{cohort_id}/dry-run")
async def try_policy(
    cohort_id: UUID,
    by: Writer,
    work: Phases,
    trial: PolicyTrial | None = None,
) -> DryRunView:
    """How many pairs of the pool each rule removes, with or without changes of the policy."""
    async with work.transaction() as db:
        await check_cohort(db, by, cohort_id)
        question = await questions.question_now(db, cohort_id, changes=trial.policy_changes if trial else None)
    return await _dry_run(question)


def check_size(question: Question) -> tuple[int, int]:
    """The number of mentors and mentees; PoolTooLarge if they are too many for an answer at once."""
    mentors = sum(c.role == "mentor" for c in question.candidates)
    mentees = len(question.candidates) - mentors
    if mentors * mentees > MOST_PAIRS_AT_ONCE:
        raise PoolTooLarge(most_pairs=MOST_PAIRS_AT_ONCE)
    return mentors, mentees


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
        rules=rules, rules_off=list(question.terms.rules_off), hours_unread=hours_unread(question),
    )  # fmt: skip


@router.post("/cohorts/{cohort_id}/runs", status_code=202)
async def start_run(cohort_id: UUID, new: NewRun, by: Writer, db: Db) -> RunView:
    """Start a matching run; follow it by `GET /runs/{id}`."""
    await check_cohort(db, by, cohort_id)
    pairs = {name: [p.model_dump(mode="json") for p in getattr(new, name)] for name in ("pins", "bars")}
    run = await run_commands.start_run(
        db, cohort_id, by, kind=new.kind, seed=new.seed, policy_changes=new.policy_changes,
        mentee_ids=new.mentee_ids, may_move=new.may_move, **pairs,
    )  # fmt: skip
    return run_view(run, {})


@router.get("/cohorts/{cohort_id}/runs")
async def list_runs(cohort_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[RunView]:
    """The runs of a cohort."""
    await check_cohort(db, by, cohort_id)
    shown, following = await page(db, queries.runs(cohort_id), MatchRun.id, cursor, limit)
    counts = await queries.counts(db, [run.id for run in shown])
    return page_of(shown, following, lambda run: run_view(run, counts.get(run.id, {})))


@router.get("/runs/{run_id}")
async def read_run(run_id: UUID, by: Reader, db: Db) -> RunView:
    """One run and, once it is completed, what came out."""
    return await _view(db, await run_of_team(db, by, run_id))


async def _view(db: AsyncSession, run: MatchRun) -> RunView:
    return run_view(run, (await queries.counts(db, [run.id])).get(run.id, {}))


def run_view(run: MatchRun, counts: Mapping[str, int]) -> RunView:
    """The run with the counts of its pairs and unmatched people."""
    result = run.result or {}
    named = {"total_score": "score", "worst_score": "worst"}
    costs = {(cost["mentor_id"], cost["mentee_id"]): cost for cost in result.get("pins", [])}
    fields = (
        "places", "priority", "priority_matched", "moved", "hours_unread", "fifth_percentile", "blocking_pairs",
        "stable",
    )  # fmt: skip
    found = {name: result.get(named.get(name, name)) for name in (*fields, *named)}
    found |= {name: result.get(name, []) for name in ("recruitment", "floor_curve", "limits", "rule_sources")}
    own = {name: getattr(run, name) for name in RunView.model_fields if hasattr(run, name)}
    pins = [pin | costs.get((pin["mentor_id"], pin["mentee_id"]), {}) for pin in run.pins]
    numbers = {
        "pairs": counts.get("pair", 0),
        "unmatched_mentees": counts.get("mentee", 0),
        "unmatched_mentors": counts.get("mentor", 0),
    }
    return RunView(**(own | found | numbers | {"pins": pins}))


@router.get("/runs/{run_id}/pairs")
async def list_pairs(run_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[PairView]:
    """The pairs a run proposes, each with its reasons."""
    await run_of_team(db, by, run_id)
    shown, following = await page(db, queries.pairs(run_id), ProposedPair.id, cursor, limit)
    return page_of(shown, following, PairView.model_validate)


@router.get("/runs/{run_id}/unmatched")
async def list_unmatched(
    run_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[UnmatchedView]:
    """The people a run leaves without a partner, and why."""
    await run_of_team(db, by, run_id)
    shown, following = await page(db, queries.unmatched(run_id), Unmatched.id, cursor, limit)
    return page_of(shown, following, UnmatchedView.model_validate)


@router.get("/runs/{run_id}/compare/{other_id}")
async def compare_runs(run_id: UUID, other_id: UUID, by: Reader, db: Db) -> Comparison:
    """Two runs side by side: their numbers, and whose mentor differs."""
    run, other = await run_of_team(db, by, run_id), await run_of_team(db, by, other_id)
    mine, theirs = _mentors(await queries.all_pairs(db, run_id)), _mentors(await queries.all_pairs(db, other_id))
    changes = [
        Change(mentee_id=mentee, mentor_id=mine.get(mentee), other_mentor_id=theirs.get(mentee))
        for mentee in sorted(mine.keys() | theirs.keys())
        if mine.get(mentee) != theirs.get(mentee)
    ]
    same = len(mine.items() & theirs.items())
    return Comparison(run=await _view(db, run), other=await _view(db, other), same_pairs=same, changes=changes)


async def _answered(request: Request, by: Principal, run_id: UUID) -> tuple[Question, str]:
    """What a completed run was asked, as far as it can still be asked, and the hash of what it answered."""
    database: Database = request.app.state.database
    async with database.transaction(by.tenant) as db:
        run = await run_of_team(db, by, run_id)
        if run.state != "completed" or run.input_hash is None:
            raise RunNotCompleted(state=run.state)
        return await questions.question_of(db, run), run.input_hash


@router.get("/runs/{run_id}/floor-curve")
async def read_floor_curve(run_id: UUID, by: Reader, request: Request) -> FloorCurveView:
    """Least score against people matched, worked out now for a completed run; 409 once its people have changed."""
    question, input_hash = await _answered(request, by, run_id)
    check_size(question)
    points = await asyncio.to_thread(floor_curve_of, question, input_hash)
    if points is None:
        raise PoolChanged()
    return FloorCurveView(run_id=run_id, points=[FloorPointView(**asdict(point)) for point in points])


@router.get("/runs/{run_id}/why-not")
async def explain_missing_pair(
    run_id: UUID, mentor_id: UUID, mentee_id: UUID, by: Reader, request: Request
) -> WhyNotView:
    """Why a completed run did not propose a pair; 409 once the people or places it looked at have changed."""
    question, input_hash = await _answered(request, by, run_id)
    asked = {("mentor", mentor_id), ("mentee", mentee_id)}
    if not asked <= {(c.role, c.person_id) for c in question.candidates}:
        raise PairsInvalid()
    check_size(question)
    why = await asyncio.to_thread(why_not_these, question, input_hash, str(mentor_id), str(mentee_id))
    if why is None:
        raise PoolChanged()
    return WhyNotView.model_validate(why)


def _mentors(pairs: Sequence[ProposedPair]) -> dict[UUID, UUID]:
    return {pair.mentee_id: pair.mentor_id for pair in pairs}


@router.post("/runs/{run_id}/cancel")
async def cancel_run(run_id: UUID, by: Writer, db: Db, expected: IfMatch) -> RunView:
    """Stop a run, or discard its result."""
    run = await run_of_team(db, by, run_id)
    await expected.hold(db, run)
    return await _view(db, await run_commands.cancel_run(db, run, by))


@router.post("/runs/{run_id}/approve")
async def approve_run(
    run_id: UUID, by: Writer, db: Db, expected: IfMatch, approval: Approval | None = None
) -> Approved:
    """Offer every pair of the run to both people."""
    run = await run_of_team(db, by, run_id)
    expected.compare(run.version)  # not locked: whoever approves locks the cohort first, and a run is approved once
    terms = approval or Approval()
    matches = await run_commands.approve_run(db, run, by, terms.offer_days, moves=terms.moves)
    return Approved(run_id=run_id, matches=[MatchView.model_validate(match) for match in matches])
