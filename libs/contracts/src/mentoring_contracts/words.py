"""Words that every service means alike."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal
from unicodedata import category

from pydantic import Field

ClosingReason = Literal["ran_its_course", "ended_early", "other"]
"""Why a programme is closed."""

Side = Literal["mentor", "mentee"]
"""One side of a pair; where a side is asked for, None stands for both."""

SIDES: Final[tuple[Side, Side]] = ("mentor", "mentee")

REASONS: Final[Mapping[str, str]] = {
    "no_time": "they have no time for it",
    "no_contact": "they heard nothing from the other",
    "finished": "what they met for is done",
    "finished_early": "what they met for is done, sooner than planned",
    "not_a_good_fit": "the two do not fit",
    "changed_job": "somebody has another job",
    "illness": "somebody is ill",
    "conflict_of_interest": "the two have interests that conflict",
    "other": "something else",
}
"""Why people decline an offer, leave or end, by code; what is none of these is kept in their own words, as `other`."""

LETTERS: Final = ("de", "en", "es", "fr")
"""The languages that letters and the inbox are written in."""

RoleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
"""What a person may be for a programme: a built-in role (rights.py), or one of the programme's own."""

_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
EMAIL = rf"^{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+$"
"""An address that letters can go to everywhere: RFC 5321 without quotes and literals; other letters as xn--."""


def in_words(message: str) -> str:
    """What pydantic says is wrong, for people: not a pattern, but what it stands for, and no `Value error`."""
    return "This is no e-mail address" if EMAIL in message else message.removeprefix("Value error, ")


def one_line(text: str) -> str:
    """What people are called by, as it is: ValueError for line breaks, controls, marks that turn the writing round, and
    for what shows nothing."""
    kinds = {category(character) for character in text}
    if kinds & {"Cc", "Zl", "Zp"} or not _TURNING.isdisjoint(text):
        raise ValueError("a single line without control characters is expected")
    if text and not any(kind[0] in "LNPSM" for kind in kinds):
        raise ValueError("something that can be seen is expected")
    return text


_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
