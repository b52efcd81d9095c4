"""Migrations, safe by template: one at a time, short lock timeouts, row level security on every table.

A service's `migrations/env.py` is one call of `run_environment`; a new revision is written by
`python -m mentoring_common.migrations <service> "what it does"` and then read by a person.
"""

import asyncio
import importlib
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from mentoring_common import tables
from mentoring_common.audit import FUNCTION as APPEND_AUDIT
from mentoring_common.collected import FUNCTION as WRITE_COLLECTED
from mentoring_common.databases import provision, roles
from mentoring_common.idempotency import FUNCTION as CLAIM_KEY

LOCK = 0x6D6967726174  # advisory lock: one migration at a time, per database
_TENANT = "tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid"
# What relay, deadline poller and clean-up see of every tenant.
_SYSTEM = {
    "outbox": "SELECT, UPDATE, DELETE",
    "deadlines": "SELECT, DELETE",
    "inbox": "SELECT, DELETE",
    "idempotency_keys": "SELECT, DELETE",
    "parked_events": "SELECT",
    "unreadable_records": "SELECT, DELETE",  # an operator deletes what was looked at
    "audit_heads": "SELECT",
}
# A log is only added to; its head moves on and is never taken away.
_RIGHTS = {"audit_log": "SELECT, INSERT", "audit_heads": "SELECT, INSERT, UPDATE"}


def protect(op: Any, service: str, names: Iterable[str], *, system_rights: Mapping[str, str] | None = None) -> None:
    """Lay row level security and grants on new tables: the application sees its transaction's tenant and no other.

    `system_rights` (table → rights) are for work that waits for every tenant: what a `Periodic` looks for.
    """
    _, app, system = roles(service)
    of_system = _SYSTEM | dict(system_rights or {})
    for name in names:
        rights = _RIGHTS.get(name, "SELECT, INSERT, UPDATE, DELETE")
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {name} TO {app} USING ({_TENANT}) WITH CHECK ({_TENANT})")
        op.execute(f"GRANT {rights} ON {name} TO {app}")
        if name in of_system:
            op.execute(f"CREATE POLICY system ON {name} TO {system} USING (true) WITH CHECK (true)")
            op.execute(f"GRANT {of_system[name]} ON {name} TO {system}")


def create_common_tables(op: Any, service: str) -> None:
    """The first lines of every service's first revision: the tables of `tables.py`, protected."""
    tables.metadata.create_all(op.get_bind(), checkfirst=False)
    protect(op, service, [t.name for t in tables.metadata.sorted_tables])
    op.execute(APPEND_AUDIT)
    _lay_version_floor(op, service)
    write_at_once(op)


def write_at_once(op: Any) -> None:
    """The functions by which a transaction writes what it collected, and claims a key, in one round trip each."""
    op.execute(WRITE_COLLECTED)
    op.execute(CLAIM_KEY)


def find_work_by_index(op: Any) -> None:
    """Have the lookout find what waits of a kind, and what failed, among any number of deadlines."""
    table, waiting = "ON deadlines", "WHERE fired_at IS NULL"
    op.execute(f"CREATE INDEX IF NOT EXISTS ix_deadlines_waiting_of_kind {table} (kind, due_at) {waiting}")
    failed = f"{waiting} AND not_before IS NOT NULL"
    op.execute(f"CREATE INDEX IF NOT EXISTS ix_deadlines_failed {table} (not_before) {failed}")


def mark_events(op: Any, service: str) -> None:
    """Note how far each consumer has come with each aggregate, and let versions be raised after a restore."""
    table = tables.event_marks
    if not sa.inspect(op.get_bind()).has_table(table.name):
        table.create(op.get_bind())
        protect(op, service, [table.name])
    _lay_version_floor(op, service)


def _lay_version_floor(op: Any, service: str) -> None:
    """Versions of aggregates are above the value of this sequence, which only the owner raises."""
    _, app, _ = roles(service)
    op.execute("CREATE SEQUENCE IF NOT EXISTS version_floor AS bigint MINVALUE 0 START 0")
    op.execute(f"GRANT SELECT ON SEQUENCE version_floor TO {app}")


def anchor_audit_log(op: Any, service: str) -> None:
    """Key the entries of the audit log, note what was announced of it, and keep its heads from being taken away."""
    _, app, system = roles(service)
    op.execute("ALTER TABLE audit_log ADD COLUMN IF NOT EXISTS key_id text")
    op.execute("ALTER TABLE audit_heads ADD COLUMN IF NOT EXISTS anchored_position bigint NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE audit_heads ADD COLUMN IF NOT EXISTS anchored_at timestamptz")
    op.execute(f"REVOKE DELETE ON audit_heads FROM {app}")
    op.execute("DROP POLICY IF EXISTS system ON audit_heads")
    op.execute(f"CREATE POLICY system ON audit_heads TO {system} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT ON audit_heads TO {system}")
    op.execute(APPEND_AUDIT)


def count_changes(op: Any, *names: str, column: str = "version", of: str | None = None) -> None:
    """Have a column of these tables count the changes of each row (or of one column), whatever statement makes them."""
    op.execute(
        f"CREATE OR REPLACE FUNCTION count_{column}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN NEW.{column} := OLD.{column} + 1; RETURN NEW; END $$"
    )
    for name in names:
        op.execute(f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {column} integer NOT NULL DEFAULT 1")
        op.execute(f"ALTER TABLE {name} ALTER COLUMN {column} SET DEFAULT 1")
        op.execute(f"DROP TRIGGER IF EXISTS count_{column} ON {name}")
        op.execute(
            f"CREATE TRIGGER count_{column} BEFORE UPDATE {f'OF {of} ' if of else ''}ON {name} "
            f"FOR EACH ROW EXECUTE FUNCTION count_{column}()"
        )


def note_changes(op: Any, *names: str) -> None:
    """Have `updated_at` of these tables say when each row was last changed, and find by it what changed since.

    By the clock of the database: whoever polls compares it with other systems', not with the times of programmes.
    """
    op.execute(
        "CREATE OR REPLACE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END $$"
    )
    for name in names:
        op.execute(f"ALTER TABLE {name} ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now()")
        op.execute(f"ALTER TABLE {name} ALTER COLUMN updated_at SET DEFAULT clock_timestamp()")
        op.execute(f"CREATE TRIGGER note_change BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION note_change()")
        op.execute(f"CREATE INDEX ix_{name}_updated ON {name} (tenant_id, updated_at)")


def keep_rights(op: Any) -> None:
    """Keep the rights of a role that somebody holds, where the database was made before roles had them."""
    op.execute("ALTER TABLE scoped_roles ADD COLUMN IF NOT EXISTS rights text[]")


def keep_unreadable_records(op: Any, service: str) -> None:
    """Add the table of records that cannot be read, where the database was made before there was one."""
    table = tables.unreadable_records
    if not sa.inspect(op.get_bind()).has_table(table.name):
        table.create(op.get_bind())
        protect(op, service, [table.name])


async def upgrade(owner_url: str, service: str) -> bool:
    """Bring a service's database to its newest revision, in one transaction under an advisory lock; indexes after it.

    True if the database was empty before.
    """
    engine = create_async_engine(owner_url)
    try:
        async with engine.begin() as connection:
            tables_before = await connection.run_sync(lambda c: sa.inspect(c).get_table_names())
            await connection.run_sync(lambda c: command.upgrade(_config(service, c), "head"))
        await _build_beside(engine, service)
        return not tables_before
    finally:
        await engine.dispose()


async def _build_beside(engine: AsyncEngine, service: str) -> None:
    """Build the indexes of the models that no revision made, while everything is written: no lock is held meanwhile.

    So a revision leaves an index on a table that is large to this. What was cut short is begun anew.
    """
    metadata: sa.MetaData = importlib.import_module(f"mentoring_{service}.models").Base.metadata
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        there = {row.name: row.good for row in await connection.execute(_INDEXES)}
        for index in (index for table in metadata.sorted_tables for index in table.indexes):
            if there.get(str(index.name)):
                continue
            if index.name in there:
                await connection.execute(sa.text(f'DROP INDEX CONCURRENTLY "{index.name}"'))
            made = str(sa.schema.CreateIndex(index).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
            await connection.exec_driver_sql(made.replace(" INDEX ", " INDEX CONCURRENTLY ", 1))


_INDEXES = sa.text("""
    SELECT c.relname::text AS name, i.indisvalid AS good FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace
""")


async def pending(owner_url: str, service: str) -> list[tuple[str, str]]:
    """What `upgrade` would do, and does not: each revision that a database lacks with what it does, in their order."""
    engine = create_async_engine(owner_url)
    try:
        async with engine.connect() as connection:
            at = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    finally:
        await engine.dispose()
    lacking = [*_scripts(service).iterate_revisions("head", at)] if at else [*_scripts(service).walk_revisions()]
    return [(one.revision, (one.doc or "").partition("\n")[0]) for one in reversed(lacking)]


def newest(service: str) -> str:
    """The revision that a service's database is at once this release has migrated it."""
    return str(_scripts(service).get_current_head())


def run_environment(metadata: sa.MetaData) -> None:
    """All that a service's `migrations/env.py` does."""
    connection: sa.Connection = context.config.attributes["connection"]
    connection.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
    connection.execute(sa.text("SET LOCAL statement_timeout = '60s'"))
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    existing = set(sa.inspect(connection).get_table_names())
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=lambda name, kind, _: kind != "table" or name in metadata.tables,
        template_args={"new_tables": [t.name for t in metadata.sorted_tables if t.name not in existing]},
    )
    context.run_migrations()


async def differences(engine: AsyncEngine, service: str) -> list[Any]:
    """What the models of a service say and a database lacks, or the other way round, under any role."""
    metadata: sa.MetaData = importlib.import_module(f"mentoring_{service}.models").Base.metadata

    def compare(connection: sa.Connection) -> list[Any]:
        both = [metadata, tables.metadata]
        looked = MigrationContext.configure(connection, opts={"include_name": _of_ours})
        return list(compare_metadata(looked, both))  # type: ignore[arg-type]

    async with engine.connect() as connection:
        return await connection.run_sync(compare)


def _of_ours(name: str | None, kind: str, _: Any) -> bool:
    return kind != "table" or name != "alembic_version"


def _config(service: str, connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", f"mentoring_{service}:migrations")
    config.set_main_option("file_template", "%%(rev)s")
    config.attributes["connection"] = connection
    return config


async def _write_revision(service: str, message: str) -> None:
    """Write a revision with what the models have and a freshly migrated database lacks."""
    from mentoring_common.embedded.postgres import EmbeddedPostgres

    with tempfile.TemporaryDirectory() as folder:
        server = await EmbeddedPostgres.start(Path(folder) / "postgres", durable=False)
        try:
            urls = await provision(server.dsn("postgres"), service)
            revisions = len(list((Path(_package_folder(service)) / "migrations" / "versions").glob("*.py")))
            if revisions:
                await upgrade(urls.owner, service)
            engine = create_async_engine(urls.owner)
            async with engine.begin() as connection:
                await connection.run_sync(
                    lambda c: command.revision(
                        _config(service, c), message, autogenerate=True, rev_id=f"{revisions + 1:04}"
                    )
                )
            await engine.dispose()
        finally:
            await server.stop()


def _scripts(service: str) -> ScriptDirectory:
    return ScriptDirectory(f"{_package_folder(service)}/migrations")


def _package_folder(service: str) -> str:
    return str(next(iter(importlib.import_module(f"mentoring_{service}").__path__)))


if __name__ == "__main__":
    asyncio.run(_write_revision(sys.argv[1], sys.argv[2]))
