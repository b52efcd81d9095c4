"""Working hours as people write them: how they are read, and what becomes of those that cannot be."""

from datetime import UTC, date, datetime

import pytest

from mentoring_contracts.applications import CohortMilestonesChanged, Milestone
from mentoring_matching.commands.pool import first_day
from mentoring_matching.engine import working_hours
from mentoring_matching.hours import HoursUnreadable, slots

WINTER, SUMMER = date(2026, 1, 15), date(2026, 7, 15)
OVERLAP = {"id": "hours", "kind": "overlap_hours", "attribute": "working_hours", "least": 2}


@pytest.mark.parametrize(
    ("value", "zone", "on", "expected"),
    [
        ("9-17", "", WINTER, working_hours(9, 17)),
        ("08:30–12:00 UTC+2", "", WINTER, working_hours(8.5, 12, 2)),
        ("9-17 -05:30", "", WINTER, working_hours(9, 17, -5.5)),
        ("9-17 europe/london", "", WINTER, working_hours(9, 17)),
        ("9-17 Europe/London", "", SUMMER, working_hours(9, 17, 1)),
        ("9-17", "Asia/Kathmandu", SUMMER, working_hours(9, 17, 5.75)),
        ("9-10 GMT", "Asia/Tokyo", SUMMER, working_hours(9, 10)),
        ("22-2; 9-11", "UTC-3", WINTER, working_hours(22, 2, -3) | working_hours(9, 11, -3)),
        (["9-10", "13:30"], "UTC+1", WINTER, {"08:00", "08:30", "13:30"}),
        ("0-24", "", WINTER, working_hours(0, 24)),
        ("", "", WINTER, set()),
        ([], "Nowhere", WINTER, set()),
    ],
)
def test_hours_are_read_by_the_clocks_of_a_day(value, zone, on, expected):
    assert slots(value, zone, on) == expected


@pytest.mark.parametrize(
    "value",
    ["mornings", "9-25", "9-9", "9-17 Atlantis/Deep", "9-17 UTC+15", "9am-5pm", 9, {"9": 1}, [1], ["9-10"] * 101],
)
def test_what_is_no_hours_is_refused_without_repeating_it(value):
    with pytest.raises(HoursUnreadable) as refused:
        slots(value, "", WINTER)
    assert refused.value.reason
    assert str(value) not in refused.value.reason


def test_pairs_begin_with_the_match_or_with_the_first_milestone():
    window, match = (
        Milestone(kind=kind, starts_at=datetime(2026, month, 1, tzinfo=UTC))
        for kind, month in (("expression_of_interest", 1), ("match_confirmed", 5))
    )
    assert [first_day(given) for given in ([window, match], [window], [])] == [date(2026, 5, 1), date(2026, 1, 1), None]


async def test_people_meet_by_their_clocks_and_bad_hours_are_shown(make_world):
    world = await make_world(hard_rules=[OVERLAP])
    cohort = await world.cohort(5)

    def person(role, **attributes):
        return world.person(role, attributes=attributes)

    tokyo = person("mentor", working_hours="9-17", time_zone="Asia/Tokyo")
    listed = person("mentor", working_hours=["16:00", "16:30", "17:00", "17:30"])
    odd = person("mentor", working_hours="after school")
    # 16:00-18:00 UTC in winter and 15:00-17:00 in summer
    london = person("mentee", working_hours="16-18 Europe/London")
    await world.admit(cohort, tokyo, listed, odd, london)

    async def begins(month):
        at = Milestone(kind="match_confirmed", starts_at=datetime(2026, month, 15, tzinfo=UTC))
        changed = CohortMilestonesChanged(cohort_id=cohort, programme_id=world.programme_id, milestones=[at])
        await world.harness.publish(world.tenant, changed)

    await begins(1)
    winter = await world.run(cohort)
    assert (winter["state"], winter["pairs"], winter["unread"]) == ("completed", 1, 1)
    assert [p["mentor_id"] for p in await world.items(f"/runs/{winter['id']}/pairs")] == [str(listed.id)]
    await begins(7)
    assert (await world.run(cohort))["pairs"] == 0
    dry = (await world.office.post(f"/cohorts/{cohort}/dry-run", json={})).json()
    assert (dry["permitted"], dry["unread"]) == (0, 1)
    unread = {id_: member["unread"] for id_, member in (await world.pool(cohort)).items() if member["unread"]}
    assert unread == {str(odd.id): {"working_hours": "is no span of hours such as 9-17 or 08:30-12:00 UTC+2"}}
    assert (await world.office.post(f"/cohorts/{cohort}/buddies", json={})).status_code == 201


async def test_missing_hours_are_as_the_rule_says(make_world):
    world = await make_world(hard_rules=[OVERLAP | {"missing": "allow"}])
    cohort = await world.cohort(5)
    odd = world.person("mentor", attributes={"working_hours": {"monday": "9-17"}})
    await world.admit(cohort, odd, world.person("mentee", attributes={"working_hours": "9-17 Africa/Accra"}))
    assert (await world.run(cohort))["pairs"] == 1
