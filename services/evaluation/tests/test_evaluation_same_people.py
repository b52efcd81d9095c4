"""How the same people answered twice: the formulas against published numbers and scipy, and over the API."""

import pytest
from scipy import stats

from mentoring_evaluation.figures.intervals import interval_of_paired_difference
from mentoring_evaluation.figures.same_people import change_of
from mentoring_evaluation.surveys.instruments import Question


def test_the_interval_of_paired_shares_is_newcombes_example():
    """36, 12, 2 and 0 of 50: table III of the paper gives 0.0569 to 0.3404 for method 10."""
    found = interval_of_paired_difference(36, 12, 2, 0)
    assert (float(found.low), float(found.high)) == pytest.approx((5.69, 34.04), abs=0.01)


@pytest.mark.parametrize("counts", [(0, 0, 0, 4), (4, 0, 0, 0), (0, 4, 0, 0), (1, 0, 0, 0)])
def test_an_interval_at_the_edge_holds_its_difference(counts):
    found = interval_of_paired_difference(*counts)
    n, (_, first, second, _) = sum(counts), counts
    assert found.low <= 100 * (first - second) / n <= found.high


SCALE = Question.model_validate(
    {
        "id": "q",
        "kind": "scale",
        "roles": ["mentee"],
        "text": "?",
        "min": 1,
        "max": 5,
        "figure": "f",
        "counted": ["4", "5"],
    }
)


def test_a_change_on_a_scale_is_tested_as_scipy_does():
    before, after = [2, 3, 3, 4, 1, 5, 2, 3], [4, 3, 5, 5, 3, 5, 1, 4]
    found = change_of([({"q": a}, {"q": b}) for a, b in zip(before, after, strict=True)], SCALE, SCALE, None)
    assert (found.n, found.both, found.first_only, found.second_only, found.neither) == (8, 2, 0, 3, 3)
    assert float(found.difference) == -37.5
    assert found.p == pytest.approx(stats.binomtest(0, 3, 0.5).pvalue)
    apart = [a - b for a, b in zip(before, after, strict=True)]
    assert float(found.scale.mean) == pytest.approx(sum(apart) / 8)
    assert found.scale.p == pytest.approx(stats.wilcoxon(apart).pvalue)
    interval = stats.ttest_rel(before, after).confidence_interval()
    assert (float(found.scale.interval.low), float(found.scale.interval.high)) == pytest.approx(
        (interval.low, interval.high)
    )


def test_who_skipped_a_question_is_not_in_it_and_nobody_has_no_change():
    assert change_of([({"q": 4}, {}), ({}, {"q": 4})], SCALE, SCALE, None) is None
    same = change_of([({"q": 4}, {"q": 5}), ({"q": 4}, {"q": 5})], SCALE, SCALE, None)
    assert same.p is None
    assert same.scale.effect is None
