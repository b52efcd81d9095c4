import asyncio
from uuid import uuid4

from starlette.responses import JSONResponse, PlainTextResponse

from mentoring_common.problems import problem
from mentoring_gateway import context
from mentoring_gateway.settings import Limits

MATCH = "query($id: UUID!) { match(id: $id) { id mentor { name } relationship { state } } }"
ACCEPT = "mutation($id: UUID!) { acceptMatch(matchId: $id) { state } }"


async def test_a_services_problem_keeps_its_code_status_and_members(front, world, make):
    p = uuid4()
    closed = problem(409, "window_closed", "The window is closed", "It closed on 23 March", closes_at="2022-03-23")
    world.post(f"/applications/programmes/{p}/applications", closed)
    query = (
        """mutation($p: UUID!) { submitApplication(programmeId: $p, role: MENTEE, answers: {}, consents: {}) { id } }"""
    )
    error = await front.refusal(query, {"p": str(p)})
    assert error["message"] == "It closed on 23 March"
    assert error["path"] == ["submitApplication"]
    assert error["extensions"] == {"code": "window_closed", "status": 409, "closes_at": "2022-03-23"}


async def test_one_part_that_fails_leaves_the_others(front, world, make):
    m = make.match(uuid4(), uuid4())
    world.get(f"/matching/matches/{m['id']}", m)
    world.get(f"/applications/people/{m['mentor_id']}", make.person(m["mentor_id"], "Ada"))
    world.get(f"/sessions/relationships/{m['id']}", problem(503, "unavailable", "Try again"))
    answer = await front.answer(MATCH, {"id": m["id"]})
    assert answer["data"]["match"] == {"id": f"Match:{m['id']}", "mentor": {"name": "Ada"}, "relationship": None}
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["match", "relationship"], "unavailable")


async def test_an_answer_that_is_no_problem_document_is_not_shown(front, world, make):
    m = uuid4()
    world.get(f"/matching/matches/{m}", PlainTextResponse("Traceback: secret", 502))
    error = await front.refusal(MATCH, {"id": str(m)})
    assert error["extensions"] == {"code": "unavailable", "status": 503}
    assert "secret" not in str(error)


async def test_an_answer_outside_the_contract_is_masked(front, world, make):
    m = uuid4()
    world.get(f"/matching/matches/{m}", JSONResponse({"id": "secret"}))
    error = await front.refusal(MATCH, {"id": str(m)})
    assert error["extensions"] == {"code": "internal_error", "status": 500}
    assert "secret" not in str(error)


async def test_a_read_that_takes_too_long_is_unavailable(front, world, make, monkeypatch):
    monkeypatch.setattr(context, "LIMITS", Limits(deadline_s=0.05))
    world.delay_s = 5
    error = await front.refusal(MATCH, {"id": str(uuid4())})
    assert error["extensions"]["code"] == "unavailable"


async def test_a_write_that_takes_too_long_says_that_its_outcome_is_unknown(front, world, make, monkeypatch):
    monkeypatch.setattr(context, "LIMITS", Limits(deadline_s=0.05))
    world.delay_s = 5
    error = await front.refusal(ACCEPT, {"id": str(uuid4())})
    assert error["extensions"]["code"] == "outcome_unknown"
    assert "Idempotency-Key" in error["message"]


async def test_the_deadline_is_the_operations_and_not_each_calls(front, world, make, monkeypatch):
    monkeypatch.setattr(context, "LIMITS", Limits(deadline_s=0.3))
    world.delay_s = 0.2
    m = make.match(uuid4(), uuid4())
    world.get(f"/matching/matches/{m['id']}", m)
    answer = await front.answer(MATCH, {"id": m["id"]})
    assert answer["data"]["match"]["id"] == f"Match:{m['id']}"
    assert {e["extensions"]["code"] for e in answer["errors"]} == {"unavailable"}


async def test_a_value_that_does_not_fit_is_refused_before_any_call(front, world, make):
    for query, variables in (
        ('{ match(id: "no-uuid") { id } }', None),
        ("mutation { acceptMatch { id } }", None),
        ("{ nothing }", None),
        ("{ me {", None),
    ):
        error = await front.refusal(query, variables)
        assert error.get("extensions") == {"code": "invalid_graphql", "status": 400}, (query, error)
    assert world.calls == []


async def test_a_variable_that_does_not_fit_is_named(front, world):
    wave = {"instrument": "liked", "opensAt": {"at": "soon"}, "closesAt": {"at": "2030-01-01T00:00:00Z"}}
    plan = "mutation($c: UUID!, $wave: NewWave!) { planWave(cohortId: $c, wave: $wave) { id } }"
    decide = """mutation($p: UUID!, $decisions: [NewDecision!]!) {
        decideApplications(programmeId: $p, decisions: $decisions) { state } }"""
    for query, variables, pointer in (
        (MATCH, {"id": "no-uuid"}, "/variables/id"),
        (plan, {"c": str(uuid4()), "wave": wave}, "/variables/wave/opensAt/at"),
        (
            decide,
            {"p": str(uuid4()), "decisions": [{"applicationId": 1, "decision": "ACCEPT"}]},
            "/variables/decisions/0/applicationId",
        ),
    ):
        [error] = (await front.answer(query, variables))["errors"]
        assert error["extensions"]["code"] == "invalid_graphql"
        assert [one["pointer"] for one in error["extensions"]["errors"]] == [pointer]
        assert "no-uuid" not in str(error["extensions"]["errors"])
    assert world.calls == []


async def test_a_machines_token_has_no_me(front):
    token = front.issuer.mint("hr-system", str(front.tenant), ["applications:read"])
    async with front.http(token) as http:
        answer = (await http.post("/graphql", json={"query": "{ me { id } }"})).json()
    assert answer["errors"][0]["extensions"] == {"code": "forbidden", "status": 403}


async def test_without_a_token_the_services_refuse(front, world, make):
    m = uuid4()
    world.get(f"/matching/matches/{m}", problem(401, "unauthenticated", "A valid access token is needed"))
    async with front.http(None) as http:
        sent = {"query": MATCH, "variables": {"id": str(m)}}
        answer = (await http.post("/graphql", json=sent)).json()
    assert answer["errors"][0]["extensions"] == {"code": "unauthenticated", "status": 401}
    assert "authorization" not in world.calls[0].headers


async def test_cancelled_requests_leave_nothing_behind(front, world, make):
    world.delay_s = 5
    tasks = [asyncio.create_task(front.answer(MATCH, {"id": str(uuid4())})) for _ in range(5)]
    await world.has_called(5)
    for task in tasks:
        task.cancel()
    assert all(isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*tasks, return_exceptions=True))
    world.delay_s = 0
    assert (await front.refusal(MATCH, {"id": str(uuid4())}))["extensions"]["code"] == "not_found"
