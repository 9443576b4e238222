"""Reads of the sums: what was counted of assets, versions and families, and by month."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from collateral.clock import now
from collateral.db import read
from collateral.usage import running
from collateral.usage.counting import zone
from collateral.usage.models import METRICS, DailySum, Level, MonthlySum, PersonSum, Span
from collateral.usage.models_running import RUNNING, RunningSum
from collateral.usage.periods import A_DAY, Period, next_month
from collateral.usage.rules import counting_day
from collateral.usage.team_sets import Scope


@dataclass(frozen=True)
class Counts:
    """The numbers of one asset, version or family."""

    shown: int = 0
    views: int = 0
    unique_views: int = 0
    downloads: int = 0
    unique_downloads: int = 0
    shares: int = 0
    opens: int = 0
    unique_opens: int = 0
    uses: int = 0


assert tuple(field.name for field in fields(Counts)) == METRICS


def counts(
    refs: Collection[int],
    scope: Scope,
    period: Period | None = None,
    *,
    level: Level = Level.ASSET,
) -> dict[int, Counts]:
    """The sums of these assets (or versions, families) over the period, ever for None."""
    if not refs:
        return {}
    statement = _of_some(scope, tuple(_spans(period, level, METRICS)), level)
    return {ref: Counts(*numbers) for ref, *numbers in read(statement, {"refs": list(refs)})}


@lru_cache(maxsize=200)
def _of_some(scope: Scope, spans: tuple[_Span, ...], level: Level) -> Select[Any]:
    """The statement of `counts`, made once for these days."""
    refs: BindParameter[Any] = bindparam("refs", expanding=True)
    return _added(
        [_part(model, span, scope, level, refs, METRICS, way) for model, span, way in spans],
        METRICS,
    )


def sums(
    scope: Scope,
    period: Period | None,
    *,
    level: Level = Level.ASSET,
    refs: Collection[int] | None = None,
    metrics: Sequence[str] = METRICS,
) -> Subquery:
    """A subquery of `ref` and the metrics: whole months from their sums, the rest by days."""
    return _added(_parts(scope, period, level, refs, metrics), metrics).subquery()


def _added(parts: Sequence[Select[Any]], metrics: Sequence[str]) -> Select[Any]:
    rows: Any = union_all(*parts).subquery() if len(parts) > 1 else parts[0].subquery()
    return select(
        rows.c.ref, *(func.sum(rows.c[metric]).label(metric) for metric in metrics)
    ).group_by(rows.c.ref)


def _parts(
    scope: Scope,
    period: Period | None,
    level: Level,
    refs: Collection[int] | None,
    metrics: Sequence[str],
) -> list[Select[Any]]:
    """What is added up: differences of running sums where they speak of all that is asked."""
    plan = None
    whole = scope.everybody and refs is None and level is not Level.VERSION
    if whole and period is not None and set(metrics) <= set(RUNNING):
        plan = running.plan(period)
    if plan is None:
        return _plain(scope, period, level, refs, metrics, 1)
    parts = [_running(plan.upper, metrics, 1)]
    if plan.lower is not None:
        parts.append(_running(plan.lower, metrics, -1))
    for span, sign in ((plan.more, 1), (plan.less, -1)):
        if span is not None:
            parts += _plain(scope, span, level, refs, metrics, sign)
    return parts


def _running(day: date, metrics: Sequence[str], sign: int) -> Select[Any]:
    columns = (getattr(RunningSum, metric) * sign for metric in metrics)
    return select(
        RunningSum.ref, *(c.label(m) for c, m in zip(columns, metrics, strict=True))
    ).where(RunningSum.day == day)


def _plain(
    scope: Scope,
    period: Period | None,
    level: Level,
    refs: Collection[int] | None,
    metrics: Sequence[str],
    sign: int,
) -> list[Select[Any]]:
    return [
        _part(model, span, scope, level, refs, metrics, sign * way)
        for model, span, way in _spans(period, level, metrics)
    ]


_Span = tuple[type[DailySum | MonthlySum], Period | None, int]
"""A table, its days, and whether they are added (1) or taken away (-1)."""


def _spans(period: Period | None, level: Level, metrics: Sequence[str]) -> list[_Span]:
    if level is Level.VERSION:
        return _version_spans(period) if set(metrics) <= set(RUNNING) else [(DailySum, period, 1)]
    if period is None:
        return [(MonthlySum, None, 1)]
    spans = period.spans(_today())
    return [
        *([(MonthlySum, spans.months, 1)] if spans.months else []),
        *((DailySum, days, 1) for days in spans.more),
        *((DailySum, days, -1) for days in spans.less),
    ]


def _today() -> date:
    return counting_day(now(), zone())


def _version_spans(period: Period | None) -> list[_Span]:
    """A version's months are summed by `running` once they are over; its other days are read."""
    whole = Period(running.EARLIEST, _today()) if period is None else period
    end, months = running.until(), whole.parts().months
    if end is None or months is None or next_month(months.first) > end:
        return [(DailySum, period, 1)]
    last = min(months.last, (end.replace(day=1) - A_DAY).replace(day=1))
    after = next_month(last)
    spans: list[_Span] = [(MonthlySum, Period(months.first, last), 1)]
    if whole.first < months.first:
        spans.append((DailySum, Period(whole.first, months.first - A_DAY), 1))
    if after <= whole.last:
        spans.append((DailySum, Period(after, whole.last), 1))
    return spans


def within(model: Any, period: Period, *, each_day: bool = False) -> ColumnElement[bool]:
    """The condition for the rows of a table with `span` and `day` that make up the period.

    Args:
        each_day: name the days and months one by one, which leads to few rows by a key that
            goes on behind the day.
    """
    parts = period.parts()
    spans: list[tuple[Span, Period, list[date]]] = []
    if parts.months:
        spans.append((Span.MONTH, parts.months, parts.months.months()))
    spans += [(Span.DAY, days, days.each_day()) for days in parts.days]
    return or_(
        *(
            (model.span == span)
            & (model.day.in_(every) if each_day else model.day.between(days.first, days.last))
            for span, days, every in spans
        )
    )


def people_within(period: Period) -> tuple[ColumnElement[bool], ColumnElement[int]]:
    """The condition for the rows of people's sums that make up the period, and by what each is
    multiplied: 1, or -1 where a day is taken away from its month."""
    spans = period.spans(_today())
    of_months = [(Span.MONTH, spans.months)] if spans.months else []
    of_days = [(Span.DAY, days) for days in (*spans.more, *spans.less)]
    rows = or_(
        *(
            and_(PersonSum.span == span, PersonSum.day.between(days.first, days.last))
            for span, days in of_months + of_days
        )
    )
    away = [PersonSum.day.between(days.first, days.last) for days in spans.less]
    if not away:
        return rows, literal_column("1", Integer)
    return rows, case((and_(PersonSum.span == Span.DAY, or_(*away)), -1), else_=1)


def _part(
    model: type[DailySum | MonthlySum],
    span: Period | None,
    scope: Scope,
    level: Level,
    refs: Collection[int] | BindParameter[Any] | None,
    metrics: Sequence[str],
    sign: int,
) -> Select[Any]:
    kept = Level.ASSET if level is Level.FAMILY else level
    query = select(
        model.ref, *((getattr(model, metric) * sign).label(metric) for metric in metrics)
    ).where(model.level == kept, scope.covers(model.team_set_id))
    if span is not None and refs is not None:
        # One by one they lead into the key, and nobody else's rows are walked through.
        days = span.months() if model is MonthlySum else span.each_day()
        query = query.where(model.day.in_(days))
    elif span is not None:
        query = query.where(model.day.between(span.first, span.last))
    if refs is not None:
        query = query.where(model.ref.in_(refs))
    return query
