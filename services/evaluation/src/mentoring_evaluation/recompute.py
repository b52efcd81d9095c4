"""What stands behind a survey figure: the counts by answer it was made of, counted again and compared with it."""

from collections.abc import Iterator, Sequence
from typing import Any

from mentoring_evaluation.evidence import ROLES, Evidence, WaveRecord
from mentoring_evaluation.figures import Figure
from mentoring_evaluation.instruments import Role
from mentoring_evaluation.programme_figures import programme_lines, question_of


def figures_named(
    evidence: Evidence, name: str, cohort: int | None, role: Role | None, wave: str | None
) -> list[Figure]:
    """The figures of a name for a group; overall ones come both ways. No `wave`: of every survey that has it."""
    return [
        line.figure
        for line in programme_lines(evidence)
        if (line.figure.name, line.figure.cohort, line.figure.role) == (name, cohort, role)
        and wave in (None, line.figure.wave)
        and not line.breakdown
    ]


def counts_behind(evidence: Evidence, figure: Figure) -> dict[str, Any]:
    """The counts by answer of every wave and role in a figure, what they add to, and whether that is the figure.

    `counted_again` is None for figures that are not made of answers or of responses, and for means of cohorts, whose
    `components` are recomputed each for itself.
    """
    groups = list(_groups(evidence, figure))
    if figure.rule == "mean_of_cohorts" or not groups:
        return {"groups": groups, "counted_again": None, "agrees": None}
    rate = figure.name == "response_rate"
    again = {
        "numerator": sum(group["responses"] if rate else group["counted_answers"] for group in groups),
        "denominator": sum(group["asked"] if rate else group["answered"] for group in groups),
    }
    agrees = again == {"numerator": figure.numerator, "denominator": figure.denominator}
    return {"groups": groups, "counted_again": again, "agrees": agrees}


def _groups(evidence: Evidence, figure: Figure) -> Iterator[dict[str, Any]]:
    roles: Sequence[Role] = ROLES if figure.role is None else (figure.role,)
    for wave in evidence.waves:
        if wave.instrument != figure.wave or wave.closed_at is None or figure.cohort not in (None, wave.cohort):
            continue
        for role in roles:
            found = _group(wave, figure.name, role)
            if found is not None:
                yield found


def _group(wave: WaveRecord, name: str, role: Role) -> dict[str, Any] | None:
    known = {
        "wave_id": wave.id, "source": wave.source, "cohort": wave.cohort, "role": role, "asked": wave.asked[role],
        "responses": wave.responses[role],
    }  # fmt: skip
    if name == "response_rate":
        return known
    question = question_of(wave, name, role)
    if question is None:
        return None
    given = wave.answers.get((role, question.id), {})
    answers = {option: given.get(option, 0) for option in question.answers}
    answered = sum(answers.values())
    return known | {
        "question": question.id,
        "text": question.wording(role),
        "answers": answers,
        "counted": question.counted,
        "counted_answers": sum(answers[option] for option in question.counted),
        "answered": answered,
        "skipped": wave.responses[role] - answered,
    }
