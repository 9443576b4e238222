"""Where each page of a file came from. Pure but for the look-ups of `Library`.

The way: find candidate versions by rare shingles, whole-page hashes and pictures; score
every pair of pages; assign pages one to one; take versions that explain the file; decide,
page by page, with a confidence that rests on the page itself and on its neighbours; then say
what differs. Text carries it, pictures settle pages without text.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from operator import or_

from collateral.adaptations.alignment import Match, assign, choose, moved
from collateral.adaptations.changes import PageChange, compare, deck_wide, without_branding
from collateral.adaptations.filling import between, prefer_alike
from collateral.adaptations.library import Finds, KnownPage, Library
from collateral.adaptations.prints import (
    KEPT_HASHES,
    Furniture,
    PagePrint,
    furniture,
    picture_hash,
    repeated_pictures,
    without_furniture,
)
from collateral.adaptations.scoring import (
    PICTURE_TRUST,
    Scorer,
    likelihood,
    make_weights,
    mass,
    picture_overlap,
)
from collateral.adaptations.translation import SURE, translated

TOP_ASSETS, TOP_VERSIONS = 8, 3
MOST_KEYS = 30_000
KNOWN_FROM = 0.5
UNDECLARED_CAP = 0.3
ENOUGH_MASS = 20.0
FULL_MASS = 40.0
USUAL_CEILING = math.log(30)
TEMPLATE_ROOTS = 3
BORROWED_SHARE = 0.15
EXPLAINED = 0.3
"""A file of which so much came from somewhere is no translation."""
RICH_PAGE, TWO_RICH, RICH_LIKELY = 30.0, 30.0, 0.95


class Change(StrEnum):
    SAME = "same"
    EDITED = "edited"
    NEW = "new"


@dataclass(frozen=True)
class Source:
    """A version that the file came from. `borrowed`: less than 15 % of the file is from it."""

    version: int
    asset: int
    share: float
    confidence: float
    dropped: tuple[int, ...]
    moved: tuple[int, ...]
    borrowed: bool


@dataclass(frozen=True)
class Translation:
    """The version that the file is a translation of, and how surely."""

    version: int
    asset: int
    confidence: float


@dataclass(frozen=True)
class PageLineage:
    """What became of one page.

    Attributes:
        source: the known page it came from; None for a new one.
        similarity: 0 to 1, how alike the two are.
        confidence: probability that `source` is right; for a new page that none is.
        shared: a like page is known, but from a file that this one did not come from.
    """

    number: int
    change: Change
    source: KnownPage | None
    similarity: float
    confidence: float
    what: PageChange
    shared: KnownPage | None = None


@dataclass(frozen=True)
class Lineage:
    """Sources with the largest first, each page, and whether the deck was branded."""

    sources: tuple[Source, ...]
    pages: tuple[PageLineage, ...]
    branded: bool
    translation_of: Translation | None = None


def trace(pages: Sequence[PagePrint], library: Library, *, printed: bool = False) -> Lineage:
    """The lineage of a file.

    Args:
        pages: its pages in order, as `prints` sees them.
        printed: they come from a PDF, so furniture is stripped and splits forgiven.
    """
    query = without_furniture(pages) if printed else list(pages)
    found = _Candidates(query, library)
    known = [page for version in found.files.values() for page in version]
    if not known:
        return Lineage((), tuple(_new(page.number) for page in query), branded=False)
    table = _score(query, known, found)
    versions: dict[int, list[int]] = defaultdict(list)
    for position, page in enumerate(known):
        versions[page.version].append(position)
    numbers = list(range(len(query)))
    matches = {v: assign(table, numbers, positions) for v, positions in versions.items()}
    worth = {
        q: min(max(mass(query[q], found.weights) / found.scaled(FULL_MASS), 0.05), 1.0)
        for q in numbers
    }
    fits = {
        version: {
            q: m.likely * m.score if not _only_pictures(query[q]) else 0.1 * m.likely
            for q, m in pairs.items()
        }
        for version, pairs in matches.items()
    }
    chosen = choose(fits, worth)
    best, pairs_of = _decide(query, known, versions, matches, chosen, worth, found)
    between(query, known, versions, table, best, pairs_of)
    explained = sum(map(len, pairs_of.values())) / len(query)
    if explained < EXPLAINED and (other := _translation(query, found.files)) is not None:
        # A relation of its own: its pages are new, whatever pictures and figures they kept.
        return Lineage((), tuple(_new(page.number) for page in pages), False, other)
    return _tell(pages, known, versions, best, pairs_of)


class _Candidates:
    """The versions worth comparing, loaded whole, and what each term weighs."""

    def __init__(self, query: Sequence[PagePrint], library: Library) -> None:
        finds = library.find({h for page in query for h in keys_of(page, len(query))})
        roots = max(library.roots(), 1)
        self.shingle_roots = finds.roots
        tokens = {token for page in query for token in page.bag}
        self.weights = make_weights(query, roots, library.token_roots(tokens), self.shingle_roots)
        self.files: Mapping[int, Sequence[KnownPage]] = library.load(_vote(query, finds, roots))

    def scaled(self, amount: float) -> float:
        """A mass that was tuned in a library of thirty roots, for one of this size."""
        return amount * self.weights.ceiling / USUAL_CEILING

    def is_template(self, page: PagePrint) -> bool:
        """Most of what the page says stands in three unrelated roots."""
        kept = page.kept
        if not kept:
            return False
        widely = sum(self.shingle_roots.get(h, 0) >= TEMPLATE_ROOTS for h in kept)
        return widely * 2 > len(kept)


def _stripped(pages: Sequence[KnownPage]) -> Sequence[KnownPage]:
    """A print without its furniture."""
    if not pages or not pages[0].printed:
        return pages
    prints = without_furniture([page.print for page in pages])
    return [replace(page, print=new) for page, new in zip(pages, prints, strict=True)]


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


def _score(
    query: Sequence[PagePrint], known: Sequence[KnownPage], found: _Candidates
) -> dict[int, dict[int, tuple[float, float]]]:
    """Score and likelihood of each pair that shares something."""
    prints = [page.print for page in known]
    scorer = Scorer(prints, found.weights)
    by_whole: dict[int, list[int]] = defaultdict(list)
    with_pictures = [i for i, page in enumerate(prints) if page.pictures]
    for position, page in enumerate(prints):
        by_whole[page.whole].append(position)
    table: dict[int, dict[int, tuple[float, float]]] = {}
    for q, page in enumerate(query):
        row = {i: (s, likelihood(s)) for i, s in scorer.scores(page).items()}
        if _only_pictures(page):
            for i in with_pictures:
                overlap = picture_overlap(page, prints[i])
                if overlap > 0 and _only_pictures(prints[i]):
                    row[i] = (overlap, PICTURE_TRUST * overlap)
        if not page.empty:
            for i in by_whole.get(page.whole, ()):
                row[i] = (1.0, 1.0)
            prefer_alike(page, row, prints)
        table[q] = row
    return table


def _only_pictures(page: PagePrint) -> bool:
    """So few words that pictures must settle it."""
    return sum(page.bag.values()) < 3 and bool(page.pictures)


def _decide(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    versions: Mapping[int, Sequence[int]],
    matches: Mapping[int, Mapping[int, Match]],
    chosen: Sequence[int],
    worth: Mapping[int, float],
    found: _Candidates,
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
    found: _Candidates,
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
    return evidence >= 0.5 or (share >= 0.5 and certain >= 3)


def _confidence(
    match: Match, support: float, share: float, page: PagePrint, found: _Candidates
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


def _translation(
    query: Sequence[PagePrint], files: Mapping[int, Sequence[KnownPage]]
) -> Translation | None:
    """The file that this one says in another language, if any does."""
    alike = {v: translated(query, [page.print for page in pages]) for v, pages in files.items()}
    best = max(alike, key=lambda v: (alike[v], v), default=None)
    if best is None or alike[best] < SURE:
        return None
    return Translation(best, files[best][0].asset, min(alike[best], 1.0))


def _tell(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    versions: Mapping[int, Sequence[int]],
    best: Mapping[int, tuple[float, Match]],
    pairs_of: Mapping[int, Sequence[tuple[int, Match]]],
) -> Lineage:
    """Put the decisions into words: same, edited, new; dropped and moved; branded."""
    sources_of = {v: [known[p].print for p in versions[v]] for v in pairs_of}
    own = furniture(query)
    theirs = reduce(or_, map(furniture, sources_of.values()), Furniture())
    pictures = repeated_pictures(query).union(*map(repeated_pictures, sources_of.values()))
    changes = {}
    for pairs in pairs_of.values():
        for q, m in pairs:
            source = known[m.position].print
            ignore = pictures if source.flow or query[q].flow else frozenset()
            changes[q] = compare(source, query[q], ignore=ignore, furniture=own | theirs)
    deck = deck_wide(list(changes.values()))
    told = []
    for q, page in enumerate(query):
        sure, match = best.get(q, (0.0, None))
        if match is None or q not in changes:
            shared = known[match.position] if match and match.likely >= KNOWN_FROM else None
            told.append(
                PageLineage(page.number, Change.NEW, None, 0.0, 1 - sure, PageChange(), shared)
            )
            continue
        what = without_branding(changes[q], deck)
        change = Change.SAME if what.nothing else Change.EDITED
        told.append(
            PageLineage(page.number, change, known[match.position], match.score, sure, what)
        )
    sources = [
        _source(version, pairs, known, versions[version], best, len(query))
        for version, pairs in pairs_of.items()
    ]
    sources.sort(key=lambda source: -source.share)
    return Lineage(tuple(sources), tuple(told), deck.branded)


def _source(
    version: int,
    pairs: Sequence[tuple[int, Match]],
    known: Sequence[KnownPage],
    positions: Sequence[int],
    best: Mapping[int, tuple[float, Match]],
    size: int,
) -> Source:
    used = {known[match.position].print.number for _, match in pairs}
    every = [known[position].print.number for position in positions]
    share = len(pairs) / size
    order = [(q + 1, known[match.position].print.number) for q, match in pairs]
    return Source(
        version=version,
        asset=known[positions[0]].asset,
        share=share,
        confidence=max(best[q][0] for q, _ in pairs),
        dropped=tuple(n for n in every if n not in used),
        moved=tuple(sorted(moved(order))),
        borrowed=share < BORROWED_SHARE,
    )


def _new(number: int) -> PageLineage:
    return PageLineage(number, Change.NEW, None, 0.0, 1.0, PageChange())
