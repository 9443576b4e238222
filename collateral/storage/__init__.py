"""Where files lie: content-addressed, so that the same file is kept once.

A file's name is the SHA-256 of its bytes, so no name that a person gave ever becomes a
path. Originals and previews share this one namespace.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, current_app

from collateral.storage.folder import FolderStorage
from collateral.storage.incoming import CHUNK, RESERVE, name_of
from collateral.storage.protocol import Incoming, Place, Storage, StoreAway, StoredFile

__all__ = [
    "CHUNK",
    "RESERVE",
    "FolderStorage",
    "Incoming",
    "Place",
    "Storage",
    "StoreAway",
    "StoredFile",
    "make_storage",
    "name_of",
    "storage",
]


def make_storage(url: str, home: Path) -> Storage:
    """The store that STORAGE_URL names; `home` is where files wait on their way elsewhere."""
    scheme, _, rest = url.partition(":")
    if scheme == "file":
        return FolderStorage(Path(rest))
    from collateral.storage.s3 import S3Storage

    return S3Storage(url, home / "incoming")


def init_app(app: Flask, url: str, home: Path) -> None:
    app.extensions["storage"] = make_storage(url, home)


def storage() -> Storage:
    """The running application's store."""
    store: Storage = current_app.extensions["storage"]
    return store
