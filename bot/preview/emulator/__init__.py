"""A look-alike of RunBase, as strict as it could be: its calls, errors, limits and money, on a given clock."""

from bot.preview.emulator.faults import Fault, Faults, Place
from bot.preview.emulator.ledger import PRICE, EmulatedRun, Status
from bot.preview.emulator.server import Arrival, Emulator

__all__ = ["PRICE", "Arrival", "EmulatedRun", "Emulator", "Fault", "Faults", "Place", "Status"]
