"""examples/read_model: built from the feed, ended in its midst, started again, it says what the services say."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mentoring_common.testing import eventually

from .conftest import ROOT

PROGRAM = ROOT / "examples" / "read_model" / "read_model.py"


@pytest.fixture
async def worked(journey: Any) -> Any:
    """A pair that met, with a meeting corrected and one taken back; a pair that ended; a survey that is over."""
    await journey.pair_up()
    first, second = journey.pairs
    async with journey.client() as admin, journey.client(journey.people[first["mentor"]]) as mentor:

        async def made(client: Any, path: str, body: Any, method: str = "POST") -> dict[str, Any]:
            headers = {"If-Match": "*"} if method == "PATCH" else {}
            answer = await client.request(method, path, json=body, headers=headers)
            assert answer.status_code < 300, answer.text
            found: dict[str, Any] = answer.json() if answer.content else {}
            return found

        path = f"/sessions/relationships/{first['id']}"

        async def state(expected: str) -> bool:
            answer = await admin.get(path)
            return answer.status_code == 200 and answer.json()["state"] == expected

        await eventually(lambda: state("waiting_for_orientation"), what="the relationship")
        plan = {"kind": "orientation", "title": "Begin", "mode": "online", "minutes": 60}
        plan["starts_at"] = "2020-02-01T10:00:00Z"
        activity = await made(admin, f"/sessions/programmes/{journey.programme_id}/activities", plan)
        both = {"person_ids": [journey.people[first[side]] for side in ("mentor", "mentee")]}
        await made(admin, f"/sessions/activities/{activity['id']}/attendance", both)
        await eventually(lambda: state("active"), what="the start")
        met = {"held_at": datetime.now(UTC).isoformat(), "mode": "online", "another_meeting": True}
        meetings = [await made(mentor, f"{path}/mentoring-sessions", met | {"minutes": n}) for n in (30, 45, 60)]
        corrected = f"/sessions/mentoring-sessions/{meetings[1]['id']}"
        await made(mentor, corrected, {"minutes": 50, "reason": "It was longer", "another_meeting": True}, "PATCH")
        await made(mentor, f"/sessions/mentoring-sessions/{meetings[2]['id']}/withdraw", {"reason": "It was not held"})
        await made(admin, f"/matching/matches/{second['id']}/end", {"reason": "no_time"})
        closes = (datetime.now(UTC) + timedelta(seconds=4)).isoformat()
        wave = {"instrument": "liked", "opens_at": "2020-01-01T00:00:00Z", "opened_late": True, "closes_at": closes}
        planned = await made(admin, f"/evaluation/cohorts/{journey.cohort_id}/waves", wave)
        async with journey.stack.call("internal:evaluation", tenant=journey.tenant, subject="service") as service:

            async def invited() -> Any:
                answer = await service.get(f"/evaluation/internal/waves/{planned['id']}/invitations")
                return answer.json().get("items")

            invitations = await eventually(invited, what="invitations")  # of those whose pair goes on
        send = """mutation($t: UUID!, $token: String!, $a: JSON!) {
            answerSurvey(organisationId: $t, token: $token, answers: $a) }"""
        for one in invitations[:1]:
            await journey.ask(send, t=journey.tenant, token=one["token"], a={"liked": "Yes"})

        async def closed() -> bool:
            return bool((await admin.get(f"/evaluation/waves/{planned['id']}")).json()["state"] == "closed")

        await eventually(closed, what="the end of the survey")
    return journey


async def test_it_says_what_the_services_say_however_it_was_ended(worked: Any, tmp_path: Any) -> None:
    file = tmp_path / "model.sqlite"
    kept = sqlite3.connect(file)

    def read(query: str) -> list[Any]:
        with contextlib.suppress(sqlite3.OperationalError):  # there is no table yet
            return kept.execute(query).fetchall()
        return []

    async def some() -> bool:
        return read("SELECT count(*) >= 3 FROM inbox") == [(1,)]

    first = await start(worked, file, "--page", "1")
    await eventually(some, what="the first events")
    first.send_signal(signal.SIGKILL)
    await first.wait()
    at_first = read("SELECT count(*) FROM inbox")[0][0]

    async def as_the_services_say() -> bool:
        again = await start(worked, file, "--once")
        assert await again.wait() == 0
        return shown(read) == await told(worked)

    await eventually(as_the_services_say, what="the same")
    assert 3 <= at_first < read("SELECT count(*) FROM inbox")[0][0], "it was not ended in the midst"
    found = shown(read)
    assert sorted((state, meetings, hours * 60) for state, meetings, hours in found["pairs"].values()) == [
        ("active", 2, 80),
        ("ended", 0, 0),
    ]
    assert list(found["waves"].values()) == [("liked", "closed", 2, 1)]
    # Everything once more: the inbox knows it. Without the inbox, the versions do.
    for forget in ("DELETE FROM progress", "DELETE FROM progress; DELETE FROM inbox"):
        kept.executescript(forget)
        assert await (await start(worked, file, "--once")).wait() == 0
        assert shown(read) == found
    kept.close()


async def start(journey: Any, file: Any, *options: str) -> asyncio.subprocess.Process:
    token = journey.stack.token("organisation:admin", "integrations:read", tenant=journey.tenant, subject="intranet")
    told_ = {"MENTORING": journey.stack.api_url, "TOKEN": token}
    return await asyncio.create_subprocess_exec(sys.executable, PROGRAM, file, *options, env=os.environ | told_)


def shown(read: Any) -> dict[str, Any]:
    """What the model shows of the programme."""
    pairs = read("SELECT id, state, meetings, hours FROM pairs_shown")
    waves = read("SELECT id, instrument, state, asked, answered FROM waves_shown")
    return {"pairs": {one[0]: one[1:] for one in pairs}, "waves": {one[0]: one[1:] for one in waves}}


async def told(journey: Any) -> dict[str, Any]:
    """What the services answer of the programme."""
    programme = {"programme_id": journey.programme_id}
    async with journey.client() as admin:
        pairs = (await admin.get("/sessions/relationships", params=programme)).json()["items"]
        waves = (await admin.get(f"/evaluation/programmes/{journey.programme_id}/waves")).json()["items"]
    return {
        "pairs": {
            one["match_id"]: (one["state"], one["mentoring_sessions"], one["total_minutes"] / 60) for one in pairs
        },
        "waves": {
            one["id"]: (
                one["instrument"],
                one["state"],
                sum(one["asked"].values()),
                sum(counts for counts in one["responses"].values() if isinstance(counts, int)),
            )
            for one in waves
        },
    }
