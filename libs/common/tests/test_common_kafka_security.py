"""Every client of the brokers goes through TLS and SASL: topics, relay and consumer of a running service."""

import asyncio
import datetime
import ipaddress
import uuid
from contextlib import asynccontextmanager

import pytest
import uvicorn
from aiokafka.errors import KafkaConnectionError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr, ValidationError

from mentoring_common.broker import ensure_topics
from mentoring_common.clock import SystemClock
from mentoring_common.embedded import ApacheKafka
from mentoring_common.embedded.child_process import free_port
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.embedded.issuer_http import issuer_app
from mentoring_common.embedded.kafka import Listener
from mentoring_common.runner import Service
from mentoring_common.settings import Settings
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.harness import ISSUER, Harness, Servers, issuer_only, settings_for
from mentoring_contracts.applications import PersonChanged, PersonErased

pytestmark = pytest.mark.skipif(not ApacheKafka.available(), reason="Apache Kafka needs Java and Maven")
JAAS = "org.apache.kafka.common.security"


class Authority:
    """A certificate authority for one test run, and PEM files of what it signed."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        certificate = self._sign(self.name, self.key, x509.BasicConstraints(ca=True, path_length=0))
        self.ca_file = self._write("ca.pem", _pem(certificate))

    def issue(self, name):
        """Files of a certificate for 127.0.0.1 and of its key, and one file with both."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = _pem(self._sign(subject, key, x509.BasicConstraints(ca=False, path_length=None)))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        files = {"crt": certificate, "key": private, "pem": private + certificate}
        return tuple(self._write(f"{name}.{kind}", text) for kind, text in files.items())

    def _sign(self, subject, key, constraints):
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder(
            self.name, subject, key.public_key(), x509.random_serial_number(),
            now - datetime.timedelta(minutes=5), now + datetime.timedelta(hours=2),
        ).add_extension(constraints, critical=True)  # fmt: skip
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        return builder.add_extension(here, critical=False).sign(self.key, hashes.SHA256())

    def _write(self, name, text):
        path = self.folder / name
        path.write_bytes(text)
        return str(path)


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


@asynccontextmanager
async def serving(app, port):
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve())

    async def started():
        return server.started

    await eventually(started, what="the issuer")
    try:
        yield
    finally:
        server.should_exit = True
        await task


def sasl(mechanism, module, **more):
    return {
        "sasl.enabled.mechanisms": mechanism,
        f"{mechanism.lower()}.sasl.jaas.config": f"{JAAS}.{module} required{more.pop('users', '')};",
    } | more.pop("properties", {})


@pytest.fixture(scope="module")
async def guarded(tmp_path_factory):
    """A node with a listener of each kind, and the settings that each takes."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    _, _, node = authority.issue("node")
    certificate, key, _ = authority.issue("service")
    tls = {"ssl.keystore.type": "PEM", "ssl.keystore.location": node}
    trust = {"ssl.truststore.type": "PEM", "ssl.truststore.location": authority.ca_file}
    port = free_port()
    issuer = DevIssuer(f"http://127.0.0.1:{port}", "kafka")
    issuer.register_client("events", "of-events", "service-toy", "", ["kafka"])
    jwks = f"{issuer.issuer}/jwks.json"
    tokens = {
        "oauthbearer.sasl.server.callback.handler.class": f"{JAAS}.oauthbearer.OAuthBearerValidatorCallbackHandler",
        "sasl.oauthbearer.jwks.endpoint.url": jwks,
        "sasl.oauthbearer.expected.audience": "kafka",
        "sasl.oauthbearer.expected.issuer": issuer.issuer,
    }
    listeners = {
        "TLS": Listener("SSL", tls | trust | {"ssl.client.auth": "required"}),
        "SCRAM256": Listener("SASL_PLAINTEXT", sasl("SCRAM-SHA-256", "scram.ScramLoginModule")),
        "SCRAM512": Listener("SASL_SSL", tls | sasl("SCRAM-SHA-512", "scram.ScramLoginModule")),
        "PLAIN": Listener("SASL_SSL", tls | sasl("PLAIN", "plain.PlainLoginModule", users=' user_toy="of-toy"')),
        "TOKEN": Listener(
            "SASL_SSL", tls | sasl("OAUTHBEARER", "oauthbearer.OAuthBearerLoginModule", properties=tokens)
        ),
    }
    users = [f"{mechanism}=[name=toy,password=of-toy]" for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")]
    by_password = {"kafka_username": "toy", "kafka_password": SecretStr("of-toy"), "kafka_ca_file": authority.ca_file}
    clients = {
        "TLS": {"kafka_ca_file": authority.ca_file, "kafka_cert_file": certificate, "kafka_key_file": key},
        "SCRAM256": by_password | {"kafka_sasl_mechanism": "SCRAM-SHA-256"},
        "SCRAM512": by_password | {"kafka_sasl_mechanism": "SCRAM-SHA-512"},
        "PLAIN": by_password | {"kafka_sasl_mechanism": "PLAIN"},
        "TOKEN": {
            "kafka_ca_file": authority.ca_file,
            "kafka_sasl_mechanism": "OAUTHBEARER",
            "kafka_token_url": f"{issuer.issuer}/token",
            "kafka_token_scope": "kafka",
            "kafka_username": "events",
            "kafka_password": SecretStr("of-events"),
        },
    }
    allowed = f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={jwks}"
    async with serving(issuer_app(issuer), port):
        kafka = await ApacheKafka.start(listeners=listeners, users=users, java_options=[allowed])
        try:
            yield {
                name: how
                | {
                    "kafka_bootstrap_servers": kafka.addresses[name],
                    "kafka_security_protocol": listeners[name].protocol,
                }
                for name, how in clients.items()
            }
        finally:
            await kafka.stop()


KINDS = ["TLS", "SCRAM256", "SCRAM512", "PLAIN", "TOKEN"]


@asynccontextmanager
async def toy_behind(superuser_url, **how):
    urls = await toy.make_database(superuser_url)
    issuer = DevIssuer(ISSUER, "mentoring")
    servers = Servers(superuser_url, "", kafka_idempotent=True)
    service = Service(toy.DESIGN, settings_for(servers, urls, **how), clock=SystemClock(), http=issuer_only(issuer))
    harness = Harness(service, issuer, SystemClock())
    await service.start()
    try:
        yield harness
    finally:
        await harness.close()
        await service.stop()


async def readyz(harness):
    return (await harness.anonymous().get("/readyz")).json()


@pytest.mark.broker
@pytest.mark.parametrize("kind", KINDS)
async def test_events_flow_through_a_listener_of_each_kind(superuser_url, guarded, tenant, kind):
    person = uuid.uuid4()
    async with toy_behind(superuser_url, **guarded[kind]) as harness:
        await harness.publish(tenant, PersonErased(person_id=person))
        assert [e.person_id for e in await harness.emitted(tenant, PersonChanged)] == [person]

        async def is_well():
            return await readyz(harness) == {"status": "ok"}

        await eventually(is_well, what="readiness")


WRONG = {
    "TLS": {"kafka_cert_file": "", "kafka_key_file": ""},
    "SCRAM256": {"kafka_password": SecretStr("of-another")},
    "SCRAM512": {"kafka_ca_file": ""},
    "PLAIN": {"kafka_password": SecretStr("of-another")},
    "TOKEN": {"kafka_password": SecretStr("of-another")},
}


@pytest.mark.parametrize("kind", KINDS)
async def test_who_is_not_known_or_not_trusted_gets_no_connection(superuser_url, guarded, tenant, kind):
    with pytest.raises(KafkaConnectionError):
        await ensure_topics(_settings(guarded[kind] | WRONG[kind]), ["mentoring.toy"])
    async with toy_behind(superuser_url, **guarded[kind] | WRONG[kind]) as harness:
        office = harness.caller("toy:write", tenant=tenant)
        assert (await office.post("/changes", json={"person_id": str(uuid.uuid4())})).status_code == 201
        assert "kafka" in (await readyz(harness))["waiting"]


def _settings(how):
    urls = type("Urls", (), {"app": "x://", "system": "x://", "owner": "x://"})
    return settings_for(Servers("", ""), urls, **how)


@pytest.mark.parametrize("given", [{"kafka_username": "toy"}, {"kafka_password": SecretStr("x")}, {}])
def test_sasl_without_user_or_password_is_refused_by_name(given):
    with pytest.raises(ValidationError) as refused:
        _settings({"kafka_security_protocol": "SASL_SSL"} | given)
    assert {error["loc"][0] for error in refused.value.errors()} == {"kafka_password"}
    assert Settings.model_fields["kafka_security_protocol"].default == "PLAINTEXT"
