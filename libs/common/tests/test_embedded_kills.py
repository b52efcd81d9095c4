"""What killed processes leave: no half-written file, no folder, no server."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from mentoring_common.embedded.issuer import KEY_FILE, DevIssuer

pytestmark = pytest.mark.faults
KILL_AT = """
import os, signal, sys
from pathlib import Path
from mentoring_common.embedded.issuer import DevIssuer
setattr(os, sys.argv[2], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
DevIssuer("http://issuer.test", "mentoring", Path(sys.argv[1]))
"""
START = """
import asyncio, sys, time
from pathlib import Path
from mentoring_common.embedded import EmbeddedBroker, EmbeddedPostgres
async def main():
    return await EmbeddedPostgres.start(Path(sys.argv[1]), durable=False), await EmbeddedBroker.start()
servers = asyncio.run(main())
print(*(server.pid for server in servers), flush=True)
time.sleep(float(sys.argv[2]))
for server in servers:
    server.stop_blocking()
"""
TEST = """
import asyncio, os
async def test_that_takes_long(servers):
    children = [line.split()[0] for line in os.popen(f"ps -o pid= --ppid {os.getpid()}")]
    with open(os.environ["PIDS"] + ".unfinished", "w") as file:
        file.write(" ".join(children))
    os.rename(file.name, os.environ["PIDS"])
    await asyncio.sleep(600)
"""


@pytest.fixture
def temporary():
    """A temporary folder of one's own, short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="kills-", dir="/tmp"))
    folder.chmod(0o711)  # the account of a server that must not be root goes through it
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("moment", ["fsync", "link"])
def test_a_start_that_is_killed_leaves_no_half_written_key(tmp_path, moment):
    done = subprocess.run([sys.executable, "-c", KILL_AT, str(tmp_path), moment], check=False)
    assert done.returncode == -signal.SIGKILL
    issuer = DevIssuer("http://issuer.test", "mentoring", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    assert DevIssuer("http://issuer.test", "mentoring", tmp_path).jwks() == issuer.jwks()


def test_the_next_start_removes_what_a_killed_one_left(tmp_path, temporary):
    environment = os.environ | {"TMPDIR": str(temporary)}
    command = [sys.executable, "-c", START, str(tmp_path / "data")]
    killed = subprocess.Popen([*command, "600"], env=environment, stdout=subprocess.PIPE, text=True)
    pids = [int(pid) for pid in killed.stdout.readline().split()]
    killed.kill()
    killed.wait()
    assert all(gone(pid) for pid in pids)
    assert len(list(temporary.glob("mentoring-*"))) == 2
    subprocess.run([*command, "0"], env=environment, check=True, stdout=subprocess.DEVNULL)
    assert list(temporary.iterdir()) == []


def test_a_folder_in_use_is_left_alone(tmp_path, temporary):
    environment = os.environ | {"TMPDIR": str(temporary)}
    first = subprocess.Popen(
        [sys.executable, "-c", START, str(tmp_path / "first"), "600"],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    first.stdout.readline()
    held = set(temporary.iterdir())
    second = [sys.executable, "-c", START, str(tmp_path / "second"), "0"]
    subprocess.run(second, env=environment, check=True, stdout=subprocess.DEVNULL)
    assert set(temporary.iterdir()) == held
    first.kill()
    first.wait()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_test_run_that_is_ended_ends_its_servers(tmp_path, temporary, end):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["mentoring_common.testing.plugin"]')
    (tmp_path / "test_long.py").write_text(TEST)
    pids = tmp_path / "pids"
    environment = os.environ | {"TMPDIR": str(temporary), "PIDS": str(pids)}
    for name in ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS"):
        environment.pop(name, None)
    options = ["-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=session"]
    options += ["-o", "asyncio_default_test_loop_scope=session", "-p", "no:cacheprovider"]
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *options, "test_long.py"],
        cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        # What is begun in the background of a shell ignores Ctrl-C, and so would what it begins.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not pids.exists():
        assert time.monotonic() < deadline
        assert run.poll() is None
        time.sleep(0.05)
    servers = [int(pid) for pid in pids.read_text().split()]
    assert len(servers) >= 2
    run.send_signal(end)
    run.wait(60)
    assert all(gone(pid) for pid in servers)
    if end != signal.SIGKILL:
        assert list(temporary.glob("mentoring-*")) == []


def gone(pid, patience_s=20):
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
