"""The master keys of a service: the one that is in use, and others that open what was made under them.

A key is changed without a gap: every process is told of the next one beside the one in use, then of the next one in use
and the one before beside it, then `rewrap` brings over what is still under the one before.
"""

import base64
from dataclasses import dataclass

from mentoring_common.audit import AuditKey
from mentoring_common.settings import Settings


@dataclass(frozen=True)
class Masters:
    """`current` seals; each of `others` opens, and checks the audit log of its time."""

    current: bytes
    others: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Masters":
        """Those of a service's settings."""
        others = (part.strip() for part in settings.other_master_keys.get_secret_value().split(","))
        known = tuple(base64.b64decode(part) for part in others if part)
        return cls(base64.b64decode(settings.master_key.get_secret_value()), known)

    @property
    def all(self) -> tuple[bytes, ...]:
        """Every key that opens, the one in use first."""
        return self.current, *self.others

    @property
    def audit(self) -> AuditKey:
        """What new entries of the audit log are keyed with."""
        return AuditKey(self.current)

    @property
    def audits(self) -> dict[str, AuditKey]:
        """What entries of the audit log were keyed with, by the id that each of them has."""
        return {key.id: key for key in map(AuditKey, self.all)}
