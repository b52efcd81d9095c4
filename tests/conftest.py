import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from starlette.routing import Mount

from mentoring_allinone.stack import WITH_DATABASE, Stack
from mentoring_common import yaml_text
from mentoring_common.embedded.child_process import ChildProcess, free_port
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.embedded.issuer_http import issuer_app
from mentoring_common.embedded.kafka import ApacheKafka
from mentoring_common.embedded.postgres import EmbeddedPostgres
from mentoring_common.embedded.postgres_binaries import reachable_binaries
from mentoring_common.http_server import server_config
from mentoring_common.testing.plugin import AS_IN_PRODUCTION

ROOT = Path(__file__).resolve().parents[1]
REALM = "/realms/mentoring"
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)[^}]*\}")
# Who comes over the network has to know a password, as in the image; the superuser of a test has the socket.
ACCESS = "local all postgres trust\nlocal all all scram-sha-256\n"


@pytest.fixture(scope="session")
async def stack(tmp_path_factory):
    """The embedded stack, as `mentoring up` starts it, with a front end elsewhere."""
    folder: Path = tmp_path_factory.mktemp("stack")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MENTORING_ALLOWED_ORIGINS", "https://front.example.org")
        running = await Stack.start(folder, durable=False)
    yield running
    await running.stop()


@pytest.fixture(scope="session")
def example():
    """The variables of .env.example; what an operator has to fill in is filled in, each with a value of its own."""
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    # 44 characters that differ by number and are base64 of 32 bytes, as the master key has to be.
    return {name: value or f"{number:043}=" for number, (name, _, value) in enumerate(pairs)}


@pytest.fixture(scope="session")
def compose(example):
    """docker-compose.yml with the variables of .env.example."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    return yaml_text.ours(VARIABLE.sub(lambda found: example[found[1]], text))


@pytest.fixture(scope="session")
def realm():
    return json.loads((ROOT / "deploy" / "keycloak" / "realm.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def database_folder(tmp_path_factory):
    """Where the server of `initialised` keeps its data."""
    return tmp_path_factory.mktemp("initialised")


@pytest.fixture(scope="module")
async def initialised(database_folder, compose):
    """A PostgreSQL server on which init.sql has run as the image runs it."""
    folder = database_folder
    server = await EmbeddedPostgres.start(folder, durable=AS_IN_PRODUCTION)
    socket = make_url(server.dsn("postgres")).query["host"]
    psql = [str(reachable_binaries(None) / "psql"), "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "postgres", "-q"]

    def run(*options):
        environment = compose["services"]["postgres"]["environment"] | {"PGDATABASE": "postgres"}
        told = subprocess.run([*psql, *options], env=environment, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr

    run("-f", str(ROOT / "deploy" / "postgres" / "init.sql"))
    (folder / "cluster" / "pg_hba.conf").write_text(ACCESS)
    run("-c", "SELECT pg_reload_conf()")
    yield server
    await server.stop()


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
async def kafka():
    """An Apache Kafka that holds no topic."""
    if not ApacheKafka.available():
        pytest.skip("Apache Kafka needs Java and Maven")
    running = await ApacheKafka.start()
    yield running
    await running.stop()


@pytest.fixture(scope="module")
def hosts(issuer, kafka):
    """Where the hosts of the compose file are, by name and port."""
    here = {f"{name}:8000": f"127.0.0.1:{free_port()}" for name in (*WITH_DATABASE, "gateway")}
    return here | {"kafka:9092": kafka.bootstrap_servers, "keycloak:8080": f"127.0.0.1:{issuer[1]}"}


@pytest.fixture(scope="module")
def database_door(initialised):
    """Where services find the database."""
    return initialised


@pytest.fixture(scope="module")
def run_module():
    """What an interpreter is given to run a module: nothing else, or a program that takes something away from it."""
    return ["-m"]


@pytest.fixture(scope="module")
async def start(compose, database_door, hosts, run_module, tmp_path_factory):
    """Starts a process as the compose file does, at a port of its own if one is given; what was started ends at last.

    Migrations have run. `start.logs` is the folder of their logs.
    """
    logs = tmp_path_factory.mktemp("logs")
    started = []

    def start(name, port=None):
        service = compose["services"][name]
        module, command, *_ = service["command"]
        port = port or hosts.get(f"{name}:8000", "").partition(":")[2]
        where = ["--port", str(port)] if command == "serve" else []
        # What the image sets, and what the compose file sets.
        environment = {"PATH": os.environ["PATH"], "MENTORING_BLUEPRINTS": str(ROOT / "blueprints")}
        environment |= {key: here(str(value), database_door, hosts) for key, value in service["environment"].items()}
        if "MENTORING_METRICS_PORT" in environment:  # here they share one machine
            environment["MENTORING_METRICS_PORT"] = str(free_port())
        started.append(ChildProcess.spawn(
            [sys.executable, *run_module, module, command, *where],
            stop_signal=signal.SIGTERM, log=logs / f"{name}-{len(started)}", environment=environment,
        ))  # fmt: skip
        return started[-1]

    migrations = [start(name) for name in compose["services"] if name.startswith("migrate-")]
    for migration in migrations:
        assert await asyncio.to_thread(migration.wait) == 0, migration.last_words()
    start.logs = logs
    yield start
    await asyncio.gather(*(asyncio.to_thread(process.stop) for process in started))


@pytest.fixture(scope="module")
def processes(start):
    """What serves, each as the compose file starts it."""
    return {name: start(name) for name in (*WITH_DATABASE, "gateway")}, start.logs


def here(value, server, hosts):
    """A setting with the hosts of this machine; the database is at its socket, with the same role and password."""
    if value.startswith("postgresql"):
        url = make_url(value).set(host=None, port=None, query=make_url(server.dsn("postgres")).query)
        return url.render_as_string(hide_password=False)
    # JWKS and token endpoint have the names of the issuer for tests.
    value = value.replace("/openid-connect/certs", "/openid-connect/jwks.json")
    return re.sub(r"\b[a-z]+:\d+", lambda found: hosts.get(found[0], found[0]), value)
