"""Who was asked a question, who answered it, what is counted: choices, conditions, matrices, the two sides of pairs."""

import json
import random
import time
import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mentoring_contracts.applications import PersonErased
from mentoring_contracts.matching import MatchEnded
from mentoring_evaluation.figures.evidence import CohortRecord, Evidence, WaveRecord
from mentoring_evaluation.figures.public_view import public_lines
from mentoring_evaluation.figures.survey_figures import outcomes
from mentoring_evaluation.figures.tallies import shown_to
from mentoring_evaluation.lint import lint_report
from mentoring_evaluation.surveys.instruments import Instrument, Survey

BOTH = ["mentor", "mentee"]
HELPED = {
    "id": "helped", "figure": "what_helped", "kind": "choices", "roles": BOTH, "text": "What helped?",
    "options": ["Meetings", "Workshops", "Say \"other\", é"],
}  # fmt: skip
AGAIN = {
    "id": "again", "figure": "again", "kind": "choice", "roles": BOTH, "text": "Again?", "options": ["Yes", "No"],
    "counted": ["Yes"], "shown_when": {"question": "helped", "in": [["Meetings"], ["Meetings", "Workshops"]]},
}  # fmt: skip
SCORE = {"id": "score", "kind": "scale", "roles": BOTH, "text": "Score?", "min": 0, "max": 10}
WHY = {
    "id": "why", "kind": "matrix", "roles": BOTH, "text": "Why?", "options": ["Yes", "No"], "counted": ["Yes"],
    "rows": [{"id": row, "text": row, "figure": row} for row in ("time", "trust")],
    "shown_when": {"question": "score", "in": [9, 10]},
}  # fmt: skip
NEXT = {
    "id": "next", "figure": "next", "kind": "choice", "roles": ["mentee"], "text": "N?", "options": ["Yes", "No"],
    "counted": ["Yes"], "shown_when": {"question": "again", "is": "Yes"},
}  # fmt: skip
SURVEY = {"id": "s", "title": "S", "questions": [HELPED, AGAIN, SCORE, WHY, NEXT]}


def record(cohort=1, asked=30, responses=20, answers=None, mentors=None, **more):
    """A closed wave in which as many mentees as mentors were asked, and mentees answered."""
    return WaveRecord(
        id=uuid.uuid4(), cohort=cohort, instrument="s", used=Instrument.model_validate(SURVEY),
        closed_at=datetime(2024, 1, 1, tzinfo=UTC), asked={"mentor": asked, "mentee": asked},
        responses={"mentor": 0, "mentee": responses},
        answers={("mentee", question): given for question, given in (answers or {}).items()} | (mentors or {}), **more,
    )  # fmt: skip


def evidence(*waves):
    cohorts = tuple(CohortRecord(wave.cohort, 25) for wave in waves)
    return Evidence(
        uuid.uuid4(), "P", decimals=0, public_minimum=5, as_of=datetime(2024, 2, 1, tzinfo=UTC), cohorts=cohorts,
        waves=waves,
    )  # fmt: skip


def lines(*waves, role="mentee", cohort=1):
    found = [line for line in outcomes(evidence(*waves)) if (line.figure.role, line.figure.cohort) == (role, cohort)]
    return {(line.figure.name, line.breakdown.get("option")): line.figure for line in found}


CHOSEN = {'["Meetings"]': 6, '["Meetings", "Workshops"]': 5, '["Workshops", "Say \\"other\\", é"]': 4}


def test_every_option_has_its_share_of_those_who_answered_at_all():
    found = lines(record(answers={"helped": CHOSEN}))
    meetings = found["what_helped", "Meetings"]
    assert (meetings.numerator, meetings.answered, meetings.denominator, meetings.asked) == (11, 15, 15, 30)
    assert (meetings.value, meetings.rule, meetings.top_box) == (73, "top_box", ("Meetings",))
    assert meetings.interval is not None
    assert meetings.interval.method == "wilson"
    assert "Counted: Meetings; of those who answered this question. Several could be chosen." in meetings.definition
    assert [found["what_helped", option].numerator for option in HELPED["options"]] == [11, 9, 4]
    nobody = lines(record(answers={}))["what_helped", "Workshops"]
    assert (nobody.numerator, nobody.answered, nobody.value) == (0, 0, None)


def test_a_question_that_was_not_shown_was_not_asked():
    given = {
        "helped": CHOSEN, "again": {"Yes": 7, "No": 3}, "score": {"10": 4, "9": 2, "8": 9, "1": 1},
        "why.time": {"Yes": 3, "No": 2}, "why.trust": {"Yes": 1}, "next": {"Yes": 5},
    }  # fmt: skip
    found = lines(record(answers=given))
    # 6 and 5 people chose what shows the question; one of them left it out.
    assert (found["again", None].asked, found["again", None].answered, found["again", None].value) == (11, 10, 70)
    assert "who answered ['Meetings'], ['Meetings', 'Workshops'] to helped" in found["again", None].definition
    # The matrix is shown for 9 and 10; every row has its own number of answered.
    assert [(f.asked, f.answered, f.numerator) for f in (found["time", None], found["trust", None])] == [
        (6, 5, 3), (6, 1, 1),
    ]  # fmt: skip
    assert "1 of 6 asked answered (17 %)" in found["trust", None].caveats[1]
    assert found["trust", None].caveats[0].startswith("Only 1 stand behind it")
    # A condition on a question that has one itself: who was not shown the first was not shown the second.
    assert (found["next", None].asked, found["next", None].answered) == (7, 5)
    assert lines(record(answers=given), role="mentor")["again", None].asked == 0
    assert ("next", None) not in lines(record(answers=given), role="mentor")


def test_a_condition_on_a_text_counts_those_who_answered_what_it_shows():
    text = {"id": "t", "kind": "text", "roles": BOTH, "text": "T?"}
    question = HELPED | {"shown_when": {"question": "t", "is": "x"}}
    used = Survey.model_validate({"title": "S", "questions": [text, question]})
    wave = record(answers={"helped": CHOSEN})
    assert shown_to(wave, used.questions[1], "mentee") == 15
    assert shown_to(wave, used.questions[0], "mentee") == 30


def test_several_choices_are_taken_together_both_ways():
    waves = [record(1, answers={"helped": CHOSEN}), record(2, answers={"helped": {'["Meetings"]': 5}})]
    found = [line for line in outcomes(evidence(*waves)) if line.breakdown == {"option": "Meetings"}]
    whole = {
        line.figure.rule: line.figure for line in found if (line.figure.role, line.figure.cohort) == ("mentee", None)
    }
    assert (whole["pooled"].numerator, whole["pooled"].denominator, whole["pooled"].asked) == (16, 20, 60)
    assert whole["mean_of_cohorts"].value == 87  # (11/15 + 5/5) / 2


def test_a_hundred_options_are_protected_in_no_time():
    options = [f"Option {number}" for number in range(100)]
    survey = SURVEY | {"questions": [HELPED | {"options": options}]}
    rng = random.Random(1)
    chosen = [json.dumps(sorted(rng.sample(options, rng.randint(1, 4)))) for _ in range(200)]
    both = {(role, "helped"): dict(Counter(chosen)) for role in BOTH}
    used = Instrument.model_validate(survey | {"id": "s"})
    waves = [replace(record(n, asked=400, responses=200), used=used, answers=both) for n in (1, 2, 3)]
    known = evidence(*waves)
    exact = list(outcomes(known))
    started = time.process_time()
    shown = [line.to_json() for line in public_lines(known, exact)]
    assert time.process_time() - started < 2  # a fifth of a second where nothing else runs
    assert len(shown) == len(exact)


def test_an_option_is_hidden_with_those_who_did_not_choose_it():
    # 40 answered: 38 chose Meetings, so 2 did not, which is as small as if 2 had.
    given = {'["Meetings"]': 22, '["Meetings", "Workshops"]': 16, '["Workshops"]': 2}
    mentors = {("mentor", "helped"): {'["Meetings"]': 15, '["Workshops"]': 15}}
    about = {"asked": 60, "responses": 40, "answers": {"helped": given}, "mentors": mentors}
    known = evidence(record(**about))
    shown = {
        (f["breakdown"]["option"], f["role"], f["cohort"]): f
        for f in (line.to_json() for line in public_lines(known, list(outcomes(known))))
        if f["name"] == "what_helped" and f["rule"] == "top_box"
    }
    meetings, workshops = (shown[option, "mentee", 1] for option in ("Meetings", "Workshops"))
    assert meetings["shown"] == "hidden"
    assert (workshops["shown"], workshops["numerator"], workshops["denominator"]) == ("rounded", 20, 40)
    # Where one person may have answered four times, 18 answers may be of 5 people: 20 are shown at least.
    often = evidence(record(**about, most_asked=4))
    again = [f for f in public_lines(often, list(outcomes(often))) if (f.name, f.cohort) == ("what_helped", 1)]
    assert {f.shown for f in again if f.breakdown["option"] == "Workshops"} == {"hidden"}


@pytest.mark.parametrize("broken", [{"counted": ["Meetings"]}, {"kind": "text"}, {"kind": "integer"}])
def test_what_cannot_be_published_of_choices_is_refused(broken):
    with pytest.raises(ValueError, match="a figure"):
        Survey.model_validate({"title": "S", "questions": [HELPED | broken]})


async def test_options_from_the_answer_to_the_report(programme, pick):
    await programme.begin(
        blueprint={"title": "P", "instruments": [SURVEY], "disclosure": {"public": {"minimum_n": 5}}}, mode="named"
    )
    pairs = [(uuid.uuid4(), uuid.uuid4()) for _ in range(4)]
    for pair in pairs:
        await programme.match(1, *pair)
    times = {"opens_at": programme.opens.isoformat(), "closes_at": programme.closes.isoformat()}
    made = await programme.team.post(f"/cohorts/{programme.cohorts[1]}/waves", json={"instrument": "s", **times})
    await programme.open()
    tokens = await programme.tokens(made.json()["id"])
    other = HELPED["options"][2]
    sheets = [
        {"helped": ["Meetings", other], "score": 9, "why": {"trust": "Yes"}},
        {"helped": ["Meetings"], "again": "No", "score": 10, "why": {"trust": "No", "time": "Yes"}},
        {"helped": [], "score": 1},
        {"helped": [other]},
    ]
    for (_, mentee), sheet in zip(pairs, sheets, strict=True):
        assert (await programme.answer(tokens[mentee], sheet)).status_code == 201
    mentor = tokens[pairs[0][0]]
    for refused in ({"again": "Yes"}, {"helped": ["Meetings", "Meetings"]}, {"score": 8, "why": {"time": "Yes"}}):
        assert (await programme.answer(mentor, refused)).status_code == 422
    await programme.close()
    figures = await programme.figures()
    about = {"cohort": 1, "role": "mentee", "breakdown": {"option": other}}
    figure = pick(figures, "what_helped", **about)
    assert (figure["numerator"], figure["denominator"], figure["answered"], figure["asked"]) == (2, 3, 3, 4)
    assert (
        pick(figures, "trust", cohort=1, role="mentee")["asked"],
        pick(figures, "time", cohort=1, role="mentee")["answered"],
    ) == (2, 1)
    asked_again = pick(figures, "again", cohort=1, role="mentee")
    assert (asked_again["asked"], asked_again["answered"], asked_again["value"]) == (1, 1, 0)
    for linked in (figure, asked_again):
        found = (await programme.team.get(f"/programmes/{programme.id}/{linked['evidence']}")).json()
        assert [item["agrees"] for item in found["items"]] == [True]
    [group] = found["items"][0]["groups"]
    assert (group["asked"], group["answered"], group["skipped"]) == (1, 1, 0)
    found = (await programme.team.get(f"/programmes/{programme.id}/{figure['evidence']}")).json()
    assert found["items"][0]["groups"][0]["answers"] == {"Meetings": 2, "Workshops": 0, other: 2}
    text = [{"title": "T", "text": "It was {figure:what_helped,1,mentee,s,option=Meetings} of them."}]
    report = await programme.report(narrative=text)
    assert "".join(part["text"] for part in report["narrative"][0]["paragraphs"][0]) == "It was 67 % of them."
    assert lint_report(report) == []
    page = (await programme.team.get(f"/reports/{report['id']}/html")).text
    assert "What helped? (Meetings, mentees)" in page


async def test_agreement_is_frozen_and_of_the_pairs_that_were_asked(programme, pick):
    question = {
        "id": "c", "figure": "trust", "kind": "choice", "roles": BOTH, "text": "T?", "options": ["yes", "no"],
        "counted": ["yes"],
    }  # fmt: skip
    instrument = {"id": "both", "mode": "paired", "title": "B", "questions": [question]}
    rule = {"public": {"minimum_n": 5}}
    await programme.begin(blueprint={"title": "P", "instruments": [instrument], "disclosure": rule})
    pairs = [(uuid.uuid4(), uuid.uuid4()) for _ in range(5)]
    matches = [await programme.match(1, *pair) for pair in pairs]
    times = {"opens_at": programme.opens.isoformat(), "closes_at": programme.closes.isoformat()}
    made = await programme.team.post(f"/cohorts/{programme.cohorts[1]}/waves", json={"instrument": "both", **times})
    await programme.open()
    tokens = await programme.tokens(made.json()["id"])
    await programme.match(1, uuid.uuid4(), uuid.uuid4())  # a pair that nobody asked
    for pair, said in zip(pairs, [("yes", "yes"), ("yes", "no"), ("no", "no"), ("no", None)], strict=False):
        for person, answer in zip(pair, said, strict=True):
            if answer:
                await programme.answer(tokens[person], {"c": answer})
    await programme.close()
    before = pick(await programme.figures(), "trust_agreement", cohort=1)
    assert (before["numerator"], before["denominator"], before["asked"]) == (2, 3, 5)
    assert "of the mentor only: 1" in before["caveats"][-1]
    about = {"programme_id": programme.id, "cohort_id": programme.cohorts[1]}
    ended = MatchEnded(match_id=matches[0], mentor_id=pairs[0][0], mentee_id=pairs[0][1], reason="moved", **about)
    await programme.tell(ended, PersonErased(person_id=pairs[1][0]))
    assert pick(await programme.figures(), "trust_agreement", cohort=1) == before
