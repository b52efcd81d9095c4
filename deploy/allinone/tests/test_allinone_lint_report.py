"""`mentoring lint-report` as one calls it: what it prints, and its exit status."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mentoring_evaluation.lint
from mentoring_allinone.cli import app

EXAMPLES = Path(mentoring_evaluation.lint.__file__).parent / "examples"


def lint(*arguments, pasted=None):
    return CliRunner().invoke(app, ["lint-report", *map(str, arguments)], input=pasted)


def test_faults_are_named_and_end_with_status_1():
    done = lint(EXAMPLES / "faulty_report.json")
    assert done.exit_code == 1
    assert "No whole number of 12 people is 85 %" in done.stdout
    closing = done.stdout.rstrip().split("4 findings: 3 certain, 1 likely.")[1]
    assert (
        " ".join(closing.split())
        == "6 figures: 6 checked; 1 could not be checked by its counts for want of n ($.percentages[2])."
    )


def test_the_nihr_report_as_it_is_has_faults_also_as_json():
    done = lint(EXAMPLES / "nihr_2022.json", "--json")
    rules = {finding["rule"] for finding in json.loads(done.stdout)["findings"]}
    assert done.exit_code == 1
    assert {"percentage_above_100", "impossible_percentage", "mean_as_overall", "copied_line"} <= rules


def test_a_clean_report_gives_none(tmp_path):
    file = tmp_path / "figures.json"
    line = {"name": "met", "percent": 75, "numerator": 3, "n": 4}
    file.write_text(json.dumps({"schema": "mentoring-report/1", "percentages": [line]}))
    done = lint(file)
    assert (done.exit_code, done.stdout) == (0, "No findings.\n1 figure: 1 checked.\n")
    assert json.loads(lint(file, "--json").stdout)["findings"] == []


TABLE = "Question,%,Number\nTrust,84.0,12\nUse,75,12\n"


def test_a_table_is_read_its_guesses_shown_and_corrected(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text(TABLE)
    guessed = lint(file)
    assert "read as: column C (Number): numerator" in guessed.stderr
    assert "read as" not in guessed.stdout
    told = lint(file, "--column", "Number=n")
    assert told.exit_code == 1
    assert "No whole number of 12 people is 84.0 %" in told.stdout
    assert lint("-", "--column", "Number=n", pasted=TABLE).stdout == told.stdout


def test_what_was_read_can_be_printed_corrected_and_given_back(tmp_path):
    table, described = tmp_path / "table.csv", tmp_path / "described.json"
    table.write_text(TABLE)
    described.write_text(lint(table, "--describe", "--column", "Number=n").stdout)
    (line, _) = json.loads(described.read_text())["percentages"]
    assert (line["percent"], line["n"], line["at"]) == ("84.0", 12, "B2")
    assert "No whole number of 12 people is 84.0 %" in lint(described).stdout


def test_the_findings_as_sarif_and_as_a_page(tmp_path):
    file = tmp_path / "page.html"
    file.write_text("<table><tr><th>Question<th>%<th>n<tr><td>Trust<td>84<td>12</table>")
    (run,) = json.loads(lint(file, "--format", "sarif").stdout)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["impossible_percentage"]
    page = lint(file, "--format", "html")
    assert page.exit_code == 1
    assert page.stdout.startswith("<!doctype html>")
    assert '<td class="certain">84 ' in page.stdout


@pytest.mark.parametrize("column", ["Number", "=n", "Number=people", "Base=n"])
def test_a_column_that_cannot_be_meant_is_one_line_and_status_2(tmp_path, column):
    file = tmp_path / "table.csv"
    file.write_text(TABLE)
    done = lint(file, "--column", column)
    assert (done.exit_code, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"schema": "other"}', '{"schema": "mentoring-report/1", "totals": 3}', None]
)
def test_what_cannot_be_read_is_one_line_and_status_2(tmp_path, text):
    file = tmp_path / "figures.json"
    if text is not None:
        file.write_text(text)
    done = lint(file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("mentoring: ")
    assert done.stderr.count("\n") == 1
