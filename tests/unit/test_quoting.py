"""Members' words are left out where Discord's filters block them, and for no other reason."""

import discord
import pytest

from bot.ui.quoting import quoted_where_allowed
from tests.unit.test_discord_errors import refused


async def said_where(code: int) -> str:
    """Where Discord refuses every text with words in it."""

    async def say(*, is_quoted: bool) -> str:
        if is_quoted:
            raise refused(400, code)
        return "a picture"

    return await quoted_where_allowed(say)


@pytest.mark.parametrize("code", [200000, 200001, 20009, 240000])
async def test_what_the_filters_block_is_said_without_words(code: int) -> None:
    assert await said_where(code) == "a picture"


@pytest.mark.parametrize("code", [50035, 50013, 0])
async def test_anything_else_is_raised_as_it_is(code: int) -> None:
    with pytest.raises(discord.HTTPException) as error:
        await said_where(code)
    assert error.value.code == code
