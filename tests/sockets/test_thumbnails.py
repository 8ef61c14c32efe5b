"""A thumbnail over sockets: asked for, approved, made, voted on, and its files; the bot is killed on the way."""

import signal
from pathlib import Path
from typing import Any

from tests.sockets.house import House, open_house
from tests.standin.discord import Interaction, Member, Permission
from tests.standin.discord.faults import ResetAfter
from tests.standin.discord.seen import SeenMessage

WITHIN_S = 40.0


class Board:
    """The house with a channel for thumbnails, and those who look after it."""

    def __init__(self, house: House) -> None:
        standin, server = house.standin, house.server
        self.house, self.standin = house, standin
        self.channel = standin.new_channel(server, "thumbnails")
        staff = standin.new_role(server, "staff", Permission.MANAGE_MESSAGES | Permission.MANAGE_SERVER)
        self.mo = standin.new_member(server, "mo", roles=(staff,))
        self.bob = standin.new_member(server, "bob")

    async def set_up(self, **options: Any) -> str:
        asked = await self.standin.slash(
            self.mo, self.house.channel, "thumbnail setup", channel=self.channel, **options
        )
        return _answer(await asked.acknowledged_within())

    async def ask(self, **filled_in: Any) -> str:
        form = await self.standin.slash(self.house.alice, self.house.channel, "thumbnail request", candidates=2)
        await form.acknowledged_within()
        fields = {"Headline": "Fort at night", "What should it show?": "a small wooden fort", **filled_in}
        sent = await self.standin.submit(form, fields)
        await self.standin.until(lambda: sent.message is not None and bool(sent.message.content), within_s=WITHIN_S)
        return _answer(sent)

    async def press(self, button: str, member: Member | None = None) -> str:
        pressed = await self.standin.click(member or self.mo, self.card, button)
        return _answer(await pressed.acknowledged_within())

    async def until(self, words: str) -> None:
        await self.standin.until(lambda: bool(self.cards) and words in _text(self.card), within_s=WITHIN_S)

    @property
    def cards(self) -> list[SeenMessage]:
        """All that stands in the channel, for everybody to see."""
        return self.standin.messages(self.channel, viewer=self.bob)

    @property
    def card(self) -> SeenMessage:
        return self.cards[-1]

    def thread(self) -> list[SeenMessage]:
        return self.standin.messages(self.house.server.channels[self.card.id])

    async def restart(self, times: int) -> None:
        await self.house.stop(signal.SIGKILL)
        await self.house.launch()
        await self.standin.connected(times=times, within_s=20)


def _answer(asked: Interaction) -> str:
    assert asked.message is not None
    assert asked.ephemeral
    return asked.message.content


def _text(message: SeenMessage) -> str:
    return "\n".join(_words(message.components))


def _words(parts: Any) -> list[str]:
    found = []
    for part in parts:
        found += [part["content"]] if "content" in part else []
        found += _words(part.get("components", ()))
    return found


async def test_from_asking_to_files_with_a_killed_bot_between_any_two_steps(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        board = Board(house)
        assert "Who approves: moderators" in await board.set_up()
        assert "Asked as #1" in await board.ask()
        await board.restart(2)
        await board.until("**Asked**")
        assert "Approved #1" in await board.press("Approve")
        await board.restart(3)
        await board.until("**Voting**")
        assert "Your vote is for 1" in await board.press("1 · 0 votes", house.alice)
        await board.restart(4)
        await board.until("· 1 vote")
        assert "Candidate 1 wins" in await board.press("Close voting")
        await board.restart(5)
        await board.until("**Candidate 1 won** · 1 of 1 vote")
        assert len(board.cards) == 1
        (files,) = [one for one in board.thread() if "Candidate 1" in one.content]
        assert list(files.files) == ["fort-at-night-youtube.jpg", "fort-at-night-youtube-clean.jpg"]
        (pictures,) = [one for one in board.thread() if one.content.startswith("-# Candidates 1 and 2 of #1")]
        assert len(pictures.files) == 2
        assert len(house.emulator.runs) == 2


async def test_what_automod_blocks_is_shown_without_words(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        board = Board(house)
        await board.set_up()
        house.server.blocked_words.add("fort")
        await board.ask()
        await board.until("**Asked**")
        assert "#1 · A thumbnail" in _text(board.card)
        await board.press("Approve")
        await board.until("**Voting**")
        await board.press("1 · 0 votes", house.alice)
        await board.press("Close voting")
        await board.until("**Candidate 1 won**")
        told = [_text(board.card), *(one.content for one in board.thread())]
        assert not any("fort" in one.lower() for one in told)
        assert [len(one.files) for one in board.thread()] == [2, 2]


async def test_whatever_is_posted_is_there_once_when_discords_answers_are_lost(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        board = Board(house)

        def lose_an_answer() -> None:
            board.standin.faults.add("POST", "/channels/*/messages", ResetAfter(), times=1)

        await board.set_up()
        lose_an_answer()
        await board.ask()
        await board.until("**Asked**")
        lose_an_answer()
        await board.press("Approve")
        await board.until("**Voting**")
        await board.press("2 · 0 votes", house.alice)
        lose_an_answer()
        await board.press("Close voting")
        await board.until("**Candidate 2 won**")
        assert len(board.cards) == 1
        assert [len(one.files) for one in board.thread()] == [2, 2]
        assert await house.stop() == 0
        assert house.output[-1].count("board not answering") == 3
