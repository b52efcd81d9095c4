"""Disclosure control against an attacker who solves integer programs over all tables of a wave together.

The attacker is disclosure_attacker.py; `python -m bench.evaluation.disclosure` lets it at ten thousand surveys.
"""

import importlib.util
import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mentoring_contracts.words import SIDES
from mentoring_evaluation.disclosure.bands import BASE, Band, Grid, Share, left_of_options, parts_of, share
from mentoring_evaluation.disclosure.rule import DisclosureRefused, Policy
from mentoring_evaluation.figures.programme_figures import programme_lines
from mentoring_evaluation.figures.public_view import protected_waves, public_lines

_SPEC = importlib.util.spec_from_file_location(
    "disclosure_attacker", Path(__file__).with_name("disclosure_attacker.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
attacker = sys.modules["disclosure_attacker"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(attacker)


def shown(evidence, **which):
    """The public lines that are so."""
    lines = [line.to_json() for line in public_lines(evidence, programme_lines(evidence))]
    return [line for line in lines if all(line[name] == value for name, value in which.items())]


# ------------------------------------------------------------------------------------------------- bands and shares


@pytest.mark.parametrize("most", [*range(5, 60), 997])
def test_bands_hold_every_count_once_and_five_of_them_at_least(most):
    grid = Grid(most)
    bands = Counter(grid.band(count) for count in range(most + 1))
    assert sum(bands.values()) == most + 1
    for band, counts in bands.items():
        assert counts == band.high - band.low + 1 >= BASE
        assert band.rounded in (None, band.middle)
        if band.rounded is not None:
            assert {BASE * ((2 * count + BASE) // (2 * BASE)) for count in range(band.low, band.high + 1)} == {
                band.rounded
            }


def test_fewer_of_a_group_have_a_last_band_of_their_own():
    # Of 80 only the 39 of two cohorts are asked a question: 38 and 39 would be two numbers.
    assert Grid(80).band(38) == Band(38, 42, 40)
    assert Grid(80).band(38, 39) == Grid(80).band(33, 39) == Band(33, 39)
    assert Grid(3).band(2) == Band(0, 3)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (Band(28, 32, 30), Band(38, 42, 40), Share(75, "rounded", 66, 85)),
        (Band(38, 42, 40), Band(38, 42, 40), Share(90, "at_least", 90, 100)),
        (Band(0, 7), Band(38, 42, 40), Share(20, "at_most", 0, 19)),
        (Band(73, 80), Band(73, 80), Share(90, "at_least", 91, 100)),
        (Band(0, 7), Band(8, 12, 10), Share(90, "at_most", 0, 88)),
        (Band(0, 7), Band(0, 7), None),
        (Band(8, 12, 10), Band(22, 22), Share(45, "rounded", 36, 55)),
        (NOBODY := Band(0, 0, 0), NOBODY, None),
    ],
)
def test_a_share_says_no_more_than_its_bands(part, whole, said):
    assert share(part, whole) == said
    if said is not None:
        every = [
            Fraction(100 * one, of)
            for of in range(max(1, whole.low), whole.high + 1)
            for one in range(part.low, min(of, part.high) + 1)
        ]
        assert said.low <= min(every)
        assert max(every) <= said.high
        assert said.shown != "at_least" or min(every) >= said.value
        assert said.shown != "at_most" or max(every) <= said.value


def test_what_is_sensitive_is_shown_only_where_neither_part_may_be_small():
    policy, whole = Policy(10), Grid(80).band(40)
    seen = {count: policy.shows(Grid(80).band(count), whole) for count in range(40)}
    assert [count for count, is_shown in seen.items() if is_shown] == [*range(13, 28)]
    assert all(policy.shows(Grid(80).band(count), whole, "ordinary") for count in range(40))
    assert not policy.shows(Band(0, 7), Grid(80).band(12), "ordinary")  # of 8 to 12 answers nothing is shown
    assert "(*) of fewer than 10 answers" in policy.in_words()
    with pytest.raises(DisclosureRefused, match="at least 5"):
        Policy(4)


def test_options_that_overlap_are_hidden_where_everybody_having_chosen_one_would_tell():
    # 18 to 22 answered, and no more than 12 and 7 chose the two options: 18 or 19 answered.
    assert not left_of_options(Band(18, 22, 20), [Band(8, 12, 10), Band(0, 7)])
    assert left_of_options(Band(18, 22, 20), [Band(8, 12, 10), Band(13, 17, 15)])


def test_parts_of_a_known_total_are_hidden_until_no_other_gives_them_away():
    assert parts_of(90, {"a": 40, "b": 30, "c": 20}, 5)["a"] == Band(38, 42, 40)
    # The other of two would be what is left: one of them is hidden, though neither is small.
    assert parts_of(34, {"a": 22, "b": 12}, 5) == {"a": Band(18, 22, 20), "b": None}
    # The 2 are hidden; 40 and 30, as they are rounded, leave 0 to 6 for them.
    assert parts_of(72, {"a": 40, "b": 30, "c": 2}, 10) == {"a": Band(38, 42, 40), "b": Band(28, 32, 30), "c": None}
    for total in range(1, 60):
        for one in range(total + 1):
            known = parts_of(total, {"a": one, "b": (total - one) // 2, "c": total - one - (total - one) // 2}, 5)
            assert_not_narrow(total, known)


def assert_not_narrow(total, known):
    """What is shown of the others leaves of each as much as a band has."""
    for name, band in known.items():
        mine = band or Band(0, total)
        others = [of or Band(0, total) for other, of in known.items() if other != name]
        low = max(mine.low, total - sum(of.high for of in others))
        high = min(mine.high, total - sum(of.low for of in others))
        assert high - low >= min(BASE - 1, total), (total, known)


# ---------------------------------------------------------------------------------------------------- the attacker

JOINT = {  # asked, responses, counted answers; everybody who responded answered the question
    (1, "mentor"): (78, 28, 28), (1, "mentee"): (78, 63, 10), (2, "mentor"): (48, 38, 28), (2, "mentee"): (48, 33, 33),
}  # fmt: skip


def joint():
    used = attacker.survey_of([{"id": "good", "options": ["yes", "no"]}])
    waves = []
    for cohort in (1, 2):
        asked = {role: JOINT[cohort, role][0] for role in SIDES}
        groups = {
            role: (n, {"good": {"yes": yes, "no": n - yes}}) for role in SIDES for _, n, yes in [JOINT[cohort, role]]
        }
        waves.append(attacker.wave_of(cohort, used, asked, groups))
    return attacker.evidence_of(waves, 10)


@pytest.mark.parametrize("of", [joint, lambda: attacker.strict(joint())])
def test_two_tables_read_together_give_no_count_of_responses(of):
    assert list(attacker.narrowed([of()])) == []


def test_the_attacker_undoes_tables_that_are_rounded_one_by_one():
    """The negative control: every count and every total rounded to 5 for itself, of two figures of one wave."""
    undone = 0
    for seed in range(10):
        attack = attacker.attack_on(attacker.random_survey(seed, edges=True), lines=[])["pulse"]
        attack.known = [one for one in attack.known if np.inf in one or 0 in one[1:]]
        for of in attack.sought.values():
            value = attack._value(of)
            attack.knows(of, max(0, BASE * ((value + 2) // BASE) - 2), BASE * ((value + 2) // BASE) + 2)
        undone += len(attack.recovered())
    assert undone > 20


def test_what_an_attacker_knows_is_what_is_so():
    attack = attacker.attack_on(joint())["pulse"]
    with pytest.raises(AssertionError, match="is not so"):
        attack.knows({(1, "mentor", None, None): 1}, 0, 27)


def test_no_count_of_any_survey_is_recovered_or_known_to_a_few():
    surveys = [attacker.random_survey(seed) for seed in range(40)]
    surveys += [attacker.strict(attacker.random_survey(seed)) for seed in range(20)]
    surveys += [attacker.random_survey(seed, edges=True) for seed in range(40)]
    assert list(attacker.narrowed(surveys)) == []


def test_what_cohorts_were_asked_apart_from_each_other_tells_no_count_of_responses():
    """One of two cohorts that are taken together was asked one thing, the other another: eight answers to each are no
    fewer than 16 responses, of which 13 to 17 are told."""
    apart = [attacker.random_survey(1068), attacker.strict(attacker.random_survey(10_998, edges=True))]
    assert list(attacker.narrowed(apart)) == []
    shown = [attack.shown for one in apart for attack in attacker.attack_on(one).values()]
    assert all(shown), "what all were asked is told"


def test_what_is_published_again_with_further_cohorts_tells_no_more():
    surveys = [attacker.random_survey(seed, edges=seed % 2 == 0) for seed in range(8)]
    attacks = [attacker.attack_on_both(*attacker.in_turn(one, seed)) for seed, one in enumerate(surveys)]
    assert [found for each in attacks for attack in each.values() if (found := attack.recovered())] == []


def test_cohorts_that_were_taken_together_anew_would_be_told_by_what_was_published_before():
    """The negative control: as if nobody had kept apart what was planned before and after the first publication."""
    before, after = attacker.in_turn(attacker.random_survey(11, edges=True), 11)
    forgotten = replace(after, waves=tuple(replace(wave, planned_at=None) for wave in after.waves))
    (known,), (told,) = (attacker.attack_on_both(before, of).values() for of in (after, forgotten))
    assert known.recovered() == {}
    assert len(told.recovered()) > 10


def test_most_of_what_a_programme_of_eighty_pairs_asks_is_shown_and_safe():
    surveys = [attacker.nihr_survey(seed) for seed in range(6)]
    assert list(attacker.narrowed(surveys)) == []
    told = [[f["shown"] != "hidden" for f in attacker.pooled_figures(one)] for one in surveys]
    assert {len(one) for one in told} == {16}
    assert all(sum(one) >= 12 for one in told)
    # Called sensitive, which is what a question is of which nothing is said, nearly all would be hidden.
    assert sum(f["shown"] != "hidden" for f in attacker.pooled_figures(attacker.strict(surveys[3]))) < 6


# ---------------------------------------------------------------------------------------- which cohorts, and when


def waves_of(sizes, planned=None):
    used = attacker.survey_of([{"id": "good", "sensitivity": "ordinary"}])
    made = []
    for cohort, size in enumerate(sizes, 1):
        n, yes = size // 2, size // 3
        groups = {role: (n, {"good": {"yes": yes, "no": n - yes, "neither": 0}}) for role in SIDES}
        wave = attacker.wave_of(cohort, used, dict.fromkeys(SIDES, size), groups)
        made.append(replace(wave, planned_at=(planned or {}).get(cohort)))
    return attacker.evidence_of(made, 10)


@pytest.mark.parametrize(
    ("sizes", "together"),
    [
        ([22, 22, 36], [{1, 2, 3}]),
        ([100, 22, 22, 90], [{2, 3}, {4}, {1}]),
        ([100, 22, 90], [{2, 3}, {1}]),  # 22 alone are too few: the smaller of the large cohorts joins them
        ([40], [{1}]),
        ([12], [{1}]),
    ],
)
def test_small_cohorts_are_taken_together(sizes, together):
    units = protected_waves(waves_of(sizes))["pulse"].units(None, "mentor")
    assert [unit.cohorts for unit in units] == together
    lines = {
        f["cohort"]: f["shown"] for f in shown(waves_of(sizes), name="response_rate", role="mentor", rule="pooled")
    }
    alone = {next(iter(cohorts)) for cohorts in together if len(cohorts) == 1}
    assert {cohort for cohort, how in lines.items() if cohort and how != "hidden"} == alone
    assert lines[None] != "hidden"


def test_a_cohort_that_was_planned_after_the_others_were_published_does_not_join_them():
    """Otherwise the old overall line, taken from the new one, would be that cohort."""
    late = attacker.CLOSED + timedelta(days=1)
    evidence = waves_of([30, 30, 41], {1: attacker.CLOSED - timedelta(days=99), 3: late})
    evidence = replace(evidence, waves=tuple(
        replace(w, closed_at=late + timedelta(days=30)) if w.cohort == 3 else w for w in evidence.waves
    ))  # fmt: skip
    before = replace(evidence, waves=evidence.waves[:2])
    units = protected_waves(evidence)["pulse"].units(None, "mentor")
    assert [unit.cohorts for unit in units] == [{1, 2}, {3}]
    # Somebody who kept the earlier view knows no more: its bands are those of the groups that stand in the later one.
    earlier = protected_waves(before)["pulse"]
    assert earlier.responses_of(earlier.units(None, "mentor")[0]) == units[0].responses(Policy(10))
    attack = attacker.attack_on(evidence)["pulse"]
    attacker._told(attack, before, "pulse")
    for line in shown(before, name="good", rule="pooled"):
        of = {c: 1 for c in attack.truth if c[0] < 3 and c[1:] == (line["role"], "good", "yes")}
        attack.knows(of, line["numerator"] - 2, line["numerator"] + 2)
    assert attack.recovered() == {}


def test_a_view_of_another_minimum_is_of_the_same_bands():
    """What a programme changes its rule to is published of the same groups and grid: only more or less of it."""
    for seed in range(20):
        one = attacker.random_survey(seed)
        views = [shown(replace(one, public_minimum=minimum), rule="pooled") for minimum in (5, 10, 20)]
        for lines in zip(*views, strict=True):
            assert len({json.dumps(line) for line in lines if line["shown"] != "hidden"}) <= 1


def test_numbers_of_a_view_add_up():
    evidence = waves_of([60, 70, 85])
    for name in ("good", "response_rate"):
        lines = {f["cohort"]: f for f in shown(evidence, name=name, role="mentor") if f["rule"] != "mean_of_cohorts"}
        assert lines[None]["numerator"] == sum(lines[cohort]["numerator"] for cohort in (1, 2, 3))


def test_a_question_is_as_sensitive_as_its_most_sensitive_wording():
    evidence = waves_of([22, 22])
    one, two = evidence.waves
    mixed = replace(evidence, waves=(one, replace(two, used=attacker._sensitive(two.used))))
    pick = {"name": "good", "role": "mentor", "rule": "pooled", "cohort": None}
    assert shown(evidence, **pick)[0]["shown"] == "rounded"
    assert shown(mixed, **pick)[0]["shown"] == "hidden"


def test_nothing_exact_is_left_in_a_protected_line():
    evidence = attacker.nihr_survey(1)
    for line in shown(evidence, wave="pulse"):
        gone = [line[name] for name in ("exact", "interval", "asked", "answered")]
        assert (gone, line["caveats"], line["components"]) == ([None] * 4, [], [])
        if line["shown"] == "hidden":
            assert (line["value"], line["numerator"], line["denominator"], line["between"]) == (None,) * 4
