"""Taking a backup."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from collateral import __version__
from collateral.backup import postgresql, sqlite
from collateral.backup.tables import schema_revision
from collateral.clock import now
from collateral.db import is_sqlite
from collateral.errors import NotFound
from collateral.storage import storage

FORMAT = 1
SPOOLED = 8 << 20  # bytes of the manifest that stay in memory

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Taken:
    """What went into a backup; sizes in bytes."""

    files: int
    file_bytes: int
    database_bytes: int


def take(target: BinaryIO, *, compress: bool, progress: Progress | None = None) -> Taken:
    """Write a backup of the running library to `target`. Writers are not held up.

    `progress` is called with the number of files that are in.
    """
    with _tar(target, compress) as tar, tempfile.SpooledTemporaryFile(SPOOLED) as manifest:
        writer = _Writer(tar, cast("IO[bytes]", manifest))
        about = {
            "format": FORMAT,
            "collateral": __version__,
            "database": "sqlite" if is_sqlite() else "postgresql",
            "revision": schema_revision(),
            "taken_at": now().isoformat(),
        }
        writer.add_bytes("about.json", json.dumps(about, indent=1).encode())
        database = sum(
            writer.add_path(name, path)
            for name, path in (sqlite.copies() if is_sqlite() else postgresql.copies())
        )
        files = written = 0
        for name in storage().names():
            size = writer.add_stored(name)
            if size is not None:
                files, written = files + 1, written + size
                if progress:
                    progress(files)
        writer.finish()
    return Taken(files, written, database)


@contextmanager
def to_path(path: Path) -> Iterator[BinaryIO]:
    """A file that has its name only when it is whole; readable to its owner alone."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _tar(target: BinaryIO, compress: bool) -> Iterator[tarfile.TarFile]:
    if not compress:
        with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            yield tar
        return
    # Most of it is packed already (pictures, Office files, PDFs): the quickest level will do.
    with (
        gzip.GzipFile(fileobj=target, mode="wb", compresslevel=1) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield tar


class _Writer:
    def __init__(self, tar: tarfile.TarFile, manifest: IO[bytes]) -> None:
        self.tar, self.manifest = tar, manifest

    def add_bytes(self, name: str, data: bytes) -> None:
        self._add(name, io.BytesIO(data), len(data))

    def add_path(self, name: str, path: Path) -> int:
        with path.open("rb") as file:
            return self._add(name, file, path.stat().st_size)

    def add_stored(self, sha256: str) -> int | None:
        """The size, None where the file was deleted since it was listed."""
        size = storage().size(sha256)
        if size is None:
            return None
        try:
            with storage().open(sha256) as file:
                return self._add(f"files/{sha256}", file, size)
        except NotFound:
            return None

    def _add(self, name: str, source: IO[bytes], size: int) -> int:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, int(time.time()), 0o600
        hashed = Hashing(source)
        self.tar.addfile(member, cast("IO[bytes]", hashed))
        self.manifest.write(f"{hashed.digest.hexdigest()} {size} {name}\n".encode())
        return size

    def finish(self) -> None:
        size = self.manifest.tell()
        self.manifest.seek(0)
        member = tarfile.TarInfo("manifest.txt")
        member.size, member.mtime, member.mode = size, int(time.time()), 0o600
        self.tar.addfile(member, self.manifest)


class Hashing:
    """A stream that is hashed as it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.source.read(size)
        self.digest.update(chunk)
        return chunk
