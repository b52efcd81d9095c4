"""Messages made of templates: a title, a text, and the e-mail that carries them. No database, no network.

A template's first line is the title, the rest the text; the same words make the plain part and the HTML part, where
everything is escaped. What comes from people is one line without control characters before it meets a header.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from mentoring_contracts.blueprint.text import in_language
from mentoring_integrations.notifications.calendar_parts import CalendarPart
from mentoring_integrations.notifications.languages import ENGLISH, LANGUAGES, LAST, Reader, date_in, language_of, rooms
from mentoring_integrations.notifications.topics import TOPICS

_MAX_NAME = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]+")
_ENVIRONMENT = Environment(
    loader=PackageLoader("mentoring_integrations.notifications"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["a"] = lambda word: f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


class UnusableAddress(Exception):
    """No message can be addressed to this."""


@dataclass(frozen=True)
class Addressee:
    """A person as the applications service knows them now."""

    name: str
    email: str


@dataclass(frozen=True)
class Called:
    """What a programme is called, its own `words` for a mentor and a mentee, its languages and zone, and whether people
    attend an orientation before they meet."""

    title: str
    words: Mapping[str, Any] = field(default_factory=dict)
    languages: Sequence[str] = ()
    zone: str | None = None
    oriented: bool = False

    def word(self, side: str | None, language: str = LAST, *, easy: bool = False) -> str | None:
        """The programme's word for one of the two sides, else that of the language."""
        if side is None:
            return None
        own = self.words.get(side)
        return one_line(
            in_language(own, [language], self.languages, easy=easy)
            if own
            else LANGUAGES[language].sides.get(side, side)
        )


UNKNOWN = Called("Mentoring programme")  # until the programme is known here


@dataclass(frozen=True)
class Occasion:
    """What a message is about; `other` is the other person of the pair where the message introduces them, `times` and
    `where` of an appointment or an `activity` (its title), and whether another time stood before; `resource` and
    `survey` are titles by language."""

    topic: str
    subject_id: UUID
    programme: Called
    cohort: int | None
    role: str | None
    until: datetime | None
    other: Addressee | None = None
    reader: Reader = ENGLISH
    items: Sequence["Item"] = ()
    times: Sequence[datetime] = ()
    where: str | None = None
    moved: bool = False
    activity: str | None = None
    resource: Mapping[str, str] = field(default_factory=dict)
    survey: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """One of the messages that a digest tells of: its title, and where it leads."""

    title: str
    link: str | None


@dataclass(frozen=True)
class Wording:
    """A message in words: `title` is one line, `text` paragraphs with an empty line between them; `room` is the folder
    whose words they are."""

    title: str
    text: str
    room: str


def wording(occasion: Occasion) -> Wording:
    """The words of an occasion, in a language of its reader that there are words in."""
    template = _ENVIRONMENT.select_template([f"{room}/{occasion.topic}.txt" for room in rooms(occasion.reader)])
    room = str(template.name).partition("/")[0]
    language, easy, programme = language_of(room), occasion.reader.easy, occasion.programme
    in_cohort = LANGUAGES[language].cohort.format(number=occasion.cohort) if occasion.cohort is not None else ""
    values: dict[str, Any] = {
        "programme": one_line(programme.title),
        "in_cohort": in_cohort,
        "role": programme.word(occasion.role, language, easy=easy),
        "counterpart": programme.word("mentee" if occasion.role == "mentor" else "mentor", language, easy=easy),
        "until": date_in(language, occasion.until, occasion.reader.zone) if occasion.until else None,
        "other": _safe(occasion.other),
        "items": occasion.items,
        "times": [date_in(language, moment, occasion.reader.zone) for moment in occasion.times],
        "moved": occasion.moved,
        "oriented": programme.oriented,
        "where": one_line(occasion.where) if occasion.where else None,
        "activity": one_line(occasion.activity) if occasion.activity else None,
        "resource": _titled(occasion, occasion.resource),
        "survey": _titled(occasion, occasion.survey),
    }
    title, _, text = template.render(values).partition("\n")
    return Wording(one_line(title), re.sub(r"\n{3,}", "\n\n", text).strip(), room)


def _titled(occasion: Occasion, titles: Mapping[str, str]) -> str | None:
    """What the resource or the survey is called, in the reader's words."""
    if not titles:
        return None
    reader, own = occasion.reader, occasion.programme.languages
    return one_line(in_language(titles, reader.languages, own, easy=reader.easy))


def api_link(topic: str, subject_id: UUID) -> str | None:
    """What the message is about, in the API; None if that takes a token."""
    path = TOPICS[topic].path
    return None if "{token}" in path else path.format(subject_id=subject_id)


def page_link(topic: str, base_url: str, tenant: UUID, subject_id: UUID, token: str | None) -> str | None:
    """Where the letter leads a person, below `base_url`; None if that takes a token and none is given."""
    page = TOPICS[topic].page
    if "{token}" in page and token is None:
        return None
    return base_url.rstrip("/") + page.format(tenant_id=tenant, subject_id=subject_id, token=token)


def letter(
    occasion: Occasion, to: Addressee, *, sender: str, message_id: UUID, sent_at: datetime, url: str | None,
    part: CalendarPart | None = None,
) -> EmailMessage:  # fmt: skip
    """The e-mail. `message_id` makes the Message-ID, the same at every try; calendars take `part`. UnusableAddress."""
    words = wording(occasion)
    paragraphs = [paragraph.split("\n") for paragraph in words.text.split("\n\n")]
    frame = _ENVIRONMENT.get_template(f"{language_of(words.room)}/frame.txt")
    values = {"words": words, "link": url, "paragraphs": paragraphs, "language": language_of(words.room)}
    values |= _frame(frame, one_line(to.name))
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
    if part is not None:
        message.add_alternative(part.text, subtype="calendar", params={"method": part.method, "component": "VEVENT"})
    message["Content-Language"] = language_of(words.room)  # now: what was said of the first part went with it
    return message


def _frame(frame: Template, name: str) -> dict[str, str]:
    """How a letter greets and how it ends."""
    greeting, _, end = frame.render(name=name).partition("\n")
    return {"greeting": greeting, "end": end.strip()}


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
