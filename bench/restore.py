"""How long a backup and a restore take: `python -m bench.restore [PEOPLE …]`.

Writes docs/benchmarks/restore.md. Every person has twenty events in the outboxes of five services, and the rows of
those who handled them; every two are a pair. One in a thousand was erased after the backup.
"""

from __future__ import annotations

import asyncio
import base64
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr
from pyrage.x25519 import Identity
from sqlalchemy.ext.asyncio import create_async_engine

from bench.parts import running_parts
from bench.relationships import FILL
from mentoring_allinone.backups import ledger, restoring, taking
from mentoring_common import migrations
from mentoring_common.databases import provision
from mentoring_common.erasures import Erasure
from mentoring_common.ids import new_id
from mentoring_common.settings import Settings
from mentoring_common.testing.harness import Servers

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "restore.md"
PEOPLE = (1_000, 10_000, 100_000)
TENANT = new_id()
ANNOUNCED = """
    INSERT INTO outbox (tenant_id, event_id, topic, type, aggregate_type, aggregate_id, aggregate_version, occurred_at,
                        headers, payload, published_at)
    SELECT :tenant, md5(:service || n || '/' || v)::uuid, 'mentoring.' || :service, 'Something.v1', 'thing',
           md5('person' || n)::uuid, v, now(),
           '{"ce_id": "x", "ce_type": "x", "ce_source": "mentoring", "ce_specversion": "1.0"}',
           convert_to(json_build_object('person_id', md5('person' || n)::uuid, 'at', now())::text, 'UTF8'), now()
    FROM generate_series(1, :people) AS n, generate_series(1, 4) AS v
"""
HANDLED = """
    INSERT INTO inbox (consumer, event_id, tenant_id)
    SELECT :service, md5(:other || n || '/' || v)::uuid, :tenant
    FROM generate_series(1, :people) AS n, generate_series(1, 4) AS v
"""
MARKED = """
    INSERT INTO event_marks (tenant_id, consumer, aggregate_key, version)
    SELECT :tenant, :service, :other || ':' || md5('person' || n)::uuid, 4 FROM generate_series(1, :people) AS n
"""
KEYS = """
    INSERT INTO subject_keys (tenant_id, subject_id, wrapped_key)
    SELECT :tenant, md5('person' || n)::uuid, decode(repeat(md5(n::text), 4), 'hex')
    FROM generate_series(1, :people) AS n
"""
KNOWN = """
    WITH named AS (INSERT INTO people (tenant_id, id, name, email, languages, attributes)
    SELECT :tenant, md5('person' || n)::uuid, 'Person ' || n, 'person' || n || '@example.org', '["en"]',
           '{"discipline": "Nursing"}'
    FROM generate_series(1, :people) AS n)
    INSERT INTO pairings (tenant_id, id, mentor_id, mentee_id, confirmed)
    SELECT :tenant, gen_random_uuid(), md5('person' || n)::uuid, md5('person' || n + 1)::uuid, true
    FROM generate_series(1, :people, 2) AS n
"""


@dataclass(frozen=True)
class Took:
    """One round: seconds of a backup and a restore, and what was in it."""

    people: int
    rows: int
    database_mb: float
    backup_mb: float
    held_ms: int
    backup_s: float
    restore_s: float
    erased: int


async def measure(people: int) -> Took:
    """Fill five databases, back them up, lose them, and restore."""
    async with running_parts() as parts:
        before = 0.0
        for service in taking.SERVICES:
            urls = await provision(parts.superuser_url, service)
            await migrations.upgrade(urls.owner, service)
            before += await fill(parts.superuser_url, service, people)
        with tempfile.TemporaryDirectory() as folder:
            return await _round(parts, people, before, Path(folder))


async def _round(parts: Servers, people: int, size: float, folder: Path) -> Took:
    key = Identity.generate()
    book = folder / taking.LEDGER
    began = time.perf_counter()
    backup, manifest = await taking.take(parts.superuser_url, folder, [key.to_public()], book)
    backup_s = time.perf_counter() - began
    rows = sum([await _rows(parts.superuser_url, service) for service in taking.SERVICES])
    ids = await _first_people(parts.superuser_url, people // 1000)
    ledger.write_down(book, [Erasure(tenant_id=TENANT, person_id=person) for person in ids])
    began = time.perf_counter()
    done = await restoring.restore(parts.superuser_url, backup, [key], book, _settings(parts), lambda _: None)
    restore_s = time.perf_counter() - began
    assert done.erased_again == len(ids)
    megabytes = sum(dump.bytes for dump in manifest.dumps.values()) / 1e6
    return Took(people, rows, size, megabytes, manifest.held_ms, backup_s, restore_s, done.erased_again)


async def fill(superuser_url: str, service: str, people: int) -> float:
    """What a service holds of so many people; the megabytes of its database."""
    others = taking.SERVICES
    values = {
        "tenant": TENANT, "people": people, "service": service,
        "other": others[others.index(service) - 1], "programme": new_id(), "number": people // 2,
    }  # fmt: skip
    of_its_own = {"applications": KNOWN, "sessions": FILL}.get(service, KEYS)
    engine = create_async_engine(_of(superuser_url, service))
    async with engine.begin() as connection:
        for statement in (ANNOUNCED, HANDLED, MARKED, of_its_own):
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            await connection.execute(sa.text(statement), used)
        size = await connection.scalar(sa.text("SELECT pg_database_size(current_database()) / 1e6"))
    await engine.dispose()
    return float(size or 0)


async def _rows(superuser_url: str, service: str) -> int:
    engine = create_async_engine(_of(superuser_url, service))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text("ANALYZE"))
        counted = sa.text("SELECT sum(greatest(reltuples, 0)) FROM pg_stat_user_tables JOIN pg_class ON relid = oid")
        rows = int(await connection.scalar(counted) or 0)
    await engine.dispose()
    return rows


async def _first_people(superuser_url: str, number: int) -> list[Any]:
    engine = create_async_engine(_of(superuser_url, "applications"))
    async with engine.connect() as connection:
        found = list(await connection.scalars(sa.text("SELECT id FROM people LIMIT :n"), {"n": number}))
    await engine.dispose()
    return found


def _of(superuser_url: str, service: str) -> str:
    return superuser_url.replace("/postgres?", f"/mentoring_{service}?")


def _settings(parts: Servers) -> Settings:
    return Settings(
        database_url="postgresql+asyncpg://",
        system_database_url="postgresql+asyncpg://",
        kafka_bootstrap_servers=parts.kafka_bootstrap_servers,
        kafka_idempotent=False,
        kafka_fast_groups=True,
        token_issuer="none",  # noqa: S106  nobody is asked for a token
        token_jwks_url="none",  # noqa: S106
        master_key=SecretStr(base64.b64encode(os.urandom(32)).decode()),
    )


def table(rounds: list[Took]) -> str:
    """What was measured, in Markdown."""
    head = (
        "| people | rows | databases, MB | backup, MB | writers waited, ms | backup, s | restore, s | erased again |\n"
        "|---|---|---|---|---|---|---|---|\n"
    )
    lines = "\n".join(
        f"| {t.people:,} | {t.rows:,} | {t.database_mb:,.0f} | {t.backup_mb:,.1f} | {t.held_ms} | {t.backup_s:.1f} "
        f"| {t.restore_s:.1f} | {t.erased} |"
        for t in rounds
    )
    where = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    people = " ".join(str(t.people) for t in rounds)
    return f"""# How long a backup and a restore take

Written by `python -m bench.restore {people}`. {where}, embedded PostgreSQL (fsync off), broker on the same machine.
Every person is known to applications, and has twenty published events in the outboxes of five services, twenty rows in
their inboxes, marks and keys; every two are a pair. The restore is everything from the command to the moment in which
services may start: checking the files, filling five databases, indexes, erasing again one of a thousand people, and
taking the places of the old databases. A disk that keeps what it is told (fsync) and a network add to it.

{head}{lines}
"""


def main() -> None:
    rounds = [asyncio.run(measure(people)) for people in map(int, sys.argv[1:] or map(str, PEOPLE))]
    OUT.write_text(table(rounds), encoding="utf-8")
    sys.stdout.write(table(rounds))


if __name__ == "__main__":
    main()
