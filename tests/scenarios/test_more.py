"""More: everything about a picture, to one member alone."""

from datetime import timedelta
from pathlib import Path

from tests.scenarios.panels import a_result, an_edit, labels, press, text_of, words_of
from tests.scenarios.studio import Studio, open_studio, shown


async def test_more_tells_the_prompt_a_command_and_the_facts_to_one_member_alone(studio: Studio) -> None:
    message = await a_result(studio, "a **red** fox", aspect="3:2")
    panel = shown(await press(studio, message, "More", member=studio.bob))
    assert panel.ephemeral
    assert "```\na **red** fox\n```" in panel.content
    assert "```\n/imagine prompt:a **red** fox aspect:Landscape 3:2\n```" in panel.content
    assert f"for <@{studio.alice.id}>" in panel.content
    assert labels(panel.message) == ["Report"]


async def test_more_works_after_a_restart(studio: Studio) -> None:
    message = await a_result(studio)
    await studio.world.restart()
    assert "a red fox in the snow" in await words_of(studio, message, "More")


async def test_its_member_may_delete_and_a_picture_with_kin_has_a_lineage(studio: Studio) -> None:
    message = await a_result(studio)
    assert labels(shown(await press(studio, message, "More")).message) == ["Delete", "Report"]
    child = await an_edit(studio, message, "make it night", member=studio.bob)
    assert labels(shown(await press(studio, message, "More")).message) == ["Lineage", "Delete", "Report"]
    assert labels(shown(await press(studio, child, "More")).message) == ["Lineage", "Report"]


async def test_a_style_is_shown_with_every_word_that_was_sent(studio: Studio) -> None:
    message = await a_result(studio, "a fox", style="travel-poster")
    content = await words_of(studio, message, "More")
    (run,) = studio.world.emulator.runs
    assert run.prompt != "a fox"
    assert f"```\n{run.prompt}\n```" in content
    assert "style:travel-poster" in content


async def test_what_a_variation_was_told_is_shown_in_full(studio: Studio) -> None:
    message = await a_result(studio, "a fox")
    result = await studio.alice.click(message, label="Variations")
    await studio.finished(result)
    content = await words_of(studio, shown(result).message, "More")
    assert f"```\n{studio.world.emulator.runs[-1].prompt}\n```" in content
    assert "Made with Variations" in content


async def test_the_longest_prompt_comes_as_a_file(studio: Studio) -> None:
    prompt = "fox`_*~|" * 500
    message = await a_result(studio, prompt)
    panel = shown(await press(studio, message, "More"))
    files = {one.filename: text_of(studio, one) for one in panel.attachments}
    assert files["prompt.txt"] == prompt
    assert files["command.txt"].startswith(f"/imagine prompt:{prompt} aspect:")
    assert "attached as prompt.txt" in panel.content


async def test_a_private_picture_tells_its_own_member_and_offers_to_post_it(studio: Studio) -> None:
    message = await a_result(studio, "a secret fox", private=True)
    panel = shown(await press(studio, message, "More"))
    assert "private:True" in panel.content
    assert labels(panel.message) == ["Post to channel", "Delete", "Report"]


async def test_of_several_more_tells_which(studio: Studio) -> None:
    message = await a_result(studio, count=3)
    assert (await words_of(studio, message, "More")).startswith("**Picture 1 of 3**")
    picked = shown(await press(studio, message, "3")).message
    assert (await words_of(studio, picked, "More")).startswith("**Picture 3 of 3**")
    assert "count:3" in await words_of(studio, message, "More")


async def test_words_that_had_their_time_are_said_to_be_gone(tmp_path: Path) -> None:
    async with open_studio(tmp_path, storage={"keep_prompts": timedelta(hours=1)}) as studio:
        message = await a_result(studio)
        await studio.world.advance(3600, step_s=300)
        await studio.world.until(lambda: studio._rows("SELECT prompt FROM requests") == [("",)], within_s=600)
        content = await words_of(studio, message, "More")
    assert "Its words are no longer kept." in content
    assert "fox" not in content


async def test_words_that_automod_blocks_reach_their_own_member_as_a_file(studio: Studio) -> None:
    message = await a_result(studio, "a forbidden fox")
    for member, files in ((studio.alice, ["prompt.txt", "command.txt"]), (studio.bob, [])):
        studio.world.env.inject_error("POST", "/interactions/*", status=400, code=200000, times=1)
        panel = shown(await press(studio, message, "More", member=member))
        assert "rules of this server" in panel.content or files
        assert "forbidden" not in panel.content
        assert [one.filename for one in panel.attachments] == files


async def test_a_picture_that_came_as_a_direct_message_tells_more_there(studio: Studio) -> None:
    await studio.world.pause()
    await studio.imagine("a secret fox", private=True)
    await studio.world.advance(3600, step_s=600)
    await studio.world.restart()
    direct = studio.alice.user.dm_channel
    await studio.world.until(lambda: direct.history())
    (message,) = direct.history()
    panel = await studio.alice.user.click(message, label="More")
    assert "```\na secret fox\n```" in shown(panel).content
    deleted = await studio.alice.user.click(shown(panel).message, label="Delete")
    assert "Deleted" in shown(deleted).content
    assert message.id not in [one.id for one in direct.history()]
