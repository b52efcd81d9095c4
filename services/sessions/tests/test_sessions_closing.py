"""A programme is closed: what stands has run its course, what never began and what lies ahead is called off."""

from datetime import timedelta

from mentoring_common.testing import refused
from mentoring_contracts.applications import ProgrammeClosed
from mentoring_contracts.sessions import (
    ActivityCancelled,
    ActivityNoticeDue,
    RelationshipCalledOff,
    RelationshipClosed,
    RelationshipNoticeDue,
)


async def closed(play):
    await play.harness.publish(play.tenant, ProgrammeClosed(programme_id=play.programme_id, reason="ran_its_course"))


async def test_standing_relationships_have_run_their_course_and_both_are_told(begun):
    later = (begun.now() + timedelta(days=3)).isoformat()
    planned = await begun.mentor.post(
        f"{begun.path}/appointments", json={"times": [later], "minutes": 60, "mode": "online"}
    )
    assert planned.status_code == 201, planned.text
    await closed(begun)
    assert (await begun.read())["state"] == "closed"
    assert len(await begun.harness.emitted(begun.tenant, RelationshipClosed)) == 1
    told = [
        e for e in await begun.harness.emitted(begun.tenant, RelationshipNoticeDue) if e.what == "relationship_closed"
    ]
    assert {e.person_id for e in told} == {begun.mentor_id, begun.mentee_id}
    shown = (await begun.mentor.get(f"/appointments/{planned.json()['id']}")).json()
    assert shown["state"] == "cancelled"
    await closed(begun)  # told twice
    assert len(await begun.harness.emitted(begun.tenant, RelationshipClosed)) == 1


async def test_one_that_waits_is_called_off_and_ends_with_its_match(play):
    await play.set_up()
    await play.harness.publish(play.tenant, play.confirmed())
    assert (await play.read())["state"] == "waiting_for_orientation"
    await closed(play)
    assert [e.match_id for e in await play.harness.emitted(play.tenant, RelationshipCalledOff)] == [play.match_id]
    assert not await play.harness.emitted(play.tenant, RelationshipClosed)
    await play.harness.publish(play.tenant, play.ended())
    assert (await play.read())["state"] == "ended"


async def test_a_match_that_is_heard_of_afterwards_does_not_begin(play):
    await play.set_up(activities={})
    await closed(play)
    await play.harness.publish(play.tenant, play.confirmed())
    assert (await play.read())["state"] == "waiting_for_orientation"
    assert len(await play.harness.emitted(play.tenant, RelationshipCalledOff)) == 1


async def test_activities_that_have_not_begun_are_called_off_with_notice(begun):
    ahead = await begun.plan(starts_at=(begun.now() + timedelta(days=5)).isoformat())
    past = await begun.plan(starts_at=(begun.now() - timedelta(hours=2)).isoformat())
    assert (await begun.mentee.post(f"/activities/{ahead['id']}/registration")).status_code == 201
    await closed(begun)
    found = {
        id_: (await begun.team.get(f"/activities/{id_}")).json()["cancelled_at"] for id_ in (ahead["id"], past["id"])
    }
    assert (bool(found[ahead["id"]]), found[past["id"]]) == (True, None)
    assert [str(e.activity_id) for e in await begun.harness.emitted(begun.tenant, ActivityCancelled)] == [ahead["id"]]
    notices = await begun.harness.emitted(begun.tenant, ActivityNoticeDue)
    assert [e.person_id for e in notices if e.why == "cancelled"] == [begun.mentee_id]
    new = {"kind": "cpd", "title": "More", "mode": "online", "minutes": 60, "starts_at": begun.now().isoformat()}
    answer = await begun.team.post(f"/programmes/{begun.programme_id}/activities", json=new)
    assert refused(answer, 409, "programme_closed")
    assert (await begun.team.post(f"/activities/{past['id']}/held")).status_code == 200


async def test_nothing_is_put_into_the_library_any_more_and_what_is_there_is_read_and_withdrawn(begun):
    library = f"/programmes/{begun.programme_id}/resources"
    given = {"wordings": [{"language": "en", "title": "Guide", "text": "Meet soon."}]}
    made = await begun.team.post(library, json=given)
    assert made.status_code == 201, made.text
    one = f"/resources/{made.json()['id']}"
    await closed(begun)
    pdf = {"content": b"%PDF-1.4\n%%EOF\n", "headers": {"Content-Type": "application/pdf"}}
    files = f"/programmes/{begun.programme_id}/resource-files?name=Guide.pdf"
    assert refused(await begun.team.post(files, **pdf), 409, "programme_closed")
    assert refused(await begun.team.post(library, json=given), 409, "programme_closed")
    assert refused(await begun.team.post(f"{one}/versions", json=given), 409, "programme_closed")
    narrowed = await begun.team.patch(one, json={"roles": ["mentor"]}, headers={"If-Match": "*"})
    assert refused(narrowed, 409, "programme_closed")
    assert (await begun.mentor.post(f"{one}/read")).status_code == 200
    assert (await begun.team.post(f"{one}/withdraw")).status_code == 200


async def test_nobody_commits_to_a_habit_any_more_and_one_that_runs_is_marked(begun):
    habits, new = f"/programmes/{begun.programme_id}/habits", {"text": "Ask first.", "times": 3, "weeks": 2}
    made = await begun.mentor.post(habits, json=new)
    assert made.status_code == 201, made.text
    await closed(begun)
    assert refused(await begun.mentor.post(habits, json=new), 409, "programme_closed")
    marked = await begun.mentor.put(f"/habits/{made.json()['id']}/marks/{begun.now().date()}")
    assert marked.status_code == 200
