import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from sqlalchemy.engine import make_url

from mentoring_allinone.stack import Stack
from mentoring_common.embedded.postgres import EmbeddedPostgres
from mentoring_common.embedded.postgres_binaries import reachable_binaries

ROOT = Path(__file__).resolve().parents[1]
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)[^}]*\}")
# Who comes over the network has to know a password, as in the image; the superuser of a test has the socket.
ACCESS = "local all postgres trust\nlocal all all scram-sha-256\n"


@pytest.fixture(scope="session")
async def stack(tmp_path_factory):
    """The embedded stack, as `mentoring up` starts it."""
    folder: Path = tmp_path_factory.mktemp("stack")
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
    return yaml.safe_load(VARIABLE.sub(lambda found: example[found[1]], text))


@pytest.fixture(scope="session")
def realm():
    return json.loads((ROOT / "deploy" / "keycloak" / "realm.json").read_text("utf-8"))


@pytest.fixture(scope="module")
async def initialised(tmp_path_factory, compose):
    """A PostgreSQL server on which init.sql has run as the image runs it."""
    folder = tmp_path_factory.mktemp("initialised")
    server = await EmbeddedPostgres.start(folder, durable=False)
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
