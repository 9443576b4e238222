"""The sums rebuilt from the events to the same numbers, a day at a time, in the database.

Each step is one transaction of its own (the caller commits between them), so that it runs
beside the living system with flat memory whatever the number of events. Days whose raw
events were dropped keep their sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Table,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    true,
)

from collateral.db import db, upsert
from collateral.usage import rules
from collateral.usage.keeping import mark_kept
from collateral.usage.models import (
    METRICS,
    OF_PEOPLE,
    DailySum,
    Event,
    EventKind,
    Level,
    MonthlySum,
    PersonSum,
    Retention,
    Span,
    Use,
)
from collateral.usage.periods import next_month
from collateral.usage.replacing import COLUMNS, place_for, put
from collateral.usage.running import reopen, stand_alone

_REFS = {Level.VERSION: "version_id", Level.ASSET: "asset_id"}


@dataclass(frozen=True)
class Recounted:
    """One day, or a month where `month` is true; `corrected` when its sums were not the same."""

    day: date
    month: bool
    corrected: bool


def all_days() -> list[date]:
    """The days that have events or uses and whose raw events are still kept, or stale sums."""
    days: set[date] = set()
    of_assets = DailySum.level == Level.ASSET
    of_uses = Use.retracted_at.is_(None)
    for column, where in ((Event.day, true()), (Use.day, of_uses), (DailySum.day, of_assets)):
        days.update(_distinct(column, where))
    dropped = db.session.scalar(select(Retention.dropped_before))
    return sorted(day for day in days if dropped is None or day >= dropped)


def _distinct(column: Any, where: ColumnElement[bool]) -> Iterator[date]:
    """The days of a column in order, by leaps over its index rather than a walk along it."""
    day = db.session.scalar(select(func.min(column)).where(where))
    while day is not None:
        yield day
        day = db.session.scalar(select(func.min(column)).where(where, column > day))


def recount(days: Iterable[date] | None = None) -> Iterator[Recounted]:
    """Rebuild the sums of these days, all of them where none are given, then their months.

    The caller commits after each step that this yields.
    """
    chosen = all_days() if days is None else sorted(set(days))
    if chosen:
        reopen(chosen[0])
    for day in chosen:
        yield Recounted(day, False, _recount_day(day))
    for month in sorted({day.replace(day=1) for day in chosen}):
        yield Recounted(month, True, _recount_month(month))


def around(days: Iterable[date]) -> set[date]:
    """The days and the one before each: an event just after midnight may void one before it."""
    return {day - timedelta(days=back) for day in days for back in (0, 1)}


def _recount_day(day: date) -> bool:
    stand_alone()
    dropped = db.session.scalar(select(Retention.dropped_before))
    if dropped and day < dropped:
        return False
    mark_kept(day)
    counted = place_for(DailySum, tuple(_REFS), day)
    for level, ref in _REFS.items():
        db.session.execute(_insert_events(counted, level, ref, day))
        db.session.execute(_insert_uses(counted, level, ref, day))
    _recount_people(day)
    return put(DailySum, tuple(_REFS), day, counted)


def _recount_people(day: date) -> None:
    """What each person did that day: the totals that the sums of assets hold, too."""
    db.session.execute(delete(PersonSum).where(PersonSum.span == Span.DAY, PersonSum.day == day))
    db.session.execute(
        insert(PersonSum).from_select(
            ["span", "day", "person_id", "team_set_id", *OF_PEOPLE],
            select(
                literal(Span.DAY, PersonSum.span.type),
                literal(day),
                Event.person_id,
                Event.team_set_id,
                *(
                    func.sum(case((Event.kind.in_(_kinds(metric)), 1), else_=0))
                    for metric in OF_PEOPLE
                ),
            )
            .where(
                Event.day == day,
                Event.kept,
                Event.person_id.is_not(None),
                Event.kind.in_(_kinds("views")),
            )
            .group_by(Event.person_id, Event.team_set_id),
        )
    )


def _recount_people_of_month(first: date, after_last: date) -> None:
    db.session.execute(
        delete(PersonSum).where(PersonSum.span == Span.MONTH, PersonSum.day == first)
    )
    db.session.execute(
        insert(PersonSum).from_select(
            ["span", "day", "person_id", "team_set_id", *OF_PEOPLE],
            select(
                literal(Span.MONTH, PersonSum.span.type),
                literal(first),
                PersonSum.person_id,
                PersonSum.team_set_id,
                *(func.sum(getattr(PersonSum, metric)) for metric in OF_PEOPLE),
            )
            .where(PersonSum.span == Span.DAY, PersonSum.day >= first, PersonSum.day < after_last)
            .group_by(PersonSum.person_id, PersonSum.team_set_id),
        )
    )


def _recount_month(first: date) -> bool:
    stand_alone()
    after_last = next_month(first)
    counted = place_for(MonthlySum, (Level.ASSET,), first)
    db.session.execute(
        insert(counted).from_select(
            COLUMNS,
            select(
                DailySum.level,
                literal(first),
                DailySum.ref,
                DailySum.team_set_id,
                *(func.sum(getattr(DailySum, metric)) for metric in METRICS),
            )
            .where(
                DailySum.level == Level.ASSET,
                DailySum.day >= first,
                DailySum.day < after_last,
            )
            .group_by(DailySum.level, DailySum.ref, DailySum.team_set_id)
            .order_by(DailySum.level, DailySum.ref, DailySum.team_set_id),
        )
    )
    _recount_people_of_month(first, after_last)
    return put(MonthlySum, (Level.ASSET,), first, counted)


def _insert_events(counted: Table, level: Level, ref: str, day: date) -> Insert:
    totals = {
        metric: func.sum(case((Event.kind.in_(_kinds(metric)), 1), else_=0))
        for metric in METRICS
        if metric in rules.FOUND and metric not in rules.UNIQUES
    }
    uniques = {
        metric: func.count(case((Event.kind.in_(kinds), Event.session)).distinct())
        for metric, kinds in rules.UNIQUES.items()
    }
    column = getattr(Event, ref)
    numbers = {"uses": literal(0), **totals, **uniques}
    return insert(counted).from_select(
        COLUMNS,
        select(
            literal(level, DailySum.level.type),
            literal(day),
            column,
            Event.team_set_id,
            *(numbers[metric] for metric in METRICS),
        )
        .where(Event.day == day, Event.kept)
        .group_by(column, Event.team_set_id)
        .order_by(column, Event.team_set_id),
    )


def _kinds(metric: str) -> tuple[EventKind, ...]:
    return rules.FOUND[metric]


def _insert_uses(counted: Table, level: Level, ref: str, day: date) -> Insert:
    column = getattr(Use, ref)
    numbers = {"uses": func.count()}
    statement = upsert(counted).from_select(
        COLUMNS,
        select(
            literal(level, DailySum.level.type),
            literal(day),
            column,
            Use.team_set_id,
            *(numbers.get(metric, literal(0)) for metric in METRICS),
        )
        .where(Use.day == day, Use.retracted_at.is_(None), column.is_not(None))
        .group_by(column, Use.team_set_id),
    )
    return statement.on_conflict_do_update(
        index_elements=["level", "day", "ref", "team_set_id"],
        set_={"uses": statement.excluded.uses},
    )
