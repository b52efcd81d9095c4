"""What `mentoring match` does: from spreadsheets to matches."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import typer
import yaml

from mentoring_common import yaml_text
from mentoring_matching import policies
from mentoring_matching.engine import InputError, PolicyError, Run
from mentoring_matching.engine.pricing import Progress
from mentoring_matching.offline import mappings
from mentoring_matching.offline.columns import check_columns
from mentoring_matching.offline.files import Files
from mentoring_matching.offline.headings import Side
from mentoring_matching.offline.matching import Asks, Solved, matched, with_earlier
from mentoring_matching.offline.outputs import lines_of, proof_of, write_report, write_table
from mentoring_matching.offline.people import People, read_people
from mentoring_matching.offline.shapes import default_policy, new_pairs_first, shapes_of
from mentoring_matching.offline.sheets import UnreadableFile
from mentoring_matching.offline.tables import Table
from mentoring_matching.offline.trying import listed, tried
from mentoring_matching.offline.understood import Understood, of_tables, understood
from mentoring_matching.offline.words import counted
from mentoring_matching.policies import Terms

_WEIGHED = frozenset({"weights", "criteria"})
_DOUBTFUL = 3
"""The exit status with `--strict` where something is left to be decided."""


def match(
    *,
    mentors: Path | None,
    mentees: Path | None,
    people: Path | None,
    policy: Path | None,
    places: int | None,
    pin: list[str] | None,
    bar: list[str] | None,
    most_each: int | None,
    even: bool,
    mentors_each: int | None,
    new_first: bool,
    earlier: list[Path] | None,
    alternatives: int,
    attempt: list[str] | None,
    live: bool,
    out: Path,
    report: Path | None,
    column: list[str] | None,
    mapping: Path | None,
    write_mapping: Path | None,
    explain_columns: bool,
    strict: bool,
    grades: str | None,
    seed: int,
    starts: datetime | None,
) -> None:
    """Match mentors and mentees, and write the result; typer.Exit with status 2 where a file or the policy is wrong."""
    files = Files(mentors, mentees, people, mapping, column or [])
    try:
        _check_outputs([out, report, write_mapping], [*files.inputs, *([policy] if policy else [])])
        sheet = _read(files, policy, _Wishes(grades, starts, new_first, earlier or []))
        if write_mapping:
            mappings.write_mapping(write_mapping, sheet.tables)
        if explain_columns:
            return
        _check(sheet, strict)
        asks = Asks(places, pin or [], bar or [], most_each, even, mentors_each, seed)
        with _progress() as progress:
            solved = matched(sheet.people, sheet.terms, asks, progress)
        run = solved.run
        lines = lines_of(solved, sheet.people, alternatives)
        write_table(out, lines, alternatives)
        if report:
            write_report(report, run, sheet.people, lines, sheet.known)
    except (UnreadableFile, PolicyError, InputError) as error:
        _stop(str(error))
    except OSError as error:
        _stop(f"{error.filename or 'a result'}: cannot be written ({error.strerror})")
    if not run.pairs:
        _stop(f"nothing can be matched: the rules, the floor or the places permit no pair; the reasons are in {out}")
    _sum_up(run, sheet.known, out, report)
    _echo(solved.notes)
    _try(solved, asks, sheet.people, attempt or [], live)
    for kind in sheet.terms.rules_off:
        typer.echo(f"Switched off by the policy: {kind.replace('_', ' ')}.")


@dataclass(frozen=True)
class _Sheets:
    """Everything that was read."""

    tables: Sequence[Table]
    people: People
    terms: Terms
    known: Understood


@dataclass(frozen=True)
class _Wishes:
    """What options say of how files and policy are read."""

    grades: str | None
    starts: datetime | None
    new_first: bool
    earlier: Sequence[Path]


def _read(files: Files, path: Path | None, wishes: _Wishes) -> _Sheets:
    """The people and the policy; what was understood is said on the way, and seen where something is wrong."""
    tables, left = files.tables()
    headings = _headings(tables)
    document, direction = _document(path) if path else (default_policy(headings), "traditional")
    if wishes.new_first:
        document = new_pairs_first(document)
    try:
        terms = policies.read(document, direction, strict=True)
        order = [grade.strip() for grade in (wishes.grades or "").split(",") if grade.strip()]
        shapes = shapes_of(terms, (wishes.starts or datetime.now(UTC)).date(), order, own=path is not None)
        people = read_people(tables, shapes)
        with_earlier(people, wishes.earlier)
        check_columns(terms.engine, headings, weighed=path is not None and not _WEIGHED.isdisjoint(document))
    except PolicyError:
        _echo(of_tables(tables))
        raise
    known = understood(tables, people, terms.engine)
    _tell(known, [*left, *map(str, people.bad_rows)])
    return _Sheets(tables, people, terms, known)


def _tell(known: Understood, kept_out: Sequence[str]) -> None:
    _echo(["What I understood", "", *known.lines, ""])
    if known.doubts:
        _echo(["TO DECIDE, for it may make the result wrong:", *(f"  - {line}" for line in known.doubts), ""])
    if known.decisions:
        _echo(["Nearly equal; write them alike if they are one:", *(f"  - {line}" for line in known.decisions), ""])
    for line in kept_out:
        typer.echo(line, err=True)


def _echo(lines: Sequence[str]) -> None:
    for line in lines:
        typer.echo(line)


def _stop(why: str, status: int = 2) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(status)


def _check_outputs(outputs: Sequence[Path | None], inputs: Sequence[Path | None]) -> None:
    read, written = ([path.resolve() for path in paths if path] for paths in (inputs, outputs))
    for path in written:
        if path in read or written.count(path) > 1:
            raise UnreadableFile(f"{path}: would be written over; give another name")


def _headings(tables: Sequence[Table]) -> dict[Side, frozenset[str]]:
    """What the columns of the files of each side mean."""
    sides: Sequence[Side] = ("mentor", "mentee")
    return {
        side: frozenset(meaning for table in tables if table.role in (None, side) for meaning in table.headings)
        for side in sides
    }


def _document(path: Path) -> tuple[dict[str, Any], str]:
    """The policy document and the direction; a programme's whole blueprint is taken too."""
    try:
        document = yaml_text.ours(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise UnreadableFile(f"{path}: is not YAML") from None
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror})") from None
    if not isinstance(document, dict):
        raise PolicyError("policy", "type", "expected a mapping")
    section = document.get("matching")
    direction = document.get("direction", "traditional")
    own = {name: value for name, value in document.items() if name != "direction"}
    return (section if isinstance(section, dict) else own), str(direction)


def _check(sheets: _Sheets, strict: bool) -> None:
    for role, found in (("mentor", sheets.people.mentors), ("mentee", sheets.people.mentees)):
        if not found:
            raise InputError(f"nothing can be matched: there is no {role}")
    doubts, kept_out = len(sheets.known.doubts), len(sheets.people.bad_rows)
    if strict and (doubts or kept_out):
        left = f"{counted(doubts, 'thing')} to decide, {counted(kept_out, 'row')} kept out"
        _stop(f"--strict: nothing was matched: {left}", _DOUBTFUL)


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar on a terminal; how many rounds are to come is not known, so it approaches the end."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("matching", total=1.0)
        yield lambda rounds, violated: bar.update(task, completed=1 - 0.5**rounds if violated else 1.0)


def _sum_up(run: Run, known: Understood, out: Path, report: Path | None) -> None:
    totals = run.totals
    proof = proof_of(run, known)
    typer.echo(f"{totals.matched} of {totals.mentees} mentees have a mentor (total score {totals.score:.2f}, {proof}).")
    typer.echo(f"Matches: {out}" + (f"  Report: {report}" if report else ""))


def _try(solved: Solved, asks: Asks, people: People, attempts: Sequence[str], live: bool) -> None:
    """Say what other weights would change: those of options, then as they are typed."""
    for written in attempts:
        _say_tried(solved, asks, people, written)
    if not live:
        return
    typer.echo(f"Weights: {', '.join(listed(solved.run.situation.policy))}. An empty line ends.")
    for line in iter(_asked, ""):
        _say_tried(solved, asks, people, line)


def _asked() -> str:
    typer.echo("weights> ", nl=False)
    return sys.stdin.readline().strip()


def _say_tried(solved: Solved, asks: Asks, people: People, written: str) -> None:
    try:
        _echo(tried(solved, written, asks, people.names))
    except PolicyError as error:
        typer.echo(str(error), err=True)
