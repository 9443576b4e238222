"""The words that are marked for a reader, and where they stand in a folded text. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from collateral.search.folding import words

Marks = tuple[tuple[str, ...], ...]
"""Of each mark its folded words, which stand side by side."""


@dataclass(frozen=True, slots=True)
class Mark:
    """`start` is a plain text that stands wherever the mark does; `pattern` tells whether it
    does there, None where it is one word: then the letters around tell."""

    start: str
    pattern: re.Pattern[str] | None

    def find(self, said: str, at: int = 0) -> tuple[int, int] | None:
        """Start and end of the first place in a folded text, from `at` on."""
        # The plain text is found much quicker than a pattern that looks at each letter.
        start, pattern = self.start, self.pattern
        while (at := said.find(start, at)) >= 0:
            if pattern is None:
                end = at + len(start)
                if not (said[end : end + 1].isalnum() or (at and said[at - 1].isalnum())):
                    return at, end
            elif match := pattern.match(said, at):
                return match.span()
            at += 1
        return None


@lru_cache(maxsize=256)
def of(marks: Marks) -> tuple[Mark, ...]:
    """Each of them as it is looked for."""
    return tuple(_mark(mark) for mark in marks)


def _mark(mark: tuple[str, ...]) -> Mark:
    runs = _joined(mark)
    return Mark(runs[0], None if len(runs) == 1 and _has_edges(runs[0]) else _pattern(runs))


def _joined(mark: tuple[str, ...]) -> list[str]:
    """The words of a mark, pairs of an unspaced script put together again: ab bc is abc."""
    runs: list[str] = []
    for word in mark:
        if runs and len(word) == 2 and not word.isascii() and _overlaps(runs[-1], word):
            runs[-1] += word[1]
        else:
            runs.append(word)
    return runs


def _overlaps(run: str, pair: str) -> bool:
    return run[-1] == pair[0] and list(words(pair)) == [pair] and len(words(run + pair[1])) > 1


def _has_edges(run: str) -> bool:
    """Unspaced scripts have no edges of words."""
    return len(words(run + run)) == 1


def _pattern(runs: list[str]) -> re.Pattern[str]:
    body = r"[\W_]+".join(re.escape(run) for run in runs)
    before = r"(?<![^\W_])" if _has_edges(runs[0]) else ""
    after = r"(?![^\W_])" if _has_edges(runs[-1]) else ""
    return re.compile(before + body + after)
