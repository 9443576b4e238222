"""The reports of coverage, adoption and what reps change."""

from __future__ import annotations

from datetime import date

from flask import Response
from msgspec import Struct

from collateral import csv_out
from collateral.accounts.permissions import Permission
from collateral.api.auth import actor
from collateral.api.calls import call
from collateral.api.report_shapes import ReportQuery
from collateral.api.reports import FILES, asked, workbook
from collateral.api.shapes import Named
from collateral.reports import adoption, changes, coverage
from collateral.reports.asking import ReportRequest
from collateral.reports.sheets import REPORTS


class CoverageCell(Struct, forbid_unknown_fields=True):
    """Of one stage and one product or industry; a gap has open deals and no use."""

    stage: str
    across: str
    assets: int
    uses: int
    open_deals: int
    gap: bool


class CoverageShape(Struct, forbid_unknown_fields=True):
    first: date
    last: date
    product: list[CoverageCell]
    industry: list[CoverageCell]


class AdoptionNumbers(Struct, forbid_unknown_fields=True):
    """One team or person. `way` is the median of seconds from a sign-in to a download."""

    who: Named
    people: int
    searches: int
    views: int
    downloads: int
    uses: int
    deals: int
    deals_with_use: int
    way: int | None
    ways: int


class AdoptionShape(Struct, forbid_unknown_fields=True):
    first: date
    last: date
    teams: list[AdoptionNumbers]
    people: list[AdoptionNumbers]


class ReCreated(Struct, forbid_unknown_fields=True):
    """One asset that reps make over: hours reported, and at most if the silent took as long."""

    asset: Named
    adaptations: int
    people: int
    hours_reported: float
    hours_at_most: float
    pages_edited: int
    pages_dropped: int


class ChangesShape(Struct, forbid_unknown_fields=True):
    first: date
    last: date
    adaptations: int
    items: list[ReCreated]
    total: int


def _file(name: str, query: ReportQuery, wanted: ReportRequest) -> Response:
    """The tables as a workbook, or the first of them as CSV."""
    if query.format == "xlsx":
        return workbook(name, wanted)
    sheet = REPORTS[name](actor(), wanted)[0]
    return csv_out.attachment(f"{name}.csv", sheet.head, list(sheet.rows))


@call(
    "GET",
    "/reports/coverage",
    permission=Permission.REPORT_READ,
    does="Stage by product and by industry: assets, uses, open deals, gaps.",
    query=ReportQuery,
    answers=CoverageShape,
    media=FILES,
    fails=(404,),
)
def report_coverage(query: ReportQuery) -> CoverageShape | Response:
    wanted = asked(query)
    if query.format != "json":
        return _file("coverage", query, wanted)
    cells = {across: _cells(wanted, across) for across in coverage.ACROSS}
    return CoverageShape(wanted.period.first, wanted.period.last, **cells)


def _cells(wanted: ReportRequest, across: str) -> list[CoverageCell]:
    found = coverage.coverage(actor(), wanted, across)
    return [
        CoverageCell(stage, column, cell.assets, cell.uses, cell.open_deals, cell.gap)
        for stage, _ in found.stages
        for column, _ in found.columns
        for cell in (found.cell(stage, column),)
    ]


@call(
    "GET",
    "/reports/adoption",
    permission=Permission.REPORT_READ,
    does="Who searches, views and uses: by team and by person.",
    query=ReportQuery,
    answers=AdoptionShape,
    media=FILES,
    fails=(404,),
)
def report_adoption(query: ReportQuery) -> AdoptionShape | Response:
    wanted = asked(query)
    if query.format != "json":
        return _file("adoption", query, wanted)
    found = adoption.adoption(actor(), wanted)
    teams, people = ([_numbers(row) for row in rows] for rows in (found.teams, found.people))
    return AdoptionShape(wanted.period.first, wanted.period.last, teams, people)


def _numbers(row: adoption.AdoptionRow) -> AdoptionNumbers:
    return AdoptionNumbers(
        Named(row.id, row.name),
        row.people,
        row.searches,
        row.views,
        row.downloads,
        row.uses,
        row.deals,
        row.deals_with_use,
        row.way,
        row.ways,
    )


@call(
    "GET",
    "/reports/changes",
    permission=Permission.REPORT_READ,
    does="The assets that reps make over most, and the hours it took.",
    query=ReportQuery,
    answers=ChangesShape,
    media=FILES,
    fails=(404,),
)
def report_changes(query: ReportQuery) -> ChangesShape | Response:
    wanted = asked(query)
    if query.format != "json":
        return _file("changes", query, wanted)
    found = changes.changes(actor(), wanted, limit=1000)
    rows = [
        ReCreated(
            Named(row.asset_id, row.title),
            row.adaptations,
            row.people,
            round(row.hours.reported, 2),
            round(row.hours.high, 2),
            row.edited,
            row.dropped,
        )
        for row in found.rows
    ]
    return ChangesShape(
        wanted.period.first, wanted.period.last, found.adaptations, rows, found.total
    )
