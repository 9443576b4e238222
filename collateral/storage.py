"""Where files lie: content-addressed, written aside, synced, renamed.

A file's name is the SHA-256 of its bytes, so the same file is kept once and no
name that a person gave ever becomes a path. Originals and previews share this
one namespace.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from flask import Flask, current_app

from collateral.errors import NotFound, OutOfSpace, TooLarge

CHUNK = 1 << 20
RESERVE = 64 << 20  # bytes that stay free, so that the database can still write


@dataclass(frozen=True)
class StoredFile:
    """A file that is kept: its name and size in bytes."""

    sha256: str
    size: int


class Storage(Protocol):
    """Keeps immutable files by the SHA-256 of what they hold."""

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

    def size(self, sha256: str) -> int | None:
        """Its bytes, or None when it is not here."""

    def delete(self, sha256: str) -> None:
        """Forget the file; nothing happens when it is not here."""

    def names(self) -> Iterator[str]:
        """The SHA-256 of every file that is kept."""

    def sweep(self, older_than: float = 3600.0) -> int:
        """Remove what interrupted writes left more than that many seconds ago; how many."""


class FolderStorage:
    """The embedded side: a folder, two levels deep."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the file of that name lies, whether or not it exists."""
        if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
            raise NotFound
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def put(self, source: BinaryIO, *, limit: int | None = None) -> StoredFile:
        digest, size = hashlib.sha256(), 0
        descriptor, name = tempfile.mkstemp(dir=self.incoming)
        try:
            with os.fdopen(descriptor, "wb") as target:
                while chunk := source.read(CHUNK):
                    size += len(chunk)
                    if limit is not None and size > limit:
                        raise TooLarge(f"The file is larger than {limit} bytes.")
                    digest.update(chunk)
                    target.write(chunk)
                self._check_space()
                target.flush()
                os.fsync(target.fileno())
            return self._keep(Path(name), digest.hexdigest(), size)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise OutOfSpace("The disk is full; the file was not kept.") from error
            raise
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name)  # noqa: PTH108 - mkstemp gave a string

    def put_path(self, path: Path) -> StoredFile:
        with path.open("rb") as file:
            return self.put(file)

    def _check_space(self) -> None:
        space = os.statvfs(self.root)
        if space.f_bavail * space.f_frsize < RESERVE:
            raise OutOfSpace("The disk is almost full; the file was not kept.")

    def _keep(self, temporary: Path, sha256: str, size: int) -> StoredFile:
        path = self.path(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.chmod(0o640)
            temporary.replace(path)
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        return StoredFile(sha256, size)

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise NotFound("The file is not in the store.") from error

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        path = self.path(sha256)
        if not path.exists():
            raise NotFound("The file is not in the store.")
        yield path

    def size(self, sha256: str) -> int | None:
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        for first in sorted(self.root.iterdir()):
            if first == self.incoming or len(first.name) != 2:
                continue
            for second in sorted(first.iterdir()):
                yield from (entry.name for entry in os.scandir(second))

    def sweep(self, older_than: float = 3600.0) -> int:
        horizon, removed = time.time() - older_than, 0
        for entry in self.incoming.iterdir():
            with suppress(FileNotFoundError):
                if entry.stat().st_mtime < horizon:
                    entry.unlink()
                    removed += 1
        return removed


def make_storage(url: str) -> Storage:
    """The store that STORAGE_URL names."""
    scheme, _, rest = url.partition(":")
    if scheme == "file":
        return FolderStorage(Path(rest))
    from collateral.errors import BadSetting

    raise BadSetting(f"STORAGE_URL: stores of the kind {scheme} are not built in yet.")


def init_app(app: Flask, url: str) -> None:
    app.extensions["storage"] = make_storage(url)


def storage() -> Storage:
    """The running application's store."""
    store: Storage = current_app.extensions["storage"]
    return store
