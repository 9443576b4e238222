"""Metrics of one application: made at its start where they are open, told when asked for."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, current_app, g, request
from sqlalchemy import Engine, event
from sqlalchemy.pool import QueuePool

from collateral.config import Settings
from collateral.db import db
from collateral.logs import COUNTING
from collateral.observing import door, events, statements

if TYPE_CHECKING:
    from collateral.observing.instruments import Instruments
    from collateral.observing.slots import Slots


def init_app(app: Flask, settings: Settings) -> None:
    """Count where somebody may look at it; watch for slow statements in any case."""
    statements.init_app(app, settings.slow_query_ms)
    if not door.is_open(settings):
        return
    from collateral.observing.instruments import Instruments

    if not settings.testing:
        app.extensions["metrics_slots"] = _slots(settings.home / "metrics")
    app.extensions["metrics"] = made = Instruments()
    app.wsgi_app = door.by_address(app.wsgi_app, settings.trusted_host)  # type: ignore[method-assign, assignment]
    app.after_request(_count)
    _begin_at_nothing(made)
    _watch_errors()
    _watch_pools(app, made)


def _slots(folder: Path) -> Slots:
    from collateral.observing.slots import Slots

    slots = Slots(folder)
    slots.use()
    return slots


def _begin_at_nothing(made: Instruments) -> None:
    """Tell as 0 what has not happened yet: Prometheus sees how far a series grows, and the first
    visit or unforeseen error of a library would come as a series that has always been at 1."""
    made.visits.labels("visit")
    for logger in ("collateral", "collateral.queue"):
        made.failures.labels(logger)


def _count(response: Response) -> Response:
    rule = request.url_rule
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    events.answered(rule.rule if rule else "-", request.method, response.status_code, seconds)
    return response


def _watch_errors() -> None:
    """Count errors of the log, once however many applications this process makes."""
    root = logging.getLogger()
    if not any(handler.name == COUNTING for handler in root.handlers):
        root.addHandler(Failures())


class Failures(logging.Handler):
    """Counts what is logged as an error, by the logger that says it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.name = COUNTING

    def emit(self, record: logging.LogRecord) -> None:
        events.failed(record.name)


def _watch_pools(app: Flask, made: Instruments) -> None:
    with app.app_context():
        for name, engine in db.engines.items():
            if isinstance(engine.pool, QueuePool):
                _watch_pool(engine, name or "main", made)


def _watch_pool(engine: Engine, name: str, made: Instruments) -> None:
    pool: Any = engine.pool
    limit = pool.size() + pool._max_overflow
    used, most = made.connections.labels(name), made.connections_limit.labels(name)

    def out(*_event: Any) -> None:
        # Said each time: a process that was forked begins with nothing.
        most.set(limit)
        used.inc()

    def back(*_event: Any) -> None:
        used.dec()

    event.listen(engine, "checkout", out)
    event.listen(engine, "checkin", back)


def page() -> Response:
    """`/metrics`, for who may read it; for everybody else there is no such page."""
    settings: Settings = current_app.extensions["settings"]
    if not door.is_open(settings) or not door.may_read(settings, request):
        abort(404)
    from collateral.observing.exposition import CONTENT_TYPE, text

    response = Response(text(), content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
