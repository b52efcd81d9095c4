"""Activities that come again: made as single ones, changed and called off one by one or with what follows."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.sessions import ActivityCancelled, ActivityNoticeDue
from mentoring_sessions.activities.recurrence import occurrences

LONDON = ZoneInfo("Europe/London")
NEW = {"kind": "cpd", "title": "Circle", "mode": "online", "minutes": 60, "zone": "Europe/London", "every": "week"}


def on_clocks(times, zone="Europe/London"):
    return [f"{one.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" for one in times]


def test_the_hour_of_the_clock_stays_when_clocks_change():
    first = datetime(2030, 3, 24, 9, tzinfo=LONDON)  # clocks change on the 31st
    times = occurrences(first, "Europe/London", "week", 1, count=3, until=None)
    assert [one.astimezone(UTC).hour for one in times] == [9, 8, 8]
    assert on_clocks(times) == ["03-24 09:00", "03-31 09:00", "04-07 09:00"]
    skipped = occurrences(datetime(2030, 3, 24, 1, 30, tzinfo=LONDON), "Europe/London", "week", 1, count=2, until=None)
    assert on_clocks(skipped) == ["03-24 01:30", "03-31 02:30"]
    monthly = occurrences(datetime(2030, 1, 31, 18, tzinfo=LONDON), "Europe/London", "month", 1, count=3, until=None)
    assert on_clocks(monthly) == ["01-31 18:00", "02-28 18:00", "03-31 18:00"]
    late = datetime(2030, 6, 3, 23, 30, tzinfo=UTC)  # the 4th in London
    until = occurrences(late, "Europe/London", "week", 2, count=None, until=date(2030, 7, 2))
    assert on_clocks(until) == ["06-04 00:30", "06-18 00:30", "07-02 00:30"]


async def planned(play, **changes):
    """A series of three, a month from now, and somebody who is registered for the last two."""
    new = NEW | {"starts_at": (play.now() + timedelta(days=30)).isoformat(), "count": 3} | changes
    answer = await play.team.post(f"/programmes/{play.programme_id}/activity-series", json=new)
    assert answer.status_code == 201, answer.text
    made = answer.json()["items"]
    for one in made[1:]:
        assert (await play.mentee.post(f"/activities/{one['id']}/registration")).status_code == 201
    return made


async def read(play, made):
    return (await play.mentor.get(f"/activity-series/{made[0]['series_id']}")).json()["items"]


async def told(play, why):
    events = await play.harness.emitted(play.tenant, ActivityNoticeDue)
    return [str(event.activity_id) for event in events if event.why == why]


async def test_each_is_an_activity_that_knows_its_series(begun):
    made = await planned(begun)
    assert [one["occurrence"] for one in made] == [1, 2, 3]
    assert {one["series_id"] for one in made} == {made[0]["series_id"]}
    assert [one["registered"] for one in await read(begun, made)] == [0, 1, 1]
    alone = await begun.plan()
    assert (alone["series_id"], alone["occurrence"]) == (None, None)
    assert refused(await begun.stranger.get(f"/activity-series/{made[0]['series_id']}"), 404, "series_not_found")
    new = NEW | {"starts_at": begun.now().isoformat(), "count": 2}
    assert refused(
        await begun.mentor.post(f"/programmes/{begun.programme_id}/activity-series", json=new), 403, "role_needed"
    )


async def test_one_and_those_that_follow_are_moved_by_as_much(begun):
    made = await planned(begun)
    later = datetime.fromisoformat(made[1]["starts_at"]) + timedelta(days=1, hours=2)
    path = f"/activities/{made[1]['id']}"
    body = {"starts_at": later.isoformat(), "title": "Late circle"}
    match = {"If-Match": f'"{(await begun.team.get(path)).json()["version"]}"'}
    answer = await begun.team.patch(path, json=body | {"following": True}, headers=match)
    assert answer.status_code == 200, answer.text
    now = await read(begun, made)
    assert [one["title"] for one in now] == ["Circle", "Late circle", "Late circle"]
    before, after = (
        [datetime.fromisoformat(one["starts_at"]).astimezone(LONDON).replace(tzinfo=None) for one in rows]
        for rows in (made, now)
    )
    step = timedelta(days=1, hours=2)
    assert [b - a for a, b in zip(before, after, strict=True)] == [timedelta(), step, step]
    assert await told(begun, "changed") == [one["id"] for one in made[1:]]


async def test_one_is_called_off_alone_or_with_those_that_follow(begun):
    made = await planned(begun, count=4)
    assert (await begun.team.post(f"/activities/{made[3]['id']}/cancel")).status_code == 200
    assert [bool(one["cancelled_at"]) for one in await read(begun, made)] == [False, False, False, True]
    rest = await begun.team.post(f"/activities/{made[1]['id']}/cancel", json={"following": True})
    assert rest.status_code == 200, rest.text
    assert [bool(one["cancelled_at"]) for one in await read(begun, made)] == [False, True, True, True]
    assert await told(begun, "cancelled") == [made[3]["id"], made[1]["id"], made[2]["id"]]
    assert len(await begun.harness.emitted(begun.tenant, ActivityCancelled)) == 3
    alone = await begun.plan()
    answer = await begun.team.post(f"/activities/{alone['id']}/cancel", json={"following": True})
    assert refused(answer, 409, "not_of_series")


async def test_what_cannot_be_done_to_all_is_done_to_none(begun):
    made = await planned(begun)
    match = {"If-Match": f'"{made[0]["version"]}"'}
    begun.later(days=45)
    people = {"person_ids": [str(begun.mentee_id)]}
    assert (await begun.team.post(f"/activities/{made[2]['id']}/attendance", json=people)).status_code == 200
    path = f"/activities/{made[0]['id']}"
    assert refused(await begun.team.post(f"{path}/cancel", json={"following": True}), 409, "attendance_recorded")
    assert [one["cancelled_at"] for one in await read(begun, made)] == [None, None, None]
    moved = {"starts_at": (begun.now() + timedelta(days=9)).isoformat(), "title": "X"}
    assert refused(
        await begun.team.patch(path, json=moved | {"following": True}, headers=match), 409, "attendance_recorded"
    )
    assert {one["title"] for one in await read(begun, made)} == {"Circle"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"count": None}, "either how many"),
        ({"until": "2099-01-01"}, "either how many"),
        ({"count": None, "until": "2099-01-01"}, "more than 100"),
        ({"count": None, "until": "2000-01-01"}, "a later day"),
        ({"count": 101}, "less than or equal to 100"),
        ({"interval": 0}, "greater than or equal to 1"),
        ({"every": "day"}, "'week' or 'month'"),
        ({"zone": None}, "zone"),
        ({"zone": "Mars/Olympus"}, "a time zone such as"),
    ],
)
async def test_bad_series_are_refused_in_plain_words(begun, wrong, said):
    new = NEW | {"starts_at": begun.now().isoformat(), "count": 3} | wrong
    answer = await begun.team.post(f"/programmes/{begun.programme_id}/activity-series", json=new)
    assert refused(answer, 422, "invalid_request")
    assert said in answer.text
