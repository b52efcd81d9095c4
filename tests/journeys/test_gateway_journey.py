"""A programme through the GraphQL schema alone: two pairs from the application to the first mentoring session."""

import io
import json
import uuid
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mentoring_common.testing import eventually

ACCEPT = "mutation($id: UUID!) { acceptMatch(matchId: $id) { state } }"
DASHBOARD = """query($p: UUID!) { programme(id: $p) { title ledger { role applied matched open balanced }
  dashboard { funnel { role applied accepted matched } matches { state count } mentoringSessions mentoringMinutes
    waves { state } }
  matches(first: 10) { nodes { state mentor { name } mentee { name } waves { id } relationship { state } } } } }"""

REPORT = """query($id: UUID!) { report(id: $id) { state kind version notes { text } quotes { text role cohort }
  caseStudies { cohort sections { title text } }
  themes { heard { voices { all } } items { title priority goals { title of } texts { mentor all } voices { all } } }
  recommendations { text theme ownerRole team dueOn state overdue followUps { on state note } }
  evaluationModel { title stages { title statement measured { indicator value unit base baseIs targetMet shown }
    notMeasured { indicator unit baseIs } } }
  outcomes { statement hr { statement } intentions { role cohort statement } } } }"""


async def test_a_programme_by_graphql_alone(journey: Any) -> None:
    await journey.fill_pool()
    await journey.match_everybody()
    await arrange(journey)
    offer = await journey.offer_of("Cleo")
    mentor = offer["mentor"]["name"]
    other = {"Ada": "Bea", "Bea": "Ada"}[mentor]
    assert offer["mentor"]["email"] is None, "an address is shown once both have accepted"
    assert await journey.refusal(ACCEPT, by=other, id=offer["id"]) == ["match_not_found"], "a stranger's is not there"
    assert (await journey.ask(ACCEPT, by="Cleo", id=offer["id"]))["acceptMatch"] == {"state": "proposed"}
    assert (await journey.ask(ACCEPT, by=mentor, id=offer["id"]))["acceptMatch"] == {"state": "confirmed"}
    await work_together(journey, offer["id"], mentor)
    await keep_on(journey, offer["id"], mentor)
    await read_what_is_held(journey, mentor)
    await look_at_the_dashboard(journey)
    await tell_what_came_of_it(journey, offer["id"], mentor)
    await read_the_report(journey)
    await part(journey, offer["id"], mentor)


async def arrange(journey: Any) -> None:
    """Buddy pairs of mentors and a group of mentees beside the matches."""
    make = """mutation($c: UUID!) { pairBuddies(cohortId: $c) { id optimal pairs { one { name } other { name } } }
        formGroups(cohortId: $c, size: 2) { id groups { people { name } } } }"""
    made = await journey.ask(make, c=journey.cohort_id)
    [pair] = made["pairBuddies"]["pairs"]
    assert {pair["one"]["name"], pair["other"]["name"]} == {"Ada", "Bea"}
    [group] = made["formGroups"]["groups"]
    assert {person["name"] for person in group["people"]} == {"Cleo", "Dina"}
    read = """query($c: UUID!) { cohort(id: $c) { buddies { nodes { id } totalCount } groups { ...shown } } }
        fragment shown on GroupsConnection { nodes { id } ... on GroupsConnection { totalCount } }"""
    kept = (await journey.ask(read, c=journey.cohort_id))["cohort"]
    for name, field_ in (("buddies", "pairBuddies"), ("groups", "formGroups")):
        assert kept[name] == {"nodes": [{"id": made[field_]["id"]}], "totalCount": 1}


async def read_what_is_held(journey: Any, mentor: str) -> None:
    """Everything of one person in one file, from every service; nobody else gets it."""
    person = journey.people[mentor]
    async with journey.client(person) as client:
        answer = await client.get(f"/subject-access/{person}")
    assert answer.status_code == 200, answer.text
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    names = [name for name in archive.namelist() if name.endswith(".json")]
    held = {name.removesuffix(".json"): json.loads(archive.read(name))["held"] for name in names}
    assert held["applications"]["application_answers"][0]["sealed"]["free_text"]
    assert held["matching"]["matches"][0]["state"] == "confirmed"
    assert held["sessions"]["relationships"]
    assert held["evaluation"]["applications"]
    assert held["integrations"]["notifications"]
    assert mentor in archive.read("index.html").decode()
    async with journey.client(journey.people["Dina"]) as stranger:
        assert (await stranger.get(f"/subject-access/{person}")).json()["code"] == "nobody_held"


async def part(journey: Any, match_id: str, mentor: str) -> None:
    """An early end: why is the team's, and the two no longer have each other's address."""
    end = 'mutation($id: UUID!) { endMatch(matchId: $id, reason: "illness", neverAgain: true) { state endReason } }'
    assert (await journey.ask(end, by="Cleo", id=match_id))["endMatch"] == {"state": "ended", "endReason": "private"}
    read = "query($id: UUID!) { match(id: $id) { endReason mentor { id name email } mentee { id } } }"
    assert (await journey.ask(read, id=match_id))["match"]["endReason"] == "illness"

    async def parted() -> dict[str, Any] | None:
        seen: dict[str, Any] = (await journey.ask(read, by="Cleo", id=match_id))["match"]
        return seen if seen["mentor"]["email"] is None else None

    seen = await eventually(parted, what="the end of the pairing")
    assert (seen["mentor"]["name"], seen["endReason"]) == (mentor, "private")
    barred = {"mentorId": seen["mentor"]["id"], "menteeId": seen["mentee"]["id"], "reason": "asked for"}
    start = "mutation($c: UUID!, $b: [PairChoice!]) { startMatchRun(cohortId: $c, bars: $b) { id } }"
    run = (await journey.ask(start, c=journey.cohort_id, b=[barred]))["startMatchRun"]["id"]
    bars = "query($id: UUID!) { matchRun(id: $id) { bars { mentorId menteeId reason } } }"
    assert (await journey.ask(bars, id=run))["matchRun"]["bars"] == [barred]


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
    goals = """query($id: UUID!) { relationship(matchId: $id) {
        goals { nodes { id version state actions { text doneAt } } } } }"""
    [goal] = (await journey.ask(goals, by="Cleo", id=match_id))["relationship"]["goals"]["nodes"]
    add = """mutation($g: UUID!) {
        addAction(goalId: $g, text: "A draft", dueOn: "2030-01-01") { id version goalId dueOn } }"""
    action = (await journey.ask(add, by=mentor, g=goal["id"]))["addAction"]
    assert (action["goalId"], action["dueOn"]) == (goal["id"], "2030-01-01")
    done = """mutation($a: UUID!, $g: UUID!, $av: Int!, $gv: Int!) {
        changeAction(actionId: $a, expectedVersion: $av, done: true) { doneAt }
        changeGoal(goalId: $g, expectedVersion: $gv, state: REACHED) { state reachedAt } }"""
    read = {"a": action["id"], "av": action["version"], "g": goal["id"], "gv": goal["version"]}
    assert (await journey.ask(done, by="Cleo", **read))["changeGoal"]["state"] == "reached"
    assert await journey.refusal(done, by=mentor, **read) == ["precondition_failed"]
    [goal] = (await journey.ask(goals, by="Cleo", id=match_id))["relationship"]["goals"]["nodes"]
    assert goal["actions"][0]["text"] == "A draft"
    assert goal["actions"][0]["doneAt"]
    meetings = "query($id: UUID!) { relationship(matchId: $id) { mentoringSessions { nodes { id } } } }"
    [held] = (await journey.ask(meetings, by="Cleo", id=match_id))["relationship"]["mentoringSessions"]["nodes"]
    note = 'mutation($s: UUID!) { addNote(mentoringSessionId: $s, text: "ours", visibility: PAIR) { visibility } }'
    assert (await journey.ask(note, by=mentor, s=held["id"]))["addNote"] == {"visibility": "pair"}
    await worry(journey, match_id, mentor)


async def worry(journey: Any, match_id: str, mentor: str) -> None:
    say = 'mutation($id: UUID!) { raiseConcern(matchId: $id, text: "No time") { id version state person { name } } }'
    concern = (await journey.ask(say, by="Cleo", id=match_id))["raiseConcern"]
    assert (concern["state"], concern["person"]) == ("raised", {"name": "Cleo"})
    resolve = """mutation($id: UUID!, $v: Int!) {
        changeConcern(concernId: $id, expectedVersion: $v, state: RESOLVED) { state resolvedAt } }"""
    read = {"id": concern["id"], "v": concern["version"]}
    assert await journey.refusal(resolve, by=mentor, **read) != []
    assert (await journey.ask(resolve, **read))["changeConcern"]["state"] == "resolved"
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
    calm = """mutation { setPreferences(quietHours: {begins: "22:00", ends: "07:00"}, digest: "weekly", language: "fr",
        zone: "Africa/Accra", easyRead: true) { digest zone language easyRead quietHours { begins ends } } }"""
    assert (await journey.ask(calm, by="Eve"))["setPreferences"] == {
        "digest": "weekly", "zone": "Africa/Accra", "language": "fr", "easyRead": True,
        "quietHours": {"begins": "22:00", "ends": "07:00"},
    }  # fmt: skip
    quiet = "digest zone language quietHours { begins }"
    loud = f"mutation {{ setPreferences(quietHours: null, language: null) {{ {quiet} }} }}"
    assert (await journey.ask(loud, by="Eve"))["setPreferences"] == {
        "digest": "weekly", "zone": "Africa/Accra", "language": None, "quietHours": None,
    }  # fmt: skip
    log = "query($p: UUID!) { programme(id: $p) { letters { nodes { topic state } } letterCounts { topic count } } }"
    assert await journey.refusal(log, by="Eve", p=journey.programme_id) == ["role_needed", "role_needed"]
    assert (await journey.ask(log, p=journey.programme_id))["programme"]["letters"]["nodes"] is not None
    mine = "{ me { preferences { email } conversations { nodes { id } } interviews { id } caseStudies { id } } }"
    me = (await journey.ask(mine, by="Eve"))["me"]
    assert me["preferences"]["email"]["offer"] is False
    assert (me["interviews"], me["caseStudies"], me["conversations"]) == ([], [], {"nodes": []})
    plan = """mutation($p: UUID!) { planActivity(programmeId: $p, kind: "webinar", title: "Habits", mode: ONLINE,
        startsAt: "2099-02-01T10:00:00Z", minutes: 60, places: 1) { id registered } }"""
    webinar = (await journey.asked_in_time(plan, p=journey.programme_id))["planActivity"]["id"]
    join = "mutation($a: UUID!) { registerForActivity(activityId: $a) { registered } }"
    assert (await journey.refusal(join, by="Eve", a=webinar))[0] in ("role_needed", "activity_not_found")
    change = """mutation($c: UUID!) { changeCohort(cohortId: $c, expectedVersion: 1, places: 3) {
        places placesFirstPlanned milestones { kind } } }"""
    changed = (await journey.ask(change, c=journey.cohort_id))["changeCohort"]
    assert (changed["places"], changed["placesFirstPlanned"]) == (3, 2)
    team = """query($p: UUID!) { blueprints { name } programme(id: $p) {
        roles { nodes { id role } } matchingPolicy { version document problem }
        cohorts { matchRuns { nodes { id } } } } }"""
    await journey.appoint("Mia", "COORDINATOR")
    seen = await journey.asked_in_time(team, by="Mia", p=journey.programme_id)
    assert "nihr" in {blueprint["name"] for blueprint in seen["blueprints"]}
    assert seen["programme"]["matchingPolicy"]["problem"] is None
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


async def tell_what_came_of_it(journey: Any, match_id: str, mentor: str) -> None:
    """Both are interviewed and approve what is written of them; the team finds a theme and recommends something."""
    base = f"/evaluation/programmes/{journey.programme_id}"
    async with journey.client() as team:
        for name in (mentor, "Cleo"):
            await be_interviewed(journey, team, match_id, name)
        titles = ("Profile of the mentee", "Profile of the mentor", "Focus of the relationship", "Reflections",
                  "Perceived value")  # fmt: skip
        study = await done(team.post(f"/evaluation/matches/{match_id}/case-study",
                                     json={"sections": dict.fromkeys(titles, "Told by both")}))  # fmt: skip
        for name in (mentor, "Cleo"):
            async with journey.client(journey.people[name]) as own:
                await done(own.post(f"/evaluation/case-studies/{study['id']}/approve", json={"version": 1}))
        goal = (await done(team.get(f"{base}/goals")))["items"][0]["id"]
        theme = await done(team.post(f"{base}/themes", json={"title": "Time"}))
        judged = {"impact": 5, "effort": 1, "goal_ids": [goal]}
        read = {"If-Match": f'"{theme["version"]}"'}
        await done(team.patch(f"/evaluation/themes/{theme['id']}", json=judged, headers=read))
        await journey.appoint("Ola", "COORDINATOR")
        recommended = {"text": "Protect an hour", "theme_id": theme["id"], "owner_id": journey.people["Ola"]}
        recommended |= {"team": "Delivery team", "due_at": "2099-01-01T00:00:00Z"}

        async def heard_of_the_role() -> bool:
            answer = await team.post(f"{base}/recommendations", json=recommended)
            return answer.status_code == 201

        await eventually(heard_of_the_role, what="the role")


async def be_interviewed(journey: Any, team: Any, match_id: str, name: str) -> None:
    planned = {"person_id": journey.people[name], "scheduled_at": "2020-03-01T10:00:00Z"}

    async def heard_of_the_match() -> Any:
        answer = await team.post(f"/evaluation/matches/{match_id}/interviews", json=planned)
        return answer.json() if answer.status_code == 201 else None

    path = f"/evaluation/interviews/{(await eventually(heard_of_the_match, what='the match'))['id']}"
    async with journey.client(journey.people[name]) as own:
        await done(own.post(f"{path}/consent"))
        text = {"pages": 3, "summary": "said", "quotes": [f"{name} said so"]}
        await done(team.post(f"{path}/transcript", json=text))
        await done(own.post(f"{path}/approve"))


async def done(asked: Any) -> Any:
    """The JSON of an answer that is none of refusal."""
    answer = await asked
    assert answer.status_code < 300, answer.text
    return answer.json()


async def read_the_report(journey: Any) -> None:
    create = "mutation($p: UUID!) { createReport(programmeId: $p, audience: PROGRAMME_TEAM) { id state } }"
    report_id = (await journey.ask(create, p=journey.programme_id))["createReport"]["id"]

    async def built() -> dict[str, Any] | None:
        found: dict[str, Any] = (await journey.ask(REPORT, id=report_id))["report"]
        return found if found["state"] == "ready" else None

    report = await eventually(built, what="the report")
    assert (report["kind"], report["version"], report["notes"]) == ("programme_team", 1, [])
    assert {quote["role"] for quote in report["quotes"]} == {"MENTOR", "MENTEE"}
    [study] = report["caseStudies"]
    assert (study["cohort"], study["sections"][3]) == (1, {"title": "Reflections", "text": "Told by both"})
    [theme] = report["themes"]["items"]
    assert (theme["title"], theme["priority"], theme["texts"]) == ("Time", "now", {"mentor": 0, "all": 0})
    assert (theme["goals"][0]["of"], report["themes"]["heard"]["voices"]["all"]) == ("programme", 2)
    [recommended] = report["recommendations"]
    assert (recommended["theme"], recommended["ownerRole"], recommended["team"]) == (
        "Time",
        "coordinator",
        "Delivery team",
    )
    stages = {stage["title"]: stage for stage in report["evaluationModel"]["stages"]}
    pairs = next(one for one in stages["Outputs"]["measured"] if one["indicator"] == "pairs_matched")
    assert (pairs["value"], pairs["unit"], pairs["targetMet"], pairs["shown"]) == (1, "pairs", False, "exact")
    assert "further_funding" in {one["indicator"] for one in stages["Outcomes"]["notMeasured"]}
    assert report["outcomes"]["statement"].startswith("Nothing was recorded from HR data")
    assert {one["role"] for one in report["outcomes"]["intentions"]} == {"MENTOR", "MENTEE"}
