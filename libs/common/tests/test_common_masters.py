"""A master key is changed while a service serves, and a wrong one is recognised."""

import base64
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr, ValidationError

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.audit_proof import verdict
from mentoring_common.clock import MovableClock
from mentoring_common.doctor import examine
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.runner import Service
from mentoring_common.settings import MigrationSettings, Settings
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.harness import ISSUER, Harness, issuer_only, settings_for

OLD, NEW, STRANGE = (base64.b64encode(letter * 32).decode() for letter in (b"o", b"n", b"s"))


@pytest.fixture
async def urls(servers):
    return await toy.make_database(servers.superuser_url)


@asynccontextmanager
async def told(servers, urls, current, *others):
    """The toy service on one database, told of these keys."""
    issuer, clock = DevIssuer(ISSUER, "mentoring"), MovableClock(datetime(2022, 1, 3, tzinfo=UTC))
    keys = {"master_key": SecretStr(current), "other_master_keys": SecretStr(",".join(others))}
    service = Service(toy.DESIGN, settings_for(servers, urls, **keys), clock=clock, http=issuer_only(issuer))
    await service.start()
    harness = Harness(service, issuer, clock)
    try:
        yield harness
    finally:
        await harness.close()
        await service.stop()


async def sealed(harness, tenant, people, text="a note"):
    async with harness.service.database.transaction(tenant) as db:
        audit(db, "office", "wrote", "person", people[0])
        return [await vault.seal(db, person, text) for person in people]


async def opened(harness, tenant, people, notes):
    async with harness.service.database.transaction(tenant) as db:
        return {await vault.unseal(db, person, note) for person, note in zip(people, notes, strict=True)}


async def said_of_key(harness):
    [found] = [one for one in await examine(harness.service) if one.check == "key"]
    return found.level


async def test_a_key_is_changed_while_two_processes_serve(servers, urls, tenant, monkeypatch):
    monkeypatch.setattr("mentoring_common.runner.REWRAPPED_AT_ONCE", 10)
    people = [uuid.uuid4() for _ in range(25)]
    gone = people.pop()
    async with told(servers, urls, OLD, NEW) as first:
        notes = await sealed(first, tenant, [*people, gone])
        async with first.service.database.transaction(tenant) as db:
            await vault.destroy_key(db, gone)
        async with told(servers, urls, NEW, OLD) as second:  # the next process has the new key already
            later = [uuid.uuid4()]
            theirs = await sealed(second, tenant, later)
            assert await opened(first, tenant, later, theirs) == {"a note"}
            assert await opened(second, tenant, people, notes[:-1]) == {"a note"}
            assert await said_of_key(second) in ("ok", "warning")  # by whose key is looked at
            assert await second.service.rewrap() == (24, 1, 0)
            assert await second.service.rewrap() == (0, 25, 0)
            assert await opened(first, tenant, people, notes[:-1]) == {"a note"}
    async with told(servers, urls, NEW) as last:
        assert await opened(last, tenant, people, notes[:-1]) == {"a note"}
        with pytest.raises(vault.Erased):
            await opened(last, tenant, [gone], notes[-1:])
        assert await said_of_key(last) == "ok"


async def test_the_audit_log_is_checked_with_the_keys_of_its_time(servers, urls, tenant):
    async with told(servers, urls, OLD) as before:
        await sealed(before, tenant, [uuid.uuid4()])
    async with told(servers, urls, NEW, OLD) as after:
        await sealed(after, tenant, [uuid.uuid4()])
        async with after.service.database.transaction(tenant) as db:
            found = await verdict(db, "toy")
        assert (found.entries, found.intact) == (2, True)
    async with told(servers, urls, NEW) as forgetful, forgetful.service.database.transaction(tenant) as db:
        found = await verdict(db, "toy")
        assert (found.broken_at, found.because) == (1, "the entry was made under another key")


async def test_a_wrong_key_is_recognised_at_the_start_and_erases_nobody(servers, urls, tenant):
    people = [uuid.uuid4()]
    async with told(servers, urls, OLD) as right:
        notes = await sealed(right, tenant, people)
    async with told(servers, urls, STRANGE) as wrong, wrong.anonymous() as caller:

        async def refuses():
            answer = await caller.get("/readyz")
            return answer.json() if answer.status_code == 503 and "wrong" in answer.json() else None

        assert (await eventually(refuses, what="readyz"))["wrong"] == ["master_key"]
        with pytest.raises(vault.MasterKeyWrong):
            await opened(wrong, tenant, people, notes)
        assert await said_of_key(wrong) == "wrong"
        assert await wrong.service.rewrap() == (0, 0, 1)
    async with told(servers, urls, OLD) as right:
        assert await opened(right, tenant, people, notes) == {"a note"}


@pytest.mark.parametrize("keys", ["x", f"{NEW},short", "é"])
def test_other_keys_that_are_none_are_refused_by_name(keys, monkeypatch):
    monkeypatch.setenv("MENTORING_OTHER_MASTER_KEYS", keys)
    with pytest.raises(ValidationError, match="other_master_keys"):
        Settings()


def test_secrets_come_from_files_where_a_folder_is_named(tmp_path, monkeypatch):
    (tmp_path / "mentoring_owner_database_url").write_text("postgresql+asyncpg://from/a/file\n")
    monkeypatch.delenv("MENTORING_OWNER_DATABASE_URL", raising=False)
    monkeypatch.setenv("MENTORING_SECRETS_DIR", str(tmp_path))
    assert MigrationSettings().owner_database_url == "postgresql+asyncpg://from/a/file"
    monkeypatch.setenv("MENTORING_OWNER_DATABASE_URL", "of the environment")
    assert MigrationSettings().owner_database_url == "of the environment"
    monkeypatch.setenv("MENTORING_SECRETS_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(SystemExit, match="names no folder"):
        MigrationSettings()
