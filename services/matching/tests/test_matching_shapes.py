"""Files in the shapes that people export: each is read right, or refused with the line that says what to type next."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from mentoring_matching.engine.likeness import plain

Lines = Sequence[Sequence[object]]
TOPICS = ["Leadership", "Python", "Writing"]


def sheet(path: Path, lines: Lines) -> Path:
    """A CSV file of these lines."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    return path


def book(
    path: Path, sheets: dict[str, Lines], formats: Callable[[Any, Any], None] = lambda _book, _sheet: None
) -> Path:
    """A workbook of these sheets."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "d-mmm"}) as workbook:
        for name, lines in sheets.items():
            page = workbook.add_worksheet(name)
            for number, line in enumerate(lines):
                for place, cell in enumerate(line):
                    page.write(number, place, cell) if cell != "" else None
            formats(workbook, page)
    return path


@pytest.fixture
def pairs(match, tmp_path):
    """Matches two files of lines, or one of both; answers the run and the mentor of each mentee, names as written."""

    def run(mentors: Lines | Path, mentees: Lines | Path | None = None, *options: object) -> tuple[Any, dict[str, str]]:
        paths = [
            found if isinstance(found, Path) else sheet(tmp_path / f"{name}.csv", found)
            for name, found in (("mentors", mentors), ("mentees", mentees))
            if found is not None
        ]
        flags = ["--mentors", "--mentees"] if mentees is not None else ["--people"]
        given = [part for flag, path in zip(flags, paths, strict=True) for part in (flag, path)]
        result = match(*given, *options)
        out = tmp_path / "matches.csv"
        rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8")))) if out.exists() else []
        return result, {row["mentee email"]: row["mentor email"] for row in rows}

    return run


def taken(result: Any, heading: str) -> str:
    """What the table says that a column was taken as, and why."""
    return next(line for line in result.stdout.splitlines() if heading in line)


def test_google_forms_with_a_checkbox_grid_of_times(pairs):
    head = ["Timestamp", "Email Address", "What is your full name?", "Which organisation do you work for?"]
    times = ["When are you available? [Monday]", "When are you available? [Tuesday]"]
    when = "2026/01/05 9:00:00 am GMT"
    mentors = [[*head, "Which areas can you help with?", "How many mentees could you take?", *times],
               [when, "ann@x.org", "Ann", "Acme", "Leadership, Python", 2, "Morning, Afternoon", ""],
               [when, "bob@x.org", "Bob", "Brix", "Leadership, Python", 1, "", "Morning"]]  # fmt: skip
    mentees = [[*head, "What would you like help with?", *times],
               [when, "cat@x.org", "Cat", "Zeta", "Python", "", "Morning"],
               [when, "dan@x.org", "Dan", "Zeta", "Python, Leadership", "Afternoon", ""],
               [when, "eve@x.org", "Eve", "Acme", "Leadership", "Afternoon", "Morning"]]  # fmt: skip
    result, found = pairs(mentors, mentees)
    # dan shares no time with bob; eve works where ann does
    assert found == {"cat@x.org": "bob@x.org", "dan@x.org": "ann@x.org", "eve@x.org": ""} or found == {
        "cat@x.org": "", "dan@x.org": "ann@x.org", "eve@x.org": "bob@x.org"}  # fmt: skip
    assert "capacity" in taken(result, "How many mentees could")
    assert "(ignored)" in taken(result, "Timestamp")
    assert "a common time" in result.stdout


def test_microsoft_forms_that_are_anonymous_and_count_from_one(pairs):
    head = ["ID", "Start time", "Completion time", "Email", "Name", "Your name", "Topics"]
    mentors = [head, [1, "1/5/26 9:00", "1/5/26 9:05", "anonymous", "", "Ann", "Python;"],
               [2, "1/5/26 9:00", "1/5/26 9:05", "anonymous", "", "Bob", "Writing;"]]  # fmt: skip
    mentees = [head, [1, "1/5/26 9:00", "1/5/26 9:05", "anonymous", "", "Cat", "Writing;"],
               [2, "1/5/26 9:00", "1/5/26 9:05", "anonymous", "", "Dan", "Python;"]]  # fmt: skip
    result, found = pairs(mentors, mentees)
    assert found == {"mentee 1": "mentor 2", "mentee 2": "mentor 1"}
    assert "'anonymous' for all" in taken(result, "Email")
    assert "the numbers run anew in each file" in result.stdout


def test_qualtrics_with_three_rows_of_headings(pairs):
    def export(role: str, people: Lines) -> Lines:
        return [
            ["StartDate", "Status", "IPAddress", "Q1", "Q2_1", "Q2_2", "Q2_3"],
            ["Start Date", "Response Type", "IP Address", "Your e-mail address",
             *(f"Please rank the topics you {role}. - {topic}" for topic in TOPICS)],
            [f'{{"ImportId":"{name}"}}' for name in ("start", "status", "ip", "QID1", "QID2_1", "QID2_2", "QID2_3")],
            *(["2026-01-05 09:00:00", "IP Address", "1.2.3.4", *person] for person in people),
        ]  # fmt: skip

    mentors = export("offer", [["ann@x.org", 1, 2, 3], ["bob@x.org", 3, 2, 1]])
    mentees = export("want", [["cat@x.org", 3, 2, 1], ["dan@x.org", 1, 2, 3]])
    result, found = pairs(mentors, mentees)
    assert found == {"cat@x.org": "bob@x.org", "dan@x.org": "ann@x.org"}
    assert "Qualtrics, three rows of headings" in result.stdout
    assert "ranks in columns" in taken(result, "Please rank the topics")


def test_surveymonkey_with_answers_under_a_question(pairs):
    head = ["Respondent ID", "Collector ID", "What is your email address?", "Which topics interest you?", "", ""]
    under = ["", "", "Open-Ended Response", *TOPICS]
    mentors = [head, under, [11, 7, "ann@x.org", "Leadership", "", ""], [12, 7, "bob@x.org", "", "Python", ""]]
    mentees = [head, under, [21, 7, "cat@x.org", "", "Python", "Writing"], [22, 7, "dan@x.org", "Leadership", "", ""]]
    result, found = pairs(mentors, mentees)
    assert found == {"cat@x.org": "bob@x.org", "dan@x.org": "ann@x.org"}
    assert "two rows of headings" in result.stdout


def test_airtable_with_linked_names_and_checked_boxes(pairs):
    mentors = [["\ufeffName", "Email", "Skills", "Active"], ["Ann Lee", "ann@x.org", "Python,Writing", "checked"],
               ["Bob Ray", "bob@x.org", "Python,Writing", "checked"]]  # fmt: skip
    mentees = [["Name", "Email", "Interests", "Preferred mentor", "Priority"],
               ["Cat Fox", "cat@x.org", "Python", "Bob Ray", "checked"],
               ["Dan Kim", "dan@x.org", "Writing", "", ""]]  # fmt: skip
    _, found = pairs(mentors, mentees)
    assert found == {"cat@x.org": "bob@x.org", "dan@x.org": "ann@x.org"}


def test_what_pandas_writes(pairs):
    mentors = [
        ["", "email", "capacity", "topics"],
        [0, "ann@x.org", "2.0", "Python"],
        [1, "bob@x.org", "0.0", "Python"],
    ]
    mentees = [["Unnamed: 0", "email", "topics"], [0, "cat@x.org", "Python"], [1, "dan@x.org", "nan"]]
    result, found = pairs(mentors, mentees)
    assert found == {"cat@x.org": "ann@x.org", "dan@x.org": "ann@x.org"}
    assert result.stderr == ""


@pytest.mark.parametrize("grade", ["7-Jun", "6-Jul", 46180, "2026-06-07", "Jun-07"])
def test_a_grade_that_a_spreadsheet_made_a_date(pairs, grade):
    mentors = [["email", "grade"], ["ann@x.org", "SCS1"]]
    result, found = pairs(mentors, [["email", "grade"], ["cat@x.org", grade], ["dan@x.org", "SEO"]])
    assert found == {"dan@x.org": "ann@x.org"}
    assert f"row 2, grade: '{grade}' is a date: a spreadsheet made it of something like 6/7" in result.stderr


def test_a_workbook_with_merged_headings_dates_and_other_sheets(pairs, tmp_path):
    head = ["Form", "", "", "Choices", "", ""]
    under = ["Email", "Grade", "Joined", "First", "Second", "Third"]

    def merge(workbook: Any, page: Any) -> None:
        page.merge_range(0, 0, 0, 2, "Form")
        page.merge_range(0, 3, 0, 5, "Choices")

    mentors = [
        head,
        under,
        ["ann@x.org", 7, date(2026, 1, 5), "", "", ""],
        ["bob@x.org", 7, date(2026, 1, 6), "", "", ""],
    ]
    mentees = [head, under, ["cat@x.org", 5, date(2026, 1, 5), "bob@x.org", "ann@x.org", ""],
               ["dan@x.org", 6, date(2026, 1, 6), "ann@x.org", "", ""]]  # fmt: skip
    path = book(
        tmp_path / "all.xlsx", {"Notes": [["Read me"]], "Mentors 2026": mentors, "Mentees 2026": mentees}, merge
    )
    result, found = pairs(path)
    assert found == {"cat@x.org": "bob@x.org", "dan@x.org": "ann@x.org"}
    assert "all.xlsx [Notes]: 1 lines not read" in result.stderr


def test_names_say_who_somebody_is_where_there_is_nothing_else(pairs):
    mentors = [["Mentor", "Topics"], ["Ann  Lee", "Python"], ["Bob Ray", "Writing"]]
    mentees = [["Full name", "Topics", "First choice", "Second choice"], ["Cat Fox", "Python", "Bob Ray", "ann lee"],
               ["Dan Kim", "Python", "Ann Lee", ""]]  # fmt: skip
    result, found = pairs(mentors, mentees)
    assert found == {"cat fox": "bob ray", "dan kim": "ann lee"}
    assert "choices in columns" in taken(result, "First choice")


def test_one_row_for_each_interest(pairs):
    mentors = [
        ["email", "interest", "rank"],
        ["ann@x.org", "Writing", 2],
        ["ann@x.org", "Python", 1],
        ["bob@x.org", "Writing", 1],
    ]
    mentees = [["email", "interest"], ["cat@x.org", "Python"], ["cat@x.org", "Leadership"], ["dan@x.org", "Writing"]]
    result, found = pairs(mentors, mentees)
    assert found == {"cat@x.org": "ann@x.org", "dan@x.org": "bob@x.org"}
    assert "2 rows of ann@x.org are one person" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(("say", "not_said"), [("x", ""), ("Yes", "No"), ("TRUE", "FALSE"), ("1", "0")])
def test_yes_or_no_for_each_topic_and_for_each_mentor(pairs, say, not_said):
    mentors = [["Name", "Email", *TOPICS], ["Ann", "ann@x.org", say, not_said, not_said],
               ["Bob", "bob@x.org", not_said, say, not_said]]  # fmt: skip
    mentees = [
        ["Name", "Email", *TOPICS],
        ["Cat", "cat@x.org", not_said, say, say],
        ["Dan", "dan@x.org", say, not_said, say],
    ]
    result, found = pairs(mentors, mentees)
    assert found == {"cat@x.org": "bob@x.org", "dan@x.org": "ann@x.org"}
    assert "yes or no in columns" in taken(result, "Leadership")
    wishes = [["Email", "Ann", "Bob"], ["cat@x.org", not_said, say], ["dan@x.org", say, not_said]]
    _, found = pairs([line[:2] for line in mentors], wishes)
    assert found == {"cat@x.org": "bob@x.org", "dan@x.org": "ann@x.org"}


def test_questions_that_begin_alike_and_are_answered_with_yes_or_no(pairs):
    mentors = [["Email", *(f"I can help with {topic}" for topic in TOPICS)], ["ann@x.org", "Yes", "No", "Yes"],
               ["bob@x.org", "No", "Yes", "No"]]  # fmt: skip
    mentees = [["Email", *(f"I want help with {topic}" for topic in TOPICS)], ["cat@x.org", "No", "Yes", "No"],
               ["dan@x.org", "No", "No", "Yes"]]  # fmt: skip
    result, found = pairs(mentors, mentees)
    assert found == {"cat@x.org": "bob@x.org", "dan@x.org": "ann@x.org"}
    assert "yes or no in columns under a heading that asks for it" in taken(result, "I can help with Writing")
    # what is ticked weighs the same: writing is not less than leadership for standing behind it
    assert "total score 0.90" in result.stdout


def test_one_answer_of_yes_or_no_is_no_topic_and_no_employer(pairs):
    mentors = [["Email", "Can you help with interviews?", "Employer"], ["ann@x.org", "Yes", "yes"]]
    result, found = pairs(mentors, [["Email", "Goals"], ["cat@x.org", "no"]])
    assert found == {"cat@x.org": "ann@x.org"}
    for meaning in ("topics", "employer"):
        assert f"looks like {meaning} but holds yes and no alone and is not read" in result.stdout
    assert "Both chose" not in result.stdout
    result, _ = pairs(
        [["Email", "Topics", "Conflicts"], ["a@x.org", "Law", "No"]], [["Email", "Topics"], ["b@x.org", "Law"]]
    )
    assert "proved best)" in result.stdout  # who says no names nobody


def test_choices_in_columns_that_are_called_by_their_numbers(pairs):
    mentees = [["Mentee", "1", "2"], ["Cat Fox", "Bob Ray", "Ann Lee"], ["Dan Kim", "Ann Lee", "Bob Ray"]]
    result, found = pairs([["Mentor", "Topics"], ["Ann Lee", "x"], ["Bob Ray", "x"]], mentees)
    assert found == {"cat fox": "bob ray", "dan kim": "ann lee"}
    assert "2 mentees name somebody" in result.stdout


def test_a_column_of_addresses_says_who_somebody_is_in_any_language(pairs):
    result, found = pairs([["Correo", "Ciudad"], ["a@x.org", "Lima"]], [["Correo", "Ciudad"], ["b@x.org", "Lima"]])
    assert found == {"b@x.org": "a@x.org"}
    assert taken(result, "Correo").endswith("holds addresses")


@pytest.mark.parametrize(
    "head",
    [
        "E-Mail-Adresse, Vorname, Themen, Kapazität",
        "Adresse e-mail, Prénom, Thèmes, Capacité",
        "Correo electrónico, Nombre, Temas, Capacidad",
        "Adres e-mail, Imię, Tematy, Liczba miejsc",
    ],
)
def test_headings_in_other_languages(pairs, head):
    names = head.split(", ")
    mentors = [names, ["a@x.org", "Ann", "Jura", 2]]
    result, found = pairs(mentors, [names[:3], ["b@x.org", "Bob", "Jura"], ["c@x.org", "Cat", "Jura"]])
    assert found == {"b@x.org": "a@x.org", "c@x.org": "a@x.org"}
    assert "proved best)" in result.stdout


def test_who_answers_once_for_both_roles_may_name_people_of_either(pairs):
    people = [["Email", "Role", "Topics", "Preferred mentor"], ["ann@x.org", "Mentor", "Law", ""],
              ["bob@x.org", "Both", "Law", "ann@x.org"], ["cat@x.org", "Mentee", "Law", "eve@x.org"]]  # fmt: skip
    result, found = pairs(people)
    assert found["bob@x.org"] == "ann@x.org"
    assert "preferred of mentees: 1 not found among the mentors: 'eve@x.org'" in result.stdout
    assert "preferred of mentors" not in result.stdout


def test_what_differs_in_rows_of_one_person_decides_only_if_it_is_read(pairs, tmp_path):
    mentors = [
        ["id", "skill", "skill level", "town"],
        [1, "Python", 5, "Bath"],
        [1, "Law", 3, "Bath"],
        [2, "Art", 4, "Hull"],
    ]
    mentees = [["id", "skill", "town"], [7, "Law", "Bath"], [8, "Art", "Hull"]]
    result, found = pairs(mentors, mentees)
    assert found == {"7": "1", "8": "2"}
    assert result.stderr == ""
    policy = tmp_path / "policy.yaml"
    policy.write_text("hard_rules: [{id: town, kind: must_match, attribute: town}]")
    mentors[2] = [1, "Law", 3, "York"]
    result, found = pairs(mentors, mentees, "--policy", policy)
    assert "row 3, id: there is another mentor with this address in row 2, with another town" in result.stderr


def test_a_column_that_is_not_read_says_which_one_is(pairs):
    result, _ = pairs(
        [["email", "expertise"], ["a@x.org", "Law"]], [["email", "expertise", "goals"], ["b@x.org", "Law", "to grow"]]
    )
    assert "topics: of 'expertise' already" in taken(result, "goals")


def test_a_grid_of_slots_without_a_heading_over_it(pairs):
    head = ["Email", "Mon 9-12", "Mon 13-17", "Tue 9-12"]
    mentors = [head, ["ann@x.org", "x", "", ""], ["bob@x.org", "", "", "ok"]]
    _, found = pairs(mentors, [head, ["cat@x.org", "", "", "x"], ["dan@x.org", "x", "x", ""]])
    assert found == {"cat@x.org": "bob@x.org", "dan@x.org": "ann@x.org"}


def test_two_roles_in_one_form_each_with_questions_of_its_own(pairs):
    people = [
        [
            "Email",
            "I would like to join as a mentor or mentee",
            "What can you offer a mentee?",
            "What do you want help with?",
        ],
        ["ann@x.org", "Mentor", "Python", ""],
        ["bob@x.org", "I want to be a mentor", "Writing", ""],
        ["cat@x.org", "Mentee", "", "Writing"],
        ["dan@x.org", "As a mentee", "", "Python"],
    ]
    result, found = pairs(people)
    assert found == {"cat@x.org": "bob@x.org", "dan@x.org": "ann@x.org"}
    assert "topics of mentors" in taken(result, "What can you offer")
    assert "topics of mentees" in taken(result, "What do you want help")


def test_commas_without_quotation_marks_are_noticed(pairs, tmp_path):
    mentors = tmp_path / "m.csv"
    mentors.write_text(
        "email,topics,employer\nann@x.org,Python,Acme\nbob@x.org,Python,Smith, Jones,x\neve@x.org,Python,C\n"
    )
    result, _ = pairs(mentors, [["email"], ["cat@x.org"]])
    assert (
        "row 3, the row: has 5 cells under 3 headings: put quotation marks around one with a comma in it"
        in result.stderr
    )
    mentors.write_text("email,topics\nann@x.org,Python,Writing\nbob@x.org,Python,Writing\n")
    result, _ = pairs(mentors, [["email"], ["cat@x.org"]])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "row 2 has 3: put quotation marks around cells that hold a comma" in result.stderr


def test_two_columns_of_one_name_are_refused_by_name(pairs):
    result, _ = pairs([["email", "Topics", "topics "], ["a@x.org", "x", "y"]], [["email"], ["b@x.org"]])
    assert (result.exit_code, result.stderr) == (
        2, "mentors.csv: two columns are called 'topics' (B and C); give one of them another heading\n"
    )  # fmt: skip


def test_numbers_of_staff_are_one_person_in_both_files(pairs):
    mentors = [["Employee ID", "Topics"], ["100234", "Python"], ["100235", "Python"]]
    _, found = pairs(mentors, [["Employee ID", "Topics"], ["100234.0", "Python"]])
    assert found == {"100234": "100235"}


def test_topics_in_sentences_are_a_text(pairs):
    long = "I would like to find my way from the laboratory into the management of research programmes. " * 3
    mentors = [["email", "bio"], ["ann@x.org", long], ["bob@x.org", "I paint"]]
    result, found = pairs(mentors, [["email", "What are your goals?"], ["cat@x.org", long]])
    assert found == {"cat@x.org": "ann@x.org"}
    assert "text" in taken(result, "What are your goals")


def test_max_mentees_is_a_capacity_and_the_shared_column_the_topics(pairs):
    mentors = [["email", "max_mentees", "expertise", "industry"], ["a@x.org", 3, "python", "tech"]]
    result, found = pairs(
        mentors, [["email", "expertise", "goals"], ["c@x.org", "python", "grow"], ["d@x.org", "java", "x"]]
    )
    assert found == {"c@x.org": "a@x.org", "d@x.org": "a@x.org"}
    assert "capacity" in taken(result, "max_mentees")
    assert "topics" in taken(result, "expertise")


def test_nobody_is_told_that_it_is_best_where_nothing_was_read(pairs):
    mentors = [["email", "Ceiling of matches (max)", "Subject"], ["a@x.org", "two", "Law"]]
    mentees = [["email", "Subject"], ["b@x.org", "Law"]]
    result, _ = pairs(mentors, mentees)
    assert "no criterion has data" in result.stdout
    assert "looks like capacity, choice or constraint and is not read" in result.stdout
    assert "proved best of what was read, but 2 things are left to decide: see above" in result.stdout
    strict, _ = pairs(mentors, mentees, "--strict")
    assert strict.exit_code == 3
    known = ("--column", "topics=Subject", "--column", "mentors:ignore=Ceiling of matches (max)")
    decided, _ = pairs(mentors, mentees, "--strict", *known)
    assert decided.exit_code == 0, decided.output
    assert "proved best)" in decided.stdout


def test_columns_are_explained_and_nothing_is_matched(pairs, tmp_path):
    result, _ = pairs([["email", "topics"], ["a@x.org", "x"]], [["email"], ["b@x.org"]], "--explain-columns")
    assert result.exit_code == 0
    assert "What I understood" in result.stdout
    assert not (tmp_path / "matches.csv").exists()


def test_a_mapping_is_written_and_read_back(pairs, tmp_path):
    mentors = [["Kontakt", "Rank [Law]", "Rank [Art]"], ["a@x.org", 1, 2], ["b@x.org", 2, 1]]
    mentees = [["Kontakt", "Wish", "Wish 2"], ["c@x.org", "Art", "Law"], ["d@x.org", "Law", ""]]
    said = ("--column", "email=Kontakt", "--column", "mentors:topics=Rank", "--column", "mentees:topics=Wish",
            "--column", "mentees:topics=Wish 2")  # fmt: skip
    path = tmp_path / "mapping.yaml"
    _, first = pairs(mentors, mentees, *said, "--write-mapping", path)
    assert first == {"c@x.org": "b@x.org", "d@x.org": "a@x.org"}
    result, again = pairs(mentors, mentees, "--mapping", path)
    assert again == first
    assert "as you said" in taken(result, "Rank [Law]")
    path.write_text("mentors: {email: Nowhere}")
    result, _ = pairs(mentors, mentees, "--mapping", path)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "email=Nowhere: the mentors' file does not have a column of that name" in result.stderr


@pytest.mark.parametrize("space", ["  ", "\u00a0", "\u2009", " \u200b"])
def test_employers_that_say_the_same_are_one(pairs, space):
    result, _ = pairs([["email", "employer"], ["a@x.org", f"Home{space}Office"]],
                      [["email", "employer"], ["b@x.org", "home Office "]])  # fmt: skip
    assert result.exit_code == 2
    assert "permit no pair" in result.stderr
    assert plain(f"Ｈome{space}OFFICE") == "home office"


def test_employers_that_are_nearly_the_same_are_shown_for_a_decision(pairs):
    mentors = [["email", "employer"], ["a@x.org", "Dept of Health"], ["b@x.org", "Ministry 1"]]
    mentees = [["email", "employer"], ["c@x.org", "Department of Health"], ["d@x.org", "Ministry 2"]]
    result, found = pairs(mentors, mentees)
    assert len(found) == 2
    assert "employer: 'department of health' (1) and 'dept of health' (1) count as two" in result.stdout
    assert "ministry 1" not in result.stdout.lower().split("nearly equal")[1].split("matches:")[0]


def test_a_grade_that_nobody_knows_is_refused_or_listed(pairs, tmp_path):
    mentors = [["email", "grade"], ["a@x.org", "AA"], ["z@x.org", "SCS2"]]
    mentees = [["email", "grade"], ["b@x.org", "SCS9"], ["c@x.org", "AO"]]
    result, found = pairs(mentors, mentees)
    assert "mentees.csv, row 2, grade: 'SCS9' is no number and no grade that is known" in result.stderr
    assert found == {"c@x.org": "z@x.org"}
    policy = tmp_path / "policy.yaml"
    policy.write_text("hard_rules: [{id: senior, kind: gap, attribute: grade, least: 1, missing: allow}]")
    result, _ = pairs(mentors, mentees, "--policy", policy)
    assert "'SCS9' (1) have no order, so rules of seniority do not hold for these people" in result.stdout
    result, found = pairs(mentors, mentees, "--grades", "AA, AO, SCS2, SCS9")
    assert found == {"b@x.org": "", "c@x.org": "z@x.org"}
    words = [["email", "grade"], ["a@x.org", "junior"]], [["email", "grade"], ["b@x.org", "boss"]]
    result, _ = pairs(*words)
    assert "the result" not in result.stderr
    assert "'junior' (1), 'boss' (1) have no order" in result.stdout
    result, _ = pairs(*words, "--grades", "junior, boss")
    assert result.exit_code == 2


def test_a_language_beyond_the_policys_list_is_refused(pairs, tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("hard_rules: [{id: l, kind: common_value, attribute: languages}]\n"
                      "values: {languages: [English, French]}")  # fmt: skip
    mentees = [["email", "languages"], ["b@x.org", "Frnch"], ["c@x.org", "French"]]
    mentors = [["email", "languages"], ["a@x.org", "english; FRENCH"]]
    result, found = pairs(mentors, mentees, "--policy", policy)
    assert found == {"c@x.org": "a@x.org"}
    assert "row 2, languages: 'frnch' is not in the policy's list: english, french" in result.stderr
