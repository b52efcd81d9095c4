"""What a team keeps beside the year itself, by clicks alone: keys, files, a library, focus groups, the blueprint.

`MENTORING_PICTURES=docs/console` has the pictures of docs/console.md made anew.
"""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import expect

from mentoring_allinone.settling import settle
from mentoring_allinone.stack import Stack
from mentoring_common import yaml_text

from .browser import CHROMIUM, DESK, PHONE, PICTURES, Person, after_days, chromium
from .conftest import ROOT, Journey

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
SIZES = {"Administrator": DESK, "Corin": DESK, "Maud": DESK, "Cleo": PHONE, "Ada": PHONE}


@pytest.fixture(scope="module")
async def browser() -> Any:
    async with chromium() as running:
        yield running


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: Any) -> Any:
    running = await Stack.start(tmp_path_factory.mktemp("office"), durable=False)
    yield running
    await running.stop()


@pytest.fixture(scope="module")
async def programme(stack: Any) -> Journey:
    """A programme with its team and two pairs that stand."""
    async with stack.call("platform:admin") as operator:
        named = {"name": "Office", "slug": "office"}
        made = Journey(stack, (await operator.post("/applications/organisations", json=named)).json()["id"])
    activities = yaml_text.ours((ROOT / "blueprints" / "nihr.yaml").read_text("utf-8"))["activities"]
    await made.begin(activities=activities | {"orientation": {"compulsory": False}})
    await made.appoint("Corin", "COORDINATOR")
    await made.appoint("Maud", "PROGRAMME_MANAGER")
    await made.pair_up()
    await settle(stack)  # who looks now sees it in every service
    return made


@pytest.fixture(scope="module")
async def people(browser: Any, stack: Any, programme: Journey) -> Any:
    """Browsers by who sits at them; nobody's had anything to complain of at the end."""
    found = {name: await Person.at(browser, stack.base_url, size, PICTURES) for name, size in SIZES.items()}
    for name in ("Corin", "Maud", "Cleo"):
        await found[name].sign_in(f"^{name}")
        if name != "Cleo":
            await found[name].go("NIHR", "Dashboard")
    yield found
    assert {name: person.complaints for name, person in found.items() if person.complaints} == {}


async def test_a_key_is_shown_once_rotated_and_revoked(people: Any) -> None:
    admin = people["Administrator"]
    await admin.sign_in("dministrator")
    await admin.go("^API keys$", "API keys")
    made = await admin.unhelped("Make a key")
    await made.get_by_role("button").click()
    for field in (made.get_by_label("What it is for"), made.get_by_role("group", name="May")):
        await expect(field).to_have_accessible_description(re.compile("."))
    await admin.looks("api_keys_refused")
    await made.get_by_label("What it is for").fill("The HR system")
    await made.get_by_label("bring people up to date").check()
    await made.get_by_role("button").click()
    await admin.sees("This is the key of “The HR system”")
    secret = admin.page.locator(".secret")
    first = await secret.inner_text()
    await admin.looks("api_keys")
    await admin.open("Rotate or revoke: The HR system")
    await admin.form("Another secret for The HR system").get_by_role("button").click()
    await expect(secret).not_to_have_text(first)
    await admin.sees("The secret before counts until")
    await admin.button("Revoke the key").click()
    await admin.sees("revoked on")
    await expect(secret).to_have_count(0)


async def test_people_come_from_a_file_that_is_looked_at_and_tried_first(people: Any) -> None:
    corin = people["Corin"]
    await corin.go("^Imports$", "Imports")
    form = corin.form("Import a file")
    rows = b"name,email\nFay Obi,fay@example.org\nNobody,not-an-address\n"
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": rows}
    await form.get_by_label("File").set_input_files([file])  # type: ignore[list-item]
    await corin.button("Look at the file").click()
    await corin.sees("2 rows, CSV")
    await corin.button("Go on").click()
    await corin.sees("What the import would do")
    await expect(corin.page.get_by_role("table", name="Rows that stayed out")).to_contain_text("email")
    await corin.looks("imports")
    await form.get_by_label("What to do").select_option("Import it")
    await corin.button("Go on").click()
    await corin.heading("Import: people")
    await corin.sees("finished")
    await corin.looks("import")
    async with corin.page.expect_download() as saved:
        await corin.button("CSV").click()
    assert "not-an-address" not in (text := (await (await saved.value).path()).read_text())
    assert "refused" in text


async def test_something_to_read_is_given_read_and_given_anew(people: Any) -> None:
    corin, cleo = people["Corin"], people["Cleo"]
    await corin.go("^Library$", "Library")
    await corin.open("Give people something to read")
    given = await corin.unhelped("Give people something to read")
    await given.get_by_label("Title").fill("How to begin")
    await given.get_by_role("button", name="Put it into the library").click()
    await expect(given.get_by_role("alert")).to_be_visible()
    await corin.looks("library_refused")
    await given.get_by_label("Text").fill("Say what you hope for, and what you fear.")
    await given.get_by_role("button", name="Put it into the library").click()
    await corin.heading("How to begin")
    await cleo.home()
    await cleo.go("^Library$", "Library")
    await cleo.looks("library")
    await cleo.go("How to begin", "How to begin")
    await cleo.sees("what you fear")
    await cleo.button("I have read it").click()
    await cleo.sees("You read this version on")
    await cleo.looks("resource")
    await corin.page.reload()
    await corin.heading("How to begin")
    await corin.open("Publish another version")
    published = corin.form("Publish another version")
    await published.get_by_label("Title").fill("How to begin well")
    await published.get_by_label("Text").fill("Say what you hope for.")
    await published.get_by_role("button", name="Publish").click()
    await corin.heading("How to begin well")
    await expect(corin.page.get_by_role("table", name="Versions").get_by_role("row")).to_have_count(3)
    await corin.looks("resource_of_the_team")


async def test_a_habit_is_committed_to_and_marked_at_home(people: Any) -> None:
    cleo = people["Cleo"]
    await cleo.home()
    await cleo.open("Commit to a habit")
    wanted = await cleo.unhelped("Commit to a habit")
    await wanted.get_by_label("What I will do").fill("Write for ten minutes")
    await wanted.get_by_label("Days a week").fill("9")
    await wanted.get_by_role("button").click()
    await expect(wanted.get_by_label("Days a week")).to_have_accessible_description(re.compile("less than"))
    await wanted.get_by_label("Days a week").fill("1")
    await wanted.get_by_role("button").click()
    await cleo.sees("Weeks kept one after the other: 0")
    await cleo.page.get_by_role("group", name="Kept on").get_by_role("checkbox").last.click()
    await cleo.sees("Weeks kept one after the other: 1")
    await cleo.looks("habits")


async def test_a_focus_group_is_planned_and_agreed_to_and_a_decision_recorded(people: Any) -> None:
    corin, cleo = people["Corin"], people["Cleo"]
    await corin.go("^Focus groups and decisions$", "Focus groups and decisions")
    await corin.open("Plan a focus group")
    planned = await corin.unhelped("Plan a focus group")
    await planned.get_by_label("Title").fill("Half-way")
    await planned.get_by_label("When").fill(after_days(3))
    await planned.get_by_role("button", name="Plan", exact=True).click()
    heard = planned.get_by_role("group", name="Who is heard")
    await expect(heard).to_have_accessible_description(re.compile("."))
    await corin.looks("focus_group_refused")
    await planned.get_by_label("Part of a name").fill("Cleo")
    await planned.get_by_role("button", name="Choose: Cleo").click()
    await planned.get_by_role("button", name="Plan", exact=True).click()
    await corin.heading("Half-way")
    await corin.looks("focus_group_of_the_team")
    at = corin.page.url.partition("#")[2]
    await cleo.page.goto(f"{cleo.base}/console/#{at}")
    await cleo.heading("Half-way")
    await cleo.button("I agree to be heard").click()
    await cleo.sees("agreed")
    await cleo.looks("focus_group")
    await corin.go("^Focus groups and decisions$", "Focus groups and decisions")
    await corin.open("Record a decision")
    recorded = corin.form("Record a decision")
    await recorded.get_by_label("Committee").fill("Steering group")
    await recorded.get_by_label("Decided", exact=True).fill(f"{datetime.now(UTC):%Y-%m-%d}")
    await recorded.get_by_label("What was decided").fill("There is a second cohort.")
    await recorded.get_by_label("Part of a name").fill("Maud")
    await recorded.get_by_role("button", name="Choose: Maud").click()
    await recorded.get_by_role("button", name="Record", exact=True).click()
    await corin.sees("Attended by Maud")
    await corin.looks("decisions")


async def test_a_series_is_planned_and_its_rest_is_called_off(people: Any) -> None:
    corin = people["Corin"]
    await corin.go("^Activities$", "Activities")
    await corin.open("Plan an activity")
    planned = corin.form("Plan an activity")
    await planned.get_by_label("Title").fill("Writing hour")
    await planned.get_by_label("When").fill(after_days(5))
    await planned.get_by_label("Repeats").select_option("every week")
    await planned.get_by_label("How many in all").fill("3")
    await planned.get_by_role("button").click()
    await corin.heading("Writing hour")
    listed = corin.page.locator("section").filter(has=corin.page.get_by_role("heading", name="The series"))
    await expect(listed.get_by_role("listitem")).to_have_count(3)
    await corin.looks("series")
    await listed.get_by_role("link").first.click()
    await corin.open("Call it off")
    await corin.button("Call this and those after it off").click()
    await corin.page.reload()
    await expect(listed.get_by_text("Called off")).to_have_count(2)


async def test_a_blueprint_is_checked_as_one_types_and_published(people: Any) -> None:
    maud = people["Maud"]
    await maud.go("^Blueprint$", "Blueprint")
    text = maud.page.get_by_label("The blueprint, as YAML or JSON")
    was = await text.input_value()
    line = was[: was.index("\ntitle: ")].count("\n") + 2
    await text.fill(was.replace("\ntitle: ", "\ntitel: ", 1))
    await expect(maud.page.locator(".problems")).to_contain_text(f"Line {line}: /titel")
    await maud.page.locator(".problems").get_by_role("button", name=re.compile("titel")).click()
    await expect(text).to_be_focused()
    await expect(maud.page.locator(".members, details p").first).to_be_visible()
    await maud.looks("blueprint", picture=True)
    await text.fill(re.sub(r"(?m)^title: (.*)$", r"title: \1 and on", was, count=1))
    await expect(maud.page.locator(".problems")).to_have_count(0)
    await maud.button("What it touches").click()
    await expect(maud.page.get_by_role("table", name="What it touches")).to_contain_text("/title")
    await maud.button("Publish it").click()
    await expect(text).to_have_value(re.compile("title: .* and on"))
    await expect(maud.button("Publish it")).to_be_disabled()


async def test_a_link_names_who_signs_in(people: Any, programme: Journey) -> None:
    ada = people["Ada"]
    await ada.page.goto(f"{ada.base}/console/?login_hint={programme.people['Dina']}")
    await ada.heading("Hello, Dina")


async def test_a_programme_is_handed_over_and_closed(people: Any) -> None:
    maud = people["Maud"]
    await maud.go("^People and roles$", "People and roles")
    await maud.go("^Hand over or close$", "Hand over or close")
    await maud.open("Hand over")
    await maud.form("Hand over").get_by_role("button", name="Hand over to 0 people").click()
    await expect(maud.form("Hand over").get_by_role("alert")).to_be_visible()
    await maud.looks("closing")
    closing = maud.form("Close the programme")
    await closing.get_by_label("Note").fill("It has found its end.")
    await closing.get_by_label("is over").check()
    await closing.get_by_role("button").click()
    await maud.sees("It has found its end.")
    await expect(closing).to_have_count(0)
