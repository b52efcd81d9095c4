"""From the form to the ledger, over HTTP."""

import uuid
from datetime import UTC, datetime
from uuid import UUID

import pytest

from mentoring_applications.programmes import blueprint
from mentoring_common.pagination import encode
from mentoring_common.testing import eventually
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationCarriedOver,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationUnmatched,
    ApplicationWithdrawn,
    CohortClosed,
    CohortCreated,
    CohortMilestonesChanged,
    CohortPlacesChanged,
    ProgrammeCreated,
    RoleGranted,
    RoleRevoked,
)
from mentoring_contracts.matching import MatchConfirmed, MatchProposed


def confirmed(nihr, cohort_id, mentor, mentee, **more):
    return MatchConfirmed(
        match_id=uuid.uuid4(),
        programme_id=nihr.programme_id,
        cohort_id=cohort_id,
        mentor_id=mentor["person_id"],
        mentee_id=mentee["person_id"],
        **more,
    )


async def state(nihr, application):
    return (await nihr.office.get(f"/applications/{application['id']}")).json()["state"]


async def test_a_programme_carries_its_whole_blueprint_and_its_cohorts(applications, nihr, tenant):
    made, *_ = await applications.emitted(tenant, ProgrammeCreated)
    assert made.blueprint == blueprint.load("nihr").document
    assert made.blueprint["matching"]["weights"]["topics"] == 0.55
    cohorts = await applications.emitted(tenant, CohortCreated)
    assert [(c.number, c.places) for c in cohorts] == [(1, 25), (2, 25), (3, 25)]
    waves = {m.kind: m for m in cohorts[0].milestones}
    assert waves["interim_evaluation"].starts_at == datetime(2022, 10, 10, tzinfo=UTC)
    assert waves["interim_evaluation"].ends_at == datetime(2022, 11, 18, 23, 59, 59, tzinfo=UTC)
    assert waves["expression_of_interest"].ends_at == datetime(2022, 3, 23, 23, 59, 59, tzinfo=UTC)
    shown = (await nihr.office.get(f"/programmes/{nihr.programme_id}")).json()
    assert (shown["blueprint_name"], len(shown["criteria"])) == ("nihr", 12)
    assert [b["name"] for b in (await nihr.office.get("/blueprints")).json()["items"]] == blueprint.names()
    assert (await nihr.office.get("/blueprints/nihr")).json() == made.blueprint
    form = (await nihr.office.get(f"/programmes/{nihr.programme_id}/form")).json()
    assert {"id": "capacity", "kind": "integer"}.items() <= next(
        f for f in form["fields"] if f["id"] == "capacity"
    ).items()


async def test_an_application_is_made_accepted_and_pooled(applications, nihr, tenant):
    friend = await nihr.person(email="friend@example.org")
    mentee = await nihr.apply(
        "mentee",
        nihr.cohorts[0],
        answers={"preferred_people": ["friend@example.org", "later@example.org"], "declared_conflicts": [friend]},
    )
    later = await nihr.person(email="later@example.org")
    assert (mentee["state"], mentee["priority"], mentee["capacity"]) == ("submitted", True, 1)
    assert (await nihr.decide(mentee)).json()["state"] == "accepted"
    (accepted,) = await applications.emitted(tenant, ApplicationAccepted)
    assert (str(accepted.application_id), accepted.priority, accepted.capacity) == (mentee["id"], True, 1)
    pooled = (await nihr.internal("/internal/applications", {"application_ids": [mentee["id"]]}))["items"][0]
    assert pooled["preferred"] == [friend, later]
    assert pooled["conflicts"] == [friend]
    assert pooled["criteria"] == ["career_progression", "networking", "research_funding"]
    assert pooled["free_text"] == "I hope for a mentor outside my discipline."
    assert pooled["attributes"]["professional_background"] == "Medically qualified"
    assert "about" not in pooled["attributes"]
    profile = (await nihr.internal("/internal/profiles", {"person_ids": [mentee["person_id"]]}))["items"][0]
    employers = (await nihr.office.get("/employers")).json()["items"]
    assert [(e["id"], e["name"]) for e in employers] == [(profile["employer_id"], "University of Leeds")]
    assert profile["languages"] == ["en"]
    assert pooled["employer_id"] == profile["employer_id"]


async def test_the_names_of_the_api_answer_the_form_too(nihr, mentee_answers):
    person = await nihr.person(attributes={"discipline": "Surgery"}, languages=["cy"])
    answers = {"free_text": "Hello", "previous_mentoring": True}
    dropped = ("about", "previous_access", "discipline", "languages")
    body = {
        "role": "mentee",
        "cohort_id": nihr.cohorts[0],
        "answers": {k: v for k, v in mentee_answers.items() if k not in dropped} | answers,
        "consents": {"privacy_notice": "2022-02"},
    }
    made = await nihr.as_person(person).post(f"/programmes/{nihr.programme_id}/applications", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["priority"] is False
    detail = (await nihr.as_person(person).get(f"/applications/{made.json()['id']}")).json()
    assert detail["answers"]["free_text"] == "Hello"
    assert detail["answers"]["attributes"]["discipline"] == "Surgery"
    assert detail["unmet_rules"] is None
    assert [(c["document"], c["version"]) for c in detail["consents"]] == [("privacy-notice", "2022-02")]


async def test_line_managers_are_found_by_address(nihr):
    boss = await nihr.person(email="boss@example.org")
    mentee = await nihr.apply("mentee", nihr.cohorts[0], answers={"line_manager_email": "Boss@example.org"})
    pooled = (await nihr.internal("/internal/applications", {"application_ids": [mentee["id"]]}))["items"][0]
    assert pooled["line_manager_id"] == boss


async def test_a_confirmed_match_settles_both_applications_once(applications, nihr, tenant):
    mentor = await nihr.apply("mentor", nihr.cohorts[0])
    mentee = await nihr.apply("mentee", nihr.cohorts[0])
    for application in (mentor, mentee):
        assert (await nihr.decide(application)).status_code == 200
    match = confirmed(nihr, nihr.cohorts[0], mentor, mentee)
    await applications.publish(tenant, match, match, confirmed(nihr, nihr.cohorts[0], mentor, mentee))
    assert [await state(nihr, a) for a in (mentor, mentee)] == ["matched", "matched"]
    assert (await nihr.ledger(nihr.cohorts[0], "mentee"))["matched"] == 1
    assert (await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}")).json()["places_taken"] == 1
    statistics = await nihr.internal(f"/internal/programmes/{nihr.programme_id}/statistics")
    assert sum(b["people"] for b in statistics["backgrounds"]) == 2
    withdrawn = await nihr.as_person(mentee["person_id"]).post(f"/applications/{mentee['id']}/withdraw")
    assert withdrawn.json()["state"] == "withdrawn"
    (event,) = await applications.emitted(tenant, ApplicationWithdrawn)
    assert event.after_match
    assert (await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}")).json()["places_taken"] == 0


async def test_a_match_confirmed_while_the_round_closed_counts(applications, nihr, tenant):
    mentor = await nihr.apply("mentor", nihr.cohorts[0])
    mentee = await nihr.apply("mentee", nihr.cohorts[0])
    await nihr.office.post(f"/cohorts/{nihr.cohorts[0]}/close")
    await applications.publish(tenant, confirmed(nihr, nihr.cohorts[0], mentor, mentee))
    assert [await state(nihr, a) for a in (mentor, mentee)] == ["matched", "matched"]
    assert (await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}")).json()["places_taken"] == 1


async def test_a_match_settles_no_application_of_another_round(applications, nihr, tenant):
    mentor = await nihr.apply("mentor", nihr.cohorts[0])
    first, second = [await nihr.apply("mentee", nihr.cohorts[0]) for _ in range(2)]
    await applications.publish(tenant, confirmed(nihr, nihr.cohorts[0], mentor, first))
    again = await nihr.apply("mentor", nihr.cohorts[1], mentor["person_id"])
    await applications.publish(tenant, confirmed(nihr, nihr.cohorts[0], mentor, second))
    assert [await state(nihr, a) for a in (mentor, first, second, again)] == [*["matched"] * 3, "submitted"]


async def test_a_match_made_before_a_move_counts_after_it(applications, nihr, tenant):
    mentor = await nihr.apply("mentor", nihr.cohorts[0])
    mentee = await nihr.apply("mentee", nihr.cohorts[0])
    moved = await nihr.act(mentee, "move", cohort_id=nihr.cohorts[1], reason="later")
    assert moved.status_code == 200, moved.text
    await applications.publish(tenant, confirmed(nihr, nihr.cohorts[0], mentor, mentee))
    assert await state(nihr, mentee) == "matched"


async def test_partners_see_each_other_and_an_address_only_when_both_accepted(applications, nihr, tenant):
    mentor, mentee = await nihr.apply("mentor", nihr.cohorts[0]), await nihr.apply("mentee", nihr.cohorts[0])
    as_mentee = nihr.as_person(mentee["person_id"])
    path = f"/people/{mentor['person_id']}"
    assert (await as_mentee.get(path)).status_code == 404
    match = confirmed(nihr, nihr.cohorts[0], mentor, mentee)
    offered = MatchProposed(**match.model_dump(exclude={"rematch_of"}), expires_at=datetime(2022, 5, 1, tzinfo=UTC))
    await applications.publish(tenant, offered)
    assert (await as_mentee.get(path)).json()["email"] is None
    await applications.publish(tenant, match)
    assert "@" in (await as_mentee.get(path)).json()["email"]
    listed = (await as_mentee.get("/people", params={"ids": mentor["person_id"]})).json()["items"]
    assert [p["email"] for p in listed] == [(await as_mentee.get(path)).json()["email"]]
    assert len((await as_mentee.get("/people")).json()["items"]) == 2


async def test_eligibility_is_evaluated_and_overrides_are_recorded(applications, nihr, tenant):
    answers = {"membership": "none", "postdoctoral_award": False}
    application = await nihr.apply("mentee", nihr.cohorts[0], answers=answers)
    refused = await nihr.decide(application)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_eligible")
    assert refused.json()["rules"] == ["member", "postdoctoral_standing"]
    one = {"rule": "member", "reason": "joins next month"}
    assert (await nihr.decide(application, override=one)).json()["rules"] == ["postdoctoral_standing"]
    both = [one, {"rule": "postdoctoral_standing", "reason": "letter seen"}]
    assert (await nihr.decide(application, override=both)).json()["state"] == "accepted"
    detail = (await nihr.office.get(f"/applications/{application['id']}")).json()
    assert [(o["rule"], o["reason"]) for o in detail["overrides"]] == [(o["rule"], o["reason"]) for o in both]
    assert detail["unmet_rules"] == ["member", "postdoctoral_standing"]


async def test_a_coordinator_decides_but_does_not_override(applications, nihr, tenant):
    coordinator = await nihr.person()
    granted = await nihr.office.post(
        f"/programmes/{nihr.programme_id}/roles", json={"person_id": coordinator, "role": "coordinator"}
    )
    assert granted.status_code == 201, granted.text
    client = nihr.as_person(coordinator)
    eligible = await nihr.apply("mentee", nihr.cohorts[0])
    ineligible = await nihr.apply("mentee", nihr.cohorts[0], answers={"membership": "none"})
    decision = {"decision": "accept", "override": {"rule": "member", "reason": "because"}}
    assert (await client.post(f"/applications/{eligible['id']}/decision", json=decision)).status_code == 200
    denied = await client.post(f"/applications/{ineligible['id']}/decision", json=decision)
    assert (denied.status_code, denied.json()["code"]) == (403, "role_needed")
    assert (await nihr.office.delete(f"/roles/{granted.json()['id']}")).status_code == 204
    assert (await client.post(f"/applications/{ineligible['id']}/decision", json=decision)).status_code == 404
    events = await applications.emitted(tenant, RoleGranted, RoleRevoked)
    assert [type(e).__name__ for e in events] == ["RoleGranted", "RoleRevoked"]
    again = await nihr.office.post(
        f"/programmes/{nihr.programme_id}/roles", json={"person_id": coordinator, "role": "coordinator"}
    )
    assert again.status_code == 201


async def test_refusals_name_their_rules_and_refusing_the_eligible_needs_a_reason(applications, nihr, tenant):
    junior = await nihr.apply("mentor", nihr.cohorts[0], answers={"senior_leader": False, "postdoctoral_years": 4})
    assert (await nihr.decide(junior, "refuse")).json()["state"] == "refused"
    fine = await nihr.apply("mentor", nihr.cohorts[0])
    assert (await nihr.decide(fine, "refuse")).json()["code"] == "reason_needed"
    assert (await nihr.decide(fine, "refuse", reason="breach of conduct")).json()["state"] == "refused"
    events = await applications.emitted(tenant, ApplicationRefused)
    assert [e.rules for e in events] == [["research_leader"], []]
    assert (await nihr.ledger(nihr.cohorts[0], "mentor"))["ineligible"] == 2


async def test_places_follow_decisions_moves_and_withdrawals(applications, nihr, tenant):
    small, other = nihr.cohorts[0], nihr.cohorts[2]
    await nihr.office.patch(f"/cohorts/{small}", json={"places": 1})
    first, second = [await nihr.apply("mentee", small) for _ in range(2)]
    assert (await nihr.decide(first)).status_code == 200
    full = await nihr.decide(second)
    assert (full.status_code, full.json()["code"]) == (409, "cohort_full")
    fewer = await nihr.office.patch(f"/cohorts/{small}", json={"places": 0})
    assert (fewer.status_code, fewer.json()["code"]) == (409, "places_in_use")
    moved = await nihr.act(first, "move", cohort_id=other, reason="asked for it")
    assert (moved.json()["state"], moved.json()["cohort_id"]) == ("accepted", other)
    assert (await nihr.decide(second)).status_code == 200
    back = await nihr.act(first, "move", cohort_id=small, reason="changed their mind")
    assert back.json()["code"] == "cohort_full"
    assert (await nihr.act(second, "withdraw", reason="ill")).status_code == 200
    assert (await nihr.act(first, "move", cohort_id=small, reason="changed their mind")).status_code == 200
    assert (await nihr.act(first, "move", cohort_id=small, reason="again")).json()["code"] == "same_cohort"
    taken = [(await nihr.office.get(f"/cohorts/{c}")).json()["places_taken"] for c in (small, other)]
    assert taken == [1, 0]
    row = await nihr.ledger(small, "mentee")
    assert {"applied": 2, "moved_in": 1, "moved_out": 1, "withdrawn": 1, "open": 1}.items() <= row.items()
    moves = await applications.emitted(tenant, ApplicationMoved)
    assert [(str(m.from_cohort_id), str(m.cohort_id)) for m in moves] == [(small, other), (other, small)]
    assert [e.places for e in await applications.emitted(tenant, CohortPlacesChanged)] == [1]
    statistics = await nihr.internal(f"/internal/programmes/{nihr.programme_id}/statistics")
    assert statistics["moved"] == 1
    assert statistics["cohorts"][0]["places_first_planned"] == 25


async def test_closing_a_cohort_leaves_the_open_unmatched(applications, nihr, tenant):
    cohort = nihr.cohorts[1]
    accepted, waiting, submitted = [await nihr.apply("mentee", cohort) for _ in range(3)]
    await nihr.decide(accepted)
    await nihr.decide(waiting, "waitlist")
    closed = await nihr.office.post(f"/cohorts/{cohort}/close")
    assert (closed.status_code, closed.json()["places_taken"]) == (200, 0), closed.text
    assert (await nihr.office.post(f"/cohorts/{cohort}/close")).json()["code"] == "cohort_is_closed"
    events = await applications.emitted(tenant, ApplicationUnmatched, CohortClosed)
    assert {str(e.application_id) for e in events[:3]} == {a["id"] for a in (accepted, waiting, submitted)}
    assert isinstance(events[3], CohortClosed)
    assert (await nihr.ledger(cohort, "mentee"))["unmatched"] == 3
    assert (await nihr.decide(submitted)).json()["code"] == "transition_not_allowed"
    assert (await nihr.try_to_apply("mentee", cohort)).json()["code"] == "cohort_is_closed"
    assert (await nihr.act(waiting, "carry-over", reason="wants 2023")).json()["state"] == "carried_over"
    assert len(await applications.emitted(tenant, ApplicationCarriedOver)) == 1


async def test_a_later_round_has_its_own_line_in_the_ledger(nihr):
    later = await nihr.apply("mentee", None)
    assert (await nihr.decide(later)).json()["code"] == "cohort_needed"
    assert (await nihr.act(later, "carry-over", reason="2023")).json()["state"] == "carried_over"
    row = await nihr.ledger(None, "mentee")
    assert (row["applied"], row["carried_over"], row["cohort_number"]) == (1, 1, None)
    other = await nihr.apply("mentee", None)
    await nihr.act(other, "move", cohort_id=nihr.cohorts[0], reason="a place came free")
    assert (await nihr.ledger(None, "mentee"))["moved_out"] == 1
    assert (await nihr.ledger(nihr.cohorts[0], "mentee"))["moved_in"] == 1


async def test_oversubscription_goes_by_the_places_first_planned(nihr):
    await nihr.office.patch(f"/cohorts/{nihr.cohorts[0]}", json={"places": 2})
    for _ in range(2):
        await nihr.apply("mentee", nihr.cohorts[0])
    lines = (await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}/ledger")).json()["oversubscription"]
    mentee = next(line for line in lines if line["role"] == "mentee")
    assert mentee == {"role": "mentee", "places_first_planned": 25, "places": 2, "eligible": 2, "percent": -92}


async def test_lists_show_one_s_own_and_the_team_s(nihr, tenant):
    mine, other = [await nihr.apply("mentee", nihr.cohorts[0]) for _ in range(2)]
    client = nihr.as_person(mine["person_id"])
    assert [a["id"] for a in (await client.get("/applications")).json()["items"]] == [mine["id"]]
    everything = {"programme_id": nihr.programme_id, "state": "submitted", "role": "mentee"}
    assert len((await nihr.office.get("/applications", params=everything)).json()["items"]) == 2
    assert (await client.get(f"/applications/{other['id']}")).status_code == 404
    assert (await client.get(f"/programmes/{nihr.programme_id}/ledger")).status_code == 403
    refused = await client.post(f"/applications/{mine['id']}/decision", json={"decision": "accept"})
    assert (refused.status_code, refused.json()["code"]) == (403, "role_needed")
    pages = await nihr.office.get("/applications", params={"limit": 1})
    following = await nihr.office.get("/applications", params={"limit": 1, "cursor": pages.json()["next_cursor"]})
    assert [pages.json()["items"][0]["id"], following.json()["items"][0]["id"]] == [mine["id"], other["id"]]


async def test_lists_are_read_from_either_end_and_from_every_row(nihr):
    """The key of a row is a cursor; `-` before it goes back from there."""
    ids = [(await nihr.apply("mentee", nihr.cohorts[0]))["id"] for _ in range(5)]
    everybody = [person["id"] for person in (await nihr.office.get("/people", params={"limit": 200})).json()["items"]]
    for path, known in (("/applications", ids), ("/people", everybody)):
        last, back = known[-2:], []
        page = (await nihr.office.get(path, params={"limit": 2, "cursor": "-"})).json()
        assert [item["id"] for item in page["items"]] == last
        assert page["next_cursor"] == "-" + encode(UUID(last[0]))
        while page["next_cursor"]:
            back = page["items"] + back
            page = (await nihr.office.get(path, params={"limit": 2, "cursor": page["next_cursor"]})).json()
        assert [item["id"] for item in page["items"] + back] == known
        after = (await nihr.office.get(path, params={"limit": 2, "cursor": encode(UUID(known[1]))})).json()
        assert [item["id"] for item in after["items"]] == known[2:4]
    for wrong in ("--", "x", "-" + "!" * 22, "a" * 23):
        refused = await nihr.office.get("/applications", params={"cursor": wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_cursor")


@pytest.mark.parametrize("name", ["nothing", "..", "../nihr"])
async def test_only_shipped_blueprints_are_found(office, name):
    answer = await office.post("/programmes", json={"blueprint": name})
    assert answer.status_code in (404, 422)
    assert answer.json()["code"] in ("blueprint_not_found", "invalid_request")


async def test_an_inline_blueprint_is_taken_and_its_faults_are_named(applications, office, tenant):
    good = blueprint.load("nihr").document
    made = await office.post("/programmes", json={"blueprint": good | {"id": "ours"}, "title": "Ours"})
    assert (made.status_code, made.json()["title"], made.json()["blueprint_name"]) == (201, "Ours", "ours")
    bad = good | {"direction": "sideways", "cohorts": [{"number": 1, "places": -1}]}
    refused = await office.post("/programmes", json={"blueprint": bad})
    assert (refused.status_code, refused.json()["code"]) == (422, "blueprint_invalid")
    assert [e["pointer"] for e in refused.json()["errors"]] == [
        "/body/blueprint/cohorts/0/places", "/body/blueprint/direction"
    ]  # fmt: skip
    assert len(await applications.emitted(tenant, ProgrammeCreated)) == 1


async def test_a_person_who_makes_a_programme_manages_it(applications, office, tenant):
    person = (await office.post("/people", json={"name": "Pat", "email": "pat@example.org"})).json()["id"]
    scopes = ("applications:read", "applications:write")
    admin = applications.caller(*scopes, "organisation:admin", tenant=tenant, subject=person)
    programme = (await admin.post("/programmes", json={"blueprint": "nihr"})).json()["id"]
    plain = applications.caller(*scopes, tenant=tenant, subject=person)
    [held] = (await plain.get("/me")).json()["roles"]
    assert (held["programme_id"], held["role"]) == (programme, "programme_manager")
    assert (await plain.post(f"/programmes/{programme}/cohorts", json={"number": 7, "places": 3})).status_code == 201
    twice = await plain.post(f"/programmes/{programme}/cohorts", json={"number": 7, "places": 3})
    assert twice.json()["code"] == "cohort_number_taken"
    assert (await plain.post("/programmes", json={"blueprint": "nihr"})).status_code == 403


async def test_the_window_opens_and_closes_by_the_clock(own_clock, tenant, office_of, programme_of):
    nihr = await programme_of(own_clock, tenant, office_of(own_clock, tenant))
    early = await nihr.try_to_apply("mentee", nihr.cohorts[0])
    assert (early.status_code, early.json()["code"]) == (409, "window_closed")
    assert early.json()["opens_at"] == "2022-03-02T00:00:00Z"
    assert early.json()["closes_at"] == "2022-03-23T23:59:59Z"
    assert (await nihr.try_to_apply("mentee", None)).json()["code"] == "window_closed"
    own_clock.clock.move_to(datetime(2022, 3, 23, 23, 59, tzinfo=UTC))
    await nihr.apply("mentee", nihr.cohorts[0])
    await nihr.apply("mentee", None)
    assert (await nihr.try_to_apply("mentee", nihr.cohorts[1])).json()["opens_at"] == "2022-04-27T00:00:00Z"
    own_clock.clock.move_to(datetime(2022, 3, 24, tzinfo=UTC))
    late = await nihr.try_to_apply("mentor", nihr.cohorts[0])
    assert (late.status_code, late.json()["code"]) == (409, "window_closed")
    rows = (await nihr.office.get("/applications")).json()["items"]
    assert len(rows) == 2
    assert await eventually(lambda: own_clock.emitted(tenant, ApplicationSubmitted))


async def test_statistics_are_counted_from_the_records(applications, nihr, tenant):
    first, third = nihr.cohorts[0], nihr.cohorts[2]
    other = {"professional_background": "Other", "professional_background_other": "Statistician"}
    mentor = await nihr.apply("mentor", first, answers=other)
    mentee = await nihr.apply("mentee", first)
    refused = await nihr.apply("mentee", first, answers={"membership": "none"})
    await nihr.apply("mentee", None)
    await nihr.act(mentor, "move", cohort_id=third, reason="asked")
    await nihr.act(mentee, "move", cohort_id=third, reason="asked")
    await nihr.decide(refused, "refuse")
    for application in (mentor, mentee):
        await nihr.decide(application)
    await applications.publish(tenant, confirmed(nihr, third, mentor, mentee))
    found = await nihr.internal(f"/internal/programmes/{nihr.programme_id}/statistics")
    eligible = {(e["cohort_id"], e["role"]): e["count"] for e in found["eligible"]}
    assert eligible == {(first, "mentor"): 1, (first, "mentee"): 1, (None, "mentee"): 1}
    assert found["moved"] == 2
    assert [(c["number"], c["places"], c["places_first_planned"]) for c in found["cohorts"]] == [
        (1, 25, 25),
        (2, 25, 25),
        (3, 25, 25),
    ]
    keys = ("cohort_id", "role", "professional_background", "other", "people")
    assert sorted(tuple(b[k] for k in keys) for b in found["backgrounds"]) == [
        (third, "mentee", "Medically qualified", None, 1),
        (third, "mentor", "Other", "Statistician", 1),
    ]
    assert all(row["balanced"] for row in found["ledger"])
    stages = {(b["cohort_id"], b["role"], b["field"]): (b["applied"], b["matched"]) for b in found["breakdowns"]}
    # The field that the form declares for it, and no other; who was refused applied, who waits for a cohort too.
    assert stages == {
        (third, "mentor", "career_stage"): (1, 1),
        (third, "mentee", "career_stage"): (1, 1),
        (first, "mentee", "career_stage"): (1, 0),
        (None, "mentee", "career_stage"): (1, 0),
    }


async def test_changed_dates_are_announced_once(applications, nihr, tenant):
    cohort = nihr.cohorts[0]
    dates = [{"kind": "orientation", "starts_at": "2022-05-01T09:00:00Z", "ends_at": None}]
    before = len(await applications.emitted(tenant, CohortMilestonesChanged))
    for _ in range(2):
        assert (await nihr.office.patch(f"/cohorts/{cohort}", json={"milestones": dates})).status_code == 200
    announced = (await applications.emitted(tenant, CohortMilestonesChanged))[before:]
    assert [(str(e.cohort_id), e.milestones[0].kind) for e in announced] == [(str(cohort), "orientation")]
