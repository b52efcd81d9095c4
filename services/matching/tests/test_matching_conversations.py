"""The optional first stage: several short conversations each, rated by both, and what the final run makes of it."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mentoring_common.testing import refused
from mentoring_contracts.applications import PersonErased
from mentoring_matching.models import Conversation
from mentoring_matching.questions import how_it_went

PLAN = {"conversations": {"per_mentee": 2, "days": 7}, "weights": {"topics": 0.6, "conversations": 0.4}}


async def propose(world, cohort):
    answer = await world.office.post(f"/cohorts/{cohort}/conversations")
    assert answer.status_code == 201, answer.text
    return answer.json()


async def rate(world, talk, side, rating, **more):
    client = world.as_person(talk[f"{side}_id"])
    return await client.post(f"/conversations/{talk['id']}/rating", json={"rating": rating, **more})


async def test_everybody_talks_to_several_and_nobody_to_too_many(make_world):
    world = await make_world(**PLAN)
    cohort = await world.cohort(3)
    people = [world.person("mentor", capacity=1) for _ in range(3)] + [world.person("mentee") for _ in range(3)]
    await world.admit(cohort, *people)
    assert await propose(world, cohort) == {"proposed": 6, "mentees_without": 0}
    talks = await world.items(f"/conversations?cohort_id={cohort}")
    counts = Counter(talk[side] for talk in talks for side in ("mentor_id", "mentee_id"))
    assert set(counts.values()) == {2}
    assert len({(talk["mentor_id"], talk["mentee_id"]) for talk in talks}) == 6
    assert (await propose(world, cohort))["proposed"] == 0
    late = world.person("mentee")
    await world.admit(cohort, late, world.person("mentor"), world.person("mentor"))
    assert await propose(world, cohort) == {"proposed": 2, "mentees_without": 0}


async def test_ratings_of_both_decide_the_final_run_and_neither_sees_the_other(make_world):
    world = await make_world(**PLAN)
    cohort = await world.cohort(1)
    topical = world.person("mentor", criteria=["career", "funding"])
    other = world.person("mentor", criteria=["funding", "career"])
    mentee = world.person("mentee", criteria=["career"])
    await world.admit(cohort, topical, other, mentee)
    await propose(world, cohort)
    before = await world.run(cohort)
    assert (await world.items(f"/runs/{before['id']}/pairs"))[0]["mentor_id"] == str(topical.id)
    talks = {t["mentor_id"]: t for t in await world.items("/conversations")}
    liked, disliked = talks[str(other.id)], talks[str(topical.id)]
    await rate(world, liked, "mentor", 5, comment="She knows what she wants")
    await rate(world, liked, "mentee", 5)
    await rate(world, disliked, "mentee", 1)
    answer = (await rate(world, disliked, "mentor", 5)).json()
    assert (answer["my_rating"], answer["mentor_rating"], answer["mentee_rating"]) == (5, None, None)
    run = await world.run(cohort)
    (pair,) = await world.items(f"/runs/{run['id']}/pairs")
    assert pair["mentor_id"] == str(other.id)
    assert pair["contributions"]["conversations"] == 0.4
    assert "conversation" not in pair["explanation"]
    mine = (await world.as_person(mentee.id).get("/conversations")).json()["items"]
    assert {(t["mentor_id"], t["my_rating"], t["my_comment"], t["mentor_rating"]) for t in mine} == {
        (str(other.id), 5, None, None),
        (str(topical.id), 1, None, None),
    }
    (own,) = (await world.as_person(other.id).get("/conversations")).json()["items"]
    assert (own["my_comment"], own["mentee_rating"]) == ("She knows what she wants", None)
    seen = {t["mentor_id"]: t for t in await world.items("/conversations")}
    assert (seen[str(topical.id)]["mentee_rating"], seen[str(other.id)]["my_comment"]) == (1, None)
    async with world.harness.service.database.transaction(world.tenant) as db:
        kept = (await db.scalars(sa.select(Conversation.mentor_comment))).all()
    assert not any(b"knows" in comment for comment in kept if comment)


async def test_who_may_rate_and_until_when(make_world):
    world = await make_world(**PLAN)
    cohort = await world.cohort(1)
    await world.admit(cohort, world.person("mentor"), world.person("mentee"))
    await propose(world, cohort)
    (talk,) = await world.items("/conversations")
    path = f"/conversations/{talk['id']}/rating"
    assert (await world.as_person(uuid4()).post(path, json={"rating": 3})).status_code == 404
    team = await world.office.post(path, json={"rating": 3})
    assert refused(team, 403, "not_your_conversation")
    assert (await rate(world, talk, "mentor", 6)).status_code == 422
    assert (await rate(world, talk, "mentor", 2)).status_code == 200
    world.harness.clock.move_by(timedelta(days=7))
    late = await rate(world, talk, "mentee", 5)
    assert refused(late, 409, "conversation_over")
    await world.harness.publish(world.tenant, PersonErased(person_id=talk["mentor_id"]))
    assert await world.items("/conversations") == []


async def test_no_conversations_where_the_policy_plans_none(make_world):
    world = await make_world()
    cohort = await world.cohort(1)
    answer = await world.office.post(f"/cohorts/{cohort}/conversations")
    assert refused(answer, 409, "conversations_not_planned")
    path = f"/programmes/{world.programme_id}/policy"
    document = (await world.office.get(path)).json()["document"]
    for section, field in (({"per_mentee": 0}, "per_mentee"), ({"weeks": 2}, "weeks")):
        answer = await world.office.put(path, json=document | {"conversations": section})
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert (await world.as_person(uuid4()).post(f"/cohorts/{cohort}/conversations")).status_code == 404


@pytest.mark.parametrize(
    ("ratings", "value"),
    [((None, None), 0), ((5, None), 1), ((5, 5), 1), ((3, 5), 2 / 3), ((2, 5), 0), ((None, 1), 0), ((3, None), 1 / 3)],
)
def test_what_ratings_are_worth(ratings, value):
    assert how_it_went(*ratings) == pytest.approx(value)
