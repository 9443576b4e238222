"""What buyers read: visits in short and page by page, and what became of every opening."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.models import Person
from collateral.assets import queries as assets
from collateral.assets.models import Asset, AssetVersion, Page
from collateral.db import db
from collateral.deals.models import Deal
from collateral.sharing.models import Opening, Outcome, Share, Visit, VisitPage
from collateral.sharing.queries import PAGE, contents, links_of_deal, select_visible


@dataclass(frozen=True)
class Told:
    """What is known of a link's visits. Only those that count."""

    visits: int = 0
    seconds: float = 0.0
    last_at: datetime | None = None


def told(share_ids: Collection[int]) -> dict[int, Told]:
    """By link its visits in short. One query."""
    rows = db.session.execute(
        select(Visit.share_id, func.count(), func.sum(Visit.seconds), func.max(Visit.last_at))
        .where(Visit.share_id.in_(share_ids), Visit.outcome == Outcome.VISIT)
        .group_by(Visit.share_id)
    )
    return {share_id: Told(n, seconds or 0.0, last) for share_id, n, seconds, last in rows}


def visits_of(share_ids: Collection[int], *, limit: int = PAGE) -> Sequence[Visit]:
    """The links' visits that count, the latest first, with their pages. Two queries."""
    return db.session.scalars(
        select(Visit)
        .where(Visit.share_id.in_(share_ids), Visit.outcome == Outcome.VISIT)
        .options(selectinload(Visit.pages))
        .order_by(Visit.last_at.desc(), Visit.id.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class PageRead:
    """A page of a version and how long it was read, in seconds."""

    number: int
    title: str
    seconds: float


@dataclass(frozen=True)
class AssetRead:
    """How long buyers stayed on each page of one version of an asset."""

    asset_id: int
    title: str
    version: int
    pages: list[PageRead] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(page.seconds for page in self.pages)

    @property
    def read(self) -> int:
        return sum(1 for page in self.pages if page.seconds > 0)


def read_by_page(
    share_ids: Collection[int], person: Person, *, visit_id: int | None = None
) -> list[AssetRead]:
    """Seconds by page over the visits that count, the longest read first; every page of a
    version that was opened, also those that nobody turned to. Two queries."""
    if not share_ids:
        return []
    narrowed = and_(Visit.share_id.in_(share_ids), Visit.outcome == Outcome.VISIT)
    if visit_id is not None:
        narrowed = and_(narrowed, Visit.id == visit_id)
    seconds = {
        (version_id, page): total
        for version_id, page, total in db.session.execute(
            select(VisitPage.version_id, VisitPage.page, func.sum(VisitPage.seconds))
            .join(Visit, Visit.id == VisitPage.visit_id)
            .where(narrowed)
            .group_by(VisitPage.version_id, VisitPage.page)
        )
    }
    rows = db.session.execute(
        select(AssetVersion.id, AssetVersion.number, Asset.id, Asset.title, Page.number, Page.title)
        .join(Asset, Asset.id == AssetVersion.asset_id)
        .join(Page, Page.version_id == AssetVersion.id)
        .where(
            AssetVersion.id.in_({version_id for version_id, _ in seconds}),
            assets.visible(person),
            ~Page.hidden,
        )
        .order_by(AssetVersion.id, Page.number)
    )
    found: dict[int, AssetRead] = {}
    for version_id, version, asset_id, title, number, name in rows:
        read = found.setdefault(version_id, AssetRead(asset_id, title, version))
        read.pages.append(PageRead(number, name, seconds.get((version_id, number), 0.0)))
    return sorted(found.values(), key=lambda read: -read.seconds)


def openings_by_outcome(share: Share) -> dict[Outcome, int]:
    """How often the link was asked for, by what became of it."""
    rows = db.session.execute(
        select(Opening.outcome, func.count())
        .where(Opening.share_id == share.id)
        .group_by(Opening.outcome)
    )
    found = dict(rows.all())
    return {outcome: found[outcome] for outcome in Outcome if outcome in found}


def openings(share: Share, *, limit: int = 200) -> Sequence[Opening]:
    """Each time the link was asked for, the latest first."""
    return db.session.scalars(
        select(Opening)
        .where(Opening.share_id == share.id)
        .order_by(Opening.at.desc(), Opening.id.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class Sent:
    """A link that was sent in a deal, what is in it and what became of it."""

    share: Share
    titles: list[str]
    assets: list[Asset]
    """Those that she may see; none where a pack was sent."""
    told: Told
    opened_pages: int
    pages: int
    """Pages of all versions that were opened."""
    read: list[int]
    """The numbers of those that were opened, where they are of one version."""


def counts_in(deal_ids: Collection[int], person: Person) -> dict[int, tuple[int, int]]:
    """By deal how many links the person may see, and how many of their visits count. One query."""
    rows = db.session.execute(
        select_visible(person)
        .where(Share.deal_id.in_(deal_ids))
        .outerjoin(Visit, and_(Visit.share_id == Share.id, Visit.outcome == Outcome.VISIT))
        .with_only_columns(Share.deal_id, func.count(Share.id.distinct()), func.count(Visit.id))
        .group_by(Share.deal_id)
    )
    return {deal_id: (links, visits) for deal_id, links, visits in rows if deal_id is not None}


def sent_in(deal: Deal, person: Person) -> list[Sent]:
    """The deal's links, the latest first, of what the person may see. A handful of queries."""
    return _sent(links_of_deal(deal, person), person)


def last_sent(deal_ids: Collection[int], person: Person) -> dict[int, Sent]:
    """By deal its latest link that the person may see. A handful of queries for all."""
    latest = (
        select_visible(person)
        .where(Share.deal_id.in_(deal_ids))
        .with_only_columns(func.max(Share.id))
        .group_by(Share.deal_id)
    )
    links = db.session.scalars(
        select(Share)
        .where(Share.id.in_(latest))
        .options(joinedload(Share.maker), joinedload(Share.pack))
    ).all()
    return {each.share.deal_id: each for each in _sent(links, person) if each.share.deal_id}


def _sent(links: Sequence[Share], person: Person) -> list[Sent]:
    ids = [share.id for share in links]
    there, short = contents(ids, person), told(ids)
    seen: dict[int, set[tuple[int, int]]] = {}
    for share_id, version_id, page in db.session.execute(
        select(Visit.share_id, VisitPage.version_id, VisitPage.page)
        .join(Visit, Visit.id == VisitPage.visit_id)
        .where(Visit.share_id.in_(ids), Visit.outcome == Outcome.VISIT)
        .distinct()
    ):
        seen.setdefault(share_id, set()).add((version_id, page))
    of_version = dict(
        db.session.execute(
            select(Page.version_id, func.count())
            .where(
                Page.version_id.in_({version for pages in seen.values() for version, _ in pages}),
                ~Page.hidden,
            )
            .group_by(Page.version_id)
        ).all()
    )
    found = []
    for share in links:
        pages = seen.get(share.id, set())
        versions = {version for version, _ in pages}
        found.append(
            Sent(
                share,
                [share.pack.title]
                if share.pack
                else [asset.title for asset in there.get(share.id, [])],
                there.get(share.id, []),
                short.get(share.id, Told()),
                len(pages),
                sum(of_version.get(version, 0) for version in versions),
                sorted(page for _, page in pages) if len(versions) == 1 else [],
            )
        )
    return found


@dataclass(frozen=True)
class RecentVisit:
    """A buyer's visit to one of the person's links."""

    share: Share
    at: datetime
    seconds: float
    pages: int


def recent_visits(person: Person, since: datetime, *, limit: int = 5) -> list[RecentVisit]:
    """The latest visits to the person's own links that count. One query."""
    pages = (
        select(func.count())
        .where(VisitPage.visit_id == Visit.id)
        .correlate(Visit)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Share, Visit.last_at, Visit.seconds, pages)
        .join(Share, Share.id == Visit.share_id)
        .where(
            Share.person_id == person.id,
            Visit.outcome == Outcome.VISIT,
            Visit.last_at >= since,
        )
        .options(joinedload(Share.deal))
        .order_by(Visit.last_at.desc())
        .limit(limit)
    )
    return [RecentVisit(*row) for row in rows]
