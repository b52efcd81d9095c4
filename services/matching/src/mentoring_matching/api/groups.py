"""The REST API of the matching service: groups, from the offer to the end."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.db import tenant_of
from mentoring_common.faults import fault
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.roles import require_right, rights_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch
from mentoring_contracts.blueprint.formats import Kind
from mentoring_matching import group_queries, policies, queries, reasons
from mentoring_matching.access import open_cohort, require_part
from mentoring_matching.api.callers import Reader, Writer
from mentoring_matching.commands import group_offers as offers
from mentoring_matching.commands import groups as commands
from mentoring_matching.commands.handover import hand_over_lead
from mentoring_matching.commands.standing import Standing, take_over, try_take_over
from mentoring_matching.errors import DeclineReasonNeeded, GroupInvalid, ProgrammeNotFound
from mentoring_matching.group_schemas import (
    ArrangementOffer,
    GroupMemberView,
    GroupOffer,
    GroupView,
    KindView,
    LeadHandover,
    Leaving,
    NewMembers,
    OfferedGroups,
    StandingRelationships,
    TakenOver,
)
from mentoring_matching.lifecycle import GroupState
from mentoring_matching.models import Arrangement, Group, GroupMember
from mentoring_matching.schemas import Declining, MatchView

router = APIRouter(route_class=Route, tags=["groups and buddies"])


@router.get("/programmes/{programme_id}/kinds")
async def list_kinds(programme_id: UUID, by: Reader, db: Db) -> list[KindView]:
    """The kinds of relationship of a programme, for whoever has a part in it."""
    known = await group_queries.kinds(db, programme_id)
    if not by.is_admin and not await group_queries.has_part(db, programme_id, by):
        raise ProgrammeNotFound()
    return [_kind(kind) for kind in known.values()]


def _kind(kind: Kind) -> KindView:
    return KindView.model_validate(kind.model_dump() | kind.size.model_dump())


@router.post("/cohorts/{cohort_id}/groups/offer", status_code=201)
async def offer_group(cohort_id: UUID, offer: GroupOffer, by: Writer, db: Db) -> GroupView:
    """Offer a relationship of several people, made by hand: each of them answers (programme team).

    Of the kind that people applied for they are in the pool of the cohort and free; of any other kind they have a part
    in the programme, as a participant or by a role, and go on with whatever else they are in.
    """
    cohort = await open_cohort(db, by, cohort_id)
    days = await _days(db, cohort.programme_id, offer.offer_days)
    asked = offers.Offer(
        offer.kind, offer.lead_id, offer.member_ids, days, offer.title, despite_rules=offer.despite_rules
    )
    group = await offers.offer_group(db, cohort, asked, by)
    return (await _views(db, [group], by))[0]


@router.post("/cohorts/{cohort_id}/groups/offer-arrangement", status_code=201)
async def offer_arrangement(cohort_id: UUID, offer: ArrangementOffer, by: Writer, db: Db) -> OfferedGroups:
    """Offer every group, or buddy pair, of an arrangement as a relationship of one kind (programme team)."""
    cohort = await open_cohort(db, by, cohort_id)
    found = await group_queries.arrangement(db, cohort_id, offer.arrangement_id)
    people, days = _people(found), await _days(db, cohort.programme_id, offer.offer_days)
    leads: Sequence[UUID | None] = offer.lead_ids if offer.lead_ids is not None else [None] * len(people)
    if len(leads) != len(people):
        why = f"{len(people)} groups and {len(leads)} who lead"
        raise GroupInvalid(why, errors=[fault("group_invalid", why, "body", "lead_ids")])
    made = [
        await offers.offer_group(
            db, cohort, offers.Offer(offer.kind, lead, members, days, despite_rules=offer.despite_rules), by
        )
        for lead, members in zip(leads, people, strict=True)
    ]
    return OfferedGroups(groups=await _views(db, made, by))


def _people(found: Arrangement) -> list[list[UUID]]:
    if found.kind == "buddies":
        return [[UUID(pair["one_id"]), UUID(pair["other_id"])] for pair in found.result["pairs"]]
    return [[UUID(person_id) for person_id in group] for group in found.result["groups"]]


async def _days(db: AsyncSession, programme_id: UUID, given: int | None) -> int:
    if given is not None:
        return given
    version = await queries.policy(db, programme_id)
    return policies.OFFER_DAYS if version.problem else policies.offer_days(version.document)


@router.post("/cohorts/{cohort_id}/standing", status_code=201)
async def take_over_relationships(
    cohort_id: UUID,
    given: StandingRelationships,
    by: Writer,
    db: Db,
    dry_run: Annotated[bool, Query(description="say what would be wrong or unchanged, and do nothing")] = False,
) -> TakenOver:
    """Take over relationships that stood before, with the days on which they began (programme team).

    Nobody is asked again. All of them or none: `errors` say what is wrong of which. Who is in one that answers what
    people applied for is in the pool of the cohort and free. What was taken over before is not taken over twice, also
    where it ended since: `unchanged`.
    """
    cohort = await open_cohort(db, by, cohort_id)
    rows = [Standing(**one.model_dump()) for one in given.relationships]
    done = await (try_take_over if dry_run else take_over)(db, cohort, rows, by)
    matches = [MatchView.model_validate(match) for match in done.pairs]
    return TakenOver(matches=matches, groups=await _views(db, done.groups, by), unchanged=done.unchanged)


@router.get("/groups")
async def find_groups(
    by: Reader,
    db: Db,
    programme_id: UUID | None = None,
    cohort_id: UUID | None = None,
    person_id: UUID | None = None,
    kind: str | None = None,
    state: GroupState | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[GroupView]:
    """The groups you may see: your own, or those of programmes whose team you belong to."""
    rows, mine = group_queries.visible_groups(by, tenant_of(db)), group_queries.own_groups(by)
    given = ((Group.programme_id, programme_id), (Group.cohort_id, cohort_id), (Group.kind, kind), (Group.state, state))
    for column, value in given:
        rows = rows if value is None else rows.where(column == value)
    for column, value in given[:2]:
        mine = mine if value is None else mine.where(column == value)
    if person_id is not None:
        rows, mine = group_queries.with_member(rows, person_id), group_queries.with_member(mine, person_id)
    if str(person_id) != by.subject:
        asked = (programme_id, cohort_id, person_id)
        await require_part(db, by, mine, programme_id, cohort_id, narrowed=any(asked))
    shown, following = await page(db, rows, Group.id, cursor, limit)
    return Page(items=await _views(db, shown, by), next_cursor=following)


@router.get("/me/groups")
async def find_own_groups(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[GroupView]:
    """Your groups, buddies and circles: those you are in, and those you were offered a place in."""
    rows = group_queries.groups_of(by.person_id)
    shown, following = await page(db, rows, Group.id, cursor, limit)
    return Page(items=await _views(db, shown, by), next_cursor=following)


@router.get("/groups/{group_id}")
async def read_group(group_id: UUID, by: Reader, db: Db) -> GroupView:
    """One group."""
    return (await _views(db, [await group_queries.visible_group(db, by, group_id)], by))[0]


@router.post("/groups/{group_id}/accept")
async def accept_group_place(group_id: UUID, by: Writer, db: Db, expected: IfMatch) -> GroupView:
    """Accept your place in a group. Who leads it accepts once, for all who are in it and for who comes later."""
    group = await group_queries.visible_group(db, by, group_id)
    expected.compare(group.version)  # not locked: a group is locked after its matches
    return (await _views(db, [await commands.accept_place(db, group, by)], by))[0]


@router.post("/groups/{group_id}/decline")
async def decline_group_place(group_id: UUID, declining: Declining, by: Writer, db: Db, expected: IfMatch) -> GroupView:
    """Decline your place in a group; without who leads it, it does not come about."""
    group = await group_queries.visible_group(db, by, group_id)
    expected.compare(group.version)
    version = await queries.policy(db, group.programme_id)
    if policies.reason_required(version.document) and not declining.reason:
        raise DeclineReasonNeeded()
    return (await _views(db, [await commands.decline_place(db, group, by, declining.reason)], by))[0]


@router.post("/groups/{group_id}/members")
async def invite_members(group_id: UUID, new: NewMembers, by: Writer, db: Db, expected: IfMatch) -> GroupView:
    """Offer places in a group that is there already (programme team); it goes on as it is."""
    group = await _of_team(db, by, group_id)
    await queries.require_open(db, group.programme_id)
    expected.compare(group.version)
    days = await _days(db, group.programme_id, new.offer_days)
    now_in_it = await offers.invite_members(db, group, new.member_ids, days, by, despite_rules=new.despite_rules)
    return (await _views(db, [now_in_it], by))[0]


@router.post("/groups/{group_id}/members/{person_id}/leave")
async def leave_group(
    group_id: UUID, person_id: UUID, leaving: Leaving, by: Writer, db: Db, expected: IfMatch
) -> GroupView:
    """Leave a group, or take somebody out of it (programme team): it goes on without them, and ends if they lead it."""
    group = await group_queries.visible_group(db, by, group_id)
    if str(person_id) != by.subject:
        await require_right(db, by, group.programme_id, *queries.TEAM)
    expected.compare(group.version)
    left = await commands.leave_group_by(db, group, person_id, by, leaving.reason)
    return (await _views(db, [left], by))[0]


@router.post("/groups/{group_id}/end")
async def end_group(group_id: UUID, leaving: Leaving, by: Writer, db: Db, expected: IfMatch) -> GroupView:
    """End a group early, for everybody (programme team, or who leads it)."""
    group = await group_queries.visible_group(db, by, group_id)
    lead = await group_queries.lead(db, group.id)
    if lead is None or by.subject != str(lead.person_id) or lead.state != "joined":
        await require_right(db, by, group.programme_id, *queries.TEAM)
    expected.compare(group.version)
    return (await _views(db, [await commands.end_group(db, group, by, leaving.reason)], by))[0]


@router.post("/groups/{group_id}/handover")
async def hand_over_group(group_id: UUID, handover: LeadHandover, by: Writer, db: Db, expected: IfMatch) -> GroupView:
    """Have somebody else lead a group (programme team): it goes on as it is, and all in it are told.

    Offers of places that wait for an answer are taken back. Notes and goals that were for who led it so far are not
    shown to who leads it now.
    """
    group = await _of_team(db, by, group_id)
    await queries.require_open(db, group.programme_id)
    expected.compare(group.version)
    return (await _views(db, [await hand_over_lead(db, group, by, handover)], by))[0]


async def _of_team(db: AsyncSession, by: Principal, group_id: UUID) -> Group:
    group = await group_queries.visible_group(db, by, group_id)
    await require_right(db, by, group.programme_id, *queries.TEAM)
    return group


async def _views(db: AsyncSession, rows: Sequence[Group], by: Principal) -> list[GroupView]:
    members = await group_queries.members(db, [row.id for row in rows])
    return [await _view(db, row, members.get(row.id, []), by) for row in rows]


async def _view(db: AsyncSession, group: Group, people: Sequence[GroupMember], by: Principal) -> GroupView:
    """Who declined or left is for the team, and oneself; why it ended may tell of a person."""
    team = by.is_admin or bool(await rights_of(db, by, group.programme_id) & set(queries.TEAM))
    size = (await group_queries.kind(db, group.programme_id, group.kind)).size
    joined = sum(m.state == "joined" and not m.leads for m in people)
    shown = [m for m in people if team or m.state in group_queries.PRESENT or str(m.person_id) == by.subject]
    own = {name: getattr(group, name, None) for name in GroupView.model_fields}
    reason = group.end_reason and (group.end_reason if team else reasons.shown(group.end_reason))
    less = {"members": [_member(m) for m in shown], "short_of": max(size.least - joined, 0), "end_reason": reason}
    return GroupView.model_validate(own | less)


def _member(member: GroupMember) -> GroupMemberView:
    view = GroupMemberView.model_validate(member)
    return view.model_copy(update={"end_reason": view.end_reason and reasons.shown(view.end_reason)})
