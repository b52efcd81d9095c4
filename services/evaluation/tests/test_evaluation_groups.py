"""Relationships of several people: each is one, each person is one, and all of them are asked."""

from uuid import uuid4

import pytest

from mentoring_common.testing import eventually
from mentoring_contracts.applications import ApplicationSubmitted, PersonErased
from mentoring_contracts.evaluation import SurveyOpened
from mentoring_contracts.matching import GroupEnded, GroupMemberJoined, GroupMemberLeft, MatchConfirmed
from mentoring_contracts.sessions import MentoringSessionRecorded

BLUEPRINT = {
    "title": "P",
    "surveys": {"after": [{"instrument": "after_session", "trigger": "mentoring_session", "open_days": 2}]},
}


class Group:
    def __init__(self, programme, kind, people, lead=True, applied=()):
        self.programme, self.people, self.lead, self.applied = programme, people, lead, dict(applied)
        self.id = uuid4()
        self.ids = {"group_id": self.id, "programme_id": programme.id, "cohort_id": programme.cohorts[1], "kind": kind}

    def joined(self, person):
        leads = self.lead and person == self.people[0]
        application = self.applied.get(person)
        return GroupMemberJoined(**self.ids, person_id=person, role="x", leads=leads, application_id=application)

    async def begin(self):
        await self.programme.tell(*(self.joined(person) for person in self.people))

    async def match(self, mentee):
        ids = {"programme_id": self.programme.id, "cohort_id": self.programme.cohorts[1], "group_id": self.id}
        await self.programme.tell(MatchConfirmed(match_id=uuid4(), mentor_id=self.people[0], mentee_id=mentee, **ids))

    async def meet(self):
        met = MentoringSessionRecorded(
            match_id=self.id, programme_id=self.programme.id, cohort_id=self.programme.cohorts[1],
            mentoring_session_id=uuid4(), minutes=60, total_minutes=60, attended=2,
        )  # fmt: skip
        await self.programme.tell(met)


def ids(number):
    return [uuid4() for _ in range(number)]


@pytest.fixture
async def begun(programme):
    await programme.begin(blueprint=BLUEPRINT)
    return programme


async def test_a_mentor_s_group_is_one_relationship_of_three_pairs_and_four_people(begun, pick):
    pair = ids(2)
    await begun.match(1, *pair)
    assert [f for f in await begun.figures() if f["name"] == "relationships"] == []  # pairs say it themselves
    group = Group(begun, "mentoring", ids(4))
    await group.begin()
    for mentee in group.people[1:]:
        await group.match(mentee)
    figures = await begun.figures()
    members = pick(figures, "group_members", cohort=None, breakdown={"kind": "mentoring"})
    assert members["value"] == 4
    assert pick(figures, "matched_pairs", cohort=None)["value"] == 4
    assert pick(figures, "relationships", cohort=None)["value"] == 2
    assert pick(figures, "matched_people", cohort=None, role="mentor")["value"] == 2
    assert pick(figures, "matched_people", cohort=None, role="mentee")["value"] == 4
    await begun.tell(GroupEnded(**group.ids, reason="no_time"))
    assert [f for f in await begun.figures() if f["name"] == "group_members"] == []


async def test_everybody_in_a_group_is_asked_about_its_meeting_and_who_left_is_not(begun):
    group = Group(begun, "coaching", ids(4))
    await group.begin()
    await begun.tell(GroupMemberLeft(**group.ids, person_id=group.people[3], role="x", reason="no_time"))
    await group.meet()

    async def opened():
        return await begun.harness.emitted(begun.tenant, SurveyOpened) or None

    (wave,) = await eventually(opened, what="the survey")
    asked = await begun.tokens(str(wave.wave_id))
    assert set(asked) == set(group.people[:3])


async def test_who_is_in_a_circle_they_applied_for_is_asked_in_its_waves_in_their_role(programme):
    await programme.begin()
    people, applied = ids(3), {}
    for person, role in zip(people, ("mentee", "mentee", "mentor"), strict=True):
        application = ApplicationSubmitted(
            application_id=uuid4(), programme_id=programme.id, cohort_id=programme.cohorts[1], person_id=person,
            role=role,
        )  # fmt: skip
        applied[person] = application.application_id
        await programme.tell(application)
    await Group(programme, "board_circle", people, lead=False, applied=applied).begin()
    await Group(programme, "buddy", ids(2), lead=False).begin()  # beside what they applied for: not asked
    opened = await programme.open()
    wave = next(iter(opened.values()))
    assert set(await programme.tokens(wave["id"])) == set(people)
    assert (wave["asked"]["mentor"], wave["asked"]["mentee"]) == (1, 2)


async def test_groups_of_other_kinds_are_counted_beside_and_make_no_pairs(begun, pick):
    await Group(begun, "coaching", ids(2)).begin()
    circle = Group(begun, "reflection_group", ids(12), lead=False)
    await circle.begin()
    figures = await begun.figures()
    assert pick(figures, "matched_pairs", cohort=None)["value"] == 0
    found = {
        (f["name"], f["breakdown"]["kind"]): f["value"] for f in figures if "kind" in f["breakdown"] and f["cohort"]
    }
    assert found == {
        ("groups", "coaching"): 1, ("group_members", "coaching"): 2,
        ("groups", "reflection_group"): 1, ("group_members", "reflection_group"): 12,
    }  # fmt: skip
    await begun.tell(PersonErased(person_id=circle.people[0]))
    counted = [
        f
        for f in await begun.figures()
        if f["name"] == "group_members" and f["breakdown"]["kind"] == circle.ids["kind"]
    ]
    assert {f["value"] for f in counted} == {12}  # somebody random in their place
