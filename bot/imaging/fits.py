"""Has finished pictures of unusual size made smaller in the sandbox: encoding them takes more than the bot has."""

from bot.imaging.fitting import LONGEST_PX
from bot.imaging.sandbox import PARTS, Died, Room, TookTooLong, answer_of, room_bytes


def fitted_apart(content: bytes, limit_bytes: int, room: Room) -> bytes:
    """Like `fitting.fitted`, at a distance; blocks. What needs more than all of the room is halved.

    Raises: Died, TookTooLong.
    """
    try:
        return _fitted(content, limit_bytes, LONGEST_PX, room)
    except (Died, TookTooLong):
        return _fitted(content, limit_bytes, LONGEST_PX // 2, room)


def _fitted(content: bytes, limit_bytes: int, longest_px: int, room: Room) -> bytes:
    arguments = (str(limit_bytes), str(longest_px), str(room_bytes(PARTS)))
    with room.taking(PARTS):
        return answer_of(room, "bot.imaging.fit_child", *arguments, sent=content, about="result")
