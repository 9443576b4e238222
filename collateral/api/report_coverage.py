"""The report of coverage: which stages have something for each product and industry."""

from __future__ import annotations

from datetime import date

from flask import Response
from msgspec import Struct

from collateral.api.auth import actor
from collateral.api.report_forms import in_form, report
from collateral.api.report_shapes import ReportQuery
from collateral.reports import coverage
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


@report(
    "coverage",
    does="Stage by product and by industry: assets, uses, open deals, gaps.",
    answers=CoverageShape,
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
