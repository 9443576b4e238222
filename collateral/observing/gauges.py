"""What the rows say at the moment of a scrape. Features register functions that read it:

    @gauge("index_behind_assets", "Assets whose last change search does not find yet.")
    def behind() -> float: ...

Each is one small query over an index. All processes of a library say the same, so that a
dashboard takes the largest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

from collateral.db import db

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[[], float])

REGISTERED: dict[str, tuple[str, Callable[[], float]]] = {}


def gauge(name: str, says: str) -> Callable[[F], F]:
    """Register a function that reads a number from the rows; `says` is the metric's help."""

    def register(function: F) -> F:
        REGISTERED[name] = (says, function)
        return function

    return register


def read() -> Iterator[tuple[str, str, float]]:
    """Name, help and value of each. What cannot be read is left out, and the log says why."""
    for name, (says, function) in sorted(REGISTERED.items()):
        try:
            yield name, says, float(function())
        except Exception:
            log.exception("gauge_unreadable", extra={"gauge": name})
        finally:
            db.session.rollback()
