"""Reviews: asked by a pair's own time, answered by both, concluded by the team; last words, and who mentors next."""

from datetime import timedelta

import pytest

from mentoring_common.ids import new_id
from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import ApplicationAccepted, PersonErased, ProgrammeAmended
from mentoring_contracts.matching import MatchConfirmed
from mentoring_contracts.sessions import (
    LastWordsNoticeDue,
    ReviewAnswered,
    ReviewConcluded,
    ReviewNoticeDue,
    ReviewOpened,
)

REVIEWS = {"fit_check_days": 3, "mid_term_months": 6, "end_days": 14, "answer_days": 10}
SECRET = "He talks all the time"


@pytest.fixture
async def pair(play):
    await play.set_up(reviews=REVIEWS, activities={"orientation": {"compulsory": False}})
    await play.harness.publish(play.tenant, play.confirmed())
    return play


async def opened(play, kind):
    async def probe():
        found = (await play.team.get(f"{play.path}/reviews")).json()["items"]
        return next((one for one in found if one["kind"] == kind), None)

    return await eventually(probe, what=kind)


async def mid_term(play):
    play.later(days=185)
    return await opened(play, "mid_term")


async def answer(client, review, going_well=4, wish="continue", **more):
    said = {"going_well": going_well, "wish": wish} | more
    return await client.post(f"/reviews/{review['id']}/answer", json=said)


async def conclude(play, review, client=None, **what):
    return await (client or play.team).post(f"/reviews/{review['id']}/outcome", json=what)


async def told(play, what):
    return [one.person_id for one in await play.harness.emitted(play.tenant, ReviewNoticeDue) if one.what == what]


async def test_reviews_are_held_by_the_pairs_own_time(pair):
    assert (await pair.mentor.get(f"{pair.path}/reviews")).json()["items"] == []
    await pair.meet()
    pair.later(days=4)
    fit = await opened(pair, "fit_check")
    assert sorted(await told(pair, "asked")) == sorted([pair.mentor_id, pair.mentee_id])
    await pair.mentor.post(f"{pair.path}/pause", json={})
    pair.later(days=200)
    assert [one["kind"] for one in (await pair.team.get(f"{pair.path}/reviews")).json()["items"]] == ["fit_check"]
    await pair.mentor.post(f"{pair.path}/resume")
    pair.later(days=175)
    assert len((await pair.team.get(f"{pair.path}/reviews")).json()["items"]) == 1, "later by its break"
    pair.later(days=10)
    await opened(pair, "mid_term")
    ends = (pair.now() + timedelta(days=20)).date().isoformat()
    await pair.team.post(f"{pair.path}/end", json={"ends_on": ends, "reason": "R"})
    pair.later(days=7)
    await opened(pair, "end")
    assert {one.kind for one in await pair.harness.emitted(pair.tenant, ReviewOpened)} == {
        "fit_check",
        "mid_term",
        "end",
    }
    assert fit["answers"] == "waiting"


async def test_a_programme_that_holds_others_now_asks_at_their_time(pair):
    pair.later(days=40)
    sooner = pair.programme_created(reviews={"mid_term_months": 2}, activities={"orientation": {"compulsory": False}})
    amended = {"programme_id": pair.programme_id, "blueprint_version": 2, "changed": ["reviews"]}
    await pair.harness.publish(pair.tenant, ProgrammeAmended(**amended, blueprint=sooner.blueprint))
    pair.later(days=25)
    await opened(pair, "mid_term")


async def test_who_has_not_answered_is_reminded_once(pair):
    review = await mid_term(pair)
    await answer(pair.mentor, review)
    pair.later(days=6)

    async def probe():
        return await told(pair, "reminded") or None

    assert await eventually(probe, what="a reminder") == [pair.mentee_id]
    due = {"programme_id": str(pair.programme_id), "review_due": "true"}
    assert (await pair.team.get("/relationships", params=due)).json()["items"] == []
    pair.later(days=6)
    listed = (await pair.team.get("/relationships", params=due)).json()["items"]
    assert [one["match_id"] for one in listed] == [str(pair.match_id)], "the time to answer is over"
    counts = (await pair.team.get(f"/programmes/{pair.programme_id}/relationships/counts")).json()
    assert counts["review_due"] == 1
    assert len(await told(pair, "reminded")) == 1


async def test_both_see_that_they_differ_and_nobody_what_was_said(pair):
    review = await mid_term(pair)
    path = f"/reviews/{review['id']}"
    made = await answer(pair.mentee, review, 1, "change", for_team=SECRET)
    assert made.status_code == 200, made.text
    assert SECRET not in made.text
    assert (await pair.mentor.get(path)).json()["answers"] == "waiting"
    await answer(pair.mentor, review, 5)
    shown = (await pair.mentor.get(path)).json()
    assert (shown["answers"], shown["mine"]["going_well"], shown["for_team"], shown["rematch_wished"]) == (
        "differ", 5, None, None,
    )  # fmt: skip
    assert SECRET not in str(shown)
    seen = (await pair.team.get(path)).json()
    assert (seen["answers"], seen["awaits_team"], seen["mine"]) == ("differ", True, None)
    assert seen["for_team"] == [{"person_id": str(pair.mentee_id), "text": SECRET}]
    assert not {"going_well", "wish"} & set(str(seen).replace("'", " ").split())
    assert (await pair.admin.get(path)).json()["for_team"] is None, "administration reads no confidences"
    assert await told(pair, "needs") == [pair.manager_id]
    await answer(pair.mentee, review, 5)
    assert (await pair.mentee.get(path)).json()["answers"] == "agree"
    assert [one.answered for one in await pair.harness.emitted(pair.tenant, ReviewAnswered)] == [1, 2, 2]


async def test_a_rematch_is_wished_without_the_other_learning_of_it(pair):
    await pair.meet()
    pair.later(days=4)
    fit = await opened(pair, "fit_check")
    await answer(pair.mentee, fit, 2, "rematch")
    await answer(pair.mentor, fit, 5, "continue")
    shown = (await pair.mentor.get(f"/reviews/{fit['id']}")).json()
    assert (shown["answers"], shown["rematch_wished"], shown["awaits_team"]) == (None, None, None)
    seen = (await pair.team.get(f"/reviews/{fit['id']}")).json()
    assert (seen["answers"], seen["rematch_wished"], seen["awaits_team"]) == ("differ", True, True)
    done = await conclude(pair, fit, outcome="rematch")
    assert (done.status_code, done.json()["outcome"]) == (200, "rematch"), done.text
    [event] = await pair.harness.emitted(pair.tenant, ReviewConcluded)
    assert (event.outcome, event.match_id, event.kind) == ("rematch", pair.match_id, "fit_check")
    assert await told(pair, "concluded") == [], "the end of the match tells them"


async def test_starting_afresh_needs_a_plan_which_the_pair_reads(pair):
    review = await mid_term(pair)
    await pair.mentor.post(f"{pair.path}/reminders", json={"stopped": True})
    assert refused(await conclude(pair, review, outcome="re_energise"), 422, "plan_missing")
    done = await conclude(pair, review, outcome="re_energise", plan="Meet fortnightly")
    assert done.status_code == 200, done.text
    assert "fortnightly" not in done.text
    assert (await pair.mentee.get(f"/reviews/{review['id']}")).json()["plan"] == "Meet fortnightly"
    assert (await pair.mentee.get(f"{pair.path}/time")).json()["reminders_stopped"] is False
    assert sorted(await told(pair, "concluded")) == sorted([pair.mentor_id, pair.mentee_id])
    assert refused(await conclude(pair, review, outcome="close"), 409, "review_concluded_already")
    assert refused(await answer(pair.mentor, review), 409, "review_concluded_already")


async def test_closing_closes_it_with_what_it_had_planned(pair):
    review = await mid_term(pair)
    soon = (pair.now() + timedelta(days=2)).isoformat()
    made = await pair.mentor.post(f"{pair.path}/appointments", json={"times": [soon]})
    assert (await conclude(pair, review, outcome="close")).status_code == 200
    assert (await pair.read())["state"] == "closed"
    assert (await pair.mentor.get(f"/appointments/{made.json()['id']}")).json()["state"] == "cancelled"


async def test_the_pair_does_not_conclude_and_the_team_does_not_answer(pair):
    review = await mid_term(pair)
    assert refused(await conclude(pair, review, pair.mentor, outcome="close"), 403, "role_needed")
    assert refused(await answer(pair.team, review), 403, "not_of_the_pair")
    await pair.harness.publish(pair.tenant, pair.granted(pair.mentor_id, "programme_manager"))
    assert refused(await conclude(pair, review, pair.mentor, outcome="close"), 403, "not_for_you")
    for said in ({"going_well": 6, "wish": "continue"}, {"going_well": 3, "wish": "leave"}, {"going_well": 3}):
        answered = await pair.mentee.post(f"/reviews/{review['id']}/answer", json=said)
        assert refused(answered, 422, "invalid_request")
    stale = {"If-Match": '"99"'}
    late = await pair.team.post(f"/reviews/{review['id']}/outcome", json={"outcome": "continue"}, headers=stale)
    assert late.status_code == 412
    await pair.harness.publish(pair.tenant, pair.ended())
    assert refused(await answer(pair.mentee, review), 409, "relationship_over")
    assert refused(await conclude(pair, review, outcome="continue"), 409, "relationship_over")


async def test_last_words_are_for_the_other_who_is_told(pair):
    path = f"{pair.path}/farewell"
    await pair.team.post(f"{pair.path}/close")
    said = {"words": "Thank you", "goes_on": True, "mentor_next_time": True}
    made = await pair.mentee.post(path, json=said)
    assert (made.status_code, made.json()["mentor_next_time"]) == (200, True), made.text
    assert "Thank" not in made.text
    seen = (await pair.mentor.get(f"{pair.path}/farewells")).json()
    assert ([one["words"] for one in seen["others"]], seen["mine"], seen["going_on"]) == (["Thank you"], None, False)
    await pair.mentor.post(path, json={"goes_on": True})
    assert (await pair.mentee.get(f"{pair.path}/farewells")).json()["going_on"] is True
    notices = await pair.harness.emitted(pair.tenant, LastWordsNoticeDue)
    assert [one.person_id for one in notices] == [pair.mentor_id], "who wrote nothing tells nobody"
    assert refused(await pair.team.get(f"{pair.path}/farewells"), 403, "not_of_the_pair")
    assert refused(await pair.team.post(path, json={}), 403, "not_of_the_pair")


async def test_who_would_mentor_next_time_is_seen_by_the_next_cohorts_team(pair):
    path = f"/programmes/{pair.programme_id}/future-mentors"
    await pair.mentee.post(f"{pair.path}/farewell", json={"mentor_next_time": True})
    [one] = (await pair.team.get(path)).json()["items"]
    assert (one["person_id"], one["is_mentor"]) == (str(pair.mentee_id), False)
    assert refused(await pair.mentee.get(path), 403, "role_needed")
    accepted = ApplicationAccepted(
        application_id=new_id(), programme_id=pair.programme_id, cohort_id=new_id(), person_id=pair.mentee_id,
        role="mentor",
    )  # fmt: skip
    await pair.harness.publish(pair.tenant, accepted)
    assert [one["is_mentor"] for one in (await pair.team.get(path)).json()["items"]] == [True]
    assert (await pair.team.get(path, params={"is_mentor": "false"})).json()["items"] == []
    await pair.mentee.post(f"{pair.path}/farewell", json={"mentor_next_time": False})
    assert (await pair.team.get(path)).json()["items"] == []


async def test_erasure_takes_what_they_wrote_and_leaves_that_they_answered(pair):
    review = await mid_term(pair)
    await answer(pair.mentee, review, 2, "change", for_team=SECRET)
    await answer(pair.mentor, review, 5)
    await pair.mentee.post(f"{pair.path}/farewell", json={"words": "Thank you", "mentor_next_time": True})
    held = (await pair.mentee.get(f"/people/{pair.mentee_id}/held")).json()["held"]
    assert {"reviews", "review_answers", "farewells"} <= {name for name, rows in held.items() if rows}
    await pair.harness.publish(pair.tenant, PersonErased(person_id=pair.mentee_id))
    seen = (await pair.team.get(f"/reviews/{review['id']}")).json()
    assert (seen["for_team"], seen["answers"]) == ([], "differ")
    assert [one["words"] for one in (await pair.mentor.get(f"{pair.path}/farewells")).json()["others"]] == [None]
    assert (await pair.team.get(f"/programmes/{pair.programme_id}/future-mentors")).json()["items"] == []


@pytest.mark.parametrize(("days", "kinds"), [(20, []), (188, ["mid_term"]), (250, []), (360, ["end"])])
async def test_a_pair_that_stood_before_is_asked_what_there_is_still_time_to_answer(play, days, kinds):
    await play.set_up(reviews=REVIEWS, activities={"orientation": {"compulsory": False}})
    began = (play.now() - timedelta(days=days)).date()
    await play.harness.publish(play.tenant, MatchConfirmed(**play.pair, imported=True, starts_on=began))
    for kind in kinds:
        await opened(play, kind)
    play.later(days=3)
    assert [one["kind"] for one in (await play.team.get(f"{play.path}/reviews")).json()["items"]] == kinds


async def test_a_pair_that_stood_before_and_has_not_met_is_quiet_at_once(play):
    await play.set_up(activities={"orientation": {"compulsory": False}})
    began = (play.now() - timedelta(weeks=7)).date()
    await play.harness.publish(play.tenant, MatchConfirmed(**play.pair, imported=True, starts_on=began))

    async def nudged():
        return (await play.team.get(f"/programmes/{play.programme_id}/nudges")).json()["items"]

    assert len(await eventually(nudged, what="a nudge")) == 1


async def test_nobody_is_asked_how_a_meeting_was_that_never_was(pair):
    meeting = (await pair.meet()).json()
    pair.later(days=4)
    await opened(pair, "fit_check")
    withdrawn = await pair.mentor.post(f"/mentoring-sessions/{meeting['id']}/withdraw", json={"reason": "never was"})
    assert withdrawn.status_code == 200, withdrawn.text
    assert (await pair.mentor.get(f"{pair.path}/reviews")).json()["items"] == []
