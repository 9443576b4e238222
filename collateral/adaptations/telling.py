"""The decisions put into words: same, edited, new; dropped and moved; branded. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

from collateral.adaptations.alignment import Match, moved
from collateral.adaptations.branding import (
    DECK_WIDE_PAGES,
    DeckChange,
    deck_wide,
    of_prints,
    without_branding,
)
from collateral.adaptations.changes import PageChange, compare
from collateral.adaptations.deciding import KNOWN_FROM, Decided
from collateral.adaptations.furniture import Furniture, furniture, repeated_pictures
from collateral.adaptations.library import KnownPage
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Change, Lineage, PageLineage, Source
from collateral.adaptations.scoring import likelihood

BORROWED_SHARE, LONE_SHARE, FEW = 0.15, 0.5, 3
FEWEST_PRINTED = 2


def tell(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    versions: Mapping[int, Sequence[int]],
    decided: Decided,
) -> Lineage:
    """Put the decisions into words: same, edited, new; dropped and moved; branded."""
    best, pairs_of = decided.best, decided.pairs_of
    sources_of = {v: [known[p].print for p in versions[v]] for v in pairs_of}
    changes, repeated = _compared(query, known, sources_of, pairs_of)
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
        what = without_branding(changes[q], deck | repeated[q])
        change = Change.SAME if what.nothing else Change.EDITED
        told.append(
            PageLineage(page.number, change, known[match.position], match.score, sure, what)
        )
    sources = [
        _source(version, pairs, known, versions[version], decided, len(query))
        for version, pairs in pairs_of.items()
    ]
    sources.sort(key=lambda source: (source.borrowed, -source.share))
    print_wide = of_prints(
        [query[q] for q in sorted(changes)], [page for all_ in sources_of.values() for page in all_]
    )
    # A print beside a deck has words that stand in none of its slides; of them `of_prints` tells.
    mixed = any(known[best[q][1].position].print.flow != query[q].flow for q in changes)
    branded = print_wide.branded or (deck.branded and not mixed)
    return Lineage(tuple(sources), tuple(told), branded)


def _compared(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    sources_of: Mapping[int, Sequence[PagePrint]],
    pairs_of: Mapping[int, Sequence[tuple[int, Match]]],
) -> tuple[dict[int, PageChange], dict[int, DeckChange]]:
    """For each page with a source what differs, and what all pages of that source have in common
    of it."""
    repeats = furniture(query) | reduce(or_, map(furniture, sources_of.values()), Furniture())
    pictures = repeated_pictures(query).union(*map(repeated_pictures, sources_of.values()))
    changes: dict[int, PageChange] = {}
    repeated: dict[int, DeckChange] = {}
    for pairs in pairs_of.values():
        for q, m in pairs:
            source = known[m.position].print
            ignore = pictures if source.flow or query[q].flow else frozenset()
            changes[q] = compare(source, query[q], ignore=ignore, furniture=repeats)
        # A footer belongs to the design of one of the sources, a customer's logo to all pages.
        # Of a print's two pages it is what both show and neither had: no deck tells its design.
        mixed = all(query[q].flow and not known[m.position].print.flow for q, m in pairs)
        least = FEWEST_PRINTED if mixed else DECK_WIDE_PAGES
        alike = deck_wide([changes[q] for q, _ in pairs], least)
        repeated |= {q: alike for q, _ in pairs}
        if mixed and alike.words:
            all_over = repeats | Furniture(words=alike.words)
            for q, m in pairs:
                source = known[m.position].print
                if _drawn_over(changes[q], source, query[q], pictures, all_over):
                    changes[q] = PageChange()
    return changes, repeated


def _drawn_over(
    change: PageChange,
    source: PagePrint,
    page: PagePrint,
    pictures: frozenset[str],
    all_over: Furniture,
) -> bool:
    """Whether a printed page lost nothing: what all pages gained hides it, being drawn over what
    the page says itself."""
    if not change.removed or not change.removed.keys() <= page.bag.keys():
        return False
    return compare(source, page, ignore=pictures, furniture=all_over).nothing


def _source(
    version: int,
    pairs: Sequence[tuple[int, Match]],
    known: Sequence[KnownPage],
    positions: Sequence[int],
    decided: Decided,
    size: int,
) -> Source:
    used = {known[match.position].print.number for _, match in pairs}
    every = [known[position].print.number for position in positions]
    share = len(pairs) / size
    # What is told by its neighbours alone adds nothing to a page that may be borrowed.
    own = sum(likelihood(match.score) >= KNOWN_FROM for _, match in pairs) / size
    order = [(q + 1, known[match.position].print.number) for q, match in pairs]
    return Source(
        version=version,
        asset=known[positions[0]].asset,
        share=share,
        confidence=max(decided.best[q][0] for q, _ in pairs),
        dropped=tuple(n for n in every if n not in used),
        moved=tuple(sorted(moved(order))),
        borrowed=share < BORROWED_SHARE
        or (own < LONE_SHARE and len(pairs) <= FEW and len(decided.certain[version]) <= 1),
    )


def new_page(number: int) -> PageLineage:
    return PageLineage(number, Change.NEW, None, 0.0, 1.0, PageChange())
