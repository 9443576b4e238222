"""The page of a file that matched, and the words on it, for the few assets that are shown.

Pure. What is marked comes out as (text, found) pairs, never as markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from collateral.search.folding import fold, spans, words

Marks = tuple[tuple[str, ...], ...]
Parts = tuple[tuple[str, bool], ...]

LENGTH = 150
BEFORE = 40
MANY_PAGES = 400
"""Pages of one file that are looked through."""


@dataclass(frozen=True)
class PageText:
    number: int
    title: str
    text: str
    notes: str


@dataclass(frozen=True)
class PageMatch:
    """The best page, every page that matches, and the words of the best one in context."""

    number: int
    title: str
    numbers: tuple[int, ...]
    snippet: Parts


def best_page(pages: Sequence[PageText], marks: Marks) -> PageMatch | None:
    """The page with most of the marked words, the first among equals. None when none has any."""
    if not marks:
        return None
    patterns = _patterns(marks)
    best: tuple[tuple[int, int, int], PageText] | None = None
    numbers: list[int] = []
    for page in pages[:MANY_PAGES]:
        said = fold(f"{page.title}\n{page.text}\n{page.notes}")
        # From the first place on where the plain text stands, which is found much quicker.
        held = [
            (start, pattern)
            for start, pattern in patterns
            if (at := said.find(start)) >= 0 and pattern.search(said, at)
        ]
        if not held:
            continue
        numbers.append(page.number)
        head = said[: len(page.title)]
        in_title = sum(1 for start, pattern in held if start in head and pattern.search(head))
        times = sum(min(said.count(start), 5) for start, _ in held)
        rank = (len(held), in_title, times)
        if best is None or rank > best[0]:
            best = rank, page
    if best is None:
        return None
    page = best[1]
    return PageMatch(page.number, page.title, tuple(numbers), _snippet(page, marks))


def _snippet(page: PageText, marks: Marks) -> Parts:
    for text in (page.text, page.notes, page.title):
        cut = in_context(text, marks)
        if cut:
            return cut
    return ()


@lru_cache(maxsize=256)
def _patterns(marks: Marks) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """For each mark a plain text that must occur, and the pattern that then must, too."""
    return tuple((_joined(mark)[0], _pattern(mark)) for mark in marks)


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


def _pattern(mark: tuple[str, ...]) -> re.Pattern[str]:
    runs = _joined(mark)
    body = r"[\W_]+".join(re.escape(run) for run in runs)
    # Unspaced scripts have no edges of words.
    before = "" if len(words(runs[0] + runs[0])) > 1 else r"(?<![^\W_])"
    after = "" if len(words(runs[-1] + runs[-1])) > 1 else r"(?![^\W_])"
    return re.compile(before + body + after)


def marked(text: str, marks: Marks) -> Parts:
    """The whole text, cut where marked words begin and end."""
    text = _clean(text)
    return tuple(_cut(text, _hits(text, marks), 0, len(text)))


def in_context(text: str, marks: Marks) -> Parts:
    """About 150 characters around the marked words; empty when there are none."""
    text = _clean(text)
    hits = _hits(text, marks)
    if not hits:
        return ()
    start = max(_word_start(text, _densest(hits) - BEFORE), 0)
    end = min(start + LENGTH, len(text))
    if end < len(text):
        space = text.rfind(" ", start + LENGTH // 2, end)
        end = space if space > 0 else end
    parts = list(_cut(text, hits, start, end))
    if start > 0:
        parts.insert(0, ("… ", False))
    if end < len(text):
        parts.append((" …", False))
    return tuple(parts)


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _hits(text: str, marks: Marks) -> list[tuple[int, int]]:
    """Where marked words stand, in order, those with at most a space between them joined."""
    if not marks:
        return []
    if text.isascii():
        return _hits_in_ascii(text, marks)
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for mark in marks:
        by_first.setdefault(mark[0], []).append(mark)
    found = list(spans(text))
    hits = []
    for at, (start, _, word) in enumerate(found):
        for mark in by_first.get(word, ()):
            run = found[at : at + len(mark)]
            if tuple(folded for _, _, folded in run) == mark:
                hits.append((start, run[-1][1]))
    return _joined_hits(text, hits)


def _hits_in_ascii(text: str, marks: Marks) -> list[tuple[int, int]]:
    """The same where folding moves no letter, so that patterns tell the places at once."""
    said = text.lower()
    hits = [
        match.span()
        for start, pattern in _patterns(marks)
        if (at := said.find(start)) >= 0
        for match in pattern.finditer(said, at)
    ]
    return _joined_hits(text, sorted(hits))


def _joined_hits(text: str, hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in hits:
        if joined and _touching(text, joined[-1][1], start):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _touching(text: str, end: int, start: int) -> bool:
    """Found words with nothing but a space between them are marked as one."""
    return start <= end or (start == end + 1 and text[end] == " ")


def _densest(hits: list[tuple[int, int]]) -> int:
    def held(start: int) -> int:
        return sum(1 for hit, end in hits if start <= hit and end <= start + LENGTH - BEFORE)

    return max(hits, key=lambda hit: (held(hit[0]), -hit[0]))[0]


def _word_start(text: str, at: int) -> int:
    if at <= 0:
        return 0
    space = text.find(" ", at)
    return space + 1 if 0 <= space < at + BEFORE else at


def _cut(
    text: str, hits: list[tuple[int, int]], start: int, end: int
) -> Iterator[tuple[str, bool]]:
    at = start
    for begin, stop in hits:
        if begin < start or stop > end:
            continue
        if begin > at:
            yield text[at:begin], False
        yield text[begin:stop], True
        at = stop
    if at < end:
        yield text[at:end], False
