"""Certificates of having completed a programme: the PDF, its number, and what takes it back."""

import asyncio
from datetime import timedelta

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.applications import PersonErased
from mentoring_contracts.sessions import CertificateIssued, CertificateWithdrawn
from mentoring_contracts.words import LETTERS
from mentoring_sessions.activities.certificates import WORDS, language_of

RULES = {
    "kinds": [{"id": "webinar", "title": "Webinar"}],
    "completion": [
        {"id": "webinars", "title": {"en": "Both webinars", "de": "Beide Webinare"}, "kinds": ["webinar"], "attend": 2}
    ],
}


@pytest.fixture
async def done(play, profiles):
    """A mentee who has completed what is asked."""
    await play.set_up(title="Rising <Stars>", activities=RULES, languages=["en", "de"])
    profiles.of[str(play.mentee_id)] = {"name": "Zoe #strong[Bright]", "languages": ["de"]}
    play.attended = [await play.plan(kind="webinar", minutes=45 * number) for number in (1, 2)]
    for activity in play.attended:
        body = {"person_ids": [str(play.mentee_id)]}
        assert (await play.team.post(f"/activities/{activity['id']}/attendance", json=body)).status_code == 200
        assert (await play.team.post(f"/activities/{activity['id']}/held")).status_code == 200
    return play


async def issued(play, client=None):
    answer = await (client or play.mentee).post(f"/programmes/{play.programme_id}/certificates", json={})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def verified(play, number):
    answer = await play.harness.caller(tenant=None).get(f"/public/{play.tenant}/certificates/{number}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_certificate_is_a_pdf_in_the_holders_language(done):
    made = await issued(done)
    assert (made["state"], made["minutes"], made["programme"]) == ("valid", 135, "Rising <Stars>")
    path = f"/certificates/{made['id']}/pdf"
    own = await done.mentee.get(path)
    assert (own.status_code, own.headers["content-type"]) == (200, "application/pdf")
    # The text of pages is packed; the title is told in plain words, and read as text however it looks.
    for said in ("Zertifikat", made["number"], "Zoe #strong[Bright]"):
        assert said.encode() in own.content
    english = await done.mentee.get(path, headers={"Accept-Language": "en"})
    assert f"Certificate {made['number']}: Zoe".encode() in english.content
    for language, certificate in (("cy", b"Tystysgrif"), ("pl-PL", b"Certyfikat"), ("ja", b"Zertifikat")):
        other = await done.mentee.get(path, headers={"Accept-Language": language})
        assert certificate in other.content, language
    assert own.content == (await done.mentee.get(path)).content
    for other in (done.mentor, done.team, done.admin):
        assert refused(await other.get(path), 404, "certificate_not_found")


async def test_what_is_not_over_does_not_count_yet(play, profiles):
    await play.set_up(title="Rising Stars", activities=RULES)
    profiles.of[str(play.mentee_id)] = {"name": "Zoe Bright", "languages": ["en"]}
    begins = play.now() - timedelta(minutes=30)
    for starts_at in (begins - timedelta(days=1), begins):
        activity = await play.plan(kind="webinar", minutes=60, starts_at=starts_at.isoformat())
        body = {"person_ids": [str(play.mentee_id)]}
        assert (await play.team.post(f"/activities/{activity['id']}/attendance", json=body)).status_code == 200
    asked = f"/programmes/{play.programme_id}/certificates"
    assert refused(await play.mentee.post(asked, json={}), 409, "not_complete")
    play.harness.clock.move_to(play.now() + timedelta(minutes=31))
    assert (await issued(play))["minutes"] == 120


async def test_what_comes_first_is_a_kind_that_the_programme_has(play):
    await play.set_up(title="Rising Stars", activities=RULES)
    new = {"kind": "webinar", "title": "T", "mode": "online", "starts_at": play.now().isoformat(), "minutes": 60}
    answer = await play.team.post(f"/programmes/{play.programme_id}/activities", json=new | {"prerequisite": "nokind"})
    assert refused(answer, 422, "activity_kind_unknown")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/body/prerequisite"]


async def test_it_is_issued_once_to_who_completed(done):
    certificates = await asyncio.gather(*(issued(done) for _ in range(4)))
    assert len({one["number"] for one in certificates}) == 1
    assert len(await done.harness.emitted(done.tenant, CertificateIssued)) == 1
    asked = f"/programmes/{done.programme_id}/certificates"
    assert refused(await done.mentor.post(asked, json={}), 409, "not_complete")
    assert refused(await done.mentee.post(asked, json={"side": "mentor"}), 409, "not_complete")
    assert [one["id"] for one in (await done.mentee.get("/certificates")).json()] == [certificates[0]["id"]]


async def test_anybody_verifies_a_number_and_learns_no_name_unless_its_holder_says_so(done):
    made = await issued(done)
    known = {"state": "valid", "programme": "Rising <Stars>", "completed": ["Both webinars"], "holder": None}
    assert await verified(done, made["number"].lower()) == known
    unknown = {"state": "unknown", "programme": None, "completed": [], "holder": None}
    assert await verified(done, "2" * 23) == unknown
    path = f"/certificates/{made['id']}"
    shown = await done.mentee.patch(path, json={"shows_name": True}, headers={"If-Match": f'"{made["version"]}"'})
    assert (shown.status_code, shown.json()["shows_name"]) == (200, True)
    stale = await done.mentee.patch(path, json={"shows_name": False}, headers={"If-Match": f'"{made["version"]}"'})
    assert stale.status_code == 412
    assert (await verified(done, made["number"]))["holder"] == "Zoe #strong[Bright]"
    await done.harness.publish(done.tenant, PersonErased(person_id=done.mentee_id))
    assert await verified(done, made["number"]) == known


async def test_an_attendance_that_is_taken_back_withdraws_what_counts_it(done):
    made = await issued(done)
    gone = f"/activities/{done.attended[0]['id']}/attendance/{done.mentee_id}/withdraw"
    assert (await done.team.post(gone, json={"reason": "A mistake"})).status_code == 200
    assert (await verified(done, made["number"]))["state"] == "withdrawn"
    assert refused(await done.mentee.get(f"/certificates/{made['id']}/pdf"), 409, "certificate_not_valid")
    assert len(await done.harness.emitted(done.tenant, CertificateWithdrawn)) == 1
    again = await done.plan(kind="webinar", minutes=30)
    body = {"person_ids": [str(done.mentee_id)]}
    await done.team.post(f"/activities/{again['id']}/attendance", json=body)
    await done.team.post(f"/activities/{again['id']}/held")
    other = await issued(done)
    assert (other["number"] != made["number"], other["minutes"]) == (True, 120)


def test_every_language_of_letters_has_every_word():
    assert set(WORDS) >= {*LETTERS, "cy", "pl"}
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(WORDS["en"])}
    assert [language_of(wanted) for wanted in (["ja", "fr-CA"], ["cy"], [])] == ["fr", "cy", "en"]
