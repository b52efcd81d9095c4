"""Waves open and close by the clock, exactly once; an invitation is answered once, and nobody can say by whom."""

import asyncio
import uuid
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from mentoring_common.deadlines import DeadlinePoller
from mentoring_common.tables import audit_log, deadlines, idempotency_keys, outbox
from mentoring_contracts.applications import (
    CohortMilestonesChanged,
    Milestone,
    PersonErased,
    ProgrammeAmended,
    RoleGranted,
)
from mentoring_contracts.evaluation import SurveyCancelled, SurveyClosed, SurveyOpened, SurveyResponseReceived
from mentoring_contracts.matching import MatchEnded
from mentoring_evaluation.app import create_app
from mentoring_evaluation.tables import Base

CANARY = "canary-7f3a my mentor shouted at me"


@asynccontextmanager
async def replica(harness):
    """A second process of the service on the same database, as far as waves are concerned."""
    service = create_app(harness.service.settings, clock=harness.clock, http=harness.service.http)
    await service.start()
    try:
        yield service
    finally:
        service.http = None
        await service.stop()


async def test_waves_open_and_close_by_the_clock_exactly_once_on_two_replicas(evaluation, programme):
    mentor, mentees, late = uuid.uuid4(), [uuid.uuid4(), uuid.uuid4()], uuid.uuid4()
    await programme.begin(mode="named")
    for mentee in mentees:
        await programme.match(1, mentor, mentee)
    ended = await programme.match(1, uuid.uuid4(), uuid.uuid4())
    await programme.tell(
        MatchEnded(
            match_id=ended, programme_id=programme.id, cohort_id=programme.cohorts[1], mentor_id=uuid.uuid4(),
            mentee_id=uuid.uuid4(), reason="moved away",
        )
    )  # fmt: skip
    assert {w["state"] for w in (await programme.waves()).values()} == {"planned"}
    async with replica(evaluation) as other:
        pollers = [
            DeadlinePoller(s.system, s.database, s.design.deadlines, s.clock, 0.01) for s in (evaluation.service, other)
        ]
        waves = await programme.open()
        await programme.match(1, late, uuid.uuid4())
        await asyncio.gather(*(poller.fire_due() for poller in pollers for _ in range(5)))
        assert waves["interim", 1]["asked"] == {"mentor": 1, "mentee": 2}
        token = (await programme.tokens(waves["interim", 1]["id"]))[mentor]
        assert (await programme.answer(token, {"meetings_held": 3})).status_code == 201
        await programme.close()
        await asyncio.gather(*(poller.fire_due() for poller in pollers for _ in range(5)))
    opened = await evaluation.emitted(programme.tenant, SurveyOpened)
    closed = await evaluation.emitted(programme.tenant, SurveyClosed)
    assert sorted((e.instrument, e.asked) for e in opened) == [("interim", 3), ("summative", 3)]
    assert sorted((e.instrument, e.asked, e.responses) for e in closed) == [("interim", 3, 1), ("summative", 3, 0)]
    assert late not in await programme.tokens(waves["interim", 1]["id"])


async def test_a_wave_that_is_called_off_keeps_no_answer_and_says_why(evaluation, programme):
    mentor, mentee = uuid.uuid4(), uuid.uuid4()
    await programme.begin(mode="named")
    await programme.match(1, mentor, mentee)
    waves = await programme.open()
    wave = waves["interim", 1]
    tokens = await programme.tokens(wave["id"])
    assert (await programme.answer(tokens[mentor], {"meetings_held": 3, "interim_comment": CANARY})).status_code == 201
    path = f"/waves/{wave['id']}/cancel"
    assert (await programme.team.post(path, json={})).status_code == 422
    called_off = await programme.team.post(path, json={"reason": "The wrong version"})
    assert called_off.status_code == 200, called_off.text
    told = called_off.json()
    assert (told["state"], told["cancelled"]["before"], told["responses"]["mentor"]) == ("closed", "open", 0)
    async with evaluation.service.database.transaction(programme.tenant) as db:
        tables = [Base.metadata.tables[name] for name in ("responses", "comments", "named_answers")]
        left = [await db.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]
    assert left == [0, 0, 0]
    refused = [
        await programme.answer(tokens[mentee], {"meetings_held": 3}),
        await programme.team.post(path, json={"reason": "twice"}),
        await programme.team.patch(
            f"/waves/{wave['id']}", headers={"If-Match": "*"},
            json={"closes_at": "2099-01-01T00:00:00Z", "reason": "x"},
        ),
    ]  # fmt: skip
    assert [one.json()["code"] for one in refused] == ["wave_cancelled"] * 3
    await programme.close()
    [event] = await evaluation.emitted(programme.tenant, SurveyCancelled)
    assert (event.wave_id, event.asked, event.brought_in) == (uuid.UUID(wave["id"]), 2, False)
    assert "interim" not in [one.instrument for one in await evaluation.emitted(programme.tenant, SurveyClosed)]
    closed = waves["summative", 1]["id"]
    over = await programme.team.post(f"/waves/{closed}/cancel", json={"reason": "too late"})
    assert (over.status_code, over.json()["code"]) == (409, "wave_closed")
    ask = {"wave_ids": [wave["id"], closed]}
    service = programme.client("internal:evaluation", subject="mentoring-integrations")
    letters = (await service.post("/internal/waves", json=ask)).json()["items"]
    assert {one["state"] for one in letters} == {"cancelled", "closed"}
    assert all(one["titles"]["en"] for one in letters)


async def test_a_wave_that_was_called_off_does_not_come_back_with_its_milestone(programme):
    await programme.begin(mode="named")
    wave = (await programme.waves())["interim", 1]
    await programme.team.post(f"/waves/{wave['id']}/cancel", json={"reason": "not this year"})
    times = {"starts_at": programme.opens + timedelta(hours=5), "ends_at": programme.closes + timedelta(hours=5)}
    again = [Milestone(kind=f"{name}_evaluation", **times) for name in ("interim", "summative")]
    about = {"cohort_id": programme.cohorts[1], "programme_id": programme.id}
    await programme.tell(CohortMilestonesChanged(**about, milestones=again))
    states = sorted((one["instrument"], one["state"], bool(one["cancelled"])) for one in await programme.every_wave())
    assert states == [("interim", "closed", True), ("summative", "planned", False)]


async def test_an_invitation_is_answered_once_while_the_wave_is_open(evaluation, programme):
    mentor, mentee = uuid.uuid4(), uuid.uuid4()
    await programme.begin(mode="named")
    await programme.match(1, mentor, mentee)
    waves = await programme.open()
    tokens = await programme.tokens(waves["summative", 1]["id"])
    survey = (await programme.public.get(f"/surveys/{tokens[mentor]}")).json()
    questions = {q["id"]: q for q in survey["questions"]}
    assert survey["role"] == "mentor"
    assert questions["trust_easily_built"]["text"] == "I was easily able to build trust with my mentee."
    assert "mentees_intending_to_mentor" not in questions
    assert "counted" not in questions["trust_easily_built"]
    for nothing in ({}, {"satisfied_with_match": None}, {"satisfied_with_match": " "}):
        refused = (await programme.answer(tokens[mentor], nothing)).json()
        assert [one["code"] for one in refused["errors"]] == ["nothing_answered"]
    answers = {"satisfied_with_match": "Satisfied"}
    both = await asyncio.gather(*(programme.answer(tokens[mentor], answers) for _ in range(4)))
    assert sorted(a.status_code for a in both) == [201, 409, 409, 409]
    again = next(a for a in both if a.status_code == 409)
    assert again.json()["code"] == "survey_already_answered"
    false = await programme.answer("x" * 43, answers)
    assert (false.status_code, false.json()["code"]) == (404, "survey_not_found")
    stranger = await programme.harness.anonymous().get(f"/public/{uuid.uuid4()}/surveys/{tokens[mentee]}")
    assert stranger.status_code == 404
    closed = (await programme.close())["summative", 1]
    late = await programme.answer(tokens[mentee], answers)
    assert (late.status_code, late.json()["code"]) == (409, "wave_closed")
    assert late.json()["closed_at"].startswith(closed["closes_at"][:16])
    assert (await programme.waves())["summative", 1]["responses"] == {"mentor": 1, "mentee": 0}
    assert len(await evaluation.emitted(programme.tenant, SurveyResponseReceived)) == 1


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"satisfied_with_match": "Delighted"}, "not_an_option"),
        ({"satisfied_with_match": 3}, "not_an_option"),
        ({"mentees_intending_to_mentor": "Yes"}, "unknown_question"),
        ({CANARY: "Yes"}, "unknown_question"),
        ({"summative_comment": "x" * 4001}, "too_long"),
        ({"summative_comment": {"a": 1}}, "not_text"),
    ],
)
async def test_answers_that_do_not_fit_are_refused_and_the_invitation_stays_good(programme, answers, code):
    mentor = uuid.uuid4()
    await programme.begin()
    await programme.match(1, mentor, uuid.uuid4())
    token = (await programme.tokens((await programme.open())["summative", 1]["id"]))[mentor]
    refused = await programme.answer(token, answers)
    assert (refused.status_code, refused.json()["code"]) == (422, "survey_answers_invalid")
    assert [e["code"] for e in refused.json()["errors"]] == [code]
    assert CANARY not in refused.text
    assert (await programme.answer(token, {"satisfied_with_match": "Satisfied"})).status_code == 201


async def test_an_extended_wave_closes_later_and_a_closed_one_is_frozen(evaluation, programme):
    mentor = uuid.uuid4()
    await programme.begin()
    await programme.match(1, mentor, uuid.uuid4())
    wave = (await programme.open())["interim", 1]
    later = programme.closes + timedelta(days=3)
    change = {"closes_at": later.isoformat(), "reason": "holidays"}
    assert (await programme.client().patch(f"/waves/{wave['id']}", json=change)).status_code == 403
    assert (await programme.team.patch(f"/waves/{wave['id']}", json=change)).status_code == 200
    assert (await programme.team.patch(f"/waves/{wave['id']}", json=change)).status_code == 422
    evaluation.clock.move_to(programme.closes + timedelta(hours=1))
    token = (await programme.tokens(wave["id"]))[mentor]
    assert (await programme.answer(token, {"meetings_held": 2})).status_code == 201
    programme.closes = later
    await programme.close()
    change["closes_at"] = (later + timedelta(days=9)).isoformat()
    frozen = await programme.team.patch(f"/waves/{wave['id']}", json=change)
    assert (frozen.status_code, frozen.json()["code"]) == (409, "wave_closed")


async def test_the_wave_and_the_reports_of_the_team_say_how_it_was_extended_and_nobody_else_does(programme, pick):
    await programme.begin(mode="named")
    await programme.match(1, uuid.uuid4(), uuid.uuid4())
    wave, before = (await programme.open())["interim", 1], programme.closes
    person, coordinator = await programme.granted("coordinator")
    for client, days in ((coordinator, 1), (programme.team, 3)):
        programme.closes = before + timedelta(days=days)
        change = {"closes_at": programme.closes.isoformat(), "reason": f"holidays, {days} days"}
        shown = (await client.patch(f"/waves/{wave['id']}", json=change)).json()
    read = (await programme.team.get(f"/waves/{wave['id']}")).json()
    assert read["extensions"] == shown["extensions"]
    first, second = read["extensions"]
    assert (first["role"], second["role"]) == ("coordinator", "organisation_admin")
    assert str(person) not in str(read)
    assert datetime.fromisoformat(first["closes_at_before"]) == before
    assert first["closes_at"] == second["closes_at_before"]
    assert second["closes_at"] == read["closes_at"]
    await programme.close()
    said = pick(await programme.figures(), "response_rate", cohort=1, role=None, wave="interim")["caveats"]
    assert f"extended to {before + timedelta(days=1):%Y-%m-%d %H:%M} UTC (coordinator): holidays, 1 days" in said[-2]
    assert said[-1].endswith("(organisation admin): holidays, 3 days")
    mentors = pick(await programme.figures(), "response_rate", cohort=1, role="mentor", wave="interim")
    assert "holidays" not in str(mentors)
    pages = {}
    for kind in ("final", "public"):
        report = await programme.report(kind)
        pages[kind] = (await programme.team.get(f"/reports/{report['id']}/html")).text
    assert "holidays, 3 days" in pages["final"]
    assert "holidays" not in pages["public"] + str(await programme.figures("public"))


async def test_a_wave_of_ones_own_and_who_may_plan_it(evaluation, programme):
    await programme.begin(blueprint={"title": "P", "instruments": []})
    assert await programme.waves() == {}  # the cohort's milestones name surveys this programme does not have
    new = {"instrument": "interim", "opens_at": programme.opens.isoformat(), "closes_at": programme.closes.isoformat()}
    path = f"/cohorts/{programme.cohorts[1]}/waves"
    assert (await programme.client().post(path, json=new)).status_code == 403
    assert (await programme.team.post(path, json=new)).json()["code"] == "instrument_unknown"
    stranger = evaluation.caller("evaluation:write", "organisation:admin", tenant=uuid.uuid4())
    assert (await stranger.post(path, json=new)).status_code == 404
    assert (await programme.harness.anonymous().post(path, json=new)).status_code == 401


async def test_nothing_leads_from_a_response_to_a_person(evaluation, programme):
    mentor, mentee = uuid.uuid4(), uuid.uuid4()
    await programme.begin()
    await programme.match(1, mentor, mentee)
    wave = (await programme.open())["interim", 1]
    tokens = await programme.tokens(wave["id"])
    key = {"Idempotency-Key": "one"}
    body = {"token": tokens[mentor], "answers": {"meetings_held": 4, "interim_comment": CANARY}}
    first, second = [await programme.public.post("/responses", json=body, headers=key) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["idempotency-replayed"] == "true"
    await programme.answer(tokens[mentee], {"meetings_held": 5})
    await programme.close()
    async with evaluation.service.database.transaction(programme.tenant) as db:
        columns = sa.text(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_name IN ('responses', 'comments')"
        )
        names = {(table, column) for table, column in await db.execute(columns)}
        rows = (await db.execute(sa.text("SELECT id, xmin::text FROM responses"))).all()
        marked = sa.text("SELECT DISTINCT xmin::text FROM invitations WHERE wave_id = :wave")
        marks = (await db.execute(marked, {"wave": wave["id"]})).all()
        sealed = (await db.execute(sa.text("SELECT sealed FROM comments"))).scalars().all()
    assert names == {
        *(("responses", c) for c in ("tenant_id", "id", "wave_id", "cohort_id", "role", "day", "answers")),
        *(("comments", c) for c in ("tenant_id", "id", "wave_id", "role", "question", "sealed")),
    }
    assert {row.id.version for row in rows} == {4}
    # Two answers in two transactions, which closing the wave made one: nothing tells which mark belongs to which.
    assert (len(rows), len({row.xmin for row in rows}), len(marks)) == (2, 1, 1)
    assert len(sealed) == 1
    assert CANARY.encode() not in bytes(sealed[0])


async def test_free_text_is_in_its_own_table_and_nowhere_else(evaluation, programme, capsys):
    mentor = uuid.uuid4()
    await programme.begin()
    await programme.match(1, mentor, uuid.uuid4())
    await programme.crowd()
    wave = (await programme.open())["interim", 1]
    token = (await programme.tokens(wave["id"]))[mentor]
    body = {"token": token, "answers": {"interim_comment": CANARY, "meetings_held": "often " + CANARY}}
    refused = await programme.public.post("/responses", json=body)
    assert refused.status_code == 422
    del body["answers"]["meetings_held"]
    await programme.public.post("/responses", json=body, headers={"Idempotency-Key": "two"})
    coordinator = uuid.uuid4()
    role = RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=coordinator, role="coordinator")
    await programme.tell(role)
    reader = programme.client("evaluation:read", subject=coordinator)
    assert (await reader.get(f"/waves/{wave['id']}/comments")).json()["code"] == "wave_not_closed"
    await programme.close()
    figures = await programme.figures()
    comments = (await reader.get(f"/waves/{wave['id']}/comments")).json()["items"]
    assert [c["text"] for c in comments] == [CANARY]
    for other in (programme.client(), programme.team):  # an administrator of the organisation neither
        assert (await other.get(f"/waves/{wave['id']}/comments")).status_code == 403
    written = []
    tables = [*Base.metadata.sorted_tables, outbox, idempotency_keys, audit_log, deadlines]
    async with evaluation.service.database.transaction(programme.tenant) as db:
        for table in tables:
            written += [str(tuple(row)) for row in await db.execute(sa.select(table))]
    captured = capsys.readouterr()
    for text in (*written, str(figures), refused.text, captured.out, captured.err):
        assert CANARY not in text
        assert token not in text


async def test_an_erased_person_is_gone_and_the_totals_stay(evaluation, programme, pick):
    mentor, mentee = uuid.uuid4(), uuid.uuid4()
    await programme.begin(mode="named")
    await programme.match(1, mentor, mentee)
    wave = (await programme.open())["interim", 1]
    await programme.answer((await programme.tokens(wave["id"]))[mentor], {"meetings_held": 1})
    await programme.tell(PersonErased(person_id=mentor))
    assert set(await programme.tokens(wave["id"])) == {mentee}
    after = (await programme.close())["interim", 1]
    assert (after["asked"], after["responses"]) == ({"mentor": 1, "mentee": 1}, {"mentor": 1, "mentee": 0})
    assert pick(await programme.figures(), "matched_people", cohort=None, role=None)["value"] == 2
    async with evaluation.service.database.transaction(programme.tenant) as db:
        for table in Base.metadata.sorted_tables:
            rows = [str(tuple(row)) for row in await db.execute(sa.select(table))]
            assert not any(str(mentor) in row for row in rows), table.name


async def test_a_planned_wave_follows_its_milestone_and_an_open_one_does_not(programme):
    await programme.begin()
    interim = (await programme.waves())["interim", 1]
    times = {"starts_at": programme.opens + timedelta(hours=5), "ends_at": programme.closes + timedelta(hours=5)}
    changed = CohortMilestonesChanged(
        cohort_id=programme.cohorts[1],
        programme_id=programme.id,
        milestones=[Milestone(kind="interim_evaluation", **times)],
    )
    await programme.tell(changed)
    moved = (await programme.waves())["interim", 1]
    assert moved["id"] == interim["id"]
    assert datetime.fromisoformat(moved["opens_at"]) == times["starts_at"]
    assert datetime.fromisoformat(moved["closes_at"]) == times["ends_at"]
    programme.opens, programme.closes = times["starts_at"], times["ends_at"]
    await programme.open()
    later = {"starts_at": programme.opens + timedelta(days=9), "ends_at": programme.closes + timedelta(days=9)}
    await programme.tell(changed.model_copy(update={"milestones": [Milestone(kind="interim_evaluation", **later)]}))
    assert datetime.fromisoformat((await programme.waves())["interim", 1]["closes_at"]) == times["ends_at"]


async def test_waves_follow_the_blueprint_and_its_amendments(programme, evaluation):
    survey = {"id": "pulse", "title": "Pulse", "questions": [
        {"id": "q", "kind": "choice", "roles": ["mentor", "mentee"], "scale": "yes_no",
         "text": {"en": "Well?", "cy": "Iawn?"}}
    ]}  # fmt: skip
    scales = {"yes_no": [{"en": "Yes", "cy": "Ie"}, {"en": "No", "cy": "Na"}]}
    early = {"instrument": "pulse", "opens": "2 days after interim_evaluation", "open_days": 3, "roles": ["mentee"]}
    ships = {"instrument": "end_of_programme", "milestone": "summative_evaluation"}
    plan = {"title": "P", "languages": ["en", "cy"], "instruments": [survey], "scales": scales, "waves": [early, ships]}
    await programme.begin(blueprint=plan)
    waves = await programme.waves()
    assert sorted(waves) == [("end_of_programme", 1), ("pulse", 1)]
    assert waves["pulse", 1]["roles"] == ["mentee"]
    opens = programme.opens.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    assert datetime.fromisoformat(waves["pulse", 1]["opens_at"]) == opens
    later = early | {"opens": "5 days after interim_evaluation"}
    again = later | {"occasion": "again", "opens": "9 days after interim_evaluation"}
    new = plan | {"title": "Q", "waves": [later, ships, again]}
    about = {"programme_id": programme.id, "blueprint_version": 2, "changed": ["title", "waves"]}
    await programme.tell(ProgrammeAmended(**about, blueprint=new))
    found = {(w["instrument"], w["occasion"]): w["opens_at"][:10] for w in await programme.every_wave()}
    assert found == {
        ("end_of_programme", ""): f"{programme.opens:%Y-%m-%d}",
        ("pulse", ""): f"{opens + timedelta(days=3):%Y-%m-%d}",
        ("pulse", "again"): f"{opens + timedelta(days=7):%Y-%m-%d}",
    }


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"remind_days_before": [1, 1]}, "invalid_request"),
        ({"roles": ["mentee", "mentee"]}, "invalid_request"),
        ({"respondents": ["manager", "manager"]}, "invalid_request"),
        ({"remind_days_before": [9, 90]}, "wave_times_invalid"),
        ({"remind_days_before": [10]}, "wave_times_invalid"),
    ],
)
async def test_a_wave_that_reminds_before_it_opens_or_names_somebody_twice_is_not_planned(programme, more, code):
    await programme.begin()
    new = {"instrument": "interim", "occasion": "more", "opens_at": programme.opens.isoformat(),
           "closes_at": (programme.opens + timedelta(days=10)).isoformat()}  # fmt: skip
    refused = await programme.team.post(f"/cohorts/{programme.cohorts[1]}/waves", json=new | more)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    planned = await programme.team.post(
        f"/cohorts/{programme.cohorts[1]}/waves", json=new | {"remind_days_before": [9]}
    )
    assert planned.status_code == 201, planned.text


async def test_a_wave_opens_in_the_past_only_where_that_is_said(programme):
    await programme.begin()
    path, long_ago = f"/cohorts/{programme.cohorts[1]}/waves", programme.opens - timedelta(days=30)
    new = {"instrument": "interim", "occasion": "more", "opens_at": long_ago.isoformat(),
           "closes_at": programme.closes.isoformat()}  # fmt: skip
    refused = (await programme.team.post(path, json=new)).json()
    assert (refused["code"], "opened_late" in refused["detail"]) == ("wave_times_invalid", True)
    assert (await programme.team.post(path, json=new | {"opened_late": True})).status_code == 201
    just = {"occasion": "now", "opens_at": (programme.opens - timedelta(days=1, hours=1)).isoformat()}
    assert (await programme.team.post(path, json=new | just)).status_code == 201
