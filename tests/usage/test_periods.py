"""Periods: what they are compared with, and how they are read from the sums."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collateral.reports.asking import PRESETS, preset_period
from collateral.usage.periods import Period, next_month

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(days, st.integers(0, 900))
def test_months_and_days_cover_the_period_once(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))
    parts = period.parts()
    covered = [day for part in parts.days for day in _days(part)]
    if parts.months:
        month = parts.months.first
        while month <= parts.months.last:
            covered += _days(Period(month, next_month(month) - timedelta(days=1)))
            month = next_month(month)
    assert sorted(covered) == _days(period)


def _days(period: Period) -> list[date]:
    return [period.first + timedelta(days=n) for n in range(period.days)]


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ((2026, 11, 1), (2026, 11, 20), ((2026, 10, 1), (2026, 10, 20))),
        ((2026, 3, 1), (2026, 3, 31), ((2026, 2, 1), (2026, 2, 28))),
        ((2026, 7, 1), (2026, 9, 30), ((2026, 4, 1), (2026, 6, 30))),
        ((2025, 12, 1), (2026, 11, 22), ((2024, 12, 1), (2025, 11, 22))),
        ((2026, 3, 1), (2026, 3, 30), ((2026, 2, 1), (2026, 2, 28))),
        ((2026, 3, 11), (2026, 3, 20), ((2026, 3, 1), (2026, 3, 10))),
    ],
)
def test_what_a_period_is_compared_with(
    first: tuple[int, int, int],
    last: tuple[int, int, int],
    before: tuple[tuple[int, int, int], tuple[int, int, int]],
) -> None:
    found = Period(date(*first), date(*last)).before()
    assert found == Period(date(*before[0]), date(*before[1]))


@given(days, st.sampled_from(sorted(PRESETS)))
def test_every_preset_ends_today_or_before_and_can_be_compared(today: date, key: str) -> None:
    period = preset_period(key, today)
    assert period.first <= period.last <= today
    earlier = period.before()
    assert earlier.first <= earlier.last < period.first
