"""What happens in every programme: recruitment, decisions, matching, offers, meetings, activities, surveys, report."""

import csv
import io
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from mentoring_allinone.failures import DemoFailed
from mentoring_allinone.hands import ask, pages, together, until
from mentoring_allinone.plays.forms import answers_of
from mentoring_allinone.plays.troupe import SURVEY, Pair, Player, Troupe
from mentoring_contracts.words import SIDES

WORDS = "It helped me to see my work with other eyes."
AT_ONCE = 500  # people whose attendance one request takes
TEAM = {"programme_manager": "Robin Hale", "coordinator": "Sam Okoro"}


async def own_programme(troupe: Troupe, name: str) -> str:
    """The administrator makes the programme from its blueprint."""
    return str((await ask(troupe.admin, "POST", "/applications/programmes", json={"blueprint": name}))["id"])


async def found(troupe: Troupe, name: str, make: Callable[[Troupe, str], Awaitable[str]] = own_programme) -> None:
    """The operator makes the organisation; its administrator makes the programme, its team and its cohorts."""
    operator = troupe.client("operator", "platform:admin")
    body = {"name": f"The organisation of {troupe.blueprint.title}", "slug": name[:40]}
    troupe.organisation_id = (await ask(operator, "POST", "/applications/organisations", json=body))["id"]
    troupe.programme_id = await make(troupe, name)
    for role, who in TEAM.items():
        await troupe.member(role, who)
    path = f"/applications/programmes/{troupe.programme_id}/cohorts/from-blueprint"
    troupe.cohort_ids = {cohort["number"]: cohort["id"] for cohort in (await ask(troupe.admin, "POST", path))["items"]}
    await troupe.settle()


async def import_players(troupe: Troupe, players: list[Player], attributes: dict[str, list[str]]) -> None:
    """An HR system hands over everybody as a CSV file; each attribute of it takes its values in turn."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["name", "email", "employer", *attributes])
    for place, player in enumerate(players):
        given = [values[place % len(values)] for values in attributes.values()]
        writer.writerow([player.name, player.email, f"Employer {place % 31 + 1}", *given])
    headers = {"content-type": "text/csv"}
    done = await ask(
        troupe.admin, "POST", "/integrations/imports/people", content=text.getvalue().encode(), headers=headers
    )
    if done["accepted"] != len(players):
        raise DemoFailed(f"{done['accepted']} of {len(players)} people were imported")
    ids = {row["email"]: row["id"] for row in await pages(troupe.admin, "/applications/people")}
    for player in players:
        player.id = ids[player.email]


async def apply(troupe: Troupe, player: Player, **changes: Any) -> None:
    """Somebody sends the form; `changes` are answers of theirs."""
    rng = Random(f"{troupe.blueprint.id} {player.email}")
    answers, consents = answers_of(troupe.blueprint, player.side, rng)
    player.answers = answers | changes
    body = {
        "role": player.side,
        "cohort_id": troupe.cohort_ids[player.cohort],
        "answers": player.answers,
        "consents": consents,
    }
    said = troupe.blueprint.nominations
    if said is not None and player.side in said.roles:
        body["nominator"] = {"name": f"Director of {player.name}", "email": nominator_of(player)}
    path = f"/applications/programmes/{troupe.programme_id}/applications"
    player.application_id = (await ask(troupe.of(player), "POST", path, json=body))["id"]


def nominator_of(player: Player) -> str:
    """The address of who stands behind an applicant: nobody of the programme, and without an account."""
    return f"director.{player.email}"


async def apply_all(troupe: Troupe, cohort: int) -> None:
    """Everybody of a cohort applies."""
    await together(apply(troupe, player) for player in troupe.players if player.cohort == cohort)
    await troupe.settle()


async def accept_all(troupe: Troupe, cohort: int) -> None:
    """Who applied to a cohort is in, as far as there are places; the others wait."""
    places = next(one.places for one in troupe.blueprint.cohorts if one.number == cohort)
    for side in SIDES:
        for number, player in enumerate(troupe.cast(cohort, side)):
            player.accepted = side == "mentor" or number < places
            decision = "accept" if player.accepted else "waitlist"
            path = f"/applications/applications/{player.application_id}/decision"
            await ask(troupe.office(), "POST", path, json={"decision": decision})
    await troupe.settle()


async def match(troupe: Troupe, cohort: int, kind: str = "full") -> dict[str, Any]:
    """The coordinator runs the matching of a cohort and sends the offers; the completed run."""
    office, cohort_id = troupe.office("coordinator"), troupe.cohort_ids[cohort]

    async def known() -> bool:
        members = await pages(office, f"/matching/cohorts/{cohort_id}/pool")
        return bool(members) and all(member["state"] != "pending_profile" for member in members)

    await until(known, "the pool")
    queued = await ask(office, "POST", f"/matching/cohorts/{cohort_id}/runs", json={"kind": kind, "seed": 1})

    async def completed() -> dict[str, Any] | None:
        run: dict[str, Any] = await ask(office, "GET", f"/matching/runs/{queued['id']}")
        if run["state"] in ("failed", "cancelled"):
            raise DemoFailed(f"the matching run {run['state']}")
        return run if run["state"] == "completed" else None

    run: dict[str, Any] = await until(completed, "the matching run")
    if not run["pairs"]:
        raise DemoFailed("the matching run proposes no pair")
    await ask(office, "POST", f"/matching/runs/{run['id']}/approve", json={})
    await troupe.settle()
    return run


async def answer_offers(troupe: Troupe, cohort: int) -> list[Pair]:
    """Both of each pair accept; the pairs that are confirmed by it."""
    office, cohort_id = troupe.office("coordinator"), troupe.cohort_ids[cohort]
    by_id = {player.id: player for player in troupe.players}
    offers = await pages(office, "/matching/matches", cohort_id=cohort_id, state="proposed")
    sides = [(offer["id"], by_id[offer[f"{side}_id"]]) for offer in offers for side in SIDES]
    await together(ask(troupe.of(who), "POST", f"/matching/matches/{id_}/accept") for id_, who in sides)
    await troupe.settle()
    known = {pair.id for pair in troupe.pairs}
    confirmed = await pages(office, "/matching/matches", cohort_id=cohort_id, state="confirmed")
    new = [
        Pair(row["id"], cohort, by_id[row["mentor_id"]], by_id[row["mentee_id"]])
        for row in confirmed
        if row["id"] not in known
    ]
    troupe.pairs += new
    return new


async def meet(troupe: Troupe, pair: Pair, minutes: int = 60) -> None:
    """One mentoring session of a pair that has just been, recorded by the mentee."""
    body = {"held_at": troupe.clock.now().isoformat(), "minutes": minutes, "mode": "online"}
    path = f"/sessions/relationships/{pair.id}/mentoring-sessions"
    await ask(troupe.of(pair.mentee), "POST", path, json=body)


async def hold(troupe: Troupe, kind: str, title: str, people: list[Player], role: str = "coordinator") -> None:
    """An activity of today, online, and who came."""
    office = troupe.office(role)
    body = {"kind": kind, "title": title, "mode": "online", "starts_at": troupe.clock.now().isoformat(), "minutes": 60}
    made = await ask(office, "POST", f"/sessions/programmes/{troupe.programme_id}/activities", json=body)
    ids = [player.id for player in people]
    for start in range(0, len(ids), AT_ONCE):
        here = {"person_ids": ids[start : start + AT_ONCE]}
        await ask(office, "POST", f"/sessions/activities/{made['id']}/attendance", json=here)
    await ask(office, "POST", f"/sessions/activities/{made['id']}/held")
    await troupe.settle()


async def answer_wave(troupe: Troupe, wave: dict[str, Any], share: float) -> None:
    """A wave is open: so many of those who were asked answer by the link of their invitation."""

    async def open_() -> dict[str, Any] | None:
        found: dict[str, Any] = await ask(troupe.office(), "GET", f"/evaluation/waves/{wave['id']}")
        return found if found["state"] == "open" else None

    number = sum((await until(open_, f"the wave {wave['instrument']}"))["asked"].values())

    async def invited() -> list[Player] | None:
        found = [player for player in troupe.players if troupe.mail_of(player.email, "survey_invitation", wave["id"])]
        return found if len(found) >= number else None

    asked: list[Player] = await until(invited, f"{number} invitations") if number else []
    rng = Random(f"{troupe.blueprint.id} {wave['instrument']} {wave.get('cohort_id')}")
    chosen = rng.sample(asked, round(len(asked) * share))
    await together(_answer(troupe, wave["id"], player, Random(f"{rng.random()} {player.email}")) for player in chosen)


async def _answer(troupe: Troupe, wave_id: str, player: Player, rng: Random) -> None:
    link = SURVEY.search(troupe.mail_of(player.email, "survey_invitation", wave_id)[0].text)
    if link is None:
        raise DemoFailed("the invitation has no link to the survey")
    path = f"/evaluation/public/{troupe.organisation_id}"
    form = await ask(troupe.anybody, "GET", f"{path}/surveys/{link.group(1)}")
    answers = {q["id"]: said for q in form["questions"] if (said := _said(q, rng)) is not None}
    answers = answers or {q["id"]: WORDS for q in form["questions"] if q["kind"] == "text"}
    await ask(troupe.anybody, "POST", f"{path}/responses", json={"token": link.group(1), "answers": answers})


def _kind(options: list[Any], rng: Random) -> Any:
    """People are kind: of the options, in their order, the first are the most likely."""
    values = [option["value"] if isinstance(option, dict) else option for option in options]
    return values[min(int(rng.expovariate(1.2)), len(values) - 1)]


def _said(question: dict[str, Any], rng: Random) -> Any:
    match question["kind"]:
        case "choice":
            return _kind(question["options"], rng)
        case "integer" | "scale":
            return rng.randint(question.get("min") or 0, question.get("max") or 10)
        case "text":
            return WORDS if rng.random() < 0.4 else None
        case "choices":
            return [_kind(question["options"], rng)]
        case "matrix":
            return {row["id"]: _kind(question["options"], rng) for row in question["rows"]}
        case _:
            return None


async def close(troupe: Troupe, cohort: int) -> None:
    """The relationships of a cohort have run their course; those whose time was over have ended by themselves."""
    await together(_close(troupe, pair) for pair in troupe.pairs if pair.cohort == cohort)
    await troupe.settle()


async def _close(troupe: Troupe, pair: Pair) -> None:
    answer = await troupe.admin.post(f"/sessions/relationships/{pair.id}/close")
    if answer.status_code >= 300 and answer.json().get("code") != "relationship_over":
        raise DemoFailed(f"closing a relationship answered {answer.status_code}: {answer.text[:300]}")
