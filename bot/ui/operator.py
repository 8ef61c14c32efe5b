"""Tells the operator in a channel of their choice when pictures are paused, and when they are made again."""

import asyncio
import logging
import secrets
from collections.abc import Mapping

from bot.client import ImageBot
from bot.domain.ids import ChannelId
from bot.operations import News
from bot.ports import SettingStore

log = logging.getLogger(__name__)

_TOLD = "operator_told"
_WHOLE_POST_S = 120.0  # discord.py waits out rate limits inside a call

_SENTENCES: Mapping[News, str] = {
    News.OUT_OF_CREDIT: (
        "Pictures are paused: RunBase says that no key has credit left. Top up the balance or raise the keys' limits; "
        "I try again with the next request after five minutes, without a restart."
    ),
    News.KEYS_REFUSED: (
        "Pictures are paused: RunBase accepts none of my keys. The log says why for each (`key put aside`). Put keys "
        "that work into RUNBASE_API_KEYS and restart me; what was lifted at RunBase needs no restart."
    ),
    News.MODEL_GONE: (
        "Pictures are paused: RunBase no longer offers my model. Set `runbase.model` to another model that "
        "config.example.toml names, and restart me."
    ),
    News.WORKING: "Pictures are made again: RunBase has just taken a request.",
}


class DiscordOperator:
    """`Operator` in a channel; without one there is only the log. What was told last is stored, so once is once."""

    def __init__(self, bot: ImageBot, channel: ChannelId | None, settings: SettingStore) -> None:
        self._bot = bot
        self._channel = channel
        self._settings = settings
        self._one_by_one = asyncio.Lock()
        self._telling: set[asyncio.Task[None]] = set()

    def tell(self, news: News) -> None:
        if self._channel is not None:
            telling = asyncio.create_task(self._tell(news, self._channel), name=f"operator {news}")
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)

    async def _tell(self, news: News, channel: ChannelId) -> None:
        try:
            async with self._one_by_one:
                if news != (await self._settings.get(_TOLD) or News.WORKING):
                    await self._post(_SENTENCES[news], channel)
                    await self._settings.put(_TOLD, news)
        except Exception as error:  # noqa: BLE001 - a door: a channel that is gone must not stop anything
            log.warning("operator not told news=%s channel=%s why=%s", news, channel, type(error).__name__)

    async def _post(self, words: str, channel: ChannelId) -> None:
        async with asyncio.timeout(_WHOLE_POST_S):
            await self._bot.get_partial_messageable(channel).send(words, nonce=secrets.token_urlsafe(12))
