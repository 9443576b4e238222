"""The report of assets: how each was looked at, and in which deals it was used."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, exists, func, literal, or_, select

from collateral.accounts.models import Person
from collateral.adaptations.families import credits_beyond_sums
from collateral.assets.models import Asset, Status
from collateral.db import db, read
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.reports.asking import ReportRequest
from collateral.reports.once import made_once
from collateral.reports.parts import (
    Asked,
    ask,
    counted_uses,
    in_report,
    in_seen_deals,
    main_currency,
    type_label,
    types_of,
    uses_by_asset,
    within_scope,
)
from collateral.usage.models import Use
from collateral.usage.summed import Counts, counts, sums

PAGE = 50
SUMMED = ("views", "unique_views", "downloads", "unique_downloads")
COUNTED = ("uses", "deals", "won", "open", "lost")
AMOUNTS = ("open_amount", "won_amount")
USED = (*COUNTED, *AMOUNTS)
CENT = Decimal("0.01")
SORTS = ("title", *SUMMED, "uses", "deals", "open_amount", "won_amount")


@dataclass(frozen=True)
class AssetRow:
    """One asset's numbers. Amounts are in the report's currency.

    `family_uses` counts uses of its adaptations by the share of pages that came from it
    (decision 51).
    """

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
    family_uses: float


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
    sort = sort if sort in SORTS else "uses"
    query: Select[Any] = _sorted(_query(asked, currency), sort, down).add_columns(
        func.count().over().label("total")
    )
    page = max(1, page)
    found = _page(query, page, limit)
    if not found and page > 1:  # beyond the end: the last page that there is
        first = _page(query, 1, limit)
        page = max(1, -(-first[0].total // limit)) if first else 1
        found = _page(query, page, limit)
    total = found[0].total if found else 0
    pages = max(1, -(-total // limit))
    ids = [row.id for row in found]
    types, beyond = types_of(ids), _beyond(asked, ids)
    rows = [_row(row, types.get(row.id, ""), beyond) for row in found]
    return AssetsReport(currency, rows, total, page, pages, sort, down)


def _page(query: Select[Any], page: int, limit: int) -> Sequence[Any]:
    """The rows of one page, each with how many there are on all."""
    return db.session.execute(query.limit(limit).offset((page - 1) * limit)).all()


def most_used(reader: Person, request: ReportRequest, limit: int) -> tuple[str, list[AssetRow]]:
    """The currency, and the first rows by deals, of assets with a use. Seven queries.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    currency = main_currency(reader)
    ids = list(read(_most_used_ids(asked, limit)).scalars())
    found = {row.id: row for row in read(_used(asked, currency, tuple(ids))).all()}
    types, seen = types_of(ids), counts(ids, asked.scope, asked.period)
    return currency, [
        replace(
            _row(found[asset_id], types.get(asset_id, ""), {}),
            **{name: getattr(seen.get(asset_id, Counts()), name) for name in SUMMED},
        )
        for asset_id in ids
    ]


@made_once
def _used(asked: Asked, currency: str, ids: tuple[int, ...]) -> Select[Any]:
    used = uses_by_asset(asked, currency, ids)
    columns: Any = select(
        Asset.id,
        Asset.title,
        Asset.status,
        *(literal(0).label(name) for name in SUMMED),
        *(used.c[name].label(name) for name in USED),
    )
    found: Select[Any] = columns.join(used, used.c.asset_id == Asset.id)
    return found


@made_once
def _most_used_ids(asked: Asked, limit: int) -> Select[int]:
    """The assets used in most deals, found without the amounts of all."""
    most = (
        select(Use.asset_id, func.count(Use.deal_id.distinct()).label("deals"))
        .where(counted_uses(asked), in_seen_deals(asked))
        .group_by(Use.asset_id)
        .subquery()
    )
    return (
        select(Asset.id)
        .join(most, most.c.asset_id == Asset.id)
        .where(in_report(asked), Asset.status.in_((Status.PUBLISHED, Status.RETIRED)))
        .order_by(most.c.deals.desc(), func.lower(Asset.title), Asset.id)
        .limit(limit)
    )


def all_rows(reader: Person, request: ReportRequest) -> tuple[str, Iterator[AssetRow]]:
    """The currency and every row, streamed: for files."""
    asked = ask(reader, request)
    currency = main_currency(reader)
    query = _sorted(_query(asked, currency), "uses", True).add_columns(type_label().label("type"))
    beyond = _beyond(asked, None)

    def rows() -> Iterator[AssetRow]:  # asked for by who reads the first
        for row in db.session.execute(query, execution_options={"yield_per": 500}):
            yield _row(row, row.type, beyond)

    return currency, rows()


def _beyond(asked: Asked, among: Collection[int] | None) -> dict[int, float]:
    """What uses of adaptations add to the uses of their families, in deals that she may see."""
    seen = exists().where(Deal.id == Use.deal_id, deals.visible(asked.reader))
    return credits_beyond_sums(asked.period, narrowed=within_scope(asked) & seen, among=among)


def _query(asked: Asked, currency: str) -> Select[Any]:
    seen = sums(asked.scope, asked.period, metrics=SUMMED)
    used = uses_by_asset(asked, currency)
    query: Any = (
        select(
            Asset.id,
            Asset.title,
            Asset.status,
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
    narrowed: Select[Any] = query
    return narrowed


def _sorted(query: Select[Any], sort: str, down: bool) -> Select[Any]:
    columns = query.selected_columns
    column: Any = func.lower(columns["title"]) if sort == "title" else columns[sort]
    return query.order_by(
        column.desc() if down else column.asc(), func.lower(columns["title"]), columns["id"]
    )


def _row(row: Any, type_: str, beyond: Mapping[int, float]) -> AssetRow:
    numbers = {name: int(getattr(row, name)) for name in (*SUMMED, *COUNTED)}
    money = {name: Decimal(getattr(row, name) or 0).quantize(CENT) for name in AMOUNTS}
    family = max(round(numbers["uses"] + beyond.get(row.id, 0.0), 2), 0.0)
    values: dict[str, Any] = {**numbers, **money, "family_uses": family}
    return AssetRow(row.id, row.title, row.status, type_, **values)
