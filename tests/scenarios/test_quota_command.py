"""`/quota`: every window with what is used, the limit, a bar, and when the next slot opens."""

from pathlib import Path

from tests.scenarios.studio import Studio, open_studio, shown


async def test_quota_is_private_and_shows_every_window(studio: Studio) -> None:
    await studio.finished(await studio.imagine())
    result = await studio.alice.slash(studio.channel, "quota")

    assert shown(result).ephemeral
    content = shown(result).content
    assert "You, last hour · 1 of 5 used · ▰▰▱▱▱▱▱▱" in content
    assert "You, last day · 1 of 20 used" in content
    assert "All servers together, last day · 1 of 1,000 used" in content
    assert "4 left · the next slot opens <t:" in content


async def test_nobody_elses_pictures_count(studio: Studio) -> None:
    await studio.finished(await studio.imagine(member=studio.bob))
    result = await studio.alice.slash(studio.channel, "quota")
    assert "You, last hour · 0 of 5 used" in shown(result).content


async def test_a_full_window_says_when_it_opens(tmp_path: Path) -> None:
    async with open_studio(tmp_path, quota={"member": [{"images": 1, "per": "1h"}], "global": []}) as studio:
        await studio.finished(await studio.imagine())
        taken_at = int(studio._rows("SELECT taken_at_ms FROM takes")[0][0] / 1000)
        result = await studio.alice.slash(studio.channel, "quota")
        assert f"0 left · the next slot opens <t:{taken_at + 3600}:R>" in shown(result).content


async def test_what_failed_does_not_count(studio: Studio) -> None:
    failed = await studio.imagine("fail-preview")
    await studio.world.until(lambda: "No quota used" in shown(failed).content)
    result = await studio.alice.slash(studio.channel, "quota")
    assert "You, last hour · 0 of 5 used" in shown(result).content


async def test_no_limits_are_said_to_be_none(tmp_path: Path) -> None:
    async with open_studio(tmp_path, quota={"member": [], "global": []}) as studio:
        result = await studio.alice.slash(studio.channel, "quota")
        assert shown(result).content == "There is no limit on pictures here."
