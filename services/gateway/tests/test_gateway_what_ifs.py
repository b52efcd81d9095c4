"""What-ifs, moves and first conversations by GraphQL: one request each to the matching service."""

from uuid import uuid4

SIDE = {
    "mentors": 3, "mentees": 3, "places": 3, "matched": 3, "priority": 0, "priority_matched": 0, "total_score": 2.1,
    "worst_score": 0.5, "fifth_percentile": 0.5, "blocking_pairs": 0, "certified": True,
}  # fmt: skip


async def test_a_what_if_with_a_pin(front, world, make):
    cohort, mentor, mentee = (str(uuid4()) for _ in range(3))
    pair = {"mentor_id": mentor, "mentee_id": mentee}
    priced = pair | {"reason": "x", "rules": ["employers"], "below_floor": False, "price": {"matches": 1, "score": 0.2}}
    change = {"mentee_id": mentee, "mentor_id": None, "other_mentor_id": mentor, "score": None, "other_score": 0.7}
    world.get(f"/applications/people/{mentor}", make.person(mentor, "Ada"))
    seen = {"before": SIDE, "after": SIDE | {"matched": 2}, "same_pairs": 1, "changes": [change], "pins": [priced]}
    world.post(f"/matching/cohorts/{cohort}/what-if", seen)
    query = """mutation($c: UUID!, $pins: [PairChoice!]) {
        askWhatIf(cohortId: $c, policyChanges: {floor: 0.2}, pins: $pins, places: 4) {
            before { matched } after { matched fifthPercentile }
            changes { menteeId mentorId otherMentorId otherScore mentor { name } otherMentor { name } }
            pins { rules price { matches score } } } }"""
    pins = [{"mentorId": mentor, "menteeId": mentee, "reason": "x"}]
    found = (await front.data(query, {"c": cohort, "pins": pins}))["askWhatIf"]
    assert (found["before"], found["after"]) == ({"matched": 3}, {"matched": 2, "fifthPercentile": 0.5})
    people = {"mentor": None, "otherMentor": {"name": "Ada"}, "otherScore": 0.7}
    assert found["changes"] == [{"menteeId": mentee, "mentorId": None, "otherMentorId": mentor} | people]
    assert found["pins"] == [{"rules": ["employers"], "price": {"matches": 1, "score": 0.2}}]
    assert world.calls[0].body == {"policy_changes": {"floor": 0.2}, "pins": [pair | {"reason": "x"}], "places": 4}


async def test_moves_are_asked_for_and_approved(front, world):
    cohort, run = uuid4(), uuid4()
    await front.refusal(
        "mutation($c: UUID!) { startMatchRun(cohortId: $c, kind: REMATCH, mayMove: true) { id } }", {"c": str(cohort)}
    )
    assert world.calls[0].body == {"kind": "rematch", "may_move": True}
    world.post(f"/matching/runs/{run}/approve", {"matches": []})
    await front.data("mutation($r: UUID!) { approveRun(runId: $r, moves: true) { id } }", {"r": str(run)})
    assert world.calls[1].body == {"moves": True}


async def test_conversations_are_proposed_and_rated(front, world):
    cohort, talk = str(uuid4()), str(uuid4())
    world.post(f"/matching/cohorts/{cohort}/conversations", {"proposed": 6, "mentees_without": 1})
    query = "mutation($c: UUID!) { proposeConversations(cohortId: $c) { proposed menteesWithout } }"
    found = await front.data(query, {"c": cohort})
    assert found["proposeConversations"] == {"proposed": 6, "menteesWithout": 1}
    view = {
        "id": talk, "cohort_id": cohort, "mentor_id": str(uuid4()), "mentee_id": str(uuid4()),
        "due_at": "2022-05-01T10:00:00Z", "version": 1, "my_rating": 4, "my_comment": "n",
    }  # fmt: skip
    world.post(f"/matching/conversations/{talk}/rating", view)
    query = """mutation($t: UUID!) {
        rateConversation(conversationId: $t, rating: 4, comment: "n") { myRating menteeRating } }"""
    found = await front.data(query, {"t": talk})
    assert found["rateConversation"] == {"myRating": 4, "menteeRating": None}
    assert world.calls[1].body == {"rating": 4, "comment": "n"}
