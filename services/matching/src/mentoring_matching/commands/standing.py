"""Relationships that stood before the programme came into the system: they are confirmed without being offered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tried
from mentoring_common.errors import Conflict, Rejected
from mentoring_common.faults import Fault, fault
from mentoring_common.ids import new_id
from mentoring_contracts.blueprint.formats import Kind
from mentoring_matching import group_queries, queries
from mentoring_matching.commands import matches, memberships
from mentoring_matching.commands.group_offers import Offer, check_people, check_shape
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


@dataclass
class Taken:
    """The relationships that stand now; `unchanged` are the places of those that were taken over before."""

    pairs: list[Match] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)


async def take_over(db: AsyncSession, cohort: Cohort, given: Sequence[Standing], by: Principal) -> Taken:
    """Confirm every one of them, nobody asked again; StandingInvalid, and none is, with what is wrong of which."""
    await queries.locked_cohort(db, cohort.id)
    taken = Taken()
    wrong: list[Fault] = []
    for place, standing in enumerate(given):
        try:
            async with db.begin_nested():
                made, is_new = await _one(db, cohort, standing)
        except (Conflict, Rejected) as error:
            wrong += _faults(error, place)
            continue
        taken.unchanged += [] if is_new else [place]
        (taken.pairs if isinstance(made, Match) else taken.groups).append(made)  # type: ignore[arg-type]
    if wrong:
        raise StandingInvalid(errors=wrong)
    new = len(given) - len(taken.unchanged)
    if new:
        audit(db, by.subject, "take_over_relationships", "cohort", cohort.id, reason=f"{new} relationships")
    return taken


async def try_take_over(db: AsyncSession, cohort: Cohort, given: Sequence[Standing], by: Principal) -> Taken:
    """As `take_over`, done and undone, so that it can say nothing else: only `unchanged` is told."""
    async with tried(db):
        taken = await take_over(db, cohort, given, by)
    return Taken(unchanged=taken.unchanged)


def _faults(error: Conflict | Rejected, place: int) -> list[Fault]:
    """What is wrong of one of them, at the member that says so where one does."""
    at = f"/body/relationships/{place}"
    inner: list[Fault] = error.members.get("errors") or []
    if inner:
        return [{**one, "pointer": at + one["pointer"].removeprefix("/body")} for one in inner]
    return [fault(error.code, str(error), "body", "relationships", place)]


async def _one(db: AsyncSession, cohort: Cohort, standing: Standing) -> tuple[Match | Group, bool]:
    """The relationship, and whether it is new; the same again, whatever became of it since, is the one that is here."""
    kind = await group_queries.kind(db, cohort.programme_id, standing.kind)
    offer = Offer(standing.kind, standing.lead_id, standing.member_ids, days=1, title=standing.title)
    if standing.starts_on > now(db).date():
        why = "a relationship that begins later is offered"
        raise GroupInvalid(why, errors=[fault("starts_later", why, "body", "starts_on")])
    check_shape(kind, offer, least=1)
    is_pair = kind.main and kind.lead is not None and len(offer.member_ids) == 1 and not kind.together
    known = await (_known_pair if is_pair else _known_group)(db, cohort, standing)
    if known is not None:
        return known, False
    people = [*([offer.lead_id] if offer.lead_id else []), *offer.member_ids]
    pool = await check_people(db, cohort, kind, offer.lead_id, offer.member_ids, people)
    if is_pair:
        assert offer.lead_id is not None
        return await _confirmed(db, cohort, standing, offer.lead_id, offer.member_ids[0], pool, None), True
    return await _group(db, cohort, kind, standing, pool), True


async def _known_pair(db: AsyncSession, cohort: Cohort, standing: Standing) -> Match | None:
    assert standing.lead_id is not None
    together = await queries.matches_of_two(db, cohort.programme_id, standing.lead_id, standing.member_ids[0])
    same = [match for match in together if (match.cohort_id, match.starts_on) == (cohort.id, standing.starts_on)]
    if same:
        return same[0]
    if any(match.state == "confirmed" for match in together):
        raise _stands_already()
    return None


async def _known_group(db: AsyncSession, cohort: Cohort, standing: Standing) -> Group | None:
    people = {*standing.member_ids, *([standing.lead_id] if standing.lead_id else [])}
    for group in await group_queries.groups_that_stood(db, cohort.id, standing.kind, people):
        if group.starts_on == standing.starts_on:
            return group
        if group.state == "standing":
            raise _stands_already()
    return None


def _stands_already() -> GroupInvalid:
    why = "they stand together already, since another day or in another cohort"
    return GroupInvalid(why, errors=[fault("stands_already", why, "body", "starts_on")])


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
