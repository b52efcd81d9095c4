"""Pure parts: likeness, priority, evaluation models, measured values, comparisons, intentions, the evidence pack."""

import itertools
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring_common import yaml_text
from mentoring_contracts.blueprint import read
from mentoring_evaluation.evidence_pack.facts import Records, design_facts, facts
from mentoring_evaluation.evidence_pack.scoring import Judgement, evidence_pack, level
from mentoring_evaluation.evidence_pack.standards import scheme
from mentoring_evaluation.figures.evidence import Applicants, CohortRecord, Evidence, PairRecord, WaveRecord
from mentoring_evaluation.outcomes.comparison import Group, compare
from mentoring_evaluation.outcomes.evaluation_models import ModelUnreadable, known_models, read_model
from mentoring_evaluation.outcomes.intentions import Intention, total
from mentoring_evaluation.outcomes.measured import Counted, faults, shown
from mentoring_evaluation.surveys.instruments import Instrument
from mentoring_evaluation.themes.priority import Judged, band, order
from mentoring_evaluation.themes.similarity import nearest, similarities

BLUEPRINT = Path(__file__).resolve().parents[3] / "blueprints" / "nihr.yaml"


def test_likeness_sees_through_inflection_and_misspelling():
    texts = ["Mentors need more time", "The mentroing time was to short", "Parking at the venue", "", "!!"]
    scores, like = nearest(["mentor needs time", "parking"], texts)
    assert scores[0] > scores[1] > 0.1
    assert list(like[:3]) == [0, 0, 1]
    assert list(scores[3:]) == [0, 0]
    assert similarities([], texts).shape == (0, 5)
    with pytest.raises(ValueError, match="nothing to compare"):
        nearest([], texts)


@given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
def test_likeness_is_symmetric_bounded_and_one_with_itself(texts):
    table = similarities(texts, texts)
    assert np.allclose(table, table.T)
    assert (table >= 0).all()
    assert (table <= 1).all()
    own = table.diagonal()
    assert all(one == pytest.approx(1) or one == 0 for one in own)


def test_likeness_is_the_cosine_of_the_stated_weights():
    # Two words of three letters share no n-gram but " " edges never match alone: nothing in common, cosine 0.
    assert similarities(["abc"], ["xyz"])[0, 0] == 0
    # "abc" has 6 n-grams ( ab, abc, bc_, _abc, abc_, _abc_ ), all in both texts; "xyz" as many in one of the two.
    shared, own = 1.0, 1 + np.log(3 / 2)  # idf of what is in 2 of 2 texts, and in 1 of 2
    expected = 6 * shared**2 / (np.sqrt(6 * shared**2) * np.sqrt(6 * shared**2 + 6 * own**2))
    assert similarities(["abc"], ["abc xyz"])[0, 0] == pytest.approx(expected)


def test_priority_follows_the_stated_rule():
    table = {(i, e): band(i, e) for i, e in itertools.product(range(1, 6), repeat=2)}
    assert {k for k, v in table.items() if v == "now"} == {(4, 1), (4, 2), (5, 1), (5, 2)}
    assert {k for k, v in table.items() if v == "plan"} == {(i, e) for i in (4, 5) for e in (3, 4, 5)}
    assert (table[3, 2], table[3, 3], band(None, 3)) == ("if_time_allows", "leave", "not_judged")
    with pytest.raises(ValueError, match="from 1 to 5"):
        band(6, 1)
    themes = [
        Judged("unjudged", None, None, 90), Judged("later", 2, 4, 9), Judged("few", 5, 1, 1), Judged("many", 5, 1, 4),
        Judged("dear", 5, 5, 9), Judged("small", 4, 1, 9),
    ]  # fmt: skip
    assert [t.title for t in sorted(themes, key=order)] == ["many", "few", "small", "dear", "later", "unjudged"]


def test_the_shipped_models_have_the_stages_of_their_authors():
    stages = {kind: [stage.id for stage in model.stages] for kind, model in known_models().items()}
    assert stages == {
        "logic_tree": ["inputs", "activities", "outputs", "outcomes"],
        "kirkpatrick": ["reaction", "learning", "behaviour", "results"],
        "five_stage": [
            "knowledge_acquisition", "application_of_learning", "behaviour_change",
            "culture_and_organisational_change", "impact",
        ],
        "hamblin": ["reactions", "learning", "job_behaviour", "organisation", "ultimate_value"],
    }  # fmt: skip


SHARE = {
    "id": "promoted",
    "stage": "results",
    "title": "Promoted",
    "kind": "share",
    "unit": "percent",
    "base": "mentees",
}


def test_a_blueprint_names_a_model_and_adds_to_it():
    nihr = read_model(yaml_text.ours(BLUEPRINT.read_text("utf-8"))["evaluation_model"])
    assert [len(stage.statements) for stage in nihr.stages] == [7, 7, 5, 8]
    model = read_model({"kind": "kirkpatrick", "indicators": [SHARE]})
    assert [i.id for i in model.indicators] == ["promoted"]
    assert known_models()["kirkpatrick"].indicators == []  # the shipped model is not touched
    own = read_model({"kind": "ours", "stages": [{"id": "one", "title": "One"}]})
    assert (own.title, own.stages[0].id) == ("ours", "one")


@pytest.mark.parametrize(
    "section",
    [
        {"kind": "unheard_of"},
        {"kind": "kirkpatrick", "indicators": [{k: v for k, v in SHARE.items() if k != "base"}]},
        {"kind": "kirkpatrick", "indicators": [{k: v for k, v in SHARE.items() if k != "unit"}]},
        {"kind": "kirkpatrick", "indicators": [SHARE | {"base": "  "}]},
        {"kind": "kirkpatrick", "indicators": [SHARE | {"unit": "people"}]},
        {"kind": "kirkpatrick", "indicators": [SHARE | {"stage": "elsewhere"}]},
        {"kind": "kirkpatrick", "indicators": [SHARE, SHARE]},
        {"kind": "kirkpatrick", "indicators": ["promoted"]},
        {"kind": "kirkpatrick", "indicators": "promoted"},
        {"kind": "ours", "stages": []},
        {"kind": "ours", "stages": [3]},
        {"kind": "kirkpatrick", "stages": 3},
        {"kind": "kirkpatrick", "stages": {"reaction": 3}},
        {
            "kind": "kirkpatrick",
            "stages": {"reaction": {"indicators": 3}},
            "indicators": [SHARE | {"stage": "reaction"}],
        },
        {"kind": "kirkpatrick", "surprise": 1},
    ],
)
def test_what_is_no_model_is_refused_with_its_faults(section):
    with pytest.raises(ModelUnreadable) as refused:
        read_model(section)
    assert refused.value.faults


def test_a_value_is_counted_from_its_base():
    indicator = read_model({"kind": "kirkpatrick", "indicators": [SHARE | {"target": 50}]}).indicator("promoted")
    value = shown(indicator, Counted(base=8, numerator=3, asked=20, answered=8))
    # 3 of 8 is 37.5 %, half-up 38; Wilson 13.7 to 69.4.
    assert (value.value, value.interval.low, value.interval.high) == (38, 14, 69)
    assert value.target_met is False
    assert any("13 points" in said for said in value.caveats)  # 1 of 8 is 12.5
    assert any("8 of 20" in said for said in value.caveats)
    assert faults(indicator, Counted(base=8, numerator=9))
    assert faults(indicator, Counted(base=8, value=Decimal(40)))
    assert faults(indicator, Counted(base=0, numerator=0))
    assert faults(indicator, Counted(base=8, numerator=3, asked=7, answered=8))
    assert faults(indicator, Counted(base=8, numerator=3, asked=9, answered=7))
    assert faults(indicator, Counted(base=8, numerator=3, asked=7))
    assert faults(indicator, Counted(base=8, numerator=3, asked=9, answered=8)) == []


def test_a_difference_has_newcombes_interval():
    # Newcombe 1998, table II, (a): 56/70 - 48/80, method 10: 0.0524 to 0.3339.
    found = compare("Promoted", Group(70, 56), Group(80, 48), "similar_people")
    assert found.difference.value == 20
    assert (found.difference.interval.low, found.difference.interval.high) == (5.2, 33.4)
    assert found.difference.compatible_with_none is False
    assert "20 points more" in found.statement
    assert "no proof of a cause" in found.statement


def test_where_data_do_not_allow_a_comparison_it_is_said_plainly():
    alone = compare("Promoted", Group(40, 20), None, None)
    assert alone.difference is None
    assert "no comparison group" in alone.statement
    few = compare("Promoted", Group(40, 20), Group(9, 3), "all_others")
    assert few.difference is None
    assert "fewer than 10" in few.statement
    near = compare("Stayed", Group(20, 10), Group(20, 11), "all_others")
    assert near.difference.compatible_with_none is True
    assert "5 points fewer" in near.statement
    assert "no difference at all" in near.statement
    with pytest.raises(ValueError, match="people"):
        Group(3, 4)


@given(st.data())
def test_the_bounds_hold_the_truth_and_are_reached(data):
    people = data.draw(st.integers(1, 6))
    meant = data.draw(st.integers(0, people))
    did = data.draw(st.integers(0, people))
    overlaps = {
        len(set(a) & set(b))
        for a in itertools.combinations(range(people), meant)
        for b in itertools.combinations(range(people), did)
    }
    assert Intention(1, "f", "mentee", people, people, meant, did).overlap() == (min(overlaps), max(overlaps))


def test_an_intention_says_what_it_cannot_know():
    one, two = Intention(1, "f", "mentee", 20, 13, 9, 4), Intention(2, "f", "mentee", 10, 0, 0, 1)
    assert one.shown().meant.percent == 69  # 9 of 13
    assert "from 0 to 4 did" in one.shown().statement
    assert two.shown().meant_and_did is None
    assert "not known" in two.shown().statement
    both = total([one, two]).shown()
    assert (both.cohort, both.people, both.did.numerator) == (None, 30, 5)


def pack(records, judgements=()):
    at = datetime(2030, 1, 1, tzinfo=UTC)
    judged = {c: Judgement(score, "someone", at, "seen") for c, score in dict(judgements).items()}
    return evidence_pack(scheme(), facts(records), judged)


def empty(**more):
    evidence = Evidence(
        programme_id=uuid.uuid4(),
        title="",
        decimals=0,
        public_minimum=10,
        as_of=datetime(2030, 1, 1, tzinfo=UTC),
        **more,
    )
    return Records(evidence=evidence, design={})


def test_every_fact_of_the_standards_is_counted_and_every_count_is_used():
    criteria = [c for s in scheme().standards for c in s.criteria]
    assert {c.fact for c in criteria if c.fact} == set(facts(empty()))
    assert len({c.id for c in criteria}) == len(criteria)
    assert len(scheme().standards) == 6
    assert {n: (t.overall, t.each) for n, t in scheme().thresholds.items()} == {
        "gold": (90, 80), "silver": (80, 70), "bronze": (70, 60),
    }  # fmt: skip


def test_what_is_not_recorded_is_a_gap_and_counts_nothing():
    found = pack(empty())
    assert found["level"] is None
    ethics = next(s for s in found["standards"] if s["id"] == "ethics")
    # Of five criteria one is met (groups under 10 are hidden), one is not (no consent), three are unknown.
    assert (ethics["score"], ethics["if_gaps_met"]) == (20, 80)
    why = {gap["criterion"]: gap["why"] for gap in found["gaps"]}
    assert why["orientation_attended"] == "no_record"
    assert why["code_of_ethics"] == "not_judged"
    assert why["consent_to_processing"] == "too_low"
    assert "small_groups_protected" not in why
    judged = pack(empty(), {"code_of_ethics": 80, "complaints_route": 40})
    ethics = next(s for s in judged["standards"] if s["id"] == "ethics")
    assert ethics["score"] == 44  # (100 + 0 + 0 + 80 + 40) / 5
    why = {gap["criterion"]: gap["why"] for gap in judged["gaps"]}
    assert why["complaints_route"] == "too_low"
    assert "code_of_ethics" not in why


def test_facts_are_counted_from_records():
    mentor, mentee, other = (uuid.uuid4() for _ in range(3))
    records = empty(
        cohorts=(CohortRecord(1, 5), CohortRecord(2, 5)),
        applicants=(Applicants(1, "mentee", "matched", 3, 0), Applicants(1, "mentee", "submitted", 1, 0)),
        pairs=(PairRecord(1, mentor, mentee, True, False), PairRecord(1, mentor, other, False, False)),
    )
    found = facts(
        Records(
            evidence=records.evidence,
            design={},
            trained=frozenset({mentee, other}),
            pairs_met=1,
            held={("workshop", 1): 2, ("orientation", None): 1},
            development_kinds=frozenset({"workshop"}),
            recommendations=(1, 4),
            roles=frozenset({"coordinator"}),
        )
    )
    shares = {name: (fact.met, fact.of) for name, fact in found.items() if fact}
    assert shares["orientation_attended"] == (1, 2)  # of the mentor and the mentee who stand
    assert shares["applications_decided"] == (3, 4)
    assert shares["pairs_stood"] == (1, 2)
    assert shares["development_offered"] == (1, 2)
    assert shares["supervision_held"] == (0, 1)
    assert shares["recommendations_kept"] == (3, 4)
    assert shares["roles_held"] == (1, 2)
    assert found["satisfied_with_match"] is None


def answered(cohort, met, of, closed=True, instrument="summative"):
    question = {"id": "satisfied_with_match", "kind": "choice", "roles": ["mentee"], "text": "?", "options": ["y", "n"],
                "counted": ["y"]}  # fmt: skip
    used = Instrument.model_validate({"id": instrument, "title": "T", "questions": [question]})
    at = datetime(2030, 1, 1, tzinfo=UTC) if closed else None
    counts = {("mentee", "satisfied_with_match"): {"y": met, "n": of - met}}
    return WaveRecord(uuid.uuid4(), cohort, instrument, used, at, {"mentee": of + 10}, {"mentee": of}, counts)


def survey_shares(*waves, exact):
    found = facts(replace(empty(waves=waves), exact=exact))
    asked = (found["satisfied_with_match"], found["people_answered"])
    return [(fact.met, fact.of) if fact else None for fact in asked]


def test_who_sees_public_figures_cannot_work_out_answers_from_the_pack():
    one, two = answered(1, 33, 48), answered(2, 21, 36)
    assert survey_shares(one, two, exact=True) == [(54, 84), (84, 104)]
    # How many were asked is no secret: people know of each other that they take part.
    assert survey_shares(one, two, exact=False) == [(55, 85), (85, 104)]
    # One wave more is no difference to subtract: nothing is shown while the survey still runs.
    assert survey_shares(one, answered(2, 0, 0, closed=False), exact=False) == [None, None]
    # Nine of 48 are fewer than ten, whichever side they are on.
    assert survey_shares(answered(1, 39, 48), exact=False)[0] is None
    assert survey_shares(answered(1, 9, 48), exact=False)[0] is None


@pytest.mark.parametrize(
    ("scores", "reached"),
    [
        ([90] * 6, "gold"),
        ([79, 95, 95, 95, 95, 95], "silver"),
        ([69, 95, 95, 95, 95, 95], "bronze"),
        ([59, 99, 99, 99, 99, 99], None),
        ([70] * 6, "bronze"),
        ([69, 70, 70, 70, 70, 70], None),
    ],
)
def test_a_level_needs_both_thresholds(scores, reached):
    assert level(scheme(), [Fraction(score) for score in scores]) == reached


def test_what_a_blueprint_has_in_writing():
    nihr = yaml_text.ours(BLUEPRINT.read_text("utf-8"))
    assert design_facts(read(nihr)[0]) == {"eligibility": True, "matching": True, "consent": True}
    assert design_facts(read({"form": 3})[0]) == {"eligibility": False, "matching": False, "consent": False}


def test_a_shipped_model_with_other_stages_says_so_unless_it_has_a_title():
    ours = {"kind": "kirkpatrick", "stages": {"wider": ["More mentors elsewhere"]}}
    assert read_model(ours).title == "Kirkpatrick's four levels, with stages of our own"
    assert read_model(ours | {"title": "Ours"}).title == "Ours"
    same = {"kind": "kirkpatrick", "stages": {"results": ["More promotions"]}}
    assert read_model(same).title == "Kirkpatrick's four levels"
