"""One segment of a Whoosh index, read as arrays."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.columns import FixedBytesColumn
from whoosh.reading import SegmentReader, TermNotFound

from collateral.memory import MISSING, Memory
from collateral.search.engines.facts import FACTS, Ids, Numbers
from collateral.search.engines.title_words import TitleWords


class Opened:
    """A segment's open files. They are closed when the last snapshot that reads them is gone."""

    def __init__(self, storage: Any, schema: Any, segment: Any) -> None:
        self.reader = SegmentReader(storage, schema, segment)
        weakref.finalize(self, self.reader.close)
        self.lock = threading.Lock()
        self.facts = _facts(self.reader)
        self.title_words: TitleWords | None = None


class Segment:
    """A `columns.Part` over Whoosh's files. What is read is kept in `memory`.

    Files are read through one position that all readers of a file share, hence the lock.
    Postings are taken block by block from the matcher that Whoosh opens for the word.
    """

    def __init__(self, key: str, opened: Opened, deleted: frozenset[int], memory: Memory) -> None:
        self.key = key
        self.opened = opened
        self.deleted = deleted
        self.facts: npt.NDArray[Any] = opened.facts
        self.count = len(opened.facts)
        self._memory = memory
        self._lock = opened.lock
        self._terms = opened.reader._terms
        self._schema = opened.reader.schema

    def postings(self, field: str, word: str) -> tuple[Ids, Numbers] | None:
        key = (self.key, field, word)
        found = self._memory.get(key, MISSING)
        if found is MISSING:
            found = self._read(field, word, places=False)
            self._memory.put(key, found, _size(found))
        return found  # type: ignore[no-any-return]

    def positions(self, field: str, word: str) -> tuple[Ids, Ids] | None:
        key = (self.key, field, word, "places")
        found = self._memory.get(key, MISSING)
        if found is MISSING:
            found = self._read(field, word, places=True)
            self._memory.put(key, found, _size(found))
        return found  # type: ignore[no-any-return]

    def lexicon(self, field: str, first: str = "") -> list[str]:
        key = (self.key, field, first, "lexicon")
        words = self._memory.get(key)
        if words is None:
            with self._lock:
                words = list(self._words(field, first))
            self._memory.put(key, words, 70 * len(words))
        return words  # type: ignore[no-any-return]

    def title_words(self) -> TitleWords:
        if self.opened.title_words is None:
            every = (
                (word, self._read("title", word, places=False)) for word in self.lexicon("title")
            )
            self.opened.title_words = TitleWords.of((word, got[0]) for word, got in every if got)
        return self.opened.title_words

    def sort_titles(self) -> list[str]:
        with self._lock:
            column = self.opened.reader.column_reader("order")
            return [bytes(column[n]).decode(errors="ignore") for n in range(self.count)]

    def _words(self, field: str, first: str) -> Any:
        if field not in self._terms._fieldmap:
            return
        start = first.encode()
        for name, word in self._terms.terms_from(field, start):
            if name != field or not word.startswith(start):
                return
            yield word.decode()

    def _read(self, field: str, word: str, *, places: bool) -> tuple[Any, Any] | None:
        with self._lock:
            try:
                matcher = self._terms.matcher(
                    field, word.encode()[:240], self._schema[field].format
                )
            except (TermNotFound, KeyError):
                return None
            blocks = list(matcher.blocks(places=places))
        documents = np.concatenate([ids for ids, _, _ in blocks])
        frequencies = np.concatenate([times for _, times, _ in blocks])
        if not places:
            return documents, frequencies.astype(np.float32)
        where = np.frombuffer(b"".join(held for _, _, held in blocks), np.uint32)
        return np.repeat(documents, frequencies), where.astype(np.int64)


def _facts(reader: SegmentReader) -> npt.NDArray[Any]:
    column = reader._perdoc.column_reader("facts", FixedBytesColumn(FACTS.itemsize))
    data = column._dbfile.get(column._basepos, column._count * FACTS.itemsize)
    facts: npt.NDArray[Any] = np.frombuffer(bytes(data), FACTS)
    if len(facts) != reader.doc_count_all():
        raise ValueError("The index is damaged: documents without facts.")
    return facts


def _size(found: tuple[Any, Any] | None) -> int:
    return 0 if found is None else int(found[0].nbytes + found[1].nbytes)
