"""What was added all over a deck: a customer's logo, her name. Pure.

What is added in the same way on most pages and replaces nothing is one statement about the
deck, and its pages stay `same`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from collateral.adaptations.changes import PageChange, alike_in_print
from collateral.adaptations.prints import (
    PagePrint,
    furniture,
    is_number,
    masked,
    repeated_pictures,
    tokens,
)

DECK_WIDE_SHARE, DECK_WIDE_PAGES = 0.6, 3


@dataclass(frozen=True)
class DeckChange:
    """What was added all over the deck."""

    words: frozenset[str]
    pictures: frozenset[str]

    @property
    def branded(self) -> bool:
        return bool(self.words or self.pictures)

    def __or__(self, other: DeckChange) -> DeckChange:
        return DeckChange(self.words | other.words, self.pictures | other.pictures)


def deck_wide(changes: Sequence[PageChange]) -> DeckChange:
    """What at least 60 % of the pages (and three) gained without losing anything for it.

    A word that took another's place on those pages is an edit, not branding.
    """
    limit = max(DECK_WIDE_PAGES, DECK_WIDE_SHARE * len(changes))
    words = Counter(word for change in changes for word in change.added if not change.removed)
    pictures = Counter(
        sha
        for change in changes
        for sha in set(change.pictures_added)
        if not change.pictures_removed
    )
    return DeckChange(
        frozenset(word for word, count in words.items() if count >= limit),
        frozenset(sha for sha, count in pictures.items() if count >= limit),
    )


def without_branding(change: PageChange, deck: DeckChange) -> PageChange:
    """The change of a page less what is said once for the whole deck."""
    if change.removed:
        added = dict(change.added)
    else:
        added = {word: n for word, n in change.added.items() if word not in deck.words}
    came = tuple(sha for sha in change.pictures_added if sha not in deck.pictures)
    return PageChange(added, change.removed, came, change.pictures_removed, change.charts)


def of_prints(pages: Sequence[PagePrint], sources: Sequence[PagePrint]) -> DeckChange:
    """What a print repeats on most of its pages, and what the print it came from has nowhere.

    Both are to be prints: what a deck's design shows on every page stands in no slide of it, so
    that beside a deck its own footer could not be told from a name that was added.

    Args:
        pages: the pages of the file that have a source, with their furniture.
        sources: all pages of its sources.
    """
    if not (pages and sources and all(page.flow for page in (*pages, *sources))):
        return DeckChange(frozenset(), frozenset())
    repeated = furniture(pages).lines
    limit = max(DECK_WIDE_PAGES, DECK_WIDE_SHARE * len(pages))
    words = Counter(
        word
        for page in pages
        for word in {w for line in page.lines if masked(line) in repeated for w in tokens(line)}
    )
    known = {word for page in sources for word in page.bag}
    pictures = [picture for page in sources for picture in page.pictures]
    on_all = repeated_pictures(pages)
    shown = {p.sha256: p for page in pages for p in page.pictures if p.sha256 in on_all}
    return DeckChange(
        frozenset(
            word
            for word, count in words.items()
            if count >= limit and word not in known and not is_number(word)
        ),
        frozenset(
            sha
            for sha, picture in shown.items()
            if not any(alike_in_print(picture, other) for other in pictures)
        ),
    )
