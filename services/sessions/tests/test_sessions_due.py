"""What people attend to complete a programme is due by a date of the cohort, of their pair, or after meetings."""

from datetime import datetime, timedelta

import pytest

from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import ApplicationAccepted, CohortCreated, CohortMilestonesChanged, Milestone
from mentoring_contracts.blueprint.activities import Due
from mentoring_contracts.sessions import RequiredActivityDue

KINDS = [{"id": "training", "title": "Training"}]


def asked(**due):
    return {"id": "training", "title": {"en": "The training", "cy": "Yr hyfforddiant"}, "kinds": ["training"],
            "attend": 1, "sides": ["mentor"], "due": due}  # fmt: skip


async def set_up(play, *completion, milestones=()):
    activities = {"orientation": {"compulsory": False}, "kinds": KINDS, "completion": list(completion)}
    cohort = CohortCreated(
        cohort_id=play.cohort_id, programme_id=play.programme_id, number=1, places=22, milestones=list(milestones)
    )
    await play.harness.publish(play.tenant, cohort)
    await play.set_up(activities=activities, languages=["en", "cy"])
    mentor = play.accepted(play.mentor_id).model_dump() | {"role": "mentor", "person_id": play.mentor_id}
    await play.harness.publish(play.tenant, ApplicationAccepted(**mentor))
    await play.harness.publish(play.tenant, play.confirmed())


async def due(play, person_id=None, client=None, **headers):
    person = person_id or play.mentor_id
    home = (await (client or play.client(person)).get(f"/people/{person}/home", headers=headers)).json()
    return home["due_activities"]


async def listed(play, within):
    path = f"/programmes/{play.programme_id}/completion?due_within_days={within}"
    return [one["person_id"] for one in (await play.team.get(path)).json()["items"]]


async def told(play):
    return await play.harness.emitted(play.tenant, RequiredActivityDue)


async def told_in_time(play, times=1):
    async def probe():
        found = await told(play)
        return found if len(found) >= times else None

    return await eventually(probe, what=f"{times} reminders")


async def train(play, *people):
    activity = await play.plan(kind="training", minutes=30, starts_at=(play.now() - timedelta(hours=1)).isoformat())
    answer = await play.team.post(
        f"/activities/{activity['id']}/attendance", json={"person_ids": [str(person) for person in people]}
    )
    assert answer.status_code == 200, answer.text


async def test_by_a_milestone_of_the_cohort_which_may_move(play):
    on = play.now() + timedelta(days=40)
    await set_up(
        play, asked(milestone="kick_off", remind_days=10), milestones=[Milestone(kind="kick_off", starts_at=on)]
    )
    (one,) = await due(play, **{"Accept-Language": "cy"})
    assert (one["title"], datetime.fromisoformat(one["due_at"]), one["overdue"]) == ("Yr hyfforddiant", on, False)
    assert await due(play, play.mentee_id) == []  # it is for mentors
    assert (await listed(play, 39), await listed(play, 41)) == ([], [str(play.mentor_id)])
    later = Milestone(kind="kick_off", starts_at=on + timedelta(days=20))
    ids = {"cohort_id": play.cohort_id, "programme_id": play.programme_id}
    await play.harness.publish(play.tenant, CohortMilestonesChanged(**ids, milestones=[later]))
    play.later(days=45)
    assert await listed(play, 0) == []
    play.later(days=6)
    (event,) = await told_in_time(play)
    assert (event.person_id, event.requirement, event.due_at) == (play.mentor_id, "training", later.starts_at)
    play.later(days=10)
    assert await listed(play, 0) == [str(play.mentor_id)]
    assert (await due(play))[0]["overdue"]
    play.later(days=2)
    await train(play, play.mentor_id)
    assert (await due(play), await listed(play, 365)) == ([], [])
    assert len(await told(play)) == 1  # once, and not again


async def test_by_the_pairs_own_time_and_never_in_a_break(play):
    await set_up(play, asked(months=2, remind_days=10))
    (one,) = await due(play)
    ends = datetime.fromisoformat(one["due_at"])
    assert timedelta(days=58) < ends - play.now() < timedelta(days=63)
    play.later(days=30)
    assert (await play.mentor.post(f"{play.path}/pause", json={})).status_code == 200
    play.later(days=60)
    assert not (await due(play))[0]["overdue"]
    play.later(days=2)
    assert await told(play) == []
    assert (await play.mentor.post(f"{play.path}/resume")).status_code == 200
    moved = datetime.fromisoformat((await due(play))[0]["due_at"])
    assert timedelta(days=61) <= moved - ends <= timedelta(days=63)
    play.harness.clock.move_to(moved - timedelta(days=9))
    (event,) = await told_in_time(play)
    assert event.due_at == moved


async def test_after_so_many_meetings(play):
    await set_up(play, asked(meetings=2, days=7, remind_days=7))
    assert (await play.meet()).status_code == 201
    play.later(days=3)
    assert await due(play) == []
    second = play.now()
    met = (await play.meet()).json()
    (one,) = await due(play)
    assert abs(datetime.fromisoformat(one["due_at"]) - second - timedelta(days=7)) < timedelta(seconds=1)
    withdrawn = await play.mentor.post(f"/mentoring-sessions/{met['id']}/withdraw", json={"reason": "It never was"})
    assert withdrawn.status_code == 200, withdrawn.text
    assert await due(play) == []


async def test_those_who_met_it_and_closed_programmes_are_left_out(play):
    await set_up(play, asked(months=1))
    await train(play, play.mentor_id)
    assert (await due(play), await listed(play, 365)) == ([], [])
    assert refused(
        await play.mentor.get(f"/programmes/{play.programme_id}/completion?due_within_days=5"), 403, "role_needed"
    )
    wrong = await play.team.get(f"/programmes/{play.programme_id}/completion?due_within_days=-1")
    assert refused(wrong, 422, "invalid_request")


@pytest.mark.parametrize("when", [{}, {"milestone": "kick_off", "months": 2}])
def test_a_blueprint_says_when_once(when):
    with pytest.raises(ValueError, match="one of milestone, months and meetings"):
        Due.model_validate(when)
