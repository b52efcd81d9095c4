"""What offers a relationship to a group of people, and who may be invited to it.

A group of mentor and mentees is made of matches, one for each mentee, so that capacity, places, offers and the ledger
are those of pairs; the mentor answers once for all. In any other kind people hold places in the group alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import schedule
from mentoring_common.faults import fault
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.blueprint.formats import Kind
from mentoring_contracts.matching import GroupMemberInvited
from mentoring_matching import group_queries, policies, queries
from mentoring_matching.commands import matches, memberships
from mentoring_matching.commands.hard_rules import broken_knowingly
from mentoring_matching.errors import (
    AlreadyInGroup,
    GroupFull,
    GroupInvalid,
    GroupOver,
    PeopleNotFree,
    PeopleNotOfProgramme,
    PlaceFull,
)
from mentoring_matching.models import Cohort, Group, GroupMember, Match, ProposedPair

GROUP_OFFER_EXPIRES = "group_offer_expires"


@dataclass(frozen=True)
class Offer:
    """Who is to be in a group; `pairs` are what a run says of its mentees, empty where the team made it by hand."""

    kind: str
    lead_id: UUID | None
    member_ids: Sequence[UUID]
    days: int
    title: str | None = None
    pairs: Sequence[ProposedPair] = ()
    despite_rules: bool = False


async def offer_group(db: AsyncSession, cohort: Cohort, offer: Offer, by: Principal) -> Group:
    """Offer a relationship to several people, each of whom answers for themselves.

    KindUnknown, GroupInvalid where the numbers are not those of its kind, PeopleNotFree, PeopleNotOfProgramme, or
    PairBreaksRules.
    """
    kind = await group_queries.kind(db, cohort.programme_id, offer.kind)
    check_shape(kind, offer)
    await queries.locked_cohort(db, cohort.id)
    people = [*([offer.lead_id] if offer.lead_id else []), *offer.member_ids]
    pool = await check_people(db, cohort, kind, offer.lead_id, offer.member_ids, people)
    overridden = await _rules(db, cohort, offer, pool)
    group = await _make(db, cohort, kind, offer, pool)
    audit(db, by.subject, "offer_group", "group", group.id, reason=overridden)
    return group


async def _rules(db: AsyncSession, cohort: Cohort, offer: Offer, pool: dict[UUID, UUID]) -> str | None:
    """The hard rules that who leads and the members break knowingly; nothing is asked of groups that nobody applied
    for, of equals, or of what a run proposed."""
    if offer.lead_id not in pool or offer.pairs:
        return None
    [mentor] = await queries.members_of(db, [pool[offer.lead_id]])
    mentees = [pool[person_id] for person_id in offer.member_ids]
    return await broken_knowingly(db, cohort.id, mentor, mentees, despite=offer.despite_rules)


async def _make(db: AsyncSession, cohort: Cohort, kind: Kind, offer: Offer, pool: dict[UUID, UUID]) -> Group:
    group = Group(
        programme_id=cohort.programme_id,
        cohort_id=cohort.id,
        kind=kind.id,
        title=offer.title,
        state="offered",
        offered_at=now(db),
    )
    db.add(group)
    await db.flush()
    if offer.lead_id and kind.lead:
        lead = _place(db, group, offer.lead_id, kind.lead, offer.days, leads=True)
        lead.pool_member_id = pool.get(offer.lead_id)
        await db.flush()
        await _announce(db, group, [lead])
    await _give_places(db, group, kind, offer, pool)
    return group


def check_shape(kind: Kind, offer: Offer, least: int | None = None) -> None:
    """GroupInvalid unless the kind has such a lead and so many members; `least` in place of the kind's own."""
    if kind.lead is None and offer.lead_id is not None:
        raise _invalid(f"{kind.title}: all are equals, nobody leads", "lead_id")
    if kind.lead is not None and offer.lead_id is None:
        raise _invalid(f"{kind.title}: the {kind.lead} is missing", "lead_id")
    if offer.lead_id in offer.member_ids:
        raise _invalid("nobody leads a group of their own that they are a member of", "lead_id")
    if len(set(offer.member_ids)) < len(offer.member_ids):
        raise _invalid("somebody is named twice", "member_ids")
    number, fewest, most = len(offer.member_ids), least or kind.size.least, kind.size.most
    if not fewest <= number <= most:
        raise _invalid(f"{kind.title}: {fewest} to {most} members, not {number}", "member_ids")


def _invalid(why: str, name: str) -> GroupInvalid:
    return GroupInvalid(why, errors=[fault("group_invalid", why, "body", name)])


async def check_people(
    db: AsyncSession, cohort: Cohort, kind: Kind, lead_id: UUID | None, member_ids: Sequence[UUID], new: Sequence[UUID]
) -> dict[UUID, UUID]:
    """The pool members of people whose application the group answers; nobody where it is beside that."""
    if not kind.main:
        known = await group_queries.people_of_programme(db, cohort.programme_id, new)
        _refuse_people(
            PeopleNotOfProgramme, "person_not_of_programme", "has no part in the programme", new, known, lead_id
        )
        return {}
    free = await queries.available_members(db, cohort.id, lock=True)
    wanted = [("mentor", lead_id, len(member_ids))] if lead_id else []
    roles = ("mentee",) if kind.lead else ("mentee", "mentor")
    wanted += [(role, id_, 1) for id_ in member_ids for role in roles]
    rooms = {(member.role, member.person_id): (member.id, room) for member, room in free.values()}
    found: dict[UUID, UUID] = {}
    for role, person_id, needed in wanted:
        member_id, room = rooms.get((role, person_id), (None, 0))
        if member_id is not None and room >= needed and person_id not in found:
            found[person_id] = member_id
    _refuse_people(PeopleNotFree, "person_not_free", "is not free in the pool of the cohort", new, set(found), lead_id)
    cohort_now = await queries.cohort(db, cohort.id)
    if cohort_now.places - cohort_now.confirmed - await queries.offers_open(db, cohort.id) < len(member_ids):
        raise PlaceFull()
    return found


def _refuse_people(
    error: type[PeopleNotFree | PeopleNotOfProgramme],
    code: str,
    said: str,
    people: Sequence[UUID],
    known: set[UUID],
    lead_id: UUID | None,
) -> None:
    others = [person_id for person_id in people if person_id != lead_id]
    wrong = [fault(code, said, "body", "lead_id")] if lead_id in people and lead_id not in known else []
    wrong += [fault(code, said, "body", "member_ids", place) for place, one in enumerate(others) if one not in known]
    if wrong:
        raise error(errors=wrong)


def _place(
    db: AsyncSession, group: Group, person_id: UUID, role: str, days: int, *, leads: bool = False
) -> GroupMember:
    expires_at = policies.answer_by(now(db), days)
    place = GroupMember(
        id=new_id(),
        group_id=group.id,
        person_id=person_id,
        role=role,
        leads=leads,
        state="invited",
        expires_at=expires_at,
    )
    db.add(place)
    return place


async def _give_places(db: AsyncSession, group: Group, kind: Kind, offer: Offer, pool: dict[UUID, UUID]) -> None:
    """Offer places to the members; in a mentor's group as matches."""
    places = [_place(db, group, person_id, kind.member, offer.days) for person_id in offer.member_ids]
    lead = await group_queries.lead(db, group.id)
    for place in places:
        place.pool_member_id = pool.get(place.person_id)
    if kind.main and lead is not None:
        scored = {pair.mentee_id: pair for pair in offer.pairs}
        offers = [_match(db, group, lead, place, scored.get(place.person_id)) for place in places]
        await matches.announce_offers(db, group.programme_id, offers)
        for place, match in zip(places, offers, strict=True):
            place.match_id = match.id
    try:
        async with db.begin_nested():
            await db.flush()
    except IntegrityError:
        raise AlreadyInGroup() from None
    await _announce(db, group, places)


def _match(db: AsyncSession, group: Group, lead: GroupMember, place: GroupMember, pair: ProposedPair | None) -> Match:
    """The mentee's match; a mentor who accepted the group is not asked again for whoever comes later."""
    return Match(
        programme_id=group.programme_id,
        cohort_id=group.cohort_id,
        run_id=pair.run_id if pair else None,
        group_id=group.id,
        mentor_id=lead.person_id,
        mentee_id=place.person_id,
        mentor_member_id=lead.pool_member_id,
        mentee_member_id=place.pool_member_id,
        state="proposed",
        score=pair.score if pair else None,
        proposed_at=now(db),
        expires_at=place.expires_at,
        mentor_accepted_at=now(db) if lead.state == "joined" else None,
        never_again=False,
    )


async def _announce(db: AsyncSession, group: Group, places: Sequence[GroupMember]) -> None:
    """Say to each that a place is offered to them."""
    for place in places:
        who = {"person_id": place.person_id, "role": place.role, "expires_at": place.expires_at}
        emit(db, GroupMemberInvited(**memberships.ids(group), **who))
    if places:
        await schedule(db, GROUP_OFFER_EXPIRES, group.id, max(place.expires_at for place in places))


async def invite_members(
    db: AsyncSession,
    group: Group,
    member_ids: Sequence[UUID],
    days: int,
    by: Principal,
    pairs: Sequence[ProposedPair] = (),
    *,
    despite_rules: bool = False,
) -> Group:
    """Offer places in a group that is there already. GroupFull, GroupOver, AlreadyInGroup, or as for `offer_group`."""
    cohort = await queries.locked_cohort(db, group.cohort_id)
    kind = await group_queries.kind(db, group.programme_id, group.kind)
    if group.state not in ("offered", "standing"):
        raise GroupOver()
    here = [m for m in (await group_queries.members(db, [group.id]))[group.id] if m.state in group_queries.PRESENT]
    if {member.person_id for member in here} & set(member_ids) or len(set(member_ids)) < len(member_ids):
        raise AlreadyInGroup()
    if sum(not member.leads for member in here) + len(member_ids) > kind.size.most:
        raise GroupFull(most=kind.size.most)
    lead = next((member for member in here if member.leads), None)
    pool = await _check_newcomers(db, cohort, kind, lead, member_ids)
    lead_id = lead.person_id if lead else None
    offer = Offer(kind.id, lead_id, member_ids, days, pairs=pairs, despite_rules=despite_rules)
    overridden = await _rules(db, cohort, offer, pool)
    await _give_places(db, group, kind, offer, pool)
    audit(db, by.subject, "invite_to_group", "group", group.id, reason=overridden)
    return await memberships.settle(db, group.id)


async def _check_newcomers(
    db: AsyncSession, cohort: Cohort, kind: Kind, lead: GroupMember | None, member_ids: Sequence[UUID]
) -> dict[UUID, UUID]:
    asked = [*([lead.person_id] if lead and kind.main else []), *member_ids]
    return await check_people(db, cohort, kind, lead.person_id if lead else None, member_ids, asked)


async def offer_as_groups(
    db: AsyncSession, cohort: Cohort, kind: Kind, pairs: Sequence[ProposedPair], days: int, by: Principal
) -> list[Match]:
    """Offer what a run proposes as groups: a mentor and all their mentees are one, or come to the one there is.

    GroupFull where a mentor has more mentees than the kind allows; fewer than it asks for are offered all the same.
    """
    offered: list[Match] = []
    for mentor_id in dict.fromkeys(pair.mentor_id for pair in pairs):
        mine = [pair for pair in pairs if pair.mentor_id == mentor_id]
        ids = [pair.mentee_id for pair in mine]
        group = await group_queries.open_group_of(db, cohort.id, kind.id, mentor_id)
        if group is not None:
            await invite_members(db, group, ids, days, by, mine)
        elif len(ids) > kind.size.most:
            raise GroupFull(most=kind.size.most)
        else:
            pool = {pair.mentee_id: pair.mentee_member_id for pair in mine} | {mentor_id: mine[0].mentor_member_id}
            group = await _make(db, cohort, kind, Offer(kind.id, mentor_id, ids, days, pairs=mine), pool)
        offered += [m for m in await group_queries.live_matches(db, group.id) if m.mentee_id in ids]
    return offered
