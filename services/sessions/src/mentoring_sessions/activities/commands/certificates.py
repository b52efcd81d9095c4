"""Certificates: issue, show the holder's name or not, withdraw."""

import secrets
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.outbox import emit
from mentoring_common.vault import seal
from mentoring_contracts.sessions import CertificateIssued, CertificateWithdrawn
from mentoring_sessions.activities import queries
from mentoring_sessions.activities.completing import completions
from mentoring_sessions.activities.models import Certificate
from mentoring_sessions.errors import NotComplete
from mentoring_sessions.relationships.models import Programme

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none is taken for another


async def issue_certificate(db: AsyncSession, by: Principal, programme: Programme, side: str | None) -> Certificate:
    """The caller's certificate of the programme, made unless one stands. NotComplete."""
    rows = await queries.participants_locked(db, programme.id, by.person_id)
    rows = [row for row in rows if side in (None, row.side)]
    done = [one for one in await completions(db, programme, rows, []) if one.complete]
    if not done:
        raise NotComplete()
    known = await queries.valid_certificate(db, done[0].id)
    if known is not None:
        return known
    asked = {said["id"]: said for said in programme.completion}
    kinds = sorted({kind for one in done[0].requirements for kind in one.kinds})
    there = await queries.attended_by_kind(db, programme.id, [by.person_id])
    row = Certificate(
        application_id=done[0].id,
        programme_id=programme.id,
        person_id=by.person_id,
        side=done[0].side,
        number=_new_number(),
        programme=programme.title,
        completed=[
            {name: asked[one.id][name] for name in ("title", "languages")}
            | {"attended": one.attended, "minutes": one.attended_minutes}
            for one in done[0].requirements
        ],
        kinds=kinds,
        minutes=sum(minutes for (_, kind), (_, minutes) in there.items() if kind in kinds),
        issued_at=now(db),
    )
    db.add(row)
    await db.flush()
    emit(db, CertificateIssued(certificate_id=row.id, programme_id=programme.id, person_id=by.person_id))
    audit(db, by.subject, "issue_certificate", "certificate", row.id)
    return row


def _new_number() -> str:
    """A number that nobody guesses: 99 bits, in groups that people read to each other."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


async def show_name(db: AsyncSession, by: Principal, row: Certificate, name: str | None) -> None:
    """Show the holder's name to who verifies, or (None) nobody's."""
    row.holder_sealed = None if name is None else await seal(db, row.person_id, name)
    await db.flush()
    await db.refresh(row)
    audit(db, by.subject, "change_certificate", "certificate", row.id)


async def withdraw_counting(
    db: AsyncSession, person_id: UUID, programme_id: UUID, kind: str, recorded_at: datetime
) -> None:
    """Withdraw what certifies an attendance that was taken back: of that kind, and recorded before it was issued."""
    c = Certificate
    theirs = (c.person_id == person_id, c.programme_id == programme_id, c.withdrawn_at.is_(None))
    counting = (sa.literal(kind) == sa.any_(c.kinds), c.issued_at >= recorded_at)
    gone = sa.update(c).where(*theirs, *counting).values(withdrawn_at=now(db)).returning(c.id)
    for id_ in (await db.scalars(gone, execution_options={"synchronize_session": False})).all():
        emit(db, CertificateWithdrawn(certificate_id=id_, programme_id=programme_id, person_id=person_id))


async def forget_holder(db: AsyncSession, person_id: UUID) -> None:
    """Show nobody the name of somebody who was erased; what they completed stays to be verified."""
    await db.execute(sa.update(Certificate).where(Certificate.person_id == person_id).values(holder_sealed=None))
