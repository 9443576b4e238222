"""The embedded engine: Whoosh keeps words and postings, numpy does the arithmetic.

Whoosh's own searcher walks postings document by document in Python and cannot be
stopped in the middle of a dear query; here its segments are read as blocks into
arrays, kept in memory as far as they fit, and combined by `evaluate`. Segments never
change, so what was read of one stays valid through every update of the index.

How the folder looks, and who writes there, stands in `storing`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TypeVar

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from collateral.memory import Memory
from collateral.search.engines import answering, evaluate, spelling, titles
from collateral.search.engines.columns import Snapshot
from collateral.search.engines.filelock import Busy, held
from collateral.search.engines.protocol import (
    Ask,
    Changes,
    Completion,
    Document,
    EngineUnavailable,
    Found,
    Scope,
)
from collateral.search.engines.whoosh import merging, storing
from collateral.search.engines.whoosh.segments import Opened, Segment

T = TypeVar("T")

log = logging.getLogger(__name__)

POSTINGS_BYTES = 32 << 20
SETTLED_NS = 100_000_000
"""File systems keep times in steps; after so long the next change has another one."""


class WhooshEngine:
    """An `Engine` over a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._snapshot: Snapshot[Segment] | None = None
        self._seen: tuple[tuple[int, int, int, int], Snapshot[Segment]] | None = None
        self._segments: dict[str, Segment] = {}
        self._postings = Memory(POSTINGS_BYTES)
        self._ranked = Memory(8 << 20)
        self._found = Memory(4 << 20)

    # Reading

    def search(self, ask: Ask, *, offset: int, limit: int, seconds: float) -> Found:
        snapshot = self.snapshot()
        key = (snapshot.name, ask, offset, limit)
        found: Found | None = self._found.get(key)
        if found is None:
            found = self._guarded(lambda: self._search(snapshot, ask, offset, limit, seconds))
            if not found.cut_short:
                self._found.put(key, found, answering.ANSWER_BYTES)
        return found

    def _search(
        self, snapshot: Snapshot[Segment], ask: Ask, offset: int, limit: int, seconds: float
    ) -> Found:
        key = (snapshot.name, ask.query, ask.scope, ask.hidden, answering.with_retired(ask))
        ranked = self._ranked.get(key)
        if ranked is None:
            ranked = evaluate.rank(snapshot, ask, seconds)
            if not ranked.cut_short:
                self._ranked.put(key, ranked, 6 * snapshot.count)
        return answering.page(snapshot, ask, ranked, offset, limit)

    def suggest(
        self, words: tuple[str, ...], scope: Scope, hidden: frozenset[int], limit: int
    ) -> list[int]:
        snapshot = self.snapshot()
        return self._guarded(lambda: titles.suggest(snapshot, words, scope, hidden, limit))

    def complete(
        self, words: tuple[str, ...], scope: Scope, hidden: frozenset[int], limit: int
    ) -> list[Completion]:
        snapshot = self.snapshot()
        return self._guarded(lambda: titles.complete(snapshot, words, scope, hidden, limit))

    def corrections(
        self,
        words: tuple[str, ...],
        scope: Scope,
        hidden: frozenset[int],
        limit: int,
        seconds: float,
    ) -> dict[str, tuple[str, ...]]:
        snapshot = self.snapshot()
        return self._guarded(
            lambda: spelling.corrections(snapshot, words, scope, hidden, limit, seconds)
        )

    def generation(self) -> str:
        return self.snapshot().name

    def ids(self) -> frozenset[int]:
        snapshot = self.snapshot()
        return frozenset(snapshot.facts["id"][snapshot.alive].tolist())

    def count(self) -> int:
        return self.snapshot().live_count

    def age(self) -> timedelta:
        made = datetime.strptime(storing.current(self.folder)[:14], "%Y%m%d%H%M%S").replace(
            tzinfo=UTC
        )
        return datetime.now(UTC) - made

    def worn(self) -> bool:
        snapshot = self.snapshot()
        dead = snapshot.count - snapshot.live_count
        return len(snapshot.parts) > merging.MANY_SEGMENTS or dead > 0.2 * snapshot.count + 100

    def healthy(self) -> bool:
        try:
            self.snapshot()
        except EngineUnavailable:
            return False
        return True

    def _guarded(self, read: Callable[[], T]) -> T:
        """Whatever a damaged file makes Whoosh raise, the answer is that it cannot be read."""
        try:
            return read()
        except Exception as error:
            log.exception("index_unreadable")
            raise EngineUnavailable(str(error)) from error

    def snapshot(self) -> Snapshot[Segment]:
        """The newest state. A look at the times of two names on the disk when nothing changed."""
        seen, unchanged = self._seen, self._marks()
        if seen is not None and unchanged is not None and seen[0] == unchanged:
            return seen[1]
        snapshot = self._newest()
        # Taken before the look: what changed since then is seen at the next one.
        self._seen = (unchanged, snapshot) if unchanged is not None else None
        return snapshot

    def _marks(self) -> tuple[int, int, int, int] | None:
        """When the name of the live index and its folder were last written.

        None while that is so short ago that another change could bear the same time.
        """
        held = self._snapshot
        if held is None:
            return None
        try:
            named = (self.folder / "current").stat()
            inside = (self.folder / held.name.partition(".")[0]).stat()
        except OSError:
            return None
        if time.time_ns() - max(named.st_mtime_ns, inside.st_mtime_ns) < SETTLED_NS:
            return None
        return named.st_ino, named.st_mtime_ns, inside.st_ino, inside.st_mtime_ns

    def _newest(self) -> Snapshot[Segment]:
        for attempt in range(5):
            try:
                generation = storing.current(self.folder)
                storage = FileStorage(str(self.folder / generation))
                number = TOC._latest_generation(storage, "MAIN")
                name = f"{generation}.{number}"
                held = self._snapshot
                if held is not None and held.name == name:
                    return held
                with self._lock:
                    return self._open(storage, name)
            except EngineUnavailable:
                raise
            except Exception as error:
                # A merge or a switch may have taken files away between two of our steps.
                if attempt == 4:
                    raise EngineUnavailable(f"The index cannot be read: {error!r}") from error
                time.sleep(0.01)
        raise AssertionError

    def _open(self, storage: FileStorage, name: str) -> Snapshot[Segment]:
        if self._snapshot is not None and self._snapshot.name == name:
            return self._snapshot
        toc = TOC.read(storage, "MAIN")
        parts: list[Segment] = []
        segments: dict[str, Segment] = {}
        for segment in toc.segments:
            key = segment.segment_id()
            kept = self._segments.get(key)
            opened = kept.opened if kept else Opened(storage, toc.schema, segment)
            part = Segment(key, opened, frozenset(segment.deleted_docs()), self._postings)
            parts.append(part)
            segments[key] = part
        self._segments = segments
        # What was kept of earlier states would stay until newer things had pushed it out.
        self._postings.forget(lambda key: key[0] not in segments)
        self._ranked.forget(lambda key: key[0] != name)
        self._found.forget(lambda key: key[0] != name)
        self._snapshot = Snapshot(name, parts)
        return self._snapshot

    def scattered(self) -> frozenset[int]:
        # To write a document again takes a tenth of the time that Whoosh needs to take its
        # postings over from one segment into another.
        tiny = [
            part.facts["id"][[n for n in range(part.count) if n not in part.deleted]].tolist()
            for _, part in self.snapshot().parts
            if part.count - len(part.deleted) <= merging.TINY
        ]
        return frozenset(chain(*tiny)) if len(tiny) >= merging.MANY_TINY else frozenset()

    # Writing

    def own_revisions(self) -> dict[int, int] | None:
        return None

    def write(self, documents: Iterable[Document], gone: Iterable[int]) -> bool:
        try:
            with held(self.folder / "write.lock", wait=False):
                generation = storing.current(self.folder)
                storing.change(self.folder / generation, documents, gone, self._segments)
        except Busy:
            return False
        return True

    def rebuild(self, documents: Iterator[Document], late: Callable[[], Changes]) -> bool:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with held(self.folder / "rebuild.lock", wait=False):
                storing.rebuild(self.folder, documents, late)
        except Busy:
            return False
        return True

    def tidy(self) -> None:
        try:
            with held(self.folder / "write.lock", wait=False):
                generation = storing.current(self.folder)
                storing.merge(self.folder / generation)
            with held(self.folder / "rebuild.lock", wait=False):
                storing.remove_others(self.folder, generation)
        except Busy:
            pass
