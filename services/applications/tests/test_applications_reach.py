"""Whom a programme team reaches, who changes people, and who speaks for whom."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mentoring_applications.applications.models import ApplicationAnswers
from mentoring_applications.people.models import EmailChange, Invitation
from mentoring_contracts.applications import ApplicationSubmitted, EmailChangeAsked, PersonChanged


@pytest.fixture
async def other(applications, tenant, office, programme_of):
    """Another programme of the same organisation."""
    return await programme_of(applications, tenant, office)


@pytest.fixture
def team_of():
    """The client of a new member of a programme's team."""

    async def client(programme, person_id=None, role="coordinator"):
        person_id = person_id or await programme.person(email=f"{uuid.uuid4().hex}@example.org")
        grant = {"person_id": person_id, "role": role}
        made = await programme.office.post(f"/programmes/{programme.programme_id}/roles", json=grant)
        assert made.status_code == 201, made.text
        return programme.as_person(person_id)

    return client


async def ids(client, **params):
    return {p["id"] for p in (await client.get("/people", params=params | {"limit": 200})).json()["items"]}


async def test_a_team_reaches_who_takes_part_in_its_programmes_and_nobody_else(nihr, other, team_of):
    mine, holder = await nihr.apply("mentee", nihr.cohorts[0]), await nihr.person()
    await team_of(nihr, holder, "interviewer")
    theirs = await nihr.person(email="theirs@example.org")
    await other.try_to_apply("mentee", None, theirs)
    team, other_team = await team_of(nihr), await team_of(other)
    assert {mine["person_id"], holder} <= await ids(team)
    assert theirs not in await ids(team)
    assert mine["person_id"] not in await ids(other_team)
    assert (await team.get(f"/people/{mine['person_id']}")).json()["email"]
    assert (await team.get(f"/people/{theirs}")).status_code == 404
    assert await ids(team, email="theirs@example.org") == set()
    for act in (team.patch(f"/people/{theirs}", json={"name": "X"}), team.delete(f"/people/{theirs}")):
        assert (await act).status_code == 404
    grant = {"person_id": theirs, "role": "trainer"}
    manager = await team_of(nihr, role="programme_manager")
    refused = await manager.post(f"/programmes/{nihr.programme_id}/roles", json=grant)
    assert (refused.status_code, refused.json()["code"]) == (404, "person_not_found")


async def test_who_takes_concerns_about_safeguarding_reads_whom_they_are_about(
    applications, tenant, office, other, programme_with, team_of
):
    role = {"id": "safeguarding_lead", "title": "Safeguarding lead", "rights": ["take_safeguarding"]}
    nihr = await programme_with(applications, tenant, office, roles=["programme_manager", "coordinator", role])
    mine, theirs = await nihr.apply("mentee", nihr.cohorts[0]), await nihr.person(email="theirs@example.org")
    await other.try_to_apply("mentee", None, theirs)
    lead = await nihr.person(email="lead@example.org")
    await team_of(nihr, lead, "safeguarding_lead")
    read = await nihr.as_person(lead).get(f"/people/{mine['person_id']}")
    assert (read.status_code, bool(read.json()["name"]), bool(read.json()["email"])) == (200, True, True)
    assert (await nihr.as_person(lead).get(f"/people/{theirs}")).status_code == 404


async def test_who_takes_part_learns_the_name_of_who_takes_concerns_and_no_more(nihr, other, team_of):
    duty, stranger = await nihr.person(name="Dora"), await nihr.person(email="elsewhere@example.org")
    trainer = await nihr.person(email="trainer@example.org")
    await team_of(nihr, duty)
    await team_of(nihr, trainer, "trainer")
    await team_of(other, stranger)
    mine = nihr.as_person((await nihr.apply("mentee", nihr.cohorts[0]))["person_id"])
    read = (await mine.get(f"/people/{duty}")).json()
    known = {name for name, value in read.items() if value not in (None, [], {})}
    assert (read["name"], known) == ("Dora", {"id", "version", "name", "updated_at"})
    assert duty in await ids(mine, ids=duty)
    assert duty not in await ids(mine), "they are in no list"
    assert await ids(mine, email="dora@example.org") == set()
    for unseen in (stranger, trainer):
        assert (await mine.get(f"/people/{unseen}")).status_code == 404
        assert await ids(mine, ids=unseen) == set()
    assert (await mine.delete(f"/people/{duty}")).status_code == 403
    assert (await nihr.as_person(stranger).get(f"/people/{duty}")).status_code == 404


async def test_people_are_found_by_a_part_of_their_name_as_far_as_they_are_seen(nihr, other, team_of):
    mine, theirs = await nihr.person(name="Ada 100% Okafor"), await nihr.person(name="Ben Okafor")
    await nihr.try_to_apply("mentee", nihr.cohorts[0], mine)
    await other.try_to_apply("mentee", None, theirs)
    team = await team_of(nihr)
    assert await ids(team, name="oKAf") == {mine}, "who takes part in one's programme"
    assert {mine, theirs} <= await ids(nihr.office, name="Okafor")
    assert await ids(team, name="0% O") == {mine}
    assert await ids(team, name="_da") == set(), "no patterns"
    assert await ids(nihr.as_person(theirs), name="Ada") == set()
    assert (await team.get("/people", params={"name": "a"})).status_code == 422


async def test_a_team_changes_and_erases_nobody(nihr, team_of):
    application, team = await nihr.apply("mentee", nihr.cohorts[0]), await team_of(nihr)
    path = f"/people/{application['person_id']}"
    for change in ({"email": "mine@example.org"}, {"line_manager_id": None}, {"attributes": {"discipline": "X"}}):
        refused = await team.patch(path, json=change)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_people")
        assert refused.json()["needed"] == ["hr:provision", "organisation:admin"]
    refused = await team.delete(path)
    assert (refused.status_code, refused.json()["needed"]) == (403, ["organisation:admin"])
    assert (await nihr.as_person(application["person_id"]).delete(path)).status_code == 204


async def test_an_hr_client_erases_nobody(applications, office, tenant):
    employer = (await office.post("/employers", json={"name": "Leeds"})).json()["id"]
    hr = applications.caller(
        "applications:read", "applications:write", "hr:provision", tenant=tenant, subject="hr", employer=employer
    )
    made = (await hr.post("/people", json={"name": "Ada", "email": "ada@example.org"})).json()["id"]
    assert (await hr.delete(f"/people/{made}")).status_code == 403


async def test_a_team_invites_and_learns_of_nobody(nihr, other, team_of):
    known = await nihr.person(name="Known Elsewhere", email="known@example.org", attributes={"discipline": "Secret"})
    team = await team_of(nihr)
    answers, seen = [], []
    for address in ("KNOWN@example.org", "new@example.org"):
        body = {"name": "As I wrote", "email": address, "attributes": {"discipline": "Mine"}}
        made = await team.post("/people", json=body)
        answers.append((made.status_code, set(made.json())))
        shown = (await team.get(f"/people/{made.json()['id']}")).json()
        assert (await ids(team, email=address)) == {shown.pop("id")}
        assert shown.pop("email") == address.lower()
        assert shown.pop("updated_at")  # when the team wrote it
        seen.append(shown)
        again = await team.post("/people", json=body)
        assert (again.status_code, again.json()["code"]) == (409, "email_taken")
    assert answers[0] == answers[1]
    assert seen[0] == seen[1]
    assert (seen[0]["name"], seen[0]["attributes"]) == ("As I wrote", {})
    assert (await nihr.office.get(f"/people/{known}")).json()["name"] == "Known Elsewhere"
    await nihr.apply("mentee", nihr.cohorts[0], known)
    assert (await team.get(f"/people/{known}")).json()["name"] == "Known Elsewhere"


async def test_a_batch_answers_alike_too(nihr, team_of):
    await nihr.person(email="known@example.org")
    team = await team_of(nihr)
    rows = [{"name": "A", "email": "known@example.org"}, {"name": "B", "email": "new@example.org"}]
    items = (await team.post("/people/batch", json={"people": rows})).json()["items"]
    assert [(item["problem"], bool(item["id"])) for item in items] == [(None, True)] * 2


async def test_an_invitation_ends(applications, nihr, tenant, team_of):
    team = await team_of(nihr)
    made = (await team.post("/people", json={"name": "A", "email": "a@example.org"})).json()["id"]
    async with applications.service.database.transaction(tenant) as db:
        old = applications.clock.now() - timedelta(days=181)
        await db.execute(sa.update(Invitation).values(invited_at=old))
    assert (await team.get(f"/people/{made}")).status_code == 404
    assert (await team.post("/people", json={"name": "A", "email": "a@example.org"})).json()["id"] == made


async def test_a_team_of_several_programmes_names_the_one_that_invites(nihr, other, team_of):
    person = await nihr.person()
    await team_of(nihr, person)
    team = await team_of(other, person)
    body = {"name": "A", "email": "a@example.org"}
    assert (await team.post("/people", json=body)).json()["code"] == "programme_needed"
    made = await team.post("/people", json=body | {"programme_id": other.programme_id})
    assert made.status_code == 201, made.text
    stranger = await team_of(nihr)
    assert (await stranger.post("/people", json=body | {"programme_id": other.programme_id})).status_code == 403


async def test_an_answer_that_changes_nothing_is_named(nihr):
    hospital = (await nihr.office.post("/employers", json={"name": "Hospital"})).json()["id"]
    for said, ignored in (("University", ["employer"]), (" hospital", [])):
        made = await nihr.apply(
            "mentee", nihr.cohorts[0], await nihr.person(employer_id=hospital), answers={"employer": said}
        )
        assert made["ignored"] == ignored
    eve = await nihr.person(employer_id=hospital)
    proxy = {"by": nihr.office, "proxy": {"reason": "signed on paper"}}
    proxied = await nihr.apply("mentee", nihr.cohorts[0], eve, answers={"employer": "University"}, **proxy)
    assert proxied["ignored"] == [], "what is on record of her is not told to who applies for her"


async def test_hr_wins_over_what_people_say_of_themselves(nihr):
    boss, friend = await nihr.person(), await nihr.person()
    ada = await nihr.person(line_manager_id=boss, attributes={"discipline": "Cardiology"})
    me = nihr.as_person(ada)
    assert (await me.get("/me")).json()["sources"] == {"line_manager": "hr", "discipline": "hr"}
    for change in ({"line_manager_id": None}, {"line_manager_id": friend}, {"attributes": {"discipline": "Law"}}):
        refused = await me.patch(f"/people/{ada}", json=change)
        assert (refused.status_code, refused.json()["code"]) == (403, "value_from_hr")
    assert (await me.patch(f"/people/{ada}", json={"attributes": {"hobby": "Chess"}})).status_code == 200
    application = await nihr.apply(
        "mentee", nihr.cohorts[0], ada, answers={"line_manager_email": "x@example.org", "discipline": "Law"}
    )
    asked = {"application_ids": [application["id"]]}
    pooled = (await nihr.internal("/internal/applications", asked))["items"][0]
    assert (pooled["line_manager_id"], pooled["attributes"]["discipline"]) == (boss, "Cardiology")
    assert pooled["sources"] == {
        "line_manager": "hr", "discipline": "hr", "hobby": "self", "employer": "self", "languages": "self"
    }  # fmt: skip
    refused = await me.patch(f"/people/{ada}", json={"employer_id": str(uuid.uuid4())})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_people")
    assert (await nihr.office.patch(f"/people/{ada}", json={"line_manager_id": None})).status_code == 200
    assert (await me.patch(f"/people/{ada}", json={"line_manager_id": friend})).status_code == 200
    assert (await me.get("/me")).json()["sources"]["line_manager"] == "self"


async def _token(nihr, change_id):
    asked = await nihr.internal("/internal/email-changes", {"change_ids": [str(change_id)]})
    return asked["items"][0]


async def test_an_address_changes_when_it_is_confirmed(applications, nihr, tenant):
    ada = await nihr.person(email="old@example.org")
    friend = await nihr.apply("mentee", nihr.cohorts[0], answers={"declared_conflicts": ["old@example.org"]})
    me = nihr.as_person(ada)
    assert (await me.patch(f"/people/{ada}", json={"email": "New@example.org"})).json() == {
        "id": ada, "version": 1, "email_pending": True,
    }  # fmt: skip
    mine = (await me.get("/me")).json()
    assert (mine["email"], mine["email_pending"]) == ("old@example.org", True)
    (asked,) = await applications.emitted(tenant, EmailChangeAsked)
    told = await _token(nihr, asked.change_id)
    assert (told["old_email"], told["new_email"]) == ("old@example.org", "new@example.org")
    anybody = applications.anonymous()
    path = f"/public/{tenant}/email-confirmations"
    assert (await anybody.get(f"{path}/{told['token']}")).json()["new_email"] == "new@example.org"
    assert (await anybody.post(path, json={"token": "x" * 43})).status_code == 404
    elsewhere = f"/public/{uuid.uuid4()}/email-confirmations"
    assert (await anybody.post(elsewhere, json={"token": told["token"]})).status_code == 404
    done = await anybody.post(path, json={"token": told["token"]})
    assert (done.status_code, done.json()) == (200, {"person_id": ada})
    mine = (await me.get("/me")).json()
    assert (mine["email"], mine["email_pending"]) == ("new@example.org", False)
    again = await anybody.post(path, json={"token": told["token"]})
    assert (again.status_code, again.json()["code"]) == (404, "email_change_not_found")
    changed = [e for e in await applications.emitted(tenant, PersonChanged) if str(e.person_id) == ada]
    assert len(changed) == 2
    pooled = (await nihr.internal("/internal/applications", {"application_ids": [friend["id"]]}))["items"][0]
    assert pooled["conflicts"] == [ada], "who was named by the old address is still meant"


async def test_a_token_ends_and_requests_are_few(applications, nihr, tenant):
    ada = await nihr.person()
    me = nihr.as_person(ada)
    for n in range(3):
        assert (await me.patch(f"/people/{ada}", json={"email": f"new{n}@example.org"})).status_code == 200
    refused = await me.patch(f"/people/{ada}", json={"email": "more@example.org"})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_email_changes")
    asked, *_ = await applications.emitted(tenant, EmailChangeAsked)
    told = await _token(nihr, asked.change_id)
    async with applications.service.database.transaction(tenant) as db:
        await db.execute(sa.update(EmailChange).values(expires_at=datetime.now(UTC)))
    late = await applications.anonymous().post(f"/public/{tenant}/email-confirmations", json={"token": told["token"]})
    assert (late.status_code, late.json()["code"]) == (404, "email_change_not_found")


async def test_nobody_learns_whose_an_address_is_by_asking_for_it(applications, nihr, tenant):
    ada = await nihr.person()
    await nihr.person(email="known@example.org")
    me = nihr.as_person(ada)
    answers = [await me.patch(f"/people/{ada}", json={"email": e}) for e in ("known@example.org", "new@example.org")]
    assert answers[0].json() == answers[1].json() == {"id": ada, "version": 1, "email_pending": True}
    tokens = [(await _token(nihr, e.change_id))["token"] for e in await applications.emitted(tenant, EmailChangeAsked)]
    assert [token is None for token in tokens] == [True, False], "there is nothing to confirm at a known address"


async def test_an_id_does_not_tell_when_somebody_became_known(nihr):
    ids = [uuid.UUID(await nihr.person()) for _ in range(20)]
    assert {id_.version for id_ in ids} == {4}
    assert ids != sorted(ids), "a team that invites somebody reads nothing from the id that it gets"


async def test_nobody_learns_who_is_known_by_naming_them(nihr):
    await nihr.person(email="known@example.org")
    wanted = ["unknown@example.org", "known@example.org"]
    application = await nihr.apply("mentee", nihr.cohorts[0], answers={"preferred_people": wanted})
    shown = (await nihr.as_person(application["person_id"]).get(f"/applications/{application['id']}")).json()
    assert shown["answers"]["preferred"] == wanted


async def test_a_partner_whose_address_is_hidden_is_not_found_by_it(applications, nihr, tenant):
    from mentoring_contracts.matching import MatchProposed

    mentor = await nihr.apply("mentor", nihr.cohorts[0], await nihr.person(email="hidden@example.org"))
    mentee = await nihr.apply("mentee", nihr.cohorts[0])
    people = {"mentor_id": mentor["person_id"], "mentee_id": mentee["person_id"]}
    event = MatchProposed(
        match_id=uuid.uuid4(), programme_id=nihr.programme_id, cohort_id=nihr.cohorts[0],
        expires_at=datetime(2030, 1, 1, tzinfo=UTC), **people,
    )  # fmt: skip
    await applications.publish(tenant, event)
    me = nihr.as_person(mentee["person_id"])
    assert (await me.get(f"/people/{mentor['person_id']}")).status_code == 200
    assert await ids(me, email="hidden@example.org") == set()


async def test_a_proxy_is_recorded_and_seen(nihr, team_of):
    ada, team = await nihr.person(), await team_of(nihr)
    await team.post("/people", json={"name": "Ada", "email": (await nihr.office.get(f"/people/{ada}")).json()["email"]})
    path = f"/programmes/{nihr.programme_id}/applications"
    from_self = await nihr.try_to_apply("mentee", None, ada, proxy={"reason": "me"})
    assert from_self.json()["code"] == "proxy_for_oneself"
    mine = await nihr.apply("mentor", nihr.cohorts[0])
    shown = (await nihr.as_person(mine["person_id"]).get(f"/applications/{mine['id']}")).json()
    assert [(c["given_by"], c["given_as"]) for c in shown["consents"]] == [(mine["person_id"], "self")]
    assert shown["proxy"] is None
    body = {
        "person_id": ada, "role": "mentee", "cohort_id": nihr.cohorts[0], "consents": {"privacy_notice": "2022-02"},
        "answers": await _answers(nihr),
    }  # fmt: skip
    assert (await team.post(path, json=body)).json()["code"] == "proxy_needed"
    proxy = {"proxy": {"reason": "signed on paper"}}
    equality = await team.post(path, json=body | proxy | {"equality": {"gender": "woman"}})
    assert (equality.status_code, equality.json()["code"]) == (403, "answers_are_their_own")
    made = await team.post(path, json=body | proxy)
    assert made.status_code == 201, made.text
    shown = (await nihr.as_person(ada).get(f"/applications/{made.json()['id']}")).json()
    [consent] = shown["consents"]
    assert (consent["given_as"], consent["proxy_reason"]) == ("proxy", "signed on paper")
    assert (shown["proxy"]["by"], shown["proxy"]["reason"]) == (consent["given_by"], "signed on paper")
    told = await nihr.harness.emitted(nihr.tenant, ApplicationSubmitted)
    assert [e.by_proxy for e in told if str(e.application_id) == made.json()["id"]] == [True]


async def test_nobody_is_applied_for_whom_the_team_does_not_reach(nihr, team_of):
    ada, team = await nihr.person(), await team_of(nihr)
    body = {
        "person_id": ada, "role": "mentee", "cohort_id": None, "consents": {}, "answers": {},
        "proxy": {"reason": "signed on paper"},
    }  # fmt: skip
    refused = await team.post(f"/programmes/{nihr.programme_id}/applications", json=body)
    assert (refused.status_code, refused.json()["code"]) == (404, "person_not_found")


async def test_texts_that_stand_in_the_clear_are_sealed(applications, nihr, tenant):
    from mentoring_applications.applications.sealing import seal_texts

    application = await nihr.apply("mentee", nihr.cohorts[0], answers={"about": "In the clear"})
    mine = ApplicationAnswers.id == uuid.UUID(application["id"])
    async with applications.service.database.transaction(tenant) as db:
        before = await db.scalar(sa.select(ApplicationAnswers).where(mine))
        assert (before.free_text, "discipline" in before.attributes) == ("", False)
        clear = {"free_text": "In the clear", "attributes": before.attributes | {"discipline": "Cardiology"}}
        await db.execute(sa.update(ApplicationAnswers).where(mine).values(sealed=None, **clear))
    asked = {"application_ids": [application["id"]]}
    one = await nihr.internal("/internal/applications", asked)
    await seal_texts(applications.service)
    async with applications.service.database.transaction(tenant) as db:
        after = await db.scalar(sa.select(ApplicationAnswers).where(mine))
        assert (after.free_text, "discipline" in after.attributes, after.sealed is None) == ("", False, False)
    two = await nihr.internal("/internal/applications", asked)
    assert one == two
    assert (two["items"][0]["free_text"], two["items"][0]["attributes"]["discipline"]) == ("In the clear", "Cardiology")


async def _answers(nihr):
    application = await nihr.apply("mentee", nihr.cohorts[1])
    shown = (await nihr.office.get(f"/applications/{application['id']}")).json()["answers"]
    texts = {"criteria": shown["criteria"], "about": shown["free_text"]}
    return shown["attributes"] | texts | {"previous_access": False, "employer": "Leeds", "languages": ["en"]}


async def test_an_hr_client_reads_where_its_employees_applications_stand(applications, nihr, tenant):
    ids_ = [(await nihr.office.post("/employers", json={"name": n})).json()["id"] for n in ("Leeds Trust", "York")]
    mine, theirs = [
        await nihr.apply("mentee", nihr.cohorts[0], await nihr.person(employer_id=id_), equality={"gender": "woman"})
        for id_ in ids_
    ]
    hr = applications.caller("applications:read", tenant=tenant, subject="hr", employer=ids_[0])
    listed = (await hr.get("/applications")).json()["items"]
    assert [(a["id"], a["state"]) for a in listed] == [(mine["id"], "submitted")]
    narrowed = {"person_id": mine["person_id"], "programme_id": nihr.programme_id}
    assert len((await hr.get("/applications", params=narrowed)).json()["items"]) == 1
    one = (await hr.get(f"/applications/{mine['id']}")).json()
    private = {name: one[name] for name in ("answers", "consents", "proxy", "unmet_rules", "overrides")}
    assert private == {"answers": None, "consents": [], "proxy": None, "unmet_rules": None, "overrides": None}
    for params in ({"person_id": theirs["person_id"]}, {"cohort_id": nihr.cohorts[1]}):
        assert (await hr.get("/applications", params=params)).json()["items"] == []
    assert (await hr.get(f"/applications/{theirs['id']}")).status_code == 404
    writer = applications.caller("applications:write", tenant=tenant, subject="hr", employer=ids_[0])
    assert (await writer.post(f"/applications/{mine['id']}/withdraw")).json()["code"] == "role_needed"


async def test_a_list_of_others_is_refused_and_not_empty(applications, nihr, other, tenant, team_of):
    application = await nihr.apply("mentee", nihr.cohorts[0])
    me = nihr.as_person(application["person_id"])
    stranger, machine = await team_of(other), applications.caller("applications:read", tenant=tenant, subject="client")
    here, elsewhere = {"programme_id": nihr.programme_id}, {"programme_id": other.programme_id}
    assert len((await me.get("/applications", params=here)).json()["items"]) == 1
    assert (await me.get("/applications", params=elsewhere | {"person_id": application["person_id"]})).json()[
        "items"
    ] == []
    for client, params in (
        (me, elsewhere), (me, {"cohort_id": nihr.cohorts[1]}), (me, {"person_id": str(uuid.uuid4())}),
        (stranger, here), (stranger, {"cohort_id": nihr.cohorts[0]}), (machine, {}), (machine, here),
    ):  # fmt: skip
        refused = await client.get("/applications", params=params)
        assert (refused.status_code, refused.json().get("code")) == (403, "role_needed"), params
        assert refused.json()["needed"] == ["decide_applications"]
    assert (await machine.get("/people")).json()["code"] == "not_your_people"


async def test_what_a_team_does_for_somebody_opens_nothing_of_what_others_know_of_them(nihr, team_of):
    known = {"name": "Dan Real", "email": "dan@example.org", "attributes": {"discipline": "Nursing"}}
    dan, team = await nihr.person(**known), await team_of(nihr)
    invited = await team.post("/people", json={"name": "Zed", "email": "dan@example.org"})
    assert (invited.status_code, invited.json()["id"]) == (201, dan)
    body = {
        "role": "mentee", "cohort_id": nihr.cohorts[0], "person_id": dan, "answers": await _answers(nihr),
        "consents": {"privacy_notice": "2022-02"}, "proxy": {"reason": "signed on paper"},
    }  # fmt: skip
    made = await team.post(f"/programmes/{nihr.programme_id}/applications", json=body)
    assert made.status_code == 201, made.text
    manager = await team_of(nihr, role="programme_manager")
    grant = {"person_id": dan, "role": "trainer"}
    assert (await manager.post(f"/programmes/{nihr.programme_id}/roles", json=grant)).status_code == 201
    for _ in range(2):
        seen = (await team.get(f"/people/{dan}")).json()
        assert (seen["name"], seen["email"], seen["attributes"]) == ("Zed", "dan@example.org", {})
        await lapse(nihr, dan)  # however long ago the invitation was
    assert dan in await ids(team)
    assert (await nihr.act(made.json(), "withdraw")).status_code == 200
    await nihr.apply("mentee", nihr.cohorts[0], dan)
    assert (await team.get(f"/people/{dan}")).json()["name"] == "Dan Real"


async def lapse(nihr, person_id):
    async with nihr.harness.service.database.transaction(nihr.tenant) as db:
        long_ago = datetime(2000, 1, 1, tzinfo=UTC)
        mine = sa.update(Invitation).where(Invitation.person_id == uuid.UUID(person_id))
        await db.execute(mine.values(invited_at=long_ago))
