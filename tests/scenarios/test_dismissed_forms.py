"""A thousand members who open forms and send none of them in: nothing is left of any."""

import gc
from collections import Counter

import discord
from simcord.actors import MemberActor

from tests.scenarios.studio import Studio, shown

MEMBERS = 1000


def forms_in_memory() -> int:
    gc.collect()
    return sum(isinstance(thing, discord.ui.Modal) for thing in gc.get_objects())


def remembered(studio: Studio) -> Counter[str]:
    """What discord.py keeps about messages and forms."""
    store = studio.world.env.bot._connection._view_store
    return Counter(views=len(store._views), forms=len(store._modals), messages=len(store._synced_message_views))


async def test_a_thousand_dismissed_forms_leave_nothing_behind(studio: Studio) -> None:
    result = await studio.imagine()
    await studio.finished(result)
    before, kept = forms_in_memory(), remembered(studio)
    for number in range(MEMBERS):
        member: MemberActor = studio.server.add_member(studio.world.env.create_user(f"member{number}"))
        form = await member.click(shown(result).message, label="Edit")
        assert form.modal is not None
    assert forms_in_memory() == before
    assert remembered(studio) == kept
    assert studio.takes() == {"spent": 1}
