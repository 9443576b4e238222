"""What collections show of themselves on the outside: a few first pages and a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Subquery, and_, func, select

from collateral.accounts.models import Person
from collateral.assets.collections import offered
from collateral.assets.models import Asset, AssetVersion, CollectionItem, Page
from collateral.db import db

COVERS = 4


@dataclass(frozen=True)
class Cover:
    """The first page of an asset. `preview` is its SHA-256, None where there is no picture;
    width and height are the large preview's, in pixels."""

    asset_id: int
    version: int | None
    family: str | None
    preview: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Covers:
    """How many assets of a collection the person sees, and the first few of them."""

    assets: int = 0
    first: tuple[Cover, ...] = ()


def covers(person: Person, collection_ids: Sequence[int]) -> dict[int, Covers]:
    """What each collection shows of itself, in one query; those that show nothing are left out."""
    if not collection_ids:
        return {}
    items = _shown_items(person, collection_ids)
    rows = db.session.execute(
        select(
            items.c.collection_id,
            items.c.assets,
            items.c.asset_id,
            AssetVersion.number,
            AssetVersion.family,
            Page.preview_320,
            Page.width,
            Page.height,
        )
        .outerjoin(AssetVersion, AssetVersion.id == items.c.current_version_id)
        .outerjoin(Page, and_(Page.version_id == AssetVersion.id, Page.number == 1))
        .where(items.c.place <= COVERS)
        .order_by(items.c.collection_id, items.c.place)
    )
    found: dict[int, Covers] = {}
    for collection_id, assets, *cover in rows:
        before = found.get(collection_id, Covers()).first
        found[collection_id] = Covers(assets, (*before, Cover(*cover)))
    return found


def _shown_items(person: Person, collection_ids: Sequence[int]) -> Subquery:
    """What each collection shows the person: `place` in it, and of how many `assets`."""
    whole = CollectionItem.collection_id
    place = func.row_number().over(
        order_by=(CollectionItem.position, CollectionItem.asset_id), partition_by=whole
    )
    return (
        select(
            CollectionItem.collection_id,
            CollectionItem.asset_id,
            Asset.current_version_id,
            place.label("place"),
            func.count().over(partition_by=whole).label("assets"),
        )
        .join(Asset, CollectionItem.asset_id == Asset.id)
        .where(CollectionItem.collection_id.in_(collection_ids), offered(person))
        .subquery()
    )
