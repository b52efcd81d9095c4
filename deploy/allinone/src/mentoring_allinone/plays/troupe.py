"""Who plays, and with what: the system, the programme, its people and their hands, and what was claimed and held."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx

from mentoring_allinone.hands import Hands, ask
from mentoring_allinone.scopes import PERSONAL
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.words import Side

SURVEY = re.compile(r"/pages/surveys/[0-9a-f-]+/([A-Za-z0-9_-]+)")


@dataclass
class Player:
    """Somebody who takes part, as mentor or mentee of one cohort."""

    name: str
    email: str
    side: Side
    cohort: int
    id: str = ""
    application_id: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    accepted: bool = False


@dataclass(frozen=True)
class Claim:
    """Something that is particular to a programme, and whether the records bear it out."""

    said: str
    found: str
    holds: bool


@dataclass
class Pair:
    """A confirmed match."""

    id: str
    cohort: int
    mentor: Player
    mentee: Player


@dataclass
class Troupe(Hands):
    """What the acts of a play share."""

    blueprint: Blueprint
    rng: Random
    cohort_ids: dict[int, str] = field(default_factory=dict)
    players: list[Player] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    facts: dict[tuple[str, int], Any] = field(default_factory=dict)  # what acts found, by milestone and cohort

    def of(self, player: Player) -> httpx.AsyncClient:
        """The client of somebody who takes part."""
        return self.client(player.id, *PERSONAL)

    def cast(self, cohort: int, side: Side) -> list[Player]:
        """Who applied to a cohort on one side."""
        return [player for player in self.players if (player.cohort, player.side) == (cohort, side)]

    async def member(self, role: str, name: str, **more: Any) -> str:
        """Somebody with a role in the programme, made for it; their id."""
        email = f"{name.lower().replace(' ', '.')}@programme.example.org"
        person = await ask(self.admin, "POST", "/applications/people", json={"name": name, "email": email})
        body = {"person_id": person["id"], "role": role} | more
        await ask(self.admin, "POST", f"/applications/programmes/{self.programme_id}/roles", json=body)
        self.team[role] = person["id"]
        return str(person["id"])

    async def move_to(self, moment: datetime) -> None:
        """Move the clock on, a day at a time at most where something waits for it; never back."""
        if moment > self.clock.now():
            self.clock.move_to(moment)
            await self.settle()

    def claim(self, said: str, found: object, holds: bool) -> None:
        """Note what was claimed of the programme and what was found."""
        self.claims.append(Claim(said, str(found), holds))


def at(moment: str, hour: int = 9) -> datetime:
    """So many hours after a moment that the API told: of a day that begins then, that hour."""
    return datetime.fromisoformat(moment) + timedelta(hours=hour)
