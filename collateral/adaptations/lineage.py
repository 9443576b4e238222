"""Where each page of a file came from. Pure but for the look-ups of `Library`.

The way: find candidate versions by rare shingles, whole-page hashes and pictures; score
every pair of pages; assign pages one to one; take versions that explain the file; decide,
page by page, with a confidence that rests on the page itself and on its neighbours; then say
what differs. Text carries it, pictures settle pages without text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from collateral.adaptations.alignment import Match, assign, choose
from collateral.adaptations.candidates import Candidates
from collateral.adaptations.deciding import decide
from collateral.adaptations.filling import between, by_title, prefer_alike
from collateral.adaptations.furniture import without_furniture, without_repeated
from collateral.adaptations.library import KnownPage, Library
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Lineage, Translation
from collateral.adaptations.scoring import (
    PICTURE_TRUST,
    Scorer,
    chart_mass,
    likelihood,
    mass,
    picture_overlap,
    same_looks,
)
from collateral.adaptations.telling import new_page, tell
from collateral.adaptations.translation import SURE, translated

FULL_MASS = 40.0
EXPLAINED = 0.3
"""A file of which so much came from somewhere is no translation."""


def trace(pages: Sequence[PagePrint], library: Library, *, printed: bool = False) -> Lineage:
    """The lineage of a file.

    Args:
        pages: its pages in order, as `prints` sees them.
        printed: they come from a PDF, so furniture is stripped and splits forgiven.
    """
    query = without_furniture(pages) if printed else list(pages)
    found = Candidates(query, library)
    known = [page for version in found.files.values() for page in version]
    if not known:
        return Lineage((), tuple(new_page(page.number) for page in query), branded=False)
    table = _score(query, known, found)
    versions: dict[int, list[int]] = defaultdict(list)
    for position, page in enumerate(known):
        versions[page.version].append(position)
    numbers = list(range(len(query)))
    matches = {v: assign(table, numbers, positions) for v, positions in versions.items()}
    worth = {
        q: min(max(_all_mass(query[q], found) / found.scaled(FULL_MASS), 0.05), 1.0)
        for q in numbers
    }
    chosen = _explaining(query, known, matches, worth)
    decided = decide(query, known, versions, matches, chosen, worth, found)
    best, pairs_of = decided.best, decided.pairs_of
    between(query, known, versions, table, best, pairs_of)
    masses = {q: mass(query[q], found.weights) / found.scaled(1.0) for q in numbers}
    by_title(query, known, versions, masses, best, pairs_of)
    if sum(map(len, pairs_of.values())) / len(query) < EXPLAINED:
        # What has pages of one family word for word is no translation of another's.
        kin = {known[versions[v][0]].root for v in pairs_of}
        files = {v: own for v, own in found.files.items() if not kin or own[0].root in kin}
        if (other := _translation(query, files, found)) is not None:
            # A relation of its own: its pages are new, whatever pictures and figures they kept.
            return Lineage((), tuple(new_page(page.number) for page in pages), False, other)
    return tell(pages, known, versions, decided)


def _score(
    query: Sequence[PagePrint], known: Sequence[KnownPage], found: Candidates
) -> dict[int, dict[int, tuple[float, float]]]:
    """Score and likelihood of each pair that shares something."""
    prints = [page.print for page in known]
    scorer = Scorer(prints, found.weights)
    by_whole: dict[int, list[int]] = defaultdict(list)
    with_pictures = [i for i, page in enumerate(prints) if page.pictures]
    for position, page in enumerate(prints):
        by_whole[page.whole].append(position)
    shorter = without_repeated(query)
    table: dict[int, dict[int, tuple[float, float]]] = {}
    for q, page in enumerate(query):
        scores = scorer.scores(page)
        if q in shorter:
            for i, s in scorer.scores(shorter[q]).items():
                scores[i] = max(s, scores.get(i, 0.0))
        row = {i: (s, likelihood(s)) for i, s in scores.items()}
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


def _explaining(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    matches: Mapping[int, Mapping[int, Match]],
    worth: Mapping[int, float],
) -> list[int]:
    """The versions that explain the file. A page that pictures settle says little of which."""
    fits = {
        version: {
            q: m.likely * m.score if not _only_pictures(query[q]) else 0.1 * m.likely
            for q, m in pairs.items()
        }
        for version, pairs in matches.items()
    }
    exact = {
        version: sum(same_looks(query[q], known[m.position].print) for q, m in pairs.items())
        for version, pairs in matches.items()
    }
    return choose(fits, worth, exact)


def _all_mass(page: PagePrint, found: Candidates) -> float:
    return mass(page, found.weights) + chart_mass(page, found.weights)


def _only_pictures(page: PagePrint) -> bool:
    """So few words that pictures must settle it."""
    return sum(page.bag.values()) < 3 and bool(page.pictures)


def _translation(
    query: Sequence[PagePrint], files: Mapping[int, Sequence[KnownPage]], found: Candidates
) -> Translation | None:
    """The file that this one says in another language, if any does."""
    alike = {
        version: translated(query, [page.print for page in pages], found.weights)
        for version, pages in files.items()
    }
    best = max(alike, key=lambda v: (alike[v], v), default=None)
    if best is None or alike[best] < SURE:
        return None
    return Translation(best, files[best][0].asset, min(alike[best], 1.0))
