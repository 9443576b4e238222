"""The report of influence: deals with an asset against deals without it, with the interval."""

from __future__ import annotations

from datetime import date

from flask import Response
from msgspec import Struct

from collateral.api.auth import actor
from collateral.api.report_forms import in_form, report
from collateral.api.report_shapes import ReportQuery
from collateral.api.shapes import Money, Named, sum_of
from collateral.reports.asking import ReportRequest
from collateral.reports.difference import Difference
from collateral.reports.influence import Compared
from collateral.reports.influence_cases import AssetInfluence, influence_of, titles_of


class DifferenceShape(Struct, forbid_unknown_fields=True):
    """Win rate with less win rate without, between -1 and 1, and its 95 % interval."""

    value: float
    low: float
    high: float


class ComparedShape(Struct, forbid_unknown_fields=True):
    """Closed deals on both sides. `difference` is null where there are not enough deals yet."""

    stage: str
    deals_with: int
    deals_without: int
    won_with: int
    won_without: int
    difference: DifferenceShape | None


class InfluenceOfAsset(Struct, forbid_unknown_fields=True):
    """`shrunk` is the difference drawn towards zero, by which the list is ordered; `positive`
    whether it is above zero with 95 % probability. With `rep_removed` false the rep's skill is
    in the difference. It never says that the asset caused anything."""

    asset: Named
    overall: ComparedShape
    stages: list[ComparedShape]
    shrunk: float | None
    positive: bool
    rep_removed: bool
    without_latest: DifferenceShape | None
    without_biggest: DifferenceShape | None
    won: Money
    won_shared: Money
    open: Money


class InfluenceShape(Struct, forbid_unknown_fields=True):
    first: date
    last: date
    items: list[InfluenceOfAsset]


@report(
    "influence",
    does="Were deals with an asset won more often, compared at the same stage and age?",
    answers=InfluenceShape,
)
def report_influence(query: ReportQuery) -> InfluenceShape | Response:
    return in_form(query, "influence", _influence)


def _influence(wanted: ReportRequest) -> InfluenceShape:
    found = influence_of(None, actor(), wanted)
    titles = titles_of(found)
    items = [influence_shape(row, titles[row.asset_id]) for row in found]
    return InfluenceShape(wanted.period.first, wanted.period.last, items)


def influence_shape(row: AssetInfluence, title: str) -> InfluenceOfAsset:
    return InfluenceOfAsset(
        Named(row.asset_id, title),
        _compared("", row.found.overall),
        [_compared(stage, compared) for stage, compared in row.stages],
        round(row.shrunk.value, 4) if row.shrunk else None,
        row.positive,
        row.found.rep_removed,
        _difference(row.without_latest.overall.difference),
        _difference(row.without_biggest.overall.difference),
        sum_of(row.money.won, row.currency),
        sum_of(row.money.won_shared, row.currency),
        sum_of(row.money.open, row.currency),
    )


def _compared(stage: str, one: Compared) -> ComparedShape:
    return ComparedShape(
        stage,
        one.with_asset,
        one.without,
        one.won_with,
        one.won_without,
        _difference(one.difference),
    )


def _difference(found: Difference | None) -> DifferenceShape | None:
    if found is None:
        return None
    return DifferenceShape(round(found.value, 4), round(found.low, 4), round(found.high, 4))
