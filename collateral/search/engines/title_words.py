"""The words of the titles and who has them: what typeahead asks with every letter typed.

Titles are few and short. All their postings together are read once for each segment
and kept side by side (10,000 titles: 50,000 numbers), so that any beginning, even of
one letter, is one slice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from collateral.search.engines.facts import Ids, Mask

_LAST = "\U0010ffff"


@dataclass(frozen=True)
class TitleWords:
    """Of one part: `documents[starts[n]:starts[n + 1]]` have `words[n]`, in order, in the title."""

    words: list[str]
    starts: Ids
    documents: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, postings: Iterable[tuple[str, Ids]]) -> TitleWords:
        """From the words in order, each with its documents."""
        words, lengths, documents = [], [0], [np.zeros(0, np.uint32)]
        for word, having in postings:
            words.append(word)
            lengths.append(len(having))
            documents.append(having.astype(np.uint32))
        return cls(words, np.cumsum(lengths), np.concatenate(documents))

    def beginning(self, start: str) -> tuple[int, int]:
        """From which word on, up to which, they begin so."""
        return bisect_left(self.words, start), bisect_left(self.words, start + _LAST)

    def begun(self, start: str) -> npt.NDArray[np.uint32]:
        """The documents with a word in the title that begins so."""
        first, last = self.beginning(start)
        return self.documents[self.starts[first] : self.starts[last]]

    def counts(self, start: str, among: Mask) -> dict[str, int]:
        """The words that begin so, each with how many of those documents have it."""
        first, last = self.beginning(start)
        if first == last:
            return {}
        begin = self.starts[first]
        there = among[self.documents[begin : self.starts[last]]].astype(np.int64)
        sums = np.add.reduceat(there, self.starts[first:last] - begin)
        return {self.words[first + int(n)]: int(sums[n]) for n in np.flatnonzero(sums)}
