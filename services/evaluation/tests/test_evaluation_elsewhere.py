"""Surveys that were asked with another tool: what is read of their tables, and that all that is shown says so."""

import csv
import io
import json

import pytest
import sqlalchemy as sa

from mentoring_common.csv_text import separator_of
from mentoring_contracts.evaluation import SurveyCancelled
from mentoring_evaluation.elsewhere.reading import Told, asked_in, read_responses
from mentoring_evaluation.surveys.instruments import Survey
from mentoring_evaluation.surveys.presets import presets

MENTEE = Told(role="mentee")
SURVEY = Survey.model_validate(presets()["end_of_programme"].model_dump(by_alias=True))
QUALTRICS = [
    ["StartDate", "Status", "IPAddress", "Q1", "Q2", "Q3_1", "Q3_2", "Q4", "Q5"],
    ["Start Date", "Response Type", "IP Address", "How satisfied are you with your match?",
     "How many of the objectives of your relationship were met? - Selected Choice",
     "Because of the mentoring, - I am more confident in my work.",
     "Because of the mentoring, - I am clearer about my goals.",
     "What helped? Choose all that apply.", "How likely are you to recommend the programme to a colleague?"],
    ['{"ImportId":"startDate","timeZone":"UTC"}', *['{"ImportId":"QID1"}'] * 8],
    ["2023-05-02", "Survey Preview", "10.0.0.1", "Satisfied", "All", "Agree", "Agree", "", "9"],
    ["2023-05-02", "IP Address", "10.0.0.1", "Very satisfied", "Most", "Agree", "Neither", "The meetings,Workshops",
     "9"],
    ["2023-05-03", "IP Address", "10.0.0.2", "", "None of them", "", "", "", "10 - Extremely likely"],
    ["2023-05-03", "IP Address", "10.0.0.3", "", "", "", "", "", ""],
]  # fmt: skip
LIMESURVEY = [
    ["Response ID", "Date submitted", "satisfied_with_match. How satisfied are you with your match?",
     "gained[confident]", "what_helped[SQ001]", "what_helped[SQ003]", "would_recommend", "what_changed"],
    ["1", "2023-05-02 10:00", "Very satisfied", "Strongly agree", "Yes", "No", "8", "canary"],
    ["2", "", "Dissatisfied", "Disagree", "", "Y", "0", ""],
]  # fmt: skip
FORMS = [
    ["ID", "Start time", "Completion time", "Email", "Name", "How satisfied are you with your match?",
     "I am more confident in my work.", "What helped? Choose all that apply."],
    ["1", "5/2/23 10:00", "5/2/23 10:05", "a@example.org", "Ada", "Satisfied", "Agree", "The meetings;Workshops;"],
]  # fmt: skip
GOOGLE = [
    ["Timestamp", "How satisfied are you with your match?",
     "Because of the mentoring, [I am more confident in my work.]",
     "What helped? Choose all that apply.", "Who are you?"],
    ["02/05/2023 10:00:00", "Satisfied", "Agree", "The meetings, Other people in the programme", "A mentor"],
    ["02/05/2023 10:01:00", "Neither", "Neither", "", "Mentored"],
]  # fmt: skip


def test_a_table_of_qualtrics_has_three_rows_of_heads_and_its_own_tests():
    found = read_responses(QUALTRICS, SURVEY, MENTEE)
    assert (found.tool, found.tests, found.empty, found.faults) == ("qualtrics", 1, 1, [])
    assert [one.answers for one in found.responses] == [
        {"satisfied_with_match": "Very satisfied", "met_objectives": "Most", "gained.confident": "Agree",
         "gained.clearer_goals": "Neither", "what_helped": ["The meetings", "Workshops"], "would_recommend": 9},
        {"met_objectives": "None of them", "would_recommend": 10},
    ]  # fmt: skip
    assert found.left_out == ["A", "B", "C"]
    assert found.unanswered == ["gained.wider_network", "mentors_intending_to_return", "mentees_intending_to_mentor"]


def test_a_table_of_limesurvey_has_codes_and_a_column_for_each_option():
    found = read_responses(LIMESURVEY, SURVEY, MENTEE)
    assert (found.tool, found.faults, found.left_out) == ("limesurvey", [], ["A", "B", "H"])
    assert [one.answers for one in found.responses] == [
        {"satisfied_with_match": "Very satisfied", "gained.confident": "Strongly agree",
         "what_helped": ["The meetings"], "would_recommend": 8},
        {"satisfied_with_match": "Dissatisfied", "gained.confident": "Disagree", "what_helped": ["Workshops"],
         "would_recommend": 0},
    ]  # fmt: skip


def test_tables_of_forms_have_several_choices_in_one_cell():
    found = read_responses(FORMS, SURVEY, MENTEE)
    assert (found.tool, found.faults, found.left_out) == ("microsoft_forms", [], ["A", "B", "C", "D", "E"])
    assert found.responses[0].answers["what_helped"] == ["The meetings", "Workshops"]
    told = Told(role_column="Who are you?", roles={"a mentor": "mentor", "Mentored": "mentee"})
    found = read_responses(GOOGLE, SURVEY, told)
    assert (found.tool, found.left_out) == ("google_forms", ["A"])
    # The row was written for mentees: to a mentor the same column would be another question, which ours has as one.
    assert [(one.role, one.answers.get("what_helped")) for one in found.responses] == [
        ("mentor", ["The meetings", "Other people in the programme"]),
        ("mentee", None),
    ]


@pytest.mark.parametrize(
    ("heads", "row", "told", "faults"),
    [
        (["met_objectives"], ["Nearly all"], MENTEE, [("not_an_answer", 2, "A")]),
        (["met_objectives"], ["Nearly all"], Told(role="mentee", answers={"met_objectives": {"nearly all": "Most"}}),
         []),
        (["X1", "b"], ["Most", ""], Told(role="mentee", columns={"X1": "met_objectives"}), []),
        (["X1", "b"], ["Yes", ""], Told(role="mentee", columns={"A": "what_helped=Workshops"}), []),
        (["X1", "b"], ["Most", ""], Told(role="mentee", columns={"X1": "nowhere"}),
         [("unknown_question", None, "A")]),
        (["met_objectives", "Met_objectives"], ["All", "All"], MENTEE, [("column_twice", None, "B")]),
        (["would_recommend"], ["11"], MENTEE, [("not_an_answer", 2, "A")]),
        (["would_recommend"], ["9.5"], MENTEE, [("not_an_answer", 2, "A")]),
        (["mentors_intending_to_return"], ["Yes"], MENTEE, [("not_asked", 2, None)]),
        (["met_objectives", "who"], ["All", "Boss"], Told(role_column="who"), [("unknown_role", 2, "B")]),
        (["met_objectives"], ["All"], Told(role_column="who"),
         [("unknown_column", None, None), ("unknown_role", 2, None)]),
        (["anything"], ["All"], MENTEE, [("no_responses", None, None)]),
        ([], [], MENTEE, [("no_responses", None, None)]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_by_row_and_column_and_not_repeated(heads, row, told, faults):
    found = read_responses([[*heads, "x"], [*row, ""]] if len(heads) == 1 else [heads, row], SURVEY, told)
    assert [(one.code, one.row, one.column) for one in found.faults] == faults
    assert not any("Nearly all" in one.detail or "Boss" in one.detail for one in found.faults)


def table(rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def answered(number: int) -> list[list[str]]:
    """A table of Google Forms with so many answers of mentees, two of three of whom are satisfied."""
    heads = ["Timestamp", "Email address", "How satisfied are you with your match?"]
    said = ("Satisfied", "Very satisfied", "Dissatisfied")
    return [heads, *([f"2023-05-{1 + n % 28:02}", f"canary{n}@example.org", said[n % 3]] for n in range(number))]


FORMS_CSV = "ID,Start time,How satisfied are you with your match?,What helped? Choose all that apply.\n" + "".join(
    f'{n},5/2/23 10:00,Satisfied,"The meetings;Workshops;"\n' for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (FORMS_CSV, ","),
        (FORMS_CSV.replace('"', ""), ","),
        ("Item;Mean (1-5);SD;n\nTrust;3,45;0,9;10\nUse;4,20;3,0;10\n", ";"),
        ("Report\n,Mentors,,Mentees,\nItem,%,n,%,n\nTrust,83,18,55,20\n", ","),
        ("a\tb\n1,5\t2;3\n1,5\t2;3\n", "\t"),
        ('"a;b","c"\n"1;2","3"\n', ","),
        ("alone\nfew\n", None),
        ("", None),
    ],
)
def test_the_separator_is_the_mark_by_which_rows_and_heads_are_of_one_width(text, mark):
    assert separator_of(text) == mark


async def test_the_answer_names_the_separator_and_takes_another(programme):
    await begun(programme)
    path = f"/cohorts/{programme.cohorts[1]}/imported-waves/preview"
    looked = (await programme.team.post(path, json=body(9, table=FORMS_CSV))).json()
    assert (looked["delimiter"], looked["faults"], looked["responses"]) == (",", [], {"mentee": 9})
    assert "what_helped" in [one["answers"] for one in looked["columns"]]
    other = (await programme.team.post(path, json=body(9, table=FORMS_CSV.replace('"', ""), delimiter=";"))).json()
    assert (other["delimiter"], other["columns"]) == (";", [])
    refused = await programme.team.post(path, json=body(9, delimiter="|"))
    assert refused.status_code == 422


async def test_a_preview_says_all_that_would_be_refused(programme):
    await begun(programme)
    path = f"/cohorts/{programme.cohorts[1]}/imported-waves"
    assert (await programme.team.post(path, json=body(36))).status_code == 201
    told = {"columns": {"Nowhere": "met_objectives", "A": "nothing"},
            "answers": {"none": {"x": "y"}, "met_objectives": {"x": "Nearly"}}}  # fmt: skip
    for more, codes in (
        ({}, ["wave_exists"]),
        ({"closed_at": "2098-01-01T00:00:00Z", "occasion": "2024"}, ["wave_times_invalid"]),
        ({"occasion": "2024"} | told, ["unknown_column", "unknown_question", "unknown_answer"]),
    ):
        looked = (await programme.team.post(f"{path}/preview", json=body(36, **more))).json()
        assert [one["code"] for one in looked["faults"]] == codes
        refused = await programme.team.post(path, json=body(36, **more))
        assert refused.status_code in (409, 422), codes
    late = (await programme.team.post(path, json=body(36, closed_at="2098-01-01T00:00:00Z", occasion="2"))).json()
    assert "future" in late["detail"]
    assert "after it opens" not in late["title"]


async def test_what_was_brought_in_says_when_it_closed_and_nothing_of_what_nobody_was_asked(programme):
    await begun(programme)
    made = await programme.team.post(f"/cohorts/{programme.cohorts[1]}/imported-waves", json=body(36))
    assert made.json()["closed_at"].startswith("2003-05-31T17:00")
    figures = [one for one in await programme.figures() if one["wave"]]
    assert {one["source"].partition(", asked")[0].partition("closed ")[2] for one in figures if one["source"]} == {
        "2003-05-31T17:00:00+00:00"
    }
    assert {one["name"] for one in figures} == {"response_rate", "satisfied_with_match"}
    assert {one["role"] for one in figures} == {"mentee", None}


def test_a_survey_is_kept_as_the_table_has_it_in_every_language():
    asked = asked_in(SURVEY, read_responses(LIMESURVEY, SURVEY, MENTEE))
    assert [one.id for one in asked.questions] == ["satisfied_with_match", "gained", "what_helped", "would_recommend"]
    assert [row.id for row in asked.questions[1].rows] == ["confident"]
    assert Survey.model_validate(asked.model_dump(by_alias=True)) == asked


async def begun(programme):
    await programme.begin(blueprint={"title": "P", "disclosure": {"public": {"minimum_n": 5}}})
    path = f"/programmes/{programme.id}/instruments/end_of_programme/versions"
    made = await programme.team.post(path, json={"preset": "end_of_programme"})
    assert made.status_code == 201, made.text


def body(number: int, **more):
    return {
        "instrument": "end_of_programme", "occasion": "2023", "asked": {"mentee": 48}, "role": "mentee",
        "opened_at": "2003-05-01T09:00:00Z", "closed_at": "2003-05-31T17:00:00Z", "table": table(answered(number)),
    } | more  # fmt: skip


async def test_a_wave_that_was_brought_in_says_so_wherever_it_is_shown(programme):
    await begun(programme)
    path = f"/cohorts/{programme.cohorts[1]}/imported-waves"
    looked = (await programme.team.post(f"{path}/preview", json=body(36))).json()
    assert (looked["asked_with"], looked["responses"], looked["faults"]) == ("google_forms", {"mentee": 36}, [])
    assert await programme.every_wave() == []
    made = await programme.team.post(path, json=body(36))
    assert made.status_code == 201, made.text
    wave = made.json()
    assert (wave["state"], wave["asked_with"], wave["asked"]["mentee"]) == ("closed", "google_forms", 48)
    assert (await programme.team.post(path, json=body(36))).status_code == 409
    for view in ("programme_team", "public"):
        shown = (await programme.team.get(f"/programmes/{programme.id}/figures", params={"view": view})).json()
        of_wave = [one for one in shown["figures"] if one["wave"]]
        assert of_wave
        assert all(any("Google Forms" in caveat for caveat in one["caveats"]) for one in of_wave), view
        assert all("Google Forms" in one["asked_with"] for one in shown["distributions"])
        assert "(Google Forms)" in shown["statement"]
    told = [f for f in await programme.figures() if f["name"] == "satisfied_with_match" and f["role"] == "mentee"]
    exact = [figure for figure in told if figure["rule"] == "pooled"]
    assert [(one["numerator"], one["denominator"], one["asked"]) for one in exact] == [(24, 36, 48)]
    report = await programme.report()
    page = (await programme.team.get(f"/reports/{report['id']}/html")).text
    assert "Asked with Google Forms and brought in" in page
    assert "canary" not in page + json.dumps(shown)


async def test_what_was_brought_in_wrongly_is_taken_back_whole_and_brought_in_anew(programme):
    await begun(programme)
    path = f"/cohorts/{programme.cohorts[1]}/imported-waves"
    wrong = (await programme.team.post(path, json=body(36))).json()
    taken = await programme.team.post(f"/waves/{wrong['id']}/cancel", json={"reason": "The table of another year"})
    assert taken.status_code == 200, taken.text
    trace = taken.json()["cancelled"]
    assert (taken.json()["state"], trace["before"], trace["reason"]) == (
        "closed",
        "closed",
        "The table of another year",
    )
    assert [one for one in await programme.figures() if one["wave"]] == []
    async with programme.harness.service.database.transaction(programme.tenant) as db:
        assert await db.scalar(sa.text("SELECT count(*) FROM responses")) == 0
    [event] = await programme.harness.emitted(programme.tenant, SurveyCancelled)
    assert (event.brought_in, event.asked) == (True, 0)
    again = await programme.team.post(f"/waves/{wrong['id']}/cancel", json={"reason": "twice"})
    assert (again.status_code, again.json()["code"]) == (409, "wave_cancelled")
    right = await programme.team.post(path, json=body(24))
    assert right.status_code == 201, right.text
    told = [f for f in await programme.figures() if f["name"] == "satisfied_with_match" and f["role"] == "mentee"]
    assert {one["denominator"] for one in told if one["rule"] == "pooled"} == {24}
    assert [one["cancelled"] is None for one in await programme.every_wave()] == [False, True]


async def test_the_floor_holds_for_what_was_brought_in(programme):
    await begun(programme)
    path = f"/cohorts/{programme.cohorts[1]}/imported-waves"
    made = await programme.team.post(path, json=body(4, asked={"mentee": 4}))
    assert (made.json()["withheld"], made.json()["responses"]["mentee"]) == (True, None)
    assert [one for one in await programme.figures() if one["wave"] and one["role"] != "mentor"] == []


@pytest.mark.parametrize(
    ("more", "code", "faults"),
    [
        ({"asked": {"mentee": 30}}, "import_invalid", ["more_than_asked"]),
        ({"instrument": "nothing"}, "instrument_unknown", []),
        ({"closed_at": "2098-01-01T00:00:00Z"}, "wave_times_invalid", []),
        ({"table": "a\0b"}, None, []),
        ({"table": '"open,1\n2'}, "published_unreadable", []),
        ({"role_column": "A"}, "invalid_request", None),
        ({"asked": {}}, "invalid_request", None),
    ],
)
async def test_what_cannot_be_brought_in_is_refused_whole(programme, more, code, faults):
    await begun(programme)
    refused = await programme.team.post(f"/cohorts/{programme.cohorts[1]}/imported-waves", json=body(36, **more))
    assert 400 <= refused.status_code < 500
    problem = refused.json()
    assert code in (None, problem["code"])
    assert faults is None or [one["code"] for one in problem.get("errors", [])] == faults
    assert await programme.every_wave() == []


async def test_only_the_team_brings_in(programme):
    await begun(programme)
    _, steering = await programme.granted("steering_group")
    path = f"/cohorts/{programme.cohorts[1]}/imported-waves"
    assert [(await steering.post(p, json=body(36))).status_code for p in (path, f"{path}/preview")] == [403, 403]
