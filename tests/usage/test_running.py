"""Running sums say what the sums by day say, whatever came late and whoever asks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset
from collateral.db import db
from collateral.usage import recounting, running
from collateral.usage.models import DailySum, Event, EventKind, Level, MonthlySum
from collateral.usage.models_running import LibrarySum, RunningSum, RunningUntil
from collateral.usage.months import by_month
from collateral.usage.periods import Period
from collateral.usage.summed import sums
from collateral.usage.team_sets import Scope, scope_of
from tests.factories import make_asset, make_person, make_team
from tests.support import held_clock
from tests.usage.support import happen

TODAY = date(2026, 11, 20)
FIRST = date(2026, 3, 1)
EVERYBODY = Scope(True)
METRICS = ("views", "unique_views", "downloads")
days = st.dates(FIRST, TODAY)

_held_clock = held_clock(datetime(2026, 11, 20, 20, tzinfo=UTC))


def catch_up() -> None:
    for _ in running.catch_up(TODAY):
        db.session.commit()


def view(asset: Asset, person: Person, day: date, hour: int = 12) -> None:
    happen(
        EventKind.VIEWED, asset, person, datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    )
    db.session.commit()


def read(period: Period) -> dict[int, tuple[int, ...]]:
    """What reports read of the period, without those that were not counted in it."""
    rows = db.session.execute(select(sums(EVERYBODY, period, metrics=METRICS)))
    return {ref: tuple(numbers) for ref, *numbers in rows if any(numbers)}


def added_up(period: Period, level: Level = Level.ASSET) -> dict[int, tuple[int, ...]]:
    """The same from the sums by day alone."""
    rows = db.session.execute(
        select(DailySum.ref, *(func.sum(getattr(DailySum, m)) for m in METRICS))
        .where(DailySum.level == level, DailySum.day.between(period.first, period.last))
        .group_by(DailySum.ref)
    )
    return {ref: tuple(numbers) for ref, *numbers in rows if any(numbers)}


def read_versions(period: Period, ids: list[int]) -> dict[int, tuple[int, ...]]:
    """What the scorecard reads of versions."""
    found = sums(EVERYBODY, period, level=Level.VERSION, refs=ids, metrics=METRICS)
    rows = db.session.execute(select(found))
    return {ref: tuple(numbers) for ref, *numbers in rows if any(numbers)}


@pytest.mark.either
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    early=st.lists(st.tuples(days, st.integers(0, 1)), min_size=1, max_size=5),
    late=st.lists(st.tuples(days, st.integers(0, 1)), max_size=2),
    again=st.booleans(),
    ends=st.lists(st.tuples(days, days), min_size=3, max_size=3),
)
def test_any_period_is_the_same_as_its_days(
    app: Flask, early: Any, late: Any, again: bool, ends: Any
) -> None:
    for model in (Event, DailySum, MonthlySum, RunningSum, LibrarySum, RunningUntil):
        db.session.execute(delete(model))
    ana = db.session.scalar(select(Person)) or make_person(teams=[make_team()])
    assets = list(db.session.scalars(select(Asset))) or [make_asset("One"), make_asset("Two")]
    for day, which in early:
        view(assets[which], ana, day)
    catch_up()
    assert running.until() == TODAY
    for day, which in late:
        view(assets[which], ana, day, 15)
    if again:
        catch_up()
    for one, other in ends:
        period = Period(min(one, other), max(one, other))
        assert read(period) == added_up(period)
        versions = [asset.versions[0].id for asset in assets]
        assert read_versions(period, versions) == added_up(period, Level.VERSION)
        months = by_month(EVERYBODY, period, make_reader())
        assert sum(counts.views for counts in months.values()) == sum(
            numbers[0] for numbers in added_up(period).values()
        )


def make_reader() -> Person:
    found = db.session.scalar(select(Person).where(Person.email == "reader@example.com"))
    return found or make_person(Role.MANAGER, email="reader@example.com")


def test_what_comes_late_counts_at_once(app: Flask) -> None:
    ana, asset = make_person(), make_asset()
    view(asset, ana, date(2026, 4, 3))
    catch_up()
    october = Period(date(2026, 10, 1), date(2026, 10, 31))
    assert read(october) == {}
    view(asset, ana, date(2026, 10, 31))
    assert running.until() == date(2026, 10, 31)
    assert read(october) == {asset.id: (1, 1, 0)}


def test_a_recount_opens_the_days_that_it_counts(app: Flask) -> None:
    ana, asset = make_person(), make_asset()
    view(asset, ana, date(2026, 4, 3))
    view(asset, ana, date(2026, 10, 3))
    catch_up()
    db.session.execute(delete(Event).where(Event.day == date(2026, 10, 3)))
    for _ in recounting.recount([date(2026, 10, 3)]):
        db.session.commit()
    year = Period(date(2026, 1, 1), TODAY)
    assert read(year) == {asset.id: (1, 1, 0)}
    catch_up()
    assert read(year) == {asset.id: (1, 1, 0)}


def test_a_day_that_was_summed_while_it_was_recounted_is_opened_again(app: Flask) -> None:
    ana, asset = make_person(), make_asset()
    for day in (date(2026, 4, 3), date(2026, 6, 3)):
        view(asset, ana, day)
    catch_up()
    db.session.execute(delete(Event).where(Event.day == date(2026, 6, 3)))
    steps = recounting.recount([date(2026, 4, 3), date(2026, 6, 3)])
    next(steps)
    db.session.commit()
    catch_up()  # with the sums that are not yet corrected
    for _ in steps:
        db.session.commit()
    june, version = Period(date(2026, 6, 1), date(2026, 6, 30)), asset.versions[0].id
    assert running.until() == date(2026, 6, 1)
    assert (read(june), read_versions(june, [version])) == ({}, {})
    catch_up()
    assert (read(june), read_versions(june, [version])) == ({}, {})


def test_the_months_of_a_reader_leave_out_what_she_may_not_see(app: Flask) -> None:
    north, south = make_team("North"), make_team("South")
    ana, cleo = make_person(teams=[north]), make_person(teams=[south])
    open_, hers = make_asset("For all"), make_asset("For the south", teams=[south])
    for asset, somebody in ((open_, ana), (open_, cleo), (hers, cleo)):
        view(asset, somebody, date(2026, 9, 1), 9 + somebody.id % 9)
    catch_up()
    manager = make_reader()
    for reader, views in ((manager, 2), (ana, 1), (cleo, 2), (make_person(Role.MARKETER), 3)):
        found = by_month(scope_of(reader), Period(date(2026, 8, 5), TODAY), reader)
        assert sum(counts.views for counts in found.values()) == views


def test_days_long_past_are_tidied_away_and_months_stay(app: Flask) -> None:
    ana, asset = make_person(), make_asset()
    view(asset, ana, FIRST)
    for _ in running.catch_up(TODAY - timedelta(days=60)):
        db.session.commit()
    catch_up()
    kept = set(db.session.scalars(select(RunningSum.day).distinct()))
    assert {date(2026, month, 1) for month in range(4, 12)} <= kept
    assert min(day for day in kept if day.day != 1) >= TODAY - running.EACH_DAY
