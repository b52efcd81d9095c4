"""What one cell of a published table prints: a share, counts, a number, or that nothing is shown."""

import re
from dataclasses import dataclass
from decimal import Decimal

NUMBER = r"[-−–]?\d{1,3}(?:[,  ]\d{3})+(?:\.\d+)?|[-−–]?\d+(?:[.,]\d+)?"
_OF = rf"(?P<x>{NUMBER})\s*(?:/|of|out of)\s*(?P<n>{NUMBER})"
_SHARE = rf"(?P<p>{NUMBER})\s*(?:%|per cent|percent)"
_CELLS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_SHARE}\s*[(\[,;]?\s*{_OF}\s*[)\]]?",
        rf"{_OF}\s*[(\[,;:=]?\s*{_SHARE}\s*[)\]]?",
        rf"{_SHARE}\s*[(\[,;]?\s*n\s*=\s*(?P<n>{NUMBER})\s*[)\]]?",
        rf"{_SHARE}\s*[(\[]\s*(?P<x>{NUMBER})\s*[)\]]",
        rf"(?P<x>{NUMBER})\s*[(\[]\s*{_SHARE}\s*[)\]]",
        _OF,
        _SHARE,
        rf"(?P<v>{NUMBER})",
    )
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell prints; `value` is a number without a sign of percent."""

    percent: Decimal | None = None
    x: int | None = None
    n: int | None = None
    value: Decimal | None = None


def read_cell(cell: str) -> Cell | None:
    """The numbers a cell prints; None where it prints none, or words beside them."""
    text = cell.strip().rstrip("*†‡ ")
    for pattern in _CELLS:
        found = pattern.fullmatch(text)
        if found:
            parts = found.groupdict()
            return Cell(
                decimal_of(parts.get("p")),
                whole_of(parts.get("x")),
                whole_of(parts.get("n")),
                decimal_of(parts.get("v")),
            )
    return None


def is_hidden(cell: str) -> bool:
    """Whether a cell is empty, or says that its figure is not shown."""
    return cell.strip().casefold() in ("", "*", "-", "–", "—", "..", "n/a", "na", "c", "[c]") or cell.startswith("<")


def decimal_of(printed: str | None) -> Decimal | None:
    """A number as printed: 1,234 has thousands, 84,0 has a decimal comma."""
    if printed is None:
        return None
    text = re.sub(r"[−–]", "-", printed)
    if re.fullmatch(r"-?\d{1,3}([,  ]\d{3})+(\.\d+)?", text):
        return Decimal(re.sub(r"[,  ]", "", text))
    return Decimal(text.replace(",", "."))


def whole_of(printed: str | None) -> int | None:
    value = decimal_of(printed)
    return int(value) if value is not None and value == value.to_integral_value() and value >= 0 else None
