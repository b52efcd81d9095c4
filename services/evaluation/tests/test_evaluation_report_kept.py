"""A report is kept as JSON and read back as it was, whichever release built it."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from mentoring_evaluation.reports.document import Document
from mentoring_evaluation.reports.narrative import WITHDRAWN

# What a row held that was built before reports were typed, and what the API answered of it then.
EARLIER = json.loads(Path(__file__).with_name("data").joinpath("report_of_an_earlier_release.json").read_text("utf-8"))


def test_what_is_read_is_written_again_member_for_member():
    kept = EARLIER["content"]
    again = Document.model_validate(kept).to_json()
    assert again.pop("as_of").replace("Z", "+00:00") == kept["as_of"]
    assert again == {name: value for name, value in kept.items() if name != "as_of"}


async def stored(evaluation, programme, kind, content):
    """A report whose content is just this JSON."""
    report = await programme.report(kind)
    async with evaluation.service.database.transaction(programme.tenant) as db:
        put = sa.text("UPDATE reports SET content = CAST(:content AS jsonb) WHERE id = :id")
        await db.execute(put, {"content": json.dumps(content), "id": report["id"]})
    return f"/reports/{report['id']}"


async def test_a_report_of_an_earlier_release_is_answered_as_it_was(evaluation, programme):
    await programme.begin()
    path = await stored(evaluation, programme, "final", EARLIER["content"] | {"case_studies": []})
    data = (await programme.team.get(path)).json()
    told = EARLIER["served"]
    assert {name: data[name] for name in told if name != "narrative"} == {
        name: value for name, value in told.items() if name != "narrative"
    }
    parts, before = ([p for ps in one["narrative"][0]["paragraphs"] for p in ps] for one in (data, told))
    assert [part["text"] for part in parts if "quote" in part] == [WITHDRAWN]  # its interview is not here
    assert [part for part in parts if "quote" not in part] == [part for part in before if "quote" not in part]
    page = await programme.team.get(f"{path}/html")
    assert page.status_code == 200
    for said in ("Protect an hour", "The ledger of applications", "percentage above 100", "Many"):
        assert said in page.text, said
    assert (await programme.team.get(f"{path}/pdf")).content.startswith(b"%PDF")
    wrote = await programme.team.put(f"{path}/narrative", json={"narrative": [{"title": "T", "text": "New."}]})
    assert wrote.status_code == 200
    assert (await programme.team.get(path)).json()["figures"] == told["figures"]


@pytest.mark.parametrize("older", ["wordings", "themes", "recommendations", "evaluation_model", "outcomes", "quotes"])
async def test_parts_that_a_release_had_not_yet_are_empty(evaluation, programme, older):
    await programme.begin()
    content = {name: value for name, value in EARLIER["content"].items() if name != older} | {"case_studies": []}
    path = await stored(evaluation, programme, "final", content)
    data = await programme.team.get(path)
    assert data.status_code == 200
    assert not data.json().get(older)
    assert (await programme.team.get(f"{path}/html")).status_code == 200
