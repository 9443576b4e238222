"""The sums rebuilt from the events to the same numbers, a day at a time, in the database.

Each step is one transaction of its own (the caller commits between them), so that it runs
beside the living system with flat memory whatever the number of events. Days whose raw
events were dropped keep their sums.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Insert,
    Integer,
    Interval,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    update,
)

from collateral.db import db, is_sqlite, upsert
from collateral.usage import rules
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

log = logging.getLogger(__name__)
_REFS = {Level.VERSION: "version_id", Level.ASSET: "asset_id", Level.FAMILY: "asset_id"}


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
    for column, where in ((Event.day, true()), (Use.day, true()), (DailySum.day, of_assets)):
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
    for day in chosen:
        yield Recounted(day, False, _recount_day(day))
    for month in sorted({day.replace(day=1) for day in chosen}):
        yield Recounted(month, True, _recount_month(month))


def around(days: Iterable[date]) -> set[date]:
    """The days and the one before each: an event just after midnight may void one before it."""
    return {day - timedelta(days=back) for day in days for back in (0, 1)}


def _stand_alone(model: type[DailySum | MonthlySum], first: date) -> None:
    """Nobody counts while a step runs: SQLite's write lock, PostgreSQL's advisory one."""
    if is_sqlite():
        db.session.execute(update(model).where(model.day == first, model.ref < 0).values(shown=0))
    else:
        db.session.execute(text("select pg_advisory_xact_lock(7210003)"))


def _recount_day(day: date) -> bool:
    _stand_alone(DailySum, day)
    dropped = db.session.scalar(select(Retention.dropped_before))
    if dropped and day < dropped:
        return False
    before = _fingerprint(DailySum, day)
    _mark_kept(day)
    db.session.execute(delete(DailySum).where(DailySum.day == day))
    for level, ref in _REFS.items():
        db.session.execute(_insert_events(level, ref, day))
        db.session.execute(_insert_uses(level, ref, day))
    _recount_people(day)
    return _told(before, _fingerprint(DailySum, day), day, "day")


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
    _stand_alone(MonthlySum, first)
    before = _fingerprint(MonthlySum, first)
    after_last = (first + timedelta(days=32)).replace(day=1)
    db.session.execute(delete(MonthlySum).where(MonthlySum.day == first))
    db.session.execute(
        insert(MonthlySum).from_select(
            ["level", "day", "ref", "team_set_id", *METRICS],
            select(
                DailySum.level,
                literal(first),
                DailySum.ref,
                DailySum.team_set_id,
                *(func.sum(getattr(DailySum, metric)) for metric in METRICS),
            )
            .where(
                DailySum.day >= first,
                DailySum.day < after_last,
                DailySum.level.in_((Level.ASSET, Level.FAMILY)),
            )
            .group_by(DailySum.level, DailySum.ref, DailySum.team_set_id),
        )
    )
    _recount_people_of_month(first, after_last)
    return _told(before, _fingerprint(MonthlySum, first), first, "month")


def _fingerprint(model: type[DailySum | MonthlySum], day: date) -> tuple[object, ...]:
    """Sums over the rows that differ when any row does: each number weighed by where it stands."""
    place = model.ref * 31 + model.team_set_id * 17
    row = db.session.execute(
        select(
            *(func.sum(getattr(model, metric)) for metric in METRICS),
            *(func.sum(getattr(model, metric) * (place % 100_003)) for metric in METRICS),
        ).where(model.day == day)
    ).one()
    return tuple(int(value or 0) for value in row)


def _told(before: tuple[object, ...], after: tuple[object, ...], day: date, span: str) -> bool:
    if before == after:
        return False
    log.info("sums_corrected", extra={"span": span, "day": day.isoformat()})
    return True


def _microseconds(column: Any) -> ColumnElement[int]:
    """A moment in SQLite as a whole number: its own arithmetic of days is not exact."""
    return cast(func.strftime("%s", column), Integer) * 1_000_000 + cast(
        func.substr(column, 21, 6), Integer
    )


def _is_over(at: Any, following: Any) -> ColumnElement[bool]:
    """Whether the following moment is more than 30 seconds later."""
    if is_sqlite():
        limit = rules.DOUBLE_CLICK // timedelta(microseconds=1)
        return _microseconds(following) - _microseconds(at) > limit
    return cast(following > at + literal(rules.DOUBLE_CLICK, Interval()), Boolean)


def _mark_kept(day: date) -> None:
    """Say of each event of the day whether it counts, where that is not said already."""
    last = db.session.scalar(select(func.max(Event.at)).where(Event.day == day))
    if last is None:
        return
    following = (
        func.lead(Event.at)
        .over(partition_by=(Event.who, Event.version_id, Event.kind), order_by=(Event.at, Event.id))
        .label("following")
    )
    clicks = (
        select(Event.id, Event.day, Event.at, Event.kept, following)
        .where(
            Event.left_out.is_(None),
            Event.kind.in_(rules.DOUBLE_CLICKED),
            or_(
                Event.day == day,
                and_(Event.day == day + timedelta(days=1), Event.at <= last + rules.DOUBLE_CLICK),
            ),
        )
        .subquery()
    )
    counts = case(
        (clicks.c.following.is_(None), True),
        else_=_is_over(clicks.c.at, clicks.c.following),
    )
    wrong = select(clicks.c.id).where(clicks.c.day == day, clicks.c.kept != counts)
    plain = and_(Event.left_out.is_(None), Event.kind.not_in(rules.DOUBLE_CLICKED))
    for condition, value in (
        (Event.id.in_(wrong), ~Event.kept),
        (and_(plain, ~Event.kept), True),
        (and_(Event.left_out.is_not(None), Event.kept), False),
    ):
        db.session.execute(
            update(Event)
            .where(Event.day == day, condition)
            .values(kept=value)
            .execution_options(synchronize_session=False)
        )


def _insert_events(level: Level, ref: str, day: date) -> Insert:
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
    return insert(DailySum).from_select(
        ["level", "day", "ref", "team_set_id", *METRICS],
        select(
            literal(level, DailySum.level.type),
            literal(day),
            column,
            Event.team_set_id,
            *(numbers[metric] for metric in METRICS),
        )
        .where(Event.day == day, Event.kept)
        .group_by(column, Event.team_set_id),
    )


def _kinds(metric: str) -> tuple[EventKind, ...]:
    return rules.FOUND[metric]


def _insert_uses(level: Level, ref: str, day: date) -> Insert:
    column = getattr(Use, ref)
    zeros = [literal(0) for metric in METRICS if metric != "uses"]
    statement = upsert(DailySum).from_select(
        ["level", "day", "ref", "team_set_id", "uses", *(m for m in METRICS if m != "uses")],
        select(
            literal(level, DailySum.level.type),
            literal(day),
            column,
            Use.team_set_id,
            func.count(),
            *zeros,
        )
        .where(Use.day == day, Use.retracted_at.is_(None), column.is_not(None))
        .group_by(column, Use.team_set_id),
    )
    return statement.on_conflict_do_update(
        index_elements=["level", "day", "ref", "team_set_id"],
        set_={"uses": statement.excluded.uses},
    )
