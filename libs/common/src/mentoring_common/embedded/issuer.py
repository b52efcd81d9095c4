"""A token issuer for development and tests: access tokens as RFC 9068 describes them, signed with ES256.

Production names a real identity provider in the settings; this one knows no people and asks for no password.
"""

import base64
import binascii
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mentoring_common.embedded.errors import EmbeddedServerError
from mentoring_common.embedded.kept import kept
from mentoring_common.methods import Methods

ALGORITHM = "ES256"
KEY_FILE = "issuer-key.json"
TOKEN_SECONDS = 3600
FORM_BYTES = 10_000


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


def issuer_app(issuer: DevIssuer) -> ASGIApp:
    """The issuer over HTTP: metadata (OpenID Connect Discovery 1.0), key set, and tokens for registered clients."""

    async def metadata(request: Request) -> Response:
        return JSONResponse(_metadata(issuer.issuer))

    async def key_set(request: Request) -> Response:
        return JSONResponse(issuer.jwks(), media_type="application/jwk-set+json")

    async def token(request: Request) -> Response:
        try:
            return await _token_response(issuer, request)
        except TokenRefused as refused:
            challenge = {"www-authenticate": "Basic"} if refused.status == 401 else {}
            problem = {"error": refused.code, "error_description": str(refused)}
            return JSONResponse(problem, refused.status, headers={"cache-control": "no-store"} | challenge)

    routes = [
        Route("/.well-known/openid-configuration", metadata),
        Route("/jwks.json", key_set),
        Route("/token", token, methods=["POST"]),
    ]
    return Methods(Starlette(routes=routes))


def _metadata(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/jwks.json",
        "token_endpoint": f"{issuer}/token",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
    }


async def _token_response(issuer: DevIssuer, request: Request) -> Response:
    form = await _form(request)
    if form.get("grant_type") != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "grant_type must be client_credentials")
    client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
    token, scopes = issuer.token_for(client_id, secret, form.get("scope", "").split())
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(scopes)}
    return JSONResponse(answer, headers={"cache-control": "no-store"})


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            raise TokenRefused("invalid_request", f"the form is longer than {FORM_BYTES} bytes")
    try:
        fields = parse_qs(body.decode(), max_num_fields=20)
    except ValueError as error:
        raise TokenRefused("invalid_request", "the body is not a form") from error
    if any(len(values) > 1 for values in fields.values()):
        raise TokenRefused("invalid_request", "a field is there twice")
    return {name: values[0] for name, values in fields.items()}


def _basic(request: Request) -> tuple[str, str] | None:
    """The client's id and secret from HTTP Basic, form-encoded each as RFC 6749, section 2.3.1 wants."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise TokenRefused("invalid_client", "the Authorization header is not HTTP Basic", 401) from error
    return unquote_plus(client_id), unquote_plus(secret)
