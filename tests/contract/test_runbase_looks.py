"""Looking at runs: every shape a run can be answered in, and every way in which a look can fail."""

import json
from typing import Any

import httpx
import pytest

from bot.domain.errors import LookFailed, LookTrouble, RunUnknown
from bot.domain.runs import EndReason
from bot.ports import Failed, Look, StillRunning, Succeeded
from bot.preview.emulator import Fault, Place
from tests.contract.runbase_world import CUT_OFF, NEVER_LEFT, RUN, WANTED, Answer, World, answering, client, raising
from tests.unit.emulator_world import KEY, LONG, ORIGIN


async def test_a_run_is_seen_running_and_then_succeeded() -> None:
    world = World()
    made = await world.create()
    assert await world.api.look(world.key, made) == StillRunning()
    world.clock.advance(world.runbase.runs[0].duration / 2)
    assert await world.api.look(world.key, made) == StillRunning()
    world.clock.advance(LONG)
    assert await world.api.look(world.key, made) == Succeeded(f"{ORIGIN}/files/{made}.png")


FINISHED: list[tuple[Fault | None, str, Look | str]] = [
    (Fault.NEVER_ENDING, "a fox", StillRunning()),
    (Fault.SINGLE_URL, "a fox", "url"),
    (Fault.NO_URL, "a fox", Succeeded(None)),
    (None, "fail-preview", Failed(EndReason.PROVIDER_FAILED)),
    (None, "unsafe-preview", Failed(EndReason.DECLINED)),
    (Fault.PLAIN_ERROR, "unsafe-preview", Failed(EndReason.DECLINED)),
]


@pytest.mark.parametrize(("fault", "prompt", "seen"), FINISHED)
async def test_every_shape_of_a_finished_run_is_understood(fault: Fault | None, prompt: str, seen: Look | str) -> None:
    world = World()
    world.runbase.faults.set(Place.CREATE, fault)
    made = await world.create(prompt=prompt)
    world.clock.advance(LONG)
    expected = Succeeded(f"{ORIGIN}/files/{made}.png") if seen == "url" else seen
    assert await world.api.look(world.key, made) == expected


async def test_a_status_nobody_has_heard_of_means_still_running() -> None:
    world = World()
    world.runbase.faults.set(Place.READ, Fault.UNKNOWN_STATUS)
    made = await world.create()
    assert await world.api.look(world.key, made) == StillRunning()


URL = "https://files.test/1.png"
SHAPES: list[tuple[dict[str, Any], Look]] = [
    ({"status": "pending"}, StillRunning()),
    ({"status": "queued", "output": {"urls": [URL]}}, StillRunning()),
    ({"status": "SUCCEEDED"}, StillRunning()),
    ({}, StillRunning()),
    ({"status": "succeeded", "output": {"urls": [URL, "https://files.test/2.png"]}}, Succeeded(URL)),
    ({"status": "succeeded", "output": {"urls": None, "url": URL}}, Succeeded(URL)),
    ({"status": "succeeded", "output": {"urls": [], "url": URL, "seed": 4}}, Succeeded(URL)),
    ({"status": "succeeded", "output": {"url": None}}, Succeeded(None)),
    ({"status": "succeeded", "output": {}}, Succeeded(None)),
    ({"status": "succeeded", "output": None, "error": None, "costUsd": None}, Succeeded(None)),
    ({"status": "succeeded", "output": URL}, Succeeded(None)),
    ({"status": "succeeded"}, Succeeded(None)),
    ({"status": "succeeded", "output": {"url": URL}, "error": "safety"}, Succeeded(URL)),
    ({"status": "failed"}, Failed(EndReason.PROVIDER_FAILED)),
    ({"status": "failed", "error": None, "output": None}, Failed(EndReason.PROVIDER_FAILED)),
    ({"status": "failed", "error": "Out of GPUs"}, Failed(EndReason.PROVIDER_FAILED)),
    ({"status": "failed", "error": {"message": None, "code": None}}, Failed(EndReason.PROVIDER_FAILED)),
    ({"status": "failed", "error": {"message": ["?"], "code": 500}}, Failed(EndReason.PROVIDER_FAILED)),
    ({"status": "failed", "error": ["?"]}, Failed(EndReason.PROVIDER_FAILED)),
    ({"status": "failed", "error": "Rejected by the SAFETY system"}, Failed(EndReason.DECLINED)),
    ({"status": "failed", "error": {"message": "It violates our usage policies"}}, Failed(EndReason.DECLINED)),
    ({"status": "failed", "error": {"code": "content_policy_violation"}}, Failed(EndReason.DECLINED)),
    ({"status": "failed", "error": {"message": "", "code": "moderation_blocked"}}, Failed(EndReason.DECLINED)),
]


@pytest.mark.parametrize(("answer", "seen"), SHAPES)
async def test_a_run_is_read_with_tolerance(answer: dict[str, Any], seen: Look) -> None:
    api = client(answering(200, json.dumps({"id": "run_1", **answer}).encode()))
    assert await api.look(api.keys[0], RUN) == seen


async def test_a_finished_run_is_recognised_without_its_id() -> None:
    api = client(answering(200, json.dumps({"status": "succeeded", "output": {"url": URL}}).encode()))
    assert await api.look(api.keys[0], RUN) == Succeeded(URL)


NO_WORD: dict[str, Answer] = {
    **{str(status): (status, b'{"error": {"message": "x", "code": "y"}}') for status in (400, 401, 402, 403, 404)},
    **{str(status): (status, b"<html>") for status in (302, 404, 410, 429, 500, 502, 503, 504)},
    "HTML": (200, b"<html>"),
    "nothing": (200, b""),
    "null": (200, b"null"),
    "half a document": (200, b'{"id": "run_1", "status": "fai'),
    "over a megabyte": (200, b'{"id": "run_1", "status": "failed"}'.ljust(1024 * 1024 + 1)),
    "too deep": (200, b"[" * 100_000),
}


@pytest.mark.parametrize("answer", NO_WORD.values(), ids=NO_WORD.keys())
async def test_a_failed_look_says_nothing_about_the_run(answer: Answer) -> None:
    api = client(answering(*answer))
    with pytest.raises(LookFailed) as raised:
        await api.look(api.keys[0], RUN)
    assert type(raised.value) is LookFailed


@pytest.mark.parametrize("error", [*NEVER_LEFT.values(), *CUT_OFF.values()], ids=[*NEVER_LEFT, *CUT_OFF])
async def test_a_look_that_is_lost_says_nothing_about_the_run(error: httpx.TransportError) -> None:
    api = client(raising(error))
    with pytest.raises(LookFailed) as raised:
        await api.look(api.keys[0], RUN)
    assert type(raised.value) is LookFailed


async def test_one_look_too_many_is_told_apart_from_a_failed_one() -> None:
    world = World()
    made = await world.create()
    for _ in range(19):
        await world.api.look(world.key, made)
    with pytest.raises(LookFailed) as raised:
        await world.api.look(world.key, made)
    assert raised.value.trouble is LookTrouble.TOO_FAST


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        (b"<html>", LookTrouble.TOO_FAST),
        (b'{"error": {"message": "x", "code": "slow_down"}}', LookTrouble.TOO_FAST),
        (b'{"error": {"message": "x", "code": "USAGE_EXCEEDED"}}', LookTrouble.REFUSED),
    ],
)
async def test_every_429_but_a_quota_that_is_used_up_means_too_fast(body: bytes, trouble: LookTrouble) -> None:
    api = client(answering(429, body))
    with pytest.raises(LookFailed) as raised:
        await api.look(api.keys[0], RUN)
    assert (raised.value.trouble, raised.value.status) == (trouble, 429)


async def test_an_unknown_run_is_told_apart_from_a_failed_look() -> None:
    world = World()
    with pytest.raises(RunUnknown):
        await world.api.look(world.key, RUN)
    assert world.runbase.requests_log[-1].code == "run_not_found"


async def test_a_run_can_be_read_only_with_its_own_key() -> None:
    world = World()
    ours, theirs = await world.create(), await world.api.create(world.other_key, WANTED)
    assert await world.api.look(world.key, ours) == StillRunning()
    assert await world.api.look(world.other_key, theirs) == StillRunning()
    for key, run in ((world.other_key, ours), (world.key, theirs)):
        with pytest.raises(RunUnknown):
            await world.api.look(key, run)


async def test_a_key_over_its_spend_limit_still_reads_what_it_made() -> None:
    world = World()
    made = await world.create()
    world.runbase.refuse_key(KEY, "api_key_spend_limit_exceeded")
    assert await world.api.look(world.key, made) == StillRunning()
