"""Rolling intake: cohorts that are matched by themselves, at the times of the policy, once."""

import signal
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from mentoring_common.deadlines import DeadlinePoller
from mentoring_common.testing import eventually
from mentoring_contracts.applications import CohortCreated, ProgrammeCreated
from mentoring_contracts.blueprint.matching import Recurring
from mentoring_contracts.matching import MatchProposed, MatchRunCompleted
from mentoring_matching import jobs
from mentoring_matching.models import MatchRun
from mentoring_matching.recurring import next_moment

MONDAYS = {"every": "week", "day": "monday", "at": "06:00"}


@pytest.mark.parametrize(
    ("said", "zone", "after", "following"),
    [
        ({"every": "week", "day": "monday"}, None, "2026-11-30T05:59", "2026-11-30T06:00"),
        ({"every": "week", "day": "monday"}, None, "2026-11-30T06:00", "2026-12-07T06:00"),
        ({"every": "month", "day": "monday"}, None, "2026-11-30T06:00", "2026-12-07T06:00"),
        ({"every": "month", "day": "tuesday", "at": "9:30"}, None, "2026-11-30T06:00", "2026-12-01T09:30"),
        ({"every": "month", "day": 31}, None, "2027-02-01T00:00", "2027-02-28T06:00"),
        ({"every": "month", "day": 1, "at": "00:30"}, "Europe/Warsaw", "2026-11-30T20:00", "2026-11-30T23:30"),
        ({"every": "week", "day": "sunday", "at": "02:30"}, "Europe/London", "2027-03-27T12:00", "2027-03-28T01:30"),
    ],
)
def test_the_next_moment_of_a_timetable(said, zone, after, following):
    times = Recurring.model_validate(said)
    assert next_moment(times, zone, datetime.fromisoformat(after).replace(tzinfo=UTC)) == datetime.fromisoformat(
        following
    ).replace(tzinfo=UTC)


async def runs(world, cohort_id):
    return (await world.office.get(f"/cohorts/{cohort_id}/runs")).json()["items"]


async def runs_that(world, cohort_id, *states):
    """The states of the cohort's runs, once they are these."""

    async def probe():
        found = await runs(world, cohort_id)
        return found if [run["state"] for run in found] == list(states) else None

    return await eventually(probe, what=f"runs that are {states}")


async def pass_a_week(world):
    """The next Monday comes, and what is due then is done."""
    world.harness.clock.move_by(timedelta(days=7))


async def comes(world):
    return (await world.office.get(f"/programmes/{world.programme_id}/recurring-runs")).json()


async def test_what_waits_is_matched_every_week_and_shown_to_the_team(make_world):
    world = await make_world(recurring=MONDAYS)
    cohort_id = await world.cohort(places=5)
    mentor, mentee = world.person("mentor"), world.person("mentee")
    [following] = (await comes(world))["next"]
    assert (following["cohort_id"], following["to_approve"]) == (str(cohort_id), None)
    assert datetime.fromisoformat(following["starts_at"]).weekday() == 0
    await pass_a_week(world)  # nobody waits
    await world.admit(cohort_id, mentor, mentee)
    assert await runs(world, cohort_id) == []
    await pass_a_week(world)
    [run] = await runs_that(world, cohort_id, "completed")
    assert (run["recurring"], run["kind"], run["pairs"]) == (True, "full", 1)
    assert await world.events(MatchProposed) == []
    assert [done.approval_needed for done in await world.events(MatchRunCompleted)] == [True]
    assert [one["to_approve"] for one in (await comes(world))["next"]] == [run["id"]]
    await world.admit(cohort_id, world.person("mentor"), world.person("mentee"))
    await pass_a_week(world)  # what nobody approved is matched anew, with who came since
    _, second = await runs_that(world, cohort_id, "cancelled", "completed")
    assert second["pairs"] == 2
    approved = await world.office.post(f"/runs/{second['id']}/approve", json={})
    assert approved.status_code == 200, approved.text
    await pass_a_week(world)  # they have offers: nobody waits
    assert len(await runs(world, cohort_id)) == 2


async def test_a_programme_may_have_them_offered_at_once_and_pause_them(make_world):
    world = await make_world(recurring=MONDAYS | {"offers": "at_once"})
    cohort_id = await world.cohort(places=5)
    await world.admit(cohort_id, world.person("mentor"), world.person("mentee"))
    path = f"/programmes/{world.programme_id}/recurring-runs"
    for _ in range(2):
        paused = await world.office.post(f"{path}/pause")
        assert (paused.status_code, paused.json()["paused"]) == (200, True)
    assert [one["starts_at"] for one in paused.json()["next"]] == [None]
    await pass_a_week(world)
    assert await runs(world, cohort_id) == []
    assert (await world.office.post(f"{path}/resume")).json()["paused"] is False
    await pass_a_week(world)
    await runs_that(world, cohort_id, "approved")
    assert len(await world.events(MatchProposed)) == 1
    assert [done.approval_needed for done in await world.events(MatchRunCompleted)] == [False]


async def test_times_that_nobody_was_there_for_are_made_up_for_once(make_world):
    world = await make_world(recurring=MONDAYS)
    cohort_id = await world.cohort(places=5)
    await world.admit(cohort_id, world.person("mentor"), world.person("mentee"))
    world.harness.clock.move_by(timedelta(days=7 * 9))
    await runs_that(world, cohort_id, "completed")
    assert len(await world.events(MatchRunCompleted)) == 1


async def test_a_run_that_is_killed_as_it_begins_and_as_it_is_worked_is_made_once(make_world, monkeypatch):
    world = await make_world(recurring=MONDAYS)
    cohort_id = await world.cohort(places=5)
    await world.admit(cohort_id, world.person("mentor"), world.person("mentee"))
    database = world.harness.service.database
    with monkeypatch.context() as dying:
        dying.setattr(jobs, "_work", _leave_it)  # the processes below work on it
        with monkeypatch.context() as beginning:
            beginning.setattr(DeadlinePoller, "fire_due", _fires_nothing)
            await pass_a_week(world)
            for _ in range(3):
                ended = await world.worked_by_who_is_killed(world.harness.clock.now().isoformat())
                assert ended == -signal.SIGKILL
                assert await runs(world, cohort_id) == []
        world.harness.service.database.work.set()
        [run] = await runs_that(world, cohort_id, "queued")
        for _ in range(3):
            assert await world.worked_by_who_is_killed(run["id"]) == -signal.SIGKILL
            over = sa.update(MatchRun).values(lease_until=sa.func.clock_timestamp()).where(MatchRun.state == "running")
            async with database.transaction(world.tenant) as db:
                assert len((await db.scalars(over.returning(MatchRun.id))).all()) == 1
    [ended] = await runs_that(world, cohort_id, "completed")
    assert (ended["id"], ended["pairs"]) == (run["id"], 1)
    assert [done.run_id for done in await world.events(MatchRunCompleted)] == [UUID(run["id"])]
    assert [one["to_approve"] for one in (await comes(world))["next"]] == [run["id"]]


async def _leave_it(*_):
    return None


async def _fires_nothing(_):
    return 0


async def test_a_policy_begins_changes_and_ends_them(world):
    cohort_id = await world.cohort(places=5)
    await world.admit(cohort_id, world.person("mentor"), world.person("mentee"))
    assert ((await comes(world))["timetable"], (await comes(world))["next"]) == (None, [])
    path = f"/programmes/{world.programme_id}/policy"
    policy = (await world.office.get(path)).json()

    async def change(**recurring):
        version = (await world.office.get(path)).headers["etag"]
        document = policy["document"] | {"recurring": recurring or None}
        return await world.office.put(path, json=document, headers={"If-Match": version})

    wrong = await change(every="week", day=3)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "policy_invalid")
    assert (await change(every="month", day=31, at="23:00")).status_code == 200
    assert (await comes(world))["timetable"] == {
        "every": "month", "day": "31", "at": "23:00", "offers": "after_approval",
    }  # fmt: skip
    world.harness.clock.move_by(timedelta(days=31))
    await runs_that(world, cohort_id, "completed")
    assert (await change()).status_code == 200
    assert (await comes(world))["next"] == []
    world.harness.clock.move_by(timedelta(days=62))
    await world.admit(cohort_id, world.person("mentee"))
    assert len(await runs(world, cohort_id)) == 1


async def test_a_cohort_that_is_heard_of_before_its_programme_is_planned_too(world):
    other = type(world)(world.harness, world.applications, world.tenant)
    await world.harness.publish(
        other.tenant,
        CohortCreated(cohort_id=other.coordinator, programme_id=other.programme_id, number=1, places=3, milestones=[]),
        other.granted(),
    )
    blueprint = {"matching": {"recurring": MONDAYS}, "zone": "Europe/Warsaw"}
    made = ProgrammeCreated(programme_id=other.programme_id, direction="traditional", blueprint=blueprint)
    await world.harness.publish(other.tenant, made)
    found = await comes(other)
    assert (found["zone"], [one["cohort_id"] for one in found["next"]]) == ("Europe/Warsaw", [str(other.coordinator)])
    assert found["next"][0]["starts_at"][11:16] in ("04:00", "05:00")
