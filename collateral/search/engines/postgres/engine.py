"""The engine for many machines: the words stand in the database that all of them share."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from collateral.search.engines.memory import Memory
from collateral.search.engines.postgres import finding, titles
from collateral.search.engines.postgres.tables import EXTENSIONS, INDEXES, LIVE, TABLES
from collateral.search.engines.postgres.writing import all_words, doc_row, page_rows, title_words
from collateral.search.engines.protocol import (
    SCHEMA,
    Ask,
    Changes,
    Completion,
    Document,
    EngineUnavailable,
    Found,
    Scope,
)

T = TypeVar("T")

log = logging.getLogger(__name__)

WRITING, REBUILDING = 7_301_001, 7_301_002
"""Advisory locks of the database."""
BATCH = 100
_CANCELED = "57014"

_DOC = (
    "asset_id", "owner_id", "status", "limited", "teams", "terms", "tags", "published", "deals",
    "last_used", "review_on", "expires_on", "title_order", "head", "side", "every",
)  # fmt: skip
_VECTORS = ("head", "side", "every")


class PostgresEngine:
    """An `Engine` over a schema of a PostgreSQL database."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._found = Memory(4 << 20)

    # Reading

    def search(self, ask: Ask, *, offset: int, limit: int, seconds: float) -> Found:
        try:
            with self._opened(seconds) as (connection, name):
                key = (name, ask, offset, limit)
                found: Found | None = self._found.get(key)
                if found is None:
                    found = finding.find(connection, LIVE, ask, offset, limit)
                    if not found.cut_short:
                        self._found.put(key, found, 2000)
                return found
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") == _CANCELED:
                return Found((), 0, 0, cut_short=True)
            raise

    def suggest(
        self, words: tuple[str, ...], scope: Scope, hidden: frozenset[int], limit: int
    ) -> list[int]:
        with self._reading() as connection:
            return titles.suggest(connection, LIVE, words, scope, hidden, limit)

    def complete(
        self, words: tuple[str, ...], scope: Scope, hidden: frozenset[int], limit: int
    ) -> list[Completion]:
        with self._reading() as connection:
            return titles.complete(connection, LIVE, words, scope, hidden, limit)

    def corrections(
        self,
        words: tuple[str, ...],
        scope: Scope,
        hidden: frozenset[int],
        limit: int,
        seconds: float,
    ) -> dict[str, tuple[str, ...]]:
        try:
            with self._reading(seconds) as connection:
                return titles.corrections(connection, LIVE, words, scope, hidden, limit)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") == _CANCELED:
                return {}
            raise

    def generation(self) -> str:
        with self._opened(5.0) as (_connection, name):
            return name

    def ids(self) -> frozenset[int]:
        with self._reading() as connection:
            return frozenset(connection.execute(text(f"select asset_id from {LIVE}.doc")).scalars())

    def count(self) -> int:
        with self._reading() as connection:
            return int(connection.execute(text(f"select count(*) from {LIVE}.doc")).scalar_one())

    def age(self) -> timedelta:
        made: datetime = self._state().made
        return datetime.now(UTC) - made

    def worn(self) -> bool:
        """Never: the database keeps its own house. Words that nobody has any more cost little."""
        return False

    def scattered(self) -> frozenset[int]:
        return frozenset()

    def healthy(self) -> bool:
        try:
            self._state()
        except EngineUnavailable:
            return False
        return True

    def _state(self) -> Any:
        with self._reading() as connection:
            return connection.execute(text(f"select * from {LIVE}.state")).one()

    @contextmanager
    def _reading(self, seconds: float = 5.0) -> Iterator[Connection]:
        """A connection that is let go after so many seconds of one statement."""
        with self._opened(seconds) as (connection, _name):
            yield connection

    @contextmanager
    def _opened(self, seconds: float) -> Iterator[tuple[Connection, str]]:
        """The same, with the name of the state that the index is in: each change has another."""
        try:
            with self._database.connect() as connection:
                state = connection.execute(
                    text(
                        "select set_config('statement_timeout', :limit, true), "
                        # The vectors of an asset lie apart and packed, which costs the planner
                        # nothing: it would unpack all of them rather than ask the index.
                        "set_config('enable_seqscan', 'off', true), "
                        f"version, generation, changes from {LIVE}.state"
                    ),
                    {"limit": str(int(seconds * 1000))},
                ).one_or_none()
                if state is None or state.version != SCHEMA:
                    raise EngineUnavailable("The index was made by another version.")
                yield connection, f"{state.generation}.{state.changes}"
        except ProgrammingError as error:
            raise EngineUnavailable("There is no index yet.") from error

    # Writing

    def write(self, documents: Iterable[Document], gone: Iterable[int]) -> bool:
        if not self.healthy():
            raise EngineUnavailable("There is no index yet.")
        with self._database.begin() as connection:
            if not _locked(connection, WRITING):
                return False
            _put(connection, LIVE, documents, gone)
            connection.execute(text(f"update {LIVE}.state set changes = changes + 1"))
        return True

    def rebuild(self, documents: Iterator[Document], late: Callable[[], Changes]) -> bool:
        # Held by a transaction of its own, for the work goes on through several: so it holds
        # also behind a pool that hands each transaction another connection.
        with self._database.connect() as guard:
            if not _locked(guard, REBUILDING):
                return False
            self._rebuild(documents, late)
        return True

    def _rebuild(self, documents: Iterator[Document], late: Callable[[], Changes]) -> None:
        generation = f"{datetime.now(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(3)}"
        schema = f"search_{generation}"
        with self._database.begin() as connection:
            for extension in EXTENSIONS:
                connection.execute(text(f"create extension if not exists {extension}"))
            _drop_unfinished(connection)
            connection.execute(text(f"create schema {schema}"))
            for statement in TABLES:
                connection.execute(text(statement.format(schema=schema)))
            connection.execute(
                text(f"insert into {schema}.state values (:generation, :version, :made, 0)"),
                {"generation": generation, "version": SCHEMA, "made": datetime.now(UTC)},
            )
        while batch := list(islice(documents, BATCH)):
            with self._database.begin() as connection:
                _put(connection, schema, batch, ())
        with self._database.begin() as connection:
            for statement in INDEXES:
                connection.execute(text(statement.format(schema=schema)))
        with self._database.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": WRITING})
            changes = late()
            _put(connection, schema, changes.documents, changes.gone)
            connection.execute(text(f"drop schema if exists {LIVE} cascade"))
            connection.execute(text(f"alter schema {schema} rename to {LIVE}"))
        with self._database.begin() as connection:
            for table in ("doc", "page", "title_word", "word"):
                connection.execute(text(f"analyze {LIVE}.{table}"))

    def tidy(self) -> None:
        """Nothing: the database's own cleaning does it."""


def _drop_unfinished(connection: Connection) -> None:
    """Schemas of rebuilds that were broken off; nobody else is at one, for we hold the lock."""
    names = connection.execute(
        text("select nspname from pg_namespace where nspname ~ '^search_[0-9]{14}_[0-9a-f]{6}$'")
    ).scalars()
    for name in list(names):
        connection.execute(text(f"drop schema {name} cascade"))


def _locked(connection: Connection, lock: int) -> bool:
    return bool(
        connection.execute(
            # Without parameters: with one, its snapshot would be kept as long as the lock.
            text(f"select pg_try_advisory_xact_lock({lock})")
        ).scalar_one()
    )


def _put(
    connection: Connection, schema: str, documents: Iterable[Document], gone: Iterable[int]
) -> None:
    put = {document.id: document for document in documents}
    stale = sorted(put.keys() | set(gone))
    if not stale:
        return
    for table in ("doc", "page", "title_word"):
        connection.execute(
            text(f"delete from {schema}.{table} where asset_id = any (:stale)"), {"stale": stale}
        )
    if not put:
        return
    values = ", ".join(
        f"cast(:{name} as tsvector)" if name in _VECTORS else f":{name}" for name in _DOC
    )
    connection.execute(
        text(f"insert into {schema}.doc ({', '.join(_DOC)}) values ({values})"),
        [doc_row(document) for document in put.values()],
    )
    pages = [row for document in put.values() for row in page_rows(document)]
    if pages:
        connection.execute(
            text(
                f"insert into {schema}.page (asset_id, number, words) "
                "values (:asset_id, :number, cast(:words as tsvector))"
            ),
            pages,
        )
    titled = [(word, document.id) for document in put.values() for word in title_words(document)]
    connection.execute(
        text(
            f"insert into {schema}.title_word (word, asset_id) "
            "select * from unnest(cast(:words as text[]), cast(:ids as integer[]))"
        ),
        {"words": [word for word, _ in titled], "ids": [asset_id for _, asset_id in titled]},
    )
    words: dict[str, bool] = {}
    for document in put.values():
        for word, of_head in all_words(document).items():
            words[word] = of_head or words.get(word, False)
    ordered = sorted(words)  # one order for all writers, so that none waits in a circle
    connection.execute(
        text(
            f"insert into {schema}.word (word, of_head) "
            "select * from unnest(cast(:words as text[]), cast(:of_head as boolean[])) "
            f"on conflict (word) do update set of_head = true "
            "where excluded.of_head and not word.of_head"
        ),
        {"words": ordered, "of_head": [words[word] for word in ordered]},
    )
