"""What becomes of relationships on the way: handed over, in phases, looked at in the middle; habits beside them."""

import re
from datetime import timedelta
from typing import Any

from mentoring_allinone.failures import DemoFailed
from mentoring_allinone.hands import ask, pages, together
from mentoring_allinone.plays.acts import answer_offers, match
from mentoring_allinone.plays.particular import figure, pairs_of
from mentoring_allinone.plays.troupe import Pair, Player, Troupe

FEEDBACK = re.compile(r"/([A-Za-z0-9_-]{20,})$")
LEAVING = 2  # mentors who go to another office
KEPT_OF_24 = 19  # "80 % of participants embedded habits"
HABIT_WEEKS = 6
_PLAN = "Meet every other week, and begin with what went well since the last time."


async def officials_leave(troupe: Troupe, cohort: int) -> None:
    """Mentors leave their office, and another official carries on with whom they mentored."""
    before = pairs_of(troupe, cohort)[:LEAVING]
    busy = {pair.mentor.id for pair in troupe.pairs}
    free = [player for player in troupe.cast(cohort, "mentor") if player.accepted and player.id not in busy]
    yesterday = (troupe.clock.now() - timedelta(days=1)).date().isoformat()
    for pair, follows in zip(before, free, strict=False):
        body = {"last_day": yesterday, "reason": "other_employer"}
        await ask(troupe.admin, "PUT", f"/applications/people/{pair.mentor.id}/leaving", json=body)
        await troupe.settle()
        path = f"/matching/matches/{pair.id}/handover"
        new = await ask(troupe.office("coordinator"), "POST", path, json={"mentor_id": follows.id})
        await troupe.settle()
        consent = {"goals": True, "history": True}
        path = f"/sessions/relationships/{new['id']}/handover/consent"
        await ask(troupe.of(pair.mentee), "POST", path, json=consent)
        troupe.pairs.remove(pair)
        troupe.pairs.append(Pair(new["id"], cohort, follows, pair.mentee))
    await troupe.settle()


async def claim_handed_over(troupe: Troupe) -> None:
    """Another official carried on, with what the mentee let come along."""
    counted = (await figure(troupe, "handovers")).get("value")
    troupe.claim("relationships handed over when an official left", counted, counted == LEAVING)
    came = [
        await ask(troupe.of(pair.mentee), "GET", f"/sessions/relationships/{pair.id}/handover")
        for pair in troupe.pairs[-LEAVING:]
    ]
    told = [bool(one["continues"]) for one in came]
    troupe.claim("the new one continues the old", told, all(told))


async def begin_habits(troupe: Troupe, cohort: int) -> list[dict[str, Any]]:
    """Every mentee commits to a habit, and passes a link on to their manager and to a peer."""
    path = f"/sessions/programmes/{troupe.programme_id}/habits"

    async def begin(player: Player) -> dict[str, Any]:
        own = troupe.of(player)
        body = {"text": "Listen before I answer", "times": 3, "weeks": HABIT_WEEKS}
        habit = await ask(own, "POST", path, json=body)
        for asked in ("manager", "peer"):
            weeks = {"asked": asked, "weeks": [2, HABIT_WEEKS]}
            await ask(own, "POST", f"/sessions/habits/{habit['id']}/feedback", json=weeks)
        made = await ask(own, "GET", f"/sessions/habits/{habit['id']}/feedback")
        links = [found.group(1) for link in made if (found := FEEDBACK.search(link["page"]))]
        if len(links) < len(made):
            raise DemoFailed("a link to say how a habit is seen has no token")
        return {"id": habit["id"], "player": player, "links": links, "kept": 0}

    begun: list[dict[str, Any]] = await together(begin(pair.mentee) for pair in pairs_of(troupe, cohort))
    return begun


async def keep_habits(troupe: Troupe, cohort: int) -> None:
    """A week of habits is nearly over: who kept theirs marks three days of it."""
    today = troupe.clock.now().date()
    for place, habit in enumerate(troupe.facts["habits_begin", cohort]):
        habit["kept"] += 1
        if place < KEPT_OF_24 or habit["kept"] == 1:
            for back in range(3):
                day = (today - timedelta(days=back)).isoformat()
                await ask(troupe.of(habit["player"]), "PUT", f"/sessions/habits/{habit['id']}/marks/{day}")
        if habit["kept"] in (2, HABIT_WEEKS):
            for token in habit["links"]:
                path = f"/sessions/public/{troupe.organisation_id}/habit-feedback"
                await ask(troupe.anybody, "POST", path, json={"token": token, "seen": 4})


async def claim_habits(troupe: Troupe) -> None:
    """So many kept their habit; each alone reads how others see it; of the few who did not nobody reads a number."""
    habits = troupe.facts["habits_begin", 1]
    seen = [await ask(troupe.of(h["player"]), "GET", f"/sessions/habits/{h['id']}") for h in habits]
    embedded = sum(bool(one["progress"]["embedded"]) for one in seen)
    troupe.claim("habits embedded after six weeks", f"{embedded} of {len(seen)}", embedded == KEPT_OF_24)
    first = habits[0]
    path = f"/sessions/habits/{first['id']}/feedback"
    words = await ask(troupe.of(first["player"]), "GET", path)
    said = sum(len(link["feedback"]) for link in words)
    others = [await troupe.office().get(path), await troupe.of(habits[1]["player"]).get(path)]
    alone = [answer.status_code in (403, 404) for answer in others]
    troupe.claim("feedback of manager and peer, read by its person alone", f"{said} times", said == 4 and all(alone))
    counted = await ask(troupe.office(), "GET", f"/sessions/programmes/{troupe.programme_id}/habit-figures")
    left = len(seen) - embedded
    told = f"{counted['people']} people, embedded {counted['embedded']}"
    troupe.claim(f"no number where {left} are left over", told, counted["embedded"] is None and bool(counted["people"]))


async def leave_begins(troupe: Troupe, cohort: int) -> None:
    """The mentees have handed over their work, and go on leave."""
    await _next_phase(troupe, cohort, "before", "during")


async def leave_ends(troupe: Troupe, cohort: int) -> None:
    """They are back at work."""
    await _next_phase(troupe, cohort, "during", "after")


async def _next_phase(troupe: Troupe, cohort: int, over: str, next_: str) -> None:
    planned = next(phase for phase in troupe.blueprint.phases if phase.id == over)

    async def go_on(pair: Pair) -> None:
        own, path = troupe.of(pair.mentee), f"/sessions/relationships/{pair.id}/phases"
        for step in planned.checklist:
            await ask(own, "POST", f"{path}/{over}/steps/{step.id}", json={"done": True})
        await ask(own, "POST", path, json={"phase": next_})

    await together(go_on(pair) for pair in pairs_of(troupe, cohort))
    await troupe.settle()


async def claim_phases(troupe: Troupe) -> None:
    """Every pair went through the phases, with their checklists."""
    last = troupe.blueprint.phases[-1].id
    there = done = 0
    for pair in troupe.pairs:
        path = f"/sessions/relationships/{pair.id}/phases"
        phases = (await ask(troupe.of(pair.mentee), "GET", path))["phases"]
        there += any(phase["phase"] == last and phase["current"] for phase in phases)
        done += all(step["ticked_at"] for phase in phases[:-1] for step in phase["checklist"])
    troupe.claim("before, during and after leave", f"{there} of {len(troupe.pairs)}", there == len(troupe.pairs))
    troupe.claim("checklists of the phases done", f"{done} of {len(troupe.pairs)}", done == len(troupe.pairs))


async def review_in_the_middle(troupe: Troupe, cohort: int) -> dict[str, Any]:
    """Both of each pair say how it goes on; the team has one begin afresh, and finds another mentor for one."""
    pairs = pairs_of(troupe, cohort)
    tired, apart = pairs[:2]
    office = troupe.office("coordinator")
    wishes = {tired.id: "change", apart.id: "rematch"}
    reviews = {}
    for pair in pairs:
        rows = await pages(troupe.of(pair.mentee), f"/sessions/relationships/{pair.id}/reviews")
        [reviews[pair.id]] = [row["id"] for row in rows if row["kind"] == "mid_term"]

    async def answer(pair: Pair, player: Player) -> None:
        wish = wishes.get(pair.id, "continue") if player is pair.mentee else "continue"
        body = {"going_well": 4 if wish == "continue" else 2, "wish": wish}
        await ask(troupe.of(player), "POST", f"/sessions/reviews/{reviews[pair.id]}/answer", json=body)

    await together(answer(pair, player) for pair in pairs for player in (pair.mentor, pair.mentee))
    await ask(
        office, "POST", f"/sessions/reviews/{reviews[tired.id]}/outcome", json={"outcome": "re_energise", "plan": _PLAN}
    )
    await ask(office, "POST", f"/sessions/reviews/{reviews[apart.id]}/outcome", json={"outcome": "rematch"})
    await troupe.settle()
    troupe.pairs.remove(apart)
    found = await rematched(troupe, cohort)
    read = await ask(troupe.of(tired.mentor), "GET", f"/sessions/reviews/{reviews[tired.id]}")
    return {"plan": read["plan"], "mentee": apart.mentee.id, "before": apart.mentor.id, "found": found}


async def rematched(troupe: Troupe, cohort: int) -> list[Pair]:
    """Who lost a mentor gets another one; the new pairs."""
    await match(troupe, cohort, kind="rematch")
    return await answer_offers(troupe, cohort)


async def claim_reviewed(troupe: Troupe) -> None:
    """The review acted: a plan that the pair reads, and another mentor."""
    done = troupe.facts["interim_evaluation", 1]
    troupe.claim("re-energised after the review", done["plan"], done["plan"] == _PLAN)
    [new] = [pair for pair in done["found"] if pair.mentee.id == done["mentee"]]
    troupe.claim("rematched after the review", new.mentor.name, new.mentor.id != done["before"])
    counted = (await figure(troupe, "rematches")).get("value")
    troupe.claim("counted as a rematch", counted, counted == 1)
