"""What backups stand on: one moment of several databases, the ledger, and what a backup and a key are taken for."""

import asyncio
import hashlib
import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import make_url

from mentoring_allinone.backups import archive, ledger, taking
from mentoring_allinone.backups.errors import BackupFailed
from mentoring_allinone.backups.moment import connect, one_moment
from mentoring_allinone.backups.servers import database, text
from mentoring_allinone.cli import main
from mentoring_common.erasures import Erasure
from mentoring_common.testing import eventually


@pytest.fixture
async def databases(servers):
    """Two databases with what a moment needs of a service's tables."""
    server = await connect(make_url(servers.superuser_url))
    made = {}
    for service in ("owner", "reader"):
        name = f"{service}_{uuid.uuid4().hex[:8]}"
        await server.execute(f'CREATE DATABASE "{name}"')
        made[service] = make_url(servers.superuser_url).set(database=name)
        connection = await connect(made[service])
        await connection.execute("CREATE TABLE inbox (id int); CREATE TABLE outbox (id int)")
        await connection.close()
    await server.close()
    return made


async def seen(url, snapshot, table):
    """The rows of a table as of a snapshot."""
    connection = await connect(url)
    await connection.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '{snapshot}'")
    rows = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
    await connection.close()
    return rows


async def test_a_moment_waits_for_who_writes_and_holds_nobody_up_afterwards(databases):
    writer, other = await connect(databases["owner"]), await connect(databases["reader"])
    await writer.execute("BEGIN; INSERT INTO outbox VALUES (1)")
    reached, end = asyncio.Event(), asyncio.Event()
    moments = []

    async def take():
        async with one_moment(databases) as moment:
            moments.append(moment)
            reached.set()
            await end.wait()

    taking_it = asyncio.create_task(take())

    async def waits():
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass"
        return await writer.fetchval(asked)

    await eventually(waits, what="the gate to wait for the writer")
    assert not reached.is_set()
    await writer.execute("COMMIT")
    await reached.wait()
    for connection in (writer, other):  # while the snapshots are in use
        await connection.execute("SET lock_timeout = '1s'; INSERT INTO inbox VALUES (2); INSERT INTO outbox VALUES (2)")
    [moment] = moments
    counts = [await seen(databases[s], moment.snapshots[s], t) for s in databases for t in ("inbox", "outbox")]
    assert counts == [0, 1, 0, 0]
    end.set()
    await taking_it
    await writer.close()
    await other.close()


async def test_whoever_writes_for_long_is_not_ended(databases, monkeypatch):
    monkeypatch.setattr("mentoring_allinone.backups.moment.TRIES", 2)
    writer = await connect(databases["reader"])
    await writer.execute("BEGIN; INSERT INTO outbox VALUES (1)")
    with pytest.raises(BackupFailed, match="long transactions"):
        async with one_moment(databases):
            pass
    await writer.execute("INSERT INTO inbox VALUES (1); COMMIT")
    await writer.close()


async def test_a_role_that_may_not_lock_is_told(databases, servers):
    name = f"reads_{uuid.uuid4().hex[:8]}"
    server = await connect(make_url(servers.superuser_url))
    await server.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'x' IN ROLE pg_read_all_data")
    await server.close()
    as_reader = {service: url.set(username=name, password="x") for service, url in databases.items()}
    with pytest.raises(BackupFailed, match="see the role"):
        async with one_moment(as_reader):
            pass


def test_the_ledger_is_only_added_to(tmp_path):
    book = tmp_path / "elsewhere" / "erasures.jsonl"
    first, second = (Erasure(tenant_id=uuid.uuid4(), person_id=uuid.uuid4()) for _ in range(2))
    assert ledger.write_down(book, [first, first]) == 1
    assert ledger.write_down(book, [first, second]) == 1
    assert ledger.read(book) == [first, second]
    assert oct(book.stat().st_mode)[-3:] == "600"
    book.write_text("no ledger\n")
    for touch in (lambda: ledger.read(book), lambda: ledger.write_down(book, [first])):
        with pytest.raises(BackupFailed, match="line 1"):
            touch()


def test_a_backup_is_known_by_its_manifest_and_taken_as_it_was_written(tmp_path):
    def dump_of(service):
        (tmp_path / f"{service}.dump.age").write_bytes(service.encode())
        digest = hashlib.sha256(service.encode()).hexdigest()
        return archive.Dump(file=f"{service}.dump.age", bytes=len(service), sha256=digest, revision="0001")

    def told(services):
        dumps = {service: dump_of(service) for service in services}
        written = archive.Manifest(moment=datetime.now(UTC), held_ms=1, dumps=dumps)
        (tmp_path / archive.MANIFEST).write_text(written.model_dump_json())

    with pytest.raises(BackupFailed, match="is no backup"):
        archive.read_manifest(tmp_path)
    told(taking.SERVICES[1:])
    with pytest.raises(BackupFailed, match="nothing of applications"):
        archive.read_manifest(tmp_path)
    told(taking.SERVICES)
    assert set(archive.read_manifest(tmp_path).dumps) == set(taking.SERVICES)
    (tmp_path / "sessions.dump.age").write_bytes(b"Sessions")
    with pytest.raises(BackupFailed, match=r"sessions\.dump\.age is not as it was written"):
        archive.read_manifest(tmp_path)


def test_old_backups_are_removed_and_nothing_else(tmp_path):
    now = datetime.now(UTC)
    names = [(now - timedelta(days=days)).strftime(taking.NAMED) for days in (1, 40)]
    for name in (*names, "notes"):
        (tmp_path / name).mkdir()
    (tmp_path / "erasures.jsonl").touch()
    assert [path.name for path in taking.forget(tmp_path, 35)] == [names[1]]
    assert {path.name for path in tmp_path.iterdir()} == {names[0], "notes", "erasures.jsonl"}


@pytest.mark.parametrize(
    ("command", "told", "words"),
    [
        (["backup", "b", "--to", "age1"], {}, "MENTORING_BACKUP_URL"),
        (["backup", "b", "--to", "age1"], {"BACKUP_URL": "postgresql://h"}, "--to takes the public half"),
        (["erasures", "e"], {"BACKUP_URL": "nonsense"}, "is no URL"),
        (["erasures", "e"], {"BACKUP_URL": "postgresql://u:secret@127.0.0.1:1"}, "cannot be reached"),
        (["restore", "b", "--key", "k"], {"MASTER_KEY": "short"}, "MENTORING_RESTORE_URL"),
        (["backup-key", "there"], {}, "cannot be written: File exists"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path, monkeypatch, capsys, command, told, words):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MENTORING_")]:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(f"MENTORING_{name}", value)
    (tmp_path / "there").touch()
    monkeypatch.setattr("sys.argv", ["mentoring", *command])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err.strip()
    assert (ended.value.code, words in said, len(said.splitlines())) == (2, True, 1), said
    assert "secret" not in said


def test_addresses_name_a_server_and_each_service_has_its_database():
    assert text(database("postgresql://u:p%40@h/x?ssl=require", "matching")) == (
        "postgresql+asyncpg://u:p%40@h/mentoring_matching?ssl=require"
    )
    assert database("postgresql://u@pg-{service}", "matching").host == "pg-matching"


async def test_a_database_that_is_away_is_told(servers):
    with pytest.raises(BackupFailed, match=r"nobody cannot be reached \(InvalidCatalogNameError\)"):
        await connect(make_url(servers.superuser_url).set(database="nobody"))
