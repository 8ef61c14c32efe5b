"""RunBase's API: creating and reading runs, with its errors translated into ours."""

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

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
    LookTrouble,
    ModelNotOffered,
    ProviderUnreachable,
    RefusedWithoutReason,
    RunUnknown,
)
from bot.domain.ids import KeyId, ProviderRunId
from bot.domain.runs import EndReason
from bot.ports import Failed, ImageInput, Look, StillRunning, Succeeded
from bot.providers.bodies import pieces

# An answer is a page of JSON at most; whatever is larger is not one.
_MOST_ANSWER_BYTES = 1024 * 1024
# Beyond every time-out of a single read: an answer that trickles in ends, too.
_WHOLE_ANSWER_S = 120.0

# RunBase documents no code for a safety refusal, only that its message speaks of one.
_SAFETY_WORDS = ("safety", "policy", "policies", "moderation", "moderated", "content_policy")

# What a refused POST means, by RunBase's error code and else by status. Nothing was created in any of these cases.
_REFUSALS_BY_CODE: Mapping[str, type[BotError]] = {
    "RATE_LIMITED": KeyRateLimited,
    "USAGE_EXCEEDED": KeyOutOfCredit,
    "insufficient_balance": KeyOutOfCredit,
    "api_key_spend_limit_exceeded": KeyOutOfCredit,
    "ip_not_allowed": KeyRefused,
    "missing_api_key": KeyRefused,
    "invalid_api_key": KeyRefused,
    "model_not_found": ModelNotOffered,
}
_REFUSALS_BY_STATUS: Mapping[int, type[BotError]] = {
    401: KeyRefused,
    402: KeyOutOfCredit,
    403: RefusedWithoutReason,
    429: KeyRateLimited,
}

# Errors of httpx that are raised before a byte of the request has left.
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)


class _Lenient(BaseModel):
    """RunBase may add fields at any time."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Error(_Lenient):
    message: str = ""
    code: str = ""


def _as_error(value: object) -> object:
    """`error` has been seen as a plain string, too; its parts may be missing or null."""
    if isinstance(value, Mapping):
        return {name: str(value.get(name) or "") for name in ("message", "code")}
    return {"message": str(value or "")}


class _Output(_Lenient):
    urls: tuple[str, ...] | None = None
    url: str | None = None


def _as_output(value: object) -> object:
    return value if isinstance(value, Mapping) else None


class _Created(_Lenient):
    """Of the answer to a creation only the id counts: whatever else is odd about it, the run was paid for."""

    # Part of an address and of lines of the log from now on: without blanks, and not "..", which leads elsewhere.
    id: Annotated[str, Field(max_length=200, pattern=r"^[!-~]*[0-9A-Za-z][!-~]*$")]


class _RunAnswer(_Lenient):
    status: str = ""
    output: Annotated[_Output | None, BeforeValidator(_as_output)] = None
    error: Annotated[_Error, BeforeValidator(_as_error)] = _Error()

    @property
    def url(self) -> str | None:
        if self.output is None:
            return None
        return self.output.urls[0] if self.output.urls else self.output.url


class RunBaseImageApi:
    """`ImageApi` over HTTP.

    POSTs use connections of their own, opened anew for each: a POST on an idle connection that the server has just
    closed fails in a way that cannot be told from one that was received and paid for.
    """

    def __init__(
        self,
        base_url: str,
        keys: Sequence[SecretStr],
        *,
        connect_timeout: timedelta,
        read_timeout: timedelta,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._secrets = {_key_id(key): key for key in keys}
        self._base_url = base_url
        # A look costs nothing and is made again; as long as it takes, other members' runs wait for its hands.
        self._whole_look_s = (connect_timeout + read_timeout).total_seconds()
        times = httpx.Timeout(read_timeout.total_seconds(), connect=connect_timeout.total_seconds())
        self._creating = httpx.AsyncClient(
            timeout=times, transport=transport, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._reading = httpx.AsyncClient(timeout=times, transport=transport)

    @property
    def keys(self) -> tuple[KeyId, ...]:
        return tuple(self._secrets)

    async def close(self) -> None:
        await self._creating.aclose()
        await self._reading.aclose()

    async def create(self, key: KeyId, wanted: ImageInput) -> ProviderRunId:
        with _creation_errors():
            status, content = await self._send(self._creating, "POST", "/runs", key, _body(wanted))
        if 200 <= status < 300:
            return _created(content)
        raise _creation_refusal(status, _error_in(content))

    async def look(self, key: KeyId, run: ProviderRunId) -> Look:
        with _look_errors():
            async with asyncio.timeout(self._whole_look_s):
                status, content = await self._send(self._reading, "GET", f"/runs/{quote(run, safe='')}", key)
        if 200 <= status < 300:
            return _look_from(content)
        code = _error_in(content).code
        if status == 404 and code == "run_not_found":
            raise RunUnknown(LookTrouble.REFUSED, status, code)
        is_too_fast = status == 429 and _REFUSALS_BY_CODE.get(code, KeyRateLimited) is KeyRateLimited
        raise LookFailed(LookTrouble.TOO_FAST if is_too_fast else LookTrouble.REFUSED, status, code)

    async def _send(
        self, client: httpx.AsyncClient, method: str, path: str, key: KeyId, body: Mapping[str, Any] | None = None
    ) -> tuple[int, bytes]:
        """Status and body. Raises: httpx.HTTPError, TimeoutError, and ValueError for a body over the cap."""
        headers = {
            "Authorization": f"Bearer {self._secrets[key].get_secret_value()}",
            "Accept-Encoding": "identity",
            "User-Agent": "Easel",
        }
        url = f"{self._base_url}{path}"
        async with asyncio.timeout(_WHOLE_ANSWER_S), client.stream(method, url, headers=headers, json=body) as response:
            content = bytearray()
            async for piece in pieces(response):
                content += piece
                if len(content) > _MOST_ANSWER_BYTES:
                    raise ValueError("answer too large")
            return response.status_code, bytes(content)


def _key_id(key: SecretStr) -> KeyId:
    """Names a key in the ledger and the logs without giving it away: 48 bits of its SHA-256."""
    return KeyId(hashlib.sha256(key.get_secret_value().encode()).hexdigest()[:12])


def _body(wanted: ImageInput) -> dict[str, Any]:
    given: dict[str, Any] = {"prompt": wanted.prompt, "aspect_ratio": wanted.aspect}
    given |= dict(CATALOGUE[wanted.model].parameters)
    if wanted.image_urls:
        given["image_urls"] = list(map(_address, wanted.image_urls))
    return {"model": wanted.model, "input": given}


def _address(url: str) -> str:
    """With spaces and the like encoded; a `data:` URI has none, and more characters than httpx takes for an address."""
    return url if url.startswith("data:") else str(httpx.URL(url))


@contextmanager
def _creation_errors() -> Iterator[None]:
    """Did the request leave? Only then may money be gone."""
    try:
        yield
    except _NEVER_LEFT as error:
        raise ProviderUnreachable from error
    except (httpx.HTTPError, TimeoutError, ValueError) as error:
        raise CreateUncertain from error


@contextmanager
def _look_errors() -> Iterator[None]:
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise LookFailed(LookTrouble.UNREACHABLE) from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise LookFailed(LookTrouble.TOO_LATE) from error
    except httpx.HTTPError as error:
        raise LookFailed(LookTrouble.UNREACHABLE) from error
    except ValueError as error:
        raise LookFailed(LookTrouble.UNREADABLE) from error


def _created(content: bytes) -> ProviderRunId:
    try:
        return ProviderRunId(_Created.model_validate_json(content).id)
    except ValidationError as error:
        raise CreateUncertain from error


def _creation_refusal(status: int, error: _Error) -> BotError:
    if not 400 <= status < 500:
        return CreateUncertain()
    if error.code in _REFUSALS_BY_CODE:
        return _REFUSALS_BY_CODE[error.code]()
    if _speaks_of_safety(error):
        return InputDeclined()  # whatever the status: no member's words may put a key out of use
    return _REFUSALS_BY_STATUS.get(status, InputRejected)()


def _look_from(content: bytes) -> Look:
    """Unknown statuses mean "still running": only RunBase's own words end a run."""
    try:
        answer = _RunAnswer.model_validate_json(content)
    except ValidationError as error:
        raise LookFailed from error
    if answer.status == "failed":
        return Failed(EndReason.DECLINED if _speaks_of_safety(answer.error) else EndReason.PROVIDER_FAILED)
    if answer.status == "succeeded":
        return Succeeded(answer.url)
    return StillRunning()


def _error_in(content: bytes) -> _Error:
    try:
        found = json.loads(content)
        return _Error.model_validate(_as_error(found.get("error")))
    except (ValueError, AttributeError, RecursionError):
        return _Error()


def _speaks_of_safety(error: _Error) -> bool:
    text = f"{error.code} {error.message}".lower()
    return any(word in text for word in _SAFETY_WORDS)
