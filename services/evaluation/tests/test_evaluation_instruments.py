"""Instruments as blueprints write them, and which answers fit them; states and tokens."""

import json
import uuid
from pathlib import Path

import pytest
from pydantic import ValidationError

from mentoring_common import yaml_text
from mentoring_contracts.blueprint import read
from mentoring_evaluation.figures.evidence import WaveRecord
from mentoring_evaluation.figures.tallies import shown_to
from mentoring_evaluation.lifecycle import diagrams
from mentoring_evaluation.surveys import tokens
from mentoring_evaluation.surveys.instruments import Instrument, complete, faults, flattened
from mentoring_evaluation.surveys.presets import presets
from mentoring_evaluation.surveys.translated import instrument_of

QUESTIONS = [
    {"id": "met", "kind": "choice", "roles": ["mentor", "mentee"], "options": ["Yes", "No"], "text": "Did you meet?"},
    {"id": "times", "kind": "integer", "roles": ["mentor", "mentee"], "min": 1, "max": 24, "text": "How often?",
     "shown_when": {"question": "met", "is": "Yes"}},
    {"id": "where", "kind": "choices", "roles": ["mentor"], "options": ["online", "office"], "text": "Where?"},
    {"id": "more", "kind": "text", "roles": ["mentor"], "max_length": 5, "text": {"mentor": "More?"}},
]  # fmt: skip
SURVEY = Instrument.model_validate({"id": "s", "title": "S", "questions": QUESTIONS})


def test_every_shipped_blueprint_has_instruments_that_can_be_read():
    folder = Path(__file__).resolve().parents[3] / "blueprints"
    plans = [read(yaml_text.ours(path.read_text("utf-8")))[0] for path in sorted(folder.glob("*.yaml"))]
    found = [instrument_of(plan, planned) for plan in plans for planned in plan.instruments]
    assert {"interim", "summative"} <= {instrument.id for instrument in found}
    assert all(complete(survey) for survey in (*found, *presets().values()))


@pytest.mark.parametrize(
    ("role", "answers", "found"),
    [
        ("mentor", {"met": "Yes", "times": 3, "where": ["online", "office"], "more": "fine"}, []),
        ("mentor", {"met": None, "more": "  ", "where": []}, []),
        ("mentor", {"met": "No", "times": 3}, [("times", "not_asked")]),
        ("mentor", {"times": 3}, [("times", "not_asked")]),
        ("mentor", {"met": "Yes", "times": 25}, [("times", "out_of_range")]),
        ("mentor", {"met": "Yes", "times": True}, [("times", "not_a_number")]),
        ("mentor", {"met": "Yes", "times": 2.5}, [("times", "not_a_number")]),
        ("mentor", {"met": "yes"}, [("met", "not_an_option")]),
        ("mentor", {"met": ["Yes"]}, [("met", "not_an_option")]),
        ("mentor", {"where": ["online", "online", "office"]}, [("where", "not_an_option")]),
        ("mentor", {"where": ["online", "online"]}, [("where", "not_an_option")]),
        ("mentor", {"more": "longer"}, [("more", "too_long")]),
        ("mentor", {"more": {"a": 1}}, [("more", "not_text")]),
        ("mentee", {"more": "fine"}, [("", "unknown_question")]),
    ],
)
def test_which_answers_fit(role, answers, found):
    assert [(fault.question, fault.code) for fault in faults(SURVEY, role, answers)] == found


@pytest.mark.parametrize(
    "change",
    [
        {"options": []},
        {"counted": ["Maybe"]},
        {"figure": "f"},
        {"shown_when": {"question": "times", "is": 3}},
        {"id": "times"},
    ],
)
def test_an_instrument_that_cannot_work_is_refused(change):
    broken = [QUESTIONS[0] | change, *QUESTIONS[1:]]
    with pytest.raises(ValidationError):
        Instrument.model_validate({"id": "s", "title": "S", "questions": broken})


KINDS = {
    "k": {"kind": "choices", "options": ["x", "y", "Other"]}, "s": {"kind": "scale", "min": 1, "max": 5},
    "n": {"kind": "integer", "min": 0, "max": 9}, "c": {"kind": "choice", "options": ["1", "2"]},
    "m": {"kind": "matrix", "options": ["Yes", "No"], "rows": [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}]},
}  # fmt: skip


def conditional(earlier, **condition):
    both = [{"id": earlier, **KINDS[earlier]}, {"id": "o", "kind": "text"}]
    both[1]["shown_when"] = {"question": earlier, **condition}
    questions = [one | {"roles": ["mentor"], "text": "?"} for one in both]
    return Instrument.model_validate({"id": "s", "title": "S", "questions": questions})


@pytest.mark.parametrize(
    ("earlier", "condition", "meets", "fails"),
    [
        ("k", {"is": "Other"}, [["x", "Other"], ["Other"]], [["x"], [], None]),
        ("k", {"in": ["x", "y"]}, [["y", "Other"], ["x"]], [["Other"]]),
        ("k", {"in": [["x", "y"]]}, [["x", "y"], ["y", "x"]], [["x"], ["x", "y", "Other"]]),
        ("s", {"in": ["1", 2]}, [1, 2], [3, None]),
        ("n", {"is": "0"}, [0], [1]),
        ("c", {"is": 1}, ["1"], ["2"]),
    ],
)
def test_a_condition_is_met_by_what_was_chosen_and_counted_the_same_way(earlier, condition, meets, fails):
    survey = complete(conditional(earlier, **condition))
    for answer, codes in [*((a, []) for a in meets), *((a, ["not_asked"]) for a in fails)]:
        answers = {earlier: answer, "o": "because"}
        assert [fault.code for fault in faults(survey, "mentor", answers)] == codes, answer
        text = json.dumps(answer) if isinstance(answer, list) else str(answer)
        given = {} if answer is None else {("mentor", earlier): {text: 7}}
        asked = {"mentor": 9, "mentee": 0}
        wave = WaveRecord(uuid.uuid4(), 1, "s", survey, None, asked, asked, given)
        assert shown_to(wave, survey.questions[1], "mentor") == (0 if codes else 7), answer


def test_who_shows_the_questions_compares_numbers_with_numbers():
    shown = conditional("s", **{"in": ["1", "2"]}).questions[1].for_role("mentor")
    assert shown["shown_when"] == {"question": "s", "in": [1, 2]}


@pytest.mark.parametrize(
    ("earlier", "condition"),
    [
        ("c", {"is": "maybe"}), ("c", {"in": ["1", "maybe"]}), ("c", {"in": []}), ("c", {"in": [["1"]]}),
        ("k", {"in": [["x", "maybe"]]}), ("k", {"in": [[]]}), ("s", {"is": 6}), ("s", {"is": "one"}),
        ("n", {"is": 10}), ("n", {"is": "few"}), ("m", {"is": "Yes"}),
    ],
)  # fmt: skip
def test_a_condition_with_an_answer_that_does_not_exist_is_read_but_not_saved(earlier, condition):
    survey = conditional(earlier, **condition)
    with pytest.raises(ValueError, match="answers that the earlier question has"):
        complete(survey)


@pytest.mark.parametrize(
    ("answer", "codes", "counted"),
    [
        ({"a": "Yes", "b": None}, [], {"m.a": "Yes"}),
        ({"a": "No", "b": "  "}, [], {"m.a": "No"}),
        ({"a": None, "b": None}, [], {}),
        ({"a": "Yes", "z": None}, ["not_an_option"], None),
        ({"a": 1}, ["not_an_option"], None),
    ],
)
def test_a_row_of_a_matrix_may_be_skipped_like_any_question(answer, codes, counted):
    survey = conditional("m", **{"in": []})
    assert [fault.code for fault in faults(survey, "mentor", {"m": answer})] == codes
    assert codes or flattened(survey, {"m": answer}) == counted


def test_what_a_respondent_is_shown_says_nothing_of_what_is_counted():
    shown = [question.for_role("mentor") for question in SURVEY.for_role("mentor")]
    assert shown[0] == {"id": "met", "kind": "choice", "text": "Did you meet?", "options": ["Yes", "No"]}
    assert shown[1]["shown_when"] == {"question": "met", "in": ["Yes"]}
    assert shown[3] == {"id": "more", "kind": "text", "text": "More?", "max_length": 5}


def test_a_token_belongs_to_one_key_wave_and_person():
    key, wave, person = tokens.new_key(), uuid.uuid4(), uuid.uuid4()
    made = tokens.token(key, wave, person)
    others = {
        tokens.token(tokens.new_key(), wave, person), tokens.token(key, uuid.uuid4(), person),
        tokens.token(key, wave, uuid.uuid4()),
    }  # fmt: skip
    assert made == tokens.token(key, wave, person)
    assert made not in others
    assert len(made) == 43
    assert made.encode() not in tokens.digest(made)


def test_state_diagrams_name_every_step():
    assert ("open", "closed", "close") in diagrams()["wave"]
    assert ("approved", "withdrawn", "withdraw") in diagrams()["interview"]
    assert ("approved", "ready", "write") in diagrams()["report"]
