"""The words that were found in a text, in their context, for the few assets that are shown.

Pure. What is marked comes out as (text, found) pairs, never as markup.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from collateral.search import marks as marking
from collateral.search.folding import spans
from collateral.search.marks import Marks

Parts = tuple[tuple[str, bool], ...]

LENGTH = 150
BEFORE = 40


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
    """The same where folding moves no letter."""
    said = text.lower()
    hits = []
    for mark in marking.of(marks):
        place = mark.find(said)
        while place:
            hits.append(place)
            place = mark.find(said, place[1])
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
