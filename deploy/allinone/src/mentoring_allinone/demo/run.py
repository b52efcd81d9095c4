"""`mentoring demo`: from nothing to the published report of the NIHR Mentoring Programme 2022."""

import contextlib
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mentoring_allinone.demo.agenda import Step, play
from mentoring_allinone.demo.answers import AnswerPlan, plan_answers
from mentoring_allinone.demo.page import page
from mentoring_allinone.demo.people import generate
from mentoring_allinone.demo.recording import Recorder
from mentoring_allinone.demo.results import Check, checks
from mentoring_allinone.demo.scenario import Scenario, load_scenario
from mentoring_allinone.demo.stage import Stage
from mentoring_allinone.demo.summary import print_summary
from mentoring_allinone.failures import DemoFailed
from mentoring_allinone.looking import look_around
from mentoring_allinone.stack import Stack
from mentoring_common.clock import MovableClock
from mentoring_common.embedded.folders import TemporaryFolder

START = datetime(2022, 2, 1, 8, tzinfo=UTC)
SEED = 2022


async def demo(folder: Path, out: Console, *, serve: bool, kafka: str | None = None) -> bool:
    """Play the programme and write report.html, report.json and events.ndjson to `folder`; whether all agrees.

    With `serve` the system goes on answering until Ctrl-C. DemoFailed and EmbeddedServerError say what went wrong.
    """
    _make(folder)
    with contextlib.closing(TemporaryFolder("mentoring-demo-")) as state:
        async with _stage(state.path, out, kafka) as stage:
            recorder = Recorder(stage.stack.settings["applications"], folder / "events.ndjson")
            await recorder.start()
            try:
                began = time.monotonic()
                await _play(stage, out)
                reports = {
                    audience: await stage.report(audience, published=True) for audience in ("programme_team", "public")
                }
                await stage.settle()
                await recorder.caught_up(await stage.events_announced())
                found = _write(stage, folder, reports, dict(recorder.types))
                print_summary(out, stage, found, dict(recorder.types), folder, time.monotonic() - began)
                if serve:
                    await look_around(stage.stack, out, folder, stage.organisation_id, stage.programme_id)
            finally:
                await recorder.stop()
    return all(check.agrees or check.impossible or check.rests_on for check in found)


def _make(folder: Path) -> None:
    """Make the folder of the results before the play, which takes minutes."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DemoFailed(f"The folder {folder} cannot be written ({reason}): choose another one with --out.") from error


@asynccontextmanager
async def _stage(state: Path, out: Console, kafka: str | None) -> AsyncIterator[Stage]:
    scenario = load_scenario()
    clock = MovableClock(START)
    began = time.monotonic()
    stack = await Stack.start(state, clock=clock, durable=False, kafka=kafka)
    out.print(f"Six services, PostgreSQL and a broker started in {time.monotonic() - began:.1f} s at {stack.base_url}")
    stage = Stage(stack, clock, scenario, generate(scenario, SEED), plan_answers(scenario, SEED))
    try:
        yield stage
    finally:
        await stage.close()
        await stack.stop()


async def _play(stage: Stage, out: Console) -> None:
    columns = (TextColumn("{task.fields[day]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=out, transient=True) as progress:
        task = progress.add_task("", total=None, day="")

        def told(step: Step, done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, description=step.title, day=step.day.isoformat())

        await play(stage, told)


def impossible_lines(plan: AnswerPlan) -> set[tuple[str, str, int | None]]:
    """The published lines that no whole number of respondents can give, by figure, role and cohort (None: overall)."""
    lines: set[tuple[str, str, int | None]] = {(x.name, x.role, x.cohort) for x in plan.lines if x.impossible}
    return lines | {(x.name, x.role, None) for x in plan.overall if x.impossible}


def resting_lines(plan: AnswerPlan) -> set[tuple[str, str]]:
    """The published overall lines that rest on an impossible cohort line, by figure and role."""
    return {(x.name, x.role) for x in plan.overall if x.rests_on}


def _write(stage: Stage, folder: Path, reports: dict[str, dict[str, Any]], events: dict[str, int]) -> list[Check]:
    team = {name: value for name, value in reports["programme_team"].items() if name != "html"}
    found = checks(stage.scenario, team["figures"], impossible_lines(stage.plan), resting_lines(stage.plan))
    document = team | _beside(stage.scenario, found, events)
    (folder / "report.json").write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    html = page(stage, found, reports["programme_team"]["html"])
    (folder / "report.html").write_text(html, encoding="utf-8")
    return found


def _beside(scenario: Scenario, found: list[Check], events: dict[str, int]) -> dict[str, Any]:
    """What stands beside the figures: the published numbers, which of them cannot be, and what we assumed."""
    return {
        "published_source": scenario.source,
        "published_comparison": [check.to_json() for check in found],
        "impossible_published_percentages": [check.to_json() for check in found if check.impossible],
        "published_inconsistencies": dict(scenario.published_inconsistencies),
        "assumptions": dict(scenario.assumptions),
        "events": events,
    }
