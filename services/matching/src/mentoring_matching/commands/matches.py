"""Offers and matches: propose, accept, confirm, decline, expire, end.

Each step is one conditional UPDATE: whoever comes second finds no row. Locks are taken in one order: match, cohort,
mentor, mentee.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.outbox import emit
from mentoring_contracts.matching import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchEnded,
    MatchProposed,
    RematchRequested,
    Side,
)
from mentoring_matching import policies, queries
from mentoring_matching.errors import (
    AlreadyAnswered,
    LoadFull,
    MatchNotConfirmed,
    MenteeMatched,
    MentorFull,
    MoveAwaited,
    MutualMatch,
    NotYourMatch,
    OfferExpired,
    OfferOver,
    PlaceFull,
)
from mentoring_matching.lifecycle import MATCH, sources, target
from mentoring_matching.models import Cohort, Match, MatchRun, MentorLoad, PoolMember, ProposedPair
from mentoring_matching.reasons import coded, shown

OFFER_EXPIRES = "offer_expires"


def side_of(match: Match, by: Principal) -> Side:
    """Which of the two the caller is; NotYourMatch for anybody else."""
    if by.subject == str(match.mentor_id):
        return "mentor"
    if by.subject == str(match.mentee_id):
        return "mentee"
    raise NotYourMatch()


async def offer_pairs(db: AsyncSession, run: MatchRun, pairs: Sequence[ProposedPair], days: int) -> list[Match]:
    """Offer pairs to both people each, to be answered within so many days."""
    proposed_at = now(db)
    expires_at = proposed_at + timedelta(days=days)
    before = await queries.last_ended(db, run.programme_id, [pair.mentee_id for pair in pairs])
    matches = [_offer(run, pair, proposed_at, expires_at, before.get(pair.mentee_id)) for pair in pairs]
    db.add_all(matches)
    await db.flush()
    for match in matches:
        await schedule(db, OFFER_EXPIRES, match.id, expires_at)
        emit(db, MatchProposed(**_ids(match), expires_at=expires_at))
    return matches


def _offer(
    run: MatchRun, pair: ProposedPair, proposed_at: datetime, expires_at: datetime, before: UUID | None
) -> Match:
    return Match(
        programme_id=run.programme_id,
        cohort_id=run.cohort_id,
        run_id=run.id,
        mentor_id=pair.mentor_id,
        mentee_id=pair.mentee_id,
        mentor_member_id=pair.mentor_member_id,
        mentee_member_id=pair.mentee_member_id,
        state="proposed",
        score=pair.score,
        proposed_at=proposed_at,
        expires_at=expires_at,
        never_again=False,
        rematch_of=pair.replaces or before,
        replaces=pair.replaces,
        waits_for=pair.waits_for,
    )


def _ids(match: Match) -> dict[str, UUID]:
    return {
        "match_id": match.id,
        "programme_id": match.programme_id,
        "cohort_id": match.cohort_id,
        "mentor_id": match.mentor_id,
        "mentee_id": match.mentee_id,
    }


async def accept_match(db: AsyncSession, match: Match, by: Principal) -> Match:
    """Accept for the caller's side; the second acceptance confirms. See `_refuse` for what is said no to."""
    side = side_of(match, by)
    mine = Match.mentor_accepted_at if side == "mentor" else Match.mentee_accepted_at
    if match.replaces:
        # The older match is locked first, as by whoever ends it.
        await queries.confirmed_matches(db, [match.replaces])
    at = now(db)
    accepted = await _move(db, match.id, "accept", mine.is_(None), Match.expires_at > at, values={mine.key: at})
    if accepted is None:
        raise await _refusal(db, match.id, side)
    emit(db, MatchAccepted(**_ids(accepted), by=side))
    if accepted.mentor_accepted_at and accepted.mentee_accepted_at:
        return await _confirm_match(db, accepted)
    return accepted


async def _move(
    db: AsyncSession, match_id: UUID, transition: str, *conditions: sa.ColumnElement[bool], values: dict[str, Any]
) -> Match | None:
    """The match after a transition of lifecycle.MATCH; None if its state or a condition did not allow it."""
    ready = (Match.id == match_id, Match.state.in_(sources(MATCH, transition)), *conditions)
    step = {"state": target(MATCH, transition)}
    moved = sa.update(Match).where(*ready).values(step | values).returning(Match)
    return await db.scalar(moved, execution_options={"populate_existing": True})


async def _refusal(db: AsyncSession, match_id: UUID, side: Side) -> Exception:
    match = await queries.match(db, match_id)
    answered = match.mentor_accepted_at if side == "mentor" else match.mentee_accepted_at
    if match.state == "proposed":
        return AlreadyAnswered() if answered else OfferExpired(expired_at=match.expires_at.isoformat())
    if match.state == "expired":
        return OfferExpired(expired_at=match.expires_at.isoformat())
    return AlreadyAnswered() if answered else OfferOver(state=match.state)


async def _confirm_match(db: AsyncSession, match: Match) -> Match:
    """Take a place, the mentor and the mentee; PlaceFull, MentorFull, MenteeMatched or LoadFull if one is gone.

    MutualMatch where the mentee is the mentor of the mentor, or one person is both, unless the policy allows the first.

    A move ends the mentee's present match first; MoveAwaited if the place is still to be freed by somebody's move.
    """
    await _require_one_way(db, match)
    if match.waits_for and await queries.confirmed_matches(db, [match.waits_for]):
        raise MoveAwaited()
    if match.replaces:
        for present in (await queries.confirmed_matches(db, [match.replaces])).values():
            await end_match(db, present, "moved")
    place = sa.update(Cohort).where(Cohort.id == match.cohort_id, Cohort.confirmed < Cohort.places)
    if await db.scalar(place.values(confirmed=Cohort.confirmed + 1).returning(Cohort.id)) is None:
        raise PlaceFull()
    if not await _take(db, match.mentor_member_id):
        raise MentorFull()
    if not await _take(db, match.mentee_member_id):
        raise MenteeMatched()
    await _take_load(db, match)
    same = Match.version == match.version
    try:
        confirmed = await _move(db, match.id, "confirm", same, values={"confirmed_at": now(db)})
    except IntegrityError:  # matched in another cohort of the programme
        raise MenteeMatched() from None
    if confirmed is None:
        raise OfferOver()
    await cancel(db, OFFER_EXPIRES, match.id)
    emit(db, MatchConfirmed(**_ids(confirmed), rematch_of=confirmed.rematch_of))
    return confirmed


async def _require_one_way(db: AsyncSession, match: Match) -> None:
    """Of two offers, the one way and the other, one is confirmed, also of different cohorts at once."""
    version = await queries.policy(db, match.programme_id)
    await queries.alone_with(db, match)
    allowed = not version.problem and policies.may_be_mutual(version.document)
    themselves = match.mentor_id == match.mentee_id
    if themselves or (not allowed and await queries.stands_the_other_way(db, match)):
        raise MutualMatch()


async def _take(db: AsyncSession, member_id: UUID) -> bool:
    """Give the member one more partner, if they have room."""
    room = (PoolMember.id == member_id, PoolMember.taken < PoolMember.capacity, PoolMember.state != "withdrawn")
    state = sa.case((PoolMember.taken + 1 >= PoolMember.capacity, "matched"), else_=PoolMember.state)
    taken = sa.update(PoolMember).where(*room).values(taken=PoolMember.taken + 1, state=state)
    return await db.scalar(taken.returning(PoolMember.id)) is not None


async def _take_load(db: AsyncSession, match: Match) -> None:
    """One more partner over all programmes, in one conditional update; LoadFull at the policy's `max_load`."""
    version = await queries.policy(db, match.programme_id)
    most = None if version.problem else policies.max_load(version.document)
    one = insert(MentorLoad).values(tenant_id=tenant_of(db), id=match.mentor_id, taken=1)
    room = None if most is None else MentorLoad.taken < most
    more = one.on_conflict_do_update(
        index_elements=["tenant_id", "id"], set_={"taken": MentorLoad.taken + 1}, where=room
    )
    if await db.scalar(more.returning(MentorLoad.id)) is None:
        raise LoadFull(most=most)


async def _give_load_back(db: AsyncSession, mentor_id: UUID) -> None:
    fewer = sa.update(MentorLoad).where(MentorLoad.id == mentor_id, MentorLoad.taken > 0)
    await db.execute(fewer.values(taken=MentorLoad.taken - 1))


async def _give_back(db: AsyncSession, member_id: UUID) -> None:
    """Take a partner from the member, who is free again unless they left."""
    state = sa.case((PoolMember.state == "matched", "available"), else_=PoolMember.state)
    given = sa.update(PoolMember).where(PoolMember.id == member_id, PoolMember.taken > 0)
    await db.execute(given.values(taken=PoolMember.taken - 1, state=state))


async def decline_match(db: AsyncSession, match: Match, by: Principal, reason: str | None) -> Match:
    """Decline for the caller's side; both people are free again. OfferOver if the offer does not stand."""
    side = side_of(match, by)
    code, note = coded(reason or "not_given") if reason else ("not_given", None)
    in_time = Match.expires_at > now(db)
    values = {"end_reason": code, "end_note": note, "ended_at": now(db)}
    declined = await _move(db, match.id, "decline", in_time, values=values)
    if declined is None:
        raise await _refusal(db, match.id, side)
    await cancel(db, OFFER_EXPIRES, match.id)
    emit(db, MatchDeclined(**_ids(declined), by=side, reason=shown(code)))
    await _let_waiting_go(db, declined)
    return declined


async def expire_offer(db: AsyncSession, match_id: UUID) -> Match | None:
    """Let an offer lapse that is due; None if it was answered."""
    due = Match.expires_at <= now(db)
    expired = await _move(db, match_id, "expire", due, values={"end_reason": "expired", "ended_at": now(db)})
    if expired is not None:
        emit(db, MatchDeclined(**_ids(expired), by=None, reason="expired"))
        await _let_waiting_go(db, expired)
    return expired


async def withdraw_offer(db: AsyncSession, match: Match, reason: str) -> None:
    """Take an open offer back, because one of the two left."""
    values = {"end_reason": reason, "ended_at": now(db)}
    withdrawn = await _move(db, match.id, "withdraw", values=values)
    if withdrawn is not None:
        await cancel(db, OFFER_EXPIRES, match.id)
        emit(db, MatchDeclined(**_ids(withdrawn), by=None, reason=shown(reason)))
        await _let_waiting_go(db, withdrawn)


async def _let_waiting_go(db: AsyncSession, move: Match) -> None:
    """Take back the offers of a place that a move would have freed, unless it became free in another way."""
    if move.replaces and await queries.confirmed_matches(db, [move.replaces]):
        for offer in await queries.waiting_offers(db, move.replaces):
            await withdraw_offer(db, offer, "not_moved")


async def end_match(
    db: AsyncSession, match: Match, reason: str, *, never_again: bool = False, rematch: bool = False
) -> Match:
    """End a confirmed match early: place, mentor and mentee are free again. MatchNotConfirmed otherwise."""
    code, note = coded(reason)
    values = {"end_reason": code, "end_note": note, "ended_at": now(db), "never_again": never_again}
    ended = await _move(db, match.id, "end", values=values)
    if ended is None:
        raise MatchNotConfirmed(state=(await queries.match(db, match.id)).state)
    fewer = Cohort.confirmed - 1
    place = sa.update(Cohort).where(Cohort.id == ended.cohort_id)
    await db.execute(place.values(confirmed=fewer, places=sa.func.greatest(Cohort.announced, fewer)))
    await _give_back(db, ended.mentor_member_id)
    await _give_back(db, ended.mentee_member_id)
    await _give_load_back(db, ended.mentor_id)
    emit(db, MatchEnded(**_ids(ended), reason=shown(code)))
    if rematch:
        emit(db, RematchRequested(**_ids(ended)))
    return ended


async def end_match_by(
    db: AsyncSession, match: Match, by: Principal, reason: str, *, never_again: bool, rematch: bool
) -> Match:
    """End a match early on somebody's word; the audit log holds the act and no more of the reason than events do."""
    audit(db, by.subject, "end_match", "match", match.id, reason=shown(coded(reason)[0]))
    return await end_match(db, match, reason, never_again=never_again, rematch=rematch)


async def close_match(db: AsyncSession, match_id: UUID) -> None:
    """A relationship ran its course: the pair is closed, its place stays taken."""
    closed = await _move(db, match_id, "close", values={"ended_at": now(db), "end_reason": "finished"})
    if closed is not None:
        await _give_load_back(db, closed.mentor_id)
