"""Somebody who has everything that was published of a survey, knows how it is made, and solves integer programs.

The attacker reads the public lines as they are printed, and is told besides the band of every count that stands behind
a figure that is shown, of every group of people for itself: more than anybody is who reads them. Known too is how many
were asked of each role in each cohort; that who gave an answer has answered, who answered has responded and who
responded was asked; who was shown a question for what they said before; and that whoever answered a question of several
choices chose one or more. Sought is every count of people by cohort and role, of roles and of everybody: who responded
and who did not, answered or did not, gave what is counted or did not.
"""

import random
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from mentoring_contracts.words import SIDES
from mentoring_evaluation.figures.evidence import CohortRecord, Evidence, WaveRecord
from mentoring_evaluation.figures.programme_figures import programme_lines
from mentoring_evaluation.figures.protected import ProtectedWaves, Unit, from_counted_end
from mentoring_evaluation.figures.public_view import protected_waves, public_lines
from mentoring_evaluation.figures.survey_figures import question_of
from mentoring_evaluation.figures.tallies import tally
from mentoring_evaluation.surveys.instruments import Instrument, Question

RANGE = 4  # so far apart the smallest and the largest possible value of a count have to be

# A count: cohort, role, question (None: responses), and which answers (None: all who answered it).
Count = tuple[int, str, str | None, str | None]
# A sum of counts, each so many times.
Sum = Mapping[Count, int]


@dataclass
class Attack:
    """What is known of the counts: bounds of each, and of sums of them; and their `truth`, to score by."""

    truth: dict[Count, int] = field(default_factory=dict)
    most: dict[Count, int] = field(default_factory=dict)
    known: list[tuple[Sum, float, float]] = field(default_factory=list)
    sought: dict[str, Sum] = field(default_factory=dict)
    shown: int = 0
    lines: int = 0

    def knows(self, of: Sum, low: float, high: float) -> None:
        """Learn that a sum is one of low to high; what is learnt has to be so."""
        assert low <= self._value(of) <= high, f"what is published is not so: {of} is {self._value(of)}"
        self.known.append((of, low, high))

    def _value(self, of: Sum) -> int:
        return sum(times * self.truth[count] for count, times in of.items())

    def recovered(self) -> dict[str, int]:
        """Of every sought count that is known too well, how far apart its smallest and largest possible value are."""
        counts = list(self.truth)
        place = {count: number for number, count in enumerate(counts)}
        aims = np.zeros((len(self.sought), len(counts)))
        for row, of in zip(aims, self.sought.values(), strict=True):
            for count, times in of.items():
                row[place[count]] += times
        programme = _Programme(counts, place, self)
        low, high = np.full(len(aims), np.inf), np.full(len(aims), -np.inf)

        def look(objective: np.ndarray[Any, Any]) -> None:
            found = aims @ programme.least(objective)
            np.minimum(low, found, out=low)
            np.maximum(high, found, out=high)

        kinds = [_kind(name) for name in self.sought]
        look(np.ones(len(counts)))
        look(-np.ones(len(counts)))
        for kind in dict.fromkeys(kinds):
            open_ = [n for n, of in enumerate(kinds) if of == kind and high[n] - low[n] < RANGE]
            if open_:
                together = aims[open_].sum(axis=0)
                look(together)
                look(-together)
        for number, aim in enumerate(aims):
            if high[number] - low[number] < RANGE:
                look(aim)
                look(-aim)
        return {name: round(high[n] - low[n]) for n, name in enumerate(self.sought) if high[n] - low[n] < RANGE}


def published(evidence):
    """The public lines, as everybody reads them."""
    return [line.to_json() for line in public_lines(evidence, programme_lines(evidence))]


def _kind(name: str) -> str:
    """What is sought, whosever it is: these are looked for together first, which mostly settles all of them."""
    return " ".join(name.rpartition(") ")[2].split()[:2])


class _Programme:
    def __init__(self, counts: Sequence[Count], place: Mapping[Count, int], attack: Attack) -> None:
        entries = [(n, place[c], times) for n, (of, _, _) in enumerate(attack.known) for c, times in of.items()]
        rows, columns, values = zip(*entries, strict=True)
        matrix = csr_array((values, (rows, columns)), shape=(len(attack.known), len(counts)))
        bounds = [(low, high) for _, low, high in attack.known]
        self._constraints = LinearConstraint(matrix, *zip(*bounds, strict=True))
        self._bounds = Bounds(0, [attack.most[count] for count in counts])

    def least(self, objective: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Whole counts that agree with all that is known and make the objective smallest."""
        for integrality in (np.zeros(len(objective)), np.ones(len(objective))):
            found = milp(objective, integrality=integrality, bounds=self._bounds, constraints=self._constraints)
            assert found.success, found.message
            # The corners of what is known are whole, nearly always: looking for whole ones takes ten times as long.
            if np.abs(found.x - np.round(found.x)).max() < 1e-6:
                break
        return np.round(found.x)


def attack_on(evidence: Evidence, lines: Sequence[Mapping[str, Any]] | None = None) -> dict[str, Attack]:
    """For every wave whose figures are public, by name, what somebody knows who has the lines (None: all of them)."""
    every = published(evidence) if lines is None else lines
    return {
        name: _attack(evidence, name, [line for line in every if line["wave"] == name])
        for name in protected_waves(evidence)
    }


def _attack(evidence: Evidence, name: str, lines: Sequence[Mapping[str, Any]]) -> Attack:
    attack = Attack()
    waves = [wave for wave in evidence.waves if wave.name == name]
    for wave in waves:
        for role in wave.asked:
            if wave.asked[role]:
                _people(attack, wave, role)
    _sought_in_all(attack)
    for line in lines:
        _read(attack, line, protected_waves(evidence)[name])
    _told(attack, evidence, name)
    return attack


def attack_on_both(before: Evidence, after: Evidence) -> dict[str, Attack]:
    """What somebody knows who kept what was published before further cohorts were planned, and has it all."""
    attacks = attack_on(after)
    for name, attack in attacks.items():
        for line in published(before):
            if line["wave"] == name:
                _read(attack, line, protected_waves(before)[name])
        _told(attack, before, name)
    return attacks


def _people(attack: Attack, wave: WaveRecord, role: str) -> None:
    """The counts of a role in a cohort, and what is known of them before anything is published."""
    asked, who = wave.asked[role], (wave.cohort, role)
    responded: Count = (*who, None, None)
    attack.truth[responded], attack.most[responded] = wave.responses[role], asked
    attack.sought |= {f"{who} responded": {responded: 1}} if asked >= RANGE else {}
    questions = {q.id: q for q in wave.used.flat() if role in q.roles} if wave.used else {}
    for question in questions.values():
        counts = tally(wave, question, role)
        answered: Count = (*who, question.id, None)
        attack.truth[answered], attack.most[answered] = counts.answered, asked
        attack.knows({responded: 1, answered: -1}, 0, np.inf)
        for answer, number in counts.by_answer.items():
            given: Count = (*who, question.id, answer)
            attack.truth[given], attack.most[given] = number, asked
            attack.knows({answered: 1, given: -1}, 0, np.inf)
        each = {(*who, question.id, answer): 1 for answer in counts.by_answer}
        attack.knows(each | {answered: -1}, 0, np.inf if question.kind == "choices" else 0)
        _condition(attack, question, questions, who)
        if asked >= RANGE and question.figure:
            attack.sought |= _sought_of(attack, question, who)


def _condition(attack: Attack, question: Question, known: Mapping[str, Question], who: tuple[int, str]) -> None:
    """Only those answered who were shown it: of one choice, as many as gave the answers that it is shown for."""
    condition = question.shown_when
    if condition and known[condition.question].kind != "choices":
        shown = {(*who, condition.question, str(answer)): 1 for answer in condition.in_}
        attack.knows(shown | {(*who, question.id, None): -1}, 0, np.inf)


def _sought_of(attack: Attack, question: Question, who: tuple[int, str]) -> dict[str, Sum]:
    answered: Count = (*who, question.id, None)
    responded: Count = (*who, None, None)
    sought: dict[str, Sum] = {
        f"{who} answered {question.id}": {answered: 1},
        f"{who} did not answer {question.id}": {responded: 1, answered: -1},
    }
    # Also every single answer of one choice: all of them may be told, counted up.
    for part in [*question.shares, *(question.answers if question.kind == "choice" else ())]:
        given = {(*who, question.id, answer): 1 for answer in (question.counted if part is None else [part])}
        sought[f"{who} gave {question.id} {part}"] = given
        sought[f"{who} gave another than {question.id} {part}"] = {answered: 1} | dict.fromkeys(given, -1)
    return sought


def _sought_in_all(attack: Attack) -> None:
    """The same counts of a role in all cohorts, and of everybody who responded."""
    whole: dict[str, dict[Count, int]] = {}
    for name, of in list(attack.sought.items()):
        for (cohort, role, question, answer), times in of.items():
            who, _, what = name.partition(") ")
            for group in (role, "everybody") if question is None else (role,):
                whole.setdefault(f"{group} {what}", {})[cohort, role, question, answer] = times
            assert who
    attack.sought |= whole


def _read(attack: Attack, line: Mapping[str, Any], waves: ProtectedWaves) -> None:
    """What a printed line says: counts to the nearest 5 (of several groups, of each), and the bounds of a share.
    `waves` are those that there were when it was printed: who is taken together with whom is known."""
    attack.lines += 1
    if line["shown"] == "hidden" or line["rule"] == "mean_of_cohorts":
        return
    attack.shown += 1
    part, whole = _parts(attack, line, frozenset(wave.cohort for wave in waves.waves))
    of = sum(attack.most[count] for count in whole)
    low, high = line["between"]["low"], line["between"]["high"]
    if line["name"] == "response_rate":
        assert line["denominator"] == of
        attack.knows(part, low * of / 100, high * of / 100)
    else:
        attack.knows(_less(part, whole, low), 0, np.inf)
        attack.knows(_less(part, whole, high), -np.inf, 0)
    groups = sum(len(waves.units(line["cohort"], role)) for role in {count[1] for count in whole})
    for counts, number in ((part, line["numerator"]), (whole, line["denominator"])):
        if number is not None and number != of:
            attack.knows(counts, number - 2 * groups, number + 2 * groups)


def _less(part: Sum, whole: Sum, percent: int) -> Sum:
    """A hundred times the part, less so many per cent of the whole."""
    return {count: 100 * times for count, times in part.items()} | {
        count: 100 * part.get(count, 0) - percent * times for count, times in whole.items()
    }


def _parts(attack: Attack, line: Mapping[str, Any], cohorts: frozenset[int]) -> tuple[Sum, Sum]:
    roles = SIDES if line["role"] is None else (line["role"],)
    groups = {count[:2] for count in attack.truth if count[1] in roles and line["cohort"] in (None, count[0])}
    groups = {who for who in groups if who[0] in cohorts}
    if line["name"] == "response_rate":
        responded = {(*who, None, None): 1 for who in groups}
        return responded, responded
    option = line["breakdown"].get("option")
    answers = line["top_box"] if option is None else [option]
    part = {(*who, line["name"], a): 1 for who in groups for a in answers if (*who, line["name"], a) in attack.truth}
    whole = {(*who, line["name"], None): 1 for who in groups if (*who, line["name"], None) in attack.truth}
    return part, whole


def _told(attack: Attack, evidence: Evidence, name: str) -> None:
    """The band of every count behind what is shown, by group."""
    waves = protected_waves(evidence)[name]
    for role in dict.fromkeys(count[1] for count in attack.truth):
        for unit in waves.units(None, role):
            band = waves.responses_of(unit)
            if band is not None:
                attack.knows({(cohort, role, None, None): 1 for cohort in unit.cohorts}, band.low, band.high)
            for figure in dict.fromkeys(q.figure for w in unit.waves if w.used for q in w.used.flat() if q.figure):
                _told_of(attack, unit, figure, waves.answers_of(unit, lambda w: question_of(w, figure, role)))  # noqa: B023
                _told_in_full(attack, unit, figure, waves)


def _told_of(attack: Attack, unit: Unit, figure: str, answers: Any) -> None:
    if answers is None:
        return
    asked = {wave.cohort: q for wave in unit.waves if (q := question_of(wave, figure, unit.role)) is not None}
    whole = {(cohort, unit.role, q.id, None): 1 for cohort, q in asked.items()}
    attack.knows(whole, answers.whole.low, answers.whole.high)
    for part, band in answers.parts.items():
        given = {(c, unit.role, q.id, a): 1 for c, q in asked.items() for a in (q.counted if part is None else [part])}
        attack.knows({count: times for count, times in given.items() if count in attack.truth}, band.low, band.high)


def _told_in_full(attack: Attack, unit: Unit, figure: str, waves: ProtectedWaves) -> None:
    """All answers where a cohort, or all of them, are told in full: as many as gave the first, one of the first two…"""
    alone = next(iter(unit.cohorts)) if len(unit.cohorts) == 1 else None
    told = any(waves.counted_up(figure, cohort, unit.role) for cohort in {alone, None})
    asked = [(wave, q) for wave in unit.waves if (q := question_of(wave, figure, unit.role)) is not None]
    order = from_counted_end(asked[0][1]) if asked and told else None
    bands = unit.counted_up(asked, order, waves._rule) if order else None
    for number, band in enumerate(bands or (), 1):
        upto = {(wave.cohort, unit.role, q.id, a): 1 for wave, q in asked for a in (order or [])[:number]}
        attack.knows(upto, band.low, band.high)


# ------------------------------------------------------------------------------------------------------- surveys

CLOSED = datetime(2029, 1, 1, tzinfo=UTC)


def survey_of(questions: Iterable[Mapping[str, Any]]) -> Instrument:
    """A survey of questions that are each published under their id."""
    base = {"roles": list(SIDES), "text": "?", "kind": "choice", "options": ["yes", "no", "neither"]}
    made = [base | {"figure": q["id"], "counted": ["yes"]} | q for q in questions]
    made = [q | {"counted": []} if q["kind"] == "choices" else q for q in made]
    return Instrument.model_validate({"id": "pulse", "title": "P", "questions": made})


def evidence_of(waves: Sequence[WaveRecord], minimum: int) -> Evidence:
    """A programme of these waves."""
    return Evidence(
        uuid.uuid4(), "P", decimals=0, public_minimum=minimum, as_of=datetime(2030, 1, 1, tzinfo=UTC),
        cohorts=tuple(CohortRecord(wave.cohort, 25) for wave in waves), waves=tuple(waves),
    )  # fmt: skip


def wave_of(cohort: int, used: Instrument, asked: Mapping[str, int], groups: Mapping[str, Any]) -> WaveRecord:
    """A closed wave; of every role (responses, answers by question)."""
    answers = {(role, question): given for role, (_, every) in groups.items() for question, given in every.items()}
    responses = {role: number for role, (number, _) in groups.items()}
    return WaveRecord(uuid.uuid4(), cohort, "pulse", used, CLOSED, asked, responses, answers)


ORDINARY = {"sensitivity": "ordinary"}
ALL_KINDS = (
    {"id": "satisfied", **ORDINARY},
    {"id": "health"},
    {"id": "again", **ORDINARY, "shown_when": {"question": "satisfied", "is": "yes"}},
    {"id": "helped", **ORDINARY, "kind": "choices", "options": ["a", "b", "c"]},
)


def random_survey(seed: int, *, edges: bool = False) -> Evidence:
    """One to four cohorts of a few to about a hundred people, asked questions of every kind.

    `edges`: everything lies at the ends of bands, all have answered or nobody has, or all but a few.
    """
    rng = random.Random(seed)
    number, minimum = rng.randint(1, 4), rng.choice([5, 10])
    used = survey_of(rng.sample(ALL_KINDS[:2], 1) if rng.random() < 0.3 else ALL_KINDS[: rng.choice([2, 3, 4])])
    fewer = survey_of(ALL_KINDS[:1])
    waves = []
    for cohort in range(1, number + 1):
        size = rng.choice([6, 12, 22, 25, 39, 40, 41, 42, 48, 78, 100]) if edges else rng.randint(5, 100)
        asked = dict.fromkeys(SIDES, size) if rng.random() < 0.5 else {r: rng.randint(5, 90) for r in SIDES}
        which = fewer if cohort > 1 and rng.random() < 0.1 else used
        waves.append(wave_of(cohort, which, asked, {r: _answered(rng, asked[r], which, edges) for r in SIDES}))
    return evidence_of(waves, minimum)


def _part(rng: random.Random, whole: int, edges: bool) -> int:
    """Some of so many."""
    if not edges:
        return rng.choice([whole, rng.randint(0, whole), round(whole * rng.betavariate(8, 2))])
    near = rng.choice([0, 5, 8, 10, 13, whole // 5 * 5, whole // 5 * 5 + 3, whole])
    return max(0, min(whole, near + rng.choice([-1, 0, 0, 1, 2])))


def _answered(rng: random.Random, asked: int, used: Instrument, edges: bool) -> tuple[int, dict[str, dict[str, int]]]:
    responses = _part(rng, asked, edges)
    answers: dict[str, dict[str, int]] = {}
    for question in used.questions:
        shown = responses
        if question.shown_when:
            shown = answers[question.shown_when.question]["yes"]
        answered = rng.choice([shown, _part(rng, shown, edges)])
        if question.kind == "choices":
            answers[question.id] = _chosen(rng, answered, question.options, edges)
            continue
        yes = _part(rng, answered, edges)
        no = _part(rng, answered - yes, edges)
        answers[question.id] = {"yes": yes, "no": no, "neither": answered - yes - no}
    return responses, answers


def _chosen(rng: random.Random, people: int, options: Sequence[str], edges: bool) -> dict[str, int]:
    every = ['["a"]', '["b"]', '["a", "b"]', '["a", "b", "c"]', '["c"]']
    found = dict.fromkeys(every, 0)
    for name in rng.sample(every, len(every)):
        found[name] = _part(rng, people, edges)
        people -= found[name]
    found['["a"]'] += people
    assert len(options) == 3
    return found


def in_turn(evidence: Evidence, seed: int) -> tuple[Evidence, Evidence]:
    """What there was when some of the cohorts had been published, and all of them: the others came after that."""
    rng = random.Random(seed)
    first = rng.randint(1, max(1, len(evidence.waves) - 1))
    later = CLOSED + timedelta(days=1)
    moved = [replace(w, planned_at=later, closed_at=later + timedelta(days=30)) for w in evidence.waves[first:]]
    earlier = [replace(w, planned_at=CLOSED - timedelta(days=30)) for w in evidence.waves[:first]]
    return evidence_of(earlier, evidence.public_minimum), evidence_of([*earlier, *moved], evidence.public_minimum)


NIHR = {1: 22, 2: 22, 3: 36}


def nihr_survey(seed: int) -> Evidence:
    """Cohorts of 22, 22 and 36 pairs of which 40 to 50 % answer: nine questions, most of them to both sides."""
    rng = random.Random(seed)
    both = [
        {"id": name, **ORDINARY} for name in ("match", "across", "trust", "cpd", "objectives", "expected", "goes_on")
    ]
    ends = [{"id": "return", "roles": ["mentor"], **ORDINARY}, {"id": "mentor", "roles": ["mentee"], **ORDINARY}]
    used = survey_of([*both, *ends])
    likely = {q.id: rng.choice([0.55, 0.7, 0.8, 0.9, 0.95, 1.0]) for q in used.questions}
    waves = []
    for cohort, pairs in NIHR.items():
        groups = {}
        for role in SIDES:
            responses = rng.randint(round(0.4 * pairs), round(0.5 * pairs))
            answers = {}
            for question in used.for_role(role):
                answered = responses - rng.choice([0, 0, 0, 1, 2])
                yes = sum(rng.random() < likely[question.id] for _ in range(answered))
                answers[question.id] = {"yes": yes, "no": answered - yes}
            groups[role] = (responses, answers)
        waves.append(wave_of(cohort, used, dict.fromkeys(SIDES, pairs), groups))
    return evidence_of(waves, 10)


def pooled_figures(evidence: Evidence) -> list[Mapping[str, Any]]:
    """The public lines of questions over all cohorts."""
    lines = published(evidence)
    return [f for f in lines if f["cohort"] is None and f["rule"] == "pooled" and f["name"] != "response_rate"]


def narrowed(surveys: Iterable[Evidence]) -> Iterator[tuple[int, str, int]]:
    """Of every survey (its place) the counts that are known too well, and how far apart their values may still be."""
    for place, evidence in enumerate(surveys):
        for attack in attack_on(evidence).values():
            yield from ((place, name, width) for name, width in attack.recovered().items())


def strict(evidence: Evidence) -> Evidence:
    """The same with every question sensitive."""
    return replace(evidence, waves=tuple(replace(w, used=_sensitive(w.used)) for w in evidence.waves))


def _sensitive(used: Instrument | None) -> Instrument | None:
    if used is None:
        return None
    questions = [q.model_copy(update={"sensitivity": "sensitive"}) for q in used.questions]
    return used.model_copy(update={"questions": questions})
