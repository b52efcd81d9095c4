"""Both learn and both teach, with rolling intake: a programme written from its text alone."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from mentoring_allinone.stack import Stack
from mentoring_common import yaml_text
from mentoring_common.clock import MovableClock
from mentoring_common.testing import eventually

from .conftest import BEGIN, DECIDE, OPEN, Journey

BLUEPRINT = """\
schema: 1
id: learn-and-teach
title: Two-way mentoring
direction: two_way
zone: Europe/London
words: {mentor: partner, mentee: partner}
duration_months: 12
hours_budget: 12
milestones:
  - {kind: window_opens, date: 6 weeks before start}
  - {kind: window_closes, date: 2 weeks before start}
  - {kind: match_confirmed, date: start}
roles:
  - steering_group
  - {id: supervisor, title: Supervisor, rights: [supervise]}
criteria:
  current: 1
  versions:
    - version: 1
      items:
        - {id: brands, title: Brands}
        - {id: finance, title: Finance}
        - {id: digital, title: Digital}
        - {id: leading, title: Leading people}
form:
  version: 1
  fields:
    - {id: wants, kind: ranking, of: criteria, roles: [mentor, mentee], required: true, label: What to learn?}
    - {id: offers, kind: ranking, of: criteria, roles: [mentor, mentee], required: true, label: What can you teach?}
    - {id: division, kind: choice, roles: [mentor, mentee], label: Your division, options: [Foods, Care, Home]}
    - {id: privacy, kind: consent, roles: [mentor, mentee], document: privacy, version: "2027", label: I agree}
privacy_notices:
  - {id: privacy, version: "2027", text: We keep what you tell us for the programme}
matching:
  hard_rules:
    - {id: other_division, kind: must_differ, attribute: division, text: of different divisions}
  weights: {topics: 0.6, topics_back: 0.4}
  recurring: {every: week, day: monday, at: "07:00"}
formats:
  - {id: supervision, title: Group supervision, size: {least: 2, most: 8}}
  - {id: own_supervision, like: supervision, title: Individual supervision, size: {least: 1, most: 1}}
  - {id: peer_circle, title: Women's circle, size: {least: 3, most: 8}}
"""
COHORT = """mutation($p: UUID!, $m: [NewMilestone!]) {
  addCohort(programmeId: $p, number: 1, places: 9, milestones: $m) { id } }"""
APPLY = """mutation($p: UUID!, $c: UUID!, $role: Role!, $answers: JSON!) {
  submitApplication(programmeId: $p, cohortId: $c, role: $role, answers: $answers,
                    consents: {privacy: "2027"}) { id } }"""
NEXT = """query($p: UUID!) { programme(id: $p) { recurringRuns {
  paused zone timetable { every day at offers } next { cohortId startsAt toApprove } } } }"""
PEOPLE = {
    # name: side, wants, offers, division
    "Ada": ("MENTOR", ["digital", "brands"], ["leading", "finance"], "Foods"),
    "Bea": ("MENTOR", ["finance", "leading"], ["brands", "digital"], "Care"),
    "Cleo": ("MENTEE", ["leading", "finance"], ["digital", "brands"], "Home"),
    "Dina": ("MENTEE", ["brands", "digital"], ["finance", "leading"], "Home"),
}


@pytest.fixture
async def moved(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A system of this journey's own, whose clock is moved."""
    folder, clock = tmp_path_factory.mktemp("both-ways"), MovableClock(datetime.now(UTC))
    running = await Stack.start(folder, clock=clock, durable=False)
    yield running
    await running.stop()


async def begun(stack: Stack) -> Journey:
    """The programme with its cohort, and everybody of PEOPLE accepted."""
    async with stack.call("platform:admin") as operator:
        named = {"name": "Foods and Care", "slug": "foods-and-care"}
        made = await operator.post("/applications/organisations", json=named)
    journey = Journey(stack, made.json()["id"])
    blueprint = json.loads(json.dumps(yaml_text.ours(BLUEPRINT), default=str))
    journey.programme_id = (await journey.ask(BEGIN, b=blueprint))["createProgramme"]["id"]
    confirmed = {"kind": "match_confirmed", "startsAt": "2020-03-01T00:00:00Z"}
    journey.cohort_id = (await journey.ask(COHORT, p=journey.programme_id, m=[OPEN, confirmed]))["addCohort"]["id"]
    for name, (role, wants, offers, division) in PEOPLE.items():
        await journey.register(name)
        said = {"wants": wants, "offers": offers, "division": division}
        wanted = {"p": journey.programme_id, "c": journey.cohort_id, "role": role, "answers": said}
        applied = (await journey.ask(APPLY, by=name, **wanted))["submitApplication"]["id"]
        await journey.ask(DECIDE, id=applied)
    return journey


async def test_who_teaches_what_the_other_wants_is_found_by_itself(
    moved: Stack,
) -> None:
    journey = await begun(moved)
    pool = f"/matching/cohorts/{journey.cohort_id}/pool"

    async def free() -> bool:
        async with journey.client() as client:
            found = (await client.get(pool)).json().get("items", [])
        return [member["state"] for member in found] == ["available"] * 4

    await eventually(free, what="the pool")
    planned = (await journey.ask(NEXT, p=journey.programme_id))["programme"]["recurringRuns"]
    assert (planned["zone"], planned["timetable"]["day"], planned["next"][0]["toApprove"]) == (
        "Europe/London", "monday", None,
    )  # fmt: skip
    moved.clock.move_by(timedelta(days=7))  # a Monday comes

    async def proposed() -> str | None:
        found = (await journey.ask(NEXT, p=journey.programme_id))["programme"]["recurringRuns"]["next"]
        return found[0]["toApprove"]

    run = await eventually(proposed, what="what the Monday brought")
    pairs = """query($id: UUID!) { matchRun(id: $id) { recurring proposedPairs { nodes { score explanation
        mentor { name } mentee { name } } } } }"""
    found = (await journey.ask(pairs, id=run))["matchRun"]
    both = {(pair["mentor"]["name"], pair["mentee"]["name"]) for pair in found["proposedPairs"]["nodes"]}
    assert (found["recurring"], both) == (True, {("Ada", "Cleo"), ("Bea", "Dina")})
    assert len({pair["score"] for pair in found["proposedPairs"]["nodes"]}) == 1, "each wants what the other has"
