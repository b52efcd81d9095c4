"""Everything that is held of a person as one ZIP, or nothing."""

import io
import json
import zipfile
from uuid import uuid4

from mentoring_common.problems import problem
from mentoring_gateway.subject_access import SERVICES

MOMENT = "2022-04-27T09:00:00Z"


def held(world, front, **rows):
    for service in SERVICES:
        answer = {"service": service, "person_id": str(front.person_id), "read_at": MOMENT}
        world.get(f"/{service}/people/{front.person_id}/held", answer | {"held": rows.get(service, {})})


async def test_a_person_gets_everything_in_one_file_with_a_page_to_read(front, world):
    note = "<b>I felt</b> heard & understood"
    held(
        world, front, sessions={"notes": [{"id": "1", "text_sealed": note}]}, applications={"people": [{"name": "Ada"}]}
    )
    async with front.http() as http:
        answer = await http.get(f"/subject-access/{front.person_id}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"] == f'attachment; filename="{front.person_id}.zip"'
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == sorted(["index.html", *(f"{service}.json" for service in SERVICES)])
    assert json.loads(archive.read("sessions.json"))["held"]["notes"][0]["text_sealed"] == note
    page = archive.read("index.html").decode()
    assert "Ada" in page
    assert "&lt;b&gt;I felt&lt;/b&gt; heard &amp; understood" in page
    assert "<b>" not in page
    assert all(call.headers["authorization"].startswith("Bearer ey") for call in world.calls)


async def test_nobody_gets_a_part_or_another_s(front, world):
    held(world, front)
    world.get(f"/evaluation/people/{front.person_id}/held", problem(503, "unavailable", "later"))
    async with front.http() as http:
        assert (await http.get(f"/subject-access/{front.person_id}")).status_code == 503
        world.get(f"/evaluation/people/{front.person_id}/held", problem(404, "nothing_held", "no"))
        refused = await http.get(f"/subject-access/{front.person_id}")
        assert (refused.status_code, refused.json()["code"]) == (404, "nobody_held")
        assert (await http.get("/subject-access/everybody")).status_code == 404
    async with front.http(token=None) as http:
        assert (await http.get(f"/subject-access/{uuid4()}")).status_code == 401
