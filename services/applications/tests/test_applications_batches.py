"""People by the batch: what a file says of many, tried first and then done, with the same answer."""

import asyncio
import uuid

import pytest

from mentoring_common.testing import refused
from mentoring_common.testing.statements import rows_read, statements
from mentoring_contracts.applications import PersonChanged, PersonLeft

SCOPES = ("applications:read", "applications:write")
ADA = {"external_id": "E-1", "name": "Ada Byron", "email": "ada@leeds.example.org"}
BOB = {"external_id": "E-2", "name": "Bob", "email": "bob@leeds.example.org"}


@pytest.fixture
async def leeds(office):
    return (await office.post("/employers", json={"name": "Leeds Trust"})).json()["id"]


@pytest.fixture
def hr(applications, tenant, leeds):
    return applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="hr-client", employer=leeds)


async def send(client, *rows, **params):
    answer = await client.post("/people/batch", params={"upsert": True} | params, json={"people": list(rows)})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def said(items):
    """What became of each row, without ids: nobody has one before they are made."""
    return [(item["outcome"], item["problem"]) for item in items]


def outcomes(items):
    return [item["outcome"] for item in items]


async def tried_and_done(client, *rows):
    """The answer, which a dry run gave before without doing anything."""
    before = (await client.get("/people", params={"limit": 200})).json()
    tried = await send(client, *rows, dry_run=True)
    assert (await client.get("/people", params={"limit": 200})).json() == before
    done = await send(client, *rows)
    assert said(tried) == said(done)
    new = {item["id"] for item in done if item["outcome"] == "created"}
    assert [item["id"] for item in tried] == [None if item["id"] in new else item["id"] for item in done]
    return done


async def test_a_dry_run_says_what_the_run_does(applications, tenant, hr, office):
    await office.post("/people", json={"name": "Of York", "email": "york@example.org"})
    first = await tried_and_done(hr, ADA, BOB)
    assert outcomes(first) == ["created", "created"]
    new = {"external_id": "E-3", "name": "Cy", "email": "cy@leeds.example.org", "line_manager_external_id": "E-4"}
    di = {"external_id": "E-4", "name": "Di", "email": "di@leeds.example.org"}
    rows = [
        ADA,  # as they are
        BOB | {"name": "Robert", "line_manager_external_id": "E-1"},
        di | {"line_manager_email": "BOB@leeds.example.org"},
        new,  # whose line manager stands above and is new
        ADA | {"line_manager_external_id": "E-3"},  # below themselves
        {"external_id": "E-5", "name": "Of York", "email": "york@example.org"},
        {"external_id": "E-6", "name": "", "email": "e6@leeds.example.org"},
        {"external_id": "E-7", "name": "Eve", "email": "eve@leeds.example.org", "line_manager_external_id": "nobody"},
        di | {"name": "Di Anne"},  # again, further down
        BOB | {"name": "Robert", "last_day": "2020-01-31", "leaving_reason": "retired"},
    ]  # fmt: skip
    emitted = len(await applications.emitted(tenant))
    done = await tried_and_done(hr, *rows)
    assert outcomes(done) == [
        "unchanged", "changed", "created", "created", "refused", "refused", "refused", "refused", "changed", "changed",
    ]  # fmt: skip
    problems = [item["problem"] for item in done if item["outcome"] == "refused"]
    assert [(one["code"], one["errors"][0]["pointer"]) for one in problems] == [
        ("circular_line_manager", "/body/people/4/line_manager_external_id"),
        ("email_taken", "/body/people/5/email"),
        ("invalid_request", "/body/people/6/name"),
        ("unknown_line_manager", "/body/people/7/line_manager_external_id"),
    ]
    assert outcomes(await tried_and_done(hr, BOB | {"name": "Robert"}, new)) == ["unchanged", "unchanged"]
    events = (await applications.emitted(tenant))[emitted:]
    assert sum(isinstance(event, PersonLeft) for event in events) == 1
    assert sum(isinstance(event, PersonChanged) for event in events) == 4  # nothing of what was only tried
    robert = (await hr.get("/people", params={"external_id": "E-2"})).json()["items"][0]
    assert (robert["last_day"], robert["name"]) == ("2020-01-31", "Robert")


async def test_a_row_that_is_refused_leaves_nothing(hr):
    await send(hr, ADA, BOB)
    await send(hr, BOB | {"last_day": "2020-01-31", "leaving_reason": "retired"})
    again = await tried_and_done(hr, BOB | {"name": "Robert", "last_day": "2021-01-31"})
    assert again[0]["problem"]["errors"][0]["pointer"] == "/body/people/0/last_day"
    assert (await hr.get("/people", params={"external_id": "E-2"})).json()["items"][0]["name"] == "Bob"
    back = await tried_and_done(hr, BOB | {"name": "Robert", "last_day": None})
    assert outcomes(back) == ["changed"]
    found = (await hr.get("/people", params={"external_id": "E-2"})).json()["items"][0]
    assert (found["name"], found["last_day"]) == ("Robert", None)


async def test_the_last_day_of_somebody_new_and_one_said_again(hr):
    leaving = ADA | {"last_day": "2020-01-31"}
    assert outcomes(await tried_and_done(hr, leaving)) == ["created"]
    assert outcomes(await tried_and_done(hr, leaving)) == ["unchanged"]
    person = (await hr.get("/people", params={"external_id": "E-1"})).json()["items"][0]["id"]
    assert (await hr.get(f"/people/{person}/leaving")).json()["leaving_reason"] == "other"


async def test_what_is_known_already_is_not_asked_for_row_by_row(applications, hr):
    """What a system sends every night costs what a few rows cost."""
    boss, people = ADA, [{"external_id": f"N-{n}", "name": f"P {n}", "email": f"p{n}@x.example.org"} for n in range(60)]
    rows = [boss] + [row | {"line_manager_external_id": "E-1", "attributes": {"grade": "7"}} for row in people]
    rows[7] |= {"last_day": "2099-12-31", "leaving_reason": "retired"}
    await send(hr, *rows)
    asked = {}
    for number in (5, 61):
        with statements(applications.service.database.engine, own=True) as asked[number]:
            assert outcomes(await send(hr, *rows[:number])) == ["unchanged"] * number
    assert len(asked[61]) == len(asked[5]), asked
    for member, value in (
        ("name", "Q"), ("email", "q@x.example.org"), ("attributes", {"grade": None}), 
        ("line_manager_external_id", None), ("line_manager_external_id", "N-9"), ("last_day", "2098-12-31"),
        ("leaving_reason", "other"), ("last_day", None),
    ):  # fmt: skip
        changed = rows[7] | {member: value}
        changed = {k: v for k, v in changed.items() if k != "leaving_reason" or changed.get("last_day")}
        assert outcomes(await send(hr, changed, changed, rows[7])) == ["changed", "unchanged", "changed"], member


async def test_one_of_many_is_found_without_reading_the_others(applications, tenant, hr):
    rows = [{"external_id": f"M-{n}", "name": f"P {n}", "email": f"m{n}@x.example.org"} for n in range(2000)]
    assert set(outcomes(await send(hr, *rows))) == {"created"}
    with statements(applications.service.database.engine, own=True) as asked:
        assert outcomes(await send(hr, rows[700] | {"name": "Q"})) == ["changed"]
        assert (
            await hr.put("/people/by-external-id/M-800", json={"name": "R", "email": "m800@x.example.org"})
        ).is_success
    read = await rows_read(applications.service.database, tenant, asked)
    assert {one: number for one, number in read.items() if number > 100} == {}


async def test_two_may_change_places(hr):
    """Addresses that go from one to another are taken in the order of the rows."""
    await send(hr, ADA, BOB)
    moved = [ADA | {"email": "new@leeds.example.org"}, BOB | {"email": ADA["email"]}]
    assert outcomes(await tried_and_done(hr, *reversed(moved))) == ["refused", "changed"]
    assert outcomes(await tried_and_done(hr, *moved)) == ["unchanged", "changed"]


async def test_what_a_row_leaves_out_stays(hr):
    await send(hr, ADA | {"languages": ["en", "cy"], "attributes": {"grade": "7"}}, BOB)
    await send(hr, ADA | {"line_manager_external_id": "E-2"})
    found = (await hr.get("/people", params={"external_id": "E-1"})).json()["items"][0]
    assert (found["languages"], found["attributes"]) == (["en", "cy"], {"grade": "7"})
    assert found["line_manager_id"]
    assert outcomes(await tried_and_done(hr, ADA | {"line_manager_external_id": None})) == ["changed"]


async def test_an_employer_is_named_by_name(office, hr, leeds):
    york = {"external_id": "E-1", "name": "Y", "email": "y@york.example.org", "employer": "York Trust"}
    assert outcomes(await tried_and_done(office, york, ADA | {"employer": "LEEDS trust"})) == ["created", "created"]
    assert len((await office.get("/employers")).json()["items"]) == 2
    theirs = await tried_and_done(hr, york | {"name": "Z"}, ADA | {"employer": "Leeds Trust"})
    assert outcomes(theirs) == ["refused", "unchanged"]
    assert theirs[0]["problem"]["errors"][0]["pointer"] == "/body/people/0/employer"
    both = await send(office, york | {"employer_id": leeds})
    assert both[0]["problem"]["code"] == "invalid_request"


async def test_without_upsert_who_is_known_is_refused(hr):
    await send(hr, ADA)
    again = await send(hr, ADA | {"name": "A"}, upsert=False, dry_run=True)
    assert again[0]["problem"]["code"] == "email_taken"
    other = await send(hr, ADA | {"email": "other@leeds.example.org"}, upsert=False)
    assert (other[0]["problem"]["code"], other[0]["problem"]["errors"][0]["pointer"]) == (
        "external_id_taken",
        "/body/people/0/external_id",
    )


async def test_batches_and_single_records_at_once_make_each_person_once(hr):
    rows = [{"external_id": f"T-{n}", "name": "Twin", "email": f"twin{n}@leeds.example.org"} for n in range(20)]

    async def single(row):
        body = {name: row[name] for name in ("name", "email")}
        return (await hr.put(f"/people/by-external-id/{row['external_id']}", json=body)).status_code

    answers = await asyncio.gather(send(hr, *rows), send(hr, *reversed(rows)), *(single(row) for row in rows))
    assert all(item["outcome"] != "refused" for items in answers[:2] for item in items)
    assert set(answers[2:]) <= {200, 201}
    assert len((await hr.get("/people", params={"limit": 200})).json()["items"]) == 20


async def test_two_who_are_made_each_other_s_line_manager_at_once_make_no_circle(hr):
    for number in range(5):
        rows = [
            {"external_id": f"{side}-{number}", "name": side, "email": f"{side}{number}@x.example.org"} for side in "ab"
        ]
        await send(hr, *rows)

        async def put(mine, other, number=number):
            body = {
                "name": "X",
                "email": f"{mine}{number}@x.example.org",
                "line_manager_external_id": f"{other}-{number}",
            }
            return await hr.put(f"/people/by-external-id/{mine}-{number}", json=body)

        answers = await asyncio.gather(put("a", "b"), put("b", "a"))
        assert sorted(answer.status_code for answer in answers) == [200, 422]
        assert refused(max(answers, key=lambda a: a.status_code), 422, "circular_line_manager")


async def test_two_people_changed_at_once_make_no_circle(office):
    for number in range(5):
        made = [
            await office.post("/people", json={"name": "P", "email": f"p{number}{n}@example.org"}) for n in range(2)
        ]
        one, other = (answer.json()["id"] for answer in made)
        answers = await asyncio.gather(
            office.patch(f"/people/{one}", json={"line_manager_id": other}, headers={"If-Match": "*"}),
            office.patch(f"/people/{other}", json={"line_manager_id": one}, headers={"If-Match": '"1"'}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_a_team_tries_whom_it_would_invite(nihr):
    coordinator = await nihr.person()
    await nihr.office.post(
        f"/programmes/{nihr.programme_id}/roles", json={"person_id": coordinator, "role": "coordinator"}
    )
    team = nihr.as_person(coordinator)
    rows = [{"name": "New", "email": "new@example.org"}, ADA]
    tried = await send(team, *rows, dry_run=True)
    assert outcomes(tried) == ["created", "refused"]
    assert tried[1]["problem"]["code"] == "not_your_people"
    assert outcomes(await send(team, *rows)) == ["created", "refused"]


async def test_too_many_rows_are_refused(hr):
    rows = [{"name": "N", "email": f"n{n}@example.org"} for n in range(5001)]
    assert (await hr.post("/people/batch", json={"people": rows})).status_code == 422
    wrong = await hr.post(
        "/people/batch", params={"upsert": True}, json={"people": [{"employer_id": str(uuid.uuid4())}]}
    )
    assert wrong.json()["items"][0]["outcome"] == "refused"
