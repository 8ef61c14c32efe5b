"""Commands of the command line, run to their end beside the house, and what they printed."""

import asyncio
from dataclasses import dataclass

from tests.sockets.house import KEY, House

OTHER_KEY = "sk-that-nobody-knows"


@dataclass(frozen=True)
class Told:
    """What a command printed, and how it ended."""

    code: int
    output: str
    errors: str

    @property
    def lines(self) -> list[str]:
        return self.output.splitlines()

    @property
    def verdicts(self) -> list[str]:
        """The lines that begin with a verdict, without what helps."""
        return [line for line in self.lines if line and not line.startswith(" ")][:-1]

    def about(self, subject: str) -> list[str]:
        """The lines on a subject, each with its cure behind it."""
        text = "\n".join(self.lines).replace("\n" + " " * 24, " | ")
        return [line for line in text.splitlines() if line[8:].startswith(subject)]


async def told(house: House, *words: str, **changes: str) -> Told:
    process = await asyncio.create_subprocess_exec(
        *house.standin.command("bot", *words),
        env={**house.environment, **changes},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode is not None
    found = Told(process.returncode, output.decode(), errors.decode())
    assert "Traceback" not in found.errors
    for secret in (house.standin.token, KEY, OTHER_KEY):
        assert secret not in found.output + found.errors
    return found
