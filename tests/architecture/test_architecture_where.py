"""`docs/where.md` names places that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/where.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`([a-z_]+/[\w/]+(?:\.py)?(?:::\w+)?)`", PAGE)))


def _path(named: str) -> Path:
    first, rest = named.split("/", 1)
    if (ROOT / named).exists():
        return ROOT / named
    if first in ("common", "contracts"):
        return ROOT / f"libs/{first}/src/mentoring_{first}" / rest
    return ROOT / f"services/{first}/src/mentoring_{first}" / rest


@pytest.mark.parametrize("named", NAMED)
def test_what_the_page_names_is_there(named):
    path, _, name = named.partition("::")
    assert _path(path).exists(), f"docs/where.md names {path}"
    if name:
        defined = rf"^(async def|def|class) {name}\b|^{name}\b.*="
        assert re.search(defined, _path(path).read_text("utf-8"), re.M), f"docs/where.md names {named}"


def test_the_page_names_a_good_many_places():
    assert len(NAMED) >= 25
