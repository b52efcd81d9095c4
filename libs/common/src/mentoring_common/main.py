"""How a service runs as a process of its own: `python -m mentoring_<service> [serve|migrate|restored|…]`."""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, Protocol, TypeVar
from uuid import UUID

import uvicorn
import uvloop
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.types import ASGIApp

from mentoring_common import migrations
from mentoring_common.audit_proof import AuditVerdict
from mentoring_common.http_server import server_config
from mentoring_common.observability import configure_logging
from mentoring_common.outbox import outgrow_readers
from mentoring_common.runner import Service
from mentoring_common.settings import MigrationSettings, Settings

AnySettings = TypeVar("AnySettings", bound=BaseSettings)
COMMANDS = ("serve", "migrate", "restored", "replay", "verify-audit")


class Servable(Protocol):
    """What can be served: a service, or the gateway, which has no database."""

    ready: bool

    @property
    def asgi(self) -> ASGIApp: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def main(name: str, create_app: Callable[[Settings], Service]) -> None:
    """Serve until SIGTERM or Ctrl-C, migrate the database, have versions outgrow readers after it was restored, replay
    parked events, or verify an audit log.
    """
    parser = argparse.ArgumentParser(prog=f"mentoring_{name}")
    parser.add_argument("command", choices=COMMANDS, nargs="?", default="serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--tenant", type=UUID, help="whose parked events are replayed, or whose audit log is verified")
    parser.add_argument("--by", default="operator", help="who replays, for the audit log")
    options = parser.parse_args()
    if options.command in _AS_OWNER:
        told = settings_or_error(MigrationSettings, parser)
        configure_logging(told.log_level)
        asyncio.run(_AS_OWNER[options.command](told.owner_database_url, name))
        return
    settings = settings_or_error(Settings, parser)
    configure_logging(settings.log_level)
    if options.command == "replay":
        if options.tenant is None:
            parser.error("replay needs --tenant")
        replayed = asyncio.run(_replay(create_app(settings), options.tenant, options.by))
        print(f"{replayed} parked events replayed; the log names what failed again and stays parked")  # noqa: T201
    elif options.command == "verify-audit":
        if options.tenant is None:
            parser.error("verify-audit needs --tenant")
        found = asyncio.run(_verify_audit(create_app(settings), options.tenant))
        print(found.model_dump_json())  # noqa: T201
        sys.exit(0 if found.intact else 1)
    else:
        with contextlib.suppress(KeyboardInterrupt):
            uvloop.run(serve(create_app(settings), options.host, options.port))


def settings_or_error(model: type[AnySettings], parser: argparse.ArgumentParser) -> AnySettings:
    """The settings from the environment; exit status 2 and their names where some are missing or wrong."""
    try:
        return model()
    except ValidationError as error:
        missing = ", ".join("MENTORING_" + str(e["loc"][0]).upper() for e in error.errors())
        parser.error(f"these settings are missing or wrong: {missing}")


async def _outgrow_readers(owner_url: str, _: str) -> None:
    engine = create_async_engine(owner_url)
    try:
        print(f"versions of aggregates go on above {await outgrow_readers(engine)}")  # noqa: T201
    finally:
        await engine.dispose()


_AS_OWNER: dict[str, Callable[[str, str], Coroutine[Any, Any, object]]] = {
    "migrate": migrations.upgrade,
    "restored": _outgrow_readers,
}


async def _replay(service: Service, tenant: UUID, by: str) -> int:
    try:
        return await service.replay(tenant, by=by)
    finally:
        await service.stop()


async def _verify_audit(service: Service, tenant: UUID) -> AuditVerdict:
    try:
        return await service.verify_audit(tenant)
    finally:
        await service.stop()


class _Server(uvicorn.Server):
    """Is not ready any more from the moment it is told to end, while it answers what it has accepted."""

    def __init__(self, config: uvicorn.Config, service: Servable) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._service.ready = False
        super().handle_exit(sig, frame)


async def serve(service: Servable, host: str, port: int) -> None:
    """Start the service, answer HTTP, and stop in order: readiness off, requests in hand, consumer, relay, pools."""
    config = server_config(service.asgi, host=host, port=port, timeout_graceful_shutdown=10, limit_concurrency=1000)
    server = _Server(config, service)
    await service.start()
    try:
        await server.serve()
    finally:
        await service.stop()
