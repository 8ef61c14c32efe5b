"""The environment variables that begin like the bot's own: which there are, and what is said about any other."""

import os
from collections.abc import Iterator

from bot.config.models import Config, sections

PREFIX = "EASEL__"
_BEGINNING = "EASEL_"
# Besides the settings: what the command line reads, and what the checks of the image and their tests do.
_OTHERS = {"EASEL_CONFIG", "EASEL_LOG_FORMAT", "EASEL_IMAGE", "EASEL_IMAGE_FOLDER", "EASEL_ENGINE", "EASEL_RUN_OPTIONS"}
# Docker and Kubernetes set these where a service is called "easel".
_OF_CONTAINERS = ("EASEL_PORT", "EASEL_SERVICE_")


def unknown_variables() -> list[str]:
    """Nobody would read them, so whoever set them is told; a line each."""
    return [
        f"{name}: {_wish(name)}, found an unknown one"
        for name in os.environ
        if name.upper().startswith(_BEGINNING) and not _is_known(name.upper())
    ]


def _is_known(name: str) -> bool:
    """Of a setting only the section is looked at: what is wrong with its key is told where keys are."""
    if name.startswith(PREFIX):
        section, *key = name.removeprefix(PREFIX).lower().split("__")
        return section in Config.model_fields and len(key) == 1
    return name in _OTHERS or name.startswith(_OF_CONTAINERS)


def _wish(name: str) -> str:
    """The one that was meant, where only underscores are missing."""
    meant = {_squeezed(variable): variable for variable in _variables()}.get(_squeezed(name.upper()))
    if meant is not None:
        return f"expected {meant}, with two underscores before and after the section"
    others = "" if name.upper().startswith(PREFIX) else " or EASEL_CONFIG"
    return f"expected {PREFIX}SECTION__KEY with one of the sections {', '.join(Config.model_fields)}{others}"


def _variables() -> Iterator[str]:
    for section, kind in sections().items():
        for name, field in kind.model_fields.items():
            yield f"{PREFIX}{section}__{field.alias or name}".upper()


def _squeezed(name: str) -> str:
    return name.replace("_", "")
