"""The audit log: append-only, chained per tenant, written in the act's own transaction, anchored outside.

Each entry's digest is keyed, so that nobody without the service's master key makes or changes one. Each hash takes in
the one before. The end of the chain is announced once a day as an event under a keyed hash of its own: an end that was
cut off, head and all, is missed by whoever compares (`audit_proof.py`).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

GENESIS = b"\0" * 32


@dataclass(frozen=True)
class Entry:
    """Who did what to what, and why; never the content itself."""

    at: datetime
    actor: str
    act: str
    subject_type: str
    subject_id: UUID
    reason: str | None


class AuditKey:
    """What entries and anchors are keyed with: derived from the service's master key."""

    def __init__(self, master_key: bytes) -> None:
        self._key = hmac.digest(master_key, b"audit log", "sha256")
        self.id = hmac.digest(self._key, b"id", "sha256").hex()[:16]

    def digest(self, entry: Entry) -> bytes:
        """The keyed digest of every field of an entry."""
        return hmac.digest(self._key, _framed(entry), "sha256")

    def anchor(self, tenant: UUID, position: int, link: bytes) -> str:
        """What is announced of a chain that has `link` at `position`, in hexadecimal."""
        return hmac.digest(self._key, b"anchor" + tenant.bytes + position.to_bytes(8, "big") + link, "sha256").hex()


def link_of(previous: bytes, position: int, digest: bytes) -> bytes:
    """The hash of an entry at a position: SHA-256 over the hash before, the position and the entry's digest."""
    return hashlib.sha256(previous + position.to_bytes(8, "big") + digest).digest()


def unkeyed_link_of(previous: bytes, position: int, entry: Entry) -> bytes:
    """The hash of an entry that was made before entries were keyed."""
    return hashlib.sha256(previous + _framed(entry, str(position))).digest()


def _framed(entry: Entry, *before: str) -> bytes:
    at = entry.at.astimezone(UTC).isoformat()
    fields = (*before, at, entry.actor, entry.act, entry.subject_type, str(entry.subject_id), entry.reason or "")
    return b"".join(len(f.encode()).to_bytes(4, "big") + f.encode() for f in fields)


def audit(
    db: AsyncSession, actor: str, act: str, subject_type: str, subject_id: UUID, *, reason: str | None = None
) -> None:
    """Record an act (also the reading of notes, special categories and exports) if the transaction commits."""
    entry = Entry(db.info["clock"].now(), actor, act, subject_type, subject_id, reason)
    db.info.setdefault("audit", []).append(entry)


# The head is locked, the entries follow it and the new end becomes the head, which whoever comes next
# waits for.
FUNCTION = """
CREATE OR REPLACE FUNCTION append_audit(
    tenant uuid, key_id text, at timestamptz[], actor text[], act text[], subject_type text[], subject_id uuid[],
    reason text[], digests bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    place bigint;
    link bytea;
    before bytea;
BEGIN
    LOOP
        SELECT h.position, h.hash INTO place, link FROM audit_heads h WHERE h.tenant_id = tenant FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO audit_heads (tenant_id, position, hash) VALUES (tenant, 0, decode(repeat('00', 32), 'hex'))
        ON CONFLICT DO NOTHING;
    END LOOP;
    FOR i IN 1 .. cardinality(digests) LOOP
        place := place + 1;
        before := link;
        link := sha256(before || int8send(place) || digests[i]);
        INSERT INTO audit_log (tenant_id, position, at, actor, act, subject_type, subject_id, reason, key_id,
                               previous_hash, hash)
        VALUES (tenant, place, append_audit.at[i], append_audit.actor[i], append_audit.act[i],
                append_audit.subject_type[i], append_audit.subject_id[i], append_audit.reason[i], append_audit.key_id,
                before, link);
    END LOOP;
    UPDATE audit_heads h SET position = place, hash = link WHERE h.tenant_id = tenant;
END $$
"""
