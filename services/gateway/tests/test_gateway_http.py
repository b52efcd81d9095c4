import asyncio
import json
from importlib.metadata import version
from uuid import uuid4

import pytest

from mentoring_gateway import subscriptions
from mentoring_gateway.app import create_app

ME = {"query": "{ me { id } }"}


def code_of(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["code"]


async def test_health(front):
    async with front.http(None) as http:
        assert (await http.get("/livez")).json() == {"status": "ok"}
        assert (await http.get("/version")).json() == {"version": version("mentoring-gateway")}
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
        (b"query=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"[" * 100, "application/json", 400, "json_too_deep"),
        (b" " * 1_048_577, "application/json", 413, "body_too_large"),
        (b"null", "application/json", 422, "not_a_graphql_request"),
        (b'"x"', "application/json", 422, "not_a_graphql_request"),
        (b"\xff\xfe", "application/json", 400, "malformed_json"),
        (b'{"query": "{ me { id } }", "extensions": 5}', "application/json", 422, "not_a_graphql_request"),
    ],
)
async def test_what_is_no_graphql_request(front, content, kind, status, code):
    async with front.http() as http:
        answer = await http.post("/graphql", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, code_of(answer)) == (status, code)


async def accepting(front, accept, query, **more):
    async with front.http() as http:
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        return await http.post("/graphql", json={"query": query, **more}, headers=headers)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/graphql-response+json, application/json;q=0.9", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json", "application/json"),
        ("application/json;q=0.5, application/graphql-response+json", "application/graphql-response+json"),
        # as urql, Apollo Client and a browser's fetch ask
        (
            "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, "
            "multipart/mixed",
            "application/graphql-response+json",
        ),
        ("multipart/mixed;deferSpec=20220824,application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/html;q=1, */*;q=nonsense", "application/json"),
    ],
)
async def test_the_answer_has_the_form_that_is_wanted_most(front, accept, form):
    answer = await accepting(front, accept, "{ me { id } }")
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{form}; charset=utf-8")
    assert answer.json()["data"] == {"me": {"id": str(front.person_id)}}


async def test_what_is_refused_before_it_runs_has_no_data_and_a_status_for_those_who_know_it(front):
    for query in ("{ nothing }", "{ me {", "query A { me { id } } query B { me { id } }"):
        for accept, status in (("application/graphql-response+json", 400), ("application/json", 200)):
            answer = await accepting(front, accept, query)
            assert answer.status_code == status
            [error] = answer.json()["errors"]
            assert (answer.json().keys() & {"data"}, error["extensions"]["code"]) == (set(), "invalid_graphql")
    partial = await accepting(front, "application/graphql-response+json", "{ me { person { name } roles { role } } }")
    assert (partial.status_code, partial.json()["data"]["me"]["roles"]) == (200, None)


async def test_one_of_several_operations_has_to_be_named(front):
    two = "query A { me { id } } query B { __typename }"
    answer = await accepting(front, "application/json", two)
    assert answer.json()["errors"][0]["extensions"]["code"] == "invalid_graphql"
    answer = await accepting(front, "application/json", two, operationName="B")
    assert answer.json()["data"] == {"__typename": "Query"}
    answer = await accepting(front, "application/json", two, operationName="C")
    assert answer.json()["errors"][0]["extensions"]["code"] == "invalid_graphql"


async def test_long_answers_are_packed_for_who_unpacks(front):
    query = "{ __schema { types { name description } } }"
    async with front.http() as http:
        packed = await http.post("/graphql", json={"query": query}, headers={"Accept-Encoding": "gzip"})
        short = await http.post("/graphql", json=ME, headers={"Accept-Encoding": "gzip"})
    plain = await accepting(front, "application/json", query)
    assert (packed.headers["content-encoding"], packed.json()) == ("gzip", plain.json())
    assert "content-encoding" not in short.headers
    assert "content-encoding" not in plain.headers
    assert short.headers["vary"] == "Accept, Accept-Encoding"


ELSEWHERE = "https://front.example.org"


@pytest.fixture
def across(front):
    """A gateway that pages of ELSEWHERE may call."""
    settings = front.gateway.settings.model_copy(update={"allowed_origins": f"{ELSEWHERE}, http://localhost:5173"})
    front.gateway = create_app(settings, http=front.gateway.http)
    return front


async def test_pages_of_an_allowed_origin_may_call_and_read(across):
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,idempotency-key"}
    async with across.http() as http:
        may = await http.options("/graphql", headers={"Origin": ELSEWHERE} | asks)
        answer = await http.post("/graphql", json=ME, headers={"Origin": "http://localhost:5173"})
        wrong = await http.post("/graphql", content=b"{", headers={"Origin": ELSEWHERE})
    assert (may.status_code, may.headers["access-control-allow-origin"]) == (200, ELSEWHERE)
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert {"Retry-After", "ETag"} <= set(answer.headers["access-control-expose-headers"].split(", "))
    assert wrong.headers["access-control-allow-origin"] == ELSEWHERE
    assert "access-control-allow-credentials" not in answer.headers


async def test_pages_of_other_origins_may_not(across, front):
    asks = {"Access-Control-Request-Method": "POST"}
    async with across.http() as http:
        for origin in ("https://evil.example", f"{ELSEWHERE}.evil.example", "null"):
            may = await http.options("/graphql", headers={"Origin": origin} | asks)
            answer = await http.post("/graphql", json=ME, headers={"Origin": origin})
            assert (may.status_code, "access-control-allow-origin" in answer.headers) == (400, False)


@pytest.mark.parametrize("wrong", ["*", "front.example.org", "https://front.example.org/", "https://a.example,x"])
async def test_what_is_no_origin_is_refused_when_it_is_set(front, wrong):
    given = front.gateway.settings.model_dump() | {"allowed_origins": wrong}
    with pytest.raises(ValueError, match="is no origin"):
        type(front.gateway.settings)(**given)


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
        answer = await http.get("/people")
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
        for query in ("fragment F on Me { id }", "{ nothing }", "{ me {", "mutation { nothing }"):
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
