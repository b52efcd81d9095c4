"""Has the site hold what its pages point to outside of docs/, and list what is in a folder that one points to.

A page keeps the links that it has in the repository. What lies outside of docs/ stands below `repository/` in the site.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(\[[^]]*\]\()([^)\s#]+)(#[^)\s]*)?(\))")
NAMED_IN_NAV = ("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md")


def in_site(path: str) -> str:
    """Where something of the repository is in the site; a folder is its list."""
    at = path.removeprefix("docs/") if path.startswith("docs/") else f"repository/{path}"
    return f"{at.rstrip('/')}/index.md" if (ROOT / path).is_dir() else at


def in_repository(src_uri: str) -> str:
    """Where a page of the site is in the repository."""
    return src_uri.removeprefix("repository/") if src_uri.startswith("repository/") else f"docs/{src_uri}"


def target_of(page: str, link: str) -> str | None:
    """What a link of a page of the repository points to there; None where that is an address or nothing."""
    if re.match(r"[a-z]+:", link):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), link))
    return path if (ROOT / path).exists() and not path.startswith("..") else None


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what pages point to, and what that points to."""
    waiting = [in_repository(file.src_uri) for file in files.documentation_pages()]
    waiting += NAMED_IN_NAV
    seen = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        at = in_site(path)
        if files.get_file_from_path(at) is None:
            text = _listed(path) if (ROOT / path).is_dir() else None
            made = (
                File.generated(config, at, content=text)
                if text is not None
                else File.generated(config, at, abs_src_path=str(ROOT / path))
            )
            files.append(made)
        if path.endswith(".md") and (ROOT / path).is_file():
            found = LINK.findall((ROOT / path).read_text("utf-8"))
            waiting += [target for _, link, _, _ in found if (target := target_of(path, link))]
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Have links lead to where things are in the site."""
    of_repository = in_repository(page.file.src_uri)
    here = posixpath.dirname(page.file.src_uri) or "."

    def led(found: re.Match[str]) -> str:
        opened, link, part, closed = found.groups(default="")
        target = target_of(of_repository, link)
        return f"{opened}{posixpath.relpath(in_site(target), here)}{part}{closed}" if target else found[0]

    return LINK.sub(led, markdown)


def _listed(folder: str) -> str:
    """A page that lists a folder: documents by their titles, other files by name."""
    lines = [f"# {Path(folder).name.capitalize()}", ""]
    for path in sorted((ROOT / folder).iterdir()):
        if path.suffix == ".md":
            title = re.search(r"^# (.+)$", path.read_text("utf-8"), re.MULTILINE)
            name = title[1] if title else path.name
            lines.append(f"- [{name}]({path.name})" if folder.startswith("docs/") else f"- {name}")
        elif not path.name.startswith((".", "_")):
            lines.append(f"- `{path.name}`")
    return "\n".join(lines) + "\n"
