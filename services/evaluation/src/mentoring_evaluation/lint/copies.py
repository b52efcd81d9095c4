"""Rules for lines that were copied: they agree to the digit where their numbers could not."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from mentoring_evaluation.lint.findings import Finding
from mentoring_evaluation.lint.overall import overalls
from mentoring_evaluation.lint.percentages import candidates
from mentoring_evaluation.lint.schema import Percentage, PublishedReport

# A question's line: the percentage of every role, for one cohort or overall.
_Line = dict[str | None, Percentage]


def copied_lines(report: PublishedReport) -> Iterator[Finding]:
    """Lines of two or more roles that are the same as another line, and that the people behind them do not explain."""
    suspect = _unexplained(report)
    blocks = _blocks(report)
    for (name, _), lines in blocks.items():
        for first, second in combinations(sorted(lines, key=lambda cohort: cohort or ""), 2):
            copied = _same(lines[first], lines[second])
            if copied and any(id(line) in suspect for line in [*lines[first].values(), *lines[second].values()]):
                yield _copied(name, lines[first], lines[second])
    yield from _copied_blocks(blocks)


def _copied_blocks(blocks: dict[tuple[str, str | None], dict[str | None, _Line]]) -> Iterator[Finding]:
    for (one, first), (two, second) in combinations(blocks.items(), 2):
        cohorts = [cohort for cohort in first if cohort is not None]
        if one[1] != two[1] or len(cohorts) < 2 or first.keys() != second.keys():
            continue
        if all(_same(first[cohort], second[cohort]) for cohort in first) and _varied(first):
            where = next(iter(first[cohorts[0]].values())).at
            also = next(iter(second[cohorts[0]].values())).at
            why = f"Every line of {two[0]} is the same as that of {one[0]}, in all {len(cohorts)} cohorts."
            resolve = "Go back to the answers to both questions."
            yield Finding("copied_line", where, why, "likely", resolve, (also,))


def _copied(name: str, first: _Line, second: _Line) -> Finding:
    a, b = next(iter(first.values())), next(iter(second.values()))
    values = ", ".join(f"{role} {line.percent} %" if role else f"{line.percent} %" for role, line in first.items())
    why = (
        f"{name}: the {_label(a)} line and the {_label(b)} line are the same ({values}), "
        "though their people differ and the numbers behind them cannot give at least one of these values."
    )
    resolve = f"Recount both lines of {name}: one of them was probably copied from the other."
    return Finding("copied_line", b.at, why, "likely", resolve, (a.at,))


def _unexplained(report: PublishedReport) -> set[int]:
    """The lines (by identity) that no count, no pooling and no mean explains."""
    lines = {
        id(line)
        for line in report.percentages
        if line.cohort is not None and line.n is not None and not candidates(line)
    }
    return lines | {id(o.line) for o in overalls(report) if not o.is_mean and not o.reachable()}


def _blocks(report: PublishedReport) -> dict[tuple[str, str | None], dict[str | None, _Line]]:
    blocks: dict[tuple[str, str | None], dict[str | None, _Line]] = defaultdict(lambda: defaultdict(dict))
    for line in report.percentages:
        blocks[(line.name, line.wave)][line.cohort][line.role] = line
    return blocks


def _same(first: _Line, second: _Line) -> bool:
    return (
        len(first) > 1
        and first.keys() == second.keys()
        and all(first[role].percent == second[role].percent for role in first)
    )


def _varied(block: dict[str | None, _Line]) -> bool:
    return len({line.percent for lines in block.values() for line in lines.values()}) > 2


def _label(line: Percentage) -> str:
    return "overall" if line.cohort is None else f"cohort {line.cohort}"
