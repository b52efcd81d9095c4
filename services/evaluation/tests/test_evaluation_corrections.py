"""What was recorded by mistake is taken back or corrected, with who, when and why, and figures follow; and nobody
consents to anything for somebody else."""

import uuid

import pytest

from mentoring_contracts.applications import RoleGranted

INDICATOR = {"id": "stayed", "title": "S", "kind": "share", "unit": "percent", "base": "staff"}


def blueprint():
    stages = [{"id": "a", "title": "A", "indicators": [INDICATOR]}]
    return {"title": "P", "instruments": [], "evaluation_model": {"kind": "own", "stages": stages}}


async def test_a_wrong_value_is_withdrawn_and_the_one_before_counts_again(programme):
    await programme.begin(blueprint=blueprint())
    today = programme.harness.clock.now().date()
    base, model = f"/programmes/{programme.id}/indicators/stayed/values", f"/programmes/{programme.id}/evaluation-model"
    value = {"base": 40, "source": "HR system", "measured_on": str(today), "from_records": True}
    right = (await programme.team.post(base, json=value | {"numerator": 30})).json()
    wrong = (await programme.team.post(base, json=value | {"numerator": 3})).json()
    assert (await programme.team.get(model)).json()["latest"]["stayed"]["numerator"] == 3
    path, why = f"{base}/{wrong['id']}/withdraw", {"reason": "a digit lost"}
    assert (await programme.client().post(path, json=why)).status_code == 403
    assert (await programme.team.post(path, json={})).status_code == 422
    _, coordinator = await programme.granted("coordinator")
    taken = (await coordinator.post(path, json=why)).json()["withdrawn"]
    assert (taken["reason"], taken["role"], taken["withdrawn_at"] is not None) == ("a digit lost", "coordinator", True)
    again = await coordinator.post(path, json=why)
    assert (again.status_code, again.json()["code"]) == (409, "already_withdrawn")
    assert (await programme.team.get(model)).json()["latest"]["stayed"]["numerator"] == 30
    listed = {one["id"]: one["withdrawn"] for one in (await programme.team.get(base)).json()["items"]}
    assert (listed[right["id"]], listed[wrong["id"]]) == (None, taken)
    report = (await programme.team.get(f"/reports/{(await programme.report('final'))['id']}")).json()
    assert report["evaluation_model"]["stages"][0]["measured"][0]["numerator"] == 30
    other = await programme.team.post(f"{base}/{uuid.uuid4()}/withdraw", json=why)
    assert (other.status_code, other.json()["code"]) == (404, "indicator_value_not_found")
    stranger = programme.harness.caller("evaluation:write", "organisation:admin", tenant=uuid.uuid4())
    assert (await stranger.post(f"{base}/{right['id']}/withdraw", json=why)).status_code == 404


async def test_a_wrong_outcome_from_hr_data_leaves_the_reports(programme):
    await programme.begin(blueprint=blueprint())
    today = programme.harness.clock.now().date()
    base = f"/programmes/{programme.id}/hr-outcomes"
    outcome = {
        "outcome": "promotion", "role": "mentee", "definition": "A higher band", "months": 12, "people": 40,
        "with_outcome": 9, "source": "HR system", "measured_on": str(today),
    }  # fmt: skip
    made = [(await programme.team.post(base, json=outcome)).json()["id"] for _ in range(2)]

    async def told():
        report = (await programme.team.get(f"/reports/{(await programme.report('final'))['id']}")).json()
        return [one["participants"]["people"] for one in report["outcomes"]["hr"]]

    assert await told() == [40]  # what is sent twice counts once
    why = {"reason": "another programme's"}
    assert (await programme.client().post(f"{base}/{made[0]}/withdraw", json=why)).status_code == 403
    for id_ in made:
        assert (await programme.team.post(f"{base}/{id_}/withdraw", json=why)).json()["withdrawn"]["reason"] == why[
            "reason"
        ]
    assert (await programme.team.post(f"{base}/{made[0]}/withdraw", json=why)).json()["code"] == "already_withdrawn"
    missing = await programme.team.post(f"{base}/{uuid.uuid4()}/withdraw", json=why)
    assert (missing.status_code, missing.json()["code"]) == (404, "hr_outcome_not_found")
    assert await told() == []
    assert len((await programme.team.get(base)).json()["items"]) == 2


async def test_hr_systems_record_outcomes_of_their_own_people(programme):
    """Each employer's counts beside the others'; who is neither team nor HR is told what is needed."""
    await programme.begin(blueprint=blueprint())
    base = f"/programmes/{programme.id}/hr-outcomes"
    outcome = {
        "outcome": "engagement", "role": "mentee", "definition": "Survey score of 4 or more", "months": 12,
        "people": 40, "with_outcome": 30, "source": "Staff survey",
        "measured_on": str(programme.harness.clock.now().date()),
    }  # fmt: skip
    rights = ("evaluation:read", "evaluation:write")

    def hr(*scopes, **claims):
        return programme.harness.caller(*rights, *scopes, tenant=programme.tenant, subject="hr", **claims)

    leeds, york = str(uuid.uuid4()), str(uuid.uuid4())
    of_leeds, of_york, of_all = (hr("hr:provision", **c) for c in ({"employer": leeds}, {"employer": york}, {}))
    mine = (await of_leeds.post(base, json=outcome)).json()
    assert (mine["employer_id"], mine["participants"]["people"]) == (leeds, 40)
    theirs = (await of_york.post(base, json=outcome | {"people": 50})).json()
    for client, seen in ((of_leeds, [mine]), (of_york, [theirs]), (of_all, [mine, theirs]), (programme.team, None)):
        listed = (await client.get(base)).json()["items"]
        assert sorted(one["id"] for one in listed) == sorted(one["id"] for one in seen or [mine, theirs])
    report = (await programme.team.get(f"/reports/{(await programme.report('final'))['id']}")).json()
    assert sorted(one["participants"]["people"] for one in report["outcomes"]["hr"]) == [40, 50]
    why = {"reason": "another year's"}
    other = await of_leeds.post(f"{base}/{theirs['id']}/withdraw", json=why)
    assert (other.status_code, other.json()["code"]) == (404, "hr_outcome_not_found")
    taken = (await of_leeds.post(f"{base}/{mine['id']}/withdraw", json=why)).json()["withdrawn"]
    assert (taken["role"], taken["reason"]) == ("hr", why["reason"])
    refused = await hr(employer=leeds).post(base, json=outcome)
    assert (refused.status_code, refused.json()["needed"]) == (403, ["run_evaluation"])


async def test_the_pages_of_a_transcript_are_corrected_with_a_trace(programme, pick):
    await programme.begin()
    person = uuid.uuid4()
    path, own = await programme.approved_interview(await programme.match(1, uuid.uuid4(), person), person)
    assert pick(await programme.figures(), "interview_pages", cohort=1)["value"] == 9
    change = {"pages": 19, "reason": "the second half lay elsewhere"}
    assert (await own.patch(path, json=change)).status_code == 403
    _, interviewer = await programme.granted("interviewer")
    corrected = (await interviewer.patch(path, json=change)).json()
    [trace] = corrected["corrections"]
    assert (corrected["pages"], trace["pages_before"], trace["pages"], trace["role"]) == (19, 9, 19, "interviewer")
    assert (await own.get(path)).json()["corrections"] == [trace]  # the person sees it too
    assert pick(await programme.figures(), "interview_pages", cohort=1)["value"] == 19
    await own.post(f"{path}/withdraw")
    late = await interviewer.patch(path, json=change)
    assert (late.status_code, late.json()["code"]) == (409, "interview_state_conflict")


@pytest.mark.parametrize("act", ["consent", "amend", "approve", "withdraw"])
@pytest.mark.parametrize(
    "who", ["programme_manager", "coordinator", "interviewer", "steering_group", "admin", "partner"]
)
async def test_nobody_consents_to_an_interview_for_another(programme, act, who):
    await programme.begin()
    person, partner = uuid.uuid4(), uuid.uuid4()
    match_id = await programme.match(1, partner, person)
    new = {"person_id": str(person), "scheduled_at": programme.closes.isoformat()}
    planned = (await programme.team.post(f"/matches/{match_id}/interviews", json=new)).json()
    callers = {"admin": programme.team, "partner": programme.client(subject=partner)}
    if who not in callers:
        other = uuid.uuid4()
        granted = RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=other, role=who)
        await programme.tell(granted)
        callers[who] = programme.client(subject=other)
    body = {"summary": "in other words"} if act == "amend" else None
    refused = await callers[who].post(f"/interviews/{planned['id']}/{act}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (404, "interview_not_found")
    own = programme.client(subject=person)
    assert (await own.get(f"/interviews/{planned['id']}")).json()["state"] == "scheduled"
    assert (await own.post(f"/interviews/{planned['id']}/consent")).json()["consented_at"] is not None


@pytest.mark.parametrize("act", ["amend", "approve", "withdraw"])
@pytest.mark.parametrize("who", ["programme_manager", "coordinator", "interviewer", "admin"])
async def test_nobody_approves_a_case_study_for_its_pair(programme, act, who):
    await programme.begin()
    match_id, _, mentors, _, _ = await programme.interviewed_pair()
    study = await programme.case_study(match_id)
    other = programme.team if who == "admin" else (await programme.granted(who))[1]
    body = {"approve": {"version": 1}, "amend": {"version": 1, "sections": {"Reflections": "other words"}}}.get(act)
    refused = await other.post(f"{study}/{act}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (404, "case_study_not_found")
    seen = (await mentors.get(study)).json()
    assert (seen["state"], seen["version"], seen["mentor_approved_at"]) == ("draft", 1, None)
