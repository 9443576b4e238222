"""A file on its way in: on this machine's disk until its hash is known."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from flask_babel import lazy_gettext as _

from collateral.errors import OutOfSpace, TooLarge
from collateral.storage.protocol import Incoming, StoredFile
from collateral.words import N_, Sentence, recognise

CHUNK = 1 << 20
CHECK_EVERY = 32 << 20  # bytes written between two looks at the free space
RESERVE = 64 << 20  # bytes that stay free, so that the database can still write

ALMOST_FULL = N_("The disk is almost full; the file was not kept.")
FULL = N_("The disk is full; the file was not kept.")
recognise(ALMOST_FULL, FULL)


def name_of(file: BinaryIO) -> str:
    """The name under which these bytes are kept, from where the file stands: their SHA-256."""
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def check_space(folder: Path) -> None:
    """Raise OutOfSpace unless there is room beside the reserve."""
    space = os.statvfs(folder)
    if space.f_bavail * space.f_frsize < RESERVE:
        raise OutOfSpace(Sentence(ALMOST_FULL))


def put_into(target: Incoming, source: BinaryIO) -> StoredFile:
    """Stream everything into the file and keep it; nothing is left of it when that fails."""
    try:
        while chunk := source.read(CHUNK):
            target.write(chunk)
        return target.keep()
    finally:
        target.discard()


def sweep_folder(folder: Path, older_than: float) -> int:
    """Remove what interrupted writes left more than that many seconds ago; how many."""
    horizon, removed = time.time() - older_than, 0
    for entry in folder.iterdir():
        with suppress(FileNotFoundError):
            if entry.stat().st_mtime < horizon:
                entry.unlink()
                removed += 1
    return removed


class IncomingFile:
    """A file in `folder` that becomes one of the store.

    Args:
        take: gives the synced file its name in the store; the file may be gone afterwards.
    """

    def __init__(self, folder: Path, limit: int | None, take: Callable[[Path, str], None]) -> None:
        self.size = 0
        self._folder = folder
        self._limit = limit
        self._take = take
        self._digest = hashlib.sha256()
        self._unchecked = 0
        check_space(folder)
        descriptor, name = tempfile.mkstemp(dir=folder)
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
            raise TooLarge(_("The file is larger than %(most)s.", most=_in_words(self._limit)))
        self._unchecked += len(chunk)
        with self._space_errors():
            if self._unchecked >= CHECK_EVERY:
                check_space(self._folder)
                self._unchecked = 0
            self._file.write(chunk)
        self._digest.update(chunk)
        return len(chunk)

    def keep(self) -> StoredFile:
        with self._space_errors():
            check_space(self._folder)
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            sha256 = self._digest.hexdigest()
            self._take(self._path, sha256)
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
                raise OutOfSpace(Sentence(FULL)) from error
            raise


class TakesFiles(ABC):
    """How each side takes a file in: it is written to `incoming` on this machine, then kept."""

    incoming: Path

    def incoming_file(self, *, limit: int | None = None) -> Incoming:
        return IncomingFile(self.incoming, limit, self.take)

    def put(self, source: BinaryIO, *, limit: int | None = None) -> StoredFile:
        return put_into(self.incoming_file(limit=limit), source)

    def put_path(self, path: Path) -> StoredFile:
        with path.open("rb") as file:
            return self.put(file)

    @abstractmethod
    def take(self, temporary: Path, sha256: str) -> None:
        """Keep a synced file of `incoming` under its name; it is durable when this returns."""


def _in_words(size: int) -> str:
    """500 MiB, 2 GiB, 1,000 bytes."""
    for unit, factor in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= factor:
            return f"{size / factor:.4g} {unit}"
    return f"{size} bytes"
