"""The in-app inbox, preferences and the team's log: one's own, and counts."""

from uuid import uuid4

from mentoring_common import migrations
from mentoring_common.csv_text import neutral, write
from mentoring_common.testing import refused
from mentoring_contracts.applications import ApplicationAccepted, ApplicationMoved, RoleRevoked
from mentoring_contracts.matching import MatchConfirmed


def accepted(world, person, cls=ApplicationAccepted, **more):
    about = {"application_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    return cls(**about, person_id=person, role="mentor", **more)


async def test_a_person_reads_their_own_inbox_and_nobody_elses(world):
    ada, eve = world.person("Ada"), world.person("Eve")
    event = accepted(world, ada)
    await world.publish(event, accepted(world, eve))
    own = world.own(ada)
    [entry] = (await own.get("/notifications")).json()["items"]
    assert entry["title"] == "Programme of Science: your application was accepted"
    assert "as a mentor in cohort 2" in entry["text"]
    assert entry["link"] == f"/applications/applications/{event.application_id}"
    assert (entry["kind"], entry["subject_id"], entry["read_at"]) == ("decision", str(event.application_id), None)
    read = (await own.post(f"/notifications/{entry['id']}/read")).json()
    assert read["read_at"]
    assert (await own.post(f"/notifications/{entry['id']}/read")).json() == read
    assert (await world.own(eve).post(f"/notifications/{entry['id']}/read")).status_code == 404
    assert (await world.admin.get("/notifications")).json()["items"] == []
    machine = world.harness.caller("integrations:write", tenant=world.tenant, subject="machine")
    assert (await machine.get("/notifications")).status_code == 403
    elsewhere = world.harness.caller("integrations:write", tenant=uuid4(), subject=ada)
    assert (await elsewhere.get("/notifications")).json()["items"] == []


async def test_the_inbox_is_paged_in_order(world):
    ada = world.person("Ada")
    await world.publish(*(accepted(world, ada) for _ in range(5)))
    own, seen, cursor = world.own(ada), [], {}
    while cursor is not None:
        answer = (await own.get("/notifications", params={"limit": 2, **cursor})).json()
        seen += [entry["id"] for entry in answer["items"]]
        cursor = {"cursor": answer["next_cursor"]} if answer["next_cursor"] else None
    assert len(seen) == 5
    assert seen == sorted(seen)


async def test_the_inbox_names_nobody_else(world):
    grace, ada = world.person("Grace Hopper"), world.person("Ada Byron")
    match = {"match_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    await world.publish(MatchConfirmed(**match, mentor_id=grace, mentee_id=ada))
    answer = await world.own(ada).get("/notifications")
    assert answer.json()["items"][0]["kind"] == "introduction"
    assert "Grace" not in answer.text


async def test_a_kind_that_is_off_reaches_the_inbox_only(world):
    ada = world.person("Ada")
    own = world.own(ada)
    assert set((await own.get("/preferences")).json()["email"].values()) == {True}
    changed = (await own.put("/preferences", json={"email": {"cohort_change": False}})).json()["email"]
    assert [kind for kind, on in changed.items() if not on] == ["cohort_change"]
    await world.publish(accepted(world, ada, ApplicationMoved, from_cohort_id=None), accepted(world, ada))
    assert await world.settled() == {"muted": 1, "sent": 1}
    assert len((await own.get("/notifications")).json()["items"]) == 2
    assert [m["X-Mentoring-Kind"] for m in world.mail.to(world.address(ada))] == ["decision"]
    other = await own.put("/preferences", json={"email": {"offer": False}})
    assert [kind for kind, on in other.json()["email"].items() if not on] == ["cohort_change", "offer"]
    back = await own.put("/preferences", json={"email": {"cohort_change": True, "offer": True}})
    assert set(back.json()["email"].values()) == {True}


async def test_decisions_cannot_be_turned_off_and_kinds_are_known(world):
    own = world.own(world.person())
    answer = await own.put("/preferences", json={"email": {"offer": False, "decision": False}})
    assert refused(answer, 422, "decisions_stay_on")
    assert set((await own.get("/preferences")).json()["email"].values()) == {True}
    assert (await own.put("/preferences", json={"email": {"gossip": False}})).status_code == 422


async def test_the_log_is_the_teams_and_holds_counts_only(world):
    people = [world.person(f"Person {n}") for n in range(3)]
    await world.publish(*(accepted(world, person) for person in people))
    await world.settled()
    path = f"/programmes/{world.programme_id}/notification-log"
    own = world.own(people[0])
    await own.post(f"/notifications/{(await own.get('/notifications')).json()['items'][0]['id']}/read")
    expected = [
        {
            "kind": "decision",
            "topic": "application_accepted",
            "state": "sent",
            "last_error": None,
            "count": 3,
            "read": 1,
        }
    ]
    for caller in (world.office, world.admin):
        assert (await caller.get(path)).json() == {"items": expected}
    assert (await world.own(people[0]).get(path)).status_code == 403
    stranger = world.harness.caller("integrations:write", "organisation:admin", tenant=uuid4())
    assert (await stranger.get(path)).status_code == 404
    assert (await world.admin.get(f"/programmes/{uuid4()}/notification-log")).status_code == 404


async def test_a_revoked_role_ends_the_teams_view(world):
    revoked = {"role_id": world.role_id, "programme_id": world.programme_id, "person_id": world.coordinator}
    await world.publish(RoleRevoked(**revoked, role="coordinator"))
    answer = await world.office.get(f"/programmes/{world.programme_id}/notification-log")
    assert answer.json()["code"] == "role_needed"


async def test_models_and_migrations_agree(integrations):
    assert await migrations.differences(integrations.service.database.engine, "integrations") == []


def test_exported_cells_are_no_formulas():
    for cell in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        assert neutral(cell) == f"'{cell}"
    assert write(["a"], [["=1"], [None], ["b,c"]]) == 'a\r\n\'=1\r\n\r\n"b,c"\r\n'.replace("\r\n\r\n", '\r\n""\r\n')
