"""Groups by GraphQL: offered, answered, seen by their members, taken over; relationships with members."""

from uuid import uuid4

MOMENT = "2022-04-27T09:00:00Z"


def group(cohort, *people, **changes):
    members = [
        {"person_id": person, "role": role, "leads": role == "mentor", "state": "joined", "match_id": None,
         "expires_at": MOMENT, "accepted_at": MOMENT, "joined_at": MOMENT, "left_at": None, "end_reason": None}
        for person, role in people
    ]  # fmt: skip
    shown = {"id": str(uuid4()), "version": 3, "programme_id": str(uuid4()), "cohort_id": cohort, "kind": "mentoring"}
    times = {"offered_at": MOMENT, "formed_at": None, "over_at": None, "end_reason": None, "starts_on": None}
    return shown | times | {"title": "A", "state": "standing", "short_of": 1, "members": members} | changes


async def test_a_group_is_offered_answered_and_read_by_its_members(front, world):
    cohort, mentor, mentee = (str(uuid4()) for _ in range(3))
    made = group(cohort, (mentor, "mentor"), (mentee, "mentee"))
    world.post(f"/matching/cohorts/{cohort}/groups/offer", made)
    query = """mutation($c: UUID!, $m: UUID!, $e: UUID!) {
        offerGroup(cohortId: $c, kind: "mentoring", leadId: $m, memberIds: [$e], title: "A") {
            id state shortOf members { personId role leads } } }"""
    found = (await front.data(query, {"c": cohort, "m": mentor, "e": mentee}))["offerGroup"]
    assert (found["state"], found["shortOf"]) == ("standing", 1)
    assert found["members"][0] == {"personId": mentor, "role": "mentor", "leads": True}
    asked = {"kind": "mentoring", "lead_id": mentor, "member_ids": [mentee], "title": "A", "despite_rules": False}
    assert world.calls[-1].body == asked
    for act, said in (("accept", "acceptGroupPlace"), ("decline", "declineGroupPlace"), ("end", "endGroup")):
        world.post(f"/matching/groups/{made['id']}/{act}", made)
        reason = "" if act == "accept" else ', reason: "no_time"'
        query = f"mutation($g: UUID!) {{ {said}(groupId: $g, expectedVersion: 3{reason}) {{ version }} }}"
        assert (await front.data(query, {"g": made["id"]}))[said] == {"version": 3}
        assert world.calls[-1].headers["if-match"] == '"3"'
    world.get("/matching/me/groups", {"items": [made], "next_cursor": None})
    query = "{ me { groups(first: 5) { nodes { kind title members { state } } } } }"
    (node,) = (await front.data(query))["me"]["groups"]["nodes"]
    assert node == {"kind": "mentoring", "title": "A", "members": [{"state": "joined"}] * 2}


async def test_members_leave_and_are_invited_and_standing_relationships_come_in(front, world):
    cohort, one, other = (str(uuid4()) for _ in range(3))
    made = group(cohort, (one, "peer"), (other, "peer"), kind="peer_circle")
    world.post(f"/matching/groups/{made['id']}/members/{one}/leave", made)
    world.post(f"/matching/groups/{made['id']}/members", made)
    query = """mutation($g: UUID!, $p: UUID!) {
        leaveGroup(groupId: $g, personId: $p, reason: "no_time") { kind }
        inviteToGroup(groupId: $g, memberIds: [$p]) { kind } }"""
    done = await front.data(query, {"g": made["id"], "p": one})
    assert done == {"leaveGroup": {"kind": "peer_circle"}, "inviteToGroup": {"kind": "peer_circle"}}
    world.post(
        f"/matching/cohorts/{cohort}/standing",
        {"matches": [], "groups": [made | {"starts_on": "2021-09-01"}], "unchanged": [0]},
    )
    query = """mutation($c: UUID!, $p: UUID!, $o: UUID!) { takeOverRelationships(cohortId: $c, relationships: [
        {kind: "peer_circle", memberIds: [$p, $o], startsOn: "2021-09-01"}]) { matches { id }
        groups { startsOn } unchanged } }"""
    found = (await front.data(query, {"c": cohort, "p": one, "o": other}))["takeOverRelationships"]
    assert found == {"matches": [], "groups": [{"startsOn": "2021-09-01"}], "unchanged": [0]}
    (sent,) = world.calls[-1].body["relationships"]
    assert (sent["kind"], sent["member_ids"], sent["starts_on"]) == ("peer_circle", [one, other], "2021-09-01")
