"""What changed between two versions of a report: what came, went, or says something else."""

from collections.abc import Iterable, Mapping
from typing import Any

Figure = Mapping[str, Any]
_WHICH = ("name", "cohort", "role", "wave", "rule", "unit", "breakdown")
_SAID = ("value", "numerator", "denominator", "shown")


def changes(before: Iterable[Figure], after: Iterable[Figure]) -> dict[str, list[dict[str, Any]]]:
    """`added`, `removed` and `changed` figures; a changed one carries what it said `before` and says `after`."""
    old, new = ({_key(figure): figure for figure in figures} for figures in (before, after))
    return {
        "added": [_which(f) | {"after": _said(f)} for key, f in new.items() if key not in old],
        "removed": [_which(f) | {"before": _said(f)} for key, f in old.items() if key not in new],
        "changed": [
            _which(f) | {"before": _said(old[key]), "after": _said(f)}
            for key, f in new.items()
            if key in old and _said(old[key]) != _said(f)
        ],
    }


def _key(figure: Figure) -> str:
    return repr([figure[member] for member in _WHICH[:-1]] + sorted(figure["breakdown"].items()))


def _which(figure: Figure) -> dict[str, Any]:
    return {member: figure[member] for member in _WHICH}


def _said(figure: Figure) -> dict[str, Any]:
    return {member: figure[member] for member in _SAID}


# Part of a report, by what its items are named, and what of them is compared.
_PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "themes": ("theme_id", ("title", "description", "impact", "effort", "priority", "goals", "texts", "voices")),
    "recommendations": ("recommendation_id", ("text", "owner_role", "team", "due_on", "state", "overdue")),
    "case_studies": ("case_study_id", ("cohort",)),
}


def part_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Of the content of two reports: `added`, `removed` and `changed` themes, recommendations and case studies."""
    return {part: _part(_items(before, part), _items(after, part), *how) for part, how in _PARTS.items()}


def _items(content: Mapping[str, Any], part: str) -> Iterable[Mapping[str, Any]]:
    """The items of a part; none where the kind of report, or the release that built it, has no such part."""
    held = content.get(part) or []
    items: Iterable[Mapping[str, Any]] = held["items"] if isinstance(held, Mapping) else held
    return items


def _part(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], by: str, said: tuple[str, ...]
) -> dict[str, list[dict[str, Any]]]:
    old, new = ({item[by]: {name: item[name] for name in said} for item in items} for items in (before, after))
    return {
        "added": [{by: key, "after": item} for key, item in new.items() if key not in old],
        "removed": [{by: key, "before": item} for key, item in old.items() if key not in new],
        "changed": [
            {by: key, "before": old[key], "after": item} for key, item in new.items() if key in old and old[key] != item
        ],
    }
