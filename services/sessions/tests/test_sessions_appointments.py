"""Appointments: times proposed and accepted, moved, cancelled, held or missed; and the calendars that show them."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from mentoring_common.ids import new_id
from mentoring_common.testing import refused
from mentoring_contracts.sessions import (
    AppointmentAgreed,
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentNoticeDue,
    AppointmentNotMissed,
    AppointmentProposed,
    MentoringSessionRecorded,
    QuietPairReminded,
)
from mentoring_sessions.appointments.local_time import shown, within

LINK = "https://meet.example.org/a-secret-room"


def at(play, **delta):
    return (play.now() + timedelta(**delta)).replace(microsecond=0).isoformat()


async def propose(play, client=None, *times, **more):
    new = {"times": list(times) or [at(play, days=3), at(play, days=4)], "where": LINK} | more
    answer = await (client or play.mentor).post(f"{play.path}/appointments", json=new)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def agree(play, *times):
    made = await propose(play, None, *times)
    path, time = f"/appointments/{made['id']}", made["times"][0]["starts_at"]
    answer = await play.mentee.post(f"{path}/accept", json={"starts_at": time})
    assert answer.status_code == 200, answer.text
    return path, answer.json()


async def told(play, what):
    events = await play.harness.emitted(play.tenant, AppointmentNoticeDue)
    return [event.person_id for event in events if event.what == what]


async def test_times_are_proposed_and_one_is_accepted_by_the_other(begun):
    _, agreed = await agree(begun)
    assert (agreed["state"], agreed["sequence"]) == ("agreed", 0)
    assert [e.times for e in await begun.harness.emitted(begun.tenant, AppointmentProposed)] == [2]
    (event,) = await begun.harness.emitted(begun.tenant, AppointmentAgreed)
    assert event.starts_at == datetime.fromisoformat(agreed["starts_at"])
    assert await told(begun, "proposed") == [begun.mentee_id]
    assert set(await told(begun, "agreed")) == {begun.mentor_id, begun.mentee_id}


async def test_where_it_is_is_for_the_pair_and_in_no_answer_that_is_kept(begun):
    path, agreed = await agree(begun)
    assert "where" not in agreed
    for reads, link in ((begun.mentor, LINK), (begun.mentee, LINK), (begun.team, None), (begun.admin, None)):
        assert (await reads.get(path)).json()["where"] == link
    listed = (await begun.mentee.get(f"{begun.path}/appointments?state=agreed")).json()["items"]
    assert [one["where"] for one in listed] == [LINK]


async def test_each_time_is_shown_by_everybodys_clocks(begun):
    mine = f"/people/{begun.mentee_id}/calendar"
    assert (await begun.mentee.get(mine)).json()["zone"] is None
    kept = await begun.mentee.put(mine, json={"zone": "Africa/Accra"}, headers={"If-Match": '"1"'})
    assert kept.status_code == 412  # nobody has said anything yet: that is version 0
    kept = await begun.mentee.put(mine, json={"zone": "America/New_York"}, headers={"If-Match": '"0"'})
    assert (kept.status_code, kept.json()["zone"]) == (200, "America/New_York"), kept.text
    wrong = await begun.mentee.put(mine, json={"zone": "Mars/Olympus"})
    assert wrong.status_code == 422
    assert (await begun.mentor.get(mine)).status_code == 404
    # The clocks of New York go back at 06:00 UTC on 1 November 2026: half past one comes twice.
    twice = [datetime(2098, 11, 2, hour, 30, tzinfo=UTC) for hour in (5, 6)]
    made = await propose(begun, None, *(moment.isoformat() for moment in twice))
    by_mentee = [
        local["starts_at"]
        for time in made["times"]
        for local in time["local"]
        if local["person_id"] == str(begun.mentee_id)
    ]
    assert [one[11:16] for one in by_mentee] == ["01:30", "01:30"]
    assert len({one[-6:] for one in by_mentee}) == 2
    assert [datetime.fromisoformat(one) for one in by_mentee] == twice


def test_clocks_that_go_back_show_the_same_time_twice():
    first, second = (shown(datetime(2026, 11, 1, hour, 30, tzinfo=UTC), "America/New_York") for hour in (5, 6))
    assert (first.hour, first.minute) == (second.hour, second.minute) == (1, 30)
    assert first.utcoffset() != second.utcoffset()


async def test_a_move_keeps_the_time_that_stands_until_another_is_accepted(begun):
    path, agreed = await agree(begun)
    later = at(begun, days=9)
    moved = await begun.mentee.post(f"{path}/times", json={"times": [later], "minutes": 30})
    assert (moved.json()["state"], moved.json()["starts_at"]) == ("proposed", agreed["starts_at"])
    own = await begun.mentee.post(f"{path}/accept", json={"starts_at": later})
    assert refused(own, 409, "proposed_by_you")
    accepted = (await begun.mentor.post(f"{path}/accept", json={"starts_at": later})).json()
    assert (accepted["state"], accepted["sequence"], accepted["minutes"]) == ("agreed", 1, 30)
    events = await begun.harness.emitted(begun.tenant, AppointmentAgreed)
    assert [event.sequence for event in events] == [0, 1]
    assert len(await told(begun, "agreed")) == 4


async def test_who_cancels_takes_it_out_of_everybodys_calendar(begun):
    path, _ = await agree(begun)
    cancelled = await begun.mentee.post(f"{path}/cancel")
    assert (cancelled.json()["state"], cancelled.json()["sequence"]) == ("cancelled", 1)
    assert len(await begun.harness.emitted(begun.tenant, AppointmentCancelled)) == 1
    assert set(await told(begun, "cancelled")) == {begun.mentor_id, begun.mentee_id}
    for act, body in (("cancel", None), ("times", {"times": [at(begun, days=2)]})):
        again = await begun.mentor.post(f"{path}/{act}", json=body)
        assert refused(again, 409, "appointment_over")


async def test_what_was_only_proposed_is_called_off_to_the_other_alone(begun):
    made = await propose(begun)
    await begun.mentor.post(f"/appointments/{made['id']}/cancel")
    assert await told(begun, "cancelled") == [begun.mentee_id]


async def test_what_times_refuse(begun):
    past = await begun.mentor.post(f"{begun.path}/appointments", json={"times": [at(begun, days=-1)]})
    assert refused(past, 422, "time_passed")
    made = await propose(begun)
    path = f"/appointments/{made['id']}"
    other = await begun.mentee.post(f"{path}/accept", json={"starts_at": at(begun, days=5)})
    assert refused(other, 422, "time_not_proposed")
    early = await begun.mentee.post(f"{path}/held", json={})
    assert refused(early, 409, "appointment_not_begun")
    early = await begun.mentee.post(f"{path}/missed")
    assert refused(early, 409, "appointment_not_begun")
    stale = await begun.mentee.post(f"{path}/cancel", headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    team = await begun.team.post(f"{path}/cancel")
    assert refused(team, 403, "not_of_the_pair")
    begun.later(days=10)
    late = await begun.mentee.post(f"{path}/accept", json={"starts_at": made["times"][0]["starts_at"]})
    assert refused(late, 422, "time_passed")


async def test_one_meeting_is_one_meeting_whoever_records_it(begun):
    path, agreed = await agree(begun)
    begun.later(days=4)
    held = await begun.mentor.post(f"{path}/held", json={"minutes": 45})
    assert (held.status_code, held.json()["state"]) == (200, "held"), held.text
    meeting = held.json()["mentoring_session_id"]
    confirmed = await begun.meet(begun.mentee, held_at=agreed["starts_at"], minutes=45)
    assert (confirmed.json()["outcome"], confirmed.json()["id"]) == ("confirmed", meeting)
    (event,) = await begun.harness.emitted(begun.tenant, MentoringSessionRecorded)
    assert (event.minutes, event.total_minutes) == (45, 45)


async def test_a_meeting_that_was_recorded_is_that_of_the_appointment(begun):
    path, agreed = await agree(begun)
    begun.later(days=4)
    recorded = (await begun.meet(begun.mentor, held_at=agreed["starts_at"])).json()
    held = await begun.mentor.post(f"{path}/held", json={})
    assert held.json()["mentoring_session_id"] == recorded["id"]
    assert (await begun.read())["mentoring_sessions"] == 1


async def test_nobody_came(begun):
    path, _ = await agree(begun)
    begun.later(days=4)
    assert (await begun.mentee.post(f"{path}/missed")).json()["state"] == "missed"
    assert len(await begun.harness.emitted(begun.tenant, AppointmentMissed)) == 1
    assert (await begun.read())["mentoring_sessions"] == 0


async def test_what_was_said_to_be_missed_is_corrected_with_a_trace_and_counts(begun):
    path, _ = await agree(begun)
    begun.later(days=4)
    assert (await begun.mentee.post(f"{path}/missed")).json()["state"] == "missed"
    assert refused(await begun.mentor.post(f"{path}/held", json={"minutes": 40}), 422, "correction_reason_needed")
    assert (await begun.read())["total_minutes"] == 0
    right = {"minutes": 40, "reason": "She came by another door"}
    held = await begun.mentor.post(f"{path}/held", json=right)
    assert (held.status_code, held.json()["state"]) == (200, "held"), held.text
    assert ((await begun.read())["mentoring_sessions"], (await begun.read())["total_minutes"]) == (1, 40)
    (event,) = await begun.harness.emitted(begun.tenant, AppointmentNotMissed)
    assert str(event.mentoring_session_id) == held.json()["mentoring_session_id"]
    assert len(await begun.harness.emitted(begun.tenant, MentoringSessionRecorded)) == 1
    (trace,) = (await begun.mentee.get(f"{path}/corrections")).json()["items"]
    assert (trace["made_by"], trace["reason"]) == (str(begun.mentor_id), "She came by another door")
    assert (await begun.admin.get(f"{path}/corrections")).json()["items"][0]["reason"] is None
    assert refused(await begun.stranger.get(f"{path}/corrections"), 404, "appointment_not_found")
    confirmed = await begun.mentee.post(f"{path}/held", json={})
    assert confirmed.status_code == 200, confirmed.text
    assert refused(await begun.mentee.post(f"{path}/missed"), 409, "appointment_over")


async def test_what_is_recorded_was_not_missed(begun):
    path, agreed = await agree(begun)
    begun.later(days=4)
    held = await begun.meet(begun.mentee, held_at=agreed["starts_at"], minutes=30)
    assert refused(await begun.mentor.post(f"{path}/missed"), 409, "meeting_differs")
    withdrawn = await begun.mentor.post(f"/mentoring-sessions/{held.json()['id']}/withdraw", json={"reason": "alone"})
    assert withdrawn.status_code == 200, withdrawn.text
    assert (await begun.mentor.post(f"{path}/missed")).json()["state"] == "missed"


async def test_who_has_an_appointment_ahead_is_not_reminded(play):
    await play.set_up(nudges={"quiet_after_weeks": 6, "write_after_days": [7, 14]})
    await play.orient(play.mentor_id, play.mentee_id)
    await play.harness.publish(play.tenant, play.confirmed())
    await agree(play, at(play, days=10))
    play.later(days=8)
    await play.orient(play.accepted_id)
    assert await play.harness.emitted(play.tenant, QuietPairReminded) == []


async def test_what_was_planned_is_called_off_when_the_pair_ends(begun):
    path, _ = await agree(begun)
    await begun.harness.publish(begun.tenant, begun.ended())
    assert (await begun.mentor.get(path)).json()["state"] == "cancelled"
    assert len(await told(begun, "cancelled")) == 2


async def feed_of(play):
    mine = f"/people/{play.mentor_id}/calendar"
    assert (await play.mentor.post(f"{mine}/feed")).status_code == 200
    path = (await play.mentor.get(mine)).json()["feed_path"]
    assert path.startswith("/sessions/public/"), "below the address of the installation"
    return path.removeprefix("/sessions")


async def test_a_calendar_program_reads_the_secret_address_without_a_token(begun):
    path = await feed_of(begun)
    _, agreed = await agree(begun)
    anonymous = begun.harness.anonymous()
    answer = await anonymous.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == datetime.fromisoformat(agreed["starts_at"])
    assert event["uid"] == f"{agreed['id']}@mentoring", "as in the invitation by mail"
    assert event.decoded("dtstamp") <= begun.now() < event.decoded("dtstart")
    assert LINK not in answer.text
    assert (await anonymous.get(path[:-1] + ("a" if path[-1] != "a" else "b"))).status_code == 404


async def test_a_secret_address_is_replaced_and_revoked(begun):
    anonymous, first = begun.harness.anonymous(), await feed_of(begun)
    second = await feed_of(begun)
    assert first != second
    assert ((await anonymous.get(first)).status_code, (await anonymous.get(second)).status_code) == (404, 200)
    mine = f"/people/{begun.mentor_id}/calendar"
    assert (await begun.mentor.delete(f"{mine}/feed")).status_code == 204
    assert (await anonymous.get(second)).status_code == 404
    gone = await begun.mentor.delete(f"{mine}/feed")
    assert refused(gone, 404, "feed_not_found")
    assert (await begun.mentee.post(f"{mine}/feed")).status_code == 404


async def test_an_unknown_appointment_is_not_found(begun):
    assert (await begun.mentor.get(f"/appointments/{new_id()}")).json()["code"] == "appointment_not_found"


async def test_notices_say_by_when_they_have_to_be_read(begun):
    path, agreed = await agree(begun, at(begun, days=2), at(begun, days=9))
    first, last = (datetime.fromisoformat(one["starts_at"]) for one in agreed["times"])
    later = at(begun, days=20)
    await begun.mentor.post(f"{path}/times", json={"times": [later]})
    await begun.mentee.post(f"{path}/accept", json={"starts_at": later})
    await begun.mentor.post(f"{path}/cancel")
    events = await begun.harness.emitted(begun.tenant, AppointmentNoticeDue)
    said = list(dict.fromkeys((event.what, event.number, event.until) for event in events))
    later = datetime.fromisoformat(later)
    assert said == [
        ("proposed", 1, last), ("agreed", 0, first), ("proposed", 2, later),
        ("agreed", 1, first),  # the time that stood: nobody goes there any more
        ("cancelled", 2, later),
    ]  # fmt: skip


async def test_who_comes_second_confirms_that_it_was_held(begun):
    path, _ = await agree(begun)
    begun.later(days=5)
    assert (await begun.mentor.post(f"{path}/held", json={"minutes": 25})).status_code == 200
    differs = await begun.mentee.post(f"{path}/held", json={"minutes": 50})
    assert refused(differs, 409, "meeting_differs")
    assert differs.json()["minutes"] == 25
    for _ in range(2):
        held = await begun.mentee.post(f"{path}/held", json={"note": "Good"})
        assert held.status_code == 200, held.text
    meeting = (await begun.mentee.get(f"/mentoring-sessions/{held.json()['mentoring_session_id']}")).json()
    assert (bool(meeting["confirmed_at"]), meeting["minutes"]) == (True, 25)
    assert refused(await begun.mentee.post(f"{path}/missed"), 409, "appointment_over")


async def test_what_is_first_said_of_a_calendar_makes_it_version_1(begun):
    mine = f"/people/{begun.mentee_id}/calendar"
    for version, zone in ((0, "Africa/Accra"), (1, "Europe/London")):
        assert (await begun.mentee.get(mine)).json()["version"] == version
        put = await begun.mentee.put(mine, json={"zone": zone}, headers={"If-Match": f'"{version}"'})
        assert (put.status_code, put.json()["version"]) == (200, version + 1), put.text


OFFICE = [{"weekday": day, "begins": "09:00", "ends": "17:00"} for day in range(1, 6)]


async def test_times_are_proposed_within_the_hours_that_each_gave_by_their_own_clocks(begun):
    ghana = {"zone": "Africa/Accra", "hours": [{"weekday": 2, "begins": "08:00", "ends": "11:00"}]}
    for client, person, said in (
        (begun.mentor, begun.mentor_id, {"zone": "Europe/London", "hours": OFFICE}),
        (begun.mentee, begun.mentee_id, ghana),
    ):
        path = f"/people/{person}/calendar"
        put = await client.put(path, json=said, headers={"If-Match": "*"})
        assert (put.status_code, put.json()["hours"]) == (200, said["hours"])
        kept = await client.put(path, json={"zone": said["zone"]}, headers={"If-Match": "*"})
        assert kept.json()["hours"] == said["hours"], "what is left out stays"
    tuesday = next(day for day in range(1, 8) if datetime(2098, 7, day, tzinfo=UTC).isoweekday() == 2)
    # From 08:00 to 11:00 in Accra it is 09:00 to 12:00 in London in summer.
    fits, late, early = (datetime(2098, 7, tuesday, hour, 15, tzinfo=UTC).isoformat() for hour in (9, 10, 7))
    await propose(begun, begun.mentor, fits)
    new = {"times": [fits, late, early], "minutes": 60}
    refusal = await begun.mentee.post(f"{begun.path}/appointments", json=new)
    assert refused(refusal, 422, "outside_hours")
    assert [one["pointer"] for one in refusal.json()["errors"]] == ["/body/times/1", "/body/times/2"]
    seen = (await begun.mentor.get(f"{begun.path}/meeting-hours")).json()
    assert [(one["zone"], len(one["hours"])) for one in seen] == [("Europe/London", 5), ("Africa/Accra", 1)]
    assert refused(await begun.team.get(f"{begun.path}/meeting-hours"), 403, "not_of_the_pair")
    whenever = {"zone": "Africa/Accra", "hours": []}
    await begun.mentee.put(f"/people/{begun.mentee_id}/calendar", json=whenever, headers={"If-Match": "*"})
    await propose(begun, begun.mentee, datetime(2098, 7, tuesday, 14, 0, tzinfo=UTC).isoformat())


@pytest.mark.parametrize(
    "hours",
    [
        {"weekday": 0, "begins": "09:00", "ends": "10:00"},
        {"weekday": 1, "begins": "10:00", "ends": "09:00"},
        {"weekday": 1, "begins": "9", "ends": "10:00"},
    ],
)
async def test_hours_that_are_none_are_refused(begun, hours):
    path, said = f"/people/{begun.mentor_id}/calendar", {"zone": "Europe/London", "hours": [hours]}
    assert refused(await begun.mentor.put(path, json=said, headers={"If-Match": "*"}), 422, "invalid_request")


def test_hours_are_those_of_the_clock_in_the_night_that_has_one_twice():
    night = [{"weekday": 7, "begins": "01:00", "ends": "02:00"}]
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert [within(moment, 30, "Europe/London", night) for moment in (first, second)] == [True, True]
    assert [within(moment, 60, "Europe/London", night) for moment in (first, second)] == [True, False]
    assert not within(datetime(2026, 10, 25, 22, 45, tzinfo=UTC), 120, "Europe/London", night)
