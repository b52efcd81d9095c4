"""`mentoring topics` on an Apache Kafka that asks who somebody is: what is planned is done, then nothing is left."""

import asyncio
import os

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.protocol.admin import CreateAclsRequest

from mentoring_allinone.cli import main
from mentoring_allinone.told import reaching
from mentoring_common.broker import Publisher, Record
from mentoring_common.embedded import ApacheKafka
from mentoring_common.embedded.kafka import Listener

SERVICES = ("applications", "evaluation", "integrations", "matching", "sessions")
KEPT = {"retention.ms": "-1", "cleanup.policy": "delete"}
pytestmark = pytest.mark.broker
on_kafka = pytest.mark.skipif(not ApacheKafka.available(), reason="Apache Kafka needs Java and Maven")


@pytest.fixture(scope="module")
async def guarded():
    """A node with an authorizer, its administrator's address and that of everybody else."""
    login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    scram = {"sasl.enabled.mechanisms": "SCRAM-SHA-512", "scram-sha-512.sasl.jaas.config": login}
    kafka = await ApacheKafka.start(
        listeners={"USERS": Listener("SASL_PLAINTEXT", scram)},
        users=["SCRAM-SHA-512=[name=somebody,password=known]"],
        properties={
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        },
    )
    yield kafka
    await kafka.stop()


@pytest.fixture
def topics(monkeypatch, capsys):
    """Runs the command; its exit status, and the lines that it says."""
    for name in [name for name in os.environ if name.startswith("MENTORING_")]:
        monkeypatch.delenv(name)

    async def run(*arguments, **told):
        for name, value in told.items():
            monkeypatch.setenv(f"MENTORING_{name.upper()}", value)
        monkeypatch.setattr("sys.argv", ["mentoring", "topics", *arguments])
        with pytest.raises(SystemExit) as ended:
            await asyncio.to_thread(main)
        said = capsys.readouterr()
        # Services that other tests run in this process log to the same standard error.
        told_in_words = [line for line in said.err.splitlines() if not line.startswith("{")]
        return ended.value.code or 0, said.out.splitlines() + told_in_words

    return run


@on_kafka
async def test_what_is_planned_is_done_and_nothing_else(guarded, topics):
    servers = guarded.bootstrap_servers
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    short = NewTopic("mentoring.sessions", 1, 1, topic_configs={"retention.ms": "1000", "segment.ms": "600000"})
    used = NewTopic("mentoring.matching", 1, 1, topic_configs=KEPT)
    more = NewTopic("mentoring.evaluation", 9, 1, topic_configs=KEPT)
    await admin.create_topics([short, used, more, NewTopic("another", 1, 1)])
    publisher = Publisher(reaching(servers))
    await publisher.publish([Record("mentoring.matching", "key", b"{}", [])])
    await publisher.close()
    foreign = [(2, "mentoring.sessions", 3, f"User:{who}", "*", 4, 3) for who in ("mentoring-matching", "intranet")]
    for rule in foreign:
        await admin._send_to_controller(CreateAclsRequest(*rule))

    status, planned = await topics("plan", "--kafka", servers)
    assert status == 3
    todo = [line for line in planned if not line.startswith("allow ")]
    assert todo == [
        "make      mentoring.applications: 6 partitions, copies 1",
        "make      mentoring.integrations: 6 partitions, copies 1",
        "set       mentoring.sessions retention.ms=-1 (is 1000)",
        "extend    mentoring.sessions to 6 partitions (has 1, no event)",
        "withdraw  User:mentoring-matching Write topic mentoring.sessions",
        "left      mentoring.matching has 1 of 6 partitions, and events: more would bring those of one aggregate out"
        " of order",
    ]
    assert sum(line.endswith("Write topic mentoring.matching") for line in planned) == 1

    assert await topics("apply", kafka_bootstrap_servers=servers) == (0, planned)
    assert await topics("plan") == (0, ["nothing to do", todo[-1]])

    found = {t["topic"]: len(t["partitions"]) for t in await admin.describe_topics()}
    expected = dict.fromkeys([f"mentoring.{name}" for name in SERVICES], 6) | {"another": 1}
    assert found.items() >= (expected | {"mentoring.matching": 1, "mentoring.evaluation": 9}).items()
    # Settings that are somebody else's are as they were, and so are the rules of others.
    status, again = await topics("plan")
    assert "segment.ms" not in str(again)
    assert await _setting(admin, "mentoring.sessions", "segment.ms") == "600000"
    assert await _writers(admin, "mentoring.sessions") == {"User:mentoring-sessions", "User:intranet"}
    await admin.close()


async def _setting(admin, topic, name):
    from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {name: None})])
    return answer.resources[0][4][0][1]


async def _writers(admin, topic):
    from aiokafka.protocol.admin import DescribeAclsRequest

    answer = await admin._send_request(DescribeAclsRequest(2, topic, 3, None, None, 4, 3))
    return {rule[0] for *_, rules in answer.resources for rule in rules}


@on_kafka
async def test_who_may_not_is_told_in_one_line(guarded, topics):
    users = {"kafka_security_protocol": "SASL_PLAINTEXT", "kafka_username": "somebody"}
    where = ("--kafka", guarded.addresses["USERS"])
    status, [line] = await topics("plan", *where, **users, kafka_password="known")
    assert (status, "ClusterAuthorizationFailed" in line) == (2, True), line
    status, [line] = await topics("apply", *where, kafka_password="guessed")
    assert (status, "does not answer, or refuses" in line, "guessed" in line) == (2, True, False), line


async def test_what_is_not_there_or_not_said_is_one_line(topics):
    status, [line] = await topics("plan", "--kafka", "127.0.0.1:1")
    assert (status, line.startswith("mentoring: Kafka at 127.0.0.1:1 does not answer")) == (2, True), line
    status, [line] = await topics("plan")
    assert (status, "MENTORING_KAFKA_BOOTSTRAP_SERVERS" in line) == (2, True), line
