"""When a digest is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from collateral.notify.models import Rhythm

DEFAULT_HOUR = 8
MONDAY = 0


def due_at(told_at: datetime, rhythm: Rhythm, hour: int, zone: ZoneInfo) -> datetime | None:
    """The first digest after a notice: the next full hour, the next day's or the next Monday's
    `hour` on the clock of `zone`; None where none comes.

    Args:
        told_at: the moment of the notice, aware.
        hour: 0 to 23. An hour that a change of the clock leaves out comes an hour later.

    Returns:
        A moment after `told_at`, in UTC.
    """
    if rhythm is Rhythm.NEVER:
        return None
    local = told_at.astimezone(zone)
    if rhythm is Rhythm.HOURLY:
        whole = told_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return whole + timedelta(hours=1)
    day = local.date()
    if rhythm is Rhythm.WEEKLY:
        day += timedelta(days=(MONDAY - day.weekday()) % 7)
    step = timedelta(days=7 if rhythm is Rhythm.WEEKLY else 1)
    due = _on_the_clock(day, hour, zone)
    return due if due > told_at else _on_the_clock(day + step, hour, zone)


def _on_the_clock(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
