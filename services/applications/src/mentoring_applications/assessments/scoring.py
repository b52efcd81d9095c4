"""Scores of assessors: checked against the programme's criteria, and put together. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mentoring_applications.errors import ScoresInvalid
from mentoring_common.faults import fault
from mentoring_contracts.blueprint.applying import Assessment, ScoredCriterion

Scores = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Summed:
    """One criterion over all assessors: mean to two decimals, least and most."""

    id: str
    mean: float
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Summary:
    """All scores together: `total` is the weighted mean as a share of what could be reached, in per cent, to one
    decimal; `apart` says that some criterion's scores are further apart than the programme lets stand."""

    criteria: list[Summed]
    total: float
    apart: bool


def check(plan: Assessment, scores: Scores) -> None:
    """ScoresInvalid unless every criterion has a score on its scale and nothing else has."""
    asked = {criterion.id: criterion for criterion in plan.criteria}
    wrong = [
        fault("unknown_criterion", "not one of the criteria", "body", "scores", id_)
        for id_ in scores
        if id_ not in asked
    ]
    for id_, criterion in asked.items():
        if id_ not in scores:
            wrong.append(fault("required", "a score is needed", "body", "scores", id_))
        elif not criterion.least <= scores[id_] <= criterion.most:
            said = f"not between {criterion.least} and {criterion.most}"
            wrong.append(fault("range", said, "body", "scores", id_))
    if wrong:
        raise ScoresInvalid(errors=wrong)


def summary(plan: Assessment, given: Sequence[Scores]) -> Summary:
    """What the assessors said together; there is at least one."""
    summed = [_summed(criterion, [scores[criterion.id] for scores in given]) for criterion in plan.criteria]
    weights = sum(criterion.weight for criterion in plan.criteria)
    shares = [
        _share(criterion, one.mean) * criterion.weight for criterion, one in zip(plan.criteria, summed, strict=True)
    ]
    limit = plan.moderate_apart
    apart = limit is not None and any(one.most - one.least >= limit for one in summed)
    return Summary(summed, round(100 * sum(shares) / weights, 1), apart)


def _summed(criterion: ScoredCriterion, scores: Sequence[int]) -> Summed:
    return Summed(criterion.id, round(sum(scores) / len(scores), 2), min(scores), max(scores))


def _share(criterion: ScoredCriterion, mean: float) -> float:
    return (mean - criterion.least) / (criterion.most - criterion.least)
