"""The pool: who is in it, with which profile, and who left."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now, tenant_of
from mentoring_common.deadlines import cancel, schedule, schedule_all
from mentoring_common.vault import destroy_key, seal
from mentoring_contracts.applications import Milestone
from mentoring_matching import group_queries, queries, reasons
from mentoring_matching.commands.groups import leave_groups
from mentoring_matching.commands.matches import end_match, withdraw_offer
from mentoring_matching.commands.recurring import plan_cohort
from mentoring_matching.commands.runs import erase_words
from mentoring_matching.lifecycle import MEMBER, sources
from mentoring_matching.models import Cohort, Conversation, Match, PoolMember, Profile
from mentoring_matching.profiles import ApplicationProfile

PROFILE_WANTED = "profile_wanted"


def first_day(milestones: Sequence[Milestone]) -> date | None:
    """The day pairs begin: of the milestone `match_confirmed`, else of the earliest; None without any."""
    begins = [m.starts_at for m in milestones if m.kind == "match_confirmed"] or [m.starts_at for m in milestones]
    return min(begins).date() if begins else None


async def set_start(db: AsyncSession, cohort_id: UUID, starts_on: date | None) -> None:
    """Keep the day a cohort's pairs begin."""
    await db.execute(sa.update(Cohort).where(Cohort.id == cohort_id).values(starts_on=starts_on))


async def set_places(db: AsyncSession, cohort_id: UUID, programme_id: UUID, places: int) -> None:
    """Keep a cohort's places; confirmed pairs keep theirs where there are fewer now."""
    values = {"id": cohort_id, "tenant_id": tenant_of(db), "programme_id": programme_id}
    statement = insert(Cohort).values(**values, announced=places, places=places, confirmed=0)
    kept = {"announced": places, "places": sa.func.greatest(places, Cohort.confirmed), "programme_id": programme_id}
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=kept))
    await plan_cohort(db, cohort_id, programme_id)


async def admit_member(
    db: AsyncSession,
    *,
    application_id: UUID,
    programme_id: UUID,
    cohort_id: UUID | None,
    person_id: UUID,
    role: str,
    capacity: int,
    priority: bool,
) -> None:
    """Take an accepted application into the pool and ask for its profile; the policy says how many mentors a mentee may
    have.
    """
    await queries.policy_read_with(db, programme_id, change=False)
    most = max(capacity, 1) if role == "mentor" else await queries.mentors_each(db, programme_id)
    values = {
        "tenant_id": tenant_of(db), "id": application_id, "programme_id": programme_id, "cohort_id": cohort_id,
        "person_id": person_id, "role": role, "capacity": most, "priority": priority, "taken": 0, "wanted": 1,
        "state": "pending_profile",
    }  # fmt: skip
    known = {
        "cohort_id": cohort_id,
        "capacity": sa.func.greatest(most, PoolMember.taken),
        "priority": priority,
        "wanted": PoolMember.wanted + 1,
        "state": sa.case((PoolMember.taken >= most, "matched"), else_="pending_profile"),
    }
    statement = insert(PoolMember).values(values)
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=known))
    await schedule(db, PROFILE_WANTED, application_id, now(db))


async def want_profiles(db: AsyncSession, person_id: UUID) -> None:
    """Have the profiles of a person read again."""
    wanted = sa.update(PoolMember).where(PoolMember.person_id == person_id, PoolMember.state != "withdrawn")
    ids = await db.scalars(wanted.values(wanted=PoolMember.wanted + 1).returning(PoolMember.id))
    at = now(db)
    await schedule_all(db, PROFILE_WANTED, dict.fromkeys(ids.all(), at))


async def store_profiles(
    db: AsyncSession, asked: Iterable[UUID], wishes: Mapping[UUID, int], fetched: Iterable[ApplicationProfile]
) -> None:
    """Keep what was fetched, unless it was wanted again (or the person left) meanwhile; nobody waits for the rest."""
    profiles = {profile.application_id: profile for profile in fetched}
    for member_id in asked:
        profile = profiles.get(member_id)
        if profile is None or member_id not in wishes:
            await cancel(db, PROFILE_WANTED, member_id)
        elif (person_id := await _take_profile(db, member_id, wishes[member_id])) is not None:
            await _keep(db, member_id, person_id, profile)


async def _take_profile(db: AsyncSession, member_id: UUID, wish: int) -> UUID | None:
    """The person, if the profile is still the newest that was wanted; the member is then available."""
    ready = sa.case((PoolMember.state.in_(sources(MEMBER, "profile")), "available"), else_=PoolMember.state)
    mine = (PoolMember.id == member_id, PoolMember.wanted == wish, PoolMember.state != "withdrawn")
    taken = sa.update(PoolMember).where(*mine).values(state=ready).returning(PoolMember.person_id)
    return await db.scalar(taken)


async def _keep(db: AsyncSession, member_id: UUID, person_id: UUID, profile: ApplicationProfile) -> None:
    content = {"content": None, "sealed": await seal(db, person_id, profile.model_dump_json())}
    values = {"tenant_id": tenant_of(db), "id": member_id, "person_id": person_id, **content}
    statement = insert(Profile).values(values)
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=content))
    await cancel(db, PROFILE_WANTED, member_id)


async def seal_profile(db: AsyncSession, row: Profile) -> None:
    """Seal a profile that stands in the clear from before."""
    content = ApplicationProfile.model_validate(row.content)
    row.content, row.sealed = None, await seal(db, row.person_id, content.model_dump_json())


async def move_member(db: AsyncSession, member_id: UUID, cohort_id: UUID | None) -> None:
    """Put a member into another cohort's pool; open offers of the old one are withdrawn."""
    for match in await queries.live_matches(db, [member_id]):
        if match.state == "proposed":
            await withdraw_offer(db, match, "moved")
    await db.execute(sa.update(PoolMember).where(PoolMember.id == member_id).values(cohort_id=cohort_id))


async def leave_pool(db: AsyncSession, member_id: UUID, reason: str) -> None:
    """Take a member out of the pool: offers are withdrawn, a confirmed match ends early, the profile is deleted."""
    await _leave_groups(db, member_id, reason)
    for match in await queries.live_matches(db, [member_id]):
        if match.state == "proposed":
            await withdraw_offer(db, match, reason)
        else:
            await end_match(db, match, reason)
    left = sa.update(PoolMember).where(PoolMember.id == member_id, PoolMember.state.in_(sources(MEMBER, "withdraw")))
    await db.execute(left.values(state="withdrawn", wanted=PoolMember.wanted + 1))
    # An approval that held the member until now may have offered them to somebody.
    for match in await queries.live_matches(db, [member_id]):
        await withdraw_offer(db, match, reason)
    await db.execute(sa.delete(Profile).where(Profile.id == member_id))
    await cancel(db, PROFILE_WANTED, member_id)


async def _leave_groups(db: AsyncSession, member_id: UUID, reason: str) -> None:
    """Who leaves the programme leaves its groups; who goes on in another role stays in those beside that."""
    member = await queries.known_member(db, member_id)
    if member is None:
        return
    stays = await group_queries.stays_in_programme(db, member.programme_id, member.person_id, member_id)
    only = member_id if stays else None
    await leave_groups(db, member.person_id, reason, programme_id=member.programme_id, pool_member_id=only)


async def leave_all(db: AsyncSession, person_id: UUID) -> None:
    """Take somebody who left their employer out of every pool and group: partners are free for another match."""
    for member in await queries.members_of_person(db, person_id):
        await leave_pool(db, member.id, "left_employer")
    await leave_groups(db, person_id, "left_employer")


async def erase_person(db: AsyncSession, person_id: UUID) -> None:
    """Delete what is held of a person; their matches stay as ids and dates, without anybody's words."""
    for member in await queries.members_of_person(db, person_id):
        await leave_pool(db, member.id, "erased")
    await leave_groups(db, person_id, "erased")
    await db.execute(sa.delete(Profile).where(Profile.person_id == person_id))
    talked = sa.or_(Conversation.mentor_id == person_id, Conversation.mentee_id == person_id)
    await db.execute(sa.delete(Conversation).where(talked))
    await erase_words(db, person_id)
    await destroy_key(db, person_id)
    theirs = sa.or_(Match.mentor_id == person_id, Match.mentee_id == person_id)
    await db.execute(sa.update(Match).where(theirs).values(end_note=None))
    told = (theirs, Match.end_reason.in_(reasons.HIDDEN - {"erased"}))
    await db.execute(sa.update(Match).where(*told).values(end_reason=reasons.PRIVATE))
