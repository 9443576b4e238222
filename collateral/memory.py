"""Things kept in memory as long as they fit, the longest unused going first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

MISSING: Any = object()


class Memory:
    """Keeps at most so many bytes, as their owners estimate them. For many threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._used = 0
        self._kept: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any, default: Any = None) -> Any:
        with self._lock:
            entry = self._kept.get(key)
            if entry is None:
                return default
            self._kept.move_to_end(key)
            return entry[0]

    def put(self, key: Any, value: Any, size: int) -> None:
        size += 200  # the entry itself
        if size > self._size // 2:
            return
        with self._lock:
            old = self._kept.pop(key, None)
            if old is not None:
                self._used -= old[1]
            self._kept[key] = (value, size)
            self._used += size
            while self._used > self._size:
                _, (_, freed) = self._kept.popitem(last=False)
                self._used -= freed

    def forget(self, over: Callable[[Any], bool]) -> None:
        """Let go of what nobody will ask for again: that whose key is such."""
        with self._lock:
            for key in [key for key in self._kept if over(key)]:
                self._used -= self._kept.pop(key)[1]
