"""Case studies, themes, recommendations, outcomes and the evidence pack through the API."""

import uuid
from datetime import timedelta

import pytest

from mentoring_common.testing.harness import eventually
from mentoring_contracts.applications import ApplicationSubmitted, CohortCreated, Milestone, PersonErased
from mentoring_contracts.sessions import ActivityAttended, ActivityHeld, MentoringSessionRecorded


async def test_a_case_study_needs_both_people_and_the_words_they_read(programme):
    await programme.begin()
    lone = await programme.match(1, (person := uuid.uuid4()), uuid.uuid4())
    await programme.approved_interview(lone, person)
    body = {"sections": dict.fromkeys(programme.SECTIONS, "text")}
    early = await programme.team.post(f"/matches/{lone}/case-study", json=body)
    assert early.json()["code"] == "interviews_not_approved"
    match_id, _, mentors, mentees, _ = await programme.interviewed_pair()
    wrong = await programme.team.post(f"/matches/{match_id}/case-study", json={"sections": {"Other": "text"}})
    assert (wrong.json()["code"], wrong.json()["sections"]) == ("sections_invalid", programme.SECTIONS)
    path = await programme.case_study(match_id)
    again = await programme.team.post(f"/matches/{match_id}/case-study", json=body)
    assert again.json()["code"] == "case_study_exists"
    assert (await programme.team.get(path)).status_code == 404  # an administrator reads no texts
    assert (await programme.client().get(path)).status_code == 404
    assert (await programme.team.post(f"{path}/approve", json={"version": 1})).status_code == 404
    assert [s["title"] for s in (await mentees.get(path)).json()["sections"]] == programme.SECTIONS
    first = (await mentors.post(f"{path}/approve", json={"version": 1})).json()
    assert (first["state"], first["mentee_approved_at"]) == ("draft", None)
    own_words = {"version": 1, "sections": {"Reflections": "In my own words"}}
    amended = (await mentees.post(f"{path}/amend", json=own_words)).json()
    assert (amended["version"], amended["mentor_approved_at"]) == (2, None)  # the mentor approved other words
    stale = await mentors.post(f"{path}/approve", json={"version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "case_study_changed")
    assert (await mentees.post(f"{path}/amend", json=own_words)).json()["code"] == "case_study_changed"
    assert (await mentors.post(f"{path}/approve", json={"version": 2})).json()["state"] == "draft"
    assert (await mentors.post(f"{path}/approve", json={"version": 2})).json()[
        "state"
    ] == "draft"  # twice is one person
    assert (await mentees.post(f"{path}/approve", json={"version": 2})).json()["state"] == "approved"
    assert (await mentors.get(path)).json()["sections"][3]["text"] == "In my own words"
    assert len((await mentors.get(f"/programmes/{programme.id}/case-studies")).json()["items"]) == 1
    stranger = programme.client(subject=uuid.uuid4())
    refused = await stranger.get(f"/programmes/{programme.id}/case-studies")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_needed")
    lone_mentor = programme.client(subject=person)
    assert (await lone_mentor.get(f"/programmes/{programme.id}/case-studies")).json()["items"] == []
    assert (await mentees.post(f"{path}/withdraw")).json()["state"] == "withdrawn"
    assert (await mentors.get(path)).json()["sections"] == []
    assert (await mentors.post(f"{path}/withdraw")).json()["code"] == "case_study_changed"


@pytest.mark.parametrize("how", ["interview", "erasure"])
async def test_a_case_study_falls_with_what_it_was_written_from(programme, how):
    await programme.begin()
    match_id, mentor, mentors, mentees, interview = await programme.interviewed_pair()
    path = await programme.case_study(match_id)
    if how == "interview":
        await mentors.post(f"{interview}/withdraw")
    else:
        await programme.tell(PersonErased(person_id=mentor))
        assert (await mentors.get(path)).status_code == 404
    study = (await mentees.get(path)).json()
    assert (study["state"], study["sections"]) == ("withdrawn", [])


async def commented(programme, comments):
    """Free texts in the summative wave of one cohort, closed."""
    people = [(uuid.uuid4(), uuid.uuid4()) for _ in comments]
    for mentor, mentee in people:
        await programme.match(1, mentor, mentee)
    waves = await programme.open()
    tokens = await programme.tokens(waves["summative", 1]["id"])
    for (_, mentee), text in zip(people, comments, strict=True):
        assert (await programme.answer(tokens[mentee], {"summative_comment": text})).status_code == 201
    return waves


COMMENTS = [
    "More time with my mentors, please",
    "There was too little time for mentoring",
    "The venue was hard to reach",
]


async def test_people_find_themes_and_likeness_only_suggests(programme):
    await programme.begin()
    await programme.crowd()
    _, coordinator = await programme.granted("coordinator")
    _, _, mentors, _, interview = await programme.interviewed_pair()
    await commented(programme, COMMENTS)
    texts = f"/programmes/{programme.id}/texts"
    assert (await coordinator.get(texts, params={"kind": "comment"})).json()["items"] == []  # the wave runs
    await programme.close()
    assert (await programme.team.get(texts, params={"kind": "quote"})).status_code == 403  # no texts for administrators
    quotes = (await coordinator.get(texts, params={"kind": "quote"})).json()["items"]
    page = (await coordinator.get(texts, params={"kind": "comment", "limit": 2})).json()
    rest = (await coordinator.get(texts, params={"kind": "comment", "cursor": page["next_cursor"]})).json()
    comments = {item["text"]: item["comment_id"] for item in page["items"] + rest["items"]}
    assert set(comments) == set(COMMENTS)
    assert {q["role"] for q in quotes} == {"mentor", "mentee"}
    named = await coordinator.post(f"/programmes/{programme.id}/themes", json={"title": "Time for mentoring"})
    assert (named.status_code, named.json()["priority"]) == (201, "not_judged")
    twice = await coordinator.post(f"/programmes/{programme.id}/themes", json={"title": "Time for mentoring"})
    assert twice.json()["code"] == "theme_exists"
    theme = f"/themes/{named.json()['id']}"
    suggested = (await coordinator.get(f"{theme}/suggestions")).json()
    found = [item["text"]["text"] for item in suggested["items"]]
    assert found[0] == "There was too little time for mentoring"
    assert "a person" in suggested["statement"]
    unchanged = (await coordinator.get(f"/programmes/{programme.id}/themes")).json()["items"][0]
    assert unchanged["texts"] == {"mentor": 0, "mentee": 0}  # a suggestion codes nothing
    mentors_quote = next(q for q in quotes if q["role"] == "mentor")
    coded = {"texts": [{"quote_id": mentors_quote["quote_id"]}, {"comment_id": comments[COMMENTS[1]]}]}
    assert (await coordinator.post(f"{theme}/codings", json=coded)).json()["texts"] == {"mentor": 1, "mentee": 1}
    assert (await coordinator.post(f"{theme}/codings", json=coded)).json()["texts"] == {"mentor": 1, "mentee": 1}
    false = {"texts": [{"comment_id": str(uuid.uuid4())}]}
    assert (await coordinator.post(f"{theme}/codings", json=false)).json()["code"] == "text_unknown"
    again = (await coordinator.get(f"{theme}/suggestions")).json()["items"]
    assert COMMENTS[1] not in [item["text"]["text"] for item in again]
    assert {item["text"]["text"] for item in again[:2]} == {COMMENTS[0], "I needed more time with my mentor."}
    assert (await mentors.post(f"{interview}/withdraw")).status_code == 200
    after = (await coordinator.get(f"/programmes/{programme.id}/themes")).json()["items"][0]
    assert after["texts"] == {"mentor": 0, "mentee": 1}  # the withdrawn quote is in no theme
    gone = await coordinator.delete(f"{theme}/codings/{comments[COMMENTS[1]]}")
    assert gone.json()["texts"] == {"mentor": 0, "mentee": 0}
    assert (await coordinator.delete(f"{theme}/codings/{comments[COMMENTS[1]]}")).json()["code"] == "coding_not_found"


async def test_themes_are_aligned_to_goals_and_put_in_order(programme):
    await programme.begin()
    base = f"/programmes/{programme.id}"
    goals = (await programme.team.get(f"{base}/goals")).json()["items"]
    assert len(goals) == 4  # the aims of the blueprint
    added = await programme.team.post(f"{base}/goals", json={"title": "Fair promotion"})
    assert (added.status_code, added.json()["of"]) == (201, "organisation")
    assert (await programme.team.post(f"{base}/goals", json={"title": "Fair promotion"})).json()[
        "code"
    ] == "goal_exists"
    ids = {}
    for title, impact, effort in (("Costly", 5, 5), ("Cheap", 4, 1), ("Small", 2, 1)):
        theme = (await programme.team.post(f"{base}/themes", json={"title": title})).json()
        change = {"impact": impact, "effort": effort, "goal_ids": [added.json()["id"]]}
        assert (await programme.team.patch(f"/themes/{theme['id']}", json=change)).status_code == 200
        ids[title] = theme["id"]
    listed = (await programme.team.get(f"{base}/themes")).json()
    assert [(t["title"], t["priority"]) for t in listed["items"]] == [
        ("Cheap", "now"), ("Costly", "plan"), ("Small", "if_time_allows"),
    ]  # fmt: skip
    assert [g["title"] for g in listed["items"][0]["goals"]] == ["Fair promotion"]
    assert "Impact is high from 4" in listed["rule"]
    path = f"/themes/{ids['Small']}"
    assert (await programme.team.patch(path, json={"goal_ids": [str(uuid.uuid4())]})).json()["code"] == "goal_unknown"
    assert (await programme.team.patch(path, json={"title": "Cheap"})).json()["code"] == "theme_exists"
    assert (await programme.team.patch(path, json={"impact": 6})).status_code == 422
    assert (await programme.client().patch(path, json={"impact": 1})).status_code == 403
    stranger = programme.harness.caller("evaluation:write", "organisation:admin", tenant=uuid.uuid4())
    assert (await stranger.patch(path, json={"impact": 1})).status_code == 404


async def test_a_recommendation_is_overdue_by_the_clock_until_it_is_followed_up(programme):
    await programme.begin()
    person, clock = uuid.uuid4(), programme.harness.clock
    owner_id, owner = await programme.granted("liaison")
    coordinator_id, coordinator = await programme.granted("coordinator")
    due = clock.now() + timedelta(days=3)
    body = {"text": "Protect an hour a month", "owner_id": str(owner_id), "due_at": due.isoformat()}
    base = f"/programmes/{programme.id}/recommendations"
    past = body | {"due_at": (clock.now() - timedelta(days=1)).isoformat()}
    assert (await coordinator.post(base, json=past)).json()["code"] == "due_date_invalid"
    assert (await coordinator.post(base, json=body | {"theme_id": str(uuid.uuid4())})).json()[
        "code"
    ] == "theme_not_found"
    unknown = await coordinator.post(base, json=body | {"owner_id": str(person)})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "owner_unknown")
    kept = (await coordinator.post(base, json=body)).json()
    done = (await coordinator.post(base, json=body)).json()
    path = f"/recommendations/{kept['id']}"
    finished = await owner.post(f"/recommendations/{done['id']}/follow-ups", json={"note": "Done", "act": "finish"})
    assert (finished.json()["state"], finished.json()["overdue"]) == ("done", False)
    assert (await programme.client(subject=person).get(path)).status_code == 403
    later = {"due_at": (due + timedelta(days=1)).isoformat(), "reason": "leave"}
    assert (await owner.patch(path, json=later)).status_code == 403
    assert (await coordinator.patch(path, json=later)).json()["overdue"] is False
    stranger = {"owner_id": str(person), "reason": "new"}
    assert (await coordinator.patch(path, json=stranger)).json()["code"] == "owner_unknown"
    clock.move_to(due + timedelta(hours=1))
    assert (await owner.get(path)).json()["overdue"] is False  # it was given another day
    clock.move_to(due + timedelta(days=1, minutes=1))

    async def overdue():
        return (await owner.get(path)).json()["overdue"]

    await eventually(overdue, what="overdue")
    late = (await coordinator.get(base, params={"overdue": True})).json()["items"]
    assert [item["id"] for item in late] == [kept["id"]]
    started = (await owner.post(f"{path}/follow-ups", json={"note": "Begun", "act": "start"})).json()
    assert (started["state"], started["overdue"]) == ("in_progress", True)
    ended = (await coordinator.post(f"{path}/follow-ups", json={"note": "Agreed", "act": "finish"})).json()
    assert (ended["state"], ended["overdue"]) == ("done", False)
    refused = await owner.post(f"{path}/follow-ups", json={"note": "Again", "act": "start"})
    assert refused.json()["code"] == "recommendation_state_conflict"
    assert (await coordinator.patch(path, json=later | {"due_at": (due + timedelta(days=9)).isoformat()})).json()[
        "code"
    ] == "recommendation_state_conflict"
    reopened = (await owner.post(f"{path}/follow-ups", json={"note": "It came back", "act": "reopen"})).json()
    assert (reopened["state"], reopened["overdue"]) == ("open", True)
    told = (await owner.get(path)).json()["follow_ups"]
    assert [(f["note"], f["state"]) for f in told] == [
        (f"Due {(due + timedelta(days=1)).date()} instead of {due.date()}: leave", "open"),
        ("Begun", "in_progress"), ("Agreed", "done"), ("It came back", "open"),
    ]  # fmt: skip
    assert {told[0]["by_id"], told[2]["by_id"]} == {str(coordinator_id)}
    mine = (await owner.get(base)).json()["items"]
    assert len(mine) == 2
    await programme.tell(PersonErased(person_id=owner_id))
    assert (await coordinator.get(path)).json()["owner_id"] != str(owner_id)


async def test_an_indicator_has_a_base_and_its_values_a_source(programme):
    await programme.begin()
    base = f"/programmes/{programme.id}"
    nihr = (await programme.team.get(f"{base}/evaluation-model")).json()
    recorded = [one for one in nihr["latest"].values() if one and one["figure"] is None]
    assert (nihr["model"]["kind"], nihr["faults"], recorded) == ("logic_tree", [], [])
    kinds = [model["kind"] for model in (await programme.team.get("/evaluation-models")).json()]
    assert kinds == ["logic_tree", "kirkpatrick", "five_stage", "hamblin"]
    share = {"id": "embedded", "stage": "behaviour_change", "title": "Embedded a habit", "kind": "share",
             "unit": "percent", "base": "participants whose habits were tracked", "target": 75}  # fmt: skip
    bare = {"kind": "five_stage", "indicators": [{k: v for k, v in share.items() if k != "base"}]}
    refused = await programme.team.put(f"{base}/evaluation-model", json=bare)
    assert (refused.status_code, refused.json()["code"]) == (422, "model_invalid")
    assert refused.json()["errors"][0]["pointer"].endswith("/base")
    model = {"kind": "five_stage", "indicators": [share]}
    assert (await programme.team.put(f"{base}/evaluation-model", json=model)).json()["kind"] == "five_stage"
    values = f"{base}/indicators/embedded/values"
    today = programme.harness.clock.now().date()
    first = {
        "base": 40,
        "numerator": 32,
        "asked": 60,
        "answered": 40,
        "source": "habit tracker",
        "measured_on": str(today),
    }
    recorded = await programme.team.post(values, json=first)
    assert recorded.status_code == 201, recorded.text
    assert (recorded.json()["value"], recorded.json()["target_met"]) == (80, True)
    assert recorded.json()["base_is"] == "participants whose habits were tracked"
    wrong = await programme.team.post(values, json=first | {"numerator": 41})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "indicator_value_invalid")
    tomorrow = first | {"measured_on": str(today + timedelta(days=1))}
    assert (await programme.team.post(values, json=tomorrow)).json()["code"] == "indicator_value_invalid"
    assert (
        await programme.team.post(values, json={k: v for k, v in first.items() if k != "source"})
    ).status_code == 422
    assert (await programme.team.post(f"{base}/indicators/none/values", json=first)).status_code == 404
    await programme.team.post(values, json=first | {"numerator": 20})
    latest = (await programme.team.get(f"{base}/evaluation-model")).json()["latest"]["embedded"]
    assert (latest["value"], latest["target_met"]) == (50, False)
    assert len((await programme.team.get(values)).json()["items"]) == 2
    assert (await programme.client().post(values, json=first)).status_code == 403


async def test_a_model_that_cannot_be_read_leaves_the_programme_standing(programme):
    blueprint = {"title": "T", "direction": "traditional", "evaluation_model": {"kind": "unheard_of"}}
    await programme.begin(blueprint=blueprint)
    seen = (await programme.team.get(f"/programmes/{programme.id}/evaluation-model")).json()
    assert seen["model"] is None
    [fault] = seen["faults"]
    assert (fault["pointer"], fault["code"], fault["field"]) == ("/evaluation_model/kind", "invalid", "kind")


async def test_hr_outcomes_are_compared_where_data_allow(programme):
    await programme.begin()
    path = f"/programmes/{programme.id}/hr-outcomes"
    body = {"outcome": "promotion", "role": "mentee", "definition": "promoted within a year", "months": 12,
            "people": 70, "with_outcome": 56, "source": "HR system",
            "measured_on": str(programme.harness.clock.now().date())}  # fmt: skip
    others = {"selection": "similar_people", "people": 80, "with_outcome": 48}
    compared = (await programme.team.post(path, json=body | {"comparison": others})).json()
    assert compared["difference"]["value"] == 20
    assert compared["difference"]["interval"]["method"] == "newcombe"
    alone = (await programme.team.post(path, json=body)).json()
    assert alone["difference"] is None
    assert "no comparison group" in alone["statement"]
    assert (await programme.team.post(path, json=body | {"with_outcome": 71})).status_code == 422
    later = await programme.team.post(path, json=body | {"measured_on": "2199-01-01"})
    assert (later.status_code, later.json()["code"]) == (422, "hr_outcome_invalid")
    assert len((await programme.team.get(path)).json()["items"]) == 2
    assert (await programme.client().get(path)).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("goals", {"title": "a\x00b"}),
        ("evaluation-model", {"kind": "own", "stages": [{"id": "a", "title": "a\x00b"}]}),
        ("reports", {"kind": "public", "published": {"surveys": {}, "a\x00b": 1}}),
    ],
)
async def test_what_no_column_takes_is_a_problem_of_the_request(programme, path, body):
    await programme.begin()
    method = "PUT" if path == "evaluation-model" else "POST"
    refused = await programme.team.request(method, f"/programmes/{programme.id}/{path}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "unstorable_text")


async def test_meant_to_become_a_mentor_and_did(programme):
    await programme.begin(mode="named")
    start = programme.harness.clock.now()
    people = [(uuid.uuid4(), uuid.uuid4()) for _ in range(4)]
    before = [ApplicationSubmitted(application_id=uuid.uuid4(), programme_id=programme.id, cohort_id=None,
                                   person_id=people[3][1], role="mentor")]  # fmt: skip
    await programme.tell(*before)  # applied before being matched: no consequence of it
    programme.harness.clock.move_to(start + timedelta(hours=1))
    for mentor, mentee in people:
        await programme.match(1, mentor, mentee)
    waves = await programme.open()
    tokens = await programme.tokens(waves["summative", 1]["id"])
    for (_, mentee), answer in zip(people, ("Yes", "Yes", "No"), strict=False):
        await programme.answer(tokens[mentee], {"mentees_intending_to_mentor": answer})
    await programme.close()
    after = [
        ApplicationSubmitted(
            application_id=uuid.uuid4(), programme_id=uuid.uuid4(), cohort_id=None, person_id=who, role=role
        )
        for who, role in ((people[0][1], "mentor"), (people[2][1], "mentor"), (people[1][1], "mentee"))
    ]
    await programme.tell(*after)
    path = f"/programmes/{programme.id}/intentions"
    items = (await programme.team.get(path)).json()["items"]
    line = next(i for i in items if i["figure"] == "mentees_intending_to_mentor")
    assert (line["meant"]["numerator"], line["meant"]["answered"], line["meant"]["percent"]) == (2, 3, 67)
    assert (line["did"]["numerator"], line["people"], line["did"]["percent"]) == (2, 4, 50)
    assert line["meant_and_did"] == {"at_least": 0, "at_most": 2}
    other = next(i for i in items if i["figure"] == "mentors_intending_to_return")
    assert (other["did"]["numerator"], other["meant_and_did"]) == (0, None)
    assert (await programme.client().get(path)).status_code == 403


async def test_a_follow_up_wave_comes_from_its_milestone(programme):
    await programme.begin()
    opens = programme.closes + timedelta(days=365)
    one = {"id": "promoted", "kind": "choice", "roles": ["mentee"], "options": ["Yes", "No"], "text": "Promoted?"}
    follow_up = {"id": "twelve_months_later", "title": "12 months later", "questions": [one]}
    other = type(programme)(programme.harness, programme.tenant)
    await other.begin(cohorts=0, blueprint={"title": "T", "instruments": [follow_up]})
    wave = Milestone(kind="follow_up_evaluation", starts_at=opens, ends_at=opens + timedelta(days=30))
    await other.tell(
        CohortCreated(cohort_id=uuid.uuid4(), programme_id=other.id, number=1, places=5, milestones=[wave])
    )
    waves = (await other.team.get(f"/programmes/{other.id}/waves")).json()["items"]
    assert [wave["instrument"] for wave in waves] == ["twelve_months_later"]


async def test_the_evidence_pack_scores_records_and_names_gaps(programme):
    await programme.begin()
    mentor, mentee = uuid.uuid4(), uuid.uuid4()
    match_id = await programme.match(1, mentor, mentee)
    about = {"activity_id": uuid.uuid4(), "programme_id": programme.id, "cohort_id": None, "kind": "orientation",
             "mode": "online"}  # fmt: skip
    await programme.tell(
        ActivityAttended(person_id=mentor, **about),
        ActivityHeld(attended=1, **about),
        MentoringSessionRecorded(
            match_id=match_id, programme_id=programme.id, cohort_id=programme.cohorts[1], minutes=60, total_minutes=60,
            mentoring_session_id=uuid.uuid4(),
        ),
    )  # fmt: skip
    manager_id, manager = await programme.granted("programme_manager")
    _, group = await programme.granted("steering_group")
    path = f"/programmes/{programme.id}/evidence-pack"
    pack = (await group.get(path)).json()
    assert ("rounded to 5" in pack["statement"], "rounded" in (await manager.get(path)).text) == (True, False)
    scores = {c["id"]: c["score"] for s in pack["standards"] for c in s["criteria"]}
    assert scores["orientation_attended"] == 50
    assert (scores["pairs_met"], scores["roles_held"], scores["aims_stated"]) == (100, 100, 100)
    assert (scores["eligibility_written"], scores["consent_to_processing"]) == (100, 100)
    assert scores["satisfied_with_match"] is None
    assert (pack["level"], pack["thresholds"]["gold"]) == (None, {"overall": 90, "each": 80})
    gaps = {gap["criterion"]: gap["why"] for gap in pack["gaps"]}
    assert (gaps["code_of_ethics"], gaps["satisfied_with_match"]) == ("not_judged", "no_record")
    assert gaps["orientation_attended"] == "too_low"
    links = [link for s in pack["standards"] for c in s["criteria"] for link in c["evidence"]]
    for link in {link.removeprefix("evaluation:") for link in links if link.startswith("evaluation:")}:
        assert (await programme.team.get(link)).status_code == 200, link
    judge = f"/programmes/{programme.id}/assessments"
    judgement = {"criterion": "code_of_ethics", "score": 60, "comment": "In the handbook", "links": ["handbook, p. 4"]}
    assert (await group.post(judge, json=judgement)).status_code == 403
    assert (await manager.post(judge, json=judgement | {"criterion": "pairs_met"})).json()[
        "code"
    ] == "criterion_not_found"
    assert (await manager.post(judge, json=judgement | {"score": 101})).status_code == 422
    assert (await manager.post(judge, json=judgement)).json()["assessor_id"] == str(manager_id)
    assert (await manager.post(judge, json=judgement | {"score": 90})).status_code == 201
    after = (await group.get(path)).json()
    ethics = next(s for s in after["standards"] if s["id"] == "ethics")
    code = next(c for c in ethics["criteria"] if c["id"] == "code_of_ethics")
    assert (code["score"], code["assessor"], code["said"]) == (90, str(manager_id), "In the handbook")
    # 100 consent, 0 unknown words, 100 small groups, 90 judged, 0 unjudged.
    assert ethics["score"] == 58
    assert after["overall"] > pack["overall"]
    assert len((await group.get(judge)).json()["items"]) == 2
    assert (await programme.client().get(path)).status_code == 403
