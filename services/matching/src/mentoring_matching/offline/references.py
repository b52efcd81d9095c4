"""People whom others name: by address, id or name, whichever the files have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mentoring_matching.engine.likeness import plain
from mentoring_matching.hours import split
from mentoring_matching.offline.cells import said
from mentoring_matching.offline.groups import NO
from mentoring_matching.offline.headings import Side
from mentoring_matching.offline.tables import OTHER

_SHOWN = 5
_EXPECTED = frozenset({"matched_before", "line_manager"})  # they name people who need not be in the files
_OF_OTHERS = frozenset({"preferred", "pinned"})  # they name people of the other side alone


@dataclass(frozen=True)
class Names:
    """Ids by what people are called, on each side. `apart` says that each file counts its people from one."""

    by_name: Mapping[tuple[Side, str], Sequence[str]]
    ids: frozenset[tuple[Side, str]]
    apart: bool
    notes: Sequence[str] = ()

    @classmethod
    def of(cls, people: Iterable[tuple[Side, str, str]], apart: bool) -> "Names":
        """From role, id and name of everybody."""
        found: dict[tuple[Side, str], dict[str, None]] = {}
        listed = list(people)
        for side, id_, name in listed:
            found.setdefault((side, plain(name)), {})[id_] = None
        note = ["the numbers run anew in each file: number 1 of the mentors and number 1 of the mentees are two people"]
        by_name = {key: list(ids) for key, ids in found.items() if key[1]}
        return cls(by_name, frozenset((side, id_) for side, id_, _ in listed), apart, note if apart else [])

    def own(self, side: Side, id_: str) -> str:
        """The id of somebody, with the side where numbers run anew in each file."""
        return f"{side} {id_}" if self.apart else id_

    def of_text(self, side: Side, text: str) -> Sequence[str]:
        """The ids that a text may mean among the people of a side."""
        key = plain(text)
        ids = [key] if (side, key) in self.ids else self.by_name.get((side, key), [])
        return [self.own(side, id_) for id_ in ids]


@dataclass
class References:
    """Looks up whom others name, and remembers whom it did not find."""

    names: Names
    unknown: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)

    def found(self, role: Side, meaning: str, cell: str, *, both: bool = False) -> list[str]:
        """Ids of the people in a cell, in its order: of the other side, else of the same, else as it is written. Who
        answers once for `both` roles may name people of either.
        """
        parts = split(said(cell))
        return list(dict.fromkeys(id_ for part in parts for id_ in self._one(role, meaning, part, both)))

    def _one(self, role: Side, meaning: str, part: str, both: bool) -> Sequence[str]:
        other, same = self.names.of_text(OTHER[role], part), self.names.of_text(role, part)
        if not other and not same and plain(part) in NO:
            return []
        if meaning not in _OF_OTHERS:
            if not other and not same:
                self.unknown.setdefault((role, meaning), {})[part] = None
            return other or same or [plain(part)]
        if not other and not (both and same):
            self.unknown.setdefault((role, meaning), {})[part] = None
        if len(other) > 1:
            self.unknown.setdefault((role, f"{meaning}, a name of {len(other)} people"), {})[part] = None
            return []
        return other

    def doubts(self) -> list[str]:
        """A line for each side and column that names people who are not in the files."""
        return [
            f"{meaning.replace('_', ' ')} of {role}s: {len(texts)} not found among the {OTHER[role]}s: "  # type: ignore[index]
            + ", ".join(f"'{text}'" for text in list(texts)[:_SHOWN])
            + (", …" if len(texts) > _SHOWN else "")
            for (role, meaning), texts in self.unknown.items()
            if meaning not in _EXPECTED
        ]
