"""What a programme team reviews by GraphQL before anybody is told: policy, dry run, runs, reasons, comparisons."""

from uuid import uuid4

MOMENT = "2022-04-27T09:00:00Z"


async def test_a_policy_is_read_changed_and_tried(front, world, make):
    programme, cohort = uuid4(), str(uuid4())
    policy = {"programme_id": str(programme), "version": 2, "document": {"floor": 0.1}, "problem": None}
    path = f"/matching/programmes/{programme}/policy"
    world.get(f"/applications/programmes/{programme}", make.programme(programme))
    world.get(path, policy | {"made_at": MOMENT})
    world.answers["PUT", path] = policy | {"version": 3, "made_at": MOMENT}
    query = "query($p: UUID!) { programme(id: $p) { matchingPolicy { version document problem } } }"
    found = await front.data(query, {"p": str(programme)})
    assert found["programme"]["matchingPolicy"] == {"version": 2, "document": {"floor": 0.1}, "problem": None}
    query = (
        "mutation($p: UUID!) { changePolicy(programmeId: $p, expectedVersion: 2, document: {floor: 0.2}) { version } }"
    )
    assert (await front.data(query, {"p": str(programme)}))["changePolicy"] == {"version": 3}
    assert (world.calls[-1].body, world.calls[-1].headers["if-match"]) == ({"floor": 0.2}, '"2"')
    effect = {"rule": "employer", "text": "different employers", "removes": 3, "removes_alone": 2, "strands": 1}
    trial = {"mentors": 2, "mentees": 3, "pairs": 6, "permitted": 3, "stranded": 1, "rules": [effect]}
    world.post(f"/matching/cohorts/{cohort}/dry-run", trial)
    query = """mutation($c: UUID!) { tryPolicy(cohortId: $c, policyChanges: {floor: 0.3}) {
        permitted rules { text removesAlone } } }"""
    found = (await front.data(query, {"c": cohort}))["tryPolicy"]
    assert found == {"permitted": 3, "rules": [{"text": "different employers", "removesAlone": 2}]}
    assert world.calls[-1].body == {"policy_changes": {"floor": 0.3}}


async def test_a_run_is_reviewed_and_cancelled(front, world, make):
    run, other, mentor, mentee = (str(uuid4()) for _ in range(4))
    gain, stable = {"mentor_id": mentor, "matches": 1, "score": 0.4}, {"matched": 2, "score": 1.5}
    world.get(f"/matching/runs/{run}", make.run(run, "completed", 1.0) | {"recruitment": [gain], "stable": stable})
    pair = {"mentor_id": mentor, "mentee_id": mentee}
    why = pair | {"rules": [], "below_floor": False, "price": {"matches": 0, "score": 0.1}, "text": "Possible"}
    world.get(f"/matching/runs/{run}/why-not", why)
    world.get(f"/matching/runs/{run}/floor-curve", {"run_id": run, "points": [stable | {"floor": 0.1}]})
    change = {"mentee_id": mentee, "mentor_id": mentor, "other_mentor_id": None}
    world.get(f"/matching/runs/{run}/compare/{other}", {"same_pairs": 4, "changes": [change]})
    query = """query($r: UUID!, $o: UUID!, $a: UUID!, $b: UUID!) { matchRun(id: $r) {
        recruitment { mentorId matches } stable { matched } floorCurve { floor matched }
        whyNot(mentorId: $a, menteeId: $b) { text price { score } }
        compared(otherId: $o) { samePairs changes { menteeId otherMentorId } } } }"""
    found = (await front.data(query, {"r": run, "o": other, "a": mentor, "b": mentee}))["matchRun"]
    assert found["recruitment"] == [{"mentorId": mentor, "matches": 1}]
    assert (found["stable"], found["floorCurve"]) == ({"matched": 2}, [{"floor": 0.1, "matched": 2}])
    assert found["whyNot"] == {"text": "Possible", "price": {"score": 0.1}}
    assert found["compared"] == {"samePairs": 4, "changes": [{"menteeId": mentee, "otherMentorId": None}]}
    world.post(f"/matching/runs/{run}/cancel", make.run(run, "cancelled", 0.5))
    query = "mutation($r: UUID!) { cancelRun(runId: $r) { state } }"
    assert (await front.data(query, {"r": run}))["cancelRun"] == {"state": "cancelled"}


async def test_the_pool_the_runs_and_the_conversations_of_a_cohort(front, world, make):
    cohort, person = uuid4(), str(uuid4())
    world.get(f"/applications/cohorts/{cohort}", make.cohort(cohort, uuid4()))
    member = {"id": str(uuid4()), "person_id": person, "role": "mentor", "capacity": 2, "taken": 1, "priority": False}
    world.get(f"/matching/cohorts/{cohort}/pool", [member | {"state": "available", "load": 3}])
    world.get(f"/matching/cohorts/{cohort}/runs", [make.run(uuid4(), "running", 0.5)])
    talk = {"id": str(uuid4()), "cohort_id": str(cohort), "mentor_id": person, "mentee_id": person, "due_at": MOMENT}
    talk |= {"version": 1}
    world.get("/matching/conversations", [talk])
    query = """query($c: UUID!) { me { conversations { nodes { id } } } cohort(id: $c) {
        pool { nodes { role load } } matchRuns { nodes { state progress } } conversations { nodes { mentorId } } } }"""
    found = await front.data(query, {"c": str(cohort)})
    assert found["cohort"]["pool"]["nodes"] == [{"role": "MENTOR", "load": 3}]
    assert found["cohort"]["matchRuns"]["nodes"] == [{"state": "running", "progress": 0.5}]
    assert found["cohort"]["conversations"]["nodes"] == [{"mentorId": person}]
    assert found["me"]["conversations"]["nodes"] == [{"id": talk["id"]}]


async def test_what_a_team_ruled_out_and_switched_off_is_shown(front, world, make):
    run, programme, cohort, mentor, mentee = (str(uuid4()) for _ in range(5))
    bar = {"mentor_id": mentor, "mentee_id": mentee, "reason": "same ward"}
    world.get(f"/matching/runs/{run}", make.run(run, "completed", 1.0) | {"bars": [bar], "unread": 2})
    found = await front.data("query($r: UUID!) { matchRun(id: $r) { bars { menteeId reason } unread } }", {"r": run})
    assert found["matchRun"] == {"bars": [{"menteeId": mentee, "reason": "same ward"}], "unread": 2}
    off = ["not_matched_before"]
    policy = {"programme_id": programme, "version": 2, "document": {}, "problem": None, "made_at": MOMENT}
    world.answers["PUT", f"/matching/programmes/{programme}/policy"] = policy | {"rules_off": off}
    query = "mutation($p: UUID!) { changePolicy(programmeId: $p, expectedVersion: 2, document: {}) { rulesOff } }"
    assert (await front.data(query, {"p": programme}))["changePolicy"] == {"rulesOff": off}
    trial = {"mentors": 0, "mentees": 0, "pairs": 0, "permitted": 0, "stranded": 0, "rules": []}
    world.post(f"/matching/cohorts/{cohort}/dry-run", trial | {"rules_off": off, "unread": 1})
    query = "mutation($c: UUID!) { tryPolicy(cohortId: $c, policy: {floor: 0.5}) { rulesOff unread } }"
    assert (await front.data(query, {"c": cohort}))["tryPolicy"] == {"rulesOff": off, "unread": 1}
    assert world.calls[-1].body == {"policy": {"floor": 0.5}}


async def test_buddies_and_groups_are_made_and_read_again(front, world, make):
    cohort, ada, bea, cleo = uuid4(), *(str(uuid4()) for _ in range(3))
    world.get(f"/applications/cohorts/{cohort}", make.cohort(cohort, uuid4()))
    world.get("/applications/people", [make.person(id_, name) for id_, name in ((ada, "Ada"), (bea, "Bea"))])
    made = {"id": str(uuid4()), "made_at": MOMENT}
    pairs = [{"one_id": ada, "other_id": bea, "score": 0.7}]
    buddies = made | {"role": "mentor", "pairs": pairs, "alone": [cleo], "optimal": True}
    groups = made | {"role": "mentee", "size": 2, "balance_over": ["site"], "seed": 0, "groups": [[ada, bea], [cleo]]}
    for name, answer in (("buddies", buddies), ("groups", groups | {"imbalance": 0})):
        world.post(f"/matching/cohorts/{cohort}/{name}", answer)
        world.get(f"/matching/cohorts/{cohort}/{name}", [answer])
    query = """mutation($c: UUID!) { pairBuddies(cohortId: $c) { pairs { one { name } other { name } } alone optimal }
        formGroups(cohortId: $c, size: 2, balanceOver: ["site"], role: MENTEE) { groups { personIds } imbalance } }"""
    found = await front.data(query, {"c": str(cohort)})
    paired = {"pairs": [{"one": {"name": "Ada"}, "other": {"name": "Bea"}}], "alone": [cleo], "optimal": True}
    assert found["pairBuddies"] == paired
    assert found["formGroups"] == {"groups": [{"personIds": [ada, bea]}, {"personIds": [cleo]}], "imbalance": 0}
    assert [call.body for call in world.calls if call.method == "POST"] == [
        {}, {"size": 2, "balance_over": ["site"], "role": "mentee"},
    ]  # fmt: skip
    query = """query($c: UUID!) { cohort(id: $c) { buddies { nodes { role pairs { score } } }
        groups { nodes { size groups { people { name } } } } } }"""
    found = (await front.data(query, {"c": str(cohort)}))["cohort"]
    assert found["buddies"]["nodes"] == [{"role": "MENTOR", "pairs": [{"score": 0.7}]}]
    names = [[person["name"] for person in group["people"]] for group in found["groups"]["nodes"][0]["groups"]]
    assert names == [["Ada", "Bea"], [None]]
    assert world.paths().count("/applications/people") == 2, "all people of an answer come in one call"


async def test_whom_else_people_could_have(front, world, make):
    run, mentor, mentee = (str(uuid4()) for _ in range(3))
    world.get(f"/matching/runs/{run}", make.run(run, "completed", 1.0) | {"busiest": 2, "even_cost": 0.5})
    pair = {"mentor_id": mentor, "mentee_id": mentee, "price": {"matches": 0, "score": 0.2}, "text": "Possible"}
    own = {"person_id": mentee, "role": "mentee", "alternatives": [pair]}
    world.get(f"/matching/runs/{run}/alternatives", {"run_id": run, "people": [own]})
    query = """query($r: UUID!, $e: UUID!) { matchRun(id: $r) { busiest evenCost
        alternatives(menteeIds: [$e], number: 2) { personId role alternatives { mentorId price { score } text } } } }"""
    found = (await front.data(query, {"r": run, "e": mentee}))["matchRun"]
    assert (found["busiest"], found["evenCost"]) == (2, 0.5)
    (seen,) = found["alternatives"]
    assert (seen["personId"], seen["role"]) == (mentee, "MENTEE")
    assert seen["alternatives"] == [{"mentorId": mentor, "price": {"score": 0.2}, "text": "Possible"}]
    assert world.calls[-1].query == {"mentee_ids": mentee, "number": "2"}


async def test_weights_are_tried_and_taken_by_a_run(front, world):
    cohort = str(uuid4())
    await front.refusal(
        "mutation($c: UUID!) { askWhatIf(cohortId: $c, weights: {topics: 0.4}) { samePairs } }", {"c": cohort}
    )
    await front.refusal(
        "mutation($c: UUID!) { startMatchRun(cohortId: $c, weights: {topics: 0.4}) { id } }", {"c": cohort}
    )
    assert [call.body for call in world.calls] == [
        {"weights": {"topics": 0.4}},
        {"kind": "full", "weights": {"topics": 0.4}},
    ]
