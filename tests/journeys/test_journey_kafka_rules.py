"""Every service on an Apache Kafka that allows what the recipe says, and no more."""

import argparse
import re
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import TopicAuthorizationFailedError
from aiokafka.protocol.admin import CreateAclsRequest
from pydantic import SecretStr

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common import migrations, yaml_text
from mentoring_common.broker import Publisher, Record
from mentoring_common.databases import provision
from mentoring_common.embedded import ApacheKafka
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.embedded.kafka import Listener
from mentoring_common.settings import Settings
from mentoring_common.testing import eventually
from mentoring_common.testing.harness import ISSUER, Harness, issuer_only

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(not ApacheKafka.available(), reason="Apache Kafka needs Java and Maven"),
]


def compose_environment(name):
    """What the compose file sets for a service, with something for every variable."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    # 44 characters that are base64 of 32 bytes, as the master key has to be.
    filled = re.sub(r"(?<!\$)\$\{[A-Z_]+[^}]*\}", f"{7:043}=", text)
    given = yaml_text.ours(filled)["services"][name]["environment"]
    return {key: str(value) for key, value in given.items()}


@asynccontextmanager
async def started(superuser_url, name, database, **settings):
    """A service with its settings from the environment, but for the addresses of this machine."""
    urls = await provision(superuser_url, name, database=database)
    await migrations.upgrade(urls.owner, name)
    issuer = DevIssuer(ISSUER, "mentoring")
    here = {"database_url": urls.app, "system_database_url": urls.system, "token_jwks_url": f"{ISSUER}/jwks.json"}
    service = WITH_DATABASE[name](Settings(**here | settings), http=issuer_only(issuer))
    await service.start()
    try:
        yield Harness(service, issuer, service.clock)
    finally:
        await service.stop()


async def readyz(harness):
    return (await harness.anonymous().get("/readyz")).json()


async def reads_what_comes(harness, anybody):
    """The service meets its broker, and reads each of its topics: what is no event is kept aside and counted."""

    async def has_topics():
        return "waiting" not in await readyz(harness)

    await eventually(has_topics, what="topics")
    topics = harness.service.design.topics
    for topic in topics:
        await publish(anybody, topic)

    async def reads():
        body = await readyz(harness)
        return body.get("unreadable", 0) >= len(topics) and body.keys() == {"status", "unreadable"}

    await eventually(reads, what="reading")


async def publish(settings, topic):
    publisher = Publisher(settings)
    try:
        await publisher.publish([Record(topic, "key", b"{}", [])])
    finally:
        await publisher.close()


OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "DescribeConfigs": 10}
TOPIC, GROUP, LITERAL, ALLOW = 2, 3, 3, 3


def rules():
    """The recipe's rules: principal, operation, kind and name of what it is allowed on."""
    parser = argparse.ArgumentParser()
    for option in ("--allow-principal", "--topic", "--group"):
        parser.add_argument(option)
    parser.add_argument("--operation", action="append")
    lines = (ROOT / "deploy" / "kafka" / "acls.txt").read_text("utf-8").splitlines()
    for rule in (parser.parse_args(line.split()) for line in lines if not line.startswith("#")):
        for operation in rule.operation:
            yield rule.allow_principal, operation, TOPIC if rule.topic else GROUP, rule.topic or rule.group


@pytest.fixture(scope="module")
async def guarded():
    """A node that allows what the recipe says, and nothing else to those who come by SCRAM."""
    properties = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",  # the node itself, and who sets it up
    }
    scram = {
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "scram-sha-512.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    }
    kafka = await ApacheKafka.start(
        listeners={"USERS": Listener("SASL_PLAINTEXT", scram)},
        users=[f"SCRAM-SHA-512=[name=mentoring-{name},password=of-{name}]" for name in WITH_DATABASE],
        properties=properties,
    )
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    for principal, operation, kind, name in rules():
        request = CreateAclsRequest(kind, name, LITERAL, principal, "*", OPERATIONS[operation], ALLOW)
        answer = await admin._send_to_controller(request)
        assert "error_code=0" in str(answer)
    await admin.close()
    yield kafka.addresses["USERS"], kafka.bootstrap_servers
    await kafka.stop()


@pytest.mark.parametrize("name", WITH_DATABASE)
async def test_a_service_may_do_what_it_has_to_and_no_more(superuser_url, guarded, monkeypatch, name):
    for key, value in compose_environment(name).items():
        if not key.startswith("MENTORING_SMTP"):
            monkeypatch.setenv(key, value)
    users, ours = guarded
    who = {
        "kafka_bootstrap_servers": users,
        "kafka_security_protocol": "SASL_PLAINTEXT",
        "kafka_username": f"mentoring-{name}",
        "kafka_password": SecretStr(f"of-{name}"),
    }
    async with started(superuser_url, name, f"mentoring_{name}_guarded", **who) as harness:
        settings = harness.service.settings
        anybody = settings.model_copy(update={"kafka_bootstrap_servers": ours, "kafka_security_protocol": "PLAINTEXT"})

        await reads_what_comes(harness, anybody)
        await publish(settings, f"mentoring.{name}")
        foreign = "matching" if name == "applications" else "applications"
        with pytest.raises(TopicAuthorizationFailedError):
            await publish(settings, f"mentoring.{foreign}")
