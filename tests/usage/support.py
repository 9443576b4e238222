"""Events for the tests of counting."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion
from collateral.db import db
from collateral.usage import operations, rules
from collateral.usage.models import (
    METRICS,
    DailySum,
    Event,
    EventKind,
    Level,
    MonthlySum,
)

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def version_of(asset: Asset) -> AssetVersion:
    assert asset.current_version_id is not None
    return db.session.get_one(AssetVersion, asset.current_version_id)


def happen(
    kind: EventKind,
    asset: Asset,
    person: Person,
    at: datetime,
    *,
    session: str | None = "s1",
    user_agent: str = BROWSER,
) -> Event:
    return operations.record(
        kind,
        version=version_of(asset),
        person=person,
        session_key=session,
        user_agent=user_agent,
        at=at,
    )


def stored_sums() -> rules.Sums:
    """The daily sums as they stand, without zeros."""
    found: rules.Sums = {}
    for row in db.session.scalars(select(DailySum)):
        numbers = {metric: getattr(row, metric) for metric in METRICS if getattr(row, metric)}
        if numbers:
            found[row.level, row.ref, row.day, row.team_set_id] = numbers
    return found


def monthly() -> dict[tuple[Level, int, date, int], dict[str, int]]:
    db.session.expire_all()
    found = {}
    for row in db.session.scalars(select(MonthlySum)):
        numbers = {metric: getattr(row, metric) for metric in METRICS if getattr(row, metric)}
        if numbers:
            found[row.level, row.ref, row.day, row.team_set_id] = numbers
    return found


def months_of(sums: rules.Sums) -> rules.Sums:
    """What the monthly sums must be for these daily ones."""
    found: rules.Sums = {}
    for (level, ref, day, team_set), numbers in sums.items():
        if level is Level.VERSION:
            continue
        row = found.setdefault((level, ref, day.replace(day=1), team_set), {})
        for metric, n in numbers.items():
            row[metric] = row.get(metric, 0) + n
    return found


def forget_everything() -> None:
    for model in (Event, DailySum, MonthlySum):
        db.session.execute(delete(model))
    db.session.commit()


def total(asset: Asset) -> dict[str, int]:
    """All that is counted of an asset."""
    found = dict.fromkeys(METRICS, 0)
    for (level, ref, _day, _set), numbers in stored_sums().items():
        if level is Level.ASSET and ref == asset.id:
            for metric, n in numbers.items():
                found[metric] += n
    return found
