"""Which versions a file came from, and which page of them each page is. Pure.

Pages are assigned one to one within a version (Hungarian method), then versions are taken
greedily while each explains enough that the ones before did not: a merge of two decks has
two, a sibling of the source adds nothing and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NEAR = 0.02
EXACT = 0.03
GAIN_NEEDED, FIRST_NEEDED, NEXT_NEEDED = 0.08, 0.25, 0.15


@dataclass(frozen=True, slots=True)
class Match:
    """A known page (by its position) for a query page, with likeness and likelihood."""

    position: int
    score: float
    likely: float


Table = Mapping[int, Mapping[int, tuple[float, float]]]
"""Query page → known page's position → (score, likelihood)."""


def assign(table: Table, queries: Sequence[int], positions: Sequence[int]) -> dict[int, Match]:
    """For each query page its page of one version.

    The best page wins; where the one-to-one assignment's page is within .02 of it, that one
    does, so that two like pages are not both taken for the same source.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows = [q for q in queries if any(position in table[q] for position in positions)]
    if not rows:
        return {}
    column = {position: index for index, position in enumerate(positions)}
    values = np.zeros((len(rows), len(positions)))
    for row, query in enumerate(rows):
        for position, (score, likely) in table[query].items():
            if position in column:
                values[row, column[position]] = likely + 0.001 * score + EXACT * (likely >= 1)
    chosen = dict(zip(*linear_sum_assignment(values, maximize=True), strict=True))
    picked: dict[int, int] = {}
    for row, query in enumerate(rows):
        best = int(values[row].argmax())
        given = chosen.get(row)
        if given is not None and values[row, given] >= values[row, best] - NEAR:
            best = int(given)
        if values[row, best] > 0:
            picked[query] = best
    _in_order(picked, {query: values[row] for row, query in enumerate(rows)})
    return {
        query: Match(positions[best], *table[query][positions[best]])
        for query, best in picked.items()
    }


def _in_order(picked: dict[int, int], values: Mapping[int, Any]) -> None:
    """Where several pages fit as well, take the one that stands between the neighbours' pages."""
    for query in sorted(picked):
        row = values[query]
        least = max(row[picked[query]] - NEAR, 1e-9)
        fitting = [int(column) for column in (row >= least).nonzero()[0]]
        if len(fitting) < 2:
            continue
        before, after = picked.get(query - 1), picked.get(query + 1)
        wanted = [
            column
            for column in fitting
            if (before is not None and column == before + 1)
            or (after is not None and column == after - 1)
        ]
        if wanted and picked[query] not in wanted:
            picked[query] = wanted[0]


def choose(
    fits: Mapping[int, Mapping[int, float]],
    weights: Mapping[int, float],
    exact: Mapping[int, int],
) -> list[int]:
    """The versions that explain the query, in the order in which they were taken.

    Args:
        fits: version → query page → how well its page fits (likelihood times likeness).
        weights: query page → how much it can prove.
        exact: version → how many of its pages' pictures are the file's to the last bit.
    """
    covered = dict.fromkeys(weights, 0.0)
    chosen: list[int] = []
    while True:
        gains = {
            version: _gain(pages, covered, weights, 0.0 if not chosen else GAIN_NEEDED)
            for version, pages in fits.items()
            if version not in chosen
        }
        # Of versions that fit as well the one with the very pictures wins, then the later one:
        # it is what one would work from.
        best = max(gains, key=lambda v: (round(gains[v], 9), exact.get(v, 0), v), default=None)
        if best is None or gains[best] < (NEXT_NEEDED if chosen else FIRST_NEEDED):
            return chosen
        chosen.append(best)
        for page, fit in fits[best].items():
            covered[page] = max(covered[page], fit)


def _gain(
    pages: Mapping[int, float],
    covered: Mapping[int, float],
    weights: Mapping[int, float],
    needed: float,
) -> float:
    return sum(
        weights[page] * max(0.0, fit - covered[page] - needed) for page, fit in pages.items()
    )


def moved(pairs: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Query pages that left the order of their source.

    Pairs are (query page, source page) in query order; those outside the longest increasing
    run of source pages have moved.
    """
    lengths: list[int] = []
    previous: list[int] = []
    for i, (_, source) in enumerate(pairs):
        best, before = 1, -1
        for j in range(i):
            if pairs[j][1] < source and lengths[j] + 1 > best:
                best, before = lengths[j] + 1, j
        lengths.append(best)
        previous.append(before)
    if not lengths:
        return frozenset()
    at = max(range(len(lengths)), key=lengths.__getitem__)
    kept = set()
    while at >= 0:
        kept.add(at)
        at = previous[at]
    return frozenset(query for i, (query, _) in enumerate(pairs) if i not in kept)
