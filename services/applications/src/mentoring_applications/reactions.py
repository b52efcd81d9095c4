"""What the applications service does when others announce something. Events may come twice and in any order."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.commands.applications import record_match, record_place
from mentoring_applications.directory.models import Companion, Pairing
from mentoring_applications.nominations.models import ClosedRelationship
from mentoring_applications.pairs.commands import note_closed, note_confirmed, note_ended, on_met
from mentoring_common.consumer import Reactions
from mentoring_common.erased import is_nobody
from mentoring_common.ids import new_id
from mentoring_contracts.matching import (
    GroupEnded,
    GroupMemberInvited,
    GroupMemberJoined,
    GroupMemberLeft,
    MatchConfirmed,
    MatchDeclined,
    MatchEnded,
    MatchProposed,
)
from mentoring_contracts.sessions import (
    MentoringSessionCorrected,
    MentoringSessionRecorded,
    MentoringSessionWithdrawn,
    RelationshipClosed,
)


async def on_match_proposed(db: AsyncSession, event: MatchProposed) -> None:
    """The two people may see each other's profile."""
    await _pair(db, event, confirmed=False)


async def on_match_declined(db: AsyncSession, event: MatchDeclined) -> None:
    """They may not any more."""
    gone = sa.delete(Pairing).where(Pairing.id == event.match_id, Pairing.confirmed.is_(False))
    await db.execute(gone.execution_options(synchronize_session=False))


async def on_match_confirmed(db: AsyncSession, event: MatchConfirmed) -> None:
    """Both applications are matched; a rematched person's is already."""
    await _pair(db, event, confirmed=True)
    await record_match(db, event.programme_id, event.cohort_id, event.mentor_id, "mentor")
    await record_match(db, event.programme_id, event.cohort_id, event.mentee_id, "mentee")
    await note_confirmed(db, event)


async def on_match_ended(db: AsyncSession, event: MatchEnded) -> None:
    """They know each other's name and no longer the address; a relationship that ran its course keeps both."""
    ended = sa.update(Pairing).where(Pairing.id == event.match_id).values(confirmed=False)
    await db.execute(ended.execution_options(synchronize_session=False))
    await note_ended(db, event)


async def on_group_member_invited(db: AsyncSession, event: GroupMemberInvited) -> None:
    """People who were offered a group may see who else was."""
    await _accompany(db, event, joined=False, until=event.expires_at)


async def on_group_member_joined(db: AsyncSession, event: GroupMemberJoined) -> None:
    """A group that a person applied for settles their application, as a match does."""
    await _accompany(db, event, joined=True, until=None)
    if event.application_id is not None:
        await record_place(db, event.application_id)


async def on_group_member_left(db: AsyncSession, event: GroupMemberLeft) -> None:
    """Who left sees the others no more."""
    left = sa.delete(Companion).where(Companion.group_id == event.group_id, Companion.person_id == event.person_id)
    await db.execute(left.execution_options(synchronize_session=False))


async def on_group_ended(db: AsyncSession, event: GroupEnded) -> None:
    """They know each other's name and no longer the address, as a pair that ended."""
    over = sa.update(Companion).where(Companion.group_id == event.group_id).values(joined=False)
    await db.execute(over.execution_options(synchronize_session=False))


async def _accompany(
    db: AsyncSession, event: GroupMemberInvited | GroupMemberJoined, *, joined: bool, until: datetime | None
) -> None:
    if is_nobody(event.person_id):
        return
    known = {"joined": joined, "until": until}
    row = insert(Companion).values(id=new_id(), group_id=event.group_id, person_id=event.person_id, **known)
    columns = ["tenant_id", "group_id", "person_id"]
    await db.execute(row.on_conflict_do_update(index_elements=columns, set_=known))


async def on_relationship_closed(db: AsyncSession, event: RelationshipClosed) -> None:
    """It ran its course: what a nominator may learn of."""
    statement = insert(ClosedRelationship).values(
        id=event.match_id, programme_id=event.programme_id, cohort_id=event.cohort_id
    )
    await db.execute(statement.on_conflict_do_nothing())
    await note_closed(db, event)


async def _pair(db: AsyncSession, event: MatchProposed | MatchConfirmed, *, confirmed: bool) -> None:
    if is_nobody(event.mentor_id) or is_nobody(event.mentee_id):
        return
    values = {"id": event.match_id, "mentor_id": event.mentor_id, "mentee_id": event.mentee_id, "confirmed": confirmed}
    statement = insert(Pairing).values(values)
    later = {"confirmed": sa.or_(Pairing.confirmed, statement.excluded.confirmed)}
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=later))


REACTIONS: Reactions = {
    MatchProposed: on_match_proposed,
    MatchDeclined: on_match_declined,
    MatchConfirmed: on_match_confirmed,
    MatchEnded: on_match_ended,
    GroupMemberInvited: on_group_member_invited,
    GroupMemberJoined: on_group_member_joined,
    GroupMemberLeft: on_group_member_left,
    GroupEnded: on_group_ended,
    RelationshipClosed: on_relationship_closed,
    MentoringSessionRecorded: on_met,
    MentoringSessionCorrected: on_met,
    MentoringSessionWithdrawn: on_met,
}
