"""The tables of the matching service.

`programmes`, `cohorts` and `pool_members` are projections of the applications service's events and may arrive in any
order, so that nothing refers across aggregates. Counters are decided by conditional updates and held by CHECKs.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import Base as CommonBase
from mentoring_common.db import TenantRow
from mentoring_common.tables import NAMING
from mentoring_common.versions import Dated, Versioned

_ZERO, _ONE, _NO = sa.text("0"), sa.text("1"), sa.text("false")


class Base(CommonBase):
    """Ancestor of this service's tables."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)


class Programme(TenantRow, Base):
    """A programme: which way it mentors, what its topics are called, and its kinds of relationship beside pairs.

    `zone` is by whose clocks it goes (null: UTC); while `recurring_paused` no run starts by itself, nor does anything
    begin once it is closed.
    """

    __tablename__ = "programmes"
    direction: Mapped[str]
    topic_titles: Mapped[dict[str, str]] = mapped_column(JSONB)
    formats: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    zone: Mapped[str | None]
    recurring_paused: Mapped[bool] = mapped_column(server_default=_NO)
    closed_at: Mapped[datetime | None]


class PolicyVersion(TenantRow, Base):
    """One version of a programme's policy; versions are never changed. `problem` says why it cannot be used."""

    __tablename__ = "policy_versions"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "programme_id", "version"),)
    programme_id: Mapped[UUID]
    version: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    problem: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    made_at: Mapped[datetime]


class Cohort(TenantRow, Base):
    """A cohort's places, and the day its pairs begin (null: not planned).

    Fewer places than confirmed pairs end no pair: `places` is never below `confirmed`.
    """

    __tablename__ = "cohorts"
    __table_args__ = (sa.CheckConstraint("confirmed BETWEEN 0 AND places", name="places"),)
    programme_id: Mapped[UUID]
    announced: Mapped[int]
    places: Mapped[int]
    confirmed: Mapped[int] = mapped_column(server_default=_ZERO)
    starts_on: Mapped[date | None]


class PoolMember(TenantRow, Base):
    """An accepted application (its id): how many partners the person takes and has."""

    __tablename__ = "pool_members"
    __table_args__ = (
        sa.CheckConstraint("taken BETWEEN 0 AND capacity", name="capacity"),
        sa.Index("ix_pool_members_cohort", "tenant_id", "cohort_id", "role"),
        sa.Index("ix_pool_members_person", "tenant_id", "person_id"),
    )
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    role: Mapped[str]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default=_ZERO)
    priority: Mapped[bool]
    state: Mapped[str]
    # Counts the wishes for a fresh profile, so that one that comes in meanwhile is not lost.
    wanted: Mapped[int] = mapped_column(server_default=_ONE)


class Profile(TenantRow, Base):
    """What a run needs to know of a pool member (its id), as the applications service answered, sealed under the
    person's key; `content` is of rows not sealed yet.
    """

    __tablename__ = "profiles"
    __table_args__ = (sa.Index("ix_profiles_unsealed", "tenant_id", postgresql_where=sa.text("sealed IS NULL")),)
    person_id: Mapped[UUID]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    sealed: Mapped[bytes | None]


class MatchRun(TenantRow, Versioned, Base):
    """One matching run: what it was asked, and what came out. `lease_until` is real time, not business time."""

    __tablename__ = "match_runs"
    __table_args__ = (sa.Index("ix_match_runs_cohort", "tenant_id", "cohort_id"),)
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    kind: Mapped[str]
    state: Mapped[str]
    policy_version: Mapped[int]
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    policy_changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    seed: Mapped[int]
    pins: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    bars: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    mentor_ids: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    mentee_ids: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    may_move: Mapped[bool] = mapped_column(server_default=_NO)
    recurring: Mapped[bool] = mapped_column(server_default=_NO)
    requested_at: Mapped[datetime]
    worker: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=_ZERO)  # that failed; not those whose worker was killed
    progress: Mapped[float] = mapped_column(server_default=_ZERO)
    failure: Mapped[str | None]
    input_hash: Mapped[str | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class ProposedPair(TenantRow, Base):
    """A pair that a run proposes; the ids of people, and of their pool members.

    `replaces` is the confirmed match that ends when this pair is confirmed; `waits_for` is one whose end frees
    the place.
    """

    __tablename__ = "proposed_pairs"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "run_id"], ["match_runs.tenant_id", "match_runs.id"], ondelete="CASCADE"),
        sa.Index("ix_proposed_pairs_run", "tenant_id", "run_id"),
    )
    run_id: Mapped[UUID]
    mentor_id: Mapped[UUID]
    mentee_id: Mapped[UUID]
    mentor_member_id: Mapped[UUID]
    mentee_member_id: Mapped[UUID]
    score: Mapped[float]
    contributions: Mapped[dict[str, float]] = mapped_column(JSONB)
    explanation: Mapped[str]
    without: Mapped[dict[str, float] | None] = mapped_column(JSONB(none_as_null=True))
    close_call: Mapped[bool]
    pinned: Mapped[bool]
    replaces: Mapped[UUID | None]
    waits_for: Mapped[UUID | None]


class Unmatched(TenantRow, Base):
    """Somebody a run leaves without a partner, and why."""

    __tablename__ = "unmatched"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "run_id"], ["match_runs.tenant_id", "match_runs.id"], ondelete="CASCADE"),
        sa.Index("ix_unmatched_run", "tenant_id", "run_id"),
    )
    run_id: Mapped[UUID]
    person_id: Mapped[UUID]
    role: Mapped[str]
    reason: Mapped[str]
    rule: Mapped[str | None]
    explanation: Mapped[str]


class Match(TenantRow, Dated, Base):
    """A pair that was offered, and what became of it (lifecycle.MATCH).

    In a group of a mentor and several mentees each mentee has a match; `group_id` is the same for all of them. Without
    a run (`run_id`, `score` null) the team made the pair by hand, or it stood before it came into the system, since
    `starts_on`. A `handover` carries on the match `rematch_of` with another mentor, once.
    """

    __tablename__ = "matches"
    __table_args__ = (
        sa.Index("ix_matches_cohort", "tenant_id", "cohort_id", "state"),
        sa.Index("ix_matches_updated", "tenant_id", "updated_at"),
        sa.Index("ix_matches_mentor", "tenant_id", "mentor_id"),
        sa.Index("ix_matches_mentee", "tenant_id", "mentee_id"),
        sa.Index("ix_matches_group", "tenant_id", "group_id", postgresql_where=sa.text("group_id IS NOT NULL")),
        sa.Index(
            "uq_matches_confirmed_pair",
            "tenant_id",
            "programme_id",
            "mentee_id",
            "mentor_id",
            unique=True,
            postgresql_where=sa.text("state = 'confirmed'"),
        ),
        sa.Index("uq_matches_handover", "tenant_id", "rematch_of", unique=True, postgresql_where=sa.text("handover")),
    )
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    run_id: Mapped[UUID | None]
    group_id: Mapped[UUID | None]
    starts_on: Mapped[date | None]
    mentor_id: Mapped[UUID]
    mentee_id: Mapped[UUID]
    mentor_member_id: Mapped[UUID]
    mentee_member_id: Mapped[UUID]
    state: Mapped[str]
    score: Mapped[float | None]
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    mentor_accepted_at: Mapped[datetime | None]
    mentee_accepted_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # Both are for the programme team; others learn what `reasons.shown` leaves of the code.
    end_reason: Mapped[str | None]
    end_note: Mapped[str | None]
    never_again: Mapped[bool] = mapped_column(server_default=_NO)
    rematch_of: Mapped[UUID | None]
    handover: Mapped[bool] = mapped_column(default=False, server_default=_NO)
    replaces: Mapped[UUID | None]
    waits_for: Mapped[UUID | None]


class Group(TenantRow, Versioned, Base):
    """People who were offered one relationship, and what became of it (lifecycle.GROUP); `kind` is of the blueprint."""

    __tablename__ = "groups"
    __table_args__ = (sa.Index("ix_groups_cohort", "tenant_id", "cohort_id", "kind"),)
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    kind: Mapped[str]
    title: Mapped[str | None]
    state: Mapped[str]
    starts_on: Mapped[date | None]
    offered_at: Mapped[datetime]
    formed_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class GroupMember(TenantRow, Base):
    """A person who was offered a place in a group (lifecycle.GROUP_MEMBER), once at a time.

    `pool_member_id` is the application that the place answers, null in a kind that is beside what people applied for.
    `match_id` is the match of a mentee, whose steps this row follows. `told` is what was announced of the row so far.
    """

    __tablename__ = "group_members"
    __table_args__ = (
        sa.Index("ix_group_members_group", "tenant_id", "group_id"),
        sa.Index("ix_group_members_person", "tenant_id", "person_id"),
        sa.Index(
            "uq_group_members_present",
            "tenant_id",
            "group_id",
            "person_id",
            unique=True,
            postgresql_where=sa.text("state IN ('invited', 'joined')"),
        ),
    )
    group_id: Mapped[UUID]
    person_id: Mapped[UUID]
    role: Mapped[str]
    leads: Mapped[bool]
    state: Mapped[str]
    pool_member_id: Mapped[UUID | None]
    match_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    told: Mapped[str | None]


class MentorLoad(TenantRow, Base):
    """How many confirmed partners a mentor (its id is the person's) has over all programmes of the organisation."""

    __tablename__ = "mentor_loads"
    __table_args__ = (sa.CheckConstraint("taken >= 0", name="taken"),)
    taken: Mapped[int]


class Conversation(TenantRow, Versioned, Base):
    """A short conversation before the final run. Each side's rating and sealed comment are never shown to the other."""

    __tablename__ = "conversations"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "cohort_id", "mentor_id", "mentee_id"),
        sa.CheckConstraint("mentor_rating BETWEEN 1 AND 5", name="mentor_rating"),
        sa.CheckConstraint("mentee_rating BETWEEN 1 AND 5", name="mentee_rating"),
        sa.Index("ix_conversations_mentor", "tenant_id", "mentor_id"),
        sa.Index("ix_conversations_mentee", "tenant_id", "mentee_id"),
    )
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    mentor_id: Mapped[UUID]
    mentee_id: Mapped[UUID]
    score: Mapped[float]
    proposed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    mentor_rating: Mapped[int | None]
    mentee_rating: Mapped[int | None]
    mentor_comment: Mapped[bytes | None]
    mentee_comment: Mapped[bytes | None]


class Arrangement(TenantRow, Base):
    """Buddy pairs or groups of people of a cohort, as they were asked for and as they came out (ids of people)."""

    __tablename__ = "arrangements"
    __table_args__ = (sa.Index("ix_arrangements_cohort", "tenant_id", "cohort_id", "kind"),)
    cohort_id: Mapped[UUID]
    kind: Mapped[str]
    made_at: Mapped[datetime]
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
