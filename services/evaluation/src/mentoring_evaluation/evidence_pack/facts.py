"""What the records of a programme say of each criterion: so many of so many, and where to look. None: no record."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from mentoring_contracts.blueprint import Blueprint
from mentoring_evaluation.disclosure.bands import NOBODY, Band
from mentoring_evaluation.figures.evidence import Evidence, WaveRecord
from mentoring_evaluation.figures.protected import ProtectedWaves
from mentoring_evaluation.figures.public_view import protected_waves
from mentoring_evaluation.surveys.instruments import Question

CLOSED = frozenset({"accepted", "refused", "withdrawn", "carried_over", "unmatched", "matched"})


@dataclass(frozen=True, slots=True)
class Fact:
    """`met` of `of`, in words, and the API paths that show it. A yes or no is 1 or 0 of 1."""

    met: int
    of: int
    said: str
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """What the facts are taken from, beside a programme's evidence.

    `design` is what `design_facts` found in the blueprint; `trained` are people who attended an orientation, `held`
    counts activities by (kind, cohort), `met` are pairs with a mentoring session; `recommendations` counts (overdue,
    all), `stages` and `indicators` count (with indicator or value, all). `exact`: the reader may see exact figures.
    """

    evidence: Evidence
    design: Mapping[str, bool]
    goals: int = 0
    trained: frozenset[UUID] = frozenset()
    held: Mapping[tuple[str, int | None], int] = field(default_factory=dict)
    development_kinds: frozenset[str] = frozenset()
    pairs_met: int = 0
    interviews: Mapping[str, int] = field(default_factory=dict)
    recommendations: tuple[int, int] = (0, 0)
    stages: tuple[int, int] = (0, 0)
    indicators: tuple[int, int] = (0, 0)
    published: int = 0
    roles: frozenset[str] = frozenset()
    exact: bool = True


def facts(records: Records) -> dict[str, Fact | None]:
    """The fact behind every criterion that is counted, by its name; None where there is no record to count from."""
    return {name: count(records) for name, count in _COUNTED.items()} | {
        name: _survey_share(records, question) for name, question in _ASKED.items()
    }


def design_facts(blueprint: Blueprint) -> dict[str, bool]:
    """What a blueprint has in writing."""
    consents = [field for field in blueprint.form.fields if field.kind == "consent" and field.required]
    return {
        "eligibility": bool(blueprint.eligibility.mentor) and bool(blueprint.eligibility.mentee),
        "matching": bool(blueprint.matching and blueprint.matching.hard_rules),
        "consent": bool(consents),
    }


def _path(records: Records, end: str = "") -> str:
    return f"/programmes/{records.evidence.programme_id}{end}"


def _share(met: int, of: int, said: str, *links: str) -> Fact | None:
    return Fact(met, of, f"{met} of {of} {said}", links) if of else None


def _rounded(counts: Iterable[tuple[Band, Band] | None], said: str, *links: str) -> Fact | None:
    """A share of survey answers for who sees public figures only: of bands, and nothing where one of them is hidden."""
    every = list(counts)
    known = [one for one in every if one is not None]
    if not known or len(known) < len(every):
        return None
    met, of = (int(sum(bands, NOBODY).middle) for bands in zip(*known, strict=True))
    return _share(met, of, f"{said} (rounded)", *links)


def _closed(r: Records) -> list[WaveRecord]:
    """Closed waves; for who sees public figures only, of surveys that are over: the next wave is no difference then."""
    running = {wave.instrument for wave in r.evidence.waves if not wave.closed_at}
    return [wave for wave in r.evidence.waves if wave.closed_at and (r.exact or wave.instrument not in running)]


def _yes(is_so: bool, said: str, *links: str) -> Fact:
    return Fact(int(is_so), 1, said if is_so else f"not so: {said}", links)


def _aims_stated(r: Records) -> Fact:
    return _yes(r.goals > 0, "aims or goals are recorded", f"evaluation:{_path(r, '/goals')}")


def _stages_with_indicators(r: Records) -> Fact | None:
    return _share(*r.stages, "stages have an indicator", f"evaluation:{_path(r, '/evaluation-model')}")


def _indicators_measured(r: Records) -> Fact | None:
    return _share(*r.indicators, "indicators have a value", f"evaluation:{_path(r, '/evaluation-model')}")


def _people(r: Records) -> set[UUID]:
    return {id_ for pair in r.evidence.pairs if pair.standing for id_ in (pair.mentor_id, pair.mentee_id)}


def _orientation_attended(r: Records) -> Fact | None:
    people = _people(r)
    return _share(len(people & r.trained), len(people), "people in standing pairs attended an orientation",
                  f"sessions:{_path(r, '/activities')}")  # fmt: skip


def _development_offered(r: Records) -> Fact | None:
    numbers = [cohort.number for cohort in r.evidence.cohorts]
    had = {cohort for (kind, cohort), times in r.held.items() if kind in r.development_kinds and times}
    met = len(numbers) if None in had else len(had & set(numbers))  # None: for all cohorts
    return _share(met, len(numbers), "cohorts had learning offered", f"sessions:{_path(r, '/activities')}")


def _supervision_held(r: Records) -> Fact | None:
    times = sum(times for (kind, _), times in r.held.items() if kind in ("supervision", "reflection_group"))
    said = "supervision or a reflection group was held"
    return _yes(times > 0, said, f"sessions:{_path(r, '/activities')}") if r.held else None


def _eligibility_written(r: Records) -> Fact:
    return _yes(r.design.get("eligibility", False), "eligibility rules of both roles", f"applications:{_path(r)}")


def _matching_written(r: Records) -> Fact:
    return _yes(r.design.get("matching", False), "a matching policy with hard rules", f"matching:{_path(r, '/policy')}")


def _applications_decided(r: Records) -> Fact | None:
    every = sum(a.people for a in r.evidence.applicants)
    ended = sum(a.people for a in r.evidence.applicants if a.state in CLOSED)
    return _share(ended, every, "applications were decided", f"applications:{_path(r, '/ledger')}")


def _pairs_stood(r: Records) -> Fact | None:
    pairs = r.evidence.pairs
    stood = sum(pair.standing for pair in pairs)
    return _share(stood, len(pairs), "pairs did not end early", f"evaluation:{_path(r, '/figures')}")


def _pairs_met(r: Records) -> Fact | None:
    stood = sum(pair.standing for pair in r.evidence.pairs)
    said = "standing pairs recorded a mentoring session"
    return _share(min(r.pairs_met, stood), stood, said, f"evaluation:{_path(r, '/figures')}")


def _waves_held(r: Records) -> Fact | None:
    surveyed = {wave.cohort for wave in r.evidence.waves if wave.closed_at}
    return _share(len(surveyed), len(r.evidence.cohorts), "cohorts were surveyed", f"evaluation:{_path(r, '/waves')}")


def _people_answered(r: Records) -> Fact | None:
    said, link = "who were asked answered", f"evaluation:{_path(r, '/waves')}"
    if not r.exact:
        rates = (waves.response_rate(None, role) for waves, role in _protected(r))
        return _rounded((rate and (rate[0], Band(rate[1], rate[1])) for rate in rates), said, link)
    closed = _closed(r)
    asked = sum(sum(wave.asked.values()) for wave in closed)
    answered = sum(sum(wave.responses.values()) for wave in closed)
    return _share(answered, asked, said, link)


def _protected(r: Records) -> Iterator[tuple[ProtectedWaves, str]]:
    """The waves that are over, as the public sees them, with every role that is shown of them."""
    over = {wave.name for wave in _closed(r)}
    for name, waves in protected_waves(r.evidence).items():
        roles = dict.fromkeys(role for wave in waves.waves for role in wave.asked if role not in wave.hidden)
        yield from ((waves, role) for role in roles if name in over)


def _pairs_interviewed(r: Records) -> Fact | None:
    matches = [interview.match_id for interview in r.evidence.interviews]
    both = sum(matches.count(match) == 2 for match in set(matches))
    said = "interviewed pairs have both interviews"
    return _share(both, len(set(matches)), said, f"evaluation:{_path(r, '/interviews')}")


def _words_approved(r: Records) -> Fact | None:
    approved, waiting = r.interviews.get("approved", 0), r.interviews.get("transcribed", 0)
    said = "transcribed interviews were approved by the person"
    return _share(approved, approved + waiting, said, f"evaluation:{_path(r, '/interviews')}")


def _recommendations_kept(r: Records) -> Fact | None:
    overdue, every = r.recommendations
    said = "recommendations are done or not yet due"
    return _share(every - overdue, every, said, f"evaluation:{_path(r, '/recommendations')}")


def _results_published(r: Records) -> Fact:
    return _yes(r.published > 0, "a report was published", f"evaluation:{_path(r, '/reports')}")


def _consent_to_processing(r: Records) -> Fact:
    return _yes(r.design.get("consent", False), "the form requires a consent", f"applications:{_path(r, '/form')}")


def _small_groups_protected(r: Records) -> Fact:
    said = "published figures hide groups under 5 or more"
    return _yes(r.evidence.public_minimum >= 5, said, f"evaluation:{_path(r, '/figures?view=public')}")


def _roles_held(r: Records) -> Fact:
    met = bool(r.roles & {"programme_manager", "coordinator"}) + ("steering_group" in r.roles)
    said = f"{met} of 2: somebody runs the programme, a steering group oversees it"
    return Fact(met, 2, said, (f"applications:{_path(r, '/roles')}",))


def _survey_share(r: Records, question_id: str) -> Fact | None:
    """The share of counted answers to a question, all closed waves and both roles taken together."""
    said, link = "who answered said so", f"evaluation:{_path(r, '/figures')}"
    if not r.exact:
        return _rounded(_bands(r, question_id), said, link)
    met = of = 0
    for wave in _closed(r):
        question = _counted_question(wave, question_id)
        if question is None:
            continue
        for answers in _answers(wave.answers, question_id):
            of += sum(answers.values())
            met += sum(number for answer, number in answers.items() if answer in question.counted)
    return _share(met, of, said, link)


def _bands(r: Records, question_id: str) -> Iterator[tuple[Band, Band] | None]:
    """What is counted and who answered, of every wave and role that was asked; None where that is hidden."""
    for waves, role in _protected(r):
        asked = partial(_counted_question, question_id=question_id, role=role)
        if any(map(asked, waves.waves)):
            found = waves.answers_to(asked, None, role)
            yield (found.parts[None], found.whole) if found and None in found.parts else None


def _counted_question(wave: WaveRecord, question_id: str, role: str | None = None) -> Question | None:
    """The question of a wave, if some of its answers are counted (and if the role was asked it)."""
    question = wave.used.question(question_id) if wave.used else None
    told = role is None or (role in wave.asked and role not in wave.hidden and question and role in question.roles)
    return question if question is not None and question.counted and told else None


def _answers(table: Mapping[Any, Mapping[str, int]], question_id: str) -> Iterable[Mapping[str, int]]:
    return (answers for (_, asked), answers in table.items() if asked == question_id)


_ASKED = {
    "purpose_agreed": "purpose_agreed",
    "training_helpful": "cpd_and_orientation_helpful",
    "satisfied_with_match": "satisfied_with_match",
    "team_supportive": "programme_team_support",
}
_COUNTED: Mapping[str, Callable[[Records], Fact | None]] = {
    "aims_stated": _aims_stated,
    "stages_with_indicators": _stages_with_indicators,
    "orientation_attended": _orientation_attended,
    "development_offered": _development_offered,
    "supervision_held": _supervision_held,
    "eligibility_written": _eligibility_written,
    "matching_written": _matching_written,
    "applications_decided": _applications_decided,
    "pairs_stood": _pairs_stood,
    "waves_held": _waves_held,
    "people_answered": _people_answered,
    "pairs_interviewed": _pairs_interviewed,
    "indicators_measured": _indicators_measured,
    "recommendations_kept": _recommendations_kept,
    "results_published": _results_published,
    "consent_to_processing": _consent_to_processing,
    "words_approved": _words_approved,
    "small_groups_protected": _small_groups_protected,
    "roles_held": _roles_held,
    "pairs_met": _pairs_met,
}
