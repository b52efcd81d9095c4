"""What changed between two editions of a report: figures that came, went, or say something else."""

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
