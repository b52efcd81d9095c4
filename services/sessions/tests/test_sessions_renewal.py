"""An agreement stands for so many months: both are told before, once and never in a break, and renew it."""

from datetime import datetime, timedelta

from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import ProgrammeAmended
from mentoring_contracts.sessions import AgreementRanOut, AgreementRenewalDue


async def agreed(begun, **terms):
    """A pair whose agreement stands for three months, and where it is."""
    blueprint = begun.programme_created(agreement={"lasts_months": 3, "remind_days": 10} | terms).blueprint
    amended = {"programme_id": begun.programme_id, "blueprint_version": 2, "changed": ["agreement"]}
    await begun.harness.publish(begun.tenant, ProgrammeAmended(blueprint=blueprint, **amended))
    path = f"{begun.path}/agreement"
    assert (await begun.mentor.post(path, json={"terms": "We meet monthly"})).status_code == 201
    for client in (begun.mentor, begun.mentee):
        assert (await client.post(f"{path}/sign")).status_code == 200
    return path


async def told(begun):
    notices = await begun.harness.emitted(begun.tenant, AgreementRenewalDue)
    return [(one.person_id, one.number) for one in notices]


async def told_in_time(begun, times):
    async def probe():
        found = await told(begun)
        return found if len(found) >= times else None

    return await eventually(probe, what=f"{times} reminders")


async def test_both_are_told_once_before_it_runs_out_and_renew_it(begun):
    path = await agreed(begun)
    stands = (await begun.mentor.get(path)).json()
    ends = datetime.fromisoformat(stands["runs_out_at"])
    assert timedelta(days=88) < ends - begun.now() < timedelta(days=93)
    begun.harness.clock.move_to(ends - timedelta(days=9))
    assert sorted(await told_in_time(begun, 2)) == sorted((p, 1) for p in (begun.mentor_id, begun.mentee_id))
    renewing = {"If-Match": f'"{stands["revision"]}"'}
    assert refused(await begun.team.post(f"{path}/renew", headers=renewing), 403, "not_of_the_pair")
    stale = {"If-Match": '"1"'}
    assert refused(await begun.mentee.post(f"{path}/renew", headers=stale), 412, "precondition_failed")
    renewed = await begun.mentee.post(f"{path}/renew", headers=renewing)
    assert renewed.status_code == 201, renewed.text
    found = renewed.json()
    assert (found["version"], found["standing_version"], bool(found["mentee_signed_at"])) == (2, 1, True)
    assert (await begun.mentor.get(path)).json()["terms"] == "We meet monthly"
    assert (await begun.mentor.post(f"{path}/sign")).json()["standing_version"] == 2
    later = datetime.fromisoformat((await begun.mentor.get(path)).json()["runs_out_at"])
    assert later > ends + timedelta(days=60)
    begun.harness.clock.move_to(ends + timedelta(days=1))
    begun.harness.clock.move_to(later - timedelta(days=5))
    assert {number for _, number in await told_in_time(begun, 4)} == {1, 2}
    assert len(await told(begun)) == 4


async def test_what_nobody_renews_runs_out_and_is_needed_again(begun):
    path = await agreed(begun, before_first_meeting=True)
    ends = datetime.fromisoformat((await begun.mentor.get(path)).json()["runs_out_at"])
    begun.harness.clock.move_to(ends + timedelta(hours=1))

    async def over():
        return await begun.harness.emitted(begun.tenant, AgreementRanOut) or None

    (event,) = await eventually(over, what="the end of the agreement")
    assert event.match_id == begun.match_id
    found = (await begun.mentor.get(path)).json()
    assert (found["standing_version"], found["runs_out_at"]) == (None, None)
    assert refused(await begun.meet(), 409, "agreement_needed")
    again = {"If-Match": f'"{found["revision"]}"'}
    assert (await begun.mentor.post(f"{path}/renew", headers=again)).status_code == 201
    assert (await begun.mentee.post(f"{path}/sign")).json()["standing_version"] == 2
    assert (await begun.meet()).status_code == 201


async def test_in_a_break_nobody_is_told_and_it_stands_for_as_many_days_longer(begun):
    path = await agreed(begun)
    ends = datetime.fromisoformat((await begun.mentor.get(path)).json()["runs_out_at"])
    begun.harness.clock.move_to(ends - timedelta(days=30))
    assert (await begun.mentor.post(f"{begun.path}/pause", json={})).status_code == 200
    begun.harness.clock.move_to(ends + timedelta(days=10))
    assert (await begun.mentor.post(f"{begun.path}/resume")).status_code == 200
    assert await told(begun) == []
    found = (await begun.mentor.get(path)).json()
    assert found["standing_version"] == 1
    moved = datetime.fromisoformat(found["runs_out_at"])
    assert timedelta(days=39) <= moved - ends <= timedelta(days=41)
    begun.harness.clock.move_to(moved - timedelta(days=9))
    assert len(await told_in_time(begun, 2)) == 2


async def test_what_was_never_agreed_is_not_renewed(begun):
    path = f"{begun.path}/agreement"
    assert refused(await begun.mentor.post(f"{path}/renew", headers={"If-Match": "*"}), 404, "agreement_not_found")
