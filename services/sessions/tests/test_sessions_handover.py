"""Another mentor carries on: hours and time that are left, and what the mentee consents to; never a note."""

from datetime import datetime, timedelta

import pytest

from mentoring_common.ids import new_id
from mentoring_common.testing import refused
from mentoring_contracts.applications import PersonErased
from mentoring_contracts.matching import GroupFormed, GroupMemberJoined, GroupMemberLeft, MatchConfirmed, MatchEnded
from mentoring_contracts.sessions import RelationshipNoticeDue


async def hand_over(play, *, late=False):
    """The pair is carried on by another mentor; the id of the new relationship and its mentor's client."""
    new_mentor, new_match = new_id(), new_id()
    await play.harness.publish(play.tenant, play.accepted(new_mentor))
    await play.orient(new_mentor)
    names = play.pair | {"match_id": new_match, "mentor_id": new_mentor}
    told = [
        MatchEnded(**play.pair, reason="handed_over"),
        MatchConfirmed(**names, rematch_of=play.match_id, handover=True),
    ]
    for event in reversed(told) if late else told:
        await play.harness.publish(play.tenant, event)
    return new_match, play.client(new_mentor)


async def kept(play):
    """The old pair met, has goals of everybody, of the mentee and of the mentor, steps, notes and an agreement."""
    await play.meet(minutes=90, note="She cried", note_visibility="mine")
    await play.meet(play.mentor, held_at=(play.now() - timedelta(hours=3)).isoformat(), note="Ours",
                    note_visibility="pair")  # fmt: skip
    ours = (await play.mentor.post(f"{play.path}/goals", json={"text": "A grant", "measure": "Sent"})).json()
    mine = {"text": "Sleep", "person_id": str(play.mentee_id)}
    own = {"text": "Listen", "person_id": str(play.mentor_id)}
    for client, goal in ((play.mentee, mine), (play.mentor, own)):
        assert (await client.post(f"{play.path}/goals", json=goal)).status_code == 201
    step = {"text": "Read calls", "owner_id": str(play.mentor_id), "remind_on": str(play.now().date() + timedelta(9))}
    assert (await play.mentee.post(f"/goals/{ours['id']}/actions", json=step)).status_code == 201
    assert (await play.mentor.post(f"{play.path}/agreement", json={"terms": "Monthly"})).status_code == 201


@pytest.mark.parametrize("late", [False, True])
async def test_hours_and_time_that_are_left_come_along(begun, late):
    await begun.meet(minutes=120)
    old = await begun.read()
    begun.later(days=30)
    new, mentor = await hand_over(begun, late=late)
    shown = (await mentor.get(f"/relationships/{new}")).json()
    assert (shown["state"], shown["continues"], shown["budget_minutes"]) == ("active", str(begun.match_id), 240)
    assert shown["total_minutes"] == 0
    days = (datetime.fromisoformat(shown["ends_at"]) - datetime.fromisoformat(old["ends_at"])).total_seconds() / 86400
    assert abs(days) < 0.1
    before = (await begun.mentor.get(begun.path)).json()
    assert (before["state"], before["continued_by"]) == ("ended", str(new))
    await begun.harness.publish(begun.tenant, begun.programme_created(hours_budget=9))
    assert (await mentor.get(f"/relationships/{new}")).json()["budget_minutes"] == 240


@pytest.mark.parametrize("late", [False, True])
async def test_a_break_takes_nothing_of_the_time_that_is_left(begun, late):
    old = await begun.read()
    begun.later(days=30)
    assert (await begun.mentor.post(f"{begun.path}/pause", json={})).status_code == 200
    begun.later(days=20)
    new, mentor = await hand_over(begun, late=late)
    shown = (await mentor.get(f"/relationships/{new}")).json()
    days = datetime.fromisoformat(shown["ends_at"]) - datetime.fromisoformat(old["ends_at"])
    assert (shown["state"], round(days / timedelta(days=1))) == ("active", 20)


async def test_nothing_comes_along_before_the_mentee_says_so_and_never_a_note(begun):
    await kept(begun)
    new, mentor = await hand_over(begun)
    path = f"/relationships/{new}"
    assert (await mentor.get(f"{path}/goals")).json()["items"] == []
    assert (await mentor.get(begun.path)).status_code == 404
    asked = (await mentor.get(f"{path}/handover")).json()
    assert (asked["decided_at"], asked["goals"], asked["before"]) == (None, False, None)
    mine = (await begun.mentee.get(f"{path}/handover")).json()
    assert (mine["before"]["mentoring_sessions"], mine["before"]["total_minutes"]) == (2, 150)
    assert refused(await mentor.post(f"{path}/handover/consent", json={"goals": True}), 403, "not_the_mentee")
    assert refused(await begun.team.post(f"{path}/handover/consent", json={"goals": True}), 403, "not_of_the_pair")
    assert (await begun.mentor.get(f"{path}/handover")).status_code == 404

    said = await begun.mentee.post(f"{path}/handover/consent", json={"goals": True, "history": True})
    assert said.status_code == 200, said.text
    goals = (await mentor.get(f"{path}/goals")).json()["items"]
    # whose goal it is stands as it did: the mentee's own is theirs and the new mentor's, the mentor's own stays behind
    assert [(g["text"], g["measure"], g["person_id"]) for g in goals] == [
        ("A grant", "Sent", None),
        ("Sleep", None, str(begun.mentee_id)),
    ]
    (step,) = goals[0]["actions"]
    assert (step["text"], step["owner_id"]) == ("Read calls", None)
    assert (await mentor.get(f"{path}/handover")).json()["before"]["total_minutes"] == 150
    assert (await mentor.get(f"{path}/mentoring-sessions")).json()["items"] == []
    assert (await mentor.get(f"{path}/agreement")).status_code == 404

    more = await begun.mentee.post(
        f"{path}/handover/consent", json={"goals": True, "agreement": True}, headers={"If-Match": said.headers["etag"]}
    )
    assert more.status_code == 200, more.text
    assert len((await mentor.get(f"{path}/goals")).json()["items"]) == 2  # not twice
    draft = (await mentor.get(f"{path}/agreement")).json()
    assert (draft["terms"], draft["signed_by_all"], draft["signatures"]) == ("Monthly", False, [])
    assert (await mentor.get(f"{path}/handover")).json()["before"]["total_minutes"] == 150  # as it was said before
    no_more = await begun.mentee.post(
        f"{path}/handover/consent", json={"history": False}, headers={"If-Match": more.headers["etag"]}
    )
    assert (no_more.json()["goals"], no_more.json()["history"]) == (True, False)
    assert (await mentor.get(f"{path}/handover")).json()["before"] is None
    told = [e for e in await begun.harness.emitted(begun.tenant, RelationshipNoticeDue) if e.match_id == new]
    assert [e.what for e in told] == ["agreement_to_sign"]


async def test_what_was_carried_goes_with_who_wrote_it(begun):
    await kept(begun)
    new, mentor = await hand_over(begun)
    given = {"goals": True, "agreement": True}
    await begun.mentee.post(f"/relationships/{new}/handover/consent", json=given)
    await begun.harness.publish(begun.tenant, PersonErased(person_id=begun.mentor_id))
    goals = (await mentor.get(f"/relationships/{new}/goals")).json()["items"]
    assert [(g["text"], g["measure"]) for g in goals] == [(None, None), ("Sleep", None)]
    assert (await mentor.get(f"/relationships/{new}/agreement")).json()["terms"] is None


async def test_a_relationship_that_continues_none_has_no_handover(begun):
    assert refused(await begun.mentee.get(f"{begun.path}/handover"), 404, "handover_not_found")
    said = await begun.mentee.post(f"{begun.path}/handover/consent", json={"goals": True})
    assert refused(said, 404, "handover_not_found")


async def test_who_leads_a_group_now_does_not_read_what_was_for_who_led_it_before(play):
    await play.set_up(
        formats=[{"id": "mentoring", "together": True}], activities={"orientation": {"compulsory": False}}
    )
    group, lead, member, other, new = (new_id() for _ in range(5))
    ids = {"group_id": group, "programme_id": play.programme_id, "cohort_id": play.cohort_id, "kind": "mentoring"}
    joined = [
        GroupMemberJoined(**ids, person_id=person, role="mentor" if person == lead else "mentee", leads=person == lead)
        for person in (lead, member, other)
    ]
    await play.harness.publish(play.tenant, GroupFormed(**ids), *joined)
    path = f"/relationships/{group}"
    one = play.client(member)
    met = await one.post(
        f"{path}/mentoring-sessions",
        json={"held_at": play.now().isoformat(), "minutes": 60, "mode": "online"}
        | {"note": "For you", "note_visibility": "lead"},
    )
    assert met.status_code == 201, met.text
    await one.post(f"{path}/goals", json={"text": "My own", "person_id": str(member)})
    await one.post(f"{path}/goals", json={"text": "Ours"})
    play.later(days=1)
    who = {"person_id": new, "role": "mentor", "leads": True}
    await play.harness.publish(
        play.tenant,
        GroupMemberLeft(**ids, person_id=lead, role="mentor", reason="handed_over"),
        GroupMemberJoined(**ids, **who),
    )
    now = play.client(new)
    shown = (await now.get(path)).json()
    assert (shown["mentor_id"], shown["state"], shown["total_minutes"]) == (str(new), "active", 60)
    (meeting,) = (await now.get(f"{path}/mentoring-sessions")).json()["items"]
    assert meeting["notes"] == []
    assert [g["text"] for g in (await now.get(f"{path}/goals")).json()["items"]] == ["Ours"]
    told = [e for e in await play.harness.emitted(play.tenant, RelationshipNoticeDue) if e.what == "lead_changed"]
    assert {e.person_id for e in told} == {member, other}
    await one.post(f"{path}/goals", json={"text": "Mine again", "person_id": str(member)})
    assert [g["text"] for g in (await now.get(f"{path}/goals")).json()["items"]] == ["Ours", "Mine again"]
