"""The public view: the same figures under disclosure control.

Counts of what the programme itself did (applications, pairs, sessions, interviews) are exact: those that EXACT names.
All other counts are rounded, over all cohorts only. Figures of surveys, and people by background, are protected by
`disclosure`. A survey is shown once all its waves have closed: shown twice,
the difference between the two would be the wave that came in between. Backgrounds, of people who come and go, are shown
as they were frozen last. Where one person was asked up to m times in a wave, groups are m times larger, so that they
are of enough different people however answers are spread.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from mentoring_evaluation.disclosure.bands import BASE, Band, Grid, Share, share
from mentoring_evaluation.disclosure.floor import policy_of, rule_in_words
from mentoring_evaluation.figures.evidence import Evidence
from mentoring_evaluation.figures.figure import Figure, Line, count
from mentoring_evaluation.figures.intervals import half_up
from mentoring_evaluation.figures.programme_figures import APPLIED_BY, BACKGROUND, MATCHED_BY
from mentoring_evaluation.figures.protected import STANDS_ALONE, ProtectedWaves
from mentoring_evaluation.figures.shown import Between, Rounding, Shown, ShownFigure
from mentoring_evaluation.figures.survey_figures import brought_in, waves_brought_in
from mentoring_evaluation.kept import Number

RATE = "response_rate"
SHARES: Final = frozenset({"habits_embedded", "habits_seen"})  # of people: made of their rounded counts
# What is shown exactly; whoever adds a figure decides it here. The people in pairs are known from the pairs, and how
# many were asked from both: rounding them alone would protect nobody.
EXACT: Final = frozenset({
    "expressions_of_interest", "expressions_of_interest_for_later", "moved_cohort", "oversubscription", "matched_pairs",
    "matched_people", "relationships", "groups", "mentoring_sessions", "mentoring_minutes", "cpd_sessions",
    "interviews", "interviewed_pairs", "interview_pages",
})  # fmt: skip


def public_lines(evidence: Evidence, lines: Sequence[Line]) -> list[ShownFigure]:
    """The figures that may be published; `shown` says how (Shown)."""
    waves = protected_waves(evidence)
    shown: list[ShownFigure] = []
    for line in lines:
        if line.figure.wave is not None:
            of_wave = waves.get(line.figure.wave)
            if of_wave is not None and _is_published(line, of_wave):
                brought = brought_in(of_wave.waves, line.figure.cohort)
                shown.append(_survey_line(line, of_wave).but(caveats=(brought,) if brought else ()))
        elif line.figure.name in SHARES:
            shown.append(_share_on_the_grid(line))
        elif line.figure.name in EXACT:
            shown.append(line.shown())
        elif line.figure.name not in (BACKGROUND, MATCHED_BY, APPLIED_BY) and line.figure.cohort is None:
            shown.append(_on_the_grid(line))
    return shown + _background_lines(evidence)


def protected_waves(evidence: Evidence) -> dict[str, ProtectedWaves]:
    """The waves that may be published, by name: those that have all closed."""
    policy = policy_of(evidence.public_minimum)
    names = dict.fromkeys(wave.name for wave in evidence.waves)
    every = {name: [wave for wave in evidence.waves if wave.name == name] for name in names}
    return {
        name: ProtectedWaves(waves, policy)
        for name, waves in every.items()
        if all(wave.closed_at is not None for wave in waves)
    }


def statement(evidence: Evidence) -> str:
    """The rule in words, as the view states it."""
    policy = policy_of(evidence.public_minimum)
    return (
        "This view may be published. Counts of applications, of pairs, groups and the people in pairs, of sessions and "
        "of interviews are exact; pairs that were matched again or handed over, people who came to sessions of "
        f"continuing development, people with habits and people in groups are rounded to {BASE}, over all cohorts "
        "only; shares of habits are made of such counts. Figures of "
        f"surveys and of people's backgrounds are protected. {policy.in_words()} A question is sensitive unless the "
        "survey calls it ordinary. Percentages are made of the rounded counts; where nearly everybody or hardly "
        "anybody gave an answer, a figure says only “at least” or “at most”. "
        f"Cohorts in which fewer than {STANDS_ALONE} were asked are taken together. {rule_in_words(policy.minimum)} "
        "Figures of a survey are shown once all its waves have closed. Where people were asked several times in one "
        "wave, groups are as many times larger. Backgrounds are as they were frozen when a survey last closed or a "
        "report was last built, and those of few people are left out; a count that has changed by fewer people than "
        "a group has stays." + waves_brought_in(evidence.waves)
    )


def _is_published(line: Line, waves: ProtectedWaves) -> bool:
    """Whether it is made of responses or of the answers of a role; how far the sides of pairs agree is not."""
    return line.figure.name == RATE or any(
        wave.used and wave.used.published(line.figure.name, line.figure.role or "") for wave in waves.waves
    )


def _survey_line(line: Line, waves: ProtectedWaves) -> ShownFigure:
    if line.figure.rule == "mean_of_cohorts":
        return _mean_line(line, waves)
    return _protected(line, *_said(line, waves, line.figure.cohort))


def _said(line: Line, waves: ProtectedWaves, cohort: int | None) -> tuple[Share | None, Band | None, Band | None]:
    """What is said of the share in a cohort (None: in all), and of the counts that it is made of."""
    figure = line.figure
    if figure.name == RATE:
        found = waves.response_rate(cohort, figure.role)
        part, whole = (found[0], Band(found[1], found[1])) if found else (None, None)
    else:
        answers = waves.answers(figure.name, cohort, figure.role or "")
        part = answers.parts.get(line.breakdown.get("option")) if answers else None
        whole = answers.whole if answers else None
    return (share(part, whole) if part and whole else None), part, whole


def _mean_line(line: Line, waves: ProtectedWaves) -> ShownFigure:
    """The mean of the cohort shares that are shown themselves; hidden where one of them is not told to a percent."""
    shares = [_said(line, waves, part.cohort)[0] for part in line.figure.components]
    known = [one for one in shares if one is not None and one.shown == "rounded"]
    if not known or len(known) < len(shares):
        return _protected(line, None, None, None)
    low, high = (sum(ends) / len(known) for ends in ([s.low for s in known], [s.high for s in known]))
    mean = half_up(Fraction(sum(one.value for one in known), len(known)))
    return _protected(line, Share(int(mean), "rounded", int(low), -int(-high // 1)), None, None)


def _background_lines(evidence: Evidence) -> list[ShownFigure]:
    """The frozen tables, by role and over all cohorts only: narrower tables would hide nearly everything.

    What is hidden has no line: one would say that somebody is there, and none that nobody is.
    """
    frozen = evidence.public_backgrounds
    return [
        _rounded_count(Line(_frozen(role, field), {field or BACKGROUND: answer}), people)
        for role, field, whose in sorted((whose.partition(" ")[0], whose.partition(" ")[2], whose) for whose in frozen)
        for answer, people in sorted(frozen[whose].items())
        if people is not None
    ]


def _frozen(role: str, field: str) -> Figure:
    by = "their answer to a field of the form" if field else "professional background"
    said = f"Matched people by {by}, at the time this table was last frozen."
    return count(MATCHED_BY if field else BACKGROUND, said, 0, unit="people", role=role)


def _on_the_grid(line: Line) -> ShownFigure:
    """A count of people, or of pairs that something happened to, as its band."""
    band = Grid().band(int(line.figure.value or 0))
    between = Between(low=band.low, high=band.high)
    if band.rounded is None:
        return _published(line, "at_most", band.high, between=between)
    return _published(line, "rounded", band.rounded, numerator=band.rounded, between=between)


def _share_on_the_grid(line: Line) -> ShownFigure:
    """A share of people, made of the bands of both counts."""
    part, whole = (Grid().band(number or 0) for number in (line.figure.numerator, line.figure.denominator))
    return _protected(line, share(part, whole), part, whole)


def _rounded_count(line: Line, people: int) -> ShownFigure:
    return _published(line, "rounded", people, numerator=people)


def _protected(line: Line, said: Share | None, part: Band | None, whole: Band | None) -> ShownFigure:
    if said is None:
        return _published(line, "hidden", None)
    return _published(
        line,
        said.shown,
        said.value,
        numerator=part.rounded if part and said.shown == "rounded" else None,
        denominator=_of(whole),
        between=Between(low=said.low, high=said.high),
        whole=Between(low=whole.low, high=whole.high) if whole else None,
    )


def _of(whole: Band | None) -> int | None:
    return None if whole is None else whole.low if whole.low == whole.high else whole.rounded


def _published(
    line: Line,
    shown: Shown,
    value: Number | None,
    *,
    numerator: int | None = None,
    denominator: int | None = None,
    between: Between | None = None,
    whole: Between | None = None,
) -> ShownFigure:
    """The line with protected numbers only: nothing exact, no interval, no caveat, no components."""
    return line.shown().but(
        shown=shown, value=value, numerator=numerator, denominator=denominator, between=between, whole=whole,
        asked=None, answered=None, exact=None, interval=None, finite=None, caveats=(), components=(), rounding=_ON_GRID,
    )  # fmt: skip


_ON_GRID = Rounding(mode="half-up", digits=0, base=BASE)
