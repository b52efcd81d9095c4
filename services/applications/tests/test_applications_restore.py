"""Who was erased after a backup was made is erased again after it was restored."""

import asyncio
import json
import uuid
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_applications.app import create_app
from mentoring_common.main import main
from mentoring_common.tables import subject_keys
from mentoring_common.testing import eventually
from mentoring_common.testing.harness import running
from mentoring_contracts.applications import PersonErased

SCOPES = ("organisation:admin", "applications:read", "applications:write")


async def copy_database(servers, settings, name):
    """The settings of a copy of a database that nobody is connected to."""
    source = urlsplit(settings.database_url).path[1:]
    engine = create_async_engine(servers.superuser_url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{source}"'))
    await engine.dispose()
    return settings.model_copy(update={url: value.replace(source, name) for url, value in urls_of(settings).items()})


def urls_of(settings):
    """Where a service keeps its rows."""
    return {url: getattr(settings, url) for url in ("database_url", "system_database_url", "owner_database_url")}


def operator_runs(monkeypatch, settings, *command):
    """`python -m mentoring_applications …` with the settings in the environment."""
    for name, value in settings.model_dump(mode="json").items():
        secret = getattr(settings, name)
        text = secret.get_secret_value() if hasattr(secret, "get_secret_value") else value
        monkeypatch.setenv(f"MENTORING_{name.upper()}", str(text))
    monkeypatch.setattr("sys.argv", ["mentoring_applications", *command])
    main("applications")


async def made(harness, tenant, name):
    async with harness.caller(*SCOPES, tenant=tenant) as office:
        answer = await office.post("/people", json={"name": name, "email": f"{uuid.uuid4().hex}@example.org"})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def status_of(harness, tenant, person):
    async with harness.caller(*SCOPES, tenant=tenant) as office:
        return (await office.get(f"/people/{person}")).status_code


async def erased(harness, tenant, person):
    async with harness.caller(*SCOPES, tenant=tenant) as office:
        assert (await office.delete(f"/people/{person}")).status_code == 204


async def published(harness, tenant, number):
    async def there():
        async with harness.service.system.connect() as connection:
            done = sa.text(
                "SELECT count(*) FROM outbox WHERE tenant_id = :t AND published_at IS NOT NULL AND type LIKE :k"
            )
            return await connection.scalar(done, {"t": tenant, "k": "%PersonErased%"}) == number

    await eventually(there, what="the erasure is published")


@pytest.mark.parametrize("by", ["topic", "ledger"])
async def test_who_was_erased_after_the_backup_is_erased_again(servers, tenant, monkeypatch, tmp_path, capsys, by):
    async with running(servers, create_app, "applications") as first:
        gone, later, stays = [await made(first, tenant, name) for name in ("Gone", "Later", "Stays")]
        await erased(first, tenant, gone)
        settings = first.service.settings
    backup = await copy_database(servers, settings, f"backup_{uuid.uuid4().hex[:8]}")
    async with running(servers, create_app, "applications", **urls_of(settings)) as first:
        came_later = await made(first, tenant, "Came later")
        for person in (later, came_later):
            await erased(first, tenant, person)
        await published(first, tenant, 3)
    ledger = tmp_path / "erasures.jsonl"
    await asyncio.to_thread(operator_runs, monkeypatch, settings, "erasures")
    ledger.write_text(capsys.readouterr().out)
    assert {json.loads(line)["person_id"] for line in ledger.read_text().splitlines()} == {gone, later, came_later}

    command = ["erase-again"] if by == "topic" else ["erase-again", "--ledger", str(ledger)]
    await asyncio.to_thread(operator_runs, monkeypatch, backup, "restored")
    await asyncio.to_thread(operator_runs, monkeypatch, backup, *command)
    assert capsys.readouterr().out.splitlines()[-1] == "1 people erased again"
    async with running(servers, create_app, "applications", **urls_of(backup)) as restored:
        assert [await status_of(restored, tenant, p) for p in (gone, later, came_later, stays)] == [404, 404, 404, 200]
        told = [e.person_id for e in await restored.emitted(tenant, PersonErased)]
        assert told == [uuid.UUID(gone), uuid.UUID(later)]
        async with restored.service.database.transaction(tenant) as db:
            c = subject_keys.c
            destroyed = await db.scalars(sa.select(c.subject_id).where(c.tenant_id == tenant, c.destroyed))
            assert set(destroyed) == {uuid.UUID(p) for p in (gone, later, came_later)}
    await asyncio.to_thread(operator_runs, monkeypatch, backup, *command)  # a second time changes nothing
    assert capsys.readouterr().out.splitlines()[-1] == "0 people erased again"


@pytest.mark.parametrize("line", ["no JSON", "{}", '{"tenant_id": "x", "person_id": "y"}'])
async def test_a_file_that_is_no_ledger_is_refused(applications, monkeypatch, tmp_path, capsys, line):
    (tmp_path / "ledger").write_text(f"\n{line}\n")
    with pytest.raises(SystemExit) as ended:
        await asyncio.to_thread(
            operator_runs,
            monkeypatch,
            applications.service.settings,
            "erase-again",
            "--ledger",
            str(tmp_path / "ledger"),
        )
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith("line 2 has no tenant_id and person_id")
