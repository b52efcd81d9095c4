"""`mentoring lint-report` as one calls it: what it prints, and its exit status."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mentoring_evaluation.lint
from mentoring_allinone.cli import app

EXAMPLES = Path(mentoring_evaluation.lint.__file__).parent / "examples"


def lint(*arguments):
    return CliRunner().invoke(app, ["lint-report", *map(str, arguments)])


def test_faults_are_named_and_end_with_status_1():
    done = lint(EXAMPLES / "faulty_report.json")
    assert done.exit_code == 1
    assert "No whole number of 12 people is 85 %" in done.stdout
    assert done.stdout.rstrip().endswith("4 findings: 3 certain, 1 likely.")


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
    assert (done.exit_code, done.stdout) == (0, "No findings: every figure can be true.\n")
    assert json.loads(lint(file, "--json").stdout) == {"findings": []}


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
