"""From accepted applications to confirmed matches, and what undoes them, over the real API."""

import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mentoring_common.tables import audit_log
from mentoring_common.testing import refused
from mentoring_common.testing.harness import eventually
from mentoring_contracts.applications import (
    ApplicationMoved,
    ApplicationWithdrawn,
    CohortPlacesChanged,
    PersonErased,
    PersonLeft,
)
from mentoring_contracts.matching import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchEnded,
    MatchProposed,
    RematchRequested,
)
from mentoring_contracts.sessions import RelationshipClosed, ReviewConcluded
from mentoring_contracts.words import REASONS
from mentoring_matching import reasons
from mentoring_matching.models import MatchRun, PoolMember, Profile


async def pairs(world, number: int, places: int | None = None):
    cohort = await world.cohort(places if places is not None else number)
    mentors = [world.person("mentor") for _ in range(number)]
    mentees = [world.person("mentee") for _ in range(number)]
    await world.admit(cohort, *mentors, *mentees)
    return cohort, mentors, mentees


async def test_from_applications_to_a_confirmed_match(world):
    cohort, (mentor,), (mentee,) = await pairs(world, 1)
    run = await world.run(cohort)
    assert (run["state"], run["pairs"], run["unmatched_mentees"]) == ("completed", 1, 0)
    assert run["certificate"]["valid"] is True
    (match,) = await world.approve(run["id"])
    assert (match["mentor_id"], match["mentee_id"], match["state"]) == (str(mentor.id), str(mentee.id), "proposed")
    first = await world.accept(match, "mentor")
    assert (first.json()["state"], first.json()["mentee_accepted_at"]) == ("proposed", None)
    again = await world.as_person(mentor.id).post(f"/matches/{match['id']}/accept", headers={"If-Match": '"1"'})
    assert (again.status_code, again.json()) == (200, first.json())  # a double click, the version as it was read
    second = await world.accept(match, "mentee")
    assert second.json()["state"] == "confirmed"
    late = await world.as_person(mentee.id).post(f"/matches/{match['id']}/decline", json={"reason": "illness"})
    assert refused(late, 409, "already_answered")
    assert {m["state"] for m in (await world.pool(cohort)).values()} == {"matched"}
    kinds = [type(e) for e in await world.events(MatchProposed, MatchAccepted, MatchConfirmed)]
    assert kinds == [MatchProposed, MatchAccepted, MatchAccepted, MatchConfirmed]
    assert all(e.mentor_application_id and e.mentee_application_id for e in await world.events(*set(kinds)))


async def test_matches_that_changed_since_are_found(world):
    cohort, _, _ = await pairs(world, 2)
    first, second = await world.approve((await world.run(cohort))["id"])
    team = {"cohort_id": cohort}
    before = {one["id"]: one["updated_at"] for one in (await world.office.get("/matches", params=team)).json()["items"]}
    late = max(before.values())
    await world.accept(second, "mentor")
    since = (await world.office.get("/matches", params=team | {"updated_since": late})).json()["items"]
    assert second["id"] in {one["id"] for one in since}
    changed = next(one for one in since if one["id"] == second["id"])["updated_at"]
    assert changed > before[second["id"]]
    found = (await world.office.get("/matches", params=team | {"updated_since": changed})).json()["items"]
    assert [one["id"] for one in found] == [second["id"]]
    assert first["id"] in before
    assert (await world.office.get("/matches", params=team | {"updated_since": "yesterday"})).status_code == 422


async def test_strangers_see_no_match_and_only_the_two_answer(world):
    cohort, _, _ = await pairs(world, 1)
    (match,) = await world.approve((await world.run(cohort))["id"])
    stranger = world.as_person(uuid.uuid4())
    for answer in (
        await stranger.get(f"/matches/{match['id']}"),
        await stranger.post(f"/matches/{match['id']}/accept"),
        await stranger.get(f"/cohorts/{cohort}/pool"),
        await stranger.get(f"/runs/{match['run_id']}"),
        await stranger.get(f"/programmes/{world.programme_id}/policy"),
    ):
        assert answer.status_code == 404, answer.text
    assert (await stranger.get("/matches")).json()["items"] == []
    outside = world.harness.caller("matching:write", "organisation:admin", tenant=uuid.uuid4())
    assert (await outside.get(f"/matches/{match['id']}")).status_code == 404
    answer = await world.office.post(f"/matches/{match['id']}/accept")
    assert refused(answer, 403, "not_your_match")
    mine = await world.as_person(match["mentee_id"]).get("/matches")
    assert [m["id"] for m in mine.json()["items"]] == [match["id"]]


async def test_a_declined_offer_frees_both_and_is_not_made_again(world):
    cohort, (mentor,), (mentee,) = await pairs(world, 1)
    (match,) = await world.approve((await world.run(cohort))["id"])
    client = world.as_person(mentor.id)
    silent = await client.post(f"/matches/{match['id']}/decline", json={})
    assert refused(silent, 422, "decline_reason_needed")
    answer = await client.post(f"/matches/{match['id']}/decline", json={"reason": "She once sued my brother"})
    assert answer.json()["state"] == "declined"
    (declined,) = await world.events(MatchDeclined)
    assert (declined.by, declined.reason) == ("mentor", "other")
    assert (await world.as_person(mentee.id).get(f"/matches/{match['id']}")).json()["end_note"] is None
    assert (await world.office.get(f"/matches/{match['id']}")).json()["end_note"] == "She once sued my brother"
    again = await world.run(cohort)
    assert (again["pairs"], again["unmatched_mentees"]) == (0, 1)
    assert {m["state"] for m in (await world.pool(cohort)).values()} == {"available"}


async def test_why_is_for_the_team_and_private_to_events_and_the_other_person(world):
    cohort, _, _ = await pairs(world, 2)
    first, second = await world.approve((await world.run(cohort))["id"])
    await world.accept(second)
    conflict = {"reason": "conflict of interest"}
    mine = await world.as_person(first["mentor_id"]).post(f"/matches/{first['id']}/decline", json=conflict)
    assert mine.json()["end_reason"] == "private"
    ill = {"reason": "illness", "rematch": True}
    await world.as_person(second["mentee_id"]).post(f"/matches/{second['id']}/end", json=ill)
    for match, other, code in ((first, "mentee", "conflict_of_interest"), (second, "mentor", "illness")):
        path = f"/matches/{match['id']}"
        assert (await world.office.get(path)).json()["end_reason"] == code
        seen = await world.as_person(match[f"{other}_id"]).get("/matches")
        assert [m["end_reason"] for m in seen.json()["items"] if m["id"] == match["id"]] == ["private"]
        assert (await world.as_person(match[f"{other}_id"]).get(path)).json()["end_reason"] == "private"
    told = await world.events(MatchDeclined, MatchEnded, RematchRequested)
    assert [e.reason for e in told[:2]] == ["private", "private"]
    async with world.harness.service.database.transaction(world.tenant) as db:
        assert "illness" not in (await db.scalars(sa.select(audit_log.c.reason))).all()
    await world.harness.publish(world.tenant, PersonErased(person_id=second["mentee_id"]))
    assert (await world.office.get(f"/matches/{second['id']}")).json()["end_reason"] == "private"


@pytest.mark.parametrize("code", ["changed_job", "not_a_good_fit", "erased", "not_accepted", "a_new_code"])
def test_a_code_is_private_until_it_is_known_to_be_harmless(code):
    assert reasons.shown(code) == "private"
    assert reasons.shown("no_contact") == "no_contact"
    assert reasons.coded("Private") == ("private", None)
    assert reasons.coded("She is ill") == ("other", "She is ill")


async def test_an_offer_lapses_by_the_clock(world):
    cohort, _, _ = await pairs(world, 1)
    (match,) = await world.approve((await world.run(cohort))["id"], offer_days=3)
    await world.accept(match, "mentor")
    world.harness.clock.move_by(timedelta(days=3, minutes=1))

    async def expired():
        return (await world.office.get(f"/matches/{match['id']}")).json()["state"] == "expired"

    await eventually(expired)
    late = await world.accept(match, "mentee")
    assert refused(late, 409, "offer_expired")
    (declined,) = await world.events(MatchDeclined)
    assert (declined.by, declined.reason) == (None, "expired")


@pytest.mark.parametrize("declines", ["mentor", "mentee"])
async def test_a_declined_place_passes_on_to_the_next_choice(make_world, declines):
    world = await make_world(offers={"limit_days": 5, "pass_on": True})
    other = "mentee" if declines == "mentor" else "mentor"
    cohort = await world.cohort(1)
    alone = world.person(other, criteria=["career"])
    best = world.person(declines, criteria=["career"])
    next_best = world.person(declines, criteria=["funding", "career"])
    await world.admit(cohort, alone, best, next_best)
    (match,) = await world.approve((await world.run(cohort))["id"])
    assert match[f"{declines}_id"] == str(best.id)
    await world.as_person(best.id).post(f"/matches/{match['id']}/decline", json={"reason": "no_time"})

    async def offered():
        return await world.items(f"/matches?cohort_id={cohort}&state=proposed")

    (passed,) = await eventually(offered)
    assert (passed[f"{declines}_id"], passed[f"{other}_id"]) == (str(next_best.id), str(alone.id))


async def test_places_full_says_so_and_changes_nothing(world):
    cohort, _, _ = await pairs(world, 2)
    first, second = await world.approve((await world.run(cohort))["id"])
    fewer = CohortPlacesChanged(cohort_id=cohort, programme_id=world.programme_id, places=1)
    await world.harness.publish(world.tenant, fewer)
    assert (await world.accept(first)).json()["state"] == "confirmed"
    answer = await world.accept(second)
    assert refused(answer, 409, "place_full")
    view = (await world.office.get(f"/matches/{second['id']}")).json()
    assert (view["state"], view["mentee_accepted_at"]) == ("proposed", None)
    more = CohortPlacesChanged(cohort_id=cohort, programme_id=world.programme_id, places=2)
    await world.harness.publish(world.tenant, more)
    assert (await world.accept(second, "mentee")).json()["state"] == "confirmed"


async def test_fewer_places_than_pairs_end_no_pair(world):
    cohort, _, _ = await pairs(world, 2)
    first, _ = await world.confirmed(cohort)
    fewer = CohortPlacesChanged(cohort_id=cohort, programme_id=world.programme_id, places=0)
    await world.harness.publish(world.tenant, fewer)
    assert len(await world.items(f"/matches?cohort_id={cohort}&state=confirmed")) == 2
    await world.office.post(f"/matches/{first['id']}/end", json={"reason": "no_contact"})
    assert (await world.run(cohort))["pairs"] == 0


async def test_three_pairs_end_together_and_rotate(world):
    cohort, _, _ = await pairs(world, 5)
    matches = await world.confirmed(cohort)
    ended = matches[:3]
    for match in ended:
        answer = await world.office.post(f"/matches/{match['id']}/end", json={"reason": "no contact", "rematch": True})
        assert answer.json()["state"] == "ended", answer.text
    assert [e.reason for e in await world.events(MatchEnded)] == ["no_contact"] * 3
    assert len(await world.events(RematchRequested)) == 3
    rerun = await world.run(cohort, kind="rematch")
    assert (rerun["pairs"], rerun["kind"]) == (3, "rematch")
    for match in await world.approve(rerun["id"]):
        assert (await world.accept(match)).json()["state"] == "confirmed"
    confirmed = await world.events(MatchConfirmed)
    again = confirmed[5:]
    former = {str(m["mentee_id"]): m for m in ended}
    assert {str(e.mentee_id) for e in again} == set(former)
    for event in again:
        assert str(event.rematch_of) == former[str(event.mentee_id)]["id"]
        assert str(event.mentor_id) != former[str(event.mentee_id)]["mentor_id"]
    standing = await world.items(f"/matches?cohort_id={cohort}&state=confirmed")
    assert len({m["mentor_id"] for m in standing}) == len({m["mentee_id"] for m in standing}) == 5
    assert {m["id"] for m in matches[3:]} <= {m["id"] for m in standing}


async def test_a_review_that_leads_to_a_rematch_frees_both_and_blames_nobody(world):
    cohort, _, _ = await pairs(world, 2)
    match, other = await world.confirmed(cohort)
    about = {"match_id": match["id"], "programme_id": world.programme_id, "cohort_id": cohort}
    review = {"review_id": uuid.uuid4(), "kind": "fit_check"}
    for outcome in ("continue", "rematch", "rematch"):
        await world.harness.publish(world.tenant, ReviewConcluded(**about, **review, outcome=outcome))
    (ended,) = await world.events(MatchEnded)
    assert (str(ended.match_id), ended.reason) == (match["id"], "rematch")
    assert len(await world.events(RematchRequested)) == 1
    again = await world.run(cohort, kind="rematch")
    assert again["pairs"] == 0, "the same two are not proposed again, and the others stay"
    assert [m["id"] for m in await world.items(f"/matches?cohort_id={cohort}&state=confirmed")] == [other["id"]]


async def test_never_again_holds_in_a_full_run_of_a_policy_without_that_rule(make_world):
    world = await make_world(hard_rules=[], rules_off=["not_matched_before"])
    cohort, _, _ = await pairs(world, 1)
    (match,) = await world.confirmed(cohort)
    end = {"reason": "finished_early", "never_again": False}
    await world.office.post(f"/matches/{match['id']}/end", json=end)
    (match,) = await world.confirmed(cohort)
    await world.office.post(f"/matches/{match['id']}/end", json=end | {"never_again": True})
    assert (await world.run(cohort))["pairs"] == 0


async def test_withdrawal_takes_offers_back_and_ends_a_match_early(world):
    cohort, mentors, _ = await pairs(world, 2)
    first, second = await world.approve((await world.run(cohort))["id"])
    await world.accept(first)
    for match in (first, second):
        mentor = next(m for m in mentors if str(m.id) == match["mentor_id"])
        gone = ApplicationWithdrawn(
            application_id=mentor.application_id, programme_id=world.programme_id, cohort_id=cohort,
            person_id=mentor.id, role="mentor",
        )  # fmt: skip
        await world.harness.publish(world.tenant, gone)
    (ended,) = await world.events(MatchEnded)
    (declined,) = await world.events(MatchDeclined)
    assert (str(ended.match_id), ended.reason) == (first["id"], "withdrawn")
    assert (str(declined.match_id), declined.by, declined.reason) == (second["id"], None, "withdrawn")
    states = {id_: m["state"] for id_, m in (await world.pool(cohort)).items()}
    assert sorted(states.values()) == ["available", "available", "withdrawn", "withdrawn"]
    assert {states[m["mentee_id"]] for m in (first, second)} == {"available"}


async def test_who_left_their_employer_is_matched_no_more_and_their_partner_is_free(world):
    cohort, (mentor, other), _ = await pairs(world, 2)
    first, second = await world.approve((await world.run(cohort))["id"])
    await world.accept(first)
    for person_id in (mentor.id, other.id):
        await world.harness.publish(world.tenant, PersonLeft(person_id=person_id, last_day=date(2022, 3, 31)))
    (ended,) = await world.events(MatchEnded)
    (declined,) = await world.events(MatchDeclined)
    assert (str(ended.match_id), ended.reason) == (first["id"], "private")  # of somebody's work nothing is told
    assert (str(declined.match_id), declined.reason) == (second["id"], "private")
    shown = (await world.office.get(f"/matches/{first['id']}")).json()
    assert (shown["state"], shown["end_reason"]) == ("ended", "left_employer")  # but the team
    states = {id_: member["state"] for id_, member in (await world.pool(cohort)).items()}
    assert {states[str(person_id)] for person_id in (mentor.id, other.id)} == {"withdrawn"}
    assert {states[match["mentee_id"]] for match in (first, second)} == {"available"}


async def test_moving_takes_offers_back(world):
    cohort, (mentor,), _ = await pairs(world, 1)
    other = await world.cohort(5)
    (match,) = await world.approve((await world.run(cohort))["id"])
    moved = ApplicationMoved(
        application_id=mentor.application_id, programme_id=world.programme_id, cohort_id=other, from_cohort_id=cohort,
        person_id=mentor.id, role="mentor",
    )  # fmt: skip
    await world.harness.publish(world.tenant, moved)
    assert (await world.office.get(f"/matches/{match['id']}")).json()["state"] == "declined"
    assert list(await world.pool(other)) == [str(mentor.id)]


async def test_erasure_removes_the_profile_and_leaves_ids(world):
    cohort, (mentor,), (mentee,) = await pairs(world, 1)
    (match,) = await world.confirmed(cohort)
    await world.office.post(f"/matches/{match['id']}/end", json={"reason": "Ada said she is ill"})
    await world.harness.publish(world.tenant, PersonErased(person_id=mentee.id))
    async with world.harness.service.database.transaction(world.tenant) as db:
        profiles = (await db.scalars(Profile.__table__.select().with_only_columns(Profile.person_id))).all()
    assert profiles == [mentor.id]
    assert (await world.office.get(f"/matches/{match['id']}")).json()["end_note"] is None
    assert (await world.pool(cohort))[str(mentee.id)]["state"] == "withdrawn"


async def test_erasure_takes_what_was_written_of_the_person_in_runs(world):
    cohort, (mentor, other), (mentee, stays) = await pairs(world, 2)
    words = {"mentor_id": str(mentor.id), "mentee_id": str(mentee.id), "reason": "Ada asked for her"}
    apart = {"mentor_id": str(other.id), "mentee_id": str(mentee.id), "reason": "Ada knows him"}
    kept = {"mentor_id": str(mentor.id), "mentee_id": str(stays.id), "reason": "same ward"}
    run = await world.run(cohort, pins=[words], bars=[apart, kept])
    assert all(pair["explanation"] for pair in await world.items(f"/runs/{run['id']}/pairs"))
    await world.harness.publish(world.tenant, PersonErased(person_id=mentee.id))
    explained = {p["mentee_id"]: p["explanation"] for p in await world.items(f"/runs/{run['id']}/pairs")}
    assert explained[str(mentee.id)] == ""
    assert explained[str(stays.id)]
    async with world.harness.service.database.transaction(world.tenant) as db:
        noted = (await db.scalars(sa.select(audit_log.c.reason))).all()
        (asked,) = (await db.scalars(sa.select(MatchRun))).all()
    assert "Ada" not in str(noted)
    assert [pair["reason"] for pair in asked.pins + asked.bars] == ["", "", "same ward"]


async def test_a_relationship_that_ran_its_course_is_closed_and_keeps_its_place(world):
    cohort, _, _ = await pairs(world, 1)
    (match,) = await world.confirmed(cohort)
    closed = RelationshipClosed(match_id=match["id"], programme_id=world.programme_id, cohort_id=cohort)
    await world.harness.publish(world.tenant, closed)
    view = (await world.office.get(f"/matches/{match['id']}")).json()
    assert (view["state"], view["end_reason"]) == ("closed", "finished")
    answer = await world.office.post(f"/matches/{match['id']}/end", json={"reason": "illness"})
    assert refused(answer, 409, "match_not_confirmed")
    assert await world.events(MatchEnded) == []


async def test_a_participant_may_end_their_match_and_a_mentor_of_two_keeps_the_other(world):
    cohort = await world.cohort(2)
    mentor = world.person("mentor", capacity=2)
    await world.admit(cohort, mentor, world.person("mentee"), world.person("mentee"))
    first, _ = await world.confirmed(cohort)
    assert (await world.pool(cohort))[str(mentor.id)]["state"] == "matched"
    mentee = world.as_person(first["mentee_id"])
    assert (await mentee.post(f"/matches/{first['id']}/end", json={"reason": "illness"})).json()["state"] == "ended"
    member = (await world.pool(cohort))[str(mentor.id)]
    assert (member["state"], member["taken"], member["load"]) == ("available", 1, 1)


async def test_a_mentee_has_one_mentor_in_a_programme_and_a_mentor_no_more_than_they_take(world):
    one, two = await world.cohort(1), await world.cohort(1)
    mentee = world.person("mentee")
    twin = world.person("mentee")
    twin.id = mentee.id
    await world.admit(one, world.person("mentor"), mentee)
    await world.admit(two, world.person("mentor"), twin)
    offers = [(await world.approve((await world.run(cohort))["id"]))[0] for cohort in (one, two)]
    assert (await world.accept(offers[0])).json()["state"] == "confirmed"
    answer = await world.accept(offers[1])
    assert refused(answer, 409, "mentee_matched")
    async with world.harness.service.database.transaction(world.tenant) as db:
        mine = sa.update(PoolMember).where(PoolMember.id == uuid.UUID(str(twin.application_id)))
        await db.execute(mine.values(taken=1))
    assert (await world.accept(offers[1], "mentee")).json()["code"] == "mentee_matched"
    async with world.harness.service.database.transaction(world.tenant) as db:
        mine = sa.update(PoolMember).where(PoolMember.cohort_id == two, PoolMember.role == "mentor")
        await db.execute(mine.values(taken=1))
    assert (await world.accept(offers[1], "mentee")).json()["code"] == "mentor_full"


async def test_a_profile_that_cannot_be_read_holds_nobody_up(world):
    cohort = await world.cohort(1)
    odd, fine = world.person("mentee", criteria="not a list"), world.person("mentee")
    await world.harness.publish(world.tenant, world.accepted(cohort, odd), world.accepted(cohort, fine))
    await eventually(lambda: world.available(cohort, [fine]))
    assert (await world.pool(cohort))[str(odd.id)]["state"] == "pending_profile"


def test_a_reason_that_people_may_choose_is_kept_as_its_code():
    assert {code: reasons.coded(code) for code in REASONS} == {code: (code, None) for code in REASONS}
    assert reasons.coded("We moved to Leeds") == ("other", "We moved to Leeds")


async def test_matches_come_by_their_ids_and_are_counted_by_state(world):
    cohort, mentors, _ = await pairs(world, 3)
    run = await world.run(cohort)
    made = await world.approve(run["id"])
    await world.accept(made[0], "mentor")
    await world.accept(made[0], "mentee")
    path = f"/programmes/{made[0]['programme_id']}/matches/counts"
    states = [{"state": "confirmed", "count": 1}, {"state": "proposed", "count": 2}]
    for of in ({}, {"cohort_id": made[0]["cohort_id"]}):
        assert (await world.office.get(path, params=of)).json() == {"items": states}
    elsewhere = await world.office.get(path, params={"cohort_id": str(uuid.uuid4())})
    assert elsewhere.json() == {"items": []}
    assert (await world.as_person(mentors[0].id).get(path)).status_code == 404
    ids = {"ids": ",".join(one["id"] for one in made[:2])}
    found = (await world.office.get("/matches", params=ids)).json()["items"]
    assert {one["id"] for one in found} == {one["id"] for one in made[:2]}
    mine = (await world.as_person(made[0]["mentor_id"]).get("/matches", params=ids)).json()["items"]
    assert [one["id"] for one in mine] == [made[0]["id"]]
