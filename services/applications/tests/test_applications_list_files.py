"""Lists as files, and answers with the members that are asked for: one mechanism of all routes, tried on people."""

import csv
import io
import uuid

import pytest
from python_calamine import CalamineWorkbook

from mentoring_common import list_files

SCOPES = ("applications:read", "applications:write")


@pytest.fixture
async def many(applications, tenant):
    """An organisation with more people than a page has, one of whom is called by a formula."""
    office = applications.caller(*SCOPES, "organisation:admin", tenant=tenant, subject="office")
    rows = [
        {"external_id": f"E-{n}", "name": f"Person {n}", "email": f"p{n}@example.org", "attributes": {"grade": str(n)}}
        for n in range(450)
    ]
    rows[7] |= {"name": "=1+1", "languages": ["en", "fr"]}
    answer = await office.post("/people/batch", params={"upsert": True}, json={"people": rows}, timeout=60)
    assert {item["outcome"] for item in answer.json()["items"]} == {"created"}
    return office


async def test_a_list_is_a_file_of_all_its_rows(many):
    answer = await many.get("/people", params={"format": "csv", "limit": 3})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="people.csv"'
    rows = {row["external_id"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert set(rows) == {f"E-{n}" for n in range(450)}
    assert rows["E-2"]["attributes.grade"] == "2"
    assert (rows["E-7"]["name"], rows["E-7"]["languages"]) == ("'=1+1", "en;fr")  # no spreadsheet computes it


async def test_a_list_is_a_workbook(many):
    answer = await many.get("/people", params={"format": "xlsx", "fields": "external_id,name"})
    assert answer.status_code == 200, answer.text
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["name", "external_id"]
    assert len(rows) == 451
    assert ["=1+1", "E-7"] in rows  # a text; a formula would be shown as what it comes to


async def test_a_file_is_of_what_the_filters_leave_and_of_what_one_may_see(applications, many):
    found = await many.get("/people", params={"format": "csv", "external_id": "E-9", "fields": "name"})
    assert found.text.split() == ["name", "Person", "9"]
    stranger = applications.caller(*SCOPES, "organisation:admin", tenant=uuid.uuid4())
    nobody = (await stranger.get("/people", params={"format": "csv"})).text.strip()
    assert {"id", "name", "email"} <= set(nobody.split(","))
    assert "\n" not in nobody
    without = applications.caller(tenant=uuid.uuid4(), subject="x")
    assert (await without.get("/people", params={"format": "csv"})).status_code == 403


async def test_what_is_no_file_of_a_list_is_refused(many, monkeypatch):
    wrong = await many.get("/people", params={"format": "pdf"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/query/format")
    one = (await many.get("/people?limit=1")).json()["items"][0]["id"]
    assert (await many.get(f"/people/{one}", params={"format": "csv"})).status_code == 422  # no list
    monkeypatch.setattr(list_files, "MOST_ROWS", 300)
    long = await many.get("/people", params={"format": "csv"})
    assert (long.status_code, long.json()["code"], long.json()["most"]) == (422, "list_too_long", 300)


async def test_answers_have_the_members_that_are_asked_for(many):
    page = (await many.get("/people", params={"limit": 2, "fields": "id,name"})).json()
    assert [sorted(item) for item in page["items"]] == [["id", "name"]] * 2
    assert page["next_cursor"]
    whole = await many.get(f"/people/{page['items'][0]['id']}")
    part = await many.get(f"/people/{page['items'][0]['id']}", params={"fields": "email"})
    assert part.json() == {"email": whole.json()["email"]}
    assert part.headers["etag"] == whole.headers["etag"]
    assert part.headers["content-length"] == str(len(part.content))


@pytest.mark.parametrize("fields", ["secret", "", "id,,name", "id,nothing", "name.first"])
async def test_members_that_are_not_there_are_refused(many, fields):
    answer = await many.get("/people", params={"fields": fields})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert answer.json()["errors"][0]["code"] == "unknown_member"
