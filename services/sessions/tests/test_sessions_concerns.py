"""Whoever needs help is heard at once: by somebody on duty, until somebody takes it, and by nobody else."""

from datetime import timedelta

import pytest

from mentoring_common.ids import new_id
from mentoring_common.testing import eventually, refused
from mentoring_common.testing.statements import statements
from mentoring_contracts.applications import PersonErased, RoleGranted, RoleRevoked
from mentoring_contracts.sessions import ConcernAlerted, ConcernRaised, ConcernResolved

SECRET = "He shouts at me"


async def raised(play, client=None, **more):
    answer = await (client or play.mentee).post(f"{play.path}/concerns", json={"text": SECRET} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def alerts(play, why=None):
    told = await play.harness.emitted(play.tenant, ConcernAlerted)
    return [(one.person_id, one.number) for one in told if why in (None, one.why)]


async def grant(play, role, rights=None):
    person = new_id()
    await play.harness.publish(
        play.tenant,
        RoleGranted(role_id=new_id(), programme_id=play.programme_id, person_id=person, role=role, rights=rights),
    )
    return person


async def change(play, client, concern, **what):
    path = f"/concerns/{concern['id']}"
    tag = (await client.get(path)).headers["etag"]
    return await client.patch(path, json=what, headers={"If-Match": tag})


async def test_who_needs_help_is_heard_by_whoever_is_on_duty(begun):
    one, other = await grant(begun, "coordinator"), await grant(begun, "coordinator")
    said = {"going_well": 2, "needs_help": True, "comment": SECRET}
    assert (await begun.mentee.post(f"{begun.path}/check-ins", json=said)).status_code == 201
    assert sorted(await alerts(begun)) == sorted([(one, 0), (other, 0)]), "the role on duty, and nobody else"
    (event,) = await begun.harness.emitted(begun.tenant, ConcernRaised)
    assert (event.severity, event.due_at - begun.now() < timedelta(hours=25)) == ("serious", True)
    [concern] = (await begun.client(one).get(f"/programmes/{begun.programme_id}/concerns")).json()["items"]
    assert (concern["source"], concern["text"], concern["owner_id"]) == ("check_in", SECRET, None)
    assert SECRET not in str(event)


async def test_without_anybody_in_the_role_those_who_take_concerns_are_told(begun):
    await raised(begun)
    assert await alerts(begun) == [(begun.manager_id, 0)]


async def test_who_is_of_the_pair_is_not_told_of_it(begun):
    await begun.harness.publish(begun.tenant, begun.granted(begun.mentor_id, "coordinator"))
    await raised(begun)
    assert await alerts(begun) == [(begun.manager_id, 0)]
    assert (await begun.mentor.get(f"/programmes/{begun.programme_id}/concerns")).json()["items"] == []


async def test_what_nobody_takes_is_escalated_once_each_time_and_what_is_taken_is_not(begun):
    duty = await grant(begun, "coordinator")
    left, taken = await raised(begun, severity="urgent"), await raised(begun, severity="urgent")
    answer = await change(begun, begun.client(duty), taken, state="acknowledged")
    assert (answer.json()["owner_id"], answer.json()["state"]) == (str(duty), "acknowledged")
    begun.later(hours=5)

    async def waits(number):
        async def probe():
            found = {one for one in await alerts(begun, "waits") if one[1] == number}
            return found == {(duty, number), (begun.manager_id, number)}

        return await eventually(probe, what=f"escalation {number}")

    await waits(1)
    overdue = f"/programmes/{begun.programme_id}/concerns?overdue=true"
    assert [one["id"] for one in (await begun.team.get(overdue)).json()["items"]] == [left["id"]]
    begun.later(hours=5)
    await waits(2)
    assert len(await alerts(begun, "waits")) == 4
    await change(begun, begun.team, left, state="resolved")
    assert len(await begun.harness.emitted(begun.tenant, ConcernResolved)) == 1
    begun.later(hours=50)
    assert (await begun.team.get(overdue)).json()["items"] == []
    assert len(await alerts(begun, "waits")) == 4


async def test_a_concern_is_given_to_somebody_on_duty_only(begun):
    duty = await grant(begun, "coordinator")
    concern = await raised(begun)
    answer = await change(begun, begun.team, concern, owner_id=str(new_id()))
    assert refused(answer, 422, "owner_not_on_duty")
    assert refused(await change(begun, begun.team, concern, owner_id=str(begun.mentor_id)), 422, "owner_not_on_duty")
    given = (await change(begun, begun.team, concern, owner_id=str(duty))).json()
    assert (given["owner_id"], given["state"]) == (str(duty), "acknowledged")
    assert [person for person, _ in await alerts(begun, "assigned")] == [duty]
    listed = await begun.team.get(f"/programmes/{begun.programme_id}/concerns?owner_id={duty}&severity=normal")
    assert [one["id"] for one in listed.json()["items"]] == [concern["id"]]
    mine = (await begun.mentee.get(f"{begun.path}/concerns")).json()["items"]
    assert [one["owner_id"] for one in mine] == [str(duty)], "who raised it sees that somebody has it"


async def test_safeguarding_has_readers_of_its_own(begun):
    lead = await grant(begun, "safeguarding_lead", ["take_safeguarding"])
    concern = await raised(begun, safeguarding=True, severity="urgent")
    plain = await raised(begun)
    assert await alerts(begun) == [(lead, 0), (begun.manager_id, 0)]
    path = f"/programmes/{begun.programme_id}/concerns"
    for reader, seen in ((begun.client(lead), concern), (begun.team, plain)):
        assert [one["id"] for one in (await reader.get(path)).json()["items"]] == [seen["id"]]
        assert [one["id"] for one in (await reader.get(f"{begun.path}/concerns")).json()["items"]] == [seen["id"]]
    pair = {(str(begun.mentor_id), "mentor"), (str(begun.mentee_id), "mentee")}
    about = (await begun.client(lead).get(f"/concerns/{concern['id']}")).json()["members"]
    assert {(one["person_id"], one["role"]) for one in about} == pair, "whom it is about"
    assert (await begun.mentee.get(f"/concerns/{concern['id']}")).json()["members"] is None
    assert refused(await begun.team.get(f"/concerns/{concern['id']}"), 404, "concern_not_found")
    assert refused(await begun.client(lead).get(f"/concerns/{plain['id']}"), 404, "concern_not_found")
    assert refused(
        await begun.team.patch(f"/concerns/{concern['id']}", json={"state": "resolved"}, headers={"If-Match": "*"}),
        404, "concern_not_found",
    )  # fmt: skip
    moved = await change(begun, begun.team, plain, safeguarding=True)
    assert moved.json()["safeguarding"] is True
    assert (await begun.team.get(path)).json()["items"] == []
    begun.later(hours=5)

    async def told():
        return begun.manager_id in {person for person, _ in await alerts(begun, "waits")}

    assert await eventually(told), "a manager learns that one waits, and still does not read it"
    assert refused(await begun.team.get(f"/concerns/{concern['id']}"), 404, "concern_not_found")


async def test_without_a_lead_whoever_manages_the_programme_reads_safeguarding(begun):
    coordinator = await grant(begun, "coordinator")
    concern = await raised(begun, safeguarding=True)
    assert await alerts(begun) == [(begun.manager_id, 0)]
    assert (await begun.team.get(f"/concerns/{concern['id']}")).json()["text"] == SECRET
    assert (await begun.client(coordinator).get(f"/concerns/{concern['id']}")).status_code == 404


async def test_case_notes_are_for_those_who_read_it_and_never_for_the_pair(begun):
    duty = await grant(begun, "coordinator")
    concern = await raised(begun)
    path = f"/concerns/{concern['id']}/notes"
    assert (await begun.client(duty).post(path, json={"text": "Rang her"})).status_code == 201
    assert [one["text"] for one in (await begun.team.get(path)).json()["items"]] == ["Rang her"]
    assert refused(await begun.mentee.get(path), 403, "role_needed")
    assert refused(await begun.mentor.get(path), 403, "role_needed")
    assert refused(await begun.admin.get(path), 403, "not_for_you")
    assert refused(await begun.stranger.get(path), 404, "concern_not_found")
    assert refused(await begun.mentee.post(path, json={"text": "x"}), 403, "role_needed")


async def test_the_blueprint_says_who_is_on_duty_and_how_soon(play):
    concerns = {"duty": "helper", "escalation": "coordinator", "hours": {"normal": 2}}
    roles = [{"id": "helper", "title": "Helper", "rights": ["take_concerns"]}]
    await play.set_up(concerns=concerns, roles=roles, activities={})
    await play.harness.publish(play.tenant, play.confirmed())
    helper, coordinator = await grant(play, "helper", ["take_concerns"]), await grant(play, "coordinator")
    await raised(play)
    assert await alerts(play) == [(helper, 0)]
    play.later(hours=3)

    async def escalated():
        return {person for person, _ in await alerts(play, "waits")} == {helper, coordinator, play.manager_id}

    assert await eventually(escalated)


async def test_erasure_takes_a_concern_with_its_notes_and_gives_back_what_somebody_had(begun):
    duty = await grant(begun, "coordinator")
    hers, his = await raised(begun), await raised(begun, begun.mentor)
    await begun.client(duty).post(f"/concerns/{hers['id']}/notes", json={"text": "Rang her"})
    for concern in (hers, his):
        await change(begun, begun.client(duty), concern, state="acknowledged")
    await begun.harness.publish(begun.tenant, PersonErased(person_id=duty))
    assert (await begun.team.get(f"/concerns/{hers['id']}/notes")).json()["items"] == []
    again = (await begun.team.get(f"/concerns/{his['id']}")).json()
    assert (again["state"], again["owner_id"]) == ("raised", None)

    async def waits():
        return begun.manager_id in {person for person, _ in await alerts(begun, "waits")}

    assert await eventually(waits), "it is nobody's, and that is told"
    await begun.harness.publish(begun.tenant, PersonErased(person_id=begun.mentee_id))
    assert refused(await begun.team.get(f"/concerns/{hers['id']}"), 404, "concern_not_found")


@pytest.mark.parametrize("wrong", [{"severity": "mild"}, {"text": ""}, {"safeguarding": "perhaps"}, {"owner": "me"}])
async def test_a_concern_that_cannot_be_is_refused(begun, wrong):
    answer = await begun.mentee.post(f"{begun.path}/concerns", json={"text": SECRET} | wrong)
    assert refused(answer, 422, "invalid_request")


async def test_a_page_of_concerns_costs_the_same_however_many_it_has(begun):
    path, counts = f"/programmes/{begun.programme_id}/concerns", []
    for _ in range(2):
        for _ in range(6):
            await raised(begun)
        with statements(begun.harness.service.database.engine, own=True) as each:
            assert (await begun.team.get(path)).status_code == 200
        counts.append(len(each))
    assert counts[0] == counts[1], counts


async def test_two_sides_differ_and_nobody_learns_what_the_other_said(begun):
    path = f"{begun.path}/check-ins"
    compared = f"{path}/compared"
    assert (await begun.mentor.get(compared)).json()["answers"] == "waiting"
    await begun.mentor.post(path, json={"going_well": 5})
    await begun.mentee.post(path, json={"going_well": 2, "needs_help": True, "comment": SECRET})
    for reader in (begun.mentor, begun.mentee, begun.team, begun.admin):
        answer = await reader.get(compared)
        assert answer.json()["answers"] == "differ"
        assert SECRET not in answer.text
    listed = f"/programmes/{begun.programme_id}/check-ins/compared"
    [pair] = (await begun.team.get(listed, params={"differs": True})).json()["items"]
    assert set(pair) == {"id", "match_id", "differs", "compared_at"}
    await begun.mentee.post(path, json={"going_well": 4, "needs_help": True})
    assert (await begun.mentor.get(compared)).json()["answers"] == "agree", "help that is asked for shows in nothing"
    assert (await begun.team.get(listed, params={"differs": True})).json()["items"] == []
    assert refused(await begun.mentor.get(listed), 403, "role_needed")
    assert refused(await begun.stranger.get(compared), 404, "relationship_not_found")


async def test_what_is_weighed_into_safeguarding_is_told_to_who_reads_it_then(begun):
    duty, lead = await grant(begun, "coordinator"), await grant(begun, "lead", ["take_safeguarding"])
    concern = await raised(begun)
    begun.later(hours=3)
    moved = await change(begun, begun.client(duty), concern, safeguarding=True, severity="urgent")
    assert (moved.status_code, moved.json()["state"], moved.json()["owner_id"]) == (200, "raised", None)
    assert [person for person, _ in await alerts(begun, "raised")] == [duty, lead]
    listed = await begun.client(lead).get(f"/programmes/{begun.programme_id}/concerns")
    assert [one["id"] for one in listed.json()["items"]] == [concern["id"]]


async def test_who_had_a_concern_and_reads_it_no_more_has_it_no_more(begun):
    duty, lead = await grant(begun, "coordinator"), await grant(begun, "lead", ["take_safeguarding"])
    concern = await raised(begun)
    await change(begun, begun.client(duty), concern, state="acknowledged")
    moved = (await change(begun, begun.client(duty), concern, safeguarding=True)).json()
    assert (moved["state"], moved["owner_id"], moved["taken_at"]) == ("raised", None, None)
    assert (await alerts(begun, "raised"))[-1][0] == lead
    begun.later(hours=73)

    async def waits():
        return lead in {person for person, _ in await alerts(begun, "waits")}

    assert await eventually(waits), "its time runs anew"
    back = await change(begun, begun.client(lead), concern, safeguarding=False)
    assert back.status_code == 200
    assert (await alerts(begun, "raised"))[-1][0] == duty


async def test_what_becomes_more_urgent_is_told_once_and_what_becomes_less_so_is_not(begun):
    duty, other = await grant(begun, "coordinator"), await grant(begun, "coordinator")
    concern = await raised(begun)
    await change(begun, begun.client(duty), concern, severity="urgent")
    assert [person for person, _ in (await alerts(begun, "raised"))[2:]] == [other], "who weighed it knows"
    await change(begun, begun.client(duty), concern, severity="serious")
    assert len(await alerts(begun, "raised")) == 3
    await change(begun, begun.client(duty), concern, state="acknowledged")
    await change(begun, begun.client(other), concern, severity="urgent")
    assert [person for person, _ in await alerts(begun, "assigned")] == [duty], "whose it is"
    await change(begun, begun.client(duty), concern, state="resolved")
    await change(begun, begun.client(other), concern, severity="normal")
    await change(begun, begun.client(other), concern, severity="urgent")
    assert len(await alerts(begun)) == 4, "what is settled is told to nobody"


async def test_a_concern_is_given_back(begun):
    duty = await grant(begun, "coordinator")
    concern = await raised(begun)
    await change(begun, begun.team, concern, state="acknowledged")
    back = (await change(begun, begun.team, concern, state="raised")).json()
    assert (back["state"], back["owner_id"]) == ("raised", None)
    assert [person for person, _ in await alerts(begun, "raised")] == [duty, duty]
    assert (await change(begun, begun.team, concern, state="raised")).status_code == 200
    assert len(await alerts(begun, "raised")) == 2, "nobody had it"
    wrong = await change(begun, begun.team, concern, state="raised", owner_id=str(duty))
    assert refused(wrong, 422, "invalid_request")


async def test_whoever_loses_the_role_has_the_concern_no_more(begun):
    duty, role = new_id(), new_id()
    ids = {"role_id": role, "programme_id": begun.programme_id, "person_id": duty, "role": "coordinator"}
    await begun.harness.publish(begun.tenant, RoleGranted(**ids))
    concern, guarded = await raised(begun), await raised(begun, safeguarding=True)
    await change(begun, begun.client(duty), concern, state="acknowledged")
    await change(begun, begun.team, guarded, state="acknowledged")
    await begun.harness.publish(begun.tenant, RoleRevoked(**ids))
    left = (await begun.team.get(f"/concerns/{concern['id']}")).json()
    assert (left["state"], left["owner_id"]) == ("raised", None)
    assert (await alerts(begun, "raised"))[-1][0] == begun.manager_id
    lead = await grant(begun, "lead", ["take_safeguarding"])
    assert (await alerts(begun, "raised"))[-1][0] == lead, "the manager reads it no more"
    found = (await begun.client(lead).get(f"/concerns/{guarded['id']}")).json()
    assert (found["state"], found["owner_id"]) == ("raised", None)
