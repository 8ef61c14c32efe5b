"""Creating runs: the client against the look-alike, for every documented error and every way to lose an answer."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from bot.domain.catalogue import CATALOGUE
from bot.domain.errors import (
    BotError,
    CreateUncertain,
    InputDeclined,
    InputRejected,
    KeyOutOfCredit,
    KeyRateLimited,
    KeyRefused,
    LookFailed,
    ModelNotOffered,
    ProviderUnreachable,
    RefusedWithoutReason,
)
from bot.preview.emulator import Fault, Place
from tests.contract.runbase_world import (
    CUT_OFF,
    NEVER_LEFT,
    WANTED,
    Answer,
    Between,
    World,
    answering,
    client,
    raising,
)
from tests.unit.emulator_world import KEY, ORIGIN, OTHER_KEY, picture, web

# ---- what is created ----------------------------------------------------------------------------------------------

OFFERS = [(model.id, aspect.ratio) for model in CATALOGUE.values() for aspect in model.aspects]


@pytest.mark.parametrize(("model", "aspect"), OFFERS)
async def test_every_model_is_offered_with_every_aspect_of_the_catalogue(model: str, aspect: str) -> None:
    world = World()
    made = await world.create(model=model, aspect=aspect)
    assert [(run.id, run.model, run.aspect_ratio) for run in world.runbase.runs] == [(made, model, aspect)]


async def test_references_arrive_by_their_urls_with_spaces_encoded() -> None:
    cdn = web({"/a b.png": picture("red"), "/c.png": picture("blue")})
    world = World(fetch_transport=cdn)
    await world.create(image_urls=("https://cdn.test/a b.png?ex=1&is=2", "https://cdn.test/c.png"))
    (run,) = world.runbase.runs
    assert run.image_urls == ("https://cdn.test/a%20b.png?ex=1&is=2", "https://cdn.test/c.png")
    assert len(run.references) == 2


async def test_a_prompt_arrives_as_it_was_written() -> None:
    world = World()
    prompt = 'Ein „Fuchs“ 🦊 im\nSchnee; "quoted" \\ and </script> مرحبا'
    await world.create(prompt=prompt)
    assert world.runbase.runs[0].prompt == prompt


# ---- refusals: a row each of the documented table -------------------------------------------------------------------

BAD_REQUESTS = {
    "invalid_json": (b'{"model": ', InputRejected),
    "missing_model": (b"{}", InputRejected),
    "missing_input": (b'{"model": "openai/gpt-image-1"}', InputRejected),
    "invalid_input": (b'{"model": "openai/gpt-image-1", "input": {"prompt": ""}}', InputRejected),
    "model_not_found": (b'{"model": "openai/gpt-image-0", "input": {"prompt": "x"}}', ModelNotOffered),
}


@pytest.mark.parametrize("code", BAD_REQUESTS)
async def test_a_400_creates_nothing_and_is_final(code: str) -> None:
    world = World()
    body, error = BAD_REQUESTS[code]
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    spoilt = httpx.Request("POST", f"{ORIGIN}/runs", content=body, headers=headers)
    api = client(Between(world.runbase, request=spoilt))
    with pytest.raises(error):
        await api.create(world.key, WANTED)
    assert world.runbase.requests_log[0].code == code
    assert not world.runbase.runs
    assert world.charged == 0


async def test_a_prompt_over_the_limit_is_rejected_and_creates_nothing() -> None:
    world = World()
    with pytest.raises(InputRejected):
        await world.create(prompt="x" * 4001)
    assert not world.runbase.runs
    assert world.charged == 0


KEY_TROUBLES = [
    ("invalid_api_key", KeyRefused),
    ("ip_not_allowed", KeyRefused),
    ("api_key_spend_limit_exceeded", KeyOutOfCredit),
    ("USAGE_EXCEEDED", KeyOutOfCredit),
]


@pytest.mark.parametrize(("code", "error"), KEY_TROUBLES)
async def test_a_refused_key_creates_nothing_and_leaves_the_other_one_usable(code: str, error: type[BotError]) -> None:
    world = World()
    world.runbase.refuse_key(KEY, code)
    with pytest.raises(error):
        await world.create()
    assert world.runbase.requests_log[0].code == code
    assert world.charged == 0
    await world.api.create(world.other_key, WANTED)
    assert [run.key for run in world.runbase.runs] == [OTHER_KEY]


async def test_an_unknown_key_is_refused() -> None:
    world = World()
    api = client(world.runbase.transport(), "sk-unknown")
    with pytest.raises(KeyRefused):
        await api.create(api.keys[0], WANTED)
    assert world.runbase.requests_log[0].code == "invalid_api_key"


async def test_a_key_that_got_lost_on_the_way_is_refused() -> None:
    world = World()
    bare = httpx.Request("POST", f"{ORIGIN}/runs", json={})
    with pytest.raises(KeyRefused):
        await client(Between(world.runbase, request=bare)).create(world.key, WANTED)
    assert world.runbase.requests_log[0].code == "missing_api_key"


async def test_an_empty_balance_creates_nothing() -> None:
    world = World(balances={KEY: 0.04, OTHER_KEY: 1})
    with pytest.raises(KeyOutOfCredit):
        await world.create()
    assert world.runbase.requests_log[0].code == "insufficient_balance"
    assert (world.runbase.runs, world.runbase.balance(KEY)) == ((), Decimal("0.04"))


async def test_a_429_creates_nothing() -> None:
    world = World()
    made = await world.create()
    for _ in range(19):
        await world.api.look(world.key, made)
    with pytest.raises(KeyRateLimited):
        await world.create()
    with pytest.raises(LookFailed):
        await world.api.look(world.key, made)
    assert world.runbase.requests_log[-1].code == "RATE_LIMITED"
    assert [run.id for run in world.runbase.runs] == [made]
    world.clock.advance(timedelta(seconds=10))
    await world.create()


UNDOCUMENTED: list[tuple[int, bytes, type[BotError]]] = [
    (400, b"", InputRejected),
    (400, b"<html>", InputRejected),
    (400, b"[]", InputRejected),
    (400, b'{"error": null}', InputRejected),
    (400, b'{"error": {"message": null, "code": null}}', InputRejected),
    (400, b'{"error": "no"}', InputRejected),
    (400, b"[" * 100_000, InputRejected),
    (400, b'{"error": "Your request was rejected by our safety system."}', InputDeclined),
    (400, b'{"error": {"message": "This violates our content policies", "code": "invalid_input"}}', InputDeclined),
    (400, b'{"error": {"message": "No.", "code": "moderation_blocked"}}', InputDeclined),
    (401, b"<html>", KeyRefused),
    (402, b"", KeyOutOfCredit),
    (403, b'{"error": {"message": "Forbidden"}}', RefusedWithoutReason),
    (403, b"<html>Sorry, you have been blocked</html>", RefusedWithoutReason),
    (404, b"<html>", InputRejected),
    (422, b"{}", InputRejected),
    (429, b"<html>", KeyRateLimited),
]


@pytest.mark.parametrize(("status", "body", "error"), UNDOCUMENTED)
async def test_a_refusal_in_another_shape_is_understood_by_its_status(
    status: int, body: bytes, error: type[BotError]
) -> None:
    api = client(answering(status, body))
    with pytest.raises(error):
        await api.create(api.keys[0], WANTED)


# ---- never left -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", NEVER_LEFT.values(), ids=NEVER_LEFT.keys())
async def test_what_never_left_created_nothing(error: httpx.TransportError) -> None:
    api = client(raising(error))
    with pytest.raises(ProviderUnreachable) as raised:
        await api.create(api.keys[0], WANTED)
    assert raised.value.__cause__ is error


async def test_a_refused_connection_leaves_no_run_and_the_next_try_makes_one() -> None:
    world = World()
    world.runbase.faults.set(Place.CREATE, Fault.RESET_BEFORE, times=1)
    with pytest.raises(ProviderUnreachable):
        await world.create()
    assert not world.runbase.runs
    assert world.charged == 0
    await world.create()
    assert len(world.runbase.runs) == 1


# ---- perhaps created ------------------------------------------------------------------------------------------------

LOST: list[tuple[Fault, int]] = [
    (Fault.TIMEOUT_BEFORE, 0),
    (Fault.ERROR_BEFORE, 0),
    (Fault.TIMEOUT_AFTER, 1),
    (Fault.RESET_AFTER, 1),
    (Fault.ERROR_AFTER, 1),
    (Fault.BAD_GATEWAY, 1),
    (Fault.GARBAGE_JSON, 1),
    (Fault.HTML_BODY, 1),
]


@pytest.mark.parametrize(("fault", "runs"), LOST)
async def test_a_lost_answer_is_uncertain_whether_or_not_a_run_was_made(fault: Fault, runs: int) -> None:
    world = World()
    world.runbase.faults.set(Place.CREATE, fault, times=1)
    with pytest.raises(CreateUncertain):
        await world.create()
    assert len(world.runbase.runs) == runs
    assert world.charged == runs * Decimal("0.05")


UNUSABLE: dict[str, Answer] = {
    **{str(status): (status, b'{"error": {"message": "Oh no"}}') for status in (500, 501, 502, 503, 504, 520)},
    "500 that speaks of a rate limit": (500, b'{"error": {"message": "x", "code": "RATE_LIMITED"}}'),
    "a redirect": (307, b""),
    "nothing": (201, b""),
    "204": (204, b""),
    "a number": (200, b"5"),
    "null": (200, b"null"),
    "a list": (200, b'[{"id": "run_1"}]'),
    "no id": (201, b'{"status": "pending"}'),
    "an id of null": (201, b'{"id": null}'),
    "an empty id": (201, b'{"id": ""}'),
    "an endless id": (201, json.dumps({"id": "x" * 201}).encode()),
    "no UTF-8": (201, b'{"id": "\xff"}'),
    "half a document": (201, b'{"id": "run_1", "sta'),
    "over a megabyte": (201, json.dumps({"id": "run_1", "padding": "x" * 1024 * 1024}).encode()),
    "too deep": (201, b'{"id": "run_1", "x": ' + b"[" * 100_000),
}


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE.keys())
async def test_an_unusable_answer_is_uncertain_since_a_run_exists(answer: Answer) -> None:
    world = World()
    with pytest.raises(CreateUncertain):
        await client(Between(world.runbase, answer=answer)).create(world.key, WANTED)
    assert len(world.runbase.runs) == 1


@pytest.mark.parametrize("error", CUT_OFF.values(), ids=CUT_OFF.keys())
async def test_whatever_breaks_after_connecting_is_uncertain(error: httpx.TransportError) -> None:
    api = client(raising(error))
    with pytest.raises(CreateUncertain):
        await api.create(api.keys[0], WANTED)


@pytest.mark.parametrize("endless", [False, True])
async def test_an_answer_that_breaks_off_or_never_ends_is_uncertain(endless: bool) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"id": "run_1"'
        for _ in range(1000 * endless):
            yield bytes(65_536)
        if endless:
            raise AssertionError("nobody stopped reading")
        raise httpx.ReadError("connection reset by peer")

    api = client(httpx.MockTransport(lambda request: httpx.Response(201, content=body())))
    with pytest.raises(CreateUncertain):
        await api.create(api.keys[0], WANTED)


@pytest.mark.parametrize("odd", [{"status": None}, {"output": {"urls": ""}}, {"output": {"url": 0}}])
async def test_an_id_is_enough_to_know_the_run_that_was_paid_for(odd: dict[str, object]) -> None:
    api = client(answering(201, json.dumps({"id": "run_1", **odd}).encode()))
    assert await api.create(api.keys[0], WANTED) == "run_1"


async def test_null_and_unknown_fields_do_not_hide_the_run_that_was_paid_for() -> None:
    body = b'{"id": "run_1", "output": null, "error": null, "costUsd": null, "eta": 5, "links": {"self": []}}'
    api = client(answering(200, body))
    assert await api.create(api.keys[0], WANTED) == "run_1"
