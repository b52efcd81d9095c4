"""Files as people and systems have them: text of every kind, workbooks, forms; and imports that go on afterwards."""

import asyncio
import csv
import io
import tracemalloc
import zipfile
from uuid import uuid4

import pytest
import sqlalchemy as sa
import xlsxwriter

from mentoring_common import workbooks
from mentoring_common.testing import eventually, refused
from mentoring_integrations.imports import csv_table, table_files
from mentoring_integrations.imports.commands import running
from mentoring_integrations.imports.models import Import
from mentoring_integrations.imports.rows import people

HEADER = ["name", "email", "external_id", "discipline"]
LATER = {"Prefer": "respond-async"}


@pytest.fixture
def rows():
    """Two people, one of whose names has letters beyond ASCII, under numbers that no other test uses."""
    one = uuid4().hex[:8]
    return [
        ["Zoë Grün", f"zoe@{one}.example.org", f"{one}-1", "Physics, applied"],
        ["Bo", f"bo@{one}.example.org", f"{one}-2", "Line one"],
    ]


def text(rows, delimiter=",", before=""):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([HEADER, *rows])
    return before + out.getvalue()


def workbook(rows, first_row=0, first_column=0):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("empty")
        sheet = book.add_worksheet("people")
        for number, row in enumerate([HEADER, *rows]):
            sheet.write_row(first_row + number, first_column, row)
        sheet.write(first_row + 1, first_column + 12, " ")
    return out.getvalue()


WAYS = {
    "utf-8": (lambda rows: text(rows).encode(), "text/csv"),
    "a byte order mark": (lambda rows: text(rows).encode("utf-8-sig"), "text/csv"),
    "latin-1": (lambda rows: text(rows).encode("latin-1"), "text/csv; charset=iso-8859-1"),
    "windows-1252": (lambda rows: text(rows).encode("cp1252"), 'text/csv; charset="Windows-1252"'),
    "utf-16": (lambda rows: text(rows, "\t").encode("utf-16"), "text/csv"),
    "semicolons": (lambda rows: text(rows, ";").encode(), "text/csv"),
    "tabs": (lambda rows: text(rows, "\t").encode(), "text/tab-separated-values"),
    "bars": (lambda rows: text(rows, "|").encode(), "text/plain"),
    "sep=": (lambda rows: text(rows, ";", "sep=;\r\n").encode(), "text/csv"),
    "a workbook that says that it is csv": (workbook, "text/csv"),
    "a workbook": (workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "a workbook that begins elsewhere": (lambda rows: workbook(rows, 3, 2), "application/octet-stream"),
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_file_is_read_however_it_was_written(world, applications_api, rows, way):
    made, content_type = WAYS[way]
    answer = await world.upload("/imports/people", made(rows), **{"Content-Type": content_type})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["accepted"], answer.json()["refused"]) == (2, [])
    assert applications_api.people[rows[0][1]]["name"] == "Zoë Grün"
    assert applications_api.people[rows[0][1]]["attributes"] == {"discipline": "Physics, applied"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_line_breaks_in_quotation_marks_are_of_the_cell_and_lines_are_counted(world, rows, delimiter):
    rows[0][0] = "Zoë\nGrün"
    rows[1][1] = "no address"
    answer = await world.upload("/imports/people", text(rows, delimiter, f"sep={delimiter}\n"))
    assert {(r["row"], r["column"], r["code"]) for r in answer.json()["refused"]} == {
        (3, "name", "line_break"), (5, "email", "string_pattern_mismatch"),
    }  # fmt: skip


async def test_a_form_has_one_file(world, applications_api, rows):
    files = {"file": ("people.csv", text(rows, ";").encode("latin-1"), "text/csv; charset=iso-8859-1")}
    answer = await world.admin.post("/imports/people", files=files)
    assert (answer.status_code, answer.json()["accepted"]) == (201, 2), answer.text
    book = await world.admin.post("/imports/people", files={"file": ("x.csv", workbook(rows))}, data={"more": "x"})
    assert (book.status_code, book.json()["unchanged"]) == (201, [2, 3])
    assert applications_api.people[rows[0][1]]["name"] == "Zoë Grün"
    for wrong in ({"other": ("people.csv", b"x")}, [("file", b"x"), ("file", b"y")]):
        assert refused(await world.admin.post("/imports/people", files=wrong), 422, "multipart_unreadable")
    cut = await world.upload("/imports/people", b"--b\r\n", **{"Content-Type": "multipart/form-data; boundary=b"})
    assert refused(cut, 422, "multipart_unreadable")


async def test_a_charset_that_is_unknown_is_refused(world, rows):
    answer = await world.upload("/imports/people", text(rows), **{"Content-Type": "text/csv; charset=klingon"})
    assert refused(answer, 422, "charset_unknown")
    assert "utf-8" in answer.json()["known"]


def bomb(lies=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    content = out.getvalue()
    return content.replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")) if lies else content


@pytest.mark.parametrize("lies", [False, True])
async def test_a_workbook_that_unpacks_to_too_much_is_refused(world, monkeypatch, lies):
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 2_000_000)
    assert refused(await world.upload("/imports/people", bomb(lies)), 422, "workbook_unreadable")


async def test_a_preview_says_what_a_file_is_taken_for_and_does_nothing(world, applications_api, rows):
    more = [[*row, "42"] for row in rows]
    content = text(more, ";").replace("discipline", "discipline;Shoe size").encode("latin-1")
    answer = await world.upload("/imports/people/preview", content, **{"Content-Type": "text/csv; charset=latin1"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["format"], found["charset"], found["delimiter"], found["rows"]) == ("csv", "cp1252", ";", 2)
    assert (found["missing"], found["unknown"]) == ([], ["shoe size"])
    assert found["columns"][-1] == {"heading": "shoe size", "column": None}
    assert found["first"][0]["name"] == "Zoë Grün"
    assert (await world.admin.get("/imports")).json()["items"] == []
    assert rows[0][1] not in applications_api.people
    book = (await world.upload("/imports/nominations/preview", workbook(rows))).json()
    assert (book["format"], book["charset"], book["missing"]) == ("xlsx", None, ["role"])
    form = await world.upload(f"/imports/applications/preview?programme_id={world.programme_id}", b"email,role\n")
    assert form.json()["missing"] == ["proxy_reason"], form.text


async def test_how_a_source_is_read_is_kept_under_its_name(world, rows):
    said = {"mapping": "people: {name: Naam, email: Post, external_id: Nummer, ignore: [Vak]}"}
    kept = await world.admin.put("/imports/sources/afas", json=said)
    assert (kept.status_code, kept.json()["sheet"]) == (200, "people"), kept.text
    out = text(rows).replace("name,email,external_id,discipline", "Naam,Post,Nummer,Vak")
    answer = await world.upload("/imports/people?source=afas", out)
    assert answer.json()["created"] == [2, 3], answer.text
    assert [one["name"] for one in (await world.admin.get("/imports/sources")).json()] == ["afas"]
    stranger = await world.upload("/imports/people?source=afas", out, world.office)
    assert refused(stranger, 404, "source_not_found")
    assert refused(
        await world.admin.put("/imports/sources/afas", json={"mapping": "people: ["}), 422, "mapping_unreadable"
    )
    assert refused(await world.own(uuid4()).put("/imports/sources/mine", json=said), 403, "role_needed")
    assert (await world.admin.delete("/imports/sources/afas")).status_code == 204
    assert refused(await world.admin.delete("/imports/sources/afas"), 404, "source_not_found")
    assert refused(await world.upload("/imports/people?source=afas", out), 404, "source_not_found")


async def finished(world, import_id, state="finished"):
    async def look():
        found = (await world.admin.get(f"/imports/{import_id}")).json()
        return found if found["state"] == state else None

    return await eventually(look, within_s=60, what=f"an import that is {state}")


def many(number, bad_every=100):
    one = uuid4().hex[:8]
    lines = [
        f"Person {n},{'no address' if n % bad_every == 0 else f'p{n}@{one}.example.org'},{one}-{n}"
        for n in range(number)
    ]
    return "name,email,external_id\n" + "\n".join(lines) + "\n"


async def test_an_import_goes_on_after_its_answer_and_says_how_far_it_is(world, applications_api):
    content = many(6_000)
    assert refused(await world.upload("/imports/people", content), 422, "too_many_rows")
    begun = await world.upload("/imports/people", content, **LATER)
    assert begun.status_code == 202, begun.text
    assert begun.headers["preference-applied"] == "respond-async"
    assert begun.headers["location"].endswith(f"/imports/{begun.json()['id']}")
    assert (begun.json()["state"], begun.json()["rows"], begun.json()["accepted"]) == ("running", 6_000, 0)
    done = await finished(world, begun.json()["id"])
    assert (done["accepted"], done["done"], len(done["created"])) == (5_940, 6_000, 5_940)
    assert {row["code"] for row in done["refused"]} == {"string_pattern_mismatch"}
    again = await world.upload("/imports/people", content, **LATER)
    done = await finished(world, again.json()["id"])
    assert (done["created"], len(done["unchanged"])) == ([], 5_940)


def test_what_is_held_of_a_row_is_little_more_than_the_row():
    """A hundred thousand are held at once, so a few kilobytes of each would be hundreds of megabytes."""
    file = table_files.of(many(2_000).encode(), None)
    table = csv_table.table(file, required=people.REQUIRED, optional=people.OPTIONAL)
    tracemalloc.start()
    try:
        found = people.parsed(table, 5_000)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found.good) == 1_980
    assert held / len(found.good) < 1_000  # bytes


async def test_who_is_managed_in_a_circle_stays_out(world):
    """Three floors, written from below, go in; two who manage each other, and one who manages themselves, do not."""
    one = uuid4().hex[:8]
    managers = {"c": "b", "b": "a", "a": "", "x": "y", "y": "x", "z": "z"}
    lines = [f"{who},{who}@{one}.example.org,{one}-{who},{f'{one}-{by}' if by else ''}" for who, by in managers.items()]
    text_ = "\n".join(["name,email,external_id,line_manager_external_id", *lines])
    done = (await world.upload("/imports/people", text_)).json()
    assert [(row["row"], row["code"]) for row in done["refused"]] == [(5, "circular"), (6, "circular"), (7, "circular")]
    assert done["created"] == [2, 3, 4]


async def test_an_import_is_cancelled(world, applications_api, monkeypatch):
    monkeypatch.setattr(running, "SAVE_EVERY_S", 0.0)
    gate = asyncio.Event()
    monkeypatch.setattr(applications_api, "before_effect", gate.wait)
    applications_api.calls.clear()
    begun = (await world.upload("/imports/people", many(2_000), **LATER)).json()
    assert refused(await world.own(uuid4()).post(f"/imports/{begun['id']}/cancel"), 404, "import_not_found")
    ended = await world.admin.post(f"/imports/{begun['id']}/cancel")
    assert (ended.status_code, ended.json()["state"]) == (200, "cancelled"), ended.text
    gate.set()

    async def over():
        return not world.harness.service.app.state.imports

    await eventually(over, what="the end of what ran")
    found = (await world.admin.get(f"/imports/{begun['id']}")).json()
    # The batch that was under way went in, and is told of; no other was sent.
    assert (found["state"], found["accepted"], len(found["created"])) == ("cancelled", 500, 500)
    assert applications_api.calls.count("/people/batch") == 1
    assert refused(await world.admin.post(f"/imports/{begun['id']}/cancel"), 409, "import_over")
    resumed = await world.upload(f"/imports/{begun['id']}/resume", b"x")
    assert refused(resumed, 409, "import_not_interrupted")


async def test_an_import_that_was_interrupted_is_resumed_with_its_file(world, applications_api, monkeypatch):
    """Of 1,200 rows some went in; the process that ran it is gone, and nothing of the file was kept."""
    monkeypatch.setattr(running, "SAVE_EVERY_S", 0.0)
    content = many(1_200)
    gate, batches = asyncio.Event(), 0

    async def second_waits():
        nonlocal batches
        batches += 1
        if batches > 1:
            await gate.wait()

    monkeypatch.setattr(applications_api, "before_effect", second_waits)
    begun = (await world.upload("/imports/people", content, **LATER)).json()

    async def some():
        return (await world.admin.get(f"/imports/{begun['id']}?fields=accepted")).json()["accepted"]

    accepted = await eventually(some, what="rows that went in")
    running_tasks = list(world.harness.service.app.state.imports)
    for task in running_tasks:
        task.cancel()
    await asyncio.gather(*running_tasks, return_exceptions=True)
    gate.set()
    assert refused(await world.upload(f"/imports/{begun['id']}/resume", content), 409, "import_not_interrupted")
    async with world.harness.service.database.transaction(world.tenant) as db:
        long_ago = sa.func.clock_timestamp() - sa.text("interval '2 minutes'")
        await db.execute(sa.update(Import).values(progressed_at=long_ago))
    assert (await world.admin.get(f"/imports/{begun['id']}")).json()["state"] == "interrupted"
    assert refused(await world.upload(f"/imports/{begun['id']}/resume", content + "\n"), 422, "another_file")
    applications_api.calls.clear()
    taken = await world.upload(f"/imports/{begun['id']}/resume", content)
    assert (taken.status_code, taken.json()["accepted"]) == (202, accepted), taken.text
    done = await finished(world, begun["id"])
    assert (done["accepted"], len(done["refused"])) == (1_188, 12)
    assert len(done["created"]) + len(done["changed"]) + len(done["unchanged"]) == 1_188
    assert applications_api.calls.count("/people/batch") < 3  # what had gone in was not sent again


@pytest.mark.parametrize("kind", ["people", "outcomes", "attendance"])
async def test_a_preview_of_what_is_no_text_says_so(world, kind):
    content = b"na\x81\xffme,email\x00\nAda,ada@example.org\n"
    answer = await world.upload(f"/imports/{kind}/preview", content)
    assert answer.status_code == 200, answer.text
    assert [one["column"] for one in answer.json()["columns"]] == [None, None]
    assert answer.json()["unknown"] == ["na??me", "email\x00"]


async def test_a_refused_cell_is_told_in_words(world, rows):
    rows[1][1] = "nobody"
    [refusal, *_] = (await world.upload("/imports/people", text(rows))).json()["refused"]
    assert refusal["code"] == "string_pattern_mismatch"
    assert refusal["detail"] == "a plain e-mail address is expected, such as ada@example.org"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_became_of_every_row_is_a_file(world, rows, form):
    rows[1][1] = "=cmd|'/c calc'!A1"
    made = (await world.upload("/imports/people", text(rows))).json()
    answer = await world.admin.get(f"/imports/{made['id']}/results", params={"format": form})
    assert answer.status_code == 200
    assert f'filename="results-{made["id"]}.{form}"' in answer.headers["content-disposition"]
    if form == "csv":
        found = list(csv.reader(io.StringIO(answer.text)))
    else:
        found = [cells for _, cells in workbooks.lines(answer.content)]
    assert found[0] == ["row", "outcome", "column", "code", "detail"]
    assert found[1][:2] == ["2", "created"]
    assert found[2][:4] == ["3", "refused", "email", "string_pattern_mismatch"]
    assert "calc" not in str(found)
    assert (await world.own(uuid4()).get(f"/imports/{made['id']}/results")).status_code == 404
