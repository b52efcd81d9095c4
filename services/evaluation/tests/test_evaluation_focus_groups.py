"""Focus groups: several people heard at once, each by their own consent, before a match and after."""

import uuid
from datetime import UTC, datetime

import pytest

from mentoring_contracts.applications import ApplicationSubmitted, PersonErased
from mentoring_contracts.evaluation import (
    ConsentWithdrawn,
    FocusGroupConsentWithdrawn,
    FocusGroupHeld,
    InterviewApproved,
)

QUOTE = "Nobody told me that I may ask for time."


async def applicants(programme, *roles):
    """People who applied and have no match."""
    people = [uuid.uuid4() for _ in roles]
    for person, role in zip(people, roles, strict=True):
        ids = {"application_id": uuid.uuid4(), "programme_id": programme.id, "cohort_id": programme.cohorts[1]}
        await programme.tell(ApplicationSubmitted(**ids, person_id=person, role=role))
    return people


async def planned(programme, people, client=None, **more):
    new = {"title": "Drivers and barriers", "occasion": "before", "scheduled_at": "2030-01-05T10:00:00Z"}
    new |= {"guide": ["What keeps people away?"], "person_ids": [str(person) for person in people]}
    return await (client or programme.team).post(f"/programmes/{programme.id}/focus-groups", json=new | more)


async def said(programme, path, person, quotes=(QUOTE,)):
    """Somebody agrees, what they said is handed in, and they let it be used."""
    own = programme.client(subject=person)
    assert (await own.post(f"{path}/consent")).json()["state"] == "consented"
    return own, {"summary": "canary-summary", "quotes": list(quotes)}


async def test_people_without_a_match_are_heard_and_themes_are_found_in_what_they_said(evaluation, programme, pick):
    await programme.begin()
    mentor, mentee, silent = await applicants(programme, "mentor", "mentee", "mentee")
    steering, _ = await programme.granted("steering_group")
    _, interviewer = await programme.granted("interviewer")
    made = await planned(programme, [mentor, mentee, silent], interviewer)
    assert made.status_code == 201, made.text
    path = f"/focus-groups/{made.json()['id']}"
    more = await interviewer.post(f"{path}/participants", json={"person_ids": [str(steering), str(mentor)]})
    roles = sorted(one["role"] for one in more.json()["participants"])
    assert roles == ["mentee", "mentee", "mentor", "steering_group"]
    own, text = await said(programme, path, mentor)
    other, _ = await said(programme, path, mentee)
    early = await interviewer.post(f"{path}/participants/{mentor}/contribution", json=text)
    assert (early.status_code, early.json()["code"]) == (409, "focus_group_state_conflict")
    held = await interviewer.post(f"{path}/hold")
    assert (held.json()["state"], held.json()["people"]) == ("held", 4)
    assert (await interviewer.post(f"{path}/participants/{mentor}/contribution", json=text)).status_code == 200
    unasked = await interviewer.post(f"{path}/participants/{silent}/contribution", json=text)
    assert (unasked.status_code, unasked.json()["code"]) == (409, "interview_state_conflict")
    await own.post(f"{path}/amend", json={"summary": "mine", "quotes": [QUOTE, "canary-second"]})
    assert (await own.get(f"{path}/participants/{mentor}")).json()["summary"] == "mine"
    texts = f"/programmes/{programme.id}/texts"
    _, coordinator = await programme.granted("coordinator")
    assert (await coordinator.get(texts, params={"kind": "quote"})).json()["items"] == []
    assert (await own.post(f"{path}/approve")).json()["state"] == "approved"
    quotes = (await coordinator.get(texts, params={"kind": "quote"})).json()["items"]
    assert [(quote["text"], quote["role"]) for quote in quotes] == [(QUOTE, "mentor"), ("canary-second", "mentor")]
    theme = (await coordinator.post(f"/programmes/{programme.id}/themes", json={"title": "Time"})).json()
    coded = {"texts": [{"quote_id": quote["quote_id"]} for quote in quotes]}
    assert (await coordinator.post(f"/themes/{theme['id']}/codings", json=coded)).status_code in (200, 201, 204)
    report = await programme.report()
    assert [quote["text"] for quote in report["quotes"]] == [QUOTE, "canary-second"]
    assert report["themes"]["items"][0]["voices"]["mentor"] == 1  # one voice, however much is quoted
    assert pick(await programme.figures(), "interviews", cohort=1)["value"] == 0  # it is no interview with a pair
    await programme.team.post(f"/reports/{report['id']}/publish")
    assert (await own.post(f"{path}/withdraw")).json()["state"] == "withdrawn"
    again = (await programme.team.get(f"/reports/{report['id']}")).json()
    assert (again["edition"], again["quotes"]) == (2, [])
    assert (await other.get(path)).json()["people"] == 3
    events = await evaluation.emitted(programme.tenant, FocusGroupHeld, FocusGroupConsentWithdrawn)
    assert [type(e).__name__ for e in events] == ["FocusGroupHeld", "FocusGroupConsentWithdrawn"]
    assert (events[0].occasion, events[0].participants, "canary" in str(events)) == ("before", 2, False)
    assert await evaluation.emitted(programme.tenant, InterviewApproved, ConsentWithdrawn) == []


async def test_who_takes_part_reads_of_themselves_and_nobody_else_of_anybody(programme):
    await programme.begin()
    one, other = await applicants(programme, "mentor", "mentee")
    made = (await planned(programme, [one, other])).json()
    path, own = f"/focus-groups/{made['id']}", programme.client(subject=one)
    seen = (await own.get(path)).json()
    assert (seen["guide"], [p["person_id"] for p in seen["participants"]]) == (["What keeps people away?"], [str(one)])
    assert len((await own.get(f"/programmes/{programme.id}/focus-groups")).json()["items"]) == 1
    assert (await own.get(f"{path}/participants/{other}")).status_code == 404
    assert (await programme.team.get(f"{path}/participants/{other}")).status_code == 404  # administrators read no texts
    assert (await own.post(f"{path}/hold")).status_code == 403
    stranger = programme.client(subject=uuid.uuid4())
    assert (await stranger.get(path)).status_code == 403
    assert (await stranger.post(f"{path}/consent")).status_code == 404
    assert (await stranger.get(f"/programmes/{programme.id}/focus-groups")).status_code == 403
    assert (await own.get(f"/programmes/{programme.id}/interviews")).status_code == 403  # who only applied has none


async def test_an_erased_participant_leaves_no_words_behind(programme):
    await programme.begin()
    (person,) = await applicants(programme, "mentee")
    path = f"/focus-groups/{(await planned(programme, [person])).json()['id']}"
    _, text = await said(programme, path, person)
    _, interviewer = await programme.granted("interviewer")
    await interviewer.post(f"{path}/hold")
    await interviewer.post(f"{path}/participants/{person}/contribution", json=text)
    await programme.tell(PersonErased(person_id=person))
    group = (await programme.team.get(path)).json()
    assert ([one["state"] for one in group["participants"]], group["people"]) == (["withdrawn"], 0)
    assert str(person) not in str(group)
    nobody = group["participants"][0]["person_id"]
    assert (await interviewer.get(f"{path}/participants/{nobody}")).json()["quotes"] == []


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"person_ids": []}, 422), ({"title": ""}, 422), ({"occasion": "sometimes"}, 422), ({"guide": [""]}, 422),
        ({"scheduled_at": "soon"}, 422), ({"cohort_id": str(uuid.uuid4())}, 404), ({"leader": "me"}, 422),
    ],
)  # fmt: skip
async def test_what_is_no_focus_group_is_refused(programme, wrong, status):
    await programme.begin()
    (person,) = await applicants(programme, "mentee")
    assert (await planned(programme, [person], **wrong)).status_code == status


async def test_people_who_have_no_part_in_the_programme_are_named(programme):
    await programme.begin()
    (person,) = await applicants(programme, "mentee")
    refused = await planned(programme, [person, uuid.uuid4()])
    assert (refused.status_code, refused.json()["code"]) == (422, "participants_unknown")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/body/person_ids/1"]
    made = (await planned(programme, [person])).json()
    path = f"/focus-groups/{made['id']}"
    stale = await programme.team.patch(path, json={"title": "Other"}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    now = (await programme.team.get(path)).headers["etag"]
    changed = await programme.team.patch(path, json={"guide": ["Why?"]}, headers={"If-Match": now})
    assert changed.json()["guide"] == ["Why?"]
    assert (await programme.team.post(f"{path}/cancel")).json()["state"] == "cancelled"
    assert (await programme.team.post(f"{path}/hold")).json()["code"] == "focus_group_state_conflict"
    assert datetime.fromisoformat(made["scheduled_at"]) == datetime(2030, 1, 5, 10, tzinfo=UTC)
