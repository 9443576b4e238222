"""Reads of links, visits and openings, each for what the reader may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets import queries as assets
from collateral.assets.models import Asset, AssetVersion, Page
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.errors import NotFound
from collateral.sharing.models import (
    LinkSettings,
    Opening,
    Outcome,
    Pack,
    Share,
    ShareItem,
    Visit,
    VisitPage,
)

PAGE = 50


def visible(person: Person) -> ColumnElement[bool]:
    """The condition under which a link exists for the person: her own, and those of deals
    that she sees."""
    if can(person, Permission.SHARE_READ_ALL):
        return true()
    return or_(
        Share.person_id == person.id,
        exists().where(Deal.id == Share.deal_id, deals.visible(person)),
    )


def select_visible(person: Person) -> Select[Share]:
    """The links that the person may see, to be narrowed further."""
    return select(Share).where(visible(person))


def get_visible(person: Person, share_id: int) -> Share:
    """One link. Raises NotFound when it does not exist for the person."""
    share = db.session.scalar(
        select_visible(person)
        .where(Share.id == share_id)
        .options(joinedload(Share.maker), joinedload(Share.deal), joinedload(Share.pack))
    )
    if share is None:
        raise NotFound("There is no such link.")
    return share


def contents(share_ids: Collection[int], person: Person) -> dict[int, list[Asset]]:
    """By link its assets, of what the person may see. One query."""
    rows = db.session.execute(
        select(ShareItem.share_id, Asset)
        .join(Asset, Asset.id == ShareItem.asset_id)
        .where(ShareItem.share_id.in_(share_ids), assets.visible(person))
        .order_by(ShareItem.share_id, ShareItem.position)
    )
    found: dict[int, list[Asset]] = {}
    for share_id, asset in rows:
        found.setdefault(share_id, []).append(asset)
    return found


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


def visits_of(share: Share, *, limit: int = PAGE) -> Sequence[Visit]:
    """The link's visits that count, the latest first, with their pages."""
    return db.session.scalars(
        select(Visit)
        .where(Visit.share_id == share.id, Visit.outcome == Outcome.VISIT)
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
class Links:
    """A page of links."""

    links: Sequence[Share]
    total: int
    page: int
    pages: int


def list_links(person: Person, *, mine: bool, page: int = 1) -> Links:
    """Links that the person may see, her own alone where she asks; the newest first."""
    query = select_visible(person)
    if mine:
        query = query.where(Share.person_id == person.id)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = db.session.scalars(
        query.options(joinedload(Share.maker), joinedload(Share.deal), joinedload(Share.pack))
        .order_by(Share.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return Links(rows, total, page, pages)


def links_of_deal(deal: Deal, person: Person) -> Sequence[Share]:
    """What was sent in the deal, the latest first."""
    return db.session.scalars(
        select_visible(person)
        .where(Share.deal_id == deal.id)
        .options(joinedload(Share.maker), joinedload(Share.pack))
        .order_by(Share.id.desc())
        .limit(PAGE)
    ).all()


def links_with(asset: Asset, at: datetime) -> Sequence[Share]:
    """The live links that carry the asset, by itself or in a pack, with makers and deals."""
    return db.session.scalars(
        select(Share)
        .where(
            Share.revoked_at.is_(None),
            or_(Share.expires_at.is_(None), Share.expires_at > at),
            or_(
                exists().where(ShareItem.share_id == Share.id, ShareItem.asset_id == asset.id),
                Share.pack_id.in_(
                    select(Pack.id).join(Pack.items).where(_item_asset() == asset.id)
                ),
            ),
        )
        .options(joinedload(Share.maker), joinedload(Share.deal))
        .order_by(Share.id.desc())
    ).all()


def _item_asset() -> ColumnElement[int]:
    from collateral.sharing.models import PackItem

    return PackItem.asset_id  # type: ignore[return-value]


@dataclass(frozen=True)
class RecentVisit:
    """A buyer's visit to one of the person's links."""

    share: Share
    at: datetime
    seconds: float
    pages: int


def recent_visits(person: Person, since: datetime, *, limit: int = 5) -> list[RecentVisit]:
    """The latest visits to the person's own links. One query."""
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


def sendable(person: Person, words: str, *, limit: int = 10) -> Sequence[Asset]:
    """Published assets whose title has all the words, the newest first."""
    from collateral.assets.models import Status

    query = assets.select_visible(person).where(Asset.status == Status.PUBLISHED)
    for word in words.split()[:8]:
        pattern = word.replace("~", "~~").replace("%", "~%").replace("_", "~_")
        query = query.where(Asset.title.ilike(f"%{pattern}%", escape="~"))
    return db.session.scalars(
        query.order_by(Asset.published_at.desc(), Asset.id.desc()).limit(limit)
    ).all()


@dataclass(frozen=True)
class Exposed:
    """What a file carries that its pages do not show."""

    asset: Asset
    notes: int
    hidden: int


def exposed(asset_ids: Collection[int]) -> list[Exposed]:
    """The assets whose files carry speaker notes or hidden pages. One query."""
    notes = func.sum(case((Page.notes != "", 1), else_=0))
    hidden = func.sum(case((Page.hidden, 1), else_=0))
    rows = db.session.execute(
        select(Asset, notes, hidden)
        .join(Page, Page.version_id == Asset.current_version_id)
        .where(Asset.id.in_(asset_ids))
        .group_by(Asset.id)
        .having(or_(notes > 0, hidden > 0))
    )
    return [Exposed(asset, int(with_notes), int(unseen)) for asset, with_notes, unseen in rows]


def settings() -> LinkSettings:
    """How links look and how long visits are kept; the defaults where nobody set any."""
    found = db.session.get(LinkSettings, 1)
    return found or LinkSettings(id=1, company="", colour="#0b6570", keep_days=365)


@dataclass(frozen=True)
class Sent:
    """A link that was sent in a deal, what is in it and what became of it."""

    share: Share
    titles: list[str]
    told: Told
    opened_pages: int
    pages: int


def sent_in(deal: Deal, person: Person) -> list[Sent]:
    """The deal's links, the latest first, of what the person may see. A handful of queries."""
    links = links_of_deal(deal, person)
    ids = [share.id for share in links]
    titles, short = contents(ids, person), told(ids)
    pages: dict[int, set[tuple[int, int]]] = {}
    for share_id, version_id, page in db.session.execute(
        select(Visit.share_id, VisitPage.version_id, VisitPage.page)
        .join(Visit, Visit.id == VisitPage.visit_id)
        .where(Visit.share_id.in_(ids), Visit.outcome == Outcome.VISIT)
        .distinct()
    ):
        pages.setdefault(share_id, set()).add((version_id, page))
    of_version = dict(
        db.session.execute(
            select(Page.version_id, func.count())
            .where(
                Page.version_id.in_({version for seen in pages.values() for version, _ in seen}),
                ~Page.hidden,
            )
            .group_by(Page.version_id)
        ).all()
    )
    return [
        Sent(
            share,
            [share.pack.title]
            if share.pack
            else [asset.title for asset in titles.get(share.id, [])],
            short.get(share.id, Told()),
            len(pages.get(share.id, ())),
            sum(of_version.get(version, 0) for version in {v for v, _ in pages.get(share.id, ())}),
        )
        for share in links
    ]
