"""Typeahead: assets by the beginning of words in their titles, and words to go on with."""

from __future__ import annotations

from collections import Counter

import numpy as np

from collateral.search.engines.columns import Part, Snapshot
from collateral.search.engines.facts import Mask
from collateral.search.engines.nearness import LEAST_SLIP, slips
from collateral.search.engines.protocol import Completion, Scope, Sort

LOOKED_AT = 9
"""Of the words that finish the last one, the commonest in titles are counted everywhere."""


def suggest(
    snapshot: Snapshot[Part],
    words: tuple[str, ...],
    scope: Scope,
    hidden: frozenset[int],
    limit: int,
) -> list[int]:
    """Assets whose titles have all the words, the last perhaps unfinished; most used first."""
    if not words:
        return []
    base = _base(snapshot, scope, hidden)
    for word in words[:-1]:
        base = base & snapshot.having("title", word)
    matched = base & _begun(snapshot, words[-1])
    if not matched.any() and len(words[-1]) >= LEAST_SLIP:
        matched = base & _meant(snapshot, words[-1])
    documents = np.flatnonzero(matched)
    order = np.argsort(snapshot.rank(Sort.PROVEN)[documents], kind="stable")[:limit]
    return [int(number) for number in snapshot.facts["id"][documents[order]]]


def complete(
    snapshot: Snapshot[Part],
    words: tuple[str, ...],
    scope: Scope,
    hidden: frozenset[int],
    limit: int,
) -> list[Completion]:
    """Ways to finish the last word, with how many assets the person finds by all of them."""
    if not words:
        return []
    base = _base(snapshot, scope, hidden)
    for word in words[:-1]:
        base = base & _anywhere(snapshot, word)
    totals: dict[str, int] = {}
    for other in _beginnings(snapshot, words[-1], base):
        totals[other] = int((base & _anywhere(snapshot, other)).sum())
    best = sorted(totals, key=lambda word: (-totals[word], word))[:limit]
    return [Completion(" ".join((*words[:-1], word)), totals[word]) for word in best]


def _base(snapshot: Snapshot[Part], scope: Scope, hidden: frozenset[int]) -> Mask:
    base = snapshot.seen(scope) & snapshot.not_retired()
    return base & ~np.isin(snapshot.facts["id"], list(hidden)) if hidden else base


def _beginnings(snapshot: Snapshot[Part], start: str, base: Mask) -> list[str]:
    """Words of those titles that begin so, the commonest first."""
    counts: Counter[str] = Counter()
    for offset, part in snapshot.parts:
        among = base[offset : offset + part.count]
        counts.update(part.title_words().counts(start, among))
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    return ordered[:LOOKED_AT]


def _begun(snapshot: Snapshot[Part], start: str) -> Mask:
    mask = np.zeros(snapshot.count, bool)
    for offset, part in snapshot.parts:
        mask[offset + part.title_words().begun(start).astype(np.int64)] = True
    return mask


def _meant(snapshot: Snapshot[Part], word: str) -> Mask:
    mask = np.zeros(snapshot.count, bool)
    for _, part in snapshot.parts:
        for other in slips(part, "title", word):
            mask |= snapshot.having("title", other)
    return mask


def _anywhere(snapshot: Snapshot[Part], word: str) -> Mask:
    mask = np.zeros(snapshot.count, bool)
    for name in ("title", "tags", "labels", "summary", "file", "body"):
        mask |= snapshot.having(name, word)
    return mask
