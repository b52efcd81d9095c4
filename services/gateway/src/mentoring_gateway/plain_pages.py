"""Plain pages that letters lead to where an installation has no front end: answer a survey, confirm an address, stand
behind an application. And the page at which anybody verifies a certificate.

Whatever needs somebody to be signed in needs a front end: its page says so. No script, nothing stored.
"""

import html
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.scalars import JSON

from mentoring_common.errors import DomainError
from mentoring_common.problems import status_of
from mentoring_gateway.activities.client import VerifiedCertificate
from mentoring_gateway.context import Context
from mentoring_gateway.errors import ServiceProblem
from mentoring_gateway.habits.client import HabitByLink
from mentoring_gateway.html_page import (
    FORM,
    LONGEST_FORM,
    Fields,
    alert,
    fields_of,
    has_words,
    language_of,
    page,
    text_field,
    words_of,
)
from mentoring_gateway.nomination_page import nomination_page
from mentoring_gateway.nominations import client as nominations
from mentoring_gateway.survey_page import (
    Filled,
    answered_twice,
    answers_of,
    choices_of,
    questions_of,
    survey_page,
    thanks_page,
    value_of,
    wrong_of,
)
from mentoring_gateway.surveys.client import SurveysApi
from mentoring_gateway.upstream import MOST_LANGUAGES

FORMS: Final = dict.fromkeys(("/answer", "/confirm", "/say", "/seen"), (LONGEST_FORM, FORM))
Handler = Callable[[Request], Awaitable[Response]]


class NewContext(Protocol):
    """Makes what a request calls the services by, for a reader of these languages."""

    def __call__(self, languages: str | None = None) -> Context: ...


def routes(new_context: NewContext) -> list[Route]:
    """The pages, below /pages."""

    async def survey(request: Request) -> Response:
        tenant, token = _link(request)
        shown = await _api(request).survey(tenant, token, **_wanted(request))
        return survey_page(shown, token)

    def _api(request: Request) -> SurveysApi:
        return new_context(_languages(request)).services.surveys

    async def answer(request: Request) -> Response:
        tenant, token = _link(request)
        api = _api(request)
        shown = await api.survey(tenant, token, **_wanted(request))
        questions, fields, words = questions_of(shown), await fields_of(request), words_of(shown.language)
        given, wrong = answers_of(questions, fields), answered_twice(questions, fields)
        if not wrong and given:
            wrong = await _sent(api, tenant, token, given)
        if wrong:
            return survey_page(shown, token, Filled(fields, wrong), words["again"], 422)
        return thanks_page(shown) if given else survey_page(shown, token, Filled(fields), words["nothing"], 422)

    async def address(request: Request) -> Response:
        tenant, token = _link(request)
        asked = await new_context().services.people.asked_email(tenant, token)
        language, words = _reader(request)
        becomes = words["email_becomes"].format(address=f"<strong>{html.escape(asked.new_email)}</strong>")
        button = f"<button>{words['email_confirm']}</button>"
        form = f'<p>{becomes}</p><form method="post" action="{html.escape(token)}/confirm">{button}</form>'
        return page(words["email"], form, lang=language)

    async def confirm(request: Request) -> Response:
        await new_context().services.people.confirm_email(*_link(request))
        language, words = _reader(request)
        return page(words["thanks"], f"<p>{words['email_done']}</p>", lang=language)

    async def nomination(request: Request) -> Response:
        asked = await nominations.by_link(new_context().services.applications.api, *_link(request))
        return nomination_page(asked, request.path_params["token"], _reader(request)[0])

    async def say(request: Request) -> Response:
        (tenant, token), fields = _link(request), await fields_of(request)
        given = {name: fields[name][0] for name in ("answer", "statement", "reason") if name in fields}
        api, (language, words) = new_context().services.applications.api, _reader(request)
        try:
            await nominations.answer_by_link(api, tenant, token=token, **given)
        except ServiceProblem as problem:
            if problem.status != 422:
                raise
            said = words["refused_unread"] if problem.code == "invalid_request" else _why(problem.code, words)
            return nomination_page(await nominations.by_link(api, tenant, token), token, language, fields, said)
        return page(words["thanks"], f"<p>{words['told']}</p>", lang=language)

    async def certificate(request: Request) -> Response:
        found = await new_context(_languages(request)).services.activities.verify_certificate(*_link(request))
        language, words = _reader(request)
        return page(words["certificate"], _verified(found, request.path_params["token"], words), lang=language)

    async def habit(request: Request) -> Response:
        found = await new_context().services.habits.by_link(*_link(request))
        token = request.path_params["token"]
        return _habit_page(found, f"{token}/seen", _reader(request)[0])

    async def seen(request: Request) -> Response:
        (tenant, token), fields = _link(request), await fields_of(request)
        (language, words), habits = _reader(request), new_context().services.habits
        said = {name: fields[name][0] for name in ("seen", "comment") if name in fields and fields[name][0].strip()}
        given = {name: value_of("integer", text) if name == "seen" else text for name, text in said.items()}
        try:
            await habits.give_feedback(tenant, token=token, **given)
        except ServiceProblem as problem:
            if problem.status != 422:
                raise
            return _habit_page(await habits.by_link(tenant, token), "seen", language, fields, words["wrong"])
        return page(words["thanks"], f"<p>{words['arrived']}</p>", lang=language)

    async def other(request: Request) -> Response:
        language, words = _reader(request)
        return page(words["signed_in"], f"<p>{words['sign_in']}</p>", lang=language)

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


async def _sent(api: SurveysApi, tenant: UUID, token: str, given: dict[str, Any]) -> dict[str, str]:
    """Why answers do not fit, by question; those that another answer decided not to ask are left out of `given`."""
    while given:
        try:
            await api.answer_survey(tenant, token, JSON(given))
        except ServiceProblem as problem:
            wrong = wrong_of(problem)
            unasked = [name for name, code in wrong.items() if code == "not_asked" and name in given]
            if not unasked:
                if not wrong.keys() & given.keys():
                    raise
                return wrong
            for name in unasked:
                del given[name]
        else:
            return {}
    return {}


def _languages(request: Request) -> str | None:
    """The languages that a reader asks for."""
    return request.headers.get("Accept-Language", "")[:MOST_LANGUAGES] or None


def _verified(found: VerifiedCertificate, number: str, words: Mapping[str, str]) -> str:
    """What anybody learns by the number of a certificate."""
    state = f"<strong>{words[found.state]}</strong>"
    said = f"<p>{words['number'].format(number=html.escape(number), state=state)}</p>"
    holder = words["holder"].format(holder=found.holder) if found.holder else ""
    lines = [found.programme or "", *found.completed, holder]
    return said + "".join(f"<p>{html.escape(line)}</p>" for line in lines if line)


def _habit_page(
    found: HabitByLink, action: str, language: str, filled: Fields | None = None, wrong: str = ""
) -> Response:
    """What is asked of who has the link of a habit; with what was filled in and that it does not fit."""
    words = words_of(language)
    asked = _seen(found, action, words, filled or {})
    return page(words["habit"], alert(wrong) + asked, 422 if wrong else 200, language)


def _seen(found: HabitByLink, action: str, words: Mapping[str, str], filled: Fields) -> str:
    """What is asked of who has the link of a habit; in a week in which nobody is asked, when they are."""
    said = f"<p><strong>{html.escape(found.habit or '')}</strong></p>"
    if found.week is None or found.given:
        weeks = ", ".join(map(str, found.weeks))
        return said + f"<p>{words['said'] if found.given else words['weeks'].format(weeks=weeks)}</p>"
    steps = [str(number) for number in range(1, 6)]
    labels = {"1": f"1 – {words['never']}", "5": f"5 – {words['always']}"}
    choices = "".join(choices_of("radio", "seen", steps, labels, filled.get("seen", [])))
    words_on_it = text_field("comment", 4, 4000, "".join(filled.get("comment", [])[:1]))
    return (
        f'{said}<form method="post" action="{html.escape(action)}"><fieldset><legend>{words["see"]}</legend>'
        f"{choices}</fieldset><label>{words['comment']} {words_on_it}</label><button>{words['send']}</button></form>"
    )


def _told(handler: Handler) -> Handler:
    """The handler, with a page for people in place of a problem document, in the reader's language."""

    async def told(request: Request) -> Response:
        try:
            return await handler(request)
        except ServiceProblem as problem:
            # A request that does not fit is for programmers: here it is the link that does not.
            unread = problem.code == "invalid_request"
            return _refused(request, *(("link", 404) if unread else (problem.code, problem.status)))
        except DomainError as error:
            return _refused(request, error.code, status_of(error))

    return told


def _refused(request: Request, code: str, status: int) -> Response:
    wanted = str(_wanted(request).get("language", ""))
    language, words = (wanted, words_of(wanted)) if has_words(wanted) else _reader(request)
    return page(words["refused"], f"<p>{_why(code, words)}</p>", status, language)


def _why(code: str, words: Mapping[str, str]) -> str:
    """Why something is not possible, in the words of the page."""
    return words.get(f"refused_{code}", words["refused_else"])


def _reader(request: Request) -> tuple[str, Mapping[str, str]]:
    """The language that a reader wants and there are words in, and these."""
    language = language_of(_languages(request))
    return language, words_of(language)


def _link(request: Request) -> tuple[UUID, str]:
    """The organisation and the token of an address; an organisation that is no id is nobody's."""
    try:
        return UUID(request.path_params["tenant"]), request.path_params["token"]
    except ValueError:
        return UUID(int=0), request.path_params["token"]


def _wanted(request: Request) -> dict[str, object]:
    """The words that a link asks for; without it those of the reader's languages."""
    language = request.query_params.get("language", "")[:35]
    easy = request.query_params.get("easy_read") == "true"
    wanted: dict[str, object] = {"language": language} if language else {}
    return wanted | ({"easy_read": "true"} if easy else {})
