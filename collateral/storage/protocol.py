"""What every store of files can do.

A file's name is the SHA-256 of its bytes, so the same file is kept once and no
name that a person gave ever becomes a path. Originals and previews share this
one namespace.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from flask_babel import lazy_gettext as _

from collateral.errors import CollateralError, NotFound
from collateral.words import N_, recognise

NO_FILE = N_("The file is not in the store.")
recognise(NO_FILE)


class StoreAway(CollateralError):
    """The store does not answer now: what was asked of it can be asked again, and says nothing
    of the file."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_("The store of files does not answer; try again in a minute."))


@dataclass(frozen=True)
class StoredFile:
    """A file that is kept: its name and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Place:
    """Where a store keeps its files, as an admin may read it: without any secret."""

    kind: str
    """"folder" or "bucket"."""
    name: str
    """The folder's path; the bucket, with the part of it that is ours."""
    server: str = ""
    """Of a bucket; empty for Amazon's."""
    free: int | None = None
    """Bytes that are left on the disk, and those of the whole disk; None for a bucket."""
    whole: int | None = None


def check_name(sha256: str) -> None:
    """Raise NotFound for what can be no file's name."""
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise NotFound


class Incoming(Protocol):
    """A file on its way in: written and hashed as its bytes come, then kept or discarded."""

    size: int

    @property
    def path(self) -> Path:
        """Where its bytes lie until it is kept, for a look at what it is."""

    def write(self, chunk: bytes) -> int:
        """Take the next bytes. Raises TooLarge and OutOfSpace."""

    def keep(self) -> StoredFile:
        """Make it durable under its hash. Raises OutOfSpace; nothing is kept then."""

    def discard(self) -> None:
        """Forget it. Does nothing once it is kept, or when it was discarded before."""


class Storage(Protocol):
    """Keeps immutable files by the SHA-256 of what they hold."""

    def incoming_file(self, *, limit: int | None = None) -> Incoming:
        """A new file to write to, of at most `limit` bytes."""

    def put(self, source: BinaryIO, *, limit: int | None = None) -> StoredFile:
        """Stream `source` in, hashing on the way; durable when this returns.

        Raises:
            TooLarge: more than `limit` bytes came.
            OutOfSpace: the disk is full; nothing is kept.
        """

    def put_path(self, path: Path) -> StoredFile:
        """The same for a file on disk."""

    def open(self, sha256: str) -> BinaryIO:
        """The file, from its first byte, seekable. Raises NotFound."""

    def local(self, sha256: str) -> AbstractContextManager[Path]:
        """A path that a reader can open while the block lasts. Raises NotFound."""

    def link(self, sha256: str, disposition: str, media_type: str) -> str | None:
        """An address from which a browser may fetch it itself within a minute, else None.

        `disposition` and `media_type` are what the store then answers with.
        """

    def place(self) -> Place:
        """Where it keeps them; asks no other machine."""

    def size(self, sha256: str) -> int | None:
        """Its bytes, or None when it is not here."""

    def kept_at(self, sha256: str) -> float | None:
        """When it was last put here, in seconds since 1970, or None when it is not here."""

    def delete(self, sha256: str) -> None:
        """Forget the file; nothing happens when it is not here."""

    def names(self) -> Iterator[str]:
        """The SHA-256 of every file that is kept."""

    def sweep(self, older_than: float = 3600.0) -> int:
        """Remove what interrupted writes left more than that many seconds ago; how many."""
