"""A leadership programme as NHS England had it: group mentoring, coaching beside it, reflection groups; by GraphQL."""

from typing import Any

from mentoring_common.testing import eventually

FORMATS = [
    {"id": "mentoring", "together": True, "size": {"least": 2, "most": 12}, "hours_budget": 9},
    {"id": "reflection_group", "like": "peer_circle", "title": "Reflection session", "size": {"least": 2, "most": 12}},
]
KINDS = [{"id": "orientation", "title": "Orientation"}, {"id": "reflection_group", "title": "Reflection session"}]
ACTIVITIES = {"orientation": {"compulsory": False}, "kinds": KINDS}
OFFER = """mutation($c: UUID!, $kind: String!, $lead: UUID, $members: [UUID!]!) {
  offerGroup(cohortId: $c, kind: $kind, leadId: $lead, memberIds: $members) { id state } }"""
ACCEPT = "mutation($g: UUID!) { acceptGroupPlace(groupId: $g) { state shortOf } }"
MINE = "{ me { groups(first: 9) { nodes { id kind state members { role state person { name email } } } } } }"
RELATIONSHIP = """query($g: UUID!) { relationship(matchId: $g) {
  state kind budgetMinutes totalMinutes members { personId role leads } agreement { signedByAll } } }"""


async def test_group_mentoring_reflection_groups_and_coaching_of_one_programme(organisation: Any) -> None:
    journey = organisation
    await journey.begin(formats=FORMATS, activities=ACTIVITIES)
    await journey.apply_and_accept("Ada", "MENTOR", capacity=3)
    mentees = ("Cleo", "Dina")
    for name in mentees:
        await journey.apply_and_accept(name, "MENTEE")
    await journey.appoint("Kit", "TRAINER")
    ids = {name: journey.people[name] for name in (*mentees, "Ada", "Kit")}

    async def offered(kind: str, lead: str | None, members: tuple[str, ...]) -> str:
        wanted = {"c": journey.cohort_id, "kind": kind, "members": [ids[name] for name in members]}
        wanted |= {"lead": ids[lead]} if lead else {}
        made = await journey.asked_in_time(OFFER, **wanted)
        return str(made["offerGroup"]["id"])

    async def relationship(group: str, by: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = (await journey.asked_in_time(RELATIONSHIP, by, g=group))["relationship"]
        return found

    # Two places of the cohort, and a group that takes both: a mentee each.
    group = await offered("mentoring", "Ada", mentees)
    for name in ("Cleo", "Ada", "Dina"):
        await journey.ask(ACCEPT, by=name, g=group)

    async def all_in() -> dict[str, Any] | None:
        found = await relationship(group, "Cleo")
        return found if len(found["members"]) == 3 and found["state"] == "active" else None

    found = await eventually(all_in, what="the group")
    assert (found["kind"], found["budgetMinutes"], found["totalMinutes"]) == ("mentoring", 540, 0)
    assert [(m["role"], m["leads"]) for m in found["members"]] == [
        ("mentor", True),
        ("mentee", False),
        ("mentee", False),
    ]

    meet = """mutation($g: UUID!, $who: [UUID!]) { recordMentoringSession(matchId: $g, heldAt: "2020-01-01T00:00:00Z",
        minutes: 90, mode: ONLINE, attended: $who) { outcome } }"""
    assert await journey.refusal(meet, by="Cleo", g=group) == ["mentoring_session_outside_relationship"]
    sign = "mutation($g: UUID!) { signAgreement(matchId: $g) { agreement { signedByAll signatures { personId } } } }"
    await journey.ask("mutation($g: UUID!) { proposeAgreement(matchId: $g) { state } }", by="Ada", g=group)
    for name, whole in (("Ada", False), ("Cleo", False), ("Dina", True)):
        signed = (await journey.ask(sign, by=name, g=group))["signAgreement"]["agreement"]
        assert signed["signedByAll"] is whole

    # Coaching beside it, and a reflection group with an activity of its own.
    coaching = await offered("coaching", "Kit", ("Cleo",))
    circle = await offered("reflection_group", None, mentees)
    for name, group_id in (("Cleo", coaching), ("Kit", coaching), *((name, circle) for name in mentees)):
        await journey.ask(ACCEPT, by=name, g=group_id)
    mine = (await journey.ask(MINE, by="Cleo"))["me"]["groups"]["nodes"]
    assert {(g["kind"], g["state"]) for g in mine} == {
        ("mentoring", "standing"), ("coaching", "standing"), ("reflection_group", "standing"),
    }  # fmt: skip
    await relationship(circle, "Dina")
    plan = """mutation($p: UUID!, $r: UUID!) { planActivity(programmeId: $p, kind: "reflection_group", minutes: 60,
        title: "Reflection", mode: ONLINE, startsAt: "2030-01-01T10:00:00Z", relationshipId: $r) { id } }"""
    held = (await journey.ask(plan, by="Kit", p=journey.programme_id, r=circle))["planActivity"]["id"]
    register = "mutation($a: UUID!) { registerForActivity(activityId: $a) { registered } }"
    assert (await journey.ask(register, by="Dina", a=held))["registerForActivity"] == {"registered": 1}
    assert await journey.refusal(register, by="Ada", a=held) == ["activity_not_found"]

    # People who are in a group with somebody see who they are, and the ledger balances: each mentee is matched once.
    async def names() -> bool:
        nodes = (await journey.ask(MINE, by="Dina"))["me"]["groups"]["nodes"]
        seen = {m["person"]["name"] for g in nodes for m in g["members"] if m["person"]}
        return seen == {"Ada", *mentees}

    assert await eventually(names, what="names of the circle")
    async with journey.client() as client:

        async def matched() -> list[dict[str, Any]] | None:
            rows = (await client.get(f"/applications/programmes/{journey.programme_id}/ledger")).json()["items"]
            here = [row for row in rows if row["cohort_id"] == journey.cohort_id]
            return here if {(r["role"], r["matched"]) for r in here} == {("mentor", 1), ("mentee", 2)} else None

        assert all(row["balanced"] for row in await eventually(matched, what="the ledger"))
