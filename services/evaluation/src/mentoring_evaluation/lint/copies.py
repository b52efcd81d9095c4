"""Rules for lines that were copied: they agree to the digit where their numbers could not."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from mentoring_evaluation.lint.findings import Finding
from mentoring_evaluation.lint.overall import overalls
from mentoring_evaluation.lint.percentages import candidates
from mentoring_evaluation.lint.published import Percentage, PublishedReport

# A question's line: the percentage of every role, for one cohort or overall.
_Line = dict[str | None, Percentage]
_Block = dict[str | None, _Line]
_T = TypeVar("_T")


def copied_lines(report: PublishedReport) -> Iterator[Finding]:
    """Lines of two or more roles that are the same as another line, and that the people behind them do not explain."""
    suspect = _unexplained(report)
    blocks = _blocks(report)
    for (name, _), lines in blocks.items():
        ordered = [lines[cohort] for cohort in sorted(lines, key=lambda cohort: cohort or "")]
        for first, second in _alike((_values(line), line) for line in ordered if len(line) > 1):
            if any(id(line) in suspect for line in [*first.values(), *second.values()]):
                yield _copied(name, first, second)
    yield from _copied_blocks(blocks)


def _copied_blocks(blocks: dict[tuple[str, str | None], _Block]) -> Iterator[Finding]:
    named = [(name, wave, block) for (name, wave), block in blocks.items() if _varied(block)]
    signed = (((wave, _signature(block)), (name, block)) for name, wave, block in named)
    for (one, first), (two, second) in _alike(signed):
        cohorts = [cohort for cohort in first if cohort is not None]
        where = next(iter(first[cohorts[0]].values())).at
        also = next(iter(second[cohorts[0]].values())).at
        why = f"Every line of {two} is the same as that of {one}, in all {len(cohorts)} cohorts."
        resolve = "Go back to the answers to both questions."
        yield Finding("copied_line", where, why, "likely", resolve, (also,))


def _alike(signed: Iterable[tuple[Hashable, _T]]) -> Iterator[tuple[_T, _T]]:
    """Every thing with the first one of the same signature: not every pair, which grows with the square."""
    first: dict[Hashable, _T] = {}
    for signature, thing in signed:
        if signature in first:
            yield first[signature], thing
        first.setdefault(signature, thing)


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
    counted = [o for o in overalls(report) if all(line.n for line in o.cohorts) and not o.partial]
    return lines | {id(o.line) for o in counted if not o.is_mean and not o.reachable}


def _blocks(report: PublishedReport) -> dict[tuple[str, str | None], _Block]:
    blocks: dict[tuple[str, str | None], _Block] = defaultdict(lambda: defaultdict(dict))
    for line in report.percentages:
        blocks[(line.name, line.wave)][line.cohort][line.role] = line
    return blocks


def _values(line: _Line) -> Hashable:
    return frozenset((role, printed.percent) for role, printed in line.items())


def _signature(block: _Block) -> Hashable:
    return frozenset((cohort, _values(line)) for cohort, line in block.items())


def _varied(block: _Block) -> bool:
    """Whether a block is so rich that another one does not happen to be the same."""
    cohorts = [line for cohort, line in block.items() if cohort is not None]
    several = len(cohorts) > 1 and all(len(line) > 1 for line in block.values())
    return several and len({line.percent for lines in block.values() for line in lines.values()}) > 3


def _label(line: Percentage) -> str:
    return "overall" if line.cohort is None else f"cohort {line.cohort}"
