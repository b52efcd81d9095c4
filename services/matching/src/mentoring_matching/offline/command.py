"""`mentoring match`: its options. What does the work is loaded by the command: others do not wait for it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

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
    pin: Annotated[list[str] | None, typer.Option(help="MENTOR=MENTEE, a pair that is settled; repeat it")] = None,
    bar: Annotated[list[str] | None, typer.Option(help="MENTOR=MENTEE, a pair that is not to be; repeat it")] = None,
    most_each: Annotated[int | None, typer.Option(min=0, help="the most mentees of any mentor")] = None,
    even: Annotated[bool, typer.Option(help="an even load: as few mentees of the busiest as lose no match")] = False,
    mentors_each: Annotated[
        int | None,
        typer.Option(min=1, max=5, help="how many mentors a mentee may have, everybody one before anybody two"),
    ] = None,
    new_first: Annotated[
        bool, typer.Option(help="who was matched before may be again, where nothing is better")
    ] = False,
    earlier: Annotated[
        list[Path] | None, typer.Option(help="results of an earlier round; who had nobody goes first; repeat it", **_IN)
    ] = None,
    alternatives: Annotated[int, typer.Option(min=0, max=20, help="so many others for each, and what they cost")] = 0,
    attempt: Annotated[
        list[str] | None, typer.Option("--try", help="other weights, 'topics=0.6, text=0'; repeat it")
    ] = None,
    live: Annotated[bool, typer.Option(help="ask for weights to try until an empty line")] = False,
    out: Annotated[Path, typer.Option(help="where the matches go: .csv or .xlsx", **_OUT)] = Path("matches.csv"),
    report: Annotated[Path | None, typer.Option(help="where the HTML report goes", **_OUT)] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="[mentors:]MEANING=HEADING, for a column that is not taken right; repeat it"),
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="YAML file that says what columns mean", **_IN)] = None,
    write_mapping: Annotated[Path | None, typer.Option(help="where such a file is to be written", **_OUT)] = None,
    explain_columns: Annotated[bool, typer.Option(help="say what each column is taken as, and stop")] = False,
    strict: Annotated[bool, typer.Option(help="status 3 and no result where something is left to decide")] = False,
    grades: Annotated[str | None, typer.Option(help="grades in order, lowest first, between commas")] = None,
    seed: Annotated[int, typer.Option(min=0, help="settles what is equally good")] = 0,
    starts: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="when pairs begin, by whose clocks time zones are read"),
    ] = None,
) -> None:
    """Match mentors and mentees from spreadsheets: the best arrangement, proved, with the reasons."""
    from mentoring_matching.offline.work import match

    match(
        mentors=mentors,
        mentees=mentees,
        people=people,
        policy=policy,
        places=places,
        pin=pin,
        bar=bar,
        most_each=most_each,
        even=even,
        mentors_each=mentors_each,
        new_first=new_first,
        earlier=earlier,
        alternatives=alternatives,
        attempt=attempt,
        live=live,
        out=out,
        report=report,
        column=column,
        mapping=mapping,
        write_mapping=write_mapping,
        explain_columns=explain_columns,
        strict=strict,
        grades=grades,
        seed=seed,
        starts=starts,
    )
