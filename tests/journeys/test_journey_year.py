"""A year of two pairs on the running system: one by REST, the other by GraphQL, with everything that a pair keeps."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from ical.calendar_stream import IcsCalendarStream

from mentoring_allinone.stack import Stack
from mentoring_common import yaml_text
from mentoring_common.clock import MovableClock
from mentoring_common.testing import eventually

from .conftest import ROOT, Journey

AGREEMENT = {
    "before_first_meeting": True, "lasts_months": 7, "remind_days": 40,
    "questions": [{"id": "private", "text": "What stays between us?"}],
}  # fmt: skip
REVIEWS = {"fit_check_days": 0, "mid_term_months": 6, "end_days": 14, "answer_days": 14}
MATERIAL = "https://example.org/read-before"
FIRST_STEPS = {"language": "en", "title": "First steps", "text": "Meet soon."}
CAMAU = {"language": "cy", "title": "Camau cyntaf", "link": "https://example.org/cy"}
ANNOUNCED = {
    "RelationshipStarted", "AgreementSigned", "AgreementSignatureWithdrawn", "AppointmentProposed",
    "AppointmentAgreed", "AppointmentCancelled",
    "AppointmentMissed", "AppointmentNotMissed", "MentoringSessionRecorded", "CheckInRecorded", "RelationshipPaused",
    "RelationshipResumed", "RelationshipExtended", "ReviewOpened", "ReviewAnswered", "ReviewConcluded", "NotesOpened",
}  # fmt: skip


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: Any) -> Any:
    """A system of this journey's own, whose clock is moved."""
    folder, clock = tmp_path_factory.mktemp("year"), MovableClock(datetime.now(UTC))
    running = await Stack.start(folder, clock=clock, durable=False)
    yield running
    await running.stop()


@dataclass
class Pair:
    """A pair, and those around it by name."""

    journey: Journey
    match_id: str
    mentor: str
    mentee: str
    next_mentor: str
    team: str = "Mia"
    two: tuple[str, str] = ("Max", "Moe")  # who open notes together
    carried_on: str = ""

    def now(self) -> datetime:
        moment: datetime = self.journey.stack.clock.now()
        return moment

    def ahead(self, **delta: Any) -> str:
        return (self.now() + timedelta(**delta)).isoformat()

    async def rest(self, who: str | None, method: str, path: str, body: Any = None) -> Any:
        """What the person named (or the organisation's admin) is answered by REST."""
        async with self.journey.client(self.journey.people[who] if who else None) as client:
            headers = {"If-Match": "*"} if method in ("PATCH", "PUT") or path.endswith("/renew") else {}
            answer = await client.request(method, path, json=body, headers=headers)
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text

    async def graphql(self, who: str | None, query: str, **variables: Any) -> Any:
        """The first member of what they are answered by GraphQL."""
        return next(iter((await self.journey.ask(query, who, **variables)).values()))

    async def calendar(self, path: str) -> set[str]:
        """The ids of the events of a person's calendar at an address, as another library than ours reads them."""
        text: str = await self.rest(self.mentee, "GET", path)
        return {str(event.uid) for event in IcsCalendarStream.calendar_from_ics(text).events}

    async def events(self) -> set[str]:
        """The names of the events about the relationship, as those outside read them."""
        found: set[str] = set()
        after, more = "0" * 20, True
        while more:
            shown = await self.rest(None, "GET", f"/integrations/changes?limit=500&after={after}")
            after, more = shown["cursor"], shown["more"]
            found |= {one["type"].split(".")[2] for one in shown["items"] if one["subject"] == self.match_id}
        return found

    async def is_told(self) -> None:
        """Whoever follows the pair from outside has heard of all of it."""

        async def heard() -> bool:
            return await self.events() >= ANNOUNCED

        await eventually(heard, what=f"the events {ANNOUNCED - await self.events()}")


class ByRest(Pair):
    """The pair that asks by REST."""

    @property
    def path(self) -> str:
        return f"/sessions/relationships/{self.match_id}"

    async def read(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.rest(self.mentee, "GET", self.path)
        return found

    async def is_active(self) -> bool:
        shown = await self.rest(None, "GET", f"/sessions/relationships?ids={self.match_id}")
        return [one["state"] for one in shown["items"]] == ["active"]

    async def agree(self) -> None:
        (asked,) = await self.rest(self.mentor, "GET", f"{self.path}/agreement/questions")
        said = {"terms": "Monthly", "answers": [{"question": asked["id"], "answer": "All of it"}]}
        await self.rest(self.mentor, "POST", f"{self.path}/agreement", said)
        for who in (self.mentor, self.mentee):
            await self.rest(who, "POST", f"{self.path}/agreement/sign", {"version": 1})
        back = await self.rest(self.mentee, "POST", f"{self.path}/agreement/withdraw-signature")
        assert back["standing_version"] is None
        again = await self.rest(self.mentee, "POST", f"{self.path}/agreement/sign")
        assert again["standing_version"] == 1
        assert (await self.read())["agreement"]["signed_by_all"] is True

    async def _agreed(self, moment: str) -> str:
        made = await self.rest(self.mentor, "POST", f"{self.path}/appointments", {"times": [moment]})
        await self.rest(self.mentee, "POST", f"/sessions/appointments/{made['id']}/accept", {"starts_at": moment})
        return str(made["id"])

    async def appoint(self) -> str:
        kept, off = await self._agreed(self.ahead(days=2)), await self._agreed(self.ahead(days=9))
        other = self.ahead(days=1)
        await self.rest(self.mentee, "POST", f"/sessions/appointments/{kept}/times", {"times": [other]})
        moved = await self.rest(self.mentor, "POST", f"/sessions/appointments/{kept}/accept", {"starts_at": other})
        assert moved["sequence"] == 1
        await self.rest(self.mentor, "POST", f"/sessions/appointments/{off}/cancel")
        person = self.journey.people[self.mentee]
        feed = await self.calendar(f"/sessions/people/{person}/calendar.ics")
        assert (f"{kept}@mentoring" in feed, f"{off}@mentoring" in feed) == (True, False)
        return kept

    async def meet(self, appointment_id: str) -> None:
        act = f"/sessions/appointments/{appointment_id}/held"
        held = await self.rest(self.mentor, "POST", act, {"minutes": 45, "note": "Mine alone"})
        await self.rest(self.mentee, "POST", act, {})
        meeting = f"/sessions/mentoring-sessions/{held['mentoring_session_id']}"
        new = {"text": "Mine", "visibility": "pair", "shared": True}
        note = await self.rest(self.mentor, "POST", f"{meeting}/notes", new)
        await self.rest(self.mentee, "PATCH", f"/sessions/notes/{note['id']}", {"text": "Ours"})
        shown = await self.rest(self.mentee, "GET", meeting)
        assert ([one["text"] for one in shown["notes"]], bool(shown["confirmed_at"])) == (["Ours"], True)

    async def open_notes(self) -> None:
        asked, approves = self.two
        reason = {"reason": "Somebody may come to harm"}
        made = f"/sessions/break-glass/{(await self.rest(asked, 'POST', f'{self.path}/break-glass', reason))['id']}"
        assert (await self.rest(approves, "POST", f"{made}/approve"))["state"] == "open"
        assert {one["text"] for one in await self.rest(asked, "GET", f"{made}/notes")} == {"Mine alone", "Ours"}
        (seen,) = await self.rest(self.mentee, "GET", f"{self.path}/break-glass")
        assert seen["reason"] == "Somebody may come to harm"

    async def renew(self) -> None:
        assert (await self.rest(self.mentor, "GET", f"{self.path}/agreement"))["runs_out_at"]
        await self.rest(self.mentor, "POST", f"{self.path}/agreement/renew")
        signed = await self.rest(self.mentee, "POST", f"{self.path}/agreement/sign", {"version": 2})
        assert signed["standing_version"] == 2

    async def miss_and_correct(self) -> Callable[[], Awaitable[None]]:
        made = await self._agreed(self.ahead(hours=1))

        async def then() -> None:
            path = f"/sessions/appointments/{made}"
            assert (await self.rest(self.mentee, "POST", f"{path}/missed"))["state"] == "missed"
            before = (await self.read())["total_minutes"]
            await self.rest(self.mentor, "POST", f"{path}/held", {"minutes": 30, "reason": "By another door"})
            assert (await self.read())["total_minutes"] == before + 30
            (trace,) = (await self.rest(self.mentee, "GET", f"{path}/corrections"))["items"]
            assert trace["reason"] == "By another door"

        return then

    async def set_goals(self) -> None:
        goal = await self.rest(self.mentee, "POST", f"{self.path}/goals", {"text": "A paper"})
        step = await self.rest(self.mentor, "POST", f"/sessions/goals/{goal['id']}/actions", {"text": "A draft"})
        await self.rest(self.mentee, "PATCH", f"/sessions/actions/{step['id']}", {"done": True})
        await self.rest(self.mentee, "PATCH", f"/sessions/goals/{goal['id']}", {"state": "reached"})
        (shown,) = (await self.rest(self.mentor, "GET", f"{self.path}/goals"))["items"]
        assert (shown["state"], bool(shown["actions"][0]["done_at"])) == ("reached", True)

    async def keep_habit(self) -> None:
        new = {"text": "Write", "times": 1, "weeks": 1}
        habit = await self.rest(self.mentee, "POST", f"/sessions/programmes/{self.journey.programme_id}/habits", new)
        day, path = str(self.now().date()), f"/sessions/habits/{habit['id']}"
        await self.rest(self.mentee, "PUT", f"{path}/marks/{day}")
        assert (await self.rest(self.mentee, "GET", path))["marked_on"] == [day]
        await self.rest(self.mentee, "POST", f"{path}/feedback", {"asked": "peer", "weeks": [1]})
        (link,) = await self.rest(self.mentee, "GET", f"{path}/feedback")
        said = {"token": link["page"].rsplit("/", 1)[-1], "seen": 4}
        await self.rest(None, "POST", f"/sessions/public/{self.journey.tenant}/habit-feedback", said)
        (link,) = await self.rest(self.mentee, "GET", f"{path}/feedback")
        assert [one["seen"] for one in link["feedback"]] == [4]

    async def say_how_it_goes(self) -> None:
        await self.rest(self.mentee, "POST", f"{self.path}/check-ins", {"going_well": 4, "comment": "Well"})
        concern = await self.rest(self.mentee, "POST", f"{self.path}/concerns", {"text": "No time"})
        path = f"/sessions/concerns/{concern['id']}"
        assert (await self.rest(self.team, "GET", path))["text"] == "No time"
        assert (await self.rest(self.team, "PATCH", path, {"state": "resolved"}))["state"] == "resolved"

    async def attend(self) -> None:
        new = {"kind": "cpd", "title": "Writing", "mode": "online", "minutes": 60, "materials": [MATERIAL]}
        path = f"/sessions/programmes/{self.journey.programme_id}/activities"
        made = await self.rest(self.team, "POST", path, new | {"starts_at": self.now().isoformat()})
        one = f"/sessions/activities/{made['id']}"
        await self.rest(self.mentee, "POST", f"{one}/registration")
        assert (await self.rest(self.mentee, "GET", one))["materials"] == [MATERIAL]
        code = (await self.rest(self.team, "GET", f"{one}/door"))["door_code"]
        await self.rest(self.mentee, "POST", f"{one}/attendance/me", {"code": code})
        assert made["id"] in [row["activity_id"] for row in await self.rest(self.mentee, "GET", "/sessions/attendance")]

    async def read_up(self) -> None:
        library = f"/sessions/programmes/{self.journey.programme_id}/resources"
        told = {"wordings": [FIRST_STEPS, CAMAU], "invited": [self.journey.people[self.mentee]]}
        made = await self.rest(self.team, "POST", library, told)
        (shown,) = [one for one in (await self.rest(self.mentee, "GET", library))["items"] if one["id"] == made["id"]]
        assert (shown["text"], shown["languages"]) == ("Meet soon.", ["en", "cy"])
        path = f"/sessions/resources/{made['id']}"
        assert (await self.rest(self.mentee, "POST", f"{path}/read"))["read_number"] == 1
        again = {"wordings": [FIRST_STEPS], "tell_readers": True}
        assert (await self.rest(self.team, "POST", f"{path}/versions", again))["number"] == 2

    async def review(self, kind: str) -> None:
        async def opened() -> str | None:
            shown = (await self.rest(self.mentee, "GET", f"{self.path}/reviews"))["items"]
            return next((str(one["id"]) for one in shown if one["kind"] == kind), None)

        path = f"/sessions/reviews/{await eventually(opened, what=kind)}"
        for who in (self.mentor, self.mentee):
            await self.rest(who, "POST", f"{path}/answer", {"going_well": 4, "wish": "continue"})
        done = await self.rest(self.team, "POST", f"{path}/outcome", {"outcome": "continue"})
        assert done["outcome"] == "continue"

    async def pause(self) -> None:
        await self.rest(self.mentee, "POST", f"{self.path}/pause", {"reason": "Away"})

    async def go_on(self) -> int:
        days: int = (await self.rest(self.mentee, "POST", f"{self.path}/resume"))["paused_days"]
        return days

    async def rhythm(self) -> tuple[int, bool]:
        shown = await self.read()
        return shown["expected_minutes"], shown["quiet_since"] is not None

    async def extend(self, days: int) -> datetime:
        ends_on = datetime.fromisoformat((await self.read())["ends_at"]).date() + timedelta(days=days)
        await self.rest(self.team, "POST", f"{self.path}/end", {"ends_on": str(ends_on), "reason": "More to do"})
        return datetime.fromisoformat((await self.read())["ends_at"])

    async def say_farewell(self) -> None:
        await self.rest(self.mentor, "POST", f"{self.path}/farewell", {"words": "Thank you", "goes_on": True})
        shown = await self.rest(self.mentee, "GET", f"{self.path}/farewells")
        assert [one["words"] for one in shown["others"]] == ["Thank you"]

    async def hand_over(self) -> None:
        body = {"mentor_id": self.journey.people[self.next_mentor]}
        made = await self.rest(self.team, "POST", f"/matching/matches/{self.match_id}/handover", body)
        path = f"/sessions/relationships/{made['id']}"
        self.carried_on = made["id"]

        async def carried_on() -> bool:
            shown = await self.rest(None, "GET", f"/sessions/relationships?ids={made['id']}")
            return [one["continues"] for one in shown["items"]] == [self.match_id]

        await eventually(carried_on, what="the relationship that carries on")
        await self.rest(self.mentee, "POST", f"{path}/handover/consent", {"goals": True, "history": True})
        shown = await self.rest(self.next_mentor, "GET", f"{path}/handover")
        assert (shown["goals"], shown["agreement"], shown["before"]["mentoring_sessions"]) == (True, False, 2)

    async def is_closed(self) -> bool:
        shown: dict[str, Any] = await self.rest(self.mentee, "GET", f"/sessions/relationships/{self.carried_on}")
        return bool(shown["state"] == "closed")

    async def notified(self) -> set[str]:
        shown = await self.rest(self.mentee, "GET", "/integrations/notifications?limit=200")
        return {one["kind"] for one in shown["items"]}


class ByGraphql(Pair):
    """The pair that asks by GraphQL."""

    async def of(self, fields: str, who: str | None = None) -> Any:
        """Fields of the relationship."""
        query = f"query($id: UUID!) {{ relationship(matchId: $id) {{ {fields} }} }}"
        return await self.graphql(who or self.mentee, query, id=self.match_id)

    async def is_active(self) -> bool:
        query = "query($id: UUID!) { match(id: $id) { relationship { state } } }"
        found = (await self.graphql(None, query, id=self.match_id))["relationship"]
        return found is not None and found["state"] == "active"

    async def agree(self) -> None:
        (asked,) = (await self.of("agreementQuestions { id text }"))["agreementQuestions"]
        propose = """mutation($id: UUID!, $a: [NewAgreementAnswer!]) {
            proposeAgreement(matchId: $id, terms: "Monthly", answers: $a) { state } }"""
        said = [{"question": asked["id"], "answer": "All of it"}]
        await self.graphql(self.mentor, propose, id=self.match_id, a=said)
        sign = "mutation($id: UUID!) { signAgreement(matchId: $id) { agreement { signedByAll } } }"
        signed = [await self.graphql(who, sign, id=self.match_id) for who in (self.mentor, self.mentee)]
        assert [one["agreement"]["signedByAll"] for one in signed] == [False, True]
        withdraw = "mutation($id: UUID!) { withdrawSignature(matchId: $id) { agreement { signedByAll } } }"
        assert (await self.graphql(self.mentee, withdraw, id=self.match_id))["agreement"] == {"signedByAll": False}
        assert (await self.graphql(self.mentee, sign, id=self.match_id))["agreement"] == {"signedByAll": True}
        agreed = (await self.of("agreedVersions { version answers { answer } }"))["agreedVersions"]
        assert agreed == [{"version": 1, "answers": [{"answer": "All of it"}]}]

    async def _agreed(self, moment: str) -> str:
        propose = "mutation($id: UUID!, $t: DateTime!) { proposeAppointment(matchId: $id, times: [$t]) { id } }"
        made = (await self.graphql(self.mentor, propose, id=self.match_id, t=moment))["id"]
        accept = "mutation($a: UUID!, $t: DateTime!) { acceptAppointment(appointmentId: $a, startsAt: $t) { state } }"
        assert (await self.graphql(self.mentee, accept, a=made, t=moment))["state"] == "agreed"
        return str(made)

    async def appoint(self) -> str:
        kept, off = await self._agreed(self.ahead(days=2)), await self._agreed(self.ahead(days=9))
        other = self.ahead(days=1)
        move = "mutation($a: UUID!, $t: DateTime!) { proposeOtherTimes(appointmentId: $a, times: [$t]) { state } }"
        await self.graphql(self.mentee, move, a=kept, t=other)
        accept = (
            "mutation($a: UUID!, $t: DateTime!) { acceptAppointment(appointmentId: $a, startsAt: $t) { sequence } }"
        )
        assert (await self.graphql(self.mentor, accept, a=kept, t=other))["sequence"] == 1
        await self.graphql(self.mentor, "mutation($a: UUID!) { cancelAppointment(appointmentId: $a) { state } }", a=off)
        opened = await self.graphql(self.mentee, "mutation { openFeed { feedPath } }")
        feed = await self.calendar(opened["feedPath"])
        assert (f"{kept}@mentoring" in feed, f"{off}@mentoring" in feed) == (True, False)
        return kept

    async def meet(self, appointment_id: str) -> None:
        hold = """mutation($a: UUID!, $m: Int, $n: String) {
            holdAppointment(appointmentId: $a, minutes: $m, note: $n) { mentoringSessionId } }"""
        held = await self.graphql(self.mentor, hold, a=appointment_id, m=45, n="Mine alone")
        await self.graphql(self.mentee, hold, a=appointment_id)
        add = """mutation($s: UUID!) {
            addNote(mentoringSessionId: $s, text: "Mine", visibility: PAIR, shared: true) { id version } }"""
        note = await self.graphql(self.mentor, add, s=held["mentoringSessionId"])
        change = """mutation($n: UUID!, $v: Int!) {
            changeNote(noteId: $n, expectedVersion: $v, text: "Ours") { writtenWith } }"""
        both = await self.graphql(self.mentee, change, n=note["id"], v=note["version"])
        assert both == {"writtenWith": [self.journey.people[self.mentee]]}
        shown = await self.of("mentoringSessions { nodes { confirmedAt notes { text } } }")
        (one,) = shown["mentoringSessions"]["nodes"]
        assert (one["notes"], bool(one["confirmedAt"])) == ([{"text": "Ours"}], True)

    async def open_notes(self) -> None:
        asked, approves = self.two
        ask = 'mutation($id: UUID!) { breakGlass(matchId: $id, reason: "Somebody may come to harm") { id } }'
        made = (await self.graphql(asked, ask, id=self.match_id))["id"]
        approve = "mutation($g: UUID!) { approveGlassBreak(glassBreakId: $g) { state } }"
        assert await self.graphql(approves, approve, g=made) == {"state": "open"}
        opened = "query($g: UUID!) { openedNotes(glassBreakId: $g) { text } }"
        assert {one["text"] for one in await self.graphql(asked, opened, g=made)} == {"Mine alone", "Ours"}
        seen = await self.of("glassBreaks { reason }")
        assert seen["glassBreaks"] == [{"reason": "Somebody may come to harm"}]

    async def renew(self) -> None:
        stands = (await self.of("currentAgreement { revision runsOutAt }", self.mentor))["currentAgreement"]
        assert stands["runsOutAt"]
        renew = """mutation($id: UUID!, $v: Int!) {
            renewAgreement(matchId: $id, expectedVersion: $v) { agreement { signedByAll } } }"""
        await self.graphql(self.mentor, renew, id=self.match_id, v=stands["revision"])
        sign = "mutation($id: UUID!) { signAgreement(matchId: $id, version: 2) { agreement { signedByAll } } }"
        assert (await self.graphql(self.mentee, sign, id=self.match_id))["agreement"] == {"signedByAll": True}

    async def miss_and_correct(self) -> Callable[[], Awaitable[None]]:
        made = await self._agreed(self.ahead(hours=1))

        async def then() -> None:
            miss = "mutation($a: UUID!) { missAppointment(appointmentId: $a) { state } }"
            assert (await self.graphql(self.mentee, miss, a=made))["state"] == "missed"
            before = (await self.of("totalMinutes"))["totalMinutes"]
            hold = """mutation($a: UUID!) {
                holdAppointment(appointmentId: $a, minutes: 30, reason: "By another door") { state } }"""
            assert (await self.graphql(self.mentor, hold, a=made))["state"] == "held"
            assert (await self.of("totalMinutes"))["totalMinutes"] == before + 30
            read = "query($a: UUID!) { appointmentCorrections(appointmentId: $a) { nodes { reason } } }"
            assert (await self.graphql(self.mentee, read, a=made))["nodes"] == [{"reason": "By another door"}]

        return then

    async def set_goals(self) -> None:
        new = 'mutation($id: UUID!) { setGoal(matchId: $id, text: "A paper") { id version } }'
        goal = await self.graphql(self.mentee, new, id=self.match_id)
        add = 'mutation($g: UUID!) { addAction(goalId: $g, text: "A draft") { id version } }'
        step = await self.graphql(self.mentor, add, g=goal["id"])
        done = (
            "mutation($a: UUID!, $v: Int!) { changeAction(actionId: $a, expectedVersion: $v, done: true) { doneAt } }"
        )
        await self.graphql(self.mentee, done, a=step["id"], v=step["version"])
        reach = (
            "mutation($g: UUID!, $v: Int!) { changeGoal(goalId: $g, expectedVersion: $v, state: REACHED) { state } }"
        )
        await self.graphql(self.mentee, reach, g=goal["id"], v=goal["version"])
        (shown,) = (await self.of("goals { nodes { state actions { doneAt } } }", self.mentor))["goals"]["nodes"]
        assert (shown["state"], bool(shown["actions"][0]["doneAt"])) == ("reached", True)

    async def keep_habit(self) -> None:
        new = 'mutation($p: UUID!) { commitToHabit(programmeId: $p, text: "Write", times: 1, weeks: 1) { id } }'
        habit = (await self.graphql(self.mentee, new, p=self.journey.programme_id))["id"]
        day = str(self.now().date())
        mark = "mutation($h: UUID!, $d: Date!) { markHabit(habitId: $h, day: $d) { markedOn } }"
        assert (await self.graphql(self.mentee, mark, h=habit, d=day))["markedOn"] == [day]
        ask = "mutation($h: UUID!) { askHabitFeedback(habitId: $h, asked: PEER, weeks: [1]) { page } }"
        (link,) = await self.graphql(self.mentee, ask, h=habit)
        give = """mutation($o: UUID!, $t: String!) {
            giveHabitFeedback(organisationId: $o, token: $t, seen: 4) }"""
        token = link["page"].rsplit("/", 1)[-1]
        assert await self.graphql(self.mentor, give, o=str(self.journey.tenant), t=token) == 1
        read = "query($h: UUID!) { habitFeedback(habitId: $h) { feedback { seen } } }"
        assert await self.graphql(self.mentee, read, h=habit) == [{"feedback": [{"seen": 4}]}]

    async def say_how_it_goes(self) -> None:
        check_in = 'mutation($id: UUID!) { checkIn(matchId: $id, goingWell: 4, comment: "Well") { goingWell } }'
        assert (await self.graphql(self.mentee, check_in, id=self.match_id))["goingWell"] == 4
        new = 'mutation($id: UUID!) { raiseConcern(matchId: $id, text: "No time") { id version } }'
        concern = await self.graphql(self.mentee, new, id=self.match_id)
        change = """mutation($c: UUID!, $v: Int!) {
            changeConcern(concernId: $c, expectedVersion: $v, state: RESOLVED) { state text } }"""
        done = await self.graphql(self.team, change, c=concern["id"], v=concern["version"])
        assert done == {"state": "resolved", "text": "No time"}

    async def attend(self) -> None:
        new = """mutation($p: UUID!, $t: DateTime!, $m: [String!]) { planActivity(programmeId: $p, kind: "cpd",
            title: "Writing", mode: ONLINE, minutes: 60, startsAt: $t, materials: $m) { id } }"""
        told = {"p": self.journey.programme_id, "t": self.now().isoformat(), "m": [MATERIAL]}
        made = (await self.graphql(self.team, new, **told))["id"]
        register = "mutation($a: UUID!) { registerForActivity(activityId: $a) { materials } }"
        assert (await self.graphql(self.mentee, register, a=made))["materials"] == [MATERIAL]
        door = "query($a: UUID!) { activityDoor(activityId: $a) { doorCode } }"
        code = (await self.graphql(self.team, door, a=made))["doorCode"]
        attend = "mutation($a: UUID!, $c: String!) { attendByCode(activityId: $a, code: $c) { id } }"
        await self.graphql(self.mentee, attend, a=made, c=code)
        mine = await self.graphql(self.mentee, "{ me { attended { activityId } } }")
        assert {"activityId": made} in mine["attended"]

    async def read_up(self) -> None:
        give = """mutation($p: UUID!, $w: [NewWording!]!, $i: [UUID!]) {
            giveResource(programmeId: $p, wordings: $w, invited: $i) { id } }"""
        told = {"w": [FIRST_STEPS, CAMAU], "i": [self.journey.people[self.mentee]]}
        made = (await self.graphql(self.team, give, p=self.journey.programme_id, **told))["id"]
        library = "query($p: UUID!) { programme(id: $p) { resources { nodes { id text languages } } } }"
        shown = (await self.graphql(self.mentee, library, p=self.journey.programme_id))["resources"]["nodes"]
        assert {"id": made, "text": "Meet soon.", "languages": ["en", "cy"]} in shown
        read = "mutation($r: UUID!) { markResourceRead(resourceId: $r) { readNumber } }"
        assert await self.graphql(self.mentee, read, r=made) == {"readNumber": 1}
        again = """mutation($r: UUID!, $w: [NewWording!]!) {
            publishResource(resourceId: $r, wordings: $w, tellReaders: true) { number } }"""
        assert await self.graphql(self.team, again, r=made, w=[FIRST_STEPS]) == {"number": 2}

    async def review(self, kind: str) -> None:
        async def opened() -> str | None:
            shown = (await self.of("reviews { nodes { id kind } }"))["reviews"]["nodes"]
            return next((str(one["id"]) for one in shown if one["kind"] == kind), None)

        review = await eventually(opened, what=kind)
        answer = "mutation($r: UUID!) { answerReview(reviewId: $r, goingWell: 4, wish: CONTINUE) { kind } }"
        for who in (self.mentor, self.mentee):
            await self.graphql(who, answer, r=review)
        conclude = "mutation($r: UUID!) { concludeReview(reviewId: $r, outcome: CONTINUE) { outcome } }"
        assert await self.graphql(self.team, conclude, r=review) == {"outcome": "continue"}

    async def pause(self) -> None:
        pause = 'mutation($id: UUID!) { pauseRelationship(matchId: $id, reason: "Away") { pausedAt } }'
        await self.graphql(self.mentee, pause, id=self.match_id)

    async def go_on(self) -> int:
        resume = "mutation($id: UUID!) { resumeRelationship(matchId: $id) { pausedDays } }"
        days: int = (await self.graphql(self.mentee, resume, id=self.match_id))["pausedDays"]
        return days

    async def rhythm(self) -> tuple[int, bool]:
        shown = await self.of("expectedMinutes quietSince")
        return shown["expectedMinutes"], shown["quietSince"] is not None

    async def extend(self, days: int) -> datetime:
        ends_on: date = datetime.fromisoformat((await self.of("endsAt"))["endsAt"]).date() + timedelta(days=days)
        move = """mutation($id: UUID!, $d: Date!) {
            moveEnd(matchId: $id, endsOn: $d, reason: "More to do") { endsAt } }"""
        moved = await self.graphql(self.team, move, id=self.match_id, d=str(ends_on))
        return datetime.fromisoformat(moved["endsAt"])

    async def say_farewell(self) -> None:
        say = 'mutation($id: UUID!) { sayFarewell(matchId: $id, words: "Thank you", goesOn: true) { goingOn } }'
        await self.graphql(self.mentor, say, id=self.match_id)
        shown = await self.of("farewells { others { words } }")
        assert shown["farewells"] == {"others": [{"words": "Thank you"}]}

    async def hand_over(self) -> None:
        give = "mutation($id: UUID!, $m: UUID!) { handOverMatch(matchId: $id, mentorId: $m) { id } }"
        made = await self.graphql(self.team, give, id=self.match_id, m=self.journey.people[self.next_mentor])
        read = "query($id: UUID!) { match(id: $id) { relationship { continues } } }"
        self.carried_on = made["id"]

        async def carried_on() -> bool:
            found = (await self.graphql(None, read, id=made["id"]))["relationship"]
            return found is not None and found["continues"] == self.match_id

        await eventually(carried_on, what="the relationship that carries on")
        consent = """mutation($id: UUID!) {
            consentToHandover(matchId: $id, goals: true, agreement: false, history: true) { state } }"""
        await self.graphql(self.mentee, consent, id=made["id"])
        before = """query($id: UUID!) { relationship(matchId: $id) {
            handover { goals agreement before { mentoringSessions } } } }"""
        shown = await self.graphql(self.next_mentor, before, id=made["id"])
        assert shown["handover"] == {"goals": True, "agreement": False, "before": {"mentoringSessions": 2}}

    async def is_closed(self) -> bool:
        query = "query($id: UUID!) { relationship(matchId: $id) { state } }"
        return bool(await self.graphql(self.mentee, query, id=self.carried_on) == {"state": "closed"})

    async def notified(self) -> set[str]:
        mine = await self.graphql(self.mentee, "{ me { notifications(first: 100) { nodes { kind } } } }")
        return {one["kind"] for one in mine["notifications"]["nodes"]}


async def two_pairs(journey: Journey) -> tuple[ByRest, ByGraphql]:
    """A programme with a coordinator, two pairs, and two mentors more who could carry on."""
    activities = yaml_text.ours((ROOT / "blueprints" / "nihr.yaml").read_text("utf-8"))["activities"]
    await journey.begin(
        activities=activities | {"orientation": {"compulsory": False}}, reviews=REVIEWS, agreement=AGREEMENT
    )
    await journey.appoint("Mia", "COORDINATOR")
    for name in ("Max", "Moe"):
        await journey.appoint(name, "PROGRAMME_MANAGER")
    await journey.pair_up()
    for name in ("Fay", "Gia"):
        await journey.apply_and_accept(name, "MENTOR")
    one, other = journey.pairs
    rest = ByRest(journey, one["id"], one["mentor"], one["mentee"], "Fay")
    graphql = ByGraphql(journey, other["id"], other["mentor"], other["mentee"], "Gia")
    for pair in (rest, graphql):
        await eventually(pair.is_active, what="the start of the relationship")
    return rest, graphql


async def test_a_year_of_two_pairs(organisation: Journey) -> None:
    """Agreement, appointments, notes, goals, habits, check-ins, concerns, activities, library, reviews, breaks,
    notes that two people open, another mentor, the end of the programme."""
    pairs, clock = await two_pairs(organisation), organisation.stack.clock
    planned = []
    for pair in pairs:
        await pair.agree()
        planned.append(await pair.appoint())
    clock.move_by(timedelta(days=3))
    for pair, appointment_id in zip(pairs, planned, strict=True):
        await pair.meet(appointment_id)
        await pair.open_notes()
        await pair.review("fit_check")
        await pair.set_goals()
        await pair.keep_habit()
        await pair.say_how_it_goes()
        await pair.attend()
        await pair.read_up()
    clock.move_by(timedelta(days=60))
    for pair in pairs:
        expected, quiet = await pair.rhythm()
        assert (expected > 0, quiet) == (True, True), "they have not met for two months"
        await pair.pause()
    clock.move_by(timedelta(days=10))
    assert [await pair.go_on() for pair in pairs] == [10, 10]
    corrections = [await pair.miss_and_correct() for pair in pairs]
    clock.move_by(timedelta(hours=2))
    for correct in corrections:
        await correct()
    clock.move_by(timedelta(days=130))
    for pair in pairs:
        await pair.review("mid_term")
        await pair.renew()
    ends = [await pair.extend(30) for pair in pairs]
    clock.move_by(min(ends) - clock.now() - timedelta(days=10))
    for pair in pairs:
        await pair.review("end")
        await pair.say_farewell()
        await pair.hand_over()
    close = "mutation($p: UUID!) { closeProgramme(programmeId: $p, reason: RAN_ITS_COURSE) { closedAt } }"
    assert (await organisation.ask(close, "Mia", p=organisation.programme_id))["closeProgramme"]["closedAt"]
    for pair in pairs:
        await eventually(pair.is_closed, what="the end of the relationship, with its programme")
        assert {"appointment", "review", "resource", "relationship"} <= await pair.notified()
        await pair.is_told()
