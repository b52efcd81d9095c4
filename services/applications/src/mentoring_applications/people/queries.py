"""The SELECTs of who takes part where, who was invited, and addresses that wait to be confirmed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.models import Application, Reason
from mentoring_applications.applications.queries import PROXY
from mentoring_applications.directory.models import Pairing, Person
from mentoring_applications.people.models import EmailChange, HandedRole, Invitation, TeamHandover
from mentoring_applications.programmes.models import ProgrammeRole
from mentoring_common.reading import Reading
from mentoring_common.roles import gives
from mentoring_common.tables import scoped_roles


def taking_part(programmes: Collection[UUID]) -> sa.ColumnElement[bool]:
    """People who applied to one of the programmes themselves, or whom others than its team put into it.

    What a team does with those whom it invited (it applies for them, gives them a role) opens nothing of what others
    know of them.
    """
    by_proxy = sa.exists().where(Reason.application_id == Application.id, Reason.act == PROXY)
    themselves = sa.select(Application.person_id).where(Application.programme_id.in_(programmes), ~by_proxy)
    invited = sa.select(Invitation.person_id).where(Invitation.programme_id.in_(programmes))
    return sa.or_(Person.id.in_(themselves), sa.and_(_is_in(Person.id, programmes), Person.id.not_in(invited)))


def _is_in(person_id: Any, programmes: Collection[UUID]) -> sa.ColumnElement[bool]:
    applied = sa.select(Application.person_id).where(Application.programme_id.in_(programmes))
    holding = sa.select(ProgrammeRole.person_id).where(ProgrammeRole.programme_id.in_(programmes))
    return sa.or_(person_id.in_(applied), person_id.in_(holding))


def ids_taking_part(ids: Collection[UUID], programmes: Collection[UUID]) -> sa.Select[UUID]:
    """Which of these people take part in one of the programmes."""
    return sa.select(Person.id).where(Person.id.in_(ids), taking_part(programmes))


def invitations(programmes: Collection[UUID], since: datetime) -> sa.Select[Invitation]:
    """The invitations of the programmes that still stand: the late ones, and those of whom the programme has by now."""
    standing = sa.or_(Invitation.invited_at > since, _is_in(Invitation.person_id, programmes))
    return sa.select(Invitation).where(Invitation.programme_id.in_(programmes), standing)


def people_within(
    rows: sa.Select[Person],
    email: str | None,
    *,
    me: UUID | None,
    employer_id: UUID | None,
    partners: Mapping[UUID, Pairing],
    programmes: Collection[UUID],
    since: datetime,
    name: str | None = None,
    updated_since: datetime | None = None,
    named: sa.Select[UUID] | None = None,
) -> sa.Select[Person]:
    """Oneself, people of the employer, one's partners, who takes part in the programmes and whom they invited; and the
    `named`, who are asked for by id.

    An address finds only those whose address the caller may see; invited people are found by what was written of them.
    What changed of somebody who is only invited is the invitation.
    """
    # Without an employer's reach nobody is theirs: not those who have no employer either.
    whole = [Person.id == me, *([Person.employer_id == employer_id] if employer_id else []), taking_part(programmes)]
    invited = invitations(programmes, since).with_only_columns(Invitation.person_id)
    known = [sa.or_(*whole, Person.id.in_(partners))]
    if email is not None:
        addressed = [id_ for id_, pairing in partners.items() if pairing.confirmed]
        known = [Person.email == email, sa.or_(*whole, Person.id.in_(addressed))]
        invited = invited.where(Invitation.email == email)
    if name is not None:
        known.append(called(Person.name, name))
        invited = invited.where(called(Invitation.name, name))
    if updated_since is not None:
        known.append(Person.updated_at >= updated_since)
        invited = invited.where(Invitation.invited_at >= updated_since)
    others = [] if named is None else [Person.id.in_(named)]
    return rows.where(sa.or_(sa.and_(*known), Person.id.in_(invited), *others))


def taking_concerns_of(person_id: UUID, ids: Collection[UUID], tenant_id: UUID) -> sa.Select[UUID]:
    """Which of these people take concerns, or manage, in a programme that the person applied to."""
    c = scoped_roles.c
    theirs = sa.select(Application.programme_id).where(Application.person_id == person_id)
    rows = sa.select(c.subject_id).where(c.tenant_id == tenant_id, c.scope_id.in_(theirs), c.subject_id.in_(ids))
    return rows.where(gives("take_concerns", "take_safeguarding", "manage_programme"))


def called(column: Any, name: str) -> sa.ColumnElement[bool]:
    """Whether this is in the name, whatever its capitals."""
    found: sa.ColumnElement[bool] = column.icontains(name, autoescape=True)
    return found


async def invited_as(db: AsyncSession, programme_id: UUID, email: str, since: datetime) -> UUID | None:
    """Whom the programme invited under this address."""
    rows = invitations([programme_id], since).with_only_columns(Invitation.person_id)
    return await db.scalar(rows.where(Invitation.email == email))


async def email_change(db: AsyncSession, token_digest: bytes) -> EmailChange | None:
    """The change that a token confirms, locked until the end of the transaction."""
    rows = sa.select(EmailChange).where(EmailChange.token_digest == token_digest)
    return await db.scalar(rows.with_for_update())


async def email_waits(db: AsyncSession, person_id: UUID, moment: datetime) -> bool:
    """Whether a new address of the person waits for its confirmation then."""
    return await _EMAIL_WAITS.first(db, person=person_id, moment=moment) is not None


_EMAIL_WAITS = Reading(
    sa.select(EmailChange.id)
    .where(EmailChange.person_id == sa.bindparam("person"), EmailChange.expires_at > sa.bindparam("moment"))
    .limit(1)
)


async def email_changes(db: AsyncSession, ids: Collection[UUID]) -> Sequence[sa.Row[EmailChange, str, bool]]:
    """Changes of address with the person's name, and whether somebody has the new address by now."""
    other = sa.alias(Person.__table__)
    taken = sa.exists().where(other.c.tenant_id == EmailChange.tenant_id, other.c.email == EmailChange.new_email)
    rows = sa.select(EmailChange, Person.name, taken).join(Person, Person.id == EmailChange.person_id)
    return (await db.execute(rows.where(EmailChange.id.in_(ids)))).all()


async def email_changes_since(db: AsyncSession, person_id: UUID, moment: datetime) -> int:
    """How often a person asked for another address since then."""
    rows = sa.select(sa.func.count()).where(EmailChange.person_id == person_id, EmailChange.asked_at > moment)
    return await db.scalar(rows) or 0


def team_handovers(programme_id: UUID) -> sa.Select[TeamHandover]:
    """When the team of a programme was handed over."""
    return sa.select(TeamHandover).where(TeamHandover.programme_id == programme_id)


async def handed_roles(db: AsyncSession, handover_ids: Collection[UUID]) -> Mapping[UUID, list[HandedRole]]:
    """The roles that were given and taken, by handover."""
    found: dict[UUID, list[HandedRole]] = {}
    rows = sa.select(HandedRole).where(HandedRole.handover_id.in_(handover_ids)).order_by(HandedRole.id)
    for row in await db.scalars(rows):
        found.setdefault(row.handover_id, []).append(row)
    return found
