"""A pair's own time: pauses, a moved end, phases with their checklists, and reminders that keep still in between."""

from datetime import UTC, datetime, timedelta

import pytest

from mentoring_common.ids import new_id
from mentoring_common.testing import eventually, refused
from mentoring_contracts.sessions import (
    PairWentQuiet,
    QuietPairReminded,
    RelationshipClosed,
    RelationshipExtended,
    RelationshipNoticeDue,
    RelationshipPaused,
    RelationshipPhaseBegan,
    RelationshipResumed,
)
from mentoring_sessions.relationships.quiet import next_reminder, reminder_due, silent_since
from mentoring_sessions.relationships.terms import Hours, hours

LEAVE = [
    {"id": "before", "title": "Before leave", "checklist": [{"id": "handover", "text": "Plan the handover"}]},
    {"id": "on_leave", "title": "On leave", "quiet": True},
    {"id": "back", "title": "Back at work", "checklist": [{"id": "hours", "text": "Agree hours"}]},
]
NUDGES = {"quiet_after_weeks": 6, "write_after_days": [7, 14, 21, 28]}


async def begin(play, **blueprint):
    await play.set_up(**blueprint)
    await play.orient(play.mentor_id, play.mentee_id)
    await play.harness.publish(play.tenant, play.confirmed())
    assert (await play.read())["state"] == "active"


async def has(play, event, number):
    async def probe():
        found = await play.harness.emitted(play.tenant, event)
        return found if len(found) >= number else None

    return await eventually(probe, what=f"{number} of {event.__name__}")


def day(play, days):
    return (play.now() + timedelta(days=days)).date().isoformat()


async def test_a_pause_moves_the_end_by_its_days_and_keeps_the_pair_in_peace(begun):
    planned = datetime.fromisoformat((await begun.read())["ends_at"])
    begun.later(weeks=5)
    paused = await begun.mentee.post(f"{begun.path}/pause", json={"reason": "I am ill"})
    assert paused.status_code == 200, paused.text
    assert paused.json()["paused_at"] is not None
    begun.later(weeks=10)
    await begun.orient(begun.accepted_id)  # something that follows the clock
    assert await begun.harness.emitted(begun.tenant, PairWentQuiet) == []
    resumed = (await begun.mentor.post(f"{begun.path}/resume")).json()
    assert (resumed["paused_at"], resumed["paused_days"]) == (None, 70)
    assert datetime.fromisoformat(resumed["ends_at"]) == planned + timedelta(days=70)
    (event,) = await begun.harness.emitted(begun.tenant, RelationshipResumed)
    assert (event.paused_days, event.ends_at) == (70, planned + timedelta(days=70))
    begun.later(weeks=6)
    assert len(await has(begun, PairWentQuiet, 1)) == 1
    begun.harness.clock.move_by(planned + timedelta(days=69) - begun.now())
    assert (await begun.read())["state"] == "active"
    begun.later(days=2)
    await begun.becomes("closed")


async def test_a_pause_with_a_day_ends_by_itself(begun):
    await begun.mentor.post(f"{begun.path}/pause", json={"until": day(begun, 30)})
    (event,) = await begun.harness.emitted(begun.tenant, RelationshipPaused)
    assert event.until.isoformat() == day(begun, 30)
    begun.later(days=31)
    (event,) = await has(begun, RelationshipResumed, 1)
    assert event.paused_days == 30
    assert (await begun.read())["paused_at"] is None


async def test_why_is_for_the_pair_and_the_team_alone(begun):
    await begun.mentee.post(f"{begun.path}/pause", json={"reason": "I am ill"})
    path = f"{begun.path}/pauses"
    for reads in (begun.mentor, begun.mentee, begun.team):
        assert (await reads.get(path)).json()["items"][0]["reason"] == "I am ill"
    assert (await begun.admin.get(path)).json()["items"][0]["reason"] is None
    assert (await begun.stranger.get(path)).status_code == 404


async def test_what_a_pause_refuses(begun):
    past = await begun.mentor.post(f"{begun.path}/pause", json={"until": day(begun, 0)})
    assert refused(past, 422, "day_passed")
    unpaused = await begun.mentor.post(f"{begun.path}/resume")
    assert refused(unpaused, 409, "not_paused")
    stale = await begun.mentor.post(f"{begun.path}/pause", json={}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    assert (await begun.mentor.post(f"{begun.path}/pause", json={})).status_code == 200
    again = await begun.mentee.post(f"{begun.path}/pause", json={})
    assert refused(again, 409, "already_paused")
    await begun.harness.publish(begun.tenant, begun.ended())
    over = await begun.mentor.post(f"{begun.path}/resume")
    assert refused(over, 409, "relationship_over")


async def test_nobody_pauses_before_the_start(play):
    await play.set_up()
    await play.harness.publish(play.tenant, play.confirmed())
    early = await play.mentor.post(f"{play.path}/pause", json={})
    assert refused(early, 409, "orientation_needed")


async def test_the_team_moves_the_end(begun):
    mine = await begun.mentor.post(f"{begun.path}/end", json={"ends_on": day(begun, 500), "reason": "more to do"})
    assert mine.status_code == 403
    moved = await begun.team.post(f"{begun.path}/end", json={"ends_on": day(begun, 500), "reason": "more to do"})
    assert moved.status_code == 200, moved.text
    assert moved.json()["ends_at"].startswith(day(begun, 500))
    assert len(await begun.harness.emitted(begun.tenant, RelationshipExtended)) == 1
    past = await begun.team.post(f"{begun.path}/end", json={"ends_on": day(begun, -1), "reason": "x"})
    assert refused(past, 422, "day_passed")
    begun.later(days=400)
    assert (await begun.read())["state"] == "active"
    begun.later(days=101)
    await begun.becomes("closed")
    assert len(await begun.harness.emitted(begun.tenant, RelationshipClosed)) == 1


async def test_an_end_that_is_moved_in_a_pause_holds_afterwards(begun):
    await begun.mentor.post(f"{begun.path}/pause", json={})
    await begun.team.post(f"{begun.path}/end", json={"ends_on": day(begun, 10), "reason": "soon"})
    begun.later(days=20)
    assert (await begun.read())["state"] == "active"
    resumed = (await begun.mentor.post(f"{begun.path}/resume")).json()
    assert resumed["ends_at"].startswith(day(begun, 10))


async def test_phases_follow_each_other_and_a_quiet_one_is_quiet(play):
    await begin(play, phases=LEAVE, nudges=NUDGES)
    assert (await play.read())["phase"] == "before"
    later = await play.mentee.post(f"{play.path}/phases", json={"phase": "on_leave", "begins_on": day(play, 3)})
    assert later.status_code == 201, later.text
    play.later(days=4)
    events = await has(play, RelationshipPhaseBegan, 2)
    assert [(event.phase, event.quiet) for event in events] == [("before", False), ("on_leave", True)]
    play.later(weeks=20)
    await play.orient(play.accepted_id)
    assert await play.harness.emitted(play.tenant, QuietPairReminded) == []
    now = await play.team.post(f"{play.path}/phases", json={"phase": "back"})
    assert now.json()["begun_at"] is not None
    play.later(days=8)
    assert len(await has(play, QuietPairReminded, 2)) == 2


async def test_steps_are_ticked_and_unticked(play):
    await begin(play, phases=LEAVE)
    path = f"{play.path}/phases/before/steps/handover"
    ticked = await play.mentee.post(path, json={"done": True})
    assert ticked.status_code == 200, ticked.text
    (before, on_leave, back) = ticked.json()["phases"]
    assert before["checklist"][0]["ticked_by"] == str(play.mentee_id)
    assert (before["current"], on_leave["quiet"], back["checklist"][0]["ticked_at"]) == (True, True, None)
    undone = await play.mentor.post(path, json={"done": False})
    assert undone.json()["phases"][0]["checklist"][0]["ticked_at"] is None
    wrong = await play.mentor.post(f"{play.path}/phases/before/steps/hours", json={"done": True})
    assert refused(wrong, 404, "step_not_found")
    assert (await play.team.post(path, json={"done": True})).status_code == 403


async def test_phases_are_read_in_the_reader_s_language(play):
    titles, step = {"en": "Before leave", "cy": "Cyn cyfnod"}, {"en": "Plan the handover", "cy": "Cynllunio"}
    phases = [{"id": "before", "title": titles, "checklist": [{"id": "handover", "text": step}]}]
    await begin(play, phases=phases, languages=["en", "cy"])
    for wanted, tag in (("cy", "cy"), ("de,cy;q=0.1", "cy"), ("de", "en"), (None, "en")):
        headers = {"Accept-Language": wanted} if wanted else {}
        [phase] = (await play.mentee.get(f"{play.path}/phases", headers=headers)).json()["phases"]
        assert (phase["title"], phase["checklist"][0]["text"]) == (titles[tag], step[tag])
        ticked = await play.mentee.post(
            f"{play.path}/phases/before/steps/handover", json={"done": True}, headers=headers
        )
        assert ticked.json()["phases"][0]["title"] == titles[tag]


async def test_a_phase_that_is_planned_anew_is_planned_once(play):
    await begin(play, phases=LEAVE)
    for client, days in ((play.mentor, 9), (play.mentee, 12)):
        body = {"phase": "back", "begins_on": day(play, days)}
        assert (await client.post(f"{play.path}/phases", json=body)).status_code == 201
    listed = (await play.mentor.get(f"{play.path}/phases")).json()
    assert [one["begins_at"][:10] for one in listed["planned"] if one["phase"] == "back"] == [day(play, 12)]
    gone = {"not_before": day(play, -1)}
    assert refused(await play.mentor.post(f"{play.path}/reminders", json=gone), 422, "day_passed")


async def test_what_phases_refuse(play):
    await begin(play, phases=LEAVE)
    unknown = await play.mentor.post(f"{play.path}/phases", json={"phase": "sabbatical"})
    assert refused(unknown, 422, "phase_unknown")
    planned = (await play.mentor.post(f"{play.path}/phases", json={"phase": "back", "begins_on": day(play, 9)})).json()
    assert (await play.stranger.delete(f"{play.path}/phases/{planned['id']}")).status_code == 404
    assert (await play.mentee.delete(f"{play.path}/phases/{planned['id']}")).status_code == 204
    begun = (await play.mentor.post(f"{play.path}/phases", json={"phase": "back"})).json()
    gone = await play.mentee.delete(f"{play.path}/phases/{begun['id']}")
    assert refused(gone, 409, "phase_begun")
    assert (await play.mentee.delete(f"{play.path}/phases/{new_id()}")).status_code == 404


async def test_a_quiet_pair_is_written_to_on_its_days_and_no_more(play):
    await begin(play, nudges=NUDGES)
    for number, days in enumerate((7, 14, 21, 28), start=1):
        play.later(days=7)
        events = await has(play, QuietPairReminded, 2 * number)
        assert {event.days for event in events[-2:]} == {days}
        assert {event.person_id for event in events[-2:]} == {play.mentor_id, play.mentee_id}
    await play.meet()
    play.later(days=6)
    await play.orient(play.accepted_id)
    assert len(await play.harness.emitted(play.tenant, QuietPairReminded)) == 8
    play.later(days=1, hours=1)
    assert len(await has(play, QuietPairReminded, 10)) == 10


async def test_a_pair_puts_reminders_off_and_stops_them(play):
    await begin(play, nudges=NUDGES)
    later = await play.mentee.post(f"{play.path}/reminders", json={"not_before": day(play, 10)})
    assert later.status_code == 200, later.text
    play.later(days=9)
    await play.orient(play.accepted_id)
    assert await play.harness.emitted(play.tenant, QuietPairReminded) == []
    play.later(days=5)
    assert {event.days for event in await has(play, QuietPairReminded, 2)} == {14}
    assert (await play.mentor.post(f"{play.path}/reminders", json={"stopped": True})).json()["reminders_stopped"]
    play.later(days=30)
    await play.orient(play.accepted_id)
    assert len(await play.harness.emitted(play.tenant, QuietPairReminded)) == 2


def test_silence_is_counted_from_the_latest():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert silent_since(None, None, None) is None
    assert silent_since(start, None, None) == start
    assert silent_since(start, start + timedelta(days=9), start + timedelta(days=3)) == start + timedelta(days=9)
    assert next_reminder(start, [7, 14], start + timedelta(days=7)) == start + timedelta(days=14)
    assert next_reminder(start, [7, 14], start + timedelta(days=15)) is None
    assert reminder_due(start, [7, 14], start + timedelta(days=13)) == 7
    assert reminder_due(start, [7, 14], start + timedelta(days=6)) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((6, None, 12), Hours(360, 30.0)),
        ((None, 2, 12), Hours(1440, 120.0)),
        ((None, 2, None), Hours(None, 120.0)),
        ((6, None, None), Hours(360, None)),
        ((20, 2, 12), Hours(1200, 120.0)),
        ((None, None, 12), Hours()),
    ],
)
def test_hours_are_over_all_or_each_month(given, expected):
    assert hours(*given) == expected


async def test_the_other_learns_of_a_break_an_agreement_and_a_meeting_and_who_did_it_does_not(begun):
    async def told():
        events = await begun.harness.emitted(begun.tenant, RelationshipNoticeDue)
        return [(event.what, event.person_id) for event in events]

    await begun.mentor.post(f"{begun.path}/pause", json={})
    await begun.mentee.post(f"{begun.path}/resume")
    assert await told() == [("break_begun", begun.mentee_id), ("break_over", begun.mentor_id)]
    await begun.team.post(f"{begun.path}/pause", json={"until": (begun.now() + timedelta(days=3)).date().isoformat()})
    begun.later(days=4)

    async def went_on():
        return len(await told()) == 6

    assert await eventually(went_on), "of what the team or the day does, both learn"
    assert {person for _, person in (await told())[2:]} == {begun.mentor_id, begun.mentee_id}
    terms = await begun.mentor.post(f"{begun.path}/agreement", json={"terms": "Monthly"})
    assert terms.status_code == 201, terms.text
    meeting = (await begun.meet()).json()
    path = f"/mentoring-sessions/{meeting['id']}"
    assert (await begun.mentee.patch(path, json={"minutes": 30, "reason": "Shorter"})).status_code == 200
    assert (await begun.mentee.post(f"{path}/withdraw", json={"reason": "Never was"})).status_code == 200
    assert (await told())[6:] == [
        ("agreement_to_sign", begun.mentee_id), ("meeting_to_confirm", begun.mentee_id),
        ("meeting_corrected", begun.mentor_id), ("meeting_withdrawn", begun.mentor_id),
    ]  # fmt: skip
