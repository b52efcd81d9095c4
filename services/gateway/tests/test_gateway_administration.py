"""API keys, imports of files and blueprints by GraphQL: one request each to the owning service."""

from base64 import b64encode
from uuid import uuid4

from starlette.responses import Response

from .conftest import MOMENT

CSV = b"name,email\nAda Obi,ada@example.org\n"


def key(**changes):
    made = {"id": str(uuid4()), "version": 1, "name": "ESR", "employer_id": None, "scopes": ["hr:provision"]}
    made |= {"made_at": MOMENT, "expires_at": MOMENT, "previous_until": None, "revoked_at": None, "last_used_at": None}
    return made | changes


async def test_a_key_is_shown_when_it_is_made_and_when_it_is_rotated_and_at_no_other_time(front, world):
    one = key()
    world.post("/applications/api-keys", one | {"key": "mk_one"})
    made = """mutation { makeApiKey(name: "ESR", scopes: [HR_PROVISION]) { secret apiKey { id name } } }"""
    found = (await front.data(made))["makeApiKey"]
    assert found == {"secret": "mk_one", "apiKey": {"id": one["id"], "name": "ESR"}}
    assert world.calls[-1].body == {"name": "ESR", "scopes": ["hr:provision"]}
    world.post(f"/applications/api-keys/{one['id']}/rotate", one | {"version": 2, "key": "mk_two"})
    rotated = """mutation($k: UUID!) {
        rotateApiKey(apiKeyId: $k, overlapHours: 0, expectedVersion: 1) { secret apiKey { version } } }"""
    found = (await front.data(rotated, {"k": one["id"]}))["rotateApiKey"]
    assert found == {"secret": "mk_two", "apiKey": {"version": 2}}
    assert (world.calls[-1].body, world.calls[-1].headers["if-match"]) == ({"overlap_hours": 0}, '"1"')
    world.answers["DELETE", f"/applications/api-keys/{one['id']}"] = Response(status_code=204)
    world.get(f"/applications/api-keys/{one['id']}", one | {"revoked_at": MOMENT})
    revoked = "mutation($k: UUID!) { revokeApiKey(apiKeyId: $k) { revokedAt } }"
    assert (await front.data(revoked, {"k": one["id"]}))["revokeApiKey"]["revokedAt"] is not None
    world.get("/applications/api-keys", [one, key(name="Other")])
    found = await front.data("{ apiKeys { nodes { name lastUsedAt } } }")
    assert found["apiKeys"]["nodes"] == [{"name": "ESR", "lastUsedAt": None}, {"name": "Other", "lastUsedAt": None}]


async def test_a_file_is_looked_at_imported_later_and_its_results_come_back(front, world):
    programme, made = str(uuid4()), str(uuid4())
    file = b64encode(CSV).decode()
    seen = {"format": "csv", "charset": "utf-8", "delimiter": ",", "rows": 1, "missing": [], "unknown": []}
    seen |= {"columns": [{"heading": "name", "column": "name"}], "first": [{"name": "Ada Obi"}]}
    world.post("/integrations/imports/people/preview", seen)
    query = "mutation($f: Base64!) { previewImport(kind: PEOPLE, file: $f) { rows first columns { column } } }"
    found = (await front.data(query, {"f": file}))["previewImport"]
    assert found == {"rows": 1, "first": [{"name": "Ada Obi"}], "columns": [{"column": "name"}]}
    assert (world.calls[-1].body, world.calls[-1].query) == (CSV, {})
    running = {"id": made, "kind": "people", "programme_id": programme, "dry_run": False, "state": "running", "rows": 1}
    running |= {"accepted": 0, "started_at": MOMENT, "finished_at": None, "done": 0, "created": [], "changed": []}
    running |= {"unchanged": [], "refused": []}
    world.post("/integrations/imports/people", running)
    query = "mutation($f: Base64!, $p: UUID) { startImport(kind: PEOPLE, file: $f, programmeId: $p) { id state } }"
    found = (await front.data(query, {"f": file, "p": programme}))["startImport"]
    assert found == {"id": made, "state": "running"}
    assert (world.calls[-1].query, world.calls[-1].headers["prefer"]) == ({"programme_id": programme}, "respond-async")
    refused = {"row": 2, "column": "email", "code": "taken", "detail": "somebody has it", "pointer": "/rows/2/email"}
    over = running | {"state": "finished", "done": 1, "created": [3, 4], "refused": [refused]}
    world.get(f"/integrations/imports/{made}", over)
    query = "query($i: UUID!) { import(id: $i) { state created changed refused { row detail } } }"
    found = (await front.data(query, {"i": made}))["import"]
    assert found == {
        "state": "finished", "created": 2, "changed": 0, "refused": [{"row": 2, "detail": "somebody has it"}],
    }  # fmt: skip
    results = Response(b"row,outcome\n2,refused\n", media_type="text/csv")
    world.get(f"/integrations/imports/{made}/results", results)
    found = await front.data("query($i: UUID!) { importResults(importId: $i) { mediaType content } }", {"i": made})
    assert found["importResults"]["content"] == b64encode(b"row,outcome\n2,refused\n").decode()
    world.post(f"/integrations/imports/{made}/cancel", running | {"state": "cancelled"})
    found = await front.data("mutation($i: UUID!) { cancelImport(importId: $i) { state } }", {"i": made})
    assert found["cancelImport"] == {"state": "cancelled"}


async def test_a_file_that_is_no_base64_is_refused_before_anybody_is_asked(front, world):
    refused = await front.refusal('mutation { startImport(kind: PEOPLE, file: "abc") { id } }')
    assert refused["extensions"]["code"] == "invalid_graphql"
    assert world.calls == []


async def test_a_blueprint_is_read_checked_looked_ahead_and_changed(front, world, make):
    programme = uuid4()
    fault = {"pointer": "/title", "section": "title", "code": "missing", "detail": "is needed", "level": "error"}
    world.post("/applications/blueprints/check", {"usable": False, "title": None, "faults": [fault | {"line": 3}]})
    query = 'mutation { checkBlueprint(text: "id: ours") { usable faults { pointer line } } }'
    found = (await front.data(query))["checkBlueprint"]
    assert found == {"usable": False, "faults": [{"pointer": "/title", "line": 3}]}
    assert (world.calls[-1].body, world.calls[-1].headers["content-type"]) == (b"id: ours", "application/yaml")
    change = {"pointer": "/title", "section": "title", "touches": "the name", "services": ["applications"]}
    amendment = {
        "programme_id": str(programme),
        "version": 4,
        "possible": True,
        "changes": [change | {"refused": None}],
    }
    world.post(f"/applications/programmes/{programme}/blueprint/preview", amendment)
    query = """mutation($p: UUID!) {
        previewBlueprint(programmeId: $p, text: "id: ours") { possible changes { touches refused } } }"""
    found = (await front.data(query, {"p": str(programme)}))["previewBlueprint"]
    assert found == {"possible": True, "changes": [{"touches": "the name", "refused": None}]}
    world.put(f"/applications/programmes/{programme}/blueprint", amendment)
    query = 'mutation($p: UUID!) { amendBlueprint(programmeId: $p, text: "id: ours", expectedVersion: 3) { version } }'
    assert (await front.data(query, {"p": str(programme)}))["amendBlueprint"] == {"version": 4}
    assert (world.calls[-1].body, world.calls[-1].headers["if-match"]) == ({"blueprint": "id: ours"}, '"3"')
    world.get("/applications/blueprint-schema", {"type": "object"})
    world.get(f"/applications/programmes/{programme}", make.programme(programme))
    in_use = {"programme_id": str(programme), "version": 4, "blueprint": {"id": "ours", "title": "Ours"}}
    world.get(f"/applications/programmes/{programme}/blueprint", in_use)
    query = "query($p: UUID!) { blueprintSchema programme(id: $p) { blueprint { version blueprint } } }"
    found = await front.data(query, {"p": str(programme)})
    assert found["blueprintSchema"] == {"type": "object"}
    assert found["programme"]["blueprint"]["version"] == 4
