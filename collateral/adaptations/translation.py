"""Whether a file is another's translation: the same boxes, pictures and numbers, page by page.

Pure. A page pair is as alike as half its boxes' places, three tenths its pictures and two
tenths its numbers; pages are aligned in order. Tried on five true pairs (.40 to .70) and 322
unrelated ones (.39 at most); from `SURE` on it is said, and below not even suggested. Short parts
of strangers are as alike by chance, so that figures and pictures must prove an amount of it, too.
Of a print's boxes no places are known: `translation_prints` compares those.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from collateral.adaptations.furniture import repeated_pictures
from collateral.adaptations.prints import PagePrint, is_number
from collateral.adaptations.scoring import Weights
from collateral.adaptations.translation_prints import proven_share

T = TypeVar("T")

SURE = 0.5
PLACES, PICTURES, NUMBERS, ALL_SIGNS = 0.5, 0.3, 0.2, 0.7
MOST_SHARED_WORDS = 0.3
LEAST_PROVEN, LEAST_BESIDE_PLACES = 12.0, 6.0
"""By figures and pictures, in units of a word's rarity in a library of thirty roots: of a print,
and of a deck, where the places of boxes speak as well. A share of little proves little: three
pages of one design with a number or two in common are strangers."""


def translated(query: Sequence[PagePrint], known: Sequence[PagePrint], weights: Weights) -> float:
    """How surely the one is the other in another language, 0 to 1; `SURE` and more says it."""
    if len(query) < 3 or _shared_words(query, known) > MOST_SHARED_WORDS:
        return 0.0
    if any(page.flow for page in (*query, *known)):
        share, proven = proven_share(query, known, weights)
        return share if proven >= weights.scaled(LEAST_PROVEN) else 0.0
    repeated = repeated_pictures(query) | repeated_pictures(known)
    theirs = [_Signs(page, repeated) for page in known]
    ours = [_Signs(page, repeated) for page in query]
    alike = [[own.alike(other) for other in theirs] for own in ours]
    best = [0.0] * (len(known) + 1)
    for row in alike:
        previous, best = best, [0.0] * (len(known) + 1)
        for column, value in enumerate(row, 1):
            best[column] = max(previous[column], best[column - 1], previous[column - 1] + value)
    share = best[-1] / len(query)
    if share < SURE:
        return 0.0
    _, proven = proven_share(query, known, weights)
    return share if proven >= weights.scaled(LEAST_BESIDE_PLACES) else 0.0


class _Signs:
    """What of a page is the same in any language."""

    def __init__(self, page: PagePrint, repeated: frozenset[str]) -> None:
        numbers = {word: n for word, n in page.bag.items() if is_number(word)}
        self.signs: tuple[tuple[float, Counter[Any]], ...] = (
            (PICTURES, Counter(p.sha256 for p in page.pictures if p.sha256 not in repeated)),
            (NUMBERS, Counter(numbers)),
        )
        self.places = Counter(page.places)

    def alike(self, other: _Signs) -> float:
        """0 to 1; places alone prove little: all decks of one design have boxes there."""
        pairs = zip(self.signs, other.signs, strict=True)
        told = [(weight, _jaccard(a, b)) for (weight, a), (_, b) in pairs if a or b]
        weights = math.fsum(weight for weight, _ in told)
        content = math.fsum(weight * value for weight, value in told)
        places = PLACES * _jaccard(self.places, other.places)
        if told:
            places *= min(1.0, 2 * content / weights)
        return (places + content) / max(ALL_SIGNS, PLACES + weights)


def _jaccard(one: Counter[T], other: Counter[T]) -> float:
    return (one & other).total() / max(1, (one | other).total())


def _shared_words(query: Sequence[PagePrint], known: Sequence[PagePrint]) -> float:
    """Share of the query's words, numbers apart, that stand anywhere in the other file."""
    theirs = {word for page in known for word in page.bag}
    own = {word for page in query for word in page.bag if not is_number(word)}
    return len(own & theirs) / max(1, len(own))
