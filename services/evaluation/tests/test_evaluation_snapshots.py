"""The public table of backgrounds against somebody who reads it again and again and subtracts."""

import random
import uuid
from collections import Counter
from itertools import pairwise

import pytest

from mentoring_common.testing.harness import eventually
from mentoring_contracts.applications import RoleGranted
from mentoring_evaluation.disclosure.bands import BASE
from mentoring_evaluation.disclosure.rule import Policy
from mentoring_evaluation.figures.backgrounds import Frozen, next_table

PLACES = {"minimum_n": 10}


def rows(programme, people):
    cohort_id = str(programme.cohorts[1])
    return [
        {"cohort_id": cohort_id, "role": "mentee", "professional_background": name, "other": None, "people": number}
        for name, number in people.items()
    ]


async def public(programme):
    """What is shown of backgrounds, by name; None: hidden."""
    figures = [f for f in await programme.figures("public") if f["name"] == "professional_background"]
    assert all(f["shown"] in ("rounded", "hidden") and f["numerator"] == f["value"] for f in figures)
    return {f["breakdown"]["professional_background"]: f["value"] for f in figures}


async def closed(programme):
    await programme.begin(blueprint={"title": "P", "instruments": [], "disclosure": {"public": PLACES}})
    survey = {"title": "T", "questions": [
        {"id": "q", "kind": "choice", "roles": ["mentor"], "text": "Q?", "options": ["a", "b"]}
    ]}  # fmt: skip
    await programme.team.post(f"/programmes/{programme.id}/instruments/x/versions", json={"survey": survey})
    new = {"instrument": "x", "opens_at": programme.opens.isoformat(), "closes_at": programme.closes.isoformat()}
    await programme.team.post(f"/cohorts/{programme.cohorts[1]}/waves", json=new)
    await programme.open()
    await programme.close()


async def test_people_are_counted_by_a_field_of_the_form_exactly_and_under_disclosure_control(programme, statistics):
    of = statistics.of.setdefault(str(programme.id), {})
    await programme.begin(blueprint={"title": "P", "instruments": []})
    cohort = str(programme.cohorts[1])
    people = {"Lecturer": (30, 17), "Professor": (25, 22), "Leader": (4, 3)}
    of["breakdowns"] = [
        {
            "cohort_id": cohort,
            "role": "mentee",
            "field": "stage",
            "answer": name,
            "applied": applied,
            "matched": matched,
        }
        for name, (applied, matched) in people.items()
    ]
    await closed(programme)

    async def by_stage(view):
        figures = [f for f in await programme.figures(view) if f["name"] in ("applicants_by", "matched_people_by")]
        return {(f["name"], f["breakdown"]["stage"], f["cohort"]): (f["value"], f["shown"]) for f in figures}

    exact = await by_stage("programme_team")
    assert exact["applicants_by", "Leader", 1] == exact["applicants_by", "Leader", None] == (4, "exact")
    assert exact["matched_people_by", "Professor", None] == (22, "exact")

    async def frozen():
        return await by_stage("public")

    # Of how many applied the public view says nothing: who was not matched would be the difference.
    assert await eventually(frozen, what="the frozen table") == {
        ("matched_people_by", "Lecturer", None): (15, "rounded"),
        ("matched_people_by", "Professor", None): (20, "rounded"),
    }
    page = (await programme.team.get(f"/reports/{(await programme.report())['id']}/html")).text
    assert "Matched: stage “Professor”, mentees" in page


async def test_a_person_who_joins_between_two_public_reads_is_not_seen(programme, statistics):
    of = statistics.of.setdefault(str(programme.id), {})
    await programme.begin(blueprint={"title": "P", "instruments": []})
    assert await public(programme) == {}  # nothing was frozen yet
    people = {"Nursing": 17, "Dentistry": 22, "Pharmacy": 3, "Optometry": 8, "Physiotherapy": 40}
    of["backgrounds"] = rows(programme, people)
    await closed(programme)

    async def frozen():
        return await public(programme)

    first = await eventually(frozen, what="the frozen table")
    # Those of few people have no line: that one or two are there is not told by an asterisk.
    assert first == {"Nursing": 15, "Dentistry": 20, "Physiotherapy": 40}
    # One nurse more: of 17 and 18 the one is shown as 15 and the other as 20.
    of["backgrounds"] = rows(programme, people | {"Nursing": 18, "Pharmacy": 4})
    assert await public(programme) == first
    # Nor does the next frozen table say so, that of a report.
    report = await programme.report("public")
    assert await public(programme) == first
    shown = {
        f["breakdown"]["professional_background"]: f["value"]
        for f in report["figures"] if f["name"] == "professional_background"
    }  # fmt: skip
    assert shown == first
    of["backgrounds"] = rows(programme, people | {"Nursing": 31, "Pharmacy": 4})
    assert await public(programme) == first
    await programme.report("public")
    second = await public(programme)
    assert second == first | {"Nursing": 30}
    exact = [f for f in await programme.figures() if f["name"] == "professional_background" and f["cohort"] is None]
    assert {f["breakdown"]["professional_background"]: f["value"] for f in exact}["Nursing"] == 31
    group = uuid.uuid4()
    role = RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=group, role="steering_group")
    await programme.tell(role)
    reader = programme.client("evaluation:read", subject=group)
    seen = await reader.get(f"/programmes/{programme.id}/figures", params={"view": "public"})
    assert seen.status_code == 200


@pytest.mark.parametrize("minimum", [5, 10])
def test_no_count_follows_from_any_number_of_tables_and_their_differences(minimum):
    policy, changed = Policy(minimum), 0
    for seed in range(400):
        rng = random.Random(seed)
        cells = [(role, name) for role in ("mentor", "mentee") for name in "abcd"[: rng.randint(2, 4)]]
        true = Counter({cell: rng.choice([0, 1, 3, 9, 10, 12, 13, 22, 60]) for cell in cells})
        tables, truths, kept = [], [], None
        for _ in range(8):
            kept = next_table(dict(true), kept, policy)
            tables.append(kept.shown)
            truths.append(dict(true))
            for cell in cells:
                true[cell] = max(0, true[cell] + rng.choice([0, 0, 1, 1, -1, 2, minimum]))
        for cell in cells:
            changed += attack(cell, [table.get(cell) for table in tables], [truth[cell] for truth in truths], policy)
    assert changed > 100, "numbers that change are met at all"


def attack(cell, shown, true, policy):
    """From one table to the next a number stays, or so many people stand behind its change as a group has; how many
    changed."""
    changed = 0
    for n, (before, after) in enumerate(pairwise(shown)):
        if before is None or after is None or before == after:
            continue
        changed += 1
        last_anew = next(m for m in range(n, -1, -1) if m == 0 or shown[m] != shown[m - 1])
        assert abs(true[n + 1] - true[last_anew]) >= policy.minimum, cell
        assert abs(after - before) > policy.minimum - BASE, cell
    assert {value % BASE for value in shown if value is not None} <= {0}
    assert all(value >= policy.minimum for value in shown if value is not None)
    return changed


def test_a_hidden_count_stays_hidden_until_it_has_changed_enough():
    policy, cell = Policy(10), ("mentee", "a")
    others = {("mentee", "b"): 40, ("mentee", "c"): 30}
    frozen = next_table({cell: 7, **others}, None, policy)
    assert frozen.shown[cell] is None
    after = [next_table({cell: 7 + more, **others}, frozen, policy).shown[cell] for more in (1, 4, 9, 10, 13)]
    assert after == [None, None, None, 15, 20]
    gone = next_table(others, Frozen({cell: 12, **others}, {cell: 10, **dict.fromkeys(others, 30)}), policy)
    assert (gone.counts[cell], gone.shown[cell]) == (0, None)
    new = next_table({**others, ("mentee", "d"): 2}, frozen, policy)
    assert ("mentee", "d") not in new.shown  # that one or two are there is not told by an asterisk that appears
