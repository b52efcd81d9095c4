from uuid import uuid4

from mentoring_contracts.words import REASONS
from mentoring_gateway.matching.inputs import ReasonCode

ACCEPT = "mutation($id: UUID!) { acceptMatch(matchId: $id) { state mentor { name } } }"


async def test_a_mutation_carries_token_key_and_trace(front, world, make):
    m = make.match(uuid4(), uuid4())
    world.post(f"/matching/matches/{m['id']}/accept", m)
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await front.answer(ACCEPT, {"id": m["id"]}, Idempotency_Key="k1", traceparent=trace)
    [accepted] = [call for call in world.calls if call.method == "POST"]
    assert accepted.headers["authorization"].startswith("Bearer ey")
    assert accepted.headers["idempotency-key"] == "k1:acceptMatch"
    assert accepted.headers["traceparent"] == trace


async def test_each_field_of_a_document_has_a_key_of_its_own(front, world, make):
    m = make.match(uuid4(), uuid4())
    world.post(f"/matching/matches/{m['id']}/accept", m)
    query = "mutation($id: UUID!) { a: acceptMatch(matchId: $id) { id } b: acceptMatch(matchId: $id) { id } }"
    await front.data(query, {"id": m["id"]}, Idempotency_Key="k1")
    assert [call.headers["idempotency-key"] for call in world.calls] == ["k1:a", "k1:b"]


async def test_without_a_key_none_is_made_up(front, world, make):
    m = make.match(uuid4(), uuid4())
    world.post(f"/matching/matches/{m['id']}/accept", m)
    await front.data("mutation($id: UUID!) { acceptMatch(matchId: $id) { id } }", {"id": m["id"]})
    assert "idempotency-key" not in world.calls[0].headers


async def test_what_is_read_after_a_mutation_is_read_afresh(front, world, make):
    m = make.match(uuid4(), uuid4())
    world.post(f"/matching/matches/{m['id']}/accept", m)
    world.get(f"/applications/people/{m['mentor_id']}", make.person(m["mentor_id"]))
    query = """mutation($id: UUID!) { a: acceptMatch(matchId: $id) { mentor { name } }
        b: acceptMatch(matchId: $id) { mentor { name } } }"""
    await front.data(query, {"id": m["id"]})
    assert world.paths() == [f"/applications/people/{m['mentor_id']}"] * 2


async def test_applications_are_sent_as_the_service_takes_them(front, world, make):
    p, c, override = uuid4(), uuid4(), {"rule": "postdoctoral", "reason": "agreed"}
    made = make.application(p, c)
    world.post(f"/applications/programmes/{p}/applications", made)
    world.post(f"/applications/applications/{made['id']}/decision", made | {"state": "accepted"})
    world.post(f"/applications/applications/{made['id']}/move", made)
    world.post(f"/applications/applications/{made['id']}/withdraw", made)
    query = """mutation($p: UUID!, $a: UUID!, $c: UUID!, $answers: JSON!) {
        submitApplication(programmeId: $p, role: MENTOR, answers: $answers, consents: {privacy_notice: "1"}) { id }
        decideApplication(applicationId: $a, decision: ACCEPT,
            overrides: [{rule: "postdoctoral", reason: "agreed"}]) { state }
        moveApplication(applicationId: $a, cohortId: $c, reason: "places") { id }
        withdrawApplication(applicationId: $a) { id } }"""
    variables = {"p": str(p), "a": made["id"], "c": str(c), "answers": {"criteria": ["networking"]}}
    found = await front.data(query, variables)
    assert found["decideApplication"] == {"state": "accepted"}
    submitted, decided, moved, withdrawn = (call.body for call in world.calls)
    assert submitted == {
        "role": "mentor", "cohort_id": None, "answers": {"criteria": ["networking"]},
        "consents": {"privacy_notice": "1"},
    }  # fmt: skip
    assert decided == {"decision": "accept", "override": [override]}
    assert moved == {"cohort_id": str(c), "reason": "places"}
    assert withdrawn == {}


async def test_meetings_goals_and_agreements(front, world, make):
    m = make.match(uuid4(), uuid4())
    base = f"/sessions/relationships/{m['id']}"
    held = {"id": str(uuid4()), "held_at": "2022-05-01T10:00:00Z", "minutes": 45, "mode": "online"}
    after = {
        "over_budget": False,
        "total_minutes": 135,
        "budget_minutes": 360,
        "note_id": None,
        "outcome": "recorded",
        "version": 1,
    }
    world.post(f"{base}/mentoring-sessions", held | after)
    goal = {"id": str(uuid4()), "written_by": str(uuid4()), "due_on": "2022-09-01", "state": "open", "version": 1}
    world.post(f"{base}/goals", goal | {"reached_at": None})
    world.post(f"{base}/agreement/sign", {})
    world.get(base, make.relationship(m))
    query = """mutation($id: UUID!) {
        signAgreement(matchId: $id, version: 2) { agreement { mentorSignedAt } }
        recordMentoringSession(matchId: $id, heldAt: "2022-05-01T10:00:00Z", minutes: 45, mode: ONLINE, note: "n",
            noteVisibility: PAIR) { totalMinutes relationship { totalMinutes } }
        setGoal(matchId: $id, text: "A paper", dueOn: "2022-09-01") { state dueOn } }"""
    found = await front.data(query, {"id": m["id"]})
    assert found["recordMentoringSession"] == {"totalMinutes": 135, "relationship": {"totalMinutes": 90}}
    assert found["setGoal"] == {"state": "open", "dueOn": "2022-09-01"}
    bodies = [call.body for call in world.calls if call.method == "POST"]
    assert bodies[0] == {"version": 2}
    assert bodies[1] == {
        "held_at": "2022-05-01T10:00:00Z", "minutes": 45, "mode": "online", "note": "n", "note_visibility": "pair",
    }  # fmt: skip
    assert bodies[2] == {"text": "A paper", "due_on": "2022-09-01"}


async def test_a_note_is_changed_and_removed(front, world):
    note = {"id": str(uuid4()), "written_by": str(uuid4()), "written_at": "2022-05-01T10:00:00Z"}
    path = f"/sessions/notes/{note['id']}"
    world.answers["PATCH", path] = note | {"visibility": "pair", "version": 2}
    world.answers["DELETE", path] = {}
    world.get(path, note | {"visibility": "pair", "version": 2, "text": "ours"})
    change = """mutation($id: UUID!) { changeNote(noteId: $id, expectedVersion: 1, visibility: PAIR) {
        text visibility version } }"""
    changed = await front.data(change, {"id": note["id"]})
    assert changed["changeNote"] == {"text": "ours", "visibility": "pair", "version": 2}
    removed = await front.data("mutation($id: UUID!) { deleteNote(noteId: $id) }", {"id": note["id"]})
    assert removed == {"deleteNote": note["id"]}
    sent = [(call.method, call.body) for call in world.calls]
    assert sent == [("PATCH", {"visibility": "pair"}), ("GET", None), ("DELETE", None)]


async def test_meetings_and_attendance_are_corrected_and_taken_back(front, world, make):
    meeting, activity, person = uuid4(), uuid4(), uuid4()
    held = {"id": str(meeting), "held_at": "2022-05-01T10:00:00Z", "minutes": 30, "mode": "online"}
    held |= {"version": 3, "over_budget": False, "recorded_by": str(person), "corrected_by": str(person)}
    facts = {"held_at": "2022-05-01T10:00:00Z", "minutes": 60, "mode": "online"}
    trace = {"id": str(uuid4()), "made_by": str(person), "made_at": "2022-05-02T10:00:00Z", "reason": "R"}
    base = f"/sessions/mentoring-sessions/{meeting}"
    world.answers["PATCH", base] = held
    world.post(f"{base}/withdraw", held | {"withdrawn_at": "2022-05-02T10:00:00Z"})
    world.get(f"{base}/corrections", [trace | {"before": facts, "after": None}])
    world.post(f"/sessions/activities/{activity}/attendance/{person}/withdraw", {})
    shown = {"id": str(activity), "kind": "cpd", "title": "T", "mode": "online"}
    world.get(
        f"/sessions/activities/{activity}", shown | {"version": 1, "starts_at": "2022-05-01T10:00:00Z", "minutes": 60}
    )
    was = {"person_id": str(person), "recorded_at": "2022-05-01T10:00:00Z"}
    world.get(f"/sessions/activities/{activity}/attendance", [was])
    back = {"id": str(uuid4()), "withdrawn_by": str(person), "withdrawn_at": "2022-05-02T10:00:00Z", "reason": "R"}
    world.get(f"/sessions/activities/{activity}/attendance/withdrawn", [was | back])
    mutation = """mutation($m: UUID!, $a: UUID!, $p: UUID!) {
        correctMentoringSession(mentoringSessionId: $m, expectedVersion: 2, minutes: 30, reason: "R") {
            minutes correctedBy corrections { nodes { reason before { minutes } after { minutes } } } }
        withdrawMentoringSession(mentoringSessionId: $m, reason: "R") { withdrawnAt }
        withdrawAttendance(activityId: $a, personId: $p, reason: "R") { id } }"""
    found = await front.data(mutation, {"m": str(meeting), "a": str(activity), "p": str(person)})
    corrected = found["correctMentoringSession"]
    assert (corrected["minutes"], corrected["correctedBy"]) == (30, str(person))
    assert corrected["corrections"]["nodes"] == [{"reason": "R", "before": {"minutes": 60}, "after": None}]
    assert found["withdrawMentoringSession"]["withdrawnAt"]
    sent = [call.body for call in world.calls if call.method in ("PATCH", "POST")]
    assert sent == [{"minutes": 30, "reason": "R"}, {"reason": "R"}, {"reason": "R"}]
    query = """query($a: UUID!) { attendance(activityId: $a) { nodes { personId } }
        withdrawnAttendance(activityId: $a) { nodes { personId reason } } }"""
    lists = await front.data(query, {"a": str(activity)})
    assert lists["attendance"]["nodes"] == [{"personId": str(person)}]
    assert lists["withdrawnAttendance"]["nodes"] == [{"personId": str(person), "reason": "R"}]


async def test_a_survey_needs_no_account_and_its_token_reaches_no_other_route(front, world, make):
    wave, tenant = uuid4(), front.tenant
    world.post(f"/evaluation/public/{tenant}/responses", {"wave_id": str(wave), "received": True})
    query = """mutation($t: UUID!) { answerSurvey(organisationId: $t, token: "abc", answers: {q1: "yes"}) }"""
    async with front.http(None) as http:
        sent = {"query": query, "variables": {"t": str(tenant)}}
        answer = (await http.post("/graphql", json=sent)).json()
    assert answer["data"] == {"answerSurvey": str(wave)}
    assert world.calls[0].body == {"token": "abc", "answers": {"q1": "yes"}}
    for token in ("../../reports", "..", "", "a/b?c=d"):
        survey = "query($t: UUID!, $token: String!) { survey(organisationId: $t, token: $token) { title } }"
        await front.refusal(survey, {"t": str(tenant), "token": token})
    assert all(path.startswith(f"/evaluation/public/{tenant}/surveys/") for path in world.paths())
    assert all(call.query == {} for call in world.calls)


async def test_a_run_with_pins_and_seed(front, world, make):
    c, mentor, mentee = uuid4(), uuid4(), uuid4()
    query = """mutation($c: UUID!, $pins: [PairChoice!]) {
        startMatchRun(cohortId: $c, kind: REMATCH, seed: 7, pins: $pins) { id } }"""
    pins = [{"mentorId": str(mentor), "menteeId": str(mentee), "reason": "asked for"}]
    await front.refusal(query, {"c": str(c), "pins": pins})
    assert world.calls[0].path == f"/matching/cohorts/{c}/runs"
    pin = {"mentor_id": str(mentor), "mentee_id": str(mentee), "reason": "asked for"}
    assert world.calls[0].body == {"kind": "rematch", "seed": 7, "pins": [pin]}


async def test_a_draft_is_saved_changed_and_submitted(front, world, make):
    p, c = uuid4(), uuid4()
    made = make.application(p, c)
    draft = {"id": str(uuid4()), "programme_id": str(p), "cohort_id": str(c), "role": "mentee", "version": 3,
             "saved_at": made["submitted_at"], "closes_at": None}  # fmt: skip
    fault = {"pointer": "/body/answers/about", "code": "required", "detail": "an answer is needed"}
    world.post(f"/applications/programmes/{p}/drafts", draft)
    world.put(f"/applications/drafts/{draft['id']}", draft)
    world.post(f"/applications/drafts/{draft['id']}/submit", made)
    written = {"answers": {}, "consents": {}, "capacity": None, "equality": None, "faults": [fault]}
    world.get(f"/applications/drafts/{draft['id']}", draft | written)
    query = """mutation($p: UUID!, $c: UUID!, $d: UUID!) {
        saveDraft(programmeId: $p, cohortId: $c, role: MENTEE, answers: {}) { content { faults { pointer } } }
        changeDraft(draftId: $d, expectedVersion: 3, answers: {about: "me"}) { version }
        submitDraft(draftId: $d) { state } }"""
    found = await front.data(query, {"p": str(p), "c": str(c), "d": draft["id"]})
    assert found["saveDraft"] == {"content": {"faults": [{"pointer": "/body/answers/about"}]}}
    assert found["submitDraft"] == {"state": "submitted"}
    changed = next(call for call in world.calls if call.method == "PUT")
    assert (changed.headers["if-match"], changed.body) == ('"3"', {"answers": {"about": "me"}})


async def test_decisions_in_bulk_and_scores_are_sent_as_the_service_takes_them(front, world, make):
    p, a, s = uuid4(), uuid4(), uuid4()
    items = [{"index": 0, "application_id": str(a), "state": "accepted", "version": 2, "problem": None}]
    world.post(f"/applications/programmes/{p}/decisions", {"items": items})
    world.post(f"/applications/programmes/{p}/tell-decisions", {"told": 4})
    world.post(f"/applications/applications/{a}/undo-decision", make.application(p, uuid4()))
    assessment = {"id": str(s), "application_id": str(a), "assessor_id": str(uuid4()), "state": "scored", "version": 2,
                  "asked_at": "2022-04-27T09:00:00Z", "scored_at": None}  # fmt: skip
    world.put(f"/applications/assessments/{s}", assessment)
    query = """mutation($p: UUID!, $a: UUID!, $s: UUID!) {
        decideApplications(programmeId: $p, decisions: [{applicationId: $a, decision: REFUSE, reason: "full",
            overrides: [{rule: "r", reason: "agreed"}], version: 1}]) { index state version problem }
        tellDecisions(programmeId: $p)
        undoDecision(applicationId: $a, reason: "mistaken") { state }
        scoreApplication(assessmentId: $s, expectedVersion: 1, scores: {need: 4}) { state } }"""
    found = await front.data(query, {"p": str(p), "a": str(a), "s": str(s)})
    assert found["decideApplications"] == [{"index": 0, "state": "accepted", "version": 2, "problem": None}]
    assert found["tellDecisions"] == 4
    bulk = next(call for call in world.calls if call.path.endswith("/decisions"))
    assert bulk.body == {
        "decisions": [
            {"application_id": str(a), "decision": "refuse", "reason": "full", "version": 1,
             "override": [{"rule": "r", "reason": "agreed"}]}
        ]
    }  # fmt: skip


def test_every_reason_that_people_may_give_has_a_code():
    assert [code.value for code in ReasonCode] == list(REASONS)


async def test_a_reason_is_a_code_or_words(front, world, make):
    m = make.match(uuid4(), uuid4())
    for act in ("decline", "end"):
        world.post(f"/matching/matches/{m['id']}/{act}", m)
    query = """mutation($id: UUID!) { a: declineMatch(matchId: $id, code: NO_TIME) { id }
        b: endMatch(matchId: $id, code: NOT_A_GOOD_FIT) { id } c: endMatch(matchId: $id, reason: "We moved") { id } }"""
    await front.data(query, {"id": m["id"]})
    assert [call.body["reason"] for call in world.calls] == ["no_time", "not_a_good_fit", "We moved"]


async def test_cohorts_are_made_as_planned_and_an_activity_took_place(front, world, make):
    p, cohort, activity = uuid4(), uuid4(), str(uuid4())
    made = make.cohort(cohort, p)
    world.post(f"/applications/programmes/{p}/cohorts/from-blueprint", {"items": [made]})
    world.post(f"/applications/programmes/{p}/cohorts", made)
    world.get(f"/applications/programmes/{p}/cohorts", {"items": [made]})
    world.post(f"/sessions/activities/{activity}/held", {"id": activity})
    world.get(f"/sessions/activities/{activity}", {"id": activity, "held_at": "2022-05-01T10:00:00Z"})
    query = """mutation($p: UUID!, $a: UUID!) { planCohorts(programmeId: $p) { number }
        addCohort(programmeId: $p, number: 2, places: 9, starts: "2023-01-09") { number }
        holdActivity(activityId: $a, expectedVersion: 3) { heldAt } }"""
    found = await front.data(query, {"p": str(p), "a": activity})
    assert found["planCohorts"] == [{"number": 1}]
    assert found["holdActivity"] == {"heldAt": "2022-05-01T10:00:00+00:00"}
    sent = [call for call in world.calls if call.method == "POST"]
    assert sent[1].body == {"number": 2, "places": 9, "starts": "2023-01-09"}
    assert sent[2].headers["if-match"] == '"3"'


async def test_a_decision_among_many_names_the_version_as_every_mutation_does(front, world):
    p, a = str(uuid4()), str(uuid4())
    world.post(f"/applications/programmes/{p}/decisions", {"items": []})
    for name in ("expectedVersion", "version"):
        query = f"""mutation {{ decideApplications(programmeId: "{p}",
            decisions: [{{applicationId: "{a}", decision: ACCEPT, {name}: 4}}]) {{ index }} }}"""
        await front.data(query)
    assert [call.body["decisions"] for call in world.calls] == [
        [{"application_id": a, "decision": "accept", "version": 4}]
    ] * 2
