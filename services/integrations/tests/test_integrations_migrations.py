"""What a migration fills in of rows that were there before it: an employer's clients read old changes as new ones."""

import json
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_common import migrations
from mentoring_common.databases import provision

ADA, BOB, MATCH, GROUP, TENANT = (uuid4() for _ in range(5))
NOBODY = UUID("00000000-0000-8000-8000-000000000001")
CHANGES = [
    ("mentoring.matching.MatchConfirmed.v1", {"match_id": MATCH, "mentor_id": ADA, "mentee_id": BOB}),
    ("mentoring.matching.GroupMemberJoined.v1", {"group_id": GROUP, "person_id": ADA}),
    ("mentoring.matching.GroupMemberJoined.v1", {"group_id": GROUP, "person_id": BOB}),
    ("mentoring.sessions.MentoringSessionRecorded.v1", {"match_id": MATCH, "minutes": 60}),
    ("mentoring.applications.PersonChanged.v1", {"person_id": NOBODY}),
    ("mentoring.sessions.ConcernRaised.v1", {"concern_id": uuid4(), "match_id": MATCH}),
    ("mentoring.applications.CohortCreated.v1", {"cohort_id": uuid4()}),
]


@pytest.fixture
async def old(servers):
    """A database of before 0014, with changes and a webhook in it."""
    urls = await provision(servers.superuser_url, "integrations", database=f"mentoring_old_{uuid4().hex[:8]}")
    engine = create_async_engine(urls.owner)
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(migrations._config("integrations", c), "0013"))
        await connection.execute(sa.text("SELECT set_config('app.tenant', :t, true)"), {"t": str(TENANT)})
        for name in ("changes", "webhooks"):
            await connection.execute(sa.text(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"))
        insert = sa.text(
            "INSERT INTO changes (tenant_id, id, position, type, occurred_at, event)"
            " VALUES (:tenant, :id, :position, :type, now(), :event)"
        )
        for position, (type_, data) in enumerate(CHANGES, 1):
            event = json.dumps({"data": {name: v if isinstance(v, int) else str(v) for name, v in data.items()}})
            row = {"tenant": TENANT, "id": uuid4(), "position": position, "type": type_, "event": event}
            await connection.execute(insert, row)
        await connection.execute(
            sa.text(
                "INSERT INTO webhooks (tenant_id, id, url, description, types, made_by, made_at, state, secret)"
                " VALUES (:t, :i, 'https://example.org/', '', '{}', 'hr', now(), 'active', 'x')"
            ),
            {"t": TENANT, "i": uuid4()},
        )
        for name in ("changes", "webhooks"):
            await connection.execute(sa.text(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"))
    yield urls
    await engine.dispose()


async def test_old_changes_say_whom_they_are_about(old, servers):
    await migrations.upgrade(old.owner, "integrations")
    engine = create_async_engine(old.owner)
    async with engine.begin() as connection:
        for name in ("changes", "webhooks", "employees", "pairs"):
            await connection.execute(sa.text(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"))
        changes = (await connection.execute(sa.text("SELECT people, pair_id FROM changes ORDER BY position"))).all()
        employees = (await connection.execute(sa.text("SELECT id, known FROM employees"))).all()
        pairs = (await connection.execute(sa.text("SELECT id, people FROM pairs"))).all()
        states = (await connection.scalars(sa.text("SELECT state FROM webhooks"))).all()
    await engine.dispose()
    both = sorted([ADA, BOB])
    assert [(row.people, row.pair_id) for row in changes] == [
        (both, None), ([ADA], None), ([BOB], None), ([], MATCH), ([NOBODY], None), (None, None), ([], None),
    ]  # fmt: skip
    assert {(row.id, row.known) for row in employees} == {(ADA, False), (BOB, False)}  # to be asked for
    assert {row.id: sorted(row.people) for row in pairs} == {MATCH: both, GROUP: both}
    assert states == ["unverified"]  # who made it was told of no employer
