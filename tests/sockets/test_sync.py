"""`python -m bot sync`: the commands told to Discord by hand, also beside a running bot."""

from pathlib import Path

import pytest

from tests.sockets.house import House, open_house
from tests.sockets.told import told

OFFERED = {"imagine", "edit", "quota", "about", "Edit image"}


def names(commands: list[dict[str, object]]) -> set[object]:
    return {command["name"] for command in commands}


def uploads(house: House) -> list[str]:
    return [one.path for one in house.standin.requests if one.method == "PUT" and one.path.endswith("/commands")]


async def test_one_server_gets_copies_and_loses_them_again(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "sync", "--server", str(house.server.id))
        assert (found.code, found.errors) == (0, "")
        own = house.standin.commands.by_server[house.server.id]
        assert names(own) >= OFFERED
        assert found.lines[0].startswith(f"{len(own)} commands uploaded to server {house.server.id}: ")
        assert "/imagine" in found.lines[0]
        assert house.standin.commands.everywhere == []

        cleared = await told(house, "sync", "--server", str(house.server.id), "--clear")
        assert cleared.code == 0
        assert house.standin.commands.by_server[house.server.id] == []


async def test_copies_are_served_by_a_bot_that_was_running_already(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        everywhere = list(house.standin.commands.everywhere)
        assert (await told(house, "sync", "--server", str(house.server.id))).code == 0
        assert house.standin.commands.everywhere == everywhere
        await house.picture(await house.imagine())
        assert len(house.standin.gateway.identified) == 1


async def test_what_was_uploaded_for_every_server_is_not_uploaded_again_at_the_start(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        assert (await told(house, "migrate")).code == 0
        found = await told(house, "sync", "--global")
        assert (found.code, found.errors) == (0, "")
        assert names(house.standin.commands.everywhere) >= OFFERED
        assert found.lines[0].startswith(f"{len(house.standin.commands.everywhere)} commands uploaded for every server")
        assert len(found.lines) == 1

        await house.start()
        assert len(uploads(house)) == 1


async def test_beside_a_running_bot_every_server_is_told_but_nothing_is_noted(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        found = await told(house, "sync", "--global")
        assert found.code == 0
        assert "the next start uploads them once more" in found.lines[1]
        assert len(uploads(house)) == 2
        assert len(house.standin.gateway.identified) == 1
        await house.picture(await house.imagine())


async def test_without_a_database_none_is_made(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "sync", "--global")
        assert found.code == 0
        assert "the next start uploads them once more" in found.lines[1]
        assert not (tmp_path / "easel.sqlite3").exists()


async def test_a_server_without_the_bot_is_told_with_the_way_in(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "sync", "--server", "123")
        assert (found.code, found.output) == (1, "")
        assert "server 123: the bot is not there" in found.errors
        assert f"client_id={house.standin.bot.id}" in found.errors


@pytest.mark.parametrize("whose", ["--global", "--server"])
async def test_when_discord_asks_to_wait_one_line_says_for_how_long(tmp_path: Path, whose: str) -> None:
    async with open_house(tmp_path) as house:
        house.standin.rate_limits.refuse("PUT", "/applications/*/commands", retry_after_s=3590)
        found = await told(house, "sync", *([whose] if whose == "--global" else [whose, str(house.server.id)]))
        assert (found.code, found.output) == (1, "")
        assert (
            found.errors.splitlines()[-1] == "Discord: expected an answer, found a rate limit: try again in 60 minutes"
        )


async def test_exactly_one_of_server_and_global_is_to_be_chosen(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        for words in ((), ("--global", "--server", "1"), ("--global", "--clear"), ("--clear",)):
            found = await told(house, "sync", *words)
            assert (found.code, found.output) == (2, "")
            assert len(found.errors.splitlines()) == 1
        assert house.standin.requests == []
