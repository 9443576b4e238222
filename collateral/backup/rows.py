"""The rows of a table read from one kind of database and written into the other, unchanged.

Values go as Python has them (moments aware, amounts as decimals); JSON goes as its text, so that
SQL's null and JSON's stay two things. Batch by batch: memory does not grow with the table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from psycopg import sql

BATCH = 2000
_SIZE = 16
Values = Sequence[Any]


@dataclass
class Sum:
    """What a table holds, in whatever order it is read: how many rows, and one number that
    changes with any value of any of them (the sum of 128-bit hashes of the rows)."""

    rows: int = 0
    total: int = 0

    def add(self, row: Values, jsons: Sequence[int]) -> None:
        values: list[Any] = [
            value.normalize() if isinstance(value, Decimal) else value for value in row
        ]
        for at in jsons:
            values[at] = _alike(values[at])
        digest = blake2b(repr(values).encode(), digest_size=_SIZE).digest()
        self.rows += 1
        self.total = (self.total + int.from_bytes(digest)) % (1 << 8 * _SIZE)


def _alike(text: str | None) -> str | None:
    """JSON in one spelling: PostgreSQL orders keys by its own rule and writes 1e2 as 100."""
    if text is None:
        return None
    return json.dumps(json.loads(text, parse_float=_number), sort_keys=True)


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def jsons(table: sa.Table) -> list[int]:
    """Which of its columns hold JSON, by their places."""
    return [at for at, column in enumerate(table.columns) if isinstance(column.type, sa.JSON)]


def read(connection: sa.Connection, table: sa.Table) -> Iterator[Sequence[Values]]:
    """All rows in batches, in no order."""
    columns = [_read_as(column) for column in table.columns]
    query = sa.select(*columns).execution_options(yield_per=BATCH)
    with connection.execute(query) as found:
        yield from found.partitions()


def _read_as(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    if isinstance(column.type, sa.JSON):
        return sa.cast(column, sa.Text)
    return sa.type_coerce(column, sa.String) if isinstance(column.type, sa.Enum) else column


def write(connection: sa.Connection, table: sa.Table, batches: Iterable[Sequence[Values]]) -> None:
    """Put in what `read` reads."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, batches)
        return
    plain = sa.table(table.name, *(sa.column(c.name, _written_as(c.type)) for c in table.columns))
    names = [column.name for column in table.columns]
    for batch in batches:
        connection.execute(sa.insert(plain), [dict(zip(names, row, strict=True)) for row in batch])


def _written_as(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    return sa.Text() if isinstance(kind, sa.JSON | sa.Enum) else kind


def _copy(connection: sa.Connection, table: sa.Table, batches: Iterable[Sequence[Values]]) -> None:
    query = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns),
    )
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(query) as target:
        for batch in batches:
            for row in batch:
                target.write_row(row)
