"""`python -m bot run` with only the environment set, against Discord and RunBase on sockets."""

import io
import signal
from pathlib import Path

from PIL import Image

from bot.preview.emulator import Status
from tests.scenarios.studio import a_picture
from tests.sockets.house import KEY, open_house
from tests.standin.discord import Permission


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


async def test_imagine_is_served_from_the_environment_alone(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        asked = await house.imagine("a red fox", aspect="3:2", reference1=("cat.png", a_picture()))
        assert not asked.ephemeral
        content = await house.picture(asked)

        assert opened(content).size == (1536, 1024)
        assert asked.message is not None
        assert asked.message.content.startswith("**A red fox**\n-# ")
        assert asked.message.attachments[0].description == "Edit: a red fox"
        assert not asked.message.pinged
        assert [one.id for one in house.standin.messages(house.channel)] == [asked.message.id]
        (run,) = house.emulator.runs
        assert run.image_urls[0].startswith(house.standin.cdn_origin)

        kept = [one for name in ("easel.sqlite3*", "files/**/*") for one in house.folder.glob(name)]
        assert {"easel.sqlite3-wal", "easel.sqlite3-shm", "easel.sqlite3.lock"} <= {one.name for one in kept}
        assert [one.name for one in kept if one.stat().st_mode & 0o077] == []

        assert await house.stop() == 0
        log = house.output[-1]
        assert "request delivered" in log
        for secret in (house.standin.token, KEY, "a red fox", "hm="):
            assert secret not in log


async def test_a_private_picture_is_seen_by_its_member_alone(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        asked = await house.imagine(private=True)
        await house.picture(asked)
        assert asked.ephemeral
        bob = house.standin.new_member(house.server, "bob")
        assert house.standin.messages(house.channel, viewer=bob) == []
        assert len(house.standin.messages(house.channel, viewer=house.alice)) == 1


async def test_a_picture_over_the_limit_of_the_interaction_is_made_smaller(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.standin.settings.attachment_size_limit = 60_000
        await house.start()
        asked = await house.imagine()
        content = await house.picture(asked)
        assert len(content) <= 60_000
        assert opened(content).format == "WEBP"
        assert asked.message is not None
        assert asked.message.attachments[0].filename == "red-fox-in-the-snow.webp"


async def test_a_limit_that_discord_overstates_is_met_with_a_smaller_file(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.standin.settings.enforced_size_limit = 150_000
        await house.start()
        content = await house.picture(await house.imagine())
        assert len(content) <= 150_000


async def test_a_process_killed_while_a_picture_is_made_loses_nothing(tmp_path: Path) -> None:
    async with open_house(tmp_path, speed=6) as house:
        await house.start()
        asked = await house.imagine()
        await house.standin.until(lambda: "Being made" in (asked.message.content if asked.message else ""), within_s=15)
        await house.stop(signal.SIGKILL)

        await house.start()
        await house.picture(asked)
        assert [run.status for run in house.emulator.runs] == [Status.SUCCEEDED]
        assert len(house.standin.messages(house.channel)) == 1


async def test_a_wrong_token_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.launch(DISCORD_TOKEN="not.the.token")
        assert await house.ended() == 2
        assert "DISCORD_TOKEN: expected a valid bot token, found one that Discord refuses" in house.output[-1]
        assert "Traceback" not in house.output[-1]


async def test_a_discord_that_cannot_be_reached_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.launch(STANDIN_REST="http://127.0.0.1:9/api/v10")
        assert await house.ended() == 1
        assert "Discord: expected a connection, found none" in house.output[-1]
        assert "Traceback" not in house.output[-1]


async def test_a_discord_that_takes_no_commands_just_now_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.standin.rate_limits.refuse("PUT", "/applications/*/commands", retry_after_s=3600)
        await house.start()
        assert "commands not synced why=rate_limited retry_after_s=3600" in house.log
        assert await house.stop() == 0

        await house.launch()
        await house.standin.connected(times=2, within_s=15)
        await house.picture(await house.imagine())
        assert "commands synced count=" in house.log


async def test_a_discord_that_asks_to_wait_at_login_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.standin.rate_limits.refuse("GET", "/users/@me", retry_after_s=61)
        await house.launch()
        assert await house.ended() == 1
        assert "Discord: expected an answer, found a rate limit: try again in 2 minutes" in house.output[-1]
        assert "Traceback" not in house.output[-1]


async def test_a_channel_without_attach_files_is_refused_privately(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        house.standin.deny(house.channel, house.server.everyone, Permission.ATTACH_FILES)
        asked = await house.imagine()
        assert asked.ephemeral
        assert asked.message is not None
        assert "I may not attach files in" in asked.message.content
        assert house.emulator.runs == ()
