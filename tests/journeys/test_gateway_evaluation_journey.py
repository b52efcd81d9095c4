"""What came of a programme, through the GraphQL schema alone: a wave, interviews, themes, outcomes, a report."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mentoring_common.testing import eventually

SECTIONS = (
    "Profile of the mentee", "Profile of the mentor", "Focus of the relationship", "Reflections", "Perceived value",
)  # fmt: skip
ROLES = ("MENTOR", "MENTEE")
TEAM_ONLY = """query($p: UUID!) { programme(id: $p) { evaluation {
  waves { id } instruments { nodes { id } } themes { rule } texts(kind: QUOTE) { nodes { text } } goals { nodes { id } }
  evidence(name: "response_rate") { name } hrOutcomes { nodes { id } } intentions { statement }
  evidencePack { overall } model { faults { field } } assessments { nodes { id } } } } }"""
MINE = """{ me { interviews(waiting: true) { id waitsFor state } caseStudies(waiting: true) { id version } } }"""
INTERVIEW = """query($id: UUID!) { interview(id: $id) {
  state waitsFor pages person { name } texts { summary quotes } } }"""


def soon(**after: float) -> str:
    return (datetime.now(UTC) + timedelta(**after)).isoformat()


@pytest.fixture
async def evaluated(journey: Any) -> Any:
    """Two confirmed pairs, a programme manager, an interviewer, and the steering group."""
    await journey.pair_up()
    for name, role in (("Mia", "PROGRAMME_MANAGER"), ("Ivo", "INTERVIEWER"), ("Sam", "STEERING_GROUP")):
        await journey.appoint(name, role)
    goals = "query($p: UUID!) { programme(id: $p) { evaluation { goals { nodes { id } } } } }"
    for name in ("Mia", "Sam"):
        await journey.asked_in_time(goals, by=name, p=journey.programme_id)
    return journey


async def test_what_came_of_a_programme_by_graphql_alone(evaluated: Any) -> None:
    await survey(evaluated)
    interviews = await interview_both(evaluated)
    await write_a_case_study(evaluated)
    await find_themes(evaluated)
    await judge(evaluated)
    report = await publish(evaluated)
    await withdraw(evaluated, interviews["Cleo"], report)
    await strangers_see_nothing(evaluated, interviews["Cleo"], report)


# ----------------------------------------------------------------------------------------------------------- surveys
async def survey(journey: Any) -> None:
    presets = (await journey.ask("{ instrumentPresets { id title questions } }", by="Mia"))["instrumentPresets"]
    assert "end_of_programme" in {preset["id"] for preset in presets}
    add = """mutation($p: UUID!, $s: JSON!) { addInstrumentVersion(programmeId: $p, name: "liked", survey: $s) {
        id version frozen mode } }"""
    question = {"id": "liked", "kind": "choice", "roles": ["mentor", "mentee"], "text": "Liked it?",
                "options": ["Yes", "No"], "counted": ["Yes"], "figure": "liked"}  # fmt: skip
    more = {"id": "more", "kind": "text", "roles": ["mentor", "mentee"], "text": "More?"}
    liked = {"title": "Liked", "mode": "named", "questions": [question, more]}
    made = (await journey.ask(add, by="Mia", p=journey.programme_id, s=liked))["addInstrumentVersion"]
    assert made == {"id": "liked", "version": 2, "frozen": False, "mode": "named"}
    assert await journey.refusal(add, by="Mia", p=journey.programme_id, s={"title": "No questions"}) == [
        "invalid_request"
    ]
    assert await journey.refusal(add, by="Sam", p=journey.programme_id, s=liked) == ["role_needed"]
    wave = await a_wave(journey)
    assert await preview(journey, wave) == ("ANSWERS", [{"role": r, "people": 2, "shown": "ANSWERS"} for r in ROLES])
    await answer(journey, wave)
    await look_at_figures(journey, wave)


async def preview(journey: Any, wave_id: str) -> tuple[str, list[dict[str, Any]]]:
    query = "query($id: UUID!) { wave(id: $id) { preview { together minimum roles { role people shown } } } }"
    found = (await journey.ask(query, by="Mia", id=wave_id))["wave"]["preview"]
    assert found["minimum"] == 10
    return found["together"], found["roles"]


async def a_wave(journey: Any) -> str:
    plan = """mutation($c: UUID!, $opens: WaveTime!, $closes: WaveTime!) {
        planWave(cohortId: $c, wave: {instrument: "liked", opensAt: $opens, closesAt: $closes}) { id state } }"""
    everywhere = """mutation($p: UUID!) { planWaves(programmeId: $p, wave: {instrument: "liked", occasion: "later",
        roles: [MENTEE], opensAt: {at: "2099-01-01T00:00:00Z"}, closesAt: {at: "2099-01-02T00:00:00Z"}}) {
        occasion roles state } }"""
    later = (await journey.ask(everywhere, by="Mia", p=journey.programme_id))["planWaves"]
    assert later == [{"occasion": "later", "roles": ["MENTEE"], "state": "planned"}]
    small = """mutation($c: UUID!) { planWave(cohortId: $c, wave: {instrument: "interim", occasion: "small",
        opensAt: {at: "2099-01-01T00:00:00Z"}, closesAt: {at: "2099-01-02T00:00:00Z"}}) { id } }"""
    planned = (await journey.ask(small, by="Mia", c=journey.cohort_id))["planWave"]
    nothing = [{"role": role, "people": 2, "shown": "NOTHING"} for role in ROLES]
    assert await preview(journey, planned["id"]) == ("NOTHING", nothing)
    opens, c = {"at": soon(minutes=-1)}, journey.cohort_id
    for nothing in ({}, {"local": "2099-01-01T10:00"}, {"local": "2099-01-01T10:00", "zone": "Nowhere"}):
        [code] = await journey.refusal(plan, by="Mia", c=c, opens=opens, closes=nothing)
        assert code in ("invalid_request", "local_time_invalid")
    planned = (await journey.ask(plan, by="Mia", c=c, opens=opens, closes={"at": soon(seconds=4)}))["planWave"]
    extend = """mutation($id: UUID!, $v: Int!, $at: DateTime!) {
        extendWave(waveId: $id, expectedVersion: $v, closesAt: {at: $at}, reason: "holidays") { version closesAt } }"""
    wave = {"id": planned["id"], "v": (await in_state(journey, planned["id"], "open"))["version"]}
    later = (await journey.ask(extend, by="Mia", **wave, at=soon(seconds=5)))["extendWave"]
    assert await journey.refusal(extend, by="Mia", **wave, at=soon(seconds=6)) == ["precondition_failed"]
    wave["v"] = later["version"]
    assert await journey.refusal(extend, by="Mia", **wave, at=soon(seconds=-5)) == ["wave_times_invalid"]
    journey.wave_id = planned["id"]
    return str(planned["id"])


async def in_state(journey: Any, wave_id: str, state: str) -> dict[str, Any]:
    query = "query($id: UUID!) { wave(id: $id) { state version asked { mentor mentee } responses { mentor mentee } } }"

    async def probe() -> dict[str, Any] | None:
        wave: dict[str, Any] = (await journey.ask(query, by="Mia", id=wave_id))["wave"]
        return wave if wave["state"] == state else None

    return await eventually(probe, what=f"wave {state}")


async def answer(journey: Any, wave_id: str) -> None:
    async with journey.stack.call("internal:evaluation", tenant=journey.tenant, subject="service") as service:
        invited = (await service.get(f"/evaluation/internal/waves/{wave_id}/invitations")).json()["items"]
    assert len(invited) == 4
    show = "query($t: UUID!, $token: String!) { survey(organisationId: $t, token: $token) { title notice } }"
    send = """mutation($t: UUID!, $token: String!, $a: JSON!) {
        answerSurvey(organisationId: $t, token: $token, answers: $a) }"""
    for one in invited:
        asked = {"t": journey.tenant, "token": one["token"]}
        assert (await journey.ask(show, **asked))["survey"]["title"] == "Liked"
        given = await journey.ask(send, **asked, a={"liked": "Yes", "more": "Cakes"})
        assert given["answerSurvey"] == wave_id
        assert await journey.refusal(send, **asked, a={"liked": "No"}) == ["survey_already_answered"]


async def look_at_figures(journey: Any, wave_id: str) -> None:
    closed = await in_state(journey, wave_id, "closed")
    assert (closed["asked"], closed["responses"]) == ({"mentor": 2, "mentee": 2},) * 2
    query = """query($p: UUID!, $w: UUID!) { wave(id: $w) { comments { nodes { text role } } }
        programme(id: $p) { figures(view: PROGRAMME_TEAM) { statement figures { name wave role numerator shown } }
        evaluation { evidence(name: "liked", group: {wave: "liked", role: MENTOR, cohort: 1}) { items {
            figure { numerator value interval { low } } groups { answers counted } countedAgain { numerator } agrees } }
        comparison(name: "liked", first: {role: MENTOR, cohort: 1}, second: {role: MENTEE, cohort: 1}) {
            difference people caveats } } } }"""
    found = await journey.ask(query, by="Mia", p=journey.programme_id, w=wave_id)
    assert [comment["text"] for comment in found["wave"]["comments"]["nodes"]] == ["Cakes"] * 4
    evaluation = found["programme"]["evaluation"]
    [item] = evaluation["evidence"]["items"]
    assert item["groups"] == [{"answers": {"Yes": 2, "No": 0}, "counted": ["Yes"]}]
    assert (item["countedAgain"]["numerator"], item["agrees"], item["figure"]["value"]) == (2, True, 100)
    assert (evaluation["comparison"]["difference"], evaluation["comparison"]["people"]) == (0.0, "different")
    public = "query($p: UUID!) { programme(id: $p) { figures { figures { name wave value shown } } } }"
    shown = (await journey.ask(public, by="Sam", p=journey.programme_id))["programme"]["figures"]["figures"]
    assert {(f["value"], f["shown"]) for f in shown if f["name"] == "liked"} == {(None, "hidden")}
    unknown = 'query($p: UUID!) { programme(id: $p) { evaluation { evidence(name: "no_figure") { name } } } }'
    assert await journey.refusal(unknown, by="Mia", p=journey.programme_id) == ["figure_not_found"]


# -------------------------------------------------------------------------------------------------------- interviews
async def interview_both(journey: Any) -> dict[str, str]:
    pair = next(pair for pair in journey.pairs if pair["mentee"] == "Cleo")
    return {name: await interview(journey, pair["id"], name) for name in ("Cleo", pair["mentor"])}


async def interview(journey: Any, match_id: str, name: str) -> str:
    schedule = """mutation($m: UUID!, $who: UUID!, $at: DateTime!) {
        scheduleInterview(matchId: $m, personId: $who, scheduledAt: $at) { id state waitsFor match { id } } }"""
    plan = {"m": match_id, "who": journey.people[name], "at": soon(days=1)}
    assert await journey.refusal(schedule, by="Dina", **plan) == ["role_needed"]
    made = (await journey.asked_in_time(schedule, by="Ivo", **plan))["scheduleInterview"]
    assert (made["state"], made["waitsFor"]) == ("scheduled", "CONSENT")
    id_: str = made["id"]
    waiting = [{"id": id_, "waitsFor": "CONSENT", "state": "scheduled"}]
    assert (await journey.ask(MINE, by=name))["me"]["interviews"] == waiting
    assert (await journey.ask(MINE, by="Dina"))["me"]["interviews"] == []
    consent = "mutation($id: UUID!) { consentToInterview(interviewId: $id) { state } }"
    assert await journey.refusal(consent, by="Dina", id=id_) == ["interview_not_found"]
    write = """mutation($id: UUID!) { transcribeInterview(interviewId: $id, pages: 12, summary: "It went well",
        quotes: ["I learned to ask for more time", "The form was long"]) { state pages waitsFor } }"""
    assert await journey.refusal(write, by="Ivo", id=id_) == ["interview_state_conflict"]
    await journey.ask(consent, by=name, id=id_)
    written = (await journey.ask(write, by="Ivo", id=id_))["transcribeInterview"]
    assert written == {"state": "transcribed", "pages": 12, "waitsFor": "APPROVAL"}
    await own_words(journey, id_, name)
    return id_


async def own_words(journey: Any, interview_id: str, name: str) -> None:
    amend = """mutation($id: UUID!, $s: String!) { amendInterview(interviewId: $id, summary: $s) {
        texts { summary quotes } } }"""
    assert await journey.refusal(amend, by="Ivo", id=interview_id, s="other words") == ["interview_not_found"]
    amended = (await journey.ask(amend, by=name, id=interview_id, s="It went very well"))["amendInterview"]["texts"]
    assert amended["summary"] == "It went very well"
    assert len(amended["quotes"]) == 2
    approve = "mutation($id: UUID!) { approveInterview(interviewId: $id) { state waitsFor } }"
    approved = (await journey.ask(approve, by=name, id=interview_id))["approveInterview"]
    assert approved == {"state": "approved", "waitsFor": None}
    assert (await journey.ask(INTERVIEW, by="Mia", id=interview_id))["interview"]["person"] == {"name": name}
    assert await journey.refusal(INTERVIEW, id=interview_id) == ["interview_not_found"], "not for administrators"


async def write_a_case_study(journey: Any) -> None:
    pair = next(pair for pair in journey.pairs if pair["mentee"] == "Cleo")
    write = """mutation($m: UUID!, $s: [TitledText!]!) { writeCaseStudy(matchId: $m, sections: $s) { id version } }"""
    sections = [{"title": title, "text": "Text"} for title in SECTIONS]
    twice = [*sections, sections[0]]
    assert await journey.refusal(write, by="Ivo", m=pair["id"], s=twice) == ["section_named_twice"]
    study = (await journey.ask(write, by="Ivo", m=pair["id"], s=sections))["writeCaseStudy"]
    for name in (pair["mentor"], "Cleo"):
        [mine] = (await journey.ask(MINE, by=name))["me"]["caseStudies"]
        assert mine["id"] == study["id"]
    change = """mutation($id: UUID!, $v: Int!) { amendCaseStudy(caseStudyId: $id, version: $v,
        sections: [{title: "Reflections", text: "Mine"}]) { version sections { title text } } }"""
    amended = (await journey.ask(change, by="Cleo", id=study["id"], v=study["version"]))["amendCaseStudy"]
    assert {"title": "Reflections", "text": "Mine"} in amended["sections"]
    approve = "mutation($id: UUID!, $v: Int!) { approveCaseStudy(caseStudyId: $id, version: $v) { state } }"
    states = [
        (await journey.ask(approve, by=name, id=study["id"], v=amended["version"]))["approveCaseStudy"]["state"]
        for name in ("Cleo", pair["mentor"])
    ]
    assert states == ["draft", "approved"]
    assert (await journey.ask(MINE, by="Cleo"))["me"] == {"interviews": [], "caseStudies": []}


# ------------------------------------------------------------------------------------------------- themes, outcomes
async def find_themes(journey: Any) -> None:
    p = journey.programme_id
    goal = 'mutation($p: UUID!) { addGoal(programmeId: $p, title: "Keep people") { id of } }'
    goal_id = (await journey.ask(goal, by="Mia", p=p))["addGoal"]["id"]
    name = 'mutation($p: UUID!) { nameTheme(programmeId: $p, title: "Time", description: "more time") { id } }'
    theme = (await journey.ask(name, by="Mia", p=p))["nameTheme"]["id"]
    judge = """mutation($t: UUID!, $g: [UUID!]) {
        changeTheme(themeId: $t, expectedVersion: 1, impact: 5, effort: 1, goalIds: $g) {
        priority goals { title } suggestions(first: 3) { statement items { text { quoteId text } similarity } } } }"""
    judged = (await journey.ask(judge, by="Mia", t=theme, g=[goal_id]))["changeTheme"]
    assert (judged["priority"], judged["goals"]) == ("now", [{"title": "Keep people"}])
    likeliest = judged["suggestions"]["items"][0]["text"]
    assert "time" in likeliest["text"]
    code = "mutation($t: UUID!, $q: [UUID!]) { codeTexts(themeId: $t, quoteIds: $q) { texts { mentor mentee } } }"
    coded = (await journey.ask(code, by="Mia", t=theme, q=[likeliest["quoteId"]]))["codeTexts"]["texts"]
    assert sorted(coded.values()) == [0, 1]
    texts = (
        "query($p: UUID!) { programme(id: $p) { evaluation { texts(kind: QUOTE) { nodes { quoteId themeIds } } } } }"
    )
    listed = (await journey.ask(texts, by="Mia", p=p))["programme"]["evaluation"]["texts"]["nodes"]
    assert {t["quoteId"]: t["themeIds"] for t in listed}[likeliest["quoteId"]] == [theme]
    assert await journey.refusal(texts, p=p) == ["role_needed"], "administrators do not read texts"
    uncode = "mutation($t: UUID!, $q: UUID!) { uncodeText(themeId: $t, textId: $q) { texts { mentor mentee } } }"
    assert (await journey.ask(uncode, by="Mia", t=theme, q=likeliest["quoteId"]))["uncodeText"]["texts"] == {
        "mentor": 0, "mentee": 0,
    }  # fmt: skip
    await let_it_stand(journey, theme)
    await recommend(journey, theme)


async def let_it_stand(journey: Any, theme_id: str) -> None:
    approve = "mutation($t: UUID!, $v: Int!) { approveTheme(themeId: $t, version: $v) { wordingApprovedAt } }"
    seen = "query($p: UUID!) { programme(id: $p) { evaluation { themes { rule items { id wordingVersion } } } } }"
    [theme] = (await journey.ask(seen, by="Mia", p=journey.programme_id))["programme"]["evaluation"]["themes"]["items"]
    version = theme["wordingVersion"]
    assert await journey.refusal(approve, by="Sam", t=theme_id, v=version) == ["role_needed"]
    assert (await journey.ask(approve, by="Mia", t=theme_id, v=version))["approveTheme"]["wordingApprovedAt"]


async def recommend(journey: Any, theme_id: str) -> None:
    say = """mutation($p: UUID!, $t: UUID!, $who: UUID!, $due: DateTime!) {
        recommend(programmeId: $p, themeId: $t, text: "Give more time", ownerId: $who, dueAt: $due, team: "Delivery") {
            id state overdue team owner { name } } }"""
    wanted = {"p": journey.programme_id, "t": theme_id, "who": journey.people["Sam"], "due": soon(days=30)}
    made = (await journey.ask(say, by="Mia", **wanted))["recommend"]
    assert made == {"id": made["id"], "state": "open", "overdue": False, "team": "Delivery", "owner": {"name": "Sam"}}
    report = """mutation($id: UUID!) { followUpRecommendation(recommendationId: $id, note: "begun", act: START) {
        state followUps { note state by { id } } } }"""
    followed = (await journey.ask(report, by="Sam", id=made["id"]))["followUpRecommendation"]
    reported = [{"note": "begun", "state": "in_progress", "by": {"id": journey.people["Sam"]}}]
    assert followed == {"state": "in_progress", "followUps": reported}
    assert await journey.refusal(report, by="Dina", id=made["id"]) == ["role_needed"]
    listing = """query($p: UUID!) { programme(id: $p) { evaluation {
        recommendations(overdue: false) { nodes { text followUps { note } } } } } }"""
    nodes = (await journey.ask(listing, by="Sam", p=journey.programme_id))["programme"]["evaluation"]
    assert nodes["recommendations"]["nodes"] == [{"text": "Give more time", "followUps": [{"note": "begun"}]}]


async def judge(journey: Any) -> None:
    p = journey.programme_id
    model = {"kind": "kirkpatrick", "indicators": []}
    indicator = {
        "stage": "results",
        "id": "stayed",
        "title": "Stayed",
        "kind": "share",
        "unit": "percent",
        "base": "all",
    }
    kept = "query($p: UUID!) { programme(id: $p) { evaluation { model { version } } } }"
    version = (await journey.ask(kept, by="Mia", p=p))["programme"]["evaluation"]["model"]["version"]
    replace_model = """mutation($p: UUID!, $v: Int!, $m: JSON!) {
        replaceEvaluationModel(programmeId: $p, expectedVersion: $v, model: $m) {
        title stages { id indicators { id } } } }"""
    model["indicators"] = [indicator]
    stages = (await journey.ask(replace_model, by="Mia", p=p, v=version, m=model))["replaceEvaluationModel"]["stages"]
    assert [one["id"] for stage in stages for one in stage["indicators"]] == ["stayed"]
    assert await journey.refusal(replace_model, by="Sam", p=p, v=version, m=model) == ["role_needed"]
    do = """mutation($p: UUID!) {
        recordIndicatorValue(programmeId: $p, indicator: "stayed", base: 40, numerator: 36, source: "HR",
            measuredOn: "2020-06-01") { value interval { low high } caveats }
        recordHrOutcome(programmeId: $p, outcome: PROMOTION, role: MENTEE, definition: "promoted", months: 12,
            people: 20, withOutcome: 8, source: "HR", measuredOn: "2020-06-01",
            comparison: {selection: ALL_OTHERS, people: 200, withOutcome: 40}) { difference { value } statement }
        assessCriterion(programmeId: $p, criterion: "trainers_qualified", score: 90, comment: "seen") {
            score assessor { id } } }"""
    done = await journey.ask(do, by="Mia", p=p)
    assert done["recordIndicatorValue"]["value"] == 90.0
    assert done["recordHrOutcome"]["difference"] == {"value": 20.0}
    assert done["assessCriterion"] == {"score": 90, "assessor": {"id": journey.people["Mia"]}}
    look = """query($p: UUID!) { programme(id: $p) { evaluation { model { latest { indicator value } }
        indicatorValues(indicator: "stayed") { nodes { base baseIs } } assessments { nodes { criterion } }
        evidencePack { level standards { id criteria { id score } } gaps { criterion why } } } } }"""
    seen = (await journey.ask(look, by="Sam", p=p))["programme"]["evaluation"]
    assert seen["model"] == {"latest": [{"indicator": "stayed", "value": 90.0}]}
    assert seen["indicatorValues"]["nodes"] == [{"base": 40, "baseIs": "all"}]
    assert len(seen["evidencePack"]["standards"]) == 6


# ----------------------------------------------------------------------------------------------------------- reports
async def publish(journey: Any) -> str:
    ask_for = """mutation($p: UUID!, $n: [TitledText!]) {
        createReport(programmeId: $p, kind: FINAL, approver: STEERING_GROUP, narrative: $n) { id state kind } }"""
    text = [{"title": "In short", "text": "Of the mentors {figure:liked,1,mentor,liked} liked it."}]
    made = (await journey.ask(ask_for, by="Mia", p=journey.programme_id, n=text))["createReport"]
    assert (made["state"], made["kind"]) == ("queued", "final")
    both = "mutation($p: UUID!) { createReport(programmeId: $p, kind: FINAL, audience: PUBLIC) { id } }"
    assert await journey.refusal(both, by="Mia", p=journey.programme_id) == ["invalid_request"]
    report = await built(journey, made["id"])
    assert [part["text"] for part in report["narrative"][0]["paragraphs"][0]] == [
        "Of the mentors ",
        "100 %",
        " liked it.",
    ]
    assert len(report["quotes"]) == 4
    write = """mutation($id: UUID!, $v: Int!, $n: [TitledText!]!) {
        saveReportNarrative(reportId: $id, expectedVersion: $v, sections: $n) { state } }"""
    wrong = [{"title": "Wrong", "text": "{figure:nothing}"}]
    assert await journey.refusal(write, by="Mia", id=made["id"], v=report["revision"], n=wrong) == ["narrative_invalid"]
    publish = "mutation($id: UUID!) { publishReport(reportId: $id) { state edition } }"
    assert await journey.refusal(publish, by="Mia", id=made["id"]) == ["approval_needed"]
    approve = "mutation($id: UUID!) { approveReport(reportId: $id) { state } }"
    assert await journey.refusal(approve, by="Mia", id=made["id"]) == ["role_needed"]
    assert (await journey.ask(approve, by="Sam", id=made["id"]))["approveReport"] == {"state": "approved"}
    published = (await journey.ask(publish, by="Mia", id=made["id"]))["publishReport"]
    assert published == {"state": "published", "edition": 1}
    await files_are_there(journey, report)
    id_: str = made["id"]
    return id_


async def built(journey: Any, report_id: str) -> dict[str, Any]:
    """The report, once the subscription to it has come to its end."""
    follow = "subscription($id: UUID!) { report(id: $id) { state } }"
    states = []
    async with journey.client(journey.people["Mia"]) as client:
        asked = {"query": follow, "variables": {"id": report_id}}
        headers = {"Accept": "text/event-stream"}
        async with client.stream("POST", "/graphql", json=asked, headers=headers) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: {"):
                    states.append(json.loads(line[len("data: ") :])["data"]["report"]["state"])
    assert states[-1] == "ready"
    query = """query($id: UUID!) { report(id: $id) { id revision state title url pdfUrl quotes { text }
        narrative { title paragraphs { text reference } } figures { name } changes { previous { id } } } }"""
    report: dict[str, Any] = (await journey.ask(query, by="Mia", id=report_id))["report"]
    return report


async def files_are_there(journey: Any, report: dict[str, Any]) -> None:
    async with journey.client(journey.people["Mia"]) as client:
        page, pdf = await client.get(report["url"]), await client.get(report["pdfUrl"])
    assert page.status_code == pdf.status_code == 200
    assert pdf.content.startswith(b"%PDF")
    listing = "query($p: UUID!) { programme(id: $p) { evaluation { reports { nodes { version report { title } } } } } }"
    found = (await journey.ask(listing, by="Mia", p=journey.programme_id))["programme"]["evaluation"]["reports"]
    assert found["nodes"] == [{"version": 1, "report": {"title": report["title"]}}]


async def withdraw(journey: Any, interview_id: str, report_id: str) -> None:
    take_back = "mutation($id: UUID!) { withdrawInterview(interviewId: $id) { state withdrawnAt } }"
    assert (await journey.ask(take_back, by="Cleo", id=interview_id))["withdrawInterview"]["state"] == "withdrawn"
    query = "query($id: UUID!) { report(id: $id) { edition quotes { text } notes { edition text } } }"
    again = (await journey.ask(query, by="Mia", id=report_id))["report"]
    assert (again["edition"], len(again["quotes"]), len(again["notes"])) == (2, 2, 1)


# ----------------------------------------------------------------------------------------------------------- refusals
async def strangers_see_nothing(journey: Any, interview_id: str, report_id: str) -> None:
    codes = await journey.refusal(TEAM_ONLY, by="Dina", p=journey.programme_id)
    assert set(codes) == {"role_needed"}
    assert len(codes) == 11
    reports = "query($p: UUID!) { programme(id: $p) { evaluation { reports { nodes { id } } } } }"
    hers = (await journey.ask(reports, by="Dina", p=journey.programme_id))["programme"]["evaluation"]["reports"]
    assert hers == {"nodes": []}
    stranger = replace(journey, tenant=str(uuid.uuid4()))
    extend = """mutation($id: UUID!) {
        extendWave(waveId: $id, expectedVersion: 1, closesAt: {at: "2099-01-01T00:00:00Z"}, reason: "x") { id } }"""
    for query, id_ in (
        ("query($id: UUID!) { interview(id: $id) { state } }", interview_id),
        ("query($id: UUID!) { report(id: $id) { state } }", report_id),
        ("mutation($id: UUID!) { publishReport(reportId: $id) { state } }", report_id),
        ('mutation($id: UUID!) { nameTheme(programmeId: $id, title: "x") { id } }', journey.programme_id),
        (extend, journey.wave_id),
    ):
        [code] = await stranger.refusal(query, id=id_)
        assert code.endswith("not_found"), query
