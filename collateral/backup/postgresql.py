"""PostgreSQL: every table by COPY within one snapshot, read back by COPY in one transaction.

No pg_dump is needed, whose version would have to fit the server's. The tables themselves
are made by our migrations, at the revision that the backup names; foreign keys are put
aside while the rows come in and checked when they come back.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from psycopg import Connection, sql

from collateral.db import db

CHUNK = 1 << 20
_TABLES = """
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and not c.relispartition and c.relname <> 'alembic_version'
order by c.relname
"""
_PARTS = """
select p.relname as whole, c.relname as part, pg_get_expr(c.relpartbound, c.oid) as bounds
from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
where c.relnamespace = 'public'::regnamespace and c.relispartition and c.relkind in ('r', 'p')
order by c.relname
"""
_COLUMNS = """
select attname from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
order by attnum
"""
_FOREIGN_KEYS = """
select c.conrelid::regclass::text as inside, c.conname, pg_get_constraintdef(c.oid) as rule
from pg_constraint c join pg_class t on t.oid = c.conrelid
where c.contype = 'f' and c.connamespace = 'public'::regnamespace
  and c.conparentid = 0 and not t.relispartition
"""
_SEQUENCES = """
select s.relname as sequence, t.relname as inside, a.attname as counted
from pg_class s join pg_depend d on d.objid = s.oid and d.deptype in ('a', 'i')
join pg_class t on t.oid = d.refobjid join pg_attribute a
  on a.attrelid = t.oid and a.attnum = d.refobjsubid
where s.relkind = 'S' and s.relnamespace = 'public'::regnamespace
"""


def copies() -> Iterator[tuple[str, Path]]:
    """The name and place of a copy of each table, gone when the next is asked for."""
    raw = db.engine.raw_connection()
    connection: Connection[Any] = raw.driver_connection  # type: ignore[assignment]
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "copy"
            connection.execute("begin isolation level repeatable read read only")
            parts = [list(row) for row in connection.execute(_PARTS).fetchall()]
            path.write_text(json.dumps({"parts": parts}))
            yield "tables/parts.json", path
            for (table,) in connection.execute(_TABLES).fetchall():
                columns = [row[0] for row in connection.execute(_COLUMNS, (table,)).fetchall()]
                _write(connection, table, columns, path)
                yield f"tables/{table}.copy", path
    finally:
        connection.rollback()
        raw.close()


def _write(connection: Connection[Any], table: str, columns: list[str], path: Path) -> None:
    """The first line names the columns; COPY's text format follows."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("copy (select {} from {}) to stdout").format(names, sql.Identifier(table))
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(query) as rows:
        file.write(json.dumps(columns).encode() + b"\n")
        for chunk in rows:
            file.write(chunk)


def read_back(folder: Path) -> None:
    """Fill the empty tables from the copies in `folder`: all of it or, where it raises, nothing."""
    raw = db.engine.raw_connection()
    connection: Connection[Any] = raw.driver_connection  # type: ignore[assignment]
    try:
        with foreign_keys_aside(connection):
            _make_parts(connection, folder)
            for path in sorted(folder.glob("*.copy")):
                _read(connection, path.stem, path)
        set_counters(connection)
        connection.commit()
    finally:
        connection.rollback()
        raw.close()


@contextmanager
def foreign_keys_aside(connection: Connection[Any]) -> Iterator[None]:
    """Rows may come in any order within the block; at its end all that they name must be there.

    Raises:
        ForeignKeyViolation: it is not.
    """
    keys = connection.execute(_FOREIGN_KEYS).fetchall()
    for inside, name, _rule in keys:
        connection.execute(
            sql.SQL("alter table {} drop constraint {}").format(
                sql.SQL(inside), sql.Identifier(name)
            )
        )
    yield
    for inside, name, rule in keys:
        connection.execute(
            sql.SQL("alter table {} add constraint {} {}").format(
                sql.SQL(inside), sql.Identifier(name), sql.SQL(rule)
            )
        )


def counters(connection: Connection[Any]) -> dict[str, int]:
    """Table → the highest number that its counter has given."""
    found = {}
    for sequence, inside, _counted in connection.execute(_SEQUENCES).fetchall():
        # One that was set and not asked since holds the number that it gives next.
        last = sql.SQL("select last_value - (not is_called)::int from {}")
        row = connection.execute(last.format(sql.Identifier(sequence))).fetchone()
        found[str(inside)] = int(row[0]) if row else 0
    return found


def set_counters(
    connection: Connection[Any], given: Mapping[str, int] = MappingProxyType({})
) -> None:
    """Let each counter go on behind the rows of its table, and behind the number `given` for it."""
    for sequence, inside, counted in connection.execute(_SEQUENCES).fetchall():
        connection.execute(
            sql.SQL("select setval({}, greatest(max({}), {}, 0) + 1, false) from {}").format(
                sql.Literal(sequence),
                sql.Identifier(counted),
                sql.Literal(given.get(inside, 0)),
                sql.Identifier(inside),
            )
        )


def _make_parts(connection: Connection[Any], folder: Path) -> None:
    """Divide the tables as they were: what the migrations made for today may be in the way."""
    parts = json.loads((folder / "parts.json").read_text())["parts"]
    divided = {whole for whole, _part, _bounds in parts}
    for whole, part, _bounds in connection.execute(_PARTS).fetchall():
        if whole in divided:
            connection.execute(sql.SQL("drop table {}").format(sql.Identifier(part)))
    for whole, part, bounds in parts:
        connection.execute(
            sql.SQL("create table {} partition of {} {}").format(
                sql.Identifier(part), sql.Identifier(whole), sql.SQL(bounds)
            )
        )


def _read(connection: Connection[Any], table: str, path: Path) -> None:
    with path.open("rb") as file:
        columns = json.loads(file.readline())
        name = sql.Identifier(table)
        # What guards a table against changes (the audit trail's does) does not guard it
        # against coming into being. A migration may have put rows of its own into it, which
        # the backup has, too.
        connection.execute(sql.SQL("alter table {} disable trigger user").format(name))
        connection.execute(sql.SQL("truncate {}").format(name))
        query = sql.SQL("copy {} ({}) from stdin").format(
            name, sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with connection.cursor() as cursor, cursor.copy(query) as rows:
            while chunk := file.read(CHUNK):
                rows.write(chunk)
        connection.execute(sql.SQL("alter table {} enable trigger user").format(name))
