"""The text of a report: every figure in it is a reference, resolved from the report's own frozen figures.

A reference is `{figure:name,cohort,role,wave}`, in which what is left out or left blank means: of all cohorts, of all
roles, of the only survey that has it. Two more may follow by name: `rule=mean_of_cohorts` (otherwise the pooled line
is taken where there are both) and what else the figure is broken down by, as `mode=online`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Figures = Sequence[Mapping[str, Any]]
_REFERENCE = re.compile(r"\{figure:([^{}]*)\}")
_BY_PLACE = ("name", "cohort", "role", "wave")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference names; None where it says nothing."""

    name: str
    cohort: str | None = None
    role: str | None = None
    wave: str | None = None
    rule: str | None = None
    breakdown: Mapping[str, str] = field(default_factory=dict)

    def names(self, figure: Mapping[str, Any]) -> bool:
        """Whether this is the figure, as far as the reference says."""
        cohort = None if figure["cohort"] is None else str(figure["cohort"])
        exactly = (self.name, self.cohort, self.role) == (figure["name"], cohort, figure["role"])
        open_ended = self.wave in (None, figure["wave"]) and self.rule in (None, figure["rule"])
        return exactly and open_ended and dict(self.breakdown) == dict(figure["breakdown"])


def read_reference(inside: str) -> Reference | None:
    """The reference written between `{figure:` and `}`; None where it cannot be one."""
    parts = [part.strip() for part in inside.split(",")]
    by_place = [part for part in parts if "=" not in part]
    named = {key.strip(): value.strip() for key, _, value in (part.partition("=") for part in parts if "=" in part)}
    if len(by_place) > len(_BY_PLACE) or not by_place[:1] or not by_place[0]:
        return None
    placed = {key: value or None for key, value in zip(_BY_PLACE, by_place, strict=False)}
    rule = named.pop("rule", None)
    return Reference(
        by_place[0], placed.get("cohort"), placed.get("role"), placed.get("wave"), rule or None, named
    )  # fmt: skip


def found(reference: Reference, figures: Figures) -> Mapping[str, Any] | None:
    """The one figure that is meant; None for no figure, and for several of which the reference does not choose one."""
    meant = [figure for figure in figures if reference.names(figure)]
    if reference.rule is None and len(meant) > 1:
        meant = [figure for figure in meant if figure["rule"] != "mean_of_cohorts"]
    return meant[0] if len(meant) == 1 else None


def unknown_references(sections: Iterable[Mapping[str, str]], figures: Figures) -> list[str]:
    """The references of a text that name no single figure of these, as they are written (at most 100 characters)."""
    return [inside[:100] for text in _texts(sections) for inside in _written(text) if _figure(inside, figures) is None]


def resolved(sections: Iterable[Mapping[str, str]], figures: Figures) -> list[dict[str, Any]]:
    """The sections with paragraphs of parts, each plain `text` or a figure: `text`, `reference` and its `evidence`."""
    return [
        {
            "title": section["title"],
            "paragraphs": [list(_parts(p, figures)) for p in re.split(r"\n\s*\n", section["text"].strip())],
        }
        for section in sections
    ]


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


def _texts(sections: Iterable[Mapping[str, str]]) -> Iterator[str]:
    return (section["text"] for section in sections)


def _written(text: str) -> Iterator[str]:
    """Every reference of a text; one that is not closed counts as an empty one, which names nothing."""
    inside = [match.group(1) for match in _REFERENCE.finditer(text)]
    yield from inside
    yield from [""] * (text.count("{figure") - len(inside))


def _figure(inside: str, figures: Figures) -> Mapping[str, Any] | None:
    reference = read_reference(inside)
    return None if reference is None else found(reference, figures)


def _parts(paragraph: str, figures: Figures) -> Iterator[dict[str, Any]]:
    plain = _REFERENCE.split(paragraph)
    for position, text in enumerate(plain):
        if position % 2 == 0:
            if text:
                yield {"text": text}
            continue
        figure = _figure(text, figures)
        said = {"text": "[not available]", "evidence": ""}
        if figure is not None:
            said = {"text": shown(figure), "evidence": counted(figure)}
        yield said | {"reference": text}
