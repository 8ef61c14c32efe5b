"""Waiting in line: the place, calling off, and `/queue`."""

from pathlib import Path

from tests.scenarios.studio import Studio, open_studio, shown


async def a_line(studio: Studio) -> None:
    await studio.world.pause()
    await studio.imagine("a fox")
    await studio.world.advance(1)


async def test_a_message_says_its_place_and_can_be_called_off(studio: Studio) -> None:
    await a_line(studio)
    result = await studio.imagine("a hare", member=studio.bob)
    assert "-# 2nd in line · about <t:" in shown(result).content
    await studio.bob.click(shown(result).message, label="Cancel")
    assert studio.runs() == {"queued": 1, "cancelled": 1}
    assert studio.takes() == {"held": 1, "given_back": 1}

    await studio.world.restart()
    await studio.world.until(lambda: "Cancelled. No quota used." in shown(result).content)


async def test_nobody_else_can_call_it_off(studio: Studio) -> None:
    await studio.world.pause()
    result = await studio.imagine()
    answer = await studio.bob.click(shown(result).message, label="Cancel")
    assert shown(answer).ephemeral
    assert shown(answer).content.startswith("Only the member who asked for this can cancel it.")
    assert studio.runs() == {"queued": 1}


async def test_once_it_is_being_made_there_is_nothing_to_cancel(studio: Studio) -> None:
    result = await studio.imagine()
    await studio.world.until(lambda: "Being made" in shown(result).content)
    assert not shown(result).message.components


async def test_a_queue_shows_what_is_made_and_what_waits(studio: Studio) -> None:
    await a_line(studio)
    await studio.imagine("a **bold** hare", member=studio.bob)
    await studio.world.advance(1)
    await studio.imagine("a secret owl", member=studio.bob, private=True)
    result = await studio.alice.slash(studio.channel, "queue")
    assert shown(result).ephemeral
    head, *lines = shown(result).content.splitlines()
    assert head == "**In this server** · 0 requests being made · 3 waiting"
    assert lines[0].startswith("- **yours** · a fox · 1st in line · about <t:")
    assert lines[1].startswith(f"- <@{studio.bob.id}> · a \\*\\*bold\\*\\* hare · 2nd in line · about <t:")
    assert lines[2].startswith("- somebody's · in private · 3rd in line")
    assert "a secret owl" in shown(await studio.bob.slash(studio.channel, "queue")).content


async def test_a_queue_tells_nothing_of_what_was_asked_for_in_other_channels(studio: Studio) -> None:
    await studio.world.pause()
    staff = studio.server.create_text_channel("staff")
    await studio.imagine("a fired chief", channel=staff)
    await studio.world.advance(3)
    lines = shown(await studio.bob.slash(studio.channel, "queue")).content.splitlines()
    assert lines[0] == "**In this server** · 0 requests being made · 1 waiting"
    assert lines[1].startswith("- somebody's · elsewhere · 1st in line · about <t:")
    assert "a fired chief" in shown(await studio.alice.slash(studio.channel, "queue")).content
    there = shown(await studio.bob.slash(staff, "queue")).content
    assert f"<@{studio.alice.id}> · a fired chief" in there


async def test_a_request_of_which_some_are_begun_stands_there_once_as_being_made(tmp_path: Path) -> None:
    async with open_studio(tmp_path, quota={"member": []}, runbase={"requests_per_10_s": 7}) as studio:
        for number in range(9):
            await studio.imagine(f"fox {number}", count=4)
        await studio.world.until(lambda: half_begun(studio))
        await studio.world.pause()
        head, *lines = shown(await studio.alice.slash(studio.channel, "queue")).content.splitlines()
        assert half_begun(studio)
        told = [line.split(" · ")[1:3] for line in lines]
        assert sorted(prompt for prompt, _ in told) == [f"fox {number}" for number in range(9)]
        being_made = sum(state == "being made" for _, state in told)
        assert head.endswith(f"{being_made} requests being made · {9 - being_made} waiting")


def half_begun(studio: Studio) -> list[str]:
    """Prompts of which some pictures are being made while others wait."""
    return [
        prompt
        for (prompt,) in studio._rows(
            "SELECT prompt FROM requests WHERE id IN (SELECT request_id FROM runs WHERE state = 'queued')"
            " AND id IN (SELECT request_id FROM runs WHERE state = 'running')"
        )
    ]


async def test_an_empty_queue_says_so(studio: Studio) -> None:
    result = await studio.alice.slash(studio.channel, "queue")
    assert shown(result).content == "Nothing is being made or waiting here. `/imagine` is served at once."


async def test_a_long_queue_fits_into_one_message(tmp_path: Path) -> None:
    async with open_studio(tmp_path, quota={"member": []}) as studio:
        await studio.world.pause()
        for _ in range(15):
            await studio.imagine("_" * 4000)
        text = shown(await studio.alice.slash(studio.channel, "queue")).content
        assert len(text) <= 2000
        assert text.endswith("-# and 5 more")
