"""Running sums: made a day at a time when the day is over, read as differences.

A year of an asset is two rows, whatever the number of events. Days that are not in them,
today above all, are read from the sums by day. Versions, which are read for one asset at a
time, get their sums by month here, once the month is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, delete, extract, func, insert, literal, select, text, union_all, update

from collateral.db import db, is_sqlite, upsert
from collateral.usage.models import DailySum, Level, MonthlySum
from collateral.usage.models_running import RUNNING, LibrarySum, RunningSum, RunningUntil
from collateral.usage.periods import A_DAY, Period, next_month

EACH_DAY = timedelta(days=92)
"""For so long there is a row for each day, so that the last 90 days are two rows as well."""
EARLIEST = date(1990, 1, 1)
"""No event is older; see moving_in."""


@dataclass(frozen=True)
class Plan:
    """How a period is read: the running sums of `upper` without those of `lower`, with the
    days of `more` and without those of `less`."""

    upper: date
    lower: date | None
    more: Period | None
    less: Period | None


def until() -> date | None:
    """The first day that is not in the running sums; None while there are none."""
    return db.session.scalar(select(RunningUntil.day))


def plan(period: Period) -> Plan | None:
    """How to read the period; None where running sums would not help."""
    end, after = until(), period.last + A_DAY
    upper = _latest(min(end, after)) if end else None
    if upper is None or end is None or upper <= period.first:
        return None
    lower = _latest(min(end, period.first))
    from_ = lower or EARLIEST
    return Plan(
        upper,
        lower,
        Period(upper, period.last) if upper < after else None,
        Period(from_, period.first - A_DAY) if from_ < period.first else None,
    )


def _latest(day: date) -> date | None:
    return db.session.scalar(select(func.max(RunningSum.day)).where(RunningSum.day <= day))


def reopen(day: date) -> None:
    """Something changed on that day: what was summed of it and after it counts no more."""
    db.session.execute(
        update(RunningUntil)
        .where(RunningUntil.day > day)
        .values(day=day)
        .execution_options(synchronize_session=False)
    )


def start_again() -> None:
    """Forget all running sums, because sums by day were taken away."""
    for model in (RunningSum, LibrarySum, RunningUntil):
        db.session.execute(delete(model))


def catch_up(today: date) -> Iterator[date]:
    """Sum the days before today that are not summed yet; the caller commits after each."""
    day = until() or db.session.scalar(
        select(func.min(DailySum.day)).where(DailySum.level == Level.ASSET)
    )
    if day is None:
        return
    while day < today:
        stand_alone()
        # Something late may have come since the last commit.
        day = min(day, until() or day)
        _sum_library(day)
        after = day + A_DAY
        if after.day == 1:
            _sum_versions(day.replace(day=1))
        if after.day == 1 or after >= today - EACH_DAY:
            _sum_before(after)
        statement = upsert(RunningUntil).values(id=1, day=after)
        db.session.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_={"day": after})
        )
        yield day
        day = after
    db.session.execute(
        delete(RunningSum).where(
            RunningSum.day.between(today - 2 * EACH_DAY, today - EACH_DAY - A_DAY),
            extract("day", RunningSum.day) != 1,
        )
    )
    yield today


def stand_alone() -> None:
    """Nobody counts until the commit: SQLite's write lock, PostgreSQL's advisory one."""
    if is_sqlite():
        db.session.execute(
            update(RunningUntil)
            .where(RunningUntil.id < 0)
            .values(id=RunningUntil.id)
            .execution_options(synchronize_session=False)
        )
    else:
        db.session.execute(text("select pg_advisory_xact_lock(7210003)"))


def _sum_library(day: date) -> None:
    db.session.execute(delete(LibrarySum).where(LibrarySum.day == day))
    db.session.execute(
        insert(LibrarySum).from_select(
            ["day", "team_set_id", *RUNNING],
            select(
                literal(day),
                DailySum.team_set_id,
                *(func.sum(getattr(DailySum, metric)) for metric in RUNNING),
            )
            .where(DailySum.level == Level.ASSET, DailySum.day == day)
            .group_by(DailySum.team_set_id),
        )
    )


def _sum_versions(month: date) -> None:
    """The month of each version, by set of teams, from its days; without uses, which do not run."""
    here = and_(MonthlySum.level == Level.VERSION, MonthlySum.day == month)
    db.session.execute(delete(MonthlySum).where(here))
    db.session.execute(
        insert(MonthlySum).from_select(
            ["level", "day", "ref", "team_set_id", *RUNNING, "uses"],
            select(
                literal(Level.VERSION, MonthlySum.level.type),
                literal(month),
                DailySum.ref,
                DailySum.team_set_id,
                *(func.sum(getattr(DailySum, metric)) for metric in RUNNING),
                literal(0),
            )
            .where(
                DailySum.level == Level.VERSION,
                DailySum.day >= month,
                DailySum.day < next_month(month),
            )
            .group_by(DailySum.ref, DailySum.team_set_id),
        )
    )


def _sum_before(after: date) -> None:
    """The running sums of a day: those of the latest one before, and what came since."""
    before = _latest(after - A_DAY)
    since = Period(before or EARLIEST, after - A_DAY).parts()
    of: list[tuple[type[DailySum | MonthlySum], Period]] = [
        *([(MonthlySum, since.months)] if since.months else []),
        *((DailySum, days) for days in since.days),
    ]
    parts = [
        select(model.ref, *(getattr(model, metric) for metric in RUNNING)).where(
            model.level == Level.ASSET, model.day.between(span.first, span.last)
        )
        for model, span in of
    ]
    if before is not None:
        parts.append(
            select(RunningSum.ref, *(getattr(RunningSum, metric) for metric in RUNNING)).where(
                RunningSum.day == before
            )
        )
    rows = union_all(*parts).subquery()
    db.session.execute(delete(RunningSum).where(RunningSum.day == after))
    db.session.execute(
        insert(RunningSum).from_select(
            ["day", "ref", *RUNNING],
            select(
                literal(after), rows.c.ref, *(func.sum(rows.c[metric]) for metric in RUNNING)
            ).group_by(rows.c.ref),
        )
    )
