"""Mutations that answer with their result or with typed user errors: the second field that each has."""

from uuid import uuid4

import pytest
from graphql import get_named_type

from mentoring_common.faults import fault
from mentoring_common.problems import problem
from mentoring_gateway.payloads import SUFFIX, ErrorCode
from mentoring_gateway.schema import schema

MUTATIONS = schema._schema.mutation_type.fields
ERRORS = "userErrors { code field message reason details }"
REGISTER = """mutation($name: String!) {
    first: registerPersonOrErrors(name: "Ada", email: "ada@example.org") { result { id name } userErrors { code } }
    second: registerPersonOrErrors(name: $name, email: "b@example.org", languages: ["cy"]) {
      result { id } ... on Payload { userErrors { code field message reason details } } } }"""
COHORT = f"""mutation($p: UUID!, $m: [NewMilestone!]) {{
    addCohortOrErrors(programmeId: $p, number: 2, places: 1, milestones: $m) {{ result {{ id }} {ERRORS} }} }}"""
APPLY = f"""mutation($p: UUID!) {{
    submitApplicationOrErrors(programmeId: $p, role: MENTEE, answers: {{a_b: 1}}, consents: {{}}) {{
      result {{ id }} {ERRORS} }} }}"""
POLICY = f"""mutation($p: UUID!) {{
    changePolicyOrErrors(programmeId: $p, expectedVersion: 1, document: {{hard_rules: []}}) {{
      result {{ version }} {ERRORS} }} }}"""
GOAL = "mutation($m: UUID!) { setGoalOrErrors(matchId: $m, text: %s) { result { id %s } %s } }"


def refused(*faults, status=422, code="invalid_request", title="It does not fit", **members):
    return problem(status, code, title, errors=list(faults), **members)


@pytest.mark.parametrize("name", [name for name in MUTATIONS if not name.endswith(SUFFIX)])
def test_every_mutation_has_a_field_that_tells_user_errors(name):
    plain, twin = MUTATIONS[name], MUTATIONS[name + SUFFIX]
    assert {n: str(a.type) for n, a in twin.args.items()} == {n: str(a.type) for n, a in plain.args.items()}
    assert {n: a.description for n, a in twin.args.items()} == {n: a.description for n, a in plain.args.items()}
    payload = get_named_type(twin.type)
    assert [interface.name for interface in payload.interfaces] == ["Payload"]
    assert f"{payload.fields['result'].type}!" == str(plain.type).removesuffix("!") + "!"


async def test_what_was_done_is_told_beside_what_was_refused(front, world, make):
    ada = make.person(uuid4(), "Ada")
    world.get(f"/applications/people/{ada['id']}", ada)
    answers = iter([{"id": ada["id"]}, None])
    faults = [
        fault("string_too_long", "It has a character", "body", "name"),
        fault("pattern", "This is no tag", "body", "languages", 0),
    ]
    world.post("/applications/people", lambda _: next(answers) or refused(*faults))
    data = await front.data(REGISTER, {"name": "B"})
    assert data["first"]["result"]["name"] == "Ada"
    assert data["first"]["userErrors"] == []
    said = {"code": "INVALID_REQUEST", "details": None}
    assert data["second"] == {
        "result": None,
        "userErrors": [
            said | {"field": ["name"], "message": "It has a character", "reason": "string_too_long"},
            said | {"field": ["languages", "0"], "message": "This is no tag", "reason": "pattern"},
        ],
    }


async def test_a_place_in_an_input_has_the_inputs_own_names(front, world):
    p = uuid4()
    world.post(
        f"/applications/programmes/{p}/cohorts", refused(fault("date", "No", "body", "milestones", 0, "starts_at"))
    )
    milestones = [{"kind": "start", "startsAt": "2026-01-01T00:00:00Z"}]
    [error] = (await front.data(COHORT, {"p": str(p), "m": milestones}))["addCohortOrErrors"]["userErrors"]
    assert error["field"] == ["milestones", "0", "startsAt"]


async def test_a_place_in_free_json_keeps_its_names_and_the_rest_is_details(front, world):
    p = uuid4()
    wrong = refused(fault("required", "Say it", "body", "answers", "a_b"), code="answers_invalid", rules=["one"])
    world.post(f"/applications/programmes/{p}/applications", wrong)
    [error] = (await front.data(APPLY, {"p": str(p)}))["submitApplicationOrErrors"]["userErrors"]
    assert (error["code"], error["field"], error["details"]) == (
        "ANSWERS_INVALID", ["answers", "a_b"], {"rules": ["one"]},
    )  # fmt: skip


async def test_an_argument_that_is_the_whole_body_is_found(front, world):
    p = uuid4()
    world.put(f"/matching/programmes/{p}/policy", refused(fault("wrong", "No", "body", "hard_rules")))
    [error] = (await front.data(POLICY, {"p": str(p)}))["changePolicyOrErrors"]["userErrors"]
    assert error["field"] == ["document", "hard_rules"]


@pytest.mark.parametrize(
    ("answer", "code", "field"),
    [
        (problem(412, "precondition_failed", "It was changed"), "PRECONDITION_FAILED", ["expectedVersion"]),
        (problem(404, "programme_not_found", "There is none"), "PROGRAMME_NOT_FOUND", ["programmeId"]),
        (problem(403, "forbidden", "You may not"), "FORBIDDEN", None),
        (problem(409, "said_by_a_later_version", "No"), "OTHER", None),
    ],
)
async def test_a_refusal_of_the_whole_names_the_argument_that_it_is_about(front, world, answer, code, field):
    p = uuid4()
    world.put(f"/matching/programmes/{p}/policy", answer)
    [error] = (await front.data(POLICY, {"p": str(p)}))["changePolicyOrErrors"]["userErrors"]
    assert (error["code"], error["field"]) == (code, field)
    assert error["message"]


async def test_who_does_not_select_user_errors_is_told_by_an_error(front, world):
    m = uuid4()
    world.post(f"/sessions/relationships/{m}/goals", problem(409, "relationship_over", "It is over"))
    answer = await front.answer(GOAL % ('"a"', "", ""), {"m": str(m)})
    assert answer["data"] == {"setGoalOrErrors": None}
    assert answer["errors"][0]["extensions"]["code"] == "relationship_over"


@pytest.mark.parametrize(
    ("status", "code"), [(401, "unauthenticated"), (429, "too_many_requests"), (503, "unavailable")]
)
async def test_what_is_not_for_the_person_stays_an_error(front, world, status, code):
    m = uuid4()
    world.post(f"/sessions/relationships/{m}/goals", problem(status, code, "No", retry_after_s=1))
    answer = await front.answer(GOAL % ('"a"', "", ERRORS), {"m": str(m)})
    assert answer["data"] == {"setGoalOrErrors": None}
    assert answer["errors"][0]["extensions"]["code"] == code


async def test_what_people_wrote_is_read_again_for_a_result_too(front, world):
    m, goal = uuid4(), {"id": str(uuid4()), "state": "open", "version": 1}
    world.post(f"/sessions/relationships/{m}/goals", goal)
    world.get(f"/sessions/goals/{goal['id']}", goal | {"text": "Learn to say no"})
    done = await front.data(GOAL % ('"Learn to say no"', "text", ERRORS), {"m": str(m)})
    assert done["setGoalOrErrors"]["result"]["text"] == "Learn to say no"


def test_every_code_of_rest_is_a_code_of_user_errors():
    assert {"match_not_found", "precondition_failed", "answers_invalid", "other"} <= {code.value for code in ErrorCode}
