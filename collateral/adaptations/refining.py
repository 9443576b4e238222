"""What pictures of pages tell where words do not: an answer is refined once they are drawn.

Lineage answers by words, pictures and charts before any page is drawn. A page that says next to
nothing, and on which nothing stands that reading knows (a drawing; a picture that a print shows as
lines), is new in that answer, or only its place tells where it is from. When the pictures of both
sides are there it is compared with the pages of the file's own sources that say as little and
that no other page came from. Looks alone never name a source, and never change what words have
said: decks of one design look alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy import select

from collateral.adaptations.alignment import moved
from collateral.adaptations.filling import LEAST_ALIKE
from collateral.adaptations.furniture import without_furniture
from collateral.adaptations.models import Adaptation, AdaptationPage, AdaptationSource, Status
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Change
from collateral.adaptations.tracing import is_printed, prints_from
from collateral.assets.models import AssetVersion, Page
from collateral.db import db
from collateral.reading.likeness import likeness
from collateral.reading.regions import differing
from collateral.storage import storage

FEW_WORDS = 3
ALIKE = 0.97
"""Correlation of two drawings of one page, by whatever program: `recipes/lineage.md`, step 3."""
SURE = 0.7
MOST_OPEN, MOST_FREE = 60, 300
REFINED = (Status.PRIVATE, Status.SUBMITTED)


@dataclass(frozen=True)
class Drawn:
    """A page with its pictures: SHA-256 of the small and of the large one."""

    version: int
    number: int
    small: str
    large: str | None


def refine(adaptation_id: int) -> None:
    """Find by their looks the pages that nothing else could tell. Commits."""
    adaptation = db.session.get_one(Adaptation, adaptation_id)
    sources = [source for source in adaptation.sources if not source.borrowed]
    if adaptation.status not in REFINED or not sources:
        return
    open_ = _open_pages(adaptation)
    free = _free_pages(sources, adaptation.pages, open_) if open_ else []
    printed = {version for version, family in _families(sources) if is_printed(family)}
    mine = is_printed(adaptation.family)
    db.session.rollback()  # nothing stays open while pictures are compared
    found = _compared(open_, free)
    if not found:
        return
    kept = _unchanged({number: free[at] for number, (at, _) in found.items()}, open_)
    adaptation = db.session.get_one(Adaptation, adaptation_id)
    before = _used(adaptation)
    taken = {(free[at].version, free[at].number) for at, _ in found.values()}
    for page in adaptation.pages:
        if page.number not in open_ or not _by_place(page):
            continue  # its source was corrected meanwhile
        if page.number in found:
            at, alike = found[page.number]
            source = free[at]
            # Two programs never draw alike to the last cell; one that drew both is held to it.
            same = (source.version in printed) is not mine or page.number in kept
            page.change = Change.SAME if same else Change.EDITED
            page.what = [] if same else ["pictures"]
            page.source_version_id, page.source_page = source.version, source.number
            page.similarity, page.confidence = alike, SURE
        elif (page.source_version_id, page.source_page) in taken:
            page.change, page.confidence = Change.NEW, SURE
            page.source_version_id = page.source_page = None
    _count(adaptation, before)
    db.session.commit()


def paired(
    alike: Mapping[tuple[int, int], float], places: Mapping[int, int]
) -> dict[int, tuple[int, float]]:
    """Each page's like, none twice: first those that look most alike, then those that stand
    nearest to one another. Pure.

    Args:
        alike: (page, other) → the correlation of their pictures.
        places: other → its number in its own file.
    """
    taken: dict[int, tuple[int, float]] = {}
    used: set[int] = set()

    def order(pair: tuple[int, int]) -> tuple[float, int, int]:
        page, other = pair
        return -round(alike[pair], 3), abs(page - places[other]), page

    for page, other in sorted(alike, key=order):
        if alike[page, other] >= ALIKE and page not in taken and other not in used:
            taken[page] = (other, alike[page, other])
            used.add(other)
    return taken


def _by_place(page: AdaptationPage) -> bool:
    """Whether nothing that stands on the page has told where it came from."""
    return page.change is Change.NEW or page.similarity < LEAST_ALIKE


def _open_pages(adaptation: Adaptation) -> dict[int, Drawn]:
    """By number its pages that say next to nothing, of which nothing but their place tells the
    source if anything does, and that have a picture."""
    few = _few_words(prints_from(adaptation.pages, adaptation.family))
    pages = [
        page
        for page in adaptation.pages
        if _by_place(page) and page.number in few and page.preview_320
    ]
    return {
        page.number: Drawn(0, page.number, page.preview_320 or "", page.preview_1280)
        for page in pages[:MOST_OPEN]
    }


def _free_pages(
    sources: Sequence[AdaptationSource],
    pages: Sequence[AdaptationPage],
    open_: Collection[int],
) -> list[Drawn]:
    """Pages of the sources that say as little, have a picture, and that no other page came from."""
    used = {(p.source_version_id, p.source_page) for p in pages if p.number not in open_}
    found = []
    for version, family in _families(sources):
        rows = db.session.execute(
            select(
                Page.number, Page.text, Page.notes, Page.features,
                Page.preview_320, Page.preview_1280,
            ).where(Page.version_id == version).order_by(Page.number)
        ).all()  # fmt: skip
        few = _few_words(prints_from(rows, family))
        found += [
            Drawn(version, row.number, row.preview_320, row.preview_1280)
            for row in rows
            if row.number in few and row.preview_320 and (version, row.number) not in used
        ]
    return found[:MOST_FREE]


def _families(sources: Sequence[AdaptationSource]) -> list[tuple[int, str]]:
    """The versions with the kind of file that each is."""
    wanted = [source.version_id for source in sources]
    rows = db.session.execute(
        select(AssetVersion.id, AssetVersion.family)
        .where(AssetVersion.id.in_(wanted))
        .order_by(AssetVersion.id)
    )
    return [(version, family) for version, family in rows]


def _few_words(pages: Sequence[PagePrint]) -> Collection[int]:
    """Numbers of the pages that say next to nothing beside what their file repeats."""
    plain = without_furniture(pages) if any(page.flow for page in pages) else pages
    return {
        page.number for page in plain if page.bag.total() - page.bag[str(page.number)] < FEW_WORDS
    }


def _compared(open_: Mapping[int, Drawn], free: Sequence[Drawn]) -> dict[int, tuple[int, float]]:
    with ExitStack() as files:
        ones = {n: files.enter_context(storage().local(page.small)) for n, page in open_.items()}
        others = {
            at: files.enter_context(storage().local(page.small)) for at, page in enumerate(free)
        }
        return paired(likeness(ones, others), {at: page.number for at, page in enumerate(free)})


def _unchanged(sources: Mapping[int, Drawn], open_: Mapping[int, Drawn]) -> set[int]:
    """The pages whose picture is their source's, cell by cell."""
    with ExitStack() as files:
        pairs = {
            number: (
                files.enter_context(storage().local(source.large)),
                files.enter_context(storage().local(now)),
            )
            for number, source in sources.items()
            if source.large and (now := open_[number].large)
        }
        found = differing(pairs)
    return {number for number, marks in found.items() if not (marks.was or marks.now)}


def _used(adaptation: Adaptation) -> dict[int, list[tuple[int, int]]]:
    """By version each page that came from it, with the page there."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for page in adaptation.pages:
        if page.source_version_id is not None and page.source_page is not None:
            found[page.source_version_id].append((page.number, page.source_page))
    return found


def _count(adaptation: Adaptation, before: Mapping[int, Sequence[tuple[int, int]]]) -> None:
    """Put right what is said of each source, now that its pages are others than `before`."""
    pairs = _used(adaptation)
    out_of_order = {v: moved(of_it) for v, of_it in pairs.items()}
    for source in adaptation.sources:
        version = source.version_id
        every = {*source.dropped, *(number for _, number in before.get(version, ()))}
        source.pages = len(pairs[version])
        source.share = source.pages / len(adaptation.pages)
        source.dropped = sorted(every - {number for _, number in pairs[version]})
    for page in adaptation.pages:
        page.moved = page.number in out_of_order.get(page.source_version_id or 0, ())
