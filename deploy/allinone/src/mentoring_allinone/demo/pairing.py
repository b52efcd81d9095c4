"""Matching: run, review, offers that people answer from their mailbox, confirmed pairs, three rematches."""

from datetime import date
from typing import Any

from mentoring_allinone.demo.pairs import Pair, pairs_to_rotate
from mentoring_allinone.demo.stage import Match, Stage
from mentoring_allinone.failures import DemoFailed
from mentoring_allinone.hands import ask, graphql, pages, together, until

ACCEPT = "mutation Accept($match: UUID!) { acceptMatch(matchId: $match) { id state } }"


async def run_matching(stage: Stage, cohort: int) -> None:
    """The coordinator runs the matching of a cohort, looks at it, and sends the offers."""
    run = await _complete_run(stage, cohort, {"seed": 2022})
    places = stage.scenario.places[cohort]
    if run["pairs"] != places:
        raise DemoFailed(f"the run of cohort {cohort} proposes {run['pairs']} pairs for {places} places")
    if not run["certificate"]["valid"]:
        raise DemoFailed(f"the run of cohort {cohort} has no valid certificate")
    stage.facts.setdefault("runs", []).append({"cohort": cohort} | run)
    await ask(stage.office("coordinator"), "POST", f"/matching/runs/{run['id']}/approve", json={})
    await stage.settle()


async def _complete_run(stage: Stage, cohort: int, body: dict[str, Any]) -> dict[str, Any]:
    office, cohort_id = stage.office("coordinator"), stage.cohort_ids[cohort]
    await until(lambda: _pool_is_known(stage, cohort_id), f"the pool of cohort {cohort}")
    queued = await ask(office, "POST", f"/matching/cohorts/{cohort_id}/runs", json=body)

    async def completed() -> dict[str, Any] | None:
        run: dict[str, Any] = await ask(office, "GET", f"/matching/runs/{queued['id']}")
        if run["state"] in ("failed", "cancelled"):
            raise DemoFailed(f"the matching run of cohort {cohort} {run['state']}")
        return run if run["state"] == "completed" else None

    found: dict[str, Any] = await until(completed, "the matching run")
    return found


async def _pool_is_known(stage: Stage, cohort_id: str) -> bool:
    members = await pages(stage.office("coordinator"), f"/matching/cohorts/{cohort_id}/pool")
    return all(member["state"] != "pending_profile" for member in members)


async def answer_offers(stage: Stage, cohort: int, on: date) -> None:
    """Everybody finds the offer in the mailbox and accepts it; the second acceptance confirms the pair."""
    office = stage.office("coordinator")
    path = "/matching/matches"
    offers = await pages(office, path, cohort_id=stage.cohort_ids[cohort], state="proposed")
    keys = {id_: key for key, id_ in stage.person_ids.items()}
    found = [Match(o["id"], cohort, Pair(keys[o["mentee_id"]], keys[o["mentor_id"]]), on) for o in offers]
    await together(_accept(stage, match, side) for match in found for side in (match.pair.mentee, match.pair.mentor))
    await stage.settle()
    confirmed = await pages(office, path, cohort_id=stage.cohort_ids[cohort], state="confirmed")
    ids = {row["id"] for row in confirmed}
    stage.matches |= {match.id: match for match in found if match.id in ids}
    if len(ids) != stage.scenario.places[cohort]:
        raise DemoFailed(f"cohort {cohort} has {len(ids)} confirmed pairs")


async def _accept(stage: Stage, match: Match, key: str) -> None:
    async def offered() -> Any:
        return stage.mail(key, "offer", match.id)

    message = (await until(offered, "an offer by mail"))[0]
    if f"/matches/{match.id}" not in message.text:
        raise DemoFailed("the offer has no link to the match")
    if key == match.pair.mentee:
        await graphql(stage.person(key), ACCEPT, match=match.id)
    else:
        await ask(stage.person(key), "POST", f"/matching/matches/{match.id}/accept")


async def end_early(stage: Stage) -> None:
    """Three pairs of one cohort do not work out and end together."""
    rematching = stage.scenario.rematching
    standing = {m.pair: m for m in stage.matches.values() if m.cohort == rematching.cohort and m.standing}
    ending = pairs_to_rotate(stage.scenario, standing, stage.people)
    for pair in ending:
        match = standing[pair]
        match.standing = False
        body = {"reason": rematching.reason, "rematch": True}
        await ask(stage.office("coordinator"), "POST", f"/matching/matches/{match.id}/end", json=body)
    stage.facts["rotating"] = ending
    await stage.settle()


async def rematch(stage: Stage) -> None:
    """The six people are matched anew among themselves; nobody else moves."""
    cohort = stage.scenario.rematching.cohort
    mentees = [stage.person_ids[pair.mentee] for pair in stage.facts["rotating"]]
    run = await _complete_run(stage, cohort, {"kind": "rematch", "mentee_ids": mentees, "seed": 2022})
    if run["pairs"] != stage.scenario.rematching.pairs:
        raise DemoFailed(f"the rematch found {run['pairs']} pairs")
    await ask(stage.office("coordinator"), "POST", f"/matching/runs/{run['id']}/approve", json={})
    await stage.settle()
