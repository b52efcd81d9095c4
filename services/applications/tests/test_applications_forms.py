"""Dates, files, conditional questions and steps of a form; and what it may be filled in with beforehand."""

import copy

import pytest

from mentoring_applications.programmes import blueprint
from mentoring_common.ids import new_id

PDF = b"%PDF-1.7\nI write about myself here.\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
CONSENTS = {"privacy_notice": "2022-02"}


def with_fields(*fields, **changes):
    form = copy.deepcopy(blueprint.load("nihr").document["form"]) | changes
    form["fields"] += [{"roles": ["mentee"], "label": "?", **field} for field in fields]
    return form


FIELDS = (
    {"id": "funded_until", "kind": "date", "required": True},
    {"id": "cv", "kind": "file", "accept": ["pdf"], "max_kb": 1, "required_when": {"field": "funded", "is": True}},
    {"id": "funded", "kind": "boolean"},
    {"id": "funder", "kind": "text", "required": True, "asked_when": {"field": "funded", "is": True}},
)


@pytest.fixture
async def programme(applications, office, tenant, programme_with):
    return await programme_with(applications, tenant, office, form=with_fields(*FIELDS))


@pytest.fixture
async def me(programme):
    return programme.as_person(await programme.person())


async def begin(client, programme, answers):
    body = {"role": "mentee", "cohort_id": programme.cohorts[0], "answers": answers, "consents": CONSENTS}
    made = await client.post(f"/programmes/{programme.programme_id}/drafts", json=body)
    assert made.status_code == 201, made.text
    return made.json()


async def send(client, draft, data=PDF, type_="application/pdf", field="cv", name="Über mich.pdf"):
    params = {"field": field, "name": name}
    return await client.post(
        f"/drafts/{draft['id']}/files", content=data, params=params, headers={"Content-Type": type_}
    )


async def change(client, draft, answers):
    body = {"answers": answers, "consents": CONSENTS}
    assert (await client.put(f"/drafts/{draft['id']}", json=body)).status_code == 200


def codes(answer):
    return {error["pointer"].removeprefix("/body/answers/"): error["code"] for error in answer.json()["errors"]}


async def test_a_file_is_sent_with_a_draft_and_belongs_to_the_application(programme, me, mentee_answers):
    answers = mentee_answers | {"funded_until": "2023-09-30", "funded": True, "funder": "A charity"}
    draft = await begin(me, programme, answers)
    assert codes(await me.post(f"/drafts/{draft['id']}/submit")) == {"cv": "required"}
    first = (await send(me, draft)).json()
    sent = (await send(me, draft)).json()
    assert (sent["field"], sent["media_type"], sent["size"]) == ("cv", "application/pdf", len(PDF))
    assert (await me.get(f"/files/{first['id']}")).json()["code"] == "file_not_found"
    assert (await programme.office.get(f"/files/{sent['id']}")).status_code == 404
    await change(me, draft, answers | {"cv": sent["id"]})
    submitted = await me.post(f"/drafts/{draft['id']}/submit")
    assert submitted.status_code == 201, submitted.text
    for reader in (me, programme.office):
        given = await reader.get(f"/files/{sent['id']}")
        assert given.content == PDF
        assert given.headers["content-type"] == "application/octet-stream"
        assert given.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%9Cber%20mich.pdf"
        assert "sandbox" in given.headers["content-security-policy"]
        assert given.headers["x-content-type-options"] == "nosniff"
    stranger = programme.as_person(await programme.person())
    assert (await stranger.get(f"/files/{sent['id']}")).status_code == 404
    me_id = (await me.get("/me")).json()["id"]
    assert (await programme.office.delete(f"/people/{me_id}")).status_code == 204
    assert (await programme.office.get(f"/files/{sent['id']}")).status_code == 404


async def test_what_is_no_such_file_is_refused(programme, me, mentee_answers):
    draft = await begin(me, programme, {})
    pdf = "application/pdf"
    for data, type_ in ((PNG, pdf), (PNG, "image/png"), (PDF + b"x" * 1000, pdf), (b"%PD", pdf)):
        refused = await send(me, draft, data, type_)
        assert (refused.status_code, refused.json()["code"]) == (422, "file_refused"), type_
        assert refused.json()["max_kb"] == 1
    assert (await send(me, draft, b"MZ", "application/x-msdownload")).status_code == 415
    assert (await send(me, draft, field="funder")).json()["code"] == "answers_invalid"
    assert (await send(me, draft, name="a/b.pdf")).status_code == 422
    stranger = programme.as_person(await programme.person())
    assert (await send(stranger, draft)).json()["code"] == "draft_not_found"
    other = (await send(stranger, await begin(stranger, programme, {}))).json()
    answers = mentee_answers | {"funded_until": "2023-09-30", "funded": True, "funder": "A charity"}
    for file_id in (other["id"], str(new_id())):
        await change(me, draft, answers | {"cv": file_id})
        assert codes(await me.post(f"/drafts/{draft['id']}/submit")) == {"cv": "file"}
    await change(me, draft, answers | {"cv": "my-cv.pdf"})
    assert codes(await me.post(f"/drafts/{draft['id']}/submit")) == {"cv": "file"}


async def test_a_date_is_a_day_and_a_question_is_asked_only_after_its_answer(programme, mentee_answers):
    cohort = programme.cohorts[0]

    async def tried(**answers):
        return await programme.try_to_apply("mentee", cohort, answers=answers)

    for wrong in ("2023-02-31", "20230228", "2023-W08-2", "soon", 20230228, "2023-09-30T00:00:00Z"):
        assert codes(await tried(funded_until=wrong)) == {"funded_until": "date"}
    assert codes(await tried()) == {"funded_until": "required"}
    assert codes(await tried(funded_until="2023-09-30", funder="A charity")) == {"funder": "not_asked"}
    assert codes(await tried(funded_until="2023-09-30", funded=False, funder="A charity")) == {"funder": "not_asked"}
    assert codes(await tried(funded_until="2023-09-30", funded=True)) == {"funder": "required", "cv": "required"}
    made = await tried(funded_until="2023-09-30", funded=False)
    assert made.status_code == 201
    shown = (await programme.office.get(f"/applications/{made.json()['id']}")).json()
    assert shown["answers"]["attributes"]["funded_until"] == "2023-09-30"


async def test_a_form_has_steps_and_says_them(office):
    form = with_fields(steps=[{"id": "you", "title": "About you"}, {"id": "wishes", "title": "Your wishes"}])
    for field in form["fields"]:
        field["step"] = "you"
    made = await office.post("/programmes", json={"blueprint": blueprint.load("nihr").document | {"form": form}})
    assert made.status_code == 201, made.text
    shown = (await office.get(f"/programmes/{made.json()['id']}/form")).json()
    assert shown["steps"] == [
        {"id": "you", "title": "About you", "fields": [field["id"] for field in form["fields"]]},
        {"id": "wishes", "title": "Your wishes", "fields": []},
    ]
    assert {field["step"] for field in shown["fields"]} == {"you"}
    form["fields"][0]["step"] = "yuo"
    refused = await office.post("/programmes", json={"blueprint": blueprint.load("nihr").document | {"form": form}})
    assert refused.json()["code"] == "blueprint_invalid"


async def test_who_returns_finds_what_is_known_with_its_source(nihr, office):
    attributes = {"career_stage": "Lecturer", "membership": "nonsense"}
    person = await nihr.person(attributes=attributes, languages=["cy"])
    me, url = nihr.as_person(person), f"/programmes/{nihr.programme_id}/form/answers"
    known = (await me.get(url, params={"role": "mentee"})).json()["answers"]
    assert known["career_stage"] == {"answer": "Lecturer", "source": "hr", "said_at": None}
    assert known["languages"] == {"answer": ["cy"], "source": "hr", "said_at": None}
    assert "membership" not in known
    await nihr.apply("mentee", nihr.cohorts[0], person, answers={"preferred_people": [str(new_id())]})
    known = (await me.get(url, params={"role": "mentee"})).json()["answers"]
    assert known["criteria"]["answer"] == ["career_progression", "networking", "research_funding"]
    assert known["criteria"]["source"] == "application"
    assert known["criteria"]["said_at"]
    assert known["about"]["answer"].startswith("I hope")
    assert not {"preferred_people", "declared_conflicts", "privacy_notice"} & known.keys()
    assert (await me.get(url)).status_code == 422
    assert (await office.get(url, params={"role": "mentee"})).status_code == 404, "a machine is no person"


HEARD = {
    "id": "heard_from", "kind": "choice", "options": ["Newsletter", "Colleague"], "counted": True,
    "roles": ["mentee"], "label": "How did you hear of us?",
}  # fmt: skip


async def test_how_people_heard_is_counted_and_few_are_hidden(applications, office, tenant, programme_with):
    programme = await programme_with(applications, tenant, office, form=with_fields(HEARD))
    cohort = programme.cohorts[0]
    for heard, number in (("Newsletter", 12), ("Colleague", 2)):
        for _ in range(number):
            await programme.apply("mentee", cohort, answers={"heard_from": heard})
    counted = (await office.get(f"/cohorts/{cohort}/form-counts")).json()
    # Of two groups one alone is never hidden: it could be had from the other and the whole.
    assert counted["counts"] == {"mentee": {"heard_from": {"Newsletter": None, "Colleague": None}}, "mentor": {}}
    for _ in range(9):
        await programme.apply("mentee", cohort, answers={"heard_from": "Colleague"})
    counted = (await office.get(f"/cohorts/{cohort}/form-counts")).json()
    assert counted["counts"]["mentee"]["heard_from"] == {"Newsletter": 10, "Colleague": 10}
    stranger = programme.as_person(await programme.person())
    assert (await stranger.get(f"/cohorts/{cohort}/form-counts")).json()["code"] == "role_needed"


async def test_a_programme_is_read_in_the_reader_s_language(office):
    content = copy.deepcopy(blueprint.load("nihr").document)
    content |= {"languages": ["en", "cy"], "roles": [{"id": "adviser", "title": {"cy": "Cynghorydd", "en": "Adviser"}}]}
    content["criteria"]["versions"][-1]["items"][0]["title"] = {"cy": "Rhwydweithio", "en": "Networking"}
    made = await office.post("/programmes", json={"blueprint": content})
    assert made.status_code == 201, made.text
    path = f"/programmes/{made.json()['id']}"
    for wanted, topic, role in (("cy", "Rhwydweithio", "Cynghorydd"), ("de, cy-GB;q=0.5", "Rhwydweithio", "Cynghorydd"),
                                ("fr", "Networking", "Adviser"), (None, "Networking", "Adviser")):  # fmt: skip
        headers = {"Accept-Language": wanted} if wanted else {}
        listed = (await office.get("/programmes", headers=headers)).json()["items"]
        [of_list] = [one for one in listed if path.endswith(one["id"])]
        for shown in ((await office.get(path, headers=headers)).json(), of_list):
            assert topic in {one["title"] for one in shown["criteria"]}
            assert [kind["title"] for kind in shown["role_kinds"] if kind["id"] == "adviser"] == [role]
        form = (await office.get(f"{path}/form", headers=headers)).json()
        assert topic in {one["title"] for one in form["criteria"]}


async def test_a_protected_characteristic_decides_on_a_written_ground_only(office):
    gender = {"id": "gender", "kind": "choice", "options": ["Woman", "Man", "Other"], "required": False}
    form, eligibility = with_fields(gender), copy.deepcopy(blueprint.load("nihr").document["eligibility"])
    women = {"id": "women", "text": "The programme is for women.", "all": [{"field": "gender", "is": "Woman"}]}
    eligibility["mentee"].append(women)
    content = blueprint.load("nihr").document | {"form": form, "eligibility": eligibility}
    refused = await office.post("/programmes", json={"blueprint": content})
    assert refused.json()["code"] == "blueprint_invalid"
    [fault] = refused.json()["errors"]
    assert fault["code"] == "ground_needed"
    assert fault["pointer"].endswith(f"/eligibility/mentee/{len(eligibility['mentee']) - 1}/all/0/field")
    ground = {"ground": "One professor in ten is a woman (2021).", "law": "Equality Act 2010, s. 158"}
    content |= {"eligibility": eligibility | {"positive_action": ground}}
    made = await office.post("/programmes", json={"blueprint": content})
    assert made.status_code == 201, made.text
    shown = (await office.get(f"/programmes/{made.json()['id']}/form")).json()
    assert shown["positive_action"] == ground | {"reviewed": None}
