"""What people do with their place in a group: accept, decline, leave; how a group ends or closes, and offers lapse."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel
from mentoring_common.errors import Conflict
from mentoring_matching import group_queries, queries
from mentoring_matching.commands import matches, memberships
from mentoring_matching.commands.group_offers import GROUP_OFFER_EXPIRES
from mentoring_matching.errors import (
    AlreadyAnswered,
    GroupOver,
    OfferExpired,
    OfferOver,
    PeopleNotFree,
)
from mentoring_matching.models import Group, GroupMember, Match
from mentoring_matching.reasons import coded, shown


async def accept_place(db: AsyncSession, group: Group, by: Principal) -> Group:
    """Accept one's place in the group; whoever leads it accepts for all who are in it or come to it."""
    await queries.require_open(db, group.programme_id)
    mine = await group_queries.place_of(db, group.id, by.person_id)
    if mine.match_id is not None:
        await matches.accept_match(db, await queries.match(db, mine.match_id), by)
        return await group_queries.visible_group(db, by, group.id)
    if mine.pool_member_id is not None and not mine.leads:
        await _fill_application(db, group, mine)
    at = now(db)
    joined = await memberships.step(db, mine.id, "join", GroupMember.expires_at > at, accepted_at=at, joined_at=at)
    if joined is None:
        raise await _refusal(db, group, by.person_id)
    if joined.leads:
        await _accept_matches(db, group.id, by)
    return await memberships.settle(db, group.id)


async def _fill_application(db: AsyncSession, group: Group, mine: GroupMember) -> None:
    """A circle that people applied for takes a place of the cohort and what room the person has."""
    if mine.state != "invited":
        return
    await matches.take_place(db, group.cohort_id)
    assert mine.pool_member_id is not None
    if not await matches.take(db, mine.pool_member_id):
        raise PeopleNotFree()


async def _refusal(db: AsyncSession, group: Group, person_id: UUID) -> Conflict:
    mine = await group_queries.place_of(db, group.id, person_id)
    if mine.state == "joined":
        return AlreadyAnswered()
    expired = mine.state in ("invited", "expired")
    return OfferExpired(expired_at=mine.expires_at.isoformat()) if expired else OfferOver(state=mine.state)


async def _accept_matches(db: AsyncSession, group_id: UUID, by: Principal) -> None:
    """Accept for the mentor every match that is offered; one that cannot stand any more is taken back."""
    for match in await group_queries.live_matches(db, group_id):
        if match.state != "proposed" or match.mentor_accepted_at is not None:
            continue
        try:
            async with db.begin_nested():
                await matches.accept_match(db, match, by)
        except Conflict:
            await matches.withdraw_offer(db, await queries.match(db, match.id), "no_place")


async def decline_place(db: AsyncSession, group: Group, by: Principal, reason: str | None) -> Group:
    """Decline one's place in the group; without its lead a group cannot stand."""
    mine = await group_queries.place_of(db, group.id, by.person_id)
    if mine.match_id is not None:
        await matches.decline_match(db, await queries.match(db, mine.match_id), by, reason)
        return await group_queries.visible_group(db, by, group.id)
    code = coded(reason)[0] if reason else "not_given"
    declined = await memberships.step(
        db, mine.id, "decline", GroupMember.expires_at > now(db), left_at=now(db), end_reason=code
    )
    if declined is None:
        raise await _refusal(db, group, by.person_id)
    if declined.leads:
        return await _end(db, group, code)
    return await memberships.settle(db, group.id, code)


async def leave_group(db: AsyncSession, group: Group, person_id: UUID, reason: str) -> Group:
    """Take somebody out of a group, which goes on without them; if they lead it, it ends.

    GroupOver, or OfferOver if they are not in it.
    """
    place = await group_queries.place_of(db, group.id, person_id)
    if not await _leave(db, group, place, reason):
        raise OfferOver(state=place.state)
    return await memberships.settle(db, group.id, coded(reason)[0])


async def leave_group_by(db: AsyncSession, group: Group, person_id: UUID, by: Principal, reason: str) -> Group:
    """As `leave_group`, on somebody's word; the audit log holds no more of the reason than events do."""
    audit(db, by.subject, "leave_group", "group", group.id, reason=shown(coded(reason)[0]))
    return await leave_group(db, group, person_id, reason)


async def _leave(db: AsyncSession, group: Group, place: GroupMember, reason: str) -> bool:
    """Whether the person was in the group, or was offered a place, until now."""
    if place.state not in group_queries.PRESENT:
        return False
    if place.match_id is not None:
        await _drop(db, await queries.match(db, place.match_id), reason)
        return True
    if place.leads:
        await _end(db, group, reason)
        return True
    await _free(db, group, place)
    transition = "leave" if place.state == "joined" else "expire"
    await memberships.step(db, place.id, transition, left_at=now(db), end_reason=coded(reason)[0])
    return True


async def _free(db: AsyncSession, group: Group, place: GroupMember) -> None:
    """Give back what a place in a circle had taken of the cohort and the person."""
    if place.state == "joined" and place.pool_member_id is not None and not place.leads and place.match_id is None:
        await matches.give_place_back(db, group.cohort_id)
        await matches.give_back(db, place.pool_member_id)


async def _end(db: AsyncSession, group: Group, reason: str) -> Group:
    """End the group for everybody at once, and then what its matches hold."""
    code = coded(reason)[0]
    live = await group_queries.live_matches(db, group.id)  # locked before the group
    for place in (await group_queries.members(db, [group.id]))[group.id]:
        await _free(db, group, place)
    locked = await group_queries.group_locked(db, group.id)
    if locked.state in ("offered", "standing"):
        await memberships.end(db, locked, code)
    for match in live:
        await _drop(db, match, reason)
    return await group_queries.group_locked(db, group.id)


async def _drop(db: AsyncSession, match: Match, reason: str) -> None:
    if match.state == "proposed":
        await matches.withdraw_offer(db, match, coded(reason)[0])
    else:
        await matches.end_match(db, match, reason)


async def end_group(db: AsyncSession, group: Group, by: Principal, reason: str) -> Group:
    """End a group early for everybody. GroupOver if it is over."""
    if group.state not in ("offered", "standing"):
        raise GroupOver()
    audit(db, by.subject, "end_group", "group", group.id, reason=shown(coded(reason)[0]))
    return await _end(db, group, reason)


async def end_known_group(db: AsyncSession, group: Group, reason: str) -> None:
    """End a group that has not ended yet, on nobody's word."""
    if group.state in ("offered", "standing"):
        await _end(db, group, reason)


async def expire_places(db: AsyncSession, group_id: UUID) -> None:
    """Deadline: places that nobody answered lapse; those of a mentor's mentees do so as their matches."""
    group = await group_queries.known_group(db, group_id)
    if group is None or group.state not in ("offered", "standing"):
        return
    for place in (await group_queries.members(db, [group_id])).get(group_id, []):
        due = place.state == "invited" and place.expires_at <= now(db)
        if due and place.match_id is not None:
            await matches.expire_offer(db, place.match_id)
        elif due:
            await memberships.step(db, place.id, "expire", left_at=now(db), end_reason="expired")
    await memberships.settle(db, group_id, "expired")


async def close_group(db: AsyncSession, group: Group) -> None:
    """The relationship of a group ran its course: it is closed, and so are its matches; places stay taken."""
    await cancel(db, GROUP_OFFER_EXPIRES, group.id)
    for match in await group_queries.live_matches(db, group.id):
        if match.state == "proposed":
            await matches.withdraw_offer(db, match, "finished")
    await memberships.close(db, group)
    for match in await group_queries.live_matches(db, group.id):
        await matches.close_match(db, match.id)


async def withdraw_places(db: AsyncSession, group: Group, reason: str) -> None:
    """Take back what was offered of a group: all of it where it does not stand yet, else the places nobody answered."""
    if group.state == "offered":
        await _end(db, group, reason)
        return
    for place in (await group_queries.members(db, [group.id]))[group.id]:
        if place.state == "invited":
            await _leave(db, group, place, reason)
    await memberships.settle(db, group.id, reason)


async def leave_groups(
    db: AsyncSession,
    person_id: UUID,
    reason: str,
    *,
    programme_id: UUID | None = None,
    pool_member_id: UUID | None = None,
) -> None:
    """Take somebody out of every group, of one programme, or of those that answer one application."""
    for place in await group_queries.places_of_person(db, person_id, programme_id):
        group = await group_queries.known_group(db, place.group_id)
        if group is None or pool_member_id not in (None, place.pool_member_id):
            continue
        if await _leave(db, group, place, reason):
            await memberships.settle(db, group.id, coded(reason)[0])
