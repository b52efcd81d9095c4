"""Matching runs: ask, work, complete, cancel, approve, and pass declined places on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import attempt, now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.errors import Conflict
from mentoring_common.faults import fault
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.blueprint.formats import MENTORING
from mentoring_contracts.matching import MatchRunCompleted
from mentoring_contracts.words import Side
from mentoring_matching import group_queries, policies, queries, questions
from mentoring_matching.commands.group_offers import offer_as_groups
from mentoring_matching.commands.matches import offer_pairs
from mentoring_matching.engine import PolicyError
from mentoring_matching.errors import MenteesNotInPool, MovesNotApproved, PoolChanged, RunNotCompleted, RunOver
from mentoring_matching.explanations import Reason
from mentoring_matching.lifecycle import RUN, RunKind, sources, target
from mentoring_matching.models import Cohort, Match, MatchRun, PolicyVersion, ProposedPair, Unmatched
from mentoring_matching.pairs import Pair, check_people, check_room
from mentoring_matching.policies import usable_changes, usable_terms, with_weights
from mentoring_matching.proposals import ExplainedPair, Proposal
from mentoring_matching.recurring import timetable

RUN_WAITING = "run_waiting"
_SYSTEM = Principal("system", None, frozenset(), inf, "")
LEASE_S = 30  # how long a run waits whose worker died; renewed every second, so a slow one keeps it
MOST_FAILURES = 3  # a run that kills its worker (memory, say) must not kill them for ever
TRY_AGAIN_AFTER_S = 5.0
Members = Mapping[tuple[str, str], UUID]
"""(role, person id) to pool member."""


async def start_run(
    db: AsyncSession,
    cohort_id: UUID,
    by: Principal,
    *,
    kind: RunKind = "full",
    seed: int = 0,
    pins: Sequence[dict[str, str]] = (),
    bars: Sequence[dict[str, str]] = (),
    policy_changes: Mapping[str, Any] | None = None,
    weights: Mapping[str, float] | None = None,
    mentee_ids: Iterable[UUID] | None = None,
    may_move: bool = False,
) -> MatchRun:
    """Queue a run; a worker does it. PolicyInvalid, or PairsInvalid when pins or bars cannot hold."""
    cohort = await queries.cohort(db, cohort_id)
    direction = (await queries.programme(db, cohort.programme_id)).direction
    version = await queries.policy(db, cohort.programme_id)
    changes = dict(policy_changes or {})
    document = with_weights(usable_changes(version.document, changes), direction, weights or {})
    changes |= {"criteria": document["criteria"]} if weights else {}
    terms = usable_terms(document, direction, version.version)
    _check_mentors_each(terms.mentors_each, version, changes)
    await check_pairs(db, cohort_id, pins, bars, terms.mentors_each)
    mentees = None if mentee_ids is None else list(mentee_ids)
    await _check_mentees(db, cohort_id, mentees or [])
    for pair in [*pins, *bars]:
        # The reason tells of people and may be erased, so the audit log holds the two ids.
        act, who = "pin_pair" if pair in pins else "bar_pair", f"{pair['mentor_id']} {pair['mentee_id']}"
        audit(db, by.subject, act, "cohort", cohort_id, reason=who)
    limited = None if mentees is None else sorted(map(str, mentees))
    asked = {"pins": list(pins), "bars": list(bars), "mentee_ids": limited, "may_move": may_move}
    run = await _queue(db, cohort.programme_id, cohort_id, kind, seed, version, document, changes, asked)
    if pins:
        check_room(await questions.question_of(db, run), pins)
    return run


async def start_by_itself(db: AsyncSession, cohort: Cohort) -> MatchRun:
    """Queue a run that nobody asked for, with the policy in force; earlier ones that nobody approved are discarded."""
    await discard(db, await queries.recurring_runs_open(db, cohort.id), "the next one begins")
    version = await queries.policy(db, cohort.programme_id)
    document = dict(version.document)
    run = await _queue(db, cohort.programme_id, cohort.id, "full", 0, version, document, {}, {"recurring": True})
    audit(db, "system", "start_run", "match_run", run.id)
    return run


async def discard(db: AsyncSession, run_ids: Iterable[UUID], why: str) -> None:
    """Cancel runs that nobody approved, for no person's sake."""
    for run_id in run_ids:
        if await _move(db, run_id, "cancel", lease_until=None) is not None:
            await cancel(db, RUN_WAITING, run_id)
            audit(db, "system", "cancel_run", "match_run", run_id, reason=why)


async def _queue(
    db: AsyncSession,
    programme_id: UUID,
    cohort_id: UUID,
    kind: RunKind,
    seed: int,
    version: PolicyVersion,
    document: dict[str, Any],
    changes: dict[str, Any],
    asked: dict[str, Any],
) -> MatchRun:
    run = MatchRun(
        programme_id=programme_id,
        cohort_id=cohort_id,
        kind=kind,
        state="queued",
        attempts=0,
        progress=0.0,
        policy_version=version.version,
        policy=document,
        policy_changes=changes,
        seed=seed,
        requested_at=now(db),
        **{"pins": [], "bars": [], "mentor_ids": None, "mentee_ids": None, "may_move": False, "recurring": False}
        | asked,
    )
    db.add(run)
    await db.flush()
    await schedule(db, RUN_WAITING, run.id, now(db))
    return run


async def _check_mentees(db: AsyncSession, cohort_id: UUID, mentee_ids: Sequence[UUID]) -> None:
    """MenteesNotInPool, with the places of those who are not."""
    members = await queries.member_ids(db, cohort_id) if mentee_ids else {}
    said = "is no mentee in the pool"
    unknown = [place for place, id_ in enumerate(mentee_ids) if ("mentee", id_) not in members]
    if unknown:
        raise MenteesNotInPool(errors=[fault("not_in_pool", said, "body", "mentee_ids", place) for place in unknown])


def _check_mentors_each(most: int, version: PolicyVersion, changes: Mapping[str, Any]) -> None:
    """PolicyInvalid where a run would give mentees more mentors than the programme lets them accept."""
    if "mentors_each" in changes and (version.problem or most > policies.mentors_each(version.document)):
        error = PolicyError("policy", "mentors_each", "is more than the policy of the programme allows")
        raise policies.refused(error, changes, policies.CHANGES)


async def check_pairs(
    db: AsyncSession, cohort_id: UUID, pins: Sequence[Pair], bars: Sequence[Pair], mentors_each: int
) -> None:
    """PairsInvalid when pins and bars contradict each other or name somebody who is not in the pool."""
    members = await queries.member_ids(db, cohort_id) if pins or bars else {}
    check_people(pins, bars, {(role, str(person_id)) for role, person_id in members}, mentors_each)


async def _move(
    db: AsyncSession, run_id: UUID, transition: str, *conditions: sa.ColumnElement[bool], **values: Any
) -> MatchRun | None:
    """The run after a transition of lifecycle.RUN; None if its state or a condition did not allow it."""
    ready = (MatchRun.id == run_id, MatchRun.state.in_(sources(RUN, transition)), *conditions)
    step = {"state": target(RUN, transition)}
    moved = sa.update(MatchRun).where(*ready).values(step | values).returning(MatchRun)
    return await db.scalar(moved, execution_options={"populate_existing": True})


async def claim_run(db: AsyncSession, run_id: UUID) -> MatchRun | None:
    """Take a queued run, or one whose worker's lease is over, for a worker of its own; None if somebody has it.

    However often its worker was killed: that is no fault of the run, which an organisation may cancel.
    """
    free = sa.or_(MatchRun.state == "queued", MatchRun.lease_until < sa.func.clock_timestamp())
    lease = sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, LEASE_S)
    return await _move(db, run_id, "claim", free, worker=new_id(), lease_until=lease, progress=0.0)


async def renew_lease(db: AsyncSession, run: MatchRun, progress: float) -> bool:
    """Say that the work goes on; False when it was cancelled or somebody else took the run over."""
    lease = sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, LEASE_S)
    mine = MatchRun.worker == run.worker
    return await _move(db, run.id, "renew", mine, progress=progress, lease_until=lease) is not None


async def complete_run(db: AsyncSession, run: MatchRun, proposal: Proposal, members: Members) -> MatchRun | None:
    """Store the proposal; None when the run was cancelled or taken over meanwhile. A passed-on place is offered."""
    done = await _move(
        db, run.id, "complete", MatchRun.worker == run.worker, progress=1.0, lease_until=None,
        input_hash=proposal.input_hash, result=proposal.result, certificate=proposal.certificate,
    )  # fmt: skip
    if done is None:
        return None
    await cancel(db, RUN_WAITING, run.id)
    db.add_all(_pair(done.id, explained, members) for explained in proposal.pairs)
    for role, left in (("mentee", proposal.unmatched_mentees), ("mentor", proposal.unmatched_mentors)):
        db.add_all(_left(done.id, role, person_id, reason) for person_id, reason in left.items())
    emit(
        db,
        MatchRunCompleted(
            run_id=done.id,
            programme_id=done.programme_id,
            cohort_id=done.cohort_id,
            pairs=len(proposal.pairs),
            unmatched_mentees=len(proposal.unmatched_mentees),
            unmatched_mentors=len(proposal.unmatched_mentors),
            approval_needed=bool(done.recurring and proposal.pairs and not _is_offered_at_once(done)),
        ),
    )
    return await _offer_at_once(db, done) if done.kind == "pass_on" or _is_offered_at_once(done) else done


def _is_offered_at_once(run: MatchRun) -> bool:
    times = timetable(run.policy) if run.recurring else None
    return times is not None and times.offers == "at_once"


def _pair(run_id: UUID, explained: ExplainedPair, members: Members) -> ProposedPair:
    pair = explained.pair
    return ProposedPair(
        run_id=run_id,
        mentor_id=UUID(pair.mentor_id),
        mentee_id=UUID(pair.mentee_id),
        mentor_member_id=members["mentor", pair.mentor_id],
        mentee_member_id=members["mentee", pair.mentee_id],
        score=pair.score,
        contributions=dict(pair.contributions),
        explanation=explained.text,
        without=explained.without,
        close_call=explained.close_call,
        pinned=pair.pinned,
        replaces=explained.replaces,
        waits_for=explained.waits_for,
    )


def _left(run_id: UUID, role: str, person_id: str, why: Reason) -> Unmatched:
    return Unmatched(
        run_id=run_id, person_id=UUID(person_id), role=role, reason=why.code, rule=why.rule, explanation=why.text
    )


async def note_failure(db: AsyncSession, run: MatchRun) -> None:
    """Count a failure that nobody foresaw, and have the run tried again soon; after MOST_FAILURES it is given up."""
    soon = sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, TRY_AGAIN_AFTER_S)
    back = {"attempts": MatchRun.attempts + 1, "lease_until": soon, "progress": 0.0}
    failed = await _move(db, run.id, "renew", MatchRun.worker == run.worker, **back)
    if failed is not None and failed.attempts >= MOST_FAILURES:
        await fail_run(db, failed, "failed_repeatedly")


async def fail_run(db: AsyncSession, run: MatchRun, why: str) -> None:
    """Give a run up, with a reason that names no person."""
    if await _move(db, run.id, "fail", MatchRun.worker == run.worker, failure=why, lease_until=None) is not None:
        await cancel(db, RUN_WAITING, run.id)


async def cancel_run(db: AsyncSession, run: MatchRun, by: Principal) -> MatchRun:
    """Stop a run, or discard its result; RunOver if it was approved, failed or cancelled."""
    cancelled = await _move(db, run.id, "cancel", lease_until=None)
    if cancelled is None:
        raise RunOver(state=(await queries.run(db, run.id)).state)
    await cancel(db, RUN_WAITING, run.id)
    audit(db, by.subject, "cancel_run", "match_run", run.id)
    return cancelled


async def approve_run(
    db: AsyncSession,
    run: MatchRun,
    by: Principal,
    offer_days: int | None,
    *,
    moves: bool = False,
    together: bool | None = None,
) -> list[Match]:
    """Offer every pair of a completed run. RunNotCompleted, or PoolChanged when people or places are gone.

    MovesNotApproved where people who have a mentor would be offered another one and `moves` does not say so;
    ProgrammeClosed. A mentor and their mentees are offered one group if `together` says so, or in its place the
    programme.
    """
    await queries.require_open(db, run.programme_id)
    pairs = await queries.all_pairs(db, run.id)
    cohort = await _held(db, run, pairs)
    if await _move(db, run.id, "approve") is None:
        raise RunNotCompleted(state=(await queries.run(db, run.id)).state)
    moved = sum(pair.replaces is not None for pair in pairs)
    if moved and not moves:
        raise MovesNotApproved(moved=moved)
    gone = await _gone(db, run, pairs)
    if gone:
        raise PoolChanged(pairs_affected=gone)
    audit(db, by.subject, "approve_run", "match_run", run.id)
    days = offer_days or policies.offer_days(run.policy)
    return await _offer(db, run, cohort, pairs, days, by, together=False if moved else together)


async def _offer(
    db: AsyncSession,
    run: MatchRun,
    cohort: Cohort,
    pairs: Sequence[ProposedPair],
    days: int,
    by: Principal,
    *,
    together: bool | None,
) -> list[Match]:
    """Offer the pairs, as groups where `together` or in its place the programme says so."""
    kind = await group_queries.kind(db, run.programme_id, MENTORING)
    if kind.together if together is None else together:
        return await offer_as_groups(db, cohort, kind, pairs, days, by)
    return await offer_pairs(db, run, pairs, days)


async def _held(db: AsyncSession, run: MatchRun, pairs: Sequence[ProposedPair]) -> Cohort:
    """The run's cohort: one approval at a time. Before it the matches that would end, as by whoever ends one."""
    await queries.confirmed_matches(db, [pair.replaces for pair in pairs if pair.replaces])
    return await queries.locked_cohort(db, run.cohort_id)


async def _gone(db: AsyncSession, run: MatchRun, pairs: Sequence[ProposedPair]) -> int:
    """How many pairs cannot be offered any more: a person is not free, or the cohort has too few places."""
    cohort = await _held(db, run, pairs)
    ending = await queries.confirmed_matches(db, [pair.replaces for pair in pairs if pair.replaces])
    held = Counter(id_ for match in ending.values() for id_ in (match.mentor_member_id, match.mentee_member_id))
    available = await queries.available_members(db, run.cohort_id, lock=True, held=held)
    free = {member_id: left for member_id, (_, left) in available.items()}
    live = await queries.live_pairs(db, run.programme_id)
    live -= {(match.mentor_id, match.mentee_id) for match in ending.values()}
    ways = set() if policies.may_be_mutual(run.policy) else live
    lost = 0
    for pair in pairs:
        both = (pair.mentor_member_id, pair.mentee_member_id)
        taken = any(free.get(member_id, 0) < 1 for member_id in both)
        known = (pair.mentor_id, pair.mentee_id) in live or (pair.mentee_id, pair.mentor_id) in ways
        lost += taken or known or pair.replaces not in {None, *ending}
        free |= {member_id: free.get(member_id, 0) - 1 for member_id in both}
    room = cohort.places - cohort.confirmed - await queries.offers_open(db, run.cohort_id)
    return max(lost, len(pairs) - room - len(ending))


async def _offer_at_once(db: AsyncSession, run: MatchRun) -> MatchRun:
    """Offer what a declined place passed on to, or what a run of a rolling intake proposes where the programme says so.

    It is left for review when somebody was quicker, or a group would be too large.
    """
    await db.flush()
    pairs = await queries.all_pairs(db, run.id)
    cohort = await _held(db, run, pairs)
    closed = (await queries.programme(db, run.programme_id)).closed_at is not None
    if closed or not pairs or await _gone(db, run, pairs):
        return run
    try:
        async with attempt(db):
            approved = await _move(db, run.id, "approve")
            assert approved is not None
            together = None if run.recurring else False
            await _offer(db, approved, cohort, pairs, policies.offer_days(run.policy), _SYSTEM, together=together)
    except Conflict:
        return run
    return approved


async def erase_words(db: AsyncSession, person_id: UUID) -> None:
    """Blank what runs say of a person in words: the reasons of pins and bars, and the explanations."""
    for run in await queries.runs_naming(db, person_id):
        run.pins, run.bars = _without_words(run.pins, person_id), _without_words(run.bars, person_id)
    proposed = sa.or_(ProposedPair.mentor_id == person_id, ProposedPair.mentee_id == person_id)
    await db.execute(sa.update(ProposedPair).where(proposed).values(explanation=""))
    await db.execute(sa.update(Unmatched).where(Unmatched.person_id == person_id).values(explanation=""))


def _without_words(pairs: Sequence[dict[str, str]], person_id: UUID) -> list[dict[str, str]]:
    named = str(person_id)
    return [pair | {"reason": ""} if named in (pair["mentor_id"], pair["mentee_id"]) else pair for pair in pairs]


async def pass_on(db: AsyncSession, match: Match, declined_by: Side | None) -> MatchRun | None:
    """Where the policy says so, look for the next choice of whoever wanted the pair; None if it does not say so, and in
    a programme that is closed.

    With both silent the place goes to other people of the pool.
    """
    version = await queries.policy(db, match.programme_id)
    closed = (await queries.programme(db, match.programme_id)).closed_at is not None
    if closed or not policies.passes_on(version.document) or version.problem:
        return None
    stays = await _who_stays(db, match, declined_by)
    return await _queue(
        db, match.programme_id, match.cohort_id, "pass_on", 0, version, dict(version.document), {}, stays
    )


async def _who_stays(db: AsyncSession, match: Match, declined_by: Side | None) -> dict[str, Any]:
    mentor_stays = declined_by == "mentee" or (declined_by is None and match.mentor_accepted_at is not None)
    mentee_stays = declined_by == "mentor" or (declined_by is None and match.mentee_accepted_at is not None)
    if mentor_stays:
        return {"mentor_ids": [str(match.mentor_id)]}
    if mentee_stays:
        return {"mentee_ids": [str(match.mentee_id)]}
    silent = {match.mentor_member_id, match.mentee_member_id}
    free = [m for m, _ in (await queries.available_members(db, match.cohort_id)).values() if m.id not in silent]
    return {f"{role}_ids": [str(m.person_id) for m in free if m.role == role] for role in ("mentor", "mentee")}
