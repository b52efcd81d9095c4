"""Relationships that stood before the programme came into the system: they are confirmed without being offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.errors import Conflict, Rejected
from mentoring_common.faults import Fault, fault
from mentoring_common.ids import new_id
from mentoring_contracts.blueprint.formats import Kind
from mentoring_matching import group_queries, queries
from mentoring_matching.commands import matches, memberships
from mentoring_matching.commands.groups import Offer, check_people, check_shape
from mentoring_matching.errors import GroupInvalid, StandingInvalid
from mentoring_matching.models import Cohort, Group, GroupMember, Match


@dataclass(frozen=True)
class Standing:
    """One relationship: who is in it, of which kind, and since when."""

    kind: str
    lead_id: UUID | None
    member_ids: Sequence[UUID]
    starts_on: date
    title: str | None = None


async def take_over(
    db: AsyncSession, cohort: Cohort, given: Sequence[Standing], by: Principal
) -> tuple[list[Match], list[Group]]:
    """Confirm every one of them, nobody asked again; StandingInvalid, and none is, with what is wrong of which."""
    await queries.locked_cohort(db, cohort.id)
    pairs: list[Match] = []
    groups: list[Group] = []
    wrong: list[Fault] = []
    for place, standing in enumerate(given):
        try:
            async with db.begin_nested():
                made = await _one(db, cohort, standing)
        except (Conflict, Rejected) as error:
            wrong += _faults(error, place)
            continue
        (pairs if isinstance(made, Match) else groups).append(made)  # type: ignore[arg-type]
    if wrong:
        raise StandingInvalid(errors=wrong)
    audit(db, by.subject, "take_over_relationships", "cohort", cohort.id, reason=f"{len(given)} relationships")
    return pairs, groups


def _faults(error: Conflict | Rejected, place: int) -> list[Fault]:
    """What is wrong of one of them, at the member that says so where one does."""
    at = f"/body/relationships/{place}"
    inner: list[Fault] = error.members.get("errors") or []
    if inner:
        return [{**one, "pointer": at + one["pointer"].removeprefix("/body")} for one in inner]
    return [fault(error.code, str(error), "body", "relationships", place)]


async def _one(db: AsyncSession, cohort: Cohort, standing: Standing) -> Match | Group:
    kind = await group_queries.kind(db, cohort.programme_id, standing.kind)
    offer = Offer(standing.kind, standing.lead_id, standing.member_ids, days=1, title=standing.title)
    if standing.starts_on > now(db).date():
        why = "a relationship that begins later is offered"
        raise GroupInvalid(why, errors=[fault("starts_later", why, "body", "starts_on")])
    check_shape(kind, offer, least=1)
    people = [*([offer.lead_id] if offer.lead_id else []), *offer.member_ids]
    pool = await check_people(db, cohort, kind, offer.lead_id, offer.member_ids, people)
    if kind.main and kind.lead and len(offer.member_ids) == 1 and not kind.together:
        assert offer.lead_id is not None
        return await _confirmed(db, cohort, standing, offer.lead_id, offer.member_ids[0], pool, None)
    return await _group(db, cohort, kind, standing, pool)


async def _confirmed(
    db: AsyncSession,
    cohort: Cohort,
    standing: Standing,
    mentor_id: UUID,
    mentee_id: UUID,
    pool: dict[UUID, UUID],
    place: GroupMember | None,
) -> Match:
    at = now(db)
    match = Match(
        programme_id=cohort.programme_id,
        cohort_id=cohort.id,
        group_id=place.group_id if place else None,
        mentor_id=mentor_id,
        mentee_id=mentee_id,
        mentor_member_id=pool[mentor_id],
        mentee_member_id=pool[mentee_id],
        state="proposed",
        starts_on=standing.starts_on,
        proposed_at=at,
        expires_at=at,
        mentor_accepted_at=at,
        mentee_accepted_at=at,
        never_again=False,
    )
    db.add(match)
    await db.flush()
    if place is not None:
        place.match_id = match.id
        await db.flush()
    return await matches.confirm_match(db, match)


async def _group(db: AsyncSession, cohort: Cohort, kind: Kind, standing: Standing, pool: dict[UUID, UUID]) -> Group:
    at = now(db)
    group = Group(
        programme_id=cohort.programme_id,
        cohort_id=cohort.id,
        kind=kind.id,
        title=standing.title,
        state="offered",
        starts_on=standing.starts_on,
        offered_at=at,
    )
    db.add(group)
    await db.flush()

    def joined(person_id: UUID, role: str, *, leads: bool, by_match: bool) -> GroupMember:
        state = "invited" if by_match else "joined"
        came = None if by_match else at
        return GroupMember(
            id=new_id(), group_id=group.id, person_id=person_id, role=role, leads=leads, state=state,
            pool_member_id=pool.get(person_id), expires_at=at, accepted_at=came, joined_at=came,
        )  # fmt: skip

    by_match = kind.main and kind.lead is not None
    if standing.lead_id and kind.lead:
        db.add(joined(standing.lead_id, kind.lead, leads=True, by_match=False))
    places = [joined(person_id, kind.member, leads=False, by_match=by_match) for person_id in standing.member_ids]
    db.add_all(places)
    await db.flush()
    for place in places:
        if by_match and standing.lead_id:
            await _confirmed(db, cohort, standing, standing.lead_id, place.person_id, pool, place)
        elif place.pool_member_id is not None:
            await matches.take_place(db, cohort.id)
            await matches.take(db, place.pool_member_id)
    return await memberships.settle(db, group.id, at_least=1)
