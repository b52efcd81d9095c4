"""The SELECTs of nominations."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.models import Application
from mentoring_applications.directory.models import Pairing
from mentoring_applications.errors import NominationNotFound
from mentoring_applications.lifecycle import STANDING, Nominated, State
from mentoring_applications.nominations.models import ClosedRelationship, Nomination
from mentoring_applications.tables import one


async def nomination(db: AsyncSession, nomination_id: UUID) -> Nomination:
    """The nomination, locked until the end of the transaction; NominationNotFound."""
    rows = sa.select(Nomination).where(Nomination.id == nomination_id)
    return await one(db, rows, NominationNotFound, lock="own")


async def nomination_asked(db: AsyncSession, nomination_id: UUID) -> Nomination | None:
    """The nomination, locked until the end of the transaction, while its answer is waited for."""
    rows = sa.select(Nomination).where(Nomination.id == nomination_id, Nomination.state == Nominated.ASKED)
    return await db.scalar(rows.with_for_update())


async def nominations_asked_of(db: AsyncSession, person_id: UUID) -> Sequence[Nomination]:
    """The nominations that wait for the person's answer, locked until the end of the transaction."""
    rows = sa.select(Nomination).where(Nomination.nominator_id == person_id, Nomination.state == Nominated.ASKED)
    return (await db.scalars(rows.order_by(Nomination.id).with_for_update())).all()


async def nomination_by_token(db: AsyncSession, token_digest: bytes) -> Nomination:
    """The nomination that a link leads to, locked until the end of the transaction; NominationNotFound."""
    rows = sa.select(Nomination).where(Nomination.token_digest == token_digest)
    return await one(db, rows, NominationNotFound, lock="own")


async def nomination_to_join(db: AsyncSession, programme_id: UUID, person_id: UUID, role: str) -> Nomination | None:
    """The endorsed nomination that waits for the person's own application."""
    rows = sa.select(Nomination).filter_by(programme_id=programme_id, person_id=person_id, role=role)
    waiting = rows.where(Nomination.state == Nominated.ENDORSED, Nomination.application_id.is_(None))
    return await db.scalar(waiting.with_for_update())


async def application_awaiting(db: AsyncSession, programme_id: UUID, person_id: UUID, role: str) -> Application | None:
    """The application of the person that waits for an endorsement."""
    rows = sa.select(Application).filter_by(programme_id=programme_id, person_id=person_id, role=role)
    return await db.scalar(rows.where(Application.state == State.AWAITING_ENDORSEMENT))


async def nomination_standing(db: AsyncSession, application_id: UUID) -> Nomination | None:
    """The nomination of an application that was neither declined nor withdrawn and did not lapse."""
    rows = sa.select(Nomination).where(Nomination.application_id == application_id, Nomination.state.in_(STANDING))
    return await db.scalar(rows.with_for_update())


def nominations(
    me: UUID | None, programmes: Collection[UUID], employer_id: UUID | None, *, everybody: bool, **filters: Any
) -> sa.Select[Nomination]:
    """Nominations by and of oneself, of the programmes, and of an employer's HR system; with these values."""
    rows = sa.select(Nomination).filter_by(**{name: value for name, value in filters.items() if value is not None})
    if everybody:
        return rows
    seen: list[sa.ColumnElement[bool]] = [Nomination.programme_id.in_(programmes)]
    seen += [Nomination.person_id == me, Nomination.nominator_id == me] if me is not None else []
    seen += [Nomination.employer_id == employer_id] if employer_id is not None else []
    return rows.where(sa.or_(*seen))


async def nominations_to_tell(db: AsyncSession, ids: Collection[UUID]) -> Sequence[sa.Row[Nomination, str]]:
    """Nominations as letters need them, with the state of the application that its person knows (null without one)."""
    known = sa.func.coalesce(Application.told_state, Application.state)
    rows = sa.select(Nomination, known).outerjoin(Application, Application.id == Nomination.application_id)
    return (await db.execute(rows.where(Nomination.id.in_(ids)))).all()


async def ran_its_course(db: AsyncSession, programme_id: UUID, person_id: UUID, role: str) -> bool:
    """Whether a relationship of the person in the programme ran its course."""
    side = Pairing.mentor_id if role == "mentor" else Pairing.mentee_id
    rows = sa.select(ClosedRelationship.id).join(Pairing, Pairing.id == ClosedRelationship.id)
    return await db.scalar(rows.where(ClosedRelationship.programme_id == programme_id, side == person_id)) is not None


async def nomination_among(db: AsyncSession, seen: sa.Select[Nomination], nomination_id: UUID) -> Nomination:
    """A nomination among those that the caller sees; NominationNotFound."""
    return await one(db, seen.where(Nomination.id == nomination_id), NominationNotFound)
