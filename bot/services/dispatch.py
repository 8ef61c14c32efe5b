"""Sends queued runs to RunBase, each once: the only place that spends money."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

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
    ModelGone,
    ModelNotOffered,
    OutOfCredit,
    ProviderUnreachable,
    RefusedWithoutReason,
    RunUnknown,
    StorageUnavailable,
)
from bot.domain.ids import KeyId, ProviderRunId, RunId
from bot.domain.pacing import Family
from bot.domain.requests import Request
from bot.domain.runs import EndReason, Run, RunState
from bot.domain.turns import Queued
from bot.operations import Meter, Phase
from bot.ports import NO_RUN, Clock, FileStore, ImageApi, ImageInput, RequestStore
from bot.services.line import Line
from bot.services.names import run_names
from bot.services.pacing import Pacing
from bot.services.presence import Presence
from bot.services.signals import Signals
from bot.services.work import SHORT_GRACE_S, Hands

log = logging.getLogger(__name__)

Move = Callable[[], Awaitable[bool]]

_IDLE_S = 5.0  # a fallback only: new requests wake the loop
_POSTS_AT_ONCE = 8
_REST_WHEN_UNREACHABLE_S = 3.0
_TRIES_WHEN_UNREACHABLE = 4
_LOOK_OVER_EVERY_S = 60.0
_PROOF_HOLDS_S = 10.0  # RunBase's window: one request in it is allowed beyond the budget


@dataclass(frozen=True, slots=True)
class _Proof:
    """Whether a key works, and when that was found."""

    works: bool
    at_s: float


class Dispatch:
    def __init__(
        self,
        *,
        clock: Clock,
        api: ImageApi,
        pacing: Pacing,
        line: Line,
        meter: Meter,
        presence: Presence,
        files: FileStore,
        requests: RequestStore,
        signals: Signals,
    ) -> None:
        self._clock = clock
        self._presence = presence
        self._files = files
        self._api = api
        self._keys = pacing.keys
        self._watch = pacing.watch
        self._times = pacing.times
        self._line = line
        self._meter = meter
        self._requests = requests
        self._signals = signals
        self._posting = Hands("dispatch", most=_POSTS_AT_ONCE)
        self._look_over_at_s = clock.elapsed_s() + _LOOK_OVER_EVERY_S
        self._lacks_a_key = False
        self._sends = True
        self._proving = asyncio.Lock()
        self._proofs: dict[KeyId, _Proof] = {}
        self._unreachable: dict[RunId, int] = {}
        self._unwritten: dict[RunId, tuple[Run, Move]] = {}

    async def turn(self) -> float:
        """Send what may be sent now. Returns the seconds until there may be more to do."""
        await self._end_forsaken()
        for waiting, move in tuple(self._unwritten.values()):
            await self._write_down(waiting, move)
        self._lacks_a_key = False
        try:
            while not self._posting.are_full:
                pause_s = await self._serve_next()
                if pause_s is not None:
                    return pause_s
            return _IDLE_S
        finally:
            self._watch.expect(self._line.length if self._lacks_a_key else 0)

    async def _serve_next(self) -> float | None:
        """Send, or end, the run whose turn it is. Returns how long to wait when nothing can be done now."""
        lacks_a_key = self._keys.are_usable and self._watch.key_for_a_run() is None
        if lacks_a_key and self._line.length:
            return self._wait_for_a_key_s()
        turn = await self._line.next()
        if turn is None:
            return _IDLE_S
        if lacks_a_key:
            return self._wait_for_a_key_s()
        found = await self._requests.queued(turn.run)
        if found is None:
            self._line.leave(turn)
            return None
        request, run = found
        ending = await self._vain(request)
        if ending is not None:
            await self._end(run, *ending)
            return _IDLE_S if run.id in self._unwritten else None
        return await self._send(turn, request, run)

    async def _send(self, turn: Queued, request: Request, run: Run) -> float | None:
        family = Family(request.model, request.kind)
        await self._times.learn(family)
        await self._files.check_room()
        key = self._watch.key_for_a_run()
        if key is None:
            return self._wait_for_a_key_s()
        if not self._sends:
            return _IDLE_S
        sent_s = self._keys.spend(key)  # before anything is awaited: a look must not take this place meanwhile
        if not await self._requests.claim(run.id, key, self._clock.now()):
            return None
        if self._sends:
            self._line.note_served(turn)
            self._watch.begin(run.id, key, family)
            self._posting.take(run.id, self._post(request, run, key, sent_s), self._signals.queued.set)
        else:
            await self._write_down(run, lambda: self._requests.release(run.id))
        return None

    def _wait_for_a_key_s(self) -> float:
        self._lacks_a_key = True
        return self._watch.wait_for_a_key_s()

    async def _vain(self, request: Request) -> tuple[RunState, EndReason] | None:
        """Why a run would be paid for in vain, or cannot be made at all."""
        if not await self._presence.is_there(request):
            return RunState.CANCELLED, EndReason.MEMBER_GONE
        try:
            self._keys.check_usable()
        except OutOfCredit:
            return RunState.FAILED, EndReason.OUT_OF_CREDIT
        except ModelGone:
            return RunState.FAILED, EndReason.MODEL_GONE
        return None

    async def _end_forsaken(self) -> None:
        """A run that is being submitted by nobody, which only a bug brings about, is as uncertain as after a crash."""
        if self._clock.elapsed_s() < self._look_over_at_s:
            return
        self._look_over_at_s = self._clock.elapsed_s() + _LOOK_OVER_EVERY_S
        # Before the ledger is read: what is posted while it is being read has an answer of its own.
        ours = {*self._posting.held, *self._unwritten}
        for run in await self._requests.stranded():
            if run.state is RunState.SUBMITTING and run.id not in ours:
                await self._end(run, RunState.UNCERTAIN, EndReason.LOST_TOUCH)

    @property
    def is_busy(self) -> bool:
        return self._posting.are_busy

    def send_no_more(self) -> None:
        """What is queued stays so, for the next start."""
        self._sends = False

    async def finish(self, *, grace_s: float = SHORT_GRACE_S) -> None:
        await self._posting.finish(grace_s=grace_s)
        for waiting, move in tuple(self._unwritten.values()):
            await self._write_down(waiting, move)

    async def _post(self, request: Request, run: Run, key: KeyId, sent_s: float) -> None:
        """From here on the run is `submitting`: whatever happens, this request is sent at most once."""
        wanted = ImageInput(
            model=request.model,
            prompt=request.words_for_model,
            aspect=request.aspect,
            image_urls=tuple(reference.url for reference in request.references if reference.url is not None),
        )
        try:
            provider_id = await self._create(run, key, wanted, sent_s)
        except CreateUncertain:
            self._keys.note_uncertain(key)
            await self._end(run, RunState.UNCERTAIN, EndReason.LOST_TOUCH)
        except InputDeclined:
            await self._end(run, RunState.FAILED, EndReason.DECLINED)
        except InputRejected:
            await self._end(run, RunState.FAILED, EndReason.INPUT_REJECTED)
        except ModelNotOffered:
            self._keys.pause_model()
            await self._end(run, RunState.FAILED, EndReason.MODEL_GONE)
        except KeyRateLimited:
            self._keys.note_too_fast(key, sent_s)
            await self._write_down(run, lambda: self._requests.release(run.id))
        except (KeyOutOfCredit, KeyRefused) as error:
            self._keys.put_aside(key, why=type(error).__name__)
            await self._write_down(run, lambda: self._requests.release(run.id))
        except RefusedWithoutReason:
            await self._blame(run, key)
        except ProviderUnreachable:
            await self._try_later(run, key)
        else:
            self._keys.note_created(key)
            self._meter.created()
            self._meter.waited(Phase.QUEUE, (self._clock.now() - run.queued_at).total_seconds())
            self._unreachable.pop(run.id, None)
            self._watch.note_created(run.id)
            log.info("run created %s provider_run=%s key=%s", run_names(run), provider_id, key)
            await self._write_down(run, lambda: self._requests.start(run.id, provider_id))

    async def _create(self, run: Run, key: KeyId, wanted: ImageInput, sent_s: float) -> ProviderRunId:
        """Without any answer, by a bug or by a shutdown that could not wait, nobody knows whether it was paid for."""
        is_answered, provider_id = False, None
        try:
            provider_id = await self._api.create(key, wanted)
            is_answered = True
            return provider_id
        except BotError:
            is_answered = True
            raise
        finally:
            self._keys.note_answer(key, sent_s)
            if provider_id is None:
                self._watch.forget(run.id)
            if not is_answered:
                await self._end(run, RunState.UNCERTAIN, EndReason.LOST_TOUCH)

    async def _write_down(self, run: Run, move: Move) -> None:
        """What RunBase answered, above all the id of what was paid for, is kept until the disk takes it."""
        try:
            await move()
        except StorageUnavailable:
            if run.id not in self._unwritten:
                log.error("answer not written down yet %s", run_names(run))
            self._unwritten[run.id] = (run, move)
            return
        except asyncio.CancelledError:  # the grace is over: `finish` writes it down
            self._unwritten[run.id] = (run, move)
            raise
        self._unwritten.pop(run.id, None)
        for changed in (self._signals.queued, self._signals.running, self._signals.outbox):
            changed.set()

    async def _blame(self, run: Run, key: KeyId) -> None:
        """The key, or this one prompt? A look that says nothing of it tells: no member's words put a key out of use."""
        try:
            works = await self._works(key)
        except asyncio.CancelledError:  # the grace is over: for certain it was not created, and `finish` writes it down
            self._unwritten[run.id] = (run, lambda: self._requests.release(run.id))
            raise
        if works:
            log.warning("run refused without a reason %s key=%s", run_names(run), key)
            await self._end(run, RunState.FAILED, EndReason.INPUT_REJECTED)
        else:
            self._keys.put_aside(key, why=KeyRefused.__name__)
            await self._write_down(run, lambda: self._requests.release(run.id))

    async def _works(self, key: KeyId) -> bool:
        """What a look says that names no run; whoever asks within the same window shares the answer."""
        async with self._proving:
            proof = self._proofs.get(key)
            if proof is None or self._clock.elapsed_s() - proof.at_s >= _PROOF_HOLDS_S:
                works = await self._prove(key)
                proof = self._proofs[key] = _Proof(works, self._clock.elapsed_s())
            return proof.works

    async def _prove(self, key: KeyId) -> bool:
        """Takes one request, also when the budget is spent: RunBase allows one more than that."""
        sent_s = self._keys.spend(key)
        try:
            await self._api.look(key, NO_RUN)
        except RunUnknown:
            return True
        except LookFailed as error:
            if error.trouble is LookTrouble.TOO_FAST:
                self._keys.note_too_fast(key, sent_s)
            return error.trouble is LookTrouble.TOO_FAST
        finally:
            self._keys.note_answer(key, sent_s)
        return False

    async def _try_later(self, run: Run, key: KeyId) -> None:
        """Nothing left this machine, so the run may be sent again, but not for ever."""
        tries = self._unreachable.pop(run.id, 0) + 1
        if tries >= _TRIES_WHEN_UNREACHABLE:
            await self._end(run, RunState.FAILED, EndReason.PROVIDER_DOWN)
            return
        self._unreachable[run.id] = tries
        self._keys.rest(key, _REST_WHEN_UNREACHABLE_S * tries)
        await self._write_down(run, lambda: self._requests.release(run.id))

    async def _end(self, run: Run, state: RunState, reason: EndReason) -> None:
        self._watch.forget(run.id)
        self._meter.ended(state, reason)
        log.warning("run ended %s state=%s reason=%s", run_names(run), state, reason)
        await self._write_down(run, lambda: self._requests.end(run.id, state, reason, self._clock.now()))
