"""Which source each page has, and how surely: from the page itself and its neighbours. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
FEW_REPEATS, FEW_CHARTS = 3, 2
FAIRLY, BOTH_WRONG, TOGETHER = 0.8, 0.01, 20.0


@dataclass(frozen=True)
class Decided:
    """What was decided.

    Attributes:
        best: query page → how surely it came from which known page.
        pairs_of: version → the query pages that came from it.
        certain: version → the query pages that are certainly from inside it, and that not
            everybody has; one by itself may be borrowed.
    """

    best: dict[int, tuple[float, Match]]
    pairs_of: dict[int, list[tuple[int, Match]]]
    certain: dict[int, list[int]]


def decide(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    versions: Mapping[int, Sequence[int]],
    matches: Mapping[int, Mapping[int, Match]],
    chosen: Sequence[int],
    worth: Mapping[int, float],
    found: Candidates,
) -> Decided:
    """Confidence from the page and its neighbours; an undeclared version proves nothing."""
    best: dict[int, tuple[float, Match]] = {}
    certain: dict[int, list[int]] = {}
    for version in chosen:
        pairs = matches[version]
        strength = {q: worth[q] * m.likely for q, m in pairs.items() if m.likely >= KNOWN_FROM}
        last = max(known[p].print.number for p in versions[version])
        proving = _proving(query, known, pairs, found, last)
        inside = _inside(known, pairs, last)
        strong = [q for q, m in inside.items() if m.likely >= RICH_LIKELY]
        together = _together(known, pairs, proving, matches, found)
        declared = bool(together) or _declared(len(query), pairs, proving, worth, found)
        likely = [query[q] for q, m in inside.items() if m.likely >= KNOWN_FROM]
        if not proving and _anybodys(likely, found):
            declared = False
        if declared or _repeats(
            [(query[q], known[pairs[q].position].print) for q in strong], found
        ):
            sole = [q for q in strong if not found.is_template(query[q])]
            certain[version] = sorted({*sole, *together})
        for q, match in pairs.items():
            support = math.fsum(s for other, s in strength.items() if other != q)
            others = math.fsum(w for other, w in worth.items() if other != q) or 1.0
            sure = _confidence(match, support, min(support / others, 1.0), query[q], found)
            if version not in certain:
                sure = min(sure, UNDECLARED_CAP)
            if q not in best or sure > best[q][0]:
                best[q] = (sure, match)
    pairs_of: dict[int, list[tuple[int, Match]]] = defaultdict(list)
    for q, (sure, match) in sorted(best.items()):
        if sure >= KNOWN_FROM:
            pairs_of[known[match.position].version].append((q, match))
    return Decided(best, pairs_of, certain)


def _proving(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    pairs: Mapping[int, Match],
    found: Candidates,
    last: int,
) -> dict[int, float]:
    """Query page → what it proves, of those that prove anything.

    Pages that anybody may have (first, last, a template's) do not.
    """
    told: set[int] = set()
    inside = _inside(known, pairs, last)
    weights = {
        q: found.proof(query[q], known[match.position].print, told)
        for q, match in inside.items()
        if match.likely >= KNOWN_FROM
    }
    return {q: weight for q, weight in weights.items() if weight}


def _inside(known: Sequence[KnownPage], pairs: Mapping[int, Match], last: int) -> dict[int, Match]:
    """Those that came from neither the first nor the last page of the version."""
    return {
        q: match
        for q, match in pairs.items()
        if last <= 2 or known[match.position].print.number not in (1, last)
    }


def _declared(
    size: int,
    pairs: Mapping[int, Match],
    proving: Mapping[int, float],
    worth: Mapping[int, float],
    found: Candidates,
) -> bool:
    """Whether the file came from this version at all.

    Evidence of pages that prove something says so, a good share of the file does, and so does
    one rich page that is certain.
    """
    total = math.fsum(worth.values()) or 1.0
    certain = {q: match for q, match in pairs.items() if match.likely >= KNOWN_FROM}
    share = math.fsum(worth[q] * match.likely for q, match in certain.items()) / total
    strong = [weight for q, weight in proving.items() if pairs[q].likely >= RICH_LIKELY]
    if max(strong, default=0.0) >= found.scaled(RICH_PAGE):
        return True
    if len(strong) > 1 and math.fsum(strong) >= found.scaled(TWO_RICH):
        return True
    evidence = math.fsum(
        pairs[q].likely * worth[q] * min(1.0, weight / found.scaled(ENOUGH_MASS))
        for q, weight in proving.items()
    )
    many = len(strong) >= MANY_STRONG and len(strong) * 2 >= size
    return many or evidence >= 0.5 or (share >= 0.5 and len(certain) >= 3)


def _together(
    known: Sequence[KnownPage],
    pairs: Mapping[int, Match],
    proving: Mapping[int, float],
    matches: Mapping[int, Mapping[int, Match]],
    found: Candidates,
) -> list[int]:
    """Two pages or more that are fairly sure each and certain together: they stand in the order
    of their source, no other family has their like, and that all are wrong is next to impossible,
    since each would be by itself. Empty where there are none."""
    fair = [
        q
        for q in sorted(proving)
        if pairs[q].likely >= FAIRLY and not _elsewhere(q, known, pairs[q], matches)
    ]
    numbers = [known[pairs[q].position].print.number for q in fair]
    if len(fair) < 2 or numbers != sorted(set(numbers)):
        return []
    wrong = math.prod(1 - pairs[q].likely for q in fair)
    proof = math.fsum(proving[q] for q in fair)
    return fair if wrong <= BOTH_WRONG and proof >= found.scaled(TOGETHER) else []


def _elsewhere(
    q: int, known: Sequence[KnownPage], match: Match, matches: Mapping[int, Mapping[int, Match]]
) -> bool:
    """Whether a page of another family may be it as well."""
    root = known[match.position].root
    return any(
        other is not None and known[other.position].root != root and other.likely >= KNOWN_FROM
        for other in (pairs.get(q) for pairs in matches.values())
    )


def _anybodys(pages: Sequence[PagePrint], found: Candidates) -> bool:
    """Whether all of these pages say what stands in several families, and little of it: slides of
    charts with the names that a program gives them are nobody's, however many there are."""
    said = math.fsum(found.weights.token(word) for word in {w for page in pages for w in page.bag})
    return said < found.scaled(RICH_PAGE) and all(map(found.is_template, pages))


def _repeats(pairs: Sequence[tuple[PagePrint, PagePrint]], found: Candidates) -> bool:
    """Whether a print came from there because several pages say what nobody else says, though each
    of them says the same; of pages with charts two are enough."""
    charts = [(page, source) for page, source in pairs if source.charts]
    if len(pairs) < FEW_REPEATS:
        pairs = charts
    return len(pairs) >= FEW_CHARTS and found.repeated_proof(pairs) >= found.scaled(RICH_PAGE)


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
