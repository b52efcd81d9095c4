"""Who has to wait before they apply again, and dates that have to last: rules of the programme, in its words."""

import copy
import uuid
from datetime import date, timedelta

import pytest

from mentoring_applications.applications.eligibility import months_later, unmet
from mentoring_applications.programmes import blueprint
from mentoring_common.testing import eventually
from mentoring_contracts.blueprint.eligibility import Rule
from mentoring_contracts.matching import MatchConfirmed

WORDS = "Who was mentored may apply again two years after the end of their cohort."
LASTS = "Your funding lasts for six months after the match."


def test_months_are_counted_to_the_same_day_or_the_last_of_the_month():
    assert months_later(date(2022, 8, 31), 6) == date(2023, 2, 28)
    assert months_later(date(2022, 12, 1), 1) == date(2023, 1, 1)
    assert months_later(date(2022, 5, 9), 24) == date(2024, 5, 9)
    with pytest.raises(OverflowError):
        months_later(date(9999, 12, 1), 1)


def test_a_date_lasts_or_not():
    until = {"field": "until", "not_before": {"milestone": "match_confirmed", "months": 6}}
    rules, days = (
        [Rule.model_validate({"id": "r", "text": "t", "all": [until]})],
        {"match_confirmed": date(2022, 8, 31)},
    )
    assert unmet(rules, {"until": "2023-02-28"}, days) == []
    assert unmet(rules, {"until": "2023-02-27"}, days) == ["r"]
    assert unmet(rules, {}, days) == ["r"]
    assert unmet(rules, {"until": "2023-02-28"}) == ["r"], "without the milestone nothing is known"


@pytest.fixture
async def programme(own_clock, office_of, programme_with, tenant):
    again = {"roles": ["mentee"], "wait_months": 24, "text": WORDS}
    return await programme_with(own_clock, tenant, office_of(own_clock, tenant), applying={"again": [again]})


async def test_who_was_matched_waits_and_reads_until_when(own_clock, programme, tenant):
    first, second = programme.cohorts[:2]
    mentor, mentee = await programme.apply("mentor", first), await programme.apply("mentee", first)
    await programme.decide(mentor)
    await programme.decide(mentee)
    await own_clock.publish(
        tenant,
        MatchConfirmed(
            match_id=uuid.uuid4(), programme_id=programme.programme_id, cohort_id=first,
            mentor_id=mentor["person_id"], mentee_id=mentee["person_id"],
        )
    )  # fmt: skip

    async def matched():
        return (await programme.office.get(f"/applications/{mentee['id']}")).json()["state"] == "matched"

    await eventually(matched)
    refused = await programme.try_to_apply("mentee", second, mentee["person_id"])
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["applies_from"]) == (409, "too_soon_to_apply", "2032-01-01")
    assert problem["detail"] == f"{WORDS} Applications are taken again from 1 January 2032."
    body = {"role": "mentee", "cohort_id": second}
    draft = await programme.as_person(mentee["person_id"]).post(
        f"/programmes/{programme.programme_id}/drafts", json=body
    )
    assert draft.json()["code"] == "too_soon_to_apply"
    assert (await programme.try_to_apply("mentor", second, mentee["person_id"])).status_code == 201


async def test_who_was_not_matched_need_not_wait(programme):
    first, second = programme.cohorts[:2]
    application = await programme.apply("mentee", first)
    await programme.act(application, "withdraw")
    assert (await programme.try_to_apply("mentee", second, application["person_id"])).status_code == 201


async def test_funding_has_to_last_and_the_refusal_says_so(applications, office, tenant, programme_with):
    content = copy.deepcopy(blueprint.load("nihr").document)
    form, eligibility = content["form"], content["eligibility"]
    form["fields"].append({"id": "funded_until", "kind": "date", "roles": ["mentee"], "label": "Until when?"})
    lasts = {"field": "funded_until", "not_before": {"milestone": "expression_of_interest", "months": 6}}
    eligibility["mentee"].append({"id": "funding_lasts", "text": LASTS, "all": [lasts]})
    programme = await programme_with(applications, tenant, office, form=form, eligibility=eligibility)
    opens = date(2020, 1, 1)
    enough = await programme.apply(
        "mentee", programme.cohorts[0], answers={"funded_until": months_later(opens, 6).isoformat()}
    )
    short = await programme.apply(
        "mentee", programme.cohorts[0],
        answers={"funded_until": (months_later(opens, 6) - timedelta(days=1)).isoformat()},
    )  # fmt: skip
    assert (await programme.decide(enough)).status_code == 200
    refused = (await programme.decide(short)).json()
    assert (refused["code"], refused["rules"], refused["words"]) == ("not_eligible", ["funding_lasts"], [LASTS])
