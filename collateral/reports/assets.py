"""The report of assets: how each was looked at, and in which deals it was used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select

from collateral.accounts.models import Person
from collateral.assets.models import Asset, Status
from collateral.db import db
from collateral.reports.asking import ReportRequest
from collateral.reports.parts import (
    Asked,
    ask,
    in_report,
    main_currency,
    type_label,
    uses_by_asset,
)
from collateral.usage.queries import sums

PAGE = 50
SUMMED = ("views", "unique_views", "downloads", "unique_downloads")
USED = ("uses", "deals", "won", "open", "lost", "open_amount", "won_amount")
SORTS = ("title", *SUMMED, "uses", "deals", "open_amount", "won_amount")


@dataclass(frozen=True)
class AssetRow:
    """One asset's numbers. Amounts are in the report's currency."""

    id: int
    title: str
    status: Status
    type: str
    views: int
    unique_views: int
    downloads: int
    unique_downloads: int
    uses: int
    deals: int
    won: int
    open: int
    lost: int
    open_amount: Decimal
    won_amount: Decimal


@dataclass(frozen=True)
class AssetsReport:
    """A page of the report."""

    currency: str
    rows: Sequence[AssetRow]
    total: int
    page: int
    pages: int
    sort: str
    down: bool


def assets_report(
    reader: Person,
    request: ReportRequest,
    *,
    sort: str = "uses",
    down: bool = True,
    page: int = 1,
    limit: int = PAGE,
) -> AssetsReport:
    """The published assets, and retired ones that were used or viewed. Five queries at most.

    Args:
        sort: one of SORTS; anything else sorts by uses.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    currency = main_currency(reader)
    query = _query(asked, currency)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // limit))
    page = min(max(1, page), pages)
    sort = sort if sort in SORTS else "uses"
    rows = [
        _row(row)
        for row in db.session.execute(
            _sorted(query, sort, down).limit(limit).offset((page - 1) * limit)
        )
    ]
    return AssetsReport(currency, rows, total, page, pages, sort, down)


def all_rows(reader: Person, request: ReportRequest) -> tuple[str, Iterator[AssetRow]]:
    """The currency and every row, streamed: for files."""
    asked = ask(reader, request)
    currency = main_currency(reader)
    found = db.session.execute(
        _sorted(_query(asked, currency), "uses", True), execution_options={"yield_per": 500}
    )
    return currency, (_row(row) for row in found)


def _query(asked: Asked, currency: str) -> Select[Any]:
    seen = sums(asked.scope, asked.period, metrics=SUMMED)
    used = uses_by_asset(asked, currency)
    return (
        select(
            Asset.id,
            Asset.title,
            Asset.status,
            type_label().label("type"),
            *(func.coalesce(seen.c[name], 0).label(name) for name in SUMMED),
            *(func.coalesce(used.c[name], 0).label(name) for name in USED),
        )
        .outerjoin(seen, seen.c.ref == Asset.id)
        .outerjoin(used, used.c.asset_id == Asset.id)
        .where(
            in_report(asked),
            or_(
                Asset.status == Status.PUBLISHED,
                (Asset.status == Status.RETIRED) & or_(seen.c.views > 0, used.c.uses > 0),
            ),
        )
    )


def _sorted(query: Select[Any], sort: str, down: bool) -> Select[Any]:
    columns = query.selected_columns
    column: Any = func.lower(columns["title"]) if sort == "title" else columns[sort]
    return query.order_by(
        column.desc() if down else column.asc(), func.lower(columns["title"]), columns["id"]
    )


def _row(row: Any) -> AssetRow:
    values = dict(row._mapping)
    for name in ("open_amount", "won_amount"):
        values[name] = Decimal(values[name] or 0).quantize(Decimal("0.01"))
    for name in (*SUMMED, "uses", "deals", "won", "open", "lost"):
        values[name] = int(values[name])
    return AssetRow(**values)
