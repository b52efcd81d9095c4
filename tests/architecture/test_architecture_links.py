"""What documents point to is there: files, parts of files, tests."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
# The guide is a part of docs/blueprints.md, and points to what is beside that.
DOCUMENTS = [n for n in LISTED.stdout.splitlines() if (ROOT / n).exists() and not n.endswith("blueprint_guide.md")]
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:tests|libs|services|deploy|bench|blueprints|docs)/[\w./*-]+)[^`]*`")


def anchors(path):
    """The parts of a document as links name them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.replace("`", "")).lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_points_to_is_there(name):
    text, folder = (ROOT / name).read_text("utf-8"), (ROOT / name).parent
    dead = []
    for target in LINK.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, part = target.partition("#")
        found = (folder / file).resolve() if file else ROOT / name
        if not found.exists() or (part and found.suffix == ".md" and part not in anchors(found)):
            dead.append(target)
    written = [path for path in PATH.findall(text) if not path.startswith("services/awards")]  # an example's
    dead += [path for path in written if not list(ROOT.glob(path.rstrip("/")))]
    assert dead == []
