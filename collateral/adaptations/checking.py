"""What a file is that somebody asks about: where its pages are from, and what is offered now."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct, field
from sqlalchemy import case, select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.adaptations.index import DatabaseLibrary
from collateral.adaptations.lineage import trace
from collateral.adaptations.models import FileCheck
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Change, Lineage, PageLineage
from collateral.adaptations.storing import stored_rows
from collateral.adaptations.tracing import is_printed, prints_from
from collateral.assets.models import Asset, AssetVersion
from collateral.assets.queries import visible
from collateral.db import db
from collateral.reading.results import Reading


class Match(StrEnum):
    """How well a file is known."""

    EXACT = "exact"
    """The very bytes of a version."""
    VERSION = "version"
    """Every page of a version and nothing else, in another file."""
    DERIVED = "derived"
    TRANSLATION = "translation"
    NONE = "none"


class Today(StrEnum):
    """How a page stands to what is offered now."""

    CURRENT = "current"
    CHANGED = "changed"
    """The page of what is offered now differs from the one that this was taken from."""
    GONE = "gone"
    OWN = "own"
    """It differs because somebody changed it, or it is from nowhere in the library."""


class CheckedPage(Struct):
    """One page of the file. `version` and `page` say what it came from; `now` the page of what
    is offered today, where there is one."""

    number: int
    title: str
    change: Change
    version: int | None = None
    asset: int | None = None
    page: int | None = None
    similarity: float = 0.0
    confidence: float = 0.0
    today: Today = Today.OWN
    now: int | None = None
    words: str = ""
    """For a page from nowhere: what it says, to look for its like."""


class CheckedSource(Struct):
    """A version that pages came from."""

    version: int
    asset: int
    share: float
    confidence: float
    dropped: list[int] = field(default_factory=list)
    borrowed: bool = False
    """A page or two stand there as well; the file is another."""


class Found(Struct):
    """The whole answer, as it is kept."""

    match: Match
    sources: list[CheckedSource] = field(default_factory=list)
    pages: list[CheckedPage] = field(default_factory=list)
    branded: bool = False
    translation: CheckedSource | None = None
    """The version that the whole file is a translation of."""


WORDS = 300


def found_of(check: FileCheck) -> Found | None:
    """The answer, when there is one."""
    return msgspec.convert(check.found, Found) if check.found else None


def exact(person: Person, sha256: str) -> AssetVersion | None:
    """The version of exactly these bytes that the person may see: the one that is offered
    now before others, then the newest."""
    offered = case((Asset.current_version_id == AssetVersion.id, 0), else_=1)
    return db.session.scalar(
        select(AssetVersion)
        .join(Asset, AssetVersion.asset_id == Asset.id)
        .where(visible(person), AssetVersion.sha256 == sha256)
        .options(joinedload(AssetVersion.asset).joinedload(Asset.current_version))
        .order_by(offered, AssetVersion.id.desc())
        .limit(1)
    )


def answer(check: FileCheck, reading: Reading, family: str) -> None:
    """Work out the answer for its asker and keep it. Does not commit.

    Args:
        family: what kind of file it is, as on `AssetVersion.family`.
    """
    person = db.session.get_one(Person, check.person_id)
    prints = prints_from(stored_rows(reading), family)
    printed = is_printed(family)
    lineage = trace(prints, DatabaseLibrary(person), printed=printed)
    titles = {page.number: page.title for page in reading.pages}
    found = Found(
        match=_match(lineage, prints),
        sources=[
            CheckedSource(s.version, s.asset, s.share, s.confidence, list(s.dropped), s.borrowed)
            for s in lineage.sources
        ],
        pages=[_page(page, titles, prints) for page in lineage.pages],
        branded=lineage.branded,
        translation=_translation(lineage),
    )
    _compare_with_today(found, prints, person, printed=printed)
    check.found = msgspec.to_builtins(found)


def _match(lineage: Lineage, prints: Sequence[PagePrint]) -> Match:
    if not lineage.sources:
        return Match.TRANSLATION if lineage.translation_of else Match.NONE
    first = lineage.sources[0]
    if first.borrowed:
        return Match.NONE
    whole = not first.dropped and not first.moved and first.share >= 1.0 - 1e-9
    same = all(page.change is Change.SAME for page in lineage.pages)
    return Match.VERSION if whole and same and prints and not lineage.branded else Match.DERIVED


def _translation(lineage: Lineage) -> CheckedSource | None:
    found = lineage.translation_of
    return CheckedSource(found.version, found.asset, 0.0, found.confidence) if found else None


def _page(page: PageLineage, titles: dict[int, str], prints: Sequence[PagePrint]) -> CheckedPage:
    checked = CheckedPage(
        number=page.number,
        title=titles.get(page.number, ""),
        change=page.change,
        similarity=round(page.similarity, 4),
        confidence=round(page.confidence, 4),
    )
    if page.source is not None:
        checked.version, checked.asset = page.source.version, page.source.asset
        checked.page = page.source.print.number
    else:
        boxes = next((one.boxes for one in prints if one.number == page.number), ())
        checked.words = " ".join(" ".join(boxes).split())[:WORDS]
    return checked


def _compare_with_today(
    found: Found, prints: Sequence[PagePrint], person: Person, *, printed: bool
) -> None:
    """Set how each page stands to what its asset offers now; one tracing for each asset."""
    current = _current_versions({page.asset for page in found.pages if page.asset})
    for asset_id, version_id in current.items():
        mine = [page for page in found.pages if page.asset == asset_id]
        if all(page.version == version_id for page in mine):
            for page in mine:
                page.now = page.page
                page.today = Today.CURRENT if page.change is Change.SAME else Today.OWN
            continue
        lineage = trace(prints, DatabaseLibrary(person, only_version=version_id), printed=printed)
        by_number = {page.number: page for page in lineage.pages}
        for page in mine:
            _stand(page, by_number[page.number], version_id)


def _stand(page: CheckedPage, today: PageLineage, version_id: int) -> None:
    page.now = today.source.print.number if today.source else None
    if page.version == version_id or today.change is Change.SAME:
        page.today = Today.CURRENT if page.change is Change.SAME else Today.OWN
    elif today.source is None:
        page.today = Today.GONE
    else:
        page.today = Today.CHANGED


def _current_versions(asset_ids: set[int | None]) -> dict[int, int]:
    rows = db.session.execute(
        select(Asset.id, Asset.current_version_id).where(
            Asset.id.in_(asset_ids), Asset.current_version_id.is_not(None)
        )
    )
    return {asset_id: version_id for asset_id, version_id in rows if version_id is not None}
