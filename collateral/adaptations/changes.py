"""What differs between a page and the page it came from. Pure.

Any word, number, picture or chart value that differs makes the page `edited`; a theme
alone does not. What is added in the same way on most pages of a deck and replaces nothing
(a customer's logo, her name) is one statement about the deck, and its pages stay `same`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from collateral.adaptations.prints import PagePrint, Picture, digits_of, is_number

DECK_WIDE_SHARE, DECK_WIDE_PAGES = 0.6, 3
SAME_PICTURE_BITS = 8


@dataclass(frozen=True)
class PageChange:
    """Words with how often they were added or removed, pictures, and whether charts differ."""

    added: Mapping[str, int] = field(default_factory=dict)
    removed: Mapping[str, int] = field(default_factory=dict)
    pictures_added: tuple[str, ...] = ()
    pictures_removed: tuple[str, ...] = ()
    charts: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """words, figures, pictures, charts: what was edited."""
        touched = [*self.added, *self.removed]
        found = []
        if any(not is_number(word) for word in touched):
            found.append("words")
        if any(is_number(word) for word in touched):
            found.append("figures")
        if self.pictures_added or self.pictures_removed:
            found.append("pictures")
        if self.charts:
            found.append("charts")
        return tuple(found)

    @property
    def nothing(self) -> bool:
        return not self.flags


@dataclass(frozen=True)
class DeckChange:
    """What was added all over the deck."""

    words: frozenset[str]
    pictures: frozenset[str]

    @property
    def branded(self) -> bool:
        return bool(self.words or self.pictures)


def compare(
    source: PagePrint,
    page: PagePrint,
    *,
    ignore: frozenset[str] = frozenset(),
    printed: bool = False,
) -> PageChange:
    """The difference of one page.

    Args:
        ignore: SHA-256 of pictures that either deck repeats on its pages.
        printed: one side is a PDF, where words may be split or joined and pictures recoded.
    """
    added, removed = page.bag - source.bag, source.bag - page.bag
    if printed:
        added, removed = _without_splits(added, removed)
    came, went = _picture_changes(source.pictures, page.pictures, ignore, printed)
    charts = not printed and Counter(source.charts) != Counter(page.charts)
    return PageChange(dict(added), dict(removed), came, went, charts)


def _without_splits(
    added: Counter[str], removed: Counter[str]
) -> tuple[Counter[str], Counter[str]]:
    """Leave out what is the same letters or digits, only cut differently."""

    def letters(bag: Counter[str]) -> Counter[str]:
        return Counter(c for word in bag.elements() for c in word if c.isalnum())

    if letters(added) == letters(removed):
        return Counter(), Counter()
    figures_in = "".join(sorted(digits_of(w) for w in added.elements() if is_number(w)))
    figures_out = "".join(sorted(digits_of(w) for w in removed.elements() if is_number(w)))
    if figures_in and sorted(figures_in) == sorted(figures_out):
        added = Counter({w: n for w, n in added.items() if not is_number(w)})
        removed = Counter({w: n for w, n in removed.items() if not is_number(w)})
    return added, removed


def _picture_changes(
    source: Sequence[Picture], page: Sequence[Picture], ignore: frozenset[str], printed: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Pictures that came and went; recompressed ones pair by their perceptual hash."""
    old = [p for p in source if p.sha256 not in ignore]
    new = [p for p in page if p.sha256 not in ignore]
    if printed and len(old) == len(new):
        # A print writes every picture anew; as many as before means that none came or went.
        return (), ()
    rest_old = list(old)
    came = []
    for picture in new:
        match = next((p for p in rest_old if same_picture(p, picture)), None)
        if match is None:
            came.append(picture.sha256)
        else:
            rest_old.remove(match)
    return tuple(came), tuple(p.sha256 for p in rest_old)


def same_picture(one: Picture, other: Picture) -> bool:
    """The same bytes, or perceptual hashes at most eight bits apart."""
    if one.sha256 == other.sha256:
        return True
    if not one.phash or not other.phash:
        return False
    return (int(one.phash, 16) ^ int(other.phash, 16)).bit_count() <= SAME_PICTURE_BITS


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
