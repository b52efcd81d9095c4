"""The attacker of the tests, on as many surveys as one has patience for.

`python -m bench.evaluation.disclosure [--surveys 10000]` writes docs/benchmarks/disclosure.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ATTACKER = ROOT / "services" / "evaluation" / "tests" / "disclosure_attacker.py"
OUT = ROOT / "docs" / "benchmarks" / "disclosure.md"


@dataclass
class Score:
    """What came of one kind of surveys."""

    what: str
    surveys: int = 0
    counts: int = 0
    lines: int = 0
    shown: int = 0
    exact: int = 0
    narrow: int = 0
    seconds: float = 0

    def row(self) -> str:
        share = 100 * self.shown / self.lines
        return (
            f"| {self.what} | {self.surveys:,} | {self.counts:,} | {self.lines:,} | {share:.0f} % | {self.exact} "
            f"| {self.narrow} | {self.seconds:.0f} |"
        )


def attacked(what: str, surveys: Iterator[Any]) -> Score:
    """The attacker's score on some surveys."""
    return _scored(what, map(_attacker().attack_on, surveys))


def attacked_in_turn(what: str, surveys: Iterator[Any]) -> Score:
    """The same of surveys of which some cohorts were published before the others were planned."""
    attacker = _attacker()
    return _scored(what, (attacker.attack_on_both(*attacker.in_turn(one, seed)) for seed, one in enumerate(surveys)))


def _scored(what: str, attacks: Iterator[Mapping[str, Any]]) -> Score:
    score, started = Score(what), time.process_time()
    for of_survey in attacks:
        score.surveys += 1
        for attack in of_survey.values():
            score.counts += len(attack.sought)
            score.lines += attack.lines
            score.shown += attack.shown
            for width in attack.recovered().values():
                score.exact += width == 0
                score.narrow += width > 0
    score.seconds = time.process_time() - started
    return score


def pooled(surveys: int) -> tuple[int, float]:
    """Of the 16 figures over all cohorts of a survey as large as NIHR's, the fewest that are shown, and the mean."""
    attacker = _attacker()
    told = [
        sum(figure["shown"] != "hidden" for figure in attacker.pooled_figures(attacker.nihr_survey(seed)))
        for seed in range(surveys)
    ]
    return min(told), sum(told) / len(told)


def _attacker() -> Any:
    if "disclosure_attacker" not in sys.modules:
        spec = importlib.util.spec_from_file_location("disclosure_attacker", ATTACKER)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["disclosure_attacker"] = module
        spec.loader.exec_module(module)
    return sys.modules["disclosure_attacker"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--surveys", type=int, default=10_000, help="random surveys; a tenth as many at the edges")
    surveys = parser.parse_args().surveys
    a = _attacker()

    def each(make: Callable[[int], Any], number: int, first: int = 0) -> Iterator[Any]:
        return (make(seed) for seed in range(first, first + number))

    scores = [
        attacked("random, questions ordinary and sensitive", each(a.random_survey, surveys)),
        attacked("of NIHR's size: 22, 22 and 36 pairs, 40 to 50 % answer", each(a.nihr_survey, surveys // 20)),
        attacked("at the edges of bands", each(lambda n: a.random_survey(n, edges=True), surveys // 10)),
        attacked("the same, every question sensitive", each(
            lambda n: a.strict(a.random_survey(n, edges=True)), surveys // 10, surveys
        )),
        attacked_in_turn("published twice, further cohorts in between", each(
            lambda n: a.random_survey(n, edges=n % 2 == 0), surveys // 10, 2 * surveys
        )),
    ]  # fmt: skip
    fewest, mean = pooled(surveys // 20)
    where = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    lines = [
        "# What an attacker learns of a survey that was published",
        f"Written by `python -m bench.evaluation.disclosure --surveys {surveys}` ({where}).",
        "The attacker (`services/evaluation/tests/disclosure_attacker.py`) has every public line of a survey, knows "
        "how they are made and how many were asked, is told besides the band of every count behind a figure that is "
        "shown, and solves integer programs over all tables of the wave together for the smallest and largest value of "
        "each count: responses and non-responses, answers and none, what is counted and what is not, by "
        "cohort and role and in all. Of what was published twice the attacker has both, and the bands of both. Exact: "
        "one value is left; narrow: the two ends are less than 4 apart.",
        "REST, GraphQL, page, PDF, DOCX, archive and tables print what `figures/views.py` and "
        "`figures/full_answers.py` make of the public view, and nothing else of a survey: who has all of them has no "
        "more than this attacker, who is told every band.",
        "\n".join([
            "| surveys | number | counts sought | lines | of them shown | exact | narrow | CPU s |",
            "|---|---|---|---|---|---|---|---|",
            *(score.row() for score in scores),
        ]),
        f"Of the 16 figures over all cohorts that surveys of NIHR's size have, at least {fewest} are shown, and "
        f"{mean:.1f} on average.",
    ]  # fmt: skip
    text = "\n\n".join(lines) + "\n"
    OUT.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
