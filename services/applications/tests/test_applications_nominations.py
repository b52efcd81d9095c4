"""Applications that wait for somebody's endorsement, by account and by link; what nominators learn."""

import copy
import uuid
from datetime import timedelta

import pytest

from mentoring_applications.programmes import blueprint
from mentoring_common.testing import eventually
from mentoring_contracts.applications import (
    ApplicationSubmitted,
    NominationDeclined,
    NominationEndorsed,
    NominationLapsed,
    NominationOpened,
    NominationReminderDue,
    NominationWithdrawn,
)
from mentoring_contracts.matching import MatchConfirmed
from mentoring_contracts.sessions import RelationshipClosed

SAID = "She leads without the title."
WINDOW = {"kind": "expression_of_interest", "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z"}
NOMINATE = {"id": "director", "title": "Director", "rights": ["nominate"]}
BOSS = {"name": "Bo Ss", "email": "boss@example.org"}


def plan(**nominations):
    content = copy.deepcopy(blueprint.load("nihr").document)
    terms = {"roles": ["mentee"], "question": "Why should we take them?", "remind_days": [3, 6], "lapses_days": 10}
    return content | {"nominations": terms | nominations, "roles": [*content.get("roles", []), NOMINATE]}


class Nominating:
    """A programme whose mentees need an endorsement."""

    def __init__(self, nihr, harness):
        self.nihr, self.harness, self.office, self.tenant = nihr, harness, nihr.office, nihr.tenant

    async def apply(self, person=None, **changes):
        person = person or await self.nihr.person()
        return await self.nihr.try_to_apply("mentee", self.nihr.cohorts[0], person, **changes)

    async def applied(self, person=None, **changes):
        answer = await self.apply(person, **({"nominator": BOSS} | changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def nomination_of(self, application):
        items = (await self.nihr.as_person(application["person_id"]).get("/nominations")).json()["items"]
        return next(one for one in items[::-1] if one["application_id"] == application["id"])

    async def link(self, nomination):
        items = await self.nihr.internal("/internal/nominations", {"nomination_ids": [nomination["id"]]})
        return items["items"][0]

    def public(self):
        return self.harness.anonymous()

    async def by_link(self, token, answer, **said):
        body = {"token": token, "answer": answer} | said
        return await self.public().post(f"/public/{self.tenant}/nominations", json=body)

    async def state(self, application):
        return (await self.office.get(f"/applications/{application['id']}")).json()["state"]


async def begin(harness, tenant, office, make, **nominations):
    made = await office.post("/programmes", json={"blueprint": plan(**nominations)})
    assert made.status_code == 201, made.text
    programme = made.json()["id"]
    cohorts = (await office.post(f"/programmes/{programme}/cohorts/from-blueprint")).json()["items"]
    nihr = make(harness, tenant, office, programme, [c["id"] for c in cohorts])
    for cohort in nihr.cohorts:
        assert (await office.patch(f"/cohorts/{cohort}", json={"milestones": [WINDOW]})).status_code == 200
    return Nominating(nihr, harness)


@pytest.fixture
async def nominating(applications, tenant, office, nihr):
    return await begin(applications, tenant, office, type(nihr))


async def test_an_application_waits_for_its_nominator_who_answers_by_link(nominating, applications, tenant):
    application = await nominating.applied()
    assert application["state"] == "awaiting_endorsement"
    row = await nominating.nihr.ledger(nominating.nihr.cohorts[0], "mentee")
    assert (row["applied"], row["open"]) == (1, 1), "the ledger counts it as open"
    early = await nominating.nihr.decide(application)
    assert (early.status_code, early.json()["code"]) == (409, "transition_not_allowed")
    nomination = await nominating.nomination_of(application)
    letter = await nominating.link(nomination)
    assert (letter["nominator_email"], letter["nominee"]) == ("boss@example.org", "Person 1")
    shown = (await nominating.public().get(f"/public/{tenant}/nominations/{letter['token']}")).json()
    assert shown["nominee"] == "Person 1"
    assert shown["question"] == "Why should we take them?"
    assert shown["outcome"] == {"state": None, "completed": None}
    silent = await nominating.by_link(letter["token"], "endorse")
    assert (silent.status_code, silent.json()["code"]) == (422, "statement_needed")
    assert (await nominating.by_link(letter["token"], "endorse", statement=SAID)).status_code == 200
    assert await nominating.state(application) == "submitted"
    again = await nominating.by_link(letter["token"], "endorse", statement=SAID)
    assert (again.status_code, again.json()["code"]) == (409, "nomination_is_over")
    assert (await nominating.nihr.decide(application)).status_code == 200
    events = await applications.emitted(tenant, ApplicationSubmitted, NominationOpened, NominationEndorsed)
    assert [type(e) for e in events] == [ApplicationSubmitted, NominationOpened, NominationEndorsed]
    assert SAID not in " ".join(e.model_dump_json() for e in await applications.emitted(tenant))


async def test_what_a_nominator_says_is_read_by_the_team_and_not_by_the_applicant(nominating, tenant):
    application = await nominating.applied()
    nomination = await nominating.nomination_of(application)
    await nominating.by_link((await nominating.link(nomination))["token"], "endorse", statement=SAID)
    own = await nominating.nihr.as_person(application["person_id"]).get(f"/nominations/{nomination['id']}")
    assert (own.json()["statement"], own.json()["nominator"]) == (None, "Bo Ss")
    team = await nominating.office.get(f"/nominations/{nomination['id']}")
    assert team.json()["statement"] == SAID
    stranger = nominating.nihr.as_person(await nominating.nihr.person())
    assert (await stranger.get(f"/nominations/{nomination['id']}")).status_code == 404
    assert (await stranger.get("/nominations")).json()["items"] == []
    acts = [(e["actor"], e["act"]) for e in (await nominating.office.get("/audit-log")).json()["items"]]
    assert ("nominator by link", "nomination_endorsed") in acts
    assert any(act == "read_nomination" for _, act in acts)
    await nominating.office.delete(f"/people/{application['person_id']}")
    assert (await nominating.office.get(f"/nominations/{nomination['id']}")).status_code == 404


async def test_a_nominator_with_an_account_answers_with_it(nominating):
    boss = await nominating.nihr.person(email=BOSS["email"])
    application = await nominating.applied()
    mine = nominating.nihr.as_person(boss)
    [nomination] = (await mine.get("/nominations")).json()["items"]
    assert nomination["application_id"] is None, "of the application a nominator sees what the programme lets them"
    path = f"/nominations/{nomination['id']}"
    applicant = nominating.nihr.as_person(application["person_id"])
    refused = await applicant.post(f"{path}/endorse", json={"statement": "I am good."})
    assert (refused.status_code, refused.json()["code"]) == (403, "nominator_not_allowed")
    refused = await nominating.office.post(f"{path}/endorse", json={"statement": "fine"})
    assert refused.status_code == 403, "not for the administration either"
    stale = await mine.post(f"{path}/endorse", json={"statement": SAID}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    assert (await mine.post(f"{path}/endorse", json={"statement": SAID})).json()["state"] == "endorsed"
    assert await nominating.state(application) == "submitted"
    taken_back = await mine.post(f"{path}/withdraw")
    assert taken_back.json()["state"] == "withdrawn"
    assert await nominating.state(application) == "awaiting_endorsement"


async def test_the_line_manager_is_asked_where_nobody_is_named(nominating):
    manager = await nominating.nihr.person()
    person = await nominating.nihr.person(line_manager_id=manager)
    application = await nominating.applied(person, nominator=None)
    assert application["state"] == "awaiting_endorsement"
    [nomination] = (await nominating.nihr.as_person(manager).get("/nominations")).json()["items"]
    assert nomination["state"] == "asked"


async def test_no_and_another_one_and_without_one(nominating, applications, tenant):
    application = await nominating.applied()
    first = await nominating.nomination_of(application)
    token = (await nominating.link(first))["token"]
    assert (await nominating.by_link(token, "decline", reason="I hardly know them")).json()["state"] == "declined"
    assert await nominating.state(application) == "awaiting_endorsement"
    applicant = nominating.nihr.as_person(application["person_id"])
    assert (await applicant.get(f"/nominations/{first['id']}")).json()["reason"] is None
    assert (await nominating.office.get(f"/nominations/{first['id']}")).json()["reason"] == "I hardly know them"
    path = f"/applications/{application['id']}"
    other = {"nominator": {"name": "Di Rector", "email": "di@example.org"}}
    about = {"application_id": application["id"]}
    second = (await applicant.post("/nominations", json=about | other)).json()
    third = (await applicant.post("/nominations", json=about | {"nominator": BOSS})).json()
    assert (await nominating.link(second))["token"] is None, "whoever is not asked any more gets no letter"
    waiver = {"reason": "known to the panel"}
    assert (await applicant.post(f"{path}/waive-endorsement", json=waiver)).status_code == 403
    assert (await nominating.office.post(f"{path}/waive-endorsement", json=waiver)).json()["state"] == "submitted"
    assert (await nominating.link(third))["token"] is None
    again = await nominating.office.post(f"{path}/waive-endorsement", json=waiver)
    assert again.json()["code"] == "nomination_is_over"
    ended = await applications.emitted(tenant, NominationDeclined, NominationWithdrawn)
    assert [type(e) for e in ended] == [NominationDeclined, NominationWithdrawn, NominationWithdrawn]


async def test_who_nominates_first_waits_for_the_person_s_own_application(nominating, applications, tenant):
    director, path = await nominating.nihr.person(), f"/programmes/{nominating.nihr.programme_id}"
    grant = {"person_id": director, "role": "director"}
    assert (await nominating.office.post(f"{path}/roles", json=grant)).status_code == 201
    body = {"role": "mentee", "name": "No Minee", "email": "no@example.org", "statement": SAID}
    mine = nominating.nihr.as_person(director)
    opened = await mine.post(f"{path}/nominations", json=body)
    assert (opened.status_code, opened.json()["state"]) == (201, "endorsed"), opened.text
    again = await mine.post(f"{path}/nominations", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "already_nominated")
    [event] = await applications.emitted(tenant, NominationOpened)
    assert event.opened_by == "nominator"
    person = str(event.person_id)
    assert (await nominating.office.get("/applications", params={"person_id": person})).json()["items"] == []
    unsigned = await nominating.apply(person, consents={})
    assert unsigned.json()["code"] == "consent_needed", "the consent is the nominee's own"
    applied = await nominating.apply(person)
    assert applied.status_code == 201, applied.text
    assert await nominating.state(applied.json()) == "submitted"


async def test_an_employer_s_hr_system_and_nobody_else_nominates(nominating, applications, tenant):
    employer = (await nominating.office.post("/employers", json={"name": "Trust"})).json()["id"]
    other = (await nominating.office.post("/employers", json={"name": "Other"})).json()["id"]
    person = await nominating.nihr.person(employer_id=employer)
    scopes = ("applications:read", "applications:write", "hr:provision")
    path = f"/programmes/{nominating.nihr.programme_id}/nominations"
    body = {"role": "mentee", "person_id": person, "statement": SAID}
    theirs = applications.caller(*scopes, tenant=tenant, subject="hr", employer=other)
    assert (await theirs.post(path, json=body)).json()["code"] == "nominator_not_allowed"
    hr = applications.caller(*scopes, tenant=tenant, subject="hr", employer=employer)
    assert (await hr.post(path, json=body)).json()["state"] == "endorsed"
    [seen] = (await hr.get("/nominations")).json()["items"]
    assert seen["nominator"] == "Trust"
    assert (await theirs.get("/nominations")).json()["items"] == []
    stranger = nominating.nihr.as_person(await nominating.nihr.person())
    refused = await stranger.post(path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "nominator_not_allowed")
    myself = await nominating.nihr.as_person(person).post(path, json=body)
    assert myself.json()["code"] == "nominator_is_oneself"


async def test_the_applicant_asks_the_hr_system_of_their_employer(nominating, applications, tenant):
    employer = (await nominating.office.post("/employers", json={"name": "Trust"})).json()["id"]
    person, nobody = await nominating.nihr.person(employer_id=employer), await nominating.nihr.person()
    scopes = ("applications:read", "applications:write", "hr:provision")
    hr = applications.caller(*scopes, tenant=tenant, subject="hr", employer=employer)
    theirs = applications.caller(*scopes, tenant=tenant, subject="hr", employer=str(uuid.uuid4()))
    elsewhere = (await nominating.apply(nobody, nominator={"hr": True})).json()
    assert (await nominating.nomination_of(elsewhere))["nominator"] == "University of Leeds"  # as they say themselves
    for wrong in ({}, {"hr": True} | BOSS, {"name": "Bo"}, {"email": BOSS["email"]}):
        refused = await nominating.apply(person, nominator=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request"), refused.text
    applied = (await nominating.apply(person, nominator={"hr": True})).json()
    assert await nominating.state(applied) == "awaiting_endorsement"
    [asked] = (await hr.get("/nominations", params={"state": "asked"})).json()["items"]
    assert (asked["nominator"], asked["person_id"], asked["opened_by"]) == ("Trust", person, "nominee")
    opened = await applications.emitted(tenant, NominationOpened)
    assert [str(one.person_id) for one in opened] == [nobody, person]  # by which the employer's client hears of it
    assert (await theirs.get("/nominations")).json()["items"] == []
    path = f"/nominations/{asked['id']}"
    assert (await theirs.post(f"{path}/endorse", json={"statement": SAID})).status_code == 404
    assert (await hr.post(f"{path}/endorse", json={"statement": SAID})).json()["state"] == "endorsed"
    assert await nominating.state(applied) == "submitted"
    assert (await hr.post(f"{path}/withdraw")).json()["state"] == "withdrawn"
    assert await nominating.state(applied) == "awaiting_endorsement"
    mine = nominating.nihr.as_person(person)
    again = await mine.post("/nominations", json={"application_id": applied["id"], "nominator": {"hr": True}})
    assert again.json()["state"] == "asked", again.text
    assert (await hr.post(f"/nominations/{again.json()['id']}/decline", json={})).json()["state"] == "declined"
    assert (await nominating.link(asked))["nominator_email"] is None  # nobody is written to


async def test_hr_is_asked_where_line_managers_are_not(applications, tenant, office, nihr):
    nominating = await begin(applications, tenant, office, type(nihr), by=["hr"])
    employer = (await office.post("/employers", json={"name": "Trust"})).json()["id"]
    person = await nominating.nihr.person(employer_id=employer)
    applied = await nominating.apply(person, nominator=None)
    assert applied.status_code == 201, applied.text
    assert (await nominating.nomination_of(applied.json()))["nominator"] == "Trust"
    alone = await begin(applications, tenant, office, type(nihr), by=["line_manager"])
    refused = await alone.apply(person, nominator={"hr": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "nominator_not_allowed")


async def test_reminders_and_the_end_of_waiting_come_by_the_clock(own_clock, office_of, tenant, nihr):
    office = office_of(own_clock, tenant)
    nominating = await begin(own_clock, tenant, office, type(nihr))
    application = await nominating.applied()
    begun = own_clock.clock.now()

    async def count(cls, number):
        return len(await own_clock.emitted(tenant, cls)) == number

    for day, number in ((3, 1), (6, 2)):
        own_clock.clock.move_to(begun + timedelta(days=day, minutes=1))
        await eventually(lambda n=number: count(NominationReminderDue, n), what=f"reminder {number}")
    assert [e.number for e in await own_clock.emitted(tenant, NominationReminderDue)] == [1, 2]
    own_clock.clock.move_to(begun + timedelta(days=11))
    await eventually(lambda: count(NominationLapsed, 1), what="the end of waiting")
    nomination = await nominating.nomination_of(application)
    assert nomination["state"] == "lapsed"
    assert await nominating.state(application) == "awaiting_endorsement"
    answered = await nominating.nihr.as_person(application["person_id"]).post(
        "/nominations", json={"application_id": application["id"], "nominator": BOSS}
    )
    assert answered.json()["state"] == "asked"
    assert (await nominating.nihr.act(application, "withdraw")).status_code == 200
    own_clock.clock.move_to(begun + timedelta(days=40))
    other = await nominating.applied()
    own_clock.clock.move_to(own_clock.clock.now() + timedelta(days=4))
    await eventually(lambda: count(NominationReminderDue, 3), what="the other one's reminder")
    assert other["state"] == "awaiting_endorsement"
    assert await count(NominationLapsed, 1), "nobody is reminded of an application that was withdrawn"


@pytest.mark.parametrize("learns", ["nothing", "outcome", "completion"])
async def test_what_a_nominator_learns_is_the_programme_s_choice(applications, tenant, office, nihr, learns):
    nominating = await begin(applications, tenant, office, type(nihr), nominator_learns=learns)
    application = await nominating.applied()
    token = (await nominating.link(await nominating.nomination_of(application)))["token"]
    await nominating.by_link(token, "endorse", statement=SAID)
    assert (await nominating.link(await nominating.nomination_of(application)))["outcome_token"] is None
    assert (await nominating.nihr.decide(application)).status_code == 200
    outcome = (await nominating.link(await nominating.nomination_of(application)))["outcome_token"]
    assert outcome == (None if learns == "nothing" else token)
    mentor = await nominating.nihr.person()
    match = {"match_id": uuid.uuid4(), "programme_id": nominating.nihr.programme_id}
    match |= {"cohort_id": nominating.nihr.cohorts[0]}
    closed = RelationshipClosed(**match)
    pair = MatchConfirmed(**match, mentor_id=mentor, mentee_id=application["person_id"])
    await applications.publish(tenant, closed, pair)
    shown = (await nominating.public().get(f"/public/{tenant}/nominations/{token}")).json()["outcome"]
    wanted = {"nothing": (None, None), "outcome": ("matched", None), "completion": ("matched", True)}
    assert (shown["state"], shown["completed"]) == wanted[learns]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nominator": None}, "nominator_needed"),
        ({"nominator": {"name": "Me", "email": "PERSON1@example.org"}}, "nominator_is_oneself"),
        ({"nominator": {"name": "X", "email": "nobody"}}, "invalid_request"),
    ],
)
async def test_applications_that_name_nobody(nominating, changes, code):
    answer = await nominating.apply(**changes)
    assert answer.json()["code"] == code, answer.text


async def test_only_those_whom_the_programme_takes_may_be_named(applications, tenant, office, nihr):
    nominating = await begin(applications, tenant, office, type(nihr), by=["role"])
    refused = await nominating.apply(nominator=BOSS)
    assert (refused.status_code, refused.json()["by"]) == (403, ["role"])
    boss = await nominating.nihr.person(email=BOSS["email"])
    grant = {"person_id": boss, "role": "director"}
    await office.post(f"/programmes/{nominating.nihr.programme_id}/roles", json=grant)
    assert (await nominating.apply(nominator=BOSS)).status_code == 201


async def test_a_programme_without_nominations_takes_none(nihr):
    refused = await nihr.try_to_apply("mentee", nihr.cohorts[0], nominator=BOSS)
    assert refused.json()["code"] == "nominations_not_taken"
    body = {"role": "mentee", "name": "A", "email": "a@example.org"}
    refused = await nihr.office.post(f"/programmes/{nihr.programme_id}/nominations", json=body)
    assert refused.json()["code"] == "nominations_not_taken"


async def test_a_wrong_link_is_no_link(nominating, tenant):
    assert (await nominating.public().get(f"/public/{tenant}/nominations/{'x' * 43}")).status_code == 404
    assert (await nominating.by_link("x" * 43, "endorse", statement=SAID)).status_code == 404
    application = await nominating.applied()
    token = (await nominating.link(await nominating.nomination_of(application)))["token"]
    elsewhere = await nominating.public().get(f"/public/{uuid.uuid4()}/nominations/{token}")
    assert elsewhere.status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"roles": ["mente"]}, {"roles": []}, {"by": ["boss"]}, {"remind_days": [6, 3]}, {"remind_days": [10]},
        {"lapses_days": 0}, {"nominator_learns": "everything"}, {"remind": [3]},
    ],
)  # fmt: skip
async def test_a_blueprint_whose_nominations_are_wrong_is_refused(office, wrong):
    answer = await office.post("/programmes", json={"blueprint": plan(**wrong)})
    assert (answer.status_code, answer.json()["code"]) == (422, "blueprint_invalid"), answer.text


async def test_a_machine_that_speaks_for_nobody_is_told_what_is_needed(applications, tenant):
    machine = applications.caller("applications:read", tenant=tenant, subject="some-client")
    refused = await machine.get("/nominations")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_needed")
    assert refused.json()["needed"] == ["decide_applications"]
