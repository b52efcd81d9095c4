"""A programme through the GraphQL schema alone: two pairs from the application to the first mentoring session."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mentoring_common.testing import eventually

ACCEPT = "mutation($id: UUID!) { acceptMatch(matchId: $id) { state } }"
DASHBOARD = """query($p: UUID!) { programme(id: $p) { title ledger { role applied matched open balanced }
  dashboard { funnel { role applied accepted matched } matches { state count } mentoringSessions mentoringMinutes
    waves { state } }
  matches(first: 10) { nodes { state mentor { name } mentee { name } waves { id } relationship { state } } } } }"""


async def test_a_programme_by_graphql_alone(journey: Any) -> None:
    await journey.match_everybody()
    offer = await journey.offer_of("Cleo")
    mentor = offer["mentor"]["name"]
    other = {"Ada": "Bea", "Bea": "Ada"}[mentor]
    assert offer["mentor"]["email"] is None, "an address is shown once both have accepted"
    assert await journey.refusal(ACCEPT, by=other, id=offer["id"]) == ["match_not_found"], "a stranger's is not there"
    assert (await journey.ask(ACCEPT, by="Cleo", id=offer["id"]))["acceptMatch"] == {"state": "proposed"}
    assert (await journey.ask(ACCEPT, by=mentor, id=offer["id"]))["acceptMatch"] == {"state": "confirmed"}
    await work_together(journey, offer["id"], mentor)
    await keep_on(journey, offer["id"], mentor)
    await look_at_the_dashboard(journey)


async def work_together(journey: Any, match_id: str, mentor: str) -> None:
    query = "query($id: UUID!) { match(id: $id) { relationship { state mentoringSessionCount } } }"

    async def heard() -> Any:
        return (await journey.ask(query, by="Cleo", id=match_id))["match"]["relationship"]

    await eventually(heard, what="the relationship")
    await orientate(journey, "Cleo", mentor)

    async def active() -> bool:
        return bool((await heard())["state"] == "active")

    await eventually(active, what="the start of the relationship")
    propose = 'mutation($id: UUID!) { proposeAgreement(matchId: $id, terms: "Monthly") { state } }'
    await journey.ask(propose, by=mentor, id=match_id)
    sign = "mutation($id: UUID!) { signAgreement(matchId: $id) { agreement { mentorSignedAt menteeSignedAt } } }"
    await journey.ask(sign, by=mentor, id=match_id)
    signed = (await journey.ask(sign, by="Cleo", id=match_id))["signAgreement"]["agreement"]
    assert None not in signed.values()
    record = """mutation($id: UUID!, $held: DateTime!) {
        recordMentoringSession(matchId: $id, heldAt: $held, minutes: 45, mode: ONLINE, note: "for myself") {
            totalMinutes relationship { mentoringSessionCount } }
        setGoal(matchId: $id, text: "A paper") { state }
        checkIn(matchId: $id, goingWell: 5) { goingWell } }"""
    done = await journey.ask(record, by="Cleo", id=match_id, held=datetime.now(UTC).isoformat())
    assert done["recordMentoringSession"] == {"totalMinutes": 45, "relationship": {"mentoringSessionCount": 1}}
    read = """query($id: UUID!) { relationship(matchId: $id) { currentAgreement { terms } goals { nodes { text } }
        mentoringSessions { nodes { minutes notes { text } } } } }"""
    mine = (await journey.ask(read, by="Cleo", id=match_id))["relationship"]
    assert mine["currentAgreement"] == {"terms": "Monthly"}
    assert mine["goals"] == {"nodes": [{"text": "A paper"}]}
    assert mine["mentoringSessions"]["nodes"] == [{"minutes": 45, "notes": [{"text": "for myself"}]}]
    theirs = (await journey.ask(read, by=mentor, id=match_id))["relationship"]
    assert theirs["mentoringSessions"]["nodes"] == [{"minutes": 45, "notes": []}], "a note is its author's alone"


async def keep_on(journey: Any, match_id: str, mentor: str) -> None:
    goals = "query($id: UUID!) { relationship(matchId: $id) { goals { nodes { id state actions { text doneAt } } } } }"
    [goal] = (await journey.ask(goals, by="Cleo", id=match_id))["relationship"]["goals"]["nodes"]
    add = 'mutation($g: UUID!) { addAction(goalId: $g, text: "A draft", dueOn: "2030-01-01") { id goalId dueOn } }'
    action = (await journey.ask(add, by=mentor, g=goal["id"]))["addAction"]
    assert (action["goalId"], action["dueOn"]) == (goal["id"], "2030-01-01")
    done = """mutation($a: UUID!, $g: UUID!) { changeAction(actionId: $a, done: true) { doneAt }
        changeGoal(goalId: $g, state: REACHED) { state reachedAt } }"""
    assert (await journey.ask(done, by="Cleo", a=action["id"], g=goal["id"]))["changeGoal"]["state"] == "reached"
    [goal] = (await journey.ask(goals, by="Cleo", id=match_id))["relationship"]["goals"]["nodes"]
    assert goal["actions"][0]["text"] == "A draft"
    assert goal["actions"][0]["doneAt"]
    meetings = "query($id: UUID!) { relationship(matchId: $id) { mentoringSessions { nodes { id } } } }"
    [held] = (await journey.ask(meetings, by="Cleo", id=match_id))["relationship"]["mentoringSessions"]["nodes"]
    note = 'mutation($s: UUID!) { addNote(mentoringSessionId: $s, text: "ours", visibility: PAIR) { visibility } }'
    assert (await journey.ask(note, by=mentor, s=held["id"]))["addNote"] == {"visibility": "pair"}
    await worry(journey, match_id, mentor)


async def worry(journey: Any, match_id: str, mentor: str) -> None:
    say = 'mutation($id: UUID!) { raiseConcern(matchId: $id, text: "No time") { id state person { name } } }'
    concern = (await journey.ask(say, by="Cleo", id=match_id))["raiseConcern"]
    assert (concern["state"], concern["person"]) == ("raised", {"name": "Cleo"})
    resolve = "mutation($id: UUID!) { changeConcern(concernId: $id, state: RESOLVED) { state resolvedAt } }"
    assert await journey.refusal(resolve, by=mentor, id=concern["id"]) != []
    assert (await journey.ask(resolve, id=concern["id"]))["changeConcern"]["state"] == "resolved"
    query = 'query($p: UUID!) { programme(id: $p) { concerns(state: "resolved") { nodes { id } } } }'
    refused = await journey.refusal(query, p=journey.programme_id)
    assert refused == ["not_for_you"], "administrators do not read what was said in confidence"


async def test_what_a_person_and_a_team_look_after(journey: Any) -> None:
    await journey.register("Eve")
    mute = "mutation { setPreferences(email: {offer: false}) { email } }"
    assert (await journey.ask(mute, by="Eve"))["setPreferences"]["email"]["offer"] is False
    assert await journey.refusal("mutation { setPreferences(email: {decision: false}) { email } }", by="Eve") == [
        "decisions_stay_on"
    ]
    mine = "{ me { preferences { email } conversations { nodes { id } } interviews { id } caseStudies { id } } }"
    me = (await journey.ask(mine, by="Eve"))["me"]
    assert me["preferences"]["email"]["offer"] is False
    assert (me["interviews"], me["caseStudies"], me["conversations"]) == ([], [], {"nodes": []})
    plan = """mutation($p: UUID!) { planActivity(programmeId: $p, kind: "webinar", title: "Habits", mode: ONLINE,
        startsAt: "2099-02-01T10:00:00Z", minutes: 60, places: 1) { id registered } }"""
    webinar = (await journey.asked_in_time(plan, p=journey.programme_id))["planActivity"]["id"]
    join = "mutation($a: UUID!) { registerForActivity(activityId: $a) { registered } }"
    assert (await journey.refusal(join, by="Eve", a=webinar))[0] in ("role_needed", "activity_not_found")
    change = """mutation($c: UUID!) { changeCohort(cohortId: $c, places: 3) { places placesFirstPlanned
        milestones { kind } } }"""
    changed = (await journey.ask(change, c=journey.cohort_id))["changeCohort"]
    assert (changed["places"], changed["placesFirstPlanned"]) == (3, 2)
    team = """query($p: UUID!) { blueprints { name } programme(id: $p) {
        roles { nodes { id role } } policy { version document problem } cohorts { matchRuns { nodes { id } } } } }"""
    await journey.appoint("Mia", "COORDINATOR")
    seen = await journey.asked_in_time(team, by="Mia", p=journey.programme_id)
    assert "nihr" in {blueprint["name"] for blueprint in seen["blueprints"]}
    assert seen["programme"]["policy"]["problem"] is None
    [role] = [role for role in seen["programme"]["roles"]["nodes"] if role["role"] == "coordinator"]
    revoke = "mutation($id: UUID!) { revokeRole(roleId: $id) }"
    assert await journey.refusal(revoke, by="Eve", id=role["id"]) != []
    assert (await journey.ask(revoke, id=role["id"]))["revokeRole"] == role["id"]


async def orientate(journey: Any, *names: str) -> None:
    plan = """mutation($p: UUID!, $c: UUID!) { planActivity(programmeId: $p, cohortId: $c, kind: "orientation",
        title: "Orientation", mode: ONLINE, minutes: 60, startsAt: "2020-02-01T10:00:00Z") { id } }"""
    made = (await journey.ask(plan, p=journey.programme_id, c=journey.cohort_id))["planActivity"]["id"]
    attended = "mutation($a: UUID!, $people: [UUID!]!) { recordAttendance(activityId: $a, personIds: $people) { id } }"
    await journey.ask(attended, a=made, people=[journey.people[name] for name in names])
    listed = 'query($p: UUID!) { programme(id: $p) { activities(kind: "orientation") { nodes { id title } } } }'
    found = (await journey.ask(listed, by="Cleo", p=journey.programme_id))["programme"]["activities"]["nodes"]
    assert found == [{"id": made, "title": "Orientation"}]


async def look_at_the_dashboard(journey: Any) -> None:
    async def counted() -> dict[str, Any] | None:
        found: dict[str, Any] = (await journey.ask(DASHBOARD, p=journey.programme_id))["programme"]
        return found if all(row["matched"] == 1 for row in found["ledger"]) else None

    found = await eventually(counted, what="the ledger")
    assert all(row["balanced"] and row["applied"] == 2 and row["open"] == 1 for row in found["ledger"])
    dashboard = found["dashboard"]
    assert {row["role"]: (row["applied"], row["accepted"], row["matched"]) for row in dashboard["funnel"]} == {
        "MENTOR": (2, 1, 1),
        "MENTEE": (2, 1, 1),
    }
    states = {row["state"]: row["count"] for row in dashboard["matches"]}
    assert states == {"proposed": 1, "confirmed": 1}
    assert (dashboard["mentoringSessions"], dashboard["mentoringMinutes"]) == (1, 45)
    names = {match["mentor"]["name"] for match in found["matches"]["nodes"]}
    assert names == {"Ada", "Bea"}
    assert set(await journey.refusal(DASHBOARD, by="Cleo", p=journey.programme_id)) == {"role_needed"}


async def test_another_organisations_ids_are_not_there(journey: Any) -> None:
    stranger = replace(journey, tenant=str(uuid.uuid4()))
    for query in (
        "query($id: UUID!) { programme(id: $id) { title } }",
        "query($id: UUID!) { cohort(id: $id) { number } }",
    ):
        for id_ in (journey.programme_id, journey.cohort_id):
            [code] = await stranger.refusal(query, id=id_)
            assert code.endswith("not_found")
