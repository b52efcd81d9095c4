"""The development issuer: what it signs must satisfy an independent verification."""

import json
import stat
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import ECKey, KeySet

from mentoring_common.embedded.errors import EmbeddedServerError
from mentoring_common.embedded.issuer import KEY_FILE, DevIssuer
from mentoring_common.embedded.issuer_http import issuer_app

ISSUER = "http://127.0.0.1:8000/issuer"
AUDIENCE = "mentoring"


def claims_of(token: str, issuer: DevIssuer) -> dict[str, Any]:
    return jwt.decode(token, KeySet.import_key_set(issuer.jwks()), algorithms=["ES256"]).claims


def client(issuer: DevIssuer) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(issuer_app(issuer)), base_url="http://issuer")


@pytest.fixture
def issuer() -> DevIssuer:
    made = DevIssuer(ISSUER, AUDIENCE)
    made.register_client("hr-sync", "s3cret+/", "svc:hr-sync", "acme", ["people:read", "people:write"])
    return made


def test_mints_every_claim_of_an_access_token(issuer: DevIssuer) -> None:
    before = int(time.time())
    token = issuer.mint("person-1", "acme", ["matches:read", "matches:confirm"], ttl_s=60)
    decoded = jwt.decode(token, KeySet.import_key_set(issuer.jwks()), algorithms=["ES256"])
    assert decoded.header["typ"] == "at+jwt"
    assert decoded.header["kid"] == issuer.jwks()["keys"][0]["kid"]
    claims = decoded.claims
    assert {claims[name] for name in ("iss", "aud", "sub", "tenant")} == {ISSUER, AUDIENCE, "person-1", "acme"}
    assert claims["scope"] == "matches:read matches:confirm"
    assert claims["client_id"]
    assert before <= claims["iat"] <= int(time.time())
    assert claims["exp"] - claims["iat"] == 60


def test_every_token_has_an_id_of_its_own(issuer: DevIssuer) -> None:
    ids = {claims_of(issuer.mint("p", "acme", []), issuer)["jti"] for _ in range(20)}
    assert len(ids) == 20


def test_extra_claims_are_added_replaced_and_left_out(issuer: DevIssuer) -> None:
    claims = claims_of(issuer.mint("p", "acme", [], extra={"locale": "de", "sub": "q", "jti": None}), issuer)
    assert (claims["locale"], claims["sub"]) == ("de", "q")
    assert "jti" not in claims


def test_publishes_no_private_part(issuer: DevIssuer) -> None:
    assert "d" not in issuer.jwks()["keys"][0]


def test_another_issuers_token_does_not_verify(issuer: DevIssuer) -> None:
    forged = DevIssuer(ISSUER, AUDIENCE).mint("p", "acme", [])
    with pytest.raises(InvalidKeyIdError):
        claims_of(forged, issuer)
    with pytest.raises(BadSignatureError):
        jwt.decode(forged, ECKey.import_key(issuer.jwks()["keys"][0]), algorithms=["ES256"])


def test_a_kept_key_is_private_and_outlives_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    token = DevIssuer(ISSUER, AUDIENCE, folder).mint("p", "acme", [])
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert claims_of(token, DevIssuer(ISSUER, AUDIENCE, folder))["sub"] == "p"
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"kty":"EC"}'])
def test_a_broken_key_file_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / KEY_FILE).write_text(content)
    with pytest.raises(EmbeddedServerError, match="remove it"):
        DevIssuer(ISSUER, AUDIENCE, tmp_path)


def test_a_public_key_is_no_signing_key(tmp_path: Path, issuer: DevIssuer) -> None:
    (tmp_path / KEY_FILE).write_text(json.dumps(issuer.jwks()["keys"][0]))
    with pytest.raises(EmbeddedServerError, match="remove it"):
        DevIssuer(ISSUER, AUDIENCE, tmp_path)


async def test_metadata_leads_to_the_key_set(issuer: DevIssuer) -> None:
    async with client(issuer) as http:
        metadata = (await http.get("/.well-known/openid-configuration")).json()
        keys = (await http.get("/jwks.json")).json()
    assert (metadata["issuer"], metadata["jwks_uri"]) == (ISSUER, f"{ISSUER}/jwks.json")
    assert keys == issuer.jwks()


async def test_a_client_gets_a_token_by_form_or_by_basic(issuer: DevIssuer) -> None:
    grant = {"grant_type": "client_credentials"}
    async with client(issuer) as http:
        by_form = await http.post("/token", data=grant | {"client_id": "hr-sync", "client_secret": "s3cret+/"})
        basic = httpx.BasicAuth("hr-sync", "s3cret%2B%2F")
        by_basic = await http.post("/token", data=grant | {"scope": "people:read"}, auth=basic)
    assert by_form.headers["cache-control"] == "no-store"
    assert claims_of(by_form.json()["access_token"], issuer)["scope"] == "people:read people:write"
    claims = claims_of(by_basic.json()["access_token"], issuer)
    assert (claims["scope"], claims["sub"], claims["client_id"]) == ("people:read", "svc:hr-sync", "hr-sync")
    assert by_basic.json()["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"client_id": "hr-sync", "client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody", "client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "hr-sync", "client_secret": "s3cret+/", "scope": "admin"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": ["a", "b"]}, 400, "invalid_request"),
        ({"client_id": "x" * 20_000}, 400, "invalid_request"),
    ],
)
async def test_refusals_follow_the_specification(
    issuer: DevIssuer, form: dict[str, Any], status: int, code: str
) -> None:
    async with client(issuer) as http:
        answer = await http.post("/token", data={"grant_type": "client_credentials"} | form)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_a_broken_basic_header_is_refused(issuer: DevIssuer) -> None:
    async with client(issuer) as http:
        answer = await http.post(
            "/token", data={"grant_type": "client_credentials"}, headers={"authorization": "Basic ***"}
        )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_options_names_the_methods(issuer: DevIssuer) -> None:
    async with client(issuer) as http:
        answer = await http.options("/token")
    assert (answer.status_code, answer.headers["allow"]) == (204, "OPTIONS, POST")
