"""What was added all over a deck: a customer's logo, her name. Pure.

What is added in the same way on most pages and replaces nothing is one statement about the
deck, and its pages stay `same`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from collateral.adaptations.changes import PageChange, alike_in_print
from collateral.adaptations.furniture import masked, repeated_pictures
from collateral.adaptations.prints import PagePrint, is_number, letters_of, tokens

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


def deck_wide(changes: Sequence[PageChange], least: int = DECK_WIDE_PAGES) -> DeckChange:
    """What at least 60 % of the pages (and `least` of them) gained, and nothing gave way to.

    A word or a picture that took the place of one that stood on several of those pages is an edit,
    not branding; what a page lost by itself has nothing to do with what all of them gained.
    """
    limit = max(least, DECK_WIDE_SHARE * len(changes))
    return DeckChange(
        _gained([(c.added, c.removed) for c in changes], limit),
        _gained([(c.pictures_added, c.pictures_removed) for c in changes], limit),
    )


def _gained(
    changes: Sequence[tuple[Collection[str], Collection[str]]], limit: float
) -> frozenset[str]:
    """What so many pages gained that lost nothing that several of them did, half of so many pages
    nothing at all."""
    lost = Counter(one for _, removed in changes for one in set(removed))
    gave_way = {one for one, count in lost.items() if count > 1 and count >= limit / 2}
    came = Counter(
        one for added, removed in changes for one in set(added) if gave_way.isdisjoint(removed)
    )
    alone = Counter(one for added, removed in changes if not removed for one in set(added))
    return frozenset(one for one, n in came.items() if n >= limit and alone[one] >= limit / 2)


def without_branding(change: PageChange, deck: DeckChange) -> PageChange:
    """The change of a page less what is said once for the whole deck."""
    if change.removed:
        added = dict(change.added)
    else:
        added = {word: n for word, n in change.added.items() if word not in deck.words}
    came = tuple(sha for sha in change.pictures_added if sha not in deck.pictures)
    return PageChange(added, change.removed, came, change.pictures_removed, change.charts)


def of_prints(pages: Sequence[PagePrint], sources: Sequence[PagePrint]) -> DeckChange:
    """What a print repeats on most of its pages, and what it came from shows nowhere.

    A print shows what the deck's design has on every page, too: a source that is a deck must say
    what that is, or nothing is known.

    Args:
        pages: the pages of the file that have a source, with their furniture.
        sources: all pages of its sources.
    """
    told = all(page.flow or page.design is not None for page in sources)
    if not (pages and sources and told and all(page.flow for page in pages)):
        return DeckChange(frozenset(), frozenset())
    return DeckChange(_words_beyond(pages, sources), _pictures_beyond(pages, sources))


def _words_beyond(pages: Sequence[PagePrint], sources: Sequence[PagePrint]) -> frozenset[str]:
    """Words in lines that most pages repeat, of which the sources have not even the letters."""
    limit = max(DECK_WIDE_PAGES, DECK_WIDE_SHARE * len(pages))
    lines = Counter(line for page in pages for line in {masked(line) for line in page.lines})
    added = {
        word
        for line, count in lines.items()
        if count >= limit and not _mostly_numbers(line)
        for word in tokens(line)
        if not is_number(word)
    }
    known = {word for page in sources for word in page.bag}
    known |= {word for page in sources for text in page.design or () for word in tokens(text)}
    # A print cuts and joins words: what it cut out of a known text is no other text.
    letters = "".join(
        dict.fromkeys(letters_of(text) for page in sources for text in (page.design or ()))
    )
    return frozenset(w for w in added - known if letters_of(w) not in letters)


def _mostly_numbers(line: str) -> bool:
    """A date of the day on which it was printed, the number of all pages."""
    words = tokens(line)
    return 2 * sum(map(is_number, words)) >= len(words)


def _pictures_beyond(pages: Sequence[PagePrint], sources: Sequence[PagePrint]) -> frozenset[str]:
    """Pictures on most pages, more of them than the design has whose like is not to be seen.

    A print writes pictures anew: one that nothing is like may be the design's.
    """
    on_all = repeated_pictures(pages)
    shown = {p.sha256: p for page in pages for p in page.pictures if p.sha256 in on_all}
    known = {p.sha256: p for page in sources for p in (*page.pictures, *page.backdrop)}
    came = {
        sha for sha, one in shown.items() if not any(alike_in_print(one, k) for k in known.values())
    }
    often = Counter(sha for page in sources for sha in {p.sha256 for p in page.backdrop})
    limit = max(DECK_WIDE_PAGES, DECK_WIDE_SHARE * len(sources))
    unseen = sum(
        count >= limit
        and bool(known[sha].phash)
        and not any(alike_in_print(known[sha], other) for other in shown.values())
        for sha, count in often.items()
    )
    return frozenset(came if len(came) > unseen else ())
