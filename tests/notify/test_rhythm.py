"""When a digest comes: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collateral.notify.models import Rhythm
from collateral.notify.rules import due_at

ZONES = ("UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland")
PERIOD = {
    Rhythm.HOURLY: timedelta(hours=1),
    Rhythm.DAILY: timedelta(days=1),
    Rhythm.WEEKLY: timedelta(days=7),
}


@pytest.mark.parametrize(
    ("told", "rhythm", "zone", "due"),
    [
        # Berlin is an hour ahead in winter, two in summer.
        ("2026-01-14T06:59+00:00", Rhythm.DAILY, "Europe/Berlin", "2026-01-14T07:00+00:00"),
        ("2026-01-14T07:00+00:00", Rhythm.DAILY, "Europe/Berlin", "2026-01-15T07:00+00:00"),
        ("2026-07-14T07:30+00:00", Rhythm.DAILY, "Europe/Berlin", "2026-07-15T06:00+00:00"),
        # The night in which the clock goes forward.
        ("2026-03-28T20:00+00:00", Rhythm.DAILY, "Europe/Berlin", "2026-03-29T06:00+00:00"),
        # In Auckland it is Monday already.
        ("2026-01-11T12:00+00:00", Rhythm.WEEKLY, "Pacific/Auckland", "2026-01-11T19:00+00:00"),
        ("2026-01-12T08:00+00:00", Rhythm.WEEKLY, "UTC", "2026-01-19T08:00+00:00"),
        ("2026-01-12T08:59+00:00", Rhythm.HOURLY, "Asia/Kolkata", "2026-01-12T09:00+00:00"),
    ],
)
def test_the_next_time_on_her_own_clock(told: str, rhythm: Rhythm, zone: str, due: str) -> None:
    found = due_at(datetime.fromisoformat(told), rhythm, 8, ZoneInfo(zone))
    assert found == datetime.fromisoformat(due)


def test_never_is_never() -> None:
    assert due_at(datetime(2026, 1, 1, tzinfo=UTC), Rhythm.NEVER, 8, ZoneInfo("UTC")) is None


@settings(max_examples=60)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from(list(PERIOD)),
    st.integers(0, 23),
    st.sampled_from(ZONES),
)
def test_it_comes_later_but_within_one_period(
    moment: datetime, rhythm: Rhythm, hour: int, zone: str
) -> None:
    told = moment.replace(tzinfo=UTC)
    due = due_at(told, rhythm, hour, ZoneInfo(zone))
    assert due is not None
    # A day may have 25 hours.
    assert timedelta(0) < due - told <= PERIOD[rhythm] + timedelta(hours=1)
    if rhythm is not Rhythm.HOURLY:
        skipped = due.astimezone(ZoneInfo(zone)).hour - hour
        assert skipped in (0, 1)
