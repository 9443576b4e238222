"""What was counted in each month, of all assets that a reader may see."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all

from collateral.accounts.models import Person
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.db import db
from collateral.usage import running
from collateral.usage.models import METRICS, DailySum, Level, MonthlySum, Use
from collateral.usage.models_running import RUNNING, LibrarySum
from collateral.usage.periods import A_DAY, Period
from collateral.usage.summed import Counts
from collateral.usage.team_sets import Scope

Months = dict[date, dict[str, int]]


def by_month(
    scope: Scope, period: Period, reader: Person, *, narrowed: ColumnElement[bool] | None = None
) -> dict[date, Counts]:
    """The counts of each month within the period over the assets that the reader may see.

    Of the whole library they are the sums of all assets without those that the reader may
    not see, which are few; of a part of it, the sums of its assets.

    Args:
        narrowed: a condition on Asset.
    """
    found: Months = defaultdict(lambda: dict.fromkeys(METRICS, 0))
    seen = assets.visible(reader)
    if narrowed is not None:
        _add(found, _of_assets(scope, period, seen & narrowed), 1)
    else:
        end = running.until()
        last = min(period.last, end - A_DAY) if end else None
        if last and period.first <= last:
            _add(found, _of_library(scope, Period(period.first, last)), 1)
            if last < period.last:
                _add(found, _of_days(scope, Period(last + A_DAY, period.last)), 1)
        else:
            _add(found, _of_assets(scope, period, None), 1)
        if _is_any(assets.hidden(reader)):
            _add(found, _of_assets(scope, period, Asset.id.in_(assets.hidden(reader))), -1)
    others = assets.hidden(reader)
    if narrowed is not None:
        others = select(Asset.id).where(~(seen & narrowed))
    for month, uses in _uses(scope, period, others):
        found[month]["uses"] += uses
    return {month: Counts(**found[month]) for month in period.months()}


def _is_any(ids: Select[int]) -> bool:
    return db.session.scalar(ids.limit(1)) is not None


def _add(found: Months, rows: Any, sign: int) -> None:
    for day, *numbers in rows:
        row = found[day.replace(day=1)]
        for metric, number in zip(RUNNING, numbers, strict=True):
            row[metric] += sign * int(number)


def _summed(model: Any) -> list[Any]:
    return [func.sum(getattr(model, metric)).label(metric) for metric in RUNNING]


def _of_library(scope: Scope, period: Period) -> Any:
    return db.session.execute(
        select(LibrarySum.day, *_summed(LibrarySum))
        .where(
            LibrarySum.day.between(period.first, period.last),
            scope.covers(LibrarySum.team_set_id),
        )
        .group_by(LibrarySum.day)
    )


def _of_days(scope: Scope, period: Period) -> Any:
    return db.session.execute(
        select(DailySum.day, *_summed(DailySum))
        .where(
            DailySum.level == Level.ASSET,
            DailySum.day.between(period.first, period.last),
            scope.covers(DailySum.team_set_id),
        )
        .group_by(DailySum.day)
    )


def _of_assets(scope: Scope, period: Period, which: ColumnElement[bool] | None) -> Any:
    """By day and month, of those assets; of all for None."""
    spans = period.parts()
    parts: list[Select[Any]] = []
    of: list[tuple[type[DailySum | MonthlySum], Period]] = [
        *([(MonthlySum, spans.months)] if spans.months else []),
        *((DailySum, days) for days in spans.days),
    ]
    for model, span in of:
        query = (
            select(model.day.label("day"), *_summed(model))
            .where(
                model.level == Level.ASSET,
                model.day.between(span.first, span.last),
                scope.covers(model.team_set_id),
            )
            .group_by(model.day)
        )
        if which is not None:
            query = query.where(model.ref.in_(select(Asset.id).where(which)))
        parts.append(query)
    return db.session.execute(union_all(*parts) if len(parts) > 1 else parts[0])


def _uses(scope: Scope, period: Period, others: Select[int]) -> list[tuple[date, int]]:
    found: dict[date, int] = defaultdict(int)
    for day, count in db.session.execute(
        select(Use.day, func.count())
        .where(
            Use.day.between(period.first, period.last),
            Use.retracted_at.is_(None),
            scope.covers(Use.team_set_id),
            Use.asset_id.not_in(others),
        )
        .group_by(Use.day)
    ):
        found[day.replace(day=1)] += count
    return list(found.items())
