"""A year of a programme by clicks alone: the console in real Chromium, on the running system.

`MENTORING_PICTURES=docs/console` has the pictures of docs/console.md made anew.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from mentoring_allinone.settling import settle
from mentoring_allinone.stack import Stack
from mentoring_common import yaml_text
from mentoring_common.clock import MovableClock

from .browser import CHROMIUM, DESK, PHONE, PICTURES, Person, after_days, chromium
from .conftest import APPLY, ROOT, Journey, answers

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
APPLICANTS = {"Ada Okafor": "MENTOR", "Bea Lindqvist": "MENTOR", "Cleo Haddad": "MENTEE", "Dina Evans": "MENTEE"}

CLEO = "Cleo Haddad"
SIZES = {"Administrator": DESK, "Corin": DESK, "Maud": DESK, "Cleo": PHONE, "Ada": PHONE}


@pytest.fixture(scope="module")
async def browser() -> Any:
    async with chromium() as running:
        yield running


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: Any) -> Any:
    """A system of this journey's own, whose clock is moved."""
    folder, clock = tmp_path_factory.mktemp("console"), MovableClock(datetime.now(UTC))
    running = await Stack.start(folder, clock=clock, durable=False)
    yield running
    await running.stop()


@pytest.fixture(scope="module")
async def programme(stack: Any) -> Journey:
    """A programme that takes applications, its coordinator, and four who applied."""
    async with stack.call("platform:admin") as operator:
        named = {"name": "Console", "slug": "console"}
        made = Journey(stack, (await operator.post("/applications/organisations", json=named)).json()["id"])
    activities = yaml_text.ours((ROOT / "blueprints" / "nihr.yaml").read_text("utf-8"))["activities"]
    await made.begin(activities=activities | {"orientation": {"compulsory": False}})
    await made.appoint("Corin", "COORDINATOR")
    await made.appoint("Maud", "PROGRAMME_MANAGER")
    for name, role in APPLICANTS.items():
        await made.register(name)
        wanted = {"p": made.programme_id, "c": made.cohort_id, "role": role, "answers": answers(name, role)}
        await made.ask(APPLY, by=name, **wanted)
    await settle(stack)  # who looks now sees it in every service
    return made


@pytest.fixture(scope="module")
async def people(browser: Any, stack: Any, programme: Journey) -> Any:
    """Browsers by who sits at them; nobody's had anything to complain of at the end."""
    found = {name: await Person.at(browser, stack.base_url, size, PICTURES) for name, size in SIZES.items()}
    yield found
    assert {name: person.complaints for name, person in found.items() if person.complaints} == {}


async def test_a_coordinator_signs_in_and_sees_what_waits(people: Any) -> None:
    corin = people["Corin"]
    await corin.page.goto(f"{corin.base}/console/")
    await corin.heading("Welcome")
    await corin.looks("welcome")
    await corin.sign_in("Corin")
    await corin.looks("start")
    await corin.go("NIHR", "Dashboard")
    await corin.sees("applications to decide")
    await corin.looks("dashboard", picture=True)


async def test_applications_are_found_read_and_decided_together(people: Any) -> None:
    corin = people["Corin"]
    await corin.go("^Applications$", "Applications")
    rows = corin.page.get_by_role("row")
    await corin.page.get_by_label("Part of a name").fill("Okaf")
    await expect(rows).to_have_count(2)
    await corin.page.get_by_label("Part of a name").fill("")
    await expect(rows).to_have_count(5)
    await corin.looks("applications")
    await corin.go("Cleo Haddad", "Cleo Haddad")
    await corin.sees("Which of these points are most important to you")
    await corin.looks("application")
    await corin.go("^Applications$", "Applications")
    await corin.page.get_by_label("Choose all").check()
    await corin.button("Decide 4 applications").click()
    await corin.sees("4 applications were decided")
    await expect(corin.page.get_by_role("cell", name="accepted")).to_have_count(4)


async def test_the_policy_is_tried_refused_at_its_line_and_changed(people: Any) -> None:
    corin = people["Corin"]
    await corin.go("^Matching$", "Matching")
    await corin.go("^Matching policy$", "Matching policy")
    text = corin.page.get_by_label("The policy, as YAML or JSON")
    was = await text.input_value()
    await text.fill(was + "floor: [")
    await expect(corin.page.locator(".problems")).to_contain_text(f"Line {was.count(chr(10)) + 1}")
    await text.fill(was + "florr: 0.1\n")
    await corin.button("Make it the policy").click()
    await expect(corin.page.locator(".problems")).to_contain_text(f"Line {was.count(chr(10)) + 1}: florr")
    await corin.looks("policy")
    await text.fill(was + "floor: 0.01\n")
    await corin.button("Try without storing").click()
    await corin.sees("Of 4 possible pairs")
    await corin.button("Make it the policy").click()
    await corin.sees("Version 2")
    await expect(text).to_have_value(re.compile("floor: 0.01"))


async def test_other_weights_and_a_forbidden_pair_are_seen_at_once_and_used(people: Any) -> None:
    corin = people["Corin"]
    await corin.go("^Matching$", "Matching")
    await corin.go("What if", "What if")
    await corin.sees("2 of 2 mentees have a mentor")
    slider = corin.page.get_by_role("slider", name=re.compile("topics"))
    await slider.focus()
    await corin.page.keyboard.press("Home")
    await expect(slider).to_have_attribute("aria-valuetext", "0%")
    await corin.sees("free text would make")
    await corin.page.keyboard.press("End")
    await expect(corin.page.get_by_role("row", name=re.compile("^topics"))).to_contain_text("55%69%")
    await corin.open("Settle a pair")
    settled = await corin.unhelped("Settle a pair")
    await settled.get_by_role("button").click()
    await expect(settled.get_by_label("Reason")).to_have_accessible_description(re.compile("."))
    for mentor in ("Ada Okafor", "Bea Lindqvist"):
        await settled.get_by_label("mentor").select_option(mentor)
        await settled.get_by_label("mentee").select_option(CLEO)
        await settled.get_by_label("Forbid this pair").check()
        await settled.get_by_label("Reason").fill("They share a flat.")
        await settled.get_by_role("button").click()
        await expect(corin.page.get_by_text(f"{mentor} – {CLEO}")).to_be_visible()
    await corin.sees("1 of 2 mentees have a mentor")
    changed = corin.page.get_by_role("table", name="Who changes")
    await expect(changed.get_by_role("row", name=CLEO)).to_contain_text("Is left without a mentor")
    await corin.looks("whatif", picture=True)
    await corin.button("Use these: make a run").click()
    await corin.heading("Run")
    await expect(corin.page.get_by_role("table", name="Who is left over").get_by_role("row", name=CLEO)).to_be_visible()


async def test_a_run_is_followed_read_and_approved(people: Any) -> None:
    corin = people["Corin"]
    await corin.go("^Matching$", "Matching")
    await corin.looks("matching")
    await corin.button("Find matches").click()
    await corin.heading("Run")
    await corin.sees("Both chose")
    await corin.looks("run", picture=True)
    asked = corin.page.get_by_role("form", name="Why are two people no pair?")
    pairs = await corin.page.get_by_role("table", name="Proposed pairs").get_by_role("row").all_inner_texts()
    hers = next(row for row in pairs if CLEO in row)
    other = next(mentor for mentor in ("Ada Okafor", "Bea Lindqvist") if mentor not in hers)
    await asked.get_by_label("mentor").select_option(other)
    await asked.get_by_label("mentee").select_option(CLEO)
    await asked.get_by_role("button").click()
    await corin.sees("Possible")
    await corin.button("Approve and make 2 offers").click()
    await corin.sees("the offers are on their way")


async def test_two_people_accept_on_their_phones(people: Any) -> None:
    cleo = people["Cleo"]
    await cleo.sign_in(CLEO)
    await cleo.looks("start_of_a_mentee")
    await cleo.go("A match is offered to you", "A match is offered to you")
    await cleo.looks("offer")
    mentor = (await cleo.page.get_by_role("heading", level=1).inner_text()).partition(": ")[2]
    await cleo.button("Yes, I accept").click()
    await cleo.sees("your partner has not answered yet")
    ada = people["Ada"]
    await ada.sign_in(mentor)
    await ada.go("A match is offered to you", "A match is offered to you")
    await ada.button("Yes, I accept").click()
    await ada.sees("Both of you said yes")
    await ada.go("To your mentoring", "You and Cleo")


async def test_they_agree_meet_and_set_goals(people: Any, programme: Journey) -> None:
    programme.stack.clock.move_by(timedelta(days=2))
    ada, cleo = people["Ada"], people["Cleo"]
    await ada.open("Propose an agreement")
    await ada.page.get_by_label("What you agree on").fill("We meet once a month, and what is said stays between us.")
    await ada.form("Propose an agreement").get_by_role("button").click()
    await ada.sees("stays between us")
    await ada.button("Sign").click()
    await ada.sees("You signed on")
    await ada.open("Propose times")
    for number in (1, 2):
        await ada.page.get_by_label(f"Time {number}").fill(f"2098-05-0{number}T15:00")
    await ada.form("Propose times").get_by_label("Place or link").fill("Room 12")
    await ada.form("Propose times").get_by_role("button").click()
    await ada.sees("You proposed times")

    await cleo.page.get_by_role("link", name="Mentoring").click()
    await cleo.go("agreement to sign", "You and")
    await cleo.looks("pair", picture=True)
    await cleo.page.get_by_label("2 May 2098").check()
    await cleo.button("This time").click()
    await cleo.sees("Friday, 2 May 2098 at 15:00")
    await cleo.button("Sign").click()
    await cleo.sees("Both of you have signed")
    await cleo.open("Set a goal")
    await cleo.form("Set a goal").get_by_label("Goal").fill("Write a fellowship application")
    await cleo.form("Set a goal").get_by_role("button").click()
    await cleo.sees("Write a fellowship application")
    await cleo.open("Add a step")
    await cleo.form("Add a step").get_by_label("Step").fill("Ask for last year's call")
    await cleo.form("Add a step").get_by_role("button").click()
    await cleo.page.get_by_label("Ask for last year's call").click()
    await expect(cleo.page.get_by_label("Ask for last year's call")).to_be_checked()
    await cleo.button("Reached").click()
    await cleo.open("Record a meeting")
    await cleo.form("Record a meeting").get_by_label("When").fill(after_days(1))
    await cleo.form("Record a meeting").get_by_role("button").click()
    await cleo.sees("Hours together: 1")
    await cleo.open("Raise a concern")
    await cleo.page.get_by_label("What worries you?").fill("We could not find a time for two months.")
    await cleo.form("Raise a concern").get_by_role("button").click()
    await expect(cleo.page.get_by_label("What worries you?")).to_have_value("")
    await cleo.looks("pair_with_all")


async def test_a_refusal_says_why_where_it_was_asked_for(people: Any) -> None:
    ada = people["Ada"]
    await ada.open("Record a meeting")
    await ada.form("Record a meeting").get_by_label("When").fill("2098-01-01T10:00")
    await ada.form("Record a meeting").get_by_role("button").click()
    await expect(ada.form("Record a meeting").get_by_role("alert")).to_be_visible()


async def test_what_is_refused_stands_at_its_field(people: Any) -> None:
    ada = people["Ada"]
    meeting = await ada.unhelped("Record a meeting")
    when, minutes = meeting.get_by_label("When"), meeting.get_by_label("Minutes")
    await when.fill("12022-05-01T10:00")
    await meeting.get_by_role("button").click()
    await expect(when).to_have_accessible_description("This is no value that is taken here")
    await expect(when).to_be_focused()
    assert ["400" in said for said in ada.complaints] == [True], "the browser says that the operation did not fit"
    ada.complaints.clear()
    await when.fill("2022-05-01T10:00")
    await minutes.fill("-1")
    await meeting.get_by_label("A note").fill("long " * 2500)
    await meeting.get_by_role("button").click()
    await expect(minutes).to_have_accessible_description(re.compile("greater than"))
    await expect(minutes).to_be_focused()
    await expect(meeting.get_by_label("A note")).to_have_accessible_description(re.compile("at most"))
    await expect(when).to_have_accessible_description("")
    await ada.looks("refused")


async def test_the_team_sees_how_a_pair_goes_and_takes_its_concern(people: Any) -> None:
    corin = people["Corin"]
    await corin.go("^Pairs$", "Pairs")
    await corin.looks("pairs")
    await corin.page.get_by_label("Which").select_option("with an open concern")
    await corin.go("– Cleo Haddad", "– Cleo Haddad")
    await corin.sees("They met")
    await corin.looks("pair_of_the_team")
    await corin.button("Take it").click()
    await corin.button("It is resolved").click()
    await corin.sees("resolved")


async def test_an_activity_is_planned_and_what_is_wrong_stands_at_its_field(people: Any) -> None:
    corin = people["Corin"]
    await corin.go("^Activities$", "Activities")
    await corin.open("Plan an activity")
    planned = await corin.unhelped("Plan an activity")
    places = planned.get_by_label("Places")
    await planned.get_by_label("Kind").select_option("Orientation")
    await planned.get_by_label("Title").fill("Writing a grant")
    await planned.get_by_label("When").fill(after_days(1))
    await places.fill("-1")
    await planned.get_by_role("button").click()
    await expect(places).to_have_accessible_description(re.compile("greater than"))
    await expect(places).to_be_focused()
    await corin.looks("activity_refused")
    await places.fill("1")
    await planned.get_by_role("button").click()
    await corin.heading("Writing a grant")
    await corin.looks("activity_of_the_team")


async def test_one_joins_and_another_waits(people: Any) -> None:
    ada, cleo = people["Ada"], people["Cleo"]
    for somebody in (ada, cleo):
        await somebody.page.get_by_role("link", name="Mentoring").click()
        await somebody.heading("Hello")
    await ada.go("Activities of", "Activities")
    await ada.looks("activities")
    await ada.go("Writing a grant", "Writing a grant")
    await ada.looks("activity")
    await ada.button("Take a place").click()
    await ada.sees("You have a place")
    await cleo.go("Activities of", "Activities")
    await cleo.go("Writing a grant", "Writing a grant")
    await cleo.button("Join the waiting list").click()
    await cleo.sees("at number 1")


async def test_who_was_there_is_ticked_and_an_activity_is_called_off(people: Any) -> None:
    corin, ada = people["Corin"], people["Ada"]
    await corin.page.reload()
    await corin.heading("Writing a grant")
    waiting = corin.page.locator("section").filter(has=corin.page.get_by_role("heading", name="Waiting list"))
    await expect(waiting.get_by_text(CLEO)).to_be_visible()
    await corin.open("Record attendance")
    listed = corin.form("Record attendance")
    await listed.get_by_role("checkbox").check()
    await listed.get_by_role("button").click()
    await corin.sees("Take attendance back")
    await corin.open("Call it off")
    await corin.button("Call it off and tell them").click()
    await corin.sees("attendance_recorded")
    await corin.open("Take attendance back")
    back = corin.form("Take attendance back")
    await back.get_by_label("Reason").fill("The room was closed.")
    await back.get_by_role("button").click()
    await expect(back).to_have_count(0)
    await corin.button("Call it off and tell them").click()
    await expect(corin.page.get_by_text("Called off", exact=True)).to_be_visible()
    await ada.page.reload()
    await expect(ada.page.get_by_text("Called off", exact=True)).to_be_visible()


async def test_a_role_is_given_by_name_and_ended(people: Any) -> None:
    maud, corin = people["Maud"], people["Corin"]
    await maud.sign_in("Maud")
    await maud.go("NIHR", "Dashboard")
    await maud.go("^People and roles$", "People and roles")
    await maud.page.get_by_label("Part of a name").fill("Lindq")
    await maud.button("Choose: Bea Lindqvist").click()
    given = maud.form("A role for Bea Lindqvist")
    await given.get_by_label("Role").select_option("trainer")
    await given.get_by_label("Until").fill("2000-01-01T00:00")
    await given.get_by_role("button").click()
    await expect(given.get_by_label("Until")).to_have_accessible_description("the role would be over already")
    await maud.looks("people")
    await given.get_by_label("Until").fill("")
    await given.get_by_role("button").click()
    await maud.sees("Bea Lindqvist has the role now")
    hers = maud.page.get_by_role("row", name="Bea Lindqvist")
    await expect(hers).to_contain_text("run activities")
    await hers.get_by_role("button").click()
    await expect(hers).to_have_count(0)
    await corin.go("^People and roles$", "People and roles")
    await expect(corin.page.get_by_role("row", name="Maud")).to_be_visible()
    await expect(corin.page.get_by_role("row").get_by_role("button")).to_have_count(0)


async def test_a_survey_is_planned_and_its_answers_are_counted(people: Any) -> None:
    corin = people["Corin"]
    await corin.go("^Surveys$", "Surveys")
    await corin.open("Plan a survey")
    planned = corin.form("Plan a survey")
    await planned.get_by_label("Survey").select_option("Liked")
    await planned.get_by_label("Opens").fill(after_days(3))
    await planned.get_by_label("Closes").fill(after_days(20))
    await planned.get_by_role("button").click()
    await expect(corin.page.get_by_role("row", name="Liked")).to_contain_text("planned")
    await corin.looks("surveys")


async def test_a_report_is_built_read_and_published(people: Any) -> None:
    corin = people["Corin"]
    await corin.go("^Reports$", "Reports")
    await corin.looks("reports")
    await corin.button("Build it").click()
    await corin.sees("Figures, and of how many")
    await corin.looks("report")
    async with corin.page.expect_download() as saved:
        await corin.button("PDF").click()
    assert (await (await saved.value).path()).read_bytes().startswith(b"%PDF")
    await corin.button("Publish").click()
    await corin.sees("published")


async def test_who_reloads_stays_signed_in_and_who_signs_out_does_not(people: Any) -> None:
    corin = people["Corin"]
    at = await corin.page.get_by_role("heading", level=1).inner_text()
    await corin.page.reload()
    await corin.heading(at)
    await corin.button("Sign out").click()
    await corin.heading("Welcome")
    assert await corin.page.evaluate("Object.keys(sessionStorage)") == []
    await corin.page.reload()
    await corin.heading("Welcome")
    await corin.sign_in("Corin")


async def test_the_keyboard_is_enough(people: Any) -> None:
    corin = people["Corin"]
    focused = "document.activeElement.textContent"
    for _ in range(30):
        if await corin.page.evaluate(focused) == "NIHR Mentoring Programme 2022":
            break
        await corin.page.keyboard.press("Tab")
    await corin.page.keyboard.press("Enter")
    await corin.heading("Dashboard")
    assert await corin.page.evaluate(focused) == "Dashboard", "the heading of a new screen has the focus"


async def test_a_webhook_is_made_and_its_secret_shown_to_who_asks(people: Any) -> None:
    admin = people["Administrator"]
    await admin.sign_in("dministrator")
    await admin.go("^Webhooks$", "Webhooks")
    made = await admin.unhelped("Make a webhook")
    await made.get_by_label("Address").fill("https://example.org/hook")
    await made.get_by_label("Types of events").fill("NoSuchEvent")
    await made.get_by_role("button").click()
    await expect(made.get_by_label("Types of events")).to_have_accessible_description("no event is called so")
    await admin.looks("webhooks")
    await made.get_by_label("Types of events").fill("mentoring.matching.MatchConfirmed.v1")
    await made.get_by_role("button").click()
    await admin.heading("^Webhook$")
    await expect(admin.page.get_by_text("whsec_")).to_have_count(0)
    await admin.button("Show the secret").click()
    await admin.sees("whsec_")
    await admin.looks("webhook")
    await admin.open("Delete the webhook")
    await admin.page.get_by_role("button", name="Delete the webhook").click()
    await admin.heading("Webhooks")
    await expect(admin.page.get_by_role("table", name="Webhooks")).to_have_count(0)


async def test_the_console_speaks_as_one_chooses(people: Any) -> None:
    corin = people["Corin"]
    chooses = corin.page.get_by_role("banner").get_by_role("combobox")
    assert await chooses.get_by_role("option").all_inner_texts() == ["English", "Cymraeg", "Español", "Polski"]
    for language, title in (("cy", "Dangosfwrdd"), ("es", "Panel"), ("pl", "Pulpit"), ("en", "Dashboard")):
        await chooses.select_option(language)
        await corin.heading(title)
        assert await corin.page.evaluate("document.documentElement.lang") == language
        if language != "cy":
            await corin.looks(f"dashboard_{language}")
