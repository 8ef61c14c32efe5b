"""Iterating in a real browser: from four pictures to one, on from there, back through all of it, and out of private."""

import re

from playwright.async_api import expect

from tests.browser.page import SCREENSHOTS, ChannelPage, a_member_at_the_page, needs_chromium

pytestmark = needs_chromium

PROMPT = "a paper boat on a quiet lake, flat vector illustration"
CHANGE = "make it a soft watercolor"


async def see(page: ChannelPage, *descriptions: str) -> None:
    """Pictures are there, and not broken."""
    for described in descriptions:
        picture = page.newest.locator(f"img[alt={described!r}]")
        await expect(picture).to_be_visible(timeout=90_000)
        await expect(picture).not_to_have_js_property("naturalWidth", 0)


async def test_a_member_goes_on_from_one_of_four_and_finds_the_way_back() -> None:
    async with a_member_at_the_page() as (stage, page):
        await page.slash("imagine", {"prompt": PROMPT}, numbers={"count": 4})
        await see(page, *(f"{number} of 4: {PROMPT}" for number in range(1, 5)))
        labelled = page.newest.get_by_role("button").filter(has_text=re.compile(r"\S"))
        await expect(labelled).to_have_text(["1", "2", "3", "4", "Again", "More"])
        await page.screenshot(str(SCREENSHOTS / "several.png"))

        await page.ask("2")
        await expect(page.newest).to_contain_text("Picture 2 of 4")
        await expect(page.newest).to_contain_text("Only you can see this")
        await page.screenshot(str(SCREENSHOTS / "chosen.png"))

        await page.open_form("Edit")
        await page.fill_in({"instruction": CHANGE})
        await page.submit()
        await see(page, f"Edit: {CHANGE}")
        await expect(page.newest).to_contain_text("edited from this picture")

        await page.ask("Variations")
        await see(page, *(f"{number} of 2: Variation: {CHANGE}" for number in (1, 2)))
        await expect(page.newest).to_contain_text("variation of this picture")

        await page.ask("More")
        await expect(page.newest).to_contain_text("Sent to the model")
        await page.screenshot(str(SCREENSHOTS / "more.png"))
        await page.ask("Lineage")
        await expect(page.newest).to_contain_text(f"this picture · {CHANGE} · variation")
        await page.screenshot(str(SCREENSHOTS / "lineage.png"))

        await page.slash("history", {})
        await expect(page.newest).to_contain_text("Your pictures in this server · page 1")
        await expect(page.newest.locator(f"img[alt^='Small pictures. 1: {CHANGE}; 2: {CHANGE}']")).to_be_visible()
        await page.screenshot(str(SCREENSHOTS / "history.png"))
        assert len(stage.world.emulator.runs) == 7


async def test_a_private_picture_is_posted_to_the_channel() -> None:
    async with a_member_at_the_page() as (_, page):
        await page.slash("imagine", {"prompt": PROMPT}, choices={"private": "True"})
        await see(page, PROMPT)
        await expect(page.newest).to_contain_text("Only you can see this")

        await page.open_form("Post to channel")
        await expect(page.form).to_contain_text("Everybody in this channel will see it")
        await page.screenshot(str(SCREENSHOTS / "private-post.png"))
        await page.submit()
        await expect(page.messages).to_contain_text("Posted: your picture")
        await expect(page.newest).not_to_contain_text("Only you can see this")
        await see(page, PROMPT)
        await page.screenshot(str(SCREENSHOTS / "posted.png"))
