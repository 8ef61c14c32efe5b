"""The content network: files behind signed addresses that expire."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from urllib.parse import quote

from aiohttp import web
from PIL import Image, UnidentifiedImageError

from tests.standin.discord.ids import Now, Snowflakes
from tests.standin.discord.world import Attachment, Upload

# Undocumented; about 24 hours have been seen in issued addresses.
LIFETIME = timedelta(hours=24)

CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "heic": "image/heic",
    "svg": "image/svg+xml",
    "mp4": "video/mp4",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "zip": "application/zip",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class Download:
    """One request that the content network answered."""

    path: str
    status: int


class Cdn:
    def __init__(self, ids: Snowflakes, now: Now, changed: Callable[[], None]) -> None:
        self.origin = ""
        self.lifetime = LIFETIME
        self.downloads: list[Download] = []
        self._ids = ids
        self._now = now
        self._changed = changed
        self._secret = secrets.token_bytes(32)
        self._files: dict[str, Attachment] = {}

    def keep(self, upload: Upload, home: int, *, ephemeral: bool, filename: str | None = None) -> Attachment:
        """Store a file; `home` is the channel, or the application for what only one person may see."""
        given = filename or upload.filename
        name = safe_filename(given)
        identity = self._ids.next()
        folder = "ephemeral-attachments" if ephemeral else "attachments"
        kept = Attachment(
            id=identity,
            filename=name,
            content=upload.content,
            path=f"/{folder}/{home}/{identity}/{quote(name)}",
            title=given.rpartition(".")[0] if name != given else None,
            is_spoiler=name.startswith("SPOILER_"),
            ephemeral=ephemeral,
            content_type=CONTENT_TYPES.get(name.rpartition(".")[2].lower()),
            size_px=_size_px(upload.content),
        )
        self._files[kept.path] = kept
        return kept

    def remove(self, attachment: Attachment) -> None:
        self._files.pop(attachment.path, None)

    def sign(self, attachment: Attachment) -> str:
        """A fresh address: Discord signs anew whenever it hands a message out."""
        issued = int(self._now().timestamp())
        expires = issued + int(self.lifetime.total_seconds())
        return self._address(attachment.path, f"{expires:x}", f"{issued:x}")

    def attachment_id(self, url: str) -> int | None:
        """Which file an address of ours points at, however old its signature."""
        pattern = rf"{re.escape(self.origin)}/(?:ephemeral-)?attachments/\d+/(\d+)/"
        found = re.match(pattern, url)
        return int(found[1]) if found else None

    def resign(self, url: str) -> str:
        """What the refresh route answers: a fresh signature for an address of ours, anything else as it is."""
        path = url.removeprefix(self.origin).partition("?")[0]
        kept = self._files.get(path)
        return url if kept is None else self.sign(kept)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        answer = self._answer(request)
        self.downloads.append(Download(request.rel_url.raw_path, answer.status))
        self._changed()
        return answer

    def _answer(self, request: web.Request) -> web.Response:
        kept = self._files.get(request.rel_url.raw_path)
        if kept is None or not self._is_signed(request):
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(
            body=kept.content, headers={"Content-Type": kept.content_type or "application/octet-stream"}
        )

    def _is_signed(self, request: web.Request) -> bool:
        expires, issued = request.query.get("ex", ""), request.query.get("is", "")
        genuine = self._signature(request.rel_url.raw_path, expires, issued)
        if not hmac.compare_digest(genuine, request.query.get("hm", "")):
            return False
        return int(expires, 16) > self._now().timestamp()

    def _address(self, path: str, expires: str, issued: str) -> str:
        signature = self._signature(path, expires, issued)
        return f"{self.origin}{path}?ex={expires}&is={issued}&hm={signature}&"

    def _signature(self, path: str, expires: str, issued: str) -> str:
        return hmac.new(self._secret, f"{path}|{expires}|{issued}".encode(), hashlib.sha256).hexdigest()


def safe_filename(name: str) -> str:
    """Discord keeps ASCII letters, digits, `_`, `-` and `.`; spaces become underscores."""
    return re.sub(r"[^A-Za-z0-9_.\-]", "", name.replace(" ", "_")).lstrip(".") or "unknown"


def _size_px(content: bytes) -> tuple[int, int] | None:
    try:
        with Image.open(BytesIO(content)) as picture:
            return picture.size
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning, OSError, ValueError):
        return None
