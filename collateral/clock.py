"""The one place where the time is asked for, so that tests can hold it still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_held: ContextVar[datetime | None] = ContextVar("held", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _held.get() or datetime.now(UTC)


@contextmanager
def hold(moment: datetime) -> Iterator[None]:
    """Within the block `now()` answers `moment` (aware)."""
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)


@contextmanager
def later(by: timedelta) -> Iterator[None]:
    """Within the block it is `by` later."""
    with hold(now() + by):
        yield
