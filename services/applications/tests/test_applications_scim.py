"""SCIM 2.0, as identity providers speak it: the requests are those that Microsoft Entra ID and Okta document."""

import asyncio
import copy
import uuid

import pytest

from mentoring_applications.programmes import blueprint
from mentoring_contracts.applications import PersonLeft, RoleGranted, RoleRevoked

SCOPES = ("applications:read", "applications:write")
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
USERS = "/scim/v2/Users"
SCIM = {"Content-Type": "application/scim+json"}

# https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
ENTRA = {
    "schemas": [CORE, ENTERPRISE],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "Test_User_ab6490ee@testuser.com",
    "active": True,
    "displayName": "lennay",
    "emails": [{"primary": True, "type": "work", "value": "Test_User_fd0ea19b@testuser.com"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName"},
    "roles": [],
}
# https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20
OKTA = {
    "schemas": [CORE],
    "userName": "test.user@okta.local",
    "name": {"givenName": "Test", "familyName": "User"},
    "emails": [{"primary": True, "value": "test.user@okta.local", "type": "work"}],
    "displayName": "Test User",
    "locale": "en-US",
    "externalId": "00ujl29u0le5T6Aj10h7",
    "groups": [],
    "password": "1mz050nq",
    "active": True,
}


@pytest.fixture
async def leeds(office):
    return (await office.post("/employers", json={"name": "Leeds Trust"})).json()["id"]


@pytest.fixture
def hr(applications, tenant, leeds):
    client = applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="entra", employer=leeds)
    client.headers.update(SCIM)
    return client


def patch(*operations):
    return {"schemas": [PATCH], "Operations": list(operations)}


def failed(answer, status, kind=None):
    assert answer.headers["content-type"] == "application/scim+json", answer.text
    body = answer.json()
    assert (answer.status_code, body["status"], body.get("scimType")) == (status, str(status), kind), body
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    return body["detail"]


async def made(client, body):
    answer = await client.post(USERS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def found(client, text, **params):
    answer = await client.get(USERS, params={"filter": text} | params)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["Resources"]]


async def test_entra_creates_finds_changes_and_disables(applications, tenant, hr):
    none = await hr.get(USERS, params={"filter": f'userName eq "{ENTRA["userName"]}"'})
    assert none.json() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": [],
    }  # fmt: skip
    answer = await hr.post(USERS, json=ENTRA)
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/scim+json"), answer.text
    user = answer.json()
    assert answer.headers["location"] == user["meta"]["location"]
    assert answer.headers["etag"] == user["meta"]["version"]
    for name in ("externalId", "userName", "active", "displayName"):
        assert user[name] == ENTRA[name], name
    assert user["emails"] == [ENTRA["emails"][0] | {"value": "test_user_fd0ea19b@testuser.com"}]
    assert user["name"] == ENTRA["name"] | {"formatted": "lennay"}
    one = f"{USERS}/{user['id']}"
    assert (await hr.get(one)).json() == user
    assert await found(hr, f'userName eq "{ENTRA["userName"].upper()}"') == [user["id"]]
    assert await found(hr, f'externalId eq "{ENTRA["externalId"]}"') == [user["id"]]
    renamed = await hr.patch(one, json=patch(
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "updatedEmail@testuser.com"},
        {"op": "Replace", "path": "name.familyName", "value": "updatedFamilyName"},
    ))  # fmt: skip
    assert renamed.status_code == 200, renamed.text
    assert renamed.json()["emails"][0]["value"] == "updatedemail@testuser.com"
    assert renamed.json()["displayName"] == "givenName updatedFamilyName"
    other = await hr.patch(one, json=patch({"op": "Replace", "path": "userName", "value": "5b50642d@testuser.com"}))
    assert (other.json()["userName"], other.json()["emails"]) == ("5b50642d@testuser.com", renamed.json()["emails"])
    person = (await hr.get(f"/people/{user['id']}")).json()
    assert (person["email"], person["external_id"]) == ("updatedemail@testuser.com", ENTRA["externalId"])
    disabled = await hr.patch(one, json=patch({"op": "Replace", "path": "active", "value": False}))
    assert (disabled.status_code, disabled.json()["active"]) == (200, False)
    assert [str(event.person_id) for event in await applications.emitted(tenant, PersonLeft)] == [user["id"]]
    assert (await hr.get(one)).json()["active"] is False
    assert (await hr.delete(one)).status_code == 204
    failed(await hr.get(one), 404)
    assert await found(hr, f'externalId eq "{ENTRA["externalId"]}"') == []
    again = await made(hr, ENTRA)
    assert (again["id"], again["active"]) == (user["id"], True)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "Replace", "path": "active", "value": "False"},  # as Entra sends it by default
        {"op": "Replace", "path": "active", "value": False},
        {"op": "replace", "value": {"active": False}},  # with aadOptscim062020, and Okta
        {"op": "Replace", "value": {"active": "False"}},
        {"op": "Add", "path": "active", "value": "false"},
    ],
)
async def test_who_is_switched_off_left_and_who_is_switched_on_is_back(hr, operation):
    user = await made(hr, OKTA)
    off = await hr.patch(f"{USERS}/{user['id']}", json=patch(operation))
    assert (off.status_code, off.json()["active"]) == (200, False), off.text
    left = (await hr.get(f"/people/{user['id']}/leaving")).json()
    assert left["left_at"] is not None
    same = await hr.patch(f"{USERS}/{user['id']}", json=patch(operation))
    assert same.json()["meta"]["version"] == off.json()["meta"]["version"]
    on = await hr.patch(f"{USERS}/{user['id']}", json=patch({"op": "Replace", "path": "active", "value": "True"}))
    assert on.json()["active"] is True
    assert (await hr.get(f"/people/{user['id']}/leaving")).json()["left_at"] is None


async def test_a_last_day_to_come_that_hr_said_stays(hr):
    user = await made(hr, OKTA)
    await hr.put(f"/people/{user['id']}/leaving", json={"last_day": "2099-12-31", "reason": "retired"},
                 headers={"Content-Type": "application/json"})  # fmt: skip
    on = await hr.patch(f"{USERS}/{user['id']}", json=patch({"op": "replace", "value": {"active": True}}))
    assert on.json()["active"] is True
    assert (await hr.get(f"/people/{user['id']}/leaving")).json()["last_day"] == "2099-12-31"


async def test_okta_creates_reads_replaces_and_deactivates(hr):
    user = await made(hr, OKTA)
    assert "password" not in user
    one = f"{USERS}/{user['id']}"
    listed = (await hr.get(USERS, params={"startIndex": 1, "count": 100})).json()
    assert (listed["totalResults"], listed["itemsPerPage"], listed["Resources"]) == (1, 1, [user])
    changed = OKTA | {"id": user["id"], "name": {"givenName": "Another", "familyName": "User"}, "meta": user["meta"]}
    answer = await hr.put(one, json={name: value for name, value in changed.items() if name != "displayName"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["displayName"], answer.json()["id"]) == ("Another User", user["id"])
    moved = await hr.put(one, json=changed | {"userName": "new@okta.local", "displayName": "N U",
                                              "emails": [{"primary": True, "value": "new@okta.local"}]})  # fmt: skip
    assert (moved.json()["userName"], moved.json()["displayName"]) == ("new@okta.local", "N U")
    assert (await hr.get(f"/people/{user['id']}")).json()["email"] == "new@okta.local"
    failed(await hr.post(USERS, json=OKTA | {"userName": "new@okta.local"}), 409, "uniqueness")
    failed(await hr.post(USERS, json=OKTA | {"userName": "x@okta.local", "emails": []}), 409, "uniqueness")
    off = await hr.patch(one, json=patch({"op": "replace", "value": {"active": False}}))
    assert off.json()["active"] is False


async def test_the_enterprise_extension_is_manager_and_attributes(hr):
    boss = await made(hr, OKTA | {"userName": "boss@x.org", "emails": [], "externalId": "B-1"})
    more = {"employeeNumber": "701984", "costCenter": "4130", "department": "Tour Operations", "division": "Theme Park",
            "organization": "Universal Studios", "manager": {"value": boss["id"]}}  # fmt: skip
    user = await made(hr, ENTRA | {ENTERPRISE: more, "title": "Nurse"})
    assert user[ENTERPRISE] | {"manager": None} == more | {"manager": None}
    assert user[ENTERPRISE]["manager"]["value"] == boss["id"]
    person = (await hr.get(f"/people/{user['id']}")).json()
    assert (person["line_manager_id"], person["sources"]["department"]) == (boss["id"], "hr")
    assert person["attributes"] == {
        "employee_number": "701984", "cost_center": "4130", "department": "Tour Operations", "division": "Theme Park",
        "organization": "Universal Studios", "job_title": "Nurse", "given_name": "givenName",
        "family_name": "familyName",
    }  # fmt: skip
    one = f"{USERS}/{user['id']}"
    assert await found(hr, f'{ENTERPRISE}:department eq "tour operations" and active eq true') == [user["id"]]
    rides = {"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "Rides"}
    gone = await hr.patch(one, json=patch({"op": "Remove", "path": f"{ENTERPRISE}:manager"}, rides))
    assert "manager" not in gone.json()[ENTERPRISE]
    assert gone.json()[ENTERPRISE]["department"] == "Rides"
    for value in (boss["id"], [{"value": boss["id"]}], {"value": boss["id"]}):
        back = await hr.patch(one, json=patch({"op": "Add", "path": f"{ENTERPRISE}:manager", "value": value}))
        assert back.json()[ENTERPRISE]["manager"]["value"] == boss["id"], back.text
        empty = await hr.patch(one, json=patch({"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": ""}))
        assert "manager" not in empty.json()[ENTERPRISE]
    whole = await hr.patch(one, json=patch({"op": "add", "value": {ENTERPRISE: {"manager": {"value": boss["id"]}}}}))
    assert whole.json()[ENTERPRISE]["manager"]["value"] == boss["id"]
    own = await hr.patch(one, json=patch({"op": "add", "path": f"{ENTERPRISE}:manager", "value": user["id"]}))
    assert "circular_line_manager" in failed(own, 400, "invalidValue")
    stranger = patch({"op": "add", "path": f"{ENTERPRISE}:manager", "value": str(uuid.uuid4())})
    assert "unknown_line_manager" in failed(await hr.patch(one, json=stranger), 400, "invalidValue")
    failed(
        await hr.patch(one, json=patch({"op": "add", "path": f"{ENTERPRISE}:manager", "value": "x"})),
        400,
        "invalidValue",
    )
    kept = await hr.put(one, json=ENTRA)  # what is left out is not asserted
    assert kept.json()[ENTERPRISE]["manager"]["value"] == boss["id"]


async def test_filters_pages_and_parts(hr):
    users = [
        await made(
            hr, OKTA | {"userName": f"u{n}@x.org", "emails": [], "externalId": f"E-{n}", "displayName": f"U {n}"}
        )
        for n in range(5)
    ]
    ids = [user["id"] for user in users]
    pages = [(await hr.get(USERS, params={"startIndex": start, "count": 2})).json() for start in (1, 3, 5, 7)]
    assert [(page["totalResults"], page["startIndex"], page["itemsPerPage"]) for page in pages] == [
        (5, 1, 2), (5, 3, 2), (5, 5, 1), (5, 7, 0),
    ]  # fmt: skip
    assert {one["id"] for page in pages for one in page["Resources"]} == set(ids)
    none = (await hr.get(USERS, params={"count": 0, "startIndex": -3})).json()
    assert (none["totalResults"], none["itemsPerPage"], none["startIndex"]) == (5, 0, 1)
    assert await found(hr, 'userName eq "u1@x.org" or externalId eq "E-3"') == sorted([ids[1], ids[3]])
    assert await found(hr, 'externalId eq "e-3"') == []
    assert await found(hr, 'emails[type eq "work" and value eq "u2@x.org"]') == [ids[2]]
    assert await found(hr, 'emails[type eq "work"].value eq "u2@x.org"') == [ids[2]]
    assert await found(hr, 'emails.value eq "u2@x.org"') == [ids[2]]
    assert await found(hr, 'displayName co "U 4" and not (active eq false)') == [ids[4]]
    assert await found(hr, f'id eq "{ids[0]}"') == [ids[0]]
    assert await found(hr, f'meta.lastModified gt "{users[3]["meta"]["lastModified"]}"') == [ids[4]]
    assert set(await found(hr, "externalId pr")) == set(ids)
    for wrong in ("userName zz 1", "nickName eq 1", 'userName eq "', "active gt true", 'password eq "x"'):
        failed(await hr.get(USERS, params={"filter": wrong}), 400, "invalidFilter")
    narrow = (await hr.get(f"{USERS}/{ids[0]}", params={"attributes": "userName"})).json()
    assert set(narrow) == {"schemas", "id", "userName"}
    without = (await hr.get(f"{USERS}/{ids[0]}", params={"excludedAttributes": "emails,meta"})).json()
    assert set(users[0]) - set(without) == {"emails", "meta"}


async def test_what_it_can_do_is_told(hr):
    service = (await hr.get("/scim/v2/ServiceProviderConfig")).json()
    assert [service[name]["supported"] for name in ("patch", "filter", "etag", "bulk", "sort", "changePassword")] == [
        True, True, True, True, True, False,
    ]  # fmt: skip
    types = (await hr.get("/scim/v2/ResourceTypes")).json()
    assert [(one["name"], one["endpoint"], one["schema"]) for one in types["Resources"]] == [
        ("User", "/Users", CORE),
        ("Group", "/Groups", GROUP),
    ]
    assert (await hr.get("/scim/v2/ResourceTypes/User")).json() == types["Resources"][0]
    schemas = (await hr.get("/scim/v2/Schemas")).json()["Resources"]
    assert [one["id"] for one in schemas] == [CORE, ENTERPRISE, GROUP]
    of_group = {one["name"]: one["mutability"] for one in schemas[2]["attributes"]}
    assert of_group == {"displayName": "readOnly", "members": "readWrite"}
    kept = {attribute["name"] for one in schemas for attribute in one["attributes"]}
    assert "department" in kept
    assert not kept & {"password", "groups", "phoneNumbers", "photos"}
    assert (await hr.get(f"/scim/v2/Schemas/{CORE}")).json() == schemas[0]
    failed(await hr.get("/scim/v2/Schemas/urn:nothing"), 404)
    assert (await hr.get("/scim/v2/Groups")).json()["totalResults"] == 0, "no programme gives any away"


async def test_versions_are_etags(hr):
    user = await made(hr, OKTA)
    one, version = f"{USERS}/{user['id']}", user["meta"]["version"]
    assert (await hr.get(one, headers={"If-None-Match": version})).status_code == 304
    body = patch({"op": "replace", "value": {"displayName": "A"}})
    changed = await hr.patch(one, json=body, headers={"If-Match": version})
    assert (changed.status_code, changed.headers["etag"]) == (200, changed.json()["meta"]["version"])
    failed(await hr.patch(one, json=body, headers={"If-Match": version}), 412)
    failed(await hr.delete(one, headers={"If-Match": version}), 412)


async def test_refusals_are_those_of_scim(applications, tenant, hr, office, leeds):
    failed(await hr.post(USERS, json={"schemas": [CORE]}), 400, "invalidValue")
    failed(await hr.post(USERS, json=OKTA | {"userName": "no address", "emails": []}), 400, "invalidValue")
    failed(await hr.post(USERS, json=OKTA | {"externalId": "two words"}), 400, "invalidValue")
    failed(await hr.post(USERS, content=b"{", headers=SCIM), 400, "invalidSyntax")
    user = await made(hr, OKTA)
    one = f"{USERS}/{user['id']}"
    failed(await hr.patch(one, json=patch({"op": "wrong", "path": "userName", "value": "x"})), 400, "invalidValue")
    failed(await hr.patch(one, json={"schemas": [PATCH]}), 400, "invalidValue")
    failed(await hr.patch(one, json=patch({"op": "remove"})), 400, "noTarget")
    failed(await hr.patch(one, json=patch({"op": "remove", "path": "userName"})), 400, "mutability")
    failed(await hr.get(f"{USERS}/nobody"), 404)
    york = (await office.post("/employers", json={"name": "York"})).json()["id"]
    other = applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="okta", employer=york)
    failed(await other.get(one), 404)
    assert (await other.get(USERS)).json()["totalResults"] == 0
    assert "email_taken" in failed(await other.post(USERS, json=OKTA), 409, "uniqueness")
    person = applications.caller(*SCOPES, tenant=tenant, subject=user["id"])
    for answer in (await person.get(USERS), await person.get(one), await person.post(USERS, json=OKTA)):
        assert "hr:provision" in failed(answer, 403)
    nobody = applications.caller("sessions:read", tenant=tenant, subject="x", employer=leeds)
    failed(await nobody.get(USERS), 403)
    hr.headers.pop("authorization")
    failed(await hr.get(USERS), 401)


async def test_somebody_new_without_a_number_is_nobody_who_was_deleted(hr):
    gone = await made(hr, {"schemas": [CORE], "userName": "gone@york.example.org"})
    assert (await hr.delete(f"{USERS}/{gone['id']}")).status_code == 204
    new = await made(hr, {"schemas": [CORE], "userName": "new@york.example.org"})
    assert new["id"] != gone["id"]
    back = await made(hr, {"schemas": [CORE], "userName": "gone@york.example.org", "externalId": "E-9"})
    assert back["id"] == gone["id"]


async def test_users_come_in_an_order(hr):
    for name, title in (("bo", "nurse"), ("Al", "doctor"), ("cy", None)):
        more = {} if title is None else {"title": title}
        await made(hr, {"schemas": [CORE], "userName": f"{name}@york.example.org", "displayName": name} | more)

    async def names(**asked):
        answer = await hr.get(USERS, params=asked)
        assert answer.status_code == 200, answer.text
        return [one["displayName"] for one in answer.json()["Resources"]]

    assert await names(sortBy="userName") == ["Al", "bo", "cy"]
    assert await names(sortBy="displayName", sortOrder="descending", count=2) == ["cy", "bo"]
    assert await names(sortBy="title") == ["Al", "bo", "cy"]
    assert await names(sortBy="title", sortOrder="descending") == ["bo", "Al", "cy"]  # who has none is last
    failed(await hr.get(USERS, params={"sortBy": "shoeSize"}), 400, "invalidFilter")
    failed(await hr.get(USERS, params={"sortBy": "userName", "sortOrder": "up"}), 400, "invalidValue")
    asked = {"schemas": [SEARCH], "filter": "title pr", "sortBy": "userName", "attributes": ["userName"]}
    for path in ("/scim/v2/.search", f"{USERS}/.search"):
        found_ = (await hr.post(path, json=asked)).json()
        assert [sorted(one) for one in found_["Resources"]] == [["id", "schemas", "userName"]] * 2
        assert [one["userName"] for one in found_["Resources"]] == ["al@york.example.org", "bo@york.example.org"]
    failed(await hr.post(f"{USERS}/.search", json=asked | {"count": "many"}), 400, "invalidValue")
    assert (await hr.get(USERS, params={"startIndex": 10**18})).json()["Resources"] == []


async def test_many_operations_in_one_request_are_done_each_on_its_own(applications, tenant, hr):
    def user(name, **more):
        return {"schemas": [CORE], "userName": f"{name}@hull.example.org", "displayName": name} | more

    known = await made(hr, user("known"))

    async def bulk(*operations, **more):
        answer = await hr.post("/scim/v2/Bulk", json={"schemas": [BULK], "Operations": list(operations)} | more)
        assert answer.status_code == 200, answer.text
        assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]
        return answer.json()["Operations"]

    boss = {"method": "POST", "path": "/Users", "bulkId": "boss", "data": user("boss")}
    under = user("under") | {ENTERPRISE: {"manager": {"value": "bulkId:boss"}}, "schemas": [CORE, ENTERPRISE]}
    twice = {"method": "POST", "path": "/Users", "bulkId": "twice", "data": user("known")}
    renamed = patch({"op": "replace", "path": "displayName", "value": "Renamed"})
    one = f"/Users/{known['id']}"
    stale = {"method": "PATCH", "path": one, "data": renamed, "version": 'W/"7"'}
    done = await bulk(
        boss, {"method": "POST", "path": "/Users", "bulkId": "under", "data": under}, twice, stale,
        {"method": "PATCH", "path": one, "data": renamed, "version": known["meta"]["version"]},
        {"method": "DELETE", "path": "/Users/bulkId:under"},
        {"method": "DELETE", "path": f"/Users/{uuid.uuid4()}"},
    )  # fmt: skip
    assert [each["status"] for each in done] == ["201", "201", "409", "412", "200", "204", "404"]
    assert ["location" in each for each in done] == [True, True, False, True, True, True, True]
    assert done[3]["location"] == known["meta"]["location"]
    assert (done[2]["bulkId"], done[2]["response"]["scimType"]) == ("twice", "uniqueness")
    assert (await hr.get(f"/scim/v2{one}")).json()["displayName"] == "Renamed"
    made_ = done[1]["location"].rpartition("/")[2]
    person = (await hr.get(f"/people/{made_}")).json()
    assert (person["line_manager_id"], person["last_day"] is None) == (done[0]["location"].rpartition("/")[2], False)
    # What was refused left nothing: no second person, no entry, no event of them.
    assert len(await found(hr, 'userName co "hull"')) == 2
    assert [str(event.person_id) for event in await applications.emitted(tenant, PersonLeft)] == [made_]
    ended = await bulk(twice, twice, boss, failOnErrors=2)
    assert [each["status"] for each in ended] == ["409", "409"]
    for wrong in ({}, {"Operations": []}, {"Operations": [{"method": "GET", "path": "/Users"}]},
                  {"Operations": [{"method": "POST", "path": "/Groupies"}]}, {"Operations": [boss] * 201}):  # fmt: skip
        failed(await hr.post("/scim/v2/Bulk", json={"schemas": [BULK]} | wrong), 400, "invalidValue")


async def test_one_user_made_by_two_at_once_is_one(hr):
    answers = await asyncio.gather(*(hr.post(USERS, json=OKTA) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_people_of_rest_are_users_and_the_other_way_round(hr):
    record = {"name": "Ada Byron", "email": "ada@leeds.example.org"}
    json = {"Content-Type": "application/json"}
    person = (await hr.put("/people/by-external-id/E-1", json=record, headers=json)).json()["id"]
    assert await found(hr, 'userName eq "ada@leeds.example.org"') == [person]
    user = await made(hr, OKTA)
    known = await hr.put(f"/people/by-external-id/{OKTA['externalId']}", headers=json,
                         json={"name": "T", "email": "test.user@okta.local"})  # fmt: skip
    assert (known.status_code, known.json()["id"]) == (200, user["id"])


NETWORK = {"id": "network", "title": "Staff network", "rights": ["read_reports"], "provisioned": True}
SPEAKER = {"id": "speaker", "title": "Guest speaker"}
GROUPS = "/scim/v2/Groups"


def plan(*roles):
    return copy.deepcopy(blueprint.load("nihr").document) | {"roles": list(roles)}


@pytest.fixture
async def network(office):
    """The path of the one group there is, and what it is called."""
    body = {"blueprint": plan(NETWORK, SPEAKER), "title": "Mentoring 2026"}
    programme = (await office.post("/programmes", json=body)).json()["id"]
    return f"{GROUPS}/{programme}.network", "Mentoring 2026: Staff network"


async def members(client, path):
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return {one["value"] for one in answer.json()["members"]}


async def test_entra_finds_a_group_and_adds_and_removes_its_members(applications, tenant, hr, office, network):
    path, title = network
    users = [await made(hr, OKTA | {"userName": f"u{n}@x.org", "emails": [], "externalId": f"E-{n}"}) for n in (1, 2)]
    asked = {"excludedAttributes": "members", "filter": f'displayName eq "{title}"'}
    listed = (await hr.get(GROUPS, params=asked)).json()
    [group] = listed["Resources"]
    assert listed["totalResults"] == 1
    assert group == {
        "schemas": [GROUP], "id": path.rpartition("/")[2], "displayName": title,
        "meta": {"resourceType": "Group"} | {name: group["meta"][name] for name in ("location", "version")},
    }  # fmt: skip
    assert (await hr.get(path, params={"excludedAttributes": "members"})).json() == group
    assert (await hr.get(GROUPS, params={"filter": 'displayName eq "Sales"'})).json()["totalResults"] == 0
    for user in users:  # Entra adds one by one
        add = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": user["id"]}]}
        for _ in range(2):  # and again, where it did not hear the answer
            answer = await hr.patch(path, json=patch(add))
            assert answer.status_code == 200, answer.text
    assert await members(hr, path) == {user["id"] for user in users}
    granted = await applications.emitted(tenant, RoleGranted)
    assert [(str(one.person_id), one.role, one.rights) for one in granted] == [
        (user["id"], "network", ["read_reports"]) for user in users
    ]
    remove = {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": users[0]["id"]}]}
    assert (await hr.patch(path, json=patch(remove))).status_code == 200
    assert (await hr.patch(path, json=patch(remove))).status_code == 200, "who is none is removed without a word"
    assert await members(hr, path) == {users[1]["id"]}
    assert [str(one.person_id) for one in await applications.emitted(tenant, RoleRevoked)] == [users[0]["id"]]
    audited = [(one["actor"], one["act"]) for one in (await office.get("/audit-log")).json()["items"]]
    assert (audited.count(("entra", "grant_role")), audited.count(("entra", "revoke_role"))) == (2, 1)
    # Who is switched off is in no group any more, as the role ended with the rest.
    await hr.patch(f"{USERS}/{users[1]['id']}", json=patch({"op": "Replace", "path": "active", "value": "False"}))
    assert await members(hr, path) == set()


async def test_okta_pushes_a_group_that_it_was_linked_to(hr, network):
    path, title = network
    one, two = [(await made(hr, OKTA | {"userName": f"u{n}@x.org", "emails": [], "externalId": f"E-{n}"}))["id"]
                for n in (1, 2)]  # fmt: skip
    listed = (await hr.get(GROUPS, params={"startIndex": 1, "count": 100})).json()
    assert [group["displayName"] for group in listed["Resources"]] == [title]
    same = {"op": "replace", "value": {"id": path.rpartition("/")[2], "displayName": title}}
    add = {"op": "add", "path": "members", "value": [{"value": one, "display": "u1@x.org"}]}
    for operations in ([same], [add], [same, add]):
        answer = await hr.patch(path, json=patch(*operations))
        assert answer.status_code == 200, answer.text
    whole = {"op": "replace", "path": "members", "value": [{"value": two, "display": "u2@x.org"}]}
    answer = await hr.patch(path, json=patch(whole))
    assert [member["value"] for member in answer.json()["members"]] == [two]
    assert (await hr.patch(path, json=patch({"op": "remove", "path": f'members[value eq "{two}"]'}))).status_code == 200
    assert await members(hr, path) == set()
    assert (await hr.patch(path, json=patch({"op": "add", "value": {"members": [{"value": two}]}}))).status_code == 200
    assert (await hr.get(GROUPS, params={"filter": f'members.value eq "{two}"'})).json()["totalResults"] == 1
    assert (await hr.patch(path, json=patch({"op": "remove", "path": "members"}))).json()["members"] == []


async def test_a_group_is_of_the_employer_s_own_people_and_of_what_the_programme_gives_away(
    applications, tenant, hr, office, network
):
    path, title = network
    york = (await office.post("/employers", json={"name": "York"})).json()["id"]
    other = applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="okta", employer=york)
    mine, theirs = (await made(hr, OKTA))["id"], (await made(other, OKTA | {"userName": "y@x.org", "emails": []}))["id"]

    def add(*ids):
        return patch({"op": "add", "path": "members", "value": [{"value": one} for one in ids]})

    assert (await other.patch(path, json=add(theirs))).status_code == 200
    for id_ in (theirs, str(uuid.uuid4()), "nobody"):
        failed(await hr.patch(path, json=add(mine, id_)), 400, "invalidValue")
        assert await members(hr, path) == set(), "half of it is nothing of it"
    assert (await hr.patch(path, json=patch({"op": "replace", "path": "members", "value": []}))).status_code == 200
    assert await members(other, path) == {theirs}, "of another employer's people nobody is seen, or taken out"
    await hr.patch(f"{USERS}/{mine}", json=patch({"op": "replace", "path": "active", "value": False}))
    assert "has_left" in failed(await hr.patch(path, json=add(mine)), 409)
    programme = path.rpartition("/")[2].partition(".")[0]
    for name in ("speaker", "coordinator", "nothing"):
        failed(await hr.get(f"{GROUPS}/{programme}.{name}"), 404)
        failed(await hr.patch(f"{GROUPS}/{programme}.{name}", json=add(mine)), 404)
    for answer in (
        await hr.post(GROUPS, json={"schemas": [GROUP], "displayName": "Mine"}), await hr.delete(path),
        await hr.put(path, json={"schemas": [GROUP], "displayName": title}),
    ):  # fmt: skip
        failed(answer, 501)
    renamed = {"op": "Replace", "path": "displayName", "value": "Ours"}
    failed(await hr.patch(path, json=patch(renamed)), 400, "mutability")
    failed(await hr.patch(path, json=patch({"op": "add", "path": "owners", "value": []})), 400, "invalidPath")
    failed(await hr.patch(path, json=patch({"op": "remove"})), 400, "noTarget")
    person = applications.caller(*SCOPES, tenant=tenant, subject=theirs)
    for answer in (await person.get(GROUPS), await person.get(path), await person.patch(path, json=add(theirs))):
        assert "hr:provision" in failed(answer, 403)


async def test_versions_of_groups_are_etags(hr, network):
    path, _ = network
    one, two = [(await made(hr, OKTA | {"userName": f"u{n}@x.org", "emails": [], "externalId": f"E-{n}"}))["id"]
                for n in (1, 2)]  # fmt: skip

    def add(id_):
        return patch({"op": "add", "path": "members", "value": [{"value": id_}]})

    empty = (await hr.get(path)).headers["etag"]
    assert (await hr.get(path, headers={"If-None-Match": empty})).status_code == 304
    added = await hr.patch(path, json=add(one), headers={"If-Match": empty})
    assert (added.status_code, added.headers["etag"]) == (200, added.json()["meta"]["version"])
    assert added.headers["etag"] != empty
    failed(await hr.patch(path, json=add(two), headers={"If-Match": empty}), 412)
    assert await members(hr, path) == {one}
    answers = await asyncio.gather(*(
        hr.patch(path, json=add(two), headers={"If-Match": added.headers["etag"]}) for _ in range(3)
    ))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


async def test_members_of_groups_are_changed_among_many_operations(hr, network):
    path, _ = network
    user = {"schemas": [CORE], "userName": "new@hull.example.org", "displayName": "New"}
    group = path.removeprefix("/scim/v2")
    version = (await hr.get(path)).json()["meta"]["version"]
    add = patch({"op": "add", "path": "members", "value": [{"value": "bulkId:new"}]})
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "new", "data": user},
        {"method": "PATCH", "path": group, "data": add, "version": version},
        {"method": "PATCH", "path": group, "data": add, "version": version},
        {"method": "PATCH", "path": group + "s", "data": add},
        {"method": "POST", "path": "/Groups", "data": {"displayName": "Ours"}},
        {"method": "DELETE", "path": group},
    ]
    answer = await hr.post("/scim/v2/Bulk", json={"schemas": [BULK], "Operations": operations})
    done = answer.json()["Operations"]
    assert [one["status"] for one in done] == ["201", "200", "412", "404", "501", "501"], done
    assert await members(hr, path) == {done[0]["location"].rpartition("/")[2]}
    assert done[1]["version"] == (await hr.get(path)).headers["etag"]


@pytest.mark.parametrize("role", [
    {"id": "coordinator", "provisioned": True}, NETWORK | {"rights": ["manage_programme"]},
])  # fmt: skip
async def test_no_employer_gives_built_in_roles_or_those_that_give_roles(office, role):
    refused = await office.post("/programmes", json={"blueprint": plan(role)})
    assert refused.status_code == 422
    assert "the programme itself gives it" in refused.text
