"""The request journal, a small file beside the database: a line when a request is sent, one when it was answered."""

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.ids import KeyId

log = logging.getLogger(__name__)

_COUNTS_S = 10.0  # RunBase's window
_UNDER_WAY_S = 120.0  # no request waits longer for its answer; what is older was never sent
_REWRITTEN_FROM_BYTES = 64 * 1024
_SENT, _ANSWERED = "sent", "answered"


@dataclass(slots=True)
class _Noted:
    under_way: list[tuple[KeyId, float]] = field(default_factory=list)
    answered: list[tuple[KeyId, float]] = field(default_factory=list)


class FileRequestJournal:
    """Lines are handed to the system and not waited for: it keeps them after any end of the process, kill -9 too.

    A machine that fails may lose them. It takes longer to start again than they count.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = 0
        self._rewritten_from = _REWRITTEN_FROM_BYTES
        self._is_refused = False

    def take_over(self, now_s: float) -> Sequence[tuple[KeyId, float]]:
        noted = self._read(now_s)
        made = [*noted.answered, *((key, now_s) for key, _ in noted.under_way)]
        self._rewrite(_Noted(answered=made))
        return made

    def note_sent(self, key: KeyId, sent_s: float) -> None:
        self._append(f"{_SENT} {key} {sent_s!r}\n", sent_s)

    def note_answered(self, key: KeyId, sent_s: float, answered_s: float) -> None:
        self._append(f"{_ANSWERED} {key} {sent_s!r} {answered_s!r}\n", answered_s)

    def _append(self, line: str, now_s: float) -> None:
        try:
            with open(self._path, "ab", buffering=0, opener=_private) as file:
                self._bytes += file.write(line.encode())
        except OSError as error:
            self._note_refused(error)
            return
        self._is_refused = False
        if self._bytes >= self._rewritten_from:
            self._rewrite(self._read(now_s))

    def _read(self, now_s: float) -> _Noted:
        """What may still count. What lies in the future was noted before the machine was started anew."""
        try:
            found = self._path.read_bytes()
        except FileNotFoundError:
            return _Noted()
        except OSError as error:
            self._note_refused(error)
            return _Noted()
        noted = _parsed(found)
        noted.under_way = [(key, at_s) for key, at_s in noted.under_way if 0 <= now_s - at_s < _UNDER_WAY_S]
        noted.answered = [(key, at_s) for key, at_s in noted.answered if 0 <= now_s - at_s < _COUNTS_S]
        return noted

    def _rewrite(self, noted: _Noted) -> None:
        """Whole or not at all, whenever the process ends."""
        lines = [f"{_SENT} {key} {at_s!r}\n" for key, at_s in noted.under_way]
        lines += [f"{_ANSWERED} {key} {at_s!r} {at_s!r}\n" for key, at_s in noted.answered]
        content = "".join(lines).encode()
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            with open(beside, "wb", opener=_private) as file:
                file.write(content)
            beside.replace(self._path)
        except OSError as error:
            self._note_refused(error)
        self._bytes = len(content)
        self._rewritten_from = max(_REWRITTEN_FROM_BYTES, 4 * len(content))

    def _note_refused(self, error: OSError) -> None:
        if not self._is_refused:
            log.warning("requests not noted: see the disk of the database why=%s", error)
        self._is_refused = True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _parsed(found: bytes) -> _Noted:
    """Lines that make no sense say nothing; nor does the last one, if it was cut off."""
    noted = _Noted()
    for line in found.decode(errors="replace").split("\n")[:-1]:
        with suppress(ValueError):
            match line.split():
                case [word, key, at_s] if word == _SENT:
                    noted.under_way.append((KeyId(key), float(at_s)))
                case [word, key, sent_s, at_s] if word == _ANSWERED:
                    noted.answered.append((KeyId(key), float(at_s)))
                    noted.under_way.remove((KeyId(key), float(sent_s)))
    return noted
