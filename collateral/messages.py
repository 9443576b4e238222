"""What carries the messages of the queue: Huey over memory, SQLite or Redis."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_MINUTE = "minute"
KEPT = 7200
"""Seconds for which it is known that a minute's periodic work was queued."""


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
    from huey import SqliteHuey

    class EmbeddedHuey(SqliteHuey):  # type: ignore[misc]
        """Of several workers after one another the first in a minute queues what is due in it."""

        def read_periodic(self, timestamp: datetime | None) -> list[Any]:
            moment = timestamp or self._get_timestamp()
            minute = f"{moment:%Y-%m-%dT%H:%M}"
            if self.get(_MINUTE, peek=True) == minute:
                return []
            self.put(_MINUTE, minute)
            return list(super().read_periodic(moment))

    path.parent.mkdir(parents=True, exist_ok=True)
    return EmbeddedHuey("collateral", filename=str(path), results=False, fsync=False)


def _shared(url: str) -> Any:
    from huey import PriorityRedisHuey
    from redis import RedisError

    class SharedHuey(PriorityRedisHuey):  # type: ignore[misc]
        """Of several workers the first to come to a minute queues what is due in it."""

        def read_periodic(self, timestamp: datetime | None) -> list[Any]:
            moment = timestamp or self._get_timestamp()
            try:
                return [task for task in super().read_periodic(moment) if self._first(task, moment)]
            except RedisError:
                return []  # then it could not be queued, either

        def _first(self, task: Any, moment: datetime) -> bool:
            minute = f"{moment:%Y-%m-%dT%H:%M}"
            key = f"collateral.periodic:{task.name}:{minute}"
            first = bool(self.storage.conn.set(key, "1", nx=True, ex=KEPT))
            if first:
                log.info("periodic_work_due", extra={"job": task.name, "minute": minute})
            return first

    return SharedHuey("collateral", url=url, results=False)
