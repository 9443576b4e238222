"""Whoosh's own file format, written with less ado: what a third of the indexing time went into.

Readers need none of this: the files are what W3Codec makes.
"""

from __future__ import annotations

import pickle
import zlib
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3PostingsWriter
from whoosh.util.numeric import length_to_byte
from whoosh.writing import PostingPool

BLOCK = 512
SMALL = 400
"""Bytes below which compressing costs more than it saves."""


class Postings(W3PostingsWriter):  # type: ignore[misc]
    """Without a check of every posting's types, and without compressing tiny blocks."""

    def add_posting(self, id_: int, weight: float, value: bytes, length: Any = None) -> None:
        ids = self._ids
        if len(ids) >= self._blocklimit:
            self._write_block()
            ids = self._ids
        ids.append(id_)
        self._weights.append(weight)
        if weight > self._maxweight:
            self._maxweight = weight
        if value:
            self._values.append(value)

    def _write_block(self, last: bool = False) -> None:
        file = self._postfile
        if not self._blockcount:
            file.write(b"W3Bl")
        self._terminfo.add_block(self)
        data = pickle.dumps((self._mini_ids(), self._mini_weights(), self._mini_values()), 2)
        compression = self._compression if len(data) > SMALL else 0
        if compression:
            data = zlib.compress(data, compression)
        ids = self._ids
        no_length = length_to_byte(None), length_to_byte(0)
        info = pickle.dumps((len(ids), ids[-1], self._maxweight, compression, *no_length), 2)
        length = len(info) + len(data)
        file.write_int(-length if last else length)
        file.write(info)
        file.write(data)
        self._blockcount += 1
        self._new_block()


class Codec(W3Codec):  # type: ignore[misc]
    """Lengths stand among the facts, so that none are looked up for each posting."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=BLOCK, compression=1)

    def postings_writer(self, file: Any, byteids: bool = False) -> Any:
        return Postings(file, self._blocklimit, byteids, self._compression, 0)

    def field_writer(self, storage: Any, segment: Any) -> Any:
        return W3FieldWriter(self, storage, segment)


class Pool(PostingPool):  # type: ignore[misc]
    """Postings that wait to be sorted, their size estimated in one step."""

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        self.currentsize += 160 + len(item[1]) + len(item[4] or b"")
        if self.currentsize > self.limit:
            self.save()
        self.current.append(item)
