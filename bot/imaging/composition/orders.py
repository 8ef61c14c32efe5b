"""What the sandboxed process is told to make, as one line of JSON, with the pictures behind it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from bot.domain.thumbnails.colours import Colour
from bot.domain.thumbnails.design import Design
from bot.domain.thumbnails.sizes import SIZES
from bot.domain.thumbnails.templates import TEMPLATES


def told(design: Design) -> Mapping[str, Any]:
    """Of the size its key and its limit, which may be lower than the platform's."""
    return {
        "size": design.size.key,
        "most_bytes": design.size.most_bytes,
        "template": design.template.key,
        "headline": design.headline,
        "accent": design.accent,
    }


def understood(words: Mapping[str, Any]) -> Design:
    size = replace(SIZES[words["size"]], most_bytes=words["most_bytes"])
    accent = None if words["accent"] is None else Colour(*words["accent"])
    return Design(size, TEMPLATES[words["template"]], words["headline"], accent)


@dataclass(frozen=True, slots=True)
class Order:
    """`kind` names what is to be made; `words` say how; `pictures` are files with their formats."""

    kind: str
    words: Mapping[str, Any]
    pictures: list[tuple[str, bytes]]

    def written(self) -> bytes:
        pictures = [(form, len(content)) for form, content in self.pictures]
        line = json.dumps({"kind": self.kind, "words": self.words, "pictures": pictures})
        return b"".join([line.encode(), b"\n", *(content for _, content in self.pictures)])

    @classmethod
    def read(cls, sent: BinaryIO) -> "Order":
        said = json.loads(sent.readline())
        return cls(said["kind"], said["words"], [(form, sent.read(size)) for form, size in said["pictures"]])
