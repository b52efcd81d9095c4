"""The page on which people say who they are, on a machine of one's own: `/dev/authorize` of the token issuer.

It asks for no password, as `mentoring token` does not. Who there is, it reads as the organisation's administrator.
"""

from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mentoring_allinone.mailbox import PAGE_HEADERS
from mentoring_allinone.scopes import PERSONAL
from mentoring_applications.directory.models import Organisation, Person
from mentoring_common.api_address import API
from mentoring_common.embedded.issuer import DevIssuer, TokenRefused
from mentoring_common.embedded.sign_in import Asked, SignIns
from mentoring_gateway.app import Gateway

ADMINISTRATOR = "administrator"
ADMIN = "organisation:admin"
_PEOPLE = """query($called: String) {
  programmes(last: 3) { nodes { title
    roles(first: 20) { nodes { role person { id name } } }
    relationships(first: 8, filter: {state: "active"}) { nodes { mentor { id name } mentee { id name } } } } }
  people(called: $called, first: 30) { nodes { id name email } } }"""
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "h2{font-size:1.1rem;margin:1.5rem 0 .25rem}ul{list-style:none;padding:0;margin:0}"
    "li a{display:block;padding:.5rem;min-height:1.5rem}a{color:#0b4a8f}"
    "input,button{font:inherit;padding:.4rem .6rem}"
)


class SignInPage:
    """Answers the authorisation requests of front ends on this machine: a list of people, each a link."""

    def __init__(self, issuer: DevIssuer, sign_ins: SignIns, gateway: Gateway, applications_dsn: str) -> None:
        """`applications_dsn`: the database of applications under the superuser, who alone sees every organisation."""
        self._issuer = issuer
        self._sign_ins = sign_ins
        self._applications = create_async_engine(applications_dsn, poolclass=NullPool)
        self._gateway = gateway

    async def answer(self, request: Request) -> Response:
        """The page, or where somebody was chosen on it the way back to the front end with a code."""
        query = dict(request.query_params)
        try:
            asked = Asked.of(query)
            if "subject" not in query and (hinted := await self._hinted(query.get("login_hint", ""))):
                query |= hinted
            if "subject" in query:
                return RedirectResponse(asked.answered(code=self._code(asked, query)), 303)
            organisations = await self._organisations()
            tenant = _uuid(query["tenant"]) if query.get("tenant") else next(iter(organisations), None)
        except TokenRefused as refused:
            # The request itself is wrong: nobody is sent back to where it came from.
            return _page(f"<p>The request to sign in cannot be answered: {escape(str(refused))}.</p>", 400)
        known = await self._known(tenant, query.get("called", "")) if tenant else {}
        return _page("".join(_body(query, organisations, tenant, known)))

    def _code(self, asked: Asked, query: dict[str, str]) -> str:
        """A code for who was chosen, with what people may ask for; an administrator has that of one beside."""
        subject = query["subject"]
        may = (*PERSONAL, ADMIN) if subject == ADMINISTRATOR else PERSONAL
        scopes = tuple(scope for scope in asked.scopes or may if scope in may)
        tenant = _uuid(query.get("tenant", ""))
        if subject != ADMINISTRATOR:
            subject = str(_uuid(subject))
        return self._sign_ins.code_for(asked, subject, str(tenant), scopes)

    async def _hinted(self, person_id: str) -> dict[str, str]:
        """Whom a link named (`login_hint` of OpenID Connect), and their organisation; nothing: the page is shown."""
        if not person_id:
            return {}
        async with self._applications.connect() as connection:
            found = sa.select(Person.tenant_id).where(Person.id == _uuid(person_id))
            tenant = await connection.scalar(found)
        return {"subject": person_id, "tenant": str(tenant)} if tenant else {}

    async def _organisations(self) -> dict[UUID, str]:
        """Names by id, the newest first."""
        async with self._applications.connect() as connection:
            found = sa.select(Organisation.id, Organisation.name).order_by(Organisation.id.desc())
            return {row.id: row.name for row in await connection.execute(found)}

    async def _known(self, tenant: UUID, called: str) -> dict[str, Any]:
        token = self._issuer.mint(ADMINISTRATOR, str(tenant), (ADMIN, *PERSONAL))
        answer = await self._gateway.http.post(
            f"{self._gateway.settings.public_url}{API}/graphql",
            json={"query": _PEOPLE, "variables": {"called": called if len(called) > 1 else None}},
            headers={"Authorization": f"Bearer {token}"},
        )
        found: dict[str, Any] = answer.json().get("data") or {}
        return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text.rpartition(":")[2])
    except ValueError:
        raise TokenRefused("invalid_request", "there is nobody of that id") from None


def _body(
    query: dict[str, str], organisations: dict[UUID, str], tenant: UUID | None, known: dict[str, Any]
) -> Iterator[str]:
    """The page's parts: organisations if there are several, its administrator, teams and pairs, and people by name."""
    if tenant is None:
        yield "<p>There is no organisation yet: <code>mentoring up --sample</code> makes one.</p>"
        return
    asked = {name: value for name, value in query.items() if name not in ("tenant", "called")}

    def link(text: str, **more: str) -> str:
        return f'<li><a href="?{escape(urlencode(asked | more))}">{escape(text)}</a></li>'

    def person(found: dict[str, Any] | None, what: str) -> str:
        return link(f"{found['name']} – {what}", tenant=str(tenant), subject=found["id"]) if found else ""

    if len(organisations) > 1:
        others = (link(name, tenant=str(one)) for one, name in organisations.items() if one != tenant)
        yield f"<details><summary>Other organisations</summary><ul>{''.join(others)}</ul></details>"
    yield f"<h2>{escape(organisations.get(tenant, 'Organisation'))}</h2>"
    yield f"<ul>{link('The administrator', tenant=str(tenant), subject=ADMINISTRATOR)}</ul>"
    for programme in (known.get("programmes") or {}).get("nodes", ()):
        yield f"<h2>{escape(programme['title'])}</h2><ul>"
        for held in (programme["roles"] or {}).get("nodes", ()):
            yield person(held["person"], held["role"].replace("_", " "))
        for pair in (programme["relationships"] or {}).get("nodes", ()):
            yield person(pair["mentor"], "mentor") + person(pair["mentee"], "mentee")
        yield "</ul>"
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in (asked | {"tenant": str(tenant)}).items()
    )
    yield '<h2 id="all">Everybody</h2><form>' + hidden
    yield f'<label>Part of a name <input name="called" value="{escape(query.get("called", ""))}"></label> '
    yield '<button>Search</button></form><ul aria-labelledby="all">'
    for found in (known.get("people") or {}).get("nodes", ()):
        yield person(found, found["email"] or "")
    yield "</ul>"


def _page(body: str, status: int = 200) -> HTMLResponse:
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>Who are you?</h1><p>This installation is for development: "
        f"it asks for no password.</p>{body}</main></body></html>"
    )
    return HTMLResponse(text, status, headers=PAGE_HEADERS)
