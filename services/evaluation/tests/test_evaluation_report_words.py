"""Case studies, themes, recommendations and indicators in reports, through the API: what is there, and what leaves."""

import asyncio
import uuid
from datetime import timedelta

import pytest

from mentoring_common.testing.harness import eventually
from mentoring_contracts.applications import PersonErased, RoleGranted, RoleRevoked
from mentoring_contracts.evaluation import ConsentWithdrawn, ReportPublished


async def approved_case_study(programme):
    """An approved case study: its path, the mentor, both clients, the mentor's interview."""
    match_id, mentor, mentors, mentees, interview = await programme.interviewed_pair()
    path = await programme.case_study(match_id)
    for own in (mentors, mentees):
        approved = await own.post(f"{path}/approve", json={"version": 1})
    assert approved.json()["state"] == "approved"
    return path, mentor, mentors, mentees, interview


async def published(programme, kind):
    report = await programme.report(kind)
    assert (await programme.team.post(f"/reports/{report['id']}/publish")).json()["state"] == "published"
    return f"/reports/{report['id']}"


async def shown(programme, path):
    """A report as data, as a page and as a PDF."""
    page, pdf = (await programme.team.get(f"{path}/html")).text, (await programme.team.get(f"{path}/pdf")).content
    return (await programme.team.get(path)).json(), page, pdf


async def test_a_withdrawn_case_study_leaves_every_report_and_published_ones_say_so(evaluation, programme):
    await programme.begin()
    path, _, mentors, mentees, _ = await approved_case_study(programme)
    draft = await programme.case_study((await programme.interviewed_pair())[0])
    final, public, interim = [await published(programme, kind) for kind in ("final", "public", "interim")]
    waiting = f"/reports/{(await programme.report('steering_group'))['id']}"
    for report in (final, public, waiting):
        data, page, pdf = await shown(programme, report)
        [study] = data["case_studies"]
        assert (study["cohort"], study["case_study_id"]) == (1, path.rsplit("/", 1)[1])
        assert [section["title"] for section in study["sections"]] == programme.SECTIONS
        assert "canary Reflections" in page
        assert b"A pair of cohort 1" in pdf
        assert draft.rsplit("/", 1)[1] not in str(data)  # nobody has approved it
    assert (await programme.team.get(interim)).json()["case_studies"] == []
    assert (await mentees.post(f"{path}/withdraw")).json()["state"] == "withdrawn"
    editions = {final: 2, public: 2, interim: 1, waiting: 0}
    for report, edition in editions.items():
        data, page, pdf = await shown(programme, report)
        assert (data["edition"], data["case_studies"]) == (edition, [])
        assert "canary" not in page
        assert b"A pair of cohort 1" not in pdf
        assert [note["edition"] for note in data["notes"]] == ([2] if edition == 2 else [])
        assert ("the case study that tells of both was removed" in page) == (edition == 2)
    assert len((await programme.team.get(final)).json()["quotes"]) == 4  # the interviews were not withdrawn
    events = await evaluation.emitted(programme.tenant, ReportPublished)
    assert sorted((e.kind, e.edition) for e in events) == [
        ("final", 1), ("final", 2), ("interim", 1), ("public", 1), ("public", 2),
    ]  # fmt: skip
    assert "canary" not in str(events)
    assert (await mentors.post(f"{path}/withdraw")).json()["code"] == "case_study_changed"
    assert (await programme.team.get(final)).json()["edition"] == 2


@pytest.mark.parametrize("how", ["interview", "erasure"])
async def test_an_interview_that_is_taken_back_takes_the_case_study_along_in_one_edition(evaluation, programme, how):
    await programme.begin()
    _, mentor, mentors, _, interview = await approved_case_study(programme)
    report = await published(programme, "final")
    if how == "interview":
        await mentors.post(f"{interview}/withdraw")
    else:
        await programme.tell(PersonErased(person_id=mentor))
    data, page, pdf = await shown(programme, report)
    assert (data["edition"], data["case_studies"]) == (2, [])
    assert [quote["role"] for quote in data["quotes"]] == ["mentee"]
    [note] = data["notes"]
    assert "their words were removed" in note["text"]
    assert "the case study that tells of both was removed" in note["text"]
    assert "canary" not in page
    assert b"A pair of cohort 1" not in pdf
    assert len(await evaluation.emitted(programme.tenant, ConsentWithdrawn)) == 1
    later = (await programme.team.get(f"/reports/{(await programme.report('final'))['id']}/changes")).json()
    assert [note["edition"] for note in later["previous"]["notes"]] == [2]


async def test_two_who_withdraw_at_once_are_both_heard(programme):
    await programme.begin()
    reports = {}
    for _ in range(4):
        path, _, mentors, mentees, interview = await approved_case_study(programme)
        reports[await published(programme, "final")] = (path, interview)
        taken, told = await asyncio.gather(mentors.post(f"{interview}/withdraw"), mentees.post(f"{path}/withdraw"))
        assert taken.status_code == 200, taken.text
        assert told.status_code in (200, 409)
    for report in reports:
        data = (await programme.team.get(report)).json()
        assert data["case_studies"] == []
        assert [note["edition"] for note in data["notes"]] == list(range(2, data["edition"] + 1))
        said = " ".join(note["text"] for note in data["notes"])
        assert said.count("the case study that tells of both was removed") == 1


async def commented(programme, comments):
    """Free texts of mentees in the summative wave of cohort 1, closed; a coordinator and the texts by id."""
    people = [(uuid.uuid4(), uuid.uuid4()) for _ in comments]
    for mentor, mentee in people:
        await programme.match(1, mentor, mentee)
    tokens = await programme.tokens((await programme.open())["summative", 1]["id"])
    for (_, mentee), text in zip(people, comments, strict=True):
        assert (await programme.answer(tokens[mentee], {"summative_comment": text})).status_code == 201
    await programme.close()
    _, coordinator = await programme.granted("coordinator")
    return coordinator


async def theme(programme, coordinator, title, number, **judged):
    """A theme that is found in so many of the comments."""
    base = f"/programmes/{programme.id}"
    texts = (await coordinator.get(f"{base}/texts", params={"kind": "comment", "limit": 50})).json()["items"]
    made = await coordinator.post(f"{base}/themes", json={"title": title, "description": f"{title} in words"})
    path = f"/themes/{made.json()['id']}"
    found = {"texts": [{"comment_id": text["comment_id"]} for text in texts[:number]]}
    assert (await coordinator.post(f"{path}/codings", json=found)).json()["texts"]["mentee"] == number
    assert (await coordinator.patch(path, json=judged)).status_code == 200
    return path


async def test_public_reports_hide_small_counts_and_wording_that_nobody_approved(programme):
    await programme.begin()
    coordinator = await commented(programme, [f"canary {number}" for number in range(24)])
    _, manager = await programme.granted("programme_manager")
    goals = (await manager.get(f"/programmes/{programme.id}/goals")).json()["items"]
    judged = {"impact": 5, "effort": 1, "goal_ids": [goals[0]["id"]]}
    many = await theme(programme, coordinator, "Many", 13, **judged)
    few = await theme(programme, coordinator, "Few", 3, impact=2, effort=2)
    kept_in = await theme(programme, coordinator, "Kept in", 12)
    read = {"version": 2}
    assert (await coordinator.post(f"{many}/approve", json=read)).status_code == 403
    assert (await programme.client().post(f"{many}/approve", json=read)).status_code == 403
    assert (await manager.post(f"/themes/{uuid.uuid4()}/approve", json=read)).json()["code"] == "theme_not_found"
    assert (await manager.post(f"{many}/approve", json={"version": 0})).status_code == 422
    unread = await manager.post(f"{many}/approve", json={"version": 1})  # its goals came after that
    assert (unread.status_code, unread.json()["code"], unread.json()["version"]) == (409, "wording_changed", 2)
    for path, version in ((many, 2), (few, 1), (kept_in, 1)):
        assert (await manager.post(f"{path}/approve", json={"version": version})).json()["wording_approved_at"]
    again = await coordinator.patch(kept_in, json={"description": "ask a@example.org"})
    assert again.json()["wording_approved_at"] is None  # other words than those approved
    address = await manager.post(f"{kept_in}/approve", json=read)
    assert (address.status_code, address.json()["code"]) == (409, "wording_has_address")
    assert (await coordinator.patch(few, json={"impact": 3})).json()["wording_approved_at"]  # no wording
    team = (await programme.report("final"))["themes"]
    assert [(one["title"], one["texts"]["all"], one["voices"]["mentee"]) for one in team["items"]] == [
        ("Many", 13, 13), ("Few", 3, 3), ("Kept in", 12, 12),
    ]  # fmt: skip
    assert team["heard"]["texts"] == {"mentor": 0, "mentee": 24, "all": 24}
    for kind in ("public", "network"):
        report = await programme.report(kind)
        items = {one["title"]: one for one in report["themes"]["items"]}
        assert set(items) == {"Many", "Few"}
        assert items["Many"]["texts"] is None
        # 13 of 24 are in "Many", and so too few are not.
        assert items["Many"]["voices"] == items["Few"]["voices"] == {"mentor": None, "mentee": None, "all": None}
        assert [goal["title"] for goal in items["Many"]["goals"]] == [goals[0]["title"]]
        _, page, pdf = await shown(programme, f"/reports/{report['id']}")
        assert "Kept in" not in page
        assert "canary" not in page
        assert pdf.startswith(b"%PDF")
    steering = (await programme.report("steering_group"))["themes"]
    assert {one["title"]: one["voices"]["all"] for one in steering["items"]} == {
        "Many": None,
        "Few": None,
        "Kept in": None,
    }


async def test_a_voice_is_an_interview_however_much_is_quoted_of_it(programme):
    await programme.begin()
    match_id = await programme.match(1, mentor := uuid.uuid4(), uuid.uuid4())
    await programme.approved_interview(match_id, mentor, ["One.", "Two.", "Three."])
    _, coordinator = await programme.granted("coordinator")
    base = f"/programmes/{programme.id}"
    quotes = (await coordinator.get(f"{base}/texts", params={"kind": "quote"})).json()["items"]
    path = f"/themes/{(await coordinator.post(f'{base}/themes', json={'title': 'T'})).json()['id']}"
    coded = {"texts": [{"quote_id": quote["quote_id"]} for quote in quotes[:2]]}
    assert (await coordinator.post(f"{path}/codings", json=coded)).status_code == 200
    report = await programme.report("final")
    assert report["themes"]["items"][0]["texts"] == {"mentor": 2, "mentee": 0, "all": 2}
    assert report["themes"]["items"][0]["voices"] == {"mentor": 1, "mentee": 0, "all": 1}
    assert report["themes"]["heard"]["texts"]["mentor"] == 3
    assert report["themes"]["heard"]["voices"]["mentor"] == 1


async def test_a_recommendation_names_a_role_or_a_team_and_never_a_person(programme):
    await programme.begin()
    coordinator_id, coordinator = await programme.granted("coordinator")
    await programme.tell(
        RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=coordinator_id, role="interviewer")
    )
    role_id, left = uuid.uuid4(), uuid.uuid4()
    held = {"role_id": role_id, "programme_id": programme.id, "person_id": left, "role": "steering_group"}
    await programme.tell(RoleGranted(**held))
    base, due = f"/programmes/{programme.id}/recommendations", programme.harness.clock.now() + timedelta(days=2)
    body = {"owner_id": str(coordinator_id), "due_at": due.isoformat()}
    assert (await coordinator.post(base, json=body | {"text": "x", "team": ""})).status_code == 422
    made = (await coordinator.post(base, json=body | {"text": "Protect an hour"})).json()
    gone = {"text": "Ask a@example.org", "owner_id": str(left), "team": "Delivery team"}
    other = (await coordinator.post(base, json=body | gone)).json()
    await programme.tell(RoleRevoked(**held))
    path = f"/recommendations/{made['id']}"
    read = {"version": 1}
    assert (await coordinator.post(f"{path}/approve", json=read)).status_code == 403
    unread = await programme.team.post(f"{path}/approve", json={"version": 2})
    assert (unread.status_code, unread.json()["code"]) == (409, "wording_changed")
    assert (await programme.team.post(f"{path}/approve", json=read)).json()["wording_approved_at"]
    refused = await programme.team.post(f"/recommendations/{other['id']}/approve", json=read)
    assert refused.json()["code"] == "wording_has_address"
    await coordinator.post(f"{path}/follow-ups", json={"note": "canary note", "act": "start"})
    programme.harness.clock.move_to(due + timedelta(minutes=1))

    async def overdue():
        return (await coordinator.get(path)).json()["overdue"]

    await eventually(overdue, what="overdue")
    told = (await programme.report("final"))["recommendations"]
    assert [(one["owner_role"], one["team"]) for one in told] == [("coordinator", None), (None, "Delivery team")]
    assert told[0]["follow_ups"][0]["note"] == "canary note"
    report = await programme.report("public")
    [shown_one] = report["recommendations"]
    assert (shown_one["text"], shown_one["state"], shown_one["overdue"]) == ("Protect an hour", "in_progress", True)
    assert [one["note"] for one in shown_one["follow_ups"]] == [None]
    page = (await programme.team.get(f"/reports/{report['id']}/html")).text
    for secret in (str(coordinator_id), "canary", "example.org"):
        assert secret not in str(report)
        assert secret not in page
    assert "in progress, overdue" in page
    changed = await coordinator.patch(path, json={"team": "Delivery team", "reason": "moved"})
    assert (changed.json()["team"], changed.json()["wording_approved_at"]) == ("Delivery team", None)
    assert changed.json()["wording_version"] == 2
    assert (await programme.report("public"))["recommendations"] == []
    assert (await programme.report("network"))["recommendations"] == []


async def test_a_version_says_which_themes_and_recommendations_changed(programme):
    await programme.begin()
    coordinator_id, coordinator = await programme.granted("coordinator")
    base = f"/programmes/{programme.id}"
    made = (await coordinator.post(f"{base}/themes", json={"title": "Time"})).json()
    await published(programme, "final")
    await coordinator.patch(f"/themes/{made['id']}", json={"impact": 4, "effort": 1})
    due = programme.harness.clock.now() + timedelta(days=9)
    new = {"text": "Protect an hour", "owner_id": str(coordinator_id), "due_at": due.isoformat()}
    assert (await coordinator.post(f"{base}/recommendations", json=new)).status_code == 201
    await approved_case_study(programme)
    second = f"/reports/{(await programme.report('final'))['id']}"
    found = (await programme.team.get(f"{second}/changes")).json()
    [theme] = found["themes"]["changed"]
    assert (theme["before"]["priority"], theme["after"]["priority"]) == ("not_judged", "now")
    assert [one["after"]["text"] for one in found["recommendations"]["added"]] == ["Protect an hour"]
    assert len(found["case_studies"]["added"]) == 1
    page = (await programme.team.get(f"{second}/html")).text
    assert "Theme: Time" in page
    assert "Recommendation: Protect an hour" in page
    frozen = (await programme.team.get(second)).json()
    await coordinator.patch(f"/themes/{made['id']}", json={"impact": 1, "title": "Other"})
    assert (await programme.team.get(second)).json()["themes"] == frozen["themes"]


async def test_the_stages_of_the_model_say_what_was_measured_and_what_was_not(programme):
    await programme.begin()
    people = [(uuid.uuid4(), uuid.uuid4()) for _ in range(12)]
    for mentor, mentee in people:
        await programme.match(1, mentor, mentee)
    early = {one["title"]: one for one in (await programme.report("final"))["evaluation_model"]["stages"]}
    assert early["Outcomes"]["measured"] == []
    waves = await programme.open()
    tokens = await programme.tokens(waves["summative", 1]["id"])
    for _, mentee in people:
        await programme.answer(tokens[mentee], {"satisfied_with_match": "Satisfied"})
    await programme.close()
    today = programme.harness.clock.now().date().isoformat()
    value = {"base": 40, "numerator": 22, "source": "canary source", "measured_on": today}
    path = f"/programmes/{programme.id}/indicators/cpd_online/values"
    assert (await programme.team.post(path, json=value)).status_code == 201
    stages = {one["title"]: one for one in (await programme.report("final"))["evaluation_model"]["stages"]}
    assert stages["Outputs"]["statement"] == "2 of 4 indicators measured."
    measured = {one["indicator"]: one for stage in stages.values() for one in stage["measured"]}
    assert (measured["pairs_matched"]["value"], measured["pairs_matched"]["target_met"]) == (12, False)
    assert (measured["cpd_online"]["value"], measured["cpd_online"]["base"]) == (55, 40)
    satisfied = measured["award_holders_satisfied"]
    assert (satisfied["value"], satisfied["numerator"], satisfied["base"], satisfied["asked"]) == (100, 12, 12, 12)
    assert "awards_completed" in [one["indicator"] for one in stages["Outcomes"]["not_measured"]]
    report = await programme.report("public")
    public = {one["indicator"]: one for stage in report["evaluation_model"]["stages"] for one in stage["measured"]}
    assert (public["cpd_online"]["numerator"], public["cpd_online"]["base"]) == (20, 40)
    assert public["award_holders_satisfied"]["shown"] != "exact"
    assert public["pairs_matched"]["value"] == 12
    assert "canary" not in str(report)
    assert "Nothing was recorded from HR data" in (await programme.team.get(f"/reports/{report['id']}/html")).text
    pack = (await programme.team.get(f"/programmes/{programme.id}/evidence-pack")).json()
    scores = {one["id"]: one["score"] for standard in pack["standards"] for one in standard["criteria"]}
    assert scores["indicators_measured"] > 0


async def test_the_latest_word_on_each_hr_outcome_stands_in_reports(programme):
    await programme.begin()
    path = f"/programmes/{programme.id}/hr-outcomes"
    body = {"outcome": "promotion", "role": "mentee", "definition": "canary definition", "months": 12, "people": 71,
            "with_outcome": 56, "source": "HR system", "measured_on": "2020-01-31"}  # fmt: skip
    others = {"comparison": {"selection": "similar_people", "people": 81, "with_outcome": 48}}
    for recorded in (body | {"with_outcome": 40}, body | others, body | {"measured_on": "2019-01-31"}):
        assert (await programme.team.post(path, json=recorded)).status_code == 201
    retained = body | {"outcome": "retention", "definition": "still employed", "people": 12, "with_outcome": 11}
    assert (await programme.team.post(path, json=retained)).status_code == 201
    promotion, retention = (await programme.report("final"))["outcomes"]["hr"]
    assert (promotion["participants"]["with_outcome"], promotion["difference"]["value"]) == (56, 20)
    assert "no comparison group" in retention["statement"]
    report = await programme.report("public")
    promotion, retention = report["outcomes"]["hr"]
    assert (promotion["participants"]["with_outcome"], promotion["participants"]["people"]) == (55, 70)
    assert (retention["participants"], retention["shown"]) == (None, "hidden")
    assert "canary" not in str(report)
    page = (await programme.team.get(f"/reports/{report['id']}/html")).text
    assert "about 79 % (55 of 70)" in page
    assert (await programme.report("interim"))["outcomes"] is None
