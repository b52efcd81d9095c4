"""Trusted documents: named by their ids, and with a switch the only ones that are run."""

import json
import os
import subprocess
import sys
from uuid import uuid4

import pytest

from mentoring_common.settings import WrongSetting
from mentoring_common.testing import refused
from mentoring_common.testing.harness import ISSUER
from mentoring_gateway.app import create_app

ME, TITLES = "query Me { me { id } }", "query Titles($first: Int) { programmes(first: $first) { nodes { title } } }"
SIGN = "mutation Sign($id: UUID!) { signAgreement(matchId: $id) { state } }"
RUN = "subscription Run($id: UUID!) { matchRun(id: $id) { state } }"
DOCUMENTS = {"sha256:me": ME, "titles": TITLES, "sign": SIGN, "run": RUN}


@pytest.fixture
def trusting(front, tmp_path):
    """The front end's gateway with a manifest; `only` refuses all other documents."""
    path = tmp_path / "documents.json"
    path.write_text(json.dumps(DOCUMENTS))

    def make(*, only=False):
        told = {"trusted_documents": str(path), "trusted_documents_only": only}
        front.gateway = create_app(front.gateway.settings.model_copy(update=told), http=front.gateway.http)
        return front

    return make


async def test_a_document_is_named_by_its_id(trusting, world, make):
    world.get("/applications/programmes", [make.programme(uuid4())])
    front = trusting()
    async with front.http() as http:
        by_id = {"documentId": "titles", "variables": {"first": 1}}
        for asked in (by_id, {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "titles"}}}):
            answer = await http.post("/graphql", json=asked)
            assert answer.json()["data"] == {"programmes": {"nodes": [{"title": "NIHR"}]}}, answer.text
        query = {"documentId": "titles", "variables": '{"first": 1}', "operationName": "Titles"}
        answer = await http.get("/graphql", params=query, headers={"Accept": "application/graphql-response+json"})
        assert (answer.status_code, answer.json()["data"]["programmes"]["nodes"]) == (200, [{"title": "NIHR"}])
        assert (await http.post("/graphql", json={"query": "{ __typename }"})).json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_id_that_nobody_knows_is_refused(trusting, method):
    async with trusting().http() as http:
        for id_ in ("other", ""):
            answer = await http.request(method, "/graphql", **_sent(method, {"documentId": id_}))
            assert refused(answer, 404, "document_unknown")


async def test_get_asks_queries_only_and_by_id(trusting):
    async with trusting().http() as http:
        for wrong in (
            {"documentId": "sign", "variables": json.dumps({"id": str(uuid4())})},
            {"documentId": "run", "variables": json.dumps({"id": str(uuid4())})},
            {"documentId": "titles", "variables": "{"},
            {"documentId": "titles", "variables": "[]"},
            {"extensions": "{}"},
            {"query": ME},
        ):
            answer = await http.get("/graphql", params=wrong)
            assert refused(answer, 422, "not_a_graphql_request"), wrong


async def test_only_trusted_documents_are_run_where_that_is_said(trusting, front):
    only = trusting(only=True)
    async with only.http() as http:
        answer = await http.post("/graphql", json={"query": "{ __typename }"})
        assert refused(answer, 403, "document_not_trusted")
        assert (await http.post("/graphql", json={"query": ME, "operationName": "Me"})).status_code == 200
        streamed = {"Accept": "text/event-stream"}
        answer = await http.post("/graphql", json={"query": RUN + " "}, headers=streamed)
        assert refused(answer, 403, "document_not_trusted")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": "{ nothing }"}', "document a: Cannot query field 'nothing'"),
        ('{"a": "{"}', "document a: Syntax Error"),
        ("{", "cannot be read: JSONDecodeError"),
        ("[]", "has to be one JSON object"),
        ('{"a": 1}', "has to be one JSON object"),
    ],
)
async def test_a_manifest_that_does_not_fit_stops_the_start(front, tmp_path, text, said):
    path = tmp_path / "documents.json"
    path.write_text(text)
    with pytest.raises(WrongSetting, match=said):
        create_app(front.gateway.settings.model_copy(update={"trusted_documents": str(path)}), http=front.gateway.http)


def test_an_operator_is_told_in_one_line(tmp_path):
    told = {"TOKEN_ISSUER": ISSUER, "TOKEN_JWKS_URL": ISSUER, "TRUSTED_DOCUMENTS": str(tmp_path / "none.json")}
    environment = os.environ | {f"MENTORING_{name}": value for name, value in told.items()}
    command = [sys.executable, "-m", "mentoring_gateway"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "MENTORING_TRUSTED_DOCUMENTS" in done.stderr


def _sent(method, asked):
    return {"params": asked} if method == "GET" else {"json": asked}
