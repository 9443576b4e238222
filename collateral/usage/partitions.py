"""Events by month on PostgreSQL: a table for each month, and one for what fits in none.

The months are made ahead of time by a job, and before past events are brought in. What
comes for a month that has no table of its own lands in `event_other` and counts the same;
it moves when the month is made. SQLite keeps one table, and nothing here does anything.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    DDL,
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    PrimaryKeyConstraint,
    and_,
    column,
    select,
    table,
    text,
    true,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles

from collateral.db import db, is_sqlite
from collateral.usage.periods import next_month

log = logging.getLogger(__name__)

OTHER = "event_other"
MONTHS_AHEAD = 3
MOST_MOVED = 100_000
"""Rows that are moved when their month is made; more stay where they are until they are old."""
PATIENCE = "500ms"
"""How long anybody is kept waiting, at most, by a table that is made or dropped."""
BUSY = "55P03"
"""SQLSTATE of a lock that did not come in time."""
_MAKING = 7210005
_BOUNDS = re.compile(
    r"FOR VALUES FROM \((?:MINVALUE|'(?P<first>[\d-]+)')\) TO \('(?P<after>[\d-]+)'\)"
)


class ByMonth(PrimaryKeyConstraint):
    """The primary key of events: their id, and on PostgreSQL the day as well, for there every
    key must hold what divides the table."""


@compiles(ByMonth, "postgresql")
def _with_day(element: ByMonth, compiler: Any, **_more: Any) -> str:
    name = compiler.preparer.format_constraint(element)
    return f"CONSTRAINT {name} PRIMARY KEY (id, day)"


the_rest = DDL(  # type: ignore[no-untyped-call]
    f"create table {OTHER} partition of event default"
).execute_if(dialect="postgresql")
"""Said after the table of events is made: no event is refused for want of a month."""


@dataclass(frozen=True)
class Part:
    """One of the tables; it holds the days from `first` (None: from ever) until before `after`
    (None: what fits in no other)."""

    name: str
    first: date | None
    after: date | None


def parts(connection: Connection) -> list[Part]:
    """The tables that events are in, the oldest first."""
    found = []
    for name, bounds in connection.execute(
        text(
            "select c.relname, pg_get_expr(c.relpartbound, c.oid) from pg_inherits i "
            "join pg_class c on c.oid = i.inhrelid where i.inhparent = 'event'::regclass"
        )
    ):
        told = _BOUNDS.fullmatch(bounds)
        first, after = (told["first"], told["after"]) if told else (None, None)
        found.append(Part(name, _day(first), _day(after)))
    return sorted(found, key=lambda part: part.after or date.max)


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def near(
    day: Any, first: date | BindParameter[Any], last: date | BindParameter[Any] | None = None
) -> ColumnElement[bool]:
    """That the day lies there: said beside a condition on the moment, so that PostgreSQL opens
    those months alone. SQLite is told nothing, for it might choose a worse index."""
    if is_sqlite():
        return true()
    return and_(day >= first, day <= last) if last is not None else and_(day >= first)


def ahead(today: date) -> Iterator[date]:
    """The present month and the next ones."""
    month = today.replace(day=1)
    for _ in range(MONTHS_AHEAD + 1):
        yield month
        month = next_month(month)


def make(days: Iterable[date]) -> list[date]:
    """Make the tables for the months of these days where there are none.

    Each is a transaction of its own, on another connection than the session's, and waits
    for nobody longer than `PATIENCE`: whoever works with events is not kept waiting longer
    either.

    Returns:
        The months that could not be made just now; their events land in `event_other`.
    """
    if is_sqlite():
        return []
    late = []
    for month in sorted({day.replace(day=1) for day in days}):
        try:
            with db.engine.begin() as connection:
                _make(connection, month)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != BUSY:
                raise
            late.append(month)
            log.info("month_waits", extra={"month": month.isoformat()})
    return late


def _make(connection: Connection, month: date) -> None:
    _be_quick(connection)
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MAKING})
    after = next_month(month)
    if any(_holds(part, month) for part in parts(connection)):
        return
    name, days = f"event_{month:%Y_%m}", {"first": month, "after": after}
    # What comes meanwhile for this month waits here, and then finds the month's own table.
    connection.execute(text(f"lock table {OTHER} in access exclusive mode"))
    day = column("day", Date)
    of_month = select(text("1")).select_from(table(OTHER)).where(day >= month, day < after)
    many = len(connection.execute(of_month.limit(MOST_MOVED + 1)).all())
    if many > MOST_MOVED:
        log.warning("month_not_made", extra={"month": month.isoformat(), "more_than": MOST_MOVED})
        return
    connection.execute(
        text(f"create table {name} (like event including defaults including constraints)")
    )
    if many:
        connection.execute(
            text(
                f"with moved as (delete from {OTHER} where day >= :first and day < :after "  # noqa: S608 - our own names
                f"returning *) insert into {name} select * from moved"
            ),
            days,
        )
    # Unlike `create … partition of`, this leaves readers and writers of the other months alone.
    connection.execute(
        text(
            f"alter table event attach partition {name} for values from ('{month}') to ('{after}')"
        )
    )


def _holds(part: Part, month: date) -> bool:
    return part.after is not None and month < part.after and (part.first or date.min) <= month


def _be_quick(connection: Connection) -> None:
    connection.execute(text("select set_config('lock_timeout', :limit, true)"), {"limit": PATIENCE})


def drop_before(day: date) -> int:
    """Drop the oldest table whose days all lie before the day; the caller commits.

    Returns:
        How many events went; 0 where there is no such table, or where it was in use.
    """
    if is_sqlite():
        return 0
    connection = db.session.connection()
    for part in parts(connection):
        if part.after is None or part.after > day:
            continue
        count = connection.execute(select(text("count(*)")).select_from(table(part.name)))
        total = int(count.scalar_one())
        try:
            with connection.begin_nested():
                _be_quick(connection)
                connection.execute(text(f"drop table {part.name}"))
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != BUSY:
                raise
            return 0
        if total:
            return total
    return 0


def index_beside(connection: Connection, name: str, columns: str) -> None:
    """For migrations on PostgreSQL: give events an index while everybody works with them.

    An index of a divided table cannot be made beside others as a whole: each part gets its own,
    and the whole is valid with the last. To be said in an autocommit block; what was broken off
    is made again.

    Args:
        columns: as after the table's name, "(who, at) where kept".
    """
    connection.execute(text(f"create index if not exists {name} on only event {columns}"))
    for part in parts(connection):
        own = f"{part.name}_{name}"[:63]
        whole = connection.scalar(
            text("select indisvalid from pg_index where indexrelid = to_regclass(:own)"),
            {"own": own},
        )
        if whole is False:
            connection.execute(text(f"drop index concurrently {own}"))
        if not whole:
            connection.execute(text(f"create index concurrently {own} on {part.name} {columns}"))
        connection.execute(text(f"alter index {name} attach partition {own}"))
