"""Members share protected figures with the office of their network, which reads totals and nobody's figures."""

import asyncio
import uuid
from datetime import UTC, datetime

import pytest

from mentoring_common import yaml_text
from mentoring_common.testing import refused
from mentoring_contracts.applications import NetworkJoined, NetworkLeft, NetworkMemberJoined, NetworkMemberLeft
from mentoring_contracts.evaluation import (
    NetworkReportReceived,
    NetworkReportWithdrawn,
    ReportShared,
    ReportShareWithdrawn,
)
from mentoring_evaluation.networks.totals import LEAST_MEMBERS, Shared, handed_over, issued, totals

BLUEPRINT = yaml_text.ours(
    """
title: Volunteers
instruments:
  - id: summative
    title: End
    questions:
      - {id: grown, figure: business_grown, kind: choice, roles: [mentee], scale: likely, counted: ["Yes"],
         sensitivity: ordinary, text: "Grown?"}
scales: {likely: ["Yes", "No"]}
"""
)


NOW, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def share(value=50, low=40, high=60, denominator=20, shown="rounded", rule="top_box", **more):
    between = None if shown == "hidden" else {"low": low, "high": high}
    known = {"value": value, "whole": {"low": denominator - 2, "high": denominator + 2}, "between": between}
    if shown == "hidden":
        known = dict.fromkeys(known)
    about = {"name": "grown", "definition": "Grown", "role": "mentee", "wave": "summative", "unit": "percent"}
    return about | {"rule": rule, "top_box": ["Yes"], "shown": shown} | known | more


def count(value, name="matched_pairs"):
    return share(rule="count", shown="exact", name=name, unit="pairs", top_box=[]) | {
        "value": value, "whole": None, "between": None,
    }  # fmt: skip


def members(number):
    return [uuid.UUID(int=n + 1) for n in range(number)]


def totals_of(*figures, everybody=None):
    """Totals of members of which each shared one list of figures."""
    known = members(len(figures))
    return totals(everybody or known, [Shared(*one) for one in zip(known, figures, strict=True)], NOW)


def test_counts_are_added_up_and_shares_weighed_by_the_people_behind_them():
    one, two, three = share(80, 75, 85, 40), share(50, 40, 60, 20), share(20, 10, 30, 20)
    found = totals_of([count(3), one], [count(4), two], [count(5), three])
    pairs, grown = sorted(found, key=lambda total: total.about["unit"] != "pairs")
    assert (pairs.about["name"], pairs.value, pairs.shown, pairs.people, len(pairs.basis)) == (
        "matched_pairs",
        12,
        "sum",
        None,
        3,
    )
    assert (grown.value, grown.between, grown.people, grown.shown) == (58, {"low": 50, "high": 65}, 80, "rounded")
    assert grown.without == []


@pytest.mark.parametrize("number", [1, 2])
def test_nothing_is_shown_of_fewer_than_three_members(number):
    assert totals_of(*[[count(5), share()] for _ in range(number)]) == []
    # Nor that there is such a figure, by whatever of the others.
    others = [[share(wave="pulse: two")], *([share(wave="pulse: now")] for _ in range(3))]
    assert [one.about["wave"] for one in totals_of(*others)] == ["pulse: now"]
    assert LEAST_MEMBERS == 3


def test_several_programmes_of_a_member_are_one_member():
    one, two = members(2)
    shared = [Shared(one, [count(1)]), Shared(one, [count(2)]), Shared(two, [count(4)])]
    assert totals([one, two], shared, NOW) == []


def test_who_hides_a_figure_or_shares_none_is_named_and_is_not_in_it():
    everybody = members(6)
    figures = [[share()], [share()], [share()], [share(shown="hidden")], []]
    (total,) = totals_of(*figures, everybody=everybody)
    assert (total.value, len(total.basis), total.without) == (50, 3, [str(one) for one in everybody[3:]])


def test_words_of_a_figure_are_shown_that_enough_members_use():
    own = share(definition="Did Leeds do well?")
    (total,) = totals_of([own], [share()], [share()])
    assert total.about["definition"] == "grown"
    (total,) = totals_of([own], [share()], [share()], [share()])
    assert total.about["definition"] == "Grown"


def issued_of(*editions, names="abcdefgh"):
    """The values of a count in each edition of it, of members by their letters: `a1` published one."""
    before = []
    for n, edition in enumerate(editions):
        shared = [Shared(uuid.UUID(int=1 + names.index(one[0])), [count(int(one[1:]))]) for one in edition.split()]
        members = {one.organisation_id for one in shared}
        before.append(issued(members, shared, before, NOW if n == 0 else LATER))
    return [[one.value for one in edition] for edition in before], before


@pytest.mark.parametrize(
    ("then", "value"),
    [
        ("b2 c3 d4 e5 f6", 21),  # one took it back: 1 is not to be had by subtraction
        ("a1 b2 c3 d4 e5 f6 g7", 21),
        ("a9 b2 c3 d4 e5 f6", 21),
        ("a9 b9 c3 d4 e5 f6", 21),
        ("c3 d4 e5 f6 g7", 25),  # two went and one came
        ("a9 b9 c9 d4 e5 f6", 42),
        ("a1 b2 c3 d4 e5 f6", 21),
        ("a1 b2", None),
    ],
)
def test_two_readings_differ_by_what_enough_members_changed_or_by_nothing(then, value):
    values, editions = issued_of("a1 b2 c3 d4 e5 f6", then)
    assert values == [[21], [] if value is None else [value]]
    if value:
        assert editions[1][0].as_of == (NOW if value == 21 else LATER).isoformat()


def test_a_reading_differs_enough_from_every_one_before_it():
    # The third differs from the second in four members, and from the first in one.
    values, _ = issued_of("a1 b2 c3 d4", "a1 b9 c9 d9", "a5 b2 c3 d4")
    assert values == [[10], [28], [28]]
    # Nor does one that was gone in between tell of a single member.
    values, _ = issued_of("a1 b2 c3 d4", "a1 b2", "a1 b2 c3 d9")
    assert values == [[10], [], [10]]


def test_at_least_counts_with_what_it_lies_between():
    (total,) = totals_of([share(85, 85, 100, shown="at_least")], [share()], [share()])
    assert (total.value, total.between) == (64, {"low": 55, "high": 74})


def test_figures_of_other_answers_are_other_figures():
    assert totals_of([share(top_box=["Yes"])], [share(top_box=["Ja"])], [share()]) == []


def test_a_figure_and_its_parts_are_not_added_up():
    def attended(online, in_person):
        each = [count(online + in_person, "cpd_sessions")]
        each += [count(online, "cpd_sessions") | {"breakdown": {"mode": "online"}}]
        return [*each, count(in_person, "cpd_sessions") | {"breakdown": {"mode": "in_person"}}]

    found = totals_of(attended(2, 1), attended(3, 1), attended(4, 0))
    said = {total.about["breakdown"].get("mode"): total.value for total in found}
    assert (len(found), said) == (3, {None: 11, "online": 9, "in_person": 2})


def test_a_sum_of_rounded_counts_says_what_it_lies_between():
    def came(number):
        rounded = {"shown": "rounded", "between": {"low": number - 2, "high": number + 2}}
        return [count(number, "cpd_participants") | rounded | {"breakdown": {"mode": "online"}}]

    (total,) = totals_of(came(15), came(20), came(30))
    assert (total.value, total.between, total.shown) == (65, {"low": 59, "high": 71}, "rounded")


def test_nothing_is_handed_over_of_what_is_hidden_nor_of_interviews_or_means():
    shown = share() | {"numerator": 9, "asked": 20, "answered": 18, "exact": "1/2", "components": [{}]}
    figures = [share(shown="hidden"), shown, share(rule="mean_of_cohorts"), count(4, "interviews"), count(4)]
    figures += [share(rule="excess"), count(None)]
    content = {"views": {"public": {"figures": figures}}, "evaluation_model": None}
    grown, pairs = handed_over(content)
    assert not {"asked", "answered", "exact", "components", "numerator"} & (grown.keys() | pairs.keys())
    assert (grown["value"], pairs["value"]) == (50, 4)


def test_recorded_values_of_indicators_are_handed_over_rounded_or_hidden():
    measured = [
        {"indicator": "seniors", "title": "Seniors", "unit": "percent", "figure": None, "shown": "rounded", "value": 25,
         "numerator": 10, "base": 40},
        {"indicator": "few", "title": "Few", "unit": "percent", "figure": None, "shown": "hidden", "value": None,
         "numerator": None, "base": None},
        {"indicator": "of_figure", "title": "F", "unit": "percent", "figure": "grown", "shown": "rounded", "value": 1,
         "numerator": 1, "base": 1},
    ]  # fmt: skip
    content = {"views": {"public": {"figures": []}}, "evaluation_model": {"stages": [{"measured": measured}]}}
    (one,) = handed_over(content)
    assert (one["name"], one["value"], one["whole"]["low"], one["between"]) == (
        "indicator:seniors", 25, 38, {"low": 19, "high": 32},
    )  # fmt: skip
    assert [total.value for total in totals_of([one], [one], [one])] == [25]


class Office:
    """The office of a network, as the applications service announces it."""

    def __init__(self, harness):
        self.harness, self.tenant, self.network = harness, uuid.uuid4(), uuid.uuid4()

    @property
    def admin(self):
        return self.harness.caller("evaluation:write", "organisation:admin", tenant=self.tenant)

    def about(self, organisation):
        known, id_ = {"network_id": self.network}, uuid.uuid5(organisation, "membership")
        ours = known | {"member_id": id_, "organisation_id": organisation}
        return ours, known | {"membership_id": id_, "office_id": self.tenant}

    async def joined(self, organisation):
        ours, theirs = self.about(organisation)
        await self.harness.publish(self.tenant, NetworkMemberJoined(**ours))
        await self.harness.publish(organisation, NetworkJoined(**theirs))

    async def left(self, organisation):
        ours, theirs = self.about(organisation)
        await self.harness.publish(self.tenant, NetworkMemberLeft(**ours))
        await self.harness.publish(organisation, NetworkLeft(**theirs))

    async def totals(self):
        """What is issued now, and read."""
        path = f"/networks/{self.network}/totals"
        answers = await self.admin.post(f"{path}/issue"), await self.admin.get(path)
        assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
        assert answers[0].json() == answers[1].json()
        return answers[1].json()

    async def total(self, name, **which):
        found = (await self.totals())["totals"]
        (one,) = [one for one in found if one["name"] == name and all(one[k] == v for k, v in which.items())]
        return one


@pytest.fixture
def office(evaluation):
    return Office(evaluation)


async def published(programme):
    report = await programme.report("network")
    assert (await programme.team.post(f"/reports/{report['id']}/publish")).status_code == 200
    return report["id"]


async def shared(programme, office):
    answer = await programme.team.post(
        f"/reports/{await published(programme)}/share", json={"network_id": str(office.network)}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def with_pairs(make_programme, office, pairs):
    programme = make_programme()
    await programme.begin(blueprint=BLUEPRINT)
    programme.mentees = [uuid.uuid4() for _ in range(pairs)]
    await asyncio.gather(*(programme.match(1, uuid.uuid4(), mentee) for mentee in programme.mentees))
    await office.joined(programme.tenant)
    return programme


async def test_an_office_reads_totals_of_what_its_members_published(evaluation, make_programme, office):
    large = [await with_pairs(make_programme, office, 20) for _ in range(3)]
    small, silent = await with_pairs(make_programme, office, 6), await with_pairs(make_programme, office, 1)
    everybody = [*large, small]
    opened = {}
    evaluation.clock.move_to(max(one.opens for one in everybody) + (everybody[0].closes - everybody[0].opens) / 4)
    for one in everybody:
        opened[one.tenant] = (await one.in_state("open"))["summative", 1]
    for one in everybody:
        tokens = await one.tokens(opened[one.tenant]["id"])
        asked = [tokens[mentee] for mentee in one.mentees]
        answers = [{"grown": "Yes" if n % 2 else "No"} for n in range(len(asked))]
        await asyncio.gather(*(one.answer(*given) for given in zip(asked, answers, strict=True)))
    evaluation.clock.move_to(max(one.closes for one in everybody) + (everybody[0].closes - everybody[0].opens) / 4)
    for one in everybody:
        await one.in_state("closed")
        await shared(one, office)
    found = await office.totals()
    assert (found["members"], found["sharing"], found["silent"]) == (5, 4, [str(silent.tenant)])
    pairs = await office.total("matched_pairs")
    assert (pairs["value"], pairs["shown"], pairs["members"]) == (66, "sum", 4)
    grown = await office.total("business_grown", role="mentee")
    assert (grown["shown"], grown["members"]) == ("rounded", 3)
    assert 45 <= grown["value"] <= 65
    assert grown["between"]["low"] < 50 < grown["between"]["high"]
    assert set(grown["without"]) == {str(small.tenant), str(silent.tenant)}
    assert 50 <= grown["people"] <= 70
    told = await evaluation.emitted(office.tenant, NetworkReportReceived)
    assert {one.organisation_id for one in told} == {one.tenant for one in everybody}


async def test_only_members_share_and_only_published_reports_to_the_network(evaluation, make_programme, office):
    programme = make_programme()
    await programme.begin(blueprint=BLUEPRINT)
    body = {"network_id": str(office.network)}
    network = await published(programme)
    assert refused(await programme.team.post(f"/reports/{network}/share", json=body), 409, "not_in_network")
    await office.joined(programme.tenant)
    final = await programme.report("final")
    assert refused(await programme.team.post(f"/reports/{final['id']}/share", json=body), 409, "report_not_for_network")
    unpublished = await programme.report("network")
    draft = await programme.team.post(f"/reports/{unpublished['id']}/share", json=body)
    assert refused(draft, 409, "report_not_for_network")
    assert refused(await programme.client().post(f"/reports/{network}/share", json=body), 403, "role_needed")
    _, coordinator = await programme.granted("coordinator")
    assert refused(await coordinator.post(f"/reports/{network}/share", json=body), 403, "role_needed")
    _, manager = await programme.granted("programme_manager")
    assert (await manager.post(f"/reports/{network}/share", json=body)).status_code == 201
    assert refused(await programme.team.post(f"/reports/{network}/share", json={"network": 1}), 422, "invalid_request")


async def test_what_one_member_has_is_read_by_nobody_else(evaluation, make_programme, office):
    programme = await with_pairs(make_programme, office, 1)
    share = await shared(programme, office)
    own = (await programme.team.get(f"/programmes/{programme.id}/shared-reports")).json()["items"]
    assert own == [share]
    assert (await programme.team.get(f"/shared-reports/{share['id']}")).json() == share
    assert refused(await office.admin.get(f"/shared-reports/{share['id']}"), 404, "shared_report_not_found")
    assert refused(await office.admin.get(f"/programmes/{programme.id}/shared-reports"), 404, "programme_not_found")
    assert refused(await office.admin.get(f"/reports/{share['report_id']}"), 404, "report_not_found")
    assert refused(await office.admin.post(f"/shared-reports/{share['id']}/withdraw"), 404, "shared_report_not_found")
    assert refused(await programme.team.get(f"/networks/{office.network}/totals"), 404, "network_not_found")
    reader = evaluation.caller("evaluation:read", "evaluation:write", tenant=office.tenant)
    assert refused(await reader.post(f"/networks/{office.network}/totals/issue"), 403, "insufficient_scope")
    member = await programme.team.post(f"/networks/{office.network}/totals/issue")
    assert refused(member, 404, "network_not_found")
    assert refused(await reader.get(f"/networks/{office.network}/totals"), 403, "insufficient_scope")
    other = Office(evaluation)
    assert refused(await other.admin.get(f"/networks/{office.network}/totals"), 404, "network_not_found")
    found = await office.totals()
    assert (found["totals"], found["number"], found["issued_at"]) == ([], 0, None)  # one member is no total
    audited = (await office.admin.get("/audit-log")).json()["items"]
    assert ("receive_report", f"organisation:{programme.tenant}") in {(one["act"], one["actor"]) for one in audited}


async def test_of_a_programme_the_last_that_was_shared_counts(evaluation, make_programme, office):
    programmes = [await with_pairs(make_programme, office, n) for n in (1, 2, 3)]
    shares = [await shared(one, office) for one in programmes]
    first = await office.totals()
    assert (first["number"], (await office.total("matched_pairs"))["value"]) == (1, 6)
    await programmes[0].crowd(pairs=4)
    again = await shared(programmes[0], office)
    assert (again["id"], again["report_id"] == shares[0]["report_id"]) == (shares[0]["id"], False)
    # One changed: the difference would be its own. It waits for two others.
    assert (await office.total("matched_pairs"))["value"] == 6
    assert (await office.totals())["number"] == 1
    for programme in programmes[1:]:
        await programme.crowd(pairs=2)
        await shared(programme, office)
    assert (await office.total("matched_pairs"))["value"] == 14
    assert [one["figures"] for one in shares] == [
        [figure for figure in one["figures"] if figure["shown"] != "hidden"] for one in shares
    ]
    at_once = await asyncio.gather(*(office.totals() for _ in range(4)))
    assert {one["number"] for one in at_once} == {2}


async def test_who_takes_back_or_leaves_is_in_no_total_that_is_issued_then(evaluation, make_programme, office):
    programmes = [await with_pairs(make_programme, office, 1) for _ in range(6)]
    shares = [await shared(one, office) for one in programmes]
    first, second, *others = programmes
    assert (await office.total("matched_pairs"))["value"] == 6
    assert (await first.team.post(f"/shared-reports/{shares[0]['id']}/withdraw")).status_code == 200
    assert refused(await first.team.post(f"/shared-reports/{shares[0]['id']}/withdraw"), 404, "shared_report_not_found")
    total = await office.total("matched_pairs")
    assert (total["value"], total["members"]) == (6, 6)  # as it was issued: less one would be that one's
    assert (await office.totals())["sharing"] == 5
    assert [type(one) for one in await evaluation.emitted(first.tenant, ReportShared, ReportShareWithdrawn)] == [
        ReportShared, ReportShareWithdrawn,
    ]  # fmt: skip
    assert len(await evaluation.emitted(office.tenant, NetworkReportWithdrawn)) == 1
    await office.left(second.tenant)
    await office.left(others[0].tenant)
    found = await office.totals()
    assert (found["members"], found["sharing"], found["number"]) == (4, 3, 2)
    assert (await office.total("matched_pairs"))["value"] == 3
    assert (await second.team.get(f"/programmes/{second.id}/shared-reports")).json()["items"] == []
    late = await second.team.post(f"/reports/{shares[1]['report_id']}/share", json={"network_id": str(office.network)})
    assert refused(late, 409, "not_in_network")
    await office.left(others[1].tenant)
    assert (await office.totals())["totals"] == []  # two are no total


async def test_a_member_that_the_office_does_not_know_any_more_hands_nothing_over(evaluation, make_programme, office):
    """The two sides hear of a membership's end at different times."""
    programme = await with_pairs(make_programme, office, 1)
    ours, _ = office.about(programme.tenant)
    await evaluation.publish(office.tenant, NetworkMemberLeft(**ours))
    report = await published(programme)
    answer = await programme.team.post(f"/reports/{report}/share", json={"network_id": str(office.network)})
    assert refused(answer, 409, "not_in_network")
