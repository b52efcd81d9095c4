"""Habits: one's own alone, counted by week; a programme learns numbers that tell of nobody."""

from datetime import date, timedelta

import pytest

from mentoring_common.ids import new_id
from mentoring_common.testing import eventually, refused
from mentoring_common.testing.statements import statements
from mentoring_contracts.applications import PersonErased
from mentoring_contracts.sessions import HabitConcluded
from mentoring_sessions.habits.progress import progress
from mentoring_sessions.habits.views import figures

MONDAY = date(2026, 3, 2)
SECRET = "Say no once a day"


async def commit(play, client, **more):
    habit = {"text": SECRET, "weeks": 2} | more
    answer = await client.post(f"/programmes/{play.programme_id}/habits", json=habit)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def mark(client, habit, day):
    return await client.put(f"/habits/{habit['id']}/marks/{day}")


def days_ago(play, days):
    return play.now().date() - timedelta(days=days)


async def test_a_habit_is_marked_by_day_and_goes_by_week(begun):
    habit = await commit(begun, begun.mentee, times=2, weeks=3, starts_on=days_ago(begun, 15).isoformat())
    for days in (15, 14, 8, 0, 1, 1):
        assert (await mark(begun.mentee, habit, days_ago(begun, days))).status_code == 200
    found = (await begun.mentee.get(f"/habits/{habit['id']}")).json()
    assert (found["text"], len(found["marked_on"])) == (SECRET, 5)
    assert [(week["marks"], week["kept"]) for week in found["progress"]["weeks"]] == [(2, True), (1, False), (2, True)]
    assert {name: found["progress"][name] for name in ("streak", "best", "share", "embedded")} == {
        "streak": 1, "best": 1, "share": 0.5, "embedded": None,
    }  # fmt: skip
    assert (await begun.mentee.delete(f"/habits/{habit['id']}/marks/{days_ago(begun, 15)}")).status_code == 204
    assert (await begun.mentee.get(f"/habits/{habit['id']}")).json()["progress"]["share"] == 0


async def test_nobody_else_sees_a_habit(begun):
    habit = await commit(begun, begun.mentee)
    for other in (begun.mentor, begun.team, begun.admin, begun.stranger):
        assert refused(await other.get(f"/habits/{habit['id']}"), 404, "habit_not_found")
        assert refused(await mark(other, habit, begun.now().date()), 404, "habit_not_found")
    assert (await begun.mentor.get("/habits")).json()["items"] == []
    mine = (await begun.mentee.get("/habits")).json()["items"]
    assert [one["id"] for one in mine] == [habit["id"]]
    assert refused(await begun.stranger.post(f"/programmes/{begun.programme_id}/habits", json={"text": "x"}), 404,
                   "programme_not_found")  # fmt: skip


async def test_a_day_to_come_or_outside_its_weeks_is_refused(begun):
    habit = await commit(begun, begun.mentee, weeks=1, starts_on=days_ago(begun, 20).isoformat())
    for days in (21, 13, -3):
        assert refused(await mark(begun.mentee, habit, days_ago(begun, days)), 422, "day_outside_habit")
    assert refused(await begun.mentee.put(f"/habits/{habit['id']}/marks/someday"), 422, "invalid_request")
    far = {"text": "x", "starts_on": "1999-01-01"}
    answer = await begun.mentee.post(f"/programmes/{begun.programme_id}/habits", json=far)
    assert refused(answer, 422, "day_outside_habit")


@pytest.mark.parametrize("wrong", [{"times": 8}, {"times": 0}, {"weeks": 53}, {"text": ""}, {"rhythm": "hourly"}])
async def test_a_habit_that_cannot_be_is_refused(begun, wrong):
    answer = await begun.mentee.post(f"/programmes/{begun.programme_id}/habits", json={"text": SECRET} | wrong)
    assert refused(answer, 422, "invalid_request")


async def test_what_is_given_up_is_taken_up_again_before_it_is_marked(begun):
    habit = await commit(begun, begun.mentee)
    path, day = f"/habits/{habit['id']}", begun.now().date()
    dropped = await begun.mentee.patch(path, json={"dropped": True}, headers={"If-Match": '"1"'})
    assert dropped.json()["dropped_at"]
    assert refused(await mark(begun.mentee, habit, day), 409, "habit_dropped")
    stale = await begun.mentee.patch(path, json={"dropped": False}, headers={"If-Match": '"1"'})
    assert refused(stale, 412, "precondition_failed")
    again = {"dropped": False, "text": "Say no twice"}
    assert (await begun.mentee.patch(path, json=again, headers={"If-Match": "*"})).json()["dropped_at"] is None
    assert (await mark(begun.mentee, habit, day)).status_code == 200
    assert (await begun.mentee.get(path)).json()["text"] == "Say no twice"


async def test_a_programme_learns_numbers_that_tell_of_nobody(begun):
    people = [new_id() for _ in range(21)]
    await begun.harness.publish(begun.tenant, *(begun.accepted(person) for person in people))
    path, start = f"/programmes/{begun.programme_id}/habit-figures", days_ago(begun, 7)
    for place, person in enumerate(people):
        if place == 9:
            assert (await begun.team.get(path)).json()["people"] is None
        habit = await commit(begun, begun.client(person), weeks=1, starts_on=start.isoformat())
        if place < 11:
            await mark(begun.client(person), habit, start)
        if place == 19:
            assert (await begun.team.get(path)).json()["embedded"] is None, "nine others would be known"
    assert (await begun.team.get(path)).json() == {"people": 21, "embedded": 11, "percent": 52, "least": 10}
    assert refused(await begun.mentor.get(path), 403, "role_needed")
    await begun.harness.publish(begun.tenant, PersonErased(person_id=people[0]))
    assert (await begun.team.get(path)).json()["embedded"] == 11
    assert (await begun.client(people[0]).get("/habits")).json()["items"][0]["text"] is None


async def test_a_page_of_habits_costs_the_same_however_many_it_has(begun):
    counts = []
    for _ in range(2):
        for _ in range(5):
            await mark(begun.mentee, await commit(begun, begun.mentee), begun.now().date())
        with statements(begun.harness.service.database.engine, own=True) as each:
            assert (await begun.mentee.get("/habits")).status_code == 200
        counts.append(len(each))
    assert counts[0] == counts[1], counts


@pytest.mark.parametrize(
    ("kept", "today", "streak", "best", "share", "trend", "embedded"),
    [
        ([], 0, 0, 0, None, "steady", None),
        ([0], 3, 1, 1, None, "steady", None),
        ([0, 1, 3], 28, 1, 2, 0.75, "down", None),
        ([2, 3, 4], 35, 3, 3, 0.6, "up", False),
        ([0, 1, 2, 4], 35, 1, 3, 0.8, "down", True),
        ([0, 1, 2, 3, 4], 400, 5, 5, 1.0, "steady", True),
    ],
)
def test_streak_share_and_trend(kept, today, streak, best, share, trend, embedded):
    marks = [MONDAY + timedelta(days=7 * week + 2) for week in kept]
    found = progress(MONDAY, 5, 1, marks, MONDAY + timedelta(days=today))
    assert (found.streak, found.best, found.share, found.trend) == (streak, best, share, trend)
    assert found.embedded is embedded


@pytest.mark.parametrize(
    ("people", "embedded", "shown"),
    [(9, 5, (None, None)), (10, 10, (10, None)), (19, 10, (19, None)), (20, 10, (20, 10)), (30, 3, (30, None))],
)
def test_a_number_is_shown_where_enough_are_behind_it_and_behind_the_rest(people, embedded, shown):
    found = figures(people, embedded)
    assert (found.people, found.embedded) == shown


async def link_of(play, client, habit, **more):
    """A link of a habit, and its secret."""
    asked = {"asked": "manager", "weeks": [1, 3]} | more
    answer = await client.post(f"/habits/{habit['id']}/feedback", json=asked)
    assert answer.status_code == 201, answer.text
    shown = (await client.get(f"/habits/{habit['id']}/feedback")).json()
    (mine,) = [one for one in shown if one["id"] == answer.json()["id"]]
    return mine["id"], mine["page"].rsplit("/", 1)[-1]


async def test_others_say_by_link_in_given_weeks_how_they_see_a_habit_and_see_nothing_else(begun):
    habit = await commit(begun, begun.mentee, weeks=4)
    _, token = await link_of(begun, begun.mentee, habit)
    anybody = begun.harness.caller(tenant=None)
    path = f"/public/{begun.tenant}/habit-feedback"
    assert (await anybody.get(f"{path}/{token}")).json() == {
        "habit": SECRET, "week": 1, "weeks": [1, 3], "given": False,
    }  # fmt: skip
    given = {"token": token, "seen": 4, "comment": "More than before"}
    assert (await anybody.post(path, json=given)).json() == {"week": 1}
    assert refused(await anybody.post(path, json=given), 409, "feedback_given")
    assert (await anybody.get(f"{path}/{token}")).json()["given"] is True
    begun.later(days=14)
    assert (await anybody.post(path, json=given | {"seen": 5})).json() == {"week": 3}
    begun.later(days=14)
    assert refused(await anybody.post(path, json=given), 409, "feedback_not_asked")
    (shown,) = (await begun.mentee.get(f"/habits/{habit['id']}/feedback")).json()
    said = [(one["week"], one["seen"], one["comment"]) for one in shown["feedback"]]
    assert said == [(1, 4, "More than before"), (3, 5, "More than before")]
    for other in (begun.mentor, begun.team, begun.admin):
        assert refused(await other.get(f"/habits/{habit['id']}/feedback"), 404, "habit_not_found")


async def test_a_link_works_no_more_once_it_is_closed_its_habit_is_given_up_or_its_person_is_gone(begun):
    anybody, path = begun.harness.caller(tenant=None), f"/public/{begun.tenant}/habit-feedback"
    habit = await commit(begun, begun.mentee)
    closed, token = await link_of(begun, begun.mentee, habit, weeks=[1])
    assert (await begun.mentee.delete(f"/habits/{habit['id']}/feedback/{closed}")).status_code == 204
    gone = await begun.mentee.delete(f"/habits/{habit['id']}/feedback/{closed}")
    assert refused(gone, 404, "feedback_link_not_found")
    assert refused(await anybody.post(path, json={"token": token, "seen": 3}), 404, "feedback_link_not_found")
    _, other = await link_of(begun, begun.mentee, habit, weeks=[1], asked="peer")
    etag = {"If-Match": "*"}
    assert (await begun.mentee.patch(f"/habits/{habit['id']}", json={"dropped": True}, headers=etag)).status_code == 200
    assert refused(await anybody.get(f"{path}/{other}"), 404, "feedback_link_not_found")
    again = await commit(begun, begun.mentee)
    _, third = await link_of(begun, begun.mentee, again, weeks=[1])
    assert (await anybody.get(f"{path}/{third}")).status_code == 200
    await begun.harness.publish(begun.tenant, PersonErased(person_id=begun.mentee_id))
    assert refused(await anybody.get(f"{path}/{third}"), 404, "feedback_link_not_found")
    assert refused(await anybody.get(f"{path}/{'x' * 43}"), 404, "feedback_link_not_found")


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"asked": "friend", "weeks": [1]}, 422, "invalid_request"),
        ({"asked": "peer", "weeks": []}, 422, "invalid_request"),
        ({"asked": "peer", "weeks": [0]}, 422, "invalid_request"),
        ({"asked": "peer", "weeks": [3]}, 422, "day_outside_habit"),
    ],
)
async def test_nobody_is_asked_about_a_week_that_is_not(begun, asked, status, code):
    habit = await commit(begun, begun.mentee, weeks=2)
    assert refused(await begun.mentee.post(f"/habits/{habit['id']}/feedback", json=asked), status, code)


async def concluded(play, times):
    async def probe():
        found = await play.harness.emitted(play.tenant, HabitConcluded)
        return found if len(found) >= times else None

    return await eventually(probe, what=f"the end of {times} habits")


async def test_what_came_of_a_habit_is_announced_of_nobody_and_each_person_once(begun):
    first = await commit(begun, begun.mentee, weeks=1)
    assert (await mark(begun.mentee, first, begun.now().date())).status_code == 200
    await begun.mentee.post(f"/habits/{first['id']}/feedback", json={"asked": "manager", "weeks": [1]})
    (link,) = (await begun.mentee.get(f"/habits/{first['id']}/feedback")).json()
    said = {"token": link["page"].rsplit("/", 1)[-1], "seen": 4}
    public = begun.harness.anonymous()
    assert (await public.post(f"/public/{begun.tenant}/habit-feedback", json=said)).status_code == 200
    await commit(begun, begun.mentor, weeks=1)  # never marked
    begun.later(days=9)
    assert await begun.harness.emitted(begun.tenant, HabitConcluded) == []
    begun.later(days=7)
    kept, other = sorted(await concluded(begun, 2), key=lambda event: not event.embedded)
    assert (kept.first, kept.embedded, kept.seen_by_manager, kept.seen_by_peer) == (True, True, True, None)
    assert (other.first, other.embedded, other.seen_by_manager) == (True, False, None)
    assert not set(HabitConcluded.people_fields())
    again = await commit(begun, begun.mentee, weeks=1)
    await mark(begun.mentee, again, begun.now().date())
    begun.later(days=16)
    third = next(one for one in await concluded(begun, 3) if str(one.habit_id) == again["id"])
    assert (third.first, third.embedded) == (False, False), "each person counts once"
