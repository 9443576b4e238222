"""When the embedded worker ends itself, and when it is wanted again.

A worker that has worked keeps what it needed for it, and a library of ten people mostly has nothing
to do. Beside a parent that forks it anew within a moment it need not stand there: it goes a while
after the last job that somebody waited for, and at once when all that it came for was the work
that is due each minute.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import Error, connect

from collateral.crew import Held
from collateral.queue import PERIODIC, priority

LINGERS = 60.0
"""Seconds after the last job that somebody waited for, in which more may come."""
LOOKS_ROUND = 1.5
"""Seconds for which it stays in any case, so that what is due is queued and taken."""
LOOKS_EVERY = 0.5


class Rest:
    """Of a worker: what it has in hand, and since when nothing."""

    def __init__(self, waiting: Callable[[], int], *, lingers: float = LINGERS) -> None:
        self._waiting = waiting
        self._lingers = lingers
        self._lock = threading.Lock()
        self._busy = 0
        self._idle_since = time.monotonic()
        self._wanted_until = 0.0

    @contextmanager
    def busy_with(self, held: Held) -> Iterator[None]:
        """Have this in hand."""
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._idle_since = time.monotonic()
                if held.job not in PERIODIC and priority(held.job) >= 0:
                    self._wanted_until = self._idle_since + self._lingers

    def due(self) -> bool:
        """Whether nothing is in hand, nothing waits, and nobody may want more soon."""
        moment = time.monotonic()
        with self._lock:
            if self._busy or moment < max(self._idle_since + LOOKS_ROUND, self._wanted_until):
                return False
        return self._waiting() == 0

    def begin(self) -> None:
        """From now on look whether it is due, and then end this process as SIGINT does."""
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self.due():
            time.sleep(LOOKS_EVERY)
        os.kill(os.getpid(), signal.SIGINT)


class Alarm:
    """Of its parent: whether the worker is wanted again. Asked ten times a second.

    A look at the sizes and times of two files, unless the queue was written to.
    """

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._file = file
        self._log = file.with_name(file.name + "-wal")
        self._minute = -1
        self._seen: object = None

    def __call__(self) -> bool:
        # What is due by the clock is due once in each minute; the worker knows what it has done.
        minute = int(self._clock() // 60)
        if minute != self._minute:
            self._minute = minute
            return True
        seen = [_looks(self._file), _looks(self._log)]
        if seen == self._seen:
            return False
        self._seen = seen
        return self._waits()

    def _waits(self) -> bool:
        """Whether there is a message. Nothing stays open: a file of SQLite must not be forked."""
        try:
            with closing(connect(f"file:{self._file}?mode=ro", uri=True, timeout=1)) as found:
                return found.execute("select 1 from task limit 1").fetchone() is not None
        except Error:
            return True  # the worker will say what is wrong


def _looks(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
