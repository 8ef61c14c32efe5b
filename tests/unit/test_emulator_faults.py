"""What can be made to go wrong in the look-alike, in process and on a socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
import uvicorn

from bot.preview.emulator import Emulator, Fault, Place
from tests.unit.emulator_world import KEY, LONG, ORIGIN, Json, World, bearer, document, picture

LOST: list[tuple[Fault, type[httpx.TransportError], int]] = [
    (Fault.RESET_BEFORE, httpx.ConnectError, 0),
    (Fault.TIMEOUT_BEFORE, httpx.ReadTimeout, 0),
    (Fault.RESET_AFTER, httpx.ReadError, 1),
    (Fault.TIMEOUT_AFTER, httpx.ReadTimeout, 1),
]


@pytest.mark.parametrize(("fault", "error", "created"), LOST)
async def test_an_answer_can_be_lost_before_or_after_the_run_is_made(
    fault: Fault, error: type[httpx.TransportError], created: int
) -> None:
    world = World()
    world.emulator.faults.set(Place.CREATE, fault, times=1)
    with pytest.raises(error):
        await world.post(document())
    assert world.emulator.balance(KEY) == 1 - created * Decimal("0.05")
    assert len(world.emulator.runs) == created
    assert (await world.post(document())).status_code == 201


SPOILT: list[tuple[Fault, int, int, str]] = [
    (Fault.ERROR_BEFORE, 0, 500, "application/json"),
    (Fault.ERROR_AFTER, 1, 500, "application/json"),
    (Fault.GARBAGE_JSON, 1, 200, "application/json"),
    (Fault.HTML_BODY, 1, 200, "text/html; charset=utf-8"),
    (Fault.BAD_GATEWAY, 1, 502, "text/html; charset=utf-8"),
]


@pytest.mark.parametrize(("fault", "created", "status", "kind"), SPOILT)
async def test_an_answer_can_be_spoilt_before_or_after_the_run_is_made(
    fault: Fault, created: int, status: int, kind: str
) -> None:
    world = World()
    world.emulator.faults.set(Place.CREATE, fault)
    answer = await world.post(document())
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert len(world.emulator.runs) == created
    world.emulator.faults.set(Place.CREATE, None)
    assert (await world.post(document())).status_code == 201


async def test_a_read_can_be_lost_without_harm_to_the_run() -> None:
    world = World()
    run_id = await world.create()
    for fault in (Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TIMEOUT_BEFORE):
        world.emulator.faults.set(Place.READ, fault, times=2)
    for _ in range(6):
        with pytest.raises(httpx.TransportError):
            await world.read(run_id)
    assert (await world.read(run_id)).json()["status"] == "pending"


SHAPED: list[tuple[Fault, str, Callable[[Json], object], object]] = [
    (Fault.NEVER_ENDING, "a castle", lambda answer: answer["status"], "processing"),
    (Fault.NO_URL, "a castle", lambda answer: answer["output"], {"urls": []}),
    (Fault.SINGLE_URL, "a castle", lambda answer: answer["output"]["url"].startswith(ORIGIN), True),
    (Fault.PLAIN_ERROR, "unsafe-preview", lambda answer: type(answer["error"]), str),
]


@pytest.mark.parametrize("place", [Place.CREATE, Place.READ])
@pytest.mark.parametrize(("fault", "prompt", "look", "seen"), SHAPED)
async def test_a_run_can_be_answered_in_an_odd_shape(
    place: Place, fault: Fault, prompt: str, look: Callable[[Json], object], seen: object
) -> None:
    world = World()
    world.emulator.faults.set(place, fault, times=1)
    assert look(await world.finished(prompt=prompt)) == seen


async def test_an_unknown_status_is_seen_until_the_run_ends() -> None:
    world = World()
    world.emulator.faults.set(Place.READ, Fault.UNKNOWN_STATUS)
    run_id = await world.create()
    assert (await world.read(run_id)).json()["status"] == "warming_up"
    world.clock.advance(LONG)
    assert (await world.read(run_id)).json()["status"] == "succeeded"


async def test_a_fault_of_shape_waits_until_it_can_be_seen() -> None:
    world = World()
    world.emulator.faults.set(Place.READ, Fault.NO_URL, times=1)
    run_id = await world.create()
    assert (await world.read(run_id)).json()["status"] == "pending"
    world.clock.advance(LONG)
    outputs = [(await world.read(run_id)).json()["output"]["urls"] for _ in range(2)]
    assert [len(urls) for urls in outputs] == [0, 1]


FILES: list[tuple[Fault, Callable[[httpx.Response], bool]]] = [
    (Fault.FORBIDDEN, lambda answer: answer.status_code == 403),
    (Fault.MISSING, lambda answer: answer.status_code == 404),
    (Fault.ERROR_BEFORE, lambda answer: answer.status_code == 500),
    (Fault.SLOW, lambda answer: answer.content == picture("navy", (8, 8))),
    (Fault.HALF_IMAGE, lambda answer: answer.content == picture("navy", (8, 8))[: len(picture("navy", (8, 8))) // 2]),
    (Fault.NOT_AN_IMAGE, lambda answer: answer.text.startswith("<!doctype") and answer.is_success),
    (Fault.HUGE, lambda answer: len(answer.content) == 25_000_000 and answer.content.startswith(b"\x89PNG")),
]


@pytest.mark.parametrize(("fault", "shows"), FILES)
async def test_a_result_can_be_spoilt(fault: Fault, shows: Callable[[httpx.Response], bool]) -> None:
    world = World()
    world.emulator.faults.set(Place.FILE, fault, times=1)
    assert shows(await world.result())
    assert (await world.result()).content == picture("navy", (8, 8))


async def test_a_slow_result_takes_its_time_on_the_clock() -> None:
    world = World()
    url = (await world.finished())["output"]["urls"][0]
    world.emulator.faults.set(Place.FILE, Fault.SLOW)
    before = world.clock.now()
    await world.client.get(url)
    assert timedelta(seconds=25) < world.clock.now() - before < timedelta(seconds=35)


async def test_an_endless_result_can_be_left() -> None:
    world = World()
    world.emulator.faults.set(Place.FILE, Fault.ENDLESS)
    url, got = (await world.finished())["output"]["urls"][0], 0
    async with world.client.stream("GET", url) as answer:
        async for chunk in answer.aiter_bytes():
            got += len(chunk)
            if got > 30_000_000:
                break
    assert got > 30_000_000


async def test_a_truncated_result_breaks_half_way() -> None:
    world = World()
    world.emulator.faults.set(Place.FILE, Fault.TRUNCATED)
    with pytest.raises(httpx.ReadError):
        await world.result()


async def test_a_result_can_be_redirected() -> None:
    world = World()
    world.emulator.faults.set(Place.FILE, Fault.REDIRECT, url="http://10.0.0.1/secret")
    answer = await world.result()
    assert (answer.status_code, answer.headers["location"]) == (302, "http://10.0.0.1/secret")


def test_an_impossible_fault_is_a_mistake_in_the_test() -> None:
    faults = World().emulator.faults
    with pytest.raises(ValueError, match="cannot happen"):
        faults.set(Place.CREATE, Fault.TRUNCATED)
    with pytest.raises(ValueError, match="belongs to a redirect"):
        faults.set(Place.FILE, Fault.REDIRECT)


# ---- on a socket --------------------------------------------------------------------------------------------------


@asynccontextmanager
async def served(emulator: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    listener = socket.create_server(("127.0.0.1", 0))  # listens from here on
    server = uvicorn.Server(uvicorn.Config(emulator.app, log_level="error", lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    port = listener.getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=5) as client:
            yield client
    finally:
        server.should_exit = True
        await serving


@pytest.mark.parametrize(("fault", "created"), [(Fault.RESET_BEFORE, 0), (Fault.RESET_AFTER, 1)])
async def test_on_a_socket_a_lost_answer_is_a_closed_connection(fault: Fault, created: int) -> None:
    world = World()
    world.emulator.faults.set(Place.CREATE, fault, times=1)
    async with served(world.emulator) as client:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await client.post("/api/v1/runs", json=document(), headers=bearer(KEY))
        assert len(world.emulator.runs) == created
        assert (await client.post("/api/v1/runs", json=document(), headers=bearer(KEY))).status_code == 201


async def test_on_a_socket_a_time_out_is_silence() -> None:
    world = World()
    world.emulator.faults.set(Place.CREATE, Fault.TIMEOUT_AFTER)
    async with served(world.emulator) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/api/v1/runs", json=document(), headers=bearer(KEY), timeout=0.2)
    assert len(world.emulator.runs) == 1


async def test_on_a_socket_bodies_break_and_never_end_too() -> None:
    world = World()
    path = httpx.URL((await world.finished())["output"]["urls"][0]).path
    async with served(world.emulator) as client:
        world.emulator.faults.set(Place.FILE, Fault.TRUNCATED, times=1)
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await client.get(path)
        world.emulator.faults.set(Place.FILE, Fault.ENDLESS, times=1)
        async with client.stream("GET", path) as answer:
            pieces = answer.aiter_bytes()
            assert sum([len(await anext(pieces)) for _ in range(50)]) > 100_000
        assert (await client.get(path)).content == picture("navy", (8, 8))
