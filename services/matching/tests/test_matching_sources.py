"""Whose word a run stood on, and that profiles are kept sealed."""

from uuid import uuid4

import sqlalchemy as sa

from mentoring_common.testing.harness import eventually
from mentoring_matching import jobs, queries
from mentoring_matching.models import Profile

CANARY = "zq-canary-7f3e"


async def test_a_run_says_which_rules_stood_on_peoples_own_word(world):
    cohort = await world.cohort(2)
    boss = uuid4()
    said = {"line_manager_id": str(boss)}
    people = [
        world.person("mentor", sources={"employer": "hr", "line_manager": "hr"}, **said),
        world.person("mentor", sources={"employer": "hr", "line_manager": "self"}, **said),
        world.person("mentee", sources={"employer": "hr"}, **said),
        world.person("mentee", sources={"employer": "hr"}),
    ]
    await world.admit(cohort, *people)
    run = await world.run(cohort)
    rules = {rule.pop("rule"): rule for rule in run["rule_sources"]}
    assert set(rules) == {"different_employer", "no_line_management"}, "rules that read no value are not there"
    assert rules["different_employer"] == {
        "attribute": "employer", "from_hr": 4, "self_declared": 0, "not_given": 0, "void": False,
        "explanation": "different employers: HR's word for everybody",
    }  # fmt: skip
    managing = rules["no_line_management"]
    assert (managing["from_hr"], managing["self_declared"], managing["not_given"]) == (1, 2, 1)
    assert managing["explanation"].endswith("HR's word for 1, their own for 2, nothing known of 1")


async def _raw(world):
    columns = sa.text("SELECT t::text FROM profiles AS t WHERE tenant_id = :tenant")
    async with world.harness.service.database.transaction(world.tenant) as db:
        return "".join(await db.scalars(columns, {"tenant": world.tenant}))


async def test_a_profile_is_sealed_also_one_from_before(world):
    cohort = await world.cohort(1)
    person = world.person("mentee", free_text=CANARY, attributes={"discipline": CANARY})
    await world.admit(cohort, person)
    assert CANARY not in await _raw(world)
    assert CANARY.encode().hex() not in await _raw(world)
    mine = Profile.id == person.application_id
    async with world.harness.service.database.transaction(world.tenant) as db:
        before = (await queries.profiles_of(db, [person.application_id]))[person.application_id]
        clear = {"content": before.model_dump(mode="json"), "sealed": None}
        await db.execute(sa.update(Profile).where(mine).values(clear))
    assert CANARY in await _raw(world)
    await jobs.seal_profiles(world.harness.service)

    async def sealed():  # the service's own round may hold the row
        return CANARY not in await _raw(world)

    await eventually(sealed, what="the sealing")
    async with world.harness.service.database.transaction(world.tenant) as db:
        assert (await queries.profiles_of(db, [person.application_id]))[person.application_id] == before
    assert before.free_text == CANARY
