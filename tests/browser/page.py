"""The preview's page as a member uses it: typing a command, choosing options, attaching files, reading messages."""

from collections.abc import Mapping
from contextlib import suppress

from playwright.async_api import Locator, Page, expect


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

    async def press(self, label: str) -> None:
        """The newest button with this label; opens a form or answers."""
        await self.messages.get_by_role("button", name=label, exact=True).last.click()

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

    async def screenshot(self, path: str) -> None:
        """The channel as a member sees it, the newest message from its first line on."""
        newest = self._page.locator("#channel-message-list > *").last
        await newest.evaluate("element => element.scrollIntoView({block: 'start'})")
        await self._page.locator("#preview-stage").screenshot(path=path)

    @property
    def _composer(self) -> Locator:
        return self._page.locator("#channel-composer-input")

    async def _add(self, option: str) -> None:
        await self._page.locator(".command-ghost").click()
        await self._page.locator(f".command-popup [role=option][data-value={option}]").click()

    async def _send(self) -> None:
        """The world goes on while the page is filled in, and the page refuses what was meant for an older one."""
        before = await self._texts()
        for _ in range(4):
            await self._page.locator("#send-message").click()
            if await self._has_changed(before, within_s=10):
                return
        raise AssertionError(f"the page did not accept the command: {await self._status.inner_text()}")

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
