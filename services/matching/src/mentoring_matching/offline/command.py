"""`mentoring match`: from spreadsheets to matches, with no server."""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import yaml

from mentoring_matching import policies
from mentoring_matching.engine import InputError, Policy, PolicyError, Run, solve
from mentoring_matching.engine.pricing import Progress
from mentoring_matching.offline.columns import check_columns
from mentoring_matching.offline.outputs import lines_of, proof_of, write_report, write_table
from mentoring_matching.offline.people import People, Shapes, read_people
from mentoring_matching.offline.tables import NAMES, Table, UnreadableFile, read_tables

POLICY: dict[str, Any] = {
    "hard_rules": [
        {"id": "different organisation", "kind": "must_differ", "attribute": "employer"},
        {"id": "no line management", "kind": "no_line_management"},
        {"id": "no conflict of interest", "kind": "no_declared_conflict"},
        {"id": "not matched before", "kind": "not_matched_before"},
        {"id": "mentor is more senior", "kind": "gap", "attribute": "grade", "least": 1, "missing": "allow"},
    ],
    "criteria": [
        {"name": "topics", "kind": "topics", "weight": 0.45},
        {"name": "same profession", "kind": "same", "attribute": "profession", "weight": 0.2},
        {"name": "mentee's wish", "kind": "mentee_preference", "weight": 0.1},
        {"name": "mentor's wish", "kind": "mentor_preference", "weight": 0.05},
        {"name": "similar wording", "kind": "text", "weight": 0.2},
    ],
}
_WEIGHED = frozenset({"weights", "criteria"})
_IN = {"exists": True, "dir_okay": False, "readable": True}
_OUT = {"dir_okay": False, "writable": True}


def match_command(
    mentors: Annotated[Path | None, typer.Option(help="CSV or XLSX file of mentors", **_IN)] = None,
    mentees: Annotated[Path | None, typer.Option(help="CSV or XLSX file of mentees", **_IN)] = None,
    people: Annotated[
        Path | None, typer.Option(help="one file for both: a column `role`, or sheets `mentors` and `mentees`", **_IN)
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="YAML file with rules and weights", **_IN)] = None,
    places: Annotated[int | None, typer.Option(min=0, help="the most pairs to make")] = None,
    out: Annotated[Path, typer.Option(help="where the matches go: .csv or .xlsx", **_OUT)] = Path("matches.csv"),
    report: Annotated[Path | None, typer.Option(help="where the HTML report goes", **_OUT)] = None,
    column: Annotated[list[str] | None, typer.Option(help="MEANING=HEADING, for a column that is not found")] = None,
    seed: Annotated[int, typer.Option(min=0, help="settles what is equally good")] = 0,
    starts: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="when pairs begin, by whose clocks time zones are read"),
    ] = None,
) -> None:
    """Match mentors and mentees from spreadsheets: the best arrangement, proved, with the reasons."""
    try:
        _check_outputs([out, report], [mentors, mentees, people, policy])
        mapping = _mapping(column or [])
        tables = _tables(mentors, mentees, people, mapping)
        headings = _headings(tables)
        _check_mapping(mapping, headings["mentor"] | headings["mentee"])
        document, direction = _document(policy)
        terms = policies.read(document, direction, strict=True)
        found = read_people(tables, _shapes(terms.engine, starts))
        for bad in found.bad_rows:
            typer.echo(str(bad), err=True)
        _check(found)
        check_columns(terms.engine, headings, weighed=policy is not None and not _WEIGHED.isdisjoint(document))
        run = _solve(found, terms.engine, places, seed)
        lines = lines_of(run, found)
        write_table(out, lines)
        if report:
            write_report(report, run, found, lines)
    except (UnreadableFile, PolicyError, InputError) as error:
        _stop(str(error))
    except OSError as error:
        _stop(f"{error.filename or 'a result'}: cannot be written ({error.strerror})")
    if not run.pairs:
        _stop(f"nothing can be matched: the rules, the floor or the places permit no pair; the reasons are in {out}")
    _sum_up(run, out, report)
    for kind in terms.rules_off:
        typer.echo(f"Switched off by the policy: {kind.replace('_', ' ')}.")


def _stop(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(2)


def _mapping(given: Sequence[str]) -> dict[str, str]:
    pairs = [item.partition("=") for item in given]
    for meaning, equals, heading in pairs:
        if meaning not in NAMES or not equals or not heading:
            raise UnreadableFile(
                f"--column {meaning}{equals}{heading}: write MEANING=HEADING with one of {', '.join(NAMES)}"
            )
    return {meaning: " ".join(heading.replace("_", " ").split()) for meaning, _, heading in pairs}


def _check_mapping(mapping: Mapping[str, str], headings: Collection[str]) -> None:
    for meaning, heading in mapping.items():
        if meaning not in headings:
            raise UnreadableFile(f"--column {meaning}={heading}: no file has a column of that name")


def _check_outputs(outputs: Sequence[Path | None], inputs: Sequence[Path | None]) -> None:
    read, written = ([path.resolve() for path in paths if path] for paths in (inputs, outputs))
    for path in written:
        if path in read or written.count(path) > 1:
            raise UnreadableFile(f"{path}: would be written over; give another name")


def _shapes(policy: Policy, starts: datetime | None) -> Shapes:
    """What the policy's rules want columns to be."""
    lists = {name for r in policy.rules if r.kind == "common_value" for name in (r.of_mentor, r.of_mentee)}
    return Shapes(lists=lists, hours=policies.hours_of(policy), on=(starts or datetime.now(UTC)).date())


def _headings(tables: Sequence[tuple[Table, str | None]]) -> dict[str, frozenset[str]]:
    """What the columns of the files of each side mean."""
    return {
        side: frozenset(meaning for table, role in tables if role in (None, side) for meaning in table.headings)
        for side in ("mentor", "mentee")
    }


def _tables(
    mentors: Path | None, mentees: Path | None, people: Path | None, mapping: Mapping[str, str]
) -> list[tuple[Table, str | None]]:
    if people and not (mentors or mentees):
        return [(table, _role_of_sheet(table)) for table in read_tables(people, mapping)]
    if not mentors or not mentees or people:
        raise UnreadableFile("give --mentors and --mentees, or --people alone")
    both = ((mentors, "mentor"), (mentees, "mentee"))
    return [(table, role) for path, role in both for table in _of_role(read_tables(path, mapping), role)]


def _role_of_sheet(table: Table) -> str | None:
    name = table.place.rpartition("[")[2].rstrip("]").lower() if "[" in table.place else ""
    return {"mentors": "mentor", "mentor": "mentor", "mentees": "mentee", "mentee": "mentee"}.get(name)


def _of_role(tables: Sequence[Table], role: str) -> Sequence[Table]:
    """The sheet of that role where there is one, else the first."""
    return [table for table in tables if _role_of_sheet(table) == role] or tables[:1]


def _document(path: Path | None) -> tuple[dict[str, Any], str]:
    """The policy document and the direction; a programme's whole blueprint is taken too."""
    if path is None:
        return POLICY, "traditional"
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
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


def _check(people: People) -> None:
    for role, found in (("mentor", people.mentors), ("mentee", people.mentees)):
        if not found:
            raise InputError(f"nothing can be matched: there is no {role}")


def _solve(people: People, policy: Policy, places: int | None, seed: int) -> Run:
    with _progress() as progress:
        return solve(people.mentors, people.mentees, policy, places=places, seed=seed, progress=progress)


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


def _sum_up(run: Run, out: Path, report: Path | None) -> None:
    totals = run.totals
    proof = proof_of(run)
    typer.echo(f"{totals.matched} of {totals.mentees} mentees have a mentor (total score {totals.score:.2f}, {proof}).")
    typer.echo(f"Matches: {out}" + (f"  Report: {report}" if report else ""))
