"""What Prometheus is shown: what the services count, and how things stand when it asks. The only prometheus_client."""

import asyncio
from collections.abc import Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import choose_encoder

from bot.domain.catalogue import Model
from bot.domain.errors import BotError
from bot.domain.ladder import Rung
from bot.domain.requests import Kind, Request
from bot.domain.runs import EndReason, RunState
from bot.operations import KeyStanding, Phase

_PHASE_S = (0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1800, 3600)  # runs take 12 to 20 s, queues longer
_LAG_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)  # Discord waits 3 s for an answer
_LAG_EVERY_S = 0.1
_NO_RUNG = "kept"


class PrometheusMeter:
    """`Meter` in a registry of its own. No label holds a key, a prompt or the id of a member."""

    def __init__(self, model: Model) -> None:
        self._price_usd = model.price_usd
        # The library's own switch, for the whole process: a second series beside each that nobody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._count_requests()
        self._count_money()
        self._count_keys()
        self._measure_lag()
        self._runs = self._gauge("easel_runs", "Runs that are not finished, and all uncertain ones.", "state")

    def _count_requests(self) -> None:
        self._requests = self._counter("easel_requests", "Requests accepted.", "kind", "private")
        self._refusals = self._counter("easel_refusals", "Requests refused or failed at once, by error.", "error")
        self._ended = self._counter("easel_runs_ended", "Runs ended; an overdue one may still come.", "state", "reason")
        self._deliveries = self._counter("easel_deliveries", "Outcomes shown, by rung of the ladder.", "rung")
        self._phases = Histogram(
            "easel_phase_seconds", "The waits of a run.", ["phase"], buckets=_PHASE_S, registry=self._registry
        )
        for kind in Kind:  # what is known beforehand starts at 0, so that the first one counts as an increase
            for private in ("false", "true"):
                self._requests.labels(kind, private)
        for rung in (*Rung, _NO_RUNG):
            self._deliveries.labels(rung)

    def _count_money(self) -> None:
        self._created = self._counter("easel_runs_created", "Runs that RunBase made and charged for.")
        self._spent = self._counter("easel_spent_dollars", "What they cost, where the model's price is known.")
        self._refunded = self._counter("easel_refunded_dollars", "What RunBase refunds of it, since runs failed.")

    def _count_keys(self) -> None:
        self._put_aside = self._counter("easel_keys_put_aside", "Keys found without money or refused.", "key", "why")
        self._slowed_down = self._counter("easel_rate_limited", "Runs refused since the key made too many.", "key")
        self._usable = self._gauge("easel_keys_usable", "Keys that are not put aside.")
        self._left = self._gauge("easel_key_requests_left", "Requests the key may make just now.", "key")

    def _measure_lag(self) -> None:
        self._longest_s = 0.0
        self._lag = Histogram(
            "easel_loop_lag_seconds", "How late the event loop wakes.", buckets=_LAG_S, registry=self._registry
        )
        self._most_lag = self._gauge("easel_loop_lag_max_seconds", "The latest it woke since the last scrape.")

    # What services tell

    def accepted(self, request: Request) -> None:
        self._requests.labels(request.kind, str(request.address.private).lower()).inc()

    def refused(self, error: BaseException) -> None:
        """Ours and Discord's by their names; whatever else there is, is a bug."""
        is_known = isinstance(error, BotError) or type(error).__module__.startswith("discord.")
        self._refusals.labels(type(error).__name__ if is_known else "UnexpectedError").inc()

    def waited(self, phase: Phase, seconds: float) -> None:
        self._phases.labels(phase).observe(max(0.0, seconds))

    def created(self) -> None:
        self._created.inc()
        self._spent.inc(float(self._price_usd or 0))

    def refunded(self) -> None:
        self._refunded.inc(float(self._price_usd or 0))

    def ended(self, state: RunState, reason: EndReason | None = None) -> None:
        self._ended.labels(state, reason or "").inc()

    def delivered(self, rung: Rung) -> None:
        self._deliveries.labels(rung).inc()

    def kept(self) -> None:
        self._deliveries.labels(_NO_RUNG).inc()

    def put_aside(self, key: int, *, why: str) -> None:
        self._put_aside.labels(_name(key), why).inc()

    def slowed_down(self, key: int) -> None:
        self._slowed_down.labels(_name(key)).inc()

    # What is found out

    async def watch_loop(self) -> None:
        """For ever: sleep a moment, and note by how much it was overslept."""
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + _LAG_EVERY_S
            await asyncio.sleep(_LAG_EVERY_S)
            self.overslept(loop.time() - due_s)

    def overslept(self, seconds: float) -> None:
        self._lag.observe(max(0.0, seconds))
        self._longest_s = max(self._longest_s, seconds)

    def page(
        self, accept: str, *, runs: Mapping[RunState, int] | None, keys: Sequence[KeyStanding]
    ) -> tuple[bytes, str]:
        """Everything in the format that the `Accept` header asks for, and its content type.

        `runs` is None when the ledger does not answer: no number is better than an old one.
        """
        self._runs.clear()
        for state, count in (runs or {}).items():
            self._runs.labels(state).set(count)
        self._usable.set(sum(key.is_usable for key in keys))
        for key in keys:
            self._left.labels(_name(key.number)).set(key.requests_left)
        self._most_lag.set(self._longest_s)
        self._longest_s = 0.0
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        return Counter(name, documentation, labels, registry=self._registry)

    def _gauge(self, name: str, documentation: str, *labels: str) -> Gauge:
        return Gauge(name, documentation, labels, registry=self._registry)


def _name(key: int) -> str:
    """As the log has it: `key 1` is the first of RUNBASE_API_KEYS."""
    return f"key {key}"
