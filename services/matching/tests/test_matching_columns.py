"""What a policy reads and a spreadsheet does not have, and what holds though a policy does not name it."""

import csv
from pathlib import Path

import yaml


def matches(folder: Path) -> dict[str, str]:
    with (folder / "matches.csv").open(encoding="utf-8") as file:
        return {row["mentee email"]: row["mentor email"] for row in csv.DictReader(file)}


def test_a_limit_or_criterion_on_a_missing_column_is_one_line(match, tmp_path):
    mentors, mentees, policy = (tmp_path / name for name in ("a.csv", "b.csv", "p.yaml"))
    mentors.write_text("email,profession,grade,characteristics\nm1@x,Policy,6,\nm2@x,Law,6,\n")
    mentees.write_text("email,discipline,grade\ne1@x,Policy,5\ne2@x,Law,5\n")
    files = ("--mentors", mentors, "--mentees", mentees)

    def refused(document, words):
        policy.write_text(yaml.safe_dump(document))
        result = match(*files, "--policy", policy)
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1), result.output
        assert words in result.stderr

    town = {"name": "t", "kind": "same", "attribute": "town"}
    limit = {"name": "few", "attribute": "region", "side": "mentee", "most": 1}
    refused({"criteria": [town]}, "criterion 't': attribute: no column is read as 'town'; there are")
    refused({"criteria": [town | {"kind": "near", "levels": ["grade", "site"]}]}, "read as 'town'")
    refused({"criteria": [{"name": "n", "kind": "near", "levels": ["grade", "site"]}]}, "levels: no column is read as")
    refused({"limits": [limit]}, "limit 'few': attribute: no column is read as 'region'")
    refused({"limits": [limit | {"attribute": "characteristics"}]}, "the mentees have no column that is read as")
    refused({"weights": {"preferences": 1}}, "criterion 'mentee_preference': kind: no column is read as 'preferred'")
    wish = {"name": "w", "kind": "wish", "attribute": "profession", "wish_attribute": "wish"}
    refused({"criteria": [wish]}, "wish_attribute: no column is read as 'wish'")
    policy.write_text("weights: {topics: 0.5, other_discipline: 0.5}\nlimits: [{name: one, attribute: profession, "
                      "side: mentor, most: 1}]")  # fmt: skip
    assert match(*files, "--policy", policy).exit_code == 0
    # each with the mentor of the other profession
    assert matches(tmp_path) == {"e1@x": "m2@x", "e2@x": "m1@x"}


def test_line_managers_and_conflicts_count_under_a_policy_that_does_not_name_them(match, tmp_path):
    mentors, mentees, policy = (tmp_path / name for name in ("a.csv", "b.csv", "p.yaml"))
    mentors.write_text("email\nm@x\nn@x\n")
    mentees.write_text("email,line manager,conflicts\ne@x,m@x,n@x\n")
    policy.write_text("hard_rules: []")
    result = match("--mentors", mentors, "--mentees", mentees, "--policy", policy)
    assert result.exit_code == 2
    policy.write_text("rules_off: [no_declared_conflict]")
    result = match("--mentors", mentors, "--mentees", mentees, "--policy", policy)
    assert result.exit_code == 0
    assert matches(tmp_path) == {"e@x": "n@x"}
    assert "Switched off by the policy: no declared conflict." in result.stdout


def test_zones_are_read_by_the_day_that_pairs_begin(match, tmp_path):
    mentors, mentees, policy = (tmp_path / name for name in ("a.csv", "b.csv", "p.yaml"))
    mentors.write_text("email,hours,time zone\nm@x,16-18,Europe/London\n")
    mentees.write_text("email,hours\ne@x,16-18 UTC\n")
    policy.write_text("hard_rules: [{id: hours, kind: overlap_hours, attribute: hours, least: 2}]")
    arguments = ("--mentors", mentors, "--mentees", mentees, "--policy", policy, "--starts")
    assert match(*arguments, "2026-01-15").exit_code == 0
    assert match(*arguments, "2026-07-15").exit_code == 2
    mentors.write_text("email,hours,time zone\nm@x,16-18,Atlantis\n")
    result = match(*arguments, "2026-01-15")
    assert "a.csv, row 2, hours: '16-18' has no known time zone; write Europe/London or UTC+2" in result.stderr
