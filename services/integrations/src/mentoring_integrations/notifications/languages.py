"""The languages of letters: what a date, a cohort and the two sides are called in each.

A folder of `templates` holds the letters of one language; `easy-en` are those in easy-read English. A letter that a
language has no words for is written in the next language that the reader wants, and in English at last.

A new language is a folder there, an entry in `LANGUAGES`, its tag in the contracts' `LETTERS`, and its words in the
gateway's plain pages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

EASY: Final = "easy-"
LAST: Final = "en"


@dataclass(frozen=True)
class Reader:
    """How somebody reads: languages, the most wanted first, perhaps in easy words; and the zone of their clock."""

    languages: tuple[str, ...] = ()
    easy: bool = False
    zone: str = "UTC"


ENGLISH: Final = Reader()


@dataclass(frozen=True)
class Language:
    """`months` from January on; `date` and `cohort` are patterns; `sides` say mentor and mentee where a programme has
    no words of its own."""

    months: Sequence[str]
    date: str = "{day} {month} {year}, {time} {zone}"
    cohort: str = " in cohort {number}"
    sides: dict[str, str] = field(default_factory=dict)


def _months(words: str) -> list[str]:
    return words.split()


LANGUAGES: Final = {
    "en": Language(
        _months("January February March April May June July August September October November December"),
        date="{day:02} {month} {year}, {time} {zone}",
    ),
    "de": Language(
        _months("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        date="{day}. {month} {year}, {time} Uhr ({zone})",
        cohort=" in Runde {number}",
        sides={"mentor": "Mentor*in", "mentee": "Mentee"},
    ),
    "es": Language(
        _months("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        date="{day} de {month} de {year}, {time} ({zone})",
        cohort=" en la convocatoria {number}",
        sides={"mentor": "mentor/a", "mentee": "mentorizado/a"},
    ),
    "fr": Language(
        _months("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        date="{day} {month} {year}, {time} ({zone})",
        cohort=" dans la promotion {number}",
        sides={"mentor": "mentor", "mentee": "mentoré·e"},
    ),
}


def rooms(reader: Reader) -> Iterator[str]:
    """The folders in which a letter is looked for, best first. The language comes before easy reading."""
    for tag in (*reader.languages, LAST):
        for name in dict.fromkeys((tag, tag.partition("-")[0])):
            if name in LANGUAGES:
                yield from (EASY + name, name) if reader.easy else (name,)


def language_of(room: str) -> str:
    """The tag of a folder's language."""
    return room.removeprefix(EASY)


def date_in(language: str, moment: datetime, zone: str) -> str:
    """A moment as clocks of the zone show it, in words of the language."""
    there = moment.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    words = LANGUAGES[language]
    values = {"day": there.day, "month": words.months[there.month - 1], "year": there.year}
    return words.date.format(**values, time=f"{there:%H:%M}", zone=zone)
