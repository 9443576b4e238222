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
CHECK_EVERY = 32 << 20  # bytes written between two looks at the free space
RESERVE = 64 << 20  # bytes that stay free, so that the database can still write


@dataclass(frozen=True)
class StoredFile:
    """A file that is kept: its name and size in bytes."""

    sha256: str
    size: int


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

    def incoming_file(self, *, limit: int | None = None) -> Incoming:
        return _IncomingFile(self, limit)

    def put(self, source: BinaryIO, *, limit: int | None = None) -> StoredFile:
        target = self.incoming_file(limit=limit)
        try:
            while chunk := source.read(CHUNK):
                target.write(chunk)
            return target.keep()
        finally:
            target.discard()

    def put_path(self, path: Path) -> StoredFile:
        with path.open("rb") as file:
            return self.put(file)

    def check_space(self, wanted: int = 0) -> None:
        """Raise OutOfSpace unless that many bytes fit beside the reserve."""
        space = os.statvfs(self.root)
        if space.f_bavail * space.f_frsize < RESERVE + wanted:
            raise OutOfSpace("The disk is almost full; the file was not kept.")

    def take(self, temporary: Path, sha256: str) -> None:
        """Give a synced file of `incoming` its name; durable when this returns."""
        path = self.path(sha256)
        if path.exists():
            # Known bytes: their age counts anew, so that no sweep takes them from under
            # a row that is about to be written.
            os.utime(path)
            temporary.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o640)
        temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

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

    def kept_at(self, sha256: str) -> float | None:
        try:
            return self.path(sha256).stat().st_mtime
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


class _IncomingFile:
    """A file of `incoming` that becomes one of the store."""

    def __init__(self, store: FolderStorage, limit: int | None) -> None:
        self.size = 0
        self._store = store
        self._limit = limit
        self._digest = hashlib.sha256()
        self._unchecked = 0
        store.check_space()
        descriptor, name = tempfile.mkstemp(dir=store.incoming)
        self._path = Path(name)
        self._file = os.fdopen(descriptor, "wb")
        self._open = True

    @property
    def path(self) -> Path:
        self._file.flush()
        return self._path

    def write(self, chunk: bytes) -> int:
        self.size += len(chunk)
        if self._limit is not None and self.size > self._limit:
            self.discard()
            raise TooLarge(f"The file is larger than {_in_words(self._limit)}.")
        self._unchecked += len(chunk)
        with self._space_errors():
            if self._unchecked >= CHECK_EVERY:
                self._store.check_space()
                self._unchecked = 0
            self._file.write(chunk)
        self._digest.update(chunk)
        return len(chunk)

    def keep(self) -> StoredFile:
        with self._space_errors():
            self._store.check_space()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            sha256 = self._digest.hexdigest()
            self._store.take(self._path, sha256)
        self._open = False
        return StoredFile(sha256, self.size)

    def discard(self) -> None:
        if self._open:
            self._open = False
            with suppress(OSError):
                self._file.close()
            self._path.unlink(missing_ok=True)

    @contextmanager
    def _space_errors(self) -> Iterator[None]:
        try:
            yield
        except OutOfSpace:
            self.discard()
            raise
        except OSError as error:
            self.discard()
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise OutOfSpace("The disk is full; the file was not kept.") from error
            raise


def _in_words(size: int) -> str:
    """500 MiB, 2 GiB, 1,000 bytes."""
    for unit, factor in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= factor:
            return f"{size / factor:.4g} {unit}"
    return f"{size} bytes"


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
