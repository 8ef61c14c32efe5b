"""The outcome of a whole run as tables: what came of the requests, and how often each trouble happened."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group
from rich.table import Table

from tests.chaos.checker import BREACHES
from tests.chaos.deck import DECK, REFUSAL_CODES
from tests.chaos.evidence import Rung
from tests.chaos.plan import Closing
from tests.chaos.play import Outcome

_FATES: Mapping[str, str] = {
    "asked": "requests",
    "acknowledged": "acknowledged",
    "delivered": "with pictures delivered",
    f"rung {Rung.TOKEN}": "  with the interaction's token",
    f"rung {Rung.MESSAGE}": "  by editing the message",
    f"rung {Rung.CHANNEL}": "  by a new message in the channel",
    f"rung {Rung.DM}": "  by a direct message",
    f"rung {Rung.KEPT}": "  kept, and shown by /history",
    "gifts": "  gifts among them",
    "told": "members told why not",
    "uncertain": "uncertain",
}
NOT_IN_BOOKS = frozenset({"gifts", "quota drift"})  # of a bot that keeps none


def results(outcomes: Mapping[str, Sequence[Outcome]]) -> Table:
    """One column for each bot."""
    table = Table(title="What came of it", title_justify="left")
    table.add_column()
    for name in outcomes:
        table.add_column(name, justify="right")
    for what, words in _FATES.items():
        table.add_row(words, *(_count(what, of) for of in outcomes.values()))
    table.add_section()
    for attribute, words in (("kills", "kill -9"), ("stops", "orderly stops"), ("crashes", "ended by itself")):
        table.add_row(words, *(str(sum(getattr(one, attribute) for one in of)) for of in outcomes.values()))
    table.add_section()
    for kind in BREACHES:
        table.add_row(kind, *(_marked(kind, of) for of in outcomes.values()))
    return table


def _count(what: str, of: Iterable[Outcome]) -> str:
    return str(sum(one.verdict.counts[what] for one in of))


def _marked(kind: str, of: Sequence[Outcome]) -> str:
    if kind in NOT_IN_BOOKS and not all(one.keeps_books for one in of):
        return "–"
    count = _count(kind, of)
    return "0" if count == "0" else f"[bold red]{count}[/]"


def troubles(outcomes: Iterable[Outcome]) -> Group:
    """Every trouble with its count; one that never happened proves nothing and stands out."""
    counted = sum((one.met for one in outcomes), Counter[str]())
    groups: dict[str, Table] = {}
    for name in must_happen():
        place, _, kind = name.rpartition(": ")
        if place not in groups:
            groups[place] = Table(title=place, title_justify="left", show_header=False, box=None)
            groups[place].add_column()
            groups[place].add_column(justify="right", min_width=4)
        count = counted[name]
        groups[place].add_row(kind, str(count) if count else "[bold red]0[/]")
    return Group(*_side_by_side(list(groups.values())))


def _side_by_side(tables: Sequence[Table], *, across: int = 3) -> Iterable[Table]:
    for start in range(0, len(tables), across):
        grid = Table.grid(padding=(1, 3))
        grid.add_row(*tables[start : start + across])
        yield grid


def must_happen() -> Sequence[str]:
    """What has to happen at least once in a whole run."""
    world = [f"world: {closing.replace('_', ' ')}" for closing in Closing]
    refusals = [f"Discord says: {code}" for code in REFUSAL_CODES]
    return list(dict.fromkeys([*DECK, *refusals, *world]))


def never_happened(outcomes: Sequence[Outcome]) -> Sequence[str]:
    counted = sum((one.met + one.verdict.counts for one in outcomes), Counter[str]())
    rungs = [f"rung {rung}" for rung in Rung]
    return [name for name in (*must_happen(), *rungs) if not counted[name]]
