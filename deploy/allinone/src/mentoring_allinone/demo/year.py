"""The year of the pairs: orientation, agreements, mentoring sessions, CPD, check-ins, closing."""

from datetime import UTC, date, datetime, time

from mentoring_allinone.demo.attendance import CpdSession
from mentoring_allinone.demo.pairs import Meeting
from mentoring_allinone.demo.stage import Match, Stage
from mentoring_allinone.hands import ask, graphql, together

MEET = """
mutation Meet($match: UUID!, $at: DateTime!, $minutes: Int!, $note: String) {
  recordMentoringSession(matchId: $match, heldAt: $at, minutes: $minutes, mode: ONLINE, note: $note,
                         noteVisibility: MINE) { totalMinutes }
}"""


async def orientation(stage: Stage, cohort: int, on: date) -> None:
    """The compulsory orientation of a cohort, online, and who came."""
    body: dict[str, object] = {
        "kind": "orientation",
        "title": f"Orientation of cohort {cohort}",
        "mode": "online",
        "starts_at": _at(on, 10),
        "minutes": 90,
        "cohort_id": stage.cohort_ids[cohort],
    }
    await _hold(stage, body, stage.cast.attendance.orientation[cohort])


async def cpd(stage: Stage, session: CpdSession) -> None:
    """One CPD session, online or in person."""
    body: dict[str, object] = {
        "kind": "workshop",
        "title": session.topic,
        "mode": "in_person" if session.place else "online",
        "location": session.place,
        "starts_at": _at(session.date, 12),
        "minutes": 150 if session.place else 60,
        "topics": [session.topic],
    }
    await _hold(stage, body, session.attended_by)


async def _hold(stage: Stage, body: dict[str, object], attended_by: tuple[str, ...]) -> None:
    office = stage.office("coordinator")
    path = f"/sessions/programmes/{stage.programme_id}/activities"
    made = await ask(office, "POST", path, json={k: v for k, v in body.items() if v is not None})
    people = {"person_ids": [stage.person_ids[key] for key in attended_by]}
    await ask(office, "POST", f"/sessions/activities/{made['id']}/attendance", json=people)
    await ask(office, "POST", f"/sessions/activities/{made['id']}/held")
    await stage.settle()


async def sign_agreements(stage: Stage, cohort: int) -> None:
    """Each pair of a cohort writes down and signs its agreement, and sets a goal."""
    await together(_agree(stage, match) for match in stage.matches.values() if match.cohort == cohort)


async def _agree(stage: Stage, match: Match) -> None:
    path = f"/sessions/relationships/{match.id}"
    mentee, mentor = stage.person(match.pair.mentee), stage.person(match.pair.mentor)
    topic = stage.people[match.pair.mentee].criteria[0].replace("_", " ")
    await ask(mentee, "POST", f"{path}/agreement", json={"terms": "We meet every two months, in confidence."})
    await ask(mentee, "POST", f"{path}/agreement/sign")
    await ask(mentor, "POST", f"{path}/agreement/sign")
    await ask(mentee, "POST", f"{path}/goals", json={"text": f"Progress with {topic}"})


async def meet(stage: Stage, match: Match, meeting: Meeting) -> None:
    """One mentoring session of a pair, with the mentee's private note."""
    held = {"match": match.id, "at": _at(meeting.date, 8), "minutes": meeting.minutes}
    await graphql(stage.person(match.pair.mentee), MEET, **held, note="What I want to remember of today.")


async def check_in(stage: Stage, cohort: int) -> None:
    """The check-in point: every mentee says how it goes."""
    standing = [m for m in stage.matches.values() if m.cohort == cohort and m.standing]
    await together(
        ask(
            stage.person(match.pair.mentee),
            "POST",
            f"/sessions/relationships/{match.id}/check-ins",
            json={"going_well": 4},
        )
        for match in standing
    )


async def close_relationships(stage: Stage, cohort: int) -> None:
    """The relationships of a cohort have run their course."""
    standing = [m for m in stage.matches.values() if m.cohort == cohort and m.standing]
    await together(ask(stage.admin, "POST", f"/sessions/relationships/{m.id}/close") for m in standing)
    await stage.settle()


def _at(day: date, hour: int) -> str:
    return datetime.combine(day, time(hour), UTC).isoformat()
