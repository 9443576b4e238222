"""Which source each page has, and how surely: from the page itself and its neighbours. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from collateral.adaptations.alignment import Match
from collateral.adaptations.candidates import Candidates
from collateral.adaptations.library import KnownPage
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.scoring import mass

KNOWN_FROM = 0.5
UNDECLARED_CAP = 0.3
ENOUGH_MASS = 20.0
RICH_PAGE, TWO_RICH, RICH_LIKELY = 30.0, 30.0, 0.95
MANY_STRONG = 4
"""So many certain pages, half of the file, say it even where all use the same few words."""


def decide(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    versions: Mapping[int, Sequence[int]],
    matches: Mapping[int, Mapping[int, Match]],
    chosen: Sequence[int],
    worth: Mapping[int, float],
    found: Candidates,
) -> tuple[dict[int, tuple[float, Match]], dict[int, list[tuple[int, Match]]]]:
    """Confidence from the page and its neighbours; an undeclared version proves nothing."""
    total = math.fsum(worth.values()) or 1.0
    best: dict[int, tuple[float, Match]] = {}
    declared: set[int] = set()
    for version in chosen:
        pairs = matches[version]
        strength = {q: worth[q] * m.likely for q, m in pairs.items() if m.likely >= KNOWN_FROM}
        last = max(known[p].print.number for p in versions[version])
        if _declared(query, known, pairs, worth, total, found, last):
            declared.add(version)
        for q, match in pairs.items():
            support = math.fsum(s for other, s in strength.items() if other != q)
            others = math.fsum(w for other, w in worth.items() if other != q) or 1.0
            sure = _confidence(match, support, min(support / others, 1.0), query[q], found)
            if version not in declared:
                sure = min(sure, UNDECLARED_CAP)
            if q not in best or sure > best[q][0]:
                best[q] = (sure, match)
    pairs_of: dict[int, list[tuple[int, Match]]] = defaultdict(list)
    for q, (sure, match) in sorted(best.items()):
        if sure >= KNOWN_FROM:
            pairs_of[known[match.position].version].append((q, match))
    return best, pairs_of


def _declared(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    pairs: Mapping[int, Match],
    worth: Mapping[int, float],
    total: float,
    found: Candidates,
    last: int,
) -> bool:
    """Whether the file came from this version at all.

    Pages that anybody may have (first, last, a template's) are no evidence; a good share of
    the file is, and so is one rich page that is certain.
    """
    evidence = share = rich = 0.0
    certain = strong = 0
    for q, match in pairs.items():
        if match.likely < KNOWN_FROM:
            continue
        share += worth[q] * match.likely / total
        certain += match.likely >= KNOWN_FROM
        number = known[match.position].print.number
        if (number in (1, last) and last > 2) or found.is_template(query[q]):
            continue
        weight = mass(query[q], found.weights)
        if match.likely >= RICH_LIKELY:
            strong += 1
            rich += weight
            if weight >= found.scaled(RICH_PAGE) or (strong > 1 and rich >= found.scaled(TWO_RICH)):
                return True
        evidence += match.likely * worth[q] * min(1.0, weight / found.scaled(ENOUGH_MASS))
    many = strong >= MANY_STRONG and strong * 2 >= len(query)
    return many or evidence >= 0.5 or (share >= 0.5 and certain >= 3)


def _confidence(
    match: Match, support: float, share: float, page: PagePrint, found: Candidates
) -> float:
    """A logistic over the pair and its context, fitted on decks with known edits."""
    likely = min(max(match.likely, 1e-6), 1 - 1e-6)
    proof = mass(page, found.weights) / found.scaled(1.0)
    logit = (
        0.51 * math.log(likely / (1 - likely))
        + 0.59 * math.log1p(support)
        + 1.54 * share
        - 0.58 * math.log1p(proof * (1 - match.score))
        + 0.93
    )
    return 1 / (1 + math.exp(-logit))
