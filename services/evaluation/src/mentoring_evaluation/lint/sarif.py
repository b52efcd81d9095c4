"""Findings as SARIF 2.1.0 (OASIS), which editors and code hosts show beside the file they are about."""

import re
from collections.abc import Sequence
from typing import Any

from mentoring_evaluation.lint.coverage import Coverage
from mentoring_evaluation.lint.findings import RULES, Finding

_LEVELS = {"certain": "error", "likely": "warning", "possible": "note"}
_CELL = re.compile(r"(?:.*!)?[A-Z]+(?P<line>\d+)")


def sarif(findings: Sequence[Finding], file: str, checked: Coverage, *, lines: bool = False) -> dict[str, Any]:
    """The findings about a file. `lines`: its places are cells whose rows are the lines of the file."""
    used = sorted({finding.rule for finding in findings})
    rules = [{"id": rule, "shortDescription": {"text": RULES[rule]}} for rule in used]
    driver = {"name": "mentoring lint-report", "rules": rules}
    return {
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [
            {
                "tool": {"driver": driver},
                "results": [_result(finding, used, file, lines) for finding in findings],
                "properties": {"coverage": checked.to_json()},
            }
        ],
    }


def _result(finding: Finding, rules: list[str], file: str, lines: bool) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVELS[finding.confidence],
        "message": {"text": f"{finding.why} {finding.resolve}"},
        "locations": [_location(finding.where, file, lines)],
        "relatedLocations": [_location(place, file, lines) | {"id": n} for n, place in enumerate(finding.also)],
        "properties": {"confidence": finding.confidence},
    }


def _location(place: str, file: str, lines: bool) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": file}}
    cell = _CELL.fullmatch(place)
    if lines and cell:
        physical["region"] = {"startLine": int(cell["line"])}
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": place}]}
