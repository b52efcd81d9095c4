"""Relationships of several people: members come and go, one agreement, one meeting, hours once, activities of one."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from mentoring_common.ids import new_id
from mentoring_contracts.applications import ProgrammeCreated
from mentoring_contracts.matching import GroupEnded, GroupFormed, GroupMemberJoined, GroupMemberLeft, MatchConfirmed
from mentoring_contracts.sessions import AgreementSigned, MentoringSessionRecorded, RelationshipStarted

FORMATS = [
    {"id": "mentoring", "together": True},
    {"id": "coaching", "hours_budget": 3, "duration_months": 6},
    {"id": "reflection_group", "like": "peer_circle", "size": {"most": 12}},
]


@dataclass
class Group:
    """A group of a kind, its people by name, and clients that act as each."""

    play: Any
    kind: str
    lead: str | None
    id: UUID = field(default_factory=new_id)
    people: dict[str, UUID] = field(default_factory=dict)

    @property
    def ids(self):
        return {
            "group_id": self.id,
            "programme_id": self.play.programme_id,
            "cohort_id": self.play.cohort_id,
            "kind": self.kind,
        }

    @property
    def path(self):
        return f"/relationships/{self.id}"

    def __getitem__(self, name):
        return self.play.client(self.people[name])

    def joined(self, name, role):
        self.people.setdefault(name, new_id())
        who = {"person_id": self.people[name], "role": role, "leads": name == self.lead}
        return GroupMemberJoined(**self.ids, **who)

    def left(self, name, role):
        return GroupMemberLeft(**self.ids, person_id=self.people[name], role=role, reason="no_time")

    async def tell(self, *events):
        await self.play.harness.publish(self.play.tenant, *events)

    async def read(self):
        return (await self.play.admin.get(self.path)).json()

    async def meet(self, name, **changes):
        new = {"held_at": self.play.now().isoformat(), "minutes": 90, "mode": "online"}
        return await self[name].post(f"{self.path}/mentoring-sessions", json=new | changes)


async def form(play, kind="mentoring", roles=("mentor", "mentee", "mentee", "mentee"), compulsory=False):
    """A group with people a, b, c, d, …; who leads it, where somebody does, is a."""
    await play.set_up(formats=FORMATS, activities={"orientation": {"compulsory": compulsory}})
    group = Group(play, kind, "a" if roles[0] in ("mentor", "coach", "supervisor") else None)
    joined = [group.joined("abcdefgh"[place], role) for place, role in enumerate(roles)]
    await group.tell(*(play.accepted(person) for person in group.people.values()))
    await group.tell(GroupFormed(**group.ids), *joined)
    return group


async def test_a_group_of_four_meets_once_and_its_hours_count_once(play):
    group = await form(play)
    found = await group.read()
    assert (found["state"], found["kind"], found["mentee_id"]) == ("active", "mentoring", None)
    assert (found["mentor_id"], found["budget_minutes"]) == (str(group.people["a"]), 360)
    assert [(m["role"], m["leads"]) for m in found["members"]] == [("mentor", True), *[("mentee", False)] * 3]
    there = [str(group.people[name]) for name in "abc"]
    met = await group.meet("a", attended=there)
    assert met.status_code == 201, met.text
    confirmed = await group.meet("c")  # somebody else recorded the same meeting
    assert (confirmed.status_code, confirmed.json()["outcome"]) == (200, "confirmed")
    found = await group.read()
    assert (found["total_minutes"], found["mentoring_sessions"]) == (90, 1)
    (event,) = await play.harness.emitted(play.tenant, MentoringSessionRecorded)
    assert (event.match_id, event.minutes, event.total_minutes, event.attended) == (group.id, 90, 90, 3)
    (seen,) = (await group["d"].get(f"{group.path}/mentoring-sessions")).json()["items"]
    assert sorted(seen["attended"]) == sorted(there)


async def test_who_was_there_is_corrected_with_a_trace_and_strangers_are_refused(play):
    group = await form(play)
    met = (await group.meet("a")).json()
    path = f"/mentoring-sessions/{met['id']}"
    change = {"attended": [str(group.people[name]) for name in "ab"], "reason": "c and d were ill"}
    done = await group["b"].patch(path, json=change, headers={"If-Match": "*"})
    assert done.status_code == 200, done.text
    (trace,) = (await group["c"].get(f"{path}/corrections")).json()["items"]
    assert (len(trace["before"]["attended"]), len(trace["after"]["attended"])) == (4, 2)
    wrong = await group.meet("a", attended=[str(group.people["a"]), str(new_id())], another_meeting=True)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "people_not_members")
    assert [e["pointer"] for e in wrong.json()["errors"]] == ["/body/attended/1"]
    assert (await group.read())["mentoring_sessions"] == 1


async def test_everybody_signs_one_agreement_and_who_comes_later_signs_it_too(play):
    group = await form(play)
    assert (await group["b"].post(f"{group.path}/agreement", json={"terms": "Once a month"})).status_code == 201
    for name in "abc":
        signed = await group[name].post(f"{group.path}/agreement/sign", json={"version": 1})
        assert (signed.status_code, signed.json()["signed_by_all"]) == (200, False)
    assert (await group["a"].post(f"{group.path}/agreement/sign")).json()["code"] == "already_signed"
    assert await play.harness.emitted(play.tenant, AgreementSigned) == []
    signed = (await group["d"].post(f"{group.path}/agreement/sign")).json()
    assert (signed["signed_by_all"], len(signed["signatures"])) == (True, 4)
    await group.tell(group.joined("e", "mentee"))
    seen = (await group["e"].get(group.path)).json()
    assert (seen["agreement"]["signed_by_all"], len(seen["members"])) == (False, 5)
    await group.tell(group.left("e", "mentee"))  # and whoever had not signed left: it is whole again
    assert (await group.read())["agreement"]["signed_by_all"] is True
    assert len(await play.harness.emitted(play.tenant, AgreementSigned)) == 2


async def test_who_left_acts_no_more_and_may_still_tell_the_team_why(play):
    group = await form(play)
    await group.tell(group.left("d", "mentee"))
    found = await group.read()
    assert (found["state"], len(found["members"])) == ("active", 3)
    assert (await group.meet("d")).json()["code"] == "not_of_the_pair"
    listed = (await group["d"].get(f"/relationships?person_id={group.people['d']}")).json()["items"]
    assert listed == []
    raised = await group["d"].post(f"{group.path}/concerns", json={"text": "I was not heard"})
    assert raised.status_code == 201, raised.text
    (read,) = (await play.team.get(f"{group.path}/concerns")).json()["items"]
    assert read["text"] == "I was not heard"
    assert (await group["a"].get(f"{group.path}/concerns")).json()["items"] == []
    await group.tell(group.joined("d", "mentee"))  # and comes again
    assert len((await group.read())["members"]) == 4
    await group.tell(GroupEnded(**group.ids, reason="finished_early"))
    found = await group.read()
    assert (found["state"], len(found["members"])) == ("ended", 4)


async def test_goals_are_of_the_group_or_of_one_member_and_whoever_leads(play):
    group = await form(play)
    b = str(group.people["b"])
    await group["c"].post(f"{group.path}/goals", json={"text": "Ours"})
    own = await group["b"].post(f"{group.path}/goals", json={"text": "Mine", "person_id": b})
    assert own.status_code == 201, own.text

    async def texts(name):
        return sorted(g["text"] for g in (await group[name].get(f"{group.path}/goals")).json()["items"])

    assert [await texts(name) for name in "abc"] == [["Mine", "Ours"], ["Mine", "Ours"], ["Ours"]]
    path = f"/goals/{own.json()['id']}"
    assert (await group["c"].get(path)).status_code == 404
    step = (await group["b"].post(f"{path}/actions", json={"text": "Write"})).json()
    assert (await group["c"].get(f"/actions/{step['id']}")).status_code == 404
    assert (await group["a"].get(f"/actions/{step['id']}")).json()["text"] == "Write"
    wrong = await group["c"].post(f"{group.path}/goals", json={"text": "Yours", "person_id": b})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "people_not_members")


async def test_a_group_waits_until_everybody_had_orientation_and_coaching_does_not(play):
    group = await form(play, compulsory=True)
    assert (await group.read())["state"] == "waiting_for_orientation"
    await play.orient(*(group.people[name] for name in "abc"))
    assert (await group.read())["state"] == "waiting_for_orientation"
    await play.orient(group.people["d"])
    assert (await group.read())["state"] == "active"
    coaching = Group(play, "coaching", "x", people={"b": group.people["b"]})
    await group.tell(GroupFormed(**coaching.ids))
    assert (await coaching.read())["state"] == "waiting_for_orientation"  # nobody is in it yet
    await group.tell(coaching.joined("x", "coach"), coaching.joined("b", "coachee"))
    found = await coaching.read()
    assert (found["state"], found["budget_minutes"], found["kind"]) == ("active", 180, "coaching")
    home = (await group["b"].get(f"/people/{group.people['b']}/home")).json()
    assert sorted(r["kind"] for r in home["relationships"]) == ["coaching", "mentoring"]
    assert len(await play.harness.emitted(play.tenant, RelationshipStarted)) == 2


async def test_supervision_is_private_to_its_people(play):
    group = await form(play, "supervision", ("supervisor", "supervisee", "supervisee"))
    meeting = (await group.meet("a")).json()
    notes = f"/mentoring-sessions/{meeting['id']}/notes"
    refused = await group["b"].post(notes, json={"text": "x", "visibility": "programme_team"})
    assert (refused.status_code, refused.json()["code"]) == (422, "notes_private")
    for text, visibility in (("to my supervisor", "lead"), ("to us", "pair"), ("to me", "mine")):
        made = await group["b"].post(notes, json={"text": text, "visibility": visibility})
        assert made.status_code == 201, made.text

    async def texts(client):
        seen = (await client.get(f"/mentoring-sessions/{meeting['id']}")).json()
        return [note["text"] for note in seen["notes"]]

    assert await texts(group["a"]) == ["to my supervisor", "to us"]
    assert await texts(group["b"]) == ["to my supervisor", "to us", "to me"]
    assert await texts(group["c"]) == ["to us"]
    assert await texts(play.team) == []
    changed = await group["b"].patch(
        f"/notes/{made.json()['id']}", json={"visibility": "programme_team"}, headers={"If-Match": "*"}
    )
    assert changed.json()["code"] == "notes_private"
    agreement = await group["a"].post(f"{group.path}/agreement", json={"terms": "x"})
    assert (agreement.status_code, agreement.json()["code"]) == (422, "agreement_not_made")


async def test_a_circle_has_no_lead_and_its_members_close_nothing_for_all(play):
    group = await form(play, "reflection_group", ("peer",) * 5)
    found = await group.read()
    assert (found["mentor_id"], found["mentee_id"], found["budget_minutes"]) == (None, None, None)
    assert (found["agreement_needed"], found["private"]) == (False, False)
    told = await group["b"].post(f"{group.path}/check-ins", json={"going_well": 4})
    assert (told.status_code, told.json()["side"]) == (201, "peer")
    assert (await group["b"].post(f"{group.path}/close")).json()["code"] == "role_needed"
    assert (await play.team.post(f"{group.path}/close")).json()["state"] == "closed"


async def test_an_activity_of_one_group_is_for_its_members_alone(play):
    group = await form(play, "reflection_group", ("peer",) * 3)
    other = await form(play, "reflection_group", ("peer",) * 3)
    activity = await play.plan(kind="reflection_group", relationship_id=str(group.id), title="Reflection")
    assert (activity["relationship_id"], activity["cohort_id"]) == (str(group.id), str(play.cohort_id))
    path = f"/activities/{activity['id']}"
    assert (await other["a"].get(path)).status_code == 404
    assert (await other["a"].post(f"{path}/registration")).status_code == 404
    everything = f"/programmes/{play.programme_id}/activities"
    assert [len((await g["a"].get(everything)).json()["items"]) for g in (group, other)] == [1, 0]
    home = await other["a"].get(f"/people/{other.people['a']}/home")
    assert home.json()["next_activities"] == []
    assert (await group["a"].post(f"{path}/registration")).status_code == 201
    wrong = await play.team.post(f"{path}/attendance", json={"person_ids": [str(other.people["a"])]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "people_not_of_programme")
    right = await play.team.post(f"{path}/attendance", json={"person_ids": [str(group.people["a"])]})
    assert right.json()["recorded"] == 1
    new = {"kind": "workshop", "title": "x", "mode": "online", "minutes": 5, "starts_at": play.now().isoformat()}
    nowhere = await play.team.post(everything, json=new | {"relationship_id": str(new_id())})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "relationship_not_found")


async def test_a_group_heard_of_before_its_programme_shows_nothing_to_others_and_then_what_its_kind_says(play):
    group = Group(play, "coaching", "a")
    await group.tell(GroupFormed(**group.ids), group.joined("a", "coach"), group.joined("b", "coachee"))
    found = await group.read()
    assert (found["state"], found["budget_minutes"]) == ("waiting_for_orientation", None)
    await group.tell(ProgrammeCreated(programme_id=play.programme_id, direction="peer", blueprint={"formats": FORMATS}))
    found = await group.read()
    assert (found["state"], found["budget_minutes"]) == ("active", 180)


async def test_the_match_of_a_mentee_in_a_group_makes_no_pair_beside_it(play):
    group = await form(play)
    match = MatchConfirmed(**play.pair, group_id=group.id)
    await group.tell(match)
    assert (await play.admin.get(f"/relationships/{play.match_id}")).status_code == 404


@pytest.mark.parametrize("name", ["attended", "person_id"])
async def test_a_group_s_people_are_ids(play, name):
    group = await form(play)
    if name == "attended":
        wrong = await group.meet("a", attended=["everybody"])
    else:
        wrong = await group["a"].post(f"{group.path}/goals", json={"text": "x", "person_id": "me"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"].startswith(f"/body/{name}")


async def test_a_pair_that_stood_before_goes_on_from_the_day_it_began(play):
    await play.set_up()  # orientation is compulsory, and they had none here
    began = (play.now() - timedelta(days=100)).date()
    await play.harness.publish(play.tenant, MatchConfirmed(**play.pair, imported=True, starts_on=began))
    found = await play.read()
    assert (found["state"], found["started_at"][:10], found["confirmed_at"][:10]) == (
        "active", began.isoformat(), began.isoformat(),
    )  # fmt: skip
    long_ago = (play.now() - timedelta(days=90)).isoformat()
    assert (await play.meet(held_at=long_ago)).status_code == 201
    before = (play.now() - timedelta(days=101)).isoformat()
    assert (await play.meet(held_at=before)).json()["code"] == "mentoring_session_outside_relationship"
    play.later(days=265 + 2)  # its twelve months are over, counted from its beginning
    await play.becomes("closed")
