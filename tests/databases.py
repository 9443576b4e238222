"""A database for each test: a copied file under SQLite, an emptied one on PostgreSQL.

COLLATERAL_TEST_DATABASE names the PostgreSQL server, with {name} for the database. To copy
a database there takes long (each table and index is a file), so one that a test has left is
emptied for the next: its rows go, its counters start again, and what a test added beside
the tables goes too. One whose tables a test has changed is thrown away. So are connections
kept (connections.py), for a new one reads what it must know of each table once more.
"""

from __future__ import annotations

import functools
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, text

from tests import connections

SERVER = os.environ.get("COLLATERAL_TEST_DATABASE", "")
if SERVER:
    connections.keep()

# Named so that no table of ours can be meant.
_EMPTYING = "emptied_between_tests"
_TABLES = "relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace"
_COUNTERS = "relkind = 'S' and relnamespace = 'public'::regnamespace"
# What of the tables a test could change: their number, columns, rules, and what guards them.
_SHAPE = """
select (select count(*) from pg_class where relnamespace = 'public'::regnamespace),
       (select count(*) from pg_attribute join pg_class on attrelid = pg_class.oid
         where relnamespace = 'public'::regnamespace and not attisdropped),
       (select count(*) from pg_constraint where connamespace = 'public'::regnamespace),
       (select count(*) from pg_trigger where tgenabled = 'O')
"""
_TERMINATE = text(
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where datname = current_database() and pid <> pg_backend_pid()"
    " and pid <> all(cast(:but as int[]))"
)
_FREE: dict[str, list[str]] = {}


@contextmanager
def copy_of(source: str, folder: Path, *, empty: bool = False) -> Iterator[str]:
    """The address of a copy that lasts as long as the block; `empty` says that the source has
    no rows, so that an emptied database will do."""
    if not SERVER:
        path = folder / "collateral.sqlite"
        shutil.copyfile(source.removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
        return
    free = _FREE.setdefault(source, []) if empty else []
    name = free.pop() if free else _copied(source)
    yield SERVER.replace("{name}", name)
    if empty and _emptied(name, like=source):
        free.append(name)
    else:
        drop(name)


def drop(name: str) -> None:
    """Throw a database away, whoever is still connected."""
    connections.forget(name)
    on_server(f"drop database if exists {name} with (force)")


def on_server(statement: str) -> None:
    with _server().connect() as connection:
        connection.execute(text(statement))


@functools.cache
def _server() -> Engine:
    return create_engine(SERVER.replace("{name}", "postgres"), isolation_level="AUTOCOMMIT")


def _copied(source: str) -> str:
    name, template = f"test_{uuid.uuid4().hex[:12]}", make_url(source).database
    assert template
    connections.forget(template)  # nobody may be in what is copied
    on_server(f"create database {name} template {template} strategy file_copy")
    return name


def _emptied(name: str, *, like: str) -> bool:
    """Whether the database is as if nobody had used it."""
    engine = create_engine(SERVER.replace("{name}", name), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # Whoever is still at work there is not waited for.
        connection.execute(_TERMINATE, {"but": connections.kept()})
        whole = connection.execute(text(_SHAPE)).one() == _shape(like)
        if whole:
            _empty(connection)
    engine.dispose()
    return whole


@functools.cache
def _shape(url: str) -> object:
    engine = create_engine(url)
    with engine.connect() as connection:
        shape = connection.execute(text(_SHAPE)).one()
    engine.dispose()
    return shape


def _empty(connection: Connection) -> None:
    beside = connection.scalars(
        text(
            "select quote_ident(nspname) from pg_namespace"
            " where nspname not like 'pg\\_%' and nspname not in ('public', 'information_schema')"
        )
    ).all()
    for schema in beside:
        connection.execute(text(f"drop schema {schema} cascade"))
    # Rows that may not be deleted and keys that others point at are no hindrance to a replica.
    parts = [
        f"if exists (select 1 from {table}) then delete from {table}; end if;"
        for table in _names(connection, _TABLES)
    ]
    parts += [
        f"perform setval('{counter}', 1, false);" for counter in _names(connection, _COUNTERS)
    ]
    connection.execute(text("set session_replication_role = replica"))
    connection.execute(text(f"do ${_EMPTYING}$ begin {' '.join(parts)} end ${_EMPTYING}$"))


def _names(connection: Connection, which: str) -> list[str]:
    found = text(f"select quote_ident(relname) from pg_class where {which}")
    return list(connection.scalars(found))
