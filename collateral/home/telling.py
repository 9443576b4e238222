"""Finding who is to be told: of assets that changed, of searches that found.

Everything here may run again and tells nobody twice: a notice's `once` names the very change.
"""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from sqlalchemy import func, or_, select, union
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion, Collection, ReadingState, Status
from collateral.assets.queries import seen_by
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.errors import Invalid
from collateral.home import notices
from collateral.notify.kinds import Kind
from collateral.notify.models import Notice
from collateral.notify.operations import tell
from collateral.search.engines.protocol import Sort
from collateral.search.queries import search
from collateral.search.requests import MOST, SearchRequest, from_address
from collateral.sharing.models import Share, ShareItem
from collateral.usage import confirming
from collateral.usage.models import Use

LOOK_BACK = timedelta(days=2)
"""A change that no job saw for so long is no news any more."""
CONCERNED = timedelta(days=365)
NAMED = 3


@dataclass(frozen=True)
class Change:
    """An asset that was retired or got a new version."""

    asset_id: int
    kind: Kind
    once: str
    at: datetime
    facts: dict[str, str | int]
    replacement: Asset | None = None
    """What takes the place of a retired one; named to those alone who may see it."""


def changes(at: datetime) -> list[Change]:
    """What was retired or renewed lately. Two queries."""
    return [*_retired(at), *_renewed(at)]


def _retired(at: datetime) -> list[Change]:
    retired = db.session.scalars(
        select(Asset)
        .where(Asset.status == Status.RETIRED, Asset.retired_at >= at - LOOK_BACK)
        .options(joinedload(Asset.replacement))
    )
    return [
        Change(
            asset.id,
            notices.RETIRED,
            f"{asset.id} {asset.retired_at.isoformat()}",
            asset.retired_at,
            {"asset": asset.id, "title": asset.title},
            asset.replacement,
        )
        for asset in retired
        if asset.retired_at is not None
    ]


def _renewed(at: datetime) -> list[Change]:
    renewed = db.session.execute(
        select(Asset.id, Asset.title, AssetVersion.number, AssetVersion.read_at)
        .join(AssetVersion, AssetVersion.id == Asset.current_version_id)
        .where(
            Asset.status == Status.PUBLISHED,
            AssetVersion.number > 1,
            AssetVersion.state == ReadingState.READY,
            AssetVersion.created_at >= at - LOOK_BACK,
        )
    )
    return [
        Change(
            asset_id,
            notices.RENEWED,
            f"{asset_id} version {number}",
            moment,
            {"asset": asset_id, "title": title, "version": number},
        )
        for asset_id, title, number, moment in renewed
        if moment is not None
    ]


def tell_of_changes(found: Sequence[Change], at: datetime) -> None:
    """Tell those who sent or used a changed asset within a year, with their open deals."""
    if not found:
        return
    known = _told((notices.RETIRED, notices.RENEWED), at)
    concerned = _concerned({change.asset_id for change in found}, at)
    for change in found:
        theirs = concerned.get(change.asset_id, {})
        see = _who_see(change.replacement, theirs)
        for person_id, deals in theirs.items():
            if (person_id, change.kind.name, change.once) in known:
                continue
            facts = {**change.facts, "deals": _names(deals), "count": len(deals)}
            if change.kind is notices.RETIRED:
                named = change.replacement if person_id in see else None
                facts["replacement"] = named.title if named else ""
            tell([person_id], change.kind, facts, at, once=change.once)


def _who_see(asset: Asset | None, person_ids: Several[int]) -> set[int]:
    if asset is None or not person_ids:
        return set()
    return seen_by(asset, db.session.scalars(select(Person).where(Person.id.in_(person_ids))).all())


def _told(kinds: Iterable[Kind], at: datetime) -> set[tuple[int, str, str | None]]:
    """Who was told what of these kinds since the changes that are looked at."""
    rows = db.session.execute(
        select(Notice.person_id, Notice.kind, Notice.once).where(
            Notice.at >= at - LOOK_BACK, Notice.kind.in_([kind.name for kind in kinds])
        )
    )
    return {(person_id, kind, once) for person_id, kind, once in rows}


def _concerned(asset_ids: set[int], at: datetime) -> dict[int, dict[int, list[str]]]:
    """By asset and person who sent or used it, the names of her own open deals that carry it."""
    used = select(Use.asset_id, Use.person_id, Use.deal_id).where(
        Use.asset_id.in_(asset_ids), Use.retracted_at.is_(None), Use.at >= at - CONCERNED
    )
    sent = (
        select(ShareItem.asset_id, Share.person_id, Share.deal_id)
        .join(Share, Share.id == ShareItem.share_id)
        .where(
            ShareItem.asset_id.in_(asset_ids),
            Share.revoked_at.is_(None),
            or_(Share.expires_at.is_(None), Share.expires_at > at),
        )
    )
    pairs = union(used, sent).subquery()
    rows = db.session.execute(
        select(pairs.c.asset_id, pairs.c.person_id, Deal.name)
        .outerjoin(
            Deal,
            (Deal.id == pairs.c.deal_id)
            & (Deal.outcome == Outcome.OPEN)
            & (Deal.owner_id == pairs.c.person_id),
        )
        .order_by(Deal.next_call_at.asc().nulls_last(), Deal.id)
    )
    found: dict[int, dict[int, list[str]]] = {}
    for asset_id, person_id, name in rows:
        deals = found.setdefault(asset_id, {}).setdefault(person_id, [])
        if name is not None and name not in deals:
            deals.append(name)
    return found


def _names(deals: list[str]) -> str:
    more = ", …" if len(deals) > NAMED else ""
    return ", ".join(f"“{name}”" for name in deals[:NAMED]) + more


def tell_of_searches(at: datetime) -> None:
    """Tell the owners of saved searches that alert what was published since they were told."""
    saved = db.session.scalars(
        select(Collection)
        .join(Person, Person.id == Collection.owner_id)
        .where(Collection.alert, Collection.query.is_not(None), Person.active)
        .options(joinedload(Collection.owner))
        .order_by(Collection.id)
    ).all()
    for collection in saved:
        _tell_of_search(collection, at)


def _tell_of_search(collection: Collection, at: datetime) -> None:
    since = _looked_until(collection) or max(collection.updated_at, at - LOOK_BACK)
    person = collection.owner
    fresh = db.session.execute(
        select(Asset.id, Asset.title, Asset.published_at)
        .where(
            Asset.id.in_(_found(person, collection)),
            Asset.status == Status.PUBLISHED,
            Asset.published_at > since,
        )
        .order_by(Asset.published_at.desc(), Asset.id)
    ).all()
    if not fresh:
        return
    newest = fresh[0]
    tell(
        [person.id],
        notices.FOUND,
        {
            "collection": collection.id,
            "search": collection.title,
            "asset": newest.id,
            "first": newest.title,
            "count": len(fresh),
            "until": newest.published_at.isoformat(),
        },
        at,
        once=f"{collection.id} {newest.published_at.isoformat()}",
    )


def _looked_until(collection: Collection) -> datetime | None:
    """The publication of the newest asset that she was told of for this search."""
    found = db.session.scalar(
        select(func.max(Notice.once)).where(
            Notice.person_id == collection.owner_id,
            Notice.kind == notices.FOUND.name,
            Notice.once.startswith(f"{collection.id} "),
        )
    )
    return datetime.fromisoformat(found.partition(" ")[2]) if found else None


def _found(person: Person, collection: Collection) -> list[int]:
    """The newest that the search finds for its owner, as she would see it."""
    asked = from_address(MultiDict(parse_qs(collection.query or "", keep_blank_values=True)))
    request = SearchRequest(
        q=asked.q,
        terms=asked.terms,
        tags=asked.tags,
        owner=asked.owner,
        freshness=asked.freshness,
        used_since=asked.used_since,
        only=asked.only,
        sort=Sort.NEWEST.value,
        limit=MOST,
    )
    try:
        return [hit.asset.id for hit in search(person, request).hits]
    except Invalid:  # a term that is gone
        return []


def tell_of_closed_deals(at: datetime) -> None:
    """Ask the owners of deals that were closed lately what was used, once for each deal."""
    found = confirming.to_ask(at)
    if not found:
        return
    known = set(
        db.session.scalars(
            select(Notice.once).where(
                Notice.kind == notices.CLOSED.name,
                Notice.person_id.in_({deal.owner_id for deal in found}),
            )
        )
    )
    for deal in found:
        if deal.owner_id is None or str(deal.id) in known:
            continue
        facts: dict[str, str | int] = {
            "deal": deal.id,
            "name": deal.name,
            "outcome": deal.outcome.value,
        }
        tell([deal.owner_id], notices.CLOSED, facts, at, once=str(deal.id))
