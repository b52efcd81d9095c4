"""A programme team's list of relationships: who is behind, quiet, paused, ending, or has a concern; and how many."""

from datetime import timedelta

import pytest

from mentoring_common.ids import new_id
from mentoring_common.testing import refused
from mentoring_common.testing.statements import statements
from mentoring_contracts.applications import ProgrammeCreated
from mentoring_contracts.matching import MatchConfirmed

PAIRS = 7


@pytest.fixture
async def pairs(play):
    """Relationships that began at once, six hours in twelve months each: their ids, in order."""
    await play.set_up(activities={"orientation": {"compulsory": False}})
    made = [
        MatchConfirmed(**play.pair | {"match_id": new_id(), "mentor_id": new_id(), "mentee_id": new_id()})
        for _ in range(PAIRS)
    ]
    await play.harness.publish(play.tenant, *made)
    return made


def _who(play, pair):
    return play.client(pair.mentor_id)


async def _meet(play, pair, minutes=60):
    held = {"held_at": play.now().isoformat(), "minutes": minutes, "mode": "online"}
    answer = await _who(play, pair).post(f"/relationships/{pair.match_id}/mentoring-sessions", json=held)
    assert answer.status_code == 201, answer.text


async def _list(play, client=None, **asked):
    params = {"programme_id": str(play.programme_id)} | asked
    answer = await (client or play.team).get("/relationships", params=params)
    assert answer.status_code == 200, answer.text
    return [one["match_id"] for one in answer.json()["items"]]


async def _counts(play, client=None, **asked):
    answer = await (client or play.team).get(f"/programmes/{play.programme_id}/relationships/counts", params=asked)
    assert answer.status_code == 200, answer.text
    counts = answer.json()
    assert counts.pop("counted_at")
    return counts


async def test_what_changed_since_is_found(play, pairs):
    listed = await play.team.get("/relationships", params={"programme_id": str(play.programme_id)})
    late = max(one["updated_at"] for one in listed.json()["items"])
    await _meet(play, pairs[3])
    changed = await _list(play, updated_since=late)
    assert str(pairs[3].match_id) in changed
    assert len(changed) <= 2  # it, and whichever was the last before


async def test_the_list_finds_what_wants_something(play, pairs):
    fresh, quiet, paused, met, worried, *_ = pairs
    ids = [str(pair.match_id) for pair in pairs]
    assert sorted(await _list(play)) == sorted(ids)
    assert await _list(play, behind="true") == [], "nobody is behind on the first day"
    play.later(days=40)
    await _meet(play, met, 120)
    await _meet(play, fresh, 20)
    back = {"until": (play.now() + timedelta(days=90)).date().isoformat()}
    await _who(play, paused).post(f"/relationships/{paused.match_id}/pause", json=back)
    await _who(play, worried).post(f"/relationships/{worried.match_id}/concerns", json={"text": "T"})

    behind = await _list(play, behind="true")
    assert str(met.match_id) not in behind
    assert str(fresh.match_id) not in behind
    assert str(quiet.match_id) in behind
    assert sorted(behind + await _list(play, behind="false")) == sorted(ids)
    assert str(quiet.match_id) in await _list(play, quiet_days="28")
    assert not {str(one.match_id) for one in (met, fresh, paused)} & set(await _list(play, quiet_days="28"))
    assert await _list(play, paused="true") == [str(paused.match_id)]
    assert await _list(play, open_concern="true") == [str(worried.match_id)]
    assert await _list(play, ends_within_days="30") == []
    assert sorted(await _list(play, people=[str(met.mentee_id), str(quiet.mentor_id)])) == sorted(
        [str(met.match_id), str(quiet.match_id)]
    )
    assert await _list(play, kind="coaching") == []
    assert (await _list(play, order_by="quiet"))[-3:-1] == [str(met.match_id), str(fresh.match_id)], "paused is last"

    ends = (play.now() + timedelta(days=20)).date().isoformat()
    answer = await play.team.post(f"/relationships/{met.match_id}/end", json={"ends_on": ends, "reason": "R"})
    assert answer.status_code == 200, answer.text
    assert await _list(play, ends_within_days="30") == [str(met.match_id)]
    assert (await _list(play, order_by="ends"))[0] == str(met.match_id)
    behind = await _list(play, behind="true")
    assert str(met.match_id) in behind, "its time is shorter now, its hours are as many"

    assert await _counts(play) == {
        "relationships": PAIRS, "waiting": 0, "active": PAIRS, "paused": 1, "behind": len(behind), "quiet": PAIRS - 3,
        "ending": 1, "open_concern": 1, "review_due": 0, "over": 0, "mentoring_sessions": 2, "total_minutes": 140,
    }  # fmt: skip
    for sort, asked in (
        ("behind", {"behind": "true"}),
        ("quiet", {"quiet_days": "28"}),
        ("paused", {"paused": "true"}),
        ("ending", {"ends_within_days": "30"}),
        ("open_concern", {"open_concern": "true"}),
    ):
        assert (await _counts(play))[sort] == len(await _list(play, **asked)), sort
    other_cohort = await _counts(play, cohort_id=str(new_id()))
    assert set(other_cohort.values()) == {0}


async def test_what_is_expected_follows_the_pairs_own_clock(play, pairs):
    pair = pairs[0]
    path = f"/relationships/{pair.match_id}"

    async def shown(client=None):
        return (await (client or _who(play, pair)).get(path)).json()

    assert ((await shown())["expected_minutes"], (await shown())["behind"]) == (0, False)
    play.later(days=73)  # a fifth of a year
    assert ((await shown())["expected_minutes"], (await shown())["behind"]) == (72, True), "the pair sees it too"
    await _who(play, pair).post(f"{path}/pause", json={})
    play.later(days=50)
    assert (await shown())["expected_minutes"] == 72, "time stands still"
    await _who(play, pair).post(f"{path}/resume")
    assert (await shown())["expected_minutes"] == 72
    await _meet(play, pair, 60)
    assert (await shown())["behind"] is False
    play.later(days=1000)
    assert (await shown(play.admin))["expected_minutes"] == 360, "no more than its hours"


async def test_hours_each_month_without_an_end_are_expected_month_by_month(play):
    rolling = {"hours_per_month": 2, "activities": {"orientation": {"compulsory": False}}}
    await play.set_up()
    created = ProgrammeCreated(programme_id=new_id(), direction="traditional", blueprint=rolling)
    pair = MatchConfirmed(**play.pair | {"programme_id": created.programme_id})
    await play.harness.publish(play.tenant, created, pair)
    play.later(days=61)
    shown = (await play.mentor.get(play.path)).json()
    assert (shown["expected_minutes"], shown["behind"], shown["budget_minutes"]) == (240, True, None)


@pytest.mark.parametrize("order", ["behind", "quiet", "ends", "last_met"])
async def test_pages_in_an_order_hold_each_relationship_once_both_ways(play, pairs, order):
    for number, pair in enumerate(pairs[:4]):
        play.later(days=9)
        await _meet(play, pair, 30 + number)
    whole = await _list(play, order_by=order)
    for first in (None, "-"):
        seen, cursor = [], first
        while True:
            params = {"programme_id": str(play.programme_id), "order_by": order, "limit": 2}
            answer = (
                await play.team.get("/relationships", params=params | ({"cursor": cursor} if cursor else {}))
            ).json()
            ids = [one["match_id"] for one in answer["items"]]
            seen = ids + seen if first else seen + ids
            cursor = answer["next_cursor"]
            if cursor is None:
                break
        assert seen == whole, first


async def test_confidences_stay_where_they_are(play, pairs):
    worried = pairs[0]
    await _who(play, worried).post(f"/relationships/{worried.match_id}/concerns", json={"text": "T"})
    watcher = new_id()
    await play.harness.publish(play.tenant, play.granted(watcher, "steering_group"))
    for client in (_who(play, worried), play.client(watcher)):
        params = {"programme_id": str(play.programme_id), "open_concern": "true"}
        assert (await client.get("/relationships", params=params)).status_code == 403
    assert (await _counts(play, play.admin))["open_concern"] is None, "administration counts none"
    counts = f"/programmes/{play.programme_id}/relationships/counts"
    assert refused(await _who(play, worried).get(counts), 403, "role_needed")
    await play.harness.publish(play.tenant, play.granted(worried.mentor_id, "programme_manager"))
    mine = _who(play, worried)
    assert await _list(play, mine, open_concern="true") == [], "never of one's own relationship"
    assert (await _counts(play, mine))["open_concern"] == 0


async def test_what_cannot_be_asked_is_refused(play, pairs):
    for asked, code in (
        ({"open_concern": "true"}, "concerns_of_programme"),
        ({"order_by": "luck"}, "invalid_request"),
        ({"quiet_days": "0"}, "invalid_request"),
        ({"ends_within_days": "-1"}, "invalid_request"),
        ({"people": "nobody"}, "invalid_request"),
        ({"hungry": "true"}, "invalid_request"),
        ({"cursor": "x" * 22, "order_by": "behind"}, "invalid_cursor"),
    ):
        answer = await play.team.get("/relationships", params=asked)
        assert answer.status_code == 422 or answer.status_code == 400, (asked, answer.text)
        assert answer.json()["code"] == code, (asked, answer.text)


async def test_a_page_costs_as_many_statements_whatever_is_asked(play, pairs):
    database = play.harness.service.database
    asked = {"programme_id": str(play.programme_id), "behind": "false", "open_concern": "false", "order_by": "behind"}

    async def costs(limit):
        with statements(database.engine, own=True) as each:
            assert (await play.team.get("/relationships", params=asked | {"limit": limit})).status_code == 200
        return len(each)

    assert await costs("1")  # what is looked up once
    assert 3 <= await costs("1") == await costs("200") <= 15


async def test_relationships_come_by_their_ids(play, pairs):
    first, second, *_ = pairs
    wanted = f"{first.match_id},{second.match_id}"
    for client in (None, play.client(first.mentor_id)):
        answer = await (client or play.team).get("/relationships", params={"ids": wanted})
        assert answer.status_code == 200, answer.text
        both = [str(first.match_id), str(second.match_id)]
        assert sorted(one["match_id"] for one in answer.json()["items"]) == sorted(both if client is None else both[:1])
