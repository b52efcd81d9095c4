"""Instruments as blueprints write them, and which answers fit them; states and tokens."""

import uuid
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from mentoring_evaluation import tokens
from mentoring_evaluation.instruments import Instrument, faults
from mentoring_evaluation.lifecycle import diagrams

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
    read = [
        Instrument.model_validate(instrument)
        for path in sorted(folder.glob("*.yaml"))
        for instrument in yaml.safe_load(path.read_text("utf-8")).get("instruments", [])
    ]
    assert {"interim", "summative"} <= {instrument.id for instrument in read}


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
