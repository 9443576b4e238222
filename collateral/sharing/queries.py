"""Reads of links, each for what the reader may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, true
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets import queries as assets
from collateral.assets.models import Asset, Page, Status
from collateral.db import db, holds
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.errors import NotFound
from collateral.sharing.models import (
    COLOUR,
    KEEP_DAYS,
    LinkSettings,
    Pack,
    PackItem,
    Share,
    ShareItem,
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
        raise NotFound(_("There is no such link."))
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


def links_with(asset_ids: Collection[int], at: datetime) -> Sequence[Share]:
    """The live links that carry one of these assets, by itself or in a pack, with makers and
    deals."""
    return db.session.scalars(
        select(Share)
        .where(
            Share.revoked_at.is_(None),
            or_(Share.expires_at.is_(None), Share.expires_at > at),
            or_(
                exists().where(ShareItem.share_id == Share.id, ShareItem.asset_id.in_(asset_ids)),
                Share.pack_id.in_(
                    select(Pack.id).join(Pack.items).where(PackItem.asset_id.in_(asset_ids))
                ),
            ),
        )
        .options(joinedload(Share.maker), joinedload(Share.deal))
        .order_by(Share.id.desc())
    ).all()


def sendable(person: Person, words: str, *, limit: int = 10) -> Sequence[Asset]:
    """Published assets whose title has all the words, the newest first."""
    query = assets.select_visible(person).where(Asset.status == Status.PUBLISHED)
    for word in words.split()[:8]:
        query = query.where(holds(Asset.title, word))
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
    return found or LinkSettings(id=1, company="", colour=COLOUR, keep_days=KEEP_DAYS)
