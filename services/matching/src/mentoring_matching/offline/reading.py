"""What each column of a sheet is taken as: by the user's word, by its name, by how it asks, or by what stands in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mentoring_contracts.columns import IGNORE
from mentoring_matching.engine.likeness import plain
from mentoring_matching.hours import split
from mentoring_matching.offline.cells import is_whole
from mentoring_matching.offline.groups import (
    NO,
    YES,
    Field,
    Group,
    Kind,
    Part,
    World,
    groups_of,
    is_slot,
    kind_of,
    meaning_of,
    openings_of,
)
from mentoring_matching.offline.headings import (
    IGNORED,
    NAMES,
    Guess,
    Side,
    guess,
    is_administrative,
    is_identity,
    is_suspect,
    plain_heading,
)
from mentoring_matching.offline.layout import Layout
from mentoring_matching.offline.sheets import UnreadableFile

LISTS = frozenset({"topics", "preferred", "conflicts", "languages", "matched_before", "availability", "text"})
"""Meanings that several columns may have together."""
_LONG = 120  # letters in the middle from which on an answer is a text and no list
_WORDED = frozenset({"topics", "text", "preferred", "conflicts", "languages", "employer", "profession", "line_manager",
                     "matched_before", "availability", "pinned"})  # fmt: skip
"""Meanings whose cells say more than yes or no."""
_NAMING = frozenset({"preferred", "conflicts", "line_manager", "matched_before", "pinned"})
"""Of these, the ones that name people: who says no names nobody."""
_SAID = "as you said"
_ROLES = frozenset({"mentor", "mentee", "both", "mentors", "mentees", "mentor and mentee"})


class Said(NamedTuple):
    """What the user said: headings for a meaning, of one side where a sheet holds both."""

    meaning: str
    headings: Sequence[str]
    side: Side | None = None


Mapped = Sequence[Said]


@dataclass(frozen=True)
class Column:
    """One column of a sheet: what it is taken as ("": nothing), why, and an example of a cell.

    `doubt` says what a column looks like that was left unread; `own` that it is kept under its own name, for a policy
    to speak of, and `note` why no more is known; `short` is another name of it; `side` is set where only one side says
    it so.
    """

    place: int
    heading: str
    meaning: str
    how: str
    example: str = ""
    doubt: str = ""
    own: bool = False
    side: Side | None = None
    short: str = ""
    note: str = ""


@dataclass
class Reading:
    """The fields that the cells of a line are read by, and what became of each column."""

    fields: list[Field] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)


def read_columns(place: str, layout: Layout, lines: Sequence[Sequence[str]], role: Side | None, mapped: Mapped,
                 world: World) -> Reading:  # fmt: skip
    """The reading of a sheet whose people stand in `lines`; UnreadableFile where two columns have one heading."""
    return _Reader(place, layout, lines, role, mapped, world).read()


class _Reader:
    """The columns of one sheet, taken one after another by ever weaker reasons."""

    def __init__(self, place: str, layout: Layout, lines: Sequence[Sequence[str]], role: Side | None, mapped: Mapped,
                 world: World) -> None:  # fmt: skip
        self.place, self.layout, self.lines, self.role, self.mapped, self.world = (
            place, layout, lines, role, mapped, world)  # fmt: skip
        self.headings = layout.headings
        self.cells = [[line[p] for line in lines if p < len(line) and line[p]] for p in range(len(self.headings))]
        self.why: dict[int, tuple[str, str]] = {}
        self.side: dict[int, Side | None] = {}
        self.unlike: dict[int, str] = {}
        self.better_named: set[int] = set()
        self.fields: list[Field] = []
        self.left = {p for p, heading in enumerate(self.headings) if heading}

    def read(self) -> Reading:
        self._refuse_twins()
        self._take_mapped()
        for p in sorted(self.left):
            if is_administrative(self.headings[p]):
                self._leave(p, IGNORED)
        self._take_roles()
        self._take_groups()
        self._take_identity()
        self._take_singles()
        self._take_shared_ticks()
        self._keep_rest()
        return Reading(self.fields, list(self._columns()))

    def _refuse_twins(self) -> None:
        seen: dict[str, int] = {}
        for p in sorted(self.left):
            other = seen.setdefault(plain_heading(self.headings[p]), p)
            if other != p and self.cells[p] and self.cells[other]:
                raise UnreadableFile(
                    f"{self.place}: two columns are called '{self.headings[p]}' "
                    f"({letter(other)} and {letter(p)}); give one of them another heading"
                )
            if other != p:
                emptier = p if self.cells[other] else other
                self._leave(emptier, "is empty; another column has this heading")
                seen[plain_heading(self.headings[p])] = other if emptier == p else p

    def _take(self, meaning: str, places: Sequence[int], how: str, side: Side | None = None) -> None:
        kind: Kind = "choices" if len(places) > 1 and meaning != "text" else "single"
        self._add(Field(meaning, kind, [Part(p, self.headings[p]) for p in places], how, side))

    def _add(self, taken: Field) -> None:
        self.fields.append(taken)
        for part in taken.parts:
            self.why[part.place] = (taken.meaning, taken.how)
            self.side[part.place] = taken.side
            self.left.discard(part.place)

    def _leave(self, p: int, why: str) -> None:
        self.why[p] = ("", why)
        self.left.discard(p)

    def _has(self, meaning: str, side: Side | None = None) -> bool:
        return any(f.meaning == meaning and (f.side is None or side is None or f.side == side) for f in self.fields)

    def _take_mapped(self) -> None:
        groups = groups_of(self.headings, self.left)
        for meaning, wanted, side in self.mapped:
            names = [plain_heading(heading) for heading in wanted]
            found = [p for name in names for p in self._called(name)]
            stem = next((group for group in groups if plain_heading(group.stem) in names), None)
            if meaning == IGNORE:
                for p in found:
                    self._leave(p, _SAID)
            elif len(found) > 1 and meaning in LISTS - {"text"}:
                parts = [Part(p, self.headings[p]) for p in found]
                self._take_said(meaning, next((g for g in groups if _alike(g.parts, parts)), Group("", parts)), side)
            elif found:
                self._take(meaning, found if meaning in LISTS else found[:1], _SAID, side)
            elif stem:
                self._take_said(meaning, stem, side)

    def _take_said(self, meaning: str, group: Group, side: Side | None) -> None:
        self._add(Field(meaning, kind_of(group, self.lines) or "choices", group.parts, _SAID, side))

    def _called(self, name: str) -> list[int]:
        """Columns of a heading, or, where it has one, of its other name."""
        return [
            p for p in sorted(self.left) if name in (plain_heading(self.headings[p]), plain_heading(self._short(p)))
        ]

    def _short(self, p: int) -> str:
        return self.layout.names[p] if p < len(self.layout.names) else ""

    def _take_groups(self) -> None:
        free = {p for p in self.left if not ((g := guess(self.headings[p])) and g.exact)}
        for group in [*groups_of(self.headings, free), *self._slots(free), *self._by_people(free)]:
            self._take_group(group, kind_of(group, self.lines))
        for group in openings_of(self.headings, free & self.left):
            if kind_of(group, self.lines) == "ticks":
                self._take_group(group, "ticks")

    def _take_group(self, group: Group, kind: Kind | None) -> None:
        if kind is None or any(part.place not in self.left for part in group.parts):
            return
        meaning, side, how = meaning_of(group, kind, self.lines, self.world)
        if self.role is not None:
            side = None
        if meaning and not self._has(meaning, side):
            self._add(Field(meaning, kind, group.parts, how, side))

    def _slots(self, free: set[int]) -> list[Group]:
        """Columns that are days or times, with no heading over them."""
        parts = [Part(p, self.headings[p]) for p in sorted(free) if is_slot(self.headings[p])]
        return [Group("availability", parts)] if len(parts) > 1 else []

    def _by_people(self, free: set[int]) -> list[Group]:
        """Columns that are called like people of the other side."""
        parts = [Part(p, self.headings[p]) for p in sorted(free) if plain(self.headings[p]) in self.world.people]
        return [Group("preferred", parts)] if len(parts) > 1 else []

    def _take_identity(self) -> None:
        """An address where there is one, else an id, else the name says who somebody is."""
        found = self._guessed(lambda g: g.meaning in ("email", "id"))
        addresses = [p for p, _ in found if self._is_address(p)]
        if not self._has("email") and addresses:
            self._take("email", addresses[:1], "named so, holds addresses")
        for p, _ in found:
            if p in self.left and self.cells[p] and self._is_constant(p):
                self._leave(p, f"'{self.cells[p][0]}' for all: says nobody apart")
            elif p in self.left and not self._has("email"):
                self._take("email", [p], "named so: an id")
        if not found:
            self._take_addresses()
        for meaning in ("first_name", "last_name", "name"):
            for p, g in self._guessed(_meant(meaning)):
                if meaning == "name" and self.cells[p] and self._is_constant(p):
                    self._leave(p, f"'{self.cells[p][0]}' for all: says nobody apart")
                elif not self._has(meaning):
                    self._take(meaning, [p], _how(g))

    def _take_addresses(self) -> None:
        """The one column that holds an address in every row says who somebody is, whatever it is called."""
        holding = [p for p in sorted(self.left) if self._guess(p) is None and self._is_address(p)]
        if not self._has("email") and len(holding) == 1 and len(self.cells[holding[0]]) == len(self.lines):
            self._take("email", holding, "holds addresses")

    def _is_address(self, p: int) -> bool:
        filled = self.cells[p]
        return sum("@" in cell for cell in filled) * 2 > len(filled) and not self._is_constant(p)

    def _is_constant(self, p: int) -> bool:
        """Whether a column holds the same for all, of two or more."""
        return len(self.lines) > 1 and len(self.cells[p]) > 1 and len({plain(cell) for cell in self.cells[p]}) == 1

    def _guessed(self, wanted: Callable[[Guess], bool]) -> list[tuple[int, Guess]]:
        """Columns left whose guess is wanted: those that are named so first, in the order of our names for it."""
        found = [(p, g) for p in sorted(self.left) if (g := self._guess(p)) and wanted(g)]
        return sorted(found, key=lambda item: (not item[1].exact, self._order(item)))

    def _guess(self, p: int) -> Guess | None:
        """What a heading means; a question about topics that is answered in sentences is a text."""
        g = guess(self.headings[p])
        if g and g.meaning == "topics" and self._is_long(p):
            return Guess("text", None, exact=False)
        return g

    def _is_long(self, p: int) -> bool:
        lengths = sorted(map(len, self.cells[p]))
        return bool(lengths) and lengths[len(lengths) // 2] >= _LONG

    def _order(self, item: tuple[int, Guess]) -> int:
        names = NAMES.get(item[1].meaning, ())
        bare = plain_heading(self.headings[item[0]])
        return names.index(bare) if bare in names else len(names)

    def _take_singles(self) -> None:
        meanings = dict.fromkeys([*NAMES, *(g.meaning for p in sorted(self.left) if (g := self._guess(p)))])
        for meaning in meanings:
            if not is_identity(meaning):
                self._take_single(meaning)

    def _take_single(self, meaning: str) -> None:
        for side in self._sides(meaning):
            found = [(p, g) for p, g in self._guessed(_meant(meaning)) if self._fits(g, side)]
            found = [(p, g) for p, g in found if self._plausible(p, g)]
            if not found or self._has(meaning, side):
                continue
            if meaning == "topics":
                found = sorted(found, key=lambda item: (self._foreign(item, side), -self._shared(item[0])))
            places = [p for p, _ in found] if meaning == "text" else [found[0][0]]
            self._take(meaning, places, _how(found[0][1]), side if self.role is None else None)

    def _sides(self, meaning: str) -> Sequence[Side | None]:
        """Where one sheet holds both roles, each side may have its own column of topics."""
        if self.role is not None or meaning != "topics":
            return (self.role,)
        worded = {g.side for p in self.left if (g := self._guess(p)) and g.meaning == meaning}
        taken = {f.side for f in self.fields if f.meaning == meaning}
        return ("mentor", "mentee") if len((worded | taken) - {None}) > 1 else (None,)

    def _fits(self, g: Guess, side: Side | None) -> bool:
        return g.meaning == "topics" or side is None or g.side in (None, side)

    def _foreign(self, item: tuple[int, Guess], side: Side | None) -> bool:
        """Whether a column of topics is worded as the other side would, and shares nothing with what that side says."""
        p, g = item
        return g.side not in (None, side) and not self._shared(p)

    def _shared(self, p: int) -> int:
        return sum(plain(topic) in self.world.topics for cell in self.cells[p] for topic in split(cell))

    def _plausible(self, p: int, g: Guess) -> bool:
        """Whether the cells are of the kind that a heading asks for; where it is only worded so, more is asked."""
        filled = self.cells[p]
        if filled and g.meaning in _WORDED and all(_is_answer(cell, g.exact) for cell in filled):
            if g.meaning in _NAMING and all(plain(cell) in NO for cell in filled):
                return True
            self.unlike[p] = f"{g.meaning.replace('_', ' ')} but holds yes and no alone"
            return False
        if g.exact or not filled:
            return True
        if g.meaning == "capacity":
            return sum(map(is_whole, filled)) * 2 > len(filled)
        if g.meaning in ("languages", "grade", "employer"):
            return not self._is_long(p)
        return g.meaning != "priority" or all(plain(cell) in {*YES, *NO} for cell in filled)

    def _take_roles(self) -> None:
        """A column that holds nothing but roles, where one sheet has both."""
        for p in sorted(self.left) if self.role is None and not self._has("role") else ():
            if self.cells[p] and {plain(cell) for cell in self.cells[p]} <= _ROLES:
                self._take("role", [p], "holds mentor and mentee")
                return

    def _take_shared_ticks(self) -> None:
        """Columns of yes and no that both files have, where no other column holds topics."""
        if self._has("topics"):
            return
        parts = [Part(p, self.headings[p]) for p in sorted(self.left) if self._is_shared_tick(p)]
        if len(parts) > 1:
            self._add(Field("topics", "ticks", parts, "yes or no in columns that both files have"))

    def _is_shared_tick(self, p: int) -> bool:
        known = {*YES, *NO}
        both = self.role is None or plain_heading(self.headings[p]) in self.world.headings
        plainly = guess(self.headings[p]) is None and not is_suspect(self.headings[p])
        return bool(self.cells[p]) and both and plainly and all(plain(cell) in known for cell in self.cells[p])

    def _keep_rest(self) -> None:
        """What has no meaning is kept under its own name; long answers are texts where no other column is."""
        for p in sorted(self.left):
            name = own_name(self.headings[p])
            if not self.cells[p]:
                self._leave(p, "is empty")
            elif not name or name in NAMES or any(f.meaning == name for f in self.fields):
                self._leave(p, self._why_unread(p) or "another column is better named")
                self.better_named.add(p)
            else:
                self._take(name, [p], "")

    def _why_unread(self, p: int) -> str:
        """What a column looks like and why it is not that; "" where nothing is known of it."""
        if p in self.unlike:
            return f"looks like {self.unlike[p]}"
        g = self._guess(p)
        taken = [f for f in self.fields if g and f.meaning == g.meaning]
        headings = [self.headings[f.parts[0].place] for f in taken]
        return f"{taken[0].meaning.replace('_', ' ')}: of '{headings[0]}' already" if taken else ""

    def _doubt(self, p: int) -> str:
        if p in self.unlike:
            return self.unlike[p]
        return "capacity, choice or constraint" if is_suspect(self.headings[p]) else ""

    def _columns(self) -> Iterator[Column]:
        for p, heading in enumerate(self.headings):
            meaning, how = self.why.get(p, ("", "has no heading"))
            own = bool(meaning) and not how
            unread = own or p in self.better_named
            example = self.cells[p][0] if self.cells[p] else ""
            if heading or example:
                doubt = self._doubt(p) if unread and example else ""
                note = self._why_unread(p) if own else ""
                yield Column(p, heading, meaning, how, example, doubt, own, self.side.get(p), self._short(p), note)


def _is_answer(cell: str, exact: bool) -> bool:
    """Whether a cell is yes or no and nothing else; under an exact name a single letter may be what is called so."""
    return plain(cell) in YES | NO and (not exact or len(plain(cell)) > 1)


def _alike(one: Sequence[Part], other: Sequence[Part]) -> bool:
    return {part.place for part in one} == {part.place for part in other}


def _meant(meaning: str) -> Callable[[Guess], bool]:
    return lambda g: g.meaning == meaning


def _how(g: Guess) -> str:
    return "named so" if g.exact else "asks for it"


def own_name(heading: str) -> str:
    """The name of an attribute that is called as its column."""
    return plain_heading(heading).replace(" ", "_")


def letter(place: int) -> str:
    """A column as spreadsheets call it: A, B, … Z, AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text
