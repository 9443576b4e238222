"""What a pack holds at this moment, member by member."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion, Page, ReadingState, Status
from collateral.db import db
from collateral.sharing import rules
from collateral.sharing.models import Pack, PackItem
from collateral.sharing.showing import Leaf, Showing, current, leaves_of


class Flag(StrEnum):
    """What its owner should look at."""

    RETIRED = "retired"
    REPLACED = "replaced"
    """Retired; what took its place is shown instead, where the whole asset is a member."""
    AWAY = "away"
    """She may not see it any more, or it is not published."""
    PAGE_CHANGED = "page_changed"
    PAGE_GONE = "page_gone"
    OUTDATED = "outdated"
    """The pack is frozen, and there is a newer version."""


@dataclass(frozen=True)
class Member:
    """One item of a pack as it is now."""

    item: PackItem
    showing: Showing
    asset: Asset | None = None
    """The asset that is shown; of a retired one itself. None where it may not be seen."""
    version: AssetVersion | None = None
    page: int | None = None
    leaves: list[Leaf] = field(default_factory=list)
    flags: tuple[Flag, ...] = ()


def members(pack: Pack, person: Person) -> list[Member]:
    """The items in their order, as that person may see them. A handful of queries in all."""
    items = pack.items
    shown = current({item.asset_id for item in items}, person)
    kept = _versions(items)
    wanted = {
        item.id: _version_of(pack, item, shown[item.asset_id][1], kept.get(item.version_id))
        for item in items
        if shown[item.asset_id][0] is Showing.SHOWN
    }
    pages = leaves_of({version.id for version in wanted.values() if version})
    moved = _moved(pack, items, wanted)
    return [_member(item, shown[item.asset_id], wanted, pages, moved) for item in items]


def _versions(items: list[PackItem]) -> dict[int, AssetVersion]:
    rows = db.session.scalars(
        select(AssetVersion)
        .where(AssetVersion.id.in_({item.version_id for item in items}))
        .options(joinedload(AssetVersion.asset))
    )
    return {version.id: version for version in rows}


def _version_of(
    pack: Pack, item: PackItem, asset: Asset | None, kept: AssetVersion | None
) -> AssetVersion | None:
    if asset is None:
        return None
    if asset.id != item.asset_id:
        return asset.current_version  # what took its place has only its own versions
    frozen = not pack.follows and kept is not None and kept.state is ReadingState.READY
    return kept if frozen else asset.current_version


Moved = dict[int, tuple[int | None, bool]]


def _moved(pack: Pack, items: list[PackItem], wanted: dict[int, AssetVersion | None]) -> Moved:
    """Where single pages went whose asset has a newer version. One query for all texts."""
    looking = [
        item
        for item in items
        if item.page is not None
        and (version := wanted.get(item.id)) is not None
        and version.asset_id == item.asset_id
        and version.id != item.version_id
        and pack.follows
    ]
    if not looking:
        return {}
    ids = {item.version_id for item in looking}
    ids |= {version.id for item in looking if (version := wanted[item.id]) is not None}
    said: dict[int, dict[int, tuple[str, str]]] = {}
    for version_id, number, title, text in db.session.execute(
        select(Page.version_id, Page.number, Page.title, Page.text).where(
            Page.version_id.in_(ids), ~Page.hidden
        )
    ):
        said.setdefault(version_id, {})[number] = (title, text)
    found: Moved = {}
    for item in looking:
        version = wanted[item.id]
        number = item.page or 0
        title, text = said.get(item.version_id, {}).get(number, ("", ""))
        there = said.get(version.id if version else 0, {})
        found[item.id] = rules.where_it_went(
            number, title, text, ((n, t, w) for n, (t, w) in there.items())
        )
    return found


def _member(
    item: PackItem,
    shown: tuple[Showing, Asset | None],
    wanted: dict[int, AssetVersion | None],
    pages: dict[int, list[Leaf]],
    moved: Moved,
) -> Member:
    showing, asset = shown
    version = wanted.get(item.id)
    if asset is None or showing is Showing.AWAY:
        return Member(item, Showing.AWAY, flags=(Flag.AWAY,))
    if showing is Showing.RETIRED or version is None:
        return Member(item, Showing.RETIRED, asset, flags=(Flag.RETIRED,))
    leaves = pages.get(version.id, [])
    if asset.id != item.asset_id:
        if item.page is not None:
            # Which page of another asset would say the same nobody knows.
            return Member(item, Showing.RETIRED, asset, flags=(Flag.RETIRED,))
        return Member(item, showing, asset, version, None, leaves, (Flag.REPLACED,))
    outdated = (
        (Flag.OUTDATED,)
        if asset.current_version_id != version.id and asset.status is Status.PUBLISHED
        else ()
    )
    if item.page is None:
        return Member(item, showing, asset, version, None, leaves, outdated)
    number, same = moved.get(item.id, (item.page, True))
    leaf = [leaf for leaf in leaves if leaf.page == number]
    if not leaf:
        return Member(item, showing, asset, version, None, [], (Flag.PAGE_GONE,))
    flags = outdated if same else (*outdated, Flag.PAGE_CHANGED)
    return Member(item, showing, asset, version, number, leaf, flags)
