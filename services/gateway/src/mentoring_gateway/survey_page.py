"""The page of a survey: its questions as a form, with what was answered and what of it does not fit."""

import html
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.responses import HTMLResponse

from mentoring_gateway.errors import ServiceProblem
from mentoring_gateway.html_page import Fields, alert, name_of, page, words_of
from mentoring_gateway.surveys.client import Survey

Question = dict[str, Any]
Labels = Mapping[str, str]
TWICE: Final = "twice"
_ONE_VALUE: Final = frozenset({"choice", "scale", "integer", "text"})


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in, and by question the code of what is wrong with it."""

    fields: Fields = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


NOT_YET: Final = Filled()


def survey_page(shown: Survey, token: str, filled: Filled = NOT_YET, said: str = "", status: int = 200) -> HTMLResponse:
    """The questions with a way to its other words, what was filled in, and with what was wrong, if anything."""
    words, questions = words_of(shown.language), questions_of(shown)
    known = {question["id"]: question for question in questions}
    asked = "".join(_question(question, known, words, filled) for question in questions)
    wanted = urlencode({"language": shown.language, "easy_read": str(shown.easy_read).lower()})
    action = html.escape(f"{'answer' if status >= 400 else f'{token}/answer'}?{wanted}")  # the form is there already
    form = f'<form method="post" action="{action}">{asked}<button>{words["send"]}</button></form>'
    notice = f'<p lang="{html.escape(shown.notice_language)}">{html.escape(shown.notice)}</p>'
    others = _other_words(shown, words, f"../{token}" if status >= 400 else token)
    return page(shown.title, f"{others}{notice}{alert(said)}{form}", status, shown.language)


def thanks_page(shown: Survey) -> HTMLResponse:
    """That the answers have arrived."""
    words = words_of(shown.language)
    return page(words["thanks"], f"<p>{words['arrived']}</p>", lang=shown.language)


def questions_of(survey: Survey) -> list[Question]:
    """The questions of a survey."""
    questions: Any = survey.questions
    return list(questions)


def answers_of(questions: Sequence[Question], fields: Fields) -> dict[str, Any]:
    """What the fields of a form answer; a question without an answer is skipped."""
    found: dict[str, Any] = {}
    for question in questions:
        id_, kind = question["id"], question["kind"]
        if kind == "matrix":
            rows = {row["id"]: fields[name][0] for row in question["rows"] if (name := f"{id_}.{row['id']}") in fields}
            found |= {id_: rows} if rows else {}
        elif id_ in fields and any(text.strip() for text in fields[id_]):
            found[id_] = fields[id_] if kind == "choices" else value_of(kind, fields[id_][0])
    return found


def answered_twice(questions: Sequence[Question], fields: Fields) -> dict[str, str]:
    """The questions, or those with a row, that take one answer and were given several."""
    names = Counter({name: len(texts) for name, texts in fields.items()})
    return {
        one["id"]: TWICE
        for one in questions
        if (one["kind"] in _ONE_VALUE and names[one["id"]] > 1)
        or (one["kind"] == "matrix" and any(names[f"{one['id']}.{row['id']}"] > 1 for row in one["rows"]))
    }


def wrong_of(problem: ServiceProblem) -> dict[str, str]:
    """By question the code of why its answer does not fit; empty where the problem is another."""
    if problem.code != "survey_answers_invalid":
        return {}
    faults = problem.members.get("errors") or []
    return {str(fault["pointer"]).rsplit("/", 1)[-1]: str(fault["code"]) for fault in faults}


def _other_words(shown: Survey, words: Mapping[str, str], page: str) -> str:
    """Links to the same survey in the other words that it has."""
    every: Any = shown.wordings or []
    easy = f" ({words['easy']})"
    links = [
        f'<a href="{html.escape(page)}?language={html.escape(quote(one["language"]))}'
        f'&amp;easy_read={str(one["easy_read"]).lower()}" lang="{html.escape(one["language"])}">'
        f"{html.escape(name_of(one['language']))}{easy if one['easy_read'] else ''}</a>"
        for one in every
        if (one["language"], one["easy_read"]) != (shown.language, shown.easy_read)
    ]
    return f"<nav>{''.join(links)}</nav>" if links else ""


def _question(question: Question, known: Mapping[str, Question], words: Labels, filled: Filled) -> str:
    id_, legend = html.escape(question["id"]), html.escape(str(question["text"]))
    code = filled.wrong.get(question["id"])
    why = f'<p id="wrong.{id_}"><strong>{_why(code, question, words)}</strong></p>' if code else ""
    described = f' aria-describedby="wrong.{id_}"' if code else ""
    only, inputs = _only(question, known, words), "".join(_inputs(question, filled))
    return f"<fieldset{described}><legend>{legend}</legend>{only}{why}{inputs}</fieldset>"


def _why(code: str, question: Question, words: Labels) -> str:
    """Why an answer does not fit, in the words of the page."""
    told = words.get(f"wrong_{code}", words["wrong"])
    if code == "out_of_range" and question.get("min") is not None and question.get("max") is not None:
        told = words["wrong_between"]
    limits = {"most": question.get("max_length", 2000), "low": question.get("min"), "high": question.get("max")}
    return html.escape(told.format(**limits))


def _only(question: Question, known: Mapping[str, Question], words: Labels) -> str:
    """Of a question that waits for an answer to another: which, in words, since nothing here hides it."""
    condition = question.get("shown_when") or {}
    earlier = known.get(condition.get("question", ""))
    if earlier is None:
        return ""
    labels = earlier.get("labels") or {}
    said = [one if isinstance(one, list) else [one] for one in condition["in"]]
    answers = [" + ".join(f"“{labels.get(str(part), str(part))}”" for part in one) for one in said]
    text = words["only"].format(answers=f" {words['or']} ".join(answers), question=earlier["text"])
    return f"<p><em>{html.escape(text)}</em></p>"


def _inputs(question: Question, filled: Filled) -> Iterator[str]:
    name, labels = html.escape(question["id"]), question.get("labels") or {}
    said = html.escape(str(question["text"]))  # a legend names a group, and no field by itself
    given = filled.fields.get(question["id"], [])
    bad = ' aria-invalid="true"' if question["id"] in filled.wrong else ""
    match question["kind"]:
        case "text":
            text, longest = html.escape(given[0] if given else ""), question.get("max_length", 2000)
            # A line break that comes first in the field is not part of what stands in it.
            yield f'<textarea name="{name}" aria-label="{said}" rows="4" maxlength="{longest}"{bad}>\n{text}</textarea>'
        case "integer":
            value = f' value="{html.escape(given[0])}"' if given else ""
            yield f'<input type="number" name="{name}" aria-label="{said}"{value}{bad}>'
        case "matrix":
            for row in question["rows"]:
                of_row = f"{question['id']}.{row['id']}"
                choices = choices_of("radio", of_row, question["options"], labels, filled.fields.get(of_row, []))
                yield f"<fieldset><legend>{html.escape(row['text'])}</legend>{''.join(choices)}</fieldset>"
        case "scale":
            steps = [str(number) for number in range(question["min"], question["max"] + 1)]
            yield from choices_of("radio", question["id"], steps, labels, given)
        case kind:
            way = "checkbox" if kind == "choices" else "radio"
            yield from choices_of(way, question["id"], question["options"], labels, given)


def choices_of(kind: str, name: str, options: Sequence[str], labels: Labels, given: Sequence[str]) -> Iterator[str]:
    """A field for each option. Of one answer that was given twice none is chosen again."""
    chosen = given if kind == "checkbox" or len(given) == 1 else []
    for option in options:
        shown, value = html.escape(labels.get(option, option)), html.escape(option)
        mark = " checked" if option in chosen else ""
        yield f'<label><input type="{kind}" name="{html.escape(name)}" value="{value}"{mark}> {shown}</label>'


def value_of(kind: str, text: str) -> str | int:
    """What a field of a kind of question says: a number, where it is one and ought to be."""
    number = text.strip()
    return int(number) if kind in ("scale", "integer") and number.lstrip("-").isdigit() and len(number) < 10 else text
