"""Writing the index: single changes of the live one, and a new one beside it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, text

from collateral.search.engines.postgres.tables import (
    EXTENSIONS,
    INDEXES,
    LIVE,
    NEXT,
    TABLES,
    UNWEIGH,
    VERSION,
    weighing,
)
from collateral.search.engines.postgres.writing import DOC, HEAD, PAGE, TITLE_WORD, Cut
from collateral.search.engines.protocol import Changes, Document

WRITING, REBUILDING = 7_301_001, 7_301_002
"""Advisory locks of the database, of programs of this version among themselves."""
_OF_THIS_VERSION = f"hashtext('{VERSION}')"
BATCH = 100
MANY_WORDS = 300_000
"""Words that a rebuild remembers to have written; then it begins to forget."""


def locked(connection: Connection, lock: int) -> bool:
    """Whether the lock is ours now, until the transaction ends."""
    return bool(
        connection.execute(
            # Without parameters: with one, its snapshot would be kept as long as the lock.
            text(f"select pg_try_advisory_xact_lock({lock}, {_OF_THIS_VERSION})")
        ).scalar_one()
    )


def change(connection: Connection, documents: Iterable[Document], gone: Iterable[int]) -> None:
    """Put the documents into the live index and take `gone` out, as its next change."""
    number = connection.execute(
        text(f"update {LIVE}.state set changes = changes + 1 returning changes")
    ).scalar_one()
    _replace(connection, LIVE, documents, gone, number)


def rebuild(database: Engine, documents: Iterator[Document], late: Callable[[], Changes]) -> None:
    """Make a new index beside the live one, then put it in its place. The caller holds the
    lock REBUILDING."""
    generation = f"{datetime.now(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(3)}"
    schema = f"{NEXT}{generation}"
    with database.begin() as connection:
        for extension in EXTENSIONS:
            connection.execute(text(f"create extension if not exists {extension}"))
        _drop_unfinished(connection)
        connection.execute(text(f"create schema {schema}"))
        for statement in TABLES:
            connection.execute(text(statement.format(schema=schema)))
        connection.execute(
            text(f"insert into {schema}.state values (:generation, :version, :made, 0)"),
            {"generation": generation, "version": VERSION, "made": datetime.now(UTC)},
        )
    _fill(database, schema, documents)
    with database.begin() as connection:
        connection.execute(text("set local maintenance_work_mem = '256MB'"))
        connection.execute(text(weighing(schema)))
        for statement in INDEXES:
            connection.execute(text(statement.format(schema=schema)))
    with database.begin() as connection:
        connection.execute(text(f"select pg_advisory_xact_lock({WRITING}, {_OF_THIS_VERSION})"))
        changes = late()
        _replace(connection, schema, changes.documents, changes.gone, 0)
        connection.execute(text(f"delete from {schema}.gone"))
        connection.execute(text(f"drop schema if exists {LIVE} cascade"))
        connection.execute(text(f"alter schema {schema} rename to {LIVE}"))
    _settle(database)


def _fill(database: Engine, schema: str, documents: Iterator[Document]) -> None:
    """Write all documents, a batch while the next is read."""
    known: dict[str, bool] = {}

    def write(batch: list[Cut]) -> None:
        with database.begin() as connection:
            _add(connection, schema, batch, 0)
            _add_words(connection, schema, batch, known)
        if len(known) > MANY_WORDS:
            known.clear()

    with ThreadPoolExecutor(1, "search-rebuild") as pool:
        writing: Future[None] | None = None
        while batch := [Cut(document) for document in islice(documents, BATCH)]:
            if writing is not None:
                writing.result()
            writing = pool.submit(write, batch)
        if writing is not None:
            writing.result()


def _settle(database: Engine) -> None:
    """Tell the planner what is there, and the indexes that they may answer alone."""
    with database.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in ("doc", "head", "weight", "page", "title_word", "word"):
            connection.execute(text(f"vacuum (analyze) {LIVE}.{table}"))


def _drop_unfinished(connection: Connection) -> None:
    """Schemas of rebuilds that were broken off; nobody else is at one, for we hold the lock."""
    for name in _schemas(connection):
        if name.startswith(NEXT):
            connection.execute(text(f"drop schema {name} cascade"))


def drop_earlier(connection: Connection) -> None:
    """Take away what programs of earlier versions left."""
    for name in others(connection):
        if _version(name) < _version(LIVE):
            connection.execute(text(f"drop schema {name} cascade"))


def others(connection: Connection) -> list[str]:
    """Indexes of other versions than this, finished and not."""
    return [name for name in _schemas(connection) if _version(name) != _version(LIVE)]


def _schemas(connection: Connection) -> list[str]:
    names = connection.execute(
        text("select nspname from pg_namespace where nspname ~ '^search_(live|next|[0-9]{14}_)'")
    )
    return list(names.scalars())


def _version(schema: str) -> tuple[int, ...]:
    """Of a schema's name; none for those of the time before they had one."""
    found = re.match("search_(?:live|next)_([0-9]+)_([0-9]+)", schema)
    return tuple(map(int, found.groups())) if found else ()


def _replace(
    connection: Connection,
    schema: str,
    documents: Iterable[Document],
    gone: Iterable[int],
    number: int,
) -> None:
    put = {document.id: document for document in documents}
    taken_out = sorted(set(gone) - put.keys())
    stale = {"stale": sorted({*put, *taken_out})}
    if not stale["stale"]:
        return
    connection.execute(text(UNWEIGH.format(schema=schema)), stale)
    for table in ("doc", "head", "page", "title_word", "gone"):
        connection.execute(
            text(f"delete from {schema}.{table} where asset_id = any (:stale)"), stale
        )
    connection.execute(
        text(
            f"insert into {schema}.gone "
            "select asset_id, :number from unnest(cast(:gone as integer[])) as asset_id"
        ),
        {"gone": taken_out, "number": number},
    )
    if put:
        cut = [Cut(document) for document in put.values()]
        _add(connection, schema, cut, number)
        weigh = weighing(schema, only="where h.asset_id = any (:put)")
        connection.execute(text(weigh), {"put": list(put)})
        _add_words(connection, schema, cut, {})


def _add(connection: Connection, schema: str, batch: Sequence[Cut], number: int) -> None:
    _copy(connection, f"{schema}.doc", DOC, (one.doc(number) for one in batch))
    _copy(connection, f"{schema}.head", HEAD, (one.head() for one in batch))
    _copy(connection, f"{schema}.page", PAGE, (row for one in batch for row in one.page()))
    titled = (row for one in batch for row in one.title_word())
    _copy(connection, f"{schema}.title_word", TITLE_WORD, titled)


def _add_words(
    connection: Connection, schema: str, batch: Sequence[Cut], known: dict[str, bool]
) -> None:
    """Have every word in the list of words. `known` are those that it has already."""
    words: dict[str, bool] = {}
    for one in batch:
        for word, of_head in one.every_word().items():
            words[word] = of_head or words.get(word, False)
    fresh = [word for word, of_head in words.items() if word not in known or of_head > known[word]]
    known.update((word, words[word]) for word in fresh)
    ordered = sorted(fresh)  # one order for all writers, so that none waits in a circle
    connection.execute(
        text(
            f"insert into {schema}.word (word, of_head) "
            "select * from unnest(cast(:words as text[]), cast(:of_head as boolean[])) "
            f"on conflict (word) do update set of_head = true "
            "where excluded.of_head and not word.of_head"
        ),
        {"words": ordered, "of_head": [words[word] for word in ordered]},
    )


def _copy(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    # SQLAlchemy has no COPY; the driver's cursor is in the same transaction.
    cursor = connection.connection.cursor()
    with cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.close()
