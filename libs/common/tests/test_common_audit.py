"""The audit log: what was changed, taken out of the middle or cut off at the end shows, and who may look."""

import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_common import audit, audit_proof
from mentoring_common.audit import Entry, unkeyed_link_of
from mentoring_common.tables import outbox
from mentoring_common.testing import eventually
from mentoring_contracts.applications import ApplicationsAuditAnchored


async def enter(harness, tenant, *acts):
    for act in acts:
        async with harness.service.database.transaction(tenant) as db:
            audit.audit(db, "somebody", act, "note", uuid.uuid4(), reason="asked to")


async def anchor(harness, tenant):
    async with harness.service.database.transaction(tenant) as db:
        await audit_proof.anchor(db, ApplicationsAuditAnchored)


async def verdict(harness, tenant):
    async with harness.service.database.transaction(tenant) as db:
        return await audit_proof.verdict(db, "toy")


@pytest.fixture
async def tamper(toy_service):
    """Statements of somebody who rules the database and does not have the service's key."""
    engine = create_async_engine(toy_service.service.settings.owner_database_url)

    async def run(statement, **values):
        async with engine.begin() as connection:
            for table in ("audit_log", "audit_heads", "outbox"):
                await connection.execute(sa.text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
            await connection.execute(sa.text(statement), values)
            for table in ("audit_log", "audit_heads", "outbox"):
                await connection.execute(sa.text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))

    yield run
    await engine.dispose()


async def test_a_whole_log_is_intact_and_several_entries_of_one_act_are_chained(toy_service, tenant):
    assert (await verdict(toy_service, tenant)).intact
    async with toy_service.service.database.transaction(tenant) as db:
        for act in ("read", "write", "export"):
            audit.audit(db, "somebody", act, "note", uuid.uuid4())
    await anchor(toy_service, tenant)
    await anchor(toy_service, tenant)  # as it stands already
    await enter(toy_service, tenant, "read")
    found = await verdict(toy_service, tenant)
    assert (found.intact, found.entries, found.anchors, found.broken_at) == (True, 4, 1, None)


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("UPDATE audit_log SET act = 'nothing' WHERE tenant_id = :t AND position = 2", 2),
        ("UPDATE audit_log SET key_id = NULL WHERE tenant_id = :t AND position = 2", 2),
        ("DELETE FROM audit_log WHERE tenant_id = :t AND position = 2", 2),
        ("DELETE FROM audit_log WHERE tenant_id = :t AND position = 3", 3),
        ("DELETE FROM audit_log WHERE tenant_id = :t", 1),
        ("DELETE FROM audit_heads WHERE tenant_id = :t", 3),
        ("UPDATE audit_heads SET position = 2 WHERE tenant_id = :t", 4),
    ],
)
async def test_what_was_done_to_the_log_shows(toy_service, tenant, tamper, statement, at):
    await enter(toy_service, tenant, "read", "write", "export")
    await tamper(statement, t=tenant)
    found = await verdict(toy_service, tenant)
    assert (found.intact, found.broken_at) == (False, at)


async def cut_off(tamper, tenant, at):
    """Take out the end and make the head fit: the chain itself is whole again."""
    await tamper("DELETE FROM audit_log WHERE tenant_id = :t AND position > :at", t=tenant, at=at)
    head = "UPDATE audit_heads h SET position = :at, hash = l.hash FROM audit_log l"
    await tamper(head + " WHERE h.tenant_id = :t AND l.tenant_id = :t AND l.position = :at", t=tenant, at=at)


async def test_an_end_that_was_cut_off_is_missed_by_the_anchor(toy_service, tenant, tamper):
    await enter(toy_service, tenant, "read", "write", "export")
    await anchor(toy_service, tenant)
    await cut_off(tamper, tenant, 2)
    found = await verdict(toy_service, tenant)
    assert (found.intact, found.broken_at) == (False, 3)


async def test_what_was_published_counts_when_the_outbox_was_cleaned_of_it(toy_service, tenant, tamper):
    await enter(toy_service, tenant, "read", "write", "export")
    await anchor(toy_service, tenant)
    (said,) = await toy_service.emitted(tenant, ApplicationsAuditAnchored)
    await cut_off(tamper, tenant, 2)
    await tamper("DELETE FROM outbox WHERE tenant_id = :t", t=tenant)
    assert (await verdict(toy_service, tenant)).intact  # nothing in the database is missing
    async with toy_service.service.database.transaction(tenant) as db:
        found = await audit_proof.verdict(db, "toy", [audit_proof.Anchor(said.position, said.hash)])
    assert (found.intact, found.broken_at) == (False, 3)


async def test_another_history_does_not_fit_the_anchor(toy_service, tenant, tamper):
    await enter(toy_service, tenant, "read", "write")
    await anchor(toy_service, tenant)
    await tamper("DELETE FROM audit_log WHERE tenant_id = :t", t=tenant)
    await tamper("DELETE FROM audit_heads WHERE tenant_id = :t", t=tenant)
    await enter(toy_service, tenant, "read", "write", "export")
    found = await verdict(toy_service, tenant)
    assert (found.intact, found.broken_at) == (False, 2)


async def test_entries_from_before_there_was_a_key_still_hold(toy_service, tenant, tamper):
    entry = Entry(toy_service.clock.now(), "somebody", "read", "note", uuid.uuid4(), None)
    link = unkeyed_link_of(audit.GENESIS, 1, entry)
    await tamper(
        "INSERT INTO audit_log (tenant_id, position, at, actor, act, subject_type, subject_id, previous_hash, hash) "
        "VALUES (:t, 1, :at, 'somebody', 'read', 'note', :s, :g, :h)",
        t=tenant, at=entry.at, s=entry.subject_id, g=audit.GENESIS, h=link,
    )  # fmt: skip
    await tamper("INSERT INTO audit_heads (tenant_id, position, hash) VALUES (:t, 1, :h)", t=tenant, h=link)
    await enter(toy_service, tenant, "write")
    assert (await verdict(toy_service, tenant)).intact


async def test_the_application_may_not_take_entries_or_heads_away(toy_service, tenant):
    await enter(toy_service, tenant, "read")
    for statement in ("UPDATE audit_log SET act = 'x'", "DELETE FROM audit_log", "DELETE FROM audit_heads"):
        with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
            async with toy_service.service.database.transaction(tenant) as db:
                await db.execute(sa.text(statement))


async def test_logs_that_have_grown_are_anchored_once_a_day(toy_service, tenant, tamper):
    async def anchors():
        await audit_proof.anchor_daily(
            toy_service.service.system, toy_service.service.database, ApplicationsAuditAnchored
        )
        return [e.position for e in await toy_service.emitted(tenant, ApplicationsAuditAnchored)]

    await enter(toy_service, tenant, "read")
    assert await anchors() == [1]
    await enter(toy_service, tenant, "write")
    assert await anchors() == [1]
    await tamper(
        "UPDATE audit_heads SET anchored_at = anchored_at - interval '25 hours' WHERE tenant_id = :t", t=tenant
    )
    assert await anchors() == [1, 2]
    await tamper(
        "UPDATE audit_heads SET anchored_at = anchored_at - interval '25 hours' WHERE tenant_id = :t", t=tenant
    )
    assert await anchors() == [1, 2]  # it has not grown


async def test_an_admin_reads_and_verifies_and_nobody_else(toy_service, tenant):
    await enter(toy_service, tenant, "read", "write")
    admin = toy_service.caller("organisation:admin", tenant=tenant)
    page = (await admin.get("/audit-log", params={"limit": 2})).json()
    assert [e["act"] for e in page["items"]] == ["read", "write"]
    rest = (await admin.get("/audit-log", params={"after": page["next_after"]})).json()
    assert [e["act"] for e in rest["items"]] == ["export_audit_log"]
    assert rest["next_after"] is None
    answer = (await admin.get("/audit-log/verification")).json()
    assert (answer["intact"], answer["entries"], answer["anchors"]) == (True, 3, 1)
    other = toy_service.caller("organisation:admin", tenant=uuid.uuid4())
    assert (await other.get("/audit-log/verification")).json()["entries"] == 0
    member = toy_service.caller("toy:write", tenant=tenant)
    assert (await member.get("/audit-log")).status_code == 403
    async with toy_service.service.system.connect() as connection:
        kinds = await connection.scalars(sa.select(outbox.c.type).where(outbox.c.tenant_id == tenant))
        assert kinds.all() == ["mentoring.applications.ApplicationsAuditAnchored.v1"]


async def test_the_topic_is_compared_with_as_well(toy_service, tenant, tamper):
    await enter(toy_service, tenant, "read", "write", "export")
    await anchor(toy_service, tenant)
    toy_service.service.database.doorbell.set()

    async def published():
        found = await toy_service.service.verify_audit(tenant)
        rows = sa.select(outbox.c.seq).where(outbox.c.tenant_id == tenant, outbox.c.published_at.is_(None))
        async with toy_service.service.system.connect() as connection:
            return found.intact and (await connection.execute(rows)).first() is None

    await eventually(published, what="publication of the anchor")
    await cut_off(tamper, tenant, 2)
    await tamper("DELETE FROM outbox WHERE tenant_id = :t", t=tenant)
    found = await toy_service.service.verify_audit(tenant)
    assert (found.intact, found.broken_at, found.because) == (False, 3, "the log was longer when it was anchored")
