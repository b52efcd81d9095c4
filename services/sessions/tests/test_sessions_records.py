"""Mentoring sessions and the hours budget, agreement, goals, check-ins, concerns."""

import asyncio
from datetime import timedelta

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.applications import PersonErased, ProgrammeAmended
from mentoring_contracts.sessions import (
    AgreementSignatureWithdrawn,
    AgreementSigned,
    CheckInRecorded,
    MentoringSessionRecorded,
    RelationshipNoticeDue,
)


async def test_meetings_add_up_and_going_over_the_budget_is_flagged_not_refused(begun):
    first = await begun.meet(held_at=(begun.now() - timedelta(hours=2)).isoformat(), minutes=300)
    assert (first.status_code, first.json()["over_budget"]) == (201, False)
    begun.later(days=1)
    second = await begun.meet(begun.mentee, minutes=60)
    assert (second.json()["over_budget"], second.json()["total_minutes"]) == (False, 360)
    begun.later(days=1)
    third = await begun.meet(minutes=1, mode="in_person")
    assert (third.status_code, third.json()["over_budget"], third.json()["total_minutes"]) == (201, True, 361)
    found = await begun.read()
    assert (found["total_minutes"], found["mentoring_sessions"], found["over_budget"]) == (361, 3, True)
    events = await begun.harness.emitted(begun.tenant, MentoringSessionRecorded)
    assert [(e.minutes, e.total_minutes, e.budget_minutes) for e in events] == [
        (300, 300, 360),
        (60, 360, 360),
        (1, 361, 360),
    ]
    listed = (await begun.mentor.get(f"{begun.path}/mentoring-sessions")).json()["items"]
    assert [m["minutes"] for m in listed] == [300, 60, 1]


async def test_recordings_at_once_all_count_and_every_total_is_seen_once(begun):
    begun.later(days=1)
    times = [(begun.now() - timedelta(hours=n)).isoformat() for n in range(8)]
    answers = await asyncio.gather(*(begun.meet(minutes=10, held_at=held_at) for held_at in times))
    assert {a.status_code for a in answers} == {201}
    assert sorted(a.json()["total_minutes"] for a in answers) == list(range(10, 90, 10))
    assert (await begun.read())["total_minutes"] == 80


async def test_a_repeated_request_with_its_key_counts_once(begun):
    new = {"held_at": begun.now().isoformat(), "minutes": 45, "mode": "phone"}
    for _ in range(2):
        answer = await begun.mentor.post(
            f"{begun.path}/mentoring-sessions", json=new, headers={"Idempotency-Key": "once"}
        )
        assert answer.json()["total_minutes"] == 45


@pytest.mark.parametrize(
    ("delta", "code"),
    [
        (timedelta(minutes=5), "mentoring_session_in_future"),
        (timedelta(days=-2), "mentoring_session_outside_relationship"),
    ],
)
async def test_a_meeting_in_the_future_or_before_the_relationship_is_refused(begun, delta, code):
    answer = await begun.meet(held_at=(begun.now() + delta).isoformat())
    assert refused(answer, 422, code)
    assert (await begun.read())["mentoring_sessions"] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"minutes": 0},
        {"minutes": 1441},
        {"mode": "letter"},
        {"held_at": "2022-05-01T10:00:00"},
        {"held_at": "0001-01-01T00:00:00+14:00"},
        {"note": ""},
        {"notes": "x"},
    ],
)
async def test_a_malformed_meeting_is_refused(begun, changes):
    assert (await begun.meet(**changes)).status_code == 422


async def test_what_was_held_in_time_may_be_recorded_after_the_close(begun):
    held_at = begun.now()
    begun.later(days=1)
    await begun.team.post(f"{begun.path}/close")
    begun.later(days=1)
    assert (await begun.meet(held_at=held_at.isoformat())).status_code == 201
    late = await begun.meet()
    assert late.json()["code"] == "mentoring_session_outside_relationship"


async def test_both_sign_for_themselves_and_the_agreement_stands(begun):
    path = f"{begun.path}/agreement"
    assert (await begun.mentor.get(path)).json()["code"] == "agreement_not_found"
    assert (await begun.mentor.post(f"{path}/sign")).json()["code"] == "agreement_not_found"
    proposed = await begun.mentor.post(path, json={"terms": "We meet monthly"})
    assert (proposed.status_code, proposed.json()["version"]) == (201, 1)
    assert "terms" not in proposed.json()
    signed = (await begun.mentor.post(f"{path}/sign", json={"version": 1})).json()
    assert signed["mentor_signed_at"]
    assert signed["mentee_signed_at"] is None  # a mentor cannot sign for the mentee
    assert (await begun.mentor.post(f"{path}/sign")).json()["code"] == "already_signed"
    assert (await begun.team.post(f"{path}/sign")).json()["code"] == "not_of_the_pair"
    assert await begun.harness.emitted(begun.tenant, AgreementSigned) == []
    assert (await begun.mentee.get(path)).json()["terms"] == "We meet monthly"
    assert (await begun.mentee.post(f"{path}/sign")).status_code == 200
    assert len(await begun.harness.emitted(begun.tenant, AgreementSigned)) == 1
    agreement = (await begun.read())["agreement"]
    assert agreement["mentor_signed_at"]
    assert agreement["mentee_signed_at"]


async def signed(begun, terms="We meet monthly", *clients, **more):
    path = f"{begun.path}/agreement"
    assert (await begun.mentor.post(path, json={"terms": terms} | more)).status_code == 201
    for client in clients or (begun.mentor, begun.mentee):
        assert (await client.post(f"{path}/sign")).status_code == 200
    return path


async def test_what_everybody_signed_stands_until_they_have_signed_what_amends_it(begun):
    path = await signed(begun)
    await signed(begun, "We meet weekly", begun.mentor)
    draft = (await begun.mentee.get(path)).json()
    assert (draft["version"], draft["standing_version"], draft["signed_by_all"]) == (2, 1, False)
    assert (await begun.mentee.post(f"{path}/sign")).json()["standing_version"] == 2
    versions = (await begun.team.get(f"{path}/versions")).json()
    assert [(one["version"], one["terms"], one["ended_at"] is None) for one in versions] == [
        (2, "We meet weekly", True), (1, "We meet monthly", False),
    ]  # fmt: skip
    await begun.harness.publish(begun.tenant, PersonErased(person_id=begun.mentor_id))
    assert {one["terms"] for one in (await begun.mentee.get(f"{path}/versions")).json()} == {None}


async def test_a_signature_is_taken_back_and_the_other_is_told(begun):
    path = f"{begun.path}/agreement"
    assert refused(await begun.mentee.post(f"{path}/withdraw-signature"), 404, "agreement_not_found")
    await signed(begun)
    back = (await begun.mentee.post(f"{path}/withdraw-signature")).json()
    assert (back["standing_version"], back["mentee_signed_at"], bool(back["mentor_signed_at"])) == (None, None, True)
    assert refused(await begun.mentee.post(f"{path}/withdraw-signature"), 409, "not_signed")
    assert refused(await begun.team.post(f"{path}/withdraw-signature"), 403, "not_of_the_pair")
    told = await begun.harness.emitted(begun.tenant, RelationshipNoticeDue)
    assert [one.person_id for one in told if one.what == "signature_withdrawn"] == [begun.mentor_id]
    assert len(await begun.harness.emitted(begun.tenant, AgreementSignatureWithdrawn)) == 1
    assert (await begun.mentee.post(f"{path}/sign")).json()["standing_version"] == 1
    (version,) = (await begun.mentee.get(f"{path}/versions")).json()
    assert version["ended_at"] is None


QUESTIONS = [
    {"id": "often", "text": {"en": "How often?", "cy": "Pa mor aml?"}},
    {"id": "private", "text": "What stays between us?"},
]


async def test_a_programme_asks_and_wants_an_agreement_before_the_first_meeting(begun):
    agreement = {"before_first_meeting": True, "questions": QUESTIONS}
    blueprint = begun.programme_created(agreement=agreement, languages=["en", "cy"]).blueprint
    amended = {"programme_id": begun.programme_id, "blueprint_version": 2, "changed": ["agreement"]}
    await begun.harness.publish(begun.tenant, ProgrammeAmended(**amended, blueprint=blueprint))
    path, welsh = f"{begun.path}/agreement", {"Accept-Language": "cy"}
    asked = (await begun.mentee.get(f"{path}/questions", headers=welsh)).json()
    assert asked == [{"id": "often", "text": "Pa mor aml?"}, {"id": "private", "text": "What stays between us?"}]
    assert refused(await begun.meet(), 409, "agreement_needed")
    often, private = {"question": "often", "answer": "Monthly"}, {"question": "private", "answer": "All of it"}
    other = often | {"question": "no"}
    for answers, missing in (([often], ["private"]), ([often, often, private], []), ([often, private, other], [])):
        refusal = await begun.mentor.post(path, json={"answers": answers})
        assert refused(refusal, 422, "agreement_answers_invalid")
        assert refusal.json()["missing"] == missing
    await signed(begun, "T", begun.mentor, answers=[private, often])
    assert refused(await begun.meet(), 409, "agreement_needed")
    assert (await begun.mentee.post(f"{path}/sign")).status_code == 200
    shown = (await begun.mentee.get(path, headers=welsh)).json()["answers"]
    assert shown[0] == {"question": "often", "text": "Pa mor aml?", "answer": "Monthly"}
    assert [one["answer"] for one in shown] == ["Monthly", "All of it"]
    assert (await begun.meet()).status_code == 201
    await begun.mentor.post(f"{path}/withdraw-signature")
    begun.later(days=2)
    assert (await begun.meet()).status_code == 201  # it is about the first


async def test_other_terms_take_signatures_away_and_an_old_version_cannot_be_signed(begun):
    path = f"{begun.path}/agreement"
    await begun.mentor.post(path, json={"terms": "Monthly"})
    await begun.mentor.post(f"{path}/sign")
    changed = (await begun.mentee.post(path, json={"terms": "Weekly"})).json()
    assert (changed["version"], changed["mentor_signed_at"]) == (2, None)
    late = await begun.mentor.post(f"{path}/sign", json={"version": 1})
    assert refused(late, 409, "agreement_changed")


async def test_two_signatures_at_once_make_one_agreement(begun):
    path = f"{begun.path}/agreement"
    await begun.mentor.post(path, json={})
    answers = await asyncio.gather(begun.mentor.post(f"{path}/sign"), begun.mentee.post(f"{path}/sign"))
    assert [a.status_code for a in answers] == [200, 200]
    assert len(await begun.harness.emitted(begun.tenant, AgreementSigned)) == 1


async def test_goals_and_actions_are_kept_by_the_pair(begun):
    goal = (
        await begun.mentee.post(f"{begun.path}/goals", json={"text": "A fellowship", "due_on": "2023-01-31"})
    ).json()
    assert (goal["state"], "text" in goal) == ("open", False)
    action = (await begun.mentor.post(f"/goals/{goal['id']}/actions", json={"text": "Read a draft"})).json()
    done = await begun.mentee.patch(f"/actions/{action['id']}", json={"done": True})
    assert done.json()["done_at"]
    reached = await begun.mentor.patch(f"/goals/{goal['id']}", json={"state": "reached", "due_on": None})
    assert (reached.json()["state"], reached.json()["due_on"]) == ("reached", None)
    assert reached.json()["reached_at"]
    (listed,) = (await begun.mentor.get(f"{begun.path}/goals")).json()["items"]
    assert (listed["text"], listed["actions"][0]["text"]) == ("A fellowship", "Read a draft")
    reopened = await begun.mentee.patch(f"/goals/{goal['id']}", json={"state": "open", "text": "A chair"})
    assert reopened.json()["reached_at"] is None
    assert (await begun.mentor.get(f"{begun.path}/goals")).json()["items"][0]["text"] == "A chair"
    assert (await begun.team.get(f"{begun.path}/goals")).json()["code"] == "not_of_the_pair"


async def test_check_ins_reach_the_team_and_not_the_other_side(begun):
    path = f"{begun.path}/check-ins"
    new = {"going_well": 2, "comment": "We hardly meet", "needs_help": True}
    assert (await begun.mentee.post(path, json=new)).status_code == 201
    assert (await begun.mentor.post(path, json={"going_well": 5})).status_code == 201
    assert (await begun.mentor.post(path, json={"going_well": 6})).status_code == 422
    events = await begun.harness.emitted(begun.tenant, CheckInRecorded)
    assert [e.by for e in events] == ["mentee", "mentor"]
    team = (await begun.team.get(path)).json()["items"]
    assert [(c["side"], c["comment"], c["needs_help"]) for c in team] == [
        ("mentee", "We hardly meet", True),
        ("mentor", None, False),
    ]
    assert [c["side"] for c in (await begun.mentor.get(path)).json()["items"]] == ["mentor"]
    assert [c["comment"] for c in (await begun.admin.get(path)).json()["items"]] == [None, None]


async def test_a_concern_is_for_its_author_and_the_team(begun):
    path = f"{begun.path}/concerns"
    raised = (await begun.mentee.post(path, json={"text": "I feel pressed"})).json()
    assert raised["match_id"] == str(begun.match_id)
    assert (await begun.mentee.get(path)).json()["items"][0]["text"] == "I feel pressed"
    assert (await begun.mentor.get(path)).json()["items"] == []
    assert (await begun.admin.get(path)).json()["code"] == "not_for_you"
    of_programme = f"/programmes/{begun.programme_id}/concerns"
    assert [c["text"] for c in (await begun.team.get(of_programme)).json()["items"]] == ["I feel pressed"]
    assert (await begun.admin.get(of_programme)).status_code == 403
    assert (await begun.mentee.get(of_programme)).status_code == 403
    assert (await begun.mentee.patch(f"/concerns/{raised['id']}", json={"state": "resolved"})).status_code == 403
    settled = await begun.team.patch(f"/concerns/{raised['id']}", json={"state": "resolved"})
    assert settled.json()["state"] == "resolved"
    assert (await begun.team.get(of_programme, params={"state": "raised"})).json()["items"] == []


async def test_who_is_of_the_pair_never_reads_about_it_for_the_team(begun):
    path, of_programme = f"{begun.path}/concerns", f"/programmes/{begun.programme_id}/concerns"
    raised = (await begun.mentee.post(path, json={"text": "About my mentor"})).json()
    await begun.mentee.post(f"{begun.path}/check-ins", json={"going_well": 1, "comment": "Badly"})
    await begun.meet(begun.mentee, note="Mine")
    await begun.harness.publish(begun.tenant, begun.granted(begun.mentor_id, "coordinator"))
    administers = begun.client(begun.mentor_id, "sessions:write", "organisation:admin")
    for client in (begun.mentor, administers):
        assert (await client.get(path)).json()["items"] == []
        assert (await client.get(f"{begun.path}/check-ins")).json()["items"] == []
        assert (await client.patch(f"/concerns/{raised['id']}", json={"state": "resolved"})).status_code == 403
    assert (await begun.mentor.get(of_programme)).json()["items"] == []
    assert len((await begun.team.get(of_programme)).json()["items"]) == 1


async def test_what_no_column_can_hold_is_refused(begun):
    path = f"/programmes/{begun.programme_id}/activities"
    assert (await begun.team.get(path, params={"kind": "\0"})).status_code == 422
    await begun.mentor.post(f"{begun.path}/agreement", json={})
    for version, code in ((10**30, "inexact_number"), (2**40, "invalid_request"), (-1, "invalid_request")):
        answer = await begun.mentee.post(f"{begun.path}/agreement/sign", json={"version": version})
        assert refused(answer, 422, code)
    surrogate = b'{"text": "\\ud800"}'
    answer = await begun.mentor.post(
        f"{begun.path}/concerns", content=surrogate, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)


async def test_a_meeting_is_about_topics_of_the_programme(begun):
    topics = [{"id": "funding", "title": {"en": "Funding", "cy": "Cyllid"}}, {"id": "grit", "title": "Grit"}]
    blueprint = begun.programme_created(meeting_topics=topics, languages=["en", "cy"]).blueprint
    amended = {"programme_id": begun.programme_id, "blueprint_version": 2, "changed": ["meeting_topics"]}
    await begun.harness.publish(begun.tenant, ProgrammeAmended(**amended, blueprint=blueprint))
    listed = await begun.mentee.get(
        f"/programmes/{begun.programme_id}/meeting-topics", headers={"Accept-Language": "cy"}
    )
    assert listed.json() == [{"id": "funding", "title": "Cyllid"}, {"id": "grit", "title": "Grit"}]
    refusal = await begun.meet(topics=["money"])
    assert refused(refusal, 422, "topic_unknown")
    assert refusal.json()["known"] == ["funding", "grit"]
    made = (await begun.meet(topics=["funding"])).json()
    path, etag = f"/mentoring-sessions/{made['id']}", {"If-Match": f'"{made["version"]}"'}
    change = {"topics": ["grit"], "reason": "It was another"}
    assert (await begun.mentor.patch(path, json=change, headers=etag)).status_code == 200
    assert (await begun.mentee.get(path)).json()["topics"] == ["grit"]
    (trace,) = (await begun.mentee.get(f"{path}/corrections")).json()["items"]
    assert (trace["before"]["topics"], trace["after"]["topics"]) == (["funding"], ["grit"])
