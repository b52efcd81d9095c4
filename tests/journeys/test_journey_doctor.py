"""`python -m mentoring_<service> doctor` finds nothing where all is well, and names each fault with what to do."""

import base64
import json
import os
import subprocess
import sys
import uuid

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common.audit import audit
from mentoring_common.doctor import examine
from mentoring_common.vault import seal

LOST = "postgresql+asyncpg://nobody:wrong@127.0.0.1:1/nowhere"


@pytest.mark.parametrize("name", WITH_DATABASE)
async def test_nothing_is_found_where_all_is_well(stack, name):
    found = await examine(stack.services[name])
    assert [one.line() for one in found if one.level != "ok"] == []
    assert {"database", "system role", "migrations", "tenants", "key", "kafka", "issuer"} <= {
        one.check for one in found
    }


def with_settings(stack, name, **changes):
    settings = stack.settings[name].model_copy(update=changes)
    return WITH_DATABASE[name](settings, http=stack.http)


FAULTS = {
    "no database": ({"database_url": LOST}, "database", "MENTORING_DATABASE_URL"),
    "the owner serves": ("owner", "database", "mentoring_matching_app"),
    "no system role": ({"system_database_url": LOST}, "system role", "MENTORING_SYSTEM_DATABASE_URL"),
    "no broker": ({"kafka_bootstrap_servers": "127.0.0.1:1"}, "kafka", "MENTORING_KAFKA_BOOTSTRAP_SERVERS"),
    "no keys": ({"token_jwks_url": "http://mentoring.internal/nowhere"}, "issuer", "MENTORING_TOKEN_JWKS_URL"),
    "a wrong secret": ({"client_secret": SecretStr("wrong")}, "issuer", "MENTORING_CLIENT_SECRET"),
    "another issuer": ({"token_issuer": "https://elsewhere.example"}, "issuer", "MENTORING_TOKEN_ISSUER"),
    "another audience": ({"token_audience": "somebody"}, "issuer", "MENTORING_TOKEN_AUDIENCE"),
}


async def test_a_mail_server_that_is_away_is_named(stack):
    service = with_settings(stack, "integrations", smtp_port=1)
    (mail,) = [one for one in await examine(service) if one.check == "mail"]
    await service.database.close()
    await service.system.dispose()
    assert (mail.level, mail.remedy.split(",")[0]) == ("wrong", "check MENTORING_SMTP_HOST")


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_named_with_what_to_do(stack, fault):
    changes, check, remedy = FAULTS[fault]
    if changes == "owner":
        changes = {"database_url": stack.settings["matching"].owner_database_url}
    service = with_settings(stack, "matching", **changes)
    wrong = [one for one in await examine(service) if one.level == "wrong"]
    await service.database.close()
    await service.system.dispose()
    assert remedy in next(one.remedy for one in wrong if one.check == check)
    assert not any("wrong@" in one.line() for one in wrong)


async def test_a_wrong_master_key_is_told_from_an_erasure(stack):
    tenant = uuid.uuid4()
    async with stack.services["applications"].database.transaction(tenant) as db:
        audit(db, "operator", "looked", "organisation", tenant)
        await seal(db, uuid.uuid4(), "a note")
    other = SecretStr(base64.b64encode(b"x" * 32).decode())
    service = with_settings(stack, "applications", master_key=other)
    (found,) = [one for one in await examine(service) if one.check == "key"]
    await service.database.close()
    await service.system.dispose()
    assert (found.level, found.remedy) == ("wrong", "set the key that it was sealed under")


async def test_a_database_that_was_not_migrated_is_named(stack):
    service = stack.services["sessions"]
    engine = create_async_engine(stack.settings["sessions"].owner_database_url)
    async with engine.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE left_over (id int)"))
    try:
        wrong = {one.check: one.remedy for one in await examine(service) if one.level == "wrong"}
    finally:
        async with engine.begin() as connection:
            await connection.execute(sa.text("DROP TABLE left_over"))
        await engine.dispose()
    assert wrong.keys() == {"migrations", "grants", "tenants"}
    assert wrong["migrations"] == "python -m mentoring_sessions migrate"


async def test_the_command_says_it_in_lines_and_as_json(stack):
    settings = stack.settings["sessions"]
    told = {f"MENTORING_{n.upper()}": _text(v) for n, v in settings.model_dump().items() if _text(v)}
    lines = _doctor(told)
    assert "database    PostgreSQL" in lines.stdout, lines.stderr
    assert lines.returncode == 1  # the issuer is in this process, which waits for the command
    told_json = _doctor(told, "--json")
    assert {"issuer"} == {one["check"] for one in json.loads(told_json.stdout) if one["level"] == "wrong"}


def _doctor(told, *options):
    command = [sys.executable, "-m", "mentoring_sessions", "doctor", *options]
    return subprocess.run(command, env=os.environ | told, capture_output=True, text=True, check=False)


def _text(value):
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
