"""What happened, for those who poll: in one order, each once, and nothing left out."""

import asyncio
import time
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator, FormatChecker

from mentoring_common.consumer import Told
from mentoring_common.envelope import Envelope
from mentoring_common.ids import new_id
from mentoring_common.testing import refused
from mentoring_common.tracing import new_traceparent
from mentoring_contracts.applications import ApplicationSubmitted, PersonChanged, PersonErased, ProgrammeCreated
from mentoring_contracts.matching import MatchConfirmed
from mentoring_contracts.sessions import RelationshipStarted
from mentoring_integrations.changes.commands import forget, keep
from mentoring_integrations.changes.models import Change

SUBMITTED, CHANGED = ApplicationSubmitted.type_name(), PersonChanged.type_name()


@pytest.fixture
def poller(integrations, tenant):
    return integrations.caller("integrations:read", "organisation:admin", tenant=tenant, subject="hr-system")


def submitted(programme_id=None, application_id=None, person_id=None):
    return ApplicationSubmitted(
        application_id=application_id or uuid4(), programme_id=programme_id or uuid4(), cohort_id=None,
        person_id=person_id or uuid4(), role="mentee",
    )  # fmt: skip


def envelope(integrations, tenant, event):
    return Envelope.of(event, new_id(), tenant, integrations.clock.now(), new_traceparent())


async def changes(client, **query):
    answer = await client.get("/changes", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_everything_comes_once_and_in_order_also_what_nobody_here_reacts_to(integrations, tenant, poller):
    events = [submitted(), PersonChanged(person_id=uuid4()), RelationshipStarted(**pair()), submitted()]
    ids = []
    for event in events:
        ids += await integrations.publish(tenant, event)
    seen, cursor = [], None
    while True:
        page = await changes(poller, limit=2, **({"after": cursor} if cursor else {}))
        seen, cursor = seen + page["items"], page["cursor"]
        if not page["more"]:
            break
    assert [UUID(one["id"]) for one in seen] == ids
    assert [one["sequence"] for one in seen] == [f"{n:020}" for n in (1, 2, 3, 4)]
    assert [one["data"] for one in seen] == [event.model_dump(mode="json") for event in events]
    assert cursor == seen[-1]["sequence"]
    assert await changes(poller, after=cursor) == {"items": [], "cursor": cursor, "more": False}


def pair():
    return {"match_id": uuid4(), "programme_id": uuid4(), "cohort_id": uuid4()}


async def test_a_page_is_what_the_document_says(integrations, tenant, poller):
    await integrations.publish(tenant, submitted())
    document = integrations.service.app.openapi()
    schema = {"$ref": "#/components/schemas/ChangesPage", "components": document["components"]}
    page = await changes(poller)
    assert len(page["items"]) == 1
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(page)


async def test_documents_stay_out(integrations, tenant, poller):
    blueprint = {"title": "Programme of Science"}
    made = ProgrammeCreated(programme_id=uuid4(), direction="traditional", blueprint=blueprint)
    await integrations.publish(tenant, made)
    found = (await changes(poller))["items"][0]
    assert found["data"] == {"programme_id": str(made.programme_id), "direction": "traditional"}


async def test_types_and_programme_narrow_it_and_the_cursor_passes_the_rest(integrations, tenant, poller):
    mine = uuid4()
    first, second = submitted(mine), submitted()
    for event in (first, second, PersonChanged(person_id=uuid4())):
        await integrations.publish(tenant, event)
    of_type = await changes(poller, type=[SUBMITTED])
    assert [one["subject"] for one in of_type["items"]] == [str(first.application_id), str(second.application_id)]
    assert of_type["cursor"] == f"{3:020}"
    of_programme = await changes(poller, programme_id=str(mine))
    assert [one["subject"] for one in of_programme["items"]] == [str(first.application_id)]
    assert (await changes(poller, type=[CHANGED], programme_id=str(mine)))["items"] == []


async def test_who_waits_is_answered_when_it_happens(integrations, tenant, poller):
    await integrations.publish(tenant, submitted())
    cursor = (await changes(poller))["cursor"]
    waiting = asyncio.create_task(changes(poller, after=cursor, wait=20, type=[CHANGED]))
    await integrations.publish(tenant, submitted())  # not what is waited for
    await integrations.publish(tenant, PersonChanged(person_id=uuid4()))
    found = await waiting
    assert [one["type"] for one in found["items"]] == [CHANGED]
    began = time.monotonic()
    assert (await changes(poller, after=found["cursor"], wait=1))["items"] == []
    assert time.monotonic() - began >= 1


async def test_many_wait_with_one_look(integrations, tenant, poller):
    waiting = [asyncio.create_task(changes(poller, wait=20)) for _ in range(50)]
    await integrations.publish(tenant, submitted())
    assert {len(page["items"]) for page in await asyncio.gather(*waiting)} == {1}


async def test_writers_at_once_leave_no_gap_for_a_reader_to_miss(integrations, tenant, poller):
    """Whoever reads while two replicas write sees every place in its order."""

    async def write(rounds):
        for _ in range(rounds):
            events = [submitted() for _ in range(3)]
            async with integrations.service.database.transaction(tenant) as db:
                await keep(db, [Told(envelope(integrations, tenant, event), event) for event in events])
                await asyncio.sleep(0.002)

    async def read(until):
        seen, cursor = [], "0"
        while len(seen) < until:
            page = await changes(poller, after=cursor, limit=7)
            seen, cursor = seen + [int(one["sequence"]) for one in page["items"]], page["cursor"]
        return seen

    seen, *_ = await asyncio.gather(read(4 * 20 * 3), *(write(20) for _ in range(4)))
    assert seen == list(range(1, 4 * 20 * 3 + 1))


async def test_what_comes_again_keeps_its_place(integrations, tenant, poller):
    """A service that lost its inbox and marks reads its topics from the start."""
    happened = [Told(envelope(integrations, tenant, event), event) for event in (submitted(), submitted(), submitted())]

    async def kept(*several):
        async with integrations.service.database.transaction(tenant) as db:
            return list(await keep(db, [happened[number] for number in several]))

    assert await kept(0, 1) == [1, 2]
    assert await kept(0, 2, 1) == [3]
    assert await kept(1) == []
    items = (await changes(poller))["items"]
    assert [one["subject"] for one in items] == [str(one.event.application_id) for one in happened]


async def test_what_fails_here_is_told_outside_all_the_same(integrations, tenant, poller, monkeypatch):
    """A reaction that cannot take an event parks it; those outside are told, once, and again not by the replay."""
    from mentoring_integrations.notifications import reactions

    async def fails(*_, **__):
        raise ValueError

    confirmed = MatchConfirmed(**pair(), mentor_id=uuid4(), mentee_id=uuid4())
    monkeypatch.setattr(reactions, "notify", fails)
    await integrations.publish(tenant, confirmed)
    monkeypatch.undo()
    assert [one["subject"] for one in (await changes(poller))["items"]] == [str(confirmed.match_id)]
    assert await integrations.service.replay(tenant, by="operator") == 1
    assert len((await changes(poller))["items"]) == 1


async def test_nobody_stands_where_a_person_was_erased(integrations, tenant, poller):
    person = uuid4()
    await integrations.publish(tenant, PersonErased(person_id=person))
    (erased,) = (await changes(poller, type=PersonErased.type_name()))["items"]
    await integrations.publish(tenant, submitted(person_id=person))
    (late,) = (await changes(poller, after=erased["sequence"], type=SUBMITTED))["items"]
    assert erased["data"]["person_id"] == str(person)
    assert late["data"]["person_id"] != str(person)


async def test_what_is_old_is_forgotten_and_who_missed_it_is_told(integrations, tenant, poller):
    await integrations.publish(tenant, submitted())
    first = (await changes(poller))["cursor"]
    await integrations.publish(tenant, submitted())
    await integrations.publish(tenant, submitted())
    async with integrations.service.database.transaction(tenant) as db:
        old = sa.func.clock_timestamp() - sa.text("interval '91 days'")
        await db.execute(sa.update(Change).where(Change.position <= 2).values(kept_at=old))
    await forget(integrations.service)
    assert [one["sequence"] for one in (await changes(poller))["items"]] == [f"{3:020}"]
    assert refused(await poller.get("/changes", params={"after": first}), 422, "changes_forgotten")
    assert (await changes(poller, after="2"))["items"] != []


@pytest.mark.parametrize("after", ["99", "-1", "x", "1" * 21])
async def test_a_cursor_that_is_none(poller, after):
    answer = await poller.get("/changes", params={"after": after})
    assert answer.status_code == 422


async def test_what_is_no_type_is_named(poller):
    answer = await poller.get("/changes", params={"type": [SUBMITTED, "mentoring.matching.Nothing.v1"]})
    assert refused(answer, 422, "unknown_event_type")
    assert answer.json()["errors"][0]["pointer"] == "/query/type/1"


async def test_others_are_refused_and_see_nothing(integrations, tenant):
    person = integrations.caller("integrations:read", tenant=tenant)
    assert refused(await person.get("/changes"), 403, "insufficient_scope")
    await integrations.publish(tenant, submitted())
    elsewhere = integrations.caller("integrations:read", "organisation:admin", tenant=uuid4())
    assert (await changes(elsewhere))["items"] == []
    client = integrations.caller("integrations:read", "hr:provision", tenant=tenant, subject="hr")
    assert len((await changes(client))["items"]) == 1


async def test_the_types_that_may_be_asked_for_are_listed(world):
    listed = (await world.admin.get("/event-types")).json()["items"]
    assert [one["type"] for one in listed] == sorted(one["type"] for one in listed)
    assert all(one["meaning"] for one in listed)
    changes = await world.admin.get("/changes", params={"type": [one["type"] for one in listed[:2]]})
    assert changes.status_code == 200, changes.text
    assert (await world.own(world.person()).get("/event-types")).status_code == 403
