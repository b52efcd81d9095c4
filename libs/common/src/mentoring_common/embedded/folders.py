"""Temporary folders that do not outlive their process, however that ends."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

_HELD = ".held"
_LONGEST_START_S = 60.0  # between the making of a folder and of its lock there are microseconds


class TemporaryFolder:
    """A folder of this process under the system's temporary one; its path is short enough for a socket in it.

    The kernel drops the lock on a file in it with the process that holds it: the next one to make a folder of the same
    prefix removes what killed processes left.
    """

    def __init__(self, prefix: str) -> None:
        parent = Path(tempfile.gettempdir())
        parent = parent if len(str(parent)) < 60 else Path("/tmp")  # noqa: S108
        for left in parent.glob(f"{prefix}*"):
            _remove_if_left(left)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        self._lock = os.open(self.path / _HELD, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        """Remove it with all that is in it. Does nothing the second time."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _remove_if_left(folder: Path) -> None:
    """Remove a folder whose process is gone; what is in use, or another account's, stays."""
    with contextlib.suppress(OSError):
        if not (folder / _HELD).exists():
            if time.time() - folder.stat().st_mtime < _LONGEST_START_S:
                return
            shutil.rmtree(folder, ignore_errors=True)
            return
        # Whoever made the file, opening it neither waits nor leads elsewhere.
        lock = os.open(folder / _HELD, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
