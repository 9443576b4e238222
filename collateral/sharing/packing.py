"""Packs: put together, ordered, bound anew when their members change. Nothing commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.models import Person
from collateral.assets.models import Asset, Page, Status
from collateral.db import db
from collateral.deals.models import Deal
from collateral.errors import Invalid, NotFound
from collateral.sharing import packs
from collateral.sharing.models import Copy, Pack, PackItem, Share
from collateral.sharing.showing import Showing, current

MOST_ITEMS = 200


def get_own(person: Person, pack_id: int) -> Pack:
    """One of the person's packs. Raises NotFound: another's does not exist for her."""
    pack = db.session.scalar(
        select(Pack)
        .where(Pack.id == pack_id, Pack.owner_id == person.id)
        .options(selectinload(Pack.items), joinedload(Pack.deal))
    )
    if pack is None:
        raise NotFound(_("There is no such pack."))
    return pack


def of(person: Person, *, deal: Deal | None = None, limit: int = 100) -> Sequence[tuple[Pack, int]]:
    """The person's packs, the last changed first, with the number of their members.

    Args:
        deal: only those that are for it.
    """
    counted = (
        select(PackItem.pack_id, func.count().label("members"))
        .group_by(PackItem.pack_id)
        .subquery()
    )
    query = (
        select(Pack, func.coalesce(counted.c.members, 0))
        .outerjoin(counted, counted.c.pack_id == Pack.id)
        .where(Pack.owner_id == person.id)
        .options(joinedload(Pack.deal))
        .order_by(Pack.updated_at.desc(), Pack.id.desc())
        .limit(limit)
    )
    if deal is not None:
        query = query.where(Pack.deal_id == deal.id)
    return [(pack, count) for pack, count in db.session.execute(query)]


@dataclass(frozen=True)
class ToPack:
    """An asset that may go into a pack for a deal, and whether it is proposed for it."""

    asset_id: int
    title: str
    known: bool
    """It was used or sent in the deal."""


def to_pack(known: Sequence[Asset], suggested: Sequence[tuple[int, str]]) -> list[ToPack]:
    """What was used or sent, as far as it is still published, then what is suggested.

    Args:
        suggested: id and title of each.
    """
    found = {
        asset.id: ToPack(asset.id, asset.title, True)
        for asset in known
        if asset.status is Status.PUBLISHED
    }
    for asset_id, title in suggested:
        found.setdefault(asset_id, ToPack(asset_id, title, False))
    return list(found.values())


def create(title: str, *, by: Person, at: datetime, deal: Deal | None = None) -> Pack:
    """A new, empty pack that follows new versions. Raises Invalid without a title."""
    pack = Pack(
        title=_titled(title),
        owner_id=by.id,
        deal_id=deal.id if deal else None,
        follows=True,
        created_at=at,
        updated_at=at,
    )
    db.session.add(pack)
    db.session.flush()  # its id is its address
    return pack


def change(
    pack: Pack, *, title: str, cover: bool, contents: bool, follows: bool, by: Person, at: datetime
) -> None:
    """Name it anew and say how it is bound; freezing keeps what it shows at this moment.

    Raises:
        Invalid: no title.
    """
    pack.title = _titled(title)
    pack.cover, pack.contents = cover, contents
    if pack.follows and not follows:
        _freeze(pack, by)
    pack.follows, pack.updated_at = follows, at


def _freeze(pack: Pack, by: Person) -> None:
    for member in packs.members(pack, by):
        if member.version is not None and member.version.asset_id == member.item.asset_id:
            member.item.version_id = member.version.id
            if member.item.page is not None and member.page is not None:
                member.item.page = member.page


def add(pack: Pack, asset: Asset, *, by: Person, at: datetime, page: int | None = None) -> PackItem:
    """Put the asset, or one page of it, at the end. Raises as `add_all`."""
    (item,) = add_all(pack, [(asset, page)], by=by, at=at)
    return item


def add_all(
    pack: Pack, wanted: Sequence[tuple[Asset, int | None]], *, by: Person, at: datetime
) -> list[PackItem]:
    """Put these at the end, in their order: assets, or of each the page that stands beside it.
    As many queries for many as for one.

    Raises:
        Invalid: one is not published or has no such page, or the pack would be too full.
    """
    versions = _published({asset.id for asset, _page in wanted}, by)
    if len(pack.items) + len(wanted) > MOST_ITEMS:
        raise Invalid(_("A pack holds at most %(most)s members.", most=MOST_ITEMS))
    pages = [(versions[asset.id], page) for asset, page in wanted if page is not None]
    there = _pages(pages)
    for version_id, page in pages:
        if (version_id, page) not in there:
            raise Invalid(_("There is no page %(number)s.", number=page))
    last = max((item.position for item in pack.items), default=0)
    items = [
        PackItem(asset_id=asset.id, version_id=versions[asset.id], page=page, position=last + place)
        for place, (asset, page) in enumerate(wanted, 1)
    ]
    pack.items += items
    pack.updated_at = at
    db.session.flush()  # their ids are needed
    return items


def _published(asset_ids: Collection[int], by: Person) -> dict[int, int]:
    """By asset the version that it offers. Raises Invalid where one offers none to her."""
    versions = {}
    for asset_id, (showing, shown) in current(asset_ids, by).items():
        if showing is not Showing.SHOWN or shown is None or shown.id != asset_id:
            raise Invalid(_("Only what is published can go into a pack."))
        assert shown.current_version_id is not None
        versions[asset_id] = shown.current_version_id
    return versions


def _pages(wanted: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Version and number of those of these pages that are there and not hidden."""
    if not wanted:
        return set()
    rows = db.session.execute(
        select(Page.version_id, Page.number).where(
            Page.version_id.in_({version_id for version_id, _number in wanted}),
            Page.number.in_({number for _version, number in wanted}),
            ~Page.hidden,
        )
    )
    return {(version_id, number) for version_id, number in rows}


def remove(pack: Pack, item_id: int, *, at: datetime) -> None:
    """Take a member out; nothing happens when it is not in there."""
    pack.items = [item for item in pack.items if item.id != item_id]
    pack.updated_at = at


def order(pack: Pack, item_ids: Sequence[int], *, at: datetime) -> None:
    """Put the members in this order; those that it does not name keep theirs, behind them."""
    places = {item_id: place for place, item_id in enumerate(dict.fromkeys(item_ids))}
    ordered = sorted(pack.items, key=lambda item: (places.get(item.id, len(places)), item.position))
    for position, item in enumerate(ordered, 1):
        item.position = position
    pack.updated_at = at


def move(pack: Pack, item_id: int, *, up: bool, at: datetime) -> None:
    """Let a member pass its neighbour; at either end it stays where it is."""
    ids = [item.id for item in sorted(pack.items, key=lambda item: item.position)]
    if item_id not in ids:
        return
    here = ids.index(item_id)
    there = here + (-1 if up else 1)
    if 0 <= there < len(ids):
        ids[here], ids[there] = ids[there], ids[here]
    order(pack, ids, at=at)


def refresh(pack: Pack, item_id: int, *, by: Person, at: datetime) -> None:
    """Take the member as it is now: the page that was found, the newest version."""
    for member in packs.members(pack, by):
        if member.item.id != item_id or member.asset is None:
            continue
        newest = member.asset.current_version_id
        if newest is not None and member.asset.id == member.item.asset_id:
            member.item.page = member.page
            member.item.version_id = newest
    pack.updated_at = at


def delete(pack: Pack) -> None:
    """The pack goes; its assets stay where they are.

    Raises:
        Invalid: a link leads to it.
    """
    if db.session.scalar(select(Share.id).where(Share.pack_id == pack.id).limit(1)):
        raise Invalid(_("A link leads to this pack; it stays for the link's sake."))
    db.session.execute(update(Copy).where(Copy.pack_id == pack.id).values(pack_id=None))
    db.session.delete(pack)


def _titled(text: str) -> str:
    title = " ".join(text.split())
    if not title or len(title) > 200:
        sentence = _("A pack needs a title of at most 200 characters.")
        raise Invalid(sentence, fields={"title": sentence})
    return title
