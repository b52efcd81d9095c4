"""What comes out: a table of matches as CSV or XLSX, and a report as one self-contained HTML page."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mentoring_matching.engine import Run, blocking_pairs, floor_curve, prices_without, recruitment
from mentoring_matching.engine.features import UNITS
from mentoring_matching.explanations import why_this_pair, why_without_mentee, why_without_mentor
from mentoring_matching.offline.people import People, offered

HEADINGS = ("mentee email", "mentee name", "mentor email", "mentor name", "score", "why")
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

    def cells(self) -> tuple[str, str, str, str, float | str, str]:
        score = "" if self.score is None else self.score
        return self.mentee, self.mentee_name, self.mentor, self.mentor_name, score, self.why


def lines_of(run: Run, people: People) -> list[Line]:
    """Every mentee in the order of ids, with the reasons."""
    situation = run.situation
    found = []
    alternatives = prices_without(run) if len(run.pairs) <= _COMPARED else {}
    for pair in run.pairs:
        mentor, mentee = (
            situation.mentors[situation.column[pair.mentor_id]],
            situation.mentees[situation.row[pair.mentee_id]],
        )
        plain = replace(mentor, topics=offered(mentor.topics)), replace(mentee, topics=offered(mentee.topics))
        why = why_this_pair(pair, *plain, situation.policy, {})
        if pair.mentee_id in alternatives and alternatives[pair.mentee_id].small:
            why += " It was a close call: another arrangement would have been almost as good."
        names = people.names[pair.mentee_id], people.names[pair.mentor_id]
        found.append(Line(pair.mentee_id, names[0], pair.mentor_id, names[1], pair.score, why))
    for mentee_id, reason in why_without_mentor(run, {}).items():
        found.append(Line(mentee_id, people.names[mentee_id], "", "", None, reason.text))
    return sorted(found, key=lambda line: line.mentee)


def write_table(path: Path, lines: Sequence[Line]) -> None:
    """The lines as CSV, or as XLSX where the name says so."""
    if path.suffix.lower() == ".xlsx":
        _write_workbook(path, lines)
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows([_inert(cell) for cell in line.cells()] for line in lines)


def _inert(cell: float | str) -> float | str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _write_workbook(path: Path, lines: Sequence[Line]) -> None:
    import xlsxwriter

    path.touch()  # an OSError in its own words where nothing can be written
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("matches")
        sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
        for number, line in enumerate(lines, start=1):
            sheet.write_row(number, 0, line.cells())
        sheet.autofilter(0, 0, max(len(lines), 1), len(HEADINGS) - 1)
        sheet.freeze_panes(1, 0)
        sheet.autofit()


def write_report(path: Path, run: Run, people: People, lines: Sequence[Line]) -> None:
    """The distribution of scores, the reasons, whom to recruit, and what a floor would cost."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("mentoring_matching.offline", "."), autoescape=True)
    path.write_text(environment.get_template("report.html").render(_facts(run, people, lines)), encoding="utf-8")


def _facts(run: Run, people: People, lines: Sequence[Line]) -> dict[str, Any]:
    curve = floor_curve(run) if len(run.pairs) <= _COMPARED else []
    helpful = [(people.names[gain.mentor_id], gain) for gain in recruitment(run)]
    return {
        "run": run,
        "totals": run.totals,
        "proof": proof_of(run),
        "blocking": blocking_pairs(run),
        "bars": histogram([pair.score for pair in run.pairs]),
        "lines": lines,
        "idle": _idle(run, people),
        "recruitment": helpful,
        "curve": curve,
        "bad_rows": people.bad_rows,
    }


def _idle(run: Run, people: People) -> list[tuple[str, str]]:
    """Names of mentors without a mentee, and why."""
    places = run.situation.problem.places
    reasons = why_without_mentee(run, {}, full=places is not None and len(run.pairs) >= places)
    return sorted((people.names[mentor_id], reason.text) for mentor_id, reason in reasons.items())


def proof_of(run: Run) -> str:
    """What the certificate says: the best there is, or, where limits decide, how far below it the pairs can be."""
    proof, step = run.certificate, run.situation.problem.step
    within = " within the limits" if run.situation.policy.limits else ""
    within += " without pairs both ways" if run.limited and run.situation.problem.doubles else ""
    if proof.valid:
        return f"proved best{within}"
    if not run.limited or not proof.feasible or proof.worst or proof.gap < 0:
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
