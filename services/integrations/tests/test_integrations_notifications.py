"""Events become messages: once, to the right people, over a real SMTP server that may refuse or be away."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_common.metrics import MetricsServer
from mentoring_common.testing import eventually
from mentoring_common.testing.prometheus import command, prometheus
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationUnmatched,
    ApplicationWaitlisted,
    EmailChangeAsked,
    NominationEndorsed,
    NominationOpened,
    NominationReminderDue,
    PersonErased,
    ProgrammeCreated,
)
from mentoring_contracts.applying import (
    ApplicationDecisionTold,
    AssessmentAsked,
    DraftReminderDue,
    PlaceOffered,
    PlacePassedOn,
    RetentionEnds,
)
from mentoring_contracts.evaluation import SurveyCancelled, SurveyOpened, SurveyReminderDue
from mentoring_contracts.matching import (
    GroupEnded,
    GroupMemberInvited,
    GroupMemberJoined,
    GroupMemberLeft,
    MatchConfirmed,
    MatchDeclined,
    MatchEnded,
    MatchProposed,
    MatchRunCompleted,
)
from mentoring_contracts.sessions import ConcernAlerted, LastWordsNoticeDue, ReviewNoticeDue
from mentoring_integrations.notifications.delivery import MOST_REFUSALS
from mentoring_integrations.notifications.invitations import LONGEST_PAUSE_S
from mentoring_integrations.notifications.models import Notification

PUBLIC = "https://mentoring.example.org"


ALERTS = Path(__file__).resolve().parents[3] / "deploy" / "prometheus" / "alerts.yaml"


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


async def test_the_team_is_told_once_of_pairs_that_a_run_of_the_timetable_proposes(world):
    ids = {"programme_id": world.programme_id, "cohort_id": world.cohort_id}
    world.applications.register(world.coordinator, "Co Ordinator", world.address(world.coordinator))
    counts = {"pairs": 3, "unmatched_mentees": 0, "unmatched_mentors": 1}
    waits, asked_for = (
        MatchRunCompleted(run_id=uuid4(), approval_needed=needed, **ids, **counts) for needed in (True, False)
    )
    await world.publish(waits, asked_for)
    await world.publish(waits)  # heard of again
    assert await world.settled() == {"sent": 1}
    [letter] = world.mail.to(world.address(world.coordinator))
    assert letter["Subject"] == "Programme of Science: new pairs wait for your approval"
    assert letter["X-Mentoring-Kind"] == "offer"
    assert "cohort 2" in text(letter)
    assert f"/runs/{waits.run_id}" in text(letter)


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
    assert f"{PUBLIC}/pages/applications/{events[1].application_id}" in text(accepted)
    html = accepted.get_body(("html",)).get_content()
    assert "<p>Dear Ada Byron,</p>" in html


async def test_who_was_applied_for_is_told_and_who_applied_knows(world):
    person = world.person("Ada Byron")
    by_team, by_herself = (decision(world, person, ApplicationSubmitted, by_proxy=proxy) for proxy in (True, False))
    await world.publish(by_team, by_herself)
    assert await world.settled() == {"sent": 1}
    [letter] = world.mail.to(world.address(person))
    assert letter["Subject"] == "Programme of Science: an application in your name"
    assert letter["X-Mentoring-Subject"] == str(by_team.application_id)
    assert "as a mentee in cohort 2" in text(letter)


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
        assert f"{PUBLIC}/pages/matches/{event.match_id}" in text(message)
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


async def test_who_hands_over_who_carries_on_and_the_mentee_each_have_a_letter_of_their_own(world):
    before, after, mentee = world.person("Grace Hopper"), world.person("Alan Turing"), world.person("Ada Byron")
    ended = match(world, MatchEnded, before, mentee, reason="handed_over")
    begun = match(world, MatchConfirmed, after, mentee, rematch_of=ended.match_id, handover=True)
    await world.publish(ended, begun)
    assert await world.settled() == {"sent": 3}
    ([old], [new], [theirs]) = (world.mail.to(world.address(one)) for one in (before, after, mentee))
    assert "another mentor carries on" in old["Subject"]
    assert "Ada" not in text(old)
    assert "you carry on as mentor" in new["Subject"]
    assert f"Ada Byron, {world.address(mentee)}" in text(new)
    assert "meet your new mentor" in theirs["Subject"]
    assert f"Alan Turing, {world.address(after)}" in text(theirs)
    assert f"/relationships/{begun.match_id}" in text(theirs)


async def test_where_an_orientation_comes_first_the_letter_says_so(world):
    mentor, mentee = world.person("Grace Hopper"), world.person("Ada Byron")
    blueprint = {"title": "Programme of Science", "activities": {"orientation": {"compulsory": True}}}
    programme_id = uuid4()
    made = ProgrammeCreated(programme_id=programme_id, direction="traditional", blueprint=blueprint)
    await world.publish(made)  # of other aggregates: nothing else says which of the two comes first
    await world.publish(match(world, MatchConfirmed, mentor, mentee).model_copy(update={"programme_id": programme_id}))
    assert await world.settled() == {"sent": 2}
    [letter] = world.mail.to(world.address(mentor))
    assert "Before you meet, each of you attends an orientation" in " ".join(text(letter).split())


async def test_who_is_asked_for_last_words_and_who_was_left_some_read_different_letters(world):
    person = world.person()
    ids = {"match_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id, "person_id": person}
    await world.publish(LastWordsNoticeDue(**ids, number=0, what="asked"), LastWordsNoticeDue(**ids, number=1))
    assert await world.settled() == {"sent": 2}
    subjects = {m["Subject"].partition(": ")[2] for m in world.mail.to(world.address(person))}
    assert subjects == {"your mentoring relationship is over", "last words for you"}


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
        assert f"{PUBLIC}/pages/surveys/{world.tenant}/token-{person}" in text(message)
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
    assert f"/token-{people[3]}" in text(message)


async def test_a_survey_is_called_by_its_title_in_the_readers_language(world, evaluation_api):
    wave, person = uuid4(), world.person()
    evaluation_api.titles = {"en": "How is it?", "es": "¿Qué tal?"}
    evaluation_api.asks(wave, person)
    assert (await world.own(person).put("/preferences", json={"language": "es"})).status_code == 200
    await world.publish(survey(world, wave, world.harness.clock.now() + timedelta(days=30)))
    assert await eventually(lambda: _sent(world, 1))
    [message] = world.mail.to(world.address(person))
    assert "«¿Qué tal?»" in text(message)
    [entry] = (await world.own(person).get("/notifications")).json()["items"]
    assert "«¿Qué tal?»" in entry["text"]


async def test_who_was_asked_is_told_that_a_survey_is_called_off_and_is_invited_no_more(world, evaluation_api):
    wave, people = uuid4(), [world.person(f"Person {n}") for n in range(3)]
    evaluation_api.asks(wave, *people)
    closes_at = world.harness.clock.now() + timedelta(days=30)
    about = {"wave_id": wave, "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    called_off = SurveyCancelled(**about, instrument="interim", closes_at=closes_at, asked=3)
    planned = SurveyCancelled(**about | {"wave_id": uuid4()}, instrument="interim", closes_at=closes_at, asked=0)
    evaluation_api.cancelled.add(str(wave))
    evaluation_api.down = True
    await world.publish(survey(world, wave, closes_at), called_off, planned)
    evaluation_api.down = False
    assert await eventually(lambda: _sent(world, 3))

    async def lapsed():  # evaluation is asked again after a pause
        return (await world.states()) == {"sent": 3, "lapsed": 3}

    await eventually(lapsed, within_s=LONGEST_PAUSE_S + 30, what="invitations lapse")
    for person in people:
        [message] = world.mail.to(world.address(person))
        assert "called off" in message["Subject"]
        assert "“How is it?”" in text(message)


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
    assert await world.settled() == {"sent": 1, "bounced": 1}
    [row] = [row for row in await world.rows() if row.person_id == refused]
    assert (row.refusals, row.last_error) == (MOST_REFUSALS, "SMTPRecipientRefused 550")
    log = (await world.office.get(f"/programmes/{world.programme_id}/notification-log")).json()["items"]
    assert {(e["kind"], e["state"], e["last_error"], e["count"]) for e in log} == {
        ("decision", "sent", None, 1),
        ("decision", "bounced", "SMTPRecipientRefused 550", 1),
    }
    assert world.address(refused) not in str(log)


async def _waiting(world):
    """What an operator sees of letters."""
    return {gauge.name: gauge.value for gauge in await world.harness.service.measure()}


async def test_a_temporary_refusal_is_tried_until_it_goes(world):
    person = world.person()
    world.mail.refuse[world.address(person)] = "451 try later"
    await world.publish(decision(world, person))
    await eventually(lambda: _tried_again(world, person))
    assert (await _waiting(world))["mentoring_letters_waiting"] >= 1
    assert (await _waiting(world))["mentoring_letters_oldest_seconds"] > 0
    del world.mail.refuse[world.address(person)]
    await world.hurry()
    assert await world.settled() == {"sent": 1}


async def _made_old(world):
    engine = create_async_engine(world.harness.service.settings.owner_database_url)
    async with engine.begin() as owner:
        await owner.execute(sa.text("ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY"))
        old = sa.text("UPDATE notifications SET created_at = now() - interval '1 hour' WHERE tenant_id = :tenant")
        await owner.execute(old, {"tenant": world.tenant})
    await engine.dispose()


@pytest.mark.skipif(command() is None, reason="Debian's package prometheus is not installed")
async def test_letters_that_nobody_takes_wake_an_operator(counted_world, tmp_path):
    world = counted_world
    person, service = world.person(), world.harness.service
    world.mail.refuse[world.address(person)] = "451 try later"
    await world.publish(decision(world, person))
    await eventually(lambda: _tried_again(world, person))
    await _made_old(world)
    server = MetricsServer([service], "127.0.0.1", service.settings.metrics_port)
    await server.start()
    try:
        with prometheus(tmp_path, ALERTS, [service.settings.metrics_port]) as watching:
            (one, *_) = await eventually(lambda: watching.firing("LettersWaiting"), what="LettersWaiting is raised")
            del world.mail.refuse[world.address(person)]
            await world.hurry()
            await eventually(lambda: _ended(watching), what="LettersWaiting ends")
    finally:
        await server.stop()
    assert one["labels"]["severity"] == "page"


async def _ended(watching):
    return not await watching.firing("LettersWaiting")


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
    if row.state == "bounced":
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
    assert f"{PUBLIC}/pages/email/{world.tenant}/t0ken" in text(confirm)
    assert "t0ken" not in text(notice)
    assert "new-" not in text(notice)
    assert world.mail.to(f"new-{world.address(taken)}") == []
    inbox = (await world.own(person).get("/notifications")).json()["items"]
    assert {(entry["kind"], entry["programme_id"]) for entry in inbox} == {("account", None)}
    assert all("t0ken" not in str(entry) for entry in inbox)
    off = await world.own(person).put("/preferences", json={"email": {"account": False}})
    assert (off.status_code, off.json()["code"]) == (422, "decisions_stay_on")


async def test_who_has_a_draft_is_reminded_with_its_end_and_link(world):
    person, draft = world.person(), uuid4()
    closes_at = world.harness.clock.now() + timedelta(days=7)
    about = {"draft_id": draft, "programme_id": world.programme_id, "cohort_id": world.cohort_id, "role": "mentee"}
    await world.publish(*(
        DraftReminderDue(**about, person_id=person, closes_at=closes_at, days_before=days) for days in (7, 1)
    ))  # fmt: skip
    assert await world.settled() == {"sent": 2}
    message, _ = world.mail.to(world.address(person))
    assert f"{closes_at:%d %B %Y}" in text(message)
    assert f"{PUBLIC}/pages/drafts/{draft}" in text(message)
    assert message["X-Mentoring-Kind"] == "draft_reminder"


async def test_in_a_group_each_is_told_once_and_its_mentor_is_not_told_of_every_match(world):
    mentor, one, other = (world.person(name) for name in ("Ada", "Ben", "Cyd"))
    ids = {"group_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    until = world.harness.clock.now() + timedelta(days=14)
    people = ((mentor, "mentor"), (one, "mentee"), (other, "mentee"))
    places = [ids | {"kind": "mentoring", "person_id": person, "role": role} for person, role in people]
    matches = [
        match(world, cls, mentor, mentee, group_id=ids["group_id"], **more)
        for mentee in (one, other)
        for cls, more in ((MatchProposed, {"expires_at": until}), (MatchConfirmed, {}))
    ]
    await world.publish(*(GroupMemberInvited(**place, expires_at=until) for place in places), *matches)
    await world.publish(*(GroupMemberJoined(**place) for place in places))
    assert await world.settled() == {"sent": 6}
    subjects = [message["Subject"] for message in world.mail.to(world.address(mentor))]
    assert subjects == ["Programme of Science: a place in a group for you", "Programme of Science: your group stands"]
    assert "as mentor" in text(world.mail.to(world.address(mentor))[0])
    await world.publish(GroupMemberLeft(**places[1], reason="no_time"))
    await world.publish(GroupEnded(**ids, kind="mentoring", reason="no_time"))
    assert await world.settled() == {"sent": 9}
    for person in (mentor, one, other):  # whoever left before is not told again
        last = [m["Subject"] for m in world.mail.to(world.address(person))][2:]
        assert last == ["Programme of Science: you are no longer in your group"]


async def test_a_decision_that_is_kept_back_is_told_later(world):
    person = world.person()
    event = decision(world, person, told=False)
    await world.publish(event)
    told = ApplicationDecisionTold(
        application_id=event.application_id, programme_id=world.programme_id, cohort_id=world.cohort_id,
        person_id=person, role="mentee", decision="accepted",
    )  # fmt: skip
    await world.publish(told)
    assert await world.settled() == {"sent": 1}
    [message] = world.mail.to(world.address(person))
    assert message["Subject"].endswith("your application was accepted")


async def test_a_place_is_offered_until_a_day_and_who_let_it_pass_is_told(world):
    first, second = world.person(), world.person()
    until = world.harness.clock.now() + timedelta(days=7)
    await world.publish(
        decision(world, first, PlaceOffered, expires_at=until),
        decision(world, first, PlacePassedOn, declined=False),
        decision(world, second, PlacePassedOn, declined=True),
    )
    assert await world.settled() == {"sent": 2}
    offered, passed = sorted(world.mail.to(world.address(first)), key=lambda m: "went to" in m["Subject"])
    assert f"{until:%d %B %Y}" in text(offered)
    assert "behind the others" in text(passed)
    assert world.mail.to(world.address(second)) == []


async def test_assessors_and_those_whose_words_go_are_told(world):
    assessor, person = world.person(), world.person()
    until = world.harness.clock.now() + timedelta(days=30)
    about = {"application_id": uuid4(), "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    await world.publish(
        AssessmentAsked(assessment_id=uuid4(), assessor_id=assessor, **about),
        decision(world, person, RetentionEnds, erased_at=until),
    )
    assert await world.settled() == {"sent": 2}
    [to_assessor], [to_person] = (world.mail.to(world.address(p)) for p in (assessor, person))
    assert "please assess an application" in to_assessor["Subject"]
    assert f"deleted on {until:%d %B %Y}" in text(to_person)


async def test_a_nominator_is_asked_and_reminded_by_link_and_the_nominee_learns_what_became_of_it(
    world, applications_api
):
    person, nominations = world.person("Ada Byron"), [uuid4(), uuid4()]
    asked, forgotten = nominations

    def about(id_: UUID) -> dict[str, Any]:
        return {"nomination_id": id_, "programme_id": world.programme_id, "cohort_id": world.cohort_id,
                "person_id": person, "role": "mentee"}  # fmt: skip

    item = {
        "nominee": "Ada Byron",
        "nominator": "Bo Ss",
        "nominator_email": "boss@example.org",
        "token": "t0ken",
        "outcome_token": None,
    }
    applications_api.nominations[str(asked)] = item | {"nomination_id": str(asked)}
    # Nobody waits for this one any more.
    over = {"nominator_email": "else@example.org", "token": None}
    applications_api.nominations[str(forgotten)] = item | over | {"nomination_id": str(forgotten)}
    await world.publish(*(NominationOpened(**about(id_), opened_by="nominee") for id_ in nominations))
    await world.publish(NominationReminderDue(**about(asked), number=1), NominationEndorsed(**about(asked)))
    assert await world.settled() == {"sent": 3, "lapsed": 1}
    letters = world.mail.to("boss@example.org")
    assert len(letters) == 2
    link = f"{PUBLIC}/pages/nominations/{world.tenant}/t0ken"
    assert all(link in text(letter) for letter in letters)
    assert all("Ada Byron" in text(letter) for letter in letters)
    assert world.mail.to("else@example.org") == []
    [endorsed] = world.mail.to(world.address(person))
    assert "t0ken" not in text(endorsed)
    inbox = (await world.own(person).get("/notifications")).json()["items"]
    assert [entry["kind"] for entry in inbox] == ["nomination"]
    assert "t0ken" not in str(inbox)


async def test_a_nominator_is_told_of_an_outcome_that_they_may_learn(world, applications_api):
    person, nominations = world.person("Ada Byron"), [uuid4(), uuid4()]
    may, may_not = nominations
    of_person = {"programme_id": world.programme_id, "cohort_id": world.cohort_id, "person_id": person,
                 "role": "mentee"}  # fmt: skip
    for id_, token in ((may, "t0ken"), (may_not, None)):
        applications_api.nominations[str(id_)] = {
            "nomination_id": str(id_), "nominee": "Ada Byron", "nominator": "Bo Ss", "token": None,
            "nominator_email": f"{id_}@example.org", "outcome_token": token,
        }  # fmt: skip
    opened = [NominationOpened(nomination_id=id_, **of_person, opened_by="nominee") for id_ in nominations]
    await world.publish(*opened)
    assert await world.settled() == {"lapsed": 2}  # nobody waits for an answer
    application = {"application_id": uuid4(), **of_person}
    kept_back = ApplicationRefused(**application, rules=[], told=False)
    told = ApplicationDecisionTold(**application, decision="refused")
    await world.publish(kept_back)
    assert await world.settled() == {"lapsed": 2}
    await world.publish(told, told)
    assert await world.settled() == {"lapsed": 3, "sent": 2}
    [letter] = world.mail.to(f"{may}@example.org")
    assert f"{PUBLIC}/pages/nominations/{world.tenant}/t0ken" in text(letter)
    assert "Ada Byron" in text(letter)
    assert "refused" not in text(letter)
    assert world.mail.to(f"{may_not}@example.org") == []
    log = (await world.office.get(f"/programmes/{world.programme_id}/letters")).json()["items"]
    assert "nominator_told" not in {one["topic"] for one in log}


async def test_who_was_nominated_learns_by_whom(world, applications_api):
    person, nomination = world.person("Ada Byron"), uuid4()
    item = {"nominee": "Ada Byron", "nominator": "Trust", "nominator_email": None, "token": None, "outcome_token": None}
    applications_api.nominations[str(nomination)] = item | {"nomination_id": str(nomination)}
    event = NominationOpened(
        nomination_id=nomination, programme_id=world.programme_id, cohort_id=None, person_id=person, role="mentee",
        opened_by="nominator",
    )  # fmt: skip
    await world.publish(event)
    assert await world.settled() == {"sent": 1}
    [letter] = world.mail.to(world.address(person))
    assert "Trust has nominated you" in text(letter)
    assert "unless you apply yourself" in text(letter)


async def test_a_review_has_its_letters_and_last_words_theirs(world):
    mentee, team, review, match = world.person("Ada Byron"), world.person("Bo Team"), uuid4(), uuid4()
    about = {"match_id": match, "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    of_review = about | {"review_id": review, "kind": "mid_term"}
    until = world.harness.clock.now() + timedelta(days=14)
    asked = ReviewNoticeDue(**of_review, person_id=mentee, what="asked", answer_until=until)
    others = [ReviewNoticeDue(**of_review, person_id=p, what=w) for p, w in ((team, "needs"), (mentee, "concluded"))]
    words = [LastWordsNoticeDue(**about, person_id=mentee, number=number) for number in (1, 2, 2)]
    reminder = ReviewNoticeDue(**of_review, person_id=mentee, what="reminded", answer_until=until)
    await world.publish(asked, asked, reminder, *others, *words)
    assert await world.settled() == {"sent": 6}
    letters = world.mail.to(world.address(mentee))
    links = [f"{PUBLIC}/pages/reviews/{review}"] * 3 + [f"{PUBLIC}/pages/relationships/{match}"] * 2
    assert [sum(link in text(letter) for letter in letters) for link in sorted(set(links))] == [2, 3]
    assert {letter["X-Mentoring-Kind"] for letter in letters} == {"review"}
    log = (await world.office.get(f"/programmes/{world.programme_id}/letters")).json()["items"]
    assert not {"review_reminded", "review_needs"} & {one["topic"] for one in log}, "who was reminded has not answered"


async def test_whoever_is_on_duty_is_told_of_a_concern_at_once_and_of_nothing_in_it(world):
    duty, concern = world.person("Ada Byron"), uuid4()
    quiet = {"quiet_hours": {"begins": "00:00", "ends": "23:59"}, "digest": "weekly"}
    await world.own(duty).put("/preferences", json=quiet)
    about = {"concern_id": concern, "programme_id": world.programme_id, "cohort_id": world.cohort_id}
    told = [("raised", 0), ("waits", 1), ("waits", 2), ("assigned", 3)]
    await world.publish(*(ConcernAlerted(**about, person_id=duty, why=why, number=n) for why, n in told))
    await world.publish(ConcernAlerted(**about, person_id=duty, why="waits", number=2))
    assert await world.settled() == {"sent": 4}
    letters = world.mail.to(world.address(duty))
    assert all(f"{PUBLIC}/pages/concerns/{concern}" in text(letter) for letter in letters)
    assert len((await world.own(duty).get("/notifications")).json()["items"]) == 4
    off = await world.own(duty).put("/preferences", json={"email": {"concern": False}})
    assert off.json()["code"] == "decisions_stay_on"
    log = (await world.office.get(f"/programmes/{world.programme_id}/letters")).json()["items"]
    assert log == [], "that somebody raised a concern is not for the whole team"
