"""Moving a library's rows into another database, most of all from SQLite into PostgreSQL.

One transaction there: broken off, however that comes, it leaves the other database as empty as
it was and is begun anew. This one is not changed, and nobody writes to it meanwhile; so that
what is there in the end is all of it, each table is counted and compared by a checksum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import DBAPIError, OperationalError

from collateral.backup import postgresql, rows
from collateral.backup.rows import Sum
from collateral.backup.tables import known_revisions, schema_revision
from collateral.config import Settings
from collateral.db import db, is_sqlite
from collateral.errors import Conflict, Invalid
from collateral.queue import queue
from collateral.usage import partitions
from collateral.usage.models import Event
from collateral.usage.periods import next_month
from collateral.working import the_only_worker

PATIENCE = "30s"
Progress = Callable[[str, int], None]
"""Told the table, and how many of its rows are there, after each batch."""


@dataclass
class Moved:
    """What is in the other database now: of each table how many rows."""

    tables: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.tables.values())


def move(address: str, progress: Progress) -> Moved:
    """Copy all rows of the running library into the empty database of this address.

    Tables are made there where none are. Ids stay; counters go on where they were.

    Raises:
        Conflict: the tables here are not at the newest revision, somebody is at work here, or
            the other database is not empty, has tables that are not ours, or is this one.
        Invalid: a row cannot be taken there, or another one came of it. Nothing was moved.
    """
    settings = cast(Settings, current_app.extensions["settings"])
    if schema_revision() != known_revisions()[0]:
        raise Conflict("The tables here are older than this program; say `collateral migrate`.")
    if sa.make_url(address) == db.engine.url:
        raise Conflict("This library lives in that very database.")
    with _alone(), _as_it_stands() as source, _library_at(address, settings):
        _make_ready(_months(source))
        return _fill(source, progress)


@contextmanager
def _alone() -> Iterator[None]:
    """No worker of the embedded queue runs, nor a web process that keeps one, nor begins to."""
    if not queue().url.startswith("sqlite:"):
        yield
        return
    with the_only_worker(queue()) as alone:
        if not alone:
            raise Conflict("The library is in use: stop `collateral run`, or its worker, first.")
        yield


@contextmanager
def _as_it_stands() -> Iterator[sa.Connection]:
    """A transaction of this database. Others read; who wants to write waits until it is over."""
    db.session.remove()
    with db.engine.connect() as connection:
        try:
            if is_sqlite():
                connection.exec_driver_sql("begin immediate")
            else:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
                connection.exec_driver_sql(f"set local lock_timeout = '{PATIENCE}'")
                quoted = connection.dialect.identifier_preparer.quote
                names = ", ".join(quoted(table.name) for table in db.metadata.sorted_tables)
                connection.exec_driver_sql(f"lock table {names} in share mode")
        except OperationalError as error:
            raise Conflict("Somebody is writing to the library; try again.") from error
        try:
            yield connection
        finally:
            connection.rollback()


@contextmanager
def _library_at(address: str, settings: Settings) -> Iterator[None]:
    """The same library with that database, so that its tables are made as ours are."""
    from collateral import create_app

    there = create_app(replace(settings, database_url=address, database_read_url=""))
    with there.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def _make_ready(months: Sequence[date]) -> None:
    from flask_migrate import upgrade

    there = [name for name in sa.inspect(db.engine).get_table_names() if name != "alembic_version"]
    revision = schema_revision()
    if (there and revision is None) or revision not in (None, *known_revisions()):
        raise Conflict(
            "The database there has tables that this program does not know; give an empty one."
        )
    with db.engine.connect() as connection:
        for name in there:
            some = sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)
            if connection.execute(some).first():
                raise Conflict(f"The database there is not empty: {name} has rows. Give another.")
    upgrade()
    partitions.make(months)


def _months(connection: sa.Connection) -> list[date]:
    """Those that have events, by leaps over the index of days."""
    months = []
    day = connection.scalar(sa.select(sa.func.min(Event.day)))
    while day is not None:
        months.append(day.replace(day=1))
        following = sa.select(sa.func.min(Event.day)).where(Event.day >= next_month(months[-1]))
        day = connection.scalar(following)
    return months


def _fill(source: sa.Connection, progress: Progress) -> Moved:
    sums: dict[str, Sum] = {}
    tables = db.metadata.sorted_tables
    try:
        with db.engine.begin() as target:
            with _foreign_keys_aside(target):
                for table in tables:
                    sums[table.name] = Sum()
                    rows.write(
                        target,
                        table,
                        _summed(rows.read(source, table), table, sums[table.name], progress),
                    )
            for table in tables:
                _compare(target, table, sums[table.name])
            _set_counters(target, _counters(source))
    except (psycopg.Error, DBAPIError) as error:
        at, said = next(reversed(sums), ""), str(getattr(error, "orig", error)).splitlines()[0]
        raise Invalid(f"{at}: {said}. Nothing was moved.") from error
    return Moved({name: found.rows for name, found in sums.items()})


def _summed(
    batches: Iterator[Sequence[Sequence[Any]]], table: sa.Table, found: Sum, progress: Progress
) -> Iterator[Sequence[Sequence[Any]]]:
    jsons = rows.jsons(table)
    for batch in batches:
        for row in batch:
            found.add(row, jsons)
        yield batch
        progress(table.name, found.rows)


def _compare(target: sa.Connection, table: sa.Table, expected: Sum) -> None:
    found, jsons = Sum(), rows.jsons(table)
    for batch in rows.read(target, table):
        for row in batch:
            found.add(row, jsons)
    if found.rows != expected.rows:
        raise Invalid(
            f"{table.name}: {expected.rows} rows here, {found.rows} there. Nothing was moved."
        )
    if found != expected:
        raise Invalid(f"{table.name}: its rows there are not those here. Nothing was moved.")


@contextmanager
def _foreign_keys_aside(connection: sa.Connection) -> Iterator[None]:
    """Tables name one another in circles; that every row is there is looked at in the end."""
    if is_sqlite():
        # Before the first write, which begins the transaction: later it would do nothing.
        connection.exec_driver_sql("pragma foreign_keys=off")
        yield
        if connection.exec_driver_sql("pragma foreign_key_check").first():
            raise Invalid("A row names another that is not there. Nothing was moved.")
        return
    with postgresql.foreign_keys_aside(_driver(connection)):
        yield


def _counters(connection: sa.Connection) -> dict[str, int]:
    """Table → the highest number that was given in it, where that is kept."""
    if connection.dialect.name == "postgresql":
        return postgresql.counters(_driver(connection))
    kept = connection.exec_driver_sql("select name, seq from sqlite_sequence")
    return {str(name): int(number) for name, number in kept}


def _set_counters(connection: sa.Connection, given: dict[str, int]) -> None:
    """No number of a row that went is given again, where that was promised."""
    if connection.dialect.name == "postgresql":
        postgresql.set_counters(_driver(connection), given)
        return
    kept = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
    for table in db.metadata.sorted_tables:
        if table.dialect_options["sqlite"]["autoincrement"]:
            connection.execute(sa.delete(kept).where(kept.c.name == table.name))
            highest = given.get(table.name, 0)
            connection.execute(sa.insert(kept).values(name=table.name, seq=highest))


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.driver_connection
