"""What too few people said without names is shown to nobody: by no route, in no figure, by no subtraction."""

import ast
import asyncio
import io
import json
import re
import uuid
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

import mentoring_evaluation
from mentoring_common.databases import provision
from mentoring_contracts.evaluation import SurveyClosed, SurveyResponseReceived
from mentoring_contracts.sessions import MentoringSessionRecorded
from mentoring_evaluation.disclosure.floor import (
    fewest_published,
    hidden_roles,
    least_asked,
    policy_of,
    shown,
    shown_together,
)
from mentoring_evaluation.surveys.models import Comment

BOTH = ["mentor", "mentee"]
QUESTION = {
    "id": "c", "figure": "mentors_intending_to_return", "kind": "choice", "roles": BOTH, "text": "Will you?",
    "options": ["yes", "no"], "counted": ["yes"],
}  # fmt: skip
SEVERAL = {"id": "s", "figure": "helped", "kind": "choices", "roles": BOTH, "text": "What?", "options": ["A", "B", "C"]}
TEXT = {"id": "t", "kind": "text", "roles": BOTH, "text": "Anything else?"}
PULSE = {"id": "pulse", "title": "Pulse", "questions": [QUESTION, SEVERAL, TEXT]}
CANARY = "canary-of-the-only-mentor"


def blueprint(**more):
    return {"title": "P", "instruments": [PULSE], "disclosure": {"public": {"minimum_n": 5}}} | more


@pytest.mark.parametrize(
    ("mode", "people", "hidden"),
    [
        ("anonymous", (0, 0), ()),
        ("anonymous", (1, 0), ("mentor",)),
        ("anonymous", (5, 4), ("mentee",)),
        ("anonymous", (5, 5), ()),
        ("paired", (4, 4), ("mentor", "mentee")),
        ("named", (1, 1), ()),
    ],
)
def test_a_role_is_hidden_where_fewer_people_than_the_floor_were_asked(mode, people, hidden):
    asked = dict(zip(BOTH, people, strict=True))
    assert hidden_roles(mode, asked, 5) == hidden
    read = shown(mode, asked, 5)
    assert all(read[role] == "nothing" for role in hidden)
    assert shown_together(read, asked) == ("nothing" if hidden or not any(people) else read["mentor"])


def test_no_programme_chooses_a_floor_under_five():
    assert [least_asked(minimum) for minimum in (1, 5, 12)] == [5, 5, 12]


async def planned(programme, cohort=1, **more):
    times = {"opens_at": programme.opens.isoformat(), "closes_at": programme.closes.isoformat()}
    new = {"instrument": "pulse", **times, **more}
    made = await programme.team.post(f"/cohorts/{programme.cohorts[cohort]}/waves", json=new)
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def preview(programme, wave):
    found = (await programme.team.get(f"/waves/{wave}/preview")).json()
    roles = {one["role"]: (one["people"], one["shown"]) for one in found["roles"]}
    return found, roles


async def test_the_preview_says_before_it_opens_and_while_it_is_open_what_will_be_read(programme):
    await programme.begin(blueprint=blueprint())
    wave, mentees = await planned(programme), await planned(programme, occasion="m", roles=["mentee"])
    mentor = uuid.uuid4()
    for _ in range(5):  # one mentor of five is one person
        await programme.match(1, mentor, uuid.uuid4())
    for state in ("planned", "open"):
        found, roles = await preview(programme, wave)
        assert (found["state"], found["mode"], found["minimum"], found["together"]) == (
            state,
            "anonymous",
            5,
            "nothing",
        )
        assert roles == {"mentor": (1, "nothing"), "mentee": (5, "figures")}
        assert "This wave asks 1 mentors: what they say will be read by nobody" in found["statement"]
        assert "The public view and public reports say nothing of 1 mentors and 5 mentees" in found["statement"]
        assert {one["published_from"] for one in found["roles"]} == {None}
        found, roles = await preview(programme, mentees)
        assert (roles, found["together"]) == ({"mentee": (5, "figures")}, "figures")
        if state == "planned":
            await programme.open()
    assert (await programme.client().get(f"/waves/{wave}/preview")).status_code == 403


async def test_a_named_survey_is_read_of_fewer_and_says_so_above_its_questions(programme, pick):
    await programme.begin(blueprint=blueprint(), mode="named")
    wave, mentor = await planned(programme), uuid.uuid4()
    await programme.match(1, mentor, uuid.uuid4())
    found, roles = await preview(programme, wave)
    assert (roles, found["together"]) == ({"mentor": (1, "answers"), "mentee": (1, "answers")}, "answers")
    await programme.open()
    token = (await programme.tokens(wave))[mentor]
    notice = (await programme.public.get(f"/surveys/{token}")).json()["notice"]
    assert "under your name" in notice
    assert "where few people are asked" in notice
    await programme.answer(token, {"c": "yes", "t": "said"})
    await programme.close()
    assert pick(await programme.figures(), "response_rate", cohort=1, role="mentor", wave="pulse")["numerator"] == 1
    _, coordinator = await programme.granted("coordinator")
    assert len((await coordinator.get(f"/waves/{wave}/comments")).json()["items"]) == 1


async def test_a_wave_that_gathers_hides_the_role_that_is_small_and_that_alone(programme):
    after = [{"instrument": "pulse", "trigger": "mentoring_session", "open_days": 1, "together_days": 1}]
    await programme.begin(blueprint=blueprint(surveys={"after": after}))
    mentor, about = uuid.uuid4(), {"programme_id": programme.id, "cohort_id": programme.cohorts[1]}
    for _ in range(5):
        match_id = await programme.match(1, mentor, uuid.uuid4())
        met = {"mentoring_session_id": uuid.uuid4(), "minutes": 60, "total_minutes": 60}
        await programme.tell(MentoringSessionRecorded(match_id=match_id, **met, **about))
    await asyncio.sleep(0.5)
    programme.closes = programme.harness.clock.now() + (programme.closes - programme.opens) * 3
    [wave] = (await programme.close()).values()
    assert wave["asked"] == {"mentor": 5, "mentee": 5}  # five times, and one person
    assert (wave["hidden_roles"], wave["withheld"]) == (["mentor"], False)
    assert wave["responses"] == {"mentor": None, "mentee": 0}


# Routes whose answer may depend on what a hidden role did, each with its reason.
APART = {
    "/internal/waves/{wave_id}/invitations": "who has not answered is reminded: it says that, and nothing of answers",
    "/reports/{report_id}/pdf": "made of what the page is made of; its bytes carry an id of their own",
    "/public/{tenant_id}/reports/{report_id}/pdf": "the same",
}
PARAMETERS = {
    "/programmes/{programme_id}/figures": [{"view": "programme_team"}, {"view": "public"}],
    "/programmes/{programme_id}/texts": [{"kind": "comment"}, {"kind": "quote"}],
    "/programmes/{programme_id}/figures/{name}/evidence": [
        {}, {"role": "mentor"}, {"cohort": 1}, {"cohort": 1, "role": "mentor"}, {"cohort": 2, "role": "mentor"},
        {"cohort": 1, "role": "mentee", "wave": "pulse"},
    ],
    "/programmes/{programme_id}/figures/{name}/comparison": [
        {"first_cohort": 1, "first_role": "mentor", "second_cohort": 2, "second_role": "mentor"},
        {"first_cohort": 1, "first_role": "mentee", "second_cohort": 2, "second_role": "mentee"},
        {"first_cohort": 1, "second_cohort": 2}, {"first_role": "mentor", "second_role": "mentee"},
    ],
}  # fmt: skip
_VARYING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}"
    r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| UTC|\+00:00)?)?|\d{1,2} [A-Z][a-z]+ \d{4}"
)


def same(text):
    """An answer without ids and times, and lists in one order: what is random is no difference."""
    plain = _VARYING.sub("#", text)
    try:
        return json.dumps(_sorted(json.loads(plain)), sort_keys=True)
    except json.JSONDecodeError:
        return plain


def _sorted(value):
    if isinstance(value, list):
        return sorted((_sorted(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return {key: _sorted(one) for key, one in value.items()} if isinstance(value, dict) else value


async def world(programme, *, lone, first):
    """Cohort 1 of one mentor and six mentees, cohort 2 of six pairs; what the lone mentor and the first of the six
    mentors of cohort 2 answer, and otherwise everybody the same. Gives what every path parameter stands for."""
    await programme.begin(cohorts=2, blueprint=blueprint())
    mentor, waves = uuid.uuid4(), {cohort: await planned(programme, cohort) for cohort in (1, 2)}
    mentees = [uuid.uuid4() for _ in range(6)]
    matches = [await programme.match(1, mentor, mentee) for mentee in mentees]
    pairs = [(uuid.uuid4(), uuid.uuid4()) for _ in range(6)]
    for pair in pairs:
        await programme.match(2, *pair)
    await programme.open()
    usual = {"c": "yes", "s": ["A"], "t": "said by many"}
    sheets = {mentor: lone, pairs[0][0]: first}
    sheets |= dict.fromkeys([*mentees, *(one for pair in pairs for one in pair if one != pairs[0][0])], usual)
    for wave in waves.values():
        for person, token in (await programme.tokens(wave)).items():
            if sheets[person] is not None:
                assert (await programme.answer(token, sheets[person])).status_code == 201
    await programme.close()
    theme = (await programme.team.post(f"/programmes/{programme.id}/themes", json={"title": "T", "description": "said"})
             ).json()["id"]  # fmt: skip
    _, coordinator = await programme.granted("coordinator")
    codable = (await coordinator.get(f"/programmes/{programme.id}/texts", params={"kind": "comment"})).json()["items"]
    refs = [{"comment_id": text["comment_id"]} for text in codable if text["role"] == "mentor"][:1]
    await coordinator.post(f"/themes/{theme}/codings", json={"texts": refs})
    await programme.team.post(f"/themes/{theme}/approve", json={"version": 1})
    reports = {kind: (await programme.report(kind))["id"] for kind in ("final", "interim", "steering_group", "public")}
    for id_ in reports.values():
        assert (await programme.team.post(f"/reports/{id_}/publish")).status_code == 200
    return coordinator, {
        "programme_id": [programme.id], "cohort_id": list(programme.cohorts.values()), "wave_id": list(waves.values()),
        "theme_id": [theme], "report_id": list(reports.values()), "match_id": matches[:1],
        "tenant_id": [programme.tenant], "name": ["mentors_intending_to_return", "helped", "response_rate"],
    }  # fmt: skip


def said_in(content):
    """What an answer says; of an archive what its files say, as it keeps the moment in which each was packed."""
    if not content.startswith(b"PK"):
        return same(content.decode(errors="replace"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if not name.endswith(".pdf")]  # see APART
        return {name: said_in(archive.read(name)) for name in names}


async def walk(programme, coordinator, known):
    """The answer of every GET route to everybody who may read, by route, caller and parameters."""
    paths = (await programme.team.get("/openapi.json")).json()["paths"]
    _, steering = await programme.granted("steering_group")
    callers = {
        "team": coordinator, "admin": programme.team, "steering": steering, "anybody": programme.harness.anonymous(),
        "internal": programme.client("internal:evaluation", subject="mentoring-integrations"),
    }  # fmt: skip
    said = {}
    for route in sorted(path for path, acts in paths.items() if "get" in acts and path not in APART):
        addresses = [route]
        for name in re.findall(r"{(\w+)}", route):
            values = known.get(name, ["nothing"])
            addresses = [a.replace(f"{{{name}}}", str(value)) for a in addresses for value in values]
        for who, client in callers.items():
            for number, address in enumerate(addresses):
                for params in PARAMETERS.get(route, [{}]):
                    answer = await client.get(address, params=params)
                    said[route, who, number, str(params)] = (answer.status_code, said_in(answer.content))
    return said


async def told(harness, programme):
    """What the events of waves say."""
    events = [
        e for kind in (SurveyClosed, SurveyResponseReceived) for e in await harness.emitted(programme.tenant, kind)
    ]
    return sorted(same(event.model_dump_json()) for event in events)


async def test_every_route_answers_alike_whatever_a_hidden_role_said(evaluation, make_programme):
    usual = {"c": "yes", "s": ["A"], "t": "said by many"}
    worlds = {
        "silent": {"lone": None, "first": usual},
        "loud": {"lone": {"c": "no", "s": ["B", "C"], "t": CANARY}, "first": usual},
        "other": {"lone": None, "first": {"c": "no", "s": ["B", "C"], "t": "said by one of six"}},
    }
    answers, events = {}, {}
    for name, said in worlds.items():
        programme = make_programme()
        answers[name] = await walk(programme, *await world(programme, **said))
        events[name] = await told(evaluation, programme)
    assert {
        key: answers["loud"][key] for key in answers["loud"] if answers["loud"][key] != answers["silent"][key]
    } == {}
    assert CANARY not in str(answers)
    assert events["loud"] == events["silent"]
    # The same look does see what somebody says in a role of six people.
    seen = {key[0] for key in answers["other"] if answers["other"][key] != answers["silent"][key]}
    assert seen >= {
        "/waves/{wave_id}/comments", "/programmes/{programme_id}/figures", "/programmes/{programme_id}/texts",
        "/programmes/{programme_id}/figures/{name}/evidence", "/programmes/{programme_id}/figures/{name}/comparison",
        "/programmes/{programme_id}/intentions", "/reports/{report_id}", "/reports/{report_id}/html",
        "/themes/{theme_id}/suggestions",
    }  # fmt: skip


async def test_a_text_of_a_hidden_role_takes_part_in_nothing(evaluation, programme):
    coordinator, known = await world(programme, lone={"t": CANARY}, first=None)
    async with evaluation.service.database.transaction(programme.tenant) as db:
        small = sa.select(Comment.id).where(Comment.wave_id == uuid.UUID(known["wave_id"][0]), Comment.role == "mentor")
        [comment] = (await db.scalars(small)).all()
    refused = await coordinator.post(
        f"/themes/{known['theme_id'][0]}/codings", json={"texts": [{"comment_id": str(comment)}]}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "text_unknown")
    figures = [f for f in await programme.figures() if f["wave"]]
    assert figures
    assert not [f for f in figures if f["cohort"] == 1 and f["role"] != "mentee"]
    # Of both roles together over all cohorts nothing is said either: without the others it would be the lone mentor.
    assert not [f for f in figures if f["cohort"] is None and f["role"] is None]
    answer = await programme.team.get(f"/programmes/{programme.id}/figures")
    assert "fewer than 5 different people" in answer.json()["statement"]
    assert "Kept back: mentors in pulse of cohort 1." in answer.json()["statement"]


BEFORE = "0005"  # the revision before waves knew of the floor


def upgraded(connection, revision):
    config = Config()
    config.set_main_option("script_location", "mentoring_evaluation:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_waves_that_closed_before_obey_the_floor_too(superuser_url):
    urls = await provision(superuser_url, "evaluation", database="mentoring_evaluation_floor")
    owner = create_async_engine(urls.owner)
    async with owner.begin() as connection:
        await connection.run_sync(upgraded, BEFORE)
    database = make_url(superuser_url).set(database="mentoring_evaluation_floor")
    everybody = create_async_engine(database)
    programme = sa.text(
        "INSERT INTO programmes (tenant_id, id, title, survey_modes, remind_days, cpd_kinds, decimals, public_minimum, "
        "report_approvers) VALUES (:t, :p, 'P', '{}', '[]', '[]', 0, :least, '{}')"
    )
    wave = sa.text(
        "INSERT INTO waves (tenant_id, id, programme_id, cohort_id, instrument, occasion, instrument_used, state, "
        "opens_at, closes_at, asked_mentors, asked_mentees) VALUES (:t, gen_random_uuid(), :p, gen_random_uuid(), 'i', "
        ":name, jsonb_build_object('mode', CAST(:mode AS text)), :state, now(), now() + interval '1 day', :mentors, 20)"
    )
    held = [("few", "anonymous", "closed", 9), ("enough", "anonymous", "closed", 10), ("runs", "anonymous", "open", 9),
            ("named", "named", "closed", 1), ("pairs", "paired", "closed", 9)]  # fmt: skip
    async with everybody.begin() as connection:  # of two organisations, of which the second publishes of five
        for least in (10, 1):
            ids = {"t": uuid.uuid4(), "p": uuid.uuid4()}
            await connection.execute(programme, ids | {"least": least})
            for name, mode, state, mentors in held:
                await connection.execute(wave, ids | {"name": name, "mode": mode, "state": state, "mentors": mentors})
    async with owner.begin() as connection:
        await connection.run_sync(upgraded, "head")
    kept = sa.text("SELECT least_asked, occasion, hidden_roles, withheld FROM waves")
    async with everybody.connect() as connection:
        found = {(least, name): (hidden, withheld) for least, name, hidden, withheld in await connection.execute(kept)}
    for engine in (owner, everybody):
        await engine.dispose()
    hidden = {key for key, (roles, _) in found.items() if roles == ["mentor"]}
    assert (len(found), hidden) == (10, {(10, "few"), (10, "pairs")})
    assert {withheld for _, withheld in found.values()} == {False}


# Who may name the tables of what people said. All reading is in the first; a new reader is added there, where it passes
# the floor, and not here.
SAID = {"Response", "Comment", "NamedAnswer"}
MAY_NAME = {
    "surveys/queries_answers.py": "every SELECT",
    "surveys/models.py": "the tables themselves",
    "models.py": "every table of the service",
    "elsewhere/commands.py": "writes what was answered elsewhere",
    "surveys/commands/responses.py": "writes what is said, unseals the comments that were read",
    "themes/commands/themes.py": "narrows what queries_answers reads to some ids",
    "surveys/commands/cancelling.py": "deletes what was said in a wave that is called off",
    "reactions.py": "deletes the named answers of an erased person",
    "surveys/api/waves.py": "the order of pages of what queries_answers reads",
    "themes/api/themes.py": "the same",
}


def test_what_people_said_is_read_in_one_place():
    root, surveys = Path(mentoring_evaluation.__file__).parent, "mentoring_evaluation.surveys"
    tables = {(surveys, "models"), *((f"{surveys}.models", name) for name in SAID)}
    naming, raw = set(), set()
    for path in root.rglob("*.py"):
        name, text = str(path.relative_to(root)), path.read_text("utf-8")
        imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
        named = {(node.module, one.name) for node in imports for one in node.names}
        naming |= {name} if named & tables else set()
        raw |= (
            {name} if re.search(r"(FROM|JOIN) (responses|comments|named_answers)\b|metadata\.tables\[", text) else set()
        )
    assert naming | {"surveys/models.py"} == set(MAY_NAME)
    assert raw == {"surveys/commands/waves.py"}  # writes them anew in random order when a wave closes


@pytest.mark.parametrize(
    ("asked", "least", "from_"), [(12, 10, None), (16, 10, None), (17, 10, 13), (40, 10, 13), (11, 5, None), (12, 5, 8)]
)
def test_of_how_many_answers_the_public_view_says_something(asked, least, from_):
    assert fewest_published(asked, policy_of(least)) == from_
