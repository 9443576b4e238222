"""Words of the index that a misspelt word may stand for, as far as the person sees them."""

from __future__ import annotations

from time import monotonic

import numpy as np

from collateral.search.engines.columns import Part, Snapshot
from collateral.search.engines.facts import Mask
from collateral.search.engines.nearness import LEAST_SLIP, TITLES, slips
from collateral.search.engines.protocol import Scope

FIELDS = (*TITLES, "body")


def corrections(
    snapshot: Snapshot[Part],
    words: tuple[str, ...],
    scope: Scope,
    hidden: frozenset[int],
    limit: int,
    seconds: float,
) -> dict[str, tuple[str, ...]]:
    """For each word that stands in nothing she sees, words a slip away that do.

    Those in the most assets first. Titles and what describes an asset are looked at first,
    the pages only for a word that is not near any of theirs.
    """
    until = monotonic() + seconds
    base = snapshot.seen(scope) & snapshot.not_retired()
    if hidden:
        base = base & ~np.isin(snapshot.facts["id"], list(hidden))
    found = {}
    for word in words:
        if len(word) < LEAST_SLIP or monotonic() > until or _seen_in(snapshot, base, word):
            continue
        near = _near(snapshot, base, word, TITLES, until) or _near(
            snapshot, base, word, ("body",), until
        )
        if near:
            best = sorted(near, key=lambda other: (-near[other], other))
            found[word] = tuple(best[:limit])
    return found


def _near(
    snapshot: Snapshot[Part], base: Mask, word: str, names: tuple[str, ...], until: float
) -> dict[str, int]:
    near: dict[str, int] = {}
    for name in names:
        for _, part in snapshot.parts:
            for other in slips(part, name, word):
                if other not in near and monotonic() < until:
                    near[other] = _seen_in(snapshot, base, other)
    return {other: count for other, count in near.items() if count}


def _seen_in(snapshot: Snapshot[Part], base: Mask, word: str) -> int:
    """In how many of the assets she sees it stands."""
    mask = np.zeros(snapshot.count, bool)
    for name in FIELDS:
        mask |= snapshot.having(name, word)
    return int(np.count_nonzero(base & mask))
