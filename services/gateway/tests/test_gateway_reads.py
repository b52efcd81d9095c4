from uuid import UUID, uuid4

from mentoring_common.pagination import encode
from mentoring_common.problems import problem

MOMENT = "2022-04-27T09:00:00Z"

DASHBOARD = """
query($id: UUID!) { programme(id: $id) {
  title criteria { id } cohorts { number milestones { kind } } ledger { role applied balanced }
  oversubscription { role percent }
  dashboard {
    funnel { cohortId role applied submitted accepted matched }
    matches { state count } mentoringSessions mentoringMinutes
    waves { instrument responseRates { mentor mentee pooled } }
  }
} }"""


def a_programme(world, make, pairs=3):
    p, c = uuid4(), uuid4()
    matches = [make.match(p, c) for _ in range(pairs)]
    world.get(f"/applications/programmes/{p}", make.programme(p))
    world.get(f"/applications/programmes/{p}/cohorts", [make.cohort(c, p)])
    rows = [
        make.ledger_row(c, "mentee", applied=3, open=2, submitted=1, accepted=1, matched=1),
        make.ledger_row(None, "mentee", applied=2, open=2),
    ]
    share = {"role": "mentee", "places_first_planned": 75, "places": 80, "eligible": 106, "percent": 41}
    world.get(f"/applications/programmes/{p}/ledger", {"items": rows, "oversubscription": [share]})
    world.get("/matching/matches", matches)
    counted = [{"state": "confirmed", "count": pairs}]
    world.get(f"/matching/programmes/{p}/matches/counts", {"items": counted})
    world.get(f"/sessions/programmes/{p}/relationships/counts", make.relationship_counts(pairs))
    world.get("/sessions/relationships", [make.relationship(m) for m in matches])
    world.get(f"/evaluation/programmes/{p}/waves", [make.wave(p, c)])
    people = [
        make.person(m[side], name=f"{side} {i}") for i, m in enumerate(matches) for side in ("mentor_id", "mentee_id")
    ]
    world.get("/applications/people", people)
    return p, c, matches


async def test_the_dashboard_shows_what_the_services_count(front, world, make):
    p, c, _ = a_programme(world, make)
    found = (await front.data(DASHBOARD, {"id": str(p)}))["programme"]
    assert found["oversubscription"] == [{"role": "MENTEE", "percent": 41.0}]
    assert found["cohorts"] == [{"number": 1, "milestones": [{"kind": "cpd"}]}]
    dashboard = found["dashboard"]
    counts = {"role": "MENTEE", "applied": 3, "submitted": 1, "accepted": 1, "matched": 1}
    assert dashboard["funnel"][0] == counts | {"cohortId": str(c)}
    assert dashboard["funnel"][1]["cohortId"] is None
    assert dashboard["matches"] == [{"state": "confirmed", "count": 3}]
    assert (dashboard["mentoringSessions"], dashboard["mentoringMinutes"]) == (6, 270)
    assert dashboard["waves"] == [
        {"instrument": "interim", "responseRates": {"mentor": 50.0, "mentee": 600 / 22, "pooled": 37.5}}
    ]


async def test_the_dashboard_asks_each_service_once(front, world, make):
    p, *_ = a_programme(world, make)
    await front.data(DASHBOARD, {"id": str(p)})
    assert len(world.calls) == len(set(world.paths())) == 6


async def test_the_dashboard_of_a_programme_that_was_just_made_is_empty(front, world, make):
    p = uuid4()
    world.get(f"/applications/programmes/{p}", make.programme(p))
    world.get(f"/applications/programmes/{p}/ledger", {"items": [], "oversubscription": []})
    world.get(f"/evaluation/programmes/{p}/waves", [])
    query = """query($p: UUID!) { programme(id: $p) {
      dashboard { funnel { role } matches { state } mentoringSessions mentoringMinutes waves { state } } } }"""
    found = (await front.data(query, {"p": str(p)}))["programme"]["dashboard"]
    assert found == {"funnel": [], "matches": [], "mentoringSessions": 0, "mentoringMinutes": 0, "waves": []}


async def test_a_cohort_s_dashboard_is_counted_of_that_cohort(front, world, make):
    p, c, _ = a_programme(world, make)
    world.get(f"/applications/cohorts/{c}", make.cohort(c, p))
    query = "query($c: UUID!) { cohort(id: $c) { dashboard { funnel { cohortId } mentoringSessions } } }"
    found = (await front.data(query, {"c": str(c)}))["cohort"]["dashboard"]
    assert found == {"funnel": [{"cohortId": str(c)}], "mentoringSessions": 6}
    assert [call.query for call in world.calls if call.path.endswith("/counts")] == [{"cohort_id": str(c)}] * 2


async def test_people_and_relationships_of_many_matches_come_in_one_call_each(front, world, make):
    p, _, matches = a_programme(world, make, pairs=40)
    query = """query($id: UUID!) { programme(id: $id) { matches(first: 40) { nodes {
        id mentor { name } mentee { name } relationship { totalMinutes mentor { name } } waves { state } } } } }"""
    nodes = (await front.data(query, {"id": str(p)}))["programme"]["matches"]["nodes"]
    assert [node["id"] for node in nodes] == [f"Match:{m['id']}" for m in matches]
    assert nodes[39]["mentor"]["name"] == "mentor_id 39"
    assert nodes[39]["relationship"]["totalMinutes"] == 90
    assert world.paths().count("/applications/people") == 1
    assert world.paths().count("/sessions/relationships") == 1
    assert len(world.calls) == 5


async def test_one_match_with_both_people_and_its_mentoring_sessions(front, world, make):
    _, _, [m] = a_programme(world, make, pairs=1)
    world.get(f"/matching/matches/{m['id']}", m)
    world.get(f"/sessions/relationships/{m['id']}", make.relationship(m))
    held = {"id": str(uuid4()), "recorded_by": str(uuid4()), "held_at": "2022-05-01T10:00:00Z", "minutes": 45}
    notes = [{"id": str(uuid4()), "written_by": str(uuid4()), "written_at": "2022-05-01T10:00:00Z"}]
    notes[0] |= {"version": 1, "visibility": "pair", "text": "went well"}
    meeting = held | {"version": 1, "mode": "online", "over_budget": False, "notes": notes}
    meetings = [meeting | {"id": str(uuid4())} for _ in range(3)]
    world.get(f"/sessions/relationships/{m['id']}/mentoring-sessions", meetings)
    query = """query($id: UUID!) { match(id: $id) { state mentor { name email } mentee { name }
        cohort { number } relationship { mentoringSessionCount agreement { mentorSignedAt }
        mentoringSessions(first: 2) { edges { cursor node { minutes notes { text } } }
        pageInfo { hasNextPage endCursor } } } } }"""
    found = (await front.data(query, {"id": m["id"]}))["match"]
    assert (found["mentor"]["name"], found["mentee"]["name"]) == ("mentor_id 0", "mentee_id 0")
    assert found["cohort"] == {"number": 1}
    assert found["relationship"]["mentoringSessionCount"] == 2
    page = found["relationship"]["mentoringSessions"]
    cursors = [encode(UUID(each["id"])) for each in meetings]
    assert page["pageInfo"] == {"hasNextPage": True, "endCursor": cursors[1]}
    assert [edge["cursor"] for edge in page["edges"]] == cursors[:2]
    assert page["edges"][0]["node"]["notes"] == [{"text": "went well"}]


PAGES = """query($first: Int, $after: String, $last: Int, $before: String) {
  programmes(first: $first, after: $after, last: $last, before: $before) { edges { cursor node { title } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def titles(page):
    return "".join(edge["node"]["title"] for edge in page["edges"])


def ways(page):
    return page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]


async def test_a_list_is_read_from_either_end_and_from_every_cursor(front, world, make):
    world.get("/applications/programmes", [make.programme(uuid4()) | {"title": title} for title in "ABCDE"])

    async def read(**which):
        return (await front.data(PAGES, which))["programmes"]

    whole = await read(first=5)
    assert (titles(whole), ways(whole)) == ("ABCDE", (False, False))
    cursors = [edge["cursor"] for edge in whole["edges"]]
    assert (whole["pageInfo"]["startCursor"], whole["pageInfo"]["endCursor"]) == (cursors[0], cursors[-1])
    a, b, c, d, e = cursors
    for which, shown, goes_on in [
        ({"first": 3}, "ABC", (False, True)),
        ({"first": 2, "after": c}, "DE", (True, False)),
        ({"first": 1, "after": a}, "B", (True, True)),
        ({"first": 2, "after": e}, "", (True, False)),
        ({"last": 2}, "DE", (True, False)),
        ({"last": 2, "before": d}, "BC", (True, True)),
        ({"last": 2, "before": b}, "A", (False, True)),
        ({"first": None, "last": 3}, "CDE", (True, False)),
        ({"first": 3, "last": None, "before": None}, "ABC", (False, True)),
        ({}, "ABCDE", (False, False)),
    ]:
        page = await read(**which)
        assert (titles(page), ways(page)) == (shown, goes_on), which
    assert (await read(first=2, after=e))["pageInfo"]["endCursor"] is None


async def test_a_list_is_read_one_way_at_a_time_and_from_its_own_cursors(front, world):
    cursor = encode(uuid4())
    for which, code in [
        ({"before": cursor}, "paged_both_ways"),
        ({"last": 2, "after": cursor}, "paged_both_ways"),
        ({"last": 2, "before": "1"}, "invalid_cursor"),
        ({"first": 2, "after": "-" + cursor}, "invalid_cursor"),
        ({"first": 2, "after": ""}, "invalid_cursor"),
        ({"last": 201}, "invalid_page_size"),
        ({"last": 0}, "invalid_page_size"),
    ]:
        assert (await front.refusal(PAGES, which))["extensions"]["code"] == code, which
    assert world.calls == []


async def test_a_page_back_costs_as_much_as_one_forwards(front, world, make):
    query = "query($first: Int, $last: Int) { programmes(first: $first, last: $last) { nodes { id } } }"
    for which in ({"first": 7, "last": None}, {"first": None, "last": 7}):
        assert (await front.answer(query, which))["extensions"]["cost"]["requested"] == 20 + 7 * 2


async def test_a_mentor_sees_the_people_whom_the_list_gives(front, world, make):
    _, _, [m] = a_programme(world, make, pairs=1)
    world.get(f"/matching/matches/{m['id']}", m)
    world.get("/applications/people", [make.person(m["mentee_id"], "Bea")])
    query = "query($id: UUID!) { match(id: $id) { mentor { name } mentee { name } } }"
    found = await front.data(query, {"id": m["id"]})
    assert found["match"] == {"mentor": {"name": None}, "mentee": {"name": "Bea"}}
    assert world.paths().count("/applications/people") == 1


async def test_people_whom_the_caller_may_not_see_have_an_id_and_no_name(front, world, make):
    _, _, [m] = a_programme(world, make, pairs=1)
    world.get(f"/matching/matches/{m['id']}", m)
    found = await front.data("query($id: UUID!) { match(id: $id) { mentor { id name } } }", {"id": m["id"]})
    assert found["match"]["mentor"] == {"id": f"Person:{m['mentor_id']}", "name": None}


async def test_a_relationship_that_sessions_has_not_heard_of_is_null(front, world, make):
    _, _, [m] = a_programme(world, make, pairs=1)
    world.get(f"/matching/matches/{m['id']}", m)
    found = await front.data("query($id: UUID!) { match(id: $id) { relationship { state } } }", {"id": m["id"]})
    assert found["match"]["relationship"] is None


async def test_me_is_the_person_of_the_token(front, world, make):
    world.get(f"/applications/people/{front.person_id}", make.person(front.person_id, "Myself"))
    world.get("/integrations/notifications", [])
    found = await front.data("{ me { id person { name } notifications { nodes { title } } } }")
    assert found["me"] == {"id": str(front.person_id), "person": {"name": "Myself"}, "notifications": {"nodes": []}}


async def test_reports_name_their_page(front, world, make):
    r, p = uuid4(), uuid4()
    figure = {"name": "response_rate", "unit": "percent", "rule": "pooled", "cohort": 1, "role": "mentor"}
    shown = figure | {"wave": "interim", "numerator": 9, "denominator": 18, "value": 50, "asked": 18, "answered": 9}
    hidden = figure | {"value": "*", "wave": None, "numerator": None, "denominator": None}
    report = {"id": str(r), "programme_id": str(p), "audience": "public", "state": "published", "edition": 1}
    report |= {"revision": 1}
    report |= {"kind": "public", "version": 1}
    world.get(f"/evaluation/reports/{r}", report | {"figures": [shown, hidden], "notes": []})
    query = "query($id: UUID!) { report(id: $id) { url figures { name role numerator value } } }"
    found = (await front.data(query, {"id": str(r)}))["report"]
    assert found["url"] == f"http://front.test/v1/evaluation/reports/{r}/html"
    assert [figure["value"] for figure in found["figures"]] == [50, "*"]
    assert found["figures"][0]["role"] == "MENTOR"


async def test_pairs_that_differ_are_listed_page_by_page(front, world, make):
    programme = uuid4()
    world.get(f"/applications/programmes/{programme}", make.programme(programme))
    rows = [
        {"id": str(uuid4()), "match_id": str(uuid4()), "differs": True, "compared_at": "2022-04-27T09:00:00Z"}
        for _ in range(3)
    ]
    world.get(f"/sessions/programmes/{programme}/check-ins/compared", rows)
    query = """query($p: UUID!, $a: String) { programme(id: $p) { compared(differs: true, first: 2, after: $a) {
        nodes { matchId differs } pageInfo { hasNextPage endCursor } } } }"""
    first = (await front.data(query, {"p": str(programme)}))["programme"]["compared"]
    behind = {"p": str(programme), "a": first["pageInfo"]["endCursor"]}
    second = (await front.data(query, behind))["programme"]["compared"]
    assert [row["matchId"] for row in first["nodes"] + second["nodes"]] == [row["match_id"] for row in rows]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


async def test_a_reader_s_languages_go_to_the_services(front, world, make):
    programme = uuid4()
    world.get(f"/applications/programmes/{programme}", make.programme(programme))
    form = {"version": "1", "criteria": [], "steps": [], "fields": [], "privacy_notices": []}
    world.get(f"/applications/programmes/{programme}/form", form)
    query = """query($p: UUID!, $l: String, $e: Boolean) { programme(id: $p) {
        title form(language: $l, easyRead: $e) { version } } }"""
    await front.data(query, {"p": str(programme)}, Accept_Language="cy, en;q=0.5")
    assert [call.headers.get("accept-language") for call in world.calls] == ["cy, en;q=0.5"] * 2
    await front.data(query, {"p": str(programme), "l": "cy", "e": True})
    assert world.calls[-1].query == {"language": "cy", "easy_read": "True"}


async def test_a_programmes_relationships_are_narrowed_put_in_order_and_counted(front, world, make):
    p, _, matches = a_programme(world, make, pairs=1)
    [(m, mentor)] = [(one, one["mentor_id"]) for one in matches]
    asked = []

    def among(request):
        asked.append(dict(request.query_params) | {"people": request.query_params.getlist("people")})
        return [make.relationship(m) | {"behind": True, "expected_minutes": 90}]

    def people(request):
        name = request.query_params.get("name")
        return [make.person(mentor, name="Ada Okafor")] if name in (None, "oka") else []

    world.get("/sessions/relationships", among)
    world.get("/applications/people", people)
    counts = make.relationship_counts(9, active=7, behind=3, open_concern=None)
    world.get(f"/sessions/programmes/{p}/relationships/counts", counts)
    query = """query($id: UUID!, $called: String) { programme(id: $id) {
      relationshipCounts(quietDays: 14) { active behind openConcern }
      relationships(filter: {called: $called, behind: true, quietDays: 28}, orderBy: BEHIND) {
        nodes { matchId behind expectedMinutes } } } }"""
    found = (await front.data(query, {"id": str(p), "called": "oka"}))["programme"]
    assert found["relationshipCounts"] == {"active": 7, "behind": 3, "openConcern": None}
    assert found["relationships"]["nodes"] == [{"matchId": m["id"], "behind": True, "expectedMinutes": 90}]
    wanted = {"programme_id": str(p), "behind": "True", "quiet_days": "28", "order_by": "behind", "people": [mentor]}
    assert wanted.items() <= asked[0].items()
    nobody = (await front.data(query, {"id": str(p), "called": "Nobody"}))["programme"]
    assert nobody["relationships"]["nodes"] == []
    assert len(asked) == 1, "nobody is called so: nothing is asked"


async def test_pairs_that_went_quiet_are_listed(front, world, make):
    programme, pair = uuid4(), str(uuid4())
    world.get(f"/applications/programmes/{programme}", make.programme(programme))
    quiet = {"id": str(uuid4()), "match_id": pair, "quiet_since": "2022-04-27T09:00:00Z", "weeks": 6}
    world.get(f"/sessions/programmes/{programme}/nudges", [quiet])
    query = "query($p: UUID!) { programme(id: $p) { nudges { nodes { matchId weeks quietSince } } } }"
    [found] = (await front.data(query, {"p": str(programme)}))["programme"]["nudges"]["nodes"]
    assert (found["matchId"], found["weeks"]) == (pair, 6)


async def test_a_programmes_applications_are_narrowed_found_by_name_and_put_in_order(front, world, make):
    p, c, _ = a_programme(world, make, pairs=1)
    mine = make.application(p, c, state="waitlisted")
    world.get("/applications/applications", [mine])
    bo = make.person(mine["person_id"], name="Bo Nowak")
    world.get("/applications/people", lambda request: [bo] if request.query_params.get("name") == "now" else [])
    query = """query($id: UUID!, $which: ApplicationFilter) { programme(id: $id) {
      applications(filter: $which, orderBy: CHANGED) { nodes { id state } } } }"""
    which = {"state": "WAITLISTED", "role": "MENTEE", "cohortId": str(c), "called": "now", "updatedSince": MOMENT}
    found = (await front.data(query, {"id": str(p), "which": which}))["programme"]["applications"]["nodes"]
    assert found == [{"id": f"Application:{mine['id']}", "state": "waitlisted"}]
    asked = {
        "programme_id": str(p),
        "state": "waitlisted",
        "role": "mentee",
        "cohort_id": str(c),
        "order_by": "changed",
    }
    assert (asked | {"people": mine["person_id"]}).items() <= world.calls[-1].query.items()
    nobody = await front.data(query, {"id": str(p), "which": {"called": "Nobody"}})
    assert nobody["programme"]["applications"]["nodes"] == []
    assert world.paths()[-1] == "/applications/people", "nobody is called so: nothing more is asked"


async def test_people_are_found_by_name(front, world, make):
    world.get("/applications/people", [make.person(uuid4(), name="Ada Okafor")])
    found = await front.data('{ people(called: "oka", first: 10) { nodes { name } pageInfo { hasNextPage } } }')
    assert found["people"] == {"nodes": [{"name": "Ada Okafor"}], "pageInfo": {"hasNextPage": False}}
    assert world.calls[-1].query == {"name": "oka", "limit": "10"}


async def test_who_and_what_stands_in_a_list_comes_beside_its_id_in_one_call(front, world, make):
    p, _, matches = a_programme(world, make, pairs=2)
    activity, mentors = uuid4(), [one["mentor_id"] for one in matches]
    places = [{"id": str(uuid4()), "person_id": who, "registered_at": MOMENT, "waits": False} for who in mentors]
    world.get(f"/sessions/activities/{activity}/registrations", places)
    quiet = [{"id": str(uuid4()), "match_id": one["id"], "quiet_since": MOMENT, "weeks": 6} for one in matches]
    world.get(f"/sessions/programmes/{p}/nudges", quiet)
    letters = [
        {
            "id": str(uuid4()),
            "person_id": who,
            "kind": "relationship",
            "topic": "nudge",
            "state": "sent",
            "created_at": MOMENT,
        }
        for who in mentors
    ]
    world.get(f"/integrations/programmes/{p}/letters", letters)
    query = """query($p: UUID!, $a: UUID!) { registrations(activityId: $a) { nodes { person { name } } }
      programme(id: $p) { nudges { nodes { weeks relationship { state } } }
        letters(topic: "nudge") { nodes { topic person { name } } } } }"""
    found = await front.data(query, {"p": str(p), "a": str(activity)})
    assert [one["person"]["name"] for one in found["registrations"]["nodes"]] == ["mentor_id 0", "mentor_id 1"]
    assert [one["relationship"]["state"] for one in found["programme"]["nudges"]["nodes"]] == ["active", "active"]
    assert found["programme"]["letters"]["nodes"][1]["person"]["name"] == "mentor_id 1"
    assert [world.paths().count(path) for path in ("/applications/people", "/sessions/relationships")] == [1, 1]


async def test_an_agreement_that_nobody_has_proposed_yet_is_null_and_no_fault(front, world, make):
    match = make.match(uuid4(), uuid4())
    world.get(f"/sessions/relationships/{match['id']}", make.relationship(match))
    path = f"/sessions/relationships/{match['id']}/agreement"
    world.get(path, problem(404, "agreement_not_found", "Nobody has proposed an agreement yet"))
    asked = "query($id: UUID!) { relationship(matchId: $id) { state currentAgreement { terms } } }"
    shown = await front.data(asked, {"id": match["id"]})
    assert shown["relationship"] == {"state": "active", "currentAgreement": None}
