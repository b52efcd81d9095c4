"""Many applications at once by their ids: each as it is read alone, in as many statements as one."""

from mentoring_common.testing.statements import statements


async def _details(client, *applications):
    ids = ",".join(one["id"] for one in applications)
    answer = await client.get("/application-details", params={"ids": ids})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_each_of_many_is_as_it_is_read_alone(nihr):
    first, second, *_ = nihr.cohorts
    made = [await nihr.apply("mentee", cohort) for cohort in (first, first, second)]
    made += [await nihr.apply("mentor", None)]
    for one in made[:2]:
        await nihr.decide(one, "waitlist", reason="Full")
    many = await _details(nihr.office, *made)
    alone = [(await nihr.office.get(f"/applications/{one['id']}")).json() for one in made]
    assert many == alone
    assert [one["waiting"] and one["waiting"]["position"] for one in many] == [1, 2, None, None]
    assert many[0]["answers"]["free_text"]


async def test_one_reads_one_s_own_and_leaves_out_what_one_does_not_see(nihr):
    mine, other = await nihr.apply("mentee", nihr.cohorts[0]), await nihr.apply("mentee", nihr.cohorts[0])
    me = nihr.as_person(mine["person_id"])
    [seen] = await _details(me, mine, other)
    assert (seen["id"], seen["unmet_rules"], seen["overrides"]) == (mine["id"], None, None)
    assert seen["answers"]["free_text"]
    listed = (await me.get("/applications", params={"ids": f"{mine['id']},{other['id']}"})).json()["items"]
    assert [one["id"] for one in listed] == [mine["id"]]


async def test_many_cost_as_many_statements_as_one(nihr):
    made = [await nihr.apply("mentee", nihr.cohorts[0]) for _ in range(8)]
    for one in made:
        await nihr.decide(one, "waitlist", reason="Full")
    asked = {}
    for number in (1, 8):
        with statements(nihr.harness.service.database.engine, own=True) as asked[number]:
            assert len(await _details(nihr.office, *made[:number])) == number
    assert len(asked[8]) == len(asked[1]), asked


async def test_more_ids_than_a_page_are_refused(nihr):
    answer = await nihr.office.get("/application-details", params={"ids": ",".join(nihr.cohorts * 67)})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/ids")
    none = await nihr.office.get("/application-details")
    assert none.status_code == 422


async def test_the_ledger_says_how_those_that_are_open_stand(nihr):
    made = [await nihr.apply("mentee", nihr.cohorts[0]) for _ in range(3)]
    await nihr.decide(made[0])
    await nihr.decide(made[1], "waitlist", reason="Full")
    row = await nihr.ledger(nihr.cohorts[0], "mentee")
    assert {name: row[name] for name in ("open", "submitted", "accepted", "waitlisted")} == {
        "open": 3, "submitted": 1, "accepted": 1, "waitlisted": 1,
    }  # fmt: skip


async def test_a_list_is_of_some_people_and_in_an_order_whichever_way_it_is_read(nihr):
    made = [await nihr.apply("mentee", nihr.cohorts[0]) for _ in range(4)]
    ids = [one["id"] for one in made]
    assert (await nihr.decide(made[0], "waitlist", reason="Full")).status_code == 200

    async def listed(**asked):
        params = {"programme_id": nihr.programme_id} | asked
        answer = await nihr.office.get("/applications", params=params)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]], answer.json()["next_cursor"]

    assert (await listed(people=[made[1]["person_id"], made[3]["person_id"]]))[0] == [ids[1], ids[3]]
    assert (await listed(order_by="submitted"))[0] == ids
    first, following = await listed(order_by="changed", limit=3)
    assert first == ids[1:]
    assert (await listed(order_by="changed", limit=3, cursor=following)) == ([ids[0]], None)
    assert (await listed(order_by="changed", limit=1, cursor="-"))[0] == [ids[0]]
    wrong = await nihr.office.get("/applications", params={"order_by": "name"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/query/order_by")
