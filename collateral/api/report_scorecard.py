"""The scorecard of one asset: its use, its deals, its versions and its influence."""

from __future__ import annotations

from datetime import date

from flask import Response
from msgspec import Struct

from collateral.api.auth import actor
from collateral.api.report_forms import asked, report, tables
from collateral.api.report_influence import InfluenceOfAsset, influence_shape
from collateral.api.report_shapes import ReportQuery
from collateral.api.shapes import Money, Named, sum_of
from collateral.assets.queries import get_visible
from collateral.reports import scorecard
from collateral.reports.card_sheets import card_sheets
from collateral.reports.influence_cases import influence_of


class OutcomesOf(Struct, forbid_unknown_fields=True):
    """The deals of one team or stage, each once."""

    name: str
    won: int
    open: int
    lost: int


class CardMonth(Struct, forbid_unknown_fields=True):
    """Deals in which it was first used in the month."""

    month: date
    deals: int


class CardVersion(Struct, forbid_unknown_fields=True):
    number: int
    since: date
    views: int
    downloads: int
    deals: int


class ScorecardShape(Struct, forbid_unknown_fields=True):
    """`deals_before` are those of the period before."""

    asset: Named
    first: date
    last: date
    views: int
    unique_views: int
    downloads: int
    unique_downloads: int
    opens: int
    deals: int
    deals_before: int
    won: int
    open: int
    lost: int
    won_amount: Money
    open_amount: Money
    months: list[CardMonth]
    teams: list[OutcomesOf]
    stages: list[OutcomesOf]
    versions: list[CardVersion]
    influence: InfluenceOfAsset


@report("assets/<int:asset_id>", does="The scorecard of one asset.", answers=ScorecardShape)
def report_scorecard(asset_id: int, query: ReportQuery) -> ScorecardShape | Response:
    wanted, asset = asked(query), get_visible(actor(), asset_id)
    if query.format != "json":
        return tables(f"scorecard-{asset_id}", query.format, card_sheets(actor(), asset, wanted))
    found = scorecard.scorecard(actor(), asset, wanted)
    (influence,) = influence_of([asset.id], actor(), wanted)
    return ScorecardShape(
        asset=Named(asset.id, asset.title),
        first=wanted.period.first,
        last=wanted.period.last,
        views=found.counts.views,
        unique_views=found.counts.unique_views,
        downloads=found.counts.downloads,
        unique_downloads=found.counts.unique_downloads,
        opens=found.counts.opens,
        deals=found.deals,
        deals_before=found.before,
        won=found.won,
        open=found.open,
        lost=found.lost,
        won_amount=sum_of(found.won_amount, found.currency),
        open_amount=sum_of(found.open_amount, found.currency),
        months=[CardMonth(month, deals) for month, deals in found.months],
        teams=[OutcomesOf(row.name, row.won, row.open, row.lost) for row in found.teams],
        stages=[OutcomesOf(row.name, row.won, row.open, row.lost) for row in found.stages],
        versions=[
            CardVersion(row.number, row.since, row.views, row.downloads, row.deals)
            for row in found.versions
        ],
        influence=influence_shape(influence, asset.title),
    )
