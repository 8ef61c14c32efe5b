"""Closes ways to a member while a picture is under way, and remembers which stood open all the time."""

from collections.abc import Mapping

from tests.chaos.asked import Asked
from tests.chaos.evidence import Rung
from tests.chaos.plan import Closing
from tests.chaos.stage import Stage
from tests.standin.discord import Permission, SeenMessage

_BY_BOT = frozenset({Rung.MESSAGE, Rung.CHANNEL})
_ALL = frozenset({Rung.TOKEN, Rung.MESSAGE, Rung.CHANNEL, Rung.DM})
_CLOSES: Mapping[Closing, frozenset[Rung]] = {
    Closing.TOKEN_DEAD: frozenset({Rung.TOKEN}),
    Closing.TOKEN_UNKNOWN: frozenset({Rung.TOKEN}),
    Closing.MESSAGE_DELETED: frozenset({Rung.TOKEN, Rung.MESSAGE}),
    Closing.EDITS_REFUSED: frozenset({Rung.MESSAGE}),
    # Who may not send may not attach either, and an edit with a file needs that.
    Closing.MAY_NOT_SEE: _BY_BOT,
    Closing.MAY_NOT_SEND: _BY_BOT,
    Closing.MAY_NOT_ATTACH: _BY_BOT,
    Closing.CHANNEL_DELETED: _BY_BOT | {Rung.TOKEN},
    Closing.DMS_CLOSED: frozenset({Rung.DM}),
    Closing.WORD_BLOCKED: frozenset(),
    Closing.MEMBER_LEFT: _ALL,
    Closing.BOT_REMOVED: _ALL,
}
_PERMISSIONS = {
    Closing.MAY_NOT_SEE: Permission.VIEW_CHANNEL,
    Closing.MAY_NOT_SEND: Permission.SEND_MESSAGES,
    Closing.MAY_NOT_ATTACH: Permission.ATTACH_FILES,
}


def open_rungs(asked: Asked) -> frozenset[Rung]:
    """Those that stand open when a member asks, as the ladder has them."""
    if asked.is_private:
        return frozenset({Rung.TOKEN, Rung.DM})
    return _ALL - {Rung.TOKEN} if asked.first is None else _ALL


def answer_to(stage: Stage, asked: Asked) -> SeenMessage | None:
    """The message that answers, as it is now."""
    if asked.first is not None:
        return asked.first.message
    if asked.message is None:
        return None
    answers = (one for one in stage.standin.messages(asked.channel) if one.replies_to == asked.message.id)
    return next((one for one in answers if one.author_id == stage.standin.bot.id), None)


async def close(stage: Stage, asked: Asked, closing: Closing) -> None:
    asked.open_rungs -= _CLOSES[closing]
    asked.is_excused |= closing in (Closing.MEMBER_LEFT, Closing.BOT_REMOVED)
    asked.is_hidden |= closing is Closing.MAY_NOT_SEE
    stage.met[f"world: {closing.value.replace('_', ' ')}"] += 1
    stage.note(f"{asked.planned.mark} world: {closing}")
    if closing in _PERMISSIONS:
        assert asked.channel.server is not None
        bot = asked.channel.server.members[stage.standin.bot.id]
        stage.standin.deny(asked.channel, bot, _PERMISSIONS[closing])
    elif closing in (Closing.MESSAGE_DELETED, Closing.EDITS_REFUSED):
        await _spoil_message(stage, asked, closing)
    elif closing in (Closing.TOKEN_DEAD, Closing.TOKEN_UNKNOWN):
        for interaction in asked.interactions:
            interaction.expire(50027 if closing is Closing.TOKEN_DEAD else 10015)
    else:
        _change_world(stage, asked, closing)


async def _spoil_message(stage: Stage, asked: Asked, closing: Closing) -> None:
    message = answer_to(stage, asked)
    if message is None:
        return
    if closing is Closing.MESSAGE_DELETED:
        await stage.standin.delete(message)
    else:
        await stage.standin.refuse_edits(message)


def _change_world(stage: Stage, asked: Asked, closing: Closing) -> None:
    server = asked.member.server
    if closing is Closing.CHANNEL_DELETED:
        stage.standin.delete_channel(asked.channel)
    elif closing is Closing.DMS_CLOSED:
        asked.member.user.accepts_dms = False
    elif closing is Closing.WORD_BLOCKED:
        server.blocked_words.add(asked.planned.mark)
    elif closing is Closing.MEMBER_LEFT:
        stage.standin.leave(asked.member)
    elif closing is Closing.BOT_REMOVED:
        stage.standin.bot_leaves(server)
