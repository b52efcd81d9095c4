"""Files of every kind on the running system, sent to its one address, and lists that come back as files."""

import csv
import io
from typing import Any

import pytest

from mentoring_common import workbooks
from mentoring_common.testing import eventually

LATER = {"Prefer": "respond-async", "Content-Type": "text/csv"}


@pytest.fixture
async def paired(journey: Any) -> Any:
    await journey.pair_up()
    return journey


async def test_attendance_and_outcomes_come_as_files(paired: Any) -> None:
    pair = paired.pairs[0]
    async with paired.client() as admin:
        plan = {"kind": "orientation", "title": "Begin", "mode": "online", "minutes": 60}
        plan["starts_at"] = "2020-02-01T10:00:00Z"
        path = f"/sessions/programmes/{paired.programme_id}/activities"

        async def planned() -> Any:
            made = await admin.post(path, json=plan)
            return made.json().get("id")

        activity = await eventually(planned, what="the activity")
        listed = (await admin.get(path, params={"format": "csv", "fields": "id,title"})).text
        assert activity in listed

        async def sent(kind: str, text: str, **params: Any) -> dict[str, Any]:
            headers = {"Content-Type": "text/csv"}
            answer = await admin.post(f"/integrations/imports/{kind}", content=text, headers=headers, params=params)
            assert answer.status_code == 201, answer.text
            found: dict[str, Any] = answer.json()
            return found

        people = [(await admin.get(f"/applications/people/{paired.people[pair[side]]}")).json() for side in
                  ("mentor", "mentee")]  # fmt: skip
        rows = "".join(f"{activity},{person['email']}\n" for person in people)
        rows += f"{activity},nobody@example.org\nnowhere,{people[0]['email']}\n"
        done = await sent("attendance", "activity_id,email\n" + rows)
        assert (done["kind"], done["created"]) == ("attendance", [2, 3]), done
        assert {(one["row"], one["column"]) for one in done["refused"]} == {(4, "email"), (5, "activity_id")}
        again = await sent("attendance", "activity_id,email\n" + rows)
        assert (again["created"], again["unchanged"]) == ([], [2, 3])
        missing = "0192f8a1-4c31-7000-8000-5d0c2b7e4f10"
        lost = await sent("attendance", f"activity_id,email\n{missing},{people[0]['email']}\n")
        assert [(one["row"], one["column"]) for one in lost["refused"]] == [(2, "activity_id")]

        head = "outcome;role;definition;months;people;with_outcome;source;measured_on;compared_with;compared_people;"
        head += "compared_with_outcome\n"
        text = head + "retention;mentee;still employed;12;40;37;ESR;2026-06-30;all_others;400;300\n"
        text += "retention;mentee;still employed;12;40;41;ESR;2026-06-30;;;\n"
        text += "riches;mentee;still employed;12;40;37;ESR;2026-06-30;;;\n"
        tried = await sent("outcomes", text, programme_id=paired.programme_id, dry_run="true")
        assert tried["created"] == [2, 3, 4]
        done = await sent("outcomes", text, programme_id=paired.programme_id)
        assert (done["created"], sorted({one["row"] for one in done["refused"]})) == ([2], [3, 4]), done
        again = await sent("outcomes", text, programme_id=paired.programme_id)
        assert (again["created"], again["unchanged"]) == ([], [2])
        kept = (await admin.get(f"/evaluation/programmes/{paired.programme_id}/hr-outcomes")).json()["items"]
        assert len(kept) == 1


async def test_people_of_a_workbook_go_in_afterwards_and_come_out_as_one(paired: Any) -> None:
    rows = [[f"W-{n}", f"Wil {n}", f"wil{n}@books.example.org"] for n in range(300)]
    content = workbooks.write(["external_id", "name", "email"], rows)
    async with paired.client() as admin:
        begun = await admin.post("/integrations/imports/people", content=content, headers=LATER)
        assert begun.status_code == 202, begun.text
        path = f"/integrations/imports/{begun.json()['id']}"

        async def over() -> Any:
            found = (await admin.get(path, params={"fields": "state,accepted"})).json()
            return found if found["state"] == "finished" else None

        assert (await eventually(over, what="the import"))["accepted"] == 300
        out = await admin.get("/applications/people", params={"format": "xlsx", "fields": "external_id,name,email"})
        lines = [cells for _, cells in workbooks.lines(out.content)]
        place = {name: number for number, name in enumerate(lines[0])}
        found = sorted([line[place[name]] for name in ("external_id", "name", "email")] for line in lines[1:])
        assert [line for line in found if line[0]] == sorted(rows)
        table = (await admin.get(f"{path}/results")).text
        assert [row["outcome"] for row in csv.DictReader(io.StringIO(table))] == ["created"] * 300
