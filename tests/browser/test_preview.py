"""The preview in a real browser: a member types `/imagine`, attaches a picture, watches, and sees the result."""

import asyncio

from playwright.async_api import expect

from bot.preview.emulator import Fault, Place
from bot.preview.painter import paint
from tests.browser.page import SCREENSHOTS, a_member_at_the_page, needs_chromium

pytestmark = needs_chromium


async def test_a_member_makes_a_picture_from_a_reference_and_watches_it_arrive() -> None:
    async with a_member_at_the_page() as (stage, page):
        sketch = await asyncio.to_thread(paint, "a harbour at dawn", (768, 512))
        await page.slash(
            "imagine",
            {"prompt": "a lighthouse in a storm, vintage travel poster"},
            choices={"aspect": "Landscape 3:2"},
            files={"reference1": ("harbour.png", sketch)},
        )

        await expect(page.messages).to_contain_text("Being made · usually 12–20 s", timeout=20_000)
        await expect(page.messages).to_contain_text("▰", timeout=20_000)
        await page.screenshot(str(SCREENSHOTS / "being-made.png"))

        picture = page.messages.locator("img[alt^='Edit: a lighthouse']")
        await expect(picture).to_be_visible(timeout=60_000)
        await expect(picture).to_have_js_property("naturalWidth", 1536)
        await expect(page.messages).to_contain_text("A lighthouse in a storm, vintage travel poster")
        await expect(page.messages).to_contain_text("Used harbour.png")
        await page.screenshot(str(SCREENSHOTS / "result.png"))
        (run,) = stage.world.emulator.runs
        assert run.aspect_ratio == "3:2"


async def test_a_result_is_edited_in_a_form_with_an_uploaded_picture() -> None:
    async with a_member_at_the_page() as (stage, page):
        await page.slash("imagine", {"prompt": "a harbour at dawn"}, choices={"aspect": "Landscape 3:2"})
        original = page.messages.locator("img[alt='a harbour at dawn']")
        await expect(original).to_have_js_property("naturalWidth", 1536, timeout=60_000)

        await page.press("Edit")
        await expect(page.form).to_contain_text("Edit this picture")
        hat = await asyncio.to_thread(paint, "a straw hat", (400, 400))
        await page.fill_in({"instruction": "make it night"}, choice="Portrait 2:3", files={"hat.png": hat})
        await page.screenshot(str(SCREENSHOTS / "edit-form.png"))
        await page.submit()

        edited = page.messages.locator("img[alt='Edit: make it night']")
        await expect(edited).to_be_visible(timeout=60_000)
        await expect(edited).to_have_js_property("naturalHeight", 1536)
        await expect(page.messages).to_contain_text("edited from this picture")
        await expect(page.messages).to_contain_text("Used harbour-at-dawn.png, hat.png")
        await page.screenshot(str(SCREENSHOTS / "edited.png"))
        assert len(stage.world.emulator.runs[-1].image_urls) == 2


async def test_a_refusal_is_shown_to_the_member_alone() -> None:
    async with a_member_at_the_page() as (stage, page):
        await page.slash("imagine", {"prompt": "a poem"}, files={"reference1": ("poem.png", b"Roses are red.")})
        await expect(page.messages).to_contain_text("poem.png is not a picture I can read", timeout=20_000)
        await expect(page.messages).to_contain_text("Only you can see this")
        assert len(stage.world.env.errors) >= 1
        assert stage.world.emulator.runs == ()


async def test_a_lost_request_is_asked_again_and_found_in_the_history() -> None:
    async with a_member_at_the_page() as (stage, page):
        stage.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
        await page.slash("imagine", {"prompt": "a small boat in the fog"})
        await expect(page.messages).to_contain_text("I will not send it twice", timeout=30_000)
        await page.screenshot(str(SCREENSHOTS / "lost.png"))

        await page.press("Try again")
        await expect(page.messages.locator("img[alt='a small boat in the fog']")).to_be_visible(timeout=60_000)

        await page.slash("history", {})
        await expect(page.messages).to_contain_text("Your pictures in this server")
        await expect(page.messages).to_contain_text("lost on the way to the image service · no quota used")
        await page.screenshot(str(SCREENSHOTS / "lost-in-history.png"))
