"""The token issuer over HTTP."""

import base64
import binascii
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mentoring_common.embedded.issuer import ALGORITHM, TOKEN_SECONDS, DevIssuer, TokenRefused
from mentoring_common.embedded.sign_in import SignIns
from mentoring_common.methods import Methods

FORM_BYTES = 10_000


def issuer_app(issuer: DevIssuer, sign_ins: SignIns | None = None) -> ASGIApp:
    """The issuer over HTTP: metadata (OpenID Connect Discovery 1.0), key set, and tokens for registered clients.

    With `sign_ins` for people too; the page at `<issuer>/authorize`, on which they say who they are, is another's.
    """

    async def metadata(request: Request) -> Response:
        return JSONResponse(_metadata(issuer.issuer) | (_of_people(issuer.issuer) if sign_ins else {}))

    async def key_set(request: Request) -> Response:
        return JSONResponse(issuer.jwks(), media_type="application/jwk-set+json")

    async def token(request: Request) -> Response:
        try:
            return await _token_response(issuer, sign_ins, request)
        except TokenRefused as refused:
            challenge = {"www-authenticate": "Basic"} if refused.status == 401 else {}
            problem = {"error": refused.code, "error_description": str(refused)}
            return JSONResponse(problem, refused.status, headers={"cache-control": "no-store"} | challenge)

    async def revoke(request: Request) -> Response:
        try:
            if sign_ins is not None:
                sign_ins.revoke(await _form(request))
        except TokenRefused as refused:
            return JSONResponse({"error": refused.code, "error_description": str(refused)}, refused.status)
        return Response()

    routes = [
        Route("/.well-known/openid-configuration", metadata),
        Route("/jwks.json", key_set),
        Route("/token", token, methods=["POST"]),
        *([Route("/revoke", revoke, methods=["POST"])] if sign_ins else []),
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


def _of_people(issuer: str) -> dict[str, Any]:
    return {
        "authorization_endpoint": f"{issuer}/authorize",
        "revocation_endpoint": f"{issuer}/revoke",
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
    }


async def _token_response(issuer: DevIssuer, sign_ins: SignIns | None, request: Request) -> Response:
    form = await _form(request)
    kind = form.get("grant_type")
    if sign_ins is not None and kind in ("authorization_code", "refresh_token"):
        given = sign_ins.redeem(form) if kind == "authorization_code" else sign_ins.refresh(form)
        answer = given | {"token_type": "Bearer", "expires_in": TOKEN_SECONDS}
        return JSONResponse(answer, headers={"cache-control": "no-store"})
    if kind != "client_credentials":
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
