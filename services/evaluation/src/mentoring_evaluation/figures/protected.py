"""The closed waves of one name as they may be published: counts of groups of people as bands (disclosure).

Which cohorts stand alone and which are taken together follows from how many were asked, and never changes once a table
may have been published: waves that were planned only after all before them had closed are never taken together with
those.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate, pairwise

from mentoring_contracts.words import SIDES
from mentoring_evaluation.disclosure.bands import NOBODY, Band, Grid, left_of_options
from mentoring_evaluation.disclosure.rule import Policy, Sensitivity
from mentoring_evaluation.figures.evidence import WaveRecord
from mentoring_evaluation.figures.survey_figures import question_of
from mentoring_evaluation.figures.tallies import Tally, tally
from mentoring_evaluation.surveys.instruments import Question

# A cohort of fewer stands together with others. Of 40 asked, half answer as a rule, and a share of fewer than 20 or so
# is not worth stating for itself (the Higher Education Statistics Agency publishes none of fewer than 22.5).
STANDS_ALONE = 40
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

# The share of counted answers (None), or of an option of several choices.
Part = str | None
# The question as each wave asks it.
Asked = Sequence[tuple[WaveRecord, Question]]
# Which question of a wave is meant, if it has it.
Which = Callable[[WaveRecord], Question | None]


@dataclass(frozen=True, slots=True)
class Answers:
    """Of those who answered a question (`whole`) how many gave what is counted; a part that is not there is hidden."""

    whole: Band
    parts: Mapping[Part, Band]


@dataclass(frozen=True)
class Unit:
    """The people of a role in cohorts that are taken together, on one grid."""

    role: str
    waves: tuple[WaveRecord, ...]

    @cached_property
    def asked(self) -> int:
        """How many were asked; no secret, since people know of each other that they take part."""
        return sum(wave.asked[self.role] for wave in self.waves)

    @cached_property
    def grid(self) -> Grid:
        """The bands that everything about these people is put on."""
        return Grid(self.asked)

    @property
    def cohorts(self) -> frozenset[int]:
        """The numbers of its cohorts."""
        return frozenset(wave.cohort for wave in self.waves)

    @cached_property
    def _told_of(self) -> frozenset[frozenset[int]]:
        """The sets of its cohorts of which questions may be told: each within every larger one.

        Of two questions that two cohorts were asked apart from each other, the counts add up to no more than the
        responses of both: that would leave of each less than its band.
        """
        cohorts_of = defaultdict[str, set[int]](set)
        for wave in self.waves:
            for question in wave.used.flat() if wave.used and wave.asks(self.role) else ():
                if self.role in question.roles and question.kind != "text":
                    cohorts_of[question.figure or question.id].add(wave.cohort)
        sets = set(map(frozenset, cohorts_of.values()))
        asked = {wave.cohort: wave.asked[self.role] for wave in self.waves}
        kept: list[frozenset[int]] = []
        for one in sorted(sets, key=lambda cohorts: (-sum(map(asked.__getitem__, cohorts)), sorted(cohorts))):
            kept += [one] if all(one <= other for other in kept) else []
        return frozenset(kept)

    def responses(self, policy: Policy) -> Band | None:
        """How many responded; None where that says nothing, or too few were asked."""
        band = self.grid.band(sum(wave.responses[self.role] for wave in self.waves))
        is_everything = (band.low, band.high) == (0, self.asked)
        return None if self.asked < policy.minimum or is_everything else band

    def answers(self, asked: Asked, policy: Policy) -> Answers | None:
        """A question, of those of its waves that ask it; None where too few answered, or where cohorts that were asked
        something else would be told apart."""
        if frozenset(wave.cohort for wave, _ in asked) not in self._told_of:
            return None
        tallies = [(tally(wave, question, self.role), question) for wave, question in asked]
        most = sum(wave.asked[self.role] for wave, _ in asked)
        whole = self.grid.band(sum(counts.answered for counts, _ in tallies), most)
        counted = {part: sum(_given(*one, part) for one in tallies) for part in parts_of_question(asked)}
        bands = {part: self.grid.band(number, most) for part, number in counted.items()}
        several = any(question.kind == "choices" for _, question in asked)
        if not policy.shows_group(whole) or (several and not left_of_options(whole, [*bands.values()])):
            return None
        how = sensitivity_of(asked)
        return Answers(whole, {part: band for part, band in bands.items() if policy.shows(band, whole, how)})

    def counted_up(self, asked: Asked, order: Sequence[str], policy: Policy) -> tuple[Band, ...] | None:
        """How many gave the first answer, one of the first two, and so on to all: each no more than the next, so that
        all of it lies on the grid. None where the question is hidden, or an answer that few gave is a secret."""
        answers = self.answers(asked, policy)
        if answers is None or None not in answers.parts:
            return None
        tallies = [tally(wave, question, self.role) for wave, question in asked]
        most = sum(wave.asked[self.role] for wave, _ in asked)
        given = [sum(counts.by_answer.get(answer, 0) for counts in tallies) for answer in order]
        bands = [self.grid.band(number, most) for number in accumulate(given)]
        each = [Band(max(0, b.low - a.high), b.high - a.low) for a, b in pairwise([NOBODY, *bands])]
        how = sensitivity_of(asked)
        return tuple(bands) if all(policy.shows(one, answers.whole, how) for one in each) else None


def sensitivity_of(asked: Asked) -> Sensitivity:
    """A question is as sensitive as the most sensitive wording of it that was used."""
    return "sensitive" if any(question.sensitivity == "sensitive" for _, question in asked) else "ordinary"


def parts_of_question(asked: Asked) -> list[Part]:
    """What is published of a question."""
    return list(dict.fromkeys(part for _, question in asked for part in question.shares))


def _given(counts: Tally, question: Question, part: Part) -> int:
    answers = question.counted if part is None else [part]
    return sum(counts.by_answer.get(answer, 0) for answer in answers)


def from_counted_end(question: Question) -> list[str] | None:
    """The answers of one choice or a scale in the order in which they are counted up, those of the figure first; None
    where these do not stand together at one end."""
    counted = set(question.counted)
    if question.kind == "choices" or not counted:
        return None
    for order in (question.answers, question.answers[::-1]):
        if set(order[: len(counted)]) == counted:
            return order
    return None


@dataclass(frozen=True)
class ProtectedWaves:
    """The closed waves of one name."""

    waves: Sequence[WaveRecord]
    policy: Policy
    _known: dict[tuple[str, int | None, str], Answers | None] = field(default_factory=dict, init=False)

    def response_rate(self, cohort: int | None, role: str | None) -> tuple[Band, int] | None:
        """How many responded, of how many who were asked; None where hidden. No cohort: all; no role: both sides."""
        found, asked = NOBODY, 0
        for one in SIDES if role is None else (role,):
            units = self.units(cohort, one)
            bands = [self.responses_of(unit) for unit in units]
            if not units or None in bands:
                return None
            found = sum((band for band in bands if band), found)
            asked += sum(unit.asked for unit in units)
        return found, asked

    def responses_of(self, unit: Unit) -> Band | None:
        """How many of a unit responded; None where hidden."""
        return unit.responses(self._rule)

    def answers(self, name: str, cohort: int | None, role: str) -> Answers | None:
        """The question that is published under a name; None where it is hidden."""
        key = (name, cohort, role)  # of several choices every option asks for it
        if key not in self._known:
            self._known[key] = self.answers_to(lambda wave: question_of(wave, name, role), cohort, role)
        return self._known[key]

    def answers_to(self, question: Which, cohort: int | None, role: str) -> Answers | None:
        """The question that is the one meant in every wave that has it; None where it is hidden."""
        units = [unit for unit in self.units(cohort, role) if any(map(question, unit.waves))]
        every = [self.answers_of(unit, question) for unit in units]
        known = [one for one in every if one is not None]
        if not known or len(known) < len(every):
            return None
        parts = dict.fromkeys(part for one in known for part in one.parts)
        return Answers(
            sum((one.whole for one in known), NOBODY),
            {
                part: sum((one.parts[part] for one in known), NOBODY)
                for part in parts
                if all(part in one.parts for one in known)
            },
        )

    def answers_of(self, unit: Unit, question: Which) -> Answers | None:
        """The question of one unit; None where it is hidden, or not asked."""
        asked = [(wave, found) for wave in unit.waves if (found := question(wave)) is not None]
        return unit.answers(asked, self._rule) if asked else None

    def counted_up(self, name: str, cohort: int | None, role: str) -> tuple[list[str], tuple[Band, ...]] | None:
        """All answers to the question that is published under a name, counted up from the end that its figure counts;
        None where they are not told.

        Not of a question that decides who is asked another: who answered that one gave one of some answers to this, a
        difference of two counts, and what is known of it would no longer be only which is larger.
        """
        asked = [(wave, found) for wave in self.waves if (found := question_of(wave, name, role)) is not None]
        orders = [from_counted_end(question) for _, question in asked]
        counted = {frozenset(question.counted) for _, question in asked}
        if not orders or orders[0] is None or any(order != orders[0] for order in orders) or len(counted) > 1:
            return None
        if any(_decides(question, wave) for wave, question in asked):
            return None
        every = []
        for unit in self.units(cohort, role):
            here = [(wave, question) for wave, question in asked if wave.cohort in unit.cohorts]
            every += [unit.counted_up(here, orders[0], self._rule)] if here else []
        known = [bands for bands in every if bands is not None]
        if not known or len(known) < len(every):
            return None
        return orders[0], tuple(sum(bands, NOBODY) for bands in zip(*known, strict=True))

    def units(self, cohort: int | None, role: str) -> list[Unit]:
        """The units of a role that make up a cohort, or all; none where the cohort stands together with others."""
        return [unit for unit in self._units(role) if cohort is None or unit.cohorts == {cohort}]

    @property
    def _rule(self) -> Policy:
        """Where one person was asked up to m times, so many more answers are of enough different people."""
        return Policy(self.policy.minimum * max(wave.most_asked for wave in self.waves))

    def _units(self, role: str) -> Iterator[Unit]:
        for waves in _epochs(self.waves):
            told = [wave for wave in waves if wave.asked.get(role) and role not in wave.hidden]
            yield from (Unit(role, tuple(together)) for together in _together(told, role))


def _decides(question: Question, wave: WaveRecord) -> bool:
    """Whether the answer to a question decides who of a wave is asked another."""
    every = wave.used.questions if wave.used else ()
    return any(one.shown_when and one.shown_when.question == question.id for one in every)


def _epochs(waves: Sequence[WaveRecord]) -> list[list[WaveRecord]]:
    """The waves of which a table may have been published before the next were planned, apart from those."""
    epochs: list[list[WaveRecord]] = []
    for wave in sorted(waves, key=lambda wave: (wave.planned_at or _LONG_AGO, wave.cohort)):
        planned = wave.planned_at or _LONG_AGO
        if not epochs or all(one.closed_at and one.closed_at <= planned for epoch in epochs for one in epoch):
            epochs.append([])
        epochs[-1].append(wave)
    return epochs


def _together(waves: Sequence[WaveRecord], role: str) -> list[list[WaveRecord]]:
    """Large cohorts alone and the small ones together, with the smallest large one if they are too few even so."""
    by_size = sorted(waves, key=lambda wave: (wave.asked[role], wave.cohort))
    small = [wave for wave in by_size if wave.asked[role] < STANDS_ALONE]
    if small and sum(wave.asked[role] for wave in small) < STANDS_ALONE:
        small = by_size[: len(small) + 1]
    alone = [[wave] for wave in by_size[len(small) :]]
    return [small, *alone] if small else alone
