"""Alerts and dashboard read numbers that the code has, and every alert has its part of the runbook."""

import json
import re
from pathlib import Path

import pytest

from mentoring_common import yaml_text

ROOT = Path(__file__).resolve().parents[2]
RULES = yaml_text.ours((ROOT / "deploy" / "prometheus" / "alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
PANELS = json.loads((ROOT / "deploy" / "grafana" / "mentoring.json").read_text("utf-8"))["panels"]
COMMON = ROOT / "libs" / "common" / "src" / "mentoring_common"
FILES = [COMMON / "metrics.py", COMMON / "gauges.py", *sorted((ROOT / "services").glob("*/src/**/gauges.py"))]
SOURCES = [path.read_text("utf-8") for path in FILES]
KNOWN = {name for text in SOURCES for name in re.findall(r'"(mentoring_\w+)"', text)}
OF_HISTOGRAMS = re.compile(r"_(count|bucket|sum)$")


def names_of(expression):
    return {OF_HISTOGRAMS.sub("", name) for name in re.findall(r"\bmentoring_\w+", expression)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_reads_what_is_counted_and_says_what_to_do(rule):
    assert names_of(rule["expr"]) <= KNOWN
    document, _, part = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^## (\w+)$", (ROOT / document).read_text("utf-8"), re.MULTILINE)
    assert part in [heading.lower() for heading in headings]
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_the_runbook_has_a_part_for_each_alert_and_for_nothing_else():
    headings = re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text("utf-8"), re.MULTILINE)
    assert headings == [rule["alert"] for rule in RULES]


def test_the_dashboard_reads_what_is_counted():
    read = set().union(*(names_of(target["expr"]) for panel in PANELS for target in panel["targets"]))
    assert read <= KNOWN
    assert KNOWN - read <= {"mentoring_database_up", "mentoring_loop_running", "mentoring_loop_stuck",
                            "mentoring_events_put_aside"}  # fmt: skip
