"""How a relationship begins, starts, ends and closes; whatever order the news comes in."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mentoring_common.ids import new_id
from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import ProgrammeAmended
from mentoring_contracts.blueprint import read
from mentoring_contracts.matching import MatchConfirmed
from mentoring_contracts.sessions import PairWentQuiet, RelationshipClosed, RelationshipNoticeDue, RelationshipStarted
from mentoring_sessions.lifecycle import TRANSITIONS, Act, State, months_later, sources, target
from mentoring_sessions.relationships.commands.relationships import begin_relationship
from mentoring_sessions.relationships.terms import terms_of


def test_only_a_started_relationship_closes_and_nothing_leaves_an_end():
    assert sources(Act.CLOSE) == [State.ACTIVE]
    assert sources(Act.END) == [State.WAITING, State.ACTIVE]
    assert {state for state, _ in TRANSITIONS}.isdisjoint({State.CLOSED, State.ENDED})
    assert [target(act) for act in Act] == [State.ACTIVE, State.CLOSED, State.ENDED]


@pytest.mark.parametrize(
    ("start", "months", "then"),
    [((2022, 4, 27), 12, (2023, 4, 27)), ((2022, 11, 30), 3, (2023, 2, 28)), ((2024, 2, 29), 12, (2025, 2, 28))],
)
def test_months_later_keeps_the_day_or_takes_the_last_of_the_month(start, months, then):
    assert months_later(datetime(*start, 9, 30, tzinfo=UTC), months) == datetime(*then, 9, 30, tzinfo=UTC)


def test_terms_have_defaults_for_what_a_blueprint_leaves_out():
    bare = terms_of(read({"hours_budget": None, "nudges": None})[0])
    assert (bare.hours.budget_minutes, bare.duration_months, bare.quiet_after_weeks) == (None, None, 8)
    assert (bare.oriented, bare.kinds) == ([], {})
    activities = {
        "orientation": {"compulsory": True, "roles": ["mentee"]},
        "kinds": [{"id": "walk", "title": "A walk"}],
    }
    full = terms_of(read({"hours_budget": 1.5, "activities": activities})[0])
    assert (full.hours.budget_minutes, full.oriented) == (90, ["mentee"])
    assert full.kinds == {"orientation": "orientation", "cpd": "cpd", "walk": "A walk"}


async def test_attendance_before_the_match_starts_it_at_once(play):
    await play.begin()
    events = await play.harness.emitted(play.tenant, RelationshipStarted)
    assert [e.match_id for e in events] == [play.match_id]
    found = await play.read()
    assert (found["budget_minutes"], found["total_minutes"], found["mentoring_sessions"]) == (360, 0, 0)


async def test_attendance_after_the_match_starts_it_when_both_were_there(play):
    await play.set_up()
    await play.harness.publish(play.tenant, play.confirmed())
    await play.orient(play.mentor_id)
    assert (await play.read())["state"] == "waiting_for_orientation"
    refused = await play.meet()
    assert (refused.status_code, refused.json()["code"]) == (409, "orientation_needed")
    await play.orient(play.mentor_id, play.mentee_id)
    assert (await play.read())["state"] == "active"
    assert len(await play.harness.emitted(play.tenant, RelationshipStarted)) == 1


async def test_a_match_before_its_programme_waits_for_the_terms(play):
    await play.harness.publish(play.tenant, play.confirmed())
    assert (await play.read())["state"] == "waiting_for_orientation"
    free = {"activities": {"orientation": {"compulsory": False}}}
    await play.harness.publish(play.tenant, play.programme_created(**free))
    found = await play.read()
    assert (found["state"], found["budget_minutes"]) == ("active", 360)


async def test_whatever_meets_whatever_every_ready_pair_starts(play):
    """Programme, matches and attendance come at the same time; whoever is last sees the others."""
    await play.set_up()
    pairs = [replace(play, match_id=new_id(), mentor_id=new_id(), mentee_id=new_id()) for _ in range(8)]
    sides = [[p.mentor_id for p in pairs], [p.mentee_id for p in pairs]]
    await play.harness.publish(play.tenant, *(play.accepted(person) for side in sides for person in side))
    confirming = play.harness.publish(play.tenant, *(p.confirmed() for p in pairs))
    await asyncio.gather(confirming, *(play.orient(*side) for side in sides))
    assert [(await p.read())["state"] for p in pairs] == ["active"] * 8
    started = await play.harness.emitted(play.tenant, RelationshipStarted)
    assert sorted(e.match_id for e in started) == sorted(p.match_id for p in pairs)


async def test_attendance_waits_for_a_match_that_is_being_written(play):
    await play.set_up()
    async with play.harness.service.database.transaction(play.tenant) as db:
        await begin_relationship(db, play.confirmed())
        attending = asyncio.create_task(play.orient(play.mentor_id, play.mentee_id))
        done, _ = await asyncio.wait([attending], timeout=0.5)
        assert not done
    await attending
    assert (await play.read())["state"] == "active"


async def test_a_relationship_dates_from_its_confirmation_however_late_the_news(play):
    await play.set_up()
    confirmed_at = play.now()
    await play.harness.publish(play.tenant, play.confirmed(), wait=False)
    play.later(days=30)
    answer = await eventually(lambda: _found(play), what="the relationship")
    assert datetime.fromisoformat(answer["confirmed_at"]) < confirmed_at + timedelta(minutes=1)


async def _found(play):
    answer = await play.admin.get(play.path)
    return answer.json() if answer.status_code == 200 else None


async def test_a_relationship_that_starts_after_its_duration_closes_at_once(play):
    await play.set_up(duration_months=1)
    await play.harness.publish(play.tenant, play.confirmed())
    play.later(days=40)
    await play.orient(play.mentor_id, play.mentee_id)
    await play.becomes("closed")
    assert len(await play.harness.emitted(play.tenant, RelationshipClosed)) == 1


async def test_an_activity_of_another_kind_is_no_orientation(play):
    await play.set_up()
    await play.harness.publish(play.tenant, play.confirmed())
    cpd = await play.plan(kind="cpd")
    people = {"person_ids": [str(play.mentor_id), str(play.mentee_id)]}
    assert (await play.team.post(f"/activities/{cpd['id']}/attendance", json=people)).json()["recorded"] == 2
    assert (await play.read())["state"] == "waiting_for_orientation"


async def test_a_match_that_ends_early_is_ended_and_never_closed(begun):
    await begun.harness.publish(begun.tenant, begun.ended())
    assert (await begun.read())["state"] == "ended"
    answer = await begun.team.post(f"{begun.path}/close")
    assert (answer.status_code, answer.json()["code"]) == (409, "relationship_over")
    begun.later(days=400)
    assert (await begun.read())["state"] == "ended"
    assert await begun.harness.emitted(begun.tenant, RelationshipClosed) == []


async def test_closing_is_announced_once_and_an_end_after_it_changes_nothing(begun):
    assert (await begun.team.post(f"{begun.path}/close")).json()["state"] == "closed"
    assert (await begun.team.post(f"{begun.path}/close")).status_code == 409
    await begun.harness.publish(begun.tenant, begun.ended())
    assert (await begun.read())["state"] == "closed"
    assert len(await begun.harness.emitted(begun.tenant, RelationshipClosed)) == 1


async def test_before_its_end_the_pair_closes_it_once_its_goals_are_reached_and_the_other_is_told(begun):
    assert refused(await begun.mentee.post(f"{begun.path}/close"), 409, "course_not_run")
    goal = (await begun.mentee.post(f"{begun.path}/goals", json={"text": "Lead an audit"})).json()
    assert refused(await begun.mentor.post(f"{begun.path}/close"), 409, "course_not_run")
    tag = {"If-Match": f'"{goal["version"]}"'}
    assert (await begun.mentee.patch(f"/goals/{goal['id']}", json={"state": "reached"}, headers=tag)).status_code == 200
    assert (await begun.mentee.post(f"{begun.path}/close")).json()["state"] == "closed"
    told = await begun.harness.emitted(begun.tenant, RelationshipNoticeDue)
    assert [(notice.what, notice.person_id) for notice in told] == [("relationship_closed", begun.mentor_id)]


async def test_a_relationship_that_never_started_cannot_be_closed(play):
    await play.set_up()
    await play.harness.publish(play.tenant, play.confirmed())
    answer = await play.team.post(f"{play.path}/close")
    assert (answer.status_code, answer.json()["code"]) == (409, "orientation_needed")


async def test_a_relationship_closes_by_itself_after_the_programmes_duration(begun):
    confirmed = datetime.fromisoformat((await begun.read())["confirmed_at"])
    begun.harness.clock.move_to(months_later(confirmed, 12))
    found = await begun.becomes("closed")
    assert datetime.fromisoformat(found["over_at"]) >= months_later(confirmed, 12)
    assert len(await begun.harness.emitted(begun.tenant, RelationshipClosed)) == 1


async def test_a_quiet_pair_is_nudged_once_and_a_meeting_moves_the_deadline(begun):
    path = f"/programmes/{begun.programme_id}/nudges"

    async def nudges(count):
        items = (await begun.team.get(path)).json()["items"]
        return items if len(items) == count else None

    begun.later(weeks=5)
    held_at = begun.now()
    assert (await begun.meet(held_at=held_at.isoformat())).status_code == 201
    begun.later(weeks=2)  # seven weeks after the start, two after the meeting
    await begun.orient(begun.accepted_id)  # other work goes on meanwhile
    assert await nudges(0) == []
    begun.later(weeks=4, minutes=1)
    (nudge,) = await eventually(lambda: nudges(1), what="a nudge")
    assert (nudge["match_id"], nudge["weeks"]) == (str(begun.match_id), 6)
    assert datetime.fromisoformat(nudge["quiet_since"]) == held_at
    events = await begun.harness.emitted(begun.tenant, PairWentQuiet)
    assert [(e.match_id, e.weeks) for e in events] == [(begun.match_id, 6)]
    assert (await begun.mentor.get(path)).status_code == 403
    assert (await begun.stranger.get(path)).status_code == 404


async def test_an_amended_programme_gives_every_pair_its_hours(play):
    await play.begin()
    new = play.programme_created().blueprint | {"hours_budget": 8, "activities": {"orientation": {"compulsory": False}}}
    about = {"programme_id": play.programme_id, "blueprint_version": 2, "changed": ["hours_budget"]}
    await play.harness.publish(play.tenant, ProgrammeAmended(**about, blueprint=new))
    assert (await play.read())["budget_minutes"] == 480


async def test_only_the_sides_that_the_blueprint_names_attend_an_orientation(play):
    orientation = {"compulsory": True, "roles": ["mentee"]}
    await play.set_up(activities={"orientation": orientation})
    await play.harness.publish(play.tenant, play.confirmed())
    assert (await play.read())["state"] == "waiting_for_orientation"
    await play.orient(play.mentee_id)
    assert (await play.read())["state"] == "active"


async def test_a_mentee_with_two_mentors_has_two_relationships_and_one_may_end(begun):
    other, second = new_id(), new_id()
    two = begun.pair | {"match_id": other, "mentor_id": second}
    await begun.harness.publish(begun.tenant, begun.accepted(second))
    await begun.orient(second)
    await begun.harness.publish(begun.tenant, MatchConfirmed(**two))
    listed = (await begun.mentee.get("/relationships")).json()["items"]
    assert {(one["match_id"], one["state"]) for one in listed} == {
        (str(begun.match_id), "active"),
        (str(other), "active"),
    }
    assert (await begun.mentor.get(f"/relationships/{other}")).status_code == 404
    await begun.harness.publish(begun.tenant, begun.ended())
    listed = (await begun.mentee.get("/relationships")).json()["items"]
    assert {one["match_id"]: one["state"] for one in listed}[str(other)] == "active"
    assert (await begun.read())["state"] == "ended"
