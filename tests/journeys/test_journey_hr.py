"""An HR system, from nothing to the first employee and their leaving: the commands of docs/hr-systems.md, as is."""

import asyncio
import os
import re
import shutil
from pathlib import Path

import pytest

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "hr-systems.md").read_text("utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.M | re.S)
SCOPES = ("hr:provision", "applications:read", "applications:write")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not at hand")
async def test_every_command_of_the_page_does_what_it_says(stack):
    async with stack.call("platform:admin", "applications:write") as operator:
        made = await operator.post("/applications/organisations", json={"name": "Leeds", "slug": "leeds-hr"})
        tenant = made.json()["id"]
    async with stack.call("organisation:admin", *SCOPES[1:], tenant=tenant) as admin:
        employer = (await admin.post("/applications/employers", json={"name": "Leeds Trust"})).json()["id"]
        token = stack.issuer.mint("hr", tenant, SCOPES, extra={"tenant": tenant, "employer": employer})
        env = {"PATH": os.environ["PATH"], "BASE": stack.api_url, "TOKEN": token}
        shell = await asyncio.create_subprocess_exec(
            "bash", "-euo", "pipefail", "-c", "\n".join(COMMANDS), env=env, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await shell.communicate()
        assert shell.returncode == 0, said.decode()
        people = (await admin.get("/applications/people")).json()["items"]
    assert len(COMMANDS) == 12
    ada, grace, joan = sorted(people, key=lambda one: one["name"])
    assert (joan["name"], joan["external_id"], joan["employer_id"]) == ("Joan Clarke", "E-10077", employer)
    assert (ada["name"], ada["email"], ada["external_id"]) == (
        "Ada Lovelace",
        "ada.lovelace@leeds.example.org",
        "E-10042",
    )
    assert (ada["employer_id"], ada["line_manager_id"], ada["attributes"]) == (employer, grace["id"], {"grade": "7"})
    assert ada["last_day"] is None  # was said, and taken back


PROVISION = """mutation { provisionPerson(externalId: "E-1", name: "Cy", email: "cy@leeds.example.org") {
  id externalId lastDay } }"""
LEAVES = 'mutation($id: UUID!) { recordLeaving(personId: $id, lastDay: "2020-01-31", reason: RETIRED) { %s } }'
STAYS = "mutation($id: UUID!) { takeBackLeaving(personId: $id) }"


async def test_the_same_by_graphql(stack):
    async with stack.call("platform:admin", "applications:write") as operator:
        made = await operator.post("/applications/organisations", json={"name": "York", "slug": "york-hr"})
    async with stack.call("organisation:admin", *SCOPES[1:], tenant=made.json()["id"]) as admin:

        async def ask(query, **variables):
            answer = (await admin.post("/graphql", json={"query": query, "variables": variables})).json()
            assert "errors" not in answer, answer
            return answer["data"]

        person = (await ask(PROVISION))["provisionPerson"]
        assert (person["externalId"], person["lastDay"]) == ("E-1", None)
        left = (await ask(LEAVES % "lastDay leavingReason leftAt", id=person["id"]))["recordLeaving"]
        assert (left["lastDay"], left["leavingReason"], bool(left["leftAt"])) == ("2020-01-31", "retired", True)
        assert (await ask(PROVISION))["provisionPerson"] == person | {"lastDay": "2020-01-31"}
        assert (await ask(STAYS, id=person["id"]))["takeBackLeaving"] == person["id"].partition(":")[2]


FILE = """external_id,name,email,line_manager_external_id,last_day,leaving_reason
E-1,Ada,ada@hull.example.org,E-2,,
E-2,Grace,grace@hull.example.org,,,
E-3,Nobody's,lost@hull.example.org,E-9,,
E-4,Gone,gone@hull.example.org,E-2,2020-01-31,retired
"""


async def test_a_file_is_tried_and_then_done_with_the_same_answer(stack):
    async with stack.call("platform:admin", "applications:write") as operator:
        made = await operator.post("/applications/organisations", json={"name": "Hull", "slug": "hull-hr"})
    tenant = made.json()["id"]
    async with stack.call("organisation:admin", *SCOPES[1:], tenant=tenant) as admin:
        employer = (await admin.post("/applications/employers", json={"name": "Hull Trust"})).json()["id"]
        token = stack.issuer.mint(
            "hr", tenant, (*SCOPES, "integrations:write"), extra={"tenant": tenant, "employer": employer}
        )

        async def import_(text, **params):
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
            path = "/integrations/imports/people"
            answer = await admin.post(path, params=params, content=text.encode(), headers=headers)
            assert answer.status_code == 201, answer.text
            told = ("rows", "accepted", "created", "changed", "unchanged", "refused")
            return {name: answer.json()[name] for name in told}

        async def known():
            return {one["external_id"]: one for one in (await admin.get("/applications/people")).json()["items"]}

        tried = await import_(FILE, dry_run=True)
        assert await known() == {}
        assert tried == await import_(FILE)
        assert (tried["created"], [row["pointer"] for row in tried["refused"]]) == (
            [2, 3, 5],
            ["/rows/4/line_manager_external_id"],
        )
        people = await known()
        assert people["E-1"]["line_manager_id"] == people["E-4"]["line_manager_id"] == people["E-2"]["id"]
        assert people["E-4"]["last_day"] == "2020-01-31"
        later = FILE.replace("Ada,", "Ada King,").replace("E-9", "E-1")
        tried = await import_(later, dry_run=True)
        assert (await known()) == people
        assert tried == await import_(later)
        assert (tried["created"], tried["changed"], tried["unchanged"]) == ([4], [2], [3, 5])
        again = await import_(later)
        assert (again["created"], again["changed"], again["unchanged"]) == ([], [], [2, 3, 4, 5])


async def test_an_api_key_does_for_services_that_take_it(stack):
    """Applications keeps the keys, integrations asks for them; an import goes on with the key itself."""
    async with stack.call("platform:admin", "applications:write") as operator:
        made = await operator.post("/applications/organisations", json={"name": "Bath", "slug": "bath-hr"})
    async with stack.call("organisation:admin", *SCOPES[1:], tenant=made.json()["id"]) as admin:
        employer = (await admin.post("/applications/employers", json={"name": "Bath Trust"})).json()["id"]
        scopes = [*SCOPES, "integrations:read", "integrations:write"]
        body = {"name": "HR", "scopes": scopes, "employer_id": employer}
        key = (await admin.post("/applications/api-keys", json=body)).json()
        auth = {"Authorization": f"Bearer {key['key']}"}
        person = {"name": "Ada", "email": "ada@bath.example.org"}
        put = await admin.put("/applications/people/by-external-id/E-1", json=person, headers=auth)
        assert put.status_code == 201, put.text
        text = b"external_id,name,email\nE-1,Ada B,ada@bath.example.org\n"
        done = await admin.post(
            "/integrations/imports/people", content=text, headers=auth | {"Content-Type": "text/csv"}
        )
        assert (done.status_code, done.json()["changed"]) == (201, [2]), done.text
        assert (await admin.get("/integrations/changes", headers=auth)).status_code == 200
        assert (await admin.get("/sessions/relationships", headers=auth)).status_code == 401
