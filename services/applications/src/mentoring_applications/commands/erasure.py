"""Erasure of a person."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import queries
from mentoring_applications.access import erasable_person
from mentoring_applications.commands.applications import end_applications
from mentoring_applications.commands.programmes import revoke
from mentoring_applications.models import (
    Application,
    ApplicationAnswers,
    Consent,
    EligibilityOverride,
    EmailChange,
    EqualityAnswers,
    Invitation,
    Mention,
    Move,
    Pairing,
    Person,
    Reason,
)
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.erased import erased_among
from mentoring_common.outbox import emit
from mentoring_contracts.applications import PersonErased


async def erase_person(db: AsyncSession, person_id: UUID, by: Principal) -> None:
    """Erase what is kept of a person and destroy their key; by the person or an admin, NotYourPeople for others.

    Applications stay as bare counts (cohort, role, outcome) so that ledgers still balance; open ones end withdrawn.
    """
    await erased_among(db, [], erasing=[person_id])
    person = await erasable_person(db, person_id, by, locked=True)
    await end_applications(db, person_id)
    for held in await queries.roles_of_person(db, person_id):
        await revoke(db, held)
    await _erase_rows(db, person, await queries.application_ids_of(db, person_id))
    await vault.destroy_key(db, person_id)
    audit(db, by.subject, "erase_person", "person", person_id)
    emit(db, PersonErased(person_id=person_id))


async def _erase_rows(db: AsyncSession, person: Person, application_ids: Collection[UUID]) -> None:
    named = sa.or_(Mention.person_id == person.id, Mention.known_id == person.id, Mention.email == person.email)
    led = sa.or_(Person.line_manager_id == person.id, Person.line_manager_email == person.email)
    paired = sa.or_(Pairing.mentor_id == person.id, Pairing.mentee_id == person.id)
    statements = [
        sa.delete(ApplicationAnswers).where(ApplicationAnswers.id.in_(application_ids)),
        sa.delete(EqualityAnswers).where(EqualityAnswers.id.in_(application_ids)),
        sa.delete(Mention).where(sa.or_(Mention.application_id.in_(application_ids), named)),
        sa.delete(Reason).where(Reason.application_id.in_(application_ids)),
        sa.delete(Consent).where(Consent.person_id == person.id),
        sa.delete(Pairing).where(paired),
        sa.delete(Invitation).where(Invitation.person_id == person.id),
        sa.delete(EmailChange).where(EmailChange.person_id == person.id),
        sa.update(EligibilityOverride).where(EligibilityOverride.application_id.in_(application_ids)).values(reason=None),
        sa.update(Move).where(Move.application_id.in_(application_ids)).values(reason=None),
        sa.update(Application).where(Application.person_id == person.id).values(person_id=None),
        sa.update(Person).where(led).values(line_manager_id=None, line_manager_email=None),
        sa.delete(Person).where(Person.id == person.id),
    ]  # fmt: skip
    for statement in statements:
        await db.execute(statement.execution_options(synchronize_session=False))
    db.expire_all()
