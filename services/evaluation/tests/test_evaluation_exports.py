"""What an evaluator takes along: tables of a view and answer sheets, in four formats, each with its codebook."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import polars
import pyreadstat
import pytest
import python_calamine
import sqlalchemy as sa

from mentoring_common.tables import audit_log
from mentoring_contracts.applications import RoleGranted
from mentoring_evaluation.exports.formats import package
from mentoring_evaluation.exports.sheets import Sheet, tables_of
from mentoring_evaluation.surveys.instruments import Instrument

BOTH = ["mentor", "mentee"]
QUESTIONS = [
    {"id": "met", "figure": "met_objectives", "kind": "choice", "roles": BOTH, "text": "Met?",
     "options": ["Yes", "=No"], "counted": ["Yes"]},
    {"id": "trust", "kind": "scale", "roles": ["mentee"], "text": "Trust?", "min": 1, "max": 5,
     "labels": {"1": "None"}},
    {"id": "helped", "kind": "choices", "roles": BOTH, "text": "What helped?", "options": ["Meetings", "Workshops"]},
    {"id": "said", "kind": "text", "roles": BOTH, "text": "Anything else?"},
]  # fmt: skip
SURVEY = {"id": "pulse", "title": "Pulse", "questions": QUESTIONS, "researchers": True}
CANARY = "canary-in-my-own-words"


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture
def tables():
    used = Instrument.model_validate(SURVEY)
    given = [("mentee", {"met": "Yes", "trust": 1, "helped": ["Meetings"]}), ("mentor", {"met": "=No"}), ("mentee", {})]
    return tables_of(Sheet(used, 2, "", role, answers) for role, answers in given)


def _written(form: str, file: bytes, folder: Path) -> list[list[object]]:
    """The cells of a written table with its heads, as a program that reads such files has them."""
    if form == "csv":
        return [list(row) for row in csv.reader(io.StringIO(file.decode()))]
    if form == "xlsx":
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_name("data").to_python()
    if form == "parquet":
        frame = polars.read_parquet(io.BytesIO(file))
        return [frame.columns, *map(list, frame.rows())]
    (folder / "table.sav").write_bytes(file)
    frame, meta = pyreadstat.read_sav(folder / "table.sav", output_format="polars")
    assert meta.column_names_to_labels["trust"] == "Trust?"
    assert meta.variable_value_labels["trust"][1] == "None"
    labels = {
        place: meta.variable_value_labels[name] for place, name in enumerate(frame.columns) if name in ("role", "met")
    }
    rows = [[labels[n].get(cell) if n in labels else cell for n, cell in enumerate(row)] for row in frame.rows()]
    return [frame.columns, *rows]


def _plain(cell: object) -> str:
    said = "" if cell is None else str(cell)
    return said.removeprefix("'").removesuffix(".0")


@pytest.mark.parametrize("form", ["csv", "xlsx", "sav", "parquet"])
def test_a_sheet_says_the_same_in_every_format(tables, form, tmp_path: Path):
    files = unpacked(package("sheets", "Sheets", "Said.", tables, form, datetime(2030, 1, 1, tzinfo=UTC)))
    heads, *rows = [[_plain(cell) for cell in row] for row in _written(form, files[f"tables/pulse-1.{form}"], tmp_path)]
    assert heads == ["cohort", "occasion", "role", "met", "trust", "helped.1", "helped.2"]
    assert sorted(rows) == [
        ["2", "", "mentee", "", "", "", ""],
        ["2", "", "mentee", "Yes", "1", "1", "0"],
        ["2", "", "mentor", "=No", "", "", ""],
    ]


def test_no_spreadsheet_computes_anything_of_it(tables):
    files = {
        form: unpacked(package("s", "S", "", tables, form, datetime(2030, 1, 1, tzinfo=UTC)))
        for form in ("csv", "xlsx")
    }
    assert b"'=No" in files["csv"]["tables/pulse-1.csv"]
    sheet = unpacked(files["xlsx"]["tables/pulse-1.xlsx"])["xl/worksheets/sheet1.xml"]
    assert b"<f>" not in sheet


def test_the_codebook_says_what_was_asked_of_whom(tables):
    files = unpacked(package("sheets", "Sheets", "Said.", tables, "csv", datetime(2030, 1, 1, tzinfo=UTC)))
    (resource,) = json.loads(files["datapackage.json"])["resources"]
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert resource["path"] in files
    assert list(fields) == next(csv.reader(io.StringIO(files[resource["path"]].decode())))
    assert fields["met"]["constraints"] == {"enum": ["Yes", "=No"]}
    assert fields["trust"] == {
        "name": "trust", "type": "integer", "title": "Trust?", "description": "asked of mentee",
        "constraints": {"enum": [1, 2, 3, 4, 5]}, "labels": {"1": "None", "2": "2", "3": "3", "4": "4", "5": "5"},
    }  # fmt: skip
    assert "said" not in fields


async def _closed(programme, **survey):
    blueprint = {
        "title": "P", "disclosure": {"public": {"minimum_n": 5}}, "instruments": [SURVEY | survey],
        "waves": [{"instrument": "pulse", "milestone": "interim_evaluation"}],
    }  # fmt: skip
    await programme.begin(blueprint=blueprint)
    await programme.crowd(pairs=6)
    wave = (await programme.open())[("pulse", 1)]
    sent = await programme.tokens(wave["id"])
    people = {item["person_id"]: item["role"] for item in await _invited(programme, wave["id"])}
    for person, token in sent.items():
        answers = {"met": "Yes", "helped": ["Workshops"], "said": CANARY}
        answered = await programme.answer(token, answers | ({"trust": 4} if people[str(person)] == "mentee" else {}))
        assert answered.status_code == 201, answered.text
    await programme.close()


async def _invited(programme, wave_id):
    client = programme.client("internal:evaluation", subject="mentoring-integrations")
    return (await client.get(f"/internal/waves/{wave_id}/invitations", params={"limit": 50})).json()["items"]


async def _researcher(programme):
    person = uuid4()
    await programme.tell(
        RoleGranted(
            role_id=uuid4(), programme_id=programme.id, person_id=person, role="researcher",
            rights=["take_answer_sheets"],
        )
    )  # fmt: skip
    return programme.client("evaluation:read", subject=person)


async def test_sheets_are_taken_under_an_agreement_by_who_may_and_it_is_audited(programme):
    await _closed(programme)
    path = f"/programmes/{programme.id}/answer-sheets"
    researcher = await _researcher(programme)
    _, manager = await programme.granted("programme_manager")
    for client in (programme.team, manager):
        refused = await client.get(path, params={"agreement": "DSA-1"})
        assert (refused.status_code, refused.json()["needed"]) == (403, ["take_answer_sheets"])
    assert (await researcher.get(path)).status_code == 422
    assert (await researcher.get(path, params={"agreement": "x\ny"})).status_code == 422
    taken = await researcher.get(path, params={"agreement": "DSA-2026-014"})
    assert taken.status_code == 200, taken.text
    files = unpacked(taken.content)
    rows = list(csv.DictReader(io.StringIO(files["tables/pulse-1.csv"].decode())))
    assert len(rows) == 12
    assert {(row["role"], row["met"], row["trust"], row["helped.2"]) for row in rows} == {
        ("mentor", "Yes", "", "1"),
        ("mentee", "Yes", "4", "1"),
    }
    assert not any(CANARY.encode() in content for content in files.values())
    async with programme.harness.service.database.transaction(programme.tenant) as db:
        noted = sa.select(audit_log.c.reason).where(audit_log.c.act == "take_answer_sheets")
        assert list(await db.scalars(noted)) == ["agreement DSA-2026-014"]


@pytest.mark.parametrize("survey", [{"researchers": False}])
async def test_of_a_survey_that_does_not_say_so_nobody_takes_sheets(programme, survey):
    await _closed(programme, **survey)
    researcher = await _researcher(programme)
    refused = await researcher.get(f"/programmes/{programme.id}/answer-sheets", params={"agreement": "DSA-1"})
    assert (refused.status_code, refused.json()["code"]) == (404, "no_answer_sheets")


async def test_who_answers_is_told_that_researchers_may_be_given_sheets(programme):
    blueprint = {
        "title": "P", "instruments": [SURVEY | {"wordings": [{"language": "pl", "notice": "Moja", "questions": {}}]}],
        "waves": [{"instrument": "pulse", "milestone": "interim_evaluation"}],
    }  # fmt: skip
    await programme.begin(blueprint=blueprint)
    await programme.crowd(pairs=1)
    wave = (await programme.open())[("pulse", 1)]
    token = next(iter((await programme.tokens(wave["id"])).values()))
    for language, said in (("en", "Researchers who have signed a data agreement"), ("pl", "Badacze, którzy podpisali")):
        shown = await programme.public.get(f"/surveys/{token}", headers={"accept-language": language})
        assert said in shown.json()["notice"]
        assert "anonymous" not in shown.json()["notice"]


async def test_the_tables_of_the_public_view_have_no_exact_count(programme):
    await _closed(programme)
    path = f"/programmes/{programme.id}/tables"
    _, steering = await programme.granted("steering_group")
    assert (await steering.get(path, params={"view": "programme_team"})).status_code == 403
    public, exact = [
        unpacked((await programme.team.get(path, params={"view": view})).content)
        for view in ("public", "programme_team")
    ]
    answers = list(csv.DictReader(io.StringIO(public["tables/answers-public.csv"].decode())))
    assert {row["count"] for row in answers} <= {""}
    assert [row["count"] for row in csv.DictReader(io.StringIO(exact["tables/answers-programme_team.csv"].decode()))]
    figures = list(csv.DictReader(io.StringIO(public["tables/figures-public.csv"].decode())))
    assert {row["shown"] for row in figures if row["wave"]} <= {"rounded", "at_least", "at_most", "hidden"}
    for form in ("xlsx", "sav", "parquet"):
        taken = await steering.get(path, params={"format": form})
        assert f"tables/figures-public.{form}" in unpacked(taken.content), taken.text
