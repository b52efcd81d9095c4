"""Plain pages that letters lead to where an installation has no front end: answer a survey, confirm an address, stand
behind an application. And the page at which anybody verifies a certificate.

Whatever needs somebody to be signed in needs a front end: its page says so. No script, nothing stored.
"""

import html
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, quote, urlencode
from uuid import UUID

import yaml
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from strawberry.scalars import JSON

from mentoring_common.errors import DomainError
from mentoring_common.languages import languages_of
from mentoring_common.problems import status_of
from mentoring_gateway.activities.client import VerifiedCertificate
from mentoring_gateway.context import Context
from mentoring_gateway.errors import ServiceProblem
from mentoring_gateway.habits.client import HabitByLink
from mentoring_gateway.nominations import client as nominations
from mentoring_gateway.nominations.client import LinkedNomination
from mentoring_gateway.surveys.client import Survey, SurveysApi
from mentoring_gateway.upstream import MOST_LANGUAGES

FORM: Final = frozenset({"application/x-www-form-urlencoded"})
LONGEST_FORM: Final = 200_000
FORMS: Final = dict.fromkeys(("/answer", "/confirm", "/say", "/seen"), (LONGEST_FORM, FORM))
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}"
    "label{display:block}textarea{box-sizing:border-box;width:100%}fieldset{min-width:0}nav a{margin-right:1rem}"
)
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_SIGN_IN = (
    "<p>You find what this message is about in the application of your mentoring programme, once you are signed in. "
    "If you do not know its address, ask your programme team.</p>"
)
Handler = Callable[[Request], Awaitable[Response]]


class NewContext(Protocol):
    """Makes what a request calls the services by, for a reader of these languages."""

    def __call__(self, languages: str | None = None) -> Context: ...


def routes(new_context: NewContext) -> list[Route]:
    """The pages, below /pages."""

    async def survey(request: Request) -> Response:
        tenant, token = _link(request)
        shown = await _api(request).survey(tenant, token, **_wanted(request))
        return _survey_page(shown, token)

    def _api(request: Request) -> SurveysApi:
        return new_context(request.headers.get("Accept-Language", "")[:MOST_LANGUAGES] or None).services.surveys

    async def answer(request: Request) -> Response:
        tenant, token = _link(request)
        api = _api(request)
        shown = await api.survey(tenant, token, **_wanted(request))
        given = _answers(_questions(shown), await _fields(request))
        words = _words(shown.language)
        if not given:
            return _survey_page(shown, token, words["nothing"], 422)
        try:
            await api.answer_survey(tenant, token, JSON(given))
        except ServiceProblem as problem:
            unasked = _unasked(problem)
            if not unasked:
                raise
            kept = {name: value for name, value in given.items() if name not in unasked}
            if not kept:
                return _survey_page(shown, token, words["nothing"], 422)
            await api.answer_survey(tenant, token, JSON(kept))
        return _page(words["thanks"], f"<p>{words['arrived']}</p>", lang=shown.language)

    async def address(request: Request) -> Response:
        tenant, token = _link(request)
        asked = await new_context().services.people.asked_email(tenant, token)
        said = f"<p>Your address becomes <strong>{html.escape(asked.new_email)}</strong>.</p>"
        form = f'<form method="post" action="{html.escape(token)}/confirm"><button>Confirm</button></form>'
        return _page("Confirm your address", said + form)

    async def confirm(request: Request) -> Response:
        await new_context().services.people.confirm_email(*_link(request))
        return _page("Thank you", "<p>Your address is changed. You can close this page.</p>")

    async def nomination(request: Request) -> Response:
        asked = await nominations.by_link(new_context().services.applications.api, *_link(request))
        if asked.state != "asked":
            return _page("Thank you", _became(asked))
        return _page("Do you stand behind this application?", _nomination(asked, request.path_params["token"]))

    async def say(request: Request) -> Response:
        (tenant, token), fields = _link(request), await _fields(request)
        given = {name: fields[name][0] for name in ("answer", "statement", "reason") if name in fields}
        await nominations.answer_by_link(new_context().services.applications.api, tenant, token=token, **given)
        return _page("Thank you", "<p>Your answer has arrived. You can close this page.</p>")

    async def certificate(request: Request) -> Response:
        languages = request.headers.get("Accept-Language", "")[:MOST_LANGUAGES] or None
        found = await new_context(languages).services.activities.verify_certificate(*_link(request))
        language = _language(languages)
        words = _words(language)
        return _page(words["certificate"], _verified(found, request.path_params["token"], words), lang=language)

    async def habit(request: Request) -> Response:
        languages = request.headers.get("Accept-Language", "")[:MOST_LANGUAGES] or None
        found = await new_context().services.habits.by_link(*_link(request))
        language = _language(languages)
        words = _words(language)
        return _page(words["habit"], _seen(found, request.path_params["token"], words), lang=language)

    async def seen(request: Request) -> Response:
        (tenant, token), fields = _link(request), await _fields(request)
        language = _language(request.headers.get("Accept-Language", "")[:MOST_LANGUAGES] or None)
        said = {name: fields[name][0] for name in ("seen", "comment") if name in fields and fields[name][0].strip()}
        given = {name: _value("integer", text) if name == "seen" else text for name, text in said.items()}
        await new_context().services.habits.give_feedback(tenant, token=token, **given)
        words = _words(language)
        return _page(words["thanks"], f"<p>{words['arrived']}</p>", lang=language)

    async def other(_: Request) -> Response:
        return _page("Your mentoring programme", _SIGN_IN)

    link = "{tenant}/{token}"
    return [
        Route(f"/pages/surveys/{link}", _told(survey)),
        Route(f"/pages/surveys/{link}/answer", _told(answer), methods=["POST"]),
        Route(f"/pages/email/{link}", _told(address)),
        Route(f"/pages/email/{link}/confirm", _told(confirm), methods=["POST"]),
        Route(f"/pages/nominations/{link}", _told(nomination)),
        Route(f"/pages/nominations/{link}/say", _told(say), methods=["POST"]),
        Route(f"/pages/certificates/{link}", _told(certificate)),
        Route(f"/pages/habits/{link}", _told(habit)),
        Route(f"/pages/habits/{link}/seen", _told(seen), methods=["POST"]),
        Route("/pages/{about:path}", other),
    ]


def _verified(found: VerifiedCertificate, number: str, words: Mapping[str, str]) -> str:
    """What anybody learns by the number of a certificate."""
    state = f"<strong>{words[found.state]}</strong>"
    said = f"<p>{words['number'].format(number=html.escape(number), state=state)}</p>"
    holder = words["holder"].format(holder=found.holder) if found.holder else ""
    lines = [found.programme or "", *found.completed, holder]
    return said + "".join(f"<p>{html.escape(line)}</p>" for line in lines if line)


def _seen(found: HabitByLink, token: str, words: Mapping[str, str]) -> str:
    """What is asked of who has the link of a habit; in a week in which nobody is asked, when they are."""
    said = f"<p><strong>{html.escape(found.habit or '')}</strong></p>"
    if found.week is None or found.given:
        weeks = ", ".join(map(str, found.weeks))
        return said + f"<p>{words['said'] if found.given else words['weeks'].format(weeks=weeks)}</p>"
    steps = [str(number) for number in range(1, 6)]
    labels = {"1": f"1 – {words['never']}", "5": f"5 – {words['always']}"}
    choices = "".join(_choices("radio", "seen", steps, labels))
    words_on_it = '<textarea name="comment" rows="4" maxlength="4000"></textarea>'
    return (
        f'{said}<form method="post" action="{html.escape(token)}/seen"><fieldset><legend>{words["see"]}</legend>'
        f"{choices}</fieldset><label>{words['comment']} {words_on_it}</label><button>{words['send']}</button></form>"
    )


def _became(asked: LinkedNomination) -> str:
    """What has become of a nomination that was answered, and of the application as far as the nominator may learn."""
    said = f"This nomination is {asked.state}."
    if asked.outcome.state is not None:
        said += f" The application of {asked.nominee} is {asked.outcome.state.replace('_', ' ')}."
    if asked.outcome.completed:
        said += " The relationship has run its course."
    return f"<p>{html.escape(said)}</p>"


def _nomination(asked: LinkedNomination, token: str) -> str:
    """What is asked of the nominator, with a form for each answer."""
    who = f"<strong>{html.escape(asked.nominee)}</strong> ({asked.role.value.lower()})"
    question = f"<p>{html.escape(asked.question)}</p>" if asked.question else ""
    needed = " required" if asked.statement_required else ""
    action = f'<form method="post" action="{html.escape(token)}/say">'
    return (
        f"<p>{who}, {html.escape(asked.programme)}.</p>{question}"
        f'{action}<label>Your statement <textarea name="statement" rows="6"{needed}></textarea></label>'
        '<button name="answer" value="endorse">I stand behind it</button></form>'
        f'{action}<label>Why not, if you want to say it <textarea name="reason" rows="2"></textarea></label>'
        '<button name="answer" value="decline">I do not</button></form>'
    )


def _told(handler: Handler) -> Handler:
    """The handler, with a page for people in place of a problem document."""

    async def told(request: Request) -> Response:
        try:
            return await handler(request)
        except ServiceProblem as problem:
            return _page("This is not possible", f"<p>{html.escape(str(problem))}.</p>", problem.status)
        except DomainError as error:
            return _page("This is not possible", f"<p>{html.escape(error.title())}.</p>", status_of(error))

    return told


def _page(title: str, body: str, status: int = 200, lang: str = "en") -> HTMLResponse:
    text = _PAGE.format(lang=html.escape(lang), title=html.escape(title), style=_STYLE, body=body)
    return HTMLResponse(text, status, headers={"Content-Security-Policy": _POLICY})


def _link(request: Request) -> tuple[UUID, str]:
    """The organisation and the token of an address; an organisation that is no id is nobody's."""
    try:
        return UUID(request.path_params["tenant"]), request.path_params["token"]
    except ValueError:
        return UUID(int=0), request.path_params["token"]


async def _fields(request: Request) -> dict[str, list[str]]:
    return parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=5000)


def _questions(survey: Survey) -> list[dict[str, Any]]:
    questions: Any = survey.questions
    return list(questions)


def _survey_page(shown: Survey, token: str, said: str = "", status: int = 200) -> HTMLResponse:
    """The questions with a way to its other words, and with what was wrong, if anything."""
    words, questions = _words(shown.language), _questions(shown)
    known = {question["id"]: question for question in questions}
    asked = "".join(_question(question, known, words) for question in questions)
    wanted = urlencode({"language": shown.language, "easy_read": str(shown.easy_read).lower()})
    action = html.escape(f"{'answer' if status >= 400 else f'{token}/answer'}?{wanted}")  # the form is there already
    wrong = f'<p role="alert"><strong>{html.escape(said)}</strong></p>' if said else ""
    form = f'<form method="post" action="{action}">{asked}<button>{words["send"]}</button></form>'
    notice = f'<p lang="{html.escape(shown.notice_language)}">{html.escape(shown.notice)}</p>'
    others = _other_words(shown, words, f"../{token}" if status >= 400 else token)
    return _page(shown.title, f"{others}{notice}{wrong}{form}", status, shown.language)


def _other_words(shown: Survey, words: Mapping[str, str], page: str) -> str:
    """Links to the same survey in the other words that it has."""
    every: Any = shown.wordings or []
    easy = f" ({words['easy']})"
    links = [
        f'<a href="{html.escape(page)}?language={html.escape(quote(one["language"]))}'
        f'&amp;easy_read={str(one["easy_read"]).lower()}" lang="{html.escape(one["language"])}">'
        f"{html.escape(_name(one['language']))}{easy if one['easy_read'] else ''}</a>"
        for one in every
        if (one["language"], one["easy_read"]) != (shown.language, shown.easy_read)
    ]
    return f"<nav>{''.join(links)}</nav>" if links else ""


def _words(language: str) -> Mapping[str, str]:
    """What the page says itself, in a language, or in English where it has no words for that."""
    return _every_word().get(language.partition("-")[0], _every_word()["en"])


def _language(header: str | None) -> str:
    """The first language that a reader wants and the pages have words in; otherwise English."""
    wanted = (tag.partition("-")[0] for tag in languages_of(header))
    return next((tag for tag in wanted if tag in _every_word()), "en")


def _name(language: str) -> str:
    known = _every_word().get(language.partition("-")[0])
    return known["name"] if known else language


@cache
def _every_word() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("mentoring_gateway").joinpath("plain_pages.yaml").read_text("utf-8")
    # As text, every one: `no` is a language too.
    known: Mapping[str, Mapping[str, str]] = yaml.load(text, yaml.BaseLoader)  # noqa: S506  makes nothing but texts
    return known


def _wanted(request: Request) -> dict[str, object]:
    """The words that a link asks for; without it those of the reader's languages."""
    language = request.query_params.get("language", "")[:35]
    easy = request.query_params.get("easy_read") == "true"
    wanted: dict[str, object] = {"language": language} if language else {}
    return wanted | ({"easy_read": "true"} if easy else {})


def _question(question: dict[str, Any], known: Mapping[str, dict[str, Any]], words: Mapping[str, str]) -> str:
    legend = html.escape(str(question["text"]))
    only = _only(question, known, words)
    return f"<fieldset><legend>{legend}</legend>{only}{''.join(_inputs(question))}</fieldset>"


def _only(question: dict[str, Any], known: Mapping[str, dict[str, Any]], words: Mapping[str, str]) -> str:
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


def _inputs(question: dict[str, Any]) -> Iterator[str]:
    name, labels = html.escape(question["id"]), question.get("labels") or {}
    said = html.escape(str(question["text"]))  # a legend names a group, and no field by itself
    match question["kind"]:
        case "text":
            longest = question.get("max_length", 2000)
            yield f'<textarea name="{name}" aria-label="{said}" rows="4" maxlength="{longest}"></textarea>'
        case "integer":
            yield f'<input type="number" name="{name}" aria-label="{said}">'
        case "matrix":
            for row in question["rows"]:
                yield f"<p>{html.escape(row['text'])}</p>"
                yield from _choices("radio", f"{name}.{html.escape(row['id'])}", question["options"], labels)
        case "scale":
            steps = [str(number) for number in range(question["min"], question["max"] + 1)]
            yield from _choices("radio", name, steps, labels)
        case kind:
            yield from _choices("checkbox" if kind == "choices" else "radio", name, question["options"], labels)


def _choices(kind: str, name: str, options: list[str], labels: dict[str, str]) -> Iterator[str]:
    for option in options:
        shown, value = html.escape(labels.get(option, option)), html.escape(option)
        yield f'<label><input type="{kind}" name="{name}" value="{value}"> {shown}</label>'


def _answers(questions: list[dict[str, Any]], fields: dict[str, list[str]]) -> dict[str, Any]:
    """What the fields of a form answer; a question without an answer is skipped."""
    found: dict[str, Any] = {}
    for question in questions:
        id_, kind = question["id"], question["kind"]
        if kind == "matrix":
            rows = {
                row["id"]: fields[f"{id_}.{row['id']}"][0] for row in question["rows"] if f"{id_}.{row['id']}" in fields
            }
            found |= {id_: rows} if rows else {}
        elif id_ in fields and any(text.strip() for text in fields[id_]):
            found[id_] = fields[id_] if kind == "choices" else _value(kind, fields[id_][0])
    return found


def _value(kind: str, text: str) -> str | int:
    number = text.strip()
    return int(number) if kind in ("scale", "integer") and number.lstrip("-").isdigit() and len(number) < 10 else text


def _unasked(problem: ServiceProblem) -> set[str]:
    """The questions that another answer decided not to ask, if nothing else is wrong."""
    faults = problem.members.get("errors") or []
    if any(fault["code"] != "not_asked" for fault in faults):
        return set()
    return {str(fault["pointer"]).rsplit("/", 1)[-1] for fault in faults}
