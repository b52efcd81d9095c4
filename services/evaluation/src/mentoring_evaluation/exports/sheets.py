"""Answer sheets as tables: for each survey, as it was worded, one row a sheet and one column a question.

Who answered, when, and what they wrote in their own words is in none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mentoring_evaluation.exports.table import Column, Table
from mentoring_evaluation.surveys.instruments import Instrument, Question


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person of a role answered in a wave of a cohort, and the survey as it was asked."""

    used: Instrument
    cohort: int
    occasion: str
    role: str
    answers: Mapping[str, Any]


SAID = (
    "Answer sheets of surveys in which people were told that researchers may be given them. No name, day or text of "
    "their own is in them; sheets of one person in several surveys are not joined. Sheets of a role of which fewer "
    "people were asked than the programme publishes of are left out. Where a survey was asked after meetings, one "
    "person may have filled in several sheets. Whoever has them is bound by the agreement they were taken under: try "
    "to recognise nobody, and publish nothing of few people."
)


def tables_of(sheets: Iterable[Sheet]) -> list[Table]:
    """A table for every version of a survey, its rows in an order that says nothing."""
    by_survey: dict[tuple[str, int], list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        by_survey[(sheet.used.id, sheet.used.version)].append(sheet)
    return [_table(f"{name}-{version}", rows) for (name, version), rows in sorted(by_survey.items())]


def _table(name: str, sheets: Sequence[Sheet]) -> Table:
    used = sheets[0].used
    questions = [question for question in used.flat() if question.kind != "text"]
    roles = list(dict.fromkeys(role for question in used.questions for role in question.roles))
    columns = [
        Column("cohort", "integer", description="number of the cohort"),
        Column("occasion", "string", description="which wave of the survey it was, where there are several"),
        Column("role", "string", description="who answered", labels={role: role for role in roles}, closed=True),
    ]
    known = [(question, list(_columns(question))) for question in questions]
    columns += [column for _, of_question in known for column in of_question]
    rows = [
        [
            sheet.cohort,
            sheet.occasion or None,
            sheet.role,
            *(cell for q, _ in known for cell in _cells(q, sheet.answers)),
        ]
        for sheet in sheets
    ]
    rows.sort(key=lambda row: [str(cell) for cell in row])  # by what is in them, which says nothing of who was first
    return Table(name, f"{used.title}, version {used.version}", columns, rows)


def _columns(question: Question) -> Iterable[Column]:
    """The columns of a question: one, or one for every option of several choices."""
    said = f"asked of {', '.join(question.roles)}"
    if question.shown_when:
        answers = ", ".join(str(one) for one in question.shown_when.in_)
        said += f" who answered {answers} to {question.shown_when.question}"
    title = " / ".join(dict.fromkeys(question.wording(role) for role in question.roles))
    if question.kind == "choices":
        for number, option in enumerate(question.options, start=1):
            yield Column(
                f"{question.id}.{number}", "integer", f"{title} {option}", f"{said}; 1: chosen, 0: another was",
                {0: "not chosen", 1: "chosen"}, closed=True,
            )  # fmt: skip
    elif question.kind == "choice":
        yield Column(question.id, "string", title, said, {option: option for option in question.options}, closed=True)
    elif question.kind == "scale":
        words: Mapping[str | int, str] = {
            int(number): question.labels.get(number, number) for number in question.answers
        }
        yield Column(question.id, "integer", title, said, words, closed=True)
    else:
        yield Column(question.id, "integer", title, said)


def _cells(question: Question, answers: Mapping[str, Any]) -> Iterable[Any]:
    given = answers.get(question.id)
    if question.kind == "choices":
        return [None if given is None else int(option in given) for option in question.options]
    return [given]
