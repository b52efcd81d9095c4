"""Who is in a group, step by step, and what is announced of it.

Every step is one conditional UPDATE of a member's row; `settle` then holds the group, compares what is with what was
announced, and announces the difference: whoever comes last sees the others. A group is locked after matches.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.outbox import emit
from mentoring_common.versions import touch
from mentoring_contracts.blueprint.formats import MENTORING, Kind
from mentoring_contracts.matching import GroupEnded, GroupFormed, GroupMemberJoined, GroupMemberLeft
from mentoring_matching import group_queries
from mentoring_matching.lifecycle import GROUP, GROUP_MEMBER, sources, target
from mentoring_matching.models import Group, GroupMember, Match
from mentoring_matching.reasons import shown

# What a match's new state means for the place of its mentee in the group.
_FOLLOWS = {"confirmed": "join", "declined": "decline", "expired": "expire", "ended": "leave", "closed": "finish"}
_GONE = ("left", "finished")


async def kind_of(db: AsyncSession, match: Match) -> str:
    """The kind of a match's relationship: its group's, or mentoring."""
    group = None if match.group_id is None else await group_queries.known_group(db, match.group_id)
    return MENTORING if group is None else group.kind


async def step(
    db: AsyncSession, member_id: UUID, transition: str, *conditions: sa.ColumnElement[bool], **values: Any
) -> GroupMember | None:
    """The member after a transition of lifecycle.GROUP_MEMBER; None if the state or a condition did not allow it."""
    ready = (GroupMember.id == member_id, GroupMember.state.in_(sources(GROUP_MEMBER, transition)), *conditions)
    state = {"state": target(GROUP_MEMBER, transition)}
    moved = sa.update(GroupMember).where(*ready).values(state | values).returning(GroupMember)
    return await db.scalar(moved, execution_options={"populate_existing": True})


async def follow(db: AsyncSession, match: Match) -> None:
    """Let a mentee's place in a group be what has become of their match."""
    assert match.group_id is not None
    mine = sa.update(GroupMember).where(GroupMember.match_id == match.id)
    member_id = await db.scalar(mine.values(accepted_at=match.mentee_accepted_at).returning(GroupMember.id))
    if member_id is None or match.state not in _FOLLOWS:
        return
    transition = _FOLLOWS[match.state]
    at = {"joined_at": now(db)} if transition == "join" else {"left_at": now(db), "end_reason": match.end_reason}
    await step(db, member_id, transition, **at)
    await settle(db, match.group_id, match.end_reason)


async def settle(db: AsyncSession, group_id: UUID, reason: str | None = None, *, at_least: int | None = None) -> Group:
    """Announce what is new of a group: that it stands, who joined and left, and that nobody is left in it.

    `reason` is the code of whatever was done last; `at_least` is said of a group that stood before.
    """
    group = await group_queries.group_locked(db, group_id)
    await touch(db, group)
    if group.state in ("ended", "closed"):
        return group
    kind = await group_queries.kind(db, group.programme_id, group.kind)
    people = (await group_queries.members(db, [group_id])).get(group_id, [])
    if group.state == "offered" and _stands(kind, people, at_least):
        group = await _move(db, group, "stand", formed_at=now(db))
        emit(db, GroupFormed(**ids(group), imported=group.starts_on is not None, starts_on=group.starts_on))
    if group.state == "standing":
        for member in people:
            _tell(db, group, member)
        await db.flush()
    if not _can_stand(kind, people):
        await end(db, group, reason or "finished_early")
    return group


def _others(people: list[GroupMember], *states: str) -> list[GroupMember]:
    return [member for member in people if not member.leads and member.state in states]


def _stands(kind: Kind, people: list[GroupMember], at_least: int | None) -> bool:
    """A mentor's group with its first mentee, whose match is confirmed; any other once its least number accepted."""
    led = kind.lead is None or any(member.leads and member.state == "joined" for member in people)
    needed = at_least or (1 if kind.main and kind.lead else kind.size.least)
    return led and len(_others(people, "joined")) >= needed


def _can_stand(kind: Kind, people: list[GroupMember]) -> bool:
    led = kind.lead is None or any(m.leads and m.state in group_queries.PRESENT for m in people)
    return led and len(_others(people, *group_queries.PRESENT)) >= (1 if kind.lead else 2)


def _tell(db: AsyncSession, group: Group, member: GroupMember) -> None:
    who = ids(group) | {"person_id": member.person_id, "role": member.role}
    if member.state == "joined" and member.told is None:
        emit(db, GroupMemberJoined(**who, leads=member.leads, application_id=member.pool_member_id))
        member.told = "joined"
    elif member.state in _GONE and member.told == "joined":
        emit(db, GroupMemberLeft(**who, reason=shown(member.end_reason or "finished")))
        member.told = "left"


async def end(db: AsyncSession, group: Group, reason: str) -> None:
    """End a group early, which the caller holds and has looked at; whoever was in it was so to its end."""
    told = group.state == "standing"
    await _move(db, group, "end", over_at=now(db), end_reason=reason)
    at = {"left_at": now(db), "end_reason": reason}
    for transition in ("expire", "leave"):
        ready = (GroupMember.group_id == group.id, GroupMember.state.in_(sources(GROUP_MEMBER, transition)))
        state = {"state": target(GROUP_MEMBER, transition)}
        await db.execute(sa.update(GroupMember).where(*ready).values(state | at))
    if told:
        emit(db, GroupEnded(**ids(group), reason=shown(reason)))


async def close(db: AsyncSession, group: Group) -> bool:
    """The group ran its course; False if it was over."""
    locked = await group_queries.group_locked(db, group.id)
    if locked.state not in sources(GROUP, "close"):
        return False
    await _move(db, locked, "close", over_at=now(db), end_reason="finished")
    here = sa.update(GroupMember).where(GroupMember.group_id == group.id)
    await db.execute(
        here.where(GroupMember.state == "joined").values(state=target(GROUP_MEMBER, "finish"), left_at=now(db))
    )
    return True


async def _move(db: AsyncSession, group: Group, transition: str, **values: Any) -> Group:
    """The group after a transition of lifecycle.GROUP; the caller holds it and has looked at its state."""
    state = {"state": target(GROUP, transition)}
    moved = sa.update(Group).where(Group.id == group.id).values(state | values).returning(Group)
    return (await db.scalars(moved, execution_options={"populate_existing": True})).one()


def ids(group: Group) -> dict[str, Any]:
    """What every event about a group says."""
    named = {"programme_id": group.programme_id, "cohort_id": group.cohort_id, "kind": group.kind}
    return {"group_id": group.id} | named
