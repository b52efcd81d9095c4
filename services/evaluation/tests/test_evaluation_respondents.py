"""Surveys that ask people beyond the pair: by link alone, under the same floor, with figures of their own."""

import copy
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from mentoring_common import yaml_text
from mentoring_contracts.applications import ApplicationSubmitted, ApplicationWithdrawn, PersonErased

NIHR = yaml_text.ours((Path(__file__).resolve().parents[3] / "blueprints" / "nihr.yaml").read_text("utf-8"))
KINDS = [
    {"id": "manager", "title": "Line manager", "of": "mentee", "most": 1},
    {"id": "peer", "title": "Peer", "of": "mentee", "most": 3},
    {"id": "comparison", "title": "Comparison group"},
    {"id": "applicant", "title": "Applicant", "source": "applications"},
]
ROLES = ["mentee", "manager", "comparison", "applicant"]
LISTENS = {
    "id": "listens", "kind": "choice", "roles": ROLES, "figure": "listens", "counted": ["Yes"],
    "sensitivity": "ordinary", "options": ["Yes", "No"],
    "text": {"mentee": "Do you listen?", "manager": "Do they listen?"},
}  # fmt: skip
WHY = {"id": "why", "kind": "text", "roles": ["manager"], "text": "In what way?"}
HABITS = {"id": "habits", "title": "Habits", "questions": [LISTENS, WHY]}


def plan(**changes):
    content = copy.deepcopy(NIHR) | {"respondents": KINDS}
    content["instruments"] = [*content["instruments"], HABITS]
    return content | changes


@pytest.fixture
async def asking(programme):
    await programme.begin(blueprint=plan())
    return programme


async def name(programme, by=None, **changes):
    body = {"kind": "manager", "name": "Bo Ss", "email": f"{uuid4().hex}@example.org"} | changes
    return await (by or programme.team).post(f"/programmes/{programme.id}/respondents", json=body)


async def wave_of(programme, **asked):
    body = {"instrument": "habits", "opens_at": programme.opens.isoformat(), "closes_at": programme.closes.isoformat()}
    planned = await programme.team.post(f"/cohorts/{programme.cohorts[1]}/waves", json=body | asked)
    assert planned.status_code == 201, planned.text
    return planned.json()


async def invited(programme, wave):
    client = programme.client("internal:evaluation", subject="mentoring-integrations")
    page = await client.get(f"/internal/waves/{wave['id']}/invitations", params={"limit": 200})
    return page.json()["items"]


async def members(programme, number):
    """So many mentees who are matched."""
    pairs = [(uuid4(), uuid4()) for _ in range(number)]
    for mentor, mentee in pairs:
        await programme.match(1, mentor, mentee)
    return [mentee for _, mentee in pairs]


async def test_managers_answer_by_link_and_have_figures_of_their_own(asking, pick):
    mentees = await members(asking, 25)
    for number, mentee in enumerate(mentees):
        own = asking.client(subject=mentee)
        assert (await name(asking, own, name=f"Boss {number}")).status_code == 201
    wave = await wave_of(asking, roles=["mentee"], respondents=["manager"])
    await asking.open()
    asked = await invited(asking, wave)
    managers = [one for one in asked if one["role"] == "manager"]
    assert len(managers) == 25
    assert {one["name"] for one in managers} == {f"Boss {n}" for n in range(25)}
    assert {one["name"] for one in asked if one["role"] == "mentee"} == {None}
    survey = (await asking.public.get(f"/surveys/{managers[0]['token']}")).json()
    assert (survey["role"], [q["id"] for q in survey["questions"]]) == ("manager", ["listens", "why"])
    assert survey["questions"][0]["text"] == "Do they listen?"
    for number, one in enumerate(managers):
        answers = {"listens": "Yes" if number < 14 else "No", "why": "asks first"}
        assert (await asking.answer(one["token"], answers)).status_code == 201
    for one in asked:
        if one["role"] == "mentee":
            await asking.answer(one["token"], {"listens": "Yes"})
    again = await asking.answer(managers[0]["token"], {"listens": "No"})
    assert again.json()["code"] == "survey_already_answered"
    await asking.close()
    figures = await asking.figures()
    shown = pick(figures, "listens", role="manager", cohort=1)
    assert (shown["numerator"], shown["denominator"], shown["asked"]) == (14, 25, 25)
    assert pick(figures, "listens", role="mentee", cohort=1)["numerator"] == 25
    rate = pick(figures, "response_rate", role=None, cohort=1, wave="habits")
    assert rate["asked"] == 25, "both sides of the pair, and nobody beyond"
    public = pick(await asking.figures("public"), "listens", role="manager", cohort=1)
    assert (public["value"], public["shown"], public["numerator"]) == (70, "rounded", 15)
    assert public["between"] == {"low": 52, "high": 95}
    evidence = await asking.team.get(f"/programmes/{asking.id}/figures/listens/evidence?role=manager&cohort=1")
    assert evidence.status_code == 200, evidence.text
    seen = (await asking.team.get(f"/waves/{wave['id']}")).json()
    assert seen["respondents"] == [{"kind": "manager", "asked": 25, "responses": 25, "hidden": False}]
    _, coordinator = await asking.granted("coordinator")
    comments = (await coordinator.get(f"/waves/{wave['id']}/comments")).json()["items"]
    assert {one["role"] for one in comments} == {"manager"}


async def test_a_kind_of_few_people_is_shown_to_nobody(asking, pick):
    for mentee in await members(asking, 12):
        await asking.client(subject=mentee).get("/programmes")
    for number in range(4):
        assert (await name(asking, kind="comparison", name=f"C {number}")).status_code == 201
    wave = await wave_of(asking, roles=["mentee"], respondents=["comparison"])
    preview = (await asking.team.get(f"/waves/{wave['id']}/preview")).json()
    shown = {one["role"]: (one["people"], one["shown"]) for one in preview["roles"]}
    assert shown == {"mentee": (12, "figures"), "comparison": (4, "nothing")}
    assert preview["together"] == "figures", "what is of nobody's pair is in no sum"
    await asking.open()
    for one in await invited(asking, wave):
        assert (await asking.answer(one["token"], {"listens": "Yes"})).status_code == 201
    await asking.close()
    figures = await asking.figures()
    assert [f for f in figures if f["role"] == "comparison"] == []
    assert pick(figures, "listens", role="mentee", cohort=1)["numerator"] == 12
    assert [f for f in await asking.figures("public") if f["role"] == "comparison"] == []
    evidence = await asking.team.get(f"/programmes/{asking.id}/figures/listens/evidence?role=comparison&cohort=1")
    assert evidence.status_code == 404
    seen = (await asking.team.get(f"/waves/{wave['id']}")).json()
    assert seen["respondents"] == [{"kind": "comparison", "asked": 4, "responses": None, "hidden": True}]
    assert seen["hidden_roles"] == [], "of the pairs"


async def test_a_baseline_of_applicants_before_anybody_is_matched(asking, pick):
    people = [uuid4() for _ in range(11)]
    for person in people:
        await asking.tell(
            ApplicationSubmitted(
                application_id=uuid4(), programme_id=asking.id, cohort_id=asking.cohorts[1], person_id=person,
                role="mentee",
            )
        )  # fmt: skip
    gone = uuid4()
    about = {"application_id": uuid4(), "programme_id": asking.id, "cohort_id": asking.cohorts[1]}
    about |= {"person_id": gone, "role": "mentee"}
    await asking.tell(ApplicationSubmitted(**about), ApplicationWithdrawn(**about))
    wave = await wave_of(asking, respondents=["applicant"])
    assert wave["roles"] == []
    await asking.open()
    asked = await invited(asking, wave)
    assert {one["person_id"] for one in asked} == {str(person) for person in people}
    assert {(one["role"], one["email"]) for one in asked} == {("applicant", None)}
    for one in asked:
        await asking.answer(one["token"], {"listens": "No"})
    await asking.close()
    figures = [f for f in await asking.figures() if f["wave"] == "habits"]
    assert {f["role"] for f in figures} == {"applicant"}, "nobody of a pair was asked"
    assert pick(figures, "response_rate", role="applicant", cohort=1)["numerator"] == 11


async def test_nobody_is_asked_about_a_member_who_has_not_agreed(asking):
    [mentee] = await members(asking, 1)
    named = (await name(asking, member_id=str(mentee))).json()
    assert named["agreed_at"] is None
    other = asking.client(subject=uuid4())
    refused = await other.post(f"/respondents/{named['id']}/agree")
    assert (refused.status_code, refused.json()["code"]) == (403, "members_own")
    assert (await asking.team.post(f"/respondents/{named['id']}/agree")).status_code == 403
    wave = await wave_of(asking, respondents=["manager"])
    before = (await asking.team.get(f"/waves/{wave['id']}/preview")).json()
    assert before["roles"] == [{"role": "manager", "people": 0, "shown": "nothing", "published_from": None}]
    own = asking.client(subject=mentee)
    assert (await own.post(f"/respondents/{named['id']}/agree")).json()["agreed_at"] is not None
    after = (await asking.team.get(f"/waves/{wave['id']}/preview")).json()
    assert after["roles"][0]["people"] == 1
    [seen] = (await own.get(f"/programmes/{asking.id}/respondents")).json()["items"]
    assert seen["name"] == "Bo Ss"
    assert (await other.get(f"/programmes/{asking.id}/respondents")).json()["items"] == []
    assert (await other.delete(f"/respondents/{named['id']}")).status_code == 403
    assert (await own.delete(f"/respondents/{named['id']}")).status_code == 204
    assert (await own.get(f"/programmes/{asking.id}/respondents")).json()["items"] == []


async def test_who_was_named_for_somebody_goes_with_them(asking):
    [mentee] = await members(asking, 1)
    assert (await name(asking, asking.client(subject=mentee))).status_code == 201
    await asking.tell(PersonErased(person_id=mentee))
    assert (await asking.team.get(f"/programmes/{asking.id}/respondents")).json()["items"] == []


async def test_what_cannot_be_named(asking):
    [mentee] = await members(asking, 1)
    own, stranger = asking.client(subject=mentee), asking.client(subject=uuid4())
    for wanted, by, changes in (
        ((422, "respondent_kind_unknown"), None, {"kind": "boss"}),
        ((422, "invalid_request"), None, {"kind": "Boss"}),
        ((422, "invalid_request"), None, {"email": "nobody"}),
        ((422, "invalid_request"), None, {"age": 3}),
        ((422, "respondents_are_applicants"), None, {"kind": "applicant"}),
        ((422, "member_needed"), None, {}),
        ((422, "member_needed"), None, {"member_id": str(uuid4())}),
        ((403, "role_needed"), stranger, {}),
        ((403, "role_needed"), stranger, {"kind": "comparison"}),
        ((403, "members_own"), own, {"member_id": str(uuid4())}),
        ((403, "members_own"), own, {"kind": "comparison"}),
        ((404, "cohort_not_found"), None, {"kind": "comparison", "cohort_id": str(uuid4())}),
    ):
        refused = await name(asking, by, **changes)
        assert (refused.status_code, refused.json()["code"]) == wanted, (changes, refused.text)
    same = f"{uuid4().hex}@example.org"
    assert (await name(asking, own, kind="peer", email=same)).status_code == 201
    assert (await name(asking, own, kind="peer", email=same.upper())).json()["code"] == "respondent_already_named"
    assert (await name(asking, own)).status_code == 201
    assert (await name(asking, own)).json()["code"] == "too_many_respondents"
    body = {"instrument": "habits", "opens_at": asking.opens.isoformat(), "closes_at": asking.closes.isoformat()}
    for kinds, code in ((["boss"], "respondent_kind_unknown"), (["peer"], "not_asked")):
        refused = await asking.team.post(f"/cohorts/{asking.cohorts[1]}/waves", json=body | {"respondents": kinds})
        assert refused.json()["code"] == code, refused.text


async def test_a_wave_without_respondents_is_as_it_was(asking):
    await members(asking, 2)
    wave = await wave_of(asking)
    assert (wave["roles"], wave["respondents"]) == (None, [])
    await asking.open()
    assert {one["role"] for one in await invited(asking, wave)} == {"mentor", "mentee"}
    assert asking.closes - asking.opens == timedelta(days=1)
