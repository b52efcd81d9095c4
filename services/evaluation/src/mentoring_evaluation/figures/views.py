"""The two views of a programme's figures: exact for its team, or under disclosure control."""

from typing import Literal
from urllib.parse import urlencode

from mentoring_evaluation.disclosure.floor import least_asked, rule_in_words
from mentoring_evaluation.figures.evidence import Evidence
from mentoring_evaluation.figures.figure import Line
from mentoring_evaluation.figures.programme_figures import programme_lines
from mentoring_evaluation.figures.public_view import public_lines, statement
from mentoring_evaluation.figures.shown import ShownFigure
from mentoring_evaluation.figures.survey_figures import waves_brought_in

EXACT = (
    "This is the programme team's own view: every figure that is shown is exact, small counts included. It is not for "
    "publication; the public view is."
)


def view_of(evidence: Evidence, audience: str) -> tuple[str, list[ShownFigure]]:
    """What a view says of itself, and its figures."""
    lines = programme_lines(evidence)
    if audience == "public":
        return statement(evidence), public_lines(evidence, lines)
    return _exact_statement(evidence), [_recomputed(line) for line in lines]


def _exact_statement(evidence: Evidence) -> str:
    """The rule that was used, and what it kept back."""
    hidden = [
        f"{role}s in {wave.name.replace('_', ' ')} of cohort {wave.cohort}"
        for wave in sorted(evidence.waves, key=lambda wave: (wave.name, wave.cohort))
        for role in wave.asked
        if wave.closed_at and role in wave.hidden
    ]
    kept_back = f" Kept back: {', '.join(hidden)}." if hidden else ""
    brought = waves_brought_in(evidence.waves)
    return f"{EXACT} {rule_in_words(least_asked(evidence.public_minimum))}{kept_back}{brought}"


def _recomputed(line: Line) -> ShownFigure:
    """The figure with where it is counted again; of breakdowns, only that by option has a page."""
    f, shown = line.figure, line.shown()
    if set(line.breakdown) - {"option"}:
        return shown
    asked = {"cohort": f.cohort, "role": f.role, "wave": f.wave, "option": line.breakdown.get("option")}
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return shown.but(evidence=f"figures/{f.name}/evidence" + (f"?{query}" if query else ""))


Audience = Literal["programme_team", "public"]
