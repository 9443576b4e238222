"""A day is the installation's for every reader, also where clocks change; times are hers."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from collateral import clock
from collateral.accounts.models import Role
from collateral.db import db
from collateral.deals.values import at_midnight
from collateral.usage import explaining
from collateral.usage.models import EventKind
from collateral.usage.periods import Period
from collateral.usage.rules import counting_day
from collateral.usage.team_sets import Scope
from tests.factories import make_asset, make_person
from tests.support import Visitor
from tests.usage.support import happen

BERLIN = "Europe/Berlin"
ZONES = (BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago")
CHANGES = (date(2026, 3, 29), date(2026, 10, 25))


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_every_moment_lies_in_the_day_on_which_it_counts(name: str, at: datetime) -> None:
    zone = ZoneInfo(name)
    day = counting_day(at, zone)
    assert at_midnight(day, zone) <= at < at_midnight(day + timedelta(days=1), zone)


@pytest.mark.parametrize("change", CHANGES)
def test_days_add_up_to_the_period_over_a_change_of_clocks(
    app: Flask, visitor: Visitor, change: date
) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], time_zone=BERLIN)
    rng = random.Random(change.toordinal())
    asset, rep = make_asset("Deck"), make_person(Role.REP)
    first, last = change - timedelta(days=1), change + timedelta(days=1)
    begin = at_midnight(first, ZoneInfo(BERLIN)).astimezone(UTC)
    end = at_midnight(last + timedelta(days=1), ZoneInfo(BERLIN)).astimezone(UTC)
    # 71 hours in March, 73 in October; both edges of each day are among the moments.
    hours = (end - begin) / timedelta(hours=1)
    assert hours == (71 if change.month == 3 else 73)
    moments = [begin, end - timedelta(seconds=1)]
    moments += [at_midnight(change, ZoneInfo(BERLIN)).astimezone(UTC) - timedelta(minutes=1)]
    moments += [begin + timedelta(minutes=rng.randrange(int(hours * 60))) for _ in range(20)]
    with clock.hold(end):
        for at in sorted(set(moments)):
            happen(EventKind.VIEWED, asset, rep, at)
        db.session.commit()
    whole = explaining.explain(asset, "views", Scope(True), Period(first, last))
    days = [first + timedelta(days=n) for n in range(3)]
    each = [explaining.explain(asset, "views", Scope(True), Period(d, d)) for d in days]
    assert whole.found == len(set(moments))
    assert sum(one.counted for one in each) == whole.counted
    address = f"/explain/views?asset={asset.id}&from={first}&to={last}"
    pages = {}
    for name in (BERLIN, "America/New_York"):
        reader = make_person(Role.MANAGER)
        reader.time_zone = name
        db.session.commit()
        pages[name] = visitor.as_(reader).get(address).text
        assert f"Views: {whole.counted}" in pages[name]
        rows = visitor.as_(reader).get(address.replace("views?", "views.csv?")).text
        assert rows.count("\n") == whole.found + 1
    local = (end - timedelta(seconds=1)).astimezone(ZoneInfo("America/New_York"))
    assert f"{local:%H:%M}</time>" in pages["America/New_York"]
    assert "23:59</time>" in pages[BERLIN]
