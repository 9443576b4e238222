"""Collections: named, ordered sets of assets. Reads and changes; nothing commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, true

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import Asset, Collection, CollectionItem, CollectionKind
from collateral.assets.queries import visible as visible_asset
from collateral.db import db
from collateral.errors import Forbidden, Invalid, NotFound, WrongState


def visible(person: Person) -> ColumnElement[bool]:
    """Her own, and those that are shared or featured."""
    return or_(Collection.owner_id == person.id, Collection.kind != CollectionKind.PERSONAL)


def get_visible(person: Person, collection_id: int) -> Collection:
    """One collection. Raises NotFound when it does not exist for the person."""
    found = db.session.scalar(
        select(Collection).where(Collection.id == collection_id, visible(person))
    )
    if found is None:
        raise NotFound("There is no such collection.")
    return found


def editable(person: Person) -> Sequence[Collection]:
    """The sets put together by hand that she may add to, her own first."""
    may_feature = can(person, Permission.COLLECTION_FEATURE)
    return db.session.scalars(
        select(Collection)
        .where(
            Collection.query.is_(None),
            or_(
                Collection.owner_id == person.id,
                (Collection.kind == CollectionKind.FEATURED)
                & (true() if may_feature else Collection.owner_id == person.id),
            ),
        )
        .order_by(Collection.kind.desc(), func.lower(Collection.title))
        .limit(50)
    ).all()


def assets_in(person: Person, collection: Collection) -> Sequence[Asset]:
    """The assets of a set that the person may see, in its order."""
    return db.session.scalars(
        select(Asset)
        .join(CollectionItem, CollectionItem.asset_id == Asset.id)
        .where(CollectionItem.collection_id == collection.id, visible_asset(person))
        .order_by(CollectionItem.position, CollectionItem.asset_id)
    ).all()


def create(
    title: str,
    *,
    by: Person,
    at: datetime,
    kind: CollectionKind = CollectionKind.PERSONAL,
    summary: str = "",
) -> Collection:
    """A new, empty set. Raises Invalid without a title, Forbidden for who may not feature."""
    title = " ".join(title.split())
    if not title or len(title) > 200:
        raise Invalid(
            "A collection needs a title of at most 200 characters.",
            fields={"title": "A collection needs a title of at most 200 characters."},
        )
    if kind is CollectionKind.FEATURED and not can(by, Permission.COLLECTION_FEATURE):
        raise Forbidden("You may not feature a collection.")
    collection = Collection(
        title=title, summary=summary.strip(), kind=kind, owner_id=by.id, created_at=at
    )
    db.session.add(collection)
    db.session.flush()  # its id is needed
    return collection


def add(collection: Collection, asset: Asset, *, by: Person, at: datetime) -> bool:
    """Put the asset at the end; False when it is in there already."""
    _may_change(collection, by)
    if collection.query is not None:
        raise WrongState("This collection fills itself from a search.")
    if db.session.get(CollectionItem, (collection.id, asset.id)) is not None:
        return False
    last = db.session.scalar(
        select(func.max(CollectionItem.position)).where(
            CollectionItem.collection_id == collection.id
        )
    )
    db.session.add(
        CollectionItem(collection_id=collection.id, asset_id=asset.id, position=(last or 0) + 1)
    )
    collection.updated_at = at
    return True


def remove(collection: Collection, asset_id: int, *, by: Person, at: datetime) -> None:
    """Take the asset out; nothing happens when it is not in there."""
    _may_change(collection, by)
    item = db.session.get(CollectionItem, (collection.id, asset_id))
    if item is not None:
        db.session.delete(item)
        collection.updated_at = at


def _may_change(collection: Collection, by: Person) -> None:
    featured = collection.kind is CollectionKind.FEATURED
    if collection.owner_id != by.id and not (featured and can(by, Permission.COLLECTION_FEATURE)):
        raise Forbidden("This collection is somebody else's.")
