"""The real services as processes, two of each, written to while they or what they stand on is ended: nothing lost,
doubled or out of order."""

import asyncio
import contextlib
import os
import random
import signal
import sys
import uuid
from pathlib import Path

import httpx
import pytest
from aiokafka.errors import KafkaError
from sqlalchemy.engine import make_url

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common.embedded.kafka import ApacheKafka
from mentoring_common.testing import eventually
from mentoring_common.testing.plugin import AS_IN_PRODUCTION

ROUNDS = int(os.environ.get("FAULTS_ROUNDS", "1"))
PATIENCE_S = 60
PAUSE_S = 13  # a session lasts 10 s
pytestmark = pytest.mark.faults
LONG = pytest.mark.skipif(not AS_IN_PRODUCTION, reason="minutes long: make faults")


async def all_by(replicas, how):
    for which in random.sample(list(replicas.ports), len(replicas.ports)):
        await replicas.end(which, how)
    return len(replicas.ports)


async def members_paused(replicas):
    """One of the two of every service stands still until the group has gone on without it."""
    paused = [replicas.running[name, 1].pid for name in WITH_DATABASE]
    for pid in paused:
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(PAUSE_S)
    for pid in paused:
        os.kill(pid, signal.SIGCONT)
    return len(paused)


async def backend_killed(whole):
    """PostgreSQL ends every connection when one of its processes was killed, and recovers from its log."""
    (pid,) = await whole.rows(
        "applications", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
        "AND datname = current_database() AND pid <> pg_backend_pid() LIMIT 1",
    )  # fmt: skip
    os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(5)
    return 1


async def broker_killed(kafka):
    """The node is killed, away for a while, and started on the data it had."""
    await asyncio.to_thread(kafka.kill, 1)
    await asyncio.sleep(3)
    await asyncio.to_thread(kafka.start_again, 1)
    await asyncio.sleep(10)
    return 1


async def power_lost(server, kafka):
    """Every process of PostgreSQL and of the broker is killed in one moment; both are started on what they had."""
    await asyncio.gather(asyncio.to_thread(kafka.kill, 1), asyncio.to_thread(server.kill))
    await asyncio.sleep(3)
    await asyncio.gather(asyncio.to_thread(kafka.start_again, 1), asyncio.to_thread(server.start_again))
    await asyncio.sleep(10)
    return 1


def lose_last_writes(kafka):
    """Cut off the last third of what a node that is not running holds of our topics; how many files were cut."""
    logs = [log for log in kafka.data(1).glob("mentoring.*/*.log") if log.stat().st_size]
    for log in logs:
        os.truncate(log, log.stat().st_size * 2 // 3)
    return len(logs)


async def database_stopped(server):
    """An operator stops PostgreSQL and starts it again a little later."""
    await asyncio.to_thread(server.restart, away_s=5)
    await asyncio.sleep(10)
    return 1


async def test_some_are_killed(whole):
    """The short one, which every run of the tests makes."""

    async def fault():
        await asyncio.sleep(3)
        some = [("applications", 1), ("gateway", 1), ("integrations", 2)]
        for which in some:
            await whole.replicas.end(which, signal.SIGKILL)
        return len(some)

    load = await whole.under("some are killed", fault)
    assert load.made


@LONG
@pytest.mark.parametrize(
    "fault",
    ["kill -9", "SIGTERM", "members paused", "PostgreSQL crashes", "PostgreSQL stopped", "broker killed", "power lost"],
)
async def test_what_is_answered_is_kept_once(whole, kafka, fault):
    faults = {
        "kill -9": lambda: all_by(whole.replicas, signal.SIGKILL),
        "SIGTERM": lambda: all_by(whole.replicas, signal.SIGTERM),
        "members paused": lambda: members_paused(whole.replicas),
        "PostgreSQL crashes": lambda: backend_killed(whole),
        "PostgreSQL stopped": lambda: database_stopped(whole.server),
        "broker killed": lambda: broker_killed(kafka),
        "power lost": lambda: power_lost(whole.server, kafka),
    }

    async def rounds():
        return sum([await faults[fault]() for _ in range(ROUNDS)])

    load = await whole.under(fault, rounds)
    if fault == "SIGTERM":
        assert load.cut == 0  # what was accepted is answered before the process ends


@LONG
async def test_a_broker_that_lost_its_last_writes_is_filled_from_the_outboxes(whole, kafka):
    """A broker acknowledges before its disk has it: alone, it may lose that with its power. Then everything is
    published again, and read from the beginning, as docs/production.md says: readers that went on where they were
    would pass over what takes the places of what is lost."""

    async def fault():
        await asyncio.sleep(8)
        await asyncio.to_thread(kafka.kill, 1)
        cut = await asyncio.to_thread(lose_last_writes, kafka)
        await asyncio.to_thread(kafka.start_again, 1)
        await eventually(lost, within_s=PATIENCE_S, what="the broker, and what it lost")
        async with whole.replicas.stopped():
            for name in WITH_DATABASE:
                await whole.change(name, "UPDATE outbox SET published_at = NULL")
                await whole.read_from_the_beginning(name)
        await asyncio.sleep(5)
        return cut

    async def lost():
        with contextlib.suppress(KafkaError):
            return (await whole.verdict("applications")).lost

    load = await whole.under("the broker lost its last writes", fault)
    assert load.made


class Operator:
    """Whoever takes and restores backups, by the `mentoring` command."""

    def __init__(self, whole, kafka_at, folder):
        given = whole.compose["services"]
        here = make_url(whole.server.dsn("postgres"))
        backing_up = here.set(username="mentoring_backup", password=given["postgres"]["environment"]["BACKUP_PASSWORD"])
        self.environment = {
            "PATH": os.environ["PATH"],
            "MENTORING_BACKUP_URL": backing_up.render_as_string(hide_password=False),
            "MENTORING_RESTORE_URL": here.render_as_string(hide_password=False),
            "MENTORING_MASTER_KEY": given["applications"]["environment"]["MENTORING_MASTER_KEY"],
            "MENTORING_KAFKA_BOOTSTRAP_SERVERS": kafka_at,
        }
        self.folder = folder

    async def runs(self, *command, status=0, **changes):
        """What `mentoring …` says, on the other stream where it refuses."""
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("mentoring"), *map(str, command), env=self.environment | changes,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=self.folder,
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode == status, err.decode()
        return (err if status else out).decode().strip()


async def person_made(whole, name):
    body = {"name": name, "email": f"{uuid.uuid4().hex}@example.org"}
    async with httpx.AsyncClient(timeout=30, headers=whole.headers) as http:
        answer = await http.post(f"http://127.0.0.1:{whole.replicas.ports['applications', 1]}/people", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def of_person(whole, method, person):
    async with httpx.AsyncClient(timeout=30, headers=whole.headers) as http:
        url = f"http://127.0.0.1:{whole.replicas.ports['applications', 1]}/people/{person}"
        return (await http.request(method, url)).status_code


async def erased_at(whole, name, person):
    query = "SELECT subject_id FROM subject_keys WHERE destroyed AND subject_id = :p"

    async def there():
        return await whole.rows(name, query, p=uuid.UUID(person))

    await eventually(there, within_s=PATIENCE_S, what=f"the erasure at {name}")


async def told_and_untold(whole):
    """How many events somebody has handled that nobody has announced, in all databases: none at any one moment."""
    ids = {name: set(await whole.rows(name, "SELECT event_id FROM outbox")) for name in WITH_DATABASE}
    handled = {name: set(await whole.rows(name, "SELECT event_id FROM inbox")) for name in WITH_DATABASE}
    return len(set().union(*handled.values())), len(set().union(*handled.values()) - set().union(*ids.values()))


async def test_a_backup_under_load_is_one_moment_and_nobody_comes_back(whole, kafka, tmp_path):
    """The database that is lost is the one whose people they are, and Kafka with all its records."""
    operator = Operator(whole, kafka.bootstrap_servers, tmp_path)
    public = await operator.runs("backup-key", "key.txt")
    backups, seen = tmp_path / "backups", {}

    async def backup():
        for name in ("stays", "known to all", "known to the ledger"):
            seen[name] = await person_made(whole, name)
        made = whole.load.made
        await eventually(lambda: asyncio.sleep(0, len(made) >= 6), within_s=PATIENCE_S, what="programmes")
        seen["before"] = set(made)
        seen["said"] = await operator.runs("backup", backups, "--to", public)
        seen["after"] = len(made)
        await eventually(lambda: asyncio.sleep(0, len(made) >= seen["after"] + 6), within_s=PATIENCE_S, what="more")

    load, _ = await whole.written(backup)
    [folder] = [path for path in backups.iterdir() if path.is_dir()]
    assert seen["said"].startswith(str(folder))
    assert b"nihr" not in (folder / "applications.dump.age").read_bytes()

    erased = [seen["known to the ledger"], seen["known to all"]]
    assert await of_person(whole, "DELETE", erased[0]) == 204
    assert await operator.runs("erasures", backups / "erasures.jsonl") != "0 erasures added"
    assert await of_person(whole, "DELETE", erased[1]) == 204
    await erased_at(whole, "sessions", erased[1])

    refused = await operator.runs("restore", folder, "--key", "key.txt", status=2)
    assert "stop all services first" in refused
    async with whole.replicas.stopped():
        await whole.drop("applications")
        await kafka.stop()
        port = int(kafka.bootstrap_servers.rpartition(":")[2])
        empty = await ApacheKafka.start(ports=[port])
        await refused_restores(operator, folder)
        said = await operator.runs("restore", folder, "--key", "key.txt")
        assert "2 people are erased again" in said
        assert "mentoring_sessions_until_" in said
        handled, untold = await told_and_untold(whole)
        assert handled > len(seen["before"])
        assert untold == 0
    try:
        async with httpx.AsyncClient() as http:
            await whole.replicas.ready(http)
        there = await whole.rows("applications", "SELECT id::text FROM programmes WHERE tenant_id = :t", t=whole.tenant)
        assert seen["before"] <= set(there)
        assert len(there) < len(load.made)  # what was written since is lost, and nobody knows of it
        account = await whole.became(there)
        assert account == type(account)()
        found = [await of_person(whole, "GET", seen[name]) for name in ("stays", "known to all", "known to the ledger")]
        assert found == [200, 404, 404]
        for name in WITH_DATABASE:
            for person in erased:
                await erased_at(whole, name, person)
        if AS_IN_PRODUCTION:  # minutes more
            await restored_again(whole, operator, folder, seen["stays"], set(there))
    finally:
        await whole.replicas.end_all()
        await empty.stop()


async def restored_again(whole, operator, folder, person, there):
    """The same backup again, with the Kafka that met what came of it: what lies there of lost time has no effect."""
    tenant, headers = whole.tenant, whole.headers
    load, _ = await whole.written(lambda: eventually(lambda: asyncio.sleep(0, len(whole.load.made) >= 3), within_s=60))
    lost = whole.tenant
    await whole.became(load.made)
    async with whole.replicas.stopped():
        assert "2 people are erased again" in await operator.runs("restore", folder, "--key", "key.txt")
    async with httpx.AsyncClient() as http:
        await whole.replicas.ready(http)
    whole.tenant, whole.headers = tenant, headers
    assert await of_person(whole, "DELETE", person) == 204
    for name in WITH_DATABASE:
        await erased_at(whole, name, person)
    programmes = "SELECT id::text FROM programmes WHERE tenant_id = :t"
    for name in ("applications", *whole.KNOWS):
        assert set(await whole.rows(name, programmes, t=tenant)) == there
        assert await whole.rows(name, programmes, t=lost) == []


async def refused_restores(operator, folder):
    """What is wrong is one line, and nothing is changed."""
    for wrong, changes, words in (
        (["--key", "other.txt"], {}, "does not open with this key"),
        (["--key", "key.txt"], {"MENTORING_MASTER_KEY": "A" * 43 + "="}, "is not the one of applications at that time"),
    ):
        if "other.txt" in wrong:
            await operator.runs("backup-key", "other.txt")
        refused = await operator.runs("restore", folder, *wrong, status=2, **changes)
        assert words in refused
        assert len(refused.splitlines()) == 1
