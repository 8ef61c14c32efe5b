"""The RunBase client on real sockets of this machine, and what becomes of its keys."""

import asyncio
import json
import logging
import traceback

import httpx
import pytest

from bot.domain.errors import BotError, CreateUncertain, LookFailed, ProviderUnreachable
from tests.contract.runbase_world import (
    RUN,
    WANTED,
    Handler,
    answering,
    client,
    listening,
    raising,
    response_of,
    whole_request,
)

# ---- on a socket ----------------------------------------------------------------------------------------------------


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Nothing to do: the server closes the connection."""


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)
    writer.transport.abort()


async def fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)
    await reader.read()  # until the client has gone


async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)
    writer.write(b'HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"id": "run_1"')


@pytest.mark.parametrize("handler", [reset, fall_silent, break_off, hang_up])
async def test_a_request_that_was_received_and_not_answered_is_uncertain(handler: Handler) -> None:
    async with listening(handler) as address:
        api = client(None, base_url=f"http://{address}", read_timeout_s=0.2)
        with pytest.raises(CreateUncertain):
            await api.create(api.keys[0], WANTED)
        await api.close()


async def test_a_closed_port_is_unreachable() -> None:
    async with listening(hang_up) as address:
        pass
    api = client(None, base_url=f"http://{address}")
    with pytest.raises(ProviderUnreachable):
        await api.create(api.keys[0], WANTED)
    await api.close()


async def test_a_server_that_speaks_no_tls_got_nothing() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with listening(speak) as address:
        api = client(None, base_url=f"https://{address}")
        with pytest.raises(ProviderUnreachable):
            await api.create(api.keys[0], WANTED)
        await api.close()


async def test_no_run_is_ordered_over_a_connection_that_may_just_have_been_closed() -> None:
    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole_request(reader)
        writer.write(b'HTTP/1.1 201 Created\r\nContent-Length: 15\r\n\r\n{"id": "run_1"}')
        await reader.read(1)  # a second request on this connection, or its end

    async with listening(answer_once) as address:
        api = client(None, base_url=f"http://{address}")
        made = [await api.create(api.keys[0], WANTED) for _ in range(3)]
        await api.close()
    assert made == ["run_1"] * 3


# ---- keys -----------------------------------------------------------------------------------------------------------

SECRET = "sk-4a7c-very-secret"


def echoing(status: int) -> httpx.AsyncBaseTransport:
    """A server that repeats in its answer what it was sent."""

    def answer(request: httpx.Request) -> httpx.Response:
        return response_of(status, json.dumps({"error": {"message": request.headers["Authorization"]}}).encode())

    return httpx.MockTransport(answer)


TROUBLES = {
    "refused": echoing(401),
    "rejected": echoing(400),
    "uncertain": echoing(500),
    "garbage": answering(200, b"garbage"),
    "unreachable": raising(httpx.ConnectError("refused")),
    "lost": raising(httpx.ReadError("reset")),
}


@pytest.mark.parametrize("transport", TROUBLES.values(), ids=TROUBLES.keys())
async def test_a_key_is_never_told(transport: httpx.AsyncBaseTransport, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api = client(transport, SECRET)
    told = [repr(api), str(api), repr(vars(api)), repr(api.keys)]
    for call in (api.create(api.keys[0], WANTED), api.look(api.keys[0], RUN)):
        with pytest.raises(BotError) as raised:
            await call
        told += [str(raised.value), repr(raised.value), repr(vars(raised.value))]
        told += traceback.format_exception(raised.value)
    text = "\n".join([*told, caplog.text])
    assert SECRET not in text
    assert "Bearer" not in text


async def test_a_key_goes_to_runbase_alone() -> None:
    seen: list[tuple[str, str]] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.host, request.headers["Authorization"]))
        return response_of(307, Location="https://elsewhere.test/runs")

    api = client(httpx.MockTransport(redirect), SECRET)
    with pytest.raises(CreateUncertain):
        await api.create(api.keys[0], WANTED)
    with pytest.raises(LookFailed):
        await api.look(api.keys[0], RUN)
    assert seen == [("runbase.test", f"Bearer {SECRET}")] * 2


def test_keys_have_names_that_stay_the_same_and_give_nothing_away() -> None:
    api, again = client(None, SECRET, "sk-other"), client(None, "sk-other", SECRET)
    assert set(api.keys) == set(again.keys)
    assert len(set(api.keys)) == 2
    assert not any(part in name for name in api.keys for part in ("sk-", "4a7c", "secret", "other"))
