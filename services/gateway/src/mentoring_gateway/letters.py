"""Plain pages that letters lead to where an installation has no front end: answer a survey, confirm an address, stand
behind an application.

Whatever needs somebody to be signed in needs a front end: its page says so. No script, nothing stored.
"""

import html
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from strawberry.scalars import JSON

from mentoring_common.errors import DomainError
from mentoring_common.problems import status_of
from mentoring_gateway.context import Context
from mentoring_gateway.errors import ServiceProblem
from mentoring_gateway.nominations import client as nominations
from mentoring_gateway.nominations.client import LinkedNomination
from mentoring_gateway.surveys.client import Survey

FORM: Final = frozenset({"application/x-www-form-urlencoded"})
LONGEST_FORM: Final = 200_000
FORMS: Final = dict.fromkeys(("/answer", "/confirm", "/say"), (LONGEST_FORM, FORM))
_STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}label{display:block}"
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


def routes(new_context: Callable[[], Context]) -> list[Route]:
    """The pages, below /pages; `new_context` makes what a request calls the services by."""

    async def survey(request: Request) -> Response:
        tenant, token = _link(request)
        shown = await new_context().services.surveys.survey(tenant, token)
        questions = "".join(_question(question) for question in _questions(shown))
        form = f'<form method="post" action="{html.escape(token)}/answer">{questions}<button>Send</button></form>'
        return _page(shown.title, f"<p>{html.escape(shown.notice)}</p>{form}", lang=shown.language)

    async def answer(request: Request) -> Response:
        tenant, token = _link(request)
        api = new_context().services.surveys
        given = _answers(_questions(await api.survey(tenant, token)), await _fields(request))
        try:
            await api.answer_survey(tenant, token, JSON(given))
        except ServiceProblem as problem:
            unasked = _unasked(problem)
            if not unasked:
                raise
            kept = {name: value for name, value in given.items() if name not in unasked}
            await api.answer_survey(tenant, token, JSON(kept))
        return _page("Thank you", "<p>Your answers have arrived. You can close this page.</p>")

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
        Route("/pages/{about:path}", other),
    ]


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
        f'{action}<label>Your statement <textarea name="statement" rows="6" cols="60"{needed}></textarea></label>'
        '<button name="answer" value="endorse">I stand behind it</button></form>'
        f'{action}<label>Why not, if you want to say it <textarea name="reason" rows="2" cols="60"></textarea></label>'
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


def _question(question: dict[str, Any]) -> str:
    legend = html.escape(str(question["text"]))
    return f"<fieldset><legend>{legend}</legend>{''.join(_inputs(question))}</fieldset>"


def _inputs(question: dict[str, Any]) -> Iterator[str]:
    name, labels = html.escape(question["id"]), question.get("labels") or {}
    match question["kind"]:
        case "text":
            longest = question.get("max_length", 2000)
            yield f'<textarea name="{name}" rows="4" cols="60" maxlength="{longest}"></textarea>'
        case "integer":
            yield f'<input type="number" name="{name}">'
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
        elif id_ in fields:
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
