"""A person's address: set by who manages them, or asked for by the person and confirmed at the new address.

Until the confirmation the old address holds, and its owner is told. The answer never says whether somebody has the
address; whoever can read its letters may know.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.models import Mention
from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.models import Person
from mentoring_applications.errors import EmailChangeNotFound, EmailTaken, TooManyEmailChanges
from mentoring_applications.people import queries
from mentoring_applications.people.models import EmailChange
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import EmailChangeAsked, PersonChanged

VALID_HOURS: Final = 24
MOST_AN_HOUR: Final = 3


async def ask_for_email(db: AsyncSession, person: Person, wanted: str) -> None:
    """Have a letter with a token sent to the new address and a notice to the old one; TooManyEmailChanges."""
    moment = datetime.now(UTC)  # tokens live on real time
    if await queries.email_changes_since(db, person.id, moment - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise TooManyEmailChanges()
    stale = sa.delete(EmailChange).where(EmailChange.person_id == person.id, EmailChange.expires_at <= moment)
    await db.execute(stale.execution_options(synchronize_session=False))
    token = secrets.token_urlsafe(32)
    change = EmailChange(
        id=new_id(), person_id=person.id, old_email=person.email, new_email=wanted, token_digest=_digest(token),
        sealed_token=await vault.seal(db, person.id, token), asked_at=moment,
        expires_at=moment + timedelta(hours=VALID_HOURS),
    )  # fmt: skip
    db.add(change)
    audit(db, str(person.id), "ask_for_email", "person", person.id)
    emit(db, EmailChangeAsked(change_id=change.id, person_id=person.id))


async def is_waiting(db: AsyncSession, person_id: UUID) -> bool:
    """Whether a new address of the person waits for its confirmation."""
    return await queries.email_waits(db, person_id, datetime.now(UTC))


async def waiting(db: AsyncSession, token: str) -> EmailChange:
    """The change that the token confirms; EmailChangeNotFound if there is none, or it is over."""
    change = await queries.email_change(db, _digest(token))
    if change is None or change.expires_at <= datetime.now(UTC):
        raise EmailChangeNotFound()
    return change


async def confirm_email(db: AsyncSession, token: str) -> UUID:
    """Set the address that the token was sent to; the person. EmailChangeNotFound, EmailTaken."""
    change = await waiting(db, token)
    person = await directory.person(db, change.person_id, locked=True)
    await set_email(db, person, change.new_email)
    gone = sa.delete(EmailChange).where(EmailChange.person_id == person.id)
    await db.execute(gone.execution_options(synchronize_session=False))
    audit(db, str(person.id), "confirm_email", "person", person.id)
    return person.id


async def set_email(db: AsyncSession, person: Person, wanted: str) -> None:
    """Change the address at once; EmailTaken. Whoever was named by the old one is still the same person."""
    if await directory.email_is_taken(db, wanted):
        raise EmailTaken()
    named = sa.update(Mention).where(Mention.email == person.email).values(known_id=person.id)
    led = sa.update(Person).where(Person.line_manager_email == person.email).values(line_manager_email=wanted)
    for statement in (named, led):
        await db.execute(statement.execution_options(synchronize_session=False))
    person.email = wanted
    emit(db, PersonChanged(person_id=person.id))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
