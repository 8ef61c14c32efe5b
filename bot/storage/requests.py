"""The ledger of requests, runs and takes in SQLite."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta

from bot.domain.errors import AlreadyAsked, AlreadyBeingMade, QueueFull
from bot.domain.ids import EditId, KeyId, MemberId, MessageId, ProviderRunId, RequestId, RunId, ServerId, Sha256, run_id
from bot.domain.ladder import Rung
from bot.domain.pacing import Family, Sighting
from bot.domain.quotas import refusal
from bot.domain.requests import Address, Kind, Request
from bot.domain.runs import GIVES_BACK, EndReason, Run, RunState, is_legal
from bot.domain.turns import Queued, Who
from bot.ports import Attempt, Parcel, Placed
from bot.storage.quotas import usages
from bot.storage.rows import moment, number, reference_values, request_from, request_values, run_from, text, to_ms
from bot.storage.sqlite import SqliteDatabase
from bot.storage.statements import Row, Transaction

_AT_ONCE = timedelta(seconds=5)  # a second click within it is the same wish
_FEW = 500


class SqliteRequestStore:
    """`RequestStore` on SQLite: every move is one guarded statement; no row back means somebody else moved it.

    It finds work for the bot, or `at_terminal` for the command line: each finishes what it began itself.
    """

    def __init__(self, database: SqliteDatabase, *, at_terminal: bool = False) -> None:
        self._database = database
        self._at_terminal = at_terminal

    async def accept(self, request: Request, *, queue_length: int, edit: EditId | None = None) -> None:
        async with self._database.transaction() as transaction:
            if not await transaction.run("insert_request", **request_values(request)):
                raise AlreadyAsked
            if edit and not await transaction.run("use_edit", id=edit, request_id=request.id):
                raise AlreadyBeingMade
            await _check_again(transaction, request)
            await self._check_queue(transaction, request.images, queue_length)
            await _take(transaction, request)
            await _insert_parts(transaction, request)

    async def acknowledge(
        self, request: RequestId, message: MessageId | None, at: datetime, *, attached: Sequence[str] = ()
    ) -> None:
        async with self._database.transaction() as transaction:
            for url in attached:
                await transaction.run("attach_reference", request_id=request, url=url)
            await transaction.run("acknowledge_request", id=request, message_id=message, at_ms=to_ms(at))

    async def withdraw(self, request: RequestId, reason: EndReason, at: datetime) -> int:
        async with self._database.transaction() as transaction:
            return await _withdraw(transaction, request, reason, at)

    async def call_off(self, request: RequestId, message: MessageId | None, reason: EndReason, at: datetime) -> None:
        async with self._database.transaction() as transaction:
            await _withdraw(transaction, request, reason, at)
            await transaction.run("acknowledge_request", id=request, message_id=message, at_ms=to_ms(at))

    async def queued_in(self, server: ServerId) -> Sequence[RequestId]:
        rows = await self._database.read("list_queued_in_server", server_id=server)
        return [RequestId(text(row, "id")) for row in rows]

    async def queue(self) -> Sequence[Queued]:
        rows = await self._database.read("list_queue", at_terminal=self._at_terminal)
        if len(rows) <= _FEW:
            return _all_queued(rows)
        return await asyncio.to_thread(_all_queued, rows)  # ten thousand take twenty milliseconds

    async def under_way_in(self, server: ServerId) -> Mapping[RequestId, datetime]:
        rows = await self._database.read("list_under_way_in_server", server_id=server)
        return {RequestId(text(row, "id")): moment(row, "submitted_at_ms") for row in rows}

    async def under_way(self) -> Mapping[Who, int]:
        rows = await self._database.read("count_under_way")
        return {_who(row): number(row, "images") for row in rows}

    async def queued(self, run: RunId) -> tuple[Request, Run] | None:
        rows = await self._database.read("find_queued", id=run)
        if not rows:
            return None
        found = run_from(rows[0])
        return await self._request(found.request_id), found

    async def claim(self, run: RunId, key: KeyId, at: datetime) -> bool:
        return bool(await self._database.write("claim_run", id=run, key_id=key, at_ms=to_ms(at)))

    async def release(self, run: RunId) -> bool:
        return bool(await self._database.write("release_run", id=run))

    async def start(self, run: RunId, provider_id: ProviderRunId) -> bool:
        return bool(await self._database.write("start_run", id=run, provider_id=provider_id))

    async def finish(self, run: RunId, image: Sha256, at: datetime, *, seen_s: float = 0.0) -> bool:
        async with self._database.transaction() as transaction:
            before = await _state(transaction, run)
            if not is_legal(before, RunState.READY):
                return False
            rows = await transaction.run(
                "finish_run",
                id=run,
                image_sha256=image,
                at_ms=to_ms(at),
                seen_running_ms=round(seen_s * 1000),
                expected=before,
            )
            for row in rows:
                await transaction.run("reopen_request", id=text(row, "request_id"))
            return bool(rows)

    async def end(
        self, run: RunId, state: RunState, reason: EndReason, at: datetime, *, seen_s: float | None = None
    ) -> bool:
        async with self._database.transaction() as transaction:
            before = await _state(transaction, run)
            if before is RunState.READY or not is_legal(before, state):
                return False
            return await _end(transaction, run, before, state, reason, at, seen_s)

    async def lose(self, run: RunId, at: datetime) -> bool:
        async with self._database.transaction() as transaction:
            return await _end(transaction, run, RunState.READY, RunState.FAILED, EndReason.RESULT_UNREADABLE, at)

    async def deliver(self, request: RequestId, places: Sequence[Placed], at: datetime) -> None:
        async with self._database.transaction() as transaction:
            for place in places:
                moved = await transaction.run(
                    "deliver_run",
                    id=place.run,
                    channel_id=place.channel,
                    message_id=place.message,
                    attachment_id=place.attachment,
                    at_ms=to_ms(at),
                )
                if moved:
                    await transaction.run("spend", run_id=place.run)
            await transaction.run("settle_request", id=request, at_ms=to_ms(at))

    async def keep(self, request: RequestId, at: datetime) -> None:
        await self._database.write("keep_request", id=request, at_ms=to_ms(at))

    async def unkeep(self, *, since: datetime, most: int) -> None:
        await self._database.write("unkeep_requests", since_ms=to_ms(since), most=most, at_terminal=self._at_terminal)

    async def readdress(self, request: RequestId, address: Address) -> bool:
        rows = await self._database.write(
            "readdress_request",
            id=request,
            application_id=address.application_id,
            channel_id=address.channel_id,
            message_id=address.message_id,
            token=address.token,
            token_expires_at_ms=to_ms(address.token_expires_at),
        )
        return bool(rows)

    async def note_attempt(self, request: RequestId, attempt: Attempt) -> None:
        await self._database.write("note_attempt", id=request, rung=attempt.rung, at_ms=to_ms(attempt.at))

    async def note_edit(self, request: RequestId, *, perhaps_shown: Set[RunId]) -> None:
        await self._database.write("note_edit", id=request, perhaps_shown=" ".join(sorted(perhaps_shown)))

    async def forget_token(self, request: RequestId) -> None:
        await self._database.write("forget_token", id=request)

    async def looked_after(self) -> Sequence[Run]:
        rows = await self._database.read("list_looked_after", at_terminal=self._at_terminal)
        return [run_from(row) for row in rows]

    async def stranded(self) -> Sequence[Run]:
        rows = await self._database.read("list_stranded", at_terminal=self._at_terminal)
        return [run_from(row) for row in rows]

    async def undelivered(self) -> Sequence[RequestId]:
        rows = await self._database.read("list_undelivered", at_terminal=self._at_terminal)
        return [RequestId(text(row, "id")) for row in rows]

    async def partly_ready(self) -> Sequence[RequestId]:
        rows = await self._database.read("list_partly_ready", at_terminal=self._at_terminal)
        return [RequestId(text(row, "id")) for row in rows]

    async def being_made(self, *, closing_before: datetime) -> Sequence[RequestId]:
        rows = await self._database.read(
            "list_being_made", closing_before_ms=to_ms(closing_before), at_terminal=self._at_terminal
        )
        return [RequestId(text(row, "id")) for row in rows]

    async def parcel(self, request: RequestId) -> Parcel | None:
        rows = await self._database.read("find_request", id=request)
        if not rows or rows[0]["settled_at_ms"] is not None:
            return None
        return Parcel(
            await self._with_parts(rows[0]),
            await self._runs(request),
            _attempt_from(rows[0]),
            frozenset(map(RunId, text(rows[0], "perhaps_shown").split())),
        )

    async def asked(self, request: RequestId) -> Request | None:
        rows = await self._database.read("find_request", id=request)
        return await self._with_parts(rows[0]) if rows else None

    async def sightings(self, family: Family, *, most: int) -> Sequence[tuple[RunId, Sighting]]:
        rows = await self._database.read("list_sightings", model=family.model, kind=family.kind, most=most)
        return [(RunId(text(row, "id")), _sighting_from(row)) for row in reversed(rows)]

    async def families(self) -> Mapping[RunId, Family]:
        rows = await self._database.read("list_families")
        return {RunId(text(row, "id")): Family(text(row, "model"), Kind(text(row, "kind"))) for row in rows}

    async def _runs(self, request: RequestId) -> tuple[Run, ...]:
        return tuple(map(run_from, await self._database.read("list_runs_of_request", request_id=request)))

    async def _check_queue(self, transaction: Transaction, images: int, limit: int) -> None:
        waiting = number((await transaction.run("count_queued", at_terminal=self._at_terminal))[0], "waiting")
        if waiting + images > limit:
            raise QueueFull(waiting=waiting, limit=limit)

    async def _request(self, request: RequestId) -> Request:
        rows = await self._database.read("find_request", id=request)
        return await self._with_parts(rows[0])

    async def _with_parts(self, row: Row) -> Request:
        request = text(row, "id")
        references = await self._database.read("list_references", request_id=request)
        left_out = await self._database.read("list_left_out", request_id=request)
        return request_from(row, references, left_out)


async def _insert_parts(transaction: Transaction, request: Request) -> None:
    for position, reference in enumerate(request.references):
        await transaction.run("insert_reference", **reference_values(request.id, position, reference))
    for position, one in enumerate(request.left_out):
        await transaction.run(
            "insert_left_out", request_id=request.id, number=position, filename=one.filename, why=one.why
        )
    for position in range(request.images):
        await transaction.run(
            "insert_run",
            id=run_id(request.id, position),
            request_id=request.id,
            number=position,
            queued_at_ms=to_ms(request.created_at),
        )


def _all_queued(rows: Sequence[Row]) -> Sequence[Queued]:
    return [_queued_from(row) for row in rows]


def _queued_from(row: Row) -> Queued:
    server, member = _who(row)
    request = RequestId(text(row, "request_id"))
    return Queued(RunId(text(row, "id")), request, server, member, moment(row, "queued_at_ms"))


def _sighting_from(row: Row) -> Sighting:
    took_at_most_s = None if row["took_at_most_ms"] is None else number(row, "took_at_most_ms") / 1000
    return Sighting(number(row, "seen_running_ms") / 1000, took_at_most_s)


def _who(row: Row) -> Who:
    return ServerId(number(row, "server_id")), MemberId(number(row, "member_id"))


def _attempt_from(row: Row) -> Attempt | None:
    if row["attempted_rung"] is None:
        return None
    return Attempt(Rung(text(row, "attempted_rung")), moment(row, "attempted_at_ms"))


async def _check_again(transaction: Transaction, request: Request) -> None:
    if request.pressed is None:
        return
    since_ms = to_ms(request.created_at - _AT_ONCE)
    being_made = await transaction.run(
        "find_being_made_again",
        pressed=request.pressed,
        member_id=request.address.member_id,
        since_ms=since_ms,
        id=request.id,
    )
    if being_made:
        raise AlreadyBeingMade


async def _take(transaction: Transaction, request: Request) -> None:
    address = request.address
    taken = await transaction.run(
        "take_quota",
        request_id=request.id,
        server_id=address.server_id,
        member_id=address.member_id,
        now_ms=to_ms(request.created_at),
        count=request.images,
    )
    if taken:
        return
    standing = await usages(transaction.run, address.server_id, address.member_id, request.created_at)
    refused = refusal(standing, request.images)
    assert refused is not None  # the statement took nothing, so a window is full
    raise refused


async def _end(
    transaction: Transaction,
    run: RunId,
    before: RunState,
    state: RunState,
    reason: EndReason,
    at: datetime,
    seen_s: float | None = None,
) -> bool:
    rows = await transaction.run(
        "end_run",
        id=run,
        state=state,
        reason=reason,
        at_ms=to_ms(at),
        seen_running_ms=None if seen_s is None else round(seen_s * 1000),
        expected=before,
    )
    if rows and state in GIVES_BACK:
        await transaction.run("give_back", run_id=run)
    return bool(rows)


async def _withdraw(transaction: Transaction, request: RequestId, reason: EndReason, at: datetime) -> int:
    queued = [RunId(text(row, "id")) for row in await transaction.run("list_queued_of_request", request_id=request)]
    for run in queued:
        await _end(transaction, run, RunState.QUEUED, RunState.CANCELLED, reason, at)
    await transaction.run("free_edit", request_id=request)
    return len(queued)


async def _state(transaction: Transaction, run: RunId) -> RunState:
    return RunState(text((await transaction.run("find_run", id=run))[0], "state"))
