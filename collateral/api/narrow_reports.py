"""The reports of coverage, adoption, what reps change, and worth."""

from __future__ import annotations

from datetime import date, datetime

from flask import Response
from msgspec import Struct

from collateral.accounts.permissions import Permission
from collateral.api.auth import actor
from collateral.api.calls import call
from collateral.api.report_forms import FILES, in_form
from collateral.api.report_shapes import ReportQuery
from collateral.api.shapes import Named
from collateral.reports import adoption, changes, coverage, worth
from collateral.reports.asking import ReportRequest


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


class HoursShape(Struct, forbid_unknown_fields=True):
    """A range of hours."""

    low: float
    high: float


class Remade(Struct, forbid_unknown_fields=True):
    """Adaptations of one asset, those whose makers reported their hours, and the hours of all."""

    asset: Named
    adaptations: int
    reported: int
    hours: HoursShape


class Spared(Struct, forbid_unknown_fields=True):
    """A retired asset with the views in the year before that led to no use."""

    asset: Named
    retired_at: datetime
    views: int
    hours: HoursShape


class Merged(Struct, forbid_unknown_fields=True):
    """An asset with an adaptation merged: uses of it as it is since, and the share of uses for
    which it was adapted before."""

    asset: Named
    merged_at: datetime
    uses: int
    share: float
    hours: HoursShape


class WorthShape(Struct, forbid_unknown_fields=True):
    """Each sum with the rows that it is made of."""

    first: date
    last: date
    hours: HoursShape
    saved_retiring: HoursShape
    saved_merging: HoursShape
    re_created: list[Remade]
    retired: list[Spared]
    merged: list[Merged]


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
    return in_form(query, "coverage", _coverage)


def _coverage(wanted: ReportRequest) -> CoverageShape:
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
    return in_form(query, "adoption", _adoption)


def _adoption(wanted: ReportRequest) -> AdoptionShape:
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
    return in_form(query, "changes", _changes)


def _changes(wanted: ReportRequest) -> ChangesShape:
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


@call(
    "GET",
    "/reports/worth",
    permission=Permission.REPORT_READ,
    does="Hours spent re-creating, and what retiring and merging saved, as ranges.",
    query=ReportQuery,
    answers=WorthShape,
    media=FILES,
    fails=(404,),
)
def report_worth(query: ReportQuery) -> WorthShape | Response:
    return in_form(query, "worth", _worth)


def _worth(wanted: ReportRequest) -> WorthShape:
    found = worth.worth(actor(), wanted)
    return WorthShape(
        wanted.period.first,
        wanted.period.last,
        _hours(found.remade_hours),
        _hours(found.retired_hours),
        _hours(found.merged_hours),
        [
            Remade(Named(r.asset_id, r.title), r.adaptations, r.reported, _hours(r.hours))
            for r in found.remade
        ],
        [
            Spared(Named(r.asset_id, r.title), r.retired_at, r.views, _hours(r.hours))
            for r in found.retired
        ],
        [
            Merged(Named(r.asset_id, r.title), r.merged_at, r.uses, round(r.share, 4),
                   _hours(r.hours))
            for r in found.merged
        ],
    )  # fmt: skip


def _hours(hours: worth.Hours) -> HoursShape:
    return HoursShape(round(hours.low, 2), round(hours.high, 2))
