"""Assessors: asked, close to nobody, blind of each other until all have scored, moderated, and heard in the end."""

import pytest

from mentoring_applications.assessments import scoring
from mentoring_applications.errors import ScoresInvalid
from mentoring_contracts.applying import ApplicationAssessed, AssessmentAsked
from mentoring_contracts.blueprint.applying import Assessment

PLAN = {
    "assessors": 2, "moderate_apart": 3, "roles": ["mentee"],
    "criteria": [{"id": "need", "title": "Need", "weight": 3}, {"id": "clarity", "title": "Clarity"}],
}  # fmt: skip
WORDS = "A clear letter, and little need."


def test_scores_are_put_together_by_weight_and_far_apart_is_seen():
    plan = Assessment.model_validate(PLAN)
    together = scoring.summary(plan, [{"need": 5, "clarity": 1}, {"need": 4, "clarity": 2}])
    assert [(c.id, c.mean, c.least, c.most) for c in together.criteria] == [("need", 4.5, 4, 5), ("clarity", 1.5, 1, 2)]
    # (0.875 × 3 + 0.125 × 1) / 4
    assert (together.total, together.apart) == (68.8, False)
    assert scoring.summary(plan, [{"need": 1, "clarity": 1}, {"need": 4, "clarity": 1}]).apart
    for wrong in ({"need": 6, "clarity": 1}, {"need": 0, "clarity": 1}, {"need": 3}, {"need": 3, "clarity": 1, "x": 1}):
        with pytest.raises(ScoresInvalid):
            scoring.check(plan, wrong)


@pytest.fixture
async def programme(applications, office, tenant, programme_with):
    return await programme_with(applications, tenant, office, applying={"assessment": PLAN})


async def ask(programme, application, *people):
    return await programme.act(application, "assessors", person_ids=list(people))


async def put(client, assessment_id, **given):
    return await client.put(f"/assessments/{assessment_id}", json=given)


async def asked_by_two(programme):
    application = await programme.apply("mentee", programme.cohorts[0])
    people = [await programme.person() for _ in range(2)]
    answer = await ask(programme, application, *people)
    assert answer.status_code == 200, answer.text
    ids = {item["assessor_id"]: item["id"] for item in answer.json()["items"]}
    return application, [(programme.as_person(person), ids[person]) for person in people]


async def test_two_assess_blind_and_a_decision_hears_them(applications, programme, tenant):
    application, [(first, one), (second, two)] = await asked_by_two(programme)
    assert len(await applications.emitted(tenant, AssessmentAsked)) == 2
    early = await programme.decide(application)
    assert (early.status_code, early.json()["code"]) == (409, "assessment_incomplete")
    mine = (await first.get(f"/assessments/{one}")).json()
    assert (mine["scores"], mine["free_text"]) == ([], "I hope for a mentor outside my discipline.")
    assert (await first.get(f"/assessments/{two}")).json()["code"] == "assessment_not_found"
    assert (await programme.office.get(f"/assessments/{one}")).status_code == 404
    assert (await put(first, one, scores={"need": 9, "clarity": 1})).json()["code"] == "scores_invalid"
    assert (await put(first, one, scores={"need": 5, "clarity": 5}, note=WORDS)).status_code == 200
    assert (await put(first, one, scores={"need": 4, "clarity": 4}, note=WORDS)).status_code == 200
    url = f"/applications/{application['id']}"
    assert [s["scores"]["need"] for s in (await first.get(f"/assessments/{one}")).json()["scores"]] == [4]
    assert (await second.get(f"/assessments/{two}")).json()["scores"] == []
    half = (await programme.office.get(f"{url}/assessment")).json()
    assert (half["complete"], half["scores"], half["total"]) == (False, None, None)
    moderation = {"recommendation": "accept", "note": "both see the need"}
    assert (await programme.office.post(f"{url}/moderation", json=moderation)).json()["code"] == "assessment_incomplete"
    assert (await put(second, two, scores={"need": 1, "clarity": 4})).status_code == 200
    assert len((await first.get(f"/assessments/{one}")).json()["scores"]) == 2
    late = await put(first, one, scores={"need": 1, "clarity": 1})
    assert (late.status_code, late.json()["code"]) == (409, "assessment_closed")
    whole = (await programme.office.get(f"{url}/assessment")).json()
    assert (whole["complete"], whole["moderation_needed"], whole["total"]) == (True, True, 46.9)
    assert (await programme.decide(application)).json()["code"] == "moderation_needed"
    assert (await programme.office.post(f"{url}/moderation", json=moderation)).status_code == 200
    assert (await programme.decide(application)).status_code == 200
    assert len(await applications.emitted(tenant, ApplicationAssessed)) == 1
    applicant = programme.as_person(application["person_id"])
    assert (await applicant.get(f"{url}/assessment")).json()["code"] == "role_needed"


async def test_who_is_close_to_the_applicant_is_not_asked(programme):
    leader = await programme.person()
    applicant = await programme.person(line_manager_id=leader)
    named, stranger = await programme.person(), await programme.person()
    answers = {"declared_conflicts": [named]}
    application = await programme.apply("mentee", programme.cohorts[0], applicant, answers=answers)
    for close in (applicant, leader, named):
        refused = await ask(programme, application, close)
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict_of_interest")
    assert (await ask(programme, application, stranger)).status_code == 200
    more = await ask(programme, application, await programme.person(), await programme.person())
    assert (more.json()["code"], more.json()["assessors"]) == ("too_many_assessors", 2)
    mentor = await programme.apply("mentor", programme.cohorts[0])
    assert (await ask(programme, mentor, stranger)).json()["code"] == "assessment_not_offered"
    by_stranger = await programme.as_person(stranger).post(
        f"/applications/{application['id']}/assessors", json={"person_ids": [stranger]}
    )
    assert by_stranger.status_code == 404


async def test_who_declares_a_conflict_is_replaced_and_says_no_more(applications, programme, tenant):
    application, [(first, one), (second, two)] = await asked_by_two(programme)
    assert (await put(first, one, scores={"need": 3, "clarity": 3}, note=WORDS)).status_code == 200
    declared = await first.post(f"/assessments/{one}/conflict", json={"reason": "We share a flat."})
    assert (declared.status_code, declared.json()["state"]) == (200, "conflict")
    assert (await put(first, one, scores={"need": 3, "clarity": 3})).json()["code"] == "assessment_closed"
    third = await programme.person()
    items = (await ask(programme, application, third)).json()["items"]
    assert sorted(item["state"] for item in items) == ["conflict", "open", "open"]
    three = next(item["id"] for item in items if item["assessor_id"] == third)
    await put(second, two, scores={"need": 3, "clarity": 3})
    await put(programme.as_person(third), three, scores={"need": 3, "clarity": 3})
    assert (await programme.office.get(f"/applications/{application['id']}/assessment")).json()["total"] == 50.0
    assert (await programme.office.delete(f"/people/{application['person_id']}")).status_code == 204
    assert (await second.get(f"/assessments/{two}")).json()["code"] == "assessment_not_found"
