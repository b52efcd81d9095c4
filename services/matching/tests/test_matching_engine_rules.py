"""Each hard rule both ways, each criterion's value, and what a policy refuses."""

from __future__ import annotations

from typing import Any

import pytest

from mentoring_matching.engine import (
    CharacterEmbedder,
    Criterion,
    Mentee,
    Mentor,
    Policy,
    PolicyError,
    Rule,
    WordLlamaEmbedder,
    ranked,
    solve,
    working_hours,
)
from mentoring_matching.engine.text import Embedder


def permits(rule: Rule, mentor: dict[str, Any], mentee: dict[str, Any], direction: Any = "traditional") -> bool:
    policy = Policy(rules=(rule,), direction=direction)
    return len(solve([Mentor("m", **mentor)], [Mentee("e", **mentee)], policy).pairs) == 1


def has(**attributes: Any) -> dict[str, Any]:
    return {"attributes": attributes}


LANGUAGES = frozenset({"en", "fr"})


@pytest.mark.parametrize(
    ("rule", "mentor", "mentee", "expected"),
    [
        (Rule("r", "must_differ", "employer"), has(employer="a"), has(employer="a"), False),
        (Rule("r", "must_differ", "employer"), has(employer="a"), has(employer="b"), True),
        (Rule("r", "must_differ", "employer"), has(), has(employer="b"), True),
        (Rule("r", "must_differ", "employer"), has(), has(), True),
        (Rule("r", "must_differ", "employer", missing="forbid"), has(), has(employer="b"), False),
        (Rule("r", "must_match", "sector"), has(sector="a"), has(sector="a"), True),
        (Rule("r", "must_match", "sector"), has(sector="a"), has(sector="b"), False),
        (Rule("r", "must_match", "sector"), has(), has(), False),
        (Rule("r", "must_match", "sector", missing="allow"), has(), has(sector="b"), True),
        (Rule("r", "must_match", "wanted", mentor_attribute="sector"), has(sector="a"), has(wanted="a"), True),
        (Rule("r", "gap", "grade", least=1, most=3), has(grade=5), has(grade=4), True),
        (Rule("r", "gap", "grade", least=1, most=3), has(grade=5), has(grade=5), False),
        (Rule("r", "gap", "grade", least=1, most=3), has(grade=9), has(grade=5), False),
        (Rule("r", "gap", "grade", least=1), has(), has(grade=5), False),
        (Rule("r", "gap", "grade", least=1, missing="allow"), has(), has(grade=5), True),
        (Rule("r", "common_value", "languages"), has(languages=LANGUAGES), has(languages=frozenset({"fr"})), True),
        (Rule("r", "common_value", "languages"), has(languages=LANGUAGES), has(languages="fr"), True),
        (Rule("r", "common_value", "languages"), has(languages=LANGUAGES), has(languages=frozenset({"de"})), False),
        (Rule("r", "common_value", "languages", least=2), has(languages=LANGUAGES), has(languages=LANGUAGES), True),
        (Rule("r", "common_value", "languages", least=2), has(languages=LANGUAGES), has(languages="fr"), False),
        (Rule("r", "common_value", "languages"), has(languages=LANGUAGES), has(), False),
        (Rule("r", "common_value", "languages", missing="allow"), has(languages=LANGUAGES), has(), True),
        (Rule("r", "not_matched_before"), has(), has(matched_before=frozenset({"m"})), False),
        (Rule("r", "not_matched_before"), has(matched_before=frozenset({"e", "x"})), has(), False),
        (Rule("r", "not_matched_before"), has(matched_before=frozenset({"x"})), has(), True),
        (Rule("r", "no_line_management"), has(), has(line_manager="m"), False),
        (Rule("r", "no_line_management"), has(line_manager="e"), has(), False),
        (Rule("r", "no_line_management"), has(line_manager="x"), has(line_manager="x"), True),
        (Rule("r", "no_declared_conflict"), {"blocked": frozenset({"e"})}, {}, False),
        (Rule("r", "no_declared_conflict"), {}, {"blocked": frozenset({"m"})}, False),
        (Rule("r", "no_declared_conflict"), {"blocked": frozenset({"x"})}, {}, True),
        (Rule("r", "barred_pair", pairs=(("m", "e"),)), {}, {}, False),
        (Rule("r", "barred_pair", pairs=(("e", "m"),)), {}, {}, True),
    ],
)
def test_each_rule_both_ways(rule: Rule, mentor: dict[str, Any], mentee: dict[str, Any], expected: bool) -> None:
    assert permits(rule, mentor, mentee) is expected


@pytest.mark.parametrize(
    ("offset", "expected"), [(0, True), (4, True), (5, False), (12, False), (-4, True), (-5, False)]
)
def test_hours_overlap_across_time_zones(offset: float, expected: bool) -> None:
    rule = Rule("r", "overlap_hours", "hours", least=4)
    assert permits(rule, has(hours=working_hours(9, 17)), has(hours=working_hours(9, 17, offset))) is expected


def test_hours_may_pass_midnight() -> None:
    assert working_hours(22, 1) == {"22:00", "22:30", "23:00", "23:30", "00:00", "00:30"}
    assert len(working_hours(0, 24)) == 48


def test_the_gap_turns_round_in_reverse_mentoring_and_vanishes_between_equals() -> None:
    rule = Rule("r", "gap", "grade", least=1)
    junior, senior = has(grade=2), has(grade=7)
    assert permits(rule, senior, junior)
    assert not permits(rule, senior, junior, "reverse")
    assert permits(rule, junior, senior, "reverse")
    assert permits(rule, junior, senior, "two_way")
    assert permits(rule, junior, junior, "peer")


def test_nobody_is_matched_with_themselves() -> None:
    assert not solve([Mentor("a")], [Mentee("a")], Policy()).pairs


def test_more_than_64_different_values_are_told_apart() -> None:
    rule = Rule("r", "common_value", "languages")
    mentors = [Mentor(f"m{k}", {"languages": frozenset({f"l{k}", f"k{k}"})}) for k in range(100)]
    mentees = [Mentee(f"e{k}", {"languages": frozenset({f"l{k}"})}) for k in range(100)]
    run = solve(mentors, mentees, Policy(rules=(rule,)))
    assert {(pair.mentor_id, pair.mentee_id) for pair in run.pairs} == {(f"m{k}", f"e{k}") for k in range(100)}


def score(
    criterion: Criterion, mentor: dict[str, Any], mentee: dict[str, Any], embedder: Embedder | None = None
) -> float:
    filler = Criterion("filler", "topics", 3)
    run = solve(
        [Mentor("m", **mentor)], [Mentee("e", **mentee)], Policy(criteria=(criterion, filler)), embedder=embedder
    )
    return run.pairs[0].score * 4


@pytest.mark.parametrize(
    ("criterion", "mentor", "mentee", "expected"),
    [
        (Criterion("c", "same", attribute="field"), has(field="a"), has(field="a"), 1),
        (Criterion("c", "same", attribute="field"), has(field="a"), has(field="b"), 0),
        (Criterion("c", "same", attribute="field"), has(), has(), 0),
        (Criterion("c", "other", attribute="field"), has(field="a"), has(field="b"), 1),
        (Criterion("c", "other", attribute="field"), has(field="a"), has(field="a"), 0),
        (Criterion("c", "other", attribute="field"), has(), has(field="a"), 0),
        (Criterion("c", "wish", attribute="field", wish_attribute="w"), has(field="a"), has(field="a", w="same"), 1),
        (Criterion("c", "wish", attribute="field", wish_attribute="w"), has(field="a"), has(field="a", w="other"), 0),
        (Criterion("c", "wish", attribute="field", wish_attribute="w"), has(field="b"), has(field="a", w="other"), 1),
        (Criterion("c", "wish", attribute="field", wish_attribute="w"), has(field="b"), has(field="a"), 0),
        (
            Criterion("c", "near", levels=("country", "town")),
            has(country="x", town="y"),
            has(country="x", town="z"),
            0.5,
        ),
        (Criterion("c", "near", levels=("country", "town")), has(country="x", town="y"), has(country="x", town="y"), 1),
        (Criterion("c", "mentee_preference"), {}, {"preferred": ("x", "m")}, 0.5),
        (Criterion("c", "mentee_preference"), {"preferred": ("e",)}, {}, 0),
        (Criterion("c", "mentor_preference"), {"preferred": ("e",)}, {}, 1),
        (Criterion("c", "topics"), {"topics": {"a": 1.0}}, {"topics": {"a": 0.5, "b": 0.5}}, 4 * 0.5),
        (Criterion("c", "text"), {"text": "clinical trials"}, {"text": "clinical trials"}, 1),
        (Criterion("c", "text"), {"text": "clinical trials"}, {"text": ""}, 0),
    ],
)
def test_each_criterion(criterion: Criterion, mentor: dict[str, Any], mentee: dict[str, Any], expected: float) -> None:
    assert score(criterion, mentor, mentee) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("embedder", [WordLlamaEmbedder(), CharacterEmbedder()])
def test_similar_wording_scores_more_than_other_wording(embedder: Embedder) -> None:
    vectors = embedder.embed(
        ["leading a clinical research team", "lead clinical researchers", "tax accounting software", ""]
    )
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert (vectors**2).sum(axis=1) == pytest.approx([1, 1, 1, 0], abs=1e-5)


def test_importance_from_a_ranking() -> None:
    assert ranked(["a", "b", "c", "d"]) == {"a": 1.0, "b": 0.75, "c": 0.5, "d": 0.25}


TOPICS = {"name": "topics", "kind": "topics", "weight": 1}


@pytest.mark.parametrize(
    ("data", "where", "field"),
    [
        ({"rules": [{"name": "r", "kind": "fly"}]}, "rule 'r'", "kind"),
        ({"rules": [{"name": "r"}]}, "rule 'r'", "kind"),
        ({"rules": [{"kind": "gap"}]}, "rules[0]", "name"),
        ({"rules": [{"name": "r", "kind": "gap", "attribute": "grade"}]}, "rule 'r'", "least"),
        ({"rules": [{"name": "r", "kind": "gap", "attribute": "g", "least": 3, "most": 1}]}, "rule 'r'", "most"),
        ({"rules": [{"name": "r", "kind": "gap", "attribute": "g", "least": "x"}]}, "rule 'r'", "least"),
        ({"rules": [{"name": "r", "kind": "must_match"}]}, "rule 'r'", "attribute"),
        ({"rules": [{"name": "r", "kind": "no_declared_conflict", "missing": "maybe"}]}, "rule 'r'", "missing"),
        ({"rules": [{"name": "r", "kind": "no_declared_conflict"}] * 2}, "rule 'r'", "name"),
        ({"rules": [{"name": "r", "kind": "no_declared_conflict", "colour": 1}]}, "rule 'r'", "colour"),
        ({"rules": 3}, "policy", "rules"),
        ({"rules": ["x"]}, "rules[0]", "type"),
        ({"criteria": []}, "policy", "criteria"),
        ({"criteria": [{**TOPICS, "weight": 0}]}, "criterion 'topics'", "weight"),
        ({"criteria": [TOPICS, {"name": "words", "kind": "text", "weight": 1}]}, "criterion 'words'", "weight"),
        ({"criteria": [{"name": "near", "kind": "near"}]}, "criterion 'near'", "levels"),
        ({"criteria": [{"name": "w", "kind": "wish", "attribute": "a"}]}, "criterion 'w'", "wish_attribute"),
        ({"floor": 1.2}, "policy", "floor"),
        ({"direction": "sideways"}, "policy", "direction"),
        ({"colour": 1}, "policy", "colour"),
    ],
)
def test_a_bad_policy_names_the_rule_and_the_field(data: dict[str, Any], where: str, field: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.from_mapping(data)
    assert (caught.value.where, caught.value.field) == (where, field)


def test_a_policy_survives_the_way_to_plain_data_and_back() -> None:
    policy = Policy(
        rules=(Rule("r", "barred_pair", pairs=(("m", "e"),)),), criteria=(Criterion("n", "near", levels=("a",)),)
    )
    assert Policy.from_mapping(policy.to_mapping()) == policy


def test_what_says_the_same_is_the_same_to_every_rule_and_criterion() -> None:
    """Spaces of any kind, case and Unicode forms part no values, wherever they come from."""
    one, other = (
        {"employer": "Home\u00a0 Office", "site": "Zürich"},
        {"employer": "home office", "site": "Zu\u0308RICH "},
    )
    mentors, mentees = [Mentor("m", one, {"Data\u2009Science": 1.0})], [Mentee("e", other, {"data science": 1.0})]
    differ = Policy(rules=(Rule("r", "must_differ", "employer"),))
    assert not solve(mentors, mentees, differ).pairs
    criteria = (Criterion("topics", "topics", 1), Criterion("site", "same", 1, attribute="site"))
    match = Policy(rules=(Rule("r", "must_match", "site"), Rule("s", "common_value", "employer")), criteria=criteria)
    (pair,) = solve(mentors, mentees, match).pairs
    assert pair.score == pytest.approx(1.0, abs=1e-3)


def test_a_kind_of_rule_by_its_former_name_is_the_same_and_so_is_the_hash_of_its_runs():
    former = {"rules": [{"name": "r", "kind": "no_conflict"}]}
    now = Policy.from_mapping({"rules": [{"name": "r", "kind": "no_declared_conflict"}]})
    assert Policy.from_mapping(former) == now
    assert [rule["kind"] for rule in now.to_mapping()["rules"]] == ["no_conflict"]
