"""Every SELECT of the matching service."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from mentoring_common import roles, vault
from mentoring_common.auth import Principal
from mentoring_common.db import tenant_of
from mentoring_contracts.rights import Right
from mentoring_matching import policies
from mentoring_matching.errors import (
    CohortNotFound,
    ConversationNotFound,
    MatchNotFound,
    ProgrammeClosed,
    ProgrammeNotFound,
    RunNotFound,
)
from mentoring_matching.lifecycle import LIVE
from mentoring_matching.models import (
    Arrangement,
    Cohort,
    Conversation,
    Match,
    MatchRun,
    PolicyVersion,
    PoolMember,
    Profile,
    Programme,
    ProposedPair,
    Unmatched,
)
from mentoring_matching.profiles import ApplicationProfile, Candidate

TEAM: tuple[Right, ...] = ("match_people",)
"""The right of who sees and makes matches."""
Pairing = TypeVar("Pairing", Match, Conversation)


async def programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme; ProgrammeNotFound, also for another organisation's."""
    found = await db.scalar(sa.select(Programme).where(Programme.id == programme_id))
    if found is None:
        raise ProgrammeNotFound()
    return found


async def require_open(db: AsyncSession, programme_id: UUID, *, changed: bool = False) -> None:
    """ProgrammeClosed where nothing begins any more, ProgrammeNotFound; nobody closes it until the transaction ends.

    To be asked for before a match, a run or a cohort is held: whoever closes a programme goes on to those. Who goes on
    to change the programme itself (`changed`) holds it alone.
    """
    row = sa.select(Programme).where(Programme.id == programme_id).with_for_update(read=not changed)
    found = await db.scalar(row.execution_options(populate_existing=True))
    if found is None:
        raise ProgrammeNotFound()
    if found.closed_at is not None:
        raise ProgrammeClosed()


async def policy(db: AsyncSession, programme_id: UUID) -> PolicyVersion:
    """The newest version of the programme's policy; ProgrammeNotFound before the programme is known here."""
    versions = sa.select(PolicyVersion).where(PolicyVersion.programme_id == programme_id)
    found = await db.scalar(versions.order_by(PolicyVersion.version.desc()).limit(1))
    if found is None:
        raise ProgrammeNotFound()
    return found


async def cohort(db: AsyncSession, cohort_id: UUID) -> Cohort:
    """The cohort with its counters as they are now; CohortNotFound, also for another organisation's."""
    mine = sa.select(Cohort).where(Cohort.id == cohort_id)
    found = await db.scalar(mine.execution_options(populate_existing=True))
    if found is None:
        raise CohortNotFound()
    return found


async def locked_cohort(db: AsyncSession, cohort_id: UUID) -> Cohort:
    """The cohort, held until the commit: one approval at a time."""
    mine = sa.select(Cohort).where(Cohort.id == cohort_id).with_for_update()
    found = await db.scalar(mine.execution_options(populate_existing=True))
    if found is None:
        raise CohortNotFound()
    return found


async def run(db: AsyncSession, run_id: UUID) -> MatchRun:
    """The run; RunNotFound, also for another organisation's."""
    found = await db.scalar(sa.select(MatchRun).where(MatchRun.id == run_id))
    if found is None:
        raise RunNotFound()
    return found


async def match(db: AsyncSession, match_id: UUID) -> Match:
    """The match; MatchNotFound, also for another organisation's."""
    mine = sa.select(Match).where(Match.id == match_id)
    found = await db.scalar(mine.execution_options(populate_existing=True))
    if found is None:
        raise MatchNotFound()
    return found


async def cohorts_of(db: AsyncSession, programme_id: UUID) -> Sequence[Cohort]:
    """The cohorts of a programme, in order."""
    rows = sa.select(Cohort).where(Cohort.programme_id == programme_id).order_by(Cohort.id)
    return (await db.scalars(rows)).all()


async def runs_to_approve(db: AsyncSession, programme_id: UUID) -> Mapping[UUID, UUID]:
    """By cohort the run that began by itself and waits for approval."""
    waits = (MatchRun.programme_id == programme_id, MatchRun.recurring, MatchRun.state == "completed")
    rows = sa.select(MatchRun.cohort_id, MatchRun.id).where(*waits).order_by(MatchRun.id)
    return {row.cohort_id: row.id for row in await db.execute(rows)}


async def runs_open(db: AsyncSession, programme_id: UUID) -> Sequence[UUID]:
    """The runs of a programme that were not approved, however far they are."""
    open_ = (MatchRun.programme_id == programme_id, MatchRun.state.in_(("queued", "running", "completed")))
    return (await db.scalars(sa.select(MatchRun.id).where(*open_).order_by(MatchRun.id))).all()


async def recurring_runs_open(db: AsyncSession, cohort_id: UUID) -> Sequence[UUID]:
    """The runs of a cohort that began by themselves and were not approved, however far they are."""
    open_ = (
        MatchRun.cohort_id == cohort_id,
        MatchRun.recurring,
        MatchRun.state.in_(("queued", "running", "completed")),
    )
    return (await db.scalars(sa.select(MatchRun.id).where(*open_).order_by(MatchRun.id))).all()


def runs(cohort_id: UUID) -> sa.Select[MatchRun]:
    """The runs of a cohort."""
    return sa.select(MatchRun).where(MatchRun.cohort_id == cohort_id)


async def runs_naming(db: AsyncSession, person_id: UUID) -> Sequence[MatchRun]:
    """The runs in which somebody pinned or barred the person, locked."""
    sides = [{"mentor_id": str(person_id)}, {"mentee_id": str(person_id)}]
    named = [column.contains([side]) for column in (MatchRun.pins, MatchRun.bars) for side in sides]
    return (await db.scalars(sa.select(MatchRun).where(sa.or_(*named)).with_for_update())).all()


def pool(cohort_id: UUID) -> sa.Select[PoolMember]:
    """The pool of a cohort, also those who left it."""
    return sa.select(PoolMember).where(PoolMember.cohort_id == cohort_id)


def pairs(run_id: UUID) -> sa.Select[ProposedPair]:
    """The pairs that a run proposes."""
    return sa.select(ProposedPair).where(ProposedPair.run_id == run_id)


def unmatched(run_id: UUID) -> sa.Select[Unmatched]:
    """The people whom a run leaves without a partner."""
    return sa.select(Unmatched).where(Unmatched.run_id == run_id)


def visible_matches(caller: Principal, tenant: UUID) -> sa.Select[Match]:
    """The matches the caller may see: their own, those of programmes whose team they belong to, or all as admin."""
    return _visible(sa.select(Match), Match, caller, tenant)


def _visible(found: sa.Select[Pairing], row: type[Pairing], caller: Principal, tenant: UUID) -> sa.Select[Pairing]:
    if caller.is_admin:
        return found
    person_id = caller.person
    if person_id is None:
        return found.where(sa.false())
    led = roles.scopes_with(tenant, person_id, *TEAM)
    own = sa.or_(row.mentor_id == person_id, row.mentee_id == person_id)
    return found.where(sa.or_(own, row.programme_id.in_(led)))


def matches_of(caller: Principal) -> sa.Select[Match]:
    """The caller's own matches; none of a machine."""
    return _own(sa.select(Match), Match, caller)


def _own(found: sa.Select[Pairing], row: type[Pairing], caller: Principal) -> sa.Select[Pairing]:
    person_id = caller.person
    if person_id is None:
        return found.where(sa.false())
    return found.where(sa.or_(row.mentor_id == person_id, row.mentee_id == person_id))


async def match_counts(db: AsyncSession, programme_id: UUID, cohort_id: UUID | None) -> Mapping[str, int]:
    """How many matches of a programme, or of one cohort, stand in each state, by its name."""
    of = [Match.programme_id == programme_id, *([] if cohort_id is None else [Match.cohort_id == cohort_id])]
    rows = sa.select(Match.state, sa.func.count()).where(*of).group_by(Match.state).order_by(Match.state)
    return dict((await db.execute(rows)).all())


async def programme_of_cohort(db: AsyncSession, cohort_id: UUID) -> UUID | None:
    """The programme of a cohort; None for one that is not known here."""
    return await db.scalar(sa.select(Cohort.programme_id).where(Cohort.id == cohort_id))


async def visible_match(db: AsyncSession, caller: Principal, match_id: UUID) -> Match:
    """One match the caller may see; MatchNotFound otherwise."""
    found = await db.scalar(visible_matches(caller, tenant_of(db)).where(Match.id == match_id))
    if found is None:
        raise MatchNotFound()
    return found


async def live_matches(db: AsyncSession, member_ids: Iterable[UUID]) -> Sequence[Match]:
    """The offers and confirmed matches of pool members, locked in a fixed order."""
    ids = list(member_ids)
    of_them = sa.or_(Match.mentor_member_id.in_(ids), Match.mentee_member_id.in_(ids))
    found = sa.select(Match).where(of_them, Match.state.in_(LIVE)).order_by(Match.id).with_for_update()
    return (await db.scalars(found.execution_options(populate_existing=True))).all()


async def known_member(db: AsyncSession, member_id: UUID) -> PoolMember | None:
    """The pool member, None before it was admitted."""
    return await db.scalar(sa.select(PoolMember).where(PoolMember.id == member_id))


async def members_of_person(db: AsyncSession, person_id: UUID) -> Sequence[PoolMember]:
    """The pool members that are one person."""
    return (await db.scalars(sa.select(PoolMember).where(PoolMember.person_id == person_id))).all()


def arrangements(cohort_id: UUID, kind: str) -> sa.Select[Arrangement]:
    """The buddy pairs or groups that were made for a cohort."""
    return sa.select(Arrangement).where(Arrangement.cohort_id == cohort_id, Arrangement.kind == kind)


async def staying_members(db: AsyncSession, cohort_id: UUID, role: str) -> list[Candidate]:
    """Everybody of one role in a cohort who has a profile and did not leave, matched or not."""
    mine = sa.select(PoolMember, Profile).join(
        Profile, sa.and_(Profile.tenant_id == PoolMember.tenant_id, Profile.id == PoolMember.id)
    )
    here = (PoolMember.cohort_id == cohort_id, PoolMember.role == role, PoolMember.state != "withdrawn")
    rows = (await db.execute(mine.where(*here).order_by(PoolMember.id))).all()
    profiles = await _opened(db, [profile for _, profile in rows])
    return [Candidate(m.id, m.person_id, m.role, m.capacity, m.priority, profiles[profile.id]) for m, profile in rows]


async def all_conversations(db: AsyncSession, cohort_id: UUID) -> Sequence[Conversation]:
    """Every conversation of a cohort."""
    return (await db.scalars(sa.select(Conversation).where(Conversation.cohort_id == cohort_id))).all()


def visible_conversations(caller: Principal, tenant: UUID) -> sa.Select[Conversation]:
    """One's own conversations, and those of programmes whose team the caller belongs to, or all as admin."""
    return _visible(sa.select(Conversation), Conversation, caller, tenant)


def conversations_of(caller: Principal) -> sa.Select[Conversation]:
    """The caller's own conversations; none of a machine."""
    return _own(sa.select(Conversation), Conversation, caller)


async def visible_conversation(db: AsyncSession, caller: Principal, conversation_id: UUID) -> Conversation:
    """One conversation the caller may see; ConversationNotFound otherwise."""
    mine = visible_conversations(caller, tenant_of(db)).where(Conversation.id == conversation_id)
    found = await db.scalar(mine)
    if found is None:
        raise ConversationNotFound()
    return found


async def matches_of_two(db: AsyncSession, programme_id: UUID, mentor_id: UUID, mentee_id: UUID) -> Sequence[Match]:
    """The matches of two people that were confirmed, whatever became of them; the newest first."""
    both = (Match.programme_id == programme_id, Match.mentor_id == mentor_id, Match.mentee_id == mentee_id)
    rows = sa.select(Match).where(*both, Match.confirmed_at.is_not(None)).order_by(Match.id.desc())
    return (await db.scalars(rows)).all()


async def standing_matches(db: AsyncSession, cohort_id: UUID) -> Sequence[Match]:
    """The confirmed matches of a cohort."""
    mine = sa.select(Match).where(Match.cohort_id == cohort_id, Match.state == "confirmed")
    return (await db.scalars(mine.order_by(Match.id))).all()


async def confirmed_matches(db: AsyncSession, match_ids: Iterable[UUID]) -> Mapping[UUID, Match]:
    """Those of the matches that stand, held until the commit."""
    mine = sa.select(Match).where(Match.id.in_(list(match_ids)), Match.state == "confirmed")
    held = mine.order_by(Match.id).with_for_update().execution_options(populate_existing=True)
    return {match.id: match for match in await db.scalars(held)}


async def waiting_offers(db: AsyncSession, match_id: UUID) -> Sequence[Match]:
    """The open offers whose place becomes free when a match ends."""
    mine = sa.select(Match).where(Match.waits_for == match_id, Match.state == "proposed")
    return (await db.scalars(mine.order_by(Match.id))).all()


async def offers_open(db: AsyncSession, cohort_id: UUID) -> int:
    """The number of offers of a cohort that wait for answers and need a place; a move has its place already."""
    offers = sa.select(sa.func.count()).select_from(Match).where(Match.replaces.is_(None))
    return await db.scalar(offers.where(Match.cohort_id == cohort_id, Match.state == "proposed")) or 0


async def offers_of_programme(db: AsyncSession, programme_id: UUID) -> Sequence[Match]:
    """The offers of a programme that stand open."""
    rows = sa.select(Match).where(Match.programme_id == programme_id, Match.state == "proposed")
    return (await db.scalars(rows.order_by(Match.id).execution_options(populate_existing=True))).all()


async def offers_by_member(db: AsyncSession, cohort_id: UUID) -> Mapping[UUID, int]:
    """How many open offers each pool member of a cohort has."""
    offers = sa.select(Match.mentor_member_id, Match.mentee_member_id)
    rows = await db.execute(offers.where(Match.cohort_id == cohort_id, Match.state == "proposed"))
    counts: dict[UUID, int] = {}
    for row in rows:
        for member_id in row:
            counts[member_id] = counts.get(member_id, 0) + 1
    return counts


async def match_locked(db: AsyncSession, match_id: UUID) -> Match:
    """The match, held until the commit by who hands it over, and read after it was had."""
    row = sa.select(Match).where(Match.id == match_id).with_for_update()
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def handed_over_to(db: AsyncSession, match_id: UUID) -> UUID | None:
    """The match by which another mentor carries on this one; None where nobody does."""
    return await db.scalar(sa.select(Match.id).where(Match.rematch_of == match_id, Match.handover))


async def available_members(
    db: AsyncSession,
    cohort_id: UUID,
    *,
    lock: bool = False,
    held: Mapping[UUID, int] | None = None,
    mentors_each: int | None = None,
) -> Mapping[UUID, tuple[PoolMember, int]]:
    """The members of a cohort who are free, with the number of partners they could still be offered.

    `held` counts the partners of members who may be moved: for them those places count as free. `mentors_each` is how
    many mentors a mentee may have, in the place of what the policy in force says.
    """
    held = held or {}
    more = sa.and_(PoolMember.role == "mentee", PoolMember.state == "matched", PoolMember.taken < (mentors_each or 0))
    free_ones = sa.or_(PoolMember.state == "available", PoolMember.id.in_(held), more)
    members = pool(cohort_id).where(free_ones).order_by(PoolMember.id)
    members = members.with_for_update() if lock else members
    offers = await offers_by_member(db, cohort_id)
    found = (await db.scalars(members.execution_options(populate_existing=True))).all()
    most = {m.id: mentors_each if mentors_each and m.role == "mentee" else m.capacity for m in found}
    free = {m.id: (m, most[m.id] - m.taken - offers.get(m.id, 0) + held.get(m.id, 0)) for m in found}
    return {id_: (member, left) for id_, (member, left) in free.items() if left > 0}


async def loads(db: AsyncSession, mentor_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    """How many partners and open offers mentors have over all programmes of the organisation."""
    live = sa.select(Match.mentor_id, sa.func.count()).where(
        Match.state.in_(LIVE), Match.mentor_id.in_(list(mentor_ids))
    )
    return dict((await db.execute(live.group_by(Match.mentor_id))).all())


async def candidates(
    db: AsyncSession,
    cohort_id: UUID,
    max_load: int | None,
    held: Mapping[UUID, int] | None = None,
    *,
    most: int | None = None,
    mentors_each: int | None = None,
) -> list[Candidate]:
    """The people of a cohort who are free for a run, with profile and former partners.

    Mentors are free within `max_load` over all programmes and up to `most` mentees in the cohort. `held` and
    `mentors_each` as for `available_members`.
    """
    held = held or {}
    members = await available_members(db, cohort_id, held=held, mentors_each=mentors_each)
    profiles = await profiles_of(db, members)
    before = await _former_partners(db, [member.person_id for member, _ in members.values()])
    mentor_ids = [member.person_id for member, _ in members.values() if member.role == "mentor"]
    load = await loads(db, mentor_ids) if max_load else {}
    found = []
    for member, free in members.values():
        partners = (mentors_each if mentors_each and member.role == "mentee" else member.capacity) - free
        if most and member.role == "mentor":
            free = min(free, most - partners)
        if max_load and member.role == "mentor":
            room = max_load - load.get(member.person_id, 0)
            free = min(free, max(room, 0) + held.get(member.id, 0))
        if free > 0 and member.id in profiles:
            known = before.get(member.person_id, frozenset())
            person = Candidate(
                member.id, member.person_id, member.role, free, member.priority, profiles[member.id], known
            )
            found.append(replace(person, load=partners))
    return found


async def waiting_mentees(db: AsyncSession, programme_id: UUID, person_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the people whom an approved run of the programme left without a mentor, and who got none since."""
    since = (Match.programme_id == programme_id, Match.mentee_id == Unmatched.person_id)
    mentor = sa.exists().where(*since, Match.confirmed_at > MatchRun.requested_at)
    run_of = sa.and_(MatchRun.tenant_id == Unmatched.tenant_id, MatchRun.id == Unmatched.run_id)
    left = sa.select(Unmatched.person_id).join(MatchRun, run_of).where(
        MatchRun.programme_id == programme_id, MatchRun.state == "approved", Unmatched.role == "mentee",
        Unmatched.person_id.in_(list(person_ids)), ~mentor,
    )  # fmt: skip
    return set((await db.scalars(left.distinct())).all())


async def profiles_of(db: AsyncSession, members: Iterable[UUID]) -> dict[UUID, ApplicationProfile]:
    """The profiles of pool members, of those who have one."""
    rows = sa.select(Profile).where(Profile.id.in_(list(members))).execution_options(populate_existing=True)
    return await _opened(db, (await db.scalars(rows)).all())


async def _opened(db: AsyncSession, rows: Sequence[Profile]) -> dict[UUID, ApplicationProfile]:
    closed = [(row.person_id, row.sealed) for row in rows if row.sealed is not None]
    texts = iter(await vault.unseal_all(db, closed))
    return {
        row.id: ApplicationProfile.model_validate(row.content)
        if row.sealed is None
        else ApplicationProfile.model_validate_json(next(texts))
        for row in rows
    }


async def clear_profiles(db: AsyncSession, limit: int) -> Sequence[Profile]:
    """Profiles that are not sealed yet, locked."""
    rows = sa.select(Profile).where(Profile.sealed.is_(None)).limit(limit)
    return (await db.scalars(rows.with_for_update(skip_locked=True))).all()


async def tenants_with_clear_profiles(connection: AsyncConnection) -> Sequence[UUID]:
    """Organisations with profiles that are not sealed yet; asked under the system role."""
    c = Profile.__table__.c
    return (await connection.scalars(sa.select(c.tenant_id).where(c.sealed.is_(None)).distinct())).all()


async def _former_partners(db: AsyncSession, person_ids: Sequence[UUID]) -> dict[UUID, frozenset[UUID]]:
    """With whom people were matched before: confirmed pairs, whether they stand, ended early or ran their course."""
    pairs_ = sa.select(Match.mentor_id, Match.mentee_id).where(
        Match.confirmed_at.is_not(None), sa.or_(Match.mentor_id.in_(person_ids), Match.mentee_id.in_(person_ids))
    )
    found: dict[UUID, set[UUID]] = {}
    for mentor_id, mentee_id in await db.execute(pairs_):
        found.setdefault(mentor_id, set()).add(mentee_id)
        found.setdefault(mentee_id, set()).add(mentor_id)
    return {person_id: frozenset(partners) for person_id, partners in found.items()}


async def live_pairs(db: AsyncSession, programme_id: UUID) -> set[tuple[UUID, UUID]]:
    """Mentor and mentee of each pair of a programme that stands or is offered."""
    rows = sa.select(Match.mentor_id, Match.mentee_id).where(Match.programme_id == programme_id, Match.state.in_(LIVE))
    return {(mentor_id, mentee_id) for mentor_id, mentee_id in await db.execute(rows)}


async def alone_with(db: AsyncSession, match: Match) -> None:
    """Wait until nobody else confirms a pair of the same two people in the programme, the one way or the other."""
    two = "".join(sorted((match.mentor_id.hex, match.mentee_id.hex)))
    key = sa.func.hashtextextended(match.programme_id.hex + two, 0)
    await db.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def mentors_of(db: AsyncSession, programme_id: UUID, mentee_id: UUID) -> set[UUID]:
    """The mentors whom a mentee has in a programme, none of whom anybody adds to or confirms until the commit."""
    key = sa.func.hashtextextended(f"mentors {programme_id.hex}{mentee_id.hex}", 0)
    await db.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    mine = (Match.programme_id == programme_id, Match.mentee_id == mentee_id, Match.state == "confirmed")
    return set((await db.scalars(sa.select(Match.mentor_id).where(*mine))).all())


async def policy_read_with(db: AsyncSession, programme_id: UUID, *, change: bool) -> None:
    """Wait until nobody changes the programme's policy, or for a `change` until nobody joins the pool under it."""
    lock = sa.func.pg_advisory_xact_lock if change else sa.func.pg_advisory_xact_lock_shared
    await db.execute(sa.select(lock(sa.func.hashtextextended(f"policy {programme_id.hex}", 0))))


async def mentors_each(db: AsyncSession, programme_id: UUID) -> int:
    """How many mentors a mentee may have by the policy in force; 1 before the programme is known here, or where its
    policy cannot be used.
    """
    versions = sa.select(PolicyVersion).where(PolicyVersion.programme_id == programme_id)
    found = await db.scalar(versions.order_by(PolicyVersion.version.desc()).limit(1))
    return 1 if found is None or found.problem else policies.mentors_each(found.document)


async def stands_the_other_way(db: AsyncSession, match: Match) -> bool:
    """Whether the mentee is the mentor of the mentor already."""
    back = (Match.mentor_id == match.mentee_id, Match.mentee_id == match.mentor_id, Match.state == "confirmed")
    found = sa.select(Match.id).where(Match.programme_id == match.programme_id, *back)
    return await db.scalar(found.limit(1)) is not None


async def barred_pairs(db: AsyncSession, cohort: Cohort, *, also_ended: bool) -> set[tuple[UUID, UUID]]:
    """Pairs not to be proposed: declined or lapsed in this cohort, "never again", and for a rematch all that ended."""
    here = sa.and_(Match.cohort_id == cohort.id, Match.state.in_(("declined", "expired")))
    barred = sa.or_(here, Match.never_again)
    if also_ended:
        barred = sa.or_(
            barred, sa.and_(Match.programme_id == cohort.programme_id, Match.state.in_(("ended", "closed")))
        )
    rows = await db.execute(sa.select(Match.mentor_id, Match.mentee_id).where(barred))
    return {(mentor_id, mentee_id) for mentor_id, mentee_id in rows}


async def never_again(db: AsyncSession, mentor_id: UUID, people: Collection[UUID]) -> bool:
    """Whether one of two said of the other that they are not to be matched again."""
    said = sa.select(Match.id).where(Match.never_again, Match.mentor_id == mentor_id, Match.mentee_id.in_(people))
    return await db.scalar(said.limit(1)) is not None


async def members_of(db: AsyncSession, ids: Collection[UUID]) -> Sequence[PoolMember]:
    """Members of pools by their ids."""
    return (await db.scalars(sa.select(PoolMember).where(PoolMember.id.in_(ids)))).all()


async def freed_mentees(db: AsyncSession, cohort_id: UUID) -> set[UUID]:
    """The mentees of a cohort whose match ended early."""
    ended = sa.select(Match.mentee_id).where(Match.cohort_id == cohort_id, Match.state == "ended")
    return set((await db.scalars(ended)).all())


async def last_ended(db: AsyncSession, programme_id: UUID, mentee_ids: Iterable[UUID]) -> Mapping[UUID, UUID]:
    """Each mentee's latest match of the programme that ended early."""
    ended = sa.select(Match.mentee_id, Match.id).where(
        Match.programme_id == programme_id, Match.state == "ended", Match.mentee_id.in_(list(mentee_ids))
    )
    return dict((await db.execute(ended.order_by(Match.ended_at, Match.id))).all())


async def member_ids(db: AsyncSession, cohort_id: UUID) -> Mapping[tuple[str, UUID], UUID]:
    """The pool members of a cohort who have not left, by role and person."""
    staying = sa.select(PoolMember.role, PoolMember.person_id, PoolMember.id).where(
        PoolMember.cohort_id == cohort_id, PoolMember.state != "withdrawn"
    )
    return {(role, person_id): id_ for role, person_id, id_ in await db.execute(staying)}


async def wishes(db: AsyncSession, member_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    """How often a profile was wanted so far, of pool members who have not left."""
    staying = sa.select(PoolMember.id, PoolMember.wanted).where(
        PoolMember.id.in_(list(member_ids)), PoolMember.state != "withdrawn"
    )
    return dict((await db.execute(staying)).all())


async def all_pairs(db: AsyncSession, run_id: UUID) -> Sequence[ProposedPair]:
    """All pairs of a run, in the order of mentees."""
    return (await db.scalars(pairs(run_id).order_by(ProposedPair.mentee_id))).all()


async def counts(db: AsyncSession, run_ids: Sequence[UUID]) -> Mapping[UUID, Mapping[str, int]]:
    """For each run the number of its pairs and of mentees and mentors it leaves without a partner."""
    made = sa.select(ProposedPair.run_id, sa.literal("pair"), sa.func.count()).where(ProposedPair.run_id.in_(run_ids))
    left = sa.select(Unmatched.run_id, Unmatched.role, sa.func.count()).where(Unmatched.run_id.in_(run_ids))
    both = sa.union_all(made.group_by(ProposedPair.run_id), left.group_by(Unmatched.run_id, Unmatched.role))
    found: dict[UUID, dict[str, int]] = {}
    for run_id, kind, count in await db.execute(both):
        found.setdefault(run_id, {})[kind] = count
    return found
