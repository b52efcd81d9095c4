"""The stated rule, and the breakdowns that were fixed before a survey opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

# A group: one value per dimension of the plan, None where the group does not distinguish it.
Group = tuple[str | None, ...]

HIDDEN = "*"
SMALLEST = 5  # no rule may be looser than this, in people
BASE = 5  # counts are rounded to this many people


class DisclosureRefused(ValueError):
    """What was asked for would undo the protection; the text says why in one line."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The stated rule: the smallest group or count shown, and the base everything is rounded to (both in people)."""

    minimum: int = 10
    base: int = BASE

    def __post_init__(self) -> None:
        if self.minimum < SMALLEST or self.base < SMALLEST:
            raise DisclosureRefused(f"the smallest group shown and the rounding base are at least {SMALLEST}")

    def rounded(self, count: int) -> int:
        """`count` to the nearest multiple of the base, halves up."""
        return self.base * ((2 * count + self.base) // (2 * self.base))

    def in_words(self) -> str:
        """The rule as a report states it."""
        return (
            f"Groups and counts below {self.minimum} are shown as {HIDDEN}, as are others from which they could be "
            f"worked out; all other counts are rounded to {self.base}."
        )


@dataclass(frozen=True)
class Plan:
    """The breakdowns of a survey, fixed before it opens: for every one the dimensions it distinguishes."""

    dimensions: tuple[str, ...]
    breakdowns: tuple[tuple[str, ...], ...] = ((),)

    def __post_init__(self) -> None:
        unknown = [name for breakdown in self.breakdowns for name in breakdown if name not in self.dimensions]
        if unknown:
            raise DisclosureRefused(f"{unknown[0]!r} is no dimension of this survey")

    @cached_property
    def masks(self) -> tuple[tuple[bool, ...], ...]:
        """Which dimensions every breakdown distinguishes, the broadest first; everybody is always among them."""
        masks = {tuple(name in breakdown for name in self.dimensions) for breakdown in ((), *self.breakdowns)}
        return tuple(sorted(masks, key=lambda mask: (sum(mask), mask)))

    def group(self, where: Mapping[str, str]) -> Group:
        """The group of a filter. Raises DisclosureRefused when no breakdown that was fixed gives it."""
        if tuple(name in where for name in self.dimensions) not in self.masks or set(where) - set(self.dimensions):
            raise DisclosureRefused(f"a breakdown by {', '.join(sorted(where))} was not fixed before the survey opened")
        return tuple(where.get(name) for name in self.dimensions)
