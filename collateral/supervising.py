"""Keep the processes of an installation running: start again what dies, stop all on SIGTERM.

They are forked from the process that keeps them, which has loaded the application and does nothing
with it: what none of them writes to is in memory once, and a new one is there at once.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

LOOKS_EVERY = 0.1
PATIENCE = 25.0
"""Seconds that a process has to stop."""
_STOP = {signal.SIGTERM, signal.SIGINT}


@dataclass
class Kept:
    """A process that is kept: its name in lists of processes, of at most 15 letters; what it does,
    given whether the one before it ended well; whether it is wanted where it does not run."""

    name: str
    does: Callable[[bool], None]
    wanted: Callable[[], bool] = lambda: True
    rested: bool = False
    process: BaseProcess | None = field(default=None, init=False)

    def look(self) -> None:
        """Start it where it is wanted and does not run. After it failed only in a moment."""
        if self.process is not None:
            if self.process.is_alive():
                return
            self._ended(self.process)
        if self.wanted():
            self._start()

    def _start(self) -> None:
        self.process = multiprocessing.get_context("fork").Process(target=self._live, daemon=True)
        # Until it has its own ways, no signal may find it with its parent's.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
        try:
            self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)

    def _live(self) -> None:
        os.setsid()
        be_called(self.name)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)
        stop_with_parent()
        self.does(self.rested)

    def _ended(self, process: BaseProcess) -> None:
        code = process.exitcode or 0
        process.close()
        self.process = None
        self.rested = code == 0
        if code:
            _say(self.name, code)
            time.sleep(0.5)


def keep(kept: Sequence[Kept]) -> int:
    """Keep them until SIGTERM or SIGINT, then stop them. Blocks. Runs no thread: it forks."""
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in _STOP:
        signal.signal(number, stop)
    while not stopping:
        for one in kept:
            one.look()
        time.sleep(LOOKS_EVERY)
    running = [one.process for one in kept if one.process is not None]
    for process in running:
        process.terminate()
    for process in running:
        process.join(PATIENCE)
        process.kill()
    return 0


def be_called(name: str) -> None:
    """Have `ps` and `top` show this process under that name, where the system can."""
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name)


def stop_with_parent() -> None:
    """End this process when the one that started it is gone, even if that was killed."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def _say(name: str, code: int) -> None:
    """One line as logs.py writes them."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"at": at, "level": "error", "logger": "collateral.supervising"}
    line |= {"event": "process_ended", "request": "-", "which": name, "code": str(code)}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()
