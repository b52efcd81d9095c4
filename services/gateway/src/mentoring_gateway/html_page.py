"""What every page of the gateway is made of, and what the forms on them send. No script, nothing stored."""

import html
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final
from urllib.parse import parse_qs

import yaml
from starlette.requests import Request
from starlette.responses import HTMLResponse

from mentoring_common.errors import Rejected
from mentoring_common.languages import languages_of

FORM: Final = frozenset({"application/x-www-form-urlencoded"})
LONGEST_FORM: Final = 200_000
_MOST_FIELDS = 5000
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}"
    "label{display:block}textarea{box-sizing:border-box;width:100%}fieldset{min-width:0}nav a{margin-right:1rem}"
    "fieldset fieldset{border:0;padding:0}"
)
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
Fields = dict[str, list[str]]


class FormUnreadable(Rejected):
    """What this form sent cannot be read: it is no text in UTF-8, or far too many fields."""


def page(title: str, body: str, status: int = 200, lang: str = "en") -> HTMLResponse:
    """A whole page; the title is text, the body is HTML."""
    text = _PAGE.format(lang=html.escape(lang), title=html.escape(title), style=_STYLE, body=body)
    return HTMLResponse(text, status, headers={"Content-Security-Policy": _POLICY})


def alert(said: str) -> str:
    """A text that a screen reader says at once."""
    return f'<p role="alert"><strong>{html.escape(said)}</strong></p>' if said else ""


def text_field(name: str, rows: int, longest: int, text: str, more: str = "") -> str:
    """A field for a text. A line break that comes first in it is not part of what stands there."""
    return f'<textarea name="{name}" rows="{rows}" maxlength="{longest}"{more}>\n{html.escape(text)}</textarea>'


async def fields_of(request: Request) -> Fields:
    """What was filled in; a field that is empty is not in it. FormUnreadable.

    A line ends with one character, as browsers count it against `maxlength`; they send two.
    """
    try:
        sent = parse_qs((await request.body()).decode(), errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise FormUnreadable() from None
    return {name: [_lines(text) for text in texts] for name, texts in sent.items()}


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def words_of(language: str) -> Mapping[str, str]:
    """What pages say themselves, in a language, or in English where there are no words for that."""
    return _every_word().get(language.partition("-")[0], _every_word()["en"])


def has_words(language: str) -> bool:
    """Whether pages have words of their own in a language."""
    return language.partition("-")[0] in _every_word()


def language_of(header: str | None) -> str:
    """The first language that a reader wants and the pages have words in; otherwise English."""
    wanted = (tag.partition("-")[0] for tag in languages_of(header))
    return next((tag for tag in wanted if tag in _every_word()), "en")


def name_of(language: str) -> str:
    """What a language calls itself, or its tag."""
    known = _every_word().get(language.partition("-")[0])
    return known["name"] if known else language


@cache
def _every_word() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("mentoring_gateway").joinpath("plain_pages.yaml").read_text("utf-8")
    # As text, every one: `no` is a language too.
    known: Mapping[str, Mapping[str, str]] = yaml.load(text, yaml.BaseLoader)  # noqa: S506  makes nothing but texts
    return known
