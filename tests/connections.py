"""Connections to PostgreSQL that outlive their engine, to be taken by the next test's.

Each test makes an engine, and with it connections. A new one costs the server a process that has
yet to read what it must know of each table and index: more than what a test asks of it. One that
an engine closes is kept instead, and taken by whoever connects to the same place by the same
means; nothing of what was done on it is left then (`discard all`).
"""

from __future__ import annotations

import atexit
import threading
from typing import Any

import psycopg
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

MOST = 3
"""Kept for one place; more than that are needed for what many do at once alone."""
Place = tuple[str, str]
"""The database, and by what means it is reached."""
_lock = threading.Lock()
_kept: dict[Place, list[psycopg.Connection[Any]]] = {}
_places: dict[int, Place] = {}
"""Where each connection that is in use leads, by the connection's identity."""


def keep() -> None:
    """From now on, in this process."""
    PGDialect_psycopg.connect = _connect  # type: ignore[method-assign]
    PGDialect_psycopg.do_close = _close  # type: ignore[method-assign]
    PGDialect_psycopg.do_terminate = _terminate  # type: ignore[method-assign]
    atexit.register(forget)


def kept() -> list[int]:
    """The processes on the server that nobody uses."""
    with _lock:
        return [each.info.backend_pid for several in _kept.values() for each in several]


def forget(database: str = "") -> None:
    """Close what leads to a database that is to go, or all."""
    with _lock:
        gone = [place for place in _kept if place[0] == database or not database]
        closing = [each for place in gone for each in _kept.pop(place)]
    for each in closing:
        each.close()


def _connect(dialect: PGDialect_psycopg, *args: Any, **options: Any) -> Any:
    # How values are written follows from the dialect: it is the same for all of them.
    means = {name: value for name, value in options.items() if name != "context"}
    place = str(options.get("dbname", "")), repr((args, sorted(means.items())))
    while True:
        with _lock:
            several = _kept.get(place)
            connection = several.pop() if several else None
        if connection is None:
            connection = dialect.loaded_dbapi.connect(*args, **options)
        elif not _as_new(connection):
            continue
        _places[id(connection)] = place
        return connection


def _as_new(connection: psycopg.Connection[Any]) -> bool:
    """Whether it lives; nothing that was done on it is left then."""
    try:
        connection.rollback()
        connection.isolation_level = connection.read_only = connection.deferrable = None
        connection.autocommit = True
        connection.execute("discard all", prepare=False)
        connection.autocommit = False
    except psycopg.Error:
        connection.close()
        return False
    # The server has forgotten what was prepared.
    connection._prepared.clear()
    connection._prepared._to_flush.clear()
    connection._notice_handlers.clear()
    return True


def _close(_dialect: PGDialect_psycopg, connection: Any) -> None:
    place = _places.pop(id(connection), None)
    try:
        connection.rollback()
    except psycopg.Error:
        place = None
    with _lock:
        several = _kept.setdefault(place, []) if place else []
        if place and len(several) < MOST:
            several.append(connection)
            return
    connection.close()


def _terminate(_dialect: PGDialect_psycopg, connection: Any) -> None:
    _places.pop(id(connection), None)
    connection.close()
