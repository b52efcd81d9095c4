"""The processes of docker-compose.yml, with the settings it gives and no other, on an empty Apache Kafka and a server
that init.sql has made. Only where a host is differs: names of containers become servers of this machine."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from pathlib import Path

import httpx
import pytest
import uvicorn
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from starlette.routing import Mount

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common.embedded.child_process import ChildProcess, free_port
from mentoring_common.embedded.issuer import DevIssuer, issuer_app
from mentoring_common.embedded.kafka import ApacheKafka
from mentoring_common.http_server import server_config
from mentoring_common.testing import eventually

ROOT = Path(__file__).resolve().parents[2]
REALM = "/realms/mentoring"
PATIENCE_S = 180  # nine interpreters and a broker start on what may be two cores


@pytest.fixture(scope="module")
async def issuer(compose, realm):
    """An issuer with the realm's clients at the addresses of the realm; the issuer it names is the public one."""
    given = compose["services"]["keycloak"]["environment"]
    made = DevIssuer(f"{given['KC_HOSTNAME']}{REALM}", "mentoring")
    for client in realm["clients"]:
        if not client["publicClient"]:
            secret = given[client["secret"].strip("${}")]
            scopes = {*client["defaultClientScopes"], *client["optionalClientScopes"]} - {"mentoring-machine"}
            made.register_client(client["clientId"], secret, client["clientId"], None, scopes)
    port = free_port()
    app = Starlette(routes=[Mount(f"{REALM}/protocol/openid-connect", issuer_app(made))])
    server = uvicorn.Server(server_config(app, port=port))
    serving = asyncio.create_task(server._serve())
    yield made, port
    server.should_exit = True
    await serving


@pytest.fixture(scope="module")
async def hosts(issuer):
    """Where the hosts of the compose file are, by name and port; Kafka holds no topic."""
    if not ApacheKafka.available():
        pytest.skip("Apache Kafka needs Java and Maven")
    kafka = await ApacheKafka.start()
    here = {f"{name}:8000": f"127.0.0.1:{free_port()}" for name in (*WITH_DATABASE, "gateway")}
    yield here | {"kafka:9092": kafka.bootstrap_servers, "keycloak:8080": f"127.0.0.1:{issuer[1]}"}
    await kafka.stop()


@pytest.fixture(scope="module")
async def processes(compose, initialised, hosts, tmp_path_factory):
    """Migrations, then what serves, each as the compose file starts it."""
    logs = tmp_path_factory.mktemp("logs")

    def start(name):
        service = compose["services"][name]
        module, command, *_ = service["command"]
        where = ["--port", hosts[f"{name}:8000"].partition(":")[2]] if command == "serve" else []
        # What the image sets, and what the compose file sets.
        environment = {"PATH": os.environ["PATH"], "MENTORING_BLUEPRINTS": str(ROOT / "blueprints")}
        environment |= {key: here(str(value), initialised, hosts) for key, value in service["environment"].items()}
        return ChildProcess.spawn(
            [sys.executable, "-m", module, command, *where],
            stop_signal=signal.SIGTERM, log=logs / name, environment=environment,
        )  # fmt: skip

    migrations = [name for name in compose["services"] if name.startswith("migrate-")]
    for name, migration in [(name, start(name)) for name in migrations]:
        assert await asyncio.to_thread(migration.wait) == 0, (logs / name).read_text()
    running = {name: start(name) for name in (*WITH_DATABASE, "gateway")}
    yield running, logs
    await asyncio.gather(*(asyncio.to_thread(process.stop) for process in running.values()))


def here(value, server, hosts):
    """A setting with the hosts of this machine; the database is at its socket, with the same role and password."""
    if value.startswith("postgresql"):
        url = make_url(value).set(host=None, port=None, query=make_url(server.dsn("postgres")).query)
        return url.render_as_string(hide_password=False)
    # JWKS and token endpoint have the names of the issuer for tests.
    value = value.replace("/openid-connect/certs", "/openid-connect/jwks.json")
    return re.sub(r"\b[a-z]+:\d+", lambda found: hosts.get(found[0], found[0]), value)


async def test_everything_starts_and_an_event_reaches_the_others(processes, hosts, issuer, compose):
    running, logs = processes
    made, port = issuer
    async with httpx.AsyncClient(timeout=30) as http:
        for name, process in running.items():
            address = f"http://{hosts[f'{name}:8000']}/readyz"
            await eventually(lambda p=process, a=address: _ready(http, p, a), within_s=PATIENCE_S, what=logs / name)

        operator = {
            "grant_type": "client_credentials", "client_id": "operator", "scope": "platform:admin",
            "client_secret": compose["services"]["keycloak"]["environment"]["OPERATOR_CLIENT_SECRET"],
        }  # fmt: skip
        token_url = f"http://127.0.0.1:{port}{REALM}/protocol/openid-connect/token"
        token = (await http.post(token_url, data=operator)).json()["access_token"]
        applications, matching = (f"http://{hosts[f'{name}:8000']}" for name in ("applications", "matching"))
        organisation = await http.post(
            f"{applications}/organisations", json={"name": "NIHR", "slug": "nihr"}, headers=_bearer(token)
        )
        assert organisation.status_code == 201, organisation.text
        admin = _bearer(made.mint("admin", organisation.json()["id"], [
            "organisation:admin", "applications:write", "matching:read", "applications:read",
        ]))  # fmt: skip
        programme = await http.post(f"{applications}/programmes", json={"blueprint": "nihr"}, headers=admin)
        assert programme.status_code == 201, programme.text
        path = f"{matching}/programmes/{programme.json()['id']}/policy"
        policy = await eventually(lambda: _found(http, path, admin), what="the programme at matching")
        assert policy["version"] == 1

        asked = {"query": "{ programmes { nodes { id } } }"}
        answer = await http.post(f"http://{hosts['gateway:8000']}/graphql", json=asked, headers=admin)
        assert [p["id"] for p in answer.json()["data"]["programmes"]["nodes"]] == [programme.json()["id"]]


async def _ready(http, process, address):
    assert process.running, process.last_words()
    with contextlib.suppress(httpx.TransportError):
        return (await http.get(address)).status_code == 200


async def _found(http, path, headers):
    answer = await http.get(path, headers=headers)
    return answer.json() if answer.status_code == 200 else None


def _bearer(token):
    return {"Authorization": f"Bearer {token}"}
