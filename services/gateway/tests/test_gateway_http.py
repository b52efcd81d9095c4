import asyncio
import json
from uuid import uuid4

import pytest

from mentoring_gateway import subscriptions

ME = {"query": "{ me { id } }"}


def code_of(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["code"]


async def test_health(front):
    async with front.http(None) as http:
        assert (await http.get("/livez")).json() == {"status": "ok"}
        assert (await http.get("/readyz")).status_code == 200
        await front.gateway.stop()
        assert (await http.get("/readyz")).status_code == 503


async def test_graphiql_is_served_to_browsers(front):
    async with front.http(None) as http:
        page = await http.get("/graphql", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "GraphiQL" in page.text


async def test_operations_by_get_are_refused(front, world):
    async with front.http() as http:
        answer = await http.get("/graphql", params={"query": "{ me { id } }"})
    assert (answer.status_code, code_of(answer)) == (422, "not_a_graphql_request")


async def over_websocket(front, world, payload, run):
    """What a client gets that opens a connection with `payload` and follows a run."""
    query = "subscription($id: UUID!) { matchRun(id: $id) { state } }"
    follow = {"query": query, "variables": {"id": str(run)}}
    sent = [
        {"type": "websocket.connect"},
        *(
            {"type": "websocket.receive", "text": json.dumps(message)}
            for message in (
                {"type": "connection_init", "payload": payload},
                {"id": "1", "type": "subscribe", "payload": follow},
            )
        ),
    ]
    got, over = [], asyncio.Event()

    async def receive():
        if sent:
            return sent.pop(0)
        await over.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message):
        got.append(json.loads(message["text"]) if "text" in message else message)
        if got[-1]["type"] in ("complete", "error", "websocket.close"):
            over.set()

    scope = {"type": "websocket", "path": "/graphql", "headers": [], "query_string": b"", "scheme": "ws"}
    scope |= {"subprotocols": ["graphql-transport-ws"], "root_path": "", "asgi": {"version": "3.0"}}
    async with asyncio.timeout(10):
        await front.gateway.asgi(scope, receive, send)
    return got


async def test_a_run_is_followed_over_a_websocket(front, world, make):
    run = uuid4()
    world.get(f"/matching/runs/{run}", make.run(run, "completed", 1.0))
    got = await over_websocket(front, world, {"Authorization": f"Bearer {front.token()}"}, run)
    assert [message["type"] for message in got] == ["websocket.accept", "connection_ack", "next", "complete"]
    assert got[2]["payload"] == {"data": {"matchRun": {"state": "completed"}}}
    assert world.calls[0].headers["authorization"].startswith("Bearer ey")


async def test_a_websocket_with_a_false_token_is_closed(front, world):
    got = await over_websocket(front, world, {"Authorization": "Bearer false"}, uuid4())
    assert got[-1]["type"] == "websocket.close"
    assert world.calls == []


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 422, "not_a_graphql_request"),
        (b'{"query": 1}', "application/json", 422, "not_a_graphql_request"),
        (b"{}", "application/json", 422, "not_a_graphql_request"),
        (b'{"query": "{ me { id } }", "variables": []}', "application/json", 422, "not_a_graphql_request"),
        (b'[{"query": "{ me { id } }"}]', "application/json", 422, "not_a_graphql_request"),
        (b'{"query": "query A { me { id } }", "operationName": "B"}', "application/json", 422, "not_a_graphql_request"),
        (b"query=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"[" * 100, "application/json", 400, "json_too_deep"),
        (b" " * 1_048_577, "application/json", 413, "body_too_large"),
        (b"null", "application/json", 422, "not_a_graphql_request"),
        (b'"x"', "application/json", 422, "not_a_graphql_request"),
        (b"\xff\xfe", "application/json", 422, "not_a_graphql_request"),
        (b'{"query": "{ me { id } }", "extensions": 5}', "application/json", 422, "not_a_graphql_request"),
    ],
)
async def test_what_is_no_graphql_request(front, content, kind, status, code):
    async with front.http() as http:
        answer = await http.post("/graphql", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, code_of(answer)) == (status, code)


async def test_false_tokens_are_refused_at_the_edge(front, world):
    another = type(front.issuer)("http://other.test", "mentoring")
    false = {
        "nonsense": "nonsense",
        "another issuer's": another.mint(str(uuid4()), str(front.tenant), []),
        "another audience's": front.token(audience="other"),
        "an ID token": front.token(typ="JWT"),
        "an old one": front.token(ttl_s=-120),
    }
    for name, token in false.items():
        async with front.http(token) as http:
            answer = await http.post("/graphql", json=ME)
        assert (answer.status_code, code_of(answer)) == (401, "invalid_token"), name
    async with front.http(None) as http:
        answer = await http.post("/graphql", json=ME, headers={"Authorization": "Basic eDp5"})
        assert code_of(answer) == "invalid_token"
        answer = await http.post("/graphql", json=ME)
    assert answer.json()["errors"][0]["extensions"]["code"] == "unauthenticated"
    assert world.calls == []


async def test_an_idempotency_key_has_a_length(front):
    async with front.http() as http:
        for key in ("", "k" * 200):
            answer = await http.post("/graphql", json=ME, headers={"Idempotency-Key": key})
            assert (answer.status_code, code_of(answer)) == (422, "invalid_idempotency_key")


async def test_other_paths_and_methods_are_not_there(front):
    async with front.http() as http:
        answer = await http.get("/openapi.json")
        assert (answer.status_code, code_of(answer)) == (404, "http_404")
        for method in ("PUT", "DELETE", "PATCH"):
            answer = await http.request(method, "/graphql", json=ME)
            assert (answer.status_code, code_of(answer)) == (405, "http_405")


async def test_a_run_is_followed_until_it_is_over(front, world, make, monkeypatch):
    monkeypatch.setattr(subscriptions, "POLL_S", 0.01)
    run = uuid4()
    states = iter([("queued", 0.0), ("running", 0.5), ("running", 0.5), ("completed", 1.0)])
    world.get(f"/matching/runs/{run}", lambda _: make.run(run, *next(states)))
    sent = {"query": "subscription($id: UUID!) { matchRun(id: $id) { state progress } }", "variables": {"id": str(run)}}
    async with front.http() as http:
        answer = await http.post("/graphql", json=sent, headers={"Accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream"), answer.text
    given = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
    assert [each["data"]["matchRun"]["state"] for each in given] == ["queued", "running", "completed"]
    assert len(world.calls) == 4


async def test_a_stream_of_nothing_says_what_is_wrong(front, world):
    async with front.http() as http:
        for query in (None, "fragment F on Me { id }", "{ nothing }", "{ me {", "mutation { nothing }"):
            answer = await http.post("/graphql", json={"query": query}, headers={"Accept": "text/event-stream"})
            assert '"code":"invalid_graphql"' in answer.text, (query, answer.text)
    assert world.calls == []


async def test_a_subscription_needs_a_stream(front, world):
    sent = {"query": 'subscription { matchRun(id: "0190b0f2-7b7a-7bbb-8000-000000000000") { state } }'}
    async with front.http() as http:
        answer = await http.post("/graphql", json=sent)
    assert (answer.status_code, code_of(answer)) == (422, "not_a_graphql_request")


async def test_the_end_of_a_stream_that_fails_has_a_code(front, world):
    sent = {"query": 'subscription { matchRun(id: "0190b0f2-7b7a-7bbb-8000-000000000000") { state } }'}
    async with front.http() as http:
        answer = await http.post("/graphql", json=sent, headers={"Accept": "text/event-stream"})
    assert '"code":"not_found"' in answer.text
