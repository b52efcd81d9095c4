"""The production files say what the code needs: compose file, image, realm, roles and databases."""

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_allinone import generate
from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common import migrations
from mentoring_common.auth import INTERNAL, Allow
from mentoring_common.embedded.postgres import EmbeddedPostgres
from mentoring_common.embedded.postgres_binaries import reachable_binaries
from mentoring_common.settings import Settings
from mentoring_gateway.settings import GatewaySettings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SERVICES = sorted(path.name for path in (ROOT / "services").iterdir() if (path / "pyproject.toml").exists())
BY_ROLE = {"owner_database_url": 0, "database_url": 1, "system_database_url": 2}  # setting → place in roles()
_VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)[^}]*\}")


def example_environment() -> dict[str, str]:
    """The variables of .env.example; what an operator has to fill in is filled in."""
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    # 44 characters that differ by number and are base64 of 32 bytes, as the master key has to be.
    return {name: value or f"{number:043}=" for number, (name, _, value) in enumerate(pairs)}


@pytest.fixture(scope="module")
def compose():
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    return yaml.safe_load(_VARIABLE.sub(lambda found: example_environment()[found[1]], text))


@pytest.fixture(scope="module")
def realm():
    return json.loads((DEPLOY / "keycloak" / "realm.json").read_text("utf-8"))


def test_env_example_lists_what_the_compose_file_uses():
    used = set(_VARIABLE.findall((ROOT / "docker-compose.yml").read_text("utf-8"))) - {"IMAGE_TAG"}
    assert used == set(example_environment()) - {"IMAGE_TAG"}


def test_secrets_have_no_default():
    given = dict(
        line.partition("=")[::2]
        for line in (ROOT / ".env.example").read_text("utf-8").splitlines()
        if re.match(r"[A-Z_]*(PASSWORD|SECRET|KEY)=", line)
    )
    assert given
    assert set(given.values()) == {""}
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    assert not [name for name in given if re.search(rf"\$\{{{name}(:-|-|\}})", text)]


def test_every_service_runs_and_those_with_a_database_migrate_first(compose):
    for name in SERVICES:
        assert compose["services"][name]["command"][:2] == [f"mentoring_{name}", "serve"]
        assert "/readyz" in str(compose["services"][name]["healthcheck"]["test"])
    for name in WITH_DATABASE:
        assert compose["services"][f"migrate-{name}"]["command"] == [f"mentoring_{name}", "migrate"]
        before = compose["services"][name]["depends_on"]
        assert before[f"migrate-{name}"] == {"condition": "service_completed_successfully"}
    assert {f"migrate-{name}" for name in WITH_DATABASE} == {n for n in compose["services"] if n.startswith("migrate-")}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_with_what_it_is_given(compose, monkeypatch, name):
    given = {key: str(value) for key, value in compose["services"][name]["environment"].items()}
    model = Settings if name in WITH_DATABASE else GatewaySettings
    unknown = {key for key in given if key.removeprefix("MENTORING_").lower() not in model.model_fields}
    assert unknown == set()
    for key in [key for key in os.environ if key.startswith("MENTORING_")]:
        monkeypatch.delenv(key)
    for key, value in given.items():
        monkeypatch.setenv(key, value)
    settings = model()  # a missing required setting raises
    for other in set(SERVICES) - {"gateway"}:
        assert getattr(settings, f"{other}_url") == f"http://{other}:8000"
        assert other in compose["services"]
    if name in WITH_DATABASE:
        assert settings.client_id
        assert settings.token_url.startswith("http://keycloak:8080/realms/mentoring/")
        assert settings.kafka_bootstrap_servers == "kafka:9092"
        for field, place in BY_ROLE.items():
            url = make_url(getattr(settings, field))
            assert (url.host, url.database) == ("postgres", f"mentoring_{name}")
            assert url.username == migrations.roles(name)[place]


def test_commands_are_modules_and_options_that_exist(compose):
    for service in compose["services"].values():
        command = service.get("command", [""])
        if command[0].startswith("mentoring_"):
            assert importlib.util.find_spec(f"{command[0]}.__main__") is not None
            assert command[1] in ("serve", "migrate")
            assert command[2:] == (["--host", "0.0.0.0"] if command[1] == "serve" else [])  # noqa: S104


def test_ports_are_distinct_and_only_on_this_machine(compose):
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)
    hosts = [port.split(":")[1] for port in published]
    assert len(hosts) == len(set(hosts)) >= len(SERVICES)


def test_what_is_named_is_there(compose):
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in compose["volumes"]
    waited_for = {
        name
        for service in compose["services"].values()
        for name, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_healthy"
    }
    assert all("healthcheck" in compose["services"][name] for name in waited_for)


def test_ingress_reaches_every_api_and_no_internal_one(compose):
    text = compose["configs"]["ingress"]["content"]
    assert sorted(re.findall(r"import service (\w+)", text)) == sorted(WITH_DATABASE)
    assert "reverse_proxy gateway:8000" in text
    assert text.index("respond @internal 404") < text.index("import service")
    pattern = re.search(r"@internal path_regexp (\S+)", text)[1]
    internal = [
        f"/{name}{route.path}"
        for name, service in generate.services().items()
        for router in service.design.routers
        for route in router.routes
        if isinstance(route, APIRoute) and scopes_of(route.dependant) == {INTERNAL}
    ]
    assert internal
    assert [path for path in internal if not re.search(pattern, path)] == []


def test_the_image_copies_what_is_there_and_is_not_root():
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert {"requirements.lock", "libs", "services", "blueprints"} == set(copied)
    assert all((ROOT / path).exists() for path in copied)
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8")
    assert all(f"!{path}\n" in allowed for path in copied)
    user = next(line.split()[1] for line in lines if line.startswith("USER "))
    assert int(user) > 0
    assert any("--constraint requirements.lock" in line for line in lines)


def test_the_lock_file_pins_what_the_image_installs():
    pinned = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    for name in SERVICES:
        text = (ROOT / "services" / name / "pyproject.toml").read_text("utf-8")
        listed = re.search(r"^dependencies = \[(.*?)\]", text, re.MULTILINE | re.DOTALL)[1]
        needed = {n for n in re.findall(r'"([A-Za-z0-9-]+)', listed) if not n.startswith("mentoring-")}
        assert needed <= pinned, f"{name}: run `make lock`"


def test_kafka_is_the_version_the_tests_run_on(compose):
    pom = (DEPLOY / "kafka" / "pom.xml").read_text("utf-8")
    version = re.search(r"<artifactId>kafka_2\.13</artifactId>\s*<version>([\d.]+)</version>", pom)[1]
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{version}"


async def test_init_sql_makes_a_server_that_every_service_can_migrate(tmp_path):
    server = await EmbeddedPostgres.start(tmp_path / "postgres", durable=False)
    try:
        socket = make_url(server.dsn("postgres")).query["host"]
        told = subprocess.run(  # noqa: ASYNC221  nothing else runs in this loop
            [str(reachable_binaries(None) / "psql"), "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "postgres", "-q",
             "-f", str(DEPLOY / "postgres" / "init.sql")],
            env=example_environment() | {"PGDATABASE": "postgres"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        for name in WITH_DATABASE:
            owner, app, system = migrations.roles(name)
            await migrations.upgrade(server.dsn(f"mentoring_{name}", owner), name)
            assert await count(server.dsn(f"mentoring_{name}", app), "audit_log") == 0
            assert await count(server.dsn(f"mentoring_{name}", system), "outbox") == 0
        assert await privileged(server.dsn("postgres")) == {"postgres"}
    finally:
        await server.stop()


def test_init_sql_gives_each_database_the_password_of_its_url(compose):
    text = (DEPLOY / "postgres" / "init.sql").read_text("utf-8")
    parts = dict(re.findall(r"\\getenv password (\w+)\n(.*?)(?=\n\\getenv|\Z)", text, re.DOTALL))
    given = compose["services"]["postgres"]["environment"]
    for name in WITH_DATABASE:
        variable = next(v for v, part in parts.items() if f"CREATE DATABASE mentoring_{name} " in part)
        for field in BY_ROLE:
            url: URL = make_url(compose["services"][name]["environment"][f"MENTORING_{field.upper()}"])
            assert url.password == given[variable]
            assert f"CREATE ROLE {url.username} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD" in parts[variable]
    assert set(parts) <= set(given)


def test_the_realm_knows_the_scopes_of_the_code(realm):
    known = {scope["name"] for scope in realm["clientScopes"]}
    asked = {
        scope
        for service in generate.services().values()
        for router in service.design.routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for scope in scopes_of(route.dependant)
    }
    assert len(asked) > 10
    assert asked | {"organisation:admin", "hr:provision"} <= known
    for client in realm["clients"]:
        assert {*client["defaultClientScopes"], *client["optionalClientScopes"]} <= known


def test_the_realm_gives_tokens_that_the_services_take(realm):
    """What TokenVerifier insists on: typ at+jwt, our audience, sub and client_id; iss, exp and iat are always there."""
    scopes = {scope["name"]: scope.get("protocolMappers", []) for scope in realm["clientScopes"]}
    audience = Settings.model_fields["token_audience"].default
    for client in realm["clients"]:
        assert client["attributes"]["access.token.header.type.rfc9068"] == "true"
        always = [*client.get("protocolMappers", []), *(m for s in client["defaultClientScopes"] for m in scopes[s])]
        claims = {m["config"].get("claim.name") for m in always if m["config"]["access.token.claim"] == "true"}
        assert {"sub", "client_id"} <= claims
        assert audience in {m["config"].get("included.custom.audience") for m in always}
        assert ("tenant" in claims) == client["publicClient"]


def test_what_stands_above_everything_is_for_few(realm):
    def holders(scope):
        return {
            c["clientId"] for c in realm["clients"] if scope in c["defaultClientScopes"] + c["optionalClientScopes"]
        }

    assert holders(INTERNAL) == {"service"}
    assert holders("platform:admin") == {"operator"}
    gates = {mapping["clientScope"]: mapping["roles"] for mapping in realm["scopeMappings"]}
    assert gates["organisation:admin"] == ["organisation-admin"]
    assert realm["defaultDefaultClientScopes"] == realm["defaultOptionalClientScopes"] == []
    for client in realm["clients"]:
        assert client["fullScopeAllowed"] is False
        assert client["directAccessGrantsEnabled"] is client["implicitFlowEnabled"] is False
        assert client["publicClient"] != bool(client.get("secret"))


def test_people_cannot_change_which_organisation_they_are_of(realm):
    provider = realm["components"]["org.keycloak.userprofile.UserProfileProvider"][0]
    profile = json.loads(provider["config"]["kc.user.profile.config"][0])
    attributes = {attribute["name"]: attribute for attribute in profile["attributes"]}
    assert "unmanagedAttributePolicy" not in profile  # what is not listed cannot be set
    for name in ("tenant", "person_id"):
        assert attributes[name]["permissions"]["edit"] == ["admin"]


def test_the_realm_is_given_its_secrets(realm, compose):
    named = set(re.findall(r"\$\{([A-Z_]+)\}", json.dumps(realm)))
    given = compose["services"]["keycloak"]["environment"]
    assert named == {"SERVICE_CLIENT_SECRET", "OPERATOR_CLIENT_SECRET", "FRONT_END_URL"} <= set(given)
    of_services = {compose["services"][n]["environment"]["MENTORING_CLIENT_SECRET"] for n in WITH_DATABASE}
    assert of_services == {given["SERVICE_CLIENT_SECRET"]}


def scopes_of(dependant: Dependant) -> set[str]:
    """The scopes that a route's authorisation rule names."""
    mine = set(dependant.call.scopes) if isinstance(dependant.call, Allow) else set()
    return mine.union(*(scopes_of(sub) for sub in dependant.dependencies))


async def count(url: str, table: str) -> int:
    """The rows a role sees in a table; an error if it may not look."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        rows = await connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))  # noqa: S608
    await engine.dispose()
    return rows


async def privileged(url: str) -> set[str]:
    """Roles that row level security does not hold back."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = await connection.scalars(sa.text("SELECT rolname FROM pg_roles WHERE rolsuper OR rolbypassrls"))
        names = set(found)
    await engine.dispose()
    return names
