"""Typeahead: assets by the beginning of words in their titles, and words to go on with."""

from __future__ import annotations

import numpy as np

from collateral.search.engines.columns import Mask, Snapshot
from collateral.search.engines.nearness import LEAST_SLIP, beginning_with, slips
from collateral.search.engines.protocol import Completion, Scope, Sort

MOST_WORDS = 60


def suggest(
    snapshot: Snapshot, words: tuple[str, ...], scope: Scope, hidden: frozenset[int], limit: int
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
    snapshot: Snapshot, words: tuple[str, ...], scope: Scope, hidden: frozenset[int], limit: int
) -> list[Completion]:
    """Ways to finish the last word, with how many assets the person finds by all of them."""
    if not words:
        return []
    base = _base(snapshot, scope, hidden)
    for word in words[:-1]:
        base = base & _anywhere(snapshot, word)
    totals: dict[str, int] = {}
    for other in _beginnings(snapshot, words[-1]):
        total = int((base & _anywhere(snapshot, other)).sum())
        if total:
            totals[other] = total
    best = sorted(totals, key=lambda word: (-totals[word], word))[:limit]
    return [Completion(" ".join((*words[:-1], word)), totals[word]) for word in best]


def _base(snapshot: Snapshot, scope: Scope, hidden: frozenset[int]) -> Mask:
    base = snapshot.seen(scope) & snapshot.not_retired()
    return base & ~np.isin(snapshot.facts["id"], list(hidden)) if hidden else base


def _beginnings(snapshot: Snapshot, start: str) -> list[str]:
    found: dict[str, None] = {}
    for _, part in snapshot.parts:
        found.update(dict.fromkeys(beginning_with(part.lexicon("title"), start, MOST_WORDS)))
    return list(found)[:MOST_WORDS]


def _begun(snapshot: Snapshot, start: str) -> Mask:
    mask = np.zeros(snapshot.count, bool)
    for word in _beginnings(snapshot, start):
        mask |= snapshot.having("title", word)
    return mask


def _meant(snapshot: Snapshot, word: str) -> Mask:
    mask = np.zeros(snapshot.count, bool)
    for _, part in snapshot.parts:
        for other in slips(part, "title", word):
            mask |= snapshot.having("title", other)
    return mask


def _anywhere(snapshot: Snapshot, word: str) -> Mask:
    mask = np.zeros(snapshot.count, bool)
    for name in ("title", "tags", "labels", "summary", "file", "body"):
        mask |= snapshot.having(name, word)
    return mask
