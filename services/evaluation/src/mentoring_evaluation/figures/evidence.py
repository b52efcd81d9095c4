"""What a programme's figures are counted from: plain records, read in one transaction and then on their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from mentoring_contracts.words import SIDES, Side
from mentoring_evaluation.surveys.instruments import Instrument
from mentoring_evaluation.surveys.tools import TOOLS


@dataclass(frozen=True, slots=True)
class CohortRecord:
    """A cohort and the pairs it was planned for."""

    number: int
    places_first_planned: int


@dataclass(frozen=True, slots=True)
class Applicants:
    """So many applications of one role that first asked for one cohort (None: a later one) and came to one state."""

    cohort: int | None
    role: Side
    state: str
    people: int
    moved: int


@dataclass(frozen=True, slots=True)
class PairRecord:
    """A pair that was confirmed; `standing` unless it ended early. Those of one `group_id` are one relationship.

    A handover carries on an earlier pair with another mentor and is no rematch.
    """

    cohort: int
    mentor_id: UUID
    mentee_id: UUID
    standing: bool
    is_rematch: bool
    group_id: UUID | None = None
    is_handover: bool = False


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """A group that did not end early: its kind, and who is in it."""

    cohort: int
    kind: str
    people: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Extension:
    """How the end of a wave was put off: from when to when, why, and by somebody of which role."""

    closes_at_before: datetime
    closes_at: datetime
    reason: str
    role: str


@dataclass(frozen=True, slots=True)
class WaveRecord:
    """One wave: who was asked and answered by role, and answers counted by (role, question) and answer.

    Roles are the two sides, and the kinds of respondents beyond the pair that it asked.

    Of a paired survey, `sides` are for every published question what mentor and mentee of a pair say (None: nothing),
    and of how many pairs. `most_asked` is how often one person was asked, at most: more than once in a wave that
    gathers the answers of several occasions. `hidden` are roles of which nothing is shown (floor.py): as if they had
    not been asked. `asked_with` is the tool that asked, of a wave that was brought in: `closed_at` is when that was,
    `ended_at` (of any wave) when people could answer last.
    """

    id: UUID
    cohort: int
    instrument: str
    used: Instrument | None
    closed_at: datetime | None
    asked: Mapping[str, int]
    responses: Mapping[str, int]
    answers: Mapping[tuple[str, str], Mapping[str, int]]
    sides: Mapping[str, Sequence[tuple[bool | None, bool | None, int]]] = field(default_factory=dict)
    occasion: str = ""
    most_asked: int = 1
    extensions: Sequence[Extension] = ()
    hidden: frozenset[str] = frozenset()
    planned_at: datetime | None = None
    asked_with: str | None = None
    ended_at: datetime | None = None

    def asks(self, role: str) -> bool:
        """Whether anybody of a role was asked of whom something is shown; a side of which nobody was is not there."""
        return role in self.asked and role not in self.hidden and (role not in SIDES or self.asked[role] > 0)

    @property
    def name(self) -> str:
        """How figures call it: the survey, and the occasion where there are several."""
        return f"{self.instrument}: {self.occasion}" if self.occasion else self.instrument

    @property
    def asks_sides(self) -> bool:
        """Whether it asked people of pairs at all."""
        return "mentor" in self.asked

    @property
    def kinds(self) -> list[str]:
        """The kinds of respondents beyond the pair that it asked."""
        return [role for role in self.asked if role not in SIDES]

    @property
    def source(self) -> str:
        """The frozen snapshot that figures of this wave name."""
        ended = self.ended_at or self.closed_at
        closed = ended.isoformat(timespec="seconds") if ended and self.closed_at else "open"
        with_tool = f", asked with {TOOLS[self.asked_with]}" if self.asked_with else ""
        return f"wave {self.id}, closed {closed}{with_tool}"


@dataclass(frozen=True, slots=True)
class InterviewRecord:
    """An interview that was held and not withdrawn."""

    cohort: int
    match_id: UUID
    pages: int


@dataclass(frozen=True, slots=True)
class QuoteRecord:
    """A quote of an approved interview by its place: its text stays where it is sealed."""

    interview_id: UUID
    position: int
    cohort: int | None
    role: str


@dataclass(frozen=True, slots=True)
class HabitCounts:
    """People with a habit that is over, those who embedded one; and by who was asked by link about their habits
    (`manager`, `peer`): people whose habit was often seen, and all on whose habit something was said."""

    people: int = 0
    embedded: int = 0
    seen: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a programme's figures are made of, as of `as_of`.

    `cpd_held` counts continuing-development sessions by mode, `cpd_people` the different people who came, by mode;
    `meetings` is mentoring sessions and their minutes by cohort number. `statistics` is what the applications service
    says of backgrounds and of the ledger; `public_backgrounds` is the latest frozen table of them, role to background
    to people as they are shown (None: hidden).
    """

    programme_id: UUID
    title: str
    decimals: int
    public_minimum: int
    as_of: datetime
    cohorts: tuple[CohortRecord, ...] = ()
    applicants: tuple[Applicants, ...] = ()
    pairs: tuple[PairRecord, ...] = ()
    groups: tuple[GroupRecord, ...] = ()
    waves: tuple[WaveRecord, ...] = ()
    cpd_held: Mapping[str, int] = field(default_factory=dict)
    cpd_people: Mapping[str, int] = field(default_factory=dict)
    habits: HabitCounts = HabitCounts()
    meetings: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    interviews: tuple[InterviewRecord, ...] = ()
    quotes: tuple[QuoteRecord, ...] = ()
    statistics: Mapping[str, Any] = field(default_factory=dict)
    public_backgrounds: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)
    numbers: Mapping[UUID, int] = field(default_factory=dict)
