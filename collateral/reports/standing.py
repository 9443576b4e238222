"""What is published, what of it was used in a period, and what the rest cost.

The one place for "used" and "cost of what was not": overview, ignored and home all ask here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Subquery, case, func, select

from collateral.assets.models import Asset
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.reports.parts import Asked, counted_uses, in_report, published_by, type_label
from collateral.usage.models import Use


@dataclass(frozen=True)
class Standing:
    """The published assets of a type. Costs are in the report's currency."""

    type: str
    published: int
    used: int
    cost: Decimal
    cost_unused: Decimal


def used_assets(asked: Asked) -> Subquery:
    """The ids of assets with a use in the period, in a deal that the reader may see."""
    return (
        select(Use.asset_id)
        .join(Deal, Deal.id == Use.deal_id)
        .where(counted_uses(asked), deals.visible(asked.reader))
        .distinct()
        .subquery()
    )


def by_type(asked: Asked, currency: str) -> list[Standing]:
    """The published assets by type, the dearest first. One query."""
    return _read(asked, currency, by_type=True)


def together(asked: Asked, currency: str) -> Standing:
    """All of them. One query."""
    return whole(_read(asked, currency, by_type=False))


def whole(parts: Sequence[Standing]) -> Standing:
    """Several types as one. Pure."""
    return Standing(
        "",
        sum(part.published for part in parts),
        sum(part.used for part in parts),
        sum((part.cost for part in parts), Decimal(0)),
        sum((part.cost_unused for part in parts), Decimal(0)),
    )


def _read(asked: Asked, currency: str, *, by_type: bool) -> list[Standing]:
    used = used_assets(asked)
    each = (
        select(
            (type_label() if by_type else func.coalesce("", "")).label("type"),
            case((used.c.asset_id.is_not(None), 1), else_=0).label("used"),
            case((Asset.cost_currency == currency, Asset.cost_amount), else_=0).label("cost"),
        )
        .outerjoin(used, used.c.asset_id == Asset.id)
        .where(in_report(asked), published_by(asked))
        .subquery()
    )
    rows = db.session.execute(
        select(
            each.c.type,
            func.count(),
            func.sum(each.c.used),
            func.sum(each.c.cost),
            func.sum(case((each.c.used == 0, each.c.cost), else_=0)),
        )
        .group_by(each.c.type)
        .order_by(func.sum(each.c.cost).desc(), each.c.type)
    )
    return [
        Standing(label, published, int(used_), Decimal(cost or 0), Decimal(unused or 0))
        for label, published, used_, cost, unused in rows
    ]
