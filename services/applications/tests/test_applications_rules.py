"""The pure parts: states, ledger, eligibility, forms, milestones, blueprints, equality totals."""

import copy
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from mentoring_applications import lifecycle
from mentoring_applications.applications import ledger
from mentoring_applications.applications.eligibility import unmet
from mentoring_applications.applying import forms
from mentoring_applications.errors import (
    AnswersInvalid,
    BlueprintInvalid,
    BlueprintNotFound,
    ConsentNeeded,
    TransitionNotAllowed,
)
from mentoring_applications.lifecycle import OPEN, TRANSITIONS, Act, State
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes.milestones import application_window
from mentoring_applications.retention import equality
from mentoring_contracts.blueprint.calendar import Calendar, PlannedMilestone, laid_over
from mentoring_contracts.blueprint.eligibility import Condition, Rule
from mentoring_contracts.blueprint.form import EqualityMonitoring


@pytest.fixture(scope="module")
def nihr():
    return blueprint.load("nihr").usable()


def test_every_state_and_act_is_in_the_table():
    assert set(TRANSITIONS) == set(State)
    assert {act for acts in TRANSITIONS.values() for act in acts} == set(Act)
    for state, acts in TRANSITIONS.items():
        for act in Act:
            if act in acts:
                assert lifecycle.after(state, act) is acts[act]
                assert state in lifecycle.sources(act)
            else:
                with pytest.raises(TransitionNotAllowed):
                    lifecycle.after(state, act)


def test_every_open_state_can_reach_every_outcome_that_is_not_a_refusal():
    outcomes = {State.WITHDRAWN, State.MATCHED, State.CARRIED_OVER, State.UNMATCHED}
    for state in OPEN:
        assert outcomes <= set(TRANSITIONS[state].values())


@pytest.mark.parametrize("seed", range(20))
def test_the_ledger_balances_after_any_walk_through_the_table(seed):
    """Applies, moves and transitions at random; every cohort and role balances, the later round too."""
    rng = random.Random(seed)
    cohorts = [uuid4() for _ in range(3)]
    applied, moves = Counter(), Counter()
    standing: list[list] = []
    for _ in range(300):
        if not standing or rng.random() < 0.3:
            slot = (rng.choice([*cohorts, None]), rng.choice(ledger.ROLES))
            applied[slot] += 1
            standing.append([*slot, State.SUBMITTED])
            continue
        one = rng.choice(standing)
        acts = list(TRANSITIONS[one[2]])
        if not acts:
            continue
        act = rng.choice(acts)
        if act is Act.MOVE:
            target = rng.choice([c for c in cohorts if c != one[0]])
            moves[one[0], target, one[1]] += 1
            one[0] = target
        one[2] = lifecycle.after(one[2], act)
    counts = ledger.Counts(applied, Counter((c, r, s.value) for c, r, s in standing), moves)
    rows = ledger.rows(counts, cohorts)
    assert all(row.balanced for row in rows), rows
    assert sum(row.applied for row in rows) == len(standing)
    lost = ledger.Counts(applied, Counter((c, r, s.value) for c, r, s in standing[1:]), moves)
    assert not all(row.balanced for row in ledger.rows(lost, cohorts)), "a lost application must show"


@pytest.mark.parametrize(
    ("eligible", "places", "percent"),
    [(106, 75, 41), (77, 75, 3), (106, 80, 33), (77, 80, -4), (201, 200, 1), (75, 75, 0), (1, 0, None)],
)
def test_oversubscription_is_rounded_half_up(eligible, places, percent):
    assert ledger.oversubscription_percent(eligible, places) == percent


def test_rules_are_evaluated_on_facts():
    rule = Rule.model_validate(
        {"id": "r", "text": "R", "any": [{"field": "years", "at_least": 5}, {"field": "x", "is": True}]}
    )
    assert unmet([rule], {"years": 5}) == []
    assert unmet([rule], {"years": 4, "x": True}) == []
    assert unmet([rule], {"years": 4}) == ["r"]
    assert unmet([rule], {"years": "9", "x": 1}) == ["r"], "text is no number and 1 is no yes"
    both = Rule.model_validate(
        {"id": "b", "text": "B", "all": [{"field": "a", "in": ["p", "q"]}, {"field": "n", "at_most": 3}]}
    )
    assert unmet([both], {"a": "q", "n": 3}) == []
    assert unmet([both], {"a": "q", "n": 4}) == ["b"]
    gone = Rule(id="g", text="G", any=[Condition.model_validate({"field": "gone", "is": True})])
    assert unmet([gone], {}) == ["g"]


def codes(plan, role, answers, **changes):
    answers = {k: v for k, v in (answers | changes).items() if v is not None}
    with pytest.raises(AnswersInvalid) as found:
        forms.check(plan, role, answers, {})
    return {(e["pointer"].removeprefix("/body/answers/"), e["code"]) for e in found.value.members["errors"]}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"criteria": ["networking", "networking", "career_progression"]}, ("criteria", "duplicate")),
        ({"criteria": ["networking", "made_up", "career_progression"]}, ("criteria", "unknown_criterion")),
        ({"criteria": ["networking"]}, ("criteria", "length")),
        ({"criteria": "networking"}, ("criteria", "list")),
        ({"criteria": [["networking"], 1, None]}, ("criteria", "list")),
        ({"criteria": None}, ("criteria", "required")),
        ({"about": "x" * 2001}, ("about", "too_long")),
        ({"about": "  "}, ("about", "required")),
        ({"about": 7}, ("about", "text")),
        ({"previous_access": "no"}, ("previous_access", "boolean")),
        ({"professional_background": "Pirate"}, ("professional_background", "choice")),
        ({"professional_background": "Other"}, ("professional_background_other", "required")),
        ({"postdoctoral_years": True}, ("postdoctoral_years", "integer")),
        ({"postdoctoral_years": 61}, ("postdoctoral_years", "range")),
        ({"languages": ["English"]}, ("languages", "language")),
        ({"preferred_people": ["nobody"]}, ("preferred_people", "email")),
        ({"preferred_people": [f"p{n}@example.org" for n in range(6)]}, ("preferred_people", "length")),
        ({"line_manager_email": "boss"}, ("line_manager_email", "email")),
        ({"capacity": 2}, ("capacity", "unknown_field")),
        ({"free_text": "twice"}, ("free_text", "answered_twice")),
        ({"Ms. Secret": 1}, ("?", "unknown_field")),
    ],
)
def test_each_wrong_answer_is_named_and_no_other(nihr, mentee_answers, changes, error):
    assert codes(nihr, "mentee", mentee_answers, **changes) == {error}


def test_answers_are_sorted_by_what_they_mean(nihr, mentee_answers):
    person = str(uuid4())
    answers = forms.check(nihr, "mentee", mentee_answers | {"preferred": [person, "A@Example.org"]}, {})
    assert answers.preferred == [person, "a@example.org"]
    assert (answers.priority, answers.employer, answers.languages) == (True, "University of Leeds", ["en"])
    assert answers.attributes["previous_access"] is False
    assert not {"about", "employer", "criteria", "privacy_notice", "languages"} & set(answers.attributes)


def test_consent_is_to_the_current_version(nihr):
    assert forms.check_consents(nihr, "mentee", {"privacy_notice": "2022-02"}) == [("privacy-notice", "2022-02")]
    for given in ({}, {"privacy_notice": "2021-01"}):
        with pytest.raises(ConsentNeeded) as needed:
            forms.check_consents(nihr, "mentee", given)
        assert needed.value.members["needed"][0]["version"] == "2022-02"


def test_beginnings_and_ends_become_one_milestone():
    days = {"window_opens": "2022-03-02", "orientation": "2022-04-13", "window_closes": "2022-03-23"}
    planned = [PlannedMilestone.model_validate({"kind": k, "date": d}) for k, d in days.items()]
    made = Calendar(laid_over([], planned)).milestones()
    assert [m.kind for m in made] == ["expression_of_interest", "orientation"]
    window = application_window(made)
    assert window.holds(datetime(2022, 3, 23, 23, 59, 59, tzinfo=UTC))
    assert not window.holds(datetime(2022, 3, 24, tzinfo=UTC))
    assert not window.holds(datetime(2022, 3, 1, 23, 59, 59, tzinfo=UTC))


FAULTS = [
    (lambda b: b.pop("title"), "title"),
    (lambda b: b["form"]["fields"][0].update(kindd=1), "form.fields.0.kindd"),
    (lambda b: b["form"]["fields"][3].pop("options"), "form.fields.3"),
    (lambda b: b["eligibility"]["mentee"][0].update(any=[{"field": "x"}]), "eligibility.mentee.0.any.0"),
    (lambda b: b["cohorts"][0]["milestones"].append({"kind": "cpd", "date": "so on"}), "cohorts.0.milestones.13.date"),
    (
        lambda b: b["cohorts"][0]["milestones"].append({"kind": "x_closes", "title": "X", "date": "2022-01-01"}),
        "cohorts.0.milestones.13.kind",
    ),
    (lambda b: b["criteria"].update(current=9), "criteria"),
    (lambda b: b["privacy_notices"].clear(), "form.fields.19.document"),
    (lambda b: b["cohorts"][1].update(number=1), "cohorts.1.number"),
]


@pytest.mark.parametrize(("spoil", "field"), FAULTS)
def test_a_fault_in_a_blueprint_names_its_field(spoil, field):
    content = copy.deepcopy(blueprint.load("nihr").document)
    spoil(content)
    with pytest.raises(BlueprintInvalid) as found:
        blueprint.examine(content).usable()
    assert [".".join(e["pointer"].split("/")[3:]) or "blueprint" for e in found.value.members["errors"]] == [field]


def test_blueprints_may_be_elsewhere(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("MENTORING_BLUEPRINTS", str(tmp_path))
    assert blueprint.names() == []
    with pytest.raises(BlueprintNotFound):
        blueprint.load("nihr")
    (tmp_path / "broken.yaml").write_text("a: [")
    with pytest.raises(BlueprintInvalid):
        blueprint.load("broken").usable()
    (tmp_path / "list.yaml").write_text("- 1")
    with pytest.raises(BlueprintInvalid):
        blueprint.load("list").usable()


def test_small_groups_are_hidden_and_not_to_be_had_by_subtraction():
    field = {"id": "gender", "kind": "choice", "options": ["a", "b", "c", "d"]}
    monitoring = EqualityMonitoring.model_validate({"fields": [field]})

    def shown(**counts):
        return equality.totals(monitoring, [{"gender": g} for g, n in counts.items() for _ in range(n)])["gender"]

    assert shown(a=12, b=13, c=22, d=10) == {"a": 10, "b": 15, "c": 20, "d": 10}
    assert shown(a=12, b=33, c=22, d=9) == {"a": None, "b": 35, "c": 20, "d": None}
    assert shown(a=12, b=33, c=9) == {"a": 10, "b": 35, "c": None, "d": None}
    assert shown(a=2) == {"a": None, "b": None, "c": None, "d": None}
