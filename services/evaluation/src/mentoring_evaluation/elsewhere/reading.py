"""The responses of another tool's table, as answers to the questions of a survey of ours.

A column is told by the id of the question or by its words in any language the survey has; several choices may lie in
one column or in one for each option. Faults name row and column, never what stands there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mentoring_evaluation.surveys.instruments import Instrument, Question, Survey, faults
from mentoring_evaluation.surveys.tools import Tool
from mentoring_evaluation.surveys.wordings import Wording

MOST_FAULTS: Final = 50
NOTHING: Final = "nothing"
_NOT_CHOSEN: Final = frozenset({"", "no", "n", "0", "false", "not selected", "n/a", "unchecked"})
# What the tools write down of a response beside its answers, as `_same` has it.
_OF_TOOLS: Final[Mapping[Tool, frozenset[str]]] = {
    "limesurvey": frozenset({"submitdate", "date submitted", "lastpage", "last page"}),
    "microsoft_forms": frozenset({"start time", "completion time"}),
    "google_forms": frozenset({"timestamp"}),
}
_PREVIEW: Final = frozenset({"survey preview", "1", "survey test", "2"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be read, and where: the row as a spreadsheet counts it, and the letter of the column."""

    code: str
    detail: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What one person of a role answered."""

    role: str
    answers: Mapping[str, Any]


@dataclass(slots=True)
class Reading:
    """A table as it was read: `read_as` says of each column that is read what it answers, `left_out` are the others."""

    tool: Tool
    delimiter: str = ""
    read_as: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    tests: int = 0
    empty: int = 0
    responses: list[Response] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever imports says of a table: the role of everybody in it, or the column that says it and what its values
    mean; which column (by head or letter) answers what; and what values mean, by question."""

    role: str | None = None
    role_column: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Target:
    """What a column answers: a question (of a matrix: a row of it), or one option of several choices."""

    question: Question
    option: str | None = None

    def in_words(self) -> str:
        return self.question.id + (f"={self.option}" if self.option is not None else "")


def read_responses(rows: Sequence[Sequence[str]], survey: Survey, told: Told) -> Reading:
    """The responses in the rows of a table."""
    tool, heads, first = _shape(rows)
    found = Reading(tool)
    columns = _columns(heads, survey, told, found)
    found.faults += _unknown(heads, survey, told)
    role = _role_column(heads, told, found)
    for number in range(first, len(rows)):
        row = [*rows[number], *([""] * len(heads))]
        if _is_test(tool, heads, row):
            found.tests += 1
        else:
            _response(row, number + 1, columns, role, survey, told, found)
    if not found.responses and not found.faults:
        found.faults.append(Fault("no_responses", "no row answers a question of the survey"))
    del found.faults[MOST_FAULTS:]
    return found


# --- where things are -----------------------------------------------------------------------------------------------


def _shape(rows: Sequence[Sequence[str]]) -> tuple[Tool, list[list[str]], int]:
    """The tool, what stands above each column, and the first row of responses."""
    start = next((number for number, row in enumerate(rows) if sum(map(bool, row)) > 1), 0)
    above = rows[start] if rows else []
    if len(rows) > start + 2 and any('"ImportId"' in cell for cell in rows[start + 2]):
        texts = [*rows[start + 1], *([""] * len(above))]
        return "qualtrics", [[tag, texts[place]] for place, tag in enumerate(above)], start + 3
    known = {_same(head) for head in above}
    tool: Tool = next((tool for tool, marks in _OF_TOOLS.items() if marks & known), "other")
    return tool, [[head] for head in above], start + 1


def _same(text: str) -> str:
    """A text as it is compared: without case, marks, markup and what tools add."""
    bare = re.sub(r"<[^>]*>|&nbsp;", " ", text)
    bare = re.sub(r"(?i)\bselected choice\b", " ", bare)
    return " ".join(re.sub(r"[\W_]+", " ", bare).casefold().split())


def letters(column: int) -> str:
    """The name of a column: A, B, …, Z, AA."""
    said = ""
    while column >= 0:
        column, last = column // 26 - 1, column % 26
        said = chr(ord("A") + last) + said
    return said


def _columns(heads: Sequence[Sequence[str]], survey: Survey, told: Told, found: Reading) -> dict[int, _Target]:
    names = _names(survey)
    wanted = {_same(head): target for head, target in told.columns.items()}
    columns: dict[int, _Target] = {}
    for place, above in enumerate(heads):
        keys = _keys(above)
        said = next((wanted[key] for key in (*keys, letters(place).casefold()) if key in wanted), None)
        target = names.get(_key(said)) if said not in (None, NOTHING) else _guess(keys, names) if said is None else None
        if said not in (None, NOTHING) and target is None:
            detail = "`columns` names no question, row or option of the survey"
            found.faults.append(Fault("unknown_question", detail, column=letters(place)))
        elif target is None:
            found.left_out.append(letters(place))
        elif any(one == target for one in columns.values()):
            found.faults.append(Fault("column_twice", f"two columns answer {target.in_words()}", column=letters(place)))
        else:
            columns[place] = target
            found.read_as.append((letters(place), target.in_words()))
    answered = {target.question.id for target in columns.values()}
    found.unanswered = [one.id for one in survey.flat() if one.kind != "text" and one.id not in answered]
    return columns


def _keys(above: Sequence[str]) -> list[str]:
    """What a column may be told by; LimeSurvey writes code and text in one, `Q1. Are you …`."""
    return [_same(part) for text in above for part in (text, *re.split(r"\.\s+", text, maxsplit=1))]


def _unknown(heads: Sequence[Sequence[str]], survey: Survey, told: Told) -> Iterator[Fault]:
    """What was told of columns, questions and answers that are not there."""
    known = {letters(place).casefold() for place in range(len(heads))}
    known |= {key for above in heads for key in _keys(above)}
    for head in told.columns:
        if _same(head) not in known:
            yield Fault("unknown_column", f"`columns` names a column that the table does not have: {head[:60]}")
    questions = {one.id: one for one in survey.flat()}
    for name, meanings in told.answers.items():
        if name not in questions:
            yield Fault("unknown_question", f"`answers` names a question that the survey does not have: {name[:60]}")
        elif not set(meanings.values()) <= set(questions[name].answers):
            yield Fault("unknown_answer", f"`answers` gives {name} an answer that the question does not have")


def asked_in(survey: Instrument, found: Reading) -> Instrument:
    """The survey as a table has it: without the questions that no column answers, which nobody was asked."""
    answered = {said.partition("=")[0] for _, said in found.read_as}
    kept: list[Question] = []
    for question in survey.questions:
        rows = [row for row in question.rows if f"{question.id}.{row.id}" in answered]
        earlier = question.shown_when
        asked = bool(rows) if question.kind == "matrix" else question.id in answered
        if asked and (earlier is None or any(one.id == earlier.question for one in kept)):
            kept.append(question.model_copy(update={"rows": rows}))
    return survey.model_copy(update={"questions": kept, "wordings": [_words_of(one, kept) for one in survey.wordings]})


def _words_of(wording: Wording, kept: Sequence[Question]) -> Wording:
    """The words of another language for the questions that are left."""
    rows = {question.id: {row.id for row in question.rows} for question in kept}
    words = {
        name: one.model_copy(update={"rows": {row: text for row, text in one.rows.items() if row in rows[name]}})
        for name, one in wording.questions.items()
        if name in rows
    }
    return wording.model_copy(update={"questions": words})


def _key(said: str | None) -> str:
    """A target as it was told (`question`, `question.row`, `question=option`), as `_names` has it."""
    question, _, option = (said or "").partition("=")
    return _same(question) + (f"={_same(option)}" if option else "")


def _guess(keys: Sequence[str], names: Mapping[str, _Target | None]) -> _Target | None:
    for key in keys:
        if key and (target := names.get(key)) is not None:
            return target
    return None


def _names(survey: Survey) -> dict[str, _Target | None]:
    """What a column may be called, and what it answers then; None where that could be two things."""
    names: dict[str, _Target | None] = {}
    for question in survey.questions:
        for one in (one for one in question.flat() if one.kind != "text"):
            target = _Target(one)
            of_matrix = question.kind == "matrix"
            texts = _wordings(survey, question, one)
            _name(names, [one.id, *(texts if not of_matrix else ())], target)
            if of_matrix:
                asked = [question.id, *_wordings(survey, question, question)]
                rows = [one.id.partition(".")[2], *texts]
                _name(names, [*texts, *(f"{first} {row}" for first in asked for row in rows)], target)
            if one.kind == "choices":
                for number, option in enumerate(one.options):
                    own = _Target(one, option)
                    names[f"{_same(one.id)}={_same(option)}"] = own
                    said = [option, *_options(survey, one, option), str(number + 1), f"SQ{number + 1:03}"]
                    _name(names, [f"{first} {text}" for first in [one.id, *texts] for text in said], own)
    return names


def _name(names: dict[str, _Target | None], texts: Sequence[str], target: _Target) -> None:
    for key in {_same(text) for text in texts} - {""}:
        names[key] = target if names.get(key, target) == target else None


def _wordings(survey: Survey, question: Question, one: Question) -> list[str]:
    """The question, or a row of a matrix, in all the words there are for it."""
    said = [one.text]
    for wording in survey.wordings:
        words = wording.questions.get(question.id)
        if words is not None:
            row = one.id.partition(".")[2]
            said += [
                text for text in [words.rows.get(row) if one.id != question.id else words.text] if text is not None
            ]
    return [text for each in said for text in ([each] if isinstance(each, str) else each.values())]


def _options(survey: Survey, question: Question, option: str) -> list[str]:
    """An option in the words of other languages."""
    words = (wording.questions.get(question.id.partition(".")[0]) for wording in survey.wordings)
    return [one.options[option] for one in words if one is not None and option in one.options]


def _role_column(heads: Sequence[Sequence[str]], told: Told, found: Reading) -> int | None:
    if told.role_column is None:
        return None
    wanted = _same(told.role_column)
    for place, above in enumerate(heads):
        if wanted in [*map(_same, above), letters(place).casefold()]:
            if letters(place) in found.left_out:
                found.left_out.remove(letters(place))
            return place
    found.faults.append(Fault("unknown_column", "no column is called as role_column says"))
    return None


def _is_test(tool: Tool, heads: Sequence[Sequence[str]], row: Sequence[str]) -> bool:
    """Whether a response was made to try the survey out; Qualtrics says so."""
    status = next((n for n, above in enumerate(heads) if _same(above[0]) == "status"), None)
    return tool == "qualtrics" and status is not None and _same(row[status]) in _PREVIEW


# --- what is answered -----------------------------------------------------------------------------------------------


def _response(
    row: Sequence[str], number: int, columns: Mapping[int, _Target], role: int | None, survey: Survey, told: Told,
    found: Reading,
) -> None:  # fmt: skip
    answers: dict[str, Any] = {}
    wrong: list[Fault] = []
    for place, target in columns.items():
        cell = row[place].strip()
        question = target.question
        if target.option is not None:
            chosen = _same(cell) not in _NOT_CHOSEN and bool(cell)
            answers.setdefault(question.id, []).extend([target.option] if chosen else [])
        elif cell:
            said = _answer(survey, question, cell, told.answers.get(question.id, {}), found.tool)
            if said is None:
                detail = f"this is no answer to {question.id}"
                wrong.append(Fault("not_an_answer", detail, number, letters(place)))
            else:
                answers[question.id] = said
    answers = {name: answer for name, answer in answers.items() if answer != []}
    if not answers and not wrong:
        found.empty += 1
        return
    who = told.role if role is None else _roles(told).get(_same(row[role]))
    if who is None:
        column = None if role is None else letters(role)
        wrong.append(Fault("unknown_role", "`roles` does not say which role this is", number, column))
    else:
        wrong += _of_role(survey, who, answers, number, columns)
    found.faults += wrong
    if who is not None and not wrong:
        found.responses.append(Response(who, answers))


def _roles(told: Told) -> dict[str, str]:
    return {"mentor": "mentor", "mentee": "mentee"} | {_same(value): role for value, role in told.roles.items()}


def _of_role(
    survey: Survey, role: str, answers: dict[str, Any], number: int, columns: Mapping[int, _Target]
) -> Iterator[Fault]:
    """What is wrong with answers as of this role, as if they had been given here."""
    as_given: dict[str, Any] = {}
    matrices = {question.id for question in survey.questions if question.kind == "matrix"}
    for name, answer in answers.items():
        question, _, row = name.partition(".")
        if question in matrices and row:
            as_given.setdefault(question, {})[row] = answer
        else:
            as_given[name] = answer
    where = {target.question.id.partition(".")[0]: letters(place) for place, target in [*columns.items()][::-1]}
    for one in faults(survey, role, as_given):
        why = "not asked of this role" if one.code == "unknown_question" else "not asked after the earlier answer"
        if one.code in ("unknown_question", "not_asked"):
            yield Fault("not_asked", f"{one.question or 'a question'} was {why}", number, where.get(one.question))
        else:
            yield Fault("not_an_answer", f"this is no answer to {one.question}", number, where.get(one.question))


def _answer(survey: Survey, question: Question, cell: str, told: Mapping[str, str], tool: Tool) -> Any:
    """What a cell answers; None where it is no answer."""
    if question.kind == "integer":
        return int(cell) if re.fullmatch(r"-?\d{1,9}(\.0+)?", cell) and "." not in cell else None
    meanings = _meanings(survey, question, told)
    if question.kind == "choices":
        return _several(cell, meanings, tool)
    said = meanings.get(_same(cell))
    if said is None and question.kind == "scale":  # 5, 5.0, `5 - Extremely likely`
        number = re.match(r"\s*(-?\d{1,3})(?:\.0+)?(?!\d|\.\d)", cell)
        said = number[1] if number and number[1] in question.answers else None
    return None if said is None else int(said) if question.kind == "scale" else said


def _meanings(survey: Survey, question: Question, told: Mapping[str, str]) -> dict[str, str]:
    """Every text that stands for an answer, and the answer."""
    known = {_same(answer): answer for answer in question.answers}
    for answer in question.answers:
        known |= {_same(other): answer for other in _options(survey, question, answer)}
    if question.kind == "scale":
        words = [question.labels, *(one.labels for w in survey.wordings if (one := w.questions.get(question.id)))]
        known |= {_same(label): number for labels in words for number, label in labels.items()}
    return known | {_same(value): answer for value, answer in told.items()}


def _several(cell: str, meanings: Mapping[str, str], tool: Tool) -> list[str] | None:
    """The options in one cell. One may have the mark in it that stands between two: the longest that fits is it."""
    marks = ";" if tool == "microsoft_forms" or ";" in cell else ","
    parts = [part for part in cell.split(marks) if part.strip()]
    chosen: list[str] = []
    while parts:
        for upto in range(len(parts), 0, -1):
            option = meanings.get(_same(marks.join(parts[:upto])))
            if option is not None:
                chosen += [option] if option not in chosen else []
                parts = parts[upto:]
                break
        else:
            return None
    return chosen
