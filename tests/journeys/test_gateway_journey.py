"""A programme through the GraphQL schema alone: two pairs from the application to the first mentoring session."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from mentoring_common.testing import eventually

SERVICES = ("applications", "matching", "sessions", "evaluation", "integrations")
SCOPES = [f"{service}:{right}" for service in SERVICES for right in ("read", "write")]
OPEN = {"kind": "expression_of_interest", "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}
# The blueprint makes orientation compulsory; this journey is about the schema.
ORIENTATION = {"kind": "orientation", "starts_at": "2020-02-01T00:00:00Z"}

REGISTER = "mutation($name: String!, $email: String!) { registerPerson(name: $name, email: $email) { id name email } }"
APPLY = """mutation($p: UUID!, $c: UUID!, $role: Role!, $answers: JSON!) {
  submitApplication(programmeId: $p, cohortId: $c, role: $role, answers: $answers,
                    consents: {privacy_notice: "2022-02"}) { id state role cohort { number } } }"""
DECIDE = "mutation($id: UUID!) { decideApplication(applicationId: $id, decision: ACCEPT) { state } }"
RUN = """query($id: UUID!) { matchRun(id: $id) { state failure pairs
  proposedPairs { nodes { mentor { name } score } } unmatched { nodes { rule explanation } } } }"""
OFFERS = '{ me { person { name } matches(state: "proposed") { nodes { id mentor { name email } mentee { name } } } } }'
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


class Refused(Exception):
    """An answer with errors."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(str(errors))
        self.codes = [error["extensions"]["code"] for error in errors]


@dataclass
class Journey:
    stack: Any
    tenant: str
    programme_id: str = ""
    cohort_id: str = ""
    people: dict[str, str] = field(default_factory=dict)  # by name

    def client(self, subject: str | None = None) -> Any:
        if subject is None:
            return self.stack.call("organisation:admin", *SCOPES, tenant=self.tenant)
        return self.stack.call(*SCOPES, tenant=self.tenant, subject=subject)

    async def ask(self, query: str, by: str | None = None, key: str | None = None, **variables: Any) -> dict[str, Any]:
        """The data of an answer to the person named, or to the organisation's admin."""
        async with self.client(self.people[by] if by else None) as client:
            headers = {"Idempotency-Key": key or uuid.uuid4().hex}
            answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        if "errors" in body:
            raise Refused(body["errors"])
        data: dict[str, Any] = body["data"]
        return data


def answers(name: str, role: str) -> dict[str, Any]:
    common = {
        "criteria": ["networking", "career_progression", "research_funding"], "about": "Funding, and a network.",
        "professional_background": "Nursing and midwifery", "employer": f"Trust of {name}", "discipline": "Nursing",
        "membership": "member", "languages": ["en"],
    }  # fmt: skip
    mentor = {"career_stage": "Professor", "postdoctoral_years": 20, "senior_leader": True, "capacity": 1}
    mentee = {
        "career_stage": "Lecturer", "postdoctoral_years": 4, "previous_access": False, "postdoctoral_award": True,
        "infrastructure_position": False,
    }  # fmt: skip
    return common | (mentor if role == "MENTOR" else mentee)


@pytest.fixture
async def journey(stack: Any) -> Journey:
    async with stack.call("platform:admin") as operator:
        named = {"name": "Gateway", "slug": f"gateway-{uuid.uuid4().hex[:8]}"}
        journey = Journey(stack, (await operator.post("/applications/organisations", json=named)).json()["id"])
    async with journey.client() as admin:
        journey.programme_id = (await admin.post("/applications/programmes", json={"blueprint": "nihr"})).json()["id"]
        cohort = {"number": 1, "places": 2, "milestones": [OPEN, ORIENTATION]}
        made = await admin.post(f"/applications/programmes/{journey.programme_id}/cohorts", json=cohort)
        journey.cohort_id = made.json()["id"]
    return journey


async def apply_and_accept(journey: Journey, name: str, role: str) -> None:
    email = f"{name.lower()}@example.org"
    person = (await journey.ask(REGISTER, name=name, email=email))["registerPerson"]
    assert (person["name"], person["email"]) == (name, email)
    journey.people[name] = person["id"]
    wanted = {"p": journey.programme_id, "c": journey.cohort_id, "role": role, "answers": answers(name, role)}
    applied = (await journey.ask(APPLY, by=name, key=f"apply {name}", **wanted))["submitApplication"]
    assert (applied["state"], applied["cohort"]) == ("submitted", {"number": 1})
    again = (await journey.ask(APPLY, by=name, key=f"apply {name}", **wanted))["submitApplication"]
    assert again["id"] == applied["id"], "the same key is the same request"
    with pytest.raises(Refused) as refused:
        await journey.ask(APPLY, by=name, **wanted)
    assert refused.value.codes == ["already_applied"]
    assert (await journey.ask(DECIDE, id=applied["id"]))["decideApplication"] == {"state": "accepted"}


async def match_everybody(journey: Journey) -> None:
    async def pool() -> bool:
        async with journey.client() as admin:
            found = (await admin.get(f"/matching/cohorts/{journey.cohort_id}/pool")).json()
        return len([m for m in found.get("items", []) if m["state"] == "available"]) == 4

    await eventually(pool, what="the pool")
    start = "mutation($c: UUID!) { startMatchRun(cohortId: $c) { id state } }"
    run = (await journey.ask(start, c=journey.cohort_id))["startMatchRun"]["id"]

    async def completed() -> dict[str, Any] | None:
        found = (await journey.ask(RUN, id=run))["matchRun"]
        assert found["failure"] is None
        return found if found["state"] == "completed" else None

    found = await eventually(completed, what="the run")
    assert found["pairs"] == 2, found["unmatched"]
    assert {pair["mentor"]["name"] for pair in found["proposedPairs"]["nodes"]} == {"Ada", "Bea"}
    approve = "mutation($id: UUID!) { approveRun(runId: $id) { state } }"
    assert (await journey.ask(approve, id=run))["approveRun"] == [{"state": "proposed"}] * 2


async def arrange(journey: Journey) -> None:
    """Buddy pairs of mentors and a group of mentees beside the matches."""
    make = """mutation($c: UUID!) { pairBuddies(cohortId: $c) { id optimal pairs { one { name } other { name } } }
        formGroups(cohortId: $c, size: 2) { id groups { people { name } } } }"""
    made = await journey.ask(make, c=journey.cohort_id)
    [pair] = made["pairBuddies"]["pairs"]
    assert {pair["one"]["name"], pair["other"]["name"]} == {"Ada", "Bea"}
    [group] = made["formGroups"]["groups"]
    assert {person["name"] for person in group["people"]} == {"Cleo", "Dina"}
    read = "query($c: UUID!) { cohort(id: $c) { buddies { nodes { id } } groups { nodes { id } } } }"
    kept = (await journey.ask(read, c=journey.cohort_id))["cohort"]
    for name, field_ in (("buddies", "pairBuddies"), ("groups", "formGroups")):
        assert kept[name]["nodes"] == [{"id": made[field_]["id"]}]


async def part(journey: Journey, match_id: str, mentor: str) -> None:
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


async def offer_of(journey: Journey, name: str) -> dict[str, Any]:
    """The offer of a person, once they may see their partner."""

    async def seen() -> dict[str, Any] | None:
        me = (await journey.ask(OFFERS, by=name))["me"]
        assert me["person"]["name"] == name
        [offer] = me["matches"]["nodes"]
        return offer if offer["mentor"]["name"] and offer["mentee"]["name"] else None

    return await eventually(seen, what="the partner's name")


async def test_a_programme_by_graphql_alone(journey: Journey) -> None:
    for name, role in (("Ada", "MENTOR"), ("Bea", "MENTOR"), ("Cleo", "MENTEE"), ("Dina", "MENTEE")):
        await apply_and_accept(journey, name, role)
    await match_everybody(journey)
    await arrange(journey)

    offer = await offer_of(journey, "Cleo")
    mentor = offer["mentor"]["name"]
    other = {"Ada": "Bea", "Bea": "Ada"}[mentor]
    assert offer["mentor"]["email"] is None, "an address is shown once both have accepted"
    with pytest.raises(Refused) as refused:
        await journey.ask(ACCEPT, by=other, id=offer["id"])
    assert refused.value.codes == ["match_not_found"], "a stranger's match is not there"
    assert (await journey.ask(ACCEPT, by="Cleo", id=offer["id"]))["acceptMatch"] == {"state": "proposed"}
    assert (await journey.ask(ACCEPT, by=mentor, id=offer["id"]))["acceptMatch"] == {"state": "confirmed"}
    await work_together(journey, offer["id"], mentor)
    await look_at_the_dashboard(journey)
    await tell_what_came_of_it(journey, offer["id"], mentor)
    await read_the_report(journey)
    await part(journey, offer["id"], mentor)


async def work_together(journey: Journey, match_id: str, mentor: str) -> None:
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


async def orientate(journey: Journey, *names: str) -> None:
    async with journey.client() as admin:
        held = {"kind": "orientation", "title": "Orientation", "mode": "online", "minutes": 60}
        held |= {"starts_at": "2020-02-01T10:00:00Z", "cohort_id": journey.cohort_id}
        made = await admin.post(f"/sessions/programmes/{journey.programme_id}/activities", json=held)
        assert made.status_code == 201, made.text
        there = {"person_ids": [journey.people[name] for name in names]}
        taken = await admin.post(f"/sessions/activities/{made.json()['id']}/attendance", json=there)
        assert taken.status_code == 200, taken.text


async def look_at_the_dashboard(journey: Journey) -> None:
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
    with pytest.raises(Refused) as refused:
        await journey.ask(DASHBOARD, by="Cleo", p=journey.programme_id)
    assert set(refused.value.codes) == {"role_needed"}


async def test_another_organisations_ids_are_not_there(journey: Journey) -> None:
    stranger = Journey(journey.stack, str(uuid.uuid4()))
    for query in (
        "query($id: UUID!) { programme(id: $id) { title } }",
        "query($id: UUID!) { cohort(id: $id) { number } }",
    ):
        for id_ in (journey.programme_id, journey.cohort_id):
            with pytest.raises(Refused) as refused:
                await stranger.ask(query, id=id_)
            assert refused.value.codes[0].endswith("not_found"), refused.value.codes


async def tell_what_came_of_it(journey: Journey, match_id: str, mentor: str) -> None:
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
        await done(team.patch(f"/evaluation/themes/{theme['id']}", json=judged))
        recommended = {"text": "Protect an hour", "theme_id": theme["id"], "owner_id": journey.people["Bea"]}
        recommended |= {"team": "Delivery team", "due_at": "2099-01-01T00:00:00Z"}
        await done(team.post(f"{base}/recommendations", json=recommended))


async def be_interviewed(journey: Journey, team: Any, match_id: str, name: str) -> None:
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


async def read_the_report(journey: Journey) -> None:
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
    assert (recommended["theme"], recommended["ownerRole"], recommended["team"]) == ("Time", None, "Delivery team")
    stages = {stage["title"]: stage for stage in report["evaluationModel"]["stages"]}
    pairs = next(one for one in stages["Outputs"]["measured"] if one["indicator"] == "pairs_matched")
    assert (pairs["value"], pairs["unit"], pairs["targetMet"], pairs["shown"]) == (1, "pairs", False, "exact")
    assert "further_funding" in {one["indicator"] for one in stages["Outcomes"]["notMeasured"]}
    assert report["outcomes"]["statement"].startswith("Nothing was recorded from HR data")
    assert {one["role"] for one in report["outcomes"]["intentions"]} == {"MENTOR", "MENTEE"}
