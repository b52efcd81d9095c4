"""The production files say what the code needs: compose file, image, realm, roles and databases."""

import importlib.util
import json
import os
import re
from importlib.metadata import version
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_allinone import generate
from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common import migrations
from mentoring_common.api_address import API
from mentoring_common.auth import Allow, internal
from mentoring_common.http_server import KEEP_ALIVE_S
from mentoring_common.settings import Settings
from mentoring_gateway.settings import GatewaySettings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SERVICES = sorted(path.name for path in (ROOT / "services").iterdir() if (path / "pyproject.toml").exists())
BY_ROLE = {"database_url": 1, "system_database_url": 2}  # setting → place in roles()
OWNER = "MENTORING_OWNER_DATABASE_URL"
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)[^}]*\}")


def secret_name(variable: str) -> bool:
    return re.fullmatch(r"[A-Z_]*(PASSWORD|SECRET|KEY)", variable) is not None


def test_env_example_lists_what_the_compose_file_uses(example):
    assert set(VARIABLE.findall((ROOT / "docker-compose.yml").read_text("utf-8"))) == set(example)


def test_secrets_have_no_default():
    given = dict(
        line.partition("=")[::2]
        for line in (ROOT / ".env.example").read_text("utf-8").splitlines()
        if secret_name(line.partition("=")[0])
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
        # Nothing but the owner's URL is there, and nowhere else.
        [(setting, url)] = compose["services"][f"migrate-{name}"]["environment"].items()
        assert (setting, make_url(url).username) == (OWNER, migrations.roles(name)[0])
        assert (make_url(url).host, make_url(url).database) == ("postgres", f"mentoring_{name}")
        assert OWNER not in compose["services"][name]["environment"]
    assert {f"migrate-{name}" for name in WITH_DATABASE} == {n for n in compose["services"] if n.startswith("migrate-")}


def test_no_secret_is_given_to_two(compose, example):
    """Each role, client and key is of one service: what one process gives away opens nothing of another."""
    holders = {}
    for name, service in compose["services"].items():
        if name in ("postgres", "keycloak"):  # which make the roles and the clients
            continue
        given = {str(value) for value in service.get("environment", {}).values()}
        for variable, secret in example.items():
            if secret_name(variable) and any(secret in value for value in given):
                holders.setdefault(variable, []).append(name)
    assert {variable: names for variable, names in holders.items() if len(names) > 1} == {}
    for name in WITH_DATABASE:
        mine = {variable for variable, [holder] in holders.items() if holder == name}
        own = {f"{name.upper()}_{what}" for what in ("APP_PASSWORD", "SYSTEM_PASSWORD", "CLIENT_SECRET", "MASTER_KEY")}
        assert mine - {"SMTP_PASSWORD"} == own
        assert holders[f"{name.upper()}_OWNER_PASSWORD"] == [f"migrate-{name}"]


def test_processes_are_held_in_bounds(compose):
    for name, service in compose["services"].items():
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        if service["image"].startswith("mentoring:"):
            assert service["read_only"] is True
            assert service["tmpfs"] == ["/tmp"]  # noqa: S108
            assert service["cap_drop"] == ["ALL"]
            assert service["security_opt"] == ["no-new-privileges:true"]


def test_images_are_pinned(compose, example):
    given = {name: value for name, value in example.items() if name.endswith("_IMAGE")}
    for name, image in given.items():
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-slim)?(@sha256:[0-9a-f]{64})?$", image), name
    ours = {service["image"] for service in compose["services"].values()} - set(given.values())
    assert ours == {f"mentoring:{example['IMAGE_TAG']}"}
    first = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert f"ARG PYTHON_IMAGE={given['PYTHON_IMAGE']}\n" in first
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", first, re.MULTILINE))
    assert set(re.findall(r"^FROM (\S+)", first, re.MULTILINE)) - stages == {"${PYTHON_IMAGE}"}


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
    text = (DEPLOY / "ingress" / "Caddyfile").read_text("utf-8")
    assert "./deploy/ingress/Caddyfile:/etc/caddy/Caddyfile:ro" in compose["services"]["ingress"]["volumes"]
    assert sorted(re.findall(r"import service (\w+)", text)) == sorted(WITH_DATABASE)
    assert "import proxy gateway\n" in text
    assert text.index("respond @internal 404") < text.index("import service")
    pattern = re.search(r"@internal path_regexp (\S+)", text)[1]
    served = [
        f"{API}/{name}{route.path}"
        for name, service in generate.services().items()
        for router in service.design.routers
        for route in router.routes
        if isinstance(route, APIRoute) and scopes_of(route.dependant) == {internal(name)}
    ]
    assert served
    assert [path for path in served if not re.search(pattern, path)] == []


def test_ingress_waits_for_no_client_for_ever():
    text = (DEPLOY / "ingress" / "Caddyfile").read_text("utf-8")
    bounds = dict(re.findall(r"^\s+(read_header|read_body|idle|max_header_size) (\S+)$", text, re.MULTILINE))
    assert bounds == {"read_header": "10s", "read_body": "60s", "idle": "2m", "max_header_size": "32KB"}
    spare = int(re.search(r"keepalive (\d+)s", text)[1])
    assert spare < KEEP_ALIVE_S, "a spare connection would be used in the moment in which the service gives it up"


def test_the_image_copies_what_is_there_and_is_not_root():
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert {"requirements.lock", "libs", "services", "blueprints", "deploy/allinone"} == set(copied)
    assert all((ROOT / path).exists() for path in copied)
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8")
    assert all(f"!{path}\n" in allowed for path in copied)
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert all(int(user) > 0 for user in users)
    assert any("--constraint requirements.lock" in line for line in lines)


def test_the_image_says_which_version_it_is():
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    versions = {version(f"mentoring-{name}") for name in ("contracts", "common", "allinone", *SERVICES)}
    assert re.findall(r"^ARG VERSION=(\S+)$", text, re.MULTILINE) == [*versions]
    chart = (DEPLOY / "helm" / "mentoring" / "Chart.yaml").read_text("utf-8")
    assert re.findall(r'^appVersion: "(\S+)"$', chart, re.MULTILINE) == [*versions]
    assert 'org.opencontainers.image.version="${VERSION}"' in text


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
    assert compose["services"]["kafka"]["image"].partition("@")[0] == f"apache/kafka:{version}"


async def test_init_sql_makes_a_server_that_every_service_can_migrate(initialised, compose):
    for name in WITH_DATABASE:
        owner, app, system = urls_of(initialised, compose, name)
        await migrations.upgrade(owner, name)
        assert await count(app, "audit_log") == 0
        assert await count(system, "outbox") == 0
        for url in (app, system):  # what the serving process knows does not make it the owner
            with pytest.raises(sa.exc.DBAPIError, match="password authentication failed"):
                await count(make_url(url).set(username=make_url(owner).username), "outbox")
    assert await privileged(initialised.dsn("postgres")) == {"postgres", "mentoring_backup"}


def urls_of(server, compose, name):
    """The URLs of owner, app and system as the compose file gives them, at a server of this machine."""
    serving = compose["services"][name]["environment"]
    urls = [
        compose["services"][f"migrate-{name}"]["environment"][OWNER],
        *(serving[f"MENTORING_{field.upper()}"] for field in BY_ROLE),
    ]
    here = make_url(server.dsn("postgres")).query
    return [make_url(url).set(host=None, port=None, query=here).render_as_string(hide_password=False) for url in urls]


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

    called = {}
    for name, service in generate.services().items():
        [client] = [c for c in realm["clients"] if c["clientId"] == f"mentoring-{name}"]
        assert {*client["defaultClientScopes"]} == {"mentoring-machine", *map(internal, service.design.calls)}
        assert client["optionalClientScopes"] == []
        for callee in service.design.calls:
            called.setdefault(internal(callee), set()).add(client["clientId"])
    assert called == {
        scope["name"]: holders(scope["name"]) for scope in realm["clientScopes"] if "internal" in scope["name"]
    }
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
    of_services = {f"{name.upper()}_CLIENT_SECRET": name for name in WITH_DATABASE}
    assert named == {"OPERATOR_CLIENT_SECRET", "FRONT_END_URL", *of_services} <= set(given)
    for variable, name in of_services.items():
        environment = compose["services"][name]["environment"]
        assert environment["MENTORING_CLIENT_SECRET"] == given[variable]
        [client] = [c for c in realm["clients"] if c["clientId"] == environment["MENTORING_CLIENT_ID"]]
        assert client["secret"] == f"${{{variable}}}"


def scopes_of(dependant: Dependant) -> set[str]:
    """The scopes that a route's authorisation rule names."""
    mine = set(dependant.call.scopes) if isinstance(dependant.call, Allow) else set()
    return mine.union(*(scopes_of(sub) for sub in dependant.dependencies))


async def count(url: str | URL, table: str) -> int:
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
