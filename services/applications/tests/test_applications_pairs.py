"""An employer reads what became of the pairs of its people, also after they ended, and nothing of the other one."""

from uuid import uuid4

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.matching import MatchConfirmed, MatchEnded
from mentoring_contracts.sessions import MentoringSessionRecorded, MentoringSessionWithdrawn, RelationshipClosed

SCOPES = ("applications:read", "applications:write")


@pytest.fixture
async def leeds(office):
    return (await office.post("/employers", json={"name": "Leeds Trust"})).json()["id"]


@pytest.fixture
def hr(applications, tenant, leeds):
    return applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="hr-client", employer=leeds)


async def test_state_end_and_minutes_of_own_people_s_pairs(applications, nihr, office, hr, leeds):
    own, other, stranger = await nihr.person(employer_id=leeds), await nihr.person(), await nihr.person()

    def match(cohort):
        return {"match_id": uuid4(), "programme_id": nihr.programme_id, "cohort_id": nihr.cohorts[cohort]}

    async def listed(client=hr, **params):
        items = (await client.get("/pairs", params=params)).json()["items"]
        return {one["id"]: one for one in items}

    def met(where, total, event=MentoringSessionRecorded):
        return event(**where, mentoring_session_id=uuid4(), minutes=60, total_minutes=total)

    first, second, third = match(0), match(1), match(0)
    await applications.publish(nihr.tenant, met(first, 60))  # heard of before the match
    await applications.publish(nihr.tenant, MatchConfirmed(**first, mentor_id=other, mentee_id=own))
    await applications.publish(nihr.tenant, met(first, 120), met(first, 90, MentoringSessionWithdrawn))
    await applications.publish(nihr.tenant, MatchConfirmed(**third, mentor_id=other, mentee_id=stranger))
    (one,) = (await listed()).values()
    assert (one["state"], one["minutes"], one["ended_at"], bool(one["confirmed_at"])) == ("matched", 90, None, True)
    assert one["people"] == [{"person_id": own, "role": "mentee"}]
    assert other not in str(one)
    await applications.publish(nihr.tenant, RelationshipClosed(**first))
    await applications.publish(nihr.tenant, MatchConfirmed(**second, mentor_id=own, mentee_id=stranger))
    await applications.publish(nihr.tenant, MatchEnded(**second, mentor_id=own, mentee_id=stranger, reason="no_time"))
    found = await listed()
    assert {id_: (one["state"], bool(one["ended_at"])) for id_, one in found.items()} == {
        str(first["match_id"]): ("completed", True), str(second["match_id"]): ("ended", True),
    }  # fmt: skip
    late = found[str(second["match_id"])]["updated_at"]
    assert list(await listed(updated_since=late)) == [str(second["match_id"])]
    assert list(await listed(programme_id=uuid4())) == []
    assert len(await listed(office)) == 3
    assert refused(await nihr.as_person(own).get("/pairs"), 403, "not_your_people")
    await office.delete(f"/people/{own}")
    assert await listed() == {}
