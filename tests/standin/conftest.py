"""Fixtures of the stand-in's own tests."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.standin.example import Rig, rig


@pytest_asyncio.fixture
async def it() -> AsyncIterator[Rig]:
    async with rig() as connected:
        yield connected
