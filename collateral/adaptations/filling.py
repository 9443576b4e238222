"""Pages that only their place tells: the one between two neighbours whose pages are known. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence

from collateral.adaptations.alignment import NEAR, Match
from collateral.adaptations.charts import chart_likeness
from collateral.adaptations.furniture import repeated_pictures
from collateral.adaptations.library import KnownPage
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.scoring import picture_overlap

LEAST_ALIKE = 0.15
SURE = 0.93
BY_TITLE = 0.85
MOST_TITLE_WORDS, LEAST_TITLE_MASS = 12, 4.5
TIE, MOST_LIKELY = 0.005, 0.9999
OTHER_CHARTS = 0.1
"""More than `NEAR`: values tell better than the order of pages."""


def between(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    versions: Mapping[int, Sequence[int]],
    table: Mapping[int, Mapping[int, tuple[float, float]]],
    best: MutableMapping[int, tuple[float, Match]],
    pairs_of: MutableMapping[int, list[tuple[int, Match]]],
) -> None:
    """Add the pages that stand where their source stood and are at least a little alike.

    An unmatched page whose neighbours came from two pages of one version with exactly one page
    between them came from that one, if it shares some of its words, pictures or places. At the
    file's ends one neighbour must do, and the source must end there, too.
    """
    bare = _bare(query)
    for version, pairs in pairs_of.items():
        positions = versions[version]
        place = {position: index for index, position in enumerate(positions)}
        at = {q: place[m.position] for q, m in pairs}
        used = set(at.values())
        for q in range(len(query)):
            if q in at or any(q == other for v in pairs_of for other, _ in pairs_of[v]):
                continue
            wanted = _wanted(q, len(query), at, len(positions))
            if q in bare:
                wanted = _bare_one(q, at, used, [known[p].print for p in positions])
            if wanted is None or wanted in used:
                continue
            position = positions[wanted]
            score = table[q].get(position, (0.0, 0.0))[0]
            if q in bare or alike(query[q], known[position].print, score) >= LEAST_ALIKE:
                match = Match(position, score, SURE)
                best[q] = (SURE, match)
                pairs.append((q, match))
                used.add(wanted)
        pairs.sort(key=lambda pair: pair[0])


def by_title(
    query: Sequence[PagePrint],
    known: Sequence[KnownPage],
    versions: Mapping[int, Sequence[int]],
    masses: Mapping[int, float],
    best: MutableMapping[int, tuple[float, Match]],
    pairs_of: MutableMapping[int, list[tuple[int, Match]]],
) -> None:
    """Add pages of which little more than a title was left.

    All boxes of such a page stand, word for word, on exactly one page of a version that other
    pages came from, and nothing else came from that one.

    Args:
        masses: by page of the query what its words can prove, in units of a small library.
    """
    known_already = {q for pairs in pairs_of.values() for q, _ in pairs}
    for version, pairs in pairs_of.items():
        used = {match.position for _, match in pairs}
        free = [position for position in versions[version] if position not in used]
        for q, page in enumerate(query):
            if q in known_already or page.bag.total() > MOST_TITLE_WORDS or len(pairs) < 2:
                continue
            if masses[q] < LEAST_TITLE_MASS or page.charts or page.pictures:
                continue
            own = {words for words in page.words if words}
            fitting = [p for p in free if own <= set(known[p].print.words)]
            if own and len(fitting) == 1:
                score = best[q][1].score if q in best and best[q][1].position == fitting[0] else 0.0
                match = Match(fitting[0], score, BY_TITLE)
                best[q] = (BY_TITLE, match)
                pairs.append((q, match))
                free.remove(fitting[0])
                known_already.add(q)
        pairs.sort(key=lambda pair: pair[0])


def _bare(query: Sequence[PagePrint]) -> frozenset[int]:
    """Pages with nothing on them but their number and what stands on most pages."""
    repeated = repeated_pictures(query)
    words = Counter(word for page in query for word in page.bag)
    often = {word for word, count in words.items() if count >= max(3, 0.6 * len(query))}
    return frozenset(
        q
        for q, page in enumerate(query)
        if not page.charts
        and page.bag.keys() <= often | {str(page.number)}
        and all(p.sha256 in repeated for p in page.pictures)
    )


def _bare_one(
    q: int, at: Mapping[int, int], used: set[int], pages: Sequence[PagePrint]
) -> int | None:
    """The empty page of the source that is nearest to where this one should be."""
    before = max((other for other in at if other < q), default=None)
    place = at[before] + 1 if before is not None else 0
    empty = [n for n, page in enumerate(pages) if n not in used and page.empty]
    return min(empty, key=lambda n: (abs(n - place), n), default=None)


def prefer_alike(
    page: PagePrint, row: dict[int, tuple[float, float]], prints: Sequence[PagePrint]
) -> None:
    """Of pages whose words fit as well, lift those with the same pictures and places a little, and
    doubt those whose charts say something else than the best one's."""
    top = max((likely for _, likely in row.values()), default=0.0)
    fitting = [i for i, (_, likely) in row.items() if likely >= top - NEAR and likely < 1]
    if len(fitting) > 1:
        for i in fitting:
            score, likely = row[i]
            lift = TIE * (picture_overlap(page, prints[i]) + _places(page, prints[i]))
            row[i] = (score, min(likely + lift, MOST_LIKELY))
        _doubt_other_charts(page, fitting, row, prints)


def _doubt_other_charts(
    page: PagePrint,
    fitting: Sequence[int],
    row: dict[int, tuple[float, float]],
    prints: Sequence[PagePrint],
) -> None:
    """Take from the likelihood of each by how much worse its charts agree than the best one's."""
    found = {i: chart_likeness(page, prints[i]) for i in fitting}
    alike = {i: likeness for i, likeness in found.items() if likeness is not None}
    best = max(alike.values(), default=0.0)
    for i, likeness in alike.items():
        score, likely = row[i]
        row[i] = (score, likely - OTHER_CHARTS * (best - likeness))


def _places(page: PagePrint, other: PagePrint) -> float:
    one, two = Counter(page.places), Counter(other.places)
    return (one & two).total() / max(1, (one | two).total())


def _wanted(q: int, size: int, at: Mapping[int, int], pages: int) -> int | None:
    before, after = at.get(q - 1), at.get(q + 1)
    if before is not None and after is not None:
        return before + 1 if after == before + 2 else None
    if q == 0 and after == 1:
        return 0
    if q == size - 1 and before == pages - 2:
        return pages - 1
    return None


def alike(page: PagePrint, other: PagePrint, score: float) -> float:
    """The most of what two pages share: words, pictures, places of boxes."""
    if not (page.bag or other.bag or page.pictures or other.pictures):
        return 1.0
    places = _places(page, other) if len(page.places) > 2 else 0.0
    return max(score, picture_overlap(page, other), 0.5 * places)
