"""Erasure of a person."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.commands.applications import end_application, end_applications
from mentoring_applications.applications.models import (
    Application,
    ApplicationAnswers,
    Consent,
    EligibilityOverride,
    Mention,
    Move,
    Reason,
)
from mentoring_applications.applying.models import ApplicationFile, Draft, EqualityAnswers
from mentoring_applications.assessments.models import ApplicationAssessment, Moderation
from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.models import Companion, Pairing, Person
from mentoring_applications.lifecycle import OPEN
from mentoring_applications.nominations.models import Nomination
from mentoring_applications.people.access import erasable_person
from mentoring_applications.people.models import EmailChange, HandedRole, Invitation, TeamHandover
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.commands import revoke
from mentoring_applications.programmes.models import Programme
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.erased import erased_among
from mentoring_common.outbox import emit
from mentoring_contracts.applications import PersonErased

SYSTEM: Final = "system"  # who acts where a deadline does


async def erase_person(db: AsyncSession, person_id: UUID, by: Principal) -> None:
    """Erase what is kept of a person and destroy their key; by the person or an admin, NotYourPeople for others.

    Applications stay as bare counts (cohort, role, outcome) so that ledgers still balance; open ones end withdrawn.
    """
    await erased_among(db, [], erasing=[person_id])
    await erasable_person(db, person_id, by, locked=True)
    await erase(db, person_id, by.subject)


async def erase(db: AsyncSession, person_id: UUID, actor: str) -> None:
    """Erase a person whom somebody, or a deadline, may erase."""
    await erased_among(db, [], erasing=[person_id])
    person = await directory.person(db, person_id, locked=True)
    await end_applications(db, person_id)
    for held in await programmes.roles_of_person(db, person_id):
        await revoke(db, held)
    await _erase_rows(db, person, await applications.application_ids_of(db, person_id))
    await vault.destroy_key(db, person_id)
    audit(db, actor, "erase_person", "person", person_id)
    emit(db, PersonErased(person_id=person_id))


async def erase_application(db: AsyncSession, application: Application) -> None:
    """Erase what was written on one application, and who applied: it is a bare count then."""
    if application.state in OPEN:
        await end_application(db, application)
    for statement in (
        *_of_applications([application.id]),
        sa.delete(Consent).where(Consent.application_id == application.id),
    ):
        await db.execute(statement.execution_options(synchronize_session=False))
    bare = sa.update(Application).where(Application.id == application.id).values(person_id=None)
    await db.execute(bare.execution_options(synchronize_session=False))
    db.expire_all()


def _of_applications(application_ids: Collection[UUID]) -> list[Any]:
    """What deletes everything that was written on applications, and by others about them."""
    return [
        sa.delete(ApplicationAnswers).where(ApplicationAnswers.id.in_(application_ids)),
        sa.delete(EqualityAnswers).where(EqualityAnswers.id.in_(application_ids)),
        sa.delete(Mention).where(Mention.application_id.in_(application_ids)),
        sa.delete(ApplicationFile).where(ApplicationFile.application_id.in_(application_ids)),
        sa.delete(ApplicationAssessment).where(ApplicationAssessment.application_id.in_(application_ids)),
        sa.delete(Moderation).where(Moderation.id.in_(application_ids)),
        sa.delete(Reason).where(Reason.application_id.in_(application_ids)),
        sa.update(EligibilityOverride).where(EligibilityOverride.application_id.in_(application_ids)).values(reason=None),
        sa.update(Move).where(Move.application_id.in_(application_ids)).values(reason=None),
    ]  # fmt: skip


async def _erase_rows(db: AsyncSession, person: Person, application_ids: Collection[UUID]) -> None:
    named = sa.or_(Mention.person_id == person.id, Mention.known_id == person.id, Mention.email == person.email)
    led = sa.or_(Person.line_manager_id == person.id, Person.line_manager_email == person.email)
    nominated = sa.or_(Nomination.nominator_id == person.id, Nomination.nominator_email == person.email)
    paired = sa.or_(Pairing.mentor_id == person.id, Pairing.mentee_id == person.id)
    statements = [
        sa.delete(Nomination).where(Nomination.person_id == person.id),
        sa.update(Nomination).where(nominated).values(nominator_id=None, nominator_name=None, nominator_email=None),
        *_of_applications(application_ids),
        sa.delete(Mention).where(named),
        sa.update(ApplicationAssessment)
        .where(ApplicationAssessment.assessor_id == person.id)
        .values(assessor_id=None),
        sa.delete(ApplicationFile).where(ApplicationFile.person_id == person.id),
        sa.delete(Draft).where(Draft.person_id == person.id),
        sa.delete(Consent).where(Consent.person_id == person.id),
        sa.delete(Pairing).where(paired),
        sa.delete(Companion).where(Companion.person_id == person.id),
        sa.delete(Invitation).where(Invitation.person_id == person.id),
        sa.delete(EmailChange).where(EmailChange.person_id == person.id),
        sa.delete(HandedRole).where(HandedRole.person_id == person.id),
        sa.update(TeamHandover).where(TeamHandover.made_by == person.id).values(made_by=None, sealed_note=None),
        sa.update(Programme).where(Programme.closed_by == person.id).values(closed_by=None, sealed_closing_note=None),
        sa.update(Application).where(Application.person_id == person.id).values(person_id=None),
        sa.update(Person).where(led).values(line_manager_id=None, line_manager_email=None),
        sa.delete(Person).where(Person.id == person.id),
    ]  # fmt: skip
    for statement in statements:
        await db.execute(statement.execution_options(synchronize_session=False))
    db.expire_all()
