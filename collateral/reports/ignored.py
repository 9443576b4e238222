"""The report of what is ignored: how far each published asset came in the period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, cast, exists, func, null, or_, select, union_all

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.db import db, read
from collateral.reports.asking import ReportRequest
from collateral.reports.once import made_once
from collateral.reports.parts import (
    Asked,
    ask,
    cost_currency,
    counted_uses,
    in_report,
    in_seen_deals,
    published_by,
)
from collateral.reports.standing import used_assets
from collateral.usage.models import Use
from collateral.usage.summed import Counts, counts, sums

PAGE = 50


class Reached(StrEnum):
    """The furthest step of an asset."""

    NOTHING = "never_shown"
    SHOWN = "shown_not_opened"
    OPENED = "opened_not_used"
    USED = "used"


@dataclass(frozen=True)
class IgnoredRow:
    """An asset without a use in the period. The cost is in the report's currency, or None."""

    id: int
    title: str
    reached: Reached
    shown: int
    views: int
    downloads: int
    cost: Decimal | None
    published_at: datetime | None


@dataclass(frozen=True)
class Funnel:
    """From published to used. Each step counts the later ones in."""

    currency: str
    published: int
    shown: int
    opened: int
    used: int
    cost: Decimal
    cost_unused: Decimal

    def stopped(self, reached: Reached | None) -> int:
        """How many came so far and no further; all without a use for None."""
        return {
            None: self.published - self.used,
            Reached.NOTHING: self.published - self.shown,
            Reached.SHOWN: self.shown - self.opened,
            Reached.OPENED: self.opened - self.used,
            Reached.USED: self.used,
        }[reached]


@dataclass(frozen=True)
class IgnoredReport:
    """The funnel, and a page of what was not used."""

    funnel: Funnel
    rows: Sequence[IgnoredRow]
    total: int
    page: int
    pages: int


def ignored_report(
    reader: Person,
    request: ReportRequest,
    *,
    reached: Reached | None = None,
    page: int = 1,
    limit: int = PAGE,
) -> IgnoredReport:
    """The funnel and the assets without a use, the dearest first. Four queries.

    Args:
        reached: only those that came so far and no further.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    found = _funnel(asked, cost_currency(reader))
    total = found.stopped(reached)
    pages = max(1, -(-total // limit))
    page = min(max(1, page), pages)
    rows = db.session.execute(
        _listed(asked, found.currency, reached).limit(limit).offset((page - 1) * limit)
    )
    return IgnoredReport(found, [_row(row) for row in rows], total, page, pages)


def funnel(reader: Person, request: ReportRequest) -> Funnel:
    """The funnel alone. Three queries.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    return _funnel(ask(reader, request), cost_currency(reader))


def _funnel(asked: Asked, currency: str) -> Funnel:
    every = _query(asked, currency).subquery()
    number, cost = dict.fromkeys(Reached, 0), dict.fromkeys(Reached, Decimal(0))
    for step, count, money in db.session.execute(
        select(every.c.reached, func.count(), func.sum(every.c.cost)).group_by(every.c.reached)
    ):
        number[Reached(step)], cost[Reached(step)] = count, Decimal(money or 0)
    used = number[Reached.USED]
    opened = used + number[Reached.OPENED]
    shown = opened + number[Reached.SHOWN]
    published, whole = shown + number[Reached.NOTHING], sum(cost.values(), Decimal(0))
    return Funnel(currency, published, shown, opened, used, whole, whole - cost[Reached.USED])


def dearest(reader: Person, request: ReportRequest, limit: int, currency: str) -> list[IgnoredRow]:
    """The first rows of the report alone, by their costs in that currency. Two queries.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    found = read(_dearest(asked, currency, limit)).all()
    seen = counts([row.id for row in found], asked.scope, asked.period)
    rows = []
    for row in found:
        mine = seen.get(row.id, Counts())
        reached = Reached.OPENED if mine.views else Reached.SHOWN if mine.shown else Reached.NOTHING
        rows.append(
            IgnoredRow(
                row.id,
                row.title,
                reached,
                mine.shown,
                mine.views,
                mine.downloads,
                row.cost,
                row.published_at,
            )
        )
    return rows


@made_once
def _dearest(asked: Asked, currency: str, limit: int) -> Select[Any]:
    """The first of `_listed`, found without a look at all: each of three parts walks an index in
    its order until it has as many as are wanted, and asks of each asset whether it was used."""
    known, same = Asset.cost_amount.is_not(None), Asset.cost_currency == currency
    other = or_(Asset.cost_currency.is_(None), Asset.cost_currency != currency)
    nothing = cast(null(), Asset.cost_amount.type)
    parts = [
        _unused(asked, Asset.cost_amount, known, same).order_by(Asset.cost_amount.desc()),
        _unused(asked, nothing, ~known),
        _unused(asked, nothing, known, other),
    ]
    firsts = [part.order_by(Asset.published_at, Asset.id).limit(limit) for part in parts]
    every = union_all(*(select(*first.subquery().c) for first in firsts)).subquery()
    return (
        select(every)
        .order_by(every.c.cost.desc().nulls_last(), every.c.published_at, every.c.id)
        .limit(limit)
    )


def _unused(asked: Asked, cost: Any, *wanted: ColumnElement[bool]) -> Select[Any]:
    used = exists().where(Use.asset_id == Asset.id, counted_uses(asked), in_seen_deals(asked))
    return select(Asset.id, Asset.title, Asset.published_at, cost.label("cost")).where(
        in_report(asked), published_by(asked), ~used, *wanted
    )


def all_rows(reader: Person, request: ReportRequest) -> tuple[str, Iterator[IgnoredRow]]:
    """The currency and every asset without a use, streamed: for files."""
    asked = ask(reader, request)
    currency = cost_currency(reader)
    query = _listed(asked, currency, None)

    def rows() -> Iterator[IgnoredRow]:  # asked for by who reads the first
        for row in db.session.execute(query, execution_options={"yield_per": 500}):
            yield _row(row)

    return currency, rows()


def _query(asked: Asked, currency: str) -> Select[Any]:
    seen = sums(asked.scope, asked.period, metrics=("shown", "views", "downloads"))
    used = used_assets(asked)
    views, shown = func.coalesce(seen.c.views, 0), func.coalesce(seen.c.shown, 0)
    return (
        select(
            Asset.id,
            Asset.title,
            case(
                (used.c.asset_id.is_not(None), Reached.USED.value),
                (views > 0, Reached.OPENED.value),
                (shown > 0, Reached.SHOWN.value),
                else_=Reached.NOTHING.value,
            ).label("reached"),
            shown.label("shown"),
            views.label("views"),
            func.coalesce(seen.c.downloads, 0).label("downloads"),
            case((Asset.cost_currency == currency, Asset.cost_amount)).label("cost"),
            Asset.published_at,
        )
        .outerjoin(seen, seen.c.ref == Asset.id)
        .outerjoin(used, used.c.asset_id == Asset.id)
        .where(in_report(asked), published_by(asked))
    )


def _listed(asked: Asked, currency: str, reached: Reached | None) -> Select[Any]:
    every = _query(asked, currency).subquery()
    query = select(every).where(
        every.c.reached == reached.value if reached else every.c.reached != Reached.USED.value
    )
    return query.order_by(every.c.cost.desc().nulls_last(), every.c.published_at, every.c.id)


def _row(row: Any) -> IgnoredRow:
    return IgnoredRow(
        row.id,
        row.title,
        Reached(row.reached),
        int(row.shown),
        int(row.views),
        int(row.downloads),
        row.cost,
        row.published_at,
    )
