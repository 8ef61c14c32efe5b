"""Every trouble by its name: what goes wrong at RunBase, with its keys, at Discord and at Discord's gateway."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from bot.preview.emulator import Fault, Faults, Place
from tests.chaos.runbase import KEYS, fault_name
from tests.chaos.stage import Stage
from tests.standin.discord import Hold, Reset, ResetAfter, Slow, Status, StatusAfter
from tests.standin.discord.ratelimits import Refused

Strike = Callable[[Stage, random.Random], Awaitable[None]]

KEY_CODES = (
    "invalid_api_key",
    "insufficient_balance",
    "api_key_spend_limit_exceeded",
    "ip_not_allowed",
    "RATE_LIMITED",
    "USAGE_EXCEEDED",
)
# Discord's refusals that a bot has to expect: dead tokens, closed doors, files too large, words that are blocked.
REFUSAL_CODES = (50027, 10015, 10008, 30046, 10003, 50001, 50013, 50007, 40005, 200000)
_PLACES: Mapping[str, tuple[str, str]] = {
    "answer": ("POST", "/interactions/*"),
    "by token": ("*", "/webhooks/*"),
    "edit": ("PATCH", "/channels/*"),
    "post": ("POST", "/channels/*/messages"),
    "read": ("GET", "/[cg]*"),  # channels and guilds
    "login": ("GET", "/users/@me"),
}
_LIMITS: Mapping[str, tuple[bool, bool]] = {
    "429": (False, True),
    "429 global": (True, True),
    "429 without Via": (False, False),
}
_LOGIN = "login"
_AT_LOGIN = ("5xx before", "reset before")  # all others only take time, and there are many logins
_LONGEST_WAIT_S = 2.0
_SMALL_FILES_BYTES = 45_000  # the pictures here have about 70,000


async def _runbase_fault(place: Place, fault: Fault, stage: Stage, dice: random.Random) -> None:
    url = f"{stage.runbase.emulator.base_url}/files/none.png" if fault is Fault.REDIRECT else ""
    stage.runbase.faults.set(place, fault, times=dice.choice((1, 1, 2)), url=url)


async def _key_refused(code: str, stage: Stage, dice: random.Random) -> None:
    """Some keys for longer than the bot waits for a run, or all of them for a moment."""
    count, seconds = dice.choice(((1, stage.patience_s + 3.0), (4, stage.patience_s + 3.0), (4, 2.0), (len(KEYS), 2.0)))
    keys = dice.sample(KEYS, count)
    for key in keys:
        stage.runbase.emulator.refuse_key(key, code)
    await asyncio.sleep(seconds)
    for key in keys:
        stage.runbase.emulator.refuse_key(key, None)


async def _runbase_down(stage: Stage, dice: random.Random) -> None:
    await stage.runbase.fail_for(dice.uniform(0.3, 1.5))


async def _rest_fault(place: str, kind: str, stage: Stage, dice: random.Random) -> None:
    fault = _REST_KINDS[kind](dice)
    method, path_glob = _PLACES[place]
    stage.note(f"armed Discord {place}: {kind}")
    stage.rest_faults[id(fault)] = (f"Discord {place}: {kind}", fault)
    stage.standin.faults.add(method, path_glob, fault)
    if isinstance(fault, Hold):
        await fault.arrived.wait()
        await asyncio.sleep(dice.uniform(0.1, _LONGEST_WAIT_S))
        fault.release()


_REST_KINDS: Mapping[str, Callable[[random.Random], Status | StatusAfter | Reset | ResetAfter | Slow | Hold]] = {
    "5xx before": lambda dice: Status(dice.choice((500, 502, 503))),
    "5xx after": lambda dice: StatusAfter(dice.choice((500, 502, 504))),
    "reset before": lambda dice: Reset(),
    "reset after": lambda dice: ResetAfter(),
    "slow": lambda dice: Slow(dice.uniform(0.3, _LONGEST_WAIT_S)),
    "held": lambda dice: Hold(),
}


async def _rate_limited(place: str, kind: str, stage: Stage, dice: random.Random) -> None:
    method, path_glob = _PLACES[place]
    is_global, via = _LIMITS[kind]
    stage.standin.rate_limits.refuse(
        method, path_glob, retry_after_s=dice.uniform(0.1, _LONGEST_WAIT_S), is_global=is_global, via=via
    )


async def _gateway(verb: str, stage: Stage, dice: random.Random) -> None:
    gateway = stage.standin.gateway
    if not gateway.is_connected:
        return
    stage.met[f"gateway {verb}"] += 1
    _GATEWAY[verb](gateway)


_GATEWAY: Mapping[str, Callable[..., None]] = {
    "closed": lambda gateway: gateway.close(4000),
    "going away": lambda gateway: gateway.close(1001),
    "dropped": lambda gateway: gateway.drop(),
    "reconnect": lambda gateway: gateway.reconnect(),
    "session paused": lambda gateway: gateway.invalidate(resumable=True),
    "session lost": lambda gateway: gateway.invalidate(),
}


async def _small_files(stage: Stage, dice: random.Random) -> None:
    stage.standin.settings.enforced_size_limit = _SMALL_FILES_BYTES
    await asyncio.sleep(dice.uniform(1.0, 4.0))
    stage.standin.settings.enforced_size_limit = None


def _possible(place: Place) -> Iterable[Fault]:
    for fault in Fault:
        try:
            Faults().set(place, fault, url="http://127.0.0.1" if fault is Fault.REDIRECT else "")
        except ValueError:
            continue
        yield fault


def _deck() -> Mapping[str, Strike]:
    runbase = {
        fault_name(place, fault): partial(_runbase_fault, place, fault) for place in Place for fault in _possible(place)
    }
    keys = {f"RunBase key: {code}": partial(_key_refused, code) for code in KEY_CODES}
    places = [place for place in _PLACES if place != _LOGIN]
    rest = {f"Discord {place}: {kind}": partial(_rest_fault, place, kind) for place in places for kind in _REST_KINDS}
    limits = {f"Discord {place}: {kind}": partial(_rate_limited, place, kind) for place in places for kind in _LIMITS}
    login = {f"Discord {_LOGIN}: {kind}": partial(_rest_fault, _LOGIN, kind) for kind in _AT_LOGIN}
    gateway = {f"gateway {verb}": partial(_gateway, verb) for verb in _GATEWAY}
    others = {"RunBase: connection refused": _runbase_down, "Discord says: 40005": _small_files}
    return {**runbase, **keys, **rest, **limits, **login, **gateway, **others}


DECK = _deck()


def met(stage: Stage) -> Counter[str]:
    """Every trouble that did happen, by its name."""
    standin, runbase = stage.standin, stage.runbase
    counted = stage.met + runbase.faults.met
    counted["RunBase: connection refused"] += runbase.outages
    counted.update(f"RunBase key: {one.code}" for one in runbase.emulator.requests_log if one.code in KEY_CODES)
    counted.update(stage.rest_faults[id(one.kind)][0] for one in standin.faults.met)
    counted.update(_limit_name(one) for one in standin.rate_limits.refused)
    counted.update(f"Discord says: {one.code}" for one in standin.requests if one.code in REFUSAL_CODES)
    return counted


def _limit_name(refused: Refused) -> str:
    place = next(place for place, where in _PLACES.items() if where == (refused.method, refused.path_glob))
    kind = next(kind for kind, limit in _LIMITS.items() if limit == (refused.is_global, refused.via))
    return f"Discord {place}: {kind}"
