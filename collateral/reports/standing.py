"""What is published, what of it was used in a period, and what the rest cost.

The one place for "used" and "cost of what was not": overview, ignored and home all ask here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Subquery, case, func, select

from collateral.assets.models import Asset, AssetTerm, Term, Vocabulary
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.reports.parts import Asked, counted_uses, in_report, published_by
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
    """The published assets by type, the dearest first. Two queries."""
    types = db.session.execute(
        select(Term.id, Term.label)
        .where(Term.vocabulary == Vocabulary.TYPE)
        .order_by(Term.position, Term.label)
    ).all()
    rows = [
        replace(row, type=types[int(row.type)].label if row.type else "")
        for row in _read(asked, currency, [term.id for term in types])
    ]
    return sorted(rows, key=lambda row: (-row.cost, row.type))


def together(asked: Asked, currency: str) -> Standing:
    """All of them. One query."""
    return whole(_read(asked, currency, []))


def whole(parts: Sequence[Standing]) -> Standing:
    """Several types as one. Pure."""
    return Standing(
        "",
        sum(part.published for part in parts),
        sum(part.used for part in parts),
        sum((part.cost for part in parts), Decimal(0)),
        sum((part.cost_unused for part in parts), Decimal(0)),
    )


def _read(asked: Asked, currency: str, type_ids: Sequence[int]) -> list[Standing]:
    """By the place of an asset's first type among these, as text; "" where it has none."""
    used = used_assets(asked)
    where = AssetTerm.term_id.in_(type_ids)
    place = case({id_: n for n, id_ in enumerate(type_ids)}, value=AssetTerm.term_id)
    types = (
        select(AssetTerm.asset_id, func.min(place if type_ids else 0).label("place"))
        .where(where)
        .group_by(AssetTerm.asset_id)
        .subquery()
    )
    is_used = case((used.c.asset_id.is_not(None), 1), else_=0)
    cost = case((Asset.cost_currency == currency, Asset.cost_amount), else_=0)
    unused = case((used.c.asset_id.is_(None), cost), else_=0)
    rows = db.session.execute(
        select(types.c.place, func.count(), func.sum(is_used), func.sum(cost), func.sum(unused))
        .select_from(Asset)
        .outerjoin(used, used.c.asset_id == Asset.id)
        .outerjoin(types, types.c.asset_id == Asset.id)
        .where(in_report(asked), published_by(asked))
        .group_by(types.c.place)
    )
    return [
        Standing(
            "" if place is None else str(place),
            published,
            int(used_),
            Decimal(cost_ or 0),
            Decimal(unused_ or 0),
        )
        for place, published, used_, cost_, unused_ in rows
    ]
