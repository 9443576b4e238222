"""A second web process while one is not enough, and no longer.

Python computes on one processor in each process, whatever its threads. Each web process looks at
itself once a second and asks gunicorn's own process for one more, up to MOST, while it has much to
do for several at once; for one less after a quiet minute. A further one is forked from what is
loaded: it is there in a tenth of a second and takes memory only while it is there.
"""

from __future__ import annotations

import mmap
import os
import signal
import threading
import time
from dataclasses import dataclass, field

MOST = "COLLATERAL_WEB_MOST"
"""In the environment of gunicorn: how many web processes there may be; none or 1: always as many
as gunicorn was told."""
BUSY = 0.6
"""Part of a processor's time from which on a process has much to do; beside it, others wait for it,
for Python and for the database."""
IDLE = 0.15
QUIET = 60.0
"""Seconds."""


@dataclass
class Watch:
    """What one web process knows of its work."""

    underway: int = 0
    together: bool = False
    """Whether two requests were underway at one time since the last look."""
    quiet: float = 0.0
    let_go: int = 0
    """So many connections are closed with their next answer. Who asks again comes to the process
    that has time first: a connection that is kept open would stay with this one."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def began(self) -> bool:
        """Whether the connection is to be closed with the answer."""
        with self._lock:
            self.underway += 1
            self.together = self.together or self.underway > 1
            closes, self.let_go = self.let_go > 0, max(self.let_go - 1, 0)
            return closes

    def ended(self) -> None:
        with self._lock:
            self.underway -= 1

    def look(self, share: float, seconds: float) -> int:
        """How many processes more are wanted, one or one less or none, after so many seconds in
        which it used this share of a processor."""
        together, self.together = self.together, self.underway > 1
        self.quiet = self.quiet + seconds if share < IDLE else 0.0
        if share >= BUSY and together:
            return 1
        if self.quiet >= QUIET:
            self.quiet = 0.0
            return -1
        return 0


watch = Watch()
_there = mmap.mmap(-1, 1)
"""How many there are, for all of them to read: made before they are forked."""


def most() -> int:
    return int(os.environ.get(MOST) or 1)


def are_there(count: int) -> None:
    """Gunicorn's own process notes how many it keeps."""
    _there[0] = min(count, 255)


def start() -> None:
    """Look once a second, in a thread of this web process."""
    if most() > 1:
        threading.Thread(target=_look, name="more-web", daemon=True).start()


def _look() -> None:
    used, at, parent = time.process_time(), time.monotonic(), os.getppid()
    while True:
        time.sleep(1)
        used_now, now = time.process_time(), time.monotonic()
        wanted = watch.look((used_now - used) / (now - at), now - at)
        used, at = used_now, now
        if os.getppid() != parent:
            return
        if wanted > 0 and _there[0] < most():
            os.kill(parent, signal.SIGTTIN)
        elif wanted > 0:
            watch.let_go = watch.underway // 2
        if wanted < 0 and _there[0] > 1:
            os.kill(parent, signal.SIGTTOU)
