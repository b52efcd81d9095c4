"""A year of a programme by clicks alone: the console in real Chromium, on the running system.

`MENTORING_PICTURES=docs/console` has the pictures of docs/console.md made anew.
"""

import os
from typing import Any

import pytest
from playwright.async_api import expect

from .browser import CHROMIUM, DESK, PHONE, Person, chromium
from .conftest import APPLY, ROOT, Journey, answers

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
PICTURES = ROOT / os.environ["MENTORING_PICTURES"] if "MENTORING_PICTURES" in os.environ else None
APPLICANTS = {"Ada Okafor": "MENTOR", "Bea Lindqvist": "MENTOR", "Cleo Haddad": "MENTEE", "Dina Evans": "MENTEE"}

SIZES = {"Corin": DESK, "Cleo": PHONE, "Ada": PHONE}


@pytest.fixture(scope="module")
async def browser() -> Any:
    async with chromium() as running:
        yield running


@pytest.fixture(scope="module")
async def programme(stack: Any) -> Journey:
    """A programme that takes applications, its coordinator, and four who applied."""
    async with stack.call("platform:admin") as operator:
        named = {"name": "Console", "slug": "console"}
        made = Journey(stack, (await operator.post("/applications/organisations", json=named)).json()["id"])
    await made.begin()
    await made.appoint("Corin", "COORDINATOR")
    for name, role in APPLICANTS.items():
        await made.register(name)
        wanted = {"p": made.programme_id, "c": made.cohort_id, "role": role, "answers": answers(name, role)}
        await made.ask(APPLY, by=name, **wanted)
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


async def test_who_reloads_stays_signed_in_and_who_signs_out_does_not(people: Any) -> None:
    corin = people["Corin"]
    await corin.page.reload()
    await corin.heading("Applications")
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


async def test_the_console_speaks_welsh(people: Any) -> None:
    corin = people["Corin"]
    await corin.page.get_by_label("Language").select_option("cy")
    await corin.heading("Dangosfwrdd")
    assert await corin.page.evaluate("document.documentElement.lang") == "cy"
    await corin.page.get_by_label("Iaith").select_option("en")
    await corin.heading("Dashboard")
