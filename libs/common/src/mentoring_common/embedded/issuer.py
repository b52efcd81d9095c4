"""A token issuer for development and tests: access tokens as RFC 9068 describes them, signed with ES256.

Production names a real identity provider in the settings; this one knows no people and asks for no password.
"""

import hmac
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from mentoring_common.embedded.errors import EmbeddedServerError
from mentoring_common.embedded.kept import kept

ALGORITHM = "ES256"
KEY_FILE = "issuer-key.json"
TOKEN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class DevClient:
    """A program that may ask for tokens, and for whom they speak."""

    client_id: str
    secret: str
    subject: str
    tenant: str
    scopes: tuple[str, ...]


class TokenRefused(Exception):
    """A token request fails; `code` is one of RFC 6749, section 5.2."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.status = status


class DevIssuer:
    """Mints tokens of `issuer` for `audience`.

    With a `data_dir` the key is kept there in a file only this account can read: tokens outlive a restart.
    Raises EmbeddedServerError if that file holds no such key, or cannot be read or made.
    """

    def __init__(self, issuer: str, audience: str, data_dir: Path | None = None) -> None:
        self.issuer = issuer.rstrip("/")
        self.audience = audience
        self._key = _kept_key(data_dir / KEY_FILE) if data_dir else _new_key()
        self._clients: dict[str, DevClient] = {}

    def jwks(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set (RFC 7517)."""
        return {"keys": [dict(self._key.as_dict(private=False))]}

    def mint(
        self,
        subject: str,
        tenant: str,
        scopes: Iterable[str],
        *,
        ttl_s: float = TOKEN_SECONDS,
        audience: str | None = None,
        typ: str = "at+jwt",
        client_id: str = "development",
        extra: Mapping[str, Any] | None = None,
    ) -> str:
        """A signed token that is valid for `ttl_s` seconds of real time (a negative number: expired already).

        `extra` adds claims or replaces them; a claim whose value is None is left out.
        """
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": audience or self.audience,
            "sub": subject,
            "iat": now,
            "exp": now + int(ttl_s),
            "jti": secrets.token_urlsafe(16),
            "client_id": client_id,
            "tenant": tenant,
            "scope": " ".join(scopes),
        } | dict(extra or {})
        header = {"alg": ALGORITHM, "typ": typ, "kid": self._key.kid}
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, present, self._key, algorithms=[ALGORITHM])

    def register_client(
        self, client_id: str, secret: str, subject: str, tenant: str, scopes: Iterable[str]
    ) -> DevClient:
        """Let `client_id` ask for tokens of `subject` with `scopes`; replaces an earlier registration."""
        client = DevClient(client_id, secret, subject, tenant, tuple(scopes))
        self._clients[client_id] = client
        return client

    def token_for(self, client_id: str, secret: str, scopes: Iterable[str] = ()) -> tuple[str, tuple[str, ...]]:
        """A token for a registered client and its scopes: those asked for, or all it may have. Raises TokenRefused."""
        client = self._clients.get(client_id)
        if not hmac.compare_digest(secret.encode(), (client.secret if client else "").encode()) or client is None:
            raise TokenRefused("invalid_client", "the client is unknown or its secret is wrong", 401)
        wanted = tuple(scopes) or client.scopes
        if not set(wanted) <= set(client.scopes):
            raise TokenRefused("invalid_scope", "the client may not have one of these scopes")
        return self.mint(client.subject, client.tenant, wanted, client_id=client_id), wanted


def _new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)


def _kept_key(path: Path) -> ECKey:
    """The key in `path`; made if it is not there."""
    remedy = "remove it, and a new one is made; tokens of the old one end"
    found = kept(path, lambda: dict(_new_key().as_dict(private=True)), remedy)
    try:
        key = ECKey.import_key(found)
        if key.is_private and key.kid is not None:
            return key
    except (JoseError, ValueError, TypeError):
        pass
    raise EmbeddedServerError(f"{path} holds no signing key: {remedy}.")
