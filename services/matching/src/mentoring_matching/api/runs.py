"""The REST API of the matching service: runs, and what comes of them."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.db import Database
from mentoring_common.faults import fault
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch
from mentoring_contracts.words import Side
from mentoring_matching import queries, questions
from mentoring_matching.access import check_cohort, open_cohort, run_of_team
from mentoring_matching.api.callers import Reader, Writer
from mentoring_matching.commands import runs as commands
from mentoring_matching.engine import Choice, price_text
from mentoring_matching.errors import PairsInvalid, PoolChanged, RunNotCompleted
from mentoring_matching.models import MatchRun, ProposedPair, Unmatched
from mentoring_matching.pairs import check_size
from mentoring_matching.proposals import Question, alternatives_of, floor_curve_of, why_not_these
from mentoring_matching.schemas import (
    AlternativesView,
    AlternativeView,
    Approval,
    Approved,
    Change,
    Comparison,
    FloorCurveView,
    FloorPointView,
    Ids,
    MatchView,
    NewRun,
    PairView,
    PersonAlternativesView,
    RunView,
    UnmatchedView,
    WhyNotView,
)

router = APIRouter(route_class=Route, tags=["runs"])


@router.post("/cohorts/{cohort_id}/runs", status_code=202)
async def start_run(cohort_id: UUID, new: NewRun, by: Writer, db: Db) -> RunView:
    """Start a matching run; follow it by `GET /runs/{id}`."""
    await open_cohort(db, by, cohort_id)
    pairs = {name: [p.model_dump(mode="json") for p in getattr(new, name)] for name in ("pins", "bars")}
    run = await commands.start_run(
        db, cohort_id, by, kind=new.kind, seed=new.seed, policy_changes=new.policy_changes,
        weights=new.weights, mentee_ids=new.mentee_ids, may_move=new.may_move, **pairs,
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
        "places", "priority", "priority_matched", "moved", "unread", "busiest", "even_cost", "fifth_percentile",
        "short_of_mentors", "blocking_pairs", "stable", "recruitment_known",
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
    pairs, others = await queries.all_pairs(db, run_id), await queries.all_pairs(db, other_id)
    mine, theirs = _mentors(pairs), _mentors(others)
    scores, other_scores = ({pair.mentee_id: pair.score for pair in shown} for shown in (pairs, others))
    changes = [
        Change(
            mentee_id=mentee,
            mentor_id=mine.get(mentee),
            other_mentor_id=theirs.get(mentee),
            score=scores.get(mentee),
            other_score=other_scores.get(mentee),
        )
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
    if missing := asked - {(c.role, c.person_id) for c in question.candidates}:
        wrong = [fault("not_in_pool", f"no {role} of the run", "query", f"{role}_id") for role, _ in sorted(missing)]
        raise PairsInvalid(errors=wrong)
    check_size(question)
    why = await asyncio.to_thread(why_not_these, question, input_hash, str(mentor_id), str(mentee_id))
    if why is None:
        raise PoolChanged()
    return WhyNotView.model_validate(why)


@router.get("/runs/{run_id}/alternatives")
async def list_alternatives(
    run_id: UUID,
    by: Reader,
    request: Request,
    mentee_ids: Annotated[Ids | None, Query(description="up to 50, separated by commas")] = None,
    mentor_ids: Annotated[Ids | None, Query(description="up to 50, separated by commas")] = None,
    number: Annotated[int, Query(ge=1, le=20, description="so many of each person")] = 3,
) -> AlternativesView:
    """Whom else people could have, cheapest first, with the exact price of each pair for everybody.

    Worked out now for a completed run; 409 once the people or places it looked at have changed.
    """
    question, input_hash = await _answered(request, by, run_id)
    wanted: list[tuple[Side, UUID]] = [("mentee", id_) for id_ in mentee_ids or ()]
    wanted += [("mentor", id_) for id_ in mentor_ids or ()]
    _require_part(question, wanted)
    check_size(question)
    asked = [(role, str(id_)) for role, id_ in wanted]
    found = await asyncio.to_thread(alternatives_of, question, input_hash, asked, number)
    if found is None:
        raise PoolChanged()
    people = [
        PersonAlternativesView(person_id=person_id, role=role, alternatives=[_alternative(choice) for choice in own])
        for (role, person_id), own in zip(wanted, found, strict=True)
    ]
    return AlternativesView(run_id=run_id, people=people)


def _require_part(question: Question, wanted: Collection[tuple[Side, UUID]]) -> None:
    """PairsInvalid where somebody is not of the run."""
    here = {(c.role, c.person_id) for c in question.candidates}
    if missing := sorted({role for role, id_ in wanted if (role, id_) not in here}):
        wrong = [fault("not_in_pool", f"no {role} of the run", "query", f"{role}_ids") for role in missing]
        raise PairsInvalid(errors=wrong)


def _alternative(choice: Choice) -> AlternativeView:
    return AlternativeView.model_validate({**asdict(choice), "text": price_text(choice.price)})


def _mentors(pairs: Sequence[ProposedPair]) -> dict[UUID, UUID]:
    return {pair.mentee_id: pair.mentor_id for pair in pairs}


@router.post("/runs/{run_id}/cancel")
async def cancel_run(run_id: UUID, by: Writer, db: Db, expected: IfMatch) -> RunView:
    """Stop a run, or discard its result."""
    run = await run_of_team(db, by, run_id)
    await expected.hold(db, run)
    return await _view(db, await commands.cancel_run(db, run, by))


@router.post("/runs/{run_id}/approve")
async def approve_run(
    run_id: UUID, by: Writer, db: Db, expected: IfMatch, approval: Approval | None = None
) -> Approved:
    """Offer every pair of the run to both people."""
    run = await run_of_team(db, by, run_id)
    expected.compare(run.version)  # not locked: whoever approves locks the cohort first, and a run is approved once
    terms = approval or Approval()
    matches = await commands.approve_run(db, run, by, terms.offer_days, moves=terms.moves, together=terms.together)
    return Approved(run_id=run_id, matches=[MatchView.model_validate(match) for match in matches])
