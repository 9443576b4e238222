"""What carries the messages of the queue: Huey over memory, SQLite or Redis.

All messages are of one task, those of the work by the clock too, so that a worker of another
version knows what to do with what it does not know (queue.py). Where the store does not answer for
a moment a worker says so once and goes on trying.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from collateral.reach import Reach

log = logging.getLogger(__name__)

_MINUTE = "minute"
KEPT = 7200
"""Seconds for which it is known that a minute's periodic work was queued."""
REST = 0.25
"""Seconds between two tries where the store does not answer."""


class Carrying:
    """What our ways of carrying add to Huey's own."""

    away: tuple[type[Exception], ...]
    """What the store raises where it does not answer."""
    storage: Any
    serializer: Any
    _registry: Any
    _get_timestamp: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reach = Reach("queue")
        self._clock: dict[str, Callable[[datetime], bool]] = {}
        self._message: Callable[[str], Any] = lambda name: name

    def go_by(
        self, clock: dict[str, Callable[[datetime], bool]], message: Callable[[str], Any]
    ) -> None:
        """Queue by the clock: when each job is due, and the message that says to do it."""
        self._clock, self._message = clock, message

    def first_to(self, minute: str, due: list[str]) -> list[str]:
        """Of the jobs that are due in this minute those that nobody has queued yet."""
        raise NotImplementedError

    def dequeue(self) -> Any:
        """The next message, or None where there is none or the store does not answer."""
        try:
            data = self.storage.dequeue()
        except self.away as error:
            self.reach.lost(error)
            time.sleep(REST)
            return None
        self.reach.found()
        return None if data is None else next(iter(self._deserialize_all([data])), None)

    def read_schedule(self, timestamp: datetime | None = None) -> list[Any]:
        """What has become due; nothing where the store does not answer."""
        try:
            data = self.storage.read_schedule(timestamp or self._get_timestamp())
        except self.away as error:
            self.reach.lost(error)
            return []
        return self._deserialize_all(data)

    def read_periodic(self, timestamp: datetime | None) -> list[Any]:
        """Messages for the work by the clock that is due and that nobody has queued yet."""
        moment = timestamp or self._get_timestamp()
        due = [name for name, when in self._clock.items() if when(moment)]
        try:
            return [self._message(name) for name in self.first_to(f"{moment:%Y-%m-%dT%H:%M}", due)]
        except self.away as error:
            self.reach.lost(error)  # then it could not be queued, either
            return []

    def _deserialize_all(self, messages: Iterable[bytes]) -> list[Any]:
        """Those that this program understands; for each other one a warning."""
        from huey.exceptions import HueyException

        found = []
        for said in map(self.serializer.deserialize, messages):
            # Earlier programs had a task for each job that runs by the clock.
            theirs = [name for name in self._clock if said.name.endswith(f".{once_called(name)}")]
            try:
                found.append(
                    self._message(theirs[0]) if theirs else self._registry.create_task(said)
                )
            except HueyException:
                log.warning("message_of_another_program", extra={"task": said.name})
        return found


def once_called(name: str) -> str:
    """The name of the task that a job by the clock had when each had its own."""
    return f"every_{name.replace('.', '_')}"


def make_huey(url: str) -> Any:
    """The Huey of QUEUE_URL; `immediate:` is one that carries nothing."""
    if url == "immediate:":
        from huey import MemoryHuey

        return MemoryHuey("collateral")
    if url.startswith("sqlite:"):
        return _embedded(Path(url.removeprefix("sqlite:")))
    return _shared(url)


def times(minutes: int) -> Any:
    """When a job is due that runs once every so many minutes."""
    from huey import crontab

    if minutes < 60:
        return crontab(minute=f"*/{minutes}")
    return crontab(minute="0", hour=f"*/{minutes // 60}")


def _embedded(path: Path) -> Any:
    import sqlite3

    from huey import SqliteHuey

    class EmbeddedHuey(Carrying, SqliteHuey):  # type: ignore[misc]
        """Of several workers after one another the first in a minute queues what is due in it."""

        away = (sqlite3.OperationalError,)

        def first_to(self, minute: str, due: list[str]) -> list[str]:
            if self.get(_MINUTE, peek=True) == minute:
                return []
            self.put(_MINUTE, minute)
            return due

    path.parent.mkdir(parents=True, exist_ok=True)
    return EmbeddedHuey("collateral", filename=str(path), results=False, fsync=False)


def _shared(url: str) -> Any:
    from huey import PriorityRedisHuey
    from redis import RedisError

    class SharedHuey(Carrying, PriorityRedisHuey):  # type: ignore[misc]
        """Of several workers the first to come to a minute queues what is due in it."""

        away = (RedisError,)

        def first_to(self, minute: str, due: list[str]) -> list[str]:
            return [name for name in due if self._first(minute, name)]

        def _first(self, minute: str, name: str) -> bool:
            key = f"collateral.periodic:{once_called(name)}:{minute}"
            first = bool(self.storage.conn.set(key, "1", nx=True, ex=KEPT))
            if first:
                log.info("periodic_work_due", extra={"job": name, "minute": minute})
            return first

    return SharedHuey("collateral", url=url, results=False)
