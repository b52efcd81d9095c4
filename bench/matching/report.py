"""The document and the chart of a measurement."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import altair as alt

from .peers import MEMORY_MB, PEERS

PARTS = ("numpy", "scipy", "numba", "highspy")
NOTES = f"""Each measurement is a process of its own with one thread. The first run in it, on 20 people (1,500 where
loops are compiled, so that they are loaded), is not counted. From 2 million possible pairs on this engine's loops are
compiled; "no numba" is the same engine where numba is not installed.
"This engine" goes from people to pairs with a certificate: an independent check, over every permitted pair, that no
matching is better. The other ways here start from people too and use this engine's scores.

- **mentor-match** scores people by the same rules and criteria written as its own rules, in one round (each further
  round gives everybody one more partner). It maximises the total, not the number matched, and knows no priority.
- **matching** and **OR-tools** cannot score people: they are given the permitted pairs and scores, and the time to
  work these out is not counted. OR-tools' weights put priority and number before score, as this engine does.
- **scipy** and **OR-tools** are exact, so they and this engine have to agree on matched and total.
- Peers run in environments of their own with pinned versions. Their pairs are checked and scored by this engine. One
  that cannot be installed, fails, or needs more than the time limit or {MEMORY_MB / 1000:.0f} GB is listed as such.
  One that went over the limit is not tried with the same shape in a larger size, nor beyond 500 with other shapes.
- Beyond 2,000 only this engine runs: the others hold all pairs at once. It may take longer than the limit there.
- All people are generated from fixed seeds. `even`: some mentors have two places. `popular`: a tenth of the mentors
  offer every topic. `scarce`: 1.5 mentees per place, a fifth with priority. `tight`: fewer common languages and hours.
  `words`: one place each; everybody writes twenty words that are compared by word vectors (peers cannot). Each pair
  then costs 256 more products, 2.6 × 10^12 of 100,000 × 100,000 people at every look at all pairs: they are left out,
  and took 106 CPU seconds and 1.1 GB once, certified.
- 100,000 × 100,000 people of the shape popular, where everybody wants the same tenth of the mentors, are left out: more
  than 400 CPU seconds did not end it.
"""
QUESTIONS = """CPU seconds of one answer, the least of three tries, the slower of the shapes even and popular, as the
service gives it: its loops are compiled from 200,000 possible pairs on. A what-if starts from the prices
of the run; all are exact, and what is solved again has a certificate of its own."""
FIRST = """CPU seconds of a new process from its start to the end of its first run (the making of the people left out),
shape even. `make install` and the build of the image compile, for any processor of the architecture. Where nothing
did, a run of fewer than 150 million pairs goes on in plain loops, and a larger one too while another process
compiles: nothing waits for the compiler that is done before it (`engine/acceleration.py`)."""
TWO = """Shape even, mentors with twice the places: everybody one mentor before anybody two, as many pairs as can be,
then the best fit. Beyond 2,000 the linear programme takes most of the time."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement; `failure` says why there are no numbers."""

    shape: str
    mentors: int
    mentees: int
    way: str
    cpu: float = 0.0
    wall: float = 0.0
    memory: float = 0.0
    matched: int = 0
    total: float = 0.0
    proof: str = ""
    failure: str = ""

    def __str__(self) -> str:
        head = f"| {self.shape} | {self.mentors:,} × {self.mentees:,} | {self.way} |"
        if self.failure:
            return f"{head} {self.failure} | | | | | |"
        times = f"{self.cpu:.3f} | {self.wall:.3f} | {self.memory:.0f}"
        return f"{head} {times} | {self.matched:,} | {self.total:,.4f} | {self.proof} |"


@dataclass(frozen=True, slots=True)
class Machine:
    """What it was measured on: cores, and the load of the last minute at the start; as text also that at the end."""

    cores: int
    load: float

    @classmethod
    def now(cls) -> Machine:
        return cls(os.cpu_count() or 1, os.getloadavg()[0])

    def __str__(self) -> str:
        last = os.getloadavg()[0]
        shared = " The machine was shared with other work, so times are upper bounds." if self.load > 0.5 else ""
        loads = f"load {self.load:.1f} at the start, {last:.1f} at the end"
        return f"{platform.machine()}, {self.cores} cores, {loads}.{shared}"


Seconds = Mapping[int, Mapping[str, float]]
"""CPU seconds by size and what was measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of the table, what questions cost and first runs, and two mentors for each."""

    rows: Sequence[Row]
    asked: Seconds
    first: Seconds
    twice: Sequence[Row]


def write(measured: Measured, out: Path, command: str, machine: Machine, seconds: int) -> None:
    """The document at `out` and the chart beside it as SVG."""
    rows = measured.rows
    out.parent.mkdir(parents=True, exist_ok=True)
    chart(rows, seconds).save(out.with_suffix(".svg"))
    versions = ", ".join(f"{name} {version(name)}" for name in PARTS)
    peers = "; ".join(peer.versions for peer in PEERS)
    text = [
        "# Matching, measured",
        f"Written by `{command}` (`make bench-matching` runs it with what it has by default). {machine}\n"
        f"Python {platform.python_version()}, {versions}; peers: {peers}. Time limit {seconds} s for one measurement.",
        f"![CPU seconds by number of mentors, even shape]({out.with_suffix('.svg').name})",
        NOTES.strip(),
        _table(rows, "matched"),
        *("## Questions beside a run", QUESTIONS, _by_size("question", measured.asked)),
        *("## The first run after installation", FIRST, _by_size("first run", measured.first)),
        *("## Two mentors each", TWO, _table(measured.twice, "pairs")),
    ]
    out.write_text("\n\n".join(text) + "\n", encoding="utf-8")


def _table(rows: Sequence[Row], counted: str) -> str:
    head = ("shape", "mentors × mentees", "way", "CPU s", "wall s", "peak MB", counted, "total score", "certificate")
    return "\n".join([f"| {' | '.join(head)} |", "|---|---|---|---:|---:|---:|---:|---:|---|", *map(str, rows)])


def _by_size(what: str, asked: Seconds) -> str:
    names = next(iter(asked.values()), {})
    head = [f"| {what} | {' | '.join(f'{size:,} × {size:,}' for size in asked)} |", "|---|" + "---:|" * len(asked)]
    table = [f"| {name} | {' | '.join(f'{own[name]:.3f}' for own in asked.values())} |" for name in names]
    return "\n".join([*head, *table])


def chart(rows: Sequence[Row], seconds: int) -> alt.LayerChart:
    """CPU seconds by size of the even shape, both scales logarithmic; a cross where there was no answer."""
    data = [
        {
            "mentors": row.mentors,
            "way": row.way,
            "cpu": seconds if row.failure else max(row.cpu, 1e-4),
            "failed": bool(row.failure),
        }
        for row in rows
        if row.shape == "even"
    ]
    sizes = sorted({row.mentors for row in rows})
    ticks = alt.Axis(values=sizes, format=",")
    size = alt.X("mentors:Q", scale=alt.Scale(type="log", nice=False), axis=ticks, title="mentors (and mentees)")
    cpu = alt.Y("cpu:Q", scale=alt.Scale(type="log"), axis=alt.Axis(tickCount=6), title="CPU seconds")
    base = alt.Chart(alt.Data(values=data)).encode(x=size, y=cpu, color=alt.Color("way:N", title=None))
    answered = base.transform_filter("!datum.failed").mark_line(point=True)
    failed = base.transform_filter("datum.failed").mark_point(shape="cross", size=120, angle=45, filled=True)
    title = alt.Title("Matching: CPU seconds by size", subtitle="even shape; a cross on top: failed or over the limit")
    return alt.layer(answered, failed).properties(width=560, height=360, title=title)
