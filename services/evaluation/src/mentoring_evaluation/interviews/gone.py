"""What was taken back, for whoever takes it out of what was made of it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Gone:
    """What was withdrawn: the ids of interviews and case studies, and all they said."""

    ids: frozenset[UUID] = frozenset()
    words: tuple[str, ...] = ()

    def __or__(self, other: "Gone") -> "Gone":
        return Gone(self.ids | other.ids, self.words + other.words)
