"""Who speaks for one employer is told only of its own people, in the feed and by webhooks."""

import asyncio
from uuid import UUID, uuid4

import jsonschema
import pytest
import sqlalchemy as sa

from mentoring_common.erased import is_nobody
from mentoring_common.testing import eventually
from mentoring_contracts.applications import ApplicationSubmitted, CohortClosed, PersonChanged, PersonErased, PersonLeft
from mentoring_contracts.evaluation import InterviewApproved
from mentoring_contracts.matching import GroupMemberJoined, MatchConfirmed
from mentoring_contracts.sessions import ConcernRaised, MentoringSessionRecorded
from mentoring_integrations.changes.models import Employee

LEEDS, YORK = uuid4(), uuid4()


def submitted(person_id):
    return ApplicationSubmitted(
        application_id=uuid4(), programme_id=uuid4(), cohort_id=None, person_id=person_id, role="mentee"
    )


def pair():
    return {"match_id": uuid4(), "programme_id": uuid4(), "cohort_id": uuid4()}


async def changes(client, **query):
    answer = await client.get("/changes", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


class Staff:
    """People of employers whom applications knows, and the clients of their HR systems."""

    def __init__(self, harness, applications, tenant):
        self.harness, self.applications, self.tenant = harness, applications, tenant

    def of(self, employer):
        person_id = uuid4()
        self.applications.register(person_id, "Ada", f"{person_id.hex}@example.org")
        self.moves(person_id, employer)
        return person_id

    def moves(self, person_id, employer):
        known = next(one for one in self.applications.people.values() if one["id"] == str(person_id))
        known["employer_id"] = employer and str(employer)

    def client(self, employer, *scopes, subject=None):
        named = {"employer": str(employer)} if employer else {}
        return self.harness.caller(
            "integrations:write",
            "hr:provision",
            *scopes,
            tenant=self.tenant,
            subject=subject or f"hr-{employer}",
            **named,
        )

    async def tell(self, *events):
        await self.harness.publish(self.tenant, *events)

    async def known(self):
        async def all_known():
            async with self.harness.service.database.transaction(self.tenant) as db:
                return not await db.scalar(sa.select(sa.func.count()).where(sa.not_(Employee.known)))

        await eventually(all_known, what="everybody's employer known")

    async def subjects(self, client):
        await self.known()
        return [UUID(one["subject"]) for one in (await changes(client))["items"]]


@pytest.fixture
def staff(integrations, applications_api, tenant):
    return Staff(integrations, applications_api, tenant)


async def test_an_employer_is_told_of_its_people_and_of_what_names_nobody(staff):
    ada, bob = staff.of(LEEDS), staff.of(YORK)
    ours, theirs = submitted(ada), submitted(bob)
    closed = CohortClosed(cohort_id=uuid4(), programme_id=uuid4())
    await staff.tell(ours, theirs, PersonLeft(person_id=bob, last_day="2022-01-01"), closed)
    assert set(await staff.subjects(staff.client(LEEDS))) == {ours.application_id, closed.cohort_id}
    assert set(await staff.subjects(staff.client(YORK))) == {theirs.application_id, bob, closed.cohort_id}
    assert len(await staff.subjects(staff.client(None))) == 4
    assert len(await staff.subjects(staff.client(LEEDS, "organisation:admin"))) == 4


async def test_nobody_stands_where_another_employers_person_is_named(staff):
    ada, bob = staff.of(LEEDS), staff.of(YORK)
    applied = {"mentor_application_id": uuid4(), "mentee_application_id": uuid4()}
    await staff.tell(confirmed := MatchConfirmed(**pair(), mentor_id=ada, mentee_id=bob, **applied))
    await staff.known()
    first, again = [(await changes(staff.client(LEEDS)))["items"][0] for _ in range(2)]
    assert first == again
    assert first["subject"] == str(confirmed.match_id)
    assert first["data"]["mentor_id"] == str(ada)
    assert is_nobody(UUID(first["data"]["mentee_id"]))
    assert first["data"]["mentor_application_id"] == str(applied["mentor_application_id"])
    assert first["data"]["mentee_application_id"] is None
    (theirs,) = (await changes(staff.client(YORK)))["items"]
    assert (theirs["data"]["mentee_id"], is_nobody(UUID(theirs["data"]["mentor_id"]))) == (str(bob), True)


@pytest.mark.parametrize("late", [False, True], ids=["told before", "told after"])
async def test_what_a_pair_does_is_told_to_those_who_have_somebody_in_it(staff, late):
    of_pair = pair()
    confirmed = MatchConfirmed(**of_pair, mentor_id=staff.of(LEEDS), mentee_id=staff.of(LEEDS))
    met = MentoringSessionRecorded(**of_pair, mentoring_session_id=uuid4(), minutes=60, total_minutes=60)
    for event in (met, confirmed) if late else (confirmed, met):
        await staff.tell(event)
    assert await staff.subjects(staff.client(LEEDS)) == [met.match_id, met.match_id]
    assert await staff.subjects(staff.client(YORK)) == []


async def test_what_a_group_does_is_told_to_those_who_have_somebody_in_it(staff):
    of_pair = pair()
    place = {"group_id": of_pair["match_id"], "programme_id": of_pair["programme_id"], "cohort_id": uuid4()}
    joined = GroupMemberJoined(**place, kind="circle", person_id=staff.of(LEEDS), role="member")
    met = MentoringSessionRecorded(**of_pair, mentoring_session_id=uuid4(), minutes=60, total_minutes=60)
    await staff.tell(joined, met)
    assert await staff.subjects(staff.client(LEEDS)) == [met.match_id, met.match_id]
    assert await staff.subjects(staff.client(YORK)) == []


async def test_what_was_said_in_confidence_is_told_to_no_employer(staff, integrations):
    of_pair = pair()
    confirmed = MatchConfirmed(**of_pair, mentor_id=staff.of(LEEDS), mentee_id=staff.of(LEEDS))
    place = {"programme_id": of_pair["programme_id"], "cohort_id": of_pair["cohort_id"]}
    concern = ConcernRaised(**place, concern_id=uuid4(), severity="urgent", due_at=integrations.clock.now())
    await staff.tell(confirmed, concern, InterviewApproved(**of_pair, interview_id=uuid4()))
    assert await staff.subjects(staff.client(LEEDS)) == [confirmed.match_id]


async def test_who_moves_to_another_employer_is_theirs_from_then_on(staff):
    ada = staff.of(LEEDS)
    await staff.tell(applied := submitted(ada))
    await staff.known()
    staff.moves(ada, YORK)
    await staff.tell(PersonChanged(person_id=ada))
    assert await staff.subjects(staff.client(LEEDS)) == []
    assert await staff.subjects(staff.client(YORK)) == [applied.application_id, ada]


async def test_who_was_erased_is_told_to_their_employer_once_more(staff):
    ada = staff.of(LEEDS)
    await staff.tell(applied := submitted(ada))
    await staff.known()
    await staff.tell(PersonErased(person_id=ada))
    assert await staff.subjects(staff.client(LEEDS)) == [applied.application_id, ada]
    assert await staff.subjects(staff.client(YORK)) == []


async def test_nothing_is_passed_over_while_it_is_not_known_whose_people_it_is_about(staff, applications_api):
    applications_api.down = True
    closed = CohortClosed(cohort_id=uuid4(), programme_id=uuid4())
    await staff.tell(closed)
    await staff.tell(applied := submitted(staff.of(LEEDS)))
    await staff.tell(after := CohortClosed(cohort_id=uuid4(), programme_id=uuid4()))
    page = await changes(staff.client(LEEDS))
    assert ([one["sequence"] for one in page["items"]], page["cursor"]) == ([f"{1:020}"], f"{1:020}")
    waiting = asyncio.create_task(changes(staff.client(LEEDS), after=page["cursor"], wait=20))
    await asyncio.sleep(0.3)
    applications_api.down = False
    following = await waiting
    assert [one["subject"] for one in following["items"]] == [str(applied.application_id), str(after.cohort_id)]


async def test_a_webhook_tells_its_employer_the_same(staff, receivers):
    client, path = staff.client(LEEDS), f"/{uuid4()}"
    hook = (await client.post("/webhooks", json={"url": receivers.url(path)})).json()["id"]
    assert (await client.post(f"/webhooks/{hook}/verify")).status_code == 200
    ada, bob, of_pair = staff.of(LEEDS), staff.of(YORK), pair()
    met = MentoringSessionRecorded(**of_pair, mentoring_session_id=uuid4(), minutes=60, total_minutes=60)
    await staff.tell(met)  # before it is known who is in the pair, and whose people they are
    confirmed = MatchConfirmed(**of_pair, mentor_id=ada, mentee_id=bob)
    await staff.tell(submitted(bob), PersonChanged(person_id=bob), confirmed)

    async def two_sent():
        return len(receivers.at(path)) == 2

    await eventually(two_sent, what="two events")
    sent = sorted((one.event for one in receivers.at(path)), key=lambda event: str(event["sequence"]))
    assert [one["subject"] for one in sent] == [str(met.match_id), str(met.match_id)]
    assert sent[1]["data"]["mentor_id"] == str(ada)
    assert is_nobody(UUID(sent[1]["data"]["mentee_id"]))
    times = {"since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    replayed = await client.post(f"/webhooks/{hook}/replays", json=times)
    assert replayed.json() == {"queued": 2}


async def test_each_has_the_catalogue_of_what_is_told_to_them(staff):
    """Of what is told the schema holds; an employer's client is not told of what was said in confidence."""
    ada = staff.of(LEEDS)
    await staff.tell(submitted(ada))
    await staff.known()
    mine, whole = staff.client(LEEDS), staff.client(None)
    found = (await mine.get("/changes/asyncapi.json")).json()
    assert (found["asyncapi"], found["servers"]["api"]["pathname"]) == ("3.1.0", "/v1/integrations")
    assert str(LEEDS) in found["info"]["description"]
    everything = (await whole.get("/changes/asyncapi.json")).json()["components"]["messages"]
    told = found["components"]["messages"]
    assert set(told) < set(everything)
    assert "ConcernRaised" in everything
    assert "ConcernRaised" not in told
    (event,) = (await changes(mine))["items"]
    schema = next(one["payload"] for one in told.values() if one["name"] == event["type"])
    jsonschema.validate(event, schema)
