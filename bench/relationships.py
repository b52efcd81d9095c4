"""A programme team's list of 14,000 relationships: `python -m bench.relationships`.

Writes docs/benchmarks/relationships.md: how long a page of fifty takes by each filter and order, and the counts of a
dashboard, over HTTP in one process, one request after the other.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
import uvloop
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import create_async_engine

from bench.parts import running_parts
from mentoring_common.ids import new_id
from mentoring_common.testing.harness import Harness, Servers, running
from mentoring_contracts.applications import ProgrammeCreated, RoleGranted
from mentoring_sessions.app import create_app

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "relationships.md"
PAIRS, TIMES = 14_000, 30
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


async def measure(servers: Servers) -> list[tuple[str, float, float]]:
    """What was asked, the median and the slowest of thirty, in ms."""
    tenant, programme, manager = new_id(), new_id(), new_id()
    async with running(servers, create_app, "sessions") as harness:
        created = ProgrammeCreated(programme_id=programme, direction="traditional", blueprint={"hours_budget": 6})
        granted = RoleGranted(role_id=new_id(), programme_id=programme, person_id=manager, role="programme_manager")
        await harness.publish(tenant, created, granted)
        await _fill(servers, harness, tenant, programme)
        client = harness.caller("sessions:read", tenant=tenant, subject=manager)
        asked = {what: f"/relationships?programme_id={programme}&limit=50{more}" for what, more in ASKED.items()}
        asked["counts"] = f"/programmes/{programme}/relationships/counts"
        return [(what, *await _took(client, path)) for what, path in asked.items()]


async def _fill(servers: Servers, harness: Harness, tenant: UUID, programme: UUID) -> None:
    owner = sa.engine.make_url(harness.service.settings.owner_database_url)
    engine = create_async_engine(sa.engine.make_url(servers.superuser_url).set(database=owner.database))
    async with engine.begin() as connection:
        await connection.execute(sa.text(FILL), {"tenant": tenant, "programme": programme, "number": PAIRS})
        await connection.execute(sa.text("ANALYZE"))
    await engine.dispose()


async def _took(client: AsyncClient, path: str) -> tuple[float, float]:
    took = []
    for _ in range(TIMES + 3):
        began = time.perf_counter()
        answer = await client.get(path)
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.text
    return statistics.median(took[3:]), max(took[3:])


async def _measure() -> list[tuple[str, float, float]]:
    async with running_parts() as servers:
        return await measure(servers)


def main() -> None:
    lines = [f"| {what} | {median:.1f} | {slowest:.1f} |" for what, median, slowest in uvloop.run(_measure())]
    text = (
        "# A programme team's list\n\nWritten by `python -m bench.relationships`: a page of fifty of "
        f"{PAIRS:,} relationships of one programme, and their counts; {TIMES} requests, one after the other.\n\n"
        "| asked | median, ms | slowest, ms |\n|---|---|---|\n" + "\n".join(lines) + "\n"
    )
    OUT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
