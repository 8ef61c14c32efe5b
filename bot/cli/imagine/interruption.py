"""Ctrl+C and SIGTERM: the first asks the call to end, the second ends the process where it stands."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    def __init__(self) -> None:
        self.event = asyncio.Event()

    @property
    def is_there(self) -> bool:
        return self.event.is_set()

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Inside the running loop."""
        for number in _SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._hear)
        try:
            yield
        finally:
            self._stop_hearing()

    def _hear(self) -> None:
        self.event.set()
        self._stop_hearing()
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    def _stop_hearing(self) -> None:
        for number in _SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)
