"""A running programme changes what does not rewrite the past; each change is shown before, and told to all services."""

from datetime import UTC, datetime

import pytest

from mentoring_common import yaml_text
from mentoring_contracts.applications import CohortMilestonesChanged, CohortPlacesChanged, ProgrammeAmended
from mentoring_contracts.blueprint import check
from mentoring_contracts.blueprint.amending import changes

PLAN = yaml_text.ours(
    """
id: ours
title: Ours
direction: traditional
hours_budget: 6
languages: [en]
milestones:
  - {kind: window_opens, date: 4 weeks before orientation}
  - {kind: window_closes, date: 2 weeks before orientation}
  - {kind: orientation, date: start}
  - {kind: match_confirmed, date: 2 weeks after orientation}
cohorts: [{number: 1, places: 5, starts: "2022-03-01"}]
criteria: {current: 1, versions: [{version: 1, items: [{id: career, title: Career}]}]}
form:
  version: 1
  fields:
    - {id: story, kind: text, roles: [mentor, mentee], label: About}
    - {id: agreed, kind: consent, roles: [mentor, mentee], document: notice, version: 1, label: Agreed}
privacy_notices: [{id: notice, version: 1}]
instruments:
  - {id: pulse, title: Pulse, version: 1, questions: [{id: q, kind: text, roles: [mentee], text: How is it?}]}
roles: [{id: buddy, title: Buddy}]
""".replace("How is it?", '"How is it?"')
)


ABOUT, AGREED = PLAN["form"]["fields"]
BOOLEAN = {"id": "story", "kind": "boolean", "roles": ["mentee"], "label": "A"}
HEALTH = {"id": "health", "title": "Health"}


def amended(**members):
    return PLAN | members


def compared(new):
    one, two = check(PLAN)[0], check(new)[0]
    assert one is not None
    assert two is not None, [str(fault) for fault in check(new)[1]]
    return {"/".join(map(str, change.path)): change for change in changes(one, two)}


def test_nothing_changes_where_nothing_differs():
    assert compared(amended()) == {}
    assert compared(amended(hours_budget="6")) == {}


@pytest.mark.parametrize(
    ("members", "section", "service"),
    [
        ({"hours_budget": 8}, "hours_budget", "sessions"),
        ({"title": "Theirs"}, "title", "integrations"),
        ({"matching": {"weights": {"topics": 1}}}, "matching", "matching"),
        ({"disclosure": {"public": {"minimum_n": 12}}}, "disclosure", "evaluation"),
        ({"cohorts": [{"number": 1, "places": 7, "starts": "2022-03-01"}]}, "cohorts", "applications"),
    ],
)
def test_what_changes_names_the_services_that_take_it(members, section, service):
    found = compared(amended(**members))
    assert list(found) == [section]
    assert found[section].refused is None
    assert found[section].effect
    assert service in found[section].services


@pytest.mark.parametrize(
    ("members", "where", "words"),
    [
        ({"direction": "reverse"}, "direction", "another programme"),
        ({"id": "theirs"}, "id", "name"),
        ({"roles": []}, "roles", "buddy"),
        ({"cohorts": []}, "cohorts", "close it"),
        ({"privacy_notices": [{"id": "notice", "version": 1, "purposes": ["more"]}]}, "privacy_notices", "new version"),
        (
            {"criteria": {"current": 1, "versions": [{"version": 1, "items": [HEALTH]}]}},
            "criteria/versions", "new version",
        ),
        (
            {"form": PLAN["form"] | {"fields": [ABOUT | {"required": True}, AGREED]}},
            "form/version", "count it up",
        ),
        (
            {"form": {"version": 2, "fields": [BOOLEAN, AGREED]}},
            "form/fields/0/kind", "an id of its own",
        ),
        (
            {"instruments": [PLAN["instruments"][0] | {"mode": "named"}]},
            "instruments/0/version", "count the version up",
        ),
    ],
)  # fmt: skip
def test_what_would_rewrite_the_past_is_refused_by_name(members, where, words):
    found = compared(amended(**members))
    assert words in (found[where].refused or "")


def test_wordings_and_new_versions_may_change():
    fields = [ABOUT | {"label": "About you"}, AGREED]
    versions = [*PLAN["criteria"]["versions"], {"version": 2, "extends": 1, "items": [HEALTH]}]
    criteria = {"current": 2, "versions": versions}
    pulse = PLAN["instruments"][0] | {"version": 2, "mode": "named"}
    found = compared(amended(form=PLAN["form"] | {"fields": fields}, criteria=criteria, instruments=[pulse]))
    assert sorted(found) == ["criteria", "form", "instruments"]
    assert [change.refused for change in found.values()] == [None, None, None]


async def test_a_running_programme_is_amended_under_its_version(own_clock, tenant, office_of):
    office = office_of(own_clock, tenant)
    made = (await office.post("/programmes", json={"blueprint": PLAN})).json()
    path = f"/programmes/{made['id']}"
    await office.post(f"{path}/cohorts/from-blueprint")
    own_clock.clock.move_to(datetime(2022, 2, 10, tzinfo=UTC))  # the window is open
    present = await office.get(f"{path}/blueprint")
    assert present.json()["blueprint"]["title"] == "Ours"
    later = [line | {"date": "4 weeks after orientation"} if line["kind"] == "match_confirmed" else line
             for line in PLAN["milestones"]]  # fmt: skip
    new = amended(title="Theirs", milestones=later, cohorts=[{"number": 1, "places": 8, "starts": "2022-03-01"}])
    before = (await office.post(f"{path}/blueprint/preview", json={"blueprint": new})).json()
    assert (before["possible"], [change["section"] for change in before["changes"]]) == (
        True,
        ["title", "milestones", "cohorts"],
    )
    tag = {"If-Match": present.headers["ETag"]}
    taken = await office.put(f"{path}/blueprint", json={"blueprint": new}, headers=tag)
    assert taken.status_code == 200, taken.text
    assert (await office.put(f"{path}/blueprint", json={"blueprint": PLAN}, headers=tag)).status_code == 412
    assert (await office.get(path)).json()["title"] == "Theirs"
    [event] = await own_clock.emitted(tenant, ProgrammeAmended)
    assert (event.changed, event.blueprint["title"], event.blueprint_version) == (
        ["cohorts", "milestones", "title"], "Theirs", taken.json()["version"],
    )  # fmt: skip
    [places] = await own_clock.emitted(tenant, CohortPlacesChanged)
    assert places.places == 8
    [moved] = await own_clock.emitted(tenant, CohortMilestonesChanged)
    assert {m.kind: f"{m.starts_at:%m-%d}" for m in moved.milestones} == {
        "expression_of_interest": "02-01", "orientation": "03-01", "match_confirmed": "03-29",
    }  # fmt: skip


async def test_steps_that_have_begun_stay_where_they_were(own_clock, tenant, office_of):
    office = office_of(own_clock, tenant)
    made = (await office.post("/programmes", json={"blueprint": PLAN})).json()
    path = f"/programmes/{made['id']}"
    await office.post(f"{path}/cohorts/from-blueprint")
    own_clock.clock.move_to(datetime(2022, 2, 10, tzinfo=UTC))
    new = amended(cohorts=[{"number": 1, "places": 5, "starts": "2022-03-15"}])
    refused = await office.put(f"{path}/blueprint", json={"blueprint": new}, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (409, "amendment_refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == [
        "/body/blueprint/cohorts/0/expression_of_interest"
    ]
    assert await own_clock.emitted(tenant, ProgrammeAmended) == []
    stranger = own_clock.caller("applications:write", tenant=tenant)
    assert (await stranger.get(f"{path}/blueprint")).status_code == 403
