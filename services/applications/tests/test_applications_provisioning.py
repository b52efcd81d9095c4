"""HR systems know their people by numbers of their own: made known, brought up to date, found and listed by them."""

import asyncio
import uuid
from datetime import datetime, timedelta

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.applications import PersonChanged

SCOPES = ("applications:read", "applications:write")
ADA = {"name": "Ada Byron", "email": "ada@leeds.example.org"}
PATH = "/people/by-external-id"


@pytest.fixture
async def leeds(office):
    return (await office.post("/employers", json={"name": "Leeds Trust"})).json()["id"]


@pytest.fixture
def hr(applications, tenant, leeds):
    """The HR system of Leeds Trust."""
    return applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="hr-client", employer=leeds)


async def test_an_hr_system_makes_people_known_and_brings_them_up_to_date_by_its_own_numbers(
    applications, tenant, hr, leeds
):
    made = await hr.put(f"{PATH}/E-1", json=ADA)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"'), made.text
    assert made.headers["location"].endswith(f"/people/{made.json()['id']}")
    moved = {"name": "Ada Lovelace", "email": "ada.lovelace@leeds.example.org", "attributes": {"grade": "7"}}
    again = await hr.put(f"{PATH}/E-1", json=moved)
    assert (again.status_code, again.json()["id"], again.headers["etag"]) == (200, made.json()["id"], '"2"')
    found = (await hr.get("/people", params={"external_id": "E-1"})).json()["items"]
    assert [(one["id"], one["name"], one["email"], one["external_id"], one["employer_id"]) for one in found] == [
        (made.json()["id"], "Ada Lovelace", "ada.lovelace@leeds.example.org", "E-1", leeds)
    ]
    assert (found[0]["attributes"], found[0]["sources"]) == ({"grade": "7"}, {"employer": "hr", "grade": "hr"})
    same = await hr.put(f"{PATH}/E-1", json=moved)
    assert (same.status_code, same.headers["etag"]) == (200, '"2"')  # nothing to say, nothing said
    assert len(await applications.emitted(tenant, PersonChanged)) == 3  # made, name, address


async def test_what_is_left_out_of_a_record_stays_and_null_removes(hr):
    boss = (await hr.put(f"{PATH}/B-1", json={"name": "Grace", "email": "grace@leeds.example.org"})).json()["id"]
    said = ADA | {"languages": ["en", "cy"], "attributes": {"grade": "7", "site": "A"}}
    person = (await hr.put(f"{PATH}/E-1", json=said | {"line_manager_external_id": "B-1"})).json()["id"]
    await hr.put(f"{PATH}/E-1", json=ADA | {"attributes": {"site": None}})
    found = (await hr.get(f"/people/{person}")).json()
    assert (found["line_manager_id"], found["languages"], found["attributes"]) == (boss, ["en", "cy"], {"grade": "7"})
    await hr.put(f"{PATH}/E-1", json=ADA | {"line_manager_id": None})
    assert (await hr.get(f"/people/{person}")).json()["line_manager_id"] is None
    unknown = await hr.put(f"{PATH}/E-1", json=ADA | {"line_manager_external_id": "nobody"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_line_manager")
    both = await hr.put(f"{PATH}/E-1", json=ADA | {"line_manager_external_id": "B-1", "line_manager_id": boss})
    assert (both.status_code, both.json()["code"]) == (422, "invalid_request")


async def test_who_is_known_by_address_gets_the_number_and_keeps_the_id(office, hr, leeds):
    known = (await office.post("/people", json=ADA | {"employer_id": leeds})).json()["id"]
    linked = await hr.put(f"{PATH}/E-1", json=ADA)
    assert (linked.status_code, linked.json()["id"]) == (200, known)
    other = await hr.put(f"{PATH}/E-2", json=ADA)  # the address has a number by now
    assert (other.status_code, other.json()["code"]) == (409, "email_taken")
    await office.post("/people", json={"name": "Bob", "email": "bob@york.example.org"})
    theirs = await hr.put(f"{PATH}/E-3", json={"name": "Bob", "email": "bob@york.example.org"})
    assert (theirs.status_code, theirs.json()["code"]) == (409, "email_taken")  # nobody of this employer


async def test_an_external_id_is_one_person_s_at_an_employer_and_another_s_at_the_next(office, hr, leeds):
    york = (await office.post("/employers", json={"name": "York"})).json()["id"]
    first = (await office.post("/people", json=ADA | {"external_id": "E-1", "employer_id": leeds})).json()["id"]
    bob = {"name": "Bob", "email": "bob@example.org", "external_id": "E-1"}
    taken = await office.post("/people", json=bob | {"employer_id": leeds})
    assert (taken.status_code, taken.json()["code"]) == (409, "external_id_taken")
    second = await office.post("/people", json=bob | {"employer_id": york})
    third = await office.post("/people", json=bob | {"email": "cy@example.org"})  # of no employer
    assert (second.status_code, third.status_code) == (201, 201)
    fourth = await office.post("/people", json=bob | {"email": "dy@example.org"})
    assert (fourth.status_code, fourth.json()["code"]) == (409, "external_id_taken")
    listed = (await office.get("/people", params={"external_id": "E-1"})).json()["items"]
    assert {one["id"] for one in listed} == {first, second.json()["id"], third.json()["id"]}
    assert [one["id"] for one in (await hr.get("/people", params={"external_id": "E-1"})).json()["items"]] == [first]
    rows = [bob | {"email": "e@example.org"}, {"name": "F", "email": "f@example.org", "external_id": "E-9"}]
    items = (await office.post("/people/batch", json={"people": [*rows, rows[1] | {"email": "g@example.org"}]})).json()
    codes = [item["problem"] and item["problem"]["code"] for item in items["items"]]
    assert codes == ["external_id_taken", None, "external_id_taken"]


async def test_an_external_id_ends_with_the_employer(office, leeds):
    york = (await office.post("/employers", json={"name": "York"})).json()["id"]
    ada = (await office.post("/people", json=ADA | {"external_id": "E-1", "employer_id": leeds})).json()["id"]
    await office.patch(f"/people/{ada}", json={"employer_id": york})
    assert (await office.get(f"/people/{ada}")).json()["external_id"] is None
    await office.post(
        "/people", json={"name": "B", "email": "b@example.org", "external_id": "Y-1", "employer_id": york}
    )
    taken = await office.patch(f"/people/{ada}", json={"external_id": "Y-1"})
    assert (taken.status_code, taken.json()["code"]) == (409, "external_id_taken")
    await office.patch(f"/people/{ada}", json={"employer_id": leeds, "external_id": "E-7"})
    assert (await office.get(f"/people/{ada}")).json()["external_id"] == "E-7"


async def test_the_organisation_s_admin_names_the_employer_or_none(office, leeds):
    of_leeds = await office.put(f"{PATH}/E-1", params={"employer_id": leeds}, json=ADA)
    free = await office.put(f"{PATH}/E-1", json={"name": "Free", "email": "free@example.org"})
    assert (of_leeds.status_code, free.status_code) == (201, 201)
    assert of_leeds.json()["id"] != free.json()["id"]
    assert (await office.get(f"/people/{free.json()['id']}")).json()["employer_id"] is None
    again = await office.put(f"{PATH}/E-5", json=ADA)  # who is of Leeds, and has a number there
    await office.post("/people", json={"name": "Bea", "email": "bea@leeds.example.org", "employer_id": leeds})
    employed = await office.put(f"{PATH}/E-6", json={"name": "Bea", "email": "bea@leeds.example.org"})
    for answer in (again, employed):
        assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    nowhere = await office.put(
        f"{PATH}/E-2", params={"employer_id": str(uuid.uuid4())}, json=ADA | {"email": "x@y.org"}
    )
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "unknown_employer")


async def test_a_number_is_seen_by_the_person_hr_and_admins_alone(nihr, hr):
    person = (await hr.put(f"{PATH}/E-1", json=ADA)).json()["id"]
    await nihr.apply("mentee", nihr.cohorts[0], person)
    coordinator = await nihr.person()
    await nihr.office.post(
        f"/programmes/{nihr.programme_id}/roles", json={"person_id": coordinator, "role": "coordinator"}
    )
    team = nihr.as_person(coordinator)
    seen = {client: (await client.get(f"/people/{person}")).json() for client in (team, hr, nihr.office)}
    assert [one["external_id"] for one in seen.values()] == [None, "E-1", "E-1"]
    assert seen[team]["email"] == ADA["email"]
    listed = (await team.get("/people", params={"ids": person})).json()["items"]
    assert [one["external_id"] for one in listed] == [None]
    themselves = nihr.as_person(person)
    assert (await themselves.get("/me")).json()["external_id"] == "E-1"
    refused = await themselves.patch(f"/people/{person}", json={"external_id": "E-2"})
    assert (refused.status_code, refused.json()["code"]) == (403, "value_from_hr")
    assert refused.json()["fields"] == ["external_id"]
    inviting = {"name": "N", "email": "n@example.org", "external_id": "E-3"}
    invited = await team.post("/people", json=inviting)
    assert (invited.status_code, invited.json()["code"]) == (403, "not_your_people")


async def test_of_who_is_only_invited_nothing_is_told_by_when_they_changed(nihr, hr):
    await hr.put(f"{PATH}/E-1", json=ADA)
    coordinator = await nihr.person()
    await nihr.office.post(
        f"/programmes/{nihr.programme_id}/roles", json={"person_id": coordinator, "role": "coordinator"}
    )
    team = nihr.as_person(coordinator)
    invited = (await team.post("/people", json=ADA)).json()["id"]
    before = (await team.get(f"/people/{invited}")).json()
    await hr.put(f"{PATH}/E-1", json=ADA | {"name": "Ada Lovelace"})
    assert (await team.get(f"/people/{invited}")).json() == before
    late = (datetime.fromisoformat(before["updated_at"]) + timedelta(microseconds=1)).isoformat()
    changed = {one["id"] for one in (await team.get("/people", params={"updated_since": late})).json()["items"]}
    assert invited not in changed


async def test_applications_are_listed_by_what_changed(nihr, hr):
    person = (await hr.put(f"{PATH}/E-1", json=ADA)).json()["id"]
    first = await nihr.apply("mentee", nihr.cohorts[0], person)
    other = await nihr.apply("mentor", nihr.cohorts[0])
    moment = (await nihr.office.get(f"/applications/{other['id']}")).json()["updated_at"]
    await nihr.decide(first)
    since = {"updated_since": moment}
    assert {one["id"] for one in (await nihr.office.get("/applications", params=since)).json()["items"]} == {
        first["id"], other["id"],
    }  # fmt: skip
    assert [one["id"] for one in (await hr.get("/applications", params=since)).json()["items"]] == [first["id"]]
    changed = (await nihr.office.get(f"/applications/{first['id']}")).json()["updated_at"]
    later = (await nihr.office.get("/applications", params={"updated_since": changed})).json()["items"]
    assert [one["id"] for one in later] == [first["id"]]


async def test_who_manages_nobody_names_nobody_by_number(applications, office, tenant, hr, leeds):
    person = (await office.post("/people", json={"name": "P", "email": "p@example.org"})).json()["id"]
    as_person = applications.caller(*SCOPES, tenant=tenant, subject=person)
    asked = await as_person.get("/people", params={"external_id": "E-1"})
    put = await as_person.put(f"{PATH}/E-1", json=ADA)
    york = (await office.post("/employers", json={"name": "York"})).json()["id"]
    theirs = await hr.put(f"{PATH}/E-1", params={"employer_id": york}, json=ADA)
    for answer in (asked, put, theirs):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_people")
        assert answer.json()["needed"] == ["hr:provision", "organisation:admin"]


@pytest.mark.parametrize("wrong", [".hidden", "two words", "a" * 101])
async def test_what_is_no_external_id_is_refused(hr, wrong):
    answer = await hr.put(f"{PATH}/{wrong}", json=ADA)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    asked = await hr.get("/people", params={"external_id": wrong})
    assert asked.status_code == 422


async def test_a_record_is_compared_with_the_version_that_was_read(hr):
    unknown = await hr.put(f"{PATH}/E-1", json=ADA, headers={"If-Match": '"1"'})
    assert (unknown.status_code, unknown.json()["code"]) == (412, "precondition_failed")
    await hr.put(f"{PATH}/E-1", json=ADA)
    old = await hr.put(f"{PATH}/E-1", json=ADA | {"name": "A"}, headers={"If-Match": '"7"'})
    assert (old.status_code, old.json()["version"]) == (412, 1)
    assert (await hr.put(f"{PATH}/E-1", json=ADA | {"name": "A"}, headers={"If-Match": '"1"'})).status_code == 200


async def test_any_version_will_do_and_none_is_asked_for_by_who_makes_somebody_new(hr):
    only_new = {"If-None-Match": "*"}
    assert (await hr.put(f"{PATH}/E-1", json=ADA, headers=only_new)).status_code == 201
    assert refused(await hr.put(f"{PATH}/E-1", json=ADA, headers=only_new), 412, "precondition_failed")
    assert (await hr.put(f"{PATH}/E-1", json=ADA | {"name": "A"}, headers={"If-Match": "*"})).status_code == 200


async def test_who_polls_reads_what_changed(office, hr):
    ada = (await hr.put(f"{PATH}/E-1", json=ADA)).json()["id"]
    bob = (await hr.put(f"{PATH}/E-2", json={"name": "Bob", "email": "bob@leeds.example.org"})).json()["id"]
    before = {one["id"]: one["updated_at"] for one in (await hr.get("/people")).json()["items"]}
    await hr.put(f"{PATH}/E-1", json=ADA | {"name": "Ada B."})
    after = (await hr.get(f"/people/{ada}")).json()["updated_at"]
    assert datetime.fromisoformat(after) > datetime.fromisoformat(before[ada])

    async def since(moment, client=hr):
        return [one["id"] for one in (await client.get("/people", params={"updated_since": moment})).json()["items"]]

    assert await since(after) == await since(after, office) == [ada]
    assert set(await since(before[bob])) == {ada, bob}
    assert await since((datetime.fromisoformat(after) + timedelta(seconds=1)).isoformat()) == []
    vague = await hr.get("/people", params={"updated_since": "2026-01-01T00:00:00"})
    assert (vague.status_code, vague.json()["code"]) == (422, "invalid_request")


async def test_the_same_record_sent_at_once_by_two_makes_one_person(hr):
    """A nightly run and its repetition, or two workers of one run."""
    for number in range(5):
        record = {"name": "Twin", "email": f"twin{number}@leeds.example.org"}
        answers = await asyncio.gather(*(hr.put(f"{PATH}/T-{number}", json=record) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
        assert len({answer.json()["id"] for answer in answers}) == 1
        moved = [record | {"email": f"other{number}{n}@leeds.example.org"} for n in range(2)]
        answers = await asyncio.gather(*(hr.put(f"{PATH}/U-{number}", json=one) for one in moved))
        assert sorted(answer.status_code for answer in answers) == [200, 201]


@pytest.mark.parametrize("path", [f"{PATH}/M%FCller", f"{PATH}/%C3", f"{PATH}/%ED%A0%80"])
async def test_bytes_that_are_no_text_are_no_number(hr, path):
    assert refused(await hr.put(path, json=ADA), 422, "not_utf8")
    assert refused(await hr.get(f"/people?external_id={path.rpartition('/')[2]}"), 422, "not_utf8")
    assert (await hr.put(f"{PATH}/M%C3%BCller", json=ADA)).status_code == 201


async def test_nobody_is_their_own_line_manager_however_many_stand_between(hr, office):
    ids = {}
    for number in (1, 2, 3):
        record = {"name": "Person", "email": f"c{number}@leeds.example.org"}
        record |= {"line_manager_external_id": f"C-{number - 1}"} if number > 1 else {}
        ids[number] = (await hr.put(f"{PATH}/C-{number}", json=record)).json()["id"]
    for manager in ("C-1", "C-2", "C-3"):
        record = {"name": "Person", "email": "c1@leeds.example.org", "line_manager_external_id": manager}
        assert refused(await hr.put(f"{PATH}/C-1", json=record), 422, "circular_line_manager")
    assert refused(
        await office.patch(f"/people/{ids[1]}", json={"line_manager_id": ids[3]}), 422, "circular_line_manager"
    )


async def test_an_hr_system_names_line_managers_of_its_own_employer(applications, tenant, hr, office):
    york = (await office.post("/employers", json={"name": "York Trust"})).json()["id"]
    other = applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="hr-york", employer=york)
    boss = (await other.put(f"{PATH}/B-1", json={"name": "Grace", "email": "grace@york.example.org"})).json()["id"]
    named = ADA | {"line_manager_id": boss}
    assert refused(await hr.put(f"{PATH}/E-1", json=named), 422, "unknown_line_manager")
    assert refused(await hr.post("/people", json=named), 422, "unknown_line_manager")
    rows = (await hr.post("/people/batch", json={"people": [named]})).json()["items"]
    assert rows[0]["problem"]["code"] == "unknown_line_manager"
    ada = (await hr.put(f"{PATH}/E-1", json=ADA)).json()["id"]
    assert refused(await hr.put(f"{PATH}/E-1", json=named), 422, "unknown_line_manager")
    assert refused(await hr.patch(f"/people/{ada}", json={"line_manager_id": boss}), 422, "unknown_line_manager")
    assert (await office.patch(f"/people/{ada}", json={"line_manager_id": boss})).status_code == 200
    unknown = await hr.put(f"{PATH}/E-1", json=ADA | {"line_manager_external_id": "nobody"})
    assert unknown.json()["errors"][0]["pointer"] == "/body/line_manager_external_id"


async def test_an_hr_system_sees_and_makes_no_employer_beside_its_own(hr, office, leeds):
    await office.post("/employers", json={"name": "York Trust"})
    assert [one["id"] for one in (await hr.get("/employers")).json()["items"]] == [leeds]
    assert (await hr.post("/employers", json={"name": " leeds  TRUST"})).json()["id"] == leeds
    for name in ("York Trust", "Hull Trust"):
        assert refused(await hr.post("/employers", json={"name": name}), 403, "not_your_people")
    assert len((await office.get("/employers")).json()["items"]) == 2


async def test_an_hr_system_without_an_employer_speaks_for_the_whole_organisation(applications, tenant, hr, leeds):
    whole = applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="hr-whole")
    assert (await whole.put(f"{PATH}/E-1?employer_id={leeds}", json=ADA)).status_code == 201
    assert (await whole.put(f"{PATH}/E-1", json=ADA | {"email": "x@x.org"})).status_code == 201
    assert len((await whole.get("/people")).json()["items"]) == 2
    assert (await whole.get("/applications")).json()["items"] == []


async def test_a_filter_that_fits_nothing_gives_an_empty_list(hr):
    ada = (await hr.put(f"{PATH}/E-1", json=ADA)).json()["id"]
    for query in ({"person_id": ada}, {"programme_id": str(uuid.uuid4())}, {"cohort_id": str(uuid.uuid4())}):
        assert (await hr.get("/applications", params=query)).json()["items"] == []


@pytest.mark.parametrize(
    "address",
    ["victim@x.org,b", "<angle@x.org>", "ip@[127.0.0.1].x", "semi@x.org;other", "ü@exämple.org", "a@x..org",
     ".@.x.y", "mailto:a@x.org", "a@-x.org", "a b@x.org", "a@x", '"a"@x.org'],
)  # fmt: skip
async def test_what_no_letter_can_go_to_is_no_address(hr, address):
    answer = await hr.put(f"{PATH}/E-1", json=ADA | {"email": address})
    assert refused(answer, 422, "invalid_request")
    assert answer.json()["errors"][0]["pointer"] == "/body/email"


@pytest.mark.parametrize("address", ["o'neil@x.org", "a+b@x-y.co.uk", "A.B@x.org", "a@xn--exmple-cua.org"])
async def test_what_letters_go_to_is_an_address(hr, address):
    assert (await hr.put(f"{PATH}/E-1", json=ADA | {"email": address})).status_code == 201


@pytest.mark.parametrize("name", ["Ada\nByron", "Ada\x1b[1m", "Ada\u202enoryB", "\u200b", "Ada\u2028Byron", "\x7f"])
async def test_a_name_is_one_line_that_shows_something(hr, name):
    answer = await hr.put(f"{PATH}/E-1", json=ADA | {"name": name})
    assert refused(answer, 422, "invalid_request")
    assert answer.json()["errors"][0]["pointer"] == "/body/name"


@pytest.mark.parametrize("name", ["Zoë O’Neil-山田", "فاطمه‌زهرا", "🙂"])
async def test_names_of_all_writings_are_names(hr, name):
    assert (await hr.put(f"{PATH}/E-1", json=ADA | {"name": name})).status_code == 201
