"""Reading a report in any shape the linter knows, and running every rule over it."""

import codecs
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mentoring_contracts.words import in_words
from mentoring_evaluation.lint import copies, dates, derived, distributions, overall, percentages, scales, sums
from mentoring_evaluation.lint.cohort_tables import from_cohort_tables, is_cohort_tables
from mentoring_evaluation.lint.columns import Guess
from mentoring_evaluation.lint.findings import Finding
from mentoring_evaluation.lint.grids import Grid, grids_of
from mentoring_evaluation.lint.guesses import read_tables
from mentoring_evaluation.lint.nodes import Node, ReportUnreadable, child_path
from mentoring_evaluation.lint.own_figures import from_own_figures, is_own_figures
from mentoring_evaluation.lint.published import SCHEMA, PublishedReport

LARGEST_FILE = 20_000_000

CHECKS: tuple[Callable[[PublishedReport], Iterator[Finding]], ...] = (
    percentages.above_100,
    percentages.impossible,
    percentages.changing_denominators,
    percentages.two_versions,
    percentages.more_than_took_part,
    overall.overall_lines,
    overall.partitions,
    distributions.distributions,
    scales.means,
    scales.overall_means,
    derived.net_promoter,
    derived.changes,
    copies.copied_lines,
    sums.totals,
    sums.partitions,
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
    return faults(describe(data))


def faults(report: PublishedReport) -> list[Finding]:
    """Every fault in a described report, the surest first, in the order of the rules."""
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


@dataclass(frozen=True, slots=True)
class Document:
    """A published report as it was read; of a table also its cells, and what its columns were taken for."""

    report: PublishedReport
    grids: tuple[Grid, ...] = ()
    guesses: tuple[Guess, ...] = ()
    skipped: tuple[str, ...] = ()


def read_document(content: bytes, file: str, said: Mapping[str, str] | None = None) -> Document:
    """A report in JSON, or tables in CSV, XLSX, HTML or pasted text. Raises ReportUnreadable in one line.

    `said` names the meaning of columns by their heads or letters, where the guess is wrong.
    """
    if content[:2] != b"PK" and content.lstrip(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
        if said:
            raise ReportUnreadable(f"{file} is a description: it has no columns")
        return read_json(_text(content, file), file)
    return _of_tables(content, file, said)


def read_json(text: str, file: str) -> Document:
    """A report in JSON, or a table that was pasted into it as `table`. Raises ReportUnreadable in one line."""
    data = parse_report(text, file)
    return _of_pasted(Node(data), file) if "table" in data else Document(describe(data))


def _of_pasted(data: Node, file: str) -> Document:
    """A table in a JSON object: `table` is its text, `columns` the meanings that were told."""
    if unknown := sorted(set(data.value) - {"table", "columns"}):
        raise ReportUnreadable(f"{child_path(data.path, unknown[0])} is none of table, columns")
    said = {head: meaning.text() for head, meaning in data.children("columns")}
    return _of_tables(data["table"].text().encode(), file, said)


def _of_tables(content: bytes, file: str, said: Mapping[str, str] | None) -> Document:
    try:
        grids = grids_of(content)
        reading = read_tables(grids, said)
    except ReportUnreadable as error:
        raise ReportUnreadable(f"{file}: {error}") from None
    return Document(reading.report, tuple(grids), tuple(reading.guesses), tuple(reading.skipped))


def load_document(path: Path | str, said: Mapping[str, str] | None = None) -> Document:
    """The report in a file (`read_document`). Raises ReportUnreadable in one line."""
    return read_document(_content(Path(path)), str(path), said)


def load_report(path: Path | str) -> dict[str, Any]:
    """The JSON object in a file, with decimals as they are printed. Raises ReportUnreadable in one line."""
    return parse_report(_text(_content(Path(path)), str(path)), str(path))


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ReportUnreadable(f"{file} is larger than {LARGEST_FILE // 1_000_000} MB")
        return file.read_bytes()
    except OSError as error:
        raise ReportUnreadable(f"{file} cannot be read: {(error.strerror or 'no reason given').lower()}") from None


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ReportUnreadable(f"{file} is not UTF-8 text") from None


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
    return f"{path}: {in_words(first['msg'])}"
