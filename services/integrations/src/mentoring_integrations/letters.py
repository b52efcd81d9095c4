"""Messages made of templates: a title, a text, and the e-mail that carries them. No database, no network.

A template's first line is the title, the rest the text; the same words make the plain part and the HTML part, where
everything is escaped. What comes from people is one line without control characters before it meets a header.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from mentoring_integrations.topics import TOPICS

UNTITLED = "Mentoring programme"  # until the programme is known here
_MAX_NAME = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]+")
_ENVIRONMENT = Environment(
    loader=PackageLoader("mentoring_integrations"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class UnusableAddress(Exception):
    """No message can be addressed to this."""


@dataclass(frozen=True)
class Addressee:
    """A person as the applications service knows them now."""

    name: str
    email: str


@dataclass(frozen=True)
class Occasion:
    """What a message is about; `other` is the other person of the pair where the message introduces them."""

    topic: str
    subject_id: UUID
    programme: str
    cohort: int | None
    role: str | None
    until: datetime | None
    other: Addressee | None = None


@dataclass(frozen=True)
class Wording:
    """A message in words: `title` is one line, `text` paragraphs with an empty line between them."""

    title: str
    text: str


def wording(occasion: Occasion) -> Wording:
    """The words of an occasion."""
    values: dict[str, Any] = {
        "programme": one_line(occasion.programme),
        "in_cohort": f" in cohort {occasion.cohort}" if occasion.cohort is not None else "",
        "role": occasion.role,
        "counterpart": "mentee" if occasion.role == "mentor" else "mentor",
        "until": f"{occasion.until:%d %B %Y, %H:%M} UTC" if occasion.until else None,
        "other": _safe(occasion.other),
    }
    title, _, text = _ENVIRONMENT.get_template(f"{occasion.topic}.txt").render(values).partition("\n")
    return Wording(one_line(title), re.sub(r"\n{3,}", "\n\n", text).strip())


def link(topic: str, public_url: str, tenant: UUID, subject_id: UUID, token: str | None = None) -> str | None:
    """Where the message leads; None if that takes a token and none is given."""
    path = TOPICS[topic].path
    if "{token}" in path and token is None:
        return None
    return public_url.rstrip("/") + path.format(tenant_id=tenant, subject_id=subject_id, token=token)


def letter(
    occasion: Occasion, to: Addressee, *, sender: str, message_id: UUID, sent_at: datetime, url: str | None
) -> EmailMessage:
    """The e-mail. `message_id` makes the Message-ID, the same at every try. UnusableAddress."""
    words = wording(occasion)
    values = {"words": words, "name": one_line(to.name), "link": url, "paragraphs": words.text.split("\n\n")}
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _address(to)
    message["Subject"] = words.title
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Mentoring-Kind"] = TOPICS[occasion.topic].kind
    message["X-Mentoring-Subject"] = str(occasion.subject_id)
    message.set_content(_ENVIRONMENT.get_template("letter.txt").render(values))
    message.add_alternative(_ENVIRONMENT.get_template("letter.html").render(values), subtype="html")
    return message


def one_line(text: str) -> str:
    """`text` without control characters, line breaks and surplus blanks, cut to 200 characters."""
    return " ".join(_CONTROL.sub(" ", text).split())[:_MAX_NAME]


def _safe(person: Addressee | None) -> Addressee | None:
    return Addressee(one_line(person.name), one_line(person.email)) if person else None


def _address(to: Addressee) -> Address:
    if _CONTROL.search(to.email):
        raise UnusableAddress()
    try:
        return Address(one_line(to.name), addr_spec=to.email)
    except Exception:  # the parser of the standard library raises many kinds
        raise UnusableAddress() from None
