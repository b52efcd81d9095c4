"""Small files of a data folder that must be the same at the next start: keys and secrets."""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mentoring_common.embedded.errors import EmbeddedServerError


def kept(path: Path, make: Callable[[], dict[str, Any]], remedy: str) -> dict[str, Any]:
    """What the JSON file `path` holds, which `make` gives the first time; only this account can read it.

    EmbeddedServerError, with `remedy`, where it cannot be read or holds something else.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_once(path, json.dumps(make()))
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise EmbeddedServerError(f"{path} cannot be used ({error.strerror or error}): {remedy}.") from error
    except ValueError as error:
        raise EmbeddedServerError(f"{path} is broken: {remedy}.") from error
    if not isinstance(found, dict):
        raise EmbeddedServerError(f"{path} is broken: {remedy}.")
    return found


def _write_once(path: Path, text: str) -> None:
    """The finished file appears at once and never replaces another, so that two starts agree on one.

    It is on the disk before it has its name: neither a kill nor a power cut leaves half of it under that name.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)
        _sync(path.parent)
    except FileExistsError:
        pass  # another process was faster: its file counts
    except FileNotFoundError:
        if not path.exists():  # else it was faster and has cleaned up, as below
            raise
    for left in path.parent.glob(f".{path.name}.*"):  # also of starts that were killed
        left.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
