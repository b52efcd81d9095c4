"""Decisions of committees: what, when, about what, who attended; and what of them a report tells."""

import uuid
from datetime import timedelta

import pytest

from mentoring_contracts.applications import ApplicationSubmitted, PersonErased

MADE = {"committee": "Steering group", "decided_on": "2021-01-10", "text": "Recruit in the regions, too."}


async def begun(programme):
    """The programme with a committee of two and its coordinator."""
    await programme.begin()
    members = [await programme.granted("steering_group") for _ in range(2)]
    return members, (await programme.granted("coordinator"))[1]


async def decided(programme, client, people, **more):
    body = MADE | {"attended": [str(person) for person in people]} | more
    return await client.post(f"/programmes/{programme.id}/decisions", json=body)


async def test_what_was_decided_is_kept_with_who_attended_and_told_in_reports_without_them(programme):
    members, team = await begun(programme)
    (one, first), (other, _) = members
    theme = (await team.post(f"/programmes/{programme.id}/themes", json={"title": "Reach"})).json()
    made = await decided(programme, team, [one, other], about="theme", about_id=theme["id"])
    assert made.status_code == 201, made.text
    kept = made.json()
    assert {(a["person_id"], a["role"]) for a in kept["attended"]} == {
        (str(one), "steering_group"), (str(other), "steering_group"),
    }  # fmt: skip
    assert (await first.get(f"/decisions/{kept['id']}")).json()["text"] == MADE["text"]
    listed = await first.get(f"/programmes/{programme.id}/decisions")
    assert [item["id"] for item in listed.json()["items"]] == [kept["id"]]
    report = await programme.report("steering_group")
    assert report["decisions"] == [
        {"decision_id": kept["id"], "committee": "Steering group", "decided_on": "2021-01-10", "text": MADE["text"],
         "about": "theme", "subject": "Reach", "attended": [{"role": "steering_group", "people": 2}]}
    ]  # fmt: skip
    page = await programme.team.get(f"/reports/{report['id']}/html")
    assert "Decisions of committees" in page.text
    assert MADE["text"] in page.text
    assert str(one) not in page.text
    assert (await programme.report("public"))["decisions"] == []  # nobody approved its wording
    assert (await team.post(f"/decisions/{kept['id']}/approve", json={"version": 1})).status_code == 403
    approved = await programme.team.post(f"/decisions/{kept['id']}/approve", json={"version": 1})
    assert approved.status_code == 200, approved.text
    [public] = (await programme.report("public"))["decisions"]
    assert (public["text"], public["subject"]) == (MADE["text"], None)  # the theme's wording was not approved


async def test_a_record_is_put_right_with_a_reason_and_approved_anew(programme):
    members, team = await begun(programme)
    (one, _), (other, _) = members
    kept = (await decided(programme, team, [one])).json()
    path = f"/decisions/{kept['id']}"
    assert (await programme.team.post(f"{path}/approve", json={"version": 1})).status_code == 200
    change = {"attended": [str(one), str(other)], "reason": "One was left out"}
    now = {"If-Match": (await team.get(path)).headers["etag"]}
    changed = (await team.patch(path, json=change, headers=now)).json()
    assert (len(changed["attended"]), changed["wording_version"], changed["wording_approved_at"]) == (2, 2, None)
    assert (await team.patch(path, json=change, headers=now)).status_code == 412
    stale = await programme.team.post(f"{path}/approve", json={"version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "wording_changed")
    await programme.tell(PersonErased(person_id=one))
    attended = (await team.get(path)).json()["attended"]
    assert (len(attended), str(one) in str(attended)) == (2, False)


async def test_what_tells_of_an_application_stands_in_no_report(programme):
    members, team = await begun(programme)
    application = uuid.uuid4()
    ids = {"application_id": application, "programme_id": programme.id, "cohort_id": programme.cohorts[1]}
    await programme.tell(ApplicationSubmitted(**ids, person_id=uuid.uuid4(), role="mentee"))
    made = await decided(programme, team, [members[0][0]], about="application", about_id=str(application))
    assert made.status_code == 201, made.text
    assert (await programme.report())["decisions"] == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"attended": []}, "invalid_request"), ({"text": ""}, "invalid_request"),
        ({"committee": ""}, "invalid_request"),
        ({"about": "lunch"}, "invalid_request"), ({"about": "theme"}, "invalid_request"),
        ({"about_id": str(uuid.uuid4())}, "invalid_request"), ({"decided_on": "2030-02-31"}, "invalid_request"),
        ({"about": "theme", "about_id": str(uuid.uuid4())}, "about_unknown"),
        ({"about": "application", "about_id": str(uuid.uuid4())}, "about_unknown"),
        ({"attended": [str(uuid.uuid4())]}, "attendees_unknown"), ({"chair": "me"}, "invalid_request"),
    ],
)  # fmt: skip
async def test_what_is_no_decision_is_refused(programme, wrong, code):
    members, team = await begun(programme)
    refused = await decided(programme, team, [members[0][0]], **wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text


async def test_nothing_is_decided_tomorrow_nor_by_strangers(evaluation, programme):
    members, team = await begun(programme)
    tomorrow = (evaluation.clock.now() + timedelta(days=1)).date().isoformat()
    assert (await decided(programme, team, [members[0][0]], decided_on=tomorrow)).json()["code"] == "decision_to_come"
    member = members[0][1]
    assert (await decided(programme, member, [members[0][0]])).status_code == 403
    kept = (await decided(programme, team, [members[0][0]])).json()
    assert (await programme.client(subject=uuid.uuid4()).get(f"/decisions/{kept['id']}")).status_code == 403
    assert (await team.get(f"/decisions/{uuid.uuid4()}")).json()["code"] == "decision_not_found"
