"""What the team makes of a finished programme: case studies, themes, recommendations, indicators, who came back."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from mentoring_allinone.demo.pairs import Pair
from mentoring_allinone.demo.people import Person
from mentoring_allinone.demo.stage import Stage
from mentoring_allinone.hands import ask, change, pages, together
from mentoring_common import yaml_text


@cache
def plan() -> Mapping[str, Any]:
    """What is found and recommended (findings.yaml)."""
    content: Mapping[str, Any] = yaml_text.ours(files(__package__).joinpath("findings.yaml").read_text("utf-8"))
    return content


async def write_case_study(stage: Stage, match_id: str, pair: Pair) -> None:
    """The interviewer writes what both interviews tell; mentor and mentee read and approve the same version."""
    mentee, mentor = stage.people[pair.mentee], stage.people[pair.mentor]
    known = {
        "mentee_discipline": mentee.discipline.lower(),
        "mentor_discipline": mentor.discipline.lower(),
        "topic": mentee.criteria[0].replace("_", " "),
    }
    sections = {title: text.format(**known) for title, text in plan()["case_study"].items()}
    path = f"/evaluation/matches/{match_id}/case-study"
    study = await ask(stage.office("interviewer"), "POST", path, json={"sections": sections})
    for key in (pair.mentor, pair.mentee):
        read = await ask(stage.person(key), "GET", f"/evaluation/case-studies/{study['id']}")
        approval = {"version": read["version"]}
        await ask(stage.person(key), "POST", f"/evaluation/case-studies/{study['id']}/approve", json=approval)


async def find_themes(stage: Stage) -> None:
    """The coordinator reads every quote and comment, names themes and says where each is; the manager approves them."""
    base, office = f"/evaluation/programmes/{stage.programme_id}", stage.office("coordinator")
    texts = [text for kind in ("quote", "comment") for text in await pages(office, f"{base}/texts", kind=kind)]
    goals = {goal["title"]: goal["id"] for goal in await pages(office, f"{base}/goals")}
    aims = stage.scenario.blueprint["aims"]
    for theme in plan()["themes"]:
        new = {"title": theme["title"], "description": theme["description"]}
        path = f"/evaluation/themes/{(await ask(office, 'POST', f'{base}/themes', json=new))['id']}"
        judged = {"impact": theme["impact"], "effort": theme["effort"]}
        aligned = {"goal_ids": [goals[aims[place]] for place in theme["aims"]]}
        read = await change(office, path, **judged, **aligned)
        found = [reference for text in texts for reference in _coded(text, theme["found_where_said"])]
        await ask(office, "POST", f"{path}/codings", json={"texts": found})
        await ask(stage.office(), "POST", f"{path}/approve", json={"version": read["wording_version"]})


def _coded(text: Mapping[str, Any], said: list[str]) -> Iterator[dict[str, str]]:
    if any(words in text["text"].lower() for words in said):
        yield {name: text[name] for name in ("quote_id", "comment_id") if text[name]}


async def recommend(stage: Stage) -> None:
    """What should be done, by whom and until when."""
    base, office = f"/evaluation/programmes/{stage.programme_id}", stage.office()
    themes = {theme["title"]: theme["id"] for theme in (await ask(office, "GET", f"{base}/themes"))["items"]}
    for one in plan()["recommendations"]:
        new = {
            "text": one["text"],
            "theme_id": themes.get(one["theme"]),
            "owner_id": stage.team[one["owner"]],
            "team": one.get("team"),
            "due_at": f"{one['due']}T17:00:00Z",
        }
        made = await ask(office, "POST", f"{base}/recommendations", json=new)
        approval = {"version": made["wording_version"]}
        await ask(office, "POST", f"/evaluation/recommendations/{made['id']}/approve", json=approval)


async def follow_up(stage: Stage) -> None:
    """The owners report how it goes."""
    path = f"/evaluation/programmes/{stage.programme_id}/recommendations"
    for kept, one in zip(await pages(stage.office(), path), plan()["recommendations"], strict=True):
        for act in one["acts"]:
            told, where = {"note": one["note"], "act": act}, f"/evaluation/recommendations/{kept['id']}/follow-ups"
            await ask(stage.office(one["owner"]), "POST", where, json=told)


async def come_back(stage: Stage) -> None:
    """Some who were in pairs apply as mentors to the programme that follows."""
    admin = stage.admin
    new = {"blueprint": "nihr", "title": "The mentoring programme that follows"}
    following = await ask(admin, "POST", "/applications/programmes", json=new)
    path = f"/applications/programmes/{following['id']}/applications"
    await together(_apply_again(stage, person, path) for person in _returning(stage))
    await stage.settle()


def _returning(stage: Stage) -> Iterator[Person]:
    for role, number in stage.scenario.later_mentors.items():
        matched = [person for person in stage.cast.people if person.role == role and person.plan.ending == "matched"]
        yield from matched[:: len(matched) // number][:number]  # of all cohorts


async def _apply_again(stage: Stage, person: Person, path: str) -> None:
    answers = person.form_answers()
    for asked_of_mentees in ("previous_access", "postdoctoral_award", "infrastructure_position"):
        answers.pop(asked_of_mentees, None)
    answers = {"senior_leader": False, "capacity": 1} | answers
    body = {"role": "mentor", "cohort_id": None, "answers": answers, "consents": {"privacy_notice": "2022-02"}}
    await ask(stage.person(person.key), "POST", path, json=body)


async def record_indicators(stage: Stage) -> None:
    """What no figure measures by itself, counted from the records and recorded with base and source."""
    base, office = f"/evaluation/programmes/{stage.programme_id}", stage.office()
    counted = _of_pairs(stage) | await _of_people(stage) | await _of_intentions(stage)
    today = stage.clock.now().date().isoformat()
    for indicator, (numerator, of, source) in counted.items():
        value = {"numerator": numerator, "base": of, "source": source, "measured_on": today}
        await ask(office, "POST", f"{base}/indicators/{indicator}/values", json=value)


def _of_pairs(stage: Stage) -> dict[str, tuple[int, int, str]]:
    standing = sum(match.standing for match in stage.matches.values())
    return {"pairs_stayed": (standing, len(stage.matches), "confirmed matches and those that ended early")}


async def _of_people(stage: Stage) -> dict[str, tuple[int, int, str]]:
    path = f"/evaluation/programmes/{stage.programme_id}/figures"
    figures = (await ask(stage.office(), "GET", path))["figures"]
    overall = [figure for figure in figures if figure["cohort"] is None and figure["role"] is None]
    people = next(figure["value"] for figure in overall if figure["name"] == "matched_people")
    came = {
        figure["breakdown"]["mode"]: figure["value"] for figure in overall if figure["name"] == "cpd_participants"
    }  # fmt: skip
    return {f"cpd_{mode}": (number, people, "attendance of CPD sessions") for mode, number in came.items()}


async def _of_intentions(stage: Stage) -> dict[str, tuple[int, int, str]]:
    path = f"/evaluation/programmes/{stage.programme_id}/intentions"
    items = (await ask(stage.office(), "GET", path))["items"]
    named = {"mentee": "mentees_became_mentors", "mentor": "mentors_returned"}
    return {
        named[one["role"]]: (one["did"]["numerator"], one["people"], "later applications to the organisation")
        for one in items
        if one["cohort"] is None
    }
