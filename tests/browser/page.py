"""The preview's page as a member uses it: typing a command, choosing options, attaching files, reading messages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from bot.preview.session import CHROMIUM_OPTIONS, Stage, find_chromium, flow, open_stage

SCREENSHOTS = Path("out/browser")
_PICTURES_ARE_THERE = """() => {
    const pictures = document.querySelectorAll("#channel-message-list > :last-child img");
    return [...pictures].every(picture => picture.complete && picture.naturalWidth);
}"""
# The page puts several pictures one below the other, of which Discord makes a mosaic; and its forms scroll early.
_LIKE_DISCORD = """
    .message-attachments:not([data-attachment-count="1"]) {
        display: grid; grid-template-columns: 1fr 1fr; gap: 4px; width: 550px;
    }
    .message-attachments .attachment { margin: 0 !important; }
    .modal-dialog { max-height: none !important; }
"""
_ADD_STYLE = """style => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    document.adoptedStyleSheets.push(sheet);
}"""
# What was pressed last shows buttons of the page's own.
_LET_GO = """() => {
    if (document.activeElement?.closest("#channel-message-list")) document.activeElement.blur();
}"""
needs_chromium = pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed here")


@asynccontextmanager
async def a_member_at_the_page() -> AsyncIterator[tuple[Stage, "ChannelPage"]]:
    async with open_stage(port=0) as stage, async_playwright() as playwright:
        flowing = asyncio.create_task(flow(stage.world, stage.page))
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_OPTIONS))
        expect.set_options(timeout=20_000)  # a busy machine takes its time
        try:
            page = ChannelPage(await browser.new_page(viewport={"width": 1100, "height": 1240}))
            await page.open(stage.page.url)
            yield stage, page
        finally:
            await browser.close()
            flowing.cancel()
            await asyncio.gather(flowing, return_exceptions=True)


class ChannelPage:
    def __init__(self, page: Page) -> None:
        self._page = page

    async def open(self, url: str) -> None:
        await self._page.goto(url)
        await self._composer.wait_for()
        await self._page.evaluate(_ADD_STYLE, _LIKE_DISCORD)
        await self._page.locator("#messages-toggle").click()  # the list of messages beside the channel is not Discord's

    async def slash(
        self,
        command: str,
        texts: Mapping[str, str],
        choices: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        numbers: Mapping[str, int] | None = None,
    ) -> None:
        await self._choose(command)
        for option, text in texts.items():
            await self._page.locator(f"input[data-option={option}]").fill(text)
        for option, number in (numbers or {}).items():
            await self._add(option)
            await self._page.locator(f"input[data-option={option}]").fill(str(number))
        for option, choice in (choices or {}).items():
            await self._add(option)
            await self._page.locator(".command-popup [role=option]", has_text=choice).click()
        for option, (name, content) in (files or {}).items():
            await self._add(option)
            chooser = self._page.locator(f"input[type=file][data-option={option}]")
            await chooser.set_input_files({"name": name, "mimeType": "image/png", "buffer": content})
        await self._send()

    async def slash_to_form(self, command: str) -> None:
        """A command without options that is answered with a form."""
        await self._choose(command)
        await self._until_shown(self.form, self._page.locator("#send-message").click)

    async def become(self, member: str) -> None:
        """See the channel as somebody else."""
        viewers = self._page.locator("#viewer-picker")
        for _ in range(4):
            await viewers.select_option(label=member)
            with suppress(AssertionError):  # refused as meant for an older page; it is empty until it is another's
                await expect(viewers.locator("option:checked")).to_have_text(member, timeout=10_000)
                return
        raise AssertionError(f"the page is not {member}'s: {await self._status.inner_text()}")

    async def press(self, label: str) -> None:
        """The newest button with this label; opens a form or answers."""
        await self.messages.get_by_role("button", name=label, exact=True).last.click()

    async def open_form(self, label: str) -> None:
        """With the newest button that has this label."""
        await self._until_shown(self.form, lambda: self.press(label))

    async def ask(self, label: str) -> None:
        """Press the newest button with this label, which is answered with a message."""
        await self._answered(lambda: self.press(label))

    async def fill_in(
        self, texts: Mapping[str, str], choice: str | None = None, files: Mapping[str, bytes] | None = None
    ) -> None:
        """Fill in the opened form without sending it."""
        for name, text in texts.items():
            await self.form.locator(f"[name={name}]").fill(text)
        if choice is not None:
            await self.form.get_by_label(choice, exact=True).check()
        if files:
            uploads = [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in files.items()]
            await self.form.locator("input[type=file]").set_input_files(uploads)  # type: ignore[arg-type] # Playwright wants its own TypedDict

    async def submit(self) -> None:
        for _ in range(4):
            await self.form.get_by_role("button", name="Submit").click()
            await expect(self._status).not_to_have_text("Completing action…", timeout=30_000)
            with suppress(AssertionError):  # refused as meant for an older page
                await expect(self.form).to_have_count(0, timeout=5_000)
                return
        raise AssertionError(f"the page did not accept the form: {await self._status.inner_text()}")

    @property
    def form(self) -> Locator:
        return self._page.locator("#modal-root form")

    @property
    def messages(self) -> Locator:
        return self._page.locator("#channel-message-list")

    @property
    def newest(self) -> Locator:
        return self._page.locator("#channel-message-list > *").last

    @property
    def card(self) -> Locator:
        """The newest message that is a card."""
        return self.messages.locator("> *", has=self._page.locator(".component-container")).last

    async def screenshot(self, path: str) -> None:
        """The channel as a member sees it, the newest message from its first line on."""
        await self._page.wait_for_function(_PICTURES_ARE_THERE)
        await self._page.mouse.move(0, 0)
        await self._page.evaluate(_LET_GO)
        await self.newest.evaluate("element => element.scrollIntoView({block: 'start'})")
        await self._page.locator("#preview-stage").screenshot(path=path)

    async def screenshot_of_card(self, path: str) -> None:
        for picture in await self.card.locator("img").all():
            await expect(picture).not_to_have_js_property("naturalWidth", 0, timeout=15_000)
        await self.card.locator(".component-container").screenshot(path=path)

    @property
    def _composer(self) -> Locator:
        return self._page.locator("#channel-composer-input")

    async def _choose(self, command: str) -> None:
        for _ in range(4):
            await self._composer.fill(f"/{command}")
            with suppress(PlaywrightTimeout):  # the page became somebody else's meanwhile, and forgot what was typed
                await self._page.locator(".command-entry", has_text=f"/{command}").first.click(timeout=10_000)
                return
        raise AssertionError(f"{command} cannot be chosen: {await self._status.inner_text()}")

    async def _add(self, option: str) -> None:
        for _ in range(4):
            await self._page.locator(".command-ghost").click()
            with suppress(PlaywrightTimeout):  # suggestions for the option before came late, and took its place
                await self._page.locator(f".command-popup [role=option][data-value={option}]").click(timeout=5_000)
                return
        raise AssertionError(f"{option} cannot be added: {await self._status.inner_text()}")

    async def _send(self) -> None:
        await self._answered(self._page.locator("#send-message").click)

    async def _answered(self, act: Callable[[], Awaitable[None]]) -> None:
        messages = self._page.locator("#channel-message-list > *")
        await self._until_shown(messages.nth(await messages.count()), act)

    async def _until_shown(self, effect: Locator, act: Callable[[], Awaitable[None]]) -> None:
        """The world goes on while the page is used, and the page refuses what was meant for an older one."""
        refused = self._status.filter(has_text="not completed")
        for _ in range(4):
            await act()
            with suppress(AssertionError):
                await expect(effect.or_(refused).first).to_be_visible(timeout=30_000)
            if await effect.is_visible():
                return
        raise AssertionError(f"the page did not do it: {await self._status.inner_text()}")

    @property
    def _status(self) -> Locator:
        return self._page.locator("#action-status")
