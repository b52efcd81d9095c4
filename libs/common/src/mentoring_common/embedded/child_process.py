"""A server process that never outlives this one."""

import atexit
import ctypes
import functools
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

_Spawn = tuple[Callable[[], "subprocess.Popen[bytes]"], "Future[subprocess.Popen[bytes]]"]


class _Spawner:
    """Forks from one thread that lives as long as the process: Linux sends the death signal when the *thread* that
    forked ends (prctl(2), PR_SET_PDEATHSIG), and a pool's thread ends long before the process does."""

    def __init__(self) -> None:
        self._requests: queue.SimpleQueue[_Spawn] = queue.SimpleQueue()
        threading.Thread(target=self._serve, name="embedded-servers", daemon=True).start()

    def _serve(self) -> None:
        while True:
            spawn, outcome = self._requests.get()
            try:
                outcome.set_result(spawn())
            except Exception as error:
                outcome.set_exception(error)

    def run(self, spawn: Callable[[], "subprocess.Popen[bytes]"]) -> "subprocess.Popen[bytes]":
        outcome: Future[subprocess.Popen[bytes]] = Future()
        self._requests.put((spawn, outcome))
        return outcome.result()


@functools.cache
def _spawner_of(pid: int) -> _Spawner:
    """One spawner for each process: a fork keeps the cache but not the thread."""
    return _Spawner()


@dataclass(frozen=True)
class Account:
    """The operating system account a server runs under."""

    uid: int
    gid: int


def _die_with(parent: int, death_signal: signal.Signals) -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal.value)
    if os.getppid() != parent:  # the parent ended before the line above
        os._exit(1)


class ChildProcess:
    """A running server; its output goes to a log file.

    It ends on `stop()`, when the interpreter exits, and on Linux also when this process is killed. It has its own
    session, so that Ctrl-C in a terminal reaches this process alone, which then stops it in its own order.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", stop_signal: signal.Signals, log: Path) -> None:
        self._process = process
        self._stop_signal = stop_signal
        self._owner = os.getpid()
        self.log = log
        atexit.register(self.stop)

    @classmethod
    def spawn(
        cls,
        command: Sequence[str | Path],
        *,
        stop_signal: signal.Signals,
        log: Path,
        environment: Mapping[str, str],
        account: Account | None = None,
        pass_fds: Sequence[int] = (),
    ) -> "ChildProcess":
        """Start `command` under `account` (None: this process's own). OSError if it cannot be executed."""
        parent = os.getpid()
        with log.open("wb") as output:

            def start() -> "subprocess.Popen[bytes]":
                return subprocess.Popen(  # noqa: S603
                    [str(part) for part in command],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(environment),
                    cwd="/",
                    start_new_session=True,
                    pass_fds=tuple(pass_fds),
                    user=account.uid if account else None,
                    group=account.gid if account else None,
                    extra_groups=[] if account else None,
                    # Python calls it after the change of account, which would clear the death signal.
                    preexec_fn=functools.partial(_die_with, parent, stop_signal),
                )

            return cls(_spawner_of(parent).run(start), stop_signal, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> int:
        """Its exit status, when it has ended."""
        atexit.unregister(self.stop)
        return self._process.wait()

    def last_words(self) -> str:
        """The last line of the log that names an error, else the last line, else an empty text."""
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        failures = [line for line in lines if any(word in line for word in ("FATAL", "ERROR", "error", "Exception"))]
        return (failures or lines or [""])[-1].strip()[:300]

    def stop(self, *, patience_s: float = 20.0) -> None:
        """Ask it to end, and kill it after `patience_s` seconds. Does nothing the second time."""
        atexit.unregister(self.stop)
        if os.getpid() != self._owner or not self.running:  # a fork inherits the exit handlers, not the server
            return
        self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody holds at this moment; another process may take it before it is used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether nobody holds this TCP port of 127.0.0.1 at this moment."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def server_environment(**extra: str) -> dict[str, str]:
    """The little a server needs to know of this process's environment: settings and secrets stay here."""
    kept = ("PATH", "HOME", "TMPDIR", "LANG", "JAVA_HOME", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | extra
