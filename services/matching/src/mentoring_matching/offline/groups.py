"""Several columns that are one answer: choices in columns, ranks or ticks under what is chosen, grids of time slots."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from mentoring_matching.engine.likeness import plain
from mentoring_matching.hours import split
from mentoring_matching.offline.headings import Side, guess, plain_heading

Kind = Literal["single", "choices", "ranks", "ratings", "ticks", "slots"]

YES = frozenset(
    [
        "yes",
        "y",
        "true",
        "1",
        "x",
        "✓",
        "✔",
        "☑",
        "ok",
        "(ok)",
        "checked",
        "selected",
        "ticked",
        "available",
        "free",
        "ja",
        "oui",
        "sí",
        "si",
        "sì",
        "sim",
        "tak",
    ]
)
NO = frozenset(["no", "n", "false", "0", "", "-", "unchecked", "not selected", "unavailable", "busy",
                "nein", "non", "não", "nao", "nee", "nie"])  # fmt: skip
_WORDS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_NUMBER = {word: place for place, word in enumerate(_WORDS, start=1)}
_ORDINAL = re.compile(rf"({'|'.join(_WORDS)}|\d{{1,2}} ?(?:st|nd|rd|th))\b", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<stem>.*?[^\W\d]\D*?) ?[#(]?(?P<number>\d{1,2})\)?")
_RANK = re.compile(
    rf"(?:rank|choice|no\.?|#)? ?(\d{{1,2}})(?:\.0|st|nd|rd|th)?|({'|'.join(_WORDS)})(?: choice| preference)?"
)
_DAY = r"(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?s?"
_CLOCK = r"\d{1,2}([:.]\d\d)? ?(am|pm)?( ?[-–] ?\d{1,2}([:.]\d\d)? ?(am|pm)?)?"
_OPENING = 2  # words that headings begin with alike from which on they are one question
_DIGITS = 2
_SLOT = re.compile(rf"({_DAY}|morning|afternoon|evening|lunch ?time|am|pm|noon|{_CLOCK}|[,/ -])+")
_STEMS = (r"(?P<stem>.+?)\s*\[(?P<part>[^\]]+)\]\s*", r"(?P<stem>.+?)(?: - selected choice)? - (?P<part>.+)",
          r"(?P<stem>.+?)\s*[:>/]\s+(?P<part>.+)")  # fmt: skip
_NOUNS: Mapping[str, tuple[str, Side | None]] = {
    "topic": ("topics", None), "criterion": ("topics", None), "area": ("topics", None), "goal": ("topics", "mentee"),
    "objective": ("topics", "mentee"), "interest": ("topics", "mentee"), "skill": ("topics", "mentor"),
    "expertise": ("topics", "mentor"), "strength": ("topics", "mentor"), "mentor": ("preferred", None),
    "mentee": ("preferred", None), "partner": ("preferred", None), "language": ("languages", None),
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """What the other side's file says: who they are, their topics and headings, all as they are compared."""

    people: Collection[str] = ()
    topics: Collection[str] = ()
    headings: Collection[str] = ()


class Part(NamedTuple):
    """One column of an answer: its place, and what is chosen in it or which choice it is."""

    place: int
    text: str


@dataclass(frozen=True)
class Field:
    """An answer and the columns it stands in; `side` where only one side says it so, `how` says why it was taken."""

    meaning: str
    kind: Kind
    parts: Sequence[Part]
    how: str
    side: Side | None = None

    def read(self, line: Sequence[str]) -> str:
        """The answer of one line: a list is written with semicolons, best first."""
        cells = [(part.text, line[part.place] if part.place < len(line) else "") for part in self.parts]
        match self.kind:
            case "single":
                return "\n".join(cell for _, cell in cells if cell)
            case "choices":
                return _listed(cell for _, cell in cells)
            case "ranks":
                found = sorted((number, text) for text, cell in cells if (number := rank_of(cell)) is not None)
                return _listed(text for _, text in found)
            case "ratings":
                rated = sorted((-number, text) for text, cell in cells if (number := rank_of(cell)) is not None)
                return _listed(text for _, text in rated)
            case "ticks":
                return _listed(text for text, cell in cells if is_ticked(cell, text))
            case "slots":
                return _listed(slot for text, cell in cells for slot in _slots(text, cell))


@dataclass
class Group:
    """Columns with one stem."""

    stem: str
    parts: list[Part] = field(default_factory=list)
    ordinal: bool = False


def _listed(texts: Iterable[str]) -> str:
    """A list in one text; the mark behind the last keeps a comma within it from parting it."""
    return "".join(f"{text}; " for text in texts if text).strip()


def _slots(part: str, cell: str) -> list[str]:
    if plain(cell) in NO:
        return []
    if is_ticked(cell, part):
        return [plain(part)]
    return [" ".join(sorted((plain(part), plain(slot)))) for slot in split(cell)]


def is_ticked(cell: str, part: str) -> bool:
    """Whether a cell says yes to what its column offers."""
    return plain(cell) in YES or (bool(cell) and plain(cell) == plain(part))


def rank_of(cell: str) -> int | None:
    """The number that a cell gives: `1`, `2.0`, `3rd`, `first choice`; None where it gives none."""
    found = _RANK.fullmatch(plain(cell))
    if found is None:
        return None
    return int(found[1]) if found[1] else _NUMBER[found[2]]


def groups_of(headings: Sequence[str], free: Collection[int]) -> list[Group]:
    """Columns among the `free` places that belong together by their headings, in order; each in one group at most."""
    left, found = set(free), []
    for split_up in (*map(_parted, _STEMS), _ordinal, _bare_number):
        groups: dict[str, Group] = {}
        for place in sorted(left):
            if (parted := split_up(headings[place])) is not None:
                stem, part, ordinal = parted
                group = groups.setdefault(plain_heading(stem), Group(stem, ordinal=ordinal))
                group.parts.append(Part(place, part))
        for group in groups.values():
            if len(group.parts) > 1 and len({part.text for part in group.parts}) == len(group.parts):
                found.append(group)
                left -= {part.place for part in group.parts}
    return found


def _parted(pattern: str) -> Callable[[str], tuple[str, str, bool] | None]:
    compiled = re.compile(pattern, re.IGNORECASE)

    def split_up(heading: str) -> tuple[str, str, bool] | None:
        found = compiled.fullmatch(heading)
        return (found["stem"], found["part"].strip(), False) if found else None

    return split_up


def _ordinal(heading: str) -> tuple[str, str, bool] | None:
    """`First choice`, `2nd preference`, `Topic 3`: the stem and the number."""
    bare = plain(heading.replace("_", " "))
    if (found := _ORDINAL.search(bare)) is not None:
        number = _NUMBER.get(found[1]) or int(re.sub(r"\D", "", found[1]))
        return f"{bare[: found.start()]} {bare[found.end() :]}", str(number), True
    if (numbered := _NUMBERED.fullmatch(bare)) is not None:
        return numbered["stem"], numbered["number"], True
    return None


def _bare_number(heading: str) -> tuple[str, str, bool] | None:
    """Columns that are called 1, 2, 3: choices with no word over them."""
    bare = plain(heading)
    return ("", str(int(bare)), True) if bare.isdecimal() and len(bare) <= _DIGITS else None


def openings_of(headings: Sequence[str], free: Collection[int]) -> list[Group]:
    """Columns one after another that begin with the same words, `I can help with …`, as the answers they end in."""
    words = {p: plain_heading(headings[p]).split() for p in sorted(free)}
    found: list[Group] = []
    run: list[int] = []
    shared: list[str] = []
    for p in sorted(free):
        common = _begin(shared if len(run) > 1 else words[run[0]], words[p]) if run and run[-1] == p - 1 else []
        if len(common) >= _OPENING:
            run, shared = [*run, p], common
            continue
        found += _opening(run, shared, words)
        run, shared = [p], []
    return [*found, *_opening(run, shared, words)]


def _begin(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """The words with which both begin."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return list(one[:same])


def _opening(run: Sequence[int], shared: Sequence[str], words: Mapping[int, Sequence[str]]) -> list[Group]:
    parts = [Part(p, " ".join(words[p][len(shared) :])) for p in run]
    apart = len({part.text for part in parts}) == len(parts) > 1 and all(part.text for part in parts)
    return [Group(" ".join(shared), parts)] if apart else []


def kind_of(group: Group, lines: Sequence[Sequence[str]]) -> Kind | None:
    """How the columns of a group answer; None where their cells fit nothing that is known."""
    parts = [part.text for part in group.parts]
    if group.ordinal or all(_ORDINAL.match(part) or rank_of(part) for part in parts):
        return "choices"
    if all(is_slot(part) for part in parts):
        return "slots"
    pairs = [(line[place], text) for line in lines for place, text in group.parts if place < len(line) and line[place]]
    if not pairs:
        return None
    if all(is_ticked(cell, text) or plain(cell) in NO for cell, text in pairs):
        return "ticks"
    if all(rank_of(cell) is not None for cell, _ in pairs):
        return "ranks" if _differ(group, lines) else "ratings"
    return None


def _differ(group: Group, lines: Sequence[Sequence[str]]) -> bool:
    """Whether nearly every line gives each number once: a ranking, and no ratings."""
    found = [[line[p] for p, _ in group.parts if p < len(line) and line[p]] for line in lines]
    several = [cells for cells in found if len(cells) > 1]
    return sum(len(set(cells)) == len(cells) for cells in several) * 5 >= len(several) * 4


def is_slot(text: str) -> bool:
    """Whether a text is a day or a time of day; a number alone is neither."""
    return _SLOT.fullmatch(plain(text)) is not None and not plain(text).isdecimal()


def meaning_of(group: Group, kind: Kind, lines: Sequence[Sequence[str]], world: World) -> tuple[str, Side | None, str]:
    """What a group is about, the side that says it so, and why; an empty meaning where nothing tells."""
    if kind == "slots":
        return "availability", None, "days and times in columns"
    noun = re.sub(r"(choice|preference|pick|option|wish|rank(ed|ing)?|priority|no\.?|number|your|of)s?\b|\W", " ",
                  plain(group.stem)).split()  # fmt: skip
    word = noun[-1].removesuffix("s") if noun else ""
    known = guess(group.stem)
    if known and known.meaning in ("topics", "preferred", "conflicts", "languages", "matched_before", "availability"):
        return known.meaning, known.side, f"{_SAID[kind]} under a heading that asks for it"
    values = _values(group, kind, lines)
    if values and sum(value in world.people for value in values) * 2 > len(values):
        return "preferred", None, f"{_SAID[kind]}; most are people of the other side"
    if word in _NOUNS and (word not in ("mentor", "mentee", "partner") or len(noun) == 1):
        return *_NOUNS[word], f"{_SAID[kind]} by name"
    if values and sum(value in world.topics for value in values) * 2 > len(values):
        return "topics", None, f"{_SAID[kind]}; most are topics of the other side"
    shared = sum(plain_heading(part.text) in world.headings for part in group.parts)
    if kind != "choices" and shared * 2 > len(group.parts):
        return "topics", None, f"{_SAID[kind]} that both files have"
    return "", None, ""


_SAID: Mapping[Kind, str] = {
    "single": "named so", "choices": "choices in columns", "ranks": "ranks in columns", "ratings": "ratings in columns",
    "ticks": "yes or no in columns", "slots": "days and times in columns",
}  # fmt: skip


def _values(group: Group, kind: Kind, lines: Sequence[Sequence[str]]) -> list[str]:
    if kind in ("ranks", "ratings", "ticks"):
        return [plain(part.text) for part in group.parts]
    return [plain(line[p]) for line in lines for p, _ in group.parts if p < len(line) and line[p]]
