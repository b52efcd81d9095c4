"""A network above organisations: members join by their own word and take versions of what its office publishes."""

import uuid

import pytest

from mentoring_applications.networks.models import NetworkBlueprint
from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import (
    NetworkBlueprintReceived,
    NetworkDeclined,
    NetworkInvited,
    NetworkJoined,
    NetworkLeft,
    NetworkMemberInvited,
    NetworkMemberJoined,
    ProgrammeAmended,
)

SCOPES = ("applications:read", "applications:write")
PLAN = {
    "id": "volunteers",
    "title": "Volunteer mentoring",
    "direction": "traditional",
    "duration_months": 12,
    "form": {
        "version": "1",
        "fields": [{"id": "about", "kind": "text", "roles": ["mentor", "mentee"], "label": "About"}],
    },
}


class Organisation:
    """An organisation, and who administers it."""

    def __init__(self, harness, made):
        self.id, self.name = made["id"], made["name"]
        self.tenant = uuid.UUID(self.id)
        self.admin = harness.caller(*SCOPES, "organisation:admin", tenant=self.tenant)
        self.reader = harness.caller(*SCOPES, tenant=self.tenant)


@pytest.fixture
def operator(applications):
    return applications.caller("platform:admin", tenant=None)


@pytest.fixture
def organisation(applications, operator):
    async def make(name):
        slug = f"{name.lower()}-{uuid.uuid4().hex[:8]}"
        made = await operator.post("/organisations", json={"name": name, "slug": slug})
        assert made.status_code == 201, made.text
        return Organisation(applications, made.json())

    return make


@pytest.fixture
async def office(organisation):
    return await organisation("Office")


@pytest.fixture
async def member(organisation):
    return await organisation("Ghana")


@pytest.fixture
async def network(operator, office):
    made = await operator.post("/networks", json={"name": "Youth Business", "office_id": office.id})
    assert made.status_code == 201, made.text
    assert made.json()["office_id"] == office.id
    return made.json()["id"]


async def invited(office, network, organisation):
    answer = await office.admin.post(f"/networks/{network}/members", json={"organisation_id": organisation.id})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def joined(office, network, organisation):
    membership = await invited(office, network, organisation)
    answer = await organisation.admin.post(f"/network-memberships/{membership}/accept")
    assert answer.status_code == 200, answer.text
    return membership


async def published(office, network, note=None, **changes):
    body = {"blueprint": PLAN | changes, "note": note}
    answer = await office.admin.post(f"/networks/{network}/blueprints", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def versions(organisation, **which):
    answer = await organisation.admin.get("/network-blueprints", params=which)
    assert answer.status_code == 200, answer.text
    return {(one["name"], one["number"]): one for one in answer.json()["items"]}


async def given(organisation, number, name="volunteers"):
    async def look():
        return (await versions(organisation)).get((name, number))

    return await eventually(look, what=f"version {number} with the member")


async def members(organisation):
    return (await organisation.admin.get("/network-memberships")).json()["items"]


async def acts(organisation):
    entries = (await organisation.admin.get("/audit-log")).json()["items"]
    return [(one["act"], one["actor"]) for one in entries if one["act"].startswith("network_")]


async def test_an_organisation_is_a_member_once_its_own_admin_accepts(applications, office, member, network):
    membership = await invited(office, network, member)
    (asked,) = await members(member)
    assert (asked["id"], asked["state"], asked["network_name"]) == (membership, "invited", "Youth Business")
    (seen,) = await members(office)
    assert (seen["state"], seen["organisation_name"]) == ("invited", None)  # it says its name when it joins
    by_office = await office.admin.post(f"/network-memberships/{membership}/accept")
    assert refused(by_office, 404, "membership_not_found")
    assert refused(await member.reader.post(f"/network-memberships/{membership}/accept"), 403, "insufficient_scope")
    answer = await member.admin.post(f"/network-memberships/{membership}/accept")
    assert (answer.status_code, answer.json()["state"]) == (200, "joined"), answer.text
    (seen,) = await members(office)
    assert (seen["state"], seen["organisation_name"], seen["organisation_id"]) == ("joined", "Ghana", member.id)
    told = await applications.emitted(office.tenant, NetworkMemberInvited, NetworkMemberJoined)
    assert [type(one) for one in told] == [NetworkMemberInvited, NetworkMemberJoined]
    assert {one.model_dump_json() for one in told} == {told[0].model_dump_json()}
    assert told[0].model_dump(mode="json") == {
        "member_id": membership, "network_id": network, "organisation_id": member.id,
    }  # fmt: skip
    told = await applications.emitted(member.tenant, NetworkInvited, NetworkJoined)
    assert [type(one) for one in told] == [NetworkInvited, NetworkJoined]
    assert told[1].model_dump(mode="json") == {
        "membership_id": membership, "network_id": network, "office_id": office.id,
    }  # fmt: skip
    subject = [actor for act, actor in await acts(member) if act == "network_accept"]
    assert len(subject) == 1
    assert (await acts(office))[-1] == ("network_accept", f"organisation:{member.id}")  # and nobody in it
    assert (await acts(member))[0] == ("network_invite", f"organisation:{office.id}")


async def test_who_declined_or_left_may_be_asked_again(applications, office, member, network):
    membership = await invited(office, network, member)
    twice = await office.admin.post(f"/networks/{network}/members", json={"organisation_id": member.id})
    assert refused(twice, 409, "already_member")
    assert (await member.admin.post(f"/network-memberships/{membership}/decline")).json()["state"] == "declined"
    late = await member.admin.post(f"/network-memberships/{membership}/accept")
    assert refused(late, 409, "membership_not_allowed")
    assert (late.json()["act"], late.json()["state"]) == ("accept", "declined")
    assert await joined(office, network, member) == membership
    assert (await member.admin.post(f"/network-memberships/{membership}/leave")).json()["state"] == "left"
    assert [one["state"] for one in (*await members(office), *await members(member))] == ["left", "left"]
    assert await joined(office, network, member) == membership
    assert (await office.admin.post(f"/network-memberships/{membership}/leave")).json()["state"] == "left"
    left = await applications.emitted(member.tenant, NetworkLeft, NetworkDeclined)
    assert [getattr(one, "by_office", None) for one in left] == [None, False, True]


async def test_who_is_asked_has_to_be_there_and_be_somebody_else(operator, office, member, network, organisation):
    nobody = await office.admin.post(f"/networks/{network}/members", json={"organisation_id": str(uuid.uuid4())})
    assert refused(nobody, 422, "unknown_organisation")
    itself = await office.admin.post(f"/networks/{network}/members", json={"organisation_id": office.id})
    assert refused(itself, 422, "member_is_office")
    other = await member.admin.post(f"/networks/{network}/members", json={"organisation_id": office.id})
    assert refused(other, 404, "network_not_found")
    no_office = await operator.post("/networks", json={"name": "N", "office_id": str(uuid.uuid4())})
    assert refused(no_office, 422, "unknown_organisation")
    assert refused(
        await office.admin.post("/networks", json={"name": "N", "office_id": office.id}), 403, "insufficient_scope"
    )
    by_reader = await office.reader.post(f"/networks/{network}/members", json={"organisation_id": member.id})
    assert refused(by_reader, 403, "insufficient_scope")
    stranger = await organisation("Stranger")
    membership = await invited(office, network, member)
    assert refused(await stranger.admin.get(f"/network-memberships/{membership}"), 404, "membership_not_found")
    assert refused(await stranger.admin.post(f"/network-memberships/{membership}/leave"), 404, "membership_not_found")
    assert await members(stranger) == []


async def test_what_was_done_is_answered_as_the_first_time(applications, office, member, network):
    membership = await joined(office, network, member)
    path = f"/network-memberships/{membership}"
    first = (await member.admin.get(path)).json()
    assert (await member.admin.post(f"{path}/accept")).json() == first
    ended = (await office.admin.post(f"{path}/leave")).json()
    assert (ended["state"], ended["ended_by_office"]) == ("left", True)
    again = await member.admin.post(f"{path}/leave")
    assert (again.status_code, again.json()["ended_by_office"]) == (200, True)
    assert len(await applications.emitted(member.tenant, NetworkJoined, NetworkLeft)) == 2


async def test_who_is_asked_sees_who_asks_and_a_name_is_told_only_by_joining(office, member, network):
    membership = await joined(office, network, member)
    await member.admin.post(f"/network-memberships/{membership}/leave")
    assert await invited(office, network, member) == membership
    (asked,), (seen,) = await members(member), await members(office)
    assert (asked["office_name"], asked["network_name"]) == ("Office", "Youth Business")
    assert (seen["organisation_name"], seen["ended_by_office"], seen["left_at"]) == (None, None, None)


async def test_a_network_is_renamed_and_closed_by_its_office_and_the_operator_lists_all(
    operator, office, member, network, organisation
):
    await joined(office, network, member)
    waiting = await organisation("Waiting")
    await invited(office, network, waiting)
    named = await office.admin.post(f"/networks/{network}/rename", json={"name": "Young Founders"})
    assert (named.status_code, named.json()["name"]) == (200, "Young Founders"), named.text

    async def told():
        return (await members(member))[0]["network_name"] == "Young Founders"

    await eventually(told, what="the new name with the member")
    registered = (await operator.get(f"/networks/{network}")).json()
    assert (registered["name"], registered["office_id"], registered["closed_at"]) == ("Young Founders", office.id, None)
    assert network in {one["id"] for one in (await operator.get("/networks", params={"limit": 200})).json()["items"]}
    assert refused(await member.admin.post(f"/networks/{network}/close"), 404, "network_not_found")
    assert refused(await office.reader.post(f"/networks/{network}/close"), 403, "insufficient_scope")
    closed = (await office.admin.post(f"/networks/{network}/close")).json()
    assert closed["closed_at"] is not None
    assert (await office.admin.post(f"/networks/{network}/close")).json() == closed
    assert (await operator.get(f"/networks/{network}")).json()["closed_at"] == closed["closed_at"]
    assert [one["state"] for one in (*await members(member), *await members(waiting))] == ["left", "left"]
    late = await office.admin.post(f"/networks/{network}/members", json={"organisation_id": member.id})
    assert refused(late, 409, "network_closed")
    published_late = await office.admin.post(f"/networks/{network}/blueprints", json={"blueprint": PLAN})
    assert refused(published_late, 409, "network_closed")


async def test_a_blueprint_is_read_by_who_administers_or_manages_what_was_made_from_it(
    applications, office, member, network
):
    membership = await joined(office, network, member)
    first = await published(office, network)
    await given(member, 1)
    other = await published(office, network, id="another")
    await given(member, 1, "another")
    nobody = applications.caller(*SCOPES, tenant=member.tenant)
    for reader in (nobody, member.reader):
        for path in ("/network-blueprints", f"/network-blueprints/{first['id']}"):
            assert refused(await reader.get(path), 403, "role_needed")
        for path in ("/network-memberships", f"/network-memberships/{membership}", "/networks", f"/networks/{network}"):
            assert refused(await reader.get(path), 403, "insufficient_scope")
        assert refused(
            await reader.post(f"/network-blueprints/{first['id']}/adopt", json={}), 403, "insufficient_scope"
        )
    programme = (await member.admin.post(f"/network-blueprints/{first['id']}/adopt", json={})).json()["id"]
    registered = await member.admin.post("/people", json={"name": "Ama", "email": "ama@example.org"})
    person = registered.json()["id"]
    manager = applications.caller(*SCOPES, tenant=member.tenant, subject=person)
    granted = await member.admin.post(
        f"/programmes/{programme}/roles", json={"person_id": person, "role": "programme_manager"}
    )
    assert granted.status_code == 201, granted.text
    second = await published(office, network, duration_months=9)
    await given(member, 2)
    listed = (await manager.get("/network-blueprints")).json()["items"]
    assert [(one["name"], one["number"]) for one in listed] == [("volunteers", 1), ("volunteers", 2)]
    assert (await manager.get(f"/network-blueprints/{second['id']}")).json()["blueprint"]["duration_months"] == 9
    hidden = await manager.get(f"/network-blueprints/{other['id']}")
    assert refused(hidden, 404, "network_blueprint_not_found")


async def test_an_invitation_that_comes_twice_is_answered_once(office, member, network):
    key = {"Idempotency-Key": "one"}
    body = {"organisation_id": member.id}
    first, again = [await office.admin.post(f"/networks/{network}/members", json=body, headers=key) for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"


async def test_members_have_what_was_published_before_and_after_they_joined(applications, office, member, network):
    first = await published(office, network)
    await joined(office, network, member)
    copy = await given(member, 1)
    assert (copy["id"], copy["title"]) == (first["id"], "Volunteer mentoring")
    second = await published(office, network, "A shorter programme", duration_months=9)
    assert [one["pointer"] for one in second["changes"]] == ["/duration_months"]
    await given(member, 2)
    whole = (await member.admin.get(f"/network-blueprints/{second['id']}")).json()
    assert (whole["note"], whole["blueprint"]["duration_months"]) == ("A shorter programme", 9)
    assert [one["pointer"] for one in whole["changes"]] == ["/duration_months"]
    told = await applications.emitted(member.tenant, NetworkBlueprintReceived)
    assert [one.number for one in told] == [1, 2]


async def test_who_is_no_member_is_given_nothing(office, member, network, organisation):
    stays, leaves = await organisation("Stays"), await organisation("Leaves")
    await invited(office, network, member)
    await joined(office, network, stays)
    membership = await joined(office, network, leaves)
    await published(office, network)
    await given(leaves, 1)
    await leaves.admin.post(f"/network-memberships/{membership}/leave")
    await published(office, network, duration_months=9)
    await given(stays, 2)
    assert list(await versions(leaves)) == [("volunteers", 1)]  # what it was given stays
    assert await versions(member) == {}
    missing = await member.admin.get(
        f"/network-blueprints/{(await published(office, network, duration_months=8))['id']}"
    )
    assert refused(missing, 404, "network_blueprint_not_found")


async def test_a_blueprint_is_checked_and_a_version_has_to_change_something(office, member, network):
    wrong = await office.admin.post(f"/networks/{network}/blueprints", json={"blueprint": PLAN | {"directoin": "x"}})
    assert refused(wrong, 422, "blueprint_invalid")
    await published(office, network)
    same = await office.admin.post(f"/networks/{network}/blueprints", json={"blueprint": PLAN})
    assert refused(same, 409, "nothing_changed")
    by_reader = await office.reader.post(f"/networks/{network}/blueprints", json={"blueprint": PLAN})
    assert refused(by_reader, 403, "insufficient_scope")
    by_member = await member.admin.post(f"/networks/{network}/blueprints", json={"blueprint": PLAN})
    assert refused(by_member, 404, "network_not_found")


async def test_a_programme_knows_what_it_was_made_from_and_takes_what_is_new(applications, office, member, network):
    await joined(office, network, member)
    await published(office, network)
    version = await given(member, 1)
    made = await member.admin.post(f"/network-blueprints/{version['id']}/adopt", json={"title": "Ghana's mentors"})
    assert made.status_code == 201, made.text
    programme = made.json()
    assert (programme["title"], programme["blueprint_name"]) == ("Ghana's mentors", "volunteers")
    path = f"/programmes/{programme['id']}/origin"
    origin = (await member.admin.get(path)).json()
    assert (origin["number"], origin["newest"], origin["changes"], origin["kept"]) == (1, 1, [], ["title"])
    await published(office, network, duration_months=9, hours_budget=20, title="Volunteers")
    await given(member, 2)
    origin = await member.admin.get(path)
    assert origin.json()["newest"] == 2
    assert {one["pointer"] for one in origin.json()["changes"]} == {"/duration_months", "/hours_budget"}
    assert origin.json()["kept"] == ["title"]  # its own title stays
    taken = await member.admin.put(path, json={"number": 2}, headers={"If-Match": origin.headers["etag"]})
    assert taken.status_code == 200, taken.text
    assert (taken.json()["number"], taken.json()["changes"]) == (2, [])
    late = await member.admin.put(path, json={"number": 1}, headers={"If-Match": origin.headers["etag"]})
    assert refused(late, 412, "precondition_failed")
    blueprint = (await member.admin.get(f"/programmes/{programme['id']}/blueprint")).json()["blueprint"]
    assert (blueprint["title"], blueprint["duration_months"], blueprint["hours_budget"]) == ("Ghana's mentors", 9, 20)
    (amended,) = await applications.emitted(member.tenant, ProgrammeAmended)
    assert amended.changed == ["duration_months", "hours_budget"]


async def test_what_a_programme_changed_itself_stays_and_the_past_is_not_rewritten(office, member, network):
    await joined(office, network, member)
    await published(office, network)
    version = await given(member, 1)
    programme = (await member.admin.post(f"/network-blueprints/{version['id']}/adopt", json={})).json()["id"]
    path = f"/programmes/{programme}"
    own = await member.admin.put(f"{path}/blueprint", json={"blueprint": PLAN | {"hours_budget": 5}})
    assert own.status_code == 200, own.text
    await published(office, network, hours_budget=20, aims=["Grow"])
    await given(member, 2)
    origin = (await member.admin.get(f"{path}/origin")).json()
    assert [one["pointer"] for one in origin["changes"]] == ["/aims"]
    assert origin["kept"] == ["hours_budget"]
    await published(office, network, direction="peer")
    await given(member, 3)
    origin = (await member.admin.get(f"{path}/origin")).json()
    assert any(one["refused"] for one in origin["changes"] if one["pointer"] == "/direction")
    assert refused(await member.admin.put(f"{path}/origin", json={"number": 3}), 409, "amendment_refused")
    assert refused(await member.admin.put(f"{path}/origin", json={"number": 9}), 404, "network_blueprint_not_found")
    assert (await member.admin.put(f"{path}/origin", json={"number": 2})).json()["number"] == 2


async def test_a_programme_of_ones_own_has_no_origin(member):
    made = await member.admin.post("/programmes", json={"blueprint": PLAN})
    assert refused(await member.admin.get(f"/programmes/{made.json()['id']}/origin"), 404, "origin_not_found")


async def test_adoption_is_the_admins_and_the_origin_for_who_manages(office, member, network):
    await joined(office, network, member)
    await published(office, network)
    version = await given(member, 1)
    adopting = f"/network-blueprints/{version['id']}/adopt"
    assert refused(await member.reader.post(adopting, json={}), 403, "insufficient_scope")
    programme = (await member.admin.post(adopting, json={})).json()["id"]
    assert refused(await member.reader.get(f"/programmes/{programme}/origin"), 403, "role_needed")
    # The office reads nothing of what became of it.
    assert refused(await office.admin.get(f"/programmes/{programme}"), 404, "programme_not_found")
    assert refused(await office.admin.get(f"/programmes/{programme}/origin"), 404, "programme_not_found")
    assert (await office.admin.get("/people")).json()["items"] == []


async def test_many_that_join_and_leave_at_once_end_in_one_state_on_both_sides(office, network, organisation):
    import asyncio

    everybody = [await organisation(f"M{n}") for n in range(6)]
    memberships = [await invited(office, network, one) for one in everybody]
    calls = [
        by.admin.post(f"/network-memberships/{membership}/{act}")
        for one, membership in zip(everybody, memberships, strict=True)
        for by, act in ((one, "accept"), (one, "decline"), (office, "leave"), (one, "leave"))
    ]
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} <= {200, 409}
    of_office = {one["id"]: one["state"] for one in await members(office)}
    for one, membership in zip(everybody, memberships, strict=True):
        (own,) = await members(one)
        assert own["state"] == of_office[membership] in ("declined", "left")


async def test_the_wall_stands_while_an_office_acts(applications, office, member, network):
    """Within the office's own transaction a member's copies are not to be seen."""
    await joined(office, network, member)
    await published(office, network)
    await given(member, 1)
    import sqlalchemy as sa

    async with applications.service.database.transaction(office.tenant) as db:
        tenants = (await db.scalars(sa.select(NetworkBlueprint.tenant_id))).all()
        raw = (await db.execute(sa.text("SELECT DISTINCT tenant_id FROM network_memberships"))).scalars().all()
    assert set(tenants) == {office.tenant} == set(raw)
