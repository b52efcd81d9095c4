"""How people want to be told: by which way, together, not at night, in which words; and what the team sees."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationMoved,
    EmailChangeAsked,
    PersonErased,
    ProgrammeAmended,
)
from mentoring_contracts.evaluation import SurveyOpened
from mentoring_contracts.matching import MatchProposed
from mentoring_contracts.sessions import ActivityNoticeDue, AppointmentNoticeDue
from mentoring_contracts.words import LETTERS
from mentoring_integrations.notifications.languages import LANGUAGES, Reader, date_in, rooms
from mentoring_integrations.notifications.timing import Wishes, goes_at, goes_before, reader_languages
from mentoring_integrations.notifications.topics import TOPICS

NIGHT = Wishes(quiet_begins="22:00", quiet_ends="07:00")


def about(world, person: UUID, cls=ApplicationAccepted, **more):
    ids = {"application_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    return cls(**ids, person_id=person, role="mentee", **more)


def text(message) -> str:
    return message.get_body(("plain",)).get_content()


async def becomes(world, expected: dict[str, int]) -> None:
    async def probe() -> bool:
        return await world.states() == expected

    await eventually(probe, what=f"{expected}")


async def at(world, hour: int) -> None:
    """Some later day's hour."""
    clock = world.harness.clock
    clock.move_to((clock.now() + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0))


async def test_each_way_of_being_told_is_chosen_by_kind(world):
    ada = world.person("Ada")
    own = world.own(ada)
    before = (await own.get("/preferences")).json()
    assert set(before["email"].values()) == set(before["inbox"].values()) == {True}
    chosen = {"email": {"cohort_change": False}, "inbox": {"cohort_change": False, "decision": False}}
    after = (await own.put("/preferences", json=chosen)).json()
    assert [kind for kind, on in after["inbox"].items() if not on] == ["decision", "cohort_change"]
    await world.publish(about(world, ada), about(world, ada, ApplicationMoved, from_cohort_id=None))
    assert await world.settled() == {"sent": 1, "muted": 1}
    assert (await own.get("/notifications")).json()["items"] == [], "neither: one by e-mail alone, one not at all"
    back = (await own.put("/preferences", json={"inbox": {"cohort_change": True}})).json()
    assert back["email"]["cohort_change"] is False, "what is not named stays"
    assert [one["kind"] for one in (await own.get("/notifications")).json()["items"]] == ["cohort_change"]


async def test_a_digest_is_one_letter_that_names_everything_once(world):
    ada = world.person("Ada")
    await at(world, 10)
    await world.own(ada).put("/preferences", json={"digest": "daily", "zone": "Europe/Warsaw"})
    events = [about(world, ada), about(world, ada, ApplicationMoved, from_cohort_id=None)]
    await world.publish(*events)
    await becomes(world, {"held": 2})
    assert {row.held_until.hour for row in await world.rows()} <= {6, 7}, "08:00 in Warsaw"
    await at(world, 5)
    assert await world.states() == {"held": 2}
    world.harness.clock.move_by(timedelta(hours=3))
    await becomes(world, {"sent": 3})
    [letter] = world.mail.to(world.address(ada))
    assert letter["Subject"] == "What is new for you: 2 messages"
    assert "Programme of Science: your application was accepted" in text(letter)
    assert f"/applications/{events[0].application_id}" in text(letter)
    assert len((await world.own(ada).get("/notifications")).json()["items"]) == 2, "the digest is no message of its own"


async def test_a_refused_digest_is_said_of_all_that_it_tells(world):
    ada = world.person("Ada")
    await at(world, 10)
    await world.own(ada).put("/preferences", json={"digest": "weekly"})
    await world.publish(about(world, ada))
    await becomes(world, {"held": 1})
    world.mail.refuse[world.address(ada)] = "550 no such box"
    world.harness.clock.move_by(timedelta(days=8))

    async def given_up() -> bool:
        await world.hurry()
        return await world.states() == {"bounced": 2}

    await eventually(given_up)
    path = f"/programmes/{world.programme_id}/letters"
    [letter] = (await world.office.get(path, params={"state": "bounced"})).json()["items"]
    assert (letter["person_id"], letter["last_error"]) == (str(ada), "SMTPRecipientRefused 550")


async def test_what_ends_before_the_digest_goes_at_once_and_so_does_a_personal_link(
    world, evaluation_api, applications_api
):
    ada, ben, wave = world.person("Ada"), world.person("Ben"), uuid4()
    await at(world, 10)
    await world.own(ada).put("/preferences", json={"digest": "weekly"})
    clock = world.harness.clock
    match = {"match_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    soon = clock.now() + timedelta(hours=3)
    await world.publish(MatchProposed(**match, mentor_id=ben, mentee_id=ada, expires_at=soon))
    evaluation_api.asks(wave, ada)
    ids = {"wave_id": wave, "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    closes_at = clock.now() + timedelta(days=30)
    await world.publish(SurveyOpened(**ids, instrument="interim", closes_at=closes_at, asked=1))
    await becomes(world, {"sent": 3})


async def test_nothing_goes_in_quiet_hours_but_what_somebody_waits_for(world, applications_api):
    ada = world.person("Ada")
    await at(world, 23)
    quiet = {"quiet_hours": {"begins": "22:00", "ends": "07:00"}, "zone": "UTC"}
    answer = (await world.own(ada).put("/preferences", json=quiet)).json()
    assert answer["quiet_hours"] == quiet["quiet_hours"]
    change = EmailChangeAsked(change_id=uuid4(), person_id=ada)
    applications_api.changes[str(change.change_id)] = {
        "change_id": str(change.change_id), "name": "Ada", "token": "t", "old_email": world.address(ada),
        "new_email": f"new-{world.address(ada)}", "expires_at": "2030-01-01",
    }  # fmt: skip
    await world.publish(about(world, ada), change)
    await becomes(world, {"held": 1, "sent": 2})
    world.harness.clock.move_by(timedelta(hours=8))
    await becomes(world, {"sent": 3})
    assert [m["X-Mentoring-Kind"] for m in world.mail.to(world.address(ada))] == ["account", "decision"]


async def test_a_personal_link_keeps_quiet_hours_and_goes_by_itself(world, evaluation_api):
    ada, wave = world.person("Ada"), uuid4()
    await at(world, 23)
    quiet = {"quiet_hours": {"begins": "22:00", "ends": "07:00"}, "zone": "UTC", "digest": "daily"}
    await world.own(ada).put("/preferences", json=quiet)
    evaluation_api.asks(wave, ada)
    ids = {"wave_id": wave, "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    closes_at = world.harness.clock.now() + timedelta(days=30)
    await world.publish(SurveyOpened(**ids, instrument="interim", closes_at=closes_at, asked=1), about(world, ada))
    await becomes(world, {"held": 2})
    assert {row.held_until.hour for row in await world.rows()} == {7, 8}
    world.harness.clock.move_by(timedelta(hours=8, minutes=30))
    await becomes(world, {"sent": 1, "held": 1})
    world.harness.clock.move_by(timedelta(hours=1))
    await becomes(world, {"sent": 3})
    assert [m["X-Mentoring-Kind"] for m in world.mail.to(world.address(ada))] == ["survey_invitation", "digest"]


@pytest.mark.parametrize("what", ["proposed", "agreed", "cancelled"])
async def test_a_meeting_tonight_waits_for_no_digest_and_one_next_week_does(world, what):
    ada = world.person("Ada")
    await at(world, 19)
    await world.own(ada).put("/preferences", json={"digest": "daily", "zone": "UTC"})
    ids = {"match_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    for days, hours in ((0, 3), (7, 0)):
        until = world.harness.clock.now() + timedelta(days=days, hours=hours)
        notice = {"appointment_id": uuid4(), "person_id": ada, "what": what, "number": 1, "until": until}
        await world.publish(AppointmentNoticeDue(**ids, **notice))
    await becomes(world, {"sent": 1, "held": 1})


@pytest.mark.parametrize("why", ["place", "changed", "cancelled"])
async def test_an_activity_tonight_waits_for_no_digest(world, why):
    ada = world.person("Ada")
    await at(world, 19)
    await world.own(ada).put("/preferences", json={"digest": "weekly", "zone": "UTC"})
    ids = {"activity_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    until = world.harness.clock.now() + timedelta(hours=3)
    await world.publish(ActivityNoticeDue(**ids, person_id=ada, why=why, number=2, until=until))
    await becomes(world, {"sent": 1})


async def test_what_is_over_is_not_told_but_what_calendars_follow_is(world):
    ada, past = world.person("Ada"), world.harness.clock.now() - timedelta(minutes=1)
    ids = {"match_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    for what in ("proposed", "cancelled"):
        notice = {"appointment_id": uuid4(), "person_id": ada, "what": what, "number": 1, "until": past}
        await world.publish(AppointmentNoticeDue(**ids, **notice))
    await becomes(world, {"sent": 1, "lapsed": 1})


def test_a_letter_that_no_digest_is_in_time_for_still_waits_for_the_morning():
    wishes = replace(NIGHT, digest="weekly")
    night, noon = datetime(2026, 3, 3, 23, tzinfo=UTC), datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert goes_before(wishes, "UTC", night, noon) == datetime(2026, 3, 4, 7, tzinfo=UTC)
    assert goes_before(wishes, "UTC", night, datetime(2026, 3, 4, 6, tzinfo=UTC)) == night
    assert goes_before(wishes, "UTC", night, None) == datetime(2026, 3, 9, 8, tzinfo=UTC)


async def test_who_wants_no_digest_any_more_gets_what_waited(world):
    ada = world.person("Ada")
    await at(world, 10)
    own = world.own(ada)
    await own.put("/preferences", json={"digest": "weekly"})
    await world.publish(about(world, ada))
    await becomes(world, {"held": 1})
    await own.put("/preferences", json={"digest": "off"})
    await becomes(world, {"sent": 1})


async def test_letters_are_in_ones_language_easy_words_and_hours(world):
    plain, easy, spoken = world.person("Ada"), world.person("Eve"), world.person("Ana")
    blueprint = {"title": "Programme of Science", "languages": ["en", "es"], "zone": "Europe/Madrid",
                 "words": {"mentee": {"en": "learner", "es": "aprendiz"}}}  # fmt: skip
    await world.publish(
        ProgrammeAmended(programme_id=world.programme_id, blueprint_version=2, changed=["title"], blueprint=blueprint)
    )
    await world.own(plain).put("/preferences", json={"language": "de-AT", "zone": "Asia/Tokyo"})
    await world.own(easy).put("/preferences", json={"easy_read": True})
    world.applications.people[world.address(spoken)]["languages"] = ["fr", "es"]
    until = datetime(2031, 7, 1, 20, tzinfo=UTC)
    match = {"programme_id": world.programme_id, "cohort_id": world.cohort_id, "expires_at": until}
    await world.publish(
        MatchProposed(**match, match_id=uuid4(), mentor_id=plain, mentee_id=spoken),
        MatchProposed(**match, match_id=uuid4(), mentor_id=easy, mentee_id=uuid4()),
    )
    await eventually(lambda: _written(world, plain, easy, spoken))
    [german], [simple], [spanish] = (world.mail.to(world.address(p)) for p in (plain, easy, spoken))
    assert german["Content-Language"] == "de"
    assert "2. Juli 2031, 05:00 Uhr (Asia/Tokyo)" in text(german)
    assert 'lang="de"' in german.get_body(("html",)).get_content()
    assert (simple["Content-Language"], "We found" in text(simple)) == ("en", True)
    assert "a learner" in text(simple)
    assert spanish["Content-Language"] == "es", "of the languages of a person, one that the programme offers"
    assert "1 de julio de 2031, 22:00 (Europe/Madrid)" in text(spanish)
    [entry] = (await world.own(plain).get("/notifications")).json()["items"]
    assert "Runde 2" in entry["text"]


async def _written(world, *people: UUID) -> bool:
    return all(world.mail.to(world.address(person)) for person in people)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"zone": "Mars/Olympus"}, "unknown_zone"),
        ({"language": "tlh"}, "unknown_language"),
        ({"quiet_hours": {"begins": "22:00", "ends": "22:00"}}, "no_hours"),
        ({"quiet_hours": {"begins": "25:00", "ends": "07:00"}}, "string_pattern_mismatch"),
        ({"digest": "hourly"}, "literal_error"),
        ({"inbox": {"gossip": True}}, "literal_error"),
    ],
)
async def test_a_wish_that_cannot_be_is_refused(world, wish, code):
    answer = await world.own(world.person()).put("/preferences", json=wish)
    assert refused(answer, 422, "invalid_request")
    assert [one["code"] for one in answer.json()["errors"]] == [code]


async def test_the_team_sees_who_was_written_to_and_no_word_and_no_reminder(world, evaluation_api):
    ada, eve, wave = world.person("Ada"), world.person("Eve"), uuid4()
    evaluation_api.asks(wave, ada)
    ids = {"wave_id": wave, "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    closes_at = world.harness.clock.now() + timedelta(days=30)
    await world.publish(
        about(world, ada), about(world, eve), SurveyOpened(**ids, instrument="a", closes_at=closes_at, asked=1)
    )
    await becomes(world, {"sent": 3})
    own = world.own(ada)
    entries = {one["topic"]: one["id"] for one in (await own.get("/notifications")).json()["items"]}
    await own.post(f"/notifications/{entries['application_accepted']}/read")
    path = f"/programmes/{world.programme_id}/letters"
    letters = (await world.office.get(path)).json()["items"]
    assert {(one["person_id"], one["topic"], one["state"]) for one in letters} == {
        (str(ada), "application_accepted", "sent"),
        (str(eve), "application_accepted", "sent"),
    }
    [hers] = (await world.office.get(path, params={"person_id": str(ada)})).json()["items"]
    assert hers["read_at"]
    assert "title" not in hers
    about_it = (await world.office.get(path, params={"topic": "application_accepted"})).json()["items"]
    assert len(about_it) == 2
    assert (await world.office.get(path, params={"topic": "survey_opened"})).json()["items"] == []
    assert refused(await own.get(path), 403, "role_needed")
    assert (await world.admin.get(f"/programmes/{uuid4()}/letters")).status_code == 404


async def test_erasure_takes_wishes_and_what_is_held(world):
    ada = world.person("Ada")
    await at(world, 10)
    await world.own(ada).put("/preferences", json={"digest": "daily", "language": "de"})
    await world.publish(about(world, ada))
    await becomes(world, {"held": 1})
    await world.publish(PersonErased(person_id=ada))
    assert await world.rows() == []
    world.harness.clock.move_by(timedelta(days=2))
    assert (await world.own(ada).get("/preferences")).json()["digest"] == "off"
    assert refused(await world.own(ada).put("/preferences", json={"digest": "daily"}), 404, "erased")
    assert world.mail.to(world.address(ada)) == []


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("UTC", datetime(2026, 5, 4, 23, tzinfo=UTC), datetime(2026, 5, 5, 7, tzinfo=UTC)),
        ("UTC", datetime(2026, 5, 4, 6, tzinfo=UTC), datetime(2026, 5, 4, 7, tzinfo=UTC)),
        ("UTC", datetime(2026, 5, 4, 12, tzinfo=UTC), datetime(2026, 5, 4, 12, tzinfo=UTC)),
        ("UTC", datetime(2026, 5, 4, 7, tzinfo=UTC), datetime(2026, 5, 4, 7, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 5, 4, 18, tzinfo=UTC), datetime(2026, 5, 5, 1, 15, tzinfo=UTC)),
        # The night in which clocks are put forward, and the one in which they are put back.
        ("Europe/London", datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
    ],
)
def test_quiet_hours_end_by_the_clock_of_the_person(zone, moment, expected):
    assert goes_at(NIGHT, zone, moment) == expected


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_the_second_time():
    wishes = replace(NIGHT, quiet_ends="01:30")
    first = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)  # 01:10 in London, before the clocks go back
    assert goes_at(wishes, "Europe/London", first) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_digest_is_at_eight_and_never_at_night():
    daily, weekly = Wishes(digest="daily"), Wishes(digest="weekly")
    tuesday = datetime(2026, 5, 5, 8, tzinfo=UTC)
    assert goes_at(daily, "UTC", tuesday) == datetime(2026, 5, 6, 8, tzinfo=UTC)
    assert goes_at(weekly, "UTC", tuesday) == datetime(2026, 5, 11, 8, tzinfo=UTC)
    late = replace(daily, quiet_begins="20:00", quiet_ends="10:30")
    assert goes_at(late, "UTC", tuesday) == datetime(2026, 5, 6, 10, 30, tzinfo=UTC)


def test_languages_are_looked_for_in_order_before_easy_words():
    assert list(rooms(Reader(("cy", "de-AT"), easy=True))) == ["easy-de", "de", "easy-en", "en"]
    assert reader_languages(Wishes(language="fr"), ["pl", "es"], ["en", "es"]) == ("fr", "es", "en", "es")
    assert reader_languages(Wishes(), [], ["en"]) == ("en",)


def test_dates_are_in_words_of_the_language():
    moment = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert date_in("fr", moment, "Europe/Paris") == "2 mars 2026, 00:30 (Europe/Paris)"
    assert date_in("en", moment, "UTC") == "01 March 2026, 23:30 UTC"


@pytest.mark.parametrize("room", ["en", "easy-en", "de", "es", "fr"])
def test_every_message_has_its_words(room):
    from importlib.resources import files

    folder = files("mentoring_integrations.notifications").joinpath("templates", room)
    names = {one.name.removesuffix(".txt") for one in folder.iterdir()}
    assert set(TOPICS) - names == set(), "a reader would get another language"
    assert names - set(TOPICS) <= {"frame"}


def test_the_languages_of_letters_are_those_that_a_blueprint_is_checked_by():
    assert sorted(LANGUAGES) == list(LETTERS)
