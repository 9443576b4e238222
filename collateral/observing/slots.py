"""Where a process keeps what it counts: files of a numbered slot, in a folder of the home.

prometheus_client writes each process's numbers into a mapped file; a scrape adds the files up.
It names the files by process id, so that they would become more with every restart, and removing
those of a dead process would make sums fall, which Prometheus takes for a restart of everything.
Here a process takes the first slot that no living one holds and goes on counting in its files:
sums only rise, and there are as many files as processes ever lived at once.

The system lets a slot's lock go when its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TextIO

from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead


class Slots:
    """The slots of one folder, of which this process holds one from its first number on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._held: TextIO | None = None
        self._slot = ""
        self._owner = 0

    def use(self) -> None:
        """Have all metrics that are made from now on count in this folder."""
        # The library reads the folder from there alone, whenever it opens a file.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self.folder)
        values.ValueClass = values.MultiProcessValue(self.mine)  # type: ignore[no-untyped-call]

    def mine(self) -> str:
        """This process's slot. A child of a fork takes its own when it first counts."""
        if self._owner != os.getpid():
            if self._held is not None:
                self._held.close()  # the parent's lock stays with the parent
            self._slot, self._held = self._first_free()
            self._owner = os.getpid()
        return self._slot

    def _first_free(self) -> tuple[str, TextIO]:
        for number in count():
            lock = self._locked(self.folder / f"{number}.lock")
            if lock is not None:
                # What the last holder said of itself is over; what it counted goes on.
                self._forget(str(number))
                return str(number), lock
        raise AssertionError("numbers do not end")

    def tidy(self) -> None:
        """Forget what processes that are gone said of themselves (connections in use)."""
        for path in self._locks():
            lock = self._locked(path)
            if lock is not None:
                with lock:
                    self._forget(path.stem)

    def _forget(self, slot: str) -> None:
        mark_process_dead(slot, str(self.folder))  # type: ignore[no-untyped-call]

    def _locks(self) -> Iterator[Path]:
        return self.folder.glob("*.lock")

    @staticmethod
    def _locked(path: Path) -> TextIO | None:
        """The file with its lock; None where a living process holds it."""
        lock = path.open("a")
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        lock.close()
        return None
