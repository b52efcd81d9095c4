"""When two texts say the same: everything that a rule or a criterion compares goes through `plain`."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from .people import Value

_UNSEEN = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))  # soft hyphen, joiners, byte order mark
_TYPESET = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-"})


@lru_cache(maxsize=1 << 16)
def _folded(text: str) -> str:
    seen = unicodedata.normalize("NFKC", text).translate(_UNSEEN).translate(_TYPESET)
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())


def plain(value: Value) -> str:
    """The text of a value by which it is compared: Unicode form, spaces, case and curly marks make no difference."""
    if type(value) is str:  # nearly always, and asked a million times
        return _folded(value)
    if isinstance(value, frozenset):
        return "; ".join(sorted(map(_folded, value)))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _folded(value) if isinstance(value, str) else str(value)
