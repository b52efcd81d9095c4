"""Acts and claims that several programmes have."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from mentoring_allinone.hands import ask, pages, together, until
from mentoring_allinone.mailbox import ReceivedMessage
from mentoring_allinone.plays import acts
from mentoring_allinone.plays.troupe import Pair, Player, Troupe
from mentoring_allinone.scopes import PERSONAL
from mentoring_contracts.words import Side

NOMINATION = re.compile(r"/pages/nominations/[0-9a-f-]+/([A-Za-z0-9_-]+)")
OwnAct = Callable[[Troupe, int], Awaitable[Any]]


def pairs_of(troupe: Troupe, cohort: int) -> list[Pair]:
    """The confirmed pairs of a cohort."""
    return [pair for pair in troupe.pairs if pair.cohort == cohort]


def paired(troupe: Troupe, cohort: int, side: Side | None = None) -> list[Player]:
    """Who is in a pair of a cohort, on one side or both."""
    both = [player for pair in pairs_of(troupe, cohort) for player in (pair.mentor, pair.mentee)]
    return [player for player in both if side in (None, player.side)]


def held(kind: str, title: str, side: Side | None = None, role: str = "coordinator") -> OwnAct:
    """An activity for everybody of a cohort, or for one side."""

    async def act(troupe: Troupe, cohort: int) -> None:
        await acts.hold(troupe, kind, title, paired(troupe, cohort, side), role)

    return act


async def figures(troupe: Troupe) -> list[dict[str, Any]]:
    """The figures of the programme, as its team sees them."""
    path = f"/evaluation/programmes/{troupe.programme_id}/figures"
    found: list[dict[str, Any]] = (await ask(troupe.office(), "GET", path))["figures"]
    return found


async def figure(troupe: Troupe, name: str, role: str | None = None) -> dict[str, Any]:
    """One of them, of all cohorts together; empty if it is not there."""
    wanted = ("pooled", "count")
    mine = (f for f in await figures(troupe) if (f["name"], f["role"], f["cohort"]) == (name, role, None))
    return next((f for f in mine if f["rule"] in wanted), {})


async def claim_share(troupe: Troupe, name: str, role: str) -> None:
    """A share of the survey is published with the whole numbers behind it."""
    found = await figure(troupe, name, role)
    told = f"{found['numerator']} of {found['denominator']}: {found['value']} %" if found else "not there"
    troupe.claim(name.replace("_", " "), told, bool(found) and found["denominator"] == found["answered"])


async def claim_pairs(troupe: Troupe, wanted: int) -> None:
    """So many pairs were confirmed, and the ledger balances."""
    troupe.claim(f"{wanted} pairs", len(troupe.pairs), len(troupe.pairs) == wanted)
    ledger = await ask(troupe.office(), "GET", f"/applications/programmes/{troupe.programme_id}/ledger")
    rows = ledger["items"] if "items" in ledger else ledger["rows"]
    troupe.claim("the ledger balances", f"{len(rows)} rows", all(row["balanced"] for row in rows))


async def activities(troupe: Troupe) -> list[dict[str, Any]]:
    """All activities of the programme."""
    return await pages(troupe.office(), f"/sessions/programmes/{troupe.programme_id}/activities")


async def claim_activities(troupe: Troupe, *kinds: str) -> None:
    """Activities of these kinds were held."""
    there = sorted({one["kind"] for one in await activities(troupe)})
    troupe.claim(f"held: {', '.join(kinds)}", ", ".join(there), set(kinds) <= set(there))


async def claim_answered(troupe: Troupe, instrument: str) -> None:
    """The survey was asked of every cohort, answered and closed."""
    waves = await pages(troupe.office(), f"/evaluation/programmes/{troupe.programme_id}/waves")
    mine = [wave for wave in waves if wave["instrument"] == instrument]
    answered = sum(sum(wave["responses"].values()) for wave in mine)
    told = f"{answered} answers in {len(mine)} waves"
    troupe.claim(f"survey {instrument}", told, bool(mine) and all(wave["state"] == "closed" for wave in mine))


async def form_in(troupe: Troupe, language: str, **easy: bool) -> dict[str, Any]:
    """The application form as a reader of a language gets it; `easy_read=True` in easy words."""
    path = f"/applications/programmes/{troupe.programme_id}/form"
    form: dict[str, Any] = await ask(troupe.admin, "GET", path, headers={"Accept-Language": language}, params=easy)
    return form


async def buddies(troupe: Troupe, cohort: int) -> list[dict[str, Any]]:
    """Mentors are paired as buddies, and each says yes."""
    path = f"/matching/cohorts/{troupe.cohort_ids[cohort]}/buddies"
    made = await ask(troupe.office("coordinator"), "POST", path, json={"role": "mentor"})
    return await _offered(troupe, cohort, made["id"], "buddy")


def circles(kind: str, size: int, side: Side) -> OwnAct:
    """Groups of equals of one side, of a size, that everybody joins."""

    async def act(troupe: Troupe, cohort: int) -> list[dict[str, Any]]:
        path = f"/matching/cohorts/{troupe.cohort_ids[cohort]}/groups"
        body = {"role": side, "size": size}
        made = await ask(troupe.office("coordinator"), "POST", path, json=body)
        return await _offered(troupe, cohort, made["id"], kind)

    return act


async def _offered(troupe: Troupe, cohort: int, arrangement: str, kind: str) -> list[dict[str, Any]]:
    """The groups of an arrangement as they stand when everybody has accepted."""
    path = f"/matching/cohorts/{troupe.cohort_ids[cohort]}/groups/offer-arrangement"
    office = troupe.office("coordinator")
    offered = (await ask(office, "POST", path, json={"arrangement_id": arrangement, "kind": kind}))["groups"]
    await troupe.settle()
    return [await accepted(troupe, group) for group in offered]


async def lead(troupe: Troupe, cohort: int, kind: str, leads: str, members: list[Player]) -> dict[str, Any]:
    """A group that somebody of the team leads, as everybody has accepted it."""
    path = f"/matching/cohorts/{troupe.cohort_ids[cohort]}/groups/offer"
    body = {"kind": kind, "lead_id": troupe.team[leads], "member_ids": [player.id for player in members]}
    made = await ask(troupe.office("coordinator"), "POST", path, json=body)
    await troupe.settle()
    return await accepted(troupe, made)


async def accepted(troupe: Troupe, group: dict[str, Any]) -> dict[str, Any]:
    """A group that was offered, when each of its people has said yes."""
    for member in group["members"]:
        client = troupe.client(member["person_id"], *PERSONAL)
        await ask(client, "POST", f"/matching/groups/{group['id']}/accept")
    await troupe.settle()
    found: dict[str, Any] = await ask(troupe.office("coordinator"), "GET", f"/matching/groups/{group['id']}")
    return found


async def endorse_all(troupe: Troupe, cohort: int) -> None:
    """Whoever applicants named stands behind them, by the link of the letter."""
    said = troupe.blueprint.nominations
    asked = [player for side in (said.roles if said else ()) for player in troupe.cast(cohort, side)]

    async def endorse(player: Player) -> None:
        letters = await until(lambda: _letters(troupe, player), "the letter to a nominator")
        link = NOMINATION.search(letters[0].text)
        assert link is not None
        body = {"token": link.group(1), "answer": "endorse", "statement": "They lead without the title."}
        await ask(troupe.anybody, "POST", f"/applications/public/{troupe.organisation_id}/nominations", json=body)

    await together(endorse(player) for player in asked)
    await troupe.settle()


async def _letters(troupe: Troupe, player: Player) -> list[ReceivedMessage]:
    return troupe.mail_of(acts.nominator_of(player), "nomination")


async def claim_nominated(troupe: Troupe) -> None:
    """Every application had somebody behind it, who is told once that there is an outcome, and reads it by the link."""
    rows = await pages(troupe.office(), "/applications/nominations", programme_id=troupe.programme_id)
    endorsed = [row for row in rows if row["state"] == "endorsed"]
    mentees = [player for player in troupe.players if player.side == "mentee"]
    told = f"{len(endorsed)} of {len(mentees)}"
    troupe.claim("nominated, each of them", told, len(endorsed) == len(rows) == len(mentees))
    matched = {pair.mentee.email for pair in troupe.pairs}
    outcomes = []
    for player in mentees:
        last = (await _letters(troupe, player))[-1]
        link = NOMINATION.search(last.text)
        path = f"/applications/public/{troupe.organisation_id}/nominations/{link.group(1) if link else ''}"
        state = (await ask(troupe.anybody, "GET", path))["outcome"]["state"]
        outcomes.append((player.email in matched) == (state == "matched"))
    troupe.claim("who nominated learns the outcome", f"{sum(outcomes)} of {len(mentees)}", all(outcomes))


async def record_outcome(troupe: Troupe, outcome: str, definition: str, people: int, with_outcome: int) -> None:
    """HR hands over a total."""
    body = {
        "outcome": outcome,
        "role": "mentee",
        "definition": definition,
        "months": 12,
        "people": people,
        "with_outcome": with_outcome,
        "source": "HR records",
        "measured_on": troupe.clock.now().date().isoformat(),
    }
    await ask(troupe.office(), "POST", f"/evaluation/programmes/{troupe.programme_id}/hr-outcomes", json=body)
