"""The bot goes down at any moment between the member's words and the picture, and comes up again."""

from pathlib import Path

import pytest

from tests.scenarios.studio import Studio, open_studio, shown


async def assert_delivered_once(studio: Studio, result: object) -> None:
    await studio.finished(result)  # type: ignore[arg-type]
    assert len(studio.world.emulator.runs) == 1
    assert studio.runs() == {"delivered": 1}
    assert studio.takes() == {"spent": 1}
    assert len(studio.channel.history()) == 1


async def test_a_queued_request_is_made_after_a_restart(studio: Studio) -> None:
    await studio.world.pause()
    result = await studio.imagine()
    assert studio.runs() == {"queued": 1}

    await studio.world.restart()
    await assert_delivered_once(studio, result)


async def test_a_running_request_is_looked_after_by_the_next_process(studio: Studio) -> None:
    result = await studio.imagine()
    await studio.world.until(lambda: studio.runs() == {"running": 1})

    await studio.world.restart()
    await assert_delivered_once(studio, result)


async def test_a_ready_picture_is_delivered_by_the_next_process(studio: Studio) -> None:
    result = await studio.imagine()
    studio.world.env.inject_error("PATCH", "/webhooks/*", status=503, times=None)
    studio.world.env.inject_error("PATCH", "/channels/*", status=503, times=None)
    await studio.world.until(lambda: studio.runs() == {"ready": 1})
    assert not shown(result).attachments

    await studio.world.pause()
    studio.world.env.backend.faults.clear()
    await studio.world.restart()
    await assert_delivered_once(studio, result)


async def test_a_picture_finished_while_the_bot_was_down_is_delivered_without_the_token(studio: Studio) -> None:
    result = await studio.imagine()
    await studio.world.until(lambda: studio.runs() == {"running": 1})
    await studio.world.pause()
    await studio.world.advance(3600, step_s=600)

    await studio.world.restart()
    await assert_delivered_once(studio, result)


async def test_a_private_picture_that_is_too_late_stays_private(studio: Studio) -> None:
    result = await studio.imagine(private=True)
    await studio.world.until(lambda: studio.runs() == {"running": 1})
    await studio.world.pause()
    await studio.world.advance(3600, step_s=600)

    studio.world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    await studio.world.restart()
    await studio.world.until(lambda: studio.runs() == {"ready": 1})
    await studio.world.advance(10)
    assert studio.runs() == {"ready": 1}
    assert studio.channel.history(viewer=studio.bob) == []
    assert not shown(result).attachments


async def test_references_survive_a_restart(studio: Studio) -> None:
    from tests.scenarios.studio import a_picture

    await studio.world.pause()
    result = await studio.imagine("on the moon", reference1=("cat.png", a_picture()))
    await studio.world.restart()
    await studio.finished(result)
    assert len(studio.world.emulator.runs[0].image_urls) == 1
    assert "Used cat.png" in shown(result).content


async def test_quota_survives_a_restart(tmp_path: Path) -> None:
    async with open_studio(tmp_path, quota={"member": [{"images": 1, "per": "1h"}]}) as studio:
        await studio.finished(await studio.imagine())
        await studio.world.restart()
        result = await studio.imagine()
        assert studio.refused() == ["QuotaExceeded"]
        assert "1 of 1" in shown(result).content


@pytest.mark.parametrize("pause_first", [True, False])
async def test_commands_are_synced_only_when_they_changed(studio: Studio, pause_first: bool) -> None:
    def syncs() -> int:
        return sum(
            entry.method == "PUT" and entry.path.endswith("/commands") for entry in studio.world.env.http_requests
        )

    assert syncs() == 1
    if pause_first:
        await studio.world.pause()
    await studio.world.restart()
    assert syncs() == 1
