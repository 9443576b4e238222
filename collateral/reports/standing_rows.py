"""The one query behind `standing`: published assets, those of them used, and uses, counted in
the database by type, month and step of publication."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    CompoundSelect,
    Subquery,
    case,
    func,
    literal_column,
    select,
    union_all,
)

from collateral.assets.models import Asset, AssetTerm, Status
from collateral.db import read
from collateral.deals.values import at_midnight
from collateral.reports.once import made_once
from collateral.reports.parts import (
    Asked,
    counted_uses,
    in_report,
    in_seen_deals,
    outside,
    stretches,
)
from collateral.usage.counting import zone
from collateral.usage.models import Use


class Ends:
    """The moments at which the months of both periods are over, in order."""

    def __init__(self, lasts: Iterable[date]) -> None:
        self.lasts = sorted(set(lasts))

    def moments(self) -> list[datetime]:
        return [at_midnight(last + timedelta(days=1), zone()) for last in self.lasts]

    def place(self, last: date) -> int:
        """What was published before that month was over has this place or a lower one."""
        return bisect_left(self.lasts, last)


class Row(NamedTuple):
    """So many assets (or uses) of one kind of row: of a type or month (-1 without), published
    within one step of `since`."""

    kind: str
    place: int
    since: int
    number: int
    cost: Decimal


class Rows:
    """What one query counts: the stock of published assets, those of it used now and before,
    in each month, and uses."""

    def __init__(
        self,
        asked: Asked,
        before: Asked,
        currency: str,
        type_ids: Sequence[int],
        ends: Ends,
        detailed: bool,
    ) -> None:
        statement = _statement(
            asked, before, currency, tuple(type_ids), tuple(ends.lasts), detailed
        )
        self.rows: dict[str, list[Row]] = {}
        for kind, place, since, count, cost in read(statement):
            row = Row(kind, place, since, int(count), Decimal(str(cost or 0)))
            self.rows.setdefault(kind, []).append(row)

    def of(self, kind: str) -> list[Row]:
        return self.rows.get(kind, [])


@made_once
def _statement(
    asked: Asked,
    before: Asked,
    currency: str,
    type_ids: tuple[int, ...],
    lasts: tuple[date, ...],
    detailed: bool,
) -> CompoundSelect[Any]:
    stock = _stock(asked, currency, type_ids, Ends(lasts))
    parts = [_sum_up(select(stock.c.type, stock.c.since, stock.c.cost), "stock")]
    for name, one in (("now", asked), ("before", before)):
        used = _used(one, name, detailed)
        of_stock = stock.c.id.in_(select(used.c.asset_id))
        parts.append(
            _sum_up(select(stock.c.type, stock.c.since, stock.c.cost).where(of_stock), name)
        )
        parts.append(
            select(
                literal_column(f"'uses {name}'"),
                literal_column("-1"),
                literal_column("0"),
                func.coalesce(func.sum(used.c.uses), 0),
                literal_column("0"),
            ).where(used.c.asset_id.not_in(outside(asked)))
        )
        if detailed:
            months = select(used.c.month, stock.c.since, stock.c.cost).join(
                stock, stock.c.id == used.c.asset_id
            )
            parts.append(_sum_up(months, f"months {name}"))
    return union_all(*parts)


def _sum_up(of: Any, kind: str) -> Any:
    """From place, since and cost of each asset: how many, and what they cost."""
    each = of.subquery()
    place, since, cost = each.c
    return select(literal_column(f"'{kind}'"), place, since, func.count(), func.sum(cost)).group_by(
        place, since
    )


def _stock(asked: Asked, currency: str, type_ids: Sequence[int], ends: Ends) -> CTE | Subquery:
    """The published assets with the place of their first type (-1 without one)."""
    query = select(
        Asset.id,
        literal_column("-1").label("type"),
        _since(ends).label("since"),
        _cost(currency).label("cost"),
    )
    if type_ids:
        place = case({id_: n for n, id_ in enumerate(type_ids)}, value=AssetTerm.term_id)
        types = (
            select(AssetTerm.asset_id, func.min(place).label("place"))
            .where(AssetTerm.term_id.in_(type_ids))
            .group_by(AssetTerm.asset_id)
            .subquery()
        )
        query = select(
            Asset.id,
            func.coalesce(types.c.place, -1).label("type"),
            _since(ends).label("since"),
            _cost(currency).label("cost"),
        ).outerjoin(types, types.c.asset_id == Asset.id)
    query = query.where(in_report(asked), Asset.status == Status.PUBLISHED)
    # Without types it comes from an index alone, quicker than it is written down for all parts.
    return query.cte("stock") if type_ids else query.subquery("stock")


def _used(asked: Asked, name: str, by_month: bool) -> CTE:
    """The uses of each asset, by month of the period where that is asked for."""
    month: Any = literal_column("0")
    if by_month:
        firsts = [first for first, _ in stretches(asked.period)]
        month = _nth(Use.day, firsts[1:])
    each = (
        select(Use.asset_id, month.label("month"))
        .where(counted_uses(asked), in_seen_deals(asked))
        .subquery()
    )
    return (
        select(each.c.asset_id, each.c.month, func.count().label("uses"))
        .group_by(each.c.asset_id, each.c.month)
        .cte(f"used_{name}")
    )


def _nth(column: Any, bounds: Sequence[Any], low: int = 0) -> Any:
    """How many of the bounds, which are in order, are not above the column; by halves."""
    if not bounds:
        return literal_column(str(low))
    middle = len(bounds) // 2
    below = _nth(column, bounds[:middle], low)
    above = _nth(column, bounds[middle + 1 :], low + middle + 1)
    return case((column < bounds[middle], below), else_=above)


def _cost(currency: str) -> Any:
    return case((Asset.cost_currency == currency, Asset.cost_amount), else_=0)


def _since(ends: Ends) -> Any:
    never = Asset.published_at.is_(None)
    return case((never, literal_column("0")), else_=_nth(Asset.published_at, ends.moments()))
