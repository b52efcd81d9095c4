from uuid import uuid4

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
        make.ledger_row(c, "mentee", applied=3, open=2, matched=1),
        make.ledger_row(None, "mentee", applied=2, open=2),
    ]
    share = {"role": "mentee", "places_first_planned": 75, "places": 80, "eligible": 106, "percent": 41}
    world.get(f"/applications/programmes/{p}/ledger", {"items": rows, "oversubscription": [share]})
    states = ["submitted", "accepted", "matched"]
    world.get("/applications/applications", [make.application(p, c, state=state) for state in states])
    world.get("/matching/matches", matches)
    world.get("/sessions/relationships", [make.relationship(m) for m in matches])
    world.get(f"/evaluation/programmes/{p}/waves", [make.wave(p, c)])
    people = [
        make.person(m[side], name=f"{side} {i}") for i, m in enumerate(matches) for side in ("mentor_id", "mentee_id")
    ]

    def among(request):
        wanted = request.query_params.getlist("ids")
        return [found for found in people if found["id"] in wanted]

    world.get("/applications/people", among)
    return p, c, matches


async def test_the_dashboard_counts_what_the_services_list(front, world, make):
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
    assert len(world.calls) == len(set(world.paths())) == 7


async def test_a_long_list_is_read_to_its_end(front, world, make):
    p, *_ = a_programme(world, make, pairs=25)
    world.page_size = 10
    found = await front.data(DASHBOARD, {"id": str(p)})
    assert found["programme"]["dashboard"]["matches"] == [{"state": "confirmed", "count": 25}]


async def test_people_and_relationships_of_many_matches_come_in_one_call_each(front, world, make):
    p, _, matches = a_programme(world, make, pairs=40)
    query = """query($id: UUID!) { programme(id: $id) { matches(first: 40) { nodes {
        id mentor { name } mentee { name } relationship { totalMinutes mentor { name } } waves { state } } } } }"""
    nodes = (await front.data(query, {"id": str(p)}))["programme"]["matches"]["nodes"]
    assert [node["id"] for node in nodes] == [m["id"] for m in matches]
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
    world.get(f"/sessions/relationships/{m['id']}/mentoring-sessions", [meeting] * 3)
    query = """query($id: UUID!) { match(id: $id) { state mentor { name email } mentee { name }
        cohort { number } relationship { mentoringSessionCount agreement { mentorSignedAt }
        mentoringSessions(first: 2) { edges { cursor node { minutes notes { text } } }
        pageInfo { hasNextPage endCursor } } } } }"""
    found = (await front.data(query, {"id": m["id"]}))["match"]
    assert (found["mentor"]["name"], found["mentee"]["name"]) == ("mentor_id 0", "mentee_id 0")
    assert found["cohort"] == {"number": 1}
    assert found["relationship"]["mentoringSessionCount"] == 2
    page = found["relationship"]["mentoringSessions"]
    assert page["pageInfo"] == {"hasNextPage": True, "endCursor": "2"}
    assert [edge["cursor"] for edge in page["edges"]] == [None, "2"]
    assert page["edges"][0]["node"]["notes"] == [{"text": "went well"}]


async def test_the_next_page_goes_on_behind_the_cursor(front, world, make):
    world.get("/applications/programmes", [make.programme(uuid4()) for _ in range(5)])
    query = "query($after: String) { programmes(first: 3, after: $after) { nodes { id } pageInfo { endCursor } } }"
    first = (await front.data(query))["programmes"]
    second = (await front.data(query, {"after": first["pageInfo"]["endCursor"]}))["programmes"]
    assert (len(first["nodes"]), len(second["nodes"]), second["pageInfo"]["endCursor"]) == (3, 2, None)


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
    assert found["match"]["mentor"] == {"id": m["mentor_id"], "name": None}


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
    assert found["url"] == f"http://front.test/evaluation/reports/{r}/html"
    assert [figure["value"] for figure in found["figures"]] == [50, "*"]
    assert found["figures"][0]["role"] == "MENTOR"
