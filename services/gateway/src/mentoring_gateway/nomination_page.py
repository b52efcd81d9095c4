"""The page of a nominator: what is asked, with a form for each answer, or what has become of it."""

import html
from collections.abc import Mapping

from starlette.responses import HTMLResponse

from mentoring_gateway.html_page import Fields, alert, page, text_field, words_of
from mentoring_gateway.nominations.client import LinkedNomination

_OPEN = "asked"


def nomination_page(
    asked: LinkedNomination, token: str, language: str, filled: Fields | None = None, wrong: str = ""
) -> HTMLResponse:
    """What is asked of the nominator, or what became of it; with what was filled in and why that cannot be taken."""
    words = words_of(language)
    if asked.state != _OPEN:
        return page(words["thanks"], _became(asked, words), lang=language)
    action = "say" if wrong else f"{token}/say"  # the form is there already
    form = _form(asked, action, filled or {}, words)
    return page(words["nomination"], alert(wrong) + form, 422 if wrong else 200, language)


def _became(asked: LinkedNomination, words: Mapping[str, str]) -> str:
    """What has become of a nomination that was answered, and of the application as far as the nominator may learn."""
    said = [words[f"nomination_{asked.state}"]]
    if asked.outcome.state is not None:
        became = words[f"application_{asked.outcome.state}"]
        said.append(words["became"].format(nominee=asked.nominee, state=became))
    if asked.outcome.completed:
        said.append(words["ran_its_course"])
    return f"<p>{html.escape(' '.join(said))}</p>"


def _form(asked: LinkedNomination, action: str, filled: Fields, words: Mapping[str, str]) -> str:
    who = f"<strong>{html.escape(asked.nominee)}</strong> ({words[asked.role.value.lower()]})"
    question = f"<p>{html.escape(asked.question)}</p>" if asked.question else ""
    needed = " required" if asked.statement_required else ""
    form = f'<form method="post" action="{html.escape(action)}">'
    statement, reason = ("".join(filled.get(name, [])[:1]) for name in ("statement", "reason"))
    return (
        f"<p>{who}, {html.escape(asked.programme)}.</p>{question}"
        f"{form}<label>{words['statement']} {text_field('statement', 6, 4000, statement, needed)}</label>"
        f'<button name="answer" value="endorse">{words["endorse"]}</button></form>'
        f"{form}<label>{words['why_not']} {text_field('reason', 2, 1000, reason)}</label>"
        f'<button name="answer" value="decline">{words["decline"]}</button></form>'
    )
