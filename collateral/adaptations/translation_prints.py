"""Whether a print says a file, or a file a print, in another language. Pure.

In a print boxes have no places. What both have in any language is figures and pictures, page by
page in one order: as much of both as agrees, of all that the file could prove by them. Figures are
compared by their digits (1,200.5 is 1.200,5), and weigh by how few unrelated roots have them.

Tried on prints of 19 translations of decks on which thresholds are set: .55 to 1.00 of the file is
proven for 17 of them, by one with few figures .32, by one of which the pictures are drawings .09.
Of the other decks the most is .10, but for three that are about the same thing: .17, .34, .42.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from collateral.adaptations.changes import alike_in_print
from collateral.adaptations.furniture import repeated_pictures
from collateral.adaptations.prints import PagePrint, Picture, digits_of, is_number
from collateral.adaptations.scoring import Weights

SAME_WORDS = 0.5
"""Of the words of the page that has fewer; two pages that share more say the same in one language,
and prove no translation whatever figures they have in common."""
PICTURE_MASS = 4.0
"""What a picture proves that is to be seen on both pages, in units of a word's rarity."""


class Figures:
    """What of a page is the same in any language, and how much all of it could prove."""

    def __init__(self, page: PagePrint, repeated: frozenset[str], weights: Weights) -> None:
        self.words = frozenset(word for word in page.bag if not is_number(word))
        self.numbers: Counter[str] = Counter()
        self.weights: dict[str, float] = {}
        for word, count in page.bag.items():
            if is_number(word) and word != str(page.number):
                self.numbers[digits_of(word)] += count
                self.weights[digits_of(word)] = weights.token(word)
        self.pictures: list[Picture] = [
            p for p in page.pictures if p.phash and p.sha256 not in repeated
        ]
        self.mass = PICTURE_MASS * len(self.pictures) + math.fsum(
            self.weights[number] * count for number, count in self.numbers.items()
        )

    def agreeing(self, other: Figures) -> float:
        """How much is proven by what both have, less the more either has beside it."""
        if len(self.words & other.words) > SAME_WORDS * min(len(self.words), len(other.words)):
            return 0.0
        both = self.numbers & other.numbers
        seen = sum(any(alike_in_print(p, q) for q in other.pictures) for p in self.pictures)
        proven = PICTURE_MASS * seen + math.fsum(self.weights[n] * both[n] for n in both)
        return proven**2 / max(self.mass, other.mass) if proven else 0.0


def proven_share(
    query: Sequence[PagePrint], known: Sequence[PagePrint], weights: Weights
) -> tuple[float, float]:
    """Of what the figures and pictures of a file could prove how much they do of this one, pages
    taken in order: the share, 0 to 1, and the amount in units of a word's rarity."""
    ours = [Figures(page, repeated_pictures(query), weights) for page in query]
    theirs = [Figures(page, repeated_pictures(known), weights) for page in known]
    having: dict[str, set[int]] = defaultdict(set)
    for column, other in enumerate(theirs):
        for number in other.numbers:
            having[number].add(column)
    pictured = {column for column, other in enumerate(theirs) if other.pictures}
    best = [0.0] * (len(theirs) + 1)
    for own in ours:
        worth = set().union(*(having[number] for number in own.numbers))
        if own.pictures:
            worth |= pictured
        previous, best = best, [0.0] * (len(theirs) + 1)
        for column, other in enumerate(theirs):
            value = own.agreeing(other) if column in worth else 0.0
            best[column + 1] = max(previous[column + 1], best[column], previous[column] + value)
    whole = math.fsum(own.mass for own in ours)
    return (min(best[-1] / whole, 1.0) if whole else 0.0), best[-1]
