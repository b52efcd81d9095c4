"""Surveys that repeat: several waves of one survey, and those that follow meetings and activities, gathered in one."""

import asyncio
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from mentoring_common.deadlines import DeadlinePoller
from mentoring_common.testing.harness import eventually
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationSubmitted,
    CohortMilestonesChanged,
    Milestone,
    PersonErased,
    RoleGranted,
)
from mentoring_contracts.blueprint import check
from mentoring_contracts.evaluation import SurveyClosed, SurveyOpened, SurveyReminderDue, SurveyResponseReceived
from mentoring_contracts.matching import MatchConfirmed, MatchEnded
from mentoring_contracts.sessions import (
    ActivityAttended,
    ActivityHeld,
    MentoringSessionRecorded,
    MentoringSessionWithdrawn,
    RelationshipPaused,
    RelationshipResumed,
)
from mentoring_evaluation.app import create_app
from mentoring_evaluation.surveys.models import Response, Wave
from mentoring_evaluation.surveys.occasions import asked_after

CHOICE = {
    "id": "c", "figure": "good", "kind": "choice", "roles": ["mentor", "mentee"], "text": "Good?",
    "options": ["yes", "no"], "counted": ["yes"],
}  # fmt: skip
PULSE = {"id": "pulse", "title": "Pulse", "questions": [CHOICE]}
SESSIONS = {"instrument": "after_session", "trigger": "mentoring_session", "open_days": 2, "together_days": 30}
WORKSHOPS = {"instrument": "pulse", "trigger": "activity", "kinds": ["workshop"], "open_days": 3, "together_days": 20}


def blueprint(*after, minimum=5, **surveys):
    return {
        "title": "P", "instruments": [PULSE], "surveys": {"after": list(after)} | surveys,
        "disclosure": {"public": {"minimum_n": minimum}},
    }  # fmt: skip


def times(programme):
    return {"opens_at": programme.opens.isoformat(), "closes_at": programme.closes.isoformat()}


async def meet(programme, match_id, cohort=1, **more):
    met = MentoringSessionRecorded(
        match_id=match_id, programme_id=programme.id, cohort_id=programme.cohorts[cohort],
        mentoring_session_id=uuid.uuid4(), minutes=60, total_minutes=60, **more,
    )  # fmt: skip
    await programme.tell(met)
    return met


async def opened(programme, number):
    """The announcements of opened waves, once there are so many."""

    async def probe():
        found = await programme.harness.emitted(programme.tenant, SurveyOpened)
        return found if len(found) == number else None

    return await eventually(probe, what=f"{number} waves that asked somebody")


async def settled(service):
    """Every deadline that is due has fired."""
    poller = DeadlinePoller(service.system, service.database, service.design.deadlines, service.clock, 0.01)
    while await poller.fire_due():
        pass


async def close_gathering(programme, days):
    programme.harness.clock.move_by(timedelta(days=days))

    async def probe():
        waves = (await programme.team.get(f"/programmes/{programme.id}/waves")).json()["items"]
        return waves if {wave["state"] for wave in waves} == {"closed"} else None

    return await eventually(probe, what="the gathering wave closed")


async def test_one_survey_is_opened_several_times_each_with_its_occasion(programme, pick):
    await programme.begin(cohorts=2, blueprint=blueprint(), mode="named")
    pairs = {cohort: (uuid.uuid4(), uuid.uuid4()) for cohort in (1, 2)}
    for cohort, pair in pairs.items():
        await programme.match(cohort, *pair)
    everybody = f"/programmes/{programme.id}/waves"
    new = {"instrument": "pulse", "occasion": "March", **times(programme)}
    assert (await programme.client().post(everybody, json=new)).status_code == 403
    march = (await programme.team.post(everybody, json=new)).json()
    assert [(w["occasion"], w["cohort_id"]) for w in march] == [("March", str(programme.cohorts[c])) for c in (1, 2)]
    again = await programme.team.post(f"/cohorts/{programme.cohorts[2]}/waves", json=new)
    assert (again.status_code, again.json()["code"]) == (409, "wave_exists")
    june = {**new, "occasion": "June", "roles": ["mentee"]}
    [only] = [(await programme.team.post(f"/cohorts/{programme.cohorts[1]}/waves", json=june)).json()]
    assert (await programme.team.post(everybody, json=june)).status_code == 409  # all of them or none
    await programme.open()
    for wave, cohort in zip(march, (1, 2), strict=True):
        tokens = await programme.tokens(wave["id"])
        assert set(tokens) == set(pairs[cohort])
        for token in tokens.values():
            assert (await programme.answer(token, {"c": "yes"})).status_code == 201
    tokens = await programme.tokens(only["id"])
    assert set(tokens) == {pairs[1][1]}
    assert (await programme.answer(tokens[pairs[1][1]], {"c": "no"})).status_code == 201
    await programme.close()
    figures = await programme.figures()
    about = {"cohort": 1, "role": "mentee"}
    values = [pick(figures, "good", wave=f"pulse: {occasion}", **about)["value"] for occasion in ("March", "June")]
    assert values == [100, 0]
    whole = pick(figures, "good", cohort=None, role="mentee", wave="pulse: March", rule="pooled")
    assert (whole["numerator"], whole["denominator"]) == (2, 2)
    params = {"first_cohort": 1, "first_role": "mentee", "first_wave": "pulse: March"}
    params |= {"second_cohort": 1, "second_role": "mentee", "second_wave": "pulse: June"}
    compared = (await programme.team.get(f"/programmes/{programme.id}/figures/good/comparison", params=params)).json()
    assert (compared["difference"], compared["people"]) == (100.0, "same")
    evidence = {"cohort": 1, "role": "mentee", "wave": "pulse: June"}
    found = (await programme.team.get(f"/programmes/{programme.id}/figures/good/evidence", params=evidence)).json()
    assert [item["agrees"] for item in found["items"]] == [True]
    report = await programme.report()
    page = (await programme.team.get(f"/reports/{report['id']}/html")).text
    assert "Good? (Pulse: June, mentees)" in page
    for occasion in ("a,b", "{a}", "a:b", "a=b", "x" * 61):
        refused = await programme.team.post(everybody, json={**new, "occasion": occasion})
        assert refused.status_code == 422


async def test_the_second_milestone_of_a_kind_is_another_wave_and_a_year_later_is_one(programme):
    survey = {"title": "S", "questions": [CHOICE]}
    instruments = [{"id": name, **survey} for name in ("interim", "twelve_months_later")]
    await programme.begin(blueprint={"title": "P", "instruments": instruments})
    kinds = ["interim_evaluation", "interim_evaluation", "follow_up_evaluation"]
    moments = [(programme.opens + timedelta(days=n), programme.closes + timedelta(days=n)) for n in (0, 100, 400)]
    milestones = [
        Milestone(kind=kind, starts_at=starts, ends_at=ends)
        for kind, (starts, ends) in zip(kinds, moments, strict=True)
    ]
    about = {"cohort_id": programme.cohorts[1], "programme_id": programme.id}
    await programme.tell(CohortMilestonesChanged(milestones=milestones, **about))
    later = Milestone(kind=kinds[1], starts_at=moments[1][0] + timedelta(days=5), ends_at=moments[1][1])
    with pytest.raises(ValidationError):
        Milestone(kind=kinds[1])
    later = later.model_copy(update={"ends_at": moments[1][1] + timedelta(days=5)})
    await programme.tell(CohortMilestonesChanged(milestones=[milestones[0], later, milestones[2]], **about))
    waves = (await programme.team.get(f"/programmes/{programme.id}/waves")).json()["items"]
    seen = {(w["instrument"], w["occasion"]): w["opens_at"][:10] for w in waves}
    assert seen == {
        ("interim", ""): f"{moments[0][0]:%Y-%m-%d}",
        ("interim", "2"): f"{moments[1][0] + timedelta(days=5):%Y-%m-%d}",
        ("twelve_months_later", ""): f"{moments[2][0]:%Y-%m-%d}",
    }


@pytest.mark.parametrize(
    "after", [{"trigger": "full_moon"}, {"open_days": 0}, {"roles": []}, {"every": 1}, {"roles": ["manager"]}]
)
def test_a_blueprint_that_asks_after_nothing_known_is_refused(after):
    assert asked_after([]) == []
    plan, faults = check({"surveys": {"after": [SESSIONS | after]}})
    assert plan is None
    assert any(fault.pointer.startswith("/surveys/after/0/") for fault in faults)


async def test_after_a_meeting_its_two_people_are_asked_once_and_told_of_together(evaluation, programme, pick):
    await programme.begin(blueprint=blueprint(SESSIONS, remind_days_before_close=[1]))
    pairs = [(uuid.uuid4(), uuid.uuid4()) for _ in range(6)]
    matches = [await programme.match(1, *pair) for pair in pairs]
    met = await meet(programme, matches[0])
    [first] = await opened(programme, 1)
    assert (first.instrument, first.asked, first.gathered_in is not None) == ("after_session", 2, True)
    tokens = await programme.tokens(str(first.wave_id))
    assert set(tokens) == set(pairs[0])
    [wave] = (await programme.team.get(f"/programmes/{programme.id}/waves")).json()["items"]
    assert (wave["id"], wave["gathers"], wave["state"]) == (str(first.gathered_in), True, "open")
    assert wave["asked"] == {"mentor": 1, "mentee": 1}
    # The wave of one meeting is nowhere to be seen, by the team either.
    for path in (f"/waves/{first.wave_id}", f"/waves/{first.wave_id}/comments"):
        assert (await programme.team.get(path)).status_code in (403, 404)
    assert (await programme.team.get(f"/waves/{first.wave_id}")).json()["code"] == "wave_not_found"
    sheet = {"session_useful": 5, "talked_about": ["Goals", "Career"], "session_comment": "canary"}
    assert (await programme.answer(tokens[pairs[0][0]], sheet)).status_code == 201
    assert (await programme.answer(tokens[pairs[0][0]], sheet)).json()["code"] == "survey_already_answered"
    evaluation.clock.move_by(timedelta(days=1, hours=1))

    async def reminded():
        return await evaluation.emitted(programme.tenant, SurveyReminderDue)

    assert [r.unanswered for r in await eventually(reminded, what="a reminder")] == [1]
    evaluation.clock.move_by(timedelta(days=1))
    late = await programme.answer(tokens[pairs[0][1]], {"session_useful": 1})
    assert (late.status_code, late.json()["code"]) == (409, "wave_closed")
    # The others meet; one pair again; and the first meeting is announced anew, corrected.
    await programme.tell(met.model_copy(update={"minutes": 90}))
    for match_id in [*matches[1:], matches[1]]:
        await meet(programme, match_id)
    occasions = await opened(programme, 7)
    await settled(evaluation.service)
    assert {e.gathered_in for e in occasions} == {first.gathered_in}
    for event, pair in zip(occasions[1:], [*pairs[1:], pairs[1]], strict=True):
        tokens = await programme.tokens(str(event.wave_id))
        assert set(tokens) == set(pair)
        for person in pair:
            given = {"session_useful": 4, "talked_about": ["Goals"]}
            assert (await programme.answer(tokens[person], given)).status_code == 201
    received = await evaluation.emitted(programme.tenant, SurveyResponseReceived)
    assert {e.wave_id for e in received} == {first.gathered_in}
    async with evaluation.service.database.transaction(programme.tenant) as db:
        rows = (await db.execute(sa.select(Response.wave_id, Response.day))).all()
        opened_at = await db.scalar(sa.select(Wave.opens_at).where(Wave.id == first.gathered_in))
    # Nor does a row say which meeting it is about: all lie in the wave that gathers, under the day it opened.
    assert set(rows) == {(first.gathered_in, opened_at.date())}
    assert pick_names(await programme.figures(), "good", "session_useful") == []
    [wave] = await close_gathering(programme, 40)
    assert (wave["asked"], wave["responses"]) == ({"mentor": 7, "mentee": 7}, {"mentor": 7, "mentee": 6})
    assert not wave["withheld"]
    figures = await programme.figures()
    useful = pick(figures, "session_useful", cohort=1, role="mentor")
    assert (useful["numerator"], useful["denominator"], useful["asked"]) == (7, 7, 7)
    assert "One person was asked up to 2 times and may stand in it as often" in useful["caveats"][-1]
    closed = await evaluation.emitted(programme.tenant, SurveyClosed)
    assert [(e.wave_id, e.asked, e.responses) for e in closed] == [(first.gathered_in, 14, 13)]
    # 7 answers of a role may be of 4 people, where one was asked twice: under 5, and so under 10 answers.
    public = [f for f in await programme.figures("public") if f["name"] == "session_useful"]
    assert {f["shown"] for f in public if f["role"]} == {"hidden"}


def pick_names(figures, *names):
    return [figure["name"] for figure in figures if figure["name"] in names]


async def test_what_too_few_people_said_is_shown_to_nobody(evaluation, programme):
    await programme.begin(cohorts=2, blueprint=blueprint(SESSIONS))
    for cohort, size in ((1, 1), (2, 5)):
        for _ in range(size):
            await meet(programme, await programme.match(cohort, uuid.uuid4(), uuid.uuid4()), cohort)
    for event in await opened(programme, 6):
        for token in (await programme.tokens(str(event.wave_id))).values():
            await programme.answer(token, {"session_useful": 5, "session_comment": "canary"})
    waves = {wave["cohort_id"]: wave for wave in await close_gathering(programme, 40)}
    small, large = (waves[str(programme.cohorts[cohort])] for cohort in (1, 2))
    assert (small["withheld"], large["withheld"]) == (True, False)
    for view in ("programme_team", "public"):
        figures = [f for f in await programme.figures(view) if f["wave"]]
        assert {f["cohort"] for f in figures} == {2, None}
        overall = [f for f in figures if f["cohort"] is None and f["rule"] == "pooled"]
        large_alone = {(f["name"], f["role"]): f["denominator"] for f in figures if f["cohort"] == 2}
        # Nothing of the small cohort is in the overall lines, so there is nothing to subtract.
        assert all(f["denominator"] == large_alone[f["name"], f["role"]] for f in overall)
    coordinator = uuid.uuid4()
    role = RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=coordinator, role="coordinator")
    await programme.tell(role)
    reader = programme.client("evaluation:read", subject=coordinator)
    refused = await reader.get(f"/waves/{small['id']}/comments")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_few_asked")
    assert len((await reader.get(f"/waves/{large['id']}/comments")).json()["items"]) == 10
    path = f"/programmes/{programme.id}/texts"
    texts = (await reader.get(path, params={"kind": "comment"})).json()["items"]
    assert len(texts) == 10
    # What was withheld stays so, and what was shown too, whoever leaves later.
    before = await programme.figures()
    async with evaluation.service.database.transaction(programme.tenant) as db:
        person = await db.scalar(sa.text("SELECT person_id FROM invitations LIMIT 1"))
    await programme.tell(PersonErased(person_id=person))
    survey = [f for f in await programme.figures() if f["wave"]]
    assert survey == [f for f in before if f["wave"]]


async def test_who_came_to_an_activity_is_asked_in_their_cohort_by_role(programme):
    roles = WORKSHOPS | {"roles": ["mentee"]}
    await programme.begin(cohorts=2, blueprint=blueprint(roles, SESSIONS))
    mentor, mentee, other, applicant, guest, late = (uuid.uuid4() for _ in range(6))
    await programme.match(1, mentor, mentee)
    await programme.match(2, mentor, other)
    about = {"application_id": uuid.uuid4(), "programme_id": programme.id, "person_id": applicant, "role": "mentee"}
    about["cohort_id"] = programme.cohorts[2]
    await programme.tell(ApplicationSubmitted(**about), ApplicationAccepted(**about))
    held = {"activity_id": uuid.uuid4(), "programme_id": programme.id, "cohort_id": None, "kind": "workshop"}
    held["mode"] = "online"
    people = (mentor, mentee, other, applicant, guest)
    came = [ActivityAttended(person_id=person, **held) for person in people]
    await programme.tell(*came, ActivityHeld(attended=5, **held))
    events = await opened(programme, 2)
    asked = {e.cohort_id: set(await programme.tokens(str(e.wave_id))) for e in events}
    assert asked == {programme.cohorts[1]: {mentee}, programme.cohorts[2]: {other, applicant}}
    # Somebody's attendance is recorded after the workshop was said to be held: they are asked, the others not again.
    await programme.match(1, uuid.uuid4(), late)
    await programme.tell(ActivityAttended(person_id=late, **held))
    events = await opened(programme, 3)
    assert set(await programme.tokens(str(events[2].wave_id))) == {late}
    # Nobody asks after what the blueprint does not name.
    other_kind = held | {"activity_id": uuid.uuid4(), "kind": "orientation"}
    await programme.tell(ActivityAttended(person_id=mentee, **other_kind), ActivityHeld(attended=1, **other_kind))
    await settled(programme.harness.service)
    await opened(programme, 3)


async def test_a_meeting_may_be_known_before_its_pair_and_programme(evaluation, programme):
    programme.cohorts = {1: uuid.uuid4()}
    match_id = uuid.uuid4()
    await meet(programme, match_id)
    await asyncio.sleep(0.3)
    programme_cohort = programme.cohorts[1]
    await programme.begin(blueprint=blueprint(SESSIONS))
    programme.cohorts[1] = programme_cohort
    pair = (uuid.uuid4(), uuid.uuid4())
    await programme.tell(
        MatchConfirmed(
            match_id=match_id, programme_id=programme.id, cohort_id=programme_cohort, mentor_id=pair[0],
            mentee_id=pair[1],
        )
    )  # fmt: skip
    [event] = await opened(programme, 1)
    assert set(await programme.tokens(str(event.wave_id))) == set(pair)


async def test_nobody_is_asked_about_a_meeting_that_never_was(evaluation, programme):
    match_id = uuid.uuid4()
    await programme.begin(blueprint=blueprint(SESSIONS))
    met = await meet(programme, match_id)  # its pair is not known yet, so nobody can be asked yet
    about = met.model_dump(include={"match_id", "programme_id", "cohort_id", "mentoring_session_id", "minutes"})
    await programme.tell(MentoringSessionWithdrawn(total_minutes=0, **about))
    about = {"programme_id": programme.id, "cohort_id": programme.cohorts[1]}
    people = {"mentor_id": uuid.uuid4(), "mentee_id": uuid.uuid4()}
    await programme.tell(MatchConfirmed(match_id=match_id, **about, **people))
    await settled(evaluation.service)
    assert (await programme.team.get(f"/programmes/{programme.id}/waves")).json()["items"] == []


async def test_a_named_survey_and_a_programme_that_asks_nobody(evaluation, programme):
    named = {**PULSE, "mode": "named"}
    plan = blueprint(SESSIONS | {"instrument": "pulse"}) | {"instruments": [named]}
    await programme.begin(blueprint=plan)
    await meet(programme, await programme.match(1, uuid.uuid4(), uuid.uuid4()))
    await settled(evaluation.service)
    assert await evaluation.emitted(programme.tenant, SurveyOpened) == []


async def test_after_a_gathering_wave_comes_the_next(evaluation, programme):
    await programme.begin(blueprint=blueprint(SESSIONS))
    match_id = await programme.match(1, uuid.uuid4(), uuid.uuid4())
    await meet(programme, match_id)
    await opened(programme, 1)
    evaluation.clock.move_by(timedelta(days=31))  # it is still open, for the last to answer
    await meet(programme, match_id)
    events = await opened(programme, 2)
    assert len({e.gathered_in for e in events}) == 2
    waves = (await programme.team.get(f"/programmes/{programme.id}/waves")).json()["items"]
    assert sorted((w["occasion"], w["state"]) for w in waves) == [("", "open"), ("2", "open")]


async def test_two_replicas_ask_after_meetings_and_close_exactly_once(evaluation, programme):
    await programme.begin(blueprint=blueprint(SESSIONS))
    matches = [await programme.match(1, uuid.uuid4(), uuid.uuid4()) for _ in range(12)]
    other = create_app(evaluation.service.settings, clock=evaluation.clock, http=evaluation.service.http)
    await other.start()
    try:
        pollers = [
            DeadlinePoller(s.system, s.database, s.design.deadlines, s.clock, 0.01) for s in (evaluation.service, other)
        ]
        await asyncio.gather(
            *(meet(programme, match_id) for match_id in matches), *(p.fire_due() for p in pollers for _ in range(5))
        )
        events = await opened(programme, 12)
        tokens = [token for e in events for token in (await programme.tokens(str(e.wave_id))).values()]
        closing = evaluation.clock.now() + timedelta(days=2)
        answers = await asyncio.gather(*(programme.answer(token, {"session_useful": 5}) for token in tokens[:20]))
        evaluation.clock.move_to(closing)
        await asyncio.gather(*(poller.fire_due() for poller in pollers for _ in range(5)))
        [wave] = await close_gathering(programme, 40)
        await asyncio.gather(*(poller.fire_due() for poller in pollers for _ in range(5)))
    finally:
        other.http = None
        await other.stop()
    assert len({e.gathered_in for e in events}) == 1
    assert sum(e.asked for e in events) == 24
    taken = sum(answer.status_code == 201 for answer in answers)
    assert wave["asked"] == {"mentor": 12, "mentee": 12}
    [closed] = await evaluation.emitted(programme.tenant, SurveyClosed)
    assert (closed.asked, closed.responses) == (24, taken)
    async with evaluation.service.database.transaction(programme.tenant) as db:
        states = (await db.scalars(sa.select(Wave.state))).all()
        marks = (await db.scalars(sa.text("SELECT DISTINCT xmin::text FROM responses"))).all()
    assert states == ["closed"] * 13
    assert len(marks) == 1  # what one transaction wrote with the mark on an invitation is written anew


def in_pairs_time(**more):
    return blueprint() | {"waves": [{"instrument": "pulse", "opens": "month 4 of the pair", "open_days": 14} | more]}


async def test_a_pair_is_asked_in_its_own_time_and_answers_are_gathered(programme):
    await programme.begin(blueprint=in_pairs_time())
    clock = programme.harness.clock
    first = await programme.match(1, uuid.uuid4(), uuid.uuid4())
    clock.move_to(clock.now() + timedelta(days=40))
    await programme.match(1, uuid.uuid4(), uuid.uuid4())
    standing = await programme.match(
        1, uuid.uuid4(), uuid.uuid4(), imported=True, starts_on=(clock.now() - timedelta(days=80)).date()
    )
    ended = await programme.match(1, uuid.uuid4(), uuid.uuid4())
    await programme.tell(MatchEnded(match_id=ended, programme_id=programme.id, cohort_id=programme.cohorts[1],
                                    mentor_id=uuid.uuid4(), mentee_id=uuid.uuid4(), reason="no_time"))  # fmt: skip
    assert first != standing
    clock.move_to(clock.now() + timedelta(days=15))  # three months of the imported pair, not of the others
    await opened(programme, 1)
    clock.move_to(clock.now() + timedelta(days=40))  # of the first
    await opened(programme, 2)
    clock.move_to(clock.now() + timedelta(days=40))  # of the last that stands
    await opened(programme, 3)
    (wave,) = [one for one in await programme.every_wave() if one["instrument"] == "pulse"]
    assert (wave["gathers"], wave["asked"]) == (True, {"mentor": 3, "mentee": 3})


async def test_a_break_is_not_the_pairs_time(programme):
    await programme.begin(blueprint=in_pairs_time())
    clock, match = programme.harness.clock, await programme.match(1, uuid.uuid4(), uuid.uuid4())
    ids = {"match_id": match, "programme_id": programme.id, "cohort_id": programme.cohorts[1]}
    clock.move_to(clock.now() + timedelta(days=80))
    await programme.tell(RelationshipPaused(**ids, paused_days=0))
    clock.move_to(clock.now() + timedelta(days=30))  # three months and more, but for the break
    other = await programme.match(1, uuid.uuid4(), uuid.uuid4(), starts_on=(clock.now() - timedelta(days=95)).date(),
                                  imported=True)  # fmt: skip
    await opened(programme, 1)
    assert other != match
    await programme.tell(RelationshipResumed(**ids, paused_days=30))
    clock.move_to(clock.now() + timedelta(days=5))
    (wave,) = [one for one in await programme.every_wave() if one["instrument"] == "pulse"]
    assert wave["asked"] == {"mentor": 1, "mentee": 1}
    clock.move_to(clock.now() + timedelta(days=10))
    await opened(programme, 2)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"closes": "month 2 of the pair", "open_days": None}, "order"),
        ({"closes": "2030-01-01", "open_days": None}, "wave"),
    ],
)
def test_a_wave_in_the_pairs_time_that_cannot_be_is_refused(more, code):
    document = in_pairs_time(**more)
    document["waves"][0] = {name: value for name, value in document["waves"][0].items() if value is not None}
    assert code in {fault.code for fault in check(document)[1] if fault.path[:1] == ("waves",)}
