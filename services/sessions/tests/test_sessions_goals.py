"""Goals and steps: whose they are, how they are measured, how far they are; reminders; the plan of a year."""

import asyncio
from datetime import date, timedelta

import sqlalchemy as sa

from mentoring_common.deadlines import DeadlinePoller
from mentoring_common.ids import new_id
from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import PersonErased
from mentoring_contracts.sessions import GoalReminderDue
from mentoring_sessions.app import create_app
from mentoring_sessions.goals.models import Goal


async def goal(play, client=None, **what):
    answer = await (client or play.mentee).post(f"{play.path}/goals", json={"text": "Lead an audit"} | what)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def change(client, path, **what):
    tag = (await client.get(path)).headers["etag"]
    return await client.patch(path, json=what, headers={"If-Match": tag})


def day(play, days):
    return (play.now() + timedelta(days=days)).date().isoformat()


async def reminded(play, number):
    async def probe():
        found = await play.harness.emitted(play.tenant, GoalReminderDue)
        return found if len(found) >= number else None

    return await eventually(probe, what=f"{number} reminders")


async def test_a_goal_has_a_measure_and_progress(begun):
    made = await goal(begun, measure="Two audits led", due_on=day(begun, 90))
    assert made["progress"] == 0
    assert "audits" not in str(made)
    path = f"/goals/{made['id']}"
    assert (await change(begun.mentor, path, progress=50)).json()["progress"] == 50
    shown = (await begun.mentor.get(path)).json()
    assert (shown["measure"], shown["text"], shown["progress"]) == ("Two audits led", "Lead an audit", 50)
    await change(begun.mentee, path, measure=None)
    assert (await begun.mentee.get(path)).json()["measure"] is None
    for wrong in ({"progress": 101}, {"progress": -1}, {"measure": ""}, {"remind_on": "soon"}):
        assert refused(await change(begun.mentee, path, **wrong), 422, "invalid_request"), wrong


async def test_a_step_is_taken_by_one_of_the_relationship(begun):
    made = await goal(begun)
    path = f"/goals/{made['id']}/actions"
    step = await begun.mentor.post(path, json={"text": "Ask", "owner_id": str(begun.mentee_id)})
    assert (step.status_code, step.json()["owner_id"]) == (201, str(begun.mentee_id)), step.text
    stranger = {"text": "Ask", "owner_id": str(new_id())}
    assert refused(await begun.mentor.post(path, json=stranger), 422, "people_not_members")
    given = await change(begun.mentor, f"/actions/{step.json()['id']}", owner_id=str(begun.manager_id))
    assert refused(given, 422, "people_not_members")
    freed = await change(begun.mentor, f"/actions/{step.json()['id']}", owner_id=None)
    assert freed.json()["owner_id"] is None


async def test_who_works_towards_it_is_reminded_on_the_day_once(begun):
    ours = await goal(begun, remind_on=day(begun, 10))
    own = await goal(begun, begun.mentor, person_id=str(begun.mentor_id), remind_on=day(begun, 10))
    dropped = await goal(begun, remind_on=day(begun, 10))
    await change(begun.mentee, f"/goals/{dropped['id']}", state="dropped")
    moved = await goal(begun, remind_on=day(begun, 10))
    await change(begun.mentee, f"/goals/{moved['id']}", remind_on=None)
    step = {"text": "Ask", "owner_id": str(begun.mentee_id), "remind_on": day(begun, 20)}
    step = (await begun.mentee.post(f"/goals/{ours['id']}/actions", json=step)).json()
    done = {"text": "Done", "remind_on": day(begun, 20)}
    done = (await begun.mentee.post(f"/goals/{ours['id']}/actions", json=done)).json()
    await change(begun.mentee, f"/actions/{done['id']}", done=True)
    begun.later(days=11)
    first = await reminded(begun, 3)
    about = {(str(one.about_id), one.person_id) for one in first}
    both = {(ours["id"], begun.mentor_id), (ours["id"], begun.mentee_id)}
    assert about == both | {(own["id"], begun.mentor_id)}
    begun.later(days=10)
    last = (await reminded(begun, 4))[-1]
    assert (str(last.about_id), str(last.goal_id), last.person_id) == (step["id"], ours["id"], begun.mentee_id)


async def test_a_reminder_goes_once_from_two_replicas_and_after_one_was_killed(begun):
    for days in (10, 20):
        await goal(begun, remind_on=day(begun, days))
    first = begun.harness.service
    second = create_app(first.settings, clock=begun.harness.clock, http=first.http)
    pollers = [DeadlinePoller(s.system, s.database, s.design.deadlines, s.clock, 0.01) for s in (first, second)]
    begun.later(days=11)
    tasks = [asyncio.create_task(poller.fire_due()) for poller in pollers for _ in range(5)]
    await asyncio.sleep(0)
    for task in tasks[5:]:  # the second replica dies while it is at work: what it held is free again
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await pollers[0].fire_due()
    await second.database.close()
    await second.system.dispose()
    assert {one.person_id for one in await reminded(begun, 2)} == {begun.mentor_id, begun.mentee_id}
    begun.later(days=10)
    await asyncio.gather(*(pollers[0].fire_due() for _ in range(5)))
    assert len(await reminded(begun, 4)) == 4


async def test_nobody_is_reminded_in_a_break(begun):
    await goal(begun, remind_on=day(begun, 5))
    after = await goal(begun, remind_on=day(begun, 15))
    await begun.mentee.post(f"{begun.path}/pause", json={})
    begun.later(days=6)
    await begun.mentee.post(f"{begun.path}/resume")
    begun.later(days=10)
    assert {str(one.about_id) for one in await reminded(begun, 2)} == {after["id"]}


async def test_the_plan_shows_the_year_month_by_month(begun):
    own = await goal(begun, begun.mentor, person_id=str(begun.mentor_id), text="Listen more", due_on=day(begun, 40))
    ours = await goal(begun, due_on=day(begun, 40))
    undated = await goal(begun, text="Some day")
    dropped = await goal(begun)
    await change(begun.mentee, f"/goals/{dropped['id']}", state="dropped")
    step = {"text": "Ask", "owner_id": str(begun.mentee_id), "due_on": day(begun, 3)}
    step = (await begun.mentee.post(f"/goals/{ours['id']}/actions", json=step)).json()
    begun.later(days=5)
    plan = (await begun.mentee.get(f"{begun.path}/plan")).json()
    assert len(plan["months"]) in (12, 13), "from the start to the end"
    items = [item for month in plan["months"] for item in month["items"]]
    assert [(item["id"], item["overdue"]) for item in items] == [(step["id"], True), (ours["id"], False)]
    assert [month["month"] for month in plan["months"] if month["items"]] == sorted(
        {item["due_on"][:7] for item in items}
    )
    assert [item["id"] for item in plan["undated"]] == [undated["id"]]
    mine = (await begun.mentor.get(f"{begun.path}/plan")).json()
    assert own["id"] in {item["id"] for month in mine["months"] for item in month["items"]}, "the mentor's own"
    assert refused(await begun.team.get(f"{begun.path}/plan"), 403, "not_of_the_pair")


async def test_the_plan_hides_nothing_that_is_due_outside_its_months(begun):
    old = await goal(begun, due_on="2016-03-01")
    late = await goal(begun, due_on="2190-03-01")
    ours = await goal(begun, due_on=day(begun, 40))
    plan = (await begun.mentee.get(f"{begun.path}/plan")).json()
    assert len(plan["months"]) in (12, 13)
    assert [item["id"] for month in plan["months"] for item in month["items"]] == [ours["id"]]
    assert [[item["id"] for item in plan[apart]] for apart in ("earlier", "later")] == [[old["id"]], [late["id"]]]


async def test_a_day_that_was_kept_beyond_the_calendar_hinders_no_reader(begun):
    made = await goal(begun, due_on=day(begun, 40))
    for beyond in ("0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"):
        assert refused(await change(begun.mentee, f"/goals/{made['id']}", due_on=beyond), 422, "invalid_request")
    async with begun.harness.service.database.transaction(begun.tenant) as db:
        await db.execute(sa.update(Goal).where(Goal.id == made["id"]).values(due_on=date(1, 1, 1)))
    plan = (await begun.mentee.get(f"{begun.path}/plan")).json()
    assert [item["due_on"] for item in plan["earlier"]] == ["0001-01-01"]


async def test_erasure_takes_the_measure_and_leaves_the_progress(begun):
    made = await goal(begun, measure="Two audits led")
    await change(begun.mentor, f"/goals/{made['id']}", progress=40)
    await begun.harness.publish(begun.tenant, PersonErased(person_id=begun.mentee_id))
    shown = (await begun.mentor.get(f"/goals/{made['id']}")).json()
    assert (shown["measure"], shown["text"], shown["progress"]) == (None, None, 40)
