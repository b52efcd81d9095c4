"""What is read of a programme of 14,000 relationships, and of 100,000: `python -m bench.relationships`.

Writes docs/benchmarks/relationships.md: how many statements and how long a page of fifty takes by each filter and
order, the counts of a dashboard, and what one person reads of their own, over HTTP in one process, one request after
the other. What is flat asks as many statements of both, and does not take seven times as long of the larger.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
import uvloop
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import create_async_engine

from bench.parts import running_parts
from mentoring_common.ids import new_id
from mentoring_common.testing.harness import Harness, Servers, running
from mentoring_common.testing.statements import statements
from mentoring_contracts.applications import ProgrammeCreated, RoleGranted
from mentoring_sessions.app import create_app

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "relationships.md"
SIZES, TIMES = (14_000, 100_000), 30
EACH = "{number}"  # of a request: what was counted before helps none that asks for another
FILL = """
    WITH pairs AS (
    INSERT INTO relationships (tenant_id, id, programme_id, cohort_id, mentor_id, mentee_id, state, confirmed_at,
                               started_at, ends_at, last_held_at, budget_minutes, month_minutes, total_minutes,
                               mentoring_sessions)
    SELECT :tenant, gen_random_uuid(), :programme, :programme, gen_random_uuid(), gen_random_uuid(), 'active', began,
           began, began + interval '1 year', began + n % 90 * interval '1 day', 360, 30, n % 300, n % 300 / 60
    FROM generate_series(1, :number) AS n, LATERAL (SELECT now() - n % 360 * interval '1 day' AS began) AS t
    RETURNING *),
    people AS (
    INSERT INTO members (tenant_id, id, relationship_id, person_id, role, leads, joined_at)
    SELECT p.tenant_id, gen_random_uuid(), p.id, m.person_id, m.role, m.role = 'mentor', p.confirmed_at
    FROM pairs p, LATERAL (VALUES (p.mentor_id, 'mentor'), (p.mentee_id, 'mentee')) AS m (person_id, role))
    INSERT INTO concerns (tenant_id, id, relationship_id, programme_id, raised_by, raised_at, state)
    SELECT tenant_id, gen_random_uuid(), id, programme_id, mentee_id, confirmed_at, 'raised' FROM pairs
    WHERE total_minutes % 100 = 0
"""
ASKED = {
    "all": "",
    "behind": "&behind=true",
    "behind, most first": "&behind=true&order_by=behind",
    "quiet for 28 days, longest first": "&quiet_days=28&order_by=quiet",
    "with an open concern": "&open_concern=true",
    "ending within 30 days, soonest first": "&ends_within_days=30&order_by=ends",
    "paused": "&paused=true",
}
OF_ONE = {
    "a person's home": "/people/{person}/home",
    "what waits for a person": "/people/{person}/waiting",
    "a person's relationships": "/relationships?limit=50",
    "a relationship": "/relationships/{pair}",
    "its meetings": "/relationships/{pair}/mentoring-sessions?limit=50",
    "its appointments": "/relationships/{pair}/appointments",
    "its year (plan)": "/relationships/{pair}/plan",
    "its reviews": "/relationships/{pair}/reviews",
    "the library": "/programmes/{programme}/resources?limit=50",
    "a person's calendar": "/people/{person}/calendar.ics",
}
LIBRARY = {"wordings": [{"language": "en", "title": "First steps", "text": "Meet soon."}], "roles": ["mentor"]}


@dataclass(frozen=True)
class Read:
    """How many statements something takes, and how long: the median and the slowest of thirty, in ms."""

    statements: int
    median: float
    slowest: float


async def measure(servers: Servers, pairs: int) -> dict[str, Read]:
    """What each thing that is asked takes in a programme of so many pairs."""
    tenant, programme, manager = new_id(), new_id(), new_id()
    async with running(servers, create_app, "sessions") as harness:
        created = ProgrammeCreated(programme_id=programme, direction="traditional", blueprint={"hours_budget": 6})
        granted = RoleGranted(role_id=new_id(), programme_id=programme, person_id=manager, role="programme_manager")
        await harness.publish(tenant, created, granted)
        pair, mentor = await _fill(servers, harness, tenant, programme, pairs)
        team = harness.caller("sessions:write", tenant=tenant, subject=manager)
        given = await team.post(f"/programmes/{programme}/resources", json=LIBRARY)
        assert given.status_code == 201, given.text
        asked = {
            what: (team, f"/relationships?programme_id={programme}&limit=50{more}") for what, more in ASKED.items()
        }
        counts = f"/programmes/{programme}/relationships/counts"
        asked["counts of a dashboard"] = (team, counts)
        asked["counts, counted anew"] = (team, f"{counts}?quiet_days={EACH}")
        own = harness.caller("sessions:read", tenant=tenant, subject=mentor)
        ids = {"person": mentor, "pair": pair, "programme": programme}
        asked |= {what: (own, path.format(**ids)) for what, path in OF_ONE.items()}
        return {what: await _read(harness, client, path) for what, (client, path) in asked.items()}


async def _fill(servers: Servers, harness: Harness, tenant: UUID, programme: UUID, pairs: int) -> tuple[UUID, UUID]:
    """Pairs that nobody made by a request; one of them, with its mentor."""
    owner = sa.engine.make_url(harness.service.settings.owner_database_url)
    engine = create_async_engine(sa.engine.make_url(servers.superuser_url).set(database=owner.database))
    async with engine.begin() as connection:
        await connection.execute(sa.text(FILL), {"tenant": tenant, "programme": programme, "number": pairs})
        await connection.execute(sa.text("ANALYZE"))
        one = sa.text("SELECT id, mentor_id FROM relationships WHERE tenant_id = :tenant LIMIT 1")
        found = (await connection.execute(one, {"tenant": tenant})).one()
    await engine.dispose()
    return found.id, found.mentor_id


async def _read(harness: Harness, client: AsyncClient, path: str) -> Read:
    took: list[float] = []
    for number in range(1, TIMES + 4):
        began = time.perf_counter()
        answer = await client.get(path.replace(EACH, str(number)))
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.text
    with statements(harness.service.database.engine, own=True) as each:
        await client.get(path.replace(EACH, str(TIMES + 4)))
    return Read(len(each), statistics.median(took[3:]), max(took[3:]))


async def _measure() -> list[dict[str, Read]]:
    async with running_parts() as servers:
        return [await measure(servers, pairs) for pairs in SIZES]


def main() -> None:
    load, cores = os.getloadavg()[0], os.cpu_count()
    small, large = uvloop.run(_measure())
    lines = [
        f"| {what} | {one.statements} / {other.statements} | {one.median:.1f} | {one.slowest:.1f} "
        f"| {other.median:.1f} | {other.slowest:.1f} |"
        for what, one, other in ((what, small[what], large[what]) for what in small)
    ]
    text = (
        "# Relationships of a large programme\n\nWritten by `python -m bench.relationships`: what the team and one "
        f"person read of a programme of {SIZES[0]:,} relationships, and of one of {SIZES[1]:,}; {TIMES} requests each, "
        "one after the other, in ms. A list is a page of fifty. What is flat asks as many statements of both.\n\n"
        "`behind` and its order are of all relationships of the programme, so their times grow with it. Counts look at "
        "all of them too, but of more than 10,000 at most once a minute: one request counts anew, and the others take "
        "what it found. What is left is of a page or a person. "
        f"The machine had {cores} cores and a load of {load:.1f} when this began: on a busy one, trust counts and "
        "ratios.\n\n"
        "| asked | statements | median | slowest | median of the larger | slowest |\n|---|---|---|---|---|---|\n"
        + "\n".join(lines)
        + "\n"
    )
    OUT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
