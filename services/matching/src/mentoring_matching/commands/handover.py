"""Another mentor carries on: one act ends what was and begins what follows, which stands at once.

Locks are taken as by whoever ends and confirms: matches that end, cohort, mentors and mentees.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_common.ids import new_id
from mentoring_contracts.blueprint.formats import Kind
from mentoring_matching import group_queries, queries
from mentoring_matching.commands import matches, memberships
from mentoring_matching.commands.hard_rules import broken_knowingly
from mentoring_matching.errors import (
    GroupInvalid,
    GroupOver,
    HandedOver,
    LeadOfGroup,
    MatchNotConfirmed,
    PeopleNotFree,
    PeopleNotOfProgramme,
)
from mentoring_matching.group_schemas import LeadHandover
from mentoring_matching.models import Group, GroupMember, Match, PoolMember
from mentoring_matching.schemas import Handover

HANDED_OVER = "handed_over"


async def hand_over(db: AsyncSession, match: Match, by: Principal, to: Handover) -> Match:
    """The match that carries on this one, confirmed. It may have ended already, because its mentor left.

    MatchNotConfirmed, HandedOver, PeopleNotFree, PairBreaksRules; LeadOfGroup of a match in a group; and what
    `confirm_match` refuses.
    """
    if match.group_id is not None:
        raise LeadOfGroup(group_id=str(match.group_id))
    match = await queries.match_locked(db, match.id)
    if match.state not in ("confirmed", "ended"):
        raise MatchNotConfirmed(state=match.state)
    if (following := await queries.handed_over_to(db, match.id)) is not None:
        raise HandedOver(match_id=str(following))
    if match.state == "confirmed":
        await matches.end_match(db, match, HANDED_OVER, note=to.reason)
    mentor = await _mentor(db, match, to.mentor_id, needed=1, name="mentor_id")
    overridden = await broken_knowingly(db, match.cohort_id, mentor, [match.mentee_member_id], despite=to.despite_rules)
    new = _following(db, match, mentor)
    db.add(new)
    await db.flush()
    audit(db, by.subject, "hand_over_match", "match", match.id, reason=overridden)
    return await matches.confirm_match(db, new)


def _following(db: AsyncSession, match: Match, mentor: PoolMember) -> Match:
    at = now(db)
    return Match(
        programme_id=match.programme_id, cohort_id=match.cohort_id, group_id=match.group_id,
        mentor_id=mentor.person_id, mentee_id=match.mentee_id,
        mentor_member_id=mentor.id, mentee_member_id=match.mentee_member_id,
        state="proposed", proposed_at=at, expires_at=at, mentor_accepted_at=at, mentee_accepted_at=at,
        never_again=False, rematch_of=match.id, handover=True,
    )  # fmt: skip


async def _mentor(db: AsyncSession, match: Match, mentor_id: UUID, *, needed: int, name: str) -> PoolMember:
    """The mentor in the pool of the cohort, with room for so many. PeopleNotFree."""
    others = mentor_id not in (match.mentor_id, match.mentee_id)
    free = await queries.available_members(db, match.cohort_id, lock=True) if others else {}
    for member, room in free.values():
        if (member.role, member.person_id) == ("mentor", mentor_id) and room >= needed:
            return member
    said = "is not another mentor who is free in the pool of the cohort"
    raise PeopleNotFree(errors=[fault("person_not_free", said, "body", name)])


async def hand_over_lead(db: AsyncSession, group: Group, by: Principal, to: LeadHandover) -> Group:
    """The group with somebody else who leads it.

    GroupOver, GroupInvalid, PeopleNotFree, PairBreaksRules or PeopleNotOfProgramme.
    """
    lead_id, overridden = to.lead_id, None
    kind = await group_queries.kind(db, group.programme_id, group.kind)
    offers_and_matches = await group_queries.live_matches(db, group.id)
    lead = await group_queries.lead(db, group.id)
    if group.state != "standing" or (lead is None and kind.lead):
        raise GroupOver()
    _check(kind, lead, lead_id, [m.person_id for m in await _others(db, group)])
    assert lead is not None
    for offer in offers_and_matches:
        if offer.state == "proposed":
            await matches.withdraw_offer(db, offer, HANDED_OVER)
    standing = [match for match in offers_and_matches if match.state == "confirmed"]
    await queries.locked_cohort(db, group.cohort_id)
    at = now(db)
    await memberships.step(db, lead.id, "leave", left_at=at, end_reason=HANDED_OVER)
    new = GroupMember(
        id=new_id(), group_id=group.id, person_id=lead_id, role=lead.role, leads=True, state="joined",
        expires_at=at, accepted_at=at, joined_at=at,
    )  # fmt: skip
    db.add(new)
    await db.flush()
    if standing:
        mentor = await _mentor(db, standing[0], lead_id, needed=len(standing), name="lead_id")
        new.pool_member_id = mentor.id
        mentees = [match.mentee_member_id for match in standing]
        overridden = await broken_knowingly(db, group.cohort_id, mentor, mentees, despite=to.despite_rules)
        await db.flush()
        for match in standing:
            await _carry_on(db, match, mentor, to.reason)
    elif lead_id not in await group_queries.people_of_programme(db, group.programme_id, [lead_id]):
        said = "has no part in the programme"
        raise PeopleNotOfProgramme(errors=[fault("person_not_of_programme", said, "body", "lead_id")])
    audit(db, by.subject, "hand_over_group", "group", group.id, reason=overridden)
    return await memberships.settle(db, group.id, HANDED_OVER)


def _check(kind: Kind, lead: GroupMember | None, lead_id: UUID, others: list[UUID]) -> None:
    if kind.lead is None:
        raise _invalid(f"{kind.title}: all are equals, nobody leads")
    if lead is not None and lead.person_id == lead_id:
        raise _invalid("leads the group already")
    if lead_id in others:
        raise _invalid("nobody leads a group of their own that they are a member of")


def _invalid(why: str) -> GroupInvalid:
    return GroupInvalid(why, errors=[fault("group_invalid", why, "body", "lead_id")])


async def _others(db: AsyncSession, group: Group) -> list[GroupMember]:
    people = (await group_queries.members(db, [group.id])).get(group.id, [])
    return [one for one in people if not one.leads and one.state in group_queries.PRESENT]


async def _carry_on(db: AsyncSession, match: Match, mentor: PoolMember, reason: str | None) -> None:
    """A mentee's match ends and another one follows; their place in the group knows nothing of it."""
    place = sa.update(GroupMember).where(GroupMember.match_id == match.id)
    place_id = await db.scalar(place.values(match_id=None).returning(GroupMember.id))
    await matches.end_match(db, match, HANDED_OVER, note=reason)
    following = _following(db, match, mentor)
    db.add(following)
    await db.flush()
    await db.execute(sa.update(GroupMember).where(GroupMember.id == place_id).values(match_id=following.id))
    await matches.confirm_match(db, following)
