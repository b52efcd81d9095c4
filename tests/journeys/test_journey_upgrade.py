"""The version whose contracts were released last, and this one, side by side on one database and one Apache Kafka:
requests at both, events from each to the other, then back. Nothing fails, nothing is parked, nothing is lost."""

import asyncio
import io
import os
import signal
import subprocess
import sys
import tarfile
import uuid
from pathlib import Path

import httpx
import pytest

from mentoring_common.embedded.child_process import ChildProcess, free_port
from mentoring_common.testing import eventually
from tests.conftest import here

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("applications", "matching", "integrations")
PEOPLE = 20
SCOPES = ("organisation:admin", "applications:write", "applications:read", "matching:read", "integrations:read")


def git(*words):
    return subprocess.run(["/usr/bin/env", "git", *words], cwd=ROOT, capture_output=True, check=False)


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """The sources of the version that was released last: the last commit that released contracts."""
    commit = git("log", "-1", "--format=%H", "--", "libs/contracts/released").stdout.decode().strip()
    packed = git("archive", commit, "libs", "services", "blueprints") if commit else None
    if packed is None or packed.returncode:
        pytest.skip("the history is not at hand: git fetch --unshallow")
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


class Versions:
    """Processes of the old version and of this one, each at a port of its own."""

    def __init__(self, compose, initialised, hosts, old, logs):
        self._told = compose["services"]
        self._server, self._hosts, self._logs = initialised, hosts, logs
        self._sources = {"old": old, "new": ROOT}
        self.running, self.addresses = {}, {}

    def migrate(self, version):
        for name in SERVICES:
            process = self._spawn(version, f"migrate-{name}", [])
            assert process.wait() == 0, process.last_words()

    def serve(self, version):
        for name in SERVICES:
            port = free_port()
            self.addresses[version, name] = f"http://127.0.0.1:{port}"
            self.running[version, name] = self._spawn(version, name, ["--port", str(port)])

    def stop(self, version):
        for key in [key for key in self.running if key[0] == version]:
            self.running.pop(key).stop()

    def _spawn(self, version, name, where):
        module, command, *_ = self._told[name]["command"]
        source = self._sources[version]
        path = [str(one) for one in sorted(source.glob("libs/*/src")) + sorted(source.glob("services/*/src"))]
        environment = {"PATH": os.environ["PATH"], "MENTORING_BLUEPRINTS": str(source / "blueprints")}
        environment["PYTHONPATH"] = ":".join(path)
        for key, value in self._told[name]["environment"].items():
            environment[key] = here(str(value), self._server, self._hosts)
        environment.pop("MENTORING_METRICS_PORT", None)
        log = self._logs / f"{version}-{name}"
        command = [sys.executable, "-m", module, command, *where]
        return ChildProcess.spawn(command, stop_signal=signal.SIGTERM, log=log, environment=environment)


@pytest.fixture(scope="module")
def versions(compose, initialised, hosts, old, tmp_path_factory):
    made = Versions(compose, initialised, hosts, old, tmp_path_factory.mktemp("logs"))
    yield made
    for version in ("old", "new"):
        made.stop(version)


@pytest.fixture(scope="module")
async def at(versions, issuer):
    """Clients of one organisation's admin, by version and service, made as they are needed."""
    minted, _ = issuer
    clients = {}

    def at(version, name, tenant=None):
        key = versions.addresses[version, name], tenant  # who comes back has another address
        if key not in clients:
            extra, scopes = (None, SCOPES) if tenant else ({"tenant": None}, ("platform:admin",))
            token = minted.mint("admin", tenant or "", scopes, extra=extra)
            headers = {"Authorization": f"Bearer {token}"}
            clients[key] = httpx.AsyncClient(base_url=key[0], headers=headers, timeout=30)
        return clients[key]

    yield at
    for client in clients.values():
        await client.aclose()


async def test_both_versions_serve_side_by_side_and_either_goes_on_alone(versions, at):
    await asyncio.to_thread(versions.migrate, "old")
    versions.serve("old")
    await _ready(versions, "old")
    tenant = await _organisation(at, "old")
    alone = await _work(at, tenant, ["old"])

    await asyncio.to_thread(versions.migrate, "new")  # the old version serves meanwhile, and after it
    alone |= await _work(at, tenant, ["old"])
    versions.serve("new")
    await _ready(versions, "new")
    both = await _work(at, tenant, ["old", "new"])
    await _heard(at, tenant, alone | both, ["old", "new"])

    await asyncio.to_thread(versions.stop, "old")
    after = await _work(at, tenant, ["new"])
    await _heard(at, tenant, alone | both | after, ["new"])

    versions.serve("old")  # the way back: the old version on what the new one has written
    await _ready(versions, "old")
    await asyncio.to_thread(versions.stop, "new")
    back = await _work(at, tenant, ["old"])
    await _heard(at, tenant, alone | both | after | back, ["old"])


async def _ready(versions, version):
    async with httpx.AsyncClient() as http:
        for name in SERVICES:
            address, process = versions.addresses[version, name], versions.running[version, name]
            await eventually(lambda p=process, a=address: _answers(http, p, a), within_s=180, what=f"{version} {name}")


async def _answers(http, process, address):
    assert process.running, process.last_words()
    try:
        return (await http.get(f"{address}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def _organisation(at, version):
    slug = f"o{uuid.uuid4().hex[:8]}"
    made = await at(version, "applications").post("/organisations", json={"name": "NIHR", "slug": slug})
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def _work(at, tenant, among):
    """People made at each version in turn and changed at the next; a programme. The ids of what was announced."""
    first = at(among[0], "applications", tenant)
    programme = await first.post("/programmes", json={"blueprint": "nihr", "title": uuid.uuid4().hex})
    assert programme.status_code == 201, programme.text
    made = {programme.json()["id"]}
    for number in range(PEOPLE):
        here_, there = (at(among[(number + n) % len(among)], "applications", tenant) for n in range(2))
        address = f"{uuid.uuid4().hex}@example.org"
        person = await here_.post("/people", json={"name": "Ada", "email": address})
        assert person.status_code == 201, person.text
        id_ = person.json()["id"]
        tag = (await there.get(f"/people/{id_}")).headers["ETag"]
        changed = await there.patch(f"/people/{id_}", json={"name": "Ada L."}, headers={"If-Match": tag})
        assert changed.status_code == 200, changed.text
        assert (await here_.get(f"/people/{id_}")).json()["name"] == "Ada L."
        made.add(id_)
    for version in among:
        path = f"/programmes/{programme.json()['id']}/policy"
        await eventually(lambda v=version, p=path: _found(at(v, "matching", tenant), p), within_s=60, what=path)
    return made


async def _found(client, path):
    return (await client.get(path)).status_code == 200


async def _heard(at, tenant, ids, among):
    """Integrations knows of all, whichever version took the events; nothing is put aside anywhere."""

    async def all_(version):
        return ids <= await _told_of(at(version, "integrations", tenant))

    for version in among:
        await eventually(lambda v=version: all_(v), within_s=90, what=f"the feed at {version}")
        for name in SERVICES:
            said = (await at(version, name, tenant).get("/readyz")).json()
            assert not {"parked", "unreadable", "failing"} & said.keys(), said


async def _told_of(client):
    """What the feed of changes tells of, from its beginning."""
    subjects, more, after = set(), True, "0"
    while more:
        answer = await client.get("/changes", params={"limit": 500, "after": after})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        subjects |= {one["subject"] for one in page["items"]}
        after, more = page["cursor"], page["more"]
    return subjects
