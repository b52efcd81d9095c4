"""The one address in front of the embedded services: the API below /v1, pages of people, the mailbox, the token issuer.

It is to the embedded stack what deploy/ingress/Caddyfile is to containers.
"""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mentoring_allinone.mailbox import PAGE_HEADERS, Mailbox, mailbox_app
from mentoring_allinone.signing_in import SignInPage
from mentoring_common.api_address import API
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.embedded.issuer_http import issuer_app
from mentoring_common.embedded.sign_in import SignIns
from mentoring_common.headers import Protected
from mentoring_common.methods import Methods
from mentoring_common.origins import across
from mentoring_common.problems import refusal
from mentoring_common.runner import Service
from mentoring_gateway.app import Gateway

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Mentoring</title>
<style>body{font:16px/1.5 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>
<h1>Mentoring</h1><p>The embedded stack is running. Data and mail stay on this machine.</p><ul>%s</ul></html>"""


def front_app(
    services: Mapping[str, Service | Gateway], issuer: DevIssuer, mailbox: Mailbox, applications_dsn: str
) -> ASGIApp:
    """Routes of the whole system: services under /v1/<name>, the rest of /v1 and pages of people at the gateway."""

    async def index(_: Request) -> Response:
        links = [
            ("/console/", "Console"),
            (f"{API}/docs", "API"),
            (f"{API}/graphql", "GraphiQL"),
            ("/mailbox/", "Mailbox"),
        ]
        items = "".join(f'<li><a href="{href}">{text}</a></li>' for href, text in links)
        return HTMLResponse(_PAGE % items, headers=PAGE_HEADERS)

    async def readyz(_: Request) -> Response:
        waiting = sorted(name for name, service in services.items() if not service.ready)
        if waiting:
            return JSONResponse({"status": "starting", "waiting": waiting}, 503)
        return JSONResponse({"status": "ok"})

    gateway, sign_ins = services["gateway"], SignIns(issuer)
    assert isinstance(gateway, Gateway)
    page = SignInPage(issuer, sign_ins, gateway, applications_dsn)
    paths = {"/": index, "/readyz": readyz, "/dev/authorize": page.answer}
    own = Methods(Starlette(routes=[Route(path, answer) for path, answer in paths.items()]))
    routes: list[BaseRoute] = [Route(path, own) for path in paths]
    allowed = gateway.settings.allowed_origins
    routes += [Mount("/dev", across(issuer_app(issuer, sign_ins), allowed)), Mount("/mailbox", mailbox_app(mailbox))]
    below = [Mount(f"/{name}", service.asgi) for name, service in services.items() if name != "gateway"]
    routes += [Mount(API, routes=[*below, Mount("/", gateway.asgi)]), _Pages(gateway.asgi)]
    return Protected(Starlette(routes=routes, exception_handlers={404: _nothing}))


class _Pages(BaseRoute):
    """What stands outside of the API's versions, at the gateway: the console, pages that letters lead to, codes."""

    def __init__(self, gateway: ASGIApp) -> None:
        self._gateway = gateway

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        found = scope["type"] == "http" and scope["path"].startswith(("/console", "/pages/", "/errors/"))
        return (Match.FULL if found else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._gateway(scope, receive, send)


async def _nothing(_: Request, __: Exception) -> Response:
    return refusal("http_404")
