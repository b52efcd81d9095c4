"""The embedded stack: PostgreSQL, a broker, every service, a token issuer and a mailbox in one process.

The same code serves `mentoring up`, the demo and the journey tests. Everything listens on 127.0.0.1 behind one address;
the services reach each other over their HTTP APIs, in process, and meet as events on the broker.
"""

import asyncio
import base64
import contextlib
import secrets
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import uvicorn
from pydantic import SecretStr
from starlette.types import ASGIApp

from mentoring_allinone.brokers import Acquaintance, Broker, cluster_of, settings_of, start_broker
from mentoring_allinone.front import front_app
from mentoring_allinone.mailbox import Mailbox
from mentoring_applications.app import create_app as create_applications
from mentoring_common import migrations
from mentoring_common.api_address import API
from mentoring_common.auth import internal
from mentoring_common.clock import Clock, SystemClock
from mentoring_common.databases import Urls, provision
from mentoring_common.embedded import EmbeddedPostgres, EmbeddedServerError
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.embedded.kept import kept
from mentoring_common.garbage import start_spared
from mentoring_common.http_server import server_config
from mentoring_common.metrics import MetricsServer, PortTaken
from mentoring_common.relay import publish_all_again
from mentoring_common.runner import Service
from mentoring_common.settings import Settings
from mentoring_evaluation.app import create_app as create_evaluation
from mentoring_gateway.app import Gateway
from mentoring_gateway.app import create_app as create_gateway
from mentoring_integrations.app import create_app as create_integrations
from mentoring_matching.app import create_app as create_matching
from mentoring_sessions.app import create_app as create_sessions

# How the services reach each other: the name resolves nowhere, the transport is in process.
INTERNAL = "http://mentoring.internal"
# One context for all clients, which is what takes long to make; and connections are dropped before the server does so.
_TLS = ssl.create_default_context()
_LIMITS = httpx.Limits(keepalive_expiry=5.0)
WITH_DATABASE = {
    "applications": create_applications,
    "matching": create_matching,
    "sessions": create_sessions,
    "evaluation": create_evaluation,
    "integrations": create_integrations,
}


@dataclass(frozen=True)
class Secrets:
    """What must be the same at the next start on the same data."""

    master_key: str
    port: int

    @classmethod
    def of(cls, folder: Path) -> "Secrets":
        """Those kept in `folder`, made on the first start."""
        path, remedy = folder / "secrets.json", "restore it from a backup, or begin anew in another folder with --data"
        found = kept(path, lambda: vars(cls(base64.b64encode(secrets.token_bytes(32)).decode(), free_port())), remedy)
        try:
            known = cls(str(found["master_key"]), int(found["port"]))
            if len(base64.b64decode(known.master_key, validate=True)) == 32:
                return known
        except (KeyError, ValueError, TypeError):
            pass
        raise EmbeddedServerError(f"{path} is broken: {remedy}.")


class Stack:
    """A running system; `base_url` is its one address, `api_url` that of the API, `call` a client."""

    def __init__(
        self, listener: socket.socket, postgres: EmbeddedPostgres, broker: Broker, mailbox: Mailbox,
        issuer: DevIssuer, clock: Clock, acquaintance: Acquaintance | None,
    ) -> None:  # fmt: skip
        self.postgres = postgres
        self.broker = broker
        self.mailbox = mailbox
        self.issuer = issuer
        self.clock = clock
        self._acquaintance = acquaintance
        self.base_url = _address(listener)
        self.api_url = f"{self.base_url}{API}"
        self.services: dict[str, Service | Gateway] = {}
        self.settings: dict[str, Settings] = {}
        self._listener = listener
        self._front: ASGIApp | None = None
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._metrics_port = 0
        self._metrics: MetricsServer | None = None
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self._dispatch), timeout=30.0)

    @classmethod
    async def start(
        cls,
        data_dir: Path,
        *,
        clock: Clock | None = None,
        port: int | None = None,
        durable: bool = True,
        kafka: str | None = None,
        metrics_port: int = 0,
    ) -> "Stack":
        """Start everything on `data_dir`, which is made if it is missing; EmbeddedServerError says what to do.

        With `kafka` (host:port) the events go to a broker that is there already; with `metrics_port` the services
        count, and their numbers are there.
        """
        _make_folder(data_dir)
        kept = Secrets.of(data_dir)
        listener = _listen(port) if port else _listen_or_any(kept.port)
        issuer = DevIssuer(f"{_address(listener)}/dev", "mentoring", data_dir)
        acquaintance = Acquaintance(data_dir, await cluster_of(kafka)) if kafka else None
        postgres, broker, mailbox = await asyncio.gather(
            EmbeddedPostgres.start(data_dir / "postgres", durable=durable),
            start_broker(kafka, data_dir),
            Mailbox.start(folder=data_dir / "mailbox"),
        )
        stack = cls(listener, postgres, broker, mailbox, issuer, clock or SystemClock(), acquaintance)
        stack._metrics_port = metrics_port
        try:
            await stack._start_services(kept)
            await stack._serve()
        except BaseException:
            await stack.stop()
            raise
        return stack

    async def stop(self) -> None:
        """HTTP first, then the services, then what they stand on; each step bounded."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await asyncio.wait([self._serving], timeout=10)
        if self._metrics is not None:
            await self._metrics.stop()
        self._listener.close()
        await asyncio.gather(*(service.stop() for service in self.services.values()), return_exceptions=True)
        await self.http.aclose()
        await self.mailbox.stop()
        await self.broker.stop()
        await self.postgres.stop()

    def token(self, *scopes: str, tenant: UUID | str | None = None, subject: UUID | str = "operator") -> str:
        """An access token of the development issuer."""
        extra = None if tenant else {"tenant": None}
        return self.issuer.mint(str(subject), str(tenant or ""), scopes, extra=extra)

    def call(
        self, *scopes: str, tenant: UUID | str | None = None, subject: UUID | str = "operator"
    ) -> httpx.AsyncClient:
        """An HTTP client of the whole API, over the network, with a token of these scopes."""
        headers = {"Authorization": f"Bearer {self.token(*scopes, tenant=tenant, subject=subject)}"}
        return httpx.AsyncClient(base_url=self.api_url, headers=headers, timeout=60.0, verify=_TLS, limits=_LIMITS)

    def environment(self, name: str) -> dict[str, str]:
        """What a service's own commands (`python -m mentoring_<name> doctor`) are told to look at this stack."""
        told = self.settings[name].model_copy(update={"metrics_port": 0})
        return {
            f"MENTORING_{setting.upper()}": str(
                value.get_secret_value() if isinstance(value, SecretStr) else value
            ).replace(INTERNAL, self.base_url)
            for setting, value in told
            if setting in told.model_fields_set
        }

    async def _start_services(self, kept: Secrets) -> None:
        used: list[Service] = []
        for name in WITH_DATABASE:
            # One after the other: Alembic keeps the running migration in a global.
            urls, used_before = await self._prepare(name)
            self.settings[name] = self._settings(kept, urls, name)
            service = WITH_DATABASE[name](self.settings[name], clock=self.clock, http=self.http)
            self._register(service)
            used += [service] if used_before else []
            self.services[name] = service
        await self._introduce(used)
        self.settings["gateway"] = self._settings(kept, Urls("", "", ""), "gateway")
        self.services["gateway"] = create_gateway(self.settings["gateway"], clock=self.clock, http=self.http)
        applications = self.postgres.dsn("mentoring_applications")
        self._front = front_app(self.services, self.issuer, self.mailbox, applications)
        await asyncio.gather(*(service.start() for service in self.services.values()))
        if self._metrics_port:
            try:
                self._metrics = MetricsServer(self.services.values(), "127.0.0.1", self._metrics_port)
            except PortTaken as error:
                raise EmbeddedServerError(f"The {error}: choose another one with --metrics-port.") from error
            await self._metrics.start()

    async def _introduce(self, used: Sequence[Service]) -> None:
        """Have the broker told what services that were `used` before announced, where it cannot know."""
        if self._acquaintance is not None:
            if self._acquaintance.met:
                return
            await self._acquaintance.begin_at_end(s for s in self.services.values() if isinstance(s, Service))
        for service in used:
            await publish_all_again(service.system)
        if self._acquaintance is not None:
            self._acquaintance.keep()

    async def _prepare(self, name: str) -> tuple[Urls, bool]:
        urls = await provision(self.postgres.dsn("postgres"), name)
        return urls, not await migrations.upgrade(urls.owner, name)

    def _register(self, service: Service) -> None:
        client, secret = service.settings.client_id, service.settings.client_secret.get_secret_value()
        self.issuer.register_client(client, secret, client, "", map(internal, service.design.calls))

    def _settings(self, kept: Secrets, urls: Urls, name: str) -> Settings:
        return Settings(
            database_url=urls.app,
            system_database_url=urls.system,
            owner_database_url=urls.owner,
            kafka_group=self._acquaintance.group(name) if self._acquaintance else "",
            token_issuer=self.issuer.issuer,
            token_jwks_url=f"{INTERNAL}/dev/jwks.json",
            token_url=f"{INTERNAL}/dev/token",
            client_id=f"mentoring-{name}",
            client_secret=SecretStr(secrets.token_urlsafe(32)),
            master_key=SecretStr(kept.master_key),
            smtp_port=self.mailbox.port,
            public_url=self.base_url,
            open_introspection=True,
            metrics_port=self._metrics_port,
            webhooks_to_loopback=True,
            **settings_of(self.broker),
            **{f"{other}_url": f"{INTERNAL}{API}/{other}" for other in WITH_DATABASE},  # type: ignore[arg-type]
        )

    async def _dispatch(self, scope: Any, receive: Any, send: Any) -> None:
        assert self._front is not None
        await self._front(scope, receive, send)

    async def _serve(self) -> None:
        self._server = _Server(server_config(self._dispatch, timeout_graceful_shutdown=5))
        self._serving = asyncio.create_task(self._served(self._server))
        while not self._server.started:  # noqa: ASYNC110  uvicorn offers no event to wait for
            await asyncio.sleep(0.01)

    async def _served(self, server: uvicorn.Server) -> None:
        with start_spared():
            await server.serve(sockets=[self._listener])


class _Server(uvicorn.Server):
    """Leaves signals to whoever started the stack: the services have to stop after the last request."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def free_port() -> int:
    """A port of 127.0.0.1 that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _address(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise EmbeddedServerError(
            f"Port {port} is in use or not allowed: choose another one with --port, or leave it out."
        ) from error
    listener.listen(1024)
    return listener


def _listen_or_any(port: int) -> socket.socket:
    try:
        return _listen(port)
    except EmbeddedServerError:
        return _listen(0)


def _make_folder(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        probe = data_dir / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise EmbeddedServerError(
            f"The data folder {data_dir} cannot be written ({reason}): choose another one with --data."
        ) from error
