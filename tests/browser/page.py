"""The preview's page as a member uses it: typing a command, choosing options, attaching files, reading messages."""

import re
from collections.abc import Mapping

from playwright.async_api import Locator, Page, expect

_UNDER_WAY = re.compile("…$")


class ChannelPage:
    def __init__(self, page: Page) -> None:
        self._page = page

    async def open(self, url: str) -> None:
        await self._page.goto(url)
        await self._composer.wait_for()

    async def slash(
        self,
        command: str,
        texts: Mapping[str, str],
        choices: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> None:
        await self._composer.fill(f"/{command}")
        await self._page.locator(".command-entry", has_text=f"/{command}").first.click()
        for option, text in texts.items():
            await self._page.locator(f"input[data-option={option}]").fill(text)
        for option, choice in (choices or {}).items():
            await self._add(option)
            await self._page.locator(".command-popup [role=option]", has_text=choice).click()
        for option, (name, content) in (files or {}).items():
            await self._add(option)
            chooser = self._page.locator(f"input[type=file][data-option={option}]")
            await chooser.set_input_files({"name": name, "mimeType": "image/png", "buffer": content})
        await self._send()

    @property
    def messages(self) -> Locator:
        return self._page.locator("#channel-message-list")

    async def screenshot(self, path: str) -> None:
        await self._page.screenshot(path=path)

    @property
    def _composer(self) -> Locator:
        return self._page.locator("#channel-composer-input")

    async def _add(self, option: str) -> None:
        await self._page.locator(".command-ghost").click()
        await self._page.locator(f".command-popup [role=option][data-value={option}]").click()

    async def _send(self) -> None:
        """The world goes on while the page is filled in, and the page refuses what was meant for an older one."""
        before = await self.messages.inner_text()
        for _ in range(5):
            await self._page.locator("#send-message").click()
            await expect(self._page.locator("#action-status")).not_to_have_text(_UNDER_WAY, timeout=15_000)
            if await self.messages.inner_text() != before:
                return
        raise AssertionError("the page did not accept the command")
