"""The embedded PostgreSQL: real starts, stops and kills."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_common.databases import provision
from mentoring_common.embedded import EmbeddedPostgres, EmbeddedServerError
from mentoring_common.embedded import postgres_binaries as binaries
from mentoring_common.embedded.child_process import Account

# Starts a server, says its pid, and waits to be ended from outside.
HOLDER = """
import asyncio, sys, time
from pathlib import Path
from mentoring_common.embedded import EmbeddedPostgres
async def main():
    # In a worker thread of a loop that ends: the server must outlive both, and not the process.
    return await EmbeddedPostgres.start(Path(sys.argv[1]), durable=False)
server = asyncio.run(main())
print(server.pid, flush=True)
{then}
"""


async def query(dsn: str, statement: str) -> object:
    engine = create_async_engine(dsn)
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        await engine.dispose()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    started = await EmbeddedPostgres.start(tmp_path, durable=False)
    yield started
    await started.stop()


def hold(folder: Path, then: str) -> tuple["subprocess.Popen[str]", int]:
    command = [sys.executable, "-c", HOLDER.format(then=then), str(folder)]
    holder = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        # What a shell begins in the background ignores Ctrl-C, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert holder.stdout is not None
    return holder, int(holder.stdout.readline())


def gone(pid: int, patience_s: float = 20) -> bool:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True  # ended; in a container nobody may collect it
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


async def test_a_service_reaches_its_own_database_only(server: EmbeddedPostgres) -> None:
    made = [await provision(server.dsn("postgres"), name) for name in ("applications", "matching")]
    assert made == [await provision(server.dsn("postgres"), name) for name in ("applications", "matching")]
    for urls in made:
        for url in (urls.owner, urls.app, urls.system):
            assert await query(url, "SELECT current_user") == make_url(url).username
    with pytest.raises(DBAPIError, match="permission denied"):
        await query(server.dsn("mentoring_matching", "mentoring_applications_app"), "SELECT 1")


async def test_is_postgresql_18_ready_for_many_connections(server: EmbeddedPostgres) -> None:
    dsn = server.dsn("postgres")
    assert int(str(await query(dsn, "SHOW server_version_num"))) >= 180000
    assert int(str(await query(dsn, "SHOW max_connections"))) >= 200
    assert await query(dsn, "SHOW timezone") == "UTC"
    assert await query(dsn, "SELECT uuidv7() < uuidv7()") is True


async def test_listens_on_no_network_address(server: EmbeddedPostgres) -> None:
    assert await query(server.dsn("postgres"), "SHOW listen_addresses") == ""
    assert server.socket_dir.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("durable", "expected"), [(True, "on"), (False, "off")])
async def test_durability_is_a_choice(tmp_path: Path, durable: bool, expected: str) -> None:
    server = await EmbeddedPostgres.start(tmp_path, durable=durable)
    settings = [
        await query(server.dsn("postgres"), f"SHOW {name}")
        for name in ("fsync", "synchronous_commit", "full_page_writes")
    ]
    await server.stop()
    assert settings == [expected] * 3


async def test_a_second_start_in_a_deep_folder_finds_its_data(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["a-folder-with-a-rather-long-name"] * 5)
    first = await EmbeddedPostgres.start(folder, durable=False)
    await query(first.dsn("postgres"), "CREATE TABLE kept AS SELECT 42 AS answer")
    await first.stop()
    await first.stop()
    assert gone(first.pid)
    assert not first.socket_dir.exists()
    second = await EmbeddedPostgres.start(folder, durable=False)
    assert await query(second.dsn("postgres"), "SELECT answer FROM kept") == 42
    await second.stop()


@pytest.mark.faults
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_ends_with_its_process_and_starts_again(tmp_path: Path, kill: signal.Signals) -> None:
    holder, pid = hold(tmp_path, "time.sleep(600)")
    holder.send_signal(kill)
    holder.wait(20)
    again = await EmbeddedPostgres.start(tmp_path, durable=False)  # at once: the old server may still be closing
    assert gone(pid)
    assert await query(again.dsn("postgres"), "SELECT 1") == 1
    await again.stop()


async def test_ends_when_the_program_ends(tmp_path: Path) -> None:
    holder, pid = hold(tmp_path, "")
    assert holder.wait(30) == 0
    assert gone(pid)


@pytest.mark.faults
async def test_starts_after_the_server_itself_was_killed(tmp_path: Path) -> None:
    server = await EmbeddedPostgres.start(tmp_path, durable=True)
    await query(server.dsn("postgres"), "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server.pid, signal.SIGKILL)
    assert gone(server.pid)
    await server.stop()
    pid_file = tmp_path / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))  # the number belongs to another program by now
    again = await EmbeddedPostgres.start(tmp_path, durable=True)
    assert await query(again.dsn("postgres"), "SELECT answer FROM kept") == 42
    await again.stop()


async def test_a_cluster_cut_short_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "cluster.unfinished").mkdir()
    (tmp_path / "cluster.unfinished" / "PG_VERSION").write_text("18")
    server = await EmbeddedPostgres.start(tmp_path, durable=False)
    assert await query(server.dsn("postgres"), "SELECT 1") == 1
    await server.stop()


async def test_a_folder_in_use_is_refused_in_one_line(server: EmbeddedPostgres, tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerError, match=r"in use by another process: .*choose another folder") as refusal:
        await EmbeddedPostgres.start(tmp_path, durable=False)
    assert "\n" not in str(refusal.value)
    assert await query(server.dsn("postgres"), "SELECT 1") == 1


async def test_a_folder_that_cannot_be_made_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedServerError, match="choose a folder") as refusal:
        await EmbeddedPostgres.start(tmp_path / "file" / "folder", durable=False)
    assert "\n" not in str(refusal.value)


async def test_a_broken_cluster_is_refused_in_one_line(tmp_path: Path) -> None:
    await (await EmbeddedPostgres.start(tmp_path, durable=False)).stop()
    (tmp_path / "cluster" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(EmbeddedServerError, match="did not start") as refusal:
        await EmbeddedPostgres.start(tmp_path, durable=False)
    assert "\n" not in str(refusal.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its server to another account")
def test_programs_under_a_private_folder_are_copied_to_an_open_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_open_to_all", lambda program: False)
    folder = binaries.reachable_binaries(Account(65534, 65534))
    version = subprocess.run(
        [folder / "postgres", "--version"], user=65534, group=65534, capture_output=True, text=True
    )
    assert "PostgreSQL" in version.stdout
