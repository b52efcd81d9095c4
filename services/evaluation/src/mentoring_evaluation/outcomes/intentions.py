"""Meant to, and did: an anonymous intention against what happened later, which can be joined as totals only."""

from dataclasses import dataclass

from mentoring_evaluation.figures.intervals import half_up, percent
from mentoring_evaluation.figures.shown import Shown
from mentoring_evaluation.kept import Kept, Number

# Figure of the survey, and the role that was asked; what happened later is an application as mentor in both.
FOLLOWED = (("mentees_intending_to_mentor", "mentee"), ("mentors_intending_to_return", "mentor"))


class Meant(Kept):
    """So many of those who answered meant to."""

    numerator: int
    answered: int
    percent: Number | None


class Did(Kept):
    """So many of all people did."""

    numerator: int
    people: int
    percent: Number | None


class Overlap(Kept):
    """How many can have meant to and did."""

    at_least: int
    at_most: int


class ShownIntention(Kept):
    """The totals, both shares with their base, the bounds on both, and a sentence; None is hidden or not known."""

    cohort: int | None
    figure: str
    role: str
    people: int | None
    meant: Meant | None
    did: Did | None
    meant_and_did: Overlap | None
    statement: str
    shown: Shown = "exact"


@dataclass(frozen=True, slots=True)
class Intention:
    """Of one cohort and role: `people` were in confirmed pairs, `answered` were heard, `meant` it, `did` it later.

    Answers are anonymous, so nobody knows who of those who meant to are among those who did.
    """

    cohort: int | None
    figure: str
    role: str
    people: int
    answered: int
    meant: int
    did: int

    def overlap(self) -> tuple[int, int]:
        """The fewest and the most who can have meant to and did (Fréchet's bounds on an intersection)."""
        return max(0, self.meant + self.did - self.people), min(self.meant, self.did)

    def shown(self) -> ShownIntention:
        """What is said of it, exact."""
        fewest, most = self.overlap()
        return ShownIntention(
            cohort=self.cohort, figure=self.figure, role=self.role, people=self.people,
            meant=Meant(numerator=self.meant, answered=self.answered, percent=_share(self.meant, self.answered)),
            did=Did(numerator=self.did, people=self.people, percent=_share(self.did, self.people)),
            meant_and_did=Overlap(at_least=fewest, at_most=most) if self.answered else None,
            statement=self.statement(),
        )  # fmt: skip

    def statement(self) -> str:
        """What the numbers say, and what they cannot."""
        did = f"{self.did} of {self.people} {self.role}s later applied as mentor."
        if not self.answered:
            return f"{did} What they had meant to do is not known."
        fewest, most = self.overlap()
        return (
            f"{self.meant} of {self.answered} who answered meant to; {did} Answers are anonymous: of those who meant "
            f"to, from {fewest} to {most} did."
        )


def total(parts: list[Intention]) -> Intention:
    """All cohorts together, of the same figure. ValueError without a part."""
    if not parts:
        raise ValueError("no cohort")
    added = {name: sum(getattr(part, name) for part in parts) for name in ("people", "answered", "meant", "did")}
    return Intention(cohort=None, figure=parts[0].figure, role=parts[0].role, **added)


def _share(numerator: int, denominator: int) -> float | None:
    return float(half_up(percent(numerator, denominator))) if denominator else None
