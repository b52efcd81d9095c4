"""API keys: what a machine that speaks no OAuth sends in place of an access token.

`mk_<organisation><key>_<secret>`: one service keeps them (only a digest of the secret) and says whom a key stands for;
the others ask it. What was said holds for `TRUSTED_S`, so a key that is revoked is refused a little later.
"""

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, Field

PREFIX: Final = "mk_"
TRUSTED_S: Final = 30.0
_KEY = re.compile(r"mk_([0-9a-f]{32})([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The parts of a key."""

    tenant: UUID
    id: UUID
    secret: str

    @classmethod
    def fresh(cls, tenant: UUID, id_: UUID) -> Self:
        """A key with a new secret."""
        return cls(tenant, id_, secrets.token_urlsafe(32))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The key that a text is; None if it is none."""
        found = _KEY.fullmatch(text)
        return cls(UUID(found[1]), UUID(found[2]), found[3]) if found else None

    @property
    def digest(self) -> bytes:
        """What is kept of the secret, which has 256 random bits: there is nothing to be guessed."""
        return hashlib.sha256(self.secret.encode()).digest()

    def __str__(self) -> str:
        return f"{PREFIX}{self.tenant.hex}{self.id.hex}_{self.secret}"

    def __repr__(self) -> str:
        return f"ApiKey({self.id})"


class KeyHolder(BaseModel):
    """Whom a key stands for, and what it may do until when (seconds since 1970)."""

    subject: str
    scopes: list[str]
    employer: UUID | None
    expires_at: float = Field(description="when it stops counting, in seconds since 1970")


Resolve = Callable[[Any, ApiKey], Awaitable[KeyHolder | None]]
"""Says for a service whom a key stands for; None for a key that is not, or no longer, one."""


def asked_of(owner: str) -> Resolve:
    """Ask the service that keeps the keys."""

    async def resolve(service: Any, key: ApiKey) -> KeyHolder | None:
        answer = await service.client(owner).post(key.tenant, "/internal/api-keys", {"key": str(key)})
        return KeyHolder.model_validate(answer["holder"]) if answer["holder"] else None

    return resolve
