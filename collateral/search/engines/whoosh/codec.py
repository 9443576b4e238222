"""Whoosh's file format with blocks that are read as arrays.

Whoosh pickles a block's ids, weights and places as Python numbers, all of which must be
made again to read any. Here each is a run of bytes of the narrowest type that fits, and
places are left alone until a phrase wants them: a long list is read without making its
numbers one by one, and the index is smaller. Everything else (terms, segments, columns,
merging) is Whoosh's.
"""

from __future__ import annotations

import pickle
import secrets
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Codec, W3LeafMatcher, W3PostingsWriter
from whoosh.writing import PostingPool

BLOCK = 512
SMALL = 200
"""Bytes below which compressing costs more than it saves."""
NO_LENGTH = (0, 0)
"""Least and greatest length of a block's documents, which stand among the facts instead."""

Numbers = npt.NDArray[Any]


class Postings(W3PostingsWriter):  # type: ignore[misc]
    """Writes the postings of one word after another."""

    _maxweight: float

    def add_posting(self, id_: int, weight: float, value: bytes, _length: Any = None) -> None:
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
        ids = self._ids
        values = b"".join(self._values)
        packed = len(values) > SMALL
        data = pickle.dumps(
            (
                ids[0],
                _narrow(np.diff(np.frombuffer(ids, np.uint32))) if len(ids) > 1 else b"",
                _narrow(np.frombuffer(self._weights, np.float32)),
                packed,
                zlib.compress(values, 1) if packed else values,
            ),
            5,
        )
        info = pickle.dumps((len(ids), ids[-1], self._maxweight, 0, *NO_LENGTH), 2)
        length = len(info) + len(data)
        file.write_int(-length if last else length)
        file.write(info)
        file.write(data)
        self._blockcount += 1
        self._new_block()


def _narrow(numbers: Numbers) -> bytes:
    """The whole numbers as bytes, one, two or four each; the reader knows how many there are."""
    if len(numbers) == 1 and numbers[0] < 1 << 8:  # most words stand in few documents
        return bytes((int(numbers[0]),))
    most = numbers.max()
    kind = np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32
    return numbers.astype(kind).tobytes()


def _widen(data: bytes, count: int) -> Numbers:
    kind = {1: np.uint8, 2: np.uint16, 4: np.uint32}[len(data) // count]
    return np.frombuffer(data, kind)


class Matcher(W3LeafMatcher):  # type: ignore[misc]
    """Reads the postings of one word: for Whoosh one by one, for us by arrays."""

    def blocks(self, *, places: bool) -> Iterator[tuple[Numbers, Numbers, bytes]]:
        """Ids, frequencies and, where wanted, places of each block from the present one on."""
        while True:
            self._read_data()
            yield *self._arrays(), self._places() if places else b""
            if self._lastblock:
                return
            self._next_block()

    def _read_data(self) -> None:
        length = self._nextoffset - self._dataoffset
        self._data = pickle.loads(self._postfile.get(self._dataoffset, length))  # noqa: S301

    def _places(self) -> bytes:
        packed, values = self._data[3:]
        return zlib.decompress(values) if packed else values

    def _arrays(self) -> tuple[Numbers, Numbers]:
        first, deltas, weights = self._data[:3]
        count = self._blocklength
        ids = np.empty(count, np.int64)
        ids[0] = first
        if count > 1:
            np.cumsum(_widen(deltas, count - 1), out=ids[1:], dtype=np.int64)
            ids[1:] += first
        return ids, _widen(weights, count)

    def _read_ids(self) -> None:
        if self._data is None:
            self._read_data()
        self._ids = self._arrays()[0].tolist()

    def _read_weights(self) -> None:
        if self._data is None:
            self._read_data()
        self._weights = self._arrays()[1].astype(np.float64).tolist()

    def _read_values(self) -> None:
        if self._data is None:
            self._read_data()
        weights, values = self._arrays()[1], self._places()
        if not values:
            self._values = (b"",) * self._blocklength
            return
        ends = np.cumsum(weights.astype(np.int64)) * 4
        starts = np.concatenate(([0], ends[:-1]))
        self._values = [values[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]


class Codec(W3Codec):  # type: ignore[misc]
    """Lengths stand among the facts, so that none are looked up for each posting."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=BLOCK, compression=0)

    def new_segment(self, storage: Any, indexname: str) -> Any:
        # Whoosh draws names from the shared generator: whoever seeds that for a purpose of
        # her own would make two segments of one name.
        segment = super().new_segment(storage, indexname)
        segment.segid = secrets.token_hex(8)
        return segment

    def postings_writer(self, file: Any, byteids: bool = False) -> Any:
        return Postings(file, self._blocklimit, byteids, self._compression, 0)

    def postings_reader(
        self, file: Any, info: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Matcher:
        return Matcher(file, *info.extent(), format_, term=term, scorer=scorer)


class Pool(PostingPool):  # type: ignore[misc]
    """Postings that wait to be sorted, their size estimated in one step."""

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        self.currentsize += 160 + len(item[1]) + len(item[4] or b"")
        if self.currentsize > self.limit:
            self.save()
        self.current.append(item)
