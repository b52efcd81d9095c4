"""What people say together, and who decides what is published of it: focus groups, a committee."""

from typing import Any

from mentoring_allinone.hands import ask, pages, until
from mentoring_allinone.plays.particular import OwnAct
from mentoring_allinone.plays.troupe import Troupe
from mentoring_contracts.words import SIDES

_QUOTE = "We talk about goals, and seldom about what keeps us from them."
_EACH = 3  # of mentors, and of mentees


def listened(title: str, *guide: str) -> OwnAct:
    """A focus group of applicants of both sides: each agrees for themselves, and lets their own words be used."""

    async def act(troupe: Troupe, cohort: int) -> dict[str, Any]:
        people = [player for side in SIDES for player in troupe.cast(cohort, side)[:_EACH]]
        office = troupe.office()
        body = {
            "title": title,
            "occasion": "before",
            "guide": list(guide),
            "scheduled_at": troupe.clock.now().isoformat(),
            "person_ids": [player.id for player in people],
        }
        made = await ask(office, "POST", f"/evaluation/programmes/{troupe.programme_id}/focus-groups", json=body)
        path = f"/evaluation/focus-groups/{made['id']}"
        for player in people[1:]:  # one does not agree
            await ask(troupe.of(player), "POST", f"{path}/consent")
        held = await ask(office, "POST", f"{path}/hold")
        words = {"summary": "What helps, and what hinders.", "quotes": [_QUOTE]}
        for player in people[1:]:
            await ask(office, "POST", f"{path}/participants/{player.id}/contribution", json=words)
            await ask(troupe.of(player), "POST", f"{path}/approve")
        return {"id": made["id"], "people": held["people"]}

    return act


async def claim_listened(troupe: Troupe, milestone: str) -> None:
    """What those said who agreed can be read for themes, by name of their side alone."""
    groups = [fact for (of, _), fact in troupe.facts.items() if of == milestone]
    path = f"/evaluation/programmes/{troupe.programme_id}/texts"
    quotes = [row for row in await pages(troupe.office(), path, kind="quote") if row["text"] == _QUOTE]
    told = f"{len(quotes)} of {sum(group['people'] for group in groups)} let their words be used"
    troupe.claim("focus groups of mentors and mentees", told, len(quotes) == len(groups) * (2 * _EACH - 1))


async def committee_decides(troupe: Troupe, _: int) -> str:
    """The final report is published once the committee has approved it, and not before."""
    path = f"/evaluation/programmes/{troupe.programme_id}/reports"
    made = await ask(troupe.office(), "POST", path, json={"kind": "final"})
    path = f"/evaluation/reports/{made['id']}"

    async def built() -> bool:
        return bool((await ask(troupe.office(), "GET", path))["state"] == "ready")

    await until(built, "the final report")
    before = await troupe.office().post(f"{path}/publish")
    await ask(troupe.office("committee_member"), "POST", f"{path}/approve")
    await ask(troupe.office(), "POST", f"{path}/publish")
    state = (await ask(troupe.office(), "GET", path))["state"]
    return f"{state}; before it was answered {before.status_code}"
