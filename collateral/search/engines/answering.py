"""From what matched to the page that is shown: filters, order, total and facets. For any engine.

An engine says which documents match the words and how well (`Ranked`); everything else
that is asked is known from the columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from collateral.search.engines.columns import Snapshot
from collateral.search.engines.facts import STATUSES, Ids, Mask, Numbers
from collateral.search.engines.protocol import FEW, NEAR_LIMIT, Ask, Found, Match, Sort
from collateral.search.language import Clause, Field

TIER = 1000.0
"""Matches of all words stand above all near misses, near misses of all words above the others."""

ANSWER_BYTES = 5000
"""What an answer of twenty matches takes in memory, in the mean."""


@dataclass
class Ranked:
    """All matches of an ask's words, before filters."""

    score: Numbers
    matched: Mask
    exact: Mask
    marks: tuple[tuple[str, ...], ...] = ()
    cut_short: bool = False


def with_retired(ask: Ask) -> bool:
    """Whether the retired are asked for by name; else they are left out."""
    return "retired" in ask.statuses or any(
        clause.field is Field.STATUS and clause.words == ("retired",) for clause in ask.query.wanted
    )


def of_facts(snapshot: Snapshot[Any], clause: Clause) -> Mask:
    """Where `stage:evaluation` or `status:draft` holds; a term by its slugs."""
    assert clause.field is not None
    if clause.field is Field.STATUS:
        name = "_".join(clause.words)
        if name not in STATUSES:
            return np.zeros(snapshot.count, bool)
        mask: Mask = snapshot.facts["status"] == STATUSES.index(name)
        return mask
    # What people call a term was turned into its slugs before.
    slugs = clause.words if clause.alternatives else ("-".join(clause.words),)
    return reduce(
        np.logical_or, (snapshot.of_term(f"{clause.field.value}:{slug}") for slug in slugs)
    )


def page(snapshot: Snapshot[Any], ask: Ask, ranked: Ranked, offset: int, limit: int) -> Found:
    """The matches from `offset` on, with total and facets."""
    masks = snapshot.filters(ask)
    chosen = reduce(np.logical_and, masks.values(), ranked.matched)
    order = best(snapshot, ask, ranked, chosen, offset + limit)[offset : offset + limit]
    return Found(
        tuple(
            Match(int(snapshot.facts["id"][n]), float(ranked.score[n] % TIER), not ranked.exact[n])
            for n in order
        ),
        total=int(np.count_nonzero(chosen)),
        near=int(np.count_nonzero(chosen & ~ranked.exact)),
        facets=snapshot.facets(ranked.matched, masks, ask),
        marks=ranked.marks,
        cut_short=ranked.cut_short,
    )


def best(snapshot: Snapshot[Any], ask: Ask, ranked: Ranked, chosen: Mask, upto: int) -> Ids:
    """The first documents among the chosen in the order that was asked for, `upto` at least."""
    documents = np.flatnonzero(chosen)
    sort = ask.sort
    if sort is Sort.RELEVANCE and ask.query.wanted:
        # What was used more often goes first among equals.
        place = snapshot.rank(Sort.PROVEN)[documents] / max(snapshot.count, 1)
        key = place * 1e-4 - ranked.score[documents].astype(np.float64)
    else:
        key = snapshot.rank(sort)[documents].astype(np.float64)
        key += np.where(ranked.exact[documents], 0.0, snapshot.count)
    if upto < len(documents):
        nearest = np.argpartition(key, upto)[: upto + 1]
        documents, key = documents[nearest], key[nearest]
    return documents[np.argsort(key, kind="stable")]


# Near misses


def loosened(
    wanted: Sequence[Clause], *, nothing: bool
) -> tuple[tuple[Clause, ...], tuple[Clause, ...]]:
    """The clauses that hold for near misses, too, and those that need not.

    What was put in quotation marks is loosened only when nothing at all was found.
    """
    kept = tuple(c for c in wanted if c.field is not None or (c.quoted and not nothing))
    return kept, tuple(c for c in wanted if c not in kept)


def take_near(ranked: Ranked, room: Mask, found: Sequence[tuple[Mask, Numbers]]) -> None:
    """Add near misses to the ranked: those with something near to each of the words, and, while
    there are few matches, those with something near to any.

    Args:
        room: which documents may be near misses.
        found: for each word where it or something near stands, and how much that counts.
    """
    score = reduce(np.add, (s for _, s in found))
    every = reduce(np.logical_and, (m for m, _ in found), room)
    _take(ranked, every, score + np.float32(TIER), NEAR_LIMIT)
    left = NEAR_LIMIT - int(np.count_nonzero(every))
    if len(found) > 1 and left > 0 and np.count_nonzero(ranked.matched) < FEW:
        some = reduce(np.logical_or, (m for m, _ in found)) & room & ~every
        _take(ranked, some, score, left)


def _take(ranked: Ranked, mask: Mask, score: Numbers, limit: int) -> None:
    documents = np.flatnonzero(mask)
    if len(documents) > limit:
        documents = documents[np.argsort(-score[documents], kind="stable")[:limit]]
    ranked.matched = ranked.matched.copy()
    ranked.matched[documents] = True
    ranked.score[documents] = score[documents]
