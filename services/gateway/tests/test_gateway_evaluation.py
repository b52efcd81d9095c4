"""Evaluation by GraphQL: what is sent, how often, what is refused; on the services' contracts."""

import json
from uuid import uuid4

import pytest

from mentoring_common.problems import problem

MOMENT = "2022-04-27T09:00:00Z"
OF_PROGRAMME = "query($id: UUID!) { programme(id: $id) { evaluation { %s } } }"
WAITING = "{ me { interviews(waiting: true) { id waitsFor } caseStudies(waiting: true) { id } } }"


def interview(match, person_id, state="scheduled"):
    ids = {name: match[name] for name in ("programme_id", "cohort_id")} | {"match_id": match["id"]}
    return ids | {
        "id": str(uuid4()), "person_id": str(person_id), "role": "mentee", "state": state, "scheduled_at": MOMENT,
        "version": 1,
    }  # fmt: skip


def case_study(match, **changes):
    ids = {name: match[name] for name in ("programme_id", "cohort_id")} | {"match_id": match["id"]}
    return ids | {"id": str(uuid4()), "state": "draft", "version": 1, "revision": 1} | changes


def recommendation(programme_id, owner_id):
    return {
        "id": str(uuid4()), "programme_id": str(programme_id), "theme_id": None, "text": "More time",
        "owner_id": str(owner_id), "due_at": MOMENT, "state": "open", "overdue": True,
        "version": 1,
    }  # fmt: skip


def report(state, **changes):
    known = {"id": str(uuid4()), "programme_id": str(uuid4()), "kind": "final", "audience": "programme_team"}
    return known | {"version": 1, "revision": 1, "edition": 0, "state": state, "approver": None} | changes


def programme(world, make):
    id_ = uuid4()
    world.get(f"/applications/programmes/{id_}", make.programme(id_))
    return str(id_)


async def test_what_waits_for_me_is_asked_for_once_per_programme(front, world, make):
    me, programmes = front.person_id, [uuid4(), uuid4()]
    mine = [make.match(p, uuid4(), mentee_id=str(me)) for p in programmes for _ in range(5)]
    offered = make.match(uuid4(), uuid4(), mentee_id=str(me), state="proposed", confirmed_at=None)
    world.get("/matching/matches", [*mine, offered])
    states = ("scheduled", "consented", "transcribed", "approved", "withdrawn")
    for number, p in enumerate(programmes):
        pairs = mine[5 * number : 5 * number + 5]
        others = [interview(pairs[0], uuid4())]
        world.get(f"/evaluation/programmes/{p}/interviews", [
            *(interview(m, me, state) for m, state in zip(pairs, states, strict=True)), *others,
        ])  # fmt: skip
        world.get(f"/evaluation/programmes/{p}/case-studies", [
            case_study(pairs[0]), case_study(pairs[1], mentee_approved_at=MOMENT),
            case_study(pairs[2], state="approved"), case_study(make.match(p, uuid4())),
        ])  # fmt: skip
    found = (await front.data(WAITING))["me"]
    assert [one["waitsFor"] for one in found["interviews"]] == ["CONSENT", "APPROVAL"] * 2
    assert len(found["caseStudies"]) == 2
    assert len(world.calls) == 1 + 2 * 2


async def test_a_programme_that_evaluation_has_not_heard_of_holds_nothing(front, world, make):
    world.get("/matching/matches", [make.match(uuid4(), uuid4(), mentee_id=str(front.person_id))])
    assert (await front.data(WAITING))["me"] == {"interviews": [], "caseStudies": []}


async def test_what_may_not_be_read_is_an_error_and_not_an_empty_list(front, world, make):
    match = make.match(uuid4(), uuid4(), mentee_id=str(front.person_id))
    world.get("/matching/matches", [match])
    closed = problem(403, "insufficient_scope", "The token does not allow this")
    world.get(f"/evaluation/programmes/{match['programme_id']}/interviews", closed)
    error = await front.refusal("{ me { interviews { id } } }")
    assert error["extensions"] == {"code": "insufficient_scope", "status": 403}


async def test_many_interviews_and_recommendations_ask_for_their_people_and_matches_once(front, world, make):
    p, cohort = programme(world, make), uuid4()
    matches = [make.match(p, cohort) for _ in range(30)]
    world.get("/matching/matches", matches)
    world.get(f"/evaluation/programmes/{p}/interviews", [interview(m, m["mentee_id"]) for m in matches])
    world.get(f"/evaluation/programmes/{p}/recommendations", [recommendation(p, m["mentor_id"]) for m in matches])
    world.get("/applications/people", [])
    query = (
        OF_PROGRAMME
        % """interviews(first: 30) { nodes { person { id name } match { state } } }
        recommendations(first: 30, overdue: true) { nodes { owner { id } } }"""
    )
    found = (await front.data(query, {"id": p}))["programme"]["evaluation"]
    assert {node["match"]["state"] for node in found["interviews"]["nodes"]} == {"confirmed"}
    owners = [node["owner"]["id"] for node in found["recommendations"]["nodes"]]
    assert owners == [f"Person:{m['mentor_id']}" for m in matches]
    assert sorted(world.paths()) == sorted([
        f"/applications/programmes/{p}", f"/evaluation/programmes/{p}/interviews", "/matching/matches",
        f"/evaluation/programmes/{p}/recommendations", "/applications/people",
    ])  # fmt: skip


async def test_texts_are_read_only_where_they_are_asked_for_and_once(front, world, make):
    match = make.match(uuid4(), uuid4())
    one = interview(match, match["mentee_id"], "transcribed")
    path = f"/evaluation/interviews/{one['id']}"
    world.get(path, one | {"summary": "Went well", "quotes": ["Time"]})
    query = "query($id: UUID!) { interview(id: $id) { waitsFor texts { summary quotes } } }"
    found = (await front.data(query, {"id": one["id"]}))["interview"]
    assert found == {"waitsFor": "APPROVAL", "texts": {"summary": "Went well", "quotes": ["Time"]}}
    assert world.paths() == [path], "reading is audited, so it is done once"
    world.calls.clear()
    world.post(f"{path}/approve", one | {"state": "approved"})
    approve = "mutation($id: UUID!) { approveInterview(interviewId: $id) { state } }"
    await front.data(approve, {"id": one["id"]})
    assert [(call.method, call.body) for call in world.calls] == [("POST", None)]


async def test_figures_are_asked_for_by_name_and_group(front, world, make):
    p = programme(world, make)
    base = f"/evaluation/programmes/{p}/figures"
    world.get(f"{base}/liked/evidence", {"name": "liked", "definition": "d", "items": []})
    share = {"name": "liked", "unit": "percent", "rule": "share", "value": 50}
    compared = {"first": share, "second": share, "people": "unknown", "difference": 0.5, "interval": None}
    world.get(f"{base}/liked/comparison", compared | {"caveats": ["few"]})
    query = (
        OF_PROGRAMME
        % """evidence(name: "liked", group: {role: MENTOR, wave: "interim"}) { definition }
        comparison(name: "liked", first: {cohort: 1}, second: {cohort: 2, role: MENTEE}) { people caveats }"""
    )
    found = (await front.data(query, {"id": p}))["programme"]["evaluation"]
    assert found["comparison"] == {"people": "unknown", "caveats": ["few"]}
    asked = [call.query for call in world.calls if "figures" in call.path]
    assert {"role": "mentor", "wave": "interim"} in asked
    assert {"first_cohort": "1", "second_cohort": "2", "second_role": "mentee"} in asked


async def test_a_name_reaches_no_other_route(front, world, make):
    p = programme(world, make)
    for name in ("../../reports", "..", "", "a/b?c=d"):
        query = "query($id: UUID!, $n: String!) { programme(id: $id) { evaluation { evidence(name: $n) { name } } } }"
        await front.refusal(query, {"id": p, "n": name})
    assert all(call.route.endswith("/evidence") for call in world.calls if "figures" in call.route)
    assert all(call.query == {} for call in world.calls)


@pytest.mark.parametrize(
    ("closes", "sent"),
    [
        ({"at": "2024-10-27T22:59:00+00:00"}, "2024-10-27T22:59:00Z"),
        (
            {"local": "2024-10-27T23:59", "zone": "Europe/London"},
            {"local": "2024-10-27T23:59", "zone": "Europe/London"},
        ),
    ],
)
async def test_waves_take_moments_and_local_times(front, world, make, closes, sent):
    wave = make.wave(uuid4(), uuid4())
    world.answers["PATCH", f"/evaluation/waves/{wave['id']}"] = wave
    query = """mutation($id: UUID!, $closes: WaveTime!) {
        extendWave(waveId: $id, expectedVersion: 1, closesAt: $closes, reason: "holidays") {
        state responses { mentor } } }"""
    found = await front.data(query, {"id": wave["id"], "closes": closes})
    assert found["extendWave"] == {"state": "closed", "responses": {"mentor": 9}}
    assert world.calls[0].body == {"closes_at": sent, "reason": "holidays"}


async def test_a_wave_says_what_will_be_read_of_it_and_hides_rates_of_both(front, world, make):
    wave = make.wave(uuid4(), uuid4()) | {"responses": {"mentor": None, "mentee": 6}, "hidden_roles": ["mentor"]}
    preview = {
        "wave_id": wave["id"], "state": "planned", "mode": "anonymous", "minimum": 10, "together": "nothing",
        "statement": "This wave asks 3 mentors.",
        "roles": [
            {"role": "mentor", "people": 3, "shown": "nothing", "published_from": None},
            {"role": "mentee", "people": 22, "shown": "figures", "published_from": 17},
        ],
    }  # fmt: skip
    world.get(f"/evaluation/waves/{wave['id']}", wave)
    world.get(f"/evaluation/waves/{wave['id']}/preview", preview)
    query = """query($id: UUID!) { wave(id: $id) { hiddenRoles responses { mentor mentee }
        responseRates { mentor mentee pooled }
        preview { mode minimum together statement roles { role people shown } } } }"""
    found = (await front.data(query, {"id": wave["id"]}))["wave"]
    assert (found["hiddenRoles"], found["responses"]) == (["MENTOR"], {"mentor": None, "mentee": 6})
    assert found["responseRates"] == {"mentor": None, "mentee": 100 * 6 / 22, "pooled": None}
    assert (found["preview"]["together"], found["preview"]["minimum"]) == ("NOTHING", 10)
    assert [(one["role"], one["shown"]) for one in found["preview"]["roles"]] == [
        ("MENTOR", "NOTHING"), ("MENTEE", "FIGURES"),
    ]  # fmt: skip


async def test_what_was_recorded_by_mistake_is_taken_back_or_corrected(front, world, make):
    p, value, held = uuid4(), uuid4(), interview(make.match(uuid4(), uuid4()), uuid4(), "approved")
    taken = {"withdrawn_at": MOMENT, "role": "coordinator", "reason": "a digit lost"}
    told = {
        "id": str(value), "indicator": "stayed", "measured_on": "2022-04-27", "source": "HR", "recorded_at": MOMENT,
        "value": 7.5, "unit": "percent", "base": 40, "base_is": "staff", "withdrawn": taken,
    }  # fmt: skip
    world.post(f"/evaluation/programmes/{p}/indicators/stayed/values/{value}/withdraw", told)
    trace = {"pages_before": 9, "pages": 19, "reason": "found", "corrected_at": MOMENT, "role": "interviewer"}
    world.answers["PATCH", f"/evaluation/interviews/{held['id']}"] = held | {"pages": 19, "corrections": [trace]}
    query = """mutation($p: UUID!, $v: UUID!, $i: UUID!) {
        withdrawIndicatorValue(programmeId: $p, indicator: "stayed", valueId: $v, reason: "a digit lost") {
            withdrawn { reason role } }
        correctInterviewPages(interviewId: $i, expectedVersion: 1, pages: 19, reason: "found") {
            pages corrections { pagesBefore role } } }"""
    found = await front.data(query, {"p": str(p), "v": str(value), "i": held["id"]})
    assert found["withdrawIndicatorValue"]["withdrawn"] == {"reason": "a digit lost", "role": "coordinator"}
    assert found["correctInterviewPages"] == {"pages": 19, "corrections": [{"pagesBefore": 9, "role": "interviewer"}]}
    assert [call.body for call in world.calls] == [{"reason": "a digit lost"}, {"pages": 19, "reason": "found"}]


async def test_what_is_left_out_is_not_sent_and_an_empty_list_is(front, world, make):
    theme = {"id": str(uuid4()), "programme_id": str(uuid4()), "title": "t", "description": "", "priority": "plan",
             "version": 1,
             "goals": [], "texts": {"mentor": 0, "mentee": 0}}  # fmt: skip
    world.answers["PATCH", f"/evaluation/themes/{theme['id']}"] = theme
    world.post(f"/evaluation/themes/{theme['id']}/codings", theme)
    query = """mutation($id: UUID!, $q: UUID!, $c: UUID!) {
        changeTheme(themeId: $id, expectedVersion: 1, impact: 4, goalIds: []) { priority }
        codeTexts(themeId: $id, quoteIds: [$q], commentIds: [$c]) { id } }"""
    quote, comment = str(uuid4()), str(uuid4())
    await front.data(query, {"id": theme["id"], "q": quote, "c": comment})
    assert [call.body for call in world.calls] == [
        {"impact": 4, "goal_ids": []}, {"texts": [{"quote_id": quote}, {"comment_id": comment}]},
    ]  # fmt: skip


async def test_two_sections_of_one_title_are_refused_before_any_call(front, world):
    twice = [{"title": "A", "text": "1"}, {"title": "A", "text": "2"}]
    query = "mutation($m: UUID!, $s: [TitledText!]!) { writeCaseStudy(matchId: $m, sections: $s) { id } }"
    error = await front.refusal(query, {"m": str(uuid4()), "s": twice})
    assert error["extensions"] == {"code": "section_named_twice", "status": 422}
    assert world.calls == []


BAD = {
    "no uuid": "mutation { approveReport(reportId: \"x\") { id } }",
    "no such act": 'mutation { followUpRecommendation(recommendationId: "%s", note: "n", act: ERASE) { id } }',
    "no such kind": 'mutation { createReport(programmeId: "%s", kind: SECRET) { id } }',
    "a float for pages": 'mutation { transcribeInterview(interviewId: "%s", pages: 1.5, summary: "s") { id } }',
    "no summary": 'mutation { transcribeInterview(interviewId: "%s", pages: 1) { id } }',
    "no reason": 'mutation { extendWave(waveId: "%s", expectedVersion: 1, closesAt: {}) { id } }',
    "a date that is none": 'mutation { scheduleInterview(matchId: "%s", personId: "%s", scheduledAt: "soon") { id } }',
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_a_value_that_does_not_fit_is_refused_before_any_call(front, world, name):
    error = await front.refusal(BAD[name].replace("%s", str(uuid4())))
    assert error["extensions"] == {"code": "invalid_graphql", "status": 400}
    assert world.calls == []


@pytest.mark.parametrize(
    ("status", "code", "members"),
    [
        (403, "role_needed", {"needed": ["coordinator"]}),
        (404, "report_not_found", {}),
        (409, "approval_needed", {}),
        (422, "narrative_invalid", {"references": ["x"]}),
    ],
)
async def test_what_the_service_refuses_keeps_its_code(front, world, status, code, members):
    r = uuid4()
    world.post(f"/evaluation/reports/{r}/publish", problem(status, code, "No", **members))
    error = await front.refusal("mutation($r: UUID!) { publishReport(reportId: $r) { id } }", {"r": str(r)})
    assert error["extensions"] == {"code": code, "status": status} | members
    assert world.paths() == [], "nothing is read after a refusal"


async def test_lists_of_reports_and_their_content_have_a_price(front, world, make):
    p = programme(world, make)
    inside = "report { changes { changed { name } } figures { name } narrative { paragraphs { text reference } } }"
    query = OF_PROGRAMME % f"reports(first: 200) {{ nodes {{ {inside} again: {inside} }} }}"
    error = await front.refusal(query, {"id": p})
    assert error["extensions"]["code"] == "query_too_costly"
    assert world.calls == []
    for first in (0, 201):
        fields = f"interviews(first: {first}) {{ nodes {{ id }} }}"
        error = await front.refusal(OF_PROGRAMME % fields, {"id": p})
        assert error["extensions"] == {"code": "invalid_page_size", "status": 422, "most": 200}
    too_deep = (
        "match { relationship { match { relationship { match { relationship { match { mentor { id } } } } } } } }"
    )
    fields = f"interviews {{ edges {{ node {{ {too_deep} }} }} }}"
    error = await front.refusal(OF_PROGRAMME % fields, {"id": p})
    assert error["extensions"]["code"] == "query_too_deep"


async def test_a_report_is_followed_until_it_is_built(front, world):
    queued = report("queued")
    steps = iter([queued, queued, queued | {"state": "ready", "title": "NIHR"}])
    world.get(f"/evaluation/reports/{queued['id']}", lambda _: next(steps))
    query = "subscription($id: UUID!) { report(id: $id) { state title } }"
    async with front.http() as http:
        asked = {"query": query, "variables": {"id": queued["id"]}}
        answer = await http.post("/graphql", json=asked, headers={"Accept": "text/event-stream"})
    told = [json.loads(line[6:])["data"]["report"] for line in answer.text.splitlines() if line.startswith("data: {")]
    assert told == [{"state": "queued", "title": None}, {"state": "ready", "title": "NIHR"}]


async def test_a_pack_outside_the_contract_is_masked(front, world, make):
    p = programme(world, make)
    world.get(f"/evaluation/programmes/{p}/evidence-pack", {"overall": "canary"})
    error = await front.refusal(OF_PROGRAMME % "evidencePack { overall }", {"id": p})
    assert error["extensions"] == {"code": "internal_error", "status": 500}
    assert "canary" not in str(error)
    assert len(world.breaches) == 1
    world.breaches.clear()
