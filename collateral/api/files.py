"""The file of a form: kept, looked at, or read; each with what tells it from another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO, cast

from werkzeug.datastructures import FileStorage

from collateral.assets.operations import receive
from collateral.storage import name_of


@dataclass(frozen=True)
class LookedAt:
    """A file that is here for the length of the request only."""

    sha256: str
    filename: str
    path: Path


def _keep(file: FileStorage) -> tuple[Any, str]:
    # Before any transaction: making a large file durable takes its time.
    received = receive(cast(BinaryIO, file.stream), file.filename or "")
    return received, received.stored.sha256


def _look_at(file: FileStorage) -> tuple[Any, str]:
    path: Path = cast(Any, file.stream).incoming.path
    with path.open("rb") as stream:
        sha256 = name_of(stream)
    return LookedAt(sha256, file.filename or "", path), sha256


def _read(file: FileStorage) -> tuple[Any, str]:
    sha256 = name_of(cast(BinaryIO, file.stream))
    file.stream.seek(0)
    return file, sha256


class TakeFile(Enum):
    """What becomes of a call's file, and what its view is given."""

    KEPT = "kept"
    """Streamed into the store, up to MAX_UPLOAD: the view gets `Received`."""
    LOOKED_AT = "looked at"
    """Streamed, up to MAX_UPLOAD, and gone afterwards: `LookedAt`."""
    READ = "read"
    """A small one: Werkzeug's `FileStorage`."""

    @property
    def streams(self) -> bool:
        return self is not TakeFile.READ

    def take(self, file: FileStorage) -> tuple[Any, str]:
        """What the view is given, and the SHA-256 of the bytes.

        Raises:
            Refused: the file cannot be kept.
        """
        return _TAKE[self](file)


_TAKE: dict[TakeFile, Callable[[FileStorage], tuple[Any, str]]] = {
    TakeFile.KEPT: _keep,
    TakeFile.LOOKED_AT: _look_at,
    TakeFile.READ: _read,
}
