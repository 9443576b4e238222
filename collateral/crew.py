"""Which workers live and what each has in hand.

The embedded queue has one worker, which a lock of the system keeps alone. Where the queue is a
Redis that all share, a worker shows every few seconds that it lives, and notes each job that it
takes. What one held that shows itself no more is taken over by another, which sends it again.
The notes expire by Redis' own clock, so that the machines need not agree on the time.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from collateral.reach import Reach

log = logging.getLogger(__name__)

BEAT = 3.0
"""Seconds between two signs of life."""
LASTS = 15
"""Seconds after its last sign for which a worker is believed to live."""

_WORKERS = "collateral.crew"
_ALIVE = "collateral.crew.alive:"
_HAND = "collateral.crew.hand:"
_TAKING_OVER = "collateral.crew.taking-over:"


@contextmanager
def only_one(path: Path) -> Iterator[bool]:
    """Whether no other process of this machine is in such a block of that file.

    The system lets its lock go when this process ends, however it ends.
    """
    import fcntl

    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@dataclass(frozen=True)
class Held:
    """One message in a worker's hand; `deaths` counts the workers that died with it."""

    job: str
    args: list[int | str]
    request: str
    deaths: int = 0


class Crew:
    """This worker among all that share one Redis."""

    def __init__(self, url: str) -> None:
        from redis import Redis

        self._redis: Any = Redis.from_url(url, decode_responses=True, socket_timeout=5)
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._steady_since = time.monotonic()
        self._reach = Reach("crew")

    @contextmanager
    def present(self, take_over: Callable[[Held], None]) -> Iterator[None]:
        """Be one of the crew while the block lasts.

        Args:
            take_over: is given, with one death more, what a dead worker held. Each is given to
                one living worker; to two only where the first dies at that very moment.
        """
        from redis import RedisError

        over = threading.Event()
        with suppress(RedisError):
            self._show()
        watch = threading.Thread(target=self._watch, args=(over, take_over), daemon=True)
        watch.start()
        try:
            yield
        finally:
            over.set()
            watch.join()
            # What it still holds need not wait until it is missed.
            with suppress(RedisError):
                self._redis.delete(_ALIVE + self.name)
            self._redis.close()

    @contextmanager
    def holding(self, held: Held) -> Iterator[None]:
        """Note what is in hand; a store that is away hinders no work."""
        from redis import RedisError

        field, hand = secrets.token_hex(8), _HAND + self.name
        with suppress(RedisError):
            self._redis.hset(hand, field, json.dumps(asdict(held)))
        try:
            yield
        finally:
            with suppress(RedisError):
                self._redis.hdel(hand, field)

    def _watch(self, over: threading.Event, take_over: Callable[[Held], None]) -> None:
        from redis import RedisError

        while not over.wait(BEAT):
            try:
                self._show()
                self._reach.found()
                # Where signs could not be given, all are given the time to give theirs.
                if time.monotonic() - self._steady_since > LASTS:
                    self._look_after_others(take_over)
            except RedisError as error:
                self._steady_since = time.monotonic()
                self._reach.lost(error)

    def _show(self) -> None:
        before = self._redis.set(_ALIVE + self.name, "1", ex=LASTS, get=True)
        if before is None:
            self._steady_since = time.monotonic()
        self._redis.sadd(_WORKERS, self.name)

    def _look_after_others(self, take_over: Callable[[Held], None]) -> None:
        for name in self._redis.smembers(_WORKERS):
            if self._redis.exists(_ALIVE + name):
                continue
            # Whoever dies in here leaves the rest to the next.
            if not self._redis.set(_TAKING_OVER + name, self.name, nx=True, ex=LASTS):
                continue
            for field, text in self._redis.hgetall(_HAND + name).items():
                held = Held(**json.loads(text))
                log.warning("worker_died", extra={"job": held.job, "ids": held.args})
                take_over(replace(held, deaths=held.deaths + 1))
                self._redis.hdel(_HAND + name, field)
            self._redis.srem(_WORKERS, name)
