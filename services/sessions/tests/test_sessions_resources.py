"""The library of a programme: what stands in it for whom, in which words; files; what is read; who is told."""

import pytest

from mentoring_common.ids import new_id
from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import ApplicationMoved, PersonErased, ProgrammeAmended
from mentoring_contracts.sessions import ResourceNoticeDue, ResourcePublished, ResourceWithdrawn

WORDS = {"language": "en", "title": "First steps", "text": "Meet soon."}
CYMRAEG = {"language": "cy", "title": "Camau cyntaf", "link": "https://example.org/cy"}
EASY = {"language": "easy:en", "title": "Start", "text": "Meet."}
PDF = b"%PDF-1.7\n" + b"x" * 100
PHASES = [{"id": "before", "title": "Before"}, {"id": "after", "title": "After"}]
ANY = {"If-Match": "*"}


async def given(play, *wordings, client=None, **for_whom):
    body = {"wordings": list(wordings or [WORDS]), **for_whom}
    answer = await (client or play.team).post(f"/programmes/{play.programme_id}/resources", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def titles(play, client, **query):
    headers = {"Accept-Language": query.pop("language", "en")}
    answer = await client.get(f"/programmes/{play.programme_id}/resources", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json()["items"]]


async def sent(play, content=PDF, name="A guide.pdf", media_type="application/pdf", client=None):
    return await (client or play.team).post(
        f"/programmes/{play.programme_id}/resource-files",
        params={"name": name}, content=content, headers={"Content-Type": media_type},
    )  # fmt: skip


async def told(play, resource_id, number, people):
    async def probe():
        notices = await play.harness.emitted(play.tenant, ResourceNoticeDue)
        found = {(n.person_id, n.why) for n in notices if (str(n.resource_id), n.number) == (resource_id, number)}
        return found if len(found) >= len(people) else None

    found = await eventually(probe, what="notices")
    assert found == people


@pytest.fixture
async def here(play):
    await play.set_up(languages=["en", "cy"], phases=PHASES, activities={"orientation": {"compulsory": False}})
    await play.harness.publish(play.tenant, play.confirmed())
    assert (await play.read())["state"] == "active"
    return play


async def test_each_reads_it_in_their_words_and_everybody_is_told_once(here):
    made = await given(here, WORDS, CYMRAEG, EASY)
    assert (made["number"], made["languages"], made["invited"]) == (1, ["en", "cy", "easy:en"], [])
    assert await titles(here, here.mentor) == ["First steps"]
    assert await titles(here, here.mentee, language="cy, en;q=0.5") == ["Camau cyntaf"]
    assert await titles(here, here.mentee, language="en", easy_read="true") == ["Start"]
    assert await titles(here, here.mentee, language="pl") == ["First steps"]
    shown = (await here.mentee.get(f"/resources/{made['id']}", headers={"Accept-Language": "cy"})).json()
    assert (shown["link"], shown["text"], shown["invited"], shown["readings"]) == (CYMRAEG["link"], None, None, None)
    everybody = {here.mentor_id, here.mentee_id, here.accepted_id, here.manager_id}
    await told(here, made["id"], 1, {(person_id, "given") for person_id in everybody})
    (published,) = await here.harness.emitted(here.tenant, ResourcePublished)
    assert (str(published.resource_id), published.number) == (made["id"], 1)


async def test_it_is_for_whom_the_team_says(here):
    await given(here, WORDS | {"title": "Mentors"}, roles=["mentor"])
    await given(here, WORDS | {"title": "Team"}, roles=["programme_manager"])
    await given(here, WORDS | {"title": "Named"}, invited=[str(here.mentee_id)])
    await given(here, WORDS | {"title": "Cohort"}, cohort_id=str(here.cohort_id))
    after = await given(here, WORDS | {"title": "After"}, phase="after")
    assert await titles(here, here.mentor) == ["Mentors", "Cohort"]
    assert await titles(here, here.mentee) == ["Named", "Cohort"]
    assert await titles(here, here.client(here.accepted_id)) == ["Cohort"]
    assert await titles(here, here.team) == ["Mentors", "Team", "Named", "Cohort", "After"]
    assert refused(await here.mentee.get(f"/resources/{after['id']}"), 404, "resource_not_found")
    assert (await here.mentee.post(f"{here.path}/phases", json={"phase": "after"})).status_code == 201
    assert await titles(here, here.mentee, phase="after") == ["After"]
    await told(here, after["id"], 1, {(here.mentor_id, "given"), (here.mentee_id, "given")})
    # Who has no part in the programme finds no library, and nobody else's words.
    assert (await here.stranger.get(f"/programmes/{here.programme_id}/resources")).status_code == 404


async def test_who_moves_to_another_cohort_reads_what_is_for_that(here):
    await given(here, cohort_id=str(here.cohort_id))
    moved = here.accepted(new_id())
    await here.harness.publish(here.tenant, moved)
    reader = here.client(moved.person_id)
    assert await titles(here, reader) == ["First steps"]
    ids = moved.model_dump(include={"application_id", "programme_id", "person_id", "role"})
    await here.harness.publish(here.tenant, ApplicationMoved(**ids, cohort_id=new_id(), from_cohort_id=here.cohort_id))
    assert await titles(here, reader) == []


async def test_a_new_version_tells_those_who_read_the_old_one_if_the_team_says_so(here):
    made = await given(here)
    path = f"/resources/{made['id']}"
    assert (await here.mentee.post(f"{path}/read")).json()["read_number"] == 1
    assert (await here.mentee.post(f"{path}/read")).status_code == 200
    assert (await here.team.get(path)).json()["readings"] == {"read": 1, "read_newest": 1}
    new = {"wordings": [WORDS | {"text": "Meet now."}], "tell_readers": True, "note": "Sooner"}
    second = await here.team.post(f"{path}/versions", json=new, headers={"If-Match": f'"{made["version"]}"'})
    assert (second.status_code, second.json()["number"]) == (201, 2)
    assert (await here.team.post(f"{path}/versions", json=new, headers={"If-Match": '"1"'})).status_code == 412
    await told(here, made["id"], 2, {(here.mentee_id, "renewed")})
    quietly = await here.team.post(f"{path}/versions", json=new | {"tell_readers": False})
    assert quietly.json()["readings"] == {"read": 1, "read_newest": 0}
    shown = (await here.mentee.get(path)).json()
    assert (shown["number"], shown["read_number"], shown["text"]) == (3, 1, "Meet now.")
    versions = (await here.team.get(f"{path}/versions")).json()
    assert [(one["number"], one["note"]) for one in versions] == [(3, "Sooner"), (2, "Sooner"), (1, None)]
    assert refused(await here.mentee.get(f"{path}/versions"), 403, "role_needed")
    numbers = {n.number for n in await here.harness.emitted(here.tenant, ResourceNoticeDue)}
    assert numbers == {1, 2}


async def test_a_file_is_what_its_content_says_and_no_browser_shows_it(here):
    file = (await sent(here, name="A “guide”.pdf")).json()
    assert (file["media_type"], file["size"]) == ("application/pdf", len(PDF))
    assert refused(await here.mentee.get(f"/resource-files/{file['id']}"), 404, "resource_file_not_found")
    words = {"language": "en", "title": "Guide", "file_id": file["id"]}
    made = await given(here, words, invited=[str(here.mentee_id)])
    assert made["file"] == file
    got = await here.mentee.get(f"/resource-files/{file['id']}")
    assert (got.content, got.headers["content-type"]) == (PDF, "application/octet-stream")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''A%20%E2%80%9Cguide")
    assert "sandbox" in got.headers["content-security-policy"]
    assert refused(await here.mentor.get(f"/resource-files/{file['id']}"), 404, "resource_file_not_found")
    # A file is of one resource, and of one library.
    body = {"wordings": [words]}
    taken = await here.team.post(f"/programmes/{here.programme_id}/resources", json=body)
    assert refused(taken, 422, "resource_files_unknown")
    assert taken.json()["errors"][0]["pointer"] == "/body/wordings/0/file_id"
    unused = (await sent(here)).json()
    here.later(days=1, minutes=1)

    async def gone():
        return (await here.team.get(f"/resource-files/{unused['id']}")).status_code == 404

    await eventually(gone, what="the end of a file that nobody names")
    assert (await here.mentee.get(f"/resource-files/{file['id']}")).status_code == 200


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"<html><script>alert(1)</script>", "application/pdf", 422, "resource_file_refused"),
        (b"\x89PNG\r\n\x1a\n", "image/jpeg", 422, "resource_file_refused"),
        (b"", "application/pdf", 422, "resource_file_refused"),
        (b"<svg/>", "image/svg+xml", 415, "unsupported_media_type"),
        (PDF + b"x" * 10_000_000, "application/pdf", 413, "body_too_large"),
    ],
)
async def test_other_files_are_refused(here, content, media_type, status, code):
    answer = await sent(here, content, media_type=media_type)
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"wordings": []}, "invalid_request"),
        ({"wordings": [WORDS, WORDS]}, "invalid_request"),
        ({"wordings": [{"language": "en", "title": "Nothing"}]}, "invalid_request"),
        ({"wordings": [WORDS | {"link": "javascript:alert(1)"}]}, "invalid_request"),
        ({"wordings": [WORDS | {"language": "English"}]}, "invalid_request"),
        ({"phase": "never"}, "phase_unknown"),
        ({"cohort_id": str(new_id())}, "cohort_not_found"),
        ({"invited": [str(new_id())]}, "people_not_of_programme"),
    ],
)
async def test_what_cannot_be_given_is_refused(here, change, code):
    path = f"/programmes/{here.programme_id}/resources"
    answer = await here.team.post(path, json={"wordings": [WORDS]} | change)
    assert answer.status_code in (404, 422), answer.text
    assert answer.json()["code"] == code
    assert await titles(here, here.team) == []


async def test_only_who_runs_activities_keeps_the_library(here):
    made = await given(here)
    path = f"/resources/{made['id']}"
    body = {"wordings": [WORDS]}
    for client in (here.mentor, here.mentee):
        for answer in (
            await client.post(f"/programmes/{here.programme_id}/resources", json=body),
            await sent(here, client=client),
            await client.post(f"{path}/versions", json=body),
            await client.patch(path, json={"roles": []}, headers=ANY),
            await client.post(f"{path}/withdraw"),
        ):
            assert refused(answer, 403, "role_needed")
    changed = await here.team.patch(path, json={"roles": ["mentor"]}, headers=ANY)
    assert changed.json()["roles"] == ["mentor"]
    assert await titles(here, here.mentee) == []
    assert (await here.team.patch(path, json={"phase": "before"}, headers=ANY)).json()["roles"] == ["mentor"]
    assert (await here.team.post(f"{path}/withdraw")).json()["withdrawn_at"]
    assert await titles(here, here.mentor) == []
    assert refused(await here.team.post(f"{path}/withdraw"), 409, "resource_gone")
    assert refused(await here.team.post(f"{path}/versions", json=body), 409, "resource_gone")
    assert refused(await here.team.post(f"{path}/read"), 409, "resource_gone")
    assert refused(await here.mentor.post(f"{path}/read"), 404, "resource_not_found")
    (gone,) = await here.harness.emitted(here.tenant, ResourceWithdrawn)
    assert str(gone.resource_id) == made["id"]


async def amended(play, **sections):
    blueprint = play.programme_created(languages=["en", "cy"], phases=PHASES, **sections).blueprint
    number = play.amendments = getattr(play, "amendments", 1) + 1
    event = ProgrammeAmended(
        programme_id=play.programme_id, blueprint_version=number, changed=list(sections), blueprint=blueprint
    )
    await play.harness.publish(play.tenant, event)


async def test_what_the_blueprint_says_stands_in_the_library(here):
    guide = {"id": "guide", "title": {"en": "Guide", "cy": "Canllaw"}, "text": {"en": "Read", "cy": "Darllen"}}
    link = {"id": "film", "title": "A film", "link": "https://example.org/film", "roles": ["mentor"]}
    await amended(here, resources=[guide, link])
    assert await titles(here, here.mentor) == ["Guide", "A film"]
    assert await titles(here, here.mentee, language="cy") == ["Canllaw"]
    (shown, _) = (await here.team.get(f"/programmes/{here.programme_id}/resources")).json()["items"]
    assert (shown["blueprint_id"], shown["number"]) == ("guide", 1)
    answer = await here.team.post(f"/resources/{shown['id']}/versions", json={"wordings": [WORDS]})
    assert refused(answer, 409, "resource_of_blueprint")
    await amended(here, resources=[guide | {"text": {"en": "Read again", "cy": "Darllen"}}])
    assert await titles(here, here.mentor) == ["Guide"]
    again = (await here.mentor.get(f"/resources/{shown['id']}")).json()
    assert (again["number"], again["text"]) == (2, "Read again")
    await amended(here, resources=[guide, link])
    assert await titles(here, here.mentor) == ["Guide", "A film"]


async def test_erasure_takes_who_read_what_and_leaves_what_was_for_one_to_nobody(here):
    made = await given(here, invited=[str(here.mentee_id)])
    for_all = await given(here, WORDS | {"title": "All"})
    for one in (made, for_all):
        await here.mentee.post(f"/resources/{one['id']}/read")
    assert (await here.team.get(f"/resources/{made['id']}")).json()["readings"] is None
    assert (await here.team.get(f"/resources/{for_all['id']}")).json()["readings"]["read"] == 1
    await here.harness.publish(here.tenant, PersonErased(person_id=here.mentee_id))
    assert (await here.team.get(f"/resources/{for_all['id']}")).json()["readings"]["read"] == 0
    assert await titles(here, here.mentor) == ["All"]
