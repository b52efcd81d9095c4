"""Evaluation: waves that the clock opens and closes, answers with the token of the invitation, interviews, reports."""

import re
from typing import Any

from mentoring_allinone.demo.findings import write_case_study
from mentoring_allinone.demo.pairs import interviewed_pairs, transcript_pages
from mentoring_allinone.demo.scenario import COHORTS, Interviews, Wave
from mentoring_allinone.demo.stage import Stage, refused
from mentoring_allinone.demo.words import QUOTES
from mentoring_allinone.failures import DemoFailed
from mentoring_allinone.hands import ask, pages, together, until
from mentoring_contracts.words import SIDES

_LINK = re.compile(r"/pages/surveys/[0-9a-f-]+/([A-Za-z0-9_-]+)")


async def wave_id(stage: Stage, wave: Wave) -> str:
    """The id of a wave."""
    path = f"/evaluation/programmes/{stage.programme_id}/waves"
    rows = await pages(stage.office(), path, cohort_id=stage.cohort_ids[wave.cohort])
    return next(str(row["id"]) for row in rows if row["instrument"] == wave.survey)


async def answer_wave(stage: Stage, wave: Wave) -> None:
    """The wave is open: those who answer take the link from their invitation."""
    id_ = await wave_id(stage, wave)
    await _until_state(stage, id_, "open")
    await stage.settle()
    sheets = [
        (key, answers)
        for role in ("mentor", "mentee")
        for key, answers in zip(
            stage.cast.respondents[wave.survey, wave.cohort, role],
            stage.plan.answers[wave.survey, wave.cohort, role],
            strict=True,
        )
    ]
    await together(_answer(stage, id_, key, dict(answers)) for key, answers in sheets)


async def _answer(stage: Stage, id_: str, key: str, answers: dict[str, Any]) -> None:
    token = await _token(stage, id_, key)
    path = f"/evaluation/public/{stage.organisation_id}"
    anybody = stage.anybody
    form = await ask(anybody, "GET", f"{path}/surveys/{token}")
    known = {question["id"] for question in form["questions"]}
    if unknown := set(answers) - known:
        raise DemoFailed(f"the survey does not ask {sorted(unknown)}")
    await ask(anybody, "POST", f"{path}/responses", json={"token": token, "answers": answers})


async def _token(stage: Stage, id_: str, key: str) -> str:
    async def invited() -> Any:
        return stage.mail(key, "survey_invitation", id_)

    message = (await until(invited, "an invitation by mail"))[0]
    link = _LINK.search(message.text)
    if link is None:
        raise DemoFailed("the invitation has no link to the survey")
    return link.group(1)


async def wave_closed(stage: Stage, wave: Wave) -> None:
    """The clock has closed the wave: a late answer is refused, the counts are frozen."""
    id_ = await wave_id(stage, wave)
    state = await _until_state(stage, id_, "closed")
    expected = {role: wave.responses[role] for role in ("mentor", "mentee")}
    if state["responses"] != expected:
        raise DemoFailed(f"{wave.survey} of cohort {wave.cohort} has {state['responses']} responses")
    late = next(
        p.key
        for p in stage.cast.matched(wave.cohort, "mentee")
        if p.key not in stage.cast.respondents[wave.survey, wave.cohort, "mentee"]
    )
    token = await _token(stage, id_, late)
    body = {"token": token, "answers": {}}
    path = f"/evaluation/public/{stage.organisation_id}/responses"
    await refused(stage, "an answer after the wave closed", stage.anybody, "POST", path, json=body)
    await stage.settle()


async def _until_state(stage: Stage, id_: str, state: str) -> dict[str, Any]:
    async def reached() -> dict[str, Any] | None:
        wave: dict[str, Any] = await ask(stage.office(), "GET", f"/evaluation/waves/{id_}")
        return wave if wave["state"] == state else None

    found: dict[str, Any] = await until(reached, f"a wave that is {state}")
    return found


async def interview(stage: Stage, interviews: Interviews) -> None:
    """Two interviews a pair: consent, transcript, the person's approval of the summary."""
    standing = {m.pair: m.id for m in stage.matches.values() if m.cohort == interviews.cohort and m.standing}
    chosen = interviewed_pairs(interviews, standing)
    sides = [(place, side) for place in range(len(chosen)) for side in SIDES]
    await together(
        _interview(stage, standing[chosen[place]], getattr(chosen[place], side), side, count, quotes)
        for (place, side), count in zip(sides, transcript_pages(interviews), strict=True)
        for quotes in (_quotes(interviews.cohort, place, side),)
    )
    await write_case_study(stage, standing[chosen[0]], chosen[0])
    await stage.settle()


async def _interview(stage: Stage, match_id: str, key: str, side: str, count: int, quotes: list[str]) -> None:
    interviewer, person = stage.office("interviewer"), stage.person(key)
    body = {"person_id": stage.person_ids[key], "scheduled_at": stage.clock.now().isoformat()}
    made = await ask(interviewer, "POST", f"/evaluation/matches/{match_id}/interviews", json=body)
    path = f"/evaluation/interviews/{made['id']}"
    await ask(person, "POST", f"{path}/consent")
    summary = f"The {side} on the focus of the relationship and its value."
    transcript = {"pages": count, "summary": summary, "quotes": quotes}
    await ask(interviewer, "POST", f"{path}/transcript", json=transcript)
    await ask(person, "POST", f"{path}/approve")


def _quotes(cohort: int, place: int, side: str) -> list[str]:
    """What one of the pair at this place is quoted with, while there are words: nobody says what another has said."""
    return list(QUOTES[side][cohort - 1 :: len(COHORTS)][place : place + 1])
