"""A programme of a hundred thousand pairs: what is read for one page or one person is as much as in a small one."""

import asyncio
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_common.testing.statements import rows_read, statements

PAIRS = 100_000
MANY = """
    WITH pairs AS (
    INSERT INTO relationships (tenant_id, id, programme_id, cohort_id, mentor_id, mentee_id, state, confirmed_at,
                               total_minutes, mentoring_sessions)
    SELECT :tenant, gen_random_uuid(), :programme, CASE WHEN n % 2 = 0 THEN CAST(:cohort AS uuid) ELSE :other END,
           gen_random_uuid(), gen_random_uuid(), 'active', now(), 0, 0
    FROM generate_series(1, :number) AS n RETURNING *)
    INSERT INTO members (tenant_id, id, relationship_id, person_id, role, leads, joined_at)
    SELECT p.tenant_id, gen_random_uuid(), p.id, m.person_id, m.role, m.role = 'mentor', p.confirmed_at
    FROM pairs p, LATERAL (VALUES (p.mentor_id, 'mentor'), (p.mentee_id, 'mentee')) AS m (person_id, role)
"""


async def fill(servers, service, statement, *tables, **values):
    """Rows that nobody made by a request, of the tables named."""
    owner = sa.engine.make_url(service.settings.owner_database_url)
    engine = create_async_engine(sa.engine.make_url(servers.superuser_url).set(database=owner.database))
    async with engine.begin() as connection:
        await connection.execute(sa.text(statement), values)
        for table in tables:
            await connection.execute(sa.text(f"ANALYZE {table}"))
    await engine.dispose()


@pytest.fixture
async def large(servers, begun):
    values = {"tenant": begun.tenant, "programme": begun.programme_id, "cohort": begun.cohort_id}
    other = UUID(int=begun.cohort_id.int ^ 1)
    await fill(servers, begun.harness.service, MANY, "relationships", "members", **values, other=other, number=PAIRS)
    return begun


async def test_pages_and_people_of_a_large_programme_are_read_alone(large):
    database = large.harness.service.database
    asked = []
    for who, path in (
        (large.team, f"/relationships?cohort_id={large.cohort_id}&limit=50"),
        (large.admin, "/relationships?limit=50"),
        (large.mentor, "/relationships?limit=50"),
        (large.mentor, f"/relationships/{large.match_id}"),
        (large.mentor, f"/people/{large.mentor_id}/home"),
        (large.team, f"/programmes/{large.programme_id}/nudges?limit=50"),
        (large.team, f"/programmes/{large.programme_id}/activities?limit=50"),
    ):
        with statements(database.engine, own=True) as each:
            answer = await who.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert len(each) <= 12, (path, each)
        asked += each
    path = f"/programmes/{large.programme_id}/relationships/counts"
    first = (await large.team.get(path)).json()  # looks at all of them
    with statements(database.engine, own=True) as each:
        again = (await large.team.get(path)).json()
    asked += each
    assert again == first
    read = await rows_read(database, large.tenant, asked)
    assert read
    assert max(read.values()) <= 500, {text: rows for text, rows in read.items() if rows > 500}


async def test_a_large_programme_is_counted_anew_after_a_minute_and_no_two_count_at_once(large):
    path = f"/programmes/{large.programme_id}/relationships/counts"
    before = (await large.team.get(path)).json()
    assert before["relationships"] == PAIRS + 1
    assert (await large.mentor.post(f"{large.path}/pause", json={})).status_code == 200
    assert (await large.team.get(path)).json()["paused"] == 0
    large.later(minutes=2)
    found = [answer.json() for answer in await asyncio.gather(*(large.team.get(path) for _ in range(4)))]
    assert {one["paused"] for one in found} <= {0, 1}
    after = (await large.team.get(path)).json()
    assert (after["paused"], after["counted_at"] > before["counted_at"]) == (1, True)
    of_cohort = (await large.team.get(f"{path}?cohort_id={large.cohort_id}&quiet_days=5")).json()
    assert of_cohort["relationships"] == PAIRS // 2 + 1
