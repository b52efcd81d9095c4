"""The documentation as a site: no dead link, every page in the navigation, nothing asked of anybody else."""

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from mentoring_common import yaml_text

ROOT = Path(__file__).resolve().parents[2]
READERS = {"coordinator", "respondent", "hr system", "front end", "integrator", "operator", "contributor"}
QUIET = {"NO_MKDOCS_2_WARNING": "1", "PATH": "/usr/bin"}


def built(root, to):
    command = [sys.executable, "-m", "mkdocs", "build", "-f", str(root / "deploy/docs/mkdocs.yml"), "-d", str(to)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=QUIET)


class Read(HTMLParser):
    """What a page points to, what it loads, and the parts that others may point to."""

    def __init__(self, text):
        super().__init__()
        self.points, self.loads, self.ids = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and given.get("href"):
            self.points.append(given["href"])
        named = given.get("src") or (given.get("href") if tag == "link" else None)
        if named:
            self.loads.append(named)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    to = tmp_path_factory.mktemp("site")
    told = built(ROOT, to)
    assert told.returncode == 0, told.stderr
    return {path: Read(path.read_text("utf-8")) for path in to.rglob("*.html") if path.name != "404.html"}, to


def test_no_link_is_dead(site):
    pages, _ = site
    dead = []
    for path, page in pages.items():
        for link in page.points + page.loads:
            parts = urlsplit(link)
            if parts.scheme or not (parts.path or parts.fragment):
                continue
            found = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not found.exists() or (
                parts.fragment and found in pages and unquote(parts.fragment) not in pages[found].ids
            ):
                dead.append(f"{path.name}: {link}")
    assert sorted(set(dead)) == []
    assert len(pages) > 50


def test_nothing_is_loaded_from_elsewhere(site):
    pages, to = site
    assert [(path.name, link) for path, page in pages.items() for link in page.loads if urlsplit(link).netloc] == []
    styles = "".join(path.read_text("utf-8") for path in to.rglob("*.css"))
    assert re.findall(r"url\(\s*[\"']?(?:https?:)?//[^)]*", styles) == []


def test_search_finds_a_page(site):
    _, to = site
    found = json.loads((to / "search" / "search_index.json").read_text("utf-8"))["docs"]
    assert {"runbook.html", "settings.html"} <= {one["location"] for one in found if "#" not in one["location"]}


def test_pages_are_grouped_by_what_they_are_for_and_for_whom():
    text = (ROOT / "deploy/docs/mkdocs.yml").read_text("utf-8")
    groups = [next(iter(one)) for one in yaml_text.ours(text)["nav"]]
    assert groups == ["Start", "Tutorials", "How-to", "Reference", "Explanation"]
    titles = re.findall(r"^ +- \"?([^:\n]+):", text.partition("nav:\n  - Start")[2], re.MULTILINE)
    assert {reader for reader in READERS if any(reader in title.lower() for title in titles)} == READERS


def test_a_page_left_out_and_a_dead_link_are_named(tmp_path):
    """The control: what the other tests rely on MkDocs to find, it finds."""
    for path in ROOT.iterdir():
        if path.name not in ("docs", "deploy", "build"):
            (tmp_path / path.name).symlink_to(path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", symlinks=True)
    (tmp_path / "docs" / "left-out.md").write_text(
        "# Left out\n\n[nowhere](nowhere.md) [no part](runbook.md#no-part)\n"
    )
    told = built(tmp_path, tmp_path / "site")
    assert told.returncode != 0
    assert "left-out.md" in told.stderr
    assert "nowhere.md" in told.stderr
    assert "no-part" in told.stderr
