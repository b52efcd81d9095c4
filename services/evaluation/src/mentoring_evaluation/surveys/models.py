"""The tables of surveys and of what people answered.

Nothing in `responses` or `comments` leads to a person: they hold no person id, no invitation, no time but the day, and
their ids are random. `invitations` know who was asked and whether that person answered, and nothing of the answer.
`named_answers` are filled only by surveys that the programme's blueprint declared as named or paired.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Revised, Versioned
from mentoring_evaluation.disclosure.floor import Mode
from mentoring_evaluation.lifecycle import ShownWaveState
from mentoring_evaluation.tables import Base


def _of_wave() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id", "wave_id"], ["waves.tenant_id", "waves.id"], ondelete="CASCADE")


class InstrumentVersion(TenantRow, Revised, Base):
    """One version of a survey of a programme; waves take the newest when they open, and keep what they took."""

    __tablename__ = "instruments"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "programme_id", "name", "version"),)
    programme_id: Mapped[UUID]
    name: Mapped[str]
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Wave(TenantRow, Versioned, Base):
    """One opening of a survey for one cohort. `instrument_used` is the survey as it was when the wave opened.

    `occasion` tells the waves of one survey and cohort apart, blank where there is one. `roles` is whom it asks of
    the pairs, None for both; `kinds` are respondents beyond them. A wave that `gathers` asks nobody itself: it
    keeps the answers of those that open after a meeting or an activity (`after_id`) and are `gathered_in` it, for
    they ask so few that each alone would say who answered what; `most_asked` is how often it asked one person, at
    most. `least_asked` is the floor (floor.py) as it was when the wave opened, `hidden_roles` are those under it
    when it closed, and it is `withheld` if nothing is left. `agreements` are the two sides of the pairs of a paired
    survey, counted when it closed. `extensions` say how its end was put off, in order. `planned_at` is None where it
    was not kept yet. `asked_with` is the tool that asked, of a wave that was brought in. `cancelled` says when, why and
    by which role it was called off or taken back, and in which state it was then.
    """

    __tablename__ = "waves"
    __table_args__ = (
        sa.Index(
            "uq_waves_standing", "tenant_id", "cohort_id", "instrument", "occasion", unique=True,
            postgresql_where=sa.text("state <> 'cancelled'"),
        ),
        sa.ForeignKeyConstraint(["tenant_id", "gathered_in"], ["waves.tenant_id", "waves.id"]),
        sa.Index("ix_waves_gathered_in", "tenant_id", "gathered_in"),
        sa.Index("ix_waves_after_id", "tenant_id", "after_id"),
        sa.CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
    )  # fmt: skip
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID]
    instrument: Mapped[str]
    occasion: Mapped[str] = mapped_column(default="", server_default="")
    roles: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    gathers: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    gathered_in: Mapped[UUID | None]
    after_id: Mapped[UUID | None]
    most_asked: Mapped[int] = mapped_column(default=1, server_default="1")
    least_asked: Mapped[int | None]
    hidden_roles: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    withheld: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    agreements: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    extensions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    cancelled: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    instrument_used: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(default="planned")
    planned_at: Mapped[datetime | None]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    zone: Mapped[str | None]
    remind_days: Mapped[list[int] | None] = mapped_column(JSONB(none_as_null=True))
    reminders: Mapped[int] = mapped_column(server_default="0")
    closed_at: Mapped[datetime | None]
    asked_mentors: Mapped[int] = mapped_column(default=0)
    asked_mentees: Mapped[int] = mapped_column(default=0)
    kinds: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    asked_with: Mapped[str | None]
    asked_kinds: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, server_default="{}")

    @property
    def asked_by_role(self) -> dict[str, int]:
        """How many were asked: of the two sides, unless it asks neither, and of every kind of respondents beyond."""
        sides = {} if self.roles == [] else {"mentor": self.asked_mentors, "mentee": self.asked_mentees}
        return sides | {kind: self.asked_kinds.get(kind, 0) for kind in self.kinds}

    @property
    def ended_at(self) -> datetime | None:
        """When people could answer last: of a wave that was brought in long before it came here."""
        return self.closes_at if self.asked_with else self.closed_at

    @property
    def shown_state(self) -> ShownWaveState:
        """As it is shown: who reads the states of before knows of none that was called off."""
        state: ShownWaveState = "closed" if self.state == "cancelled" else self.state  # type: ignore[assignment]
        return state

    @property
    def mode(self) -> Mode:
        """What is kept of who answered; anonymous until it has opened."""
        mode: Mode = (self.instrument_used or {}).get("mode", "anonymous")
        return mode


class WaveKey(TenantRow, Base):
    """The random key that a wave's tokens are made with, sealed; its id is the wave's."""

    __tablename__ = "wave_keys"
    __table_args__ = (sa.ForeignKeyConstraint(["tenant_id", "id"], ["waves.tenant_id", "waves.id"]),)
    sealed: Mapped[bytes]


class Invitation(TenantRow, Base):
    """Who was asked in a wave, and that they answered; the token itself is never stored."""

    __tablename__ = "invitations"
    __table_args__ = (
        _of_wave(),
        sa.UniqueConstraint("tenant_id", "wave_id", "person_id"),
        sa.UniqueConstraint("tenant_id", "token_digest"),
    )
    wave_id: Mapped[UUID]
    person_id: Mapped[UUID]
    role: Mapped[str]
    token_digest: Mapped[bytes]
    answered: Mapped[bool] = mapped_column(default=False)


class Respondent(TenantRow, Base):
    """Somebody beyond the pair whom surveys ask, by link and for nothing else.

    A row for a person of the programme's choice (of a comparison group, say), or about a member (`member_id`): their
    line manager, a peer. The member named them, or agrees before they are asked: `agreed_at`. Name and address are
    sealed under the respondent's own id, which stands where a person's does in invitations.
    """

    __tablename__ = "respondents"
    __table_args__ = (
        sa.UniqueConstraint(
            "tenant_id", "programme_id", "kind", "member_id", "address_digest", name="uq_respondents_once",
            postgresql_nulls_not_distinct=True,
        ),
        sa.Index(None, "tenant_id", "member_id"),
    )  # fmt: skip
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None]
    kind: Mapped[str]
    member_id: Mapped[UUID | None]
    address_digest: Mapped[bytes]
    sealed: Mapped[bytes]
    named_by: Mapped[str]
    named_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]


class Response(TenantRow, Base):
    """One answered survey: choices and numbers by question. Random id, no person, no hour."""

    __tablename__ = "responses"
    __table_args__ = (_of_wave(), sa.Index("ix_responses_wave", "tenant_id", "wave_id"))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    wave_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    role: Mapped[str]
    day: Mapped[date]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)


class NamedAnswer(TenantRow, Base):
    """Who gave which answers, in a wave that is not anonymous; every one stands in `responses` too, which counts it."""

    __tablename__ = "named_answers"
    __table_args__ = (_of_wave(), sa.UniqueConstraint("tenant_id", "wave_id", "person_id"))
    wave_id: Mapped[UUID]
    person_id: Mapped[UUID]
    role: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Comment(TenantRow, Base):
    """A free text, sealed under the wave and apart from the response it came with."""

    __tablename__ = "comments"
    __table_args__ = (_of_wave(), sa.Index("ix_comments_wave", "tenant_id", "wave_id"))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    wave_id: Mapped[UUID]
    role: Mapped[str]
    question: Mapped[str]
    sealed: Mapped[bytes]
