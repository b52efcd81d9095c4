"""Somebody at the console, in Chromium: what they see is checked by axe, on a desk and on a phone."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, Playwright, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
PATIENCE_MS = 30_000
PICTURES = Path(os.environ["MENTORING_PICTURES"]).resolve() if "MENTORING_PICTURES" in os.environ else None
_AXE = Axe()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser of this machine, with no window."""
    playwright: Playwright
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


def after_days(days: int) -> str:
    """A moment so many days from now, as a field for date and time takes it."""
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT%H:%M}"


@dataclass
class Person:
    """Somebody with a browser of their own, signed in or not; `complaints` is what the browser had to say."""

    page: Page
    base: str
    pictures: Path | None
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def at(cls, browser: Browser, base: str, size: dict[str, int], pictures: Path | None = None) -> "Person":
        """A fresh browser; whatever it asks of other machines is a complaint."""
        context = await browser.new_context(viewport=size, locale="en-GB", timezone_id="Europe/London")
        context.set_default_timeout(PATIENCE_MS)
        person = cls(await context.new_page(), base, pictures)
        expect.set_options(timeout=PATIENCE_MS)
        person.page.on("console", lambda said: person.complaints.append(said.text) if said.type == "error" else None)
        person.page.on("pageerror", lambda error: person.complaints.append(str(error)))
        person.page.on(
            "request",
            lambda asked: None if asked.url.startswith((base, "data:")) else person.complaints.append(asked.url),
        )
        return person

    async def sign_in(self, name: str) -> None:
        """By clicks, from the first page of the console to the page after it."""
        await self.page.goto(f"{self.base}/console/")
        await self.button("Sign in").click()
        await self.page.get_by_role("link", name=re.compile(name)).first.click()
        await self.heading("Hello")

    async def home(self) -> None:
        """Back to where everybody begins."""
        await self.page.get_by_role("banner").get_by_role("link", name="Mentoring").click()
        await self.heading("Hello")

    async def go(self, link: str, heading: str) -> None:
        """Follow a link to the screen with a heading."""
        await self.page.get_by_role("link", name=re.compile(link)).first.click()
        await self.heading(heading)

    async def heading(self, text: str) -> None:
        """Wait for the screen with a heading, and until it has loaded."""
        await expect(self.page.get_by_role("heading", level=1, name=re.compile(text))).to_be_visible()
        await expect(self.page.get_by_role("status")).to_have_count(0)

    def button(self, name: str) -> Locator:
        """A button by its words."""
        return self.page.get_by_role("button", name=name, exact=True).first

    def form(self, name: str) -> Locator:
        """A form by its name."""
        return self.page.get_by_role("form", name=name, exact=True).first

    async def unhelped(self, name: str) -> Locator:
        """A form, without what the browser itself would refuse of its fields."""
        form = self.form(name)
        await form.evaluate(
            """form => { form.noValidate = true; for (const one of form.elements) one.removeAttribute("maxlength"); }"""
        )
        return form

    async def open(self, summary: str) -> None:
        """Unfold what stands under words."""
        await self.page.locator("summary").get_by_text(summary, exact=True).first.click()

    async def sees(self, text: str) -> None:
        """Wait for words on the page."""
        await expect(self.page.get_by_text(re.compile(text)).first).to_be_visible()

    async def looks(self, name: str, *, picture: bool = False) -> None:
        """What axe finds on this screen on a desk and on a phone is nothing, and nothing is wider than the phone."""
        own = self.page.viewport_size
        for size in (DESK, PHONE):
            await self.page.set_viewport_size(size)  # type: ignore[arg-type]
            found = await _AXE.run(self.page, options={"resultTypes": ["violations"]})
            assert found.violations_count == 0, f"{name} at {size['width']}: {found.generate_report()}"
            wide = await self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], f"{name} is {wide} wide at {size['width']}"
        assert own is not None
        await self.page.set_viewport_size(own)
        if picture and self.pictures is not None:
            await self.page.screenshot(path=self.pictures / f"{name}.png", full_page=False)
