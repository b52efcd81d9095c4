"""Webhooks as in Standard Webhooks 1.0, to real receivers on this machine; the specification's own library verifies."""

import asyncio
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook as Official
from standardwebhooks import WebhookVerificationError

from mentoring_common.testing import eventually, refused
from mentoring_common.testing.receivers import endless, hang, headers_of
from mentoring_contracts.applications import ApplicationSubmitted, PersonChanged, PersonErased
from mentoring_contracts.integrations import WebhookDisabled
from mentoring_integrations.webhooks import schedule, sending
from mentoring_integrations.webhooks.models import Delivery, Webhook

HERE = Path(__file__).resolve().parent
SUBMITTED, CHANGED = ApplicationSubmitted.type_name(), PersonChanged.type_name()


def submitted(programme_id=None):
    return ApplicationSubmitted(
        application_id=uuid4(), programme_id=programme_id or uuid4(), cohort_id=None, person_id=uuid4(), role="mentee"
    )


class Hooks:
    """An organisation's webhooks, made by its administration."""

    def __init__(self, harness, receivers, tenant):
        self.harness, self.receivers, self.tenant = harness, receivers, tenant
        self.admin_id = uuid4()
        self.admin = harness.caller("integrations:write", "organisation:admin", tenant=tenant, subject=self.admin_id)

    def path(self):
        return f"/{uuid4()}"

    async def made(self, path="/hook", **body):
        answer = await self.admin.post("/webhooks", json={"url": self.receivers.url(path)} | body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def active(self, path="/hook", **body):
        made = await self.made(path, **body)
        answer = await self.admin.post(f"/webhooks/{made['id']}/verify")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def secret(self, hook):
        return (await self.admin.get(f"/webhooks/{hook['id']}/secret")).json()["secret"]

    async def read(self, hook):
        return (await self.admin.get(f"/webhooks/{hook['id']}")).json()

    async def log(self, hook, **query):
        return (await self.admin.get(f"/webhooks/{hook['id']}/deliveries", params=query)).json()["items"]

    async def arrived(self, path, count):
        async def probe():
            found = self.receivers.at(path)
            return found if len(found) >= count else None

        return await eventually(probe, what=f"{count} messages")

    async def logged(self, hook, **wanted):
        """The log, once every entry has these values."""

        async def probe():
            log = await self.log(hook)
            return log if log and all(one[k] == v for one in log for k, v in wanted.items()) else None

        return await eventually(probe, what=f"a log of {wanted}")

    async def hurry(self):
        """End every lease, pause and rest, as time would."""
        async with self.harness.service.database.transaction(self.tenant) as db:
            for table in (Webhook, Delivery):
                await db.execute(sa.update(table).values(not_before=sa.func.clock_timestamp()))
        self.harness.service.database.work.set()


@pytest.fixture
def hooks(integrations, receivers, tenant):
    yield Hooks(integrations, receivers, tenant)
    receivers.answers.clear()


async def test_the_official_library_takes_what_is_sent(hooks):
    path = hooks.path()
    hook = await hooks.active(path)
    event = submitted()
    [id_] = await hooks.harness.publish(hooks.tenant, event)
    [message] = await hooks.arrived(path, 1)
    told = Official(await hooks.secret(hook)).verify(message.body, message.headers)
    assert message.headers["Content-Type"].startswith("application/cloudevents+json")
    assert told["id"] == message.headers["webhook-id"] == str(id_)
    assert told["data"] == event.model_dump(mode="json")
    assert (told["specversion"], told["type"], told["sequence"]) == ("1.0", SUBMITTED, f"{1:020}")
    with pytest.raises(WebhookVerificationError):
        Official(await hooks.secret(hook)).verify(message.body + b" ", message.headers)
    [entry] = await hooks.logged(hook, state="delivered")
    assert (entry["status"], entry["attempts"], entry["error"]) == (204, 1, None)


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js")
async def test_the_official_library_for_node_takes_what_is_sent(hooks):
    folder = HERE / "node"
    kept, lock = folder / "node_modules" / ".package-lock.json", folder / "package-lock.json"
    if not kept.exists() or kept.stat().st_mtime < lock.stat().st_mtime:
        run("npm", "ci", "--no-audit", "--no-fund", folder=folder)
    path = hooks.path()
    hook = await hooks.active(path)
    await hooks.harness.publish(hooks.tenant, submitted())
    [message] = await hooks.arrived(path, 1)
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    given = [await hooks.secret(hook), *(message.headers[name] for name in names)]
    assert run("node", "verify.mjs", *given, folder=folder, given=message.body).strip() == SUBMITTED
    with pytest.raises(AssertionError):
        run("node", "verify.mjs", *given, folder=folder, given=b"{}")


def run(*command, folder, given=b""):
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout.decode()


async def test_nothing_is_sent_before_the_endpoint_gave_the_challenge_back(hooks):
    path = hooks.path()
    hook = await hooks.made(path)
    assert hook["state"] == "unverified"
    hooks.receivers.answers[path] = 200  # answers, and knows nothing of the challenge
    answer = await hooks.admin.post(f"/webhooks/{hook['id']}/verify")
    assert refused(answer, 422, "webhook_not_verified")
    assert answer.json()["why"] == "challenge_missing"
    await hooks.harness.publish(hooks.tenant, submitted())
    hooks.receivers.answers[path] = 500
    answer = await hooks.admin.post(f"/webhooks/{hook['id']}/verify")
    assert answer.json()["why"] == "answered_500"
    del hooks.receivers.answers[path]
    assert (await hooks.admin.post(f"/webhooks/{hook['id']}/verify")).json()["state"] == "active"
    assert await hooks.log(hook) == []
    [id_] = await hooks.harness.publish(hooks.tenant, submitted())
    assert {message.headers["webhook-id"] for message in await hooks.arrived(path, 1)} == {str(id_)}


async def test_another_address_is_verified_anew(hooks):
    path, other = hooks.path(), hooks.path()
    hook = await hooks.active(path, types=[CHANGED])
    moved = await hooks.admin.patch(
        f"/webhooks/{hook['id']}",
        json={"url": hooks.receivers.url(other)},
        headers={"If-Match": f'"{hook["version"]}"'},
    )
    assert (moved.json()["state"], moved.json()["types"]) == ("unverified", [CHANGED])
    stale = await hooks.admin.patch(
        f"/webhooks/{hook['id']}", json={"description": "x"}, headers={"If-Match": f'"{hook["version"]}"'}
    )
    assert refused(stale, 412, "precondition_failed")


async def test_only_what_was_asked_for_is_sent(hooks):
    by_type, by_programme, programme_id = hooks.path(), hooks.path(), uuid4()
    await known(hooks, programme_id)
    await hooks.active(by_type, types=[CHANGED])
    await hooks.active(by_programme, programme_id=str(programme_id), types=[SUBMITTED])
    changed, elsewhere, mine = PersonChanged(person_id=uuid4()), submitted(), submitted(programme_id)
    for event in (changed, elsewhere, mine):
        await hooks.harness.publish(hooks.tenant, event)
    [first], [second] = await hooks.arrived(by_type, 1), await hooks.arrived(by_programme, 1)
    assert first.event["subject"] == str(changed.person_id)
    assert second.event["subject"] == str(mine.application_id)


async def known(hooks, programme_id):
    from mentoring_contracts.applications import ProgrammeCreated

    made = ProgrammeCreated(programme_id=programme_id, direction="traditional", blueprint={"title": "Science"})
    await hooks.harness.publish(hooks.tenant, made)


async def test_a_secret_is_changed_without_a_gap(hooks):
    """For a day both are signed with; then the old one is not."""
    path = hooks.path()
    hook = await hooks.active(path)
    before = await hooks.secret(hook)
    rotated = await hooks.admin.post(f"/webhooks/{hook['id']}/secret")
    assert rotated.status_code == 200
    assert rotated.json().keys() == hook.keys()
    after = await hooks.secret(hook)
    assert after != before
    again = await hooks.admin.post(f"/webhooks/{hook['id']}/secret")
    assert refused(again, 409, "secret_is_rotating")
    assert await hooks.secret(hook) == after
    await hooks.harness.publish(hooks.tenant, submitted())
    [message] = await hooks.arrived(path, 1)
    for secret in (before, after):
        Official(secret).verify(message.body, message.headers)
    hooks.harness.clock.move_by(timedelta(hours=25))
    await hooks.harness.publish(hooks.tenant, submitted())
    message = (await hooks.arrived(path, 2))[1]
    Official(after).verify(message.body, message.headers)
    with pytest.raises(WebhookVerificationError):
        Official(before).verify(message.body, message.headers)


async def test_a_secret_is_kept_sealed(hooks):
    secret = await hooks.secret(await hooks.made())
    async with hooks.harness.service.system.connect() as connection:
        rows = sa.select(Webhook.secret).where(Webhook.tenant_id == hooks.tenant)
        [sealed] = (await connection.scalars(rows)).all()
    assert secret.encode() not in sealed
    assert len(sealed) > len(secret)


async def test_a_failure_is_tried_again_under_the_same_id_until_it_is_given_up(hooks):
    path = hooks.path()
    hook = await hooks.active(path)
    hooks.receivers.answers[path] = 500
    [id_] = await hooks.harness.publish(hooks.tenant, submitted())
    for attempt in range(1, schedule.MOST_ATTEMPTS + 1):
        [entry] = await hooks.logged(hook, attempts=attempt)
        waits = datetime.fromisoformat(entry["not_before"]) - datetime.fromisoformat(entry["attempted_at"])
        if attempt < schedule.MOST_ATTEMPTS:
            assert entry["state"] == "queued"
            assert waits.total_seconds() == pytest.approx(schedule.PAUSES_S[attempt - 1], rel=schedule.JITTER + 0.01)
        await hooks.hurry()
    [entry] = await hooks.logged(hook, state="failed")
    assert (entry["status"], entry["attempts"]) == (500, schedule.MOST_ATTEMPTS)
    sent = hooks.receivers.at(path)
    assert {m.headers["webhook-id"] for m in sent} == {str(id_)}
    assert len(sent) == schedule.MOST_ATTEMPTS
    assert len({m.body for m in sent}) == 1
    assert (await hooks.read(hook))["given_up"] == 1

    del hooks.receivers.answers[path]
    await hooks.hurry()
    window = {"since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "only_failed": True}
    assert (await hooks.admin.post(f"/webhooks/{hook['id']}/replays", json=window)).json() == {"queued": 1}
    await hooks.logged(hook, state="delivered")


async def test_who_asks_for_time_gets_it(hooks):
    path = hooks.path()
    hook = await hooks.active(path)
    hooks.receivers.answers[path] = headers_of(503, **{"Retry-After": "600"})
    await hooks.harness.publish(hooks.tenant, submitted())
    [entry] = await hooks.logged(hook, attempts=1)
    waits = datetime.fromisoformat(entry["not_before"]) - datetime.fromisoformat(entry["attempted_at"])
    assert waits.total_seconds() == pytest.approx(600, abs=1)


async def test_a_redirect_is_a_failure_and_not_followed(hooks):
    path, elsewhere = hooks.path(), hooks.path()
    hook = await hooks.active(path)
    hooks.receivers.answers[path] = headers_of(307, Location=hooks.receivers.url(elsewhere))
    await hooks.harness.publish(hooks.tenant, submitted())
    [entry] = await hooks.logged(hook, attempts=1)
    assert (entry["state"], entry["status"]) == ("queued", 307)
    assert hooks.receivers.at(elsewhere) == []


@pytest.mark.parametrize(
    ("answer", "limit", "error"), [(hang, "TIMEOUT_S", "timeout"), (endless, "READ_S", None)], ids=["silent", "endless"]
)
async def test_an_answer_is_bounded(hooks, monkeypatch, answer, limit, error):
    monkeypatch.setattr(sending, limit, 0.3)
    path = hooks.path()
    hook = await hooks.active(path)
    hooks.receivers.answers[path] = answer
    await hooks.harness.publish(hooks.tenant, submitted())
    [entry] = await hooks.logged(hook, attempts=1)
    assert (entry["error"], entry["state"]) == (error, "queued" if error else "delivered")


async def test_an_endpoint_that_fails_rests_and_one_delivery_tries_it(hooks):
    path, beside = hooks.path(), hooks.path()
    hook = await hooks.active(path)
    await hooks.active(beside)
    hooks.receivers.answers[path] = 500
    async with hooks.harness.service.database.transaction(hooks.tenant) as db:
        mine = sa.update(Webhook).where(Webhook.id == UUID(hook["id"]))
        await db.execute(mine.values(failures=schedule.OPEN_AFTER - 1))
    await hooks.harness.publish(hooks.tenant, submitted())
    await hooks.logged(hook, attempts=1)
    assert (await hooks.read(hook))["failures"] == schedule.OPEN_AFTER
    await hooks.harness.publish(hooks.tenant, *(submitted() for _ in range(5)))
    await hooks.arrived(beside, 6)
    assert len(hooks.receivers.at(path)) == 1  # it rests
    await hooks.hurry()
    await hooks.arrived(path, 2)  # one tries it, and it rests again

    async def noted():
        return (await hooks.read(hook))["failures"] == schedule.OPEN_AFTER + 1

    await eventually(noted, what="the end of the try")
    assert len(hooks.receivers.at(path)) == 2
    del hooks.receivers.answers[path]
    await hooks.hurry()
    await hooks.logged(hook, state="delivered")
    assert (await hooks.read(hook))["failures"] == 0


async def _seen_by_operators(hooks):
    return {(gauge.name, gauge.labels): gauge.value for gauge in await hooks.harness.service.measure()}


async def test_an_endpoint_that_fails_for_days_is_disabled_and_that_is_told(hooks):
    path, deaf = hooks.path(), hooks.path()
    await hooks.active(path, types=[WebhookDisabled.type_name()])
    hook = await hooks.active(deaf, types=[SUBMITTED])
    hooks.receivers.answers[deaf] = 500
    await hooks.harness.publish(hooks.tenant, submitted())
    await hooks.logged(hook, attempts=1)
    assert (await _seen_by_operators(hooks))["mentoring_webhook_deliveries_waiting", ()] >= 1
    async with hooks.harness.service.database.transaction(hooks.tenant) as db:
        long = sa.func.clock_timestamp() - schedule.DISABLED_AFTER
        await db.execute(sa.update(Webhook).where(Webhook.id == UUID(hook["id"])).values(failing_since=long))
    await hooks.hurry()
    [told] = await hooks.arrived(path, 1)
    assert told.event["data"] == {"webhook_id": hook["id"], "programme_id": None, "reason": "failing"}
    disabled = await hooks.read(hook)
    assert (disabled["state"], disabled["disabled_because"]) == ("disabled", "failing")
    assert (await _seen_by_operators(hooks))["mentoring_webhooks", (("state", "disabled"),)] >= 1
    assert refused(await hooks.admin.post(f"/webhooks/{hook['id']}/resume"), 409, "webhook_state_conflict")

    await hooks.harness.publish(hooks.tenant, submitted())
    assert len(await hooks.log(hook)) == 1  # nothing more is queued
    del hooks.receivers.answers[deaf]
    assert (await hooks.admin.post(f"/webhooks/{hook['id']}/verify")).json()["state"] == "active"
    window = {"since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    assert (await hooks.admin.post(f"/webhooks/{hook['id']}/replays", json=window)).json() == {"queued": 2}
    await hooks.hurry()
    assert len(await hooks.logged(hook, state="delivered")) == 2


async def test_somebody_is_told_by_letter_and_inbox_once_each_time_a_webhook_is_disabled(hooks, world):
    contact, path = world.person(), hooks.path()
    hook = await hooks.active(path, contact_id=str(contact), types=[SUBMITTED])
    hooks.receivers.answers[path] = 410

    async def disable():
        await hooks.harness.publish(hooks.tenant, submitted(), submitted())
        await hooks.hurry()

        async def disabled():
            return (await hooks.read(hook))["state"] == "disabled"

        await eventually(disabled, what="the end of the webhook")
        await hooks.hurry()

    async def told(times):
        async def letters():
            return len(world.mail.to(world.address(contact))) == times

        await eventually(letters, what=f"{times} letters")
        return (await world.own(contact).get("/notifications")).json()["items"]

    await disable()
    [entry] = await told(1)
    assert (entry["topic"], entry["subject_id"]) == ("webhook_disabled", hook["id"])
    assert entry["title"] == "A webhook was switched off"
    [letter] = world.mail.to(world.address(contact))
    assert f"/webhooks/{hook['id']}" in letter.get_body(("plain",)).get_content()

    del hooks.receivers.answers[path]
    assert (await hooks.admin.post(f"/webhooks/{hook['id']}/verify")).json()["state"] == "active"
    hooks.receivers.answers[path] = 410
    await disable()
    assert len(await told(2)) == 2

    held = (await world.own(contact).get(f"/people/{contact}/held")).json()["held"]["webhooks"]
    assert [(row["id"], "secret" in row) for row in held] == [(hook["id"], False)]
    await world.publish(PersonErased(person_id=contact))
    assert (await hooks.read(hook))["contact_id"] is None


async def test_whoever_makes_a_webhook_is_its_contact_until_it_has_another_or_none(hooks):
    made = await hooks.made()
    maker = (await hooks.admin.get(f"/webhooks/{made['id']}")).json()["contact_id"]
    assert made["contact_id"] == maker == str(hooks.admin_id)
    other = str(uuid4())
    for contact in (other, None):
        changed = await hooks.admin.patch(f"/webhooks/{made['id']}", json={"contact_id": contact})
        assert changed.json()["contact_id"] == contact
    kept = await hooks.admin.patch(f"/webhooks/{made['id']}", json={"description": "ours"})
    assert kept.json()["contact_id"] is None
    machine = hooks.harness.caller("integrations:write", "organisation:admin", tenant=hooks.tenant, subject="machine")
    assert (await machine.post("/webhooks", json={"url": hooks.receivers.url()})).json()["contact_id"] is None


async def test_who_is_gone_is_sent_nothing_more(hooks):
    path = hooks.path()
    hook = await hooks.active(path)
    hooks.receivers.answers[path] = 410
    await hooks.harness.publish(hooks.tenant, submitted())

    async def disabled():
        return (await hooks.read(hook))["disabled_because"]

    assert await eventually(disabled, what="the end of the webhook") == "gone"


async def test_what_happens_in_a_pause_is_sent_after_it(hooks):
    path = hooks.path()
    hook = await hooks.active(path)
    assert (await hooks.admin.post(f"/webhooks/{hook['id']}/pause")).json()["state"] == "paused"
    ids = await hooks.harness.publish(hooks.tenant, *(submitted() for _ in range(3)))
    assert {one["state"] for one in await hooks.log(hook)} == {"queued"}
    assert refused(await hooks.admin.post(f"/webhooks/{hook['id']}/pause"), 409, "webhook_state_conflict")
    await hooks.admin.post(f"/webhooks/{hook['id']}/resume")
    assert {UUID(m.event["id"]) for m in await hooks.arrived(path, 3)} == set(ids)


async def test_a_range_is_sent_again(hooks):
    path = hooks.path()
    hook = await hooks.active(path)
    clock = hooks.harness.clock
    for _ in range(3):
        await hooks.harness.publish(hooks.tenant, submitted())
        clock.move_by(timedelta(hours=1))
    await hooks.arrived(path, 3)
    await hooks.logged(hook, state="delivered")
    now = clock.now()
    window = {"since": (now - timedelta(hours=2, minutes=30)).isoformat(), "until": now.isoformat()}
    assert (await hooks.admin.post(f"/webhooks/{hook['id']}/replays", json=window)).json() == {"queued": 2}
    sent = await hooks.arrived(path, 5)
    assert sorted(m.event["sequence"] for m in sent[3:]) == [f"{n:020}" for n in (2, 3)]
    backwards = {"since": window["until"], "until": window["since"]}
    answer = await hooks.admin.post(f"/webhooks/{hook['id']}/replays", json=backwards)
    assert refused(answer, 422, "invalid_request")


async def test_a_replay_that_is_too_long_is_refused(hooks, monkeypatch):
    from mentoring_integrations.webhooks import commands

    monkeypatch.setattr(commands, "MOST_REPLAYED", 2)
    hook = await hooks.active(hooks.path())
    await hooks.harness.publish(hooks.tenant, *(submitted() for _ in range(3)))
    window = {"since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    answer = await hooks.admin.post(f"/webhooks/{hook['id']}/replays", json=window)
    assert refused(answer, 422, "replay_too_long")
    assert answer.json()["most"] == 2


async def test_a_test_is_sent_at_once_and_answered_with_what_came_of_it(hooks):
    path = hooks.path()
    hook = await hooks.made(path)
    answer = (await hooks.admin.post(f"/webhooks/{hook['id']}/test")).json()
    assert (answer["accepted"], answer["status"]) == (True, 204)
    [message] = hooks.receivers.at(path)
    told = Official(await hooks.secret(hook)).verify(message.body, message.headers)
    assert told["data"] == {"webhook_id": hook["id"]}
    hooks.receivers.answers[path] = 500
    assert (await hooks.admin.post(f"/webhooks/{hook['id']}/test")).json()["accepted"] is False


async def test_dead_receivers_delay_nobody(hooks, monkeypatch):
    """A hundred endpoints, five of which never answer: the others have everything while those are waited for."""
    monkeypatch.setattr(sending, "TIMEOUT_S", 30.0)
    paths = [hooks.path() for _ in range(100)]
    await asyncio.gather(*(hooks.active(path) for path in paths))
    dead = set(paths[:100:20])
    for path in dead:
        hooks.receivers.answers[path] = hang
    began = time.time()
    await hooks.harness.publish(hooks.tenant, submitted())
    alive = [path for path in paths if path not in dead]

    async def all_alive():
        return all(hooks.receivers.at(path) for path in alive)

    await eventually(all_alive, what="delivery to 95 endpoints")
    first = [hooks.receivers.at(path)[0].at - began for path in alive]
    assert max(first) < sending.TIMEOUT_S, max(first)
    assert len(dead) == 5
    for path in dead:
        assert len(hooks.receivers.at(path)) == 1


async def test_a_webhook_that_is_deleted_is_gone(hooks):
    path = hooks.path()
    hook = await hooks.active(path)
    assert (await hooks.admin.delete(f"/webhooks/{hook['id']}")).status_code == 204
    await hooks.harness.publish(hooks.tenant, submitted())
    assert refused(await hooks.admin.get(f"/webhooks/{hook['id']}"), 404, "webhook_not_found")
    assert hooks.receivers.at(path) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "https://10.0.0.1/hook"}, "webhook_address_refused"),
        ({"url": "http://example.org/hook"}, "webhook_address_refused"),
        ({"url": "https://example.org/", "types": ["mentoring.matching.Nothing.v1"]}, "unknown_event_type"),
        ({"url": "https://example.org/", "secret": "mine"}, "invalid_request"),
        ({}, "invalid_request"),
    ],
)
async def test_what_cannot_be_a_webhook(hooks, body, code):
    assert refused(await hooks.admin.post("/webhooks", json=body), 422, code)


async def test_a_programme_that_is_not_there(hooks):
    body = {"url": "https://example.org/", "programme_id": str(uuid4())}
    assert refused(await hooks.admin.post("/webhooks", json=body), 404, "programme_not_found")


async def test_there_may_be_so_many(hooks, monkeypatch):
    from mentoring_integrations.webhooks import commands

    monkeypatch.setattr(commands, "MOST_WEBHOOKS", 1)
    await hooks.made()
    answer = await hooks.admin.post("/webhooks", json={"url": hooks.receivers.url()})
    assert refused(answer, 409, "too_many_webhooks")


async def test_an_hr_client_has_its_own_and_others_none(hooks):
    theirs = await hooks.made()
    client = hooks.harness.caller("integrations:write", "hr:provision", tenant=hooks.tenant, subject="hr")
    own = (await client.post("/webhooks", json={"url": hooks.receivers.url()})).json()
    assert [one["id"] for one in (await client.get("/webhooks")).json()["items"]] == [own["id"]]
    for path in ("", "/secret", "/deliveries"):
        assert refused(await client.get(f"/webhooks/{theirs['id']}{path}"), 404, "webhook_not_found")
    listed = (await hooks.admin.get("/webhooks")).json()["items"]
    assert {one["id"] for one in listed} == {own["id"], theirs["id"]}
    person = hooks.harness.caller("integrations:write", tenant=hooks.tenant)
    for answer in (await person.get("/webhooks"), await person.post("/webhooks", json={"url": "https://example.org/"})):
        assert refused(answer, 403, "insufficient_scope")
        assert answer.json()["needed"] == ["organisation:admin", "hr:provision"]


async def test_reading_a_secret_is_on_record(hooks):
    hook = await hooks.made()
    await hooks.secret(hook)
    log = (await hooks.admin.get("/audit-log")).json()["items"]
    assert ("read_webhook_secret", hook["id"]) in {(one["act"], one["subject_id"]) for one in log}


def test_the_schedule_is_the_published_one():
    assert schedule.MOST_ATTEMPTS == 10
    assert schedule.pause_s(10, None) is None
    total = timedelta(seconds=sum(schedule.PAUSES_S))
    assert timedelta(days=3) < total < timedelta(days=4)
    assert datetime.now(UTC).tzinfo is UTC
