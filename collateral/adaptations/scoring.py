"""How alike two pages are, in words that are rare elsewhere. Pure.

    s = ½ weighted Jaccard of shingles + ½ weighted Jaccard of tokens
    p = σ(14 (s − .38))

A term weighs by how few unrelated roots hold it; what stands on over 30 % of the query's own
pages weighs next to nothing, because it is the deck's furniture.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from collateral.adaptations.changes import same_picture
from collateral.adaptations.prints import PagePrint, is_number

T = TypeVar("T")

STEEPNESS, MIDDLE = 14.0, 0.38
OWN_FURNITURE_SHARE, FURNITURE_WEIGHT = 0.3, 0.05
PICTURE_TRUST = 0.9
USUAL_CEILING = math.log(30)


@dataclass(frozen=True)
class Weights:
    """What each term of the query weighs; a term that nobody else has weighs `ceiling`.

    `furniture` are the runs of words that stand on so many of its own pages that they weigh next
    to nothing on any one of them.
    """

    tokens: Mapping[str, float]
    shingles: Mapping[int, float]
    ceiling: float
    furniture: frozenset[int] = frozenset()

    def token(self, token: str) -> float:
        return self.tokens.get(token, self.ceiling)

    def shingle(self, shingle: int) -> float:
        return self.shingles.get(shingle, self.ceiling)

    def scaled(self, amount: float) -> float:
        """A mass that was tuned in a library of thirty roots, for one of this size."""
        return amount * self.ceiling / USUAL_CEILING


def make_weights(
    query: Sequence[PagePrint],
    roots: int,
    token_roots: Mapping[str, int],
    shingle_roots: Mapping[int, int],
) -> Weights:
    """ln((N + 1) / (df + ½)), at least a little, with the query's own furniture taken down."""
    ceiling = math.log((roots + 1) / 0.5)

    def rarity(df: int) -> float:
        return max(math.log((roots + 1) / (df + 0.5)), 0.05 * ceiling)

    tokens = {token: rarity(df) for token, df in token_roots.items()}
    shingles = {shingle: rarity(df) for shingle, df in shingle_roots.items()}
    often: list[int] = []
    if len(query) >= 4:
        limit = max(3.0, OWN_FURNITURE_SHARE * len(query))
        for token in _on_many(((set(page.bag)) for page in query), limit):
            tokens[token] = FURNITURE_WEIGHT
        often = _on_many((page.shingles for page in query), limit)
        shingles |= dict.fromkeys(often, FURNITURE_WEIGHT)
    return Weights(tokens, shingles, ceiling, frozenset(often))


def _on_many(sets: Iterable[Collection[T]], limit: float) -> list[T]:
    seen = Counter(term for terms in sets for term in terms)
    return [term for term, count in seen.items() if count > limit]


def mass(page: PagePrint, weights: Weights, beside: PagePrint | None = None) -> float:
    """How much the words of a page can prove; of a print `beside` its slide, or the other way
    round, only those that both have: a print shows its design and the numbers of axes, too."""
    words: Iterable[str] = page.bag
    if beside is not None and page.flow != beside.flow:
        words = page.bag.keys() & beside.bag.keys()
    return math.fsum(weights.token(token) for token in words)


def chart_mass(page: PagePrint, weights: Weights, series: Iterable[int] | None = None) -> float:
    """How much the values of its charts can prove, or of these series: each value a word."""
    told = page.series.keys() if series is None else series
    return math.fsum(weights.shingle(one) * page.series[one] for one in told)


def likelihood(score: float) -> float:
    """σ(14 (s − .38)): how likely two pages of that likeness are one page's forms."""
    return 1 / (1 + math.exp(-STEEPNESS * (score - MIDDLE)))


def picture_overlap(one: PagePrint, other: PagePrint) -> float:
    """Share of the covered area that both pages fill with the same pictures, 0 to 1."""
    if not one.pictures or not other.pictures:
        return 0.0
    shared = sum(
        max(p.area, 0.01) for p in one.pictures if any(same_picture(p, q) for q in other.pictures)
    )
    mine = sum(max(p.area, 0.01) for p in one.pictures)
    yours = sum(max(p.area, 0.01) for p in other.pictures)
    return min(shared / max(mine, yours), 1.0)


def same_looks(one: PagePrint, other: PagePrint) -> int:
    """How many pictures both pages show with the very same perceptual hash, or bytes."""
    looks = ({p.phash or p.sha256 for p in page.pictures} for page in (one, other))
    return len(set.intersection(*looks))


class Scorer:
    """Scores one query page after another against many known pages.

    Built once for the known pages: postings from term to page, so that pages that share
    nothing cost nothing.
    """

    def __init__(self, known: Sequence[PagePrint], weights: Weights) -> None:
        self.known = known
        self.weights = weights
        self._tokens: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._shingles: dict[int, list[int]] = defaultdict(list)
        self._token_mass: list[float] = []
        self._shingle_mass: list[float] = []
        for position, page in enumerate(known):
            for token, count in page.bag.items():
                self._tokens[token].append((position, count))
            for shingle in page.shingles:
                self._shingles[shingle].append(position)
            self._token_mass.append(
                math.fsum(weights.token(token) * count for token, count in page.bag.items())
            )
            self._shingle_mass.append(math.fsum(map(weights.shingle, page.shingles)))

    def scores(self, page: PagePrint) -> dict[int, float]:
        """Position of each known page that shares something, with its score above 0."""
        shared_tokens: dict[int, float] = defaultdict(float)
        shared_shingles: dict[int, float] = defaultdict(float)
        for token, count in page.bag.items():
            weight = self.weights.token(token)
            for position, other in self._tokens.get(token, ()):
                shared_tokens[position] += weight * min(count, other)
        for shingle in page.shingles:
            weight = self.weights.shingle(shingle)
            for position in self._shingles.get(shingle, ()):
                shared_shingles[position] += weight
        tokens = math.fsum(self.weights.token(t) * n for t, n in page.bag.items())
        shingles = math.fsum(map(self.weights.shingle, page.shingles))
        found = {}
        for position, both in shared_tokens.items():
            words = _jaccard(both, tokens, self._token_mass[position])
            runs = _jaccard(
                shared_shingles.get(position, 0.0), shingles, self._shingle_mass[position]
            )
            found[position] = 0.5 * words + 0.5 * runs
            beside = self.known[position]
            if (page.flow and beside.charts) or (beside.flow and page.charts):
                found[position] = max(found[position], self._beside_axes(page, position))
        return found

    def _beside_axes(self, page: PagePrint, position: int) -> float:
        """How alike a print and a slide with charts are in words: a print shows the numbers of
        axes, which stand in no text of the slide and tear its runs of words apart."""
        known = self.known[position]
        own, theirs, both = (
            math.fsum(self.weights.token(t) * n for t, n in bag.items() if not is_number(t))
            for bag in (page.bag, known.bag, page.bag & known.bag)
        )
        held = math.fsum(map(self.weights.shingle, page.shingles & known.shingles))
        if page.flow:
            every = self._shingle_mass[position]
        else:
            every = math.fsum(map(self.weights.shingle, page.shingles))
        runs = held / every if every else 0.0
        words = _jaccard(both, own, theirs)
        return 0.5 * words + 0.5 * min(runs, words)


def _jaccard(shared: float, one: float, other: float) -> float:
    union = one + other - shared
    return shared / union if union > 0 else 0.0
