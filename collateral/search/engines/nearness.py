"""Words that may have been meant: longer ones that begin so, and ones a single slip away."""

from __future__ import annotations

from bisect import bisect_left
from time import monotonic

from collateral.search.engines.columns import Part, Snapshot
from collateral.search.folding import forms

BEGINNING = 0.5
SLIP = 0.4
LEAST_BEGINNING = 3
LEAST_SLIP = 5
MOST = 40
TITLES = ("title", "tags", "labels", "summary", "file")
"""Small vocabularies. The words of the pages are too many to look for beginnings in."""


def alike(snapshot: Snapshot[Part], word: str, until: float) -> dict[str, float]:
    """The word, its forms and what is near it, each with how much it counts."""
    found = {word: 1.0} | dict.fromkeys(forms(word)[1:], 0.8)
    for name in (*TITLES, "body"):
        for _, part in snapshot.parts:
            if monotonic() > until:
                return found
            if name != "body" and len(word) >= LEAST_BEGINNING:
                for other in beginning_with(part.lexicon(name), word, MOST):
                    found.setdefault(other, BEGINNING)
            if len(word) >= LEAST_SLIP:
                for other in slips(part, name, word):
                    found.setdefault(other, SLIP)
            if len(found) > 2 * MOST:
                return found
    return found


def beginning_with(lexicon: list[str], start: str, most: int) -> list[str]:
    """Words of an ordered lexicon that begin so."""
    at = bisect_left(lexicon, start)
    found: list[str] = []
    while at < len(lexicon) and len(found) < most and lexicon[at].startswith(start):
        found.append(lexicon[at])
        at += 1
    return found


def slips(part: Part, name: str, word: str) -> list[str]:
    """Words one letter more, less, other or swapped away; the first letter is taken to be right."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    near = extract(
        word,
        part.lexicon(name, word[0]),
        scorer=OSA.distance,
        score_cutoff=1,
        limit=MOST,
        processor=None,
    )
    return [other for other, _, _ in near]
