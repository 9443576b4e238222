"""The embedded engine: Whoosh keeps words and postings, numpy does the arithmetic.

Whoosh's own searcher walks postings document by document in Python and cannot be
stopped in the middle of a dear query; here its segments are read as blocks into
arrays, kept in memory as far as they fit, and combined by `evaluate`. Segments never
change, so what was read of one stays valid through every update of the index.

    SEARCH_URL folder/
      current           {"generation": NAME, "schema": 1}, replaced in one step
      NAME/             one Whoosh index; the worker alone writes there
      write.lock, rebuild.lock    held by flock, so a killed process holds nothing
"""

from __future__ import annotations

import json
import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from collateral.search.engines import evaluate, spelling, titles
from collateral.search.engines.columns import Snapshot
from collateral.search.engines.filelock import Busy, held
from collateral.search.engines.memory import Memory
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
from collateral.search.engines.whoosh import merging
from collateral.search.engines.whoosh.codec import Codec, Pool
from collateral.search.engines.whoosh.fields import as_fields, make_schema
from collateral.search.engines.whoosh.segments import Opened, Segment

T = TypeVar("T")

log = logging.getLogger(__name__)

POSTINGS_BYTES = 32 << 20


class WhooshEngine:
    """An `Engine` over a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._snapshot: Snapshot | None = None
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
                self._found.put(key, found, 2000)
        return found

    def _search(
        self, snapshot: Snapshot, ask: Ask, offset: int, limit: int, seconds: float
    ) -> Found:
        key = (snapshot.name, ask.query, ask.scope, ask.hidden, evaluate.with_retired(ask))
        ranked = self._ranked.get(key)
        if ranked is None:
            ranked = evaluate.rank(snapshot, ask, seconds)
            if not ranked.cut_short:
                self._ranked.put(key, ranked, 6 * snapshot.count)
        return evaluate.page(snapshot, ask, ranked, offset, limit)

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
        made = datetime.strptime(self._current()[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
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

    def snapshot(self) -> Snapshot:
        """The newest state. A look at two names on the disk when nothing has changed."""
        for attempt in range(5):
            try:
                generation = self._current()
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

    def _current(self) -> str:
        try:
            current = json.loads((self.folder / "current").read_text())
            if current["schema"] == SCHEMA:
                return str(current["generation"])
        except FileNotFoundError:
            raise EngineUnavailable("There is no index yet.") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EngineUnavailable("The index does not say which it is.") from error
        raise EngineUnavailable("The index was made by another version of this program.")

    def _open(self, storage: FileStorage, name: str) -> Snapshot:
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

    def write(self, documents: Iterable[Document], gone: Iterable[int]) -> bool:
        try:
            with held(self.folder / "write.lock", wait=False):
                self._put(self._current(), documents, gone)
        except Busy:
            return False
        return True

    def _put(self, generation: str, documents: Iterable[Document], gone: Iterable[int]) -> None:
        storage = FileStorage(str(self.folder / generation))
        writer = self._writer(storage)
        try:
            put = list(documents)
            stale = {document.id for document in put} | set(gone)
            for number in np.flatnonzero(np.isin(self._ids(writer), list(stale))):
                writer.delete_document(int(number))
            for document in put:
                writer.add_document(**as_fields(document))
            writer.commit(mergetype=merging.drop_empty)
        except BaseException:
            writer.cancel()
            raise

    def _ids(self, writer: Any) -> Any:
        """The id of each document as the writer numbers them, 0 for those that are deleted."""
        found = [np.zeros(0, np.uint32)]
        for segment in writer.segments:
            kept = self._segments.get(segment.segment_id())
            opened = kept.opened if kept else Opened(writer.storage, writer.schema, segment)
            ids = opened.facts["id"].copy()
            ids[list(segment.deleted_docs())] = 0
            found.append(ids)
        return np.concatenate(found)

    def _writer(self, storage: FileStorage, megabytes: int = 64) -> Any:
        # Compound segments would be copied into memory at every opening.
        writer = FileIndex(storage).writer(compound=False, codec=Codec(), timeout=5)
        writer.pool = Pool(writer.temp_storage(), writer.newsegment, limitmb=megabytes)
        return writer

    def rebuild(self, documents: Iterator[Document], late: Callable[[], Changes]) -> bool:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with held(self.folder / "rebuild.lock", wait=False):
                self._rebuild(documents, late)
        except Busy:
            return False
        return True

    def _rebuild(self, documents: Iterator[Document], late: Callable[[], Changes]) -> None:
        generation = f"{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
        folder = self.folder / generation
        folder.mkdir()
        storage = FileStorage(str(folder))
        FileIndex.create(storage, make_schema())
        writer = self._writer(storage, megabytes=128)
        try:
            for document in documents:
                writer.add_document(**as_fields(document))
            writer.commit(merge=False)
        except BaseException:
            writer.cancel()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        with held(self.folder / "write.lock", wait=True):
            changes = late()
            self._put(generation, changes.documents, changes.gone)
            beside = self.folder / "current.new"
            beside.write_text(json.dumps({"generation": generation, "schema": SCHEMA}))
            beside.replace(self.folder / "current")
        self._remove_others(generation)

    def _remove_others(self, generation: str) -> None:
        """Readers keep what they have opened; who opens anew looks at `current` first."""
        for other in self.folder.iterdir():
            if other.is_dir() and other.name != generation:
                shutil.rmtree(other, ignore_errors=True)

    def tidy(self) -> None:
        try:
            with held(self.folder / "write.lock", wait=False):
                generation = self._current()
                self._merge(FileStorage(str(self.folder / generation)))
            with held(self.folder / "rebuild.lock", wait=False):
                self._remove_others(generation)
        except Busy:
            pass

    def _merge(self, storage: FileStorage) -> None:
        chosen = merging.to_merge(TOC.read(storage, "MAIN").segments)
        if chosen:
            self._writer(storage).commit(mergetype=merging.joining(chosen))
