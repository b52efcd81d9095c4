"""The tables of how people come to be known: who invited them, addresses that wait to be confirmed; and of teams that
were handed over."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.tables import Base, refers
from mentoring_common.db import TenantRow


class Invitation(TenantRow, Base):
    """A programme's team made itself known to somebody: the name and address as the team wrote them.

    The person may have been known before. Until they apply there themselves, this is all that the team sees.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "programme_id", "person_id"),
        refers("programme_id", "programmes"),
        refers("person_id", "people"),
    )
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    email: Mapped[str]
    by: Mapped[str]
    invited_at: Mapped[datetime]


class EmailChange(TenantRow, Base):
    """A person wants another address, and has not confirmed it there yet; times are real.

    The token goes to the new address: its digest finds the row, the sealed one is what the letter carries.
    """

    __tablename__ = "email_changes"
    __table_args__ = (refers("person_id", "people"), sa.UniqueConstraint("tenant_id", "token_digest"))
    person_id: Mapped[UUID] = mapped_column(index=True)
    old_email: Mapped[str]
    new_email: Mapped[str]
    token_digest: Mapped[bytes]
    sealed_token: Mapped[bytes]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class TeamHandover(TenantRow, Base):
    """The team of a programme was handed over: when, by whom (null: a machine, or somebody who was erased), with a note
    under their key."""

    __tablename__ = "team_handovers"
    __table_args__ = (refers("programme_id", "programmes"), sa.Index(None, "tenant_id", "programme_id"))
    programme_id: Mapped[UUID]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    sealed_note: Mapped[bytes | None]


class HandedRole(TenantRow, Base):
    """A role that was given or taken with a handover; the row goes with the person."""

    __tablename__ = "handed_roles"
    __table_args__ = (refers("handover_id", "team_handovers"), sa.Index(None, "tenant_id", "handover_id"))
    handover_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    role: Mapped[str]
    given: Mapped[bool]
