"""The development mailbox, over real SMTP."""

import smtplib
import socket
from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest

from mentoring_allinone import mailbox as mailbox_module
from mentoring_allinone.mailbox import Mailbox, mailbox_app


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    started = await Mailbox.start()
    yield started
    await started.stop()


def message(to: str, subject: str = "Your match", text: str = "You can meet now.") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "programme@example.org"
    mail["To"] = to
    mail["Subject"] = subject
    mail.set_content(text)
    return mail


async def send(mailbox: Mailbox, mail: EmailMessage) -> None:
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=mailbox.port)


def client(mailbox: Mailbox) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(mailbox_app(mailbox)), base_url="http://mailbox")


async def test_finds_messages_by_recipient_in_any_case(mailbox: Mailbox) -> None:
    await send(mailbox, message("Ada@Example.org", subject="Für Ada"))
    await send(mailbox, message("grace@example.org"))
    [found] = mailbox.for_recipient("ada@example.ORG")
    assert (found.subject, found.text.strip()) == ("Für Ada", "You can meet now.")
    assert [kept.number for kept in mailbox.messages] == [1, 2]


async def test_what_arrived_is_there_after_a_kill(tmp_path) -> None:
    first = await Mailbox.start(folder=tmp_path)
    await send(first, message("ada@example.org", subject="Für Ada"))
    await send(first, message("grace@example.org", subject="second"))
    again = await Mailbox.start(folder=tmp_path)  # the first one was told nothing
    assert [kept.subject for kept in again.messages] == ["Für Ada", "second"]
    assert again.messages == first.messages
    await send(again, message("ada@example.org", subject="third"))
    assert [kept.number for kept in again.messages] == [1, 2, 3]
    again.clear()
    assert (await Mailbox.start(folder=tmp_path)).messages == []
    await first.stop()
    await again.stop()


async def test_lists_messages_newest_first_as_json(mailbox: Mailbox) -> None:
    await send(mailbox, message("ada@example.org", subject="first"))
    await send(mailbox, message("ada@example.org", subject="second"))
    await send(mailbox, message("grace@example.org", subject="other"))
    async with client(mailbox) as http:
        answer = (await http.get("/messages", params={"to": "ada@example.org"})).json()
        everything = (await http.get("/messages")).json()
    assert [found["subject"] for found in answer["messages"]] == ["second", "first"]
    assert len(everything["messages"]) == 3


async def test_page_shows_markup_as_text(mailbox: Mailbox) -> None:
    attack = "<script>alert(1)</script>"
    mail = message("ada@example.org", subject=attack, text=attack)
    mail.add_attachment(b"x", maintype="text", subtype="calendar", filename='<img src="x">.ics')
    await send(mailbox, mail)
    html_only = EmailMessage()
    html_only["From"], html_only["To"], html_only["Subject"] = "a@example.org", "b@example.org", "html"
    html_only.set_content("<b>bold</b>", subtype="html")
    await send(mailbox, html_only)
    async with client(mailbox) as http:
        answer = await http.get("/")
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "<b>" not in answer.text
    assert answer.text.count("&lt;script&gt;alert(1)") == 2
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_forgets_the_oldest_beyond_its_bounds(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox_module, "MESSAGES_KEPT", 3)
    for number in range(5):
        await send(mailbox, message("ada@example.org", subject=str(number)))
    assert [kept.subject for kept in mailbox.messages] == ["2", "3", "4"]
    monkeypatch.setattr(mailbox_module, "BYTES_KEPT", mailbox.messages[-1].size * 2)
    await send(mailbox, message("ada@example.org", subject="5"))
    assert [kept.subject for kept in mailbox.messages] == ["4", "5"]


async def test_refuses_a_message_that_is_too_big(mailbox: Mailbox) -> None:
    with pytest.raises(aiosmtplib.SMTPException):
        await send(mailbox, message("ada@example.org", text="x" * (mailbox_module.MESSAGE_BYTES + 1)))
    assert mailbox.messages == []


async def test_survives_a_message_that_is_no_proper_mail(mailbox: Mailbox) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=mailbox.port) as smtp:
        await smtp.sendmail(
            "a@example.org", ["b@example.org"], b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff hi"
        )
    assert "hi" in mailbox.messages[0].text


async def test_listens_on_loopback_only(mailbox: Mailbox) -> None:
    # A second listener on the same port of every other loopback address would be refused if the first held them all.
    with socket.socket() as other:
        other.bind(("127.0.0.2", mailbox.port))
        assert other.getsockname() == ("127.0.0.2", mailbox.port)


async def test_takes_no_mail_after_stop() -> None:
    mailbox = await Mailbox.start()
    port = mailbox.port
    await mailbox.stop()
    with pytest.raises((OSError, smtplib.SMTPException)), socket.create_connection(("127.0.0.1", port), timeout=2):
        pass


async def test_options_names_the_methods(mailbox: Mailbox) -> None:
    async with client(mailbox) as http:
        answer = await http.options("/")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
