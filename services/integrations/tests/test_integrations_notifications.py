"""Events become messages: once, to the right people, over a real SMTP server that may refuse or be away."""

from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from mentoring_common.testing import eventually
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationUnmatched,
    ApplicationWaitlisted,
    EmailChangeAsked,
    PersonErased,
)
from mentoring_contracts.evaluation import SurveyOpened, SurveyReminderDue
from mentoring_contracts.matching import MatchConfirmed, MatchDeclined, MatchEnded, MatchProposed
from mentoring_integrations.delivery import MOST_REFUSALS
from mentoring_integrations.models import Notification

PUBLIC = "https://mentoring.example.org"


def decision(world, person_id: UUID, cls=ApplicationAccepted, **more):
    return cls(
        application_id=uuid4(), programme_id=world.programme_id, cohort_id=world.cohort_id, person_id=person_id,
        role="mentee", **more,
    )  # fmt: skip


def match(world, cls, mentor_id: UUID, mentee_id: UUID, **more):
    return cls(
        match_id=uuid4(), programme_id=world.programme_id, cohort_id=world.cohort_id, mentor_id=mentor_id,
        mentee_id=mentee_id, **more,
    )  # fmt: skip


def text(message) -> str:
    return message.get_body(("plain",)).get_content()


async def test_each_decision_is_a_message_of_its_own(world):
    person = world.person("Ada Byron")
    classes = (ApplicationWaitlisted, ApplicationAccepted, ApplicationRefused, ApplicationUnmatched)
    events = [decision(world, person, cls) for cls in classes]
    await world.publish(*events)
    assert await world.settled() == {"sent": 4}
    found = {message["X-Mentoring-Subject"]: message for message in world.mail.to(world.address(person))}
    assert set(found) == {str(event.application_id) for event in events}
    accepted = found[str(events[1].application_id)]
    assert accepted["Subject"] == "Programme of Science: your application was accepted"
    assert accepted["X-Mentoring-Kind"] == "decision"
    assert "Dear Ada Byron" in text(accepted)
    assert "cohort 2" in text(accepted)
    assert f"{PUBLIC}/applications/applications/{events[1].application_id}" in text(accepted)
    html = accepted.get_body(("html",)).get_content()
    assert "<p>Dear Ada Byron,</p>" in html


async def test_every_move_is_told(world):
    person, application = world.person(), uuid4()
    cohorts = [uuid4(), uuid4()]
    for cohort in cohorts:
        moved = {"application_id": application, "programme_id": world.programme_id, "person_id": person}
        await world.publish(ApplicationMoved(**moved, cohort_id=cohort, role="mentee", from_cohort_id=None))
    assert await world.settled() == {"sent": 2}
    assert {m["X-Mentoring-Kind"] for m in world.mail.to(world.address(person))} == {"cohort_change"}


async def test_an_offer_goes_to_both_with_its_link_and_end(world):
    mentor, mentee = world.person("Grace"), world.person("Ada")
    expires_at = world.harness.clock.now() + timedelta(days=14)
    event = match(world, MatchProposed, mentor, mentee, expires_at=expires_at)
    await world.publish(event)
    assert await world.settled() == {"sent": 2}
    [to_mentor], [to_mentee] = (world.mail.to(world.address(p)) for p in (mentor, mentee))
    for message, counterpart in ((to_mentor, "mentee"), (to_mentee, "mentor")):
        assert message["X-Mentoring-Kind"] == "offer"
        assert message["X-Mentoring-Subject"] == str(event.match_id)
        assert f"{PUBLIC}/matching/matches/{event.match_id}" in text(message)
        assert f"a {counterpart} for you" in message["Subject"]
        assert f"{expires_at:%d %B %Y}" in text(message)
    assert "Ada" not in text(to_mentor)  # who it is shows behind the link, to the two people only


async def test_a_confirmed_match_introduces_the_two(world):
    mentor, mentee = world.person("Grace Hopper"), world.person("Ada <b>Byron</b>")
    await world.publish(match(world, MatchConfirmed, mentor, mentee))
    assert await world.settled() == {"sent": 2}
    [to_mentor] = world.mail.to(world.address(mentor))
    assert to_mentor["X-Mentoring-Kind"] == "introduction"
    assert f"Ada <b>Byron</b>, {world.address(mentee)}" in text(to_mentor)
    assert "Ada &lt;b&gt;Byron&lt;/b&gt;" in to_mentor.get_body(("html",)).get_content()


async def test_a_declined_offer_is_told_to_the_other_side_without_the_reason(world):
    mentor, mentee, third, fourth = (world.person() for _ in range(4))
    await world.publish(
        match(world, MatchDeclined, mentor, mentee, by="mentor", reason="SECRET"),
        match(world, MatchDeclined, third, fourth, by=None, reason="expired"),
    )
    assert await world.settled() == {"sent": 3}
    assert world.mail.to(world.address(mentor)) == []
    [message] = world.mail.to(world.address(mentee))
    assert "SECRET" not in message.as_string()
    assert len(world.mail.to(world.address(third))) == len(world.mail.to(world.address(fourth))) == 1


async def test_an_early_end_is_told_to_both(world):
    mentor, mentee = world.person(), world.person()
    await world.publish(match(world, MatchEnded, mentor, mentee, reason="SECRET"))
    assert await world.settled() == {"sent": 2}
    assert all("SECRET" not in m.as_string() for _, m in world.mail.accepted)


async def test_a_survey_invites_everybody_on_every_page_and_keeps_no_token(world, evaluation_api):
    wave, people = uuid4(), [world.person(f"Person {n}") for n in range(5)]
    evaluation_api.asks(wave, *people)
    closes_at = world.harness.clock.now() + timedelta(days=30)
    await world.publish(survey(world, wave, closes_at))
    assert await eventually(lambda: _sent(world, 5))
    for person in people:
        [message] = world.mail.to(world.address(person))
        assert message["X-Mentoring-Kind"] == "survey_invitation"
        assert message["X-Mentoring-Subject"] == str(wave)
        assert f"{PUBLIC}/evaluation/public/{world.tenant}/surveys/token-{person}" in text(message)
    assert all("token-" not in repr(row) for row in await world.rows())
    entry = (await world.own(people[0]).get("/notifications")).json()["items"][0]
    assert (entry["kind"], entry["link"]) == ("survey_invitation", None)


async def test_every_reminder_goes_once_to_those_who_have_not_answered(world, evaluation_api):
    wave, people = uuid4(), [world.person(f"Person {n}") for n in range(4)]
    evaluation_api.asks(wave, *people)
    evaluation_api.answered = set(people[:1])
    closes_at = world.harness.clock.now() + timedelta(days=3)
    first, second = (
        SurveyReminderDue(
            wave_id=wave, programme_id=world.programme_id, cohort_id=world.cohort_id, instrument="interim",
            closes_at=closes_at, number=number, unanswered=3,
        )
        for number in (1, 2)
    )  # fmt: skip
    await world.publish(first)
    await eventually(lambda: _sent(world, 3))
    evaluation_api.answered = set(people[:3])
    await world.publish(second)
    await eventually(lambda: _sent(world, 4))
    assert [len(world.mail.to(world.address(person))) for person in people] == [0, 1, 1, 2]
    message = world.mail.to(world.address(people[3]))[1]
    assert message["X-Mentoring-Kind"] == "survey_reminder"
    assert f"/surveys/token-{people[3]}" in text(message)


async def test_invitations_wait_for_the_evaluation_service(world, evaluation_api):
    wave, person = uuid4(), world.person()
    evaluation_api.asks(wave, person)
    evaluation_api.down = True
    await world.publish(survey(world, wave, world.harness.clock.now() + timedelta(days=30)))
    assert await world.rows() == []
    evaluation_api.down = False
    await eventually(lambda: _sent(world, 1))
    assert len(world.mail.to(world.address(person))) == 1


async def test_nothing_late_is_sent(world):
    mentor, mentee = world.person(), world.person()
    past = world.harness.clock.now() - timedelta(days=1)
    await world.publish(match(world, MatchProposed, mentor, mentee, expires_at=past))
    assert await world.settled() == {"lapsed": 2}
    assert world.mail.to(world.address(mentor)) == []


async def test_the_same_fact_twice_is_one_message(world):
    person = world.person()
    event = decision(world, person)
    await world.publish(event)
    await world.publish(event)  # a second event id: the inbox does not stop it, the unique key does
    assert await world.settled() == {"sent": 1}
    assert len(world.mail.to(world.address(person))) == 1


async def test_a_batch_takes_one_connection(world):
    before = world.mail.connections
    people = [world.person() for _ in range(20)]
    world.applications.down = True  # so that all of them are queued before the first is sent
    await world.publish(*(decision(world, person) for person in people))
    world.applications.down = False
    await world.hurry()
    assert await world.settled() == {"sent": 20}
    assert world.mail.connections - before <= 3


async def test_a_connection_lost_after_acceptance_sends_again_under_the_same_message_id(world):
    person = world.person()
    world.mail.hang_up.add(world.address(person))
    await world.publish(decision(world, person))
    assert await world.settled() == {"sent": 1}
    first, second = world.mail.to(world.address(person))
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_crash_between_acceptance_and_mark_sends_again_under_the_same_message_id(world):
    person = world.person()
    await world.publish(decision(world, person))
    assert await world.settled() == {"sent": 1}
    # What such a crash leaves behind: the row queued, its lease over.
    async with world.harness.service.database.transaction(world.tenant) as db:
        left = {"state": "queued", "sent_at": None, "not_before": sa.func.clock_timestamp()}
        await db.execute(sa.update(Notification).values(**left))
    assert await eventually(lambda: _messages(world, person, 2))
    assert await world.settled() == {"sent": 1}
    assert len({m["Message-ID"] for m in world.mail.to(world.address(person))}) == 1


async def test_a_row_under_lease_is_left_alone(world):
    person = world.person()
    world.applications.down = True
    await world.publish(decision(world, person))
    await eventually(lambda: _with_error(world, 1))  # the sender is done with it for a second
    async with world.harness.service.database.transaction(world.tenant) as db:
        lease = sa.func.clock_timestamp() + timedelta(minutes=2)
        await db.execute(sa.update(Notification).values(not_before=lease))
    world.applications.down = False
    other = world.person()
    await world.publish(decision(world, other))
    await eventually(lambda: _messages(world, other, 1))
    assert world.mail.to(world.address(person)) == []


async def test_a_server_that_refuses_one_address_serves_the_others_and_is_given_up(world):
    refused, fine = world.person(), world.person()
    world.mail.refuse[world.address(refused)] = f"550 no {world.address(refused)} here"
    await world.publish(decision(world, refused), decision(world, fine))
    await eventually(lambda: _messages(world, fine, 1))
    for _ in range(MOST_REFUSALS):
        await world.hurry()
        await eventually(lambda: _tried_again(world, refused))
    assert await world.settled() == {"sent": 1, "failed": 1}
    [row] = [row for row in await world.rows() if row.person_id == refused]
    assert (row.refusals, row.last_error) == (MOST_REFUSALS, "SMTPRecipientRefused 550")
    log = (await world.office.get(f"/programmes/{world.programme_id}/notification-log")).json()["items"]
    assert {(e["kind"], e["state"], e["last_error"], e["count"]) for e in log} == {
        ("decision", "sent", None, 1),
        ("decision", "failed", "SMTPRecipientRefused 550", 1),
    }
    assert world.address(refused) not in str(log)


async def test_a_temporary_refusal_is_tried_until_it_goes(world):
    person = world.person()
    world.mail.refuse[world.address(person)] = "451 try later"
    await world.publish(decision(world, person))
    await eventually(lambda: _tried_again(world, person))
    del world.mail.refuse[world.address(person)]
    await world.hurry()
    assert await world.settled() == {"sent": 1}


async def test_a_server_that_is_away_loses_nothing_and_doubles_nothing(world):
    people = [world.person() for _ in range(3)]
    await world.mail.stop()
    try:
        await world.publish(*(decision(world, person) for person in people))
        await eventually(lambda: _with_error(world, 3))
        assert await world.states() == {"queued": 3}
        assert {row.refusals for row in await world.rows()} == {0}
    finally:
        await world.mail.start()
    await world.hurry()
    assert await world.settled() == {"sent": 3}
    assert [len(world.mail.to(world.address(person))) for person in people] == [1, 1, 1]


async def test_an_address_cannot_carry_a_header(world):
    bad, name = uuid4(), world.person("Eve\r\nBcc: all@example.org")
    world.applications.register(bad, "Eve", f"{bad.hex}@example.org\r\nBcc: all@example.org")
    await world.publish(decision(world, bad), decision(world, name))
    await eventually(lambda: _messages(world, name, 1))
    await eventually(lambda: _with_error(world, 1))
    [message] = world.mail.to(world.address(name))
    assert message["Bcc"] is None
    [row] = [row for row in await world.rows() if row.person_id == bad]
    assert row.last_error == "UnusableAddress"


async def test_somebody_nobody_knows_is_given_up(world):
    await world.publish(decision(world, uuid4()))
    for _ in range(MOST_REFUSALS):
        await world.hurry()
        await eventually(lambda: _with_error(world, 1))
    await eventually(lambda: _failed_after_hurry(world))
    [row] = await world.rows()
    assert row.last_error == "UnknownPerson"


async def test_erasure_leaves_nothing_and_nothing_follows(world):
    erased, other = world.person("Ada"), world.person("Grace")
    await world.publish(match(world, MatchConfirmed, other, erased), decision(world, erased))
    assert await world.settled() == {"sent": 3}
    await world.own(erased).put("/preferences", json={"email": {"offer": False}})
    await world.publish(PersonErased(person_id=erased))
    await world.publish(decision(world, erased))  # an event that comes late
    rows = await world.rows()
    assert [row.person_id for row in rows] == [other]
    assert rows[0].other_id is None
    preferences = (await world.own(erased).get("/preferences")).json()["email"]
    assert preferences["offer"] is True
    assert len(world.mail.to(world.address(erased))) == 2


def survey(world, wave: UUID, closes_at) -> SurveyOpened:
    return SurveyOpened(
        wave_id=wave, programme_id=world.programme_id, cohort_id=world.cohort_id, instrument="interim",
        closes_at=closes_at, asked=5,
    )  # fmt: skip


async def _sent(world, count: int) -> bool:
    return (await world.states()).get("sent") == count


async def _messages(world, person: UUID, count: int) -> bool:
    return len(world.mail.to(world.address(person))) >= count


async def _with_error(world, count: int) -> bool:
    return sum(row.last_error is not None for row in await world.rows()) >= count


async def _tried_again(world, person: UUID) -> bool:
    """Hurries until the refusals grow."""
    [row] = [row for row in await world.rows() if row.person_id == person]
    if row.state == "failed":
        return True
    before = row.refusals
    await world.hurry()

    async def grown() -> bool:
        [now] = [row for row in await world.rows() if row.person_id == person]
        return now.refusals > before

    return await eventually(grown)


async def _failed_after_hurry(world) -> bool:
    await world.hurry()
    return await world.states() == {"failed": 1}


async def test_a_change_of_address_is_told_to_the_old_one_and_confirmed_at_the_new_one(world, applications_api):
    person, taken = world.person("Ada Byron"), world.person("Grace Hopper")
    for who, token in ((person, "t0ken"), (taken, None)):
        event = EmailChangeAsked(change_id=uuid4(), person_id=who)
        addresses = {"old_email": world.address(who), "new_email": f"new-{world.address(who)}"}
        item = {"change_id": str(event.change_id), "name": "Ada Byron", "token": token, "expires_at": "2030-01-01"}
        applications_api.changes[str(event.change_id)] = item | addresses
        await world.publish(event)
    assert await world.settled() == {"sent": 3, "lapsed": 1}, "nobody is asked to confirm a known address"
    [notice] = world.mail.to(world.address(person))
    [confirm] = world.mail.to(f"new-{world.address(person)}")
    assert f"{PUBLIC}/applications/public/{world.tenant}/email-confirmations/t0ken" in text(confirm)
    assert "t0ken" not in text(notice)
    assert "new-" not in text(notice)
    assert world.mail.to(f"new-{world.address(taken)}") == []
    inbox = (await world.own(person).get("/notifications")).json()["items"]
    assert {(entry["kind"], entry["programme_id"]) for entry in inbox} == {("account", None)}
    assert all("t0ken" not in str(entry) for entry in inbox)
    off = await world.own(person).put("/preferences", json={"email": {"account": False}})
    assert (off.status_code, off.json()["code"]) == (422, "decisions_stay_on")
