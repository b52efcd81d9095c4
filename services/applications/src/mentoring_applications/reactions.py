"""What the applications service does when others announce something. Events may come twice and in any order."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.commands.applications import record_match
from mentoring_applications.models import Pairing
from mentoring_common.consumer import Reactions
from mentoring_common.erased import is_nobody
from mentoring_contracts.matching import MatchConfirmed, MatchDeclined, MatchEnded, MatchProposed


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


async def on_match_ended(db: AsyncSession, event: MatchEnded) -> None:
    """They know each other's name and no longer the address; a relationship that ran its course keeps both."""
    ended = sa.update(Pairing).where(Pairing.id == event.match_id).values(confirmed=False)
    await db.execute(ended.execution_options(synchronize_session=False))


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
}
