"""What is wrong with an installation, and what to type: `python -m mentoring_<service> doctor [--json]`.

Each check looks with what a serving process is given and changes nothing. One that cannot look because another part is
away says so, and the others go on.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from difflib import get_close_matches
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import sqlalchemy as sa
from joserfc import jws
from sqlalchemy.ext.asyncio import AsyncEngine

from mentoring_common import broker, migrations
from mentoring_common.databases import roles
from mentoring_common.errors import Unavailable
from mentoring_common.runner import Found, Service

POSTGRES = 180000  # server_version_num of the oldest that is tested
CLOCKS_APART_S = 2.0
TIMEOUT_S = 10.0
OF_SYSTEM = 3  # connections of the system role
LEAST_FREE = 500_000_000  # bytes


async def examine(service: Service) -> list[Found]:
    """Every check of a service, in the order in which one mends."""
    checks: Sequence[tuple[str, Callable[[Service], Awaitable[list[Found]]]]] = [
        ("settings", _settings),
        ("database", _database),
        ("system role", _system_role),
        ("connections", _connections),
        ("migrations", _migrations),
        ("grants", _grants),
        ("tenants", _row_level_security),
        ("key", _master_key),
        ("kafka", _kafka),
        ("issuer", _issuer),
        ("services", _services),
        ("disk", _disk),
        *service.design.checks,
    ]
    return [found for name, check in checks for found in await _in_time(name, check(service))]


async def _in_time(name: str, looking: Awaitable[list[Found]]) -> list[Found]:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await looking
    except TimeoutError:
        return [Found(name, "wrong", f"no answer within {TIMEOUT_S:.0f} s", "see whether it runs and can be reached")]
    except Exception as error:
        return [Found(name, "wrong", f"could not be looked at: {type(error).__name__}", "see the checks above")]


async def _settings(service: Service) -> list[Found]:
    """Variables that nobody reads, by their likeness to those that are read; what is for development alone."""
    known = {f"MENTORING_{name.upper()}" for name in type(service.settings).model_fields} | _BESIDE_SETTINGS
    found = []
    for name in sorted(set(filter(lambda one: one.startswith("MENTORING_"), os.environ)) - known):
        [alike] = get_close_matches(name, known, 1, 0.8) or [""]
        remedy = f"is {alike} meant?" if alike else "take it away: docs/settings.md has every setting"
        found.append(Found("settings", "warning", f"{name} is no setting", remedy))
    here = urlsplit(service.settings.public_url).hostname in _THIS_MACHINE
    if here:
        return [*found, Found("settings", "ok", "links lead to this machine alone: an installation to try things on")]
    if service.settings.webhooks_to_loopback:
        found.append(
            Found("settings", "wrong", "webhooks may go to this machine", "unset MENTORING_WEBHOOKS_TO_LOOPBACK")
        )
    for name in ("public_url", "token_issuer"):
        if urlsplit(getattr(service.settings, name)).scheme != "https":
            said, setting = "passwords and tokens go over the network in clear", f"MENTORING_{name.upper()}"
            found.append(
                Found("settings", "warning", f"{setting} is no https: {said}", f"end TLS in front, set {setting}")
            )
    return found or [Found("settings", "ok", "every variable is a setting, none is for development")]


_BESIDE_SETTINGS = {"MENTORING_SECRETS_DIR", "MENTORING_BLUEPRINTS", "MENTORING_TESTS_AS_IN_PRODUCTION"}
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


async def _database(service: Service) -> list[Found]:
    engine = service.database.engine
    return await _role(engine, "database", "MENTORING_DATABASE_URL", roles(service.name)[1])


async def _system_role(service: Service) -> list[Found]:
    return await _role(service.looking, "system role", "MENTORING_SYSTEM_DATABASE_URL", roles(service.name)[2])


async def _role(engine: AsyncEngine, check: str, setting: str, expected: str) -> list[Found]:
    """Whether the server answers under the role, in a version we know, and the role may no more than it should."""
    try:
        async with engine.connect() as connection:
            row = (await connection.execute(_WHO)).one()
    except Exception as error:
        known = {"InvalidPasswordError": "refuses the password", "InvalidCatalogNameError": "has no such database"}
        cause = type(getattr(error, "orig", error).__cause__ or error).__name__
        return [Found(check, "wrong", f"the server {known.get(cause, 'does not answer')}", f"check {setting}")]
    found = [Found(check, "ok", f"PostgreSQL {row.version // 10000} answers under {row.name}")]
    if row.version < POSTGRES:
        found.append(Found(check, "warning", "older than what is tested", "use PostgreSQL 18"))
    if row.mighty or row.owns:
        said = f"{row.name} is a superuser, passes row level security, or owns tables"
        found.append(Found(check, "wrong", said, f"give {setting} the role {expected} of deploy/postgres/init.sql"))
    elif row.name != expected:
        found.append(Found(check, "warning", f"the role is called {row.name}, not {expected}", f"see {setting}"))
    apart = abs(row.clock - time.time())
    if apart > CLOCKS_APART_S:
        found.append(Found("clock", "wrong", f"{apart:.0f} s from the database's", "run NTP on both machines"))
    return found


_WHO = sa.text("""
    SELECT current_user::text AS name, current_setting('server_version_num')::int AS version,
        extract(epoch FROM clock_timestamp())::float8 AS clock, r.rolsuper OR r.rolbypassrls AS mighty,
        EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind = 'r') AS owns
    FROM pg_roles r WHERE r.rolname = current_user
""")


async def _connections(service: Service) -> list[Found]:
    """Whether the server has room for what a process of this service opens."""
    wants = 2 * service.settings.pool_size + OF_SYSTEM
    async with service.looking.connect() as connection:
        row = (await connection.execute(_TAKEN)).one()
    said = f"{row.taken} of {row.most} are taken, a process of this service opens up to {wants}"
    if row.most - row.taken < wants:
        return [Found("connections", "warning", said, "raise max_connections, or lower MENTORING_POOL_SIZE")]
    return [Found("connections", "ok", said)]


_TAKEN = sa.text("""
    SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - current_setting('reserved_connections')::int AS most,
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS taken
""")


async def _grants(service: Service) -> list[Found]:
    """Whether the application's role may what its work needs, and cannot change what is written down for good."""
    async with service.database.engine.connect() as connection:
        row = (await connection.execute(_MAY)).one()
    remedy = f"python -m mentoring_{service.name} migrate, under the owner that init.sql made"
    found = []
    if row.cannot_read:
        said = f"may not read {len(row.cannot_read)} tables, for example {row.cannot_read[0]}"
        found.append(Found("grants", "wrong", said, remedy))
    if row.may_rewrite:
        tables, role = ", ".join(row.may_rewrite), roles(service.name)[1]
        said = f"may change or empty what is only added to: {tables}"
        found.append(Found("grants", "wrong", said, f"REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM {role}"))
    return found or [Found("grants", "ok", "the application may what it needs and no more")]


_MAY = sa.text("""
    SELECT coalesce(array_agg(relname::text ORDER BY 1) FILTER (WHERE NOT has_table_privilege(oid, 'SELECT')), '{}')
        AS cannot_read,
        coalesce(array_agg(relname::text ORDER BY 1) FILTER (WHERE has_table_privilege(oid, 'TRUNCATE')
            OR relname = 'audit_log' AND has_table_privilege(oid, 'UPDATE, DELETE')), '{}') AS may_rewrite
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
""")


async def _migrations(service: Service) -> list[Found]:
    remedy = f"python -m mentoring_{service.name} migrate"
    found = await migrations.differences(service.database.engine, service.name)
    if found:
        return [Found("migrations", "wrong", f"the tables differ from this version's in {len(found)} places", remedy)]
    return [Found("migrations", "ok", "the tables are those of this version")]


async def _row_level_security(service: Service) -> list[Found]:
    async with service.database.engine.connect() as connection:
        bare = list((await connection.scalars(_BARE)).all())
    if bare:
        said = f"{len(bare)} tables show every organisation, for example {bare[0]}"
        return [
            Found(
                "tenants", "wrong", said, f"python -m mentoring_{service.name} migrate, under the owner of the tables"
            )
        ]
    return [Found("tenants", "ok", "row level security is on and forced on every table")]


_BARE = sa.text("""
    SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname <> 'alembic_version' AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1
""")


async def _master_key(service: Service) -> list[Found]:
    """Whether the key opens what was sealed: any key of a person that an organisation of ours has."""
    opened = await service.opens()
    if opened is None:
        return [Found("key", "ok", "nothing is sealed yet")]
    if opened is True:
        return [Found("key", "ok", "MENTORING_MASTER_KEY opens what is sealed")]
    if opened == "others":
        said = "what is sealed is under one of MENTORING_OTHER_MASTER_KEYS"
        return [Found("key", "warning", said, f"python -m mentoring_{service.name} rewrap, once every process is told")]
    return [
        Found(
            "key", "wrong", "MENTORING_MASTER_KEY does not open what is sealed", "set the key that it was sealed under"
        )
    ]


async def _kafka(service: Service) -> list[Found]:
    topics = sorted({f"mentoring.{service.name}", *service.design.topics})
    try:
        missing, wrong = await broker.look_at_topics(service.settings, topics)
    except Exception as error:
        said = f"no broker answers: {type(error).__name__}"
        return [Found("kafka", "wrong", said, "check MENTORING_KAFKA_BOOTSTRAP_SERVERS and the settings of security")]
    found = [Found("kafka", "ok", f"{len(topics) - len(missing)} of {len(topics)} topics are there")]
    if missing:
        said = f"{', '.join(missing)}: made when a service starts that may make topics"
        found.append(Found("kafka", "warning", said, "start the services, or make them as docs/production.md says"))
    return found + [
        Found("kafka", "warning", one, "mentoring topics apply, as docs/production.md says") for one in wrong
    ]


async def _issuer(service: Service) -> list[Found]:
    settings = service.settings
    try:
        answer = await service.http.get(settings.token_jwks_url)
        keys = answer.json()["keys"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return [Found("issuer", "wrong", "gives no keys", "check MENTORING_TOKEN_JWKS_URL")]
    found = [Found("issuer", "ok", f"gives {len(keys)} keys")]
    said_at = answer.headers.get("date")
    if said_at and abs(parsedate_to_datetime(said_at).timestamp() - time.time()) > CLOCKS_APART_S + 1:
        found.append(Found("clock", "wrong", "differs from the issuer's", "run NTP on both machines"))
    if not service.design.calls:
        return found
    try:
        token = await service.tokens.token()
    except Unavailable:
        remedy = "check MENTORING_TOKEN_URL, MENTORING_CLIENT_ID and MENTORING_CLIENT_SECRET"
        return [*found, Found("issuer", "wrong", "gives this service no token", remedy)]
    return found + _of_token(service, token)


def _of_token(service: Service, token: str) -> list[Found]:
    """Whether a token of ours is what the others take; its signature is their affair."""
    parts = jws.extract_compact(token.encode())
    claims: dict[str, Any] = orjson.loads(parts.payload or b"{}")
    problems = []
    if str(parts.headers().get("typ", "")).lower() not in ("at+jwt", "application/at+jwt"):
        problems.append(("its tokens are not of type at+jwt", "have the client's tokens made as in RFC 9068"))
    if claims.get("iss") != service.settings.token_issuer:
        problems.append(("its tokens name another issuer", "set MENTORING_TOKEN_ISSUER to their `iss`"))
    audience = claims.get("aud")
    if service.settings.token_audience not in (audience if isinstance(audience, list) else [audience]):
        problems.append(("its tokens are for another audience", "add the audience MENTORING_TOKEN_AUDIENCE"))
    lacking = [s for s in service.design.calls if f"internal:{s}" not in str(claims.get("scope", "")).split()]
    if lacking:
        scopes = " ".join(f"internal:{name}" for name in lacking)
        problems.append((f"this service's tokens lack {scopes}", "give its client these scopes by default"))
    return [Found("issuer", "wrong", said, remedy) for said, remedy in problems]


async def _services(service: Service) -> list[Found]:
    found = []
    for name in sorted(service.design.calls):
        url = getattr(service.settings, f"{name}_url")
        try:
            good = (await service.http.get(f"{url}/readyz")).status_code == 200
            runs = (await service.http.get(f"{url}/version")).json().get("version") if good else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
            good, runs = False, None
        if good and runs != version("mentoring-common"):
            said = f"{name} runs {runs}, this is {version('mentoring-common')}"
            found.append(Found("services", "warning", said, "bring all to one version, if no upgrade is on its way"))
        setting = f"MENTORING_{name.upper()}_URL"
        found.append(
            Found("services", "ok", f"{name} is ready")
            if good
            else Found("services", "warning", f"{name} is not ready", f"start it, or check {setting}")
        )
    return found


async def _disk(service: Service) -> list[Found]:
    """Room for what a process writes beside the database: uploads, tables, reports on their way."""
    del service
    free = shutil.disk_usage(tempfile.gettempdir()).free
    said = f"{free / 1e9:.1f} GB are free in {tempfile.gettempdir()}"
    if free < LEAST_FREE:
        return [Found("disk", "warning", said, "make room: files on their way in and out are kept there")]
    return [Found("disk", "ok", said)]
