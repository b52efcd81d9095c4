"""Migrations only expand, so that code of the version before goes on beside the new tables; one may look before."""

import json
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common import migrations, yaml_text
from mentoring_common.databases import provision
from mentoring_common.main import main

ACCEPTED = Path(__file__).with_name("upgrades.yaml")
# Rules of squawk that say that old code breaks: https://squawkhq.com/docs/rules. How long a lock is held is bounded by
# the timeouts that every migration has.
CONTRACTS = {
    "adding-not-nullable-field", "adding-required-field", "ban-drop-column", "ban-drop-not-null", "ban-drop-table",
    "ban-truncate-cascade", "changing-column-type", "renaming-column", "renaming-table",
}  # fmt: skip
CHANGED = re.compile(r"(?:INSERT INTO|UPDATE) alembic_version .*?'(\d+)'", re.DOTALL)


def contracts(statements):
    """Rules of `CONTRACTS` that some statements break, as one migration."""
    squawk = [str(Path(sys.executable).with_name("squawk")), "--reporter", "json", "--assume-in-transaction"]
    told = subprocess.run(
        [*squawk, "--pg-version", "18", "--stdin-filepath", "migration.sql"],
        input=";\n".join(statements) + ";\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    return {found["rule_name"] for found in json.loads(told.stdout or "[]")} & CONTRACTS


async def said_by(servers, service):
    """What each revision of a service changes in the tables, as PostgreSQL is told it."""
    urls = await provision(servers.superuser_url, service, database=f"{service}_{uuid.uuid4().hex[:8]}")
    said = []

    def note(connection, cursor, statement, *_):
        said.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        await migrations.upgrade(urls.owner, service)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    revisions, statements = {}, []
    for statement in said:
        if found := CHANGED.match(statement):
            revisions[found[1]], statements = statements, []
        elif re.match(r"\s*(CREATE|ALTER|DROP|TRUNCATE)\b", statement):
            statements.append(statement)
    return revisions


@pytest.mark.parametrize("service", WITH_DATABASE)
async def test_old_code_can_live_with_what_a_migration_makes(servers, service):
    revisions = await said_by(servers, service)
    assert list(revisions)[-1] == migrations.newest(service)
    found = {(rule, revision) for revision, said in revisions.items() if said for rule in contracts(said)}
    accepted = yaml_text.ours(ACCEPTED.read_text("utf-8")) or {}
    known = {(rule, one["revision"]) for rule, of in accepted.items() for one in of.get(service, [])}
    assert all(one["why"] for of in accepted.values() for one in of.get(service, []))
    assert found - known == set(), "expand first, contract in a later release: docs/production.md#upgrading"
    assert known - found == set(), "no longer so: take it out of upgrades.yaml"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("ALTER TABLE people DROP COLUMN name", "ban-drop-column"),
        ("ALTER TABLE people RENAME COLUMN name TO called", "renaming-column"),
        ("ALTER TABLE people RENAME TO persons", "renaming-table"),
        ("ALTER TABLE people ALTER COLUMN name TYPE integer", "changing-column-type"),
        ("ALTER TABLE people ADD COLUMN age integer NOT NULL", "adding-required-field"),
        ("DROP TABLE people", "ban-drop-table"),
        ("ALTER TABLE people ADD COLUMN age integer NOT NULL DEFAULT 1", None),
        ("CREATE TABLE more (id integer NOT NULL)", None),
    ],
)
def test_what_old_code_cannot_live_with_is_seen(statement, rule):
    assert contracts([statement]) == ({rule} if rule else set())


async def to_revision(urls, service, revision):
    engine = create_async_engine(urls.owner)
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(migrations._config(service, c), revision))
    await engine.dispose()


async def test_a_plan_says_what_is_lacking_and_changes_nothing(servers, monkeypatch, capsys):
    urls = await provision(servers.superuser_url, "matching", database=f"plan_{uuid.uuid4().hex[:8]}")
    every = await migrations.pending(urls.owner, "matching")
    assert every[0][0] == "0001"
    await to_revision(urls, "matching", "0003")
    lacking = await migrations.pending(urls.owner, "matching")
    assert lacking == every[3:]
    assert lacking[-1][0] == migrations.newest("matching")
    assert all(does for _, does in lacking)
    await migrations.upgrade(urls.owner, "matching")
    assert await migrations.pending(urls.owner, "matching") == []


def test_the_plan_is_of_migrate(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["mentoring_matching", "serve", "--plan"])
    with pytest.raises(SystemExit) as ended:
        main("matching")
    assert ended.value.code == 2
    assert "--plan is of migrate" in capsys.readouterr().err
