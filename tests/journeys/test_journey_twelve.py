"""The commands of docs/production.md, as they are printed, make an installation out of nothing, on PostgreSQL and
Apache Kafka. Then what an operator does with it: doctor, a new master key, a restore.

Only places differ: /etc/mentoring, /etc/systemd/system, /var/backups and /opt/mentoring are folders of the test, and
where systemd does not run, `systemctl.py` starts what the unit says.
"""

import asyncio
import base64
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from mentoring_common.embedded import EmbeddedPostgres, postgres
from mentoring_common.embedded.child_process import free_port
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.embedded.issuer_http import issuer_app
from mentoring_common.embedded.postgres_binaries import reachable_binaries
from mentoring_common.http_server import server_config
from mentoring_common.testing import eventually

ROOT = Path(__file__).resolve().parents[2]
MARK = "<!-- tests/journeys/test_journey_twelve.py runs these -->"
SERVED = ("applications", "matching", "sessions", "evaluation", "integrations", "gateway")
CHECKOUT = ("Makefile", ".env.example", ".venv", "deploy", "libs", "services", "blueprints", "requirements.lock")
PLACES = ("/etc/mentoring", "/etc/systemd/system", "/var/backups", "/opt/mentoring")
ACCESS = "local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


def printed():
    """The commands of the page, in order."""
    text = (ROOT / "docs" / "production.md").read_text("utf-8").partition(MARK)[2].lstrip("\n")
    lines = text.split("\n\n")[0].splitlines()
    assert all(line.startswith("    ") for line in lines)
    return [line.strip() for line in lines]


def test_there_are_twelve():
    assert len(printed()) == 12


def test_systemd_takes_the_unit():
    if not (told := shutil.which("systemd-analyze")):
        pytest.skip("systemd-analyze is not at hand")
    unit = ROOT / "deploy" / "systemd" / "mentoring@.service"
    said = subprocess.run([told, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    ours = [line for line in said.stderr.splitlines() if "mentoring" in line and "not executable" not in line]
    assert ours == []


def _done(command):
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
async def server(tmp_path_factory):
    """The port of a PostgreSQL with a superuser who has a password. The build of tests has no TLS."""
    folder = tmp_path_factory.mktemp("postgres")
    running = await EmbeddedPostgres.start(folder, durable=False)
    cluster, port = folder / "cluster", free_port()
    psql = [reachable_binaries(None) / "psql", "-h", running.socket_dir, "-U", "postgres", "-q"]
    _done([*psql, "-c", "ALTER ROLE postgres PASSWORD 'super'"])
    (cluster / "pg_hba.conf").write_text(ACCESS)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"listen_addresses": "127.0.0.1", "port": str(port)}.items():
            patch.setitem(postgres._SETTINGS, name, value)
        running.restart()
    yield port
    await running.stop()


class Installation:
    """The folders of an installation, and a shell in its checkout."""

    def __init__(self, folder, told):
        self.folder, self.told = folder, told
        self.checkout, self.etc, self.units = folder / "opt", folder / "etc", folder / "units"
        for path in (self.checkout, self.etc, self.units, folder / "bin"):
            path.mkdir()
        for name in (
            "Makefile",
            ".env.example",
            ".venv",
            "deploy",
            "libs",
            "services",
            "blueprints",
            "requirements.lock",
        ):
            (self.checkout / name).symlink_to(ROOT / name)
        systemctl = folder / "bin" / "systemctl"
        shim = Path(__file__).with_name("systemctl.py")
        systemctl.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{shim}" "{self.units}" "$@"\n')
        systemctl.chmod(0o755)
        self.before = ""

    def placed(self, command):
        places = {
            "/etc/mentoring": self.etc,
            "/etc/systemd/system": self.units,
            "/var/backups": self.folder / "backups",
        }
        for there, here in (places | {"/opt/mentoring": self.checkout}).items():
            command = command.replace(there, str(here))
        return command

    def place_unit(self):
        unit = self.units / "mentoring@.service"
        unit.write_text(self.placed(unit.read_text("utf-8")))

    def run(self, command, status=0):
        """Run a command in one and the same shell, as far as variables go."""
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        environment = {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8"}
        script = f"{self.before}\n{self.placed(command)}"
        told = subprocess.run(
            ["/bin/bash", "-c", script], cwd=self.checkout, env=environment, capture_output=True, text=True, check=False
        )
        assert told.returncode == status, f"{command}\n{told.stdout}\n{told.stderr}"
        return told.stdout

    def fill_in(self):
        """What an operator writes into `.env`."""
        env = self.checkout / ".env"
        env.write_text(env.read_text("utf-8") + "".join(f"{key}={value}\n" for key, value in self.told.items()))

    def change(self, **values):
        env = self.checkout / ".env"
        env.write_text(env.read_text("utf-8") + "".join(f"{key}={value}\n" for key, value in values.items()))

    def env(self, name):
        return re.findall(rf"^{name}=(.*)$", (self.checkout / ".env").read_text("utf-8"), re.M)[-1]

    @property
    def first_port(self):
        return int(self.told["FIRST_PORT"])

    async def ready(self):
        async with httpx.AsyncClient() as http:
            for port, name in enumerate(SERVED, self.first_port):
                await eventually(lambda p=port: _ready(http, p), within_s=180, what=self.units / f"{name}.log")

    def end(self):
        for path in self.units.glob("*.pid"):
            os.kill(int(path.read_text()), signal.SIGKILL)


async def _ready(http, port):
    try:
        return (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


def free_ports(number):
    """The first of so many ports in a row that nobody holds, nor those a thousand higher."""
    for first in random.sample(range(20_000, 30_000, number), 50):
        try:
            for port in (*range(first, first + number), *range(first + 1000, first + 1000 + number)):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no ports are free")


@pytest.fixture(scope="module")
def installation(server, kafka, tmp_path_factory):
    told = {
        "PGHOST": "127.0.0.1", "PGPORT": server, "PGUSER": "postgres", "PGPASSWORD": "super", "PGSSLMODE": "prefer",
        "KAFKA": kafka.bootstrap_servers, "SMTP_HOST": "127.0.0.1", "SMTP_USERNAME": "",
        "FIRST_PORT": free_ports(len(SERVED)), "KEYCLOAK_URL": f"http://127.0.0.1:{free_port()}",
    }  # fmt: skip
    made = Installation(tmp_path_factory.mktemp("installation"), told)
    yield made
    made.end()


@pytest.fixture(scope="module")
async def twelve(installation, realm):
    """The installation after its commands, in the order of the page; an issuer of the realm's clients beside it."""
    install, env, *rest = printed()
    await asyncio.to_thread(installation.run, install)
    await asyncio.to_thread(installation.run, env)
    installation.fill_in()
    issuer = DevIssuer(f"{installation.told['KEYCLOAK_URL']}/realms/mentoring", "mentoring")
    for client in realm["clients"]:
        if not client["publicClient"]:
            scopes = {*client["defaultClientScopes"], *client["optionalClientScopes"]} - {"mentoring-machine"}
            secret = installation.env(client["secret"].strip("${}"))
            issuer.register_client(client["clientId"], secret, client["clientId"], None, scopes)
    path = "/realms/mentoring/protocol/openid-connect"
    app = Starlette(routes=[Mount(path, issuer_app(issuer))])
    port = int(installation.told["KEYCLOAK_URL"].rsplit(":", 1)[1])
    web = uvicorn.Server(server_config(app, port=port))
    serving = asyncio.create_task(web._serve())
    # The issuer of tests has its keys under another name than Keycloak.
    installation.change(MENTORING_TOKEN_JWKS_URL=f"{installation.told['KEYCLOAK_URL']}{path}/jwks.json")
    installation.before = rest.pop(0)
    for command in rest:
        if "doctor" in command:
            await installation.ready()
        installation.said = await asyncio.to_thread(installation.run, command, 1 if "doctor" in command else 0)
        if command.startswith("install "):
            installation.place_unit()
    yield installation, issuer
    web.should_exit = True
    await serving


async def test_the_commands_make_an_installation_and_doctor_has_one_thing_to_say(twelve):
    installation, _ = twelve
    # There is no mail server here, which is all that is wrong.
    wrong = [line.split()[:2] for line in installation.said.splitlines() if line.startswith("  wrong")]
    assert wrong == [["wrong", "mail"]], installation.said
    assert "applications:" in installation.said
    assert [path.name for path in (installation.folder / "backups" / "mentoring").iterdir()]


async def test_doctor_names_what_is_wrong_over_all(twelve):
    installation, _ = twelve
    await asyncio.to_thread(installation.run, "systemctl stop mentoring@matching")
    settings = installation.etc / "sessions.env"
    before = settings.read_text("utf-8")
    settings.write_text(before.replace("MENTORING_TOKEN_ISSUER=", "MENTORING_TOKEN_ISSUER=https://other.example/"))
    settings.chmod(0o644)
    try:
        wrong = await asyncio.to_thread(_doctor, installation)
    finally:
        settings.write_text(before)
        settings.chmod(0o600)
        await asyncio.to_thread(installation.run, "systemctl start mentoring@matching")
        await installation.ready()
    assert {("installation", "settings"), ("installation", "versions")} <= wrong.keys()
    assert "systemctl start mentoring@matching" in wrong["installation", "versions"]["remedy"]


async def test_a_master_key_is_changed_as_the_page_says(twelve):
    installation, issuer = twelve
    person = await _somebody(installation, issuer)
    key = installation.env("APPLICATIONS_MASTER_KEY")
    new = base64.b64encode(os.urandom(32)).decode()
    write = next(command for command in printed() if "mentoring settings" in command)
    again = f"{write} && systemctl restart mentoring@applications"
    for keys in ({"OTHER_MASTER_KEYS": new}, {"MASTER_KEY": new, "OTHER_MASTER_KEYS": key}):
        installation.change(**{f"APPLICATIONS_{name}": value for name, value in keys.items()})
        await asyncio.to_thread(installation.run, again)
        await installation.ready()
    as_service = "set -a; . /etc/mentoring/applications.env; .venv/bin/python -m mentoring_applications"
    said = await asyncio.to_thread(installation.run, f"{as_service} rewrap")
    assert " 0 open with none" in said
    wrong = await asyncio.to_thread(_doctor, installation)
    assert ("applications", "key") not in wrong
    assert await _status(installation, issuer, person) == 200


async def test_a_backup_is_restored(twelve):
    installation, issuer = twelve
    kept = await _somebody(installation, issuer)
    back_up = next(command for command in printed() if "mentoring backup " in command)
    said = await asyncio.to_thread(installation.run, back_up)
    lost = await _somebody(installation, issuer)
    every = " ".join(f"mentoring@{name}" for name in SERVED)
    await asyncio.to_thread(installation.run, f"systemctl stop {every}")
    restore = (
        'MENTORING_RESTORE_URL="postgresql://postgres:$PGPASSWORD@$PGHOST:$PGPORT/?ssl=$PGSSLMODE" '
        'MENTORING_MASTER_KEY="$APPLICATIONS_MASTER_KEY" MENTORING_KAFKA_BOOTSTRAP_SERVERS="$KAFKA" '
        f".venv/bin/mentoring restore {said.partition(':')[0].strip()} --key /etc/mentoring/backup.key"
    )
    await asyncio.to_thread(installation.run, restore)
    await asyncio.to_thread(installation.run, f"systemctl start {every}")
    await installation.ready()
    assert await _status(installation, issuer, kept) == 200
    assert await _status(installation, issuer, lost) == 404


def _client(installation, issuer, tenant, *scopes):
    extra = None if tenant else {"tenant": None}
    token = issuer.mint("operator", tenant or "", scopes, extra=extra)
    address = f"http://127.0.0.1:{installation.first_port}"
    return httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30)


async def _somebody(installation, issuer):
    """(organisation, person) that were made just now."""
    word = base64.b32encode(os.urandom(5)).decode().lower()
    async with _client(installation, issuer, None, "platform:admin") as operator:
        made = await operator.post("/organisations", json={"name": word, "slug": word})
    tenant = made.json()["id"]
    async with _client(installation, issuer, tenant, "organisation:admin", "applications:write") as admin:
        answer = await admin.post("/people", json={"name": "Ada", "email": f"{word}@example.org"})
    assert answer.status_code == 201, answer.text
    return tenant, answer.json()["id"]


async def _status(installation, issuer, somebody):
    tenant, person = somebody
    async with _client(installation, issuer, tenant, "organisation:admin", "applications:read") as admin:
        return (await admin.get(f"/people/{person}")).status_code


def _doctor(installation):
    said = installation.run(".venv/bin/mentoring doctor /etc/mentoring --json || true")
    found = json.loads(said).items()
    return {(part, one["check"]): one for part, ones in found for one in ones if one["level"] == "wrong"}
