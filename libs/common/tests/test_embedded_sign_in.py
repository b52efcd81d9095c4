"""People who sign in at the development issuer: each thing that can be wrong about it is refused."""

import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from mentoring_common.embedded.issuer import DevIssuer, TokenRefused
from mentoring_common.embedded.issuer_http import issuer_app
from mentoring_common.embedded.sign_in import Asked, SignIns

ISSUER, BACK, VERIFIER = "http://127.0.0.1:8000/dev", "http://127.0.0.1:8000/console/?from=here", "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
QUERY = {
    "client_id": "front-end", "redirect_uri": BACK, "response_type": "code", "state": "s1", "scope": "a:read b:read",
    "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}  # fmt: skip


@pytest.fixture
def issuer() -> DevIssuer:
    return DevIssuer(ISSUER, "mentoring")


@pytest.fixture
def sign_ins(issuer: DevIssuer) -> SignIns:
    return SignIns(issuer)


@pytest.fixture
async def http(issuer: DevIssuer, sign_ins: SignIns) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(issuer_app(issuer, sign_ins))
    async with httpx.AsyncClient(transport=transport, base_url="http://issuer") as client:
        yield client


def grant(sign_ins: SignIns, **changes: str) -> dict[str, str]:
    """What a front end sends for tokens."""
    code = sign_ins.code_for(Asked.of(QUERY), "person-1", "acme", ("a:read",))
    given = {"grant_type": "authorization_code", "client_id": "front-end", "redirect_uri": BACK}
    return given | {"code": code, "code_verifier": VERIFIER} | changes


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"redirect_uri": "https://elsewhere.example/"}, "invalid_request"),
        ({"redirect_uri": "javascript:alert(1)"}, "invalid_request"),
        ({"redirect_uri": "http://[broken/"}, "invalid_request"),
        ({"redirect_uri": BACK + "#part"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"client_id": ""}, "invalid_request"),
    ],
)
def test_a_request_that_cannot_be_answered_is_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        Asked.of(QUERY | changes)
    assert refused.value.code == code


def test_the_way_back_keeps_what_the_address_had() -> None:
    assert Asked.of(QUERY).answered(code="c 1") == f"{BACK}&code=c+1&state=s1"


async def test_a_code_gives_tokens_once(http: httpx.AsyncClient, issuer: DevIssuer, sign_ins: SignIns) -> None:
    form = grant(sign_ins)
    first, second = await http.post("/token", data=form), await http.post("/token", data=form)
    given = first.json()
    claims = jwt.decode(given["access_token"], KeySet.import_key_set(issuer.jwks()), algorithms=["ES256"]).claims
    assert (claims["sub"], claims["tenant"], claims["scope"]) == ("person-1", "acme", "a:read")
    assert (claims["client_id"], given["token_type"], given["scope"]) == ("front-end", "Bearer", "a:read")
    assert first.headers["cache-control"] == "no-store"
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [{"code": "guessed"}, {"code_verifier": "w" * 50}, {"client_id": "another"}, {"redirect_uri": "http://localhost/"}],
)
async def test_a_code_is_of_no_use_to_others(
    http: httpx.AsyncClient, sign_ins: SignIns, changes: dict[str, str]
) -> None:
    answer = await http.post("/token", data=grant(sign_ins, **changes))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_code_grows_old(http: httpx.AsyncClient, sign_ins: SignIns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mentoring_common.embedded.sign_in.CODE_SECONDS", -1)
    assert (await http.post("/token", data=grant(sign_ins))).json()["error"] == "invalid_grant"


async def test_a_refresh_token_works_once_and_not_after_its_end(http: httpx.AsyncClient, sign_ins: SignIns) -> None:
    async def refreshed(token: str, client: str = "front-end") -> Any:
        form = {"grant_type": "refresh_token", "client_id": client, "refresh_token": token}
        return (await http.post("/token", data=form)).json()

    first = (await http.post("/token", data=grant(sign_ins))).json()["refresh_token"]
    second = (await refreshed(first))["refresh_token"]
    assert (await refreshed(first))["error"] == "invalid_grant"
    assert (await http.post("/revoke", data={"token": second})).status_code == 200
    assert (await refreshed(second))["error"] == "invalid_grant"


async def test_metadata_says_how_people_sign_in(http: httpx.AsyncClient) -> None:
    said = (await http.get("/.well-known/openid-configuration")).json()
    assert said["authorization_endpoint"] == f"{ISSUER}/authorize"
    assert said["code_challenge_methods_supported"] == ["S256"]


async def test_an_issuer_of_machines_alone_signs_nobody_in(issuer: DevIssuer, sign_ins: SignIns) -> None:
    transport = httpx.ASGITransport(issuer_app(issuer))
    async with httpx.AsyncClient(transport=transport, base_url="http://issuer") as http:
        assert (await http.post("/token", data=grant(sign_ins))).json()["error"] == "unsupported_grant_type"
        assert (await http.post("/revoke", data={"token": "t"})).status_code == 404
