"""Migrations only expand, so that code of the version before goes on beside the new tables; one may look before."""

import importlib
import json
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common import migrations, yaml_text
from mentoring_common.databases import provision
from mentoring_common.main import main

ACCEPTED = Path(__file__).with_name("upgrades.yaml")
# Rules of squawk that say that old code breaks: https://squawkhq.com/docs/rules.
CONTRACTS = {
    "adding-not-nullable-field", "adding-required-field", "ban-drop-column", "ban-drop-not-null", "ban-drop-table",
    "ban-truncate-cascade", "changing-column-type", "renaming-column", "renaming-table",
}  # fmt: skip
# Those that say that a table is read or written whole while others wait: seconds to minutes of ten million rows.
HOLDS = {
    "adding-field-with-default", "adding-foreign-key-constraint", "adding-serial-primary-key-field",
    "changing-column-type", "constraint-missing-not-valid", "disallowed-unique-constraint",
    "require-concurrent-index-creation", "adding-not-nullable-field", "require-concurrent-index-deletion",
}  # fmt: skip
CHANGED = re.compile(r"(?:INSERT INTO|UPDATE) alembic_version .*?'(\d+)'", re.DOTALL)


def contracts(statements):
    """Rules of `CONTRACTS` that some statements break, as one migration."""
    return broken(statements) & CONTRACTS


def broken(statements):
    """Rules of squawk that some statements break, as one migration."""
    squawk = [str(Path(sys.executable).with_name("squawk")), "--reporter", "json", "--assume-in-transaction"]
    told = subprocess.run(
        [*squawk, "--pg-version", "18", "--stdin-filepath", "migration.sql"],
        input=";\n".join(statements) + ";\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    return {found["rule_name"] for found in json.loads(told.stdout or "[]")}


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
    accepted = yaml_text.ours(ACCEPTED.read_text("utf-8"))
    from_then_on = accepted.pop("holds-nothing-after")[service]
    known = {(rule, one["revision"]) for rule, of in accepted.items() for one in of.get(service, [])}
    assert all(one["why"] for of in accepted.values() for one in of.get(service, []))
    assert found - known == set(), "expand first, contract in a later release: docs/production.md#upgrading"
    assert known - found == set(), "no longer so: take it out of upgrades.yaml"
    holds = {(revision, rule) for revision, said in revisions.items() if said and revision > from_then_on
             for rule in broken(said) & HOLDS}  # fmt: skip
    assert holds == set(), "a large table would be held: docs/production.md#upgrading says what to do in its place"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX ix_people_name ON people (name)",
        "ALTER TABLE people ADD CONSTRAINT named CHECK (name <> '')",
        "ALTER TABLE people ADD COLUMN seen timestamptz NOT NULL DEFAULT clock_timestamp()",
        "ALTER TABLE people ADD CONSTRAINT one UNIQUE (name)",
        "DROP INDEX ix_people_name",
    ],
)
def test_what_would_hold_a_large_table_is_seen(statement):
    assert broken([statement]) & HOLDS


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE people ADD COLUMN nick text",
        "ALTER TABLE people ADD COLUMN age integer NOT NULL DEFAULT 1",
        "CREATE TABLE more (id integer PRIMARY KEY, name text CHECK (name <> '')); CREATE INDEX ix ON more (name)",
        "ALTER TABLE people ADD CONSTRAINT named CHECK (name <> '') NOT VALID",
    ],
)
def test_what_holds_nothing_is_let_through(statement):
    assert broken([statement]) & HOLDS == set()


async def test_an_index_that_no_revision_made_is_built_beside_and_what_was_cut_short_is_begun_anew(servers):
    urls = await provision(servers.superuser_url, "sessions", database=f"beside_{uuid.uuid4().hex[:8]}")
    await migrations.upgrade(urls.owner, "sessions")
    engine = create_async_engine(urls.owner, isolation_level="AUTOCOMMIT")
    metadata = importlib.import_module("mentoring_sessions.models").Base.metadata
    lost, cut_short = [index.name for table in metadata.sorted_tables for index in table.indexes][:2]
    superuser = create_async_engine(make_url(urls.owner).set(
        username=make_url(servers.superuser_url).username, password=None), isolation_level="AUTOCOMMIT")  # fmt: skip
    async with engine.connect() as connection:
        await connection.execute(sa.text(f"DROP INDEX {lost}"))
    async with superuser.connect() as connection:
        broken_off = sa.text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(:name)")
        await connection.execute(broken_off, {"name": cut_short})
    await superuser.dispose()
    await migrations.upgrade(urls.owner, "sessions")
    async with engine.connect() as connection:
        valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)"
        assert [await connection.scalar(sa.text(valid), {"name": name}) for name in (lost, cut_short)] == [True, True]
    assert await migrations.differences(engine, "sessions") == []
    await engine.dispose()


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
