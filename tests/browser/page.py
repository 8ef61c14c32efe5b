"""The preview's page as a member uses it: typing a command, choosing options, attaching files, reading messages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from bot.preview.session import CHROMIUM_OPTIONS, Stage, find_chromium, flow, open_stage

SCREENSHOTS = Path("out/browser")
_PICTURES_ARE_THERE = """() => {
    const pictures = document.querySelectorAll("#channel-message-list > :last-child img");
    return [...pictures].every(picture => picture.complete && picture.naturalWidth);
}"""
# The page puts several pictures one below the other. Discord makes a mosaic of them.
_MOSAIC = """
    .message-attachments:not([data-attachment-count="1"]) {
        display: grid; grid-template-columns: 1fr 1fr; gap: 4px; width: 550px;
    }
    .message-attachments .attachment + .attachment { margin-top: 0; }
"""
needs_chromium = pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed here")


@asynccontextmanager
async def a_member_at_the_page() -> AsyncIterator[tuple[Stage, "ChannelPage"]]:
    async with open_stage(port=0) as stage, async_playwright() as playwright:
        flowing = asyncio.create_task(flow(stage.world, stage.page))
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_OPTIONS))
        try:
            page = ChannelPage(await browser.new_page(viewport={"width": 1100, "height": 980}))
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
        await self._page.locator("#messages-toggle").click()  # the list of messages beside the channel is not Discord's

    async def slash(
        self,
        command: str,
        texts: Mapping[str, str],
        choices: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        numbers: Mapping[str, int] | None = None,
    ) -> None:
        await self._composer.fill(f"/{command}")
        await self._page.locator(".command-entry", has_text=f"/{command}").first.click()
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
        await self._composer.fill(f"/{command}")
        await self._page.locator(".command-entry", has_text=f"/{command}").first.click()
        await self._until_form(self._page.locator("#send-message").click)

    async def become(self, member: str) -> None:
        """See the channel as somebody else."""
        await self._page.locator("#viewer-picker").select_option(label=member)
        await self._composer.wait_for()

    async def press(self, label: str) -> None:
        """The newest button with this label; opens a form or answers."""
        await self.messages.get_by_role("button", name=label, exact=True).last.click()

    async def open_form(self, label: str) -> None:
        """With the newest button that has this label."""
        await self._until_form(lambda: self.press(label))

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
        await self.newest.evaluate("element => element.scrollIntoView({block: 'start'})")
        await self._page.locator("#preview-stage").screenshot(path=path, style=_MOSAIC)

    async def screenshot_of_card(self, path: str) -> None:
        await self.card.locator(".component-container").screenshot(path=path)

    @property
    def _composer(self) -> Locator:
        return self._page.locator("#channel-composer-input")

    async def _add(self, option: str) -> None:
        await self._page.locator(".command-ghost").click()
        await self._page.locator(f".command-popup [role=option][data-value={option}]").click()

    async def _until_form(self, act: Callable[[], Awaitable[None]]) -> None:
        for _ in range(4):
            await act()
            with suppress(AssertionError):  # refused as meant for an older page
                await expect(self.form).to_be_visible(timeout=5_000)
                return
        raise AssertionError(f"no form opened: {await self._status.inner_text()}")

    async def _send(self) -> None:
        await self._answered(self._page.locator("#send-message").click)

    async def _answered(self, act: Callable[[], Awaitable[None]]) -> None:
        """The world goes on while the page is used, and the page refuses what was meant for an older one."""
        before = await self._texts()
        for _ in range(4):
            await act()
            if await self._has_changed(before, within_s=10):
                return
        raise AssertionError(f"the page did not do it: {await self._status.inner_text()}")

    async def _has_changed(self, before: list[str], *, within_s: float) -> bool:
        """Whether a message appeared; False as soon as the page says that it did not do it."""
        refused = self._status.filter(has_text="not completed")
        appeared = self._page.locator("#channel-message-list > *").nth(len(before))
        try:
            await expect(appeared.or_(refused).first).to_be_visible(timeout=within_s * 1000)
        except AssertionError:
            return False
        return len(await self._texts()) > len(before)

    async def _texts(self) -> list[str]:
        return await self._page.locator("#channel-message-list > *").all_inner_texts()

    @property
    def _status(self) -> Locator:
        return self._page.locator("#action-status")
