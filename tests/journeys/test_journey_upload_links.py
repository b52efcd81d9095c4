"""Files that come every night with no token: the commands of docs/imports.md as they are, and what a link refuses."""

import asyncio
import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mentoring_common.testing import eventually, refused

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "imports.md").read_text("utf-8")
SECTION = PAGE.partition("\n## Scheduled files\n")[2].partition("\n## ")[0]
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", SECTION, re.M | re.S)
FILE = "Naam;Post;Nummer;Vak\nAda Obi;ada@night.example.org;N-1;x\nNobody;none;N-2;y\n"
SCOPES = ("hr:provision", "integrations:write", "applications:write")
LINKS = "/integrations/imports/sources/s/links"


@pytest.fixture
async def leeds(stack):
    """An organisation's admin, an employer, and its HR client; a source `s` of the client."""
    async with stack.call("platform:admin", "applications:write") as operator:
        slug = f"night-{os.urandom(4).hex()}"
        tenant = (await operator.post("/applications/organisations", json={"name": "L", "slug": slug})).json()["id"]
    async with stack.call("organisation:admin", *SCOPES[1:], tenant=tenant) as admin, stack.call() as hr:
        employer = (await admin.post("/applications/employers", json={"name": "Leeds"})).json()["id"]
        token = stack.issuer.mint("hr", tenant, SCOPES, extra={"tenant": tenant, "employer": employer})
        hr.headers["Authorization"] = f"Bearer {token}"
        mapping = "people: {name: Naam, email: Post, external_id: Nummer, ignore: [Vak]}"
        for client in (hr, admin):
            kept = await client.put("/integrations/imports/sources/s", json={"mapping": mapping})
            assert kept.status_code == 200, kept.text
        yield admin, hr, employer, token


async def link(client, **members):
    made = await client.post(LINKS, json=members)
    assert made.status_code == 201, made.text
    assert made.headers["location"].endswith(f"/imports/links/{made.json()['id']}")
    return made.json()


async def put(nobody, url, text=FILE):
    return await nobody.put(url, content=text.encode())


async def over(nobody, url):
    async def finished():
        last = (await nobody.get(url)).json()["last"]
        return last if last["state"] == "finished" else None

    return await eventually(finished, what="the end of the import")


@pytest.fixture
async def nobody(stack):
    async with stack.call() as client:
        del client.headers["Authorization"]
        yield client


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not at hand")
async def test_the_commands_of_the_page(stack, leeds, tmp_path):
    admin, _, employer, token = leeds
    (tmp_path / "nightly.csv").write_text(FILE)
    env = {"PATH": os.environ["PATH"], "BASE": stack.api_url, "TOKEN": token}
    shell = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", "\n".join(COMMANDS), env=env, cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await shell.communicate()
    assert shell.returncode == 0, said.decode()
    assert len(COMMANDS) == 2
    [ada] = (await admin.get("/applications/people")).json()["items"]
    assert (ada["name"], ada["external_id"], ada["employer_id"]) == ("Ada Obi", "N-1", employer)


async def test_a_file_comes_with_no_token_and_its_maker_reads_the_rows(leeds, nobody):
    admin, hr, _employer, _ = leeds
    made = await link(hr)
    sent = await put(nobody, made["url"])
    assert (sent.status_code, sent.json()["rows"], sent.json()["state"]) == (202, 2, "running"), sent.text
    last = await over(nobody, made["url"])
    assert (last["accepted"], last["done"]) == (1, 2)
    whole = (await hr.get(f"/integrations/imports/{last['import_id']}")).json()
    assert [(row["row"], row["column"]) for row in whole["refused"]] == [(3, "email")]
    shown = (await hr.get(f"/integrations/imports/links/{made['id']}")).json()
    assert (shown["files"], shown["import_id"], "url" in shown) == (1, last["import_id"], False)
    assert [one["id"] for one in (await admin.get("/integrations/imports/links")).json()["items"]] == [made["id"]]
    for path in ("/applications/people", "/integrations/imports"):
        secret = made["url"].rsplit("/", 1)[1]
        assert (await nobody.get(path, headers={"Authorization": f"Bearer {secret}"})).status_code == 401
    again = await put(nobody, made["url"])
    assert again.json()["import_id"] != last["import_id"]  # another night
    assert (await over(nobody, made["url"]))["accepted"] == 1
    assert len((await admin.get("/applications/people")).json()["items"]) == 1


async def test_one_file_counts_once_and_a_refused_one_for_none(leeds, nobody):
    _, hr, _, _ = leeds
    made = await link(hr, most_files=1, most_bytes=len(FILE))
    assert refused(await put(nobody, made["url"], FILE + "x"), 422, "upload_too_large")
    assert refused(await put(nobody, made["url"], "Naam;Nummer\nAda;1\n"), 422, "wrong_columns")
    assert (await nobody.get(made["url"])).json() | {"expires_at": ""} == {
        "expires_at": "", "files_left": 1, "most_bytes": len(FILE), "last": None,
    }  # fmt: skip
    both = await asyncio.gather(put(nobody, made["url"]), put(nobody, made["url"], FILE.replace("Ada", "Eve")))
    assert sorted(answer.status_code for answer in both) == [202, 409]
    first = next(answer for answer in both if answer.status_code == 202)
    await over(nobody, made["url"])
    text = FILE if first is both[0] else FILE.replace("Ada", "Eve")
    repeated = await put(nobody, made["url"], text)
    assert (repeated.status_code, repeated.json()["import_id"]) == (202, first.json()["import_id"])
    other = await put(nobody, made["url"], FILE.replace("Obi", "Ono"))
    assert refused(other, 409, "upload_link_over")
    assert other.json()["why"] == "used"


async def test_a_link_ends_with_its_revocation_and_with_the_key_of_its_maker(leeds, nobody, stack):
    admin, hr, employer, _ = leeds
    made = await link(hr)
    assert refused(await hr.delete("/integrations/imports/sources/s"), 409, "source_has_links")
    assert (await hr.delete(f"/integrations/imports/links/{made['id']}")).status_code == 204
    gone = await put(nobody, made["url"])
    assert refused(gone, 409, "upload_link_over")
    assert gone.json()["why"] == "revoked"
    keys = (await admin.get("/applications/api-keys")).json()["items"]
    assert [(one["name"], bool(one["revoked_at"])) for one in keys] == [("Upload link of s", True)]
    assert (await hr.delete("/integrations/imports/sources/s")).status_code == 204

    body = {"name": "HR", "employer_id": employer, "scopes": list(SCOPES)}
    key = (await admin.post("/applications/api-keys", json=body)).json()
    machine = {"Authorization": f"Bearer {key['key']}"}
    await admin.put("/integrations/imports/sources/s", json={"mapping": ""}, headers=machine)
    later = (datetime.now(UTC) + timedelta(days=366)).isoformat()
    by_key = (await admin.post(LINKS, json={"expires_at": later}, headers=machine)).json()
    assert by_key["expires_at"] == key["expires_at"]
    assert (await admin.delete(f"/applications/api-keys/{key['id']}")).status_code == 204
    over_ = await put(nobody, by_key["url"], "name,email\nAda,ada@key.example.org\n")
    assert refused(over_, 409, "upload_link_over")


async def test_what_is_no_link_and_who_may_make_none(leeds, nobody, stack):
    admin, hr, _, _ = leeds
    made = await link(admin, kind="people")
    base, _, last = made["url"].rpartition("/")
    for wrong in ("x", last[:-2] + "AA", "0" * 32 + last[32:]):
        assert refused(await put(nobody, f"{base}/{wrong}"), 404, "upload_link_not_found")
    assert refused(await hr.get(f"/integrations/imports/links/{made['id']}"), 404, "upload_link_not_found")
    assert refused(await hr.post(LINKS, json={"kind": "nominations"}), 422, "upload_link_needs_programme")
    for days in (-1, 400):
        ends = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        assert refused(await hr.post(LINKS, json={"expires_at": ends}), 422, "upload_link_too_long")
    assert refused(await hr.post(LINKS.replace("/s/", "/t/"), json={}), 404, "source_not_found")
    person = (await admin.post("/applications/people", json={"name": "A", "email": "a@b.example.org"})).json()
    async with stack.call("integrations:write", tenant=person_tenant(made), subject=person["id"]) as someone:
        assert refused(await someone.post(LINKS, json={}), 403, "insufficient_scope")


def person_tenant(made):
    return made["url"].split("/public/")[1].split("/")[0]
