"""Letters about appointments, and what calendar programs take of them; read by another library than wrote them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from ical.calendar_stream import IcsCalendarStream

from mentoring_contracts.sessions import (
    ActivityNoticeDue,
    AgreementRenewalDue,
    AppointmentNoticeDue,
    CertificateWithdrawn,
    ConcernResolved,
    ConcernTaken,
    QuietPairReminded,
    RelationshipNoticeDue,
    RequiredActivityDue,
    ResourceNoticeDue,
)
from mentoring_integrations.notifications.calendar_parts import Appointment, calendar_part, clock

STARTS = datetime(2098, 7, 1, 9, 30, tzinfo=UTC)


def appointment(person, **more):
    known = {"id": str(uuid4()), "state": "agreed", "starts_at": STARTS.isoformat(), "minutes": 45, "sequence": 0}
    known |= {"where": "https://meet.example.org/x", "times": [STARTS.isoformat()]}
    return known | {"people": [{"person_id": str(person), "zone": "Europe/London"}]} | more


async def tell(world, sessions_api, known, person, what, number=0):
    sessions_api.appointments[known["id"]] = known
    ids = {"match_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    notice = {"appointment_id": known["id"], "person_id": person, "what": what, "number": number}
    await world.publish(AppointmentNoticeDue(**ids, **notice))
    await world.settled()
    return world.mail.to(world.address(person))[-1]


def calendar_of(message):
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    text = part.get_content()
    (event,) = IcsCalendarStream.calendar_from_ics(text).events
    return part.get_param("method"), text, event


async def test_an_invitation_its_change_and_its_end_are_one_event(world, sessions_api):
    person = world.person("Ada Byron")
    known = appointment(person)
    method, text, event = calendar_of(await tell(world, sessions_api, known, person, "agreed"))
    assert (method, event.sequence, event.status.value) == ("REQUEST", 0, "CONFIRMED")
    assert event.dtstart.astimezone(UTC) == STARTS
    assert event.dtend - event.dtstart == timedelta(minutes=45)
    assert "BEGIN:VTIMEZONE" in text
    assert "DTSTART;TZID=Europe/London:20980701T103000" in text
    assert event.location == "https://meet.example.org/x"
    assert world.address(person) in text.replace("\r\n ", "")
    uid = event.uid
    moved = known | {"starts_at": (STARTS + timedelta(days=1)).isoformat(), "sequence": 1}
    method, _, event = calendar_of(await tell(world, sessions_api, moved, person, "agreed", 1))
    assert (method, event.uid, event.sequence) == ("REQUEST", uid, 1)
    gone = moved | {"state": "cancelled", "sequence": 2}
    method, _, event = calendar_of(await tell(world, sessions_api, gone, person, "cancelled", 2))
    assert (method, event.uid, event.sequence, event.status.value) == ("CANCEL", uid, 2, "CANCELLED")


async def test_proposed_times_stand_in_the_letter_and_no_calendar_takes_them(world, sessions_api):
    person = world.person()
    known = appointment(person, state="proposed", starts_at=None)
    message = await tell(world, sessions_api, known, person, "proposed", 1)
    assert "text/calendar" not in {part.get_content_type() for part in message.walk()}
    assert "10:30" in message.get_body(("plain",)).get_content()  # by the clocks of London


async def test_a_quiet_pair_is_written_to(world):
    person, ids = world.person(), {"programme_id": world.programme_id, "cohort_id": world.cohort_id}
    for number in (1, 2):
        await world.publish(
            QuietPairReminded(match_id=uuid4(), **ids, person_id=person, days=7 * number, number=number)
        )
    assert await world.settled() == {"sent": 2}
    assert {message["X-Mentoring-Kind"] for message in world.mail.to(world.address(person))} == {"nudge"}


@pytest.mark.parametrize("hour", [0, 1, 2])
def test_the_hour_that_comes_twice_is_told_in_utc(hour):
    """Clocks of London go back at 01:00 UTC on 25 October 2026: half past one is once in summer, once in winter."""
    moment = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    assert clock(moment, "Europe/London") == moment
    assert clock(moment, "Europe/London").utcoffset() == timedelta(0)
    made = Appointment(uuid4(), "agreed", moment, 60, 0, None, [], {})
    part = calendar_part(
        made, cancelled=False, title="T", organizer="o@example.org", name="A", email="a@example.org",
        zone="Europe/London", made_at=moment,
    )  # fmt: skip
    (event,) = IcsCalendarStream.calendar_from_ics(part.text).events
    assert event.dtstart.astimezone(UTC) == moment


NOTICES = ["break_begun", "break_over", "agreement_to_sign", "signature_withdrawn", "meeting_to_confirm",
           "meeting_corrected",
           "meeting_withdrawn", "lead_changed", "relationship_closed"]  # fmt: skip


@pytest.mark.parametrize("what", NOTICES)
async def test_what_the_other_did_is_a_letter_and_an_entry_once_unless_it_is_turned_off(world, what):
    ada, ben = world.person("Ada"), world.person("Ben")
    off = {"email": {"relationship": False}, "inbox": {"relationship": False}}
    assert (await world.own(ben).put("/preferences", json=off)).status_code == 200
    about = {"match_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    meeting = uuid4() if what.startswith("meeting") else None
    for person in (ada, ada, ben):
        notice = {"person_id": person, "what": what, "number": 1, "mentoring_session_id": meeting}
        await world.publish(RelationshipNoticeDue(**about, **notice))
    assert await world.settled() == {"sent": 1, "muted": 1}
    [entry] = (await world.own(ada).get("/notifications")).json()["items"]
    assert (entry["kind"], entry["topic"]) == ("relationship", what)
    assert entry["link"].endswith(str(meeting or about["match_id"]))
    assert (await world.own(ben).get("/notifications")).json()["items"] == []


async def test_the_inbox_names_the_times_by_the_readers_clock_and_says_that_a_meeting_moved(world, sessions_api):
    person = world.person()
    known = appointment(person, state="proposed", starts_at=None)
    await tell(world, sessions_api, known, person, "proposed", 1)
    await tell(world, sessions_api, known | {"state": "agreed", "starts_at": STARTS.isoformat()}, person, "agreed")
    own = world.own(person)
    for entry in (await own.get("/notifications")).json()["items"]:
        assert "1 July 2098, 10:30" in entry["text"], "by the clocks of London"
        assert "meet.example.org" not in entry["text"], "where it is stands behind the link"
    moved = known | {"state": "agreed", "starts_at": (STARTS + timedelta(days=1)).isoformat(), "sequence": 1}
    message = await tell(world, sessions_api, moved, person, "agreed", 1)
    entry = (await own.get("/notifications")).json()["items"][-1]
    assert message["Subject"] == entry["title"] == "Programme of Science: your meeting was moved"
    read = (await own.post(f"/notifications/{entry['id']}/read")).json()
    assert (read["text"], bool(read["read_at"])) == (entry["text"], True)
    assert "2 July 2098, 10:30" in read["text"]
    sessions_api.appointments.clear()
    for entry in (await own.get("/notifications")).json()["items"]:
        assert "By the link below you see" in entry["text"]


@pytest.mark.parametrize(
    ("waits", "said"), [(False, "for which you registered"), (True, "you are on the waiting list")]
)
async def test_a_letter_about_an_activity_says_which_when_and_where(world, sessions_api, waits, said):
    person, id_ = world.person(), uuid4()
    sessions_api.activities[str(id_)] = {
        "id": str(id_), "title": "Resilience", "starts_at": STARTS.isoformat(), "location": "Room 4",
        "zone": "Europe/London",
    }  # fmt: skip
    ids = {"activity_id": id_, "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    await world.publish(ActivityNoticeDue(**ids, person_id=person, why="changed", number=2, until=STARTS, waits=waits))
    assert await world.settled() == {"sent": 1}
    [message] = world.mail.to(world.address(person))
    text = message.get_body(("plain",)).get_content().replace("\n", " ")
    assert said in text
    assert "Resilience: 01 July 2098, 10:30 Europe/London, Room 4" in text
    [entry] = (await world.own(person).get("/notifications")).json()["items"]
    assert "Resilience: 01 July 2098" in entry["text"]


async def test_both_are_told_once_for_each_version_that_their_agreement_runs_out(world):
    person, match_id = world.person("Ada Byron"), uuid4()
    about = {"match_id": match_id, "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    for number in (1, 1, 2):
        await world.publish(AgreementRenewalDue(**about, person_id=person, number=number))
    assert await world.settled() == {"sent": 2}
    entries = (await world.own(person).get("/notifications")).json()["items"]
    assert {(one["topic"], one["kind"]) for one in entries} == {("agreement_runs_out", "relationship")}
    assert all(one["link"].endswith(str(match_id)) for one in entries)


async def test_what_is_due_is_one_letter_of_a_day_in_ones_language(world):
    person = world.person("Ada Byron")
    assert (await world.own(person).put("/preferences", json={"language": "fr"})).status_code == 200
    ids = {"application_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    for requirement in ("training", "webinar", "training"):
        await world.publish(RequiredActivityDue(**ids, person_id=person, requirement=requirement, due_at=STARTS))
    assert await world.settled() == {"sent": 1}
    [message] = world.mail.to(world.address(person))
    assert "à suivre avant le" in message["Subject"]
    [entry] = (await world.own(person).get("/notifications")).json()["items"]
    assert (entry["topic"], entry["kind"]) == ("activity_due", "activity")
    assert entry["link"].endswith(f"/programmes/{world.programme_id}/completion/me")


async def test_a_resource_is_named_in_the_words_of_its_reader_and_each_version_is_told_once(world, sessions_api):
    person, id_ = world.person("Ada Byron"), uuid4()
    sessions_api.resources[str(id_)] = {"en": "First steps", "de": "Erste Schritte", "easy:en": "Start"}
    wishes = {"language": "de"}
    assert (await world.own(person).put("/preferences", json=wishes)).status_code == 200
    ids = {"resource_id": id_, "programme_id": world.programme_id, "cohort_id": None, "person_id": person}
    for why, number in (("given", 1), ("given", 1), ("renewed", 2)):
        await world.publish(ResourceNoticeDue(**ids, why=why, number=number))
    assert await world.settled() == {"sent": 2}
    first, second = world.mail.to(world.address(person))
    assert "Erste Schritte" in first.get_body(("plain",)).get_content()
    assert "neue Fassung" in second["Subject"]
    easy = {"language": "en", "easy_read": True}
    assert (await world.own(person).put("/preferences", json=easy)).status_code == 200
    entries = (await world.own(person).get("/notifications")).json()["items"]
    assert {entry["kind"] for entry in entries} == {"resource"}
    assert all("Start" in entry["text"] and entry["link"].endswith(f"/resources/{id_}") for entry in entries)


async def test_whose_certificate_is_withdrawn_is_told_and_can_say_no_to_the_letter(world):
    told, quiet = world.person("Ada Byron"), world.person("Bea Byron")
    off = {"email": {"certificate": False}}
    assert (await world.own(quiet).put("/preferences", json=off)).status_code == 200
    for person in (told, quiet):
        ids = {"certificate_id": uuid4(), "programme_id": world.programme_id, "person_id": person}
        await world.publish(CertificateWithdrawn(**ids))
    assert await world.settled() == {"sent": 1, "muted": 1}
    [message] = world.mail.to(world.address(told))
    assert "no longer valid" in message["Subject"]
    assert world.mail.to(world.address(quiet)) == []
    for person in (told, quiet):
        [entry] = (await world.own(person).get("/notifications")).json()["items"]
        assert (entry["topic"], entry["kind"]) == ("certificate_withdrawn", "certificate")


async def test_who_raised_a_concern_is_told_without_being_named_anywhere(world, sessions_api):
    raiser, concern, erased = world.person("Ada Byron"), uuid4(), uuid4()
    sessions_api.raisers[str(concern)] = str(raiser)
    about = {"programme_id": world.programme_id, "cohort_id": world.cohort_id}
    for cls in (ConcernTaken, ConcernTaken, ConcernResolved):
        await world.publish(cls(concern_id=concern, **about))
    await world.publish(ConcernTaken(concern_id=erased, **about))
    assert await world.settled() == {"sent": 2, "lapsed": 1}
    subjects = [m["Subject"].partition(": ")[2] for m in world.mail.to(world.address(raiser))]
    assert subjects == ["somebody sees to what you told us", "what you told us is settled"]
    assert str(raiser) not in str(await world.rows())
