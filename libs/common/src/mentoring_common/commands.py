"""What the commands of a service do; `main.py` reads them, and loads this for what is done alone."""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict
from types import FrameType
from typing import Any, Protocol, TypeVar
from uuid import UUID

import uvicorn
import uvloop
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.types import ASGIApp

from mentoring_common import migrations
from mentoring_common.audit_proof import AuditVerdict
from mentoring_common.doctor import examine
from mentoring_common.erasures import Erasing, Erasure, LedgerUnreadable, announced, erase_again, ledger, read_ledger
from mentoring_common.errors import Unavailable
from mentoring_common.garbage import start_spared
from mentoring_common.http_server import server_config
from mentoring_common.metrics import Gauge, Metrics, MetricsServer, PortTaken
from mentoring_common.observability import configure_logging
from mentoring_common.outbox import outgrow_readers
from mentoring_common.runner import Found, Service
from mentoring_common.settings import MigrationSettings, Settings, WrongSetting

AnySettings = TypeVar("AnySettings", bound=BaseSettings)


class Servable(Protocol):
    """What can be served: a service, or the gateway, which has no database."""

    ready: bool
    settings: Settings
    metrics: Metrics | None
    connections: int  # at once; who comes then is answered 503

    @property
    def asgi(self) -> ASGIApp: ...

    async def measure(self) -> Sequence[Gauge]: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@contextlib.contextmanager
def told_in_one_line(prog: str) -> Iterator[None]:
    """What is down or cannot be reached is one line and exit status 1; a setting that cannot be used, status 2."""
    try:
        yield
    except WrongSetting as error:
        print(f"{prog}: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except (Unavailable, OperationalError, InterfaceError, ConnectionError) as error:
        said = str(error) if isinstance(error, Unavailable) else f"{type(error).__name__}: nothing answers"
        print(f"{prog}: {said.rstrip('.')}: `{prog} doctor` says what", file=sys.stderr)  # noqa: T201
        sys.exit(1)


def run(
    name: str, load: Callable[[], Callable[[Settings], Service]], parser: argparse.ArgumentParser,
    options: argparse.Namespace,
) -> None:  # fmt: skip
    """Do what is asked for; `load` gives what makes the service, where one is made."""
    if options.command in _AS_OWNER:
        told = settings_or_error(MigrationSettings, parser)
        configure_logging(told.log_level)
        does = _plan if options.plan else _AS_OWNER[options.command]
        asyncio.run(does(told.owner_database_url, name))
        return
    settings = settings_or_error(Settings, parser)
    configure_logging(settings.log_level)
    create_app = load()
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
        if not (found.entries or found.anchors):
            print(f"{parser.prog}: nothing is kept here of an organisation {options.tenant}", file=sys.stderr)  # noqa: T201
            sys.exit(1)
        sys.exit(0 if found.intact else 1)
    elif options.command == "doctor":
        sys.exit(_say(asyncio.run(_examine(create_app(settings))), as_json=options.json))
    elif options.command == "rewrap":
        sys.exit(asyncio.run(_rewrap(create_app(settings))))
    elif options.command == "erasures":
        asyncio.run(_print_erasures(create_app(settings)))
    elif options.command == "erase-again":
        service = create_app(settings)
        if service.design.erasing is None:
            parser.error(f"{name} does not own people: tell applications, the others hear of it")
        try:
            known = None if options.ledger is None else read_ledger(options.ledger)
        except LedgerUnreadable as error:
            parser.error(str(error))
        again = asyncio.run(_erase_again(service, service.design.erasing, known))
        print(f"{again} people erased again")  # noqa: T201
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


async def _plan(owner_url: str, name: str) -> None:
    lacking = await migrations.pending(owner_url, name)
    lines = [f"{revision}  {does}" for revision, does in lacking]
    print("\n".join(lines) or f"the database is at {migrations.newest(name)}: nothing is to be done")  # noqa: T201


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


async def _print_erasures(service: Service) -> None:
    try:
        async for one in ledger(service.system, service.database):
            print(one.model_dump_json())  # noqa: T201
    finally:
        await service.stop()


async def _rewrap(service: Service) -> int:
    """Bring every key of a person under the current master key, and say how many; 1 where some are opened by none."""
    try:
        found = await service.rewrap()
    finally:
        await service.stop()
    brought, were, unopened = found
    print(f"{brought} keys brought under MENTORING_MASTER_KEY, {were} were, {unopened} open with none")  # noqa: T201
    return int(found.unopened > 0)


async def _erase_again(service: Service, erasing: Erasing, known: list[Erasure] | None) -> int:
    try:
        erased = await announced(service.settings, erasing.event) if known is None else known
        return await erase_again(service.database, erasing, erased)
    finally:
        await service.stop()


async def _examine(service: Service) -> list[Found]:
    try:
        return await examine(service)
    finally:
        await service.stop()


def _say(findings: list[Found], *, as_json: bool) -> int:
    """Print what was found; exit status 1 where something is wrong."""
    lines = [json.dumps([asdict(one) for one in findings], indent=2)] if as_json else [one.line() for one in findings]
    print("\n".join(lines))  # noqa: T201
    return int(any(one.level == "wrong" for one in findings))


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
    config = server_config(
        service.asgi, host=host, port=port, timeout_graceful_shutdown=10, limit_concurrency=service.connections
    )
    server = _Server(config, service)
    counted = _metrics_server(service, host)
    async with contextlib.AsyncExitStack() as started:
        await service.start()
        started.push_async_callback(service.stop)
        if counted is not None:
            await counted.start()
            started.push_async_callback(counted.stop)
        started.enter_context(start_spared())
        await server.serve()


def _metrics_server(service: Servable, host: str) -> MetricsServer | None:
    """What serves the numbers, where a port is set; exit status 2 if somebody else has it."""
    if not service.settings.metrics_port:
        return None
    try:
        return MetricsServer([service], host, service.settings.metrics_port)
    except PortTaken as error:
        print(f"error: {error}: choose another one with MENTORING_METRICS_PORT", file=sys.stderr)  # noqa: T201
        sys.exit(2)
