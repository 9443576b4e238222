"""Connections to SQLite whose writers go one after the other within a process.

SQLite has one writer, and whoever comes meanwhile asks again and again at growing intervals: of
many threads some wait very long while others come and go, and after the busy timeout they fail.
Here the threads of a process wait in turn, and one of them at a time asks SQLite.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable
from typing import Any

PATIENCE = 30.0
"""Seconds in which a turn should have come. After that the busy timeout alone decides: a
transaction that somebody forgot must not stop everybody."""
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
"""What the driver opens a transaction for."""
_turns: dict[str, threading.Lock] = {}
"""By file."""


class Connection(sqlite3.Connection):
    """Takes its turn with the first statement that writes, and gives it back with the end of the
    transaction."""

    def __init__(self, database: str, *args: Any, **options: Any) -> None:
        super().__init__(database, *args, **options)
        self._turn = _turns.setdefault(str(database), threading.Lock())
        self._has_turn = False

    def cursor(self, *_args: Any) -> Cursor:  # type: ignore[override]
        return super().cursor(Cursor)

    def take_turn(self) -> None:
        if not self._has_turn:
            self._has_turn = self._turn.acquire(timeout=PATIENCE)

    def give_back(self) -> None:
        if self._has_turn and not self.in_transaction:
            self._has_turn = False
            self._turn.release()

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self.give_back()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.give_back()

    def close(self) -> None:
        super().close()
        self._end()

    def __del__(self) -> None:
        self._end()

    def _end(self) -> None:
        if getattr(self, "_has_turn", False):
            self._has_turn = False
            self._turn.release()


class Cursor(sqlite3.Cursor):
    connection: Connection

    def execute(self, statement: str, values: Any = (), /) -> Cursor:
        if not statement[:7].upper().startswith(_WRITES) or self.connection.in_transaction:
            return super().execute(statement, values)
        return self._write(super().execute, statement, values)

    def executemany(self, statement: str, values: Iterable[Any], /) -> Cursor:
        if not statement[:7].upper().startswith(_WRITES) or self.connection.in_transaction:
            return super().executemany(statement, values)
        return self._write(super().executemany, statement, values)

    def _write(self, write: Any, statement: str, values: Any) -> Cursor:
        self.connection.take_turn()
        try:
            write(statement, values)
        finally:
            self.connection.give_back()  # where it has opened no transaction
        return self


def _forget() -> None:
    """Whoever held a turn in the parent is not in the child."""
    _turns.clear()


os.register_at_fork(after_in_child=_forget)
