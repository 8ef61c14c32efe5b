"""The ledger of requests, runs and takes in SQLite."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.errors import AlreadyAsked, QueueFull
from bot.domain.ids import EditId, KeyId, MessageId, ProviderRunId, RequestId, RunId, Sha256, run_id
from bot.domain.quotas import binding
from bot.domain.requests import Kind, Request
from bot.domain.runs import GIVES_BACK, EndReason, Run, RunState, is_legal
from bot.ports import Parcel, Placed
from bot.storage.quotas import usages
from bot.storage.rows import number, reference_values, request_from, request_values, run_from, text, to_ms
from bot.storage.sqlite import Row, SqliteDatabase, Transaction


class SqliteRequestStore:
    """`RequestStore` on SQLite: every move is one guarded statement; no row back means somebody else moved it."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def accept(self, request: Request, *, queue_length: int, edit: EditId | None = None) -> None:
        async with self._database.transaction() as transaction:
            if not await transaction.run("insert_request", **request_values(request)):
                raise AlreadyAsked
            if edit and not await transaction.run("use_edit", id=edit, request_id=request.id):
                raise AlreadyAsked
            await _check_queue(transaction, request.images, queue_length)
            await _take(transaction, request)
            await _insert_parts(transaction, request)

    async def acknowledge(
        self, request: RequestId, message: MessageId, at: datetime, *, attached: Sequence[str] = ()
    ) -> None:
        async with self._database.transaction() as transaction:
            for url in attached:
                await transaction.run("attach_reference", request_id=request, url=url)
            await transaction.run("acknowledge_request", id=request, message_id=message, at_ms=to_ms(at))

    async def withdraw(self, request: RequestId, reason: EndReason, at: datetime) -> None:
        for row in await self._database.read("list_queued_of_request", request_id=request):
            await self.end(RunId(text(row, "id")), RunState.CANCELLED, reason, at)
        await self._database.write("free_edit", request_id=request)

    async def next_queued(self) -> tuple[Request, Run] | None:
        rows = await self._database.read("find_next_queued")
        if not rows:
            return None
        run = run_from(rows[0])
        return await self._request(run.request_id), run

    async def claim(self, run: RunId, key: KeyId, at: datetime) -> bool:
        return bool(await self._database.write("claim_run", id=run, key_id=key, at_ms=to_ms(at)))

    async def release(self, run: RunId) -> bool:
        return bool(await self._database.write("release_run", id=run))

    async def start(self, run: RunId, provider_id: ProviderRunId) -> bool:
        return bool(await self._database.write("start_run", id=run, provider_id=provider_id))

    async def finish(self, run: RunId, image: Sha256, at: datetime) -> bool:
        async with self._database.transaction() as transaction:
            before = await _state(transaction, run)
            if not is_legal(before, RunState.READY):
                return False
            rows = await transaction.run("finish_run", id=run, image_sha256=image, at_ms=to_ms(at), expected=before)
            for row in rows:
                await transaction.run("reopen_request", id=text(row, "request_id"))
            return bool(rows)

    async def end(self, run: RunId, state: RunState, reason: EndReason, at: datetime) -> bool:
        async with self._database.transaction() as transaction:
            before = await _state(transaction, run)
            if before is RunState.READY or not is_legal(before, state):
                return False
            return await _end(transaction, run, before, state, reason, at)

    async def lose(self, run: RunId, at: datetime) -> bool:
        async with self._database.transaction() as transaction:
            return await _end(transaction, run, RunState.READY, RunState.FAILED, EndReason.RESULT_UNREADABLE, at)

    async def deliver(self, request: RequestId, places: Sequence[Placed], at: datetime) -> None:
        async with self._database.transaction() as transaction:
            for place in places:
                moved = await transaction.run(
                    "deliver_run",
                    id=place.run,
                    message_id=place.message,
                    attachment_id=place.attachment,
                    at_ms=to_ms(at),
                )
                if moved:
                    await transaction.run("spend", run_id=place.run)
            await transaction.run("settle_request", id=request, at_ms=to_ms(at))

    async def keep(self, request: RequestId, at: datetime) -> None:
        await self._database.write("keep_request", id=request, at_ms=to_ms(at))

    async def unkeep_all(self) -> None:
        await self._database.write("unkeep_requests")

    async def forget_token(self, request: RequestId) -> None:
        await self._database.write("forget_token", id=request)

    async def forget_dead_tokens(self, at: datetime) -> None:
        await self._database.write("forget_dead_tokens", at_ms=to_ms(at))

    async def looked_after(self) -> Sequence[Run]:
        return [run_from(row) for row in await self._database.read("list_looked_after")]

    async def stranded(self) -> Sequence[Run]:
        return [run_from(row) for row in await self._database.read("list_stranded")]

    async def undelivered(self) -> Sequence[RequestId]:
        return [RequestId(text(row, "id")) for row in await self._database.read("list_undelivered")]

    async def being_made(self) -> Sequence[RequestId]:
        return [RequestId(text(row, "id")) for row in await self._database.read("list_being_made")]

    async def parcel(self, request: RequestId) -> Parcel | None:
        rows = await self._database.read("find_request", id=request)
        if not rows or rows[0]["settled_at_ms"] is not None:
            return None
        runs = await self._database.read("list_runs_of_request", request_id=request)
        return Parcel(await self._with_parts(rows[0]), tuple(map(run_from, runs)))

    async def run_seconds(self, model: str, kind: Kind, *, most: int) -> Sequence[float]:
        rows = await self._database.read("list_run_seconds", model=model, kind=kind, most=most)
        return [number(row, "took_ms") / 1000 for row in rows]

    async def needed_files(self, *, delivered_since: datetime) -> frozenset[Sha256]:
        rows = await self._database.read("list_needed_files", delivered_since_ms=to_ms(delivered_since))
        return frozenset(Sha256(text(row, "sha256")) for row in rows)

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


async def _check_queue(transaction: Transaction, images: int, limit: int) -> None:
    waiting = number((await transaction.run("count_queued"))[0], "waiting")
    if waiting + images > limit:
        raise QueueFull(waiting=waiting, limit=limit)


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
    full = binding(standing, request.images)
    assert full is not None  # the statement refused, so a window is full
    raise full.refusal(request.images)


async def _end(
    transaction: Transaction, run: RunId, before: RunState, state: RunState, reason: EndReason, at: datetime
) -> bool:
    rows = await transaction.run("end_run", id=run, state=state, reason=reason, at_ms=to_ms(at), expected=before)
    if rows and state in GIVES_BACK:
        await transaction.run("give_back", run_id=run)
    return bool(rows)


async def _state(transaction: Transaction, run: RunId) -> RunState:
    return RunState(text((await transaction.run("find_run", id=run))[0], "state"))
