"""How thumbnails are named."""

import secrets
from typing import NewType

ThumbnailId = NewType("ThumbnailId", str)


def new_thumbnail_id() -> ThumbnailId:
    """As long as a request's: fits a nonce with the mark of a post behind it, and a custom id."""
    return ThumbnailId(secrets.token_urlsafe(12))
