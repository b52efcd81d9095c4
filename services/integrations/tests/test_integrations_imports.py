"""CSV files: what is wrong is reported by line and kept out, the rest goes in once, with the caller's own token."""

import asyncio
import csv
import io
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mentoring_common import yaml_text
from mentoring_common.testing import eventually, refused
from mentoring_integrations.imports.models import Import

ROOT = Path(__file__).resolve().parents[3]
HEADER = "name,email,employer,line_manager_email,languages,years_postdoctoral\n"


def reported(answer) -> set[tuple[int, str | None, str]]:
    for row in answer.json()["refused"]:
        place = [str(part) for part in (row["row"], row["column"]) if part is not None]
        assert row["pointer"] == "/rows/" + "/".join(place)
    return {(r["row"], r["column"], r["code"]) for r in answer.json()["refused"]}


def unique(text: str) -> str:
    """Addresses that no other test uses: the applications API of these tests keeps its people."""
    return text.replace("@x", f"@{uuid4().hex[:8]}.example.org")


@pytest.fixture
def people(applications_api):
    return lambda domain: {e: p for e, p in applications_api.people.items() if domain in e}


async def test_good_rows_go_in_and_bad_ones_are_reported_by_line(world, applications_api):
    rows = (
        "Ada,ada@x,Works,,en;de,7\n"
        ",empty@x,,,,\n"
        "Bad Mail,not-an-address,,,,\n"
        "Bad Number,number@x,,,,many\n"
        "Ragged,ragged@x\n"
        "Ada Again,ADA@x,,,,\n"
        "\n"
        '"Two\nLines",lines@x,,,,\n'
        "Bad Language,language@x,,,English,\n"
        "Schema,schema@x,,,,\n"
        '"Grace",grace@x,"Works, Ltd",ada@x,,\n'
        "Nobody's,nobody@x,,missing@x,,\n"
        "Circle,one@x,,two@x,,\n"
        "Circle,two@x,,one@x,,\n"
    )
    answer = await world.upload("/imports/people", unique(HEADER + rows))
    assert answer.status_code == 201, answer.text
    done = answer.json()
    assert (done["state"], done["rows"], done["accepted"]) == ("finished", 13, 2)
    assert reported(answer) == {
        (3, "name", "cell_empty"),
        (4, "email", "string_pattern_mismatch"),
        (5, "years_postdoctoral", "int_parsing"),
        (6, None, "ragged_row"),
        (7, "email", "duplicate_row"),
        (9, "name", "line_break"),
        (11, "languages", "string_pattern_mismatch"),
        (12, "name", "odd"),
        (14, "line_manager_email", "unknown_person"),
        (15, "line_manager_email", "circular"),
        (16, "line_manager_email", "circular"),
    }
    ada, grace = (applications_api.by_name(name) for name in ("Ada", "Grace"))
    assert (ada["languages"], ada["attributes"]) == (["en", "de"], {"years_postdoctoral": 7})
    assert (grace["line_manager_email"], grace["employer"]) == (ada["email"], "Works, Ltd")


async def test_nothing_of_a_cell_is_kept_or_answered(world):
    text = unique(HEADER + "Canary Name,canary-not-an-address,,,,\nCanary Name,canary@x,,,CANARY TONGUE,\n")
    done = (await world.upload("/imports/people", text)).json()
    assert done["accepted"] == 0
    assert "canary" not in str(done).lower()
    again = await world.admin.get(f"/imports/{done['id']}")
    assert again.json() == done
    export = await world.admin.get(f"/imports/{done['id']}/refused.csv")
    assert export.headers["content-type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(export.text)))
    assert [(r["row"], r["column"]) for r in table] == [("2", "email"), ("3", "languages")]
    assert "canary" not in export.text.lower()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
async def test_bytes_that_are_not_utf8_cost_their_row_only(world, mark):
    rows = "Grün,one@x,,,,\n".encode() + b"Gr\xfcn,two@x,,,,\n" + b"N\x00ul,three@x,,,,\n" + b"Last,four@x,,,,\n"
    text = unique((HEADER.encode() + rows).decode("latin-1")).encode("latin-1")
    answer = await world.upload("/imports/people", mark + text)
    assert reported(answer) == {(3, "name", "not_utf8"), (4, "name", "control_character")}
    assert answer.json()["accepted"] == 2


async def test_a_quotation_mark_out_of_place_costs_its_row(world):
    text = unique(HEADER + 'One,one@x,,,,\n"Two" x,two@x,,,,\nThree,three@x,,,,\n"Four,four@x,,,,\nFive,five@x,,,,\n')
    answer = await world.upload("/imports/people", text)
    assert reported(answer) == {(3, None, "malformed_row"), (5, None, "malformed_row")}
    assert answer.json()["accepted"] == 2


async def test_a_cell_that_is_too_long_costs_its_row(world):
    text = unique(HEADER + f"{'n' * 11_000},one@x,,,,\n{'n' * 140_000},two@x,,,,\nThree,three@x,,,,\n")
    answer = await world.upload("/imports/people", text)
    assert reported(answer) == {(2, "name", "cell_too_long"), (3, None, "malformed_row")}
    assert answer.json()["accepted"] == 1


async def test_line_ends_of_every_kind_are_read(world):
    text = unique((HEADER + "One,one@x,,,,\nTwo,two@x,,,,").replace("\n", "\r\n"))
    assert (await world.upload("/imports/people", text)).json()["accepted"] == 2
    text = unique((HEADER + "One,one@x,,,,\nTwo,two@x,,,,").replace("\n", "\r"))
    assert (await world.upload("/imports/people", text)).json()["accepted"] == 2


async def test_formula_like_cells_are_data(world, applications_api):
    text = unique(HEADER + '"=HYPERLINK(""http://evil"")",formula@x,+1 Ltd,,,\n')
    assert (await world.upload("/imports/people", text)).json()["accepted"] == 1
    assert applications_api.by_name('=HYPERLINK("http://evil")')


@pytest.mark.parametrize(
    ("content", "code", "members"),
    [
        (b"", "file_empty", {}),
        (b"\n\n", "file_empty", {}),
        (b"\xef\xbb\xbf", "file_empty", {}),
        ("name,email\nA,a@b.c".encode("utf-32"), "file_not_utf8", {}),
        (b"PK\x03\x04 no archive", "workbook_unreadable", {}),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook_unreadable", {}),
        (b"name\nA\n", "wrong_columns", {"missing": ["email"], "unknown": []}),
        (b"name,email,shoe size\nA,a@b.c,9\n", "wrong_columns", {"missing": [], "unknown": [3]}),
        (b"name,email,Email\nA,a@b.c,a@b.c\n", "wrong_columns", {"doubled": [3]}),
        (b"Ada,ada@example.org\n", "wrong_columns", {"missing": ["email", "name"], "unknown": [1, 2]}),
        (b'"name,email\nA,a@b.c\n', "file_empty", {}),
        (b"name,email\n" + b"A,a@b.c\n" * 5001, "too_many_rows", {"most": 5000, "most_async": 200000}),
    ],
)
async def test_a_file_that_is_no_table_of_this_kind_changes_nothing(world, content, code, members):
    answer = await world.upload("/imports/people", content)
    found = answer.json()
    assert (answer.status_code, found["code"]) == (422, code)
    assert {name: found[name] for name in members} == members
    assert "ada@" not in answer.text.lower()
    assert (await world.admin.get("/imports")).json()["items"] == []


async def test_a_file_sent_again_doubles_nothing_and_answers_the_same(world, applications_api):
    text = unique(HEADER + "Ada,ada@x,,,,\nGrace,grace@x,,ada@x,,\n,broken@x,,,,\n")
    first = await world.upload("/imports/people", text)
    people = dict(applications_api.people)
    second = await world.upload("/imports/people", text)
    assert first.json()["accepted"] == second.json()["accepted"] == 2
    assert reported(first) == reported(second)
    assert applications_api.people == people


async def test_a_row_refused_before_is_tried_again_when_the_same_file_comes(world, applications_api):
    text = unique(HEADER + "Ada,ada@x,,,,\nGrace,grace@x,,,,\n")
    taken = text.splitlines()[1].split(",")[1]
    applications_api.register(uuid4(), "Somebody", taken)
    first = await world.upload("/imports/people", text)
    assert reported(first) == {(2, "email", "email_taken")}
    del applications_api.people[taken]
    second = await world.upload("/imports/people", text)
    assert (second.json()["accepted"], second.json()["refused"]) == (2, [])


async def test_one_key_is_one_import(world):
    text, key = unique(HEADER + "Ada,ada@x,,,,\n"), {"Idempotency-Key": "k1"}
    first, second = [await world.upload("/imports/people", text, **key) for _ in range(2)]
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert len((await world.admin.get("/imports")).json()["items"]) == 1
    other = await world.upload("/imports/people", text + "\n", **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_one_file_under_one_key_at_once_twice_is_one_import(world, applications_api, monkeypatch):
    rows = "".join(f"Ada {n},ada{n}@x,,,,\n" for n in range(20))
    text, key = unique(HEADER + rows), {"Idempotency-Key": "at once"}
    sent, answered = asyncio.Event(), asyncio.Event()

    async def held_up() -> None:
        sent.set()
        await answered.wait()

    monkeypatch.setattr(applications_api, "before_effect", held_up)
    first = asyncio.create_task(world.upload("/imports/people", text, **key))
    await sent.wait()
    second = await world.upload("/imports/people", text, **key)
    answered.set()
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_in_use")
    assert second.headers["retry-after"] == "1"
    assert (await first).json()["accepted"] == 20
    again = await world.upload("/imports/people", text, **key)
    assert (again.json(), again.headers["idempotency-replayed"]) == ((await first).json(), "true")
    assert len((await world.admin.get("/imports")).json()["items"]) == 1


async def test_what_was_interrupted_is_tried_again_under_its_key(world, applications_api):
    text, key = unique(HEADER + "Ada,ada@x,,,,\n"), {"Idempotency-Key": "interrupted"}
    applications_api.down = True
    try:
        first = await world.upload("/imports/people", text, **key)
    finally:
        applications_api.down = False
    assert reported(first) == {(2, None, "unavailable")}
    second = await world.upload("/imports/people", text, **key)
    assert (second.json()["accepted"], "idempotency-replayed" in second.headers) == (1, False)


async def test_a_dry_run_checks_and_sends_nothing(world, applications_api):
    applications_api.calls.clear()
    text = unique(HEADER + "Ada,ada@x,Works,,,\nGrace,grace@x,,ada@x,,\n,broken@x,,,,\nLost,lost@x,,missing@x,,\n")
    done = await world.upload("/imports/people?dry_run=true", text)
    assert (done.json()["dry_run"], done.json()["accepted"]) == (True, 2)
    assert reported(done) == {(4, "name", "cell_empty"), (5, "line_manager_email", "unknown_person")}
    assert (done.json()["created"], done.json()["changed"]) == ([2, 3], [])
    assert [path for path in applications_api.calls if path != "/internal/profiles"] == ["/people/batch"]
    assert not any(name in text for name in applications_api.people)


NUMBERS = "external_id,name,email,line_manager_external_id,last_day,leaving_reason\n"


async def test_who_is_known_by_number_is_changed_and_a_dry_run_says_so(world, applications_api):
    first = unique(NUMBERS + "E-1,Ada,ada@x,E-2,,\nE-2,Grace,grace@x,,,\n")
    done = (await world.upload("/imports/people", first)).json()
    assert (done["created"], done["changed"], done["unchanged"]) == ([2, 3], [], [])
    second = first.replace("Grace", "Grace H").replace("E-2,,", "E-2,2026-01-31,Retired")
    second += unique("E-3,New,new@x,E-1,,\n") + "E-9,Lost,lost@example.org,E-8,,\nE-3,Again,again@example.org,,,\n"
    tried = (await world.upload("/imports/people?dry_run=true", second)).json()
    done = (await world.upload("/imports/people", second)).json()
    told = ("rows", "accepted", "created", "changed", "unchanged", "refused")
    assert {name: tried[name] for name in told} == {name: done[name] for name in told}
    assert (done["created"], done["changed"], done["unchanged"]) == ([4], [2, 3], [])
    assert [(row["row"], row["column"]) for row in done["refused"]] == [(5, "line_manager_email"), (6, "external_id")]
    ada = applications_api.by_name("Ada")
    assert (ada["last_day"], ada["leaving_reason"]) == ("2026-01-31", "retired")
    again = (await world.upload("/imports/people", second)).json()
    assert (again["created"], again["unchanged"]) == ([], [2, 3, 4])  # not the answer of the time before


async def test_people_are_nominated_by_number_or_by_address(world, applications_api):
    ada = world.person("Ada")
    applications_api.people[world.address(ada)]["external_id"] = number = f"N-{ada.hex}"
    rows = f"{number},,,mentee,1,She leads.\n,no@example.org,No,mentor,,\n,no2@example.org,,mentor,,\n"
    rows += f"N-0,,,mentee,,\n{number},,,mentee,,\n,,,mentee,,\n"
    path = f"/imports/nominations?programme_id={world.programme_id}"
    tried = await world.upload(f"{path}&dry_run=true", "external_id,email,name,role,cohort,statement\n" + rows)
    assert applications_api.nominated == []
    done = await world.upload(path, "external_id,email,name,role,cohort,statement\n" + rows)
    assert reported(tried) == reported(done) == {
        (4, "name", "cell_empty"), (5, "external_id", "unknown_person"), (6, "external_id", "duplicate_row"),
        (7, "email", "cell_empty"),
    }  # fmt: skip
    assert (done.json()["kind"], done.json()["created"]) == ("nominations", [2, 3])
    assert applications_api.nominated == [
        {"person_id": str(ada), "role": "mentee", "cohort_id": applications_api.cohort_id, "statement": "She leads."},
        {"name": "No", "email": "no@example.org", "role": "mentor", "cohort_id": None},
    ]


async def test_standing_pairs_come_in_once_with_the_day_on_which_they_began(world, applications_api, matching_api):
    ada, grace, hedy, joan = (world.person(name) for name in ("Ada", "Grace", "Hedy", "Joan"))
    at = world.address
    applications_api.people[at(ada)]["external_id"] = number = f"P-{ada.hex}"
    matching_api.busy = {str(joan)}
    text = "mentor_email,mentor_external_id,mentee_email,starts_on,cohort,kind\n" + "".join([
        f",{number},{at(grace)},2021-09-01,1,\n",
        f"{at(ada)},,{at(hedy)},2021-10-01,,Mentoring\n",  # the only cohort
        f"{at(grace)},,{at(hedy)},2021-11-01,1,buddy\n",
        f"{at(ada)},,{at(joan)},2021-09-01,1,\n",
        f"{at(ada)},,nobody@example.org,2021-09-01,1,\n",
        f",,{at(joan)},2021-09-01,1,\n",
        f"{at(ada)},,{at(joan)},yesterday,1,\n",
        f"{at(hedy)},,{at(joan)},2021-09-01,7,\n",
        f",{number},{at(grace)},2021-09-02,1,\n",
    ])  # fmt: skip
    path = f"/imports/pairs?programme_id={world.programme_id}"
    tried = await world.upload(f"{path}&dry_run=true", text, world.office)
    assert tried.status_code == 201, tried.text
    assert matching_api.stand == []
    done = await world.upload(path, text, world.office)
    assert reported(tried) == reported(done) == {
        (5, "mentee_email", "person_not_free"), (6, "mentee_email", "unknown_person"),
        (7, "mentor_email", "cell_empty"),
        (8, "starts_on", "date_from_datetime_parsing"), (9, "cohort", "unknown_cohort"),
        (10, "mentee_email", "duplicate_row"),
    }  # fmt: skip
    assert tried.json()["created"] == done.json()["created"] == [2, 3, 4]
    assert done.json()["kind"] == "pairs"
    pair = {"kind": "mentoring", "lead_id": str(ada)}
    assert [one for one in matching_api.stand if one["kind"] == "mentoring"] == [
        pair | {"member_ids": [str(grace)], "starts_on": "2021-09-01"},
        pair | {"member_ids": [str(hedy)], "starts_on": "2021-10-01"},
    ]
    equals = {"kind": "buddy", "member_ids": [str(grace), str(hedy)], "starts_on": "2021-11-01"}
    assert equals in matching_api.stand
    again = (await world.upload(path, text, world.office)).json()
    assert (again["created"], again["unchanged"], len(matching_api.stand)) == ([], [2, 3, 4], 3)
    wrong = await world.upload(path, f"mentor_email,mentee_email,starts_on,since\n{at(ada)},x@y.z,2021-09-01,1\n")
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["unknown"]) == (422, "wrong_columns", [4])
    assert (await world.upload(path, text, world.own(joan))).status_code == 403


async def test_applications_are_submitted_by_number(world, applications_api):
    ada = world.person("Ada")
    applications_api.people[world.address(ada)]["external_id"] = number = f"N-{ada.hex}"
    text = f"external_id,role,proxy_reason\n{number},mentee,on paper\nN-0,mentee,on paper\n"
    done = await world.upload(f"/imports/applications?programme_id={world.programme_id}", text, world.office)
    assert reported(done) == {(3, "external_id", "unknown_person")}
    assert [a["role"] for a in applications_api.applications if a["person_id"] == str(ada)] == ["mentee"]


async def test_no_answer_leaves_the_rest_for_the_next_time(world, applications_api):
    text = unique(HEADER + "Ada,ada@x,,,,\n,broken@x,,,,\n")
    applications_api.down = True
    try:
        first = await world.upload("/imports/people", text)
    finally:
        applications_api.down = False
    assert reported(first) == {(2, None, "unavailable"), (3, "name", "cell_empty")}
    assert (await world.upload("/imports/people", text)).json()["accepted"] == 1


async def test_what_the_caller_may_not_do_the_import_may_not(world, applications_api):
    applications_api.deny = True
    try:
        answer = await world.upload("/imports/people", unique(HEADER + "Ada,ada@x,,,,\nGrace,grace@x,,,,\n"))
    finally:
        applications_api.deny = False
    assert reported(answer) == {(2, None, "role_needed"), (3, None, "role_needed")}


async def test_the_rows_are_sent_with_the_callers_own_token(world, applications_api):
    applications_api.tokens.clear()
    await world.upload("/imports/people", unique(HEADER + "Ada,ada@x,,,,\n"))
    assert applications_api.tokens == {world.admin.headers["authorization"]}


async def test_a_large_file_goes_in_by_batches(world, applications_api):
    applications_api.calls.clear()
    rows = "".join(f"Person {n},p{n}@x,,,,\n" for n in range(250))
    assert (await world.upload("/imports/people", unique(HEADER + rows))).json()["accepted"] == 250
    assert applications_api.calls.count("/people/batch") == 3


COLUMNS = (
    "email,role,cohort,capacity,criteria,free_text,previous_mentoring,preferred,privacy_notice,postdoctoral_years,"
    "proxy_reason\n"
)


async def test_applications_are_submitted_for_people_by_address(world, applications_api):
    ada, grace, eve = (world.person(name) for name in ("Ada", "Grace", "Eve"))
    rows = (
        f"{world.address(ada)},mentee,1,,networking;research_funding,I hope,no,{world.address(grace)},2022-02,3,"
        "on paper\n"
        f"{world.address(grace)},Mentor,,2,leadership,I offer,yes,,2022-02,12,on paper\n"
        f"{world.address(eve)},mentee,9,,,,,,,,on paper\n"
        f"{world.address(eve)},helper,1,,,,,,,,on paper\n"
        f"{world.address(eve)},mentee,1,,unknown,,,,,,on paper\n"
        f"nobody@example.org,mentee,1,,,,,,,,on paper\n"
        f"{world.address(eve)},mentor,1,,,,perhaps,,,many,on paper\n"
        f"{world.address(ada)},mentee,,,,,,,,,\n"
    )
    path = f"/imports/applications?programme_id={world.programme_id}"
    answer = await world.upload(path, COLUMNS + rows, world.office)
    assert answer.status_code == 201, answer.text
    assert answer.json()["accepted"] == 2
    assert reported(answer) == {
        (4, "cohort", "unknown_cohort"),
        (5, "role", "literal_error"),
        (6, "email", "duplicate_row"),
        (7, "email", "unknown_person"),
        (8, "previous_mentoring", "not_boolean"),
        (8, "postdoctoral_years", "not_integer"),
        (9, "proxy_reason", "cell_empty"),
    }
    by_person = {a["person_id"]: a for a in applications_api.applications}
    assert by_person[str(ada)] == {
        "person_id": str(ada),
        "role": "mentee",
        "cohort_id": applications_api.cohort_id,
        "consents": {"privacy_notice": "2022-02"},
        "proxy": {"reason": "on paper"},
        "answers": {
            "criteria": ["networking", "research_funding"],
            "free_text": "I hope",
            "previous_mentoring": False,
            "preferred": [world.address(grace)],
            "postdoctoral_years": 3,
        },
    }
    assert by_person[str(grace)]["cohort_id"] is None
    assert by_person[str(grace)]["answers"]["capacity"] == 2
    again = await world.upload(path, COLUMNS + rows, world.office)
    assert again.json()["accepted"] == 2
    assert len([a for a in applications_api.applications if a["person_id"] == str(ada)]) == 1


async def test_a_number_no_service_can_carry_costs_its_row(world):
    person = world.person()
    text = f"email,role,proxy_reason,postdoctoral_years\n{world.address(person)},mentor,on paper,{10**30}\n"
    text += "later@example.org,mentor,on paper,-3\n"
    answer = await world.upload(f"/imports/applications?programme_id={world.programme_id}", text)
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "finished"
    assert (2, "postdoctoral_years", "not_integer") in reported(answer)
    assert {row for row, _, _ in reported(answer)} == {2, 3}


async def test_what_the_form_refuses_is_reported_by_its_field(world):
    ada, eve = world.person("Ada"), world.person("Eve")
    rows = f"{world.address(ada)},mentee,1,,unknown,,,,,,on paper\n"
    rows += f"{world.address(eve)},mentee,1,,networking,,,,,,on paper\n"
    path = f"/imports/applications?programme_id={world.programme_id}"
    answer = await world.upload(path, COLUMNS + rows, world.office)
    assert reported(answer) == {(2, "criteria", "unknown_criterion")}
    edited = await world.upload(path, COLUMNS + rows.replace("unknown", "leadership"), world.office)
    assert reported(edited) == {(3, "email", "already_applied")}
    assert edited.json()["accepted"] == 1


async def test_a_column_the_form_does_not_know_is_refused(world):
    path = f"/imports/applications?programme_id={world.programme_id}"
    answer = await world.upload(path, "email,role,proxy_reason,shoe_size\na@b.cd,mentee,on paper,9\n", world.office)
    assert (answer.status_code, answer.json()["unknown"]) == (422, [4])


async def test_who_may_import(world):
    row = "name,email\nAda,ada@example.org\n"
    stranger = world.own(uuid4())
    assert (await world.upload("/imports/people", row, stranger)).json()["code"] == "role_needed"
    path = f"/imports/applications?programme_id={world.programme_id}"
    assert (await world.upload(path, "email,role\n", stranger)).status_code == 403
    assert (await world.upload(f"/imports/applications?programme_id={uuid4()}", "email,role\n")).status_code == 404
    reader = world.harness.caller("integrations:read", "organisation:admin", tenant=world.tenant)
    assert (await world.upload("/imports/people", row, reader)).status_code == 403
    anonymous = world.harness.anonymous()
    assert (await world.upload("/imports/people", row, anonymous)).status_code == 401


async def test_nobody_sees_an_import_of_somebody_else(world):
    done = (await world.upload("/imports/people", unique(HEADER + "Ada,ada@x,,,,\n"), world.office)).json()
    assert (await world.office.get(f"/imports/{done['id']}")).status_code == 200
    assert (await world.admin.get(f"/imports/{done['id']}")).status_code == 200
    other_tenant = world.harness.caller("integrations:write", "organisation:admin", tenant=uuid4())
    for caller in (world.own(uuid4()), other_tenant):
        assert (await caller.get(f"/imports/{done['id']}")).status_code == 404
        assert (await caller.get(f"/imports/{done['id']}/refused.csv")).status_code == 404
        assert (await caller.get("/imports")).json()["items"] == []


async def test_what_is_no_csv_or_too_large_is_refused_unread(world):
    answer = await world.admin.post("/imports/people", json={"name": "Ada"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    answer = await world.upload("/imports/people", b"x" * 30_000_001)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_no_transaction_is_open_while_rows_are_sent(world, applications_api):
    pool, seen = world.harness.service.database.engine.pool, []

    async def nobody_holds_a_connection() -> bool:
        return pool.checkedout() == 0

    async def look() -> None:
        # The senders beside it may hold one for a moment; the import would hold it until it is answered.
        seen.append(await eventually(nobody_holds_a_connection))

    applications_api.before_effect = look
    try:
        await world.upload("/imports/people", unique(HEADER + "Ada,ada@x,,,,\n"))
    finally:
        del applications_api.before_effect
    assert seen == [True]
    async with world.harness.service.database.transaction(world.tenant) as db:
        assert await db.scalar(sa.select(Import.state)) == "finished"


async def test_the_examples_of_the_documents_go_in(world, applications_api):
    examples = ROOT / "docs" / "examples"
    form = yaml_text.ours((ROOT / "blueprints" / "nihr.yaml").read_text(encoding="utf-8"))["form"]["fields"]
    before, applications_api.form = applications_api.form, form
    try:
        people = await world.upload("/imports/people", (examples / "people.csv").read_bytes())
        path = f"/imports/applications?programme_id={world.programme_id}"
        applications = await world.upload(path, (examples / "applications.csv").read_bytes())
    finally:
        applications_api.form = before
    assert (people.json()["accepted"], people.json()["refused"]) == (3, [])
    assert (applications.json()["accepted"], applications.json()["refused"]) == (2, [])


SHEET = "Work E-mail,First,Surname,Organisation,First choice,Second choice,About you,Fine print,Grade\n"
MAPPING = """
mentees:
  email: work e-mail
  first_name: First
  last_name: Surname
  topics: [First choice, Second choice]
  text: About you
  ignore: [Fine print]
people: {employer: Organisation, grade: Grade}
"""


async def test_a_sheet_with_other_headings_comes_in_by_the_mapping_that_the_matching_wrote(world, applications_api):
    rows = "nia@x,Nia,Owen,Works,networking,leadership,I hope,x,7\n,No,Body,,,,,,\n"
    said = {"mapping": MAPPING, "sheet": "mentees"}
    registered = await world.upload("/imports/people?" + urlencode(said), unique(SHEET + rows))
    assert registered.status_code == 201, registered.text
    assert reported(registered) == {(3, "email", "cell_empty")}
    nia = applications_api.by_name("Nia Owen")
    assert nia["employer"] == "Works"
    ada = world.person("Ada")
    rows = f"{world.address(ada)},Ada,,,networking,leadership,I hope,x,7\n"
    more = said | {"programme_id": world.programme_id, "proxy_reason": "on paper", "cohort": 1}
    path = "/imports/applications?" + urlencode(more)
    answer = await world.upload(path, SHEET + rows, world.office)
    assert answer.json()["accepted"] == 1, answer.text
    (application,) = [a for a in applications_api.applications if a["person_id"] == str(ada)]
    assert (application["role"], application["proxy"]) == ("mentee", {"reason": "on paper"})
    assert application["cohort_id"] == applications_api.cohort_id
    assert application["answers"] == {"criteria": ["networking", "leadership"], "free_text": "I hope"}
    again = await world.upload(path, SHEET + rows, world.office)
    assert again.json()["accepted"] == 1
    assert len([a for a in applications_api.applications if a["person_id"] == str(ada)]) == 1


async def test_what_a_mapping_does_not_say_is_not_lost_in_silence(world):
    said = {"mapping": "people: {email: Mail, name: Who}"}
    answer = await world.upload("/imports/people?" + urlencode(said), "Mail,Who,Shoe size\na@x.org,A,9\n")
    assert refused(answer, 422, "wrong_columns")
    assert answer.json()["unknown"] == [3]
    for mapping, at in (
        ("people: [", ""), ("sheet: {email: x}", "/sheet"), ("people: {email: {a: b}}", "/people/email"), ("- a", ""),
        ("people: {E-MAIL: Mail}", "/people/E-MAIL"),
    ):  # fmt: skip
        answer = await world.upload("/imports/people?" + urlencode({"mapping": mapping}), "Mail\nx\n")
        assert refused(answer, 422, "mapping_unreadable"), answer.text
        assert answer.json()["errors"][0]["pointer"].startswith(f"/query/mapping{at}")
    answer = await world.upload("/imports/people?sheet=tutors", "Mail\nx\n")
    assert refused(answer, 422, "invalid_request")
