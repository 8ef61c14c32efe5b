"""What a table has to show, what was found, and whether that is enough."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console


@dataclass(frozen=True)
class Demand:
    words: str
    found: str
    is_met: bool

    @classmethod
    def at_most(cls, words: str, found: float, limit: float, unit: str = "") -> "Demand":
        return cls(f"{words}: at most {limit:,g}{unit}", f"{found:,.3g}{unit}", found <= limit)

    @classmethod
    def at_least(cls, words: str, found: float, limit: float, unit: str = "") -> "Demand":
        return cls(f"{words}: at least {limit:,g}{unit}", f"{found:,.0f}{unit}", found >= limit)


def tell(demands: Sequence[Demand], console: Console) -> bool:
    """Prints those that are not met. Returns whether all are."""
    missed = [demand for demand in demands if not demand.is_met]
    for demand in missed:
        console.print(f"[bold red]Not met:[/] {demand.words}; found {demand.found}.")
    if demands and not missed:
        console.print("[green]Everything that was promised is met.[/]")
    return not missed
