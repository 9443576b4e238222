"""What a buyer is shown of an asset at this moment, and its pages; by itself or in a pack."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion, Page, ReadingState, Status
from collateral.assets.queries import select_visible
from collateral.assets.succession import successor
from collateral.db import db


class Showing(StrEnum):
    """What becomes of one asset of a link."""

    SHOWN = "shown"
    RETIRED = "retired"
    """Withdrawn with nothing in its place: a courteous note."""
    AWAY = "away"
    """Not to be seen now, and nothing is said of it."""


@dataclass(frozen=True)
class Leaf:
    """One page as a buyer sees it."""

    asset_id: int
    version_id: int
    page: int
    title: str
    width: int | None
    height: int | None
    preview_320: str | None
    preview_1280: str | None


def current(asset_ids: Collection[int], maker: Person) -> dict[int, tuple[Showing, Asset | None]]:
    """By asset: what becomes of it, and the asset that is shown for it."""
    rows = db.session.scalars(
        select_visible(maker)
        .where(Asset.id.in_(asset_ids))
        .options(joinedload(Asset.current_version))
    )
    there = {asset.id: asset for asset in rows}
    return {asset_id: _shown_for(there.get(asset_id), maker) for asset_id in asset_ids}


def _shown_for(asset: Asset | None, maker: Person) -> tuple[Showing, Asset | None]:
    if asset is None:
        return Showing.AWAY, None
    if asset.status is Status.RETIRED:
        replacement = successor(asset, maker)
        if replacement is not None and _readable(replacement):
            return Showing.SHOWN, replacement
        return Showing.RETIRED, asset
    return (Showing.SHOWN, asset) if _readable(asset) else (Showing.AWAY, None)


def _readable(asset: Asset) -> bool:
    version = asset.current_version
    return (
        asset.status is Status.PUBLISHED
        and version is not None
        and version.state is ReadingState.READY
    )


def leaves_of(version_ids: Collection[int]) -> dict[int, list[Leaf]]:
    """By version its pages in their order, without those that its maker hid. One query."""
    found: dict[int, list[Leaf]] = {}
    rows = db.session.execute(
        select(
            AssetVersion.asset_id,
            Page.version_id,
            Page.number,
            Page.title,
            Page.width,
            Page.height,
            Page.preview_320,
            Page.preview_1280,
        )
        .join(AssetVersion, AssetVersion.id == Page.version_id)
        .where(Page.version_id.in_(version_ids), ~Page.hidden)
        .order_by(Page.version_id, Page.number)
    )
    for row in rows:
        found.setdefault(row.version_id, []).append(Leaf(*row))
    return found
