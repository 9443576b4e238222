"""How often the index is written while very much comes in.

A write of one document takes nearly as long as one of twenty. While other jobs wait in numbers, as
they do when hundreds of files arrive, half a second may pass between two writes; else none does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PACE = 0.5
"""Seconds from one write to the next."""
MANY = 4
"""Messages that wait, beside which it is better to wait for more."""


class Pace:
    """When this process wrote last, and who reminds it of what came since."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrote = -PACE
        self._reminded = False

    def wrote(self) -> None:
        """A write has just ended."""
        self._wrote = time.monotonic()

    def puts_off(self, waiting: Callable[[], int], remind: Callable[[], None]) -> bool:
        """Whether it is too early; then `remind` is called when it is not, once for all that
        ask meanwhile. Where the process ends before, a sweep finds what was left.

        Args:
            waiting: how many messages wait. Asked only where it is too early.
        """
        left = self._wrote + PACE - time.monotonic()
        if left <= 0 or waiting() < MANY:
            return False
        with self._lock:
            if not self._reminded:
                self._reminded = True
                timer = threading.Timer(left, self._remind, [remind])
                timer.daemon = True
                timer.start()
        return True

    def _remind(self, remind: Callable[[], None]) -> None:
        self._reminded = False
        remind()
