"""Word for word what somebody said: found in the text of somebody else, case and punctuation folded, and cut out of it.

Texts in scripts that write no spaces are compared by their characters.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property

RUN = 8  # so many words in a row are no coincidence
SHORTEST = 4  # what was said whole in fewer words than a run is still known by this many
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_SILENT = "'\u2019\u00ad\u200b-\u200d\u2060"  # what a word may hold and is not read: apostrophes, soft hyphens
_WORD = re.compile(rf"[{_SPACELESS}]|(?:(?![{_SPACELESS}])[\w{_SILENT}])+")
_UNREAD = re.compile(f"[{_SILENT}]")

Words = tuple[str, ...]
Span = tuple[int, int]


class Text:
    """A text as words, in which repetitions are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._places: dict[int, Mapping[Words, list[int]]] = {}

    def repeats(self, said: "Text") -> list[Span]:
        """Where this text repeats what was said: (start, end) in characters, apart from each other, in order."""
        length = min(RUN, len(said.words))
        if length < SHORTEST:
            return []
        places = self._of_length(length)
        starts = {start for run in runs(said.words, length) for start in places.get(run, ())}
        return list(_merged((self._spans[at][0], self._spans[at + length - 1][1]) for at in sorted(starts)))

    def without(self, spans: list[Span], instead: str) -> str:
        """The text with something else in the place of each span."""
        kept = self.text
        for start, end in reversed(spans):
            kept = kept[:start] + instead + kept[end:]
        return kept

    @cached_property
    def words(self) -> Words:
        """The words, folded."""
        return tuple(word for word, _ in self._found)

    @cached_property
    def _spans(self) -> list[Span]:
        return [span for _, span in self._found]

    @cached_property
    def _found(self) -> list[tuple[str, Span]]:
        read = ((_folded(match.group()), match.span()) for match in _WORD.finditer(self.text))
        return [(word, span) for word, span in read if word]

    def _of_length(self, length: int) -> Mapping[Words, list[int]]:
        """Where each run of so many words starts, counted in words."""
        if length not in self._places:
            found: dict[Words, list[int]] = {}
            for start, run in enumerate(runs(self.words, length)):
                found.setdefault(run, []).append(start)
            self._places[length] = found
        return self._places[length]


def runs(words: Words, length: int) -> Iterator[Words]:
    """Every `length` words in a row, in order."""
    return (words[start : start + length] for start in range(len(words) - length + 1))


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", _UNREAD.sub("", word)).casefold()


def _merged(spans: Iterator[Span]) -> Iterator[Span]:
    """Spans in order of their starts, those that overlap as one."""
    held: Span | None = None
    for span in spans:
        if held is None or span[0] > held[1]:
            if held is not None:
                yield held
            held = span
        else:
            held = (held[0], max(held[1], span[1]))
    if held is not None:
        yield held
