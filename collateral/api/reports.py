"""The reports, as JSON and as the same tables that the pages give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import Response

from collateral import csv_out
from collateral.api import report_shapes as shapes
from collateral.api.auth import actor
from collateral.api.report_forms import (
    asked,
    cells,
    heads,
    next_page,
    page_of,
    report,
    table,
    workbook,
)
from collateral.api.shapes import Named, sum_of
from collateral.reports import assets, ignored, overview, searches
from collateral.reports.ignored import Reached
from collateral.reports.teams import TeamRow


@report(
    "overview",
    does="What the library did for sales, and what it cost.",
    answers=shapes.OverviewReport,
)
def report_overview(query: shapes.ReportQuery) -> shapes.OverviewReport | Response:
    wanted = asked(query)
    if query.format == "xlsx":
        return workbook("overview", wanted)
    found = overview.overview(actor(), wanted)
    months = [_month(row) for row in found.months]
    if query.format == "csv":
        return table("overview.csv", shapes.Month, months)
    return shapes.OverviewReport(
        wanted.period.first,
        wanted.period.last,
        _figures(found.now, found.looks, found.currency),
        _figures(found.before, found.looks_before, found.currency),
        months,
        [
            shapes.CostOfType(
                row.type, sum_of(row.used, found.currency), sum_of(row.never_used, found.currency)
            )
            for row in found.costs
        ],
        [_team(row) for row in found.teams],
    )


def _month(row: overview.MonthRow) -> shapes.Month:
    return shapes.Month(
        row.month,
        row.counts.shown,
        row.counts.views,
        row.counts.unique_views,
        row.counts.downloads,
        row.counts.unique_downloads,
        row.counts.uses,
        row.deals,
        row.deals_with_use,
    )


def _team(row: TeamRow) -> shapes.TeamFigures:
    return shapes.TeamFigures(
        Named(row.team_id, row.name),
        row.people,
        row.searches,
        row.uses,
        row.deals,
        row.deals_with_use,
        row.way.seconds,
        row.way.count,
    )


def _figures(figures: overview.Figures, looks: overview.Looks, currency: str) -> shapes.Figures:
    return shapes.Figures(
        figures.published,
        figures.used,
        sum_of(figures.cost, currency),
        sum_of(figures.cost_never_used, currency),
        figures.deals,
        figures.deals_with_use,
        looks.views,
        looks.downloads,
        figures.uses,
        round(figures.turned.hours.low, 2),
        round(figures.turned.hours.high, 2),
        _days(figures.turned.reviewed),
        _days(figures.turned.made),
    )


def _days(time: timedelta | None) -> float | None:
    return None if time is None else round(time / timedelta(days=1), 2)


@report(
    "assets",
    does="Views, downloads, uses and deals of each asset.",
    query=shapes.AssetsQuery,
    answers=shapes.AssetsReport,
)
def report_assets(query: shapes.AssetsQuery) -> shapes.AssetsReport | Response:
    wanted = asked(query)
    if query.format == "xlsx":
        return workbook("assets", wanted)
    if query.format == "csv":
        currency, rows = assets.all_rows(actor(), wanted)
        return table("assets.csv", shapes.AssetNumbers, (_numbers(row, currency) for row in rows))
    page, limit = page_of(query.cursor, query.limit)
    found = assets.assets_report(
        actor(), wanted, sort=query.sort, down=query.sort != "title", page=page, limit=limit
    )
    return shapes.AssetsReport(
        wanted.period.first,
        wanted.period.last,
        [_numbers(row, found.currency) for row in found.rows],
        found.total,
        next_page(found.page, found.pages, limit),
    )


def _numbers(row: assets.AssetRow, currency: str) -> shapes.AssetNumbers:
    return shapes.AssetNumbers(
        asset=Named(row.id, row.title),
        type=row.type,
        status=row.status.value,
        views=row.views,
        unique_views=row.unique_views,
        downloads=row.downloads,
        unique_downloads=row.unique_downloads,
        uses=row.uses,
        deals=row.deals,
        won=row.won,
        open=row.open,
        lost=row.lost,
        open_amount=sum_of(row.open_amount, currency),
        won_amount=sum_of(row.won_amount, currency),
        family_uses=row.family_uses,
    )


@report(
    "search",
    does="Words that found nothing, and words whose results nobody opened.",
    answers=shapes.SearchReport,
)
def report_search(query: shapes.ReportQuery) -> shapes.SearchReport | Response:
    wanted = asked(query)
    if query.format == "xlsx":
        return workbook("search", wanted)
    found = searches.search_report(actor(), wanted)
    without_result = _words(found.without_result, found.currency)
    without_click = _words(found.without_click, found.currency)
    if query.format == "csv":
        kinds = (("no result", without_result), ("no click", without_click))
        return csv_out.attachment(
            "search.csv",
            ("kind", *heads(shapes.SearchedWords)),
            [(kind, *cells(row)) for kind, rows in kinds for row in rows],
        )
    return shapes.SearchReport(
        wanted.period.first,
        wanted.period.last,
        found.searches,
        found.people,
        without_result,
        without_click,
    )


def _words(rows: Sequence[searches.WordsRow], currency: str) -> list[shapes.SearchedWords]:
    return [
        shapes.SearchedWords(
            row.words, row.searches, row.people, row.last_at, sum_of(row.open_amount, currency)
        )
        for row in rows
    ]


@report(
    "ignored",
    does="How far each published asset came, and those without a use.",
    query=shapes.IgnoredQuery,
    answers=shapes.IgnoredReport,
)
def report_ignored(query: shapes.IgnoredQuery) -> shapes.IgnoredReport | Response:
    wanted = asked(query)
    if query.format == "xlsx":
        return workbook("ignored", wanted)
    if query.format == "csv":
        currency, rows = ignored.all_rows(actor(), wanted)
        return table("ignored.csv", shapes.IgnoredAsset, (_ignored(row, currency) for row in rows))
    page, limit = page_of(query.cursor, query.limit)
    reached = Reached(query.reached) if query.reached else None
    found = ignored.ignored_report(actor(), wanted, reached=reached, page=page, limit=limit)
    funnel = found.funnel
    return shapes.IgnoredReport(
        wanted.period.first,
        wanted.period.last,
        funnel.published,
        funnel.shown,
        funnel.opened,
        funnel.used,
        sum_of(funnel.cost, funnel.currency),
        sum_of(funnel.cost_unused, funnel.currency),
        [_ignored(row, funnel.currency) for row in found.rows],
        found.total,
        next_page(found.page, found.pages, limit),
    )


def _ignored(row: ignored.IgnoredRow, currency: str) -> shapes.IgnoredAsset:
    return shapes.IgnoredAsset(
        asset=Named(row.id, row.title),
        reached=row.reached,
        shown=row.shown,
        views=row.views,
        downloads=row.downloads,
        cost=None if row.cost is None else sum_of(row.cost, currency),
        published_at=row.published_at,
    )
