"""Puts pictures that no web address leads to into the very request for a run: the terminal's local files."""

import base64
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import InputRejected, StorageUnavailable
from bot.domain.ids import KeyId, ProviderRunId, Sha256
from bot.ports import FileStore, ImageApi, ImageInput, Look

# In the ledger such a reference has this before its SHA-256 for an address, so that no picture stands there as text.
_KEPT = "kept:"
_MARKS = ((b"\xff\xd8\xff", 0, "jpeg"), (b"WEBP", 8, "webp"))


def kept_address(sha256: Sha256) -> str:
    return f"{_KEPT}{sha256}"


def is_kept(address: str | None) -> bool:
    return address is not None and address.startswith(_KEPT)


class Inlining:
    """`ImageApi` that sends files on disk as `data:` URIs.

    Whether RunBase takes them is not documented. If it does not, it answers 400 and charges nothing.
    """

    def __init__(self, api: ImageApi, files: FileStore) -> None:
        self._api = api
        self._files = files

    @property
    def keys(self) -> Sequence[KeyId]:
        return self._api.keys

    async def create(self, key: KeyId, wanted: ImageInput) -> ProviderRunId:
        try:
            addresses = tuple([await self._sendable(address) for address in wanted.image_urls])
        except StorageUnavailable as error:
            raise InputRejected from error
        return await self._api.create(key, replace(wanted, image_urls=addresses))

    async def look(self, key: KeyId, run: ProviderRunId) -> Look:
        return await self._api.look(key, run)

    async def _sendable(self, address: str) -> str:
        if not is_kept(address):
            return address
        content = await self._files.read(Sha256(address.removeprefix(_KEPT)))
        kind = next((kind for mark, at, kind in _MARKS if content[at : at + len(mark)] == mark), "png")
        return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
