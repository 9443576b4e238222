"""Events by month on PostgreSQL: where they land, what is dropped, and that all counts the same."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import Connection, column, func, select, table, text

from collateral.accounts.models import Role
from collateral.db import db
from collateral.usage import (
    counting,
    explaining,
    jobs,
    moving_in,
    partitions,
    recounting,
    retention,
    rules,
)
from collateral.usage.models import Event, EventKind
from collateral.usage.periods import Period
from collateral.usage.team_sets import Scope
from tests.databases import SERVER
from tests.factories import make_asset, make_person, make_team
from tests.usage.support import BROWSER, happen, stored_sums, total

pytestmark = pytest.mark.skipif(not SERVER, reason="SQLite keeps one table")

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MONTHS = [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]


def where() -> dict[str, int]:
    """How many events lie in each of the tables."""
    names = db.session.scalars(select(text("tableoid::regclass::text")).select_from(table("event")))
    return dict(Counter(names))


def names() -> list[str]:
    with db.engine.connect() as connection:
        return [part.name for part in partitions.parts(connection)]


def test_events_land_in_their_month_early_or_late(app: Flask) -> None:
    partitions.make(MONTHS)
    ana, asset = make_person(teams=[make_team()]), make_asset()
    for at in (
        datetime(2026, 3, 31, 23, 59, 55, tzinfo=UTC),
        datetime(2026, 4, 1, 0, 0, 10, tzinfo=UTC),  # voids the one before, a month earlier
        START,
        datetime(2026, 2, 28, 12, tzinfo=UTC),
        datetime(2019, 5, 5, tzinfo=UTC),
    ):
        happen(EventKind.VIEWED, asset, ana, at)
        db.session.commit()
    assert where() == {
        "event_2026_02": 1, "event_2026_03": 2, "event_2026_04": 1, "event_other": 1
    }  # fmt: skip
    assert total(asset)["views"] == 4
    walked = rules.walk(counting.click(event) for event in db.session.scalars(select(Event)))[1]
    assert stored_sums() == walked
    corrected = [step for step in recounting.recount() if step.corrected]
    assert corrected == []
    told = explaining.explain(
        asset, "views", Scope(True), Period(date(2019, 1, 1), date(2026, 12, 31))
    )
    assert (told.found, told.double_clicks, told.counted) == (5, 1, 4)


def test_a_month_that_is_made_late_takes_its_events_with_it(app: Flask) -> None:
    ana, asset = make_person(), make_asset()
    happen(EventKind.VIEWED, asset, ana, START)
    event = happen(EventKind.DOWNLOADED, asset, ana, START + timedelta(days=40))
    db.session.commit()
    number, sums = event.id, stored_sums()
    db.session.rollback()
    assert partitions.make(MONTHS) == []
    assert partitions.make(MONTHS) == []
    assert names() == ["event_2026_02", "event_2026_03", "event_2026_04", "event_other"]
    assert where() == {"event_2026_03": 1, "event_2026_04": 1}
    assert db.session.get_one(Event, (number, date(2026, 4, 11))).kind is EventKind.DOWNLOADED
    assert happen(EventKind.VIEWED, asset, ana, START).id > number
    db.session.rollback()
    assert stored_sums() == sums


def test_a_month_waits_for_nobody_long_and_is_made_the_next_time(app: Flask) -> None:
    with db.engine.begin() as somebody:
        somebody.execute(text("select * from event"))  # holds every part until it ends
        assert partitions.make(MONTHS[:1]) == MONTHS[:1]
    assert partitions.make(MONTHS[:1]) == []


def test_the_job_makes_this_month_and_the_next_ones(app: Flask) -> None:
    jobs.make_months()
    made = [part for part in _parts() if part.after is not None]
    assert len(made) == partitions.MONTHS_AHEAD + 1
    assert made[0].first == date.today().replace(day=1)  # noqa: DTZ011 - UTC is the zone here
    assert [part.first for part in made[1:]] == [part.after for part in made[:-1]]


def _parts() -> list[partitions.Part]:
    with db.engine.connect() as connection:
        return partitions.parts(connection)


def test_past_events_that_are_brought_in_find_their_months(app: Flask) -> None:
    make_person(email="ana@example.com")
    asset = make_asset()
    db.session.commit()
    lines = [
        json.dumps(
            {"at": (START - timedelta(days=n)).isoformat(), "kind": "viewed", "asset": asset.id,
             "person": "ana@example.com", "user_agent": BROWSER}
        )
        for n in (0, 1, 2, 400)
    ]  # fmt: skip
    file = BytesIO("\n".join([*lines, "nonsense"]).encode())
    for known in (0, 4):
        file.seek(0)
        moving_in.make_room(file)
        result = moving_in.import_events(file, commit=db.session.commit)
        assert (result.new, result.known, result.refused) == (4 - known, known, 1)
    assert where() == {"event_2025_01": 1, "event_2026_02": 1, "event_2026_03": 2}
    assert total(asset)["views"] == 4


def test_whole_months_are_dropped_at_once_and_the_rest_by_day(app: Flask) -> None:
    partitions.make(MONTHS)
    admin, ana, asset = make_person(Role.ADMIN), make_person(), make_asset()
    for days in (-20, 0, 1, 35, 40):
        happen(EventKind.VIEWED, asset, ana, START + timedelta(days=days))
    db.session.commit()
    sums = stored_sums()
    retention.announce(date(2026, 4, 8), by=admin)
    db.session.commit()
    gone = []
    while count := retention.drop_oldest():
        db.session.commit()
        gone.append(count)
    db.session.commit()
    assert gone == [1, 2, 1]
    assert names() == ["event_2026_04", "event_other"]
    assert stored_sums() == sums


def test_a_month_in_use_goes_by_day_instead(app: Flask) -> None:
    partitions.make(MONTHS)
    admin, ana, asset = make_person(Role.ADMIN), make_person(), make_asset()
    for days in (0, 1):
        happen(EventKind.VIEWED, asset, ana, START + timedelta(days=days))
    retention.announce(date(2026, 4, 1), by=admin)
    db.session.commit()
    with db.engine.begin() as somebody:
        somebody.execute(text("select * from event"))
        assert retention.drop_oldest() == 1
        db.session.commit()
        assert db.session.scalar(select(func.count(Event.id))) == 1
        db.session.commit()
    while retention.drop_oldest():
        db.session.commit()
    db.session.commit()
    assert names() == ["event_2026_04", "event_other"]


def test_a_day_is_looked_for_in_its_month_alone(app: Flask) -> None:
    partitions.make(MONTHS)
    with db.engine.connect() as connection:
        assert _opened(connection, Event.day == date(2026, 3, 5)) == {"event_2026_03"}
        assert _opened(
            connection, partitions.near(Event.day, date(2026, 3, 31), date(2026, 4, 2))
        ) == {"event_2026_03", "event_2026_04"}


def _opened(connection: Connection, condition: object) -> set[str]:
    query = select(column("at")).select_from(Event).where(condition)  # type: ignore[arg-type]
    sql = query.compile(connection, compile_kwargs={"literal_binds": True})
    plan = "\n".join(connection.execute(text(f"explain {sql}")).scalars())
    return {name for name in names() if f"on {name} " in plan or f"on {name}_" in plan}
