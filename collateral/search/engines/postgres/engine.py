"""The engine for many machines: the words stand in the database that all of them share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from collateral.memory import Memory
from collateral.search.engines import answering
from collateral.search.engines.facts import Ids
from collateral.search.engines.postgres import holding, ranking, storing, titles
from collateral.search.engines.postgres.holding import Held
from collateral.search.engines.postgres.looking import Look
from collateral.search.engines.postgres.phrases import CANCELED
from collateral.search.engines.postgres.tables import LIVE, VERSION
from collateral.search.engines.protocol import (
    Ask,
    Changes,
    Completion,
    Document,
    EngineUnavailable,
    Found,
    Scope,
    Sort,
)

T = TypeVar("T")

LOADING = 60.0
"""Seconds for reading the facts of all assets."""
SIDE_BY_SIDE = timedelta(days=1)
"""For how long machines may take to go over to a newer version."""
_LIMIT = "select set_config('statement_timeout', :limit, true)"


class PostgresEngine:
    """An `Engine` over a schema of a PostgreSQL database."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        # All that one search reads is of one state.
        self._readers = database.execution_options(isolation_level="REPEATABLE READ")
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._found = Memory(4 << 20)
        self._ranked = Memory(8 << 20)
        self._weights = Memory(16 << 20)
        self._titled = Memory(2 << 20)
        self._at: tuple[int, int] | None = None

    # Reading

    def search(self, ask: Ask, *, offset: int, limit: int, seconds: float) -> Found:
        try:
            with self._opened(seconds) as (connection, state):
                key = (state.generation, state.changes, ask, offset, limit)
                found: Found | None = self._found.get(key)
                if found is None:
                    found = self._search(connection, state, ask, offset, limit, seconds)
                    if not found.cut_short:
                        self._found.put(key, found, answering.ANSWER_BYTES)
                return found
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") == CANCELED:
                return Found((), 0, 0, cut_short=True)
            raise

    def _search(
        self, connection: Connection, state: Any, ask: Ask, offset: int, limit: int, seconds: float
    ) -> Found:
        held = self._holding(connection, state, seconds)
        until = monotonic() + seconds
        look = Look(connection, LIVE, held, ask.scope, until, self._weights)
        name = held.snapshot.name
        by_words = ask.sort is Sort.RELEVANCE
        key = (name, ask.query, ask.scope, ask.hidden, answering.with_retired(ask), by_words)
        ranked = self._ranked.get(key)
        if ranked is None:
            ranked = ranking.rank(look, ask)
            if not ranked.cut_short:
                self._ranked.put(key, ranked, 6 * look.count)
        if offset < ranking.LOOKED_INTO:
            ranked = ranking.looked_into(look, ask, ranked)
        return answering.page(held.snapshot, ask, ranked, offset, limit)

    def suggest(
        self, words: tuple[str, ...], scope: Scope, hidden: frozenset[int], limit: int
    ) -> list[int]:
        return self._of_titles(titles.suggest, (words, scope, hidden, limit), 400)

    def complete(
        self, words: tuple[str, ...], scope: Scope, hidden: frozenset[int], limit: int
    ) -> list[Completion]:
        return self._of_titles(titles.complete, (words, scope, hidden, limit), 1000)

    def _of_titles(self, ask: Callable[..., list[T]], asked: tuple[Any, ...], size: int) -> list[T]:
        """What `ask` answers, kept as long as the index is in the same state.

        Args:
            size: bytes that an answer takes, about.
        """
        with self._opened(5.0) as (connection, state):
            key = (ask.__name__, state.generation, state.changes, asked)
            found: list[T] | None = self._titled.get(key)
            if found is None:
                found = ask(connection, LIVE, *asked)
                self._titled.put(key, found, size)
            return list(found)

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
            if getattr(error.orig, "sqlstate", "") == CANCELED:
                return {}
            raise

    def generation(self) -> str:
        with self._opened(5.0) as (connection, state):
            return self._holding(connection, state, 5.0).snapshot.name

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

    def own_revisions(self) -> dict[int, int] | None:
        with self._reading() as connection:
            if not storing.others(connection):
                return None
            rows = connection.execute(text(f"select asset_id, revision from {LIVE}.doc"))
            return {row.asset_id: row.revision for row in rows}

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
        with self._opened(seconds) as (connection, _state):
            yield connection

    @contextmanager
    def _opened(self, seconds: float) -> Iterator[tuple[Connection, Any]]:
        """The same, with the row of the state that the index is in."""
        try:
            with self._readers.connect() as connection:
                state = connection.execute(
                    text(
                        f"{_LIMIT}, "
                        # The vectors of an asset lie apart and packed, which costs the planner
                        # nothing: it would unpack all of them rather than ask the index.
                        "set_config('enable_seqscan', 'off', true), "
                        # Both take longer to begin than these statements to end.
                        "set_config('jit', 'off', true), "
                        "set_config('max_parallel_workers_per_gather', '0', true), "
                        # Where a common word stands in the pages of a large library.
                        "set_config('work_mem', '32MB', true), "
                        f"version, generation, changes from {LIVE}.state"
                    ),
                    {"limit": _milliseconds(seconds)},
                ).one_or_none()
                if state is None or state.version != VERSION:
                    raise EngineUnavailable("The index was made by another version.")
                self._forget_others(state)
                yield connection, state
        except ProgrammingError as error:
            raise EngineUnavailable("There is no index yet.") from error

    def _forget_others(self, state: Any) -> None:
        """What was kept of earlier states would stay until newer things had pushed it out."""
        at = (state.generation, state.changes)
        if at == self._at:
            return
        self._at = at
        self._found.forget(lambda key: key[:2] != at)
        self._titled.forget(lambda key: key[1:3] != at)
        name = holding.name_of(state)
        for by_name in (self._ranked, self._weights):
            by_name.forget(lambda key: key[0] != name)

    def _holding(self, connection: Connection, state: Any, seconds: float) -> Held:
        """The facts of this state, read where they are not at hand."""
        with self._lock:
            held = self._held
            if held is None or held.snapshot.name != holding.name_of(state):
                connection.execute(text(_LIMIT), {"limit": _milliseconds(LOADING)})
                self._held = held = holding.hold(connection, LIVE, state, held, self._titles)
                connection.execute(text(_LIMIT), {"limit": _milliseconds(seconds)})
            return held

    def _titles(self, ids: Ids) -> list[str]:
        """What the titles of these assets are put in order by."""
        with self._reading() as connection:
            rows = connection.execute(
                text(f"select asset_id, title_order from {LIVE}.doc where asset_id = any (:ids)"),
                {"ids": ids.tolist()},
            )
            found = {row.asset_id: row.title_order for row in rows}
        return [found.get(asset_id, "") for asset_id in ids.tolist()]

    # Writing

    def write(self, documents: Iterable[Document], gone: Iterable[int]) -> bool:
        if not self.healthy():
            raise EngineUnavailable("There is no index yet.")
        with self._database.begin() as connection:
            if not storing.locked(connection, storing.WRITING):
                return False
            storing.change(connection, documents, gone)
        return True

    def rebuild(self, documents: Iterator[Document], late: Callable[[], Changes]) -> bool:
        # Held by a transaction of its own, for the work goes on through several: so it holds
        # also behind a pool that hands each transaction another connection.
        with self._database.connect() as guard:
            if not storing.locked(guard, storing.REBUILDING):
                return False
            storing.rebuild(self._database, documents, late)
        return True

    def tidy(self) -> None:
        """Drop indexes of earlier versions when nobody needs them any more; all else the
        database's own cleaning does."""
        if self.age() < SIDE_BY_SIDE:
            return
        with self._database.begin() as connection:
            storing.drop_earlier(connection)


def _milliseconds(seconds: float) -> str:
    """A limit as PostgreSQL wants it: none at all would be 0."""
    return str(max(1, int(seconds * 1000)))
