"""The linter over HTTP."""

import uuid
from pathlib import Path

import mentoring_evaluation.lint as lint_package

EXAMPLES = Path(lint_package.__file__).parent / "examples"


async def test_a_report_is_linted_and_nothing_is_kept(evaluation):
    client = evaluation.caller("evaluation:read", tenant=uuid.uuid4())
    headers = {"content-type": "application/json"}
    faulty = await client.post("/lint", content=(EXAMPLES / "faulty_report.json").read_bytes(), headers=headers)
    assert faulty.status_code == 200, faulty.text
    assert faulty.json()["findings"][0]["rule"] == "impossible_percentage"
    clean = {
        "schema": "mentoring-report/1",
        "totals": [{"label": "t", "parts": [{"label": "a", "value": 1}], "stated": 1}],
    }
    answer = (await client.post("/lint", json=clean)).json()
    assert answer["findings"] == []
    assert answer["coverage"] == {
        "figures": 1, "checked": 1, "without_n": [], "any_value": [], "kinds": {"totals": 1}
    }  # fmt: skip


async def test_decimals_count_as_they_are_printed(evaluation):
    client = evaluation.caller("evaluation:read", tenant=uuid.uuid4())
    found = []
    for printed in ("67", "67.0"):  # 2 of 3 is 67 %, and 66.7 %
        line = f'{{"name": "met", "percent": {printed}, "n": 3}}'
        body = f'{{"schema": "mentoring-report/1", "percentages": [{line}]}}'
        answer = await client.post("/lint", content=body, headers={"content-type": "application/json"})
        found.append([f["rule"] for f in answer.json()["findings"]])
    assert found == [[], ["impossible_percentage"]]


async def test_a_pasted_table_is_read_and_what_was_guessed_is_said(evaluation):
    client = evaluation.caller("evaluation:read", tenant=uuid.uuid4())
    table = "Question,%,Number\nTrust,84,12\nUse,75,12\n"
    guessed = (await client.post("/lint", json={"table": table})).json()
    assert guessed["read_as"][-1] == "column C (Number): numerator"
    told = (await client.post("/lint", json={"table": table, "columns": {"Number": "n"}})).json()
    assert [(f["rule"], f["where"]) for f in told["findings"]] == [("impossible_percentage", "B2")]
    for wrong in ({"Numbers": "n"}, {"Number": "people"}):
        refused = await client.post("/lint", json={"table": table, "columns": wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "published_unreadable")


async def test_what_cannot_be_read_and_who_may_not_ask(evaluation):
    client = evaluation.caller("evaluation:read", tenant=uuid.uuid4())
    headers = {"content-type": "application/json"}
    for body in (b"{", b"[]", b'{"schema": "other"}'):
        refused = await client.post("/lint", content=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "published_unreadable")
    assert (await evaluation.caller("matching:read", tenant=uuid.uuid4()).post("/lint", json={})).status_code == 403
    assert (await evaluation.anonymous().post("/lint", json={})).status_code == 401
