"""Every SELECT of concerns."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.roles import gives
from mentoring_common.tables import scoped_roles
from mentoring_contracts.rights import Right
from mentoring_sessions.concerns.models import CaseNote, Concern
from mentoring_sessions.lifecycle import ConcernState
from mentoring_sessions.relationships.models import Member, Programme, Relationship
from mentoring_sessions.relationships.parts import MANAGES, SAFEGUARDING, Access


def concerns(mine: Access, paths: Sequence[bool]) -> sa.Select[Concern]:
    """The concerns of a relationship that the caller may read: one's own, or for the team those of its paths."""
    rows = sa.select(Concern).where(Concern.relationship_id == mine.relationship.id)
    if mine.reads_for_team:
        return rows.where(Concern.safeguarding.in_(paths))
    return rows.where(Concern.raised_by == mine.person_id)


def concerns_of_programme(
    programme_id: UUID,
    reader_id: UUID | None,
    paths: Sequence[bool],
    state: str | None,
    severity: str | None,
    owner_id: UUID | None,
    due_before: datetime | None,
) -> sa.Select[Concern]:
    """The concerns of a programme's relationships on these paths (safeguarding or not), without those that the reader
    is of; in one state, of one severity, of one owner, or untaken and due."""
    rows = sa.select(Concern).where(Concern.programme_id == programme_id, *_readable(reader_id, paths))
    given = {Concern.state: state, Concern.severity: severity, Concern.owner_id: owner_id}
    rows = rows.where(*(column == value for column, value in given.items() if value is not None))
    if due_before is not None:
        rows = rows.where(Concern.state == "raised", Concern.due_at < due_before)
    return rows


def has_open_concern(reader_id: UUID | None, paths: Sequence[bool]) -> sa.ColumnElement[bool]:
    """Whether a relationship has a concern that is not settled, of those that the reader reads for the team."""
    this = (Concern.tenant_id == Relationship.tenant_id, Concern.relationship_id == Relationship.id)
    return sa.exists().where(*this, Concern.state != ConcernState.RESOLVED, *_readable(reader_id, paths))


def _readable(reader_id: UUID | None, paths: Sequence[bool]) -> tuple[sa.ColumnElement[bool], ...]:
    """On these paths, and not of a relationship that the reader is or was in."""
    own = sa.exists().where(Member.relationship_id == Concern.relationship_id, Member.person_id == reader_id)
    return Concern.safeguarding.in_(paths), sa.not_(own)


async def concern_among(db: AsyncSession, mine: Access, concern_id: UUID) -> Concern | None:
    """The concern if the caller, whose part is by the right of its path, may read it."""
    return await db.scalar(concerns(mine, (True, False)).where(Concern.id == concern_id))


async def raisers(db: AsyncSession, concern_ids: Collection[UUID]) -> Sequence[Concern]:
    """Concerns by id, for who raised them; those of the erased are gone."""
    return (await db.scalars(sa.select(Concern).where(Concern.id.in_(concern_ids)))).all()


async def concern_locked(db: AsyncSession, concern_id: UUID) -> Concern | None:
    """The concern, held until the commit; None for one that is gone."""
    row = sa.select(Concern).where(Concern.id == concern_id).with_for_update(key_share=True)
    return await db.scalar(row.execution_options(populate_existing=True))


async def open_concerns_locked(db: AsyncSession, programme_id: UUID) -> Sequence[Concern]:
    """The concerns of a programme that are not settled, held until the commit."""
    rows = sa.select(Concern).where(Concern.programme_id == programme_id, Concern.state != "resolved")
    return (await db.scalars(rows.order_by(Concern.id).with_for_update(key_share=True))).all()


def case_notes(concern_id: UUID) -> sa.Select[CaseNote]:
    """What was noted on a concern."""
    return sa.select(CaseNote).where(CaseNote.concern_id == concern_id)


async def terms(db: AsyncSession, programme_id: UUID) -> dict[str, object]:
    """Who takes the concerns of a programme and how soon, as its blueprint says it."""
    return await db.scalar(sa.select(Programme.concerns).where(Programme.id == programme_id)) or {}


async def guarding(db: AsyncSession, programme_id: UUID) -> Right:
    """The right of who reads concerns about safeguarding: where nobody holds it, that of who manages the programme."""
    return SAFEGUARDING if await holders(db, programme_id, SAFEGUARDING) else MANAGES


async def holders(db: AsyncSession, programme_id: UUID, right: Right, role: str | None = None) -> set[UUID]:
    """Who has a right in a programme, by one role if named."""
    c = scoped_roles.c
    rows = sa.select(c.subject_id).where(c.tenant_id == tenant_of(db), c.scope_id == programme_id, gives(right))
    return set((await db.scalars(rows if role is None else rows.where(c.role == role))).all())


async def people_of(db: AsyncSession, relationship_id: UUID) -> set[UUID]:
    """Who is or was in a relationship."""
    return set((await db.scalars(sa.select(Member.person_id).where(Member.relationship_id == relationship_id))).all())
