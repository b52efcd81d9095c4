"""Everything that is held of a person, in all services, as one ZIP: the right of access (GDPR, article 15).

The caller's token goes on to every service, which decides and puts the reading on record. All or nothing: a service
that does not answer makes it 503, never a ZIP that looks whole.
"""

import asyncio
import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from typing import Any, Final
from uuid import UUID

import httpx
from starlette.requests import Request
from starlette.responses import Response

from mentoring_common.auth import Principal
from mentoring_common.errors import DomainError, NotFound, Unauthenticated, Unavailable
from mentoring_common.problems import of_error
from mentoring_common.settings import Settings
from mentoring_common.tracing import current_traceparent, route_of, span

SERVICES: Final = ("applications", "matching", "sessions", "evaluation", "integrations")
TIMEOUT_S: Final = 30.0
_TITLES: Final[Mapping[str, str]] = {
    "applications": "Who you are, what you applied for, and what was decided",
    "matching": "Whom you were matched with, and why",
    "sessions": "What you kept with your mentor or mentee, and what you attended",
    "evaluation": "What you said in surveys and interviews, where it is kept under your name",
    "integrations": "What we told you",
}
_NOTE: Final = (
    "Answers to anonymous surveys are not here: nobody can tell whose they are. What others wrote about you under their"
    " own name is theirs. Where it says (sealed: read by who wrote it), only that person can open it: asked for by"
    " yourself, this file holds your own words."
)


class NobodyHeld(NotFound):
    """There is no such person, or you may not read what is held of them."""


class SubjectAccess:
    """Answers `GET /subject-access/{person_id}`."""

    def __init__(
        self,
        authenticate: Callable[[str | None], Awaitable[Principal | None]],
        http: httpx.AsyncClient,
        settings: Settings,
    ) -> None:
        self._authenticate = authenticate
        self._http = http
        self._settings = settings

    async def answer(self, request: Request) -> Response:
        """The ZIP, or a problem document."""
        try:
            caller = await self._authenticate(request.headers.get("authorization"))
            if caller is None:
                raise Unauthenticated()
            return await self._zip(caller, _person(request.path_params["person_id"]))
        except DomainError as error:
            return of_error(error)

    async def _zip(self, caller: Principal, person_id: UUID) -> Response:
        paths = [(service, f"/people/{person_id}/held") for service in SERVICES]
        async with asyncio.timeout(TIMEOUT_S):
            answers = await asyncio.gather(*(self._get(caller, *path) for path in paths))
            held = {service: answer.json() for service, answer in zip(SERVICES, answers, strict=True)}
            files = await self._files(caller, held["applications"]["held"])
        headers = {"Content-Disposition": f'attachment; filename="{person_id}.zip"'}
        return Response(_packed(held, files), media_type="application/zip", headers=headers)

    async def _files(self, caller: Principal, held: Mapping[str, Any]) -> dict[str, bytes]:
        """The files that a person sent, for the person themselves."""
        found: dict[str, bytes] = {}
        for row in held.get("application_files", []):
            if caller.person is not None and row["person_id"] == str(caller.person):
                answer = await self._get(caller, "applications", f"/files/{row['id']}")
                found[f"files/{row['field']}-{row['id']}"] = answer.content
        return found

    async def _get(self, caller: Principal, service: str, path: str) -> httpx.Response:
        url = getattr(self._settings, f"{service}_url").rstrip("/") + path
        try:
            with span(f"GET {route_of(path)}", "CLIENT"):
                headers = {"Authorization": f"Bearer {caller.token}", "traceparent": current_traceparent()}
                answer = await self._http.get(url, headers=headers)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable("a service does not answer") from error
        if answer.status_code in (403, 404):
            raise NobodyHeld()
        if not answer.is_success:
            raise Unavailable("a service does not answer")
        return answer


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NobodyHeld() from None


def _packed(held: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", _index(held, sorted(files)))
        for service, answer in held.items():
            archive.writestr(f"{service}.json", json.dumps(answer, indent=2, ensure_ascii=False))
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _index(held: Mapping[str, Any], files: list[str]) -> str:
    """A page that needs nothing else to be read."""
    parts = [f"<h2>{escape(_TITLES[service])}</h2>{_tables(answer['held'])}" for service, answer in held.items()]
    sent = "".join(f"<li>{escape(name)}</li>" for name in files)
    parts.append(f"<h2>Files that you sent</h2><ul>{sent}</ul>" if files else "")
    style = "body{font-family:sans-serif;max-width:60em;margin:2em auto}dt{font-weight:bold}dd{margin:0 0 .5em 1em}"
    head = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>What is held of you</title><style>{style}</style>'
    )
    return f"{head}<h1>What is held of you</h1><p>{escape(_NOTE)}</p>{''.join(parts)}</html>"


def _tables(held: Mapping[str, list[dict[str, Any]]]) -> str:
    if not held:
        return "<p>Nothing.</p>"
    return "".join(
        f"<h3>{escape(table.replace('_', ' '))}</h3>{''.join(map(_row, rows))}" for table, rows in held.items()
    )


def _row(row: Mapping[str, Any]) -> str:
    def said(value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    pairs = (f"<dt>{escape(name.replace('_', ' '))}</dt><dd>{escape(said(value))}</dd>" for name, value in row.items())
    return f"<dl>{''.join(pairs)}</dl>"
