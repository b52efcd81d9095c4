"""One meeting is one meeting, whoever of the pair records it; and it can be corrected and withdrawn."""

import asyncio
from datetime import datetime, timedelta

import pytest

from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import PersonErased
from mentoring_contracts.sessions import (
    MentoringSessionCorrected,
    MentoringSessionRecorded,
    MentoringSessionWithdrawn,
    PairWentQuiet,
)
from mentoring_sessions.app import create_app


@pytest.fixture
async def two_replicas(begun):
    """Clients of the mentor at one replica and of the mentee at another one, on the same database."""
    first = begun.harness.service
    second = create_app(first.settings, clock=begun.harness.clock, http=first.http)
    begun.harness.service = second
    mentee = begun.mentee
    begun.harness.service = first
    yield begun.mentor, mentee
    await second.database.close()
    await second.system.dispose()


def at(play, **earlier) -> str:
    return (play.now() - timedelta(**earlier)).isoformat()


async def listed(play, **params):
    return (await play.team.get(f"{play.path}/mentoring-sessions", params=params)).json()["items"]


async def test_what_both_record_counts_once_and_the_second_confirms_it(begun):
    first = (await begun.meet(minutes=60)).json()
    assert (first["outcome"], first["recorded_by"]) == ("recorded", str(begun.mentor_id))
    second = await begun.meet(begun.mentee, minutes=60, note="Mine")
    assert (second.status_code, second.json()["outcome"], second.json()["id"]) == (200, "confirmed", first["id"])
    assert (second.json()["minutes"], second.json()["mode"], second.json()["total_minutes"]) == (60, "online", 60)
    (meeting,) = (await begun.mentee.get(f"{begun.path}/mentoring-sessions")).json()["items"]
    assert meeting["confirmed_at"]
    assert [note["text"] for note in meeting["notes"]] == ["Mine"]
    found = await begun.read()
    assert (found["total_minutes"], found["mentoring_sessions"]) == (60, 1)
    assert len(await begun.harness.emitted(begun.tenant, MentoringSessionRecorded)) == 1


async def test_what_one_records_twice_is_refused_unless_they_met_twice(begun):
    first = (await begun.meet()).json()
    for client in (begun.mentor, begun.mentor):
        again = await begun.meet(client)
        assert refused(again, 409, "already_recorded")
        assert again.json()["mentoring_session_id"] == first["id"]
    await begun.meet(begun.mentee)
    thrice = await begun.meet(begun.mentee)  # confirmed before
    assert thrice.json()["code"] == "already_recorded"
    other = await begun.meet(begun.mentee, another_meeting=True)
    assert (other.status_code, other.json()["total_minutes"]) == (201, 120)


@pytest.mark.parametrize(
    ("earlier", "minutes", "same"),
    [
        (timedelta(minutes=59), 60, True),  # they overlap
        (timedelta(minutes=60), 60, False),  # one begins when the other ends
        (timedelta(minutes=15), 5, True),  # they begin within a quarter of an hour of each other
        (timedelta(minutes=16), 5, False),
        (timedelta(minutes=-15), 5, True),
        (timedelta(days=1), 1440, False),
    ],
)
async def test_two_meetings_are_one_if_they_overlap_or_begin_together(begun, earlier, minutes, same):
    begun.later(days=2)
    held_at = begun.now() - timedelta(hours=1)
    await begun.meet(held_at=held_at.isoformat(), minutes=10)
    answer = await begun.meet(begun.mentee, held_at=(held_at - earlier).isoformat(), minutes=minutes)
    alike = minutes == 10 and abs(earlier) <= timedelta(minutes=15)
    assert answer.json()["outcome"] == (("confirmed" if alike else "differs") if same else "recorded")


async def test_both_at_once_on_two_replicas_make_one_meeting(begun, two_replicas):
    for round_ in range(5):
        begun.later(days=1)
        answers = await asyncio.gather(*(begun.meet(client) for client in two_replicas))
        assert sorted(a.status_code for a in answers) == [200, 201]
        assert len({a.json()["id"] for a in answers}) == 1
        assert (await begun.read())["mentoring_sessions"] == round_ + 1
    many = await asyncio.gather(*(begun.meet(two_replicas[n % 2], held_at=at(begun, hours=5)) for n in range(20)))
    assert sorted(a.status_code for a in many) == [200, 201, *[409] * 18]


async def test_a_correction_moves_totals_flags_and_the_deadline_and_leaves_a_trace(begun):
    first = (await begun.meet(held_at=(begun.now() - timedelta(hours=2)).isoformat(), minutes=300)).json()
    begun.later(days=1)
    second = (await begun.meet(begun.mentee, minutes=90)).json()
    assert [m["over_budget"] for m in await listed(begun)] == [False, True]
    path = f"/mentoring-sessions/{first['id']}"
    change = {"minutes": 30, "mode": "phone", "held_at": at(begun, hours=20), "reason": "It was half an hour"}
    corrected = await begun.mentee.patch(path, json=change)
    assert (corrected.status_code, corrected.json()["minutes"], corrected.json()["mode"]) == (200, 30, "phone")
    assert (corrected.json()["corrected_by"], corrected.json()["confirmed_at"]) == (str(begun.mentee_id), None)
    assert "reason" not in corrected.json()
    found = await begun.read()
    assert (found["total_minutes"], found["over_budget"], found["mentoring_sessions"]) == (120, False, 2)
    assert [m["over_budget"] for m in await listed(begun)] == [False, False]
    (event,) = await begun.harness.emitted(begun.tenant, MentoringSessionCorrected)
    assert (str(event.mentoring_session_id), event.minutes, event.total_minutes) == (first["id"], 30, 120)
    for client in (begun.mentor, begun.mentee, begun.team):
        (trace,) = (await client.get(f"{path}/corrections")).json()["items"]
        assert (trace["made_by"], trace["reason"]) == (str(begun.mentee_id), "It was half an hour")
        assert (trace["before"]["minutes"], trace["after"]["minutes"]) == (300, 30)
        assert trace["made_at"]
    assert (await begun.admin.get(f"{path}/corrections")).json()["items"][0]["reason"] is None
    # Who did not say so confirms it; and what says so already is not changed again.
    assert (await begun.mentee.patch(path, json=change)).json() == corrected.json()
    assert len((await begun.team.get(f"{path}/corrections")).json()["items"]) == 1
    confirmed = await begun.meet(held_at=change["held_at"], minutes=30, mode="phone")
    assert (confirmed.json()["outcome"], confirmed.json()["id"]) == ("confirmed", first["id"])
    clash = await begun.mentor.patch(path, json={"held_at": second["held_at"], "reason": "R"})
    assert (clash.json()["code"], clash.json()["mentoring_session_id"]) == ("already_recorded", second["id"])
    assert (await begun.mentor.patch(path, json={"minutes": 5})).status_code == 422  # no reason
    future = (begun.now() + timedelta(hours=1)).isoformat()
    late = await begun.mentor.patch(path, json={"held_at": future, "reason": "R"})
    assert late.json()["code"] == "mentoring_session_in_future"


async def test_what_never_was_is_withdrawn_and_counts_no_more(begun):
    kept = (await begun.meet(held_at=(begun.now() - timedelta(hours=2)).isoformat(), minutes=300)).json()
    begun.later(days=1)
    wrong = (await begun.meet(minutes=90, note="Mine")).json()
    path = f"/mentoring-sessions/{wrong['id']}"
    withdrawn = await begun.mentee.post(f"{path}/withdraw", json={"reason": "We did not meet"})
    assert (withdrawn.status_code, bool(withdrawn.json()["withdrawn_at"])) == (200, True)
    found = await begun.read()
    assert (found["total_minutes"], found["mentoring_sessions"]) == (300, 1)
    assert datetime.fromisoformat(found["last_held_at"]) == datetime.fromisoformat(kept["held_at"])
    assert [m["id"] for m in await listed(begun)] == [kept["id"]]
    assert [m["id"] for m in await listed(begun, withdrawn=True)] == [wrong["id"]]
    (event,) = await begun.harness.emitted(begun.tenant, MentoringSessionWithdrawn)
    assert (event.minutes, event.total_minutes, event.budget_minutes) == (90, 300, 360)
    (trace,) = (await begun.mentor.get(f"{path}/corrections")).json()["items"]
    assert (trace["reason"], trace["after"]) == ("We did not meet", None)
    for answer in (
        await begun.mentor.post(f"{path}/withdraw", json={"reason": "R"}),
        await begun.mentor.patch(path, json={"minutes": 5, "reason": "R"}),
        await begun.mentor.post(f"{path}/notes", json={"text": "T"}),
    ):
        assert refused(answer, 409, "record_withdrawn")
    # The time is free again: the pair may have met then after all.
    assert (await begun.meet(minutes=10)).json()["outcome"] == "recorded"


async def test_corrections_and_records_at_once_leave_totals_that_are_true(begun):
    begun.later(days=2)
    made = [(await begun.meet(minutes=10, held_at=at(begun, hours=n))).json() for n in range(8)]
    paths = [f"/mentoring-sessions/{m['id']}" for m in made]
    await asyncio.gather(
        *(begun.mentor.patch(path, json={"minutes": 20, "reason": "R"}) for path in paths[:4]),
        *(begun.mentee.post(f"{path}/withdraw", json={"reason": "R"}) for path in paths[3:6]),
        *(begun.meet(begun.mentee, minutes=5, held_at=at(begun, hours=20 + n)) for n in range(4)),
    )
    standing = await listed(begun)
    found = await begun.read()
    assert found["total_minutes"] == sum(m["minutes"] for m in standing)
    assert found["mentoring_sessions"] == len(standing) == 9
    kinds = (MentoringSessionRecorded, MentoringSessionCorrected, MentoringSessionWithdrawn)
    assert (await begun.harness.emitted(begun.tenant, *kinds))[-1].total_minutes == found["total_minutes"]


async def test_a_pair_whose_last_meeting_never_was_is_quiet_since_the_one_before(begun):
    async def nudges():
        return (await begun.team.get(f"/programmes/{begun.programme_id}/nudges")).json()["items"]

    kept = (await begun.meet()).json()
    begun.later(weeks=5)
    wrong = (await begun.meet()).json()
    begun.later(weeks=2)
    await begun.mentee.post(f"/mentoring-sessions/{wrong['id']}/withdraw", json={"reason": "R"})
    (nudge,) = await eventually(nudges, what="a nudge")
    assert datetime.fromisoformat(nudge["quiet_since"]) == datetime.fromisoformat(kept["held_at"])
    # Nudged once for one silence, also when a meeting that breaks it turns out not to have been.
    again = (await begun.meet()).json()
    await begun.mentor.post(f"/mentoring-sessions/{again['id']}/withdraw", json={"reason": "R"})
    await begun.harness.service._poller.fire_due()
    assert len(await nudges()) == 1
    assert len(await begun.harness.emitted(begun.tenant, PairWentQuiet)) == 1


async def test_the_reason_of_a_correction_goes_with_its_writer(begun):
    made = (await begun.meet()).json()
    path = f"/mentoring-sessions/{made['id']}"
    await begun.mentee.patch(path, json={"minutes": 5, "reason": "I was ill"})
    await begun.harness.publish(begun.tenant, PersonErased(person_id=begun.mentee_id))
    (trace,) = (await begun.mentor.get(f"{path}/corrections")).json()["items"]
    assert (trace["reason"], trace["before"]["minutes"], trace["after"]["minutes"]) == (None, 60, 5)


@pytest.mark.parametrize("said", [{"minutes": 45}, {"mode": "in_person"}, {"minutes": 10}])
async def test_who_says_something_else_confirms_nothing_and_is_told_so(begun, said):
    when = begun.now().isoformat()
    first = (await begun.meet(held_at=when, minutes=50)).json()
    other = await begun.meet(begun.mentee, **({"held_at": when, "minutes": 50, "note": "Mine"} | said))
    answer = other.json()
    assert (other.status_code, answer["outcome"], answer["id"]) == (200, "differs", first["id"])
    assert (answer["minutes"], answer["total_minutes"], bool(answer["note_id"])) == (50, 50, True)
    kept = (await begun.mentee.get(f"/mentoring-sessions/{first['id']}")).json()
    assert (kept["confirmed_at"], len(kept["notes"])) == (None, 1)
    again = await begun.meet(begun.mentee, held_at=when, minutes=50)
    assert again.json()["outcome"] == "confirmed"
