"""The log is written in bulk, a moment after the answers: no search waits for the database.

Each web process holds what was searched, shown and opened for at most half a second and
then appends it in one transaction. What a process that is killed held is lost; nothing
else depends on it.
"""

from __future__ import annotations

import atexit
import logging
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from collateral.accounts.models import Person
from collateral.db import db, is_sqlite
from collateral.search.models import Search, SearchOpening
from collateral.search.requests import SearchRequest
from collateral.search.results import Hit, SearchResult
from collateral.usage.operations import Results, record_shown

log = logging.getLogger(__name__)

WAIT = 0.5
MOST = 5000
"""Rows that are held when the database cannot be written; the oldest go first."""


@dataclass(frozen=True)
class Shown:
    """Assets that a person was shown in results, in their order."""

    person_id: int
    session: str
    user_agent: str
    at: datetime
    search_id: int | None
    pairs: Sequence[tuple[int, int]]
    """Asset and version."""


def searched(
    search_id: int,
    person: Person,
    session: str,
    wanted: SearchRequest,
    result: SearchResult,
    *,
    seconds: float,
    at: datetime,
) -> dict[str, Any]:
    """A search as a row of the log."""
    return {
        "id": search_id,
        "at": at,
        "person_id": person.id,
        "session": session,
        "query": result.query[:250],
        "filters": wanted.chosen(),
        "total": result.total,
        "near": result.near_total,
        "milliseconds": round(seconds * 1000),
    }


def pairs(hits: Sequence[Hit]) -> tuple[tuple[int, int], ...]:
    """Asset and version of each hit that has a version."""
    return tuple(
        (hit.asset.id, hit.asset.version_id) for hit in hits if hit.asset.version_id is not None
    )


@dataclass
class Recorder:
    """One application's rows that wait to be written."""

    app: Flask
    searches: list[dict[str, Any]] = field(default_factory=list)
    openings: list[dict[str, Any]] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _wake: threading.Event = field(default_factory=threading.Event)
    _writer: threading.Thread | None = None

    def add(
        self,
        *,
        search: dict[str, Any] | None = None,
        shown: Shown | None = None,
        opening: dict[str, Any] | None = None,
    ) -> None:
        with self._lock:
            if search:
                self.searches = [*self.searches[-MOST:], search]
            if shown:
                self.shown = [*self.shown[-MOST:], shown]
            if opening:
                self.openings = [*self.openings[-MOST:], opening]
        if self.app.testing:
            self.write()
            return
        if self._writer is None or not self._writer.is_alive():
            # Made at the first search, thus after a fork: threads do not cross one.
            self._writer = threading.Thread(target=self._run, name="search-log", daemon=True)
            self._writer.start()
            atexit.register(self._write_safely)
        self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            time.sleep(WAIT)
            self._write_safely()

    def _write_safely(self) -> None:
        try:
            self.write()
        except Exception:
            log.exception("search_log_not_written")

    def write(self) -> None:
        """Append what is held, in one transaction of its own."""
        with self._lock:
            searches, self.searches = self.searches, []
            openings, self.openings = self.openings, []
            shown, self.shown = self.shown, []
        if not (searches or openings or shown):
            return
        with self.app.app_context():
            _insert(cast(Table, Search.__table__), searches)
            _insert(cast(Table, SearchOpening.__table__), openings)
            _record_shown(shown)
            db.session.commit()


def _record_shown(shown: Sequence[Shown]) -> None:
    by_reader: dict[tuple[int, str, str], list[Results]] = defaultdict(list)
    for one in shown:
        reader = (one.person_id, one.session, one.user_agent)
        by_reader[reader].append(Results(one.pairs, one.at, one.search_id))
    for (person_id, session, user_agent), pages in by_reader.items():
        person = db.session.get(Person, person_id)
        if person is not None:
            record_shown(pages, person=person, session_key=session, user_agent=user_agent)


def _insert(table: Table, rows: list[dict[str, Any]]) -> None:
    """Rows that are there already stay as they are."""
    if rows:
        dialect = sqlite if is_sqlite() else postgresql
        db.session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def new_id(at: datetime) -> int:
    """An id that no other process makes: the moment in milliseconds, then twelve random bits."""
    return (int(at.timestamp() * 1000) << 12) | secrets.randbelow(1 << 12)


def recorder() -> Recorder:
    """The running application's recorder."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    made: Recorder | None = app.extensions.get("search_log")
    if made is None:
        made = app.extensions.setdefault("search_log", Recorder(app))
    return made
