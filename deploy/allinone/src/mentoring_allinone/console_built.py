"""Whether the console that the gateway serves was built from the sources that are here: known without Node.

`python -m mentoring_allinone.console_built` notes what it was built from, at the end of `make console`.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
SOURCES = ROOT / "console"
NOTE = ROOT / "services" / "gateway" / "src" / "mentoring_gateway" / "built_console" / "built-from.txt"
_NOT_SOURCES = ("node_modules", "gql", "README.md")


def digest(sources: Path = SOURCES) -> str:
    """SHA-256 over the names and contents of the sources."""
    found = hashlib.sha256()
    for path in sorted(_files(sources)):
        found.update(f"{path.relative_to(sources).as_posix()}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def is_fresh() -> bool:
    """Whether the sources are those that were built."""
    return NOTE.exists() and NOTE.read_text("utf-8").strip() == digest()


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _NOT_SOURCES:
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


if __name__ == "__main__":
    NOTE.write_text(digest() + "\n", "utf-8")
