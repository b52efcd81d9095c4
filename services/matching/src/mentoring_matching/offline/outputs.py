"""What comes out: a table of matches as CSV or XLSX, and a report as one self-contained HTML page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mentoring_common import csv_text
from mentoring_matching.engine import (
    Pair,
    Price,
    Run,
    blocking_pairs,
    choices,
    floor_curve,
    prices_without,
    recruitment,
    recruitment_known,
)
from mentoring_matching.engine.features import UNITS
from mentoring_matching.explanations import how_many_mentors, why_this_pair, why_without_mentee, why_without_mentor
from mentoring_matching.offline.matching import Solved
from mentoring_matching.offline.people import People, offered
from mentoring_matching.offline.understood import Understood

HEADINGS = ("mentee email", "mentee name", "mentor email", "mentor name", "score", "why", "close call")
_STEPS = 20
_COMPARED = 2000  # pairs up to which it is said what else would have been possible


@dataclass(frozen=True)
class Line:
    """One mentee with a mentor, or (mentor empty, score None) without."""

    mentee: str
    mentee_name: str
    mentor: str
    mentor_name: str
    score: float | None
    why: str
    close: bool = False
    """Another arrangement without the pair would be almost as good."""
    others: Sequence[str] = ()
    """Other mentors they could have, and what each would cost."""

    def cells(self) -> tuple[float | str, ...]:
        score, close = "" if self.score is None else self.score, "yes" if self.close else ""
        return self.mentee, self.mentee_name, self.mentor, self.mentor_name, score, self.why, close, *self.others


def lines_of(solved: Solved, people: People, alternatives: int = 0) -> list[Line]:
    """Every mentee in the order of ids, with the reasons; who has several mentors has a line for each."""
    run = solved.run
    prices = prices_without(run) if len(run.pairs) <= _COMPARED else {}
    small = {pair for pair, price in prices.items() if price.small}
    several = how_many_mentors(run, {})
    found = [_line(run, pair, people, several, close=(pair.mentor_id, pair.mentee_id) in small) for pair in run.pairs]
    for mentee_id, reason in why_without_mentor(run, {}).items():
        found.append(Line(mentee_id, people.names[mentee_id], "", "", None, reason.text))
    if alternatives:
        found = [replace(line, others=_others(run, line, alternatives, people)) for line in found]
    return sorted(found, key=lambda line: line.mentee)


def _line(run: Run, pair: Pair, people: People, several: Mapping[str, str], *, close: bool = False) -> Line:
    situation = run.situation
    mentor = situation.mentors[situation.column[pair.mentor_id]]
    mentee = situation.mentees[situation.row[pair.mentee_id]]
    plainly = replace(mentor, topics=offered(mentor.topics)), replace(mentee, topics=offered(mentee.topics))
    # topics are named as they are written in the files
    why = why_this_pair(pair, *plainly, situation.policy, {topic: topic for topic in mentee.topics})
    why = " ".join(filter(None, [why, several.get(pair.mentee_id)]))
    names = people.names[pair.mentee_id], people.names[pair.mentor_id]
    return Line(pair.mentee_id, names[0], pair.mentor_id, names[1], pair.score, why, close)


def _others(run: Run, line: Line, count: int, people: People) -> list[str]:
    return [f"{people.names[c.mentor_id]}: {_cost(c.price)}" for c in choices(run, line.mentee, count)]


def _cost(price: Price) -> str:
    """What another choice would cost everybody, in words."""
    if price.matches > 0:
        return "1 match" if price.matches == 1 else f"{price.matches} matches"
    if price.priority > 0:
        return "the place of somebody who goes before others"
    if price.further > 0:
        return "1 further mentor" if price.further == 1 else f"{price.further} further mentors"
    if price.ranks > 0:
        return "a mentor of somebody who goes before others, or has fewer"
    return f"{price.score:.2f} of the total score"


def write_table(path: Path, lines: Sequence[Line], alternatives: int = 0) -> None:
    """The lines as CSV, or as XLSX where the name says so."""
    headings = [*HEADINGS, *(f"alternative {number}" for number in range(1, alternatives + 1))]
    if path.suffix.lower() == ".xlsx":
        _write_workbook(path, lines, headings)
        return
    path.write_text(csv_text.write(headings, (line.cells() for line in lines)), encoding="utf-8", newline="")


def _write_workbook(path: Path, lines: Sequence[Line], headings: Sequence[str]) -> None:
    import xlsxwriter

    path.touch()  # an OSError in its own words where nothing can be written
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("matches")
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
        for number, line in enumerate(lines, start=1):
            sheet.write_row(number, 0, line.cells())
        sheet.autofilter(0, 0, max(len(lines), 1), len(headings) - 1)
        sheet.freeze_panes(1, 0)
        sheet.autofit()


def write_report(path: Path, run: Run, people: People, lines: Sequence[Line], known: Understood) -> None:
    """The distribution of scores, the reasons, whom to recruit, and what a floor would cost."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("mentoring_matching.offline", "."), autoescape=True)
    path.write_text(environment.get_template("report.html").render(_facts(run, people, lines, known)), encoding="utf-8")


def _facts(run: Run, people: People, lines: Sequence[Line], known: Understood) -> dict[str, Any]:
    curve = floor_curve(run) if len(run.pairs) <= _COMPARED else []
    helpful = [(people.names[gain.mentor_id], gain) for gain in recruitment(run)]
    return {
        "run": run,
        "totals": run.totals,
        "proof": proof_of(run, known),
        "known": known,
        "blocking": blocking_pairs(run),
        "bars": histogram([pair.score for pair in run.pairs]),
        "lines": lines,
        "idle": _idle(run, people),
        "close": [line for line in lines if line.close],
        "recruitment": helpful,
        "recruitment_known": recruitment_known(run),
        "several": run.situation.problem.seats is not None,
        "curve": curve,
        "bad_rows": people.bad_rows,
    }


def _idle(run: Run, people: People) -> list[tuple[str, str]]:
    """Names of mentors without a mentee, and why."""
    places = run.situation.problem.places
    reasons = why_without_mentee(
        run, {}, full=places is not None and len(run.pairs) - len(run.situation.pins) >= places
    )
    return sorted((people.names[mentor_id], reason.text) for mentor_id, reason in reasons.items())


def proof_of(run: Run, known: Understood) -> str:
    """What the certificate says, never without what is left to decide."""
    if not known.doubts:
        return _proof(run)
    things = "1 thing is" if len(known.doubts) == 1 else f"{len(known.doubts)} things are"
    return f"{_proof(run)} of what was read, but {things} left to decide: see above"


def _proof(run: Run) -> str:
    """The best there is, or, where limits decide, how far below it the pairs can be."""
    proof, step = run.certificate, run.situation.problem.step
    within = " within the limits" if run.situation.policy.limits else ""
    within += " without pairs both ways" if run.limited and run.situation.problem.doubles else ""
    if proof.valid:
        return f"proved best{within}"
    if run.network.decision is None or not proof.feasible or proof.worst or proof.gap < 0:
        return "NOT PROVED: please report it"
    if proof.gap >= step // 2:
        return f"the best{within} can hold up to {-(-proof.gap // step)} more people"
    return f"at most {proof.gap / UNITS:.4f} of total score below the best{within}"


def histogram(scores: Sequence[float]) -> list[tuple[float, int, float]]:
    """Classes of width 1/20: lower bound, pairs, share of the fullest class."""
    counts = [0] * _STEPS
    for score in scores:
        counts[min(int(score * _STEPS), _STEPS - 1)] += 1
    fullest = max(counts) or 1
    return [(place / _STEPS, count, count / fullest) for place, count in enumerate(counts)]
