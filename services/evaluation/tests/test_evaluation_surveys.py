"""Versions of surveys, presets, other words, reminders, local times, and surveys that are not anonymous."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from mentoring_common.testing.harness import eventually
from mentoring_contracts.applications import PersonErased, RoleGranted
from mentoring_contracts.evaluation import SurveyReminderDue
from mentoring_evaluation.surveys.instruments import Survey, faults, flattened
from mentoring_evaluation.surveys.local_time import LocalTime, instant, next_reminder
from mentoring_evaluation.surveys.models import NamedAnswer
from mentoring_evaluation.surveys.presets import presets

SCALE = {"id": "s", "kind": "scale", "roles": ["mentor"], "text": "S?", "min": 1, "max": 5, "labels": {"1": "bad"}}
MATRIX = {
    "id": "m", "kind": "matrix", "roles": ["mentor"], "text": "M?", "options": ["yes", "no"], "counted": ["yes"],
    "rows": [{"id": "a", "text": "A?", "figure": "a"}, {"id": "b", "text": {"mentor": "B?"}}],
}  # fmt: skip
CHOICE = {"id": "c", "kind": "choice", "roles": ["mentor"], "text": "C?", "options": ["yes", "no"]}
NEVER_ASKED = CHOICE | {"id": "d", "shown_when": {"question": "c", "is": "maybe"}}


def survey(*questions, **more):
    return Survey.model_validate({"title": "T", "questions": list(questions)} | more)


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ({"s": 1, "m": {"a": "yes", "b": "no"}}, []),
        ({"s": 5, "m": {"a": "no"}}, []),
        ({"s": 0}, ["out_of_range"]),
        ({"s": "3"}, ["not_a_number"]),
        ({"m": {"a": "maybe"}}, ["not_an_option"]),
        ({"m": {"z": "yes"}}, ["not_an_option"]),
        ({"m": "yes"}, ["not_an_option"]),
        ({"m": {}}, []),
    ],
)
def test_scales_and_matrices_take_what_fits(answers, codes):
    assert [fault.code for fault in faults(survey(SCALE, MATRIX), "mentor", answers)] == codes


def test_a_matrix_is_counted_row_by_row():
    both = survey(SCALE, MATRIX)
    assert [question.id for question in both.flat()] == ["s", "m.a", "m.b"]
    assert both.flat()[1].figure == "a"
    assert flattened(both, {"s": 2, "m": {"a": "yes"}}) == {"s": 2, "m.a": "yes"}


@pytest.mark.parametrize(
    "broken",
    [
        SCALE | {"max": 1},
        SCALE | {"max": 50},
        SCALE | {"labels": {"9": "x"}},
        SCALE | {"counted": [9]},
        MATRIX | {"rows": []},
        MATRIX | {"counted": []},
        CHOICE | {"rows": MATRIX["rows"]},
    ],
)
def test_questions_that_cannot_work_are_refused(broken):
    with pytest.raises(ValidationError):
        survey(broken)


WORDS = {"language": "cy", "title": "Teitl", "questions": {"c": {"text": "C yn Gymraeg?", "options": {"yes": "ie"}}}}


@pytest.mark.parametrize(
    "broken",
    [
        {"questions": {"z": {"text": "?"}}},
        {"questions": {"c": {"options": {"maybe": "?"}}}},
        {"questions": {"c": {"rows": {"a": "?"}}}},
        {"language": "Welsh!"},
    ],
)
def test_other_words_fit_the_survey(broken):
    assert survey(CHOICE, wordings=[WORDS])
    with pytest.raises(ValidationError):
        survey(CHOICE, wordings=[WORDS | broken])
    with pytest.raises(ValidationError):
        survey(CHOICE, wordings=[WORDS, WORDS])


def test_presets_ask_both_roles_and_have_easy_words_for_every_question():
    assert list(presets()) == ["after_session", "end_of_programme", "interim", "twelve_months_later"]
    for preset in presets().values():
        assert preset.for_role("mentor")
        assert preset.for_role("mentee")
        assert any(question.figure for question in preset.flat())
        assert [(w.language, w.easy_read) for w in preset.wordings] == [("en", True)]
    easy = presets()["interim"].wordings[0].questions
    assert set(easy) == {question.id for question in presets()["interim"].questions}


def at(local, zone="Europe/London", *, latest=False):
    return instant(LocalTime(local=local, zone=zone), latest=latest).isoformat()


def test_local_times_follow_the_clocks():
    assert at("2024-03-30T23:59") == "2024-03-30T23:59:00+00:00"
    assert at("2024-03-31T23:59") == "2024-03-31T22:59:00+00:00"
    # 01:30 comes twice when clocks are put back: people get the later one to answer by.
    assert at("2024-10-27T01:30") == "2024-10-27T00:30:00+00:00"
    assert at("2024-10-27T01:30", latest=True) == "2024-10-27T01:30:00+00:00"
    assert at("2024-06-01T23:59", "Asia/Kolkata") == "2024-06-01T18:29:00+00:00"
    for zone in ("Europe/London", "Atlantis/Capital", "../etc/passwd", ""):
        with pytest.raises(ValueError, match=r"skip|no time zone"):
            at("2024-03-31T01:30", zone)


def test_reminders_keep_the_hour_of_the_clock():
    closes = datetime(2024, 4, 2, 16, tzinfo=UTC)  # 17:00 in London, two days after clocks went forward
    opened = datetime(2024, 3, 1, tzinfo=UTC)
    first = next_reminder(closes, [7, 1], "Europe/London", opened)
    assert first == datetime(2024, 3, 26, 17, tzinfo=UTC)  # 17:00 there too
    assert next_reminder(closes, [7, 1], "Europe/London", first) == datetime(2024, 4, 1, 16, tzinfo=UTC)
    assert next_reminder(closes, [7, 1], None, datetime(2024, 4, 1, 16, tzinfo=UTC)) is None


async def begun(programme, **more):
    blueprint = {"title": "P", "instruments": [{"id": "paired", "mode": "paired", "title": "P", "questions": [CHOICE]}]}
    await programme.begin(blueprint=blueprint | more)
    return f"/programmes/{programme.id}/instruments"


async def wave_of(programme, instrument, **more):
    new = {"instrument": instrument, "opens_at": programme.opens.isoformat(), "closes_at": programme.closes.isoformat()}
    made = await programme.team.post(f"/cohorts/{programme.cohorts[1]}/waves", json=new | more)
    assert made.status_code == 201, made.text
    return made.json()


async def test_a_version_is_replaced_until_a_wave_opens_with_it(programme):
    path = await begun(programme)
    body = {"survey": {"title": "One", "questions": [CHOICE]}}
    assert (await programme.client().post(f"{path}/pulse/versions", json=body)).status_code == 403
    assert (await programme.team.post(f"{path}/pulse/versions", json=body)).json()["version"] == 1
    body["survey"]["title"] = "Two"
    assert (await programme.team.put(f"{path}/pulse/versions/1", json=body)).json()["title"] == "Two"
    assert (await programme.team.put(f"{path}/pulse/versions/9", json=body)).status_code == 404
    wave = await wave_of(programme, "pulse")
    mentor = uuid.uuid4()
    await programme.match(1, mentor, uuid.uuid4())
    await programme.open()
    token = (await programme.tokens(wave["id"]))[mentor]
    body["survey"]["title"] = "Three"
    frozen = await programme.team.put(f"{path}/pulse/versions/1", json=body)
    assert (frozen.status_code, frozen.json()["code"]) == (409, "instrument_frozen")
    assert (await programme.team.post(f"{path}/pulse/versions", json=body)).json()["version"] == 2
    shown = (await programme.public.get(f"/surveys/{token}")).json()
    assert (shown["title"], shown["version"]) == ("Two", 1)
    items = (await programme.team.get(path)).json()["items"]
    assert [(i["id"], i["version"], i["frozen"]) for i in items if i["id"] == "pulse"] == [
        ("pulse", 1, True), ("pulse", 2, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"preset": "nothing"}, 422, "preset_unknown"),
        ({}, 422, "invalid_request"),
        ({"survey": {"title": "T", "questions": []}}, 422, "invalid_request"),
        ({"survey": {"title": "T", "mode": "named", "questions": [CHOICE]}}, 422, "mode_not_declared"),
        ({"survey": {"title": "T", "questions": [CHOICE, NEVER_ASKED]}}, 422, "invalid_request"),
    ],
)
async def test_surveys_that_are_refused(programme, body, status, code):
    path = await begun(programme)
    refused = await programme.team.post(f"{path}/paired/versions", json=body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_a_preset_is_shown_in_easy_words_answered_and_counted(programme, pick):
    path = await begun(programme)
    assert len((await programme.team.get("/instrument-presets")).json()) == 4
    made = await programme.team.post(f"{path}/check/versions", json={"preset": "interim"})
    assert made.status_code == 201, made.text
    wave = await wave_of(programme, "check")
    people = [uuid.uuid4() for _ in range(3)]
    for person in people:
        await programme.match(1, person, uuid.uuid4())
    await programme.crowd()
    await programme.open()
    tokens = await programme.tokens(wave["id"])
    plain = (await programme.public.get(f"/surveys/{tokens[people[0]]}")).json()
    easy = (await programme.public.get(f"/surveys/{tokens[people[0]]}?language=en-GB&easy_read=true")).json()
    assert (plain["easy_read"], easy["easy_read"], easy["language"]) == (False, True, "en")
    assert easy["title"] == "How is your mentoring going?"
    questions = {question["id"]: question for question in easy["questions"]}
    assert questions["relationship_health"]["text"] == "Is it going well with your mentee?"
    assert questions["so_far"]["labels"]["Agree"] == "True"
    assert questions["so_far"]["rows"][0] == {"id": "easy_to_talk", "text": "It is easy for us to talk."}
    assert (plain["notice_language"], "anonymous" in plain["notice"]) == ("en", True)
    assert (easy["notice_language"], "We do not know who you are" in easy["notice"]) == ("en", True)
    for person, health, talk in zip(people, (5, 4, 2), ("Agree", "Disagree", "Strongly agree"), strict=True):
        given = {"relationship_health": health, "so_far": {"easy_to_talk": talk}}
        assert (await programme.answer(tokens[person], given)).status_code == 201
    await programme.close()
    figures = await programme.figures()
    about = {"cohort": 1, "role": "mentor", "wave": "check"}
    assert pick(figures, "relationship_health", **about)["numerator"] == 2
    assert pick(figures, "easy_to_talk", **about)["numerator"] == 2
    assert pick(figures, "time_enough", **about)["value"] is None


async def test_who_has_not_answered_is_reminded_on_time_and_once(evaluation, programme):
    await begun(programme, surveys={"remind_days_before_close": [3]})
    programme.closes = programme.opens + timedelta(days=10)
    wave = await wave_of(programme, "paired", remind_days_before=[5, 1])
    mentor, mentee = uuid.uuid4(), uuid.uuid4()
    await programme.match(1, mentor, mentee)
    await programme.open()
    tokens = await programme.tokens(wave["id"])
    await programme.answer(tokens[mentor], {"c": "yes"})
    due = programme.closes - timedelta(days=5)
    evaluation.clock.move_to(due - timedelta(seconds=5))
    assert await evaluation.emitted(programme.tenant, SurveyReminderDue) == []
    evaluation.clock.move_to(due + timedelta(seconds=1))

    async def reminders(count):
        events = await evaluation.emitted(programme.tenant, SurveyReminderDue)
        return events if len(events) == count else None

    [first] = await eventually(lambda: reminders(1), what="a reminder")
    assert (str(first.wave_id), first.unanswered) == (wave["id"], 1)
    path = f"/internal/waves/{wave['id']}/invitations"
    internal = programme.client("internal:evaluation", subject="mentoring-integrations")
    waiting = (await internal.get(path, params={"unanswered": True})).json()["items"]
    assert [item["person_id"] for item in waiting] == [str(mentee)]
    later = (programme.closes + timedelta(days=2)).isoformat()
    extended = await programme.team.patch(f"/waves/{wave['id']}", json={"closes_at": later, "reason": "r"})
    assert extended.status_code == 200
    evaluation.clock.move_to(programme.closes + timedelta(days=1, seconds=1))
    assert len(await eventually(lambda: reminders(2), what="the second reminder")) == 2


async def test_local_times_of_a_wave(programme):
    await begun(programme)
    local = {"local": "2034-03-26T01:30:00", "zone": "Europe/London"}  # clocks go forward at 01:00
    new = {"instrument": "paired", "opens_at": programme.opens.isoformat(), "closes_at": local}
    path = f"/cohorts/{programme.cohorts[1]}/waves"
    refused = await programme.team.post(path, json=new)
    assert (refused.status_code, refused.json()["code"]) == (422, "local_time_invalid")
    local["local"] = "2034-07-01T12:00:00"
    made = (await programme.team.post(path, json=new)).json()
    assert (made["closes_at"], made["zone"]) == ("2034-07-01T11:00:00Z", "Europe/London")


@pytest.mark.parametrize("mode", ["named", "paired"])
async def test_a_survey_that_is_not_anonymous_says_so_and_forgets_on_erasure(evaluation, programme, pick, mode):
    question = CHOICE | {"roles": ["mentor", "mentee"], "figure": "trust", "counted": ["yes"]}
    instrument = {"id": "both", "mode": mode, "title": "B", "questions": [question]}
    rule = {"public": {"minimum_n": 5}}
    await programme.begin(blueprint={"title": "P", "instruments": [instrument], "disclosure": rule})
    wave = await wave_of(programme, "both")
    pairs = [(uuid.uuid4(), uuid.uuid4()) for _ in range(5)]
    for pair in pairs:
        await programme.match(1, *pair)
    await programme.open()
    tokens = await programme.tokens(wave["id"])
    assert (await programme.public.get(f"/surveys/{tokens[pairs[0][0]]}")).json()["mode"] == mode
    answers = [("yes", "yes"), ("yes", "no"), ("no", "no"), ("yes", None)]
    for (mentor, mentee), (one, two) in zip(pairs, answers, strict=False):
        await programme.answer(tokens[mentor], {"c": one})
        if two:
            await programme.answer(tokens[mentee], {"c": two})
    coordinator = uuid.uuid4()
    role = RoleGranted(role_id=uuid.uuid4(), programme_id=programme.id, person_id=coordinator, role="coordinator")
    await programme.tell(role)
    reader = programme.client("evaluation:read", subject=coordinator)
    path = f"/waves/{wave['id']}/answers"
    assert (await reader.get(path)).json()["code"] == "wave_not_closed"
    await programme.close()
    figures = await programme.figures()
    assert pick(figures, "trust", cohort=1, role="mentor")["numerator"] == 3
    read = await reader.get(path)
    if mode == "named":
        assert len(read.json()["items"]) == 7
        assert (await programme.team.get(path)).status_code == 403
        assert not [f for f in figures if f["name"] == "trust_agreement"]
    else:
        assert read.json()["code"] == "only_compared"
        agreement = pick(figures, "trust_agreement", cohort=1, rule="pooled")
        assert (agreement["numerator"], agreement["denominator"], agreement["asked"]) == (2, 3, 5)
        assert not [f for f in await programme.figures("public") if f["name"] == "trust_agreement"]
    await programme.tell(PersonErased(person_id=pairs[0][0]))
    async with evaluation.service.database.transaction(programme.tenant) as db:
        kept = (
            await db.scalars(sa.select(NamedAnswer.person_id).where(NamedAnswer.wave_id == uuid.UUID(wave["id"])))
        ).all()
    assert (len(kept), pairs[0][0] in kept) == (6, False)
    assert pick(await programme.figures(), "trust", cohort=1, role="mentor")["numerator"] == 3
