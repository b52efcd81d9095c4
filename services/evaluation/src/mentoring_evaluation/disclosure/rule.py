"""The stated rule of what is published of people."""

from dataclasses import dataclass
from typing import Literal

from mentoring_evaluation.disclosure.bands import BASE, Band

SMALLEST = 5  # no rule may be looser than this, in people

# Of an ordinary question it is no secret that few gave an answer; of a sensitive one, and where nothing is said, it is.
Sensitivity = Literal["ordinary", "sensitive"]


class DisclosureRefused(ValueError):
    """What was asked for would undo the protection; the text says why in one line."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The stated rule: the smallest group, and of what is sensitive the smallest count, that is shown (in people)."""

    minimum: int = 10

    def __post_init__(self) -> None:
        if self.minimum < SMALLEST:
            raise DisclosureRefused(f"the smallest group shown is at least {SMALLEST}")

    def shows_group(self, whole: Band) -> bool:
        """Whether a group of so many is shown at all."""
        return whole.low >= self.minimum

    def shows(self, part: Band, whole: Band, sensitivity: Sensitivity = "sensitive") -> bool:
        """Whether a part of a group is shown: of what is sensitive, neither it nor those left over may be few."""
        if not self.shows_group(whole):
            return False
        return sensitivity == "ordinary" or min(part.low, whole.low - part.high) >= self.minimum

    def in_words(self) -> str:
        """The rule as a report states it."""
        return (
            f"Counts of people are rounded to {BASE}. Nothing is shown (*) of fewer than {self.minimum} answers; "
            f"of a sensitive question, nothing where fewer than {self.minimum} may have given an answer, or any other."
        )
