"""Reads of uses, each for what the reader may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, bindparam, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.db import db, read
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.errors import NotFound
from collateral.usage import partitions
from collateral.usage.models import Event, EventKind, Use
from collateral.usage.models_confirming import NoDeal
from collateral.usage.summed import Counts, counts
from collateral.usage.team_sets import scope_of


@dataclass(frozen=True)
class DealCounts:
    """In how many deals, of those that the reader may see, an asset was used."""

    deals: int = 0
    won: int = 0
    open: int = 0
    lost: int = 0


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


# Made once: every page of results asks it.
_PAIRS = (
    select(Use.asset_id, Use.deal_id)
    .where(Use.asset_id.in_(bindparam("ids", expanding=True)), Use.retracted_at.is_(None))
    .distinct()
    .subquery()
)
_COUNTED = (
    select(
        _PAIRS.c.asset_id,
        func.count(),
        *(_count(Deal.outcome == outcome) for outcome in (Outcome.WON, Outcome.OPEN, Outcome.LOST)),
    )
    # Past the session nothing else leaves out what is gone.
    .join(Deal, and_(Deal.id == _PAIRS.c.deal_id, Deal.gone_at.is_(None)))
    .group_by(_PAIRS.c.asset_id)
)
_COUNTED_SEEN = _COUNTED.where(deals.VISIBLE)


def deal_counts(asset_ids: Collection[int], person: Person) -> dict[int, DealCounts]:
    """For each asset with a use the deals by outcome. One query whatever their number."""
    if not asset_ids:
        return {}
    ids = {"ids": list(asset_ids)}
    if can(person, Permission.DEAL_READ_ALL):
        rows = read(_COUNTED, ids).all()
    else:
        rows = read(_COUNTED_SEEN, ids | deals.asking(person)).all()
    return {asset_id: DealCounts(*numbers) for asset_id, *numbers in rows}


def uses_of_asset(asset: Asset, person: Person, *, limit: int = 100) -> Sequence[Use]:
    """The asset's uses in deals that the person may see, the latest first."""
    return db.session.scalars(
        select(Use)
        .join(Deal, Deal.id == Use.deal_id)
        .where(Use.asset_id == asset.id, Use.retracted_at.is_(None), deals.visible(person))
        .options(joinedload(Use.deal), joinedload(Use.person))
        .order_by(Use.at.desc(), Use.id.desc())
        .limit(limit)
    ).all()


def uses_of_deal(deal: Deal, person: Person, *, limit: int = 200) -> Sequence[Use]:
    """What was used in the deal, of what the person may see, the latest first."""
    return db.session.scalars(
        select(Use)
        .join(Asset, Asset.id == Use.asset_id)
        .where(Use.deal_id == deal.id, Use.retracted_at.is_(None), assets.visible(person))
        .options(joinedload(Use.asset), joinedload(Use.person))
        .order_by(Use.at.desc(), Use.id.desc())
        .limit(limit)
    ).all()


def last_uses(deal_ids: Collection[int], person: Person, *, limit: int) -> dict[int, list[Use]]:
    """By deal its latest so many, of what the person may see, the latest first. One query."""
    place = func.row_number().over(
        partition_by=Use.deal_id, order_by=(Use.at.desc(), Use.id.desc())
    )
    latest = (
        select(Use.id, place.label("place"))
        .join(Asset, Asset.id == Use.asset_id)
        .where(Use.deal_id.in_(deal_ids), Use.retracted_at.is_(None), assets.visible(person))
        .subquery()
    )
    found: dict[int, list[Use]] = {deal_id: [] for deal_id in deal_ids}
    for use in db.session.scalars(
        select(Use)
        .join(latest, latest.c.id == Use.id)
        .where(latest.c.place <= limit)
        .order_by(latest.c.place)
    ):
        found[use.deal_id].append(use)
    return found


def use_counts(deal_ids: Collection[int], person: Person) -> dict[int, int]:
    """How many assets that the person may see were used in each deal. One query."""
    if not deal_ids:
        return {}
    rows = db.session.execute(
        select(Use.deal_id, func.count(Use.asset_id.distinct()))
        .join(Asset, Asset.id == Use.asset_id)
        .where(Use.deal_id.in_(deal_ids), Use.retracted_at.is_(None), assets.visible(person))
        .group_by(Use.deal_id)
    )
    return dict(rows.all())


def get_use(person: Person, use_id: int) -> Use:
    """One use in a deal that the person may see. Raises NotFound."""
    use = db.session.scalar(
        select(Use)
        .join(Deal, Deal.id == Use.deal_id)
        .join(Asset, Asset.id == Use.asset_id)
        .where(Use.id == use_id, deals.visible(person), assets.visible(person))
        .options(joinedload(Use.deal), joinedload(Use.asset))
    )
    if use is None:
        raise NotFound(_("There is no such use."))
    return use


def totals(person: Person, asset: Asset) -> Counts:
    """All that was ever counted of an asset, by those whose numbers the person may see."""
    return counts([asset.id], scope_of(person)).get(asset.id, Counts())


@dataclass(frozen=True)
class Download:
    """An asset that somebody downloaded without saying for which deal."""

    asset: Asset
    at: datetime


def downloads_without_a_deal(person: Person, *, since: datetime, limit: int = 5) -> list[Download]:
    """The person's own recent downloads of assets that she has not said she used since."""
    used = (
        select(Use.id)
        .where(
            Use.asset_id == Event.asset_id, Use.person_id == person.id, Use.created_at >= Event.at
        )
        .exists()
    )
    for_none = (
        select(NoDeal.asset_id)
        .where(
            NoDeal.asset_id == Event.asset_id, NoDeal.person_id == person.id, NoDeal.at >= Event.at
        )
        .exists()
    )
    latest = (
        select(Event.asset_id, func.max(Event.at).label("at"))
        .where(
            Event.who == f"p{person.id}",
            Event.kind == EventKind.DOWNLOADED,
            Event.at >= since,
            partitions.near(Event.day, since.date() - timedelta(days=1)),
            Event.left_out.is_(None),
            Event.kept,
            Event.deal_id.is_(None),
            ~used,
            ~for_none,
        )
        .group_by(Event.asset_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Asset, latest.c.at)
        .join(latest, latest.c.asset_id == Asset.id)
        .where(assets.visible(person))
        .options(selectinload(Asset.terms))
        .order_by(latest.c.at.desc())
        .limit(limit)
    )
    return [Download(asset, at) for asset, at in rows]


_SAID = (
    select(Use.id)
    .where(
        Use.person_id == bindparam("person_id"),
        Use.asset_id == bindparam("asset_id"),
        Use.created_at >= bindparam("since"),
        Use.retracted_at.is_(None),
    )
    .limit(1)
)


def said_since(person: Person, asset: Asset, since: datetime) -> bool:
    """Whether she said since then in which deal she used the asset."""
    asked = {"person_id": person.id, "asset_id": asset.id, "since": since}
    return read(_SAID, asked).scalar() is not None
