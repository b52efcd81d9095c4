"""The tables of the evaluation service.

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

from mentoring_common.db import Base as CommonBase
from mentoring_common.db import TenantRow
from mentoring_common.tables import NAMING
from mentoring_common.versions import Revised, Versioned
from mentoring_evaluation.instruments import Mode
from mentoring_evaluation.report_kinds import kind_of


class Base(CommonBase):
    """Ancestor of this service's tables."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)


def _of_wave() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id", "wave_id"], ["waves.tenant_id", "waves.id"], ondelete="CASCADE")


class Programme(TenantRow, Base):
    """What this service reads of a programme's blueprint.

    `survey_modes` are the surveys that are not anonymous, by name; `remind_days` how many days before a wave closes;
    `asks_after` the surveys that follow a meeting or an activity (occasions.py).
    """

    __tablename__ = "programmes"
    title: Mapped[str]
    survey_modes: Mapped[dict[str, str]] = mapped_column(JSONB)
    remind_days: Mapped[list[int]] = mapped_column(JSONB)
    asks_after: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    cpd_kinds: Mapped[list[str]] = mapped_column(JSONB)
    decimals: Mapped[int]
    public_minimum: Mapped[int]
    report_approvers: Mapped[dict[str, str]] = mapped_column(JSONB)


class InstrumentVersion(TenantRow, Revised, Base):
    """One version of a survey of a programme; waves take the newest when they open, and keep what they took."""

    __tablename__ = "instruments"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "programme_id", "name", "version"),)
    programme_id: Mapped[UUID]
    name: Mapped[str]
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Cohort(TenantRow, Base):
    """A copy of a cohort's number and places."""

    __tablename__ = "cohorts"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[int]
    places_first_planned: Mapped[int]
    places: Mapped[int]


class Application(TenantRow, Base):
    """A copy of an application's way: the cohort first asked for, the present one, and how often it moved."""

    __tablename__ = "applications"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID]
    role: Mapped[str]
    first_cohort_id: Mapped[UUID | None]
    cohort_id: Mapped[UUID | None]
    state: Mapped[str]
    moves: Mapped[int] = mapped_column(default=0)
    applied_at: Mapped[datetime]


class Match(TenantRow, Base):
    """A copy of a confirmed pair: standing (also when its relationship was closed), or ended early."""

    __tablename__ = "matches"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID] = mapped_column(index=True)
    mentor_id: Mapped[UUID]
    mentee_id: Mapped[UUID]
    state: Mapped[str]
    rematch_of: Mapped[UUID | None]
    confirmed_at: Mapped[datetime]


class Activity(TenantRow, Base):
    """A copy of an activity that was held."""

    __tablename__ = "activities"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID | None]
    kind: Mapped[str]
    mode: Mapped[str]
    attended: Mapped[int]


class Attendance(TenantRow, Base):
    """Who attended what, to count different people."""

    __tablename__ = "attendance"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "activity_id", "person_id"),)
    activity_id: Mapped[UUID]
    programme_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID]
    kind: Mapped[str]
    mode: Mapped[str]


class MentoringSession(TenantRow, Base):
    """A copy of one meeting of a pair."""

    __tablename__ = "mentoring_sessions"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID]
    match_id: Mapped[UUID]
    minutes: Mapped[int]


class Wave(TenantRow, Versioned, Base):
    """One opening of a survey for one cohort. `instrument_used` is the survey as it was when the wave opened.

    `occasion` tells the waves of one survey and cohort apart, blank where there is one. `roles` is whom it asks, None
    for both. A wave that `gathers` asks nobody itself: it keeps the answers of those that open after a meeting or an
    activity (`after_id`) and are `gathered_in` it, for they ask so few that each alone would say who answered what;
    `most_asked` is how often it asked one person, at most. `least_asked` is the floor (floor.py) as it was when the
    wave opened, `hidden_roles` are those under it when it closed, and it is `withheld` if nothing is left. `agreements`
    are the two sides of the pairs of a paired survey, counted when it closed. `extensions` say how its end was put off,
    in order.
    """

    __tablename__ = "waves"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "cohort_id", "instrument", "occasion"),
        sa.ForeignKeyConstraint(["tenant_id", "gathered_in"], ["waves.tenant_id", "waves.id"]),
        sa.Index("ix_waves_gathered_in", "tenant_id", "gathered_in"),
        sa.Index("ix_waves_after_id", "tenant_id", "after_id"),
        sa.CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
    )
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
    instrument_used: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(default="planned")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    zone: Mapped[str | None]
    remind_days: Mapped[list[int] | None] = mapped_column(JSONB(none_as_null=True))
    reminders: Mapped[int] = mapped_column(server_default="0")
    closed_at: Mapped[datetime | None]
    asked_mentors: Mapped[int] = mapped_column(default=0)
    asked_mentees: Mapped[int] = mapped_column(default=0)

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


class PublicSnapshot(TenantRow, Base):
    """The table of backgrounds that the public view shows from here on: counts as they are shown, and behind them.

    `number` counts a programme's snapshots; `counts` and `shown` are people by role and background, None where hidden.
    """

    __tablename__ = "public_snapshots"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "programme_id", "number"),)
    programme_id: Mapped[UUID]
    number: Mapped[int]
    taken_at: Mapped[datetime]
    counts: Mapped[dict[str, dict[str, int]]] = mapped_column(JSONB)
    shown: Mapped[dict[str, dict[str, int | None]]] = mapped_column(JSONB)


class Interview(TenantRow, Versioned, Base):
    """A conversation with one person of a pair after the programme; two make a paired case study.

    `corrections` say how the count of its pages was corrected, in order.
    """

    __tablename__ = "interviews"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "match_id", "person_id"),)
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID]
    match_id: Mapped[UUID]
    person_id: Mapped[UUID]
    role: Mapped[str]
    state: Mapped[str] = mapped_column(default="scheduled")
    scheduled_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    pages: Mapped[int | None]
    corrections: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")


class InterviewText(TenantRow, Base):
    """A summary (kind `summary`) or a quote of an interview, sealed under the person."""

    __tablename__ = "interview_texts"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "interview_id"], ["interviews.tenant_id", "interviews.id"]),
        sa.UniqueConstraint("tenant_id", "interview_id", "kind", "position"),
    )
    interview_id: Mapped[UUID]
    kind: Mapped[str]
    position: Mapped[int]
    sealed: Mapped[bytes]


class Report(TenantRow, Revised, Base):
    """A report: its content is frozen when it is built; quotes are named in it and read where they are sealed.

    `version` counts the reports of a kind; `edition` the issues of one, which differ in what was withdrawn.
    `approver` is the role that lets it be published, None where the programme names none.
    """

    __tablename__ = "reports"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "programme_id", "kind", "version"),)
    programme_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(default="queued")
    approver: Mapped[str | None]
    edition: Mapped[int] = mapped_column(default=0)
    narrative: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    published: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    requested_at: Mapped[datetime]
    built_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    @property
    def audience(self) -> str:
        """Which of the views its text speaks of: the public one, or the programme team's."""
        return kind_of(self.kind).views[0]


# The other tables of the service, so that whoever reads `Base.metadata` has them all.
import mentoring_evaluation.models_outcomes  # noqa: E402
import mentoring_evaluation.models_qualitative  # noqa: E402, F401
