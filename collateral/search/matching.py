"""The page of a file that matched best, and every page that did. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from collateral.search import marks as marking
from collateral.search.folding import fold
from collateral.search.marks import Marks
from collateral.search.results import FoundPage
from collateral.search.snippets import Parts, in_context

MANY_PAGES = 400
"""Pages of one file that are looked through."""
MANY_TIMES, FEW_WORDS = 3, 3
"""How often a page says the same word, as far as it counts; of more words than a few, whether it
says them tells enough."""


class PageText(NamedTuple):
    """What a page says, and its picture as `FoundPage` has it."""

    number: int
    title: str
    text: str
    notes: str
    preview: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class PageMatch:
    """The best page, every page that matches, and the words of the best one in context."""

    page: FoundPage
    numbers: tuple[int, ...]
    snippet: Parts


def best_page(pages: Sequence[PageText], marks: Marks) -> PageMatch | None:
    """The page with most of the marked words, the first among equals. None when none has any."""
    if not marks:
        return None
    pages = pages[:MANY_PAGES]
    # Looked through as one text: a file has thirty pages, a page of results twenty files.
    folded = [fold(f"{page.title}\n{page.text}\n{page.notes}\n") for page in pages]
    said, ends = "".join(folded), list(accumulate(map(len, folded)))
    ranks: dict[int, tuple[int, int, int]] = {}
    enough = MANY_TIMES if len(marks) <= FEW_WORDS else 1
    for mark in marking.of(marks):
        for n, (times, first) in _said(mark, said, ends, enough).items():
            held, in_title, all_times = ranks.get(n, (0, 0, 0))
            begun = ends[n] - len(folded[n])
            titled = first < begun + len(pages[n].title)
            ranks[n] = (held + 1, in_title + titled, all_times + times)
    if not ranks:
        return None
    best = pages[max(ranks, key=lambda n: (ranks[n], -n))]
    numbers = tuple(pages[n].number for n in sorted(ranks))
    page = FoundPage(best.number, best.title, best.preview, best.width, best.height)
    return PageMatch(page, numbers, _snippet(best, marks))


def _said(
    mark: marking.Mark, said: str, ends: Sequence[int], enough: int
) -> dict[int, tuple[int, int]]:
    """By place of the page how often it says the mark, and where first."""
    found: dict[int, tuple[int, int]] = {}
    at = 0
    while place := mark.find(said, at):
        n = bisect_right(ends, place[0])
        if place[1] > ends[n]:  # words side by side, yet on two pages
            at = place[0] + 1
            continue
        times, first = found.get(n, (0, place[0]))
        found[n] = times + 1, first
        # A page that has said it often enough is left.
        at = place[1] if times + 1 < enough else ends[n]
    return found


def _snippet(page: PageText, marks: Marks) -> Parts:
    for text in (page.text, page.notes, page.title):
        cut = in_context(text, marks)
        if cut:
            return cut
    return ()
