"""Measure the linter: `python -m bench.evaluation.lint [--reports 20000]` writes docs/benchmarks/lint.md."""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from mentoring_evaluation.lint import lint_report

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "services" / "evaluation" / "tests"
TRUTH, PLANTED = TESTS / "test_evaluation_lint_truth.py", TESTS / "lint_planted.py"
OUT = ROOT / "docs" / "benchmarks" / "lint.md"
SIZES = (6, 12, 30, 120)  # the most people in one cohort and role


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=20_000, help="true reports, and tries to break one of each kind")
    reports = parser.parse_args().reports
    truth, corpus = _module("truth", TRUTH), _module("lint_planted", PLANTED)
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    began = time.perf_counter()
    sections = [
        "# The linter of published figures, measured",
        f"Written by `python -m bench.evaluation.lint --reports {reports}`. {machine}.",
        "## True reports: is one ever called certainly wrong?",
        "Made of people who exist, as `test_evaluation_lint_truth.py` says: two to four cohorts, of which one may be "
        "left out, mentors and mentees, skipped questions, questions of several choices, overalls with and without n, "
        "n as who answered or who took part, rounding half-up, half-even and cut, none to two decimals, figures said "
        "twice, distributions, means, net promoter scores, changes, totals, ledgers, pairs and pages.",
        _table(["people in a cohort and role, at most", "reports", "figures", "certain"], precision(truth, reports)),
        "## Broken reports: is the fault found?",
        "A true report with one number changed, so that a search of every count finds nobody behind it.",
        _table(["kind", "broken", "found", "recall", "called certain"], recall(truth, reports)),
        "## Planted faults: is each called by its name?",
        "From what the definition of each rule says (`lint_planted.py`), not from the linter: consistent reports with "
        "dates and their order and gaps, over-subscription, accounts of all applicants, and shares with their counts; "
        "and each of them with one fault of one kind.",
        _table(["planted", "reports", "found by its name", "recall"], planted(corpus, reports)),
        "## Is it linear?",
        _table(["figures", "seconds of one core"], linear(truth)),
        f"All of it took {time.perf_counter() - began:.0f} s.",
    ]
    OUT.write_text("\n\n".join(sections) + "\n")
    print(OUT.read_text())


def precision(truth: ModuleType, reports: int) -> list[list[Any]]:
    """For each size of cohort: reports, figures and certain findings, of which there should be none."""
    rows = []
    for part, size in enumerate(SIZES):
        figures = blamed = 0
        each = reports // len(SIZES)
        for seed in range(part * each, (part + 1) * each):
            report = truth.true_report(seed, most=size)
            figures += sum(len(section) for section in report.values() if isinstance(section, list))
            blamed += len(truth.certain(report))
        rows.append([size, f"{each:,}", f"{figures:,}", blamed])
    return rows


def recall(truth: ModuleType, tries: int) -> list[list[Any]]:
    """For each kind of fault: broken reports, those with a finding, and those with a certain one."""
    rows = []
    for kind, breaker in truth.BREAKERS.items():
        broken, found, sure = truth.recall(breaker, range(tries))
        rows.append(
            [kind, f"{broken:,}", f"{found:,}", f"{100 * found / broken:.1f} %", f"{100 * sure / broken:.1f} %"]
        )
    return rows


def planted(corpus: ModuleType, reports: int) -> list[list[Any]]:
    """Consistent reports with certain findings, of which there should be none; and of each kind how many are found."""
    blamed = sum(
        any(one.confidence == "certain" for one in lint_report(corpus.consistent(seed))) for seed in range(reports)
    )
    rows: list[list[Any]] = [["nothing", f"{reports:,}", f"{blamed} called certainly wrong", "-"]]
    for rule in corpus.PLANTED:
        found = sum(any(one.rule == rule for one in lint_report(corpus.planted(rule, seed))) for seed in range(reports))
        rows.append([rule, f"{reports:,}", f"{found:,}", f"{100 * found / reports:.1f} %"])
    return rows


def linear(truth: ModuleType) -> list[list[Any]]:
    """How long reports of many questions take, every one of them of people who exist."""
    rows = []
    for wanted in (250, 1_000, 4_000):
        lines: list[dict[str, Any]] = []
        for seed in range(wanted):
            drawn = truth.true_report(seed, most=30)["percentages"]
            lines += [line | {"name": f"{line['name']} {seed}"} for line in drawn]
            if len(lines) >= wanted:
                break
        began = time.process_time()
        lint_report({"schema": "mentoring-report/1", "percentages": lines[:wanted]})
        rows.append([f"{wanted:,}", f"{time.process_time() - began:.2f}"])
    return rows


def _table(heads: list[str], rows: list[list[Any]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _module(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
