"""People who sign in at the development issuer: authorisation code with PKCE, refresh, and its end.

For front ends on this machine, which have no secret (RFC 8252, RFC 7636, RFC 7009). People say themselves who they are.
"""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from mentoring_common.embedded.issuer import DevIssuer, TokenRefused

T = TypeVar("T")
CODE_SECONDS = 60
MOST_KEPT = 10_000  # codes, and refresh tokens: the oldest are forgotten
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a front end asks for when it sends somebody to the issuer; TokenRefused if that cannot be answered."""

    client_id: str
    redirect_uri: str
    state: str
    challenge: str
    scopes: tuple[str, ...]

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """The request as it stands in a query, checked."""
        redirect = query.get("redirect_uri", "")
        try:
            parts = urlsplit(redirect)
            here = parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK and not parts.fragment
        except ValueError:
            here = False
        if not here:
            raise TokenRefused("invalid_request", "redirect_uri is no address on this machine")
        if query.get("response_type") != "code":
            raise TokenRefused("unsupported_response_type", "response_type must be code")
        challenge = query.get("code_challenge", "")
        if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
            raise TokenRefused("invalid_request", "code_challenge must be there, made by S256")
        if not query.get("client_id"):
            raise TokenRefused("invalid_request", "client_id is missing")
        scopes = tuple(query.get("scope", "").split())
        return cls(query["client_id"], redirect, query.get("state", ""), challenge, scopes)

    def answered(self, **answer: str) -> str:
        """The address that the browser is sent back to."""
        parts = urlsplit(self.redirect_uri)
        given = answer | ({"state": self.state} if self.state else {})
        query = "&".join(filter(None, (parts.query, urlencode(given))))
        return parts._replace(query=query).geturl()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody at a front end, and what their tokens let it do."""

    client_id: str
    subject: str
    tenant: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Code:
    asked: Asked
    who: SignedIn
    until: float


class SignIns:
    """Codes and refresh tokens of an issuer, kept in memory: after a restart people sign in again."""

    def __init__(self, issuer: DevIssuer) -> None:
        self._issuer = issuer
        self._codes: dict[str, _Code] = {}
        self._signed_in: dict[str, SignedIn] = {}  # by refresh token

    def code_for(self, asked: Asked, subject: str, tenant: str, scopes: tuple[str, ...]) -> str:
        """A code that is taken once, within a minute."""
        who = SignedIn(asked.client_id, subject, tenant, scopes)
        return _keep(self._codes, _Code(asked, who, time.monotonic() + CODE_SECONDS))

    def redeem(self, form: Mapping[str, str]) -> dict[str, str | int]:
        """Tokens for a code. Raises TokenRefused."""
        found = self._codes.pop(form.get("code", ""), None)
        if found is None or found.until < time.monotonic():
            raise TokenRefused("invalid_grant", "the code is unknown, used or too old")
        asked = (found.asked.client_id, found.asked.redirect_uri)
        if asked != (form.get("client_id"), form.get("redirect_uri")):
            raise TokenRefused("invalid_grant", "the code is another client's, or of another redirect_uri")
        if not hmac.compare_digest(_challenge(form.get("code_verifier", "")), found.asked.challenge):
            raise TokenRefused("invalid_grant", "code_verifier is not what code_challenge was made of")
        return self._tokens(found.who)

    def refresh(self, form: Mapping[str, str]) -> dict[str, str | int]:
        """New tokens for a refresh token, which is used up. Raises TokenRefused."""
        found = self._signed_in.pop(form.get("refresh_token", ""), None)
        if found is None or found.client_id != form.get("client_id"):
            raise TokenRefused("invalid_grant", "the refresh token is unknown, used or revoked")
        return self._tokens(found)

    def revoke(self, form: Mapping[str, str]) -> None:
        """Forget a refresh token; one that is unknown is forgotten already."""
        self._signed_in.pop(form.get("token", ""), None)

    def _tokens(self, who: SignedIn) -> dict[str, str | int]:
        token = self._issuer.mint(who.subject, who.tenant, who.scopes, client_id=who.client_id)
        return {"access_token": token, "scope": " ".join(who.scopes), "refresh_token": _keep(self._signed_in, who)}


def _keep(kept: dict[str, T], value: T) -> str:
    while len(kept) >= MOST_KEPT:
        del kept[next(iter(kept))]
    name = secrets.token_urlsafe(32)
    kept[name] = value
    return name


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
