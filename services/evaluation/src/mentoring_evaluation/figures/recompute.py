"""What stands behind a survey figure: the counts by answer it was made of, counted again and compared with it."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from mentoring_contracts.words import SIDES
from mentoring_evaluation.figures.evidence import Evidence, WaveRecord
from mentoring_evaluation.figures.figure import Figure
from mentoring_evaluation.figures.intervals import half_up, percent
from mentoring_evaluation.figures.programme_figures import programme_lines
from mentoring_evaluation.figures.survey_figures import question_of
from mentoring_evaluation.figures.tallies import shown_to, tally

Groups = Sequence[Mapping[str, Any]]


def figures_named(
    evidence: Evidence, name: str, cohort: int | None, role: str | None, wave: str | None, option: str | None = None
) -> list[Figure]:
    """The figures of a name for a group; overall ones come both ways. No `wave`: of every survey that has it. Of
    several choices each `option` has figures of its own."""
    breakdown = {} if option is None else {"option": option}
    return [
        line.figure
        for line in programme_lines(evidence)
        if (line.figure.name, line.figure.cohort, line.figure.role) == (name, cohort, role)
        and wave in (None, line.figure.wave)
        and line.breakdown == breakdown
    ]


def counts_behind(evidence: Evidence, figure: Figure) -> dict[str, Any]:
    """The counts by answer of every wave and role in a figure, what they add to, and whether that is the figure.

    `counted_again` is None for figures that are not made of answers or of responses, and for means of cohorts: of those
    `cohorts_again` has each cohort's share, and `mean_again` what they come to, in per cent.
    """
    groups = list(_groups(evidence, figure))
    if not groups:
        return {"groups": groups, "counted_again": None, "agrees": None}
    if figure.rule == "mean_of_cohorts":
        return {"groups": groups, "counted_again": None} | _mean_again(figure, groups)
    again = _share(figure, groups)
    return {"groups": groups, "counted_again": again, "agrees": again == _said(figure)}


def _mean_again(figure: Figure, groups: Groups) -> dict[str, Any]:
    """Whether every cohort's records give its share, and these shares the mean."""
    cohorts = [part.cohort for part in figure.components]
    shares = [_share(figure, [group for group in groups if group["cohort"] == cohort]) for cohort in cohorts]
    exact = [percent(one["numerator"], one["denominator"]) for one in shares if one["denominator"]]
    mean = sum(exact, Fraction(0)) / len(exact) if len(exact) == len(shares) else None
    return {
        "cohorts_again": [{"cohort": cohort} | share for cohort, share in zip(cohorts, shares, strict=True)],
        "mean_again": None if mean is None else float(half_up(mean, figure.digits)),
        "agrees": mean == figure.exact and shares == [_said(part) for part in figure.components],
    }


def _share(figure: Figure, groups: Groups) -> dict[str, int]:
    counted, of = ("responses", "asked") if figure.name == "response_rate" else ("counted_answers", "answered")
    return {"numerator": sum(group[counted] for group in groups), "denominator": sum(group[of] for group in groups)}


def _said(figure: Figure) -> dict[str, int | None]:
    return {"numerator": figure.numerator, "denominator": figure.denominator}


def _groups(evidence: Evidence, figure: Figure) -> Iterator[dict[str, Any]]:
    roles: Sequence[str] = SIDES if figure.role is None else (figure.role,)
    for wave in evidence.waves:
        if wave.name != figure.wave or wave.closed_at is None or figure.cohort not in (None, wave.cohort):
            continue
        for role in roles:
            found = None if role in wave.hidden or role not in wave.asked else _group(wave, figure, role)
            if found is not None:
                yield found


def _group(wave: WaveRecord, figure: Figure, role: str) -> dict[str, Any] | None:
    known = {
        "wave_id": wave.id, "source": wave.source, "cohort": wave.cohort, "role": role,
        "responses": wave.responses[role],
    }  # fmt: skip
    if figure.name == "response_rate":
        return known | {"asked": wave.asked[role]}
    question = question_of(wave, figure.name, role)
    if question is None:
        return None
    counts, shown = tally(wave, question, role), shown_to(wave, question, role)
    return known | {
        "asked": shown,
        "question": question.id,
        "text": question.wording(role),
        "answers": dict(counts.by_answer),
        "counted": list(figure.top_box),
        "counted_answers": sum(counts.by_answer.get(answer, 0) for answer in figure.top_box),
        "answered": counts.answered,
        "skipped": min(shown, wave.responses[role]) - counts.answered,
    }
