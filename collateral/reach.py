"""Whether a store that many machines share answers, told once when that changes."""

from __future__ import annotations

import logging
import threading
import time

log = logging.getLogger(__name__)

AWAY = 60.0
"""Seconds after which one that does not answer is no longer a passing thing."""


class Reach:
    """What all threads that ask one store know of it; `what` names it in the log."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._lock = threading.Lock()
        self._lost_at: float | None = None
        self._said = False

    def lost(self, error: Exception) -> None:
        """A try failed: a warning at the first, an error once it has gone on for a minute."""
        with self._lock:
            if self._lost_at is None:
                self._lost_at = time.monotonic()
                log.warning("unreachable", extra={"what": self.what, "why": str(error)})
            elif not self._said and time.monotonic() - self._lost_at >= AWAY:
                self._said = True
                log.error("still_unreachable", extra={"what": self.what, "why": str(error)})

    def found(self) -> None:
        """A try did not fail."""
        if self._lost_at is None:
            return
        with self._lock:
            if self._lost_at is not None:
                seconds = round(time.monotonic() - self._lost_at, 1)
                log.info("reached_again", extra={"what": self.what, "after_seconds": seconds})
            self._lost_at, self._said = None, False
