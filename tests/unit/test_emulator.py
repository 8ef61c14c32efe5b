"""The look-alike of RunBase, met over the wire: what it refuses, its request limit, run times and money."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from bot.preview.emulator import Fault, Place, Status
from tests.unit.emulator_world import KEY, LONG, ORIGIN, OTHER_KEY, Json, World, bearer, document, refusal

# ---- what is refused ----------------------------------------------------------------------------------------------

BAD_BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "invalid_json"),
    "half a document": (b'{"model": ', "invalid_json"),
    "no UTF-8": (b'{"model": "\xff"}', "invalid_json"),
    "too deep": (b"[" * 100_000, "invalid_json"),
    "a list": (b"[]", "invalid_json"),
    "an empty object": (b"{}", "missing_model"),
    "a model that is no text": (b'{"model": 1, "input": {"prompt": "x"}}', "missing_model"),
    "an unknown model": (b'{"model": "openai/dall-e-9", "input": {"prompt": "x"}}', "model_not_found"),
    "no input": (b'{"model": "openai/gpt-image-1"}', "missing_input"),
    "an input that is text": (b'{"model": "openai/gpt-image-1", "input": "x"}', "missing_input"),
    "no prompt": (b'{"model": "openai/gpt-image-1", "input": {}}', "invalid_input"),
    "an unknown field": (b'{"model": "openai/gpt-image-1", "input": {"prompt": "x"}, "n": 2}', "invalid_input"),
}


@pytest.mark.parametrize(("body", "code"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_malformed_body_is_refused_and_costs_nothing(body: bytes, code: str) -> None:
    world = World()
    headers = bearer(KEY) | {"Content-Type": "application/json"}
    assert refusal(await world.client.post(f"{ORIGIN}/runs", content=body, headers=headers)) == (400, code)
    assert not world.emulator.runs
    assert world.emulator.balance(KEY) == 1


BAD_INPUTS: dict[str, Json] = {
    "an empty prompt": document(prompt=""),
    "a blank prompt": document(prompt=" \n"),
    "4001 characters": document(prompt="x" * 4001),
    "a prompt that is a number": document(prompt=7),
    "a ratio of another model": document(aspect_ratio="16:9"),
    "a ratio that is null": document(aspect_ratio=None),
    "six references": document(image_urls=["https://cdn.test/a.png"] * 6),
    "no references at all": document(image_urls=[]),
    "a data URI": document(image_urls=["data:image/png;base64,AAAA"]),
    "an ftp reference": document(image_urls=["ftp://cdn.test/a.png"]),
    "a URL without a host": document(image_urls=["https:///a.png"]),
    "a URL with an impossible host": document(image_urls=["https://[/a.png"]),
    "one URL instead of a list": document(image_urls="https://cdn.test/a.png"),
    "an unknown parameter": document(n=2),
    "a sibling's parameter": document(quality="high"),
    "a wrong quality": document("openai/gpt-image-1.5", quality="low"),
    "a resolution for 1.5": document("openai/gpt-image-1.5", resolution="2K"),
    "a wrong resolution": document("openai/gpt-image-2", resolution="8K"),
}


@pytest.mark.parametrize("sent", BAD_INPUTS.values(), ids=BAD_INPUTS.keys())
async def test_a_wrong_input_is_refused_and_costs_nothing(sent: Json) -> None:
    world = World()
    assert refusal(await world.post(sent)) == (400, "invalid_input")
    assert not world.emulator.runs
    assert world.emulator.balance(KEY) == 1


GOOD_INPUTS: list[tuple[Json, tuple[int, int]]] = [
    (document(), (1024, 1024)),
    (document(prompt="x" * 4000, aspect_ratio="3:2"), (1536, 1024)),
    (document(aspect_ratio="2:3"), (1024, 1536)),
    (document("openai/gpt-image-1.5", quality="high"), (1024, 1024)),
    (document("openai/gpt-image-2", aspect_ratio="21:9"), (1024, 439)),
    (document("openai/gpt-image-2", aspect_ratio="9:16", resolution="2K"), (1152, 2048)),
]


@pytest.mark.parametrize(("sent", "size"), GOOD_INPUTS)
async def test_an_allowed_input_makes_a_run_of_its_size(sent: Json, size: tuple[int, int]) -> None:
    world = World()
    answer = await world.post(sent)
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")
    assert [(run.model, run.size) for run in world.emulator.runs] == [(sent["model"], size)]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "missing_api_key"),
        ({"Authorization": f"Basic {KEY}"}, "invalid_api_key"),
        ({"Authorization": KEY}, "invalid_api_key"),
        ({"Authorization": "Bearer one"}, "invalid_api_key"),
        ({"Authorization": "Bearer sk-unknown"}, "invalid_api_key"),
    ],
)
async def test_both_calls_refuse_a_wrong_key(headers: dict[str, str], code: str) -> None:
    client = World().client
    assert refusal(await client.post(f"{ORIGIN}/runs", json=document(), headers=headers)) == (401, code)
    assert refusal(await client.get(f"{ORIGIN}/runs/run_1", headers=headers)) == (401, code)


KEY_TROUBLES = [
    ("invalid_api_key", 401, 401),
    ("ip_not_allowed", 403, 403),
    ("api_key_spend_limit_exceeded", 403, 200),
    ("USAGE_EXCEEDED", 429, 429),
]


@pytest.mark.parametrize(("code", "create", "read"), KEY_TROUBLES)
async def test_a_key_can_go_bad_and_be_made_good_again(code: str, create: int, read: int) -> None:
    world = World()
    run_id = await world.create()
    world.emulator.refuse_key(KEY, code)
    assert refusal(await world.post(document())) == (create, code)
    assert (await world.read(run_id)).status_code == read
    assert (await world.post(document(), OTHER_KEY)).status_code == 201
    world.emulator.refuse_key(KEY, None)
    assert (await world.read(run_id)).status_code == 200


async def test_a_run_is_found_with_its_own_key_only() -> None:
    world = World()
    run_id = await world.create()
    assert refusal(await world.read(run_id, OTHER_KEY)) == (404, "run_not_found")
    assert refusal(await world.read("run_unknown")) == (404, "run_not_found")


async def test_a_call_that_does_not_exist_is_not_found() -> None:
    world = World()
    assert refusal(await world.client.get(f"{ORIGIN}/models")) == (404, "not_found")
    assert (await world.client.delete(f"{ORIGIN}/runs/run_1")).status_code == 405


# ---- the request limit --------------------------------------------------------------------------------------------


async def test_the_twenty_first_request_in_ten_seconds_is_refused_whatever_the_others_were() -> None:
    world = World()
    await world.create()
    for _ in range(10):
        await world.read("run_unknown")
    for _ in range(9):
        await world.post(document(n=2))
    assert refusal(await world.post(document())) == (429, "RATE_LIMITED")
    assert refusal(await world.read("run_unknown")) == (429, "RATE_LIMITED")
    assert len(world.emulator.runs) == 1
    assert (await world.read("run_unknown", OTHER_KEY)).status_code == 404


async def test_the_window_slides_and_refused_requests_keep_it_full() -> None:
    world = World()
    for _ in range(20):
        await world.read("run_unknown")
    world.clock.advance(timedelta(seconds=9.9))
    assert (await world.read("run_unknown")).status_code == 429
    world.clock.advance(timedelta(seconds=0.1))
    answers = [(await world.read("run_unknown")).status_code for _ in range(20)]
    assert answers == [404] * 19 + [429]


async def test_results_do_not_count_towards_the_limit() -> None:
    world = World()
    url = (await world.finished())["output"]["urls"][0]
    answers = {(await world.client.get(url)).status_code for _ in range(40)}
    assert answers == {200}


# ---- time ---------------------------------------------------------------------------------------------------------


async def test_a_run_is_pending_then_processing_then_succeeded() -> None:
    world = World()
    run_id = await world.create()
    whole = world.emulator.runs[0].duration
    seen = []
    for share in (0.05, 0.10, 0.80):
        world.clock.advance(whole * share)
        seen.append((await world.read(run_id)).json()["status"])
    world.clock.advance(whole * 0.06)
    answer = (await world.read(run_id)).json()
    assert seen == ["pending", "processing", "processing"]
    assert answer == {
        "id": run_id,
        "status": "succeeded",
        "model": "openai/gpt-image-1",
        "createdAt": "2026-01-01T00:00:00.000Z",
        "costUsd": 0.05,
        "output": {"urls": [f"{ORIGIN}/files/{run_id}.png"]},
    }


async def runs_of(**options: Any) -> list[tuple[str, timedelta]]:
    world = World(balances={KEY: 100}, **options)
    for _ in range(300):
        await world.create()
        world.clock.advance(timedelta(seconds=1))
    return [(run.id, run.duration) for run in world.emulator.runs]


async def test_run_times_follow_from_seed_and_number_and_lie_around_fifteen_seconds() -> None:
    usual = await runs_of(seed=1)
    durations = sorted(duration.total_seconds() for _, duration in usual)
    assert usual == await runs_of(seed=1)
    assert usual != await runs_of(seed=2)
    assert 14 < durations[150] < 16
    assert 9 < durations[30] < 10.5  # the tenth percentile of a log-normal with sigma 0.35: 9.6
    fast = await runs_of(seed=1, speed=20)
    assert all(
        abs(slow / 20 - quick) < timedelta(milliseconds=1) for (_, slow), (_, quick) in zip(usual, fast, strict=True)
    )


# ---- money --------------------------------------------------------------------------------------------------------


async def test_a_run_is_charged_when_it_is_created() -> None:
    world = World()
    await world.create()
    assert world.emulator.balance(KEY) == Decimal("0.95")
    assert world.emulator.balance(OTHER_KEY) == 1


async def test_an_empty_balance_refuses_until_something_is_paid_in() -> None:
    world = World(balances={KEY: 0.09})
    await world.create()
    assert refusal(await world.post(document())) == (402, "insufficient_balance")
    world.emulator.pay_in(KEY, 0.01)
    assert (await world.post(document())).status_code == 201
    assert world.emulator.balance(KEY) == 0


async def test_a_failed_run_is_refunded_even_when_nobody_reads_it() -> None:
    world = World(balances={KEY: 0.05})
    await world.create(prompt="please fail-preview")
    assert world.emulator.balance(KEY) == 0
    world.clock.advance(LONG)
    assert (await world.post(document())).status_code == 201
    assert [(run.status, run.charged, run.refunded) for run in world.emulator.runs] == [
        (Status.FAILED, Decimal("0.05"), Decimal("0.05")),
        (Status.PENDING, Decimal("0.05"), 0),
    ]


async def test_a_failed_run_says_why() -> None:
    unsafe, failed = await World().finished(prompt="unsafe-preview"), await World().finished(prompt="fail-preview")
    assert unsafe["error"] == {
        "message": "Your request was rejected by our safety system.",
        "code": "moderation_blocked",
    }
    assert isinstance(failed["error"], str)
    assert [answer["costUsd"] for answer in (unsafe, failed)] == [0, 0]
    assert "output" not in unsafe


# ---- what it writes down ------------------------------------------------------------------------------------------


async def test_everything_that_arrives_is_written_down() -> None:
    world = World()
    world.emulator.faults.set(Place.CREATE, Fault.RESET_BEFORE, times=1)
    world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            await world.post(document())
    await world.read(world.emulator.runs[0].id)
    await world.read("run_unknown")
    made = world.emulator.runs[0].id
    assert [(seen.method, seen.key, seen.run_id, seen.status, seen.code) for seen in world.emulator.requests_log] == [
        ("POST", KEY, made, None, None),
        ("GET", KEY, made, 200, None),
        ("GET", KEY, None, 404, "run_not_found"),
    ]
    assert world.emulator.counters[Place.READ, 404, "run_not_found"] == 1


async def test_a_slow_run_takes_twenty_times_as_long_as_it_would() -> None:
    usual, slow = World(), World()
    await usual.create(prompt="a fox")
    await slow.create(prompt="a fox, slow-preview")
    assert slow.emulator.runs[0].duration == usual.emulator.runs[0].duration * 20


async def test_runs_of_the_same_prompt_make_different_pictures() -> None:
    world = World(painter=lambda prompt, size, references, number: f"{prompt} {number}".encode())
    urls = [(await world.finished(prompt=prompt))["output"]["urls"][0] for prompt in ("a fox", "a hare", "a fox")]
    assert [(await world.client.get(url)).content for url in urls] == [b"a fox 0", b"a hare 0", b"a fox 1"]
