"""The pack: every criterion scored from its fact or from a person's latest judgement, or named as a gap.

A criterion scores the percentage its fact meets, or the judgement as given. A standard is the mean of its criteria, the
whole the mean of the six standards. A gap counts nothing: it is never assumed. `if_gaps_met` is what the score would be
with every gap filled to the full, so that one sees how far filling gaps can lead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from mentoring_evaluation.evidence_pack.facts import Fact
from mentoring_evaluation.evidence_pack.standards import Criterion, Level, Scheme, Standard
from mentoring_evaluation.figures.intervals import half_up, percent

STATEMENT = (
    "Scores are counted from this programme's records and from judgements that people signed. The standards and the "
    "levels are those of the EMCC Global ISMCP; the criteria are this software's own. This is evidence to bring to an "
    "assessor and no accreditation."
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person judged of a criterion, from 0 to 100."""

    score: int
    assessor: str
    at: datetime
    comment: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """A criterion and its score in percent; None is a gap."""

    criterion: Criterion
    score: Fraction | None
    shown: Mapping[str, Any]


def evidence_pack(
    scheme: Scheme, facts: Mapping[str, Fact | None], judgements: Mapping[str, Judgement]
) -> dict[str, Any]:
    """Scores, level, thresholds, standards with criteria and evidence, and gaps."""
    scored = {standard.id: [_scored(c, facts, judgements) for c in standard.criteria] for standard in scheme.standards}
    now = [_mean(scored[standard.id], Fraction(0)) for standard in scheme.standards]
    filled = [_mean(scored[standard.id], Fraction(100)) for standard in scheme.standards]
    return {
        "statement": STATEMENT,
        "overall": _number(_average(now)),
        "overall_if_gaps_met": _number(_average(filled)),
        "level": level(scheme, now),
        "level_if_gaps_met": level(scheme, filled),
        "thresholds": {name: threshold.model_dump() for name, threshold in scheme.thresholds.items()},
        "standards": [
            _standard(standard, scored[standard.id], *scores)
            for standard, *scores in zip(scheme.standards, now, filled, strict=True)
        ],
        "gaps": [
            gap for standard in scheme.standards for one in scored[standard.id] for gap in _gap(scheme, standard, one)
        ],
    }


def level(scheme: Scheme, standards: Sequence[Fraction]) -> Level | None:
    """The highest level whose two thresholds the exact scores reach; None below all."""
    overall, lowest = _average(standards), min(standards)
    reached = (name for name, t in scheme.thresholds.items() if overall >= t.overall and lowest >= t.each)
    return next(reached, None)


def _scored(criterion: Criterion, facts: Mapping[str, Fact | None], judgements: Mapping[str, Judgement]) -> Scored:
    if criterion.fact is not None:
        return _counted(criterion, facts[criterion.fact])
    return _judged(criterion, judgements.get(criterion.id))


def _counted(criterion: Criterion, fact: Fact | None) -> Scored:
    about: dict[str, Any] = {"id": criterion.id, "title": criterion.title, "kind": "counted"}
    if fact is None:
        return Scored(criterion, None, about | {"score": None, "said": None, "evidence": []})
    score = percent(fact.met, fact.of)
    about |= {"score": _number(score), "numerator": fact.met, "denominator": fact.of, "said": fact.said}
    return Scored(criterion, score, about | {"evidence": list(fact.links)})


def _judged(criterion: Criterion, judgement: Judgement | None) -> Scored:
    about: dict[str, Any] = {"id": criterion.id, "title": criterion.title, "kind": "judged"}
    if judgement is None:
        return Scored(criterion, None, about | {"score": None, "said": None, "evidence": []})
    about |= {"score": judgement.score, "said": judgement.comment, "evidence": list(judgement.links)}
    about |= {"assessor": judgement.assessor, "assessed_at": judgement.at.isoformat(timespec="seconds")}
    return Scored(criterion, Fraction(judgement.score), about)


def _standard(standard: Standard, scored: Sequence[Scored], now: Fraction, filled: Fraction) -> dict[str, Any]:
    return {
        "id": standard.id, "title": standard.title, "score": _number(now), "if_gaps_met": _number(filled),
        "criteria": [dict(one.shown) for one in scored],
    }  # fmt: skip


def _gap(scheme: Scheme, standard: Standard, one: Scored) -> list[dict[str, Any]]:
    """The criterion as a gap: unanswered, or answered below what the lowest level needs in each standard."""
    lowest = min(threshold.each for threshold in scheme.thresholds.values())
    if one.score is not None and one.score >= lowest:
        return []
    unanswered = "not_judged" if one.criterion.fact is None else "no_record"
    why = unanswered if one.score is None else "too_low"
    return [{"standard": standard.id, "criterion": one.criterion.id, "why": why, "closes": one.criterion.closes}]


def _mean(scored: Sequence[Scored], of_gap: Fraction) -> Fraction:
    return _average([of_gap if one.score is None else one.score for one in scored])


def _average(scores: Sequence[Fraction]) -> Fraction:
    return sum(scores, Fraction(0)) / len(scores)


def _number(score: Fraction) -> float:
    return float(half_up(score, 1))
