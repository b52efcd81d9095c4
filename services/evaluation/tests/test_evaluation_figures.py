"""Figures: exact values, half-up rounding, intervals against published ones, caveats that write themselves."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring_evaluation.figures.comparisons import compare, two_sided_agreement
from mentoring_evaluation.figures.figure import (
    Figure,
    FigureError,
    count,
    mean_of_cohorts,
    oversubscription,
    pooled,
    rate,
    response_rate,
    top_box_rate,
)
from mentoring_evaluation.figures.intervals import half_up, interval_of_difference, wilson
from mentoring_evaluation.figures.shown import ShownFigure

INTERIM = [
    response_rate(responses=x, asked=n, cohort=c, wave="interim") for c, x, n in [(1, 15, 40), (2, 19, 44), (3, 42, 72)]
]
SUMMATIVE = [
    response_rate(responses=x, asked=n, cohort=c, wave="summative")
    for c, x, n in [(1, 20, 40), (2, 9, 44), (3, 34, 72)]
]


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (Fraction(75, 2), 0, "38"),
        (Fraction(85, 2), 0, "43"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(9649, 200), 1, "48.2"),
        (Fraction(9645, 200), 2, "48.23"),
    ],
)
def test_halves_round_away_from_zero(value: Fraction, digits: int, shown: str) -> None:
    assert str(half_up(value, digits)) == shown


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 4))
def test_rounding_is_never_off_by_more_than_half_a_step(value: Fraction, digits: int) -> None:
    assert abs(Fraction(half_up(value, digits)) - value) <= Fraction(1, 2 * 10**digits)


def test_response_rates_of_the_nihr_cohorts() -> None:
    assert [f.value for f in INTERIM] == [38, 43, 58]
    assert [f.value for f in SUMMATIVE] == [50, 20, 47]


def test_overall_both_ways() -> None:
    interim, summative = mean_of_cohorts(INTERIM), mean_of_cohorts(SUMMATIVE)
    assert (interim.value, summative.value) == (46, 39)
    assert (interim.numerator, interim.denominator, len(interim.components)) == (None, None, 3)
    assert interim.rule == "mean_of_cohorts"
    pool = pooled([rate("r", "", numerator=f.numerator or 0, answered=f.asked or 0, digits=1) for f in INTERIM])
    assert (pool.value, pool.numerator, pool.denominator) == (Decimal("48.7"), 76, 156)
    assert "the mean is 46.3 %, pooled over everybody it is 48.7 %" in interim.caveats[0]
    assert "the mean is 39.2 %, pooled over everybody it is 40.4 %" in summative.caveats[0]


def test_a_mean_averages_exact_values_not_printed_ones() -> None:
    parts = [
        rate("a", "", numerator=x, answered=n, cohort=c)
        for c, (x, n) in enumerate([(1, 40), (1, 40), (1, 40)], start=1)
    ]
    assert [p.value for p in parts] == [3, 3, 3]
    assert mean_of_cohorts(parts).exact == Fraction(5, 2)


def test_pooling_keeps_what_all_share_and_the_evidence() -> None:
    figures = [
        rate("trust", "said yes", numerator=8, answered=11, asked=13, cohort=1, role="mentor", wave="summative"),
        rate("trust", "said yes", numerator=5, answered=7, asked=7, cohort=1, role="mentee", wave="summative"),
    ]
    both = pooled(figures)
    assert (both.numerator, both.answered, both.asked) == (13, 18, 20)
    assert (both.cohort, both.role, both.wave) == (1, None, "summative")
    assert both.components == tuple(figures)


# Published by Newcombe (1998), Stat. Med. 17, 857-872, table I, method 3; and 873-890, table II, method 10.
@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, "25.53", "36.62"), (15, 148, "6.24", "16.05"), (0, 20, "0.00", "16.11"), (1, 29, "0.61", "17.18")],
)
def test_wilson_interval_as_published(x: int, n: int, low: str, high: str) -> None:
    interval = wilson(x, n)
    assert (str(half_up(Fraction(interval.low), 2)), str(half_up(Fraction(interval.high), 2))) == (low, high)


def test_difference_interval_as_published() -> None:
    interval = interval_of_difference((56, 70), (48, 80))
    assert [str(half_up(Fraction(end), 2)) for end in (interval.low, interval.high)] == ["5.24", "33.39"]


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_proportion_and_stays_inside(share: tuple[int, int]) -> None:
    interval = wilson(*share)
    assert 0 <= interval.low <= half_up(Fraction(100 * share[0], share[1]), 20) + Decimal("1e-18")
    assert interval.high <= 100
    assert interval.high >= half_up(Fraction(100 * share[0], share[1]), 20) - Decimal("1e-18")


def test_interval_of_a_mean_holds_it_and_is_named() -> None:
    mean = mean_of_cohorts(SUMMATIVE)
    assert mean.interval is not None
    assert mean.exact is not None
    assert mean.interval.low < Decimal("39.2") < mean.interval.high
    assert mean.interval.method == "mover"
    # Three cohorts are better known than the smallest of them alone.
    alone = wilson(9, 44)
    assert mean.interval.high - mean.interval.low < alone.high - alone.low


def test_top_box_counts_the_set_once_and_says_which() -> None:
    answers = {"very satisfied": 8, "satisfied": 4, "somewhat satisfied": 3, "dissatisfied": 3}
    top = ["very satisfied", "satisfied", "somewhat satisfied", "satisfied"]
    figure = top_box_rate("satisfied_with_match", "…", answers, top, asked=22, cohort=1, role="mentor")
    assert (figure.numerator, figure.answered, figure.asked, figure.value) == (15, 18, 22, 83)
    assert figure.rule == "top_box"
    assert figure.top_box == ("very satisfied", "satisfied", "somewhat satisfied")


def test_caveats_write_themselves() -> None:
    small = rate("trust", "", numerator=2, answered=3, asked=22)
    assert small.caveats == (
        "Only 3 stand behind it: one answer more or less moves it by 33.3 points.",
        "3 of 22 asked answered (14 %): the others may see it differently.",
    )
    assert rate("trust", "", numerator=10, answered=20, asked=30).caveats == ()


def test_nobody_answered_gives_no_value() -> None:
    nobody = rate("trust", "", numerator=0, answered=0, asked=5)
    assert (nobody.value, nobody.interval) == (None, None)
    assert nobody.caveats == ("Nobody answered: there is no value.",)
    assert nobody.shown().value is None


def test_oversubscription_of_the_places() -> None:
    mentees, mentors = oversubscription(106, 75, role="mentee"), oversubscription(77, 75, role="mentor")
    assert (mentees.value, mentors.value) == (41, 3)
    assert oversubscription(60, 75).value == -20
    assert mentees.interval is None


def test_json_holds_the_evidence_and_is_json() -> None:
    figure = mean_of_cohorts(INTERIM).shown().to_json()
    assert ShownFigure.model_validate(figure).to_json() == figure
    assert json.loads(json.dumps(figure)) == figure
    assert figure["numerator"] is None
    assert [part["numerator"] for part in figure["components"]] == [15, 19, 42]
    assert Fraction(figure["exact"]) == mean_of_cohorts(INTERIM).exact
    plain = count("cpd_sessions", "Online workshops held.", 87, unit="sessions").shown().to_json()
    assert (plain["value"], plain["numerator"], plain["denominator"], plain["rule"]) == (87, 87, None, "count")
    first = INTERIM[0].shown().to_json()
    assert (first["value"], first["numerator"], first["denominator"], first["answered"]) == (38, 15, 40, 15)


def test_two_sided_agreement_counts_only_pairs_with_both_answers() -> None:
    pairs = [(True, True)] * 6 + [(True, False)] * 2 + [(False, False)] * 2 + [(True, None), (None, None)]
    seen = two_sided_agreement("trust", "Both sides say the same.", pairs)
    assert (seen.figure.numerator, seen.figure.denominator, seen.figure.asked) == (8, 10, 12)
    assert (seen.mentor_only, seen.mentee_only, seen.one_side_silent) == (2, 0, 1)
    assert seen.kappa == Fraction(6, 11)  # observed 0.8, by chance 0.8 * 0.6 + 0.2 * 0.4 = 0.56


def test_kappa_is_none_where_chance_explains_everything() -> None:
    assert two_sided_agreement("trust", "", [(True, True)] * 5).kappa is None
    assert two_sided_agreement("trust", "", []).kappa is None


def test_comparison_says_whether_people_are_the_same() -> None:
    first = rate("trust", "", numerator=56, answered=70, wave="interim")
    second = rate("trust", "", numerator=48, answered=80, wave="summative")
    apart = compare(first, second, people="different")
    assert apart.difference == 20
    assert apart.interval is not None
    assert apart.caveats == ("Different people stand on the two sides.",)
    assert compare(first, second, people="same").interval is None
    near = compare(first, rate("trust", "", numerator=60, answered=80), people="different")
    assert near.caveats[-1].startswith("The difference could be chance")


def refused() -> list[tuple[str, object]]:
    cohort = rate("a", "", numerator=1, answered=2, cohort=1)
    return [
        ("5 of 4 answered", lambda: rate("a", "", numerator=5, answered=4)),
        ("9 answered of 8 asked", lambda: rate("a", "", numerator=5, answered=9, asked=8)),
        ("41 responses of 40", lambda: response_rate(responses=41, asked=40)),
        ("is no label", lambda: top_box_rate("a", "", {"yes": 1}, ["maybe"])),
        ("below 0", lambda: top_box_rate("a", "", {"yes": -1, "no": 2}, ["yes"])),
        ("-1 people cannot be", lambda: count("a", "", -1, unit="people")),
        ("for 0 places", lambda: oversubscription(3, 0)),
        ("no figures", lambda: pooled([])),
        ("not the same figure", lambda: pooled([cohort, rate("b", "", numerator=1, answered=2)])),
        ("only shares", lambda: pooled([count("a", "", 1, unit="people")])),
        ("one figure of each cohort", lambda: mean_of_cohorts([cohort, cohort])),
        ("no value to average", lambda: mean_of_cohorts([cohort, rate("a", "", numerator=0, answered=0, cohort=2)])),
    ]


@pytest.mark.parametrize(("why", "make"), refused())
def test_impossible_numbers_make_no_figure(why: str, make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FigureError, match=why):
        make()


def test_a_figure_cannot_be_changed() -> None:
    figure: Figure = INTERIM[0]
    with pytest.raises(AttributeError):
        figure.numerator = 16  # type: ignore[misc]
