"""The one screen that the demo ends with."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from mentoring_allinone.demo.results import Check
from mentoring_allinone.demo.stage import Stage

_SHOWN = ("expressions_of_interest", "moved_cohort", "oversubscription", "matched_pairs", "rematches", "response_rate")


def print_summary(
    out: Console, stage: Stage, found: list[Check], events: dict[str, int], folder: Path, seconds: float
) -> None:
    """Figures beside what was published, what cannot be, what was refused, and where the files are."""
    table = Table(title="NIHR Mentoring Programme 2022: recomputed from records, beside the published number")
    for column in ("figure", "cohort", "role", "wave", "published", "recomputed", ""):
        table.add_column(column, justify="right" if column in ("published", "recomputed") else "left")
    for check in found:
        if check.name in _SHOWN and (check.cohort is None or check.name == "response_rate"):
            table.add_row(*_cells(check))
    out.print(table)
    agree = sum(check.agrees for check in found)
    out.print(f"{agree} of {len(found)} published numbers are reproduced. The others:")
    for check in (c for c in found if not c.agrees):
        out.print(f"  {_line(check)}", highlight=False)
    refused = " · ".join(f"{what}: {status} {code}" for what, status, code in dict.fromkeys(stage.refusals))
    out.print(f"Refused as it must be: {refused}", highlight=False)
    counted = ", ".join(f"{name} {events.get(name, 0)}" for name in ("MatchConfirmed", "MatchEnded", "SurveyClosed"))
    out.print(f"{sum(events.values())} events on the broker ({counted}), played in {seconds:.0f} s.", highlight=False)
    out.print(f"Written: {folder}/report.html, report.json, events.ndjson", highlight=False)


def _cells(check: Check) -> list[str]:
    mark = "✓" if check.agrees else check.why
    values = (check.name, check.cohort or "all", check.role or "", check.wave or "", check.published, check.computed)
    return [*map(str, values), mark]


def _line(check: Check) -> str:
    cohort = f"cohort {check.cohort}" if check.cohort else "overall"
    where = " ".join(str(x) for x in (check.role, cohort, *check.breakdown.values()) if x)
    return f"{check.name}, {where}: published {check.published}, recomputed {check.computed} — {check.why}"
