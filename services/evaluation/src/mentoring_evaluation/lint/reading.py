"""Reading a report in any shape the linter knows, and running every rule over it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mentoring_evaluation.lint import copies, dates, overall, percentages, sums
from mentoring_evaluation.lint.cohort_tables import from_cohort_tables, is_cohort_tables
from mentoring_evaluation.lint.findings import Finding
from mentoring_evaluation.lint.nodes import ReportUnreadable, child_path
from mentoring_evaluation.lint.own_figures import from_own_figures, is_own_figures
from mentoring_evaluation.lint.published import SCHEMA, PublishedReport

LARGEST_FILE = 20_000_000

CHECKS: tuple[Callable[[PublishedReport], Iterator[Finding]], ...] = (
    percentages.above_100,
    percentages.impossible,
    percentages.changing_denominators,
    percentages.two_versions,
    overall.overall_lines,
    copies.copied_lines,
    sums.totals,
    sums.oversubscription,
    sums.ledgers,
    sums.pairs,
    sums.ranges,
    dates.versions,
    dates.out_of_order,
    dates.gaps,
)


def lint_report(data: dict[str, Any]) -> list[Finding]:
    """Every fault in a report, the surest first, in the order of the rules. Raises ReportUnreadable."""
    report = describe(data)
    found = [finding for check in CHECKS for finding in check(report)]
    return sorted(found, key=lambda finding: ("certain", "likely", "possible").index(finding.confidence))


def describe(data: Any) -> PublishedReport:
    """The report in the linter's own schema, whichever known shape it came in. Raises ReportUnreadable."""
    if not isinstance(data, dict):
        raise ReportUnreadable("a report is a JSON object")
    try:
        if data.get("schema") == SCHEMA:
            return PublishedReport.model_validate(data)
        if is_own_figures(data):
            return from_own_figures(data)
        if is_cohort_tables(data):
            return from_cohort_tables(data)
    except ValidationError as error:
        raise ReportUnreadable(_first_error(error)) from None
    raise ReportUnreadable(f'no known shape: give "schema": "{SCHEMA}", "figures" or tables by cohort')


def load_report(path: Path | str) -> dict[str, Any]:
    """The JSON object in a file, with decimals as they are printed. Raises ReportUnreadable in one line."""
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ReportUnreadable(f"{file} is larger than {LARGEST_FILE // 1_000_000} MB")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ReportUnreadable(f"{file} cannot be read: {(error.strerror or 'no reason given').lower()}") from None
    except UnicodeDecodeError:
        raise ReportUnreadable(f"{file} is not UTF-8 text") from None
    return parse_report(text, str(file))


def parse_report(text: str, file: str) -> dict[str, Any]:
    """The JSON object in a text that `file` names, with decimals as they are printed. Raises ReportUnreadable."""
    data = _parsed(text, file)
    if not isinstance(data, dict):
        raise ReportUnreadable(f"{file} holds no JSON object")
    return data


def _parsed(text: str, file: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ReportUnreadable(f"{file} is not JSON: line {error.lineno}: {error.msg}") from None
    except RecursionError:
        raise ReportUnreadable(f"{file} is nested too deeply") from None
    except ReportUnreadable as error:
        raise ReportUnreadable(f"{file}: {error}") from None
    except ValueError:
        raise ReportUnreadable(f"{file} holds a number with too many digits") from None


def _refuse(constant: str) -> Any:
    raise ReportUnreadable(f"{constant} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if any(not _is_text(name) for name in named):
        raise ReportUnreadable("a name in it is half a character")
    if len(named) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, times in counted.items() if times > 1)
        raise ReportUnreadable(f"{twice[:60]!r} stands twice in one object")
    return named


def _is_text(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


def _first_error(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    path = "$"
    for key in first["loc"]:
        path = child_path(path, key)
    return f"{path}: {first['msg']}"
