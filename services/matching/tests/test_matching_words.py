"""Explanations that may be sent on: what both chose, and nothing that one of the two keeps to themselves."""

import pytest

from mentoring_matching.engine import Mentee, Mentor, Pair, Policy, ranked
from mentoring_matching.explanations import why_this_pair


async def test_words_to_send_on_tell_nothing_private(world):
    cohort = await world.cohort(5)
    mentor = world.person("mentor", criteria=["career", "funding"])
    wanted = {"criteria": ["career", "secret_topic"], "preferred": [str(mentor.id)]}
    mentee = world.person("mentee", **wanted)
    conflicted = world.person("mentee", conflicts=[str(mentor.id)])
    await world.admit(cohort, mentor, mentee, conflicted)
    run = await world.run(cohort)
    (pair,) = await world.items(f"/runs/{run['id']}/pairs")
    assert "Career progression" in pair["explanation"]
    assert "1 of the 2 topics" in pair["explanation"]
    assert pair["contributions"]["mentee_preference"] > 0
    for word in ("prefer", "secret", "named"):
        assert word not in pair["explanation"].lower()
    left = await world.items(f"/runs/{run['id']}/unmatched")
    (nobody,) = [p for p in left if p["role"] == "mentee"]
    assert (nobody["person_id"], nobody["rule"]) == (str(conflicted.id), "no_declared_conflict")
    assert "conflict" not in nobody["explanation"]


async def test_words_of_a_wish_do_not_say_what_was_wished(make_world):
    weights = {"topics": 0.4, "discipline_wish": 0.3, "other_discipline": 0.3}
    world = await make_world(weights=weights)
    cohort = await world.cohort(5)
    nurse = world.person("mentor", criteria=["career"], attributes={"discipline": "nursing"})
    wish = {"discipline": "nursing", "discipline_wish": "same"}
    await world.admit(cohort, nurse, world.person("mentee", criteria=["career"], attributes=wish))
    (pair,) = await world.items(f"/runs/{(await world.run(cohort))['id']}/pairs")
    assert pair["contributions"]["discipline_wish"] == pytest.approx(0.3)
    assert pair["explanation"] == (
        "Both chose Career progression, the one topic the mentee asked for. The pair meets every rule of the programme."
    )


@pytest.mark.parametrize(("common", "asked", "words"), [(2, 2, "all 2 topics"), (1, 3, "1 of the 3 topics")])
def test_topics_in_common_are_counted_in_plain_words(common, asked, words):
    one, other = Mentor("m", topics=ranked(list("abc")[:common])), Mentee("e", topics=ranked(list("abc")[:asked]))
    text = why_this_pair(Pair("m", "e", 1.0, {}), one, other, Policy(), {})
    assert f": {words} the mentee asked for." in text
