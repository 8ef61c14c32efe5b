"""One line an event, on standard error."""

import logging


def set_up_logging() -> None:
    """INFO for all. discord.py and httpx name addresses below WARNING, and those carry tokens and signatures."""
    logging.basicConfig(format="%(asctime)s %(levelname)-7s %(name)s %(message)s", level=logging.INFO)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("discord").setLevel(logging.INFO)
