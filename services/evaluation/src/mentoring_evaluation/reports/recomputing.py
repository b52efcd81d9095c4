"""Counting the figures of a report again from the files of its archive, by whoever has them and nothing else.

Shares of a survey are made again from the answers: the counted ones over all, cohort by cohort, then pooled or as the
mean of the cohorts; each with its interval. Under disclosure control a rounded share is made again from its rounded
counts. Means of scales are made again from all answers. What was counted in records of which the archive has only the
total (applications, pairs, meetings) is said to be such.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from mentoring_common.csv_text import neutral
from mentoring_evaluation.figures.figure import shown_interval
from mentoring_evaluation.figures.intervals import (
    Interval,
    half_up,
    interval_of_mean,
    mean_interval,
    moments,
    percent,
    wilson,
)
from mentoring_evaluation.reports.archived import ANSWERS, FIGURES, Columns
from mentoring_evaluation.reports.packing import NotAnArchive, changed, files_at

Row = Mapping[str, str]
Key = tuple[str, str, str]  # name, wave, role


@dataclass
class Recomputed:
    """What came of a view: how many figures are the same again, which are not and why, and how many are not made of
    anything that the archive has."""

    view: str
    agree: int = 0
    differ: list[str] = field(default_factory=list)
    without: int = 0

    def in_words(self) -> str:
        """One line."""
        said = f"{self.view.replace('_', ' ')}: {self.agree} figures counted again and the same"
        said += f", {len(self.differ)} different" if self.differ else ""
        return f"{said}; {self.without} are of records or hidden, and are as they were printed."


def recomputed(place: Path) -> list[Recomputed]:
    """Every view of the archive at a path, a ZIP or the folder it was unpacked to. NotAnArchive, OSError."""
    files = files_at(place)
    others = changed(files)
    tables = {
        name.rpartition("/")[2].removesuffix(".csv"): content
        for name, content in files.items()
        if name.endswith(".csv") and name.rpartition("/")[2].startswith(("figures-", "answers-"))
    }
    views = sorted(name.removeprefix("figures-") for name in tables if name.startswith("figures-"))
    if not views:
        raise NotAnArchive("holds no tables/figures-….csv")
    try:
        found = [
            _view(view, _rows(tables[f"figures-{view}"], FIGURES), _rows(tables[f"answers-{view}"], ANSWERS))
            for view in views
        ]
    except (KeyError, ValueError, ZeroDivisionError, csv.Error):
        raise NotAnArchive("has a table that is not as it was written") from None
    found[0].differ += [f"{name} is not as it was packed" for name in others]
    return found


def _rows(content: bytes, columns: Columns) -> list[Row]:
    """The rows of a table that has these columns, each with a cell under every head. ValueError."""
    read = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    rows: list[Row] = list(read)
    if not {name for name, _, _ in columns} <= set(read.fieldnames or ()):
        raise ValueError("a column is not there")
    if any(len(row) > len(read.fieldnames or ()) or None in row.values() for row in rows):
        raise ValueError("a row has another number of cells than the head")
    return rows


def _view(view: str, figures: Sequence[Row], answers: Sequence[Row]) -> Recomputed:
    found, counted = Recomputed(view), _Counted(answers)
    for figure in figures:
        again = None if figure["shown"] == "hidden" else _again(figure, counted)
        if again is None:
            found.without += 1
        elif again == _said(figure):
            found.agree += 1
        else:
            found.differ.append(f"{_named(figure)}: {_spoken(_said(figure))} is printed, {_spoken(again)} is counted")
    for of, fault in counted.means():
        if fault:
            found.differ.append(f"{of}: {fault}")
        else:
            found.agree += 1
    return found


Said = tuple[float | None, tuple[float, float] | None]


def _said(figure: Row) -> Said:
    value = float(figure["value"]) if figure["value"] else None
    exact = figure["shown"] == "exact" and figure["interval_low"] != ""
    return value, (float(figure["interval_low"]), float(figure["interval_high"])) if exact else None


def _spoken(said: Said) -> str:
    value, interval = said
    return f"{value:g} %" + (f" ({interval[0]:g} to {interval[1]:g})" if interval else "") if value is not None else "–"


def _named(figure: Row) -> str:
    about = (figure["wave"], f"cohort {figure['cohort']}" if figure["cohort"] else "", figure["role"], figure["rule"])
    return f"{figure['name']} ({', '.join(part for part in about if part)})"


def _again(figure: Row, counted: "_Counted") -> Said | None:
    """The figure once more; None where the archive has nothing that it is made of."""
    if not figure["wave"] or figure["unit"] != "percent":
        return None
    if figure["shown"] != "exact":
        return _from_rounded(figure)
    digits = int(figure["digits"] or 0)
    if figure["name"] == "response_rate":
        return _share([(int(figure["numerator"]), int(figure["denominator"]))], digits) if figure["numerator"] else None
    option = json.loads(figure["breakdown"] or "{}").get("option")
    shares = counted.shares((figure["name"], figure["wave"], figure["role"]), figure["cohort"], option)
    if not shares:
        return None
    return _mean(shares, digits) if figure["rule"] == "mean_of_cohorts" else _share(shares, digits)


def _from_rounded(figure: Row) -> Said | None:
    if figure["shown"] != "rounded" or not (figure["numerator"] and figure["denominator"]):
        return None
    part, whole = int(figure["numerator"]), int(figure["denominator"])
    return float(half_up(percent(part, whole))), None


def _share(shares: Sequence[tuple[int, int]], digits: int) -> Said:
    part, whole = (sum(column) for column in zip(*shares, strict=True))
    if not whole:
        return None, None
    return float(half_up(percent(part, whole), digits)), _ends(wilson(part, whole), digits + 1)


def _mean(shares: Sequence[tuple[int, int]], digits: int) -> Said:
    mean = sum((percent(*one) for one in shares), Fraction(0)) / len(shares)
    return float(half_up(mean, digits)), _ends(interval_of_mean(shares), digits + 1)


def _ends(interval: Interval, digits: int) -> tuple[float, float]:
    shown = shown_interval(interval, digits)
    return float(shown.low), float(shown.high)


class _Counted:
    """All answers that the archive has exact counts of, by question."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows: dict[tuple[Key, str], list[Row]] = {}
        for row in rows:
            if row["count"] != "":
                self._rows.setdefault(((row["name"], row["wave"], row["role"]), row["cohort"]), []).append(row)

    def shares(self, of: Key, cohort: str, option: str | None) -> list[tuple[int, int]]:
        """Counted answers and all who answered, of the cohort or of each cohort."""
        cohorts = [cohort] if cohort else [known for key, known in self._rows if key == of and known]
        found = [self._rows[of, one] for one in cohorts if (of, one) in self._rows]
        return [_counted(rows, option) for rows in found]

    def means(self) -> Iterator[tuple[str, str]]:
        """Every mean of a scale, and what is wrong with it, if anything."""
        for (of, cohort), rows in self._rows.items():
            if rows[0]["mean"]:
                about = (of[1], cohort and f"cohort {cohort}", of[2])
                yield f"{of[0]}, mean ({', '.join(part for part in about if part)})", _fault_of_mean(rows)


def _counted(rows: Sequence[Row], option: str | None) -> tuple[int, int]:
    def is_counted(row: Row) -> bool:
        return row["counted"] == "true" if option is None else row["answer"] == neutral(option)

    several = rows[0]["several"] == "true"
    answered = int(rows[0]["answered"]) if several else sum(int(row["count"]) for row in rows)
    return sum(int(row["count"]) for row in rows if is_counted(row)), answered


def _fault_of_mean(rows: Sequence[Row]) -> str:
    found = moments({int(row["answer"].removeprefix("'")): int(row["count"]) for row in rows if int(row["count"])})
    if found is None:
        return "nobody answered"
    interval = mean_interval(found)
    again = {
        "mean": float(half_up(found.mean, 2)),
        "sd": None if found.sd is None else float(half_up(Fraction(found.sd), 2)),
        "median": float(half_up(found.median, 1)),
        "mean_low": None if interval is None else _ends(interval, 2)[0],
        "mean_high": None if interval is None else _ends(interval, 2)[1],
    }
    wrong = [name for name, value in again.items() if value != (float(rows[0][name]) if rows[0][name] else None)]
    return f"{', '.join(wrong)} not as counted" if wrong else ""
