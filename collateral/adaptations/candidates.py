"""Which versions are worth comparing with a file page by page. Pure but for look-ups."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from collateral.adaptations.furniture import repeated_pictures
from collateral.adaptations.library import Finds, KnownPage, Library
from collateral.adaptations.prints import KEPT_HASHES, PagePrint, picture_hash
from collateral.adaptations.scoring import chart_mass, make_weights, mass

TOP_ASSETS, TOP_VERSIONS = 8, 3
MOST_KEYS = 30_000
TEMPLATE_ROOTS = 3


class Candidates:
    """The versions worth comparing, loaded whole, and what each term weighs."""

    def __init__(self, query: Sequence[PagePrint], library: Library) -> None:
        finds = library.find([keys_of(page, len(query)) for page in query])
        roots = max(library.roots(), 1)
        self.shingle_roots = finds.roots
        tokens = {token for page in query for token in page.bag}
        self.weights = make_weights(query, roots, library.token_roots(tokens), self.shingle_roots)
        self.files: Mapping[int, Sequence[KnownPage]] = library.load(_vote(query, finds, roots))

    def scaled(self, amount: float) -> float:
        """A mass that was tuned in a library of thirty roots, for one of this size."""
        return self.weights.scaled(amount)

    def proof(self, page: PagePrint, source: PagePrint, told: set[int]) -> float:
        """How much it proves that the one came from the other: what the page says, if that is
        no template's, and values of charts that both show, in few roots. Adds those to `told`;
        no series proves twice."""
        both = {
            one
            for one in page.series.keys() & source.series.keys()
            if one not in told and self.shingle_roots.get(one, 0) < TEMPLATE_ROOTS
        }
        told |= both
        words = 0.0 if self.is_template(page) else mass(page, self.weights, source)
        return words + chart_mass(page, self.weights, both)

    def repeated_proof(self, pairs: Iterable[tuple[PagePrint, PagePrint]]) -> float:
        """How much runs of words prove that each pair of a print's page and a source's has in
        common, that stand on many pages of the print, or beside charts, and in no other root: each
        counted once.

        What a print repeats is its content where nothing else is beside it: the names of charts.
        Those are dates and numbers as often as not, of which the run is rare and no word is.
        """
        both = {
            h
            for page, source in pairs
            if page.flow
            for h in page.shingles & source.shingles
            if source.charts or h in self.weights.furniture
        }
        own = {h for h in both if self.shingle_roots.get(h, 0) == 1}
        return self.weights.ceiling * len(own)

    def is_template(self, page: PagePrint) -> bool:
        """Most of what the page says stands in three unrelated roots."""
        kept = page.kept
        if not kept:
            return False
        widely = sum(self.shingle_roots.get(h, 0) >= TEMPLATE_ROOTS for h in kept)
        return widely * 2 > len(kept)


def keys_of(page: PagePrint, pages: int) -> list[int]:
    """The hashes to look a page up by; of very long files some, so that memory is bounded."""
    most = max(KEPT_HASHES, MOST_KEYS // pages)
    return [*sorted(page.shingles)[:most], *page.marks]


def _vote(query: Sequence[PagePrint], finds: Finds, roots: int) -> list[int]:
    """The versions of the eight assets with the most votes, at most three of each."""
    totals: dict[tuple[int, int], float] = defaultdict(float)
    champions: dict[tuple[int, int], float] = defaultdict(float)
    repeated = repeated_pictures(query)
    for page in query:
        votes: dict[tuple[int, int, int], float] = defaultdict(float)
        keys = dict.fromkeys(page.shingles, 1.0)
        for picture in page.pictures:
            if picture.sha256 not in repeated:
                keys[picture_hash(picture.sha256)] = 2.0
                keys[picture_hash(picture.phash)] = 2.0
        keys[page.whole] = 4.0
        for series in page.series:
            keys[series] = 2.0
        if page.layout is not None:
            keys[page.layout] = 1.0
        for key, trust in keys.items():
            rows = finds.hits.get(key)
            if rows:
                weight = trust * max(math.log((roots + 1) / finds.roots[key]), 0.05)
                for hit in rows:
                    votes[hit.asset, hit.version, hit.number] += weight
        best: dict[tuple[int, int], float] = {}
        for (asset, version, _), weight in votes.items():
            best[asset, version] = max(best.get((asset, version), 0.0), weight)
        for candidate, weight in best.items():
            totals[candidate] += weight
        if best:
            # One page of a deck among many of a design that all others share.
            winner = max(best, key=lambda one: (best[one], one))
            champions[winner] = max(champions[winner], best[winner])
    by_asset: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for (asset, version), weight in totals.items():
        by_asset[asset].append((weight, version))
    ranked = sorted(by_asset.values(), key=max, reverse=True)[:TOP_ASSETS]
    voted = [v for rows in ranked for _, v in sorted(rows, reverse=True)[:TOP_VERSIONS]]
    single = sorted(champions, key=lambda key: (champions[key], key), reverse=True)[:TOP_ASSETS]
    return list(dict.fromkeys([*voted, *(version for _, version in single)]))
