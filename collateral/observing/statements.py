"""Statements that took longer than SLOW_QUERY_MS, in the log: their shape, never their values.

    {"event": "slow_query", "ms": 812.4, "statement": "SELECT … WHERE asset.id IN (?, …)", …}

The request's id stands beside them as in every line. The time is until the database answers:
SQLite may go on searching while rows are fetched, which is not in it.
"""

from __future__ import annotations

import logging
import re
import time
from typing import Any

from flask import Flask
from sqlalchemy import event

from collateral.db import db
from collateral.observing import events

log = logging.getLogger(__name__)

LONGEST = 2000
_LITERALS = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_MANY = re.compile(
    r"\(\s*(\?|%s|%\(\w+\)s(?:::\w+)?)(?:\s*,\s*(?:\?|%s|%\(\w+\)s(?:::\w+)?))+\s*\)"
)
_STARTED = "statements_started"


def shape(statement: str) -> str:
    """The statement with "?" for what stands in it as a value, lists of them as one, in one line.

    At most LONGEST characters, so that no line of the log is beyond measure.
    """
    bare = _LITERALS.sub("?", " ".join(statement.split()))
    short = _MANY.sub(r"(\1, …)", bare)
    return short if len(short) <= LONGEST else short[: LONGEST - 1] + "…"


def init_app(app: Flask, milliseconds: int) -> None:
    """Watch every database of the application; 0 watches none."""
    if not milliseconds:
        return

    with app.app_context():
        for name, engine in db.engines.items():
            _watch(engine, name or "main", milliseconds)


def _watch(engine: Any, name: str, milliseconds: int) -> None:
    def begin(connection: Any, *_rest: Any) -> None:
        connection.info.setdefault(_STARTED, []).append(time.perf_counter())

    def end(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        taken = (time.perf_counter() - connection.info[_STARTED].pop()) * 1000
        if taken >= milliseconds:
            log.warning(
                "slow_query",
                extra={"ms": round(taken, 1), "database": name, "statement": shape(statement)},
            )
            events.slow_query(name)

    def failed(context: Any) -> None:
        # What failed has no end of its own.
        if context.connection is not None and context.connection.info.get(_STARTED):
            context.connection.info[_STARTED].pop()

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "handle_error", failed)
