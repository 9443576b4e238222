"""Collections: named, ordered sets of assets, and saved searches. Reads and changes; nothing
commits. What is counted, pictured and listed of a collection is what the person may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import joinedload

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import (
    Asset,
    Collection,
    CollectionItem,
    CollectionKind,
    Status,
)
from collateral.assets.queries import NAME_ONLY
from collateral.assets.queries import visible as visible_asset
from collateral.db import db
from collateral.errors import Forbidden, Invalid, NotFound, WrongState

MOST_LISTED = 200
LONGEST_TITLE = 200
LONGEST_QUERY = 2000


def visible(person: Person) -> ColumnElement[bool]:
    """Her own, and those that are shared or featured."""
    return or_(Collection.owner_id == person.id, Collection.kind != CollectionKind.PERSONAL)


def get_visible(person: Person, collection_id: int) -> Collection:
    """One collection. Raises NotFound when it does not exist for the person."""
    found = db.session.scalar(
        select(Collection).where(Collection.id == collection_id, visible(person))
    )
    if found is None:
        raise NotFound(_("There is no such collection."))
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
                (Collection.kind == CollectionKind.FEATURED) if may_feature else false(),
            ),
        )
        .order_by(Collection.kind.desc(), func.lower(Collection.title))
        .limit(50)
    ).all()


def listed(person: Person) -> Sequence[Collection]:
    """All that the person may see, the ones changed last first, each with its owner's name."""
    return db.session.scalars(
        select(Collection)
        .where(visible(person))
        .options(joinedload(Collection.owner).options(*NAME_ONLY))
        .order_by(
            case((Collection.kind == CollectionKind.FEATURED, 0), else_=1),
            Collection.updated_at.desc(),
            Collection.id.desc(),
        )
        .limit(MOST_LISTED)
    ).all()


def featured(limit: int) -> Sequence[Collection]:
    """The featured ones, the ones changed last first."""
    return db.session.scalars(
        select(Collection)
        .where(Collection.kind == CollectionKind.FEATURED)
        .order_by(Collection.updated_at.desc(), Collection.id.desc())
        .limit(limit)
    ).all()


def offered(person: Person) -> ColumnElement[bool]:
    """The condition under which a collection shows an asset: she may see it, and it is in use."""
    return and_(visible_asset(person), Asset.status != Status.RETIRED)


def asset_ids(person: Person, collection: Collection) -> list[int]:
    """The assets that the collection shows the person, in its order."""
    return list(
        db.session.scalars(
            select(CollectionItem.asset_id)
            .join(Asset, CollectionItem.asset_id == Asset.id)
            .where(CollectionItem.collection_id == collection.id, offered(person))
            .order_by(CollectionItem.position, CollectionItem.asset_id)
        )
    )


def create(
    title: str,
    *,
    by: Person,
    at: datetime,
    kind: CollectionKind = CollectionKind.PERSONAL,
    summary: str = "",
    query: str | None = None,
    alert: bool = False,
) -> Collection:
    """A new, empty set; with a query string of the library page, a saved search.

    `alert`: its owner is told of what the search newly finds.

    Raises Invalid without a title, Forbidden for who may not feature.
    """
    if query is not None and len(query) > LONGEST_QUERY:
        raise Invalid(_("This search is too long to be saved."))
    collection = Collection(
        title=_title(title),
        summary=summary.strip(),
        owner_id=by.id,
        query=query,
        alert=alert and query is not None,
        created_at=at,
    )
    _give_kind(collection, kind, by=by)
    collection.updated_at = at
    db.session.add(collection)
    db.session.flush()  # its id is needed
    return collection


def change(
    collection: Collection,
    *,
    title: str,
    summary: str,
    kind: CollectionKind,
    by: Person,
    at: datetime,
    alert: bool = False,
) -> None:
    """Name it anew, or offer it to others or to nobody. Raises Invalid, Forbidden.

    Only its owner is told of what a saved search finds, so only she switches it on.
    """
    _may_change(collection, by)
    if by.id == collection.owner_id:
        collection.alert = alert and collection.query is not None
    collection.title, collection.summary = _title(title), summary.strip()
    if kind is not collection.kind:
        _give_kind(collection, kind, by=by)
    collection.updated_at = at


def delete(collection: Collection, *, by: Person) -> None:
    """The set goes; its assets stay where they are."""
    _may_change(collection, by)
    audit.record(
        "collection.deleted",
        by=by,
        kind="collection",
        id=collection.id,
        title=collection.title,
        was=collection.kind.value,
    )
    db.session.delete(collection)


def add(collection: Collection, assets: Sequence[Asset], *, by: Person, at: datetime) -> int:
    """Put the assets at the end, in this order. How many were not in there already."""
    _may_fill(collection, by)
    last, held = 0, set()
    for asset_id, position in db.session.execute(
        select(CollectionItem.asset_id, CollectionItem.position).where(
            CollectionItem.collection_id == collection.id
        )
    ):
        last = max(last, position)
        held.add(asset_id)
    fresh = [asset for asset in assets if asset.id not in held]
    db.session.add_all(
        CollectionItem(collection_id=collection.id, asset_id=asset.id, position=last + step)
        for step, asset in enumerate(fresh, 1)
    )
    collection.updated_at = at
    return len(fresh)


def remove(collection: Collection, asset_id: int, *, by: Person, at: datetime) -> int | None:
    """Take the asset out. Its position, for `put_back`; None when it is not in there."""
    _may_change(collection, by)
    item = db.session.get(CollectionItem, (collection.id, asset_id))
    if item is None:
        return None
    db.session.delete(item)
    collection.updated_at = at
    return item.position


def put_back(
    collection: Collection, asset: Asset, position: int, *, by: Person, at: datetime
) -> None:
    """Undo of `remove`; nothing happens when it is in there again."""
    _may_fill(collection, by)
    if db.session.get(CollectionItem, (collection.id, asset.id)) is None:
        db.session.add(
            CollectionItem(collection_id=collection.id, asset_id=asset.id, position=position)
        )
        collection.updated_at = at


def move(collection: Collection, asset_id: int, *, up: bool, by: Person, at: datetime) -> None:
    """Move the asset before or behind its neighbour among those that the person sees."""
    _may_fill(collection, by)
    items = db.session.scalars(
        select(CollectionItem)
        .where(CollectionItem.collection_id == collection.id)
        .order_by(CollectionItem.position, CollectionItem.asset_id)
    ).all()
    order = moved([item.asset_id for item in items], asset_ids(by, collection), asset_id, up=up)
    places = {each: place for place, each in enumerate(order, 1)}
    for item in items:
        item.position = places[item.asset_id]
    collection.updated_at = at


def moved(order: Sequence[int], seen: Sequence[int], asset_id: int, *, up: bool) -> list[int]:
    """The order after `asset_id` passed its neighbour among the `seen`; those that are not seen
    keep their places among the others. At either end, or unseen, it stays where it is."""
    kept = list(order)
    at = seen.index(asset_id) + (-1 if up else 1) if asset_id in seen else -1
    if 0 <= at < len(seen):
        kept.remove(asset_id)
        kept.insert(kept.index(seen[at]) + (0 if up else 1), asset_id)
    return kept


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title or len(title) > LONGEST_TITLE:
        sentence = _("A collection needs a title of at most 200 characters.")
        raise Invalid(sentence, fields={"title": sentence})
    return title


def _give_kind(collection: Collection, kind: CollectionKind, *, by: Person) -> None:
    if kind is CollectionKind.FEATURED and not can(by, Permission.COLLECTION_FEATURE):
        raise Forbidden(_("You may not feature a collection."))
    if kind is CollectionKind.PERSONAL and collection.owner_id != by.id:
        raise Forbidden(_("Only its owner can take a collection back for herself."))
    collection.kind = kind


def _may_fill(collection: Collection, by: Person) -> None:
    _may_change(collection, by)
    if collection.query is not None:
        raise WrongState(_("This collection fills itself from a search."))


def _may_change(collection: Collection, by: Person) -> None:
    if not can(by, Permission.COLLECTION_EDIT, collection):
        raise Forbidden(_("This collection is somebody else's."))
