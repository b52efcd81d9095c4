"""The console's screens on a large programme: `python -m bench.scale [relationships …]`, 1,000 and 14,000 by default.

Writes docs/benchmarks/scale.md. People, applications, decisions and pairs come in as an organisation brings them: by
files and in bulk, through the public API, to the whole system in one process. Then each screen's own GraphQL document
is asked for by a client in another process, one request after the other.
"""

from __future__ import annotations

import asyncio
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import graphql
import httpx
import uvloop

from bench.reads import driven
from bench.requests.load import request
from mentoring_allinone.hands import ask, pages
from mentoring_allinone.scopes import PERSONAL
from mentoring_allinone.settling import settle
from mentoring_allinone.stack import Stack
from mentoring_common.clock import MovableClock
from mentoring_common.observability import configure_logging
from mentoring_common.testing import eventually

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "benchmarks" / "scale.md"
SIZES, TIMES, WARM = (1_000, 14_000), 200, 20
AT_ONCE = 200  # decisions of one call
IN_THE_WINDOW = datetime(2027, 7, 20, 9, tzinfo=UTC)  # of the starter's cohort
BUSY_S = 3600.0

BLUEPRINT = """
schema: 1
id: scale
title: A large programme
direction: traditional
duration_months: 12
hours_budget: 12
milestones:
  - {{kind: window_opens, date: 8 weeks before start}}
  - {{kind: window_closes, date: 4 weeks before start}}
  - {{kind: match_confirmed, date: 2 weeks after start}}
  - {{kind: relationships_close, date: 12 months after match_confirmed}}
cohorts:
  - {{number: 1, places: {places}, starts: 2027-09-01}}
form:
  version: 1
  fields:
    - {{id: about, kind: text, roles: [mentor, mentee], required: true, label: "What do you hope for or offer?"}}
    - {{id: employer, kind: text, roles: [mentor, mentee], required: true, label: Your employer}}
    - {{id: agreed, kind: consent, roles: [mentor, mentee], required: true, document: privacy-notice, version: 1,
       label: I have read the privacy notice and agree to it.}}
privacy_notices:
  - {{id: privacy-notice, version: 1, purposes: [matching, evaluation], kept_months_after_programme: 24}}
matching:
  weights: {{preferences: 0.8, text: 0.2}}
waves:
  - {{instrument: end_of_programme, opens: relationships_close, open_days: 21}}
"""


@dataclass
class Programme:
    """A programme that was filled, and how long each part of that took in seconds."""

    stack: Stack
    tenant: str = ""
    id: str = ""
    cohort: str = ""
    manager: str = ""
    mentee: str = ""
    pair: str = ""
    took: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.took[what] = time.perf_counter() - began


def _email(side: str, n: int) -> str:
    return f"{side}{n}@people.example.org"


def _people(pairs: int) -> str:
    lines = ["name,email,employer"]
    lines += [f"{s} {n},{_email(s, n)},Employer {n % 40}" for s in ("mentor", "mentee") for n in range(pairs)]
    return "\n".join(lines)


def _applications(pairs: int) -> str:
    lines = ["email,role,proxy_reason,cohort,about,employer,agreed"]
    lines += [
        f"{_email(s, n)},{s},signed on paper,1,Ways to lead,Employer {n % 40},1"
        for s in ("mentor", "mentee")
        for n in range(pairs)
    ]
    return "\n".join(lines)


def _pairs(pairs: int) -> str:
    lines = ["mentor_email,mentee_email,starts_on,cohort"]
    lines += [f"{_email('mentor', n)},{_email('mentee', n)},2027-0{1 + n % 6}-10,1" for n in range(pairs)]
    return "\n".join(lines)


async def filled(stack: Stack, pairs: int) -> Programme:
    """A programme of so many relationships, brought in as an organisation that had them before brings them."""
    made = Programme(stack)
    async with stack.call("platform:admin") as operator:
        named = {"name": "A large organisation", "slug": "large"}
        made.tenant = (await ask(operator, "POST", "/applications/organisations", json=named))["id"]
    admin = stack.call("organisation:admin", "integrations:read", "integrations:write", *PERSONAL, tenant=made.tenant)
    async with admin:
        text = BLUEPRINT.format(places=pairs + 100)
        made.id = (await ask(admin, "POST", "/applications/programmes", json={"blueprint": text}))["id"]
        cohorts = await ask(admin, "POST", f"/applications/programmes/{made.id}/cohorts/from-blueprint")
        made.cohort = cohorts["items"][0]["id"]
        manager = {"name": "Robin Hale", "email": "robin@people.example.org"}
        made.manager = (await ask(admin, "POST", "/applications/people", json=manager))["id"]
        role = {"person_id": made.manager, "role": "programme_manager"}
        await ask(admin, "POST", f"/applications/programmes/{made.id}/roles", json=role)
        await settle(stack)
        await _fill(made, admin, pairs)
    return made


async def _fill(made: Programme, admin: httpx.AsyncClient, pairs: int) -> None:
    in_programme = f"?programme_id={made.id}"
    with made.timed("people, by a file"):
        await _imported(admin, "people", _people(pairs), 2 * pairs)
    with made.timed("applications, by a file"):
        await _imported(admin, f"applications{in_programme}", _applications(pairs), 2 * pairs)
    with made.timed("decisions, 200 at once"):
        await _accept_all(made, admin)
    with made.timed("until all services know"):
        await settle(made.stack, BUSY_S)
    with made.timed("pairs, by a file"):
        await _imported(admin, f"pairs{in_programme}", _pairs(pairs), pairs)
    with made.timed("until all services know of the pairs"):
        await settle(made.stack, BUSY_S)
    one = (await ask(admin, "GET", f"/sessions/relationships?programme_id={made.id}&limit=1"))["items"][0]
    made.pair, made.mentee = one["match_id"], one["mentee_id"]


async def _imported(client: httpx.AsyncClient, what: str, content: str, rows: int) -> None:
    headers = {"Content-Type": "text/csv", "Prefer": "respond-async"}
    begun = await ask(client, "POST", f"/integrations/imports/{what}", content=content.encode(), headers=headers)
    path = f"/integrations/imports/{begun['id']}"

    async def over() -> bool:
        await asyncio.sleep(0.5)
        return bool((await ask(client, "GET", f"{path}?fields=state"))["state"] != "running")

    await eventually(over, within_s=BUSY_S, what=f"the import of {what}")
    done = await ask(client, "GET", path)
    assert done["accepted"] == rows, (done["state"], done["accepted"], done["refused"][:3])


async def _accept_all(made: Programme, client: httpx.AsyncClient) -> None:
    waiting = [row["id"] for row in await pages(client, "/applications/applications", programme_id=made.id, limit=200)]
    for first in range(0, len(waiting), AT_ONCE):
        decisions = [{"application_id": id_, "decision": "accept"} for id_ in waiting[first : first + AT_ONCE]]
        path = f"/applications/programmes/{made.id}/decisions"
        answer = await ask(client, "POST", path, json={"decisions": decisions})
        assert all(item.get("state") == "accepted" for item in answer["items"]), answer["items"][:2]


Variables = Callable[[Programme], Mapping[str, Any]]


def _of_programme(**more: Any) -> Variables:
    return lambda made: {"programme": made.id} | more


SCREENS: Mapping[str, tuple[str, str, Variables]] = {
    "a mentee's home": ("Start", "mentee", lambda _: {}),
    "a mentee's pair": ("Pair", "mentee", lambda made: {"id": made.pair}),
    "who one is": ("Who", "mentee", lambda _: {}),
    "dashboard": ("Dashboard", "manager", _of_programme()),
    "applications, 50": ("Applications", "manager", _of_programme(filter={})),
    "pool of the cohort, 200": ("Pool", "manager", _of_programme()),
    "pairs, 50": ("Pairs", "manager", _of_programme(filter={})),
    "pairs that are behind, most first": ("Pairs", "manager", _of_programme(filter={"behind": True}, orderBy="BEHIND")),
    "a pair, for the team": ("Pair", "manager", lambda made: {"id": made.pair}),
    "activities": ("Activities", "manager", _of_programme()),
    "surveys": ("Surveys", "manager", _of_programme()),
    "results": ("Results", "manager", _of_programme()),
    "reports": ("Reports", "manager", _of_programme()),
    "people and roles": ("Roles", "manager", _of_programme()),
}


def documents() -> dict[str, str]:
    """Every operation of the console with the fragments it uses, by its name."""
    sources = sorted((ROOT / "console" / "src").rglob("*.graphql"))
    whole = graphql.parse("\n".join(source.read_text(encoding="utf-8") for source in sources))
    return {name: graphql.print_ast(document) for name, document in graphql.separate_operations(whole).items()}


@dataclass(frozen=True)
class Cost:
    """Of a screen: CPU of the whole system, the median and the 99th percentile of the answer, all in ms."""

    cpu: float
    median: float
    p99: float


def asked(made: Programme, screen: str) -> tuple[UUID, dict[str, Any]]:
    """Who looks at a screen, and the body of what it asks."""
    name, who, variables = SCREENS[screen]
    person = made.manager if who == "manager" else made.mentee
    return UUID(person), {"query": documents()[name], "variables": dict(variables(made)), "operationName": name}


async def answered(made: Programme, screen: str) -> dict[str, Any]:
    """What the gateway answers to a screen."""
    person, body = asked(made, screen)
    async with made.stack.call(*PERSONAL, tenant=made.tenant, subject=person) as client:
        answer: dict[str, Any] = await ask(client, "POST", "/graphql", json=body)
    return answer


async def _cost(made: Programme, screen: str) -> Cost:
    answer = await answered(made, screen)
    assert answer["data"], (screen, answer["errors"])
    person, body = asked(made, screen)
    port = int(made.stack.base_url.rsplit(":", 1)[1])
    token = made.stack.token(*PERSONAL, tenant=made.tenant, subject=person)
    wanted = [request("POST", "/v1/graphql", token, json.dumps(body).encode())]
    await driven(port, wanted * WARM, connections=1)
    before = time.process_time()
    took = sorted((await driven(port, wanted * TIMES, connections=1))["latencies"])
    spent = (time.process_time() - before) / TIMES
    return Cost(spent * 1000, took[TIMES // 2] * 1000, took[int(TIMES * 0.99)] * 1000)


async def measure(pairs: int) -> tuple[dict[str, float], dict[str, Cost]]:
    """How long each part of bringing so many relationships in took, and what each screen costs then."""
    with TemporaryDirectory() as folder:
        stack = await Stack.start(Path(folder), clock=MovableClock(IN_THE_WINDOW), durable=False)
        try:
            made = await filled(stack, pairs)
            sys.stderr.write(f"{pairs:,} pairs: {made.took}\n")
            return made.took, {screen: await _cost(made, screen) for screen in SCREENS}
        finally:
            await stack.stop()


async def _measure(sizes: list[int]) -> list[tuple[dict[str, float], dict[str, Cost]]]:
    return [await measure(size) for size in sizes]


def main() -> None:
    configure_logging("ERROR")
    sizes = [int(one) for one in sys.argv[1:]] or list(SIZES)
    found = uvloop.run(_measure(sizes))
    load = Path("/proc/loadavg").read_text(encoding="ascii").split()[0]
    heads = "".join(f" {size:,}: CPU | median | p99 |" for size in sizes)
    lines = [
        f"| {what} |" + "".join(f" {c[what].cpu:.1f} | {c[what].median:.1f} | {c[what].p99:.1f} |" for _, c in found)
        for what in SCREENS
    ]
    parts = [f"| {what} |" + "".join(f" {took[what]:.0f} s |" for took, _ in found) for what in found[0][0]]
    text = (
        "# A large programme\n\nWritten by `python -m bench.scale`: the console's own documents, each asked for "
        f"{TIMES} times by one client in another process, of the whole system in one process (Python "
        f"{platform.python_version()}, {platform.machine()}, embedded PostgreSQL and broker; load {load} at the end). "
        "CPU of that process and times in ms.\n\n"
        f"| screen |{heads}\n|---|{'---|' * 3 * len(sizes)}\n" + "\n".join(lines) + "\n\n"
        "How the relationships came in, through the public API:\n\n"
        f"| |{''.join(f' {size:,} |' for size in sizes)}\n|---|{'---|' * len(sizes)}\n" + "\n".join(parts) + "\n"
    )
    if not sys.argv[1:]:
        OUT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
