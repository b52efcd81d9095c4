"""Runs: what comes out, what is said no to, and what survives a lost worker."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mentoring_common.auth import Principal
from mentoring_common.testing import refused
from mentoring_common.testing.harness import eventually
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationWithdrawn,
    CohortCreated,
    PersonChanged,
    ProgrammeCreated,
)
from mentoring_contracts.matching import MatchProposed
from mentoring_matching import jobs, queries
from mentoring_matching.commands import runs as run_commands
from mentoring_matching.models import MatchRun
from mentoring_matching.policies import SAFE
from mentoring_matching.proposals import propose


async def test_priority_goes_first_when_places_run_out(world):
    cohort = await world.cohort(1)
    mentors = [world.person("mentor") for _ in range(2)]
    ordinary = [world.person("mentee") for _ in range(3)]
    first = world.person("mentee", priority=True, criteria=["other"])
    await world.admit(cohort, *mentors, *ordinary, first)
    run = await world.run(cohort)
    assert (run["pairs"], run["priority"], run["priority_matched"], run["unmatched_mentees"]) == (1, 1, 1, 3)
    (pair,) = await world.items(f"/runs/{run['id']}/pairs")
    assert pair["mentee_id"] == str(first.id)
    left = await world.items(f"/runs/{run['id']}/unmatched")
    assert {p["reason"] for p in left if p["role"] == "mentee"} == {"no_place"}
    (completed,) = await world.completed()
    assert (completed.pairs, completed.unmatched_mentees, completed.unmatched_mentors) == (1, 3, 1)


async def test_hard_rules_hold_and_the_dry_run_counts_them(world):
    cohort = await world.cohort(5)
    employer = str(uuid4())
    boss = world.person("mentor")
    colleague = world.person("mentor", employer_id=employer)
    mentee = world.person("mentee", employer_id=employer, line_manager_id=str(boss.id))
    await world.admit(cohort, boss, colleague, mentee)
    assert (await world.run(cohort))["pairs"] == 0
    dry = (await world.office.post(f"/cohorts/{cohort}/dry-run", json={})).json()
    effects = {e["rule"]: (e["removes"], e["removes_alone"]) for e in dry["rules"]}
    assert (dry["pairs"], dry["permitted"], dry["stranded"]) == (2, 0, 1)
    assert effects["different_employer"] == effects["no_line_management"] == (1, 1)
    looser = {"policy_changes": {"hard_rules": [], "rules_off": list(SAFE)}}
    assert (await world.office.post(f"/cohorts/{cohort}/dry-run", json=looser)).json()["permitted"] == 2


async def test_a_mentor_without_a_mentee_is_told_why(make_world):
    senior = {"id": "senior", "kind": "gap", "attribute": "grade", "least": 1, "text": "the mentor is more senior"}
    conflict = {"id": "conflict", "kind": "no_declared_conflict"}
    world = await make_world(hard_rules=[senior, conflict])
    cohort = await world.cohort(5)
    junior = world.person("mentor", attributes={"grade": 3})
    mentee = world.person("mentee", attributes={"grade": 5})
    feared = world.person("mentor", attributes={"grade": 9}, conflicts=[str(mentee.id)])
    good, spare = (world.person("mentor", attributes={"grade": 9}) for _ in range(2))
    await world.admit(cohort, junior, mentee, feared, good, spare)
    run = await world.run(cohort, pins=[{"mentor_id": str(good.id), "mentee_id": str(mentee.id), "reason": "known"}])
    left = {p["person_id"]: p for p in await world.items(f"/runs/{run['id']}/unmatched")}
    told = left[str(junior.id)]
    assert (told["reason"], told["rule"]) == ("no_permitted_mentee", "senior")
    assert "'the mentor is more senior' alone, 1 mentee could" in told["explanation"]
    assert (left[str(feared.id)]["rule"], "private" in left[str(feared.id)]["explanation"]) == ("conflict", True)
    assert left[str(spare.id)]["reason"] == "spare"
    path = f"/runs/{run['id']}/why-not?mentee_id={mentee.id}&mentor_id="
    for mentor, words in (
        (junior, "Not possible: the pair would break the rule 'the mentor is more senior'."),
        (feared, "Not possible: there is a private reason."),
        (good, "The run proposes this pair."),
    ):
        answer = await world.office.get(f"{path}{mentor.id}")
        assert answer.json()["text"] == words
    strict = await world.run(cohort, policy_changes={"floor": 1.0})
    assert {
        p["reason"] for p in await world.items(f"/runs/{strict['id']}/unmatched") if p["person_id"] == str(spare.id)
    } == {"below_floor"}


async def test_limits_of_the_policy_hold_in_a_run(make_world):
    limit = {"name": "two mentors of an employer", "attribute": "employer", "side": "mentor", "most": 2}
    world = await make_world(limits=[limit])
    cohort, employer = await world.cohort(9), str(uuid4())
    colleagues = [world.person("mentor", employer_id=employer) for _ in range(3)]
    await world.admit(cohort, *colleagues, *[world.person("mentee") for _ in range(3)])
    run = await world.run(cohort)
    assert (run["pairs"], run["unmatched_mentees"], run["certificate"]["gap"]) == (2, 1, 0)
    left = await world.items(f"/runs/{run['id']}/unmatched")
    assert [limit["name"] in p["explanation"] for p in left if p["role"] == "mentee"] == [True]
    wider = await world.run(cohort, policy_changes={"limits": [limit | {"most": 3}]})
    assert wider["pairs"] == 3
    used = {"name": limit["name"], "value": employer, "number": 3, "least": False, "pairs": 3}
    assert wider["limits"] == [used]
    more = {"name": "many of them", "attribute": "employer", "side": "mentor", "value": employer, "least": 4}
    wanting = await world.run(cohort, policy_changes={"limits": [more]})
    assert [(use["least"], use["number"], use["pairs"]) for use in wanting["limits"]] == [(True, 4, 3)]
    for broken, field in (({"most": -1}, "most"), ({"attribute": "ethnicity"}, "attribute")):
        body = {"policy_changes": {"limits": [limit | broken]}}
        answer = await world.office.post(f"/cohorts/{cohort}/dry-run", json=body)
        assert refused(answer, 422, "policy_invalid")
        assert (answer.json()["where"], answer.json()["field"]) == ("limit 'two mentors of an employer'", field)


async def test_same_input_and_seed_give_the_same_run(world):
    cohort = await world.cohort(4)
    people = [world.person(role) for role in ("mentor", "mentee") for _ in range(6)]
    await world.admit(cohort, *people)
    one, two = await world.run(cohort, seed=7), await world.run(cohort, seed=7)
    assert one["input_hash"] == two["input_hash"]
    compared = (await world.office.get(f"/runs/{one['id']}/compare/{two['id']}")).json()
    assert (compared["same_pairs"], compared["changes"]) == (4, [])


async def test_a_what_if_beside_the_policy_in_force(world):
    cohort = await world.cohort(5)
    topical = world.person("mentor", criteria=["career"])
    wished = world.person("mentor", criteria=["other"])
    mentee = world.person("mentee", criteria=["career"], preferred=[str(wished.id)])
    await world.admit(cohort, topical, wished, mentee)
    one = await world.run(cohort)
    two = await world.run(cohort, policy_changes={"weights": {"topics": 0.05, "preferences": 0.9, "text": 0.05}})
    compared = (await world.office.get(f"/runs/{one['id']}/compare/{two['id']}")).json()
    change = {"mentee_id": str(mentee.id), "mentor_id": str(topical.id), "other_mentor_id": str(wished.id)}
    change |= {"score": 0.55, "other_score": 0.4091}  # each by the policy of its run
    assert (compared["same_pairs"], compared["changes"]) == (0, [change])
    assert compared["other"]["policy_changes"]["weights"]["preferences"] == 0.9
    assert compared["run"]["policy_version"] == compared["other"]["policy_version"] == 1


async def test_why_not_her_and_what_stable_would_give(world):
    cohort = await world.cohort(5)
    best, second = world.person("mentor", criteria=["career"]), world.person("mentor", criteria=["funding", "career"])
    barred = world.person("mentor", criteria=["career"])
    mentee = world.person("mentee", criteria=["career"], conflicts=[str(barred.id)])
    await world.admit(cohort, best, second, barred, mentee)
    run = await world.run(cohort)
    assert run["stable"] == {"matched": 1, "pairs": 1, "score": run["total_score"]}
    path = f"/runs/{run['id']}/why-not"
    why = (await world.office.get(path, params={"mentor_id": second.id, "mentee_id": mentee.id})).json()
    assert (why["price"]["matches"], why["rules"]) == (0, [])
    assert why["price"]["score"] > 0
    why = (await world.office.get(path, params={"mentor_id": barred.id, "mentee_id": mentee.id})).json()
    assert (why["rules"], why["price"]) == (["a private reason"], None)
    unknown = await world.office.get(path, params={"mentor_id": mentee.id, "mentee_id": mentee.id})
    assert refused(unknown, 422, "pairs_invalid")
    await world.admit(cohort, world.person("mentor"))
    stale = await world.office.get(path, params={"mentor_id": second.id, "mentee_id": mentee.id})
    assert refused(stale, 409, "pool_changed")


async def test_pins_hold_and_bars_keep_apart(world):
    cohort = await world.cohort(5)
    mentor, other = world.person("mentor", criteria=["career"]), world.person("mentor", criteria=["x"])
    mentee = world.person("mentee", criteria=["career"])
    await world.admit(cohort, mentor, other, mentee)
    pair = {"mentor_id": str(other.id), "mentee_id": str(mentee.id), "reason": "they know the same field"}
    for body in ({"pins": [pair]}, {"bars": [pair | {"mentor_id": str(mentor.id)}]}):
        run = await world.run(cohort, **body)
        (found,) = await world.items(f"/runs/{run['id']}/pairs")
        assert (found["mentor_id"], found["pinned"]) == (str(other.id), "pins" in body)
        assert run["bars"] == body.get("bars", [])
    unknown = await world.office.post(f"/cohorts/{cohort}/runs", json={"pins": [pair | {"mentee_id": str(uuid4())}]})
    assert refused(unknown, 422, "pairs_invalid")


async def test_pins_that_cannot_hold_are_refused_at_once_with_their_field(world):
    cohort = await world.cohort(3)
    mentor, other, left = (world.person("mentor") for _ in range(3))
    mentee, second = world.person("mentee"), world.person("mentee")
    await world.admit(cohort, mentor, other, left, mentee, second)
    await world.harness.publish(world.tenant, withdrawn(world, cohort, left))

    def pair(a, b):
        return {"mentor_id": str(a.id), "mentee_id": str(b.id), "reason": "promised"}

    wrong = [
        ({"pins": [pair(mentor, mentee), pair(other, mentee)]}, "pins[1].mentee_id"),
        ({"pins": [pair(mentor, mentee), pair(mentor, second)]}, "pins[1].mentor_id"),
        ({"pins": [pair(mentor, mentee)], "bars": [pair(other, mentee), pair(mentor, mentee)]}, "bars[1]"),
        ({"pins": [pair(left, mentee)]}, "pins[0].mentor_id"),
        ({"bars": [pair(mentor, mentor)]}, "bars[0].mentee_id"),
    ]
    for body, field in wrong:
        for path in ("runs", "what-if"):
            answer = await world.office.post(f"/cohorts/{cohort}/{path}", json=body)
            problem = answer.json()
            assert (answer.status_code, problem["code"], problem["field"]) == (422, "pairs_invalid", field), problem
            [wrong_at] = problem["errors"]
            assert wrong_at["pointer"] == "/body/" + field.replace("[", "/").replace("].", "/").replace("]", "")
            assert wrong_at["code"] == "impossible_pair"
    await world.approve((await world.run(cohort, pins=[pair(mentor, mentee)], bars=[pair(other, second)]))["id"])
    answer = await world.office.post(f"/cohorts/{cohort}/runs", json={"pins": [pair(mentor, second)]})
    assert (answer.status_code, answer.json()["field"]) == (422, "pins[0].mentor_id"), "the mentor holds an offer"
    full = await world.cohort(0)
    await world.admit(full, one := world.person("mentor"), two := world.person("mentee"))
    answer = await world.office.post(f"/cohorts/{full}/runs", json={"pins": [pair(one, two)]})
    assert (answer.status_code, answer.json()["field"]) == (422, "pins")
    assert await world.items(f"/cohorts/{full}/runs") == []


async def test_a_run_whose_pins_can_no_longer_hold_fails_and_says_why(world):
    cohort = await world.cohort(0)
    mentor, mentee = world.person("mentor"), world.person("mentee")
    await world.admit(cohort, mentor, mentee)
    pin = {"mentor_id": str(mentor.id), "mentee_id": str(mentee.id), "reason": "promised"}
    async with world.harness.service.database.transaction(world.tenant) as db:
        started = await run_commands.start_run(db, cohort, _principal(world))
        started.pins = [pin]
    run = await world.finished(str(started.id))
    assert run["state"] == "failed"
    assert "places" in run["failure"]
    answer = await world.office.post(f"/runs/{run['id']}/approve", json={})
    assert refused(answer, 409, "run_not_completed")


def withdrawn(world, cohort, person):
    return ApplicationWithdrawn(
        application_id=person.application_id, programme_id=world.programme_id, cohort_id=cohort,
        person_id=person.id, role=person.role,
    )  # fmt: skip


async def test_approving_a_stale_run_is_refused_and_offers_nothing(world):
    cohort = await world.cohort(2)
    mentors, mentees = ([world.person(role) for _ in range(2)] for role in ("mentor", "mentee"))
    await world.admit(cohort, *mentors, *mentees)
    one, two = await world.run(cohort), await world.run(cohort)
    await world.harness.publish(world.tenant, withdrawn(world, cohort, mentees[0]))
    answer = await world.office.post(f"/runs/{one['id']}/approve", json={})
    assert (answer.status_code, answer.json()["code"], answer.json()["pairs_affected"]) == (409, "pool_changed", 1)
    assert await world.events(MatchProposed) == []
    three = await world.run(cohort)
    answers = await asyncio.gather(
        *[world.office.post(f"/runs/{r['id']}/approve", json={}) for r in (three, three, two)]
    )
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    assert len(await world.events(MatchProposed)) == 1


async def test_an_open_offer_holds_its_people_and_its_place(world):
    cohort = await world.cohort(1)
    await world.admit(cohort, *[world.person(role) for role in ("mentor", "mentee") for _ in range(2)])
    (match,) = await world.approve((await world.run(cohort))["id"])
    again = await world.run(cohort)
    assert (again["pairs"], again["places"]) == (0, 0)
    await world.accept(match)
    assert (await world.run(cohort))["places"] == 0


async def test_a_run_can_be_cancelled_once(world):
    cohort = await world.cohort(1)
    started = await world.start(cohort)
    cancelled = await world.office.post(f"/runs/{started['id']}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    again = await world.office.post(f"/runs/{started['id']}/cancel")
    assert refused(again, 409, "run_over")
    assert (await world.finished(started["id"]))["state"] == "cancelled"
    answer = await world.office.post(f"/runs/{started['id']}/approve", json={})
    assert answer.status_code == 409


async def test_a_run_whose_worker_died_is_taken_again(world):
    cohort = await world.cohort(1)
    await world.admit(cohort, world.person("mentor"), world.person("mentee"))
    database = world.harness.service.database
    async with database.transaction(world.tenant) as db:
        lost = MatchRun(
            programme_id=world.programme_id, cohort_id=cohort, kind="full", state="running", version=1, attempts=1,
            progress=0.5, policy_version=1, policy={}, policy_changes={}, seed=0, pins=[], bars=[], mentor_ids=None,
            mentee_ids=None, requested_at=world.harness.clock.now(), worker=uuid4(),
            lease_until=datetime.now(UTC) + timedelta(days=36500),
        )  # fmt: skip
        db.add(lost)
        await db.flush()
        await run_commands.schedule(db, run_commands.RUN_WAITING, lost.id, world.harness.clock.now())
    await asyncio.sleep(0.5)
    assert (await world.office.get(f"/runs/{lost.id}")).json()["state"] == "running"
    # A lease is of real time; the clock of the harness may be past it by now.
    over = sa.update(MatchRun).where(MatchRun.id == lost.id).values(lease_until=sa.func.clock_timestamp())
    async with database.transaction(world.tenant) as db:
        await db.execute(over)
    run = await world.finished(str(lost.id))
    assert (run["state"], run["pairs"]) == ("completed", 1)
    assert len(await world.completed()) == 1


async def test_a_run_whose_workers_are_killed_is_worked_to_its_end(world, monkeypatch):
    cohort = await world.cohort(1)
    await world.admit(cohort, world.person("mentor"), world.person("mentee"))
    database = world.harness.service.database
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(jobs, "_work", _leave_it)  # the run is worked by the processes below
        run = await world.start(cohort)
        for _ in range(6):
            assert await world.worked_by_who_is_killed(run["id"]) == -signal.SIGKILL
            over = sa.update(MatchRun).values(lease_until=sa.func.clock_timestamp()).where(MatchRun.state == "running")
            async with database.transaction(world.tenant) as db:
                assert len((await db.scalars(over.returning(MatchRun.id))).all()) == 1
    ended = await world.finished(run["id"])
    assert (ended["state"], ended["pairs"]) == ("completed", 1)


def _principal(world):
    return Principal(str(world.coordinator), world.tenant, frozenset(), 0, "")


async def _leave_it(*_):
    return None


async def test_a_run_that_fails_again_and_again_is_given_up_and_the_others_go_on(world, monkeypatch):
    cohort = await world.cohort(1)
    await world.admit(cohort, world.person("mentor"), world.person("mentee"))

    def fails(question, progress):
        if question.seed == 13:
            raise RuntimeError("what nobody foresaw")
        return propose(question, progress)

    monkeypatch.setattr(jobs, "propose", fails)
    monkeypatch.setattr(run_commands, "TRY_AGAIN_AFTER_S", 0.0)
    bad, good = await world.start(cohort, seed=13), await world.start(cohort)
    ended = await world.finished(bad["id"])
    assert (ended["state"], ended["failure"]) == ("failed", "failed_repeatedly")
    assert (await world.finished(good["id"]))["state"] == "completed"


async def test_a_changed_profile_is_read_again(world):
    cohort = await world.cohort(1)
    person = world.person("mentee", criteria=["career"])
    await world.admit(cohort, person)
    world.applications.profiles[str(person.application_id)]["criteria"] = ["funding"]
    await world.harness.publish(world.tenant, PersonChanged(person_id=person.id))

    async def read_again():
        async with world.harness.service.database.transaction(world.tenant) as db:
            profile = (await queries.profiles_of(db, [person.application_id]))[person.application_id]
        return profile.criteria if profile.criteria != ["career"] else None

    assert await eventually(read_again) == ["funding"]


async def test_events_of_different_aggregates_come_in_any_order(matching, applications_api, tenant, world):
    """An acceptance before its cohort, and a cohort before its programme."""
    programme, cohort = uuid4(), uuid4()
    person = world.person("mentee")
    admin = matching.caller("matching:write", "organisation:admin", tenant=tenant)
    accepted = ApplicationAccepted(
        application_id=person.application_id,
        programme_id=programme,
        cohort_id=cohort,
        person_id=person.id,
        role="mentee",
    )
    await matching.publish(tenant, accepted)
    assert (await admin.get(f"/cohorts/{cohort}/pool")).status_code == 404
    made = CohortCreated(cohort_id=cohort, programme_id=programme, number=1, places=3, milestones=[])
    await matching.publish(tenant, made)
    assert len((await admin.get(f"/cohorts/{cohort}/pool")).json()["items"]) == 1
    assert (await admin.post(f"/cohorts/{cohort}/runs", json={})).status_code == 404
    await matching.publish(tenant, ProgrammeCreated(programme_id=programme, direction="traditional", blueprint={}))
    assert (await admin.post(f"/cohorts/{cohort}/runs", json={})).status_code == 202


async def test_the_load_over_all_programmes_limits_a_mentor(make_world):
    world = await make_world(max_load=1)
    cohort = await world.cohort(5)
    mentor = world.person("mentor", capacity=3)
    await world.admit(cohort, mentor, world.person("mentee"), world.person("mentee"))
    await world.confirmed(cohort)
    assert (await world.run(cohort))["pairs"] == 0
    assert (await world.pool(cohort))[str(mentor.id)]["load"] == 1


@pytest.mark.parametrize("role", ["steering_group", None])
async def test_only_the_team_starts_runs(world, role):
    from mentoring_contracts.applications import RoleGranted

    cohort, person = await world.cohort(1), uuid4()
    if role:
        granted = RoleGranted(role_id=uuid4(), programme_id=world.programme_id, person_id=person, role=role)
        await world.harness.publish(world.tenant, granted)
    answer = await world.as_person(person).post(f"/cohorts/{cohort}/runs", json={})
    assert answer.status_code == (403 if role else 404)
    reader = world.harness.caller("matching:read", tenant=world.tenant, subject=world.coordinator)
    assert (await reader.post(f"/cohorts/{cohort}/runs", json={})).status_code == 403
