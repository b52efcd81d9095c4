"""The tables every service has beside its own: outbox, inbox, marks, deadlines, answers, audit log, keys, roles.

They carry the tenant like all tables; row level security is laid on by `migrations.protect`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)
_when = DateTime(timezone=True)
_now = text("clock_timestamp()")

outbox = Table(
    "outbox",
    metadata,
    # CACHE 1: numbers are handed out in the order in which transactions ask for them.
    Column("seq", BigInteger, Identity(always=True, cache=1), primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("topic", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("aggregate_version", BigInteger, nullable=False),
    Column("occurred_at", _when, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", _when, nullable=False, server_default=_now),
    Column("published_at", _when),
    UniqueConstraint("aggregate_type", "aggregate_id", "aggregate_version"),
    Index("ix_outbox_created_at", "created_at", postgresql_using="brin"),
    Index("ix_outbox_unpublished", "seq", postgresql_where=text("published_at IS NULL")),
)

aggregate_versions = Table(
    "aggregate_versions",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "aggregate_type", "aggregate_id"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("tenant_id", Uuid, nullable=False),
    Column("received_at", _when, nullable=False, server_default=_now),
    PrimaryKeyConstraint("consumer", "event_id"),
    Index("ix_inbox_received_at", "received_at", postgresql_using="brin"),
)

# The newest version that a consumer has taken of each aggregate; never deleted, so that the inbox may forget.
event_marks = Table(
    "event_marks",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("consumer", Text, nullable=False),
    Column("aggregate_key", Text, nullable=False),  # <source>:<partitionkey>
    Column("version", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "consumer", "aggregate_key"),
)

parked_events = Table(
    "parked_events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    Column("consumer", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("aggregate_key", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("error", Text, nullable=False),
    Column("parked_at", _when, nullable=False, server_default=_now),
    Column("replayed_at", _when),
    UniqueConstraint("consumer", "event_id"),
    Index("ix_parked_events_waiting", "consumer", "aggregate_key", postgresql_where=text("replayed_at IS NULL")),
)

# What stands on a topic and is no event. Its tenant cannot be told: it is kept under the platform's.
unreadable_records = Table(
    "unreadable_records",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    Column("consumer", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("record_offset", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("key", LargeBinary),
    Column("headers", LargeBinary),  # JSON: a list of names, each with its value in base64 or null
    Column("value", LargeBinary),
    Column("parked_at", _when, nullable=False, server_default=_now),
    UniqueConstraint("consumer", "topic", "partition", "record_offset"),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("due_at", _when, nullable=False),
    Column("not_before", _when),  # real time of the next try after a failure
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("fired_at", _when),
    PrimaryKeyConstraint("tenant_id", "kind", "subject_id"),
    Index("ix_deadlines_waiting", "due_at", postgresql_where=text("fired_at IS NULL")),
    Index("ix_deadlines_waiting_of_kind", "kind", "due_at", postgresql_where=text("fired_at IS NULL")),
    Index(
        "ix_deadlines_failed",
        "not_before",
        postgresql_where=text("fired_at IS NULL AND not_before IS NOT NULL"),
    ),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    # A digest of caller, method, path and key: the row says nothing of who called.
    Column("key_digest", LargeBinary, nullable=False),
    Column("request_digest", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("content_type", Text),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", _when, nullable=False, server_default=_now),
    PrimaryKeyConstraint("tenant_id", "key_digest"),
    Index("ix_idempotency_keys_created_at", "created_at", postgresql_using="brin"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("at", _when, nullable=False),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("reason", Text),
    Column("key_id", Text),  # which key the entry's digest is under; null: made before there was one
    Column("previous_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant_id", "position"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("anchored_position", BigInteger, nullable=False, server_default=text("0")),
    Column("anchored_at", _when),
)

subject_keys = Table(
    "subject_keys",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("wrapped_key", LargeBinary),  # null: destroyed
    Column("destroyed", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("tenant_id", "subject_id"),
)

scoped_roles = Table(
    "scoped_roles",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("grant_id", Uuid, nullable=False),
    Column("scope_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("role", Text, nullable=False),
    Column("rights", ARRAY(Text)),  # null: granted before rights were said
    PrimaryKeyConstraint("tenant_id", "grant_id"),
    Index("ix_scoped_roles_held", "tenant_id", "scope_id", "subject_id", "role"),
    Index("ix_scoped_roles_of_subject", "tenant_id", "subject_id", "role"),
)
