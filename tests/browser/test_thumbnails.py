"""A thumbnail in a real browser: set up, asked for, approved, voted on, and its files in another size."""

import re

from playwright.async_api import expect

from tests.browser.page import SCREENSHOTS, a_member_at_the_page, needs_chromium

pytestmark = needs_chromium

WISH = {
    "headline": "The night we stayed in the fort",
    "shows": "a small wooden fort in a storm at night, a lantern in the window",
}


async def test_a_thumbnail_goes_from_asking_to_its_files() -> None:
    async with a_member_at_the_page() as (stage, page):
        # Files are composed while a command waits: real work, which takes long on a busy machine.
        stage.world.env.settle_timeout = 60.0
        await page.become("mo")
        await page.slash("thumbnail setup", {}, choices={"channel": "pictures", "template": "Letters on a band"})
        await expect(page.messages).to_contain_text("Thumbnails here")

        await page.become("alice")
        await page.slash_to_form("thumbnail request")
        await page.fill_in(WISH)
        await page.submit()
        await expect(page.messages).to_contain_text("Asked as #1")

        await page.become("mo")
        await expect(page.card).to_contain_text("Asked · waits for a moderator", timeout=30_000)
        await page.screenshot_of_card(str(SCREENSHOTS / "thumbnail-card.png"))
        await page.ask("Approve")

        await expect(page.card).to_contain_text("Voting", timeout=90_000)
        sheet = page.card.locator("img[alt^='Candidates 1, 2 and 3 as small as lists show them']")
        await expect(sheet).not_to_have_js_property("naturalWidth", 0)
        await page.ask("2 · 0 votes")
        await page.become("bob")
        await page.ask("2 · 1 vote")
        await page.become("alice")
        await page.ask("3 · 0 votes")
        await expect(page.card).to_contain_text("3 votes", timeout=30_000)
        await page.become("bob")
        await page.screenshot_of_card(str(SCREENSHOTS / "thumbnail-vote.png"))

        await page.become("alice")
        await page.ask("Close voting")
        await expect(page.card).to_contain_text("Candidate 2 won · 2 of 3 votes", timeout=90_000)
        winner = page.card.locator("img[alt^='Candidate 2, the winner: The night we stayed']")
        await expect(winner).to_have_js_property("naturalWidth", 1280)
        await page.screenshot_of_card(str(SCREENSHOTS / "thumbnail-winner.png"))

        await page.slash("thumbnail export", {"thumbnail": "1"}, choices={"size": "Discord event"})
        await expect(page.newest).to_contain_text("Only you can see this")
        files = page.newest.locator("img")
        await expect(files).to_have_count(2, timeout=60_000)
        assert re.match("Candidate 2 for ", await files.first.get_attribute("alt") or "")
        await page.screenshot(str(SCREENSHOTS / "thumbnail-files.png"))
        assert len(stage.world.emulator.runs) == 3


async def test_a_moderator_declines_and_says_why() -> None:
    async with a_member_at_the_page() as (_, page):
        await page.become("mo")
        await page.slash("thumbnail setup", {}, choices={"channel": "pictures"})
        await expect(page.messages).to_contain_text("Thumbnails here")

        await page.become("alice")
        await page.slash_to_form("thumbnail request")
        await page.fill_in(WISH)
        await page.submit()

        await page.become("mo")
        await expect(page.card).to_contain_text("Asked · waits for a moderator", timeout=30_000)
        await page.open_form("Decline")
        await expect(page.form).to_contain_text("Why, and what would help")
        await page.fill_in({"reason": "We had a fort last week. A ship, or the island from above, would be new."})
        await page.screenshot(str(SCREENSHOTS / "thumbnail-decline.png"))
        await page.submit()

        await page.become("alice")
        await expect(page.card).to_contain_text("Declined by @mo", timeout=30_000)
        await expect(page.card).to_contain_text("A ship, or the island from above, would be new.")
        await page.screenshot_of_card(str(SCREENSHOTS / "thumbnail-declined.png"))
