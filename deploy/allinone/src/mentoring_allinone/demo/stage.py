"""Where the demo plays: the system, who is who in it, and the hands of its people.

Everything goes through the public APIs with the token of the person who would do it, and what people learn they learn
from the messages in their mailbox.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import httpx

from mentoring_allinone.demo.answers import AnswerPlan
from mentoring_allinone.demo.pairs import Pair
from mentoring_allinone.demo.people import Cast, Person
from mentoring_allinone.demo.scenario import Scenario
from mentoring_allinone.failures import DemoFailed
from mentoring_allinone.hands import Hands
from mentoring_allinone.mailbox import ReceivedMessage
from mentoring_allinone.scopes import PERSONAL
from mentoring_allinone.settling import announced


@dataclass
class Match:
    """A pair as the demo knows it: who, in which cohort, and whether it still stands."""

    id: str
    cohort: int
    pair: Pair
    confirmed_on: date
    standing: bool = True


@dataclass
class Stage(Hands):
    """What the acts of the demo share."""

    scenario: Scenario
    cast: Cast
    plan: AnswerPlan
    cohort_ids: dict[int, str] = field(default_factory=dict)
    person_ids: dict[str, str] = field(default_factory=dict)
    application_ids: dict[str, str] = field(default_factory=dict)
    matches: dict[str, Match] = field(default_factory=dict)
    refusals: list[tuple[str, int, str]] = field(default_factory=list)  # what was tried, status, code
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> Mapping[str, Person]:
        return self.cast.by_key()

    def person(self, key: str) -> httpx.AsyncClient:
        """The client of a person of the cast."""
        return self.client(self.person_ids[key], *PERSONAL)

    async def move_to(self, day: date, hour: int = 9) -> None:
        """Move the clock to an hour of a day, unless it is later already."""
        moment = datetime.combine(day, time(hour), UTC)
        if moment > self.clock.now():
            self.clock.move_to(moment)

    async def events_announced(self) -> int:
        """How many events all services together have announced."""
        return await announced(self.stack)

    def mail(self, key: str, kind: str, subject: str | None = None) -> list[ReceivedMessage]:
        """What a person of the cast got of a kind (and about one thing)."""
        return self.mail_of(self.people[key].email, kind, subject)


async def refused(stage: Stage, what: str, client: httpx.AsyncClient, method: str, path: str, **content: Any) -> None:
    """Try what the system must refuse, and note its answer; DemoFailed if it does not refuse."""
    answer = await client.request(method, path, **content)
    if answer.status_code < 400 or answer.status_code >= 500:
        raise DemoFailed(f"{what} should have been refused and answered {answer.status_code}")
    stage.refusals.append((what, answer.status_code, answer.json().get("code", "")))
