"""The embedded side: a folder of this machine. Written aside, synced, renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from collateral.errors import NotFound
from collateral.storage.incoming import TakesFiles, sweep_folder
from collateral.storage.protocol import NO_FILE, Place, check_name
from collateral.words import Sentence


class FolderStorage(TakesFiles):
    """The embedded side: a folder, two levels deep."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the file of that name lies, whether or not it exists."""
        check_name(sha256)
        return self.root / sha256[:2] / sha256[2:4] / sha256

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
            raise NotFound(Sentence(NO_FILE)) from error

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        path = self.path(sha256)
        if not path.exists():
            raise NotFound(Sentence(NO_FILE))
        yield path

    def link(self, sha256: str, disposition: str, media_type: str) -> str | None:  # noqa: ARG002
        return None

    def place(self) -> Place:
        disk = shutil.disk_usage(self.root)
        return Place("folder", str(self.root), free=disk.free, whole=disk.total)

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
        return sweep_folder(self.incoming, older_than)
