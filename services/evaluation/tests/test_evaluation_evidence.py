"""The counts behind a figure, counted again, and figures set against each other."""

import uuid

import pytest

YES, NO = "Satisfied", "Dissatisfied"


async def surveyed(programme):
    await programme.begin(cohorts=2, mode="named")
    pairs = {1: [(uuid.uuid4(), uuid.uuid4()) for _ in range(4)], 2: [(uuid.uuid4(), uuid.uuid4()) for _ in range(3)]}
    for cohort, known in pairs.items():
        for pair in known:
            await programme.match(cohort, *pair)
    waves = await programme.open()
    sheets = {(1, 0): [YES, YES, NO, None], (1, 1): [YES], (2, 0): [YES, NO]}
    for (cohort, side), given in sheets.items():
        tokens = await programme.tokens(waves["summative", cohort]["id"])
        for pair, answer in zip(pairs[cohort], given, strict=False):
            sheet = {"satisfied_with_match": answer} if answer else {"trust_easily_built": "Agree"}
            assert (await programme.answer(tokens[pair[side]], sheet)).status_code == 201
    await programme.close()
    return f"/programmes/{programme.id}/figures"


async def test_a_figure_is_counted_again_from_its_answers(programme):
    path = await surveyed(programme)
    wanted = {"cohort": 1, "role": "mentor", "wave": "summative"}
    found = (await programme.team.get(f"{path}/satisfied_with_match/evidence", params=wanted)).json()
    [item] = found["items"]
    [group] = item["groups"]
    assert (item["counted_again"], item["agrees"]) == ({"numerator": 2, "denominator": 3}, True)
    assert (group["answers"]["Satisfied"], group["answers"]["Dissatisfied"], group["answers"]["Neither"]) == (2, 1, 0)
    assert (group["asked"], group["responses"], group["answered"], group["skipped"]) == (4, 4, 3, 1)
    assert "How satisfied are you with your match?" in found["definition"]
    overall = (await programme.team.get(f"{path}/satisfied_with_match/evidence", params={"role": "mentor"})).json()
    assert [(i["figure"]["rule"], i["counted_again"]) for i in overall["items"]] == [
        ("pooled", {"numerator": 3, "denominator": 5}), ("mean_of_cohorts", None),
    ]  # fmt: skip
    assert len(overall["items"][0]["groups"]) == 2
    mean = overall["items"][1]
    assert mean["cohorts_again"] == [
        {"cohort": 1, "numerator": 2, "denominator": 3}, {"cohort": 2, "numerator": 1, "denominator": 2},
    ]  # fmt: skip
    assert (mean["mean_again"], mean["agrees"]) == (58.0, True)
    for params in ({"cohort": 9}, {"role": "mentor", "wave": "other"}):
        missing = await programme.team.get(f"{path}/satisfied_with_match/evidence", params=params)
        assert (missing.status_code, missing.json()["code"]) == (404, "figure_not_found")
    assert (await programme.client().get(f"{path}/satisfied_with_match/evidence", params=wanted)).status_code == 403


async def test_every_figure_of_the_team_leads_to_its_evidence_and_agrees(programme):
    await surveyed(programme)
    links = {f["evidence"] for f in await programme.figures() if f["wave"] == "summative"}
    assert len(links) > 20
    for link in links:
        found = (await programme.team.get(f"/programmes/{programme.id}/{link}")).json()
        for item in found["items"]:
            assert item["agrees"] is True
    assert all("evidence" not in f for f in await programme.figures("public"))


@pytest.mark.parametrize(
    ("second", "people", "interval"),
    [
        ({"second_cohort": 2, "second_role": "mentor"}, "different", True),
        ({"second_cohort": 1, "second_role": "mentor"}, "same", False),
        ({"second_role": "mentor"}, "unknown", False),
    ],
)
async def test_a_comparison_says_whether_it_is_of_the_same_people(programme, second, people, interval):
    path = await surveyed(programme)
    params = {"first_cohort": 1, "first_role": "mentor"} | second
    found = (await programme.team.get(f"{path}/satisfied_with_match/comparison", params=params)).json()
    assert (found["people"], found["interval"] is not None) == (people, interval)
    if interval:
        ends = found["interval"]["low"], found["interval"]["high"]
        assert ends == tuple(round(end, 1) for end in ends)  # as every other interval
    first, other = (found[side]["numerator"] * 100 / found[side]["denominator"] for side in ("first", "second"))
    assert found["difference"] == round(first - other, 1)
    assert any("people" in caveat for caveat in found["caveats"])


async def test_what_cannot_be_compared(programme):
    path = await surveyed(programme)
    empty = {"first_cohort": 1, "first_role": "mentor", "second_cohort": 2, "second_role": "mentee"}
    refused = await programme.team.get(f"{path}/satisfied_with_match/comparison", params=empty)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_comparable")
    counts = await programme.team.get(f"{path}/matched_pairs/comparison", params={"first_cohort": 1})
    assert (counts.status_code, counts.json()["code"]) == (422, "not_comparable")


QUESTION = {
    "id": "c", "figure": "good", "kind": "choice", "roles": ["mentee"], "text": "C?", "options": ["yes", "no"],
    "counted": ["yes"],
}  # fmt: skip
INDICATORS = [
    {"id": "liked", "title": "L", "kind": "share", "unit": "percent", "base": "who answered", "target": 50,
     "figure": "good,,mentee"},
    {"id": "paired", "title": "P", "kind": "count", "unit": "pairs", "base": "places", "figure": "matched_pairs"},
    {"id": "stayed", "title": "S", "kind": "share", "unit": "percent", "base": "staff"},
    {"id": "unknown", "title": "U", "kind": "mean", "unit": "points", "base": "staff"},
]  # fmt: skip


async def test_the_evaluation_model_says_what_figures_and_records_measure(programme):
    stages = [{"id": "a", "title": "A", "indicators": INDICATORS}]
    blueprint = {"title": "P", "instruments": [{"id": "summative", "title": "S", "questions": [QUESTION]}]}
    await programme.begin(blueprint=blueprint | {"evaluation_model": {"kind": "own", "stages": stages}}, mode="named")
    people = [uuid.uuid4() for _ in range(3)]
    for person in people:
        await programme.match(1, uuid.uuid4(), person)
    path = f"/programmes/{programme.id}/evaluation-model"
    before = (await programme.team.get(path)).json()["latest"]
    assert (before["liked"], before["stayed"], before["paired"]["value"]) == (None, None, 3)
    tokens = await programme.tokens((await programme.open())["summative", 1]["id"])
    for person, answer in zip(people, ("yes", "yes", "no"), strict=True):
        assert (await programme.answer(tokens[person], {"c": answer})).status_code == 201
    await programme.close()
    today = programme.harness.clock.now().date()
    value = {"numerator": 30, "base": 40, "source": "HR system", "measured_on": str(today), "from_records": True}
    values = f"/programmes/{programme.id}/indicators/stayed/values"
    asked = await programme.team.post(values, json=value | {"asked": 40})
    assert (asked.status_code, asked.json()["code"]) == (422, "indicator_value_invalid")
    assert (await programme.team.post(values, json=value)).json()["caveats"] == []
    told = (await programme.team.get(path)).json()["latest"]
    assert (told["liked"]["value"], told["liked"]["target_met"], told["liked"]["shown"]) == (66.7, True, "exact")
    assert (told["liked"]["numerator"], told["liked"]["base"], told["liked"]["asked"]) == (2, 3, 3)
    assert "Only 3 stand behind it" in told["liked"]["caveats"][0]
    assert (told["stayed"]["value"], told["stayed"]["from_records"], told["stayed"]["caveats"]) == (75, True, [])
    assert told["unknown"] is None
    unsaid = value | {"from_records": False}
    assert "not recorded" in (await programme.team.post(values, json=unsaid)).json()["caveats"][0]
    _, steering = await programme.granted("steering_group")
    seen = (await steering.get(path)).json()["latest"]["liked"]
    assert (seen["shown"], seen["value"], seen["numerator"], seen["target_met"]) == ("hidden", None, None, None)
    report = (await programme.team.get(f"/reports/{(await programme.report('final'))['id']}")).json()
    measured = {one["indicator"]: one for one in report["evaluation_model"]["stages"][0]["measured"]}
    assert {name: measured[name]["value"] for name in ("liked", "paired", "stayed")} == {
        name: told[name]["value"] for name in ("liked", "paired", "stayed")
    }


async def test_people_who_answered_two_surveys_under_their_names_are_compared_with_themselves(programme):
    asked = QUESTION | {"kind": "scale", "options": [], "min": 1, "max": 5, "counted": ["4", "5"]}
    surveys = [{"id": name, "title": name, "questions": [asked]} for name in ("interim", "summative")]
    await programme.begin(blueprint={"title": "P", "instruments": surveys}, mode="named")
    pairs = [(uuid.uuid4(), uuid.uuid4()) for _ in range(7)]
    for pair in pairs:
        await programme.match(1, *pair)
    waves = await programme.open()
    sheets = {"interim": [2, 3, 3, 4, 1, 5, 2], "summative": [4, 3, 5, 5, 3, 5, None]}
    for name, given in sheets.items():
        tokens = await programme.tokens(waves[name, 1]["id"])
        for (_, mentee), answer in zip(pairs, given, strict=True):
            if answer is not None:
                assert (await programme.answer(tokens[mentee], {"c": answer})).status_code == 201
    await programme.close()
    params = {"first_wave": "summative", "first_role": "mentee", "second_wave": "interim", "second_role": "mentee"}
    path = f"/programmes/{programme.id}/figures/good/comparison"
    found = (await programme.team.get(path, params=params)).json()
    change = found["change"]
    counts = {name: change[name] for name in ("n", "both", "first_only", "second_only", "neither")}
    assert counts == {"n": 6, "both": 2, "first_only": 2, "second_only": 0, "neither": 2}
    assert (change["difference"], change["interval"]["method"], change["p"]) == (33.3, "newcombe_paired", 0.5)
    assert (change["scale"]["mean"], change["scale"]["interval"]["method"]) == (1.17, "t_paired")
    assert not any("without their paired answers" in caveat for caveat in found["caveats"])
    one = await programme.team.get(path, params=params | {"second_wave": "summative"})
    assert one.json()["change"] is None
