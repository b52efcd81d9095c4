"""`mentoring demo NAME`: one programme of `blueprints/`, played, with its report."""

import contextlib
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from mentoring_allinone.failures import DemoFailed
from mentoring_allinone.looking import look_around
from mentoring_allinone.plays.play import Play, Step, perform
from mentoring_allinone.plays.programmes import PLAYS
from mentoring_allinone.plays.troupe import Troupe
from mentoring_allinone.stack import Stack
from mentoring_applications.programmes import blueprint as blueprints
from mentoring_common.clock import MovableClock
from mentoring_common.embedded.folders import TemporaryFolder
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.calendar import APPLICATION_WINDOW

EARLY = timedelta(days=30)  # the programme is made before its first window opens


def play_of(name: str) -> Play:
    """The play of a programme. DemoFailed with the names there are."""
    if name not in PLAYS:
        raise DemoFailed(f"There is no play {name}: there are nihr, {', '.join(PLAYS)}.")
    return PLAYS[name]


async def play(name: str, folder: Path, out: Console, kafka: str | None = None, *, serve: bool = False) -> bool:
    """Play a programme and write its reports to `folder`; whether all that is particular to it was found.

    With `serve` the system goes on answering until Ctrl-C.
    """
    chosen = play_of(name)
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(TemporaryFolder("mentoring-play-")) as state:
        clock = MovableClock(first_day(name))
        stack = await Stack.start(state.path, clock=clock, durable=False, kafka=kafka)
        troupe = troupe_of(stack, clock, name)
        began = time.monotonic()
        try:
            await _shown(troupe, chosen, out)
            for audience in ("programme_team", "public"):
                document = await troupe.report(audience)
                (folder / f"report.{audience}.html").write_text(str(document.pop("html")), encoding="utf-8")
                text = json.dumps(document, indent=1, ensure_ascii=False)
                (folder / f"report.{audience}.json").write_text(text, encoding="utf-8")
            _summary(troupe, chosen, out, folder, time.monotonic() - began)
            if serve:
                await look_around(stack, out, folder, troupe.organisation_id, troupe.programme_id)
        finally:
            await troupe.close()
            await stack.stop()
    return all(claim.holds for claim in troupe.claims)


def troupe_of(stack: Stack, clock: MovableClock, name: str) -> Troupe:
    """Who plays a programme on a stack."""
    return Troupe(stack, clock, _blueprint(name), Random(name))


def _blueprint(name: str) -> Blueprint:
    return blueprints.load(name).usable()


def first_day(name: str) -> datetime:
    """A month before the first window of a programme opens."""
    read = _blueprint(name)
    windows = [
        milestone.starts_at
        for cohort in read.cohorts
        for milestone in read.calendar(cohort).milestones()
        if milestone.kind == APPLICATION_WINDOW
    ]
    return min(windows, default=datetime(2022, 1, 3, tzinfo=UTC)) - EARLY


async def _shown(troupe: Troupe, chosen: Play, out: Console) -> None:
    columns = (TextColumn("{task.fields[day]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=out, transient=True) as progress:
        task = progress.add_task("", total=None, day="")

        def told(step: Step, done: int, total: int) -> None:
            day = step.moment.date().isoformat()
            progress.update(task, completed=done, total=total, description=step.title, day=day)

        await perform(troupe, chosen, told)


def _summary(troupe: Troupe, chosen: Play, out: Console, folder: Path, seconds: float) -> None:
    table = Table(title=f"{troupe.blueprint.title}: {chosen.particular}")
    for column in ("what is particular", "found", ""):
        table.add_column(column)
    for claim in troupe.claims:
        table.add_row(claim.said, claim.found, "✓" if claim.holds else "✗")
    out.print(table)
    out.print(f"{len(troupe.players)} people, {len(troupe.pairs)} pairs, played in {seconds:.0f} s.", highlight=False)
    out.print(f"Written: {folder}/report.programme_team.html, report.public.html and .json of each", highlight=False)
