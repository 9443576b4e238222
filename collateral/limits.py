"""How much one person, token or address may ask for in a stretch of time.

One counter store for all processes of an installation: a SQLite file in the home, or
the Redis that QUEUE_URL names. Counts survive a restart; when the store is down,
requests pass and the log says so, because a limit protects the work and is not it.

    spend(UPLOADS, f"person:{person.id}")      # raises TooMany
"""

from __future__ import annotations

import logging
import os
import random
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Flask, current_app
from flask_babel import lazy_gettext as _
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from collateral.clock import now
from collateral.config import Settings
from collateral.errors import TooMany

log = logging.getLogger(__name__)

_TABLE = (
    "create table if not exists spent"
    " (key text primary key, amount integer not null, ends real not null) without rowid"
)
_SPEND = """
insert into spent (key, amount, ends) values (:key, :cost, :ends)
on conflict (key) do update set
    amount = case when spent.ends <= :at then excluded.amount
                  else spent.amount + excluded.amount end,
    ends = case when spent.ends <= :at then excluded.ends else spent.ends end
returning amount
"""


@dataclass(frozen=True)
class Limit:
    """At most `amount` in `seconds`, counted from the first."""

    name: str
    amount: int
    seconds: int

    @property
    def item(self) -> RateLimitItem:
        return RateLimitItemPerSecond(self.amount, self.seconds, namespace=self.name)


class SqliteCounters(Storage):
    """Counters in one SQLite file, shared by every process that opens it."""

    STORAGE_SCHEME = None
    base_exceptions = sqlite3.Error

    def __init__(self, path: Path) -> None:
        super().__init__(wrap_exceptions=True)
        self._path = path
        self._of_thread = threading.local()

    def _connection(self) -> sqlite3.Connection:
        # A connection belongs to the thread and the process that opened it.
        if getattr(self._of_thread, "pid", None) != os.getpid():
            connection = sqlite3.connect(self._path, timeout=5, isolation_level=None)
            connection.execute("pragma journal_mode=wal")
            # Losing the last counts to a power cut is no harm; waiting for the disk is.
            connection.execute("pragma synchronous=off")
            connection.execute(_TABLE)
            self._of_thread.connection = connection
            self._of_thread.pid = os.getpid()
        return cast(sqlite3.Connection, self._of_thread.connection)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        at = now().timestamp()
        values = {"key": key, "cost": amount, "ends": at + expiry, "at": at}
        if random.random() < 0.001:  # noqa: S311 - when to tidy up is no secret
            self._connection().execute("delete from spent where ends <= ?", (at,))
        return int(self._connection().execute(_SPEND, values).fetchone()[0])

    def get(self, key: str) -> int:
        row = self._row(key)
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._row(key)
        return float(row[1]) if row else now().timestamp()

    def _row(self, key: str) -> tuple[int, float] | None:
        found = self._connection().execute(
            "select amount, ends from spent where key = ? and ends > ?",
            (key, now().timestamp()),
        )
        return cast("tuple[int, float] | None", found.fetchone())

    def check(self) -> bool:
        self._connection().execute("select 1")
        return True

    def reset(self) -> int | None:
        return self._connection().execute("delete from spent").rowcount

    def clear(self, key: str) -> None:
        self._connection().execute("delete from spent where key = ?", (key,))


def init_app(app: Flask, settings: Settings) -> None:
    """Choose the store: Redis where the queue is Redis, else a file in the home."""
    if settings.queue_url.startswith(("redis://", "rediss://")):
        store = storage_from_string(settings.queue_url, wrap_exceptions=True)
    else:
        store = SqliteCounters(settings.home / "limits.sqlite")
    app.extensions["limits"] = FixedWindowRateLimiter(cast(Storage, store))


def spend(limit: Limit, who: str, cost: int = 1) -> None:
    """Count `cost` more for `who`.

    Raises:
        TooMany: the limit is reached; `retry_after` says for how many seconds.
    """
    counters = _counters()
    try:
        if counters.hit(limit.item, who, cost=cost):
            return
        reset = counters.get_window_stats(limit.item, who).reset_time
    except StorageError:
        log.exception("limits_unavailable", extra={"limit": limit.name})
        return
    wait = max(1, round(reset - now().timestamp() + 0.5))
    raise TooMany(
        _(
            "Too much at once: at most %(amount)s in %(seconds)s seconds. Try again in %(wait)s"
            " seconds.",
            amount=limit.amount,
            seconds=limit.seconds,
            wait=wait,
        ),
        retry_after=wait,
    )


def _counters() -> FixedWindowRateLimiter:
    return cast(FixedWindowRateLimiter, current_app.extensions["limits"])
