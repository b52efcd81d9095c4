"""A programme is closed by one mutation, and every service follows: nobody has to end anything one by one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mentoring_common.testing import eventually

CLOSING = """query($p: UUID!) { programme(id: $p) { version closedAt
  closing { cohorts pairs drafts reason note closedAt applications { accepted submitted } } } }"""
CLOSE = """mutation($p: UUID!, $v: Int!, $n: String!) {
  closeProgramme(programmeId: $p, reason: RAN_ITS_COURSE, note: $n, expectedVersion: $v) { closedAt version } }"""
LEFT = """query($p: UUID!) { programme(id: $p) { ledger { role matched unmatched open balanced }
  matches { nodes { id state relationship { state } } } activities { nodes { kind cancelledAt } } } }"""
ADD = "mutation($p: UUID!) { addCohort(programmeId: $p, number: 2, places: 9) { id } }"
WAVE = """mutation($c: UUID!) { planWave(cohortId: $c, wave: {instrument: "liked", occasion: "last",
  opensAt: {at: "2099-01-01T00:00:00Z"}, closesAt: {at: "2099-01-02T00:00:00Z"}}) { id state } }"""
ACTIVITY = """mutation($p: UUID!, $at: DateTime!) { planActivity(programmeId: $p, kind: "cpd", title: "Farewell",
  mode: ONLINE, minutes: 60, startsAt: $at) { id } }"""


async def test_one_act_ends_a_programme_in_every_service(journey: Any) -> None:
    await journey.fill_pool()
    await journey.match_everybody()
    offer = await journey.offer_of("Cleo")
    for name in ("Cleo", offer["mentor"]["name"]):
        await journey.ask(
            "mutation($id: UUID!) { acceptMatch(matchId: $id) { state } }", by=name, id=offer["id"]
        )  # Dina's offer stands open
    await journey.appoint("Mia", "PROGRAMME_MANAGER")
    wave = (await journey.asked_in_time(WAVE, by="Mia", c=journey.cohort_id))["planWave"]["id"]
    ahead = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    await journey.asked_in_time(ACTIVITY, by="Mia", p=journey.programme_id, at=ahead)

    async def known() -> dict[str, Any] | None:
        found: dict[str, Any] = (await journey.ask(CLOSING, p=journey.programme_id))["programme"]
        standing = (await journey.ask(LEFT, by="Mia", p=journey.programme_id))["programme"]["matches"]["nodes"]
        return found if found["closing"]["pairs"] == 1 and any(one["relationship"] for one in standing) else None

    before = await eventually(known, what="the pair")
    assert before["closing"]["cohorts"] == 1
    assert before["closing"]["applications"] == {"accepted": 2, "submitted": 0}
    closing = {"p": journey.programme_id, "n": "The third round was the last."}
    assert await journey.refusal(CLOSE, v=before["version"] + 1, **closing) == ["precondition_failed"]
    assert await journey.refusal(CLOSE, by="Cleo", v=before["version"], **closing) == ["role_needed"]
    assert (await journey.ask(CLOSE, v=before["version"], **closing))["closeProgramme"]["closedAt"]

    async def over() -> dict[str, Any] | None:
        found: dict[str, Any] = (await journey.ask(LEFT, by="Mia", p=journey.programme_id))["programme"]
        states = sorted(one["state"] for one in found["matches"]["nodes"])
        # The pair waited for its orientation: it never began.
        called_off = all(one["cancelledAt"] for one in found["activities"]["nodes"])
        return found if states == ["declined", "ended"] and called_off else None

    left = await eventually(over, what="the end of everything")
    assert len(left["activities"]["nodes"]) == 1
    assert all(
        row["balanced"] and (row["matched"], row["unmatched"], row["open"]) == (1, 1, 0) for row in left["ledger"]
    )
    record = (await journey.ask(CLOSING, p=journey.programme_id))["programme"]["closing"]
    assert (record["reason"], record["note"], record["cohorts"]) == ("ran_its_course", closing["n"], 0)
    kept = await journey.ask("query($id: UUID!) { wave(id: $id) { state } }", by="Mia", id=wave)
    assert kept["wave"]["state"] == "planned", "a last survey is often asked after the end"
    assert await journey.refusal(ADD, p=journey.programme_id) == ["programme_closed"]
