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
