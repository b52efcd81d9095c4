"""Offers and matches: propose, accept, confirm, decline, expire, end.

Each step is one conditional UPDATE: whoever comes second finds no row. Locks are taken in one order: matches that end,
match, cohort, mentor, mentee.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.deadlines import cancel, schedule_all
from mentoring_common.outbox import emit
from mentoring_contracts.matching import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchEnded,
    MatchProposed,
    RematchRequested,
)
from mentoring_contracts.words import Side
from mentoring_matching import policies, queries
from mentoring_matching.commands import memberships
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
    expires_at = policies.answer_by(proposed_at, days)
    matches = [_offer(run, pair, proposed_at, expires_at) for pair in pairs]
    return await announce_offers(db, run.programme_id, matches)


async def announce_offers(db: AsyncSession, programme_id: UUID, matches: Sequence[Match]) -> list[Match]:
    """Keep new offers, say to both people of each, and watch when they lapse."""
    before = await queries.last_ended(db, programme_id, [match.mentee_id for match in matches])
    for match in matches:
        match.rematch_of = match.replaces or before.get(match.mentee_id)
    db.add_all(matches)
    await db.flush()
    await schedule_all(db, OFFER_EXPIRES, {match.id: match.expires_at for match in matches})
    for match in matches:
        emit(db, MatchProposed(**_ids(match), expires_at=match.expires_at))
    return list(matches)


def _offer(run: MatchRun, pair: ProposedPair, proposed_at: datetime, expires_at: datetime) -> Match:
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
        replaces=pair.replaces,
        waits_for=pair.waits_for,
    )


def _ids(match: Match) -> dict[str, Any]:
    return {
        "match_id": match.id,
        "programme_id": match.programme_id,
        "cohort_id": match.cohort_id,
        "mentor_id": match.mentor_id,
        "mentee_id": match.mentee_id,
        "group_id": match.group_id,
        "mentor_application_id": match.mentor_member_id,
        "mentee_application_id": match.mentee_member_id,
    }


async def accept_match(db: AsyncSession, match: Match, by: Principal) -> Match:
    """Accept for the caller's side; the second acceptance confirms. Who accepted already gets the match as it is.

    See `_refusal` for what is said no to.
    """
    side = side_of(match, by)
    mine = Match.mentor_accepted_at if side == "mentor" else Match.mentee_accepted_at
    await _hold_older(db, match)
    at = now(db)
    accepted = await _move(db, match.id, "accept", mine.is_(None), Match.expires_at > at, values={mine.key: at})
    if accepted is None:
        present = await queries.match(db, match.id)
        if has_accepted(present, side):
            return present
        raise await _refusal(db, match.id, side)
    emit(db, MatchAccepted(**_ids(accepted), by=side))
    if accepted.mentor_accepted_at and accepted.mentee_accepted_at:
        return await confirm_match(db, accepted)
    return accepted


async def _hold_older(db: AsyncSession, match: Match) -> None:
    """Lock the matches that an offer ends, or waits for the end of, before the offer: as whoever ends them does."""
    older = [id_ for id_ in (match.replaces, match.waits_for) if id_ is not None]
    if older:
        await queries.confirmed_matches(db, older)


def has_accepted(match: Match, side: Side) -> bool:
    """Whether an offer stands that this side accepted: accepting it again, as by a double click, changes nothing."""
    mine = match.mentor_accepted_at if side == "mentor" else match.mentee_accepted_at
    return mine is not None and match.state in ("proposed", "confirmed")


async def _move(
    db: AsyncSession, match_id: UUID, transition: str, *conditions: sa.ColumnElement[bool], values: dict[str, Any]
) -> Match | None:
    """The match after a transition of lifecycle.MATCH; None if its state or a condition did not allow it."""
    ready = (Match.id == match_id, Match.state.in_(sources(MATCH, transition)), *conditions)
    step = {"state": target(MATCH, transition)}
    moved = sa.update(Match).where(*ready).values(step | values).returning(Match)
    found: Match | None = await db.scalar(moved, execution_options={"populate_existing": True})
    if found is not None and found.group_id is not None:
        await memberships.follow(db, found)
    return found


async def _refusal(db: AsyncSession, match_id: UUID, side: Side) -> Exception:
    match = await queries.match(db, match_id)
    answered = match.mentor_accepted_at if side == "mentor" else match.mentee_accepted_at
    if match.state == "proposed":
        return AlreadyAnswered() if answered else OfferExpired(expired_at=match.expires_at.isoformat())
    if match.state == "expired":
        return OfferExpired(expired_at=match.expires_at.isoformat())
    return AlreadyAnswered() if answered else OfferOver(state=match.state)


async def confirm_match(db: AsyncSession, match: Match) -> Match:
    """Take a place, the mentor and the mentee; PlaceFull, MentorFull, MenteeMatched or LoadFull if one is gone.

    MutualMatch where the mentee is the mentor of the mentor, or one person is both, unless the policy allows the first.

    A move ends the mentee's present match first; MoveAwaited if the place is still to be freed by somebody's move.
    """
    version = await queries.policy(db, match.programme_id)
    document = {} if version.problem else version.document
    await _require_one_way(db, match, document)
    if match.waits_for and await queries.confirmed_matches(db, [match.waits_for]):
        raise MoveAwaited()
    if match.replaces:
        for present in (await queries.confirmed_matches(db, [match.replaces])).values():
            await end_match(db, present, "moved")
    await take_place(db, match.cohort_id)
    if not await take(db, match.mentor_member_id):
        raise MentorFull()
    if not await take(db, match.mentee_member_id):
        raise MenteeMatched()
    await _require_mentee_free(db, match, policies.mentors_each(document))
    await _take_load(db, match, policies.max_load(document))
    same = Match.version == match.version
    confirmed = await _move(db, match.id, "confirm", same, values={"confirmed_at": now(db)})
    if confirmed is None:
        raise OfferOver()
    await cancel(db, OFFER_EXPIRES, match.id)
    kind = await memberships.kind_of(db, confirmed)
    stood = {"imported": confirmed.starts_on is not None, "starts_on": confirmed.starts_on}
    stood |= {"handover": confirmed.handover}
    emit(db, MatchConfirmed(**_ids(confirmed), rematch_of=confirmed.rematch_of, kind=kind, **stood))
    return confirmed


async def take_place(db: AsyncSession, cohort_id: UUID) -> None:
    """Take a place of the cohort; PlaceFull."""
    place = sa.update(Cohort).where(Cohort.id == cohort_id, Cohort.confirmed < Cohort.places)
    if await db.scalar(place.values(confirmed=Cohort.confirmed + 1).returning(Cohort.id)) is None:
        raise PlaceFull()


async def give_place_back(db: AsyncSession, cohort_id: UUID) -> None:
    """Free a place of the cohort, unless it has fewer than are taken."""
    fewer = Cohort.confirmed - 1
    place = sa.update(Cohort).where(Cohort.id == cohort_id)
    await db.execute(place.values(confirmed=fewer, places=sa.func.greatest(Cohort.announced, fewer)))


async def _require_one_way(db: AsyncSession, match: Match, document: Mapping[str, Any]) -> None:
    """Of two offers, the one way and the other, one is confirmed, also of different cohorts at once."""
    await queries.alone_with(db, match)
    themselves = match.mentor_id == match.mentee_id
    if themselves or (not policies.may_be_mutual(document) and await queries.stands_the_other_way(db, match)):
        raise MutualMatch()


async def _require_mentee_free(db: AsyncSession, match: Match, most: int) -> None:
    """The mentee has room for one mentor more in the programme, whatever cohorts theirs are of, and not this one."""
    mentors = await queries.mentors_of(db, match.programme_id, match.mentee_id)
    if match.mentor_id in mentors or len(mentors) >= most:
        raise MenteeMatched()


async def take(db: AsyncSession, member_id: UUID) -> bool:
    """Give the member one more partner, if they have room."""
    room = (PoolMember.id == member_id, PoolMember.taken < PoolMember.capacity, PoolMember.state != "withdrawn")
    state = sa.case((PoolMember.taken + 1 >= PoolMember.capacity, "matched"), else_=PoolMember.state)
    taken = sa.update(PoolMember).where(*room).values(taken=PoolMember.taken + 1, state=state)
    return await db.scalar(taken.returning(PoolMember.id)) is not None


async def _take_load(db: AsyncSession, match: Match, most: int | None) -> None:
    """One more partner over all programmes, in one conditional update; LoadFull at the policy's `max_load`."""
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


async def give_back(db: AsyncSession, member_id: UUID) -> None:
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
    await _hold_older(db, match)
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
    db: AsyncSession, match: Match, reason: str, *, never_again: bool = False, rematch: bool = False,
    note: str | None = None,
) -> Match:  # fmt: skip
    """End a confirmed match early: place, mentor and mentee are free again. MatchNotConfirmed otherwise.

    `note` is what the team reads of a reason that is one of our codes.
    """
    code, words = coded(reason)
    values = {"end_reason": code, "end_note": note or words, "ended_at": now(db), "never_again": never_again}
    ended = await _move(db, match.id, "end", values=values)
    if ended is None:
        raise MatchNotConfirmed(state=(await queries.match(db, match.id)).state)
    await give_place_back(db, ended.cohort_id)
    await give_back(db, ended.mentor_member_id)
    await give_back(db, ended.mentee_member_id)
    await _give_load_back(db, ended.mentor_id)
    emit(db, MatchEnded(**_ids(ended), reason=shown(code)))
    if rematch:
        emit(db, RematchRequested(**_ids(ended)))
    return ended


async def end_known_match(db: AsyncSession, match_id: UUID, reason: str) -> None:
    """End a match that stands, on nobody's word."""
    standing = (await queries.confirmed_matches(db, [match_id])).get(match_id)
    if standing is not None:
        await end_match(db, standing, reason)


async def rematch(db: AsyncSession, match_id: UUID) -> None:
    """A review led to another match for both, nobody to blame: it ends if it stands, and comes no more."""
    standing = (await queries.confirmed_matches(db, [match_id])).get(match_id)
    if standing is not None:
        await end_match(db, standing, "rematch", never_again=True, rematch=True)


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
