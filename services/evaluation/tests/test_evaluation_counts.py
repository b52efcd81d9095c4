"""Which counts can stand behind a printed percentage, against trying them all."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring_evaluation.lint import possible_counts
from mentoring_evaluation.lint.counts import Rounding, numerators_of

MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "truncated": ROUND_DOWN}


def tried(shown: Decimal, n: int, rounding: Rounding) -> list[int]:
    with localcontext() as context:
        context.prec = 60
        exact = [(x, Decimal(100 * x) / Decimal(n)) for x in range(n + 1)]
        return [x for x, value in exact if value.quantize(shown, rounding=MODES[rounding]) == shown]


@pytest.mark.parametrize("rounding", list(MODES))
@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 16, 17, 40, 72, 125, 200])
def test_whole_percentages_agree_with_trying_every_count(rounding: Rounding, n: int) -> None:
    for shown in range(101):
        assert list(numerators_of(shown, n, rounding)) == tried(Decimal(shown), n, rounding)


@given(st.integers(0, 10_000), st.integers(1, 400), st.sampled_from(["half-up", "half-even", "truncated"]))
def test_printed_decimals_agree_with_trying_every_count(hundredths: int, n: int, rounding: Rounding) -> None:
    for digits in (1, 2):
        shown = Decimal(hundredths // 10 ** (2 - digits)).scaleb(-digits)
        assert list(numerators_of(shown, n, rounding)) == tried(shown, n, rounding)


def test_published_nihr_percentages() -> None:
    # 72 % of 7 mentees: 5 of 7 is 71.4 %, printed 71; no other answered-n up to 7 gives 72 either.
    assert possible_counts(72, 7) == []
    assert possible_counts(83, 13) == [(5, 6), (10, 12)]
    assert possible_counts(67, 3) == [(2, 3)]
    assert possible_counts(200, 36) == []
    assert possible_counts(100, 3) == [(1, 1), (2, 2), (3, 3)]
    assert possible_counts(38, 40)[-1] == (15, 40)  # 37.5 rounds half-up


def test_precision_is_what_is_printed() -> None:
    assert (1, 3) in possible_counts(33, 5)
    assert possible_counts(Decimal("33.0"), 5) == []
    assert possible_counts(Decimal("33.3"), 5) == [(1, 3)]


def test_degenerate_inputs_give_none() -> None:
    assert possible_counts(50, 0) == []
    assert possible_counts(-1, 10) == []
    assert possible_counts(0, 2) == [(0, 1), (0, 2)]
