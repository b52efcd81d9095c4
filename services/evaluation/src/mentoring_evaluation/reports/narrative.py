"""The text of a report: every figure and every quotation in it is a reference.

A figure is resolved from the report's own frozen figures. A quotation, `{quote:id of the quote}`, is read where it is
sealed each time the report is shown; once its person has withdrawn, the text says so in its place.

A reference to a figure is `{figure:name,cohort,role,wave}` (figures/references.py).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from mentoring_evaluation.figures.references import Figures, found, read_reference

WITHDRAWN = "[a quotation was withdrawn]"
_REFERENCE = re.compile(r"\{(figure|quote):([^{}]*)\}")
_BEGUN = re.compile(r"\{(?:figure|quote)")


def unknown_references(
    sections: Iterable[Mapping[str, str]], figures: Figures, quotes: Collection[str] | None = None
) -> list[str]:
    """The references of a text that name no single figure and none of the quotes (ids; None: any may be named), as they
    are written (at most 100 characters)."""
    written = (reference for section in sections for reference in _written(section["text"]))
    return [_named(*one)[:100] for one in written if not _known(*one, figures, quotes)]


def resolved(sections: Iterable[Mapping[str, str]], figures: Figures) -> list[dict[str, Any]]:
    """The sections with paragraphs of parts: plain `text`; or a figure's `text`, `reference` and `evidence`; or those
    of a `quote` (its id), which is not read yet."""
    return [
        {
            "title": section["title"],
            "paragraphs": [list(_parts(p, figures)) for p in re.split(r"\n\s*\n", section["text"].strip())],
        }
        for section in sections
    ]


def with_quotes(narrative: Iterable[Mapping[str, Any]], quotes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A resolved text with the quotations that are still there (`quote_id`, `text`, `role`, `cohort`) in place."""
    known = {str(quote["quote_id"]): quote for quote in quotes}

    def read(part: Mapping[str, Any]) -> dict[str, Any]:
        quote = known.get(part.get("quote", ""))
        said = {} if quote is None else {"text": f"\u201c{quote['text']}\u201d", "evidence": by_whom(quote)}
        return dict(part) | said

    return [
        {**section, "paragraphs": [[read(part) for part in parts] for parts in section["paragraphs"]]}
        for section in narrative
    ]


def by_whom(quote: Mapping[str, Any]) -> str:
    """Who said it, as far as a report tells: `a mentor of cohort 1`."""
    return f"a {quote['role']}" + (f" of cohort {quote['cohort']}" if quote["cohort"] else "")


def shown(figure: Mapping[str, Any]) -> str:
    """A figure's value as text shows it: `67 %`, `about 65 %`, `12`; `*` is hidden, `–` has no value."""
    if figure["shown"] == "hidden":
        return "*"
    if figure["value"] is None:
        return "–"
    about = "about " if figure["shown"] == "rounded" else ""
    return f"{about}{figure['value']}{' %' if figure['unit'] == 'percent' else ''}"


def counted(figure: Mapping[str, Any]) -> str:
    """What stands behind a figure, in a few words."""
    if figure["shown"] == "hidden":
        return "hidden: too few people stand behind it"
    if figure["denominator"] is not None:
        return f"{figure['numerator']} of {figure['denominator']}"
    return str(figure["rule"]).replace("_", " ")


def _written(text: str) -> Iterator[tuple[str, str]]:
    """Kind and inside of every reference of a text; one that is not closed is an empty one, which names nothing."""
    found = [(match.group(1), match.group(2)) for match in _REFERENCE.finditer(text)]
    yield from found
    yield from [("figure", "")] * (len(_BEGUN.findall(text)) - len(found))


def _known(kind: str, inside: str, figures: Figures, quotes: Collection[str] | None) -> bool:
    if kind == "quote":
        return quotes is None or inside.strip() in quotes
    return _figure(inside, figures) is not None


def _named(kind: str, inside: str) -> str:
    return inside if kind == "figure" else f"quote:{inside}"


def _figure(inside: str, figures: Figures) -> Mapping[str, Any] | None:
    reference = read_reference(inside)
    return None if reference is None else found(reference, figures)


def _parts(paragraph: str, figures: Figures) -> Iterator[dict[str, Any]]:
    read = 0
    for match in _REFERENCE.finditer(paragraph):
        yield from _plain(paragraph[read : match.start()])
        kind, inside = match.groups()
        yield _quotation(inside) if kind == "quote" else _said(inside, figures)
        read = match.end()
    yield from _plain(paragraph[read:])


def _plain(text: str) -> Iterator[dict[str, Any]]:
    if text:
        yield {"text": text}


def _quotation(inside: str) -> dict[str, Any]:
    return {"text": WITHDRAWN, "evidence": "", "quote": inside.strip()}


def _said(inside: str, figures: Figures) -> dict[str, Any]:
    figure = _figure(inside, figures)
    said = {"text": "[not available]", "evidence": ""}
    if figure is not None:
        said = {"text": shown(figure), "evidence": counted(figure)}
    return said | {"reference": inside}
