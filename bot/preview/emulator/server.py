"""The look-alike's calls: who may call, what is done, what is answered, and a log of everything that arrived."""

from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import SystemClock
from bot.ports import Clock
from bot.preview.emulator import references
from bot.preview.emulator.answers import BROKEN, VISIBLE_IN, broken_file, file_answer, refused, run_answer
from bot.preview.emulator.faults import AFTER, BEFORE, FILES, SHAPES, UNARRIVED, Fault, Faults, Place
from bot.preview.emulator.keys import Keys
from bot.preview.emulator.ledger import EmulatedRun, Ledger, Status
from bot.preview.emulator.rules import Refusal, Size, parse
from bot.preview.emulator.wire import InProcessTransport, Lost
from bot.preview.painter import paint

_PICTURES_KEPT = 8  # up to 1 MB each; painting again takes a fifth of a second

Painter = Callable[[str, Size, Sequence[bytes], int], bytes]
"""By prompt, size and references; and how many pictures of that prompt there were before: no two are alike."""


@dataclass
class Arrival:
    """One request that reached the look-alike, and what became of it. Refused connections never arrive."""

    at: datetime
    place: Place | None  # None: no such call
    method: str
    path: str
    key: str | None = None
    run_id: str | None = None
    status: int | None = None  # None: no answer was sent
    code: str | None = None
    fault: Fault | None = None


class Emulator:
    """RunBase in a box. Time comes from the clock when something is read; nothing runs in the background.

    RunBase documents no references but public addresses; `takes_data_uris` is for those who want to see more.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        balances: Mapping[str, Decimal | float] | None = None,
        seed: int = 0,
        speed: float = 1.0,
        base_url: str = "http://127.0.0.1/api/v1",
        fetch_transport: httpx.AsyncBaseTransport | None = None,
        painter: Painter = paint,
        takes_data_uris: bool = False,
    ) -> None:
        balances = balances or {"sk-preview": 100}
        self.base_url = base_url.rstrip("/")
        self.faults = Faults()
        self.requests_log: list[Arrival] = []
        self._clock = clock or SystemClock()
        self._keys = Keys(balances)
        self._ledger = Ledger(balances, seed=seed, speed=speed)
        self._fetch_transport = fetch_transport
        self._painter = painter
        self._takes_data_uris = takes_data_uris
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self.app = Starlette(routes=self._routes(), exception_handlers={HTTPException: self._no_such_call})

    def transport(self) -> httpx.AsyncBaseTransport:
        """For use in process, with the same faults as on a socket."""
        return InProcessTransport(self.app)

    @property
    def runs(self) -> tuple[EmulatedRun, ...]:
        return self._ledger.runs(self._clock.now())

    @property
    def counters(self) -> Counter[tuple[Place | None, int | None, str | None]]:
        """How often each call was answered with each status and code."""
        return Counter((arrival.place, arrival.status, arrival.code) for arrival in self.requests_log)

    def balance(self, key: str) -> Decimal:
        return self._ledger.balance(key, self._clock.now())

    def pay_in(self, key: str, dollars: Decimal | float) -> None:
        self._ledger.pay_in(key, dollars)

    def refuse_key(self, key: str, code: str | None) -> None:
        """Refuses the key with a code such as `ip_not_allowed` from now on; None makes it good again."""
        self._keys.refuse(key, code)

    def _routes(self) -> list[Route]:
        path = urlsplit(self.base_url).path
        calls: list[tuple[str, str, Place, Callable[[Request, Arrival], Awaitable[Response]]]] = [
            ("POST", "/runs", Place.CREATE, self._create),
            ("GET", "/runs/{run_id}", Place.READ, self._read),
            ("GET", "/files/{run_id}.png", Place.FILE, self._file),
        ]
        return [
            Route(path + at, partial(self._serve, place, act), methods=[method]) for method, at, place, act in calls
        ]

    async def _serve(
        self, place: Place, act: Callable[[Request, Arrival], Awaitable[Response]], request: Request
    ) -> Response:
        if fault := self.faults.take(place, UNARRIVED):
            return BROKEN[fault]()
        arrival = self._log(request, place)
        try:
            response = await act(request, arrival)
        except Refusal as refusal:
            arrival.code = refusal.code
            response = refused(refusal)
        arrival.status = None if isinstance(response, Lost) else response.status_code
        return response

    def _log(self, request: Request, place: Place | None) -> Arrival:
        arrival = Arrival(self._clock.now(), place, request.method, request.url.path)
        self.requests_log.append(arrival)
        return arrival

    def _take(self, arrival: Arrival, place: Place, among: frozenset[Fault]) -> Fault | None:
        fault = self.faults.take(place, among)
        arrival.fault = fault or arrival.fault
        return fault

    def _admit(self, request: Request, arrival: Arrival, place: Place) -> str:
        arrival.key = self._keys.identify(request.headers.get("authorization"))
        self._keys.admit(arrival.key, place, arrival.at)
        return arrival.key

    async def _create(self, request: Request, arrival: Arrival) -> Response:
        key = self._admit(request, arrival, Place.CREATE)
        if fault := self._take(arrival, Place.CREATE, BEFORE):
            return BROKEN[fault]()
        content_type = request.headers.get("content-type", "")
        wanted = parse(await request.body(), content_type, takes_data_uris=self._takes_data_uris)
        run = self._ledger.create(key, wanted, arrival.at, self._take(arrival, Place.CREATE, SHAPES))
        arrival.run_id = run.id
        await self._begin(run)
        if fault := self._take(arrival, Place.CREATE, AFTER):
            return BROKEN[fault]()
        return self._answered(run, run.shape, 201)

    async def _begin(self, run: EmulatedRun) -> None:
        """Also when the client gives up in the middle: what was charged runs its course."""
        if not run.image_urls:
            self._ledger.begin(run.id, self._clock.now(), (), None)
            return
        fetched: list[bytes] = []
        error: str | None = "The images could not be downloaded"
        try:
            fetched, error = await references.fetch(run.image_urls, self._fetch_transport), None
        except references.UnusableReference as unusable:
            error = str(unusable)
        finally:
            self._ledger.begin(run.id, self._clock.now(), fetched, error)

    async def _read(self, request: Request, arrival: Arrival) -> Response:
        key = self._admit(request, arrival, Place.READ)
        if fault := self._take(arrival, Place.READ, BEFORE):
            return BROKEN[fault]()
        run = self._ledger.run(request.path_params["run_id"], arrival.at)
        if run is None or run.key != key:
            raise Refusal("run_not_found")
        arrival.run_id = run.id
        if fault := self._take(arrival, Place.READ, AFTER):
            return BROKEN[fault]()
        visible = frozenset(shape for shape, statuses in VISIBLE_IN.items() if run.status in statuses)
        return self._answered(run, self._take(arrival, Place.READ, visible), 200)

    def _answered(self, run: EmulatedRun, shape: Fault | None, status: int) -> Response:
        file_url = f"{self.base_url}/files/{run.id}.png"
        return JSONResponse(run_answer(run, frozenset({run.shape, shape}), file_url), status)

    async def _file(self, request: Request, arrival: Arrival) -> Response:
        if fault := self._take(arrival, Place.FILE, BEFORE):
            return BROKEN[fault]()
        run = self._ledger.run(request.path_params["run_id"], arrival.at)
        if run is None or run.status is not Status.SUCCEEDED:
            return Response("Not found", 404)
        arrival.run_id = run.id
        picture = await self._picture(run)
        if fault := self._take(arrival, Place.FILE, FILES):
            return broken_file(fault, picture, self._clock, self.faults.redirect_url)
        return file_answer(picture)

    async def _picture(self, run: EmulatedRun) -> bytes:
        if run.id not in self._pictures:
            number = self._ledger.number_of(run)
            self._pictures[run.id] = await run_in_threadpool(
                self._painter, run.prompt, run.size, run.references, number
            )
        self._pictures.move_to_end(run.id)
        while len(self._pictures) > _PICTURES_KEPT:
            self._pictures.popitem(last=False)
        return self._pictures[run.id]

    async def _no_such_call(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        self._log(request, None).status = error.status_code
        return JSONResponse({"error": {"message": error.detail, "code": "not_found"}}, error.status_code)
